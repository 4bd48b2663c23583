//! Expressions whose type Rust knows.
//!
//! A typed expression is a recipe: a database's classes have their ids only
//! there, so that the [`Expr`] is made when a statement is written out.
//! SQLAlchemy counterpart: `SQLColumnExpression`, `ColumnOperators`.

use std::marker::PhantomData;
use std::rc::Rc;

use super::attribute::Column;
use super::mapped::Mapped;
use super::scope::Scope;
use super::values::{ColumnType, ColumnValue};
use crate::orm::OrmResult;
use crate::sql::{self, Expr};
use crate::types::{SqlType, Value};

/// Something that is made where the classes of a database are known.
pub(super) type Deferred<T> = Rc<dyn Fn(&Scope<'_>) -> OrmResult<T>>;

/// An expression with a value of type `V`.
pub struct Sql<V> {
    make: Deferred<Expr>,
    value: PhantomData<fn() -> V>,
}

impl<V> Sql<V> {
    /// An expression that is made from those of the floor below: the way to
    /// whatever has no word of its own here.
    ///
    /// ```
    /// use ormscope::typed::prelude::*;
    /// use ormscope::types::SqlType;
    ///
    /// let version: Sql<String> = Sql::new(|_| Ok(ormscope::sql::Expr::func("sqlite_version", [])));
    /// let db = Database::open("sqlite://")?;
    /// assert_eq!(db.to_sql(&Select::of(version))?, "SELECT sqlite_version() AS sqlite_version_1");
    /// # Ok::<(), OrmError>(())
    /// ```
    pub fn new(make: impl Fn(&Scope<'_>) -> OrmResult<Expr> + 'static) -> Sql<V> {
        Sql { make: Rc::new(make), value: PhantomData }
    }

    /// The expression of the floor below.
    ///
    /// # Errors
    /// When a class is not mapped.
    pub fn expr(&self, scope: &Scope<'_>) -> OrmResult<Expr> {
        (self.make)(scope)
    }

    pub(super) fn deferred(&self) -> Deferred<Expr> {
        Rc::clone(&self.make)
    }

    /// The same expression with something done to it.
    fn map<W>(&self, change: impl Fn(Expr) -> Expr + 'static) -> Sql<W> {
        let make = self.deferred();
        Sql::new(move |scope| Ok(change(make(scope)?)))
    }

    /// This and something else.
    fn with<W>(&self, other: Operand, join: fn(&Expr, sql::Operand) -> Expr) -> Sql<W> {
        let make = self.deferred();
        Sql::new(move |scope| Ok(join(&make(scope)?, (other.0)(scope)?)))
    }
}

impl<V> Clone for Sql<V> {
    fn clone(&self) -> Sql<V> {
        Sql { make: Rc::clone(&self.make), value: PhantomData }
    }
}

/// What can stand in a statement: columns, and what is made of them.
///
/// Values stand beside it only where their type is its own:
///
/// ```
/// use ormscope::typed::prelude::*;
///
/// #[derive(Mapped)]
/// #[mapped(table = "pets")]
/// struct Pet {
///     #[mapped(primary_key)]
///     id: i64,
///     name: String,
///     age: Option<i64>,
/// }
///
/// let mut db = Database::open("sqlite://")?;
/// db.map::<Pet>()?;
/// let pets = Select::of(Pet::id)
///     .where_((Pet::age.gt(10) & Pet::name.like("A%")) | Pet::age.is_null())
///     .order_by((Pet::age.desc(), Pet::name));
/// assert_eq!(
///     db.to_sql(&pets)?,
///     "SELECT pets.id \n\
///      FROM pets \n\
///      WHERE pets.age > ? AND pets.name LIKE ? OR pets.age IS NULL ORDER BY pets.age DESC, pets.name",
/// );
/// # Ok::<(), OrmError>(())
/// ```
///
/// A number is not compared with text:
///
/// ```compile_fail,E0277
/// # use ormscope::typed::prelude::*;
/// # #[derive(Mapped)]
/// # #[mapped(table = "pets")]
/// # struct Pet {
/// #     #[mapped(primary_key)]
/// #     id: i64,
/// #     age: Option<i64>,
/// # }
/// let young = Pet::age.lt("ten");
/// ```
pub trait Expression {
    /// The type of its value.
    type Value: ColumnValue;

    /// The expression itself.
    fn sql(&self) -> Sql<Self::Value>;

    /// `x = y`; `x IS NULL` where `y` is `None`.
    fn eq(&self, other: impl Comparable<Base<Self>>) -> Sql<bool> {
        self.sql().with(other.operand(), |own, other| own.eq(other))
    }

    /// `x != y`; `x IS NOT NULL` where `y` is `None`.
    fn ne(&self, other: impl Comparable<Base<Self>>) -> Sql<bool> {
        self.sql().with(other.operand(), |own, other| own.ne(other))
    }

    /// `x < y`
    fn lt(&self, other: impl Comparable<Base<Self>>) -> Sql<bool> {
        self.sql().with(other.operand(), |own, other| own.lt(other))
    }

    /// `x <= y`
    fn le(&self, other: impl Comparable<Base<Self>>) -> Sql<bool> {
        self.sql().with(other.operand(), |own, other| own.le(other))
    }

    /// `x > y`
    fn gt(&self, other: impl Comparable<Base<Self>>) -> Sql<bool> {
        self.sql().with(other.operand(), |own, other| own.gt(other))
    }

    /// `x >= y`
    fn ge(&self, other: impl Comparable<Base<Self>>) -> Sql<bool> {
        self.sql().with(other.operand(), |own, other| own.ge(other))
    }

    /// `x IS NULL`
    fn is_null(&self) -> Sql<bool> {
        self.sql().map(|own| own.is_null())
    }

    /// `x IS NOT NULL`
    fn is_not_null(&self) -> Sql<bool> {
        self.sql().map(|own| own.is_not_null())
    }

    /// `x BETWEEN a AND b`
    fn between(&self, low: impl Comparable<Base<Self>>, high: impl Comparable<Base<Self>>) -> Sql<bool> {
        let (own, low, high) = (self.sql(), low.operand(), high.operand());
        Sql::new(move |scope| Ok(own.expr(scope)?.between((low.0)(scope)?, (high.0)(scope)?, false)))
    }

    /// `x IN (…)`
    fn in_(&self, values: impl IntoIterator<Item: Literal<Base<Self>>>) -> Sql<bool> {
        let values: Vec<Value> = values.into_iter().map(Literal::literal).collect();
        self.sql().map(move |own| own.in_(values.iter().cloned()))
    }

    /// `x IN (SELECT …)`
    fn in_select<V: ColumnValue<Base = Base<Self>>>(&self, select: &super::select::Select<V>) -> Sql<bool> {
        let (own, select) = (self.sql(), select.clone());
        Sql::new(move |scope| Ok(own.expr(scope)?.in_select(&select.lowered(scope)?)))
    }

    /// `x LIKE y`
    fn like(&self, pattern: impl Comparable<String>) -> Sql<bool>
    where
        Self::Value: ColumnValue<Base = String>,
    {
        self.sql().with(pattern.operand(), |own, other| own.like(other))
    }

    /// `x LIKE y` without regard to case.
    fn ilike(&self, pattern: impl Comparable<String>) -> Sql<bool>
    where
        Self::Value: ColumnValue<Base = String>,
    {
        self.sql().with(pattern.operand(), |own, other| own.ilike(other))
    }

    /// `x LIKE '%' || y || '%'`
    fn contains(&self, part: impl Comparable<String>) -> Sql<bool>
    where
        Self::Value: ColumnValue<Base = String>,
    {
        self.sql().with(part.operand(), |own, other| own.contains(other))
    }

    /// `x LIKE y || '%'`
    fn starts_with(&self, part: impl Comparable<String>) -> Sql<bool>
    where
        Self::Value: ColumnValue<Base = String>,
    {
        self.sql().with(part.operand(), |own, other| own.starts_with(other))
    }

    /// `x LIKE '%' || y`
    fn ends_with(&self, part: impl Comparable<String>) -> Sql<bool>
    where
        Self::Value: ColumnValue<Base = String>,
    {
        self.sql().with(part.operand(), |own, other| own.ends_with(other))
    }

    /// `x ASC`
    fn asc(&self) -> Sql<Self::Value> {
        self.sql().map(|own| own.asc())
    }

    /// `x DESC`
    fn desc(&self) -> Sql<Self::Value> {
        self.sql().map(|own| own.desc())
    }

    /// `x NULLS FIRST`
    fn nulls_first(&self) -> Sql<Self::Value> {
        self.sql().map(|own| own.nulls_first())
    }

    /// `x NULLS LAST`
    fn nulls_last(&self) -> Sql<Self::Value> {
        self.sql().map(|own| own.nulls_last())
    }

    /// `x AS name`
    fn label(&self, name: &str) -> Sql<Self::Value> {
        let name = name.to_string();
        self.sql().map(move |own| own.named_as(&name))
    }

    /// `CAST(x AS type)`
    fn cast<V: ColumnValue>(&self) -> Sql<V> {
        self.sql().map(|own| own.cast(V::Base::sql_type()))
    }
}

/// The type of an expression's value without `NULL`.
pub type Base<E> = <<E as Expression>::Value as ColumnValue>::Base;

impl<V: ColumnValue> Sql<V> {
    /// The same where it may be `NULL`, as behind an outer join.
    pub fn optional(&self) -> Sql<Option<V::Base>> {
        self.map(|own| own)
    }
}

impl<V: ColumnValue> Expression for Sql<V> {
    type Value = V;

    fn sql(&self) -> Sql<V> {
        self.clone()
    }
}

/// What stands beside an expression under an operator.
pub struct Operand(pub(super) Deferred<sql::Operand>);

/// What can stand beside an expression whose values are of type `B`: such a
/// value, an `Option` of one, or another expression of that type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand beside an expression of `{B}`",
    label = "not a `{B}`, nor an expression of one"
)]
pub trait Comparable<B: ColumnType> {
    /// It, as an operand.
    fn operand(self) -> Operand;
}

