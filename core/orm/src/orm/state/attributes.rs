//! Reading and changing attributes, with what follows from a change: history,
//! the mirror at the other end, cascade into the session.
//!
//! The order of what follows is SQLAlchemy's: cascade, mirror, history.
//! SQLAlchemy counterpart: `sqlalchemy.orm.attributes`,
//! `unitofwork.track_cascade_events`.

use std::rc::Rc;

use super::change_events::Change;
use super::{Committed, Lifecycle, Object, Slot};
use crate::orm::events::OrmEventKind;
use crate::orm::hooks::{Collection, Hooks};
use crate::orm::mapping::mapper::AttributeKind;
use crate::orm::mapping::relationship::Direction;
use crate::orm::{Orm, OrmResult};
use crate::types::{MapperId, StateId, Value};

/// The value of an attribute.
#[derive(Clone)]
pub enum AttributeValue {
    /// A column's.
    Value(Value),
    /// The object at the other end of a scalar relationship.
    Object(Option<Object>),
    /// The objects at the other end of a relationship.
    Collection(Rc<dyn Collection>),
    /// A collection that is never loaded as a whole.
    Queued,
}

/// How far a read may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passive {
    /// It may load.
    Off,
    /// It may ask the identity map.
    NoFetch,
    /// The same, and take what is expired there.
    NoRelated,
    /// It takes what is there.
    NoInitialize,
}

/// The attribute whose change began a chain of changes.
pub(crate) type Initiator = (MapperId, u32);

/// Marks the attribute of an initiator whose whole collection is replaced.
const REPLACEMENT: u32 = 1 << 31;

impl Orm {
    /// The value of an attribute; loads it where it has to.
    ///
    /// # Errors
    /// When it cannot be loaded: the object is in no session, its row is gone,
    /// the database refuses.
    pub fn get(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
    ) -> OrmResult<AttributeValue> {
        match &self.states[state].slots[attribute] {
            Slot::Value(value) => return Ok(AttributeValue::Value(value.clone())),
            _ if self.queued_relationship(state, attribute).is_some() => return Ok(AttributeValue::Queued),
            Slot::Object(object) => return Ok(AttributeValue::Object(object.as_deref().cloned())),
            Slot::Collection(collection) => return Ok(AttributeValue::Collection(Rc::clone(collection))),
            Slot::Empty => {}
        }
        if self.attribute_kind(state, attribute).is_value() {
            if self.is_unloaded(state, attribute) {
                self.load_expired(hooks, state)?;
            } else if self.is_left_out(state, attribute) {
                self.load_deferred(hooks, state, attribute)?;
            }
            return Ok(AttributeValue::Value(match &self.states[state].slots[attribute] {
                Slot::Value(value) => value.clone(),
                _ => Value::Null,
            }));
        }
        self.get_related(hooks, state, attribute)
    }

    fn get_related(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
    ) -> OrmResult<AttributeValue> {
        let uselist = self.mapper_of(state).relationship(attribute).is_some_and(|rel| rel.uselist);
        let has_row = self.states[state].key.is_some() && !self.states[state].is_settled(attribute);
        if has_row || self.loads_pending(state, attribute) {
            self.lazy_load(hooks, state, attribute)?;
            match &self.states[state].slots[attribute] {
                Slot::Object(object) => return Ok(AttributeValue::Object(object.as_deref().cloned())),
                Slot::Collection(collection) => return Ok(AttributeValue::Collection(Rc::clone(collection))),
                _ => {}
            }
        }
        if uselist {
            Ok(AttributeValue::Collection(self.collection(hooks, state, attribute)?))
        } else {
            Ok(AttributeValue::Object(None))
        }
    }

    /// Sets the value that tells the class of a new object's row.
    ///
    /// # Errors
    /// When there are no objects of just this class.
    pub fn set_discriminator(&mut self, state: StateId) -> OrmResult<()> {
        let polymorphic = &self.mapper_of(state).polymorphic;
        let Some(attribute) = polymorphic.attribute else { return Ok(()) };
        if polymorphic.identity.is_none() && polymorphic.is_abstract {
            return Err(crate::orm::error::OrmError::new(
                crate::orm::error::OrmErrorKind::InvalidRequest,
                format!(
                    "Can't instantiate class for {}; mapper is marked polymorphic_abstract=True",
                    self.mapper_name(self.states[state].mapper)
                ),
            ));
        }
        if let Some(identity) = polymorphic.identity.clone() {
            self.set_value(state, attribute as usize, identity);
        }
        Ok(())
    }

