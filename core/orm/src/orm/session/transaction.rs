//! A session's transactions: begin, savepoints, commit, rollback, and which
//! states go back to what they were.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.session.SessionTransaction`.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::engine::{ConnectionId, EngineError, Engines, ErrorKind, Listener, Moment, TransactionId};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::events::{OrmEvent, OrmEventKind, TransactionInfo};
use crate::orm::hooks::Hooks;
use crate::orm::state::Lifecycle;
use crate::orm::state::identity::IdentityKey;
use crate::orm::{Orm, OrmResult};
use crate::schema::Schema;
use crate::types::{SessionId, StateId};

type Set = IndexSet<StateId, FxBuildHasher>;

/// One level of a session's transaction: the transaction itself, or a savepoint.
#[derive(Default)]
pub(crate) struct SessionTransaction {
    /// What events tell of it.
    pub(crate) info: TransactionInfo,
    /// Whether it is committed and about to end: no SQL may follow in it.
    committed: bool,
    pub(crate) connection: Option<ConnectionId>,
    /// Whether the connection is the program's, and goes on without the session.
    borrowed: bool,
    /// The transaction or savepoint of the session's own on a connection that is the program's.
    joined: Option<TransactionId>,
    savepoint: Option<TransactionId>,
    nested: bool,
    /// Why only a rollback helps any more.
    failed: Option<String>,
    /// What became persistent in it.
    pub(crate) new: Set,
    /// What was deleted in it.
    pub(crate) deleted: Vec<crate::orm::state::Object>,
    /// What was changed before a savepoint.
    dirty: Set,
    /// Identities that changed.
    pub(crate) key_switches: Vec<(StateId, IdentityKey)>,
}

/// How a session's transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionState {
    /// None has begun.
    None,
    /// One has begun, with this many savepoints in it.
    Open(u32),
    /// A flush failed: only a rollback helps.
    NeedsRollback,
}

/// The ORM as the engine's operations reach it, with the program's code at hand.
struct Reached<'a> {
    orm: &'a mut Orm,
    hooks: &'a mut dyn Hooks,
}

impl Listener for Reached<'_> {
    fn parts(&mut self) -> (&mut Engines, &Schema) {
        (&mut self.orm.engines, &self.orm.schema)
    }

    fn notify(&mut self, moment: Moment<'_>) -> Result<(), EngineError> {
        self.hooks.engine_event(self.orm, moment).map_err(|error| match error {
            OrmError::User(exception) => EngineError::user(exception),
            OrmError::Engine(error) => error,
            error @ (OrmError::Orm { .. } | OrmError::Circular(_)) => {
                EngineError::new(ErrorKind::InvalidRequest, error.text("21"))
            }
        })
    }
}

impl Orm {
    /// Runs an operation of the engines in which the program's code may run.
    ///
    /// # Errors
    /// The operation's, and what the program's code raises.
    pub fn at<T>(
        &mut self,
        hooks: &mut dyn Hooks,
        run: impl FnOnce(&mut dyn Listener) -> Result<T, EngineError>,
    ) -> OrmResult<T> {
        Ok(run(&mut Reached { orm: self, hooks })?)
    }

    /// How a session's transaction stands.
    pub fn transaction_state(&self, session: SessionId) -> TransactionState {
        match self.session(session).transactions.as_slice() {
            [] => TransactionState::None,
            [.., last] if last.failed.is_some() => TransactionState::NeedsRollback,
            levels => TransactionState::Open(levels.len() as u32 - 1),
        }
    }

    /// Begins a transaction, on paper, where none has begun.
    pub(crate) fn autobegin(&mut self, session: SessionId) {
        if self.session(session).transactions.is_empty() {
            let info = self.new_transaction(session, false, false);
            let level = SessionTransaction { info, ..SessionTransaction::default() };
            self.session_mut(session).transactions.push(level);
            self.transaction_later(OrmEventKind::AfterTransactionCreate, session, info);
        }
    }

    /// Begins a transaction where none has begun and that is allowed.
    ///
    /// # Errors
    /// When the program has to begin, or the session is closed for good.
    pub fn begin_on_demand(&mut self, session: SessionId) -> OrmResult<()> {
        let held = self.session(session);
        if held.transactions.is_empty() {
            self.refuse_closed(session)?;
            if !self.session(session).options.autobegin {
                return Err(OrmError::new(
                    OrmErrorKind::InvalidRequest,
                    "Autobegin is disabled on this Session; please call session.begin() to start a new transaction",
                ));
            }
        }
        self.autobegin(session);
        Ok(())
    }

