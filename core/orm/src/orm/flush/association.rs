//! The rows between the two ends of a many-to-many relationship.
//!
//! SQLAlchemy counterpart: `_ManyToManyDP` in `sqlalchemy.orm.dependency`.

use super::persistence::Row;
use super::unitofwork::{Dependency, UnitOfWork};
use crate::engine::{Execution, ParameterSet};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::mapping::relationship::Relationship;
use crate::orm::state::Lifecycle;
use crate::orm::{Orm, OrmResult};
use crate::sql::{Bind, BindValue, Delete, Expr, From, Insert, Operator, Statement, Update};
use crate::types::{ColumnId, StateId, TableId};

/// Rows to be written.
#[derive(Default)]
struct Rows {
    inserted: Vec<(Row, ParameterSet)>,
    updated: Vec<(Row, ParameterSet)>,
    deleted: Vec<(Row, ParameterSet)>,
}

impl Orm {
    /// The rows that saved parents gain and lose.
    pub(crate) fn save_associations(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let attribute = relationship.attribute as usize;
        let mut rows = Rows::default();
        let mut pairs = Vec::new();
        for &state in states {
            let follows =
                !relationship.options.passive_updates && self.key_changed(work, state, &relationship.pairs);
            if follows {
                self.know_members_for_keys(hooks, work, relationship, state)?;
            }
            let history = self.object_history(state, attribute);
            let changed = history.added.iter().chain(&history.deleted).flatten();
            pairs.extend(changed.map(|child| (child.state, state)));
            for child in history.added.into_iter().flatten() {
                let row = self.association_row(hooks, work, relationship, (state, child.state), "add")?;
                rows.inserted.extend(row);
            }
            for child in history.deleted.into_iter().flatten() {
                let row = self.association_row(hooks, work, relationship, (state, child.state), "delete")?;
                rows.deleted.extend(row);
            }
            for child in history.unchanged.into_iter().flatten().filter(|_| follows) {
                let mut row = ParameterSet::new();
                self.populate_row(hooks, state, &mut row, &relationship.pairs, true)?;
                self.populate_row(hooks, child.state, &mut row, &relationship.secondary_pairs, true)?;
                rows.updated.push((Row { object: state, related: Some(child.state) }, row));
            }
        }
        note_pairs(work, relationship, pairs);
        self.write_associations(hooks, work, relationship, rows)
    }

    /// The rows that deleted parents lose.
    pub(crate) fn delete_associations(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let mut rows = Rows::default();
        let mut pairs = Vec::new();
        for &state in states {
            let history = self.object_history(state, relationship.attribute as usize);
            let gone = history.unchanged.iter().chain(&history.deleted).flatten();
            pairs.extend(gone.map(|child| (child.state, state)));
            for child in history.unchanged.into_iter().chain(history.deleted).flatten() {
                let row = self.association_row(hooks, work, relationship, (state, child.state), "delete")?;
                rows.deleted.extend(row);
            }
        }
        note_pairs(work, relationship, pairs);
        self.write_associations(hooks, work, relationship, rows)
    }

    /// The row between two objects; none where the mirror has written it.
    fn association_row(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        (state, child): (StateId, StateId),
        operation: &str,
    ) -> OrmResult<Option<(Row, ParameterSet)>> {
        if let Some(reverse) = relationship.reverse {
            let key = both_sides(relationship, reverse);
            let done = work.pairs_done.get(&key);
            if done.is_some_and(|done| done.contains(&(state, child))) {
                return Ok(None);
            }
        }
        self.verify_class(relationship, child)?;
        if !self.is_held(work.session, child) {
            if self.states[child].lifecycle != Lifecycle::Deleted {
                self.warn_absent(relationship, child, operation);
            }
            return Ok(None);
        }
        let mut row = ParameterSet::new();
        self.populate_row(hooks, state, &mut row, &relationship.pairs, false)?;
        self.populate_row(hooks, child, &mut row, &relationship.secondary_pairs, false)?;
        Ok(Some((Row { object: state, related: Some(child) }, row)))
    }

    fn write_associations(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &UnitOfWork,
        relationship: &Relationship,
        rows: Rows,
    ) -> OrmResult<()> {
        let Some(secondary) = relationship.secondary else { return Ok(()) };
        let outlet = self.outlet(hooks, work.session)?;
        if let Some((_, first)) = rows.deleted.first() {
            let where_ = self.row_of_association(secondary, first, "");
            let statement = Statement::Delete(Delete { where_, ..Delete::from(From::Table(secondary)) });
            let expected = rows.deleted.len() as i64;
            let (rows, sets): (Vec<Row>, Vec<ParameterSet>) = rows.deleted.into_iter().unzip();
            let result = self.write(hooks, outlet, &statement, sets, Execution::Plain, &rows)?.result;
            self.check_associations(secondary, ("DELETE", "delete"), expected, result.rowcount)?;
        }
        if let Some((_, first)) = rows.updated.first() {
            let where_ = self.row_of_association(secondary, first, "old_");
            let statement = Statement::Update(Update { where_, ..Update::of(From::Table(secondary)) });
            let expected = rows.updated.len() as i64;
            let (rows, sets): (Vec<Row>, Vec<ParameterSet>) = rows.updated.into_iter().unzip();
            let result = self.write(hooks, outlet, &statement, sets, Execution::Plain, &rows)?.result;
            self.check_associations(secondary, ("UPDATE", "update"), expected, result.rowcount)?;
        }
        if !rows.inserted.is_empty() {
            let statement = Statement::Insert(Insert::into(From::Table(secondary)));
            let (rows, sets): (Vec<Row>, Vec<ParameterSet>) = rows.inserted.into_iter().unzip();
            self.write(hooks, outlet, &statement, sets, Execution::Plain, &rows)?;
        }
        Ok(())
    }

    fn check_associations(
        &self,
        table: TableId,
        (statement, verb): (&str, &str),
        expected: i64,
        matched: i64,
    ) -> OrmResult<()> {
        if matched == expected {
            return Ok(());
        }
        Err(OrmError::new(
            OrmErrorKind::StaleData,
            format!(
                "{statement} statement on table '{}' expected to {verb} {expected} row(s); Only {matched} were matched.",
                self.schema.table(table).name
            ),
        ))
    }

    /// What singles out a row between two objects.
    fn row_of_association(&self, secondary: TableId, row: &ParameterSet, prefix: &str) -> Vec<Expr> {
        let mut where_ = Vec::new();
        for (index, column) in self.schema.table(secondary).columns.iter().enumerate() {
            let name = format!("{prefix}{}", column.key);
            if row.iter().any(|(key, _)| **key == *name) {
                let expr = Expr::column(&self.schema, ColumnId { table: secondary, index: index as u32 });
                let sql_type = column.sql_type.clone();
                let bind = Bind { sql_type, ..Bind::named(&name, BindValue::Required) };
                where_.push(expr.binary(Operator::Eq, Expr::from(bind)));
            }
        }
        where_
    }
}

/// A relationship and its mirror, in one order.
fn both_sides(relationship: &Relationship, reverse: u32) -> (Dependency, Dependency) {
    let (own, mirror) = ((relationship.parent, relationship.attribute), (relationship.target, reverse));
    if own <= mirror { (own, mirror) } else { (mirror, own) }
}

/// Notes pairs that the mirror of a relationship need not write any more.
fn note_pairs(work: &mut UnitOfWork, relationship: &Relationship, pairs: Vec<(StateId, StateId)>) {
    if let Some(reverse) = relationship.reverse {
        work.pairs_done.entry(both_sides(relationship, reverse)).or_default().extend(pairs);
    }
}
