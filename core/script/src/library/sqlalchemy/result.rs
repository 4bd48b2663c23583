//! `Result` and its kin: rows that wait to be fetched.
//!
//! The driver has read all rows before; here they are handed out in the shape
//! that is asked for. SQLAlchemy counterpart: `sqlalchemy.engine.result`,
//! `sqlalchemy.engine.cursor`.

use std::cell::{OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use ormscope::engine::{Inserted, ResultSet};
use ormscope::orm::{OrmRow, OrmRows, RowValue};
use ormscope::sql::compiler::{Effects, Kind};
use ormscope::types::{TableId, Value};

use super::arguments::Arguments;
use super::row::{Keys, mapping_object, new_legacy_row, new_row};
use super::values::to_object;
use super::{classes, errors, receiver};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult, Unwind};
use crate::vm::Vm;

pub(super) use super::row::RowData;

/// The rows of a result, not yet fetched.
#[derive(Clone, Default)]
pub(super) struct Rows {
    pub(super) keys: Rc<Keys>,
    pub(super) rows: VecDeque<OrmRow>,
    pub(super) returns_rows: bool,
    pub(super) rowcount: i64,
    pub(super) last_row_id: i64,
    pub(super) inserted: Inserted,
    pub(super) inserted_table: Option<TableId>,
    pub(super) kind: Option<Kind>,
    pub(super) many: bool,
    pub(super) is_raw: bool,
    /// What the statement told of itself.
    pub(super) effects: Effects,
    /// The rows that gave keys and defaults.
    pub(super) defaults: Option<Vec<Vec<Value>>>,
    /// Whether the rows come from a cursor, and not from the ORM.
    pub(super) is_cursor: bool,
    /// Whether rows are 1.4's, which are mappings too.
    pub(super) legacy: bool,
    /// Whether it was closed, so that fetching is refused.
    pub(super) closed: bool,
    /// Whether it was found that there are no more rows.
    pub(super) exhausted: bool,
    pub(super) yield_per: Option<usize>,
    /// Whether an object may come in several rows, so that `unique()` is asked for.
    pub(super) needs_unique: bool,
    /// Whether each row is one object.
    pub(super) single_entity: bool,
    /// Where the ORM made the rows: what is not made into objects yet.
    pub(super) more: Option<super::orm_rows::More>,
    /// Those that were made at once with the last; they live as long as it is read.
    pub(super) held: Vec<OrmRow>,
    /// How values are gathered in bundles.
    pub(super) layout: Option<Rc<Vec<super::bundles::Place>>>,
}

/// The native data of a `Result`, `ScalarResult` or `MappingResult`.
pub(super) struct ResultData {
    pub(super) rows: Rc<RefCell<Rows>>,
    shape: Shape,
    /// The columns that are asked for; none for all.
    columns: RefCell<Option<Vec<usize>>>,
    unique: RefCell<Option<Unique>>,
}

impl ResultData {
    /// The place of a row's only value, where nothing else is made of it.
    fn only_place(&self) -> Option<usize> {
        let plain = self.shape == Shape::Scalar
            && self.unique.borrow().is_none()
            && self.rows.borrow().layout.is_none();
        match &*self.columns.borrow() {
            _ if !plain => None,
            None => Some(0),
            Some(chosen) => chosen.first().copied(),
        }
    }
}

/// What each row is given as.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Row,
    Scalar,
    Mapping,
}

/// What has been given already, so that it is not given again.
#[derive(Clone)]
struct Unique {
    seen: Rc<Dict>,
    strategy: Option<Object>,
}

/// The classes of results.
pub(super) struct ResultClasses {
    pub(super) base: Rc<Class>,
    pub(super) cursor: Rc<Class>,
    pub(super) scalar: Rc<Class>,
    pub(super) mapping: Rc<Class>,
    /// What connections give in 1.4.
    legacy: Rc<Class>,
    chunked: Rc<Class>,
    iterator: Rc<Class>,
    merged: Rc<Class>,
    frozen: Rc<Class>,
}

