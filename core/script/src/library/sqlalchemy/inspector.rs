//! `Inspector`: the tables of a database as it describes them itself.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine.reflection` and the reflecting
//! part of the SQLite dialect, whose PRAGMAs these are.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::{ConnectionId, ResultSet};
use ormscope::orm::{Hooks, Orm};
use ormscope::types::{DbValue, EngineId, SqlType, Value};
use rustc_hash::FxHashMap;

use super::arguments::Arguments;
use super::connection::ConnectionObject;
use super::values::to_object;
use super::{classes, errors, metadata, receiver, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of an `Inspector`.
struct InspectorObject {
    source: Source,
    subject: Object,
    /// What was asked before: the database is not asked again.
    known: RefCell<FxHashMap<String, Object>>,
    /// The columns of tables, as they were read.
    columns: RefCell<FxHashMap<String, Table>>,
}

#[derive(Clone, Copy)]
enum Source {
    Engine(EngineId),
    Connection(ConnectionId),
}

/// Rows of a PRAGMA.
type Table = Vec<Vec<Value>>;

/// The inspector of an engine or connection.
pub(super) fn inspector_of(vm: &mut Vm, subject: &Object) -> PyResult<Option<Object>> {
    let source = match (metadata::engine_id(subject), subject.native::<ConnectionObject>()) {
        (Some(engine), _) => Source::Engine(engine),
        (None, Some(connection)) => Source::Connection(connection.id),
        (None, None) => return Ok(None),
    };
    if let Source::Engine(engine) = source {
        // It connects once, to see that the database is there.
        with_orm(vm, |orm, hooks| {
            let connection = orm.at(hooks, |at| at.connect(engine))?;
            orm.at(hooks, |at| at.close(connection))
        })?;
    }
    let class = classes(vm).inspector.clone();
    let data = InspectorObject {
        source,
        subject: subject.clone(),
        known: RefCell::default(),
        columns: RefCell::default(),
    };
    Ok(Some(Instance::native(&class, data)))
}

const METHODS: &[(&str, NativeFn)] = &[
    ("get_table_names", |vm, args| names(vm, args, "table")),
    ("get_view_names", |vm, args| names(vm, args, "view")),
    ("get_schema_names", |vm, args| {
        ask(vm, &args.positional[0], "schemas", |vm, database| {
            let rows = database.rows(vm, "PRAGMA database_list", &[])?;
            let names = rows.iter().filter_map(|row| text(row, 1)).filter(|name| name != "temp");
            Ok(Object::list(names.map(Object::str).collect()))
        })
    }),
    ("has_table", |vm, args| {
        let mut args = Arguments::new("has_table", args);
        let this = args.receiver();
        let table = args.require(vm, "table_name")?;
        let table = vm.str(&table)?;
        ask(vm, &this, &format!("has {}", table.as_str()), |vm, database| {
            Ok(Object::Bool(!database.pragma(vm, "table_info", table.as_str())?.is_empty()))
        })
    }),
    ("get_columns", |vm, args| {
        of_table(vm, args, "get_columns", |vm, database, table| {
            let rows = database.columns(vm, table)?;
            if rows.is_empty() {
                return Err(errors::error(vm, "NoSuchTableError", table));
            }
            let mut columns = Vec::new();
            for row in &rows {
                let sql_type = SqlType::of_declaration(&text(row, 2).unwrap_or_default());
                let sql_type = super::types::reflected_type(vm, sql_type);
                columns.push(dict(
                    vm,
                    vec![
                        ("name", text(row, 1).map_or(Object::None, Object::str)),
                        ("type", sql_type),
                        ("nullable", Object::Bool(number(row, 3) == 0)),
                        ("default", text(row, 4).map_or(Object::None, Object::str)),
                        ("primary_key", Object::Int(number(row, 5))),
                    ],
                ));
            }
            Ok(Object::list(columns))
        })
    }),
    ("get_pk_constraint", |vm, args| {
        of_table(vm, args, "get_pk_constraint", |vm, database, table| {
            let ddl = database.table_sql(vm, table)?;
            let rows = database.columns(vm, table)?;
            let mut key: Vec<(i64, String)> = rows
                .iter()
                .filter(|row| number(row, 5) > 0)
                .map(|row| (number(row, 5), text(row, 1).unwrap_or_default()))
                .collect();
            key.sort();
            let columns = Object::list(key.iter().map(|(_, name)| Object::str(name)).collect());
            let name = constraint_name(&ddl, "PRIMARY KEY");
            Ok(dict(
                vm,
                vec![("constrained_columns", columns), ("name", name.map_or(Object::None, Object::str))],
            ))
        })
    }),
    ("get_foreign_keys", |vm, args| of_table(vm, args, "get_foreign_keys", foreign_keys)),
    ("get_indexes", |vm, args| {
        of_table(vm, args, "get_indexes", |vm, database, table| {
            let mut indexes = Vec::new();
            for row in database.pragma(vm, "index_list", table)? {
                let name = text(&row, 1).unwrap_or_default();
                if name.starts_with("sqlite_autoindex") {
                    continue;
                }
                let columns = database.index_columns(vm, &name)?;
                let options = dict(vm, Vec::new());
                indexes.push((
                    name.clone(),
                    dict(
                        vm,
                        vec![
                            ("name", Object::str(&name)),
                            ("column_names", columns),
                            ("unique", Object::Int(number(&row, 2))),
                            ("dialect_options", options),
                        ],
                    ),
                ));
            }
            indexes.sort_by(|a, b| a.0.cmp(&b.0));
            Ok(Object::list(indexes.into_iter().map(|(_, index)| index).collect()))
        })
    }),
    ("get_unique_constraints", |vm, args| {
        of_table(vm, args, "get_unique_constraints", |vm, database, table| {
            let mut found = Vec::new();
            for row in database.pragma(vm, "index_list", table)? {
                let name = text(&row, 1).unwrap_or_default();
                if name.starts_with("sqlite_autoindex") {
                    found.push(database.index_columns(vm, &name)?);
                }
            }
            let ddl = database.table_sql(vm, table)?;
            let mut constraints = Vec::new();
            for (name, columns) in unique_clauses(&ddl) {
                let list = Object::list(columns.iter().map(Object::str).collect());
                let mut known = false;
                for other in &found {
                    known |= vm.equals(other, &list)?;
                }
                if known {
                    let name = name.map_or(Object::None, Object::str);
                    constraints.push(dict(vm, vec![("name", name), ("column_names", list)]));
                }
            }
            Ok(Object::list(constraints))
        })
    }),
];

/// The `Inspector` class.
pub(super) fn class() -> Rc<Class> {
    let mut builder = Class::builder("Inspector").module("sqlalchemy.engine.reflection");
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder
        .getter("default_schema_name", |_, _| Ok(Object::str("main")))
        .getter("engine", |vm, args| {
            Ok(receiver::<InspectorObject>(vm, &args.positional[0])?.subject.clone())
        })
        .getter("bind", |vm, args| Ok(receiver::<InspectorObject>(vm, &args.positional[0])?.subject.clone()))
        .method("clear_cache", |vm, args| {
            receiver::<InspectorObject>(vm, &args.positional[0])?.known.borrow_mut().clear();
            receiver::<InspectorObject>(vm, &args.positional[0])?.columns.borrow_mut().clear();
            Ok(Object::None)
        })
        .build()
}

/// A connection to the database that is asked.
struct Database {
    connection: ConnectionId,
    inspector: Rc<InspectorObject>,
}

impl Database {
    fn rows(&self, vm: &mut Vm, sql: &str, parameters: &[DbValue]) -> PyResult<Table> {
        let sets = vec![parameters.to_vec()];
        let run = |orm: &mut Orm, hooks: &mut dyn Hooks| {
            orm.at(hooks, |at| at.execute_raw(self.connection, sql, sets, false))
        };
        let set: ResultSet = with_orm(vm, run)?;
        Ok(set.rows)
    }

    /// A PRAGMA about a table of the main database, or else of the temporary one.
    fn pragma(&self, vm: &mut Vm, pragma: &str, table: &str) -> PyResult<Table> {
        let table = table.replace('"', "\"\"");
        let found = self.rows(vm, &format!("PRAGMA main.{pragma}(\"{table}\")"), &[])?;
        if !found.is_empty() {
            return Ok(found);
        }
        self.rows(vm, &format!("PRAGMA temp.{pragma}(\"{table}\")"), &[])
    }

    /// The columns of a table, which are read once.
    fn columns(&self, vm: &mut Vm, table: &str) -> PyResult<Table> {
        if let Some(known) = self.inspector.columns.borrow().get(table) {
            return Ok(known.clone());
        }
        let rows = self.pragma(vm, "table_xinfo", table)?;
        self.inspector.columns.borrow_mut().insert(table.to_string(), rows.clone());
        Ok(rows)
    }

    fn table_sql(&self, vm: &mut Vm, table: &str) -> PyResult<String> {
        let sql = "SELECT sql FROM  (SELECT * FROM sqlite_master UNION ALL   SELECT * FROM sqlite_temp_master) WHERE name = ? AND type in ('table', 'view')";
        let rows = self.rows(vm, sql, &[DbValue::text(table)])?;
        match rows.first().and_then(|row| text(row, 0)) {
            Some(sql) => Ok(sql),
            None => Err(errors::error(vm, "NoSuchTableError", table)),
        }
    }

    fn index_columns(&self, vm: &mut Vm, index: &str) -> PyResult<Object> {
        let rows = self.pragma(vm, "index_info", index)?;
        Ok(Object::list(rows.iter().map(|row| text(row, 2).map_or(Object::None, Object::str)).collect()))
    }
}

/// Asks the database, unless it was asked the same before.
fn ask(
    vm: &mut Vm,
    this: &Object,
    question: &str,
    answer: impl FnOnce(&mut Vm, &Database) -> PyResult<Object>,
) -> PyResult<Object> {
    let own = receiver::<InspectorObject>(vm, this)?;
    let known = own.known.borrow().get(question).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    let (connection, borrowed) = match own.source {
        Source::Engine(engine) => (with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.connect(engine)))?, false),
        Source::Connection(connection) => (connection, true),
    };
    let result = answer(vm, &Database { connection, inspector: Rc::clone(&own) });
    if !borrowed {
        with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.close(connection)))?;
    }
    let result = result?;
    if !question.starts_with("has ") {
        own.known.borrow_mut().insert(question.to_string(), result.clone());
    }
    Ok(result)
}

