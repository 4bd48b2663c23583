//! CTEs, and what stands before and after a statement's parts.
//!
//! SQLAlchemy counterpart: `CTE` and `HasPrefixes` of `sqlalchemy.sql.selectable`.

use std::rc::Rc;

use ormscope::sql::{Affix, Alias, AliasKind, AliasOf, Cte, Expr, From, Kind, Select, SetOp, Statement};

use super::arguments::Arguments;
use super::expressions::{require_condition, to_expr};
use super::froms::{from_object, named, require_from};
use super::operands::expected;
use super::statements;
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

/// The class of CTEs.
pub(super) fn cte_class(base: &Rc<Class>) -> Rc<Class> {
    named("CTE", base)
        .method("union", |vm, args| continued(vm, args, SetOp::Union))
        .method("union_all", |vm, args| continued(vm, args, SetOp::UnionAll))
        .method("prefix_with", |vm, args| affixed(vm, args, true))
        .method("suffix_with", |vm, args| affixed(vm, args, false))
        .build()
}

/// `statement.cte(…)`
pub(super) fn cte_of(vm: &mut Vm, statement: Statement, args: &mut Arguments) -> PyResult<Object> {
    let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
    let recursive = match args.take("recursive") {
        Some(flag) => vm.truthy(&flag)?,
        None => false,
    };
    let nesting = args.flag(vm, "nesting", false)?;
    let cte = Cte { recursive, nesting, ..Cte::default() };
    let alias = Alias::new(AliasOf::Statement(Rc::new(statement)), name.as_deref(), AliasKind::Cte(cte));
    from_object(vm, From::Alias(alias))
}

/// `cte.union_all(select)`: the CTE goes on.
fn continued(vm: &mut Vm, args: Args, op: SetOp) -> PyResult<Object> {
    let From::Alias(own) = require_from(vm, &args.positional[0])? else { return Ok(Object::None) };
    let (Some(cte), Some(first)) = (own.cte(), own.select()) else {
        return Err(vm.type_error("this CTE does not support union()"));
    };
    let mut selects = vec![first.clone()];
    for part in &args.positional[1..] {
        selects.push(statements::require_select(vm, part)?);
    }
    let combined = Statement::Select(Select::combined(op, selects));
    let restates = Some(cte.restates.unwrap_or(own.id));
    let cte = Cte { restates, ..cte.clone() };
    let alias = Alias::new(AliasOf::Statement(Rc::new(combined)), own.name.as_deref(), AliasKind::Cte(cte));
    from_object(vm, From::Alias(alias))
}

fn affixed(vm: &mut Vm, args: Args, before: bool) -> PyResult<Object> {
    let mut args = Arguments::new("prefix_with", args);
    let From::Alias(own) = require_from(vm, &args.receiver())? else { return Ok(Object::None) };
    let Some(cte) = own.cte() else { return Ok(Object::None) };
    let mut cte = cte.clone();
    let added = affixes(vm, &mut args)?;
    if before {
        cte.prefixes.extend(added)
    } else {
        cte.suffixes.extend(added)
    }
    let alias = Alias::new(own.of.clone(), own.name.as_deref(), AliasKind::Cte(cte));
    from_object(vm, From::Alias(alias))
}

/// What `prefix_with()` and `suffix_with()` are given.
pub(super) fn affixes(vm: &mut Vm, args: &mut Arguments) -> PyResult<Vec<Affix>> {
    let dialect = args
        .keyword("dialect")
        .and_then(|name| name.as_str().map(Rc::from))
        .filter(|name: &Rc<str>| &**name != "*");
    let mut affixes = Vec::new();
    for object in args.rest() {
        let sql = match &object {
            Object::Str(text) => {
                let text = ormscope::sql::TextStatement::new(text.as_str());
                Expr::new(Kind::Text(Rc::new(text)))
            }
            Object::None | Object::Bool(_) => require_condition(vm, &object)?,
            other => match to_expr(vm, other)? {
                Some(expr) => expr,
                None => return Err(expected(vm, "statement sub-expression element", other)),
            },
        };
        affixes.push(Affix { sql, dialect: dialect.clone() });
    }
    Ok(affixes)
}
