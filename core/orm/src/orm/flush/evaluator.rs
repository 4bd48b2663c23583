//! Criteria in memory: which objects an UPDATE or DELETE of many rows has met.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.evaluator`.

use std::cmp::Ordering;

use crate::orm::Orm;
use crate::orm::state::Slot;
use crate::sql::compiler::{Dialect, compile_to_text};
use crate::sql::{BindValue, ColumnRef, Expr, Kind, Operator};
use crate::types::{MapperId, SqlType, StateId, Value};

/// What an expression is for an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Evaluated {
    /// A value.
    Value(Value),
    /// Several, side by side.
    Row(Vec<Value>),
    /// It is not known: a column of the object is not loaded.
    Expired,
}

impl Evaluated {
    fn of(value: bool) -> Evaluated {
        Evaluated::Value(Value::Bool(value))
    }

    /// Whether it is a condition that holds.
    pub(crate) fn holds(&self) -> bool {
        matches!(self, Evaluated::Value(Value::Bool(true)))
    }

    fn is_truthy(&self) -> bool {
        match self {
            Evaluated::Value(Value::Null) => false,
            Evaluated::Value(Value::Bool(value)) => *value,
            Evaluated::Value(Value::Int(value)) => *value != 0,
            _ => true,
        }
    }

    fn is_null(&self) -> bool {
        *self == Evaluated::Value(Value::Null)
    }
}

impl Orm {
    /// Refuses an expression that cannot be computed from objects of a class in
    /// memory: SQLAlchemy's reason.
    pub(crate) fn check_evaluable(&self, mapper: MapperId, expr: &Expr) -> Result<(), String> {
        match expr.kind() {
            Kind::True | Kind::False | Kind::Null | Kind::Bind(_) => Ok(()),
            Kind::Grouping(inner) => self.check_evaluable(mapper, inner),
            Kind::AsBoolean { element, negated: false } => self.check_evaluable(mapper, element),
            Kind::AsBoolean { .. } => Err(boolean_refused("is_false")),
            Kind::Column(column) => self.check_column(mapper, column),
            Kind::List { op, items, .. } => {
                for item in items {
                    if let Kind::AsBoolean { negated: false, .. } = item.kind() {
                        return Err(boolean_refused("is_true"));
                    }
                    self.check_evaluable(mapper, item)?;
                }
                match op {
                    Operator::And | Operator::Or | Operator::Comma => Ok(()),
                    op => Err(format!("Cannot evaluate clauselist with operator {}", shown(op))),
                }
            }
            Kind::Tuple(items) => items.iter().try_for_each(|item| self.check_evaluable(mapper, item)),
            Kind::Unary { op, operand, .. } => {
                self.check_evaluable(mapper, operand)?;
                match op {
                    Operator::Not => Ok(()),
                    op => Err(format!("Cannot evaluate UnaryExpression with operator {}", shown(op))),
                }
            }
            Kind::Binary { left, op, right, .. } => {
                self.check_evaluable(mapper, left)?;
                self.check_evaluable(mapper, right)?;
                check_operator(left, op, right)
            }
            Kind::Literal { text, .. } => Err(format!("Cannot evaluate column: {text}")),
            other => Err(format!("Cannot evaluate {}", class_name(other))),
        }
    }

    fn check_column(&self, mapper: MapperId, column: &ColumnRef) -> Result<(), String> {
        let entity = column.notes.as_ref().and_then(|notes| notes.entity.as_ref());
        let Some(entity) = entity else {
            // A relationship's own condition is of the classes that it relates.
            let related = column.notes.as_ref().is_some_and(|notes| notes.remote || notes.local);
            if related && column.base.is_some_and(|base| self.mapper(mapper).attribute_of(base).is_some()) {
                return Ok(());
            }
            let text = compile_to_text(&self.schema, &Expr::from(column.clone()), Dialect::Default);
            return Err(format!("Cannot evaluate column: {text}"));
        };
        if self.is_a(mapper, entity.mapper) {
            return Ok(());
        }
        Err(format!("Can't evaluate criteria against alternate class {}", self.class_repr(entity.mapper)))
    }

