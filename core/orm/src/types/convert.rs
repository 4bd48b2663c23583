//! Values on their way to the driver and back, as SQLAlchemy converts them for
//! SQLite.
//!
//! User code takes no part here: what a `TypeDecorator` does happens around it.
//! SQLAlchemy counterpart: the bind and result processors of `sqltypes` and of
//! the SQLite dialect.

use std::rc::Rc;

use super::class::Family;
use super::sql_type::TypeError;
use super::storage_format::StorageFormat;
use super::temporal::{Date, DateTime, Time, interval_as_datetime, interval_of_datetime};
use super::value::{DbValue, Value, hyphenated};
use super::{SpecificType, SqlType, python_str};

impl SqlType {
    /// Converts a value for the driver.
    ///
    /// # Errors
    /// Where SQLAlchemy's bind processor or CPython's `sqlite3` refuses it.
    pub fn bind(&self, value: &Value) -> Result<DbValue, TypeError> {
        match (self, value) {
            (SqlType::Specific(specific), _) => bind_specific(specific, value),
            (SqlType::Variant(_) | SqlType::Decorated(_), _) => self.for_dialect("sqlite").bind(value),
            // JSON stores the value null unless none was given.
            (SqlType::Json, Value::Null) => Ok(DbValue::text("null")),
            (_, Value::Null) => Ok(DbValue::Null),
            (SqlType::Json, Value::Json(text)) => Ok(DbValue::Text(Rc::clone(text))),
            (SqlType::Json, Value::Opaque(object)) => Ok(DbValue::text(&object.json()?)),
            (SqlType::Json, Value::Text(text)) => Ok(DbValue::text(&json_string(text))),
            (SqlType::Json, Value::Bool(value)) => Ok(DbValue::text(if *value { "true" } else { "false" })),
            (SqlType::Json, Value::Int(_) | Value::Float(_) | Value::Big(_)) => {
                Ok(DbValue::text(&value.repr()))
            }
            (SqlType::Json, value) => {
                let class = value.type_name();
                let class = class.rsplit('.').next().unwrap_or_default();
                Err(TypeError::new("TypeError", format!("Object of type {class} is not JSON serializable")))
            }
            (SqlType::Enum(names), value) => names.bind(value),
            (SqlType::Uuid { as_uuid: true }, Value::Uuid(digits)) => Ok(DbValue::Text(Rc::clone(digits))),
            (SqlType::Uuid { as_uuid: true }, value) => Err(TypeError::new(
                "AttributeError",
                format!("'{}' object has no attribute 'hex'", value.type_name()),
            )),
            (SqlType::Uuid { as_uuid: false }, Value::Text(text)) => {
                Ok(DbValue::text(&text.replace('-', "")))
            }
            (SqlType::Uuid { as_uuid: false }, value) => Err(TypeError::new(
                "AttributeError",
                format!("'{}' object has no attribute 'replace'", value.type_name()),
            )),
            (SqlType::Interval, Value::Interval(value)) => {
                Ok(DbValue::text(&interval_as_datetime(*value).storage()))
            }
            (SqlType::Interval, value) => Err(TypeError::new(
                "TypeError",
                format!("unsupported operand type(s) for +: 'datetime.datetime' and '{}'", value.type_name()),
            )),
            (SqlType::DateTime, value) => moment_of(value).map(|moment| DbValue::text(&moment.storage())),
            (SqlType::Date, value) => date_of(value).map(|date| DbValue::text(&date.iso())),
            (SqlType::Time, value) => time_of(value).map(|time| DbValue::text(&time.storage())),
            (SqlType::Boolean, Value::Bool(value)) => Ok(DbValue::Int(i64::from(*value))),
            (SqlType::Boolean, Value::Int(value @ (0 | 1))) => Ok(DbValue::Int(*value)),
            (SqlType::Boolean, Value::Float(value)) if *value == 0.0 || *value == 1.0 => {
                Ok(DbValue::Int(*value as i64))
            }
            (SqlType::Boolean, Value::Int(_) | Value::Float(_)) => Err(TypeError::new(
                "ValueError",
                format!("Value {} is not None, True, or False", value.repr()),
            )),
            (SqlType::Boolean, _) => {
                Err(TypeError::new("TypeError", format!("Not a boolean value: {}", value.repr())))
            }
            (SqlType::Numeric { .. } | SqlType::Float { .. } | SqlType::Double, value) => float_of(value),
            (SqlType::LargeBinary, Value::Bytes(bytes)) => Ok(DbValue::Blob(Rc::clone(bytes))),
            (SqlType::LargeBinary, value) => Err(TypeError::new(
                "TypeError",
                format!("memoryview: a bytes-like object is required, not '{}'", value.type_name()),
            )),
            _ => plain_bind(value),
        }
    }

