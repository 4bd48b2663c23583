//! Forgetting what was loaded, and loading it again.

use crate::engine::{Cause, Execution, Parameters};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::events::OrmEventKind;
use crate::orm::hooks::Hooks;
use crate::orm::mapping::mapper::{Attribute, AttributeKind};
use crate::orm::state::cascading::Verb;
use crate::orm::state::{Lifecycle, Slot};
use crate::orm::{Orm, OrmResult};
use crate::sql::{Entity, Expr, From, Kind, LabelStyle, Operator, Purpose, Select, SelectItem, Statement};
use crate::types::{MapperId, NumberSet, SessionId, StateId};

impl Orm {
    /// Forgets everything that was loaded of an object, its changes too.
    pub(crate) fn expire_state(&mut self, id: StateId) {
        let wanted = self.loaded_together(id);
        self.expire_with(id, wanted);
    }

    /// The same for all objects of a session, most often of few classes; each is told.
    pub(crate) fn expire_persistent(&mut self, session: SessionId) {
        let mut last: Option<(MapperId, NumberSet)> = None;
        for id in self.session(session).persistent() {
            let state = &self.states[id];
            let known = last.take().filter(|(mapper, _)| *mapper == state.mapper && state.shape.is_none());
            let (mapper, wanted) = known.unwrap_or_else(|| (state.mapper, self.loaded_together(id)));
            if state.shape.is_none() {
                last = Some((mapper, wanted.clone()));
            }
            self.expire_with(id, wanted);
            self.instance_later(OrmEventKind::Expire, id, None);
        }
    }

    /// The attributes of an object that are loaded together when one of them is
    /// asked for. What is deferred is loaded by itself.
    fn loaded_together(&self, id: StateId) -> NumberSet {
        let together =
            |(at, attribute): &(usize, &Attribute)| !attribute.deferred && !self.is_said_deferred(id, *at);
        self.mapper_of(id).iter().filter(together).map(|(at, _)| at as u32).collect()
    }

    fn expire_with(&mut self, id: StateId, wanted: NumberSet) {
        let session = self.states[id].session;
        let state = &mut self.states[id];
        state.expired = true;
        state.modified = false;
        state.committed.clear();
        state.pending_changes.clear();
        state.expired_attributes = wanted;
        let mut related = Vec::new();
        for slot in &mut state.slots {
            match std::mem::take(slot) {
                Slot::Empty | Slot::Value(_) => {}
                slot => related.push(slot),
            }
        }
        // Related objects may end here, so nothing may be borrowed.
        drop(related);
        if let Some(session) = session {
            self.session_mut(session).modified.swap_remove(&id);
        }
        self.states.unpin(id);
    }

    /// Whether the query that loaded an object has left an attribute out.
    fn is_said_deferred(&self, id: StateId, attribute: usize) -> bool {
        let shape = self.states[id].shape.as_ref();
        shape.is_some_and(|shape| shape.deferred.iter().any(|(at, _)| *at as usize == attribute))
    }

    /// Forgets some attributes of an object.
    pub(crate) fn expire_attributes(&mut self, id: StateId, attributes: &[usize]) {
        for &at in attributes {
            let is_column = self.attribute_kind(id, at).is_value();
            let state = &mut self.states[id];
            state.committed.retain(|(place, _)| *place as usize != at);
            state.pending_changes.remove(&(at as u32));
            if is_column {
                state.expired_attributes.insert(at as u32);
            }
            let forgotten = std::mem::take(&mut state.slots[at]);
            drop(forgotten);
        }
    }

    /// `session.expire(object)`
    ///
    /// # Errors
    /// When the object is not in the session.
    pub fn expire(&mut self, session: SessionId, id: StateId, keys: Option<&[String]>) -> OrmResult<()> {
        self.must_contain(session, id)?;
        match keys {
            None => {
                let related = self.cascade(id, Verb::RefreshExpire);
                self.expire_or_expunge(id);
                for other in related {
                    self.expire_or_expunge(other.state);
                }
            }
            Some(keys) => {
                let attributes: Vec<usize> =
                    keys.iter().filter_map(|key| self.mapper_of(id).attribute(key)).collect();
                self.expire_attributes(id, &attributes);
                self.instance_later(OrmEventKind::Expire, id, Some(numbers(&attributes)));
            }
        }
        Ok(())
    }

    /// Forgets what was loaded of a persistent object; a pending one leaves its session.
    fn expire_or_expunge(&mut self, id: StateId) {
        if self.states[id].key.is_some() {
            self.expire_state(id);
            self.instance_later(OrmEventKind::Expire, id, None);
        } else if self.states[id].lifecycle == Lifecycle::Pending {
            self.expunge_telling(id);
        }
    }

