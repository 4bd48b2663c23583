//! `MetaData`: `create_all`, `drop_all`, tables; bound ones in the legacy era.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::{ConnectionId, EngineError};
use ormscope::schema::{Abilities, MetaData, NamingConvention};
use ormscope::sql::compiler::Dialect;
use ormscope::sql::{Ddl, Sequence};
use ormscope::types::{EngineId, MetaDataId, TableId};

use super::arguments::Arguments;
use super::connection::ConnectionObject;
use super::engine::{EngineObject, engine_from_url};
use super::{classes, errors, peek, receiver, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a `MetaData`.
pub(super) struct MetaDataObject {
    /// Its id.
    pub(super) id: MetaDataId,
    /// The engine it is bound to (legacy).
    pub(super) bind: RefCell<Option<Object>>,
}

pub(super) fn class() -> Rc<Class> {
    Class::builder("MetaData")
        .module("sqlalchemy.sql.schema")
        .method("__new__", new_metadata)
        .method("__init__", |_, _| Ok(Object::None))
        .method("__repr__", |vm, args| {
            let data = receiver::<MetaDataObject>(vm, &args.positional[0])?;
            let legacy = peek(vm, |orm| orm.legacy)?;
            let bind = data.bind.borrow().clone();
            Ok(Object::str(match (legacy, bind) {
                (false, _) => "MetaData()".to_string(),
                (true, None) => "MetaData(bind=None)".to_string(),
                (true, Some(engine)) => format!("MetaData(bind={})", vm.repr(&engine)?.as_str()),
            }))
        })
        .getter("tables", |vm, args| {
            let data = receiver::<MetaDataObject>(vm, &args.positional[0])?;
            let tables: Vec<(String, TableId)> = peek(vm, |orm| {
                orm.schema.metadata(data.id).tables.iter().map(|(key, id)| (key.clone(), *id)).collect()
            })?;
            let items: Vec<(Object, Object)> =
                tables.into_iter().map(|(key, id)| (Object::str(key), table_object(vm, id))).collect();
            let items = Dict::from_items(vm, items)?;
            super::inspection::make_support(vm, "FacadeDict", vec![items])
        })
        .getter("sorted_tables", |vm, args| {
            let data = receiver::<MetaDataObject>(vm, &args.positional[0])?;
            let sorted = peek(vm, |orm| orm.schema.sorted_tables(data.id))?;
            Ok(Object::list(sorted.into_iter().map(|id| table_object(vm, id)).collect()))
        })
        .property(
            "bind",
            |vm, args| {
                let data = receiver::<MetaDataObject>(vm, &args.positional[0])?;
                let bind = data.bind.borrow().clone();
                Ok(bind.unwrap_or(Object::None))
            },
            |vm, args| {
                let data = receiver::<MetaDataObject>(vm, &args.positional[0])?;
                let bind = bind_object(vm, &args.positional[1])?;
                match &bind {
                    Some(engine) => vm.library.sqlalchemy.binds.insert(data.id, engine.clone()),
                    None => vm.library.sqlalchemy.binds.remove(&data.id),
                };
                *data.bind.borrow_mut() = bind;
                Ok(Object::None)
            },
        )
        .getter("info", |vm, args| super::schema::info(vm, &args.positional[0]))
        .getter("schema", |vm, args| {
            let data = receiver::<MetaDataObject>(vm, &args.positional[0])?;
            let schema = peek(vm, |orm| orm.schema.metadata(data.id).schema.clone())?;
            Ok(super::schema::text_object(&schema))
        })
        .getter("naming_convention", |vm, args| {
            let data = receiver::<MetaDataObject>(vm, &args.positional[0])?;
            let naming = peek(vm, |orm| orm.schema.metadata(data.id).naming.0.clone())?;
            let items = naming.into_iter().map(|(kind, text)| (Object::str(kind), Object::str(text)));
            let items = Dict::from_items(vm, items.collect::<Vec<_>>())?;
            super::inspection::make_support(vm, "immutabledict", vec![items])
        })
        .method("__contains__", |vm, args| {
            let data = receiver::<MetaDataObject>(vm, &args.positional[0])?;
            let key = match &args.positional[1] {
                Object::Str(key) => key.as_str().to_string(),
                table => {
                    let key = vm.get_attr(table, "key")?;
                    vm.str(&key)?.as_str().to_string()
                }
            };
            peek(vm, |orm| Object::Bool(orm.schema.find_table(data.id, &key).is_some()))
        })
        .method("reflect", super::inspector::reflect_metadata)
        .method("create_all", |vm, args| create_or_drop(vm, args, true))
        .method("drop_all", |vm, args| create_or_drop(vm, args, false))
        .method("clear", |vm, args| {
            let data = receiver::<MetaDataObject>(vm, &args.positional[0])?;
            with_orm(vm, |orm, _| {
                orm.schema.clear_metadata(data.id);
                Ok(())
            })?;
            Ok(Object::None)
        })
        .method("remove", |vm, args| {
            let table = super::schema::table_id(vm, &args.positional[1])?;
            if table.is_none() {
                return Err(vm.attribute_error(&args.positional[1], "name"));
            }
            if let Some(table) = table {
                with_orm(vm, |orm, _| {
                    orm.schema.remove_table(table);
                    Ok(())
                })?;
            }
            Ok(Object::None)
        })
        .build()
}

fn new_metadata(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("MetaData", args);
    let receiver = args.receiver();
    let legacy = peek(vm, |orm| orm.legacy)?;
    let given_schema = if legacy { args.keyword("schema") } else { args.take("schema") };
    let bind = if legacy { args.take("bind") } else { None };
    let bind = match bind {
        Some(bind) if !bind.is_none() => {
            super::note(
                vm,
                "MetaData no longer takes an engine: pass it to create_all(engine) and to the Session.",
            );
            bind_object(vm, &bind)?
        }
        _ => None,
    };
    let schema = match given_schema.as_ref().map(crate::builtins::base) {
        Some(Object::Str(schema)) => Some(schema.as_str().to_string()),
        None | Some(Object::None) => None,
        Some(other) => {
            let class = vm.class_of(other);
            let class = super::program_elements::class_text(&class);
            let class = class.replace("<class 'builtins.", "<class '");
            let message = format!("expected schema argument to be a string, got {class}.");
            return Err(errors::error(vm, "ArgumentError", message));
        }
    };
    let mut naming = NamingConvention::default();
    if let Some(given) = args.keyword("naming_convention").filter(|given| !given.is_none()) {
        // The rule for indexes stays unless another is given.
        for (kind, template) in read_convention(vm, &given)? {
            naming.0.retain(|(known, _)| *known != kind);
            naming.0.push((kind, template));
        }
    }
    let own_info = args.keyword("info");
    args.keyword("quote_schema");
    args.finish(vm)?;
    let metadata = MetaData { schema, naming, ..MetaData::default() };
    let id = with_orm(vm, |orm, _| Ok(orm.schema.add_metadata(metadata)))?;
    if let Some(engine) = &bind {
        vm.library.sqlalchemy.binds.insert(id, engine.clone());
    }
    let class = receiver.as_class().map_or_else(|| classes(vm).metadata.clone(), Rc::clone);
    let made = Instance::native(&class, MetaDataObject { id, bind: RefCell::new(bind) });
    if let Some(own_info) = own_info {
        super::schema::keep(&made, "_info", own_info);
    }
    vm.library.sqlalchemy.metadata.insert(id, made.clone());
    Ok(made)
}

/// `naming_convention={"ix": "…"}`, with classes or their short names as keys.
fn read_convention(vm: &mut Vm, given: &Object) -> PyResult<Vec<(String, String)>> {
    let items = vm.call_method(given, "items", Vec::new())?;
    let mut convention = Vec::new();
    for item in vm.collect(&items)? {
        let [kind, template] = &vm.collect(&item)?[..] else { continue };
        let kind = match kind {
            Object::Class(class) => class.name().as_str().to_string(),
            other => vm.str(other)?.as_str().to_string(),
        };
        if let Object::Str(template) = template {
            convention.push((kind, template.as_str().to_string()));
        }
    }
    Ok(convention)
}

/// A new `MetaData`, as the declarative base makes one.
pub(super) fn make_metadata(vm: &mut Vm) -> PyResult<Object> {
    let class = classes(vm).metadata.clone();
    new_metadata(vm, Args::positional(vec![Object::Class(class)]))
}

/// The engine that a bind names: an engine, or its URL.
fn bind_object(vm: &mut Vm, bind: &Object) -> PyResult<Option<Object>> {
    match bind {
        Object::None => Ok(None),
        Object::Str(url) => engine_from_url(vm, url.as_str()).map(Some),
        other => Ok(Some(other.clone())),
    }
}

/// The id of a `MetaData` object.
pub(super) fn metadata_of(_vm: &mut Vm, object: &Object) -> PyResult<Option<MetaDataId>> {
    Ok(object.native::<MetaDataObject>().map(|data| data.id))
}

/// The Python object of a table.
pub(super) fn table_object(vm: &mut Vm, id: TableId) -> Object {
    vm.library.sqlalchemy.tables.get(&id).cloned().unwrap_or(Object::None)
}

/// The `MetaData` object of a table.
pub(super) fn metadata_object_of(vm: &mut Vm, table: TableId) -> PyResult<Object> {
    let id = peek(vm, |orm| orm.schema.table(table).metadata)?;
    Ok(vm.library.sqlalchemy.metadata.get(&id).cloned().unwrap_or(Object::None))
}

/// `Sequence(…, metadata=…)`
pub(super) fn add_sequence(vm: &mut Vm, metadata: &Object, sequence: Sequence) -> PyResult<()> {
    let Some(id) = metadata_of(vm, metadata)? else { return Ok(()) };
    with_orm(vm, |orm, _| {
        orm.schema.metadata_mut(id).sequences.push(sequence);
        Ok(())
    })
}

/// `sort_tables(tables)`
pub(super) fn sort_tables(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("sort_tables", args);
    let tables = args.require(vm, "tables")?;
    let mut ids = Vec::new();
    for table in vm.collect(&tables)? {
        ids.extend(super::schema::table_id(vm, &table)?);
    }
    let sorted = peek(vm, |orm| orm.schema.sort_tables(ids))?;
    Ok(Object::list(sorted.into_iter().map(|id| table_object(vm, id)).collect()))
}

fn create_or_drop(vm: &mut Vm, args: Args, create: bool) -> PyResult<Object> {
    let mut args = Arguments::new(if create { "create_all" } else { "drop_all" }, args);
    let data = receiver::<MetaDataObject>(vm, &args.receiver())?;
    let bind = match args.take("bind") {
        Some(bind) if !bind.is_none() => Some(bind),
        _ => data.bind.borrow().clone(),
    };
    let tables = args.take("tables");
    let check_first = args.flag(vm, "checkfirst", true)?;
    args.finish(vm)?;
    let chosen: Option<Vec<TableId>> = match tables {
        Some(tables) if !tables.is_none() => {
            let mut chosen = Vec::new();
            for table in vm.collect(&tables)? {
                chosen.extend(super::schema::table_id(vm, &table)?);
            }
            Some(chosen)
        }
        _ => None,
    };
    let order = match chosen {
        Some(chosen) => chosen,
        None => peek(vm, |orm| orm.schema.metadata(data.id).tables.values().copied().collect())?,
    };
    run_ddl(vm, bind, &order, create, check_first, if create { "create_all" } else { "drop_all" })
}

/// `table.create(engine)`, `table.drop(engine)`
pub(super) fn create_or_drop_table(vm: &mut Vm, args: Args, create: bool) -> PyResult<Object> {
    let mut args = Arguments::new(if create { "create" } else { "drop" }, args);
    let table = receiver::<super::schema::TableObject>(vm, &args.receiver())?;
    let bind = args.take("bind").filter(|bind| !bind.is_none());
    let check_first = args.flag(vm, "checkfirst", false)?;
    run_ddl(vm, bind, &[table.id], create, check_first, if create { "create" } else { "drop" })
}

fn run_ddl(
    vm: &mut Vm,
    bind: Option<Object>,
    tables: &[TableId],
    create: bool,
    check_first: bool,
    function: &str,
) -> PyResult<Object> {
    let Some(bind) = bind else {
        let class = if function.ends_with("_all") { "MetaData" } else { "Table" };
        return Err(
            vm.type_error(format!("{class}.{function}() missing 1 required positional argument: 'bind'"))
        );
    };
    if create {
        super::program_compiler::prepare_tables(vm, tables, Dialect::Sqlite)?;
    }
    let is_bind = engine_id(&bind).is_some()
        || bind.native::<ConnectionObject>().is_some()
        || bind.native::<super::engine::MockEngine>().is_some();
    if !is_bind {
        return Err(vm.attribute_error(&bind, "_run_ddl_visitor"));
    }
    if let Some(mock) = bind.native::<super::engine::MockEngine>() {
        let abilities = abilities(mock.dialect);
        if create {
            super::program_compiler::prepare_tables(vm, tables, mock.dialect)?;
            super::conditions::ask(vm, tables, mock.dialect, Some(&bind))?;
        }
        let statements = peek(vm, |orm| match create {
            true => Ok(orm.schema.creation(tables, abilities)),
            false => orm.schema.removal(tables, abilities),
        })?;
        let statements = match statements {
            Ok(statements) => statements,
            Err(names) => return Err(cannot_drop(vm, &names)),
        };
        let metadata = match tables.first() {
            Some(table) => Some(peek(vm, |orm| orm.schema.table(*table).metadata)?),
            None => None,
        };
        let (sequences, types) = match metadata {
            Some(id) => peek(vm, |orm| {
                let sequences = orm.schema.metadata(id).sequences.clone();
                (sequences, orm.schema.named_types(id))
            })?,
            None => (Vec::new(), Vec::new()),
        };
        let sequences = sequences.into_iter().filter(|_| mock.dialect.has_sequences());
        let types = types.into_iter().filter(|_| mock.dialect == Dialect::Postgresql);
        let mut all: Vec<Ddl> = Vec::new();
        if create {
            all.extend(types.map(Ddl::CreateType));
            all.extend(sequences.map(|sequence| Ddl::CreateSequence { sequence, if_not_exists: false }));
            all.extend(statements);
        } else {
            all.extend(statements);
            all.extend(sequences.map(|sequence| Ddl::DropSequence { sequence, if_exists: false }));
            all.extend(types.map(Ddl::DropType));
        }
        for ddl in all {
            let statement = super::ddl::statement_object(vm, ddl);
            vm.call(&mock.executor, Args::positional(vec![statement, Object::None]))?;
        }
        return Ok(Object::None);
    }
    let whole = function.ends_with("_all");
    let metadata = match (whole, tables.first()) {
        (true, Some(table)) => Some(peek(vm, |orm| orm.schema.table(*table).metadata)?),
        _ => None,
    };
    let by_steps = super::ddl_events::are_heard(vm, metadata, tables)
        || super::conditions::are_asked(vm, tables)?
        || super::program_compiler::writes_ddl(vm, Dialect::Sqlite);
    if by_steps {
        let operation = super::ddl_events::Operation { metadata, tables, create, check_first };
        operation.run(vm, &bind)?;
        return Ok(Object::None);
    }
    let run = |at: &mut dyn ormscope::engine::Listener, connection| {
        if create {
            at.create_tables(connection, tables, check_first)
        } else {
            at.drop_tables(connection, tables, check_first)
        }
    };
    on_connection(vm, &bind, run)?;
    Ok(Object::None)
}

/// Runs DDL on an engine, a connection, or the function of a mock engine.
pub(super) fn run_statements(vm: &mut Vm, bind: &Object, statements: Vec<Ddl>) -> PyResult<()> {
    if let Some(mock) = bind.native::<super::engine::MockEngine>() {
        for ddl in statements {
            let statement = super::ddl::statement_object(vm, ddl);
            vm.call(&mock.executor, Args::positional(vec![statement, Object::None]))?;
        }
        return Ok(());
    }
    on_connection(vm, bind, |at, connection| at.run_all(connection, statements.clone()))
}

/// Runs something on a connection, or on a new one of an engine that is committed.
fn on_connection(
    vm: &mut Vm,
    bind: &Object,
    run: impl Fn(&mut dyn ormscope::engine::Listener, ConnectionId) -> Result<(), EngineError>,
) -> PyResult<()> {
    if let Some(connection) = bind.native::<ConnectionObject>() {
        let id = connection.id;
        return with_orm(vm, |orm, hooks| orm.at(hooks, |at| run(at, id)));
    }
    let Some(engine) = engine_id(bind) else {
        return Err(errors::error(vm, "ArgumentError", "expected an Engine or a Connection as bind"));
    };
    with_orm(vm, |orm, hooks| {
        orm.at(hooks, |at| {
            let connection = at.connect(engine)?;
            let done = at.begin(connection).and_then(|transaction| {
                run(at, connection).and_then(|()| at.commit_transaction(transaction))
            });
            // An open transaction is rolled back by that.
            let closed = at.close(connection);
            done.and(closed)
        })
    })
}

fn abilities(dialect: Dialect) -> Abilities {
    Abilities {
        alter: !matches!(dialect, Dialect::Sqlite | Dialect::Default),
        comments: matches!(dialect, Dialect::Postgresql | Dialect::Oracle),
        dialect: dialect.name(),
    }
}

pub(super) fn cannot_drop(vm: &mut Vm, names: &[String]) -> crate::object::Unwind {
    errors::error(
        vm,
        "CircularDependencyError",
        format!(
            "Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: {}.  Please ensure that the ForeignKey and ForeignKeyConstraint objects involved in the cycle have names so that they can be dropped using DROP CONSTRAINT.",
            names.join(", ")
        ),
    )
}

/// The id of an engine object.
pub(super) fn engine_id(object: &Object) -> Option<EngineId> {
    object.native::<EngineObject>().map(|engine| engine.id)
}

/// The engine that a table's `MetaData` is bound to.
pub(super) fn bind_of_table(vm: &mut Vm, table: TableId) -> PyResult<Option<Object>> {
    let id = peek(vm, |orm| orm.schema.table(table).metadata)?;
    Ok(vm.library.sqlalchemy.binds.get(&id).cloned())
}
