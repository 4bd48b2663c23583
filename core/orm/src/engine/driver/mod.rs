//! The seam to a database: what executes SQL.
//!
//! A driver gets text and plain values and gives plain values back; compiling
//! is the dialect's part. SQLAlchemy counterpart: the DBAPI.

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
