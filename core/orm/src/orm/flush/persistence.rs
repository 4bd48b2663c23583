//! INSERT, UPDATE and DELETE of objects.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.persistence`.

use std::rc::Rc;

use super::preview::{Outlet, Written};
use super::unitofwork::{Action, UnitOfWork};
use crate::engine::{Cause, Execution, ParameterSet, Parameters};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::events::OrmEventKind;
use crate::orm::hooks::Hooks;
use crate::orm::mapping::mapper::VersionGenerator;
use crate::orm::state::Slot;
use crate::orm::state::identity::IdentityKey;
use crate::orm::{Orm, OrmResult};
use crate::sql::{Bind, BindValue, Delete, Expr, From, Operator, Purpose, Statement};
use crate::types::{ColumnId, MapperId, StateId, TableId, Value};

/// A row to be inserted or updated.
pub(crate) struct Record {
    pub(crate) state: StateId,
    /// The values by their columns' keys, and what the row is found by.
    pub(crate) parameters: ParameterSet,
    /// Values that are SQL expressions.
    pub(crate) expressions: Vec<(ColumnId, Expr)>,
}

/// What a row that is written is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// The object; of a row between two, the one that has the collection.
    pub(crate) object: StateId,
    /// The other one of a row between two.
    pub(crate) related: Option<StateId>,
}

impl Row {
    pub(crate) fn of(object: StateId) -> Row {
        Row { object, related: None }
    }
}

impl Record {
    pub(crate) fn of(state: StateId) -> Record {
        Record { state, parameters: ParameterSet::new(), expressions: Vec::new() }
    }

    /// Adds a value. Where the record before has one of that name at the same place,
    /// both share the name: most rows of a flush are alike.
    pub(super) fn set(&mut self, name: &str, value: Value, before: Option<&Record>) {
        let same = before.and_then(|before| before.parameters.get(self.parameters.len()));
        let name = match same {
            Some((known, _)) if **known == *name => Rc::clone(known),
            _ => name.into(),
        };
        self.parameters.push((name, value));
    }

    /// Whether two have the same names, because they share them.
    fn shares_names(&self, other: &Record) -> bool {
        self.parameters.len() == other.parameters.len()
            && self.parameters.iter().zip(&other.parameters).all(|((a, _), (b, _))| Rc::ptr_eq(a, b))
    }

    /// Takes a column out of what is set.
    pub(crate) fn leave_out(&mut self, key: &str) {
        self.parameters.retain(|(own, _)| **own != *key);
    }
}

impl Orm {
    /// Carries actions out that are one: a single one, or the same for several objects.
    pub(crate) fn execute_actions(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        actions: &[Action],
    ) -> OrmResult<()> {
        let Some(&first) = actions.first() else { return Ok(()) };
        let states: Vec<StateId> = actions.iter().filter_map(|action| action.state()).collect();
        match first {
            Action::SaveAll(mapper) => {
                let states = self.states_of(work, mapper, false);
                self.save(hooks, work, mapper, &states)
            }
            Action::DeleteAll(mapper) => {
                let states = self.states_of(work, mapper, true);
                self.delete_rows(hooks, work, mapper, &states)
            }
            Action::SaveState(state) => self.save(hooks, work, self.states[state].mapper, &states),
            Action::DeleteState(state) => {
                let states: Vec<StateId> =
                    states.into_iter().filter(|state| work.is_deleted(*state)).collect();
                self.delete_rows(hooks, work, self.states[state].mapper, &states)
            }
            Action::ProcessAll(dependency, is_delete) => {
                let states = self.states_of(work, dependency.0, is_delete);
                self.process(hooks, work, dependency, is_delete, &states)
            }
            Action::ProcessState(dependency, is_delete, _) => {
                self.process(hooks, work, dependency, is_delete, &states)
            }
            Action::KeySwitches(dependency) => {
                let Some(relationship) = self.relationship(dependency.0, dependency.1 as usize).cloned()
                else {
                    return Ok(());
                };
                let states = self.states_of(work, relationship.target, false);
                self.follow_key_switches(hooks, work, &relationship, &states)
            }
            Action::PostUpdateAll(mapper, is_delete) => self.post_update(hooks, work, mapper, is_delete),
        }
    }

