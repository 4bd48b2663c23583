//! Sessions: which objects they hold, and the verbs.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.session.Session`.

pub(crate) mod merge;
pub(crate) mod transaction;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use self::transaction::SessionTransaction;
use crate::engine::ConnectionId;
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::events::OrmEventKind;
use crate::orm::hooks::Hooks;
use crate::orm::state::cascading::Verb;
use crate::orm::state::identity::IdentityKey;
use crate::orm::state::{Lifecycle, Object};
use crate::orm::{Orm, OrmResult};
use crate::types::{EngineId, OrderedMap, SessionId, StateId};

/// What `Session(...)` is told.
#[derive(Clone, Copy, Debug)]
pub struct SessionOptions {
    /// `bind=`
    pub bind: Option<EngineId>,
    /// `bind=` where it is a connection: the session's transactions join its own.
    pub connection: Option<ConnectionId>,
    /// `autoflush=`
    pub autoflush: bool,
    /// `expire_on_commit=`
    pub expire_on_commit: bool,
    /// `autobegin=`
    pub autobegin: bool,
    /// `close_resets_only=`: a closed session can be used again.
    pub close_resets_only: bool,
}

impl Default for SessionOptions {
    fn default() -> SessionOptions {
        SessionOptions {
            bind: None,
            connection: None,
            autoflush: true,
            expire_on_commit: true,
            autobegin: true,
            close_resets_only: true,
        }
    }
}

/// A session.
#[derive(Default)]
pub struct Session {
    /// What it was told.
    pub options: SessionOptions,
    /// The persistent objects by identity.
    pub identity_map: OrderedMap<IdentityKey, StateId>,
    /// The pending objects, in order: `session.new`.
    pub new: OrderedMap<StateId, Object>,
    /// The persistent objects marked for deletion: `session.deleted`.
    pub deleted: OrderedMap<StateId, Object>,
    /// The persistent objects that changed.
    pub modified: IndexSet<StateId, FxBuildHasher>,
    pub(crate) transactions: Vec<SessionTransaction>,
    pub(crate) flushing: bool,
    /// Whether `close()` ended it for good.
    pub(crate) closed: bool,
    /// How many `no_autoflush` blocks are open.
    pub(crate) no_autoflush: u32,
}

impl Session {
    /// Its persistent objects, in order of their arrival.
    pub fn persistent(&self) -> Vec<StateId> {
        self.identity_map.values().copied().collect()
    }

    /// `session.dirty`: changed and not marked for deletion.
    pub fn dirty(&self) -> Vec<StateId> {
        self.modified.iter().filter(|id| !self.deleted.contains_key(*id)).copied().collect()
    }

    /// Whether a flush has nothing to look at.
    pub fn is_clean(&self) -> bool {
        self.new.is_empty() && self.deleted.is_empty() && self.modified.is_empty()
    }
}

impl Orm {
    /// A new session.
    pub fn add_session(&mut self, options: SessionOptions) -> SessionId {
        self.sessions.push(Session { options, ..Session::default() });
        SessionId((self.sessions.len() - 1) as u32)
    }

    /// What a session was told, to be told otherwise.
    pub fn session_options(&mut self, session: SessionId) -> &mut SessionOptions {
        &mut self.session_mut(session).options
    }

    /// Gives a session its engine, or takes it away.
    pub fn bind_session(&mut self, session: SessionId, bind: Option<EngineId>) {
        self.session_mut(session).options.bind = bind;
    }

    /// `session.add(object)`: the object and what it cascades to.
    ///
    /// # Errors
    /// When it is in another session, or a persistent object has its identity.
    pub fn add(&mut self, hooks: &mut dyn Hooks, session: SessionId, object: &Object) -> OrmResult<()> {
        self.add_cascading(hooks, session, object)
    }

    pub(crate) fn add_cascading(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        object: &Object,
    ) -> OrmResult<()> {
        self.states[object.state].orphaned = false;
        self.save_or_update(hooks, session, object)?;
        for related in self.cascade(object.state, Verb::SaveUpdate(session)) {
            self.save_or_update(hooks, session, &related)?;
        }
        Ok(())
    }

