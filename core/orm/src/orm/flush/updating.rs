//! UPDATEs of objects: what changed, how the row is found, which rows go out
//! together, and what is not known any more afterwards.
//!
//! SQLAlchemy counterpart: `_collect_update_commands`, `_emit_update_statements`
//! and those of post updates in `sqlalchemy.orm.persistence`.

use std::rc::Rc;

use super::persistence::{Record, Row, by_same_keys};
use super::preview::Outlet;
use super::unitofwork::UnitOfWork;
use crate::engine::Execution;
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::mapping::mapper::VersionGenerator;
use crate::orm::state::sql_value::SqlValue;
use crate::orm::state::{Committed, Slot};
use crate::orm::{Orm, OrmResult};
use crate::sql::{Expr, From, SelectItem, Statement, Update};
use crate::types::{ColumnId, MapperId, StateId, TableId, Value};

impl Orm {
    /// The values that an UPDATE of a table changes, then the key it is found
    /// by; nothing where nothing changed. `last` is the version before.
    pub(crate) fn update_record(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &UnitOfWork,
        table: TableId,
        state: StateId,
        last: &Value,
        before: Option<&Record>,
    ) -> OrmResult<Option<Record>> {
        let mapper = self.mapper_of(state);
        let mut record = Record::of(state);
        for (at, id) in mapper.columns_in(table) {
            if self.states[state].committed(at).is_none() {
                continue;
            }
            let Slot::Value(value) = &self.states[state].slots[at] else {
                // As in SQLAlchemy, an attribute that was deleted has nothing to write.
                return Err(OrmError::new(OrmErrorKind::Key, mapper.attributes[at].key.clone()));
            };
            if let Some(expr) = SqlValue::expression(value) {
                record.expressions.push((id, expr.clone()));
            } else if self.is_changed(state, at) {
                record.set(&self.schema.column(id).key, value.clone(), before);
            }
        }
        let version = mapper.options.version_id.filter(|id| id.table == table && !last.is_null());
        let nothing = record.parameters.is_empty() && record.expressions.is_empty();
        if let Some(id) = version {
            // A change in any table of a row makes it another version.
            if nothing && !self.has_changes(state) {
                return Ok(None);
            }
            let generator = mapper.options.version_generator.clone();
            let key: Rc<str> = self.schema.column(id).key.as_str().into();
            let given = record.parameters.iter().any(|(known, _)| *known == key);
            if !given && let Some(next) = self.next_version(hooks, &generator, last)? {
                record.parameters.push((key, next));
            } else if nothing && matches!(generator, VersionGenerator::Server) {
                record.parameters.push((key, last.clone()));
            }
        } else if nothing {
            return Ok(None);
        }
        let keys = self.found_by(hooks, work, table, &mut record)?;
        if record.parameters.is_empty() && record.expressions.is_empty() {
            return Ok(None);
        }
        for (id, value) in keys {
            let same = before.and_then(|before| before.parameters.get(record.parameters.len()));
            let label = match same {
                Some((label, _)) if self.is_key_label(label, id) => Rc::clone(label),
                _ => self.key_label(id),
            };
            record.parameters.push((label, value));
        }
        if let Some(id) = version {
            record.parameters.push((self.key_label(id), last.clone()));
        }
        Ok(Some(record))
    }

    /// The key that a row has in the database. A part that the
    /// database has changed already is not set again.
    fn found_by(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &UnitOfWork,
        table: TableId,
        record: &mut Record,
    ) -> OrmResult<Vec<(ColumnId, Value)>> {
        let state = record.state;
        let mut keys = Vec::new();
        for id in self.key_in(table, self.states[state].mapper) {
            let Some(at) = self.mapper_of(state).attribute_of(id) else { continue };
            self.loaded_value(hooks, state, id)?;
            let history = self.value_history(state, at);
            let value = match (history.added.first(), history.deleted.first()) {
                (Some(added), None) => {
                    record.leave_out(&self.schema.column(id).key);
                    added.clone()
                }
                (Some(added), Some(_)) if work.cascaded.contains(&(state, id)) => {
                    record.leave_out(&self.schema.column(id).key);
                    added.clone()
                }
                (Some(_), Some(deleted)) => deleted.clone(),
                (None, _) => self.column_value(state, id),
            };
            if value.is_null() {
                return Err(self.null_key("update table", id));
            }
            keys.push((id, value));
        }
        Ok(keys)
    }

