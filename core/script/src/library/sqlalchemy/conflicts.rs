//! `ON CONFLICT` and `ON DUPLICATE KEY`: what an INSERT does with rows that are there.
//!
//! SQLAlchemy counterpart: the `dml` modules of the dialects.

use std::rc::Rc;

use ormscope::sql::{ConflictDialect, ConflictTarget, Expr, From, OnConflict, Operator, Statement};

use super::arguments::{Arguments, items};
use super::dml::{DmlData, assignments, edit};
use super::expressions::{conditions, require_expr};
use super::froms::{columns_object, require_from};
use super::receiver;
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// `excluded`, `inserted`: the row that was to be inserted.
pub(super) fn proposed(vm: &mut Vm, args: &Args, name: &str) -> PyResult<Object> {
    let own = receiver::<DmlData>(vm, &args.positional[0])?;
    let table = require_from(vm, &own.target)?;
    let alias = Rc::clone(own.proposed.borrow_mut().get_or_insert_with(|| table.aliased(Some(name))));
    Ok(columns_object(vm, From::Alias(alias)))
}

/// `on_conflict_do_update(…)` and its kin.
pub(super) fn on_conflict(vm: &mut Vm, args: Args, updates: bool) -> PyResult<Object> {
    let mut args = Arguments::new("on_conflict", args);
    let this = args.receiver();
    let own = receiver::<DmlData>(vm, &this)?;
    let constraint = args.keyword("constraint").filter(|given| !given.is_none());
    let elements = args.take("index_elements").filter(|given| !given.is_none());
    let index_where = args.keyword("index_where").filter(|given| !given.is_none());
    let target = match (constraint, elements) {
        (Some(constraint), _) => match &constraint {
            Object::Str(name) => ConflictTarget::Constraint(name.as_str().into()),
            other => {
                let name = vm.get_attr(other, "name")?;
                ConflictTarget::Constraint(vm.str(&name)?.as_str().into())
            }
        },
        (None, Some(elements)) => {
            let mut exprs = Vec::new();
            for element in items(vm, &elements)? {
                exprs.push(match &element {
                    Object::Str(name) => Expr::named(name.as_str(), Default::default()),
                    other => require_expr(vm, other)?,
                });
            }
            let condition = match index_where {
                Some(condition) => Some(require_expr(vm, &condition)?),
                None => None,
            };
            ConflictTarget::Index(exprs, condition)
        }
        (None, None) => ConflictTarget::Any,
    };
    let set = match args.take("set_") {
        Some(set) if updates => Some(read_set(vm, &own, &set)?),
        _ => None,
    };
    let where_ = match args.keyword("where").filter(|given| !given.is_none()) {
        Some(condition) => {
            let mut given = conditions(vm, &[condition])?;
            if given.len() == 1 { given.pop() } else { Some(Expr::all_of(Operator::And, given)) }
        }
        None => None,
    };
    let conflict = OnConflict { dialect: own.dialect, target, set, where_, ordered: false };
    edit(vm, &this, |statement| {
        if let Statement::Insert(insert) = statement {
            insert.on_conflict = Some(Box::new(conflict));
        }
    })
}

/// `on_duplicate_key_update(…)`
pub(super) fn on_duplicate_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("on_duplicate_key_update", args);
    let this = args.receiver();
    let own = receiver::<DmlData>(vm, &this)?;
    let named = args.keywords();
    let given = args.next();
    let mut ordered = false;
    let set = match &given {
        Some(Object::List(pairs)) => {
            ordered = true;
            let pairs = pairs.items.borrow().clone();
            let mut set = Vec::new();
            for pair in &pairs {
                let parts = vm.collect(pair)?;
                let [key, value] = &parts[..] else {
                    return Err(vm.type_error("pairs of columns and values are expected"));
                };
                let dict = crate::builtins::Dict::default();
                dict.insert(vm, key.clone(), value.clone())?;
                set.extend(read_set(vm, &own, &Object::Dict(Rc::new(dict)))?);
            }
            set
        }
        given => {
            let row = given.clone().unwrap_or(Object::None);
            pairs(assignments(vm, &own.target, &row, named)?)
        }
    };
    let conflict = OnConflict {
        dialect: ConflictDialect::Mysql,
        target: ConflictTarget::Any,
        set: Some(set),
        where_: None,
        ordered,
    };
    edit(vm, &this, |statement| {
        if let Statement::Insert(insert) = statement {
            insert.on_conflict = Some(Box::new(conflict));
        }
    })
}

/// What is set, by the keys of the columns.
fn read_set(vm: &mut Vm, own: &DmlData, set: &Object) -> PyResult<Vec<(Rc<str>, Expr)>> {
    Ok(pairs(assignments(vm, &own.target, set, Vec::new())?))
}

fn pairs(assignments: Vec<ormscope::sql::Assignment>) -> Vec<(Rc<str>, Expr)> {
    let pairs = assignments.into_iter().filter_map(|one| {
        let key: Rc<str> = one.key()?.into();
        // A value does not take the column's name here.
        let value = match one.value.kind() {
            ormscope::sql::Kind::Bind(bind) if bind.for_column => {
                Expr::from(ormscope::sql::Bind { key: "param".into(), ..(**bind).clone() })
            }
            _ => one.value,
        };
        Some((key, value))
    });
    pairs.collect()
}