    /// Sets a column's value.
    pub fn set_value(&mut self, state: StateId, attribute: usize, value: Value) {
        let old = match &self.states[state].slots[attribute] {
            Slot::Value(old) => Committed::Value(old.clone()),
            _ => Committed::NoValue,
        };
        self.mark_modified(state, attribute, old);
        self.states[state].slots[attribute] = Slot::Value(value);
    }

    /// Sets what a relationship is taken to have in the database: no change.
    ///
    /// # Errors
    /// What user code raises.
    pub fn set_committed_related(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
        members: Vec<Object>,
    ) -> OrmResult<()> {
        let Some(relationship) = self.mapper_of(state).relationship(attribute).cloned() else {
            return Ok(());
        };
        let target = &mut self.states[state];
        target.committed.retain(|(at, _)| *at as usize != attribute);
        target.pending_changes.remove(&(attribute as u32));
        let old = std::mem::take(&mut target.slots[attribute]);
        drop(old);
        self.store_loaded(hooks, state, attribute, &relationship, members)
    }

    /// `flag_dirty()`: the object takes part in the next flush.
    pub fn flag_dirty(&mut self, state: StateId) {
        self.touch(state);
    }

    /// Keeps another form of the value that a column's attribute has.
    pub fn keep_form(&mut self, state: StateId, attribute: usize, value: Value) {
        if let Slot::Value(known) = &mut self.states[state].slots[attribute] {
            *known = value;
        }
    }

    /// Sets what a column's attribute is taken to have in the database: no change.
    pub fn set_committed_value(&mut self, state: StateId, attribute: usize, value: Value) {
        let target = &mut self.states[state];
        target.committed.retain(|(at, _)| *at as usize != attribute);
        target.expired_attributes.remove(attribute as u32);
        target.slots[attribute] = Slot::Value(value);
    }

    /// Sets the object at the other end of a scalar relationship.
    ///
    /// # Errors
    /// When the old one has to be loaded and cannot be.
    pub fn set_object(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
        value: Option<Object>,
    ) -> OrmResult<()> {
        let initiator = self.initiator(state, attribute);
        self.replace(hooks, state, attribute, value, initiator)
    }

    /// The class that declares an attribute, and its place.
    fn initiator(&self, state: StateId, attribute: usize) -> Initiator {
        (self.mapper_of(state).attributes[attribute].parent, attribute as u32)
    }

    fn replace(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
        value: Option<Object>,
        initiator: Initiator,
    ) -> OrmResult<()> {
        let Some(relationship) = self.mapper_of(state).relationship(attribute).cloned() else {
            return Ok(());
        };
        // The other side of a one-to-one must be known, to be let go.
        let passive =
            if relationship.direction == Direction::OneToMany { Passive::Off } else { Passive::NoFetch };
        let old = self.read_object(hooks, state, attribute, passive)?;
        let change = Change { kind: OrmEventKind::Set, owner: state, attribute, initiator };
        let value = self.validated(hooks, change, value, old.clone())?;
        let same = matches!((&old, &value), (Some(Some(a)), Some(b)) if a.state == b.state);
        let old_object = old.clone().flatten();
        if !same {
            if let Some(old) = &old_object {
                self.set_has_parent(old.state, (relationship.parent, relationship.attribute), false);
            }
            if let Some(value) = &value {
                self.cascade_into_session(hooks, state, &relationship, value, initiator)?;
            }
            if let Some(old) = &old_object {
                let noted = self.states[old.state].orphaned;
                self.expunge_pending_orphan(state, &relationship, old.state);
                // Only what is removed, and not what is replaced, is noted.
                self.states[old.state].orphaned = noted;
            }
            if let Some(reverse) = relationship.reverse {
                let came_from_there = (relationship.target, reverse) == initiator;
                let mirror_is_list = self
                    .mapper(relationship.target)
                    .relationship(reverse as usize)
                    .is_some_and(|rel| rel.uselist);
                // An append at one owner takes the member from the owner before.
                if let Some(old) = &old_object
                    && (!came_from_there || (value.is_some() && mirror_is_list))
                {
                    let own = (relationship.parent, relationship.attribute);
                    self.remove_from(hooks, old, reverse as usize, state, own)?;
                }
                if let (Some(value), false) = (&value, came_from_there) {
                    self.require_mirror(&relationship, value.state, reverse)?;
                    self.add_to(hooks, value, reverse as usize, state, initiator)?;
                }
            }
        }
        let value = self.changed(hooks, change, value, old.clone())?;
        let committed = match old {
            Some(old) => Committed::Object(old),
            None => Committed::NoValue,
        };
        self.mark_modified(state, attribute, committed);
        if let Some(value) = &value {
            self.set_has_parent(value.state, (relationship.parent, relationship.attribute), true);
        }
        self.states[state].slots[attribute] = Slot::Object(value.map(Box::new));
        Ok(())
    }