fn of_table(
    vm: &mut Vm,
    args: Args,
    method: &'static str,
    answer: impl FnOnce(&mut Vm, &Database, &str) -> PyResult<Object>,
) -> PyResult<Object> {
    let mut args = Arguments::new(method, args);
    let this = args.receiver();
    let table = args.require(vm, "table_name")?;
    let table = vm.str(&table)?;
    ask(vm, &this, &format!("{method} {}", table.as_str()), |vm, database| {
        answer(vm, database, table.as_str())
    })
}

fn names(vm: &mut Vm, args: Args, kind: &str) -> PyResult<Object> {
    let sql = format!(
        "SELECT name FROM sqlite_master WHERE type='{kind}' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
    );
    ask(vm, &args.positional[0], kind, |vm, database| {
        let rows = database.rows(vm, &sql, &[])?;
        let names = rows.iter().map(|row| row.first().map_or(Ok(Object::None), |name| to_object(vm, name)));
        Ok(Object::list(names.collect::<PyResult<Vec<_>>>()?))
    })
}

fn foreign_keys(vm: &mut Vm, database: &Database, table: &str) -> PyResult<Object> {
    let rows = database.pragma(vm, "foreign_key_list", table)?;
    let ddl = database.table_sql(vm, table)?;
    #[allow(clippy::type_complexity)] // id, table, own columns, their columns, ON UPDATE, ON DELETE
    let mut keys: Vec<(i64, String, Vec<String>, Vec<String>, String, String)> = Vec::new();
    for row in &rows {
        let (id, own, theirs) = (number(row, 0), text(row, 3).unwrap_or_default(), text(row, 4));
        let target = text(row, 2).unwrap_or_default();
        let theirs = theirs.unwrap_or_else(|| own.clone());
        match keys.iter_mut().find(|key| key.0 == id) {
            Some(key) => {
                key.2.push(own);
                key.3.push(theirs);
            }
            None => {
                let (update, delete) = (text(row, 5).unwrap_or_default(), text(row, 6).unwrap_or_default());
                keys.push((id, target, vec![own], vec![theirs], update, delete));
            }
        }
    }
    // The database lists the last one first; the table's text has them in order.
    keys.sort_by_key(|key| std::cmp::Reverse(key.0));
    let mut found = Vec::new();
    for (_, target, own, theirs, update, delete) in keys {
        let mut options = Vec::new();
        if update != "NO ACTION" {
            options.push(("onupdate", Object::str(update)));
        }
        if delete != "NO ACTION" {
            options.push(("ondelete", Object::str(delete)));
        }
        let options = dict(vm, options);
        let list = |names: &[String]| Object::list(names.iter().map(Object::str).collect());
        let name = constraint_name(&ddl, &format!("FOREIGN KEY({})", own.join(", ")));
        found.push(dict(
            vm,
            vec![
                ("name", name.map_or(Object::None, Object::str)),
                ("constrained_columns", list(&own)),
                ("referred_schema", Object::None),
                ("referred_table", Object::str(&target)),
                ("referred_columns", list(&theirs)),
                ("options", options),
            ],
        ));
    }
    Ok(Object::list(found))
}

