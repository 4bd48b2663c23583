//! Any statement.

use std::rc::Rc;

use super::ddl::Ddl;
use super::dml::{Delete, Insert, Update};
use super::element::{Bind, Expr};
use super::select::Select;

/// A statement that can be compiled and executed.
#[derive(Clone, Debug, Hash)]
#[allow(clippy::large_enum_variant)] // a statement is made once and passed by reference
pub enum Statement {
    /// `SELECT`
    Select(Select),
    /// `INSERT`
    Insert(Insert),
    /// `UPDATE`
    Update(Update),
    /// `DELETE`
    Delete(Delete),
    /// DDL
    Ddl(Ddl),
    /// `text()`
    Text(TextStatement),
    /// An expression by itself: `connection.scalar(func.now())` selects it.
    Expr(Expr),
}

/// SQL text with `:name` binds.
#[derive(Clone, Debug, Hash)]
pub struct TextStatement {
    /// The text.
    pub text: Rc<str>,
    /// Values given with `bindparams()`.
    pub binds: Vec<Rc<Bind>>,
}
