//! From rows to objects.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.loading`.

use std::rc::Rc;

use super::hooks::Hooks;
use super::identity::IdentityKey;
use super::query::{Lowered, Part};
use super::state::{Lifecycle, Object, Slot};
use super::{Orm, OrmResult};
use crate::engine::{Cause, Execution, Parameters, ResultSet};
use crate::sql::{Expr, From, Operator, Purpose, Select, Statement};
use crate::types::{ColumnId, KeyValue, MapperId, SessionId, StateId, Value};

/// One value of a row.
#[derive(Clone, Debug)]
pub enum RowValue {
    /// A column's.
    Value(Value),
    /// An object; none where an outer join found no row.
    Object(Option<Object>),
}

/// A row of a query.
pub type OrmRow = Rc<Vec<RowValue>>;

/// The rows of a query.
#[derive(Clone, Debug, Default)]
pub struct OrmRows {
    /// The names of the values.
    pub keys: Rc<Vec<Rc<str>>>,
    /// The rows.
    pub rows: Vec<OrmRow>,
    /// Whether each row is one object.
    pub single_entity: bool,
    /// Whether an object may come in several rows, so that `unique()` is asked for.
    pub needs_unique: bool,
}

impl Orm {
    /// Runs a query and makes objects of its rows.
    ///
    /// # Errors
    /// The database's, and what autoflush raises.
    pub fn load(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        lowered: &Lowered,
        parameters: &Parameters,
        cause: Cause,
        populate_existing: bool,
    ) -> OrmResult<OrmRows> {
        if let Some(Part::Entity { mapper, .. }) =
            lowered.parts.iter().find(|part| matches!(part, Part::Entity { .. }))
        {
            self.require_bind(session, *mapper)?;
        }
        let statement = Statement::Select(lowered.select.clone());
        let result = self.run(hooks, session, &statement, parameters, Execution::Plain, cause)?;
        self.rows_of(hooks, session, lowered, &result, populate_existing)
    }

    /// Makes objects of the rows of a result: a query's, or those of RETURNING.
    ///
    /// # Errors
    /// What user code raises.
    pub fn rows_of(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        lowered: &Lowered,
        result: &ResultSet,
        populate_existing: bool,
    ) -> OrmResult<OrmRows> {
        let mut rows = Vec::with_capacity(result.rows.len());
        let mut found = super::eager::EagerRows::default();
        for row in &result.rows {
            let mut values = Vec::with_capacity(lowered.parts.len());
            for part in &lowered.parts {
                values.push(match part {
                    Part::Column(at) => RowValue::Value(row.get(*at).cloned().unwrap_or_default()),
                    Part::Entity { mapper, first } => RowValue::Object(self.load_entity(
                        hooks,
                        session,
                        *mapper,
                        &row[*first..],
                        populate_existing,
                    )?),
                });
            }
            self.eager_row(hooks, session, lowered, row, &values, &mut found)?;
            rows.push(Rc::new(values));
        }
        self.finish_eager(hooks, session, lowered, found)?;
        let keys = lowered
            .names
            .iter()
            .zip(&lowered.parts)
            .map(|(name, part)| match (name, part) {
                (Some(name), _) => Rc::clone(name),
                (None, Part::Column(at)) => {
                    result.columns.get(*at).map(|column| Rc::clone(&column.key)).unwrap_or_else(|| "".into())
                }
                (None, Part::Entity { mapper, .. }) => self.mapper(*mapper).class_name.as_str().into(),
            })
            .collect();
        let single_entity = matches!(lowered.parts[..], [Part::Entity { .. }]);
        Ok(OrmRows { keys: Rc::new(keys), rows, single_entity, needs_unique: lowered.needs_unique })
    }

    /// The object of one row: from the identity map, or a new one.
    pub(super) fn load_entity(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        row: &[Value],
        populate_existing: bool,
    ) -> OrmResult<Option<Object>> {
        let columns: Vec<(usize, ColumnId)> = self.mapper(mapper).columns().collect();
        let mut key = Vec::with_capacity(1);
        for id in &self.mapper(mapper).primary_key {
            let at = columns.iter().position(|(_, column)| column == id);
            key.push(at.and_then(|at| row.get(at)).cloned().unwrap_or_default());
        }
        if key.iter().all(Value::is_null) {
            return Ok(None);
        }
        let key = IdentityKey::new(mapper, key);
        let known = self.session(session).identity_map.get(&key).copied();
        if let Some(object) = known.and_then(|id| self.states.object(id)) {
            self.populate(object.state, &columns, row, populate_existing);
            return Ok(Some(object));
        }
        let id = self.states.create(mapper, self.mapper(mapper).attributes.len());
        let owner = hooks.instantiate(self, mapper, id)?;
        self.states.set_owner(id, &owner);
        let state = &mut self.states[id];
        state.key = Some(key.clone());
        state.session = Some(session);
        state.lifecycle = Lifecycle::Persistent;
        self.session_mut(session).identity_map.insert(key, id);
        self.populate(id, &columns, row, false);
        Ok(Some(Object { state: id, owner }))
    }