    /// An expression's value for an object, without a statement.
    pub(crate) fn evaluate(&self, expr: &Expr, id: StateId) -> Evaluated {
        match expr.kind() {
            Kind::True => Evaluated::of(true),
            Kind::False => Evaluated::of(false),
            Kind::Grouping(inner) | Kind::AsBoolean { element: inner, .. } => self.evaluate(inner, id),
            Kind::Bind(bind) => match &bind.value {
                BindValue::One(value) => Evaluated::Value(value.clone()),
                BindValue::Expanding(values) => Evaluated::Row(values.clone()),
                // `is_among` looks at the rows themselves.
                BindValue::ExpandingRows(..) => Evaluated::Row(Vec::new()),
                _ => Evaluated::Value(Value::Null),
            },
            Kind::Column(column) => {
                let at = column.base.and_then(|base| self.mapper_of(id).attribute_of(base));
                match at.map(|at| &self.states[id].slots[at]) {
                    Some(Slot::Value(value)) => Evaluated::Value(value.clone()),
                    _ => Evaluated::Expired,
                }
            }
            Kind::Unary { operand, .. } => match self.evaluate(operand, id) {
                Evaluated::Expired => Evaluated::Expired,
                value if value.is_null() => value,
                value => Evaluated::of(!value.is_truthy()),
            },
            Kind::List { op, items, .. } => self.evaluate_list(op, items, id),
            Kind::Tuple(items) => self.evaluate_list(&Operator::Comma, items, id),
            Kind::Binary { left, op, right, .. } => {
                let (a, b) = (self.evaluate(left, id), self.evaluate(right, id));
                if a == Evaluated::Expired || b == Evaluated::Expired {
                    return Evaluated::Expired;
                }
                match op {
                    Operator::Is => return Evaluated::of(a == b),
                    Operator::IsNot => return Evaluated::of(a != b),
                    _ if a.is_null() || b.is_null() => return Evaluated::Value(Value::Null),
                    Operator::In | Operator::NotIn => {
                        return Evaluated::of(is_among(&a, right, &b) == (*op == Operator::In));
                    }
                    _ => {}
                }
                let (Evaluated::Value(a), Evaluated::Value(b)) = (&a, &b) else {
                    return Evaluated::of((a == b) == (*op == Operator::Eq));
                };
                apply(op, a, b).map_or(Evaluated::Expired, Evaluated::Value)
            }
            _ => Evaluated::Value(Value::Null),
        }
    }

    fn evaluate_list(&self, op: &Operator, items: &[Expr], id: StateId) -> Evaluated {
        let mut has_null = false;
        let mut values = Vec::new();
        for item in items {
            let value = self.evaluate(item, id);
            match (op, &value) {
                (_, Evaluated::Expired) => return Evaluated::Expired,
                (Operator::Or, value) if value.is_truthy() => return Evaluated::of(true),
                (Operator::Or, value) => has_null |= value.is_null(),
                (_, value) if value.is_null() => return value.clone(),
                (Operator::And, value) if !value.is_truthy() => return Evaluated::of(false),
                (_, Evaluated::Value(value)) => values.push(value.clone()),
                (_, Evaluated::Row(_)) => {}
            }
        }
        match op {
            Operator::And => Evaluated::of(true),
            Operator::Or if has_null => Evaluated::Value(Value::Null),
            Operator::Or => Evaluated::of(false),
            _ => Evaluated::Row(values),
        }
    }
}

/// Whether a value, or a row of them, is in what IN is given.
fn is_among(value: &Evaluated, list: &Expr, evaluated: &Evaluated) -> bool {
    if let (Evaluated::Row(row), Kind::Bind(bind)) = (value, list.kind())
        && let BindValue::ExpandingRows(rows, _) = &bind.value
    {
        return rows.contains(row);
    }
    match (value, evaluated) {
        (Evaluated::Value(value), Evaluated::Row(list)) => list.contains(value),
        _ => false,
    }
}

fn check_operator(left: &Expr, op: &Operator, right: &Expr) -> Result<(), String> {
    let (left, right) = (left.sql_type(), right.sql_type());
    let of_types = |what: &str| {
        let text = |sql_type: &SqlType| Dialect::Default.type_text(sql_type).unwrap_or_default();
        let (left, right) = (text(&left), text(&right));
        Err(format!("Cannot evaluate {what} operator \"{}\" for datatypes {left}, {right}", op.name()))
    };
    match op {
        Operator::Add | Operator::Sub | Operator::Mul | Operator::Mod | Operator::TrueDiv => {
            let counts = |sql_type: &SqlType| {
                matches!(sql_type.affinity(), SqlType::Integer | SqlType::Numeric { .. })
            };
            match counts(&left) && counts(&right) {
                true => Ok(()),
                false => of_types("math"),
            }
        }
        Operator::Concat => {
            let joins = |sql_type: &SqlType| {
                matches!(sql_type.affinity(), SqlType::String { .. } | SqlType::LargeBinary)
            };
            match joins(&left) && joins(&right) {
                true => Ok(()),
                false => of_types("concatenate"),
            }
        }
        Operator::Custom(custom) => Err(format!(
            "Custom operator '{}' can't be evaluated in Python unless it specifies a callable using `.python_impl`.",
            custom.text
        )),
        Operator::Pattern(pattern)
            if !pattern.negated && !pattern.insensitive && pattern.before != pattern.after =>
        {
            Ok(())
        }
        Operator::Is | Operator::IsNot | Operator::In | Operator::NotIn => Ok(()),
        Operator::Lt | Operator::Le | Operator::Ne | Operator::Gt | Operator::Ge | Operator::Eq => Ok(()),
        op => Err(format!("Cannot evaluate BinaryExpression with operator {}", shown(op))),
    }
}

