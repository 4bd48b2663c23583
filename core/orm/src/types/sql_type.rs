//! SQL types, with the conversions of values on their way in and out.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.sqltypes` and the SQLite dialect's
//! storage formats. How a type is spelled in DDL belongs to the compilers.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::temporal::{Date, DateTime, Time, interval_as_datetime, interval_of_datetime};
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
    /// `Enum`
    Enum(Rc<EnumType>),
    /// `JSON`
    Json,
    /// `Uuid`
    Uuid {
        /// Whether values are `uuid.UUID` objects and not strings.
        as_uuid: bool,
    },
    /// `Interval`
    Interval,
}

/// The values that an `Enum` takes.
#[derive(Clone, Debug)]
pub struct EnumType {
    /// The name of the type.
    pub name: Option<String>,
    /// The names that are stored.
    pub names: Vec<String>,
    /// The members that they stand for, where the type is made from a class.
    pub members: Vec<Value>,
    /// What the members are as plain values: those of a class that is also
    /// `str` or `int`.
    pub plain: Vec<Value>,
    /// The class's name.
    pub class: Option<String>,
    /// The width of the column.
    pub length: Option<u32>,
}

impl PartialEq for EnumType {
    fn eq(&self, other: &EnumType) -> bool {
        self.name == other.name && self.names == other.names && self.class == other.class
    }
}

impl Eq for EnumType {}

impl Hash for EnumType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.names.hash(state);
        self.class.hash(state);
    }
}

impl EnumType {
    /// The most characters that a name has.
    pub fn width(&self) -> u32 {
        let longest = self.names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        self.length.unwrap_or(longest as u32)
    }

    /// The name under which a value is stored.
    fn bind(&self, value: &Value) -> Result<DbValue, TypeError> {
        let known = self.members.iter().position(|member| member == value);
        let known = known.or_else(|| self.plain.iter().position(|plain| plain == value));
        let named = |text: &str| self.names.iter().position(|name| name == text);
        let at = match value {
            Value::Text(text) => named(text).or(known),
            _ => known,
        };
        match (at, value) {
            (Some(at), _) => Ok(DbValue::text(&self.names[at])),
            // Without a class, a string is not checked on its way in.
            (None, Value::Text(text)) if self.members.is_empty() => Ok(DbValue::Text(Rc::clone(text))),
            (None, value) => Err(self.unknown(&match value {
                Value::Text(text) => text.to_string(),
                other => other.repr(),
            })),
        }
    }

    fn result(&self, text: &Rc<str>) -> Result<Value, TypeError> {
        match (self.names.iter().position(|name| **name == **text), self.members.is_empty()) {
            (Some(at), false) => Ok(self.members[at].clone()),
            (Some(_), true) => Ok(Value::Text(Rc::clone(text))),
            (None, _) => Err(self.unknown(text)),
        }
    }

    fn unknown(&self, value: &str) -> TypeError {
        let shown = match self.names.len() {
            0..=4 => self.names.join(", "),
            _ => format!("{}, ..., {}", self.names[..3].join(", "), self.names[self.names.len() - 1]),
        };
        let name = self.name.as_deref().unwrap_or("None");
        TypeError::new(
            "LookupError",
            format!(
                "'{value}' is not among the defined enum values. Enum name: {name}. Possible values: {shown}"
            ),
        )
    }
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
    /// A refusal with Python's class and message.
    pub fn new(class: &'static str, message: impl Into<String>) -> TypeError {
        TypeError { class, message: message.into() }
    }
}

