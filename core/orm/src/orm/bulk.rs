//! UPDATE and DELETE of many rows, and what they mean for objects in memory.
//!
//! The criteria are evaluated on the objects where that is possible; else the
//! database tells which rows matched. SQLAlchemy counterpart:
//! `sqlalchemy.orm.bulk_persistence`, `sqlalchemy.orm.evaluator`.

use super::hooks::Hooks;
use super::identity::IdentityKey;
use super::state::{Object, Slot};
use super::{Orm, OrmResult};
use crate::engine::{Execution, Parameters, ResultSet};
use crate::sql::{BinaryOp, BindValue, BoolOp, Expr, Statement, UnaryOp};
use crate::types::{MapperId, SessionId, StateId, Value};

/// `synchronize_session=`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronize {
    /// Evaluate where it is possible, else fetch.
    #[default]
    Auto,
    /// Ask the database which rows matched.
    Fetch,
    /// Objects stay as they are.
    Off,
}

impl Orm {
    /// Executes an UPDATE or DELETE of a mapped class in a session.
    ///
    /// # Errors
    /// The database's, and what autoflush raises.
    pub fn execute_bulk(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        statement: &Statement,
        parameters: &Parameters,
        synchronize: Synchronize,
    ) -> OrmResult<ResultSet> {
        self.autoflush(hooks, session, "query")?;
        let where_ = match statement {
            Statement::Update(update) => update.where_.clone(),
            Statement::Delete(delete) => delete.where_.clone(),
            _ => Vec::new(),
        };
        let condition = Expr::all_of(BoolOp::And, where_);
        let plain = matches!(parameters, Parameters::None);
        let evaluates = synchronize == Synchronize::Auto && plain && is_evaluable(&condition);
        let mut matched: Vec<Object> = Vec::new();
        if evaluates {
            for id in self.session(session).persistent() {
                let state = &self.states[id];
                if state.mapper == mapper
                    && !state.expired
                    && self.evaluate(&condition, id).as_ref().is_some_and(is_true)
                {
                    matched.extend(self.states.object(id));
                }
            }
        }
        let fetches = !evaluates && synchronize != Synchronize::Off && !returns_rows(statement);
        let mut statement = statement.clone();
        if fetches {
            let key: Vec<Expr> =
                self.mapper(mapper).primary_key.iter().map(|id| Expr::column(&self.schema, *id)).collect();
            match &mut statement {
                Statement::Update(update) => update.returning = key,
                Statement::Delete(delete) => delete.returning = key,
                _ => {}
            }
        }
        let connection = self.session_connection(hooks, session)?;
        let mut result = self.execute_on(hooks, connection, &statement, parameters, Execution::Plain)?;
        if fetches {
            for row in std::mem::take(&mut result.rows) {
                let key = IdentityKey::new(mapper, row);
                let known = self.session(session).identity_map.get(&key);
                matched.extend(known.and_then(|id| self.states.object(*id)));
            }
            result.returns_rows = false;
        }
        for object in &matched {
            match &statement {
                Statement::Update(update) => {
                    let values: Vec<(usize, Option<Value>)> = update
                        .values
                        .iter()
                        .filter_map(|one| {
                            let column = crate::types::ColumnId { table: update.table, index: one.column };
                            let at = self.mapper(mapper).attribute_of(column)?;
                            let value = if is_evaluable(&one.value) {
                                self.evaluate(&one.value, object.state)
                            } else {
                                None
                            };
                            Some((at, value))
                        })
                        .collect();
                    self.take_values(object.state, values);
                }
                _ => self.remove_newly_deleted(object.state),
            }
        }
        Ok(result)
    }

    /// Puts values that the database has now into an object.
    fn take_values(&mut self, id: StateId, values: Vec<(usize, Option<Value>)>) {
        for (at, value) in values {
            if matches!(self.states[id].slots[at], Slot::Empty) {
                continue;
            }
            match value {
                Some(value) if self.states[id].committed(at).is_none() => {
                    self.states[id].slots[at] = Slot::Value(value);
                }
                // What was changed in memory, or cannot be known, is loaded again.
                _ => self.expire_attributes(id, &[at]),
            }
        }
    }

