//! Pools: which of the driver's connections a new [`super::Connection`] gets,
//! and what becomes of it afterwards.
//!
//! Nothing waits here, since there is one thread: where a pool has no
//! connection left, it says so at once. SQLAlchemy counterpart: `sqlalchemy.pool`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use super::driver::{
    DriverConnection, DriverError, IsolationLevel, ProgramCall, ProgramFunction, ProgramFunctionId, RawResult,
};
use super::error::{EngineError, ErrorKind};
use super::listen::{EventKind, Listener, Moment};
use super::url::Url;
use super::{EngineOptions, Engines};
use crate::types::{DbValue, EngineId};

/// How a pool keeps its connections.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PoolKind {
    /// `QueuePool`: each user gets one of its own.
    Queue {
        /// `pool_size=`; 0 for no bound
        size: u32,
        /// `max_overflow=`; -1 for no bound
        max_overflow: i32,
        /// `pool_use_lifo=`
        lifo: bool,
        /// `pool_timeout=`, in seconds; told and never waited for
        timeout: f64,
    },
    /// `SingletonThreadPool`: one for all users on a thread.
    SingletonThread,
    /// `StaticPool`: one for all users.
    Static,
    /// `NullPool`: none is kept.
    Null,
    /// `AssertionPool`: one, and one user at a time.
    Assertion,
}

impl PoolKind {
    /// SQLAlchemy's queue as it is by default.
    pub const QUEUE: PoolKind = PoolKind::Queue { size: 5, max_overflow: 10, lifo: false, timeout: 30.0 };

    /// The name of its class.
    pub fn class_name(self) -> &'static str {
        match self {
            PoolKind::Queue { .. } => "QueuePool",
            PoolKind::SingletonThread => "SingletonThreadPool",
            PoolKind::Static => "StaticPool",
            PoolKind::Null => "NullPool",
            PoolKind::Assertion => "AssertionPool",
        }
    }

    /// Whether all users have the same connection.
    fn is_shared(self) -> bool {
        matches!(self, PoolKind::SingletonThread | PoolKind::Static)
    }
}

/// A driver's connection, and how many use it.
#[derive(Clone)]
pub struct Link {
    /// Tells it from every other one.
    pub id: u32,
    pub(super) driver: Rc<RefCell<Box<dyn DriverConnection>>>,
    pub(super) users: Rc<Cell<u32>>,
    /// Whether its isolation level is to be set back when it returns.
    pub(super) isolation_changed: Rc<Cell<bool>>,
    /// Whether it belongs to its last user and not to a pool.
    pub(super) detached: Rc<Cell<bool>>,
    closed: Rc<Cell<bool>>,
}

impl Link {
    /// Executes SQL past the engine: nothing is logged and nothing begins on paper.
    ///
    /// # Errors
    /// The driver's.
    pub fn execute(&self, sql: &str, parameters: &[DbValue]) -> Result<RawResult, DriverError> {
        self.open()?.borrow_mut().execute(sql, parameters)
    }

    /// Executes SQL for several sets of parameters past the engine.
    ///
    /// # Errors
    /// The driver's.
    pub fn execute_many(&self, sql: &str, sets: &[Vec<DbValue>]) -> Result<RawResult, DriverError> {
        self.open()?.borrow_mut().execute_many(sql, sets)
    }

    /// Makes a function of the program's own known to the database.
    ///
    /// # Errors
    /// The driver's.
    pub fn create_function(
        &self,
        name: &str,
        kind: ProgramFunction,
        id: ProgramFunctionId,
    ) -> Result<(), DriverError> {
        self.open()?.borrow_mut().create_function(name, kind, id)
    }

    /// The calls of the program's functions that the last statement waits for.
    pub fn asked(&self) -> Vec<ProgramCall> {
        self.driver.borrow_mut().asked()
    }

    /// Gives the answers to them; then the statement is executed again.
    pub fn answer(&self, answers: Vec<Option<DbValue>>) {
        self.driver.borrow_mut().answer(answers);
    }

    /// The names of a statement's placeholders, in order; none for those without.
    ///
    /// # Errors
    /// The driver's.
    pub fn parameter_names(&self, sql: &str) -> Result<Vec<Option<String>>, DriverError> {
        self.open()?.borrow_mut().parameter_names(sql)
    }

    /// Commits in the database.
    ///
    /// # Errors
    /// The driver's.
    pub fn commit(&self) -> Result<(), DriverError> {
        self.open()?.borrow_mut().commit()
    }

    /// Rolls back in the database.
    ///
    /// # Errors
    /// The driver's.
    pub fn rollback(&self) -> Result<(), DriverError> {
        self.open()?.borrow_mut().rollback()
    }

    /// Whether a transaction is open in the database.
    pub fn in_transaction(&self) -> bool {
        self.driver.borrow().in_transaction()
    }

    /// Whether the driver begins transactions by itself.
    pub fn begins_by_itself(&self) -> bool {
        self.driver.borrow().begins_by_itself()
    }

    /// Leaves the beginning of transactions to the program, or takes it back.
    pub fn set_begins_by_itself(&self, begins: bool) {
        self.driver.borrow_mut().set_begins_by_itself(begins);
    }

