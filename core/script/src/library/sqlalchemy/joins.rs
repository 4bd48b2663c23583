//! `select.join(…)`: what a join is with, and its condition.
//!
//! It must not know how a join without a condition gets one; the compiler does.
//! SQLAlchemy counterpart: `Select.join()`, `Select.join_from()`, and the joins
//! along relationships of `sqlalchemy.orm.context`.

use ormscope::sql::{Along, Entity, From, JoinKind, JoinTarget};

use super::arguments::Arguments;
use super::froms::{self, require_from, to_from};
use super::operands::{expected, require_on};
use super::select::SelectData;
use super::{attributes, errors, mapping, peek};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// `join(target)`
pub(super) fn add_join(
    vm: &mut Vm,
    data: &mut SelectData,
    args: &mut Arguments,
    outer: bool,
) -> PyResult<()> {
    let (joins, target) = read_join(vm, args, outer)?;
    data.select.joins.extend(joins);
    data.joined.extend(target.clone());
    if target.is_some() {
        data.target = target;
    }
    Ok(())
}

/// `join_from(left, target)`
pub(super) fn add_join_from(
    vm: &mut Vm,
    data: &mut SelectData,
    args: &mut Arguments,
    outer: bool,
) -> PyResult<()> {
    let left = args.require(vm, "from_")?;
    let left = require_from(vm, &left)?;
    let (mut joins, target) = read_join(vm, args, outer)?;
    if let Some(first) = joins.first_mut() {
        first.left.get_or_insert(left);
    }
    data.select.joins.extend(joins);
    data.joined.extend(target.clone());
    if target.is_some() {
        data.target = target;
    }
    Ok(())
}

/// The joins that the arguments of `join()` ask for, and the class they lead to.
pub(super) fn read_join(
    vm: &mut Vm,
    args: &mut Arguments,
    outer: bool,
) -> PyResult<(Vec<JoinTarget>, Option<Object>)> {
    let target = args.require(vm, "target")?;
    if let Object::Str(_) = &target {
        let what = "Join target, typically a FROM expression, or ORM relationship attribute";
        return Err(expected(vm, what, &target));
    }
    let on = args.take("onclause").filter(|on| !on.is_none());
    let outer = outer || args.flag(vm, "isouter", false)?;
    let full = args.flag(vm, "full", false)?;
    let kind = if full { JoinKind::Full } else { JoinKind::outer(outer) };
    // join(User.addresses), join(Address, User.addresses)
    if let Some((left, attribute, natural)) = attributes::relationship_of(vm, &target)? {
        let narrowed = attributes::narrowed(&target);
        let (entity, right) = match narrowed.of_type {
            Some((entity, object)) => (entity, object),
            None => (Entity::of(natural), mapping::entity_object(vm, natural)),
        };
        let along = Along { left, attribute: attribute as u32, criteria: narrowed.criteria };
        return Ok((vec![along_relationship(vm, along, entity, kind)?], Some(right)));
    }
    if let Some(on) = &on
        && let Some((left, attribute, _)) = attributes::relationship_of(vm, on)?
        && let Some(right) = mapping::entity_of(vm, &target)?
    {
        let criteria = attributes::narrowed(on).criteria;
        let along = Along { left, attribute: attribute as u32, criteria };
        return Ok((vec![along_relationship(vm, along, right, kind)?], Some(target)));
    }
    if to_from(vm, &target)?.is_none() && !froms::is_from_like(&target) {
        if attributes::owner_of(vm, &target).is_some() {
            let name = vm.str(&target)?;
            let message = format!("Join target {} does not refer to a mapped entity", name.as_str());
            return Err(errors::error(vm, "ArgumentError", message));
        }
        let what = "Join target, typically a FROM expression, or ORM relationship attribute";
        return Err(expected(vm, what, &target));
    }
    let right = require_from(vm, &target)?;
    let given = on.clone();
    let on = match on {
        Some(on) => Some(require_on(vm, &on)?),
        None => None,
    };
    let entity = mapping::entity_of(vm, &target)?;
    if let (Some(entity), Some(on)) = (&entity, &given)
        && let Some((left, _)) = attributes::place_of(vm, on)?
        && left.is(entity)
    {
        // An attribute is joined along, and a column's leads nowhere.
        return Err(same_entity(vm, entity)?);
    }
    Ok((vec![JoinTarget { entity, ..JoinTarget::new(right, on, kind) }], Some(target)))
}

/// `join(left, right)` of `sqlalchemy.orm`: an element of FROM.
pub(super) fn orm_join(vm: &mut Vm, args: Args, outer: bool) -> PyResult<Object> {
    let mut args = Arguments::new(if outer { "outerjoin" } else { "join" }, args);
    let left = args.require(vm, "left")?;
    let right = args.require(vm, "right")?;
    let on = args.take("onclause").filter(|on| !on.is_none());
    let outer = outer || args.flag(vm, "isouter", false)?;
    let full = args.flag(vm, "full", false)?;
    args.finish(vm)?;
    let kind = if full { JoinKind::Full } else { JoinKind::outer(outer) };
    let from = require_from(vm, &left)?;
    let relationship = match &on {
        Some(on) => attributes::relationship_of(vm, on)?,
        None => None,
    };
    if let (Some((owner, attribute, _)), Some(entity)) = (relationship, mapping::entity_of(vm, &right)?) {
        let criteria = on.as_ref().map(|on| attributes::narrowed(on).criteria).unwrap_or_default();
        let along = Along { left: owner, attribute: attribute as u32, criteria };
        let joined = super::with_orm(vm, |orm, _| orm.joined_along(&from, &along, &entity, kind))?;
        return froms::from_object(vm, joined);
    }
    let other = require_from(vm, &right)?;
    let on = match on {
        Some(on) => super::operands::require_condition(vm, &on)?,
        None => super::with_orm(vm, |orm, _| {
            Ok(ormscope::sql::compiler::join_condition(&orm.schema, &from, &other)?)
        })?,
    };
    froms::from_object(vm, From::joined(from, other, on, kind))
}

/// A join whose condition the relationship tells when the statement is compiled.
fn along_relationship(vm: &mut Vm, along: Along, right: Entity, kind: JoinKind) -> PyResult<JoinTarget> {
    if along.left.is(&right) {
        return Err(same_entity(vm, &right)?);
    }
    let from = peek(vm, |orm| orm.entity_from(&right))?;
    Ok(JoinTarget { entity: Some(right), along: Some(along), ..JoinTarget::new(from, None, kind) })
}

/// The error of a join from an entity to itself.
fn same_entity(vm: &mut Vm, entity: &Entity) -> PyResult<crate::object::Unwind> {
    let name = peek(vm, |orm| orm.mapper_name(entity.mapper))?;
    let message = format!("Can't construct a join from {name} to {name}, they are the same entity");
    Ok(errors::error(vm, "InvalidRequestError", message))
}
