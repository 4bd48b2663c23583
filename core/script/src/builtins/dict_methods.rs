//! The `dict` class and the classes of its views.
//!
//! CPython counterpart: `Objects/dictobject.c`.

use std::rc::Rc;

use super::arguments::{at_most, exactly, method, method_optional, receiver};
use super::constructors::{class_argument, instance_of, not_callable};
use super::{Dict, DictView, Iter, Iteration, Set, ViewKind, base, dunders};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

fn this(value: &Object) -> Option<Rc<Dict>> {
    match value {
        Object::Dict(dict) => Some(Rc::clone(dict)),
        _ => None,
    }
}

/// Takes over items as `dict.update()` does: from a mapping, or from pairs.
pub(super) fn update_from(vm: &mut Vm, dict: &Dict, source: &Object) -> PyResult<()> {
    if let Object::Dict(other) = base(source) {
        return dict.update(vm, other);
    }
    if let Some(keys) = vm.get_attr_opt(source, "keys")? {
        let keys = vm.call(&keys, Args::default())?;
        for key in vm.collect(&keys)? {
            let value = vm.get_item(source, &key)?;
            dict.insert(vm, key, value)?;
        }
        return Ok(());
    }
    let iterator = vm.iter(source)?;
    let mut at = 0;
    while let Some(pair) = vm.next(&iterator)? {
        let items = match vm.collect(&pair) {
            Ok(items) => items,
            Err(unwind) if super::is_raised(&unwind, &vm.exceptions.type_error) => {
                return Err(vm.type_error(format!(
                    "cannot convert dictionary update sequence element #{at} to a sequence"
                )));
            }
            Err(unwind) => return Err(unwind),
        };
        let len = items.len();
        let Ok([key, value]) = <[Object; 2]>::try_from(items) else {
            return Err(vm.value_error(format!(
                "dictionary update sequence element #{at} has length {len}; 2 is required"
            )));
        };
        dict.insert(vm, key, value)?;
        at += 1;
    }
    Ok(())
}

fn update_with_arguments(vm: &mut Vm, dict: &Dict, mut args: Args, function: &str) -> PyResult<()> {
    let keywords = std::mem::take(&mut args.keyword);
    let [source] = at_most(vm, args, function, 0)?;
    if let Some(source) = source {
        update_from(vm, dict, &source)?;
    }
    for (name, value) in keywords {
        dict.insert(vm, Object::Str(name), value)?;
    }
    Ok(())
}

fn get_item(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [receiver, key] = exactly(vm, args, "dict.__getitem__")?;
    let Object::Dict(dict) = base(&receiver) else { return super::get_item(vm, &receiver, &key) };
    if let Some(value) = dict.get(vm, &key)? {
        return Ok(value);
    }
    if let Object::Instance(_) = &receiver {
        let class = vm.class_of(&receiver);
        if class.lookup("__missing__").is_some() {
            return vm.call_method(&receiver, "__missing__", vec![key]);
        }
    }
    Err(vm.key_error(key))
}

