//! Building expressions: values, operators, parentheses, opposites.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.default_comparator`, and the
//! `self_group` and `_negate` of `sqlalchemy.sql.elements`.

use std::rc::Rc;

use super::cache_key::AnonId;
use super::element::{Bind, BindValue, ColumnRef, Expr, Kind, Modifiers};
use super::identity::{Identity, Name};
use super::operand::Operand;
use super::operators::Operator;
use super::typing::{adapt, family};
use crate::types::{Family, SpecificType, SqlType, TypeClass, Value};

/// Why an expression cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// `sqlalchemy.exc.ArgumentError`
    #[error("{0}")]
    Argument(String),
    /// `sqlalchemy.exc.InvalidRequestError`
    #[error("{0}")]
    InvalidRequest(String),
    /// `NotImplementedError`
    #[error("Operator '{0}' is not supported on this expression")]
    Unsupported(&'static str),
}

impl Expr {
    /// `NULL`
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// assert_eq!(text(&Expr::null()), "NULL");
    /// assert_eq!(text(&Expr::constant(true)), "true");
    /// assert_eq!(text(&Expr::named("age", SqlType::Integer)), "age");
    /// assert_eq!(text(&Expr::literal_column("pi()", SqlType::Double)), "pi()");
    /// ```
    pub fn null() -> Expr {
        Expr::new(Kind::Null)
    }

    /// `true` or `false`
    pub fn constant(value: bool) -> Expr {
        Expr::new(if value { Kind::True } else { Kind::False })
    }

    /// SQL text in the place of a column.
    pub fn literal_column(text: &str, sql_type: SqlType) -> Expr {
        Expr::new(Kind::Literal { text: text.into(), sql_type })
    }

    /// `*`
    pub fn star() -> Expr {
        Expr::literal_column("*", SqlType::Null)
    }

    /// A column that is only named: `column("name")`.
    pub fn named(name: &str, sql_type: SqlType) -> Expr {
        Expr::from(ColumnRef {
            from: None,
            name: name.into(),
            key: name.into(),
            sql_type,
            base: None,
            again: 0,
            notes: None,
            quote: None,
        })
    }

    /// A value under an anonymous name made from `key`.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// assert_eq!(text(&Expr::bind("age", 3.into(), SqlType::Integer)), ":age_1");
    /// assert_eq!(text(&Expr::literal(3.into())), ":param_1");
    /// assert_eq!(text(&Expr::from(Bind::named("age", BindValue::One(3.into())))), ":age");
    /// let several = Expr::expanding("ages", vec![1.into(), 2.into()], SqlType::Integer);
    /// assert_eq!(text(&several), "(__[POSTCOMPILE_ages_1])");
    /// ```
    pub fn bind(key: &str, value: Value, sql_type: SqlType) -> Expr {
        let sql_type = if sql_type == SqlType::Null { SqlType::of(&value) } else { sql_type };
        Expr::from(Bind { sql_type, ..Bind::unique(key, BindValue::One(value)) })
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
        Expr::from(Bind { sql_type, ..Bind::unique(key, BindValue::Expanding(values)) })
    }

    /// The type of its value.
    pub fn sql_type(&self) -> SqlType {
        match self.kind() {
            Kind::Column(column) | Kind::DmlColumn(column) => column.sql_type.clone(),
            Kind::Bind(bind) => bind.sql_type.clone(),
            Kind::True | Kind::False | Kind::AsBoolean { .. } => SqlType::Boolean,
            Kind::Literal { sql_type, .. }
            | Kind::Binary { sql_type, .. }
            | Kind::Unary { sql_type, .. }
            | Kind::List { sql_type, .. }
            | Kind::Label { sql_type, .. }
            | Kind::WithinGroup { sql_type, .. }
            | Kind::Case { sql_type, .. }
            | Kind::Array { sql_type, .. }
            | Kind::Row { sql_type, .. }
            | Kind::FieldOf { sql_type, .. }
            | Kind::Cast { sql_type, .. }
            | Kind::TypeCoerce { sql_type, .. } => sql_type.clone(),
            Kind::Extract { .. } | Kind::NextValue(_) => SqlType::Integer,
            Kind::Grouping(element) | Kind::Over { element, .. } | Kind::Filter { element, .. } => {
                element.sql_type()
            }
            Kind::Function(call) => call.sql_type.clone(),
            Kind::Program(element) => element.sql_type.clone(),
            Kind::Made(made) => made.element.sql_type.clone(),
            Kind::Subquery(select) => select.scalar_type(),
            Kind::Null | Kind::Text(_) | Kind::NameReference(_) | Kind::Tuple(_) => SqlType::Null,
            Kind::ColumnDefault(_) => SqlType::Null,
            Kind::Slice { .. } | Kind::Collation(_) | Kind::ValueRows(_) | Kind::TooDeep => SqlType::Null,
        }
    }

