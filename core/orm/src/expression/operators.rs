//! Operators with SQLAlchemy's precedence.

use std::rc::Rc;

/// An operator between two expressions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `||`
    Concat,
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `IS`
    Is,
    /// `IS NOT`
    IsNot,
    /// `LIKE`
    Like {
        /// The character after ESCAPE.
        escape: Option<Rc<str>>,
    },
    /// `NOT LIKE`
    NotLike {
        /// The character after ESCAPE.
        escape: Option<Rc<str>>,
    },
    /// Case-insensitive `LIKE`.
    ILike,
    /// Its negation.
    NotILike,
    /// `IN`
    In,
    /// `NOT IN`
    NotIn,
    /// `startswith`, `endswith`, `contains`: `LIKE` with a `%` put before or after.
    Pattern {
        /// `'%' || x`
        before: bool,
        /// `x || '%'`
        after: bool,
        /// `NOT LIKE`
        negated: bool,
        /// The character after ESCAPE.
        escape: Option<Rc<str>>,
    },
    /// `IS DISTINCT FROM`
    IsDistinct,
    /// `IS NOT DISTINCT FROM`
    IsNotDistinct,
    /// `COLLATE`
    Collate,
    /// `regexp_match`
    Regexp,
    /// Its negation.
    NotRegexp,
    /// `.op('…')`
    Custom {
        /// The operator's text.
        text: Rc<str>,
        /// Its precedence.
        precedence: i8,
        /// Whether its result is a boolean.
        comparison: bool,
    },
}

/// An operator before or after one expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `NOT x`
    Not,
    /// `-x`
    Neg,
    /// `EXISTS x`
    Exists,
    /// `DISTINCT x`
    Distinct,
    /// `x ASC`
    Asc,
    /// `x DESC`
    Desc,
    /// `x NULLS FIRST`
    NullsFirst,
    /// `x NULLS LAST`
    NullsLast,
}

/// What joins a list of conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoolOp {
    /// `AND`
    And,
    /// `OR`
    Or,
}

impl BinaryOp {
    /// Its text between the operands, where it is the same in every dialect.
    pub fn text(&self) -> &str {
        match self {
            BinaryOp::Add => " + ",
            BinaryOp::Sub => " - ",
            BinaryOp::Mul => " * ",
            BinaryOp::Div | BinaryOp::FloorDiv => " / ",
            BinaryOp::Mod => " % ",
            BinaryOp::Concat => " || ",
            BinaryOp::Eq => " = ",
            BinaryOp::Ne => " != ",
            BinaryOp::Lt => " < ",
            BinaryOp::Le => " <= ",
            BinaryOp::Gt => " > ",
            BinaryOp::Ge => " >= ",
            BinaryOp::Is => " IS ",
            BinaryOp::IsNot => " IS NOT ",
            BinaryOp::Like { .. } | BinaryOp::ILike | BinaryOp::Pattern { negated: false, .. } => " LIKE ",
            BinaryOp::NotLike { .. } | BinaryOp::NotILike | BinaryOp::Pattern { .. } => " NOT LIKE ",
            BinaryOp::IsDistinct => " IS DISTINCT FROM ",
            BinaryOp::IsNotDistinct => " IS NOT DISTINCT FROM ",
            BinaryOp::Collate => " COLLATE ",
            BinaryOp::Regexp => " <regexp> ",
            BinaryOp::NotRegexp => " <not regexp> ",
            BinaryOp::In => " IN ",
            BinaryOp::NotIn => " NOT IN ",
            BinaryOp::Custom { text, .. } => text,
        }
    }

    /// How tightly it binds.
    pub fn precedence(&self) -> i8 {
        match self {
            BinaryOp::Mul | BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod => 8,
            BinaryOp::Add | BinaryOp::Sub => 7,
            BinaryOp::Pattern { .. } => i8::MIN,
            BinaryOp::Collate => 4,
            BinaryOp::Custom { precedence, .. } => *precedence,
            _ => 5,
        }
    }

    /// Whether its result is a boolean.
    pub fn is_comparison(&self) -> bool {
        match self {
            BinaryOp::Custom { comparison, .. } => *comparison,
            BinaryOp::Pattern { .. } => true,
            BinaryOp::Concat => false,
            op => op.precedence() == 5,
        }
    }

    /// The operator that says the opposite.
    pub fn negated(&self) -> Option<BinaryOp> {
        Some(match self {
            BinaryOp::Eq => BinaryOp::Ne,
            BinaryOp::Ne => BinaryOp::Eq,
            BinaryOp::Lt => BinaryOp::Ge,
            BinaryOp::Ge => BinaryOp::Lt,
            BinaryOp::Le => BinaryOp::Gt,
            BinaryOp::Gt => BinaryOp::Le,
            BinaryOp::Is => BinaryOp::IsNot,
            BinaryOp::IsNot => BinaryOp::Is,
            BinaryOp::Like { escape } => BinaryOp::NotLike { escape: escape.clone() },
            BinaryOp::NotLike { escape } => BinaryOp::Like { escape: escape.clone() },
            BinaryOp::ILike => BinaryOp::NotILike,
            BinaryOp::NotILike => BinaryOp::ILike,
            BinaryOp::In => BinaryOp::NotIn,
            BinaryOp::NotIn => BinaryOp::In,
            BinaryOp::Pattern { before, after, negated, escape } => BinaryOp::Pattern {
                before: *before,
                after: *after,
                negated: !negated,
                escape: escape.clone(),
            },
            BinaryOp::IsDistinct => BinaryOp::IsNotDistinct,
            BinaryOp::IsNotDistinct => BinaryOp::IsDistinct,
            BinaryOp::Regexp => BinaryOp::NotRegexp,
            BinaryOp::NotRegexp => BinaryOp::Regexp,
            _ => return None,
        })
    }

    /// Whether `(a op b) op c` needs no parentheses.
    fn is_associative(&self) -> bool {
        matches!(self, BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Add | BinaryOp::Mul | BinaryOp::Concat)
    }

    /// Whether an expression made with this operator is put in parentheses
    /// where it becomes an operand of `against`.
    pub(crate) fn is_grouped_within(&self, against: &BinaryOp) -> bool {
        !(self == against && self.is_associative()) && self.precedence() <= against.precedence()
    }
}

impl UnaryOp {
    /// How tightly it binds.
    pub fn precedence(self) -> i8 {
        match self {
            UnaryOp::Neg => 8,
            UnaryOp::Not | UnaryOp::Distinct => 5,
            UnaryOp::Asc | UnaryOp::Desc | UnaryOp::NullsFirst | UnaryOp::NullsLast => 3,
            UnaryOp::Exists => 0,
        }
    }
}

impl BoolOp {
    /// How tightly it binds.
    pub fn precedence(self) -> i8 {
        match self {
            BoolOp::And => 3,
            BoolOp::Or => 2,
        }
    }

    /// Its text between the conditions.
    pub fn text(self) -> &'static str {
        match self {
            BoolOp::And => " AND ",
            BoolOp::Or => " OR ",
        }
    }
}
