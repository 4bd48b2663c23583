//! Connections: checked out of a pool, used, given back.
//!
//! SQLAlchemy counterpart: `Connection`.

use std::rc::Rc;

use super::driver::{DriverConnection, IsolationLevel};
use super::error::{EngineError, ErrorKind};
use super::event::{Cause, Outcome, Probe, StatementEvent, Stats};
use super::listen::{EventKind, Listener};
use super::parameters::shortened;
use super::pool::Link;
use super::result_set::ResultSet;
use super::transaction::TransactionId;
use super::{Echo, Engines};
use crate::types::{DbValue, EngineId};

/// Identifies a connection; it is closed when nothing is known of it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub u32);

/// A connection that is checked out.
pub struct Connection {
    /// Its engine.
    pub engine: EngineId,
    /// How its statements are executed.
    pub options: ConnectionOptions,
    /// The driver's connection; none when closed or invalidated.
    link: Option<Link>,
    /// Whether it connects again by itself when it was invalidated.
    can_reconnect: bool,
    pub(super) transaction: Option<TransactionId>,
    pub(super) nested: Option<TransactionId>,
    /// The transaction whose `with` block is the innermost one.
    pub(super) context: Option<TransactionId>,
    pub(super) savepoints_made: u32,
    pub(super) in_begin: bool,
}

/// Execution options that the engine itself heeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionOptions {
    /// `isolation_level=`
    pub isolation: Option<IsolationLevel>,
    /// `insertmanyvalues_page_size=`
    pub page_size: Option<usize>,
    /// `compiled_cache=None`
    pub without_cache: bool,
    /// `preserve_rowcount=True`
    pub preserve_rowcount: bool,
    /// `schema_translate_map=`
    pub schema_map: Option<SchemaMap>,
    /// `logging_token=`
    pub logging_token: Option<Rc<str>>,
}

/// Which schema stands for which; none is that of tables without one.
pub type SchemaMap = Rc<Vec<(Option<String>, Option<String>)>>;

fn closed() -> EngineError {
    EngineError::new(ErrorKind::ResourceClosed, "This Connection is closed")
}

impl Engines {
    /// A connection that is still open.
    ///
    /// # Errors
    /// `This Connection is closed`
    pub fn connection(&self, id: ConnectionId) -> Result<&Connection, EngineError> {
        self.connections
            .get(id.0 as usize)
            .filter(|connection| connection.link.is_some() || connection.can_reconnect)
            .ok_or_else(closed)
    }

    /// The engine of a connection, open or not.
    pub fn engine_of(&self, id: ConnectionId) -> Option<EngineId> {
        self.connections.get(id.0 as usize).map(|connection| connection.engine)
    }

    /// Whether it was closed.
    pub fn is_closed(&self, id: ConnectionId) -> bool {
        self.connection(id).is_err()
    }

    /// Whether it lost the driver's connection and would connect again.
    pub fn is_invalidated(&self, id: ConnectionId) -> bool {
        self.connections
            .get(id.0 as usize)
            .is_some_and(|connection| connection.link.is_none() && connection.can_reconnect)
    }

    /// The driver's connection beneath.
    pub fn link_of(&self, id: ConnectionId) -> Option<&Link> {
        self.connections.get(id.0 as usize)?.link.as_ref()
    }

    /// How a connection executes its statements.
    pub fn connection_options(&self, id: ConnectionId) -> ConnectionOptions {
        self.connections.get(id.0 as usize).map(|connection| connection.options.clone()).unwrap_or_default()
    }

    /// Changes how a connection executes its statements.
    pub fn set_connection_options(&mut self, id: ConnectionId, options: ConnectionOptions) {
        if let Some(connection) = self.connections.get_mut(id.0 as usize) {
            connection.options = options;
        }
    }

    /// Whether every statement of a connection commits by itself.
    pub fn is_autocommit(&self, id: ConnectionId) -> bool {
        let Some(connection) = self.connections.get(id.0 as usize) else { return false };
        let level = connection.options.isolation.or(self.engine(connection.engine).options.isolation);
        level == Some(IsolationLevel::Autocommit)
    }

    /// Sets a connection's isolation level until it is closed.
    ///
    /// # Errors
    /// When a transaction has begun, and the driver's.
    pub fn set_isolation(&mut self, id: ConnectionId, level: IsolationLevel) -> Result<(), EngineError> {
        // It counts as told even where it is refused.
        if let Some(connection) = self.connections.get_mut(id.0 as usize) {
            connection.options.isolation = Some(level);
        }
        if self.in_transaction(id) {
            return Err(EngineError::new(
                ErrorKind::InvalidRequest,
                "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; isolation_level may not be altered unless rollback() or commit() is called first.",
            ));
        }
        let engine = self.connection(id)?.engine;
        let module = self.module_of(engine);
        let Some(link) = self.link_of(id) else { return Err(closed()) };
        link.isolation_changed.set(true);
        let set = link.driver.borrow_mut().set_isolation(level);
        set.map_err(|error| EngineError::from_driver(error, module, None, None))
    }

