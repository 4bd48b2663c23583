//! Functions that look at objects: `isinstance`, `getattr`, `dir`, `vars` and kin.
//!
//! CPython counterpart: `Python/bltinmodule.c`.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::arguments::{at_most, exactly};
use super::{Dict, Union, base};
use crate::object::{Args, Class, Name, Object, PyResult};
use crate::vm::Vm;

/// The classes that the second argument of `isinstance` names; nothing where it is no such thing.
fn classes(vm: &Vm, value: &Object) -> Option<Vec<Object>> {
    match value {
        Object::None => Some(vec![Object::Class(Rc::clone(&vm.types.none))]),
        Object::Class(_) => Some(vec![value.clone()]),
        Object::Tuple(items) => {
            let mut all = Vec::with_capacity(items.len());
            for item in items.iter() {
                match item {
                    Object::None => return None,
                    item => all.extend(classes(vm, item)?),
                }
            }
            Some(all)
        }
        Object::Instance(_) => {
            if let Some(union) = value.native::<Union>() {
                return Some(union.args.clone());
            }
            // An instance may say itself what its instances are, as `typing` constructs do.
            vm.class_of(value).lookup("__instancecheck__").map(|_| vec![value.clone()])
        }
        _ => None,
    }
}

/// Asks a metaclass's `__instancecheck__` or `__subclasscheck__`, where it has one.
fn asks(vm: &mut Vm, class: &Object, method: &str, value: &Object) -> PyResult<Option<bool>> {
    let asked = match class {
        Object::Class(class) => class.metaclass.is_some(),
        _ => true,
    };
    if !asked {
        return Ok(None);
    }
    let name = vm.intern(method);
    match vm.call_special(class, &name, vec![value.clone()])? {
        Some(answer) => vm.truthy(&answer).map(Some),
        None => Ok(None),
    }
}

pub(super) fn isinstance(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value, wanted] = exactly(vm, args, "isinstance")?;
    let candidates = if wanted.is_none() { None } else { classes(vm, &wanted) };
    let Some(candidates) = candidates else {
        return Err(vm.type_error("isinstance() arg 2 must be a type, a tuple of types, or a union"));
    };
    let own = vm.class_of(&value);
    for candidate in candidates {
        let answer = match &candidate {
            Object::Class(class) if Rc::ptr_eq(&own, class) => true,
            _ => match (asks(vm, &candidate, "__instancecheck__", &value)?, &candidate) {
                (Some(answer), _) => answer,
                (None, Object::Class(class)) => own.is_subclass_of(class),
                (None, _) => false,
            },
        };
        if answer {
            return Ok(Object::Bool(true));
        }
    }
    Ok(Object::Bool(false))
}

pub(super) fn issubclass(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value, wanted] = exactly(vm, args, "issubclass")?;
    let Object::Class(own) = &value else {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    };
    let candidates = if wanted.is_none() { None } else { classes(vm, &wanted) };
    let Some(candidates) = candidates else {
        return Err(vm.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    };
    for candidate in candidates {
        let answer = match (asks(vm, &candidate, "__subclasscheck__", &value)?, &candidate) {
            (Some(answer), _) => answer,
            (None, Object::Class(class)) => own.is_subclass_of(class),
            (None, _) => false,
        };
        if answer {
            return Ok(Object::Bool(true));
        }
    }
    Ok(Object::Bool(false))
}

fn name_argument(vm: &mut Vm, name: &Object, function: &str) -> PyResult<Name> {
    match base(name) {
        Object::Str(name) => Ok(vm.intern(name)),
        _ => {
            let given = vm.class_of(name).name();
            let message = match function {
                "getattr" | "hasattr" => format!("{function}(): attribute name must be string"),
                _ => format!("attribute name must be string, not '{}'", given.as_str()),
            };
            Err(vm.type_error(message))
        }
    }
}

pub(super) fn getattr(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [object, name, missing] = at_most(vm, args, "getattr", 2)?;
    let (object, name) = (object.unwrap_or(Object::None), name.unwrap_or(Object::None));
    let name = name_argument(vm, &name, "getattr")?;
    match missing {
        None => vm.get_attr(&object, &name),
        Some(missing) => Ok(vm.get_attr_opt(&object, &name)?.unwrap_or(missing)),
    }
}

