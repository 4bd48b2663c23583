//! Executing statements: compile or find, fill in parameters, send, convert.
//!
//! Two steps, so that user code (default callables) can run between them with
//! nothing borrowed: [`Engines::prepare`], then [`Engines::send`].

use std::any::Any;
use std::borrow::Cow;
use std::rc::Rc;

use super::Engines;
use super::connection::{ConnectionId, Row};
use super::driver::RawResult;
use super::error::{EngineError, ErrorKind, ErrorParameters};
use super::event::{Cache, Cause, Stats};
use super::listen::{EventKind, Listener, Moment};
use super::parameters::{long_statement, repr_given, repr_parameters};
use crate::schema::{ColumnDefault, Schema};
use crate::sql::compiler::{Compiled, Given, Kind, ResultColumn, Source, compile};
use crate::sql::{BindValue, CacheKey, InsertValues, Statement};
use crate::types::{DbValue, EngineId, SqlType, Value};

/// Named parameters of one execution.
pub type ParameterSet = Vec<(Rc<str>, Value)>;

/// A row, shared by those who look at it.
pub type SharedRow = Rc<Vec<Value>>;

/// The parameters given with a statement.
#[derive(Clone, Debug, Default)]
pub enum Parameters {
    /// None.
    #[default]
    None,
    /// One set.
    One(ParameterSet),
    /// Several sets: `executemany`, or insertmanyvalues where rows are returned.
    Many(Vec<ParameterSet>),
}

/// A statement as it goes to the driver.
pub(super) struct Sent {
    pub(super) sql: String,
    pub(super) sets: Vec<Row>,
    /// Whether it is an `executemany`.
    pub(super) many: bool,
    /// The parameters as the log shows them, where they were given by name.
    pub(super) shown: Option<String>,
}

/// How a statement with several sets of parameters goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Execution {
    /// As it is best for the statement.
    #[default]
    Plain,
    /// Rows must come back in the order of the sets: one statement for each,
    /// since SQLite gives no promise for more.
    Ordered,
}

/// A statement that is ready but for the defaults that user code computes.
pub struct Prepared {
    engine: EngineId,
    pub(super) compiled: Rc<Compiled>,
    pub(super) cache: Cache,
    pub(super) values: Vec<Vec<Value>>,
    types: Vec<SqlType>,
    sql: Option<String>,
    many: bool,
    pub(super) ordered: bool,
    /// Whether its parameters are the values of one row, by name.
    names_values: bool,
    /// The names of the parameters that were given, in their order.
    given_keys: Vec<Rc<str>>,
    /// The sets as they were given, where there are several.
    given: Vec<ParameterSet>,
    /// Defaults still to be computed: the set, the parameter, the code.
    pub pending: Vec<(usize, usize, Rc<dyn Any>)>,
}

/// What is written into the text when a statement is executed.
enum Written {
    /// The values of an IN.
    List(Vec<Value>),
    /// The rows of an IN over several columns, and their types.
    Rows(Vec<Vec<Value>>, Vec<SqlType>),
    /// A value as text.
    Literal(String),
}

/// The result of a statement.
#[derive(Clone, Debug, Default)]
pub struct ResultSet {
    /// Its columns.
    pub columns: Rc<Vec<ResultColumn>>,
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
    /// Whether the statement gives rows at all.
    pub returns_rows: bool,
    /// How many rows were changed.
    pub rowcount: i64,
    /// The id of the last row inserted.
    pub last_row_id: i64,
    /// What kind of statement it was.
    pub kind: Option<Kind>,
    /// The values that went in, where rows were inserted: by column key, for
    /// each set of parameters.
    pub inserted: Vec<ParameterSet>,
    /// Whether there were several sets of parameters.
    pub many: bool,
    /// Whether its SQL was not compiled.
    pub is_raw: bool,
    /// Whether nothing is known of its columns but the names that the database gives.
    pub names_only: bool,
}

