//! `Connection`, and executing statements on it.
//!
//! SQLAlchemy counterpart: `Connection` in `sqlalchemy.engine.base`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ormscope::engine::{ConnectionId, EventKind, Execution, TransactionId, parse_isolation_level};
use ormscope::sql::{Statement, TextStatement};
use ormscope::types::{DbValue, EngineId};

use super::arguments::Arguments;
use super::engine::{EngineObject, Options, heeded, merge_options, options_object, read_options};
use super::parameters::{self, RawSet};
use super::result::{self, result_object};
use super::{classes, dbapi, dml, errors, events, metadata, peek, receiver, select, transactions, with_orm};
use crate::object::{Args, Class, Instance, Object, PyResult, Unwind};
use crate::vm::Vm;

pub(super) use super::parameters::read_parameters;

/// The native data of a `Connection`.
pub(super) struct ConnectionObject {
    pub(super) id: ConnectionId,
    engine: Object,
    options: RefCell<Options>,
    /// The transaction that the program began itself (legacy).
    begun: Cell<Option<TransactionId>>,
    /// Where it reports its end, when it is the program's own.
    abandoned: Option<Rc<RefCell<Vec<ConnectionId>>>>,
}

impl Drop for ConnectionObject {
    fn drop(&mut self) {
        if let Some(abandoned) = &self.abandoned {
            abandoned.borrow_mut().push(self.id);
        }
    }
}

/// `engine.connect()`
pub(super) fn open(vm: &mut Vm, engine: EngineId, engine_object: Object) -> PyResult<Object> {
    let id = with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.connect(engine)))?;
    let class = classes(vm).connection.clone();
    let options = match engine_object.native::<EngineObject>() {
        Some(engine) => engine.options.borrow().clone(),
        None => Options::new(),
    };
    apply_options(vm, id, &options)?;
    let data = ConnectionObject {
        id,
        engine: engine_object,
        options: RefCell::new(options),
        begun: Cell::default(),
        abandoned: Some(Rc::clone(&vm.library.sqlalchemy.engine.abandoned)),
    };
    Ok(Instance::native(&class, data))
}

/// The connection that a session's transaction runs on, or that an event is about.
pub(super) fn borrowed(vm: &mut Vm, id: ConnectionId, engine: Object) -> Object {
    let class = classes(vm).connection.clone();
    let options = RefCell::default();
    let data = ConnectionObject { id, engine, options, begun: Cell::default(), abandoned: None };
    Instance::native(&class, data)
}

/// Has the engine heed those execution options that are its own.
fn apply_options(vm: &mut Vm, id: ConnectionId, options: &Options) -> PyResult<()> {
    let before = peek(vm, |orm| orm.engines.connection_options(id))?;
    let level = options.iter().find(|(name, _)| name.as_str() == "isolation_level");
    if let Some((_, Object::Str(level))) = level
        && peek(vm, |orm| orm.engines.in_transaction(id))?
    {
        // That is refused whatever the level is, and whether there is such a level.
        let level = parse_isolation_level(level.as_str(), "sqlite").unwrap_or_default();
        with_orm(vm, |orm, _| Ok(orm.engines.set_isolation(id, level)?))?;
    }
    let is_told = level.is_some();
    let after = heeded(vm, options, before.clone())?;
    with_orm(vm, |orm, _| {
        if let Some(level) = after.isolation.filter(|level| is_told || before.isolation != Some(*level)) {
            orm.engines.set_isolation(id, level)?;
        }
        orm.engines.set_connection_options(id, after);
        Ok(())
    })
}

/// The native data of `engine.begin()`: a connection and a transaction while it is entered.
struct BeginObject {
    engine: Object,
    entered: RefCell<Option<(Object, Object)>>,
}

/// `engine.begin()`
pub(super) fn begin_on_engine(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let class = classes(vm).engine_begin.clone();
    let engine = args.positional[0].clone();
    receiver::<EngineObject>(vm, &engine)?;
    Ok(Instance::native(&class, BeginObject { engine, entered: RefCell::default() }))
}

