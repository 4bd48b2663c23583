//! `CREATE` and `DROP` as text.

use super::{CompileError, Compiler, Dialect};
use crate::schema::{Constraint, ForeignKey, ServerDefault, Table, Unresolved};
use crate::sql::Ddl;
use crate::types::{ColumnId, TableId};

impl Compiler<'_> {
    pub(super) fn ddl(&mut self, ddl: &Ddl) -> Result<(), CompileError> {
        match ddl {
            Ddl::CreateTable(create) => {
                self.out.push_str("\nCREATE TABLE ");
                if create.if_not_exists {
                    self.out.push_str("IF NOT EXISTS ");
                }
                self.create_table(create.table)
            }
            Ddl::DropTable(drop) => {
                self.out.push_str("\nDROP TABLE ");
                if drop.if_exists {
                    self.out.push_str("IF EXISTS ");
                }
                self.table_name(drop.table);
                Ok(())
            }
            Ddl::CreateIndex { table, index } => {
                let definition = self.schema.table(*table);
                let Some(index) = definition.indexes.get(*index as usize) else { return Ok(()) };
                self.out.push_str(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
                self.ident(&index.name);
                self.out.push_str(" ON ");
                self.table_name(*table);
                let columns = self.names(definition, &index.columns);
                self.out.push_str(&format!(" ({columns})"));
                Ok(())
            }
        }
    }

    fn create_table(&mut self, id: TableId) -> Result<(), CompileError> {
        let table = self.schema.table(id);
        self.table_name(id);
        self.out.push_str(" (\n");
        // References that lead nowhere are refused before anything else.
        let mut clauses = Vec::new();
        self.key_clauses(table, &mut clauses);
        // In the order in which the constraints were made: those that were given
        // existed before the table, those of columns came with it.
        self.explicit_clauses(id, &mut clauses)?;
        for column in &table.columns {
            if column.unique {
                clauses.push(format!("UNIQUE ({})", super::quote(&column.name, self.dialect)));
            }
            for key in &column.foreign_keys {
                clauses.push(self.foreign_key_clause(
                    id,
                    std::slice::from_ref(&column.name),
                    std::slice::from_ref(key),
                )?);
            }
        }
        for index in 0..table.columns.len() as u32 {
            if index > 0 {
                self.out.push_str(", \n");
            }
            self.column_definition(ColumnId { table: id, index })?;
        }
        for clause in clauses {
            self.out.push_str(", \n\t");
            self.out.push_str(&clause);
        }
        self.out.push_str("\n)\n\n");
        Ok(())
    }

    fn column_definition(&mut self, id: ColumnId) -> Result<(), CompileError> {
        let table = self.schema.table(id.table);
        let column = self.schema.column(id);
        self.out.push('\t');
        self.ident(&column.name);
        self.out.push(' ');
        let makes_values = table.autoincrement_column() == Some(id.index);
        let type_text = self.dialect.type_text(&column.sql_type).map_err(|reason| {
            CompileError::Compile(format!("(in table '{}', column '{}'): {reason}", table.name, column.name))
        })?;
        if makes_values && self.dialect == Dialect::Postgresql {
            self.out.push_str(match type_text.as_str() {
                "BIGINT" => "BIGSERIAL",
                "SMALLINT" => "SMALLSERIAL",
                _ => "SERIAL",
            });
        } else {
            self.out.push_str(&type_text);
        }
        if let Some(default) = &column.server_default {
            self.out.push_str(" DEFAULT ");
            match default {
                ServerDefault::Text { default, sqlite, postgresql, mysql } => {
                    self.out.push_str(match self.dialect {
                        Dialect::Default => default,
                        Dialect::Sqlite => sqlite,
                        Dialect::Postgresql => postgresql,
                        Dialect::Mysql => mysql,
                        Dialect::Oracle | Dialect::Mssql => default,
                    })
                }
                ServerDefault::Literal(text) => self.out.push_str(&format!("'{}'", text.replace('\'', "''"))),
            }
        }
        if !column.nullable {
            self.out.push_str(" NOT NULL");
        }
        if makes_values && self.dialect == Dialect::Mysql {
            self.out.push_str(" AUTO_INCREMENT");
        }
        for (name, text) in &column.checks {
            self.out.push_str(&format!(" {}CHECK ({text})", self.constraint_name(name.as_ref())));
        }
        Ok(())
    }

    fn key_clauses(&self, table: &Table, clauses: &mut Vec<String>) {
        let key = table.primary_key();
        if key.is_empty() {
            return;
        }
        let names: Vec<String> =
            key.iter().map(|at| super::quote(&table.columns[*at as usize].name, self.dialect)).collect();
        let name = table.constraints.iter().find_map(|constraint| match constraint {
            Constraint::PrimaryKey { name, .. } => name.as_ref(),
            _ => None,
        });
        clauses.push(format!("{}PRIMARY KEY ({})", self.constraint_name(name), names.join(", ")));
    }

    fn explicit_clauses(&self, id: TableId, clauses: &mut Vec<String>) -> Result<(), CompileError> {
        let table = self.schema.table(id);
        for constraint in &table.constraints {
            match constraint {
                Constraint::PrimaryKey { .. } => {}
                Constraint::Unique { name, columns } => {
                    let columns = self.names(table, columns);
                    clauses.push(format!("{}UNIQUE ({columns})", self.constraint_name(name.as_ref())));
                }
                Constraint::Check { name, text } => {
                    clauses.push(format!("{}CHECK ({text})", self.constraint_name(name.as_ref())));
                }
                Constraint::ForeignKey { columns, targets, options } => {
                    let keys: Vec<ForeignKey> = targets
                        .iter()
                        .map(|target| ForeignKey { target: target.clone(), ..options.clone() })
                        .collect();
                    clauses.push(self.foreign_key_clause(id, columns, &keys)?);
                }
            }
        }
        Ok(())
    }

    fn foreign_key_clause(
        &self,
        table: TableId,
        columns: &[String],
        keys: &[ForeignKey],
    ) -> Result<String, CompileError> {
        let own: Vec<String> = columns.iter().map(|name| super::quote(name, self.dialect)).collect();
        let mut target_table = String::new();
        let mut target_columns = Vec::new();
        for (key, column) in keys.iter().zip(columns) {
            let id = self.schema.resolve(table, key).map_err(|unresolved| {
                CompileError::NoReferencedTable(match unresolved {
                    Unresolved::Table(target) => format!(
                        "Foreign key associated with column '{0}.{column}' could not find table '{target}' with which to generate a foreign key to target column '{1}'",
                        self.schema.table(table).name,
                        key.target.rsplit('.').next().unwrap_or_default()
                    ),
                    Unresolved::Column { table: target, column: wanted } => format!(
                        "Could not initialize target column for ForeignKey '{0}' on table '{1}': table '{target}' has no column named '{wanted}'",
                        key.target,
                        self.schema.table(table).name
                    ),
                })
            })?;
            let target = self.schema.table(id.table);
            target_table = super::quote(&target.name, self.dialect);
            if let Some(owner) = &target.schema {
                target_table = format!("{}.{target_table}", super::quote(owner, self.dialect));
            }
            target_columns.push(super::quote(&self.schema.column(id).name, self.dialect));
        }
        let options = keys.first().cloned().unwrap_or_default();
        let mut clause = format!(
            "{}FOREIGN KEY({}) REFERENCES {target_table} ({})",
            self.constraint_name(options.name.as_ref()),
            own.join(", "),
            target_columns.join(", ")
        );
        if let Some(action) = &options.on_delete {
            clause.push_str(&format!(" ON DELETE {action}"));
        }
        if let Some(action) = &options.on_update {
            clause.push_str(&format!(" ON UPDATE {action}"));
        }
        Ok(clause)
    }

    fn constraint_name(&self, name: Option<&String>) -> String {
        name.map(|name| format!("CONSTRAINT {} ", super::quote(name, self.dialect))).unwrap_or_default()
    }

    fn names(&self, table: &Table, keys: &[String]) -> String {
        let names: Vec<String> = keys
            .iter()
            .map(|key| {
                let name = table.column_index(key).map_or(key, |at| &table.columns[at as usize].name);
                super::quote(name, self.dialect)
            })
            .collect();
        names.join(", ")
    }
}
