//! VALUES, and functions with columns, in FROM.
//!
//! SQLAlchemy counterpart: `Values` and `TableValuedAlias` of
//! `sqlalchemy.sql.selectable`.

use std::rc::Rc;

use ormscope::sql::{Alias, AliasKind, AnonId, Expr, From, Kind, Statement, TableValued, Values};
use ormscope::types::SqlType;

use super::arguments::Arguments;
use super::ctes::cte_of;
use super::expressions::{expr_object, require_expr};
use super::froms::{FromData, from_object, named, require_from};
use super::operands::{expected, to_expr};
use super::values::to_value;
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

/// The class of functions with columns.
pub(super) fn table_valued_class(base: &Rc<Class>) -> Rc<Class> {
    named("TableValuedAlias", base)
        .method("render_derived", |vm, args| {
            let mut args = Arguments::new("render_derived", args);
            let own = require_from(vm, &args.receiver())?;
            let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
            let with_types = args.flag(vm, "with_types", false)?;
            change_valued(vm, &own, name.as_deref(), |valued| valued.derived = Some(with_types))
        })
        .method("lateral", |vm, args| {
            let mut args = Arguments::new("lateral", args);
            let own = require_from(vm, &args.receiver())?;
            let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
            change_valued(vm, &own, name.as_deref(), |valued| valued.lateral = true)
        })
        .method("alias", |vm, args| {
            let mut args = Arguments::new("alias", args);
            let own = require_from(vm, &args.receiver())?;
            let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
            change_valued(vm, &own, name.as_deref(), |_| {})
        })
        .getter("column", |vm, args| {
            let from = require_from(vm, &args.positional[0])?;
            let sql_type = match &from {
                From::Alias(alias) => match &alias.kind {
                    AliasKind::TableValued(valued) => valued.sql_type.clone(),
                    _ => SqlType::Null,
                },
                _ => SqlType::Null,
            };
            Ok(expr_object(vm, Expr::new(Kind::Row { from, sql_type })))
        })
        .build()
}

fn change_valued(
    vm: &mut Vm,
    own: &From,
    name: Option<&str>,
    change: impl FnOnce(&mut TableValued),
) -> PyResult<Object> {
    let From::Alias(alias) = own else { return Ok(Object::None) };
    let AliasKind::TableValued(valued) = &alias.kind else { return Ok(Object::None) };
    let mut valued = valued.clone();
    change(&mut valued);
    let alias = Alias::new(alias.of.clone(), name, AliasKind::TableValued(valued));
    from_object(vm, From::Alias(alias))
}

/// The class of VALUES.
pub(super) fn values_class(base: &Rc<Class>) -> Rc<Class> {
    named("Values", base)
        .method("data", |vm, args| {
            let own = require_values(vm, &args.positional[0])?;
            let mut values = (*own).clone();
            for row in vm.collect(&args.positional[1])? {
                let mut exprs = Vec::new();
                for (at, item) in vm.collect(&row)?.iter().enumerate() {
                    let known =
                        values.columns.get(at).map(|column| column.sql_type.clone()).unwrap_or_default();
                    exprs.push(match to_expr(vm, item)? {
                        Some(expr) => expr,
                        None => match to_value(vm, item)? {
                            ormscope::types::Value::Null => Expr::null(),
                            value => Expr::bind("param", value, known),
                        },
                    });
                }
                values.rows.push(exprs);
            }
            changed(vm, &args.positional[0], values)
        })
        .method("alias", |vm, args| {
            let mut args = Arguments::new("alias", args);
            let this = args.receiver();
            let mut values = (*require_values(vm, &this)?).clone();
            let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
            values.id = AnonId::fresh();
            values.name = Some(match name {
                Some(name) => ormscope::sql::Name::from(name.as_str()),
                None => ormscope::sql::Name::anonymous(ormscope::sql::Identity::Anonymous(values.id), "anon"),
            });
            changed(vm, &this, values)
        })
        .method("lateral", |vm, args| {
            let mut args = Arguments::new("lateral", args);
            let this = args.receiver();
            let mut values = (*require_values(vm, &this)?).clone();
            if let Some(name) = args.take("name").and_then(|name| name.as_str().map(str::to_string)) {
                values.name = Some(ormscope::sql::Name::from(name.as_str()));
            }
            values.lateral = true;
            changed(vm, &this, values)
        })
        .method("cte", |vm, args| {
            let mut args = Arguments::new("cte", args);
            let from = require_from(vm, &args.receiver())?;
            cte_of(vm, Statement::Values(from), &mut args)
        })
        .method("scalar_values", |vm, args| {
            let from = require_from(vm, &args.positional[0])?;
            Ok(expr_object(vm, Expr::new(Kind::ValueRows(from))))
        })
        .build()
}

/// A changed copy, which keeps the columns that the program has seen.
fn changed(vm: &mut Vm, this: &Object, values: Values) -> PyResult<Object> {
    let made = from_object(vm, From::Values(Rc::new(values)))?;
    if let (Some(old), Some(new)) = (this.native::<FromData>(), made.native::<FromData>()) {
        let seen = old.columns.borrow().clone();
        *new.columns.borrow_mut() = seen;
    }
    Ok(made)
}

fn require_values(vm: &mut Vm, object: &Object) -> PyResult<Rc<Values>> {
    match require_from(vm, object)? {
        From::Values(values) => Ok(values),
        _ => Err(vm.type_error("this is not a VALUES construct")),
    }
}

/// `values(column(…), …)`
pub(super) fn values(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("values", args);
    let name = args.keyword("name").and_then(|name| name.as_str().map(str::to_string));
    let literal_binds = args.flag(vm, "literal_binds", false)?;
    let mut columns = Vec::new();
    for object in args.rest() {
        let expr = require_expr(vm, &object)?;
        let Kind::Column(column) = expr.kind() else {
            return Err(expected(vm, "Column expression", &object));
        };
        columns.push(column.clone());
    }
    let values = Values {
        id: AnonId::fresh(),
        columns,
        rows: Vec::new(),
        name: name.as_deref().map(ormscope::sql::Name::from),
        literal_binds,
        lateral: false,
    };
    from_object(vm, From::Values(Rc::new(values)))
}
