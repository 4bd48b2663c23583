//! SQLite, through `rusqlite`: the only file that names it.
//!
//! Transactions are controlled as CPython's `sqlite3` does by default: a BEGIN
//! goes out before INSERT, UPDATE, DELETE and REPLACE, and nothing else.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::ffi::ErrorCode;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
use rusqlite::{Connection, Error, Statement, ToSql};

use self::functions::Replay;
use super::{
    Driver, DriverConnection, DriverError, IsolationLevel, ProgramCall, ProgramFunction, ProgramFunctionId,
    RawResult,
};
use crate::engine::url::Url;
use crate::types::DbValue;

mod functions;

/// Connects to SQLite databases in memory, and natively in files.
#[derive(Clone, Copy, Debug, Default)]
pub struct SqliteDriver;

/// Instructions of SQLite's machine between two looks at the budget.
const INSTRUCTIONS_BETWEEN_LOOKS: i32 = 100_000;
/// Looks that one statement gets: some seconds. Counted in work and not in
/// time, so that a run ends in the same place everywhere.
const LOOKS: u32 = 2_000;
/// Rows that one statement may return.
const ROWS: usize = 1_000_000;

/// The statements that each connection keeps prepared.
const PREPARED_STATEMENTS: usize = 128;

thread_local! {
    /// Who is told of statements.
    static TRACE: Cell<Option<fn(&str)>> = const { Cell::new(None) };
}

fn traced(event: TraceEvent<'_>) {
    if let (TraceEvent::Stmt(_, sql), Some(tell)) = (event, TRACE.get()) {
        tell(sql);
    }
}

impl SqliteDriver {
    /// SQLite's version.
    pub fn version() -> &'static str {
        rusqlite::version()
    }

    /// Gives SQLite, on this thread, the host's clock (seconds and microseconds
    /// since 1970, UTC) and the seed of its random numbers, so that
    /// `CURRENT_TIMESTAMP` and `random()` are inputs of a run like any other.
    ///
    /// # Errors
    /// When SQLite refuses; it never does unless memory is out.
    pub fn set_outside(seconds: i64, micros: u32, seed: u64) -> Result<(), DriverError> {
        outside::set(seconds, micros, seed)
    }

    /// Has SQLite itself tell of every statement that it executes, on connections
    /// that this thread makes from now on: what really happened, for tests.
    pub fn trace(tell: Option<fn(&str)>) {
        TRACE.set(tell);
    }
}

impl Driver for SqliteDriver {
    fn connect(&self, url: &Url) -> Result<Box<dyn DriverConnection>, DriverError> {
        if url.dialect_name() != "sqlite" {
            let module = url.driver().map_or("its driver", |driver| driver.module());
            return Err(DriverError {
                class: "ModuleNotFoundError",
                message: format!(
                    "No module named '{module}': {} databases cannot be reached from here, only SQLite's. Statements can still be compiled for it.",
                    url.dialect_name()
                ),
            });
        }
        let mut connection = open(url).map_err(translate)?;
        connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
        connection.execute_batch("PRAGMA foreign_keys = OFF").map_err(translate)?;
        if TRACE.get().is_some() {
            connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(traced)).map_err(translate)?;
        }
        // Nobody else will end the transaction that is waited for: there is one thread.
        connection.busy_timeout(std::time::Duration::ZERO).map_err(translate)?;
        let looks = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&looks);
        let over_budget = move || seen.fetch_add(1, Ordering::Relaxed) >= LOOKS;
        connection.progress_handler(INSTRUCTIONS_BETWEEN_LOOKS, Some(over_budget)).map_err(translate)?;
        let replay = Arc::new(Mutex::new(Replay::default()));
        Ok(Box::new(SqliteConnection { connection, looks, begins: true, replay, sets_done: (0, 0) }))
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn open(url: &Url) -> rusqlite::Result<Connection> {
    match url.database.as_deref() {
        Some(path) if !url.is_memory() => Connection::open(path),
        _ => Connection::open_in_memory(),
    }
}

// In the browser a file is a database in memory that its engine shares.
#[cfg(target_arch = "wasm32")]
fn open(_url: &Url) -> rusqlite::Result<Connection> {
    Connection::open_in_memory()
}

struct SqliteConnection {
    connection: Connection,
    /// Looks at the budget that the statement has used.
    looks: Arc<AtomicU32>,
    /// Whether BEGIN goes out before a statement that changes rows.
    begins: bool,
    /// The calls of the program's functions.
    replay: Arc<Mutex<Replay>>,
    /// Of several sets of parameters, how many were executed before one that
    /// waits for the program's functions, and the rows that they changed.
    sets_done: (usize, i64),
}

