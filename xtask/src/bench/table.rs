//! Medians and ratios, as Markdown.

use super::laps::Results;

const PHASES: &[&str] = &["make", "flush", "commit", "refresh", "change", "load", "lazy"];
const INTERPRETER: &[&str] = &["fib(24)", "loop", "instances"];

/// A ratio that a budget speaks of: title, runner, what it is compared with, whether it should be faster.
struct Ratio {
    title: &'static str,
    runner: &'static str,
    other: &'static str,
    faster: bool,
}

const NATIVE: &[Ratio] = &[
    Ratio { title: "script", runner: "script", other: "cpython", faster: true },
    Ratio { title: "recorder on", runner: "recorder", other: "cpython", faster: true },
    Ratio { title: "script / raw", runner: "script", other: "raw", faster: false },
    Ratio { title: "API / raw", runner: "api", other: "raw", faster: false },
];

const WASM: &[Ratio] = &[
    Ratio { title: "script: CPython", runner: "wasm-script", other: "cpython", faster: true },
    Ratio { title: "script: Pyodide", runner: "wasm-script", other: "wasm-pyodide", faster: true },
    Ratio { title: "recorder on: CPython", runner: "wasm-recorder", other: "cpython", faster: true },
    Ratio { title: "API / raw", runner: "wasm-api", other: "wasm-raw", faster: false },
];

/// All tables.
pub(super) fn all(results: &Results, rounds: usize) -> String {
    let mut text = format!(
        "Medians of {rounds} rounds, in milliseconds. `n×` is how many times faster, `n/` how many times the other's time.\n"
    );
    let native = [
        ("CPython", "cpython"),
        ("raw loop", "raw"),
        ("Rust API", "api"),
        ("script", "script"),
        ("recorder on", "recorder"),
    ];
    section(&mut text, "Natively", results, PHASES, &native, NATIVE);
    if results.median("wasm-script", "load").is_some() {
        let wasm = [
            ("Pyodide", "wasm-pyodide"),
            ("raw loop", "wasm-raw"),
            ("Rust API", "wasm-api"),
            ("script", "wasm-script"),
            ("recorder on", "wasm-recorder"),
        ];
        section(&mut text, "As wasm in headless Chromium", results, PHASES, &wasm, WASM);
    }
    interpreter(&mut text, results);
    growth(&mut text, results);
    single(&mut text, results);
    text
}

fn section(
    text: &mut String,
    title: &str,
    results: &Results,
    phases: &[&str],
    columns: &[(&str, &str)],
    ratios: &[Ratio],
) {
    let heads = columns.iter().map(|(head, _)| *head).chain(ratios.iter().map(|ratio| ratio.title));
    row(text, title, heads.map(str::to_owned).collect());
    for phase in phases {
        let cells = columns.iter().map(|(_, runner)| milliseconds(results.median(runner, phase)));
        let ratios = ratios.iter().map(|ratio| shown(results, ratio, phase));
        line(text, phase, cells.chain(ratios).collect());
    }
}

fn interpreter(text: &mut String, results: &Results) {
    let columns = [("CPython", "cpython"), ("natively", "interpreter"), ("wasm", "wasm-interpreter")];
    let ratios = [
        Ratio { title: "natively / CPython", runner: "interpreter", other: "cpython", faster: false },
        Ratio { title: "wasm / CPython", runner: "wasm-interpreter", other: "cpython", faster: false },
    ];
    section(text, "The interpreter", results, INTERPRETER, &columns, &ratios);
}

/// How much more one object costs among 100,000 than among 1,000.
fn growth(text: &mut String, results: &Results) {
    let heads = ["raw loop", "Rust API", "API / raw"].map(str::to_owned).to_vec();
    row(text, "Time per object: 100,000 over 1,000", heads);
    for phase in ["flush", "refresh", "change", "load"] {
        let grown = |runner: &str| {
            let at = |size: &str| results.median(&format!("{runner}@{size}"), phase);
            Some(at("100000")? / 100.0 / at("1000")?)
        };
        let (raw, api) = (grown("raw"), grown("api"));
        let both = raw.zip(api).map(|(raw, api)| api / raw);
        line(text, phase, [raw, api, both].map(|value| number(value, "")).to_vec());
    }
}

fn single(text: &mut String, results: &Results) {
    row(text, "Single figures", vec!["median".to_owned()]);
    let one = results.median("one-of-many", "one-of-many");
    line(text, "`flush` of 1 changed among 100,000 persistent objects", vec![milliseconds(one) + " ms"]);
    let bytes = results.sum("bytes@100000", "bytes");
    let bytes = bytes.map_or_else(|| "–".to_owned(), |bytes| format!("{bytes} bytes"));
    line(text, "a clean persistent object of five small columns", vec![bytes]);
    for (title, runner) in [("natively", "parse"), ("as wasm", "wasm-parse")] {
        let parse = milliseconds(results.median(runner, "parse"));
        line(text, &format!("parse and compile a script of 200 lines, {title}"), vec![parse + " ms"]);
    }
}

fn row(text: &mut String, title: &str, heads: Vec<String>) {
    text.push_str(&format!(
        "\n| {title} | {} |\n| --- |{}\n",
        heads.join(" | "),
        " ---: |".repeat(heads.len())
    ));
}

fn line(text: &mut String, title: &str, cells: Vec<String>) {
    text.push_str(&format!("| {title} | {} |\n", cells.join(" | ")));
}

fn milliseconds(micros: Option<f64>) -> String {
    number(micros.map(|micros| micros / 1000.0), "")
}

fn shown(results: &Results, ratio: &Ratio, phase: &str) -> String {
    let own = results.median(ratio.runner, phase);
    let other = results.median(ratio.other, phase);
    let pair = own.zip(other).filter(|(own, other)| *own > 0.0 && *other > 0.0);
    match ratio.faster {
        true => number(pair.map(|(own, other)| other / own), "×"),
        false => number(pair.map(|(own, other)| own / other), "/"),
    }
}

fn number(value: Option<f64>, unit: &str) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value >= 100.0 => format!("{value:.0}{unit}"),
        Some(value) if value >= 10.0 => format!("{value:.1}{unit}"),
        Some(value) => format!("{value:.2}{unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_say_which_way_they_go() {
        let mut results = Results::default();
        results.read("cpython", "phase load 90000 1").unwrap();
        results.read("raw", "phase load 3000 1").unwrap();
        results.read("script", "phase load 6000 1").unwrap();
        let text = all(&results, 1);
        assert!(text.contains("| load | 90.0 | 3.00 | – | 6.00 | – | 15.0× | – | 2.00/ | – |"), "{text}");
    }
}
