//! What a verb reaches along relationships, in SQLAlchemy's order.
//!
//! SQLAlchemy counterpart: `Mapper.cascade_iterator`, and that of relationships.

use std::rc::Rc;
use std::vec::IntoIter;

use rustc_hash::FxHashSet;

use super::attributes::Passive;
use super::{Committed, Object, Slot};
use crate::orm::hooks::Hooks;
use crate::orm::mapping::relationship::{Cascade, Relationship};
use crate::orm::{Orm, OrmResult};
use crate::types::{SessionId, StateId};

/// A verb that goes on along relationships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// `add()`, which does not go beyond what the session has.
    SaveUpdate(SessionId),
    /// `delete()`
    Delete,
    /// `expunge()`
    Expunge,
    /// `expire()` and `refresh()`
    RefreshExpire,
}

impl Verb {
    fn goes_along(self, cascade: &Cascade) -> bool {
        match self {
            Verb::SaveUpdate(_) => cascade.save_update,
            Verb::Delete => cascade.delete,
            Verb::Expunge => cascade.expunge,
            Verb::RefreshExpire => cascade.refresh_expire,
        }
    }
}

/// What is still to be looked at: an object's relationships, or the objects of one.
enum Level {
    Relationships(StateId, IntoIter<Rc<Relationship>>),
    Objects(IntoIter<Object>),
}

impl Orm {
    /// The objects that a verb reaches from one by what is in memory, without itself.
    pub(crate) fn cascade(&self, start: StateId, verb: Verb) -> Vec<Object> {
        let mut walk = Walk::from(self, start, verb);
        while let Some((id, relationship)) = walk.next_relationship(self) {
            let related = self.related_in_memory(id, &relationship, verb);
            walk.enter(self, &relationship, related);
        }
        walk.reached
    }

    /// The objects that a delete reaches; what is not in memory is loaded, unless
    /// the database deletes it by itself.
    pub(crate) fn cascade_delete(&mut self, hooks: &mut dyn Hooks, start: StateId) -> OrmResult<Vec<Object>> {
        let mut walk = Walk::from(self, start, Verb::Delete);
        while let Some((id, relationship)) = walk.next_relationship(self) {
            let attribute = relationship.attribute as usize;
            let is_queued = relationship.is_queued();
            if !relationship.options.passive_deletes {
                if is_queued {
                    self.ensure_related(hooks, id, attribute, Passive::Off)?;
                } else {
                    self.get(hooks, id, attribute)?;
                }
            }
            let related = self.related_in_memory(id, &relationship, Verb::Delete);
            if is_queued {
                self.states[id].slots[attribute] = Slot::Empty;
            }
            walk.enter(self, &relationship, related);
        }
        Ok(walk.reached)
    }

    /// The objects of a relationship as a verb sees them.
    fn related_in_memory(&self, id: StateId, relationship: &Relationship, verb: Verb) -> Vec<Object> {
        let attribute = relationship.attribute as usize;
        let adds = matches!(verb, Verb::SaveUpdate(_));
        if adds && relationship.is_queued() {
            let history = self.object_history(id, attribute);
            return history.added.into_iter().chain(history.deleted).flatten().collect();
        }
        let state = &self.states[id];
        match &state.slots[attribute] {
            // What a change has just taken away is still added.
            Slot::Collection(_) if adds => {
                let history = self.object_history(id, attribute);
                let all = history.added.into_iter().chain(history.unchanged).chain(history.deleted);
                all.flatten().collect()
            }
            Slot::Collection(collection) => collection.items(),
            Slot::Object(current) => {
                let mut related: Vec<Object> = current.as_deref().cloned().into_iter().collect();
                if let Some(Committed::Object(Some(was))) = state.committed(attribute)
                    && adds
                    && !related.iter().any(|object| object.state == was.state)
                {
                    related.push(was.clone());
                }
                related
            }
            _ => Vec::new(),
        }
    }

    /// Whether a session has an object: new, or in its identity map.
    pub(crate) fn contains(&self, session: SessionId, id: StateId) -> bool {
        match &self.states[id].key {
            None => self.session(session).new.contains_key(&id),
            Some(key) => self.session(session).identity_map.get(key) == Some(&id),
        }
    }
}

/// A walk along relationships, depth first: but all objects of one are met before
/// any of them is gone on from. The stack is its own, for chains may be long.
struct Walk {
    verb: Verb,
    stack: Vec<Level>,
    seen: FxHashSet<StateId>,
    reached: Vec<Object>,
}

impl Walk {
    fn from(orm: &Orm, start: StateId, verb: Verb) -> Walk {
        let mut walk = Walk { verb, stack: Vec::new(), seen: FxHashSet::default(), reached: Vec::new() };
        walk.push(orm, start);
        walk
    }

    fn push(&mut self, orm: &Orm, id: StateId) {
        let all = orm.mapper_of(id).relationships();
        let along = all.filter(|it| self.verb.goes_along(&it.cascade) && !it.options.viewonly);
        let along: Vec<Rc<Relationship>> = along.map(Rc::clone).collect();
        self.stack.push(Level::Relationships(id, along.into_iter()));
    }

    /// The next relationship to look at, after what was met is passed on.
    fn next_relationship(&mut self, orm: &Orm) -> Option<(StateId, Rc<Relationship>)> {
        loop {
            let object = match self.stack.last_mut()? {
                Level::Relationships(id, all) => match all.next() {
                    Some(relationship) => return Some((*id, relationship)),
                    None => None,
                },
                Level::Objects(objects) => objects.next(),
            };
            match object {
                Some(object) => {
                    let id = object.state;
                    self.reached.push(object);
                    self.push(orm, id);
                }
                None => drop(self.stack.pop()),
            }
        }
    }

    fn enter(&mut self, orm: &Orm, relationship: &Relationship, related: Vec<Object>) {
        let skips_pending = self.verb == Verb::RefreshExpire && !relationship.cascade.delete_orphan;
        let mut fresh = Vec::new();
        for object in related {
            let id = object.state;
            let halts = matches!(self.verb, Verb::SaveUpdate(session) if orm.contains(session, id));
            let skipped = skips_pending && orm.states[id].key.is_none();
            if !self.seen.contains(&id) && !halts && !skipped {
                self.seen.insert(id);
                fresh.push(object);
            }
        }
        self.stack.push(Level::Objects(fresh.into_iter()));
    }
}