    /// The object of a scalar relationship, as far as `passive` allows; nothing
    /// where that does not tell.
    pub(crate) fn read_object(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
        passive: Passive,
    ) -> OrmResult<Option<Option<Object>>> {
        if let Slot::Object(object) = &self.states[state].slots[attribute] {
            return Ok(Some(object.as_deref().cloned()));
        }
        let nowhere = self.states[state].key.is_none() || self.states[state].is_settled(attribute);
        if nowhere || passive == Passive::NoInitialize {
            return Ok(None);
        }
        if passive == Passive::Off {
            if self.states[state].session.is_none() {
                return Ok(None);
            }
            self.lazy_load(hooks, state, attribute)?;
            return Ok(match &self.states[state].slots[attribute] {
                Slot::Object(object) => Some(object.as_deref().cloned()),
                _ => None,
            });
        }
        let found = self.related_in_identity_map(state, attribute);
        let known = found.as_ref().is_none_or(|found| {
            found
                .as_ref()
                .is_none_or(|object| passive == Passive::NoRelated || !self.states[object.state].expired)
        });
        let found = found.filter(|_| known);
        if let Some(found) = &found {
            // As in SQLAlchemy, that loads it.
            let target = &mut self.states[state];
            target.committed.retain(|(at, _)| *at as usize != attribute);
            target.expired = false;
            target.expired_attributes.remove(attribute as u32);
            target.slots[attribute] = Slot::Object(found.clone().map(Box::new));
        }
        Ok(found)
    }

    /// Has a collection get a member: called before the program's own
    /// collection takes it in.
    ///
    /// # Errors
    /// When something that must be loaded for it cannot be.
    pub fn collection_adds(
        &mut self,
        hooks: &mut dyn Hooks,
        owner: StateId,
        attribute: usize,
        member: &Object,
    ) -> OrmResult<Object> {
        let initiator = self.initiator(owner, attribute);
        self.fire_add(hooks, owner, attribute, member, initiator)
    }

    /// Has a collection lose a member: called before the program's own
    /// collection lets it go.
    ///
    /// # Errors
    /// When something that must be loaded for it cannot be.
    pub fn collection_removes(
        &mut self,
        hooks: &mut dyn Hooks,
        owner: StateId,
        attribute: usize,
        member: &Object,
    ) -> OrmResult<()> {
        let initiator = self.initiator(owner, attribute);
        self.fire_remove(hooks, owner, attribute, member, initiator)
    }

    /// Has a collection lose a member that is known only afterwards.
    pub fn collection_will_lose(&mut self, owner: StateId, attribute: usize) {
        self.remember_members(owner, attribute);
    }

    /// Replaces all members: those that stay fire no event. Gives the collection
    /// that was there.
    ///
    /// # Errors
    /// When the collection or something for it cannot be loaded.
    pub fn set_collection(
        &mut self,
        hooks: &mut dyn Hooks,
        owner: StateId,
        attribute: usize,
        members: Vec<Object>,
    ) -> OrmResult<Option<Rc<dyn Collection>>> {
        // An object that is new and has none yet would only get one to lose it again.
        let none_yet =
            self.states[owner].key.is_none() && matches!(self.states[owner].slots[attribute], Slot::Empty);
        let told = [OrmEventKind::InitCollection, OrmEventKind::DisposeCollection];
        let replaced = match none_yet && !told.into_iter().any(|kind| self.is_heard(kind)) {
            true => None,
            false => match self.get(hooks, owner, attribute)? {
                AttributeValue::Collection(collection) => Some(collection),
                _ => None,
            },
        };
        let old = replaced.as_ref().map(|collection| collection.items()).unwrap_or_default();
        self.mark_modified(owner, attribute, Committed::Items(old.clone()));
        let fresh = hooks.new_collection(self, owner, attribute)?;
        self.states[owner].empty_collections.remove(&(attribute as u32));
        self.states[owner].slots[attribute] = Slot::Collection(Rc::clone(&fresh));
        for member in &members {
            let is_new = !old.iter().any(|other| other.state == member.state);
            fresh.add(match is_new {
                true => self.collection_adds(hooks, owner, attribute, member)?,
                false => member.clone(),
            });
        }
        let mut gone: Vec<Object> = Vec::new();
        for member in &old {
            let is_in = |list: &[Object]| list.iter().any(|other| other.state == member.state);
            if !is_in(&members) && !is_in(&gone) {
                gone.push(member.clone());
            }
        }
        for member in &gone {
            // As in SQLAlchemy, the mirror does not see who began this.
            let (parent, at) = self.initiator(owner, attribute);
            let initiator = (parent, at | REPLACEMENT);
            self.fire_remove(hooks, owner, attribute, member, initiator)?;
        }
        Ok(replaced)
    }

