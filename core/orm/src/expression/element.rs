//! Column expressions.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.elements`.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::cache_key::AnonId;
use super::operators::{BinaryOp, BoolOp, UnaryOp};
use super::select::{From, Select};
use crate::types::{ColumnId, SqlType, Value};

/// A column expression. Cheap to clone.
#[derive(Clone, Debug, Hash)]
pub enum Expr {
    /// A column of something that can be selected from.
    Column(ColumnRef),
    /// A bound value.
    Bind(Rc<Bind>),
    /// `NULL`
    Null,
    /// `true`, which SQLite writes as 1.
    True,
    /// `false`, which SQLite writes as 0.
    False,
    /// `*`
    Star,
    /// SQL text that is taken as it stands: `text()`, `literal_column()`.
    Literal {
        /// The text.
        text: Rc<str>,
        /// Its type.
        sql_type: SqlType,
    },
    /// An operator between two operands.
    Binary {
        /// The left operand.
        left: Rc<Expr>,
        /// The operator.
        op: BinaryOp,
        /// The right operand.
        right: Rc<Expr>,
        /// The result's type.
        sql_type: SqlType,
    },
    /// `x BETWEEN a AND b`
    Between {
        /// The value.
        value: Rc<Expr>,
        /// The lower end.
        low: Rc<Expr>,
        /// The upper end.
        high: Rc<Expr>,
        /// `NOT BETWEEN`
        negated: bool,
    },
    /// An operator on one operand.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: Rc<Expr>,
    },
    /// Conditions joined by AND or OR.
    Bool {
        /// AND or OR.
        op: BoolOp,
        /// The conditions.
        conditions: Rc<Vec<Expr>>,
    },
    /// `(x)`
    Grouping(Rc<Expr>),
    /// A function call.
    Function(Rc<FunctionCall>),
    /// `x AS name`
    Label {
        /// The name; none for one that the compiler makes up.
        name: Option<Rc<str>>,
        /// What is named.
        element: Rc<Expr>,
    },
    /// `CAST(x AS type)`
    Cast {
        /// The value.
        element: Rc<Expr>,
        /// The target.
        sql_type: SqlType,
    },
    /// A value that is taken to have another type, in the program only.
    TypeCoerce {
        /// The value.
        element: Rc<Expr>,
        /// The type.
        sql_type: SqlType,
    },
    /// `EXTRACT(field FROM x)`
    Extract {
        /// `year`, `month`, …
        field: Rc<str>,
        /// The date or time.
        element: Rc<Expr>,
    },
    /// `CASE WHEN … END`
    Case {
        /// `(condition, result)` pairs.
        whens: Rc<Vec<(Expr, Expr)>>,
        /// The result otherwise.
        otherwise: Option<Rc<Expr>>,
    },
    /// `(a, b)`
    Tuple(Rc<Vec<Expr>>),
    /// A select in parentheses that gives one value.
    Subquery(Rc<Select>),
}

/// A column as it stands in a statement.
#[derive(Clone, Debug, Hash)]
pub struct ColumnRef {
    /// Where it comes from.
    pub from: From,
    /// Its name there.
    pub name: Rc<str>,
    /// Its type.
    pub sql_type: SqlType,
    /// The table column that it is in the end, where it is one.
    pub base: Option<ColumnId>,
}

/// A bound value.
#[derive(Clone, Debug)]
pub struct Bind {
    /// Tells it from others of the same name.
    pub id: AnonId,
    /// Its name, from which an anonymous one is made (`name_1`).
    pub key: Rc<str>,
    /// Whether the name is taken as it stands.
    pub named: bool,
    /// Its value.
    pub value: BindValue,
    /// Its type.
    pub sql_type: SqlType,
}

/// What a bind holds.
#[derive(Clone, Debug)]
pub enum BindValue {
    /// Nothing yet: it must be given on execution.
    Required,
    /// One value.
    One(Value),
    /// The values of an IN, rendered when the statement is executed.
    Expanding(Vec<Value>),
}

impl Hash for Bind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
        self.key.hash(state);
        self.named.hash(state);
        self.sql_type.hash(state);
        matches!(self.value, BindValue::Expanding(_)).hash(state);
    }
}

/// A function call.
#[derive(Clone, Debug, Hash)]
pub struct FunctionCall {
    /// Its name as written, with dots for packages.
    pub name: Rc<str>,
    /// Its arguments.
    pub arguments: Vec<Expr>,
    /// Its type.
    pub sql_type: SqlType,
    /// `OVER (…)`, where it is a window function.
    pub over: Option<Window>,
    /// `FILTER (WHERE …)`
    pub filter: Option<Expr>,
}

