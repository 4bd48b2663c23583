//! `mysql.match(…)`: MATCH over several columns.
//!
//! SQLAlchemy counterpart: `sqlalchemy.dialects.mysql.expression`.

use std::rc::Rc;

use ormscope::sql::{Expr, Kind, Modifiers, Operator};
use ormscope::types::SqlType;

use super::arguments::Arguments;
use super::errors;
use super::expressions::{ExprData, require_expr};
use super::operands::named_expr;
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The flags as the program gives them, and as the compiler knows them.
const FLAGS: &[(&str, &str)] = &[
    ("in_boolean_mode", "mysql_boolean_mode"),
    ("in_natural_language_mode", "mysql_natural_language"),
    ("with_query_expansion", "mysql_query_expansion"),
];

/// The class of `match`, which only MySQL has.
pub(super) fn class(base: &Rc<Class>) -> Rc<Class> {
    let mut builder = Class::builder("match").module("sqlalchemy.dialects.mysql.expression").base(base);
    builder = builder.method("__new__", new);
    for (name, option) in FLAGS {
        builder = builder.closure(name, move |vm, args| switch_on(vm, &args.positional[0], option));
    }
    builder.build()
}

fn new(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("match", args);
    let receiver = args.receiver();
    let columns = args.rest();
    if columns.is_empty() {
        return Err(errors::error(vm, "ArgumentError", "columns are required"));
    }
    let Some(against) = args.keyword("against").filter(|against| !against.is_none()) else {
        return Err(errors::error(vm, "ArgumentError", "against is required"));
    };
    let right = named_expr(vm, &against, "param")?;
    let mut modifiers = Modifiers::default();
    for (name, option) in FLAGS {
        let given = args.flag(vm, name, false)?;
        modifiers.options.push(((*option).into(), if given { "True" } else { "False" }.into()));
    }
    let unknown: Vec<String> = args.keywords().iter().map(|(name, _)| name.as_str().to_string()).collect();
    if !unknown.is_empty() {
        let message = format!("unknown arguments: {}", unknown.join(", "));
        return Err(errors::error(vm, "ArgumentError", message));
    }
    let columns = columns.iter().map(|column| require_expr(vm, column)).collect::<PyResult<Vec<_>>>()?;
    let left = Expr::comma_list(columns, false);
    let expr = Expr::binary_of(left, Operator::Match, right, None, modifiers, SqlType::Null);
    let Some(class) = receiver.as_class() else { return Ok(Object::None) };
    Ok(Instance::native(class, ExprData { expr }))
}

/// The same with a flag.
fn switch_on(vm: &mut Vm, own: &Object, option: &str) -> PyResult<Object> {
    let expr = require_expr(vm, own)?;
    let Kind::Binary { left, op, right, negation, modifiers, sql_type } = expr.kind() else {
        return Ok(own.clone());
    };
    let mut modifiers = modifiers.clone();
    for (_, value) in modifiers.options.iter_mut().filter(|(name, _)| **name == *option) {
        *value = "True".into();
    }
    let expr = Expr::new(Kind::Binary {
        left: left.clone(),
        op: op.clone(),
        right: right.clone(),
        negation: negation.clone(),
        modifiers,
        sql_type: sql_type.clone(),
    });
    Ok(Instance::native(&vm.class_of(own), ExprData { expr }))
}
