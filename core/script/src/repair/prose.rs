//! Telling prose from code.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ModModule, Stmt};

use std::collections::BTreeSet;

use super::indent;
use super::scan;
use crate::parse;

/// Words that code has between names.
const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "class", "def", "del", "elif", "else", "except", "exec", "for",
    "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "print", "raise",
    "return", "while", "with", "yield",
];

/// Whether the line reads as a sentence or a heading, judged by its words alone.
pub(super) fn reads_as_prose(text: &str) -> bool {
    let text = text.trim();
    // A header with a mistake in it is not a sentence.
    if text.starts_with(['#', '@']) || indent::is_header(text) {
        return false;
    }
    if ["http://", "https://", "www."].iter().any(|start| text.starts_with(start)) {
        return true;
    }
    if text.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_ascii()) {
        return true;
    }
    let ends = text.ends_with(['.', '?', '!', '…', ':', '。', '：']);
    let (mut run, mut longest) = (0, 0);
    for word in text.split_whitespace() {
        let bare = word.trim_end_matches([',', '.', ';', ':', '?', '!']);
        let plain =
            !bare.is_empty() && bare.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'' || c == '’');
        run = if plain && !KEYWORDS.contains(&bare) { run + 1 } else { 0 };
        longest = longest.max(run);
        if word.ends_with(['.', ',', ':']) && !plain {
            run = 0;
        }
    }
    longest >= 3 || (longest >= 2 && ends)
}

/// Whether the line can only be meant as code, though it may be wrong.
pub(super) fn is_meant_as_code(text: &str) -> bool {
    let code = scan::code(text);
    let word = indent::word(code);
    let rest = code.get(word.len()..).unwrap_or("").trim_start();
    match word {
        "class" | "def" => rest.contains(['(', ':']),
        "from" => rest.contains(" import "),
        "import" | "return" | "raise" => !reads_as_prose(code),
        _ if indent::is_header(code) => !reads_as_prose(code),
        "" => code.starts_with('@') && code.len() > 1,
        _ if KEYWORDS.contains(&word) => false,
        _ => {
            let name =
                code.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(code.len());
            let after = code.get(name..).unwrap_or("");
            let assigns = after.trim_start().strip_prefix('=').is_some_and(|value| !value.starts_with('='));
            assigns || (after.starts_with('(') && !reads_as_prose(code))
        }
    }
}

/// Whether what parsed is code rather than words that happen to be Python, given the names bound so far.
pub(super) fn is_code(module: &ModModule, bound: &BTreeSet<String>) -> bool {
    module.body.iter().all(|stmt| match stmt {
        Stmt::Expr(expr) => match &*expr.value {
            Expr::Call(_) | Expr::Await(_) | Expr::StringLiteral(_) => true,
            value => is_known(value, bound),
        },
        // `Note: this` is an annotation.
        Stmt::AnnAssign(assign) => assign.value.is_some() || is_known(&assign.annotation, bound),
        _ => true,
    })
}

/// Whether the expression has names, and all of them are bound.
fn is_known(expr: &Expr, bound: &BTreeSet<String>) -> bool {
    struct Reader<'b> {
        bound: &'b BTreeSet<String>,
        known: usize,
        unknown: usize,
    }
    impl Visitor<'_> for Reader<'_> {
        fn visit_expr(&mut self, expr: &Expr) {
            if let Expr::Name(name) = expr {
                match self.bound.contains(name.id.as_str()) {
                    true => self.known += 1,
                    false => self.unknown += 1,
                }
            }
            visitor::walk_expr(self, expr);
        }
    }
    let mut reader = Reader { bound, known: 0, unknown: 0 };
    reader.visit_expr(expr);
    reader.known > 0 && reader.unknown == 0
}

/// The expression that a line of prose begins with: `session.dirty which objects changed`.
pub(super) fn leading_expression<'t>(text: &'t str, bound: &BTreeSet<String>) -> Option<(&'t str, Expr)> {
    let text = text.trim();
    let end = breaks(text).into_iter().next()?;
    let head = text.get(..end)?;
    let prose = text.get(end..)?.trim_start();
    let begins = prose.chars().next()?;
    if !begins.is_alphabetic() || KEYWORDS.contains(&indent::word(prose)) {
        return None;
    }
    let value = expression(head)?;
    let root = matches!(value, Expr::Attribute(_) | Expr::Call(_) | Expr::Subscript(_));
    (root && is_known(&value, bound)).then_some((head, value))
}

/// Places of white space outside of brackets, strings and comments.
pub(super) fn breaks(text: &str) -> Vec<usize> {
    let mut places = Vec::new();
    scan::State::default().read(text, |at, c, part, depth| {
        if c.is_whitespace() && part == scan::Part::Code && depth == 0 {
            places.push(at);
        }
    });
    places
}

/// The text as one expression.
pub(super) fn expression(text: &str) -> Option<Expr> {
    let module = parse::parse(text).ok()?;
    let mut body = module.body.into_iter();
    match (body.next(), body.next()) {
        (Some(Stmt::Expr(expr)), None) => Some(*expr.value),
        _ => None,
    }
}