impl SqliteConnection {
    fn replay(&self) -> MutexGuard<'_, Replay> {
        self.replay.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a transaction before a statement that changes rows, where none is open.
    fn begin_before(&self, changes_rows: bool) -> Result<(), DriverError> {
        if changes_rows && self.begins && self.connection.is_autocommit() {
            self.connection.execute_batch("BEGIN").map_err(translate)?;
        }
        Ok(())
    }

    /// Executes a statement that is prepared, unless it waits for functions of the program's.
    fn execute_prepared(
        &self,
        statement: &mut Statement<'_>,
        parameters: &[DbValue],
        changes_rows: bool,
    ) -> Result<RawResult, DriverError> {
        self.looks.store(0, Ordering::Relaxed);
        self.replay().begin(statement.readonly());
        let result = self.step(statement, parameters, changes_rows);
        let mut replay = self.replay();
        if replay.waits() {
            return Err(DriverError {
                class: "OperationalError",
                message: "a function of the program's is waited for".into(),
            });
        }
        replay.forget();
        result
    }

    fn step(
        &self,
        statement: &mut Statement<'_>,
        parameters: &[DbValue],
        changes_rows: bool,
    ) -> Result<RawResult, DriverError> {
        let expected = statement.parameter_count();
        if expected != parameters.len() {
            return Err(DriverError {
                class: "ProgrammingError",
                message: format!(
                    "Incorrect number of bindings supplied. The current statement uses {expected}, and there are {} supplied.",
                    parameters.len()
                ),
            });
        }
        for (at, parameter) in parameters.iter().enumerate() {
            if let DbValue::Refused(refused) = parameter {
                let error = &refused.1;
                let message = match error.class {
                    "ProgrammingError" => format!("Error binding parameter {}: {}", at + 1, error.message),
                    _ => error.message.clone(),
                };
                return Err(DriverError { class: error.class, message });
            }
            statement.raw_bind_parameter(at + 1, Bound(parameter)).map_err(translate)?;
        }
        let width = statement.column_count();
        let mut rows = Vec::new();
        let mut cursor = statement.raw_query();
        while let Some(row) = cursor.next().map_err(translate)? {
            let mut values = Vec::with_capacity(width);
            for at in 0..width {
                values.push(own(row.get_ref(at).map_err(translate)?));
            }
            rows.push(values);
            if rows.len() > ROWS {
                return Err(out_of_budget(format!("it returned more than {ROWS} rows; add a LIMIT")));
            }
        }
        drop(cursor);
        let rowcount = if changes_rows { self.connection.changes() as i64 } else { -1 };
        let last_row_id = self.connection.last_insert_rowid();
        Ok(RawResult { columns: Vec::new(), rows, rowcount, last_row_id })
    }
}

impl DriverConnection for SqliteConnection {
    fn execute(&mut self, sql: &str, parameters: &[DbValue]) -> Result<RawResult, DriverError> {
        if without_comments(sql).is_empty() {
            return Ok(RawResult { rowcount: -1, ..RawResult::default() });
        }
        let changes_rows = changes_rows(sql);
        self.begin_before(changes_rows)?;
        let mut statement = self.connection.prepare_cached(sql).map_err(translate)?;
        let result = self.execute_prepared(&mut statement, parameters, changes_rows)?;
        // Only now are they sure to be those of the schema that it ran with.
        let columns = statement.column_names().map(Into::into).collect();
        Ok(RawResult { columns, ..result })
    }

    fn execute_each(
        &mut self,
        sql: &str,
        sets: &[Vec<DbValue>],
        done: &mut Vec<RawResult>,
    ) -> Result<(), DriverError> {
        let changes_rows = changes_rows(sql);
        self.begin_before(changes_rows)?;
        let mut statement = self.connection.prepare_cached(sql).map_err(translate)?;
        for set in sets.iter().skip(done.len()) {
            done.push(self.execute_prepared(&mut statement, set, changes_rows)?);
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), DriverError> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.connection.execute_batch("COMMIT").map_err(translate)
    }

