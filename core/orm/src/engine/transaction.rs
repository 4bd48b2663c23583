//! Transactions and savepoints as objects with a life of their own.
//!
//! A transaction begins on paper (`BEGIN (implicit)` is logged) with the first
//! use of a connection; when it begins in the database is the driver's matter.
//! SQLAlchemy counterpart: `RootTransaction`, `NestedTransaction`,
//! `TransactionalContext`.

use super::Engines;
use super::connection::ConnectionId;
use super::driver::{DriverConnection, DriverError, IsolationLevel};
use super::error::{EngineError, ErrorKind};
use super::event::{Cache, Cause, Stats};
use super::listen::{EventKind, Listener};
use super::send::Sent;
use crate::sql::compiler::Kind;
use crate::types::EngineId;

/// Identifies a transaction or savepoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransactionId(pub u32);

/// A transaction or savepoint.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Its connection.
    pub connection: ConnectionId,
    /// The savepoint's name; none for the transaction itself.
    pub savepoint: Option<String>,
    /// Whether it was neither committed nor rolled back.
    pub is_active: bool,
    /// Whether something within it rolled it back, so that it has to be rolled
    /// back itself (legacy).
    undone: bool,
    /// The savepoint that was the innermost one before it.
    previous: Option<TransactionId>,
    /// The transaction whose `with` block is around its own.
    outer_context: Option<TransactionId>,
}

const ALREADY_BEGUN: &str = "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; can't call begin() here unless rollback() or commit() is called first.";

impl Engines {
    /// A transaction.
    pub fn transaction(&self, id: TransactionId) -> &Transaction {
        &self.transactions[id.0 as usize]
    }

    /// Whether a transaction is active on a connection that is not invalidated.
    pub fn is_valid_transaction(&self, id: TransactionId) -> bool {
        let transaction = self.transaction(id);
        transaction.is_active && !self.is_invalidated(transaction.connection)
    }

    fn add_transaction(
        &mut self,
        connection: ConnectionId,
        savepoint: Option<String>,
        previous: Option<TransactionId>,
    ) -> TransactionId {
        self.transactions.push(Transaction {
            connection,
            savepoint,
            is_active: true,
            undone: false,
            previous,
            outer_context: None,
        });
        TransactionId((self.transactions.len() - 1) as u32)
    }

    /// The transaction of a connection, where one has begun.
    pub fn transaction_of(&self, connection: ConnectionId) -> Option<TransactionId> {
        self.connections.get(connection.0 as usize)?.transaction
    }

    /// The innermost savepoint of a connection.
    pub fn savepoint_of(&self, connection: ConnectionId) -> Option<TransactionId> {
        self.connections.get(connection.0 as usize)?.nested
    }

    /// Whether a transaction is active on a connection.
    pub fn in_transaction(&self, connection: ConnectionId) -> bool {
        self.transaction_of(connection).is_some_and(|id| self.transaction(id).is_active)
    }

    /// Whether a savepoint is active on a connection.
    pub fn in_nested_transaction(&self, connection: ConnectionId) -> bool {
        self.savepoint_of(connection).is_some_and(|id| self.transaction(id).is_active)
    }

    /// Refuses statements where a `with` block still surrounds a transaction that ended.
    pub(super) fn check_context(&self, connection: ConnectionId) -> Result<(), EngineError> {
        let context = self.connections.get(connection.0 as usize).and_then(|connection| connection.context);
        match context {
            Some(id) if !self.transaction(id).is_active => Err(EngineError::new(
                ErrorKind::InvalidRequest,
                "Can't operate on closed transaction inside context manager.  Please complete the context manager before emitting further commands.",
            )),
            _ => Ok(()),
        }
    }

    /// Refuses statements in a transaction that only a rollback ends.
    pub(super) fn check_active(&self, connection: ConnectionId) -> Result<(), EngineError> {
        let ended = |id: Option<TransactionId>| id.is_some_and(|id| !self.transaction(id).is_active);
        if ended(self.transaction_of(connection)) || ended(self.savepoint_of(connection)) {
            return Err(self.invalid_transaction(connection));
        }
        self.check_context(connection)
    }