    fn process(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        dependency: super::unitofwork::Dependency,
        is_delete: bool,
        states: &[StateId],
    ) -> OrmResult<()> {
        let Some(relationship) = self.relationship(dependency.0, dependency.1 as usize).cloned() else {
            return Ok(());
        };
        if is_delete {
            self.process_deletes(hooks, work, &relationship, states)
        } else {
            self.process_saves(hooks, work, &relationship, states)
        }
    }

    /// Writes objects of one hierarchy, table by table: the UPDATEs, then the
    /// INSERTs.
    fn save(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        mapper: MapperId,
        states: &[StateId],
    ) -> OrmResult<()> {
        let batch = self.mapper(mapper).options.batch;
        let sorted = self.sort_states(states)?;
        if !batch && sorted.len() > 1 {
            for state in sorted {
                self.save(hooks, work, mapper, &[state])?;
            }
            return Ok(());
        }
        if sorted.is_empty() {
            return Ok(());
        }
        self.require_bind(work.session, mapper)?;
        let outlet = self.outlet(hooks, work.session)?;
        let saving = self.before_save(hooks, work.session, &sorted)?;
        let mut inserted: Vec<StateId> = Vec::new();
        let mut updated: Vec<(StateId, Value)> = Vec::new();
        for state in sorted {
            self.check_discriminator(state);
            let switched = match self.states[state].key {
                Some(_) => None,
                None => self.row_switch(hooks, work, state)?,
            };
            if self.states[state].key.is_none() && switched.is_none() {
                inserted.push(state);
            } else if switched.is_some() || self.has_changes(state) {
                updated.push((state, self.version_before(hooks, switched.unwrap_or(state))?));
            }
        }
        for (table, _) in self.sorted_tables(mapper) {
            let mut updates: Vec<Record> = Vec::new();
            for (state, last) in &updated {
                if self.mapper_of(*state).tables.contains(&table) {
                    let record = self.update_record(hooks, work, table, *state, last, updates.last())?;
                    updates.extend(record);
                }
            }
            let mut inserts: Vec<Record> = Vec::new();
            for state in &inserted {
                if self.mapper_of(*state).tables.contains(&table) {
                    let record = self.insert_record(hooks, table, *state, inserts.last())?;
                    inserts.push(record);
                }
            }
            self.emit_updates(hooks, outlet, table, updates)?;
            for (state, _) in &updated {
                self.copy_inherited_keys(hooks, work, *state, table)?;
            }
            self.emit_inserts(hooks, outlet, table, inserts)?;
            for state in &inserted {
                self.copy_inherited_keys(hooks, work, *state, table)?;
            }
        }
        let written = inserted.into_iter().chain(updated.into_iter().map(|(state, _)| state));
        for state in written.collect::<Vec<_>>() {
            self.load_made(hooks, state)?;
        }
        self.after_save(hooks, saving)
    }

    /// A new object with the key of one that the same flush deletes takes over
    /// its row: the object whose row it is.
    fn row_switch(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        state: StateId,
    ) -> OrmResult<Option<StateId>> {
        for column in self.mapper_of(state).primary_key.clone() {
            self.loaded_value(hooks, state, column)?;
        }
        let key = self.key_from_values(state);
        let known = self.session(work.session).identity_map.get(&key).copied();
        let Some(existing) = known.filter(|id| self.states.object(*id).is_some()) else { return Ok(None) };
        if self.was_deleted_meanwhile(hooks, existing)? {
            return Ok(None);
        }
        if !work.is_deleted(existing) {
            self.warnings.push(format!(
                "New instance {} with identity key ({}, {}, None) conflicts with persistent instance {}",
                self.describe(state),
                self.class_repr(key.mapper),
                key.repr(),
                self.describe(existing)
            ));
            return Ok(None);
        }
        if let Some(role) = work.states.get_mut(&existing) {
            role.list_only = true;
        }
        Ok(Some(existing))
    }

    /// The identity of an object: that of its row, or the one that its values give.
    pub fn identity_of(&self, state: StateId) -> IdentityKey {
        self.states[state].key.clone().unwrap_or_else(|| self.key_from_values(state))
    }

    /// The identity that an object has by its values.
    pub(crate) fn key_from_values(&self, state: StateId) -> IdentityKey {
        let mapper = self.mapper_of(state);
        let values = mapper.primary_key.iter().map(|column| self.column_value(state, *column));
        IdentityKey::new(mapper.identity, values)
    }

