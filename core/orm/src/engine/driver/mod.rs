//! The seam to a database: what executes SQL.
//!
//! A driver gets text and plain values and gives plain values back; compiling
//! is the dialect's part. SQLAlchemy counterpart: the DBAPI.
//!
//! # A driver of your own
//! A database is added as one file with two types: a [`Driver`] that connects,
//! and the [`DriverConnection`] that it gives. The engine relies on this:
//!
//! - `execute` gets the text that the dialect compiled, placeholders and all,
//!   and the parameters in the order of the placeholders. It reads the whole
//!   result; a budget of its own may end a statement that never ends.
//! - A transaction is the connection's own business: the engine never sends
//!   BEGIN. A driver begins one before the first statement that needs it, unless
//!   it was told to commit by itself ([`DriverConnection::set_isolation`]).
//!   `commit` and `rollback` do nothing where none is open, and after either has
//!   failed the connection must still take a `rollback`. Savepoints are
//!   statements like any other.
//! - Errors carry the DBAPI's class (`IntegrityError`, `OperationalError`, …) and
//!   the database's own text; the engine adds the statement and its parameters.
//!   [`DriverConnection::module`] says whose classes they are: `sqlite3`.
//! - A connection that is given back to the pool gets a `rollback`, and is
//!   dropped when the pool no longer wants it.
//!
//! Several drivers are put side by side by a [`Driver`] that looks at
//! [`Url::driver`] and asks the one that is meant. `core/orm/tests/drivers.rs`
//! has a second driver, which records what it is told and fails on demand.

mod sqlite;

use std::rc::Rc;

use super::url::Url;
use crate::types::DbValue;

pub use sqlite::SqliteDriver;

/// Makes connections.
pub trait Driver {
    /// Connects to the database of a URL.
    ///
    /// # Errors
    /// When the database cannot be opened or is not of this driver's kind.
    fn connect(&self, url: &Url) -> Result<Box<dyn DriverConnection>, DriverError>;
}

/// A connection to a database.
pub trait DriverConnection {
    /// Executes one statement and reads its whole result. A statement that
    /// changes rows begins a transaction first where none is open.
    ///
    /// # Errors
    /// The database's.
    fn execute(&mut self, sql: &str, parameters: &[DbValue]) -> Result<RawResult, DriverError>;

    /// Executes one statement for each set of parameters, and counts the rows
    /// that were changed.
    ///
    /// # Errors
    /// That of the first set that fails.
    fn execute_many(&mut self, sql: &str, sets: &[Vec<DbValue>]) -> Result<RawResult, DriverError> {
        let mut last = RawResult::default();
        let mut changed = 0;
        for set in sets {
            last = self.execute(sql, set)?;
            changed += last.rowcount;
        }
        Ok(RawResult { rowcount: changed, ..last })
    }

    /// Executes one statement for each set of parameters, and adds what each gave
    /// to `done`; the sets that are done already are left out. The names of
    /// columns may be missing.
    ///
    /// # Errors
    /// That of the first set that fails: `done` tells which it is.
    fn execute_each(
        &mut self,
        sql: &str,
        sets: &[Vec<DbValue>],
        done: &mut Vec<RawResult>,
    ) -> Result<(), DriverError> {
        for set in sets.iter().skip(done.len()) {
            done.push(self.execute(sql, set)?);
        }
        Ok(())
    }

    /// Commits, where a transaction is open.
    ///
    /// # Errors
    /// The database's.
    fn commit(&mut self) -> Result<(), DriverError>;

    /// Rolls back, where a transaction is open.
    ///
    /// # Errors
    /// The database's.
    fn rollback(&mut self) -> Result<(), DriverError>;

    /// Whether a transaction is open in the database.
    fn in_transaction(&self) -> bool;

    /// Sets how much other transactions are seen, and whether every statement
    /// commits by itself.
    ///
    /// # Errors
    /// The database's.
    fn set_isolation(&mut self, level: IsolationLevel) -> Result<(), DriverError>;

    /// The level that is in force; never [`IsolationLevel::Autocommit`].
    ///
    /// # Errors
    /// The database's.
    fn isolation(&mut self) -> Result<IsolationLevel, DriverError>;