    /// The isolation level that is in force on a connection.
    ///
    /// # Errors
    /// When it is closed, and the driver's.
    pub fn isolation(&self, id: ConnectionId) -> Result<IsolationLevel, EngineError> {
        let engine = self.connection(id)?.engine;
        self.drive(id, |driver| driver.isolation())?
            .map_err(|error| EngineError::from_driver(error, self.module_of(engine), None, None))
    }

    /// The Python module that an engine's driver has its errors in.
    pub(super) fn module_of(&self, engine: EngineId) -> &'static str {
        match &self.engine(engine).pool.latest {
            Some(link) => link.driver.borrow().module(),
            None => self.engine(engine).url.driver().map_or("sqlite3", |driver| driver.module()),
        }
    }

    /// Makes a connection the sole owner of the driver's connection, which then
    /// does not return to the pool.
    ///
    /// # Errors
    /// When it is closed or invalidated.
    pub fn detach(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        let engine = self.connection(id)?.engine;
        let Some(link) = self.link_of(id).cloned() else {
            let message = "Can't detach an invalidated Connection";
            return Err(EngineError::new(ErrorKind::InvalidRequest, message));
        };
        self.quietly(|at| at.forget_link(engine, &link));
        link.users.set(1);
        link.detached.set(true);
        Ok(())
    }

    /// Gives a connection back that the program let go without closing it. One
    /// with a transaction stays: in Python the two hold each other.
    pub fn abandon(&mut self, id: ConnectionId) {
        if self.is_closed(id) || self.transaction_of(id).is_some() {
            return;
        }
        // Nobody is there to be told of an error.
        let _ = self.close(id);
    }

    /// Runs something on the driver's connection.
    pub(super) fn drive<T>(
        &self,
        id: ConnectionId,
        act: impl FnOnce(&mut dyn DriverConnection) -> T,
    ) -> Result<T, EngineError> {
        let link = self.connection(id)?.link.as_ref().ok_or_else(closed)?;
        Ok(act(link.driver.borrow_mut().as_mut()))
    }

    /// Tells the observer what is about to be executed.
    pub(super) fn announce(
        &mut self,
        id: ConnectionId,
        sql: &str,
        parameters: Option<String>,
        stats: Option<Stats>,
    ) {
        let Some(engine) = self.engine_of(id) else { return };
        if let Some(observer) = &mut self.observer {
            // What begins a transaction has a cause; its end has none but itself.
            let cause = match (&stats, self.causes.last()) {
                (None, _) if !sql.starts_with("BEGIN") => Cause::Transaction,
                (_, Some(cause)) => cause.clone(),
                (None, None) => Cause::Transaction,
                (Some(_), None) => Cause::Explicit,
            };
            let token = self.connections.get(id.0 as usize).and_then(|own| own.options.logging_token.clone());
            let sql = token.map_or_else(|| sql.to_string(), |token| format!("[{token}] {sql}"));
            let echo = self.engines[engine.index()].options.echo;
            observer.before(&StatementEvent { engine, sql, parameters, stats, cause, echo });
        }
    }

    /// Tells the observer that it has been executed.
    pub(super) fn report(&mut self, id: ConnectionId, rows: Option<u64>, wrote: bool) {
        let Some(connection) = self.connections.get(id.0 as usize) else { return };
        let Some(link) = &connection.link else { return };
        if let Some(observer) = &mut self.observer {
            let mut driver = link.driver.borrow_mut();
            let outcome = Outcome { engine: connection.engine, rows, wrote };
            observer.after(&outcome, Probe { connection: driver.as_mut() });
        }
    }

    /// Logs the columns and rows of a result, where an engine does that.
    pub(super) fn log_rows(&mut self, engine: EngineId, result: &ResultSet) {
        if self.echo(engine) != Echo::Debug || !result.returns_rows {
            return;
        }
        let tuple =
            |parts: Vec<String>| format!("({}{})", parts.join(", "), if parts.len() == 1 { "," } else { "" });
        let names = result.columns.iter().map(|column| crate::types::python_str(&column.key)).collect();
        let rows = result
            .rows
            .iter()
            .map(|row| format!("Row {}", tuple(row.iter().map(|value| shortened(&value.repr())).collect())));
        let lines: Vec<String> = [format!("Col {}", tuple(names))].into_iter().chain(rows).collect();
        if let Some(observer) = &mut self.observer {
            lines.iter().for_each(|line| observer.debug(engine, line));
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
    /// that it used last; nothing where none was ever opened.
    pub fn probe<T>(&self, engine: EngineId, look: impl FnOnce(Probe<'_>) -> T) -> Option<T> {
        let link = self.engine(engine).pool.latest.as_ref()?;
        let mut driver = link.driver.borrow_mut();
        Some(look(Probe { connection: driver.as_mut() }))
    }
}

impl dyn Listener + '_ {
    /// Checks a connection out.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn connect(&mut self, engine: EngineId) -> Result<ConnectionId, EngineError> {
        let link = self.check_out(engine)?;
        let engines = self.engines();
        engines.connections.push(Connection {
            engine,
            options: engines.engine(engine).options.defaults.clone(),
            link: Some(link),
            can_reconnect: true,
            transaction: None,
            nested: None,
            context: None,
            savepoints_made: 0,
            in_begin: false,
        });
        let id = ConnectionId((engines.connections.len() - 1) as u32);
        self.tell(EventKind::EngineConnect, id, None)?;
        Ok(id)
    }

    /// Connects again where a connection was invalidated.
    ///
    /// # Errors
    /// When it was closed, when its transaction was not rolled back, or the driver's.
    pub fn revalidate(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        let engines = self.engines();
        let connection = engines.connection(id)?;
        if connection.link.is_some() {
            return Ok(());
        }
        if connection.transaction.is_some() {
            return Err(engines.invalid_transaction(id));
        }
        let engine = connection.engine;
        let link = self.check_out(engine)?;
        self.engines().connections[id.0 as usize].link = Some(link);
        Ok(())
    }

    /// Gives a connection back; an open transaction is rolled back.
    ///
    /// # Errors
    /// The driver's.
    pub fn close(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        let engines = self.engines();
        if engines.is_closed(id) {
            return Ok(());
        }
        let rolled_back = match engines.transaction_of(id) {
            Some(transaction) => self.rollback_transaction(transaction),
            None => Ok(()),
        };
        let connection = &mut self.engines().connections[id.0 as usize];
        connection.can_reconnect = false;
        let engine = connection.engine;
        let checked_in = match connection.link.take() {
            Some(link) => self.check_in(engine, &link),
            None => Ok(()),
        };
        rolled_back.and(checked_in)
    }

    /// `connection.invalidate()`: the driver's connection is ended, and the next
    /// use makes another.
    ///
    /// # Errors
    /// When it was closed.
    pub fn invalidate(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        let engines = self.engines();
        if engines.is_invalidated(id) {
            return Ok(());
        }
        let engine = engines.connection(id)?.engine;
        match engines.connections[id.0 as usize].link.take() {
            Some(link) => self.invalidate_link(engine, &link),
            None => Ok(()),
        }
    }

    /// A driver's error after the program had a look at it.
    pub(super) fn handled(
        &mut self,
        engine: EngineId,
        connection: Option<ConnectionId>,
        mut error: EngineError,
        sets: &[Row],
        many: bool,
    ) -> EngineError {
        if !self.engines().listens(engine, EventKind::HandleError) {
            return error;
        }
        let moment = super::Moment::Error { connection, engine, error: &mut error, sets, many };
        match self.notify(moment) {
            Ok(()) => error,
            Err(raised) => raised,
        }
    }
}

