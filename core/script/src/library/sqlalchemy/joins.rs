//! `select.join(…)`: what a join is with, and its condition.
//!
//! It must not know how a join without a condition gets one; the compiler does.
//! SQLAlchemy counterpart: `Select.join()`, `Select.join_from()`, and the joins
//! along relationships of `sqlalchemy.orm.context`.

use ormscope::sql::{Expr, JoinKind, JoinTarget};

use super::arguments::Arguments;
use super::froms::{self, require_from, to_from};
use super::operands::{expected, require_on};
use super::select::SelectData;
use super::{attributes, errors, mapping, peek};
use crate::object::{Object, PyResult};
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

/// Joins with more conditions on the last of them.
fn also(mut joins: Vec<JoinTarget>, criteria: Vec<Expr>) -> Vec<JoinTarget> {
    if let Some(last) = joins.last_mut()
        && !criteria.is_empty()
    {
        let all = last.on.take().into_iter().chain(criteria);
        last.on = Some(Expr::all_of(ormscope::sql::Operator::And, all));
    }
    joins
}

/// The joins that the arguments of `join()` ask for, and the class they lead to.
pub(super) fn read_join(
    vm: &mut Vm,
    args: &mut Arguments,
    outer: bool,
) -> PyResult<(Vec<JoinTarget>, Option<Object>)> {
    let target = args.require(vm, "target")?;
    let on = args.take("onclause").filter(|on| !on.is_none());
    let outer = outer || args.flag(vm, "isouter", false)?;
    let full = args.flag(vm, "full", false)?;
    let kind = if full { JoinKind::Full } else { JoinKind::outer(outer) };
    let keep = |joins: Vec<JoinTarget>| joins.into_iter().map(|join| JoinTarget { kind, ..join }).collect();
    // join(User.addresses), join(Address, User.addresses)
    if let Some((left, attribute, natural)) = attributes::relationship_of(vm, &target)? {
        let narrowed = attributes::narrowed(&target);
        let (entity, right) = match narrowed.of_type {
            Some((entity, object)) => (entity, object),
            None => {
                let entity = ormscope::sql::Entity { mapper: natural, alias: None };
                (entity, mapping::entity_object(vm, natural))
            }
        };
        let joins = peek(vm, |orm| orm.joins_along(&left, attribute, &entity, outer))?;
        return Ok((keep(also(joins, narrowed.criteria)), Some(right)));
    }
    if let Some(on) = &on
        && let Some((left, attribute, _)) = attributes::relationship_of(vm, on)?
        && let Some(right) = mapping::entity_of(vm, &target)?
    {
        let joins = peek(vm, |orm| orm.joins_along(&left, attribute, &right, outer))?;
        return Ok((keep(also(joins, attributes::narrowed(on).criteria)), Some(target)));
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
    let on = match on {
        Some(on) => Some(require_on(vm, &on)?),
        None => None,
    };
    Ok((vec![JoinTarget { left: None, right, on, kind }], Some(target)))
}