/// `OVER (PARTITION BY … ORDER BY …)`
#[derive(Clone, Debug, Default, Hash)]
pub struct Window {
    /// `PARTITION BY`
    pub partition_by: Vec<Expr>,
    /// `ORDER BY`
    pub order_by: Vec<Expr>,
}

impl Expr {
    /// A value under an anonymous name made from `key`.
    pub fn bind(key: &str, value: Value, sql_type: SqlType) -> Expr {
        let sql_type = if sql_type == SqlType::Null { SqlType::of(&value) } else { sql_type };
        Expr::Bind(Rc::new(Bind {
            id: AnonId::fresh(),
            key: key.into(),
            named: false,
            value: BindValue::One(value),
            sql_type,
        }))
    }

    /// A value by itself, as `literal()` makes it.
    pub fn literal(value: Value) -> Expr {
        Expr::bind("param", value, SqlType::Null)
    }

    /// The values of an IN.
    pub fn expanding(key: &str, values: Vec<Value>, sql_type: SqlType) -> Expr {
        let sql_type = match (sql_type, values.first()) {
            (SqlType::Null, Some(value)) => SqlType::of(value),
            (sql_type, _) => sql_type,
        };
        Expr::Bind(Rc::new(Bind {
            id: AnonId::fresh(),
            key: key.into(),
            named: false,
            value: BindValue::Expanding(values),
            sql_type,
        }))
    }

    /// The type of its value.
    pub fn sql_type(&self) -> SqlType {
        match self {
            Expr::Column(column) => column.sql_type.clone(),
            Expr::Bind(bind) => bind.sql_type.clone(),
            Expr::Null | Expr::Star => SqlType::Null,
            Expr::True | Expr::False | Expr::Bool { .. } | Expr::Between { .. } => SqlType::Boolean,
            Expr::Literal { sql_type, .. }
            | Expr::Binary { sql_type, .. }
            | Expr::Cast { sql_type, .. }
            | Expr::TypeCoerce { sql_type, .. } => sql_type.clone(),
            Expr::Extract { .. } => SqlType::Integer,
            Expr::Unary { op: UnaryOp::Not | UnaryOp::Exists, .. } => SqlType::Boolean,
            Expr::Unary { operand, .. } => operand.sql_type(),
            Expr::Grouping(element) | Expr::Label { element, .. } => element.sql_type(),
            Expr::Function(call) => call.sql_type.clone(),
            Expr::Case { whens, otherwise } => {
                let results = whens.iter().map(|(_, result)| result.sql_type());
                let last = otherwise.iter().map(|result| result.sql_type());
                results.chain(last).rfind(|sql_type| *sql_type != SqlType::Null).unwrap_or_default()
            }
            Expr::Tuple(_) => SqlType::Null,
            Expr::Subquery(select) => select.first_type(),
        }
    }

    /// The name from which an anonymous bind beside it takes its own.
    pub fn bind_key(&self) -> Rc<str> {
        match self {
            Expr::Column(column) => Rc::clone(&column.name),
            Expr::Function(call) => call.name.rsplit('.').next().unwrap_or("param").into(),
            Expr::Label { name: Some(name), .. } => Rc::clone(name),
            _ => "param".into(),
        }
    }

    /// This and a value under an operator: the value is bound, named and typed
    /// after this; `None` makes `=` an `IS`.
    pub fn compare(&self, op: BinaryOp, value: Value) -> Expr {
        if value.is_null() {
            match op {
                BinaryOp::Eq | BinaryOp::Is => return self.binary(BinaryOp::Is, Expr::Null),
                BinaryOp::Ne | BinaryOp::IsNot => return self.binary(BinaryOp::IsNot, Expr::Null),
                _ => {}
            }
        }
        let bind = self.bind_beside(value);
        self.binary(op, bind)
    }

    /// A value that is to stand beside this under an operator.
    pub fn bind_beside(&self, value: Value) -> Expr {
        let sql_type = self.sql_type().beside(&value);
        Expr::bind(&self.bind_key(), value, sql_type)
    }

