//! `create_engine`, `URL`, `Engine`.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::{Echo, EngineOptions, Url, UrlError};
use ormscope::sql::compiler::Dialect;
use ormscope::types::EngineId;

use super::arguments::Arguments;
use super::{classes, connection, errors, peek, receiver, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of an `Engine`.
pub(super) struct EngineObject {
    pub(super) id: EngineId,
}

/// The native data of a `URL`.
struct UrlObject {
    url: RefCell<Url>,
}

/// The native data of a dialect object.
struct DialectObject {
    dialect: Dialect,
}

pub(super) fn url_class() -> Rc<Class> {
    fn part(vm: &mut Vm, args: &Args, look: impl FnOnce(&Url) -> Object) -> PyResult<Object> {
        let data = receiver::<UrlObject>(vm, &args.positional[0])?;
        Ok(look(&data.url.borrow()))
    }
    fn text(value: &Option<String>) -> Object {
        value.as_ref().map_or(Object::None, Object::str)
    }
    Class::builder("URL")
        .module("sqlalchemy.engine.url")
        .method("__str__", |vm, args| part(vm, &args, |url| Object::str(url.render(true))))
        .method("__repr__", |vm, args| part(vm, &args, |url| Object::str(url.render(true))))
        .method("render_as_string", |vm, mut args| {
            let hide = match args.take_keyword("hide_password").or_else(|| args.positional.get(1).cloned()) {
                Some(value) => vm.truthy(&value)?,
                None => true,
            };
            part(vm, &args, |url| Object::str(url.render(hide)))
        })
        .method("__eq__", |vm, args| {
            let other = args.positional[1].native::<UrlObject>().map(|data| data.url.borrow().clone());
            part(vm, &args, |url| Object::Bool(other.as_ref() == Some(url)))
        })
        .getter("drivername", |vm, args| part(vm, &args, |url| Object::str(&url.drivername)))
        .getter("username", |vm, args| part(vm, &args, |url| text(&url.username)))
        .getter("password", |vm, args| part(vm, &args, |url| text(&url.password)))
        .getter("host", |vm, args| part(vm, &args, |url| text(&url.host)))
        .getter("port", |vm, args| {
            part(vm, &args, |url| url.port.map_or(Object::None, |port| Object::Int(port.into())))
        })
        .getter("database", |vm, args| part(vm, &args, |url| text(&url.database)))
        .getter("query", |vm, args| {
            let data = receiver::<UrlObject>(vm, &args.positional[0])?;
            let items: Vec<_> = data.url.borrow().query.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            let items: Vec<_> =
                items.iter().map(|(key, value)| (vm.intern(key), Object::str(value))).collect();
            let items = Dict::from_names(items);
            super::inspection::make_support(vm, "immutabledict", vec![items])
        })
        .method("set", |vm, args| {
            let mut args = Arguments::new("URL.set", args);
            let data = receiver::<UrlObject>(vm, &args.receiver())?;
            let mut url = data.url.borrow().clone();
            for (name, value) in args.keywords() {
                let value = if value.is_none() { None } else { Some(value) };
                let text = match &value {
                    Some(value) => Some(vm.str(value)?.as_str().to_string()),
                    None => None,
                };
                match (name.as_str(), text) {
                    // What is None stays as it is.
                    (_, None) => {}
                    ("drivername", Some(text)) => url.drivername = text,
                    ("username", text) => url.username = text,
                    ("password", text) => url.password = text,
                    ("host", text) => url.host = text,
                    ("port", Some(text)) => url.port = text.parse().ok(),
                    ("database", text) => url.database = text,
                    _ => {}
                }
            }
            Ok(url_object(vm, url))
        })
        .method("update_query_dict", |vm, args| {
            let mut args = Arguments::new("URL.update_query_dict", args);
            let data = receiver::<UrlObject>(vm, &args.receiver())?;
            let mut url = data.url.borrow().clone();
            if let Object::Dict(query) = args.require(vm, "query_parameters")? {
                for (key, value) in query.items() {
                    let (key, value) = (vm.str(&key)?, vm.str(&value)?);
                    url.query.insert(key.as_str().to_string(), value.as_str().to_string());
                }
            }
            Ok(url_object(vm, url))
        })
        .method("get_dialect", |_, args| Ok(args.positional[0].clone()))
        .method("get_backend_name", |vm, args| part(vm, &args, |url| Object::str(url.dialect_name())))
        .method("get_driver_name", |vm, args| {
            part(vm, &args, |url| {
                let default = match url.dialect_name() {
                    "sqlite" => "pysqlite",
                    "postgresql" => "psycopg2",
                    "mysql" | "mariadb" => "mysqldb",
                    _ => "",
                };
                Object::str(url.drivername.split_once('+').map_or(default, |(_, driver)| driver))
            })
        })
        .class_method("create", |vm, args| {
            let mut args = Arguments::new("URL.create", args);
            args.receiver();
            let mut read = |vm: &mut Vm, name: &str| -> PyResult<Option<String>> {
                match args.take(name) {
                    Some(value) if !value.is_none() => Ok(Some(vm.str(&value)?.as_str().to_string())),
                    _ => Ok(None),
                }
            };
            let mut url = Url { drivername: read(vm, "drivername")?.unwrap_or_default(), ..Url::default() };
            url.username = read(vm, "username")?;
            url.password = read(vm, "password")?;
            url.host = read(vm, "host")?;
            url.port = read(vm, "port")?.and_then(|port| port.parse().ok());
            url.database = read(vm, "database")?;
            if let Some(Object::Dict(query)) = args.take("query") {
                for (key, value) in query.items() {
                    let (key, value) = (vm.str(&key)?, vm.str(&value)?);
                    url.query.insert(key.as_str().into(), value.as_str().into());
                }
            }
            Ok(url_object(vm, url))
        })
        .build()
}

fn url_object(vm: &mut Vm, url: Url) -> Object {
    let class = classes(vm).url.clone();
    Instance::native(&class, UrlObject { url: RefCell::new(url) })
}

/// `make_url(text)`
pub(super) fn make_url(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(given) = args.positional.first() else { return Err(vm.type_error("make_url() takes a URL")) };
    if given.native::<UrlObject>().is_some() {
        return Ok(given.clone());
    }
    let url = parse(vm, given)?;
    Ok(url_object(vm, url))
}

fn parse(vm: &mut Vm, given: &Object) -> PyResult<Url> {
    if let Some(data) = given.native::<UrlObject>() {
        return Ok(data.url.borrow().clone());
    }
    let Object::Str(text) = given else {
        let repr = vm.repr(given)?;
        return Err(errors::error(
            vm,
            "ArgumentError",
            format!("Expected string or URL object, got {}", repr.as_str()),
        ));
    };
    Url::parse(text.as_str()).map_err(|error| match error {
        UrlError::Unparsable => {
            let text = ormscope::types::python_str(text.as_str());
            let message = match link_free_of_text(vm) {
                true => "Could not parse SQLAlchemy URL from given URL string".to_string(),
                false => format!("Could not parse rfc1738 URL from string {text}"),
            };
            errors::error(vm, "ArgumentError", message)
        }
        UrlError::Port(_) => vm.value_error(error.to_string()),
    })
}

/// 1.4 repeats the text of a URL that it cannot parse; 2.x does not.
fn link_free_of_text(vm: &mut Vm) -> bool {
    !vm.library.sqlalchemy.orm().is_some_and(|orm| orm.legacy)
}

/// An engine for a URL, as bound metadata makes one.
pub(super) fn engine_from_url(vm: &mut Vm, url: &str) -> PyResult<Object> {
    create_engine(vm, Args::positional(vec![Object::str(url)]))
}

/// `create_engine(url, echo=…)`
pub(super) fn create_engine(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("create_engine", args);
    let given = args.require(vm, "url")?;
    let url = parse(vm, &given)?;
    let echo = match args.keyword("echo") {
        Some(Object::Str(level)) if level.as_str() == "debug" => Echo::Debug,
        Some(value) if vm.truthy(&value)? => Echo::On,
        _ => Echo::Off,
    };
    let hide_parameters = args.flag(vm, "hide_parameters", false)?;
    let known = [
        "future",
        "pool_size",
        "max_overflow",
        "pool_pre_ping",
        "pool_recycle",
        "pool_timeout",
        "poolclass",
        "connect_args",
        "isolation_level",
        "execution_options",
        "query_cache_size",
        "echo_pool",
        "logging_name",
        "json_serializer",
        "json_deserializer",
        "insertmanyvalues_page_size",
        "use_insertmanyvalues",
        "module",
    ];
    for name in known {
        args.keyword(name);
    }
    let legacy = peek(vm, |orm| orm.legacy)?;
    let left = args.keywords();
    if let (Some((name, _)), false) = (left.first(), legacy) {
        return Err(vm.type_error(format!(
            "Invalid argument(s) '{}' sent to create_engine(), using configuration SQLiteDialect_pysqlite/{}/Engine.  Please check that the keyword arguments are appropriate for this combination of components.",
            name.as_str(),
            if url.is_memory() { "SingletonThreadPool" } else { "QueuePool" }
        )));
    }
    for (name, _) in &left {
        super::note(vm, format!("create_engine() no longer takes {}=; it is ignored here.", name.as_str()));
    }
    let id = with_orm(vm, |orm, _| Ok(orm.engines.create(url, EngineOptions { echo, hide_parameters })?))?;
    let class = classes(vm).engine.clone();
    let engine = Instance::native(&class, EngineObject { id });
    vm.library.sqlalchemy.engines.push(engine.clone());
    Ok(engine)
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
            Ok(url_object(vm, url))
        })
        .getter("name", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(orm.engines.engine(engine.id).dialect.name()))
        })
        .getter("driver", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            let url = peek(vm, |orm| orm.engines.engine(engine.id).url.clone())?;
            let url = url_object(vm, url);
            vm.call_method(&url, "get_driver_name", Vec::new())
        })
        .getter("dialect", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            let dialect = peek(vm, |orm| orm.engines.engine(engine.id).dialect)?;
            Ok(dialect_object(dialect))
        })
        .property(
            "echo",
            |vm, args| {
                let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
                peek(vm, |orm| Object::Bool(orm.engines.echo(engine.id) != Echo::Off))
            },
            |vm, args| {
                let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
                let echo = if vm.truthy(&args.positional[1])? { Echo::On } else { Echo::Off };
                with_orm(vm, |orm, _| {
                    orm.engines.set_echo(engine.id, echo);
                    Ok(())
                })?;
                Ok(Object::None)
            },
        )
        .method("connect", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            connection::open(vm, engine.id, args.positional[0].clone(), false)
        })
        .method("begin", |vm, args| {
            let engine = receiver::<EngineObject>(vm, &args.positional[0])?;
            connection::open(vm, engine.id, args.positional[0].clone(), true)
        })
        .method("execute", connection::execute_on_engine)
        .method("dispose", |_, _| Ok(Object::None))
        .build()
}