impl ResultClasses {
    pub(super) fn new() -> ResultClasses {
        let base = base_class();
        let kind = |name: &str| Class::builder(name).module("sqlalchemy.engine.result").base(&base).build();
        let cursor = super::cursor::class(&base);
        ResultClasses {
            legacy: Class::builder("LegacyCursorResult")
                .module("sqlalchemy.engine.cursor")
                .base(&cursor)
                .build(),
            cursor,
            scalar: view_class("ScalarResult", &[]),
            mapping: view_class(
                "MappingResult",
                &[
                    ("keys", keys),
                    ("columns", columns),
                    ("fetchone", |vm, args| {
                        Ok(fetch(vm, &args.positional[0], 1)?.pop().unwrap_or(Object::None))
                    }),
                ],
            ),
            chunked: kind("ChunkedIteratorResult"),
            iterator: kind("IteratorResult"),
            merged: kind("MergedResult"),
            frozen: frozen_class(),
            base,
        }
    }

    /// Their names and classes.
    pub(super) fn names(&self) -> Vec<(&'static str, Object)> {
        [
            ("Result", &self.base),
            ("CursorResult", &self.cursor),
            ("ScalarResult", &self.scalar),
            ("MappingResult", &self.mapping),
            ("ChunkedIteratorResult", &self.chunked),
            ("IteratorResult", &self.iterator),
            ("MergedResult", &self.merged),
            ("FrozenResult", &self.frozen),
        ]
        .map(|(name, class)| (name, Object::Class(Rc::clone(class))))
        .into()
    }
}

impl Rows {
    /// The rows of a Core statement.
    pub(super) fn from_set(set: ResultSet) -> Rows {
        let keys = Keys {
            names: Rc::new(set.columns.iter().map(|column| Rc::clone(&column.key)).collect()),
            columns: set.columns.iter().map(|column| column.base).collect(),
            selected: Rc::default(),
            by_name_only: set.names_only,
        };
        Rows {
            keys: Rc::new(keys),
            rows: set.rows.into_iter().map(|row| row.into_iter().map(RowValue::Value).collect()).collect(),
            returns_rows: set.returns_rows,
            // Of rows that come back, `sqlite3` counts none before the last was fetched.
            rowcount: if set.returns_rows && !set.many && set.defaults.is_none() {
                set.rowcount.min(0)
            } else {
                set.rowcount
            },
            last_row_id: set.last_row_id,
            inserted: set.inserted,
            kind: set.kind,
            many: set.many,
            is_raw: set.is_raw,
            effects: set.effects,
            defaults: set.defaults,
            is_cursor: true,
            ..Rows::default()
        }
    }

    /// The rows of a query.
    pub(super) fn from_orm(rows: OrmRows) -> Rows {
        Rows {
            keys: Rc::new(Keys::plain(&rows.keys)),
            rows: rows.rows.into(),
            returns_rows: true,
            needs_unique: rows.needs_unique,
            single_entity: rows.single_entity,
            rowcount: -1,
            ..Rows::default()
        }
    }
}

/// A `Result` over rows.
pub(super) fn result_object(vm: &mut Vm, rows: Rows) -> Object {
    let own = classes(vm);
    let class = match (rows.is_cursor, rows.legacy) {
        (true, true) => &own.results.legacy,
        (true, false) => &own.results.cursor,
        (false, _) => &own.results.chunked,
    };
    of_class(class, rows)
}

fn of_class(class: &Rc<Class>, rows: Rows) -> Object {
    let rows = Rc::new(RefCell::new(rows));
    let data =
        ResultData { rows, shape: Shape::Row, columns: RefCell::default(), unique: RefCell::default() };
    Instance::native(class, data)
}

/// A value of a row as a Python object.
pub(super) fn value_object(vm: &mut Vm, value: &RowValue) -> PyResult<Object> {
    match value {
        RowValue::Value(value) => to_object(vm, value),
        RowValue::Object(Some(object)) => Ok(super::mapping::instance_of(object)),
        RowValue::Object(None) => Ok(Object::None),
    }
}