    /// Whether the row of an expired object turns out to be gone.
    fn was_deleted_meanwhile(&mut self, hooks: &mut dyn Hooks, state: StateId) -> OrmResult<bool> {
        if !self.states[state].expired {
            return Ok(false);
        }
        match self.load_expired(hooks, state) {
            Err(OrmError::Orm { kind: OrmErrorKind::ObjectDeleted, .. }) => {
                self.remove_newly_deleted(state);
                Ok(true)
            }
            other => other.map(|()| false),
        }
    }

    /// A row whose discriminator is another class's will not come back as it is.
    fn check_discriminator(&mut self, state: StateId) {
        let mapper = self.mapper_of(state);
        let Some(at) = mapper.polymorphic.attribute.filter(|_| mapper.polymorphic.identity.is_some()) else {
            return;
        };
        let Slot::Value(value) = &self.states[state].slots[at as usize] else { return };
        let own = self.states[state].mapper;
        let table = mapper.table;
        let fits = self.descendants(own).into_iter().any(|id| {
            let other = self.mapper(id);
            other.table == table && other.polymorphic.identity.as_ref() == Some(value)
        });
        if !fits {
            self.warnings.push(format!(
                "Flushing object {} with incompatible polymorphic identity {}; the object may not refresh and/or load correctly",
                self.describe(state),
                value.repr()
            ));
        }
    }

    /// Keys of inherited tables get the values of the tables they follow; those
    /// that the database changes by itself are noted.
    fn copy_inherited_keys(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        state: StateId,
        table: TableId,
    ) -> OrmResult<()> {
        let mut todo = Vec::new();
        for id in self.ancestors(self.states[state].mapper) {
            let pairs = self.mapper(id).inherited_pairs.iter();
            todo.extend(pairs.filter(|(from, _)| from.table == table).copied());
        }
        for (from, to) in todo {
            let mapper = self.mapper_of(state);
            if self.states[state].key.is_some() && mapper.options.passive_updates {
                self.note_cascaded(work, state, from, to);
            }
            let mapper = self.mapper_of(state);
            if mapper.attribute_of(from) != mapper.attribute_of(to) {
                let value = self.loaded_value(hooks, state, from)?;
                self.store(state, to, value);
            }
        }
        Ok(())
    }

    /// With `eager_defaults=True` what the database made is loaded at once, and
    /// so is a version of its making.
    fn load_made(&mut self, hooks: &mut dyn Hooks, state: StateId) -> OrmResult<()> {
        let mapper = self.mapper_of(state);
        let eager = mapper.options.eager_defaults == Some(true);
        let from_server = matches!(mapper.options.version_generator, VersionGenerator::Server);
        let version = mapper.options.version_id.filter(|_| from_server);
        let mut wanted: Vec<usize> = Vec::new();
        for (at, id) in mapper.columns() {
            let column = self.schema.column(id);
            let made = column.is_made_by_insert() || column.is_made_by_update();
            let unloaded = matches!(self.states[state].slots[at], Slot::Empty);
            if unloaded && (eager && made || version == Some(id)) {
                wanted.push(at);
            }
        }
        if !wanted.is_empty() {
            let key = self.key_from_values(state);
            self.states[state].key.get_or_insert(key);
            if self.is_previewing() {
                self.preview_load(state, &wanted, "what the database made is loaded at once", false);
                return Ok(());
            }
            let numbers = wanted.iter().map(|at| *at as u32).collect();
            let cause = Cause::Refresh { object: self.subject(state), asked: false };
            self.load_attributes(hooks, state, &wanted, Purpose::Refresh(Some(numbers)), cause)?;
        }
        match version.map(|id| self.column_value(state, id)) {
            Some(Value::Null) => {
                Err(OrmError::new(OrmErrorKind::Flush, "Instance does not contain a non-NULL version value"))
            }
            _ => Ok(()),
        }
    }

    /// The attribute that holds the value of a key's column of an inherited table.
    pub(crate) fn inherited_key(
        &self,
        mapper: &crate::orm::mapping::mapper::Mapper,
        column: ColumnId,
    ) -> Option<usize> {
        let pairs = self.mappers.iter().flat_map(|mapper| &mapper.inherited_pairs);
        let (from, _) = pairs.into_iter().find(|(_, to)| *to == column)?;
        mapper.attribute_of(*from)
    }

