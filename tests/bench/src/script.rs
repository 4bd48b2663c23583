//! Scripts through the interpreter: bare, as `ormscope run` has them, and with everything recorded, as
//! the page has them.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope_host::Host;
use ormscope_host::protocol::{Era, Event, Request, TickKind};
use ormscope_script::object::Unwind;
use ormscope_script::vm::{self, Progress, Vm};

use crate::clock::Stopwatch;
use crate::{Lap, Outcome, PHASES};

/// The seven phases over so many objects.
pub fn sized(size: usize) -> String {
    PHASES.replacen("SIZE = 10000", &format!("SIZE = {size}"), 1)
}

/// The world of a script that measures itself: a real clock, and output that is kept.
struct Outside {
    watch: Stopwatch,
    output: Rc<RefCell<String>>,
}

impl vm::Host for Outside {
    fn write_stdout(&mut self, text: &str) {
        self.output.borrow_mut().push_str(text);
    }
    fn wall_clock(&mut self) -> (i64, u32) {
        (0, 0)
    }
    fn monotonic(&mut self) -> f64 {
        self.watch.micros() / 1e6
    }
    fn seed(&mut self) -> u64 {
        1
    }
}

/// A script with nobody looking on; it measures itself.
///
/// # Errors
/// What the script raises.
pub fn bare(source: &str) -> Outcome<Vec<Lap>> {
    prepared(source, |_| {})
}

/// The same, with something done to the interpreter before it starts.
///
/// # Errors
/// What the script raises.
pub fn prepared(source: &str, prepare: impl FnOnce(&mut Vm)) -> Outcome<Vec<Lap>> {
    let output = Rc::new(RefCell::new(String::new()));
    let outside = Outside { watch: Stopwatch::start(), output: Rc::clone(&output) };
    let mut vm = Vm::new(Box::new(outside));
    vm.stops_at_lines = false;
    prepare(&mut vm);
    let mut ran = vm.start(source, false);
    while ran.is_ok() {
        match vm.resume(u64::MAX) {
            Progress::Line(_) | Progress::Paused => {}
            Progress::Finished => break,
            Progress::Raised(unwind) => ran = Err(unwind),
        }
    }
    match ran {
        Ok(()) => {}
        Err(Unwind::Raised(raised)) => return Err(vm.format_traceback(&raised, source, "script.py")),
        Err(Unwind::Interrupted) => return Err("the script was stopped".to_owned()),
    }
    let laps = output.borrow().lines().filter_map(Lap::read).collect();
    Ok(laps)
}

/// A script with every line, statement and change recorded. The clock that it sees stands still, so that a
/// phase is measured from the tick that announces it to the one that ends it.
///
/// # Errors
/// What the script raises.
pub fn recorded(source: &str) -> Outcome<Vec<Lap>> {
    let mut host = Host::new(1, (0, 0));
    host.handle(Request::Run { source: source.to_owned(), era: Era::Modern });
    let mut laps = Vec::new();
    let mut watch = Stopwatch::start();
    let mut more = true;
    while more {
        more = host.work_for(1);
        let micros = watch.micros();
        for kind in host.take_events().into_iter().flat_map(ticks) {
            match kind {
                TickKind::Output { text } => {
                    for line in text.lines() {
                        laps.extend(Lap::read(line).map(|lap| Lap { micros, ..lap }));
                        if line.starts_with("start ") {
                            watch = Stopwatch::start();
                        }
                    }
                }
                TickKind::Error(error) => return Err(error.traceback),
                _ => {}
            }
        }
    }
    Ok(laps)
}

fn ticks(event: Event) -> Vec<TickKind> {
    match event {
        Event::Ticks(ticks) => ticks.into_iter().map(|tick| tick.kind).collect(),
        _ => Vec::new(),
    }
}

/// How often the script is parsed; the fastest counts.
const PARSED: usize = 30;

/// Parsing and compiling a script of 200 lines, by a program that has done so before.
///
/// # Errors
/// When it is not understood.
pub fn parse() -> Outcome<Vec<Lap>> {
    let whole: Vec<&str> = PHASES.lines().cycle().take(200).collect();
    // The text may end in the middle of a function, but not of a docstring.
    let source = whole.join("\n");
    let mut fastest: Option<Lap> = None;
    for _ in 0..PARSED {
        let outside = Outside { watch: Stopwatch::start(), output: Rc::default() };
        let mut vm = Vm::new(Box::new(outside));
        let lap = Lap::of("parse", || match vm.start(&source, false) {
            Ok(()) => Ok(200),
            Err(_) => Err("the script is not understood".to_owned()),
        })?;
        fastest = Some(fastest.filter(|fastest| fastest.micros <= lap.micros).unwrap_or(lap));
    }
    Ok(fastest.into_iter().collect())
}
