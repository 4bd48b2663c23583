//! Dialect objects and classes, as `engine.dialect` and `url.get_dialect()` give them.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine.default`, the classes in
//! `sqlalchemy.dialects`.

use std::rc::Rc;

use ormscope::engine::{DriverName, EngineError, ErrorKind, IsolationLevel, Url};
use ormscope::sql::compiler::{Dialect, ParamStyle};

use super::arguments::Arguments;
use super::engine::EngineObject;
use super::{connection, peek, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a dialect object.
pub(super) struct DialectObject {
    dialect: Dialect,
    driver: Option<DriverName>,
    /// The engine whose dialect it is; what connecting tells is known only then.
    engine: Option<ormscope::types::EngineId>,
    /// What it was told when it was made.
    options: DialectOptions,
}

/// What a dialect is told when it is made.
#[derive(Clone, Copy, Default)]
pub(super) struct DialectOptions {
    pub(super) label_length: Option<usize>,
    max_identifier_length: Option<usize>,
    pub(super) paramstyle: Option<ParamStyle>,
}

impl DialectOptions {
    /// Takes the arguments that tell of it.
    pub(super) fn read(args: &mut Arguments) -> DialectOptions {
        let mut length = |name: &str| match args.keyword(name) {
            Some(Object::Int(length)) => usize::try_from(length).ok(),
            _ => None,
        };
        let (label_length, max_identifier_length) = (length("label_length"), length("max_identifier_length"));
        let paramstyle = match args.keyword("paramstyle") {
            Some(Object::Str(name)) => {
                ParamStyle::ALL.into_iter().find(|style| style.name() == name.as_str())
            }
            _ => None,
        };
        DialectOptions { label_length, max_identifier_length, paramstyle }
    }

    /// Why a connection is refused: SQLAlchemy looks at it when it connects.
    pub(super) fn refused(self, dialect: Dialect) -> Option<EngineError> {
        let longest = self.max_identifier_length.unwrap_or_else(|| dialect.max_identifier_length());
        let length = self.label_length.filter(|length| *length > longest)?;
        Some(EngineError::new(
            ErrorKind::Argument,
            format!(
                "Label length of {length} is greater than this dialect's maximum identifier length of {longest}"
            ),
        ))
    }

    /// How long names that are made up may be.
    pub(super) fn names(self) -> Option<usize> {
        self.label_length.or(self.max_identifier_length)
    }
}

/// What the dialect of an object was told: a dialect, or what has one.
pub(super) fn options_of(vm: &mut Vm, object: &Object) -> PyResult<DialectOptions> {
    if let Some(data) = object.native::<DialectObject>() {
        return Ok(data.options);
    }
    match vm.get_attr_opt(object, "dialect")? {
        Some(dialect) => Ok(dialect.native::<DialectObject>().map(|data| data.options).unwrap_or_default()),
        None => Ok(DialectOptions::default()),
    }
}

/// SQLAlchemy's class for a driver; there is one of each.
pub(super) fn class_of(vm: &mut Vm, driver: DriverName) -> Rc<Class> {
    if let Some(class) = vm.library.sqlalchemy.engine.dialects.get(driver.class) {
        return Rc::clone(class);
    }
    let module = format!("sqlalchemy.dialects.{}.{}", driver.dialect.name(), driver.driver);
    let class = described(Class::builder(driver.class).module(&module), driver.dialect)
        .attribute("driver", Object::str(driver.driver))
        .method("__new__", |vm, args| {
            let Some(class) = args.positional.first().and_then(Object::as_class).cloned() else {
                return Err(vm.type_error("a dialect is made from its class"));
            };
            let dialects = &vm.library.sqlalchemy.engine.dialects;
            let name = dialects.iter().find(|(_, known)| Rc::ptr_eq(known, &class)).map(|(name, _)| *name);
            let driver = name.and_then(DriverName::of_class);
            let dialect = driver.map(|driver| driver.dialect).unwrap_or_default();
            let mut args = Arguments::new("__init__", args);
            args.receiver();
            let options = DialectOptions::read(&mut args);
            Ok(Instance::native(&class, DialectObject { dialect, driver, engine: None, options }))
        })
        .method("__init__", |_, _| Ok(Object::None))
        .build();
    vm.library.sqlalchemy.engine.dialects.insert(driver.class, Rc::clone(&class));
    class
}

/// The attributes that tell what a dialect can do.
fn described(builder: crate::object::ClassBuilder, dialect: Dialect) -> crate::object::ClassBuilder {
    let sqlite = dialect == Dialect::Sqlite;
    let postgresql = dialect == Dialect::Postgresql;
    let mysql = dialect == Dialect::Mysql;
    let paramstyle = match dialect {
        Dialect::Sqlite => "qmark",
        Dialect::Postgresql => "pyformat",
        Dialect::Mysql => "format",
        Dialect::Oracle | Dialect::Mssql | Dialect::Default => "named",
    };
    let default = dialect == Dialect::Default;
    let (oracle, mssql) = (dialect == Dialect::Oracle, dialect == Dialect::Mssql);
    builder
        .attribute("name", Object::str(dialect.name()))
        .attribute("default_paramstyle", Object::str(paramstyle))
        .getter("paramstyle", |vm, args| {
            let own = receiver::<DialectObject>(vm, &args.positional[0])?;
            match own.options.paramstyle {
                Some(style) => Ok(Object::str(style.name())),
                None => vm.get_attr(&args.positional[0], "default_paramstyle"),
            }
        })
        .getter("positional", |vm, args| {
            let style = vm.get_attr(&args.positional[0], "paramstyle")?;
            let known = ParamStyle::ALL.into_iter().find(|known| style.as_str() == Some(known.name()));
            Ok(Object::Bool(known.is_some_and(ParamStyle::is_positional)))
        })
        .getter("max_identifier_length", |vm, args| {
            let own = receiver::<DialectObject>(vm, &args.positional[0])?;
            let length =
                own.options.max_identifier_length.unwrap_or_else(|| own.dialect.max_identifier_length());
            Ok(Object::Int(length as i64))
        })
        .getter("label_length", |vm, args| {
            let own = receiver::<DialectObject>(vm, &args.positional[0])?;
            Ok(own.options.label_length.map_or(Object::None, |length| Object::Int(length as i64)))
        })
        .attribute("supports_alter", Object::Bool(!sqlite))
        .attribute("supports_native_boolean", Object::Bool(postgresql || oracle))
        .attribute("supports_native_enum", Object::Bool(postgresql || mysql))
        .attribute("supports_native_decimal", Object::Bool(!sqlite))
        .attribute("supports_sequences", Object::Bool(postgresql || oracle || mssql))
        .attribute("supports_comments", Object::Bool(!sqlite && !default))
        .attribute("supports_schemas", Object::Bool(true))
        .attribute("supports_statement_cache", Object::Bool(true))
        .attribute("supports_multivalues_insert", Object::Bool(!oracle && !default))
        .attribute("supports_default_values", Object::Bool(sqlite || postgresql || mssql))
        .attribute("supports_empty_insert", Object::Bool(false))
        .attribute("supports_sane_rowcount", Object::Bool(true))
        .attribute("insert_returning", Object::Bool(!mysql && !default))
        .attribute("update_returning", Object::Bool(!mysql && !default))
        .attribute("delete_returning", Object::Bool(!mysql && !default))
        .attribute("use_insertmanyvalues", Object::Bool(!mysql))
        .attribute("insertmanyvalues_page_size", Object::Int(1000))
        .attribute("insertmanyvalues_max_parameters", Object::Int(32_700))
        .attribute("postfetch_lastrowid", Object::Bool(!postgresql && !oracle))
        .attribute("requires_name_normalize", Object::Bool(oracle))
        .attribute("is_async", Object::Bool(false))
        .attribute("max_index_name_length", Object::None)
        .attribute("tuple_in_values", Object::Bool(sqlite))
        .attribute("supports_identity_columns", Object::Bool(!sqlite && !mysql))
        .attribute("cte_follows_insert", Object::Bool(false))
        .attribute("div_is_floordiv", Object::Bool(!mysql))
        .getter("identifier_preparer", |vm, args| {
            let own = receiver::<DialectObject>(vm, &args.positional[0])?;
            Ok(super::preparer::of(vm, own.dialect))
        })
        .getter("server_version_info", |vm, args| {
            once_connected(vm, &args, |_| {
                let parts = ormscope::engine::driver::SqliteDriver::version().split('.');
                Object::tuple(parts.filter_map(|part| part.parse().ok().map(Object::Int)).collect())
            })
        })
        .getter("default_schema_name", |vm, args| once_connected(vm, &args, |_| Object::str("main")))
        .getter("default_isolation_level", |vm, args| {
            once_connected(vm, &args, |_| Object::str(IsolationLevel::Serializable.name()))
        })
        .getter("dbapi", |vm, args| {
            let own = receiver::<DialectObject>(vm, &args.positional[0])?;
            match own.driver.filter(|_| own.engine.is_some()).map(|driver| driver.module()) {
                Some("sqlite3") => Ok(Object::Module(vm.import("sqlite3")?)),
                _ => Ok(Object::None),
            }
        })
        .method("has_table", |vm, args| {
            let connection = args.positional.get(1).cloned().unwrap_or(Object::None);
            let inspector = super::inspection::inspect(vm, Args::positional(vec![connection]))?;
            let has_table = vm.get_attr(&inspector, "has_table")?;
            vm.call(
                &has_table,
                Args {
                    positional: args.positional.get(2..).unwrap_or_default().to_vec(),
                    keyword: args.keyword,
                },
            )
        })
        .method("type_descriptor", |vm, args| match args.positional.get(1) {
            Some(Object::Class(class)) => {
                vm.call(&Object::Class(Rc::clone(class)), Args::positional(Vec::new()))
            }
            Some(sql_type) => Ok(sql_type.clone()),
            None => Ok(Object::None),
        })
        .method("get_isolation_level_values", |_, _| {
            let names = IsolationLevel::SQLITE.iter().map(|level| Object::str(level.name()));
            Ok(Object::list(names.collect()))
        })
}

/// What is known of a database after the first connection to it.
fn once_connected(vm: &mut Vm, args: &Args, tell: impl FnOnce(&DialectObject) -> Object) -> PyResult<Object> {
    let own = receiver::<DialectObject>(vm, &args.positional[0])?;
    let known = match own.engine {
        Some(engine) => peek(vm, |orm| orm.engines.pool_status(engine).has_connected)?,
        None => false,
    };
    Ok(if known { tell(&own) } else { Object::None })
}

/// The class of a dialect with the driver that it has by default.
pub(super) fn dialect_class(vm: &mut Vm, dialect: Dialect) -> Rc<Class> {
    if let Some(driver) = DriverName::default_of(dialect) {
        return class_of(vm, driver);
    }
    let name = "DefaultDialect";
    if let Some(class) = vm.library.sqlalchemy.engine.dialects.get(name) {
        return Rc::clone(class);
    }
    let class = described(Class::builder(name).module("sqlalchemy.engine.default"), dialect)
        .method("__new__", |vm, args| {
            let Some(class) = args.positional.first().and_then(Object::as_class).cloned() else {
                return Err(vm.type_error("a dialect is made from its class"));
            };
            let mut args = Arguments::new("__init__", args);
            args.receiver();
            let options = DialectOptions::read(&mut args);
            let data = DialectObject { dialect: Dialect::Default, driver: None, engine: None, options };
            Ok(Instance::native(&class, data))
        })
        .method("__init__", |_, _| Ok(Object::None))
        .build();
    vm.library.sqlalchemy.engine.dialects.insert(name, Rc::clone(&class));
    class
}

/// A dialect object, as `postgresql.dialect()` gives it.
pub(super) fn dialect_object(vm: &mut Vm, dialect: Dialect) -> PyResult<Object> {
    let class = dialect_class(vm, dialect);
    vm.call(&Object::Class(class), Args::default())
}

/// The dialect object of a URL.
pub(super) fn of_url(vm: &mut Vm, url: &Url, engine: Option<ormscope::types::EngineId>) -> PyResult<Object> {
    let driver = url.driver().map_err(|error| super::url::raise(vm, &error))?;
    let class = class_of(vm, driver);
    let options = match engine {
        Some(engine) => {
            vm.library.sqlalchemy.engine.dialect_options.get(&engine).copied().unwrap_or_default()
        }
        None => DialectOptions::default(),
    };
    let data = DialectObject { dialect: driver.dialect, driver: Some(driver), engine, options };
    Ok(Instance::native(&class, data))
}

/// The dialect that an object names: a dialect, an engine, a connection.
pub(super) fn dialect_of(vm: &mut Vm, object: &Object) -> PyResult<Dialect> {
    if let Some(data) = object.native::<DialectObject>() {
        return Ok(data.dialect);
    }
    if let Some(engine) = object.native::<EngineObject>() {
        return peek(vm, |orm| orm.engines.engine(engine.id).dialect);
    }
    if let Some(connection) = object.native::<connection::ConnectionObject>() {
        let engine = peek(vm, |orm| orm.engines.engine_of(connection.id))?;
        return match engine {
            Some(engine) => peek(vm, |orm| orm.engines.engine(engine).dialect),
            None => Ok(Dialect::Default),
        };
    }
    if let Some(mock) = object.native::<super::mock::MockEngine>() {
        return Ok(mock.dialect);
    }
    Err(vm.attribute_error(object, "statement_compiler"))
}
