//! Operators with SQLAlchemy's precedence, text and opposites.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.operators`.

use std::rc::Rc;

use crate::types::SqlType;

/// What stands between, before or after operands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`, which gives a fraction.
    TrueDiv,
    /// `//`, which gives a whole number.
    FloorDiv,
    /// `%`
    Mod,
    /// `||`
    Concat,
    /// `-x`
    Neg,
    /// `x & y`
    BitwiseAnd,
    /// `x | y`
    BitwiseOr,
    /// `x ^ y`
    BitwiseXor,
    /// `~x`
    BitwiseNot,
    /// `x << y`
    LeftShift,
    /// `x >> y`
    RightShift,
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
    /// `IS DISTINCT FROM`
    IsDistinct,
    /// `IS NOT DISTINCT FROM`
    IsNotDistinct,
    /// `LIKE`
    Like,
    /// `NOT LIKE`
    NotLike,
    /// `LIKE` without regard to case.
    ILike,
    /// The opposite.
    NotILike,
    /// `LIKE` with a `%` before or after what is looked for.
    Pattern(Pattern),
    /// `IN`
    In,
    /// `NOT IN`
    NotIn,
    /// `BETWEEN`
    Between,
    /// `NOT BETWEEN`
    NotBetween,
    /// `MATCH`
    Match,
    /// `NOT MATCH`
    NotMatch,
    /// A regular expression matches.
    Regexp,
    /// It does not.
    NotRegexp,
    /// What a regular expression matches is replaced.
    RegexpReplace,
    /// `COLLATE`
    Collate,
    /// `x[y]` of an array.
    GetItem,
    /// `x[y]` of a JSON value.
    JsonGetItem,
    /// `x[(y, z)]` of a JSON value.
    JsonPathGetItem,
    /// `AND`
    And,
    /// `OR`
    Or,
    /// `NOT x`
    Not,
    /// `EXISTS x`
    Exists,
    /// `DISTINCT x`
    Distinct,
    /// `ANY x`
    Any,
    /// `ALL x`
    All,
    /// `x ASC`
    Asc,
    /// `x DESC`
    Desc,
    /// `x NULLS FIRST`
    NullsFirst,
    /// `x NULLS LAST`
    NullsLast,
    /// `x, y`
    Comma,
    /// `x AS y`; only something to be grouped against.
    As,
    /// A condition by itself; only something to be grouped against.
    AsBoolean,
    /// `x FILTER (…)`; only something to be grouped against.
    Filter,
    /// `.op('…')`
    Custom(Rc<CustomOperator>),
}

/// `contains()`, `startswith()`, `endswith()` and their kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// Whether anything may stand before.
    pub before: bool,
    /// Whether anything may stand after.
    pub after: bool,
    /// Whether case does not matter.
    pub insensitive: bool,
    /// `NOT LIKE`
    pub negated: bool,
}

/// An operator of the program's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CustomOperator {
    /// Its text.
    pub text: Rc<str>,
    /// How tightly it binds.
    pub precedence: i32,
    /// Whether its result is a boolean.
    pub is_comparison: bool,
    /// Whether `(a op b) op c` needs no parentheses.
    pub natural_self_precedent: bool,
    /// Whether it is always in parentheses inside another operator.
    pub eager_grouping: bool,
    /// The type of its result, where it was given.
    pub return_type: Option<SqlType>,
}

/// Looser than any operator.
const LOOSEST: i32 = -100;
/// Tighter than any operator.
const TIGHTEST: i32 = 100;

impl Operator {
    /// How tightly it binds; none for those that are always grouped.
    fn precedence(&self) -> Option<i32> {
        use Operator as Op;
        Some(match self {
            Op::Any | Op::All | Op::GetItem | Op::JsonGetItem | Op::JsonPathGetItem => 15,
            Op::Mul | Op::TrueDiv | Op::FloorDiv | Op::Mod | Op::Neg | Op::BitwiseNot => 8,
            Op::Add
            | Op::Sub
            | Op::BitwiseAnd
            | Op::BitwiseOr
            | Op::BitwiseXor
            | Op::LeftShift
            | Op::RightShift => 7,
            Op::Filter => 6,
            Op::Collate => 4,
            Op::And | Op::Asc | Op::Desc => 3,
            Op::Or => 2,
            Op::Exists => 0,
            Op::Comma | Op::As => -1,
            Op::AsBoolean => -10,
            Op::Custom(custom) => custom.precedence,
            Op::Pattern(_) | Op::NullsFirst | Op::NullsLast => return None,
            _ => 5,
        })
    }

