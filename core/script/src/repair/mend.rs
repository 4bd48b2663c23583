//! Small repairs of text that is meant as Python throughout.

use super::line::{self, Line};
use super::{indent, scan, typography};
use crate::parse;

/// The lines with as few repairs as make them parse, if any do.
pub(super) fn mend(lines: &[Line]) -> Option<Vec<Line>> {
    let mut lines = lines.to_vec();
    let parses = |lines: &[Line]| parse::parse(&line::text(lines)).is_ok();
    if parses(&lines) {
        return Some(lines);
    }
    let steps: [fn(&mut [Line]) -> bool; 6] = [
        indent::dedent,
        typography::spaces,
        typography::quotes,
        indent::tabs,
        indent::bodies,
        print_statements,
    ];
    for step in steps {
        if step(&mut lines) && parses(&lines) {
            return Some(lines);
        }
    }
    None
}

/// Python 2's `print` statement becomes a call.
fn print_statements(lines: &mut [Line]) -> bool {
    lines.iter_mut().fold(false, |changed, line| {
        let (code, indent) = (scan::code(&line.text), scan::indent(&line.text));
        let Some(value) = code.strip_prefix("print").filter(|rest| rest.starts_with([' ', '"', '\''])) else {
            return changed;
        };
        let value = value.trim();
        if value.starts_with(['=', '>']) {
            return changed;
        }
        let end = indent.len() + code.len();
        let text = format!("{indent}print({value}){}", line.text.get(end..).unwrap_or(""));
        line.change(text, "`print` is a function since Python 3") || changed
    })
}
