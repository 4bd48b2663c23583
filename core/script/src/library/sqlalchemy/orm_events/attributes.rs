//! Changes of attributes: validators and listeners, before the ORM takes the
//! new value.
//!
//! Columns and what the program sets itself are told from here; changes of
//! relationships that follow from others are told by the ORM. SQLAlchemy
//! counterpart: `AttributeEvents`, `sqlalchemy.orm.util._validator_events`.

use std::rc::Rc;

use ormscope::orm::{self, AttributeEvent, OrmEventKind, Slot};
use ormscope::types::MapperId;

use super::super::values::to_object;
use super::super::{attributes, inspection, mapping, peek, with_orm};
use super::tell::target_object;
use super::{Entry, Target, call, chosen, is_heard};
use crate::builtins::Dict;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// A function that validates an attribute.
#[derive(Clone)]
pub(in super::super) struct Validator {
    pub(super) mapper: MapperId,
    pub(super) key: String,
    pub(super) function: Object,
    pub(super) include_removes: bool,
    pub(super) include_backrefs: bool,
}

fn validator(vm: &Vm, mapper: MapperId, key: &str) -> Option<Validator> {
    let all = &vm.library.sqlalchemy.listeners.validators;
    all.iter().find(|known| known.mapper == mapper && known.key == key).cloned()
}

/// The functions that validate the attributes of a mapper, by attribute.
pub(in super::super) fn validators(vm: &mut Vm, mapper: MapperId) -> PyResult<Object> {
    let own = vm.library.sqlalchemy.listeners.validators.iter().filter(|known| known.mapper == mapper);
    let items: Vec<(Object, Object)> =
        own.map(|known| (Object::str(&known.key), known.function.clone())).collect();
    Dict::from_items(vm, items)
}

/// Has a value validated, as far as somebody does.
fn validate(
    vm: &mut Vm,
    own: &Validator,
    instance: &Object,
    value: Object,
    is_remove: bool,
) -> PyResult<Object> {
    let mut arguments = vec![instance.clone(), Object::str(&own.key), value];
    if own.include_removes {
        arguments.push(Object::Bool(is_remove));
    }
    vm.call_with(&own.function, arguments)
}

fn token(vm: &mut Vm, key: &str, kind: OrmEventKind) -> PyResult<Object> {
    let op = match kind {
        OrmEventKind::Append => "APPEND",
        OrmEventKind::Remove => "REMOVE",
        OrmEventKind::BulkReplace => "BULK_REPLACE",
        OrmEventKind::Modified => "MODIFIED",
        _ => "REPLACE",
    };
    inspection::make_support(vm, "AttributeEventToken", vec![Object::str(key), Object::str(op)])
}

/// Who listens to an attribute of objects of a mapper.
fn listeners(vm: &Vm, kind: OrmEventKind, mapper: MapperId, key: &str) -> Vec<Rc<Entry>> {
    let class = &vm.library.sqlalchemy.mapped[mapper.index()].class;
    chosen(vm, kind, |entry| match &entry.target {
        Target::Attribute(own, name) => {
            name == key && (Rc::ptr_eq(own, class) || (entry.options.propagate && class.is_subclass_of(own)))
        }
        _ => false,
    })
}

/// What the program sets an attribute to, after validators and, for a column,
/// listeners have seen it.
pub(in super::super) fn before_set(
    vm: &mut Vm,
    object: &orm::Object,
    instance: &Object,
    key: &str,
    relationship: Option<bool>,
    value: &Object,
) -> PyResult<Object> {
    let state = object.state;
    let mut value = value.clone();
    if relationship == Some(true)
        || !(is_heard(vm, OrmEventKind::Set) || is_heard(vm, OrmEventKind::Validate))
    {
        return Ok(value);
    }
    let mapper = peek(vm, |orm| orm.states[state].mapper)?;
    let old = match relationship {
        None => Some(old_value(vm, object, mapper, instance, key)?),
        Some(_) => None,
    };
    if let Some(own) = validator(vm, mapper, key) {
        value = validate(vm, &own, instance, value, false)?;
    }
    let Some(old) = old else { return Ok(value) };
    for entry in listeners(vm, OrmEventKind::Set, mapper, key) {
        let target = target_object(vm, object, entry.options);
        let initiator = token(vm, key, OrmEventKind::Set)?;
        let result =
            call(vm, OrmEventKind::Set, &entry, vec![target, value.clone(), old.clone(), initiator])?;
        if let (true, Some(result)) = (entry.options.retval, result) {
            value = result;
        }
    }
    Ok(value)
}

