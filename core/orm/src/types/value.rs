//! Values on both sides of the driver.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::repr::{python_bytes, python_float, python_str};
use super::sql_type::{SqlType, TypeError};
use super::temporal::{Date, DateTime, Time};

/// A value as a program sees it, before bind and after result conversion.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `None`
    #[default]
    Null,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `float`
    Float(f64),
    /// `decimal.Decimal`, as its digits.
    Decimal(Rc<str>),
    /// `str`
    Text(Rc<str>),
    /// `bytes`
    Bytes(Rc<[u8]>),
    /// `datetime.date`
    Date(Date),
    /// `datetime.time`
    Time(Time),
    /// `datetime.datetime`
    DateTime(DateTime),
    /// An `int` of more than 64 bits, as its digits.
    Big(Rc<str>),
    /// `datetime.timedelta`, in microseconds.
    Interval(i64),
    /// `uuid.UUID`, as its 32 hexadecimal digits.
    Uuid(Rc<str>),
    /// JSON text that was loaded and is not yet an object of the program's.
    Json(Rc<str>),
    /// Anything else that a program keeps in an attribute; it has identity and
    /// no meaning here.
    Opaque(Rc<dyn Foreign>),
}

/// A `datetime.datetime` that knows its time zone. Databases that know none get it
/// without; the program has its own object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zoned {
    /// Its date and time, in its zone.
    pub local: DateTime,
    /// How far the zone is ahead, as `+02:00`.
    pub offset: Rc<str>,
    /// The same moment in microseconds of UTC.
    pub instant: i64,
}

impl Zoned {
    /// `isoformat(" ")`
    pub fn iso(&self) -> String {
        let time = self.local.time.storage();
        let time = time.strip_suffix(".000000").unwrap_or(&time);
        format!("{} {time}{}", self.local.date.iso(), self.offset)
    }
}

/// An object of the program's own.
pub trait Foreign: Any {
    /// The name of its class.
    fn type_name(&self) -> String;

    /// What tells it from other objects.
    fn address(&self) -> usize;

    /// The object as JSON text.
    ///
    /// # Errors
    /// When it is not made of what JSON knows.
    fn json(&self) -> Result<String, TypeError>;

    /// The type that it has by itself in an expression, where its class says so.
    fn sql_type(&self) -> Option<SqlType> {
        None
    }

    /// The moment that it is, where it is one of a time zone.
    fn zoned(&self) -> Option<&Zoned> {
        None
    }

    /// What is in it, where it is a list or a tuple.
    fn items(&self) -> Option<Vec<Value>>;

    /// Python's `repr` of it.
    fn repr(&self) -> String {
        format!("<{} object at {:#x}>", self.type_name(), self.address())
    }
}

impl fmt::Debug for dyn Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} object>", self.type_name())
    }
}

/// A value as the database driver takes and gives it.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum DbValue {
    /// `NULL`
    #[default]
    Null,
    /// `INTEGER`, 64 bits
    Int(i64),
    /// An `INTEGER` that the program has as `True` or `False`.
    Bool(bool),
    /// `REAL`
    Real(f64),
    /// `TEXT`
    Text(Rc<str>),
    /// `BLOB`, as SQLAlchemy's binary types hand it over: a `memoryview`.
    Blob(Rc<[u8]>),
    /// `BLOB`, as it is.
    Bytes(Rc<[u8]>),
    /// What no driver takes: its `repr`, and the error that it gives.
    Refused(Rc<(String, TypeError)>),
}

impl Value {
    /// Whether this is `None`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Text.
    pub fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    /// The name of its Python type.
    pub fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Value::Null => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Decimal(_) => "decimal.Decimal",
            Value::Text(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::Date(_) => "datetime.date",
            Value::Time(_) => "datetime.time",
            Value::DateTime(_) => "datetime.datetime",
            Value::Big(_) => "int",
            Value::Interval(_) => "datetime.timedelta",
            Value::Uuid(_) => "UUID",
            Value::Json(_) => "dict",
            Value::Opaque(object) => return Cow::Owned(object.type_name()),
        })
    }

    /// Python's `repr`.
    pub fn repr(&self) -> String {
        match self {
            Value::Null => "None".into(),
            Value::Bool(true) => "True".into(),
            Value::Bool(false) => "False".into(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => python_float(*value),
            Value::Decimal(digits) => format!("Decimal('{digits}')"),
            Value::Text(text) => python_str(text),
            Value::Bytes(bytes) => python_bytes(bytes),
            Value::Date(date) => date.repr(),
            Value::Time(time) => time.repr(),
            Value::DateTime(moment) => moment.repr(),
            Value::Big(digits) => digits.to_string(),
            Value::Interval(microseconds) => super::temporal::interval_repr(*microseconds),
            Value::Uuid(digits) => format!("UUID('{}')", hyphenated(digits)),
            Value::Json(text) => text.to_string(),
            Value::Opaque(object) => object.repr(),
        }
    }
}

