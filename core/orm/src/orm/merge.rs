//! `session.merge()`: what an object says, told to the session's own object.
//!
//! SQLAlchemy counterpart: `Session._merge`, and `merge` of the mapper's properties.

use rustc_hash::{FxHashMap, FxHashSet};

use super::hooks::Hooks;
use super::identity::IdentityKey;
use super::mapper::AttributeKind;
use super::state::{Object, Slot};
use super::{AttributeValue, Orm, OrmResult};
use crate::types::{MapperId, SessionId, StateId, Value};

/// What was merged so far.
#[derive(Default)]
struct Merged {
    by_state: FxHashMap<StateId, Object>,
    by_key: FxHashMap<IdentityKey, Object>,
    /// Objects that were reached along a relationship: its mirror is not followed.
    reached: FxHashSet<(StateId, MapperId, u32)>,
}

impl Orm {
    /// `session.merge(object)`: the session's object with what the given one says.
    ///
    /// # Errors
    /// The database's, and what autoflush raises.
    pub fn merge(&mut self, hooks: &mut dyn Hooks, session: SessionId, object: &Object) -> OrmResult<Object> {
        self.autobegin(session);
        self.autoflush(hooks, session, "merge")?;
        self.suspend_autoflush(session, true);
        let merged = self.merge_one(hooks, session, object, &mut Merged::default());
        self.suspend_autoflush(session, false);
        merged
    }

    fn merge_one(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        object: &Object,
        known: &mut Merged,
    ) -> OrmResult<Object> {
        let source = object.state;
        if let Some(merged) = known.by_state.get(&source) {
            return Ok(merged.clone());
        }
        let mapper = self.states[source].mapper;
        let key = match self.states[source].key.clone() {
            Some(key) => Some(key),
            None => {
                let columns = self.mapper(mapper).primary_key.clone();
                let values: Vec<Value> =
                    columns.into_iter().map(|column| self.column_value(source, column)).collect();
                (!values.iter().any(Value::is_null))
                    .then(|| IdentityKey::new(self.mapper(mapper).identity, values))
            }
        };
        let mut merged = None;
        if let Some(key) = &key {
            merged = self.session(session).identity_map.get(key).and_then(|id| self.states.object(*id));
            if merged.is_none() {
                merged = known.by_key.get(key).cloned();
            }
            if merged.is_none() {
                let values = key.values.iter().map(|value| value.0.clone()).collect();
                merged = self.get_by_key(hooks, session, mapper, values, &[], false)?;
            }
        }
        let merged = match merged {
            Some(merged) => merged,
            None => {
                let id = self.states.create(mapper, self.slot_count(mapper));
                let owner = hooks.instantiate(self, mapper, id)?;
                self.states.set_owner(id, &owner);
                let fresh = Object { state: id, owner };
                self.add(hooks, session, &fresh)?;
                fresh
            }
        };
        known.by_state.insert(source, merged.clone());
        if let Some(key) = key {
            known.by_key.insert(key, merged.clone());
        }
        if merged.state != source {
            for at in 0..self.mapper(mapper).attributes.len() {
                self.merge_attribute(hooks, session, source, merged.state, at, known)?;
            }
        }
        Ok(merged)
    }

    fn merge_attribute(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        source: StateId,
        target: StateId,
        at: usize,
        known: &mut Merged,
    ) -> OrmResult<()> {
        let relationship = match self.attribute_kind(source, at) {
            AttributeKind::Column(_) | AttributeKind::Expression(_) => None,
            AttributeKind::Relationship(relationship) => Some(std::rc::Rc::clone(relationship)),
            AttributeKind::Unconfigured(_) | AttributeKind::Absent => return Ok(()),
        };
        let slot = self.states[source].slots[at].clone();
        let Some(relationship) = relationship else {
            match slot {
                Slot::Value(value) => self.set_value(target, at, value),
                _ if self.states[target].key.is_some()
                    && matches!(self.states[target].slots[at], Slot::Empty) =>
                {
                    self.expire_attributes(target, &[at]);
                }
                _ => {}
            }
            return Ok(());
        };
        let mirrored = relationship
            .reverse
            .is_some_and(|reverse| known.reached.contains(&(source, relationship.target, reverse)));
        if mirrored || !relationship.cascade.merge || relationship.options.viewonly {
            return Ok(());
        }
        let along = (relationship.parent, relationship.attribute);
        match slot {
            Slot::Object(None) => self.set_object(hooks, target, at, None),
            Slot::Object(Some(current)) => {
                known.reached.insert((current.state, along.0, along.1));
                let merged = self.merge_one(hooks, session, &current, known)?;
                self.set_object(hooks, target, at, Some(merged))
            }
            Slot::Collection(collection) => {
                if let AttributeValue::Collection(own) = self.get(hooks, target, at)? {
                    drop(own);
                }
                let mut members = Vec::new();
                for current in collection.items() {
                    known.reached.insert((current.state, along.0, along.1));
                    members.push(self.merge_one(hooks, session, &current, known)?);
                }
                self.set_collection(hooks, target, at, members)
            }
            _ => Ok(()),
        }
    }
}
