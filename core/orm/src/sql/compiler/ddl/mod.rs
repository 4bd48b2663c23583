//! `CREATE`, `DROP`, `ALTER` and comments as text.
//!
//! SQLAlchemy counterpart: `DDLCompiler` and the dialects' own.

mod column;
mod constraint;
mod index;
mod options;

use super::{CompileError, Compiler, Context, Dialect, Given, Kind, compile};
use crate::expression::{Counting, Sequence};
use crate::schema::Table;
use crate::sql::{CreateTable, Ddl, Expr};
use crate::types::{ColumnId, SpecificType, SqlType, TableId};

impl Compiler<'_> {
    pub(super) fn ddl(&mut self, ddl: &Ddl) -> Result<(), CompileError> {
        let text = self.ddl_text(ddl)?;
        self.out.push_str(&text);
        Ok(())
    }

    fn ddl_text(&self, ddl: &Ddl) -> Result<String, CompileError> {
        let if_exists = |flag: bool| if flag { "IF EXISTS " } else { "" };
        let if_not_exists = |flag: bool| if flag { "IF NOT EXISTS " } else { "" };
        Ok(match ddl {
            Ddl::CreateTable(create) => self.create_table(create)?,
            Ddl::CreateColumn(column) => {
                let makes_values =
                    self.schema.table(column.table).autoincrement_column() == Some(column.index);
                self.column_definition(*column, makes_values)?
            }
            Ddl::DropTable(drop) => {
                format!("\nDROP TABLE {}{}", if_exists(drop.if_exists), self.table_text(drop.table, true))
            }
            Ddl::CreateIndex { table, index, if_not_exists } => {
                self.create_index(*table, *index, *if_not_exists)?
            }
            Ddl::DropIndex { table, index, if_exists } => self.drop_index(*table, *index, *if_exists)?,
            Ddl::AddConstraint { table, constraint } => match self.constraint_of(*table, *constraint)? {
                Some(clause) => format!("ALTER TABLE {} ADD {clause}", self.table_text(*table, true)),
                None => String::new(),
            },
            Ddl::DropConstraint { table, constraint, if_exists, cascade } => {
                self.drop_constraint(*table, *constraint, *if_exists, *cascade)?
            }
            Ddl::CreateFromSelect(table) => self.create_from_select(*table)?,
            Ddl::DropView { table, if_exists: flag, materialized } => format!(
                "\nDROP {}VIEW {}{}",
                if *materialized { "MATERIALIZED " } else { "" },
                if_exists(*flag),
                self.table_text(*table, true)
            ),
            Ddl::CreateSchema { name, if_not_exists: flag } => {
                format!("CREATE SCHEMA {}{}", if_not_exists(*flag), self.quoted(name, None))
            }
            Ddl::DropSchema { name, if_exists: flag, cascade } => format!(
                "DROP SCHEMA {}{}{}",
                if_exists(*flag),
                self.quoted(name, None),
                if *cascade { " CASCADE" } else { "" }
            ),
            Ddl::CreateSequence { sequence, if_not_exists: flag } => {
                self.create_sequence(sequence, if_not_exists(*flag))?
            }
            Ddl::DropSequence { sequence, if_exists: flag } => {
                format!("DROP SEQUENCE {}{}", if_exists(*flag), self.sequence_name(sequence))
            }
            Ddl::CreateType(sql_type) => self.create_type(sql_type)?,
            Ddl::DropType(sql_type) => {
                let word = if sql_type.described().class.name == "DOMAIN" { "DOMAIN" } else { "TYPE" };
                format!("DROP {word} {}", self.dialect.type_text(sql_type).map_err(CompileError::Compile)?)
            }
            Ddl::TableComment { table, drop } => self.table_comment(*table, *drop),
            Ddl::ColumnComment { column, drop } => self.column_comment(*column, *drop)?,
            Ddl::ConstraintComment { table, constraint, drop } => {
                self.constraint_comment(*table, *constraint, *drop)?
            }
            Ddl::Text { text, table, context } => self.filled_in(text, *table, context)?,
        })
    }

    /// What errors call the compiler of such statements.
    fn ddl_compiler_repr(&self) -> &'static str {
        match self.dialect {
            Dialect::Default => "<sqlalchemy.sql.compiler.DDLCompiler object at 0x…>",
            Dialect::Sqlite => "<sqlalchemy.dialects.sqlite.base.SQLiteDDLCompiler object at 0x…>",
            Dialect::Postgresql => "<sqlalchemy.dialects.postgresql.base.PGDDLCompiler object at 0x…>",
            Dialect::Mysql => "<sqlalchemy.dialects.mysql.base.MySQLDDLCompiler object at 0x…>",
            Dialect::Oracle => "<sqlalchemy.dialects.oracle.base.OracleDDLCompiler object at 0x…>",
            Dialect::Mssql => "<sqlalchemy.dialects.mssql.base.MSDDLCompiler object at 0x…>",
        }
    }

    fn create_table(&self, create: &CreateTable) -> Result<String, CompileError> {
        let id = create.table;
        let table = self.schema.table(id);
        let mut out = String::from("\nCREATE ");
        for prefix in &table.prefixes {
            out.push_str(prefix);
            out.push(' ');
        }
        out.push_str("TABLE ");
        if create.if_not_exists {
            out.push_str("IF NOT EXISTS ");
        }
        out.push_str(&self.table_text(id, true));
        out.push_str(" (");
        self.check_autoincrement(table)?;
        // References that lead nowhere are refused before anything else.
        let clauses = self.table_constraints(id, &create.without)?;
        let autoincrement = table.autoincrement_column();
        let mut separator = "\n\t";
        for index in 0..table.columns.len() as u32 {
            let column = &table.columns[index as usize];
            if column.system {
                continue;
            }
            let makes_values = autoincrement == Some(index);
            let at = ColumnId { table: id, index };
            let clause = match self.schema.column_text(self.dialect.name(), at) {
                Some(Some(text)) => Ok(text.to_string()),
                Some(None) => continue,
                None => self.column_definition(at, makes_values),
            };
            let clause = clause.map_err(|error| match error {
                CompileError::Compile(reason) => CompileError::Compile(format!(
                    "(in table '{}', column '{}'): {reason}",
                    table.name, column.name
                )),
                unsupported @ CompileError::Unsupported { .. } => CompileError::Compile(format!(
                    "(in table '{}', column '{}'): {unsupported}",
                    table.name, column.name
                )),
                other => other,
            })?;
            out.push_str(separator);
            out.push_str(&clause);
            separator = ", \n\t";
        }
        if !clauses.is_empty() {
            out.push_str(separator);
            out.push_str(&clauses.join(", \n\t"));
        }
        out.push_str("\n)");
        out.push_str(&self.table_options(table)?);
        out.push_str("\n\n");
        Ok(out)
    }

    /// Refuses `autoincrement=True` of what cannot count.
    fn check_autoincrement(&self, table: &Table) -> Result<(), CompileError> {
        let mut counting = None;
        for at in table.primary_key() {
            let column = &table.columns[at as usize];
            if column.autoincrement != Some(true) {
                continue;
            }
            if !column.sql_type.is_numeric() {
                let text = Dialect::Default.type_text(&column.sql_type).map_err(CompileError::Compile)?;
                return Err(CompileError::Argument(format!(
                    "Column type {text} on column '{}.{}' is not compatible with autoincrement=True",
                    table.name, column.name
                )));
            }
            if let Some(other) = counting.replace(&column.name) {
                return Err(CompileError::Argument(format!(
                    "Only one Column may be marked autoincrement=True, found both {} and {other}.",
                    column.name
                )));
            }
        }
        Ok(())
    }

    fn create_from_select(&self, id: TableId) -> Result<String, CompileError> {
        let table = self.schema.table(id);
        let Some(made_of) = &table.made_of else {
            return self.create_table(&CreateTable::new(id));
        };
        let given = Given { literal_binds: true, ..Given::default() };
        let select = compile(self.schema, &made_of.select, self.dialect, &given)?.sql;
        let name = self.table_text(id, true);
        let mut out = String::from("CREATE ");
        for (wanted, word) in [
            (made_of.or_replace, "OR REPLACE "),
            (made_of.temporary, "TEMPORARY "),
            (made_of.materialized, "MATERIALIZED "),
        ] {
            out.push_str(if wanted { word } else { "" });
        }
        out.push_str(if made_of.view { "VIEW " } else { "TABLE " });
        if made_of.if_not_exists {
            out.push_str("IF NOT EXISTS ");
        }
        out.push_str(&name);
        if self.dialect == Dialect::Postgresql && !made_of.with.is_empty() {
            let with = made_of.with.iter().map(|(name, value)| match value.is_empty() {
                true => name.clone(),
                false => format!("{name} = {value}"),
            });
            out.push_str(&format!(" WITH ({})", with.collect::<Vec<_>>().join(", ")));
        }
        out.push_str(" AS ");
        out.push_str(&select);
        Ok(out)
    }

    /// An expression with its values written out and its columns without their table.
    fn ddl_expr(&self, expr: &Expr, table: Option<TableId>) -> Result<String, CompileError> {
        let mut compiler = Compiler::new(self.schema, self.dialect, expr.binds());
        let cx = Context { literal_binds: true, with_table: table.is_none(), ..Context::PLAIN };
        compiler.expr(expr, cx)?;
        Ok(compiler.finish(Kind::Text).sql)
    }

    /// A string as SQL writes it.
    fn string(&self, text: &str) -> String {
        let mut text = text.replace('\'', "''");
        if self.dialect == Dialect::Mysql {
            text = text.replace('\\', "\\\\");
        }
        if self.dialect.doubles_percent() {
            text = text.replace('%', "%%");
        }
        format!("'{text}'")
    }

    fn create_sequence(&self, sequence: &Sequence, condition: &str) -> Result<String, CompileError> {
        let mut out = format!("CREATE SEQUENCE {condition}{}", self.sequence_name(sequence));
        if let (Some(sql_type), Dialect::Postgresql | Dialect::Mssql) = (&sequence.data_type, self.dialect) {
            out.push_str(" AS ");
            out.push_str(&self.dialect.type_text(sql_type).map_err(CompileError::Compile)?);
        }
        let mut counting = sequence.counting.clone();
        if self.dialect == Dialect::Mssql && counting.start.is_none() {
            counting.start = Some(1);
        }
        let options = self.counting(&counting);
        if !options.is_empty() {
            out.push(' ');
            out.push_str(&options);
        }
        Ok(out)
    }

    /// How a sequence counts, in the dialect's words.
    fn counting(&self, counting: &Counting) -> String {
        let mut text = counting_text(counting);
        if let (Dialect::Oracle, Some(order)) = (self.dialect, counting.order) {
            let separator = if text.is_empty() { "" } else { " " };
            text.push_str(&format!("{separator}{}", if order { "ORDER" } else { "NOORDER" }));
        }
        match self.dialect {
            Dialect::Oracle => text
                .replace("NO MINVALUE", "NOMINVALUE")
                .replace("NO MAXVALUE", "NOMAXVALUE")
                .replace("NO CYCLE", "NOCYCLE"),
            Dialect::Mysql => text.replace("NO CYCLE", "NOCYCLE"),
            _ => text,
        }
    }

    pub(super) fn sequence_name(&self, sequence: &Sequence) -> String {
        let name = self.quoted(&sequence.name, None);
        match &sequence.schema {
            Some(schema) => format!("{}.{name}", self.quoted(schema, None)),
            None => name,
        }
    }

    fn create_type(&self, sql_type: &SqlType) -> Result<String, CompileError> {
        let name = self.dialect.type_text(sql_type).map_err(CompileError::Compile)?;
        let described = sql_type.described();
        if described.class.name == "DOMAIN" {
            return self.create_domain(&name, &described);
        }
        let names = sql_type.enumeration().map(|made| made.names.as_slice()).unwrap_or_default();
        let names: Vec<String> = names.iter().map(|name| self.string(name)).collect();
        Ok(format!("CREATE TYPE {name} AS ENUM ({})", names.join(", ")))
    }

    fn create_domain(&self, name: &str, domain: &SpecificType) -> Result<String, CompileError> {
        let quoted = |name: &str| self.quoted(name, None);
        let mut options = Vec::new();
        if let Some(collation) = domain.text("collation") {
            let schema = domain.text("collation_schema").map(|schema| format!("{}.", quoted(schema)));
            options.push(format!("COLLATE {}{}", schema.unwrap_or_default(), quoted(collation)));
        }
        options.extend(domain.text("default").map(|default| format!("DEFAULT {default}")));
        options.extend(domain.text("constraint_name").map(|name| format!("CONSTRAINT {}", quoted(name))));
        if domain.flag("not_null") {
            options.push("NOT NULL".into());
        }
        options.extend(domain.text("check").map(|check| format!("CHECK ({check})")));
        let of = domain.item("data_type").cloned().unwrap_or_default();
        let of = self.dialect.type_text(&of).map_err(CompileError::Compile)?;
        Ok(format!("CREATE DOMAIN {name} AS {of} {}", options.join(" ")))
    }

    fn table_comment(&self, table: TableId, drop: bool) -> String {
        let name = self.table_text(table, true);
        let comment = self.schema.table(table).comment.as_ref().filter(|_| !drop);
        let text = comment.map(|text| self.string(text));
        match self.dialect {
            Dialect::Mysql => format!("ALTER TABLE {name} COMMENT {}", text.unwrap_or_else(|| "''".into())),
            Dialect::Oracle => format!("COMMENT ON TABLE {name} IS {}", text.unwrap_or_else(|| "''".into())),
            _ => format!("COMMENT ON TABLE {name} IS {}", text.unwrap_or_else(|| "NULL".into())),
        }
    }

    fn column_comment(&self, id: ColumnId, drop: bool) -> Result<String, CompileError> {
        let table = self.table_text(id.table, true);
        let column = self.schema.column(id);
        let name = self.quoted(&column.name, column.quote);
        if self.dialect == Dialect::Mysql && !drop {
            let makes_values = self.schema.table(id.table).autoincrement_column() == Some(id.index);
            return Ok(format!(
                "ALTER TABLE {table} CHANGE {name} {}",
                self.column_definition(id, makes_values)?
            ));
        }
        let comment = column.comment.as_ref().filter(|_| !drop);
        let text = comment.map_or_else(|| "NULL".into(), |text| self.string(text));
        Ok(format!("COMMENT ON COLUMN {table}.{name} IS {text}"))
    }

    /// `DDL("…")` with the table's names filled in.
    fn filled_in(
        &self,
        text: &str,
        table: Option<TableId>,
        context: &[(String, String)],
    ) -> Result<String, CompileError> {
        let own = |name: &str| {
            let id = table?;
            let definition = self.schema.table(id);
            Some(match name {
                "table" => self.quoted(&definition.name, definition.quote),
                "schema" => definition
                    .schema
                    .as_ref()
                    .map(|schema| self.quoted(schema, definition.quote_schema))
                    .unwrap_or_default(),
                "fullname" => self.table_text(id, true),
                _ => return None,
            })
        };
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            match rest.strip_prefix("%(").and_then(|inside| inside.split_once(")s")) {
                Some((name, after)) => {
                    let given = context.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
                    let value = given.or_else(|| own(name));
                    out.push_str(&value.ok_or_else(|| CompileError::Compile(format!("KeyError: '{name}'")))?);
                    rest = after;
                }
                None => {
                    // What is left stands for itself, and is doubled for drivers that ask for it.
                    out.push_str(if self.dialect.doubles_percent() { "%%" } else { "%" });
                    rest = rest.strip_prefix("%%").unwrap_or(&rest[1..]);
                }
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// `START WITH …` and kin.
fn counting_text(counting: &Counting) -> String {
    let numbers = [
        ("INCREMENT BY", counting.increment),
        ("START WITH", counting.start),
        ("MINVALUE", counting.min_value),
        ("MAXVALUE", counting.max_value),
    ];
    let mut parts: Vec<String> =
        numbers.iter().filter_map(|(word, value)| value.map(|value| format!("{word} {value}"))).collect();
    if counting.no_min_value {
        parts.push("NO MINVALUE".into());
    }
    if counting.no_max_value {
        parts.push("NO MAXVALUE".into());
    }
    parts.extend(counting.cache.map(|cache| format!("CACHE {cache}")));
    if let Some(cycle) = counting.cycle {
        parts.push(if cycle { "CYCLE" } else { "NO CYCLE" }.into());
    }
    parts.join(" ")
}
