//! What each kind of relationship does in a flush: which objects it draws in,
//! what must come first, which keys it copies.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.dependency`.

use super::unitofwork::{Action, UnitOfWork};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::mapping::relationship::{Direction, Relationship};
use crate::orm::state::attributes::Passive;
use crate::orm::state::cascading::Verb;
use crate::orm::state::{Lifecycle, Object};
use crate::orm::{Orm, OrmResult};
use crate::types::StateId;

impl Orm {
    /// Loads the members that a deleted parent has, unless it is told not to;
    /// a preview notes that it would.
    pub(crate) fn know_members(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        state: StateId,
    ) -> OrmResult<()> {
        if relationship.options.passive_deletes {
            return Ok(());
        }
        let attribute = relationship.attribute as usize;
        let needs = match relationship.direction {
            Direction::ManyToOne => relationship.cascade.delete || relationship.cascade.delete_orphan,
            _ => true,
        };
        if !needs {
            return Ok(());
        }
        let passive = if work.may_load { Passive::Off } else { Passive::NoInitialize };
        if !self.ensure_related(hooks, state, attribute, passive)? {
            work.unknown.push((state, (relationship.parent, relationship.attribute)));
        }
        Ok(())
    }

    /// Loads the members of a parent whose key changes; a preview notes that it would.
    pub(crate) fn know_members_for_keys(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        state: StateId,
    ) -> OrmResult<()> {
        let passive = if work.may_load { Passive::Off } else { Passive::NoInitialize };
        if !self.ensure_related(hooks, state, relationship.attribute as usize, passive)? {
            work.unknown.push((state, (relationship.parent, relationship.attribute)));
        }
        Ok(())
    }

    /// Loads the keys by which a deleted object refers to another, and the other one
    /// as far as the identity map has it.
    pub(super) fn know_reference(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &UnitOfWork,
        relationship: &Relationship,
        state: StateId,
    ) -> OrmResult<()> {
        let fetches = work.may_load && !relationship.options.passive_deletes;
        let attribute = relationship.attribute as usize;
        if relationship.direction != Direction::ManyToOne
            || !fetches
            || !relationship.use_get
            || self.states[state].is_settled(attribute)
        {
            return Ok(());
        }
        for (_, own) in &relationship.pairs {
            self.loaded_value(hooks, state, *own)?;
        }
        self.read_object(hooks, state, attribute, Passive::NoRelated).map(drop)
    }

    /// Draws in what the deletion of parents concerns.
    pub(crate) fn presort_deletes(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let attribute = relationship.attribute as usize;
        let dependency = (relationship.parent, relationship.attribute);
        let cascade = relationship.cascade;
        for &state in states {
            self.know_members(hooks, work, relationship, state)?;
            let history = self.object_history(state, attribute);
            match relationship.direction {
                Direction::OneToMany => {
                    for child in history.deleted.into_iter().flatten() {
                        if !self.has_parent(child.state, dependency) {
                            self.register(work, child.state, cascade.delete_orphan, false);
                        }
                    }
                    if !cascade.delete && !relationship.options.passive_deletes_all {
                        for child in history.unchanged.into_iter().flatten() {
                            self.register_along(work, child.state, relationship, Draws::because("delete"));
                        }
                    }
                }
                Direction::ManyToOne => {
                    if cascade.delete || cascade.delete_orphan {
                        let kept = history.added.into_iter().chain(history.unchanged);
                        let gone = history.deleted.into_iter().filter(|_| cascade.delete_orphan);
                        for child in kept.chain(gone).flatten() {
                            self.register_deleted(work, &child, relationship);
                        }
                    }
                }
                Direction::ManyToMany => {}
            }
        }
        Ok(())
    }

