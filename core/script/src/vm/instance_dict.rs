//! `__dict__` of an instance: a dict that is the attributes themselves.

use std::rc::Rc;

use super::Vm;
use crate::builtins::{DictView, ViewKind};
use crate::object::{Args, Attributes, Class, Instance, Name, Object, PyResult};

/// Whose attributes these are.
pub(crate) struct InstanceDict(pub Rc<Instance>);

/// The class of [`InstanceDict`]s, which calls itself `dict`.
pub(super) fn class(object: &Rc<Class>) -> Rc<Class> {
    Class::builder("dict")
        .base(object)
        .method("__getitem__", |vm, args| {
            let (this, key) = keyed(vm, &args)?;
            let found = all(vm, &this)?.get(&key).cloned();
            found.ok_or_else(|| vm.key_error(Object::Str(key)))
        })
        .method("__setitem__", |vm, args| {
            let (this, key) = keyed(vm, &args)?;
            let value = args.positional.get(2).cloned().unwrap_or(Object::None);
            let key = vm.intern(&key);
            drop(this.0.dict.borrow_mut().insert(key, value));
            Ok(Object::None)
        })
        .method("__delitem__", |vm, args| {
            let (this, key) = keyed(vm, &args)?;
            let removed = this.0.dict.borrow_mut().shift_remove(&key);
            removed.map(|_| Object::None).ok_or_else(|| vm.key_error(Object::Str(key)))
        })
        .method("__contains__", |vm, args| match args.positional.get(1) {
            Some(Object::Str(key)) => {
                let this = receiver(vm, &args)?;
                Ok(Object::Bool(all(vm, &this)?.contains_key(key)))
            }
            _ => Ok(Object::Bool(false)),
        })
        .method("__len__", |vm, args| {
            let this = receiver(vm, &args)?;
            Ok(Object::Int(all(vm, &this)?.len() as i64))
        })
        .method("__iter__", |vm, args| {
            let dict = snapshot(vm, &args)?;
            vm.iter(&dict)
        })
        .method("__eq__", |vm, args| {
            let dict = snapshot(vm, &args)?;
            let other = match args.positional.get(1) {
                Some(other) => match other.native::<InstanceDict>() {
                    Some(other) => super::attributes::attributes_dict(&other.0.dict.borrow()),
                    None => other.clone(),
                },
                None => Object::None,
            };
            Ok(Object::Bool(vm.equals(&dict, &other)?))
        })
        .method("__repr__", |vm, args| {
            let dict = snapshot(vm, &args)?;
            Ok(Object::Str(vm.repr(&dict)?))
        })
        .method("__or__", |vm, args| {
            let dict = snapshot(vm, &args)?;
            let other = args.positional.get(1).cloned().unwrap_or(Object::None);
            vm.binary(crate::object::BinaryOp::Or, &dict, &other)
        })
        .method("keys", |vm, args| view(vm, &args, ViewKind::Keys))
        .method("values", |vm, args| view(vm, &args, ViewKind::Values))
        .method("items", |vm, args| view(vm, &args, ViewKind::Items))
        .method("copy", |vm, args| snapshot(vm, &args))
        .method("get", |vm, args| {
            let (this, key) = keyed(vm, &args)?;
            let found = all(vm, &this)?.get(&key).cloned();
            Ok(found.or_else(|| args.positional.get(2).cloned()).unwrap_or(Object::None))
        })
        .method("setdefault", |vm, args| {
            let (this, key) = keyed(vm, &args)?;
            let found = all(vm, &this)?.get(&key).cloned();
            if let Some(found) = found {
                return Ok(found);
            }
            let value = args.positional.get(2).cloned().unwrap_or(Object::None);
            let key = vm.intern(&key);
            this.0.dict.borrow_mut().insert(key, value.clone());
            Ok(value)
        })
        .method("pop", |vm, args| {
            let (this, key) = keyed(vm, &args)?;
            let removed = this.0.dict.borrow_mut().shift_remove(&key);
            removed.or_else(|| args.positional.get(2).cloned()).ok_or_else(|| vm.key_error(Object::Str(key)))
        })
        .method("clear", |vm, args| {
            let this = receiver(vm, &args)?;
            drop(this.0.dict.take());
            Ok(Object::None)
        })
        .method("update", update)
        .build()
}

fn receiver(vm: &mut Vm, args: &Args) -> PyResult<Rc<InstanceDict>> {
    let this = args.positional.first().and_then(Object::native::<InstanceDict>);
    this.ok_or_else(|| vm.type_error("descriptor requires a 'dict' object"))
}

/// The attributes, and before them those that the class keeps elsewhere: its
/// `__managed__` method tells them.
fn all(vm: &mut Vm, this: &InstanceDict) -> PyResult<Attributes> {
    let managed = this.0.class().lookup("__managed__");
    let mut found = match managed {
        Some(managed) => {
            let told = vm.call_with(&managed, vec![Object::Instance(Rc::clone(&this.0))])?;
            vm.to_attributes(&told)?
        }
        None => Attributes::default(),
    };
    for (name, value) in this.0.dict.borrow().iter() {
        found.insert(Rc::clone(name), value.clone());
    }
    Ok(found)
}

fn keyed(vm: &mut Vm, args: &Args) -> PyResult<(Rc<InstanceDict>, Name)> {
    let this = receiver(vm, args)?;
    match args.positional.get(1) {
        Some(Object::Str(key)) => Ok((this, Rc::clone(key))),
        Some(other) => Err(vm.key_error(other.clone())),
        None => Err(vm.type_error("expected at least 1 argument, got 0")),
    }
}

fn snapshot(vm: &mut Vm, args: &Args) -> PyResult<Object> {
    let this = receiver(vm, args)?;
    Ok(super::attributes::attributes_dict(&all(vm, &this)?))
}

fn view(vm: &mut Vm, args: &Args, kind: ViewKind) -> PyResult<Object> {
    match snapshot(vm, args)? {
        Object::Dict(dict) => Ok(DictView::object(&dict, kind)),
        other => Ok(other),
    }
}

fn update(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = receiver(vm, &args)?;
    let mut new = Attributes::default();
    if let Some(other) = args.positional.get(1) {
        let dict = Object::Class(Rc::clone(&vm.types.dict));
        let other = vm.call_with(&dict, vec![other.clone()])?;
        new = vm.to_attributes(&other)?;
    }
    for (name, value) in args.keyword {
        let name = vm.intern(&name);
        new.insert(name, value);
    }
    for (name, value) in new {
        let old = this.0.dict.borrow_mut().insert(name, value);
        drop(old);
    }
    Ok(Object::None)
}
