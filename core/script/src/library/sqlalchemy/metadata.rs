//! `MetaData`: `create_all`, `drop_all`, tables; bound ones in the legacy era.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::{ConnectionId, EngineError};
use ormscope::schema::{Abilities, MetaData, NamingConvention, Schema};
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
    /// The tokens of its naming convention that the program computes.
    pub(super) tokens: Vec<(String, Object)>,
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
            let naming = peek(vm, |orm| orm.schema.metadata(data.id).naming.templates.clone())?;
            let items = naming.into_iter().map(|(kind, text)| (Object::str(kind), Object::str(text)));
            let own = data.tokens.iter().map(|(name, function)| (Object::str(name), function.clone()));
            let items = Dict::from_items(vm, items.chain(own).collect::<Vec<_>>())?;
            super::inspection::make_support(vm, "immutabledict", vec![items])
        })
        .getter("is_bound", |vm, args| {
            let data = receiver::<MetaDataObject>(vm, &args.positional[0])?;
            if !peek(vm, |orm| orm.legacy)? {
                return Err(vm.attribute_error(&args.positional[0], "is_bound"));
            }
            let bound = Object::Bool(data.bind.borrow().is_some());
            Ok(crate::object::NativeFunction::closure("is_bound", move |_, _| Ok(bound.clone())))
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
    let mut tokens = Vec::new();
    if let Some(given) = args.keyword("naming_convention").filter(|given| !given.is_none()) {
        tokens = super::conventions::read(vm, &given, &mut naming)?;
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
    let made = Instance::native(&class, MetaDataObject { id, bind: RefCell::new(bind), tokens });
    if let Some(own_info) = own_info {
        super::schema::keep(&made, "_info", own_info);
    }
    vm.library.sqlalchemy.metadata.insert(id, made.clone());
    Ok(made)
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
    let this = args.receiver();
    let data = receiver::<MetaDataObject>(vm, &this)?;
    let function = if create { "create_all" } else { "drop_all" };
    let bind = match (args.take("bind").filter(|bind| !bind.is_none()), data.bind.borrow().clone()) {
        (Some(bind), _) | (None, Some(bind)) => bind,
        (None, None) => implied_bind(vm, None, &this, function)?,
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
    run_ddl(vm, bind, &order, create, check_first, true)
}

/// `table.create(engine)`, `table.drop(engine)`
pub(super) fn create_or_drop_table(vm: &mut Vm, args: Args, create: bool) -> PyResult<Object> {
    let mut args = Arguments::new(if create { "create" } else { "drop" }, args);
    let this = args.receiver();
    let table = receiver::<super::schema::TableObject>(vm, &this)?;
    let bind = match args.take("bind").filter(|bind| !bind.is_none()) {
        Some(bind) => bind,
        None => implied_bind(vm, Some(table.id), &this, if create { "create" } else { "drop" })?,
    };
    let check_first = args.flag(vm, "checkfirst", false)?;
    run_ddl(vm, bind, &[table.id], create, check_first, false)
}

fn run_ddl(
    vm: &mut Vm,
    bind: Object,
    tables: &[TableId],
    create: bool,
    check_first: bool,
    whole: bool,
) -> PyResult<Object> {
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
        if create {
            super::program_compiler::prepare_tables(vm, tables, mock.dialect)?;
            super::conditions::ask(vm, tables, mock.dialect, Some(&bind))?;
        }
        let statements = peek(vm, |orm| mock_statements(&orm.schema, tables, mock.dialect, create, whole))?;
        let statements = statements.map_err(|names| cannot_drop(vm, &names))?;
        for ddl in statements {
            let statement = super::ddl::statement_object(vm, ddl);
            vm.call(&mock.executor, Args::positional(vec![statement, Object::None]))?;
        }
        return Ok(Object::None);
    }
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

/// The statements that create or drop tables where nothing is looked up: of a whole
/// collection, or of single tables.
fn mock_statements(
    schema: &Schema,
    tables: &[TableId],
    dialect: Dialect,
    create: bool,
    whole: bool,
) -> Result<Vec<Ddl>, Vec<String>> {
    let abilities = abilities(dialect);
    let statements = match create {
        true => schema.creation(tables, abilities),
        false => schema.removal(tables, abilities)?,
    };
    let all: Vec<TableId> = match tables.first() {
        Some(first) if whole => {
            schema.metadata(schema.table(*first).metadata).tables.values().copied().collect()
        }
        _ => tables.to_vec(),
    };
    // An optional sequence is only for databases that have nothing else.
    let is_wanted =
        |one: &Sequence| dialect.has_sequences() && !(one.optional && dialect.sequences_are_optional());
    let mut of_columns = schema.column_sequences(&all);
    of_columns.retain(is_wanted);
    let mut others = match tables.first() {
        Some(first) if whole => schema.metadata(schema.table(*first).metadata).sequences.clone(),
        _ => Vec::new(),
    };
    let of_column = |one: &Sequence| of_columns.iter().any(|known| known.name == one.name);
    others.retain(|one| is_wanted(one) && !of_column(one));
    let types = match dialect {
        Dialect::Postgresql if create || whole => schema.named_types(&all, whole),
        _ => Vec::new(),
    };
    let make = |sequence| Ddl::CreateSequence { sequence, if_not_exists: false };
    let drop = |sequence| Ddl::DropSequence { sequence, if_exists: false };
    let mut made = Vec::new();
    if create {
        made.extend(types.into_iter().map(Ddl::CreateType));
        made.extend(others.into_iter().map(make));
        for statement in statements {
            if let Ddl::CreateTable(one) = &statement {
                let own = schema.column_sequences(&[one.table]);
                made.extend(own.into_iter().filter(is_wanted).map(make));
            }
            // A constraint that would come later never does for a single table.
            if whole || !matches!(statement, Ddl::AddConstraint { .. }) {
                made.push(statement);
            }
        }
    } else {
        let is_kept = |one: &Ddl| whole || !matches!(one, Ddl::DropConstraint { .. });
        made.extend(statements.into_iter().filter(is_kept));
        made.extend(others.into_iter().chain(of_columns).map(drop));
        made.extend(types.into_iter().map(Ddl::DropType));
    }
    Ok(made)
}

/// The engine that a collection, or the collection of a table, is bound to; the error
/// where there is none, or where nothing can be bound any more.
pub(super) fn implied_bind(
    vm: &mut Vm,
    table: Option<TableId>,
    object: &Object,
    function: &str,
) -> PyResult<Object> {
    let class = vm.class_of(object).name();
    if !peek(vm, |orm| orm.legacy)? {
        let message =
            format!("{}.{function}() missing 1 required positional argument: 'bind'", class.as_str());
        return Err(vm.type_error(message));
    }
    if let Some(table) = table
        && let Some(bind) = bind_of_table(vm, table)?
    {
        return Ok(bind);
    }
    Err(unbound(vm, object)?)
}

/// The engine that a collection is bound to.
pub(super) fn bound_engine(vm: &mut Vm, collection: &Object) -> PyResult<Object> {
    let own = receiver::<MetaDataObject>(vm, collection)?;
    let bind = own.bind.borrow().clone();
    match bind {
        Some(engine) => Ok(engine),
        None => Err(unbound(vm, collection)?),
    }
}

fn unbound(vm: &mut Vm, object: &Object) -> PyResult<crate::object::Unwind> {
    let class = vm.class_of(object).name();
    let label = match vm.get_attr_opt(object, "fullname")? {
        Some(name) => Some(name),
        None => vm.get_attr_opt(object, "name")?,
    };
    let label = match label.filter(|label| !label.is_none()) {
        Some(label) => format!("object {}", vm.repr(&label)?.as_str()),
        None => "object".to_string(),
    };
    let message = format!(
        "{} {label} is not bound to an Engine or Connection.  Execution can not proceed without a database to execute against.",
        class.as_str()
    );
    Ok(errors::error(vm, "UnboundExecutionError", message))
}

/// Runs something on a connection, or on one of an engine in a transaction of its own.
pub(super) fn in_transaction(
    vm: &mut Vm,
    bind: &Object,
    run: impl FnOnce(&mut Vm, &Object) -> PyResult<()>,
) -> PyResult<()> {
    if engine_id(bind).is_none() {
        return run(vm, bind);
    }
    let scope = vm.call_method(bind, "begin", Vec::new())?;
    let connection = vm.call_method(&scope, "__enter__", Vec::new())?;
    let done = run(vm, &connection);
    let class = match &done {
        Ok(()) => Object::None,
        Err(_) => vm.exceptions.exception.clone().into(),
    };
    vm.call_method(&scope, "__exit__", vec![class, Object::None, Object::None])?;
    done
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