impl fmt::Display for Value {
    /// As Python's `repr` shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repr())
    }
}

macro_rules! values {
    ($($from:ty => $make:expr;)*) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Value {
                $make(value)
            }
        })*
    };
}

values! {
    bool => Value::Bool;
    i32 => |value| Value::Int(i64::from(value));
    u32 => |value| Value::Int(i64::from(value));
    i64 => Value::Int;
    f64 => Value::Float;
    &str => Value::text;
    String => |value: String| Value::Text(value.into());
    &String => |value: &String| Value::text(value);
    &[u8] => |value: &[u8]| Value::Bytes(value.into());
    Date => Value::Date;
    Time => Value::Time;
    DateTime => Value::DateTime;
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// Python's `==`: numbers compare across their types.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Date(a), Value::Date(b)) => a == b,
            (Value::Time(a), Value::Time(b)) => a == b,
            (Value::DateTime(a), Value::DateTime(b)) => a == b,
            (Value::Opaque(a), Value::Opaque(b)) => match (a.zoned(), b.zoned()) {
                (Some(a), Some(b)) => a.instant == b.instant,
                _ => a.address() == b.address() || matches!((a.json(), b.json()), (Ok(a), Ok(b)) if a == b),
            },
            (Value::Big(a), Value::Big(b))
            | (Value::Uuid(a), Value::Uuid(b))
            | (Value::Json(a), Value::Json(b)) => a == b,
            (Value::Interval(a), Value::Interval(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Decimal(a), Value::Decimal(b)) => same_number(a, b),
            _ => match (self.as_number(), other.as_number()) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        }
    }
}

impl Value {
    fn as_number(&self) -> Option<f64> {
        match self {
            Value::Bool(value) => Some(f64::from(u8::from(*value))),
            Value::Int(value) => Some(*value as f64),
            Value::Float(value) => Some(*value),
            Value::Decimal(digits) => digits.parse().ok(),
            _ => None,
        }
    }
}

/// Whether two decimals are the same number, trailing zeros aside.
fn same_number(a: &str, b: &str) -> bool {
    fn plain(digits: &str) -> &str {
        if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
    }
    plain(a) == plain(b)
}

/// Up to here every whole number is a float.
const EXACT: u64 = 1 << 53;

/// A value as part of an identity key: equal where Python's `==` says so.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyValue(pub Value);

impl Eq for KeyValue {}

impl Hash for KeyValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Value::Null => 0u8.hash(state),
            Value::Text(text) => text.hash(state),
            Value::Bytes(bytes) => bytes.hash(state),
            Value::Date(date) => date.hash(state),
            Value::Time(time) => time.hash(state),
            Value::DateTime(moment) => moment.hash(state),
            Value::Opaque(object) => match object.zoned() {
                Some(moment) => moment.instant.hash(state),
                None => object.address().hash(state),
            },
            Value::Big(text) | Value::Uuid(text) | Value::Json(text) => text.hash(state),
            Value::Interval(value) => value.hash(state),
            // Whole numbers are equal to such of other types. Where those are exact, the
            // number itself is hashed: the bits of a float differ only where hashing looks least.
            Value::Int(value) if value.unsigned_abs() <= EXACT => value.hash(state),
            number => match number.as_number() {
                Some(value) if value.fract() == 0.0 && value.abs() <= EXACT as f64 => {
                    (value as i64).hash(state)
                }
                Some(value) => value.to_bits().hash(state),
                None => 1u8.hash(state),
            },
        }
    }
}

impl DbValue {
    /// Text.
    pub fn text(text: &str) -> DbValue {
        DbValue::Text(text.into())
    }

    /// Python's `repr`, as the echo log prints parameters.
    pub fn repr(&self) -> String {
        match self {
            DbValue::Null => "None".into(),
            DbValue::Int(value) => value.to_string(),
            DbValue::Bool(value) => Value::Bool(*value).repr(),
            DbValue::Bytes(bytes) => python_bytes(bytes),
            DbValue::Real(value) => python_float(*value),
            DbValue::Text(text) => python_str(text),
            DbValue::Blob(bytes) => format!("<memory at {:#x}>", bytes.as_ptr() as usize),
            DbValue::Refused(refused) => refused.0.clone(),
        }
    }

    /// The value that it is without any conversion.
    pub fn plain(self) -> Value {
        match self {
            DbValue::Null => Value::Null,
            DbValue::Int(value) => Value::Int(value),
            DbValue::Bool(value) => Value::Int(value.into()),
            DbValue::Real(value) => Value::Float(value),
            DbValue::Text(text) => Value::Text(text),
            DbValue::Blob(bytes) | DbValue::Bytes(bytes) => Value::Bytes(bytes),
            DbValue::Refused(_) => Value::Null,
        }
    }
}

/// `12345678-1234-5678-1234-567812345678`
pub(super) fn hyphenated(digits: &str) -> String {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