pub(super) fn engine_begin_class() -> Rc<Class> {
    Class::builder("_GeneratorContextManager")
        .module("contextlib")
        .method("__enter__", |vm, args| {
            let own = receiver::<BeginObject>(vm, &args.positional[0])?;
            let engine = receiver::<EngineObject>(vm, &own.engine)?;
            let connection = open(vm, engine.id, own.engine.clone())?;
            let transaction = vm.call_method(&connection, "begin", Vec::new())?;
            vm.call_method(&transaction, "__enter__", Vec::new())?;
            *own.entered.borrow_mut() = Some((connection.clone(), transaction));
            Ok(connection)
        })
        .method("__exit__", |vm, args| {
            let own = receiver::<BeginObject>(vm, &args.positional[0])?;
            let Some((connection, transaction)) = own.entered.borrow_mut().take() else {
                return Ok(Object::None);
            };
            let ended = vm.call_method(&transaction, "__exit__", args.positional[1..].to_vec());
            vm.call_method(&connection, "close", Vec::new())?;
            ended
        })
        .build()
}

fn connection_of(vm: &mut Vm, args: &Args) -> PyResult<Rc<ConnectionObject>> {
    receiver::<ConnectionObject>(vm, &args.positional[0])
}

pub(super) fn connection_class() -> Rc<Class> {
    Class::builder("Connection")
        .module("sqlalchemy.engine.base")
        .method("__new__", |vm, _| {
            Err(vm.type_error("Connection.__init__() missing 1 required positional argument: 'engine'"))
        })
        .method("__enter__", |_, args| Ok(args.positional[0].clone()))
        .method("__exit__", |vm, args| {
            let own = connection_of(vm, &args)?;
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.close(own.id)))?;
            Ok(Object::None)
        })
        .method("execute", |vm, args| run(vm, "Connection.execute", args))
        .method("scalar", |vm, args| {
            let result = run(vm, "scalar", args)?;
            vm.call_method(&result, "scalar", Vec::new())
        })
        .method("scalars", |vm, args| {
            let result = run(vm, "scalars", args)?;
            vm.call_method(&result, "scalars", Vec::new())
        })
        .method("exec_driver_sql", exec_driver_sql)
        .method("commit", |vm, args| {
            let own = connection_of(vm, &args)?;
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.commit(own.id)))?;
            Ok(Object::None)
        })
        .method("rollback", |vm, args| {
            let own = connection_of(vm, &args)?;
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.rollback(own.id)))?;
            Ok(Object::None)
        })
        .method("close", |vm, args| {
            let own = connection_of(vm, &args)?;
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.close(own.id)))?;
            Ok(Object::None)
        })
        .method("invalidate", |vm, args| {
            let own = connection_of(vm, &args)?;
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.invalidate(own.id)))?;
            Ok(Object::None)
        })
        .method("detach", |vm, args| {
            let own = connection_of(vm, &args)?;
            with_orm(vm, |orm, _| Ok(orm.engines.detach(own.id)?))?;
            Ok(Object::None)
        })
        .method("begin", |vm, args| {
            let own = connection_of(vm, &args)?;
            let legacy = peek(vm, |orm| orm.legacy)?;
            let current = peek(vm, |orm| orm.engines.transaction_of(own.id))?;
            if let (true, Some(id)) = (legacy, current) {
                if own.begun.replace(current) == current {
                    // A transaction in a transaction, which only 1.4 has.
                    return Ok(transactions::inner(vm, id));
                }
                // What began by itself is what 1.4 begins only here.
                return transactions::object(vm, &args.positional[0], id);
            }
            let id = with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.begin(own.id)))?;
            own.begun.set(Some(id));
            transactions::object(vm, &args.positional[0], id)
        })
        .method("begin_nested", |vm, args| {
            let own = connection_of(vm, &args)?;
            let id = with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.begin_nested(own.id)))?;
            transactions::object(vm, &args.positional[0], id)
        })
        .method("begin_twophase", |vm, args| {
            let own = connection_of(vm, &args)?;
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.refuse_twophase(own.id)))?;
            let class = vm.exceptions.not_implemented_error.clone();
            Err(vm.error(&class, ""))
        })
        .method("recover_twophase", |vm, _| {
            let class = vm.exceptions.not_implemented_error.clone();
            Err(vm.error(&class, ""))
        })
        .method("get_transaction", |vm, args| {
            let own = connection_of(vm, &args)?;
            match peek(vm, |orm| orm.engines.transaction_of(own.id))? {
                Some(id) => transactions::object(vm, &args.positional[0], id),
                None => Ok(Object::None),
            }
        })
        .method("get_nested_transaction", |vm, args| {
            let own = connection_of(vm, &args)?;
            match peek(vm, |orm| orm.engines.savepoint_of(own.id))? {
                Some(id) => transactions::object(vm, &args.positional[0], id),
                None => Ok(Object::None),
            }
        })
        .method("in_transaction", |vm, args| {
            let own = connection_of(vm, &args)?;
            // In 1.4 nothing begins by itself.
            peek(vm, |orm| {
                let begun = !orm.legacy || own.begun.get() == orm.engines.transaction_of(own.id);
                Object::Bool(begun && orm.engines.in_transaction(own.id))
            })
        })
        .method("in_nested_transaction", |vm, args| {
            let own = connection_of(vm, &args)?;
            peek(vm, |orm| Object::Bool(orm.engines.in_nested_transaction(own.id)))
        })
        .method("get_isolation_level", |vm, args| {
            let own = connection_of(vm, &args)?;
            with_orm(vm, |orm, hooks| {
                orm.at(hooks, |at| at.revalidate(own.id))?;
                Ok(Object::str(orm.engines.isolation(own.id)?.name()))
            })
        })
        .getter("default_isolation_level", |vm, args| {
            let engine = connection_of(vm, &args)?.engine.clone();
            let dialect = vm.get_attr(&engine, "dialect")?;
            vm.get_attr(&dialect, "default_isolation_level")
        })
        .method("execution_options", |vm, args| {
            let mut args = Arguments::new("execution_options", args);
            let this = args.receiver();
            let own = receiver::<ConnectionObject>(vm, &this)?;
            let more = args.keywords();
            let told = crate::builtins::Dict::from_names(more.iter().cloned());
            let engine = peek(vm, |orm| orm.engines.engine_of(own.id))?;
            if let Some(engine) = engine {
                let arguments = vec![this.clone(), told];
                events::fire(vm, engine, EventKind::SetConnectionExecutionOptions, arguments)?;
            }
            apply_options(vm, own.id, &more)?;
            merge_options(&mut own.options.borrow_mut(), more);
            Ok(this)
        })
        .method("get_execution_options", |vm, args| {
            let own = connection_of(vm, &args)?;
            let options = own.options.borrow().clone();
            options_object(vm, &options)
        })
        .getter("closed", |vm, args| {
            let own = connection_of(vm, &args)?;
            peek(vm, |orm| Object::Bool(orm.engines.is_closed(own.id)))
        })
        .getter("invalidated", |vm, args| {
            let own = connection_of(vm, &args)?;
            peek(vm, |orm| Object::Bool(orm.engines.is_invalidated(own.id)))
        })
        .getter("connection", |vm, args| {
            let own = connection_of(vm, &args)?;
            dbapi::of_connection(vm, own.id)
        })
        .getter("info", |vm, args| {
            let own = connection_of(vm, &args)?;
            let fairy = dbapi::of_connection(vm, own.id)?;
            vm.get_attr(&fairy, "info")
        })
        .getter("engine", |vm, args| Ok(connection_of(vm, &args)?.engine.clone()))
        .getter("dialect", |vm, args| {
            let engine = connection_of(vm, &args)?.engine.clone();
            vm.get_attr(&engine, "dialect")
        })
        .build()
}

