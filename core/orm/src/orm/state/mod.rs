//! The state of each mapped object.
//!
//! States live in an arena that outlives single sessions. The program's object
//! is held weakly, except while the state waits in a session to be flushed.
//! SQLAlchemy counterpart: `sqlalchemy.orm.state`.

pub(crate) mod attributes;
pub(crate) mod cascading;
pub(crate) mod change_events;
pub(crate) mod cycles;
pub(crate) mod deleting;
pub(crate) mod history;
pub(crate) mod identity;
mod marks;
pub(crate) mod pending;
pub(crate) mod queued;
pub(crate) mod sql_value;
pub(crate) mod was;

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::ops::{Index, IndexMut};
use std::rc::{Rc, Weak};

use rustc_hash::FxHashMap;
use thin_vec::{ThinVec, thin_vec};

use self::identity::IdentityKey;
use self::marks::Marks;
use crate::orm::hooks::Collection;
use crate::types::{MapperId, NumberSet, SessionId, SmallMap, StateId, Value};

/// A mapped object: its state, and the program's object, which it keeps alive.
#[derive(Clone)]
pub struct Object {
    /// Its state.
    pub state: StateId,
    /// The program's object.
    pub owner: Rc<dyn Any>,
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({})", self.state.0)
    }
}

/// Where an object stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lifecycle {
    /// In no session, no row.
    Transient,
    /// In a session, to be inserted.
    Pending,
    /// In a session, has a row.
    Persistent,
    /// In a session, its row was deleted in this transaction.
    Deleted,
    /// In no session, had a row.
    Detached,
}

/// The value of one attribute.
#[derive(Clone, Default)]
pub enum Slot {
    /// Nothing: never set, not loaded, or expired.
    #[default]
    Empty,
    /// A column's value.
    Value(Value),
    /// The object at the other end of a scalar relationship; apart, so that a slot
    /// is no larger than a value.
    Object(Option<Box<Object>>),
    /// The objects at the other end of a relationship.
    Collection(Rc<dyn Collection>),
}

/// What an attribute was before it changed.
#[derive(Clone)]
pub(crate) enum Committed {
    /// It had no value that is known.
    NoValue,
    /// A column's value.
    Value(Value),
    /// The related object.
    Object(Option<Object>),
    /// The members of the collection.
    Items(Vec<Object>),
}

/// Changes of a collection that is not loaded.
#[derive(Clone, Default)]
pub(crate) struct PendingChanges {
    pub(crate) added: Vec<Object>,
    pub(crate) removed: Vec<Object>,
}

/// The state of one mapped object.
#[derive(Clone)]
pub struct State {
    /// Its mapper.
    pub mapper: MapperId,
    /// The attributes' values, in the order of the mapper's attributes.
    pub slots: ThinVec<Slot>,
    /// Where it stands.
    pub lifecycle: Lifecycle,
    /// Its identity, once it has one.
    pub key: Option<IdentityKey>,
    /// The session it is in.
    pub session: Option<SessionId>,
    /// Whether all of it is to be loaded again.
    pub expired: bool,
    /// The attributes to be loaded again.
    pub expired_attributes: NumberSet,
    /// Whether it is detached because its row was deleted.
    pub was_deleted: bool,
    /// Whether something changed since the last flush.
    pub modified: bool,
    /// Whether a row has filled it, or it has become one.
    pub(crate) filled: bool,
    /// Whether a parent let it go outside of the session that it is added to.
    pub(crate) orphaned: bool,
    /// How the query that loaded it said that its attributes are loaded.
    pub(crate) shape: Option<Rc<crate::orm::loading::shape::Shape>>,
    /// A number that grows with each state, from 1.
    pub serial: u32,
    /// The order of `session.add` among pending objects.
    pub(crate) insert_order: u32,
    pub(crate) committed: ThinVec<(u32, Committed)>,
    pub(crate) pending_changes: SmallMap<u32, PendingChanges>,
    /// Collections that were asked for, and that nothing was put into yet.
    pub(crate) empty_collections: SmallMap<u32, Rc<dyn Collection>>,
    /// Whether its relationships are loaded though it has no row.
    pub(crate) load_pending: bool,
    /// By relationship of a parent class (mapper, attribute): whether a parent
    /// holds it.
    pub(crate) parents: SmallMap<(MapperId, u32), bool>,
    owner: Weak<dyn Any>,
    pin: Option<Rc<dyn Any>>,
}

