//! `Result`, `Row`, `RowMapping`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use ormscope::engine::ResultSet;
use ormscope::orm::{OrmRows, RowValue};
use ormscope::types::{TableId, Value};

use super::values::to_object;
use super::{classes, errors, peek, receiver};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The rows of a result, not yet fetched.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) keys: Rc<Vec<Rc<str>>>,
    pub(super) rows: VecDeque<Vec<RowValue>>,
    pub(super) returns_rows: bool,
    pub(super) rowcount: i64,
    pub(super) last_row_id: i64,
    pub(super) inserted: Vec<(Rc<str>, Value)>,
    pub(super) inserted_table: Option<TableId>,
    /// Whether an object may come in several rows, so that `unique()` is asked for.
    needs_unique: bool,
}

/// The native data of a `Result`, `ScalarResult` or `MappingResult`.
struct ResultData {
    rows: Rc<RefCell<Rows>>,
    shape: Shape,
    unique: Cell<bool>,
}

/// What each row is given as.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Row,
    Scalar(usize),
    Mapping,
}

/// The native data of a `Row`.
pub(super) struct RowData {
    keys: Rc<Vec<Rc<str>>>,
    values: Rc<Vec<Object>>,
}

impl Rows {
    /// The rows of a Core statement.
    pub(super) fn from_set(set: ResultSet) -> Rows {
        Rows {
            keys: Rc::new(set.columns.iter().map(|column| Rc::clone(&column.key)).collect()),
            rows: set.rows.into_iter().map(|row| row.into_iter().map(RowValue::Value).collect()).collect(),
            returns_rows: set.returns_rows,
            rowcount: set.rowcount,
            last_row_id: set.last_row_id,
            inserted: set.inserted,
            inserted_table: None,
            needs_unique: false,
        }
    }

    /// The rows of a query.
    pub(super) fn from_orm(rows: OrmRows) -> Rows {
        Rows {
            keys: rows.keys,
            rows: rows.rows.into_iter().map(|row| row.to_vec()).collect(),
            returns_rows: true,
            needs_unique: rows.needs_unique,
            rowcount: -1,
            ..Rows::default()
        }
    }
}

/// A `Result` over rows.
pub(super) fn result_object(vm: &mut Vm, rows: Rows) -> Object {
    let class = classes(vm).result.clone();
    let rows = Rc::new(RefCell::new(rows));
    Instance::native(&class, ResultData { rows, shape: Shape::Row, unique: Cell::new(false) })
}

/// A value of a row as a Python object.
pub(super) fn value_object(vm: &mut Vm, value: &RowValue) -> PyResult<Object> {
    match value {
        RowValue::Value(value) => to_object(vm, value),
        RowValue::Object(Some(object)) => Ok(super::mapping::instance_of(object)),
        RowValue::Object(None) => Ok(Object::None),
    }
}

/// A `Row` of values.
pub(super) fn row_object(vm: &mut Vm, keys: &Rc<Vec<Rc<str>>>, values: Vec<Object>) -> Object {
    let class = classes(vm).row.clone();
    Instance::native(&class, RowData { keys: Rc::clone(keys), values: Rc::new(values) })
}