    fn save_or_update(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        object: &Object,
    ) -> OrmResult<()> {
        let id = object.state;
        if self.states[id].lifecycle == Lifecycle::Deleted || self.states[id].was_deleted {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!(
                    "Instance '{}' has been deleted.  Use the make_transient() function to send this object back to the transient state.",
                    self.describe(id)
                ),
            ));
        }
        self.begin_on_demand(session)?;
        if let Some(other) = self.states[id].session.filter(|other| *other != session) {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!(
                    "Object '{}' is already attached to session '{}' (this is '{}')",
                    self.describe(id),
                    other.0 + 1,
                    session.0 + 1
                ),
            ));
        }
        match self.states[id].lifecycle {
            Lifecycle::Transient => {
                self.autobegin(session);
                self.tell_lifecycle(hooks, OrmEventKind::BeforeAttach, session, id)?;
                let held = self.session_mut(session);
                held.new.insert(id, object.clone());
                let number = held.new.len() as u32;
                let state = &mut self.states[id];
                state.session = Some(session);
                state.lifecycle = Lifecycle::Pending;
                state.insert_order = number;
                self.states.pin(id);
                self.lifecycle_later(OrmEventKind::AfterAttach, session, id);
                self.tell_lifecycle(hooks, OrmEventKind::TransientToPending, session, id)?;
            }
            Lifecycle::Detached => {
                self.autobegin(session);
                let Some(key) = self.states[id].key.clone() else { return Ok(()) };
                self.refuse_other_with_key(session, id, &key)?;
                self.tell_lifecycle(hooks, OrmEventKind::BeforeAttach, session, id)?;
                let state = &mut self.states[id];
                state.session = Some(session);
                state.lifecycle = Lifecycle::Persistent;
                let modified = state.modified;
                let held = self.session_mut(session);
                held.deleted.remove(&id);
                held.identity_map.insert(key, id);
                if modified {
                    held.modified.insert(id);
                    self.states.pin(id);
                }
                self.lifecycle_later(OrmEventKind::AfterAttach, session, id);
                self.tell_lifecycle(hooks, OrmEventKind::DetachedToPersistent, session, id)?;
            }
            Lifecycle::Pending | Lifecycle::Deleted => {}
            Lifecycle::Persistent => {
                self.session_mut(session).deleted.remove(&id);
                self.states.note(id);
            }
        }
        Ok(())
    }

    /// `<class '__main__.User'>`
    pub(crate) fn class_repr(&self, mapper: crate::types::MapperId) -> String {
        format!("<class '{}'>", self.mapper(mapper).sort_key)
    }

    /// `session.delete(object)`: marks it, and what the delete cascades to.
    ///
    /// # Errors
    /// When the object has no row, or is in another session.
    pub fn delete(&mut self, hooks: &mut dyn Hooks, session: SessionId, object: &Object) -> OrmResult<()> {
        let id = object.state;
        if self.states[id].key.is_none() {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!("Instance '{}' is not persisted", self.describe(id)),
            ));
        }
        if !self.attach_to_delete(hooks, session, object)? {
            return Ok(());
        }
        let related = self.cascade_delete(hooks, id)?;
        self.states.note(id);
        self.session_mut(session).deleted.insert(id, object.clone());
        for other in related {
            if self.states[other.state].key.is_some() && self.attach_to_delete(hooks, session, &other)? {
                self.states.note(other.state);
                self.session_mut(session).deleted.insert(other.state, other);
            }
        }
        Ok(())
    }

    /// Makes sure that an object is in the session before it is marked for deletion,
    /// one that was deleted before too; tells whether it is still to be marked.
    fn attach_to_delete(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        object: &Object,
    ) -> OrmResult<bool> {
        let id = object.state;
        if self.session(session).deleted.contains_key(&id) {
            return Ok(false);
        }
        if self.states[id].lifecycle != Lifecycle::Deleted && !self.states[id].was_deleted {
            self.save_or_update(hooks, session, object)?;
            return Ok(true);
        }
        self.begin_on_demand(session)?;
        let Some(key) = self.states[id].key.clone() else { return Ok(false) };
        self.refuse_other_with_key(session, id, &key)?;
        let state = &mut self.states[id];
        state.session = Some(session);
        state.lifecycle = Lifecycle::Deleted;
        let modified = state.modified;
        let held = self.session_mut(session);
        held.identity_map.insert(key, id);
        if modified {
            held.modified.insert(id);
            self.states.pin(id);
        }
        Ok(true)
    }

    /// Refuses an object where another one has its identity in the session.
    fn refuse_other_with_key(&self, session: SessionId, id: StateId, key: &IdentityKey) -> OrmResult<()> {
        let present = self.session(session).identity_map.get(key).copied();
        if present.is_none_or(|other| other == id || self.states.object(other).is_none()) {
            return Ok(());
        }
        Err(OrmError::new(
            OrmErrorKind::InvalidRequest,
            format!(
                "Can't attach instance {}; another instance with key ({}, {}, None) is already present in this session.",
                self.describe(id),
                self.class_repr(key.mapper),
                key.repr()
            ),
        ))
    }

    /// `session.expunge(object)`: the object leaves, and what the expunge cascades to.
    ///
    /// # Errors
    /// When it is not in the session.
    pub fn expunge(&mut self, session: SessionId, object: &Object) -> OrmResult<()> {
        if self.states[object.state].session != Some(session) {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!("Instance {} is not present in this Session", self.describe(object.state)),
            ));
        }
        self.expunge_cascading(session, object.state);
        Ok(())
    }

    /// Takes an object out of its session, and what the expunge cascades to.
    pub(crate) fn expunge_cascading(&mut self, session: SessionId, id: StateId) {
        let related = self.cascade(id, Verb::Expunge);
        self.expunge_telling(id);
        for other in related {
            if self.states[other.state].session == Some(session) {
                self.expunge_telling(other.state);
            }
        }
    }

    /// Takes one object out of its session, which is told.
    pub(crate) fn expunge_telling(&mut self, id: StateId) {
        let (session, was) = (self.states[id].session, self.states[id].lifecycle);
        self.expunge_one(id);
        if let Some(session) = session {
            self.tell_left(session, id, was, false);
        }
    }

    /// Takes one object out of its session.
    pub(crate) fn expunge_one(&mut self, id: StateId) {
        let Some(session) = self.states[id].session else { return };
        let key = self.states[id].key.clone();
        let held = self.session_mut(session);
        let _kept = if held.new.is_empty() { None } else { held.new.remove(&id) };
        let _also_kept = if held.deleted.is_empty() { None } else { held.deleted.remove(&id) };
        held.modified.swap_remove(&id);
        if let Some(key) = key
            && held.identity_map.get(&key) == Some(&id)
        {
            held.identity_map.remove(&key);
        }
        let state = &mut self.states[id];
        state.session = None;
        state.lifecycle = if state.key.is_some() { Lifecycle::Detached } else { Lifecycle::Transient };
        self.states.unpin(id);
    }

    /// `session.expunge_all()`
    pub fn expunge_all(&mut self, session: SessionId) {
        let held = self.session(session);
        let mut all: Vec<StateId> = held.identity_map.values().copied().collect();
        all.extend(held.new.keys().copied());
        for id in all {
            self.expunge_telling(id);
        }
    }

    /// Takes objects that the program let go out of the sessions, and frees
    /// their states. Called before each operation, as CPython would have done
    /// it at once.
    pub fn bury(&mut self) {
        loop {
            let dead = self.states.take_dead();
            if dead.is_empty() {
                return;
            }
            for id in dead {
                if self.states.get(id).is_none_or(|state| state.owner().is_some()) {
                    continue;
                }
                self.expunge_one(id);
                // Its end may end others: they come with the next round.
                let state = self.states.remove(id);
                drop(state);
            }
        }
    }

    /// Runs something without autoflush.
    pub fn suspend_autoflush(&mut self, session: SessionId, suspended: bool) {
        let count = &mut self.session_mut(session).no_autoflush;
        *count = if suspended { *count + 1 } else { count.saturating_sub(1) };
    }

    /// Flushes before a query, where that is wanted.
    ///
    /// # Errors
    /// What the flush raises, with a word on why it ran.
    pub fn autoflush(&mut self, hooks: &mut dyn Hooks, session: SessionId, by: &str) -> OrmResult<()> {
        let held = self.session(session);
        if !held.options.autoflush || held.flushing || held.no_autoflush > 0 || held.is_clean() {
            return self.check_usable(session);
        }
        self.flush_because(hooks, session, &format!("autoflush before {by}")).map_err(|error| match error {
            crate::orm::error::OrmError::Engine(mut error) if error.statement.is_some() => {
                error.detail = Some(
                    "raised as a result of Query-invoked autoflush; consider using a session.no_autoflush block if this flush is occurring prematurely".into(),
                );
                let error = crate::orm::error::OrmError::Engine(error);
                self.fail_because(session, &error);
                error
            }
            other => other,
        })
    }
}
