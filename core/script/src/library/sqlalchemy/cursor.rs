//! `CursorResult`: what a result tells of the statement that it comes from.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine.cursor`, the parts of
//! `DefaultExecutionContext` that results show.

use std::rc::Rc;

use ormscope::sql::compiler::Kind;
use ormscope::types::Value;

use super::result::{ResultData, Rows, is_soft_closed, told};
use super::row::row_object;
use super::values::to_object;
use super::{errors, inspection, peek, receiver};
use crate::builtins::Dict;
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

pub(super) fn class(base: &Rc<Class>) -> Rc<Class> {
    Class::builder("CursorResult")
        .module("sqlalchemy.engine.cursor")
        .base(base)
        .getter("rowcount", |vm, args| told(vm, &args, |rows| Object::Int(rows.rowcount)))
        .getter("lastrowid", |vm, args| {
            told(vm, &args, |rows| {
                // After an `executemany` the cursor has none.
                if rows.many && !rows.returns_rows { Object::None } else { Object::Int(rows.last_row_id) }
            })
        })
        .getter("returns_rows", |vm, args| told(vm, &args, |rows| Object::Bool(rows.returns_rows)))
        .getter("is_insert", |vm, args| told(vm, &args, |rows| Object::Bool(rows.kind == Some(Kind::Insert))))
        .getter("_soft_closed", |vm, args| told(vm, &args, |rows| Object::Bool(is_soft_closed(rows))))
        .getter("context", |vm, args| {
            let data = receiver::<ResultData>(vm, &args.positional[0])?;
            let (kind, many) = {
                let rows = data.rows.borrow();
                (rows.kind, rows.many)
            };
            let verb = match kind {
                Some(Kind::Insert) => "INSERT",
                Some(Kind::Update) => "UPDATE",
                Some(Kind::Delete) => "DELETE",
                _ => "SELECT",
            };
            inspection::make_support(
                vm,
                "ExecutionContext",
                vec![Object::None, Object::Bool(many), Object::None, Object::str(verb)],
            )
        })
        .getter("cursor", |vm, args| {
            let data = receiver::<ResultData>(vm, &args.positional[0])?;
            let (closed, names, rowcount) = {
                let rows = data.rows.borrow();
                let names = rows.keys.names.iter().map(Object::str).collect();
                (is_soft_closed(&rows), names, rows.rowcount)
            };
            if closed {
                return Ok(Object::None);
            }
            inspection::make_support(vm, "ResultCursor", vec![Object::list(names), Object::Int(rowcount)])
        })
        .getter("returned_defaults", |_, _| Ok(Object::None))
        .getter("returned_defaults_rows", |_, _| Ok(Object::None))
        .getter("inserted_primary_key", inserted_primary_key)
        .getter("inserted_primary_key_rows", |vm, args| {
            check_insert(vm, &args)?;
            let count = receiver::<ResultData>(vm, &args.positional[0])?.rows.borrow().inserted.len();
            let keys = (0..count).map(|at| primary_key(vm, &args, at)).collect::<PyResult<_>>()?;
            Ok(Object::list(keys))
        })
        .method("last_inserted_params", |vm, args| {
            check_insert(vm, &args)?;
            last_params(vm, &args)
        })
        .method("last_updated_params", |vm, args| {
            let data = receiver::<ResultData>(vm, &args.positional[0])?;
            if data.rows.borrow().kind != Some(Kind::Update) {
                let message = "Statement is not an update() expression construct.";
                return Err(errors::error(vm, "InvalidRequestError", message));
            }
            last_params(vm, &args)
        })
        .method("lastrow_has_defaults", |_, _| Ok(Object::Bool(false)))
        .method("prefetch_cols", |vm, args| {
            check_insert(vm, &args)?;
            Ok(Object::list(Vec::new()))
        })
        .method("postfetch_cols", |vm, args| {
            check_insert(vm, &args)?;
            Ok(Object::list(Vec::new()))
        })
        .method("supports_sane_rowcount", |_, _| Ok(Object::Bool(true)))
        .method("supports_sane_multi_rowcount", |_, _| Ok(Object::Bool(true)))
        .build()
}

fn check_insert(vm: &mut Vm, args: &Args) -> PyResult<()> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let (kind, is_raw) = {
        let rows = data.rows.borrow();
        (rows.kind, rows.is_raw)
    };
    match kind {
        _ if is_raw => {
            Err(errors::error(vm, "InvalidRequestError", "Statement is not a compiled expression construct."))
        }
        Some(Kind::Insert) => Ok(()),
        _ => Err(errors::error(
            vm,
            "InvalidRequestError",
            "Statement is not an insert() expression construct.",
        )),
    }
}

/// The parameters that went in: a dict, or a list of dicts.
fn last_params(vm: &mut Vm, args: &Args) -> PyResult<Object> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let (sets, many) = {
        let rows = data.rows.borrow();
        (rows.inserted.clone(), rows.many)
    };
    let mut dicts = Vec::with_capacity(sets.len());
    for set in &sets {
        let mut items = Vec::with_capacity(set.len());
        for (name, value) in set {
            items.push((vm.intern(name), to_object(vm, value)?));
        }
        dicts.push(Dict::from_names(items));
    }
    match (many, dicts.pop()) {
        (false, Some(only)) => Ok(only),
        (_, last) => {
            dicts.extend(last);
            Ok(Object::list(dicts))
        }
    }
}

fn inserted_primary_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    check_insert(vm, &args)?;
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let (many, returns_rows) = {
        let rows = data.rows.borrow();
        (rows.many, rows.returns_rows)
    };
    if returns_rows {
        let message = "Can't call inserted_primary_key when returning() is used.";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    if many {
        let message = "This statement was an executemany call; if primary key returning is supported, please use .inserted_primary_key_rows.";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    primary_key(vm, &args, 0)
}

/// The primary key of one of the rows that were inserted.
fn primary_key(vm: &mut Vm, args: &Args, at: usize) -> PyResult<Object> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let Some(table) = data.rows.borrow().inserted_table else { return Ok(Object::None) };
    let key: Vec<(Rc<str>, bool)> = peek(vm, |orm| {
        let table = orm.schema.table(table);
        let automatic = table.autoincrement_column();
        table
            .primary_key()
            .into_iter()
            .map(|at| (table.columns[at as usize].key.as_str().into(), automatic == Some(at)))
            .collect()
    })?;
    let given = |rows: &Rows, name: &Rc<str>| -> Option<Value> {
        let (_, value) = rows.inserted.get(at)?.iter().find(|(key, _)| key == name)?;
        Some(value.clone()).filter(|value| !value.is_null())
    };
    let mut values = Vec::new();
    for (name, automatic) in &key {
        let value = given(&data.rows.borrow(), name);
        let (last, many, named) = {
            let rows = data.rows.borrow();
            (rows.last_row_id, rows.many, !rows.inserted.is_empty())
        };
        values.push(match value {
            Some(value) => to_object(vm, &value)?,
            None if *automatic && !many && named => Object::Int(last),
            None => Object::None,
        });
    }
    let keys = Rc::new(key.into_iter().map(|(name, _)| name).collect());
    Ok(row_object(vm, &keys, values))
}
