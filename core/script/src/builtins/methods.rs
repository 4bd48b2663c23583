//! The classes of functions, and of what turns functions into attributes: `property`,
//! `staticmethod`, `classmethod`, `super`.
//!
//! CPython counterpart: `Objects/funcobject.c`, `Objects/descrobject.c`.

use std::rc::Rc;

use super::arguments::{Binder, at_most, exactly, or_none, receiver};
use super::constructors::{class_argument, instance_of, not_callable};
use crate::object::{Args, BoundMethod, Class, Object, Property, PyResult};
use crate::vm::Vm;

fn call(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let function = receiver(vm, &mut args, "function.__call__", |value| Some(value.clone()))?;
    vm.call(&function, args)
}

/// The class of Python or native functions.
pub(super) fn function_class(name: &str, object: &Rc<Class>) -> Rc<Class> {
    not_callable(Class::builder(name).base(object))
        .method("__call__", call)
        .method("__get__", |vm, args| {
            let [function, instance, _owner] = at_most::<3>(vm, args, "__get__", 2)?;
            let function = or_none(function);
            Ok(match instance {
                None | Some(Object::None) => function,
                Some(receiver) => Object::Method(Rc::new(BoundMethod { receiver, function })),
            })
        })
        .build()
}

pub(super) fn method_class(object: &Rc<Class>) -> Rc<Class> {
    Class::builder("method")
        .base(object)
        .method("__new__", |vm, mut args| {
            class_argument(vm, &mut args, "method.__new__")?;
            let [function, receiver] = exactly(vm, args, "method")?;
            Ok(Object::Method(Rc::new(BoundMethod { receiver, function })))
        })
        .method("__call__", call)
        .build()
}

fn property(value: &Object) -> Option<Rc<Property>> {
    match value {
        Object::Property(property) => Some(Rc::clone(property)),
        _ => None,
    }
}

/// A copy of a property with another function in one place.
fn changed(vm: &mut Vm, mut args: Args, name: &str, change: fn(&mut Property, Object)) -> PyResult<Object> {
    let mut copy = Property::clone(&*receiver(vm, &mut args, name, property)?);
    let [function] = exactly(vm, args, name)?;
    change(&mut copy, function);
    Ok(Object::Property(Rc::new(copy)))
}

/// Calls one of a property's functions.
fn accessor(vm: &mut Vm, function: &Object, args: Vec<Object>, kind: &str) -> PyResult<Object> {
    if function.is_none() {
        return Err(vm.error(&vm.exceptions.attribute_error, format!("property has no {kind}")));
    }
    vm.call(function, Args::positional(args))
}

pub(super) fn property_class(object: &Rc<Class>) -> Rc<Class> {
    Class::builder("property")
        .base(object)
        .method("__new__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "property.__new__")?;
            let names = &["fget", "fset", "fdel", "doc"];
            let values = Binder { function: "property", names, required: 0, positional: 4 }.bind(vm, args)?;
            let part = |at: usize| or_none(values.get(at).cloned().flatten());
            let property = Property { get: part(0), set: part(1), delete: part(2) };
            Ok(instance_of(&class, &vm.types.property, Object::Property(Rc::new(property))))
        })
        .method("getter", |vm, args| changed(vm, args, "property.getter", |copy, get| copy.get = get))
        .method("setter", |vm, args| changed(vm, args, "property.setter", |copy, set| copy.set = set))
        .method("deleter", |vm, args| {
            changed(vm, args, "property.deleter", |copy, delete| copy.delete = delete)
        })
        .method("__get__", |vm, args| {
            let [this, instance, _owner] = at_most::<3>(vm, args, "__get__", 2)?;
            let this = or_none(this);
            match (property(super::base(&this)), instance) {
                (Some(property), Some(instance)) if !instance.is_none() => {
                    accessor(vm, &property.get, vec![instance], "getter")
                }
                _ => Ok(this),
            }
        })
        .method("__set__", |vm, mut args| {
            let property = receiver(vm, &mut args, "property.__set__", property)?;
            let [instance, value] = exactly(vm, args, "property.__set__")?;
            accessor(vm, &property.set, vec![instance, value], "setter")
        })
        .method("__delete__", |vm, mut args| {
            let property = receiver(vm, &mut args, "property.__delete__", property)?;
            let [instance] = exactly(vm, args, "property.__delete__")?;
            accessor(vm, &property.delete, vec![instance], "deleter")
        })
        .build()
}

fn wrapped(value: &Object) -> Option<Object> {
    match value {
        Object::StaticMethod(function) | Object::ClassMethod(function) => Some(Object::clone(function)),
        _ => None,
    }
}

pub(super) fn static_method_class(object: &Rc<Class>) -> Rc<Class> {
    Class::builder("staticmethod")
        .base(object)
        .method("__new__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "staticmethod.__new__")?;
            let [function] = exactly(vm, args, "staticmethod")?;
            Ok(instance_of(&class, &vm.types.static_method, Object::StaticMethod(Rc::new(function))))
        })
        .method("__get__", |vm, mut args| receiver(vm, &mut args, "staticmethod.__get__", wrapped))
        .method("__call__", |vm, mut args| {
            let function = receiver(vm, &mut args, "staticmethod.__call__", wrapped)?;
            vm.call(&function, args)
        })
        .build()
}

pub(super) fn class_method_class(object: &Rc<Class>) -> Rc<Class> {
    Class::builder("classmethod")
        .base(object)
        .method("__new__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "classmethod.__new__")?;
            let [function] = exactly(vm, args, "classmethod")?;
            Ok(instance_of(&class, &vm.types.class_method, Object::ClassMethod(Rc::new(function))))
        })
        .method("__get__", |vm, mut args| {
            let function = receiver(vm, &mut args, "classmethod.__get__", wrapped)?;
            let [instance, owner] = at_most::<2>(vm, args, "__get__", 1)?;
            let receiver = match owner {
                Some(owner) if !owner.is_none() => owner,
                _ => Object::Class(vm.class_of(&or_none(instance))),
            };
            Ok(Object::Method(Rc::new(BoundMethod { receiver, function })))
        })
        .build()
}

pub(super) fn super_class(object: &Rc<Class>) -> Rc<Class> {
    Class::builder("super")
        .base(object)
        .method("__new__", |vm, mut args| {
            class_argument(vm, &mut args, "super.__new__")?;
            let [start, object] = at_most(vm, args, "super", 0)?;
            match (start, object) {
                (None, _) => match vm.super_context() {
                    Some((start, object)) => vm.make_super(&start, object),
                    None => Err(vm.error(&vm.exceptions.runtime_error, "super(): no arguments")),
                },
                (Some(Object::Class(start)), Some(object)) => vm.make_super(&start, object),
                (Some(Object::Class(_)), None) => Err(vm.type_error(
                    "super() with a class alone is not supported: pass the instance as well, or nothing",
                )),
                (Some(other), _) => {
                    let given = vm.class_of(&other).name();
                    Err(vm.type_error(format!("super() argument 1 must be a type, not {}", given.as_str())))
                }
            }
        })
        .build()
}
