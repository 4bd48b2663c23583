//! Values as SQL text: `literal_binds`.
//!
//! SQLAlchemy counterpart: the types' `literal_processor`.

use super::dialect::Dialect;
use super::{Asked, CompileError, Compiler};
use crate::types::{DateTime, Family, SqlType, Time, Value};

/// Whether no text is known of a type's values: JSON's, and those that only a
/// database knows.
fn has_no_text(sql_type: &SqlType) -> bool {
    match sql_type {
        SqlType::Null | SqlType::Json | SqlType::Defined(_) => true,
        SqlType::Specific(specific) => match specific.class.family {
            Family::Json => true,
            Family::Any => !specific.class.package.is_empty() && specific.class.name != "BIT",
            _ => false,
        },
        _ => false,
    }
}

/// Whether the program converts values of a type on their way into the text.
fn writes_itself(sql_type: &SqlType) -> bool {
    match sql_type {
        SqlType::Decorated(own) => own.conversions.bind || own.conversions.literal,
        SqlType::Defined(own) => own.conversions.literal,
        _ => false,
    }
}

impl Compiler<'_> {
    /// A value as SQL text.
    pub(super) fn literal(&self, value: &Value, sql_type: &SqlType) -> Result<String, CompileError> {
        if !value.is_null()
            && let Some(program) = &self.given.program_literals
        {
            let own = sql_type.chosen_for(self.dialect.name());
            if writes_itself(own) {
                return Ok(program.text(Asked::Text(value.clone(), own.clone())));
            }
        }
        let text = self.literal_text(value, sql_type).ok_or_else(|| {
            let shown = match value {
                // The value that stands for JSON's null.
                Value::Json(_) => "symbol('JSON_NULL')".into(),
                value => value.repr(),
            };
            let known = !has_no_text(sql_type);
            CompileError::Compile(if known {
                format!(
                    "Could not render literal value \"{}\" with datatype {}; see parent stack trace for more detail.",
                    shown,
                    type_in_words(sql_type)
                )
            } else {
                format!(
                    "No literal value renderer is available for literal value \"{}\" with datatype {}",
                    shown,
                    if *sql_type == SqlType::Null {
                        "NULL".into()
                    } else {
                        self.type_text(sql_type).unwrap_or_else(|_| sql_type.repr())
                    }
                )
            })
        })?;
        Ok(if self.rules().escapes_backslashes() { text.replace('\\', "\\\\") } else { text })
    }

    /// Text in quotes.
    pub(super) fn quoted_text(&self, text: &str) -> String {
        let mut quoted = text.replace('\'', "''");
        if self.doubles_percent() {
            quoted = quoted.replace('%', "%%");
        }
        format!("'{quoted}'")
    }

    /// `ARRAY[1, 2]`; lists in a list are arrays in it.
    fn array_text(&self, values: &[Value], array: &SqlType, item: &SqlType) -> Option<String> {
        let texts: Option<Vec<String>> = values
            .iter()
            .map(|value| match value {
                Value::Opaque(_) => self.literal_text(value, array),
                value => self.literal_text(value, item),
            })
            .collect();
        Some(format!("ARRAY[{}]", texts?.join(", ")))
    }

    /// The text of a value as its type has it; none for one that the type cannot take.
    fn literal_text(&self, value: &Value, sql_type: &SqlType) -> Option<String> {
        let quoted = |text: &str| self.quoted_text(text);
        if value.is_null() {
            return Some("NULL".into());
        }
        if has_no_text(sql_type) {
            return None;
        }
        let described = sql_type.described();
        if let Value::Opaque(object) = value
            && let Some(moment) = object.zoned()
        {
            return match described.class.family {
                Family::Date => Some(self.rules().date_literal(self, &moment.local.date)),
                Family::Time => Some(self.rules().time_literal(self, &moment.local.time)),
                Family::DateTime | Family::Any => Some(self.rules().zoned_literal(self, moment)),
                _ => None,
            };
        }
        Some(match (described.class.family, value) {
            (Family::JsonIndex, value) => self.rules().json_index_literal(self, value)?,
            // It has no text of its own.
            (Family::Json, _) => return None,
            (Family::Array, Value::Opaque(object)) => {
                let item = described.item("item_type").cloned().unwrap_or_default();
                self.array_text(&object.items()?, sql_type, &item)?
            }
            (Family::Interval, Value::Interval(_)) => self.rules().interval_literal(value)?,
            (Family::Uuid, value) => match (value, described.generic() == SqlType::Uuid { as_uuid: true }) {
                (Value::Uuid(digits), true) => self.rules().uuid_literal(digits),
                (Value::Text(text), false) => quoted(&text.replace('-', "")),
                // Where the database has the type, any text goes.
                (Value::Text(text), true) if matches!(self.dialect, Dialect::Postgresql) => quoted(text),
                _ => return None,
            },
            (Family::Integer, value) => whole_number(value)?,
            (Family::Float | Family::Numeric, value) => number(value)?,
            (Family::Boolean, Value::Bool(value)) => self.rules().boolean(*value).into(),
            (Family::Boolean, Value::Int(value @ (0 | 1))) => self.rules().boolean(*value == 1).into(),
            (Family::String, Value::Text(text)) => quoted(text),
            (Family::Date, Value::Date(date)) => self.rules().date_literal(self, date),
            (Family::Date, Value::DateTime(moment)) => self.rules().date_literal(self, &moment.date),
            (Family::Time, Value::Time(time)) => self.rules().time_literal(self, time),
            (Family::Time, Value::DateTime(moment)) => self.rules().time_literal(self, &moment.time),
            (Family::DateTime, Value::DateTime(moment)) => self.rules().datetime_literal(self, moment),
            (Family::DateTime, Value::Date(date)) if self.dialect == Dialect::Sqlite => {
                self.rules().datetime_literal(self, &DateTime { date: *date, time: Time::default() })
            }
            (Family::DateTime, Value::Date(date)) => quoted(&date.iso()),
            (Family::Binary, Value::Bytes(bytes)) => quoted(std::str::from_utf8(bytes).ok()?),
            (Family::Enum, value) => match sql_type.bind(value).ok()? {
                crate::types::DbValue::Text(name) => quoted(&name),
                _ => return None,
            },
            (Family::Any | Family::Pickle, value) => self.untyped_text(value)?,
            _ => return None,
        })
    }

    /// The text of a value whose type is not known.
    fn untyped_text(&self, value: &Value) -> Option<String> {
        Some(match value {
            Value::Bool(value) => self.rules().boolean(*value).into(),
            Value::Int(_) | Value::Float(_) => value.repr(),
            Value::Decimal(digits) | Value::Big(digits) => digits.to_string(),
            Value::Text(text) => self.quoted_text(text),
            Value::Date(date) => self.quoted_text(&date.iso()),
            Value::DateTime(moment) => self.rules().datetime_literal(self, moment),
            Value::Time(time) => self.rules().time_literal(self, time),
            Value::Bytes(bytes) => self.quoted_text(std::str::from_utf8(bytes).ok()?),
            _ => return None,
        })
    }
}

