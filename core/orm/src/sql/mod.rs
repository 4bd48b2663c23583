//! Statements with the tables they are about: their columns, and their text.
//!
//! It needs the schema for names and types and knows no database.
//! SQLAlchemy counterpart: `sqlalchemy.sql.compiler`, the collections of columns
//! of `sqlalchemy.sql.selectable`.

mod columns;
pub mod compiler;
mod names;

pub use crate::expression::*;
