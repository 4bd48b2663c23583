//! `sqlalchemy.event` for engines, connections and pools.
//!
//! Listeners are kept here; the engine asks before it tells, and what it tells
//! comes through [`run`]. SQLAlchemy counterpart: `sqlalchemy.event`,
//! `sqlalchemy.engine.events`, `sqlalchemy.pool.events`.

use std::rc::Rc;

use ormscope::engine::{ConnectionId, EngineError, EventKind, Link, Moment, RawResult};
use ormscope::orm::OrmResult;
use ormscope::types::{DbValue, EngineId};

use super::arguments::Arguments;
use super::engine::EngineObject;
use super::values::to_object;
use super::{connection, dbapi, ddl_events, errors, inspection, orm_events, peek, pool, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, NativeBody, NativeClosure, NativeFn, NativeFunction, Object, PyResult, Unwind};
use crate::vm::Vm;

/// A function that listens.
#[derive(Clone)]
pub(super) struct Entry {
    /// The engine; none for every engine.
    engine: Option<EngineId>,
    kind: EventKind,
    function: Object,
    options: ListenOptions,
    /// Whether it was called, which is enough where it listens once.
    called: bool,
}

/// What `listen` is told beside the function.
#[derive(Clone, Copy, Default)]
struct ListenOptions {
    once: bool,
    retval: bool,
    named: bool,
    insert: bool,
}

/// The names of the events, each with its arguments.
const EVENTS: &[(&str, EventKind, &[&str])] = &[
    ("do_connect", EventKind::DoConnect, &["dialect", "conn_rec", "cargs", "cparams"]),
    ("connect", EventKind::Connect, &["dbapi_connection", "connection_record"]),
    ("first_connect", EventKind::FirstConnect, &["dbapi_connection", "connection_record"]),
    ("checkout", EventKind::Checkout, &["dbapi_connection", "connection_record", "connection_proxy"]),
    ("checkin", EventKind::Checkin, &["dbapi_connection", "connection_record"]),
    ("reset", EventKind::Reset, &["dbapi_connection", "connection_record", "reset_state"]),
    ("invalidate", EventKind::Invalidate, &["dbapi_connection", "connection_record", "exception"]),
    ("close", EventKind::Close, &["dbapi_connection", "connection_record"]),
    ("engine_connect", EventKind::EngineConnect, &["conn"]),
    ("begin", EventKind::Begin, &["conn"]),
    ("commit", EventKind::Commit, &["conn"]),
    ("rollback", EventKind::Rollback, &["conn"]),
    ("savepoint", EventKind::Savepoint, &["conn", "name"]),
    ("rollback_savepoint", EventKind::RollbackSavepoint, &["conn", "name", "context"]),
    ("release_savepoint", EventKind::ReleaseSavepoint, &["conn", "name", "context"]),
    (
        "before_execute",
        EventKind::BeforeExecute,
        &["conn", "clauseelement", "multiparams", "params", "execution_options"],
    ),
    (
        "after_execute",
        EventKind::AfterExecute,
        &["conn", "clauseelement", "multiparams", "params", "execution_options", "result"],
    ),
    ("before_cursor_execute", EventKind::BeforeCursorExecute, CURSOR),
    ("after_cursor_execute", EventKind::AfterCursorExecute, CURSOR),
    ("handle_error", EventKind::HandleError, &["exception_context"]),
    ("engine_disposed", EventKind::EngineDisposed, &["engine"]),
    ("set_connection_execution_options", EventKind::SetConnectionExecutionOptions, &["conn", "opts"]),
    ("set_engine_execution_options", EventKind::SetEngineExecutionOptions, &["engine", "opts"]),
    ("soft_invalidate", EventKind::SoftInvalidate, &["dbapi_connection", "connection_record", "exception"]),
    ("detach", EventKind::Detach, &["dbapi_connection", "connection_record"]),
    ("close_detached", EventKind::CloseDetached, &["dbapi_connection"]),
    ("begin_twophase", EventKind::BeginTwophase, &["conn", "xid"]),
    ("prepare_twophase", EventKind::PrepareTwophase, &["conn", "xid"]),
    ("commit_twophase", EventKind::CommitTwophase, &["conn", "xid", "is_prepared"]),
    ("rollback_twophase", EventKind::RollbackTwophase, &["conn", "xid", "is_prepared"]),
    ("do_execute", EventKind::DoExecute, &["cursor", "statement", "parameters", "context"]),
    ("do_executemany", EventKind::DoExecuteMany, &["cursor", "statement", "parameters", "context"]),
    ("do_execute_no_params", EventKind::DoSetInputSizes, &["cursor", "statement", "context"]),
    (
        "do_setinputsizes",
        EventKind::DoSetInputSizes,
        &["inputsizes", "cursor", "statement", "parameters", "context"],
    ),
];

