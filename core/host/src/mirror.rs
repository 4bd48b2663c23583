//! The rows of each database, inside the transaction and as committed.
//!
//! A second connection cannot look at an in-memory database, so what is
//! committed is remembered: it is what there was when no transaction was open.

use std::collections::BTreeMap;

use ormscope::engine::Probe;
use ormscope::types::{DbValue, EngineId};

use crate::protocol::{RowMark, RowView, TableView};

/// How many rows of a table are shown.
const SHOWN: usize = 200;

/// One side of a database: its tables by name.
pub(crate) type Tables = BTreeMap<String, TableRows>;

/// The first rows of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TableRows {
    columns: Vec<String>,
    /// The row's identity in SQLite, then its values.
    rows: Vec<(DbValue, Vec<String>)>,
    total: u32,
}

/// One database from both sides.
#[derive(Default)]
pub(crate) struct Mirror {
    pub(crate) inside: Tables,
    pub(crate) committed: Tables,
    pub(crate) in_transaction: bool,
    /// Both sides as the page draws them.
    pub(crate) views: Vec<TableView>,
    stale: bool,
}

/// Every engine's database.
#[derive(Default)]
pub(crate) struct Mirrors {
    by_engine: BTreeMap<EngineId, Mirror>,
    /// How often a database was read.
    readings: u64,
}

impl Mirrors {
    /// A statement may have changed rows. Only the end of a transaction is
    /// looked at right away: what follows it may hide what was committed.
    pub(crate) fn wrote(&mut self, engine: EngineId, mut probe: Probe<'_>) {
        let mirror = self.by_engine.entry(engine).or_default();
        mirror.stale = true;
        if !probe.in_transaction() {
            mirror.read(&mut probe);
            self.readings += 1;
        }
    }

    /// Reads what changed since the last look.
    pub(crate) fn refresh(&mut self, engine: EngineId, mut probe: Probe<'_>) {
        let mirror = self.by_engine.entry(engine).or_default();
        if mirror.stale || mirror.in_transaction != probe.in_transaction() {
            mirror.read(&mut probe);
            self.readings += 1;
        }
    }

    /// A number that is another one whenever something may look different.
    pub(crate) fn readings(&self) -> u64 {
        self.readings
    }

    /// The two sides of an engine's database.
    pub(crate) fn get(&self, engine: EngineId) -> Option<&Mirror> {
        self.by_engine.get(&engine)
    }
}

impl Mirror {
    fn read(&mut self, probe: &mut Probe<'_>) {
        self.stale = false;
        self.in_transaction = probe.in_transaction();
        self.inside = read_tables(probe);
        if !self.in_transaction {
            self.committed = self.inside.clone();
        }
        self.views = self.marked_tables();
    }

    /// The tables, with what differs marked.
    fn marked_tables(&self) -> Vec<TableView> {
        let names: Vec<&String> = {
            let mut names: Vec<&String> = self.inside.keys().chain(self.committed.keys()).collect();
            names.sort();
            names.dedup();
            names
        };
        let none = TableRows::default();
        names
            .into_iter()
            .map(|name| {
                let inside = self.inside.get(name).unwrap_or(&none);
                let committed = self.committed.get(name).unwrap_or(&none);
                let columns = if inside.columns.is_empty() { &committed.columns } else { &inside.columns };
                TableView {
                    name: name.clone(),
                    columns: columns.clone(),
                    inside: marked(inside, committed, RowMark::Added),
                    committed: marked(committed, inside, RowMark::Removed),
                    inside_total: inside.total,
                    committed_total: committed.total,
                }
            })
            .collect()
    }
}

/// The rows of one side, marked where the other side differs.
fn marked(own: &TableRows, other: &TableRows, alone: RowMark) -> Vec<RowView> {
    own.rows
        .iter()
        .enumerate()
        .map(|(at, (id, cells))| {
            // Most often both sides have the row at the same place.
            let is = |(other, _): &&(DbValue, Vec<String>)| other == id;
            let found = other.rows.get(at).filter(is).or_else(|| other.rows.iter().find(is));
            let mark = match found {
                Some((_, same)) if same == cells => RowMark::Same,
                Some(_) => RowMark::Changed,
                None => alone,
            };
            RowView { cells: cells.clone(), mark }
        })
        .collect()
}

fn read_tables(probe: &mut Probe<'_>) -> Tables {
    let list =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    // A database that cannot be read shows no tables; the script's own error tells why.
    let Ok(names) = probe.query(list, &[]) else { return Tables::new() };
    let mut tables = Tables::new();
    for row in names.rows {
        let Some(DbValue::Text(name)) = row.into_iter().next() else { continue };
        if let Some(table) = read_table(probe, &name) {
            tables.insert(name.to_string(), table);
        }
    }
    tables
}

fn read_table(probe: &mut Probe<'_>, name: &str) -> Option<TableRows> {
    let quoted = name.replace('"', "\"\"");
    let total = probe.query(&format!("SELECT count(*) FROM \"{quoted}\""), &[]).ok()?;
    let total = match total.rows.first().and_then(|row| row.first()) {
        Some(DbValue::Int(count)) => u32::try_from(*count).unwrap_or(u32::MAX),
        _ => 0,
    };
    // A table WITHOUT ROWID has no rowid: its first column stands for it.
    let with_id = format!("SELECT rowid, * FROM \"{quoted}\" LIMIT {SHOWN}");
    let without = format!("SELECT 0, * FROM \"{quoted}\" LIMIT {SHOWN}");
    let found = probe.query(&with_id, &[]).or_else(|_| probe.query(&without, &[])).ok()?;
    let columns = found.columns.iter().skip(1).map(|column| column.to_string()).collect();
    let rows = found
        .rows
        .into_iter()
        .map(|row| {
            let mut values = row.into_iter();
            let id = values.next().unwrap_or_default();
            (id, values.map(|value| value.repr()).collect())
        })
        .collect();
    Some(TableRows { columns, rows, total })
}
