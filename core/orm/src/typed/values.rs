//! Which types of Rust a column can have, and how their values go to and fro.
//!
//! It knows values and SQL types, and nothing of classes or sessions.
//! SQLAlchemy counterpart: the `type_annotation_map` of `sqlalchemy.orm.decl_api`.

use std::fmt;
use std::rc::Rc;
use std::str::FromStr;

use crate::types::{Date, DateTime, SqlType, Time, Value};

/// A type of Rust whose values a column holds; `NULL` is none of them.
///
/// A program's own types take part by saying what they are stored as:
///
/// ```
/// use ormscope::typed::prelude::*;
/// use ormscope::types::{SqlType, Value};
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// struct Cents(i64);
///
/// impl ColumnType for Cents {
///     fn sql_type() -> SqlType {
///         SqlType::Integer
///     }
///
///     fn into_value(self) -> Value {
///         self.0.into()
///     }
///
///     fn from_value(value: &Value) -> Option<Cents> {
///         i64::from_value(value).map(Cents)
///     }
/// }
///
/// #[derive(Mapped)]
/// #[mapped(table = "items")]
/// struct Item {
///     #[mapped(primary_key)]
///     id: i64,
///     price: Cents,
/// }
///
/// let mut db = Database::open("sqlite://")?;
/// db.create_all::<Item>()?;
/// let mut session = db.session();
/// session.add(new!(Item { price: Cents(250) }))?;
/// let cheap = session.scalars(select::<Item>().where_(Item::price.lt(Cents(300))))?.one()?;
/// assert_eq!(cheap.get(&mut session, Item::price)?, Cents(250));
/// # Ok::<(), OrmError>(())
/// ```
pub trait ColumnType: Clone + 'static {
    /// The type of a column of it.
    fn sql_type() -> SqlType;

    /// As the floors below hold it.
    fn into_value(self) -> Value;

    /// From what the floors below hold, where that is one.
    fn from_value(value: &Value) -> Option<Self>;
}

/// What an attribute of a column holds: a [`ColumnType`], or an `Option` of one
/// where the column takes `NULL`.
pub trait ColumnValue: Clone + 'static {
    /// The type without `NULL`.
    type Base: ColumnType;

    /// Whether `NULL` is one of its values.
    const NULLABLE: bool;

    /// As the floors below hold it.
    fn into_value(self) -> Value;

    /// From what the floors below hold, where that is one.
    fn from_value(value: &Value) -> Option<Self>;
}

impl<T: ColumnType> ColumnValue for T {
    type Base = T;
    const NULLABLE: bool = false;

    fn into_value(self) -> Value {
        ColumnType::into_value(self)
    }

    fn from_value(value: &Value) -> Option<T> {
        ColumnType::from_value(value)
    }
}

impl<T: ColumnType> ColumnValue for Option<T> {
    type Base = T;
    const NULLABLE: bool = true;

    fn into_value(self) -> Value {
        self.map_or(Value::Null, ColumnType::into_value)
    }

    fn from_value(value: &Value) -> Option<Option<T>> {
        match value {
            Value::Null => Some(None),
            other => ColumnType::from_value(other).map(Some),
        }
    }
}

macro_rules! column_types {
    ($($type:ty: $sql:expr, $into:expr, { $($pattern:pat => $from:expr),* $(,)? };)*) => {
        $(impl ColumnType for $type {
            fn sql_type() -> SqlType {
                $sql
            }

            fn into_value(self) -> Value {
                $into(self)
            }

            fn from_value(value: &Value) -> Option<$type> {
                match value {
                    $($pattern => $from,)*
                    _ => None,
                }
            }
        })*
    };
}

