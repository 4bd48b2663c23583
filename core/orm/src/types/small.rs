//! Sets and maps of what is few: they cost nothing while they are empty, and little otherwise. Every mapped
//! object has some.

use thin_vec::ThinVec;

/// A set of small numbers, such as the places of attributes.
///
/// ```
/// use ormscope::types::NumberSet;
///
/// let mut set: NumberSet = [70, 3, 5].into_iter().collect();
/// set.remove(5);
/// set.insert(3);
/// assert!(set.contains(70) && !set.contains(5));
/// assert_eq!(set.iter().collect::<Vec<_>>(), [3, 70]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberSet {
    /// A bit for each number below 64.
    low: u64,
    /// The others, sorted.
    high: ThinVec<u32>,
}

const BITS: u32 = u64::BITS;

impl NumberSet {
    /// Whether a number is in it.
    pub fn contains(&self, number: u32) -> bool {
        match number < BITS {
            true => self.low >> number & 1 == 1,
            false => self.high.binary_search(&number).is_ok(),
        }
    }

    /// Puts a number in.
    pub fn insert(&mut self, number: u32) {
        if number < BITS {
            self.low |= 1 << number;
        } else if let Err(place) = self.high.binary_search(&number) {
            self.high.insert(place, number);
        }
    }

    /// Takes a number out.
    pub fn remove(&mut self, number: u32) {
        if number < BITS {
            self.low &= !(1 << number);
        } else if let Ok(place) = self.high.binary_search(&number) {
            self.high.remove(place);
        }
    }

    /// Takes all numbers out.
    pub fn clear(&mut self) {
        *self = NumberSet::default();
    }

    /// The numbers, smallest first.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        (0..BITS).filter(|number| self.low >> number & 1 == 1).chain(self.high.iter().copied())
    }
}

impl FromIterator<u32> for NumberSet {
    fn from_iter<T: IntoIterator<Item = u32>>(numbers: T) -> Self {
        let mut set = NumberSet::default();
        numbers.into_iter().for_each(|number| set.insert(number));
        set
    }
}

/// A map of few keys, in order of insertion; a key is found by looking at each.
///
/// ```
/// use ormscope::types::SmallMap;
///
/// let mut map: SmallMap<&str, u8> = SmallMap::default();
/// map.insert("a", 1);
/// *map.or_default("b") += 7;
/// assert_eq!((map.get(&"a"), map.get(&"b"), map.get(&"c")), (Some(&1), Some(&7), None));
/// assert_eq!(map.remove(&"a"), Some(1));
/// ```
#[derive(Clone, Debug)]
pub struct SmallMap<K, V> {
    entries: ThinVec<(K, V)>,
}

impl<K, V> Default for SmallMap<K, V> {
    fn default() -> Self {
        SmallMap { entries: ThinVec::new() }
    }
}

impl<K: PartialEq, V> SmallMap<K, V> {
    fn place(&self, key: &K) -> Option<usize> {
        self.entries.iter().position(|(own, _)| own == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.entries.iter().find(|(own, _)| own == key).map(|(_, value)| value)
    }

    /// Gives a key its value, and gives back the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Some(place) => Some(std::mem::replace(&mut self.entries[place].1, value)),
            None => {
                self.entries.push((key, value));
                None
            }
        }
    }

    /// The value of a key, which gets an empty one where it has none.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let place = self.place(&key).unwrap_or_else(|| {
            self.entries.push((key, V::default()));
            self.entries.len() - 1
        });
        &mut self.entries[place].1
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.place(key)?;
        Some(self.entries.remove(place).1)
    }

    /// Takes all keys out.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The values.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }
}