    /// `flag_modified()`: the attribute takes part in the next UPDATE.
    pub fn flag_modified(&mut self, id: StateId, attribute: usize) {
        self.mark_modified(id, attribute, crate::orm::state::Committed::NoValue);
    }

    /// `make_transient()`: the object leaves its session and forgets its row.
    pub fn make_transient(&mut self, id: StateId) {
        if let Some(session) = self.states[id].session {
            if self.states[id].lifecycle == Lifecycle::Deleted {
                self.forget_deleted(session, id);
            }
            self.expunge_telling(id);
        }
        let state = &mut self.states[id];
        state.key = None;
        state.was_deleted = false;
        state.expired_attributes.clear();
        state.lifecycle = Lifecycle::Transient;
    }

    /// `make_transient_to_detached()`: the object is taken to have a row.
    ///
    /// # Errors
    /// When it is in a session or has a row.
    pub fn make_transient_to_detached(&mut self, id: StateId) -> OrmResult<()> {
        if self.states[id].session.is_some() || self.states[id].key.is_some() {
            return Err(OrmError::new(OrmErrorKind::InvalidRequest, "Given object must be transient"));
        }
        let mapper = self.states[id].mapper;
        let identity = self.mapper(mapper).identity;
        let values: Vec<crate::types::Value> = self
            .mapper(mapper)
            .primary_key
            .clone()
            .into_iter()
            .map(|column| self.column_value(id, column))
            .collect();
        let attributes: Vec<usize> = self
            .mapper_of(id)
            .columns()
            .map(|(at, _)| at)
            .filter(|at| matches!(self.states[id].slots[*at], Slot::Empty))
            .collect();
        let state = &mut self.states[id];
        state.key = Some(crate::orm::state::identity::IdentityKey::new(identity, values));
        state.filled = true;
        state.lifecycle = Lifecycle::Detached;
        state.committed.clear();
        state.modified = false;
        self.expire_attributes(id, &attributes);
        Ok(())
    }

    /// `session.expire_all()`
    pub fn expire_all(&mut self, session: SessionId) {
        self.expire_persistent(session);
    }

    /// `session.refresh(object)`
    ///
    /// # Errors
    /// When the object is not in the session, or its row is gone.
    pub fn refresh(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        id: StateId,
        keys: Option<&[String]>,
    ) -> OrmResult<()> {
        self.must_contain(session, id)?;
        self.expire(session, id, keys)?;
        self.deliver(hooks)?;
        self.autoflush(hooks, session, "refresh")?;
        let Some(key) = self.states[id].key.clone() else { return Ok(()) };
        let mapper = self.states[id].mapper;
        let cause = Cause::Refresh { object: self.subject(id), asked: true };
        let found = match keys {
            None => {
                let purpose = Purpose::Refresh(None);
                self.refreshing = Some(id);
                let found = self.load_by_key(hooks, session, mapper, &key, &[], cause, purpose, false);
                self.refreshing = None;
                found?.is_some()
            }
            Some(keys) => {
                let places: Vec<usize> =
                    keys.iter().filter_map(|key| self.mapper_of(id).attribute(key)).collect();
                let all = numbers(&places);
                let (mut values, related): (Vec<usize>, Vec<usize>) =
                    places.into_iter().partition(|at| self.attribute_kind(id, *at).is_value());
                if !related.is_empty() {
                    // The key leads from the row to what is related.
                    let mapper = self.mapper_of(id);
                    values.extend(mapper.primary_key.iter().filter_map(|key| mapper.attribute_of(*key)));
                }
                let purpose = Purpose::Refresh(Some(all));
                let found = self.load_attributes(hooks, id, &values, purpose, cause)?;
                for at in related {
                    self.get(hooks, id, at)?;
                }
                found
            }
        };
        if found {
            return Ok(());
        }
        Err(OrmError::new(
            OrmErrorKind::InvalidRequest,
            format!("Could not refresh instance '{}'", self.describe(id)),
        ))
    }