    /// Ends it: nothing more is executed through it.
    pub fn close(&self) {
        self.closed.set(true);
    }

    /// Whether it was ended.
    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }

    fn open(&self) -> Result<&RefCell<Box<dyn DriverConnection>>, DriverError> {
        if self.closed.get() {
            let message = "Cannot operate on a closed database.".to_string();
            return Err(DriverError { class: "ProgrammingError", message });
        }
        Ok(&self.driver)
    }
}

/// An engine's pool.
#[derive(Default)]
pub(super) struct Pool {
    /// The connection that all users share, or else the one made last.
    pub(super) latest: Option<Link>,
    /// Those that nobody uses; nothing where one was lost that will be made again.
    idle: VecDeque<Option<Link>>,
    /// How many are in use.
    out: u32,
    /// Whether a connection was made since the engine was last disposed of.
    connected_before: bool,
    /// Whether a connection was ever made.
    has_connected: bool,
}

/// How a pool stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolStatus {
    /// Its kind.
    pub kind: PoolKind,
    /// How many connections it holds that nobody uses.
    pub checked_in: u32,
    /// How many are in use.
    pub checked_out: u32,
    /// Whether there is a shared connection.
    pub is_connected: bool,
    /// Whether a connection was ever made.
    pub has_connected: bool,
}

impl Engines {
    /// A driver's connection that belongs to no engine.
    ///
    /// # Errors
    /// The driver's.
    pub fn connect_apart(&mut self, url: &Url) -> Result<Link, DriverError> {
        let connection = self.driver.connect(url)?;
        Ok(self.new_link(connection))
    }

    /// The driver's own connection for an engine, as the engine wants it.
    fn connect_for(&mut self, engine: EngineId) -> Result<Result<Link, DriverError>, EngineError> {
        let own = self.engine(engine);
        if let Some(error) = &own.options.refuses {
            return Err(error.clone());
        }
        let EngineOptions { isolation, begins_by_itself, .. } = own.options;
        let connected = self.driver.connect(&own.url).and_then(|mut connection| {
            connection.equip()?;
            connection.set_begins_by_itself(begins_by_itself);
            if let Some(level) = isolation {
                connection.set_isolation(level)?;
            }
            Ok(connection)
        });
        Ok(connected.map(|connection| self.new_link(connection)))
    }

    fn new_link(&mut self, connection: Box<dyn DriverConnection>) -> Link {
        self.links_made += 1;
        Link {
            id: self.links_made,
            driver: Rc::new(RefCell::new(connection)),
            users: Rc::default(),
            isolation_changed: Rc::default(),
            detached: Rc::default(),
            closed: Rc::default(),
        }
    }

    /// How an engine's pool stands.
    pub fn pool_status(&self, engine: EngineId) -> PoolStatus {
        let engine = self.engine(engine);
        PoolStatus {
            kind: engine.options.pool,
            checked_in: engine.pool.idle.len() as u32,
            checked_out: engine.pool.out,
            is_connected: engine.pool.latest.is_some(),
            has_connected: engine.pool.has_connected,
        }
    }

    /// The connection of a pool that a new user may have.
    fn take_from_pool(&mut self, id: EngineId) -> Result<Option<Link>, EngineError> {
        let engine = &mut self.engines[id.index()];
        let kind = engine.options.pool;
        if kind.is_shared() {
            engine.pool.latest.take_if(|link| link.is_closed());
            return Ok(engine.pool.latest.clone());
        }
        match kind {
            PoolKind::Queue { size, max_overflow, lifo, timeout } => {
                let idle = if lifo { engine.pool.idle.pop_back() } else { engine.pool.idle.pop_front() };
                let bound = i64::from(size) + i64::from(max_overflow);
                if idle.is_none() && size > 0 && max_overflow >= 0 && i64::from(engine.pool.out) >= bound {
                    return Err(EngineError::new(
                        ErrorKind::Timeout,
                        format!(
                            "QueuePool limit of size {size} overflow {max_overflow} reached, connection timed out, timeout {timeout:.2}"
                        ),
                    )
                    .with_code("3o7r"));
                }
                Ok(idle.flatten())
            }
            PoolKind::Assertion if engine.pool.out > 0 => {
                Err(EngineError::new(ErrorKind::Assertion, "connection is already checked out"))
            }
            _ => Ok(engine.pool.idle.pop_front().flatten()),
        }
    }

    /// In the browser a file is in memory too, and every engine of that file shares it.
    fn link_of_same_file(&self, id: EngineId) -> Option<Link> {
        let own = self.engine(id);
        let is_file = own.url.dialect_name() == "sqlite" && !own.url.is_memory();
        if !cfg!(target_arch = "wasm32") || !is_file {
            return None;
        }
        let others = self.engines.iter().filter(|other| other.url.database == own.url.database);
        others.filter_map(|other| other.pool.latest.clone()).find(|link| !link.is_closed())
    }
}

