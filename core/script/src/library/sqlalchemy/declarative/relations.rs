//! What `Mapped[List["Address"]]` says of a relationship: its target, and what
//! holds the objects.
//!
//! SQLAlchemy counterpart: `RelationshipProperty.declarative_scan`.

use std::rc::Rc;

use super::annotations::{Container, Extracted};
use super::forms::{self, Form, form};
use super::mapped_column::required;
use super::options::FieldOptions;
use crate::library::sqlalchemy::errors;
use crate::library::sqlalchemy::relationships::RelationshipObject;
use crate::object::{Class, Object, PyResult};
use crate::vm::Vm;

/// Adds to a relationship what its annotation says.
pub(super) fn declare(
    vm: &mut Vm,
    class: &Rc<Class>,
    key: &str,
    data: &RelationshipObject,
    annotation: Option<&Extracted>,
) -> PyResult<()> {
    let Some(annotation) = annotation else {
        return match *data.target.borrow() {
            None | Some(Object::None) => Err(required(vm, class, key, "Relationship")),
            Some(_) => Ok(()),
        };
    };
    match annotation.container {
        Some(Container::WriteOnly) => data.lazy.set(Some("write_only")),
        Some(Container::Dynamic) => data.lazy.set(Some("dynamic")),
        _ => {}
    }
    let holds_many = data.lazy.get().is_some();
    let mut argument = forms::without_none(vm, &annotation.inner)?;
    if let Form::Forward(text) = form(vm, &argument)?
        && forms::subscript(&text).is_some()
        && let Some(resolved) = forms::evaluate(vm, class, &text)?
    {
        argument = resolved;
    }
    let mut has_collection = data.option("collection_class").is_some();
    let shape = form(vm, &argument)?;
    let (argument, uselist) = match shape {
        Form::Generic { origin, args } => {
            let is_collection = is_collection(vm, &origin)?;
            if is_collection && !has_collection {
                refuse_abstract(vm, &origin)?;
                *data.collection.borrow_mut() = Some(origin.clone());
                has_collection = true;
            }
            let Some(argument) = (if is_mapping(&origin) { args.last() } else { args.first() }).cloned()
            else {
                let shown = vm.str(&argument)?;
                let message = format!("Generic alias {} requires an argument", shown.as_str());
                return Err(errors::error(vm, "ArgumentError", message));
            };
            (argument, (!is_collection && !holds_many).then_some(false))
        }
        _ => (argument, None),
    };
    let uselist = if !has_collection && !holds_many { Some(false) } else { uselist };
    if let Some(uselist) = uselist {
        *data.uselist.borrow_mut() = Some(uselist);
    }
    if matches!(*data.target.borrow(), None | Some(Object::None)) {
        *data.target.borrow_mut() = Some(named(vm, class, argument)?);
    }
    check_factory(vm, class, key, data, holds_many)
}

/// The class, or the name by which it is found: that of the class that a name
/// means in the module.
fn named(vm: &mut Vm, class: &Rc<Class>, argument: Object) -> PyResult<Object> {
    let Form::Forward(text) = form(vm, &argument)? else { return Ok(argument) };
    let known = match text.contains('.') {
        true => forms::evaluate(vm, class, &text)?,
        false => vm.globals().dict.borrow().get(&text).cloned(),
    };
    Ok(match known {
        Some(Object::Class(found)) => Object::Str(found.name()),
        _ => Object::str(text),
    })
}

fn is_collection(vm: &mut Vm, origin: &Object) -> PyResult<bool> {
    let Object::Class(class) = origin else { return Ok(false) };
    let built_in = [&vm.types.list, &vm.types.set, &vm.types.dict, &vm.types.frozenset, &vm.types.tuple];
    if built_in.into_iter().any(|known| class.is_subclass_of(known)) {
        return Ok(true);
    }
    Ok(class.mro().any(|class| class.module.borrow().as_str() == "collections.abc"))
}

fn is_mapping(origin: &Object) -> bool {
    let Object::Class(class) = origin else { return false };
    class.mro().any(|class| matches!(class.name().as_str(), "dict" | "Mapping" | "MutableMapping"))
}

/// A class that cannot be made an instance of cannot hold anything.
fn refuse_abstract(vm: &mut Vm, origin: &Object) -> PyResult<()> {
    let Object::Class(class) = origin else { return Ok(()) };
    if class.module.borrow().as_str() != "collections.abc" {
        return Ok(());
    }
    let shown = vm.str(origin)?;
    Err(errors::error(
        vm,
        "ArgumentError",
        format!(
            "Collection annotation type {} cannot be instantiated; please provide an explicit 'collection_class' parameter (e.g. list, set, etc.) to the relationship() function to accompany this annotation",
            shown.as_str()
        ),
    ))
}

/// The arguments for a dataclass that a relationship has.
pub(super) fn fields(data: &RelationshipObject) -> FieldOptions {
    let mut fields = FieldOptions::default();
    for (name, value) in &data.options {
        fields.add(name.as_str(), value);
    }
    fields
}

/// A `default_factory` must make what holds the objects.
fn check_factory(
    vm: &mut Vm,
    class: &Rc<Class>,
    key: &str,
    data: &RelationshipObject,
    holds_many: bool,
) -> PyResult<()> {
    let Some(factory) = data.option("default_factory") else { return Ok(()) };
    let list = Object::Class(Rc::clone(&vm.types.list));
    let own = match holds_many {
        true => list.clone(),
        false => data
            .option("collection_class")
            .or_else(|| data.collection.borrow().clone())
            .unwrap_or(Object::None),
    };
    let plain = match &own {
        Object::Class(class) => [&vm.types.list, &vm.types.set, &vm.types.dict]
            .into_iter()
            .find(|known| class.is_subclass_of(known))
            .map(|known| Object::Class(Rc::clone(known))),
        Object::None => None,
        // What makes keyed collections makes dicts.
        _ => Some(Object::Class(Rc::clone(&vm.types.dict))),
    };
    if factory.is(&own) || plain.as_ref().is_some_and(|plain| factory.is(plain)) {
        return Ok(());
    }
    let mut expected = vm.str(&own)?.as_str().to_string();
    if let Some(plain) = plain.filter(|plain| !plain.is(&own)) {
        expected = format!("{expected} or {}", vm.str(&plain)?.as_str());
    }
    let name = class.name();
    Err(errors::error(
        vm,
        "ArgumentError",
        format!(
            "For relationship {}.{key} using dataclass options, default_factory must be exactly {expected}",
            name.as_str()
        ),
    ))
}
