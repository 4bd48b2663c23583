//! `ReadOnlyColumnCollection`: `table.c`, `subquery.c`, `select.selected_columns`,
//! and the columns of a key.
//!
//! It must not know how a statement is written.
//! SQLAlchemy counterpart: `ColumnCollection` of `sqlalchemy.sql.base`.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use ormscope::sql::{ColumnRef, Expr, From, Kind, Operator, Select, corresponding};
use ormscope::types::{ColumnId, TableId};
use rustc_hash::FxHashMap;

use super::expressions::{expr_object, require_expr, to_expr};
use super::froms::{FromData, column_object, same_element};
use super::{classes, errors, peek, receiver, schema};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of a collection.
enum Columns {
    /// Those of a table, or only those at some places: the columns of a key.
    Table { table: TableId, only: Option<Vec<u32>> },
    /// Those of something in FROM; their objects are made once.
    From { from: From, made: RefCell<FxHashMap<(Rc<str>, u32), Object>> },
    /// These.
    Chosen(Vec<(Rc<str>, Object)>),
}

/// `table.c`, or the columns of a constraint or an index.
pub(super) fn of_table(vm: &mut Vm, table: TableId, only: Option<Vec<u32>>) -> Object {
    object(vm, Columns::Table { table, only })
}

/// These, under these keys.
pub(super) fn chosen(vm: &mut Vm, columns: Vec<(Rc<str>, Object)>) -> Object {
    object(vm, Columns::Chosen(columns))
}

/// `element.c`
pub(super) fn of_from(vm: &mut Vm, from: From) -> Object {
    match from {
        From::Table(table) => of_table(vm, table, None),
        from => object(vm, Columns::From { from, made: RefCell::default() }),
    }
}

/// `select.selected_columns`
pub(super) fn of_select(vm: &mut Vm, select: &Select) -> PyResult<Object> {
    let columns = peek(vm, |orm| select.result_columns(&orm.schema))?;
    let mut chosen = Vec::new();
    for (key, expr) in columns {
        // Text has no column of its own.
        if matches!(expr.kind(), Kind::Text(_)) {
            continue;
        }
        chosen.push((key, of_expr(vm, &expr)?));
    }
    Ok(object(vm, Columns::Chosen(chosen)))
}

/// A column or another expression as an object.
pub(super) fn of_expr(vm: &mut Vm, expr: &Expr) -> PyResult<Object> {
    match expr.kind() {
        Kind::Column(column) => column_object(vm, column.clone()),
        _ => Ok(expr_object(vm, expr.clone())),
    }
}

/// The object of a column of an element whose collection lives, once it was made.
pub(super) fn known(vm: &mut Vm, from: &From, column: &ColumnRef) -> Option<Object> {
    let owner = vm.library.sqlalchemy.froms.get(&from.identity()).and_then(Weak::upgrade)?;
    let data = owner.data::<FromData>().filter(|data| same_element(&data.from, from))?;
    let collection = data.columns.borrow().clone()?;
    match &*collection.native::<Columns>()? {
        Columns::From { made, .. } => made.borrow().get(&(Rc::clone(&column.key), column.again)).cloned(),
        _ => None,
    }
}

/// The expressions of a collection, where an object is one: `select(table.c)`.
pub(super) fn exprs_of(vm: &mut Vm, object: &Object) -> PyResult<Option<Vec<Expr>>> {
    if object.native::<Columns>().is_none() {
        return Ok(None);
    }
    let columns = entries(vm, object)?;
    columns.iter().map(|(_, column)| require_expr(vm, column)).collect::<PyResult<Vec<_>>>().map(Some)
}

fn object(vm: &mut Vm, columns: Columns) -> Object {
    let class = classes(vm).column_collection.clone();
    Instance::native(&class, columns)
}

