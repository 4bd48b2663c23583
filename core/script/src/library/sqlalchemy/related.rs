//! Comparisons of relationships: with objects, with None, and over what they
//! lead to.
//!
//! SQLAlchemy counterpart: `RelationshipProperty.Comparator`, `with_parent()`.

use std::rc::Rc;

use ormscope::orm::{AttributeValue, Direction, Relationship};
use ormscope::sql::{Entity, Expr, Operator};
use ormscope::types::{ColumnId, Value};

use super::attributes::{narrowed, relationship_of};
use super::mapping::require_object;
use super::{errors, expressions, mapping, peek, with_orm};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// The relationship that an attribute is, and the entity that has it.
fn parts(vm: &mut Vm, object: &Object) -> PyResult<Option<(Entity, Rc<Relationship>)>> {
    let Some((entity, place, _)) = relationship_of(vm, object)? else { return Ok(None) };
    let relationship = peek(vm, |orm| orm.relationship(entity.mapper, place).cloned())?;
    Ok(relationship.map(|relationship| (entity, relationship)))
}

/// The values of an object that a relationship is compared with.
fn values(
    vm: &mut Vm,
    relationship: &Relationship,
    other: &Object,
    is_parent: bool,
) -> PyResult<Vec<(ColumnId, Value)>> {
    let handle = require_object(vm, other)?;
    let columns = peek(vm, |orm| orm.compared_columns(relationship, is_parent))?;
    let mut values = Vec::new();
    for column in columns {
        let place = peek(vm, |orm| orm.mapper_of(handle.state).attribute_of(column))?;
        let value = match place {
            Some(place) => match with_orm(vm, |orm, hooks| orm.get(hooks, handle.state, place))? {
                AttributeValue::Value(value) => value,
                _ => Value::Null,
            },
            None => Value::Null,
        };
        values.push((column, value));
    }
    Ok(values)
}

/// `Address.user == user`, `Address.user != None`
pub(super) fn compare(vm: &mut Vm, this: &Object, other: &Object, op: &Operator) -> PyResult<Option<Object>> {
    let equal = match op {
        Operator::Eq | Operator::Is => true,
        Operator::Ne | Operator::IsNot => false,
        _ => return Ok(None),
    };
    let Some((entity, relationship)) = parts(vm, this)? else { return Ok(None) };
    let to_one = relationship.direction == Direction::ManyToOne;
    let condition = if other.is_none() {
        match to_one {
            true => {
                let empty = peek(vm, |orm| orm.related_to_nothing(&entity, &relationship))?;
                if equal { empty } else { empty.negate() }
            }
            false => {
                let exists = peek(vm, |orm| orm.related_exists(&entity, &relationship, None, Vec::new()))?;
                if equal { exists.negate() } else { exists }
            }
        }
    } else if relationship.uselist {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "Can't compare a collection to an object or collection; use contains() to test for membership.",
        ));
    } else {
        let given = values(vm, &relationship, other, false)?;
        match equal {
            true => peek(vm, |orm| orm.related_to(&entity, &relationship, &given, false))?,
            false => without(vm, &entity, &relationship, other, &given)?,
        }
    };
    Ok(Some(expressions::expr_object(vm, condition)))
}

/// The condition of not being related to an object.
fn without(
    vm: &mut Vm,
    entity: &Entity,
    relationship: &Rc<Relationship>,
    other: &Object,
    given: &[(ColumnId, Value)],
) -> PyResult<Expr> {
    if let Some(condition) = peek(vm, |orm| orm.not_related_to(entity, relationship, given))? {
        return Ok(condition);
    }
    let handle = require_object(vm, other)?;
    let key = peek(vm, |orm| {
        let target = Entity::of(relationship.target);
        let columns = orm.mapper(relationship.target).primary_key.clone();
        let values = orm.states[handle.state].key.as_ref().map(|key| key.values.clone());
        let pairs = columns.iter().enumerate().map(|(at, id)| {
            let value = values.as_ref().and_then(|values| values.get(at)).map(|value| value.0.clone());
            let column = orm.entity_column(&target, *id);
            column.compare(Operator::Eq, value.unwrap_or_default())
        });
        pairs.collect::<Vec<_>>()
    })?;
    let exists = peek(vm, |orm| orm.related_exists(entity, relationship, None, key))?;
    Ok(exists.negate())
}

/// `User.addresses.contains(address)`
pub(super) fn contains(vm: &mut Vm, args: &Args) -> PyResult<Option<Object>> {
    let [this, other, ..] = &args.positional[..] else { return Ok(None) };
    let Some((entity, relationship)) = parts(vm, this)? else { return Ok(None) };
    if !relationship.uselist {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "'contains' not implemented for scalar attributes.  Use ==",
        ));
    }
    let given = values(vm, &relationship, other, false)?;
    let condition = peek(vm, |orm| orm.related_to(&entity, &relationship, &given, false))?;
    Ok(Some(expressions::expr_object(vm, condition)))
}

/// `with_parent(user, User.addresses)`: the condition of being related to an object.
pub(super) fn with_parent(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = super::arguments::Arguments::new("with_parent", args);
    let (instance, attribute) = (args.require(vm, "instance")?, args.require(vm, "prop")?);
    let Some((entity, relationship)) = parts(vm, &attribute)? else {
        return Err(super::operands::expected(vm, "relationship attribute", &attribute));
    };
    let given = values(vm, &relationship, &instance, true)?;
    let condition = peek(vm, |orm| orm.related_to(&entity, &relationship, &given, true))?;
    Ok(expressions::expr_object(vm, condition))
}

/// `User.addresses.any(…)`
pub(super) fn any(vm: &mut Vm, args: Args) -> PyResult<Object> {
    exists(vm, args, true)
}

/// `Address.user.has(…)`
pub(super) fn has(vm: &mut Vm, args: Args) -> PyResult<Object> {
    exists(vm, args, false)
}

fn exists(vm: &mut Vm, args: Args, collection: bool) -> PyResult<Object> {
    let mut args = super::arguments::Arguments::new(if collection { "any" } else { "has" }, args);
    let this = args.receiver();
    let Some((entity, relationship)) = parts(vm, &this)? else {
        return Err(errors::error(vm, "InvalidRequestError", "any() and has() are for relationships"));
    };
    if relationship.uselist != collection {
        let message = match collection {
            true => "'any()' not implemented for scalar attributes. Use has().",
            false => "'has()' not implemented for collections. Use any().",
        };
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    let narrowed = narrowed(&this);
    let mut conditions = narrowed.criteria;
    conditions.extend(expressions::conditions(vm, &args.rest())?);
    let class = match &narrowed.of_type {
        Some((_, object)) => object.clone(),
        None => mapping::entity_object(vm, relationship.target),
    };
    conditions.extend(super::namespace::equalities(vm, Some(&class), &mut args)?);
    let of_type = narrowed.of_type.map(|(entity, _)| entity);
    let exists = peek(vm, |orm| orm.related_exists(&entity, &relationship, of_type.as_ref(), conditions))?;
    Ok(expressions::expr_object(vm, exists))
}
