//! From objects to the database: the unit of work, and the bulk ways around it.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.unitofwork`, `dependency` and
//! `persistence`.

pub(crate) mod association;
pub(crate) mod bulk;
pub(crate) mod bulk_rows;
pub(crate) mod dependency;
pub(crate) mod evaluator;
pub(crate) mod finishing;
pub(crate) mod inserting;
pub(crate) mod ordering;
pub(crate) mod persistence;
pub(crate) mod plan;
pub(crate) mod preview;
pub(crate) mod sync;
pub(crate) mod unitofwork;
pub(crate) mod updating;
