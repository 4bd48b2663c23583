//! Events of mapped classes and their constructors; what a class says of
//! itself by decorators: validators, `@reconstructor`.
//!
//! SQLAlchemy counterpart: `MapperEvents`, `InstanceEvents.init`, and what
//! `Mapper._configure_class_instrumentation` looks for.

use std::rc::Rc;

use ormscope::orm::OrmEventKind;
use ormscope::types::MapperId;

use super::super::{errors, inspection, mapping, peek};
use super::attributes::Validator;
use super::{Options, Target, add, call, chosen, hear, is_heard, of_class};
use crate::builtins::Dict;
use crate::object::{Args, Class, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// Looks a class over that was mapped just now.
pub(in super::super) fn mapped(vm: &mut Vm, mapper: MapperId, class: &Rc<Class>) -> PyResult<()> {
    let mut seen: Vec<String> = Vec::new();
    let ancestors: Vec<Rc<Class>> = class.mro().cloned().collect();
    for source in &ancestors {
        let body: Vec<(String, Object)> = source
            .dict
            .borrow()
            .iter()
            .filter(|(_, value)| matches!(value, Object::Function(_) | Object::Instance(_)))
            .map(|(name, value)| (name.as_str().to_string(), value.clone()))
            .collect();
        for (name, value) in body {
            if seen.contains(&name) {
                continue;
            }
            match &value {
                Object::Function(_) => read_function(vm, mapper, class, &value)?,
                _ => attach(vm, class, &name, &value)?,
            }
            seen.push(name);
        }
    }
    vm.library.sqlalchemy.listeners.unconfigured.push(mapper);
    tell_mapper(vm, OrmEventKind::InstrumentClass, mapper)?;
    for kind in [OrmEventKind::Init, OrmEventKind::InitFailure, OrmEventKind::FirstInit] {
        if is_heard(vm, kind) {
            instrument_constructor(vm, class)?;
        }
    }
    tell_mapper(vm, OrmEventKind::AfterMapperConstructed, mapper)
}

/// What a decorator said of a method.
fn read_function(vm: &mut Vm, mapper: MapperId, class: &Rc<Class>, function: &Object) -> PyResult<()> {
    let Object::Function(own) = function else { return Ok(()) };
    if own.dict.borrow().is_empty() {
        return Ok(());
    }
    if vm.get_attr_opt(function, "__sa_reconstructor__")?.is_some() {
        let options = Options { propagate: true, ..Options::default() };
        let call = function.clone();
        let method = NativeFunction::closure("reconstruct", move |vm, args| {
            vm.call_with(&call, args.positional.into_iter().take(1).collect())
        });
        add(vm, Target::Class(Rc::clone(class)), OrmEventKind::Load, method, options)?;
    }
    let Some(names) = vm.get_attr_opt(function, "__sa_validators__")? else { return Ok(()) };
    let options = vm.get_attr(function, "__sa_validation_opts__")?;
    let flag = |vm: &mut Vm, name: &str| {
        let value = vm.get_item(&options, &Object::str(name))?;
        vm.truthy(&value)
    };
    let (include_removes, include_backrefs) = (flag(vm, "include_removes")?, flag(vm, "include_backrefs")?);
    hear(vm, OrmEventKind::Validate)?;
    for name in vm.collect(&names)? {
        let key = vm.str(&name)?.as_str().to_string();
        let all = &vm.library.sqlalchemy.listeners.validators;
        if all.iter().any(|known| known.mapper == mapper && known.key == key) {
            let described = mapping::describe_mapper(vm, mapper)?;
            let key = ormscope::types::python_str(&key);
            let message = format!(
                "A validation function for mapped attribute {key} on mapper {described} already exists."
            );
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        let function = function.clone();
        vm.library.sqlalchemy.listeners.validators.push(Validator {
            mapper,
            key,
            function,
            include_removes,
            include_backrefs,
        });
    }
    Ok(())
}

/// Objects of the library's Python parts that want to know the class they are in.
pub(in super::super) fn attach(vm: &mut Vm, class: &Rc<Class>, name: &str, value: &Object) -> PyResult<()> {
    let own = vm.class_of(value);
    if own.lookup("__sa_attach__").is_some() {
        vm.call_method(value, "__sa_attach__", vec![Object::Class(Rc::clone(class)), Object::str(name)])?;
    }
    Ok(())
}

fn mapper_and_class(vm: &mut Vm, mapper: MapperId) -> PyResult<(Rc<Class>, Object)> {
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[mapper.index()].class);
    let object = vm.get_attr(&Object::Class(Rc::clone(&class)), "__mapper__")?;
    Ok((class, object))
}

fn tell_mapper(vm: &mut Vm, kind: OrmEventKind, mapper: MapperId) -> PyResult<()> {
    if !is_heard(vm, kind) {
        return Ok(());
    }
    let (class, object) = mapper_and_class(vm, mapper)?;
    for entry in of_class(vm, kind, &class) {
        call(vm, kind, &entry, vec![object.clone(), Object::Class(Rc::clone(&class))])?;
    }
    Ok(())
}

/// Tells each attribute of a class, relationships first.
fn tell_attributes(vm: &mut Vm, mapper: MapperId) -> PyResult<()> {
    let kind = OrmEventKind::AttributeInstrument;
    if !is_heard(vm, kind) {
        return Ok(());
    }
    let keys: Vec<String> = peek(vm, |orm| {
        let all: Vec<_> = orm.mapper(mapper).iter().map(|(_, attribute)| attribute).collect();
        all.iter().map(|attribute| attribute.key.clone()).collect()
    })?;
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[mapper.index()].class);
    let entries = chosen(vm, kind, |entry| match &entry.target {
        Target::AnyClass => true,
        Target::Class(own) => class.is_subclass_of(own),
        _ => false,
    });
    let object = Object::Class(Rc::clone(&class));
    for key in keys {
        let attribute = vm.get_attr(&object, &key)?;
        for entry in &entries {
            call(vm, kind, entry, vec![object.clone(), Object::str(&key), attribute.clone()])?;
        }
    }
    Ok(())
}

