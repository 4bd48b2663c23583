//! `InstrumentedAttribute`: a mapped attribute on the class and its instances.

use std::rc::Rc;

use ormscope::orm::{AttributeKind, AttributeValue, Slot};
use ormscope::sql::{Entity, Expr, Kind};
use ormscope::types::{ColumnId, MapperId, StateId, Value};

use super::mapping::{AliasedData, instance_of, object_of};
use super::values::{to_attribute_value, to_object, to_value};
use super::{classes, collections, expressions, mapping, orm_events, peek, receiver, related, with_orm};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of an attribute.
pub(super) struct AttributeData {
    key: String,
    /// The class, or alias of one, that it was taken from.
    entity: Entity,
    /// What a join along it leads to: `of_type(…)`.
    of_type: Option<(Entity, Object)>,
    /// What is added to its condition: `and_(…)`.
    criteria: Vec<Expr>,
}

impl AttributeData {
    fn new(entity: Entity, key: &str) -> AttributeData {
        AttributeData { entity, key: key.to_string(), of_type: None, criteria: Vec::new() }
    }
}

/// What `of_type()` and `and_()` said of a relationship.
pub(super) struct Narrowed {
    /// The entity that a join leads to, and its object.
    pub(super) of_type: Option<(Entity, Object)>,
    /// What is added to the join's condition.
    pub(super) criteria: Vec<Expr>,
}

/// The same of an attribute's object.
pub(super) fn narrowed(object: &Object) -> Narrowed {
    match object.native::<AttributeData>() {
        Some(data) => Narrowed { of_type: data.of_type.clone(), criteria: data.criteria.clone() },
        None => Narrowed { of_type: None, criteria: Vec::new() },
    }
}

/// Whether an object is the attribute of a mapped class.
pub(super) fn is_attribute(object: &Object) -> bool {
    object.as_instance().is_some_and(|instance| instance.data_ref::<AttributeData>().is_some())
}

/// The attribute object that a class holds.
pub(super) fn attribute_object(vm: &mut Vm, mapper: MapperId, key: &str) -> Object {
    let class = classes(vm).instrumented_attribute.clone();
    Instance::native(&class, AttributeData::new(Entity::of(mapper), key))
}

/// The class and name of an attribute, for who listens to it.
pub(super) fn class_and_key(vm: &Vm, object: &Object) -> Option<(Rc<Class>, String)> {
    let data = object.native::<AttributeData>()?;
    Some((Rc::clone(&vm.library.sqlalchemy.mapped[data.entity.mapper.index()].class), data.key.clone()))
}

/// A Python object as a column's value.
pub(super) fn column_value(vm: &mut Vm, object: &Object) -> PyResult<ormscope::types::Value> {
    to_value(vm, object)
}

/// The attribute of `aliased(Class)`.
pub(super) fn aliased_attribute(vm: &mut Vm, data: &AliasedData, name: &str) -> PyResult<Option<Object>> {
    // With `with_polymorphic()` attributes of the classes below are there as well.
    let entity = &data.entity;
    let owner = peek(vm, |orm| {
        let mut mappers = vec![entity.mapper];
        mappers.extend(entity.with.iter().copied());
        mappers.into_iter().find(|id| orm.mapper(*id).attribute(name).is_some())
    })?;
    let Some(mapper) = owner else { return Ok(None) };
    let class = classes(vm).instrumented_attribute.clone();
    let entity = Entity { mapper, ..entity.clone() };
    Ok(Some(Instance::native(&class, AttributeData::new(entity, name))))
}

