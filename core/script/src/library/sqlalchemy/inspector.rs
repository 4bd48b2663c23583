//! `Inspector`: the tables of a database as it describes them itself.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine.reflection`.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::{ConnectionId, EngineError, Listener, Reflector};
use ormscope::types::EngineId;

use super::arguments::Arguments;
use super::connection::ConnectionObject;
use super::schema::text_object;
use super::{classes, errors, metadata, receiver, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

pub(super) use super::reflection::{Wanted, reflect_metadata, reflect_table};

/// The native data of an `Inspector`.
struct InspectorObject {
    source: Source,
    subject: Object,
    /// What was asked before: the database is not asked again.
    reflector: RefCell<Reflector>,
}

#[derive(Clone, Copy)]
enum Source {
    Engine(EngineId),
    Connection(ConnectionId),
}

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
    let data = InspectorObject { source, subject: subject.clone(), reflector: RefCell::default() };
    Ok(Some(Instance::native(&class, data)))
}

const METHODS: &[(&str, NativeFn)] = &[
    ("get_table_names", |vm, args| names(vm, args, "table", false)),
    ("get_view_names", |vm, args| names(vm, args, "view", false)),
    ("get_temp_table_names", |vm, args| names(vm, args, "table", true)),
    ("get_temp_view_names", |vm, args| names(vm, args, "view", true)),
    ("get_materialized_view_names", |vm, _| Err(vm.error(&vm.exceptions.not_implemented_error.clone(), ""))),
    ("has_sequence", |vm, _| Err(vm.error(&vm.exceptions.not_implemented_error.clone(), ""))),
    ("get_multi_table_comment", |vm, _| Err(vm.error(&vm.exceptions.not_implemented_error.clone(), ""))),
    ("get_sequence_names", |vm, _| Err(vm.error(&vm.exceptions.not_implemented_error.clone(), ""))),
    ("get_schema_names", |vm, args| {
        let found = ask(vm, &args.positional[0], |reflector, at, id| reflector.schemas(at, id))?;
        Ok(list(&found))
    }),
    ("has_table", |vm, args| {
        let (this, table, schema) = place(vm, args, "has_table", "table_name")?;
        let found =
            ask(vm, &this, |reflector, at, id| reflector.has_table(at, id, &table, schema.as_deref()))?;
        Ok(Object::Bool(found))
    }),
    ("has_index", |vm, mut args| {
        let index = if args.positional.len() > 2 { args.positional.remove(2) } else { Object::None };
        let (this, table, schema) = place(vm, args, "has_index", "table_name")?;
        let index = vm.str(&index)?.as_str().to_string();
        let found = ask(vm, &this, |reflector, at, id| {
            if !reflector.has_table(at, id, &table, schema.as_deref())? {
                return Ok(Vec::new());
            }
            reflector.indexes(at, id, &table, schema.as_deref(), false)
        })?;
        Ok(Object::Bool(found.iter().any(|known| known.name == index)))
    }),
    ("has_schema", |vm, args| {
        let wanted = vm.str(&args.positional[1])?;
        let found = ask(vm, &args.positional[0], |reflector, at, id| reflector.schemas(at, id))?;
        Ok(Object::Bool(found.iter().any(|name| name == wanted.as_str())))
    }),
    ("get_view_definition", |vm, args| {
        let (this, view, schema) = place(vm, args, "get_view_definition", "view_name")?;
        let sql =
            ask(vm, &this, |reflector, at, id| reflector.view_definition(at, id, &view, schema.as_deref()))?;
        Ok(Object::str(sql))
    }),
    ("get_columns", |vm, args| of_table(vm, args, "get_columns", columns)),
    ("get_pk_constraint", |vm, args| of_table(vm, args, "get_pk_constraint", primary_key)),
    ("get_foreign_keys", |vm, args| of_table(vm, args, "get_foreign_keys", foreign_keys)),
    ("get_indexes", |vm, args| of_table(vm, args, "get_indexes", indexes)),
    ("get_unique_constraints", |vm, args| of_table(vm, args, "get_unique_constraints", uniques)),
    ("get_check_constraints", |vm, args| of_table(vm, args, "get_check_constraints", checks)),
    ("get_table_options", |vm, args| of_table(vm, args, "get_table_options", options)),
    ("get_table_comment", |vm, _| Err(vm.error(&vm.exceptions.not_implemented_error.clone(), ""))),
    ("get_multi_columns", |vm, args| multi(vm, args, columns)),
    ("get_multi_pk_constraint", |vm, args| multi(vm, args, primary_key)),
    ("get_multi_foreign_keys", |vm, args| multi(vm, args, foreign_keys)),
    ("get_multi_indexes", |vm, args| multi(vm, args, indexes)),
    ("get_multi_unique_constraints", |vm, args| multi(vm, args, uniques)),
    ("get_multi_check_constraints", |vm, args| multi(vm, args, checks)),
    ("get_multi_table_options", |vm, args| multi(vm, args, options)),
    ("get_sorted_table_and_fkc_names", sorted_tables),
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
            let own = receiver::<InspectorObject>(vm, &args.positional[0])?;
            match own.source {
                Source::Engine(_) => Ok(own.subject.clone()),
                Source::Connection(_) => vm.get_attr(&own.subject, "engine"),
            }
        })
        .getter("dialect", |vm, args| {
            let own = receiver::<InspectorObject>(vm, &args.positional[0])?;
            let dialect = super::engine::dialect_of(vm, &own.subject)?;
            let dialect = if matches!(own.source, Source::Connection(_)) {
                ormscope::sql::compiler::Dialect::Sqlite
            } else {
                dialect
            };
            super::engine::dialect_object(vm, dialect)
        })
        .getter("bind", |vm, args| Ok(receiver::<InspectorObject>(vm, &args.positional[0])?.subject.clone()))
        .getter("info_cache", |vm, _| Dict::from_items(vm, Vec::new()))
        .method("clear_cache", |vm, args| {
            receiver::<InspectorObject>(vm, &args.positional[0])?.reflector.borrow_mut().clear();
            Ok(Object::None)
        })
        .method("reflect_table", |vm, args| {
            let mut args = Arguments::new("reflect_table", args);
            let this = args.receiver();
            let table = args.require(vm, "table")?;
            let collection = vm.get_attr(&table, "metadata")?;
            let Some(id) = super::schema::table_id(vm, &table)? else { return Ok(Object::None) };
            let definition = super::peek(vm, |orm| orm.schema.table(id).clone())?;
            let include = args.take("include_columns").filter(|given| !given.is_none());
            let resolve = args.flag(vm, "resolve_fks", true)?;
            let wanted = Wanted { include, resolve, listeners: Vec::new() };
            let items = reflect_table(vm, &this, &collection, &definition, &wanted)?;
            super::schema::append_items(vm, id, items)?;
            Ok(Object::None)
        })
        .build()
}