    /// Whether it begins transactions by itself; false where the program does.
    fn begins_by_itself(&self) -> bool {
        true
    }

    /// Leaves the beginning of transactions to the program, or takes it back.
    fn set_begins_by_itself(&mut self, _begins: bool) {}

    /// The names of a statement's placeholders, in order; none for those without.
    ///
    /// # Errors
    /// The database's, where it does not understand the statement.
    fn parameter_names(&mut self, _sql: &str) -> Result<Vec<Option<String>>, DriverError> {
        Ok(Vec::new())
    }

    /// Makes a function or collation of the program's own known to the database.
    ///
    /// # Errors
    /// Where the driver knows no such thing.
    fn create_function(
        &mut self,
        _name: &str,
        _kind: ProgramFunction,
        _id: ProgramFunctionId,
    ) -> Result<(), DriverError> {
        Err(DriverError { class: "NotSupportedError", message: "this driver calls no functions".into() })
    }

    /// Gives the database the functions that SQLAlchemy gives to it.
    ///
    /// # Errors
    /// The database's.
    fn equip(&mut self) -> Result<(), DriverError> {
        Ok(())
    }

    /// The calls of the program's functions that the last statement asked for and
    /// had no answers to. Code of the program's cannot run in the middle of a
    /// statement: the statement stops without having done anything, is given the
    /// answers and is executed again.
    fn asked(&mut self) -> Vec<ProgramCall> {
        Vec::new()
    }

    /// Takes the answers to the calls, in their order; none where the program's
    /// code raised something.
    fn answer(&mut self, _answers: Vec<Option<DbValue>>) {}

    /// The Python module that its errors belong to.
    fn module(&self) -> &'static str;
}

/// An isolation level, by SQLAlchemy's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IsolationLevel {
    /// `AUTOCOMMIT`
    Autocommit,
    /// `READ UNCOMMITTED`
    ReadUncommitted,
    /// `READ COMMITTED`
    ReadCommitted,
    /// `REPEATABLE READ`
    RepeatableRead,
    /// `SERIALIZABLE`
    #[default]
    Serializable,
}

impl IsolationLevel {
    /// The levels that SQLite has, in SQLAlchemy's order.
    pub const SQLITE: [IsolationLevel; 3] =
        [IsolationLevel::ReadUncommitted, IsolationLevel::Serializable, IsolationLevel::Autocommit];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            IsolationLevel::Autocommit => "AUTOCOMMIT",
            IsolationLevel::ReadUncommitted => "READ UNCOMMITTED",
            IsolationLevel::ReadCommitted => "READ COMMITTED",
            IsolationLevel::RepeatableRead => "REPEATABLE READ",
            IsolationLevel::Serializable => "SERIALIZABLE",
        }
    }
}

/// Tells the program's functions apart.
pub type ProgramFunctionId = u32;

/// The function behind SQLite's REGEXP.
pub const REGEXP: ProgramFunctionId = 0;

/// What a function of the program's own is, with how many arguments it takes,
/// or -1 for any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramFunction {
    /// One value for each row.
    Scalar(i32),
    /// The same, where equal arguments always give the same value.
    Deterministic(i32),
    /// One value for several rows.
    Aggregate(i32),
    /// An order of texts.
    Collation,
}

/// A call of a function of the program's own.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramCall {
    /// The function.
    pub function: ProgramFunctionId,
    /// The arguments: one set, or for an aggregate one for each row.
    pub rows: Vec<Vec<DbValue>>,
}

/// A result as the driver gives it.
#[derive(Clone, Debug, Default)]
pub struct RawResult {
    /// The names of the columns; empty where the statement has no result.
    pub columns: Vec<Rc<str>>,
    /// The rows.
    pub rows: Vec<Vec<DbValue>>,
    /// How many rows were changed; -1 where that means nothing.
    pub rowcount: i64,
    /// The id of the last row inserted.
    pub last_row_id: i64,
}

/// A driver's error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriverError {
    /// The DBAPI's name for its class.
    pub class: &'static str,
    /// Its message.
    pub message: String,
}