impl dyn Listener + '_ {
    /// `engine.dispose()`: connections that nobody uses are closed. Without
    /// `close` they are only forgotten.
    ///
    /// # Errors
    /// What the program's code raises.
    pub fn dispose(&mut self, engine: EngineId, close: bool) -> Result<(), EngineError> {
        let own = &mut self.engines().engines[engine.index()];
        let pool = std::mem::take(&mut own.pool);
        own.pool.has_connected = pool.has_connected;
        if !close {
            return Ok(());
        }
        let shared = pool.latest.filter(|_| own.options.pool.is_shared());
        for link in pool.idle.into_iter().flatten().chain(shared) {
            link.close();
            self.tell_of_link(EventKind::Close, engine, &link)?;
        }
        Ok(())
    }

    /// Takes a driver's connection out of an engine's pool, or makes one.
    ///
    /// # Errors
    /// When the database cannot be reached, or the pool has none left.
    pub fn check_out(&mut self, engine: EngineId) -> Result<Link, EngineError> {
        let pooled = self.engines().take_from_pool(engine)?;
        let link = match pooled.or_else(|| self.engines().link_of_same_file(engine)) {
            Some(link) => link,
            None => self.make_link(engine)?,
        };
        let pool = &mut self.engines().engines[engine.index()].pool;
        pool.latest = Some(link.clone());
        let users = link.users.get();
        link.users.set(users + 1);
        if users == 0 {
            pool.out += 1;
            self.tell_of_link(EventKind::Checkout, engine, &link)?;
        }
        Ok(link)
    }

    fn make_link(&mut self, engine: EngineId) -> Result<Link, EngineError> {
        let mut made = None;
        if self.engines().listens(engine, EventKind::DoConnect) {
            self.notify(Moment::Make { engine, made: &mut made })?;
        }
        let connected = match made {
            Some(link) => Ok(link),
            None => self.engines().connect_for(engine)?,
        };
        let engines = self.engines();
        let link = match connected {
            Ok(link) => link,
            Err(error) => {
                let error = EngineError::from_driver(error, engines.module_of(engine), None, None);
                return Err(self.handled(engine, None, error, &[], false));
            }
        };
        let pool = &mut engines.engines[engine.index()].pool;
        pool.has_connected = true;
        let first = !std::mem::replace(&mut pool.connected_before, true);
        if first {
            self.tell_of_link(EventKind::FirstConnect, engine, &link)?;
        }
        self.tell_of_link(EventKind::Connect, engine, &link)?;
        Ok(link)
    }

    /// Gives a driver's connection back. What it did not commit is rolled back.
    ///
    /// # Errors
    /// The driver's.
    pub fn check_in(&mut self, engine: EngineId, link: &Link) -> Result<(), EngineError> {
        link.users.set(link.users.get().saturating_sub(1));
        if link.users.get() > 0 {
            return Ok(());
        }
        if link.detached.get() {
            self.tell_of_link(EventKind::Reset, engine, link)?;
            link.close();
            return Ok(());
        }
        let pool = &mut self.engines().engines[engine.index()].pool;
        pool.out = pool.out.saturating_sub(1);
        if link.is_closed() {
            return Ok(());
        }
        self.tell_of_link(EventKind::Reset, engine, link)?;
        let mut reset = link.rollback();
        if link.isolation_changed.replace(false) {
            let level =
                self.engines().engine(engine).options.isolation.unwrap_or(IsolationLevel::Serializable);
            reset = reset.and_then(|()| link.driver.borrow_mut().set_isolation(level));
        }
        if reset.is_err() {
            // A connection that cannot be reset is not used again, and nobody is told.
            link.close();
            return Ok(());
        }
        self.tell_of_link(EventKind::Checkin, engine, link)?;
        let own = &mut self.engines().engines[engine.index()];
        let keeps = match own.options.pool {
            PoolKind::Queue { size, .. } => size == 0 || (own.pool.idle.len() as u32) < size,
            PoolKind::Assertion => true,
            PoolKind::SingletonThread | PoolKind::Static => return Ok(()),
            PoolKind::Null => false,
        };
        if keeps {
            own.pool.idle.push_back(Some(link.clone()));
        } else {
            link.close();
            self.tell_of_link(EventKind::Close, engine, link)?;
        }
        Ok(())
    }

    /// Ends a driver's connection that is no longer trusted.
    ///
    /// # Errors
    /// What the program's code raises.
    pub(super) fn invalidate_link(&mut self, engine: EngineId, link: &Link) -> Result<(), EngineError> {
        self.tell_of_link(EventKind::Invalidate, engine, link)?;
        self.forget_link(engine, link);
        link.close();
        self.tell_of_link(EventKind::Close, engine, link)?;
        self.tell_of_link(EventKind::Checkin, engine, link)
    }

    /// Takes a driver's connection out of its pool for good.
    pub(super) fn forget_link(&mut self, engine: EngineId, link: &Link) {
        link.users.set(0);
        let own = &mut self.engines().engines[engine.index()];
        own.pool.out = own.pool.out.saturating_sub(1);
        own.pool.latest.take_if(|latest| latest.id == link.id);
        if matches!(own.options.pool, PoolKind::Queue { .. }) {
            own.pool.idle.push_back(None);
        }
    }
}
