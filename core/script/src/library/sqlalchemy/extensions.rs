//! `statement.ext(…)`: what single databases add to statements.
//!
//! It must not know how it is written; the dialects do.
//! SQLAlchemy counterpart: `SyntaxExtension` of `sqlalchemy.sql.base`, and
//! PostgreSQL's `distinct_on` and MySQL's `limit`.

use std::rc::Rc;

use ormscope::sql::{Distinct, Expr};

use super::arguments::Arguments;
use super::constructors::count_bind;
use super::dml::{dml_of, edit};
use super::operands::by_or_of;
use super::select::SelectData;
use super::{classes, errors};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// `DISTINCT ON`
struct DistinctOn(Vec<Expr>);

/// `LIMIT` of an UPDATE or DELETE.
struct ChangeLimit(Option<Expr>);

pub(super) fn distinct_on_class(clause: &Rc<Class>) -> Rc<Class> {
    Class::builder("DistinctOnClause").base(clause).module("sqlalchemy.dialects.postgresql.ext").build()
}

pub(super) fn limit_class(clause: &Rc<Class>) -> Rc<Class> {
    Class::builder("DMLLimitClause").base(clause).module("sqlalchemy.dialects.mysql.dml").build()
}

/// `postgresql.distinct_on(…)`
pub(super) fn distinct_on(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let exprs = by_or_of(vm, &args.positional)?;
    let class = classes(vm).distinct_on.clone();
    Ok(Instance::native(&class, DistinctOn(exprs)))
}

/// `mysql.limit(…)`
pub(super) fn limit(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("limit", args);
    let count = args.require(vm, "limit")?;
    let count = count_bind(vm, &count)?;
    let class = classes(vm).change_limit.clone();
    Ok(Instance::native(&class, ChangeLimit(count)))
}

/// `select.ext(…)`
pub(super) fn extend_select(vm: &mut Vm, data: &mut SelectData, args: &mut Arguments) -> PyResult<()> {
    let extension = args.require(vm, "extension")?;
    if extension.native::<ChangeLimit>().is_some() {
        return Err(unfit(vm, "DMLLimitClause", "select"));
    }
    let Some(added) = extension.native::<DistinctOn>() else { return Err(unknown(vm)) };
    data.select.distinct = match std::mem::take(&mut data.select.distinct) {
        Distinct::On(_) => {
            let message = "Cannot mix ``select.ext(distinct_on(...))`` and ``select.distinct(...)``";
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        Distinct::Extended(mut known) => {
            known.extend(added.0.iter().cloned());
            Distinct::Extended(known)
        }
        Distinct::No | Distinct::Yes => Distinct::Extended(added.0.clone()),
    };
    Ok(())
}

/// `update.ext(…)`, `delete.ext(…)`
pub(super) fn extend_change(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("ext", args);
    let this = args.receiver();
    let extension = args.require(vm, "extension")?;
    if extension.native::<DistinctOn>().is_some() {
        let statement = vm.class_name(&this).as_str().to_lowercase();
        return Err(unfit(vm, "DistinctOnClause", &statement));
    }
    let Some(added) = extension.native::<ChangeLimit>() else { return Err(unknown(vm)) };
    let limit = added.0.clone();
    edit(vm, &this, |statement| {
        if let Some(dml) = dml_of(statement) {
            dml.limit = limit;
            dml.limit_extends = true;
        }
    })
}

/// The error of an extension that a statement cannot have.
fn unfit(vm: &mut Vm, class: &str, statement: &str) -> crate::object::Unwind {
    let message = format!("Extension {class} cannot be applied to {statement}");
    vm.error(&vm.exceptions.not_implemented_error.clone(), message)
}

/// The error of what is no extension, which SQLAlchemy does not explain either.
fn unknown(vm: &mut Vm) -> crate::object::Unwind {
    vm.error(&vm.exceptions.not_implemented_error.clone(), "")
}