    fn rollback(&mut self) -> Result<(), DriverError> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.connection.execute_batch("ROLLBACK").map_err(translate)
    }

    fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    fn execute_many(&mut self, sql: &str, sets: &[Vec<DbValue>]) -> Result<RawResult, DriverError> {
        if !changes_rows(sql) {
            return Err(DriverError {
                class: "ProgrammingError",
                message: "executemany() can only execute DML statements.".into(),
            });
        }
        let mut last = RawResult::default();
        let (done, mut changed) = std::mem::take(&mut self.sets_done);
        self.begin_before(true)?;
        let mut statement = self.connection.prepare_cached(sql).map_err(translate)?;
        for (at, set) in sets.iter().enumerate().skip(done) {
            last = match self.execute_prepared(&mut statement, set, true) {
                Ok(result) => result,
                Err(error) => {
                    drop(statement);
                    if self.replay().waits() {
                        self.sets_done = (at, changed);
                    }
                    return Err(error);
                }
            };
            changed += last.rowcount;
        }
        Ok(RawResult { rowcount: changed, ..last })
    }

    fn set_isolation(&mut self, level: IsolationLevel) -> Result<(), DriverError> {
        self.begins = level != IsolationLevel::Autocommit;
        let uncommitted = match level {
            // What others have not committed stays as it was told before.
            IsolationLevel::Autocommit => return Ok(()),
            IsolationLevel::ReadUncommitted => 1,
            _ => 0,
        };
        let pragma = format!("PRAGMA read_uncommitted = {uncommitted}");
        self.connection.execute_batch(&pragma).map_err(translate)
    }

    fn isolation(&mut self) -> Result<IsolationLevel, DriverError> {
        let read = self.connection.query_row("PRAGMA read_uncommitted", [], |row| row.get::<_, i64>(0));
        Ok(match read.map_err(translate)? {
            0 => IsolationLevel::Serializable,
            _ => IsolationLevel::ReadUncommitted,
        })
    }

    fn begins_by_itself(&self) -> bool {
        self.begins
    }

    fn set_begins_by_itself(&mut self, begins: bool) {
        self.begins = begins;
    }

    fn parameter_names(&mut self, sql: &str) -> Result<Vec<Option<String>>, DriverError> {
        let statement = self.connection.prepare_cached(sql).map_err(translate)?;
        // SQLite counts from one, and a name begins with `:`, `@` or `$`.
        let name = |at| statement.parameter_name(at).map(|name| name[1..].to_string());
        Ok((1..=statement.parameter_count()).map(name).collect())
    }

    fn create_function(
        &mut self,
        name: &str,
        kind: ProgramFunction,
        id: ProgramFunctionId,
    ) -> Result<(), DriverError> {
        functions::create(&self.connection, &self.replay, name, kind, id).map_err(translate)
    }

    fn equip(&mut self) -> Result<(), DriverError> {
        functions::equip(&self.connection, &self.replay).map_err(translate)
    }

    fn asked(&mut self) -> Vec<ProgramCall> {
        self.replay().calls()
    }

    fn answer(&mut self, answers: Vec<Option<DbValue>>) {
        self.replay().answer(answers);
    }

    fn module(&self) -> &'static str {
        "sqlite3"
    }
}

/// SQL without the comments that it begins with.
fn without_comments(sql: &str) -> &str {
    let mut rest = sql.trim_start();
    loop {
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after).trim_start();
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after).trim_start();
        } else {
            return rest;
        }
    }
}

/// Whether a statement is one before which `sqlite3` begins a transaction.
fn changes_rows(sql: &str) -> bool {
    let text = without_comments(sql).as_bytes();
    ["INSERT", "UPDATE", "DELETE", "REPLACE"]
        .into_iter()
        .any(|verb| text.get(..verb.len()).is_some_and(|word| word.eq_ignore_ascii_case(verb.as_bytes())))
}

/// A value on its way into SQLite, without a copy.
struct Bound<'a>(&'a DbValue);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            DbValue::Null => ToSqlOutput::Owned(Owned::Null),
            DbValue::Int(value) => ToSqlOutput::Owned(Owned::Integer(*value)),
            DbValue::Bool(value) => ToSqlOutput::Owned(Owned::Integer((*value).into())),
            DbValue::Real(value) => ToSqlOutput::Owned(Owned::Real(*value)),
            DbValue::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            DbValue::Blob(bytes) | DbValue::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            // Met before: see `execute`.
            DbValue::Refused(_) => ToSqlOutput::Owned(Owned::Null),
        })
    }
}

fn own(value: ValueRef<'_>) -> DbValue {
    match value {
        ValueRef::Null => DbValue::Null,
        ValueRef::Integer(value) => DbValue::Int(value),
        ValueRef::Real(value) => DbValue::Real(value),
        ValueRef::Text(bytes) => DbValue::Text(match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => String::from_utf8_lossy(bytes).into(),
        }),
        ValueRef::Blob(bytes) => DbValue::Blob(bytes.into()),
    }
}

fn out_of_budget(reason: String) -> DriverError {
    DriverError { class: "OperationalError", message: format!("this statement was stopped: {reason}") }
}

