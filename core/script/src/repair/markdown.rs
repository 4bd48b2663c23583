//! Markdown's marks: fences around code, headings, quotations, rules.

use super::line::Line;
use super::scan;

/// Languages of fences that hold Python; other fences hold no code of ours.
const PYTHON: &[&str] = &[
    "",
    "py",
    "python",
    "python2",
    "python3",
    "py3",
    "pycon",
    "ipython",
    "ipython3",
    "doctest",
    "text",
    "{.python}",
];

/// An opening or closing fence: its mark, how often it stands, and what follows.
pub(super) fn fence(text: &str) -> Option<(char, usize, &str)> {
    let text = text.trim();
    let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let count = text.chars().take_while(|c| *c == mark).count();
    let rest = text.get(count..).unwrap_or("").trim();
    (count >= 3 && !rest.contains(mark)).then_some((mark, count, rest))
}

/// A line of nothing but `=`, `-`, `*`, `_` or `~`.
pub(super) fn is_rule(text: &str) -> bool {
    let text = text.trim();
    let mark = text.chars().next();
    mark.is_some_and(|mark| "=-*_~+".contains(mark))
        && text.len() >= 3
        && text.chars().all(|c| Some(c) == mark)
}

/// A heading of two or more `#`, which no comment in code has at the start of a line's text.
pub(super) fn is_heading(text: &str) -> bool {
    let rest = text.trim_start_matches('#');
    text.starts_with("##") && rest.chars().any(char::is_alphanumeric)
}

/// A quotation: `> text`, but no prompt.
pub(super) fn is_quotation(text: &str) -> bool {
    text.starts_with('>') && !text.starts_with(">>>")
}

/// Cuts the lines into stretches, with whether each holds code; `None` when there are no fences. Fences
/// themselves are removed.
pub(super) fn fenced(lines: Vec<Line>) -> Result<Vec<(bool, Vec<Line>)>, Vec<Line>> {
    if !lines.iter().any(|line| fence(&line.text).is_some()) {
        return Err(lines);
    }
    let mut stretches: Vec<(bool, Vec<Line>)> = vec![(false, Vec::new())];
    let mut open: Option<(char, usize)> = None;
    for mut line in lines {
        let turns = match (open, fence(&line.text)) {
            (None, Some((mark, count, language))) => {
                open = Some((mark, count));
                let language = language.split(|c: char| c.is_whitespace() || c == ',').next().unwrap_or("");
                Some(PYTHON.contains(&language.to_lowercase().as_str()))
            }
            (Some((mark, count)), Some((own, length, ""))) if own == mark && length >= count => {
                open = None;
                Some(false)
            }
            _ => None,
        };
        if turns.is_some() {
            line.remove("Markdown fence removed");
        }
        if let Some((_, stretch)) = stretches.last_mut() {
            stretch.push(line);
        }
        if let Some(code) = turns {
            stretches.push((code, Vec::new()));
        }
    }
    Ok(stretches)
}

/// Whether the line is one of Markdown's at its level of indentation.
pub(super) fn is_mark(text: &str) -> bool {
    is_rule(text) || is_quotation(text) || (scan::indent(text).is_empty() && is_heading(text))
}
