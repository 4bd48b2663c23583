//! Functions and collations of the program's own inside SQLite.
//!
//! The library takes functions that outlive everything else, and the program's
//! code does not: a call without an answer stops the statement, which is
//! executed again with it.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
use rusqlite::{Connection, Error, ToSql};
use rustc_hash::FxHashMap;

use super::{Bound, own};
use crate::engine::driver::{ProgramCall, ProgramFunction, ProgramFunctionId, REGEXP};
use crate::types::DbValue;

/// Makes a function known to a connection.
pub(super) fn create(
    connection: &Connection,
    replay: &Arc<Mutex<Replay>>,
    name: &str,
    kind: ProgramFunction,
    id: ProgramFunctionId,
) -> rusqlite::Result<()> {
    let replay = Arc::clone(replay);
    match kind {
        ProgramFunction::Collation => {
            connection.create_collation(name, move |a: &str, b: &str| compare(&replay, id, a, b))
        }
        ProgramFunction::Aggregate(arity) => {
            let aggregate = Collected { replay, id };
            connection.create_aggregate_function(name, arity, FunctionFlags::SQLITE_UTF8, aggregate)
        }
        ProgramFunction::Scalar(arity) | ProgramFunction::Deterministic(arity) => {
            let by_arguments = kind == ProgramFunction::Deterministic(arity);
            let flags = match by_arguments {
                true => FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
                false => FunctionFlags::SQLITE_UTF8,
            };
            connection.create_scalar_function(name, arity, flags, move |context| {
                let mut replay = replay.lock().unwrap_or_else(PoisonError::into_inner);
                replay.call(id, vec![arguments(context)], by_arguments)
            })
        }
    }
}

/// Gives a connection what SQLAlchemy gives it: REGEXP, and a `floor()` that is
/// Python's, whose result is a whole number.
pub(super) fn equip(connection: &Connection, replay: &Arc<Mutex<Replay>>) -> rusqlite::Result<()> {
    create(connection, replay, "regexp", ProgramFunction::Deterministic(2), REGEXP)?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let floor = |context: &Context<'_>| match context.get_raw(0) {
        ValueRef::Integer(value) => Ok(value),
        ValueRef::Real(value) if value.is_finite() => Ok(value.floor() as i64),
        _ => Err(raised()),
    };
    connection.create_scalar_function("floor", 1, flags, floor)
}

/// A call that is asked for: the function, the arguments, and whether equal
/// arguments have the same answer.
type Asked = (ProgramFunctionId, Vec<Vec<Owned>>, bool);

/// The calls of the program's functions in one statement, which is executed
/// again with the answers until it has all of them.
#[derive(Default)]
pub(super) struct Replay {
    /// How many calls there were in this execution.
    at: usize,
    /// The answers, in the order of the calls.
    answers: Vec<Option<Owned>>,
    /// The answers that depend on nothing but the arguments.
    known: FxHashMap<(ProgramFunctionId, String), Option<Owned>>,
    /// The calls without answers.
    asked: Vec<Asked>,
    /// Whether the statement changes nothing, so that it may go on without an answer.
    only_reads: bool,
}

impl Replay {
    /// The statement begins, perhaps not for the first time.
    pub(super) fn begin(&mut self, only_reads: bool) {
        self.at = 0;
        self.asked.clear();
        self.only_reads = only_reads;
    }

    /// The statement has come to its end.
    pub(super) fn forget(&mut self) {
        self.at = 0;
        self.answers.clear();
        self.known.clear();
        self.asked.clear();
    }

    /// Whether the statement stopped for want of an answer.
    pub(super) fn waits(&self) -> bool {
        !self.asked.is_empty()
    }

    /// The calls that wait for answers.
    pub(super) fn calls(&self) -> Vec<ProgramCall> {
        let values = |row: &Vec<Owned>| row.iter().map(|value| own(value.into())).collect();
        let call = |(function, rows, _): &Asked| ProgramCall {
            function: *function,
            rows: rows.iter().map(values).collect(),
        };
        self.asked.iter().map(call).collect()
    }

    /// Takes the answers to them.
    pub(super) fn answer(&mut self, answers: Vec<Option<DbValue>>) {
        let asked = std::mem::take(&mut self.asked);
        for ((function, rows, by_arguments), answer) in asked.into_iter().zip(answers) {
            let answer = answer.map(|value| match Bound(&value).to_sql() {
                Ok(ToSqlOutput::Owned(value)) => value,
                Ok(ToSqlOutput::Borrowed(value)) => kept(value),
                _ => Owned::Null,
            });
            if by_arguments {
                self.known.insert((function, format!("{rows:?}")), answer);
            } else {
                self.answers.push(answer);
            }
        }
    }

    fn call(
        &mut self,
        id: ProgramFunctionId,
        rows: Vec<Vec<Owned>>,
        by_arguments: bool,
    ) -> rusqlite::Result<Owned> {
        let answer = if by_arguments {
            self.known.get(&(id, format!("{rows:?}"))).cloned()
        } else {
            self.at += 1;
            self.answers.get(self.at - 1).cloned()
        };
        match answer {
            Some(answer) => answer.ok_or_else(raised),
            None => {
                let others_first = self.asked.iter().any(|(.., by_arguments)| !by_arguments);
                if !others_first && (by_arguments || self.asked.is_empty()) {
                    self.asked.push((id, rows, by_arguments));
                }
                if by_arguments && self.only_reads { Ok(Owned::Null) } else { Err(raised()) }
            }
        }
    }
}

fn raised() -> Error {
    Error::UserFunctionError("user-defined function raised exception".into())
}

fn arguments(context: &Context<'_>) -> Vec<Owned> {
    (0..context.len()).map(|at| kept(context.get_raw(at))).collect()
}

/// A value that outlives the statement.
fn kept(value: ValueRef<'_>) -> Owned {
    match value {
        ValueRef::Null => Owned::Null,
        ValueRef::Integer(value) => Owned::Integer(value),
        ValueRef::Real(value) => Owned::Real(value),
        ValueRef::Text(bytes) => Owned::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Owned::Blob(bytes.to_vec()),
    }
}

fn compare(replay: &Mutex<Replay>, id: ProgramFunctionId, a: &str, b: &str) -> Ordering {
    let row = vec![Owned::Text(a.to_string()), Owned::Text(b.to_string())];
    let mut replay = replay.lock().unwrap_or_else(PoisonError::into_inner);
    match replay.call(id, vec![row], true) {
        Ok(Owned::Integer(order)) => order.cmp(&0),
        _ => a.cmp(b),
    }
}

/// An aggregate of the program's own: its rows are collected, and the program
/// is called once.
struct Collected {
    replay: Arc<Mutex<Replay>>,
    id: ProgramFunctionId,
}

impl Aggregate<Vec<Vec<Owned>>, Owned> for Collected {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Vec<Vec<Owned>>> {
        Ok(Vec::new())
    }

    fn step(&self, context: &mut Context<'_>, rows: &mut Vec<Vec<Owned>>) -> rusqlite::Result<()> {
        rows.push(arguments(context));
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, rows: Option<Vec<Vec<Owned>>>) -> rusqlite::Result<Owned> {
        let mut replay = self.replay.lock().unwrap_or_else(PoisonError::into_inner);
        replay.call(self.id, rows.unwrap_or_default(), false)
    }
}
