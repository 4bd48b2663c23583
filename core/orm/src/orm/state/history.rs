//! What was added to an attribute, what stayed, what was taken away.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.attributes.History`.

use super::{Committed, Object, Slot};
use crate::orm::Orm;
use crate::types::{StateId, Value};

/// The changes of an attribute since the last flush.
#[derive(Clone, Debug, Default)]
pub struct History<T> {
    /// New values.
    pub added: Vec<T>,
    /// Values that stayed.
    pub unchanged: Vec<T>,
    /// Values that went away.
    pub deleted: Vec<T>,
}

impl<T> History<T> {
    /// Whether nothing is known at all.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.unchanged.is_empty() && self.deleted.is_empty()
    }

    /// Whether something changed.
    pub fn has_changes(&self) -> bool {
        !self.added.is_empty() || !self.deleted.is_empty()
    }
}

impl Orm {
    /// The history of a column's attribute.
    pub fn value_history(&self, state: StateId, attribute: usize) -> History<Value> {
        let state = &self.states[state];
        let current = match &state.slots[attribute] {
            Slot::Value(value) => Some(value.clone()),
            _ => None,
        };
        let mut history = History::default();
        match (current, state.committed(attribute)) {
            (Some(current), None) => history.unchanged.push(current),
            (Some(current), Some(Committed::Value(was))) if *was == current => {
                history.unchanged.push(current)
            }
            (Some(current), Some(Committed::Value(was))) => {
                history.added.push(current);
                history.deleted.push(was.clone());
            }
            (Some(current), Some(_)) => history.added.push(current),
            (None, Some(Committed::Value(was))) => history.deleted.push(was.clone()),
            // Deleted without being known.
            (None, Some(_)) => history.added.push(Value::Null),
            (None, None) => {}
        }
        history
    }

    /// The history of a relationship, as far as it is in memory. `None` among
    /// the values of a scalar relationship is a value too.
    pub fn object_history(&self, id: StateId, attribute: usize) -> History<Option<Object>> {
        let state = &self.states[id];
        let mut history = History::default();
        match &state.slots[attribute] {
            Slot::Collection(collection) => {
                let current = collection.items();
                let was = match state.committed(attribute) {
                    None => {
                        history.unchanged = current.into_iter().map(Some).collect();
                        return history;
                    }
                    Some(Committed::Items(was)) => was.clone(),
                    Some(_) => Vec::new(),
                };
                let known =
                    |list: &[Object], object: &Object| list.iter().any(|other| other.state == object.state);
                for object in &current {
                    let list = if known(&was, object) { &mut history.unchanged } else { &mut history.added };
                    list.push(Some(object.clone()));
                }
                history.deleted =
                    was.into_iter().filter(|object| !known(&current, object)).map(Some).collect();
            }
            Slot::Object(current) => {
                let current = current.as_deref().cloned();
                match state.committed(attribute) {
                    None => history.unchanged.push(current),
                    Some(Committed::Object(was)) => {
                        let id = |object: &Option<Object>| object.as_ref().map(|object| object.state);
                        if id(was) == id(&current) {
                            history.unchanged.push(current);
                        } else {
                            history.added.push(current);
                            // As in SQLAlchemy, going from nothing to something takes nothing away.
                            if was.is_some() {
                                history.deleted.push(was.clone());
                            }
                        }
                    }
                    Some(_) => history.added.push(current),
                }
            }
            _ => {
                match state.committed(attribute) {
                    Some(Committed::Object(Some(was))) => history.deleted.push(Some(was.clone())),
                    Some(Committed::Object(None)) => history.added.push(None),
                    _ => {}
                }
                if let Some(changes) = state.pending_changes.get(&(attribute as u32)) {
                    history.added = changes.added.iter().cloned().map(Some).collect();
                    history.deleted = changes.removed.iter().cloned().map(Some).collect();
                }
            }
        }
        history
    }

    /// The same without what waits for a collection to be loaded.
    pub fn known_history(&self, id: StateId, attribute: usize) -> History<Option<Object>> {
        let waits = self.states[id].pending_changes.get(&(attribute as u32)).is_some();
        if waits { History::default() } else { self.object_history(id, attribute) }
    }

    /// Whether a column's attribute differs from what is in its row.
    pub fn is_changed(&self, state: StateId, attribute: usize) -> bool {
        self.value_history(state, attribute).has_changes()
    }

    /// Takes everything as it is for what is in the database.
    pub(crate) fn commit_all(&mut self, id: StateId) {
        let state = &mut self.states[id];
        state.committed.clear();
        state.pending_changes.clear();
        state.modified = false;
        state.expired = false;
        let is_left = |at: &u32| matches!(state.slots[*at as usize], Slot::Empty);
        state.expired_attributes = state.expired_attributes.iter().filter(is_left).collect();
        if let Some(session) = state.session {
            self.session_mut(session).modified.swap_remove(&id);
        }
        self.states.unpin(id);
    }
}
