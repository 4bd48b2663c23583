//! `session.merge()`: what an object says, told to the session's own object.
//!
//! SQLAlchemy counterpart: `Session._merge`, and `merge` of the mapper's properties.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::loading::options::LoadOption;
use crate::orm::mapping::mapper::AttributeKind;
use crate::orm::state::attributes::AttributeValue;
use crate::orm::state::identity::IdentityKey;
use crate::orm::state::{Lifecycle, Object, Slot};
use crate::orm::{Orm, OrmResult};
use crate::types::{MapperId, SessionId, StateId, Value};

/// What was merged so far.
#[derive(Default)]
struct Merged {
    by_state: FxHashMap<StateId, Object>,
    by_key: FxHashMap<IdentityKey, Object>,
    /// Objects that were reached along a relationship: its mirror is not followed.
    reached: FxHashSet<(StateId, MapperId, u32)>,
    /// Whether what the objects say is what the database has.
    without_load: bool,
    /// How objects are loaded.
    options: Vec<LoadOption>,
}

impl Orm {
    /// `session.merge(object)`: the session's object with what the given one says.
    ///
    /// # Errors
    /// The database's, and what autoflush raises.
    pub fn merge(&mut self, hooks: &mut dyn Hooks, session: SessionId, object: &Object) -> OrmResult<Object> {
        self.merge_with(hooks, session, std::slice::from_ref(object), true, &[])
            .map(|merged| merged.into_iter().next().unwrap_or_else(|| object.clone()))
    }

