//! `create_engine` and `Engine`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine.create`, `Engine` in
//! `sqlalchemy.engine.base`.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use ormscope::engine::{
    ConnectionId, ConnectionOptions, Echo, EngineOptions, EventKind, SchemaMap, TransactionId, Url,
    parse_isolation_level,
};
use ormscope::types::EngineId;
use rustc_hash::FxHashMap;

use super::arguments::Arguments;
use super::{classes, connection, dbapi, dialect, errors, events, peek, pool, receiver, url, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, Name, Object, PyResult};
use crate::vm::Vm;

use super::dialect::DialectOptions;
pub(super) use super::dialect::{dialect_object, dialect_of};
pub(super) use super::mock::MockEngine;

/// What the library keeps of engines between calls.
#[derive(Default)]
pub(super) struct EngineLibrary {
    /// SQLAlchemy's dialect classes, by their names.
    pub(super) dialects: FxHashMap<&'static str, Rc<Class>>,
    /// The pools' Python objects.
    pub(super) pools: FxHashMap<EngineId, Object>,
    /// What the program listens to.
    pub(super) listeners: Vec<events::Entry>,
    /// What makes an engine's connections in the driver's place: `creator=`.
    pub(super) creators: FxHashMap<EngineId, Object>,
    /// What writes and what reads an engine's JSON, where the program does.
    pub(super) json: FxHashMap<EngineId, (Option<Object>, Option<Object>)>,
    /// What each engine's dialect was told.
    pub(super) dialect_options: FxHashMap<EngineId, DialectOptions>,
    /// The statement that is being executed, and its options.
    pub(super) executing: Option<(Object, Options)>,
    /// The execution contexts that listeners have between the two cursor events.
    pub(super) contexts: FxHashMap<ConnectionId, Object>,
    /// The transactions' Python objects, while the program has them.
    pub(super) transactions: FxHashMap<TransactionId, Weak<Instance>>,
    /// Connections that the program let go without closing them.
    pub(super) abandoned: Rc<RefCell<Vec<ConnectionId>>>,
    /// The DBAPI's classes and the objects of its connections.
    pub(super) dbapi: dbapi::State,
}

/// The native data of an `Engine`.
pub(super) struct EngineObject {
    pub(super) id: EngineId,
    /// Its execution options, which its connections begin with.
    pub(super) options: RefCell<Options>,
    echo: RefCell<Object>,
    logging_name: Object,
}

/// Execution options by name, in order.
pub(super) type Options = Vec<(Name, Object)>;

/// Adds options to options.
pub(super) fn merge_options(options: &mut Options, more: impl IntoIterator<Item = (Name, Object)>) {
    for (name, value) in more {
        match options.iter_mut().find(|(known, _)| known.as_str() == name.as_str()) {
            Some(slot) => slot.1 = value,
            None => options.push((name, value)),
        }
    }
}

/// The `immutabledict` of options.
pub(super) fn options_object(vm: &mut Vm, options: &Options) -> PyResult<Object> {
    let items = Dict::from_names(options.iter().cloned());
    super::inspection::make_support(vm, "immutabledict", vec![items])
}

/// The options of a dict given for `execution_options=`.
pub(super) fn read_options(vm: &mut Vm, given: Option<Object>) -> PyResult<Options> {
    let mut options = Options::new();
    let base = given.as_ref().map(|given| crate::builtins::base(given).clone());
    if let Some(Object::Dict(dict)) = base {
        for (key, value) in dict.items() {
            options.push((vm.str(&key)?, value));
        }
    }
    Ok(options)
}

/// Those of the options that the engine itself heeds, over what was so before.
pub(super) fn heeded(
    vm: &mut Vm,
    options: &[(Name, Object)],
    mut heeded: ConnectionOptions,
) -> PyResult<ConnectionOptions> {
    for (name, value) in options {
        match (name.as_str(), value) {
            ("isolation_level", Object::Str(level)) => {
                let level = parse_isolation_level(level.as_str(), "sqlite");
                heeded.isolation = Some(level.map_err(|error| errors::raise(vm, error.into()))?);
            }
            ("insertmanyvalues_page_size", Object::Int(size)) => {
                heeded.page_size = usize::try_from(*size).ok()
            }
            ("schema_translate_map", map) => heeded.schema_map = schema_map(vm, map)?,
            ("logging_token", Object::Str(token)) => heeded.logging_token = Some(token.as_str().into()),
            ("compiled_cache", value) => heeded.without_cache = value.is_none(),
            ("preserve_rowcount", value) => heeded.preserve_rowcount = vm.truthy(value)?,
            _ => {}
        }
    }
    Ok(heeded)
}

