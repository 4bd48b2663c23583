//! What differs between databases.

use crate::types::SqlType;

/// A database's way of writing SQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// What `str(statement)` shows: no database in particular.
    #[default]
    Default,
    /// SQLite
    Sqlite,
    /// PostgreSQL, as its psycopg driver takes it
    Postgresql,
    /// MySQL, as its drivers take it
    Mysql,
    /// Oracle Database, as python-oracledb takes it
    Oracle,
    /// Microsoft SQL Server, as pyodbc takes it
    Mssql,
}

impl Dialect {
    /// SQLAlchemy's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Default => "default",
            Dialect::Sqlite => "sqlite",
            Dialect::Postgresql => "postgresql",
            Dialect::Mysql => "mysql",
            Dialect::Oracle => "oracle",
            Dialect::Mssql => "mssql",
        }
    }

    /// Writes the placeholder of a parameter.
    pub(super) fn write_placeholder(self, out: &mut String, name: &str) {
        match self {
            Dialect::Default | Dialect::Oracle => {
                out.push(':');
                out.push_str(name);
            }
            Dialect::Sqlite | Dialect::Mssql => out.push('?'),
            Dialect::Postgresql => {
                out.push_str("%(");
                out.push_str(name);
                out.push_str(")s");
            }
            Dialect::Mysql => out.push_str("%s"),
        }
    }

    /// The cast that follows a placeholder: psycopg sends values without their types.
    pub(super) fn bind_cast(self, sql_type: &SqlType) -> &'static str {
        match (self, sql_type) {
            (Dialect::Postgresql, sql_type) if sql_type.is_text() => "::VARCHAR",
            (Dialect::Postgresql, SqlType::Integer) => "::INTEGER",
            (Dialect::Postgresql, SqlType::SmallInteger) => "::SMALLINT",
            (Dialect::Postgresql, SqlType::BigInteger) => "::BIGINT",
            (Dialect::Postgresql, SqlType::Date) => "::DATE",
            (Dialect::Postgresql, SqlType::Time) => "::TIME WITHOUT TIME ZONE",
            (Dialect::Postgresql, SqlType::DateTime) => "::TIMESTAMP WITHOUT TIME ZONE",
            (Dialect::Postgresql, SqlType::Interval) => "::INTERVAL",
            (Dialect::Postgresql, SqlType::Json) => "::JSON",
            _ => "",
        }
    }

    /// The character around quoted identifiers.
    pub(super) fn quote_char(self) -> char {
        if self == Dialect::Mysql { '`' } else { '"' }
    }

    /// Whether `%` in text must be doubled for the driver.
    pub(super) fn doubles_percent(self) -> bool {
        matches!(self, Dialect::Postgresql | Dialect::Mysql)
    }

    /// Whether it has `true` and `false`.
    pub(super) fn has_booleans(self) -> bool {
        !matches!(self, Dialect::Sqlite | Dialect::Oracle | Dialect::Mssql)
    }

    /// A type as DDL and CAST write it.
    ///
    /// # Errors
    /// A sentence when the dialect cannot write that type.
    pub fn type_text(self, sql_type: &SqlType) -> Result<String, String> {
        let sized = |name: &str, length: &Option<u32>| match length {
            Some(length) => format!("{name}({length})"),
            None => name.to_string(),
        };
        Ok(match (self, sql_type) {
            (_, SqlType::Null) => {
                return Err(
                    "Can't generate DDL for NullType(); did you forget to specify a type on this Column?"
                        .into(),
                );
            }
            (_, SqlType::Integer) => "INTEGER".into(),
            (_, SqlType::SmallInteger) => "SMALLINT".into(),
            (_, SqlType::BigInteger) => "BIGINT".into(),
            (Dialect::Postgresql, SqlType::Float { precision: Some(digits) }) => format!("FLOAT({digits})"),
            (Dialect::Mysql, SqlType::Float { precision: Some(digits) }) => format!("FLOAT({digits})"),
            (_, SqlType::Float { .. }) => "FLOAT".into(),
            (Dialect::Postgresql, SqlType::Double) => "DOUBLE PRECISION".into(),
            (_, SqlType::Double) => "DOUBLE".into(),
            (_, SqlType::Numeric { precision: Some(digits), scale: Some(scale) }) => {
                format!("NUMERIC({digits}, {scale})")
            }
            (_, SqlType::Numeric { precision: Some(digits), scale: None }) => format!("NUMERIC({digits})"),
            (_, SqlType::Numeric { .. }) => "NUMERIC".into(),
            (Dialect::Mysql, SqlType::String { length: None } | SqlType::Unicode { length: None }) => {
                return Err("VARCHAR requires a length on dialect mysql".into());
            }
            (_, SqlType::String { length } | SqlType::Unicode { length }) => sized("VARCHAR", length),
            (_, SqlType::Text | SqlType::UnicodeText) => "TEXT".into(),
            (Dialect::Mysql, SqlType::Boolean) => "BOOL".into(),
            (_, SqlType::Boolean) => "BOOLEAN".into(),
            (_, SqlType::Date) => "DATE".into(),
            (Dialect::Postgresql, SqlType::Time) => "TIME WITHOUT TIME ZONE".into(),
            (_, SqlType::Time) => "TIME".into(),
            (Dialect::Postgresql, SqlType::DateTime) => "TIMESTAMP WITHOUT TIME ZONE".into(),
            (_, SqlType::DateTime) => "DATETIME".into(),
            (Dialect::Postgresql, SqlType::LargeBinary) => "BYTEA".into(),
            (_, SqlType::LargeBinary) => "BLOB".into(),
            (Dialect::Postgresql, SqlType::Enum(names)) => match &names.name {
                Some(name) => super::quote(name, self),
                None => return Err("PostgreSQL ENUM type requires a name.".into()),
            },
            (Dialect::Mysql, SqlType::Enum(names)) => {
                let names: Vec<String> = names.names.iter().map(|name| format!("'{name}'")).collect();
                format!("ENUM({})", names.join(","))
            }
            (_, SqlType::Enum(names)) => format!("VARCHAR({})", names.width()),
            (_, SqlType::Json) => "JSON".into(),
            (Dialect::Postgresql, SqlType::Uuid { .. }) => "UUID".into(),
            (_, SqlType::Uuid { .. }) => "CHAR(32)".into(),
            (Dialect::Postgresql, SqlType::Interval) => "INTERVAL".into(),
            (_, SqlType::Interval) => "DATETIME".into(),
        })
    }
}
