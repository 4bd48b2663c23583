//! Documents and transcripts: which lines are code, and what they say without what is around them.

use std::collections::BTreeSet;

use super::line::{self, Line};
use super::scan::{self, State};
use super::{bindings, flattened, indent, markdown, mend, prompts, prose, shown};
use crate::parse;

const PROSE: &str = "prose removed";
/// Lines that one open bracket is followed for.
const REACH: usize = 400;
/// Lines that a body without indentation is looked for in.
const PARAGRAPH: usize = 40;

/// Whether the text has signs of being more than a script: a script with a mistake must keep it.
pub(super) fn is_one(lines: &[Line]) -> bool {
    let mut state = State::default();
    lines.iter().any(|line| {
        let text = line.text.trim_start();
        if text.is_empty() {
            // An apostrophe or bracket of prose goes no further than its paragraph.
            state = State::default();
            return false;
        }
        let open = state.is_open();
        state.pass(text);
        prompts::is_prompt(text)
            || prompts::is_log(text)
            || markdown::fence(text).is_some()
            || (!open && markdown::is_mark(&line.text))
            || (!open && scan::indent(&line.text).is_empty() && prose::reads_as_prose(text))
    })
}

/// Removes everything that is not code.
pub(super) fn extract(lines: Vec<Line>) -> Vec<Line> {
    let lines = flattened::split(lines);
    let mut reader = Reader { bound: BTreeSet::new(), fenced: false };
    let mut lines = match markdown::fenced(lines) {
        Ok(stretches) => {
            reader.fenced = true;
            let read = stretches.into_iter().map(|(code, mut stretch)| {
                if !code {
                    stretch
                        .iter_mut()
                        .filter(|line| !line.is_blank() && !line.gone)
                        .for_each(|line| line.remove(PROSE));
                    return stretch;
                }
                let (fence, rest): (Vec<Line>, Vec<Line>) = stretch.into_iter().partition(|line| line.gone);
                let mut rest = rest;
                // Fenced code is indented as a whole, if at all.
                if !prompts::any(&rest)
                    && let Some(mended) = mend::mend(&rest)
                {
                    rest = mended;
                    reader.learn(&rest);
                } else {
                    indent::dedent(&mut rest);
                    reader.read(&mut rest);
                }
                rest.extend(fence);
                rest
            });
            read.flatten().collect()
        }
        Err(mut lines) => {
            reader.read(&mut lines);
            lines
        }
    };
    remove_blank(&mut lines);
    lines
}

/// Removes blank lines beside what was removed: one is kept between what is left.
fn remove_blank(lines: &mut [Line]) {
    let mut last: Option<String> = None;
    let mut blank = true;
    for at in 0..lines.len() {
        let Some(line) = lines.get_mut(at) else { continue };
        if line.gone {
            last = line.whys.first().cloned();
        } else if !line.is_blank() {
            last = None;
            blank = false;
        } else if let (true, Some(why)) = (blank, &last) {
            let why = why.clone();
            line.remove(&why);
        } else {
            blank = last.is_some();
        }
    }
}

struct Reader {
    /// Names that the code so far binds.
    bound: BTreeSet<String>,
    /// Whether fences say what is code.
    fenced: bool,
}

impl Reader {
    fn learn(&mut self, code: &[Line]) {
        if let Ok(module) = parse::parse(&line::text(code)) {
            self.bound.extend(bindings::names(&module).bound);
        }
    }

    fn read(&mut self, lines: &mut [Line]) {
        let mut at = 0;
        while let Some(line) = lines.get_mut(at) {
            let text = line.text.trim_start();
            if text.is_empty() || line.gone {
                at += 1;
            } else if prompts::is_prompt(text) {
                let end = prompts::take(lines, at);
                self.learn(lines.get(at..end).unwrap_or(&[]));
                at = end;
            } else if prompts::is_log(text) || prompts::is_out(text) {
                at = prompts::remove_output(lines, at, "").0.max(at + 1);
            } else if !self.fenced && markdown::is_mark(&line.text) {
                line.remove(if markdown::is_quotation(text) {
                    "quotation removed"
                } else {
                    "heading removed"
                });
                at += 1;
            } else if text.starts_with('#') {
                let margin = scan::indent(&line.text).to_owned();
                indent::strip(line, &margin);
                at += 1;
            } else {
                at = self.statement(lines, at);
            }
        }
    }