/// Asks the database on a connection of its own, or on the one that is inspected.
fn ask<T>(
    vm: &mut Vm,
    this: &Object,
    question: impl FnOnce(&mut Reflector, &mut dyn Listener, ConnectionId) -> Result<T, EngineError>,
) -> PyResult<T> {
    let own = receiver::<InspectorObject>(vm, this)?;
    with_orm(vm, |orm, hooks| {
        orm.at(hooks, |at| {
            let (connection, borrowed) = match own.source {
                Source::Engine(engine) => (at.connect(engine)?, false),
                Source::Connection(connection) => (connection, true),
            };
            // The program's code may run meanwhile and ask this inspector too.
            let mut reflector = own.reflector.take();
            let answer = question(&mut reflector, at, connection);
            own.reflector.replace(reflector);
            if !borrowed {
                at.close(connection)?;
            }
            answer
        })
    })
}

/// The receiver, the name and the schema of a question about a table.
fn place(
    vm: &mut Vm,
    args: Args,
    method: &'static str,
    name: &str,
) -> PyResult<(Object, String, Option<String>)> {
    let mut args = Arguments::new(method, args);
    let this = args.receiver();
    let table = args.require(vm, name)?;
    let table = vm.str(&table)?.as_str().to_string();
    let schema = match args.take("schema") {
        Some(Object::Str(schema)) => Some(schema.as_str().to_string()),
        _ => None,
    };
    Ok((this, table, schema))
}

type AboutTable = fn(&mut Vm, &Object, &str, Option<&str>) -> PyResult<Object>;