    /// Whether an expression made with this operator is put in parentheses where
    /// it becomes an operand of `against`; against nothing it always is.
    pub(crate) fn is_precedent(&self, against: Option<&Operator>) -> bool {
        let Some(against) = against else { return true };
        if self == against && self.is_naturally_self_precedent() {
            return false;
        }
        self.precedence().unwrap_or(LOOSEST) <= against.precedence().unwrap_or(TIGHTEST)
    }

    fn is_naturally_self_precedent(&self) -> bool {
        match self {
            Operator::GetItem | Operator::JsonGetItem | Operator::JsonPathGetItem => true,
            Operator::Custom(custom) => custom.natural_self_precedent,
            other => other.is_associative(),
        }
    }

    /// Whether `(a op b) op c` is one list of three.
    pub fn is_associative(&self) -> bool {
        matches!(self, Operator::Add | Operator::Mul | Operator::Concat | Operator::And | Operator::Or)
    }

    /// Whether `a op b` is `b op a`.
    pub fn is_commutative(&self) -> bool {
        matches!(self, Operator::Eq | Operator::Ne | Operator::Add | Operator::Mul)
    }

    /// Whether it compares, so that its result is a boolean.
    pub fn is_comparison(&self) -> bool {
        use Operator as Op;
        match self {
            Op::Custom(custom) => custom.is_comparison,
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Is | Op::IsNot => true,
            Op::IsDistinct | Op::IsNotDistinct | Op::Like | Op::NotLike | Op::ILike | Op::NotILike => true,
            Op::Pattern(_) | Op::In | Op::NotIn | Op::Between | Op::NotBetween => true,
            Op::Match | Op::NotMatch | Op::Regexp | Op::NotRegexp => true,
            _ => false,
        }
    }

    /// Whether any database knows its result to be a boolean.
    pub fn is_boolean(&self) -> bool {
        self.is_comparison() || matches!(self, Operator::Not | Operator::And | Operator::Or)
    }

    /// Whether it says how an ORDER BY sorts.
    pub fn is_order_modifier(&self) -> bool {
        matches!(self, Operator::Asc | Operator::Desc | Operator::NullsFirst | Operator::NullsLast)
    }

    /// The operator that says the opposite, where there is one.
    pub fn negated(&self) -> Option<Operator> {
        use Operator as Op;
        Some(match self {
            Op::Eq => Op::Ne,
            Op::Ne => Op::Eq,
            Op::Lt => Op::Ge,
            Op::Ge => Op::Lt,
            Op::Le => Op::Gt,
            Op::Gt => Op::Le,
            Op::Is => Op::IsNot,
            Op::IsNot => Op::Is,
            Op::IsDistinct => Op::IsNotDistinct,
            Op::IsNotDistinct => Op::IsDistinct,
            Op::Like => Op::NotLike,
            Op::NotLike => Op::Like,
            Op::ILike => Op::NotILike,
            Op::NotILike => Op::ILike,
            Op::In => Op::NotIn,
            Op::NotIn => Op::In,
            Op::Between => Op::NotBetween,
            Op::NotBetween => Op::Between,
            Op::Match => Op::NotMatch,
            Op::NotMatch => Op::Match,
            Op::Regexp => Op::NotRegexp,
            Op::NotRegexp => Op::Regexp,
            Op::Pattern(pattern) => Op::Pattern(Pattern { negated: !pattern.negated, ..*pattern }),
            _ => return None,
        })
    }

    /// The same comparison with its operands exchanged.
    pub fn mirrored(&self) -> Operator {
        match self {
            Operator::Lt => Operator::Gt,
            Operator::Gt => Operator::Lt,
            Operator::Le => Operator::Ge,
            Operator::Ge => Operator::Le,
            other => other.clone(),
        }
    }

