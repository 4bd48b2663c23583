//! `cargo xtask bench`: the seven phases in Ormscope, beside SQLAlchemy on CPython, Pyodide and the raw loop.
//!
//! Every runner takes part in every round, one after the other, so that a machine that is busy for a while
//! is busy for all of them. What is printed is the median of the rounds, in Markdown; BENCHMARKS.md keeps it.

mod browser;
mod laps;
mod native;
mod table;

use std::fs;

use crate::{Outcome, place};
use laps::Results;

/// What the command line asks for.
pub struct Options {
    /// How often everything is measured.
    pub rounds: usize,
    /// Only natively, without a browser.
    pub native_only: bool,
    /// Puts the tables into BENCHMARKS.md.
    pub write: bool,
}

/// Where the tables are kept.
const KEPT: &str = "BENCHMARKS.md";
/// What stands before the tables there.
const MARK: &str = "<!-- What follows is written by `cargo xtask bench --write`. -->\n";

/// Measures, prints, and keeps the tables where that is asked for.
pub fn run(options: &Options) -> Outcome {
    let native = native::Runners::ready()?;
    let browser = (!options.native_only).then(browser::Runners::ready).transpose()?;
    let mut results = Results::default();
    for round in 1..=options.rounds {
        println!("   round {round} of {}", options.rounds);
        native.round(&mut results)?;
        if let Some(browser) = &browser {
            browser.round(&mut results)?;
        }
    }
    results.same_sums()?;
    let tables = table::all(&results, options.rounds);
    println!("\n{tables}");
    if options.write { keep(&tables) } else { Ok(()) }
}

fn keep(tables: &str) -> Outcome {
    let file = place::root().join(KEPT);
    let before = fs::read_to_string(&file).map_err(|error| format!("{KEPT} cannot be read: {error}."))?;
    let (head, _) = before.split_once(MARK).ok_or_else(|| format!("{KEPT} has lost its line {MARK}"))?;
    fs::write(&file, format!("{head}{MARK}\n{tables}"))
        .map_err(|error| format!("{KEPT} cannot be written: {error}."))
}
