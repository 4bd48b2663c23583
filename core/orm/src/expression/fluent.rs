//! Writing expressions in Rust: methods with SQLAlchemy's names and Rust's
//! operators, each a thin word for what [`super::build`] does.
//!
//! SQLAlchemy counterpart: `ColumnOperators`.

use std::rc::Rc;

use super::element::{Bind, BindValue, Expr, Kind, Modifiers, Window};
use super::from::{Alias, From};
use super::operand::Operand;
use super::operators::{Operator, Pattern};
use super::select::Select;
use super::statement::TextStatement;
use crate::types::{TableId, Value};

/// Methods that put one operator between this and something else.
macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident => $op:expr;)*) => {
        impl Expr {
            $($(#[$doc])* pub fn $name(&self, other: impl Into<Operand>) -> Expr { self.under($op, other.into()) })*
        }
    };
}

operators! {
    /// `x = y`; `x IS NULL` where `y` is [`Value::Null`].
    ///
    /// ```
    /// use ormscope::schema::Schema;
    /// use ormscope::sql::Expr;
    /// use ormscope::sql::compiler::{Dialect, compile_to_text};
    /// use ormscope::types::SqlType;
    ///
    /// let age = Expr::named("age", SqlType::Integer);
    /// let text = |expr: Expr| compile_to_text(&Schema::default(), &expr, Dialect::Default);
    /// assert_eq!(text(age.eq(18)), "age = :age_1");
    /// assert_eq!(text(age.ge(18) & age.lt(65)), "age >= :age_1 AND age < :age_2");
    /// assert_eq!(text((age.clone() + 1) * 2), "(age + :age_1) * :param_1");
    /// assert_eq!(text(!(age.is_null() | age.gt(3))), "NOT (age IS NULL OR age > :age_1)");
    /// ```
    eq => Operator::Eq;
    /// `x != y`; `x IS NOT NULL` where `y` is [`Value::Null`].
    ne => Operator::Ne;
    /// `x < y`
    lt => Operator::Lt;
    /// `x <= y`
    le => Operator::Le;
    /// `x > y`
    gt => Operator::Gt;
    /// `x >= y`
    ge => Operator::Ge;
    /// `x LIKE y`
    ///
    /// ```
    /// use ormscope::schema::Schema;
    /// use ormscope::sql::Expr;
    /// use ormscope::sql::compiler::{Dialect, compile_to_text};
    /// use ormscope::types::SqlType;
    ///
    /// let name = Expr::named("name", SqlType::Text);
    /// let text = |expr: Expr| compile_to_text(&Schema::default(), &expr, Dialect::Sqlite);
    /// assert_eq!(text(name.like("e%")), "name LIKE ?");
    /// assert_eq!(text(!name.like("e%")), "name NOT LIKE ?");
    /// assert_eq!(text(name.ilike("e%")), "lower(name) LIKE lower(?)");
    /// assert_eq!(text(name.contains("d")), "name LIKE '%' || ? || '%'");
    /// assert_eq!(text(name.concat("!")), "name || ?");
    /// ```
    like => Operator::Like;
    /// `x LIKE y` without regard to case.
    ilike => Operator::ILike;
    /// `x || y`
    concat => Operator::Concat;
    /// `x LIKE '%' || y || '%'`
    contains => Operator::Pattern(Pattern { before: true, after: true, insensitive: false, negated: false });
    /// `x LIKE y || '%'`
    starts_with => Operator::Pattern(Pattern { before: false, after: true, insensitive: false, negated: false });
    /// `x LIKE '%' || y`
    ends_with => Operator::Pattern(Pattern { before: true, after: false, insensitive: false, negated: false });
    /// `x // y`: division that gives a whole number.
    floor_div => Operator::FloorDiv;
}

/// Rust's operators, for expressions and for references to them.
macro_rules! rust_operators {
    ($($trait:ident $method:ident $op:ident;)*) => {
        $(
            impl<T: Into<Operand>> std::ops::$trait<T> for Expr {
                type Output = Expr;

                fn $method(self, other: T) -> Expr {
                    self.under(Operator::$op, other.into())
                }
            }

            impl<T: Into<Operand>> std::ops::$trait<T> for &Expr {
                type Output = Expr;

                fn $method(self, other: T) -> Expr {
                    self.under(Operator::$op, other.into())
                }
            }
        )*
    };
}

rust_operators! {
    Add add Add;
    Sub sub Sub;
    Mul mul Mul;
    Div div TrueDiv;
    Rem rem Mod;
}

impl std::ops::BitAnd for Expr {
    type Output = Expr;

    fn bitand(self, other: Expr) -> Expr {
        Expr::all_of(Operator::And, [self, other])
    }
}

impl std::ops::BitOr for Expr {
    type Output = Expr;

    fn bitor(self, other: Expr) -> Expr {
        Expr::all_of(Operator::Or, [self, other])
    }
}

impl std::ops::Not for Expr {
    type Output = Expr;

    fn not(self) -> Expr {
        self.negate()
    }
}

impl std::ops::Neg for Expr {
    type Output = Expr;

    fn neg(self) -> Expr {
        self.unary(Operator::Neg)
    }
}

impl Expr {
    /// This and something else under an operator; a value that cannot stand
    /// there as a constant is bound like any other.
    fn under(&self, op: Operator, other: Operand) -> Expr {
        let fallback = other.clone();
        self.operate(op.clone(), other, Modifiers::default())
            .unwrap_or_else(|_| self.binary(op, self.beside(fallback)))
    }

    /// `x AND y`, as `x & y`.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// assert_eq!(text(&age.gt(3).and(age.lt(9))), "age > :age_1 AND age < :age_2");
    /// assert_eq!(text(&age.gt(3).or(age.is_null())), "age > :age_1 OR age IS NULL");
    /// assert_eq!(text(&age.is_not_null()), "age IS NOT NULL");
    /// ```
    pub fn and(&self, other: impl Into<Expr>) -> Expr {
        self.clone() & other.into()
    }

    /// `x OR y`, as `x | y`.
    pub fn or(&self, other: impl Into<Expr>) -> Expr {
        self.clone() | other.into()
    }

    /// `x IS NULL`
    pub fn is_null(&self) -> Expr {
        self.compare(Operator::Is, Value::Null)
    }

    /// `x IS NOT NULL`
    pub fn is_not_null(&self) -> Expr {
        self.compare(Operator::IsNot, Value::Null)
    }

    /// `x IN (…)`; the list is written out when the statement is executed.
    ///
    /// ```
    /// use ormscope::schema::Schema;
    /// use ormscope::sql::Expr;
    /// use ormscope::sql::compiler::{Dialect, compile_to_text};
    /// use ormscope::types::SqlType;
    ///
    /// let id = Expr::named("id", SqlType::Integer);
    /// let text = |expr: Expr| compile_to_text(&Schema::default(), &expr, Dialect::Default);
    /// assert_eq!(text(id.in_([1, 2, 3])), "id IN (__[POSTCOMPILE_id_1])");
    /// assert_eq!(text(!id.in_([1, 2, 3])), "(id NOT IN (__[POSTCOMPILE_id_1]))");
    /// ```
    pub fn in_(&self, values: impl IntoIterator<Item = impl Into<Value>>) -> Expr {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        let own = self.sql_type();
        let sql_type = values.first().map_or_else(|| own.clone(), |first| own.beside(first));
        let bind = Bind { sql_type, ..Bind::unique(&self.bind_key(), BindValue::Expanding(values)) };
        self.binary(Operator::In, Expr::from(bind))
    }

    /// `x IN (SELECT …)`
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let select = Select::of([id.clone()]).where_(id.in_select(&Select::of([age])));
    /// assert_eq!(text(select.into())?, "SELECT pet.id \nFROM pet \nWHERE pet.id IN (SELECT pet.age \nFROM pet)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_select(&self, select: &Select) -> Expr {
        self.binary(Operator::In, select.scalar())
    }

    /// `x ASC`
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// assert_eq!(text(&age.asc()), "age ASC");
    /// assert_eq!(text(&age.asc().nulls_first()), "age ASC NULLS FIRST");
    /// ```
    pub fn asc(&self) -> Expr {
        self.unary(Operator::Asc)
    }

    /// `x DESC`
    ///
    /// ```
    /// use ormscope::schema::Schema;
    /// use ormscope::sql::Expr;
    /// use ormscope::sql::compiler::{Dialect, compile_to_text};
    /// use ormscope::types::SqlType;
    ///
    /// let last_first = Expr::named("age", SqlType::Integer).desc().nulls_last();
    /// assert_eq!(compile_to_text(&Schema::default(), &last_first, Dialect::Default), "age DESC NULLS LAST");
    /// ```
    pub fn desc(&self) -> Expr {
        self.unary(Operator::Desc)
    }

    /// `x NULLS FIRST`
    pub fn nulls_first(&self) -> Expr {
        self.unary(Operator::NullsFirst)
    }

    /// `x NULLS LAST`
    pub fn nulls_last(&self) -> Expr {
        self.unary(Operator::NullsLast)
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
    /// assert_eq!(text(Select::of([age.named_as("years")]).into())?, "SELECT pet.age AS years \nFROM pet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn named_as(&self, name: &str) -> Expr {
        self.label(Some(name))
    }

    /// A call of a function: `func.lower(name)`.
    ///
    /// ```
    /// use ormscope::schema::Schema;
    /// use ormscope::sql::Expr;
    /// use ormscope::sql::compiler::{Dialect, compile_to_text};
    /// use ormscope::types::SqlType;
    ///
    /// let name = Expr::named("name", SqlType::Text);
    /// let text = |expr: Expr| compile_to_text(&Schema::default(), &expr, Dialect::Default);
    /// assert_eq!(text(Expr::func("lower", [name])), "lower(name)");
    /// assert_eq!(text(Expr::func("count", [])), "count(*)");
    /// ```
    pub fn func(name: &str, arguments: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::function(&[name], arguments.into_iter().collect())
    }

    /// `f(x) OVER (…)`
    ///
    /// ```
    /// use ormscope::schema::Schema;
    /// use ormscope::sql::compiler::{Dialect, compile_to_text};
    /// use ormscope::sql::{Expr, Window};
    /// use ormscope::types::SqlType;
    ///
    /// let (city, age) = (Expr::named("city", SqlType::Text), Expr::named("age", SqlType::Integer));
    /// let window = Window { partition_by: vec![city], order_by: vec![age.desc()], frame: None };
    /// let rank = Expr::func("rank", []).over(window);
    /// assert_eq!(
    ///     compile_to_text(&Schema::default(), &rank, Dialect::Default),
    ///     "rank() OVER (PARTITION BY city ORDER BY age DESC)",
    /// );
    /// ```
    pub fn over(&self, window: Window) -> Expr {
        let in_list = |exprs: Vec<Expr>| exprs.iter().map(Expr::in_list).collect();
        let window = Window {
            partition_by: in_list(window.partition_by),
            order_by: in_list(window.order_by),
            frame: window.frame,
        };
        Expr::new(Kind::Over { element: self.clone(), window })
    }

    /// `f(x) FILTER (WHERE …)`
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// let old = Expr::func("count", []).filter(age.gt(9));
    /// assert_eq!(text(&old), "count(*) FILTER (WHERE age > :age_1)");
    /// ```
    pub fn filter(&self, criterion: impl Into<Expr>) -> Expr {
        Expr::new(Kind::Filter { element: self.clone(), criterion: criterion.into() })
    }

    /// `text()` in the place of a column or a condition; each `:name` is a bind.
    ///
    /// This is a door to raw SQL: the text is not looked at.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// assert_eq!(text(&Expr::text("age > :limit")), "age > :limit");
    /// ```
    pub fn text(sql: &str) -> Expr {
        Expr::new(Kind::Text(Rc::new(TextStatement::new(sql))))
    }
}

impl std::convert::From<&Expr> for Expr {
    fn from(expr: &Expr) -> Expr {
        expr.clone()
    }
}

macro_rules! operands {
    ($($from:ty),*) => {
        $(impl std::convert::From<$from> for Operand {
            fn from(value: $from) -> Operand {
                Operand::Value(value.into())
            }
        })*
    };
}

operands!(i32, u32, String, &String, crate::types::Date, crate::types::Time, crate::types::DateTime);

impl<T: Into<Value>> std::convert::From<Option<T>> for Operand {
    fn from(value: Option<T>) -> Operand {
        Operand::Value(value.into())
    }
}

impl std::convert::From<TableId> for From {
    fn from(table: TableId) -> From {
        From::Table(table)
    }
}

impl std::convert::From<Rc<Alias>> for From {
    fn from(alias: Rc<Alias>) -> From {
        From::Alias(alias)
    }
}

impl std::convert::From<&Rc<Alias>> for From {
    fn from(alias: &Rc<Alias>) -> From {
        From::Alias(Rc::clone(alias))
    }
}

impl std::convert::From<&From> for From {
    fn from(from: &From) -> From {
        from.clone()
    }
}
