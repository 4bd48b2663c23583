//! Tables as plain data: `MetaData`, `Table`, `Column`, constraints.
//!
//! It knows types and ids; it knows no SQL text and no database.
//! SQLAlchemy counterpart: `sqlalchemy.sql.schema`.

mod order;
mod repr;
mod table;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::types::{ColumnId, MetaDataId, TableId};

pub use table::{Column, ColumnDefault, Constraint, ForeignKey, Index, ServerDefault, Table, Unresolved};

/// A `MetaData` collection: its tables by key, which is `name` or `schema.name`.
#[derive(Clone, Debug, Default)]
pub struct MetaData {
    /// `MetaData.tables`
    pub tables: IndexMap<String, TableId, FxBuildHasher>,
    /// The schema that tables get by default.
    pub schema: Option<String>,
}

/// Every `MetaData` and table of a program, by id.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    metadata: Vec<MetaData>,
    tables: Vec<Table>,
}

/// Why a table cannot be defined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// The `MetaData` has a table of that name.
    #[error(
        "Table '{0}' is already defined for this MetaData instance.  Specify 'extend_existing=True' to redefine options and columns on an existing Table object."
    )]
    AlreadyDefined(String),
    /// A table has two columns of one name.
    #[error(
        "A column with name '{column}' is already present in table '{table}'. Specify replace_existing=True to Table.append_column() to replace an existing column."
    )]
    DuplicateColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
}

impl Schema {
    /// A new, empty `MetaData`.
    ///
    /// ```
    /// use ormscope::schema::{Column, Schema, Table};
    /// use ormscope::types::SqlType;
    ///
    /// let mut schema = Schema::default();
    /// let metadata = schema.add_metadata(Default::default());
    /// let users = schema.add_table(
    ///     metadata,
    ///     Table::new("users")
    ///         .column(Column::new("id", SqlType::Integer).primary_key())
    ///         .column(Column::new("name", SqlType::String { length: Some(50) })),
    /// )?;
    /// assert_eq!(schema.table(users).columns[1].name, "name");
    /// # Ok::<(), ormscope::schema::SchemaError>(())
    /// ```
    pub fn add_metadata(&mut self, metadata: MetaData) -> MetaDataId {
        self.metadata.push(metadata);
        MetaDataId((self.metadata.len() - 1) as u32)
    }

    /// A collection.
    pub fn metadata(&self, id: MetaDataId) -> &MetaData {
        &self.metadata[id.index()]
    }

    /// Forgets a collection's tables, as `MetaData.clear()`.
    pub fn clear_metadata(&mut self, id: MetaDataId) {
        self.metadata[id.index()].tables.clear();
    }

    /// Takes one table out of its collection, as `MetaData.remove(table)`.
    pub fn remove_table(&mut self, id: TableId) {
        let (metadata, key) = (self.table(id).metadata, self.table(id).key());
        self.metadata[metadata.index()].tables.shift_remove(&key);
    }

    /// Adds a table to a collection.
    ///
    /// # Errors
    /// When the collection has one of that name.
    pub fn add_table(&mut self, metadata: MetaDataId, mut table: Table) -> Result<TableId, SchemaError> {
        let collection = &mut self.metadata[metadata.index()];
        if table.schema.is_none() {
            table.schema.clone_from(&collection.schema);
        }
        let key = table.key();
        if collection.tables.contains_key(&key) {
            return Err(SchemaError::AlreadyDefined(key));
        }
        for (at, column) in table.columns.iter().enumerate() {
            if table.columns[..at].iter().any(|other| other.key == column.key) {
                return Err(SchemaError::DuplicateColumn { table: key, column: column.key.clone() });
            }
        }
        table.metadata = metadata;
        let id = TableId(self.tables.len() as u32);
        collection.tables.insert(key, id);
        self.tables.push(table);
        self.resolve_types(id);
        Ok(id)
    }

