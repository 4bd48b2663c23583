//! Forgetting what was loaded, and loading it again.

use super::error::{OrmError, OrmErrorKind};
use super::events::OrmEventKind;
use super::hooks::Hooks;
use super::mapper::AttributeKind;
use super::state::{Lifecycle, Slot};
use super::{Orm, OrmResult};
use crate::engine::Cause;
use crate::sql::Purpose;
use crate::types::{ColumnId, SessionId, StateId};

impl Orm {
    /// Forgets everything that was loaded of an object, its changes too.
    pub(super) fn expire_state(&mut self, id: StateId) {
        let session = self.states[id].session;
        let state = &mut self.states[id];
        state.expired = true;
        state.modified = false;
        state.committed.clear();
        state.pending_changes.clear();
        state.expired_attributes = (0..state.slots.len() as u32).collect();
        let forgotten = std::mem::take(&mut state.slots);
        state.slots = vec![Slot::Empty; forgotten.len()];
        // Related objects may end here, so nothing may be borrowed.
        drop(forgotten);
        if let Some(session) = session {
            self.session_mut(session).modified.swap_remove(&id);
        }
        self.states.unpin(id);
    }

    /// Forgets some attributes of an object.
    pub(super) fn expire_attributes(&mut self, id: StateId, attributes: &[usize]) {
        for &at in attributes {
            let is_column = matches!(self.attribute_kind(id, at), AttributeKind::Column(_));
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
                self.expire_state(id);
                self.instance_later(OrmEventKind::Expire, id, None);
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

    /// `flag_modified()`: the attribute takes part in the next UPDATE.
    pub fn flag_modified(&mut self, id: StateId, attribute: usize) {
        self.mark_modified(id, attribute, super::state::Committed::NoValue);
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
        state.expired = false;
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
        state.key = Some(super::IdentityKey::new(mapper, values));
        state.lifecycle = Lifecycle::Detached;
        state.committed.clear();
        state.modified = false;
        self.expire_attributes(id, &attributes);
        Ok(())
    }

    /// `session.expire_all()`
    pub fn expire_all(&mut self, session: SessionId) {
        for id in self.session(session).persistent() {
            self.expire_state(id);
            self.instance_later(OrmEventKind::Expire, id, None);
        }
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
        if self.states[id].key.is_none() {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!("Instance {} is not persistent within this Session", self.describe(id)),
            ));
        }
        self.expire(session, id, keys)?;
        self.deliver(hooks)?;
        self.autoflush(hooks, session, "refresh")?;
        let explicit = keys
            .map(|keys| keys.iter().filter_map(|key| self.mapper_of(id).attribute(key)).collect::<Vec<_>>());
        let purpose = Purpose::Refresh(explicit.as_ref().map(|places| numbers(places)));
        let found = self.load_row(hooks, id, explicit.as_deref(), purpose)?;
        if found {
            return Ok(());
        }
        Err(OrmError::new(
            OrmErrorKind::InvalidRequest,
            format!("Could not refresh instance '{}'", self.describe(id)),
        ))
    }

    /// Loads what is expired of an object.
    pub(super) fn load_expired(&mut self, hooks: &mut dyn Hooks, id: StateId) -> OrmResult<()> {
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
        self.autoflush(hooks, session, "refresh")?;
        // What was set meanwhile is not loaded.
        let state = &self.states[id];
        let mut wanted: Vec<usize> = state.expired_attributes.iter().map(|at| *at as usize).collect();
        wanted.retain(|at| state.committed(*at).is_none());
        wanted.sort_unstable();
        let purpose = Purpose::Refresh(Some(numbers(&wanted)));
        if self.load_row(hooks, id, Some(&wanted), purpose)? {
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

    /// Selects an object's row by its key and fills what is missing.
    fn load_row(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        only: Option<&[usize]>,
        purpose: Purpose,
    ) -> OrmResult<bool> {
        let (Some(session), Some(key)) = (self.states[id].session, self.states[id].key.clone()) else {
            return Ok(false);
        };
        let mapper = self.states[id].mapper;
        let columns: Vec<ColumnId> = self
            .mapper(mapper)
            .columns()
            .filter(|(at, _)| only.is_none_or(|only| only.contains(at)))
            .map(|(_, column)| column)
            .collect();
        let cause = Cause::Refresh { class: self.mapper(mapper).class_name.clone() };
        let found = self.select_by_key(hooks, session, mapper, &key, columns, cause, purpose)?;
        let Some(row) = found else { return Ok(false) };
        let object = self.states.object(id);
        for (column, value) in row {
            if let Some(at) = self.mapper(mapper).attribute_of(column)
                && matches!(self.states[id].slots[at], Slot::Empty)
            {
                self.states[id].slots[at] = Slot::Value(value);
                self.states[id].expired_attributes.remove(&(at as u32));
            }
        }
        let state = &mut self.states[id];
        state.expired = false;
        match only {
            // A relationship stays expired until it is loaded itself.
            None => state.expired_attributes.retain(|at| matches!(state.slots[*at as usize], Slot::Empty)),
            Some(only) => state.expired_attributes.retain(|at| {
                !only.contains(&(*at as usize)) || matches!(state.slots[*at as usize], Slot::Empty)
            }),
        }
        self.tell_refreshed(hooks, id, only.map(numbers))?;
        drop(object);
        Ok(true)
    }

    /// Loads an object's primary key where it is expired, as a flush that writes
    /// its row does.
    pub(super) fn load_key(&mut self, hooks: &mut dyn Hooks, id: StateId) -> OrmResult<()> {
        let mapper = self.mapper_of(id);
        let mut places = mapper.primary_key.iter().filter_map(|column| mapper.attribute_of(*column));
        if self.states[id].session.is_some() && places.any(|at| self.is_unloaded(id, at)) {
            self.load_expired(hooks, id)?;
        }
        Ok(())
    }

    fn must_contain(&self, session: SessionId, id: StateId) -> OrmResult<()> {
        let state = &self.states[id];
        if state.session == Some(session) && state.lifecycle != Lifecycle::Deleted {
            return Ok(());
        }
        Err(OrmError::new(
            OrmErrorKind::InvalidRequest,
            format!("Instance {} is not persistent within this Session", self.describe(id)),
        ))
    }
}

/// Attributes' places as part of a statement's identity.
fn numbers(places: &[usize]) -> Vec<u32> {
    places.iter().map(|at| *at as u32).collect()
}
