//! `Table`.

use std::rc::Rc;

use super::column::Column;
use super::constraint::{Constraint, ConstraintKind, Index};
use super::options::Options;
use crate::expression::Statement;
use crate::types::MetaDataId;

/// A table's definition.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The schema (attached database) it is in.
    pub schema: Option<String>,
    /// Whether it has no schema although its collection has one.
    pub blank_schema: bool,
    /// The collection it belongs to.
    pub metadata: MetaDataId,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// Its constraints in the order in which they were made: those given, then
    /// those that columns bring.
    pub constraints: Vec<Constraint>,
    /// Indexes that are created after it.
    pub indexes: Vec<Index>,
    /// Its comment.
    pub comment: Option<String>,
    /// What stands between CREATE and TABLE.
    pub prefixes: Vec<String>,
    /// Whether its name is quoted, where that does not follow from the name.
    pub quote: Option<bool>,
    /// The same of its schema.
    pub quote_schema: Option<bool>,
    /// Whether the keys of new rows may be asked for by RETURNING.
    pub implicit_returning: bool,
    /// What only some dialects know.
    pub options: Options,
    /// The statement that it is made of: it is a view, or a copy of what is selected.
    pub made_of: Option<Rc<MadeOf>>,
}

/// What `CREATE VIEW` and `CREATE TABLE … AS` say beside the name.
#[derive(Clone, Debug)]
pub struct MadeOf {
    /// What is selected.
    pub select: Statement,
    /// Whether it is a view.
    pub view: bool,
    /// `MATERIALIZED`
    pub materialized: bool,
    /// `OR REPLACE`
    pub or_replace: bool,
    /// `TEMPORARY`
    pub temporary: bool,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// `WITH (…)`, for PostgreSQL.
    pub with: Vec<(String, String)>,
}

impl Table {
    /// A table without columns.
    pub fn new(name: impl Into<String>) -> Table {
        Table {
            name: name.into(),
            schema: None,
            blank_schema: false,
            metadata: MetaDataId(0),
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            comment: None,
            prefixes: Vec::new(),
            quote: None,
            quote_schema: None,
            implicit_returning: true,
            options: Options::default(),
            made_of: None,
        }
    }

    /// Adds a column.
    pub fn column(mut self, column: Column) -> Table {
        self.columns.push(column);
        self
    }

    /// Adds a constraint.
    pub fn constraint(mut self, constraint: Constraint) -> Table {
        self.constraints.push(constraint);
        self
    }

    /// Adds an index.
    pub fn index(mut self, index: Index) -> Table {
        self.indexes.push(index);
        self
    }

    /// `MetaData.tables`' key.
    pub fn key(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The place of the column of that key.
    pub fn column_index(&self, key: &str) -> Option<u32> {
        self.columns.iter().position(|column| column.key == key).map(|at| at as u32)
    }

    /// The place of the column that a constraint names: by its key, or else by
    /// its name, as reflected constraints do.
    pub fn named_column(&self, name: &str) -> Option<u32> {
        let by_name = || self.columns.iter().position(|column| column.name == name).map(|at| at as u32);
        self.column_index(name).or_else(by_name)
    }

    /// The primary key's constraint, where it is given and not made from columns.
    pub fn primary_key_constraint(&self) -> Option<&Constraint> {
        self.constraints
            .iter()
            .find(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }))
    }

    /// The places of the primary key's columns, in the key's order.
    pub fn primary_key(&self) -> Vec<u32> {
        let explicit = self.primary_key_constraint().map(Constraint::columns).filter(|keys| !keys.is_empty());
        match explicit {
            Some(keys) => keys.iter().filter_map(|key| self.named_column(key)).collect(),
            None => {
                (0..self.columns.len() as u32).filter(|&at| self.columns[at as usize].primary_key).collect()
            }
        }
    }

    /// Whether a column refers to another, by itself or in a constraint of the table.
    pub fn refers(&self, at: u32) -> bool {
        let column = &self.columns[at as usize];
        !column.foreign_keys.is_empty()
            || self.constraints.iter().any(|constraint| {
                matches!(constraint.kind, ConstraintKind::ForeignKey { .. })
                    && constraint.columns().contains(&column.key)
            })
    }

    /// The column whose value the database makes up: a lone integer primary key
    /// without default and reference.
    pub fn autoincrement_column(&self) -> Option<u32> {
        let key = self.primary_key();
        let forced = key.iter().find(|&&at| {
            let column = &self.columns[at as usize];
            column.autoincrement == Some(true)
        });
        if let Some(&at) = forced {
            return Some(at);
        }
        let [at] = key[..] else { return None };
        let column = &self.columns[at as usize];
        let optional = match &column.default {
            None => true,
            Some(super::ColumnDefault::Sequence(_)) => true,
            Some(_) => false,
        };
        let suits = column.sql_type.is_integer()
            && !self.refers(at)
            && optional
            && (column.server_default.is_none() || column.identity.is_some())
            && column.autoincrement.is_none();
        suits.then_some(at)
    }
}