/// SQLite's error under the name that the DBAPI has for it.
fn translate(error: Error) -> DriverError {
    match error {
        Error::SqliteFailure(code, _) if code.code == ErrorCode::OperationInterrupted => {
            out_of_budget("it worked for too long and may never end".into())
        }
        Error::SqliteFailure(code, message) => {
            let class = match code.code {
                ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch => "IntegrityError",
                ErrorCode::TooBig => "DataError",
                ErrorCode::ApiMisuse => "InterfaceError",
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => "DatabaseError",
                _ => "OperationalError",
            };
            let message = match code.code {
                // The library adds the path.
                ErrorCode::CannotOpen => Some("unable to open database file".to_string()),
                _ => message,
            };
            DriverError { class, message: message.unwrap_or_else(|| code.to_string()) }
        }
        Error::SqlInputError { msg, .. } => DriverError { class: "OperationalError", message: msg },
        Error::MultipleStatement => DriverError {
            class: "ProgrammingError",
            message: "You can only execute one statement at a time.".into(),
        },
        Error::UserFunctionError(error) => {
            DriverError { class: "OperationalError", message: error.to_string() }
        }
        other => DriverError { class: "InterfaceError", message: other.to_string() },
    }
}

/// SQLite's clock and randomness. Its own come from the operating system's
/// layer (the VFS), of which a copy with other functions is put before it.
#[allow(unsafe_code)] // the VFS is C's: there is no safe way to it
mod outside {
    use std::cell::Cell;
    use std::ffi::{c_char, c_int};
    use std::ptr;
    use std::sync::OnceLock;

    use rusqlite::ffi::{
        SQLITE_OK, sqlite3_initialize, sqlite3_randomness, sqlite3_vfs, sqlite3_vfs_find,
        sqlite3_vfs_register,
    };

    use super::DriverError;

    thread_local! {
        /// Milliseconds since the Julian epoch, which is how SQLite counts.
        static CLOCK: Cell<i64> = const { Cell::new(JULIAN_1970) };
        static SEED: Cell<u64> = const { Cell::new(1) };
    }

    /// 1970-01-01 in milliseconds since the Julian epoch.
    const JULIAN_1970: i64 = 210_866_760_000_000;
    const MILLISECONDS_IN_DAY: f64 = 86_400_000.0;

    pub(super) fn set(seconds: i64, micros: u32, seed: u64) -> Result<(), DriverError> {
        CLOCK.set(JULIAN_1970 + seconds * 1000 + i64::from(micros / 1000));
        SEED.set(seed | 1);
        static INSTALLED: OnceLock<c_int> = OnceLock::new();
        let status = *INSTALLED.get_or_init(install);
        if status != SQLITE_OK {
            return Err(DriverError {
                class: "OperationalError",
                message: format!("SQLite did not take the host's clock (status {status})"),
            });
        }
        // SAFETY: asking for no bytes only makes the generator seed itself anew.
        unsafe { sqlite3_randomness(0, ptr::null_mut()) };
        Ok(())
    }

    fn install() -> c_int {
        // SAFETY: the default VFS lives as long as the process, and so does the
        // copy, which is never changed after it is registered.
        unsafe {
            let status = sqlite3_initialize();
            let own = sqlite3_vfs_find(ptr::null());
            if status != SQLITE_OK || own.is_null() {
                return status.max(1);
            }
            let shim = Box::leak(Box::new(ptr::read(own)));
            shim.zName = c"ormscope".as_ptr();
            shim.pNext = ptr::null_mut();
            shim.xRandomness = Some(randomness);
            shim.xCurrentTime = Some(current_time);
            shim.xCurrentTimeInt64 = Some(current_time_int64);
            sqlite3_vfs_register(shim, 1)
        }
    }

    unsafe extern "C" fn current_time_int64(_: *mut sqlite3_vfs, out: *mut i64) -> c_int {
        // SAFETY: SQLite hands a place for the answer.
        unsafe { *out = CLOCK.get() };
        SQLITE_OK
    }

    unsafe extern "C" fn current_time(_: *mut sqlite3_vfs, out: *mut f64) -> c_int {
        // SAFETY: SQLite hands a place for the answer.
        unsafe { *out = CLOCK.get() as f64 / MILLISECONDS_IN_DAY };
        SQLITE_OK
    }

    unsafe extern "C" fn randomness(_: *mut sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
        let mut state = SEED.get();
        for at in 0..usize::try_from(count).unwrap_or(0) {
            // xorshift: all that is asked of it is to be the same every time.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // SAFETY: SQLite hands `count` bytes.
            unsafe { *out.add(at) = (state & 0xff) as c_char };
        }
        SEED.set(state);
        count
    }
}
