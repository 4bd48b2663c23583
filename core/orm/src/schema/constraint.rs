//! Constraints and indexes.

use super::options::Options;
use crate::expression::{Expr, Kind};
use crate::types::ColumnId;

/// A reference to a column of another table.
#[derive(Clone, Debug, Default)]
pub struct ForeignKey {
    /// `table.column`, as it was written.
    pub target: String,
    /// The column itself, where it was given and not named.
    pub column: Option<ColumnId>,
    /// The constraint's name.
    pub name: Option<String>,
    /// What else is said of the constraint.
    pub rules: ForeignKeyRules,
    /// `DEFERRABLE`, `INITIALLY`
    pub checking: Checking,
}

/// What a foreign key does, apart from what it refers to.
///
/// ```
/// # use ormscope::{schema::*, sql::*, sql::compiler::Dialect, types::*};
/// # let mut schema = Schema::default();
/// # let metadata = schema.add_metadata(Default::default());
/// # let integer = |name: &str| Column::new(name, SqlType::Integer);
/// schema.add_table(metadata, Table::new("owner").column(integer("id").primary_key()))?;
/// let mut owner = integer("owner_id").references("owner.id");
/// owner.foreign_keys[0].rules.on_delete = Some("CASCADE".into());
/// let pet = schema.add_table(metadata, Table::new("pet").column(owner))?;
/// let create = Statement::Ddl(Ddl::CreateTable(CreateTable::new(pet)));
/// let sql = to_sql(&schema, create, Dialect::Default)?;
/// assert!(sql.contains("FOREIGN KEY(owner_id) REFERENCES owner (id) ON DELETE CASCADE"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignKeyRules {
    /// `ON DELETE`
    pub on_delete: Option<String>,
    /// `ON UPDATE`
    pub on_update: Option<String>,
    /// `MATCH`
    pub match_: Option<String>,
    /// Whether it is added after its table was created.
    pub use_alter: bool,
}

/// When a constraint is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checking {
    /// `DEFERRABLE`, `NOT DEFERRABLE`
    pub deferrable: Option<bool>,
    /// `INITIALLY`
    pub initially: Option<String>,
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

/// A CHECK constraint.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: Option<String>,
    /// What must hold.
    pub condition: Expr,
    /// When it is checked.
    pub checking: Checking,
    /// What only some dialects know.
    pub options: Options,
}

/// When a constraint or an index is part of what is created: `ddl_if`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The databases that it is for; all of them where none is named.
    pub dialects: Option<Vec<String>>,
    /// What the program's own code answered; it is asked anew before each statement.
    pub answer: bool,
}

impl Condition {
    /// Whether it holds for a database.
    pub fn holds(&self, dialect: &str) -> bool {
        self.answer
            && self.dialects.as_ref().is_none_or(|dialects| dialects.iter().any(|known| known == dialect))
    }
}

/// A constraint of a table.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// Its name.
    pub name: Option<String>,
    /// Whether the name comes from a convention, so that it is shortened where
    /// it is too long.
    pub conventional: bool,
    /// What it demands.
    pub kind: ConstraintKind,
    /// When it is checked.
    pub checking: Checking,
    /// Its comment.
    pub comment: Option<String>,
    /// The type that brought it: a CHECK for an `Enum` or a `Boolean` is not for
    /// databases that have the type themselves.
    pub of_type: Option<TypeCheck>,
    /// When it is created; always where there is none.
    pub condition: Option<Condition>,
    /// Whether a statement of its own adds it, so that CREATE TABLE leaves it out.
    pub separate: bool,
    /// What only some dialects know.
    pub options: Options,
}

/// The type that a CHECK constraint stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeCheck {
    /// `Boolean`
    Boolean,
    /// `Enum` that may be the database's own type.
    NativeEnum,
    /// `Enum` that is never the database's own type.
    Enum,
}

/// What a constraint demands.
#[derive(Clone, Debug)]
pub enum ConstraintKind {
    /// `PrimaryKeyConstraint`, where it is given and not made from columns.
    PrimaryKey {
        /// Its columns' keys.
        columns: Vec<String>,
    },
    /// `UniqueConstraint`
    Unique {
        /// Its columns' keys.
        columns: Vec<String>,
    },
    /// `CheckConstraint`
    Check {
        /// What must hold.
        condition: Expr,
    },
    /// `ForeignKeyConstraint`
    ForeignKey {
        /// Its columns' keys.
        columns: Vec<String>,
        /// What each refers to.
        targets: Vec<ForeignKey>,
        /// What it does.
        rules: ForeignKeyRules,
    },
    /// PostgreSQL's `ExcludeConstraint`
    Exclude {
        /// Column or expression, and operator.
        elements: Vec<(IndexElement, String)>,
        /// `USING`
        using: String,
        /// `WHERE`
        where_: Option<Expr>,
        /// The operator classes of columns, by their keys.
        ops: Vec<(String, String)>,
    },
}

