//! What differs between databases: a common way of writing SQL, and a file of
//! overrides for each.
//!
//! SQLAlchemy counterpart: the compilers of `sqlalchemy.dialects`.

mod default;
mod mssql;
mod mysql;
mod oracle;
mod postgresql;
mod rules;
mod sqlite;

use crate::types::{Family, SqlType, TypeArgument};

pub(super) use rules::{Change, Rules};

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
    /// How its compiler is named in errors.
    pub fn compiler_repr(self) -> &'static str {
        self.rules().compiler_repr()
    }

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

    /// The cast that follows a placeholder: psycopg sends values without their types.
    pub(super) fn bind_cast(self, sql_type: &SqlType) -> String {
        if self != Dialect::Postgresql {
            return String::new();
        }
        let own = sql_type.for_dialect(self.name());
        let described = own.described();
        let class = described.class;
        let text = match class.family {
            Family::String if class.name == "CITEXT" => return String::new(),
            // Without a length: the value is cast, not cut.
            Family::String => {
                let length = described.number("length").is_some();
                let collation = described.get("collation").filter(|_| !length).cloned();
                let plain = SqlType::String { length: None }.described().into_owned();
                self.type_text(&SqlType::of_class(
                    plain.with("collation", collation.unwrap_or(TypeArgument::None)),
                ))
            }
            Family::Integer if class.is_a("BigInteger") => Ok("BIGINT".into()),
            Family::Integer if class.is_a("SmallInteger") => Ok("SMALLINT".into()),
            Family::Integer => Ok("INTEGER".into()),
            Family::Date | Family::Time | Family::Json | Family::Uuid | Family::Array => self.type_text(own),
            // Nor with its precision.
            Family::DateTime => {
                let plain = described.into_owned().with("precision", TypeArgument::None);
                self.type_text(&SqlType::of_class(plain))
            }
            Family::JsonIndex if class.name != "JSONPathType" => self.type_text(own),
            _ if class.name.ends_with("RANGE") || class.name == "REGCONFIG" => self.type_text(own),
            _ => return String::new(),
        };
        text.map(|text| format!("::{text}")).unwrap_or_default()
    }

    /// The characters around quoted identifiers.
    pub(super) fn quote_chars(self) -> (char, char) {
        match self {
            Dialect::Mysql => ('`', '`'),
            Dialect::Mssql => ('[', ']'),
            _ => ('"', '"'),
        }
    }

    /// How many characters a name has at most.
    pub fn max_identifier_length(self) -> usize {
        match self {
            Dialect::Default | Dialect::Sqlite => 9999,
            Dialect::Postgresql => 63,
            Dialect::Mysql => 255,
            Dialect::Oracle | Dialect::Mssql => 128,
        }
    }

    /// Whether `%` in text must be doubled for the driver.
    pub(super) fn doubles_percent(self) -> bool {
        self.rules().doubles_percent()
    }

    /// Its ways.
    pub(super) fn rules(self) -> &'static dyn Rules {
        match self {
            Dialect::Default => &default::Default,
            Dialect::Sqlite => &sqlite::Sqlite,
            Dialect::Postgresql => &postgresql::Postgresql,
            Dialect::Mysql => &mysql::Mysql,
            Dialect::Oracle => &oracle::Oracle,
            Dialect::Mssql => &mssql::Mssql,
        }
    }

    /// Whether it has sequences.
    pub fn has_sequences(self) -> bool {
        self.rules().has_sequences()
    }

    /// Whether sequences that need not be there are left out.
    pub fn sequences_are_optional(self) -> bool {
        self.rules().sequences_are_optional()
    }
}
