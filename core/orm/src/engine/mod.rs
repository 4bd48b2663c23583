//! Engines, connections and what runs on them.
//!
//! It compiles statements, sends them through a driver, converts rows, keeps
//! transactions, and tells an observer of every statement. It knows no mapped
//! object. SQLAlchemy counterpart: `sqlalchemy.engine`, `sqlalchemy.pool`.

mod connection;
mod create;
pub mod driver;
mod error;
mod event;
mod execute;
mod parameters;
mod url;

use std::collections::hash_map::Entry;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::sql::CacheKey;
use crate::sql::compiler::{Compiled, Dialect};
use crate::types::EngineId;

pub use connection::{Connection, ConnectionId};
pub use driver::{Driver, DriverConnection, DriverError, RawResult};
pub use error::{EngineError, ErrorKind};
pub use event::{Cache, Cause, Observer, Outcome, Probe, StatementEvent, Stats};
pub use execute::{Execution, ParameterSet, Parameters, Prepared, ResultSet, SharedRow};
pub use parameters::repr_parameters;
pub use url::{Url, UrlError};

use connection::Shared;

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
#[derive(Clone, Copy, Debug, Default)]
pub struct EngineOptions {
    /// `echo=`
    pub echo: Echo,
    /// `hide_parameters=`
    pub hide_parameters: bool,
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
    cache: FxHashMap<CacheKey, Rc<Compiled>>,
    /// The one connection that all users of an in-memory database share.
    shared: Option<Shared>,
}

/// Every engine and connection of a program, by id.
pub struct Engines {
    engines: Vec<Engine>,
    connections: Vec<Connection>,
    driver: Rc<dyn Driver>,
    observer: Option<Box<dyn Observer>>,
    /// Why the next statement runs, innermost last.
    causes: Vec<Cause>,
}

impl Engines {
    /// No engine yet; connections will be made by `driver`.
    pub fn new(driver: Rc<dyn Driver>) -> Engines {
        Engines { engines: Vec::new(), connections: Vec::new(), driver, observer: None, causes: Vec::new() }
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
        let dialect = match url.dialect_name() {
            "sqlite" => Dialect::Sqlite,
            "postgresql" => Dialect::Postgresql,
            "mysql" | "mariadb" => Dialect::Mysql,
            _ => {
                return Err(EngineError::new(
                    ErrorKind::NoSuchModule,
                    format!("Can't load plugin: sqlalchemy.dialects:{}", url.drivername.replace('+', ".")),
                ));
            }
        };
        self.engines.push(Engine { url, dialect, options, cache: FxHashMap::default(), shared: None });
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

    /// The compiled form of a statement, and whether it was there already.
    fn compiled(
        &mut self,
        engine: EngineId,
        key: CacheKey,
        compile: impl FnOnce(Dialect) -> Result<Compiled, EngineError>,
    ) -> Result<(Rc<Compiled>, bool), EngineError> {
        let engine = &mut self.engines[engine.index()];
        match engine.cache.entry(key) {
            Entry::Occupied(entry) => Ok((Rc::clone(entry.get()), true)),
            Entry::Vacant(entry) => {
                let compiled = Rc::new(compile(engine.dialect)?);
                Ok((Rc::clone(entry.insert(compiled)), false))
            }
        }
    }
}