column_types! {
    bool: SqlType::Boolean, Value::Bool, {
        Value::Bool(value) => Some(*value),
        // As a boolean comes from an expression whose type is not known.
        Value::Int(value @ (0 | 1)) => Some(*value == 1),
    };
    i64: SqlType::Integer, Value::Int, { Value::Int(value) => Some(*value) };
    i32: SqlType::Integer, Value::from, { Value::Int(value) => i32::try_from(*value).ok() };
    u32: SqlType::Integer, Value::from, { Value::Int(value) => u32::try_from(*value).ok() };
    f64: SqlType::Float { precision: None }, Value::Float, {
        Value::Float(value) => Some(*value),
        Value::Int(value) => Some(*value as f64),
    };
    String: SqlType::String { length: None }, Value::from, { Value::Text(text) => Some(text.to_string()) };
    Vec<u8>: SqlType::LargeBinary, |bytes: Vec<u8>| Value::Bytes(bytes.into()), {
        Value::Bytes(bytes) => Some(bytes.to_vec()),
    };
    Date: SqlType::Date, Value::Date, { Value::Date(date) => Some(*date) };
    Time: SqlType::Time, Value::Time, { Value::Time(time) => Some(*time) };
    DateTime: SqlType::DateTime, Value::DateTime, { Value::DateTime(moment) => Some(*moment) };
    Decimal: SqlType::Numeric { precision: None, scale: None }, |own: Decimal| Value::Decimal(own.0), {
        Value::Decimal(digits) => Some(Decimal(Rc::clone(digits))),
        Value::Int(value) => Some(Decimal(value.to_string().into())),
    };
    Uuid: SqlType::Uuid { as_uuid: true }, |own: Uuid| Value::Uuid(own.0), {
        Value::Uuid(digits) => Some(Uuid(Rc::clone(digits))),
    };
    Interval: SqlType::Interval, |own: Interval| Value::Interval(own.microseconds), {
        Value::Interval(microseconds) => Some(Interval { microseconds: *microseconds }),
    };
}

/// Text that is not of the form that a type wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no {kind}")]
pub struct ParseValueError {
    text: String,
    kind: &'static str,
}

/// A decimal number, kept as its digits: `decimal.Decimal`.
///
/// ```
/// use ormscope::typed::Decimal;
///
/// assert_eq!("10.50".parse::<Decimal>()?.to_string(), "10.50");
/// assert_eq!("1,5".parse::<Decimal>().unwrap_err().to_string(), "'1,5' is no decimal number");
/// # Ok::<(), ormscope::typed::ParseValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal(Rc<str>);

impl FromStr for Decimal {
    type Err = ParseValueError;

    fn from_str(text: &str) -> Result<Decimal, ParseValueError> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match digits(whole) && digits(fraction) {
            true => Ok(Decimal(text.strip_prefix('+').unwrap_or(text).into())),
            false => Err(ParseValueError { text: text.into(), kind: "decimal number" }),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A UUID: `uuid.UUID`.
///
/// ```
/// use ormscope::typed::Uuid;
///
/// let id: Uuid = "12345678-1234-5678-1234-567812345678".parse()?;
/// assert_eq!(id.to_string(), "12345678-1234-5678-1234-567812345678");
/// assert!("12345678".parse::<Uuid>().is_err());
/// # Ok::<(), ormscope::typed::ParseValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uuid(Rc<str>);

impl FromStr for Uuid {
    type Err = ParseValueError;

    fn from_str(text: &str) -> Result<Uuid, ParseValueError> {
        let digits = text.replace('-', "").to_ascii_lowercase();
        match digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            true => Ok(Uuid(digits.into())),
            false => Err(ParseValueError { text: text.into(), kind: "UUID" }),
        }
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, digit) in self.0.char_indices() {
            if matches!(at, 8 | 12 | 16 | 20) {
                f.write_str("-")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// A span of time, which may be negative: `datetime.timedelta`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interval {
    /// How long it is.
    pub microseconds: i64,
}

/// A primary key as [`Session::get`](super::Session::get) takes it: a value, or
/// a tuple where the key has several columns.
pub trait Key {
    /// Its values, in the order of the columns.
    fn into_values(self) -> Vec<Value>;
}

impl<T: ColumnType> Key for T {
    fn into_values(self) -> Vec<Value> {
        vec![ColumnType::into_value(self)]
    }
}

macro_rules! keys {
    ($(($($part:ident $at:tt),*);)*) => {
        $(impl<$($part: ColumnType),*> Key for ($($part,)*) {
            fn into_values(self) -> Vec<Value> {
                vec![$(ColumnType::into_value(self.$at)),*]
            }
        })*
    };
}

keys! {
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
}
