//! From rows to objects.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.loading`.

use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::context::{EntityPlan, Lowered, Part};
use super::options::LoadOption;
use super::shape::Shape;
use crate::engine::{Cause, Execution, Parameters, ResultSet};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::state::identity::IdentityKey;
use crate::orm::state::{Lifecycle, Object, Slot};
use crate::orm::{Orm, OrmResult};
use crate::sql::{Entity, Expr, Kind, LabelStyle, Operator, Purpose, Select, SelectItem, Statement};
use crate::types::{KeyValue, MapperId, SessionId, StateId, Value};

/// One value of a row.
#[derive(Clone, Debug)]
pub enum RowValue {
    /// A column's.
    Value(Value),
    /// An object; none where an outer join found no row.
    Object(Option<Object>),
}

/// A row of a query.
pub type OrmRow = Rc<[RowValue]>;

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

/// Members by parent and attribute, as the rows bring them; none where the
/// attribute is loaded already.
type Members = IndexMap<(StateId, usize), Option<(Object, usize, Vec<Object>)>, FxBuildHasher>;

/// What the rows of a query bring along.
#[derive(Default)]
struct Found {
    members: Members,
    /// The objects with relationships that further statements load, by plan.
    later: IndexMap<usize, IndexMap<StateId, Object, FxBuildHasher>, FxBuildHasher>,
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
        let result = self.fetch(hooks, session, lowered, parameters, cause)?;
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
        let mut found = Found::default();
        let mut objects: Vec<Option<Object>> = vec![None; lowered.plans.len()];
        let mut values = Vec::with_capacity(lowered.parts.len());
        for row in &result.rows {
            objects.fill(None);
            for part in &lowered.parts {
                values.push(match *part {
                    Part::Column(at) => RowValue::Value(row.get(at).cloned().unwrap_or_default()),
                    Part::Entity { plan, .. } => {
                        let object = self.load_part(
                            hooks,
                            session,
                            lowered,
                            plan,
                            row,
                            populate_existing,
                            &mut found,
                        )?;
                        objects[plan].clone_from(&object);
                        RowValue::Object(object)
                    }
                });
            }
            self.load_joined(hooks, session, lowered, row, populate_existing, &mut objects, &mut found)?;
            rows.push(values.drain(..).collect());
        }
        objects.clear();
        for ((state, attribute), entry) in found.members {
            let Some((_parent, joined, members)) = entry else { continue };
            let relationship = Rc::clone(&lowered.joined[joined].relationship);
            self.store_loaded(hooks, state, attribute, &relationship, members)?;
        }
        for (plan, parents) in found.later {
            self.load_later(hooks, session, lowered, plan, parents.into_values().collect())?;
        }
        let keys = Rc::new(self.row_keys(lowered, result));
        let single_entity = matches!(lowered.parts[..], [Part::Entity { .. }]);
        Ok(OrmRows { keys, rows, single_entity, needs_unique: lowered.needs_unique })
    }

    /// The names of the values in rows that are made of a result's; empty
    /// where a `Query` gives none.
    pub fn row_keys(&self, lowered: &Lowered, result: &ResultSet) -> Vec<Rc<str>> {
        let legacy = lowered.select.label_style == LabelStyle::TablePlusColumn;
        let own = Select { items: lowered.named.clone(), ..Select::default() };
        let mut columns = own.result_columns(&self.schema).into_iter();
        let mut named = |(name, part): (&Option<Rc<str>>, &Part)| match part {
            Part::Column(at) => {
                let column = columns.next();
                match (name, column) {
                    (Some(name), _) if legacy => Rc::clone(name),
                    (_, Some((_, expr))) if legacy => match expr.kind() {
                        Kind::Label { name, .. } => Rc::clone(name.base()),
                        Kind::Literal { text, .. } => Rc::clone(text),
                        Kind::Column(column) => Rc::clone(&column.key),
                        _ => "".into(),
                    },
                    (_, Some((key, _))) if !key.is_empty() => key,
                    _ => result.columns.get(*at).map(|column| Rc::clone(&column.key)).unwrap_or_default(),
                }
            }
            Part::Entity { mapper, .. } => match name {
                Some(name) => Rc::clone(name),
                None => self.mapper(*mapper).class_name.as_str().into(),
            },
        };
        lowered.names.iter().zip(&lowered.parts).map(&mut named).collect()
    }

    /// Runs a query, and leaves its rows to be made into objects by
    /// [`Orm::rows_of`].
    ///
    /// # Errors
    /// The database's.
    pub fn fetch(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        lowered: &Lowered,
        parameters: &Parameters,
        cause: Cause,
    ) -> OrmResult<ResultSet> {
        if let Some(Part::Entity { mapper, .. }) =
            lowered.parts.iter().find(|part| matches!(part, Part::Entity { .. }))
        {
            self.require_bind(session, *mapper)?;
        }
        for message in &lowered.warnings {
            hooks.warn(self, message)?;
        }
        let statement = Statement::Select(lowered.select.clone());
        self.run(hooks, session, &statement, parameters, Execution::Plain, cause)
    }

    /// The relationships that are in the same row.
    #[allow(clippy::too_many_arguments)] // one row, where it goes, and what is gathered
    fn load_joined(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        lowered: &Lowered,
        row: &[Value],
        populate_existing: bool,
        objects: &mut [Option<Object>],
        found: &mut Found,
    ) -> OrmResult<()> {
        for (at, joined) in lowered.joined.iter().enumerate() {
            let Some(parent) = objects[joined.parent].clone() else { continue };
            if !self.is_a(self.states[parent.state].mapper, joined.relationship.parent) {
                continue;
            }
            let child =
                self.load_part(hooks, session, lowered, joined.plan, row, populate_existing, found)?;
            objects[joined.plan].clone_from(&child);
            let key = (parent.state, joined.attribute);
            if !found.members.contains_key(&key) {
                let empty = populate_existing
                    || matches!(self.states[parent.state].slots[joined.attribute], Slot::Empty);
                found.members.insert(key, empty.then(|| (parent, at, Vec::new())));
            }
            if let (Some(child), Some(Some((_, _, list)))) = (child, found.members.get_mut(&key))
                && !list.iter().any(|known| known.state == child.state)
            {
                list.push(child);
            }
        }
        Ok(())
    }

    /// The object of one entity of a row.
    #[allow(clippy::too_many_arguments)] // one entity of a row, and what is gathered
    fn load_part(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        lowered: &Lowered,
        plan: usize,
        row: &[Value],
        populate_existing: bool,
        found: &mut Found,
    ) -> OrmResult<Option<Object>> {
        let Some((object, shape, fresh)) =
            self.load_entity(hooks, session, &lowered.plans[plan], row, populate_existing)?
        else {
            return Ok(None);
        };
        let waits = |later: &super::shape::Later| {
            let is_missing = matches!(self.states[object.state].slots[later.attribute as usize], Slot::Empty);
            fresh || is_missing || later.asks_in_any_case()
        };
        if (fresh && shape.subclass.is_some()) || shape.later.iter().any(waits) {
            found.later.entry(plan).or_default().entry(object.state).or_insert_with(|| object.clone());
        }
        Ok(Some(object))
    }

    /// The object of one row: from the identity map, or a new one; how rows fill
    /// it, and whether this one did so in whole.
    pub(crate) fn load_entity(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        plan: &EntityPlan,
        row: &[Value],
        populate_existing: bool,
    ) -> OrmResult<Option<(Object, Rc<Shape>, bool)>> {
        let is_null = |at: &usize| row.get(*at).is_none_or(Value::is_null);
        let partial = self.mapper(plan.entity.mapper).options.allow_partial_pks;
        let missing = if partial { plan.key.iter().all(is_null) } else { plan.key.iter().any(is_null) };
        if missing {
            return Ok(None);
        }
        let mapper = self.class_of_row(plan, row)?;
        let value = |at: &usize| row.get(*at).cloned().unwrap_or_default();
        let key = IdentityKey::new(self.mapper(mapper).identity, plan.key.iter().map(value));
        let known = self.session(session).identity_map.get(&key).copied();
        if let Some(object) = known.and_then(|id| self.states.object(id)) {
            let shape = self.shape(plan, self.states[object.state].mapper);
            let refreshed = self.to_refresh(object.state, populate_existing);
            let fresh = self.populate(object.state, &shape, row, populate_existing);
            self.tell_row_refreshed(hooks, object.state, refreshed)?;
            return Ok(Some((object, shape, fresh)));
        }
        let id = self.states.create(mapper, self.slot_count(mapper));
        let owner = hooks.instantiate(self, mapper, id)?;
        self.states.set_owner(id, &owner);
        let state = &mut self.states[id];
        state.key = Some(key.clone());
        state.session = Some(session);
        state.lifecycle = Lifecycle::Persistent;
        self.session_mut(session).identity_map.insert(key, id);
        let shape = self.shape(plan, mapper);
        self.populate(id, &shape, row, false);
        self.tell_loaded(hooks, session, id)?;
        Ok(Some((Object { state: id, owner }, shape, true)))
    }

    /// The class of a row, which may be one that inherits from the entity's.
    fn class_of_row(&self, plan: &EntityPlan, row: &[Value]) -> OrmResult<MapperId> {
        let own = plan.entity.mapper;
        let Some(at) = plan.discriminator else { return Ok(own) };
        let value = row.get(at).cloned().unwrap_or_default();
        if value.is_null() {
            return Ok(own);
        }
        match self.mapper_of_row(own, &value) {
            Some(mapper) if self.is_a(mapper, own) => Ok(mapper),
            Some(mapper) => Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!(
                    "Row with identity key {} can't be loaded into an object; the polymorphic discriminator column '{}' refers to {}, which is not a sub mapper of the requested {}",
                    self.key_repr(own, plan.key.iter().map(|at| row.get(*at).cloned().unwrap_or_default())),
                    self.discriminator_name(own),
                    self.mapper_name(mapper),
                    self.mapper_name(own)
                ),
            )),
            None => Err(OrmError::new(
                OrmErrorKind::Assertion,
                format!("No such polymorphic_identity {} is defined", value.repr()),
            )),
        }
    }

    fn discriminator_name(&self, mapper: MapperId) -> String {
        let on = self.mapper(mapper).polymorphic.on.as_ref();
        on.map(|on| {
            crate::sql::compiler::compile_to_text(&self.schema, on, crate::sql::compiler::Dialect::Default)
        })
        .unwrap_or_default()
    }

    fn key_repr(&self, mapper: MapperId, values: impl Iterator<Item = Value>) -> String {
        let key = IdentityKey::new(self.mapper(mapper).identity, values);
        format!("({}, {}, None)", self.class_repr(key.mapper), key.repr())
    }

    /// Fills what is not loaded of an object; everything with `overwrite`.
    /// Tells whether it was filled in whole.
    fn populate(&mut self, id: StateId, shape: &Rc<Shape>, row: &[Value], overwrite: bool) -> bool {
        let state = &self.states[id];
        let whole = overwrite || state.expired || !state.filled;
        let wanted = whole
            || shape.present.iter().map(|(at, _)| at).chain(&shape.missing).any(|at| state.is_unknown(*at));
        if !wanted {
            return false;
        }
        if overwrite {
            self.expire_state(id);
        }
        let state = &mut self.states[id];
        for (at, place) in &shape.present {
            if state.is_unknown(*at) {
                state.slots[*at as usize] = Slot::Value(row.get(*place).cloned().unwrap_or_default());
                state.expired_attributes.remove(*at);
            }
        }
        state.expired = false;
        for at in &shape.missing {
            if state.is_unknown(*at) {
                state.expired_attributes.insert(*at);
            }
        }
        if whole {
            state.filled = true;
            state.shape = shape.kept.then(|| Rc::clone(shape));
            if overwrite {
                let kept = state.expired_attributes.iter().filter(|at| shape.missing.contains(at)).collect();
                state.expired_attributes = kept;
            }
        }
        whole
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
        options: &[LoadOption],
        populate_existing: bool,
    ) -> OrmResult<Option<Object>> {
        let key = IdentityKey::new(self.mapper(mapper).identity, values);
        let known = match populate_existing {
            true => None,
            false => self.identity_map_lookup(hooks, session, mapper, &key)?,
        };
        match known {
            Some(found) => Ok(found.filter(|object| self.is_a(self.states[object.state].mapper, mapper))),
            None => {
                let cause = Cause::Get { class: mapper };
                self.load_by_key(
                    hooks,
                    session,
                    mapper,
                    &key,
                    options,
                    cause,
                    Purpose::Get,
                    populate_existing,
                )
            }
        }
    }

    /// What the identity map says of a key: an object, that there is none any
    /// more, or nothing.
    pub(crate) fn identity_map_lookup(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        key: &IdentityKey,
    ) -> OrmResult<Option<Option<Object>>> {
        let known = self.session(session).identity_map.get(key).copied();
        let Some(object) = known.and_then(|id| self.states.object(id)) else { return Ok(None) };
        if self.mapper(mapper).inherits.is_some() && !self.is_a(self.states[object.state].mapper, mapper) {
            return Ok(Some(None));
        }
        if self.states[object.state].expired {
            match self.load_expired(hooks, object.state) {
                Ok(()) => {}
                Err(crate::orm::error::OrmError::Orm {
                    kind: crate::orm::error::OrmErrorKind::ObjectDeleted,
                    ..
                }) => {
                    self.remove_newly_deleted(object.state);
                    return Ok(Some(None));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Some(Some(object)))
    }

    /// Loads one object by its key.
    #[allow(clippy::too_many_arguments)] // each is one part of the statement
    pub(crate) fn load_by_key(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        key: &IdentityKey,
        options: &[LoadOption],
        cause: Cause,
        purpose: Purpose,
        populate_existing: bool,
    ) -> OrmResult<Option<Object>> {
        self.autoflush(hooks, session, "get")?;
        let mut select = Select { items: vec![SelectItem::Entity(Entity::of(mapper))], ..Select::default() };
        select.where_ = self.key_condition(&Entity::of(mapper), key);
        if self.legacy {
            select.label_style = crate::sql::LabelStyle::TablePlusColumn;
        }
        let mut lowered = self.lower_with(&select, options)?;
        if options.is_empty() {
            lowered.select.purpose = purpose;
        }
        let rows = self.load(hooks, session, &lowered, &Parameters::None, cause, populate_existing)?;
        Ok(rows.rows.first().and_then(|row| match row.first() {
            Some(RowValue::Object(object)) => object.clone(),
            _ => None,
        }))
    }

    /// The condition that singles out the row of a key.
    pub(crate) fn key_condition(&self, entity: &Entity, key: &IdentityKey) -> Vec<Expr> {
        let columns = &self.mapper(entity.mapper).primary_key;
        columns
            .iter()
            .zip(key.values.iter())
            .map(|(id, KeyValue(value))| {
                let column = self.entity_column(entity, *id);
                if value.is_null() {
                    return column.binary(Operator::Is, Expr::null());
                }
                let bind = Expr::bind("pk", value.clone(), column.sql_type());
                column.binary(Operator::Eq, bind)
            })
            .collect()
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