    /// Converts what the driver gave.
    ///
    /// # Errors
    /// Where the stored value is not of the type's format.
    pub fn result(&self, value: DbValue) -> Result<Value, TypeError> {
        match (self, value) {
            (_, DbValue::Null) => Ok(Value::Null),
            (SqlType::Specific(specific), value) => result_specific(specific, value),
            (SqlType::Variant(_) | SqlType::Decorated(_), value) => self.for_dialect("sqlite").result(value),
            (SqlType::Boolean, DbValue::Int(value)) => Ok(Value::Bool(value != 0)),
            (SqlType::Boolean, DbValue::Text(text)) => Ok(Value::Bool(!text.is_empty())),
            (SqlType::Numeric { scale, .. }, DbValue::Real(value)) => Ok(decimal(value, *scale)),
            (SqlType::Numeric { scale, .. }, DbValue::Int(value)) => Ok(decimal(value as f64, *scale)),
            (SqlType::Numeric { .. }, DbValue::Text(_)) => {
                Err(TypeError::new("TypeError", "must be real number, not str"))
            }
            (
                SqlType::DateTime | SqlType::Date | SqlType::Time | SqlType::Interval,
                DbValue::Int(_) | DbValue::Real(_),
            ) => Err(TypeError::new("TypeError", "fromisoformat: argument must be str")),
            (SqlType::DateTime, DbValue::Text(text)) => {
                DateTime::parse(&text).map(Value::DateTime).ok_or_else(|| not_iso(&text))
            }
            (SqlType::Date, DbValue::Text(text)) => {
                Date::parse(&text).map(Value::Date).ok_or_else(|| not_iso(&text))
            }
            (SqlType::Time, DbValue::Text(text)) => {
                Time::parse(&text).map(Value::Time).ok_or_else(|| not_iso(&text))
            }
            (SqlType::Interval, DbValue::Text(text)) => DateTime::parse(&text)
                .map(|moment| Value::Interval(interval_of_datetime(&moment)))
                .ok_or_else(|| not_iso(&text)),
            (SqlType::Json, DbValue::Text(text)) if &*text == "null" => Ok(Value::Null),
            (SqlType::Json, DbValue::Text(text)) => Ok(Value::Json(text)),
            (SqlType::Enum(names), DbValue::Text(text)) => names.result(&text),
            (SqlType::Uuid { as_uuid: true }, DbValue::Text(text)) => {
                Ok(Value::Uuid(text.replace('-', "").into()))
            }
            (SqlType::Uuid { as_uuid: false }, DbValue::Text(text)) => Ok(Value::text(&hyphenated(&text))),
            (_, value) => Ok(value.plain()),
        }
    }
}

fn bind_specific(specific: &SpecificType, value: &Value) -> Result<DbValue, TypeError> {
    match (specific.class.family, value) {
        (Family::Json, Value::Null) if specific.flag("none_as_null") => Ok(DbValue::Null),
        (Family::Date | Family::Time | Family::DateTime, value) if !value.is_null() => {
            let Some(format) = specific.text("storage_format").map(StorageFormat::new) else {
                return specific.generic().bind(value);
            };
            let (date, time) = match specific.class.family {
                Family::Date => (Some(date_of(value)?), None),
                Family::Time => (None, Some(time_of(value)?)),
                _ => {
                    let moment = moment_of(value)?;
                    (Some(moment.date), Some(moment.time))
                }
            };
            format.write(date, time).map(|text| DbValue::text(&text))
        }
        (Family::JsonIndex, value) => super::json_path::dollar(value).map(|path| DbValue::text(&path)),
        (Family::Pickle, value) if !value.is_null() => Err(TypeError::new("NotImplementedError", NO_PICKLE)),
        (_, value) => specific.generic().bind(value),
    }
}

const NO_PICKLE: &str = "PickleType needs CPython's pickle, which is not part of this interpreter; \
     JSON or a TypeDecorator over LargeBinary stores the value in a form that it has";