impl State {
    pub(crate) fn committed(&self, attribute: usize) -> Option<&Committed> {
        self.committed.iter().find(|(at, _)| *at as usize == attribute).map(|(_, value)| value)
    }

    /// Whether an attribute has a value, or its value was deleted: nothing is loaded
    /// for it then.
    pub(crate) fn is_settled(&self, attribute: usize) -> bool {
        let known = |committed: &Committed| !matches!(committed, Committed::NoValue);
        !matches!(self.slots[attribute], Slot::Empty) || self.committed(attribute).is_some_and(known)
    }

    /// Whether an attribute has no value and was not changed either.
    pub(crate) fn is_unknown(&self, attribute: u32) -> bool {
        matches!(self.slots[attribute as usize], Slot::Empty) && self.committed(attribute as usize).is_none()
    }

    /// The collection that the program has of an attribute.
    pub fn collection(&self, attribute: usize) -> Option<&Rc<dyn Collection>> {
        match &self.slots[attribute] {
            Slot::Collection(collection) => Some(collection),
            _ => self.empty_collections.get(&(attribute as u32)),
        }
    }

    /// Whether an attribute was changed since the last flush.
    pub fn has_changed(&self, attribute: usize) -> bool {
        self.committed(attribute).is_some()
    }

    /// The address of the program's object, for messages.
    pub(crate) fn address(&self) -> usize {
        self.owner.as_ptr().cast::<()>() as usize
    }

    /// The program's object, while it lives.
    pub fn owner(&self) -> Option<Rc<dyn Any>> {
        self.owner.upgrade()
    }

    /// Whether it is in a session's identity map.
    pub fn is_persistent(&self) -> bool {
        self.lifecycle == Lifecycle::Persistent
    }
}

/// Every state, by id.
#[derive(Default)]
pub struct States {
    states: Vec<Option<Box<State>>>,
    free: Vec<u32>,
    made: u32,
    graveyard: Rc<RefCell<Vec<StateId>>>,
    changed: Marks,
    /// What states were before they were changed, while that is to be undone.
    journal: Option<FxHashMap<StateId, Box<State>>>,
}

impl States {
    /// A new transient state for an object that is still to be made.
    pub fn create(&mut self, mapper: MapperId, attributes: usize) -> StateId {
        self.made += 1;
        let state = Box::new(State {
            mapper,
            slots: thin_vec![Slot::Empty; attributes],
            lifecycle: Lifecycle::Transient,
            key: None,
            session: None,
            expired: false,
            expired_attributes: NumberSet::default(),
            was_deleted: false,
            modified: false,
            filled: false,
            orphaned: false,
            shape: None,
            serial: self.made,
            insert_order: 0,
            committed: ThinVec::new(),
            pending_changes: SmallMap::default(),
            empty_collections: SmallMap::default(),
            load_pending: false,
            parents: SmallMap::default(),
            owner: Weak::<()>::new(),
            pin: None,
        });
        let id = match self.free.pop() {
            Some(place) => {
                self.states[place as usize] = Some(state);
                StateId(place)
            }
            None => {
                self.states.push(Some(state));
                StateId((self.states.len() - 1) as u32)
            }
        };
        self.changed.insert(id);
        id
    }

    /// Tells a state which object of the program it belongs to.
    pub fn set_owner(&mut self, id: StateId, owner: &Rc<dyn Any>) {
        self[id].owner = Rc::downgrade(owner);
    }

