//! Types as DDL and CAST write them.
//!
//! Each type has a word that it is known by ([`crate::types::TypeClass::visit`]);
//! a dialect says which word stands for a generic type and how it writes the
//! words that it writes differently.
//! SQLAlchemy counterpart: `GenericTypeCompiler` and the dialects' type compilers.

mod mssql;
mod mysql;
mod oracle;
mod postgresql;
mod sqlite;

use super::{Dialect, quote};
use crate::types::{EnumType, SpecificType, SqlType};

/// What a dialect makes of a word: nothing where it is written as usual.
type Written = Option<Result<String, String>>;

/// How one dialect differs.
struct Spelling {
    /// The word that stands for a generic type, where it is not the common one.
    generic: &'static [(&'static str, &'static str)],
    /// Words of its own, written as they are.
    words: &'static [&'static str],
    /// Words that are written in another way.
    write: fn(&SpecificType, &str) -> Written,
}

/// The words for generic types.
const GENERIC: &[(&str, &str)] = &[
    ("integer", "INTEGER"),
    ("small_integer", "SMALLINT"),
    ("big_integer", "BIGINT"),
    ("numeric", "NUMERIC"),
    ("float", "FLOAT"),
    ("double", "DOUBLE"),
    ("string", "VARCHAR"),
    ("text", "TEXT"),
    ("unicode", "VARCHAR"),
    ("unicode_text", "TEXT"),
    ("boolean", "BOOLEAN"),
    ("date", "DATE"),
    ("time", "TIME"),
    ("datetime", "DATETIME"),
    ("large_binary", "BLOB"),
];

/// The words that every dialect writes.
const COMMON: &[&str] = &[
    "INTEGER",
    "SMALLINT",
    "BIGINT",
    "NUMERIC",
    "DECIMAL",
    "FLOAT",
    "REAL",
    "DOUBLE",
    "DOUBLE_PRECISION",
    "VARCHAR",
    "CHAR",
    "NVARCHAR",
    "NCHAR",
    "TEXT",
    "CLOB",
    "NCLOB",
    "BOOLEAN",
    "DATE",
    "TIME",
    "DATETIME",
    "TIMESTAMP",
    "BLOB",
    "BINARY",
    "VARBINARY",
    "UUID",
];

impl Dialect {
    fn spelling(self) -> Spelling {
        match self {
            Dialect::Default => Spelling { generic: &[], words: &[], write: |_, _| None },
            Dialect::Sqlite => sqlite::SPELLING,
            Dialect::Postgresql => postgresql::SPELLING,
            Dialect::Mysql => mysql::SPELLING,
            Dialect::Oracle => oracle::SPELLING,
            Dialect::Mssql => mssql::SPELLING,
        }
    }

    /// A type as DDL and CAST write it.
    ///
    /// ```
    /// use ormscope::sql::compiler::Dialect;
    /// use ormscope::types::SqlType;
    ///
    /// let text = SqlType::String { length: Some(50) };
    /// assert_eq!(Dialect::Oracle.type_text(&text).unwrap(), "VARCHAR2(50 CHAR)");
    /// assert!(Dialect::Mysql.type_text(&SqlType::String { length: None }).is_err());
    /// ```
    ///
    /// # Errors
    /// A sentence when the dialect cannot write that type.
    pub fn type_text(self, sql_type: &SqlType) -> Result<String, String> {
        match sql_type.for_dialect(self.name()) {
            SqlType::Defined(defined) => match &defined.spec {
                Some(spec) => Ok(spec.clone()),
                None if self == Dialect::Default => Ok(sql_type.repr()),
                None => Err(format!("'{}' object has no attribute 'get_col_spec'", defined.name)),
            },
            SqlType::Enum(made) => self.enumeration(made),
            other => self.described(other, &other.described()),
        }
    }