/// `connection.execute(statement, parameters, execution_options=…)`
fn run(vm: &mut Vm, function: &'static str, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new(function, args);
    let this = args.receiver();
    let own = receiver::<ConnectionObject>(vm, &this)?;
    let statement = args.require(vm, "statement")?;
    let legacy = peek(vm, |orm| orm.legacy)?;
    if legacy {
        let result = execute_legacy(vm, own.id, &statement, &mut args)?;
        return autocommitted(vm, &own, &statement, result);
    }
    let parameters = args.take("parameters");
    let given = args.keyword("execution_options");
    args.finish(vm)?;
    // What the call says counts more than the connection, and that more than the statement.
    let mut options = statement_options(vm, &statement)?;
    options
        .retain(|(name, _)| !own.options.borrow().iter().any(|(known, _)| known.as_str() == name.as_str()));
    merge_options(&mut options, read_options(vm, given)?);
    if options.is_empty() && own.options.borrow().is_empty() {
        return execute_listened(vm, &this, own.id, &statement, parameters.as_ref(), &options);
    }
    let mut all = options.clone();
    for (name, value) in own.options.borrow().iter() {
        if !all.iter().any(|(known, _)| known.as_str() == name.as_str()) {
            all.push((name.clone(), value.clone()));
        }
    }
    let before = peek(vm, |orm| orm.engines.connection_options(own.id))?;
    let for_this = heeded(vm, &options, before.clone())?;
    let uncached = with_orm(vm, |orm, _| {
        let uncached = orm.engines.set_without_cache(for_this.without_cache);
        orm.engines.set_schema_map(for_this.schema_map.clone());
        orm.engines.set_connection_options(own.id, for_this);
        Ok(uncached)
    })?;
    let result = execute_listened(vm, &this, own.id, &statement, parameters.as_ref(), &all);
    with_orm(vm, |orm, _| {
        orm.engines.set_without_cache(uncached);
        orm.engines.set_schema_map(None);
        orm.engines.set_connection_options(own.id, before);
        Ok(())
    })?;
    let result = result?;
    let paged = |options: &Options| {
        options.iter().find(|(name, _)| name.as_str() == "yield_per").map(|(_, value)| value.clone())
    };
    let size = paged(&options).or_else(|| paged(&own.options.borrow()));
    if let Some(size) = size.filter(|_| result::is_compiled(&result)) {
        vm.call_method(&result, "yield_per", vec![size])?;
    }
    Ok(result)
}

