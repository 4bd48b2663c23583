//! Values as SQL text: `literal_binds`.
//!
//! SQLAlchemy counterpart: the types' `literal_processor`.

use super::{CompileError, Compiler};
use crate::types::{Family, SqlType, Value};

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
                return Ok(program.text(value, own));
            }
        }
        let text = self.literal_text(value, sql_type).ok_or_else(|| {
            let known = !has_no_text(sql_type);
            CompileError::Compile(if known {
                format!(
                    "Could not render literal value \"{}\" with datatype {}; see parent stack trace for more detail.",
                    value.repr(),
                    self.type_text(sql_type).unwrap_or_else(|_| sql_type.repr())
                )
            } else {
                format!(
                    "No literal value renderer is available for literal value \"{}\" with datatype {}",
                    value.repr(),
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
        if self.rules().doubles_percent() {
            quoted = quoted.replace('%', "%%");
        }
        format!("'{quoted}'")
    }

    fn literal_text(&self, value: &Value, sql_type: &SqlType) -> Option<String> {
        let quoted = |text: &str| self.quoted_text(text);
        Some(match (sql_type, value) {
            (_, Value::Null) => "NULL".into(),
            (SqlType::Specific(specific), value) if specific.class.family == Family::JsonIndex => {
                self.rules().json_index_literal(self, value)?
            }
            (sql_type, _) if *sql_type != SqlType::Null && has_no_text(sql_type) => return None,
            (SqlType::Interval, Value::Interval(_)) => self.rules().interval_literal(value)?,
            (SqlType::Uuid { .. }, Value::Uuid(digits)) => self.rules().uuid_literal(digits),
            (SqlType::Null, Value::Opaque(_)) => return None,
            (SqlType::Enum(made), value) if made.plain.contains(value) => match sql_type.bind(value).ok()? {
                crate::types::DbValue::Text(name) => quoted(&name),
                _ => return None,
            },
            (_, Value::Bool(value)) => self.rules().boolean(*value).into(),
            (_, Value::Int(_) | Value::Float(_)) => value.repr(),
            (_, Value::Decimal(digits) | Value::Big(digits)) => digits.to_string(),
            (_, Value::Text(text)) => quoted(text),
            (_, Value::Date(date)) => quoted(&date.iso()),
            (_, Value::DateTime(moment)) => self.rules().datetime_literal(self, moment),
            (_, Value::Time(time)) => self.rules().time_literal(self, time),
            (_, Value::Bytes(bytes)) => quoted(std::str::from_utf8(bytes).ok()?),
            (SqlType::Enum(_), value) => match sql_type.bind(value).ok()? {
                crate::types::DbValue::Text(name) => quoted(&name),
                _ => return None,
            },
            _ => return None,
        })
    }
}
