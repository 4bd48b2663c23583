//! Compiled statements by their structure, the least used ones forgotten.
//!
//! SQLAlchemy counterpart: `sqlalchemy.util.LRUCache`.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::sql::CacheKey;
use crate::sql::compiler::Compiled;

/// An engine's compiled statements.
pub(super) struct StatementCache {
    capacity: usize,
    statements: FxHashMap<CacheKey, (u64, Rc<Compiled>)>,
    /// Counts uses; the larger a statement's number, the later its last use.
    uses: u64,
}

impl StatementCache {
    /// One that keeps about `capacity` statements.
    pub(super) fn new(capacity: usize) -> StatementCache {
        StatementCache { capacity, statements: FxHashMap::default(), uses: 0 }
    }

    /// A statement, which is used by that.
    pub(super) fn get(&mut self, key: &CacheKey) -> Option<Rc<Compiled>> {
        self.uses += 1;
        let (used, compiled) = self.statements.get_mut(key)?;
        *used = self.uses;
        Some(Rc::clone(compiled))
    }

    /// Adds a statement. Half as many again as it is made for may come, then
    /// the least used ones go; tells how many there were then.
    pub(super) fn insert(&mut self, key: CacheKey, compiled: Rc<Compiled>) -> Option<usize> {
        self.uses += 1;
        self.statements.insert(key, (self.uses, compiled));
        let length = self.statements.len();
        (length > self.capacity + self.capacity / 2).then(|| {
            let mut uses: Vec<u64> = self.statements.values().map(|(used, _)| *used).collect();
            uses.sort_unstable();
            let oldest_kept = uses[uses.len() - self.capacity];
            self.statements.retain(|_, (used, _)| *used >= oldest_kept);
            length
        })
    }
}
