//! What stands in the brackets of a JSON value, as databases take it:
//! `$."key"[0]`, `{key, 0}`.
//!
//! SQLAlchemy counterpart: the `JSONIndexType` and `JSONPathType` of its dialects.

use super::sql_type::TypeError;
use super::value::Value;

/// An index or a path as SQLite and MySQL take it.
pub(crate) fn dollar(value: &Value) -> Result<String, TypeError> {
    let steps = steps(value)?;
    let text = steps.iter().map(|step| match step {
        Value::Int(at) => format!("[{at}]"),
        Value::Text(key) => format!(".\"{key}\""),
        other => format!(".\"{}\"", other.repr()),
    });
    Ok(format!("${}", text.collect::<String>()))
}

/// A path as PostgreSQL takes it.
pub(crate) fn braces(value: &Value) -> Result<String, TypeError> {
    let steps = steps(value)?;
    let text = steps.iter().map(|step| match step {
        Value::Text(key) => key.to_string(),
        other => other.repr(),
    });
    Ok(format!("{{{}}}", text.collect::<Vec<_>>().join(", ")))
}

fn steps(value: &Value) -> Result<Vec<Value>, TypeError> {
    match value {
        Value::Opaque(object) => object.items().ok_or_else(|| {
            TypeError::new("TypeError", format!("'{}' object is not iterable", object.type_name()))
        }),
        one => Ok(vec![one.clone()]),
    }
}
