//! Expressions and statements as plain data.
//!
//! They know tables, mapped classes and columns by id; what needs a table's
//! definition stands in [`crate::sql`], above the schema, whose defaults and
//! conditions are expressions themselves. Things of the ORM stand in a statement
//! as numbers ([`Entity`]) that only the floor above understands; it replaces
//! them before a statement is compiled.
//! SQLAlchemy counterpart: `sqlalchemy.sql.elements`, `selectable`, `dml`, `ddl`.

mod cache_key;
mod ddl;
mod dml;
mod element;
mod operators;
mod select;
mod statement;

pub use cache_key::{AnonId, CacheKey};
pub use ddl::{Counting, CreateTable, Ddl, DropTable, Sequence};
pub use dml::{Assignment, Delete, Insert, InsertValues, OnConflict, Update};
pub use element::{Bind, BindValue, ColumnRef, Expr, FunctionCall, Window};
pub use operators::{BinaryOp, BoolOp, UnaryOp};
pub use select::{
    Alias, AliasKind, AliasOf, Entity, From, Join, JoinTarget, LabelStyle, Purpose, Select, SelectItem,
    SetOp, SetOperation,
};
pub use statement::{Statement, TextStatement};
