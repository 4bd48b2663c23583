//! The unit of work: which objects a flush writes, and in which order.
//!
//! Objects are registered, dependency processors look at each relationship
//! (and may register more), and actions are sorted by their dependencies.
//! Actions on whole classes are broken up by object where classes depend on
//! each other in a cycle. SQLAlchemy counterpart: `sqlalchemy.orm.unitofwork`.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::error::{OrmError, OrmErrorKind};
use super::events::OrmEventKind;
use super::hooks::Hooks;
use super::relationship::Relationship;
use super::state::{Lifecycle, Object};
use super::{IdentityKey, Orm, OrmResult};
use crate::types::{KeyValue, MapperId, SessionId, StateId, Value, topological};

type Map<K, V> = IndexMap<K, V, FxBuildHasher>;
type Set<T> = IndexSet<T, FxBuildHasher>;

/// One relationship of one class.
pub(super) type Dependency = (MapperId, u32);

/// A piece of a flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Action {
    /// INSERT and UPDATE the objects of a class.
    SaveAll(MapperId),
    /// DELETE the objects of a class.
    DeleteAll(MapperId),
    /// Copy keys along a relationship, for saved or deleted parents.
    ProcessAll(Dependency, bool),
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
    pub(super) fn state(self) -> Option<StateId> {
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
pub(super) struct Role {
    pub(super) is_delete: bool,
    /// Only looked at, not written.
    pub(super) list_only: bool,
}

/// A flush in the making.
pub(super) struct UnitOfWork {
    pub(super) session: SessionId,
    /// Whether it may load what it needs to know; a preview may not.
    pub(super) may_load: bool,
    pub(super) states: Map<StateId, Role>,
    by_mapper: Map<MapperId, Set<StateId>>,
    preprocessors: Vec<Preprocessor>,
    pub(super) actions: Set<Action>,
    disabled: Set<Action>,
    pub(super) edges: Vec<(Action, Action)>,
    /// Relationships that process something, by the class of their parent.
    active: Map<MapperId, Set<Dependency>>,
    /// Children that a one-to-many adds, by relationship.
    pub(super) children_added: Map<Dependency, Set<StateId>>,
    /// Pairs that the mirror of a many-to-many has written.
    pub(super) pairs_done: Map<(Dependency, Dependency), Set<(StateId, StateId)>>,
    /// Objects and columns for a second UPDATE, by class.
    pub(super) post_updates: Map<MapperId, (Set<StateId>, Set<crate::types::ColumnId>)>,
    /// Keeps what it found alive until it is done.
    pub(super) held: Vec<Object>,
    /// What a preview could not know: (object, relationship).
    pub(super) unknown: Vec<(StateId, Dependency)>,
}

struct Preprocessor {
    dependency: Dependency,
    processed: Set<StateId>,
    set_up: bool,
}

impl UnitOfWork {
    pub(super) fn new(session: SessionId, may_load: bool) -> UnitOfWork {
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
            pairs_done: Map::default(),
            post_updates: Map::default(),
            held: Vec::new(),
            unknown: Vec::new(),
        }
    }

    pub(super) fn is_deleted(&self, state: StateId) -> bool {
        self.states.get(&state).is_some_and(|role| role.is_delete)
    }

    /// Adds a dependency; both actions take part.
    pub(super) fn order(&mut self, first: Action, then: Action) {
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

    pub(super) fn flush_because(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        by: &str,
    ) -> OrmResult<()> {
        if self.session(session).flushing {
            return Err(OrmError::new(OrmErrorKind::InvalidRequest, "Session is already flushing"));
        }
        if self.session(session).is_clean() {
            return Ok(());
        }
        self.check_usable(session)?;
        self.session_mut(session).flushing = true;
        self.engines.push_cause(crate::engine::Cause::Flush { by: by.to_string() });
        let done = self.flush_inner(hooks, session);
        self.engines.pop_cause();
        self.session_mut(session).flushing = false;
        done
    }

    fn flush_inner(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<()> {
        self.tell_session(hooks, OrmEventKind::BeforeFlush, session)?;
        let mut work = UnitOfWork::new(session, true);
        self.register_all(&mut work);
        self.deliver(hooks)?;
        if work.states.is_empty() {
            return Ok(());
        }
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
        for actions in self.sorted_actions(hooks, work)? {
            self.execute_actions(hooks, work, &actions)?;
        }
        self.tell_session(hooks, OrmEventKind::AfterFlush, session)?;
        self.finish_flush(work)?;
        // What listeners changed in the meantime is not for the database.
        let changed = self.session(session).dirty();
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
    pub(super) fn collect(&mut self, hooks: &mut dyn Hooks, work: &mut UnitOfWork) -> OrmResult<()> {
        self.register_all(work);
        self.presort(hooks, work)
    }

    /// Registers what is new, changed and marked for deletion.
    fn register_all(&mut self, work: &mut UnitOfWork) {
        let held = self.session(work.session);
        let mut todo: Vec<StateId> = held.new.keys().copied().collect();
        todo.extend(held.dirty());
        let deleted: Vec<StateId> = held.deleted.keys().copied().collect();
        todo.retain(|id| !deleted.contains(id));
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
    pub(super) fn register(
        &mut self,
        work: &mut UnitOfWork,
        id: StateId,
        is_delete: bool,
        cancel_delete: bool,
    ) {
        let state = &self.states[id];
        let contained = state.session == Some(work.session) && state.lifecycle != Lifecycle::Deleted;
        if !contained {
            return;
        }
        if let Some(role) = work.states.get_mut(&id) {
            if is_delete || cancel_delete {
                *role = Role { is_delete, list_only: false };
            }
            return;
        }
        let mapper = state.mapper;
        work.held.extend(self.states.object(id));
        if !work.by_mapper.contains_key(&mapper) {
            let base = self.mapper(mapper).base;
            work.order(Action::SaveAll(base), Action::DeleteAll(base));
            let dependencies: Vec<Dependency> = self
                .mapper(mapper)
                .relationships()
                .filter(|relationship| !relationship.options.viewonly)
                .map(|relationship| (relationship.parent, relationship.attribute))
                .collect();
            for dependency in dependencies {
                if work.preprocessors.iter().any(|known| known.dependency == dependency) {
                    continue;
                }
                work.preprocessors.push(Preprocessor {
                    dependency,
                    processed: Set::default(),
                    set_up: false,
                });
            }
        }
        work.by_mapper.entry(mapper).or_default().insert(id);
        work.states.insert(id, Role { is_delete, list_only: false });
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
        let mut fresh: Vec<StateId> = self.members_of(work, dependency.0);
        fresh.retain(|state| !work.preprocessors[at].processed.contains(state));
        let (deletes, saves): (Vec<StateId>, Vec<StateId>) =
            fresh.into_iter().partition(|state| work.is_deleted(*state));
        if deletes.is_empty() && saves.is_empty() {
            return Ok(false);
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
    pub(super) fn states_of(&self, work: &UnitOfWork, mapper: MapperId, is_delete: bool) -> Vec<StateId> {
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
            }
            if !self.object_history(id, relationship.attribute as usize).is_empty() {
                return Ok(true);
            }
        }
        Ok(!states.is_empty()
            && !relationship.self_referential
            && self.descendants(relationship.target).iter().any(|id| work.by_mapper.contains_key(id)))
    }

    /// The actions in an order that respects their dependencies; those on single
    /// objects that can be carried out as one stand together.
    pub(super) fn sorted_actions(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
    ) -> OrmResult<Vec<Vec<Action>>> {
        let nodes: Vec<Action> = work.actions.iter().copied().collect();
        let cyclic = topological::cycles(&work.edges, &nodes);
        if !cyclic.is_empty() {
            self.break_up(hooks, work, &cyclic)?;
        }
        let mut nodes: Vec<Action> = work
            .actions
            .iter()
            .filter(|action| !work.disabled.contains(*action) && !cyclic.contains(*action))
            .copied()
            .collect();
        nodes.sort_by_cached_key(|action| self.sort_key(*action));
        let rounds = topological::rounds(&work.edges, &nodes)
            .map_err(|_| OrmError::new(OrmErrorKind::CircularDependency, "Circular dependency detected."))?;
        let mut groups: Vec<Vec<Action>> = Vec::new();
        for round in rounds {
            let first = groups.len();
            for action in round {
                let group = groups[first..].iter_mut().find(|group| self.is_one_action(group[0], action));
                match group {
                    Some(group) => group.push(action),
                    None => groups.push(vec![action]),
                }
            }
        }
        Ok(groups)
    }

    /// Whether two actions on single objects do the same thing.
    fn is_one_action(&self, a: Action, b: Action) -> bool {
        let same_class = |a: StateId, b: StateId| self.mapper_of(a).base == self.mapper_of(b).base;
        match (a, b) {
            (Action::SaveState(a), Action::SaveState(b))
            | (Action::DeleteState(a), Action::DeleteState(b)) => same_class(a, b),
            (Action::ProcessState(a, deletes, _), Action::ProcessState(b, also, _)) => {
                a == b && deletes == also
            }
            _ => false,
        }
    }

    /// Replaces the actions of a cycle by actions on single objects.
    fn break_up(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        cyclic: &Set<Action>,
    ) -> OrmResult<()> {
        let mut converted: Map<Action, Vec<Action>> = Map::default();
        for &action in cyclic {
            let (mapper, is_delete) = match action {
                Action::SaveAll(mapper) => (mapper, false),
                Action::DeleteAll(mapper) => (mapper, true),
                other => {
                    converted.insert(other, Vec::new());
                    continue;
                }
            };
            let states = self.states_of(work, mapper, is_delete);
            let mut pieces = Vec::new();
            for &state in &states {
                let piece = if is_delete { Action::DeleteState(state) } else { Action::SaveState(state) };
                match is_delete {
                    true => work.order(Action::SaveAll(mapper), piece),
                    false => work.order(piece, Action::DeleteAll(mapper)),
                }
                pieces.push(piece);
            }
            let classes = self.descendants(mapper);
            let active: Vec<Dependency> =
                classes.iter().flat_map(|id| work.active.get(id).cloned().unwrap_or_default()).collect();
            for dependency in active {
                let Some(relationship) = self.relationship(dependency.0, dependency.1 as usize).cloned()
                else {
                    continue;
                };
                let own: Vec<StateId> = states
                    .iter()
                    .copied()
                    .filter(|state| self.is_a(self.states[*state].mapper, dependency.0))
                    .collect();
                self.state_dependencies(hooks, work, &relationship, &own, is_delete, cyclic)?;
            }
            converted.insert(action, pieces);
        }
        let mut edges = Vec::new();
        for (first, then) in std::mem::take(&mut work.edges) {
            let off = work.disabled.contains(&first) || work.disabled.contains(&then);
            match (cyclic.contains(&first), cyclic.contains(&then)) {
                _ if off => {}
                (true, true) => {}
                (true, false) => edges.extend(converted[&first].iter().map(|piece| (*piece, then))),
                (false, true) => edges.extend(converted[&then].iter().map(|piece| (first, *piece))),
                (false, false) => edges.push((first, then)),
            }
        }
        work.edges = edges;
        Ok(())
    }

    fn state_dependencies(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
        is_delete: bool,
        cyclic: &Set<Action>,
    ) -> OrmResult<()> {
        let dependency = (relationship.parent, relationship.attribute);
        let aggregate = Action::ProcessAll(dependency, is_delete);
        work.disabled.insert(aggregate);
        let parent_base = self.mapper(relationship.parent).base;
        let child_base = self.mapper(relationship.target).base;
        let child_in_cycle = cyclic.contains(&Action::SaveAll(child_base));
        let parent_in_cycle = cyclic.contains(&if is_delete {
            Action::DeleteAll(parent_base)
        } else {
            Action::SaveAll(parent_base)
        });
        for &state in states {
            if is_delete {
                self.know_members(hooks, work, relationship, state)?;
            }
            let history = self.object_history(state, relationship.attribute as usize);
            if history.is_empty() {
                continue;
            }
            let process = Action::ProcessState(dependency, is_delete, state);
            work.actions.insert(process);
            let parent = match (is_delete, parent_in_cycle) {
                (true, true) => Action::DeleteState(state),
                (true, false) => Action::DeleteAll(parent_base),
                (false, true) => Action::SaveState(state),
                (false, false) => Action::SaveAll(parent_base),
            };
            let mut children: Vec<(Option<Action>, bool)> = Vec::new();
            if child_in_cycle {
                let all = history.added.iter().chain(&history.unchanged).chain(&history.deleted);
                for child in all {
                    let role = child.as_ref().and_then(|child| {
                        work.states.get(&child.state).map(|role| (child.state, role.is_delete))
                    });
                    children.push(match role {
                        Some((child, true)) => (Some(Action::DeleteState(child)), true),
                        Some((child, false)) => (Some(Action::SaveState(child)), false),
                        None => (None, false),
                    });
                }
            } else {
                children.push((Some(Action::SaveAll(child_base)), false));
                children.push((Some(Action::DeleteAll(child_base)), true));
            }
            for (child, child_is_delete) in children {
                self.object_dependencies(
                    work,
                    relationship,
                    parent,
                    child,
                    process,
                    is_delete,
                    child_is_delete,
                );
            }
        }
        Ok(())
    }

    /// SQLAlchemy's order among actions that are free.
    fn sort_key(&self, action: Action) -> (&'static str, String, bool, u32) {
        let name = |mapper: MapperId| self.mapper(mapper).sort_key.clone();
        let named = |(mapper, attribute): Dependency| {
            format!(
                "{}_{}",
                self.mapper(mapper).sort_key,
                self.mapper(mapper).attributes[attribute as usize].key
            )
        };
        match action {
            Action::SaveAll(mapper) => ("SaveUpdateAll", name(mapper), false, 0),
            Action::DeleteAll(mapper) => ("DeleteAll", name(mapper), false, 0),
            Action::ProcessAll(dependency, is_delete) => ("ProcessAll", named(dependency), is_delete, 0),
            Action::PostUpdateAll(mapper, is_delete) => ("PostUpdateAll", name(mapper), is_delete, 0),
            Action::SaveState(state) => {
                ("ProcessState", name(self.mapper_of(state).base), false, self.states[state].insert_order)
            }
            Action::DeleteState(state) => {
                ("DeleteState", name(self.mapper_of(state).base), false, self.states[state].insert_order)
            }
            Action::ProcessState(dependency, is_delete, state) => {
                ("ProcessState", named(dependency), is_delete, self.states[state].insert_order)
            }
        }
    }

    /// Objects in the order in which their statements go out: pending ones as
    /// they were added, persistent ones by primary key.
    pub(super) fn sort_states(&self, states: &[StateId]) -> Vec<StateId> {
        let (mut pending, mut persistent): (Vec<StateId>, Vec<StateId>) =
            states.iter().partition(|id| self.states[**id].key.is_none());
        pending.sort_by_key(|id| self.states[*id].insert_order);
        persistent.sort_by(|a, b| match (&self.states[*a].key, &self.states[*b].key) {
            (Some(a), Some(b)) => compare_keys(a, b),
            _ => std::cmp::Ordering::Equal,
        });
        pending.extend(persistent);
        pending
    }

    /// Takes what was written for what is in the database.
    fn finish_flush(&mut self, work: &UnitOfWork) -> OrmResult<()> {
        for (&id, role) in &work.states {
            if role.is_delete {
                self.remove_newly_deleted(id);
            }
        }
        for (&id, role) in &work.states {
            if !role.is_delete {
                self.register_persistent(work.session, id)?;
            }
        }
        Ok(())
    }

    fn register_persistent(&mut self, session: SessionId, id: StateId) -> OrmResult<()> {
        let mapper = self.states[id].mapper;
        let columns = self.mapper(mapper).primary_key.clone();
        let values: Vec<Value> = columns.iter().map(|column| self.column_value(id, *column)).collect();
        if values.iter().all(Value::is_null) {
            return Err(OrmError::new(
                OrmErrorKind::Flush,
                format!(
                    "Instance {} has a NULL identity key.  If this is an auto-generated value, check that the database table allows generation of new primary key values, and that the mapped Column object is configured to expect these generated values.  Ensure also that this flush() is not occurring at an inappropriate time, such as within a load() event.",
                    self.describe(id)
                ),
            ));
        }
        let key = IdentityKey::new(self.mapper(mapper).identity, values);
        let was_pending = self.states[id].key.is_none();
        if let Some(old) = self.states[id].key.clone().filter(|old| *old != key) {
            self.session_mut(session).identity_map.shift_remove(&old);
            if let Some(level) = self.session_mut(session).transactions.last_mut() {
                level.key_switches.push((id, old));
            }
        }
        self.session_mut(session).identity_map.insert(key.clone(), id);
        let state = &mut self.states[id];
        state.key = Some(key);
        state.lifecycle = Lifecycle::Persistent;
        state.filled = true;
        if was_pending {
            self.lifecycle_later(OrmEventKind::PendingToPersistent, session, id);
        }
        self.note_written(session, id, was_pending);
        let held = self.session_mut(session).new.shift_remove(&id);
        self.commit_all(id);
        drop(held);
        Ok(())
    }
}

fn compare_keys(a: &IdentityKey, b: &IdentityKey) -> std::cmp::Ordering {
    for (KeyValue(a), KeyValue(b)) in a.values.iter().zip(b.values.iter()) {
        let order = match (a, b) {
            (Value::Int(a), Value::Int(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
            (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
            _ => std::cmp::Ordering::Equal,
        };
        if order.is_ne() {
            return order;
        }
    }
    std::cmp::Ordering::Equal
}