const METHODS: &[(&str, NativeFn)] = &[
    ("__iter__", |vm, args| {
        let rows = fetch(vm, &args.positional[0], usize::MAX)?;
        vm.iter(&Object::list(rows))
    }),
    ("all", |vm, args| Ok(Object::list(fetch(vm, &args.positional[0], usize::MAX)?))),
    ("fetchall", |vm, args| Ok(Object::list(fetch(vm, &args.positional[0], usize::MAX)?))),
    ("fetchmany", |vm, args| {
        let count = match args.positional.get(1) {
            Some(Object::Int(count)) => *count as usize,
            _ => 1,
        };
        Ok(Object::list(fetch(vm, &args.positional[0], count)?))
    }),
    ("fetchone", |vm, args| Ok(fetch(vm, &args.positional[0], 1)?.pop().unwrap_or(Object::None))),
    ("first", |vm, args| {
        let first = fetch(vm, &args.positional[0], 1)?.pop().unwrap_or(Object::None);
        drain(vm, &args.positional[0])?;
        Ok(first)
    }),
    ("one", |vm, args| only(vm, &args.positional[0], true)),
    ("one_or_none", |vm, args| only(vm, &args.positional[0], false)),
    ("scalar", |vm, args| {
        let first = fetch(vm, &args.positional[0], 1)?.pop();
        drain(vm, &args.positional[0])?;
        Ok(first_value(first))
    }),
    ("scalar_one", |vm, args| Ok(first_value(Some(only(vm, &args.positional[0], true)?)))),
    ("scalar_one_or_none", |vm, args| Ok(first_value(Some(only(vm, &args.positional[0], false)?)))),
    ("scalars", |vm, args| {
        let index = match args.positional.get(1) {
            Some(Object::Int(index)) => *index as usize,
            _ => 0,
        };
        reshape(vm, &args.positional[0], Shape::Scalar(index))
    }),
    ("mappings", |vm, args| reshape(vm, &args.positional[0], Shape::Mapping)),
    ("tuples", |_, args| Ok(args.positional[0].clone())),
    ("unique", |vm, args| {
        receiver::<ResultData>(vm, &args.positional[0])?.unique.set(true);
        Ok(args.positional[0].clone())
    }),
    ("keys", |vm, args| {
        let data = receiver::<ResultData>(vm, &args.positional[0])?;
        let keys = Object::list(data.rows.borrow().keys.iter().map(Object::str).collect());
        super::inspection::make_support(vm, "RMKeyView", vec![keys])
    }),
    ("partitions", |vm, args| {
        let size = match args.positional.get(1) {
            Some(Object::Int(size)) => (*size).max(1) as usize,
            _ => usize::MAX,
        };
        let mut parts = Vec::new();
        loop {
            let part = fetch(vm, &args.positional[0], size)?;
            if part.is_empty() {
                break;
            }
            parts.push(Object::list(part));
        }
        vm.iter(&Object::list(parts))
    }),
    ("close", |vm, args| {
        drain(vm, &args.positional[0])?;
        Ok(Object::None)
    }),
];

pub(super) fn result_class() -> Rc<Class> {
    let mut builder = Class::builder("CursorResult").module("sqlalchemy.engine.cursor");
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder
        .getter("rowcount", |vm, args| {
            let data = receiver::<ResultData>(vm, &args.positional[0])?;
            Ok(Object::Int(data.rows.borrow().rowcount))
        })
        .getter("lastrowid", |vm, args| {
            let data = receiver::<ResultData>(vm, &args.positional[0])?;
            Ok(Object::Int(data.rows.borrow().last_row_id))
        })
        .getter("returns_rows", |vm, args| {
            let data = receiver::<ResultData>(vm, &args.positional[0])?;
            Ok(Object::Bool(data.rows.borrow().returns_rows))
        })
        .getter("inserted_primary_key", inserted_primary_key)
        .build()
}

/// Takes the next rows, in the shape of the result.
fn fetch(vm: &mut Vm, object: &Object, count: usize) -> PyResult<Vec<Object>> {
    let data = receiver::<ResultData>(vm, object)?;
    if !data.rows.borrow().returns_rows {
        return Err(errors::error(
            vm,
            "ResourceClosedError",
            "This result object does not return rows. It has been closed automatically.",
        ));
    }
    if data.rows.borrow().needs_unique && !data.unique.get() {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "The unique() method must be invoked on this Result, as it contains results that include joined eager loads against collections",
        ));
    }
    let mut fetched: Vec<Object> = Vec::new();
    while fetched.len() < count {
        let Some(row) = data.rows.borrow_mut().rows.pop_front() else { break };
        let keys = Rc::clone(&data.rows.borrow().keys);
        let object = match data.shape {
            Shape::Scalar(index) => match row.get(index) {
                Some(value) => value_object(vm, value)?,
                None => Object::None,
            },
            shape => {
                let values = row.iter().map(|value| value_object(vm, value)).collect::<PyResult<Vec<_>>>()?;
                match shape {
                    Shape::Mapping => mapping_object(vm, &keys, values),
                    _ => row_object(vm, &keys, values),
                }
            }
        };
        if data.unique.get() {
            let mut known = false;
            for other in &fetched {
                known |=
                    other.is(&object) || (object.as_instance().is_none() && vm.equals(other, &object)?);
            }
            if known {
                continue;
            }
        }
        fetched.push(object);
    }
    Ok(fetched)
}