/// `schema_translate_map=`
fn schema_map(vm: &mut Vm, map: &Object) -> PyResult<Option<SchemaMap>> {
    let Object::Dict(map) = crate::builtins::base(map) else { return Ok(None) };
    let mut read = Vec::new();
    for (from, to) in map.items() {
        let mut name = |object: &Object| -> PyResult<Option<String>> {
            if object.is_none() { Ok(None) } else { Ok(Some(vm.str(object)?.as_str().to_string())) }
        };
        read.push((name(&from)?, name(&to)?));
    }
    Ok((!read.is_empty()).then(|| Rc::new(read)))
}

/// An engine for a URL, as bound metadata makes one.
pub(super) fn engine_from_url(vm: &mut Vm, url: &str) -> PyResult<Object> {
    create_engine(vm, Args::positional(vec![Object::str(url)]))
}

/// Arguments of dialects, of which those that change what is seen are read before.
const OF_DIALECTS: &[&str] = &[
    "native_datetime",
    "supports_native_boolean",
    "skip_autocommit_rollback",
    "empty_in_strategy",
    "implicit_returning",
    "compiler_linting",
    "bind_typing",
    "server_side_cursors",
    "module",
];

/// `create_engine(url, echo=…)`
pub(super) fn create_engine(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("create_engine", args);
    let given = args.require(vm, "url")?;
    if let Some(strategy) = args.keyword("strategy") {
        let repr = vm.repr(&strategy)?;
        return Err(errors::error(vm, "ArgumentError", format!("unknown strategy: {}", repr.as_str())));
    }
    let url = url::parse(vm, &given)?;
    if let Some(plugins) = args.keyword("plugins")
        && let Some(plugin) = vm.collect(&plugins)?.first()
    {
        let plugin = vm.str(plugin)?;
        let message = format!("Can't load plugin: sqlalchemy.plugins:{}", plugin.as_str());
        return Err(errors::error(vm, "NoSuchModuleError", message));
    }
    let driver = url.driver().map_err(|error| url::raise(vm, &error))?;
    let legacy = peek(vm, |orm| orm.legacy)?;
    let mut options = EngineOptions::of(&url);
    let dialect_options = DialectOptions::read(&mut args);
    options.refuses = dialect_options.refused(driver.dialect);
    options.label_length = dialect_options.names();
    for name in OF_DIALECTS {
        args.keyword(name);
    }
    options.lints = args.flag(vm, "enable_from_linting", true)?;
    let insertmanyvalues = args.flag(vm, "use_insertmanyvalues", true)?;
    options.insertmanyvalues = insertmanyvalues;
    if let Some(Object::Int(size)) = args.keyword("insertmanyvalues_page_size") {
        options.page_size = usize::try_from(size).unwrap_or(1).max(1);
    }
    check_place(vm, &url)?;
    if let Some(Object::Dict(given)) = args.keyword("connect_args") {
        read_connect_args(vm, &given, &mut options)?;
    }
    let creator = args.keyword("creator");
    let mut function = |name| args.keyword(name).filter(|given| !given.is_none());
    let json = (function("json_serializer"), function("json_deserializer"));
    pool::read_arguments(vm, &mut args, &mut options)?;
    if let Some(level) = args.keyword("isolation_level")
        && let Object::Str(level) = level
    {
        match parse_isolation_level(level.as_str(), driver.dialect.name()) {
            Ok(level) => options.isolation = Some(level),
            // SQLAlchemy looks at it when it connects.
            Err(error) => options.refuses = Some(error),
        }
    }
    if !args.flag(vm, "future", true)? {
        let message = "The 'future' parameter passed to create_engine() may only be set to True.";
        if !legacy {
            return Err(errors::error(vm, "ArgumentError", message));
        }
    }
    let echo = args.keyword("echo").unwrap_or(Object::None);
    options.echo = echo_level(vm, &echo)?;
    options.hide_parameters = args.flag(vm, "hide_parameters", false)?;
    let logging_name = args.keyword("logging_name").unwrap_or(Object::None);
    options.logging_name = logging_name.as_str().map(str::to_string);
    if let Some(Object::Int(size)) = args.keyword("query_cache_size") {
        options.cache_size = usize::try_from(size).unwrap_or(0);
    }
    let given = args.keyword("execution_options");
    let execution_options = read_options(vm, given)?;
    options.defaults = heeded(vm, &execution_options, ConnectionOptions::default())?;
    let left = args.keywords();
    if !left.is_empty() && !legacy {
        let names: Vec<_> = left.iter().map(|(name, _)| format!("'{}'", name.as_str())).collect();
        return Err(vm.type_error(format!(
            "Invalid argument(s) {} sent to create_engine(), using configuration {}/{}/Engine.  Please check that the keyword arguments are appropriate for this combination of components.",
            names.join(","),
            driver.class,
            options.pool.class_name()
        )));
    }
    for (name, _) in &left {
        super::note(vm, format!("create_engine() no longer takes {}=; it is ignored here.", name.as_str()));
    }
    let id = with_orm(vm, |orm, _| Ok(orm.engines.create(url, options)?))?;
    if json.0.is_some() || json.1.is_some() {
        vm.library.sqlalchemy.engine.json.insert(id, json);
    }
    if let Some(creator) = creator {
        vm.library.sqlalchemy.engine.creators.insert(id, creator);
        with_orm(vm, |orm, _| {
            orm.engines.listen(Some(id), EventKind::DoConnect);
            Ok(())
        })?;
    }
    vm.library.sqlalchemy.engine.dialect_options.insert(id, dialect_options);
    let class = classes(vm).engine.clone();
    let options = RefCell::new(execution_options);
    let data = EngineObject { id, options, echo: RefCell::new(echo), logging_name };
    let engine = Instance::native(&class, data);
    vm.library.sqlalchemy.engines.push(engine.clone());
    Ok(engine)
}

