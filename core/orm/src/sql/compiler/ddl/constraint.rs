//! Constraints: PRIMARY KEY, UNIQUE, CHECK, FOREIGN KEY, EXCLUDE.

use crate::expression::Expr;
use crate::schema::{
    Checking, Constraint, ConstraintKind, ForeignKey, ForeignKeyRules, IndexElement, TypeCheck, Unresolved,
};
use crate::sql::compiler::{CompileError, Compiler, Dialect};
use crate::types::TableId;

impl Compiler<'_> {
    /// The clauses of CREATE TABLE after the columns: the key first, then the
    /// others in the order in which they were made.
    pub(super) fn table_constraints(
        &self,
        id: TableId,
        without: &[u32],
    ) -> Result<Vec<String>, CompileError> {
        let table = self.schema.table(id);
        let mut clauses = Vec::new();
        clauses.extend(self.primary_key(id)?);
        for (place, constraint) in table.constraints.iter().enumerate() {
            let later = without.contains(&(place as u32))
                || matches!(&constraint.kind, ConstraintKind::ForeignKey { rules, .. }
                    if rules.use_alter && self.dialect != Dialect::Sqlite);
            let absent =
                constraint.condition.as_ref().is_some_and(|condition| !condition.holds(self.dialect.name()));
            let has_type = match constraint.of_type {
                None | Some(TypeCheck::Enum) => false,
                Some(TypeCheck::Boolean) => !matches!(self.dialect, Dialect::Sqlite | Dialect::Mysql),
                Some(TypeCheck::NativeEnum) => matches!(self.dialect, Dialect::Postgresql | Dialect::Mysql),
            };
            if later
                || absent
                || has_type
                || constraint.separate
                || matches!(constraint.kind, ConstraintKind::PrimaryKey { .. })
            {
                continue;
            }
            clauses.extend(self.constraint(id, constraint)?);
        }
        Ok(clauses)
    }

    fn primary_key(&self, id: TableId) -> Result<Option<String>, CompileError> {
        let table = self.schema.table(id);
        let key = table.primary_key();
        if key.is_empty() || self.key_is_inline(table) {
            return Ok(None);
        }
        let name = self.schema.primary_key_name(id);
        let name = name.as_ref().map(|(name, conventional)| (name.as_str(), *conventional));
        let mut key = key;
        // A key that is made from columns begins with the one that makes its own values.
        if let (None, Some(first)) = (table.primary_key_constraint(), table.autoincrement_column())
            && let Some(at) = key.iter().position(|at| *at == first)
        {
            let first = key.remove(at);
            key.insert(0, first);
        }
        let names: Vec<String> = key
            .iter()
            .map(|at| {
                let column = &table.columns[*at as usize];
                self.quoted(&column.name, column.quote)
            })
            .collect();
        let mut out = format!("{}PRIMARY KEY ({})", self.constraint_name(name)?, names.join(", "));
        let single = (key.len() == 1).then(|| &table.columns[key[0] as usize]);
        let explicit = table.primary_key_constraint();
        if let Some(constraint) = explicit {
            out.push_str(&self.included(&constraint.options, id));
            out.push_str(&checking(&constraint.checking));
        }
        if self.dialect == Dialect::Sqlite {
            let action = explicit.and_then(|constraint| constraint.options.text("sqlite_on_conflict"));
            let of_column = single.and_then(|column| column.options.text("sqlite_on_conflict_primary_key"));
            if let Some(action) = action.or(of_column) {
                out.push_str(&format!(" ON CONFLICT {action}"));
            }
        }
        if self.dialect == Dialect::Mysql
            && let Some(using) = explicit.and_then(|constraint| constraint.options.text("mysql_using"))
        {
            out.push_str(&format!(" USING {}", self.quoted(&using, None)));
        }
        Ok(Some(out))
    }

    /// A constraint of a table, by place.
    pub(super) fn constraint_of(&self, table: TableId, place: u32) -> Result<Option<String>, CompileError> {
        match self.schema.table(table).constraints.get(place as usize) {
            Some(Constraint { kind: ConstraintKind::PrimaryKey { .. }, .. }) | None => {
                self.primary_key(table)
            }
            // Whether a type brought it does not count where it is asked for by itself.
            Some(constraint) => self.constraint(table, constraint),
        }
    }

    /// A constraint's clause; none where the dialect does without it.
    fn constraint(&self, table: TableId, constraint: &Constraint) -> Result<Option<String>, CompileError> {
        let name = constraint.name.as_deref().map(|name| (name, constraint.conventional));
        let definition = self.schema.table(table);
        let mut out = self.constraint_name(name)?;
        match &constraint.kind {
            ConstraintKind::PrimaryKey { .. } => return self.primary_key(table),
            ConstraintKind::Unique { columns } => {
                if columns.is_empty() {
                    return Ok(None);
                }
                let distinct = match constraint.options.get("postgresql_nulls_not_distinct") {
                    Some(value) if self.dialect == Dialect::Postgresql => {
                        if value.is_true() {
                            "NULLS NOT DISTINCT "
                        } else {
                            "NULLS DISTINCT "
                        }
                    }
                    _ => "",
                };
                out.push_str(&format!("UNIQUE {distinct}({})", self.column_names(table, columns)));
                out.push_str(&self.included(&constraint.options, table));
                out.push_str(&checking(&constraint.checking));
                if self.dialect == Dialect::Sqlite {
                    let of_column = match &columns[..] {
                        [key] => definition.column_index(key).and_then(|at| {
                            definition.columns[at as usize].options.text("sqlite_on_conflict_unique")
                        }),
                        _ => None,
                    };
                    if let Some(action) = constraint.options.text("sqlite_on_conflict").or(of_column) {
                        out.push_str(&format!(" ON CONFLICT {action}"));
                    }
                }
            }
            ConstraintKind::Check { condition } => {
                out.push_str(&format!("CHECK ({})", self.ddl_expr(condition, Some(table))?));
                out.push_str(&checking(&constraint.checking));
                if let (Dialect::Sqlite, Some(action)) =
                    (self.dialect, constraint.options.text("sqlite_on_conflict"))
                {
                    out.push_str(&format!(" ON CONFLICT {action}"));
                }
                out.push_str(self.validity(constraint));
            }
            ConstraintKind::ForeignKey { columns, targets, rules } => {
                let Some(clause) = self.foreign_key(table, columns, targets)? else { return Ok(None) };
                out.push_str(&clause);
                out.push_str(&self.key_rules(rules)?);
                out.push_str(&checking(&constraint.checking));
                out.push_str(self.validity(constraint));
            }
            ConstraintKind::Exclude { elements, using, where_, ops } => {
                let mut parts = Vec::new();
                for (element, operator) in elements {
                    let (text, key) = match element {
                        IndexElement::Column(key) => {
                            (self.column_names(table, std::slice::from_ref(key)), Some(key.as_str()))
                        }
                        IndexElement::Expr(expr) => {
                            let key = match expr.kind() {
                                crate::sql::Kind::Column(column) => Some(&*column.key),
                                _ => None,
                            };
                            (self.ddl_expr(expr, Some(table))?, key)
                        }
                    };
                    let class = ops.iter().find(|(known, _)| Some(known.as_str()) == key);
                    let class = class.map(|(_, class)| format!(" {class}")).unwrap_or_default();
                    parts.push(format!("{text}{class} WITH {operator}"));
                }
                out.push_str(&format!("EXCLUDE USING {} ({})", using.to_lowercase(), parts.join(", ")));
                if let Some(condition) = where_ {
                    out.push_str(&format!(" WHERE ({})", self.ddl_expr(condition, Some(table))?));
                }
                out.push_str(&checking(&constraint.checking));
            }
        }
        Ok(Some(out))
    }

    pub(in crate::sql::compiler) fn check_clause(
        &self,
        name: Option<&str>,
        condition: &Expr,
        when: &Checking,
        table: Option<TableId>,
    ) -> Result<String, CompileError> {
        let name = self.constraint_name(name.map(|name| (name, false)))?;
        Ok(format!("{name}CHECK ({}){}", self.ddl_expr(condition, table)?, checking(when)))
    }

    fn validity(&self, constraint: &Constraint) -> &'static str {
        let unchecked =
            self.dialect == Dialect::Postgresql && constraint.options.flag("postgresql_not_valid");
        if unchecked { " NOT VALID" } else { "" }
    }

    fn foreign_key(
        &self,
        table: TableId,
        columns: &[String],
        keys: &[ForeignKey],
    ) -> Result<Option<String>, CompileError> {
        let definition = self.schema.table(table);
        let mut target_table = None;
        let mut target_columns = Vec::new();
        for (key, column) in keys.iter().zip(columns) {
            let name =
                definition.column_index(column).map_or(column, |at| &definition.columns[at as usize].name);
            let id = self.schema.resolve(table, key).map_err(|unresolved| {
                match unresolved {
                    Unresolved::Table(target) => CompileError::NoReferencedTable(format!(
                        "Foreign key associated with column '{0}.{name}' could not find table '{target}' with which to generate a foreign key to target column '{1}'",
                        definition.name,
                        key.target.rsplit('.').next().unwrap_or_default()
                    )),
                    Unresolved::Column { table: target, column: wanted } => CompileError::NoReferencedColumn(format!(
                        "Could not initialize target column for ForeignKey '{0}' on table '{1}': table '{target}' has no column named '{wanted}'",
                        key.target,
                        definition.name
                    )),
                }
            })?;
            target_table = Some(id.table);
            let column = self.schema.column(id);
            target_columns.push(self.quoted(&column.name, column.quote));
        }
        let Some(target) = target_table else { return Ok(None) };
        let target_definition = self.schema.table(target);
        let target_name = match self.dialect {
            // SQLite's references stay within a database.
            Dialect::Sqlite if target_definition.schema != definition.schema => return Ok(None),
            Dialect::Sqlite => self.quoted(&target_definition.name, target_definition.quote),
            _ => self.table_text(target, true),
        };
        Ok(Some(format!(
            "FOREIGN KEY({}) REFERENCES {target_name} ({})",
            self.column_names(table, columns),
            target_columns.join(", ")
        )))
    }

    fn key_rules(&self, rules: &ForeignKeyRules) -> Result<String, CompileError> {
        let mut out = String::new();
        if let Some(match_) = &rules.match_ {
            if self.dialect == Dialect::Mysql {
                return Err(CompileError::Compile("MySQL ignores the 'MATCH' keyword while at the same time causes ON UPDATE/ON DELETE clauses to be ignored.".into()));
            }
            out.push_str(&format!(" MATCH {}", phrase(match_)?));
        }
        if let Some(action) = &rules.on_delete {
            out.push_str(&format!(" ON DELETE {}", phrase(action)?));
        }
        // Oracle has no ON UPDATE.
        if let Some(action) = rules.on_update.as_ref().filter(|_| self.dialect != Dialect::Oracle) {
            out.push_str(&format!(" ON UPDATE {}", phrase(action)?));
        }
        Ok(out)
    }

    pub(super) fn drop_constraint(
        &self,
        table: TableId,
        place: u32,
        if_exists: bool,
        cascade: bool,
    ) -> Result<String, CompileError> {
        let constraint = self.schema.table(table).constraints.get(place as usize);
        let (name, class) = match constraint {
            Some(constraint) if !matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }) => {
                let name = constraint.name.clone().map(|name| (name, constraint.conventional));
                (name, constraint.class_name())
            }
            _ => (self.schema.primary_key_name(table), "PrimaryKeyConstraint"),
        };
        let full_name = self.table_text(table, true);
        if self.dialect == Dialect::Mysql && class == "PrimaryKeyConstraint" {
            return Ok(format!("ALTER TABLE {full_name} DROP PRIMARY KEY "));
        }
        let Some((name, conventional)) = name else {
            let shown = constraint.map_or_else(
                || self.key_repr(table),
                |constraint| self.schema.constraint_repr(table, constraint),
            );
            return Err(CompileError::Compile(format!(
                "Can't emit DROP CONSTRAINT for constraint {shown}; it has no name"
            )));
        };
        let name = self.identifier(&name, conventional)?;
        if self.dialect == Dialect::Mysql {
            let kind = match class {
                "ForeignKeyConstraint" => "FOREIGN KEY ",
                "UniqueConstraint" => "INDEX ",
                "CheckConstraint" => "CHECK ",
                _ => "",
            };
            return Ok(format!("ALTER TABLE {full_name} DROP {kind}{name}"));
        }
        Ok(format!(
            "ALTER TABLE {full_name} DROP CONSTRAINT {}{name}{}",
            if if_exists { "IF EXISTS " } else { "" },
            if cascade { " CASCADE" } else { "" }
        ))
    }

    /// `repr` of a key that is made from columns.
    fn key_repr(&self, table: TableId) -> String {
        let table = self.schema.table(table);
        let columns: Vec<String> = table.primary_key().iter().map(|at| table.column_repr(*at)).collect();
        format!("PrimaryKeyConstraint({})", columns.join(", "))
    }

    /// `COMMENT ON CONSTRAINT … ON …`
    pub(super) fn constraint_comment(
        &self,
        table: TableId,
        place: u32,
        drop: bool,
    ) -> Result<String, CompileError> {
        if self.dialect != Dialect::Postgresql {
            let class = if drop { "DropConstraintComment" } else { "SetConstraintComment" };
            return Err(CompileError::Unsupported {
                compiler: self.ddl_compiler_repr().into(),
                element: format!("<class 'sqlalchemy.sql.ddl.{class}'>"),
            });
        }
        let constraint = self.schema.table(table).constraints.get(place as usize);
        let name = match constraint {
            Some(constraint) if !matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }) => {
                constraint.name.clone().map(|name| (name, constraint.conventional))
            }
            _ => self.schema.primary_key_name(table),
        };
        let Some((name, conventional)) = name else {
            let shown = constraint.map_or_else(
                || self.key_repr(table),
                |constraint| self.schema.constraint_repr(table, constraint),
            );
            return Err(CompileError::Compile(format!(
                "Can't emit COMMENT ON for constraint {shown}: it has no name"
            )));
        };
        let name = self.identifier(&name, conventional)?;
        let comment = constraint.and_then(|constraint| constraint.comment.as_deref()).filter(|_| !drop);
        let text = comment.map_or_else(|| "NULL".into(), |comment| self.string(comment));
        Ok(format!("COMMENT ON CONSTRAINT {name} ON {} IS {text}", self.table_text(table, true)))
    }

    /// `CONSTRAINT name `, or nothing.
    fn constraint_name(&self, name: Option<(&str, bool)>) -> Result<String, CompileError> {
        Ok(match name {
            Some((name, conventional)) => format!("CONSTRAINT {} ", self.identifier(name, conventional)?),
            None => String::new(),
        })
    }

    /// A name of a constraint or an index: one by convention is shortened where
    /// it is too long for the dialect, another is refused.
    pub(super) fn identifier(&self, name: &str, conventional: bool) -> Result<String, CompileError> {
        let longest = self.dialect.max_identifier_length();
        let longest = if self.dialect == Dialect::Mysql { 64 } else { longest };
        let limit = if conventional { longest } else { self.dialect.max_identifier_length() };
        if name.chars().count() <= limit {
            return Ok(self.quoted(name, None));
        }
        if !conventional {
            return Err(CompileError::Identifier(format!(
                "Identifier '{name}' exceeds maximum length of {limit} characters"
            )));
        }
        let start: String = name.chars().take(longest - 8).collect();
        let digest = super::super::digest::md5_hex(name.as_bytes());
        Ok(self.quoted(&format!("{start}_{}", &digest[digest.len() - 4..]), None))
    }

    /// The names of columns, by their keys.
    pub(super) fn column_names(&self, table: TableId, keys: &[String]) -> String {
        let definition = self.schema.table(table);
        let names: Vec<String> = keys
            .iter()
            .map(|key| match definition.named_column(key) {
                Some(at) => {
                    let column = &definition.columns[at as usize];
                    self.quoted(&column.name, column.quote)
                }
                None => self.quoted(key, None),
            })
            .collect();
        names.join(", ")
    }
}

/// `DEFERRABLE INITIALLY DEFERRED`
fn checking(checking: &Checking) -> String {
    let mut out = match checking.deferrable {
        Some(true) => " DEFERRABLE".to_string(),
        Some(false) => " NOT DEFERRABLE".into(),
        None => String::new(),
    };
    if let Some(initially) = &checking.initially {
        out.push_str(&format!(" INITIALLY {initially}"));
    }
    out
}

/// A phrase that is taken as it stands: only words may be in it.
fn phrase(text: &str) -> Result<&str, CompileError> {
    let words = |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ' | '(' | ')' | ',' | '"');
    if text.chars().all(words) {
        Ok(text)
    } else {
        Err(CompileError::Compile(format!("Unexpected SQL phrase: {}", crate::types::python_str(text))))
    }
}
