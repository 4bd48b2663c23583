//! `MetaData`: `create_all`, `drop_all`, tables; bound ones in the legacy era.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::schema::MetaData;
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
            if let Some(table) = super::schema::table_id(vm, &args.positional[1])? {
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
    let bind = match args.take("bind") {
        Some(bind) if !bind.is_none() => {
            if !legacy {
                let name = vm.class_of(&bind).name();
                return Err(vm.type_error(format!(
                    "expected schema argument to be a string, got <class '{}'>.",
                    name.as_str()
                )));
            }
            super::note(
                vm,
                "MetaData no longer takes an engine: pass it to create_all(engine) and to the Session.",
            );
            bind_object(vm, &bind)?
        }
        _ => None,
    };
    let schema = match args.keyword("schema") {
        Some(Object::Str(schema)) => Some(schema.as_str().to_string()),
        _ => None,
    };
    if args.keyword("naming_convention").is_some_and(|given| !given.is_none()) {
        super::note(
            vm,
            "naming_convention is not applied here yet: constraints keep the names that they were given.",
        );
    }
    for ignored in ["info", "quote_schema"] {
        args.keyword(ignored);
    }
    args.finish(vm)?;
    let metadata = MetaData { schema, ..MetaData::default() };
    let id = with_orm(vm, |orm, _| Ok(orm.schema.add_metadata(metadata)))?;
    if let Some(engine) = &bind {
        vm.library.sqlalchemy.binds.insert(id, engine.clone());
    }
    let class = receiver.as_class().map_or_else(|| classes(vm).metadata.clone(), Rc::clone);
    Ok(Instance::native(&class, MetaDataObject { id, bind: RefCell::new(bind) }))
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

/// The `MetaData` object of a table: the one that made it is not kept, so one
/// with the same id stands for it.
pub(super) fn metadata_object_of(vm: &mut Vm, table: TableId) -> PyResult<Object> {
    let id = peek(vm, |orm| orm.schema.table(table).metadata)?;
    let class = classes(vm).metadata.clone();
    Ok(Instance::native(&class, MetaDataObject { id, bind: RefCell::new(None) }))
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
        return Err(
            vm.type_error(format!("MetaData.{function}() missing 1 required positional argument: 'bind'"))
        );
    };
    let run = |at: &mut dyn ormscope::engine::Listener, connection| {
        if create {
            at.create_tables(connection, tables, check_first)
        } else {
            at.drop_tables(connection, tables, check_first)
        }
    };
    if let Some(mock) = bind.native::<super::engine::MockEngine>() {
        let mut order = peek(vm, |orm| orm.schema.sort_tables(tables.to_vec()))?;
        if !create {
            order.reverse();
        }
        for table in order {
            let ddl = ddl_of(table_object(vm, table), table, create);
            vm.call(&mock.executor, Args::positional(vec![ddl, Object::None]))?;
        }
        return Ok(Object::None);
    }
    if let Some(connection) = bind.native::<ConnectionObject>() {
        let id = connection.id;
        with_orm(vm, |orm, hooks| orm.at(hooks, |at| run(at, id)))?;
        return Ok(Object::None);
    }
    let Some(engine) = engine_id(&bind) else {
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
    })?;
    Ok(Object::None)
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

/// `CreateTable(table)`: printed, it is the DDL.
pub(super) fn create_table_text(vm: &mut Vm, args: Args) -> PyResult<Object> {
    ddl_object(vm, args, true)
}

/// `DropTable(table)`
pub(super) fn drop_table_text(vm: &mut Vm, args: Args) -> PyResult<Object> {
    ddl_object(vm, args, false)
}

/// The native data of a DDL statement.
pub(super) struct DdlObject {
    pub(super) ddl: ormscope::sql::Ddl,
}

/// The statement that creates or drops a table.
fn ddl_of(element: Object, table: TableId, create: bool) -> Object {
    let ddl = if create {
        ormscope::sql::Ddl::CreateTable(ormscope::sql::CreateTable { table, if_not_exists: false })
    } else {
        ormscope::sql::Ddl::DropTable(ormscope::sql::DropTable { table, if_exists: false })
    };
    let object = Instance::native(&ddl_class(create), DdlObject { ddl });
    if let Object::Instance(instance) = &object {
        instance.dict.borrow_mut().insert(crate::object::PyStr::new("element"), element);
    }
    object
}

fn ddl_class(create: bool) -> Rc<Class> {
    Class::builder(if create { "CreateTable" } else { "DropTable" })
        .module("sqlalchemy.sql.ddl")
        .method("__str__", super::select::print_statement)
        .method("compile", super::select::compile_statement)
        .build()
}

fn ddl_object(vm: &mut Vm, args: Args, create: bool) -> PyResult<Object> {
    let mut args = Arguments::new("CreateTable", args);
    let table = args.require(vm, "element")?;
    let Some(table) = super::schema::table_id(vm, &table)? else {
        return Err(vm.type_error("a Table is expected"));
    };
    let ddl = if create {
        let if_not_exists = args.flag(vm, "if_not_exists", false)?;
        ormscope::sql::Ddl::CreateTable(ormscope::sql::CreateTable { table, if_not_exists })
    } else {
        let if_exists = args.flag(vm, "if_exists", false)?;
        ormscope::sql::Ddl::DropTable(ormscope::sql::DropTable { table, if_exists })
    };
    Ok(Instance::native(&ddl_class(create), DdlObject { ddl }))
}
