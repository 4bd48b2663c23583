//! The SQL expression language as plain data, and its compilers.
//!
//! It knows tables by id and no database. Things of the ORM stand in a
//! statement as numbers ([`Entity`]) that only the floor above understands; it
//! replaces them before a statement is compiled.
//! SQLAlchemy counterpart: `sqlalchemy.sql`.

mod cache_key;
pub mod compiler;
mod ddl;
mod dml;
mod expr;
mod operators;
mod select;
mod statement;

pub use cache_key::{AnonId, CacheKey};
pub use ddl::{CreateTable, Ddl, DropTable};
pub use dml::{Assignment, Delete, Insert, InsertValues, OnConflict, Update};
pub use expr::{Bind, BindValue, ColumnRef, Expr, FunctionCall, Window};
pub use operators::{BinaryOp, BoolOp, UnaryOp};
pub use select::{
    Alias, AliasKind, AliasOf, Entity, From, Join, JoinTarget, LabelStyle, Purpose, Select, SelectItem,
    SetOp, SetOperation,
};
pub use statement::{Statement, TextStatement};
