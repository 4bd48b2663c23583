//! Executing statements: compile or find, fill in parameters, send, convert.
//!
//! Two steps, so that user code (default callables) can run between them with
//! nothing borrowed: [`Engines::prepare`], then `send` on the
//! engines or a [`super::Listener`].

use std::any::Any;
use std::rc::Rc;

use super::Engines;
use super::connection::{Row, SchemaMap};
use super::error::{EngineError, ErrorKind, ErrorParameters};
use super::event::{Cache, Cause};
use super::parameters::repr_given;
use crate::schema::{ColumnDefault, Schema};
use crate::sql::compiler::literal_text;
use crate::sql::compiler::{
    Compiled, Dialect, Given, Kind, NO_SCHEMA, ResultColumn, SCHEMA_LATER, Source, compile, quote,
};
use crate::sql::{BindValue, CacheKey, InsertValues, Statement};
use crate::types::{ColumnId, EngineId, SqlType, Value};

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

impl Parameters {
    /// Several sets, with the same names.
    ///
    /// ```
    /// use ormscope::engine::Parameters;
    ///
    /// let pets = Parameters::many(["name", "age"], [["Rex".into(), 3.into()], ["Tom".into(), 5.into()]]);
    /// assert!(matches!(pets, Parameters::Many(sets) if sets.len() == 2));
    /// ```
    pub fn many<const N: usize>(names: [&str; N], sets: impl IntoIterator<Item = [Value; N]>) -> Parameters {
        let names = names.map(Rc::<str>::from);
        Parameters::Many(sets.into_iter().map(|set| names.iter().cloned().zip(set).collect()).collect())
    }
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
    /// As few statements as it takes, though no rows come back.
    Batched,
}

/// A statement that is ready but for the defaults that user code computes.
pub struct Prepared {
    pub(super) engine: EngineId,
    pub(super) compiled: Rc<Compiled>,
    pub(super) cache: Cache,
    pub(super) values: Vec<Vec<Value>>,
    pub(super) types: Vec<SqlType>,
    pub(super) sql: Option<String>,
    pub(super) many: bool,
    pub(super) ordered: bool,
    /// Whether sets go out together though no rows come back.
    pub(super) batched: bool,
    /// Which schemas stand for others.
    pub(super) schema_map: Option<SchemaMap>,
    /// Whether its parameters are the values of one row, by name.
    pub(super) names_values: bool,
    /// The names of the parameters that were given, in their order.
    pub(super) given_keys: Vec<Rc<str>>,
    /// Defaults still to be computed: the set, the parameter, the code.
    pub pending: Vec<(usize, usize, Rc<dyn Any>)>,
}

/// What a default that user code computes is wanted for.
#[derive(Clone, Debug)]
pub struct DefaultWanted {
    /// The column.
    pub column: Option<ColumnId>,
    /// Whether a row is inserted, and not changed.
    pub inserts: bool,
    /// Whether there are several sets of parameters.
    pub many: bool,
    /// The other parameters of the row.
    pub parameters: Vec<(Rc<str>, Value)>,
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

/// A list that was given on execution; the class of what is none.
fn listed(value: &Value) -> Result<Written, String> {
    let items = |value: &Value| match value {
        Value::Opaque(object) => object.items(),
        _ => None,
    };
    let list = items(value).ok_or_else(|| value.type_name().into_owned())?;
    let rows: Option<Vec<Vec<Value>>> = list.iter().map(items).collect();
    Ok(match rows {
        Some(rows) if !rows.is_empty() => {
            let width = rows.iter().map(Vec::len).max().unwrap_or_default();
            Written::Rows(rows, vec![SqlType::Null; width])
        }
        _ => Written::List(list),
    })
}

/// The error of parameters that cannot be sent.
fn refused(compiled: &Compiled, class: &str, what: &str) -> EngineError {
    EngineError {
        statement: Some(compiled.sql.clone()),
        original: Some((class.into(), what.into())),
        ..EngineError::new(ErrorKind::Statement, format!("({class}) {what}"))
    }
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
        self.prepare_as(schema, engine, statement, parameters, execution, true)
    }

