//! Identity keys.

use std::ops::Deref;
use std::rc::Rc;
use std::slice;

use crate::types::{KeyValue, MapperId, Value};

/// What tells one row's object from another's: the class at the base of its
/// hierarchy, and the primary key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdentityKey {
    /// The base mapper.
    pub mapper: MapperId,
    /// The primary key's values.
    pub values: KeyValues,
}

/// The values of a key; a single one, as most keys have, stands in its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyValues {
    /// One.
    One(KeyValue),
    /// Another number of them.
    Several(Rc<[KeyValue]>),
}

impl Deref for KeyValues {
    type Target = [KeyValue];

    fn deref(&self) -> &[KeyValue] {
        match self {
            KeyValues::One(value) => slice::from_ref(value),
            KeyValues::Several(values) => values,
        }
    }
}

impl FromIterator<KeyValue> for KeyValues {
    fn from_iter<T: IntoIterator<Item = KeyValue>>(values: T) -> Self {
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (Some(only), None) => KeyValues::One(only),
            (first, second) => KeyValues::Several(first.into_iter().chain(second).chain(values).collect()),
        }
    }
}

impl IdentityKey {
    /// A key.
    pub fn new(mapper: MapperId, values: impl IntoIterator<Item = Value>) -> IdentityKey {
        IdentityKey { mapper, values: values.into_iter().map(KeyValue).collect() }
    }

    /// `(1,)`
    pub fn repr(&self) -> String {
        let values: Vec<String> = self.values.iter().map(|value| value.0.repr()).collect();
        if values.len() == 1 { format!("({},)", values[0]) } else { format!("({})", values.join(", ")) }
    }
}
