//! Regular expressions as trees: what [`super::parse`] makes and [`super::program`] reads.

use crate::builtins::{decimal_value, is_space};

/// `re.IGNORECASE`
pub(super) const IGNORECASE: i64 = 2;
/// `re.MULTILINE`
pub(super) const MULTILINE: i64 = 8;
/// `re.DOTALL`
pub(super) const DOTALL: i64 = 16;
/// `re.UNICODE`
pub(super) const UNICODE: i64 = 32;
/// `re.VERBOSE`
pub(super) const VERBOSE: i64 = 64;
/// `re.ASCII`
pub(super) const ASCII: i64 = 256;

/// A kind of characters: `\d`, `\s`, `\w` and their opposites.
#[derive(Clone, Copy, Debug)]
pub(super) struct Category {
    /// `d`, `s` or `w`
    pub letter: char,
    pub negated: bool,
    pub ascii: bool,
}

impl Category {
    pub(super) fn has(self, c: char) -> bool {
        let found = match self.letter {
            'd' if self.ascii => c.is_ascii_digit(),
            'd' => decimal_value(c).is_some(),
            's' if self.ascii => matches!(c, ' ' | '\t'..='\r'),
            's' => is_space(c),
            _ if self.ascii => c.is_ascii_alphanumeric() || c == '_',
            _ => c.is_alphanumeric() || c == '_',
        };
        found != self.negated
    }
}

/// A part of `[…]`.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Range(char, char),
    Category(Category),
}

/// What matches one character.
#[derive(Clone, Debug)]
pub(super) enum Single {
    Char { c: char, ignore_case: bool },
    Any { newline: bool },
    Set { items: Vec<Item>, negated: bool, ignore_case: bool },
}

/// The letter in which letters are compared when their case does not count.
pub(super) fn folded(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => c,
    }
}

impl Single {
    pub(super) fn matches(&self, c: char) -> bool {
        match self {
            Single::Char { c: own, ignore_case: false } => *own == c,
            Single::Char { c: own, ignore_case: true } => folded(*own) == folded(c),
            Single::Any { newline } => *newline || c != '\n',
            Single::Set { items, negated, ignore_case } => {
                let has = |c: char| {
                    items.iter().any(|item| match item {
                        Item::Range(first, last) => (*first..=*last).contains(&c),
                        Item::Category(category) => category.has(c),
                    })
                };
                let found =
                    has(c) || (*ignore_case && (has(folded(c)) || c.to_uppercase().next().is_some_and(has)));
                found != *negated
            }
        }
    }
}

/// A place between characters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// `\A`
    Start,
    /// `^` with `re.MULTILINE`
    LineStart,
    /// `\Z`
    End,
    /// `$`
    LastLineEnd,
    /// `$` with `re.MULTILINE`
    LineEnd,
    /// `\b`, or `\B` when negated.
    Word { negated: bool, ascii: bool },
}

/// A regular expression.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Single(Single),
    Place(Place),
    All(Vec<Node>),
    Either(Vec<Node>),
    Group(usize, Box<Node>),
    Repeat {
        node: Box<Node>,
        min: usize,
        max: Option<usize>,
        greedy: bool,
    },
    Same {
        group: usize,
        ignore_case: bool,
    },
    /// A look ahead, or behind over a number of characters.
    Look {
        node: Box<Node>,
        behind: Option<usize>,
        negated: bool,
    },
    Atomic(Box<Node>),
    /// `(?(group)yes|no)`
    If {
        group: usize,
        yes: Box<Node>,
        no: Box<Node>,
    },
}

impl Node {
    /// The least and greatest number of characters it matches; no greatest is infinity.
    pub(super) fn width(&self, groups: &[(usize, Option<usize>)]) -> (usize, Option<usize>) {
        let sum = |a: (usize, Option<usize>), b: (usize, Option<usize>)| {
            (a.0.saturating_add(b.0), a.1.zip(b.1).map(|(a, b)| a.saturating_add(b)))
        };
        let either = |a: (usize, Option<usize>), b: (usize, Option<usize>)| {
            (a.0.min(b.0), a.1.zip(b.1).map(|(a, b)| a.max(b)))
        };
        match self {
            Node::Single(_) => (1, Some(1)),
            Node::Place(_) | Node::Look { .. } => (0, Some(0)),
            Node::All(nodes) => nodes.iter().fold((0, Some(0)), |total, node| sum(total, node.width(groups))),
            Node::Either(nodes) => {
                nodes.iter().map(|node| node.width(groups)).reduce(either).unwrap_or((0, Some(0)))
            }
            Node::Group(_, node) | Node::Atomic(node) => node.width(groups),
            Node::Repeat { node, min, max, .. } => {
                let (least, most) = node.width(groups);
                (least.saturating_mul(*min), most.zip(*max).map(|(most, max)| most.saturating_mul(max)))
            }
            Node::Same { group, .. } => groups.get(*group).copied().unwrap_or((0, None)),
            Node::If { yes, no, .. } => either(yes.width(groups), no.width(groups)),
        }
    }
}