pub(super) fn class(base: &Rc<Class>) -> Rc<Class> {
    Class::builder("InstrumentedAttribute")
        .module("sqlalchemy.orm.attributes")
        .base(base)
        .method("__get__", get)
        .method("__set__", set)
        .method("__delete__", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            let Some(object) = object_of(&args.positional[1]) else {
                return Err(vm.attribute_error(&args.positional[1], &data.key));
            };
            let place = place_in(vm, &object, &data.key)?;
            orm_events::attributes::before_delete(vm, &object, &data.key, Object::None)?;
            with_orm(vm, |orm, hooks| orm.delete_attribute(hooks, object.state, place))?;
            Ok(Object::None)
        })
        .method("__str__", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(format!("{}.{}", orm.mapper(data.entity.mapper).class_name, data.key)))
        })
        .method("of_type", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            let Some(object) = args.positional.get(1) else {
                return Err(vm.type_error("of_type() missing 1 required positional argument: 'entity'"));
            };
            let Some(entity) = mapping::entity_of(vm, object)? else {
                return Err(super::operands::expected(vm, "mapped class", object));
            };
            let class = vm.class_of(&args.positional[0]);
            let made = AttributeData::new(data.entity.clone(), &data.key);
            let of_type = Some((entity, object.clone()));
            Ok(Instance::native(&class, AttributeData { of_type, criteria: data.criteria.clone(), ..made }))
        })
        .method("and_", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            let mut criteria = data.criteria.clone();
            criteria.extend(expressions::conditions(vm, &args.positional[1..])?);
            let class = vm.class_of(&args.positional[0]);
            let made = AttributeData::new(data.entity.clone(), &data.key);
            Ok(Instance::native(&class, AttributeData { of_type: data.of_type.clone(), criteria, ..made }))
        })
        .method("any", related::any)
        .method("has", related::has)
        .getter("key", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            Ok(Object::str(&data.key))
        })
        .getter("name", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            let column = column_of(vm, &args.positional[0])?;
            let name = peek(vm, |orm| column.map(|id| orm.schema.column(id).name.clone()))?;
            Ok(Object::str(name.as_ref().unwrap_or(&data.key)))
        })
        .attribute("is_attribute", Object::Bool(true))
        .attribute("is_property", Object::Bool(false))
        .attribute("is_aliased_class", Object::Bool(false))
        .attribute("is_bundle", Object::Bool(false))
        .attribute("is_mapper", Object::Bool(false))
        .attribute("is_instance", Object::Bool(false))
        .attribute("is_selectable", Object::Bool(false))
        .attribute("is_clause_element", Object::Bool(false))
        .getter("extension_type", |vm, _| {
            let kinds = super::inspection::orm_name(vm, "NotExtension", None)?;
            vm.get_attr(&kinds, "NOT_EXTENSION")
        })
        .getter("impl", implementation)
        .getter("property", property)
        .getter("prop", property)
        .getter("parent", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            let class = mapping::entity_object(vm, data.entity.mapper);
            vm.get_attr(&class, "__mapper__")
        })
        .getter("class_", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            Ok(mapping::entity_object(vm, data.entity.mapper))
        })
        .build()
}

/// Whether a collection is put where it is already, as `+=` does.
fn is_already(vm: &mut Vm, state: StateId, place: usize, value: &Object) -> PyResult<bool> {
    peek(vm, |orm| match &orm.states[state].slots[place] {
        Slot::Collection(known) => collections::collection_object(&**known).is(value),
        _ => false,
    })
}

/// How an attribute works inside.
fn implementation(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<AttributeData>(vm, &args.positional[0])?;
    mapping::configure(vm)?;
    let uselist = peek(vm, |orm| {
        let mapper = orm.mapper(data.entity.mapper);
        mapper.relationship(mapper.attribute(&data.key)?).map(|relationship| relationship.uselist)
    })?;
    let flags = [uselist.unwrap_or(false), uselist.is_some()].map(Object::Bool);
    let [is_collection, uses_objects] = flags;
    let arguments = vec![args.positional[0].clone(), is_collection, uses_objects];
    super::inspection::orm_name(vm, "attribute_impl", Some(arguments))
}

/// The property that an attribute was made from.
fn property(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<AttributeData>(vm, &args.positional[0])?;
    mapping::configure(vm)?;
    let is_column = peek(vm, |orm| {
        let mapper = orm.mapper(data.entity.mapper);
        let place = mapper.attribute(&data.key)?;
        Some(matches!(mapper.attributes[place].kind, AttributeKind::Column(_)))
    })?;
    Ok(mapping::property_object(vm, data.entity.mapper, &data.key, is_column.unwrap_or(false)))
}

/// The mapped class or alias of one that an attribute was taken from.
pub(super) fn owner_of(vm: &mut Vm, object: &Object) -> Option<Object> {
    let data = object.native::<AttributeData>()?;
    Some(mapping::object_of_entity(vm, &data.entity))
}

/// The place of an attribute in the mapper of an object.
fn place_in(vm: &mut Vm, object: &ormscope::orm::Object, key: &str) -> PyResult<usize> {
    let state = object.state;
    match peek(vm, |orm| orm.mapper_of(state).attribute(key))? {
        Some(place) => Ok(place),
        None => Err(vm.error(&vm.exceptions.attribute_error.clone(), key)),
    }
}