const CURSOR: &[&str] = &["conn", "cursor", "statement", "parameters", "context", "executemany"];

/// The names of the module.
pub(super) const NAMES: &[(&str, NativeFn)] =
    &[("listen", listen), ("listens_for", listens_for), ("remove", remove), ("contains", contains)];

/// What a program listens on.
fn target_of(vm: &mut Vm, target: &Object) -> PyResult<Option<Option<EngineId>>> {
    if let Some(engine) = target.native::<EngineObject>() {
        return Ok(Some(Some(engine.id)));
    }
    if let Some(engine) = pool::engine_of(target) {
        return Ok(Some(Some(engine)));
    }
    if let Some(connection) = target.native::<connection::ConnectionObject>() {
        return Ok(Some(peek(vm, |orm| orm.engines.engine_of(connection.id))?));
    }
    let own = super::classes(vm);
    let every = [&own.engine, &own.connection, own.pools.base()];
    let is_known = |class: &Rc<crate::object::Class>| every.iter().any(|known| class.is_subclass_of(known));
    Ok(target.as_class().is_some_and(is_known).then_some(None))
}

/// The target and kind that a program names, or SQLAlchemy's error.
fn identified(vm: &mut Vm, target: &Object, name: &Object) -> PyResult<(Option<EngineId>, EventKind)> {
    let name = vm.str(name)?;
    let found = EVENTS.iter().find(|(known, ..)| *known == name.as_str());
    match (target_of(vm, target)?, found) {
        (Some(engine), Some((_, kind, _))) => Ok((engine, *kind)),
        _ => {
            let repr = vm.repr(target)?;
            let message = format!("No such event '{}' for target '{}'", name.as_str(), repr.as_str());
            Err(errors::error(vm, "InvalidRequestError", message))
        }
    }
}

fn options(vm: &mut Vm, given: &[(String, Object)]) -> PyResult<ListenOptions> {
    let mut flag = |name: &str| match given.iter().find(|(known, _)| known == name) {
        Some((_, value)) => vm.truthy(value),
        None => Ok(false),
    };
    Ok(ListenOptions {
        once: flag("once")?,
        retval: flag("retval")?,
        named: flag("named")?,
        insert: flag("insert")?,
    })
}

/// `event.listen(target, name, function)`
fn listen(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("listen", args);
    let target = args.require(vm, "target")?;
    let name = args.require(vm, "identifier")?;
    let function = args.require(vm, "fn")?;
    let given = orm_events::given_options(&mut args);
    add(vm, &target, &name, function, &given)?;
    Ok(Object::None)
}

fn add(
    vm: &mut Vm,
    target: &Object,
    name: &Object,
    function: Object,
    given: &[(String, Object)],
) -> PyResult<()> {
    let event = vm.str(name)?;
    if orm_events::listen(vm, target, event.as_str(), function.clone(), given)? {
        return Ok(());
    }
    let options = options(vm, given)?;
    if let Some(listener) = ddl_events::Listener::new(target, event.as_str(), &function) {
        let listeners = &mut vm.library.sqlalchemy.ddl_listeners;
        let place = if options.insert { 0 } else { listeners.len() };
        listeners.insert(place, listener);
        return Ok(());
    }
    let (engine, kind) = identified(vm, target, name)?;
    with_orm(vm, |orm, _| {
        orm.engines.listen(engine, kind);
        Ok(())
    })?;
    let listeners = &mut vm.library.sqlalchemy.engine.listeners;
    let place = if options.insert { 0 } else { listeners.len() };
    listeners.insert(place, Entry { engine, kind, function, options, called: false });
    Ok(())
}

/// `@event.listens_for(target, name)`
fn listens_for(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("listens_for", args);
    let target = args.require(vm, "target")?;
    let name = args.require(vm, "identifier")?;
    let given = orm_events::given_options(&mut args);
    let decorate: Box<NativeClosure> = Box::new(move |vm: &mut Vm, args: Args| {
        let Some(function) = args.positional.first().cloned() else {
            return Err(vm.type_error("decorate() missing 1 required positional argument: 'fn'"));
        };
        add(vm, &target, &name, function.clone(), &given)?;
        Ok(function)
    });
    Ok(Object::Native(Rc::new(NativeFunction {
        name: vm.intern("decorate"),
        call: NativeBody::Closure(decorate),
        owner: None,
    })))
}

