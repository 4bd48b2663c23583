//! Tables as plain data: `MetaData`, `Table`, `Column`, constraints.
//!
//! It knows types, expressions and ids; it knows no SQL text and no database.
//! SQLAlchemy counterpart: `sqlalchemy.sql.schema`.

mod column;
mod constraint;
mod implied;
mod naming;
mod options;
mod order;
mod repr;
mod table;

use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::expression::{AnonId, Made, Sequence, TypeExpressions};
use crate::types::{ColumnId, EnumType, MetaDataId, SqlType, TableId};

pub use column::{Column, ColumnDefault, Computed, Identity, ServerDefault};
pub use constraint::{
    Check, Checking, Condition, Constraint, ConstraintKind, ForeignKey, ForeignKeyRules, Index, IndexElement,
    TypeCheck, Unresolved,
};
pub use naming::NamingConvention;
pub use options::{OptionValue, Options};
pub use order::{Abilities, Sorted};
pub use repr::{computed_repr, element_repr, identity_repr, sequence_repr, server_default_repr};
pub use table::{MadeOf, Table};

/// A `MetaData` collection: its tables by key, which is `name` or `schema.name`.
#[derive(Clone, Debug, Default)]
pub struct MetaData {
    /// `MetaData.tables`
    pub tables: IndexMap<String, TableId, FxBuildHasher>,
    /// The schema that tables get by default.
    pub schema: Option<String>,
    /// How constraints and indexes are named.
    pub naming: NamingConvention,
    /// Its sequences.
    pub sequences: Vec<Sequence>,
}

/// Every `MetaData` and table of a program, by id.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    metadata: Vec<MetaData>,
    tables: Vec<Table>,
    /// What the program made of elements that stand in defaults, by dialect.
    made: FxHashMap<(u64, &'static str), Rc<Made>>,
    /// The texts of types that the program writes itself, by dialect.
    type_texts: FxHashMap<(&'static str, SqlType), Rc<str>>,
    /// The texts of columns' lines that the program writes itself, by dialect;
    /// none for a column that it leaves out.
    column_texts: FxHashMap<(&'static str, ColumnId), Option<Rc<str>>>,
    /// What types of the program's put around values and columns.
    type_expressions: FxHashMap<SqlType, Rc<TypeExpressions>>,
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
    #[error("A column with name '{column}' is already present in table '{table}'.")]
    DuplicateColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column without a name.
    #[error(
        "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table."
    )]
    NamelessColumn,
    /// A naming convention asks for a name that the constraint does not have.
    #[error(
        "Naming convention including %(constraint_name)s token requires that constraint is explicitly named."
    )]
    NamelessConstraint,
    /// A naming convention has a token that stands for nothing.
    #[error("'{0}'")]
    UnknownToken(String),
    /// A constraint or an index names a column that the table does not have.
    #[error("Can't create {class} on table '{table}': no column named '{column}' is present.")]
    NoColumn {
        /// The constraint's class.
        class: &'static str,
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A default that the database is to compute in two ways.
    #[error("{0}")]
    Argument(String),
}

impl Schema {
    /// Keeps what the program made of an element that stands in a default.
    pub fn keep_made(&mut self, dialect: &'static str, made: Rc<Made>) {
        self.made.insert((made.element.id.number(), dialect), made);
    }

    /// What the program made of an element for a dialect.
    pub fn made(&self, id: AnonId, dialect: &'static str) -> Option<Rc<Made>> {
        self.made.get(&(id.number(), dialect)).cloned()
    }

    /// Keeps the text that the program makes of a type.
    pub fn keep_type_text(&mut self, dialect: &'static str, sql_type: SqlType, text: &str) {
        self.type_texts.insert((dialect, sql_type), text.into());
    }

    /// The text that the program makes of a type for a dialect.
    pub fn type_text(&self, dialect: &'static str, sql_type: &SqlType) -> Option<&str> {
        if self.type_texts.is_empty() {
            return None;
        }
        self.type_texts.get(&(dialect, sql_type.clone())).map(|text| &**text)
    }

    /// Keeps the line of CREATE TABLE that the program makes of a column.
    pub fn keep_column_text(&mut self, dialect: &'static str, column: ColumnId, text: Option<Rc<str>>) {
        self.column_texts.insert((dialect, column), text);
    }