/// A boolean column is a criterion only by itself.
fn boolean_refused(name: &str) -> String {
    format!("Cannot evaluate AsBoolean with operator <function {name} at 0x7f0000000000>")
}

/// An operator as Python shows the function that it is.
fn shown(op: &Operator) -> String {
    let name = match op {
        Operator::Asc | Operator::Desc | Operator::NullsFirst | Operator::NullsLast => return "None".into(),
        Operator::Neg | Operator::FloorDiv => return format!("<built-in function {}>", op.name()),
        Operator::Pattern(pattern) => {
            let how = if pattern.insensitive { "i" } else { "" };
            let not = if pattern.negated { "not_" } else { "" };
            format!("{not}{how}{}", op.name())
        }
        op => op.name().to_string(),
    };
    format!("<function {name} at 0x7f0000000000>")
}

fn class_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Function(_) => "Function",
        Kind::Cast { .. } => "Cast",
        Kind::Case { .. } => "Case",
        Kind::Text(_) => "TextClause",
        Kind::Label { .. } => "Label",
        Kind::Extract { .. } => "Extract",
        Kind::TypeCoerce { .. } => "TypeCoerce",
        Kind::Over { .. } => "Over",
        Kind::Collation { .. } => "CollationClause",
        _ => "Select",
    }
}

/// An operator on two values that are not NULL; nothing where Python would refuse them.
fn apply(op: &Operator, left: &Value, right: &Value) -> Option<Value> {
    match op {
        Operator::Eq => return Some(Value::Bool(left == right)),
        Operator::Ne => return Some(Value::Bool(left != right)),
        Operator::Pattern(pattern) => {
            let (Value::Text(text), Value::Text(part)) = (left, right) else { return None };
            return Some(Value::Bool(match pattern.before {
                true => text.ends_with(&**part),
                false => text.starts_with(&**part),
            }));
        }
        _ => {}
    }
    let order = match (left, right) {
        (Value::Bool(a), b) => return apply(op, &Value::Int(i64::from(*a)), b),
        (a, Value::Bool(b)) => return apply(op, a, &Value::Int(i64::from(*b))),
        (Value::Int(a), Value::Int(b)) => {
            match op {
                Operator::Add => return a.checked_add(*b).map(Value::Int),
                Operator::Sub => return a.checked_sub(*b).map(Value::Int),
                Operator::Mul => return a.checked_mul(*b).map(Value::Int),
                // Python's remainder has the sign of the divisor.
                Operator::Mod => {
                    return a.checked_rem(*b).map(|rest| match rest != 0 && (rest < 0) != (*b < 0) {
                        true => Value::Int(rest + b),
                        false => Value::Int(rest),
                    });
                }
                Operator::TrueDiv if *b != 0 => return Some(Value::Float(*a as f64 / *b as f64)),
                _ => {}
            }
            Some(a.cmp(b))
        }
        (Value::Float(a), Value::Float(b)) => {
            match op {
                Operator::Add => return Some(Value::Float(a + b)),
                Operator::Sub => return Some(Value::Float(a - b)),
                Operator::Mul => return Some(Value::Float(a * b)),
                Operator::TrueDiv if *b != 0.0 => return Some(Value::Float(a / b)),
                _ => {}
            }
            a.partial_cmp(b)
        }
        (Value::Int(a), Value::Float(_)) => return apply(op, &Value::Float(*a as f64), right),
        (Value::Float(_), Value::Int(b)) => return apply(op, left, &Value::Float(*b as f64)),
        (Value::Text(a), Value::Text(b)) => {
            if *op == Operator::Concat {
                return Some(Value::text(&format!("{a}{b}")));
            }
            Some(a.cmp(b))
        }
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        (Value::Decimal(a), Value::Decimal(b)) => {
            let (a, b): (f64, f64) = (a.parse().ok()?, b.parse().ok()?);
            a.partial_cmp(&b)
        }
        _ => None,
    }?;
    let holds = match op {
        Operator::Lt => order == Ordering::Less,
        Operator::Le => order != Ordering::Greater,
        Operator::Gt => order == Ordering::Greater,
        Operator::Ge => order != Ordering::Less,
        _ => return None,
    };
    Some(Value::Bool(holds))
}