    /// The error of a row that cannot be found, since part of its key is NULL.
    pub(crate) fn null_key(&self, verb: &str, id: ColumnId) -> OrmError {
        let table = &self.schema.table(id.table).name;
        let column = &self.schema.column(id).name;
        OrmError::new(
            OrmErrorKind::Flush,
            format!("Can't {verb} {table} using NULL for primary key value on column {table}.{column}"),
        )
    }

    /// The version that a row has in the database; NULL where it has none.
    pub(crate) fn version_before(&mut self, hooks: &mut dyn Hooks, state: StateId) -> OrmResult<Value> {
        let Some(id) = self.mapper_of(state).options.version_id else { return Ok(Value::Null) };
        let Some(at) = self.mapper_of(state).attribute_of(id) else { return Ok(Value::Null) };
        self.loaded_value(hooks, state, id)?;
        Ok(match self.states[state].committed(at) {
            Some(Committed::Value(value)) => value.clone(),
            Some(_) => Value::Null,
            None => self.column_value(state, id),
        })
    }

    /// What singles out a row of a table, with its version where it has one.
    pub(crate) fn row_conditions(&self, table: TableId, mapper: MapperId) -> Vec<Expr> {
        let mut columns = self.key_in(table, mapper);
        columns.extend(self.mapper(mapper).options.version_id.filter(|id| id.table == table));
        self.key_conditions(&columns)
    }

    pub(crate) fn emit_updates(
        &mut self,
        hooks: &mut dyn Hooks,
        outlet: Outlet,
        table: TableId,
        records: Vec<Record>,
    ) -> OrmResult<()> {
        for group in by_same_keys(records, |_| ()) {
            let mapper = self.mapper_of(group[0].state);
            let versioned = mapper.options.version_id.filter(|id| id.table == table);
            let from_server =
                versioned.filter(|_| matches!(mapper.options.version_generator, VersionGenerator::Server));
            let has_values = !group[0].expressions.is_empty();
            let given: Vec<Rc<str>> = group[0].parameters.iter().map(|(key, _)| Rc::clone(key)).collect();
            let made = self.made_by_update(table, group[0].state, &given);
            let mut wanted: Vec<ColumnId> = Vec::new();
            if mapper.options.eager_defaults == Some(true) {
                wanted.extend(&made);
            }
            wanted.extend(from_server.filter(|id| !wanted.contains(id)));
            wanted.sort_by_key(|id| id.index);
            let left: Vec<ColumnId> = made
                .into_iter()
                .chain(group[0].expressions.iter().map(|(id, _)| *id))
                .filter(|id| !wanted.contains(id))
                .collect();
            let together = wanted.is_empty() && versioned.is_none() && !has_values;
            let expected = group.len();
            let pieces: Vec<Vec<Record>> = match together {
                true => vec![group],
                false => group.into_iter().map(|record| vec![record]).collect(),
            };
            let mut matched = 0;
            for records in pieces {
                matched += self.emit_update(hooks, outlet, table, records, &wanted, &left)?;
            }
            self.check_updated(table, expected as i64, matched)?;
        }
        Ok(())
    }

    fn emit_update(
        &mut self,
        hooks: &mut dyn Hooks,
        outlet: Outlet,
        table: TableId,
        records: Vec<Record>,
        wanted: &[ColumnId],
        left: &[ColumnId],
    ) -> OrmResult<i64> {
        let mapper = self.states[records[0].state].mapper;
        let where_ = self.row_conditions(table, mapper);
        let values = self.assignments(&records[0]);
        let returning: Vec<SelectItem> =
            wanted.iter().map(|id| SelectItem::Expr(Expr::column(&self.schema, *id))).collect();
        let statement =
            Statement::Update(Update { where_, values, returning, ..Update::of(From::Table(table)) });
        let states: Vec<StateId> = records.iter().map(|record| record.state).collect();
        let versions = self.new_versions(table, &records);
        let rows: Vec<Row> = states.iter().map(|state| Row::of(*state)).collect();
        let sets = records.into_iter().map(|record| record.parameters).collect();
        let written = self.write(hooks, outlet, &statement, sets, Execution::Plain, &rows)?;
        self.store_defaults(table, written.defaults);
        for (state, column, value) in versions {
            self.store(state, column, value);
        }
        self.store_returned(&states, wanted, &written.result);
        for state in &states {
            self.forget_made(*state, left);
        }
        let result = written.result;
        Ok(if wanted.is_empty() { result.rowcount } else { result.rows.len() as i64 })
    }

