//! Connections, transactions, savepoints.
//!
//! A transaction begins on paper (`BEGIN (implicit)` is logged) with the first
//! use of a connection, and in SQLite with the first change of a row.
//! SQLAlchemy counterpart: `Connection`, `Transaction`, the pools.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::driver::{DriverConnection, DriverError};
use super::error::{EngineError, ErrorKind};
use super::event::{Cache, Cause, Outcome, Probe, StatementEvent, Stats};
use super::{Echo, Engines};
use crate::types::{DbValue, EngineId};

/// Identifies a connection; it is closed when nothing is known of it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub u32);

/// A connection that is checked out.
pub struct Connection {
    /// Its engine.
    pub engine: EngineId,
    /// Whether a transaction has begun on paper.
    pub in_transaction: bool,
    shared: Shared,
    savepoints_made: u32,
    closed: bool,
}

/// A driver's connection, and how many use it: all sessions on one in-memory
/// database share one, as with SQLAlchemy's `SingletonThreadPool`.
#[derive(Clone)]
pub(super) struct Shared {
    driver: Rc<RefCell<Box<dyn DriverConnection>>>,
    users: Rc<Cell<u32>>,
}

impl Engines {
    /// Checks a connection out.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn connect(&mut self, engine: EngineId) -> Result<ConnectionId, EngineError> {
        let shared = match self.reusable(engine) {
            Some(shared) => shared,
            None => {
                let url = &self.engines[engine.index()].url;
                let driver =
                    self.driver.connect(url).map_err(|error| EngineError::from_driver_alone(&error))?;
                Shared { driver: Rc::new(RefCell::new(driver)), users: Rc::default() }
            }
        };
        self.engines[engine.index()].shared = Some(shared.clone());
        shared.users.set(shared.users.get() + 1);
        self.connections.push(Connection {
            engine,
            in_transaction: false,
            shared,
            savepoints_made: 0,
            closed: false,
        });
        Ok(ConnectionId((self.connections.len() - 1) as u32))
    }

    /// The driver's connection that a new one may share: that of an in-memory
    /// database, or one that nobody uses. In the browser a file is in memory too,
    /// and every engine of that file shares it.
    fn reusable(&self, engine: EngineId) -> Option<Shared> {
        let own = self.engine(engine);
        let in_browser = cfg!(target_arch = "wasm32");
        let of_file = |other: &&super::Engine| {
            in_browser
                && !own.url.is_memory()
                && other.url.database == own.url.database
                && other.shared.is_some()
        };
        let holder = if own.shared.is_some() { Some(own) } else { self.engines.iter().find(of_file) };
        let shared = holder.and_then(|engine| engine.shared.clone())?;
        (own.url.is_memory() || in_browser || shared.users.get() == 0).then_some(shared)
    }

    /// A connection that is still open.
    ///
    /// # Errors
    /// `This Connection is closed`
    pub fn connection(&self, id: ConnectionId) -> Result<&Connection, EngineError> {
        self.connections
            .get(id.0 as usize)
            .filter(|connection| !connection.closed)
            .ok_or_else(|| EngineError::new(ErrorKind::ResourceClosed, "This Connection is closed"))
    }

    /// Whether it was closed.
    pub fn is_closed(&self, id: ConnectionId) -> bool {
        self.connection(id).is_err()
    }

    /// Gives a connection back; an open transaction is rolled back.
    ///
    /// # Errors
    /// The driver's.
    pub fn close(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        let Ok(connection) = self.connection(id) else { return Ok(()) };
        if connection.in_transaction {
            self.rollback(id)?;
        }
        let connection = &mut self.connections[id.0 as usize];
        connection.closed = true;
        let shared = connection.shared.clone();
        shared.users.set(shared.users.get().saturating_sub(1));
        if shared.users.get() == 0 {
            // What the pool does when the last user is gone.
            shared.driver.borrow_mut().rollback().map_err(|error| EngineError::from_driver_alone(&error))?;
        }
        Ok(())
    }

    /// Begins a transaction, on paper.
    ///
    /// # Errors
    /// When one has begun.
    pub fn begin(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        if self.connection(id)?.in_transaction {
            return Err(EngineError::new(
                ErrorKind::InvalidRequest,
                "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; can't call begin() here unless rollback() or commit() is called first.",
            ));
        }
        self.connections[id.0 as usize].in_transaction = true;
        self.transaction_line(id, "BEGIN (implicit)", |_| Ok(()))
    }

    /// Begins a transaction where none has begun.
    pub(super) fn autobegin(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        if self.connection(id)?.in_transaction { Ok(()) } else { self.begin(id) }
    }

    /// Commits the transaction, where there is one.
    ///
    /// # Errors
    /// The driver's.
    pub fn commit(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        if !self.connection(id)?.in_transaction {
            return Ok(());
        }
        self.transaction_line(id, "COMMIT", |driver| driver.commit())?;
        self.connections[id.0 as usize].in_transaction = false;
        Ok(())
    }

    /// Rolls the transaction back, where there is one.
    ///
    /// # Errors
    /// The driver's.
    pub fn rollback(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        if !self.connection(id)?.in_transaction {
            return Ok(());
        }
        self.transaction_line(id, "ROLLBACK", |driver| driver.rollback())?;
        self.connections[id.0 as usize].in_transaction = false;
        Ok(())
    }

    /// What SQLAlchemy does when a statement fails before it is sent: outside a
    /// transaction, nothing is undone and yet logged.
    pub(super) fn rollback_unbegun(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        if self.connection(id)?.in_transaction {
            return Ok(());
        }
        self.transaction_line(id, "ROLLBACK", |driver| driver.rollback())
    }

    /// Sets a savepoint and names it.
    ///
    /// # Errors
    /// The driver's.
    pub fn savepoint(&mut self, id: ConnectionId) -> Result<String, EngineError> {
        self.autobegin(id)?;
        let connection = &mut self.connections[id.0 as usize];
        connection.savepoints_made += 1;
        let name = format!("sa_savepoint_{}", connection.savepoints_made);
        self.savepoint_statement(id, format!("SAVEPOINT {name}"))?;
        Ok(name)
    }

    /// Keeps what was done since a savepoint.
    ///
    /// # Errors
    /// The driver's.
    pub fn release(&mut self, id: ConnectionId, name: &str) -> Result<(), EngineError> {
        self.savepoint_statement(id, format!("RELEASE SAVEPOINT {name}"))
    }

    /// Undoes what was done since a savepoint.
    ///
    /// # Errors
    /// The driver's.
    pub fn rollback_to(&mut self, id: ConnectionId, name: &str) -> Result<(), EngineError> {
        self.savepoint_statement(id, format!("ROLLBACK TO SAVEPOINT {name}"))
    }

    fn savepoint_statement(&mut self, id: ConnectionId, sql: String) -> Result<(), EngineError> {
        let stats = Some(Stats { cache: Cache::NoKey, batch: None });
        self.announce(id, &sql, Some("()".into()), stats)?;
        let result = self.drive(id, |driver| driver.execute(&sql, &[]))?;
        self.report(id, None, true);
        result.map(|_| ()).map_err(|error| EngineError::from_driver(error, &sql, None))
    }

    fn transaction_line(
        &mut self,
        id: ConnectionId,
        text: &str,
        act: impl FnOnce(&mut dyn DriverConnection) -> Result<(), DriverError>,
    ) -> Result<(), EngineError> {
        self.announce(id, text, None, None)?;
        let done = self.drive(id, act)?;
        self.report(id, None, true);
        done.map_err(|error| EngineError::from_driver_alone(&error))
    }

    /// Runs something on the driver's connection.
    pub(super) fn drive<T>(
        &self,
        id: ConnectionId,
        act: impl FnOnce(&mut dyn DriverConnection) -> T,
    ) -> Result<T, EngineError> {
        let connection = self.connection(id)?;
        Ok(act(connection.shared.driver.borrow_mut().as_mut()))
    }

    /// Tells the observer what is about to be executed.
    pub(super) fn announce(
        &mut self,
        id: ConnectionId,
        sql: &str,
        parameters: Option<String>,
        stats: Option<Stats>,
    ) -> Result<(), EngineError> {
        let engine = self.connection(id)?.engine;
        if let Some(observer) = &mut self.observer {
            let default = if stats.is_none() { Cause::Transaction } else { Cause::Explicit };
            let cause = self.causes.last().cloned().unwrap_or(default);
            observer.before(&StatementEvent { engine, sql: sql.to_string(), parameters, stats, cause });
        }
        Ok(())
    }

    /// Tells the observer that it has been executed.
    pub(super) fn report(&mut self, id: ConnectionId, rows: Option<u64>, wrote: bool) {
        let Some(connection) = self.connections.get(id.0 as usize) else { return };
        if let Some(observer) = &mut self.observer {
            let mut driver = connection.shared.driver.borrow_mut();
            let outcome = Outcome { engine: connection.engine, rows, wrote };
            observer.after(&outcome, Probe { connection: driver.as_mut() });
        }
    }

    /// Whether anybody looks at the log, so that it is worth writing.
    pub(super) fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// How much an engine echoes.
    pub fn echo(&self, engine: EngineId) -> Echo {
        self.engine(engine).options.echo
    }

    /// Looks at an engine's database without logging, through the connection
    /// that its users share; nothing where none was ever opened.
    pub fn probe<T>(&self, engine: EngineId, look: impl FnOnce(Probe<'_>) -> T) -> Option<T> {
        let shared = self.engine(engine).shared.as_ref()?;
        let mut driver = shared.driver.borrow_mut();
        Some(look(Probe { connection: driver.as_mut() }))
    }
}

impl EngineError {
    fn from_driver_alone(error: &DriverError) -> EngineError {
        let mut wrapped = EngineError::from_driver(error.clone(), "", None);
        wrapped.statement = None;
        wrapped
    }
}

/// Values as a driver takes them.
pub(super) type Row = Vec<DbValue>;
