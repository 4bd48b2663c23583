//! `INSERT`, `UPDATE`, `DELETE`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.dml`, `sqlalchemy.sql.crud`.

use super::element::Expr;
use super::select::Select;
use crate::types::TableId;

/// `INSERT`
#[derive(Clone, Debug, Hash)]
pub struct Insert {
    /// The table.
    pub table: TableId,
    /// What is inserted.
    pub values: InsertValues,
    /// `ON CONFLICT`
    pub on_conflict: Option<Box<OnConflict>>,
    /// `RETURNING`
    pub returning: Vec<Expr>,
}

/// `ON CONFLICT (…) DO …`
#[derive(Clone, Debug, Hash)]
pub struct OnConflict {
    /// The names of the columns that conflict; none for any.
    pub target: Vec<String>,
    /// What is set; nothing for `DO NOTHING`.
    pub set: Vec<Assignment>,
    /// The conditions of the update, joined by AND.
    pub where_: Vec<Expr>,
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
    /// A select, and the columns it fills.
    Select(Vec<u32>, Box<Select>),
}

/// `column = value`
#[derive(Clone, Debug, Hash)]
pub struct Assignment {
    /// The column's place in its table.
    pub column: u32,
    /// Its value.
    pub value: Expr,
}

/// `UPDATE`
#[derive(Clone, Debug, Hash)]
pub struct Update {
    /// The table.
    pub table: TableId,
    /// What is set; parameters of the execution add to it.
    pub values: Vec<Assignment>,
    /// The conditions, joined by AND.
    pub where_: Vec<Expr>,
    /// `RETURNING`
    pub returning: Vec<Expr>,
}

/// `DELETE`
#[derive(Clone, Debug, Hash)]
pub struct Delete {
    /// The table.
    pub table: TableId,
    /// The conditions, joined by AND.
    pub where_: Vec<Expr>,
    /// `RETURNING`
    pub returning: Vec<Expr>,
}
