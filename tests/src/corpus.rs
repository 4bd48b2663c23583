//! The recorded scripts, and the list of accepted differences.

use std::fs;
use std::path::{Path, PathBuf};

/// A script and what real SQLAlchemy did with it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its path below `tests/`: `conformance/core/insert.py`.
    pub name: String,
    /// Its text.
    pub source: String,
    /// Its transcript, as JSON lines.
    pub transcript: String,
}

/// The folder of this crate.
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every script of the corpus that has a recording, by name.
///
/// # Panics
/// When a file cannot be read, or a recording has lost its script.
pub fn recorded() -> Vec<Recorded> {
    let mut all: Vec<Recorded> = files("jsonl")
        .into_iter()
        .map(|recording| {
            let script = recording.with_extension("py");
            Recorded { name: name_of(&script), source: read(&script), transcript: read(&recording) }
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// The names of scripts that were written and never recorded.
pub fn unrecorded() -> Vec<String> {
    let scripts = files("py").into_iter();
    scripts
        .filter(|script| !script.with_extension("jsonl").is_file())
        .map(|script| name_of(&script))
        .collect()
}

/// `conformance/accepted.txt`: names of scripts whose difference is accepted for now, each with its reason.
pub fn accepted() -> Vec<(String, String)> {
    let text = read(&folder().join("conformance/accepted.txt"));
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| match line.split_once(": ") {
            Some((name, reason)) if !reason.trim().is_empty() => (name.to_owned(), reason.trim().to_owned()),
            _ => panic!("accepted.txt: `{line}` has no reason. A line is `conformance/NAME.py: REASON`."),
        })
        .collect()
}

fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder().join("conformance"), folder().join("seeds")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = path.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn name_of(script: &Path) -> String {
    let below = script.strip_prefix(folder()).unwrap_or(script);
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()))
}
