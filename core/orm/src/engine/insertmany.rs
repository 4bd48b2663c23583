//! INSERT … RETURNING over several sets of parameters, in as few statements as
//! the database lets: insertmanyvalues.
//!
//! SQLAlchemy counterpart: `_deliver_insertmanyvalues_batches`.

use std::rc::Rc;

use super::connection::{ConnectionId, Row};
use super::error::EngineError;
use super::event::{Cache, Stats};
use super::execute::{Prepared, ResultSet, Sent, convert};
use super::listen::Listener;
use crate::sql::compiler::Kind;

/// How many parameters SQLite takes.
const PARAMETERS_IN_STATEMENT: usize = 32_700;

impl dyn Listener + '_ {
    /// Sends the batches and puts their rows together.
    pub(super) fn insert_many_values(
        &mut self,
        connection: ConnectionId,
        prepared: &Prepared,
        sets: Vec<Row>,
    ) -> Result<ResultSet, EngineError> {
        let compiled = &prepared.compiled;
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
        let sets_conflict = after > 0 && compiled.sql.contains(" DO UPDATE SET ");
        let one_by_one = prepared.ordered || sets_conflict;
        let size = match &compiled.values_at {
            Some(_) if !one_by_one => {
                page_size.min((PARAMETERS_IN_STATEMENT - before - after) / within.max(1)).max(1)
            }
            _ => 1,
        };
        let total = sets.len().div_ceil(size);
        let order = match (prepared.ordered, one_by_one) {
            (true, _) => "ordered; batch not supported",
            (false, true) => "unordered; batch not supported",
            (false, false) => "unordered",
        };
        let mut result = ResultSet {
            columns: Rc::new(compiled.columns.clone()),
            returns_rows: true,
            kind: Some(Kind::Insert),
            many: true,
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
            let sent = Sent { sql, sets: vec![flat], many: false, shown: None };
            let raw = self.execute_logged(connection, sent, stats, Kind::Insert)?;
            // The cursor's own count is that of the last statement.
            result.rowcount = if preserve_rowcount { sets.len() } else { raw.rows.len() } as i64;
            result.last_row_id = raw.last_row_id;
            result.rows.extend(convert(&result.columns, raw.rows)?);
        }
        let names = || compiled.parameters.iter().map(|parameter| Rc::clone(&parameter.name));
        result.inserted =
            prepared.values.iter().map(|set| names().zip(set.iter().cloned()).collect()).collect();
        Ok(result)
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
