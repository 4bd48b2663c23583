//! What happened so far: every tick of the run, and what the page asks of it often.
//!
//! Batches are shared, never copied, so that a state can be cloned at any length. A run
//! that never ends is kept for as long as memory is: of a very long one the oldest ticks go.

use std::collections::BTreeMap;
use std::rc::Rc;

use ormscope_host::protocol::{Statement, Tick, TickKind};

/// The ticks of one run.
#[derive(Clone, Debug, Default)]
pub struct Log {
    run: u32,
    batches: Vec<Batch>,
    index: Rc<Index>,
}

#[derive(Clone, Debug)]
struct Batch {
    start: u32,
    ticks: Rc<[Tick]>,
}

/// Ticks kept at least; once a quarter more have come, the oldest go.
const KEPT: u32 = 200_000;

/// What is kept up to date while ticks arrive.
#[derive(Clone, Debug, Default)]
struct Index {
    len: u32,
    moments: Vec<u32>,
    entries: Vec<Entry>,
    lines: BTreeMap<u32, LineFacts>,
    statements: u32,
    failure: Option<u32>,
    /// The line whose output has not ended yet.
    unfinished: Option<u32>,
}

/// Neighbouring ticks that are read as one: a statement, or one `print`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The first tick.
    pub first: u32,
    /// The last tick, inclusive.
    pub last: u32,
}

/// What a line of code did, for the badge beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineFacts {
    /// How many statements it sent, without `BEGIN` and `COMMIT`.
    pub statements: u32,
    /// Causes that the line itself does not show: a lazy load, a refresh.
    pub causes: Vec<String>,
    /// The class of the exception that left the script here.
    pub error: Option<String>,
}

/// The causes that surprise people, and so are named beside the code.
const SURPRISES: [&str; 4] = ["lazy load", "refresh", "autoflush", "deferred"];

/// Two logs are equal when they are the same run at the same length: a run only grows.
impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        self.run == other.run && self.len() == other.len()
    }
}

impl Log {
    /// The empty log of a run.
    #[must_use]
    pub fn new(run: u32) -> Self {
        Self { run, ..Self::default() }
    }

    /// The run's number.
    #[must_use]
    pub fn run(&self) -> u32 {
        self.run
    }

    /// The tick of the exception that left the script.
    #[must_use]
    pub fn failure(&self) -> Option<u32> {
        self.index.failure
    }

    /// How many ticks there were.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.index.len
    }

    /// Whether nothing happened yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The oldest tick that is kept.
    #[must_use]
    pub fn start(&self) -> u32 {
        self.batches.first().map_or(0, |batch| batch.start)
    }

    /// The last tick's place.
    #[must_use]
    pub fn last(&self) -> Option<u32> {
        self.len().checked_sub(1)
    }

    /// How many statements were sent, without `BEGIN` and `COMMIT`.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.index.statements
    }

    /// The tick at a place.
    #[must_use]
    pub fn get(&self, at: u32) -> Option<&Tick> {
        let batch = self.batches.partition_point(|batch| batch.start <= at).checked_sub(1)?;
        let batch = self.batches.get(batch)?;
        batch.ticks.get((at - batch.start) as usize)
    }

    /// All ticks that are kept, in order, the first one at [`Log::start`].
    pub fn iter(&self) -> impl Iterator<Item = &Tick> {
        self.batches.iter().flat_map(|batch| batch.ticks.iter())
    }

    /// Every entry of the echo, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.index.entries
    }

    /// How many entries had begun at a moment.
    #[must_use]
    pub fn entries_until(&self, at: u32) -> usize {
        self.index.entries.partition_point(|entry| entry.first <= at)
    }

    /// What each line did.
    #[must_use]
    pub fn lines(&self) -> &BTreeMap<u32, LineFacts> {
        &self.index.lines
    }

    /// The first moment at which a line had been executed.
    #[must_use]
    pub fn first_moment(&self) -> Option<u32> {
        self.index.moments.first().copied()
    }

    /// The next such moment after a tick.
    #[must_use]
    pub fn moment_after(&self, at: u32) -> Option<u32> {
        let next = self.index.moments.partition_point(|moment| *moment <= at);
        self.index.moments.get(next).copied()
    }

    /// Takes what happened since the last batch.
    pub fn append(&mut self, ticks: Vec<Tick>) {
        if ticks.is_empty() {
            return;
        }
        let start = self.len();
        let index = Rc::make_mut(&mut self.index);
        for (at, tick) in (start..).zip(&ticks) {
            index.take(at, tick);
        }
        self.batches.push(Batch { start, ticks: ticks.into() });
        self.forget();
    }

    fn forget(&mut self) {
        let len = self.len();
        if len - self.start() <= KEPT + KEPT / 4 {
            return;
        }
        let old = self.batches.partition_point(|batch| batch.start + KEPT <= len).saturating_sub(1);
        self.batches.drain(..old);
        let start = self.start();
        let index = Rc::make_mut(&mut self.index);
        index.moments.drain(..index.moments.partition_point(|moment| *moment < start));
        index.entries.drain(..index.entries.partition_point(|entry| entry.first < start));
    }
}

