//! `InstrumentedAttribute`: a mapped attribute on the class and its instances.

use std::rc::Rc;

use ormscope::orm::{AttributeKind, AttributeValue, Direction};
use ormscope::sql::{Alias, Entity, Expr, From, Kind, Operator, Select, SelectItem};
use ormscope::types::{ColumnId, MapperId};

use super::mapping::{AliasedData, instance_of, object_of, require_object};
use super::values::{to_object, to_value};
use super::{classes, collections, errors, expressions, mapping, peek, receiver, with_orm};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of an attribute.
pub(super) struct AttributeData {
    mapper: MapperId,
    key: String,
    /// The alias it was taken from.
    alias: Option<Rc<Alias>>,
    /// What a join along it leads to: `of_type(…)`.
    of_type: Option<(Entity, Object)>,
    /// What is added to its condition: `and_(…)`.
    criteria: Vec<Expr>,
}

impl AttributeData {
    fn new(mapper: MapperId, key: &str, alias: Option<Rc<Alias>>) -> AttributeData {
        AttributeData { mapper, key: key.to_string(), alias, of_type: None, criteria: Vec::new() }
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

/// The attribute object that a class holds.
pub(super) fn attribute_object(vm: &mut Vm, mapper: MapperId, key: &str) -> Object {
    let class = classes(vm).instrumented_attribute.clone();
    Instance::native(&class, AttributeData::new(mapper, key, None))
}

/// The attribute of `aliased(Class)`.
pub(super) fn aliased_attribute(vm: &mut Vm, data: &AliasedData, name: &str) -> PyResult<Option<Object>> {
    if peek(vm, |orm| orm.mapper(data.mapper).attribute(name).is_none())? {
        return Ok(None);
    }
    let class = classes(vm).instrumented_attribute.clone();
    let alias = Some(Rc::clone(&data.alias));
    Ok(Some(Instance::native(&class, AttributeData::new(data.mapper, name, alias))))
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
            with_orm(vm, |orm, hooks| match orm.mapper_of(object.state).attributes[place].kind {
                AttributeKind::Column(_) => {
                    orm.set_value(object.state, place, Default::default());
                    Ok(())
                }
                _ => orm.set_object(hooks, object.state, place, None),
            })?;
            Ok(Object::None)
        })
        .method("__str__", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(format!("{}.{}", orm.mapper(data.mapper).class_name, data.key)))
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
            let made = AttributeData::new(data.mapper, &data.key, data.alias.clone());
            let of_type = Some((entity, object.clone()));
            Ok(Instance::native(&class, AttributeData { of_type, criteria: data.criteria.clone(), ..made }))
        })
        .method("and_", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            let mut criteria = data.criteria.clone();
            criteria.extend(expressions::conditions(vm, &args.positional[1..])?);
            let class = vm.class_of(&args.positional[0]);
            let made = AttributeData::new(data.mapper, &data.key, data.alias.clone());
            Ok(Instance::native(&class, AttributeData { of_type: data.of_type.clone(), criteria, ..made }))
        })
        .method("any", exists)
        .method("has", exists)
        .getter("key", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            Ok(Object::str(&data.key))
        })
        .getter("name", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            Ok(Object::str(&data.key))
        })
        .getter("property", property)
        .getter("prop", property)
        .getter("parent", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            let class = mapping::entity_object(vm, data.mapper);
            vm.get_attr(&class, "__mapper__")
        })
        .getter("class_", |vm, args| {
            let data = receiver::<AttributeData>(vm, &args.positional[0])?;
            Ok(mapping::entity_object(vm, data.mapper))
        })
        .build()
}

/// The property that an attribute was made from.
fn property(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<AttributeData>(vm, &args.positional[0])?;
    mapping::configure(vm)?;
    let is_column = peek(vm, |orm| {
        let mapper = orm.mapper(data.mapper);
        let place = mapper.attribute(&data.key)?;
        Some(matches!(mapper.attributes[place].kind, AttributeKind::Column(_)))
    })?;
    Ok(mapping::property_object(vm, data.mapper, &data.key, is_column.unwrap_or(false)))
}

/// The mapped class or alias of one that an attribute was taken from.
pub(super) fn owner_of(vm: &mut Vm, object: &Object) -> Option<Object> {
    let data = object.native::<AttributeData>()?;
    match &data.alias {
        Some(alias) => Some(mapping::aliased_object(vm, data.mapper, Rc::clone(alias))),
        None => Some(mapping::entity_object(vm, data.mapper)),
    }
}

/// The place of an attribute in the mapper of an object.
fn place_in(vm: &mut Vm, object: &ormscope::orm::Object, key: &str) -> PyResult<usize> {
    let state = object.state;
    match peek(vm, |orm| orm.mapper_of(state).attribute(key))? {
        Some(place) => Ok(place),
        None => Err(vm.error(&vm.exceptions.attribute_error.clone(), key)),
    }
}