    pub(crate) fn family(&self) -> Family {
        family(&self.sql_type())
    }

    /// The name from which an anonymous bind beside it takes its own.
    pub fn bind_key(&self) -> Rc<str> {
        match self.kind() {
            // A made-up name is no name to make another from.
            Kind::Column(column) if column.base.is_none() && column.name.fixed().is_none() => "param".into(),
            Kind::Column(column) => Rc::clone(&column.key),
            Kind::Literal { text, .. } => Rc::clone(text),
            Kind::Function(call) => Rc::clone(&call.name),
            Kind::FieldOf { name, .. } => Rc::clone(name),
            Kind::Row { from: super::from::From::Alias(alias), .. } => {
                alias.name.clone().unwrap_or_else(|| "param".into())
            }
            Kind::Grouping(inner) => inner.bind_key(),
            _ => "param".into(),
        }
    }

    /// A value that is to stand beside this under an operator.
    pub fn bind_beside(&self, value: Value) -> Expr {
        if let (Kind::Tuple(columns), Value::Opaque(object)) = (self.kind(), &value)
            && let Some(values) = object.items()
        {
            // What is more on either side is left out.
            let types = columns.iter().map(Expr::sql_type);
            let bound = values.into_iter().zip(types).map(|(value, own)| {
                let sql_type = own.beside(&value);
                Expr::from(Bind { sql_type, ..Bind::unique("param", BindValue::One(value)) })
            });
            return Expr::new(Kind::Tuple(bound.collect()));
        }
        // Beside an array that is written out, a list is another one.
        if let (Kind::Array { sql_type, .. }, Value::Opaque(object)) = (self.kind(), &value)
            && let Some(values) = object.items()
        {
            let item = sql_type.described().item("item_type").cloned().unwrap_or_default();
            let bound = values.into_iter().map(|value| {
                let sql_type = item.beside(&value);
                Expr::from(Bind { sql_type, ..Bind::unique("param", BindValue::One(value)) })
            });
            return Expr::new(Kind::Array { items: bound.collect(), sql_type: sql_type.clone() });
        }
        let compared = match self.kind() {
            Kind::Unary { op: Operator::Any | Operator::All, operand, .. } => operand.sql_type(),
            _ => self.sql_type(),
        };
        let sql_type = compared.beside(&value);
        Expr::from(Bind { sql_type, ..Bind::unique(&self.bind_key(), BindValue::One(value)) })
    }

    /// Another operand as an expression that can stand beside this one.
    pub fn beside(&self, operand: Operand) -> Expr {
        match operand {
            Operand::Value(value) => self.bind_beside(value),
            Operand::Expr(expr) => {
                let own = self.sql_type();
                if own == SqlType::Null || expr.sql_type() != SqlType::Null {
                    return expr;
                }
                expr.with_type_of_operand(&own)
            }
        }
    }

    /// The same where it is a bind without a type, with the type of what it is compared with.
    fn with_type_of_operand(self, sql_type: &SqlType) -> Expr {
        match self.kind() {
            Kind::Bind(bind) => Expr::from(Bind { sql_type: sql_type.clone(), ..(**bind).clone() }),
            Kind::Grouping(inner) => Expr::new(Kind::Grouping(inner.clone().with_type_of_operand(sql_type))),
            _ => self,
        }
    }

    /// This and something else under an operator, as SQLAlchemy builds it: a
    /// value is bound, named and typed after this; `None` makes `=` an `IS`.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// let modifiers = Modifiers { escape: Some("/".into()), ..Modifiers::default() };
    /// let like = Expr::named("name", SqlType::Text).operate(Operator::Like, "a/%", modifiers)?;
    /// assert_eq!(text(&like), "name LIKE :name_1 ESCAPE '/'");
    /// assert_eq!(text(&age.operate_reversed(Operator::Sub, 5)?), ":age_1 - age");
    /// # Ok::<(), ExpressionError>(())
    /// ```
    ///
    /// # Errors
    /// For an operator that `None`, `True` or `False` cannot stand beside, or
    /// that does not compare where one side is ANY or ALL.
    pub fn operate(
        &self,
        op: Operator,
        other: impl Into<Operand>,
        modifiers: Modifiers,
    ) -> Result<Expr, ExpressionError> {
        let other = other.into();
        if self.is_collection() {
            if !op.is_comparison() {
                return Err(ExpressionError::Argument(
                    "Only comparison operators may be used with ANY/ALL".into(),
                ));
            }
            return self.compare_as(op.mirrored(), other, modifiers, true);
        }
        if op.is_comparison() && !matches!(op, Operator::Custom(_)) {
            return self.compare_as(op, other, modifiers, false);
        }
        let other = self.beside(other);
        Ok(Expr::combine(self.clone(), op, other, modifiers))
    }