/// The execution options of a statement itself.
fn statement_options(vm: &mut Vm, statement: &Object) -> PyResult<Options> {
    if let Some(select) = statement.native::<select::SelectData>() {
        return Ok(select.execution_options.clone());
    }
    read_options(vm, dml::options_of(statement))
}

/// Executes between `before_execute` and `after_execute`, where somebody listens.
fn execute_listened(
    vm: &mut Vm,
    this: &Object,
    id: ConnectionId,
    statement: &Object,
    parameters: Option<&Object>,
    options: &Options,
) -> PyResult<Object> {
    let executing = Some((statement.clone(), options.clone()));
    let before = std::mem::replace(&mut vm.library.sqlalchemy.engine.executing, executing);
    let result = execute_told(vm, this, id, statement, parameters, options);
    vm.library.sqlalchemy.engine.executing = before;
    result
}

fn execute_told(
    vm: &mut Vm,
    this: &Object,
    id: ConnectionId,
    statement: &Object,
    parameters: Option<&Object>,
    options: &Options,
) -> PyResult<Object> {
    let Some(engine) = peek(vm, |orm| orm.engines.engine_of(id))? else {
        return execute(vm, id, statement, parameters);
    };
    let listens = |kind| move |orm: &ormscope::orm::Orm| orm.engines.listens(engine, kind);
    if !peek(vm, listens(EventKind::BeforeExecute))? && !peek(vm, listens(EventKind::AfterExecute))? {
        return execute(vm, id, statement, parameters);
    }
    let options = options_object(vm, options)?;
    let (statement, parameters) =
        events::before_execute(vm, engine, this, statement, parameters, options.clone())?;
    let result = execute(vm, id, &statement, parameters.as_ref())?;
    events::after_execute(vm, engine, this, &statement, parameters.as_ref(), &result, options)?;
    Ok(result)
}

/// The parameters of 1.4: one dict, several, tuples, or keywords.
fn legacy_parameters(args: &mut Arguments) -> Option<Object> {
    let named = args.keywords();
    let mut given = args.rest();
    match given.len() {
        0 if named.is_empty() => None,
        0 => Some(crate::builtins::Dict::from_names(named)),
        1 => Some(given.remove(0)),
        _ => Some(Object::list(given)),
    }
}

/// Executes as 1.4 does: SQL as text goes to the driver as it is.
fn execute_legacy(
    vm: &mut Vm,
    connection: ConnectionId,
    statement: &Object,
    args: &mut Arguments,
) -> PyResult<Object> {
    let parameters = legacy_parameters(args);
    let Object::Str(sql) = statement else { return execute(vm, connection, statement, parameters.as_ref()) };
    let parameters = match parameters {
        // A single value stands for a set of one.
        Some(value) if !matches!(value, Object::Dict(_) | Object::List(_) | Object::Tuple(_)) => {
            Some(Object::tuple(vec![value]))
        }
        // A list of values, and not of sets, is one set.
        Some(Object::List(list)) => {
            let items = list.items.borrow().clone();
            let is_set = |item: &Object| matches!(item, Object::Dict(_) | Object::List(_) | Object::Tuple(_));
            let lists = |item: &Object| match item {
                Object::List(list) => Object::tuple(list.items.borrow().clone()),
                other => other.clone(),
            };
            Some(match items.first().is_some_and(is_set) {
                true => Object::list(items.iter().map(lists).collect()),
                false => Object::tuple(items),
            })
        }
        other => other,
    };
    driver_sql(vm, connection, sql.as_str(), parameters.as_ref())
}

