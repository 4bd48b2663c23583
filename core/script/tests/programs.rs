//! Every program in `programs/` prints what CPython 3.11 prints (recorded beside it).

// Tests and examples may read files and clocks; the crate itself may not.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use ormscope_script::object::Unwind;
use ormscope_script::vm::{Host, Progress, Vm};

/// Keeps what is printed; its clock stands still.
struct Recorder(Rc<RefCell<String>>);

impl Host for Recorder {
    fn write_stdout(&mut self, text: &str) {
        self.0.borrow_mut().push_str(text);
    }
    fn wall_clock(&mut self) -> (i64, u32) {
        (1_717_200_000, 0)
    }
    fn monotonic(&mut self) -> f64 {
        1.0
    }
    fn seed(&mut self) -> u64 {
        1
    }
}

fn output_of(source: &str, name: &str) -> String {
    let output = Rc::new(RefCell::new(String::new()));
    let mut vm = Vm::new(Box::new(Recorder(Rc::clone(&output))));
    let mut outcome = vm.start(source, false);
    while outcome.is_ok() {
        match vm.resume(1_000_000) {
            Progress::Line(_) | Progress::Paused => {}
            Progress::Finished => break,
            Progress::Raised(unwind) => outcome = Err(unwind),
        }
    }
    if let Err(Unwind::Raised(raised)) = outcome {
        let text = vm.format_traceback(&raised, source, name);
        output.borrow_mut().push_str(&text);
    }
    drop(vm);
    output.take()
}

fn check_all() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut failures = Vec::new();
    let mut names: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of programs")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect();
    names.sort();
    assert!(!names.is_empty());
    for path in names {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = fs::read_to_string(&path).expect("a program");
        let expected = fs::read_to_string(path.with_extension("txt")).expect("its output");
        let actual = output_of(&source, &name);
        for (line, (ours, cpython)) in actual.lines().zip(expected.lines()).enumerate() {
            if ours != cpython {
                failures.push(format!(
                    "{name}, output line {}:\n  ours    {ours}\n  cpython {cpython}",
                    line + 1
                ));
            }
        }
        if actual.lines().count() != expected.lines().count() {
            let last = actual.lines().last().unwrap_or_default();
            failures.push(format!("{name}: another number of lines; the last is: {last}"));
        }
    }
    failures
}

#[test]
fn programs_print_what_cpython_prints() {
    // The main thread of a program has more stack than that of a test.
    let checked = std::thread::Builder::new().stack_size(64 << 20).spawn(check_all).expect("a thread");
    let failures = checked.join().expect("no panic");
    assert!(failures.is_empty(), "{} differences\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn an_interrupt_runs_finally_and_is_not_caught() {
    let source = "try:\n    while True:\n        try:\n            pass\n        except BaseException:\n            print('caught')\nfinally:\n    print('cleaned up')\n";
    let output = Rc::new(RefCell::new(String::new()));
    let mut vm = Vm::new(Box::new(Recorder(Rc::clone(&output))));
    assert!(vm.start(source, false).is_ok());
    for _ in 0..20 {
        assert!(matches!(vm.resume(100), Progress::Line(_) | Progress::Paused));
    }
    vm.interrupt();
    let end = loop {
        match vm.resume(100) {
            Progress::Line(_) | Progress::Paused => {}
            end => break end,
        }
    };
    assert!(matches!(end, Progress::Raised(Unwind::Interrupted)));
    assert_eq!(output.take(), "cleaned up\n");
}

#[test]
fn a_loop_pauses_when_its_fuel_is_used() {
    let mut vm = Vm::new(Box::new(Recorder(Rc::default())));
    vm.stops_at_lines = false;
    assert!(vm.start("while True:\n    pass\n", false).is_ok());
    assert!(matches!(vm.resume(1000), Progress::Paused));
    assert!(matches!(vm.resume(1000), Progress::Paused));
}
