//! INSERT, UPDATE and DELETE of objects.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.persistence`.

use std::rc::Rc;

use super::error::{OrmError, OrmErrorKind};
use super::events::OrmEventKind;
use super::hooks::Hooks;
use super::state::{Committed, Slot};
use super::unitofwork::{Action, UnitOfWork};
use super::{Orm, OrmResult};
use crate::engine::{ConnectionId, Execution, ParameterSet, Parameters};
use crate::sql::{Bind, BindValue, Delete, Expr, From, Insert, Operator, SelectItem, Statement, Update};
use crate::types::{ColumnId, MapperId, StateId, TableId, Value};

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
        work: &UnitOfWork,
        mapper: MapperId,
        states: &[StateId],
    ) -> OrmResult<()> {
        let batch = self.mapper(mapper).options.batch;
        let sorted = self.sort_states(states);
        if !batch && sorted.len() > 1 {
            for state in sorted {
                self.save(hooks, work, mapper, &[state])?;
            }
            return Ok(());
        }
        let saving = self.before_save(hooks, work.session, &sorted)?;
        let (inserted, mut updated): (Vec<StateId>, Vec<StateId>) =
            sorted.into_iter().partition(|state| self.states[*state].key.is_none());
        updated.retain(|state| self.has_changes(*state));
        for state in &updated {
            self.load_key(hooks, *state)?;
        }
        if inserted.is_empty() && updated.is_empty() {
            return self.after_save(hooks, saving);
        }
        self.require_bind(work.session, mapper)?;
        let connection = self.session_connection(hooks, work.session)?;
        for (table, _) in self.sorted_tables(mapper) {
            let mut updates = Vec::new();
            for state in updated.iter().filter(|state| self.mapper_of(**state).tables.contains(&table)) {
                updates.extend(self.update_record(table, *state)?);
            }
            let inserts: Vec<Record> = inserted
                .iter()
                .filter(|state| self.mapper_of(**state).tables.contains(&table))
                .map(|state| self.insert_record(table, *state))
                .collect();
            self.emit_updates(hooks, connection, table, updates)?;
            self.emit_inserts(hooks, connection, table, inserts)?;
        }
        for state in inserted {
            self.copy_inherited_keys(state);
        }
        self.after_save(hooks, saving)
    }

    /// Keys of inherited tables that are attributes of their own get their values.
    fn copy_inherited_keys(&mut self, state: StateId) {
        let mut todo = Vec::new();
        for id in self.ancestors(self.states[state].mapper) {
            for (from, to) in &self.mapper(id).inherited_pairs {
                let mapper = self.mapper_of(state);
                if mapper.attribute_of(*from) != mapper.attribute_of(*to) {
                    todo.push((*to, self.column_value(state, *from)));
                }
            }
        }
        for (column, value) in todo {
            self.store(state, column, value);
        }
    }

    /// The values that an INSERT into a table gives: what is set, and None for
    /// what has no default.
    fn insert_record(&self, table: TableId, state: StateId) -> Record {
        let mapper = self.mapper_of(state);
        let mut parameters = ParameterSet::new();
        let version = self.version_in(table, state);
        for (at, id) in mapper.columns_in(table) {
            let column = self.schema.column(id);
            let set = |at: usize| match &self.states[state].slots[at] {
                Slot::Value(value) if !value.is_null() || column.sql_type.stores_none() => {
                    Some(value.clone())
                }
                _ => None,
            };
            let value = match &version {
                Some((own, value)) if *own == id => Some(value.clone()),
                _ => set(at).or_else(|| self.inherited_key(mapper, id).and_then(&set)),
            };
            let fills_null = !column.primary_key
                && !mapper.is_key(id)
                && column.default.is_none()
                && column.server_default.is_none()
                && !column.sql_type.stores_none();
            if let Some(value) = value.or(if fills_null { Some(Value::Null) } else { None }) {
                parameters.push((column.key.as_str().into(), value));
            }
        }
        Record { state, parameters }
    }

    /// The attribute that holds the value of a key's column of an inherited table.
    fn inherited_key(&self, mapper: &super::Mapper, column: ColumnId) -> Option<usize> {
        let pairs = self.mappers.iter().flat_map(|mapper| &mapper.inherited_pairs);
        let (from, _) = pairs.into_iter().find(|(_, to)| *to == column)?;
        mapper.attribute_of(*from)
    }

    /// The version that a new row of a table gets.
    fn version_in(&self, table: TableId, state: StateId) -> Option<(ColumnId, Value)> {
        let options = &self.mapper_of(state).options;
        let id = options.version_id.filter(|id| id.table == table)?;
        match options.version_generator {
            super::VersionGenerator::Counter => Some((id, Value::Int(1))),
            _ => None,
        }
    }

    /// The values that an UPDATE of a table changes, then the key it is found
    /// by; nothing where nothing changed.
    fn update_record(&self, table: TableId, state: StateId) -> OrmResult<Option<Record>> {
        let mapper = self.mapper_of(state);
        let mut parameters = ParameterSet::new();
        for (at, id) in mapper.columns_in(table) {
            if self.states[state].committed(at).is_none() {
                continue;
            }
            if let (Slot::Value(value), true) = (&self.states[state].slots[at], self.is_changed(state, at)) {
                parameters.push((self.schema.column(id).key.as_str().into(), value.clone()));
            }
        }
        let version = mapper.options.version_id.filter(|id| id.table == table);
        if let Some(id) = version {
            // A change in any table of a row makes it another version.
            let counted = matches!(mapper.options.version_generator, super::VersionGenerator::Counter);
            let key = self.schema.column(id).key.clone();
            let given = parameters.iter().any(|(known, _)| **known == *key);
            if counted && !given {
                let next = match self.column_value(state, id) {
                    Value::Int(version) => version + 1,
                    _ => 1,
                };
                parameters.push((key.as_str().into(), Value::Int(next)));
            }
        }
        if parameters.is_empty() {
            return Ok(None);
        }
        self.push_key(table, state, &mut parameters)?;
        if let Some(id) = version {
            let at = mapper.attribute_of(id);
            let was = match at.and_then(|at| self.states[state].committed(at)) {
                Some(Committed::Value(value)) => value.clone(),
                _ => self.column_value(state, id),
            };
            parameters.push((self.key_label(id), was));
        }
        Ok(Some(Record { state, parameters }))
    }

    /// Whether an UPDATE has something to set.
    fn has_changes(&self, state: StateId) -> bool {
        self.mapper_of(state)
            .columns()
            .any(|(at, _)| self.states[state].committed(at).is_some() && self.is_changed(state, at))
    }

    /// The columns of a table that tell a row of a class from others.
    fn key_in(&self, table: TableId, mapper: MapperId) -> Vec<ColumnId> {
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

    /// Adds the primary key that the row has now in a table, under its label.
    fn push_key(&self, table: TableId, state: StateId, parameters: &mut ParameterSet) -> OrmResult<()> {
        let mapper = self.mapper_of(state);
        for id in self.key_in(table, self.states[state].mapper) {
            let at = mapper.attribute_of(id);
            let committed = at.and_then(|at| self.states[state].committed(at));
            let value = match committed {
                Some(Committed::Value(value)) => value.clone(),
                _ => self.column_value(state, id),
            };
            if value.is_null() {
                return Err(OrmError::new(
                    OrmErrorKind::Flush,
                    format!(
                        "Can't update table {0} using NULL for primary key value on column {0}.{1}",
                        self.schema.table(id.table).name,
                        self.schema.column(id).name
                    ),
                ));
            }
            parameters.push((self.key_label(id), value));
        }
        Ok(())
    }

    /// `users_id`: a name that no column parameter has.
    fn key_label(&self, id: ColumnId) -> Rc<str> {
        format!("{}_{}", self.schema.table(id.table).name, self.schema.column(id).name).into()
    }

    fn key_conditions(&self, columns: &[ColumnId]) -> Vec<Expr> {
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

    /// What singles out a row of a table, with its version where it has one.
    fn row_conditions(&self, table: TableId, mapper: MapperId) -> Vec<Expr> {
        let mut columns = self.key_in(table, mapper);
        columns.extend(self.mapper(mapper).options.version_id.filter(|id| id.table == table));
        self.key_conditions(&columns)
    }

    fn emit_updates(
        &mut self,
        hooks: &mut dyn Hooks,
        connection: ConnectionId,
        table: TableId,
        records: Vec<Record>,
    ) -> OrmResult<()> {
        for group in by_same_keys(records) {
            let mapper = self.states[group[0].state].mapper;
            let where_ = self.row_conditions(table, mapper);
            let statement = Statement::Update(Update { where_, ..Update::of(From::Table(table)) });
            let states: Vec<StateId> = group.iter().map(|record| record.state).collect();
            let expected = group.len() as i64;
            let given: Vec<Rc<str>> = group[0].parameters.iter().map(|(key, _)| Rc::clone(key)).collect();
            let versions = self.new_versions(table, &group);
            let sets = group.into_iter().map(|record| record.parameters).collect();
            let (matched, defaults) =
                self.write(hooks, connection, &statement, Parameters::Many(sets), Execution::Plain, &states)?;
            self.store_defaults(table, defaults);
            for (state, column, value) in versions {
                self.store(state, column, value);
            }
            self.forget_made_by_update(table, &states, &given);
            if matched.rowcount != expected {
                return Err(OrmError::new(
                    OrmErrorKind::StaleData,
                    format!(
                        "UPDATE statement on table '{}' expected to update {expected} row(s); {} were matched.",
                        self.schema.table(table).name,
                        matched.rowcount
                    ),
                ));
            }
        }
        Ok(())
    }

    /// The versions that an UPDATE or INSERT gives rows.
    fn new_versions(&self, table: TableId, records: &[Record]) -> Vec<(StateId, ColumnId, Value)> {
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

    /// What the database made anew is loaded when it is asked for.
    fn forget_made_by_update(&mut self, table: TableId, states: &[StateId], given: &[Rc<str>]) {
        for &state in states {
            let made: Vec<usize> = self
                .mapper_of(state)
                .columns_in(table)
                .filter(|(_, id)| {
                    let column = self.schema.column(*id);
                    column.is_made_by_update() && !given.iter().any(|key| **key == *column.key)
                })
                .map(|(at, _)| at)
                .collect();
            for at in made {
                let state = &mut self.states[state];
                state.slots[at] = Slot::Empty;
                state.expired_attributes.insert(at as u32);
            }
        }
    }

    fn emit_inserts(
        &mut self,
        hooks: &mut dyn Hooks,
        connection: ConnectionId,
        table: TableId,
        mut records: Vec<Record>,
    ) -> OrmResult<()> {
        let Some(mapper) = records.first().map(|record| self.states[record.state].mapper) else {
            return Ok(());
        };
        // The root's row has given its key by now.
        for record in &mut records {
            self.fill_inherited_key(table, record);
        }
        let key = self.key_in(table, mapper);
        let eager = self.mapper(mapper).options.eager_defaults;
        let columns: Vec<ColumnId> = self.mapper(mapper).columns_in(table).map(|(_, id)| id).collect();
        let server_defaults: Vec<ColumnId> =
            columns.into_iter().filter(|id| self.schema.column(*id).is_made_by_insert()).collect();
        for group in by_same_keys(records) {
            let given = |id: &ColumnId| {
                let name = &self.schema.column(*id).key;
                group[0].parameters.iter().any(|(key, _)| **key == **name)
            };
            let has_key = key.iter().all(given);
            let mut fetched: Vec<ColumnId> = match eager {
                Some(false) => Vec::new(),
                _ => server_defaults.iter().filter(|id| !given(id)).copied().collect(),
            };
            let left: Vec<ColumnId> = match eager {
                Some(false) => server_defaults.iter().filter(|id| !given(id)).copied().collect(),
                _ => Vec::new(),
            };
            let fetches_defaults = !fetched.is_empty();
            if fetches_defaults || (!has_key && group.len() > 1) {
                let missing: Vec<ColumnId> = key.iter().filter(|id| !fetched.contains(id)).copied().collect();
                fetched.splice(0..0, missing);
            }
            let returning =
                fetched.iter().map(|id| SelectItem::Expr(Expr::column(&self.schema, *id))).collect();
            let statement = Statement::Insert(Insert { returning, ..Insert::into(From::Table(table)) });
            let states: Vec<StateId> = group.iter().map(|record| record.state).collect();
            let versions = self.new_versions(table, &group);
            let sets: Vec<ParameterSet> = group.into_iter().map(|record| record.parameters).collect();
            let (result, defaults) = self.write(
                hooks,
                connection,
                &statement,
                Parameters::Many(sets),
                Execution::Ordered,
                &states,
            )?;
            self.store_defaults(table, defaults);
            for (state, column, value) in versions {
                self.store(state, column, value);
            }
            for (state, row) in states.iter().zip(&result.rows) {
                for (id, value) in fetched.iter().zip(row) {
                    self.store(*state, *id, value.clone());
                }
            }
            for state in &states {
                for id in &left {
                    if let Some(at) = self.mapper_of(*state).attribute_of(*id) {
                        self.states[*state].expired_attributes.insert(at as u32);
                    }
                }
            }
            if !has_key && fetched.is_empty() {
                self.store_row_id(table, states[0], result.last_row_id);
            }
        }
        Ok(())
    }

    /// The key of an inherited table's row is the one that its parent's row has.
    fn fill_inherited_key(&self, table: TableId, record: &mut Record) {
        let mapper = self.states[record.state].mapper;
        for id in self.key_in(table, mapper) {
            let key = self.schema.column(id).key.clone();
            if record.parameters.iter().any(|(known, _)| **known == *key) {
                continue;
            }
            let own = self.mapper(mapper);
            let place = own.attribute_of(id).or_else(|| self.inherited_key(own, id));
            let value = match place.map(|at| &self.states[record.state].slots[at]) {
                Some(Slot::Value(value)) if !value.is_null() => value.clone(),
                _ => continue,
            };
            record.parameters.insert(0, (key.as_str().into(), value));
        }
    }

    /// The id that SQLite gave a row becomes the missing part of its key.
    fn store_row_id(&mut self, table: TableId, state: StateId, row_id: i64) {
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
    fn store_defaults(&mut self, table: TableId, defaults: Vec<(StateId, Rc<str>, Value)>) {
        for (state, key, value) in defaults {
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
            let row = prepared.row(set, place);
            let value = hooks.call_default(self, &code, &row)?;
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
        let connection = self.session_connection(hooks, work.session)?;
        let mut tables = self.sorted_tables(mapper);
        tables.reverse();
        let sorted = self.sort_states(states);
        self.tell_deletes(hooks, work.session, OrmEventKind::BeforeDelete, &sorted)?;
        for state in &sorted {
            if self.states[*state].key.is_some() {
                self.load_key(hooks, *state)?;
            }
        }
        for (table, owner) in tables {
            let mut groups: Vec<(MapperId, Vec<ParameterSet>)> = Vec::new();
            for state in &sorted {
                let own = self.mapper_of(*state);
                let left_to_the_database = own.options.passive_deletes && table != own.table_of_root(self);
                if !own.tables.contains(&table) || self.states[*state].key.is_none() || left_to_the_database {
                    continue;
                }
                let mut parameters = ParameterSet::new();
                self.push_key(table, *state, &mut parameters)?;
                if let Some(id) = own.options.version_id.filter(|id| id.table == table) {
                    parameters.push((self.key_label(id), self.column_value(*state, id)));
                }
                match groups.last_mut() {
                    Some((_, sets)) => sets.push(parameters),
                    None => groups.push((self.states[*state].mapper, vec![parameters])),
                }
            }
            for (class, sets) in groups {
                let where_ = self.row_conditions(table, class);
                let statement = Statement::Delete(Delete { where_, ..Delete::from(From::Table(table)) });
                let expected = sets.len() as i64;
                let result = self.execute_on(
                    hooks,
                    connection,
                    &statement,
                    &Parameters::Many(sets),
                    Execution::Plain,
                )?;
                self.check_deleted(table, owner, expected, result.rowcount)?;
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
        let options = &self.mapper(owner).options;
        if matched == expected || matched < 0 {
            return Ok(());
        }
        let message = format!(
            "DELETE statement on table '{}' expected to delete {expected} row(s); {matched} were matched.",
            self.schema.table(table).name
        );
        if options.version_id.is_some() {
            return Err(OrmError::new(OrmErrorKind::StaleData, message));
        }
        if options.confirm_deleted_rows {
            self.warnings.push(format!(
                "{message}  Please set confirm_deleted_rows=False within the mapper configuration to prevent this warning."
            ));
        }
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
        let Some(table) = columns.first().map(|id| id.table) else { return Ok(()) };
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
                self.push_key(table, state, &mut parameters)?;
                records.push(Record { state, parameters });
            }
        }
        let connection = self.session_connection(hooks, work.session)?;
        self.emit_updates(hooks, connection, table, records)
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
