//! The unit of work: which objects a flush writes, and in which order.
//!
//! Objects are registered, dependency processors look at each relationship
//! (and may register more), and actions are sorted by their dependencies.
//! Actions on whole classes are broken up by object where classes depend on
//! each other in a cycle. SQLAlchemy counterpart: `sqlalchemy.orm.unitofwork`.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::events::OrmEventKind;
use crate::orm::hooks::Hooks;
use crate::orm::mapping::relationship::{Direction, Relationship};
use crate::orm::state::Object;
use crate::orm::{Orm, OrmResult};
use crate::types::{MapperId, SessionId, StateId};

pub(super) type Map<K, V> = IndexMap<K, V, FxBuildHasher>;
pub(super) type Set<T> = IndexSet<T, FxBuildHasher>;

/// One relationship of one class.
pub(crate) type Dependency = (MapperId, u32);

/// A piece of a flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// INSERT and UPDATE the objects of a class.
    SaveAll(MapperId),
    /// DELETE the objects of a class.
    DeleteAll(MapperId),
    /// Copy keys along a relationship, for saved or deleted parents.
    ProcessAll(Dependency, bool),
    /// Give those who refer to objects whose keys changed the new keys.
    KeySwitches(Dependency),
    /// UPDATE keys in a second statement.
    PostUpdateAll(MapperId, bool),
    /// The same for one object.
    SaveState(StateId),
    /// The same for one object.
    DeleteState(StateId),
    /// The same for one parent.
    ProcessState(Dependency, bool, StateId),
}

impl Action {
    /// The object of an action on a single one.
    pub(crate) fn state(self) -> Option<StateId> {
        match self {
            Action::SaveState(state) | Action::DeleteState(state) | Action::ProcessState(_, _, state) => {
                Some(state)
            }
            _ => None,
        }
    }
}

/// How an object takes part in a flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) is_delete: bool,
    /// Only looked at, not written.
    pub(crate) list_only: bool,
}

/// A flush in the making.
pub(crate) struct UnitOfWork {
    pub(crate) session: SessionId,
    /// Whether it may load what it needs to know; a preview may not.
    pub(crate) may_load: bool,
    pub(crate) states: Map<StateId, Role>,
    by_mapper: Map<MapperId, Set<StateId>>,
    preprocessors: Vec<Preprocessor>,
    pub(crate) actions: Set<Action>,
    pub(super) disabled: Set<Action>,
    pub(crate) edges: Vec<(Action, Action)>,
    /// Relationships that process something, by the class of their parent.
    pub(super) active: Map<MapperId, Set<Dependency>>,
    /// Children that a one-to-many adds, by relationship.
    pub(crate) children_added: Map<Dependency, Set<StateId>>,
    /// Whether the value that a relationship refers to was another, by attribute.
    pub(crate) keys_changed: Map<(StateId, u32), bool>,
    /// Keys that the database has changed after others.
    pub(crate) cascaded: Set<(StateId, crate::types::ColumnId)>,
    /// Pairs that the mirror of a many-to-many has written.
    pub(crate) pairs_done: Map<(Dependency, Dependency), Set<(StateId, StateId)>>,
    /// Objects and columns for a second UPDATE, by class.
    pub(crate) post_updates: Map<MapperId, (Set<StateId>, Set<crate::types::ColumnId>)>,
    /// Keeps what it found alive until it is done.
    pub(crate) held: Vec<Object>,
    /// The only objects that are registered to begin with, where the program chose some.
    chosen: Option<Set<StateId>>,
    /// What a preview could not know: (object, relationship).
    pub(crate) unknown: Vec<(StateId, Dependency)>,
}

struct Preprocessor {
    dependency: Dependency,
    processed: Set<StateId>,
    set_up: bool,
    /// Whether it is for those who refer to objects whose keys change.
    follows: bool,
}

