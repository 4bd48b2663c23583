//! What a change tells of itself beside its rows: which columns RETURNING gives
//! because the key or the defaults are wanted, and which values are known or
//! still to be fetched.
//!
//! SQLAlchemy counterpart: `_get_returning_modifiers` and the lists that
//! `sqlalchemy.sql.crud` fills.

use super::crud::{Changeable, Set, SetTo};
use super::{CompileError, Compiler, Source};
use crate::schema::ColumnDefault;
use crate::sql::{
    Assignment, BindValue, ColumnRef, Dml, Expr, From, Insert, InsertValues, Kind, Part, SelectItem,
};
use crate::types::ColumnId;

/// What a change tells of itself.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// Whether RETURNING is there because the key or the defaults are wanted,
    /// and not because the program asked for rows.
    pub returns_implicitly: bool,
    /// Whether the program sees those rows nevertheless.
    pub rewinds: bool,
    /// Whether the driver tells the new key.
    pub last_row_id: bool,
    /// Columns whose values are computed before the statement is sent.
    pub prefetch: Vec<ColumnId>,
    /// Columns whose values the database computes and does not tell.
    pub postfetch: Vec<ColumnId>,
    /// What the program should be warned of.
    pub warnings: Vec<String>,
}

/// What a change should return by itself.
#[derive(Default)]
pub(super) struct Wanted {
    /// Whether the key of the new row is wanted.
    pub(super) key: bool,
    /// Whether RETURNING gives it.
    pub(super) asks: bool,
    /// Whether NULL for the key makes it count.
    counts_for_null: bool,
    /// The key that counts by itself.
    autoincrement: Option<u32>,
    /// The columns that are returned where the database computes them.
    defaults: Option<Defaults>,
    /// What is returned beside that.
    supplemental: Vec<Expr>,
    /// What is returned.
    pub(super) returning: Vec<Expr>,
}

/// The columns of `return_defaults()`.
enum Defaults {
    All,
    These(Vec<Expr>),
}

impl Wanted {
    fn has(&self, column: &Changeable) -> bool {
        match &self.defaults {
            None => false,
            Some(Defaults::All) => true,
            Some(Defaults::These(list)) => list.iter().any(|expr| is_column(expr, column)),
        }
    }

    fn give(&mut self, compiler: &Compiler<'_>, column: &Changeable) {
        if let Some(id) = column.id {
            self.returning.push(Expr::column(compiler.schema, id));
        }
    }

    /// A value that the database computes: it is returned, or to be fetched later.
    fn give_or_postfetch(&mut self, compiler: &mut Compiler<'_>, column: &Changeable, is_key: bool) {
        if self.has(column) {
            self.give(compiler, column);
        } else if !is_key {
            compiler.effects.postfetch.extend(column.id);
        }
    }

    /// Puts the other columns that are wanted where they stand in the table.
    fn give_supplemental(&mut self, compiler: &Compiler<'_>, column: &Changeable) {
        let wanted = self.supplemental.iter().any(|expr| is_column(expr, column));
        if wanted && !self.returning.iter().any(|expr| is_column(expr, column)) {
            self.give(compiler, column);
        }
    }

    /// What is returned, with what is no column at the end.
    pub(super) fn into_items(mut self) -> Vec<SelectItem> {
        let known = |expr: &Expr, list: &[Expr]| list.iter().any(|other| other.identity() == expr.identity());
        for expr in std::mem::take(&mut self.supplemental) {
            if !known(&expr, &self.returning) {
                self.returning.push(expr);
            }
        }
        self.returning.into_iter().map(SelectItem::Expr).collect()
    }
}

/// Whether an expression selects from a CTE that inserts, updates or deletes.
fn holds_change(expr: &Expr) -> bool {
    let mut found = false;
    Part::Expr(expr).walk(&mut |part| {
        match part {
            Part::From(From::Alias(alias)) => found |= alias.is_change(),
            Part::Expr(expr) => {
                if let Kind::Column(ColumnRef { from: Some(From::Alias(alias)), .. }) = expr.kind() {
                    found |= alias.is_change();
                }
            }
            _ => {}
        }
        !found
    });
    found
}

fn is_column(expr: &Expr, column: &Changeable) -> bool {
    match expr.kind() {
        Kind::Column(own) => own.base.is_some() && own.base == column.id,
        _ => false,
    }
}

