//! Values, SQL types with their conversions, ids, topological order.
//!
//! The lowest floor: it knows no table, no statement and no database.
//! SQLAlchemy counterpart: `sqlalchemy.types`, `sqlalchemy.util.topological`.

mod class;
mod convert;
mod enumeration;
mod id;
pub(crate) mod json_path;
mod ordered;
mod reflected;
mod repr;
mod small;
mod specific;
mod sql_type;
mod storage_format;
mod temporal;
pub mod topological;
mod value;

pub use class::{Family, TypeClass};
pub use convert::json_string;
pub use enumeration::EnumType;
pub use id::{ColumnId, EngineId, MapperId, MetaDataId, SessionId, StateId, TableId};
pub use ordered::OrderedMap;
pub use repr::{python_float, python_str};
pub use small::{NumberSet, SmallMap};
pub use specific::{
    Caching, Conversions, DecoratedType, DefinedType, SpecificType, TypeArgument, VariantType,
};
pub use sql_type::{SqlType, TypeError};
pub use temporal::{Date, DateTime, Time};
pub use value::{DbValue, Foreign, KeyValue, Value, Zoned};
