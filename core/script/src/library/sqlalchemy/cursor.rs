//! `CursorResult`: what a result tells of the statement that it comes from.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine.cursor`, the parts of
//! `DefaultExecutionContext` that results show.

use std::rc::Rc;

use ormscope::orm::OrmRow;
use ormscope::sql::compiler::Kind;
use ormscope::types::{ColumnId, Value};

use super::result::{ResultData, Rows, is_soft_closed, put_rows, take_rows, told};
use super::row::{Keys, new_row, row_object};
use super::schema::column_object;
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
        .getter("returned_defaults", |vm, args| {
            let many = receiver::<ResultData>(vm, &args.positional[0])?.rows.borrow().many;
            if many {
                let message = "This statement was an executemany call; if return defaults is supported, please use .returned_defaults_rows.";
                return Err(errors::error(vm, "InvalidRequestError", message));
            }
            let rows = returned_defaults(vm, &args)?.unwrap_or_default();
            Ok(rows.into_iter().next().unwrap_or(Object::None))
        })
        .getter("returned_defaults_rows", |vm, args| {
            Ok(returned_defaults(vm, &args)?.map_or(Object::None, Object::list))
        })
        .getter("inserted_primary_key", inserted_primary_key)
        .getter("inserted_primary_key_rows", |vm, args| Ok(Object::list(primary_keys(vm, &args)?)))
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
        .method("lastrow_has_defaults", |vm, args| {
            told(vm, &args, |rows| Object::Bool(!rows.effects.postfetch.is_empty()))
        })
        .method("prefetch_cols", |vm, args| {
            check_changes(vm, &args)?;
            columns_told(vm, &args, |rows| rows.effects.prefetch.clone())
        })
        .method("postfetch_cols", |vm, args| {
            check_changes(vm, &args)?;
            columns_told(vm, &args, |rows| rows.effects.postfetch.clone())
        })
        .method("splice_horizontally", |vm, args| {
            let this = args.positional[0].clone();
            let other = args.positional.get(1).cloned().unwrap_or(Object::None);
            let (keys, rows) = take_rows(vm, &this)?;
            let (more_keys, more) = take_rows(vm, &other)?;
            let both = |(row, more): (OrmRow, OrmRow)| row.iter().chain(more.iter()).cloned().collect();
            let joined = rows.into_iter().zip(more).map(both);
            let names = keys.names.iter().chain(more_keys.names.iter()).cloned().collect();
            let keys = Keys {
                selected: Rc::default(),
                names: Rc::new(names),
                columns: keys.columns.iter().chain(&more_keys.columns).copied().collect(),
                by_name_only: keys.by_name_only,
            };
            put_rows(vm, &this, keys, joined.collect())?;
            Ok(this)
        })
        .method("splice_vertically", |vm, args| {
            let this = args.positional[0].clone();
            let other = args.positional.get(1).cloned().unwrap_or(Object::None);
            let (keys, mut rows) = take_rows(vm, &this)?;
            rows.extend(take_rows(vm, &other)?.1);
            let keys = Keys {
                selected: Rc::default(),
                names: Rc::clone(&keys.names),
                columns: keys.columns.clone(),
                by_name_only: keys.by_name_only,
            };
            put_rows(vm, &this, keys, rows)?;
            Ok(this)
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
        (rows.inserted.sets().collect::<Vec<_>>(), rows.many)
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

/// Refuses what only INSERT and UPDATE tell.
fn check_changes(vm: &mut Vm, args: &Args) -> PyResult<()> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let (kind, is_raw) = {
        let rows = data.rows.borrow();
        (rows.kind, rows.is_raw)
    };
    if is_raw {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "Statement is not a compiled expression construct.",
        ));
    }
    if !matches!(kind, Some(Kind::Insert | Kind::Update)) {
        let message = "Statement is not an insert() or update() expression construct.";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    Ok(())
}

fn columns_told(vm: &mut Vm, args: &Args, tell: fn(&Rows) -> Vec<ColumnId>) -> PyResult<Object> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let ids = tell(&data.rows.borrow());
    Ok(Object::list(ids.into_iter().map(|id| column_object(vm, id)).collect()))
}

/// The rows in which the database told keys and defaults.
fn returned_defaults(vm: &mut Vm, args: &Args) -> PyResult<Option<Vec<Object>>> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let (keys, rows) = {
        let rows = data.rows.borrow();
        // An UPDATE or DELETE that changed nothing tells nothing.
        let told = rows.defaults.clone().filter(|told| rows.kind == Some(Kind::Insert) || !told.is_empty());
        (Rc::clone(&rows.keys), told)
    };
    let Some(rows) = rows else { return Ok(None) };
    let mut objects = Vec::with_capacity(rows.len());
    for row in &rows {
        let values = row.iter().map(|value| to_object(vm, value)).collect::<PyResult<Vec<_>>>()?;
        objects.push(new_row(vm, &keys, values));
    }
    Ok(Some(objects))
}

fn inserted_primary_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let many = receiver::<ResultData>(vm, &args.positional[0])?.rows.borrow().many;
    if many {
        let message = "This statement was an executemany call; if primary key returning is supported, please use .inserted_primary_key_rows.";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    Ok(primary_keys(vm, &args)?.into_iter().next().unwrap_or(Object::None))
}

/// The primary keys of the rows that were inserted.
fn primary_keys(vm: &mut Vm, args: &Args) -> PyResult<Vec<Object>> {
    check_insert(vm, args)?;
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let (explicit, count) = {
        let rows = data.rows.borrow();
        let told = rows.defaults.as_ref().map(Vec::len);
        (rows.returns_rows && told.is_none(), told.unwrap_or(rows.inserted.len()))
    };
    if explicit {
        let message = "Can't call inserted_primary_key when returning() is used.";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    (0..count).map(|at| primary_key(vm, args, at)).collect()
}

/// The primary key of one of the rows that were inserted: told by the database
/// or the driver, or given with the statement.
fn primary_key(vm: &mut Vm, args: &Args, at: usize) -> PyResult<Object> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let Some(table) = data.rows.borrow().inserted_table else { return Ok(Object::None) };
    let key: Vec<(Rc<str>, ColumnId, bool)> = peek(vm, |orm| {
        let definition = orm.schema.table(table);
        let automatic = definition.autoincrement_column();
        let of = |index: u32| {
            let name = definition.columns[index as usize].key.as_str().into();
            (name, ColumnId { table, index }, automatic == Some(index))
        };
        definition.primary_key().into_iter().map(of).collect()
    })?;
    let mut values = Vec::new();
    for (name, id, automatic) in &key {
        let value = {
            let rows = data.rows.borrow();
            let told = || {
                let place = rows.keys.columns.iter().position(|base| *base == Some(*id))?;
                rows.defaults.as_ref()?.get(at)?.get(place).cloned()
            };
            let given = || rows.inserted.value(at, name).filter(|value| !value.is_null()).cloned();
            let last = || (*automatic && rows.effects.last_row_id).then(|| Value::Int(rows.last_row_id));
            told().or_else(given).or_else(last).unwrap_or(Value::Null)
        };
        values.push(to_object(vm, &value)?);
    }
    let keys = Rc::new(key.into_iter().map(|(name, ..)| name).collect());
    Ok(row_object(vm, &keys, values))
}
