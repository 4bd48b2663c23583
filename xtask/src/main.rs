//! `cargo xtask COMMAND`: reads the command line and calls the command's module.

use std::process::ExitCode;

use xtask::{Outcome, bench, check, dist, fuzz, record, serve, setup, size, soak, test};

const HELP: &str = "\
cargo xtask serve [--dev]        build the playground and serve it on http://127.0.0.1:8080
                                 --dev: a debug build that follows every change
cargo xtask test [SECTION …]     run everything that is checked, or only some sections of it
cargo xtask check                formatting and clippy only, for the host and for wasm32
cargo xtask dist                 build the static site into dist/
cargo xtask size                 the size of every file of dist/: raw, gzip, brotli
cargo xtask setup                only install what serve and test need
cargo xtask record [NAME …]      record transcripts from real SQLAlchemy (needs Python 3.11)
cargo xtask record --check       record again and report what differs
cargo xtask fuzz [--seed N] [--count N]
                                 compare random statements with real SQLAlchemy (needs Python 3.11)
cargo xtask fuzz-session [--seed N] [--programs N] [--shrink N]
                                 compare random programs of session operations with real SQLAlchemy
cargo xtask bench [--rounds N] [--only native] [--write]
                                 measure the seven phases beside SQLAlchemy on CPython and Pyodide
                                 --write: keep the tables in BENCHMARKS.md
cargo xtask soak [MINUTES]       go on with the long random tests and write the result into SOAK.md
cargo xtask help                 this text

What a command needs and does not find, it installs once, into a cache folder outside the repository.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("\n{reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Outcome {
    match words {
        ["serve"] => serve::release(),
        ["serve", "--dev"] => serve::dev(),
        ["test", sections @ ..] => test::run(sections),
        ["check"] => check::run(),
        ["dist"] => dist::run(),
        ["setup"] => setup::everything(),
        ["size"] => size::run(),
        ["record", "--check", names @ ..] => record::check(names),
        ["record", names @ ..] => record::write(names),
        ["fuzz", options @ ..] => {
            let [seed, count] = numbers(options, [("--seed", 1), ("--count", 300)])?;
            fuzz::run(seed, count)
        }
        ["fuzz-session", options @ ..] => {
            let known = [("--seed", 1), ("--programs", 200), ("--shrink", fuzz::session::SHRUNK)];
            let [seed, count, shrunk] = numbers(options, known)?;
            fuzz::session::run(seed, count, shrunk)
        }
        ["bench", options @ ..] => bench::run(&bench_options(options)?),
        ["soak"] => soak::run(soak::DEFAULT_MINUTES),
        ["soak", minutes] => {
            let minutes =
                minutes.parse().map_err(|_| format!("not a number of minutes: {minutes}\n\n{HELP}"))?;
            soak::run(minutes)
        }
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(format!("There is no `cargo xtask {}`.\n\n{HELP}", words.join(" "))),
    }
}

/// The numbers after these options, or what they are without one.
fn numbers<const N: usize>(words: &[&str], known: [(&str, u64); N]) -> Outcome<[u64; N]> {
    let mut found = known.map(|(_, otherwise)| otherwise);
    for pair in words.chunks(2) {
        let (Some(place), [_, number]) = (known.iter().position(|(name, _)| *name == pair[0]), pair) else {
            let names = known.map(|(name, _)| format!("{name} N"));
            return Err(format!("The options are {}.\n\n{HELP}", names.join(", ")));
        };
        found[place] = number.parse().map_err(|_| format!("not a number: {number}\n\n{HELP}"))?;
    }
    Ok(found)
}

/// What `bench` is told.
fn bench_options(words: &[&str]) -> Outcome<bench::Options> {
    let mut options = bench::Options { rounds: 5, native_only: false, write: false };
    let mut words = words;
    loop {
        words = match words {
            [] => return Ok(options),
            ["--write", rest @ ..] => {
                options.write = true;
                rest
            }
            ["--only", "native", rest @ ..] => {
                options.native_only = true;
                rest
            }
            ["--rounds", rounds, rest @ ..] => {
                let wrong = || format!("not a number of rounds: {rounds}\n\n{HELP}");
                options.rounds = rounds.parse().ok().filter(|rounds| *rounds > 0).ok_or_else(wrong)?;
                rest
            }
            [word, ..] => return Err(format!("`bench` has no option {word}.\n\n{HELP}")),
        }
    }
}
