//! A second driver, which records what it is told, answers with rows that were
//! given to it, and fails on demand: the engine's state stays right after every fault.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use ormscope::engine::{
    Driver, DriverConnection, DriverError, EngineError, EngineOptions, Engines, ErrorKind, EventKind,
    IsolationLevel, Listener, Moment, PoolKind, RawResult, Url,
};
use ormscope::schema::Schema;
use ormscope::types::{DbValue, EngineId};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Where the driver fails, once.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Connect,
    /// The statement of that number, counted from one.
    Statement(usize),
    Commit,
    Rollback,
}

/// What the driver was told, and what it will answer.
#[derive(Default)]
struct Script {
    told: Vec<String>,
    statements: usize,
    fault: Option<Fault>,
    answers: VecDeque<RawResult>,
}

#[derive(Clone, Default)]
struct Recorder(Rc<RefCell<Script>>);

impl Recorder {
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.0.borrow_mut().told)
    }

    fn fail(&self, fault: Fault) {
        let mut script = self.0.borrow_mut();
        script.fault = Some(fault);
        script.statements = 0;
    }

    /// Notes something, and fails where that is the fault.
    fn note(&self, text: impl Into<String>, fault: Fault) -> Result<(), DriverError> {
        let mut script = self.0.borrow_mut();
        script.told.push(text.into());
        if script.fault == Some(fault) {
            script.fault = None;
            return Err(DriverError { class: "OperationalError", message: format!("{fault:?} failed") });
        }
        Ok(())
    }
}

impl Driver for Recorder {
    fn connect(&self, _: &Url) -> Result<Box<dyn DriverConnection>, DriverError> {
        self.note("connect", Fault::Connect)?;
        Ok(Box::new(Recording { recorder: self.clone(), open: false }))
    }
}

struct Recording {
    recorder: Recorder,
    open: bool,
}

impl DriverConnection for Recording {
    fn execute(&mut self, sql: &str, parameters: &[DbValue]) -> Result<RawResult, DriverError> {
        let number = {
            let mut script = self.recorder.0.borrow_mut();
            script.statements += 1;
            script.statements
        };
        self.open = true;
        self.recorder.note(format!("{sql} {}", parameters.len()), Fault::Statement(number))?;
        Ok(self.recorder.0.borrow_mut().answers.pop_front().unwrap_or_default())
    }

    fn commit(&mut self) -> Result<(), DriverError> {
        self.recorder.note("commit", Fault::Commit)?;
        self.open = false;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), DriverError> {
        self.recorder.note("rollback", Fault::Rollback)?;
        self.open = false;
        Ok(())
    }

    fn in_transaction(&self) -> bool {
        self.open
    }

    fn set_isolation(&mut self, level: IsolationLevel) -> Result<(), DriverError> {
        self.recorder.0.borrow_mut().told.push(level.name().to_string());
        Ok(())
    }

    fn isolation(&mut self) -> Result<IsolationLevel, DriverError> {
        Ok(IsolationLevel::Serializable)
    }

    fn module(&self) -> &'static str {
        "recorder"
    }
}

fn world() -> (Recorder, Engines, EngineId) {
    let recorder = Recorder::default();
    let mut engines = Engines::new(Rc::new(recorder.clone()));
    let url = Url::parse("postgresql://scott@localhost/test").expect("a URL");
    let options = EngineOptions::of(&url);
    let engine = engines.create(url, options).expect("a known dialect");
    (recorder, engines, engine)
}

#[test]
fn a_driver_gets_statements_and_the_end_of_the_transaction() {
    let (recorder, mut engines, engine) = world();
    let connection = engines.connect(engine).expect("no fault");
    recorder.0.borrow_mut().answers.push_back(RawResult {
        columns: vec!["x".into()],
        rows: vec![vec![DbValue::Int(5)]],
        ..RawResult::default()
    });
    let result = engines.execute_raw(connection, "SELECT 5 AS x", &[]).expect("no fault");
    assert_eq!(&*result.columns[0].key, "x");
    engines.commit(connection).expect("no fault");
    engines.close(connection).expect("no fault");
    assert_eq!(recorder.told(), ["connect", "SELECT 5 AS x 0", "commit", "rollback"]);
}

#[test]
fn a_connection_that_cannot_be_made_leaves_nothing_checked_out() {
    let (recorder, mut engines, engine) = world();
    recorder.fail(Fault::Connect);
    let error = engines.connect(engine).expect_err("the fault");
    assert_eq!(error.kind, ErrorKind::Operational);
    assert_eq!(error.message, "(psycopg.OperationalError) Connect failed");
    assert_eq!(engines.pool_status(engine).checked_out, 0);
    engines.connect(engine).expect("the fault is over");
    assert_eq!(engines.pool_status(engine).checked_out, 1);
}

#[test]
fn a_statement_that_fails_leaves_the_transaction_open_for_a_rollback() {
    let (recorder, mut engines, engine) = world();
    let connection = engines.connect(engine).expect("no fault");
    for failing in 1..=3 {
        recorder.fail(Fault::Statement(failing));
        for number in 1..=3 {
            let done = engines.execute_raw(connection, &format!("statement {number}"), &[]);
            assert_eq!(done.is_err(), number == failing);
            assert!(engines.in_transaction(connection));
        }
        engines.rollback(connection).expect("no fault");
        assert!(!engines.in_transaction(connection));
    }
}

#[test]
fn an_error_carries_the_statement_and_the_drivers_module() {
    let (recorder, mut engines, engine) = world();
    let connection = engines.connect(engine).expect("no fault");
    recorder.fail(Fault::Statement(1));
    let error = engines.execute_raw(connection, "nonsense", &[DbValue::Int(1)]).expect_err("the fault");
    assert_eq!(
        error.text("21"),
        "(recorder.OperationalError) Statement(1) failed\n[SQL: nonsense]\n[parameters: (1,)]\n(Background on this error at: https://sqlalche.me/e/21/e3q8)"
    );
}

