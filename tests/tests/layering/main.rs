//! The floors of ARCHITECTURE.md, enforced: lower floors never import upward, and what only one place may
//! know is named nowhere else. Cargo sees to the crates; this test sees to the modules inside them.

mod paths;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};

use ormscope_tests::corpus;
use tables::{CRATES, FLOORS, SECRETS};

#[test]
fn modules_import_only_from_their_own_floor_and_below() {
    let mut trespasses = Vec::new();
    for floors in FLOORS {
        let source = top().join(floors.source);
        let mut unused: Vec<_> = floors.doors.to_vec();
        for file in sources(&source) {
            let module = paths::module_of(&file, &source);
            let Some(own) = floors.child(&module) else { continue };
            let Some(own_floor) = floors.of(own) else {
                trespasses.push(format!("{}: `{own}` stands on no floor.\n    {ADD}", short(&file)));
                continue;
            };
            for reference in paths::references(&read(&file), &module) {
                let Some(other) = floors.child(&reference.path) else { continue };
                let place = format!("{}:{}", short(&file), reference.line);
                match floors.of(other) {
                    Some(floor) if floor <= own_floor => {}
                    Some(_) => {
                        let path = reference.path.join("::");
                        if floors.doors.contains(&(own, path.as_str())) {
                            unused.retain(|door| *door != (own, path.as_str()));
                            continue;
                        }
                        trespasses.push(format!("{place}: `{own}` looks up at `{path}`.\n    {TURN}"));
                    }
                    None if reference.relative => {}
                    None => trespasses.push(format!("{place}: `{other}` stands on no floor.\n    {NAME}")),
                }
            }
        }
        trespasses.extend(
            unused.iter().map(|(from, to)| format!("`{from}` no longer looks up at `{to}`: close the door.")),
        );
    }
    assert!(trespasses.is_empty(), "\n{}\n", trespasses.join("\n"));
}

const ADD: &str = "Put it into the table FLOORS in tests/tests/layering/tables.rs, and into ARCHITECTURE.md.";
const NAME: &str =
    "If it is a re-export, name the module that defines it. If it is a module, put it into the table FLOORS.";
const TURN: &str =
    "Move what both need down, or let the lower floor own a trait that the upper one implements.";

#[test]
fn what_one_place_knows_is_named_nowhere_else() {
    let mut trespasses = Vec::new();
    for secret in SECRETS {
        for file in secret.within.iter().flat_map(|folder| sources(&top().join(folder))) {
            let name = short(&file);
            if secret.known_to.iter().any(|known| name.starts_with(known)) {
                continue;
            }
            for (index, line) in paths::code(&read(&file)).lines().enumerate() {
                if let Some(word) = secret.words.iter().find(|word| paths::names(line, word)) {
                    trespasses.push(format!("{name}:{}: `{word}`\n    {}", index + 1, secret.reason));
                }
            }
        }
    }
    assert!(trespasses.is_empty(), "\n{}\n", trespasses.join("\n"));
}

#[test]
fn crates_depend_only_on_the_crates_below_them() {
    let mut trespasses = Vec::new();
    for (folder, below) in CRATES {
        let manifest = read(&top().join(folder).join("Cargo.toml"));
        let ours = manifest.lines().filter(|line| line.starts_with("ormscope") || line.starts_with("xtask"));
        for name in ours.filter_map(|line| line.split([' ', '.', '=']).next()) {
            if !below.contains(&name) {
                trespasses
                    .push(format!("{folder}/Cargo.toml: depends on {name}; it may know {below:?} only."));
            }
        }
    }
    assert!(trespasses.is_empty(), "\n{}\n", trespasses.join("\n"));
}

fn top() -> &'static Path {
    corpus::folder().parent().unwrap_or(Path::new("."))
}

fn short(file: &Path) -> String {
    file.strip_prefix(top()).unwrap_or(file).to_string_lossy().into_owned()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()))
}

/// All Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