/// Commits what a statement changed outside of a transaction, as 1.4 does.
fn autocommitted(
    vm: &mut Vm,
    own: &ConnectionObject,
    statement: &Object,
    result: Object,
) -> PyResult<Object> {
    let current = peek(vm, |orm| orm.engines.transaction_of(own.id))?;
    let begun = current.is_some() && own.begun.get() == current;
    let changes = match statement {
        Object::Str(text) => changes_something(text.as_str()),
        object => match select::to_statement(vm, object)? {
            Some(Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) | Statement::Ddl(_)) => {
                true
            }
            Some(Statement::Text(text)) => changes_something(&text.text),
            _ => false,
        },
    };
    if !begun && changes {
        with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.commit(own.id)))?;
    }
    Ok(result)
}

/// Whether SQL begins with one of the words after which 1.4 commits.
fn changes_something(sql: &str) -> bool {
    let word: String = sql.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    ["UPDATE", "INSERT", "CREATE", "DELETE", "DROP", "ALTER"].contains(&word.to_uppercase().as_str())
}

/// `connection.exec_driver_sql(sql, parameters)`
fn exec_driver_sql(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("exec_driver_sql", args);
    let own = receiver::<ConnectionObject>(vm, &args.receiver())?;
    let sql = args.require(vm, "statement")?;
    let given = args.take("parameters");
    let Object::Str(sql) = crate::builtins::base(&sql) else {
        return Err(vm.type_error("exec_driver_sql() takes SQL as a string"));
    };
    driver_sql(vm, own.id, sql.as_str(), given.as_ref())
}

/// Sends SQL to the driver as it is.
fn driver_sql(vm: &mut Vm, id: ConnectionId, sql: &str, parameters: Option<&Object>) -> PyResult<Object> {
    let given = parameters::read_raw(vm, parameters)?;
    let link = peek(vm, |orm| orm.engines.link_of(id).cloned())?;
    let is_named = given.sets.iter().any(|set| matches!(set, RawSet::Names(_)));
    let shown = match parameters {
        Some(parameters) if is_named => Some(vm.repr(parameters)?.as_str().to_string()),
        _ => None,
    };
    let mut sets = Vec::new();
    for set in given.sets {
        sets.push(match (set, &link) {
            (RawSet::Places(values), _) => values,
            (RawSet::Names(named), Some(link)) => dbapi::by_place(vm, link, sql, named)?,
            (RawSet::Names(named), None) => named.into_iter().map(|(_, value)| value).collect(),
        });
    }
    let many = given.many;
    if sets.is_empty() {
        sets.push(Vec::<DbValue>::new());
    }
    let set =
        with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.execute_raw_shown(id, sql, sets, many, shown)))?;
    let mut rows = result::Rows::from_set(set);
    rows.legacy = peek(vm, |orm| orm.legacy)?;
    Ok(result_object(vm, rows))
}

/// Executes a statement on a connection.
pub(super) fn execute(
    vm: &mut Vm,
    connection: ConnectionId,
    object: &Object,
    parameters: Option<&Object>,
) -> PyResult<Object> {
    let parameters = read_parameters(vm, parameters)?;
    let statement = executable(vm, object)?;
    let set = with_orm(vm, |orm, hooks| {
        orm.execute_on(hooks, connection, &statement, &parameters, Execution::Plain)
    })?;
    let mut rows = result::Rows::from_set(set);
    rows.legacy = peek(vm, |orm| orm.legacy)?;
    rows.inserted_table = match &statement {
        Statement::Insert(insert) => match insert.table {
            ormscope::sql::From::Table(table) => Some(table),
            _ => None,
        },
        _ => None,
    };
    Ok(result_object(vm, rows))
}

/// The statement that an object is, or SQLAlchemy's error.
pub(super) fn executable(vm: &mut Vm, object: &Object) -> PyResult<Statement> {
    let legacy = peek(vm, |orm| orm.legacy)?;
    if let (Object::Str(text), true) = (object, legacy) {
        return Ok(Statement::Text(Rc::new(TextStatement::new(text.as_str()))));
    }
    let function = super::classes(vm).function_element.clone();
    match select::to_statement(vm, object)? {
        // Of expressions only functions are executed.
        Some(Statement::Expr(_)) if !vm.is_instance(object, &function) => Err(not_executable(vm, object)),
        Some(statement) => {
            super::types::warn_of_caching(vm, &statement, object)?;
            super::program_compiler::expand(vm, statement, object, ormscope::sql::compiler::Dialect::Sqlite)
        }
        None => Err(not_executable(vm, object)),
    }
}