    /// The object of a state, while the program's object lives.
    pub fn object(&self, id: StateId) -> Option<Object> {
        self.get(id)?.owner().map(|owner| Object { state: id, owner })
    }

    /// A state that may be gone.
    pub fn get(&self, id: StateId) -> Option<&State> {
        self.states.get(id.index())?.as_deref()
    }

    /// Keeps the program's object alive until [`States::unpin`].
    pub(crate) fn pin(&mut self, id: StateId) {
        let owner = self[id].owner();
        self[id].pin = owner;
    }

    /// Lets the program's object go.
    pub(crate) fn unpin(&mut self, id: StateId) {
        // The object's end only writes to the graveyard, so it may come here.
        self[id].pin = None;
    }

    /// Where the program's objects report their end.
    pub fn graveyard(&self) -> Rc<RefCell<Vec<StateId>>> {
        Rc::clone(&self.graveyard)
    }

    /// The states whose objects have ended since the last call.
    pub(crate) fn take_dead(&mut self) -> Vec<StateId> {
        std::mem::take(&mut *self.graveyard.borrow_mut())
    }

    /// Frees a state.
    pub(crate) fn remove(&mut self, id: StateId) -> Option<Box<State>> {
        let state = self.states.get_mut(id.index())?.take();
        if state.is_some() {
            self.free.push(id.0);
            self.changed.insert(id);
        }
        state
    }

    /// The states that live, in order of creation.
    pub fn living(&self) -> Vec<StateId> {
        let mut living: Vec<(u32, StateId)> = self
            .states
            .iter()
            .enumerate()
            .filter_map(|(at, state)| state.as_ref().map(|state| (state.serial, StateId(at as u32))))
            .collect();
        living.sort_unstable();
        living.into_iter().map(|(_, id)| id).collect()
    }

    /// Notes that a state may look different, though it is its session that changed.
    pub(super) fn note(&mut self, id: StateId) {
        self.changed.insert(id);
    }

    /// The states that may look different than at the last call.
    pub fn take_changed(&mut self) -> Vec<StateId> {
        self.changed.take()
    }
}

impl States {
    /// Keeps what states are, from now until [`States::undo_journal`].
    pub(crate) fn keep_journal(&mut self) {
        self.journal = Some(FxHashMap::default());
    }

    /// Puts back every state that was changed since [`States::keep_journal`].
    pub(crate) fn undo_journal(&mut self) {
        for (id, state) in self.journal.take().unwrap_or_default() {
            self.states[id.index()] = Some(state);
        }
    }

    fn note_in_journal(&mut self, id: StateId) {
        if let (Some(journal), Some(state)) = (&mut self.journal, &self.states[id.index()]) {
            journal.entry(id).or_insert_with(|| state.clone());
        }
    }
}

impl Index<StateId> for States {
    type Output = State;
    fn index(&self, id: StateId) -> &State {
        match &self.states[id.index()] {
            Some(state) => state,
            None => gone(id),
        }
    }
}

impl IndexMut<StateId> for States {
    fn index_mut(&mut self, id: StateId) -> &mut State {
        match self.journal {
            Some(_) => self.note_in_journal(id),
            None => {
                self.changed.insert(id);
            }
        }
        match &mut self.states[id.index()] {
            Some(state) => state,
            None => gone(id),
        }
    }
}

/// An id outlived its state: like an index out of bounds, a mistake in this crate.
#[allow(clippy::panic)] // as an index out of bounds would; ids of the program's are asked with `get`
fn gone(id: StateId) -> ! {
    panic!("state {} is gone", id.0)
}

#[cfg(test)]
mod tests {
    use super::Slot;
    use crate::types::Value;

    #[test]
    fn a_slot_is_no_larger_than_a_value() {
        assert_eq!(size_of::<Slot>(), size_of::<Value>());
    }
}