fn tell_every(vm: &mut Vm, kind: OrmEventKind) -> PyResult<()> {
    for entry in chosen(vm, kind, |entry| matches!(entry.target, Target::AnyClass | Target::Class(_))) {
        call(vm, kind, &entry, Vec::new())?;
    }
    Ok(())
}

/// Tells that mappers are about to be configured, and gives those that are new.
pub(in super::super) fn before_configure(vm: &mut Vm) -> PyResult<Vec<MapperId>> {
    if vm.library.sqlalchemy.listeners.unconfigured.is_empty() {
        return Ok(Vec::new());
    }
    let fresh = std::mem::take(&mut vm.library.sqlalchemy.listeners.unconfigured);
    if is_heard(vm, OrmEventKind::BeforeConfigured) {
        tell_every(vm, OrmEventKind::BeforeConfigured)?;
    }
    for mapper in &fresh {
        tell_mapper(vm, OrmEventKind::BeforeMapperConfigured, *mapper)?;
    }
    Ok(fresh)
}

/// Tells that mappers are configured.
pub(in super::super) fn after_configure(vm: &mut Vm, fresh: &[MapperId]) -> PyResult<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    for mapper in fresh {
        tell_attributes(vm, *mapper)?;
        tell_mapper(vm, OrmEventKind::MapperConfigured, *mapper)?;
    }
    if is_heard(vm, OrmEventKind::AfterConfigured) {
        tell_every(vm, OrmEventKind::AfterConfigured)?;
    }
    Ok(())
}

/// Puts the constructors of mapped classes under watch that somebody listens to.
pub(super) fn instrument_constructors(vm: &mut Vm) -> PyResult<()> {
    let all: Vec<Rc<Class>> =
        vm.library.sqlalchemy.mapped.iter().map(|mapped| Rc::clone(&mapped.class)).collect();
    for class in all {
        instrument_constructor(vm, &class)?;
    }
    Ok(())
}

const WATCHED: &str = "_sa_original_init";

/// Puts the constructor of a class under watch: who listens is told before it
/// runs, and when it fails.
fn instrument_constructor(vm: &mut Vm, class: &Rc<Class>) -> PyResult<()> {
    let watched = [OrmEventKind::Init, OrmEventKind::InitFailure, OrmEventKind::FirstInit]
        .iter()
        .any(|kind| !of_class(vm, *kind, class).is_empty());
    if !watched || class.dict.borrow().contains_key(WATCHED) {
        return Ok(());
    }
    let original = class.lookup("__init__").unwrap_or(Object::None);
    let name = vm.intern(WATCHED);
    class.set(name, original.clone());
    let own = Rc::downgrade(class);
    let seen = std::cell::Cell::new(false);
    let watch = NativeFunction::closure("__init__", move |vm, mut args| {
        let this = args.positional.first().cloned().unwrap_or(Object::None);
        let concerned = own.upgrade().filter(|class| Rc::ptr_eq(class, &vm.class_of(&this)));
        let Some(class) = concerned else { return vm.call(&original, args) };
        if !seen.replace(true) {
            let manager =
                inspection::make_support(vm, "ClassManager", vec![Object::Class(Rc::clone(&class))])?;
            for entry in of_class(vm, OrmEventKind::FirstInit, &class) {
                call(
                    vm,
                    OrmEventKind::FirstInit,
                    &entry,
                    vec![manager.clone(), Object::Class(Rc::clone(&class))],
                )?;
            }
        }
        let positional = Object::tuple(args.positional[1..].to_vec());
        let keyword = Dict::from_names(std::mem::take(&mut args.keyword));
        let told = |vm: &mut Vm, kind: OrmEventKind| -> PyResult<()> {
            for entry in of_class(vm, kind, &class) {
                let target = match (entry.options.raw, mapping::object_of(&this)) {
                    (true, Some(object)) => inspection::state_object(vm, &this, object.state),
                    _ => this.clone(),
                };
                call(vm, kind, &entry, vec![target, positional.clone(), keyword.clone()])?;
            }
            Ok(())
        };
        told(vm, OrmEventKind::Init)?;
        if let Object::Dict(dict) = &keyword {
            for (key, value) in dict.items() {
                let key = vm.str(&key)?;
                args.keyword.push((vm.intern(key.as_str()), value));
            }
        }
        let result = vm.call(&original, Args { positional: args.positional, keyword: args.keyword });
        if result.is_err() {
            told(vm, OrmEventKind::InitFailure)?;
        }
        result
    });
    let name = vm.intern("__init__");
    class.set(name, watch);
    Ok(())
}
