//! Shows what a pasted text is repaired to: `cargo run -p ormscope-script --example repair -- file.txt`.

// Tests and examples may read files and clocks; the crate itself may not.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

use ormscope_script::repair::repair;

fn main() {
    let path = std::env::args().nth(1).unwrap_or_else(|| "-".into());
    let source = match std::fs::read_to_string(&path) {
        Ok(source) => source,
        Err(error) => return eprintln!("{path}: {error}"),
    };
    let repaired = repair(&source);
    println!("{}", repaired.source);
    for change in &repaired.repairs {
        println!("-- line {}: {}", change.line, change.why);
        change.before.lines().for_each(|line| println!("- {line}"));
        change.after.lines().for_each(|line| println!("+ {line}"));
    }
    for note in &repaired.notes {
        println!("note: {note}");
    }
    println!("legacy: {}", repaired.legacy);
}
