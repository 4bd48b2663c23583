//! The type that a column of a SQLite table has by its declaration.
//!
//! SQLAlchemy counterpart: the SQLite dialect's `ischema_names` and
//! `_resolve_type_affinity`.

use super::class::TypeClass;
use super::specific::{SpecificType, TypeArgument};
use super::sql_type::SqlType;

/// Names in declarations that stand for a class of another name.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("BOOL", "BOOLEAN"),
    ("DATE_CHAR", "DATE"),
    ("DATETIME_CHAR", "DATETIME"),
    ("INT", "INTEGER"),
    ("TIME_CHAR", "TIME"),
];

/// Names that are known as they are.
const NAMES: &[&str] = &[
    "BIGINT",
    "BLOB",
    "BOOLEAN",
    "CHAR",
    "DATE",
    "DATETIME",
    "DOUBLE",
    "DECIMAL",
    "FLOAT",
    "INTEGER",
    "JSON",
    "JSONB",
    "NUMERIC",
    "REAL",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "VARCHAR",
    "NVARCHAR",
    "NCHAR",
];

impl SqlType {
    /// The type that a declaration in SQLite stands for, by its name or else by
    /// SQLite's rules of affinity.
    ///
    /// ```
    /// use ormscope::types::SqlType;
    ///
    /// assert_eq!(SqlType::of_declaration("varchar(30)").repr(), "VARCHAR(length=30)");
    /// assert_eq!(SqlType::of_declaration("UNSIGNED BIG INT").repr(), "INTEGER()");
    /// ```
    pub fn of_declaration(declaration: &str) -> SqlType {
        let declaration = declaration.to_uppercase();
        let end = declaration
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ' '))
            .unwrap_or(declaration.len());
        let (name, rest) = declaration.split_at(end);
        let known = OTHER_NAMES.iter().find(|(other, _)| *other == name).map_or(name, |(_, known)| known);
        let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        let class = match NAMES.iter().find(|one| **one == known) {
            Some(known) => known,
            None if has(&["INT"]) => "INTEGER",
            None if has(&["CHAR", "CLOB", "TEXT"]) => "TEXT",
            None if has(&["BLOB"]) || name.is_empty() => return SqlType::Null,
            None if has(&["REAL", "FLOA", "DOUB"]) => "REAL",
            None => "NUMERIC",
        };
        let package = if class.starts_with("JSON") { "sqlite" } else { "" };
        let Some(class) = TypeClass::find(package, class) else { return SqlType::Null };
        let plain = SpecificType::new(class);
        let inside =
            rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or("", |(inside, _)| inside);
        let numbers: Vec<i64> =
            inside.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect();
        if numbers.len() > class.parameters.len() {
            return SqlType::of_class(plain);
        }
        let mut specific = plain;
        for (at, number) in numbers.into_iter().enumerate() {
            specific.arguments[at] = TypeArgument::Int(number);
        }
        SqlType::of_class(specific)
    }
}
