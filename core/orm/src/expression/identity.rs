//! What makes two elements of a statement the same element.
//!
//! SQLAlchemy counterpart: `hash(element)`, and the anonymous names made from it.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::cache_key::AnonId;
use crate::types::TableId;

/// Tells an element from others that look the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// An element, by where it is kept while the statement lives.
    Element(usize),
    /// A column, by what it is of, its name, and its place among those of the name.
    Column(FromIdentity, Rc<str>, u32),
    /// NULL, true and the like, which are each one element.
    Constant(&'static str),
    /// The second time that an element stands among columns, and so on.
    Repeated(Rc<Identity>, u32),
    /// A bind or alias, by its number.
    Anonymous(AnonId),
    /// A table without a schema, by the name that one with a schema has too.
    Shared(Rc<str>),
}

/// Tells an element of FROM from others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FromIdentity {
    /// None: a column by itself.
    None,
    /// A table.
    Table(TableId),
    /// An alias, subquery, CTE or list of values.
    Alias(AnonId),
    /// Anything else, by where it is kept.
    Element(Address),
}

/// A place in memory. It means nothing beyond being the same or another, so it
/// is hashed as the recorder of cache keys hashes anonymous things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(pub usize);

impl Hash for Address {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Apart from the numbers of `AnonId`.
        state.write_u128((1 << 64) | self.0 as u128);
    }
}

impl Hash for Identity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Identity::Element(address) => Address(*address).hash(state),
            Identity::Column(from, name, again) => {
                from.hash(state);
                name.hash(state);
                again.hash(state);
            }
            Identity::Constant(name) => name.hash(state),
            Identity::Repeated(of, number) => {
                of.hash(state);
                number.hash(state);
            }
            Identity::Anonymous(id) => id.hash(state),
            Identity::Shared(name) => name.hash(state),
        }
    }
}

/// Patterns of names have numbers as long as SQLAlchemy's, which are addresses.
const FIRST_PATTERN: usize = 10_000_000;

/// The name of a column or alias.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// A name as it was given; a statement that is too long for its database
    /// does not shorten it.
    Fixed(Rc<str>),
    /// A name that was put together, `table_column`, and may be shortened.
    Truncatable(Rc<str>),
    /// A name that the compiler makes up, from a base and a number.
    Anonymous(Box<Identity>, Rc<str>),
    /// Two names, one of them made up, with an underscore between.
    Joined(Box<Name>, Box<Name>),
    /// A made-up name with a number behind it, for another element of that name.
    Numbered(Box<Name>, Box<Identity>),
}

impl Name {
    /// A name made up from `base` for an element; characters that would disturb
    /// a placeholder are left out of it.
    pub fn anonymous(of: Identity, base: &str) -> Name {
        let base = joined_by_underscores(base, |c| matches!(c, '%' | '(' | ')' | ' ' | '$'));
        Name::Anonymous(Box::new(of), base.into())
    }

    /// Its text, without a number where it is made up; of two names the second's.
    pub fn base(&self) -> &Rc<str> {
        match self {
            Name::Fixed(text) | Name::Truncatable(text) | Name::Anonymous(_, text) => text,
            Name::Joined(_, name) | Name::Numbered(name, _) => name.base(),
        }
    }

    /// Its text as a program sees it: a made-up name shows the pattern that it is
    /// made from, with a number that tells it from others beside it.
    pub fn pattern(&self, number: usize) -> Rc<str> {
        match self {
            Name::Fixed(text) | Name::Truncatable(text) => Rc::clone(text),
            Name::Anonymous(_, base) => format!("%({} {base})s", FIRST_PATTERN + number).into(),
            Name::Joined(a, b) => format!("{}_{}", a.pattern(number), b.pattern(number)).into(),
            Name::Numbered(name, _) => {
                format!("{}%({} )s", name.pattern(number), FIRST_PATTERN + number).into()
            }
        }
    }

    /// A name for an element, made from one that is itself made up or not.
    pub(crate) fn made_from(self, of: Identity) -> Name {
        match self.fixed() {
            Some(text) => Name::anonymous(of, text),
            None => Name::Numbered(Box::new(self), Box::new(of)),
        }
    }

    /// `a_b`
    pub fn joined(self, other: Name) -> Name {
        match (&self, &other) {
            (Name::Fixed(a) | Name::Truncatable(a), Name::Fixed(b) | Name::Truncatable(b)) => {
                Name::Truncatable(format!("{a}_{b}").into())
            }
            _ => Name::Joined(Box::new(self), Box::new(other)),
        }
    }

    /// Its text, where it is not made up.
    pub fn fixed(&self) -> Option<&Rc<str>> {
        match self {
            Name::Fixed(text) | Name::Truncatable(text) => Some(text),
            Name::Anonymous(..) | Name::Joined(..) | Name::Numbered(..) => None,
        }
    }
}

impl std::convert::From<&str> for Name {
    fn from(text: &str) -> Name {
        Name::Fixed(text.into())
    }
}

/// What a name that is made up for a bind is made from.
pub(crate) fn bind_key_base(key: &str) -> Rc<str> {
    let unfit = |c| matches!(c, '%' | '(' | ')' | ' ' | '$' | '.' | '[' | ']' | ':');
    match key.contains(unfit) {
        true => joined_by_underscores(key, unfit).trim_matches('_').into(),
        false => key.trim_matches('_').into(),
    }
}

/// The text with an underscore for each run of such characters.
fn joined_by_underscores(text: &str, unfit: impl Fn(char) -> bool) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match (unfit(c), inside) {
            (true, true) => {}
            (true, false) => joined.push('_'),
            (false, _) => joined.push(c),
        }
        inside = unfit(c);
    }
    joined
}
