//! Attributes by name: the dict of an instance, a class or a module.

use indexmap::{Equivalent, IndexMap};
use rustc_hash::FxBuildHasher;
use std::hash::{Hash, Hasher};

use super::{Name, Object, PyStr};

/// Attributes by name, in the order of their definition.
#[derive(Clone, Default)]
pub struct Attributes(IndexMap<Name, Object, FxBuildHasher>);

/// A name to look for.
#[derive(PartialEq, Eq)]
struct Key<'a>(&'a str);

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(PyStr::hash_of(self.0));
    }
}

impl Equivalent<Name> for Key<'_> {
    fn equivalent(&self, key: &Name) -> bool {
        self.0 == key.as_str()
    }
}

impl Attributes {
    /// The value of the attribute `name`.
    pub fn get(&self, name: &str) -> Option<&Object> {
        self.0.get(&Key(name))
    }

    /// As [`Attributes::get`], faster for a name that is at hand as an object.
    pub fn get_name(&self, name: &Name) -> Option<&Object> {
        self.0.get(name)
    }

    /// Where the attribute `name` is, for [`Attributes::at`].
    pub fn position(&self, name: &Name) -> Option<usize> {
        self.0.get_index_of(name)
    }

    /// The attribute in the place `index`.
    pub fn at(&self, index: usize) -> Option<(&Name, &Object)> {
        self.0.get_index(index)
    }

    /// Whether there is an attribute `name`.
    pub fn contains_key(&self, name: &str) -> bool {
        self.0.contains_key(&Key(name))
    }

    /// Sets an attribute and gives its old value.
    pub fn insert(&mut self, name: Name, value: Object) -> Option<Object> {
        self.0.insert(name, value)
    }

    /// Removes an attribute, keeping the order of the others.
    pub fn shift_remove(&mut self, name: &str) -> Option<Object> {
        // The last one, which is the commonest to go, needs no shifting.
        self.0.shift_remove(&Key(name))
    }

    /// Removes every attribute.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The attributes in order.
    pub fn iter(&self) -> indexmap::map::Iter<'_, Name, Object> {
        self.0.iter()
    }

    /// The names in order.
    pub fn keys(&self) -> indexmap::map::Keys<'_, Name, Object> {
        self.0.keys()
    }

    /// The values in order.
    pub fn values(&self) -> indexmap::map::Values<'_, Name, Object> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Name, Object)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (Name, Object)>>(items: I) -> Self {
        Attributes(items.into_iter().collect())
    }
}

impl Extend<(Name, Object)> for Attributes {
    fn extend<I: IntoIterator<Item = (Name, Object)>>(&mut self, items: I) {
        self.0.extend(items);
    }
}

impl IntoIterator for Attributes {
    type Item = (Name, Object);
    type IntoIter = indexmap::map::IntoIter<Name, Object>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = (&'a Name, &'a Object);
    type IntoIter = indexmap::map::Iter<'a, Name, Object>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