    /// Its text with the spaces around it, where every dialect has the same.
    pub(crate) fn text(&self) -> Option<&'static str> {
        use Operator as Op;
        Some(match self {
            Op::And => " AND ",
            Op::Or => " OR ",
            Op::Add => " + ",
            Op::Mul => " * ",
            Op::Sub => " - ",
            Op::Neg => "-",
            Op::Lt => " < ",
            Op::Le => " <= ",
            Op::Ne => " != ",
            Op::Gt => " > ",
            Op::Ge => " >= ",
            Op::Eq => " = ",
            Op::IsDistinct => " IS DISTINCT FROM ",
            Op::IsNotDistinct => " IS NOT DISTINCT FROM ",
            Op::Concat => " || ",
            Op::Match => " MATCH ",
            Op::NotMatch => " NOT MATCH ",
            Op::In => " IN ",
            Op::NotIn => " NOT IN ",
            Op::Comma => ", ",
            Op::As => " AS ",
            Op::Is => " IS ",
            Op::IsNot => " IS NOT ",
            Op::Collate => " COLLATE ",
            Op::Exists => "EXISTS ",
            Op::Distinct => "DISTINCT ",
            Op::Not => "NOT ",
            Op::Any => "ANY ",
            Op::All => "ALL ",
            Op::Desc => " DESC",
            Op::Asc => " ASC",
            Op::NullsFirst => " NULLS FIRST",
            Op::NullsLast => " NULLS LAST",
            Op::BitwiseXor => " ^ ",
            Op::BitwiseOr => " | ",
            Op::BitwiseAnd => " & ",
            Op::BitwiseNot => "~",
            Op::LeftShift => " << ",
            Op::RightShift => " >> ",
            _ => return None,
        })
    }

    /// SQLAlchemy's name for it.
    pub fn name(&self) -> &'static str {
        use Operator as Op;
        match self {
            Op::Add => "add",
            Op::Sub => "sub",
            Op::Mul => "mul",
            Op::TrueDiv => "truediv",
            Op::FloorDiv => "floordiv",
            Op::Mod => "mod",
            Op::Concat => "concat_op",
            Op::Neg => "neg",
            Op::BitwiseAnd => "bitwise_and_op",
            Op::BitwiseOr => "bitwise_or_op",
            Op::BitwiseXor => "bitwise_xor_op",
            Op::BitwiseNot => "bitwise_not_op",
            Op::LeftShift => "bitwise_lshift_op",
            Op::RightShift => "bitwise_rshift_op",
            Op::Eq => "eq",
            Op::Ne => "ne",
            Op::Lt => "lt",
            Op::Le => "le",
            Op::Gt => "gt",
            Op::Ge => "ge",
            Op::Is => "is_",
            Op::IsNot => "is_not",
            Op::IsDistinct => "is_distinct_from",
            Op::IsNotDistinct => "is_not_distinct_from",
            Op::Like => "like_op",
            Op::NotLike => "not_like_op",
            Op::ILike => "ilike_op",
            Op::NotILike => "not_ilike_op",
            Op::Pattern(Pattern { before: true, after: true, .. }) => "contains_op",
            Op::Pattern(Pattern { before: false, .. }) => "startswith_op",
            Op::Pattern(_) => "endswith_op",
            Op::In => "in_op",
            Op::NotIn => "not_in_op",
            Op::Between => "between_op",
            Op::NotBetween => "not_between_op",
            Op::Match => "match_op",
            Op::NotMatch => "not_match_op",
            Op::Regexp => "regexp_match_op",
            Op::NotRegexp => "not_regexp_match_op",
            Op::RegexpReplace => "regexp_replace_op",
            Op::Collate => "collate",
            Op::GetItem => "getitem",
            Op::JsonGetItem => "json_getitem_op",
            Op::JsonPathGetItem => "json_path_getitem_op",
            Op::And => "and_",
            Op::Or => "or_",
            Op::Not => "inv",
            Op::Exists => "exists",
            Op::Distinct => "distinct_op",
            Op::Any => "any_op",
            Op::All => "all_op",
            Op::Asc => "asc_op",
            Op::Desc => "desc_op",
            Op::NullsFirst => "nulls_first_op",
            Op::NullsLast => "nulls_last_op",
            Op::Comma => "comma_op",
            Op::As => "as_",
            Op::AsBoolean => "_asbool",
            Op::Filter => "filter_op",
            Op::Custom(_) => "custom_op",
        }
    }
}