    /// The same with the operands exchanged: `5 - column`.
    ///
    /// # Errors
    /// Where one side is ANY or ALL.
    pub fn operate_reversed(&self, op: Operator, other: impl Into<Operand>) -> Result<Expr, ExpressionError> {
        if self.is_collection() {
            return Err(ExpressionError::Argument(
                "Only comparison operators may be used with ANY/ALL".into(),
            ));
        }
        let other = self.beside(other.into());
        Ok(Expr::combine(other, op, self.clone(), Modifiers::default()))
    }

    fn compare_as(
        &self,
        op: Operator,
        other: Operand,
        modifiers: Modifiers,
        reversed: bool,
    ) -> Result<Expr, ExpressionError> {
        let constant = match &other {
            Operand::Value(Value::Null) => Some(Expr::null()),
            Operand::Value(Value::Bool(value)) => Some(Expr::constant(*value)),
            Operand::Expr(expr) if matches!(expr.kind(), Kind::Null | Kind::True | Kind::False) => {
                Some(expr.clone())
            }
            _ => None,
        };
        let mut negation = match op {
            // Only the constants have an opposite here, as in SQLAlchemy.
            Operator::Is | Operator::IsNot => Some(op.clone()),
            _ => op.negated(),
        };
        let other = match constant {
            None => self.beside(other),
            Some(constant) => {
                let is_null = matches!(constant.kind(), Kind::Null);
                let kept = matches!(op, Operator::IsDistinct | Operator::IsNotDistinct)
                    || (matches!(op, Operator::Eq | Operator::Ne) && !is_null);
                let op = match op {
                    op if kept || self.is_collection() => op,
                    Operator::Eq | Operator::Is => Operator::Is,
                    Operator::Ne | Operator::IsNot => Operator::IsNot,
                    _ => {
                        return Err(ExpressionError::Argument(
                            "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' operators can be used with None/True/False".into(),
                        ));
                    }
                };
                let negation = op.negated();
                let (left, right) =
                    if reversed { (constant, self.clone()) } else { (self.clone(), constant) };
                return Ok(Expr::binary_of(left, op, right, negation, modifiers, SqlType::Boolean));
            }
        };
        if other.is_collection() || self.is_collection() {
            negation = None;
        }
        let (left, right) = if reversed { (other, self.clone()) } else { (self.clone(), other) };
        let sql_type = match op {
            // It may be a number in MySQL, and is a condition anyway.
            Operator::Match | Operator::NotMatch => TypeClass::find("", "MatchType")
                .map_or(SqlType::Boolean, |class| SqlType::of_class(SpecificType::new(class))),
            _ => SqlType::Boolean,
        };
        Ok(Expr::binary_of(left, op, right, negation, modifiers, sql_type))
    }

    /// Two expressions under an operator that computes.
    pub(crate) fn combine(left: Expr, op: Operator, right: Expr, modifiers: Modifiers) -> Expr {
        let (op, sql_type) = match &op {
            Operator::Custom(custom) => match (&custom.return_type, custom.is_comparison) {
                (Some(sql_type), _) => (op.clone(), sql_type.clone()),
                (None, true) => (op, SqlType::Boolean),
                (None, false) => adapt(op, &left.sql_type(), &right.sql_type()),
            },
            _ => adapt(op, &left.sql_type(), &right.sql_type()),
        };
        if op.is_associative() {
            let result = family(&sql_type);
            let parts = |side: &Expr| match side.without_parentheses().kind() {
                Kind::Binary { op: own, left, right, .. } if *own == op && side.family() == result => {
                    Some(vec![left.clone(), right.clone()])
                }
                Kind::List { op: own, items, .. } if *own == op && side.family() == result => {
                    Some(items.clone())
                }
                _ => None,
            };
            let (lefts, rights) = (parts(&left), parts(&right));
            if lefts.is_some() || rights.is_some() {
                let items = lefts.unwrap_or_else(|| vec![left]).into_iter();
                let items = items.chain(rights.unwrap_or_else(|| vec![right]));
                return Expr::list(op, items, sql_type);
            }
        }
        Expr::binary_of(left, op, right, None, modifiers, sql_type)
    }