impl Index {
    fn take(&mut self, at: u32, tick: &Tick) {
        self.len = at + 1;
        let printed = match &tick.kind {
            TickKind::Line => {
                self.moments.push(at);
                return;
            }
            TickKind::Output { text } => Some((tick.line, text.ends_with('\n'))),
            TickKind::Statement(statement) => {
                self.count(tick.line, statement);
                None
            }
            TickKind::Error(error) => {
                self.moments.push(at);
                if tick.line > 0 {
                    self.failure = Some(at);
                }
                if let Some(line) = error.line.or(error.top) {
                    self.lines.entry(line).or_default().error = Some(error.class.clone());
                }
                None
            }
            TickKind::Action { .. } | TickKind::Note { .. } => None,
        };
        let goes_on = printed.is_some() && self.unfinished.is_some_and(|line| line == tick.line);
        match self.entries.last_mut() {
            Some(entry) if goes_on && entry.last + 1 == at => entry.last = at,
            _ => self.entries.push(Entry { first: at, last: at }),
        }
        self.unfinished = printed.and_then(|(line, ended)| (!ended).then_some(line));
    }

    fn count(&mut self, line: u32, statement: &Statement) {
        if is_transaction(statement) {
            return;
        }
        self.statements += 1;
        if line == 0 {
            return;
        }
        let facts = self.lines.entry(line).or_default();
        facts.statements += 1;
        for surprise in SURPRISES {
            if statement.cause.contains(surprise) && !facts.causes.iter().any(|cause| cause == surprise) {
                facts.causes.push(surprise.to_owned());
            }
        }
    }
}

/// Whether a statement only opens or ends a transaction.
#[must_use]
pub fn is_transaction(statement: &Statement) -> bool {
    statement.parameters.is_none()
        && ["BEGIN", "COMMIT", "ROLLBACK"].iter().any(|word| statement.sql.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{line, output, statement, transaction};

    #[test]
    fn begin_and_commit_are_not_counted() {
        let mut log = Log::new(1);
        log.append(vec![
            transaction(0, 3, "BEGIN (implicit)"),
            statement(1, 3, "INSERT INTO users (name) VALUES (?)", "flush by commit"),
            transaction(2, 3, "COMMIT"),
            line(3, 3),
        ]);
        assert_eq!(log.statements(), 1);
        assert_eq!(log.lines()[&3].statements, 1);
    }

    #[test]
    fn surprising_causes_are_named_once() {
        let mut log = Log::new(1);
        log.append(vec![
            statement(0, 5, "SELECT 1", "lazy load of User.addresses"),
            statement(1, 5, "SELECT 1", "lazy load of User.addresses"),
            statement(2, 6, "SELECT 1", "query"),
        ]);
        assert_eq!(log.lines()[&5].causes, ["lazy load"]);
        assert!(log.lines()[&6].causes.is_empty());
    }

    #[test]
    fn pieces_of_one_print_are_one_entry() {
        let mut log = Log::new(1);
        log.append(vec![output(0, 1, "x "), output(1, 1, "1\n"), output(2, 1, "y\n")]);
        log.append(vec![output(3, 2, "z")]);
        log.append(vec![output(4, 2, "\n")]);
        let entries: Vec<_> = log.entries().iter().map(|entry| (entry.first, entry.last)).collect();
        assert_eq!(entries, [(0, 1), (2, 2), (3, 4)]);
    }

    #[test]
    fn a_statement_inside_a_print_splits_it() {
        let mut log = Log::new(1);
        log.append(vec![output(0, 1, "x "), statement(1, 1, "SELECT 1", "refresh"), output(2, 1, "1\n")]);
        assert_eq!(log.entries().len(), 3);
    }

    #[test]
    fn of_a_very_long_run_the_oldest_ticks_go() {
        let mut log = Log::new(1);
        for batch in 0..300_u32 {
            let first = batch * 1_000;
            log.append((first..first + 1_000).map(|at| line(at, 1)).collect());
        }
        assert_eq!(log.len(), 300_000);
        let kept = log.len() - log.start();
        assert!((KEPT..=KEPT + KEPT / 4).contains(&kept), "{kept}");
        assert_eq!(log.first_moment(), Some(log.start()));
        assert_eq!(log.get(log.start() - 1), None);
        assert_eq!(log.get(299_999).map(|tick| tick.index), Some(299_999));
    }

    #[test]
    fn ticks_are_found_across_batches() {
        let mut log = Log::new(1);
        log.append(vec![line(0, 1), line(1, 2)]);
        log.append(vec![]);
        log.append(vec![line(2, 3)]);
        assert_eq!(log.get(2).map(|tick| tick.line), Some(3));
        assert_eq!(log.get(3), None);
        assert_eq!(log.iter().count(), 3);
        assert_eq!(log.first_moment(), Some(0));
        assert_eq!(log.moment_after(1), Some(2));
        assert_eq!(log.moment_after(2), None);
    }
}
