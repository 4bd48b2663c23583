//! `cargo xtask test`: everything that is checked, in sections, with one count at the end.

use std::fs;
use std::time::Instant;

use crate::setup::{self, Step};
use crate::tally::Tally;
use crate::{Outcome, check, dist, place, process};

/// One part of the checks.
struct Section {
    /// Its name on the command line.
    name: &'static str,
    /// What it checks.
    about: &'static str,
    /// What must be installed first.
    needs: &'static [&'static Step],
    /// Runs it. An error that is no test's failure counts as one.
    run: fn(&mut Tally) -> Outcome,
}

const SECTIONS: &[Section] = &[
    Section {
        name: "format",
        about: "rustfmt",
        needs: setup::FORMAT,
        run: |tally| one_check(tally, check::format),
    },
    Section {
        name: "clippy",
        about: "clippy for the host",
        needs: setup::CLIPPY,
        run: |tally| one_check(tally, check::clippy_host),
    },
    Section {
        name: "clippy-wasm",
        about: "clippy for wasm32",
        needs: setup::CLIPPY_WASM,
        run: |tally| one_check(tally, check::clippy_wasm),
    },
    Section {
        name: "native",
        about: "unit, conformance, layering and doc tests on this machine",
        needs: &[],
        run: native,
    },
    Section {
        name: "wasm",
        about: "the core's and the page's tests as wasm in a headless browser",
        needs: setup::WASM_TESTS,
        run: in_browser,
    },
    Section {
        name: "dist",
        about: "the release build of the page",
        needs: setup::BUILD,
        run: |tally| one_check(tally, dist::build),
    },
    Section {
        name: "journeys",
        about: "journeys through the built page in a headless browser",
        needs: setup::BROWSER,
        run: journeys,
    },
];

/// Crates with tests that run as wasm in a browser.
const BROWSER_TESTED: &[&str] = &["core/orm", "web"];

/// Runs all sections, or those that are named; fails when anything failed.
pub fn run(names: &[&str]) -> Outcome {
    if let Some(unknown) = names.iter().find(|name| SECTIONS.iter().all(|section| section.name != **name)) {
        let known: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
        return Err(format!("There is no section `{unknown}`. There are: {}.", known.join(", ")));
    }
    let chosen = SECTIONS.iter().filter(|section| names.is_empty() || names.contains(&section.name));
    let mut total = Tally::default();
    let mut table = Vec::new();
    for section in chosen {
        println!("\n== {}: {}", section.name, section.about);
        let start = Instant::now();
        let mut tally = Tally::default();
        let outcome = setup::ensure(section.needs).and_then(|()| (section.run)(&mut tally));
        if let Err(reason) = outcome {
            eprintln!("{reason}");
            // What failed to build, start or install has no failed test to show for it.
            tally.failed = tally.failed.max(1);
        }
        table.push((section.name, tally, start.elapsed().as_secs()));
        total.add(tally);
    }
    println!("\n{:<14}{:>8}{:>8}{:>8}", "section", "passed", "failed", "time");
    for (name, tally, seconds) in table {
        let time = format!("{}:{:02}", seconds / 60, seconds % 60);
        println!("{name:<14}{:>8}{:>8}{time:>8}", tally.passed, tally.failed);
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    // The line above is the last one: the exit status says the rest.
    if total.failed == 0 { Ok(()) } else { std::process::exit(1) }
}

fn one_check(tally: &mut Tally, check: fn() -> Outcome) -> Outcome {
    let outcome = check();
    tally.add(Tally::check(outcome.is_ok()));
    outcome
}

/// Runs a test command and adds what its runners count. Running no test at all is a failure too.
fn counted(tally: &mut Tally, command: &mut std::process::Command) -> Outcome {
    let mut counts = Tally::default();
    let outcome = process::watched(command, |line| counts.add(Tally::of_line(line).unwrap_or_default()));
    tally.add(counts);
    match outcome {
        Ok(()) if counts == Tally::default() => Err(format!("`{}` ran no test.", process::shown(command))),
        outcome => outcome,
    }
}

fn native(tally: &mut Tally) -> Outcome {
    counted(tally, &mut process::command("cargo", &["test", "--workspace", "--no-fail-fast"]))
}

fn in_browser(tally: &mut Tally) -> Outcome {
    let capabilities = place::target().join("webdriver.json");
    fs::create_dir_all(place::target())
        .and_then(|()| fs::write(&capabilities, capabilities_of_the_browser()))
        .map_err(|error| format!("{} cannot be written: {error}.", capabilities.display()))?;
    let driver = setup::driver().ok_or("chromedriver is not found.")?;
    let mut failures = Vec::new();
    for folder in BROWSER_TESTED {
        let words = ["test", "--headless", "--chrome", "--mode", "no-install", "--chromedriver"];
        let mut command = process::command("wasm-pack", &words);
        command.arg(&driver).arg(folder);
        command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities);
        // Seconds; a busy machine is slow, and a hang is still found.
        command.env("WASM_BINDGEN_TEST_TIMEOUT", "300").env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
        failures.extend(counted(tally, &mut command).err());
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

/// How the browser is started: without a window, a sandbox (a container's root has none) or calls home.
pub fn browser_arguments() -> &'static [&'static str] {
    &[
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
}

fn capabilities_of_the_browser() -> String {
    let arguments: Vec<String> = browser_arguments().iter().map(|argument| format!("{argument:?}")).collect();
    let binary = setup::browser().map_or(String::new(), |path| format!("\"binary\": {path:?}, "));
    format!("{{ \"goog:chromeOptions\": {{ {binary}\"args\": [{}] }} }}\n", arguments.join(", "))
}

fn journeys(tally: &mut Tally) -> Outcome {
    if !place::dist().join("index.html").is_file() {
        return Err("There is no dist/ to look at.\n  First: cargo xtask dist".to_owned());
    }
    let mut command =
        process::command("cargo", &["test", "--package", "ormscope-tests", "--test", "journeys"]);
    command.envs(setup::browser().map(|path| ("CHROMIUM", path)));
    command.envs(setup::driver().map(|path| ("CHROMEDRIVER", path)));
    counted(tally, &mut command)
}