fn three(vm: &mut Vm, function: &'static str, args: Args) -> PyResult<(Option<EngineId>, EventKind, Object)> {
    let mut args = Arguments::new(function, args);
    let target = args.require(vm, "target")?;
    let name = args.require(vm, "identifier")?;
    let listener = args.require(vm, "fn")?;
    let (engine, kind) = identified(vm, &target, &name)?;
    Ok((engine, kind, listener))
}

/// `event.remove(target, name, function)`
fn remove(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let target = args.positional.first().cloned().unwrap_or(Object::None);
    let name = args.positional.get(1).cloned().unwrap_or(Object::None);
    if remove_ddl(vm, &args.positional)? {
        return Ok(Object::None);
    }
    let text = vm.str(&name)?;
    let given = args.positional.get(2).cloned().unwrap_or(Object::None);
    let (was_there, function) = match orm_events::remove(vm, &target, text.as_str(), &given)? {
        Some(was_there) => (was_there, given),
        None => {
            let (engine, kind, function) = three(vm, "remove", args)?;
            let listeners = &mut vm.library.sqlalchemy.engine.listeners;
            let before = listeners.len();
            listeners.retain(|entry| {
                !(entry.engine == engine && entry.kind == kind && entry.function.is(&function))
            });
            (listeners.len() < before, function)
        }
    };
    if was_there {
        return Ok(Object::None);
    }
    let (target, name, function) = (vm.repr(&target)?, vm.repr(&name)?, vm.repr(&function)?);
    let message = format!(
        "No listeners found for event {} / {} / {} ",
        target.as_str(),
        name.as_str(),
        function.as_str()
    );
    Err(errors::error(vm, "InvalidRequestError", message))
}

/// The listener to tables and their parts that three arguments name.
fn ddl_listener(vm: &mut Vm, given: &[Object]) -> PyResult<Option<ddl_events::Listener>> {
    let [target, name, function] = given else { return Ok(None) };
    let name = vm.str(name)?;
    Ok(ddl_events::Listener::new(target, name.as_str(), function))
}

/// Removes a listener to tables and their parts; whether it was there.
fn remove_ddl(vm: &mut Vm, given: &[Object]) -> PyResult<bool> {
    let Some(named) = ddl_listener(vm, given)? else { return Ok(false) };
    let listeners = &mut vm.library.sqlalchemy.ddl_listeners;
    let before = listeners.len();
    listeners.retain(|one| !one.is_same(&named));
    Ok(listeners.len() < before)
}

/// `event.contains(target, name, function)`
fn contains(vm: &mut Vm, args: Args) -> PyResult<Object> {
    if let [target, name, function] = &args.positional[..] {
        let name = vm.str(name)?;
        if let Some(listens) = orm_events::contains(vm, target, name.as_str(), function)? {
            return Ok(Object::Bool(listens));
        }
    }
    if let Some(named) = ddl_listener(vm, &args.positional)? {
        let listeners = &vm.library.sqlalchemy.ddl_listeners;
        return Ok(Object::Bool(listeners.iter().any(|one| one.is_same(&named))));
    }
    let (engine, kind, function) = three(vm, "contains", args)?;
    let listeners = &vm.library.sqlalchemy.engine.listeners;
    let found = listeners
        .iter()
        .any(|entry| entry.engine == engine && entry.kind == kind && entry.function.is(&function));
    Ok(Object::Bool(found))
}

/// Calls the listeners of an event one after the other; each result goes to `each`.
fn call_all(
    vm: &mut Vm,
    engine: EngineId,
    kind: EventKind,
    mut arguments: Vec<Object>,
    mut each: impl FnMut(&mut Vm, ListenOptions, Object, &mut Vec<Object>) -> PyResult<()>,
) -> PyResult<()> {
    let names = EVENTS.iter().find(|(_, known, _)| *known == kind).map_or(&[][..], |(.., names)| *names);
    let mut at = 0;
    while let Some(entry) = vm.library.sqlalchemy.engine.listeners.get_mut(at) {
        at += 1;
        let concerned = entry.kind == kind && entry.engine.is_none_or(|own| own == engine);
        if !concerned || (entry.options.once && entry.called) {
            continue;
        }
        entry.called = true;
        let entry = entry.clone();
        let args = if entry.options.named {
            let names = names.iter().map(|name| vm.intern(name));
            Args { positional: Vec::new(), keyword: names.zip(arguments.iter().cloned()).collect() }
        } else {
            Args::positional(arguments.clone())
        };
        let result = vm.call(&entry.function, args)?;
        each(vm, entry.options, result, &mut arguments)?;
    }
    Ok(())
}

