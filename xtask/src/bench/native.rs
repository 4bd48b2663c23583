//! The runners on this machine itself: CPython, the raw loop, the Rust API, the interpreter.

use std::path::PathBuf;

use super::laps::Results;
use crate::record::Pythons;
use crate::{Outcome, place, process};

/// The phases' script and the interpreter's.
const SCRIPTS: &str = "tests/bench/scripts";
/// What the command is asked for, and over how many objects.
const MEASURED: &[(&str, &str)] = &[
    ("raw", "10000"),
    ("api", "10000"),
    ("script", "10000"),
    ("recorder", "10000"),
    ("interpreter", "0"),
    ("parse", "0"),
    ("one-of-many", "100000"),
];
/// Sizes whose growth is compared.
const SIZES: &[&str] = &["1000", "100000"];

/// Programs that are ready to be started.
pub(super) struct Runners {
    python: PathBuf,
    command: PathBuf,
}

impl Runners {
    /// Builds and installs what is missing.
    pub(super) fn ready() -> Outcome<Self> {
        let python = Pythons::ready()?.program("2.1");
        process::run(&mut process::command("cargo", &["build", "--release", "--package", "ormscope-bench"]))?;
        let name = format!("ormscope-bench{}", std::env::consts::EXE_SUFFIX);
        Ok(Runners { python, command: place::target().join("release").join(name) })
    }

    /// Everything once.
    pub(super) fn round(&self, results: &mut Results) -> Outcome {
        results.read("cpython", &self.python("phases.py")?)?;
        results.read("cpython", &self.python("interpreter.py")?)?;
        for (what, size) in MEASURED {
            results.read(what, &self.own(what, size)?)?;
        }
        // Each round's bytes are a little different.
        results.read("bytes@100000", &self.own("bytes", "100000")?)?;
        for size in SIZES {
            for what in ["raw", "api"] {
                results.read(&format!("{what}@{size}"), &self.own(what, size)?)?;
            }
        }
        Ok(())
    }

    fn python(&self, script: &str) -> Outcome<String> {
        let script = format!("{SCRIPTS}/{script}");
        process::output(&mut process::command(self.python.to_str().unwrap_or_default(), &["-B", &script]))
    }

    fn own(&self, what: &str, size: &str) -> Outcome<String> {
        process::output(&mut process::command(self.command.to_str().unwrap_or_default(), &[what, size]))
    }
}
