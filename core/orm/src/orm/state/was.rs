//! What objects' attributes were before they changed, for who wants to see it;
//! and their way to other places.
//!
//! SQLAlchemy counterpart: `InstanceState.committed_state`.

use super::{Committed, Object, Slot};
use crate::orm::Orm;
use crate::types::{MapperId, StateId, Value};

/// What an attribute was before it changed.
#[derive(Clone)]
pub enum Was {
    /// It had no value that is known.
    Unknown,
    /// A column's value.
    Value(Value),
    /// The related object.
    Object(Option<Object>),
    /// The members of the collection.
    Items(Vec<Object>),
}

impl Orm {
    /// Moves the values of a class's objects to other places.
    pub(crate) fn move_slots(&mut self, mapper: MapperId, moves: &[(u32, u32)]) {
        let count = self.slot_count(mapper);
        for id in self.states.living() {
            let state = &mut self.states[id];
            if state.mapper != mapper {
                continue;
            }
            let mut slots = std::mem::take(&mut state.slots);
            let moved = |old: u32| moves.iter().find(|(from, _)| *from == old).map(|(_, to)| *to);
            state.slots.resize(count, Slot::Empty);
            for (from, to) in moves {
                if let Some(slot) = slots.get_mut(*from as usize) {
                    state.slots[*to as usize] = std::mem::replace(slot, Slot::Empty);
                }
            }
            let committed = std::mem::take(&mut state.committed);
            state.committed = committed.into_iter().filter_map(|(at, was)| Some((moved(at)?, was))).collect();
        }
    }

    /// What an object's changed attributes were before.
    pub fn committed_values(&self, state: StateId) -> Vec<(usize, Was)> {
        let committed = self.states[state].committed.iter();
        let values = committed.map(|(at, was)| {
            let was = match was {
                Committed::NoValue => Was::Unknown,
                Committed::Value(value) => Was::Value(value.clone()),
                Committed::Object(object) => Was::Object(object.clone()),
                Committed::Items(items) => Was::Items(items.clone()),
            };
            (*at as usize, was)
        });
        values.collect()
    }
}