/// The value of a column that is loaded and needs no second look: most reads end
/// here, without an operation of the ORM.
fn loaded_value(vm: &Vm, state: StateId, key: &str) -> Option<Value> {
    let orm = vm.library.sqlalchemy.orm()?;
    let place = orm.mapper_of(state).attribute(key)?;
    match &orm.states[state].slots[place] {
        Slot::Value(Value::Null | Value::Json(_)) => None,
        Slot::Value(value) => Some(value.clone()),
        _ => None,
    }
}

fn get(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this, instance, ..] = &args.positional[..] else { return Ok(Object::None) };
    if instance.is_none() {
        return Ok(this.clone());
    }
    let data = receiver::<AttributeData>(vm, this)?;
    let Some(object) = object_of(instance) else { return Ok(this.clone()) };
    if let Some(value) = loaded_value(vm, object.state, &data.key) {
        return to_object(vm, &value);
    }
    let place = place_in(vm, &object, &data.key)?;
    let value = with_orm(vm, |orm, hooks| orm.get(hooks, object.state, place))?;
    match value {
        AttributeValue::Value(value) if value.is_null() => {
            if let Some(default) = mapping::default_value(vm, object.state, place)? {
                return Ok(default);
            }
            if orm_events::is_heard(vm, ormscope::orm::OrmEventKind::InitScalar) {
                return orm_events::attributes::initial(vm, &object, &data.key);
            }
            Ok(Object::None)
        }
        AttributeValue::Value(value @ ormscope::types::Value::Json(_)) => {
            // It can be changed in place, so that it is made once.
            let made = to_object(vm, &value)?;
            let kept = to_value(vm, &made)?;
            with_orm(vm, |orm, _| {
                orm.keep_form(object.state, place, kept);
                Ok(())
            })?;
            Ok(made)
        }
        AttributeValue::Value(value) => to_object(vm, &value),
        AttributeValue::Object(Some(object)) => Ok(instance_of(&object)),
        AttributeValue::Object(None) => Ok(Object::None),
        AttributeValue::Collection(collection) => Ok(collections::collection_object(&*collection)),
        AttributeValue::Queued => super::dynamic::collection(vm, instance, object.state, place),
    }
}

fn set(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this, instance, value] = &args.positional[..] else { return Ok(Object::None) };
    if value.native::<super::declarative::DontSet>().is_some() {
        return Ok(Object::None);
    }
    let data = receiver::<AttributeData>(vm, this)?;
    let Some(object) = object_of(instance) else {
        return Err(vm.attribute_error(instance, &data.key));
    };
    let found = vm.library.sqlalchemy.orm().map(|orm| {
        let mapper = orm.mapper_of(object.state);
        let place = mapper.attribute(&data.key)?;
        let kind = match &mapper.attributes[place].kind {
            AttributeKind::Column(_) | AttributeKind::Expression(_) => None,
            AttributeKind::Relationship(relationship) => Some(relationship.uselist),
            AttributeKind::Unconfigured(_) | AttributeKind::Absent => Some(false),
        };
        Some((place, kind))
    });
    let (place, kind) = match found {
        Some(Some(found)) => found,
        Some(None) => return Err(vm.error(&vm.exceptions.attribute_error.clone(), &data.key)),
        // Says that an operation is under way.
        None => return peek(vm, |_| Object::None),
    };
    let value = &orm_events::attributes::before_set(vm, &object, instance, &data.key, kind, value)?;
    match kind {
        None => {
            let value = to_attribute_value(vm, value)?;
            with_orm(vm, |orm, hooks| orm.set_knowing(hooks, object.state, place, value))?;
        }
        Some(false) => {
            let related = if value.is_none() { None } else { Some(require_related(vm, value)?) };
            with_orm(vm, |orm, hooks| orm.set_object(hooks, object.state, place, related))?;
        }
        Some(true) if peek(vm, |orm| orm.queued_relationship(object.state, place).is_some())? => {
            super::dynamic::replace(vm, instance, object.state, place, value)?;
        }
        Some(true) => {
            let custom = super::custom_collections::incoming(vm, object.state, place, value)?;
            let list_like = match value {
                Object::Set(_) | Object::Tuple(_) | Object::Dict(_) => false,
                Object::Instance(_) => super::custom_collections::is_list_like(vm, value)?,
                _ => true,
            };
            let iterable = custom.is_some()
                || list_like
                    && matches!(
                        value,
                        Object::List(_)
                            | Object::Tuple(_)
                            | Object::Set(_)
                            | Object::Instance(_)
                            | Object::Generator(_)
                    );
            if !iterable {
                let given = vm.class_of(value).name();
                return Err(vm.type_error(format!(
                    "Incompatible collection type: {} is not list-like",
                    if value.is_none() { "None" } else { given.as_str() }
                )));
            }
            let mut members = Vec::new();
            let items = match custom {
                Some(items) => items,
                None => vm.collect(value)?,
            };
            for item in orm_events::attributes::before_replace(vm, &object, instance, &data.key, items)? {
                members.push(require_related(vm, &item)?);
            }
            if is_already(vm, object.state, place, value)? {
                return Ok(Object::None);
            }
            let old = with_orm(vm, |orm, hooks| orm.set_collection(hooks, object.state, place, members))?;
            if let Some(old) = old {
                super::collection_adapter::detach(&collections::collection_object(&*old));
            }
        }
    }
    Ok(Object::None)
}

