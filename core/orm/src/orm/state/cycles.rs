//! Objects that only hold each other: `gc.collect()`.
//!
//! A parent and its child keep each other alive through their attributes. The
//! collector counts, for each object, the references that come from attributes;
//! where all of an object's references do, and none of those it can be reached
//! from is held by the program or a session, its attributes let go.
//! CPython counterpart: `Modules/gcmodule.c`.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use thin_vec::thin_vec;

use super::{Committed, Object, Slot, State};
use crate::orm::Orm;
use crate::types::StateId;

impl Orm {
    /// Frees objects that nothing but themselves holds, and tells how many.
    pub fn collect_cycles(&mut self) -> usize {
        self.bury();
        let living = self.states.living();
        let mut inside: FxHashMap<StateId, usize> = FxHashMap::default();
        let mut edges: FxHashMap<StateId, Vec<StateId>> = FxHashMap::default();
        for &id in &living {
            let related = held_by(&self.states[id]);
            for object in &related {
                *inside.entry(object.state).or_default() += 1;
            }
            edges.insert(id, related.iter().map(|object| object.state).collect());
        }
        let held_outside = |id: &StateId| {
            // One reference is the one that is looked through here.
            let count = self.states.object(*id).map_or(0, |object| Rc::strong_count(&object.owner) - 1);
            count > inside.get(id).copied().unwrap_or(0)
        };
        let mut todo: Vec<StateId> = living.iter().filter(|id| held_outside(id)).copied().collect();
        let mut reached: FxHashSet<StateId> = todo.iter().copied().collect();
        while let Some(id) = todo.pop() {
            for &next in edges.get(&id).into_iter().flatten() {
                if reached.insert(next) {
                    todo.push(next);
                }
            }
        }
        let garbage: Vec<StateId> = living.into_iter().filter(|id| !reached.contains(id)).collect();
        let mut let_go = Vec::new();
        for &id in &garbage {
            let state = &mut self.states[id];
            let empty = thin_vec![Slot::Empty; state.slots.len()];
            let_go.push((
                std::mem::replace(&mut state.slots, empty),
                std::mem::take(&mut state.committed),
                std::mem::take(&mut state.pending_changes),
            ));
        }
        drop(let_go);
        self.bury();
        garbage.len()
    }
}

/// The objects that a state's attributes hold. A collection that the program
/// holds as well keeps its members from outside.
fn held_by(state: &State) -> Vec<Object> {
    let mut held = Vec::new();
    for slot in &state.slots {
        match slot {
            Slot::Object(Some(object)) => held.push(Object::clone(object)),
            Slot::Collection(collection)
                if !collection.is_held_elsewhere() && Rc::strong_count(collection) == 1 =>
            {
                held.extend(collection.items());
            }
            _ => {}
        }
    }
    for (_, committed) in &state.committed {
        match committed {
            Committed::Object(Some(object)) => held.push(object.clone()),
            Committed::Items(items) => held.extend(items.iter().cloned()),
            _ => {}
        }
    }
    for changes in state.pending_changes.values() {
        held.extend(changes.added.iter().chain(&changes.removed).cloned());
    }
    held
}
