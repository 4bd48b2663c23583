//! INSERT … RETURNING over several sets of parameters, in as few statements as
//! the database lets: insertmanyvalues.
//!
//! SQLAlchemy counterpart: `_deliver_insertmanyvalues_batches`.

use std::rc::Rc;

use super::connection::{ConnectionId, Row};
use super::error::{EngineError, ErrorKind};
use super::event::{Cache, Stats};
use super::execute::Prepared;
use super::listen::Listener;
use super::result_set::{Inserted, ResultSet, convert};
use super::send::Sent;
use crate::sql::compiler::{Kind, Source};
use crate::types::DbValue;

/// How many parameters SQLite takes.
const PARAMETERS_IN_STATEMENT: usize = 32_700;

impl dyn Listener + '_ {
    /// Sends the batches and puts their rows together.
    pub(super) fn insert_many_values(
        &mut self,
        connection: ConnectionId,
        prepared: Prepared,
        sets: Vec<Row>,
    ) -> Result<ResultSet, EngineError> {
        let compiled = Rc::clone(&prepared.compiled);
        let engines = self.engines();
        let engine = engines.engine(engines.connection(connection)?.engine);
        let options = engines.connection_options(connection);
        let page_size = options.page_size.unwrap_or(engine.options.page_size);
        let preserve_rowcount = options.preserve_rowcount;
        let width = sets.first().map_or(0, Vec::len);
        // Parameters before and after VALUES stand there once, whatever is batched.
        let (before, within) = match &compiled.values_at {
            Some(span) => {
                (placeholders(&compiled.sql[..span.start]), placeholders(&compiled.sql[span.clone()]))
            }
            None => (0, 0),
        };
        let after = width.saturating_sub(before + within);
        // Only one SET serves a batch, so values in it that are given for each row
        // ask for a statement each.
        let sets_conflict = compiled.sql.contains(" DO UPDATE SET ")
            && compiled
                .parameters
                .iter()
                .skip(before + within)
                .any(|one| matches!(one.source, Source::Given));
        let sentinels = Sentinels::of(&prepared);
        let one_by_one = (prepared.ordered && sentinels.places.is_empty()) || sets_conflict;
        let size = match &compiled.values_at {
            Some(_) if !one_by_one => {
                page_size.min((PARAMETERS_IN_STATEMENT - before - after) / within.max(1)).max(1)
            }
            _ => 1,
        };
        let total = sets.len().div_ceil(size);
        let order = match (prepared.ordered, one_by_one) {
            (true, true) => "ordered; batch not supported",
            (true, false) => "ordered",
            (false, true) => "unordered; batch not supported",
            (false, false) => "unordered",
        };
        let mut result = ResultSet {
            columns: Rc::new(compiled.columns[..compiled.columns.len() - sentinels.places.len()].to_vec()),
            returns_rows: true,
            kind: Some(Kind::Insert),
            many: true,
            effects: compiled.effects.clone(),
            ..ResultSet::default()
        };
        if size == 1 && !self.tells_each(prepared.engine()) {
            let sql = prepared.translated(&compiled.sql);
            let mut last = 0;
            for (set, raw) in sets.iter().zip(self.execute_each(connection, &sql, &sets)?) {
                result.last_row_id = raw.last_row_id;
                let rows = sentinels.sorted(raw.rows, std::slice::from_ref(set))?;
                last = rows.len();
                result.rows.extend(convert(&result.columns, rows)?);
            }
            // The cursor's own count is that of the last statement.
            result.rowcount = if preserve_rowcount { sets.len() } else { last } as i64;
            return Ok(finished(self, prepared, result));
        }
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
                cache: if at == 0 { prepared.cache } else { Cache::Batch },
                batch: Some(format!("{}/{total} ({order})", at + 1)),
            };
            let flat = match batch {
                [one] => one.clone(),
                [first, ..] => {
                    let mut flat = first[..before].to_vec();
                    batch.iter().for_each(|set| flat.extend_from_slice(&set[before..before + within]));
                    flat.extend_from_slice(&first[before + within..]);
                    flat
                }
                [] => Row::new(),
            };
            let sql = prepared.translated(&sql);
            let sent = Sent { sql, sets: vec![flat], many: false, shown: None };
            let mut raw = self.execute_logged(connection, sent, stats, Kind::Insert)?;
            raw.rows = sentinels.sorted(raw.rows, batch)?;
            // The cursor's own count is that of the last statement.
            result.rowcount = if preserve_rowcount { sets.len() } else { raw.rows.len() } as i64;
            result.last_row_id = raw.last_row_id;
            result.rows.extend(convert(&result.columns, raw.rows)?);
        }
        Ok(finished(self, prepared, result))
    }
}

/// A result that is told to the log, and knows what went in.
fn finished(listener: &mut (dyn Listener + '_), prepared: Prepared, mut result: ResultSet) -> ResultSet {
    listener.engines().log_rows(prepared.engine(), &result);
    result.inserted = Inserted::of(prepared);
    result.keep_defaults();
    result
}

/// By which values the rows of a batch are put into the order of its sets.
struct Sentinels {
    /// The places of the values among the parameters; the same values are the
    /// last columns of the rows.
    places: Vec<usize>,
}

impl Sentinels {
    fn of(prepared: &Prepared) -> Sentinels {
        let compiled = &prepared.compiled;
        let place = |name: &Rc<str>| compiled.parameters.iter().position(|parameter| parameter.name == *name);
        Sentinels { places: compiled.sentinels.iter().filter_map(place).collect() }
    }

    /// The rows in the order of the sets, without the last columns.
    fn sorted(&self, rows: Vec<Row>, batch: &[Row]) -> Result<Vec<Row>, EngineError> {
        if self.places.is_empty() {
            return Ok(rows);
        }
        let mut waiting: Vec<(Row, Row)> = Vec::with_capacity(rows.len());
        for mut row in rows {
            let key = row.split_off(row.len().saturating_sub(self.places.len()));
            waiting.push((key, row));
        }
        let mut sorted = Vec::with_capacity(waiting.len());
        for set in batch {
            let key: Row = self.places.iter().filter_map(|at| set.get(*at).cloned()).collect();
            // The database most often keeps the order: the first one is the one.
            let Some(at) = waiting.iter().position(|(own, _)| *own == key) else {
                let shown = key.iter().map(DbValue::repr).collect::<Vec<_>>().join(", ");
                return Err(EngineError::new(
                    ErrorKind::InvalidRequest,
                    format!(
                        "Can't match sentinel values in result set to parameter sets; key {shown} was not found. There may be a mismatch between the datatype passed to the DBAPI driver vs. that which it returns in a result row.  Ensure the given Python value matches the expected result type *exactly*, taking care to not rely upon implicit conversions which may occur such as when using strings in place of UUID or integer values, etc. "
                    ),
                ));
            };
            sorted.push(waiting.remove(at).1);
        }
        Ok(sorted)
    }
}

/// How many parameters a piece of SQL has; quoted text has none.
fn placeholders(sql: &str) -> usize {
    let mut quote = None;
    let mut count = 0;
    for c in sql.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '?') => count += 1,
            (None, _) => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::placeholders;

    #[test]
    fn only_placeholders_outside_of_quotes_count() {
        assert_eq!(placeholders("INSERT INTO \"a?\" VALUES (?, '?', ?)"), 2);
    }
}
