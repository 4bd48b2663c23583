//! `Table`, `Column` and what belongs to them.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use crate::expression::Expr;
use crate::types::{ColumnId, MetaDataId, SqlType, Value};

/// A table's definition.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The schema (attached database) it is in.
    pub schema: Option<String>,
    /// The collection it belongs to.
    pub metadata: MetaDataId,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// Table-level constraints in order.
    pub constraints: Vec<Constraint>,
    /// Indexes that are created after it.
    pub indexes: Vec<Index>,
}

/// A column's definition.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name in the database.
    pub name: String,
    /// The name in the program.
    pub key: String,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether the type is still to be taken from the column it refers to.
    pub type_from_foreign_key: bool,
    /// Part of the primary key.
    pub primary_key: bool,
    /// Takes NULL.
    pub nullable: bool,
    /// `autoincrement`: `None` is SQLAlchemy's `"auto"`.
    pub autoincrement: Option<bool>,
    /// What it refers to.
    pub foreign_keys: Vec<ForeignKey>,
    /// Gets a UNIQUE constraint of its own.
    pub unique: bool,
    /// Gets an index of its own.
    pub index: bool,
    /// The value for rows inserted without one.
    pub default: Option<ColumnDefault>,
    /// The value for rows updated without one.
    pub onupdate: Option<ColumnDefault>,
    /// The text after DEFAULT in DDL.
    pub server_default: Option<ServerDefault>,
    /// CHECK constraints that stand beside it: name and text.
    pub checks: Vec<(Option<String>, String)>,
}

/// DEFAULT in DDL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerDefault {
    /// A string, which is quoted.
    Literal(String),
    /// SQL text as it stands, for each kind of database.
    Text {
        /// For none in particular.
        default: String,
        /// For SQLite.
        sqlite: String,
        /// For PostgreSQL.
        postgresql: String,
        /// For MySQL.
        mysql: String,
    },
}

/// A default that is computed where the statement is built.
#[derive(Clone)]
pub enum ColumnDefault {
    /// The same value for every row.
    Scalar(Value),
    /// Program code that is run for every row; the floor above knows what it is.
    Callable {
        /// What to run.
        code: Rc<dyn Any>,
        /// Its name, for `repr` and for plans.
        name: String,
    },
    /// An expression, which stands in the statement.
    Sql(Expr),
}

impl fmt::Debug for ColumnDefault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ColumnDefault::Scalar(value) => write!(f, "ScalarElementColumnDefault({})", value.repr()),
            ColumnDefault::Callable { name, code } => write!(
                f,
                "CallableColumnDefault(<function {name} at {:#x}>)",
                Rc::as_ptr(code).cast::<()>() as usize
            ),
            ColumnDefault::Sql(_) => f.write_str("ColumnElementColumnDefault(…)"),
        }
    }
}

/// A reference to a column of another table.
#[derive(Clone, Debug, Default)]
pub struct ForeignKey {
    /// `table.column`, as it was written.
    pub target: String,
    /// The column itself, where it was given and not named.
    pub column: Option<ColumnId>,
    /// `ON DELETE`
    pub on_delete: Option<String>,
    /// `ON UPDATE`
    pub on_update: Option<String>,
    /// The constraint's name.
    pub name: Option<String>,
}

/// Why a foreign key has no column yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// The table is not defined.
    Table(String),
    /// The table has no such column.
    Column {
        /// The table.
        table: String,
        /// The missing column.
        column: String,
    },
}

/// A constraint of a table.
#[derive(Clone, Debug)]
pub enum Constraint {
    /// `PrimaryKeyConstraint`, where it is given and not made from columns.
    PrimaryKey {
        /// Its name.
        name: Option<String>,
        /// Its columns' keys.
        columns: Vec<String>,
    },
    /// `UniqueConstraint`
    Unique {
        /// Its name.
        name: Option<String>,
        /// Its columns' keys.
        columns: Vec<String>,
    },
    /// `CheckConstraint`
    Check {
        /// Its name.
        name: Option<String>,
        /// Its SQL text.
        text: String,
    },
    /// `ForeignKeyConstraint` over several columns.
    ForeignKey {
        /// Its columns' keys.
        columns: Vec<String>,
        /// `table.column` for each.
        targets: Vec<String>,
        /// Name and actions.
        options: ForeignKey,
    },
}

/// An index.
#[derive(Clone, Debug)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its columns' keys.
    pub columns: Vec<String>,
    /// Whether it refuses duplicates.
    pub unique: bool,
}

impl Table {
    /// A table without columns.
    pub fn new(name: impl Into<String>) -> Table {
        Table {
            name: name.into(),
            schema: None,
            metadata: MetaDataId(0),
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
        }
    }

    /// Adds a column.
    pub fn column(mut self, column: Column) -> Table {
        self.columns.push(column);
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

    /// The places of the primary key's columns, in the key's order.
    pub fn primary_key(&self) -> Vec<u32> {
        let explicit = self.constraints.iter().find_map(|constraint| match constraint {
            Constraint::PrimaryKey { columns, .. } if !columns.is_empty() => Some(columns),
            _ => None,
        });
        match explicit {
            Some(keys) => keys.iter().filter_map(|key| self.column_index(key)).collect(),
            None => {
                (0..self.columns.len() as u32).filter(|&at| self.columns[at as usize].primary_key).collect()
            }
        }
    }

    /// The column whose value the database makes up: a lone integer primary key
    /// without default and reference.
    pub fn autoincrement_column(&self) -> Option<u32> {
        let key = self.primary_key();
        let forced = key.iter().find(|&&at| self.columns[at as usize].autoincrement == Some(true));
        if let Some(&at) = forced {
            return Some(at);
        }
        let [at] = key[..] else { return None };
        let column = &self.columns[at as usize];
        let suits = column.sql_type.is_integer()
            && column.foreign_keys.is_empty()
            && column.server_default.is_none()
            && column.autoincrement.is_none();
        suits.then_some(at)
    }
}

impl Column {
    /// A nullable column.
    pub fn new(name: impl Into<String>, sql_type: SqlType) -> Column {
        let name = name.into();
        Column {
            key: name.clone(),
            name,
            sql_type,
            type_from_foreign_key: false,
            primary_key: false,
            nullable: true,
            autoincrement: None,
            foreign_keys: Vec::new(),
            unique: false,
            index: false,
            default: None,
            onupdate: None,
            server_default: None,
            checks: Vec::new(),
        }
    }

    /// Makes it (part of) the primary key, which is not nullable.
    pub fn primary_key(mut self) -> Column {
        self.primary_key = true;
        self.nullable = false;
        self
    }

    /// Refuses NULL.
    pub fn not_null(mut self) -> Column {
        self.nullable = false;
        self
    }

    /// Refuses duplicates.
    pub fn unique(mut self) -> Column {
        self.unique = true;
        self
    }

    /// Refers to `table.column`.
    pub fn references(mut self, target: impl Into<String>) -> Column {
        self.foreign_keys.push(ForeignKey { target: target.into(), ..ForeignKey::default() });
        self
    }
}