/// Refuses a SQLite URL with a host.
fn check_place(vm: &mut Vm, url: &Url) -> PyResult<()> {
    let some = |part: &Option<String>| part.as_ref().is_some_and(|part| !part.is_empty());
    let has_place = some(&url.username)
        || some(&url.host)
        || some(&url.password)
        || url.port.is_some_and(|port| port != 0);
    if url.dialect_name() != "sqlite" || !has_place {
        return Ok(());
    }
    let message = format!(
        "Invalid SQLite URL: {}\nValid SQLite URL forms are:\n sqlite:///:memory: (or, sqlite://)\n sqlite:///relative/path/to/file.db\n sqlite:////absolute/path/to/file.db",
        url.render(true)
    );
    Err(errors::error(vm, "ArgumentError", message))
}

/// `connect_args=`: what `sqlite3.connect()` takes.
fn read_connect_args(vm: &mut Vm, given: &Dict, options: &mut EngineOptions) -> PyResult<()> {
    const KNOWN: [&str; 8] = [
        "timeout",
        "detect_types",
        "isolation_level",
        "check_same_thread",
        "factory",
        "cached_statements",
        "uri",
        "database",
    ];
    for (name, value) in given.items() {
        let name = vm.str(&name)?;
        if name.as_str() == "isolation_level" {
            options.begins_by_itself = !value.is_none();
        } else if !KNOWN.contains(&name.as_str()) {
            let message = format!("'{}' is an invalid keyword argument for Connection()", name.as_str());
            options.refuses = Some(ormscope::engine::EngineError::of_python("TypeError", message));
        }
    }
    Ok(())
}

fn echo_level(vm: &mut Vm, echo: &Object) -> PyResult<Echo> {
    Ok(match echo {
        Object::Str(level) if level.as_str() == "debug" => Echo::Debug,
        value if vm.truthy(value)? => Echo::On,
        _ => Echo::Off,
    })
}

