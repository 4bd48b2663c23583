//! Any statement.
//!
//! SQLAlchemy counterpart: `Executable` and `TextClause` of `sqlalchemy.sql`.

use std::rc::Rc;

use super::ddl::Ddl;
use super::dml::{Delete, Insert, Update};
use super::element::{Bind, ColumnRef, Expr};
use super::from::Alias;
use super::select::Select;

/// A statement that can be compiled and executed.
#[derive(Clone, Debug, Hash)]
#[allow(clippy::large_enum_variant)] // a statement is made once and passed by reference
pub enum Statement {
    /// `SELECT`
    Select(Select),
    /// `INSERT`
    Insert(Insert),
    /// `UPDATE`
    Update(Update),
    /// `DELETE`
    Delete(Delete),
    /// DDL
    Ddl(Ddl),
    /// `text()`
    Text(Rc<TextStatement>),
    /// `text().columns(…)`
    TextualSelect(TextualSelect),
    /// An expression by itself: `connection.scalar(func.now())` selects it.
    Expr(Expr),
    /// A statement of a class of the program's: [`Kind::Program`](super::element::Kind), or what was made of it.
    Program(Expr),
    /// The rows of `VALUES`, in a CTE.
    Values(super::from::From),
}

/// SQL text with `:name` binds.
#[derive(Clone, Debug, Hash)]
pub struct TextStatement {
    /// The text.
    pub text: Rc<str>,
    /// Values given with `bindparams()`.
    pub binds: Vec<Rc<Bind>>,
}

/// SQL text whose columns are known.
#[derive(Clone, Debug, Hash)]
pub struct TextualSelect {
    /// The text.
    pub text: Rc<TextStatement>,
    /// Its columns.
    pub columns: Vec<ColumnRef>,
    /// Whether the columns are in the order of the text's.
    pub positional: bool,
    /// CTEs that stand in front of it, and whether just here.
    pub ctes: Vec<(Rc<Alias>, bool)>,
}

impl Statement {
    pub(crate) fn depth(&self) -> u32 {
        let mut deepest = 0;
        super::walk::statement_parts(self, &mut |part| deepest = deepest.max(part.depth()));
        deepest + 1
    }
}

impl TextStatement {
    /// Text without values.
    pub fn new(text: &str) -> TextStatement {
        TextStatement { text: text.into(), binds: Vec::new() }
    }

    /// The names of its binds in order, each once.
    pub fn bind_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for piece in TextPiece::all(&self.text) {
            if let TextPiece::Bind(name) = piece
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }
}

/// A piece of `text()`: each `:name` is a bind; `\:` is a colon, `::` a cast.
pub(crate) enum TextPiece<'a> {
    /// SQL.
    Sql(&'a str),
    /// The name of a bind.
    Bind(&'a str),
}

impl<'a> TextPiece<'a> {
    /// The pieces of a text, in order.
    pub(crate) fn all(text: &'a str) -> Vec<TextPiece<'a>> {
        let mut pieces = Vec::new();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let (mut start, mut at) = (0, 0);
        let mut before: Option<char> = None;
        while let Some(c) = text[at..].chars().next() {
            let next = at + c.len_utf8();
            if c != ':' {
                before = Some(c);
                at = next;
                continue;
            }
            let word = &text[next..];
            let len = word.find(|c: char| !is_word(c)).unwrap_or(word.len());
            let after = word[len..].chars().next();
            let is_bind =
                len > 0 && before.is_none_or(|c| c != ':' && c != '\\' && !is_word(c)) && after != Some(':');
            if is_bind {
                pieces.push(TextPiece::Sql(&text[start..at]));
                pieces.push(TextPiece::Bind(&word[..len]));
                at = next + len;
                start = at;
                before = word[..len].chars().next_back();
            } else {
                // The backslash only protects the colon.
                if before == Some('\\') && after != Some(':') {
                    pieces.push(TextPiece::Sql(&text[start..at - 1]));
                    start = at;
                }
                before = Some(c);
                at = next;
            }
        }
        pieces.push(TextPiece::Sql(&text[start..]));
        pieces
    }
}
