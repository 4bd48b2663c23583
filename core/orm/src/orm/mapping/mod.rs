//! What the mapped classes are: mappers, their attributes and relationships.
//!
//! It must not know objects. SQLAlchemy counterpart: `sqlalchemy.orm.mapper`,
//! `sqlalchemy.orm.relationships`.

pub(crate) mod building;
mod concrete;
pub(crate) mod inheritance;
pub(crate) mod join_condition;
pub(crate) mod mapper;
pub(crate) mod relationship;
pub(crate) mod settings;