pub(super) fn hasattr(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [object, name] = exactly(vm, args, "hasattr")?;
    let name = name_argument(vm, &name, "hasattr")?;
    Ok(Object::Bool(vm.get_attr_opt(&object, &name)?.is_some()))
}

pub(super) fn setattr(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [object, name, value] = exactly(vm, args, "setattr")?;
    let name = name_argument(vm, &name, "setattr")?;
    vm.set_attr(&object, &name, value)?;
    Ok(Object::None)
}

pub(super) fn delattr(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [object, name] = exactly(vm, args, "delattr")?;
    let name = name_argument(vm, &name, "delattr")?;
    vm.del_attr(&object, &name)?;
    Ok(Object::None)
}

pub(super) fn callable(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "callable")?;
    Ok(Object::Bool(match &value {
        Object::Function(_)
        | Object::Native(_)
        | Object::Method(_)
        | Object::Class(_)
        | Object::StaticMethod(_) => true,
        Object::Instance(instance) => instance.class().lookup("__call__").is_some(),
        _ => false,
    }))
}

pub(super) fn vars(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [object] = at_most(vm, args, "vars", 0)?;
    let Some(object) = object else { return Ok(Dict::from_names(vm.current_locals())) };
    match vm.get_attr_opt(&object, "__dict__")? {
        Some(dict) => Ok(dict),
        None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
    }
}

pub(super) fn dir(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [object] = at_most(vm, args, "dir", 0)?;
    let Some(object) = object else {
        let names: BTreeSet<String> =
            vm.current_locals().into_iter().map(|(name, _)| name.as_str().to_owned()).collect();
        return Ok(Object::list(names.into_iter().map(Object::from).collect()));
    };
    if let Object::Instance(_) = &object {
        let name = vm.intern("__dir__");
        if let Some(names) = vm.call_special(&object, &name, Vec::new())? {
            let names = vm.collect(&names)?;
            let (sorted, outcome) = super::list_methods::sort_with(vm, names, Args::default(), "sorted");
            outcome?;
            return Ok(Object::list(sorted));
        }
    }
    attribute_names(vm, &object)
}

/// The names that `dir()` shows, sorted.
pub(super) fn attribute_names(vm: &mut Vm, object: &Object) -> PyResult<Object> {
    let mut names = BTreeSet::new();
    let mut add_class = |class: &Rc<Class>| {
        for class in vm.mro(class) {
            names.extend(class.dict.borrow().keys().map(|name| name.as_str().to_owned()));
        }
    };
    match object {
        Object::Class(class) => add_class(class),
        Object::Module(_) => {}
        _ => add_class(&vm.class_of(object)),
    }
    match object {
        Object::Module(module) => {
            names.extend(module.dict.borrow().keys().map(|name| name.as_str().to_owned()));
        }
        Object::Instance(instance) => {
            names.extend(instance.dict.borrow().keys().map(|name| name.as_str().to_owned()));
        }
        _ => {}
    }
    if !matches!(object, Object::Module(_)) {
        names.extend(["__class__", "__doc__"].map(str::to_owned));
    }
    if matches!(object, Object::Instance(_) | Object::Class(_)) {
        names.extend(["__dict__", "__module__"].map(str::to_owned));
    }
    Ok(Object::list(names.into_iter().map(Object::from).collect()))
}

/// `id()`: the address where there is one.
pub(super) fn id(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "id")?;
    let id = match (&value, value.address()) {
        (_, Some(address)) => address as i64,
        // Values without an address are their own identity; odd numbers are no addresses.
        (Object::Int(value), _) => value.wrapping_mul(32).wrapping_add(1),
        (Object::Float(value), _) => (value.to_bits() >> 1) as i64 | 1,
        (Object::Bool(value), _) => 3 + 4 * i64::from(*value),
        (Object::None, _) => 11,
        (Object::Ellipsis, _) => 13,
        _ => 17,
    };
    Ok(Object::Int(id & i64::MAX))
}
