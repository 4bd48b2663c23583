//! `set` and `frozenset`.
//!
//! The table is CPython's: the same probing, growth and removal, so that a set
//! is iterated in CPython's order. As with [`Dict`](super::Dict), comparisons
//! that need Python code are made between two probes.
//!
//! CPython counterpart: `Objects/setobject.c`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::hash::same_key;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

const LINEAR_PROBES: usize = 9;
const SMALLEST: usize = 8;

/// A `set` or `frozenset`.
pub struct Set {
    table: RefCell<Table>,
    frozen: bool,
    /// Where `pop()` goes on looking.
    finger: Cell<usize>,
}

#[derive(Clone)]
struct Table {
    slots: Vec<Slot>,
    /// Slots in use or left by a removal.
    filled: usize,
    /// Slots in use.
    used: usize,
}

#[derive(Clone)]
enum Slot {
    Empty,
    /// Left by a removal.
    Removed,
    Key(i64, Object),
}

enum Probe {
    Found(usize),
    /// Absent; this is the slot where it belongs, which is empty or left by a removal.
    Absent(usize),
    /// Python has to say whether the key there equals the wanted one.
    Ask(Object),
}

impl Default for Table {
    fn default() -> Table {
        Table { slots: vec![Slot::Empty; SMALLEST], filled: 0, used: 0 }
    }
}

impl Table {
    fn mask(&self) -> usize {
        self.slots.len() - 1
    }

    /// Visits the slots for a hash until `visit` gives something; a table always has an empty slot.
    fn walk<T>(&self, hash: i64, mut visit: impl FnMut(usize, &Slot) -> Option<T>) -> T {
        let mask = self.mask();
        let mut perturb = hash as u64;
        let mut start = hash as u64 as usize & mask;
        loop {
            let probes = if start + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for at in start..=start + probes {
                if let Some(found) = visit(at, &self.slots[at]) {
                    return found;
                }
            }
            perturb >>= 5;
            start = (start as u64).wrapping_mul(5).wrapping_add(1).wrapping_add(perturb) as usize & mask;
        }
    }

    fn probe(&self, hash: i64, key: &Object, unequal: &[Object]) -> Probe {
        let mut free = None;
        self.walk(hash, |at, slot| match slot {
            Slot::Empty => Some(Probe::Absent(free.unwrap_or(at))),
            Slot::Removed => {
                free = Some(at);
                None
            }
            Slot::Key(other_hash, other) if *other_hash == hash => match same_key(other, key) {
                Some(true) => Some(Probe::Found(at)),
                Some(false) => None,
                None if unequal.iter().any(|known| known.is(other)) => None,
                None => Some(Probe::Ask(other.clone())),
            },
            _ => None,
        })
    }

    /// Puts a key in that is known to be absent.
    fn insert_new(&mut self, hash: i64, key: Object) {
        let at = self.walk(hash, |at, slot| matches!(slot, Slot::Empty).then_some(at));
        self.slots[at] = Slot::Key(hash, key);
    }

    fn place(&mut self, at: usize, hash: i64, key: Object) {
        let before = std::mem::replace(&mut self.slots[at], Slot::Key(hash, key));
        self.used += 1;
        if let Slot::Removed = before {
            return;
        }
        self.filled += 1;
        if self.filled * 5 >= self.mask() * 3 {
            let factor = if self.used > 50_000 { 2 } else { 4 };
            self.resize(self.used * factor);
        }
    }

    fn resize(&mut self, more_than: usize) {
        let mut size = SMALLEST;
        while size <= more_than {
            size <<= 1;
        }
        let slots = std::mem::replace(&mut self.slots, vec![Slot::Empty; size]);
        for slot in slots {
            if let Slot::Key(hash, key) = slot {
                self.insert_new(hash, key);
            }
        }
        self.filled = self.used;
    }

    fn reserve(&mut self, more: usize) {
        if (self.filled + more) * 5 >= self.mask() * 3 {
            self.resize((self.used + more) * 2);
        }
    }

    fn keys(&self) -> impl Iterator<Item = (i64, &Object)> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Key(hash, key) => Some((*hash, key)),
            _ => None,
        })
    }

    fn remove(&mut self, at: usize) -> Option<Object> {
        match std::mem::replace(&mut self.slots[at], Slot::Removed) {
            Slot::Key(_, key) => {
                self.used -= 1;
                Some(key)
            }
            other => {
                self.slots[at] = other;
                None
            }
        }
    }
}

impl Set {
    /// An empty set.
    pub fn new(frozen: bool) -> Set {
        Set { table: RefCell::default(), frozen, finger: Cell::new(0) }
    }

