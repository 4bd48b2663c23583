//! `Column` and the values that it has by itself.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use super::constraint::{Check, ForeignKey};
use super::options::Options;
use crate::expression::{Counting, Expr, Sequence};
use crate::types::{SqlType, Value};

/// A column's definition.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name in the database.
    pub name: String,
    /// The name in the program.
    pub key: String,
    /// Its type.
    pub sql_type: SqlType,
    /// Part of the primary key.
    pub primary_key: bool,
    /// Takes NULL.
    pub nullable: bool,
    /// Whether that was said of it, so that being part of the key does not change it.
    pub nullable_given: bool,
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
    /// The value that the database makes for rows inserted without one.
    pub server_default: Option<ServerDefault>,
    /// Whether the database changes the value of rows that are updated.
    pub server_onupdate: bool,
    /// `GENERATED … AS IDENTITY`
    pub identity: Option<Identity>,
    /// `GENERATED ALWAYS AS (…)`
    pub computed: Option<Computed>,
    /// CHECK constraints that stand beside it.
    pub checks: Vec<Check>,
    /// Its comment.
    pub comment: Option<String>,
    /// Whether its name is quoted, where that does not follow from the name.
    pub quote: Option<bool>,
    /// Whether the database has it by itself, so that it is not created.
    pub system: bool,
    /// The number of who is told of changes inside of its values.
    pub tracked: Option<u32>,
    /// What only some dialects know.
    pub options: Options,
}

/// The value that the database gives a column.
#[derive(Clone, Debug)]
pub enum ServerDefault {
    /// A string, which is quoted.
    Literal(String),
    /// An expression.
    Expr(Expr),
    /// Something that is not part of DDL, such as a trigger: `FetchedValue()`.
    Fetched,
}

/// `GENERATED ALWAYS AS IDENTITY`
///
/// ```
/// # use ormscope::{schema::*, sql::*, sql::compiler::Dialect, types::*};
/// # let mut schema = Schema::default();
/// # let metadata = schema.add_metadata(Default::default());
/// # let integer = |name: &str| Column::new(name, SqlType::Integer);
/// let id = Column { identity: Some(Identity { always: true, ..Identity::default() }), ..integer("id").not_null() };
/// let pet = schema.add_table(metadata, Table::new("pet").column(id))?;
/// let create = Statement::Ddl(Ddl::CreateTable(CreateTable::new(pet)));
/// assert_eq!(
///     to_sql(&schema, create, Dialect::Postgresql)?,
///     "\nCREATE TABLE pet (\n\tid INTEGER GENERATED ALWAYS AS IDENTITY\n)\n\n",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// `ALWAYS` and not `BY DEFAULT`.
    pub always: bool,
    /// Oracle's `ON NULL`.
    pub on_null: Option<bool>,
    /// How it counts.
    pub counting: Counting,
}

/// `GENERATED ALWAYS AS (…)`
///
/// ```
/// # use ormscope::{schema::*, sql::*, sql::compiler::Dialect, types::*};
/// # let mut schema = Schema::default();
/// # let metadata = schema.add_metadata(Default::default());
/// # let integer = |name: &str| Column::new(name, SqlType::Integer);
/// let computed = Computed { expr: Expr::text("age * 12"), persisted: Some(true) };
/// let months = Column { computed: Some(computed), ..integer("months") };
/// let pet = schema.add_table(metadata, Table::new("pet").column(integer("age")).column(months))?;
/// let create = Statement::Ddl(Ddl::CreateTable(CreateTable::new(pet)));
/// assert_eq!(
///     to_sql(&schema, create, Dialect::Default)?,
///     "\nCREATE TABLE pet (\n\tage INTEGER, \n\tmonths INTEGER GENERATED ALWAYS AS (age * 12) STORED\n)\n\n",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Computed {
    /// What it is computed from.
    pub expr: Expr,
    /// `STORED`, `VIRTUAL`
    pub persisted: Option<bool>,
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
    /// An expression that becomes part of the statement.
    Expr(Expr),
    /// The next value of a sequence, where the database has sequences.
    Sequence(Rc<Sequence>),
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
            ColumnDefault::Expr(expr) => {
                write!(f, "ColumnElementColumnDefault({})", super::repr::element_repr(expr))
            }
            ColumnDefault::Sequence(sequence) => f.write_str(&super::repr::sequence_repr(sequence)),
        }
    }
}