    /// The same only to be looked at: the cache is as if it had not been compiled.
    ///
    /// # Errors
    /// As for [`Engines::prepare`].
    pub fn explain(
        &mut self,
        schema: &Schema,
        engine: EngineId,
        statement: &Statement,
        parameters: &Parameters,
        execution: Execution,
    ) -> Result<Prepared, EngineError> {
        self.prepare_as(schema, engine, statement, parameters, execution, false)
    }

    fn prepare_as(
        &mut self,
        schema: &Schema,
        engine: EngineId,
        statement: &Statement,
        parameters: &Parameters,
        execution: Execution,
        remembered: bool,
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
        let is_sorted = matches!(statement, Statement::Insert(insert) if insert.sorted);
        let no_key = several_rows || matches!(statement, Statement::Ddl(_)) || !statement.is_cacheable();
        let schema_map = self.schema_map.clone();
        let schemas_later = schema_map.as_ref().map(|map| map.iter().any(|(from, _)| from.is_none()));
        let options = &self.engine(engine).options;
        let (label_length, linted) = (options.label_length, options.lints);
        let given = Given { linted, keys: Some(keys), many, schemas_later, label_length, ..Given::default() };
        // What the ORM loads by itself is kept apart from what a program asks for.
        let origin = self.causes.last().and_then(Cause::origin);
        let key = CacheKey::of(&(statement, &given.keys, given.many, given.schemas_later, origin));
        let build = |dialect| compile(schema, statement, dialect, &given).map_err(EngineError::from);
        let (compiled, cache) = if no_key || !remembered {
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
            ordered: execution == Execution::Ordered || is_sorted,
            batched: execution == Execution::Batched,
            given_keys,
            schema_map,
            names_values: !several_rows && !from_select,
            pending: Vec::new(),
        };
        let binds = statement.binds();
        for set in sets {
            prepared.add_set(schema, set, &binds).map_err(|error| with_all_sets(error, parameters))?;
        }
        Ok(prepared)
    }
}

