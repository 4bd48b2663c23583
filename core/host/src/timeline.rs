//! The log of ticks: what happened, and what was to be seen at each moment.
//!
//! Moments are kept as changes to the moment before, with a whole one at the
//! start of every stretch. A stretch ends when its changes are as large as a whole
//! moment, so that the whole ones take no more room, or time, than the changes do.
//! The log has a cap; the oldest stretches go first.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::protocol::{Card, DatabaseView, SessionView, Tick, TickKind, View};

/// Ticks in a stretch, at least.
const STRETCH: u32 = 64;
/// About how many bytes a change takes beside what is in it.
const CHANGE: usize = 16;
/// About how many bytes the log may take.
const CAP: usize = 64 << 20;

/// What changed between two moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Change {
    /// Cards that look different, or are gone.
    pub(crate) cards: Vec<(u32, Option<Rc<Card>>)>,
    /// The sessions, where they changed.
    pub(crate) sessions: Option<Vec<SessionView>>,
    /// The databases, where they changed.
    pub(crate) databases: Option<Vec<DatabaseView>>,
}

struct Stretch {
    first: u32,
    /// The first moment without its cards, and those.
    start: View,
    cards: Vec<Rc<Card>>,
    changes: Vec<(u32, Change)>,
    /// About how many bytes the first moment takes, and the changes.
    start_size: usize,
    changes_size: usize,
}

impl Stretch {
    fn size(&self) -> usize {
        self.start_size + self.changes_size
    }

    /// Whether a whole moment is due at a tick.
    fn is_full(&self, tick: u32) -> bool {
        tick - self.first >= STRETCH && self.changes_size >= self.start_size
    }
}

/// Every moment of a run.
#[derive(Default)]
pub(crate) struct Timeline {
    next: u32,
    stretches: VecDeque<Stretch>,
    size: usize,
    cards: BTreeMap<u32, Rc<Card>>,
    now: View,
}

impl Timeline {
    /// Adds a tick at which nothing is to be seen that was not there before.
    pub(crate) fn record(&mut self, line: u32, kind: TickKind) -> Tick {
        self.record_change(line, kind, Change::default())
    }

    /// Adds a tick and what changed with it.
    pub(crate) fn record_change(&mut self, line: u32, kind: TickKind, change: Change) -> Tick {
        let index = self.next;
        self.next += 1;
        self.apply(index, line, &change);
        if self.stretches.back().is_none_or(|stretch| stretch.is_full(index)) {
            let start_size = self.now_size();
            self.size += start_size;
            self.stretches.push_back(Stretch {
                first: index,
                start: self.now.clone(),
                cards: self.cards.values().cloned().collect(),
                changes: Vec::new(),
                start_size,
                changes_size: 0,
            });
        } else if let Some(stretch) = self.stretches.back_mut() {
            let size = CHANGE + change_size(&change);
            stretch.changes_size += size;
            self.size += size;
            stretch.changes.push((line, change));
        }
        while self.size > CAP && self.stretches.len() > 1 {
            if let Some(dropped) = self.stretches.pop_front() {
                self.size -= dropped.size();
            }
        }
        Tick { index, line, kind }
    }

    fn apply(&mut self, index: u32, line: u32, change: &Change) {
        self.now.tick = index;
        self.now.line = line;
        for (id, card) in &change.cards {
            match card {
                Some(card) => self.cards.insert(*id, Rc::clone(card)),
                None => self.cards.remove(id),
            };
        }
        if let Some(sessions) = &change.sessions {
            self.now.sessions.clone_from(sessions);
        }
        if let Some(databases) = &change.databases {
            self.now.databases.clone_from(databases);
        }
    }

    fn view_now(&self) -> View {
        View { cards: self.cards.values().map(|card| Card::clone(card)).collect(), ..self.now.clone() }
    }

    fn now_size(&self) -> usize {
        let cards: usize = self.cards.values().map(|card| card_size(card)).sum();
        cards + self.now.databases.iter().map(database_size).sum::<usize>()
    }

    /// A card as it is now.
    pub(crate) fn card(&self, id: u32) -> Option<&Card> {
        self.cards.get(&id).map(|card| &**card)
    }

    /// The last moment, without its cards.
    pub(crate) fn last(&self) -> &View {
        &self.now
    }

    /// The moment of a tick, or the last one; nothing where it is not kept any more.
    pub(crate) fn view(&self, tick: u32) -> Option<View> {
        if self.next == 0 || tick >= self.next - 1 {
            return Some(self.view_now());
        }
        let stretch = self.stretches.iter().rev().find(|stretch| stretch.first <= tick)?;
        let mut cards: BTreeMap<u32, &Rc<Card>> = stretch.cards.iter().map(|card| (card.id, card)).collect();
        let mut view = stretch.start.clone();
        for (at, (line, change)) in stretch.changes.iter().enumerate() {
            let index = stretch.first + 1 + at as u32;
            if index > tick {
                break;
            }
            view.line = *line;
            for (id, card) in &change.cards {
                match card {
                    Some(card) => cards.insert(*id, card),
                    None => cards.remove(id),
                };
            }
            if let Some(sessions) = &change.sessions {
                view.sessions.clone_from(sessions);
            }
            if let Some(databases) = &change.databases {
                view.databases.clone_from(databases);
            }
        }
        view.tick = tick;
        view.cards = cards.into_values().map(|card| Card::clone(card)).collect();
        Some(view)
    }
}

fn change_size(change: &Change) -> usize {
    let cards: usize =
        change.cards.iter().map(|(_, card)| card.as_ref().map_or(8, |card| card_size(card))).sum();
    let databases: usize = change.databases.iter().flatten().map(database_size).sum();
    let sessions: usize = change
        .sessions
        .iter()
        .flatten()
        .map(|session| {
            64 + 4 * (session.new.first.len() + session.dirty.first.len()) + 96 * session.plan.len()
        })
        .sum();
    cards + databases + sessions
}

fn card_size(card: &Card) -> usize {
    96 + card.fields.len() * 72
}

fn database_size(database: &DatabaseView) -> usize {
    let rows = |table: &crate::protocol::TableView| table.inside.len() + table.committed.len();
    64 + database.tables.iter().map(|table| 64 + rows(table) * 32 * table.columns.len().max(1)).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::{Change, Timeline};
    use crate::protocol::{SessionView, TickKind};

    #[test]
    fn every_moment_of_many_stretches_can_be_seen_again() {
        let mut timeline = Timeline::default();
        for line in 1..=300 {
            let sessions = Some(vec![SessionView { id: line, ..SessionView::default() }]);
            timeline.record_change(line, TickKind::Line, Change { sessions, ..Change::default() });
        }
        for tick in [0, 1, 63, 64, 65, 200, 299] {
            let view = timeline.view(tick).expect("the log is far below its cap");
            assert_eq!((view.tick, view.line), (tick, tick + 1));
            assert_eq!(view.sessions[0].id, tick + 1);
        }
        assert_eq!(timeline.view(9999).map(|view| view.tick), Some(299));
    }
}