/// What every kind of result has.
const METHODS: &[(&str, NativeFn)] = &[
    ("__iter__", |vm, args| {
        check(vm, &args.positional[0])?;
        Ok(args.positional[0].clone())
    }),
    ("__next__", |vm, args| match fetch(vm, &args.positional[0], 1)?.pop() {
        Some(row) => Ok(row),
        None => Err(vm.stop_iteration(Object::None)),
    }),
    ("__enter__", |_, args| Ok(args.positional[0].clone())),
    ("__exit__", |vm, args| {
        close(vm, &args.positional[0], true)?;
        Ok(Object::None)
    }),
    ("all", |vm, args| Ok(Object::list(fetch(vm, &args.positional[0], usize::MAX)?))),
    ("fetchall", |vm, args| Ok(Object::list(fetch(vm, &args.positional[0], usize::MAX)?))),
    ("fetchmany", |vm, args| {
        let mut args = Arguments::new("fetchmany", args);
        let this = args.receiver();
        let size = page(vm, &this, args.take("size"))?;
        Ok(Object::list(fetch(vm, &this, size)?))
    }),
    ("first", |vm, args| {
        let was_at_end = at_end(vm, &args.positional[0])?;
        let first = first_row(vm, &args.positional[0])?.unwrap_or(Object::None);
        close(vm, &args.positional[0], !was_at_end)?;
        Ok(first)
    }),
    ("one", |vm, args| only(vm, &args.positional[0], true)),
    ("one_or_none", |vm, args| only(vm, &args.positional[0], false)),
    ("unique", |vm, args| {
        let mut args = Arguments::new("unique", args);
        let this = args.receiver();
        let strategy = args.take("strategy").filter(|strategy| !strategy.is_none());
        let seen = Rc::new(Dict::new());
        *receiver::<ResultData>(vm, &this)?.unique.borrow_mut() = Some(Unique { seen, strategy });
        Ok(this)
    }),
    ("yield_per", |vm, args| {
        let data = receiver::<ResultData>(vm, &args.positional[0])?;
        if let Some(Object::Int(size)) = args.positional.get(1) {
            let size = usize::try_from(*size).ok();
            let mut rows = data.rows.borrow_mut();
            rows.yield_per = size;
            if let Some(more) = &mut rows.more {
                more.size = size;
            }
        }
        Ok(args.positional[0].clone())
    }),
    ("partitions", |vm, args| {
        let mut args = Arguments::new("partitions", args);
        let this = args.receiver();
        let size = page(vm, &this, args.take("size"))?;
        let fetchmany = vm.get_attr(&this, "fetchmany")?;
        let size = Object::Int(i64::try_from(size).unwrap_or(i64::MAX));
        super::inspection::make_support(vm, "partitions", vec![fetchmany, size])
    }),
    ("close", |vm, args| {
        close(vm, &args.positional[0], true)?;
        Ok(Object::None)
    }),
];

/// What results of whole rows have beside that.
const ROW_METHODS: &[(&str, NativeFn)] = &[
    ("fetchone", |vm, args| Ok(fetch(vm, &args.positional[0], 1)?.pop().unwrap_or(Object::None))),
    ("scalar", |vm, args| {
        let was_at_end = at_end(vm, &args.positional[0])?;
        let first = first_row(vm, &args.positional[0])?;
        close(vm, &args.positional[0], !was_at_end)?;
        Ok(first_value(first))
    }),
    ("scalar_one", |vm, args| Ok(first_value(Some(only(vm, &args.positional[0], true)?)))),
    ("scalar_one_or_none", |vm, args| Ok(first_value(Some(only(vm, &args.positional[0], false)?)))),
    ("scalars", |vm, args| {
        let mut args = Arguments::new("scalars", args);
        let this = args.receiver();
        let index = args.take("index").unwrap_or(Object::Int(0));
        let data = receiver::<ResultData>(vm, &this)?;
        check_rows(vm, &data)?;
        let at = place(vm, &data, &index)?;
        Ok(view(vm, &data, Shape::Scalar, Some(vec![at])))
    }),
    ("mappings", |vm, args| {
        let data = receiver::<ResultData>(vm, &args.positional[0])?;
        let columns = data.columns.borrow().clone();
        Ok(view(vm, &data, Shape::Mapping, columns))
    }),
    ("columns", columns),
    ("keys", keys),
    ("tuples", |_, args| Ok(args.positional[0].clone())),
    ("freeze", |vm, args| {
        let data = receiver::<ResultData>(vm, &args.positional[0])?;
        if !data.rows.borrow().returns_rows {
            let class = vm.exceptions.not_implemented_error.clone();
            return Err(vm.error(&class, ""));
        }
        check(vm, &args.positional[0])?;
        load_all(vm, &data)?;
        let mut frozen = data.rows.borrow().clone();
        data.rows.borrow_mut().rows.clear();
        if let Some(chosen) = data.columns.borrow().as_ref() {
            frozen.keys = Rc::new(frozen.keys.reduced(chosen));
            for row in &mut frozen.rows {
                *row = chosen.iter().filter_map(|at| row.get(*at).cloned()).collect();
            }
        }
        let class = Rc::clone(&classes(vm).results.frozen);
        Ok(Instance::native(&class, FrozenData { rows: frozen }))
    }),
    ("merge", |vm, args| {
        let data = receiver::<ResultData>(vm, &args.positional[0])?;
        load_all(vm, &data)?;
        let mut merged = data.rows.borrow().clone();
        for other in &args.positional[1..] {
            let other = receiver::<ResultData>(vm, other)?;
            load_all(vm, &other)?;
            let other = other.rows.borrow();
            merged.rows.extend(other.rows.iter().cloned());
            merged.rowcount += other.rowcount;
        }
        let class = Rc::clone(&classes(vm).results.merged);
        Ok(of_class(&class, merged))
    }),
];

