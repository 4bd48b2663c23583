//! Sending statements: to the driver, logged, with the program's code before and after.
//!
//! SQLAlchemy counterpart: `Connection._execute_context`.

use std::borrow::Cow;
use std::rc::Rc;

use super::Engines;
use super::connection::{ConnectionId, Row};
use super::driver::{DriverError, RawResult};
use super::error::{EngineError, ErrorKind, ErrorParameters};
use super::event::{Cache, Stats};
use super::execute::{Execution, Parameters, Prepared, with_all_sets};
use super::listen::{EventKind, Listener, Moment};
use super::parameters::{long_statement, repr_parameters};
use super::result_set::{Inserted, ResultSet, convert};
use crate::schema::Schema;
use crate::sql::Statement;
use crate::sql::compiler::{Kind, ResultColumn};
use crate::types::{DbValue, EngineId, SqlType};

/// A statement as it goes to the driver.
pub(super) struct Sent {
    pub(super) sql: String,
    pub(super) sets: Vec<Row>,
    /// Whether it is an `executemany`.
    pub(super) many: bool,
    /// The parameters as the log shows them, where they were given by name.
    pub(super) shown: Option<String>,
}

impl Engines {
    /// Compiles a statement, sends it and reads its result.
    ///
    /// # Errors
    /// When it cannot be compiled, a parameter is missing, a default is code of
    /// the program's (then see [`Engines::prepare`]), or the database's.
    pub fn execute(
        &mut self,
        schema: &Schema,
        connection: ConnectionId,
        statement: impl Into<Statement>,
        parameters: &Parameters,
    ) -> Result<ResultSet, EngineError> {
        let engine = self.connection(connection)?.engine;
        let prepared = self.prepare(schema, engine, &statement.into(), parameters, Execution::Plain)?;
        if !prepared.pending.is_empty() {
            let reason = "a default is code of the program's: prepare the statement, fill in, then send it";
            return Err(EngineError::new(ErrorKind::InvalidRequest, reason));
        }
        self.send(connection, prepared)
    }

    /// Sends a prepared statement and reads its result.
    ///
    /// # Errors
    /// A value that a type refuses, or the database's error.
    pub fn send(&mut self, connection: ConnectionId, prepared: Prepared) -> Result<ResultSet, EngineError> {
        self.quietly(|at| at.send(connection, prepared))
    }

    /// Executes SQL that was not compiled: PRAGMAs, `exec_driver_sql`.
    ///
    /// # Errors
    /// The database's.
    pub fn execute_raw(
        &mut self,
        connection: ConnectionId,
        sql: &str,
        parameters: &[DbValue],
    ) -> Result<ResultSet, EngineError> {
        self.quietly(|at| at.execute_raw(connection, sql, vec![parameters.to_vec()], false))
    }
}

impl Engines {
    /// Parameters as the log and errors show them.
    fn shown(&self, engine: EngineId, named: Option<&str>, sets: &[Row], many: bool) -> String {
        match (self.engine(engine).options.hide_parameters, named) {
            (true, _) => super::error::HIDDEN.to_string(),
            (false, Some(named)) => named.to_string(),
            (false, None) => repr_parameters(sets, many),
        }
    }
}