impl Engines {
    /// Compiles a statement and gathers its parameters.
    ///
    /// # Errors
    /// When it cannot be compiled, or a parameter is missing.
    pub fn prepare(
        &mut self,
        schema: &Schema,
        engine: EngineId,
        statement: &Statement,
        parameters: &Parameters,
        execution: Execution,
    ) -> Result<Prepared, EngineError> {
        let none = ParameterSet::new();
        let (sets, many): (Vec<&ParameterSet>, bool) = match parameters {
            Parameters::None => (vec![&none], false),
            Parameters::One(set) => (vec![set], false),
            // One set is one set, however it was given.
            Parameters::Many(sets) => (sets.iter().collect(), sets.len() > 1),
        };
        let mut keys: Vec<Rc<str>> = match sets.first() {
            Some(first) => first.iter().map(|(key, _)| Rc::clone(key)).collect(),
            None => Vec::new(),
        };
        let given_keys = keys.clone();
        keys.sort();
        let several_rows =
            matches!(statement, Statement::Insert(insert) if matches!(insert.values, InsertValues::Rows(_)));
        let from_select = matches!(statement, Statement::Insert(insert) if matches!(insert.values, InsertValues::Select(..)));
        let no_key = several_rows || matches!(statement, Statement::Ddl(_));
        let given = Given { keys: Some(keys), many, ..Given::default() };
        // What the ORM loads by itself is kept apart from what a program asks for.
        let by_itself = |cause: &&Cause| !matches!(cause, Cause::Explicit | Cause::Query);
        let origin = self.causes.last().filter(by_itself).map(std::mem::discriminant);
        let key = CacheKey::of(&(statement, &given.keys, given.many, origin));
        let build = |dialect| compile(schema, statement, dialect, &given).map_err(EngineError::from);
        let (compiled, cache) = if no_key {
            (Rc::new(build(self.engine(engine).dialect)?), Cache::NoKey)
        } else {
            self.compiled(engine, key, build)?
        };
        let mut prepared = Prepared {
            engine,
            types: compiled.parameters.iter().map(|parameter| parameter.sql_type.clone()).collect(),
            compiled: Rc::clone(&compiled),
            cache,
            values: Vec::with_capacity(sets.len()),
            sql: None,
            many,
            ordered: execution == Execution::Ordered,
            given_keys,
            names_values: !several_rows && !from_select,
            given: if many && !compiled.columns.is_empty() {
                sets.iter().map(|set| (*set).clone()).collect()
            } else {
                Vec::new()
            },
            pending: Vec::new(),
        };
        let binds = statement.binds();
        for set in sets {
            prepared.add_set(schema, set, &binds).map_err(|error| with_all_sets(error, parameters))?;
        }
        Ok(prepared)
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
        self.autobegin(connection)?;
        let compiled = Rc::clone(&prepared.compiled);
        if prepared.many
            && compiled.kind == Kind::Insert
            && !compiled.columns.is_empty()
            && self.engines().engine(prepared.engine).options.insertmanyvalues
        {
            return self.insert_many_values(connection, &prepared, rows);
        }
        let writes = matches!(compiled.kind, Kind::Insert | Kind::Update | Kind::Delete);
        if prepared.many && writes && !compiled.columns.is_empty() {
            return Err(no_rows_from_many(self.engines(), prepared));
        }
        let sql = prepared.sql.clone().unwrap_or_else(|| compiled.sql.clone());
        let stats = Stats { cache: prepared.cache, batch: None };
        let sent = Sent { sql, sets: rows, many: prepared.many, shown: None };
        let raw = self.execute_logged(connection, sent, stats, compiled.kind)?;
        let mut result = ResultSet {
            returns_rows: !raw.columns.is_empty(),
            rowcount: raw.rowcount,
            last_row_id: raw.last_row_id,
            kind: Some(compiled.kind),
            many: prepared.many,
            ..ResultSet::default()
        };
        if matches!(compiled.kind, Kind::Insert | Kind::Update) && prepared.names_values {
            let names = || compiled.parameters.iter().map(|parameter| Rc::clone(&parameter.name));
            let sets = prepared.values.into_iter().map(|set| names().zip(set).collect());
            result.inserted = sets.collect();
        }
        result.names_only = compiled.columns.is_empty();
        result.columns = Rc::new(match compiled.columns.is_empty() {
            true => plain_columns(raw.columns),
            false => compiled.columns.clone(),
        });
        result.rows = convert(&result.columns, raw.rows)?;
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
        Ok(ResultSet {
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
        })
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
        let hidden = engines.engine(engine).options.hide_parameters;
        let show = |sets: &[Row]| {
            let shown = if hidden { Some(super::error::HIDDEN.to_string()) } else { named.clone() };
            shown.unwrap_or_else(|| repr_parameters(sets, many))
        };
        // Only the statements of insertmanyvalues grow with their parameters.
        let batched = stats.batch.is_some();
        let shown = if batched { long_statement(&sql) } else { Cow::Borrowed(sql.as_str()) };
        if engines.is_observed() {
            engines.announce(connection, &shown, Some(show(&sets)), Some(stats));
        }
        let outcome = engines.drive(connection, |driver| match (many, sets.first()) {
            (true, _) => driver.execute_many(&sql, &sets),
            (false, Some(set)) => driver.execute(&sql, set),
            (false, None) => driver.execute(&sql, &[]),
        })?;
        let rows = outcome.as_ref().ok().map(|raw| match kind {
            Kind::Insert | Kind::Update | Kind::Delete => raw.rowcount.max(raw.rows.len() as i64) as u64,
            _ => raw.rows.len() as u64,
        });
        engines.report(connection, rows, kind != Kind::Select);
        let raw = match outcome {
            Ok(raw) => raw,
            Err(error) => {
                let module = engines.module_of(engine);
                let mut error = EngineError::from_driver(error, module, Some(&shown), Some(show(&sets)));
                error.values = Some(Rc::new(ErrorParameters::Bound(sets.clone(), many)));
                return Err(self.handled(engine, Some(connection), error, &sets, many));
            }
        };
        if engines.listens(engine, EventKind::AfterCursorExecute) {
            self.notify(Moment::After { connection, sql: &sql, sets: &sets, many, batched, result: &raw })?;
        }
        Ok(raw)
    }
}

