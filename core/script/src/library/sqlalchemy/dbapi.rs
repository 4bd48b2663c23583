//! The driver's connections as the DBAPI shows them: `sqlite3.Connection`,
//! `sqlite3.Cursor`, and what SQLAlchemy's pool wraps around them.
//!
//! Nothing that is executed here is logged. Counterpart: `sqlite3` in CPython,
//! `_ConnectionFairy` in `sqlalchemy.pool.base`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use ormscope::engine::{ConnectionId, DriverError, Link, RawResult, Url};
use ormscope::types::{DbValue, EngineId};
use rustc_hash::FxHashMap;

use super::parameters::{RawSet, raw_set};
use super::values::to_object;
use super::{dbapi_functions, errors, peek, receiver, with_orm};
use crate::builtins::{Dict, new_exception};
use crate::object::{Args, Class, Instance, Object, PyResult, Raised, Unwind};
use crate::vm::Vm;

/// What the library keeps of the DBAPI.
#[derive(Default)]
pub(super) struct State {
    classes: Option<Rc<DbapiClasses>>,
    /// The objects of the driver's connections, by their ids.
    connections: FxHashMap<u32, Weak<Instance>>,
    /// The `info` of each.
    infos: FxHashMap<u32, Object>,
    /// The functions that the program gave to SQLite.
    pub(super) functions: Vec<dbapi_functions::SqlFunction>,
}