impl dyn Listener + '_ {
    /// Sends a prepared statement and reads its result.
    ///
    /// # Errors
    /// A value that a type refuses, or the database's error.
    pub fn send(&mut self, connection: ConnectionId, prepared: Prepared) -> Result<ResultSet, EngineError> {
        self.revalidate(connection)?;
        let rows = match prepared.bind() {
            Ok(rows) => rows,
            Err(error) => {
                self.rollback_unbegun(connection)?;
                return Err(error);
            }
        };
        self.engines().check_active(connection)?;
        let compiled = Rc::clone(&prepared.compiled);
        let rows_of_many = prepared.many && !compiled.columns.is_empty();
        let in_batches = (rows_of_many || prepared.many && prepared.batched)
            && compiled.kind == Kind::Insert
            && self.engines().engine(prepared.engine).options.insertmanyvalues;
        let writes = matches!(compiled.kind, Kind::Insert | Kind::Update | Kind::Delete);
        if rows_of_many && writes && !in_batches {
            self.rollback_unbegun(connection)?;
            return Err(no_rows_from_many(self.engines(), prepared));
        }
        self.autobegin(connection)?;
        if in_batches {
            return self.insert_many_values(connection, prepared, rows);
        }
        let prepared_for = prepared.engine;
        let sql = prepared.sql();
        let stats = Stats { cache: prepared.cache, batch: None };
        let sent = Sent { sql, sets: rows, many: prepared.many, shown: None };
        let raw = self.execute_logged(connection, sent, stats, compiled.kind)?;
        let mut result = ResultSet {
            returns_rows: !raw.columns.is_empty(),
            rowcount: raw.rowcount,
            last_row_id: raw.last_row_id,
            kind: Some(compiled.kind),
            many: prepared.many,
            effects: compiled.effects.clone(),
            ..ResultSet::default()
        };
        if matches!(compiled.kind, Kind::Insert | Kind::Update) && prepared.names_values {
            result.inserted = Inserted::of(prepared);
        }
        result.names_only = compiled.columns.is_empty();
        result.columns = Rc::new(match compiled.columns.is_empty() {
            true => plain_columns(raw.columns),
            false => compiled.columns.clone(),
        });
        result.rows = convert(&result.columns, raw.rows)?;
        self.engines().log_rows(prepared_for, &result);
        result.keep_defaults();
        Ok(result)
    }

    /// Executes SQL that was not compiled, for each of these sets of parameters.
    ///
    /// # Errors
    /// The database's.
    pub fn execute_raw(
        &mut self,
        connection: ConnectionId,
        sql: &str,
        sets: Vec<Row>,
        many: bool,
    ) -> Result<ResultSet, EngineError> {
        self.execute_raw_shown(connection, sql, sets, many, None)
    }

    /// The same with parameters that are shown as they were given: by name.
    ///
    /// # Errors
    /// The database's.
    pub fn execute_raw_shown(
        &mut self,
        connection: ConnectionId,
        sql: &str,
        sets: Vec<Row>,
        many: bool,
        shown: Option<String>,
    ) -> Result<ResultSet, EngineError> {
        self.revalidate(connection)?;
        self.engines().check_active(connection)?;
        self.autobegin(connection)?;
        let stats = Stats { cache: Cache::RawSql, batch: None };
        let sent = Sent { sql: sql.to_string(), sets, many, shown };
        let raw = self.execute_logged(connection, sent, stats, Kind::Text)?;
        let columns = Rc::new(plain_columns(raw.columns));
        let result = ResultSet {
            returns_rows: !columns.is_empty(),
            rows: convert(&columns, raw.rows)?,
            columns,
            rowcount: raw.rowcount,
            last_row_id: raw.last_row_id,
            kind: Some(Kind::Text),
            many,
            is_raw: true,
            names_only: true,
            ..ResultSet::default()
        };
        let engines = self.engines();
        let engine = engines.connection(connection)?.engine;
        engines.log_rows(engine, &result);
        Ok(result)
    }

    /// Logs a statement and has the driver execute it, with the program's code
    /// run before and after.
    pub(super) fn execute_logged(
        &mut self,
        connection: ConnectionId,
        sent: Sent,
        stats: Stats,
        kind: Kind,
    ) -> Result<RawResult, EngineError> {
        let Sent { mut sql, mut sets, many, shown: named } = sent;
        let engines = self.engines();
        let engine = engines.connection(connection)?.engine;
        if engines.listens(engine, EventKind::BeforeCursorExecute) {
            let batched = stats.batch.is_some();
            self.notify(Moment::Before { connection, sql: &mut sql, sets: &mut sets, many, batched })?;
        }
        let engines = self.engines();
        // Only the statements of insertmanyvalues grow with their parameters.
        let batched = stats.batch.is_some();
        let shown = if batched { long_statement(&sql) } else { Cow::Borrowed(sql.as_str()) };
        if engines.is_observed() {
            let parameters = engines.shown(engine, named.as_deref(), &sets, many);
            engines.announce(connection, &shown, Some(parameters), Some(stats));
        }
        let kind_of_call = if many { EventKind::DoExecuteMany } else { EventKind::DoExecute };
        if self.engines().listens(engine, kind_of_call) {
            self.notify(Moment::Execute { connection, sql: &sql, sets: &sets, many })?;
        }
        let outcome = loop {
            let (outcome, calls) = self.engines().drive(connection, |driver| {
                let outcome = match (many, sets.first()) {
                    (true, _) => driver.execute_many(&sql, &sets),
                    (false, Some(set)) => driver.execute(&sql, set),
                    (false, None) => driver.execute(&sql, &[]),
                };
                (outcome, driver.asked())
            })?;
            if calls.is_empty() {
                break outcome;
            }
            let mut answers = vec![None; calls.len()];
            self.notify(Moment::Calls { calls, answers: &mut answers })?;
            self.engines().drive(connection, |driver| driver.answer(answers))?;
        };
        let engines = self.engines();
        let rows = outcome.as_ref().ok().map(|raw| match kind {
            Kind::Insert | Kind::Update | Kind::Delete => raw.rowcount.max(raw.rows.len() as i64) as u64,
            _ => raw.rows.len() as u64,
        });
        engines.report(connection, rows, kind != Kind::Select);
        let raw = match outcome {
            Ok(raw) => raw,
            Err(error) => return Err(self.failed(connection, error, &shown, named, &sets, many)?),
        };
        if engines.listens(engine, EventKind::AfterCursorExecute) {
            self.notify(Moment::After { connection, sql: &sql, sets: &sets, many, batched, result: &raw })?;
        }
        Ok(raw)
    }

    /// The error of a statement that the driver refused, as the program has it.
    fn failed(
        &mut self,
        connection: ConnectionId,
        error: DriverError,
        sql: &str,
        named: Option<String>,
        sets: &[Row],
        many: bool,
    ) -> Result<EngineError, EngineError> {
        let engines = self.engines();
        let engine = engines.connection(connection)?.engine;
        let module = engines.module_of(engine);
        let parameters = engines.shown(engine, named.as_deref(), sets, many);
        let mut error = EngineError::from_driver(error, module, Some(sql), Some(parameters));
        error.values = Some(Rc::new(ErrorParameters::Bound(sets.to_vec(), many)));
        Ok(self.handled(engine, Some(connection), error, sets, many))
    }

    /// Whether every single statement of an engine is told to somebody.
    pub(super) fn tells_each(&mut self, engine: EngineId) -> bool {
        let kinds = [EventKind::BeforeCursorExecute, EventKind::DoExecute, EventKind::AfterCursorExecute];
        let engines = self.engines();
        engines.is_observed() || kinds.into_iter().any(|kind| engines.listens(engine, kind))
    }

    /// Has the driver execute a statement for each set of parameters, with nobody
    /// told of each.
    pub(super) fn execute_each(
        &mut self,
        connection: ConnectionId,
        sql: &str,
        sets: &[Row],
    ) -> Result<Vec<RawResult>, EngineError> {
        let mut done = Vec::with_capacity(sets.len());
        loop {
            let (outcome, calls) = self.engines().drive(connection, |driver| {
                let outcome = driver.execute_each(sql, sets, &mut done);
                (outcome, driver.asked())
            })?;
            if calls.is_empty() {
                let Err(error) = outcome else { return Ok(done) };
                let failed = sets.get(done.len()..done.len() + 1).unwrap_or_default();
                return Err(self.failed(connection, error, &long_statement(sql), None, failed, false)?);
            }
            let mut answers = vec![None; calls.len()];
            self.notify(Moment::Calls { calls, answers: &mut answers })?;
            self.engines().drive(connection, |driver| driver.answer(answers))?;
        }
    }
}

/// Why several sets of parameters give no rows.
fn no_rows_from_many(engines: &Engines, prepared: Prepared) -> EngineError {
    let url = &engines.engine(prepared.engine).url;
    let verb = match prepared.compiled.kind {
        Kind::Insert => "INSERT",
        Kind::Update => "UPDATE",
        _ => "DELETE",
    };
    let what = format!(
        "Dialect {}+{} with current server capabilities does not support {verb}..RETURNING when executemany is used",
        url.dialect_name(),
        url.driver().map_or("", |driver| driver.driver)
    );
    let error = EngineError {
        statement: Some(prepared.compiled.sql.clone()),
        original: Some(("sqlalchemy.exc.InvalidRequestError".into(), what.clone())),
        ..EngineError::new(ErrorKind::Statement, format!("(sqlalchemy.exc.InvalidRequestError) {what}"))
    };
    with_all_sets(error, &Parameters::Many(prepared.given()))
}

/// The columns of a result whose statement says nothing of them.
fn plain_columns(names: Vec<Rc<str>>) -> Vec<ResultColumn> {
    names.into_iter().map(|key| ResultColumn { key, sql_type: SqlType::Null, base: None }).collect()
}
