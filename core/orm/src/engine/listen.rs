//! Where the program's own code runs inside the engine's operations.
//!
//! Operations that may run such code are methods of `dyn Listener`: they reach
//! the engines through it, so that the code may use them too, and tell it what
//! is happening. Engines by themselves listen to nothing. SQLAlchemy
//! counterpart: `sqlalchemy.engine.events`, `sqlalchemy.pool.events`.

use super::Engines;
use super::connection::{ConnectionId, Row};
use super::driver::ProgramCall;
use super::error::EngineError;
use super::pool::Link;
use crate::schema::Schema;
use crate::types::{DbValue, EngineId};

/// What a program can listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// `do_connect`: before the driver connects
    DoConnect,
    /// `connect`: the driver has made a connection
    Connect,
    /// `first_connect`
    FirstConnect,
    /// `checkout`: a connection leaves the pool
    Checkout,
    /// `checkin`: it comes back
    Checkin,
    /// `reset`: it is rolled back on its way
    Reset,
    /// `invalidate`
    Invalidate,
    /// `close`
    Close,
    /// `engine_connect`: there is a new `Connection`
    EngineConnect,
    /// `begin`
    Begin,
    /// `commit`
    Commit,
    /// `rollback`
    Rollback,
    /// `savepoint`
    Savepoint,
    /// `rollback_savepoint`
    RollbackSavepoint,
    /// `release_savepoint`
    ReleaseSavepoint,
    /// `before_execute`
    BeforeExecute,
    /// `after_execute`
    AfterExecute,
    /// `before_cursor_execute`
    BeforeCursorExecute,
    /// `after_cursor_execute`
    AfterCursorExecute,
    /// `handle_error`
    HandleError,
    /// `engine_disposed`
    EngineDisposed,
    /// `set_connection_execution_options`
    SetConnectionExecutionOptions,
    /// `set_engine_execution_options`
    SetEngineExecutionOptions,
    /// `soft_invalidate`
    SoftInvalidate,
    /// `detach`: a connection leaves its pool for good
    Detach,
    /// `close_detached`
    CloseDetached,
    /// `begin_twophase`
    BeginTwophase,
    /// `prepare_twophase`
    PrepareTwophase,
    /// `commit_twophase`
    CommitTwophase,
    /// `rollback_twophase`
    RollbackTwophase,
    /// `do_execute`, `do_execute_no_params`
    DoExecute,
    /// `do_executemany`
    DoExecuteMany,
    /// `do_setinputsizes`
    DoSetInputSizes,
}

impl EventKind {
    /// Its bit in a set of kinds.
    fn bit(self) -> u64 {
        1 << self as u32
    }
}

/// Which events a program listens to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventSet(u64);

impl EventSet {
    /// Adds a kind.
    pub fn insert(&mut self, kind: EventKind) {
        self.0 |= kind.bit();
    }

    /// Whether a kind is in it.
    pub fn contains(self, kind: EventKind) -> bool {
        self.0 & kind.bit() != 0
    }
}

/// Something that happens, as it is told to a [`Listener`].
pub enum Moment<'a> {
    /// A driver's connection is needed; the listener may make it.
    Make {
        /// The engine.
        engine: EngineId,
        /// Where it goes.
        made: &'a mut Option<Link>,
    },
    /// The driver's connection was made, leaves the pool, comes back, ends.
    Link {
        /// Which of them.
        kind: EventKind,
        /// The engine.
        engine: EngineId,
        /// The connection.
        link: &'a Link,
    },
    /// A connection was made, or its transaction begins or ends.
    Connection {
        /// Which of them.
        kind: EventKind,
        /// The connection.
        connection: ConnectionId,
        /// The savepoint's name, where there is one.
        savepoint: Option<&'a str>,
    },
    /// A statement is about to be sent; the listener may change it.
    Before {
        /// The connection.
        connection: ConnectionId,
        /// The SQL.
        sql: &'a mut String,
        /// The sets of parameters.
        sets: &'a mut Vec<Row>,
        /// Whether it is an `executemany`.
        many: bool,
        /// Whether it is a part of insertmanyvalues.
        batched: bool,
    },
    /// The driver is about to execute; the listener is only told of it.
    Execute {
        /// The connection.
        connection: ConnectionId,
        /// The SQL.
        sql: &'a str,
        /// The sets of parameters.
        sets: &'a [Row],
        /// Whether it is an `executemany`.
        many: bool,
    },
    /// A statement was executed.
    After {
        /// The connection.
        connection: ConnectionId,
        /// The SQL.
        sql: &'a str,
        /// The sets of parameters.
        sets: &'a [Row],
        /// Whether it is an `executemany`.
        many: bool,
        /// Whether it is a part of insertmanyvalues.
        batched: bool,
        /// What came back.
        result: &'a super::RawResult,
    },
    /// The database calls functions of the program's own.
    Calls {
        /// The calls.
        calls: Vec<ProgramCall>,
        /// Their values; none where code of the program's raised something.
        answers: &'a mut Vec<Option<DbValue>>,
    },
    /// The driver's error; the listener may put another in its place.
    Error {
        /// The connection, where there is one already.
        connection: Option<ConnectionId>,
        /// The engine.
        engine: EngineId,
        /// The error.
        error: &'a mut EngineError,
        /// The sets of parameters.
        sets: &'a [Row],
        /// Whether it is an `executemany`.
        many: bool,
    },
}

/// What the floor above is for the engine's operations.
pub trait Listener {
    /// The engines, and the tables that statements are about. Nothing of them is
    /// borrowed while the listener runs code.
    fn parts(&mut self) -> (&mut Engines, &Schema);

    /// The engines.
    fn engines(&mut self) -> &mut Engines {
        self.parts().0
    }

    /// Something happens that the program listens to.
    ///
    /// # Errors
    /// What the program's code raises.
    fn notify(&mut self, moment: Moment<'_>) -> Result<(), EngineError>;
}

/// Engines by themselves, to which nobody listens.
pub(super) struct Quiet<'a> {
    pub(super) engines: &'a mut Engines,
    pub(super) schema: &'a Schema,
}

impl Listener for Quiet<'_> {
    fn parts(&mut self) -> (&mut Engines, &Schema) {
        (self.engines, self.schema)
    }

    fn notify(&mut self, _: Moment<'_>) -> Result<(), EngineError> {
        Ok(())
    }
}

impl Engines {
    /// Runs an operation without the program's code. It is about no table.
    pub fn quietly<T>(&mut self, run: impl FnOnce(&mut dyn Listener) -> T) -> T {
        run(&mut Quiet { engines: self, schema: &Schema::default() })
    }
}

impl dyn Listener + '_ {
    /// Tells of a moment in a connection's life, where somebody listens.
    pub(super) fn tell(
        &mut self,
        kind: EventKind,
        connection: ConnectionId,
        savepoint: Option<&str>,
    ) -> Result<(), EngineError> {
        let engines = self.engines();
        let engine = engines.connections.get(connection.0 as usize).map(|connection| connection.engine);
        match engine {
            Some(engine) if engines.listens(engine, kind) => {
                self.notify(Moment::Connection { kind, connection, savepoint })
            }
            _ => Ok(()),
        }
    }

    /// Tells of a moment in the life of a driver's connection, where somebody listens.
    pub(super) fn tell_of_link(
        &mut self,
        kind: EventKind,
        engine: EngineId,
        link: &Link,
    ) -> Result<(), EngineError> {
        if self.engines().listens(engine, kind) {
            self.notify(Moment::Link { kind, engine, link })?;
        }
        Ok(())
    }
}
