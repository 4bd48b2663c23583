//! What the ORM tells a program that listens: plain data, through
//! [`Hooks::orm_event`] and [`Hooks::attribute_event`].
//!
//! Where nobody listens to a kind of event nothing is made for it: a kind is a
//! bit of [`Listened`]. Operations that have no hooks at hand leave their events
//! in a list, which the next one that has them tells first; whoever calls the
//! ORM ends with [`Orm::deliver`]. It does not know who listens, nor how.
//! SQLAlchemy counterpart: `sqlalchemy.orm.events`.

use super::hooks::Hooks;
use super::{Orm, OrmResult};
use crate::engine::ConnectionId;
use crate::orm::state::{Lifecycle, Object, Slot};
use crate::types::{MapperId, SessionId, StateId};

/// The kinds of events, named as in SQLAlchemy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // each is the event of that name
pub enum OrmEventKind {
    BeforeFlush,
    AfterFlush,
    AfterFlushPostexec,
    BeforeCommit,
    AfterCommit,
    AfterRollback,
    AfterSoftRollback,
    AfterBegin,
    AfterTransactionCreate,
    AfterTransactionEnd,
    BeforeAttach,
    AfterAttach,
    TransientToPending,
    PendingToPersistent,
    PersistentToDeleted,
    DeletedToDetached,
    PersistentToDetached,
    DetachedToPersistent,
    PendingToTransient,
    PersistentToTransient,
    DeletedToPersistent,
    LoadedAsPersistent,
    DoOrmExecute,
    AfterBulkUpdate,
    AfterBulkDelete,
    BeforeInsert,
    AfterInsert,
    BeforeUpdate,
    AfterUpdate,
    BeforeDelete,
    AfterDelete,
    BeforeConfigured,
    AfterConfigured,
    BeforeMapperConfigured,
    MapperConfigured,
    InstrumentClass,
    AfterMapperConstructed,
    ClassInstrument,
    ClassUninstrument,
    AttributeInstrument,
    FirstInit,
    Init,
    InitFailure,
    Load,
    Refresh,
    RefreshFlush,
    Expire,
    Pickle,
    Unpickle,
    Set,
    Append,
    AppendWoMutation,
    Remove,
    BulkReplace,
    InitScalar,
    InitCollection,
    DisposeCollection,
    Modified,
    Validate,
    BeforeCompile,
    BeforeCompileUpdate,
    BeforeCompileDelete,
}

/// The kinds of events that somebody listens to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listened(u64);

impl Listened {
    /// Somebody listens to a kind.
    pub fn add(&mut self, kind: OrmEventKind) {
        self.0 |= 1 << kind as u8;
    }