fn result_specific(specific: &SpecificType, value: DbValue) -> Result<Value, TypeError> {
    let family = specific.class.family;
    if family == Family::Pickle {
        return Err(TypeError::new("NotImplementedError", NO_PICKLE));
    }
    let custom = specific.text("storage_format").filter(|_| specific.text("regexp").is_some());
    let (Some(format), DbValue::Text(text)) = (custom, &value) else {
        return specific.generic().result(value);
    };
    let kind = match family {
        Family::Date => "date",
        Family::Time => "time",
        _ => "datetime",
    };
    let (date, time) = StorageFormat::new(format).read(text).ok_or_else(|| {
        TypeError::new("ValueError", format!("Couldn't parse {kind} string: {}", python_str(text)))
    })?;
    Ok(match family {
        Family::Date => Value::Date(date),
        Family::Time => Value::Time(time),
        _ => Value::DateTime(DateTime { date, time }),
    })
}

/// `float(value)`
fn float_of(value: &Value) -> Result<DbValue, TypeError> {
    let number = match value {
        Value::Int(value) => *value as f64,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Float(value) => *value,
        Value::Decimal(digits) | Value::Big(digits) => digits.parse().unwrap_or(f64::NAN),
        Value::Text(text) => text.trim().parse().map_err(|_| {
            TypeError::new("ValueError", format!("could not convert string to float: {}", python_str(text)))
        })?,
        other => {
            return Err(TypeError::new(
                "TypeError",
                format!("float() argument must be a string or a real number, not '{}'", other.type_name()),
            ));
        }
    };
    Ok(DbValue::Real(number))
}

/// The moment that a value is, whatever its time zone.
fn local(value: &Value) -> Option<DateTime> {
    match value {
        Value::DateTime(moment) => Some(*moment),
        Value::Opaque(object) => object.zoned().map(|moment| moment.local),
        _ => None,
    }
}

fn moment_of(value: &Value) -> Result<DateTime, TypeError> {
    if let Some(moment) = local(value) {
        return Ok(moment);
    }
    match value {
        Value::Date(date) => Ok(DateTime { date: *date, time: Time::default() }),
        _ => Err(TypeError::new(
            "TypeError",
            "SQLite DateTime type only accepts Python datetime and date objects as input.",
        )),
    }
}

fn date_of(value: &Value) -> Result<Date, TypeError> {
    if let Some(moment) = local(value) {
        return Ok(moment.date);
    }
    match value {
        Value::Date(date) => Ok(*date),
        _ => Err(TypeError::new("TypeError", "SQLite Date type only accepts Python date objects as input.")),
    }
}

fn time_of(value: &Value) -> Result<Time, TypeError> {
    if let Some(moment) = local(value) {
        return Ok(moment.time);
    }
    match value {
        Value::Time(time) => Ok(*time),
        _ => Err(TypeError::new("TypeError", "SQLite Time type only accepts Python time objects as input.")),
    }
}

/// What the driver makes of a value by itself.
fn plain_bind(value: &Value) -> Result<DbValue, TypeError> {
    if let Value::Opaque(object) = value
        && let Some(moment) = object.zoned()
    {
        return Ok(DbValue::text(&moment.iso()));
    }
    match value {
        Value::Null => Ok(DbValue::Null),
        Value::Bool(value) => Ok(DbValue::Bool(*value)),
        Value::Int(value) => Ok(DbValue::Int(*value)),
        Value::Float(value) => Ok(DbValue::Real(*value)),
        Value::Text(text) => Ok(DbValue::Text(Rc::clone(text))),
        Value::Bytes(bytes) => Ok(DbValue::Bytes(Rc::clone(bytes))),
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
                TypeError::new("ProgrammingError", format!("type '{}' is not supported", value.type_name())),
            ))))
        }
    }
}

fn not_iso(text: &str) -> TypeError {
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<u16>().ok();
    let small = |range| part(range).and_then(|value| u8::try_from(value).ok());
    if let (Some(year), Some(month), Some(day)) = (part(0..4), small(5..7), small(8..10))
        && let Some(complaint) = (Date { year, month, day }).complaint()
    {
        return TypeError::new("ValueError", complaint);
    }
    TypeError::new("ValueError", format!("Invalid isoformat string: {}", python_str(text)))
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