    /// Draws in what the saving of parents concerns.
    pub(crate) fn presort_saves(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let attribute = relationship.attribute as usize;
        let dependency = (relationship.parent, relationship.attribute);
        let options = relationship.options;
        for &state in states {
            if relationship.direction == Direction::ManyToOne {
                // The object itself must be written when what it refers to changes.
                self.register_along(work, state, relationship, Draws::because("add"));
            }
            let follows = relationship.direction != Direction::ManyToOne
                && self.key_changed(work, state, &relationship.pairs);
            if follows && !options.passive_updates {
                self.know_members_for_keys(hooks, work, relationship, state)?;
            }
            let history = self.object_history(state, attribute);
            let gone = history.deleted.into_iter().flatten();
            if relationship.direction != Direction::OneToMany {
                for child in gone.filter(|_| relationship.cascade.delete_orphan) {
                    if !self.has_parent(child.state, dependency) {
                        self.register_deleted(work, &child, relationship);
                    }
                }
                continue;
            }
            for child in history.added.iter().flatten() {
                let draws = Draws { cancel_delete: true, ..Draws::because("add") };
                self.register_along(work, child.state, relationship, draws);
                work.children_added.entry(dependency).or_default().insert(child.state);
            }
            for child in gone {
                if relationship.cascade.delete_orphan {
                    if !self.has_parent(child.state, dependency) {
                        self.register_deleted(work, &child, relationship);
                    }
                } else if !options.passive_deletes_all {
                    self.register_along(work, child.state, relationship, Draws::because("delete"));
                }
            }
            if follows {
                for child in history.unchanged.into_iter().flatten() {
                    let draws = Draws { list_only: options.passive_updates, ..Draws::because("pk change") };
                    self.register_along(work, child.state, relationship, draws);
                }
            }
        }
        Ok(())
    }

    fn register_deleted(&mut self, work: &mut UnitOfWork, object: &Object, relationship: &Relationship) {
        let draws = Draws { is_delete: true, ..Draws::because("delete") };
        self.register_along(work, object.state, relationship, draws);
        for related in self.cascade(object.state, Verb::Delete) {
            self.register(work, related.state, true, false);
        }
    }

    /// Has an object take part in the flush since a relationship wants it to;
    /// one outside of the session is only warned of.
    fn register_along(
        &mut self,
        work: &mut UnitOfWork,
        state: StateId,
        relationship: &Relationship,
        draws: Draws,
    ) {
        if !self.is_held(work.session, state) {
            if self.states[state].lifecycle != Lifecycle::Deleted && work.may_load {
                let name = self.attribute_name(relationship.parent, relationship.attribute);
                self.warnings.push(format!(
                    "Object of type <{}> not in session, {} operation along '{name}' will not proceed",
                    self.mapper_of(state).class_name,
                    draws.operation
                ));
            }
            return;
        }
        self.register_as(work, state, draws.is_delete, draws.list_only, draws.cancel_delete);
    }

    /// Whether an object is in a session, and not gone from its database.
    pub(crate) fn is_held(&self, session: crate::types::SessionId, state: StateId) -> bool {
        self.contains(session, state)
    }

    /// The objects that refer to others whose keys changed get the new keys.
    pub(crate) fn follow_key_switches(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let mut switched = Vec::new();
        for &state in states {
            if self.states[state].key.is_some() && self.key_changed(work, state, &relationship.pairs) {
                switched.push(state);
            }
        }
        if switched.is_empty() {
            return Ok(());
        }
        let attribute = relationship.attribute as usize;
        let passive_updates = relationship.options.passive_updates;
        for id in self.session(work.session).persistent() {
            if !self.is_a(self.states[id].mapper, relationship.parent) {
                continue;
            }
            let passive = match (passive_updates, work.may_load) {
                (false, true) => Passive::Off,
                _ => Passive::NoInitialize,
            };
            let related = self.read_object(hooks, id, attribute, passive)?;
            if related.is_none() && !passive_updates && !work.may_load {
                work.unknown.push((id, (relationship.parent, relationship.attribute)));
            }
            let Some(related) = related.flatten().filter(|related| switched.contains(&related.state)) else {
                continue;
            };
            self.register_as(work, id, false, passive_updates, false);
            self.populate_keys(hooks, work, related.state, id, &relationship.pairs, passive_updates)?;
        }
        Ok(())
    }

    /// Refuses an object of a class that the other end cannot load.
    pub(crate) fn verify_class(&self, relationship: &Relationship, child: StateId) -> OrmResult<()> {
        let (own, target) = (self.states[child].mapper, relationship.target);
        let is_below = self.is_a(own, target);
        if own == target || is_below && self.mapper(target).polymorphic.on.is_some() {
            return Ok(());
        }
        let (given, expected) = (self.class_repr(own), self.class_repr(target));
        let collection = self.attribute_name(relationship.parent, relationship.attribute);
        let mut message = format!(
            "Attempting to flush an item of type {given} as a member of collection \"{collection}\". Expected an object of type {expected} or a polymorphic subclass of this type."
        );
        if is_below {
            message.push_str(&format!(
                " If {given} is a subclass of {expected}, configure mapper \"{}\" to load this subtype polymorphically, or set enable_typechecks=False to allow any subtype to be accepted for flush. ",
                self.mapper_name(target)
            ));
        }
        Err(OrmError::new(OrmErrorKind::Flush, message))
    }

