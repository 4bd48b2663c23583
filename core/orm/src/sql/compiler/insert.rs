//! `INSERT` as text.

use std::rc::Rc;

use super::context::Context;
use super::crud::{Changeable, Set, SetTo};
use super::select::Place;
use super::{CompileError, Compiler, Level, Noted, Source};
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
        if several && insert.sorted && !insert.returning.is_empty() {
            return Err(CompileError::Compile(
                "RETURNING cannot be deterministically sorted when using an INSERT which includes multi-row values().".into(),
            ));
        }
        let row: &[Assignment] = match &insert.values {
            InsertValues::Row(row) => row,
            InsertValues::Rows(rows) => rows.first().map_or(&[], Vec::as_slice),
            InsertValues::Parameters | InsertValues::Select(..) => &[],
        };
        self.unconsumed(row, &insert.table, &columns)?;
        self.check_returning(&insert.dml, &insert.returning)?;
        let mut wanted = self.wanted_of_insert(insert, outermost);
        let (mut sets, select) = match &insert.values {
            InsertValues::Select(keys, select, with_defaults) => {
                let (sets, select) = self.of_select(keys, select, *with_defaults, &columns)?;
                (sets, Some(select))
            }
            _ => (self.inserted(insert, row, &columns, &mut wanted), None),
        };
        if sets.is_empty() && self.given.many && self.rules().has_default_metavalue() {
            sets.extend(columns.first().map(|column| self.set(column, SetTo::Default)));
        }
        let is_printed = matches!(insert.values, InsertValues::Parameters) && self.given.keys.is_none();
        let mut implicit = if is_printed { Vec::new() } else { wanted.into_items() };
        // Changes in front of it take its own RETURNING from it, as in SQLAlchemy.
        if insert.dml.ctes.iter().any(|(cte, _)| cte.is_change()) {
            implicit.clear();
        }
        self.note_implicit(&insert.dml, &implicit, outermost);
        let mut returning: Vec<SelectItem> =
            if insert.returning.is_empty() { implicit } else { insert.returning.clone() };
        if outermost
            && insert.sorted
            && self.given.many
            && !returning.is_empty()
            && insert.on_conflict.is_empty()
        {
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
        self.note_values(row, "");

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
            InsertValues::Select(..) => {
                self.independent_ctes(&insert.dml.ctes)?;
                self.push(" ");
                let at = self.out.text.len();
                if let Some(select) = &select {
                    self.select(select, Place::InInsert, cx)?;
                }
                if self.rules().cte_follows_insert() {
                    self.render_ctes(at, outermost, true);
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
            let unwritten = self.ctes.forget(self.levels.len());
            self.unwritten.extend(unwritten);
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

    pub(super) fn set(&self, column: &Changeable, value: SetTo) -> Set {
        Set {
            column: self.quoted(&column.name, self.definition(column).and_then(|column| column.quote)),
            name: Rc::clone(&column.key),
            sql_type: column.sql_type.clone(),
            value,
        }
    }

    /// The columns that an INSERT's select fills, and the select, with the
    /// defaults of columns that it does not fill.
    fn of_select(
        &mut self,
        keys: &[Rc<str>],
        select: &Select,
        with_defaults: bool,
        columns: &[Changeable],
    ) -> Result<(Vec<Set>, Select), CompileError> {
        let named = keys.iter().filter_map(|key| columns.iter().find(|column| column.key == *key));
        let mut sets: Vec<Set> = named.map(|column| self.set(column, SetTo::Default)).collect();
        let mut select = select.clone();
        let filled = sets.len();
        for column in columns.iter().filter(|column| with_defaults && !keys.contains(&column.key)) {
            let value = match self.insert_default(column) {
                Some(SetTo::Expr(expr)) => expr.grouped(None),
                Some(SetTo::Parameter(Source::Default(id))) => Expr::new(crate::sql::Kind::ColumnDefault(id)),
                _ => continue,
            };
            sets.push(self.set(column, SetTo::Default));
            select.items.push(SelectItem::Expr(value));
        }
        if select.compound.is_some() && sets.len() > filled {
            let names = sets[filled..].iter().map(|set| crate::types::python_str(&set.column));
            return Err(CompileError::Compile(format!(
                "Can't extend statement for INSERT..FROM SELECT to include additional default-holding column(s) {}.  Convert the selectable to a subquery() first, or pass include_defaults=False to Insert.from_select() to skip these columns.",
                names.collect::<Vec<_>>().join(", ")
            )));
        }
        Ok((sets, select))
    }

    /// Keeps what a row sets, for those columns that copy others.
    fn note_values(&mut self, row: &[Assignment], suffix: &str) {
        if let Some(level) = self.levels.last_mut() {
            let noted = row.iter().filter_map(|one| {
                let key = one.key()?;
                let name = format!("{key}{suffix}").into();
                Some(Noted { key: key.into(), name, value: one.value.clone() })
            });
            level.values = Some(noted.collect());
        }
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
            self.note_values(row, &format!("_m{number}"));
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
        insert: &Insert,
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
        let known = columns.iter().filter_map(|column| {
            set.iter().find(|(key, _)| *key == column.key).map(|(_, value)| (column, value))
        });
        let known: Vec<(&Changeable, &Expr)> = known.collect();
        let any_known = !known.is_empty();
        self.list(known, ", ", |this, (column, value)| {
            this.ident(&column.name);
            this.push(" = ");
            this.expr(&typed_as(value, column).grouped(None), cx)
        })?;
        let unknown = set.iter().filter(|(key, _)| !columns.iter().any(|column| column.key == *key));
        let unknown: Vec<_> = unknown.collect();
        self.warn_of_unknown(&insert.table, unknown.iter().map(|(key, _)| &**key));
        self.push(if any_known && !unknown.is_empty() { ", " } else { "" });
        self.list(unknown, ", ", |this, (key, value)| {
            this.ident(key);
            this.push(" = ");
            this.expr(value, cx)
        })?;
        if let Some(condition) = &conflict.where_ {
            self.push(" WHERE ");
            self.expr(condition, cx)?;
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