/// The value that a column's attribute has; it is loaded only for who wants it.
fn old_value(
    vm: &mut Vm,
    object: &orm::Object,
    mapper: MapperId,
    instance: &Object,
    key: &str,
) -> PyResult<Object> {
    let state = object.state;
    let entries = listeners(vm, OrmEventKind::Set, mapper, key);
    let wanted = entries.iter().any(|entry| entry.options.active_history);
    let (value, has_row) = peek(vm, |orm| {
        let at = orm.mapper_of(state).attribute(key);
        let slot = at.and_then(|at| orm.states[state].slots.get(at).cloned());
        let value = match slot {
            Some(Slot::Value(value)) => Some(value),
            _ => None,
        };
        (value, orm.states[state].key.is_some())
    })?;
    match value {
        Some(value) => to_object(vm, &value),
        None if wanted && has_row => vm.get_attr(instance, key),
        None => inspection::support(vm, "NO_VALUE"),
    }
}

/// What the program replaces a collection by, after validators and listeners
/// have seen it.
pub(in super::super) fn before_replace(
    vm: &mut Vm,
    object: &orm::Object,
    instance: &Object,
    key: &str,
    values: Vec<Object>,
) -> PyResult<Vec<Object>> {
    if !is_heard(vm, OrmEventKind::BulkReplace) && !is_heard(vm, OrmEventKind::Validate) {
        return Ok(values);
    }
    let state = object.state;
    let mapper = peek(vm, |orm| orm.states[state].mapper)?;
    let mut values = values;
    if let Some(own) = validator(vm, mapper, key) {
        for value in &mut values {
            *value = validate(vm, &own, instance, value.clone(), false)?;
        }
    }
    let list = Object::list(values);
    for entry in listeners(vm, OrmEventKind::BulkReplace, mapper, key) {
        let target = target_object(vm, object, entry.options);
        let initiator = token(vm, key, OrmEventKind::BulkReplace)?;
        call(vm, OrmEventKind::BulkReplace, &entry, vec![target, list.clone(), initiator])?;
    }
    vm.collect(&list)
}

/// A member that the program adds to a collection, after its validator has seen it.
pub(in super::super) fn before_append(
    vm: &mut Vm,
    owner: ormscope::types::StateId,
    attribute: usize,
    item: &Object,
    is_remove: bool,
) -> PyResult<Object> {
    if !is_heard(vm, OrmEventKind::Validate) {
        return Ok(item.clone());
    }
    let found = peek(vm, |orm| {
        let state = orm.states.get(owner)?;
        let key = orm.mapper(state.mapper).attributes.get(attribute)?.key.clone();
        Some((state.mapper, key, orm.states.object(owner)?))
    })?;
    let Some((mapper, key, object)) = found else { return Ok(item.clone()) };
    match validator(vm, mapper, &key) {
        Some(own) if !is_remove || own.include_removes => {
            validate(vm, &own, &mapping::instance_of(&object), item.clone(), is_remove)
        }
        _ => Ok(item.clone()),
    }
}

/// `del object.column`: who listens to removals of the value.
pub(in super::super) fn before_delete(
    vm: &mut Vm,
    object: &orm::Object,
    key: &str,
    value: Object,
) -> PyResult<()> {
    if !is_heard(vm, OrmEventKind::Remove) {
        return Ok(());
    }
    let state = object.state;
    let mapper = peek(vm, |orm| orm.states[state].mapper)?;
    for entry in listeners(vm, OrmEventKind::Remove, mapper, key) {
        let target = target_object(vm, object, entry.options);
        let initiator = token(vm, key, OrmEventKind::Remove)?;
        call(vm, OrmEventKind::Remove, &entry, vec![target, value.clone(), initiator])?;
    }
    Ok(())
}