/// The error of one set of parameters, which shows all of them.
fn with_all_sets(error: EngineError, parameters: &Parameters) -> EngineError {
    let sets = match parameters {
        Parameters::None => {
            let none = ErrorParameters::Bound(Vec::new(), false);
            return EngineError { values: Some(Rc::new(none)), ..error };
        }
        Parameters::One(set) => vec![set.clone()],
        Parameters::Many(sets) => sets.clone(),
    };
    let shown = Some(repr_given(&sets));
    EngineError { parameters: shown, values: Some(Rc::new(ErrorParameters::Given(sets))), ..error }
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
    with_all_sets(error, &Parameters::Many(prepared.given))
}

/// The columns of a result whose statement says nothing of them.
fn plain_columns(names: Vec<Rc<str>>) -> Vec<ResultColumn> {
    names.into_iter().map(|key| ResultColumn { key, sql_type: SqlType::Null, base: None }).collect()
}

impl Prepared {
    fn add_set(
        &mut self,
        schema: &Schema,
        set: &ParameterSet,
        binds: &[Rc<crate::sql::Bind>],
    ) -> Result<(), EngineError> {
        let number = self.values.len();
        let compiled = Rc::clone(&self.compiled);
        let mut values = Vec::with_capacity(compiled.parameters.len());
        let mut written: Vec<(usize, Written)> = Vec::new();
        for (at, parameter) in compiled.parameters.iter().enumerate() {
            let given = || set.iter().find(|(key, _)| *key == parameter.name).map(|(_, value)| value.clone());
            let value = match &parameter.source {
                Source::Bind(place) => match binds.get(*place).map(|bind| &bind.value) {
                    Some(BindValue::One(value)) => Some(given().unwrap_or_else(|| value.clone())),
                    Some(BindValue::Expanding(list)) => {
                        written.push((at, Written::List(list.clone())));
                        Some(Value::Null)
                    }
                    Some(BindValue::ExpandingRows(rows, types)) => {
                        written.push((at, Written::Rows(rows.clone(), types.clone())));
                        Some(Value::Null)
                    }
                    _ => given(),
                },
                Source::Given => given(),
                Source::Constant(value) => Some(Value::Int(*value)),
                Source::Value(value) => Some(value.clone()),
                Source::Default(id) | Source::OnUpdate(id) => {
                    let column = schema.column(*id);
                    let default = match parameter.source {
                        Source::OnUpdate(_) => &column.onupdate,
                        _ => &column.default,
                    };
                    match default {
                        Some(ColumnDefault::Scalar(value)) => Some(value.clone()),
                        Some(ColumnDefault::Callable { code, .. }) => {
                            self.pending.push((number, at, Rc::clone(code)));
                            Some(Value::Null)
                        }
                        // Those are part of the statement's text.
                        None | Some(ColumnDefault::Expr(_) | ColumnDefault::Sequence(_)) => Some(Value::Null),
                    }
                }
            };
            let value = value.ok_or_else(|| {
                let what = format!("A value is required for bind parameter '{}'", parameter.name);
                let what = if self.many { format!("{what}, in parameter group {number}") } else { what };
                EngineError {
                    statement: Some(compiled.sql.clone()),
                    original: Some(("sqlalchemy.exc.InvalidRequestError".into(), what.clone())),
                    ..EngineError::new(
                        ErrorKind::Statement,
                        format!("(sqlalchemy.exc.InvalidRequestError) {what}"),
                    )
                    .with_code("cd3x")
                }
            })?;
            let is_listed = written.last().is_some_and(|(place, _)| *place == at);
            if parameter.expanding_at.is_some() && !is_listed {
                let dialect = crate::sql::compiler::Dialect::Sqlite;
                let text = crate::sql::compiler::literal_text(schema, &value, &parameter.sql_type, dialect)?;
                written.push((at, Written::Literal(text)));
            }
            values.push(value);
        }
        if written.is_empty() {
            self.values.push(values);
        } else {
            self.expand(values, written);
        }
        Ok(())
    }

