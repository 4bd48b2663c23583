//! `str`: immutable text that knows its length in code points.

use std::cell::Cell;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

use rustc_hash::FxHasher;

/// A shared string; the names of attributes and variables are of this type too.
pub type Name = Rc<PyStr>;

/// The text of a Python `str`.
#[derive(Debug)]
pub struct PyStr {
    text: Box<str>,
    chars: usize,
    /// The hash, once it has been asked for; 0 before.
    hash: Cell<u64>,
}

impl PyStr {
    /// A shared string.
    pub fn new(text: &str) -> Name {
        Rc::new(PyStr { chars: text.chars().count(), text: text.into(), hash: Cell::new(0) })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `len()`: the number of code points.
    pub fn chars_len(&self) -> usize {
        self.chars
    }

    /// Whether each byte is one code point, so that indexing is direct.
    pub fn is_ascii(&self) -> bool {
        self.chars == self.text.len()
    }

    /// The hash of the text, which maps of names and `hash()` use.
    pub fn hash_code(&self) -> u64 {
        let known = self.hash.get();
        if known != 0 {
            return known;
        }
        let hash = PyStr::hash_of(&self.text);
        self.hash.set(hash);
        hash
    }

    /// The [`PyStr::hash_code`] of a text; never 0.
    pub fn hash_of(text: &str) -> u64 {
        let mut hasher = FxHasher::default();
        hasher.write(text.as_bytes());
        hasher.finish().max(1)
    }
}

impl Deref for PyStr {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for PyStr {
    fn eq(&self, other: &PyStr) -> bool {
        self.text == other.text
    }
}

impl Eq for PyStr {}

impl PartialOrd for PyStr {
    fn partial_cmp(&self, other: &PyStr) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

// Bytes of UTF-8 sort as code points do.
impl Ord for PyStr {
    fn cmp(&self, other: &PyStr) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for PyStr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash_code());
    }
}