fn get(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this, instance, ..] = &args.positional[..] else { return Ok(Object::None) };
    if instance.is_none() {
        return Ok(this.clone());
    }
    let data = receiver::<AttributeData>(vm, this)?;
    let Some(object) = object_of(instance) else { return Ok(this.clone()) };
    let place = place_in(vm, &object, &data.key)?;
    let value = with_orm(vm, |orm, hooks| orm.get(hooks, object.state, place))?;
    match value {
        AttributeValue::Value(value) => {
            if value.is_null()
                && let Some(default) = mapping::default_value(vm, object.state, place)?
            {
                return Ok(default);
            }
            to_object(vm, &value)
        }
        AttributeValue::Object(Some(object)) => Ok(instance_of(&object)),
        AttributeValue::Object(None) => Ok(Object::None),
        AttributeValue::Collection(collection) => Ok(collections::collection_object(&*collection)),
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
    let place = place_in(vm, &object, &data.key)?;
    let kind = peek(vm, |orm| match &orm.mapper_of(object.state).attributes[place].kind {
        AttributeKind::Column(_) => None,
        AttributeKind::Relationship(relationship) => Some(relationship.uselist),
        AttributeKind::Unconfigured(_) => Some(false),
    })?;
    match kind {
        None => {
            let value = to_value(vm, value)?;
            with_orm(vm, |orm, _| {
                orm.set_value(object.state, place, value);
                Ok(())
            })?;
        }
        Some(false) => {
            let related = if value.is_none() { None } else { Some(related(vm, value)?) };
            with_orm(vm, |orm, hooks| orm.set_object(hooks, object.state, place, related))?;
        }
        Some(true) => {
            let iterable = matches!(
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
            for item in vm.collect(value)? {
                members.push(related(vm, &item)?);
            }
            with_orm(vm, |orm, hooks| orm.set_collection(hooks, object.state, place, members))?;
        }
    }
    Ok(Object::None)
}

/// The handle of an object that becomes related.
pub(super) fn related(vm: &mut Vm, object: &Object) -> PyResult<ormscope::orm::Object> {
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
        let mapper = orm.mapper(data.mapper);
        let place = mapper.attribute(&data.key)?;
        match &mapper.attributes[place].kind {
            AttributeKind::Column(column) => {
                let entity = Entity { mapper: data.mapper, alias: data.alias.clone() };
                Some(orm.entity_column(&entity, *column))
            }
            AttributeKind::Relationship(relationship) => Some(relationship.primaryjoin.clone()),
            AttributeKind::Unconfigured(_) => None,
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

/// The relationship that an attribute is: its entity, its place, its target.
pub(super) fn relationship_of(vm: &mut Vm, object: &Object) -> PyResult<Option<(Entity, usize, MapperId)>> {
    let Some(data) = object.native::<AttributeData>() else { return Ok(None) };
    mapping::configure(vm)?;
    peek(vm, |orm| {
        let place = orm.mapper(data.mapper).attribute(&data.key)?;
        let relationship = orm.relationship(data.mapper, place)?;
        Some((Entity { mapper: data.mapper, alias: data.alias.clone() }, place, relationship.target))
    })
}

/// `Address.user == user`: the keys of the object are compared.
pub(super) fn compare_relationship(
    vm: &mut Vm,
    this: &Object,
    other: &Object,
    op: &Operator,
) -> PyResult<Option<Object>> {
    let Some((entity, place, _)) = relationship_of(vm, this)? else { return Ok(None) };
    if !matches!(op, Operator::Eq | Operator::Ne) {
        return Ok(None);
    }
    let Some(relationship) = peek(vm, |orm| orm.relationship(entity.mapper, place).cloned())? else {
        return Ok(None);
    };
    let uselist = relationship.uselist;
    if uselist {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "Can't compare a collection to an object or collection; use contains() to test for membership.",
        ));
    }
    let mut conditions = Vec::new();
    for (referenced, own) in &relationship.pairs {
        let column = peek(vm, |orm| orm.entity_column(&entity, *own))?;
        if other.is_none() {
            conditions.push(column.binary(Operator::Is, Expr::null()));
            continue;
        }
        let handle = require_object(vm, other)?;
        let place =
            peek(vm, |orm| orm.mapper_of(handle.state).attribute_of(*referenced))?.unwrap_or_default();
        let value = match with_orm(vm, |orm, hooks| orm.get(hooks, handle.state, place))? {
            AttributeValue::Value(value) => value,
            _ => Default::default(),
        };
        let bind = Expr::bind("param", value, column.sql_type());
        conditions.push(bind.binary(Operator::Eq, column));
    }
    let condition = Expr::all_of(Operator::And, conditions);
    let condition = if *op == Operator::Ne { condition.negate() } else { condition };
    Ok(Some(expressions::expr_object(vm, condition)))
}

/// `User.addresses.contains(address)`
pub(super) fn contains_related(vm: &mut Vm, args: &Args) -> PyResult<Option<Object>> {
    let [this, other, ..] = &args.positional[..] else { return Ok(None) };
    let Some((entity, place, _)) = relationship_of(vm, this)? else { return Ok(None) };
    let handle = require_object(vm, other)?;
    let Some(relationship) = peek(vm, |orm| orm.relationship(entity.mapper, place).cloned())? else {
        return Ok(None);
    };
    let mut conditions = Vec::new();
    if let Some(secondary) = relationship.secondary {
        let between = From::alias(secondary, None);
        let move_into = |expr: &Expr| {
            expr.map(&mut |node| match node.kind() {
                Kind::Column(column) if column.base.is_some_and(|base| base.table == secondary) => {
                    let mut column = column.clone();
                    column.from = Some(From::Alias(Rc::clone(&between)));
                    Some(Expr::from(column))
                }
                _ => None,
            })
        };
        conditions.push(move_into(&relationship.primaryjoin));
        for (own, foreign) in &relationship.secondary_pairs {
            let value = key_value(vm, &handle, *own)?;
            let column = peek(vm, |orm| Expr::column(&orm.schema, *foreign))?;
            let bind = Expr::bind("param", value, column.sql_type());
            conditions.push(bind.binary(Operator::Eq, move_into(&column)));
        }
    } else {
        for (own, foreign) in &relationship.pairs {
            let value = key_value(vm, &handle, *foreign)?;
            let column = peek(vm, |orm| orm.entity_column(&entity, *own))?;
            let bind = Expr::bind("param", value, column.sql_type());
            conditions.push(column.binary(Operator::Eq, bind));
        }
    }
    Ok(Some(expressions::expr_object(vm, Expr::all_of(Operator::And, conditions))))
}

/// `with_parent(user, User.addresses)`: the condition of being related to an object.
pub(super) fn with_parent(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = super::arguments::Arguments::new("with_parent", args);
    let (instance, attribute) = (args.require(vm, "instance")?, args.require(vm, "prop")?);
    let Some((entity, place, _)) = relationship_of(vm, &attribute)? else {
        return Err(super::operands::expected(vm, "relationship attribute", &attribute));
    };
    let handle = require_object(vm, &instance)?;
    let Some(relationship) = peek(vm, |orm| orm.relationship(entity.mapper, place).cloned())? else {
        return Ok(Object::None);
    };
    let mut bound = Vec::new();
    for (source, destination) in &relationship.pairs {
        let own = match relationship.direction {
            Direction::ManyToOne => *destination,
            Direction::OneToMany | Direction::ManyToMany => *source,
        };
        let value = key_value(vm, &handle, own)?;
        let sql_type = peek(vm, |orm| orm.schema.column(own).sql_type.clone())?;
        bound.push((own, Expr::bind("param", value, sql_type)));
    }
    let joined = relationship.primaryjoin.map(&mut |node| match node.kind() {
        Kind::Column(column) => {
            let found = bound.iter().find(|(own, _)| column.base == Some(*own));
            found.map(|(_, bind)| bind.clone())
        }
        _ => None,
    });
    let conditions = std::iter::once(joined).chain(relationship.secondaryjoin);
    Ok(expressions::expr_object(vm, Expr::all_of(Operator::And, conditions)))
}

fn key_value(
    vm: &mut Vm,
    object: &ormscope::orm::Object,
    column: ColumnId,
) -> PyResult<ormscope::types::Value> {
    let Some(place) = peek(vm, |orm| orm.mapper_of(object.state).attribute_of(column))? else {
        return Ok(Default::default());
    };
    let state = object.state;
    Ok(match with_orm(vm, |orm, hooks| orm.get(hooks, state, place))? {
        AttributeValue::Value(value) => value,
        _ => Default::default(),
    })
}

/// `any()` and `has()`: EXISTS over the related rows.
fn exists(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = super::arguments::Arguments::new("any", args);
    let this = args.receiver();
    let Some((entity, place, target)) = relationship_of(vm, &this)? else {
        return Err(errors::error(vm, "InvalidRequestError", "any() and has() are for relationships"));
    };
    let mut conditions = expressions::conditions(vm, &args.rest())?;
    let class = mapping::entity_object(vm, target);
    conditions.extend(super::namespace::equalities(vm, Some(&class), &mut args)?);
    let Some(relationship) = peek(vm, |orm| orm.relationship(entity.mapper, place).cloned())? else {
        return Ok(Object::None);
    };
    let mut select = Select {
        items: vec![SelectItem::Expr(Expr::literal_column("1", Default::default()))],
        ..Select::default()
    };
    select.from = peek(vm, |orm| {
        let mut from = vec![From::Table(orm.mapper(target).table)];
        from.extend(relationship.secondary.map(From::Table));
        from
    })?;
    let mut join = vec![relationship.primaryjoin.clone()];
    join.extend(relationship.secondaryjoin.clone());
    join.extend(conditions);
    select.where_ = vec![Expr::all_of(Operator::And, join)];
    Ok(expressions::expr_object(vm, Expr::exists(&select)))
}
