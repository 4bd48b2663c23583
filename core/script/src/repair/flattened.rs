//! Transcripts whose line breaks were lost: `>>> a >>> class B: ... x = 1 ... def f(self): ... return 1`.
//!
//! The breaks are found at the prompts. Indentation is gone for good, so it is derived from what Python allows and
//! from how people write: a `def` with `self` is a method, a blank line ends a method, `return` ends its block.

use super::indent;
use super::line::Line;
use super::prose;
use super::scan::State;

/// Places in a line that output is looked for at.
const MAX_BREAKS: usize = 48;

const WHY: &str = "line breaks restored";

/// Splits the lines that hold several prompts.
pub(super) fn split(lines: Vec<Line>) -> Vec<Line> {
    let mut split = Vec::with_capacity(lines.len());
    for line in lines {
        let text = line.text.trim();
        let flat = text.starts_with(">>> ") && (text.contains(" >>> ") || has_breaks(text));
        if !flat {
            split.push(line);
            continue;
        }
        let margin = super::scan::indent(&line.text).to_owned();
        for segment in text.trim_start_matches(">>> ").split(" >>> ") {
            for (at, row) in lay_out(&pieces(segment)).into_iter().enumerate() {
                let prompt = if at == 0 { ">>>" } else { "..." };
                split.push(line.beside(format!("{margin}{prompt} {row}"), WHY));
            }
        }
    }
    split
}

fn has_breaks(text: &str) -> bool {
    text.contains(" ... ") || text.ends_with(" ...")
}

/// Cuts at every `...` that stands alone.
fn pieces(segment: &str) -> Vec<String> {
    if !has_breaks(segment) {
        return vec![segment.trim().to_owned()];
    }
    let mut pieces = vec![String::new()];
    for part in segment.split(' ') {
        if part == "..." {
            pieces.push(String::new());
        } else if let Some(piece) = pieces.last_mut() {
            if !piece.is_empty() {
                piece.push(' ');
            }
            piece.push_str(part);
        }
    }
    pieces
}

/// An open block: the column of its header and the header's first word.
struct Block {
    column: usize,
    word: String,
}

/// Indents the rows of one statement.
fn lay_out(pieces: &[String]) -> Vec<String> {
    let mut rows = Vec::with_capacity(pieces.len());
    let mut blocks: Vec<Block> = Vec::new();
    let mut state = State::default();
    let mut after_blank = false;
    let mut ended = false;
    for piece in pieces {
        if piece.is_empty() {
            after_blank = true;
            rows.push(String::new());
            continue;
        }
        let body = blocks.last().map_or(0, |block| block.column + 4);
        if state.is_open() {
            rows.push(format!("{}{piece}", " ".repeat(body + 4)));
            state.pass(piece);
            continue;
        }
        leave(&mut blocks, piece, after_blank, ended);
        let column = blocks.last().map_or(0, |block| block.column + 4);
        rows.push(format!("{}{piece}", " ".repeat(column)));
        state.pass(piece);
        ended = indent::ends_block(piece);
        after_blank = false;
        if indent::is_header(piece) {
            blocks.push(Block { column, word: indent::word(piece).to_owned() });
        }
    }
    rows
}

/// Leaves the blocks that a row cannot belong to.
fn leave(blocks: &mut Vec<Block>, piece: &str, after_blank: bool, ended: bool) {
    let innermost = |blocks: &[Block], word: &str| blocks.iter().rposition(|block| block.word == word);
    if indent::is_clause(piece) {
        let partners: &[&str] = match indent::word(piece) {
            "elif" => &["if", "elif"],
            "except" => &["try", "except"],
            "case" => &["case"],
            "finally" => &["try", "except", "else"],
            _ => &["if", "elif", "for", "while", "try", "except"],
        };
        if let Some(at) = blocks.iter().rposition(|block| partners.contains(&block.word.as_str())) {
            blocks.truncate(at);
        }
        return;
    }
    let method = piece.starts_with('@') || (indent::word(piece) == "def" && piece.contains("(self"));
    let in_method =
        innermost(blocks, "def").zip(innermost(blocks, "class")).is_some_and(|(def, class)| def > class);
    let member =
        method || (in_method && after_blank && piece.contains(" = Column(")) || piece.starts_with("__");
    if member && let Some(class) = innermost(blocks, "class") {
        blocks.truncate(class + 1);
    } else if ended {
        blocks.pop();
    }
}

/// Where the statement ends and the output begins that a prompt printed on the same line.
pub(super) fn output_at(text: &str) -> Option<usize> {
    const OPERATORS: &[char] =
        &['+', '-', '*', '/', '%', '&', '|', '^', '=', '!', ',', '.', ':', ')', ']', '}', '@', '>'];
    const WORDS: &[&str] = &["and", "or", "in", "is", "not", "if", "else", "for"];
    let whole = prose::expression(text).is_some();
    let places = prose::breaks(text);
    places.into_iter().take(MAX_BREAKS).rev().find(|at| {
        let (head, tail) = (text.get(..*at).unwrap_or(""), text.get(*at..).unwrap_or("").trim_start());
        if tail.is_empty()
            || tail.starts_with('#')
            || tail.starts_with(OPERATORS)
            || WORDS.contains(&indent::word(tail))
        {
            return false;
        }
        // `names ['ed']` is Python too, but nobody writes it so.
        let odd = tail.starts_with(['(', '[', '{', '\'', '"']);
        (!whole || odd) && prose::expression(head.trim_end()).is_some()
    })
}

/// Where a comment gives way to output: `# doctest: +SKIP [...]`, `# no id yet. 'None'`.
pub(super) fn output_in_comment(text: &str) -> Option<usize> {
    let code = super::scan::code(text);
    let margin = super::scan::indent(text).len();
    let comment = text.get(margin + code.len()..)?;
    let from = text.len() - comment.len();
    if let Some(directive) = comment.find("# doctest: +") {
        let end = directive + "# doctest: +".len();
        let rest = comment.get(end..)?;
        let length = rest.find(' ')?;
        return Some(from + end + length);
    }
    let at = comment.match_indices(['.', '!', '?']).find(|(at, _)| {
        comment.get(at + 1..).and_then(|rest| rest.strip_prefix(' ')).is_some_and(|rest| {
            rest.starts_with(['\'', '"', '[', '<']) && (rest.ends_with(['\'', '"', ']', '>']))
        })
    });
    at.map(|(at, _)| from + at + 1)
}
