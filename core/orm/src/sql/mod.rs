//! Statements with the tables they are about: their columns, and their text.
//!
//! It needs the schema for names and types and knows no database.
//! SQLAlchemy counterpart: `sqlalchemy.sql.compiler`, the collections of columns
//! of `sqlalchemy.sql.selectable`.

mod columns;
pub mod compiler;
mod fluent;
mod names;

pub use crate::expression::*;
pub use columns::{corresponding, lineage, renamed_label};
pub use fluent::{NoSuchColumn, to_sql};
pub use names::alias_name;