    pub(super) fn invalid_transaction(&self, connection: ConnectionId) -> EngineError {
        let undone = |id: TransactionId| self.transaction(id).undone;
        if self.transaction_of(connection).is_some_and(undone) {
            let message =
                "This connection is on an inactive transaction.  Please rollback() fully before proceeding.";
            return EngineError::new(ErrorKind::PendingRollback, message).with_code("8s2a");
        }
        let which = if self.savepoint_of(connection).is_some() { "savepoint " } else { "" };
        EngineError::new(
            ErrorKind::PendingRollback,
            format!(
                "Can't reconnect until invalid {which}transaction is rolled back.  Please rollback() fully before proceeding"
            ),
        )
        .with_code("8s2b")
    }

    /// Ends all savepoints of a connection without a word to the database.
    fn cancel_savepoints(&mut self, connection: ConnectionId) {
        let mut next = self.savepoint_of(connection);
        while let Some(id) = next {
            let transaction = &mut self.transactions[id.0 as usize];
            transaction.is_active = false;
            next = transaction.previous;
        }
        self.connections[connection.0 as usize].nested = None;
    }

    /// Takes a savepoint from its connection, whose innermost one is then that before it.
    fn leave_savepoint(&mut self, id: TransactionId) {
        let Transaction { connection, previous, .. } = *self.transaction(id);
        let connection = &mut self.connections[connection.0 as usize];
        if connection.nested == Some(id) {
            connection.nested = previous;
        }
    }

    fn deactivate(&mut self, id: TransactionId) {
        self.transactions[id.0 as usize].is_active = false;
    }

    /// The beginning of a transaction's `with` block.
    pub fn enter_transaction(&mut self, id: TransactionId) {
        let connection = self.transaction(id).connection.0 as usize;
        let outer = self.connections[connection].context.replace(id);
        self.transactions[id.0 as usize].outer_context = outer;
    }

    fn leave_context(&mut self, id: TransactionId) {
        let transaction = &mut self.transactions[id.0 as usize];
        let outer = transaction.outer_context.take();
        let connection = &mut self.connections[transaction.connection.0 as usize];
        if connection.context == Some(id) {
            connection.context = outer;
        }
    }
}