    /// Reads what has no prompt: a statement, or prose.
    fn statement(&mut self, lines: &mut [Line], at: usize) -> usize {
        let end = reach(lines, at).clamp(at + 1, lines.len());
        let Some(block) = lines.get_mut(at..end) else { return at + 1 };
        let mut code = block.to_vec();
        let margin = code.first().map(|line| scan::indent(&line.text).to_owned()).unwrap_or_default();
        for (place, line) in code.iter_mut().enumerate() {
            indent::strip(line, &margin);
            if place > 0
                && let Some(rest) =
                    prompts::continued(line.text.trim_start()).map(|rest| format!("    {rest}"))
            {
                line.change(rest, "prompt removed");
            }
        }
        if let Some(mended) = mend::mend(&code) {
            let module = parse::parse(&line::text(&mended)).ok();
            if module.is_some_and(|module| self.fenced || prose::is_code(&module, &self.bound)) {
                self.learn(&mended);
                block.clone_from_slice(&mended);
                return end;
            }
        }
        let Some(first) = code.first() else { return end };
        if prose::is_meant_as_code(&first.text) || (self.fenced && !prose::reads_as_prose(&first.text)) {
            // Left as it is, so that the error points at it.
            block.clone_from_slice(&code);
            return end;
        }
        let Some(line) = lines.get_mut(at) else { return at + 1 };
        match prose::leading_expression(&first.text, &self.bound) {
            Some((head, value)) => {
                let text = if shown::is_action(&value) { head.to_owned() } else { format!("print({head})") };
                line.change(text, PROSE);
            }
            None => line.remove(PROSE),
        }
        at + 1
    }
}

/// Where the statement that begins at `at` ends, as far as brackets and indentation tell.
fn reach(lines: &[Line], at: usize) -> usize {
    let mut state = State::default();
    let mut end = at;
    // Decorators, then the first logical line.
    loop {
        let Some(line) = lines.get(end).filter(|_| end < at + REACH) else { return at + 1 };
        if end > at && prompts::is_prompt(&line.text) {
            return at + 1;
        }
        let decorator = !state.is_open() && line.text.trim_start().starts_with('@');
        let text = match prompts::continued(line.text.trim_start()) {
            Some(rest) if state.is_open() => rest,
            _ => line.text.trim_start(),
        };
        state.pass(text);
        end += 1;
        if !state.is_open() && !decorator {
            break;
        }
    }
    let Some(header) = lines.get(end.saturating_sub(1)).filter(|line| scan::code(&line.text).ends_with(':'))
    else {
        return end;
    };
    let opens = lines.get(at).is_some_and(|first| {
        indent::is_header(&first.text)
            || first.text.trim_start().starts_with(['@'])
            || indent::is_header(&header.text)
            || ["class", "def", "if", "for", "while", "with"].contains(&indent::word(&first.text))
    });
    if !opens {
        return end;
    }
    let column = lines.get(at).map_or(0, |line| scan::indent(&line.text).len());
    let body = end;
    let mut state = State::default();
    for (place, line) in lines.iter().enumerate().skip(body) {
        if line.is_blank() {
            continue;
        }
        let own = scan::indent(&line.text).len();
        let inside = state.is_open() || own > column || (own == column && indent::is_clause(&line.text));
        if !inside || prompts::is_prompt(&line.text) || prompts::is_log(&line.text) {
            break;
        }
        state.pass(&line.text);
        end = place + 1;
    }
    if end == body {
        // A body that lost its indentation: the paragraph.
        end = body + lines.iter().skip(body).take(PARAGRAPH).take_while(|line| !line.is_blank()).count();
    }
    end
}