/// `flag_modified()`: who listens to it.
pub(in super::super) fn flagged(vm: &mut Vm, object: &orm::Object, key: &str) -> PyResult<()> {
    if !is_heard(vm, OrmEventKind::Modified) {
        return Ok(());
    }
    let state = object.state;
    let mapper = peek(vm, |orm| orm.states[state].mapper)?;
    for entry in listeners(vm, OrmEventKind::Modified, mapper, key) {
        let target = target_object(vm, object, entry.options);
        let initiator = token(vm, key, OrmEventKind::Modified)?;
        call(vm, OrmEventKind::Modified, &entry, vec![target, initiator])?;
    }
    Ok(())
}

/// The value of an attribute that never had one, where a listener gives it.
pub(in super::super) fn initial(vm: &mut Vm, object: &orm::Object, key: &str) -> PyResult<Object> {
    let state = object.state;
    let (mapper, place, empty) = peek(vm, |orm| {
        let at = orm.mapper_of(state).attribute(key);
        let empty = at.is_some_and(|at| matches!(orm.states[state].slots[at], Slot::Empty));
        (orm.states[state].mapper, at, empty)
    })?;
    let mut value = Object::None;
    let Some(place) = place.filter(|_| empty) else { return Ok(value) };
    for entry in listeners(vm, OrmEventKind::InitScalar, mapper, key) {
        let target = target_object(vm, object, entry.options);
        let dict = Rc::new(Dict::new());
        let arguments = vec![target, value.clone(), Object::Dict(Rc::clone(&dict))];
        let result = call(vm, OrmEventKind::InitScalar, &entry, arguments)?;
        if let (true, Some(result)) = (entry.options.retval, result) {
            value = result;
        }
        if let Some(kept) = dict.get_str(key) {
            let kept = attributes::column_value(vm, &kept)?;
            with_orm(vm, |orm, _| {
                orm.set_committed_value(state, place, kept);
                Ok(())
            })?;
        }
    }
    Ok(value)
}

/// Calls who listens to a change of a relationship, and gives the value that it takes.
pub(in super::super) fn changed(vm: &mut Vm, event: AttributeEvent) -> PyResult<Option<orm::Object>> {
    let AttributeEvent { kind, change, owner, attribute, mut value, old, early, .. } = event;
    let (mapper, key) = peek(vm, |orm| {
        let mapper = orm.states[owner.state].mapper;
        (mapper, orm.mapper(mapper).attributes[attribute].key.clone())
    })?;
    let object = |value: &Option<orm::Object>| value.as_ref().map_or(Object::None, mapping::instance_of);
    if kind == OrmEventKind::Validate {
        let Some(own) = validator(vm, mapper, &key) else { return Ok(value) };
        let is_remove = change == OrmEventKind::Remove;
        if !own.include_backrefs || (is_remove && !own.include_removes) {
            return Ok(value);
        }
        let result = validate(vm, &own, &mapping::instance_of(&owner), object(&value), is_remove)?;
        return Ok(if is_remove { value } else { mapping::object_of(&result) });
    }
    for entry in listeners(vm, kind, mapper, &key) {
        if entry.early != early {
            continue;
        }
        let mut arguments = vec![target_object(vm, &owner, entry.options), object(&value)];
        if kind == OrmEventKind::Set {
            arguments.push(match &old {
                Some(old) => object(old),
                None => inspection::support(vm, "NO_VALUE")?,
            });
        }
        arguments.push(token(vm, &key, kind)?);
        let result = call(vm, kind, &entry, arguments)?;
        if let (true, Some(result)) = (entry.options.retval, result) {
            value = mapping::object_of(&result);
        }
    }
    Ok(value)
}