    /// `session.merge_all(objects)`; without `load` nothing is read from the
    /// database, and what the objects say is taken for what is in there.
    ///
    /// # Errors
    /// The database's, and what autoflush raises.
    pub fn merge_with(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        objects: &[Object],
        load: bool,
        options: &[LoadOption],
    ) -> OrmResult<Vec<Object>> {
        let held = self.session(session);
        if load && held.options.autoflush && !held.is_clean() {
            self.autoflush(hooks, session, "merge")?;
        }
        self.suspend_autoflush(session, true);
        let mut known = Merged { without_load: !load, options: options.to_vec(), ..Merged::default() };
        let merged =
            objects.iter().map(|object| self.merge_one(hooks, session, object, &mut known)).collect();
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
        let load = !known.without_load;
        let (key, is_persistent) = match self.states[source].key.clone() {
            Some(key) => (key, true),
            None => {
                if self.session(session).new.contains_key(&source) {
                    self.warnings.push(format!(
                        "Instance {} is already pending in this Session yet is being merged again; this is probably not what you want to do",
                        self.describe(source)
                    ));
                }
                if !load {
                    return Err(OrmError::new(
                        OrmErrorKind::InvalidRequest,
                        "merge() with load=False option does not support objects transient (i.e. unpersisted) objects.  flush() all changes on mapped instances before merging with load=False.",
                    ));
                }
                for column in self.mapper(mapper).primary_key.clone() {
                    let own = self.mapper_of(source).attribute_of(column);
                    if let Some(at) = own.filter(|at| self.is_unloaded(source, *at)) {
                        self.get(hooks, source, at)?;
                    }
                }
                let key = self.key_from_values(source);
                let partial = self.mapper(mapper).options.allow_partial_pks;
                let none = |value: &crate::types::KeyValue| value.0.is_null();
                let complete = !key.values.iter().any(none) || partial && !key.values.iter().all(none);
                (key, complete)
            }
        };
        let mut merged = self.session(session).identity_map.get(&key).and_then(|id| self.states.object(*id));
        if merged.is_none() && is_persistent {
            merged = known.by_key.get(&key).cloned();
        }
        if merged.is_none() && !load {
            if self.states[source].modified {
                return Err(OrmError::new(
                    OrmErrorKind::InvalidRequest,
                    "merge() with load=False option does not support objects marked as 'dirty'.  flush() all changes on mapped instances before merging with load=False.",
                ));
            }
            merged = Some(self.merge_unloaded(hooks, session, mapper, &key)?);
        } else if merged.is_none() && is_persistent {
            let values = key.values.iter().map(|value| value.0.clone()).collect();
            let options = known.options.clone();
            merged = self.get_by_key(hooks, session, mapper, values, &options, false)?;
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
        known.by_key.insert(key, merged.clone());
        if merged.state != source {
            self.check_merged_version(source, merged.state)?;
            let places: Vec<usize> = self.mapper(mapper).iter().map(|(at, _)| at).collect();
            for at in places {
                self.require_attribute(source, merged.state, at)?;
                if at >= self.mapper_of(merged.state).attributes.len() {
                    continue;
                }
                self.merge_attribute(hooks, session, source, merged.state, at, known)?;
            }
        }
        if !load {
            self.commit_all(merged.state);
        }
        Ok(merged)
    }

    /// The session's object for a row that is taken to be there.
    fn merge_unloaded(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        key: &IdentityKey,
    ) -> OrmResult<Object> {
        let id = self.states.create(mapper, self.slot_count(mapper));
        let owner = hooks.instantiate(self, mapper, id)?;
        self.states.set_owner(id, &owner);
        let state = &mut self.states[id];
        state.key = Some(key.clone());
        state.lifecycle = Lifecycle::Detached;
        state.filled = true;
        let fresh = Object { state: id, owner };
        self.add(hooks, session, &fresh)?;
        Ok(fresh)
    }

    /// Refuses a column's attribute that the session's object, which is of another
    /// class of the hierarchy, does not have.
    fn require_attribute(&self, source: StateId, target: StateId, at: usize) -> OrmResult<()> {
        let attribute = &self.mapper_of(source).attributes[at];
        let has = self.mapper_of(target).attributes.get(at);
        let missing = has.is_none_or(|has| matches!(has.kind, AttributeKind::Absent));
        let is_set = matches!(self.states[source].slots[at], Slot::Value(_));
        if attribute.kind.is_value() && missing && (is_set || self.states[target].key.is_some()) {
            return Err(OrmError::new(OrmErrorKind::Key, attribute.key.clone()));
        }
        Ok(())
    }

    /// Refuses what another version of the row says.
    fn check_merged_version(&self, source: StateId, target: StateId) -> OrmResult<()> {
        let Some(id) = self.mapper_of(source).options.version_id else { return Ok(()) };
        let held = |state: StateId| {
            let at = self.mapper_of(state).attribute_of(id)?;
            match &self.states[state].slots[at] {
                Slot::Value(value) => Some(value.clone()),
                _ => None,
            }
        };
        match (held(source), held(target)) {
            (Some(given), Some(own)) if given != own => Err(OrmError::new(
                OrmErrorKind::StaleData,
                format!(
                    "Version id '{}' on merged state {} does not match existing version '{}'. Leave the version attribute unset when merging to update the most recent version.",
                    plain(&given),
                    self.describe(target),
                    plain(&own)
                ),
            )),
            _ => Ok(()),
        }
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
                Slot::Value(value) if known.without_load => {
                    self.states[target].expired_attributes.remove(at as u32);
                    self.states[target].slots[at] = Slot::Value(value);
                }
                Slot::Value(value) => self.set_knowing(hooks, target, at, value)?,
                _ if self.states[target].key.is_some()
                    && matches!(self.states[target].slots[at], Slot::Empty) =>
                {
                    self.expire_attributes(target, &[at]);
                }
                _ => {}
            }
            return Ok(());
        };
        let mirrored = !known.without_load
            && relationship
                .reverse
                .is_some_and(|reverse| known.reached.contains(&(source, relationship.target, reverse)));
        if mirrored || !relationship.cascade.merge || relationship.options.viewonly {
            return Ok(());
        }
        let along = (relationship.parent, relationship.attribute);
        if known.without_load {
            return self.merge_related_unloaded(hooks, session, target, at, slot, known);
        }
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
                self.set_collection(hooks, target, at, members)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What an object refers to, merged and taken for what the database has.
    fn merge_related_unloaded(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        target: StateId,
        at: usize,
        slot: Slot,
        known: &mut Merged,
    ) -> OrmResult<()> {
        let members = match slot {
            Slot::Object(one) => one.into_iter().map(|one| *one).collect(),
            Slot::Collection(collection) => collection.items(),
            _ => return Ok(()),
        };
        let mut merged = Vec::new();
        for member in &members {
            merged.push(self.merge_one(hooks, session, member, known)?);
        }
        self.set_committed_related(hooks, target, at, merged)
    }
}

/// A value as `%s` writes it.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        other => other.repr(),
    }
}