    /// The line that the program makes of a column, where it makes one: `Some(None)`
    /// is a column that it leaves out.
    pub fn column_text(&self, dialect: &'static str, column: ColumnId) -> Option<Option<&str>> {
        self.column_texts.get(&(dialect, column)).map(Option::as_deref)
    }

    /// Keeps what a type of the program's puts around values and columns.
    pub fn keep_type_expressions(&mut self, sql_type: SqlType, expressions: TypeExpressions) {
        self.type_expressions.insert(sql_type, Rc::new(expressions));
    }

    /// What a type of the program's puts around values and columns.
    pub fn type_expressions(&self, sql_type: &SqlType) -> Option<&Rc<TypeExpressions>> {
        if self.type_expressions.is_empty() { None } else { self.type_expressions.get(sql_type) }
    }

    /// Every table.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.iter()
    }

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

    /// A collection, to change it.
    pub fn metadata_mut(&mut self, id: MetaDataId) -> &mut MetaData {
        &mut self.metadata[id.index()]
    }

    /// Forgets a collection's tables, as `MetaData.clear()`.
    pub fn clear_metadata(&mut self, id: MetaDataId) {
        for table in self.metadata(id).tables.values().copied().collect::<Vec<_>>() {
            self.pin_references(table);
        }
        self.metadata[id.index()].tables.clear();
    }

    /// Takes one table out of its collection, as `MetaData.remove(table)`.
    pub fn remove_table(&mut self, id: TableId) {
        self.pin_references(id);
        let (metadata, key) = (self.table(id).metadata, self.table(id).key());
        self.metadata[metadata.index()].tables.shift_remove(&key);
    }

    /// Keeps what refers to a table by its name, before the name is forgotten.
    fn pin_references(&mut self, id: TableId) {
        let mut found = Vec::new();
        for (holder, table) in self.tables.iter().enumerate() {
            for (place, constraint) in table.constraints.iter().enumerate() {
                let ConstraintKind::ForeignKey { targets, .. } = &constraint.kind else { continue };
                for (at, key) in targets.iter().enumerate() {
                    let target = self.resolve(TableId(holder as u32), key).ok();
                    if let Some(target) = target.filter(|target| key.column.is_none() && target.table == id) {
                        found.push((holder, place, at, target));
                    }
                }
            }
        }
        for (holder, place, at, target) in found {
            if let ConstraintKind::ForeignKey { targets, .. } =
                &mut self.tables[holder].constraints[place].kind
            {
                targets[at].column = Some(target);
            }
        }
    }

    /// Adds a table to a collection.
    ///
    /// # Errors
    /// When the collection has one of that name.
    pub fn add_table(&mut self, metadata: MetaDataId, mut table: Table) -> Result<TableId, SchemaError> {
        let collection = &self.metadata[metadata.index()];
        if table.schema.is_none() && !table.blank_schema {
            table.schema.clone_from(&collection.schema);
        }
        let key = table.key();
        if collection.tables.contains_key(&key) {
            return Err(SchemaError::AlreadyDefined(key));
        }
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        for column in &table.columns {
            if column.name.is_empty() {
                return Err(SchemaError::NamelessColumn);
            }
            if !seen.insert(&column.key) {
                return Err(SchemaError::DuplicateColumn { table: key, column: column.key.clone() });
            }
        }
        table.metadata = metadata;
        type_schemas(&mut table, collection.schema.as_deref());
        let columns: Vec<usize> = (0..table.columns.len()).collect();
        let id = TableId(self.tables.len() as u32);
        implied::complete(&mut table, id, &collection.naming, &columns)?;
        self.metadata[metadata.index()].tables.insert(key, id);
        self.tables.push(table);
        self.resolve_types(id);
        Ok(id)
    }

    /// Adds columns, constraints and indexes to a table that exists; a column of
    /// a known key takes the place of the one that was there.
    ///
    /// # Errors
    /// As [`Schema::add_table`].
    pub fn extend_table(&mut self, id: TableId, more: Table) -> Result<(), SchemaError> {
        let mut table = self.table(id).clone();
        let mut added = Vec::new();
        for column in more.columns {
            if column.name.is_empty() {
                return Err(SchemaError::NamelessColumn);
            }
            match table.column_index(&column.key) {
                Some(at) => {
                    let at = at as usize;
                    implied::forget(&mut table, at);
                    table.columns[at] = column;
                    added.push(at);
                }
                None => {
                    added.push(table.columns.len());
                    table.columns.push(column);
                }
            }
        }
        for mut constraint in more.constraints {
            self.metadata(table.metadata).naming.name_constraint(&table, &mut constraint)?;
            if let ConstraintKind::PrimaryKey { .. } = constraint.kind {
                table.constraints.retain(|other| !matches!(other.kind, ConstraintKind::PrimaryKey { .. }));
            }
            table.constraints.push(constraint);
        }
        for mut index in more.indexes {
            self.metadata(table.metadata).naming.name_index(&table, &mut index)?;
            table.indexes.push(index);
        }
        let naming = &self.metadata(table.metadata).naming;
        implied::complete(&mut table, id, naming, &added)?;
        *self.table_mut(id) = table;
        self.resolve_types(id);
        Ok(())
    }

    /// The name of a table's primary key, and whether it is a conventional one.
    pub fn primary_key_name(&self, id: TableId) -> Option<(String, bool)> {
        let table = self.table(id);
        let mut key = match table.primary_key_constraint() {
            Some(given) => given.clone(),
            None => Constraint::new(ConstraintKind::PrimaryKey { columns: Vec::new() }),
        };
        self.metadata(table.metadata).naming.name_constraint(table, &mut key).ok()?;
        key.name.map(|name| (name, key.conventional))
    }

    /// Makes a constraint of a primary key that is only said of columns, where a
    /// convention names it.
    pub fn keep_primary_key(&mut self, id: TableId) {
        let table = self.table(id);
        if table.primary_key_constraint().is_none()
            && let Some((name, conventional)) = self.primary_key_name(id)
        {
            let key = self.table(id).primary_key();
            let keys = key.iter().map(|at| self.table(id).columns[*at as usize].key.clone());
            let kind = ConstraintKind::PrimaryKey { columns: keys.collect() };
            let constraint = Constraint { conventional, ..Constraint::new(kind).named(Some(name)) };
            self.table_mut(id).constraints.push(constraint);
        }
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

    /// The foreign keys of a table that can be resolved, as (its column, their
    /// column), in the order of its columns.
    pub fn foreign_keys(&self, table: TableId) -> Vec<(ColumnId, ColumnId)> {
        let definition = self.table(table);
        let mut pairs = Vec::new();
        for constraint in &definition.constraints {
            let ConstraintKind::ForeignKey { columns, targets, .. } = &constraint.kind else { continue };
            for (column, key) in columns.iter().zip(targets) {
                let own = definition.named_column(column);
                if let (Some(index), Ok(target)) = (own, self.resolve(table, key)) {
                    pairs.push((ColumnId { table, index }, target));
                }
            }
        }
        pairs.sort_by_key(|(own, _)| own.index);
        pairs
    }

    /// The foreign keys of a column that can be resolved: what tells their
    /// constraint from the table's others, and the column that they refer to.
    pub(crate) fn column_foreign_keys(&self, id: ColumnId) -> Vec<(u32, ColumnId)> {
        let table = self.table(id.table);
        let key = &self.column(id).key;
        let mut keys = Vec::new();
        for (at, constraint) in table.constraints.iter().enumerate() {
            let ConstraintKind::ForeignKey { columns, targets, .. } = &constraint.kind else { continue };
            for (_, target) in columns.iter().zip(targets).filter(|(name, _)| *name == key) {
                if let Ok(target) = self.resolve(id.table, target) {
                    keys.push((at as u32, target));
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
            if !self.table(table).columns.iter().any(|column| column.sql_type == SqlType::Null) {
                continue;
            }
            for (own, target) in self.foreign_keys(table) {
                if self.column(own).sql_type == SqlType::Null {
                    let sql_type = self.column(target).sql_type.clone();
                    self.table_mut(table).columns[own.index as usize].sql_type = sql_type;
                }
            }
        }
    }
}

/// Gives enumerations without a schema that of the collection, or of the table
/// where they ask for it.
fn type_schemas(table: &mut Table, collection: Option<&str>) {
    let own = table.schema.clone();
    for column in &mut table.columns {
        let SqlType::Enum(made) = &column.sql_type else { continue };
        let schema = if made.inherit_schema { own.as_deref() } else { collection };
        if made.schema.is_none() && made.type_class.package != "mysql" && schema.is_some() {
            let schema = schema.map(str::to_string);
            column.sql_type = SqlType::Enum(Rc::new(EnumType { schema, ..(**made).clone() }));
        }
    }
}