/// Calls the listeners of an event whose results mean nothing.
pub(super) fn fire(vm: &mut Vm, engine: EngineId, kind: EventKind, arguments: Vec<Object>) -> PyResult<()> {
    call_all(vm, engine, kind, arguments, |_, _, _, _| Ok(()))
}

/// The object of an engine.
fn engine_object(vm: &Vm, engine: EngineId) -> Object {
    vm.library.sqlalchemy.engines.get(engine.index()).cloned().unwrap_or(Object::None)
}

/// The engine of a connection, and an object for the connection.
pub(super) fn about(vm: &mut Vm, id: ConnectionId) -> PyResult<Option<(EngineId, Object)>> {
    let Some(engine) = peek(vm, |orm| orm.engines.engine_of(id))? else { return Ok(None) };
    let object = engine_object(vm, engine);
    Ok(Some((engine, connection::borrowed(vm, id, object))))
}

fn link_of(vm: &mut Vm, id: ConnectionId) -> PyResult<Option<Link>> {
    peek(vm, |orm| orm.engines.link_of(id).cloned())
}

/// Tells the program's listeners what the engine tells.
pub(super) fn run(vm: &mut Vm, moment: Moment<'_>) -> PyResult<()> {
    match moment {
        Moment::Make { engine, made } => make(vm, engine, made),
        Moment::Calls { calls, answers } => {
            *answers = super::dbapi_functions::answers(vm, calls);
            Ok(())
        }
        Moment::Link { kind, engine, link } => {
            let connection = dbapi::connection_object(vm, link);
            let mut arguments = vec![connection, dbapi::record_object(vm, engine, link)];
            match kind {
                EventKind::Checkout => arguments.push(dbapi::fairy_object(vm, engine, link)),
                EventKind::Reset => {
                    arguments.push(inspection::make_support(vm, "PoolResetState", Vec::new())?);
                }
                EventKind::Invalidate => arguments.push(Object::None),
                _ => {}
            }
            fire(vm, engine, kind, arguments)
        }
        Moment::Connection { kind, connection, savepoint } => {
            let Some((engine, object)) = about(vm, connection)? else { return Ok(()) };
            let name = savepoint.map_or(Object::None, Object::str);
            let arguments = match kind {
                EventKind::Savepoint => vec![object, name],
                EventKind::RollbackSavepoint | EventKind::ReleaseSavepoint => {
                    vec![object, name, Object::None]
                }
                _ => vec![object],
            };
            fire(vm, engine, kind, arguments)
        }
        Moment::Before { connection, sql, sets, many, batched } => {
            before(vm, connection, sql, sets, many, batched)
        }
        Moment::Execute { connection, sql, sets, many } => {
            let (Some((engine, _)), Some(link)) = (about(vm, connection)?, link_of(vm, connection)?) else {
                return Ok(());
            };
            let cursor = dbapi::cursor_object(vm, &link, None)?;
            let context = vm.library.sqlalchemy.engine.contexts.get(&connection).cloned();
            let parameters = parameters_object(vm, sets, many)?;
            let kind = if many { EventKind::DoExecuteMany } else { EventKind::DoExecute };
            fire(
                vm,
                engine,
                kind,
                vec![cursor, Object::str(sql), parameters, context.unwrap_or(Object::None)],
            )
        }
        Moment::After { connection, sql, sets, many, batched, result } => {
            after(vm, connection, sql, sets, (many, batched), result)
        }
        Moment::Error { connection, engine, error, sets, many } => {
            handle_error(vm, connection, engine, error, sets, many)
        }
    }
}

