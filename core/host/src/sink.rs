//! What happens during a run, in order: printed text and statements.
//!
//! The interpreter writes to it as its host, the engines as their observer.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::{Observer, Outcome, Probe, StatementEvent};
use ormscope::types::EngineId;
use ormscope_script::vm;

use crate::mirror::Mirrors;

/// Something that happened.
pub(crate) enum Happening {
    /// The script printed.
    Output(String),
    /// A statement is about to be executed.
    Statement {
        /// The statement.
        event: StatementEvent,
        /// Rows returned or changed, once it was executed.
        rows: Option<u64>,
    },
    /// An engine that logs rows logged this.
    Debug {
        /// The engine.
        engine: EngineId,
        /// The line.
        text: String,
    },
}

/// The clock of a run, in UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    pub(crate) seconds: i64,
    pub(crate) micros: u32,
}

/// What a run has done so far.
#[derive(Default)]
pub(crate) struct Sink {
    pub(crate) happenings: Vec<Happening>,
    pub(crate) mirrors: Mirrors,
}

/// A handle of the sink.
pub(crate) type SharedSink = Rc<RefCell<Sink>>;

/// The interpreter's way out.
pub(crate) struct ScriptHost {
    pub(crate) sink: SharedSink,
    pub(crate) clock: Clock,
    pub(crate) seed: u64,
    /// Counts readings of the monotonic clock, which thereby runs.
    pub(crate) readings: u64,
}

impl vm::Host for ScriptHost {
    fn write_stdout(&mut self, text: &str) {
        let happenings = &mut self.sink.borrow_mut().happenings;
        if let Some(Happening::Output(last)) = happenings.last_mut() {
            last.push_str(text);
        } else {
            happenings.push(Happening::Output(text.to_string()));
        }
    }

    fn wall_clock(&mut self) -> (i64, u32) {
        (self.clock.seconds, self.clock.micros)
    }

    fn monotonic(&mut self) -> f64 {
        self.readings += 1;
        self.readings as f64 * 1e-6
    }

    fn seed(&mut self) -> u64 {
        self.seed
    }
}

/// The engines' way out.
pub(crate) struct SinkObserver(pub(crate) SharedSink);

impl Observer for SinkObserver {
    fn before(&mut self, event: &StatementEvent) {
        let mut sink = self.0.borrow_mut();
        sink.happenings.push(Happening::Statement { event: event.clone(), rows: None });
    }

    fn after(&mut self, outcome: &Outcome, probe: Probe<'_>) {
        let mut sink = self.0.borrow_mut();
        if let Some(Happening::Statement { rows, .. }) = sink.happenings.last_mut() {
            *rows = outcome.rows;
        }
        if outcome.wrote {
            sink.mirrors.wrote(outcome.engine, probe);
        }
    }

    fn debug(&mut self, engine: EngineId, text: &str) {
        let text = text.to_string();
        self.0.borrow_mut().happenings.push(Happening::Debug { engine, text });
    }
}