impl Compiler<'_> {
    /// Refuses what was asked for in two ways.
    pub(super) fn check_returning(&self, dml: &Dml, returning: &[SelectItem]) -> Result<(), CompileError> {
        if dml.defaults.is_some() && !returning.is_empty() {
            return Err(CompileError::Compile(
                "Can't compile statement that includes returning() and return_defaults() simultaneously"
                    .into(),
            ));
        }
        Ok(())
    }

    /// What an INSERT should return by itself.
    pub(super) fn wanted_of_insert(&self, insert: &Insert, outermost: bool) -> Wanted {
        let several = matches!(insert.values, InsertValues::Rows(_));
        let rules = self.rules();
        let table = self.changed_table(&insert.table).map(|id| self.schema.table(id));
        let autoincrement = table.and_then(|table| table.autoincrement_column());
        let with_defaults = insert.dml.defaults.is_some();
        let key = outermost
            && !insert.inline
            && (!self.given.many || with_defaults)
            && insert.returning.is_empty()
            && !several;
        let by_last_row_id = key && rules.has_last_row_id() && autoincrement.is_some();
        let asks = key
            && rules.returns_inserted()
            && table.is_some_and(|table| table.implicit_returning)
            && (!by_last_row_id || rules.prefers_returning() || with_defaults);
        let mut wanted = Wanted {
            key,
            asks,
            counts_for_null: !several && rules.counts_for_null(),
            autoincrement,
            ..Wanted::default()
        };
        self.want_defaults(&mut wanted, &insert.dml, asks);
        wanted
    }

    /// What an UPDATE or DELETE should return by itself.
    pub(super) fn wanted_of_change(&self, table: &From, dml: &Dml) -> Wanted {
        let table = self.changed_table(table).map(|id| self.schema.table(id));
        let asks = self.rules().returns_inserted() && table.is_some_and(|table| table.implicit_returning);
        let mut wanted = Wanted::default();
        self.want_defaults(&mut wanted, dml, asks);
        wanted
    }

    fn want_defaults(&self, wanted: &mut Wanted, dml: &Dml, asks: bool) {
        let Some(defaults) = &dml.defaults else { return };
        if asks {
            wanted.defaults = Some(match defaults.columns.is_empty() {
                true => Defaults::All,
                false => Defaults::These(self.expressions_of(&defaults.columns)),
            });
        }
        wanted.supplemental = self.expressions_of(&defaults.supplemental);
    }

    /// What DELETE returns by itself: only what was named.
    pub(super) fn deleted(&self, table: &From, dml: &Dml) -> Vec<SelectItem> {
        let mut wanted = self.wanted_of_change(table, dml);
        match wanted.defaults.take() {
            None => return Vec::new(),
            Some(Defaults::These(list)) => wanted.returning = list,
            Some(Defaults::All) => {}
        }
        wanted.into_items()
    }

    /// Notes what is returned by itself.
    pub(super) fn note_implicit(&mut self, dml: &Dml, returning: &[SelectItem], outermost: bool) {
        if outermost && !returning.is_empty() {
            self.effects.returns_implicitly = true;
            self.effects.rewinds =
                dml.defaults.as_ref().is_some_and(|defaults| !defaults.supplemental.is_empty());
        }
    }

    /// The columns of one row, in the table's order: those that are set or given,
    /// and those that have a default.
    pub(super) fn inserted(
        &mut self,
        insert: &Insert,
        row: &[Assignment],
        columns: &[Changeable],
        wanted: &mut Wanted,
    ) -> Vec<Set> {
        if matches!(insert.values, InsertValues::Parameters) && self.given.keys.is_none() {
            let given = |column| self.set(column, SetTo::Parameter(Source::Given));
            return columns.iter().map(given).collect();
        }
        let key = self.changed_table(&insert.table).map(|id| self.schema.table(id).primary_key());
        let key = key.unwrap_or_default();
        let mut sets = Vec::new();
        for column in columns {
            let is_key = column.id.is_some_and(|id| key.contains(&id.index));
            let counts = column.id.is_some_and(|id| wanted.autoincrement == Some(id.index));
            let assigned = row
                .iter()
                .rev()
                .find(|one| self.key_of(one, &insert.table).is_some_and(|key| key == column.key));
            if let Some(assigned) = assigned {
                let (is_bind, is_null) = match assigned.value.kind() {
                    Kind::Bind(bind) => (
                        true,
                        match &bind.value {
                            BindValue::One(value) => value.is_null(),
                            _ => true,
                        },
                    ),
                    _ => (false, false),
                };
                if is_bind {
                    if is_null && counts && wanted.counts_for_null {
                        self.key_is_told(wanted, column);
                    }
                } else {
                    if holds_change(&assigned.value) {
                        // What was to be returned so far is forgotten, as in SQLAlchemy.
                        wanted.returning.clear();
                        self.effects.prefetch.clear();
                        self.effects.postfetch.clear();
                    }
                    match is_key {
                        true => self.key_is_told(wanted, column),
                        false => wanted.give_or_postfetch(self, column, false),
                    }
                }
                sets.push(self.set(column, SetTo::Expr(assigned.value.clone())));
            } else if self.is_given(&column.key) {
                if counts && wanted.counts_for_null {
                    self.key_is_told(wanted, column);
                }
                sets.push(self.set(column, SetTo::Parameter(Source::Given)));
            } else if is_key && wanted.key {
                sets.extend(self.inserted_key(column, counts, wanted));
            } else {
                sets.extend(self.inserted_default(column, is_key, counts, wanted));
            }
            wanted.give_supplemental(self, column);
        }
        sets
    }

    /// The key that the database makes comes back by RETURNING or from the driver.
    fn key_is_told(&mut self, wanted: &mut Wanted, column: &Changeable) {
        if wanted.asks {
            wanted.give(self, column);
        } else if wanted.key && self.rules().has_last_row_id() {
            self.effects.last_row_id = true;
        }
    }

    /// What a column of the key gets that has no value, where the key is wanted.
    fn inserted_key(&mut self, column: &Changeable, counts: bool, wanted: &mut Wanted) -> Option<Set> {
        let definition = self.definition(column)?;
        let nullable = definition.nullable;
        let by_server = definition.server_default.is_some()
            || definition.identity.is_some()
            || definition.computed.is_some();
        let is_sequence = matches!(definition.default, Some(ColumnDefault::Sequence(_)));
        let has_default = definition.default.is_some();
        let default = self.insert_default(column);
        if wanted.asks {
            if is_sequence
                || matches!(default, Some(SetTo::Expr(_)))
                || (!has_default && (counts || by_server))
            {
                wanted.give(self, column);
            } else if default.is_some() {
                self.effects.prefetch.extend(column.id);
            } else if !nullable {
                self.warn_of_key(column);
            }
            return default.map(|default| self.set(column, default));
        }
        // SQLite has no functions that are asked for before: they stand in the statement.
        let before = match &default {
            Some(SetTo::Expr(_)) => self.dialect != super::Dialect::Sqlite,
            Some(_) => true,
            None => counts && !has_default && self.rules().counts_before(),
        };
        if before {
            self.effects.prefetch.extend(column.id);
            return Some(self.set(column, SetTo::Parameter(Source::Default(column.id?))));
        }
        if !has_default && !by_server && !nullable && !counts {
            self.warn_of_key(column);
        } else if self.rules().has_last_row_id() {
            self.effects.last_row_id = true;
        }
        default.map(|default| self.set(column, default))
    }

    /// What any other column gets that has no value.
    fn inserted_default(
        &mut self,
        column: &Changeable,
        is_key: bool,
        counts: bool,
        wanted: &mut Wanted,
    ) -> Option<Set> {
        let definition = self.definition(column)?;
        let nullable = definition.nullable;
        let has_default = definition.default.is_some();
        let by_server = definition.server_default.is_some()
            || definition.identity.is_some()
            || definition.computed.is_some();
        let default = self.insert_default(column);
        match &default {
            Some(SetTo::Expr(_)) => wanted.give_or_postfetch(self, column, is_key),
            Some(_) => self.effects.prefetch.extend(column.id),
            None if has_default => {}
            None if by_server => wanted.give_or_postfetch(self, column, is_key),
            None if wanted.has(column) => wanted.give(self, column),
            None if is_key && !counts && !nullable => self.warn_of_key(column),
            None => {}
        }
        default.map(|default| self.set(column, default))
    }

    /// Warns of a part of the key that nothing gives a value to.
    fn warn_of_key(&mut self, column: &Changeable) {
        let Some(id) = column.id else { return };
        let table = self.schema.table(id.table);
        let name = table.key();
        let mut text = format!(
            "Column '{name}.{}' is marked as a member of the primary key for table '{name}', but has no Python-side or server-side default generator indicated, nor does it indicate 'autoincrement=True' or 'nullable=True', and no explicit value is passed.  Primary key columns typically may not store NULL.",
            column.name
        );
        if table.primary_key().len() > 1 {
            text.push_str(" Note that as of SQLAlchemy 1.1, 'autoincrement=True' must be indicated explicitly for composite (e.g. multicolumn) primary keys if AUTO_INCREMENT/SERIAL/IDENTITY behavior is expected for one of the columns in the primary key. CREATE TABLE statements are impacted by this change as well on most backends.");
        }
        self.effects.warnings.push(text);
    }

    /// Warns of names that are set where rows conflict and are no column's.
    pub(super) fn warn_of_unknown<'k>(&mut self, table: &From, unknown: impl Iterator<Item = &'k str>) {
        let names: Vec<String> = unknown.map(|name| format!("'{name}'")).collect();
        let Some(table) = self.changed_table(table).filter(|_| !names.is_empty()) else { return };
        self.effects.warnings.push(format!(
            "Additional column names not matching any column keys in table '{}': {}",
            self.schema.table(table).name,
            names.join(", ")
        ));
    }

    /// What an UPDATE sets a column to that the database may compute: it is
    /// returned, or to be fetched later.
    pub(super) fn updated_value(
        &mut self,
        column: &Changeable,
        value: Option<&SetTo>,
        by_default: bool,
        wanted: &mut Wanted,
    ) {
        let by_server = self.definition(column).is_some_and(|column| column.server_onupdate);
        match value {
            Some(SetTo::Expr(expr)) if by_default || !matches!(expr.kind(), Kind::Bind(_)) => {
                wanted.give_or_postfetch(self, column, false);
            }
            Some(SetTo::Parameter(Source::OnUpdate(_))) => self.effects.prefetch.extend(column.id),
            Some(_) => {}
            None if by_server => wanted.give_or_postfetch(self, column, false),
            None if matches!(wanted.defaults, Some(Defaults::These(_))) && wanted.has(column) => {
                wanted.give(self, column);
            }
            None => {}
        }
        wanted.give_supplemental(self, column);
    }
}
