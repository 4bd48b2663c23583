//! Values as SQL text: `literal_binds`.
//!
//! SQLAlchemy counterpart: the types' `literal_processor`.

use super::{CompileError, Compiler};
use crate::types::{Family, SqlType, Value};

impl Compiler<'_> {
    /// A value as SQL text.
    pub(super) fn literal(&self, value: &Value, sql_type: &SqlType) -> Result<String, CompileError> {
        let text = self.literal_text(value, sql_type).ok_or_else(|| {
            let known = !matches!(sql_type, SqlType::Null | SqlType::Json);
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
                    if *sql_type == SqlType::Null { "NULL" } else { "JSON" }
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

    fn literal_text(&self, value: &Value, sql_type: &SqlType) -> Option<String> {
        let quoted = |text: &str| self.quoted_text(text);
        Some(match (sql_type, value) {
            (_, Value::Null) => "NULL".into(),
            (SqlType::Specific(specific), value) if specific.class.family == Family::JsonIndex => {
                self.rules().json_index_literal(self, value)?
            }
            // It has no text of its own.
            (SqlType::Json, _) => return None,
            (SqlType::Interval, Value::Interval(_)) => self.rules().interval_literal(value)?,
            (SqlType::Uuid { .. }, Value::Uuid(digits)) => self.rules().uuid_literal(digits),
            (SqlType::Null, Value::Opaque(_)) => return None,
            (SqlType::Specific(specific), Value::Opaque(object))
                if specific.class.family == Family::Array =>
            {
                let item = specific.item("item_type").cloned().unwrap_or_default();
                self.array_text(&object.items()?, sql_type, &item)?
            }
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