    fn described(self, sql_type: &SqlType, specific: &SpecificType) -> Result<String, String> {
        let spelling = self.spelling();
        let word = match specific.class.visit {
            "null" if self == Dialect::Default => return Ok("NULL".into()),
            "null" => {
                return Err(format!(
                    "Can't generate DDL for {}; did you forget to specify a type on this Column?",
                    sql_type.repr()
                ));
            }
            "type_decorator" => return self.described_by_decorator(specific),
            "uuid" if !specific.flag("native_uuid") => return Ok("CHAR(32)".into()),
            "uuid"
                if matches!(self, Dialect::Default | Dialect::Sqlite | Dialect::Mysql | Dialect::Oracle) =>
            {
                return Ok("CHAR(32)".into());
            }
            "uuid" if self == Dialect::Mssql => "UNIQUEIDENTIFIER",
            "uuid" => "UUID",
            generic => {
                let find = |list: &[(&str, &'static str)]| {
                    list.iter().find(|(known, _)| *known == generic).map(|(_, word)| *word)
                };
                find(spelling.generic).or_else(|| find(GENERIC)).unwrap_or(generic)
            }
        };
        if let Some(written) = (spelling.write)(specific, word) {
            return written;
        }
        let known = COMMON.contains(&word) || spelling.words.contains(&word);
        match self {
            _ if known => Ok(common(self, specific, word)),
            // What no compiler knows is shown by its class.
            Dialect::Default if specific.class.name.chars().all(|c| !c.is_ascii_lowercase()) => {
                Ok(specific.class.name.to_string())
            }
            Dialect::Default => Ok(specific.repr()),
            _ => Err(self.unknown(specific.class.name)),
        }
    }

    /// `Interval` and `PickleType` stand on another type.
    fn described_by_decorator(self, specific: &SpecificType) -> Result<String, String> {
        if specific.class.name == "PickleType" {
            return self.type_text(&SqlType::LargeBinary);
        }
        if specific.flag("native") {
            let digits = |name: &str| specific.number(name).map(|digits| format!("({digits})"));
            match self {
                Dialect::Postgresql => {
                    let digits = specific.number("second_precision").map(|digits| format!(" ({digits})"));
                    return Ok(format!("INTERVAL{}", digits.unwrap_or_default()));
                }
                Dialect::Oracle => {
                    return Ok(format!(
                        "INTERVAL DAY{} TO SECOND{}",
                        digits("day_precision").unwrap_or_default(),
                        digits("second_precision").unwrap_or_default()
                    ));
                }
                _ => {}
            }
        }
        self.type_text(&SqlType::DateTime)
    }

    fn enumeration(self, made: &EnumType) -> Result<String, String> {
        let native = made.native || made.type_class.package == "mysql";
        match self {
            Dialect::Postgresql if native => match &made.name {
                Some(name) => Ok(match &made.schema {
                    Some(schema) => format!("{}.{}", quote(schema, self), quote(name, self)),
                    None => quote(name, self),
                }),
                None => Err(format!("PostgreSQL {} type requires a name.", made.type_class.name)),
            },
            Dialect::Mysql if native => Ok(mysql::enumerated("ENUM", &made.names, made)),
            Dialect::Default if made.type_class.package == "mysql" => Ok("ENUM".into()),
            _ if made.type_class.package == "mysql" => Err(self.unknown("ENUM")),
            _ => {
                let string = SqlType::String { length: Some(made.width()) };
                let specific = string.described().into_owned();
                let specific = match &made.collation {
                    Some(collation) => specific
                        .with("collation", crate::types::TypeArgument::Text(collation.as_str().into())),
                    None => specific,
                };
                // The width of an enumeration is counted without the dialect's own word for strings.
                match self {
                    Dialect::Oracle => {
                        (oracle::SPELLING.write)(&specific, "VARCHAR").unwrap_or_else(|| Ok(String::new()))
                    }
                    _ => self.described(&string, &specific),
                }
            }
        }
    }

    /// What is said of a type that only other databases have.
    fn unknown(self, name: &str) -> String {
        format!("Compiler {} can't render element of type {name}", self.type_compiler_name())
    }

    fn type_compiler_name(self) -> &'static str {
        match self {
            Dialect::Default => "<sqlalchemy.sql.compiler.StrSQLTypeCompiler object at 0x…>",
            Dialect::Sqlite => "<sqlalchemy.dialects.sqlite.base.SQLiteTypeCompiler object at 0x…>",
            Dialect::Postgresql => "<sqlalchemy.dialects.postgresql.base.PGTypeCompiler object at 0x…>",
            Dialect::Mysql => "<sqlalchemy.dialects.mysql.base.MySQLTypeCompiler object at 0x…>",
            Dialect::Oracle => "<sqlalchemy.dialects.oracle.base.OracleTypeCompiler object at 0x…>",
            Dialect::Mssql => "<sqlalchemy.dialects.mssql.base.MSTypeCompiler object at 0x…>",
        }
    }
}

/// A word as most dialects write it.
fn common(dialect: Dialect, specific: &SpecificType, word: &str) -> String {
    match word {
        "DOUBLE_PRECISION" => "DOUBLE PRECISION".into(),
        "NUMERIC" | "DECIMAL" => digits(specific, word),
        "VARCHAR" | "CHAR" | "NVARCHAR" | "NCHAR" | "TEXT" => {
            let text = sized(specific, word);
            match specific.text("collation") {
                Some(collation) => format!("{text} COLLATE {}", quote(collation, dialect)),
                None => text,
            }
        }
        "BINARY" | "VARBINARY" => sized(specific, word),
        _ => word.to_string(),
    }
}

/// `NUMERIC(10, 2)`
fn digits(specific: &SpecificType, word: &str) -> String {
    match (specific.number("precision"), specific.number("scale")) {
        (None, _) => word.to_string(),
        (Some(precision), None) => format!("{word}({precision})"),
        (Some(precision), Some(scale)) => format!("{word}({precision}, {scale})"),
    }
}

/// `VARCHAR(50)`
fn sized(specific: &SpecificType, word: &str) -> String {
    match specific.number("length") {
        Some(length) if length > 0 => format!("{word}({length})"),
        _ => word.to_string(),
    }
}

/// A word with a precision in parentheses, where it is given.
fn with_precision(specific: &SpecificType, word: &str, name: &str) -> String {
    match specific.number(name) {
        Some(precision) => format!("{word}({precision})"),
        None => word.to_string(),
    }
}
