//! When two statements are the same statement with other values.
//!
//! The nodes derive `Hash`; a recorder that takes what they hash and keeps it
//! is their structural key. Anonymous things (binds, aliases) have ids that
//! differ from one construction to the next: they are hashed as `u128`, which
//! nothing else here is, and the recorder numbers them by first appearance.
//! SQLAlchemy counterpart: `sqlalchemy.sql.cache_key`.

use std::cell::Cell;
use std::hash::{Hash, Hasher};

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// Identifies an anonymous element: a bind or an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnonId(u64);

impl AnonId {
    /// An id that no other element of this thread has.
    pub fn fresh() -> AnonId {
        thread_local!(static NEXT: Cell<u64> = const { Cell::new(1) });
        NEXT.with(|next| {
            let id = next.get();
            next.set(id + 1);
            AnonId(id)
        })
    }

    /// The number itself; only its identity means something.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl Hash for AnonId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from(self.0));
    }
}

/// The structure of a statement without its values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey(Box<[u8]>);

impl CacheKey {
    /// The key of anything that hashes by structure.
    pub fn of<T: Hash + ?Sized>(element: &T) -> CacheKey {
        let mut recorder = Recorder::default();
        element.hash(&mut recorder);
        CacheKey(recorder.bytes.into_boxed_slice())
    }
}

#[derive(Default)]
struct Recorder {
    bytes: Vec<u8>,
    anonymous: IndexSet<u128, FxBuildHasher>,
}

impl Hasher for Recorder {
    fn write(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn write_u128(&mut self, id: u128) {
        let (ordinal, _) = self.anonymous.insert_full(id);
        self.bytes.extend_from_slice(&(ordinal as u32).to_le_bytes());
    }

    fn finish(&self) -> u64 {
        0
    }
}
