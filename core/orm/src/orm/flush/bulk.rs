//! UPDATE and DELETE of many rows, and what they mean for objects in memory.
//!
//! The criteria are evaluated on the objects where that is possible; else the
//! database tells which rows matched. SQLAlchemy counterpart:
//! `sqlalchemy.orm.bulk_persistence`, `sqlalchemy.orm.evaluator`.

use crate::engine::{Execution, Parameters, ResultSet};
use crate::orm::hooks::Hooks;
use crate::orm::state::identity::IdentityKey;
use crate::orm::state::{Object, Slot};
use crate::orm::{Orm, OrmResult};
use crate::sql::{BindValue, Expr, Kind, Operator, SelectItem, Statement};
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
        let condition = Expr::all_of(Operator::And, where_);
        let plain = matches!(parameters, Parameters::None);
        let evaluates = synchronize == Synchronize::Auto && plain && is_evaluable(&condition);
        let mut matched: Vec<Object> = Vec::new();
        if evaluates {
            for id in self.session(session).persistent() {
                let state = &self.states[id];
                if self.is_a(state.mapper, mapper)
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
            let key = self.mapper(mapper).primary_key.iter();
            let key = key.map(|id| SelectItem::Expr(Expr::column(&self.schema, *id))).collect();
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
                let key = IdentityKey::new(self.mapper(mapper).identity, row);
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
                            let table = self.mapper(mapper).table;
                            let index = one.column_of(&self.schema, table)?;
                            let at =
                                self.mapper(mapper).attribute_of(crate::types::ColumnId { table, index })?;
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
        Some(match expr.kind() {
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Null => Value::Null,
            Kind::AsBoolean { element, negated } => match self.evaluate(element, id)? {
                Value::Null => Value::Null,
                value => Value::Bool(is_true(&value) != *negated),
            },
            Kind::Grouping(inner) => self.evaluate(inner, id)?,
            Kind::Bind(bind) => match &bind.value {
                BindValue::One(value) => value.clone(),
                _ => return None,
            },
            Kind::Column(column) => {
                let at = self.mapper_of(id).attribute_of(column.base?)?;
                match &self.states[id].slots[at] {
                    Slot::Value(value) => value.clone(),
                    _ => return None,
                }
            }
            Kind::List { op: op @ (Operator::And | Operator::Or), items, .. } => {
                let mut unknown = false;
                for condition in items {
                    let value = self.evaluate(condition, id)?;
                    match (op, value) {
                        (_, Value::Null) => unknown = true,
                        (Operator::And, value) if !is_true(&value) => return Some(Value::Bool(false)),
                        (Operator::Or, value) if is_true(&value) => return Some(Value::Bool(true)),
                        _ => {}
                    }
                }
                if unknown { Value::Null } else { Value::Bool(*op == Operator::And) }
            }
            Kind::Unary { op: Operator::Not, operand, .. } => match self.evaluate(operand, id)? {
                Value::Null => Value::Null,
                value => Value::Bool(!is_true(&value)),
            },
            Kind::Binary { left, op: op @ (Operator::In | Operator::NotIn), right, .. } => {
                let value = self.evaluate(left, id)?;
                let Kind::Bind(bind) = right.kind() else { return None };
                let BindValue::Expanding(list) = &bind.value else { return None };
                if value.is_null() {
                    return Some(Value::Null);
                }
                Value::Bool(list.contains(&value) == (*op == Operator::In))
            }
            Kind::Binary { left, op, right, .. } => {
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
        able &= match node.kind() {
            Kind::True | Kind::False | Kind::Null | Kind::Grouping(_) | Kind::Bind(_) => true,
            Kind::AsBoolean { .. } => true,
            Kind::List { op, .. } => matches!(op, Operator::And | Operator::Or),
            Kind::Column(column) => column.base.is_some(),
            Kind::Unary { op, .. } => *op == Operator::Not,
            Kind::Binary { op, right, .. } => match op {
                Operator::In | Operator::NotIn => matches!(right.kind(), Kind::Bind(_)),
                Operator::Eq | Operator::Ne | Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => {
                    true
                }
                Operator::Is
                | Operator::IsNot
                | Operator::Add
                | Operator::Sub
                | Operator::Mul
                | Operator::Concat => true,
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
fn apply(op: &Operator, left: &Value, right: &Value) -> Option<Value> {
    use std::cmp::Ordering;
    match op {
        Operator::Is => return Some(Value::Bool(left == right)),
        Operator::IsNot => return Some(Value::Bool(left != right)),
        _ if left.is_null() || right.is_null() => return Some(Value::Null),
        Operator::Eq => return Some(Value::Bool(left == right)),
        Operator::Ne => return Some(Value::Bool(left != right)),
        _ => {}
    }
    let order = match (left, right) {
        (Value::Int(a), Value::Int(b)) => {
            match op {
                Operator::Add => return a.checked_add(*b).map(Value::Int),
                Operator::Sub => return a.checked_sub(*b).map(Value::Int),
                Operator::Mul => return a.checked_mul(*b).map(Value::Int),
                _ => {}
            }
            Some(a.cmp(b))
        }
        (Value::Float(a), Value::Float(b)) => {
            match op {
                Operator::Add => return Some(Value::Float(a + b)),
                Operator::Sub => return Some(Value::Float(a - b)),
                Operator::Mul => return Some(Value::Float(a * b)),
                _ => {}
            }
            a.partial_cmp(b)
        }
        (Value::Int(a), Value::Float(b)) => return apply(op, &Value::Float(*a as f64), &Value::Float(*b)),
        (Value::Float(a), Value::Int(b)) => return apply(op, &Value::Float(*a), &Value::Float(*b as f64)),
        (Value::Text(a), Value::Text(b)) => {
            if matches!(op, Operator::Add | Operator::Concat) {
                return Some(Value::text(&format!("{a}{b}")));
            }
            Some(a.cmp(b))
        }
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
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
