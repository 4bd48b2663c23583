//! Engines, connections and what runs on them.
//!
//! It compiles statements, sends them through a driver, converts rows, keeps
//! transactions, and tells an observer of every statement. It knows no mapped
//! object. SQLAlchemy counterpart: `sqlalchemy.engine`, `sqlalchemy.pool`.
//!
//! ```
//! use std::rc::Rc;
//!
//! use ormscope::engine::driver::SqliteDriver;
//! use ormscope::engine::{EngineOptions, Engines, Url};
//! use ormscope::types::{DbValue, Value};
//!
//! let mut engines = Engines::new(Rc::new(SqliteDriver));
//! let engine = engines.create(Url::parse("sqlite://")?, EngineOptions::default())?;
//! let connection = engines.connect(engine)?;
//! engines.execute_raw(connection, "CREATE TABLE pet (name TEXT)", &[])?;
//! engines.execute_raw(connection, "INSERT INTO pet VALUES (?)", &[DbValue::text("Rex")])?;
//! let savepoint = engines.begin_nested(connection)?;
//! engines.execute_raw(connection, "DELETE FROM pet", &[])?;
//! engines.rollback_transaction(savepoint)?;
//! engines.commit(connection)?;
//! let pets = engines.execute_raw(connection, "SELECT name FROM pet", &[])?;
//! assert_eq!(pets.rows, [[Value::text("Rex")]]);
//! engines.close(connection)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cache;
mod connection;
mod create;
pub mod driver;
mod error;
mod event;
mod execute;
mod insertmany;
mod listen;
mod parameters;
mod pool;
mod reflection;
mod result_set;
mod send;
mod transaction;
mod url;

use std::rc::Rc;

use crate::sql::CacheKey;
use crate::sql::compiler::{Compiled, Dialect};
use crate::types::EngineId;

pub use connection::{Connection, ConnectionId, ConnectionOptions, SchemaMap};
pub use driver::{Driver, DriverConnection, DriverError, IsolationLevel, RawResult};
pub use error::{EngineError, ErrorKind, ErrorParameters, HIDDEN};
pub use event::{Cache, Cause, Observer, Outcome, Probe, StatementEvent, Stats, Subject};
pub use execute::{DefaultWanted, Execution, ParameterSet, Parameters, Prepared, SharedRow};
pub use listen::{EventKind, EventSet, Listener, Moment};
pub use parameters::repr_parameters;
pub use pool::{Link, PoolKind, PoolStatus};
pub use reflection::{Named, ReflectedColumn, ReflectedForeignKey, ReflectedIndex, Reflector};
pub use result_set::{Inserted, ResultSet};
pub use transaction::{Transaction, TransactionId, parse_isolation_level};
pub use url::{DriverName, Query, QueryValue, Url, UrlError, parse_query};

use cache::StatementCache;
use pool::Pool;

/// How much an engine writes to the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Echo {
    /// Nothing.
    #[default]
    Off,
    /// Statements.
    On,
    /// Statements and rows.
    Debug,
}

/// What `create_engine` is told beside the URL.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// `echo=`
    pub echo: Echo,
    /// How long names that are made up may be: `label_length=`
    pub label_length: Option<usize>,
    /// Whether the program is warned of tables that nothing joins: `enable_from_linting=`
    pub lints: bool,
    /// `hide_parameters=`
    pub hide_parameters: bool,
    /// `logging_name=`
    pub logging_name: Option<String>,
    /// `poolclass=` and what belongs to it
    pub pool: PoolKind,
    /// `isolation_level=`
    pub isolation: Option<IsolationLevel>,
    /// `query_cache_size=`
    pub cache_size: usize,
    /// `use_insertmanyvalues=`
    pub insertmanyvalues: bool,
    /// `insertmanyvalues_page_size=`
    pub page_size: usize,
    /// `execution_options=`, those that the engine itself heeds
    pub defaults: ConnectionOptions,
    /// Whether the driver begins transactions by itself; false for
    /// `connect_args={"isolation_level": None}`
    pub begins_by_itself: bool,
    /// Why it cannot connect, whatever the database says.
    pub refuses: Option<EngineError>,
}

impl Default for EngineOptions {
    fn default() -> EngineOptions {
        EngineOptions::of(&Url { drivername: "sqlite".into(), ..Url::default() })
    }
}

impl EngineOptions {
    /// What SQLAlchemy takes for a URL when it is told nothing.
    pub fn of(url: &Url) -> EngineOptions {
        EngineOptions {
            echo: Echo::Off,
            label_length: None,
            lints: true,
            hide_parameters: false,
            logging_name: None,
            pool: if url.is_memory() { PoolKind::SingletonThread } else { PoolKind::QUEUE },
            isolation: None,
            cache_size: 500,
            insertmanyvalues: true,
            page_size: 1000,
            defaults: ConnectionOptions::default(),
            begins_by_itself: true,
            refuses: None,
        }
    }
}

/// A database that can be connected to.
pub struct Engine {
    /// Where it is.
    pub url: Url,
    /// How it is written to.
    pub dialect: Dialect,
    /// What it was told.
    pub options: EngineOptions,
    /// Compiled statements by structure.
    cache: StatementCache,
    pool: Pool,
    /// What the program listens to on it.
    listened: EventSet,
}