    fn refuse_closed(&self, session: SessionId) -> OrmResult<()> {
        match self.session(session).closed {
            false => Ok(()),
            true => Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                "This Session has been permanently closed and is unable to handle any more transaction requests.",
            )),
        }
    }

    /// `session.reset()`: what `close()` does, and the session goes on.
    ///
    /// # Errors
    /// The database's.
    pub fn reset_session(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        self.close_session(hooks, session)?;
        self.session_mut(session).closed = false;
        Ok(())
    }

    /// The next transaction of a session, as events tell of it.
    pub(crate) fn new_transaction(
        &mut self,
        session: SessionId,
        nested: bool,
        of_flush: bool,
    ) -> TransactionInfo {
        self.transactions_made += 1;
        let parent = self.session(session).transactions.last().map(|level| level.info.number);
        TransactionInfo { number: self.transactions_made, parent, nested, of_flush }
    }

    pub(crate) fn transaction_later(
        &mut self,
        kind: OrmEventKind,
        session: SessionId,
        transaction: TransactionInfo,
    ) {
        self.tell_later(OrmEvent::Transaction { kind, session, transaction, connection: None });
    }

    /// The levels of a session's transaction, the innermost last.
    pub fn transactions(&self, session: SessionId) -> Vec<TransactionInfo> {
        self.session(session).transactions.iter().map(|level| level.info).collect()
    }

    /// `session.begin()`
    ///
    /// # Errors
    /// When one has begun.
    pub fn begin(&mut self, session: SessionId) -> OrmResult<()> {
        if !self.session(session).transactions.is_empty() {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                "A transaction is already begun on this Session.",
            ));
        }
        self.refuse_closed(session)?;
        self.autobegin(session);
        Ok(())
    }

    /// Refuses work in a transaction that failed.
    pub(crate) fn check_usable(&self, session: SessionId) -> OrmResult<()> {
        let last = self.session(session).transactions.last();
        if last.is_some_and(|level| level.committed) {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                "This session is in 'committed' state; no further SQL can be emitted within this transaction.",
            ));
        }
        let failed = last.and_then(|level| level.failed.as_ref());
        match failed {
            None => Ok(()),
            Some(original) => Err(OrmError::coded(
                OrmErrorKind::PendingRollback,
                "7s2a",
                format!(
                    "This Session's transaction has been rolled back due to a previous exception during flush. To begin a new transaction with this Session, first issue Session.rollback(). Original exception was: {original}"
                ),
            )),
        }
    }

    /// Refuses work on a class where the session has no engine.
    pub(crate) fn require_bind(&self, session: SessionId, mapper: crate::types::MapperId) -> OrmResult<()> {
        if self.session(session).options.bind.is_some() {
            return Ok(());
        }
        let mapper = self.mapper(mapper);
        Err(OrmError::new(
            OrmErrorKind::UnboundExecution,
            format!(
                "Could not locate a bind configured on mapper Mapper[{}({})] or this Session.",
                mapper.class_name,
                self.schema.table(mapper.table).name
            ),
        ))
    }

    /// The engine that a session's statements go to.
    pub(crate) fn session_engine(&self, session: SessionId) -> OrmResult<crate::types::EngineId> {
        self.session(session).options.bind.ok_or_else(|| {
            OrmError::Engine(EngineError::new(
                ErrorKind::UnboundExecution,
                "Could not locate a bind configured on session",
            ))
        })
    }

    /// The connection that a session's transaction runs on.
    ///
    /// # Errors
    /// When the session has no engine, or only a rollback helps.
    pub fn session_connection(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
    ) -> OrmResult<ConnectionId> {
        self.begin_on_demand(session)?;
        self.deliver(hooks)?;
        self.check_usable(session)?;
        if let Some(connection) = self.session(session).transactions.iter().find_map(|level| level.connection)
        {
            self.set_savepoints(hooks, session, connection)?;
            return Ok(connection);
        }
        let engine = self.session_engine(session)?;
        if let Some(connection) = self.session(session).options.connection {
            return self.join_connection(hooks, session, connection);
        }
        let connection = self.at(hooks, |at| at.connect(engine))?;
        self.at(hooks, |at| at.begin(connection))?;
        if let Some(first) = self.session_mut(session).transactions.first_mut() {
            first.connection = Some(connection);
        }
        self.tell_begun(hooks, session, 0, connection)?;
        self.set_savepoints(hooks, session, connection)?;
        Ok(connection)
    }

    /// Joins the transaction of a connection that is the program's. One that the
    /// session begins is its own; one that was there is only rolled back with it;
    /// where that has a savepoint, the session has one too.
    fn join_connection(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        connection: ConnectionId,
    ) -> OrmResult<ConnectionId> {
        let joined = if self.engines.in_nested_transaction(connection) {
            Some(self.at(hooks, |at| at.begin_nested(connection))?)
        } else if self.engines.in_transaction(connection) {
            None
        } else {
            Some(self.at(hooks, |at| at.begin(connection))?)
        };
        if let Some(first) = self.session_mut(session).transactions.first_mut() {
            first.connection = Some(connection);
            first.borrowed = true;
            first.joined = joined;
        }
        self.tell_begun(hooks, session, 0, connection)?;
        self.set_savepoints(hooks, session, connection)?;
        Ok(connection)
    }

    /// Sets the savepoints of the levels that have none yet.
    fn set_savepoints(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        connection: ConnectionId,
    ) -> OrmResult<()> {
        for at in 0..self.session(session).transactions.len() {
            let level = &self.session(session).transactions[at];
            if level.nested && level.savepoint.is_none() {
                let savepoint = self.at(hooks, |at| at.begin_nested(connection))?;
                self.session_mut(session).transactions[at].savepoint = Some(savepoint);
                self.tell_begun(hooks, session, at, connection)?;
            }
        }
        Ok(())
    }

    /// Tells that a level has begun on a connection.
    fn tell_begun(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        level: usize,
        connection: ConnectionId,
    ) -> OrmResult<()> {
        let Some(transaction) = self.session(session).transactions.get(level).map(|level| level.info) else {
            return Ok(());
        };
        let kind = OrmEventKind::AfterBegin;
        self.tell(hooks, OrmEvent::Transaction { kind, session, transaction, connection: Some(connection) })
    }

    /// `session.begin_nested()`
    ///
    /// # Errors
    /// What the flush before it raises, and the database's.
    pub fn begin_nested(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        self.begin_on_demand(session)?;
        self.check_usable(session)?;
        self.flush_because(hooks, session, "begin_nested")?;
        // The savepoint itself is set when the connection is used.
        let info = self.new_transaction(session, true, false);
        let level = SessionTransaction { nested: true, info, ..SessionTransaction::default() };
        self.session_mut(session).transactions.push(level);
        self.transaction_later(OrmEventKind::AfterTransactionCreate, session, info);
        self.deliver(hooks)
    }

    /// `session.commit()`, or the end of the innermost savepoint.
    ///
    /// # Errors
    /// What the flush raises, and the database's.
    pub fn commit(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        self.begin_on_demand(session)?;
        // Session.commit() ends every level.
        while self.session(session).transactions.len() > 1 {
            self.commit_level(hooks, session)?;
        }
        self.commit_level(hooks, session)
    }

    /// Commits the innermost level only.
    ///
    /// # Errors
    /// What the flush raises, and the database's.
    pub fn commit_level(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        self.autobegin(session);
        self.check_usable(session)?;
        self.tell_session(hooks, OrmEventKind::BeforeCommit, session)?;
        self.flush_until_clean(hooks, session)?;
        let Some(level) = self.session(session).transactions.last() else { return Ok(()) };
        match (level.nested, level.connection) {
            (true, _) => {
                if let Some(savepoint) = level.savepoint {
                    self.at(hooks, |at| at.commit_transaction(savepoint))?;
                }
            }
            (false, Some(connection)) => match (level.borrowed, level.joined) {
                (true, Some(own)) => self.at(hooks, |at| at.commit_transaction(own))?,
                (true, None) => {}
                (false, _) => self.at(hooks, |at| at.commit(connection))?,
            },
            (false, None) => {}
        }
        if let Some(level) = self.session_mut(session).transactions.last_mut() {
            level.committed = true;
        }
        self.tell_session(hooks, OrmEventKind::AfterCommit, session)?;
        let Some(level) = self.session_mut(session).transactions.pop() else { return Ok(()) };
        if level.nested {
            if let Some(parent) = self.session_mut(session).transactions.last_mut() {
                parent.new.extend(level.new);
                parent.deleted.extend(level.deleted);
                parent.dirty.extend(level.dirty);
                parent.key_switches.extend(level.key_switches);
            }
        } else {
            if self.session(session).options.expire_on_commit {
                self.expire_persistent(session);
                for object in level.deleted {
                    self.detach(object.state);
                    self.lifecycle_later(OrmEventKind::DeletedToDetached, session, object.state);
                }
            }
            if let Some(connection) = level.connection
                && !level.borrowed
            {
                self.at(hooks, |at| at.close(connection))?;
            }
        }
        self.transaction_later(OrmEventKind::AfterTransactionEnd, session, level.info);
        self.deliver(hooks)
    }

    /// Flushes before a commit; events of a flush may leave something more to flush.
    fn flush_until_clean(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        for _ in 0..100 {
            if self.session(session).is_clean() {
                return Ok(());
            }
            self.flush_because(hooks, session, "commit")?;
        }
        Err(OrmError::new(
            OrmErrorKind::Flush,
            "Over 100 subsequent flushes have occurred within session.commit() - is an after_flush() hook creating new objects?",
        ))
    }

    /// `session.rollback()`: every level goes.
    ///
    /// # Errors
    /// The database's.
    pub fn rollback(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        while !self.session(session).transactions.is_empty() {
            self.rollback_level(hooks, session)?;
        }
        Ok(())
    }

    /// Rolls the innermost level back.
    ///
    /// # Errors
    /// The database's.
    pub fn rollback_level(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        let failed = self.session(session).transactions.last().is_some_and(|level| level.failed.is_some());
        if !failed {
            self.undo_level(hooks, session)?;
        } else if !self.session(session).is_clean() {
            let message = "Session's state has been changed on a non-active transaction - this state will be discarded.";
            hooks.warn(self, message)?;
            self.restore(hooks, session)?;
        }
        let Some(level) = self.session_mut(session).transactions.pop() else { return Ok(()) };
        if let Some(connection) = level.connection
            && !level.borrowed
        {
            self.at(hooks, |at| at.close(connection))?;
        }
        self.transaction_later(OrmEventKind::AfterTransactionEnd, session, level.info);
        self.transaction_later(OrmEventKind::AfterSoftRollback, session, level.info);
        self.deliver(hooks)
    }

    /// Ends a transaction after a failed flush: it is rolled back, and nothing
    /// but a rollback is taken any more.
    pub(crate) fn fail_transaction(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        error: &OrmError,
    ) -> OrmResult<()> {
        self.undo_level(hooks, session)?;
        let text = match error {
            OrmError::User(exception) => hooks.message_of(self, exception),
            error => error.text(if self.legacy { "14" } else { "21" }),
        };
        if let Some(level) = self.session_mut(session).transactions.last_mut() {
            level.failed = Some(text);
        }
        Ok(())
    }

    /// Why a session's transaction failed, where it did.
    pub(crate) fn fail_because(&mut self, session: SessionId, error: &OrmError) {
        let text = error.text(if self.legacy { "14" } else { "21" });
        let last = self.session_mut(session).transactions.last_mut();
        if let Some(failed) = last.and_then(|level| level.failed.as_mut()) {
            *failed = text;
        }
    }

    /// Rolls back in the database, and takes the states back to before.
    fn undo_level(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        let Some(level) = self.session(session).transactions.last() else { return Ok(()) };
        let (savepoint, nested) = (level.savepoint.or(level.joined), level.nested);
        let connection = self.session(session).transactions.iter().find_map(|level| level.connection);
        if let Some(connection) = connection {
            self.at(hooks, |at| match savepoint {
                Some(savepoint) => at.rollback_transaction(savepoint),
                None if nested => Ok(()),
                None => at.rollback(connection),
            })?;
        }
        if let Some(level) = self.session_mut(session).transactions.last_mut() {
            level.failed.get_or_insert_default();
        }
        self.tell_session(hooks, OrmEventKind::AfterRollback, session)?;
        self.restore(hooks, session)
    }

    fn restore(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        let Some(level) = self.session_mut(session).transactions.last_mut() else { return Ok(()) };
        let nested = level.nested;
        let new = std::mem::take(&mut level.new);
        let deleted = std::mem::take(&mut level.deleted);
        let dirty = std::mem::take(&mut level.dirty);
        let switches = std::mem::take(&mut level.key_switches);
        let mut to_transient: Set = new;
        to_transient.extend(self.session(session).new.keys().copied());
        for id in to_transient {
            if self.states.get(id).is_none() {
                continue;
            }
            let object = self.states.object(id);
            let was = self.states[id].lifecycle;
            self.expunge_one(id);
            let state = &mut self.states[id];
            state.key = None;
            state.lifecycle = Lifecycle::Transient;
            self.tell_left(session, id, was, true);
            drop(object);
        }
        // The first of several is the one from before.
        for (id, old) in switches.into_iter().rev() {
            if self.states.get(id).is_none_or(|state| state.key.is_none()) {
                continue;
            }
            if let Some(current) = self.states[id].key.replace(old.clone()) {
                self.session_mut(session).identity_map.remove(&current);
            }
            self.session_mut(session).identity_map.insert(old, id);
        }
        for object in deleted {
            let Some(key) = self.states[object.state].key.clone() else { continue };
            let state = &mut self.states[object.state];
            state.session = Some(session);
            state.lifecycle = Lifecycle::Persistent;
            self.session_mut(session).identity_map.insert(key, object.state);
            self.tell_lifecycle(hooks, OrmEventKind::DeletedToPersistent, session, object.state)?;
        }
        let marked = std::mem::take(&mut self.session_mut(session).deleted);
        for id in marked.keys() {
            self.states.note(*id);
            self.lifecycle_later(OrmEventKind::DeletedToPersistent, session, *id);
        }
        self.deliver(hooks)?;
        for id in self.session(session).persistent() {
            if !nested || self.states[id].modified || dirty.contains(&id) {
                self.expire_state(id);
                self.instance_later(OrmEventKind::Expire, id, None);
            }
        }
        drop(marked);
        self.deliver(hooks)
    }

    /// Notes that a row was deleted: its object leaves the identity map.
    pub(crate) fn remove_newly_deleted(&mut self, id: StateId) {
        let Some(session) = self.states[id].session else { return };
        let Some(object) = self.states.object(id) else { return };
        let key = self.states[id].key.clone();
        let held = self.session_mut(session);
        if let Some(key) = key {
            held.identity_map.remove(&key);
        }
        let marked = held.deleted.remove(&id);
        held.modified.swap_remove(&id);
        if let Some(level) = held.transactions.last_mut() {
            level.deleted.push(object);
        }
        let state = &mut self.states[id];
        state.lifecycle = Lifecycle::Deleted;
        self.states.unpin(id);
        self.lifecycle_later(OrmEventKind::PersistentToDeleted, session, id);
        drop(marked);
    }

    /// Takes a deleted object out of what a rollback would bring back.
    pub(crate) fn forget_deleted(&mut self, session: SessionId, id: StateId) {
        for level in &mut self.session_mut(session).transactions {
            level.deleted.retain(|object| object.state != id);
        }
    }

    fn detach(&mut self, id: StateId) {
        let state = &mut self.states[id];
        if state.lifecycle == Lifecycle::Deleted {
            state.was_deleted = true;
            state.lifecycle = Lifecycle::Detached;
            state.session = None;
        }
    }

    /// Notes a persistent object that a flush has written.
    pub(crate) fn note_written(&mut self, session: SessionId, id: StateId, became_persistent: bool) {
        if let Some(level) = self.session_mut(session).transactions.last_mut() {
            if became_persistent {
                level.new.insert(id);
            } else {
                level.dirty.insert(id);
            }
        }
    }

    /// `session.close()`: objects leave, the transaction is rolled back.
    ///
    /// # Errors
    /// The database's.
    pub fn close_session(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        let held = self.session_mut(session);
        held.closed = !held.options.close_resets_only;
        self.expunge_all(session);
        self.deliver(hooks)?;
        while let Some(level) = self.session_mut(session).transactions.pop() {
            if let Some(own) = level.savepoint.or(level.joined) {
                self.at(hooks, |at| at.rollback_transaction(own))?;
            }
            if let Some(connection) = level.connection
                && !level.borrowed
            {
                self.at(hooks, |at| at.close(connection))?;
            }
            self.transaction_later(OrmEventKind::AfterTransactionEnd, session, level.info);
        }
        self.deliver(hooks)
    }
}