    /// Writes what is known only now into the text: the lists of IN, and values
    /// that no driver takes where they stand.
    fn expand(&mut self, values: Vec<Value>, written: Vec<(usize, Written)>) {
        let compiled = Rc::clone(&self.compiled);
        let mut sql = String::with_capacity(compiled.sql.len());
        let mut copied = 0;
        let mut flat = Vec::new();
        let mut types = Vec::new();
        let mut written = written.into_iter().peekable();
        for (at, value) in values.into_iter().enumerate() {
            let parameter = &compiled.parameters[at];
            let Some((_, piece)) = written.next_if(|(place, _)| *place == at) else {
                flat.push(value);
                types.push(parameter.sql_type.clone());
                continue;
            };
            let start = parameter.expanding_at.unwrap_or(copied);
            sql.push_str(&compiled.sql[copied..start]);
            copied = start + format!("__[POSTCOMPILE_{}]", parameter.name).len();
            match piece {
                Written::Literal(text) => sql.push_str(&text),
                Written::List(list) if list.is_empty() => {
                    sql.push_str(parameter.empty_list.as_deref().unwrap_or_default());
                }
                Written::List(list) => {
                    sql.push_str(&vec!["?"; list.len()].join(", "));
                    types.extend(list.iter().map(|_| parameter.sql_type.clone()));
                    flat.extend(list);
                }
                Written::Rows(rows, _) if rows.is_empty() => {
                    sql.push_str(parameter.empty_list.as_deref().unwrap_or_default());
                }
                Written::Rows(rows, row_types) => {
                    let texts = rows.iter().map(|row| format!("({})", vec!["?"; row.len()].join(", ")));
                    sql.push_str("VALUES ");
                    sql.push_str(&texts.collect::<Vec<_>>().join(", "));
                    for row in rows {
                        let known = |at: usize| row_types.get(at).cloned().unwrap_or_default();
                        types.extend((0..row.len()).map(known));
                        flat.extend(row);
                    }
                }
            }
        }
        sql.push_str(&compiled.sql[copied..]);
        self.sql = Some(sql);
        self.types = types;
        self.values.push(flat);
    }

