//! `UPDATE` as text.

use std::rc::Rc;

use super::context::Context;
use super::crud::{Changeable, Set, SetTo};
use super::dialect::Change;
use super::effects::Wanted;
use super::froms::{expr_froms, from_objects};
use super::{CompileError, Compiler, Level, Noted, Source, has, quote};
use crate::sql::{Assignment, AssignmentTarget, Expr, From, Kind, Update};

impl Compiler<'_> {
    /// Writes an UPDATE.
    pub(super) fn update(&mut self, update: &Update, cx: Context<'_>) -> Result<(), CompileError> {
        let outermost = self.levels.is_empty();
        let start = self.out.text.len();
        self.check_returning(&update.dml, &update.returning)?;
        let mut wanted = self.wanted_of_change(&update.table, &update.dml);
        let extra = self.extra_froms(&update.table, &update.where_, &update.values);
        let mut froms = from_objects(&update.table);
        froms.extend(extra.iter().cloned());
        if !extra.is_empty() {
            let tables: Vec<From> = std::iter::once(&update.table).chain(&extra).cloned().collect();
            self.lint("UPDATE", &tables, &update.where_);
        }
        self.levels.push(Level {
            correlate: froms.clone(),
            froms,
            values: Some(update.values.iter().filter_map(noted).collect()),
            updates: true,
            ..Level::default()
        });
        self.push("UPDATE ");
        self.prefixes(&update.dml.prefixes, cx)?;
        let around = std::mem::replace(&mut self.hints, update.dml.hints.clone());
        self.rules().update_tables(self, &update.table, &extra, cx)?;
        let sets = self.updated(update, &extra, &mut wanted)?;
        let is_printed = !update.valued && update.values.is_empty() && self.given.keys.is_none();
        let implicit = if is_printed { Vec::new() } else { wanted.into_items() };
        self.note_implicit(&update.dml, &implicit, outermost);
        let returning = if update.returning.is_empty() { &implicit } else { &update.returning };
        self.push(" SET ");
        self.list(&sets, ", ", |this, set| {
            match &set.target {
                Some(target) => {
                    let bare = Context { with_table: set.with_table, literal_binds: false, ..cx };
                    this.expr(target, bare)?;
                    this.push("=");
                    if !matches!(target.kind(), Kind::Column(_))
                        && let SetTo::Expr(value) = &set.set.value
                        && let Kind::Bind(bind) = value.kind()
                        && bind.is_column_value()
                    {
                        // What is no column has no name for its value.
                        let sql_type = set.set.sql_type.clone();
                        let bind = crate::sql::Bind { key: "param".into(), sql_type, ..(**bind).clone() };
                        return this.expr(&Expr::from(bind), cx);
                    }
                }
                None => {
                    this.push(&set.set.column);
                    this.push("=");
                }
            }
            this.set_value(&set.set, cx)
        })?;
        self.independent_ctes(&update.dml.ctes)?;
        let first = self.rules().returning_is_first();
        if first && !returning.is_empty() {
            self.push(" ");
            self.rules().returning(self, Change::Update, &update.table, returning, cx)?;
        }
        if !extra.is_empty() || matches!(update.table, From::Join(_)) {
            self.rules().update_from(self, &update.table, &extra, cx)?;
        }
        self.hints = around;
        if !update.where_.is_empty() {
            self.push(" WHERE ");
            self.conjunction(&update.where_, cx)?;
        }
        self.rules().dml_limit(self, &update.dml, cx)?;
        if !first && !returning.is_empty() {
            self.push(" ");
            self.rules().returning(self, Change::Update, &update.table, returning, cx)?;
        }
        self.render_ctes(start, outermost, false);
        self.levels.pop();
        Ok(())
    }

    /// What the conditions and values name beside the table that is changed.
    pub(super) fn extra_froms(&self, table: &From, where_: &[Expr], values: &[Assignment]) -> Vec<From> {
        let mut extra: Vec<From> = Vec::new();
        let own = from_objects(table);
        let mut push = |from: &From| {
            if !has(&own, from) && !has(&extra, from) {
                extra.push(from.clone());
            }
        };
        for value in values {
            if let AssignmentTarget::Expr(target) = &value.target {
                expr_froms(target, &mut push);
            }
            expr_froms(&value.value, &mut push);
        }
        where_.iter().for_each(|expr| expr_froms(expr, &mut push));
        extra
    }

    /// What is set, in order.
    fn updated(
        &mut self,
        update: &Update,
        extra: &[From],
        wanted: &mut Wanted,
    ) -> Result<Vec<Updated>, CompileError> {
        let table = match &update.table {
            From::Join(_) => self.first_table(&update.table),
            other => other.clone(),
        };
        let columns = self.changeable(&table);
        self.unconsumed(&update.values, &table, &columns)?;
        let several = !extra.is_empty() || matches!(update.table, From::Join(_));
        let with_table = several && self.rules().sets_with_table();
        let mut sets = self.other_sets(update, &table, extra)?;
        let mut order: Vec<&Changeable> = Vec::new();
        if update.ordered {
            let named = update.values.iter().filter_map(|one| self.key_of(one, &table));
            for key in named {
                order.extend(columns.iter().find(|column| column.key == key));
            }
            let rest: Vec<&Changeable> =
                columns.iter().filter(|column| !order.iter().any(|one| one.key == column.key)).collect();
            order.extend(rest);
        } else {
            order.extend(&columns);
        }
        let all = !update.valued && update.values.is_empty() && self.given.keys.is_none();
        for column in order {
            let assigned = update
                .values
                .iter()
                .rev()
                .find(|one| self.key_of(one, &table).is_some_and(|key| key == column.key));
            let mut by_default = false;
            let value = if let Some(assigned) = assigned {
                Some(SetTo::Expr(assigned.value.clone()))
            } else if all || self.is_given(&column.key) {
                Some(SetTo::Parameter(Source::Given))
            } else {
                by_default = true;
                self.update_default(column)
            };
            self.updated_value(column, value.as_ref(), by_default, wanted);
            let Some(value) = value else { continue };
            let mut name = quote(&column.name, self.dialect);
            if with_table {
                let bare = Context { with_schema: false, ..Context::PLAIN };
                name = format!("{}.{name}", self.reference_to(&table, bare));
            }
            let set =
                Set { column: name, name: Rc::clone(&column.key), sql_type: column.sql_type.clone(), value };
            sets.push(Updated { set, target: None, with_table });
        }
        if let From::Join(_) = update.table {
            self.defaults_of_joined(update, &table, with_table, &mut sets);
        }
        Ok(sets)
    }

    /// What the columns of a join's other tables get that have a default.
    fn defaults_of_joined(&self, update: &Update, first: &From, with_table: bool, sets: &mut Vec<Updated>) {
        let mut others = Vec::new();
        update.table.leaves(&mut |leaf| {
            if !leaf.is(first) {
                others.push(leaf.clone());
            }
        });
        for other in others {
            for column in self.changeable(&other) {
                let (Some(value), Some(id)) = (self.update_default(&column), column.id) else { continue };
                let target = Expr::column(self.schema, id);
                let is_set = |set: &Updated| {
                    set.target.as_ref().is_some_and(|known| known.identity() == target.identity())
                };
                if !sets.iter().any(is_set) {
                    let name = Rc::clone(&column.key);
                    let set = Set { column: String::new(), name, sql_type: column.sql_type.clone(), value };
                    sets.push(Updated { set, target: Some(target), with_table });
                }
            }
        }
    }

    /// What is set on other things than the table's own columns, which comes
    /// first: expressions, then columns of other tables in the order of those.
    fn other_sets(
        &mut self,
        update: &Update,
        table: &From,
        extra: &[From],
    ) -> Result<Vec<Updated>, CompileError> {
        let mut sets = Vec::new();
        let mut of_tables = Vec::new();
        for one in &update.values {
            if self.key_of(one, table).is_some() {
                continue;
            }
            let other = self.other_target(one, &update.table, extra)?;
            match other.target.as_ref().map(Expr::kind) {
                Some(Kind::Column(column)) if column.from.is_some() => {
                    of_tables.push((column.from.clone(), Rc::clone(&column.key), other));
                }
                _ => sets.push(other),
            }
        }
        let mut tables: Vec<From> = extra.to_vec();
        if let From::Join(_) = update.table {
            update.table.leaves(&mut |leaf| tables.push(leaf.clone()));
        }
        let mut defaults = Vec::new();
        for other in &tables {
            let is_other = |from: &Option<From>| from.as_ref().is_some_and(|from| from.is(other));
            if !of_tables.iter().any(|(from, ..)| is_other(from)) {
                continue;
            }
            for column in self.changeable(other) {
                let at = of_tables.iter().position(|(from, key, _)| is_other(from) && *key == column.key);
                if let Some(at) = at {
                    sets.push(of_tables.remove(at).2);
                } else if let (Some(value), Some(id)) = (self.update_default(&column), column.id) {
                    let table = super::joins::describe(self.schema, other);
                    let name = format!("{table}_{}", column.key).into();
                    let set = Set { column: String::new(), name, sql_type: column.sql_type.clone(), value };
                    let target = Some(Expr::column(self.schema, id));
                    defaults.push(Updated { set, target, with_table: true });
                }
            }
        }
        sets.extend(of_tables.into_iter().map(|(.., other)| other));
        sets.extend(defaults);
        Ok(sets)
    }

    fn first_table(&self, from: &From) -> From {
        match from {
            From::Join(join) => self.first_table(&join.left),
            other => other.clone(),
        }
    }

    /// A target that is not a column of the table that is changed.
    fn other_target(
        &mut self,
        one: &Assignment,
        table: &From,
        extra: &[From],
    ) -> Result<Updated, CompileError> {
        let AssignmentTarget::Expr(target) = &one.target else {
            return Err(CompileError::Compile("a column is missing".into()));
        };
        let mut name: Rc<str> = "param".into();
        let mut with_table = true;
        if let Kind::Column(column) = target.kind() {
            if let Some(from) = &column.from {
                let of_join = from_objects(table).iter().any(|own| own.is(from));
                let description = super::joins::describe(self.schema, from);
                if !self.rules().sets_with_table() {
                    return Err(CompileError::Compile(format!(
                        "Backend does not support additional tables in the SET clause; cannot include columns from table(s) '{description}' in SET clause"
                    )));
                }
                if !has(extra, from) && !of_join {
                    return Err(CompileError::Compile(format!(
                        "Multi-table UPDATE statement does not include table(s) '{description}'"
                    )));
                }
                name = format!("{description}_{}", column.key).into();
            }
        } else {
            with_table = !extra.is_empty();
        }
        let set = Set {
            column: String::new(),
            name,
            sql_type: target.sql_type(),
            value: SetTo::Expr(one.value.clone()),
        };
        Ok(Updated { set, target: Some(target.clone()), with_table })
    }
}

/// What a column of the table is set to, for those that copy it.
fn noted(one: &Assignment) -> Option<Noted> {
    let key = one.key()?;
    Some(Noted { key: key.into(), name: key.into(), value: one.value.clone() })
}

/// Something that is set.
struct Updated {
    set: Set,
    /// What it is set on, where it is not a column of the table.
    target: Option<Expr>,
    /// Whether columns are written with their table.
    with_table: bool,
}