    fn without_parentheses(&self) -> &Expr {
        match self.kind() {
            Kind::Grouping(inner) => inner.without_parentheses(),
            _ => self,
        }
    }

    /// Operands under one operator, each in parentheses where it needs them.
    fn list(op: Operator, items: impl Iterator<Item = Expr>, sql_type: SqlType) -> Expr {
        let items = items.map(|item| item.grouped(Some(&op))).collect();
        Expr::new(Kind::List { op, items, sql_type, groups: true })
    }

    /// A binary expression, whose operands are put in parentheses where they need them.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// let (three, plain) = (Expr::literal(3.into()), Modifiers::default());
    /// let sum = Expr::binary_of(age.clone(), Operator::Add, three, None, plain.clone(), SqlType::Integer);
    /// let product = Expr::binary_of(sum, Operator::Mul, age, None, plain, SqlType::Integer);
    /// assert_eq!(text(&product), "(age + :param_1) * age");
    /// ```
    pub fn binary_of(
        left: Expr,
        op: Operator,
        right: Expr,
        negation: Option<Operator>,
        modifiers: Modifiers,
        sql_type: SqlType,
    ) -> Expr {
        let (left, right) = (left.grouped(Some(&op)), right.grouped(Some(&op)));
        let right = match right.kind() {
            Kind::Bind(bind) if bind.value.is_expanding() && matches!(op, Operator::In | Operator::NotIn) => {
                Expr::from(Bind { expand_op: Some(op.clone()), ..(**bind).clone() })
            }
            _ => right,
        };
        Expr::new(Kind::Binary { left, op, right, negation, modifiers, sql_type })
    }

    /// This and a value under an operator that every value can stand beside.
    /// One that cannot is bound like any other.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// assert_eq!(text(&age.compare(Operator::Eq, 3.into())), "age = :age_1");
    /// assert_eq!(text(&age.compare(Operator::Ne, Value::Null)), "age IS NOT NULL");
    /// ```
    pub fn compare(&self, op: Operator, value: Value) -> Expr {
        let bound = self.bind_beside(value.clone());
        self.operate(op.clone(), value, Modifiers::default()).unwrap_or_else(|_| self.binary(op, bound))
    }

    /// Two expressions under an operator.
    pub fn binary(&self, op: Operator, right: Expr) -> Expr {
        if op.is_comparison() {
            let negation = op.negated();
            return Expr::binary_of(
                self.clone(),
                op,
                right,
                negation,
                Modifiers::default(),
                SqlType::Boolean,
            );
        }
        Expr::combine(self.clone(), op, right, Modifiers::default())
    }

    /// `x BETWEEN a AND b`
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// assert_eq!(text(&age.between(1, 3, false)), "age BETWEEN :age_1 AND :age_2");
    /// assert_eq!(text(&age.between(1, 3, true).negate()), "age NOT BETWEEN SYMMETRIC :age_1 AND :age_2");
    /// ```
    pub fn between(&self, low: impl Into<Operand>, high: impl Into<Operand>, symmetric: bool) -> Expr {
        let items = vec![self.beside(low.into()), self.beside(high.into())];
        let ends = Expr::new(Kind::List { op: Operator::And, items, sql_type: SqlType::Null, groups: false });
        let modifiers = Modifiers { symmetric, ..Modifiers::default() };
        let op = Operator::Between;
        Expr::binary_of(self.clone(), op, ends, Some(Operator::NotBetween), modifiers, SqlType::Null)
    }

    /// A list separated by commas, such as what is replaced and by what.
    pub fn comma_list(items: Vec<Expr>, groups: bool) -> Expr {
        Expr::new(Kind::List { op: Operator::Comma, items, sql_type: SqlType::Null, groups })
    }

    /// ANY or ALL.
    fn is_collection(&self) -> bool {
        match self.kind() {
            Kind::Unary { op: Operator::Any | Operator::All, .. } => true,
            Kind::Function(call) => call.generic && matches!(&*call.name, "any" | "all" | "some"),
            _ => false,
        }
    }