/// The keys and columns, in order.
fn entries(vm: &mut Vm, own: &Object) -> PyResult<Vec<(Rc<str>, Object)>> {
    let data = receiver::<Columns>(vm, own)?;
    match &*data {
        Columns::Table { table, only } => {
            let columns: Vec<(Rc<str>, u32)> = peek(vm, |orm| {
                let columns = &orm.schema.table(*table).columns;
                let places = match only {
                    Some(only) => only.clone(),
                    None => (0..columns.len() as u32).collect(),
                };
                let keyed = places.into_iter().filter_map(|index| {
                    columns.get(index as usize).map(|column| (column.key.as_str().into(), index))
                });
                keyed.collect()
            })?;
            let object = |(key, index)| (key, schema::column_object(vm, ColumnId { table: *table, index }));
            Ok(columns.into_iter().map(object).collect())
        }
        Columns::From { from, made } => {
            let columns: Vec<_> = peek(vm, |orm| {
                let columns = from.columns(&orm.schema).into_iter();
                columns.map(|column| (from.column_key(&orm.schema, &column), column)).collect()
            })?;
            let mut found = Vec::new();
            for (key, column) in columns {
                let own = (Rc::clone(&key), column.again);
                let known = made.borrow().get(&own).cloned();
                let object = match known {
                    Some(object) => object,
                    None => {
                        let object = column_object(vm, column)?;
                        made.borrow_mut().insert(own, object.clone());
                        object
                    }
                };
                found.push((key, object));
            }
            Ok(found)
        }
        Columns::Chosen(columns) => Ok(columns.clone()),
    }
}

/// The column of that key.
fn find(vm: &mut Vm, own: &Object, key: &str) -> PyResult<Option<Object>> {
    let data = receiver::<Columns>(vm, own)?;
    match &*data {
        Columns::Table { table, only } => {
            let index = peek(vm, |orm| orm.schema.table(*table).column_index(key))?;
            let index = index.filter(|index| only.as_ref().is_none_or(|only| only.contains(index)));
            Ok(index.map(|index| schema::column_object(vm, ColumnId { table: *table, index })))
        }
        Columns::From { from, made } => {
            let own: (Rc<str>, u32) = (key.into(), 0);
            let known = made.borrow().get(&own).cloned();
            if known.is_some() {
                return Ok(known);
            }
            let Some(column) = peek(vm, |orm| from.column(&orm.schema, key))? else { return Ok(None) };
            let object = column_object(vm, column)?;
            made.borrow_mut().insert(own, object.clone());
            Ok(Some(object))
        }
        Columns::Chosen(columns) => {
            Ok(columns.iter().find(|(known, _)| **known == *key).map(|(_, column)| column.clone()))
        }
    }
}

/// The key and column that a name or a place means.
fn entry(vm: &mut Vm, own: &Object, key: &Object) -> PyResult<(Rc<str>, Object)> {
    if let Object::Int(at) = key {
        let mut columns = entries(vm, own)?;
        return match usize::try_from(*at) {
            Ok(place) if place < columns.len() => Ok(columns.swap_remove(place)),
            _ => Err(vm.error(&vm.exceptions.index_error.clone(), at.to_string())),
        };
    }
    let name = match crate::builtins::base(key) {
        Object::Str(name) => Some(Rc::clone(name)),
        _ => None,
    };
    if let Some(name) = name
        && let Some(column) = find(vm, own, name.as_str())?
    {
        return Ok((name.as_str().into(), column));
    }
    Err(vm.key_error(key.clone()))
}

fn item(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this, key] = &args.positional[..] else {
        return Err(vm.type_error("__getitem__() takes exactly one argument"));
    };
    match key {
        Object::Slice(slice) => {
            let columns = entries(vm, this)?;
            let bounds = slice.bounds(vm, columns.len())?;
            let places = (0..bounds.len as i64).map(|at| bounds.start + at * bounds.step);
            let chosen = places.filter_map(|at| columns.get(usize::try_from(at).ok()?).cloned()).collect();
            Ok(object(vm, Columns::Chosen(chosen)))
        }
        Object::Tuple(keys) => {
            let chosen: PyResult<Vec<_>> = keys.iter().map(|key| entry(vm, this, key)).collect();
            let chosen = chosen?;
            Ok(object(vm, Columns::Chosen(chosen)))
        }
        key => Ok(entry(vm, this, key)?.1),
    }
}