    /// Whether somebody listens to a kind.
    pub fn has(self, kind: OrmEventKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// One level of a session's transaction, as events tell of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TransactionInfo {
    /// Its number, unlike any other's.
    pub number: u32,
    /// The number of the level around it.
    pub parent: Option<u32>,
    /// Whether it is a savepoint.
    pub nested: bool,
    /// Whether it is the part of a flush.
    pub of_flush: bool,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum OrmEvent {
    /// To a session.
    Session {
        /// What.
        kind: OrmEventKind,
        /// The session.
        session: SessionId,
    },
    /// To a session's transaction.
    Transaction {
        /// What.
        kind: OrmEventKind,
        /// The session.
        session: SessionId,
        /// The transaction, or the savepoint.
        transaction: TransactionInfo,
        /// Where it begins.
        connection: Option<ConnectionId>,
    },
    /// To an object and its session.
    Lifecycle {
        /// What.
        kind: OrmEventKind,
        /// The session.
        session: SessionId,
        /// The object.
        object: Object,
    },
    /// To an object's row.
    Row {
        /// What.
        kind: OrmEventKind,
        /// The class's mapper.
        mapper: MapperId,
        /// Where the statements go.
        connection: ConnectionId,
        /// The object.
        object: Object,
    },
    /// To an object's attributes.
    Instance {
        /// What.
        kind: OrmEventKind,
        /// The object.
        object: Object,
        /// The attributes by their places, where it is about some.
        attributes: Option<Vec<u32>>,
        /// Whether a row happened to bring them, and nobody asked for them.
        by_the_way: bool,
    },
}

impl OrmEvent {
    /// Its kind.
    pub fn kind(&self) -> OrmEventKind {
        match self {
            OrmEvent::Session { kind, .. }
            | OrmEvent::Transaction { kind, .. }
            | OrmEvent::Lifecycle { kind, .. }
            | OrmEvent::Row { kind, .. }
            | OrmEvent::Instance { kind, .. } => *kind,
        }
    }
}

/// A change of a relationship, which listeners may alter.
#[derive(Clone, Debug)]
pub struct AttributeEvent {
    /// Set, append, remove, or `Validate` before any of them.
    pub kind: OrmEventKind,
    /// What is validated: set, append or remove.
    pub change: OrmEventKind,
    /// The object whose attribute it is.
    pub owner: Object,
    /// The attribute's place.
    pub attribute: usize,
    /// What it gets, or loses.
    pub value: Option<Object>,
    /// What it was, where that is known.
    pub old: Option<Option<Object>>,
    /// Whether it is for those who listened before the relationship was worked
    /// out: they come before what follows from the change, the others behind it.
    pub early: bool,
    /// The attribute whose change began it.
    pub initiator: (MapperId, u32),
}

impl Orm {
    /// Whether somebody listens to a kind.
    pub fn is_heard(&self, kind: OrmEventKind) -> bool {
        !self.is_previewing() && self.listened.has(kind)
    }

    /// Tells an event now, after those that wait.
    ///
    /// # Errors
    /// What user code raises.
    pub fn tell(&mut self, hooks: &mut dyn Hooks, event: OrmEvent) -> OrmResult<()> {
        self.deliver(hooks)?;
        if !self.is_heard(event.kind()) {
            return Ok(());
        }
        hooks.orm_event(self, event)
    }

    /// Has an event told by whoever has hooks next.
    pub(super) fn tell_later(&mut self, event: OrmEvent) {
        if self.is_heard(event.kind()) {
            self.untold.push_back(event);
        }
    }

    /// Tells what waits.
    ///
    /// # Errors
    /// What user code raises.
    pub fn deliver(&mut self, hooks: &mut dyn Hooks) -> OrmResult<()> {
        while !self.untold.is_empty() {
            // What a listener brings about is told before what comes after it.
            for event in std::mem::take(&mut self.untold) {
                hooks.orm_event(self, event)?;
            }
        }
        Ok(())
    }

    /// Tells something of a session.
    pub(super) fn tell_session(
        &mut self,
        hooks: &mut dyn Hooks,
        kind: OrmEventKind,
        session: SessionId,
    ) -> OrmResult<()> {
        self.tell(hooks, OrmEvent::Session { kind, session })
    }

    /// Tells something of an object and its session.
    pub(super) fn tell_lifecycle(
        &mut self,
        hooks: &mut dyn Hooks,
        kind: OrmEventKind,
        session: SessionId,
        id: StateId,
    ) -> OrmResult<()> {
        self.lifecycle_later(kind, session, id);
        self.deliver(hooks)
    }

    /// Has something of an object and its session told later.
    pub(super) fn lifecycle_later(&mut self, kind: OrmEventKind, session: SessionId, id: StateId) {
        if self.is_heard(kind)
            && let Some(object) = self.states.object(id)
        {
            self.untold.push_back(OrmEvent::Lifecycle { kind, session, object });
        }
    }

    /// Has it told that an object left its session: by what it was in there.
    pub(super) fn tell_left(&mut self, session: SessionId, id: StateId, was: Lifecycle, to_transient: bool) {
        let kind = match was {
            Lifecycle::Pending => OrmEventKind::PendingToTransient,
            Lifecycle::Persistent if to_transient => OrmEventKind::PersistentToTransient,
            Lifecycle::Persistent => OrmEventKind::PersistentToDetached,
            Lifecycle::Deleted => OrmEventKind::DeletedToDetached,
            Lifecycle::Transient | Lifecycle::Detached => return,
        };
        self.lifecycle_later(kind, session, id);
    }

    /// Has something told of an object's attributes.
    pub(super) fn instance_later(&mut self, kind: OrmEventKind, id: StateId, attributes: Option<Vec<u32>>) {
        if self.is_heard(kind)
            && let Some(object) = self.states.object(id)
        {
            self.untold.push_back(OrmEvent::Instance { kind, object, attributes, by_the_way: false });
        }
    }

    /// Tells that an object was made from a row.
    pub(super) fn tell_loaded(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        id: StateId,
    ) -> OrmResult<()> {
        self.instance_later(OrmEventKind::Load, id, None);
        self.lifecycle_later(OrmEventKind::LoadedAsPersistent, session, id);
        self.deliver(hooks)
    }

    /// Tells that attributes of an object were loaded again; all of them
    /// without `attributes`.
    pub(super) fn tell_refreshed(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        attributes: Option<Vec<u32>>,
    ) -> OrmResult<()> {
        self.instance_later(OrmEventKind::Refresh, id, attributes);
        self.deliver(hooks)
    }

    /// What a row gives an object that is known: all with `overwrite`, otherwise
    /// what is not loaded; `None` where nobody listens or nothing is missing.
    pub(super) fn to_refresh(&self, id: StateId, overwrite: bool) -> Option<Option<Vec<u32>>> {
        if !self.is_heard(OrmEventKind::Refresh) {
            return None;
        }
        if overwrite || self.refreshing == Some(id) {
            return Some(None);
        }
        let state = &self.states[id];
        let empty = |at: &usize| matches!(state.slots[*at], Slot::Empty) && !state.has_changed(*at);
        let places = self.mapper_of(id).iter().map(|(at, _)| at);
        let missing: Vec<u32> = places.filter(empty).map(|at| at as u32).collect();
        (!missing.is_empty()).then_some(Some(missing))
    }

    /// Tells that a row gave an object what it lacked.
    pub(super) fn tell_row_refreshed(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        refreshed: Option<Option<Vec<u32>>>,
    ) -> OrmResult<()> {
        if let (Some(attributes), Some(object)) = (refreshed, self.states.object(id)) {
            let kind = OrmEventKind::Refresh;
            self.untold.push_back(OrmEvent::Instance { kind, object, attributes, by_the_way: true });
        }
        self.deliver(hooks)
    }

    /// Tells that rows are about to be written, or were, or deleted.
    pub(super) fn tell_rows(
        &mut self,
        hooks: &mut dyn Hooks,
        kind: OrmEventKind,
        connection: ConnectionId,
        states: &[StateId],
    ) -> OrmResult<()> {
        if !self.is_heard(kind) {
            return Ok(());
        }
        for &id in states {
            let mapper = self.states[id].mapper;
            if let Some(object) = self.states.object(id) {
                self.tell(hooks, OrmEvent::Row { kind, mapper, connection, object })?;
            }
        }
        Ok(())
    }

    /// Tells that rows are about to be deleted, or were.
    pub(super) fn tell_deletes(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        kind: OrmEventKind,
        states: &[StateId],
    ) -> OrmResult<()> {
        if !self.is_heard(kind) {
            return Ok(());
        }
        let connection = self.session_connection(hooks, session)?;
        self.tell_rows(hooks, kind, connection, states)
    }

    /// Before rows are written: the objects in the order of their statements.
    pub(super) fn before_save(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        states: &[StateId],
    ) -> OrmResult<Saving> {
        let heard = [
            OrmEventKind::BeforeInsert,
            OrmEventKind::BeforeUpdate,
            OrmEventKind::AfterInsert,
            OrmEventKind::AfterUpdate,
            OrmEventKind::RefreshFlush,
        ];
        if !heard.iter().any(|kind| self.is_heard(*kind)) {
            return Ok(Saving::default());
        }
        let connection = self.session_connection(hooks, session)?;
        let mut saving = Saving { connection: Some(connection), ..Saving::default() };
        for &id in states {
            let is_new = self.states[id].key.is_none();
            let kind = if is_new { OrmEventKind::BeforeInsert } else { OrmEventKind::BeforeUpdate };
            self.tell_rows(hooks, kind, connection, &[id])?;
            let list = if is_new { &mut saving.inserted } else { &mut saving.updated };
            list.push(id);
        }
        if self.is_heard(OrmEventKind::RefreshFlush) {
            for &id in states {
                saving.empty.push((id, self.empty_columns(id)));
            }
        }
        Ok(saving)
    }

    /// After rows were written.
    pub(super) fn after_save(&mut self, hooks: &mut dyn Hooks, saving: Saving) -> OrmResult<()> {
        let Some(connection) = saving.connection else { return Ok(()) };
        for (id, empty) in saving.empty {
            let still = self.empty_columns(id);
            let filled: Vec<u32> = empty.into_iter().filter(|at| !still.contains(at)).collect();
            if !filled.is_empty() {
                self.instance_later(OrmEventKind::RefreshFlush, id, Some(filled));
            }
        }
        self.deliver(hooks)?;
        self.tell_rows(hooks, OrmEventKind::AfterInsert, connection, &saving.inserted)?;
        self.tell_rows(hooks, OrmEventKind::AfterUpdate, connection, &saving.updated)
    }

    /// The columns outside of the primary key that have no value yet.
    fn empty_columns(&self, id: StateId) -> Vec<u32> {
        let mapper = self.mapper_of(id);
        let columns = mapper.columns().filter(|(_, column)| !mapper.primary_key.contains(column));
        let empty = columns.filter(|(at, _)| matches!(self.states[id].slots[*at], Slot::Empty));
        empty.map(|(at, _)| at as u32).collect()
    }
}

/// What is to be told after rows were written.
#[derive(Default)]
pub(super) struct Saving {
    connection: Option<ConnectionId>,
    inserted: Vec<StateId>,
    updated: Vec<StateId>,
    empty: Vec<(StateId, Vec<u32>)>,
}
