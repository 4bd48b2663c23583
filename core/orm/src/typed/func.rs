//! Functions of SQL: `func.count()` and its kin.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.functions`.

use super::expression::{Base, Comparable, Expression, Expressions, Sql};
use crate::orm::OrmResult;
use crate::sql::{self, Expr};

/// A function by its name, whose value is taken to be of type `V`.
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
/// let initials = Select::of((func::call::<String>("substr", (Pet::name, literal(1), literal(1))), func::count()))
///     .group_by(Pet::name)
///     .having(func::max(Pet::age).gt(3));
/// assert_eq!(
///     db.to_sql(&initials)?,
///     "SELECT substr(pets.name, ?, ?) AS substr_1, count(*) AS count_1 \n\
///      FROM pets GROUP BY pets.name \n\
///      HAVING max(pets.age) > ?",
/// );
/// # Ok::<(), OrmError>(())
/// ```
pub fn call<V>(name: &'static str, arguments: impl Expressions) -> Sql<V> {
    let arguments = arguments.each();
    Sql::new(move |scope| {
        let arguments = arguments.iter().map(|one| one.expr(scope)).collect::<OrmResult<Vec<_>>>()?;
        Ok(Expr::func(name, arguments))
    })
}

/// `count(*)`
pub fn count() -> Sql<i64> {
    Sql::new(|_| Ok(Expr::func("count", [])))
}

/// `count(x)`: how many are not `NULL`.
pub fn count_of(x: impl Expression) -> Sql<i64> {
    call("count", x.sql())
}

/// `max(x)`, which is nothing of no rows.
pub fn max<E: Expression>(x: E) -> Sql<Option<Base<E>>> {
    call("max", x.sql())
}

/// `min(x)`, which is nothing of no rows.
pub fn min<E: Expression>(x: E) -> Sql<Option<Base<E>>> {
    call("min", x.sql())
}

/// `sum(x)`, which is nothing of no rows.
pub fn sum<E: Expression>(x: E) -> Sql<Option<Base<E>>> {
    call("sum", x.sql())
}

/// `lower(x)`
pub fn lower<E: Expression>(x: E) -> Sql<E::Value> {
    call("lower", x.sql())
}

/// `upper(x)`
pub fn upper<E: Expression>(x: E) -> Sql<E::Value> {
    call("upper", x.sql())
}

/// `coalesce(x, y)`: the first that is not `NULL`.
pub fn coalesce<E: Expression>(x: E, otherwise: impl Comparable<Base<E>>) -> Sql<Base<E>> {
    let (x, otherwise) = (x.sql(), otherwise.operand());
    Sql::new(move |scope| {
        let x = x.expr(scope)?;
        let otherwise = match (otherwise.0)(scope)? {
            sql::Operand::Expr(expr) => expr,
            sql::Operand::Value(value) => Expr::bind("coalesce", value, x.sql_type()),
        };
        Ok(Expr::func("coalesce", [x, otherwise]))
    })
}
