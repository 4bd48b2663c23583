//! `values(…)`, `ordered_values(…)`, `from_select(…)`: what rows are set to.
//!
//! SQLAlchemy counterpart: `ValuesBase` of `sqlalchemy.sql.dml`.

use std::rc::Rc;

use ormscope::sql::{
    Assignment, AssignmentTarget, Bind, BindValue, Expr, InsertValues, Kind, Select, Statement,
};

use super::arguments::{Arguments, items};
use super::dml::{DmlData, edit, require_target};
use super::expressions::to_expr;
use super::froms::to_from;
use super::values::to_value;
use super::{attributes, errors, peek, receiver};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// `insert.values(…)`
pub(super) fn insert_values(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("values", args);
    let this = args.receiver();
    let own = receiver::<DmlData>(vm, &this)?;
    let Statement::Insert(insert) = &own.statement else { return Ok(Object::None) };
    let given = args.rest();
    let named = args.keywords();
    if matches!(insert.values, InsertValues::Select(..)) {
        return Err(errors::error(vm, "InvalidRequestError", "This construct already inserts from a SELECT"));
    }
    check_values(vm, &given, &named)?;
    let added = match given.first() {
        Some(given) if has_several_rows(vm, given)? => {
            let given = items(vm, given)?;
            let by_name = matches!(given.first(), Some(Object::Dict(_)));
            let mut rows = Vec::with_capacity(given.len());
            for row in &given {
                if by_name && matches!(row, Object::Tuple(_) | Object::List(_)) {
                    return Err(vm.attribute_error(row, "items"));
                }
                rows.push(assignments(vm, &own.target, row, true)?);
            }
            InsertValues::Rows(rows)
        }
        Some(row) => InsertValues::Row(assignments(vm, &own.target, row, true)?),
        None => {
            let row = crate::builtins::Dict::from_names(named);
            InsertValues::Row(assignments(vm, &own.target, &row, true)?)
        }
    };
    if matches!(
        (&insert.values, &added),
        (InsertValues::Row(_), InsertValues::Rows(_)) | (InsertValues::Rows(_), InsertValues::Row(_))
    ) {
        let message = "Can't mix single and multiple VALUES formats in one INSERT statement; one style appends to a list while the other replaces values, so the intent is ambiguous.";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    edit(vm, &this, |statement| {
        let Statement::Insert(insert) = statement else { return };
        insert.values = match (std::mem::take(&mut insert.values), added) {
            (InsertValues::Row(mut row), InsertValues::Row(added)) => {
                row.extend(added);
                InsertValues::Row(row)
            }
            (InsertValues::Rows(mut rows), InsertValues::Rows(added)) => {
                rows.extend(added);
                InsertValues::Rows(rows)
            }
            (_, added) => added,
        };
    })
}

/// Refuses what `values()` cannot make out.
fn check_values(vm: &mut Vm, given: &[Object], named: &[(crate::object::Name, Object)]) -> PyResult<()> {
    let message = match given {
        [_, ..] if !named.is_empty() => "Can't pass positional and kwargs to values() simultaneously",
        [_, _, ..] => {
            "Only a single dictionary/tuple or list of dictionaries/tuples is accepted positionally."
        }
        _ => return Ok(()),
    };
    Err(errors::error(vm, "ArgumentError", message))
}

/// `(key, value)` pairs, as `dict()` takes them.
pub(super) fn pairs_of(vm: &mut Vm, given: &[Object]) -> PyResult<Vec<(Object, Object)>> {
    let mut pairs = Vec::with_capacity(given.len());
    for (at, pair) in given.iter().enumerate() {
        let parts = vm.collect(pair)?;
        let [key, value] = &parts[..] else {
            return Err(vm.value_error(format!(
                "dictionary update sequence element #{at} has length {}; 2 is required",
                parts.len()
            )));
        };
        pairs.push((key.clone(), value.clone()));
    }
    Ok(pairs)
}

/// Whether it is a list of rows and not a row.
fn has_several_rows(vm: &mut Vm, given: &Object) -> PyResult<bool> {
    if !matches!(given, Object::List(_) | Object::Tuple(_)) {
        return Ok(false);
    }
    let first = items(vm, given)?.into_iter().next();
    Ok(matches!(first, Some(Object::Dict(_) | Object::List(_) | Object::Tuple(_))))
}

/// `insert.from_select(…)`
pub(super) fn from_select(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("from_select", args);
    let this = args.receiver();
    let own = receiver::<DmlData>(vm, &this)?;
    if matches!(&own.statement, Statement::Insert(insert) if matches!(insert.values, InsertValues::Row(_) | InsertValues::Rows(_)))
    {
        let message = "This construct already inserts value expressions";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    let names = args.require(vm, "names")?;
    let select = args.require(vm, "select")?;
    let with_defaults = match args.take("include_defaults") {
        Some(flag) => vm.truthy(&flag)?,
        None => true,
    };
    let mut keys: Vec<Rc<str>> = Vec::new();
    for name in vm.collect(&names)? {
        keys.push(match target_of_key(vm, &own.target, &name, true)? {
            AssignmentTarget::Key(key) => key,
            AssignmentTarget::Expr(_) => return Err(vm.type_error("a column or its name is expected")),
        });
    }
    let table = require_target(vm, &own.target)?;
    let columns = peek(vm, |orm| table.columns(&orm.schema))?;
    if let Some(unknown) = keys.iter().find(|key| !columns.iter().any(|column| column.key == **key)) {
        return Err(vm.key_error(Object::str(unknown)));
    }
    let select = match super::select::as_select(vm, &select)? {
        Some(select) => select,
        None => match to_from(vm, &select)? {
            Some(from) => Select::from([from]),
            None => {
                return Err(super::operands::expected(
                    vm,
                    "SELECT statement or equivalent textual object",
                    &select,
                ));
            }
        },
    };
    edit(vm, &this, |statement| {
        if let Statement::Insert(insert) = statement {
            insert.values = InsertValues::Select(keys, Box::new(select), with_defaults);
        }
    })
}

/// `update.values(…)`
pub(super) fn update_values(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("values", args);
    let this = args.receiver();
    let own = receiver::<DmlData>(vm, &this)?;
    if matches!(&own.statement, Statement::Update(update) if update.ordered) {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "This statement already has ordered values present",
        ));
    }
    let given = args.rest();
    let named = args.keywords();
    check_values(vm, &given, &named)?;
    if let Some(rows) = given.first()
        && has_several_rows(vm, rows)?
    {
        let message = "UPDATE construct does not support multiple parameter sets.";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    let added = match given.first() {
        Some(row) => assignments(vm, &own.target, row, false)?,
        None => assignments(vm, &own.target, &crate::builtins::Dict::from_names(named), false)?,
    };
    edit(vm, &this, |statement| {
        if let Statement::Update(update) = statement {
            update.valued = true;
            update.values.extend(added);
        }
    })
}

/// `update.ordered_values(…)`
pub(super) fn ordered_values(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let own = receiver::<DmlData>(vm, &this)?;
    if let Statement::Update(update) = &own.statement
        && !update.values.is_empty()
    {
        let ordered = if update.ordered { "ordered " } else { "" };
        let message = format!("This statement already has {ordered}values present");
        return Err(errors::error(vm, "ArgumentError", message));
    }
    let mut added = Vec::new();
    for (key, value) in pairs_of(vm, &args.positional[1..])? {
        added.push(assignment(vm, &own.target, &key, &value, false)?);
    }
    edit(vm, &this, |statement| {
        if let Statement::Update(update) = statement {
            update.values = added;
            update.valued = true;
            update.ordered = true;
        }
    })
}

/// `{'name': 'ed'}` and `(1, 'ed')` as assignments.
pub(super) fn assignments(
    vm: &mut Vm,
    target: &Object,
    row: &Object,
    inserts: bool,
) -> PyResult<Vec<Assignment>> {
    let pairs: Vec<(Object, Object)> = match row {
        Object::Dict(dict) => dict.items(),
        Object::Tuple(_) | Object::List(_) | Object::Str(_) => {
            let values = vm.collect(row)?;
            let from = require_target(vm, target)?;
            let keys = peek(vm, |orm| from.columns(&orm.schema))?;
            keys.into_iter().map(|column| Object::str(&column.key)).zip(values).collect()
        }
        other => {
            let items = vm.call_method(other, "items", Vec::new())?;
            let items = vm.collect(&items)?;
            pairs_of(vm, &items)?
        }
    };
    let mut list: Vec<Assignment> = Vec::new();
    for (key, value) in pairs {
        for (key, value) in super::named_expressions::assignments(vm, target, key, value)? {
            list.push(assignment(vm, target, &key, &value, inserts)?);
        }
    }
    Ok(list)
}

fn assignment(
    vm: &mut Vm,
    target: &Object,
    key: &Object,
    value: &Object,
    inserts: bool,
) -> PyResult<Assignment> {
    let target = target_of_key(vm, target, key, inserts)?;
    let value = match to_expr(vm, value)? {
        Some(expr) => expr,
        None => {
            let value = to_value(vm, value)?;
            // The column's type is the value's: the statement is the same one whatever is given.
            Expr::from(Bind { for_column: true, ..Bind::unique("param", BindValue::One(value)) })
        }
    };
    Ok(Assignment { target, value })
}

/// What a key of `values()` names. An INSERT knows columns by their keys alone.
fn target_of_key(vm: &mut Vm, target: &Object, key: &Object, inserts: bool) -> PyResult<AssignmentTarget> {
    if let Object::Str(name) = key {
        if let Some(id) = attributes::column_named(vm, target, name.as_str())? {
            if !inserts
                && let ormscope::sql::From::Table(table) = require_target(vm, target)?
                && table != id.table
            {
                // A column of a table that the class inherits.
                return Ok(AssignmentTarget::Expr(peek(vm, |orm| Expr::column(&orm.schema, id))?));
            }
            let key = peek(vm, |orm| orm.schema.column(id).key.clone())?;
            return Ok(AssignmentTarget::Key(key.as_str().into()));
        }
        return Ok(AssignmentTarget::Key(name.as_str().into()));
    }
    let Some(expr) = to_expr(vm, key)? else {
        return Err(super::operands::expected(vm, "SET/VALUES column expression or string key", key));
    };
    let from = require_target(vm, target)?;
    if let Kind::Column(column) = expr.kind() {
        let own = match &column.from {
            Some(other) => other.is(&from),
            None => true,
        };
        if own || inserts {
            return Ok(AssignmentTarget::Key(Rc::clone(&column.key)));
        }
    }
    Ok(AssignmentTarget::Expr(expr))
}
