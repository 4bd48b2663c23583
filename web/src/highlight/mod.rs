//! Colours for Python and SQL: text in, spans out. It knows no browser.
//!
//! Good enough for reading, never a judge of grammar: whatever it does not know is
//! plain text, and the spans joined are always the text.

mod python;
mod sql;

pub use python::python;
pub use sql::sql;

/// A piece of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: String,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing special.
    Plain,
    /// A word of the language.
    Keyword,
    /// A string.
    Text,
    /// A number, or another constant.
    Number,
    /// A comment.
    Comment,
    /// A placeholder for a parameter.
    Parameter,
}

impl Kind {
    /// The class in the style sheet.
    #[must_use]
    pub fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Keyword => Some("hl-keyword"),
            Self::Text => Some("hl-text"),
            Self::Number => Some("hl-number"),
            Self::Comment => Some("hl-comment"),
            Self::Parameter => Some("hl-parameter"),
        }
    }
}

/// Gathers spans, joining neighbours of one kind.
#[derive(Default)]
struct Spans(Vec<Span>);

impl Spans {
    fn push(&mut self, kind: Kind, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(text),
            _ => self.0.push(Span { kind, text: text.to_owned() }),
        }
    }
}

/// The length in bytes of the longest start of `text` whose characters all pass.
fn while_in(text: &str, pass: impl Fn(char) -> bool) -> usize {
    text.find(|c| !pass(c)).unwrap_or(text.len())
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