fn drain(vm: &mut Vm, object: &Object) -> PyResult<()> {
    receiver::<ResultData>(vm, object)?.rows.borrow_mut().rows.clear();
    Ok(())
}

fn only(vm: &mut Vm, object: &Object, required: bool) -> PyResult<Object> {
    let mut rows = fetch(vm, object, 2)?;
    drain(vm, object)?;
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

fn reshape(vm: &mut Vm, object: &Object, shape: Shape) -> PyResult<Object> {
    let data = receiver::<ResultData>(vm, object)?;
    let class = classes(vm).result.clone();
    let copy = ResultData { rows: Rc::clone(&data.rows), shape, unique: Cell::new(data.unique.get()) };
    Ok(Instance::native(&class, copy))
}

fn inserted_primary_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<ResultData>(vm, &args.positional[0])?;
    let rows = data.rows.borrow();
    let Some(table) = rows.inserted_table else {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "Statement is not an insert() expression construct.",
        ));
    };
    let key: Vec<(Rc<str>, bool)> = peek(vm, |orm| {
        let table = orm.schema.table(table);
        let automatic = table.autoincrement_column();
        table
            .primary_key()
            .into_iter()
            .map(|at| (table.columns[at as usize].key.as_str().into(), automatic == Some(at)))
            .collect()
    })?;
    let mut values = Vec::new();
    for (name, automatic) in &key {
        let given = rows.inserted.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        values.push(match given.filter(|value| !value.is_null()) {
            Some(value) => to_object(vm, &value)?,
            None if *automatic => Object::Int(rows.last_row_id),
            None => Object::None,
        });
    }
    let keys = Rc::new(key.into_iter().map(|(name, _)| name).collect());
    Ok(row_object(vm, &keys, values))
}

/// The values of a row as a tuple.
fn tuple_of(vm: &mut Vm, object: &Object) -> PyResult<Object> {
    let data = receiver::<RowData>(vm, object)?;
    Ok(Object::Tuple(Rc::clone(&data.values)))
}

pub(super) fn row_class() -> Rc<Class> {
    Class::builder("Row")
        .module("sqlalchemy.engine.row")
        // A row is a sequence to `match`.
        .attribute("__abc_tpflags__", Object::Int(1 << 5))
        .method("__repr__", |vm, args| {
            let tuple = tuple_of(vm, &args.positional[0])?;
            Ok(Object::Str(vm.repr(&tuple)?))
        })
        .method("__iter__", |vm, args| {
            let tuple = tuple_of(vm, &args.positional[0])?;
            vm.iter(&tuple)
        })
        .method("__len__", |vm, args| {
            let data = receiver::<RowData>(vm, &args.positional[0])?;
            Ok(Object::Int(data.values.len() as i64))
        })
        .method("__getitem__", |vm, args| {
            let tuple = tuple_of(vm, &args.positional[0])?;
            vm.get_item(&tuple, &args.positional[1])
        })
        .method("__contains__", |vm, args| {
            let tuple = tuple_of(vm, &args.positional[0])?;
            Ok(Object::Bool(vm.contains(&tuple, &args.positional[1])?))
        })
        .method("__hash__", |vm, args| {
            let tuple = tuple_of(vm, &args.positional[0])?;
            Ok(Object::Int(vm.hash(&tuple)?))
        })
        .method("__eq__", |vm, args| compare(vm, &args, crate::object::CompareOp::Eq))
        .method("__ne__", |vm, args| compare(vm, &args, crate::object::CompareOp::Ne))
        .method("__lt__", |vm, args| compare(vm, &args, crate::object::CompareOp::Lt))
        .method("__gt__", |vm, args| compare(vm, &args, crate::object::CompareOp::Gt))
        .method("__getattr__", |vm, args| {
            let data = receiver::<RowData>(vm, &args.positional[0])?;
            let name = vm.str(&args.positional[1])?;
            let at = data.keys.iter().position(|key| **key == *name.as_str());
            match at.and_then(|at| data.values.get(at)) {
                Some(value) => Ok(value.clone()),
                None => Err(vm.error(
                    &vm.exceptions.attribute_error.clone(),
                    format!("Could not locate column in row for column '{}'", name.as_str()),
                )),
            }
        })
        .method("_asdict", |vm, args| {
            let data = receiver::<RowData>(vm, &args.positional[0])?;
            let items: Vec<_> = data
                .keys
                .iter()
                .zip(data.values.iter())
                .map(|(key, value)| (vm.intern(key), value.clone()))
                .collect();
            Ok(Dict::from_names(items))
        })
        .method("index", |vm, args| {
            let tuple = tuple_of(vm, &args.positional[0])?;
            vm.call_method(&tuple, "index", args.positional[1..].to_vec())
        })
        .method("count", |vm, args| {
            let tuple = tuple_of(vm, &args.positional[0])?;
            vm.call_method(&tuple, "count", args.positional[1..].to_vec())
        })
        .method("_tuple", |vm, args| tuple_of(vm, &args.positional[0]))
        .getter("t", |vm, args| tuple_of(vm, &args.positional[0]))
        .getter("_mapping", |vm, args| {
            let data = receiver::<RowData>(vm, &args.positional[0])?;
            Ok(mapping_object(vm, &data.keys, data.values.to_vec()))
        })
        .getter("_fields", |vm, args| {
            let data = receiver::<RowData>(vm, &args.positional[0])?;
            Ok(Object::tuple(data.keys.iter().map(Object::str).collect()))
        })
        .build()
}

