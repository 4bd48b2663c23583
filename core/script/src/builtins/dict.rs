//! `dict` and its views.
//!
//! Keys are hashed and compared through the Vm, since they may be instances
//! whose methods are Python code. No borrow of the table is kept meanwhile:
//! a comparison that Python must make is made between two probes, and the
//! probe then starts again with its answer remembered.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashTable;

use super::Types;
use super::hash::{hash_str, same_key};
use crate::object::{Class, Name, Object, PyResult};
use crate::vm::Vm;

/// A `dict`.
#[derive(Default)]
pub struct Dict {
    table: RefCell<Table>,
}

#[derive(Default, Clone)]
struct Table {
    /// The entries in order; removed ones leave a hole.
    entries: Vec<Option<Entry>>,
    /// Where in `entries` a hash's keys are.
    places: HashTable<usize>,
}

#[derive(Clone)]
struct Entry {
    hash: i64,
    key: Object,
    value: Object,
}

/// What a probe found.
enum Probe {
    Found(usize),
    Absent,
    /// Python has to say whether the entry's key equals the wanted one.
    Ask(Object),
}

impl Table {
    fn probe(&self, hash: i64, key: &Object, unequal: &[Object]) -> Probe {
        let mut ask = None;
        let found = self.places.find(hash as u64, |&place| {
            let Some(Some(entry)) = self.entries.get(place) else { return false };
            if entry.hash != hash {
                return false;
            }
            match same_key(&entry.key, key) {
                Some(same) => same,
                None => {
                    if ask.is_none() && !unequal.iter().any(|other| other.is(&entry.key)) {
                        ask = Some(entry.key.clone());
                    }
                    false
                }
            }
        });
        match (found, ask) {
            (Some(&place), _) => Probe::Found(place),
            (None, Some(other)) => Probe::Ask(other),
            (None, None) => Probe::Absent,
        }
    }

    fn place_of(&self, hash: i64, key: &Object) -> Option<usize> {
        self.places
            .find(hash as u64, |&place| {
                self.entries
                    .get(place)
                    .is_some_and(|entry| entry.as_ref().is_some_and(|entry| entry.key.is(key)))
            })
            .copied()
    }

    fn push(&mut self, hash: i64, key: Object, value: Object) {
        let place = self.entries.len();
        self.entries.push(Some(Entry { hash, key, value }));
        let entries = &self.entries;
        self.places.insert_unique(hash as u64, place, |&place| {
            entries.get(place).and_then(Option::as_ref).map_or(0, |entry| entry.hash as u64)
        });
    }

    fn remove(&mut self, place: usize) -> Option<Entry> {
        let entry = self.entries.get_mut(place)?.take()?;
        if let Ok(occupied) = self.places.find_entry(entry.hash as u64, |&other| other == place) {
            occupied.remove();
        }
        if self.places.is_empty() {
            self.entries.clear();
        }
        while self.entries.last().is_some_and(Option::is_none) {
            self.entries.pop();
        }
        Some(entry)
    }

    /// Closes the holes once they are the larger part. Iterators count entries, not
    /// places, only through [`Dict::entry_from`], so this runs on insertion alone,
    /// which ends running iterations anyway.
    fn compact(&mut self) {
        if self.entries.len() > 16 && self.entries.len() > 2 * self.places.len() {
            let entries = std::mem::take(&mut self.entries);
            self.places.clear();
            for entry in entries.into_iter().flatten() {
                self.push(entry.hash, entry.key, entry.value);
            }
        }
    }
}

impl Dict {
    /// An empty dict.
    pub fn new() -> Dict {
        Dict::default()
    }

    /// A dict object with these items.
    pub fn from_items(vm: &mut Vm, items: impl IntoIterator<Item = (Object, Object)>) -> PyResult<Object> {
        let dict = Dict::new();
        for (key, value) in items {
            dict.insert(vm, key, value)?;
        }
        Ok(Object::Dict(Rc::new(dict)))
    }

    /// A dict object with text keys, which need no Vm.
    pub fn from_names(items: impl IntoIterator<Item = (Name, Object)>) -> Object {
        let dict = Dict::new();
        for (name, value) in items {
            dict.insert_name(name, value);
        }
        Object::Dict(Rc::new(dict))
    }

