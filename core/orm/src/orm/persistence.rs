//! INSERT, UPDATE and DELETE of objects.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.persistence`.

use std::rc::Rc;

use super::error::{OrmError, OrmErrorKind};
use super::hooks::Hooks;
use super::state::{Committed, Slot};
use super::unitofwork::{Action, UnitOfWork};
use super::{Orm, OrmResult};
use crate::engine::{ConnectionId, Execution, ParameterSet, Parameters};
use crate::sql::{Bind, BindValue, Delete, Expr, From, Insert, Operator, SelectItem, Statement, Update};
use crate::types::{ColumnId, MapperId, StateId, Value};

/// A row to be inserted or updated.
struct Record {
    state: StateId,
    parameters: ParameterSet,
}

impl Orm {
    /// Carries actions out that are one: a single one, or the same for several objects.
    pub(super) fn execute_actions(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        actions: &[Action],
    ) -> OrmResult<()> {
        let Some(&first) = actions.first() else { return Ok(()) };
        let states: Vec<StateId> = actions.iter().filter_map(|action| action.state()).collect();
        match first {
            Action::SaveAll(mapper) => {
                let states = work.states_of(mapper, false);
                self.save(hooks, work, mapper, &states)
            }
            Action::DeleteAll(mapper) => {
                let states = work.states_of(mapper, true);
                self.delete_rows(hooks, work, mapper, &states)
            }
            Action::SaveState(state) => self.save(hooks, work, self.states[state].mapper, &states),
            Action::DeleteState(state) => {
                let states: Vec<StateId> =
                    states.into_iter().filter(|state| work.is_deleted(*state)).collect();
                self.delete_rows(hooks, work, self.states[state].mapper, &states)
            }
            Action::ProcessAll(dependency, is_delete) => {
                let states = work.states_of(dependency.0, is_delete);
                self.process(hooks, work, dependency, is_delete, &states)
            }
            Action::ProcessState(dependency, is_delete, _) => {
                self.process(hooks, work, dependency, is_delete, &states)
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

    /// Writes objects of one class: the UPDATEs, then the INSERTs.
    fn save(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &UnitOfWork,
        mapper: MapperId,
        states: &[StateId],
    ) -> OrmResult<()> {
        let mut inserts = Vec::new();
        let mut updates = Vec::new();
        for state in self.sort_states(states) {
            if self.states[state].key.is_none() {
                inserts.push(self.insert_record(state));
            } else if self.has_changes(state) {
                self.load_key(hooks, state)?;
                updates.extend(self.update_record(state)?);
            }
        }
        if inserts.is_empty() && updates.is_empty() {
            return Ok(());
        }
        self.require_bind(work.session, mapper)?;
        let connection = self.session_connection(hooks, work.session)?;
        self.emit_updates(hooks, connection, mapper, updates)?;
        self.emit_inserts(hooks, connection, mapper, inserts)
    }

    /// The values that an INSERT gives: what is set, and None for what has no
    /// default.
    fn insert_record(&self, state: StateId) -> Record {
        let mapper = self.mapper_of(state);
        let mut parameters = ParameterSet::new();
        for (at, id) in mapper.columns() {
            let column = self.schema.column(id);
            let value = match &self.states[state].slots[at] {
                Slot::Value(value) if !value.is_null() || column.sql_type.stores_none() => {
                    Some(value.clone())
                }
                _ => None,
            };
            let fills_null = !column.primary_key
                && !mapper.primary_key.contains(&id)
                && column.default.is_none()
                && column.server_default.is_none()
                && !column.sql_type.stores_none();
            if let Some(value) = value.or(if fills_null { Some(Value::Null) } else { None }) {
                parameters.push((column.key.as_str().into(), value));
            }
        }
        Record { state, parameters }
    }

    /// The values that an UPDATE changes, then the key it is found by; nothing
    /// where nothing changed.
    fn update_record(&self, state: StateId) -> OrmResult<Option<Record>> {
        let mapper = self.mapper_of(state);
        let mut parameters = ParameterSet::new();
        for (at, id) in mapper.columns() {
            if self.states[state].committed(at).is_none() {
                continue;
            }
            if let (Slot::Value(value), true) = (&self.states[state].slots[at], self.is_changed(state, at)) {
                parameters.push((self.schema.column(id).key.as_str().into(), value.clone()));
            }
        }
        if parameters.is_empty() {
            return Ok(None);
        }
        self.push_key(state, &mut parameters)?;
        Ok(Some(Record { state, parameters }))
    }

    /// Whether an UPDATE has something to set.
    fn has_changes(&self, state: StateId) -> bool {
        self.mapper_of(state)
            .columns()
            .any(|(at, _)| self.states[state].committed(at).is_some() && self.is_changed(state, at))
    }

    /// Adds the primary key that the row has now, under its label.
    fn push_key(&self, state: StateId, parameters: &mut ParameterSet) -> OrmResult<()> {
        let mapper = self.mapper_of(state);
        for id in &mapper.primary_key {
            let at = mapper.attribute_of(*id);
            let committed = at.and_then(|at| self.states[state].committed(at));
            let value = match committed {
                Some(Committed::Value(value)) => value.clone(),
                _ => self.column_value(state, *id),
            };
            if value.is_null() {
                return Err(OrmError::new(
                    OrmErrorKind::Flush,
                    format!(
                        "Can't update table {0} using NULL for primary key value on column {0}.{1}",
                        self.schema.table(id.table).name,
                        self.schema.column(*id).name
                    ),
                ));
            }
            parameters.push((self.key_label(*id), value));
        }
        Ok(())
    }

    /// `users_id`: a name that no column parameter has.
    fn key_label(&self, id: ColumnId) -> Rc<str> {
        format!("{}_{}", self.schema.table(id.table).name, self.schema.column(id).name).into()
    }

    fn key_conditions(&self, mapper: MapperId) -> Vec<Expr> {
        let key = self.mapper(mapper).primary_key.iter();
        key.map(|id| {
            let column = Expr::column(&self.schema, *id);
            let sql_type = column.sql_type();
            let bind = Bind { sql_type, ..Bind::named(&self.key_label(*id), BindValue::Required) };
            column.binary(Operator::Eq, Expr::from(bind))
        })
        .collect()
    }

    fn emit_updates(
        &mut self,
        hooks: &mut dyn Hooks,
        connection: ConnectionId,
        mapper: MapperId,
        records: Vec<Record>,
    ) -> OrmResult<()> {
        for group in by_same_keys(records) {
            let table = From::Table(self.mapper(mapper).table);
            let where_ = self.key_conditions(mapper);
            let statement = Statement::Update(Update { where_, ..Update::of(table) });
            let states: Vec<StateId> = group.iter().map(|record| record.state).collect();
            let expected = group.len() as i64;
            let given: Vec<Rc<str>> = group[0].parameters.iter().map(|(key, _)| Rc::clone(key)).collect();
            let sets = group.into_iter().map(|record| record.parameters).collect();
            let (matched, defaults) =
                self.write(hooks, connection, &statement, Parameters::Many(sets), Execution::Plain, &states)?;
            self.store_defaults(mapper, defaults);
            self.forget_made_by_update(mapper, &states, &given);
            if matched.rowcount != expected {
                return Err(OrmError::new(
                    OrmErrorKind::StaleData,
                    format!(
                        "UPDATE statement on table '{}' expected to update {expected} row(s); {} were matched.",
                        self.schema.table(self.mapper(mapper).table).name,
                        matched.rowcount
                    ),
                ));
            }
        }
        Ok(())
    }

    /// What the database made anew is loaded when it is asked for.
    fn forget_made_by_update(&mut self, mapper: MapperId, states: &[StateId], given: &[Rc<str>]) {
        let made: Vec<usize> = self
            .mapper(mapper)
            .columns()
            .filter(|(_, id)| {
                let column = self.schema.column(*id);
                column.is_made_by_update() && !given.iter().any(|key| **key == *column.key)
            })
            .map(|(at, _)| at)
            .collect();
        for state in states {
            for at in &made {
                let state = &mut self.states[*state];
                state.slots[*at] = Slot::Empty;
                state.expired_attributes.insert(*at as u32);
            }
        }
    }

    fn emit_inserts(
        &mut self,
        hooks: &mut dyn Hooks,
        connection: ConnectionId,
        mapper: MapperId,
        records: Vec<Record>,
    ) -> OrmResult<()> {
        let table = self.mapper(mapper).table;
        let key = self.mapper(mapper).primary_key.clone();
        let server_defaults: Vec<ColumnId> = self
            .mapper(mapper)
            .columns()
            .map(|(_, id)| id)
            .filter(|id| self.schema.column(*id).is_made_by_insert())
            .collect();
        for group in by_same_keys(records) {
            let given = |id: &ColumnId| {
                let name = &self.schema.column(*id).key;
                group[0].parameters.iter().any(|(key, _)| **key == **name)
            };
            let has_key = key.iter().all(given);
            let mut fetched: Vec<ColumnId> =
                server_defaults.iter().filter(|id| !given(id)).copied().collect();
            let fetches_defaults = !fetched.is_empty();
            if fetches_defaults || (!has_key && group.len() > 1) {
                let missing: Vec<ColumnId> = key.iter().filter(|id| !fetched.contains(id)).copied().collect();
                fetched.splice(0..0, missing);
            }
            let returning =
                fetched.iter().map(|id| SelectItem::Expr(Expr::column(&self.schema, *id))).collect();
            let statement = Statement::Insert(Insert { returning, ..Insert::into(From::Table(table)) });
            let states: Vec<StateId> = group.iter().map(|record| record.state).collect();
            let sets: Vec<ParameterSet> = group.into_iter().map(|record| record.parameters).collect();
            let (result, defaults) = self.write(
                hooks,
                connection,
                &statement,
                Parameters::Many(sets),
                Execution::Ordered,
                &states,
            )?;
            self.store_defaults(mapper, defaults);
            for (state, row) in states.iter().zip(&result.rows) {
                for (id, value) in fetched.iter().zip(row) {
                    self.store(*state, *id, value.clone());
                }
            }
            if !has_key && fetched.is_empty() {
                self.store_row_id(mapper, states[0], result.last_row_id);
            }
        }
        Ok(())
    }

    /// The id that SQLite gave a row becomes the missing part of its key.
    fn store_row_id(&mut self, mapper: MapperId, state: StateId, row_id: i64) {
        let table = self.mapper(mapper).table;
        if let Some(index) = self.schema.table(table).autoincrement_column() {
            let id = ColumnId { table, index };
            if self.column_value(state, id).is_null() {
                self.store(state, id, Value::Int(row_id));
            }
        }
    }

    fn store(&mut self, state: StateId, column: ColumnId, value: Value) {
        if let Some(at) = self.mapper_of(state).attribute_of(column) {
            self.states[state].slots[at] = Slot::Value(value);
        }
    }

    /// Values that defaults gave, into the objects they were given for.
    fn store_defaults(&mut self, mapper: MapperId, defaults: Vec<(StateId, Rc<str>, Value)>) {
        for (state, key, value) in defaults {
            let table = self.mapper(mapper).table;
            if let Some(index) = self.schema.table(table).column_index(&key) {
                self.store(state, ColumnId { table, index }, value);
            }
        }
    }

    /// Executes a statement for several objects, and tells the values that
    /// defaults gave.
    #[allow(clippy::type_complexity)] // the result, and (object, column, value)
    fn write(
        &mut self,
        hooks: &mut dyn Hooks,
        connection: ConnectionId,
        statement: &Statement,
        parameters: Parameters,
        execution: Execution,
        states: &[StateId],
    ) -> OrmResult<(crate::engine::ResultSet, Vec<(StateId, Rc<str>, Value)>)> {
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
        let mut defaults = Vec::new();
        for key in prepared.defaulted() {
            for (at, state) in states.iter().enumerate() {
                if let Some(value) = prepared.value(at, &key) {
                    defaults.push((*state, Rc::clone(&key), value.clone()));
                }
            }
        }
        Ok((self.send_converted(hooks, connection, prepared)?, defaults))
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
        let mut sets = Vec::new();
        for state in self.sort_states(states) {
            if self.states[state].key.is_none() {
                continue;
            }
            self.load_key(hooks, state)?;
            let mut parameters = ParameterSet::new();
            self.push_key(state, &mut parameters)?;
            sets.push(parameters);
        }
        if sets.is_empty() {
            return Ok(());
        }
        let table = From::Table(self.mapper(mapper).table);
        let where_ = self.key_conditions(mapper);
        let statement = Statement::Delete(Delete { where_, ..Delete::from(table) });
        let connection = self.session_connection(hooks, work.session)?;
        // A row that is gone already is only worth a warning, as in SQLAlchemy.
        self.execute_on(hooks, connection, &statement, &Parameters::Many(sets), Execution::Plain)?;
        Ok(())
    }

    /// The second UPDATE of relationships with `post_update`.
    fn post_update(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        mapper: MapperId,
        is_delete: bool,
    ) -> OrmResult<()> {
        let Some((states, columns)) = work.post_updates.get(&mapper).cloned() else { return Ok(()) };
        let chosen: Vec<StateId> =
            states.into_iter().filter(|state| work.is_deleted(*state) == is_delete).collect();
        let mut records = Vec::new();
        for state in self.sort_states(&chosen) {
            let mut parameters = ParameterSet::new();
            for id in &columns {
                let Some(at) = self.mapper_of(state).attribute_of(*id) else { continue };
                if let (true, Slot::Value(value)) =
                    (self.is_changed(state, at), &self.states[state].slots[at])
                {
                    parameters.push((self.schema.column(*id).key.as_str().into(), value.clone()));
                }
            }
            if !parameters.is_empty() {
                self.push_key(state, &mut parameters)?;
                records.push(Record { state, parameters });
            }
        }
        let connection = self.session_connection(hooks, work.session)?;
        self.emit_updates(hooks, connection, mapper, records)
    }
}

/// Neighbours whose parameters have the same names, together.
fn by_same_keys(records: Vec<Record>) -> Vec<Vec<Record>> {
    let mut groups: Vec<Vec<Record>> = Vec::new();
    for record in records {
        let same = groups.last().and_then(|group| group.first()).is_some_and(|first| {
            first.parameters.len() == record.parameters.len()
                && first.parameters.iter().zip(&record.parameters).all(|((a, _), (b, _))| a == b)
        });
        match groups.last_mut() {
            Some(group) if same => group.push(record),
            _ => groups.push(vec![record]),
        }
    }
    groups
}