/// Refuses a change.
fn refuse(vm: &mut Vm, _: Args) -> PyResult<Object> {
    Err(vm.type_error("ReadOnlyColumnCollection object is immutable and/or readonly"))
}

/// Whether two collections hold the same columns.
fn same(vm: &mut Vm, args: &Args) -> PyResult<Option<bool>> {
    let [this, other] = &args.positional[..] else { return Ok(None) };
    if other.native::<Columns>().is_none() {
        return Ok(None);
    }
    let (own, other) = (entries(vm, this)?, entries(vm, other)?);
    Ok(Some(own.len() == other.len() && own.iter().zip(&other).all(|((_, a), (_, b))| a.is(b))))
}

const METHODS: &[(&str, NativeFn)] = &[
    ("__getitem__", item),
    ("__setitem__", refuse),
    ("__delitem__", refuse),
    ("__setattr__", refuse),
    ("__delattr__", refuse),
    ("__getattr__", |vm, args| {
        let name = vm.str(&args.positional[1])?;
        match find(vm, &args.positional[0], name.as_str())? {
            Some(column) => Ok(column),
            None => Err(vm.error(&vm.exceptions.attribute_error.clone(), name.as_str())),
        }
    }),
    ("__iter__", |vm, args| {
        let columns = entries(vm, &args.positional[0])?;
        vm.iter(&Object::list(columns.into_iter().map(|(_, column)| column).collect()))
    }),
    ("__len__", |vm, args| Ok(Object::Int(entries(vm, &args.positional[0])?.len() as i64))),
    ("__bool__", |vm, args| Ok(Object::Bool(!entries(vm, &args.positional[0])?.is_empty()))),
    ("__contains__", |vm, args| match crate::builtins::base(&args.positional[1]).clone() {
        Object::Str(name) => Ok(find(vm, &args.positional[0], name.as_str())?.is_some().into()),
        Object::Int(at) => {
            let length = entries(vm, &args.positional[0])?.len();
            Ok(Object::Bool(usize::try_from(at).is_ok_and(|at| at < length)))
        }
        _ => Err(errors::error(vm, "ArgumentError", "__contains__ requires a string argument")),
    }),
    ("__eq__", |vm, args| Ok(Object::Bool(same(vm, &args)?.unwrap_or(false)))),
    ("__ne__", |vm, args| Ok(Object::Bool(!same(vm, &args)?.unwrap_or(false)))),
    ("compare", |vm, args| Ok(Object::Bool(same(vm, &args)?.unwrap_or(false)))),
    ("__str__", |vm, args| {
        let columns = entries(vm, &args.positional[0])?;
        let mut shown = Vec::new();
        for (_, column) in columns {
            shown.push(vm.str(&column)?.as_str().to_string());
        }
        Ok(Object::str(format!("ReadOnlyColumnCollection({})", shown.join(", "))))
    }),
    ("__clause_element__", |vm, args| {
        let exprs = exprs_of(vm, &args.positional[0])?.unwrap_or_default();
        Ok(expr_object(vm, Expr::comma_list(exprs, false)))
    }),
    ("keys", |vm, args| {
        let columns = entries(vm, &args.positional[0])?;
        Ok(Object::list(columns.iter().map(|(key, _)| Object::str(key)).collect()))
    }),
    ("values", |vm, args| {
        let columns = entries(vm, &args.positional[0])?;
        Ok(Object::list(columns.into_iter().map(|(_, column)| column).collect()))
    }),
    ("items", |vm, args| {
        let columns = entries(vm, &args.positional[0])?.into_iter();
        let pairs = columns.map(|(key, column)| Object::tuple(vec![Object::str(&key), column]));
        Ok(Object::list(pairs.collect()))
    }),
    ("get", |vm, args| {
        let [this, key, rest @ ..] = &args.positional[..] else {
            return Err(vm.type_error("get() missing 1 required positional argument: 'key'"));
        };
        let found = match key {
            Object::Int(at) => {
                usize::try_from(*at).ok().and_then(|at| entries(vm, this).ok()?.into_iter().nth(at))
            }
            Object::Str(name) => find(vm, this, name.as_str())?.map(|column| (name.as_str().into(), column)),
            _ => None,
        };
        Ok(found.map(|(_, column)| column).or_else(|| rest.first().cloned()).unwrap_or(Object::None))
    }),
    ("contains_column", |vm, args| {
        if let Object::Str(_) = &args.positional[1] {
            return Err(errors::error(
                vm,
                "ArgumentError",
                "contains_column cannot be used with string arguments. Use ``col_name in table.c`` instead.",
            ));
        }
        let Some(wanted) = to_expr(vm, &args.positional[1])? else { return Ok(Object::Bool(false)) };
        let columns = exprs_of(vm, &args.positional[0])?.unwrap_or_default();
        Ok(Object::Bool(columns.iter().any(|column| column.is(&wanted))))
    }),
    ("corresponding_column", corresponding_column),
];

