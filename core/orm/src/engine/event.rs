//! What an observer is told.

use super::Echo;
use super::driver::{DriverConnection, DriverError, RawResult};
use crate::types::{DbValue, EngineId, MapperId, StateId};

/// Why a statement runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The program asked for just this.
    Explicit,
    /// `create_all`, `drop_all`.
    Schema,
    /// A flush, by this call: `flush`, `commit`, `query`, …
    Flush {
        /// What called for it.
        by: String,
    },
    /// Reading a relationship that was not loaded: `user.addresses`.
    LazyLoad {
        /// The class that has the attribute, and its place there.
        attribute: (MapperId, u32),
        /// The object whose attribute it is.
        object: Subject,
    },
    /// Loading a relationship of all objects of a query: select-in, subquery,
    /// immediate.
    EagerLoad {
        /// The classes on the way from the query's own to the one that has it.
        path: Vec<MapperId>,
        /// The class that has the attribute, and its place there.
        attribute: (MapperId, u32),
    },
    /// Loading what objects of a class have beyond that of a query.
    SubclassLoad {
        /// The class.
        class: MapperId,
    },
    /// Reading an object that was expired, or `session.refresh()`.
    Refresh {
        /// The object.
        object: Subject,
        /// Whether the program asked for it.
        asked: bool,
    },
    /// Reading a deferred column.
    Deferred {
        /// The class that has the attribute, and its place there.
        attribute: (MapperId, u32),
        /// The object whose attribute it is.
        object: Subject,
    },
    /// `session.get()`
    Get {
        /// The class asked for.
        class: MapperId,
    },
    /// A query.
    Query,
    /// The beginning or end of a transaction, by this call.
    Transaction,
}

/// An object that a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its state, which may have ended since.
    pub state: StateId,
    /// The number that tells the state from those that had its id before.
    pub serial: u32,
}

impl Cause {
    /// A number for the kind of load that the ORM does by itself, for the cache
    /// of statements; none for what a program asks for.
    pub(super) fn origin(&self) -> Option<u8> {
        match self {
            Cause::Explicit | Cause::Query => None,
            Cause::Schema => Some(0),
            Cause::Flush { .. } => Some(1),
            Cause::LazyLoad { .. } | Cause::EagerLoad { .. } => Some(2),
            Cause::Refresh { .. } | Cause::Deferred { .. } | Cause::SubclassLoad { .. } => Some(3),
            Cause::Get { .. } => Some(4),
            Cause::Transaction => Some(5),
        }
    }
}

/// How a statement was compiled, as the log's bracket says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// `[generated in …]`
    Generated,
    /// `[cached since …]`
    Cached,
    /// `[insertmanyvalues 2/3 (…)]`: a further batch of the statement before.
    Batch,
    /// `[no key]`
    NoKey,
    /// `[raw sql]`
    RawSql,
    /// `[caching disabled …]`
    Disabled,
}

/// What stands in the log's bracket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    /// How it was compiled.
    pub cache: Cache,
    /// `1/2 (ordered; batch not supported)`
    pub batch: Option<String>,
}

/// A line of the echo log, before it is executed.
#[derive(Clone, Debug)]
pub struct StatementEvent {
    /// The engine.
    pub engine: EngineId,
    /// The SQL, or `BEGIN (implicit)`, `COMMIT`, `ROLLBACK`.
    pub sql: String,
    /// The parameters' repr; none for transaction lines.
    pub parameters: Option<String>,
    /// How it was compiled; none for transaction lines.
    pub stats: Option<Stats>,
    /// Why it runs.
    pub cause: Cause,
    /// How much the engine logs.
    pub echo: Echo,
}

/// What became of a statement.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The engine.
    pub engine: EngineId,
    /// Rows returned or changed; none when it failed or is a transaction line.
    pub rows: Option<u64>,
    /// Whether it may have changed rows or tables.
    pub wrote: bool,
}

/// A look at the database through the connection that a statement ran on.
pub struct Probe<'a> {
    pub(super) connection: &'a mut dyn DriverConnection,
}

impl Probe<'_> {
    /// Runs a query that is not logged and does not begin a transaction.
    ///
    /// # Errors
    /// The driver's.
    pub fn query(&mut self, sql: &str, parameters: &[DbValue]) -> Result<RawResult, DriverError> {
        self.connection.execute(sql, parameters)
    }

    /// Whether a transaction has begun in the database.
    pub fn in_transaction(&self) -> bool {
        self.connection.in_transaction()
    }
}

/// Follows what the engines do.
pub trait Observer {
    /// A statement is about to be executed.
    fn before(&mut self, event: &StatementEvent);

    /// The statement of the last [`Observer::before`] has been executed.
    fn after(&mut self, outcome: &Outcome, probe: Probe<'_>);

    /// A line of the log below statements: the columns and rows of a result, of
    /// an engine that logs them.
    fn debug(&mut self, _engine: EngineId, _text: &str) {}
}
