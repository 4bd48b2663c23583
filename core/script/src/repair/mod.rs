//! Pasted text → a script that can run, with every change listed.
//!
//! People paste what they see: transcripts with prompts and output, Markdown
//! with prose around the code, listings whose line breaks or imports were lost.
//! Text that already is Python keeps its shape; a transcript or document is
//! read line by line ([`document`]); both then get the imports that are missing.
//! What cannot be repaired is left as it is, so that the error points at it.
//!
//! It knows no engine and no page: text in, text and a list of changes out. It
//! has no counterpart in CPython (the nearest is `doctest.script_from_examples`).

mod alternatives;
mod bindings;
mod document;
mod eras;
mod flattened;
mod imports;
mod indent;
mod line;
mod markdown;
mod mend;
mod prompts;
mod prose;
mod scan;
mod shown;
mod typography;

use line::Line;

use crate::parse;

/// Pasted text that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The text as it can run.
    pub source: String,
    /// Every change, in order of lines; empty when nothing was wrong.
    pub repairs: Vec<Repair>,
    /// Whether it uses constructs that only run with SQLAlchemy 1.4's semantics.
    pub legacy: bool,
    /// What the reader should know beside the changes.
    pub notes: Vec<String>,
}

/// One change, of one line or of neighbouring lines with the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The line of the pasted text it starts at, from 1.
    pub line: u32,
    /// The lines before; empty for an insertion.
    pub before: String,
    /// The lines after; empty for a removal.
    pub after: String,
    /// Why, in a few words.
    pub why: String,
}

/// Repairs pasted text. Text that needs nothing comes back as it was.
pub fn repair(source: &str) -> Repaired {
    let pasted: Vec<&str> = source.lines().collect();
    let mut lines: Vec<Line> = pasted.iter().zip(1..).map(|(text, number)| Line::new(number, text)).collect();
    let mut notes = Vec::new();
    if prompts::any(&lines) || parse::parse(source).is_err() {
        if let Some(mended) = mend::mend(&lines).filter(|_| !prompts::any(&lines)) {
            lines = mended;
        } else if document::is_one(&lines) {
            lines = document::extract(lines);
            alternatives::set_aside(&mut lines, &mut notes);
        }
    }
    typography::underscores(&mut lines);
    imports::add(&mut lines);
    let legacy = eras::is_legacy(&line::text(&lines));
    let repairs = line::repairs(&pasted, &lines);
    let source = if repairs.is_empty() { source.to_owned() } else { line::text(&lines) };
    Repaired { source, repairs, legacy, notes }
}