/// The classes of `sqlite3`, and the pool's wrapper.
struct DbapiClasses {
    connection: Rc<Class>,
    cursor: Rc<Class>,
    row: Rc<Class>,
    fairy: Rc<Class>,
    record: Rc<Class>,
    errors: Vec<(&'static str, Rc<Class>)>,
}

/// The native data of a `sqlite3.Connection`.
struct LinkObject {
    link: Link,
    isolation_level: RefCell<Object>,
}

/// The native data of a `sqlite3.Cursor`.
struct CursorObject {
    connection: Object,
    link: Link,
    rows: RefCell<VecDeque<Vec<DbValue>>>,
    columns: RefCell<Vec<Rc<str>>>,
    rowcount: Cell<i64>,
    last_row_id: Cell<Option<i64>>,
    closed: Cell<bool>,
}

/// The native data of the pool's wrapper.
struct FairyObject {
    engine: EngineId,
    link: Link,
    connection: Object,
    /// Whether closing it gives the connection back.
    owns: Cell<bool>,
}

/// Name and base of each error class.
const ERRORS: &[(&str, &str)] = &[
    ("Warning", ""),
    ("Error", ""),
    ("InterfaceError", "Error"),
    ("DatabaseError", "Error"),
    ("DataError", "DatabaseError"),
    ("OperationalError", "DatabaseError"),
    ("IntegrityError", "DatabaseError"),
    ("InternalError", "DatabaseError"),
    ("ProgrammingError", "DatabaseError"),
    ("NotSupportedError", "DatabaseError"),
];

fn classes(vm: &mut Vm) -> Rc<DbapiClasses> {
    if let Some(classes) = &vm.library.sqlalchemy.engine.dbapi.classes {
        return Rc::clone(classes);
    }
    let mut errors: Vec<(&'static str, Rc<Class>)> = Vec::new();
    for (name, base) in ERRORS {
        let known = errors.iter().find(|(known, _)| known == base).map(|(_, class)| Rc::clone(class));
        let base = known.unwrap_or_else(|| vm.exceptions.exception.clone());
        errors.push((name, Class::builder(name).module("sqlite3").base(&base).build()));
    }
    let classes = Rc::new(DbapiClasses {
        connection: connection_class(),
        cursor: cursor_class(),
        row: Class::builder("Row").module("sqlite3").build(),
        fairy: fairy_class(),
        record: Class::builder("_ConnectionRecord")
            .module("sqlalchemy.pool.base")
            .getter("dbapi_connection", |vm, args| {
                Ok(receiver::<FairyObject>(vm, &args.positional[0])?.connection.clone())
            })
            .getter("driver_connection", |vm, args| {
                Ok(receiver::<FairyObject>(vm, &args.positional[0])?.connection.clone())
            })
            .getter("info", |vm, args| {
                let own = receiver::<FairyObject>(vm, &args.positional[0])?;
                info(vm, &own.link)
            })
            .build(),
        errors,
    });
    vm.library.sqlalchemy.engine.dbapi.classes = Some(Rc::clone(&classes));
    classes
}

/// The names of the module `sqlite3`.
pub(super) fn names(vm: &mut Vm) -> Vec<(&'static str, Object)> {
    let own = classes(vm);
    let mut names: Vec<(&'static str, Object)> =
        own.errors.iter().map(|(name, class)| (*name, Object::Class(Rc::clone(class)))).collect();
    let version = ormscope::engine::driver::SqliteDriver::version();
    let parts = version.split('.').filter_map(|part| part.parse().ok().map(Object::Int)).collect();
    names.extend([
        ("Connection", Object::Class(Rc::clone(&own.connection))),
        ("Cursor", Object::Class(Rc::clone(&own.cursor))),
        ("Row", Object::Class(Rc::clone(&own.row))),
        ("connect", crate::object::NativeFunction::new("connect", connect)),
        ("sqlite_version", Object::str(version)),
        ("sqlite_version_info", Object::tuple(parts)),
        ("paramstyle", Object::str("qmark")),
        ("apilevel", Object::str("2.0")),
        ("threadsafety", Object::Int(1)),
        ("PARSE_DECLTYPES", Object::Int(1)),
        ("PARSE_COLNAMES", Object::Int(2)),
    ]);
    names
}

/// The class of a driver's error.
pub(super) fn error_class(vm: &mut Vm, name: &str) -> Option<Rc<Class>> {
    let own = classes(vm);
    own.errors.iter().find(|(known, _)| *known == name).map(|(_, class)| Rc::clone(class))
}

/// A driver's error as the DBAPI raises it.
fn raise(vm: &mut Vm, error: &DriverError) -> Unwind {
    let class = match (error_class(vm, error.class), error.class) {
        (Some(class), _) => class,
        (None, "OverflowError") => vm.exceptions.overflow_error.clone(),
        (None, _) => vm.exceptions.type_error.clone(),
    };
    let exception = new_exception(&class, vec![Object::str(&error.message)]);
    Unwind::from(Raised { exception, traceback: Vec::new() })
}

pub(super) fn raised<T>(vm: &mut Vm, result: Result<T, DriverError>) -> PyResult<T> {
    result.map_err(|error| raise(vm, &error))
}

/// `sqlite3.connect(database)`: a connection that no engine knows.
fn connect(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = super::arguments::Arguments::new("connect", args);
    let database = args.require(vm, "database")?;
    let database = vm.str(&database)?;
    let mut url = Url { drivername: "sqlite".into(), ..Url::default() };
    url.database = Some(database.as_str().to_string());
    let begins = !matches!(args.keyword("isolation_level"), Some(Object::None));
    let link = with_orm(vm, |orm, _| Ok(orm.engines.connect_apart(&url)))?;
    let link = raised(vm, link)?;
    link.set_begins_by_itself(begins);
    Ok(connection_object(vm, &link))
}

/// The object of a driver's connection; there is one of each.
pub(super) fn connection_object(vm: &mut Vm, link: &Link) -> Object {
    let known = vm.library.sqlalchemy.engine.dbapi.connections.get(&link.id).and_then(Weak::upgrade);
    if let Some(known) = known {
        return Object::Instance(known);
    }
    let level = if link.begins_by_itself() { Object::str("") } else { Object::None };
    let data = LinkObject { link: link.clone(), isolation_level: RefCell::new(level) };
    let object = Instance::native(&classes(vm).connection.clone(), data);
    if let Object::Instance(instance) = &object {
        vm.library.sqlalchemy.engine.dbapi.connections.insert(link.id, Rc::downgrade(instance));
    }
    object
}

/// The driver's connection that an object shows.
pub(super) fn link_of_object(object: &Object) -> Option<Link> {
    Some(object.native::<LinkObject>()?.link.clone())
}

/// The pool's record of a driver's connection, as events get it.
pub(super) fn record_object(vm: &mut Vm, engine: EngineId, link: &Link) -> Object {
    let class = classes(vm).record.clone();
    wrapper(vm, &class, engine, link, false)
}

/// The pool's wrapper of a driver's connection, as `checkout` is told of it.
pub(super) fn fairy_object(vm: &mut Vm, engine: EngineId, link: &Link) -> Object {
    let class = classes(vm).fairy.clone();
    wrapper(vm, &class, engine, link, false)
}

fn wrapper(vm: &mut Vm, class: &Rc<Class>, engine: EngineId, link: &Link, owns: bool) -> Object {
    let connection = connection_object(vm, link);
    Instance::native(class, FairyObject { engine, link: link.clone(), connection, owns: Cell::new(owns) })
}

/// The pool's wrapper of the connection beneath a `Connection`.
pub(super) fn of_connection(vm: &mut Vm, id: ConnectionId) -> PyResult<Object> {
    with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.revalidate(id)))?;
    let found = peek(vm, |orm| Some((orm.engines.engine_of(id)?, orm.engines.link_of(id)?.clone())))?;
    let Some((engine, link)) = found else {
        return Err(errors::error(vm, "ResourceClosedError", "This Connection is closed"));
    };
    let class = classes(vm).fairy.clone();
    Ok(wrapper(vm, &class, engine, &link, false))
}

/// `engine.raw_connection()`
pub(super) fn raw_connection(vm: &mut Vm, engine: EngineId) -> PyResult<Object> {
    let link = with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.check_out(engine)))?;
    let class = classes(vm).fairy.clone();
    Ok(wrapper(vm, &class, engine, &link, true))
}