fn value(value: Value) -> Operand {
    Operand(Rc::new(move |_| Ok(sql::Operand::Value(value.clone()))))
}

fn expression(expr: Deferred<Expr>) -> Operand {
    Operand(Rc::new(move |scope| Ok(sql::Operand::Expr(expr(scope)?))))
}

impl<B: ColumnType> Comparable<B> for B {
    fn operand(self) -> Operand {
        value(ColumnType::into_value(self))
    }
}

impl<B: ColumnType> Comparable<B> for Option<B> {
    fn operand(self) -> Operand {
        value(ColumnValue::into_value(self))
    }
}

impl Comparable<String> for &str {
    fn operand(self) -> Operand {
        value(Value::text(self))
    }
}

impl Comparable<String> for &String {
    fn operand(self) -> Operand {
        value(Value::text(self))
    }
}

impl<C: Mapped, V: ColumnValue> Comparable<V::Base> for Column<C, V> {
    fn operand(self) -> Operand {
        expression(self.sql().deferred())
    }
}

impl<V: ColumnValue> Comparable<V::Base> for Sql<V> {
    fn operand(self) -> Operand {
        expression(self.deferred())
    }
}

impl<V: ColumnValue> Comparable<V::Base> for &Sql<V> {
    fn operand(self) -> Operand {
        expression(self.deferred())
    }
}

