//! What follows the closing parenthesis of CREATE TABLE.

use crate::schema::{OptionValue, Table};
use crate::sql::compiler::{CompileError, Compiler, Dialect};

/// MySQL's options that are strings.
const MYSQL_STRINGS: &[&str] = &["COMMENT", "DATA_DIRECTORY", "INDEX_DIRECTORY", "PASSWORD", "CONNECTION"];

impl Compiler<'_> {
    pub(super) fn table_options(&self, table: &Table) -> Result<String, CompileError> {
        Ok(match self.dialect {
            Dialect::Sqlite => self.sqlite_options(table),
            Dialect::Postgresql => self.postgresql_options(table),
            Dialect::Mysql => self.mysql_options(table),
            Dialect::Oracle => match table.options.text("oracle_tablespace") {
                Some(space) => format!("\n TABLESPACE {}", self.quoted(&space, None)),
                None => String::new(),
            },
            Dialect::Default | Dialect::Mssql => String::new(),
        })
    }

    fn sqlite_options(&self, table: &Table) -> String {
        let mut parts = Vec::new();
        if matches!(table.options.get("sqlite_with_rowid"), Some(OptionValue::Bool(false))) {
            parts.push("WITHOUT ROWID");
        }
        if table.options.flag("sqlite_strict") {
            parts.push("STRICT");
        }
        if parts.is_empty() { String::new() } else { format!("\n {}", parts.join(",\n ")) }
    }

    fn postgresql_options(&self, table: &Table) -> String {
        let options = &table.options;
        let mut out = String::new();
        if let Some(inherits) = options.get("postgresql_inherits") {
            let names: Vec<String> = inherits.texts().iter().map(|name| self.quoted(name, None)).collect();
            out.push_str(&format!("\n INHERITS ({})", names.join(", ")));
        }
        if let Some(by) = options.text("postgresql_partition_by") {
            out.push_str(&format!("\n PARTITION BY {by}"));
        }
        if let Some(using) = options.text("postgresql_using") {
            out.push_str(&format!("\n USING {using}"));
        }
        if let Some(OptionValue::Map(with)) = options.get("postgresql_with") {
            out.push_str(&format!("\n WITH ({})", with_clause(with)));
        }
        if let Some(OptionValue::Bool(oids)) = options.get("postgresql_with_oids") {
            out.push_str(if *oids { "\n WITH OIDS" } else { "\n WITHOUT OIDS" });
        }
        if let Some(action) = options.text("postgresql_on_commit") {
            out.push_str(&format!("\n ON COMMIT {}", action.replace('_', " ").to_uppercase()));
        }
        if let Some(space) = options.text("postgresql_tablespace") {
            out.push_str(&format!("\n TABLESPACE {}", self.quoted(&space, None)));
        }
        out
    }

    fn mysql_options(&self, table: &Table) -> String {
        let own =
            table.options.0.iter().filter_map(|(name, value)| {
                Some((name.strip_prefix("mysql_")?.to_uppercase(), value.text()))
            });
        let comment = table.comment.iter().map(|text| ("COMMENT".to_string(), text.clone()));
        let mut options: Vec<(String, String)> = Vec::new();
        for (name, value) in own.chain(comment) {
            match options.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = value,
                None => options.push((name, value)),
            }
        }
        // A collation follows the character set that it belongs to, partitions follow everything.
        let rank = |name: &str| match name {
            "COLLATE" => 1,
            "PARTITION_BY" => 2,
            "PARTITIONS" => 3,
            "SUBPARTITION_BY" => 4,
            "SUBPARTITIONS" => 5,
            _ => 0,
        };
        options.sort_by_key(|(name, _)| rank(name));
        let parts: Vec<String> = options
            .iter()
            .map(|(name, value)| {
                let value =
                    if MYSQL_STRINGS.contains(&name.as_str()) { self.string(value) } else { value.clone() };
                let spaced = matches!(
                    name.as_str(),
                    "DATA_DIRECTORY"
                        | "INDEX_DIRECTORY"
                        | "DEFAULT_CHARACTER_SET"
                        | "CHARACTER_SET"
                        | "DEFAULT_CHARSET"
                        | "DEFAULT_COLLATE"
                ) || rank(name) > 1;
                let shown = if spaced { name.replace('_', " ") } else { name.clone() };
                let joiner = match shown.as_str() {
                    "TABLESPACE" | "DEFAULT CHARACTER SET" | "CHARACTER SET" | "COLLATE" => " ",
                    _ if rank(name) > 1 => " ",
                    _ => "=",
                };
                format!("{shown}{joiner}{value}")
            })
            .collect();
        parts.join(" ")
    }
}

/// PostgreSQL's storage parameters.
pub(super) fn with_clause(with: &[(String, OptionValue)]) -> String {
    let parts: Vec<String> = with
        .iter()
        .map(|(name, value)| match value {
            OptionValue::None => name.clone(),
            OptionValue::Bool(value) => format!("{name} = {value}"),
            other => format!("{name} = {}", other.text()),
        })
        .collect();
    parts.join(", ")
}