    /// An operator on this alone, such as `desc()`.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// assert_eq!(text(&age.unary(Operator::Neg)), "-age");
    /// assert_eq!(text(&Expr::comma_list(vec![age.clone(), age.unary(Operator::Distinct)], false)), "age, DISTINCT age");
    /// ```
    pub fn unary(&self, op: Operator) -> Expr {
        let sql_type = match op {
            Operator::Exists | Operator::Any | Operator::All => SqlType::Boolean,
            _ if op.is_order_modifier() => SqlType::Null,
            _ => self.sql_type(),
        };
        let operand = match op {
            Operator::Exists => self.clone(),
            Operator::Any | Operator::All => self.grouped(None).grouped(Some(&op)),
            _ => self.grouped(Some(&op)),
        };
        Expr::new(Kind::Unary { op, operand, sql_type })
    }

    /// `EXISTS (SELECT …)`
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let older = Select::of([id]).where_(age.gt(3));
    /// let select = Select::of([Expr::exists(&older)]);
    /// assert_eq!(text(select.into())?, "SELECT EXISTS (SELECT pet.id \nFROM pet \nWHERE pet.age > :age_1) AS anon_1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exists(select: &super::select::Select) -> Expr {
        select.scalar().unary(Operator::Exists)
    }

    /// `x AS name`
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let select = Select::of([id.label(Some("number")), (age + 1).label(None)]);
    /// assert_eq!(text(select.into())?, "SELECT pet.id AS number, pet.age + :age_1 AS anon_1 \nFROM pet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn label(&self, name: Option<&str>) -> Expr {
        let element = match self.kind() {
            Kind::Label { element, .. } => element.clone(),
            _ => self.clone(),
        };
        let name = match name {
            Some(name) => Name::from(name),
            None => {
                let base = element.own_name().unwrap_or_else(|| "anon".into());
                Name::anonymous(Identity::Anonymous(AnonId::fresh()), &base)
            }
        };
        let sql_type = element.sql_type();
        Expr::new(Kind::Label { name, element, sql_type })
    }

    /// The name that it has by itself: a column's, a label's, a function's.
    pub(crate) fn own_name(&self) -> Option<Rc<str>> {
        match self.kind() {
            Kind::Column(column) => column.name.fixed().cloned(),
            Kind::Label { name, .. } => name.fixed().cloned(),
            Kind::Literal { text, .. } => Some(Rc::clone(text)),
            Kind::Function(call) => Some(Rc::clone(&call.name)),
            Kind::FieldOf { name, .. } => Some(Rc::clone(name)),
            Kind::Program(element) => element.name.clone(),
            Kind::Made(made) => made.element.name.clone(),
            Kind::Grouping(inner) => inner.own_name(),
            _ => None,
        }
    }

    /// `CAST(x AS type)`
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// assert_eq!(text(&age.cast(SqlType::String { length: Some(3) })), "CAST(age AS VARCHAR(3))");
    /// ```
    pub fn cast(&self, sql_type: SqlType) -> Expr {
        Expr::new(Kind::Cast { element: self.clone(), sql_type, attempt: false })
    }

    /// `CASE WHEN … END`
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// let (one, two) = (Expr::literal(1.into()), Expr::literal(2.into()));
    /// let by_condition = Expr::case(None, vec![(age.gt(3), one.clone())], Some(two.clone()));
    /// assert_eq!(text(&by_condition), "CASE WHEN (age > :age_1) THEN :param_1 ELSE :param_2 END");
    /// let by_value = Expr::case(Some(age), vec![(one.clone(), two)], None);
    /// assert_eq!(text(&by_value), "CASE age WHEN :param_1 THEN :param_2 END");
    /// ```
    pub fn case(value: Option<Expr>, whens: Vec<(Expr, Expr)>, otherwise: Option<Expr>) -> Expr {
        let whens: Vec<(Expr, Expr)> =
            whens.into_iter().map(|(when, then)| (when.grouped(None), then)).collect();
        let known = whens.iter().rev().map(|(_, then)| then.sql_type()).find(|known| *known != SqlType::Null);
        let sql_type = known.or_else(|| otherwise.as_ref().map(Expr::sql_type)).unwrap_or_default();
        Expr::new(Kind::Case { value, whens, otherwise, sql_type })
    }
}

impl Bind {
    /// A bind whose name is made from `key`.
    pub fn unique(key: &str, value: BindValue) -> Bind {
        Bind { unique: true, ..Bind::named(key, value) }
    }

    /// A bind of just that name.
    pub fn named(key: &str, value: BindValue) -> Bind {
        Bind {
            id: AnonId::fresh(),
            key: key.into(),
            unique: false,
            value,
            sql_type: SqlType::Null,
            expand_op: None,
            literal_execute: false,
            for_column: false,
        }
    }

    /// Whether it is a bare value that was given for a column.
    pub(crate) fn is_column_value(&self) -> bool {
        self.for_column
    }
}
