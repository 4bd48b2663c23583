//! The order in which tables can be created and dropped.

use super::Schema;
use crate::types::{MetaDataId, TableId, topological};

impl Schema {
    /// A collection's tables, each after those it refers to: `MetaData.sorted_tables`.
    ///
    /// Tables are taken by name where the order is free. References within a
    /// cycle of tables are left out of account.
    pub fn sorted_tables(&self, metadata: MetaDataId) -> Vec<TableId> {
        let mut tables: Vec<TableId> = self.metadata(metadata).tables.values().copied().collect();
        tables.sort_by_key(|id| self.table(*id).key());
        self.sort_tables(tables)
    }

    /// Tables, each after those it refers to; otherwise in the order given.
    pub fn sort_tables(&self, tables: Vec<TableId>) -> Vec<TableId> {
        let mut edges: Vec<(TableId, TableId)> = Vec::new();
        for &table in &tables {
            for (_, target) in self.foreign_keys(table) {
                if target.table != table {
                    edges.push((target.table, table));
                }
            }
        }
        topological::sort(&edges, &tables).unwrap_or_else(|_| {
            let cyclic = topological::cycles(&edges, &tables);
            edges.retain(|(first, then)| !(cyclic.contains(first) && cyclic.contains(then)));
            topological::sort(&edges, &tables).unwrap_or(tables)
        })
    }
}