    /// Fills what is not loaded of an object; everything with `overwrite`.
    fn populate(&mut self, id: StateId, columns: &[(usize, ColumnId)], row: &[Value], overwrite: bool) {
        let state = &self.states[id];
        let wanted = overwrite
            || state.expired
            || columns.iter().any(|(at, _)| matches!(state.slots[*at], Slot::Empty));
        if !wanted {
            return;
        }
        if overwrite {
            self.expire_state(id);
        }
        let state = &mut self.states[id];
        for ((at, _), value) in columns.iter().zip(row) {
            if matches!(state.slots[*at], Slot::Empty) {
                state.slots[*at] = Slot::Value(value.clone());
            }
        }
        state.expired = false;
        state.expired_attributes.retain(|expired| !columns.iter().any(|(at, _)| *at == *expired as usize));
    }

    /// `session.get(Class, key)`
    ///
    /// # Errors
    /// The database's, and what autoflush raises.
    pub fn get_by_key(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        values: Vec<Value>,
    ) -> OrmResult<Option<Object>> {
        let key = IdentityKey::new(mapper, values);
        match self.identity_map_lookup(hooks, session, &key)? {
            Some(found) => Ok(found),
            None => {
                let cause = Cause::Get { class: self.mapper(mapper).class_name.clone() };
                self.load_by_key(hooks, session, mapper, &key, cause, Purpose::Get)
            }
        }
    }

    /// What the identity map says of a key: an object, that there is none any
    /// more, or nothing.
    pub(super) fn identity_map_lookup(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        key: &IdentityKey,
    ) -> OrmResult<Option<Option<Object>>> {
        let known = self.session(session).identity_map.get(key).copied();
        let Some(object) = known.and_then(|id| self.states.object(id)) else { return Ok(None) };
        if self.states[object.state].expired {
            match self.load_expired(hooks, object.state) {
                Ok(()) => {}
                Err(super::OrmError::Orm { kind: super::OrmErrorKind::ObjectDeleted, .. }) => {
                    self.remove_newly_deleted(object.state);
                    return Ok(Some(None));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Some(Some(object)))
    }

    /// Loads one object by its key.
    pub(super) fn load_by_key(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        key: &IdentityKey,
        cause: Cause,
        purpose: Purpose,
    ) -> OrmResult<Option<Object>> {
        self.autoflush(hooks, session, "get")?;
        let columns: Vec<(usize, ColumnId)> = self.mapper(mapper).columns().collect();
        let wanted = columns.iter().map(|(_, column)| *column).collect();
        let found = self.select_by_key(hooks, session, mapper, key, wanted, cause, purpose)?;
        let Some(row) = found else { return Ok(None) };
        let values: Vec<Value> = row.into_iter().map(|(_, value)| value).collect();
        self.load_entity(hooks, session, mapper, &values, false)
    }

    /// Selects columns of the row with a key.
    #[allow(clippy::too_many_arguments)] // each is one part of the statement
    pub(super) fn select_by_key(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        key: &IdentityKey,
        columns: Vec<ColumnId>,
        cause: Cause,
        purpose: Purpose,
    ) -> OrmResult<Option<Vec<(ColumnId, Value)>>> {
        let mut select = Select::of(columns.iter().map(|id| Expr::column(&self.schema, *id)));
        select.purpose = purpose;
        select.from = vec![From::Table(self.mapper(mapper).table)];
        for (id, KeyValue(value)) in self.mapper(mapper).primary_key.iter().zip(key.values.iter()) {
            let column = Expr::column(&self.schema, *id);
            let bind = Expr::bind("pk", value.clone(), column.sql_type());
            select.where_.push(column.binary(Operator::Eq, bind));
        }
        let statement = Statement::Select(select);
        let result = self.run(hooks, session, &statement, &Parameters::None, Execution::Plain, cause)?;
        let row = result.rows.into_iter().next();
        Ok(row.map(|row| columns.into_iter().zip(row).collect()))
    }

    /// Runs a statement on the session's connection.
    pub(crate) fn run(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        statement: &Statement,
        parameters: &Parameters,
        execution: Execution,
        cause: Cause,
    ) -> OrmResult<ResultSet> {
        let connection = self.session_connection(hooks, session)?;
        self.engines.push_cause(cause);
        let result = self.execute_on(hooks, connection, statement, parameters, execution);
        self.engines.pop_cause();
        result
    }

    /// Runs a statement on a connection: compiled, defaults computed, sent.
    ///
    /// # Errors
    /// The compiler's, the database's, and what user code raises.
    pub fn execute_on(
        &mut self,
        hooks: &mut dyn Hooks,
        connection: crate::engine::ConnectionId,
        statement: &Statement,
        parameters: &Parameters,
        execution: Execution,
    ) -> OrmResult<ResultSet> {
        let engine = self.engines.connection(connection)?.engine;
        let prepared = self.engines.prepare(&self.schema, engine, statement, parameters, execution);
        if prepared.as_ref().is_err_and(|error| error.statement.is_some()) {
            self.at(hooks, |at| at.rollback_unbegun(connection))?;
        }
        let mut prepared = prepared?;
        for message in prepared.warnings() {
            hooks.warn(self, &message)?;
        }
        for (set, place, code) in std::mem::take(&mut prepared.pending) {
            let wanted = prepared.default_wanted(set, place);
            let value = match hooks.call_default(self, &code, connection, &wanted)? {
                Ok(value) => value,
                Err((class, message)) => {
                    self.at(hooks, |at| at.rollback_unbegun(connection))?;
                    return Err(prepared.refused(&class, &message).into());
                }
            };
            prepared.fill(set, place, value);
        }
        self.send_converted(hooks, connection, prepared)
    }
}
