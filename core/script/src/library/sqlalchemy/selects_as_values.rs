//! A select where a value stands: `exists()` and the scalar subquery.
//!
//! SQLAlchemy counterpart: `Exists` and `ScalarSelect`.

use std::rc::Rc;

use ormscope::sql::{Expr, Kind};

use super::errors;
use super::expressions::{expr_object, require_expr};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

/// The class of `exists()`, whose criteria can be added to.
pub(super) fn exists_class(base: &Rc<Class>) -> Rc<Class> {
    fn regroup(vm: &mut Vm, args: Args, name: &str) -> PyResult<Object> {
        let expr = require_expr(vm, &args.positional[0])?;
        let Kind::Unary { operand, .. } = expr.kind() else { return Ok(Object::None) };
        let Kind::Subquery(select) = operand.kind() else { return Ok(Object::None) };
        let inner = super::select::plain_object(vm, (**select).clone());
        let positional = args.positional[1..].to_vec();
        let method = vm.get_attr(&inner, name)?;
        let changed = vm.call(&method, Args { positional, keyword: args.keyword })?;
        match super::select::as_select(vm, &changed)? {
            Some(select) => Ok(expr_object(vm, Expr::exists(&select))),
            None => Ok(changed),
        }
    }
    let builder = Class::builder("Exists").module("sqlalchemy.sql.selectable").base(base);
    super::element_constructors::made_by(builder, super::constructors::exists)
        .method("where", |vm, args| regroup(vm, args, "where"))
        .method("select_from", |vm, args| regroup(vm, args, "select_from"))
        .method("correlate", |vm, args| regroup(vm, args, "correlate"))
        .method("correlate_except", |vm, args| regroup(vm, args, "correlate_except"))
        .method("select", |vm, args| super::select::select(vm, Args::positional(args.positional)))
        .build()
}

/// The class of a select as a value, whose criteria can be added to.
pub(super) fn scalar_select_class(base: &Rc<Class>) -> Rc<Class> {
    fn change(vm: &mut Vm, args: Args, name: &str) -> PyResult<Object> {
        let expr = require_expr(vm, &args.positional[0])?;
        let Kind::Subquery(select) = expr.kind() else { return Ok(Object::None) };
        let inner = super::select::plain_object(vm, (**select).clone());
        let changed = vm.call_method(&inner, name, args.positional[1..].to_vec())?;
        match super::select::as_select(vm, &changed)? {
            Some(select) => Ok(expr_object(vm, select.scalar())),
            None => Ok(changed),
        }
    }
    fn no_columns(vm: &mut Vm, _: Args) -> PyResult<Object> {
        let message = "Scalar Select expression has no columns; use this object directly within a column-level expression.";
        Err(errors::error(vm, "InvalidRequestError", message))
    }
    Class::builder("ScalarSelect")
        .module("sqlalchemy.sql.selectable")
        .base(base)
        // What it does not have itself it has of its select.
        .method("__getattr__", |vm, args| {
            let name = vm.str(&args.positional[1])?;
            let inner = vm.get_attr(&args.positional[0], "element")?;
            vm.get_attr(&inner, name.as_str())
        })
        .getter("c", no_columns)
        .getter("columns", no_columns)
        .method("where", |vm, args| change(vm, args, "where"))
        .method("correlate", |vm, args| change(vm, args, "correlate"))
        .method("correlate_except", |vm, args| change(vm, args, "correlate_except"))
        .build()
}
