//! What differs between databases.

use crate::types::{Family, SqlType, TypeArgument};

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
            Family::String => Ok("VARCHAR".into()),
            Family::Integer if class.is_a("BigInteger") => Ok("BIGINT".into()),
            Family::Integer if class.is_a("SmallInteger") => Ok("SMALLINT".into()),
            Family::Integer => Ok("INTEGER".into()),
            Family::Date | Family::Time | Family::Json | Family::Uuid | Family::Array => self.type_text(own),
            // Nor with its precision.
            Family::DateTime => {
                let plain = described.into_owned().with("precision", TypeArgument::None);
                self.type_text(&SqlType::of_class(plain))
            }
            _ if class.name.ends_with("RANGE") => self.type_text(own),
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
        matches!(self, Dialect::Postgresql | Dialect::Mysql)
    }

    /// Whether it has sequences.
    pub fn has_sequences(self) -> bool {
        matches!(self, Dialect::Postgresql | Dialect::Oracle | Dialect::Mssql)
    }

    /// Whether it has `true` and `false`.
    pub(super) fn has_booleans(self) -> bool {
        !matches!(self, Dialect::Sqlite | Dialect::Oracle | Dialect::Mssql)
    }
}
