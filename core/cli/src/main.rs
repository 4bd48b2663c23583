//! The native `ormscope` command, the one crate of the core that does I/O.
//!
//! `ormscope run FILE.py` prints what Python would print; `ormscope transcript
//! FILE.py` prints the run as JSON lines.

// The floors below must not touch the outside; this crate is their way to it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

const USAGE: &str = "\
usage: ormscope run FILE.py         run a script and print what Python would print
       ormscope transcript FILE.py  print the run as JSON lines, in an empty folder
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["run", file] => with_source(file, run),
        ["transcript", file] => with_source(file, transcript),
        ["help" | "--help" | "-h"] => print(USAGE),
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn with_source(file: &str, act: fn(&str) -> ExitCode) -> ExitCode {
    match std::fs::read_to_string(file) {
        Ok(source) => act(&source),
        Err(error) => {
            eprintln!("ormscope: {file} cannot be read: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(source: &str) -> ExitCode {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let clock = (i64::try_from(now.as_secs()).unwrap_or_default(), now.subsec_micros());
    let seed = u64::from(now.subsec_nanos()) ^ now.as_secs();
    let console = ormscope_host::run_script(source, clock, seed);
    let printed = print(&console.output);
    if let Some(error) = &console.error {
        eprint!("{error}");
    }
    match console.status {
        0 => printed,
        status => ExitCode::from(u8::try_from(status).unwrap_or(1)),
    }
}

/// Files that the script names are made in a folder that is there for the run only.
fn transcript(source: &str) -> ExitCode {
    let folder = std::env::temp_dir().join(format!("ormscope-{}", std::process::id()));
    let entered = std::fs::create_dir_all(&folder).and_then(|()| std::env::set_current_dir(&folder));
    if let Err(error) = entered {
        eprintln!("ormscope: no empty folder for the run: {error}");
        return ExitCode::from(2);
    }
    let status = print(&ormscope_host::transcript(source));
    leave(&folder);
    status
}

fn leave(folder: &Path) {
    let left = std::env::set_current_dir("/").and_then(|()| std::fs::remove_dir_all(folder));
    if let Err(error) = left {
        eprintln!("ormscope: {} could not be removed: {error}", folder.display());
    }
}

fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read has had enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ormscope: the output could not be written: {error}");
            ExitCode::from(1)
        }
    }
}