/// The rows of a result as its columns leave them, which are taken out of it.
pub(super) fn take_rows(vm: &mut Vm, object: &Object) -> PyResult<(Rc<Keys>, Vec<OrmRow>)> {
    let data = check(vm, object)?;
    let keys = current_keys(&data);
    let rows: Vec<OrmRow> = data.rows.borrow_mut().rows.drain(..).collect();
    data.rows.borrow_mut().exhausted = true;
    let chosen = data.columns.borrow().clone();
    let reduced = |row: OrmRow| match &chosen {
        Some(chosen) => chosen.iter().filter_map(|at| row.get(*at).cloned()).collect(),
        None => row,
    };
    Ok((keys, rows.into_iter().map(reduced).collect()))
}

/// Gives a result other rows.
pub(super) fn put_rows(vm: &mut Vm, object: &Object, keys: Keys, put: Vec<OrmRow>) -> PyResult<()> {
    let data = receiver::<ResultData>(vm, object)?;
    *data.columns.borrow_mut() = None;
    let mut rows = data.rows.borrow_mut();
    rows.keys = Rc::new(keys);
    rows.rows = put.into();
    rows.exhausted = false;
    Ok(())
}

/// The native data of a `FrozenResult`.
struct FrozenData {
    rows: Rows,
}

fn frozen_class() -> Rc<Class> {
    Class::builder("FrozenResult")
        .module("sqlalchemy.engine.result")
        .method("__call__", |vm, args| {
            let own = receiver::<FrozenData>(vm, &args.positional[0])?;
            let class = Rc::clone(&classes(vm).results.iterator);
            Ok(of_class(&class, own.rows.clone()))
        })
        .method("with_new_rows", |vm, args| {
            let own = receiver::<FrozenData>(vm, &args.positional[0])?;
            let mut frozen = own.rows.clone();
            frozen.rows.clear();
            let given = args.positional.get(1).cloned().unwrap_or(Object::None);
            for row in vm.collect(&given)? {
                let values = match frozen.single_entity && super::mapping::object_of(&row).is_some() {
                    true => vec![row],
                    false => vm.collect(&row)?,
                };
                let mut read = Vec::new();
                for value in values {
                    read.push(match super::mapping::object_of(&value) {
                        Some(object) => RowValue::Object(Some(object)),
                        None => RowValue::Value(super::values::to_value(vm, &value)?),
                    });
                }
                frozen.rows.push_back(read.into());
            }
            let class = vm.class_of(&args.positional[0]);
            Ok(Instance::native(&class, FrozenData { rows: frozen }))
        })
        .getter("data", |vm, args| {
            let own = receiver::<FrozenData>(vm, &args.positional[0])?;
            let class = Rc::clone(&classes(vm).results.iterator);
            let result = of_class(&class, own.rows.clone());
            Ok(Object::list(fetch(vm, &result, usize::MAX)?))
        })
        .build()
}