/// `engine_from_config(configuration, prefix="sqlalchemy.")`
pub(super) fn engine_from_config(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("engine_from_config", args);
    let configuration = args.require(vm, "configuration")?;
    let prefix = match args.take("prefix") {
        Some(prefix) => vm.str(&prefix)?.as_str().to_string(),
        None => "sqlalchemy.".to_string(),
    };
    let mut keyword = Options::new();
    for key in vm.collect(&configuration)? {
        let Object::Str(name) = &key else { continue };
        let Some(name) = name.as_str().strip_prefix(&prefix) else { continue };
        let value = vm.get_item(&configuration, &key)?;
        let value = coerced(vm, name, value)?;
        keyword.push((vm.intern(name), value));
    }
    merge_options(&mut keyword, args.keywords());
    let Some(at) = keyword.iter().position(|(name, _)| name.as_str() == "url") else {
        return Err(vm.key_error(Object::str("url")));
    };
    let url = keyword.remove(at).1;
    create_engine(vm, Args { positional: vec![url], keyword })
}

/// A setting's text as the value it means.
fn coerced(vm: &mut Vm, name: &str, value: Object) -> PyResult<Object> {
    let Object::Str(text) = &value else { return Ok(value) };
    let word = text.as_str().trim().to_lowercase();
    let truth = match word.as_str() {
        "true" | "yes" | "on" | "y" | "t" | "1" => Some(true),
        "false" | "no" | "off" | "n" | "f" | "0" => Some(false),
        _ => None,
    };
    match name {
        "pool_size" | "max_overflow" | "pool_recycle" | "pool_timeout" | "query_cache_size" => {
            let int = Object::Class(vm.types.int.clone());
            vm.call(&int, Args::positional(vec![value]))
        }
        "echo" | "echo_pool" if word == "debug" => Ok(Object::str("debug")),
        "echo"
        | "echo_pool"
        | "future"
        | "pool_use_lifo"
        | "pool_pre_ping"
        | "use_insertmanyvalues"
        | "hide_parameters" => match truth {
            Some(truth) => Ok(Object::Bool(truth)),
            None => {
                Err(vm
                    .value_error(format!("String is not true/false: {}", ormscope::types::python_str(&word))))
            }
        },
        _ => Ok(value),
    }
}

