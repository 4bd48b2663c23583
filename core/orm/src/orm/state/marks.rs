//! Which states have been changed since somebody last asked: a mark costs one bit.
//!
//! SQLAlchemy counterpart: none; the page asks.

use crate::types::StateId;

/// A set of states.
#[derive(Default)]
pub(crate) struct Marks {
    /// A bit for each state.
    words: Vec<u64>,
    /// The words that have a bit set.
    marked: Vec<u32>,
}

impl Marks {
    /// Marks a state.
    pub(crate) fn insert(&mut self, id: StateId) {
        let (word, bit) = (id.0 / u64::BITS, 1 << (id.0 % u64::BITS));
        if self.words.len() <= word as usize {
            self.words.resize(word as usize + 1, 0);
        }
        let bits = &mut self.words[word as usize];
        if *bits == 0 {
            self.marked.push(word);
        }
        *bits |= bit;
    }

    /// The marked states, which are then no longer marked.
    pub(crate) fn take(&mut self) -> Vec<StateId> {
        let mut ids = Vec::new();
        self.marked.sort_unstable();
        for word in self.marked.drain(..) {
            let bits = std::mem::take(&mut self.words[word as usize]);
            let set = (0..u64::BITS).filter(|bit| bits >> bit & 1 == 1);
            ids.extend(set.map(|bit| StateId(word * u64::BITS + bit)));
        }
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::Marks;
    use crate::types::StateId;

    #[test]
    fn what_is_marked_is_told_once_and_in_order() {
        let mut marks = Marks::default();
        for id in [200, 3, 64, 3, 63] {
            marks.insert(StateId(id));
        }
        assert_eq!(marks.take(), [3, 63, 64, 200].map(StateId));
        assert_eq!(marks.take(), []);
        marks.insert(StateId(64));
        assert_eq!(marks.take(), [StateId(64)]);
    }
}
