//! `INSERT`, `UPDATE`, `DELETE` as plain data.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.dml`, and the extensions of its dialects.

use std::rc::Rc;

use super::element::Expr;
use super::from::{Affix, Alias, From};
use super::select::{Hint, Select, SelectItem};

/// `INSERT`
#[derive(Clone, Debug, Hash)]
pub struct Insert {
    /// The table.
    pub table: From,
    /// What is inserted.
    pub values: InsertValues,
    /// `ON CONFLICT`, `ON DUPLICATE KEY`: SQLite takes several.
    pub on_conflict: Vec<OnConflict>,
    /// `RETURNING`
    pub returning: Vec<SelectItem>,
    /// Whether the rows come back in the order of the parameters.
    pub sorted: bool,
    /// What every kind of change has.
    pub dml: Dml,
    /// Whether defaults that the program computes are left out.
    pub inline: bool,
}

/// What INSERT, UPDATE and DELETE all have.
#[derive(Clone, Debug, Default, Hash)]
pub struct Dml {
    /// What follows the first word.
    pub prefixes: Vec<Affix>,
    /// Hints for the table.
    pub hints: Vec<Hint>,
    /// CTEs that are written whether or not they are used, and whether just here.
    pub ctes: Vec<(Rc<Alias>, bool)>,
    /// `LIMIT` of MySQL.
    pub limit: Option<Expr>,
    /// Whether that is an extension of the statement, which other databases refuse.
    pub limit_extends: bool,
    /// What the database computes and the program wants to be told.
    pub defaults: Option<ReturnDefaults>,
    /// How objects in memory follow an UPDATE or DELETE of a class: statements
    /// that differ in it are compiled apart.
    pub synchronized: u8,
}

/// `return_defaults(…)`
#[derive(Clone, Debug, Default, Hash)]
pub struct ReturnDefaults {
    /// The columns; none for all that the database computes.
    pub columns: Vec<SelectItem>,
    /// What is returned beside them.
    pub supplemental: Vec<SelectItem>,
}

/// What happens to a row that conflicts with one that is there.
#[derive(Clone, Debug, Hash)]
pub struct OnConflict {
    /// The dialect whose form it is.
    pub dialect: ConflictDialect,
    /// What conflicts.
    pub target: ConflictTarget,
    /// What is set: the key of a column and its value; nothing for `DO NOTHING`.
    pub set: Option<Vec<(Rc<str>, Expr)>>,
    /// The conditions of the update, joined by AND.
    pub where_: Option<Expr>,
    /// Whether values are set in the order given and not in the table's.
    pub ordered: bool,
    /// The row that was to be inserted, where values are taken from it.
    pub proposed: Option<Rc<Alias>>,
}

/// Whose ON CONFLICT it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConflictDialect {
    /// SQLite
    Sqlite,
    /// PostgreSQL
    Postgresql,
    /// MySQL's ON DUPLICATE KEY UPDATE
    Mysql,
}

/// What conflicts.
#[derive(Clone, Debug, Default, Hash)]
pub enum ConflictTarget {
    /// Anything.
    #[default]
    Any,
    /// A constraint by name.
    Constraint(Rc<str>),
    /// The index over these columns or expressions, with its condition.
    Index(Vec<Expr>, Option<Expr>),
}

/// Where an INSERT's rows come from.
#[derive(Clone, Debug, Default, Hash)]
pub enum InsertValues {
    /// From the parameters of the execution.
    #[default]
    Parameters,
    /// One row.
    Row(Vec<Assignment>),
    /// Several rows in one statement.
    Rows(Vec<Vec<Assignment>>),
    /// A select, the keys of the columns it fills, and whether defaults of other
    /// columns are added to it.
    Select(Vec<Rc<str>>, Box<Select>, bool),
}

/// `column = value`
#[derive(Clone, Debug, Hash)]
pub struct Assignment {
    /// The column.
    pub target: AssignmentTarget,
    /// Its value.
    pub value: Expr,
}

/// What is assigned to.
#[derive(Clone, Debug, Hash)]
pub enum AssignmentTarget {
    /// The column of that key.
    Key(Rc<str>),
    /// A column, which may be another table's, or an expression on one.
    Expr(Expr),
}

/// `UPDATE`
#[derive(Clone, Debug, Hash)]
pub struct Update {
    /// The table, or the join whose tables are changed.
    pub table: From,
    /// What is set; parameters of the execution add to it.
    pub values: Vec<Assignment>,
    /// Whether values are set in the order given and not in the table's.
    pub ordered: bool,
    /// Whether values were given, be they none: else all columns are set.
    pub valued: bool,
    /// The conditions, joined by AND.
    pub where_: Vec<Expr>,
    /// `RETURNING`
    pub returning: Vec<SelectItem>,
    /// What every kind of change has.
    pub dml: Dml,
}

/// `DELETE`
#[derive(Clone, Debug, Hash)]
pub struct Delete {
    /// The table.
    pub table: From,
    /// What stands beside the table: `USING`.
    pub using: Vec<From>,
    /// The conditions, joined by AND.
    pub where_: Vec<Expr>,
    /// `RETURNING`
    pub returning: Vec<SelectItem>,
    /// What every kind of change has.
    pub dml: Dml,
}

impl Insert {
    /// An INSERT of the rows given on execution.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// assert_eq!(text(Insert::into(pet).into())?, "INSERT INTO pet (id, age) VALUES (:id, :age)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into(table: impl Into<From>) -> Insert {
        Insert {
            table: table.into(),
            values: InsertValues::Parameters,
            on_conflict: Vec::new(),
            returning: Vec::new(),
            sorted: false,
            dml: Dml::default(),
            inline: false,
        }
    }
}

impl Update {
    /// An UPDATE of the values given on execution.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// assert_eq!(text(Update::of(pet).into())?, "UPDATE pet SET id=:id, age=:age");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(table: impl Into<From>) -> Update {
        Update {
            table: table.into(),
            values: Vec::new(),
            ordered: false,
            valued: false,
            where_: Vec::new(),
            returning: Vec::new(),
            dml: Dml::default(),
        }
    }
}

impl Delete {
    /// A DELETE of every row.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// assert_eq!(text(Delete::from(pet).into())?, "DELETE FROM pet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from(table: impl Into<From>) -> Delete {
        Delete {
            table: table.into(),
            using: Vec::new(),
            where_: Vec::new(),
            returning: Vec::new(),
            dml: Dml::default(),
        }
    }
}

impl Assignment {
    /// A value for the column of that key.
    pub fn to(key: &str, value: Expr) -> Assignment {
        Assignment { target: AssignmentTarget::Key(key.into()), value }
    }

    /// The key of the column, where it is given by one.
    pub fn key(&self) -> Option<&str> {
        match &self.target {
            AssignmentTarget::Key(key) => Some(key),
            AssignmentTarget::Expr(_) => None,
        }
    }
}