/// A value of type `B` as it is written in a program.
pub trait Literal<B> {
    /// As the floors below hold it.
    fn literal(self) -> Value;
}

impl<B: ColumnType> Literal<B> for B {
    fn literal(self) -> Value {
        ColumnType::into_value(self)
    }
}

impl Literal<String> for &str {
    fn literal(self) -> Value {
        Value::text(self)
    }
}

/// Rust's operators that compute.
macro_rules! computing {
    ($($trait:ident $method:ident;)*) => {
        $(
            impl<V: ColumnValue, T: Comparable<V::Base>> std::ops::$trait<T> for Sql<V> {
                type Output = Sql<V>;

                fn $method(self, other: T) -> Sql<V> {
                    self.with(other.operand(), |own, other| std::ops::$trait::$method(own, other))
                }
            }

            impl<C: Mapped, V: ColumnValue, T: Comparable<V::Base>> std::ops::$trait<T> for Column<C, V> {
                type Output = Sql<V>;

                fn $method(self, other: T) -> Sql<V> {
                    std::ops::$trait::$method(self.sql(), other)
                }
            }
        )*
    };
}

computing! {
    Add add;
    Sub sub;
    Mul mul;
}

/// Rust's operators between conditions.
macro_rules! connecting {
    ($($trait:ident $method:ident;)*) => {
        $(
            impl<E: Expression<Value: ColumnValue<Base = bool>>> std::ops::$trait<E> for Sql<bool> {
                type Output = Sql<bool>;

                fn $method(self, other: E) -> Sql<bool> {
                    let (own, other) = (self.deferred(), other.sql().deferred());
                    Sql::new(move |scope| Ok(std::ops::$trait::$method(own(scope)?, other(scope)?)))
                }
            }

            impl<C: Mapped, E: Expression<Value: ColumnValue<Base = bool>>> std::ops::$trait<E>
                for Column<C, bool>
            {
                type Output = Sql<bool>;

                fn $method(self, other: E) -> Sql<bool> {
                    std::ops::$trait::$method(self.sql(), other)
                }
            }
        )*
    };
}

