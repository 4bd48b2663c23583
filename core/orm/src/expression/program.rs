//! Elements whose SQL text the program makes itself.
//!
//! The floors here know such an element by its number. Before a statement is
//! compiled, the floor above runs the program's code for the dialect, and puts
//! what it [made](Made) in the element's place: pieces of text, and between
//! them whatever the code asked the compiler to write.
//! SQLAlchemy counterpart: `sqlalchemy.ext.compiler`.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::cache_key::AnonId;
use super::element::{Expr, Kind};
use super::from::From;
use super::statement::Statement;
use crate::types::SqlType;

/// An element of a class of the program's.
#[derive(Clone)]
pub struct ProgramElement {
    /// Tells it from others.
    pub id: AnonId,
    /// Its class, as errors show it.
    pub class: Rc<str>,
    /// The name from which a label's is made.
    pub name: Option<Rc<str>>,
    /// Its type.
    pub sql_type: SqlType,
    /// The expressions whose tables it brings to FROM: a function's arguments.
    pub arguments: Vec<Expr>,
    /// Whether it is a function, whose name is not a column's.
    pub is_function: bool,
    /// Whether statements with it are cached by their structure.
    pub cacheable: bool,
    /// The element itself, which the floor above understands.
    pub code: Rc<dyn Any>,
}

impl fmt::Debug for ProgramElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgramElement").field("class", &self.class).finish_non_exhaustive()
    }
}

impl Hash for ProgramElement {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
        self.class.hash(state);
        self.name.hash(state);
        self.sql_type.hash(state);
        self.arguments.hash(state);
    }
}

/// What a type of the program's puts around values and columns of it.
#[derive(Clone, Debug)]
pub struct TypeExpressions {
    /// What stands for the value or the column.
    pub placeholder: AnonId,
    /// `bind_expression()`
    pub bind: Option<Expr>,
    /// `column_expression()`
    pub column: Option<Expr>,
}

impl TypeExpressions {
    /// One of its expressions with something in the placeholder's stead.
    pub(crate) fn around(&self, template: &Expr, inner: &Expr) -> Expr {
        template.map(&mut |part| match part.kind() {
            Kind::Bind(bind) if bind.id == self.placeholder => Some(inner.clone()),
            _ => None,
        })
    }
}

/// What the program made of an element for one dialect.
#[derive(Clone, Debug, Hash)]
pub struct Made {
    /// The element.
    pub element: Rc<ProgramElement>,
    /// Its text, in order.
    pub pieces: Vec<Piece>,
}

/// A piece of an element's text.
#[derive(Clone, Debug, Hash)]
pub enum Piece {
    /// SQL as it stands.
    Text(Rc<str>),
    /// An expression, and whether its values are written into the text.
    Expr(Expr, bool),
    /// Something as it stands in FROM.
    From(From),
    /// A statement, and whether its values are written into the text.
    Statement(Rc<Statement>, bool),
}