    fn fire_add(
        &mut self,
        hooks: &mut dyn Hooks,
        owner: StateId,
        attribute: usize,
        member: &Object,
        initiator: Initiator,
    ) -> OrmResult<Object> {
        let Some(relationship) = self.mapper_of(owner).relationship(attribute).cloned() else {
            return Ok(member.clone());
        };
        self.settle_collection(owner, attribute);
        let change = Change { kind: OrmEventKind::Append, owner, attribute, initiator };
        let validated = self.validated(hooks, change, Some(member.clone()), None)?;
        let member = validated.unwrap_or_else(|| member.clone());
        self.cascade_into_session(hooks, owner, &relationship, &member, initiator)?;
        if let Some(reverse) = relationship.reverse
            && (relationship.target, reverse) != initiator
            && let Some(owner) = self.states.object(owner)
        {
            self.require_mirror(&relationship, member.state, reverse)?;
            self.add_to(hooks, &member, reverse as usize, owner.state, initiator)?;
        }
        let changed = self.changed(hooks, change, Some(member.clone()), None)?;
        let member = changed.unwrap_or(member);
        self.remember_members(owner, attribute);
        self.set_has_parent(member.state, (relationship.parent, relationship.attribute), true);
        Ok(member)
    }

    fn fire_remove(
        &mut self,
        hooks: &mut dyn Hooks,
        owner: StateId,
        attribute: usize,
        member: &Object,
        initiator: Initiator,
    ) -> OrmResult<()> {
        let Some(relationship) = self.mapper_of(owner).relationship(attribute).cloned() else {
            return Ok(());
        };
        self.settle_collection(owner, attribute);
        self.set_has_parent(member.state, (relationship.parent, relationship.attribute), false);
        let change = Change { kind: OrmEventKind::Remove, owner, attribute, initiator };
        self.validated(hooks, change, Some(member.clone()), None)?;
        self.expunge_pending_orphan(owner, &relationship, member.state);
        if let Some(reverse) = relationship.reverse
            && (relationship.target, reverse) != (initiator.0, initiator.1 & !REPLACEMENT)
            && !self.stays_as_another(owner, &relationship, member.state)
        {
            self.remove_from(hooks, member, reverse as usize, owner, initiator)?;
        }
        self.changed(hooks, change, Some(member.clone()), None)?;
        self.remember_members(owner, attribute);
        Ok(())
    }

    /// Whether a member stays in a list that has it more than once: then its mirror,
    /// which has one owner, keeps that.
    fn stays_as_another(
        &self,
        owner: StateId,
        relationship: &crate::orm::mapping::relationship::Relationship,
        member: StateId,
    ) -> bool {
        let mirror = relationship.reverse.and_then(|at| self.relationship(relationship.target, at as usize));
        if !relationship.uselist || mirror.is_none_or(|mirror| mirror.uselist) {
            return false;
        }
        match &self.states[owner].slots[relationship.attribute as usize] {
            Slot::Collection(collection) => {
                collection.items().iter().filter(|object| object.state == member).count() > 1
            }
            _ => false,
        }
    }

    /// Refuses a member whose class does not have the mirror attribute.
    fn require_mirror(
        &self,
        relationship: &crate::orm::mapping::relationship::Relationship,
        member: StateId,
        mirror: u32,
    ) -> OrmResult<()> {
        if self.is_a(self.states[member].mapper, relationship.target) {
            return Ok(());
        }
        let name = &self.mapper(relationship.target).attributes[mirror as usize].key;
        Err(crate::orm::error::OrmError::new(crate::orm::error::OrmErrorKind::Key, name.clone()))
    }