impl UnitOfWork {
    pub(crate) fn new(session: SessionId, may_load: bool) -> UnitOfWork {
        UnitOfWork {
            session,
            may_load,
            states: Map::default(),
            by_mapper: Map::default(),
            preprocessors: Vec::new(),
            actions: Set::default(),
            disabled: Set::default(),
            edges: Vec::new(),
            active: Map::default(),
            children_added: Map::default(),
            keys_changed: Map::default(),
            cascaded: Set::default(),
            pairs_done: Map::default(),
            post_updates: Map::default(),
            held: Vec::new(),
            chosen: None,
            unknown: Vec::new(),
        }
    }

    pub(crate) fn is_deleted(&self, state: StateId) -> bool {
        self.states.get(&state).is_some_and(|role| role.is_delete)
    }

    /// Adds a dependency; both actions take part.
    pub(crate) fn order(&mut self, first: Action, then: Action) {
        self.actions.insert(first);
        self.actions.insert(then);
        self.edges.push((first, then));
    }
}

impl Orm {
    /// `session.flush()`
    ///
    /// # Errors
    /// The database's, and SQLAlchemy's for states that cannot be flushed.
    pub fn flush(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        self.flush_because(hooks, session, "flush")
    }

    /// `session.flush(objects)`: only these, and what they draw in.
    ///
    /// # Errors
    /// The database's, and SQLAlchemy's for states that cannot be flushed.
    pub fn flush_some(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        objects: &[Object],
    ) -> OrmResult<()> {
        let chosen: Set<StateId> = objects.iter().map(|object| object.state).collect();
        self.flush_chosen(hooks, session, "flush", Some(chosen).filter(|chosen| !chosen.is_empty()))
    }

    pub(crate) fn flush_because(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        by: &str,
    ) -> OrmResult<()> {
        self.flush_chosen(hooks, session, by, None)
    }

    fn flush_chosen(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        by: &str,
        chosen: Option<Set<StateId>>,
    ) -> OrmResult<()> {
        if self.session(session).flushing {
            return Err(OrmError::new(OrmErrorKind::InvalidRequest, "Session is already flushing"));
        }
        if self.session(session).is_clean() {
            return Ok(());
        }
        self.session_mut(session).flushing = true;
        self.engines.push_cause(crate::engine::Cause::Flush { by: by.to_string() });
        let done = self.flush_inner(hooks, session, chosen);
        self.engines.pop_cause();
        self.session_mut(session).flushing = false;
        done
    }

    fn flush_inner(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        chosen: Option<Set<StateId>>,
    ) -> OrmResult<()> {
        self.tell_session(hooks, OrmEventKind::BeforeFlush, session)?;
        let mut work = UnitOfWork { chosen, ..UnitOfWork::new(session, true) };
        self.register_all(&mut work);
        self.deliver(hooks)?;
        if work.states.is_empty() {
            return Ok(());
        }
        self.check_usable(session)?;
        self.autobegin(session);
        let part = self.new_transaction(session, false, true);
        self.transaction_later(OrmEventKind::AfterTransactionCreate, session, part);
        self.deliver(hooks)?;
        let done = self.write_all(hooks, &mut work);
        if let Err(error) = &done {
            self.fail_transaction(hooks, session, error)?;
        }
        self.transaction_later(OrmEventKind::AfterTransactionEnd, session, part);
        if done.is_err() {
            self.transaction_later(OrmEventKind::AfterSoftRollback, session, part);
        }
        self.deliver(hooks)?;
        done
    }

    /// Carries out what takes part in a flush.
    fn write_all(&mut self, hooks: &mut dyn Hooks, work: &mut UnitOfWork) -> OrmResult<()> {
        let session = work.session;
        self.presort(hooks, work)?;
        let (groups, sorted) = self.actions_up_to_a_cycle(hooks, work)?;
        for actions in groups {
            self.execute_actions(hooks, work, &actions)?;
        }
        sorted?;
        self.tell_session(hooks, OrmEventKind::AfterFlush, session)?;
        self.finish_flush(hooks, work)?;
        // What listeners changed in the meantime is not for the database.
        let mut changed = self.session(session).dirty();
        changed.retain(|_| work.chosen.is_none());
        for id in &changed {
            self.commit_all(*id);
        }
        if !changed.is_empty() {
            let message = format!(
                "Attribute history events accumulated on {} previously clean instances within inner-flush event handlers have been reset, and will not result in database updates. Consider using set_committed_value() within inner-flush event handlers to avoid this warning.",
                changed.len()
            );
            hooks.warn(self, &message)?;
        }
        self.tell_session(hooks, OrmEventKind::AfterFlushPostexec, session)
    }

