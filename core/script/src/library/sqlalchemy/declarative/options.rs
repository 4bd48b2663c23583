//! Arguments for dataclasses that `mapped_column()`, `relationship()` and the
//! like take: `init`, `repr`, `default`, `default_factory`, …
//!
//! SQLAlchemy counterpart: `_AttributeOptions`.

use crate::library::sqlalchemy::arguments::Arguments;
use crate::object::Object;

/// Their names, in SQLAlchemy's order.
pub(in crate::library::sqlalchemy) const NAMES: [&str; 8] =
    ["init", "repr", "default", "default_factory", "compare", "kw_only", "hash", "dataclass_metadata"];

/// Those that were given.
#[derive(Clone, Default)]
pub(in crate::library::sqlalchemy) struct FieldOptions(Vec<(&'static str, Object)>);

impl FieldOptions {
    /// The argument of that name.
    pub(in crate::library::sqlalchemy) fn get(&self, name: &str) -> Option<Object> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    }

    /// Sets an argument.
    pub(super) fn set(&mut self, name: &'static str, value: Object) {
        self.remove(name);
        self.0.push((name, value));
    }

    /// Takes an argument out.
    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| *known != name);
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &Object)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// The names of those that make no sense but in a dataclass.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name).filter(|name| *name != "default")
    }

    /// Adds an argument by its name, where it is one of these.
    pub(super) fn add(&mut self, name: &str, value: &Object) {
        if let Some(known) = NAMES.iter().find(|known| **known == name) {
            self.set(known, value.clone());
        }
    }
}

/// Takes them out of the arguments of a call.
pub(in crate::library::sqlalchemy) fn take(args: &mut Arguments) -> FieldOptions {
    FieldOptions(NAMES.into_iter().filter_map(|name| args.keyword(name).map(|value| (name, value))).collect())
}