/// The handle of an object that becomes related.
pub(super) fn require_related(vm: &mut Vm, object: &Object) -> PyResult<ormscope::orm::Object> {
    match object_of(object) {
        Some(handle) => Ok(handle),
        None => {
            let class = vm.class_of(object).name();
            Err(vm.error(
                &vm.exceptions.attribute_error.clone(),
                format!("'{}' object has no attribute '_sa_instance_state'", class.as_str()),
            ))
        }
    }
}

/// The expression that a mapped attribute is.
pub(super) fn attribute_expr(vm: &mut Vm, object: &Object) -> PyResult<Option<Expr>> {
    let Some(data) = object.native::<AttributeData>() else { return Ok(None) };
    peek(vm, |orm| {
        let place = orm.mapper(data.entity.mapper).attribute(&data.key)?;
        match &orm.mapper(data.entity.mapper).attributes[place].kind {
            AttributeKind::Relationship(relationship) => Some(relationship.primaryjoin.clone()),
            _ => orm.attribute_expr(&data.entity, place),
        }
    })
}

/// The column of a mapped attribute.
pub(super) fn column_of(vm: &mut Vm, object: &Object) -> PyResult<Option<ColumnId>> {
    Ok(attribute_expr(vm, object)?.and_then(|expr| match expr.kind() {
        Kind::Column(column) => column.base,
        _ => None,
    }))
}

/// The column that a class maps under a name.
pub(super) fn column_named(vm: &mut Vm, class: &Object, name: &str) -> PyResult<Option<ColumnId>> {
    let Some(mapper) = mapping::mapper_of(vm, class)? else { return Ok(None) };
    peek(vm, |orm| {
        let mapper = orm.mapper(mapper);
        match mapper.attributes[mapper.attribute(name)?].kind {
            AttributeKind::Column(column) => Some(column),
            _ => None,
        }
    })
}

/// The entity of an attribute, and its place in the mapper.
pub(super) fn place_of(vm: &mut Vm, object: &Object) -> PyResult<Option<(Entity, usize)>> {
    let Some(data) = object.native::<AttributeData>() else { return Ok(None) };
    let place = peek(vm, |orm| orm.mapper(data.entity.mapper).attribute(&data.key))?;
    Ok(place.map(|place| (data.entity.clone(), place)))
}

/// The relationship that an attribute is: its entity, its place, its target.
pub(super) fn relationship_of(vm: &mut Vm, object: &Object) -> PyResult<Option<(Entity, usize, MapperId)>> {
    let Some(data) = object.native::<AttributeData>() else { return Ok(None) };
    // A column is none, whatever waits to be worked out.
    let is_value = peek(vm, |orm| {
        let mapper = orm.mapper(data.entity.mapper);
        mapper.attribute(&data.key).is_some_and(|place| mapper.attributes[place].kind.is_value())
    })?;
    if is_value {
        return Ok(None);
    }
    mapping::configure(vm)?;
    peek(vm, |orm| {
        let place = orm.mapper(data.entity.mapper).attribute(&data.key)?;
        let relationship = orm.relationship(data.entity.mapper, place)?;
        Some((data.entity.clone(), place, relationship.target))
    })
}