    /// Registers what is new, changed and marked for deletion, and everything
    /// that follows from it.
    pub(crate) fn collect(&mut self, hooks: &mut dyn Hooks, work: &mut UnitOfWork) -> OrmResult<()> {
        self.register_all(work);
        self.presort(hooks, work)
    }

    /// Registers what is new, changed and marked for deletion.
    fn register_all(&mut self, work: &mut UnitOfWork) {
        let held = self.session(work.session);
        let mut todo: Vec<StateId> = held.new.keys().copied().collect();
        todo.extend(held.dirty());
        let mut deleted: Vec<StateId> = held.deleted.keys().copied().collect();
        todo.retain(|id| !deleted.contains(id));
        if let Some(chosen) = &work.chosen {
            todo.retain(|id| chosen.contains(id));
            deleted.retain(|id| chosen.contains(id));
        }
        for id in todo {
            let orphan = self.is_orphan(id);
            if orphan && self.states[id].key.is_none() && self.states[id].orphaned {
                // A pending orphan is not written at all.
                if work.may_load {
                    self.expunge_telling(id);
                }
                continue;
            }
            self.register(work, id, orphan && self.states[id].key.is_some(), false);
        }
        for id in deleted {
            self.register(work, id, true, false);
        }
    }

    /// Has an object take part in the flush.
    pub(crate) fn register(
        &mut self,
        work: &mut UnitOfWork,
        id: StateId,
        is_delete: bool,
        cancel_delete: bool,
    ) {
        if self.is_held(work.session, id) {
            self.register_as(work, id, is_delete, false, cancel_delete);
        }
    }

    /// Has an object of the session take part, or only be looked at.
    pub(crate) fn register_as(
        &mut self,
        work: &mut UnitOfWork,
        id: StateId,
        is_delete: bool,
        list_only: bool,
        cancel_delete: bool,
    ) {
        if let Some(role) = work.states.get_mut(&id) {
            if !list_only && (is_delete || cancel_delete) {
                *role = Role { is_delete, list_only: false };
            }
            return;
        }
        let mapper = self.states[id].mapper;
        work.held.extend(self.states.object(id));
        if !work.by_mapper.contains_key(&mapper) {
            let base = self.mapper(mapper).base;
            work.order(Action::SaveAll(base), Action::DeleteAll(base));
            let mut found: Vec<(Dependency, bool)> =
                self.followers(mapper).into_iter().map(|dependency| (dependency, true)).collect();
            let own = self.mapper(mapper).relationships();
            let own = own.filter(|relationship| !relationship.options.viewonly);
            found.extend(own.map(|relationship| ((relationship.parent, relationship.attribute), false)));
            for (dependency, follows) in found {
                let known = |known: &Preprocessor| known.dependency == dependency && known.follows == follows;
                if work.preprocessors.iter().any(known) {
                    continue;
                }
                let processed = Set::default();
                work.preprocessors.push(Preprocessor { dependency, processed, set_up: false, follows });
            }
        }
        work.by_mapper.entry(mapper).or_default().insert(id);
        work.states.insert(id, Role { is_delete, list_only });
    }

    /// The many-to-one relationships that refer to a class, and whose other end
    /// does not take care of changed keys.
    fn followers(&self, mapper: MapperId) -> Vec<Dependency> {
        let mut found = Vec::new();
        for (at, parent) in self.mappers.iter().enumerate().filter(|(_, parent)| !parent.disposed) {
            for relationship in parent.relationships() {
                let refers = relationship.direction == Direction::ManyToOne
                    && relationship.parent.index() == at
                    && !relationship.options.viewonly
                    && self.is_a(mapper, relationship.target);
                let mirrored = relationship.reverse.is_some_and(|reverse| {
                    let mirror = self.relationship(relationship.target, reverse as usize);
                    relationship.options.passive_updates
                        || mirror.is_some_and(|mirror| !mirror.options.passive_updates)
                });
                if refers && !mirrored {
                    found.push((relationship.parent, relationship.attribute));
                }
            }
        }
        found
    }

