//! `return_defaults(…)`: RETURNING of what the database computes, beside the
//! rows that a program asks for.
//!
//! SQLAlchemy counterpart: `UpdateBase.return_defaults`.

use ormscope::sql::{ReturnDefaults, SelectItem, Statement};

use super::arguments::Arguments;
use super::dml::{DmlData, dml_of, edit, returned};
use super::{attributes, errors, peek, receiver};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

pub(super) fn return_defaults(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("return_defaults", args);
    let this = args.receiver();
    let sorted = args.flag(vm, "sort_by_parameter_order", false)?;
    let own = receiver::<DmlData>(vm, &this)?;
    if sorted && !matches!(own.statement, Statement::Insert(_)) {
        let message =
            "The 'sort_by_parameter_order' argument to return_defaults() only applies to INSERT statements";
        return Err(errors::error(vm, "ArgumentError", message));
    }
    let mut supplemental = Vec::new();
    if let Some(given) = args.keyword("supplemental_cols").filter(|given| !given.is_none()) {
        for item in vm.collect(&given)? {
            supplemental.push(column(vm, &own, &item)?);
        }
    }
    let mut columns = Vec::new();
    for item in args.rest() {
        columns.push(column(vm, &own, &item)?);
    }
    edit(vm, &this, |statement| {
        if let Statement::Insert(insert) = statement {
            insert.sorted |= sorted;
        }
        let Some(dml) = dml_of(statement) else { return };
        let known = dml.defaults.is_some();
        let defaults = dml.defaults.get_or_insert_with(ReturnDefaults::default);
        // Once all columns are asked for, naming some does not take that back.
        match (known, defaults.columns.is_empty() || columns.is_empty()) {
            (true, true) => defaults.columns.clear(),
            _ => defaults.columns.extend(columns),
        }
        defaults.supplemental.extend(supplemental);
    })
}

/// A column, which may be given by its name.
fn column(vm: &mut Vm, own: &DmlData, item: &Object) -> PyResult<SelectItem> {
    if let Object::Str(name) = item
        && let Some(id) = attributes::column_named(vm, &own.target, name.as_str())?
    {
        let expr = peek(vm, |orm| ormscope::sql::Expr::column(&orm.schema, id))?;
        return Ok(SelectItem::Expr(expr));
    }
    returned(vm, item)
}

/// Refuses `returning()` after `return_defaults()`.
pub(super) fn refuse_both(vm: &mut Vm, this: &Object) -> PyResult<()> {
    let mut statement = receiver::<DmlData>(vm, this)?.statement.clone();
    if dml_of(&mut statement).is_some_and(|dml| dml.defaults.is_some()) {
        let message = "return_defaults() is already configured on this statement";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    Ok(())
}