    /// A set with these items.
    pub fn from_items(vm: &mut Vm, frozen: bool, items: impl IntoIterator<Item = Object>) -> PyResult<Set> {
        let set = Set::new(frozen);
        for item in items {
            set.add(vm, item)?;
        }
        Ok(set)
    }

    /// Whether this is a `frozenset`.
    pub fn frozen(&self) -> bool {
        self.frozen
    }

    /// `len()`
    pub fn len(&self) -> usize {
        self.table.borrow().used
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn find(&self, vm: &mut Vm, hash: i64, key: &Object) -> PyResult<Result<usize, usize>> {
        let mut unequal = Vec::new();
        loop {
            let probe = self.table.borrow().probe(hash, key, &unequal);
            match probe {
                Probe::Found(at) => return Ok(Ok(at)),
                Probe::Absent(at) => return Ok(Err(at)),
                Probe::Ask(other) => {
                    if vm.equals(&other, key)? {
                        // Python may have changed the set meanwhile.
                        let found = self
                            .table
                            .borrow()
                            .slots
                            .iter()
                            .position(|slot| matches!(slot, Slot::Key(_, key) if key.is(&other)));
                        if let Some(at) = found {
                            return Ok(Ok(at));
                        }
                    }
                    unequal.push(other);
                }
            }
        }
    }

    /// `item in set`
    pub fn contains(&self, vm: &mut Vm, item: &Object) -> PyResult<bool> {
        let hash = vm.hash(item)?;
        self.contains_hashed(vm, hash, item)
    }

    fn contains_hashed(&self, vm: &mut Vm, hash: i64, item: &Object) -> PyResult<bool> {
        Ok(self.find(vm, hash, item)?.is_ok())
    }

    /// `set.add(item)`; says whether it was new.
    pub fn add(&self, vm: &mut Vm, item: Object) -> PyResult<bool> {
        let hash = vm.hash(&item)?;
        self.add_hashed(vm, hash, item)
    }

    fn add_hashed(&self, vm: &mut Vm, hash: i64, item: Object) -> PyResult<bool> {
        match self.find(vm, hash, &item)? {
            Ok(_) => Ok(false),
            Err(at) => {
                self.table.borrow_mut().place(at, hash, item);
                Ok(true)
            }
        }
    }

    /// `set.discard(item)`; says whether it was there.
    pub fn discard(&self, vm: &mut Vm, item: &Object) -> PyResult<bool> {
        let hash = vm.hash(item)?;
        self.discard_hashed(vm, hash, item)
    }

    fn discard_hashed(&self, vm: &mut Vm, hash: i64, item: &Object) -> PyResult<bool> {
        let Ok(at) = self.find(vm, hash, item)? else { return Ok(false) };
        let removed = self.table.borrow_mut().remove(at);
        Ok(removed.is_some())
    }

    /// `set.pop()`
    pub fn pop(&self) -> Option<Object> {
        let mut table = self.table.borrow_mut();
        let mask = table.mask();
        let first = self.finger.get() & mask;
        let at = (first..=mask).chain(0..first).find(|&at| matches!(table.slots[at], Slot::Key(..)))?;
        self.finger.set(at + 1);
        table.remove(at)
    }

    /// Removes everything.
    pub fn clear(&self) {
        // The old items go after the borrow has ended: dropping them may touch the set.
        drop(self.table.take());
    }

    /// The items in order.
    pub fn items(&self) -> Vec<Object> {
        self.table.borrow().keys().map(|(_, key)| key.clone()).collect()
    }

    fn hashed_items(&self) -> Vec<(i64, Object)> {
        self.table.borrow().keys().map(|(hash, key)| (hash, key.clone())).collect()
    }

    /// The first item at slot `slot` or after it, and the slot after that. An iterator starts at 0.
    pub fn item_from(&self, slot: usize) -> Option<(usize, Object)> {
        let table = self.table.borrow();
        table.slots.get(slot..)?.iter().enumerate().find_map(|(offset, found)| match found {
            Slot::Key(_, key) => Some((slot + offset + 1, key.clone())),
            _ => None,
        })
    }

    /// `hash(frozenset)`
    pub fn hash(&self) -> i64 {
        fn shuffle(hash: u64) -> u64 {
            ((hash ^ 89_869_747) ^ (hash << 16)).wrapping_mul(3_644_798_167)
        }
        let mut hash = self.table.borrow().keys().fold(0, |sum, (hash, _)| sum ^ shuffle(hash as u64));
        hash ^= (self.len() as u64 + 1).wrapping_mul(1_927_868_237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
        if hash == u64::MAX { 590_923_713 } else { hash as i64 }
    }

    /// A copy, frozen or not.
    pub fn copy(&self, frozen: bool) -> Set {
        let copy = Set::new(frozen);
        copy.merge_new(self);
        copy
    }

    /// Merges into an empty set.
    fn merge_new(&self, other: &Set) {
        let other = other.table.borrow();
        if other.used == 0 {
            return;
        }
        let mut table = self.table.borrow_mut();
        table.reserve(other.used);
        if table.mask() == other.mask() && other.filled == other.used {
            *table = other.clone();
            return;
        }
        for (hash, key) in other.keys() {
            table.insert_new(hash, key.clone());
        }
        table.filled = other.used;
        table.used = other.used;
    }

    /// `set |= other`
    pub fn merge(&self, vm: &mut Vm, other: &Set) -> PyResult<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        if self.table.borrow().filled == 0 {
            self.merge_new(other);
            return Ok(());
        }
        self.table.borrow_mut().reserve(other.len());
        for (hash, key) in other.hashed_items() {
            self.add_hashed(vm, hash, key)?;
        }
        Ok(())
    }

    /// `set.update(iterable)` for any iterable.
    pub fn extend(&self, vm: &mut Vm, iterable: &Object) -> PyResult<()> {
        match super::base(iterable) {
            Object::Set(other) => self.merge(vm, other),
            Object::Dict(dict) => {
                self.table.borrow_mut().reserve(dict.len());
                for key in dict.keys() {
                    self.add(vm, key)?;
                }
                Ok(())
            }
            _ => {
                let iterator = vm.iter(iterable)?;
                while let Some(item) = vm.next(&iterator)? {
                    self.add(vm, item)?;
                }
                Ok(())
            }
        }
    }

    /// `set & other`
    pub fn intersection(&self, vm: &mut Vm, other: &Set, frozen: bool) -> PyResult<Set> {
        let (kept, walked) = if other.len() > self.len() { (other, self) } else { (self, other) };
        let result = Set::new(frozen);
        for (hash, key) in walked.hashed_items() {
            if kept.contains_hashed(vm, hash, &key)? {
                result.add_hashed(vm, hash, key)?;
            }
        }
        Ok(result)
    }

    /// `set - other`
    pub fn difference(&self, vm: &mut Vm, other: &Set, frozen: bool) -> PyResult<Set> {
        if self.len() >> 2 > other.len() {
            let result = self.copy(frozen);
            result.subtract(vm, other)?;
            return Ok(result);
        }
        let result = Set::new(frozen);
        for (hash, key) in self.hashed_items() {
            if !other.contains_hashed(vm, hash, &key)? {
                result.add_hashed(vm, hash, key)?;
            }
        }
        Ok(result)
    }

    /// `set -= other`
    pub fn subtract(&self, vm: &mut Vm, other: &Set) -> PyResult<()> {
        if std::ptr::eq(self, other) {
            self.clear();
            return Ok(());
        }
        for (hash, key) in other.hashed_items() {
            self.discard_hashed(vm, hash, &key)?;
        }
        let mut table = self.table.borrow_mut();
        if table.filled - table.used > table.mask() / 4 {
            let factor = if table.used > 50_000 { 2 } else { 4 };
            let more_than = table.used * factor;
            table.resize(more_than);
        }
        Ok(())
    }

    /// `set ^= other`
    pub fn toggle(&self, vm: &mut Vm, other: &Set) -> PyResult<()> {
        if std::ptr::eq(self, other) {
            self.clear();
            return Ok(());
        }
        for (hash, key) in other.hashed_items() {
            if !self.discard_hashed(vm, hash, &key)? {
                self.add_hashed(vm, hash, key)?;
            }
        }
        Ok(())
    }

    /// `set ^ other`
    pub fn symmetric_difference(&self, vm: &mut Vm, other: &Set, frozen: bool) -> PyResult<Set> {
        let result = other.copy(frozen);
        result.toggle(vm, self)?;
        Ok(result)
    }

    /// `set <= other`
    pub fn is_subset(&self, vm: &mut Vm, other: &Set) -> PyResult<bool> {
        if self.len() > other.len() {
            return Ok(false);
        }
        for (hash, key) in self.hashed_items() {
            if !other.contains_hashed(vm, hash, &key)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes over the items of a set that nothing else uses.
    pub fn assign(&self, other: Set) {
        drop(self.table.replace(other.table.into_inner()));
    }

    /// The set as an object.
    pub fn object(self) -> Object {
        Object::Set(Rc::new(self))
    }
}