    /// What must come before what, by class.
    pub(crate) fn class_dependencies(&self, work: &mut UnitOfWork, relationship: &Relationship) {
        let dependency = (relationship.parent, relationship.attribute);
        let after_save = Action::ProcessAll(dependency, false);
        let before_delete = Action::ProcessAll(dependency, true);
        let parent_base = self.mapper(relationship.parent).base;
        let child_base = self.mapper(relationship.target).base;
        let parent_saves = Action::SaveAll(parent_base);
        let parent_deletes = Action::DeleteAll(parent_base);
        let child_saves = Action::SaveAll(child_base);
        let child_deletes = Action::DeleteAll(child_base);
        let edges: Vec<(Action, Action)> = match (relationship.direction, relationship.options.post_update) {
            (Direction::OneToMany, false) => vec![
                (parent_saves, after_save),
                (after_save, child_saves),
                (after_save, child_deletes),
                (child_saves, parent_deletes),
                (child_deletes, parent_deletes),
                (before_delete, child_saves),
                (before_delete, child_deletes),
            ],
            (Direction::OneToMany, true) => {
                let post = Action::PostUpdateAll(child_base, false);
                let pre = Action::PostUpdateAll(child_base, true);
                vec![
                    (child_saves, after_save),
                    (parent_saves, after_save),
                    (after_save, post),
                    (child_saves, before_delete),
                    (before_delete, post),
                    (post, parent_deletes),
                    (before_delete, pre),
                    (pre, parent_deletes),
                    (pre, child_deletes),
                ]
            }
            (Direction::ManyToOne, false) => vec![
                (child_saves, after_save),
                (after_save, parent_saves),
                (parent_saves, child_deletes),
                (parent_deletes, child_deletes),
            ],
            (Direction::ManyToOne, true) => {
                let post = Action::PostUpdateAll(parent_base, false);
                let pre = Action::PostUpdateAll(parent_base, true);
                vec![
                    (child_saves, after_save),
                    (parent_saves, after_save),
                    (after_save, post),
                    (after_save, pre),
                    (before_delete, pre),
                    (pre, child_deletes),
                    (pre, parent_deletes),
                ]
            }
            (Direction::ManyToMany, _) => vec![
                (parent_saves, after_save),
                (child_saves, after_save),
                (after_save, child_deletes),
                (before_delete, parent_saves),
                (before_delete, parent_deletes),
                (before_delete, child_deletes),
                (before_delete, child_saves),
            ],
        };
        for (first, then) in edges {
            work.order(first, then);
        }
    }

    /// What must come before what, for one parent and one child.
    #[allow(clippy::too_many_arguments)] // the actions that may depend on each other
    pub(crate) fn object_dependencies(
        &self,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        parent: Action,
        child: Option<Action>,
        process: Action,
        is_delete: bool,
        child_is_delete: bool,
    ) {
        let mut order = |first: Option<Action>, then: Option<Action>| {
            if let (Some(first), Some(then)) = (first, then) {
                work.order(first, then);
            }
        };
        let (parent, process) = (Some(parent), Some(process));
        if relationship.options.post_update && relationship.direction != Direction::ManyToMany {
            let holder = match relationship.direction {
                Direction::ManyToOne => self.mapper(relationship.parent).base,
                _ => self.mapper(relationship.target).base,
            };
            let update = Some(Action::PostUpdateAll(holder, is_delete));
            if is_delete {
                order(process, update);
                order(update, parent);
                order(update, child);
            } else {
                order(parent, process);
                if child_is_delete {
                    order(update, child);
                } else {
                    order(child, process);
                }
                order(process, update);
            }
            return;
        }
        match (relationship.direction, is_delete) {
            (Direction::OneToMany, false) => {
                order(parent, process);
                order(process, child);
            }
            (Direction::OneToMany, true) => {
                order(process, child);
                order(child, parent);
            }
            (Direction::ManyToOne, false) => {
                if !child_is_delete {
                    order(child, process);
                }
                order(process, parent);
            }
            (Direction::ManyToOne, true) => {
                if child_is_delete {
                    order(parent, child);
                }
            }
            (Direction::ManyToMany, false) => {
                order(parent, process);
                if child_is_delete { order(process, child) } else { order(child, process) }
            }
            (Direction::ManyToMany, true) => {
                order(process, child);
                order(process, parent);
            }
        }
    }