/// The error of one set of parameters, which shows all of them.
pub(super) fn with_all_sets(error: EngineError, parameters: &Parameters) -> EngineError {
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
            // Most often they come in the statement's order.
            let is = |(key, _): &&(Rc<str>, Value)| *key == parameter.name;
            let given = || {
                let found = set.get(at).filter(is).or_else(|| set.iter().find(is));
                found.map(|(_, value)| value.clone())
            };
            if parameter.expanding_at.is_some() && self.many {
                return Err(refused(
                    &compiled,
                    "sqlalchemy.exc.InvalidRequestError",
                    "'literal_execute' or 'expanding' parameters can't be used with executemany()",
                ));
            }
            let bind = match &parameter.source {
                Source::Bind(place) => binds.get(*place),
                _ => None,
            };
            if parameter.empty_list.is_some() {
                let list = match (given(), bind.map(|bind| &bind.value)) {
                    (Some(value), _) => Some(listed(&value).map_err(|class| {
                        refused(&compiled, "builtins.TypeError", &format!("'{class}' object is not iterable"))
                    })?),
                    (None, Some(BindValue::Expanding(list))) => Some(Written::List(list.clone())),
                    (None, Some(BindValue::ExpandingRows(rows, types))) => {
                        Some(Written::Rows(rows.clone(), types.clone()))
                    }
                    (None, _) => None,
                };
                let list = list.ok_or_else(|| self.missing(&parameter.name, number))?;
                let list = match list {
                    Written::List(values) if parameter.literal_execute && !values.is_empty() => {
                        let texts = values
                            .iter()
                            .map(|value| literal_text(schema, value, &parameter.sql_type, Dialect::Sqlite));
                        Written::Literal(texts.collect::<Result<Vec<_>, _>>()?.join(", "))
                    }
                    other => other,
                };
                written.push((at, list));
                values.push(Value::Null);
                continue;
            }
            let value = match &parameter.source {
                Source::Bind(_) => match bind.map(|bind| &bind.value) {
                    Some(BindValue::One(value)) => Some(given().unwrap_or_else(|| value.clone())),
                    Some(BindValue::Callable(code)) => Some(given().unwrap_or_else(|| {
                        self.pending.push((number, at, Rc::clone(code)));
                        Value::Null
                    })),
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
            let value = value.ok_or_else(|| self.missing(&parameter.name, number))?;
            if parameter.expanding_at.is_some() {
                let text = literal_text(schema, &value, &parameter.sql_type, Dialect::Sqlite)?;
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

    fn missing(&self, name: &str, number: usize) -> EngineError {
        let what = format!("A value is required for bind parameter '{name}'");
        let what = if self.many { format!("{what}, in parameter group {number}") } else { what };
        refused(&self.compiled, "sqlalchemy.exc.InvalidRequestError", &what).with_code("cd3x")
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
            copied = start + parameter.token().len();
            match piece {
                Written::Literal(text) => sql.push_str(&text),
                Written::List(list) => {
                    let texts = match list.is_empty() {
                        true => parameter.empty_list.as_deref().unwrap_or_default().to_string(),
                        false => vec!["?"; list.len()].join(", "),
                    };
                    sql.push_str(
                        &parameter.frame.as_ref().map_or(texts.clone(), |frame| frame.around(&texts)),
                    );
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

    /// SQL with the schemas that stand for others.
    pub(super) fn translated(&self, sql: &str) -> String {
        let Some(map) = &self.schema_map else { return sql.to_string() };
        let mut out = String::with_capacity(sql.len());
        let mut rest = sql;
        while let Some((before, after)) = rest.split_once(SCHEMA_LATER) {
            let Some((name, after)) = after.split_once("].") else { break };
            let name = Some(name).filter(|name| *name != NO_SCHEMA);
            let found = map.iter().find(|(from, _)| from.as_deref() == name);
            let to = found.map_or(name, |(_, to)| to.as_deref()).filter(|to| !to.is_empty());
            // What SQLite calls its own.
            out.push_str(before);
            out.push_str(&quote(to.unwrap_or("main"), Dialect::Sqlite));
            out.push('.');
            rest = after;
        }
        out.push_str(rest);
        out
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
        let types = self.types.iter().enumerate();
        let places: Vec<usize> =
            types.filter(|(_, sql_type)| code(sql_type).is_some()).map(|(place, _)| place).collect();
        if places.is_empty() {
            return Vec::new();
        }
        let sets = 0..self.values.len();
        let all = sets.flat_map(|set| places.iter().map(move |place| (set, *place)));
        all.filter_map(|(set, place)| Some((set, place, code(&self.types[place])?))).collect()
    }

    /// A set of parameters by name, as they are when the default at a place is
    /// computed; of several rows in one statement, what was given for its row.
    pub fn row(&self, set: usize, place: usize) -> Vec<(Rc<str>, Value)> {
        let parameters = &self.compiled.parameters;
        // Of several rows in one statement, only the one that the default is for.
        let name = parameters.get(place).map(|parameter| &parameter.name);
        let own = parameters[..place.min(parameters.len())].iter();
        // A row's parameters end with its number, or else are counted.
        let numbered = name.and_then(|name| name.rsplit_once("_m")).map(|(_, number)| number);
        let group = match numbered.filter(|number| number.parse::<usize>().is_ok()) {
            Some(number) => format!("_m{number}"),
            None => format!("_m{}", own.filter(|parameter| Some(&parameter.name) == name).count()),
        };
        let several = parameters.iter().any(|parameter| parameter.name.ends_with("_m0"));
        let values = self.values.get(set).into_iter().flatten();
        let mut row: Vec<(Rc<str>, Value)> = Vec::new();
        if let (true, Some(name)) = (several, name) {
            row.push((name.strip_suffix(&group).unwrap_or(name).into(), Value::Null));
        }
        for ((at, parameter), value) in parameters.iter().enumerate().zip(values) {
            let is_default = matches!(parameter.source, Source::Default(_) | Source::OnUpdate(_));
            if several {
                let given = !is_default && !matches!(parameter.source, Source::Value(_));
                if let (true, Some(name)) = (given, parameter.name.strip_suffix(&group)) {
                    row.push((name.into(), value.clone()));
                }
                continue;
            }
            // What is computed later has its place already.
            let value = if is_default && at >= place { Value::Null } else { value.clone() };
            row.push((Rc::clone(&parameter.name), value));
        }
        row
    }

    /// What a pending default is wanted for.
    pub fn default_wanted(&self, set: usize, place: usize) -> DefaultWanted {
        let source = self.compiled.parameters.get(place).map(|parameter| &parameter.source);
        DefaultWanted {
            column: match source {
                Some(Source::Default(column) | Source::OnUpdate(column)) => Some(*column),
                _ => None,
            },
            inserts: self.compiled.kind == Kind::Insert,
            many: self.many,
            parameters: self.row(set, place),
        }
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

    /// The values that defaults gave, for each of what the sets are for: (whose,
    /// column, value).
    pub fn defaults_of<T: Copy>(&self, owners: impl Iterator<Item = T> + Clone) -> Vec<(T, Rc<str>, Value)> {
        let mut defaults = Vec::new();
        for key in self.defaulted() {
            for (at, owner) in owners.clone().enumerate() {
                defaults.extend(self.value(at, &key).map(|value| (owner, Rc::clone(&key), value.clone())));
            }
        }
        defaults
    }

    /// The parameters of a set, by name, in the order of the statement.
    pub fn parameters(&self, set: usize) -> impl Iterator<Item = (&Rc<str>, &Value)> {
        let names = self.compiled.parameters.iter().map(|parameter| &parameter.name);
        names.zip(self.values.get(set).into_iter().flatten())
    }

    /// The columns of its rows.
    pub fn result_columns(&self) -> &[ResultColumn] {
        &self.compiled.columns
    }

    /// Whether each set goes out in a statement of its own.
    pub fn goes_one_by_one(&self) -> bool {
        self.many && self.ordered
    }

    /// Its SQL, with names of schemas as the driver is given them.
    pub fn sql(&self) -> String {
        self.translated(self.sql.as_ref().unwrap_or(&self.compiled.sql))
    }

    /// What the program should be warned of: once, when the statement is compiled.
    pub fn warnings(&self) -> Vec<String> {
        match self.cache {
            Cache::Cached => Vec::new(),
            _ => self.compiled.effects.warnings.clone(),
        }
    }

    /// The engine that it is for.
    pub fn engine(&self) -> EngineId {
        self.engine
    }

    pub(super) fn bind(&self) -> Result<Vec<Row>, EngineError> {
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

    /// The sets of parameters as the program gave them.
    pub(super) fn given(&self) -> Vec<ParameterSet> {
        let given = |set: &Vec<Value>| -> ParameterSet {
            let of = |key: &Rc<str>| {
                let at = self.compiled.parameters.iter().position(|parameter| parameter.name == *key)?;
                Some((Rc::clone(key), set.get(at)?.clone()))
            };
            self.given_keys.iter().filter_map(of).collect()
        };
        self.values.iter().map(given).collect()
    }

    /// The error of a value that cannot be converted: the class of the
    /// exception, with its module, and its message. Only what the program gave with the statement is shown.
    pub fn refused(&self, class: &str, message: &str) -> EngineError {
        let sets = self.given();
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