/// Without a listener: what the engines do by themselves.
impl Engines {
    /// Checks a connection out.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn connect(&mut self, engine: EngineId) -> Result<ConnectionId, EngineError> {
        self.quietly(|at| at.connect(engine))
    }

    /// Gives a connection back; an open transaction is rolled back.
    ///
    /// # Errors
    /// The driver's.
    pub fn close(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        self.quietly(|at| at.close(id))
    }

    /// Begins a transaction, on paper.
    ///
    /// # Errors
    /// When one has begun.
    pub fn begin(&mut self, id: ConnectionId) -> Result<TransactionId, EngineError> {
        self.quietly(|at| at.begin(id))
    }

    /// Sets a savepoint.
    ///
    /// # Errors
    /// The driver's.
    pub fn begin_nested(&mut self, id: ConnectionId) -> Result<TransactionId, EngineError> {
        self.quietly(|at| at.begin_nested(id))
    }

    /// Keeps what a transaction or savepoint did.
    ///
    /// # Errors
    /// When it has ended, and the driver's.
    pub fn commit_transaction(&mut self, id: TransactionId) -> Result<(), EngineError> {
        self.quietly(|at| at.commit_transaction(id))
    }

    /// Undoes what a transaction or savepoint did.
    ///
    /// # Errors
    /// The driver's.
    pub fn rollback_transaction(&mut self, id: TransactionId) -> Result<(), EngineError> {
        self.quietly(|at| at.rollback_transaction(id))
    }

    /// Commits the transaction, where there is one.
    ///
    /// # Errors
    /// The driver's.
    pub fn commit(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        self.quietly(|at| at.commit(id))
    }

    /// Rolls the transaction back, where there is one.
    ///
    /// # Errors
    /// The driver's.
    pub fn rollback(&mut self, id: ConnectionId) -> Result<(), EngineError> {
        self.quietly(|at| at.rollback(id))
    }
}

/// Values as a driver takes them.
pub(super) type Row = Vec<DbValue>;