#[test]
fn a_commit_that_fails_must_be_rolled_back_before_anything_else() {
    let (recorder, mut engines, engine) = world();
    let connection = engines.connect(engine).expect("no fault");
    let transaction = engines.begin(connection).expect("nothing has begun");
    recorder.fail(Fault::Commit);
    engines.commit(connection).expect_err("the fault");
    assert!(!engines.transaction(transaction).is_active);
    assert!(!engines.in_transaction(connection));
    let refused = engines.execute_raw(connection, "statement", &[]).expect_err("a rollback is due");
    assert_eq!(refused.kind, ErrorKind::PendingRollback);
    engines.rollback(connection).expect("no fault");
    engines.execute_raw(connection, "statement", &[]).expect("a new transaction");
}

#[test]
fn a_rollback_that_fails_ends_the_transaction_all_the_same() {
    let (recorder, mut engines, engine) = world();
    let connection = engines.connect(engine).expect("no fault");
    engines.begin(connection).expect("nothing has begun");
    recorder.fail(Fault::Rollback);
    engines.rollback(connection).expect_err("the fault");
    assert!(engines.transaction_of(connection).is_none());
    engines.begin(connection).expect("the next transaction");
}

#[test]
fn a_connection_that_cannot_be_reset_does_not_return_to_the_pool() {
    let (recorder, mut engines, engine) = world();
    let connection = engines.connect(engine).expect("no fault");
    recorder.fail(Fault::Rollback);
    engines.close(connection).expect("nobody is told");
    assert!(engines.is_closed(connection));
    let status = engines.pool_status(engine);
    assert_eq!((status.checked_in, status.checked_out), (0, 0));
    recorder.told();
    engines.connect(engine).expect("no fault");
    assert_eq!(recorder.told(), ["connect"]);
}

#[test]
fn a_savepoint_that_fails_to_be_set_does_not_count() {
    let (recorder, mut engines, engine) = world();
    let connection = engines.connect(engine).expect("no fault");
    recorder.fail(Fault::Statement(1));
    engines.begin_nested(connection).expect_err("the fault");
    assert!(!engines.in_nested_transaction(connection));
    let savepoint = engines.begin_nested(connection).expect("no fault");
    assert_eq!(engines.transaction(savepoint).savepoint.as_deref(), Some("sa_savepoint_2"));
    assert!(engines.in_nested_transaction(connection));
    engines.rollback(connection).expect("no fault");
    assert!(!engines.transaction(savepoint).is_active);
}

#[test]
fn a_queue_says_so_when_it_has_no_connection_left() {
    let recorder = Recorder::default();
    let mut engines = Engines::new(Rc::new(recorder.clone()));
    let url = Url::parse("mysql://localhost/test").expect("a URL");
    let pool = PoolKind::Queue { size: 1, max_overflow: 1, lifo: false, timeout: 30.0 };
    let options = EngineOptions { pool, ..EngineOptions::of(&url) };
    let engine = engines.create(url, options).expect("a known dialect");
    let first = engines.connect(engine).expect("the pool's own");
    engines.connect(engine).expect("the overflow");
    let error = engines.connect(engine).expect_err("there is no third");
    assert_eq!(error.kind, ErrorKind::Timeout);
    engines.close(first).expect("no fault");
    engines.connect(engine).expect("the first one again");
    assert_eq!(recorder.told().iter().filter(|told| *told == "connect").count(), 2);
}

/// A program that listens: it notes what happens, marks every statement, and
/// words one error anew.
struct Program {
    engines: Engines,
    schema: Schema,
    heard: Vec<String>,
}

impl Listener for Program {
    fn parts(&mut self) -> (&mut Engines, &Schema) {
        (&mut self.engines, &self.schema)
    }

    fn notify(&mut self, moment: Moment<'_>) -> Result<(), EngineError> {
        match moment {
            Moment::Link { kind, .. } | Moment::Connection { kind, .. } => {
                self.heard.push(format!("{kind:?}"))
            }
            Moment::Before { sql, .. } => sql.push_str(" -- marked"),
            Moment::Error { error, .. } => error.message = "worded anew".to_string(),
            Moment::After { .. } | Moment::Make { .. } | Moment::Execute { .. } | Moment::Calls { .. } => {}
        }
        Ok(())
    }
}

#[test]
fn a_listener_hears_changes_and_words() {
    let (recorder, mut engines, engine) = world();
    for kind in [EventKind::Connect, EventKind::Begin, EventKind::Commit, EventKind::Checkin] {
        engines.listen(Some(engine), kind);
    }
    engines.listen(None, EventKind::BeforeCursorExecute);
    engines.listen(None, EventKind::HandleError);
    let mut program = Program { engines, schema: Schema::default(), heard: Vec::new() };
    let at: &mut dyn Listener = &mut program;
    let connection = at.connect(engine).expect("no fault");
    at.execute_raw(connection, "SELECT 1", vec![Vec::new()], false).expect("no fault");
    recorder.fail(Fault::Statement(1));
    let error = at.execute_raw(connection, "SELECT 2", vec![Vec::new()], false).expect_err("the fault");
    assert_eq!(error.message, "worded anew");
    at.commit(connection).expect("no fault");
    at.close(connection).expect("no fault");
    assert_eq!(
        recorder.told(),
        ["connect", "SELECT 1 -- marked 0", "SELECT 2 -- marked 0", "commit", "rollback"]
    );
    assert_eq!(program.heard, ["Connect", "Begin", "Commit", "Checkin"]);
}
