//! `cargo xtask soak`: what takes too long for every test run, a piece at a time.
//!
//! The table in SOAK.md is both result and memory: a soak goes on after the last seed that stands there.

use std::fs;
use std::ops::Range;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::{Outcome, fuzz, place, process};

/// How long `cargo xtask soak` goes on without an argument.
pub const DEFAULT_MINUTES: u64 = 60;

/// Something that goes from seed to seed.
struct Job {
    /// Its name in the table.
    name: &'static str,
    /// What has to be built first, apart: code that does not compile is no result.
    ready: fn() -> Outcome,
    /// Goes through seeds; the error says which failed.
    run: fn(Range<u64>) -> Outcome,
    /// How many seeds one piece has: a piece that is interrupted is done again.
    piece: u64,
}

const JOBS: &[Job] = &[
    Job {
        name: "damaged scripts",
        ready: || process::run(damaged_scripts().arg("--no-run")),
        run: |seeds| {
            process::run(damaged_scripts().env("ORMSCOPE_SOAK", format!("{}..{}", seeds.start, seeds.end)))
        },
        piece: 2_000,
    },
    Job {
        name: "random sessions",
        ready: fuzz::ready,
        run: |seeds| fuzz::session::run(seeds.start, seeds.end - seeds.start, fuzz::session::SHRUNK),
        piece: 500,
    },
];

/// The test that takes its seeds from `ORMSCOPE_SOAK=FROM..TO`. A debug build: slower, but an overflow is a
/// panic there and not a wrong number.
fn damaged_scripts() -> Command {
    process::command("cargo", &["test", "--package", "ormscope-tests", "--test", "damaged_scripts"])
}

/// Runs pieces of every job in turn until the time is over; stops at the first failure.
pub fn run(minutes: u64) -> Outcome {
    let file = place::root().join("SOAK.md");
    let mut table = fs::read_to_string(&file).map_err(|error| format!("SOAK.md cannot be read: {error}."))?;
    let start = Instant::now();
    let mut failure = None;
    for job in JOBS {
        let from = last_seed(&table, job.name) + 1;
        let mut next = from;
        let share = Duration::from_secs(minutes * 60 / JOBS.len() as u64);
        let began = Instant::now();
        while failure.is_none() && began.elapsed() < share {
            let seeds = next..next + job.piece;
            println!("{}: seeds {seeds:?}, {} s so far", job.name, start.elapsed().as_secs());
            (job.ready)()?;
            failure = (job.run)(seeds).err();
            next += job.piece;
            let result = if failure.is_some() { "a seed of the last piece failed" } else { "no failure" };
            table = with_row(&table, job.name, from, next - 1, result);
            fs::write(&file, &table).map_err(|error| format!("SOAK.md cannot be written: {error}."))?;
        }
    }
    failure.map_or(Ok(()), Err)
}

/// The last seed that the table says was tried.
fn last_seed(table: &str, job: &str) -> u64 {
    let rows = table.lines().filter(|line| cells(line).nth(1) == Some(job));
    rows.filter_map(|line| cells(line).nth(2)?.rsplit('–').next()?.parse().ok()).max().unwrap_or(0)
}

/// The table with this session's row: replaced while the session goes on, else added at the end.
fn with_row(table: &str, job: &str, from: u64, to: u64, result: &str) -> String {
    let start = format!("{from}–");
    let kept = table.lines().filter(|line| {
        !(cells(line).nth(1) == Some(job)
            && cells(line).nth(2).is_some_and(|seeds| seeds.starts_with(&start)))
    });
    let row = format!("| {} | {job} | {from}–{to} | {} | {result} |", today(), to - from + 1);
    kept.map(str::to_owned).chain([row]).map(|line| line + "\n").collect()
}

fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.trim().trim_matches('|').split('|').map(str::trim)
}

fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    date(seconds / 86_400)
}

/// The date of a day since 1970-01-01, in the proleptic Gregorian calendar.
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "| date | job | seeds | count | result |\n| --- | --- | --- | --- | --- |\n";

    #[test]
    fn a_soak_goes_on_after_the_last_seed() {
        let table = with_row(HEAD, "damaged scripts", 1, 2_000, "no failure");
        assert_eq!(last_seed(&table, "damaged scripts"), 2_000);
        assert_eq!(last_seed(&table, "another"), 0);
    }

    #[test]
    fn one_session_has_one_row() {
        let table = with_row(HEAD, "a", 1, 10, "no failure");
        let table = with_row(&table, "a", 1, 20, "no failure");
        let table = with_row(&table, "a", 21, 30, "no failure");
        assert_eq!(table.lines().count(), 4);
    }

    #[test]
    fn dates_know_leap_years() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(19_782), "2024-02-29");
        assert_eq!(date(20_454), "2026-01-01");
    }
}