impl Column {
    /// A nullable column.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::*, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let integer = |name: &str| Column::new(name, SqlType::Integer);
    /// let name = Column::new("name", SqlType::String { length: Some(9) }).not_null().unique();
    /// let pet = schema.add_table(metadata, Table::new("pet").column(integer("id").primary_key()).column(name))?;
    /// let create = Statement::Ddl(Ddl::CreateTable(CreateTable::new(pet)));
    /// assert_eq!(
    ///     to_sql(&schema, create, Dialect::Default)?,
    ///     "\nCREATE TABLE pet (\n\tid INTEGER NOT NULL, \n\tname VARCHAR(9) NOT NULL, \n\tPRIMARY KEY (id), \n\tUNIQUE (name)\n)\n\n",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(name: impl Into<String>, sql_type: SqlType) -> Column {
        let name = name.into();
        Column {
            key: name.clone(),
            name,
            sql_type,
            primary_key: false,
            nullable: true,
            nullable_given: false,
            autoincrement: None,
            foreign_keys: Vec::new(),
            unique: false,
            index: false,
            default: None,
            onupdate: None,
            server_default: None,
            server_onupdate: false,
            identity: None,
            computed: None,
            checks: Vec::new(),
            comment: None,
            quote: None,
            system: false,
            tracked: None,
            options: Options::default(),
        }
    }

    /// Makes it (part of) the primary key, which is not nullable.
    pub fn primary_key(mut self) -> Column {
        self.primary_key = true;
        self.nullable = false;
        self
    }

    /// Whether only an INSERT that is executed tells the value of a row without one.
    pub fn is_made_by_insert(&self) -> bool {
        self.server_default.is_some() || matches!(self.default, Some(ColumnDefault::Expr(_)))
    }

    /// Whether only an UPDATE that is executed tells the value of a row that it changed.
    pub fn is_made_by_update(&self) -> bool {
        self.server_onupdate
            || self.computed.is_some()
            || matches!(self.onupdate, Some(ColumnDefault::Expr(_)))
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
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::*, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let integer = |name: &str| Column::new(name, SqlType::Integer);
    /// schema.add_table(metadata, Table::new("owner").column(integer("id").primary_key()))?;
    /// let pet = schema.add_table(metadata, Table::new("pet").column(integer("owner_id").references("owner.id")))?;
    /// let create = Statement::Ddl(Ddl::CreateTable(CreateTable::new(pet)));
    /// assert_eq!(
    ///     to_sql(&schema, create, Dialect::Default)?,
    ///     "\nCREATE TABLE pet (\n\towner_id INTEGER, \n\tFOREIGN KEY(owner_id) REFERENCES owner (id)\n)\n\n",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn references(mut self, target: impl Into<String>) -> Column {
        self.foreign_keys.push(ForeignKey { target: target.into(), ..ForeignKey::default() });
        self
    }

    /// Gets this value, or the value of this expression, where a row is inserted without one.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::*, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let integer = |name: &str| Column::new(name, SqlType::Integer);
    /// let age = integer("age").default_to(ColumnDefault::Expr(Expr::func("random", [])));
    /// let pet = schema.add_table(metadata, Table::new("pet").column(integer("id")).column(age))?;
    /// let insert = Insert::into(pet).value("id", 1);
    /// assert_eq!(
    ///     to_sql(&schema, insert, Dialect::Default)?,
    ///     "INSERT INTO pet (id, age) VALUES (:id, random())",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn default_to(mut self, default: ColumnDefault) -> Column {
        self.default = Some(default);
        self
    }

    /// Has the database make the value of rows that are inserted without one.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::*, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let integer = |name: &str| Column::new(name, SqlType::Integer);
    /// let age = integer("age").server_default(ServerDefault::Literal("3".into()));
    /// let born = Column::new("born", SqlType::Date).server_default(ServerDefault::Expr(Expr::text("CURRENT_DATE")));
    /// let pet = schema.add_table(metadata, Table::new("pet").column(age).column(born))?;
    /// let create = Statement::Ddl(Ddl::CreateTable(CreateTable::new(pet)));
    /// assert_eq!(
    ///     to_sql(&schema, create, Dialect::Default)?,
    ///     "\nCREATE TABLE pet (\n\tage INTEGER DEFAULT '3', \n\tborn DATE DEFAULT CURRENT_DATE\n)\n\n",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn server_default(mut self, default: ServerDefault) -> Column {
        self.server_default = Some(default);
        self
    }
}
