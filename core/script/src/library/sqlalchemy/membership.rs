//! The right side of IN.
//!
//! SQLAlchemy counterpart: `InElementImpl`.

use std::rc::Rc;

use ormscope::sql::{Bind, BindValue, Expr, From, Kind, Operator, Select};
use ormscope::types::{SqlType, Value};

use super::operands::{expected, to_expr};
use super::values::to_value;
use super::{froms, select};
use crate::object::{Object, PyResult};
use crate::vm::Vm;

const ROLE: &str = "IN expression list, SELECT construct, or bound parameter object";

/// A list, a select or a bind as what IN looks in.
pub(super) fn right_side(vm: &mut Vm, left: &Expr, other: &Object, op: &Operator) -> PyResult<Expr> {
    if let Some(select) = select::as_select(vm, other)? {
        return Ok(select.scalar());
    }
    if let Some(from) = froms::plain_from(vm, other)? {
        return Ok(from_side(from));
    }
    if let Some(expr) = to_expr(vm, other)? {
        return Ok(match expr.kind() {
            Kind::Bind(bind) => {
                let value = match &bind.value {
                    BindValue::Required => BindValue::ExpandingRequired,
                    known => known.clone(),
                };
                let known = bind.sql_type != SqlType::Null;
                let sql_type = if known { bind.sql_type.clone() } else { left.sql_type() };
                let expand_op = Some(op.clone());
                Expr::from(Bind { value, sql_type, expand_op, ..(**bind).clone() })
            }
            Kind::Text(_) | Kind::Subquery(_) | Kind::ValueRows(_) | Kind::Tuple(_) | Kind::Grouping(_) => {
                expr
            }
            _ => return Err(expected(vm, ROLE, other)),
        });
    }
    let iterable = match other {
        Object::Str(_) | Object::Bytes(_) | Object::None | Object::Bool(_) => false,
        Object::Int(_) | Object::Float(_) | Object::Class(_) => false,
        Object::Instance(_) => vm.get_attr_opt(other, "__iter__")?.is_some(),
        _ => true,
    };
    if !iterable {
        return Err(expected(vm, ROLE, other));
    }
    let items = vm.collect(other)?;
    let mut exprs = Vec::with_capacity(items.len());
    for item in &items {
        exprs.push(to_expr(vm, item)?);
    }
    if exprs.iter().any(Option::is_some) {
        let mut list = Vec::with_capacity(items.len());
        for (item, expr) in items.iter().zip(exprs) {
            list.push(match expr {
                Some(expr) => expr,
                None => left.bind_beside(to_value(vm, item)?),
            });
        }
        return Ok(Expr::comma_list(list, true));
    }
    let key = left.bind_key();
    if let Some(types) = row_types(left, &items) {
        return rows(vm, &key, &items, types);
    }
    let values: Vec<Value> = items.iter().map(|item| to_value(vm, item)).collect::<PyResult<_>>()?;
    let sql_type = match values.first() {
        Some(first) => left.sql_type().beside(first),
        None => left.sql_type(),
    };
    Ok(Expr::from(Bind { sql_type, ..Bind::unique(&key, BindValue::Expanding(values)) }))
}

/// A list of values, or an alias, in the place of a select.
/// What is selected from: a list of values stands there by itself.
fn from_side(from: From) -> Expr {
    match &from {
        From::Values(_) => Expr::new(Kind::ValueRows(from)),
        _ => Select::from([from]).scalar(),
    }
}

/// The types of the columns that rows are compared with; none for single values.
fn row_types(left: &Expr, items: &[Object]) -> Option<Vec<SqlType>> {
    match left.kind() {
        Kind::Tuple(columns) => Some(columns.iter().map(Expr::sql_type).collect()),
        _ if left.sql_type() == SqlType::Null => match items.first() {
            Some(Object::Tuple(row)) => Some(vec![SqlType::Null; row.len()]),
            Some(Object::List(row)) => Some(vec![SqlType::Null; row.items.borrow().len()]),
            _ => None,
        },
        _ => None,
    }
}

fn rows(vm: &mut Vm, key: &Rc<str>, items: &[Object], mut types: Vec<SqlType>) -> PyResult<Expr> {
    let mut rows = Vec::with_capacity(items.len());
    for item in items {
        let row: Vec<Value> =
            vm.collect(item)?.iter().map(|value| to_value(vm, value)).collect::<PyResult<_>>()?;
        rows.push(row);
    }
    if let Some(first) = rows.first() {
        for (sql_type, value) in types.iter_mut().zip(first) {
            if *sql_type == SqlType::Null {
                *sql_type = SqlType::of(value);
            }
        }
    }
    Ok(Expr::from(Bind::unique(key, BindValue::ExpandingRows(rows, types))))
}
