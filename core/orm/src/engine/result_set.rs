//! What a statement gave: rows, counts, and what went in.
//!
//! SQLAlchemy counterpart: what `CursorResult` and its execution context know.

use std::rc::Rc;

use super::connection::Row;
use super::error::{EngineError, ErrorKind};
use super::execute::{ParameterSet, Prepared};
use crate::sql::compiler::{Compiled, Effects, Kind, ResultColumn};
use crate::types::{DbValue, Value};

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
    /// The values that went in, where rows were inserted or changed.
    pub inserted: Inserted,
    /// Whether there were several sets of parameters.
    pub many: bool,
    /// Whether its SQL was not compiled.
    pub is_raw: bool,
    /// Whether nothing is known of its columns but the names that the database gives.
    pub names_only: bool,
    /// What the statement tells of itself.
    pub effects: Effects,
    /// What the database told of keys and defaults, where that was asked for
    /// beside the rows of the program's own.
    pub defaults: Option<Vec<Vec<Value>>>,
}

/// The values that went in with a statement, for each set of parameters.
#[derive(Clone, Debug, Default)]
pub struct Inserted {
    statement: Option<Rc<Compiled>>,
    values: Vec<Vec<Value>>,
}

impl Inserted {
    pub(super) fn of(prepared: Prepared) -> Inserted {
        Inserted { statement: Some(prepared.compiled), values: prepared.values }
    }

    fn names(&self) -> impl Iterator<Item = &Rc<str>> {
        self.statement.iter().flat_map(|compiled| &compiled.parameters).map(|parameter| &parameter.name)
    }

    /// How many sets there were.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there were none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value that a set has for a column, by its key.
    pub fn value(&self, set: usize, key: &str) -> Option<&Value> {
        let at = self.names().position(|name| **name == *key)?;
        self.values.get(set)?.get(at)
    }

    /// The sets, by the keys of their columns.
    pub fn sets(&self) -> impl Iterator<Item = ParameterSet> {
        self.values.iter().map(|set| self.names().cloned().zip(set.iter().cloned()).collect())
    }
}

impl ResultSet {
    /// Keeps rows that came because keys or defaults were wanted apart from
    /// those that the program asked for.
    pub(super) fn keep_defaults(&mut self) {
        if !self.effects.returns_implicitly {
            return;
        }
        self.defaults = match self.effects.rewinds {
            true => Some(self.rows.clone()),
            false => Some(std::mem::take(&mut self.rows)),
        };
        self.rowcount = self.defaults.as_ref().map_or(0, Vec::len) as i64;
    }
}

/// Rows through the result conversion of their columns.
pub(super) fn convert(columns: &[ResultColumn], rows: Vec<Row>) -> Result<Vec<Vec<Value>>, EngineError> {
    let value = |(at, value): (usize, DbValue)| match columns.get(at) {
        Some(column) => column.sql_type.result(value).map_err(|error| EngineError {
            original: Some((format!("builtins.{}", error.class), error.message.clone())),
            ..EngineError::new(ErrorKind::Statement, error.message)
        }),
        None => Ok(value.plain()),
    };
    rows.into_iter().map(|row| row.into_iter().enumerate().map(value).collect()).collect()
}
