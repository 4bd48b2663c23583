//! What it takes to write statements in Rust that needs the schema: columns by
//! name, a statement's text.
//!
//! SQLAlchemy counterpart: `table.c`, `str(statement)`.

use super::compiler::{CompileError, Dialect, Given, compile};
use super::{Expr, From, Statement};
use crate::schema::Schema;

/// There is no such column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no column '{key}' here; there are: {known}")]
pub struct NoSuchColumn {
    /// What was asked for.
    pub key: String,
    /// The keys of those that are there.
    pub known: String,
}

impl Schema {
    /// The column of that key: of a table, an alias, a subquery, a CTE, a join.
    ///
    /// ```
    /// use ormscope::schema::{Column, Schema, Table};
    /// use ormscope::sql::compiler::{Dialect, compile_to_text};
    /// use ormscope::sql::{From, Select};
    /// use ormscope::types::SqlType;
    ///
    /// let mut schema = Schema::default();
    /// let metadata = schema.add_metadata(Default::default());
    /// let pet = schema.add_table(metadata, Table::new("pet").column(Column::new("name", SqlType::Text)))?;
    /// let text = |expr| compile_to_text(&schema, &expr, Dialect::Default);
    /// assert_eq!(text(schema.c(pet, "name")?), "pet.name");
    ///
    /// let other = From::from(pet).aliased(Some("other"));
    /// assert_eq!(text(schema.c(&other, "name")?), "other.name");
    ///
    /// let named = Select::of([schema.c(pet, "name")?]).subquery(Some("named"));
    /// assert_eq!(text(schema.c(&named, "name")?), "named.name");
    ///
    /// let error = schema.c(pet, "age").map(|_| ()).unwrap_err();
    /// assert_eq!(error.to_string(), "there is no column 'age' here; there are: name");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it has none.
    pub fn c(&self, from: impl Into<From>, key: &str) -> Result<Expr, NoSuchColumn> {
        let from = from.into();
        from.column(self, key).map(Expr::from).ok_or_else(|| {
            let known: Vec<_> =
                from.columns(self).iter().map(|column| from.column_key(self, column)).collect();
            NoSuchColumn { key: key.into(), known: known.join(", ") }
        })
    }
}

/// A statement's text in a dialect, as `str(statement.compile(dialect=…))`.
///
/// ```
/// use ormscope::schema::Schema;
/// use ormscope::sql::compiler::Dialect;
/// use ormscope::sql::{Expr, Select, SetOp, Statement, to_sql};
/// use ormscope::types::SqlType;
///
/// let schema = Schema::default();
/// let one = || Select::of([Expr::literal_column("1", SqlType::Integer)]);
/// assert_eq!(to_sql(&schema, one(), Dialect::Oracle)?, "SELECT 1 FROM DUAL");
/// let both = Select::combined(SetOp::Union, vec![one(), one()]);
/// assert_eq!(to_sql(&schema, &both, Dialect::Sqlite)?, "SELECT 1 UNION SELECT 1");
/// assert_eq!(to_sql(&schema, Statement::text("SELECT :n"), Dialect::Postgresql)?, "SELECT %(n)s");
/// # Ok::<(), ormscope::sql::compiler::CompileError>(())
/// ```
///
/// # Errors
/// When it cannot be written in that dialect, or its joins have no condition.
pub fn to_sql(
    schema: &Schema,
    statement: impl Into<Statement>,
    dialect: Dialect,
) -> Result<String, CompileError> {
    let given = Given { printed: true, ..Given::default() };
    compile(schema, &statement.into(), dialect, &given).map(|compiled| compiled.sql)
}
