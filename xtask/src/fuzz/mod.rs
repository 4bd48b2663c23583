//! `cargo xtask fuzz`: random statements under real SQLAlchemy and under ours, text and parameters compared
//! for four dialects, every difference made as small as possible.

mod both;
mod python;
pub mod session;

use std::collections::BTreeMap;

use crate::Outcome;
use both::{Both, Numbers};
use python::{PREAMBLE, Writer};

/// How many statements stand in one script.
const BATCH: usize = 60;
/// How many choices a statement is made from.
const CHOICES: usize = 60;
/// How many different statements are made small; the others are only counted.
const SHRUNK: usize = 12;
/// How often a statement is made smaller.
const ROUNDS: usize = 8;

/// Builds and installs what the comparisons need.
pub fn ready() -> Outcome {
    Both::ready().map(drop)
}

/// What both sides printed for a dialect, where it differs.
struct Difference {
    dialect: String,
    expected: String,
    ours: String,
}

/// Compares statements of a seed; prints the smallest that differ.
pub fn run(seed: u64, count: u64) -> Outcome {
    let both = Both::ready()?;
    let mut numbers = Numbers::new(seed);
    let all: Vec<Vec<u8>> = (0..count).map(|_| (0..CHOICES).map(|_| numbers.next()).collect()).collect();
    let mut failing = Vec::new();
    for (at, batch) in all.chunks(BATCH).enumerate() {
        let found = differences(&both, batch)?;
        failing.extend(found.into_keys().map(|number| batch[number].clone()));
        println!("{} statements, {} with differences", at * BATCH + batch.len(), failing.len());
    }
    let mut seen = Vec::new();
    for choices in failing.iter().take(SHRUNK) {
        let (statement, differences) = smallest(&both, choices.clone())?;
        if seen.contains(&statement) {
            continue;
        }
        println!("\n{statement}");
        for Difference { dialect, expected, ours } in differences {
            println!("  {dialect}\n    SQLAlchemy {expected}\n    Ormscope   {ours}");
        }
        seen.push(statement);
    }
    match failing.len() {
        0 => Ok(()),
        number => Err(format!("{number} of {count} statements differ.")),
    }
}

/// The differences of each statement that has some, by its place.
fn differences(both: &Both, batch: &[Vec<u8>]) -> Outcome<BTreeMap<usize, Vec<Difference>>> {
    let mut source = PREAMBLE.to_owned();
    for (number, choices) in batch.iter().enumerate() {
        source += &format!("show({number}, lambda: {})\n", Writer::statement(choices));
    }
    let script = both.script("statements.py", &source)?;
    let expected = lines(&both.expected(&script, "0")?);
    let ours = lines(&both.ours(&script)?);
    let mut found: BTreeMap<usize, Vec<Difference>> = BTreeMap::new();
    for (place, expected) in expected {
        let ours = ours.get(&place).cloned().unwrap_or_else(|| "(nothing)".to_owned());
        if ours != expected {
            let (number, dialect) = place;
            found.entry(number).or_default().push(Difference { dialect, expected, ours });
        }
    }
    Ok(found)
}

/// A statement with fewer choices that still differs, and how.
fn smallest(both: &Both, mut choices: Vec<u8>) -> Outcome<(String, Vec<Difference>)> {
    for _ in 0..ROUNDS {
        let now = Writer::statement(&choices).len();
        let mut smaller: Vec<Vec<u8>> = simpler(&choices);
        smaller.retain(|choices| Writer::statement(choices).len() < now);
        smaller.sort_by_key(|choices| Writer::statement(choices).len());
        smaller.dedup_by_key(|choices| Writer::statement(choices));
        let found = differences(both, &smaller)?;
        let Some((&first, _)) = found.first_key_value() else { break };
        choices.clone_from(&smaller[first]);
    }
    let found = differences(both, std::slice::from_ref(&choices))?;
    Ok((Writer::statement(&choices), found.into_values().flatten().collect()))
}

/// The choices with some left out, or made zero.
fn simpler(choices: &[u8]) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = (0..choices.len()).map(|end| choices[..end].to_vec()).collect();
    for length in [1, 2, 4, 8, 16] {
        for start in 0..choices.len().saturating_sub(length - 1) {
            all.push([&choices[..start], &choices[start + length..]].concat());
            let mut zeros = choices.to_vec();
            zeros[start..start + length].fill(0);
            all.push(zeros);
        }
    }
    all
}

/// What was printed for each statement and dialect, by the marks before it.
fn lines(transcript: &str) -> BTreeMap<(usize, String), String> {
    let mut found = BTreeMap::new();
    // Each is an event on a line of its own, with the text as a JSON string.
    for event in transcript.lines() {
        let Some((_, marked)) = event.split_once('@') else { continue };
        let Some((number, rest)) = marked.split_once(' ') else { continue };
        let (Ok(number), Some((dialect, text))) = (number.parse(), rest.split_once(' ')) else { continue };
        let text = text.trim_end_matches("\\n\"}").replace("\\\\", "\\").replace("\\\"", "\"");
        found.insert((number, dialect.to_owned()), text);
    }
    found
}
