//! Indentation: of whole pastes, of tabs among spaces, of bodies that lost theirs.

use super::line::Line;
use super::scan::{self, State};

/// Words that end a block, so that what follows is outside of it.
const ENDS: &[&str] = &["return", "raise", "pass", "continue", "break"];
/// Words that open a block.
const OPENS: &[&str] = &[
    "def", "class", "if", "for", "while", "with", "try", "else", "elif", "except", "finally", "async",
    "match", "case",
];
/// Words that go on with the statement whose block ended.
const CLAUSES: &[&str] = &["else", "elif", "except", "finally", "case"];

/// Columns up to which bodies are indented: nobody nests deeper, and a long column of headers would grow without end.
const DEEPEST: usize = 80;

const SHIFTED: &str = "indentation removed";

/// The first word of a line.
pub(super) fn word(text: &str) -> &str {
    let text = text.trim_start();
    text.get(..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())).unwrap_or("")
}

/// Whether the line opens a block whose body stands below it.
pub(super) fn is_header(text: &str) -> bool {
    scan::code(text).ends_with(':') && OPENS.contains(&word(text))
}

/// Whether the line goes on with a compound statement.
pub(super) fn is_clause(text: &str) -> bool {
    CLAUSES.contains(&word(text)) && scan::code(text).ends_with(':')
}

/// Whether nothing after this line belongs to its block.
pub(super) fn ends_block(text: &str) -> bool {
    ENDS.contains(&word(text))
}

/// Removes the indentation that all lines share, or all but the first, which was copied from its middle on.
pub(super) fn dedent(lines: &mut [Line]) -> bool {
    let full: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.gone && !line.is_blank())
        .map(|(at, _)| at)
        .collect();
    let shared = |places: &[usize]| {
        let mut shared: Option<String> = None;
        for line in places.iter().filter_map(|at| lines.get(*at)) {
            let own = scan::indent(&line.text);
            shared = Some(match shared {
                None => own.to_owned(),
                Some(known) => {
                    known.chars().zip(own.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
                }
            });
        }
        shared.unwrap_or_default()
    };
    let mut prefix = shared(&full);
    let mut from = 0;
    if let Some((first, others)) = full.split_first() {
        let opener = lines.get(*first).is_some_and(|line| {
            let mut state = State::default();
            state.pass(&line.text);
            is_header(&line.text) || state.is_open()
        });
        if prefix.is_empty() && !opener {
            prefix = shared(others);
            from = first + 1;
        }
    }
    !prefix.is_empty()
        && lines.iter_mut().skip(from).fold(false, |changed, line| {
            let text = line.text.strip_prefix(&prefix).unwrap_or(line.text.trim_start()).to_owned();
            line.change(text, SHIFTED) || changed
        })
}

/// Takes the indentation `prefix` off one line.
pub(super) fn strip(line: &mut Line, prefix: &str) {
    if !prefix.is_empty() {
        let text = match line.text.strip_prefix(prefix) {
            Some(text) => text.to_owned(),
            None => line.text.trim_start().to_owned(),
        };
        line.change(text, SHIFTED);
    }
}

/// Replaces tabs in indentation by spaces, to the stops that Python 2 and terminals use.
pub(super) fn tabs(lines: &mut [Line]) -> bool {
    lines.iter_mut().fold(false, |changed, line| {
        let indent = scan::indent(&line.text);
        if !indent.contains('\t') {
            return changed;
        }
        let mut width = 0;
        for c in indent.chars() {
            width = if c == '\t' { (width / 8 + 1) * 8 } else { width + 1 };
        }
        let text = format!("{}{}", " ".repeat(width), line.text.trim_start());
        line.change(text, "tabs replaced by spaces") || changed
    })
}

/// Indents bodies that stand at the column of their header, or left of it.
pub(super) fn bodies(lines: &mut [Line]) -> bool {
    let mut changed = false;
    let mut state = State::default();
    for at in 0..lines.len() {
        let Some(header) = lines.get(at).filter(|line| !line.gone) else { continue };
        let starts = !state.is_open();
        state.pass(&header.text);
        if !starts || state.is_open() || !is_header(&header.text) {
            continue;
        }
        let column = scan::indent(&header.text).chars().count();
        let is_class = word(&header.text) == "class";
        let Some(first) =
            (at + 1..lines.len()).find(|at| lines.get(*at).is_some_and(|line| !line.is_blank()))
        else {
            continue;
        };
        let body = lines.get(first).map_or(0, |line| scan::indent(&line.text).chars().count());
        if body <= column && column <= DEEPEST {
            changed |= push_right(lines, first, body, column + 4 - body, is_class);
        }
    }
    changed
}

/// Moves the statements from `first` on to the right, as far as they are one body.
fn push_right(lines: &mut [Line], first: usize, column: usize, by: usize, is_class: bool) -> bool {
    let mut changed = false;
    let mut state = State::default();
    let mut last = false;
    for line in lines.iter_mut().skip(first) {
        let goes_on = state.is_open();
        if !goes_on {
            let own = scan::indent(&line.text).chars().count();
            let other = !is_class
                && own == column
                && (["def", "class", "async"].contains(&word(&line.text))
                    || line.text.trim_start().starts_with('@'));
            let over = line.is_blank() || own < column || other || is_clause(&line.text);
            if over || (last && own == column) {
                break;
            }
            last = own == column && ends_block(&line.text);
        }
        state.pass(&line.text);
        let text = format!("{}{}", " ".repeat(by), line.text);
        changed |= line.change(text, "a body stands to the right of its header");
    }
    changed
}