/// The dict that goes with a driver's connection.
fn info(vm: &mut Vm, link: &Link) -> PyResult<Object> {
    if let Some(info) = vm.library.sqlalchemy.engine.dbapi.infos.get(&link.id) {
        return Ok(info.clone());
    }
    let info = Object::Dict(Rc::new(Dict::new()));
    vm.library.sqlalchemy.engine.dbapi.infos.insert(link.id, info.clone());
    Ok(info)
}

fn fairy_class() -> Rc<Class> {
    Class::builder("_ConnectionFairy")
        .module("sqlalchemy.pool.base")
        .getter("dbapi_connection", |vm, args| {
            Ok(receiver::<FairyObject>(vm, &args.positional[0])?.connection.clone())
        })
        .getter("driver_connection", |vm, args| {
            Ok(receiver::<FairyObject>(vm, &args.positional[0])?.connection.clone())
        })
        .getter("connection", |vm, args| {
            Ok(receiver::<FairyObject>(vm, &args.positional[0])?.connection.clone())
        })
        .getter("info", |vm, args| {
            let own = receiver::<FairyObject>(vm, &args.positional[0])?;
            info(vm, &own.link)
        })
        .getter("is_valid", |vm, args| {
            let own = receiver::<FairyObject>(vm, &args.positional[0])?;
            Ok(Object::Bool(!own.link.is_closed()))
        })
        .getter("is_detached", |_, _| Ok(Object::Bool(false)))
        .method("close", |vm, args| {
            let own = receiver::<FairyObject>(vm, &args.positional[0])?;
            if own.owns.replace(false) {
                with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.check_in(own.engine, &own.link)))?;
            }
            Ok(Object::None)
        })
        .method("__getattr__", |vm, args| {
            let own = receiver::<FairyObject>(vm, &args.positional[0])?;
            let name = vm.str(&args.positional[1])?;
            vm.get_attr(&own.connection, name.as_str())
        })
        .build()
}

pub(super) fn link_of(vm: &mut Vm, args: &Args) -> PyResult<Link> {
    Ok(receiver::<LinkObject>(vm, &args.positional[0])?.link.clone())
}

fn new_cursor(vm: &mut Vm, connection: &Object) -> PyResult<Object> {
    let link = receiver::<LinkObject>(vm, connection)?.link.clone();
    if link.is_closed() {
        let message = "Cannot operate on a closed database.".to_string();
        return Err(raise(vm, &DriverError { class: "ProgrammingError", message }));
    }
    let class = classes(vm).cursor.clone();
    Ok(Instance::native(
        &class,
        CursorObject {
            connection: connection.clone(),
            link,
            rows: RefCell::default(),
            columns: RefCell::default(),
            rowcount: Cell::new(-1),
            last_row_id: Cell::new(None),
            closed: Cell::new(false),
        },
    ))
}

/// The cursor that events show for a statement.
pub(super) fn cursor_object(vm: &mut Vm, link: &Link, result: Option<&RawResult>) -> PyResult<Object> {
    let connection = connection_object(vm, link);
    let cursor = new_cursor(vm, &connection)?;
    if let (Some(own), Some(result)) = (cursor.native::<CursorObject>(), result) {
        let mut result = result.clone();
        if !result.columns.is_empty() {
            // Rows that come back are counted only after the last was fetched.
            result.rowcount = result.rowcount.min(0);
        }
        own.take(result, true);
    }
    Ok(cursor)
}

impl CursorObject {
    fn take(&self, result: RawResult, has_row_id: bool) {
        *self.rows.borrow_mut() = result.rows.into();
        *self.columns.borrow_mut() = result.columns;
        self.rowcount.set(result.rowcount);
        if has_row_id {
            self.last_row_id.set(Some(result.last_row_id));
        }
    }
}

/// A method of a connection that makes a cursor and calls the method of that name on it.
fn through_cursor(vm: &mut Vm, mut args: Args, method: &str) -> PyResult<Object> {
    let cursor = new_cursor(vm, &args.positional[0])?;
    args.positional.remove(0);
    let bound = vm.get_attr(&cursor, method)?;
    vm.call(&bound, args)
}