pub(super) fn class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("dict")
        .base(object)
        .method("__new__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "dict.__new__")?;
            Ok(instance_of(&class, &vm.types.dict, Object::Dict(Rc::default())))
        })
        .method("__init__", |vm, mut args| {
            let dict = receiver(vm, &mut args, "dict.__init__", this)?;
            update_with_arguments(vm, &dict, args, "dict")?;
            Ok(Object::None)
        })
        .method("get", |vm, args| {
            let (dict, [key, missing]) = method_optional(vm, args, "dict.get", 1, this)?;
            let found = dict.get(vm, &key.unwrap_or(Object::None))?;
            Ok(found.or(missing).unwrap_or(Object::None))
        })
        .method("setdefault", |vm, args| {
            let (dict, [key, value]) = method_optional(vm, args, "dict.setdefault", 1, this)?;
            let key = key.unwrap_or(Object::None);
            if let Some(found) = dict.get(vm, &key)? {
                return Ok(found);
            }
            let value = value.unwrap_or(Object::None);
            dict.insert(vm, key, value.clone())?;
            Ok(value)
        })
        .method("pop", |vm, args| {
            let (dict, [key, missing]) = method_optional(vm, args, "dict.pop", 1, this)?;
            let key = key.unwrap_or(Object::None);
            match (dict.remove(vm, &key)?, missing) {
                (Some((_, value)), _) => Ok(value),
                (None, Some(missing)) => Ok(missing),
                (None, None) => Err(vm.key_error(key)),
            }
        })
        .method("popitem", |vm, args| {
            let (dict, []) = method(vm, args, "dict.popitem", this)?;
            match dict.pop_last() {
                Some((key, value)) => Ok(Object::tuple(vec![key, value])),
                None => Err(vm.key_error(Object::str("popitem(): dictionary is empty"))),
            }
        })
        .method("update", |vm, mut args| {
            let dict = receiver(vm, &mut args, "dict.update", this)?;
            update_with_arguments(vm, &dict, args, "update")?;
            Ok(Object::None)
        })
        .method("clear", |vm, args| {
            let (dict, []) = method(vm, args, "dict.clear", this)?;
            dict.clear();
            Ok(Object::None)
        })
        .method("copy", |vm, args| {
            let (dict, []) = method(vm, args, "dict.copy", this)?;
            Ok(Object::Dict(Rc::new(dict.copy())))
        })
        .method("keys", |vm, args| {
            let (dict, []) = method(vm, args, "dict.keys", this)?;
            Ok(DictView::object(&dict, ViewKind::Keys))
        })
        .method("values", |vm, args| {
            let (dict, []) = method(vm, args, "dict.values", this)?;
            Ok(DictView::object(&dict, ViewKind::Values))
        })
        .method("items", |vm, args| {
            let (dict, []) = method(vm, args, "dict.items", this)?;
            Ok(DictView::object(&dict, ViewKind::Items))
        })
        .class_method("fromkeys", |vm, mut args| {
            let class = class_argument(vm, &mut args, "dict.fromkeys")?;
            let [keys, value] = at_most(vm, args, "fromkeys", 1)?;
            let keys = vm.collect(&keys.unwrap_or(Object::None))?;
            let value = value.unwrap_or(Object::None);
            let dict = vm.call(&Object::Class(class), Args::default())?;
            for key in keys {
                vm.set_item(&dict, &key, value.clone())?;
            }
            Ok(dict)
        })
        .method("__reversed__", |vm, args| {
            let (dict, []) = method(vm, args, "dict.__reversed__", this)?;
            Ok(reversed(&dict, ViewKind::Keys))
        });
    let builder = dunders::mutation(dunders::collection(builder)).method("__getitem__", get_item);
    let builder = dunders::dict_union(dunders::equality(builder));
    dunders::generic(dunders::unhashable(dunders::representation(builder))).build()
}

fn reversed(dict: &Rc<Dict>, kind: ViewKind) -> Object {
    let (dict, len, place) = (Rc::clone(dict), dict.len(), dict.end());
    Iter::object(Iteration::Dict { dict, kind, place, len, reversed: true })
}

fn view(value: &Object) -> Option<Rc<DictView>> {
    match value {
        Object::View(view) => Some(Rc::clone(view)),
        _ => None,
    }
}

pub(super) fn view_class(name: &str, object: &Rc<Class>) -> Rc<Class> {
    let builder = not_callable(Class::builder(name).base(object))
        .method("__reversed__", |vm, args| {
            let (view, []) = method(vm, args, "dict_keys.__reversed__", view)?;
            Ok(reversed(&view.dict, view.kind))
        })
        .getter("mapping", |vm, mut args| {
            let view = receiver(vm, &mut args, "dict_keys.mapping", view)?;
            Ok(Object::Dict(Rc::clone(&view.dict)))
        });
    let builder = if name == "dict_values" {
        builder
    } else {
        let builder = builder.method("isdisjoint", |vm, args| {
            let (view, [other]) = method(vm, args, "dict_keys.isdisjoint", view)?;
            let own = Set::from_items(vm, false, view.collect())?;
            for item in vm.collect(&other)? {
                if own.contains(vm, &item)? {
                    return Ok(Object::Bool(false));
                }
            }
            Ok(Object::Bool(true))
        });
        dunders::unhashable(dunders::set_algebra(dunders::order(dunders::equality(builder))))
    };
    dunders::representation(dunders::collection(builder)).build()
}
