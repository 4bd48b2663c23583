//! `INSERT` as text.

use std::rc::Rc;

use super::context::Context;
use super::crud::{Changeable, Set, SetTo};
use super::select::Place;
use super::{CompileError, Compiler, Level, Source, quote};
use crate::sql::{
    Assignment, ConflictTarget, Expr, From, Insert, InsertValues, OnConflict, Select, SelectItem,
};
use crate::types::ColumnId;

impl Compiler<'_> {
    /// Writes an INSERT.
    pub(super) fn insert(&mut self, insert: &Insert, cx: Context<'_>) -> Result<(), CompileError> {
        let outermost = self.levels.is_empty();
        let start = self.out.text.len();
        self.levels.push(Level::default());
        let columns = self.changeable(&insert.table);
        let several = matches!(insert.values, InsertValues::Rows(_));
        if several && !self.rules().inserts_several_rows() {
            return Err(CompileError::Compile(format!(
                "The '{}' dialect with current database version settings does not support in-place multirow inserts.",
                self.dialect.name()
            )));
        }
        let row: &[Assignment] = match &insert.values {
            InsertValues::Row(row) => row,
            InsertValues::Rows(rows) => rows.first().map_or(&[], Vec::as_slice),
            InsertValues::Parameters | InsertValues::Select(..) => &[],
        };
        self.unconsumed(row, &insert.table, &columns)?;
        let mut implicit = Vec::new();
        let mut sets = match &insert.values {
            InsertValues::Select(keys, ..) => self.columns_of_select(keys, &columns),
            _ => self.inserted(insert, row, &columns, outermost, &mut implicit),
        };
        if sets.is_empty() && self.given.many && self.rules().has_default_metavalue() {
            sets.extend(columns.first().map(|column| self.set(column, SetTo::Default)));
        }
        // Changes in front of it take its own RETURNING from it, as in SQLAlchemy.
        if insert.dml.ctes.iter().any(|(cte, _)| cte.is_change()) {
            implicit.clear();
        }
        let mut returning: Vec<SelectItem> =
            if insert.returning.is_empty() { implicit } else { insert.returning.clone() };
        self.implicit_returning |= outermost && insert.returning.is_empty() && !returning.is_empty();
        if outermost && insert.sorted && self.given.many && insert.on_conflict.is_empty() {
            for (key, id) in self.sentinels(insert, &sets, &columns) {
                returning.push(SelectItem::Expr(Expr::column(self.schema, id)));
                self.sentinels.push(key);
            }
        }
        if sets.is_empty() && !self.rules().inserts_nothing() {
            return Err(CompileError::Compile(format!(
                "The '{}' dialect with current database version settings does not support empty inserts.",
                self.dialect.name()
            )));
        }
        if let Some(level) = self.levels.last_mut() {
            level.values =
                row.iter().filter_map(|one| Some((one.key()?.into(), one.value.clone()))).collect();
        }

        self.push("INSERT ");
        self.prefixes(&insert.dml.prefixes, cx)?;
        self.push("INTO ");
        let table = self.reference_to(&insert.table, cx);
        let (before, behind) = self.table_hint(&insert.dml.hints, &insert.table)?;
        self.push(&format!("{before}{table}{behind}"));
        let defaults_only = sets.is_empty() && self.rules().has_default_values();
        if !defaults_only {
            let names: Vec<&str> = sets.iter().map(|set| set.column.as_str()).collect();
            self.push(&format!(" ({})", names.join(", ")));
        }
        let first = self.rules().returning_is_first();
        if first && !returning.is_empty() {
            self.push(" ");
            self.rules().returning(self, super::dialect::Change::Insert, &insert.table, &returning, cx)?;
        }
        match &insert.values {
            InsertValues::Select(keys, select, with_defaults) => {
                self.independent_ctes(&insert.dml.ctes)?;
                self.push(" ");
                if self.rules().cte_follows_insert() {
                    let at = self.out.text.len();
                    self.inserted_select(keys, select, *with_defaults, &columns, cx)?;
                    self.render_ctes(at, outermost, true);
                } else {
                    self.inserted_select(keys, select, *with_defaults, &columns, cx)?;
                }
            }
            _ if defaults_only => self.push(" DEFAULT VALUES"),
            InsertValues::Rows(rows) => self.rows(rows, &sets, &columns, insert, cx)?,
            _ => {
                self.push(" VALUES ");
                let values_start = self.out.text.len();
                self.push("(");
                self.list(&sets, ", ", |this, set| this.set_value(set, cx))?;
                self.push(")");
                self.out.values = Some(values_start..self.out.text.len());
            }
        }
        self.independent_ctes(&insert.dml.ctes)?;
        for conflict in &insert.on_conflict {
            self.push(" ");
            self.rules().on_conflict(self, insert, conflict, &columns, cx)?;
        }
        if !first && !returning.is_empty() {
            self.push(" ");
            self.rules().returning(self, super::dialect::Change::Insert, &insert.table, &returning, cx)?;
        }
        if self.rules().cte_follows_insert() {
            // Only a SELECT has them there: without one they are not written at all.
            let dropped = self.ctes.forget(self.levels.len());
            self.dropped.extend(dropped);
        } else {
            self.render_ctes(start, outermost, true);
        }
        self.levels.pop();
        Ok(())
    }

    /// The columns whose values tell the rows apart before they are inserted: the
    /// primary key, where the program gives all of it. Numbers that the database
    /// counts do not tell in which order it did.
    fn sentinels(&self, insert: &Insert, sets: &[Set], columns: &[Changeable]) -> Vec<(Rc<str>, ColumnId)> {
        let Some(table) = self.changed_table(&insert.table) else { return Vec::new() };
        let table = self.schema.table(table);
        if self.dialect != super::Dialect::Sqlite || table.autoincrement_column().is_some() {
            return Vec::new();
        }
        let key = table.primary_key();
        let of_key = |column: &&Changeable| column.id.is_some_and(|id| key.contains(&id.index));
        let known = columns.iter().filter(of_key).filter_map(|column| {
            let set = sets.iter().find(|set| set.name == column.key)?;
            let is_parameter = matches!(set.value, SetTo::Parameter(Source::Given | Source::Default(_)));
            Some((Rc::clone(&column.key), column.id.filter(|_| is_parameter)?))
        });
        let known: Vec<_> = known.collect();
        if known.len() == key.len() { known } else { Vec::new() }
    }

    fn set(&self, column: &Changeable, value: SetTo) -> Set {
        Set {
            column: self.quoted(&column.name, self.definition(column).and_then(|column| column.quote)),
            name: Rc::clone(&column.key),
            sql_type: column.sql_type.clone(),
            value,
        }
    }

    /// The columns of one row, in the table's order: those that are set or given,
    /// and those that have a default. `returning` gets what the dialect asks for
    /// by itself.
    fn inserted(
        &self,
        insert: &Insert,
        row: &[Assignment],
        columns: &[Changeable],
        outermost: bool,
        returning: &mut Vec<SelectItem>,
    ) -> Vec<Set> {
        let several = matches!(insert.values, InsertValues::Rows(_));
        let all = matches!(insert.values, InsertValues::Parameters) && self.given.keys.is_none();
        let table = self.changed_table(&insert.table);
        let needs_key = outermost
            && !insert.inline
            && !self.given.many
            && insert.returning.is_empty()
            && !several
            && !all;
        let autoincrement = table.and_then(|id| self.schema.table(id).autoincrement_column());
        let key = table.map(|id| self.schema.table(id).primary_key()).unwrap_or_default();
        let by_last_row_id = needs_key && self.rules().has_last_row_id() && autoincrement.is_some();
        let asks = needs_key
            && table.is_some()
            && self.rules().returns_inserted()
            && (!by_last_row_id || self.rules().prefers_returning());
        let mut sets = Vec::new();
        for column in columns {
            let assigned = row
                .iter()
                .rev()
                .find(|one| self.key_of(one, &insert.table).is_some_and(|key| key == column.key));
            let is_key = column.id.is_some_and(|id| key.contains(&id.index));
            let mut ask = || {
                if let (true, true, Some(id)) = (asks, is_key, column.id) {
                    returning.push(SelectItem::Expr(Expr::column(self.schema, id)));
                }
            };
            if let Some(assigned) = assigned {
                if !matches!(assigned.value.kind(), crate::sql::Kind::Bind(_)) {
                    ask();
                }
                sets.push(self.set(column, SetTo::Expr(assigned.value.clone())));
            } else if all || self.is_given(&column.key) {
                sets.push(self.set(column, SetTo::Parameter(Source::Given)));
            } else if let Some(default) = self.insert_default(column) {
                if matches!(default, SetTo::Expr(_)) {
                    ask();
                }
                sets.push(self.set(column, default));
            } else {
                let made = column.id.is_some_and(|id| autoincrement == Some(id.index))
                    || self.definition(column).is_some_and(|column| column.server_default.is_some());
                if made {
                    ask();
                }
            }
        }
        sets
    }

    fn columns_of_select(&self, keys: &[Rc<str>], columns: &[Changeable]) -> Vec<Set> {
        let named = keys.iter().filter_map(|key| columns.iter().find(|column| column.key == *key));
        named.map(|column| self.set(column, SetTo::Default)).collect()
    }

    /// The select of an INSERT, with the defaults of columns that it does not fill.
    fn inserted_select(
        &mut self,
        keys: &[Rc<str>],
        select: &Select,
        with_defaults: bool,
        columns: &[Changeable],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let mut select = select.clone();
        if with_defaults {
            let missing = columns.iter().filter(|column| !keys.contains(&column.key));
            let mut names = Vec::new();
            for column in missing {
                let value = match self.insert_default(column) {
                    Some(SetTo::Expr(expr)) => expr.grouped(None),
                    Some(SetTo::Parameter(Source::Default(id))) => {
                        Expr::new(crate::sql::Kind::ColumnDefault(id))
                    }
                    _ => continue,
                };
                names.push(quote(&column.name, self.dialect));
                select.items.push(SelectItem::Expr(value));
            }
            if !names.is_empty() {
                // The list of columns has just been written: `(a, b) `.
                let at = self.out.text.len().saturating_sub(2);
                let added = super::Fragment { text: format!(", {}", names.join(", ")), ..Default::default() };
                self.out.insert(at, added);
            }
        }
        self.select(&select, Place::InInsert, cx)
    }

    /// `VALUES (?), (?)`
    fn rows(
        &mut self,
        rows: &[Vec<Assignment>],
        sets: &[Set],
        columns: &[Changeable],
        insert: &Insert,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        self.push(" VALUES ");
        for (number, row) in rows.iter().enumerate() {
            self.push(if number > 0 { ", (" } else { "(" });
            for (at, set) in sets.iter().enumerate() {
                self.push(if at > 0 { ", " } else { "" });
                let name: Rc<str> = format!("{}_m{number}", set.name).into();
                let own = row
                    .iter()
                    .rev()
                    .find(|one| self.key_of(one, &insert.table).is_some_and(|key| key == set.name));
                match own {
                    Some(own) => self.set_expr(&own.value, &name, &set.sql_type, cx)?,
                    // The first row's are named as those of a single row.
                    None if number == 0 => {
                        self.default_of_row(set, Rc::clone(&set.name), columns, insert, cx)?
                    }
                    None => self.default_of_row(set, name, columns, insert, cx)?,
                }
            }
            self.push(")");
        }
        Ok(())
    }

    fn default_of_row(
        &mut self,
        set: &Set,
        name: Rc<str>,
        columns: &[Changeable],
        insert: &Insert,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let column = columns.iter().find(|column| column.key == set.name);
        match column.and_then(|column| self.insert_default(column)) {
            Some(SetTo::Expr(expr)) => self.expr(&expr.grouped(None), cx),
            Some(SetTo::Parameter(source)) => {
                self.named_parameter(name, set.sql_type.clone(), source)?;
                Ok(())
            }
            _ => {
                let table = self.reference_to(&insert.table, cx);
                Err(CompileError::Compile(format!(
                    "INSERT value for column {table}.{} is explicitly rendered as a boundparameter in the VALUES clause; a Python-side value or SQL expression is required",
                    set.column
                )))
            }
        }
    }

    /// `ON CONFLICT … DO …` of SQLite and PostgreSQL.
    pub(super) fn common_on_conflict(
        &mut self,
        conflict: &OnConflict,
        columns: &[Changeable],
        literal_condition: bool,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let bare = Context { with_table: false, with_schema: false, ..cx };
        self.push("ON CONFLICT");
        match &conflict.target {
            ConflictTarget::Any => {}
            ConflictTarget::Constraint(name) => {
                self.push(" ON CONSTRAINT ");
                self.ident(name);
            }
            ConflictTarget::Index(exprs, condition) => {
                self.push(" (");
                self.exprs(exprs, ", ", bare)?;
                self.push(")");
                if let Some(condition) = condition {
                    self.push(" WHERE ");
                    self.expr(condition, Context { literal_execute: literal_condition, ..bare })?;
                }
            }
        }
        let Some(set) = &conflict.set else {
            self.push(" DO NOTHING");
            return Ok(());
        };
        // Without a target two spaces are left, as SQLAlchemy leaves them.
        self.push(if matches!(conflict.target, ConflictTarget::Any) {
            "  DO UPDATE SET "
        } else {
            " DO UPDATE SET "
        });
        let upsert = Context { with_schema: false, ..cx };
        let known = columns.iter().filter_map(|column| {
            set.iter().find(|(key, _)| *key == column.key).map(|(_, value)| (column, value))
        });
        let known: Vec<(&Changeable, &Expr)> = known.collect();
        let any_known = !known.is_empty();
        self.list(known, ", ", |this, (column, value)| {
            this.ident(&column.name);
            this.push(" = ");
            this.expr(&typed_as(value, column).grouped(None), upsert)
        })?;
        let unknown = set.iter().filter(|(key, _)| !columns.iter().any(|column| column.key == *key));
        let unknown: Vec<_> = unknown.collect();
        self.push(if any_known && !unknown.is_empty() { ", " } else { "" });
        self.list(unknown, ", ", |this, (key, value)| {
            this.ident(key);
            this.push(" = ");
            this.expr(value, upsert)
        })?;
        if let Some(condition) = &conflict.where_ {
            self.push(" WHERE ");
            self.expr(condition, upsert)?;
        }
        Ok(())
    }

    /// The hint for the table that is changed.
    pub(super) fn table_hint(
        &mut self,
        hints: &[crate::sql::Hint],
        table: &From,
    ) -> Result<(String, String), CompileError> {
        let around = std::mem::replace(&mut self.hints, hints.to_vec());
        let hint = self.hint_beside(table);
        self.hints = around;
        hint
    }
}

/// A bind without a type, with its column's.
pub(super) fn typed_as(value: &Expr, column: &Changeable) -> Expr {
    match value.kind() {
        crate::sql::Kind::Bind(bind)
            if bind.sql_type == crate::types::SqlType::Null || bind.is_column_value() =>
        {
            Expr::from(crate::sql::Bind { sql_type: column.sql_type.clone(), ..(**bind).clone() })
        }
        _ => value.clone(),
    }
}