/// Has the program make a driver's connection: `creator=`, `do_connect`.
fn make(vm: &mut Vm, engine: EngineId, made: &mut Option<Link>) -> PyResult<()> {
    let dialect = vm.get_attr(&engine_object(vm, engine), "dialect")?;
    let database = peek(vm, |orm| orm.engines.engine(engine).url.database.clone())?;
    let database = database.filter(|name| !name.is_empty()).unwrap_or_else(|| ":memory:".to_string());
    let arguments = vec![
        dialect,
        Object::None,
        Object::list(vec![Object::str(database)]),
        Object::Dict(Rc::new(Dict::new())),
    ];
    call_all(vm, engine, EventKind::DoConnect, arguments, |_, _, result, _| {
        if made.is_none() {
            *made = dbapi::link_of_object(&result);
        }
        Ok(())
    })?;
    let creator = vm.library.sqlalchemy.engine.creators.get(&engine).cloned();
    if let (None, Some(creator)) = (&made, creator) {
        let connection = vm.call(&creator, Args::default())?;
        *made = dbapi::link_of_object(&connection);
        if made.is_none() {
            return Err(vm.type_error("creator= must return a sqlite3 connection"));
        }
    }
    Ok(())
}

/// The sets of parameters as the program sees them: a tuple, or a list of tuples.
pub(super) fn parameters_object(vm: &mut Vm, sets: &[Vec<DbValue>], many: bool) -> PyResult<Object> {
    let tuple = |vm: &mut Vm, set: &Vec<DbValue>| -> PyResult<Object> {
        let values = set.iter().map(|value| match value {
            // The object itself is gone; what it looks like is known.
            DbValue::Refused(refused) => {
                inspection::make_support(vm, "Unbindable", vec![Object::str(&refused.0)])
            }
            value => to_object(vm, &value.clone().plain()),
        });
        Ok(Object::tuple(values.collect::<PyResult<_>>()?))
    };
    if many {
        let sets = sets.iter().map(|set| tuple(vm, set)).collect::<PyResult<_>>()?;
        return Ok(Object::list(sets));
    }
    match sets.first() {
        Some(set) => tuple(vm, set),
        None => Ok(Object::tuple(Vec::new())),
    }
}

fn before(
    vm: &mut Vm,
    connection: ConnectionId,
    sql: &mut String,
    sets: &mut Vec<Vec<DbValue>>,
    many: bool,
    batched: bool,
) -> PyResult<()> {
    let (Some((engine, object)), Some(link)) = (about(vm, connection)?, link_of(vm, connection)?) else {
        return Ok(());
    };
    let cursor = dbapi::cursor_object(vm, &link, None)?;
    let mut given = vec![Object::str(sql.as_str()), Object::Bool(many), object.clone(), Object::None];
    if let Some((executing, options)) = vm.library.sqlalchemy.engine.executing.clone() {
        given.extend([executing, super::engine::options_object(vm, &options)?]);
    }
    let context = inspection::make_support(vm, "SQLiteExecutionContext", given)?;
    vm.library.sqlalchemy.engine.contexts.insert(connection, context.clone());
    let parameters = parameters_object(vm, sets, many)?;
    let arguments =
        vec![object, cursor, Object::str(sql.as_str()), parameters, context, Object::Bool(many || batched)];
    let mut changed = None;
    call_all(vm, engine, EventKind::BeforeCursorExecute, arguments, |vm, options, result, arguments| {
        if options.retval {
            let pair = vm.collect(&result)?;
            if let [statement, parameters] = pair.as_slice() {
                arguments[2] = statement.clone();
                arguments[3] = parameters.clone();
                changed = Some((statement.clone(), parameters.clone()));
            }
        }
        Ok(())
    })?;
    if let Some((statement, parameters)) = changed {
        *sql = vm.str(&statement)?.as_str().to_string();
        let given = if many { vm.collect(&parameters)? } else { vec![parameters] };
        let mut new = Vec::with_capacity(given.len());
        for set in &given {
            let values = vm.collect(set)?;
            new.push(
                values
                    .iter()
                    .map(|value| super::parameters::bound(vm, value))
                    .collect::<PyResult<Vec<_>>>()?,
            );
        }
        *sets = new;
    }
    Ok(())
}

fn after(
    vm: &mut Vm,
    connection: ConnectionId,
    sql: &str,
    sets: &[Vec<DbValue>],
    (many, batched): (bool, bool),
    result: &RawResult,
) -> PyResult<()> {
    let (Some((engine, object)), Some(link)) = (about(vm, connection)?, link_of(vm, connection)?) else {
        return Ok(());
    };
    let cursor = dbapi::cursor_object(vm, &link, Some(result))?;
    let context = match vm.library.sqlalchemy.engine.contexts.remove(&connection) {
        Some(context) => context,
        None => inspection::make_support(
            vm,
            "SQLiteExecutionContext",
            vec![Object::str(sql), Object::Bool(many), object.clone()],
        )?,
    };
    let parameters = parameters_object(vm, sets, many)?;
    let arguments =
        vec![object, cursor, Object::str(sql), parameters, context, Object::Bool(many || batched)];
    fire(vm, engine, EventKind::AfterCursorExecute, arguments)
}