    /// Loads what is expired of an object.
    pub(crate) fn load_expired(&mut self, hooks: &mut dyn Hooks, id: StateId) -> OrmResult<()> {
        let Some(session) = self.states[id].session else {
            return Err(OrmError::coded(
                OrmErrorKind::DetachedInstance,
                "bhk3",
                format!(
                    "Instance {} is not bound to a Session; attribute refresh operation cannot proceed",
                    self.describe(id)
                ),
            ));
        };
        // What was set meanwhile is not loaded.
        let state = &self.states[id];
        let mut wanted: Vec<usize> = state.expired_attributes.iter().map(|at| at as usize).collect();
        wanted.retain(|at| state.committed(*at).is_none() && self.attribute_kind(id, *at).is_value());
        if self.is_previewing() {
            self.preview_load(id, &wanted, "it is expired", true);
            return Ok(());
        }
        if self.states[id].key.is_none() {
            return self.refuse_without_key(id, &wanted);
        }
        self.autoflush(hooks, session, "refresh")?;
        let purpose = Purpose::Refresh(Some(numbers(&wanted)));
        let cause = Cause::Refresh { object: self.subject(id), asked: false };
        if self.load_attributes(hooks, id, &wanted, purpose, cause)? {
            self.states[id].expired_attributes.clear();
            return Ok(());
        }
        Err(OrmError::new(
            OrmErrorKind::ObjectDeleted,
            format!(
                "Instance '{}' has been deleted, or its row is otherwise not present.",
                self.describe(id)
            ),
        ))
    }

