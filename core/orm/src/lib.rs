//! SQLAlchemy's engine, schema, expression language and Session in Rust.

#![warn(missing_docs)]

pub mod engine;
pub mod expression;
pub mod orm;
pub mod schema;
pub mod sql;
pub mod types;
