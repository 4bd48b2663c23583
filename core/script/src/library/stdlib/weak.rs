//! `_weakref`: references that do not keep their object alive.
//!
//! CPython counterpart: `Objects/weakrefobject.c`, without callbacks: what
//! dies here tells nobody.

use std::rc::{Rc, Weak};

use super::module;
use crate::builtins::exactly;
use crate::object::{Args, Class, Instance, Module, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// What can be referred to weakly.
enum Target {
    Instance(Weak<Instance>),
    Class(Weak<Class>),
    Function(Weak<crate::vm::Function>),
}

struct Reference {
    target: Target,
    /// Where the object is or was, which is its identity for comparison.
    address: usize,
}

impl Reference {
    fn object(&self) -> Option<Object> {
        match &self.target {
            Target::Instance(target) => target.upgrade().map(Object::Instance),
            Target::Class(target) => target.upgrade().map(Object::Class),
            Target::Function(target) => target.upgrade().map(Object::Function),
        }
    }
}

pub(super) fn build(vm: &mut Vm) -> Rc<Module> {
    let reference = Class::builder("ReferenceType")
        .module("weakref")
        .method("__new__", new)
        .method("__init__", |_, _| Ok(Object::None))
        .method("__call__", |vm, args| Ok(this(vm, &args)?.object().unwrap_or(Object::None)))
        .method("__eq__", equal)
        .method("__hash__", hash)
        .method("__repr__", repr)
        .build();
    let count = NativeFunction::new("getweakrefcount", |vm, args| {
        let [object] = exactly(vm, args, "getweakrefcount")?;
        Ok(Object::Int(object.as_instance().map_or(0, Rc::weak_count) as i64))
    });
    module(vm, "_weakref", vec![("ref", Object::Class(reference)), ("getweakrefcount", count)])
}

fn this(vm: &mut Vm, args: &Args) -> PyResult<Rc<Reference>> {
    match args.positional.first().and_then(|this| this.native::<Reference>()) {
        Some(reference) => Ok(reference),
        None => Err(vm.type_error("a weak reference is required")),
    }
}

fn new(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let (Some(Object::Class(class)), Some(object)) = (args.positional.first(), args.positional.get(1)) else {
        return Err(vm.type_error("ref expected at least 1 argument, got 0"));
    };
    let target = match object {
        Object::Instance(instance) => Target::Instance(Rc::downgrade(instance)),
        Object::Class(class) => Target::Class(Rc::downgrade(class)),
        Object::Function(function) => Target::Function(Rc::downgrade(function)),
        other => {
            let given = vm.class_name(other);
            let message = format!("cannot create weak reference to '{}' object", given.as_str());
            return Err(vm.type_error(message));
        }
    };
    Ok(Instance::native(class, Reference { target, address: object.address().unwrap_or_default() }))
}

fn equal(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = this(vm, &args)?;
    let Some(other) = args.positional.get(1).and_then(|other| other.native::<Reference>()) else {
        return Ok(Object::NotImplemented);
    };
    match (own.object(), other.object()) {
        (Some(own), Some(other)) => vm.equals(&own, &other).map(Object::Bool),
        _ => Ok(Object::Bool(Rc::ptr_eq(&own, &other) || own.address == other.address)),
    }
}

fn hash(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = this(vm, &args)?;
    match own.object() {
        Some(object) => vm.hash(&object).map(Object::Int),
        None => Ok(Object::Int((own.address >> 4) as i64)),
    }
}

fn repr(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let text = match this(vm, &args)?.object() {
        Some(object) => {
            let class = vm.class_name(&object);
            let address = crate::builtins::address_text(&object);
            format!("<weakref at {address}; to '{}' at {address}>", class.as_str())
        }
        None => "<weakref at 0x0; dead>".to_owned(),
    };
    Ok(Object::from(text))
}