impl Constraint {
    /// A constraint without a name.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::*, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let integer = |name: &str| Column::new(name, SqlType::Integer);
    /// let both = ConstraintKind::Unique { columns: vec!["a".into(), "b".into()] };
    /// let check = ConstraintKind::Check { condition: Expr::text("a < b") };
    /// let table = Table::new("pet").column(integer("a")).column(integer("b"));
    /// let table = table.constraint(Constraint::new(both)).constraint(Constraint::new(check).named(Some("ordered".into())));
    /// let pet = schema.add_table(metadata, table)?;
    /// let create = Statement::Ddl(Ddl::CreateTable(CreateTable::new(pet)));
    /// assert_eq!(
    ///     to_sql(&schema, create, Dialect::Default)?,
    ///     "\nCREATE TABLE pet (\n\ta INTEGER, \n\tb INTEGER, \n\tUNIQUE (a, b), \n\tCONSTRAINT ordered CHECK (a < b)\n)\n\n",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(kind: ConstraintKind) -> Constraint {
        Constraint {
            name: None,
            conventional: false,
            kind,
            checking: Checking::default(),
            comment: None,
            of_type: None,
            condition: None,
            separate: false,
            options: Options::default(),
        }
    }

    /// The same with a name.
    pub fn named(mut self, name: Option<String>) -> Constraint {
        self.name = name;
        self
    }

    /// The keys of its columns.
    pub fn columns(&self) -> &[String] {
        match &self.kind {
            ConstraintKind::PrimaryKey { columns }
            | ConstraintKind::Unique { columns }
            | ConstraintKind::ForeignKey { columns, .. } => columns,
            ConstraintKind::Check { .. } | ConstraintKind::Exclude { .. } => &[],
        }
    }

    /// The name of its class.
    pub fn class_name(&self) -> &'static str {
        match self.kind {
            ConstraintKind::PrimaryKey { .. } => "PrimaryKeyConstraint",
            ConstraintKind::Unique { .. } => "UniqueConstraint",
            ConstraintKind::Check { .. } => "CheckConstraint",
            ConstraintKind::ForeignKey { .. } => "ForeignKeyConstraint",
            ConstraintKind::Exclude { .. } => "ExcludeConstraint",
        }
    }
}

/// What an index is over.
#[derive(Clone, Debug)]
pub enum IndexElement {
    /// A column, by its key.
    Column(String),
    /// An expression.
    Expr(Expr),
}

/// An index.
#[derive(Clone, Debug)]
pub struct Index {
    /// Its name.
    pub name: Option<String>,
    /// Whether the name comes from a convention.
    pub conventional: bool,
    /// What it is over.
    pub elements: Vec<IndexElement>,
    /// Whether it refuses duplicates.
    pub unique: bool,
    /// Whether its name is quoted, where that does not follow from the name.
    pub quote: Option<bool>,
    /// When it is created; always where there is none.
    pub condition: Option<Condition>,
    /// What only some dialects know.
    pub options: Options,
}

impl Index {
    /// An index over columns, by their keys.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::*, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let integer = |name: &str| Column::new(name, SqlType::Integer);
    /// let index = Index { unique: true, ..Index::new(Some("ix_pet".into()), vec!["age".into()]) };
    /// let pet = schema.add_table(metadata, Table::new("pet").column(integer("age")).index(index))?;
    /// let create = Ddl::CreateIndex { table: pet, index: 0, if_not_exists: false };
    /// assert_eq!(to_sql(&schema, Statement::Ddl(create), Dialect::Default)?, "CREATE UNIQUE INDEX ix_pet ON pet (age)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(name: Option<String>, columns: Vec<String>) -> Index {
        let elements = columns.into_iter().map(IndexElement::Column).collect();
        Index {
            name,
            conventional: false,
            elements,
            unique: false,
            quote: None,
            condition: None,
            options: Options::default(),
        }
    }

    /// The keys of its columns.
    pub fn columns(&self) -> Vec<&str> {
        let keys = self.elements.iter().filter_map(|element| match element {
            IndexElement::Column(key) => Some(key.as_str()),
            IndexElement::Expr(expr) => match expr.kind() {
                Kind::Column(column) => Some(&**column.name.base()),
                _ => None,
            },
        });
        keys.collect()
    }
}