    /// `len()`
    pub fn len(&self) -> usize {
        self.table.borrow().places.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn find(&self, vm: &mut Vm, hash: i64, key: &Object) -> PyResult<Option<usize>> {
        let mut unequal = Vec::new();
        loop {
            let probe = self.table.borrow().probe(hash, key, &unequal);
            match probe {
                Probe::Found(place) => return Ok(Some(place)),
                Probe::Absent => return Ok(None),
                Probe::Ask(other) => {
                    if vm.equals(&other, key)? {
                        // Python may have changed the dict meanwhile.
                        if let Some(place) = self.table.borrow().place_of(hash, &other) {
                            return Ok(Some(place));
                        }
                    }
                    unequal.push(other);
                }
            }
        }
    }

    /// `dict[key]`, or nothing.
    pub fn get(&self, vm: &mut Vm, key: &Object) -> PyResult<Option<Object>> {
        let hash = vm.hash(key)?;
        let place = self.find(vm, hash, key)?;
        Ok(place.and_then(|place| self.entry_at(place)).map(|(_, value)| value))
    }

    /// `key in dict`
    pub fn contains(&self, vm: &mut Vm, key: &Object) -> PyResult<bool> {
        let hash = vm.hash(key)?;
        Ok(self.find(vm, hash, key)?.is_some())
    }

    /// `dict[key] = value`; gives the value before.
    pub fn insert(&self, vm: &mut Vm, key: Object, value: Object) -> PyResult<Option<Object>> {
        let hash = vm.hash(&key)?;
        let place = self.find(vm, hash, &key)?;
        let mut table = self.table.borrow_mut();
        if let Some(Some(entry)) = place.and_then(|place| table.entries.get_mut(place)) {
            return Ok(Some(std::mem::replace(&mut entry.value, value)));
        }
        table.compact();
        table.push(hash, key, value);
        Ok(None)
    }

    /// Removes `key`; gives what was there.
    pub fn remove(&self, vm: &mut Vm, key: &Object) -> PyResult<Option<(Object, Object)>> {
        let hash = vm.hash(key)?;
        let Some(place) = self.find(vm, hash, key)? else { return Ok(None) };
        let removed = self.table.borrow_mut().remove(place);
        Ok(removed.map(|entry| (entry.key, entry.value)))
    }

    /// The value of a text key, without a Vm. Keys that are not `str` are not compared.
    pub fn get_str(&self, key: &str) -> Option<Object> {
        let hash = hash_str(key);
        let table = self.table.borrow();
        let place = table.places.find(hash as u64, |&place| {
            let entry = table.entries.get(place).and_then(Option::as_ref);
            entry.is_some_and(|entry| entry.key.as_str() == Some(key))
        })?;
        table.entries.get(*place)?.as_ref().map(|entry| entry.value.clone())
    }

    /// Sets the value of a text key, without a Vm.
    pub fn insert_name(&self, key: Name, value: Object) {
        let hash = hash_str(&key);
        let mut table = self.table.borrow_mut();
        let place = table
            .places
            .find(hash as u64, |&place| {
                let entry = table.entries.get(place).and_then(Option::as_ref);
                entry.is_some_and(|entry| entry.key.as_str() == Some(key.as_str()))
            })
            .copied();
        if let Some(Some(entry)) = place.and_then(|place| table.entries.get_mut(place)) {
            let old = std::mem::replace(&mut entry.value, value);
            drop(table);
            drop(old);
            return;
        }
        table.compact();
        table.push(hash, Object::Str(key), value);
    }

    /// Removes a text key, without a Vm; gives its value.
    pub fn remove_str(&self, key: &str) -> Option<Object> {
        let hash = hash_str(key);
        let mut table = self.table.borrow_mut();
        let place = *table.places.find(hash as u64, |&place| {
            let entry = table.entries.get(place).and_then(Option::as_ref);
            entry.is_some_and(|entry| entry.key.as_str() == Some(key))
        })?;
        table.remove(place).map(|entry| entry.value)
    }

    /// Removes the last item.
    pub fn pop_last(&self) -> Option<(Object, Object)> {
        let mut table = self.table.borrow_mut();
        let place = table.entries.iter().rposition(Option::is_some)?;
        table.remove(place).map(|entry| (entry.key, entry.value))
    }

    /// Removes everything.
    pub fn clear(&self) {
        // The old items go after the borrow has ended: dropping them may touch the dict.
        drop(self.table.take());
    }

    /// A shallow copy.
    pub fn copy(&self) -> Dict {
        Dict { table: RefCell::new(self.table.borrow().clone()) }
    }

    fn entry_at(&self, place: usize) -> Option<(Object, Object)> {
        let table = self.table.borrow();
        let entry = table.entries.get(place)?.as_ref()?;
        Some((entry.key.clone(), entry.value.clone()))
    }

    /// The first item at `place` or after it, and the place after that. An iterator
    /// starts at place 0.
    pub fn entry_from(&self, place: usize) -> Option<(usize, Object, Object)> {
        let table = self.table.borrow();
        let (offset, entry) = table
            .entries
            .get(place..)?
            .iter()
            .enumerate()
            .find_map(|(at, entry)| Some((at, entry.as_ref()?)))?;
        Some((place + offset + 1, entry.key.clone(), entry.value.clone()))
    }

    /// The last item before `place`, and its place. A reverse iterator starts at
    /// [`Dict::end`].
    pub fn entry_before(&self, place: usize) -> Option<(usize, Object, Object)> {
        let table = self.table.borrow();
        let before = table.entries.get(..place.min(table.entries.len()))?;
        let (place, entry) =
            before.iter().enumerate().rev().find_map(|(at, entry)| Some((at, entry.as_ref()?)))?;
        Some((place, entry.key.clone(), entry.value.clone()))
    }

    /// The place after the last item.
    pub fn end(&self) -> usize {
        self.table.borrow().entries.len()
    }

    /// The keys in order.
    pub fn keys(&self) -> Vec<Object> {
        self.table.borrow().entries.iter().flatten().map(|entry| entry.key.clone()).collect()
    }

    /// The values in order.
    pub fn values(&self) -> Vec<Object> {
        self.table.borrow().entries.iter().flatten().map(|entry| entry.value.clone()).collect()
    }

    /// The items in order.
    pub fn items(&self) -> Vec<(Object, Object)> {
        self.table
            .borrow()
            .entries
            .iter()
            .flatten()
            .map(|entry| (entry.key.clone(), entry.value.clone()))
            .collect()
    }

    /// Takes over the items of another dict.
    pub fn update(&self, vm: &mut Vm, other: &Dict) -> PyResult<()> {
        for (key, value) in other.items() {
            self.insert(vm, key, value)?;
        }
        Ok(())
    }
}

/// Which part of a dict a view shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ViewKind {
    /// `keys()`
    Keys,
    /// `values()`
    Values,
    /// `items()`
    Items,
}

/// A view of a dict.
pub struct DictView {
    /// The dict.
    pub dict: Rc<Dict>,
    /// What of it.
    pub kind: ViewKind,
}

impl ViewKind {
    /// What a view or iterator of this kind gives for an item.
    pub fn of(self, key: Object, value: Object) -> Object {
        match self {
            ViewKind::Keys => key,
            ViewKind::Values => value,
            ViewKind::Items => Object::tuple(vec![key, value]),
        }
    }
}

impl DictView {
    /// A view object.
    pub fn object(dict: &Rc<Dict>, kind: ViewKind) -> Object {
        Object::View(Rc::new(DictView { dict: Rc::clone(dict), kind }))
    }

    /// What it shows, in order.
    pub fn collect(&self) -> Vec<Object> {
        self.dict.items().into_iter().map(|(key, value)| self.kind.of(key, value)).collect()
    }

    pub(super) fn class<'t>(&self, types: &'t Types) -> &'t Rc<Class> {
        match self.kind {
            ViewKind::Keys => &types.dict_keys,
            ViewKind::Values => &types.dict_values,
            ViewKind::Items => &types.dict_items,
        }
    }
}
