//! `ormscope-bench WHAT [SIZE]`: measures one thing once, and prints a line for each of its phases.
//!
//! `ormscope-bench browser FOLDER WHAT` has the page in a folder do it.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    command::run()
}

/// The page is what measures in a browser.
#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod command {
    use std::path::Path;
    use std::process::ExitCode;

    use ormscope_bench::{Outcome, browser, measure};

    const USAGE: &str = "\
usage: ormscope-bench raw|api|script|recorder|interpreter|parse|one-of-many|bytes [SIZE]
       ormscope-bench browser FOLDER WHAT
";
    const SIZE: usize = 10_000;

    pub(super) fn run() -> ExitCode {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match printed(&words) {
            Ok(text) => {
                print!("{text}");
                ExitCode::SUCCESS
            }
            Err(reason) => {
                eprintln!("{reason}");
                ExitCode::FAILURE
            }
        }
    }

    fn printed(words: &[&str]) -> Outcome<String> {
        let (what, size) = match *words {
            ["browser", folder, what] => return browser::measure(Path::new(folder), what),
            [what] => (what, SIZE),
            [what, size] => (what, size.parse().map_err(|_| format!("not a number: {size}\n{USAGE}"))?),
            _ => return Err(USAGE.to_owned()),
        };
        let laps = measure(what, size)?;
        Ok(laps.iter().map(|lap| format!("{lap}\n")).collect())
    }
}