    /// Refuses an UPDATE that found fewer rows than it was meant to.
    pub(crate) fn check_updated(&self, table: TableId, expected: i64, matched: i64) -> OrmResult<()> {
        if matched == expected {
            return Ok(());
        }
        Err(OrmError::new(
            OrmErrorKind::StaleData,
            format!(
                "UPDATE statement on table '{}' expected to update {expected} row(s); {matched} were matched.",
                self.schema.table(table).name
            ),
        ))
    }

    /// The versions that an UPDATE or INSERT gives rows.
    pub(crate) fn new_versions(&self, table: TableId, records: &[Record]) -> Vec<(StateId, ColumnId, Value)> {
        let mut versions = Vec::new();
        for record in records {
            let Some(id) = self.mapper_of(record.state).options.version_id.filter(|id| id.table == table)
            else {
                continue;
            };
            let key = &self.schema.column(id).key;
            if let Some((_, value)) = record.parameters.iter().find(|(known, _)| **known == **key) {
                versions.push((record.state, id, value.clone()));
            }
        }
        versions
    }

    /// The columns that the database makes anew with an UPDATE.
    fn made_by_update(&self, table: TableId, state: StateId, given: &[Rc<str>]) -> Vec<ColumnId> {
        self.mapper_of(state)
            .columns_in(table)
            .map(|(_, id)| id)
            .filter(|id| {
                let column = self.schema.column(*id);
                column.is_made_by_update() && !given.iter().any(|key| **key == *column.key)
            })
            .collect()
    }

    /// The second UPDATE of relationships with `post_update`.
    pub(crate) fn post_update(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        mapper: MapperId,
        is_delete: bool,
    ) -> OrmResult<()> {
        let Some((states, columns)) = work.post_updates.get(&mapper).cloned() else { return Ok(()) };
        let mut chosen: Vec<StateId> =
            states.into_iter().filter(|state| work.is_deleted(*state) == is_delete).collect();
        if chosen.is_empty() {
            return Ok(());
        }
        chosen = self.sort_states(&chosen)?;
        let outlet = self.outlet(hooks, work.session)?;
        for (table, _) in self.sorted_tables(mapper) {
            let mut records = Vec::new();
            for &state in &chosen {
                if !self.mapper_of(state).tables.contains(&table) {
                    continue;
                }
                let last = self.version_before(hooks, state)?;
                let mut record = Record::of(state);
                let own = self.mapper_of(state);
                for (at, id) in own.columns_in(table) {
                    let follows = columns.contains(&id) || self.schema.column(id).onupdate.is_some();
                    let Slot::Value(value) = &self.states[state].slots[at] else { continue };
                    if follows && !own.is_key(id) && self.is_changed(state, at) {
                        record.parameters.push((self.schema.column(id).key.as_str().into(), value.clone()));
                    }
                }
                if record.parameters.is_empty() {
                    continue;
                }
                let version = own.options.version_id.filter(|id| id.table == table && !last.is_null());
                let generator = own.options.version_generator.clone();
                if let Some(id) = version.filter(|_| self.states[state].key.is_some())
                    && let Some(next) = self.next_version(hooks, &generator, &last)?
                {
                    record.parameters.push((self.schema.column(id).key.as_str().into(), next));
                }
                for id in self.key_in(table, self.states[state].mapper) {
                    record.parameters.push((self.key_label(id), self.column_value(state, id)));
                }
                if let Some(id) = version {
                    record.parameters.push((self.key_label(id), last));
                }
                records.push(record);
            }
            for group in by_same_keys(records, |_| ()) {
                let expected = group.len() as i64;
                let matched = self.emit_update(hooks, outlet, table, group, &[], &[])?;
                self.check_updated(table, expected, matched)?;
            }
        }
        Ok(())
    }
}
