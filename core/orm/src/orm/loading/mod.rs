//! From the database to objects: what is selected, and how its rows fill objects.
//!
//! It must not know how objects are written. SQLAlchemy counterpart:
//! `sqlalchemy.orm.context`, `loading` and `strategies`.

pub(crate) mod adapt;
pub(crate) mod base;
pub(crate) mod context;
pub(crate) mod criteria;
pub(crate) mod eager;
pub(crate) mod expire;
pub(crate) mod from_statement;
pub(crate) mod lazy;
pub(crate) mod options;
pub(crate) mod overlap;
pub(crate) mod posted;
pub(crate) mod rows;
pub(crate) mod shape;