    /// Two expressions under an operator, each in parentheses where precedence
    /// asks for it.
    pub fn binary(&self, op: BinaryOp, right: Expr) -> Expr {
        let left_type = self.sql_type();
        let right_type = right.sql_type();
        let op = if op == BinaryOp::Add
            && (left_type.is_text() || (left_type == SqlType::Null && right_type.is_text()))
        {
            BinaryOp::Concat
        } else {
            op
        };
        let sql_type =
            if op.is_comparison() { SqlType::Boolean } else { arithmetic_type(&op, left_type, right_type) };
        Expr::Binary {
            left: Rc::new(self.clone().grouped_within(&op)),
            right: Rc::new(right.grouped_within(&op)),
            op,
            sql_type,
        }
    }

    /// The same, in parentheses where it becomes an operand of `against`.
    fn grouped_within(self, against: &BinaryOp) -> Expr {
        match self {
            Expr::Label { element, .. } => Rc::unwrap_or_clone(element).grouped_within(against),
            Expr::Binary { ref op, .. } if !op.is_grouped_within(against) => self,
            other => other.grouped_against(against.precedence()),
        }
    }

    /// The same, in parentheses where it binds no tighter than `against`.
    pub(crate) fn grouped_against(self, against: i8) -> Expr {
        let own = match &self {
            Expr::Binary { op, .. } => op.precedence(),
            Expr::Between { .. } => 5,
            Expr::Unary { op, .. } => op.precedence(),
            Expr::Bool { op, .. } => op.precedence(),
            _ => return self,
        };
        if own <= against { Expr::Grouping(Rc::new(self)) } else { self }
    }