impl SqlType {
    /// The type that a bare value has in an expression.
    pub fn of(value: &Value) -> SqlType {
        match value {
            Value::Null | Value::Opaque(_) => SqlType::Null,
            Value::Big(_) => SqlType::Integer,
            Value::Interval(_) => SqlType::Interval,
            Value::Uuid(_) => SqlType::Uuid { as_uuid: true },
            Value::Json(_) => SqlType::Json,
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
        matches!(
            self,
            SqlType::String { .. } | SqlType::Unicode { .. } | SqlType::Text | SqlType::UnicodeText
        )
    }

    /// Whether it holds whole numbers, so that SQLite makes it a row id.
    pub fn is_integer(&self) -> bool {
        matches!(self, SqlType::Integer | SqlType::SmallInteger | SqlType::BigInteger)
    }

    /// The type at the root of its family: SQLAlchemy's `_type_affinity`.
    pub fn affinity(&self) -> SqlType {
        match self {
            SqlType::SmallInteger | SqlType::BigInteger => SqlType::Integer,
            SqlType::Float { .. } | SqlType::Double | SqlType::Numeric { .. } => {
                SqlType::Numeric { precision: None, scale: None }
            }
            text if text.is_text() => SqlType::String { length: None },
            other => other.clone(),
        }
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
            // JSON stores the value null unless none was given.
            (SqlType::Json, Value::Null) => Ok(DbValue::text("null")),
            (_, Value::Null) => Ok(DbValue::Null),
            (SqlType::Json, Value::Json(text)) => Ok(DbValue::Text(Rc::clone(text))),
            (SqlType::Json, Value::Opaque(object)) => Ok(DbValue::text(&object.json()?)),
            (SqlType::Json, Value::Text(text)) => Ok(DbValue::text(&json_string(text))),
            (SqlType::Json, Value::Bool(value)) => Ok(DbValue::text(if *value { "true" } else { "false" })),
            (SqlType::Json, Value::Int(_) | Value::Float(_)) => Ok(DbValue::text(&value.repr())),
            (SqlType::Enum(names), value) => names.bind(value),
            (SqlType::Uuid { as_uuid: true }, Value::Uuid(digits)) => Ok(DbValue::Text(Rc::clone(digits))),
            (SqlType::Uuid { as_uuid: true }, Value::Text(_)) => {
                Err(TypeError::new("AttributeError", "'str' object has no attribute 'hex'"))
            }
            (SqlType::Uuid { as_uuid: false }, Value::Text(text)) => {
                Ok(DbValue::text(&text.replace('-', "")))
            }
            (SqlType::Interval, Value::Interval(value)) => {
                Ok(DbValue::text(&interval_as_datetime(*value).storage()))
            }
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
            (SqlType::Date, _) => Err(TypeError::new(
                "TypeError",
                "SQLite Date type only accepts Python date objects as input.",
            )),
            (SqlType::Time, Value::Time(time)) => Ok(DbValue::text(&time.storage())),
            (SqlType::Time, _) => Err(TypeError::new(
                "TypeError",
                "SQLite Time type only accepts Python time objects as input.",
            )),
            (SqlType::Boolean, Value::Bool(value)) => Ok(DbValue::Int(i64::from(*value))),
            (SqlType::Boolean, Value::Int(value @ (0 | 1))) => Ok(DbValue::Int(*value)),
            (SqlType::Boolean, Value::Int(_) | Value::Float(_)) => Err(TypeError::new(
                "ValueError",
                format!("Value {} is not None, True, or False", value.repr()),
            )),
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
            Value::Json(text) => Ok(DbValue::Text(Rc::clone(text))),
            Value::Big(digits) => Ok(DbValue::Refused(Rc::new((
                digits.to_string(),
                TypeError::new("OverflowError", "Python int too large to convert to SQLite INTEGER"),
            )))),
            Value::Decimal(_) | Value::Time(_) | Value::Opaque(_) | Value::Interval(_) | Value::Uuid(_) => {
                Ok(DbValue::Refused(Rc::new((
                    value.repr(),
                    TypeError::new(
                        "ProgrammingError",
                        format!("type '{}' is not supported", value.type_name()),
                    ),
                ))))
            }
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
            (SqlType::DateTime, DbValue::Text(text)) => {
                DateTime::parse(&text).map(Value::DateTime).ok_or_else(|| {
                    TypeError::new(
                        "ValueError",
                        format!("Invalid isoformat string: {}", super::python_str(&text)),
                    )
                })
            }
            (SqlType::Date, DbValue::Text(text)) => Date::parse(&text).map(Value::Date).ok_or_else(|| {
                TypeError::new(
                    "ValueError",
                    format!("Invalid isoformat string: {}", super::python_str(&text)),
                )
            }),
            (SqlType::Time, DbValue::Text(text)) => Time::parse(&text).map(Value::Time).ok_or_else(|| {
                TypeError::new(
                    "ValueError",
                    format!("Invalid isoformat string: {}", super::python_str(&text)),
                )
            }),
            (SqlType::Json, DbValue::Text(text)) if &*text == "null" => Ok(Value::Null),
            (SqlType::Json, DbValue::Text(text)) => Ok(Value::Json(text)),
            (SqlType::Enum(names), DbValue::Text(text)) => names.result(&text),
            (SqlType::Uuid { as_uuid: true }, DbValue::Text(text)) => {
                Ok(Value::Uuid(text.replace('-', "").into()))
            }
            (SqlType::Uuid { as_uuid: false }, DbValue::Text(text)) => {
                Ok(Value::text(&super::value::hyphenated(&text)))
            }
            (SqlType::Interval, DbValue::Text(text)) => DateTime::parse(&text)
                .map(|moment| Value::Interval(interval_of_datetime(&moment)))
                .ok_or_else(|| {
                    TypeError::new(
                        "ValueError",
                        format!("Invalid isoformat string: {}", super::python_str(&text)),
                    )
                }),
            (_, value) => Ok(value.plain()),
        }
    }
}

/// A string as JSON text, as Python's `json.dumps` writes it.
///
/// ```
/// use ormscope::types::json_string;
///
/// assert_eq!(json_string("a\"é"), "\"a\\\"\\u00e9\"");
/// ```
pub fn json_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            other => {
                let mut units = [0; 2];
                for unit in other.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
    out
}

/// `Decimal("%.10f" % value)`, with the type's scale where it has one.
fn decimal(value: f64, scale: Option<u32>) -> Value {
    let places = scale.unwrap_or(10) as usize;
    Value::Decimal(format!("{value:.places$}").into())
}