impl dyn Listener + '_ {
    /// Begins a transaction, on paper.
    ///
    /// # Errors
    /// When one has begun.
    pub fn begin(&mut self, connection: ConnectionId) -> Result<TransactionId, EngineError> {
        let engines = self.engines();
        if engines.transaction_of(connection).is_some() {
            return Err(EngineError::new(ErrorKind::InvalidRequest, ALREADY_BEGUN));
        }
        engines.check_context(connection)?;
        let text = match self.engines().is_autocommit(connection) {
            true => "BEGIN (implicit; DBAPI should not BEGIN due to autocommit mode)",
            false => "BEGIN (implicit)",
        };
        let engines = self.engines();
        engines.announce(connection, text, None, None);
        self.revalidate(connection)?;
        let engines = self.engines();
        engines.report(connection, None, true);
        engines.connections[connection.0 as usize].in_begin = true;
        let told = self.tell(EventKind::Begin, connection, None);
        let engines = self.engines();
        engines.connections[connection.0 as usize].in_begin = false;
        told?;
        let id = engines.add_transaction(connection, None, None);
        engines.connections[connection.0 as usize].transaction = Some(id);
        Ok(id)
    }

    /// Begins a transaction where none has begun.
    pub(super) fn autobegin(&mut self, connection: ConnectionId) -> Result<(), EngineError> {
        let engines = self.engines();
        let in_begin = engines.connections.get(connection.0 as usize).is_some_and(|own| own.in_begin);
        if in_begin || engines.transaction_of(connection).is_some() {
            return Ok(());
        }
        self.begin(connection).map(|_| ())
    }

    /// Sets a savepoint.
    ///
    /// # Errors
    /// The driver's.
    pub fn begin_nested(&mut self, connection: ConnectionId) -> Result<TransactionId, EngineError> {
        self.autobegin(connection)?;
        let engines = self.engines();
        engines.connection(connection)?;
        engines.check_context(connection)?;
        self.tell(EventKind::Savepoint, connection, None)?;
        let own = &mut self.engines().connections[connection.0 as usize];
        own.savepoints_made += 1;
        let name = format!("sa_savepoint_{}", own.savepoints_made);
        self.savepoint_statement(connection, format!("SAVEPOINT {name}"))?;
        let engines = self.engines();
        let previous = engines.savepoint_of(connection);
        let id = engines.add_transaction(connection, Some(name), previous);
        engines.connections[connection.0 as usize].nested = Some(id);
        Ok(id)
    }

    /// `transaction.commit()`
    ///
    /// # Errors
    /// When it has ended, and the driver's.
    pub fn commit_transaction(&mut self, id: TransactionId) -> Result<(), EngineError> {
        let Transaction { connection, savepoint, is_active, .. } = self.engines().transaction(id).clone();
        let engines = self.engines();
        let is_savepoint = savepoint.is_some();
        if !is_active {
            let current = if is_savepoint {
                engines.savepoint_of(connection)
            } else {
                engines.transaction_of(connection)
            };
            let nested = if is_savepoint { "nested " } else { "" };
            return Err(match current == Some(id) {
                true => engines.invalid_transaction(connection),
                false => EngineError::new(
                    ErrorKind::InvalidRequest,
                    format!("This {nested}transaction is inactive"),
                ),
            });
        }
        let Some(name) = savepoint else {
            let committed = self.commit_in_driver(connection);
            let engines = self.engines();
            engines.cancel_savepoints(connection);
            engines.deactivate(id);
            committed?;
            engines.connections[connection.0 as usize].transaction = None;
            return Ok(());
        };
        let released = self
            .tell(EventKind::ReleaseSavepoint, connection, Some(&name))
            .and_then(|()| self.savepoint_statement(connection, format!("RELEASE SAVEPOINT {name}")));
        self.engines().deactivate(id);
        released?;
        self.engines().leave_savepoint(id);
        Ok(())
    }

    /// `transaction.rollback()` and `transaction.close()`
    ///
    /// # Errors
    /// The driver's.
    pub fn rollback_transaction(&mut self, id: TransactionId) -> Result<(), EngineError> {
        let Transaction { connection, savepoint, is_active, .. } = self.engines().transaction(id).clone();
        let Some(name) = savepoint else {
            let rolled_back = if is_active { self.rollback_in_driver(connection) } else { Ok(()) };
            let engines = self.engines();
            engines.deactivate(id);
            if engines.transaction_of(connection) == Some(id) {
                engines.cancel_savepoints(connection);
                engines.connections[connection.0 as usize].transaction = None;
            }
            return rolled_back;
        };
        let rolled_back = if is_active && self.engines().in_transaction(connection) {
            self.tell(EventKind::RollbackSavepoint, connection, Some(&name)).and_then(|()| {
                if self.engines().link_of(connection).is_none() {
                    return Ok(());
                }
                self.savepoint_statement(connection, format!("ROLLBACK TO SAVEPOINT {name}"))
            })
        } else {
            Ok(())
        };
        let engines = self.engines();
        engines.deactivate(id);
        engines.leave_savepoint(id);
        rolled_back
    }

    /// Rolls back in the database and leaves the transaction to be rolled back
    /// by who began it: what a transaction within it does in 1.4.
    ///
    /// # Errors
    /// The driver's.
    pub fn undo_transaction(&mut self, id: TransactionId) -> Result<(), EngineError> {
        let connection = self.engines().transaction(id).connection;
        if !self.engines().transaction(id).is_active {
            return Ok(());
        }
        let rolled_back = self.rollback_in_driver(connection);
        let engines = self.engines();
        engines.deactivate(id);
        engines.transactions[id.0 as usize].undone = true;
        rolled_back
    }

    /// The end of a transaction's `with` block.
    ///
    /// # Errors
    /// The driver's.
    pub fn exit_transaction(&mut self, id: TransactionId, failed: bool) -> Result<(), EngineError> {
        let active = self.engines().transaction(id).is_active;
        let ended = match (active, failed) {
            (false, _) => Ok(()),
            (true, true) => self.rollback_transaction(id),
            (true, false) => match self.commit_transaction(id) {
                Ok(()) => Ok(()),
                // Where the rollback fails too, it is its error that is seen.
                Err(error) => self.rollback_transaction(id).and(Err(error)),
            },
        };
        self.engines().leave_context(id);
        ended
    }

    /// Commits a connection's transaction, where there is one.
    ///
    /// # Errors
    /// The driver's.
    pub fn commit(&mut self, connection: ConnectionId) -> Result<(), EngineError> {
        match self.engines().transaction_of(connection) {
            Some(id) => self.commit_transaction(id),
            None => Ok(()),
        }
    }

    /// Rolls a connection's transaction back, where there is one.
    ///
    /// # Errors
    /// The driver's.
    pub fn rollback(&mut self, connection: ConnectionId) -> Result<(), EngineError> {
        match self.engines().transaction_of(connection) {
            Some(id) => self.rollback_transaction(id),
            None => Ok(()),
        }
    }

    fn commit_in_driver(&mut self, connection: ConnectionId) -> Result<(), EngineError> {
        self.tell(EventKind::Commit, connection, None)?;
        let text = match self.engines().is_autocommit(connection) {
            true => "COMMIT using DBAPI connection.commit(), has no effect due to autocommit mode",
            false => "COMMIT",
        };
        self.transaction_line(connection, text, |driver| driver.commit())
    }

    pub(super) fn rollback_in_driver(&mut self, connection: ConnectionId) -> Result<(), EngineError> {
        self.tell(EventKind::Rollback, connection, None)?;
        let engines = self.engines();
        if engines.link_of(connection).is_none() {
            return Ok(());
        }
        let text = match engines.is_autocommit(connection) {
            true => {
                "ROLLBACK using DBAPI connection.rollback(); set skip_autocommit_rollback to prevent fully"
            }
            false => "ROLLBACK",
        };
        self.transaction_line(connection, text, |driver| driver.rollback())
    }

    /// What SQLAlchemy does when a statement fails before it is sent: outside a
    /// transaction, nothing is undone and yet logged.
    pub(crate) fn rollback_unbegun(&mut self, connection: ConnectionId) -> Result<(), EngineError> {
        if self.engines().in_transaction(connection) {
            return Ok(());
        }
        self.rollback_in_driver(connection)
    }

    /// What comes of a two-phase transaction, which no driver here has: it is
    /// logged, and undone.
    ///
    /// # Errors
    /// When a transaction has begun, and the driver's.
    pub fn refuse_twophase(&mut self, connection: ConnectionId) -> Result<(), EngineError> {
        if self.engines().in_transaction(connection) {
            return Err(EngineError::new(
                ErrorKind::InvalidRequest,
                "Cannot start a two phase transaction when a transaction is already in progress.",
            ));
        }
        self.engines().announce(connection, "BEGIN TWOPHASE (implicit)", None, None);
        self.rollback_in_driver(connection)
    }

    fn savepoint_statement(&mut self, id: ConnectionId, sql: String) -> Result<(), EngineError> {
        let stats = Stats { cache: Cache::NoKey, batch: None };
        self.engines().push_cause(Cause::Transaction);
        let sent = Sent { sql, sets: vec![Vec::new()], many: false, shown: None };
        let done = self.execute_logged(id, sent, stats, Kind::Text);
        self.engines().pop_cause();
        done.map(|_| ())
    }

    fn transaction_line(
        &mut self,
        id: ConnectionId,
        text: &str,
        act: impl FnOnce(&mut dyn DriverConnection) -> Result<(), DriverError>,
    ) -> Result<(), EngineError> {
        self.engines().announce(id, text, None, None);
        self.revalidate(id)?;
        let engines = self.engines();
        let done = engines.drive(id, act)?;
        engines.report(id, None, true);
        let Err(error) = done else { return Ok(()) };
        let engine: EngineId = engines.connection(id)?.engine;
        let error = EngineError::from_driver(error, engines.module_of(engine), None, None);
        Err(self.handled(engine, Some(id), error, &[], false))
    }
}

/// The levels that a program may ask for on an engine, or why not.
///
/// # Errors
/// `Invalid value '…' for isolation_level. …`
pub fn parse_isolation_level(text: &str, dialect: &str) -> Result<IsolationLevel, EngineError> {
    let normal = text.to_uppercase().replace('_', " ");
    let known = IsolationLevel::SQLITE.iter().find(|level| level.name() == normal);
    known.copied().ok_or_else(|| {
        let names: Vec<_> = IsolationLevel::SQLITE.iter().map(|level| level.name()).collect();
        EngineError::new(
            ErrorKind::Argument,
            format!(
                "Invalid value {} for isolation_level. Valid isolation levels for '{dialect}' are {}",
                crate::types::python_str(&normal),
                names.join(", ")
            ),
        )
    })
}
