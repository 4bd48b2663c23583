//! Rows of mapped classes in bulk: INSERTs of many rows by attribute names, and
//! UPDATEs of many rows by primary key, without objects for them.
//!
//! A row that goes into several tables borrows a state for the time, so that it
//! is written as an object would be. SQLAlchemy counterpart: `_bulk_insert` and
//! `_bulk_update` of `sqlalchemy.orm.bulk_persistence`.

use std::rc::Rc;

use super::persistence::{Record, by_same_keys};
use super::preview::Outlet;
use crate::engine::{Cause, ConnectionId, Execution, ParameterSet, Parameters, ResultSet};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::state::Slot;
use crate::orm::state::identity::IdentityKey;
use crate::orm::{Orm, OrmResult};
use crate::sql::{Insert, InsertValues, Statement};
use crate::types::{ColumnId, MapperId, SessionId, StateId, TableId, Value};

/// A row by attribute names.
pub type BulkRow = ParameterSet;

/// How rows are inserted.
#[derive(Clone, Copy, Debug, Default)]
pub struct BulkOptions {
    /// Whether keys that the database makes are wanted.
    pub return_defaults: bool,
    /// Whether None is written as NULL, and not left to the column's default.
    pub render_nulls: bool,
}

impl Orm {
    /// `session.bulk_insert_mappings()`: gives the rows back, with their keys
    /// where those are wanted.
    ///
    /// # Errors
    /// The database's; the session's transaction is rolled back then.
    pub fn bulk_insert(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        rows: Vec<BulkRow>,
        options: BulkOptions,
    ) -> OrmResult<Vec<BulkRow>> {
        self.engines.push_cause(Cause::Flush { by: "bulk_insert_mappings".into() });
        let done = self.insert_as_states(hooks, session, mapper, &rows, options);
        self.engines.pop_cause();
        self.end_bulk(hooks, session, done)
    }

    /// `session.bulk_update_mappings()`
    ///
    /// # Errors
    /// The database's, and SQLAlchemy's where a row has no key; the session's
    /// transaction is rolled back then.
    pub fn bulk_update(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        rows: &[BulkRow],
    ) -> OrmResult<()> {
        self.engines.push_cause(Cause::Flush { by: "bulk_update_mappings".into() });
        let done = self.update_by_key(hooks, session, mapper, rows, &[]);
        self.engines.pop_cause();
        self.end_bulk(hooks, session, done).map(|_| ())
    }

    fn end_bulk<T>(&mut self, hooks: &mut dyn Hooks, session: SessionId, done: OrmResult<T>) -> OrmResult<T> {
        if let Err(error) = &done {
            self.autobegin(session);
            self.fail_transaction(hooks, session, error)?;
        }
        done
    }