fn compare(vm: &mut Vm, args: &Args, op: crate::object::CompareOp) -> PyResult<Object> {
    let left = tuple_of(vm, &args.positional[0])?;
    let right = match args.positional[1].native::<RowData>() {
        Some(data) => Object::Tuple(Rc::clone(&data.values)),
        None => args.positional[1].clone(),
    };
    vm.compare(op, &left, &right)
}

fn mapping_object(vm: &mut Vm, keys: &Rc<Vec<Rc<str>>>, values: Vec<Object>) -> Object {
    let class = classes(vm).row_mapping.clone();
    Instance::native(&class, RowData { keys: Rc::clone(keys), values: Rc::new(values) })
}

pub(super) fn row_mapping_class() -> Rc<Class> {
    fn dict(vm: &mut Vm, object: &Object) -> PyResult<Object> {
        let data = receiver::<RowData>(vm, object)?;
        let items: Vec<_> = data
            .keys
            .iter()
            .zip(data.values.iter())
            .map(|(key, value)| (vm.intern(key), value.clone()))
            .collect();
        Ok(Dict::from_names(items))
    }
    fn through(vm: &mut Vm, args: &Args, method: &str) -> PyResult<Object> {
        let dict = dict(vm, &args.positional[0])?;
        vm.call_method(&dict, method, args.positional[1..].to_vec())
    }
    Class::builder("RowMapping")
        .module("sqlalchemy.engine.row")
        .method("__repr__", |vm, args| {
            let dict = dict(vm, &args.positional[0])?;
            Ok(Object::Str(vm.repr(&dict)?))
        })
        .method("__getitem__", |vm, args| {
            let data = receiver::<RowData>(vm, &args.positional[0])?;
            let name = match &args.positional[1] {
                Object::Str(name) => Rc::clone(name),
                column => {
                    let key = vm.get_attr(column, "key")?;
                    vm.str(&key)?
                }
            };
            let at = data.keys.iter().position(|key| **key == *name.as_str());
            match at.and_then(|at| data.values.get(at)) {
                Some(value) => Ok(value.clone()),
                None => {
                    let repr = ormscope::types::python_str(name.as_str());
                    Err(errors::error(
                        vm,
                        "NoSuchColumnError",
                        format!("Could not locate column in row for column {repr}"),
                    ))
                }
            }
        })
        .method("__iter__", |vm, args| through(vm, &args, "__iter__"))
        .method("__len__", |vm, args| through(vm, &args, "__len__"))
        .method("__contains__", |vm, args| through(vm, &args, "__contains__"))
        .method("__eq__", |vm, args| {
            let left = dict(vm, &args.positional[0])?;
            Ok(Object::Bool(vm.equals(&left, &args.positional[1])?))
        })
        .method("keys", |vm, args| through(vm, &args, "keys"))
        .method("values", |vm, args| through(vm, &args, "values"))
        .method("items", |vm, args| through(vm, &args, "items"))
        .method("get", |vm, args| through(vm, &args, "get"))
        .build()
}
