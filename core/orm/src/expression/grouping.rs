//! Parentheses, AND and OR, and opposites.
//!
//! SQLAlchemy counterpart: `self_group`, `_negate` and `BooleanClauseList` of
//! `sqlalchemy.sql.elements`.

use super::element::{Bind, Expr, Kind};
use super::operators::Operator;
use super::typing::family;
use crate::types::{Family, SqlType};

impl Expr {
    /// Whether any database knows it to be a boolean.
    pub(crate) fn is_implicitly_boolean(&self) -> bool {
        match self.kind() {
            Kind::Binary { op, .. } | Kind::List { op, .. } => op.is_boolean(),
            Kind::Grouping(inner) | Kind::Label { element: inner, .. } => inner.is_implicitly_boolean(),
            Kind::AsBoolean { element, .. } => element.is_implicitly_boolean(),
            _ => false,
        }
    }

    /// The same, in parentheses where it needs them as an operand of `against`;
    /// none asks for them wherever an operator is inside.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// let sum = &age + 1;
    /// assert_eq!(text(&sum.grouped(Some(&Operator::Mul))), "(age + :age_1)");
    /// assert_eq!(text(&sum.grouped(Some(&Operator::Add))), "age + :age_1");
    /// ```
    pub fn grouped(&self, against: Option<&Operator>) -> Expr {
        let in_parentheses = || Expr::new(Kind::Grouping(self.clone()));
        match self.kind() {
            Kind::Binary { op, .. } => {
                let negated = against == Some(&Operator::Not) && !op.is_boolean();
                if op.is_precedent(against) || negated { in_parentheses() } else { self.clone() }
            }
            Kind::List { op, items, groups, .. } => {
                if items.is_empty() {
                    return self.clone();
                }
                let negated = against == Some(&Operator::Not) && !op.is_boolean();
                if (*groups && op.is_precedent(against)) || negated { in_parentheses() } else { self.clone() }
            }
            Kind::Unary { op, .. } => {
                let groups = !op.is_order_modifier() && op.is_precedent(against);
                if groups { in_parentheses() } else { self.clone() }
            }
            Kind::Filter { .. } => {
                if Operator::Filter.is_precedent(against) {
                    in_parentheses()
                } else {
                    self.clone()
                }
            }
            Kind::Text(_) if against == Some(&Operator::In) => in_parentheses(),
            Kind::Function(call)
                if against == Some(&Operator::GetItem) && family(&call.sql_type) == Family::Array =>
            {
                in_parentheses()
            }
            Kind::Label { name, element, sql_type } => {
                let grouped = element.grouped(against);
                if std::ptr::eq(grouped.kind(), element.kind()) {
                    return self.clone();
                }
                Expr::new(Kind::Label { name: name.clone(), element: grouped, sql_type: sql_type.clone() })
            }
            Kind::TypeCoerce { element, sql_type } => {
                let grouped = element.grouped(against);
                if std::ptr::eq(grouped.kind(), element.kind()) {
                    return self.clone();
                }
                Expr::new(Kind::TypeCoerce { element: grouped, sql_type: sql_type.clone() })
            }
            Kind::Array { .. } if against == Some(&Operator::GetItem) => in_parentheses(),
            Kind::Subquery(_) => self.clone(),
            Kind::Grouping(_) | Kind::AsBoolean { .. } | Kind::Tuple(_) | Kind::Slice { .. } => self.clone(),
            Kind::Text(_) | Kind::NameReference(_) | Kind::Collation(_) | Kind::TooDeep => self.clone(),
            _ => match against {
                Some(Operator::And | Operator::Or | Operator::AsBoolean)
                    if self.family() == Family::Boolean =>
                {
                    Expr::new(Kind::AsBoolean { element: self.clone(), negated: false })
                }
                Some(Operator::Any | Operator::All) => in_parentheses(),
                _ => self.clone(),
            },
        }
    }

    /// The same as a member of a list separated by commas.
    pub fn in_list(&self) -> Expr {
        self.grouped(Some(&Operator::Comma))
    }

    /// The same as a condition by itself, such as a join's.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// let truth = Expr::named("truth", SqlType::Boolean).as_condition();
    /// assert_eq!(compile_to_text(&Schema::default(), &truth, Dialect::Sqlite), "truth = 1");
    /// assert_eq!(text(&truth), "truth");
    /// ```
    pub fn as_condition(&self) -> Expr {
        self.grouped(Some(&Operator::AsBoolean))
    }

