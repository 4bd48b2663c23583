//! A column's line in CREATE TABLE.

use crate::expression::Expr;
use crate::schema::{Column, ColumnDefault, Identity, ServerDefault, Table};
use crate::sql::compiler::{CompileError, Compiler, Dialect};
use crate::types::{ColumnId, SqlType, TableId};

impl Compiler<'_> {
    pub(super) fn column_definition(&self, id: ColumnId, makes_values: bool) -> Result<String, CompileError> {
        let table = self.schema.table(id.table);
        let column = self.schema.column(id);
        let type_text = self.type_text(&column.sql_type)?;
        let mut out = self.quoted(&column.name, column.quote);
        out.push(' ');
        match self.dialect {
            Dialect::Postgresql => self.postgresql(&mut out, id, column, makes_values, type_text)?,
            Dialect::Mysql => self.mysql(&mut out, id, column, makes_values, type_text)?,
            Dialect::Sqlite => self.sqlite(&mut out, id, table, column, type_text)?,
            Dialect::Mssql => self.mssql(&mut out, id, column, makes_values, type_text)?,
            _ => self.common(&mut out, id, column, type_text)?,
        }
        for check in &column.checks {
            out.push(' ');
            out.push_str(&self.check_clause(
                check.name.as_deref(),
                &check.condition,
                &check.checking,
                Some(id.table),
            )?);
        }
        Ok(out)
    }

    fn common(
        &self,
        out: &mut String,
        id: ColumnId,
        column: &Column,
        type_text: String,
    ) -> Result<(), CompileError> {
        out.push_str(&type_text);
        if let Some(default) = self.default_text(column, id.table)? {
            out.push_str(" DEFAULT ");
            out.push_str(&default);
        }
        self.computed(out, column, id.table)?;
        if let Some(identity) = &column.identity {
            out.push(' ');
            out.push_str(&self.identity(identity));
        }
        if !column.nullable && column.identity.is_none() {
            out.push_str(" NOT NULL");
        }
        Ok(())
    }

    fn sqlite(
        &self,
        out: &mut String,
        id: ColumnId,
        table: &Table,
        column: &Column,
        type_text: String,
    ) -> Result<(), CompileError> {
        out.push_str(&type_text);
        if let Some(default) = self.default_text(column, id.table)? {
            out.push_str(" DEFAULT ");
            out.push_str(&in_parentheses(default));
        }
        if !column.nullable {
            out.push_str(" NOT NULL");
            if let Some(action) = column.options.text("sqlite_on_conflict_not_null") {
                out.push_str(&format!(" ON CONFLICT {action}"));
            }
        }
        let key = column.primary_key && column.autoincrement == Some(true);
        if key && table.primary_key().len() != 1 {
            return Err(CompileError::Compile(
                "SQLite does not support autoincrement for composite primary keys".into(),
            ));
        }
        if column.primary_key && self.key_is_inline(table) {
            out.push_str(" PRIMARY KEY");
            if let Some(action) = column.options.text("sqlite_on_conflict_primary_key") {
                out.push_str(&format!(" ON CONFLICT {action}"));
            }
            out.push_str(" AUTOINCREMENT");
        }
        self.computed(out, column, id.table)
    }

    /// Whether SQLite's AUTOINCREMENT makes the key part of its column's line.
    pub(super) fn key_is_inline(&self, table: &Table) -> bool {
        let [at] = table.primary_key()[..] else { return false };
        self.dialect == Dialect::Sqlite
            && table.options.flag("sqlite_autoincrement")
            && table.columns[at as usize].sql_type.is_integer()
            && !table.refers(at)
    }

    fn postgresql(
        &self,
        out: &mut String,
        id: ColumnId,
        column: &Column,
        makes_values: bool,
        type_text: String,
    ) -> Result<(), CompileError> {
        let own_default = match &column.default {
            None => true,
            Some(ColumnDefault::Sequence(sequence)) => sequence.optional,
            Some(_) => false,
        };
        if column.primary_key && makes_values && own_default && column.identity.is_none() {
            out.push_str(match &*column.sql_type.for_dialect("postgresql").generic() {
                SqlType::BigInteger => "BIGSERIAL",
                SqlType::SmallInteger => "SMALLSERIAL",
                _ => "SERIAL",
            });
        } else {
            out.push_str(&type_text);
            if let Some(default) = self.default_text(column, id.table)? {
                out.push_str(" DEFAULT ");
                out.push_str(&default);
            }
        }
        self.computed(out, column, id.table)?;
        match &column.identity {
            Some(identity) => {
                out.push(' ');
                out.push_str(&self.identity(identity));
                if column.nullable {
                    out.push_str(" NULL");
                }
            }
            None if !column.nullable => out.push_str(" NOT NULL"),
            None => {}
        }
        Ok(())
    }

    fn mysql(
        &self,
        out: &mut String,
        id: ColumnId,
        column: &Column,
        makes_values: bool,
        type_text: String,
    ) -> Result<(), CompileError> {
        out.push_str(&type_text);
        self.computed(out, column, id.table)?;
        let own = column.sql_type.for_dialect("mysql");
        let is_timestamp = own.described().class.is_a("TIMESTAMP");
        if !column.nullable {
            out.push_str(" NOT NULL");
        } else if is_timestamp {
            out.push_str(" NULL");
        }
        if let Some(comment) = &column.comment {
            out.push_str(&format!(" COMMENT {}", self.string(comment)));
        }
        let own_default = column.server_default.is_none() || column.identity.is_some();
        if makes_values && own_default {
            out.push_str(" AUTO_INCREMENT");
        } else if let Some(default) = self.default_text(column, id.table)? {
            out.push_str(" DEFAULT ");
            let lower = default.to_lowercase();
            let as_it_is = lower.contains("on update")
                || lower.starts_with("now(") && lower.len() > 5 && lower != "now()"
                || lower.starts_with("current_timestamp(") && lower != "current_timestamp()";
            out.push_str(&if as_it_is { default } else { in_parentheses(default) });
        }
        Ok(())
    }

    fn mssql(
        &self,
        out: &mut String,
        id: ColumnId,
        column: &Column,
        makes_values: bool,
        type_text: String,
    ) -> Result<(), CompileError> {
        if let Some(computed) = &column.computed {
            let text = self.ddl_expr(&computed.expr, Some(id.table))?;
            out.push_str(&format!("AS ({text})"));
            if computed.persisted == Some(true) {
                out.push_str(" PERSISTED");
            }
            return Ok(());
        }
        out.push_str(&type_text);
        let sequence = match &column.default {
            Some(ColumnDefault::Sequence(sequence)) => Some(sequence.optional),
            _ => None,
        };
        if !column.nullable || column.primary_key || column.identity.is_some() || sequence.is_some() {
            out.push_str(" NOT NULL");
        } else {
            out.push_str(" NULL");
        }
        let own_default = sequence != Some(false);
        if let Some(identity) = &column.identity {
            let counting = &identity.counting;
            out.push_str(" IDENTITY");
            if counting.start.is_some() || counting.increment.is_some() {
                let (start, increment) = (counting.start.unwrap_or(1), counting.increment.unwrap_or(1));
                out.push_str(&format!("({start},{increment})"));
            }
        } else if makes_values && own_default {
            out.push_str(" IDENTITY");
        } else if let Some(default) = self.default_text(column, id.table)? {
            out.push_str(&format!(" DEFAULT {default}"));
        }
        Ok(())
    }

    /// `GENERATED ALWAYS AS (…)`
    fn computed(&self, out: &mut String, column: &Column, table: TableId) -> Result<(), CompileError> {
        let Some(computed) = &column.computed else { return Ok(()) };
        if self.dialect == Dialect::Oracle && computed.persisted == Some(true) {
            return Err(CompileError::Compile("Oracle Database computed columns do not support 'stored' persistence; set the 'persisted' flag to None or False for Oracle Database support.".into()));
        }
        let text = self.ddl_expr(&computed.expr, Some(table))?;
        out.push_str(&format!(" GENERATED ALWAYS AS ({text})"));
        out.push_str(match computed.persisted {
            Some(true) => " STORED",
            Some(false) => " VIRTUAL",
            None => "",
        });
        Ok(())
    }

    fn identity(&self, identity: &Identity) -> String {
        let mut out =
            format!("GENERATED {} AS IDENTITY", if identity.always { "ALWAYS" } else { "BY DEFAULT" });
        if self.dialect == Dialect::Oracle && identity.on_null == Some(true) && !identity.always {
            out = "GENERATED BY DEFAULT ON NULL AS IDENTITY".into();
        }
        let options = self.counting(&identity.counting);
        if !options.is_empty() {
            out.push_str(&format!(" ({options})"));
        }
        out
    }

    /// What stands after DEFAULT.
    pub(in crate::sql::compiler) fn default_text(
        &self,
        column: &Column,
        table: TableId,
    ) -> Result<Option<String>, CompileError> {
        Ok(match &column.server_default {
            None | Some(ServerDefault::Fetched) => None,
            Some(ServerDefault::Literal(text)) => Some(self.string(text)),
            Some(ServerDefault::Expr(expr)) => Some(self.default_expr(expr, table)?),
        })
    }

    fn default_expr(&self, expr: &Expr, table: TableId) -> Result<String, CompileError> {
        self.ddl_expr(expr, Some(table))
    }
}

/// A default in parentheses, unless it is a literal, a single word, or has them already.
fn in_parentheses(default: String) -> String {
    let starts_quoted = default.trim_start().starts_with(['\'', '"', '(']);
    let is_word = default.chars().all(|c| c.is_alphanumeric() || c == '_');
    if starts_quoted || is_word { default } else { format!("({default})") }
}