fn connection_class() -> Rc<Class> {
    Class::builder("Connection")
        .module("sqlite3")
        .method("cursor", |vm, args| new_cursor(vm, &args.positional[0]))
        .method("execute", |vm, args| through_cursor(vm, args, "execute"))
        .method("executemany", |vm, args| through_cursor(vm, args, "executemany"))
        .method("executescript", |vm, args| through_cursor(vm, args, "executescript"))
        .method("commit", |vm, args| {
            let link = link_of(vm, &args)?;
            raised(vm, link.commit())?;
            Ok(Object::None)
        })
        .method("rollback", |vm, args| {
            let link = link_of(vm, &args)?;
            raised(vm, link.rollback())?;
            Ok(Object::None)
        })
        .method("close", |vm, args| {
            link_of(vm, &args)?.close();
            Ok(Object::None)
        })
        .method("__enter__", |_, args| Ok(args.positional[0].clone()))
        .method("__exit__", |vm, args| {
            let link = link_of(vm, &args)?;
            let failed = args.positional.get(1).is_some_and(|class| !class.is_none());
            raised(vm, if failed { link.rollback() } else { link.commit() })?;
            Ok(Object::None)
        })
        .getter("in_transaction", |vm, args| Ok(Object::Bool(link_of(vm, &args)?.in_transaction())))
        .property(
            "isolation_level",
            |vm, args| Ok(receiver::<LinkObject>(vm, &args.positional[0])?.isolation_level.borrow().clone()),
            |vm, args| {
                let own = receiver::<LinkObject>(vm, &args.positional[0])?;
                let level = args.positional[1].clone();
                if level.is_none() && own.link.in_transaction() {
                    // As CPython does: what was begun is committed.
                    raised(vm, own.link.commit())?;
                }
                own.link.set_begins_by_itself(!level.is_none());
                *own.isolation_level.borrow_mut() = level;
                Ok(Object::None)
            },
        )
        .method("create_function", dbapi_functions::create_function)
        .method("create_aggregate", dbapi_functions::create_aggregate)
        .method("create_collation", dbapi_functions::create_collation)
        .build()
}

fn cursor_class() -> Rc<Class> {
    Class::builder("Cursor")
        .module("sqlite3")
        .attribute("arraysize", Object::Int(1))
        .method("execute", |vm, args| {
            let own = open_cursor(vm, &args)?;
            let (sql, set) = statement(vm, &own, &args)?;
            let result = dbapi_functions::with_answers(vm, &own.link, |link| link.execute(&sql, &set));
            let result = raised(vm, result)?;
            own.take(result, true);
            Ok(args.positional[0].clone())
        })
        .method("executemany", |vm, args| {
            let own = open_cursor(vm, &args)?;
            let Some(Object::Str(sql)) = args.positional.get(1).cloned() else {
                return Err(vm.type_error("executemany() argument 1 must be str"));
            };
            let mut sets = Vec::new();
            for set in vm.collect(args.positional.get(2).unwrap_or(&Object::None))? {
                sets.push(places(vm, &own.link, sql.as_str(), &set)?);
            }
            let result =
                dbapi_functions::with_answers(vm, &own.link, |link| link.execute_many(sql.as_str(), &sets));
            let result = raised(vm, result)?;
            own.take(result, false);
            Ok(args.positional[0].clone())
        })
        .method("executescript", |vm, args| {
            let own = open_cursor(vm, &args)?;
            let Some(Object::Str(script)) = args.positional.get(1).cloned() else {
                return Err(vm.type_error("executescript() argument must be str"));
            };
            raised(vm, own.link.commit())?;
            for sql in split_script(script.as_str()) {
                let done = dbapi_functions::with_answers(vm, &own.link, |link| link.execute(&sql, &[]));
                raised(vm, done)?;
            }
            Ok(args.positional[0].clone())
        })
        .method("fetchone", |vm, args| {
            let own = open_cursor(vm, &args)?;
            let row = own.rows.borrow_mut().pop_front();
            row.map_or(Ok(Object::None), |row| tuple(vm, row))
        })
        .method("fetchmany", |vm, args| {
            let own = open_cursor(vm, &args)?;
            let count = match args.positional.get(1) {
                Some(Object::Int(count)) => usize::try_from(*count).unwrap_or(0),
                _ => 1,
            };
            fetch(vm, &own, count)
        })
        .method("fetchall", |vm, args| {
            let own = open_cursor(vm, &args)?;
            fetch(vm, &own, usize::MAX)
        })
        .method("__iter__", |vm, args| {
            let own = open_cursor(vm, &args)?;
            let rows = fetch(vm, &own, usize::MAX)?;
            vm.iter(&rows)
        })
        .method("close", |vm, args| {
            let own = receiver::<CursorObject>(vm, &args.positional[0])?;
            own.closed.set(true);
            own.rows.borrow_mut().clear();
            Ok(Object::None)
        })
        .getter("connection", |vm, args| {
            Ok(receiver::<CursorObject>(vm, &args.positional[0])?.connection.clone())
        })
        .getter("rowcount", |vm, args| {
            Ok(Object::Int(receiver::<CursorObject>(vm, &args.positional[0])?.rowcount.get()))
        })
        .getter("lastrowid", |vm, args| {
            let own = receiver::<CursorObject>(vm, &args.positional[0])?;
            Ok(own.last_row_id.get().map_or(Object::None, Object::Int))
        })
        .getter("description", |vm, args| {
            let own = receiver::<CursorObject>(vm, &args.positional[0])?;
            let columns = own.columns.borrow();
            if columns.is_empty() {
                return Ok(Object::None);
            }
            let column = |name: &Rc<str>| {
                let mut parts = vec![Object::str(name)];
                parts.resize(7, Object::None);
                Object::tuple(parts)
            };
            Ok(Object::tuple(columns.iter().map(column).collect()))
        })
        .build()
}