    /// A table.
    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id.index()]
    }

    /// A table, to change it.
    pub fn table_mut(&mut self, id: TableId) -> &mut Table {
        &mut self.tables[id.index()]
    }

    /// A column.
    pub fn column(&self, id: ColumnId) -> &Column {
        &self.tables[id.table.index()].columns[id.index as usize]
    }

    /// The table of that key in a collection.
    pub fn find_table(&self, metadata: MetaDataId, key: &str) -> Option<TableId> {
        self.metadata[metadata.index()].tables.get(key).copied()
    }

    /// The column that a foreign key points to.
    ///
    /// # Errors
    /// When its table or column is not defined (yet).
    pub fn resolve(&self, table: TableId, key: &ForeignKey) -> Result<ColumnId, Unresolved> {
        if let Some(id) = key.column {
            return Ok(id);
        }
        let (target, column) = key.target.rsplit_once('.').unwrap_or((&key.target, ""));
        let metadata = self.table(table).metadata;
        let own_schema = self.table(table).schema.as_ref().map(|schema| format!("{schema}.{target}"));
        let found = own_schema
            .and_then(|key| self.find_table(metadata, &key))
            .or_else(|| self.find_table(metadata, target))
            .ok_or_else(|| Unresolved::Table(target.to_string()))?;
        // A target without a dot names a table; its single column of the same key is meant.
        let index = self
            .table(found)
            .column_index(column)
            .ok_or_else(|| Unresolved::Column { table: target.to_string(), column: column.to_string() })?;
        Ok(ColumnId { table: found, index })
    }

    /// The foreign keys of a table that can be resolved, as (its column, their column).
    pub fn foreign_keys(&self, table: TableId) -> Vec<(ColumnId, ColumnId)> {
        let mut pairs = Vec::new();
        for (index, column) in self.table(table).columns.iter().enumerate() {
            for key in &column.foreign_keys {
                if let Ok(target) = self.resolve(table, key) {
                    pairs.push((ColumnId { table, index: index as u32 }, target));
                }
            }
        }
        pairs
    }

    /// The foreign keys of a column that can be resolved: what tells their
    /// constraint from the table's others, and the column that they refer to.
    pub(crate) fn column_foreign_keys(&self, id: ColumnId) -> Vec<((u32, u32), ColumnId)> {
        let table = self.table(id.table);
        let column = self.column(id);
        let mut keys = Vec::new();
        for (at, key) in column.foreign_keys.iter().enumerate() {
            if let Ok(target) = self.resolve(id.table, key) {
                keys.push(((id.index + 1, at as u32), target));
            }
        }
        for (at, constraint) in table.constraints.iter().enumerate() {
            let Constraint::ForeignKey { columns, targets, .. } = constraint else { continue };
            for (_, target) in columns.iter().zip(targets).filter(|(name, _)| **name == column.key) {
                let key = ForeignKey { target: target.clone(), ..ForeignKey::default() };
                if let Ok(target) = self.resolve(id.table, &key) {
                    keys.push(((0, at as u32), target));
                }
            }
        }
        keys
    }

    /// Gives columns without a type that of the column they refer to, in this
    /// table and in those that waited for it.
    fn resolve_types(&mut self, added: TableId) {
        let metadata = self.table(added).metadata;
        let tables: Vec<TableId> = self.metadata(metadata).tables.values().copied().collect();
        for table in tables {
            for index in 0..self.table(table).columns.len() {
                let column = &self.table(table).columns[index];
                if !column.type_from_foreign_key {
                    continue;
                }
                let target = column.foreign_keys.first().and_then(|key| self.resolve(table, key).ok());
                if let Some(target) = target.filter(|id| !self.column(*id).type_from_foreign_key) {
                    let sql_type = self.column(target).sql_type.clone();
                    let column = &mut self.table_mut(table).columns[index];
                    column.sql_type = sql_type;
                    column.type_from_foreign_key = false;
                }
            }
        }
    }
}