    /// `and_(…)`, `or_(…)`: nested lists of the same kind are one list, `true`
    /// adds nothing to AND and `false` nothing to OR.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// let all = Expr::all_of(Operator::And, [age.gt(1), age.lt(9), age.ne(5)]);
    /// assert_eq!(text(&all), "age > :age_1 AND age < :age_2 AND age != :age_3");
    /// assert_eq!(text(&Expr::all_of(Operator::And, [age.gt(1), Expr::constant(false)])), "false");
    /// ```
    pub fn all_of(op: Operator, conditions: impl IntoIterator<Item = Expr>) -> Expr {
        let mut clauses = Expr::boolean_clauses(&op, conditions);
        match clauses.len() {
            0 => Expr::new(Kind::List { op, items: clauses, sql_type: SqlType::Boolean, groups: true }),
            1 => clauses.remove(0),
            _ => {
                let mut items = Vec::with_capacity(clauses.len());
                for clause in clauses {
                    match clause.kind() {
                        Kind::List { op: own, items: inner, .. } if *own == op => {
                            items.extend(inner.iter().cloned());
                        }
                        _ => items.push(clause),
                    }
                }
                Expr::new(Kind::List { op, items, sql_type: SqlType::Boolean, groups: true })
            }
        }
    }

    /// The conditions that are left of a list, each in parentheses where it needs them.
    pub(crate) fn boolean_clauses(op: &Operator, conditions: impl IntoIterator<Item = Expr>) -> Vec<Expr> {
        let is_and = *op == Operator::And;
        let mut kept = Vec::new();
        let mut neutral = None;
        for condition in conditions {
            match (condition.kind(), is_and) {
                (Kind::True, true) | (Kind::False, false) => neutral = Some(condition),
                (Kind::False, true) | (Kind::True, false) => {
                    kept = vec![condition];
                    break;
                }
                _ => kept.push(condition),
            }
        }
        if kept.is_empty() {
            kept.extend(neutral);
        }
        let against = if kept.len() > 1 { op } else { &Operator::AsBoolean };
        kept.iter().map(|condition| condition.grouped(Some(against))).collect()
    }

    /// `not_(x)`: the opposite operator where there is one.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// assert_eq!(text(&age.gt(1).negate()), "age <= :age_1");
    /// assert_eq!(text(&Expr::func("f", [age]).negate()), "NOT f(age)");
    /// ```
    pub fn negate(&self) -> Expr {
        match self.kind() {
            Kind::Binary { left, op, right, negation, modifiers, sql_type } => match negation {
                Some(opposite) => {
                    let right = match right.kind() {
                        Kind::Bind(bind) if bind.expand_op.as_ref() == Some(op) => {
                            Expr::from(Bind { expand_op: Some(opposite.clone()), ..(**bind).clone() })
                        }
                        _ => right.clone(),
                    };
                    Expr::new(Kind::Binary {
                        left: left.clone(),
                        op: opposite.clone(),
                        right,
                        negation: Some(op.clone()),
                        modifiers: modifiers.clone(),
                        sql_type: sql_type.clone(),
                    })
                }
                None => self.grouped(None).negate(),
            },
            Kind::List { .. } | Kind::Text(_) => self.not(SqlType::Null),
            Kind::Unary { sql_type, .. } if family(sql_type) == Family::Boolean => self.not(SqlType::Boolean),
            Kind::True => Expr::constant(false),
            Kind::False => Expr::constant(true),
            Kind::AsBoolean { element, negated } => match element.kind() {
                Kind::True | Kind::False => element.negate(),
                _ => Expr::new(Kind::AsBoolean { element: element.clone(), negated: !negated }),
            },
            Kind::Label { name, element, sql_type } => {
                let (name, sql_type) = (name.clone(), sql_type.clone());
                Expr::new(Kind::Label { name, element: element.negate(), sql_type })
            }
            _ if self.family() == Family::Boolean => {
                Expr::new(Kind::AsBoolean { element: self.clone(), negated: true })
            }
            _ => self.not(SqlType::Null),
        }
    }

    fn not(&self, sql_type: SqlType) -> Expr {
        let operand = self.grouped(Some(&Operator::Not));
        Expr::new(Kind::Unary { op: Operator::Not, operand, sql_type })
    }
}
