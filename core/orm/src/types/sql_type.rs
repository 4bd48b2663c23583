//! SQL types, with the conversions of values on their way in and out.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.sqltypes` and the SQLite dialect's
//! storage formats. How a type is spelled in DDL belongs to the compilers.

use std::rc::Rc;

use super::temporal::{Date, DateTime, Time};
use super::value::{DbValue, Value};

/// The type of a column or expression.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum SqlType {
    /// `NullType`: not known.
    #[default]
    Null,
    /// `Integer`
    Integer,
    /// `SmallInteger`
    SmallInteger,
    /// `BigInteger`
    BigInteger,
    /// `Float`
    Float {
        /// Digits.
        precision: Option<u32>,
    },
    /// `Double`
    Double,
    /// `Numeric`, which gives `Decimal`.
    Numeric {
        /// Digits in all.
        precision: Option<u32>,
        /// Digits after the point.
        scale: Option<u32>,
    },
    /// `String`
    String {
        /// The most characters.
        length: Option<u32>,
    },
    /// `Unicode`
    Unicode {
        /// The most characters.
        length: Option<u32>,
    },
    /// `Text`
    Text,
    /// `UnicodeText`
    UnicodeText,
    /// `Boolean`
    Boolean,
    /// `Date`
    Date,
    /// `Time`
    Time,
    /// `DateTime`
    DateTime,
    /// `LargeBinary`
    LargeBinary,
}

/// A value that a type cannot take or give, with SQLAlchemy's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError {
    /// The Python exception's class: `TypeError`, `ValueError`, …
    pub class: &'static str,
    /// Its message.
    pub message: String,
}

impl TypeError {
    fn new(class: &'static str, message: impl Into<String>) -> TypeError {
        TypeError { class, message: message.into() }
    }
}

impl SqlType {
    /// The type that a bare value has in an expression.
    pub fn of(value: &Value) -> SqlType {
        match value {
            Value::Null | Value::Opaque(_) => SqlType::Null,
            Value::Bool(_) => SqlType::Boolean,
            Value::Int(_) => SqlType::Integer,
            Value::Float(_) => SqlType::Float { precision: None },
            Value::Decimal(_) => SqlType::Numeric { precision: None, scale: None },
            Value::Text(_) => SqlType::String { length: None },
            Value::Bytes(_) => SqlType::LargeBinary,
            Value::Date(_) => SqlType::Date,
            Value::Time(_) => SqlType::Time,
            Value::DateTime(_) => SqlType::DateTime,
        }
    }

    /// Whether it holds text.
    pub fn is_text(&self) -> bool {
        matches!(self, SqlType::String { .. } | SqlType::Unicode { .. } | SqlType::Text | SqlType::UnicodeText)
    }

    /// Whether it holds whole numbers, so that SQLite makes it a row id.
    pub fn is_integer(&self) -> bool {
        matches!(self, SqlType::Integer | SqlType::SmallInteger | SqlType::BigInteger)
    }

    /// Whether it holds numbers.
    pub fn is_numeric(&self) -> bool {
        self.is_integer() || matches!(self, SqlType::Float { .. } | SqlType::Double | SqlType::Numeric { .. })
    }

