//! Identity keys.

use std::rc::Rc;

use crate::types::{KeyValue, MapperId, Value};

/// What tells one row's object from another's: the class at the base of its
/// hierarchy, and the primary key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdentityKey {
    /// The base mapper.
    pub mapper: MapperId,
    /// The primary key's values.
    pub values: Rc<[KeyValue]>,
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
