//! Transcripts of the prompts of Python (`>>>`, `...`) and IPython (`In [5]:`, `...:`), and echoed SQL.

use super::flattened;
use super::indent;
use super::line::Line;
use super::mend;
use super::scan::{self, State};
use super::shown;

const PROMPT: &str = "prompt removed";
const OUTPUT: &str = "output removed";
/// Lines that one statement is looked for in.
const REACH: usize = 400;

/// Words that echoed SQL begins with.
const SQL: &[&str] = &[
    "SELECT ",
    "INSERT INTO",
    "UPDATE ",
    "DELETE FROM",
    "CREATE TABLE",
    "CREATE INDEX",
    "DROP TABLE",
    "PRAGMA ",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE ",
    "FROM ",
    "WHERE ",
    "VALUES",
    "LIMIT ",
    "ORDER BY",
    "[",
];

/// What stands behind the prompt of a statement, in a line without its indentation.
fn prompted(text: &str) -> Option<&str> {
    // SQLAlchemy's documentation marks the SQL of a prompt.
    let text = ["{sql}", "{execsql}", "{printsql}", "{stop}"]
        .iter()
        .fold(text, |text, mark| text.trim_start_matches(mark));
    if let Some(rest) = text.strip_prefix(">>>") {
        return match rest.strip_prefix(' ') {
            Some(code) => Some(code),
            None => (rest.is_empty() || rest.starts_with(|c: char| c.is_alphabetic())).then_some(rest),
        };
    }
    numbered(text, "In")
}

/// What stands behind `In [5]:` or `Out[5]:`.
fn numbered<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(name)?.trim_start().strip_prefix('[')?;
    let (number, rest) = rest.split_once("]:")?;
    let digits = number.trim().chars().all(|c| c.is_ascii_digit() || c == '*') && number.len() <= 8;
    digits.then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// What stands behind `...` or IPython's `...:`, in a line without its indentation.
pub(super) fn continued(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("...").or_else(|| text.strip_prefix('…'))?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    match rest.strip_prefix(' ') {
        Some(code) => Some(code),
        None => rest.is_empty().then_some(rest),
    }
}

/// Whether the line begins with a prompt for a statement.
pub(super) fn is_prompt(text: &str) -> bool {
    prompted(text.trim_start()).is_some()
}

/// Whether any line does.
pub(super) fn any(lines: &[Line]) -> bool {
    lines.iter().any(|line| is_prompt(&line.text))
}

/// Whether the line is the value that IPython shows.
pub(super) fn is_out(text: &str) -> bool {
    numbered(text.trim_start(), "Out").is_some()
}

/// Whether the line was written by a logger: `2016-07-08 16:21:52,106 INFO sqlalchemy.engine…`.
pub(super) fn is_log(text: &str) -> bool {
    let text = text.trim_start();
    let stamp: String = text.chars().take(19).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    (stamp == "0000-00-00 00:00:00" && text.contains(" sqlalchemy."))
        || ["INFO:sqlalchemy", "DEBUG:sqlalchemy", "INFO sqlalchemy."]
            .iter()
            .any(|start| text.starts_with(start))
}

/// Removes output from `at` on: all lines to the next blank one, prompt or comment that are not indented less than
/// `margin`. Returns where it ends, and whether a value was shown (rather than SQL echoed).
pub(super) fn remove_output(lines: &mut [Line], at: usize, margin: &str) -> (usize, bool) {
    let mut shown = false;
    let mut logged = false;
    let mut end = at;
    while let Some(line) = lines.get_mut(end) {
        let text = line.text.trim_start();
        if text.is_empty() || is_prompt(text) || text.starts_with('#') || !line.text.starts_with(margin) {
            break;
        }
        if is_log(text) {
            logged = true;
        } else if !logged
            && !SQL.iter().any(|start| text.starts_with(start) && !(*start == "[" && text.ends_with(']')))
        {
            shown = true;
        }
        line.remove(OUTPUT);
        end += 1;
    }
    (end, shown)
}

/// Takes the statement at the prompt in line `at`, and the output after it. Returns the index after them.
pub(super) fn take(lines: &mut [Line], at: usize) -> usize {
    let Some(first) = lines.get_mut(at) else { return at + 1 };
    let margin = scan::indent(&first.text).to_owned();
    let Some(code) = prompted(first.text.trim_start()).map(|code| code.trim_end().to_owned()) else {
        return at + 1;
    };
    let flat = !first.whys.is_empty();
    first.change(code, PROMPT);
    let mut end = continuations(lines, at + 1);
    if end == at + 1 {
        end = unprompted(lines, at, &margin);
    }
    let mut output = false;
    if let Some(statement) = lines.get_mut(at..end) {
        let directive = statement.first().is_some_and(|line| line.text.contains("# doctest: +"));
        if flat || directive || mend::mend(statement).is_none() {
            output = cut_output(statement);
        }
        if let Some(mended) = mend::mend(statement) {
            statement.clone_from_slice(&mended);
        }
    }
    let (after, shown) = remove_output(lines, end, &margin);
    if let Some(statement) = lines.get_mut(at..end) {
        shown::print_value(statement, shown || output);
    }
    // IPython leaves a blank line before some outputs.
    match lines.get(after) {
        Some(line) if line.is_blank() && lines.get(after + 1).is_some_and(|line| is_out(&line.text)) => {
            remove_output(lines, after + 1, &margin).0
        }
        _ => after,
    }
}

/// Strips the prompts of continuation lines.
fn continuations(lines: &mut [Line], from: usize) -> usize {
    let mut end = from;
    while let Some(line) = lines.get_mut(end) {
        let Some(code) = continued(line.text.trim_start()).map(|code| code.trim_end().to_owned()) else {
            break;
        };
        line.change(code, PROMPT);
        end += 1;
    }
    end
}

/// Finds the rest of a statement whose continuation lines have no prompts.
fn unprompted(lines: &mut [Line], at: usize, margin: &str) -> usize {
    let mut state = State::default();
    let Some(first) = lines.get(at) else { return at + 1 };
    state.pass(&first.text);
    let block = indent::is_header(&first.text) || first.text.starts_with('@');
    if !state.is_open() && !block {
        return at + 1;
    }
    let mut end = at + 1;
    while let Some(line) = lines.get(end).filter(|_| end < at + REACH) {
        let text = line.text.strip_prefix(margin).unwrap_or(line.text.trim_start());
        let inside = state.is_open()
            || (block && !text.is_empty() && (text.starts_with([' ', '\t']) || indent::is_clause(text)));
        if !inside || is_prompt(text) {
            break;
        }
        state.pass(text);
        end += 1;
    }
    if state.is_open() {
        return at + 1;
    }
    for line in lines.iter_mut().take(end).skip(at + 1) {
        indent::strip(line, margin);
    }
    end
}

/// Cuts off what a flattened transcript shows behind a statement of one line.
fn cut_output(statement: &mut [Line]) -> bool {
    let [line] = statement else { return false };
    let Some(at) = flattened::output_at(&line.text).or_else(|| flattened::output_in_comment(&line.text))
    else {
        return false;
    };
    let text = line.text.get(..at).unwrap_or("").trim_end().to_owned();
    line.change(text, OUTPUT)
}