fn of_table(vm: &mut Vm, args: Args, method: &'static str, answer: AboutTable) -> PyResult<Object> {
    let (this, table, schema) = place(vm, args, method, "table_name")?;
    answer(vm, &this, &table, schema.as_deref())
}

/// The same of every table: a dictionary by (schema, name).
fn multi(vm: &mut Vm, args: Args, answer: AboutTable) -> PyResult<Object> {
    let mut args = Arguments::new("get_multi_columns", args);
    let this = args.receiver();
    let schema = match args.take("schema") {
        Some(Object::Str(schema)) => Some(schema.as_str().to_string()),
        _ => None,
    };
    let chosen = match args.keyword("filter_names").filter(|names| !names.is_none()) {
        Some(names) => {
            let names = vm.collect(&names)?;
            Some(names.iter().filter_map(Object::as_str).map(str::to_string).collect::<Vec<_>>())
        }
        None => None,
    };
    let names =
        ask(vm, &this, |reflector, at, id| reflector.names(at, id, "table", schema.as_deref(), false))?;
    let mut items = Vec::new();
    for name in names {
        if chosen.as_ref().is_some_and(|chosen| !chosen.contains(&name)) {
            continue;
        }
        let found = answer(vm, &this, &name, schema.as_deref())?;
        items.push((Object::tuple(vec![text_object(&schema), Object::str(&name)]), found));
    }
    Dict::from_items(vm, items)
}

fn names(vm: &mut Vm, args: Args, kind: &'static str, temporary: bool) -> PyResult<Object> {
    let mut args = Arguments::new("get_table_names", args);
    let this = args.receiver();
    let schema = match args.take("schema") {
        Some(Object::Str(schema)) => Some(schema.as_str().to_string()),
        _ => None,
    };
    let found =
        ask(vm, &this, |reflector, at, id| reflector.names(at, id, kind, schema.as_deref(), temporary))?;
    Ok(list(&found))
}

fn columns(vm: &mut Vm, this: &Object, table: &str, schema: Option<&str>) -> PyResult<Object> {
    let found = ask(vm, this, |reflector, at, id| reflector.columns(at, id, table, schema))?;
    let mut items = Vec::new();
    for column in found {
        let sql_type = super::types::reflected_type(vm, column.sql_type);
        let mut parts = vec![
            ("name", Object::str(&column.name)),
            ("type", sql_type),
            ("nullable", Object::Bool(column.nullable)),
            ("default", text_object(&column.default)),
            ("primary_key", Object::Int(column.primary_key)),
        ];
        if let Some((sqltext, persisted)) = column.computed {
            let computed =
                dict(vm, vec![("sqltext", Object::str(sqltext)), ("persisted", Object::Bool(persisted))]);
            parts.push(("computed", computed));
        }
        items.push(dict(vm, parts));
    }
    Ok(Object::list(items))
}

fn primary_key(vm: &mut Vm, this: &Object, table: &str, schema: Option<&str>) -> PyResult<Object> {
    let (name, columns) = ask(vm, this, |reflector, at, id| reflector.primary_key(at, id, table, schema))?;
    let (columns_entry, name_entry) = (("constrained_columns", list(&columns)), ("name", text_object(&name)));
    // SQLAlchemy's default for a table without a key names the name first.
    Ok(dict(
        vm,
        if columns.is_empty() { vec![name_entry, columns_entry] } else { vec![columns_entry, name_entry] },
    ))
}

fn foreign_keys(vm: &mut Vm, this: &Object, table: &str, schema: Option<&str>) -> PyResult<Object> {
    let keys = ask(vm, this, |reflector, at, id| reflector.foreign_keys(at, id, table, schema))?;
    let mut items = Vec::new();
    for key in keys {
        let mut options = Vec::new();
        // Both actions are told in the order in which SQLAlchemy reads them.
        for (name, action) in [("onupdate", &key.on_update), ("ondelete", &key.on_delete)] {
            options.extend(action.as_ref().map(|action| (name, Object::str(action))));
        }
        options.extend(key.deferrable.map(|value| ("deferrable", Object::Bool(value))));
        options.extend(key.initially.as_ref().map(|text| ("initially", Object::str(text))));
        let options = dict(vm, options);
        items.push(dict(
            vm,
            vec![
                ("name", text_object(&key.name)),
                ("constrained_columns", list(&key.columns)),
                ("referred_schema", text_object(&key.schema)),
                ("referred_table", Object::str(&key.table)),
                ("referred_columns", list(&key.referred)),
                ("options", options),
            ],
        ));
    }
    Ok(Object::list(items))
}