    /// Adds `other` to the mirror attribute of `object`.
    fn add_to(
        &mut self,
        hooks: &mut dyn Hooks,
        object: &Object,
        attribute: usize,
        other: StateId,
        initiator: Initiator,
    ) -> OrmResult<()> {
        let Some(other) = self.states.object(other) else { return Ok(()) };
        let uselist = self.mapper_of(object.state).relationship(attribute).is_some_and(|rel| rel.uselist);
        if !uselist {
            return self.replace(hooks, object.state, attribute, Some(other), initiator);
        }
        let collection = self.loaded_collection(hooks, object.state, attribute)?;
        let other = self.fire_add(hooks, object.state, attribute, &other, initiator)?;
        match collection {
            Some(collection) => collection.add(other),
            None => {
                let changes = self.states[object.state].pending_changes.or_default(attribute as u32);
                match changes.removed.iter().position(|removed| removed.state == other.state) {
                    Some(at) => drop(changes.removed.remove(at)),
                    None => changes.added.push(other),
                }
            }
        }
        Ok(())
    }

    /// Takes `other` out of the mirror attribute of `object`.
    fn remove_from(
        &mut self,
        hooks: &mut dyn Hooks,
        object: &Object,
        attribute: usize,
        other: StateId,
        initiator: Initiator,
    ) -> OrmResult<()> {
        let uselist = self.mapper_of(object.state).relationship(attribute).is_some_and(|rel| rel.uselist);
        if !uselist {
            let current = self.read_object(hooks, object.state, attribute, Passive::NoFetch)?;
            let state = &self.states[object.state];
            // What it is may not be known; then it is taken away all the same.
            let unknown = current.is_none() && state.key.is_some() && !state.is_settled(attribute);
            if unknown || current.flatten().is_some_and(|current| current.state == other) {
                return self.replace(hooks, object.state, attribute, None, initiator);
            }
            return Ok(());
        }
        let Some(other) = self.states.object(other) else { return Ok(()) };
        match self.loaded_collection(hooks, object.state, attribute)? {
            Some(collection) => {
                self.fire_remove(hooks, object.state, attribute, &other, initiator)?;
                collection.remove(other.state);
            }
            None => {
                self.fire_remove(hooks, object.state, attribute, &other, initiator)?;
                let changes = self.states[object.state].pending_changes.or_default(attribute as u32);
                match changes.added.iter().position(|added| added.state == other.state) {
                    Some(at) => drop(changes.added.remove(at)),
                    None => changes.removed.push(other),
                }
            }
        }
        Ok(())
    }

    /// The collection that is there; an object without a row gets an empty one.
    fn loaded_collection(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
    ) -> OrmResult<Option<Rc<dyn Collection>>> {
        if let Slot::Collection(collection) = &self.states[state].slots[attribute] {
            return Ok(Some(Rc::clone(collection)));
        }
        if self.states[state].key.is_some() || self.queued_relationship(state, attribute).is_some() {
            return Ok(None);
        }
        self.collection(hooks, state, attribute).map(Some)
    }

    /// The collection of an attribute; where there is none, an empty one, which is
    /// no value of the attribute until something is put into it.
    pub(crate) fn collection(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
    ) -> OrmResult<Rc<dyn Collection>> {
        if let Some(collection) = self.states[state].collection(attribute) {
            return Ok(Rc::clone(collection));
        }
        let fresh = hooks.new_collection(self, state, attribute)?;
        self.states[state].empty_collections.insert(attribute as u32, Rc::clone(&fresh));
        Ok(fresh)
    }

    /// Makes the empty collection of an attribute its value.
    fn settle_collection(&mut self, state: StateId, attribute: usize) {
        let state = &mut self.states[state];
        if let Some(collection) = state.empty_collections.remove(&(attribute as u32))
            && matches!(state.slots[attribute], Slot::Empty)
        {
            state.slots[attribute] = Slot::Collection(collection);
        }
    }

    fn cascade_into_session(
        &mut self,
        hooks: &mut dyn Hooks,
        owner: StateId,
        relationship: &crate::orm::mapping::relationship::Relationship,
        member: &Object,
        initiator: Initiator,
    ) -> OrmResult<()> {
        let Some(session) = self.states[owner].session else { return Ok(()) };
        // Since 2.0 a change that came in through the mirror does not cascade.
        let own = initiator == (relationship.parent, relationship.attribute) || self.legacy;
        if own && relationship.cascade.save_update && !self.contains(session, member.state) {
            self.add_cascading(hooks, session, member)?;
        }
        Ok(())
    }