/// The name that stands before a clause of a CREATE TABLE.
fn constraint_name(ddl: &str, clause: &str) -> Option<String> {
    let at = ddl.find(clause)?;
    let line = ddl[..at].rsplit(['\n', ',', '(']).next().unwrap_or_default().trim();
    Some(line.strip_prefix("CONSTRAINT ")?.trim().trim_matches('"').to_string())
}

/// The UNIQUE clauses of a CREATE TABLE: name and columns.
fn unique_clauses(ddl: &str) -> Vec<(Option<String>, Vec<String>)> {
    let mut found = Vec::new();
    let mut rest = ddl;
    while let Some(at) = rest.find("UNIQUE (") {
        let before = rest[..at].rsplit(['\n', ',']).next().unwrap_or_default().trim();
        let inside = rest[at + "UNIQUE (".len()..].split(')').next().unwrap_or_default();
        let columns = inside.split(',').map(|name| name.trim().trim_matches('"').to_string()).collect();
        found.push((
            before.strip_prefix("CONSTRAINT ").map(|name| name.trim().trim_matches('"').to_string()),
            columns,
        ));
        rest = &rest[at + 1..];
    }
    found
}

fn text(row: &[Value], at: usize) -> Option<String> {
    match row.get(at) {
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

fn number(row: &[Value], at: usize) -> i64 {
    match row.get(at) {
        Some(Value::Int(value)) => *value,
        _ => 0,
    }
}

fn dict(vm: &mut Vm, items: Vec<(&str, Object)>) -> Object {
    let items: Vec<_> = items.into_iter().map(|(name, value)| (vm.intern(name), value)).collect();
    Dict::from_names(items)
}

/// `metadata.reflect(bind)`
pub(super) fn reflect_metadata(vm: &mut Vm, args: Args) -> PyResult<Object> {
    super::reflection::reflect_metadata(vm, args)
}

pub(super) use super::reflection::reflect_table;