/// `str(int(value))`
fn whole_number(value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(value) => i64::from(*value).to_string(),
        Value::Int(value) => value.to_string(),
        Value::Big(digits) => digits.to_string(),
        Value::Float(value) if value.is_finite() => format!("{:.0}", value.trunc()),
        Value::Decimal(digits) if !digits.contains(['e', 'E']) => {
            digits.split('.').next().unwrap_or(digits).to_string()
        }
        Value::Text(text) => text.trim().parse::<i64>().ok()?.to_string(),
        _ => return None,
    })
}

/// The text of a value that can be read as a decimal number.
fn number(value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(value) => if *value { "True" } else { "False" }.into(),
        Value::Int(_) | Value::Float(_) => value.repr(),
        Value::Decimal(digits) | Value::Big(digits) => digits.to_string(),
        Value::Text(text) => {
            text.trim().parse::<f64>().ok()?;
            text.to_string()
        }
        _ => return None,
    })
}

/// A type as messages show it: in the words of the database that it belongs to.
fn type_in_words(sql_type: &SqlType) -> String {
    let dialect = match sql_type.described().class.package {
        "postgresql" => Dialect::Postgresql,
        "mysql" => Dialect::Mysql,
        "sqlite" => Dialect::Sqlite,
        "oracle" => Dialect::Oracle,
        "mssql" => Dialect::Mssql,
        _ => Dialect::Default,
    };
    dialect.type_text(sql_type).unwrap_or_else(|_| sql_type.repr())
}