    /// Whether an UPDATE has something to set.
    pub(crate) fn has_changes(&self, state: StateId) -> bool {
        self.mapper_of(state)
            .columns()
            .any(|(at, _)| self.states[state].committed(at).is_some() && self.is_changed(state, at))
    }

    /// The columns of a table that tell a row of a class from others.
    pub(crate) fn key_in(&self, table: TableId, mapper: MapperId) -> Vec<ColumnId> {
        let own = self.mapper(mapper);
        let mut columns: Vec<ColumnId> = Vec::new();
        for key in &own.primary_key {
            let same = own.attribute_of(*key).map(|at| &own.attributes[at]);
            let here = same.and_then(|attribute| attribute.columns().find(|id| id.table == table));
            let here = here.or_else(|| self.equated_in(table, mapper, *key));
            columns.extend(here);
        }
        columns
    }

    /// The column of a table that inheritance holds equal to another's.
    fn equated_in(&self, table: TableId, mapper: MapperId, column: ColumnId) -> Option<ColumnId> {
        let mut known = vec![column];
        let pairs: Vec<(ColumnId, ColumnId)> =
            self.ancestors(mapper).flat_map(|id| self.mapper(id).inherited_pairs.clone()).collect();
        let mut at = 0;
        while at < known.len() {
            let current = known[at];
            at += 1;
            if current.table == table {
                return Some(current);
            }
            for (from, to) in &pairs {
                let next = if *from == current {
                    *to
                } else if *to == current {
                    *from
                } else {
                    continue;
                };
                if !known.contains(&next) {
                    known.push(next);
                }
            }
        }
        None
    }

    /// `users_id`: a name that no column parameter has.
    pub(crate) fn key_label(&self, id: ColumnId) -> Rc<str> {
        format!("{}_{}", self.schema.table(id.table).name, self.schema.column(id).name).into()
    }

    /// Whether a name is the one that [`Orm::key_label`] gives.
    pub(crate) fn is_key_label(&self, name: &str, id: ColumnId) -> bool {
        let rest = name.strip_prefix(self.schema.table(id.table).name.as_str());
        rest.and_then(|rest| rest.strip_prefix('_')) == Some(self.schema.column(id).name.as_str())
    }

    pub(crate) fn key_conditions(&self, columns: &[ColumnId]) -> Vec<Expr> {
        columns
            .iter()
            .map(|id| {
                let column = Expr::column(&self.schema, *id);
                let sql_type = column.sql_type();
                let bind = Bind { sql_type, ..Bind::named(&self.key_label(*id), BindValue::Required) };
                column.binary(Operator::Eq, Expr::from(bind))
            })
            .collect()
    }

    pub(crate) fn store(&mut self, state: StateId, column: ColumnId, value: Value) {
        if let Some(at) = self.mapper_of(state).attribute_of(column) {
            self.states[state].slots[at] = Slot::Value(value);
        }
    }

    /// Values that defaults gave, into the objects they were given for.
    pub(crate) fn store_defaults(&mut self, table: TableId, defaults: Vec<(StateId, Rc<str>, Value)>) {
        for (state, key, value) in defaults {
            if let Some(index) = self.schema.table(table).column_index(&key) {
                self.store(state, ColumnId { table, index }, value);
            }
        }
    }

    /// Executes a statement for several rows, and tells the values that defaults
    /// gave.
    pub(crate) fn write(
        &mut self,
        hooks: &mut dyn Hooks,
        outlet: Outlet,
        statement: &Statement,
        sets: Vec<ParameterSet>,
        execution: Execution,
        rows: &[Row],
    ) -> OrmResult<Written> {
        let parameters = Parameters::Many(sets);
        let connection = match outlet {
            Outlet::Connection(connection) => connection,
            Outlet::Preview(engine) => {
                return self.preview_rows(engine, statement, &parameters, execution, rows);
            }
        };
        let engine = self.engines.connection(connection)?.engine;
        let mut prepared = self.engines.prepare(&self.schema, engine, statement, &parameters, execution)?;
        for message in prepared.warnings() {
            hooks.warn(self, &message)?;
        }
        for (set, place, code) in std::mem::take(&mut prepared.pending) {
            let wanted = prepared.default_wanted(set, place);
            let value = hooks
                .call_default(self, &code, connection, &wanted)?
                .map_err(|(class, message)| prepared.refused(&class, &message))?;
            prepared.fill(set, place, value);
        }
        let defaults = prepared.defaults_of(rows.iter().map(|row| row.object));
        let result = self.send_converted(hooks, connection, prepared)?;
        Ok(Written { row_id: Value::Int(result.last_row_id), result, defaults })
    }