fn base_class() -> Rc<Class> {
    let mut builder = Class::builder("Result").module("sqlalchemy.engine.result");
    for (name, call) in METHODS.iter().chain(ROW_METHODS) {
        builder = builder.method(name, *call);
    }
    let closed: NativeFn = is_closed;
    builder.getter("closed", closed).getter("t", |_, args| Ok(args.positional[0].clone())).build()
}

fn view_class(name: &str, more: &[(&str, NativeFn)]) -> Rc<Class> {
    let mut builder = Class::builder(name).module("sqlalchemy.engine.result");
    for (name, call) in METHODS.iter().chain(more) {
        builder = builder.method(name, *call);
    }
    builder.getter("closed", is_closed).build()
}

fn is_closed(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let closed = data.rows.borrow().closed;
    Ok(Object::Bool(closed))
}

/// The same rows in another shape.
fn view(vm: &mut Vm, data: &ResultData, shape: Shape, columns: Option<Vec<usize>>) -> Object {
    let own = classes(vm);
    let class = if shape == Shape::Scalar { &own.results.scalar } else { &own.results.mapping };
    let unique = RefCell::new(data.unique.borrow().clone());
    let view = ResultData { rows: Rc::clone(&data.rows), shape, columns: RefCell::new(columns), unique };
    Instance::native(class, view)
}

/// `keys()`
fn keys(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    check_rows(vm, &data)?;
    current_keys(&data).view(vm)
}

/// The columns as `columns()` left them.
fn current_keys(data: &ResultData) -> Rc<Keys> {
    let keys = Rc::clone(&data.rows.borrow().keys);
    match data.columns.borrow().as_ref() {
        Some(chosen) => Rc::new(keys.reduced(chosen)),
        None => keys,
    }
}

/// `columns(…)`: only these, in this order.
fn columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    check_rows(vm, &data)?;
    let mut chosen = Vec::new();
    for key in &args.positional[1..] {
        chosen.push(place(vm, &data, key)?);
    }
    *data.columns.borrow_mut() = Some(chosen);
    Ok(args.positional[0].clone())
}

/// The place of a column among all, by its place or key among those asked for.
fn place(vm: &mut Vm, data: &ResultData, key: &Object) -> PyResult<usize> {
    let keys = current_keys(data);
    let at = match key {
        Object::Int(index) => {
            let length = keys.names.len() as i64;
            let at = if *index < 0 { index + length } else { *index };
            if !(0..length).contains(&at) {
                return Err(vm.error(&vm.exceptions.index_error.clone(), "list index out of range"));
            }
            at as usize
        }
        key => keys.require(vm, key)?,
    };
    let chosen = data.columns.borrow();
    Ok(chosen.as_ref().and_then(|chosen| chosen.get(at).copied()).unwrap_or(at))
}

/// How many rows a page has: as told, or one from a cursor, or all.
fn page(vm: &mut Vm, this: &Object, size: Option<Object>) -> PyResult<usize> {
    let data = receiver::<ResultData>(vm, this)?;
    let rows = data.rows.borrow();
    Ok(match size {
        Some(Object::Int(size)) => usize::try_from(size).unwrap_or(usize::MAX),
        _ => match rows.yield_per {
            Some(size) => size,
            None if rows.is_cursor && data.unique.borrow().is_none() => 1,
            None => usize::MAX,
        },
    })
}

/// Whether it is known that there are no more rows.
fn at_end(vm: &mut Vm, object: &Object) -> PyResult<bool> {
    Ok(receiver::<ResultData>(vm, object)?.rows.borrow().exhausted)
}

fn close(vm: &mut Vm, object: &Object, force: bool) -> PyResult<()> {
    let data = receiver::<ResultData>(vm, object)?;
    let mut rows = data.rows.borrow_mut();
    rows.rows.clear();
    rows.held.clear();
    rows.more = None;
    // Where the rows came to their end before, nothing is closed any more.
    rows.closed |= force || !rows.exhausted;
    Ok(())
}

