//! A map that keeps the order in which its keys came, as Python's `dict` does: taking an entry out costs
//! the same however many there are, and leaves the order of the others.
//!
//! SQLAlchemy counterpart: none of its own; `IdentityMap` and `Session._new` are `dict`s.

use std::fmt;
use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

/// Places below which holes are not worth closing.
const FEW: usize = 32;

/// A map in order of insertion.
///
/// ```
/// use ormscope::types::OrderedMap;
///
/// let mut map: OrderedMap<&str, u8> = [("a", 1), ("b", 2), ("c", 3)].into_iter().collect();
/// assert_eq!(map.remove(&"a"), Some(1));
/// map.insert("b", 7);
/// map.insert("a", 8);
/// assert_eq!(map.iter().collect::<Vec<_>>(), [(&"b", &7), (&"c", &3), (&"a", &8)]);
/// ```
#[derive(Clone)]
pub struct OrderedMap<K, V> {
    /// In order; none where an entry was taken out.
    entries: Vec<Option<(K, V)>>,
    /// Where each key is.
    places: HashTable<u32>,
}

impl<K: fmt::Debug + Hash + Eq, V: fmt::Debug> fmt::Debug for OrderedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        OrderedMap { entries: Vec::new(), places: HashTable::new() }
    }
}

fn hash_of<K: Hash>(key: &K) -> u64 {
    FxBuildHasher.hash_one(key)
}

impl<K: Hash + Eq, V> OrderedMap<K, V> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn place(&self, key: &K) -> Option<usize> {
        let is = |place: &u32| matches!(&self.entries[*place as usize], Some((own, _)) if own == key);
        self.places.find(hash_of(key), is).map(|place| *place as usize)
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.entries[self.place(key)?].as_ref().map(|(_, value)| value)
    }

    /// Whether there is such a key.
    pub fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_some()
    }

    /// Gives a key its value, and gives back the one before. A new key comes last.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(place) = self.place(&key) {
            return self.entries[place].replace((key, value)).map(|(_, before)| before);
        }
        let hash = hash_of(&key);
        let place = self.entries.len() as u32;
        self.entries.push(Some((key, value)));
        let entries = &self.entries;
        self.places.insert_unique(hash, place, |place| rehash(entries, *place));
        None
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let entries = &self.entries;
        let is = |place: &u32| matches!(&entries[*place as usize], Some((own, _)) if own == key);
        let (place, _) = self.places.find_entry(hash_of(key), is).ok()?.remove();
        let taken = self.entries[place as usize].take();
        while let Some(None) = self.entries.last() {
            self.entries.pop();
        }
        if self.entries.len() > FEW && self.places.len() * 2 < self.entries.len() {
            self.close_holes();
        }
        taken.map(|(_, value)| value)
    }

    /// As often as half of the places are holes: so each removal pays for one or two moves.
    fn close_holes(&mut self) {
        self.entries.retain(Option::is_some);
        self.places.clear();
        let entries = &self.entries;
        for place in 0..entries.len() as u32 {
            self.places.insert_unique(rehash(entries, place), place, |place| rehash(entries, *place));
        }
    }

    /// The entries, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.entries.iter().flatten().map(|(key, value)| (key, value))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

fn rehash<K: Hash, V>(entries: &[Option<(K, V)>], place: u32) -> u64 {
    entries[place as usize].as_ref().map_or(0, |(key, _)| hash_of(key))
}

impl<K: Hash + Eq, V> FromIterator<(K, V)> for OrderedMap<K, V> {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> Self {
        let mut map = OrderedMap::default();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<K, V> IntoIterator for OrderedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Option<(K, V)>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::OrderedMap;

    #[test]
    fn it_does_what_a_dict_does_whatever_comes_and_goes() {
        let mut own: OrderedMap<u64, u64> = OrderedMap::default();
        let mut model: IndexMap<u64, u64> = IndexMap::new();
        let mut random = 1_u64;
        for step in 0..20_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let key = random >> 55;
            // It fills, empties and fills again, so that holes are closed on the way.
            if (random >> 32) % 8 < (step / 2_500) % 2 * 4 + 2 {
                assert_eq!(own.insert(key, step), model.insert(key, step));
            } else {
                assert_eq!(own.remove(&key), model.shift_remove(&key));
            }
            assert_eq!(own.get(&key), model.get(&key));
            assert_eq!(own.len(), model.len());
            if step % 97 == 0 {
                assert_eq!(own.iter().collect::<Vec<_>>(), model.iter().collect::<Vec<_>>());
            }
        }
        assert_eq!(own.into_iter().collect::<Vec<_>>(), model.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn emptied_from_the_front_it_keeps_no_holes() {
        let mut map: OrderedMap<u32, ()> = (0..10_000).map(|key| (key, ())).collect();
        for key in 0..9_990 {
            map.remove(&key);
        }
        assert_eq!(map.keys().copied().collect::<Vec<_>>(), (9_990..10_000).collect::<Vec<_>>());
        assert!(map.entries.len() <= super::FEW);
    }
}