/// `handle_error`: a listener may raise, or return, another exception.
fn handle_error(
    vm: &mut Vm,
    connection: Option<ConnectionId>,
    engine: EngineId,
    error: &mut EngineError,
    sets: &[Vec<DbValue>],
    many: bool,
) -> PyResult<()> {
    let raised = errors::raise(vm, error.clone().into());
    let Some(exception) = vm.exception_of(&raised) else { return Ok(()) };
    let original = vm.get_attr_opt(&exception, "orig")?.unwrap_or(Object::None);
    let object = match connection {
        Some(id) => about(vm, id)?.map_or(Object::None, |(_, object)| object),
        None => Object::None,
    };
    let statement = error.statement.as_ref().map_or(Object::None, Object::str);
    let parameters =
        if error.statement.is_some() { parameters_object(vm, sets, many)? } else { Object::None };
    let context = inspection::make_support(
        vm,
        "ExceptionContext",
        vec![object, engine_object(vm, engine), original.clone(), exception, statement, parameters],
    )?;
    let mut chained = None;
    let name = vm.intern("chained_exception");
    call_all(vm, engine, EventKind::HandleError, vec![context.clone()], |vm, _, result, _| {
        if !result.is_none() {
            vm.set_attr(&context, &name, result.clone())?;
            chained = Some(result);
        }
        Ok(())
    })?;
    match chained {
        Some(exception) => {
            let unwind = vm.raise(&exception);
            Err(vm.caused_by(unwind, &original))
        }
        None => Ok(()),
    }
}

/// One of the halves that `before_execute` has of the parameters: one set, or several.
fn halves(parameters: Option<&Object>) -> (Object, Object) {
    let none = || Object::list(Vec::new());
    let empty = || Object::Dict(Rc::new(Dict::new()));
    match parameters {
        None | Some(Object::None) => (Object::tuple(Vec::new()), empty()),
        Some(Object::List(list)) if list.items.borrow().len() == 1 => {
            (none(), list.items.borrow()[0].clone())
        }
        Some(list @ Object::List(_)) => (list.clone(), empty()),
        Some(one) => (none(), one.clone()),
    }
}

/// `before_execute`: with `retval`, statement and parameters may be replaced.
pub(super) fn before_execute(
    vm: &mut Vm,
    engine: EngineId,
    connection: &Object,
    statement: &Object,
    parameters: Option<&Object>,
    options: Object,
) -> PyResult<(Object, Option<Object>)> {
    let (multiparams, params) = halves(parameters);
    let arguments = vec![connection.clone(), statement.clone(), multiparams, params, options];
    let mut current = (statement.clone(), parameters.cloned());
    call_all(vm, engine, EventKind::BeforeExecute, arguments, |vm, listen, result, arguments| {
        if !listen.retval {
            return Ok(());
        }
        let three = vm.collect(&result)?;
        if let [statement, multiparams, params] = three.as_slice() {
            arguments[1..4].clone_from_slice(&three);
            let several = vm.truthy(multiparams)?;
            let given = if several { multiparams } else { params };
            let given = if vm.truthy(given)? { Some(given.clone()) } else { None };
            current = (statement.clone(), given);
        }
        Ok(())
    })?;
    Ok(current)
}

/// `after_execute`
pub(super) fn after_execute(
    vm: &mut Vm,
    engine: EngineId,
    connection: &Object,
    statement: &Object,
    parameters: Option<&Object>,
    result: &Object,
    options: Object,
) -> PyResult<()> {
    let (multiparams, params) = halves(parameters);
    let arguments = vec![connection.clone(), statement.clone(), multiparams, params, options, result.clone()];
    fire(vm, engine, EventKind::AfterExecute, arguments)
}

/// What the engine tells, on its way through the ORM.
pub(super) fn told(vm: &mut Vm, moment: Moment<'_>) -> OrmResult<()> {
    run(vm, moment).map_err(|unwind: Unwind| errors::pass_through(unwind))
}
