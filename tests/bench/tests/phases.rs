//! The phases do the same however they are run, and send what the log says.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::driver::SqliteDriver;
use ormscope::engine::{Observer, Outcome, Probe, StatementEvent};
use ormscope_bench::{Lap, measure, script};

/// Enough for statements to repeat, and little enough for a debug build.
const SIZE: usize = 40;

#[test]
fn every_way_comes_to_the_same_sums() {
    let sums = |what: &str| -> Vec<(String, i64)> {
        let laps: Vec<Lap> = measure(what, SIZE).expect("the phases run to their end");
        laps.into_iter().map(|lap| (lap.name, lap.sum)).collect()
    };
    let script = sums("script");
    assert_eq!(script.len(), 7);
    assert_eq!(sums("api"), script);
    assert_eq!(sums("recorder"), script);
    for phase in sums("raw") {
        assert!(script.contains(&phase), "{phase:?} is not in {script:?}");
    }
}

#[test]
fn the_parsed_script_is_understood() {
    assert_eq!(measure("parse", 0).expect("it is Python").len(), 1);
}

thread_local! {
    /// The statements that SQLite has executed.
    static EXECUTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The statements that were logged.
#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<String>>>);

impl Observer for Log {
    fn before(&mut self, event: &StatementEvent) {
        self.0.borrow_mut().push(event.sql.clone());
    }

    fn after(&mut self, _: &Outcome, _: Probe<'_>) {}
}

/// Runs the script and gives what SQLite has executed, without the transactions'
/// own statements.
fn executed(log: Option<Log>) -> Vec<String> {
    EXECUTED.take();
    SqliteDriver::trace(Some(|sql| EXECUTED.with_borrow_mut(|all| all.push(sql.to_string()))));
    let laps = script::prepared(&script::sized(SIZE), |vm| {
        if let (Some(log), Some(orm)) = (log, vm.library.sqlalchemy.orm_mut()) {
            orm.engines.observe(Some(Box::new(log)));
        }
    });
    SqliteDriver::trace(None);
    assert_eq!(laps.expect("the script runs to its end").len(), 7);
    statements(EXECUTED.take())
}

fn statements(all: Vec<String>) -> Vec<String> {
    let aside =
        |sql: &&str| ["BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"].iter().any(|word| sql.starts_with(word));
    // SQLite tells a statement without the empty lines around it.
    all.iter().map(|sql| sql.trim()).filter(|sql| !aside(sql)).map(str::to_string).collect()
}

#[test]
fn what_sqlite_executes_is_what_is_logged() {
    let log = Log::default();
    let watched = executed(Some(log.clone()));
    let counted = |start: &str| watched.iter().filter(|sql| sql.starts_with(start)).count();
    assert_eq!(counted("INSERT INTO users"), SIZE);
    assert_eq!(counted("INSERT INTO addresses"), SIZE);
    assert_eq!(counted("UPDATE users"), SIZE);
    // One line of the log stands for all sets of an `executemany`, and looks at the
    // schema are PRAGMAs.
    let mut logged = statements(log.0.take());
    logged.dedup();
    let mut once = watched.clone();
    once.dedup();
    assert_eq!(once, logged);
    // With nobody looking on the same goes out, though in fewer calls.
    assert_eq!(executed(None), watched);
}
