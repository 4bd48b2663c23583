//! Executing statements: compile or find, fill in parameters, send, convert.
//!
//! Two steps, so that user code (default callables) can run between them with
//! nothing borrowed: [`Engines::prepare`], then [`Engines::send`].

use std::any::Any;
use std::rc::Rc;

use super::Engines;
use super::connection::{ConnectionId, Row};
use super::error::{EngineError, ErrorKind};
use super::event::{Cache, Stats};
use super::parameters::repr_parameters;
use crate::schema::{ColumnDefault, Schema};
use crate::sql::compiler::{Compiled, Given, Kind, ResultColumn, Source, compile, statement_binds};
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
    compiled: Rc<Compiled>,
    cached: bool,
    values: Vec<Vec<Value>>,
    types: Vec<SqlType>,
    sql: Option<String>,
    many: bool,
    ordered: bool,
    no_key: bool,
    /// The names of the parameters that were given, in their order.
    given: Vec<Rc<str>>,
    /// Defaults still to be computed: the set, the parameter, the code.
    pub pending: Vec<(usize, usize, Rc<dyn Any>)>,
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
    /// The values that went in, where rows were inserted: by column key.
    pub inserted: Vec<(Rc<str>, Value)>,
}

/// How many rows insertmanyvalues puts into one statement.
const ROWS_IN_STATEMENT: usize = 1000;
/// How many parameters SQLite takes.
const PARAMETERS_IN_STATEMENT: usize = 32766;

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
        let no_key = several_rows || matches!(statement, Statement::Ddl(_));
        let given = Given { keys, many, literal_binds: false };
        let key = CacheKey::of(&(statement, &given.keys, given.many));
        let build = |dialect| compile(schema, statement, dialect, &given).map_err(EngineError::from);
        let (compiled, cached) = if no_key {
            (Rc::new(build(self.engine(engine).dialect)?), false)
        } else {
            self.compiled(engine, key, build)?
        };
        let mut prepared = Prepared {
            engine,
            types: compiled.parameters.iter().map(|parameter| parameter.sql_type.clone()).collect(),
            compiled: Rc::clone(&compiled),
            cached,
            values: Vec::with_capacity(sets.len()),
            sql: None,
            many,
            ordered: execution == Execution::Ordered,
            no_key,
            given: given_keys,
            pending: Vec::new(),
        };
        let binds = statement_binds(statement);
        for set in sets {
            prepared.add_set(schema, set, &binds)?;
        }
        Ok(prepared)
    }

    /// Sends a prepared statement and reads its result.
    ///
    /// # Errors
    /// A value that a type refuses, or the database's error.
    pub fn send(&mut self, connection: ConnectionId, prepared: Prepared) -> Result<ResultSet, EngineError> {
        let rows = match prepared.bind() {
            Ok(rows) => rows,
            Err(error) => {
                self.rollback_unbegun(connection)?;
                return Err(error);
            }
        };
        self.autobegin(connection)?;
        let cache = match (prepared.no_key, prepared.cached) {
            (true, _) => Cache::NoKey,
            (_, true) => Cache::Cached,
            _ => Cache::Generated,
        };
        let compiled = Rc::clone(&prepared.compiled);
        if prepared.many && compiled.kind == Kind::Insert && !compiled.columns.is_empty() {
            return self.insert_many_values(connection, &prepared, rows, cache);
        }
        let sql = prepared.sql.as_deref().unwrap_or(&compiled.sql);
        let stats = Stats { cache, batch: None };
        let raw = self.execute_logged(connection, sql, &rows, prepared.many, stats, compiled.kind)?;
        let mut result = ResultSet {
            returns_rows: !raw.columns.is_empty(),
            rowcount: raw.rowcount,
            last_row_id: raw.last_row_id,
            kind: Some(compiled.kind),
            ..ResultSet::default()
        };
        if compiled.kind == Kind::Insert && !prepared.many {
            let names = compiled.parameters.iter().map(|parameter| Rc::clone(&parameter.name));
            result.inserted = names.zip(prepared.values.into_iter().next().unwrap_or_default()).collect();
        }
        if compiled.columns.is_empty() {
            let plain = |name: Rc<str>| ResultColumn { key: name, sql_type: SqlType::Null, base: None };
            result.columns = Rc::new(raw.columns.into_iter().map(plain).collect());
        } else {
            result.columns = Rc::new(compiled.columns.clone());
        }
        result.rows = convert(&result.columns, raw.rows)?;
        Ok(result)
    }

    /// INSERT … RETURNING over several sets of parameters.
    fn insert_many_values(
        &mut self,
        connection: ConnectionId,
        prepared: &Prepared,
        sets: Vec<Row>,
        cache: Cache,
    ) -> Result<ResultSet, EngineError> {
        let compiled = &prepared.compiled;
        let width = compiled.parameters.len().max(1);
        let size = match (&compiled.values_at, prepared.ordered) {
            (Some(_), false) => ROWS_IN_STATEMENT.min(PARAMETERS_IN_STATEMENT / width).max(1),
            _ => 1,
        };
        let total = sets.len().div_ceil(size);
        let order = if prepared.ordered { "ordered; batch not supported" } else { "unordered" };
        let mut result = ResultSet {
            columns: Rc::new(compiled.columns.clone()),
            returns_rows: true,
            kind: Some(Kind::Insert),
            ..ResultSet::default()
        };
        for (at, batch) in sets.chunks(size).enumerate() {
            let sql = match &compiled.values_at {
                Some(span) if batch.len() > 1 => {
                    let row = &compiled.sql[span.clone()];
                    let rows = vec![row; batch.len()].join(", ");
                    format!("{}{rows}{}", &compiled.sql[..span.start], &compiled.sql[span.end..])
                }
                _ => compiled.sql.clone(),
            };
            let stats = Stats {
                cache: if at == 0 { cache } else { Cache::Batch },
                batch: Some(format!("{}/{total} ({order})", at + 1)),
            };
            let flat: Row = batch.concat();
            let raw = self.execute_logged(connection, &sql, &[flat], false, stats, Kind::Insert)?;
            result.rowcount += raw.rowcount;
            result.last_row_id = raw.last_row_id;
            result.rows.extend(convert(&result.columns, raw.rows)?);
        }
        Ok(result)
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
        self.autobegin(connection)?;
        let stats = Stats { cache: Cache::RawSql, batch: None };
        let raw = self.execute_logged(connection, sql, &[parameters.to_vec()], false, stats, Kind::Text)?;
        let plain = |name: Rc<str>| ResultColumn { key: name, sql_type: SqlType::Null, base: None };
        let columns: Rc<Vec<ResultColumn>> = Rc::new(raw.columns.into_iter().map(plain).collect());
        Ok(ResultSet {
            returns_rows: !columns.is_empty(),
            rows: convert(&columns, raw.rows)?,
            columns,
            rowcount: raw.rowcount,
            last_row_id: raw.last_row_id,
            kind: Some(Kind::Text),
            inserted: Vec::new(),
        })
    }

    fn execute_logged(
        &mut self,
        connection: ConnectionId,
        sql: &str,
        sets: &[Row],
        many: bool,
        stats: Stats,
        kind: Kind,
    ) -> Result<super::RawResult, EngineError> {
        let hidden = self.engine(self.connection(connection)?.engine).options.hide_parameters;
        let show = |sets: &[Row]| {
            if hidden { super::error::HIDDEN.to_string() } else { repr_parameters(sets, many) }
        };
        if self.is_observed() {
            self.announce(connection, sql, Some(show(sets)), Some(stats))?;
        }
        let mut outcome = Ok(super::RawResult::default());
        let mut changed = 0;
        for set in sets {
            outcome = self.drive(connection, |driver| driver.execute(sql, set))?;
            match &outcome {
                Ok(raw) => changed += raw.rowcount,
                Err(_) => break,
            }
        }
        let rows = outcome.as_ref().ok().map(|raw| match kind {
            Kind::Insert | Kind::Update | Kind::Delete => changed.max(0) as u64,
            _ => raw.rows.len() as u64,
        });
        self.report(connection, rows, kind != Kind::Select);
        let mut raw = outcome.map_err(|error| EngineError::from_driver(error, sql, Some(show(sets))))?;
        if many {
            raw.rowcount = changed;
        }
        Ok(raw)
    }
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
        let mut lists: Vec<(usize, Vec<Value>)> = Vec::new();
        for (at, parameter) in compiled.parameters.iter().enumerate() {
            let given = || set.iter().find(|(key, _)| *key == parameter.name).map(|(_, value)| value.clone());
            let value = match &parameter.source {
                Source::Bind(place) => match binds.get(*place).map(|bind| &bind.value) {
                    Some(BindValue::One(value)) => Some(given().unwrap_or_else(|| value.clone())),
                    Some(BindValue::Expanding(list)) => {
                        lists.push((at, list.clone()));
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
                let own = set
                    .iter()
                    .map(|(key, value)| format!("{}: {}", crate::types::python_str(key), value.repr()));
                let own = own.collect::<Vec<_>>().join(", ");
                EngineError {
                    statement: Some(compiled.sql.clone()),
                    parameters: Some(format!("[{{{own}}}]")),
                    original: Some(("sqlalchemy.exc.InvalidRequestError".into(), what.clone())),
                    ..EngineError::new(
                        ErrorKind::Statement,
                        format!("(sqlalchemy.exc.InvalidRequestError) {what}"),
                    )
                    .with_code("cd3x")
                }
            })?;
            values.push(value);
        }
        if lists.is_empty() {
            self.values.push(values);
        } else {
            self.expand(values, lists);
        }
        Ok(())
    }

    /// Writes the lists of IN into the text.
    fn expand(&mut self, values: Vec<Value>, lists: Vec<(usize, Vec<Value>)>) {
        let compiled = Rc::clone(&self.compiled);
        let mut sql = String::with_capacity(compiled.sql.len());
        let mut copied = 0;
        let mut flat = Vec::new();
        let mut types = Vec::new();
        let mut lists = lists.into_iter().peekable();
        for (at, value) in values.into_iter().enumerate() {
            let parameter = &compiled.parameters[at];
            let Some((_, list)) = lists.next_if(|(place, _)| *place == at) else {
                flat.push(value);
                types.push(parameter.sql_type.clone());
                continue;
            };
            let start = parameter.expanding_at.unwrap_or(copied);
            sql.push_str(&compiled.sql[copied..start]);
            if list.is_empty() {
                sql.push_str("SELECT 1 FROM (SELECT 1) WHERE 1!=1");
            } else {
                sql.push_str(&vec!["?"; list.len()].join(", "));
            }
            copied = start + format!("__[POSTCOMPILE_{}]", parameter.name).len();
            for value in list {
                types.push(parameter.sql_type.clone());
                flat.push(value);
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
        let shown = |set: &Vec<Value>| {
            let of = |key: &Rc<str>| {
                let at = self.compiled.parameters.iter().position(|parameter| parameter.name == *key)?;
                Some(format!("{}: {}", crate::types::python_str(key), set.get(at)?.repr()))
            };
            format!("{{{}}}", self.given.iter().filter_map(of).collect::<Vec<_>>().join(", "))
        };
        let sets: Vec<String> = self.values.iter().map(shown).collect();
        EngineError {
            statement: Some(self.sql.as_ref().unwrap_or(&self.compiled.sql).clone()),
            parameters: (!self.given.is_empty()).then(|| format!("[{}]", sets.join(", "))),
            original: Some((class.to_string(), message.to_string())),
            ..EngineError::new(ErrorKind::Statement, format!("({class}) {message}"))
        }
    }
}

/// Rows through the result conversion of their columns.
fn convert(columns: &[ResultColumn], rows: Vec<Row>) -> Result<Vec<Vec<Value>>, EngineError> {
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