    /// `session.execute(insert(Class), [{…}, …])`
    ///
    /// # Errors
    /// The database's.
    pub fn insert_rows(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        statement: &Insert,
        rows: Vec<BulkRow>,
        render_nulls: bool,
    ) -> OrmResult<ResultSet> {
        let options = BulkOptions { render_nulls, ..BulkOptions::default() };
        if self.mapper(mapper).tables.len() > 1 {
            self.insert_as_states(hooks, session, mapper, &rows, options)?;
            return Ok(ResultSet::default());
        }
        let connection = self.session_connection(hooks, session)?;
        let table = self.mapper(mapper).table;
        let statement_binds: Vec<Rc<str>> =
            Statement::Insert(statement.clone()).binds().iter().map(|bind| Rc::clone(&bind.key)).collect();
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let mut record = Record::of(StateId(0));
            for (key, value) in &row {
                if statement_binds.contains(key) {
                    record.parameters.push((Rc::clone(key), value.clone()));
                }
            }
            record.parameters.extend(self.columns_of_row(hooks, mapper, table, &row, render_nulls)?);
            records.push(record);
        }
        let mut merged: Option<ResultSet> = None;
        for group in by_same_keys(records, |_| ()) {
            let sets = group.into_iter().map(|record| record.parameters).collect();
            let whole = Statement::Insert(statement.clone());
            let part =
                self.execute_on(hooks, connection, &whole, &Parameters::Many(sets), Execution::Plain)?;
            merged = Some(match merged {
                None => part,
                Some(mut all) => {
                    all.rows.extend(part.rows);
                    all.rowcount += part.rowcount;
                    all
                }
            });
        }
        Ok(merged.unwrap_or_default())
    }

    /// A row's values by the keys of a table's columns, its first version among them.
    fn columns_of_row(
        &mut self,
        hooks: &mut dyn Hooks,
        mapper: MapperId,
        table: TableId,
        row: &BulkRow,
        render_nulls: bool,
    ) -> OrmResult<ParameterSet> {
        let version = self.first_version(hooks, table, mapper)?;
        let own = self.mapper(mapper);
        let mut set = ParameterSet::new();
        for (at, id) in own.columns_in(table) {
            let column = self.schema.column(id);
            let key = &own.attributes[at].key;
            if let Some((_, value)) = version.as_ref().filter(|(version, _)| *version == id) {
                set.push((column.key.as_str().into(), value.clone()));
                continue;
            }
            let given = row.iter().find(|(name, _)| **name == **key).map(|(_, value)| value.clone());
            let kept =
                given.filter(|value| !value.is_null() || render_nulls || column.sql_type.stores_none());
            let discriminator = || {
                let is_it = own.polymorphic.attribute == Some(at as u32);
                own.polymorphic.identity.clone().filter(|_| is_it)
            };
            if let Some(value) = kept.or_else(discriminator) {
                set.push((column.key.as_str().into(), value));
            }
        }
        Ok(set)
    }

    fn insert_as_states(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        rows: &[BulkRow],
        options: BulkOptions,
    ) -> OrmResult<Vec<BulkRow>> {
        self.require_bind(session, mapper)?;
        let connection = self.session_connection(hooks, session)?;
        let mut states = Vec::new();
        for row in rows {
            let state = self.states.create(mapper, self.slot_count(mapper));
            for (key, value) in row {
                if let Some(at) = self.mapper(mapper).attribute(key) {
                    self.states[state].slots[at] = Slot::Value(value.clone());
                }
            }
            states.push(state);
        }
        let done = self.insert_states(hooks, connection, mapper, &states, options);
        let mut out = Vec::new();
        for (state, row) in states.into_iter().zip(rows) {
            let mut row = row.clone();
            if let Some(state) = self.states.remove(state) {
                for column in &self.mapper(mapper).primary_key {
                    let Some(at) = self.mapper(mapper).attribute_of(*column) else { continue };
                    let key = &self.mapper(mapper).attributes[at].key;
                    if let (Slot::Value(value), false) =
                        (&state.slots[at], row.iter().any(|(known, _)| **known == **key))
                    {
                        row.push((key.as_str().into(), value.clone()));
                    }
                }
            }
            out.push(row);
        }
        done.map(|()| out)
    }

    fn insert_states(
        &mut self,
        hooks: &mut dyn Hooks,
        connection: ConnectionId,
        mapper: MapperId,
        states: &[StateId],
        options: BulkOptions,
    ) -> OrmResult<()> {
        let last = self.mapper(mapper).tables.last().copied();
        for (table, _) in self.sorted_tables(mapper) {
            if !self.mapper(mapper).tables.contains(&table) {
                continue;
            }
            let mut records = Vec::new();
            for &state in states {
                let mut row = BulkRow::new();
                for (at, attribute) in self.mapper(mapper).iter() {
                    if let Slot::Value(value) = &self.states[state].slots[at] {
                        row.push((attribute.key.as_str().into(), value.clone()));
                    }
                }
                let mut record = Record::of(state);
                record.parameters = self.columns_of_row(hooks, mapper, table, &row, options.render_nulls)?;
                records.push(record);
            }
            // The rows of further tables need the keys that the first one gives.
            if options.return_defaults || Some(table) != last {
                self.emit_inserts(hooks, Outlet::Connection(connection), table, records)?;
            } else {
                self.emit_plain_inserts(hooks, connection, table, records)?;
            }
        }
        Ok(())
    }

    /// INSERTs of which nothing is wanted back.
    fn emit_plain_inserts(
        &mut self,
        hooks: &mut dyn Hooks,
        connection: ConnectionId,
        table: TableId,
        mut records: Vec<Record>,
    ) -> OrmResult<()> {
        for record in &mut records {
            self.fill_inherited_key(table, record);
        }
        for group in by_same_keys(records, |_| ()) {
            let values = InsertValues::Parameters;
            let statement =
                Statement::Insert(Insert { values, ..Insert::into(crate::sql::From::Table(table)) });
            let sets = group.into_iter().map(|record| record.parameters).collect();
            self.execute_on(hooks, connection, &statement, &Parameters::Many(sets), Execution::Plain)?;
        }
        Ok(())
    }

    /// `session.execute(update(Class), [{…}, …])`: rows are found by their
    /// primary keys. What they are set to beside of it is in `assigned`.
    ///
    /// # Errors
    /// The database's, and SQLAlchemy's where a row has no key.
    pub fn update_by_key(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        rows: &[BulkRow],
        assigned: &[crate::sql::Assignment],
    ) -> OrmResult<ResultSet> {
        self.require_bind(session, mapper)?;
        let connection = self.session_connection(hooks, session)?;
        let mut rowcount = 0;
        for (table, _) in self.sorted_tables(mapper) {
            if !self.mapper(mapper).tables.contains(&table) {
                continue;
            }
            let keys = self.key_in(table, mapper);
            let mut records = Vec::new();
            for row in rows {
                let mut record = Record::of(StateId(0));
                record.parameters = self.columns_of_update(mapper, table, row, &keys)?;
                if record.parameters.len() > keys.len() || !assigned.is_empty() {
                    records.push(record);
                }
            }
            for group in by_same_keys(records, |_| ()) {
                let expected = group.len() as i64;
                let where_ = self.key_conditions(&keys);
                let statement = Statement::Update(crate::sql::Update {
                    where_,
                    values: assigned.to_vec(),
                    ..crate::sql::Update::of(crate::sql::From::Table(table))
                });
                let sets = group.into_iter().map(|record| record.parameters).collect();
                let result = self.execute_on(
                    hooks,
                    connection,
                    &statement,
                    &Parameters::Many(sets),
                    Execution::Plain,
                )?;
                self.check_updated(table, expected, result.rowcount)?;
                rowcount += result.rowcount;
            }
        }
        Ok(ResultSet { rowcount, ..ResultSet::default() })
    }

    fn columns_of_update(
        &self,
        mapper: MapperId,
        table: TableId,
        row: &BulkRow,
        keys: &[ColumnId],
    ) -> OrmResult<ParameterSet> {
        let own = self.mapper(mapper);
        let value_of = |at: usize| {
            let key = &own.attributes[at].key;
            row.iter().find(|(name, _)| **name == **key).map(|(_, value)| value.clone())
        };
        let mut set = ParameterSet::new();
        for (at, id) in own.columns_in(table) {
            if let (Some(value), false) = (value_of(at), own.is_key(id)) {
                set.push((self.schema.column(id).key.as_str().into(), value));
            }
        }
        let mut missing = Vec::new();
        let mut found = ParameterSet::new();
        for id in keys {
            match own.attribute_of(*id).and_then(value_of).filter(|value| !value.is_null()) {
                Some(value) => found.push((self.key_label(*id), value)),
                None => missing.push(format!(
                    "{}.{}",
                    self.schema.table(id.table).name,
                    self.schema.column(*id).name
                )),
            }
        }
        if missing.is_empty() {
            set.extend(found);
            return Ok(set);
        }
        Err(OrmError::coded(
            OrmErrorKind::InvalidRequest,
            "bupq",
            format!(
                "No primary key value supplied for column(s) {}; per-row ORM Bulk UPDATE by Primary Key requires that records contain primary key values",
                missing.join(", ")
            ),
        ))
    }

    /// What objects of a session know of rows that were updated by key.
    pub fn follow_updates(&mut self, session: SessionId, mapper: MapperId, rows: &[BulkRow]) {
        for row in rows {
            let own = self.mapper(mapper);
            let mut key = Vec::new();
            for column in &own.primary_key {
                let name = own.attribute_of(*column).map(|at| &own.attributes[at].key);
                let value = row.iter().find(|(known, _)| name.is_some_and(|name| **known == **name));
                key.push(value.map(|(_, value)| value.clone()).unwrap_or_default());
            }
            let key = IdentityKey::new(own.identity, key);
            let Some(id) = self.session(session).identity_map.get(&key).copied() else { continue };
            let mut values: Vec<(usize, Value)> = Vec::new();
            for (name, value) in row {
                values.extend(self.mapper(mapper).attribute(name).map(|at| (at, value.clone())));
            }
            for (at, value) in values {
                let state = &mut self.states[id];
                if matches!(state.slots[at], Slot::Value(_)) {
                    state.slots[at] = Slot::Value(value);
                    state.committed.retain(|(place, _)| *place as usize != at);
                }
            }
        }
    }
}
