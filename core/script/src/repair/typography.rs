//! What word processors, blogs and Markdown do to characters of code.

use super::line::Line;
use super::scan::{Part, State};

/// Special names that Markdown and its kin strip of their underscores.
const SPECIAL: &[&str] = &[
    "tablename",
    "table_args",
    "mapper_args",
    "abstract",
    "table",
    "mapper",
    "init",
    "repr",
    "str",
    "eq",
    "ne",
    "lt",
    "hash",
    "len",
    "iter",
    "call",
    "enter",
    "exit",
    "getitem",
    "setitem",
    "contains",
    "name",
    "main",
    "version",
    "class",
    "dict",
    "doc",
    "future",
    "bool",
    "add",
    "allow_unmapped",
    "composite_values",
    "new",
    "getattr",
    "setattr",
];

/// Replaces spaces that only look like spaces, and drops marks that look like nothing.
pub(super) fn spaces(lines: &mut [Line]) -> bool {
    lines.iter_mut().fold(false, |changed, line| {
        let text = line
            .text
            .chars()
            .filter(|c| !matches!(c, '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}'));
        let text = text.map(|c| match c {
            '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => ' ',
            c => c,
        });
        line.change(text.collect(), "special spaces replaced") || changed
    })
}

/// Replaces typographic quotes, dashes and full-width marks outside of strings.
pub(super) fn quotes(lines: &mut [Line]) -> bool {
    let mut state = State::default();
    lines.iter_mut().fold(false, |changed, line| {
        let mut text = String::with_capacity(line.text.len());
        let mut parts = Vec::new();
        state.read(&line.text, |_, c, part, _| parts.push((c, part)));
        // Inside of what a typographic quote opened, until its partner.
        let mut closes: Option<&[char]> = None;
        for (c, part) in parts {
            if let Some(partners) = closes {
                if partners.contains(&c) {
                    closes = None;
                    text.push(if partners.contains(&'"') { '"' } else { '\'' });
                } else {
                    text.push(c);
                }
                continue;
            }
            text.push(match (part, c) {
                (Part::Code, '“' | '”' | '„' | '″') => {
                    closes = Some(&['“', '”', '″', '"']);
                    '"'
                }
                (Part::Code, '‘' | '’' | '‚' | '′' | '`' | '´') => {
                    closes = Some(&['‘', '’', '′', '´', '`', '\'']);
                    '\''
                }
                (Part::Code, '–' | '—' | '−') => '-',
                (Part::Code, '（') => '(',
                (Part::Code, '）') => ')',
                (Part::Code, '，') => ',',
                (Part::Code, '：') => ':',
                (Part::Code, '＝') => '=',
                (_, c) => c,
            });
        }
        line.change(text, "typographic quotes replaced") || changed
    })
}

/// Gives special names their underscores back: `_tablename_`, `**init**`.
pub(super) fn underscores(lines: &mut [Line]) {
    let mut state = State::default();
    for line in lines.iter_mut().filter(|line| !line.gone) {
        let mut code = vec![false; line.text.len()];
        state.read(&line.text, |at, _, part, _| {
            if let Some(place) = code.get_mut(at) {
                *place = part == Part::Code;
            }
        });
        let text = restore(&line.text, &code);
        line.change(text, "lost underscores restored");
    }
}

fn restore(text: &str, code: &[bool]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let apart = !out.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '*');
        let lost = if apart && code.get(at) == Some(&true) { lost_name(rest) } else { None };
        let taken = match lost {
            Some((name, length)) => {
                out.push_str("__");
                out.push_str(name);
                out.push_str("__");
                length
            }
            None => {
                let c = rest.chars().next().unwrap_or(' ');
                out.push(c);
                c.len_utf8()
            }
        };
        at += taken;
    }
    out
}

/// The special name that the text begins with, stripped of underscores, and the length of what stands there.
fn lost_name(text: &str) -> Option<(&'static str, usize)> {
    for mark in ["_", "**"] {
        let Some(rest) = text.strip_prefix(mark) else { continue };
        for name in SPECIAL {
            let after = rest.strip_prefix(name).and_then(|rest| rest.strip_prefix(mark));
            if after.is_some_and(|after| {
                !after.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '*')
            }) {
                return Some((name, name.len() + 2 * mark.len()));
            }
        }
    }
    None
}