fn open_cursor(vm: &mut Vm, args: &Args) -> PyResult<Rc<CursorObject>> {
    let own = receiver::<CursorObject>(vm, &args.positional[0])?;
    if own.closed.get() {
        let message = "Cannot operate on a closed cursor.".to_string();
        return Err(raise(vm, &DriverError { class: "ProgrammingError", message }));
    }
    Ok(own)
}

/// The SQL and the set of parameters of `execute`.
fn statement(vm: &mut Vm, own: &CursorObject, args: &Args) -> PyResult<(String, Vec<DbValue>)> {
    let Some(Object::Str(sql)) = args.positional.get(1).cloned() else {
        return Err(vm.type_error("execute() argument 1 must be str"));
    };
    let set = match args.positional.get(2) {
        None => Vec::new(),
        Some(set) => places(vm, &own.link, sql.as_str(), set)?,
    };
    Ok((sql.as_str().to_string(), set))
}

fn places(vm: &mut Vm, link: &Link, sql: &str, set: &Object) -> PyResult<Vec<DbValue>> {
    match raw_set(vm, set)? {
        RawSet::Places(values) => Ok(values),
        RawSet::Names(named) => by_place(vm, link, sql, named),
    }
}

/// Named parameters in the order of their placeholders.
pub(super) fn by_place(
    vm: &mut Vm,
    link: &Link,
    sql: &str,
    named: Vec<(String, DbValue)>,
) -> PyResult<Vec<DbValue>> {
    let names = raised(vm, link.parameter_names(sql))?;
    let mut values = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        let found = named.iter().find(|(known, _)| Some(known.as_str()) == name.as_deref());
        match (found, name) {
            (Some((_, value)), _) => values.push(value.clone()),
            (None, Some(name)) => {
                let message = format!("You did not supply a value for binding parameter :{name}.");
                return Err(raise(vm, &DriverError { class: "ProgrammingError", message }));
            }
            (None, None) => {
                let message = format!(
                    "Binding {} has no name, but you supplied a dictionary (which has only names).",
                    at + 1
                );
                return Err(raise(vm, &DriverError { class: "ProgrammingError", message }));
            }
        }
    }
    Ok(values)
}

fn tuple(vm: &mut Vm, row: Vec<DbValue>) -> PyResult<Object> {
    let values = row.into_iter().map(|value| to_object(vm, &value.plain()));
    Ok(Object::tuple(values.collect::<PyResult<_>>()?))
}

fn fetch(vm: &mut Vm, own: &CursorObject, count: usize) -> PyResult<Object> {
    let mut rows = Vec::new();
    while rows.len() < count {
        let Some(row) = own.rows.borrow_mut().pop_front() else { break };
        rows.push(tuple(vm, row)?);
    }
    Ok(Object::list(rows))
}

/// A script's statements, parted at the semicolons outside of quotes.
fn split_script(script: &str) -> Vec<String> {
    let mut statements = vec![String::new()];
    let mut quote = None;
    for c in script.chars() {
        match (quote, c) {
            (None, ';') => {
                statements.push(String::new());
                continue;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
        if let Some(last) = statements.last_mut() {
            last.push(c);
        }
    }
    statements.retain(|statement| !statement.trim().is_empty());
    statements
}
