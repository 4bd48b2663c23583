//! What `Query` has of its own: joins by name, set operations, queries over
//! themselves.
//!
//! SQLAlchemy counterpart: `Query.join()` of 1.4, `Query.union()`,
//! `Query.from_self()`.

use ormscope::sql::{Correlation, From, LabelStyle, SetOp};

use super::arguments::Arguments;
use super::froms::require_from;
use super::joins::read_join;
use super::query::{QueryData, changed, over, set_items};
use super::query_running::combined;
use super::{attributes, errors, mapping, peek, receiver, with_orm};
use crate::object::{Args, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The methods.
pub(super) const METHODS: &[(&str, NativeFn)] = &[
    ("union", |vm, args| combined(vm, args, SetOp::Union)),
    ("union_all", |vm, args| combined(vm, args, SetOp::UnionAll)),
    ("intersect", |vm, args| combined(vm, args, SetOp::Intersect)),
    ("intersect_all", |vm, args| combined(vm, args, SetOp::IntersectAll)),
    ("except_", |vm, args| combined(vm, args, SetOp::Except)),
    ("except_all", |vm, args| combined(vm, args, SetOp::ExceptAll)),
    ("__getattr__", |vm, args| {
        // 1.4 has a few methods more.
        let name = vm.str(&args.positional[1])?;
        let legacy = peek(vm, |orm| orm.legacy)?;
        let found = LEGACY.iter().find(|(known, _)| legacy && *known == name.as_str());
        let Some((_, call)) = found else {
            return Err(vm.attribute_error(&args.positional[0], name.as_str()));
        };
        let (this, call) = (args.positional[0].clone(), *call);
        Ok(crate::object::NativeFunction::closure(name.as_str(), move |vm, args| {
            let positional = std::iter::once(this.clone()).chain(args.positional).collect();
            call(vm, Args { positional, keyword: args.keyword })
        }))
    }),
];

/// What only the legacy era has.
const LEGACY: &[(&str, NativeFn)] = &[
    ("from_self", |vm, args| {
        let mut args = Arguments::new("from_self", args);
        let this = args.receiver();
        let own = receiver::<QueryData>(vm, &this)?;
        let mut select = super::query::statement_data(vm, &own)?.select;
        select.label_style = LabelStyle::TablePlusColumn;
        select.correlation = Correlation::To(Vec::new());
        let lowered = with_orm(vm, |orm, _| orm.lower(&select))?.select;
        let mut made = over(&own, From::Alias(lowered.subquery(None)));
        let entities = args.rest();
        if !entities.is_empty() {
            set_items(vm, &mut made, entities)?;
        }
        Ok(changed(vm, &this, made))
    }),
    ("select_entity_from", |vm, args| {
        let mut args = Arguments::new("select_entity_from", args);
        let this = args.receiver();
        let from = args.require(vm, "from_obj")?;
        let from = require_from(vm, &from)?;
        let mut made = (*receiver::<QueryData>(vm, &this)?).clone();
        made.data.select.base = Some(from);
        Ok(changed(vm, &this, made))
    }),
];

/// `join(…)`; in the legacy era by names, and several at once.
pub(super) fn join(vm: &mut Vm, own: &mut QueryData, args: &mut Arguments, outer: bool) -> PyResult<()> {
    if !peek(vm, |orm| orm.legacy)? {
        return one_join(vm, own, args, outer);
    }
    let outer = outer || args.flag(vm, "isouter", false)?;
    let full = args.flag(vm, "full", false)?;
    let aliased = args.flag(vm, "aliased", false)?;
    let from_joinpoint = args.flag(vm, "from_joinpoint", false)?;
    let mut given = args.rest();
    given.extend(args.keyword("onclause"));
    let mut left = match from_joinpoint {
        true => own.data.target.clone(),
        false => zero(own),
    };
    let mut pairs: Vec<(Object, Option<Object>)> = Vec::new();
    let is_target =
        |vm: &mut Vm, object: &Object| -> PyResult<bool> { Ok(super::froms::to_from(vm, object)?.is_some()) };
    match &given[..] {
        [target, on] if is_target(vm, target)? && !matches!(on, Object::Tuple(_)) && !is_target(vm, on)? => {
            pairs.push((target.clone(), Some(on.clone())));
        }
        all => {
            for one in all {
                match one {
                    Object::Tuple(pair) => match &pair[..] {
                        [name @ Object::Str(_), target] => pairs.push((target.clone(), Some(name.clone()))),
                        [target, on] => pairs.push((target.clone(), Some(on.clone()))),
                        _ => return Err(vm.type_error("join() takes pairs of a target and a condition")),
                    },
                    single => pairs.push((single.clone(), None)),
                }
            }
        }
    }
    for (target, on) in pairs {
        let target = by_name(vm, left.as_ref(), target)?;
        let on = match on {
            Some(on) => Some(by_name(vm, left.as_ref(), on)?),
            None => None,
        };
        let (target, on) = if aliased { own_alias(vm, target, on)? } else { (target, on) };
        let mut keyword = Vec::new();
        if full {
            keyword.push((vm.intern("full"), Object::Bool(true)));
        }
        let positional = std::iter::once(target).chain(on).collect();
        one_join(vm, own, &mut Arguments::new("join", Args { positional, keyword }), outer)?;
        left = own.data.target.clone();
    }
    Ok(())
}

/// What `join()` and `filter_by()` start from.
fn zero(own: &QueryData) -> Option<Object> {
    match own.data.select.from.is_empty() {
        true => own.data.selected.first().cloned(),
        false => own.data.joined.first().cloned().or_else(|| own.data.target.clone()),
    }
}

/// The attribute that a name stands for.
fn by_name(vm: &mut Vm, left: Option<&Object>, object: Object) -> PyResult<Object> {
    match (&object, left) {
        (Object::Str(name), Some(left)) => vm.get_attr(left, name.as_str()),
        _ => Ok(object),
    }
}

/// `join(…, aliased=True)`: the target under another name.
fn own_alias(vm: &mut Vm, target: Object, on: Option<Object>) -> PyResult<(Object, Option<Object>)> {
    if let Some((_, _, natural)) = attributes::relationship_of(vm, &target)? {
        let class = mapping::entity_object(vm, natural);
        let alias = mapping::aliased(vm, Args::positional(vec![class]))?;
        return Ok((alias, Some(target)));
    }
    match mapping::entity_of(vm, &target)? {
        Some(_) => Ok((mapping::aliased(vm, Args::positional(vec![target]))?, on)),
        None => Ok((target, on)),
    }
}

fn one_join(vm: &mut Vm, own: &mut QueryData, args: &mut Arguments, outer: bool) -> PyResult<()> {
    let (joins, target) = read_join(vm, args, outer)?;
    own.data.select.joins.extend(joins);
    if target.is_some() {
        own.data.target = target;
    }
    Ok(())
}

/// The relationship from an object's class to what a query is of.
pub(super) fn property_between(vm: &mut Vm, own: &QueryData, instance: &Object) -> PyResult<Object> {
    let handle = mapping::require_object(vm, instance)?;
    let target = match &own.data.target {
        Some(target) => mapping::entity_of(vm, target)?,
        None => None,
    };
    let Some(target) = target else {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "with_parent() needs a query of a mapped class",
        ));
    };
    let key = peek(vm, |orm| {
        let mapper = orm.mapper_of(handle.state);
        let found = mapper.relationships().find(|relationship| relationship.target == target.mapper);
        found.map(|relationship| mapper.attributes[relationship.attribute as usize].key.clone())
    })?;
    let class = vm.class_of(instance);
    match key {
        Some(key) => vm.get_attr(&Object::Class(class), &key),
        None => {
            let wanted = peek(vm, |orm| orm.mapper(target.mapper).class_name.clone())?;
            let message = format!(
                "Could not locate a property which relates instances of class '{wanted}' to instances of class '{}'",
                class.name().as_str()
            );
            Err(errors::error(vm, "InvalidRequestError", message))
        }
    }
}