    fn delete_rows(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &UnitOfWork,
        mapper: MapperId,
        states: &[StateId],
    ) -> OrmResult<()> {
        if states.is_empty() {
            return Ok(());
        }
        let outlet = self.outlet(hooks, work.session)?;
        let mut tables = self.sorted_tables(mapper);
        tables.reverse();
        let sorted = self.sort_states(states)?;
        self.tell_deletes(hooks, work.session, OrmEventKind::BeforeDelete, &sorted)?;
        let mut versions = Vec::new();
        for state in &sorted {
            versions.push(self.version_before(hooks, *state)?);
        }
        for (table, owner) in tables {
            let inherits = self.mapper(owner).inherits.is_some();
            if inherits && self.mapper(owner).options.passive_deletes {
                continue;
            }
            let mut sets: Vec<ParameterSet> = Vec::new();
            let mut rows: Vec<Row> = Vec::new();
            let mut class = None;
            for (state, version) in sorted.iter().zip(&versions) {
                let own = self.mapper_of(*state);
                if !own.tables.contains(&table) {
                    continue;
                }
                let version_id = own.options.version_id.filter(|id| id.table == table && !version.is_null());
                class.get_or_insert(self.states[*state].mapper);
                let mut parameters = ParameterSet::new();
                for id in self.key_in(table, self.states[*state].mapper) {
                    let value = self.committed_value(hooks, *state, id)?;
                    if value.is_null() {
                        return Err(self.null_key("delete from table", id));
                    }
                    parameters.push((self.key_label(id), value));
                }
                if let Some(id) = version_id {
                    parameters.push((self.key_label(id), version.clone()));
                }
                sets.push(parameters);
                rows.push(Row::of(*state));
            }
            if let Some(class) = class {
                let where_ = self.row_conditions(table, class);
                let statement = Statement::Delete(Delete { where_, ..Delete::from(From::Table(table)) });
                let expected = sets.len() as i64;
                let written = self.write(hooks, outlet, &statement, sets, Execution::Plain, &rows)?;
                self.check_deleted(table, owner, expected, written.result.rowcount)?;
            }
        }
        self.tell_deletes(hooks, work.session, OrmEventKind::AfterDelete, &sorted)
    }

    /// A row that is gone already is only worth a warning, but with versions it
    /// was changed by somebody else.
    fn check_deleted(
        &mut self,
        table: TableId,
        owner: MapperId,
        expected: i64,
        matched: i64,
    ) -> OrmResult<()> {
        let base = self.mapper(owner).base;
        if matched == expected || matched < 0 || !self.mapper(base).options.confirm_deleted_rows {
            return Ok(());
        }
        let message = format!(
            "DELETE statement on table '{}' expected to delete {expected} row(s); {matched} were matched.  Please set confirm_deleted_rows=False within the mapper configuration to prevent this warning.",
            self.schema.table(table).name
        );
        if self.mapper(owner).options.version_id.is_some_and(|id| id.table == table) {
            return Err(OrmError::new(OrmErrorKind::StaleData, message));
        }
        self.warnings.push(message);
        Ok(())
    }
}

/// Neighbours that go out alike, together: with the same names, with or without
/// expressions, and what else matters.
pub(crate) fn by_same_keys<T: PartialEq>(
    records: Vec<Record>,
    matters: impl Fn(&Record) -> T,
) -> Vec<Vec<Record>> {
    let mut groups: Vec<Vec<Record>> = Vec::new();
    for record in records {
        let same = groups.last().and_then(|group| group.first()).is_some_and(|first| {
            let known = |key| record.parameters.iter().any(|(own, _)| own == key);
            let same_names = first.shares_names(&record)
                || first.parameters.len() == record.parameters.len()
                    && first.parameters.iter().all(|(key, _)| known(key));
            same_names
                && first.expressions.is_empty() == record.expressions.is_empty()
                && matters(first) == matters(&record)
        });
        match groups.last_mut() {
            Some(group) if same => group.push(record),
            _ => groups.push(vec![record]),
        }
    }
    groups
}