fn not_executable(vm: &mut Vm, object: &Object) -> Unwind {
    let repr = match vm.repr(object) {
        Ok(repr) => repr,
        Err(unwind) => return unwind,
    };
    errors::error(vm, "ObjectNotExecutableError", format!("Not an executable object: {}", repr.as_str()))
}

/// `engine.execute(statement)` of the legacy era.
pub(super) fn execute_on_engine(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let legacy = peek(vm, |orm| orm.legacy)?;
    if !legacy {
        return Err(vm.attribute_error(&args.positional[0], "execute"));
    }
    super::note(
        vm,
        "engine.execute() is now connection.execute() inside `with engine.begin() as connection:`.",
    );
    let mut args = Arguments::new("execute", args);
    let engine = args.receiver();
    let statement = args.require(vm, "statement")?;
    execute_and_commit(vm, &engine, &statement, &mut args)
}

/// `statement.execute(…)` on bound metadata, of the legacy era.
pub(super) fn execute_implicitly(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("execute", args);
    let statement = args.receiver();
    let legacy = peek(vm, |orm| orm.legacy)?;
    if !legacy {
        return Err(vm.attribute_error(&statement, "execute"));
    }
    super::note(vm, "statement.execute() is now connection.execute(statement).");
    let Some(engine) = bound_engine_of(vm, &statement)? else {
        let class = vm.class_of(&statement).name();
        let message = format!(
            "This {} is not directly bound to a Connection or Engine. Use the .execute() method of a Connection or Engine to execute this construct.",
            class.as_str()
        );
        return Err(errors::error(vm, "UnboundExecutionError", message));
    };
    execute_and_commit(vm, &engine, &statement, &mut args)
}

/// The engine that the table of a statement is bound to.
pub(super) fn bound_engine_of(vm: &mut Vm, statement: &Object) -> PyResult<Option<Object>> {
    if let Some(table) = select::table_of(vm, statement)? {
        return metadata::bind_of_table(vm, table);
    }
    if let Some(bind) = super::schema::kept(statement, "_bind") {
        return Ok(Some(bind));
    }
    if !peek(vm, |orm| orm.legacy)? {
        return Ok(None);
    }
    if let Some(selects) = vm.get_attr_opt(statement, "selects")? {
        for select in vm.collect(&selects)? {
            if let Some(engine) = bound_engine_of(vm, &select)? {
                return Ok(Some(engine));
            }
        }
        return Ok(None);
    }
    if statement.native::<select::SelectData>().is_some() {
        let froms = vm.call_method(statement, "get_final_froms", Vec::new())?;
        for from in vm.collect(&froms)? {
            if let Some(engine) = bound_engine(vm, &from)? {
                return Ok(Some(engine));
            }
        }
        return Ok(None);
    }
    match dml::target_of(statement) {
        Some(target) => bound_engine(vm, &target),
        None => Ok(None),
    }
}

/// The engine that a table's metadata is bound to.
pub(super) fn bound_engine(vm: &mut Vm, table: &Object) -> PyResult<Option<Object>> {
    if let Some(id) = super::schema::table_id(vm, table)? {
        return metadata::bind_of_table(vm, id);
    }
    // A join, or an alias of something.
    for part in ["left", "element"] {
        if let Some(inner) = vm.get_attr_opt(table, part)? {
            return bound_engine(vm, &inner);
        }
    }
    Ok(None)
}

/// Executes a statement by itself, and commits what it changed: autocommit.
fn execute_and_commit(
    vm: &mut Vm,
    engine: &Object,
    statement: &Object,
    args: &mut Arguments,
) -> PyResult<Object> {
    let Some(id) = metadata::engine_id(engine) else { return Err(vm.type_error("this is not an engine")) };
    let connection = with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.connect(id)))?;
    let result = execute_legacy(vm, connection, statement, args);
    with_orm(vm, |orm, _| {
        if result.is_ok() {
            orm.engines.commit(connection)?;
        }
        Ok(orm.engines.close(connection)?)
    })?;
    result
}