pub(super) fn engine_class() -> Rc<Class> {
    Class::builder("Engine")
        .module("sqlalchemy.engine.base")
        .method("__repr__", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(format!("Engine({})", orm.engines.engine(engine.id).url.render(true))))
        })
        .getter("url", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            let url = peek(vm, |orm| orm.engines.engine(engine.id).url.clone())?;
            Ok(url::object(vm, url))
        })
        .getter("engine", |_, args| Ok(args.positional[0].clone()))
        .getter("name", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(orm.engines.engine(engine.id).dialect.name()))
        })
        .getter("driver", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            peek(vm, |orm| {
                orm.engines.engine(engine.id).url.driver().map_or(Object::None, |it| Object::str(it.driver))
            })
        })
        .getter("dialect", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            let url = peek(vm, |orm| orm.engines.engine(engine.id).url.clone())?;
            dialect::of_url(vm, &url, Some(engine.id))
        })
        .getter("pool", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            pool::object(vm, engine.id)
        })
        .getter("logging_name", |vm, args| {
            Ok(receiver::<EngineObject>(vm, &args.positional[0])?.logging_name.clone())
        })
        .getter("hide_parameters", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::Bool(orm.engines.engine(engine.id).options.hide_parameters))
        })
        .property(
            "echo",
            |vm, args| Ok(receiver::<EngineObject>(vm, &args.positional[0])?.echo.borrow().clone()),
            |vm, args| {
                let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
                let echo = echo_level(vm, &args.positional[1])?;
                with_orm(vm, |orm, _| {
                    orm.engines.set_echo(engine.id, echo);
                    Ok(())
                })?;
                *engine.echo.borrow_mut() = args.positional[1].clone();
                Ok(Object::None)
            },
        )
        .method("connect", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            connection::open(vm, engine.id, args.positional[0].clone())
        })
        .method("begin", connection::begin_on_engine)
        .method("raw_connection", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            dbapi::raw_connection(vm, engine.id)
        })
        .method("execution_options", |vm, args| {
            let mut args = Arguments::new("execution_options", args);
            let own = receiver::<EngineObject>(vm, &args.receiver())?;
            let more = args.keywords();
            let told = Dict::from_names(more.iter().cloned());
            heeded(vm, &more, ConnectionOptions::default())?;
            let mut options = own.options.borrow().clone();
            merge_options(&mut options, more);
            let class = classes(vm).option_engine.clone();
            let data = EngineObject {
                id: own.id,
                options: RefCell::new(options),
                echo: RefCell::new(own.echo.borrow().clone()),
                logging_name: own.logging_name.clone(),
            };
            let engine = Instance::native(&class, data);
            events::fire(vm, own.id, EventKind::SetEngineExecutionOptions, vec![engine.clone(), told])?;
            Ok(engine)
        })
        .method("update_execution_options", |vm, args| {
            let mut args = Arguments::new("update_execution_options", args);
            let own = receiver::<EngineObject>(vm, &args.receiver())?;
            let more = args.keywords();
            heeded(vm, &more, ConnectionOptions::default())?;
            merge_options(&mut own.options.borrow_mut(), more);
            Ok(Object::None)
        })
        .method("get_execution_options", |vm, args| {
            let own = receiver::<EngineObject>(vm, &args.positional[0])?;
            let options = own.options.borrow().clone();
            options_object(vm, &options)
        })
        .method("clear_compiled_cache", |vm, args| {
            let own = receiver::<EngineObject>(vm, &args.positional[0])?;
            with_orm(vm, |orm, _| {
                orm.engines.clear_compiled_cache(own.id);
                Ok(())
            })?;
            Ok(Object::None)
        })
        .method("execute", connection::execute_on_engine)
        .method("dispose", |vm, args| {
            let mut args = Arguments::new("Engine.dispose", args);
            let this = args.receiver();
            let own = receiver::<EngineObject>(vm, &this)?;
            let close = match args.take("close") {
                Some(close) => vm.truthy(&close)?,
                None => true,
            };
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.dispose(own.id, close)))?;
            vm.library.sqlalchemy.engine.pools.remove(&own.id);
            events::fire(vm, own.id, EventKind::EngineDisposed, vec![this])?;
            Ok(Object::None)
        })
        .method("scalar", |vm, args| {
            if !peek(vm, |orm| orm.legacy)? {
                return Err(vm.attribute_error(&args.positional[0], "scalar"));
            }
            let result = connection::execute_on_engine(vm, args)?;
            vm.call_method(&result, "scalar", Vec::new())
        })
        .method("run_callable", |vm, args| {
            if !peek(vm, |orm| orm.legacy)? {
                return Err(vm.attribute_error(&args.positional[0], "run_callable"));
            }
            let connection = vm.call_method(&args.positional[0], "connect", Vec::new())?;
            let mut positional = args.positional[1..].to_vec();
            if positional.is_empty() {
                return Err(vm.type_error("run_callable() takes a function"));
            }
            let callable = std::mem::replace(&mut positional[0], connection.clone());
            let result = vm.call(&callable, Args { positional, keyword: args.keyword });
            vm.call_method(&connection, "close", Vec::new())?;
            result
        })
        .method("table_names", |vm, args| {
            if !peek(vm, |orm| orm.legacy)? {
                return Err(vm.attribute_error(&args.positional[0], "table_names"));
            }
            let inspector =
                super::inspection::inspect(vm, Args::positional(vec![args.positional[0].clone()]))?;
            vm.call_method(&inspector, "get_table_names", Vec::new())
        })
        .method("has_table", |vm, args| {
            if !peek(vm, |orm| orm.legacy)? {
                return Err(vm.attribute_error(&args.positional[0], "has_table"));
            }
            let inspector =
                super::inspection::inspect(vm, Args::positional(vec![args.positional[0].clone()]))?;
            vm.call_method(&inspector, "has_table", args.positional[1..].to_vec())
        })
        .build()
}

/// The class of `engine.execution_options(…)`.
pub(super) fn option_engine_class(engine: &Rc<Class>) -> Rc<Class> {
    Class::builder("OptionEngine").module("sqlalchemy.engine.base").base(engine).build()
}
