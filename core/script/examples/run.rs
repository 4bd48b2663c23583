//! Runs a Python file: `cargo run -p ormscope-script --example run -- file.py`.

// Tests and examples may read files and clocks; the crate itself may not.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use ormscope_script::object::Unwind;
use ormscope_script::vm::{Host, Progress, Vm};

struct Console {
    started: Instant,
}

impl Host for Console {
    fn write_stdout(&mut self, text: &str) {
        print!("{text}");
    }
    fn wall_clock(&mut self) -> (i64, u32) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        (now.as_secs() as i64, now.subsec_micros())
    }
    fn monotonic(&mut self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
    fn seed(&mut self) -> u64 {
        1
    }
}

fn main() {
    let path = std::env::args().nth(1).unwrap_or_else(|| "-".into());
    let source = match std::fs::read_to_string(&path) {
        Ok(source) => source,
        Err(error) => return eprintln!("{path}: {error}"),
    };
    let interactive = std::env::args().nth(2).is_some_and(|flag| flag == "-i");
    let mut vm = Vm::new(Box::new(Console { started: Instant::now() }));
    let mut outcome = vm.start(&source, interactive);
    while outcome.is_ok() {
        match vm.resume(100_000) {
            Progress::Line(_) | Progress::Paused => {}
            Progress::Finished => break,
            Progress::Raised(unwind) => outcome = Err(unwind),
        }
    }
    match outcome {
        Ok(()) => {}
        Err(Unwind::Raised(raised)) => print!("{}", vm.format_traceback(&raised, &source, &path)),
        Err(Unwind::Interrupted) => println!("interrupted"),
    }
}
