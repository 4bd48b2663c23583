//! `cargo xtask fuzz`: random statements under real SQLAlchemy and under ours, text and parameters compared
//! for four dialects, every difference made as small as possible.

mod python;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::record::Pythons;
use crate::{Outcome, place, process};
use python::{PREAMBLE, Writer};

/// How many statements stand in one script.
const BATCH: usize = 60;
/// How many choices a statement is made from.
const CHOICES: usize = 60;
/// How many different statements are made small; the others are only counted.
const SHRUNK: usize = 12;
/// How often a statement is made smaller.
const ROUNDS: usize = 8;

/// What both sides printed for a dialect, where it differs.
struct Difference {
    dialect: String,
    expected: String,
    ours: String,
}

/// Compares statements of a seed; prints the smallest that differ.
pub fn run(seed: u64, count: usize) -> Outcome {
    let both = Both::ready()?;
    let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let all: Vec<Vec<u8>> = (0..count).map(|_| (0..CHOICES).map(|_| numbers.next()).collect()).collect();
    let mut failing = Vec::new();
    for (at, batch) in all.chunks(BATCH).enumerate() {
        let found = both.differences(batch)?;
        failing.extend(found.into_keys().map(|number| batch[number].clone()));
        println!("{} statements, {} with differences", at * BATCH + batch.len(), failing.len());
    }
    let mut seen = Vec::new();
    for choices in failing.iter().take(SHRUNK) {
        let (statement, differences) = both.smallest(choices.clone())?;
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

/// Real SQLAlchemy and ours, and the file that they are given.
struct Both {
    pythons: Pythons,
    ours: PathBuf,
    script: PathBuf,
}

impl Both {
    fn ready() -> Outcome<Both> {
        process::run(&mut process::command("cargo", &["build", "--quiet", "--package", "ormscope-cli"]))?;
        let folder = place::target().join("fuzz");
        fs::create_dir_all(&folder)
            .map_err(|error| format!("{} cannot be made: {error}.", folder.display()))?;
        let ours = place::target().join("debug/ormscope");
        Ok(Both { pythons: Pythons::ready()?, ours, script: folder.join("statements.py") })
    }

    /// The differences of each statement that has some, by its place.
    fn differences(&self, batch: &[Vec<u8>]) -> Outcome<BTreeMap<usize, Vec<Difference>>> {
        let mut source = PREAMBLE.to_owned();
        for (number, choices) in batch.iter().enumerate() {
            source += &format!("show({number}, lambda: {})\n", Writer::statement(choices));
        }
        fs::write(&self.script, source)
            .map_err(|error| format!("{} cannot be written: {error}.", self.script.display()))?;
        let expected = lines(&self.pythons.once(&self.script, "0", "0")?);
        let program = self.ours.to_str().unwrap_or_default();
        let output = process::command(program, &["transcript"])
            .arg(&self.script)
            .output()
            .map_err(|error| format!("{program} could not be started: {error}"))?;
        let ours = lines(&String::from_utf8_lossy(&output.stdout));
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
    fn smallest(&self, mut choices: Vec<u8>) -> Outcome<(String, Vec<Difference>)> {
        for _ in 0..ROUNDS {
            let now = Writer::statement(&choices).len();
            let mut smaller: Vec<Vec<u8>> = simpler(&choices);
            smaller.retain(|choices| Writer::statement(choices).len() < now);
            smaller.sort_by_key(|choices| Writer::statement(choices).len());
            smaller.dedup_by_key(|choices| Writer::statement(choices));
            let found = self.differences(&smaller)?;
            let Some((&first, _)) = found.first_key_value() else { break };
            choices.clone_from(&smaller[first]);
        }
        let found = self.differences(std::slice::from_ref(&choices))?;
        Ok((Writer::statement(&choices), found.into_values().flatten().collect()))
    }
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

/// Numbers that look random and follow from the seed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u8
    }
}
