//! CREATE INDEX and DROP INDEX.

use crate::expression::{Expr, Kind, Operator};
use crate::schema::{Index, IndexElement, OptionValue, Options};
use crate::sql::compiler::{CompileError, Compiler, Dialect};
use crate::types::TableId;

impl Compiler<'_> {
    pub(super) fn create_index(
        &self,
        table: TableId,
        place: u32,
        if_not_exists: bool,
    ) -> Result<String, CompileError> {
        let Some(index) = self.schema.table(table).indexes.get(place as usize) else {
            return Err(CompileError::Compile("Index is not associated with any table.".into()));
        };
        let name = self.index_name(index)?.ok_or_else(|| {
            CompileError::Compile("CREATE INDEX requires that the index have a name".into())
        })?;
        let options = &index.options;
        let mut out = String::from("CREATE ");
        if index.unique {
            out.push_str("UNIQUE ");
        }
        if let (Dialect::Mysql, Some(prefix)) = (self.dialect, options.text("mysql_prefix")) {
            out.push_str(&format!("{prefix} "));
        }
        if let (Dialect::Oracle, true) = (self.dialect, options.flag("oracle_bitmap")) {
            out.push_str("BITMAP ");
        }
        if let (Dialect::Mssql, Some(clustered)) = (self.dialect, options.get("mssql_clustered")) {
            out.push_str(if clustered.is_true() { "CLUSTERED " } else { "NONCLUSTERED " });
        }
        out.push_str("INDEX ");
        if self.dialect == Dialect::Postgresql && options.flag("postgresql_concurrently") {
            out.push_str("CONCURRENTLY ");
        }
        if if_not_exists && !matches!(self.dialect, Dialect::Oracle | Dialect::Mssql) {
            out.push_str("IF NOT EXISTS ");
        }
        let definition = self.schema.table(table);
        match (&definition.schema, self.dialect) {
            // SQLite's index has the schema, and its table has none.
            (Some(schema), Dialect::Sqlite) => {
                out.push_str(&format!("{}.{name}", self.quoted(schema, definition.quote_schema)));
            }
            (Some(schema), Dialect::Oracle) => {
                out.push_str(&format!("{}.{name}", self.quoted(schema, definition.quote_schema)));
            }
            _ => out.push_str(&name),
        }
        out.push_str(" ON ");
        out.push_str(&match self.dialect {
            Dialect::Sqlite => self.quoted(&definition.name, definition.quote),
            _ => self.table_text(table, true),
        });
        out.push(' ');
        if let (Dialect::Postgresql, Some(using)) = (self.dialect, options.text("postgresql_using")) {
            out.push_str(&format!("USING {} ", using.to_lowercase()));
        }
        let elements = self.index_elements(table, index)?;
        out.push_str(&format!("({})", elements.join(", ")));
        self.index_options(&mut out, table, options)?;
        Ok(out)
    }

    fn index_options(&self, out: &mut String, table: TableId, options: &Options) -> Result<(), CompileError> {
        match self.dialect {
            Dialect::Postgresql => {
                out.push_str(&self.included(options, table));
                if let Some(value) = options.get("postgresql_nulls_not_distinct") {
                    out.push_str(if value.is_true() { " NULLS NOT DISTINCT" } else { " NULLS DISTINCT" });
                }
                if let Some(OptionValue::Map(with)) = options.get("postgresql_with") {
                    out.push_str(&format!(" WITH ({})", super::options::with_clause(with)));
                }
                if let Some(space) = options.text("postgresql_tablespace") {
                    out.push_str(&format!(" TABLESPACE {}", self.quoted(&space, None)));
                }
                self.partial(out, table, options, "postgresql_where")?;
            }
            Dialect::Mysql => {
                if let Some(parser) = options.text("mysql_with_parser") {
                    out.push_str(&format!(" WITH PARSER {parser}"));
                }
                if let Some(using) = options.text("mysql_using") {
                    out.push_str(&format!(" USING {}", self.quoted(&using, None)));
                }
            }
            Dialect::Sqlite => self.partial(out, table, options, "sqlite_where")?,
            Dialect::Mssql => {
                if let Some(include) = options.get("mssql_include") {
                    out.push_str(&format!(" INCLUDE ({})", self.column_names(table, &include.texts())));
                }
                self.partial(out, table, options, "mssql_where")?;
            }
            Dialect::Oracle => match options.get("oracle_compress") {
                Some(OptionValue::Bool(true)) => out.push_str(" COMPRESS"),
                Some(OptionValue::Int(columns)) => out.push_str(&format!(" COMPRESS {columns}")),
                _ => {}
            },
            Dialect::Default => {}
        }
        Ok(())
    }

    /// The condition of an index over a part of the rows.
    fn partial(
        &self,
        out: &mut String,
        table: TableId,
        options: &Options,
        name: &str,
    ) -> Result<(), CompileError> {
        let text = match options.get(name) {
            Some(OptionValue::Expr(expr)) => self.ddl_expr(expr, Some(table))?,
            Some(other) => other.text(),
            None => return Ok(()),
        };
        out.push_str(&format!(" WHERE {text}"));
        Ok(())
    }

    /// PostgreSQL's `INCLUDE (…)`
    pub(super) fn included(&self, options: &Options, table: TableId) -> String {
        match options.get("postgresql_include") {
            Some(include) if self.dialect == Dialect::Postgresql && include.is_true() => {
                format!(" INCLUDE ({})", self.column_names(table, &include.texts()))
            }
            _ => String::new(),
        }
    }

    fn index_elements(&self, table: TableId, index: &Index) -> Result<Vec<String>, CompileError> {
        let mut texts = Vec::new();
        for element in &index.elements {
            let (key, mut text) = match element {
                IndexElement::Column(key) => {
                    (Some(key.clone()), self.column_names(table, std::slice::from_ref(key)))
                }
                IndexElement::Expr(expr) => {
                    let text = self.ddl_expr(expr, Some(table))?;
                    let key = match expr.kind() {
                        Kind::Column(column) => Some(column.key.to_string()),
                        Kind::Label { name, .. } => name.fixed().map(|name| name.to_string()),
                        _ => None,
                    };
                    (key, if self.groups(expr) { format!("({text})") } else { text })
                }
            };
            if let (Dialect::Postgresql, Some(OptionValue::Map(ops)), Some(key)) =
                (self.dialect, index.options.get("postgresql_ops"), &key)
                && let Some((_, op)) = ops.iter().find(|(name, _)| name == key)
            {
                text.push_str(&format!(" {}", op.text()));
            }
            if self.dialect == Dialect::Mysql {
                match index.options.get("mysql_length") {
                    Some(OptionValue::Int(length)) => text.push_str(&format!("({length})")),
                    Some(OptionValue::Map(lengths)) => {
                        let found =
                            lengths.iter().find(|(name, _)| Some(name) == key.as_ref() || *name == text);
                        if let Some((_, length)) = found {
                            text.push_str(&format!("({})", length.text()));
                        }
                    }
                    _ => {}
                }
            }
            texts.push(text);
        }
        Ok(texts)
    }

    /// Whether an expression stands in parentheses of its own.
    fn groups(&self, expr: &Expr) -> bool {
        match (self.dialect, expr.kind()) {
            (Dialect::Postgresql, Kind::Label { element, .. }) => self.groups(element),
            (Dialect::Postgresql, Kind::Binary { .. } | Kind::List { .. }) => true,
            (Dialect::Mysql, Kind::Binary { .. } | Kind::List { .. } | Kind::Function(_)) => true,
            (Dialect::Mysql, Kind::Unary { op, .. }) => !matches!(op, Operator::Asc | Operator::Desc),
            _ => false,
        }
    }

    fn index_name(&self, index: &Index) -> Result<Option<String>, CompileError> {
        match (&index.name, index.quote) {
            (Some(name), Some(forced)) => Ok(Some(self.quoted(name, Some(forced)))),
            (Some(name), None) => self.identifier(name, index.conventional).map(Some),
            (None, _) => Ok(None),
        }
    }

    pub(super) fn drop_index(
        &self,
        table: TableId,
        place: u32,
        if_exists: bool,
    ) -> Result<String, CompileError> {
        let definition = self.schema.table(table);
        let name = match definition.indexes.get(place as usize) {
            Some(index) => self.index_name(index)?,
            None => None,
        };
        let name = name
            .ok_or_else(|| CompileError::Compile("DROP INDEX requires that the index have a name".into()))?;
        let at_once = definition
            .indexes
            .get(place as usize)
            .is_some_and(|index| index.options.flag("postgresql_concurrently"));
        let concurrently = if at_once && self.dialect == Dialect::Postgresql { "CONCURRENTLY " } else { "" };
        let condition = format!("{concurrently}{}", if if_exists { "IF EXISTS " } else { "" });
        Ok(match (self.dialect, &definition.schema) {
            (Dialect::Mysql | Dialect::Mssql, _) => {
                format!("\nDROP INDEX {condition}{name} ON {}", self.table_text(table, true))
            }
            (_, Some(schema)) => {
                format!("\nDROP INDEX {condition}{}.{name}", self.quoted(schema, definition.quote_schema))
            }
            (_, None) => format!("\nDROP INDEX {condition}{name}"),
        })
    }
}