    /// Lets each relationship look at its parents until nothing new turns up.
    fn presort(&mut self, hooks: &mut dyn Hooks, work: &mut UnitOfWork) -> OrmResult<()> {
        loop {
            let mut progressed = false;
            let mut at = 0;
            while at < work.preprocessors.len() {
                progressed |= self.preprocess(hooks, work, at)?;
                at += 1;
            }
            if !progressed {
                return Ok(());
            }
        }
    }

    fn preprocess(&mut self, hooks: &mut dyn Hooks, work: &mut UnitOfWork, at: usize) -> OrmResult<bool> {
        let dependency = work.preprocessors[at].dependency;
        let Some(relationship) = self.relationship(dependency.0, dependency.1 as usize).cloned() else {
            return Ok(false);
        };
        let follows = work.preprocessors[at].follows;
        let class = if follows { relationship.target } else { dependency.0 };
        let mut fresh: Vec<StateId> = self.members_of(work, class);
        fresh.retain(|state| !work.preprocessors[at].processed.contains(state));
        let (deletes, saves): (Vec<StateId>, Vec<StateId>) =
            fresh.into_iter().partition(|state| work.is_deleted(*state));
        if deletes.is_empty() && saves.is_empty() {
            return Ok(false);
        }
        if follows {
            work.preprocessors[at].processed.extend(deletes.iter().chain(&saves).copied());
            if !relationship.options.passive_updates {
                self.follow_key_switches(hooks, work, &relationship, &saves)?;
                return Ok(true);
            }
            let mut switched = false;
            for state in saves {
                switched |=
                    self.states[state].key.is_some() && self.key_changed(work, state, &relationship.pairs);
            }
            if switched && !work.preprocessors[at].set_up {
                work.preprocessors[at].set_up = true;
                let parent_base = self.mapper(relationship.parent).base;
                work.order(Action::SaveAll(parent_base), Action::KeySwitches(dependency));
            }
            return Ok(true);
        }
        self.presort_deletes(hooks, work, &relationship, &deletes)?;
        work.preprocessors[at].processed.extend(deletes.iter().copied());
        self.presort_saves(hooks, work, &relationship, &saves)?;
        work.preprocessors[at].processed.extend(saves.iter().copied());
        let matters = !work.preprocessors[at].set_up
            && (self.relates(hooks, work, &relationship, &deletes, true)?
                || self.relates(hooks, work, &relationship, &saves, false)?);
        if matters {
            work.preprocessors[at].set_up = true;
            work.active.entry(relationship.parent).or_default().insert(dependency);
            self.class_dependencies(work, &relationship);
        }
        Ok(true)
    }

    /// The objects of a class and of those that inherit from it.
    fn members_of(&self, work: &UnitOfWork, mapper: MapperId) -> Vec<StateId> {
        let classes = self.descendants(mapper).into_iter();
        classes.flat_map(|id| work.by_mapper.get(&id).into_iter().flatten().copied()).collect()
    }

    /// The objects of a class, and of those that inherit from it, with a role.
    pub(crate) fn states_of(&self, work: &UnitOfWork, mapper: MapperId, is_delete: bool) -> Vec<StateId> {
        let wanted = Role { is_delete, list_only: false };
        let mut states = self.members_of(work, mapper);
        states.retain(|state| work.states.get(state) == Some(&wanted));
        states
    }

    fn relates(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
        is_delete: bool,
    ) -> OrmResult<bool> {
        for &id in states {
            if is_delete {
                self.know_members(hooks, work, relationship, id)?;
                self.know_reference(hooks, work, relationship, id)?;
            }
            if !self.object_history(id, relationship.attribute as usize).is_empty() {
                return Ok(true);
            }
        }
        Ok(!states.is_empty()
            && !relationship.self_referential
            && self.descendants(relationship.target).iter().any(|id| work.by_mapper.contains_key(id)))
    }
}
