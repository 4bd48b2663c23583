//! `CREATE`, `DROP`, `ALTER` and comments, and what only DDL has: sequences.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.ddl`.

use crate::types::{ColumnId, SqlType, TableId};

/// A statement that defines the schema.
///
/// ```
/// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
/// # let mut schema = Schema::default();
/// # let metadata = schema.add_metadata(Default::default());
/// # let column = |name: &str| Column::new(name, SqlType::Integer);
/// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
/// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
/// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
/// let ddl = |ddl: Ddl| to_sql(&schema, Statement::Ddl(ddl), Dialect::Postgresql);
/// let sequence = Sequence { name: "numbers".into(), ..Sequence::default() };
/// let create = Ddl::CreateSequence { sequence, if_not_exists: true };
/// assert_eq!(ddl(create)?, "CREATE SEQUENCE IF NOT EXISTS numbers");
/// let schema_ = Ddl::CreateSchema { name: "shop".into(), if_not_exists: false };
/// assert_eq!(ddl(schema_)?, "CREATE SCHEMA shop");
/// let text = Ddl::Text { text: "VACUUM %(table)s".into(), table: Some(pet), context: Vec::new() };
/// assert_eq!(ddl(text)?, "VACUUM pet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Hash)]
pub enum Ddl {
    /// `CREATE TABLE`
    CreateTable(CreateTable),
    /// `DROP TABLE`
    DropTable(DropTable),
    /// A column's line of CREATE TABLE.
    CreateColumn(ColumnId),
    /// `CREATE INDEX` for one of a table's indexes, by place.
    CreateIndex {
        /// The table.
        table: TableId,
        /// The index's place in the table.
        index: u32,
        /// `IF NOT EXISTS`
        if_not_exists: bool,
    },
    /// `DROP INDEX`
    DropIndex {
        /// The table.
        table: TableId,
        /// The index's place in the table.
        index: u32,
        /// `IF EXISTS`
        if_exists: bool,
    },
    /// `ALTER TABLE … ADD CONSTRAINT`
    AddConstraint {
        /// The table.
        table: TableId,
        /// The constraint's place in the table.
        constraint: u32,
    },
    /// `ALTER TABLE … DROP CONSTRAINT`
    DropConstraint {
        /// The table.
        table: TableId,
        /// The constraint's place in the table.
        constraint: u32,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
    },
    /// `CREATE VIEW`, `CREATE TABLE … AS`, of a table that is made of a statement.
    CreateFromSelect(TableId),
    /// `DROP VIEW`
    DropView {
        /// The view.
        table: TableId,
        /// `IF EXISTS`
        if_exists: bool,
        /// `MATERIALIZED`
        materialized: bool,
    },
    /// `CREATE SCHEMA`
    CreateSchema {
        /// Its name.
        name: String,
        /// `IF NOT EXISTS`
        if_not_exists: bool,
    },
    /// `DROP SCHEMA`
    DropSchema {
        /// Its name.
        name: String,
        /// `IF EXISTS`
        if_exists: bool,
        /// `CASCADE`
        cascade: bool,
    },
    /// `CREATE SEQUENCE`
    CreateSequence {
        /// The sequence.
        sequence: Sequence,
        /// `IF NOT EXISTS`
        if_not_exists: bool,
    },
    /// `DROP SEQUENCE`
    DropSequence {
        /// The sequence.
        sequence: Sequence,
        /// `IF EXISTS`
        if_exists: bool,
    },
    /// `CREATE TYPE … AS ENUM`
    CreateType(SqlType),
    /// `DROP TYPE`
    DropType(SqlType),
    /// `COMMENT ON TABLE`, of the table's own comment or of none.
    TableComment {
        /// The table.
        table: TableId,
        /// Whether the comment goes.
        drop: bool,
    },
    /// `COMMENT ON COLUMN`
    ColumnComment {
        /// The column.
        column: ColumnId,
        /// Whether the comment goes.
        drop: bool,
    },
    /// `COMMENT ON CONSTRAINT`
    ConstraintComment {
        /// The table.
        table: TableId,
        /// The constraint's place in the table.
        constraint: u32,
        /// Whether the comment goes.
        drop: bool,
    },
    /// `DDL(…)`: text in which a table's name may be filled in.
    Text {
        /// The text, with `%(table)s`, `%(schema)s`, `%(fullname)s` and the names in `context`.
        text: String,
        /// The table that it is for.
        table: Option<TableId>,
        /// More to fill in.
        context: Vec<(String, String)>,
    },
}

/// `CREATE TABLE`
#[derive(Clone, Debug, Hash)]
pub struct CreateTable {
    /// The table.
    pub table: TableId,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
    /// The places of foreign key constraints that are added later.
    pub without: Vec<u32>,
}

impl CreateTable {
    /// The statement with all of the table's constraints.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let create = Ddl::CreateTable(CreateTable { if_not_exists: true, ..CreateTable::new(pet) });
    /// assert_eq!(text(Statement::Ddl(create))?, "\nCREATE TABLE IF NOT EXISTS pet (\n\tid INTEGER, \n\tage INTEGER\n)\n\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(table: TableId) -> CreateTable {
        CreateTable { table, if_not_exists: false, without: Vec::new() }
    }
}

/// `DROP TABLE`
///
/// ```
/// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
/// # let mut schema = Schema::default();
/// # let metadata = schema.add_metadata(Default::default());
/// # let column = |name: &str| Column::new(name, SqlType::Integer);
/// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
/// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
/// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
/// let drop = Ddl::DropTable(DropTable { table: pet, if_exists: true });
/// assert_eq!(text(Statement::Ddl(drop))?, "\nDROP TABLE IF EXISTS pet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Hash)]
pub struct DropTable {
    /// The table.
    pub table: TableId,
    /// `IF EXISTS`
    pub if_exists: bool,
}

/// How a sequence or an identity column counts.
///
/// ```
/// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
/// # let mut schema = Schema::default();
/// # let metadata = schema.add_metadata(Default::default());
/// # let column = |name: &str| Column::new(name, SqlType::Integer);
/// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
/// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
/// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
/// let counting = Counting { start: Some(10), increment: Some(5), cycle: Some(true), ..Counting::default() };
/// let sequence = Sequence { name: "numbers".into(), counting, ..Sequence::default() };
/// let create = Statement::Ddl(Ddl::CreateSequence { sequence, if_not_exists: false });
/// assert_eq!(
///     to_sql(&schema, create, Dialect::Postgresql)?,
///     "CREATE SEQUENCE numbers INCREMENT BY 5 START WITH 10 CYCLE",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counting {
    /// `START WITH`
    pub start: Option<i64>,
    /// `INCREMENT BY`
    pub increment: Option<i64>,
    /// `MINVALUE`
    pub min_value: Option<i64>,
    /// `MAXVALUE`
    pub max_value: Option<i64>,
    /// `NO MINVALUE`
    pub no_min_value: bool,
    /// `NO MAXVALUE`
    pub no_max_value: bool,
    /// `CYCLE`, `NO CYCLE`
    pub cycle: Option<bool>,
    /// `CACHE`
    pub cache: Option<i64>,
    /// `ORDER`, `NO ORDER`, which only Oracle has.
    pub order: Option<bool>,
}

/// A sequence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sequence {
    /// Its name.
    pub name: String,
    /// Its schema.
    pub schema: Option<String>,
    /// How it counts.
    pub counting: Counting,
    /// Whether it is only for databases that have nothing else.
    pub optional: bool,
    /// `AS type`
    pub data_type: Option<SqlType>,
    /// Whether it belongs to a `MetaData`.
    pub of_metadata: bool,
}