    /// Converts a value for the driver.
    ///
    /// # Errors
    /// Where SQLAlchemy's bind processor or CPython's `sqlite3` refuses it.
    pub fn bind(&self, value: &Value) -> Result<DbValue, TypeError> {
        match (self, value) {
            (_, Value::Null) => Ok(DbValue::Null),
            (SqlType::DateTime, Value::DateTime(moment)) => Ok(DbValue::text(&moment.storage())),
            (SqlType::DateTime, Value::Date(date)) => {
                Ok(DbValue::text(&DateTime { date: *date, time: Time::default() }.storage()))
            }
            (SqlType::DateTime, _) => Err(TypeError::new(
                "TypeError",
                "SQLite DateTime type only accepts Python datetime and date objects as input.",
            )),
            (SqlType::Date, Value::Date(date)) => Ok(DbValue::text(&date.iso())),
            (SqlType::Date, Value::DateTime(moment)) => Ok(DbValue::text(&moment.date.iso())),
            (SqlType::Date, _) => {
                Err(TypeError::new("TypeError", "SQLite Date type only accepts Python date objects as input."))
            }
            (SqlType::Time, Value::Time(time)) => Ok(DbValue::text(&time.storage())),
            (SqlType::Time, _) => {
                Err(TypeError::new("TypeError", "SQLite Time type only accepts Python time objects as input."))
            }
            (SqlType::Boolean, Value::Bool(value)) => Ok(DbValue::Int(i64::from(*value))),
            (SqlType::Boolean, Value::Int(value @ (0 | 1))) => Ok(DbValue::Int(*value)),
            (SqlType::Boolean, Value::Int(_) | Value::Float(_)) => {
                Err(TypeError::new("ValueError", format!("Value {} is not None, True, or False", value.repr())))
            }
            (SqlType::Boolean, _) => {
                Err(TypeError::new("TypeError", format!("Not a boolean value: {}", value.repr())))
            }
            (SqlType::Numeric { .. } | SqlType::Float { .. } | SqlType::Double, Value::Decimal(digits)) => {
                Ok(DbValue::Real(digits.parse().unwrap_or(f64::NAN)))
            }
            (SqlType::Numeric { .. }, Value::Int(value)) => Ok(DbValue::Real(*value as f64)),
            (SqlType::LargeBinary, Value::Text(_)) => {
                Err(TypeError::new("TypeError", "memoryview: a bytes-like object is required, not 'str'"))
            }
            _ => SqlType::plain_bind(value),
        }
    }

    /// What the driver makes of a value by itself.
    fn plain_bind(value: &Value) -> Result<DbValue, TypeError> {
        match value {
            Value::Null => Ok(DbValue::Null),
            Value::Bool(value) => Ok(DbValue::Int(i64::from(*value))),
            Value::Int(value) => Ok(DbValue::Int(*value)),
            Value::Float(value) => Ok(DbValue::Real(*value)),
            Value::Text(text) => Ok(DbValue::Text(Rc::clone(text))),
            Value::Bytes(bytes) => Ok(DbValue::Blob(Rc::clone(bytes))),
            Value::Date(date) => Ok(DbValue::text(&date.iso())),
            Value::DateTime(moment) => {
                // sqlite3's default adapter leaves microseconds out when there are none.
                let time = moment.time.storage();
                let time = time.strip_suffix(".000000").unwrap_or(&time);
                Ok(DbValue::text(&format!("{} {time}", moment.date.iso())))
            }
            Value::Decimal(_) | Value::Time(_) | Value::Opaque(_) => Err(TypeError::new(
                "ProgrammingError",
                format!("type '{}' is not supported", value.type_name()),
            )),
        }
    }

    /// Converts what the driver gave.
    ///
    /// # Errors
    /// Where the stored value is not of the type's format.
    pub fn result(&self, value: DbValue) -> Result<Value, TypeError> {
        match (self, value) {
            (_, DbValue::Null) => Ok(Value::Null),
            (SqlType::Boolean, DbValue::Int(value)) => Ok(Value::Bool(value != 0)),
            (SqlType::Numeric { scale, .. }, DbValue::Real(value)) => Ok(decimal(value, *scale)),
            (SqlType::Numeric { scale, .. }, DbValue::Int(value)) => Ok(decimal(value as f64, *scale)),
            (SqlType::DateTime, DbValue::Text(text)) => DateTime::parse(&text)
                .map(Value::DateTime)
                .ok_or_else(|| TypeError::new("ValueError", format!("Invalid isoformat string: {}", super::python_str(&text)))),
            (SqlType::Date, DbValue::Text(text)) => Date::parse(&text)
                .map(Value::Date)
                .ok_or_else(|| TypeError::new("ValueError", format!("Invalid isoformat string: {}", super::python_str(&text)))),
            (SqlType::Time, DbValue::Text(text)) => Time::parse(&text)
                .map(Value::Time)
                .ok_or_else(|| TypeError::new("ValueError", format!("Invalid isoformat string: {}", super::python_str(&text)))),
            (_, value) => Ok(value.plain()),
        }
    }
}

/// `Decimal("%.10f" % value)`, with the type's scale where it has one.
fn decimal(value: f64, scale: Option<u32>) -> Value {
    let places = scale.unwrap_or(10) as usize;
    Value::Decimal(format!("{value:.places$}").into())
}