    /// Puts in the value that user code computed for a pending default.
    pub fn fill(&mut self, set: usize, parameter: usize, value: Value) {
        if let Some(slot) = self.values.get_mut(set).and_then(|set| set.get_mut(parameter)) {
            *slot = value;
        }
    }

    /// The places of values whose types the program converts itself: the set,
    /// the parameter, and what `code` finds for the type.
    pub fn program_types<T>(&self, code: impl Fn(&SqlType) -> Option<T>) -> Vec<(usize, usize, T)> {
        let sets = 0..self.values.len();
        let places = |set| self.types.iter().enumerate().map(move |(place, sql_type)| (set, place, sql_type));
        sets.flat_map(places)
            .filter_map(|(set, place, sql_type)| Some((set, place, code(sql_type)?)))
            .collect()
    }

    /// The value of a parameter in a set.
    pub fn value_at(&self, set: usize, place: usize) -> Option<&Value> {
        self.values.get(set)?.get(place)
    }

    /// The value that a set has for a column, defaults included.
    pub fn value(&self, set: usize, key: &str) -> Option<&Value> {
        let at = self.compiled.parameters.iter().position(|parameter| &*parameter.name == key)?;
        self.values.get(set)?.get(at)
    }

    /// Whether a column's value comes from a default.
    pub fn defaulted(&self) -> Vec<Rc<str>> {
        let parameters = self.compiled.parameters.iter();
        parameters
            .filter(|parameter| matches!(parameter.source, Source::Default(_) | Source::OnUpdate(_)))
            .map(|parameter| Rc::clone(&parameter.name))
            .collect()
    }

    /// The engine that it is for.
    pub fn engine(&self) -> EngineId {
        self.engine
    }

    fn bind(&self) -> Result<Vec<Row>, EngineError> {
        let mut rows = Vec::with_capacity(self.values.len());
        for set in &self.values {
            let mut row = Vec::with_capacity(set.len());
            for (value, sql_type) in set.iter().zip(&self.types) {
                let refused = |error: crate::types::TypeError| {
                    self.refused(&format!("builtins.{}", error.class), &error.message)
                };
                row.push(sql_type.bind(value).map_err(refused)?);
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// The error of a value that cannot be converted: the class of the
    /// exception, with its module, and its message. Only what the program gave with the statement is shown.
    pub fn refused(&self, class: &str, message: &str) -> EngineError {
        let given = |set: &Vec<Value>| -> ParameterSet {
            let of = |key: &Rc<str>| {
                let at = self.compiled.parameters.iter().position(|parameter| parameter.name == *key)?;
                Some((Rc::clone(key), set.get(at)?.clone()))
            };
            self.given_keys.iter().filter_map(of).collect()
        };
        let sets: Vec<ParameterSet> = self.values.iter().map(given).collect();
        let (parameters, values) = match self.given_keys.is_empty() {
            true => (None, ErrorParameters::Bound(Vec::new(), false)),
            false => (Some(repr_given(&sets)), ErrorParameters::Given(sets)),
        };
        EngineError {
            statement: Some(self.sql.as_ref().unwrap_or(&self.compiled.sql).clone()),
            parameters,
            values: Some(Rc::new(values)),
            original: Some((class.to_string(), message.to_string())),
            ..EngineError::new(ErrorKind::Statement, format!("({class}) {message}"))
        }
    }
}

/// Rows through the result conversion of their columns.
pub(super) fn convert(columns: &[ResultColumn], rows: Vec<Row>) -> Result<Vec<Vec<Value>>, EngineError> {
    let mut converted = Vec::with_capacity(rows.len());
    for row in rows {
        let mut values = Vec::with_capacity(row.len());
        for (at, value) in row.into_iter().enumerate() {
            values.push(match columns.get(at) {
                Some(column) => column.sql_type.result(value).map_err(|error| EngineError {
                    original: Some((format!("builtins.{}", error.class), error.message.clone())),
                    ..EngineError::new(ErrorKind::Statement, error.message)
                })?,
                None => value.plain(),
            });
        }
        converted.push(values);
    }
    Ok(converted)
}
