//! The types of expressions: what an operator gives.
//!
//! SQLAlchemy counterpart: `_expression_adaptations`.

use super::operators::Operator;
use crate::types::{Family, SqlType};

/// The family of a type, as operators see it: an enumeration is text.
pub(crate) fn family(sql_type: &SqlType) -> Family {
    match sql_type.described().class.family {
        Family::Enum => Family::String,
        other => other,
    }
}

fn numeric() -> SqlType {
    SqlType::Numeric { precision: None, scale: None }
}

/// The operator that is meant between two types, and the type of its result.
pub(crate) fn adapt(op: Operator, left: &SqlType, right: &SqlType) -> (Operator, SqlType) {
    let (own, other) = (family(left), family(right));
    match own {
        _ if joins(left) => {
            let op = if op == Operator::Add && (joins(right) || other == Family::Any) {
                Operator::Concat
            } else {
                op
            };
            (op, left.clone())
        }
        Family::Any if other == Family::Any || !op.is_commutative() => (op, left.clone()),
        Family::Any => adapt(op, right, left),
        _ => {
            let sql_type = lookup(&op, own, other, right).unwrap_or_else(|| left.clone());
            (op, sql_type)
        }
    }
}

/// Whether `+` of values of a type puts them one after the other.
fn joins(sql_type: &SqlType) -> bool {
    matches!(family(sql_type), Family::String | Family::Array | Family::Json)
        || sql_type.described().class.name == "HSTORE"
}

/// The result's type where it is not simply the left operand's.
fn lookup(op: &Operator, own: Family, other: Family, right: &SqlType) -> Option<SqlType> {
    use Family as F;
    use Operator as Op;
    Some(match (own, op, other) {
        (F::Integer, Op::Add, F::Date) => right.clone(),
        (F::Integer, Op::Mul, F::Interval) => right.clone(),
        (F::Integer, Op::Add | Op::Sub | Op::Mul, F::Numeric | F::Float) => right.clone(),
        (F::Integer, Op::TrueDiv, F::Integer) => numeric(),
        (F::Integer, Op::TrueDiv, F::Numeric | F::Float) => right.clone(),
        (F::Integer, Op::FloorDiv, F::Numeric) => right.clone(),
        (F::Numeric | F::Float, Op::Mul, F::Interval) => right.clone(),
        (F::DateTime, Op::Sub, F::DateTime) => SqlType::Interval,
        (F::Date, Op::Add, F::Interval | F::Time) => SqlType::DateTime,
        (F::Date, Op::Sub, F::Date) => SqlType::Integer,
        (F::Date, Op::Sub, F::Interval) => SqlType::DateTime,
        (F::Date, Op::Sub, F::DateTime) => SqlType::Interval,
        (F::Time, Op::Add, F::Date) => SqlType::DateTime,
        (F::Time, Op::Sub, F::Time) => SqlType::Interval,
        (F::Interval, Op::Add, F::Date) => SqlType::DateTime,
        (F::Interval, Op::Add, F::DateTime | F::Time) => right.clone(),
        _ => return None,
    })
}