    /// An object that lost its row is not loaded again, unless its key is known.
    fn refuse_without_key(&mut self, id: StateId, wanted: &[usize]) -> OrmResult<()> {
        let mapper = self.mapper_of(id);
        let keys: Vec<usize> =
            mapper.primary_key.iter().filter_map(|key| mapper.attribute_of(*key)).collect();
        if keys.iter().any(|at| wanted.contains(at)) {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!(
                    "Instance {} cannot be refreshed - it's not  persistent and does not contain a full primary key.",
                    self.describe(id)
                ),
            ));
        }
        self.states[id].expired_attributes.clear();
        Ok(())
    }

    /// Loads a deferred column of an object, and those of its group.
    pub(crate) fn load_deferred(&mut self, hooks: &mut dyn Hooks, id: StateId, at: usize) -> OrmResult<()> {
        let mapper = self.mapper_of(id);
        let attribute = &mapper.attributes[at];
        let said = self.states[id].shape.as_ref().and_then(|shape| {
            shape.deferred.iter().find(|(place, _)| *place as usize == at).map(|(_, raise)| *raise)
        });
        let raise = said.unwrap_or(attribute.raiseload);
        let name = self.attribute_name(self.states[id].mapper, at as u32);
        let Some(session) = self.states[id].session else {
            return Err(OrmError::coded(
                OrmErrorKind::DetachedInstance,
                "bhk3",
                format!(
                    "Parent instance {} is not bound to a Session; deferred load operation of attribute '{}' cannot proceed",
                    self.describe(id),
                    attribute.key
                ),
            ));
        };
        if raise {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!("'{name}' is not available due to raiseload=True"),
            ));
        }
        let mut wanted: Vec<usize> = match &attribute.group {
            Some(group) if said.is_none() => {
                let grouped =
                    mapper.iter().filter(|(_, other)| other.deferred && other.group.as_ref() == Some(group));
                grouped.map(|(at, _)| at).collect()
            }
            _ => vec![at],
        };
        wanted.retain(|at| self.states[id].committed(*at).is_none());
        self.autoflush(hooks, session, "refresh")?;
        if self.is_previewing() {
            self.preview_load(id, &wanted, "a deferred column must be known", true);
            return Ok(());
        }
        let purpose = Purpose::Refresh(Some(numbers(&wanted)));
        let attribute = (self.states[id].mapper, at as u32);
        let cause = Cause::Deferred { attribute, object: self.subject(id) };
        if self.load_attributes(hooks, id, &wanted, purpose, cause)? {
            return Ok(());
        }
        Err(OrmError::new(
            OrmErrorKind::ObjectDeleted,
            format!(
                "Instance '{}' has been deleted, or its row is otherwise not present.",
                self.describe(id)
            ),
        ))
    }

    /// Selects attributes of an object's row by its key and fills what is missing.
    pub(crate) fn load_attributes(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        wanted: &[usize],
        purpose: Purpose,
        cause: Cause,
    ) -> OrmResult<bool> {
        let (Some(session), Some(key)) = (self.states[id].session, self.states[id].key.clone()) else {
            return Ok(false);
        };
        let mapper = self.states[id].mapper;
        let entity = Entity::of(mapper);
        // Statements for different classes are compiled apart, though they may look alike.
        let purpose = match purpose {
            Purpose::Refresh(Some(mut attributes)) => {
                attributes.push(mapper.0);
                Purpose::Refresh(Some(attributes))
            }
            other => other,
        };
        let mut select = Select { purpose, ..Select::default() };
        let mut places: Vec<usize> = Vec::new();
        for (at, attribute) in self.mapper(mapper).iter().filter(|(at, _)| wanted.contains(at)) {
            match &attribute.kind {
                kind if kind.is_blank() => {}
                AttributeKind::Expression(expr) => {
                    let expr = match expr.kind() {
                        Kind::Column(_) | Kind::Label { .. } => expr.clone(),
                        _ => expr.label(None),
                    };
                    places.push(at);
                    select.items.push(SelectItem::Expr(expr));
                }
                _ => {
                    for column in attribute.columns() {
                        let expr = self.entity_column(&entity, column);
                        let known = select
                            .items
                            .iter()
                            .any(|item| matches!(item, SelectItem::Expr(other) if other.is(&expr)));
                        if !known {
                            places.push(at);
                            select.items.push(SelectItem::Expr(expr));
                        }
                    }
                }
            }
        }
        if select.items.is_empty() {
            return Ok(true);
        }
        match self.only_from_own_tables(id, wanted) {
            Some((from, conditions)) => {
                select.from = from;
                select.label_style = LabelStyle::TablePlusColumn;
                select.where_ = vec![Expr::all_of(Operator::And, conditions)];
                let kept: Vec<bool> = select
                    .items
                    .iter()
                    .map(|item| match item {
                        SelectItem::Expr(expr) => match expr.kind() {
                            Kind::Column(column) => select
                                .from
                                .iter()
                                .any(|from| column.from.as_ref().is_some_and(|own| own.is(from))),
                            _ => true,
                        },
                        _ => true,
                    })
                    .collect();
                let mut at = kept.iter();
                select.items.retain(|_| *at.next().unwrap_or(&true));
                let mut at = kept.iter();
                places.retain(|_| *at.next().unwrap_or(&true));
            }
            None => {
                select.from = vec![self.entity_from(&entity)];
                select.where_ = self.key_condition(&entity, &key);
                select.where_.extend(self.single_condition(&entity));
            }
        }
        let statement = Statement::Select(select);
        let result = self.run(hooks, session, &statement, &Parameters::None, Execution::Plain, cause)?;
        let Some(row) = result.rows.into_iter().next() else { return Ok(false) };
        // Its end may come when its attributes change.
        let object = self.states.object(id);
        for (at, value) in places.into_iter().zip(row) {
            let state = &mut self.states[id];
            if matches!(state.slots[at], Slot::Empty) {
                state.slots[at] = Slot::Value(value);
            }
            state.expired_attributes.remove(at as u32);
        }
        self.states[id].expired = false;
        self.tell_refreshed(hooks, id, Some(numbers(wanted)))?;
        drop(object);
        Ok(true)
    }

    /// Where only columns of inherited tables are wanted, and not the root's:
    /// the tables that have them, and how the row is found there.
    fn only_from_own_tables(&self, id: StateId, wanted: &[usize]) -> Option<(Vec<From>, Vec<Expr>)> {
        let own = self.mapper_of(id);
        if own.inherits.is_none() || own.concrete {
            return None;
        }
        let mut tables: Vec<crate::types::TableId> = Vec::new();
        for at in wanted {
            let attribute = &own.attributes[*at];
            if !matches!(attribute.kind, AttributeKind::Column(_)) {
                return None;
            }
            tables.extend(attribute.columns().map(|column| column.table));
        }
        if tables.contains(&self.mapper(own.base).table) {
            return None;
        }
        let mut conditions = Vec::new();
        let mut from = Vec::new();
        let mut ancestors: Vec<crate::types::MapperId> = self.ancestors(self.states[id].mapper).collect();
        ancestors.reverse();
        let mut started = false;
        for mapper in ancestors {
            let mapper = self.mapper(mapper);
            started |= tables.contains(&mapper.table);
            if !started || mapper.single {
                continue;
            }
            let condition = mapper.inherit_condition.as_ref()?;
            let mut unknown = false;
            let bound = condition.map(&mut |node| {
                let Kind::Column(column) = node.kind() else { return None };
                let base = column.base?;
                if tables.contains(&base.table) {
                    return None;
                }
                let value = self.column_value(id, base);
                unknown |= value.is_null();
                Some(Expr::bind("param", value, column.sql_type.clone()))
            });
            if unknown {
                return None;
            }
            conditions.push(bound);
            from.push(From::Table(mapper.table));
        }
        Some((from, conditions))
    }

    fn must_contain(&self, session: SessionId, id: StateId) -> OrmResult<()> {
        let state = &self.states[id];
        if state.session == Some(session) && state.lifecycle == Lifecycle::Persistent {
            return Ok(());
        }
        Err(OrmError::new(
            OrmErrorKind::InvalidRequest,
            format!("Instance '{}' is not persistent within this Session", self.describe(id)),
        ))
    }
}

/// Attributes' places as part of a statement's identity.
fn numbers(places: &[usize]) -> Vec<u32> {
    places.iter().map(|at| *at as u32).collect()
}