/// Every engine and connection of a program, by id.
pub struct Engines {
    engines: Vec<Engine>,
    connections: Vec<Connection>,
    transactions: Vec<Transaction>,
    links_made: u32,
    /// What the program listens to on every engine.
    listened: EventSet,
    driver: Rc<dyn Driver>,
    observer: Option<Box<dyn Observer>>,
    /// Why the next statement runs, innermost last.
    causes: Vec<Cause>,
    /// Whether statements are compiled anew for now.
    without_cache: bool,
    /// Which schemas stand for others for now.
    schema_map: Option<SchemaMap>,
}

impl Engines {
    /// No engine yet; connections will be made by `driver`.
    pub fn new(driver: Rc<dyn Driver>) -> Engines {
        Engines {
            engines: Vec::new(),
            connections: Vec::new(),
            transactions: Vec::new(),
            links_made: 0,
            listened: EventSet::default(),
            driver,
            observer: None,
            causes: Vec::new(),
            without_cache: false,
            schema_map: None,
        }
    }

    /// Notes that the program listens to something on an engine, or on all.
    pub fn listen(&mut self, engine: Option<EngineId>, kind: EventKind) {
        match engine {
            Some(id) => self.engines[id.index()].listened.insert(kind),
            None => self.listened.insert(kind),
        }
    }

    /// Whether the program listens to something on an engine.
    pub fn listens(&self, engine: EngineId, kind: EventKind) -> bool {
        self.listened.contains(kind) || self.engine(engine).listened.contains(kind)
    }

    /// Has every statement told to `observer` from now on.
    pub fn observe(&mut self, observer: Option<Box<dyn Observer>>) {
        self.observer = observer;
    }

    /// `create_engine(url)`. Nothing is connected yet.
    ///
    /// # Errors
    /// When SQLAlchemy has no such dialect.
    pub fn create(&mut self, url: Url, options: EngineOptions) -> Result<EngineId, EngineError> {
        let driver = url.driver();
        let dialect =
            driver.map_err(|error| EngineError::new(ErrorKind::NoSuchModule, error.to_string()))?.dialect;
        let cache = StatementCache::new(options.cache_size);
        self.engines.push(Engine {
            url,
            dialect,
            options,
            cache,
            pool: Pool::default(),
            listened: EventSet::default(),
        });
        Ok(EngineId((self.engines.len() - 1) as u32))
    }

    /// An engine.
    pub fn engine(&self, id: EngineId) -> &Engine {
        &self.engines[id.index()]
    }

    /// The engines' ids in order of creation.
    pub fn ids(&self) -> impl Iterator<Item = EngineId> + use<> {
        (0..self.engines.len() as u32).map(EngineId)
    }

    /// Sets how much an engine logs.
    pub fn set_echo(&mut self, id: EngineId, echo: Echo) {
        self.engines[id.index()].options.echo = echo;
    }

    /// Names the reason for the statements until [`Engines::pop_cause`].
    pub fn push_cause(&mut self, cause: Cause) {
        self.causes.push(cause);
    }

    /// Ends the innermost reason.
    pub fn pop_cause(&mut self) {
        self.causes.pop();
    }

    /// Has every statement compiled anew for now, as with `compiled_cache=None`;
    /// tells how it was before.
    pub fn set_without_cache(&mut self, without: bool) -> bool {
        std::mem::replace(&mut self.without_cache, without)
    }

    /// Has other schemas stand for those of tables for now.
    pub fn set_schema_map(&mut self, map: Option<SchemaMap>) {
        self.schema_map = map;
    }

    /// Forgets an engine's compiled statements.
    pub fn clear_compiled_cache(&mut self, id: EngineId) {
        let engine = &mut self.engines[id.index()];
        engine.cache = StatementCache::new(engine.options.cache_size);
    }

    /// The compiled form of a statement, and how it was come by.
    fn compiled(
        &mut self,
        engine: EngineId,
        key: CacheKey,
        compile: impl FnOnce(Dialect) -> Result<Compiled, EngineError>,
    ) -> Result<(Rc<Compiled>, Cache), EngineError> {
        let disabled = self.without_cache;
        let id = engine;
        let engine = &mut self.engines[id.index()];
        if disabled || engine.options.cache_size == 0 {
            return Ok((Rc::new(compile(engine.dialect)?), Cache::Disabled));
        }
        if let Some(compiled) = engine.cache.get(&key) {
            return Ok((compiled, Cache::Cached));
        }
        let compiled = Rc::new(compile(engine.dialect)?);
        let capacity = engine.options.cache_size;
        if let (Some(length), Some(observer)) =
            (engine.cache.insert(key, Rc::clone(&compiled)), &mut self.observer)
        {
            let sql = format!(
                "Compiled cache size pruning from {length} items to {capacity}.  Increase cache size to reduce the frequency of pruning."
            );
            let cause = Cause::Explicit;
            let echo = engine.options.echo;
            observer.before(&StatementEvent { engine: id, sql, parameters: None, stats: None, cause, echo });
        }
        Ok((compiled, Cache::Generated))
    }
}
