//! What stands beside an expression under an operator.
//!
//! SQLAlchemy counterpart: the `other` of `sqlalchemy.sql.operators.Operators.operate`.

use super::element::Expr;
use crate::types::Value;

/// What stands beside an expression under an operator.
#[derive(Clone, Debug)]
pub enum Operand {
    /// Another expression.
    Expr(Expr),
    /// A bare value, which is bound.
    Value(Value),
}

impl std::convert::From<Expr> for Operand {
    fn from(expr: Expr) -> Operand {
        Operand::Expr(expr)
    }
}

impl std::convert::From<&Expr> for Operand {
    fn from(expr: &Expr) -> Operand {
        Operand::Expr(expr.clone())
    }
}

impl std::convert::From<Value> for Operand {
    fn from(value: Value) -> Operand {
        Operand::Value(value)
    }
}

impl std::convert::From<&str> for Operand {
    fn from(text: &str) -> Operand {
        Operand::Value(Value::text(text))
    }
}

impl std::convert::From<i64> for Operand {
    fn from(value: i64) -> Operand {
        Operand::Value(Value::Int(value))
    }
}

impl std::convert::From<f64> for Operand {
    fn from(value: f64) -> Operand {
        Operand::Value(Value::Float(value))
    }
}

impl std::convert::From<bool> for Operand {
    fn from(value: bool) -> Operand {
        Operand::Value(Value::Bool(value))
    }
}