fn indexes(vm: &mut Vm, this: &Object, table: &str, schema: Option<&str>) -> PyResult<Object> {
    let found = ask(vm, this, |reflector, at, id| reflector.indexes(at, id, table, schema, false))?;
    let mut items = Vec::new();
    for index in found {
        let mut options = Vec::new();
        if let Some(condition) = &index.where_ {
            options.push(("sqlite_where", super::reflection::text_clause(vm, condition)?));
        }
        let options = dict(vm, options);
        items.push(dict(
            vm,
            vec![
                ("name", Object::str(&index.name)),
                ("column_names", list(&index.columns)),
                ("unique", Object::Int(index.unique)),
                ("dialect_options", options),
            ],
        ));
    }
    Ok(Object::list(items))
}

fn uniques(vm: &mut Vm, this: &Object, table: &str, schema: Option<&str>) -> PyResult<Object> {
    let found = ask(vm, this, |reflector, at, id| reflector.uniques(at, id, table, schema))?;
    let mut items = Vec::new();
    for (name, columns) in found {
        items.push(dict(vm, vec![("name", text_object(&name)), ("column_names", list(&columns))]));
    }
    Ok(Object::list(items))
}

fn checks(vm: &mut Vm, this: &Object, table: &str, schema: Option<&str>) -> PyResult<Object> {
    let found = ask(vm, this, |reflector, at, id| reflector.checks(at, id, table, schema))?;
    let mut items = Vec::new();
    for (name, condition) in found {
        items.push(dict(vm, vec![("sqltext", Object::str(&condition)), ("name", text_object(&name))]));
    }
    Ok(Object::list(items))
}

fn options(vm: &mut Vm, this: &Object, table: &str, schema: Option<&str>) -> PyResult<Object> {
    let (without_row_id, strict) =
        ask(vm, this, |reflector, at, id| reflector.options(at, id, table, schema))?;
    let mut parts = Vec::new();
    if without_row_id {
        parts.push(("sqlite_with_rowid", Object::Bool(false)));
    }
    if strict {
        parts.push(("sqlite_strict", Object::Bool(true)));
    }
    Ok(dict(vm, parts))
}

/// Tables in the order of their foreign keys, with the keys' names.
fn sorted_tables(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let keys = ask(vm, &this, |reflector, at, id| {
        let names = reflector.names(at, id, "table", None, false)?;
        let mut keys = Vec::new();
        for name in names {
            let own = reflector.foreign_keys(at, id, &name, None)?;
            keys.push((name, own));
        }
        Ok(keys)
    })?;
    let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
    let mut edges = Vec::new();
    for (name, own) in &keys {
        edges.extend(
            own.iter().filter(|key| key.table != *name).map(|key| (key.table.as_str(), name.as_str())),
        );
    }
    let sorted = match ormscope::types::topological::sort(&edges, &names) {
        Ok(sorted) => sorted,
        Err(_) => {
            return Err(errors::error(vm, "CircularDependencyError", "Circular dependency detected."));
        }
    };
    let mut items = Vec::new();
    for name in sorted {
        let own = keys.iter().find(|(known, _)| known == name).map(|(_, own)| own.as_slice());
        let pair = |key: &ormscope::engine::ReflectedForeignKey| {
            Object::tuple(vec![Object::str(name), text_object(&key.name)])
        };
        let names = own.unwrap_or_default().iter().map(pair);
        items.push(Object::tuple(vec![Object::str(name), Object::list(names.collect())]));
    }
    items.push(Object::tuple(vec![Object::None, Object::list(Vec::new())]));
    Ok(Object::list(items))
}

fn list(names: &[String]) -> Object {
    Object::list(names.iter().map(Object::str).collect())
}

fn dict(vm: &mut Vm, items: Vec<(&str, Object)>) -> Object {
    let items: Vec<_> = items.into_iter().map(|(name, value)| (vm.intern(name), value)).collect();
    Dict::from_names(items)
}