    /// An expression's value for an object; none where a column is not loaded.
    fn evaluate(&self, expr: &Expr, id: StateId) -> Option<Value> {
        Some(match expr {
            Expr::True => Value::Bool(true),
            Expr::False => Value::Bool(false),
            Expr::Null => Value::Null,
            Expr::Grouping(inner) => self.evaluate(inner, id)?,
            Expr::Bind(bind) => match &bind.value {
                BindValue::One(value) => value.clone(),
                _ => return None,
            },
            Expr::Column(column) => {
                let at = self.mapper_of(id).attribute_of(column.base?)?;
                match &self.states[id].slots[at] {
                    Slot::Value(value) => value.clone(),
                    _ => return None,
                }
            }
            Expr::Bool { op, conditions } => {
                let mut unknown = false;
                for condition in conditions.iter() {
                    let value = self.evaluate(condition, id)?;
                    match (op, value) {
                        (_, Value::Null) => unknown = true,
                        (BoolOp::And, value) if !is_true(&value) => return Some(Value::Bool(false)),
                        (BoolOp::Or, value) if is_true(&value) => return Some(Value::Bool(true)),
                        _ => {}
                    }
                }
                if unknown { Value::Null } else { Value::Bool(*op == BoolOp::And) }
            }
            Expr::Unary { op: UnaryOp::Not, operand } => match self.evaluate(operand, id)? {
                Value::Null => Value::Null,
                value => Value::Bool(!is_true(&value)),
            },
            Expr::Binary { left, op: op @ (BinaryOp::In | BinaryOp::NotIn), right, .. } => {
                let value = self.evaluate(left, id)?;
                let Expr::Bind(bind) = &**right else { return None };
                let BindValue::Expanding(list) = &bind.value else { return None };
                if value.is_null() {
                    return Some(Value::Null);
                }
                Value::Bool(list.contains(&value) == (*op == BinaryOp::In))
            }
            Expr::Binary { left, op, right, .. } => {
                apply(op, &self.evaluate(left, id)?, &self.evaluate(right, id)?)?
            }
            _ => return None,
        })
    }
}

fn returns_rows(statement: &Statement) -> bool {
    match statement {
        Statement::Update(update) => !update.returning.is_empty(),
        Statement::Delete(delete) => !delete.returning.is_empty(),
        _ => false,
    }
}

/// Whether an expression can be computed from an object in memory.
fn is_evaluable(expr: &Expr) -> bool {
    let mut able = true;
    expr.walk(&mut |node| {
        able &= match node {
            Expr::True | Expr::False | Expr::Null | Expr::Grouping(_) | Expr::Bind(_) | Expr::Bool { .. } => {
                true
            }
            Expr::Column(column) => column.base.is_some(),
            Expr::Unary { op, .. } => *op == UnaryOp::Not,
            Expr::Binary { op, right, .. } => match op {
                BinaryOp::In | BinaryOp::NotIn => matches!(&**right, Expr::Bind(_)),
                BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                    true
                }
                BinaryOp::Is
                | BinaryOp::IsNot
                | BinaryOp::Add
                | BinaryOp::Sub
                | BinaryOp::Mul
                | BinaryOp::Concat => true,
                _ => false,
            },
            _ => false,
        }
    });
    able
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        _ => false,
    }
}

/// An operator on two values, as SQL has it: NULL makes NULL.
fn apply(op: &BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    use std::cmp::Ordering;
    match op {
        BinaryOp::Is => return Some(Value::Bool(left == right)),
        BinaryOp::IsNot => return Some(Value::Bool(left != right)),
        _ if left.is_null() || right.is_null() => return Some(Value::Null),
        BinaryOp::Eq => return Some(Value::Bool(left == right)),
        BinaryOp::Ne => return Some(Value::Bool(left != right)),
        _ => {}
    }
    let order = match (left, right) {
        (Value::Int(a), Value::Int(b)) => {
            match op {
                BinaryOp::Add => return a.checked_add(*b).map(Value::Int),
                BinaryOp::Sub => return a.checked_sub(*b).map(Value::Int),
                BinaryOp::Mul => return a.checked_mul(*b).map(Value::Int),
                _ => {}
            }
            Some(a.cmp(b))
        }
        (Value::Float(a), Value::Float(b)) => {
            match op {
                BinaryOp::Add => return Some(Value::Float(a + b)),
                BinaryOp::Sub => return Some(Value::Float(a - b)),
                BinaryOp::Mul => return Some(Value::Float(a * b)),
                _ => {}
            }
            a.partial_cmp(b)
        }
        (Value::Int(a), Value::Float(b)) => return apply(op, &Value::Float(*a as f64), &Value::Float(*b)),
        (Value::Float(a), Value::Int(b)) => return apply(op, &Value::Float(*a), &Value::Float(*b as f64)),
        (Value::Text(a), Value::Text(b)) => {
            if matches!(op, BinaryOp::Add | BinaryOp::Concat) {
                return Some(Value::text(&format!("{a}{b}")));
            }
            Some(a.cmp(b))
        }
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        _ => None,
    }?;
    let holds = match op {
        BinaryOp::Lt => order == Ordering::Less,
        BinaryOp::Le => order != Ordering::Greater,
        BinaryOp::Gt => order == Ordering::Greater,
        BinaryOp::Ge => order != Ordering::Less,
        _ => return None,
    };
    Some(Value::Bool(holds))
}