/// The native data of `create_mock_engine(url, executor)`.
pub(super) struct MockEngine {
    pub(super) dialect: Dialect,
    pub(super) executor: Object,
}

/// `create_mock_engine(url, executor)`: statements go to a function.
pub(super) fn create_mock_engine(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("create_mock_engine", args);
    let given = args.require(vm, "url")?;
    let executor = args.require(vm, "executor")?;
    let url = parse(vm, &given)?;
    let dialect = match url.dialect_name() {
        "sqlite" => Dialect::Sqlite,
        "postgresql" => Dialect::Postgresql,
        "mysql" | "mariadb" => Dialect::Mysql,
        other => {
            return Err(errors::error(
                vm,
                "NoSuchModuleError",
                format!("Can't load plugin: sqlalchemy.dialects:{other}"),
            ));
        }
    };
    let class = Class::builder("MockConnection")
        .module("sqlalchemy.engine.mock")
        .getter("dialect", |vm, args| {
            Ok(dialect_object(receiver::<MockEngine>(vm, &args.positional[0])?.dialect))
        })
        .getter("name", |vm, args| {
            Ok(Object::str(receiver::<MockEngine>(vm, &args.positional[0])?.dialect.name()))
        })
        .method("execute", |vm, args| {
            let own = receiver::<MockEngine>(vm, &args.positional[0])?;
            let executor = own.executor.clone();
            vm.call(&executor, Args::positional(args.positional[1..].to_vec()))
        })
        .build();
    Ok(Instance::native(&class, MockEngine { dialect, executor }))
}

/// A dialect object, as `postgresql.dialect()` gives it.
pub(super) fn dialect_object(dialect: Dialect) -> Object {
    let class = Class::builder("dialect")
        .module("sqlalchemy.dialects")
        .getter("name", |vm, args| {
            let data = receiver::<DialectObject>(vm, &args.positional[0])?;
            Ok(Object::str(data.dialect.name()))
        })
        .method("type_descriptor", |vm, args| match args.positional.get(1) {
            Some(Object::Class(class)) => {
                vm.call(&Object::Class(Rc::clone(class)), Args::positional(Vec::new()))
            }
            Some(sql_type) => Ok(sql_type.clone()),
            None => Ok(Object::None),
        })
        .build();
    Instance::native(&class, DialectObject { dialect })
}

/// The dialect that an object names: a dialect, an engine, a connection.
pub(super) fn dialect_of(vm: &mut Vm, object: &Object) -> PyResult<Dialect> {
    if let Some(data) = object.native::<DialectObject>() {
        return Ok(data.dialect);
    }
    if let Some(engine) = object.native::<EngineObject>() {
        return peek(vm, |orm| orm.engines.engine(engine.id).dialect);
    }
    Ok(Dialect::Default)
}