    /// `and_(…)`, `or_(…)`: nested lists of the same kind are one list.
    pub fn all_of(op: BoolOp, conditions: impl IntoIterator<Item = Expr>) -> Expr {
        let mut flat = Vec::new();
        for condition in conditions {
            match condition {
                Expr::Bool { op: inner, conditions } if inner == op => {
                    flat.extend(conditions.iter().cloned())
                }
                // `true` adds nothing to AND, `false` nothing to OR.
                Expr::True if op == BoolOp::And => {}
                Expr::False if op == BoolOp::Or => {}
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 if op == BoolOp::And => Expr::True,
            0 => Expr::False,
            1 => flat.remove(0),
            _ => {
                let grouped = flat.into_iter().map(|condition| condition.grouped_against(op.precedence()));
                Expr::Bool { op, conditions: Rc::new(grouped.collect()) }
            }
        }
    }

    /// `not_(x)`: the opposite operator where there is one.
    pub fn negate(&self) -> Expr {
        match self {
            Expr::Binary { left, op, right, sql_type } => match op.negated() {
                Some(op) => Expr::Binary {
                    left: Rc::clone(left),
                    op,
                    right: Rc::clone(right),
                    sql_type: sql_type.clone(),
                },
                None => {
                    Expr::Unary { op: UnaryOp::Not, operand: Rc::new(Expr::Grouping(Rc::new(self.clone()))) }
                }
            },
            Expr::Between { value, low, high, negated } => Expr::Between {
                value: Rc::clone(value),
                low: Rc::clone(low),
                high: Rc::clone(high),
                negated: !negated,
            },
            Expr::Unary { op: UnaryOp::Not, operand } => match &**operand {
                Expr::Grouping(inner) => (**inner).clone(),
                other => other.clone(),
            },
            Expr::True => Expr::False,
            Expr::False => Expr::True,
            Expr::Grouping(inner) => inner.negate(),
            Expr::Bool { .. } | Expr::Unary { op: UnaryOp::Exists, .. } => {
                Expr::Unary { op: UnaryOp::Not, operand: Rc::new(Expr::Grouping(Rc::new(self.clone()))) }
            }
            other => Expr::Unary { op: UnaryOp::Not, operand: Rc::new(other.clone()) },
        }
    }

    /// An operator on this alone, such as `desc()`.
    pub fn unary(&self, op: UnaryOp) -> Expr {
        let precedence = match self {
            Expr::Binary { op, .. } => Some(op.precedence()),
            Expr::Bool { op, .. } => Some(op.precedence()),
            Expr::Unary { op: own, .. } if *own != UnaryOp::Asc && *own != UnaryOp::Desc => {
                Some(own.precedence())
            }
            _ => None,
        };
        let operand = match precedence {
            Some(own) if own <= op.precedence() => Expr::Grouping(Rc::new(self.clone())),
            _ => self.clone(),
        };
        Expr::Unary { op, operand: Rc::new(operand) }
    }

    /// `x AS name`
    pub fn label(&self, name: Option<&str>) -> Expr {
        let element = match self {
            Expr::Label { element, .. } => Rc::clone(element),
            other => Rc::new(other.clone()),
        };
        Expr::Label { name: name.map(Into::into), element }
    }

    /// Calls `visit` on this and everything in it, subqueries left aside.
    pub fn walk(&self, visit: &mut dyn FnMut(&Expr)) {
        visit(self);
        match self {
            Expr::Binary { left, right, .. } => {
                left.walk(visit);
                right.walk(visit);
            }
            Expr::Between { value, low, high, .. } => {
                value.walk(visit);
                low.walk(visit);
                high.walk(visit);
            }
            Expr::Unary { operand: inner, .. }
            | Expr::Grouping(inner)
            | Expr::Label { element: inner, .. }
            | Expr::TypeCoerce { element: inner, .. }
            | Expr::Extract { element: inner, .. }
            | Expr::Cast { element: inner, .. } => inner.walk(visit),
            Expr::Bool { conditions: list, .. } | Expr::Tuple(list) => {
                list.iter().for_each(|expr| expr.walk(visit))
            }
            Expr::Function(call) => {
                call.arguments.iter().for_each(|expr| expr.walk(visit));
                if let Some(filter) = &call.filter {
                    filter.walk(visit);
                }
                if let Some(window) = &call.over {
                    window.partition_by.iter().chain(&window.order_by).for_each(|expr| expr.walk(visit));
                }
            }
            Expr::Case { whens, otherwise } => {
                for (condition, result) in whens.iter() {
                    condition.walk(visit);
                    result.walk(visit);
                }
                if let Some(otherwise) = otherwise {
                    otherwise.walk(visit);
                }
            }
            Expr::Column(_) | Expr::Bind(_) | Expr::Null | Expr::True | Expr::False | Expr::Star => {}
            Expr::Literal { .. } | Expr::Subquery(_) => {}
        }
    }

    /// Rebuilds the expression with some nodes replaced.
    pub fn map(&self, change: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Expr {
        if let Some(changed) = change(self) {
            return changed;
        }
        let mut rc = |expr: &Rc<Expr>| Rc::new(expr.map(change));
        match self {
            Expr::Binary { left, op, right, sql_type } => {
                Expr::Binary { left: rc(left), op: op.clone(), right: rc(right), sql_type: sql_type.clone() }
            }
            Expr::Between { value, low, high, negated } => {
                Expr::Between { value: rc(value), low: rc(low), high: rc(high), negated: *negated }
            }
            Expr::Unary { op, operand } => Expr::Unary { op: *op, operand: rc(operand) },
            Expr::Grouping(inner) => Expr::Grouping(rc(inner)),
            Expr::Label { name, element } => Expr::Label { name: name.clone(), element: rc(element) },
            Expr::Cast { element, sql_type } => {
                Expr::Cast { element: rc(element), sql_type: sql_type.clone() }
            }
            Expr::TypeCoerce { element, sql_type } => {
                Expr::TypeCoerce { element: rc(element), sql_type: sql_type.clone() }
            }
            Expr::Extract { field, element } => {
                Expr::Extract { field: Rc::clone(field), element: rc(element) }
            }
            Expr::Bool { op, conditions } => Expr::Bool {
                op: *op,
                conditions: Rc::new(conditions.iter().map(|expr| expr.map(change)).collect()),
            },
            Expr::Tuple(list) => Expr::Tuple(Rc::new(list.iter().map(|expr| expr.map(change)).collect())),
            Expr::Function(call) => {
                let mut mapped = (**call).clone();
                mapped.arguments = call.arguments.iter().map(|expr| expr.map(change)).collect();
                mapped.filter = call.filter.as_ref().map(|expr| expr.map(change));
                Expr::Function(Rc::new(mapped))
            }
            Expr::Case { whens, otherwise } => Expr::Case {
                whens: Rc::new(
                    whens.iter().map(|(when, then)| (when.map(change), then.map(change))).collect(),
                ),
                otherwise: otherwise.as_ref().map(|expr| Rc::new(expr.map(change))),
            },
            other => other.clone(),
        }
    }
}

/// The type of a sum, a product, a concatenation.
fn arithmetic_type(op: &BinaryOp, left: SqlType, right: SqlType) -> SqlType {
    match op {
        BinaryOp::Concat => {
            if left.is_text() {
                left
            } else {
                right
            }
        }
        BinaryOp::Div if left.is_integer() && right.is_integer() => {
            SqlType::Numeric { precision: None, scale: None }
        }
        _ if left == SqlType::Null => right,
        _ if left.is_integer() && right.is_numeric() => right,
        _ => left,
    }
}