connecting! {
    BitAnd bitand;
    BitOr bitor;
}

impl std::ops::Not for Sql<bool> {
    type Output = Sql<bool>;

    fn not(self) -> Sql<bool> {
        self.map(|own| !own)
    }
}

impl<C: Mapped> std::ops::Not for Column<C, bool> {
    type Output = Sql<bool>;

    fn not(self) -> Sql<bool> {
        !self.sql()
    }
}

/// Expressions in a row: one, or a tuple of them.
pub trait Expressions {
    /// What makes each.
    #[doc(hidden)]
    fn each(&self) -> Vec<Sql<()>>;
}

impl<E: Expression> Expressions for E {
    fn each(&self) -> Vec<Sql<()>> {
        vec![self.sql().map(|own| own)]
    }
}

macro_rules! expression_lists {
    ($(($($part:ident $at:tt),*);)*) => {
        $(impl<$($part: Expression),*> Expressions for ($($part,)*) {
            fn each(&self) -> Vec<Sql<()>> {
                vec![$(self.$at.sql().map(|own| own)),*]
            }
        })*
    };
}

expression_lists! {
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
}

/// Conditions on what a relationship leads to: one, or `()` for none.
pub trait Conditions {
    /// What makes each.
    #[doc(hidden)]
    fn conditions(self) -> Vec<Sql<bool>>;
}

impl Conditions for () {
    fn conditions(self) -> Vec<Sql<bool>> {
        Vec::new()
    }
}

impl<E: Expression<Value: ColumnValue<Base = bool>>> Conditions for E {
    fn conditions(self) -> Vec<Sql<bool>> {
        vec![self.sql().map(|own| own)]
    }
}

/// A value by itself: `literal(value)`.
pub fn literal<V: ColumnValue>(value: V) -> Sql<V> {
    let value = value.into_value();
    Sql::new(move |_| Ok(Expr::bind("param", value.clone(), SqlType::Null)))
}

/// SQL text in the place of an expression, which is taken to be of type `V`;
/// each `:name` is a bind.
///
/// This is a door to raw SQL: the text is not looked at.
pub fn text<V>(sql: &str) -> Sql<V> {
    let sql = sql.to_string();
    Sql::new(move |_| Ok(Expr::text(&sql)))
}
