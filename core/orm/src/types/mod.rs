//! Values, SQL types with their conversions, ids, topological order.
//!
//! The lowest floor: it knows no table, no statement and no database.
//! SQLAlchemy counterpart: `sqlalchemy.types`, `sqlalchemy.util.topological`.

mod id;
mod repr;
mod sql_type;
mod temporal;
pub mod topological;
mod value;

pub use id::{ColumnId, EngineId, MapperId, MetaDataId, SessionId, StateId, TableId};
pub use repr::{python_float, python_str};
pub use sql_type::{EnumType, SqlType, TypeError, json_string};
pub use temporal::{Date, DateTime, Time};
pub use value::{DbValue, Foreign, KeyValue, Value};
