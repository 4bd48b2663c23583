//! One script on one interpreter, line by line.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::driver::SqliteDriver;
use ormscope::engine::{Echo, Url};
use ormscope::types::EngineId;
use ormscope_script::object::Unwind;
use ormscope_script::vm::{Progress, Vm};

use crate::protocol::Era;
use crate::sink::{Clock, ScriptHost, SharedSink, Sink, SinkObserver};

/// A script that runs or has run.
pub(crate) struct Run {
    pub(crate) vm: Vm,
    pub(crate) sink: SharedSink,
    pub(crate) source: String,
}

/// How far a slice came.
pub(crate) enum Step {
    /// A line has been executed; this one comes next.
    Line(u32),
    /// The slice is over in the middle of a line.
    Paused,
    /// The script has ended.
    Finished,
    /// An exception left it, or it was stopped.
    Raised(Unwind),
}

impl Run {
    /// A fresh interpreter with the script loaded.
    ///
    /// # Errors
    /// The script's SyntaxError, with the run that has it.
    pub(crate) fn start(source: &str, era: Era, clock: Clock, seed: u64) -> (Run, Result<(), Unwind>) {
        let sink: SharedSink = Rc::new(RefCell::new(Sink::default()));
        let host = ScriptHost { sink: Rc::clone(&sink), clock, seed, readings: 0 };
        let mut vm = Vm::new(Box::new(host));
        let outside = SqliteDriver::set_outside(clock.seconds, clock.micros, seed);
        if let Some(orm) = vm.library.sqlalchemy.orm_mut() {
            orm.legacy = era == Era::Legacy;
            orm.engines.observe(Some(Box::new(SinkObserver(Rc::clone(&sink)))));
        }
        let started = match outside {
            Ok(()) => vm.start(source, false),
            Err(error) => Err(vm.error(&vm.exceptions.runtime_error.clone(), error.message)),
        };
        (Run { vm, sink, source: source.to_string() }, started)
    }

    /// Runs until the next line, or until the fuel is spent.
    pub(crate) fn step(&mut self, fuel: u64) -> Step {
        match self.vm.resume(fuel) {
            Progress::Line(line) => Step::Line(line),
            Progress::Paused => Step::Paused,
            Progress::Finished => Step::Finished,
            Progress::Raised(unwind) => Step::Raised(unwind),
        }
    }

    /// Runs to the end, without stopping at lines.
    pub(crate) fn run_out(&mut self) -> Result<(), Unwind> {
        self.vm.stops_at_lines = false;
        loop {
            match self.step(u64::MAX) {
                Step::Line(_) | Step::Paused => {}
                Step::Finished => return Ok(()),
                Step::Raised(unwind) => return Err(unwind),
            }
        }
    }

    /// The engines: id, URL, echo.
    pub(crate) fn engines(&self) -> Vec<(EngineId, Url, Echo)> {
        let Some(orm) = self.vm.library.sqlalchemy.orm() else { return Vec::new() };
        orm.engines.ids().map(|id| (id, orm.engines.engine(id).url.clone(), orm.engines.echo(id))).collect()
    }

    /// The name of the logger that an engine writes to.
    pub(crate) fn logger(&self, engine: EngineId) -> String {
        let name = "sqlalchemy.engine.Engine";
        let orm = self.vm.library.sqlalchemy.orm();
        match orm.and_then(|orm| orm.engines.engine(engine).options.logging_name.clone()) {
            Some(own) => format!("{name}.{own}"),
            None => name.to_string(),
        }
    }
}