    /// Copies keys along a relationship for saved parents.
    pub(crate) fn process_saves(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let attribute = relationship.attribute as usize;
        let dependency = (relationship.parent, relationship.attribute);
        let options = relationship.options;
        let pairs = &relationship.pairs;
        if relationship.direction == Direction::ManyToMany {
            return self.save_associations(hooks, work, relationship, states);
        }
        for &state in states {
            let history = self.object_history(state, attribute);
            if relationship.direction == Direction::ManyToOne {
                if !history.has_changes() {
                    continue;
                }
                if options.post_update || !work.is_deleted(state) {
                    match history.added.into_iter().next().flatten() {
                        Some(child) if !self.is_held(work.session, child.state) => {
                            self.warn_absent(relationship, child.state, "add");
                        }
                        Some(child) => {
                            self.verify_class(relationship, child.state)?;
                            self.populate_keys(hooks, work, child.state, state, pairs, false)?;
                        }
                        None => self.clear_keys(hooks, state, pairs)?,
                    }
                }
                self.note_post_update(work, relationship, relationship.parent, state);
                continue;
            }
            for child in history.added.into_iter().flatten() {
                self.verify_class(relationship, child.state)?;
                if options.post_update || !work.is_deleted(child.state) {
                    self.populate_keys(hooks, work, state, child.state, pairs, false)?;
                }
                self.note_post_update(work, relationship, relationship.target, child.state);
            }
            for child in history.deleted.into_iter().flatten() {
                let nulls = !relationship.cascade.delete_orphan
                    && !options.passive_deletes_all
                    && !self.has_parent(child.state, dependency);
                if nulls && (options.post_update || !work.is_deleted(child.state)) {
                    self.clear_keys(hooks, child.state, pairs)?;
                }
            }
            if self.key_changed(work, state, pairs) {
                for child in history.unchanged.into_iter().flatten() {
                    if options.post_update || !work.is_deleted(child.state) {
                        self.populate_keys(hooks, work, state, child.state, pairs, options.passive_updates)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Clears keys along a relationship for deleted parents.
    pub(crate) fn process_deletes(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let attribute = relationship.attribute as usize;
        let dependency = (relationship.parent, relationship.attribute);
        let options = relationship.options;
        let pairs = &relationship.pairs;
        match relationship.direction {
            Direction::OneToMany if options.post_update || !options.passive_deletes_all => {
                for &state in states {
                    let history = self.object_history(state, attribute);
                    let mut cleared: Vec<Object> = history.deleted.into_iter().flatten().collect();
                    cleared.retain(|child| !self.has_parent(child.state, dependency));
                    if options.post_update || !relationship.cascade.delete {
                        let added = work.children_added.get(&dependency).cloned().unwrap_or_default();
                        let kept = history.unchanged.into_iter().flatten();
                        cleared.extend(kept.filter(|child| !added.contains(&child.state)));
                    }
                    for child in cleared {
                        if options.post_update || !work.is_deleted(child.state) {
                            self.clear_keys(hooks, child.state, pairs)?;
                        }
                        self.note_post_update(work, relationship, relationship.target, child.state);
                    }
                }
            }
            Direction::ManyToOne => {
                let clears = options.post_update
                    && !relationship.cascade.delete_orphan
                    && !options.passive_deletes_all;
                for &state in states.iter().filter(|_| clears) {
                    self.clear_keys(hooks, state, pairs)?;
                    let history = self.object_history(state, attribute);
                    let mut all = history.added.into_iter().chain(history.unchanged).chain(history.deleted);
                    if all.any(|related| related.is_some()) {
                        self.note_post_update(work, relationship, relationship.parent, state);
                    }
                }
            }
            Direction::ManyToMany => return self.delete_associations(hooks, work, relationship, states),
            Direction::OneToMany => {}
        }
        Ok(())
    }

    /// Warns of an object outside of the session that a relationship reaches.
    pub(crate) fn warn_absent(&mut self, relationship: &Relationship, child: StateId, operation: &str) {
        let name = self.attribute_name(relationship.parent, relationship.attribute);
        self.warnings.push(format!(
            "Object of type <{}> not in session, {operation} operation along '{name}' won't proceed",
            self.mapper_of(child).class_name
        ));
    }

    fn note_post_update(
        &self,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        mapper: crate::types::MapperId,
        state: StateId,
    ) {
        if relationship.options.post_update {
            let (states, columns) = work.post_updates.entry(self.mapper(mapper).base).or_default();
            states.insert(state);
            columns.extend(relationship.pairs.iter().map(|(_, foreign)| *foreign));
        }
    }
}

/// How a relationship draws an object into a flush.
struct Draws {
    operation: &'static str,
    is_delete: bool,
    list_only: bool,
    cancel_delete: bool,
}

impl Draws {
    fn because(operation: &'static str) -> Draws {
        Draws { operation, is_delete: false, list_only: false, cancel_delete: false }
    }
}