/// The next row; more are made into objects where they wait.
fn next_row(vm: &mut Vm, data: &ResultData) -> PyResult<Option<OrmRow>> {
    loop {
        if let Some(row) = data.rows.borrow_mut().rows.pop_front() {
            return Ok(Some(row));
        }
        let more = data.rows.borrow_mut().more.take();
        let held = std::mem::take(&mut data.rows.borrow_mut().held);
        let Some(mut more) = more else { return Ok(None) };
        let made = more.next_rows(vm)?;
        drop(held);
        let mut rows = data.rows.borrow_mut();
        rows.held.clone_from(&made);
        rows.rows.extend(made);
        rows.more = more.rest();
    }
}

/// Makes all rows that wait into objects.
fn load_all(vm: &mut Vm, data: &ResultData) -> PyResult<()> {
    let more = data.rows.borrow_mut().more.take();
    if let Some(mut more) = more {
        more.size = None;
        let made = more.next_rows(vm)?;
        data.rows.borrow_mut().rows.extend(made);
    }
    Ok(())
}

/// Refuses to fetch where there are no rows.
fn check_rows(vm: &mut Vm, data: &ResultData) -> PyResult<()> {
    if data.rows.borrow().returns_rows {
        return Ok(());
    }
    Err(errors::error(
        vm,
        "ResourceClosedError",
        "This result object does not return rows. It has been closed automatically.",
    ))
}

/// Refuses to fetch from a result that has no rows, was closed, or needs `unique()`.
fn check(vm: &mut Vm, object: &Object) -> PyResult<Rc<ResultData>> {
    let data = receiver::<ResultData>(vm, object)?;
    check_rows(vm, &data)?;
    let refused = |vm: &mut Vm, class: &str, message: &str| -> Unwind { errors::error(vm, class, message) };
    if data.rows.borrow().closed {
        return Err(refused(vm, "ResourceClosedError", "This result object is closed."));
    }
    if data.rows.borrow().needs_unique && data.unique.borrow().is_none() {
        return Err(refused(
            vm,
            "InvalidRequestError",
            "The unique() method must be invoked on this Result, as it contains results that include joined eager loads against collections",
        ));
    }
    Ok(data)
}