/// `collection.corresponding_column(column)`
pub(super) fn corresponding_column(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let columns = entries(vm, &args.positional[0])?;
    let exprs = exprs_of(vm, &args.positional[0])?.unwrap_or_default();
    let Some(wanted) = args.positional.get(1) else {
        return Err(vm.type_error("corresponding_column() missing 1 required positional argument: 'column'"));
    };
    let Some(wanted_expr) = to_expr(vm, wanted)? else {
        return Err(vm.attribute_error(wanted, "proxy_set"));
    };
    let found = peek(vm, |orm| corresponding(&orm.schema, &exprs, &wanted_expr))?;
    Ok(found.and_then(|at| columns.into_iter().nth(at)).map_or(Object::None, |(_, column)| column))
}

/// The class of every collection of columns that a program sees.
pub(super) fn class() -> Rc<Class> {
    let mut builder = Class::builder("ReadOnlyColumnCollection")
        .module("sqlalchemy.sql.base")
        .attribute("__hash__", Object::None);
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder.build()
}

/// `ColumnSet`: the columns of a primary key that is no constraint of a table.
pub(super) fn column_set(vm: &mut Vm, columns: Vec<Object>) -> PyResult<Object> {
    let class = super::inspection::support(vm, "ColumnSet")?;
    vm.call(&class, Args::positional(vec![Object::list(columns)]))
}

/// The columns among some that no other among them is equal to, by foreign keys
/// or by a condition. Counterpart: `reduce_columns` of `sqlalchemy.sql.util`.
pub(super) fn reduced(
    vm: &mut Vm,
    exprs: Vec<Expr>,
    conditions: &[Expr],
    only_synonyms: bool,
) -> PyResult<Vec<Expr>> {
    let mut omitted = vec![false; exprs.len()];
    let base = |expr: &Expr| match expr.kind() {
        Kind::Column(column) => column.base,
        _ => None,
    };
    let name = |expr: &Expr| match expr.kind() {
        Kind::Column(column) => Some(Rc::clone(column.name.base())),
        _ => None,
    };
    for (at, expr) in exprs.iter().enumerate() {
        let Some(own) = base(expr) else { continue };
        let keys = peek(vm, |orm| orm.schema.foreign_keys(own.table))?;
        omitted[at] = keys.iter().filter(|(key, _)| *key == own).any(|(_, target)| {
            exprs.iter().enumerate().any(|(other, one)| {
                other != at && base(one) == Some(*target) && (!only_synonyms || name(one) == name(expr))
            })
        });
    }
    for condition in conditions {
        condition.walk(&mut |part| {
            let Kind::Binary { left, op: Operator::Eq, right, .. } = part.kind() else { return };
            let free = |side: &Expr| exprs.iter().zip(&omitted).any(|(one, gone)| !gone && one.is(side));
            if !free(left) || !free(right) {
                return;
            }
            let equal = |one: &Expr| one.is(right) && (!only_synonyms || name(one) == name(left));
            if let Some(at) = exprs.iter().rposition(equal) {
                omitted[at] = true;
            }
        });
    }
    let kept = exprs.into_iter().zip(omitted).filter(|(_, omitted)| !omitted);
    Ok(kept.map(|(expr, _)| expr).collect())
}