    /// A pending object that lost its only parent leaves the session, with what it
    /// cascades to. Without a session of the parent's, it is only noted.
    fn expunge_pending_orphan(
        &mut self,
        owner: StateId,
        relationship: &crate::orm::mapping::relationship::Relationship,
        member: StateId,
    ) {
        if !relationship.cascade.delete_orphan || !self.is_orphan(member) {
            return;
        }
        let session = self.states[owner].session;
        match session.filter(|session| self.session(*session).new.contains_key(&member)) {
            Some(session) => self.expunge_cascading(session, member),
            None => self.states[member].orphaned = true,
        }
    }

    /// Whether an object lacks every parent that its mapping wants it to have.
    pub(crate) fn is_orphan(&self, state: StateId) -> bool {
        let mapper = self.states[state].mapper;
        let mut wanted = false;
        let legacy = self.mapper(mapper).options.legacy_is_orphan;
        for (at, parent) in self.mappers.iter().enumerate() {
            for relationship in parent.relationships() {
                let declared = relationship.parent.index() == at && !parent.disposed;
                if declared && relationship.cascade.delete_orphan && self.is_a(mapper, relationship.target) {
                    wanted = true;
                    let held = self.has_parent(state, (relationship.parent, relationship.attribute));
                    if held == legacy {
                        return !held;
                    }
                }
            }
        }
        wanted && legacy
    }

    pub(crate) fn has_parent(&self, state: StateId, relationship: (MapperId, u32)) -> bool {
        let known = self.states[state].parents.get(&relationship).copied();
        // A row that was loaded is taken to have the parents that it needs.
        known.unwrap_or(self.states[state].key.is_some())
    }

    pub(crate) fn set_has_parent(&mut self, state: StateId, relationship: (MapperId, u32), has: bool) {
        self.states[state].parents.insert(relationship, has);
    }

    /// Notes a collection's members before the program's own collection loses
    /// one that is not known yet.
    pub fn collection_changes(&mut self, owner: StateId, attribute: usize) {
        self.remember_members(owner, attribute);
    }

    fn remember_members(&mut self, state: StateId, attribute: usize) {
        let committed = match &self.states[state].slots[attribute] {
            Slot::Collection(collection) => Committed::Items(collection.items()),
            _ => Committed::NoValue,
        };
        self.mark_modified(state, attribute, committed);
    }

    /// Notes that an attribute changes, and what it was.
    pub(crate) fn mark_modified(&mut self, state: StateId, attribute: usize, was: Committed) {
        let target = &mut self.states[state];
        if target.committed(attribute).is_none() {
            target.committed.push((attribute as u32, was));
        }
        self.touch(state);
    }

    /// Notes that an object is modified.
    fn touch(&mut self, state: StateId) {
        let target = &mut self.states[state];
        if target.modified {
            return;
        }
        target.modified = true;
        if let (Some(session), Lifecycle::Persistent) = (target.session, target.lifecycle) {
            self.states.pin(state);
            self.session_mut(session).modified.insert(state);
            self.autobegin(session);
        }
    }

    /// Gives the living objects of a class and of those below it one more, empty place.
    pub(crate) fn add_place_to_states(&mut self, base: MapperId) {
        for state in self.states.living() {
            if self.mapper_of(state).base == base {
                self.states[state].slots.push(Slot::Empty);
            }
        }
    }

    pub(crate) fn attribute_kind(&self, state: StateId, attribute: usize) -> &AttributeKind {
        &self.mapper_of(state).attributes[attribute].kind
    }

    /// Whether a column of a row was deferred, and is still to be loaded.
    fn is_left_out(&self, id: StateId, attribute: usize) -> bool {
        let state = &self.states[id];
        let said = |shape: &Rc<crate::orm::loading::shape::Shape>| {
            shape.deferred.iter().any(|(at, _)| *at as usize == attribute)
        };
        state.key.is_some()
            && matches!(state.slots[attribute], Slot::Empty)
            && (self.mapper_of(id).attributes[attribute].deferred || state.shape.as_ref().is_some_and(said))
    }

    /// Whether a column of a row is still to be loaded.
    pub(crate) fn is_unloaded(&self, state: StateId, attribute: usize) -> bool {
        let state = &self.states[state];
        matches!(state.slots[attribute], Slot::Empty) && state.expired_attributes.contains(attribute as u32)
    }
}