/// Takes the next rows, in the shape of the result.
pub(super) fn fetch(vm: &mut Vm, object: &Object, count: usize) -> PyResult<Vec<Object>> {
    let data = check(vm, object)?;
    if let Some(place) = data.only_place() {
        return fetch_values(vm, &data, place, count);
    }
    // Only rows know the names of their values.
    let keys = OnceCell::new();
    let keys = || keys.get_or_init(|| current_keys(&data));
    let chosen = data.columns.borrow().clone();
    let (legacy, layout) = {
        let rows = data.rows.borrow();
        (rows.legacy, rows.layout.clone())
    };
    let unique = data.unique.borrow().clone();
    let paged = data.rows.borrow().more.as_ref().is_some_and(|more| more.size.is_some());
    if unique.is_some() && paged {
        let message = "Can't use the ORM yield_per feature in conjunction with unique()";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    let mut fetched: Vec<Object> = Vec::new();
    while fetched.len() < count {
        let Some(row) = next_row(vm, &data)? else {
            data.rows.borrow_mut().exhausted = true;
            break;
        };
        let mut values = Vec::with_capacity(row.len());
        match &chosen {
            None => {
                for value in row.iter() {
                    values.push(value_object(vm, value)?);
                }
                if let Some(layout) = &layout {
                    values = super::bundles::gathered(vm, layout, values)?;
                }
            }
            Some(chosen) if layout.is_some() => {
                let flat = row.iter().map(|value| value_object(vm, value)).collect::<PyResult<Vec<_>>>()?;
                let all = match &layout {
                    Some(layout) => super::bundles::gathered(vm, layout, flat)?,
                    None => flat,
                };
                values.extend(chosen.iter().map(|at| all.get(*at).cloned().unwrap_or(Object::None)));
            }
            Some(chosen) => {
                for at in chosen {
                    values.push(match row.get(*at) {
                        Some(value) => value_object(vm, value)?,
                        None => Object::None,
                    });
                }
            }
        }
        if let Some(unique) = &unique {
            let identity = identity(vm, &data, unique, &row, &values, chosen.as_deref())?;
            if unique.seen.insert(vm, identity, Object::None)?.is_some() {
                continue;
            }
        }
        fetched.push(match data.shape {
            Shape::Scalar => values.into_iter().next().unwrap_or(Object::None),
            Shape::Mapping => mapping_object(vm, keys(), Rc::new(values)),
            Shape::Row if legacy => new_legacy_row(vm, keys(), values),
            Shape::Row => new_row(vm, keys(), values),
        });
    }
    Ok(fetched)
}

/// The next values of one place, as `scalars()` has them.
fn fetch_values(vm: &mut Vm, data: &ResultData, place: usize, count: usize) -> PyResult<Vec<Object>> {
    let mut fetched = Vec::new();
    while fetched.len() < count {
        let Some(row) = next_row(vm, data)? else {
            data.rows.borrow_mut().exhausted = true;
            break;
        };
        fetched.push(match row.get(place) {
            Some(value) => value_object(vm, value)?,
            None => Object::None,
        });
    }
    Ok(fetched)
}

/// What makes a row the same as another: its values, objects by identity, or
/// what the program's own function makes of it.
fn identity(
    vm: &mut Vm,
    data: &ResultData,
    unique: &Unique,
    row: &[RowValue],
    values: &[Object],
    chosen: Option<&[usize]>,
) -> PyResult<Object> {
    if let Some(strategy) = &unique.strategy {
        // A function is given the row, of which the shape is made only later.
        let subject = match data.shape {
            Shape::Scalar if data.rows.borrow().single_entity => {
                values.first().cloned().unwrap_or(Object::None)
            }
            _ => new_row(vm, &current_keys(data), values.to_vec()),
        };
        return vm.call_with(strategy, vec![subject]);
    }
    let is_object = |at: usize| {
        let at = chosen.map_or(Some(at), |chosen| chosen.get(at).copied());
        data.rows.borrow().layout.is_none()
            && at.is_some_and(|at| matches!(row.get(at), Some(RowValue::Object(_))))
    };
    let parts = values.iter().enumerate().map(|(at, value)| match value.address() {
        Some(address) if is_object(at) => Object::Int(address as i64),
        _ => value.clone(),
    });
    Ok(Object::tuple(parts.collect()))
}

/// The first row, which is one of its own however often it comes.
fn first_row(vm: &mut Vm, object: &Object) -> PyResult<Option<Object>> {
    receiver::<ResultData>(vm, object)?.rows.borrow_mut().needs_unique = false;
    Ok(fetch(vm, object, 1)?.pop())
}

/// The only row; with `required`, there must be one. The result is closed.
fn only(vm: &mut Vm, object: &Object, required: bool) -> PyResult<Object> {
    let was_at_end = at_end(vm, object)?;
    let mut rows = fetch(vm, object, 2)?;
    close(vm, object, !was_at_end)?;
    match (rows.len(), required) {
        (0, true) => Err(errors::error(vm, "NoResultFound", "No row was found when one was required")),
        (0, false) => Ok(Object::None),
        (1, _) => Ok(rows.remove(0)),
        (_, true) => Err(errors::error(
            vm,
            "MultipleResultsFound",
            "Multiple rows were found when exactly one was required",
        )),
        (_, false) => Err(errors::error(
            vm,
            "MultipleResultsFound",
            "Multiple rows were found when one or none was required",
        )),
    }
}

fn first_value(row: Option<Object>) -> Object {
    match row {
        None | Some(Object::None) => Object::None,
        Some(row) => match row.native::<RowData>() {
            Some(data) => data.values.first().cloned().unwrap_or(Object::None),
            None => row,
        },
    }
}

/// A number that a result tells of itself.
pub(super) fn told(vm: &mut Vm, args: &Args, tell: impl FnOnce(&Rows) -> Object) -> PyResult<Object> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let rows = data.rows.borrow();
    Ok(tell(&rows))
}

/// Whether a result stays open when its last row has gone.
pub(super) fn is_soft_closed(rows: &Rows) -> bool {
    rows.closed || rows.exhausted || !rows.returns_rows
}

/// Whether a result comes from a statement that was compiled, and not from SQL as text.
pub(super) fn is_compiled(result: &Object) -> bool {
    let data = result.native::<ResultData>();
    data.is_some_and(|data| !matches!(data.rows.borrow().kind, None | Some(Kind::Text)))
}
