//! Executing statements in a session, and the statements that change rows.
//!
//! SQLAlchemy counterpart: `Session.execute()`, and the ORM-enabled INSERT,
//! UPDATE and DELETE of `sqlalchemy.orm.bulk_persistence`.

use std::marker::PhantomData;
use std::rc::Rc;

use super::attribute::Column;
use super::expression::{Comparable, Deferred, Expression, Operand};
use super::mapped::Mapped;
use super::new::{New, Setting};
use super::result::{FromRow, Rows};
use super::select::Select;
use super::session::Session;
use super::values::ColumnValue;
use crate::engine::{Cause, Parameters};
use crate::orm::{BulkRow, OrmError, OrmErrorKind, OrmResult, Synchronize};
use crate::sql::{self, Assignment, Expr, Statement};

/// What a session can execute.
pub trait Executable {
    /// What comes of it.
    type Output;

    /// Executes it.
    ///
    /// # Errors
    /// The database's, and what autoflush raises.
    #[doc(hidden)]
    fn execute_in(self, session: &mut Session<'_>) -> OrmResult<Self::Output>;
}

impl<R: FromRow> Executable for Select<R> {
    type Output = Rows<R>;

    fn execute_in(self, session: &mut Session<'_>) -> OrmResult<Rows<R>> {
        let query = self.query(&session.database.scope())?;
        session.run(|orm, hooks, id| {
            let lowered = orm.lower_with(&query.select, &query.options)?;
            orm.autoflush(hooks, id, "query")?;
            let none = &Parameters::None;
            orm.load(hooks, id, &lowered, none, Cause::Query, query.populate_existing).map(Rows::new)
        })
    }
}

impl<R: FromRow> Executable for &Select<R> {
    type Output = Rows<R>;

    fn execute_in(self, session: &mut Session<'_>) -> OrmResult<Rows<R>> {
        self.clone().execute_in(session)
    }
}

/// An UPDATE of a class's rows: [`update`] makes one.
#[must_use = "a statement does nothing until a session executes it"]
pub struct Update<T> {
    values: Vec<(&'static str, Operand)>,
    where_: Vec<Deferred<Expr>>,
    class: PhantomData<fn() -> T>,
}

/// `update(Class)`. Objects in the session follow.
///
/// ```
/// use ormscope::typed::prelude::*;
///
/// #[derive(Mapped)]
/// #[mapped(table = "pets")]
/// struct Pet {
///     #[mapped(primary_key)]
///     id: i64,
///     age: i64,
/// }
///
/// let mut db = Database::open("sqlite://")?;
/// db.create_all::<Pet>()?;
/// let mut session = db.session();
/// session.execute(insert([new!(Pet { age: 3 }), new!(Pet { age: 12 })]))?;
/// // update(Pet).where(Pet.age < 10).values(age=Pet.age + 1)
/// let birthday = update::<Pet>().where_(Pet::age.lt(10)).set(Pet::age, Pet::age + 1);
/// assert_eq!(session.execute(birthday)?, 1);
/// let ages = Select::of(Pet::age).order_by(Pet::age);
/// assert_eq!(session.scalars(ages)?.all()?, [4, 12]);
/// assert_eq!(session.execute(delete::<Pet>().where_(Pet::age.gt(10)))?, 1);
/// # Ok::<(), OrmError>(())
/// ```
pub fn update<T: Mapped>() -> Update<T> {
    Update { values: Vec::new(), where_: Vec::new(), class: PhantomData }
}

impl<T: Mapped> Update<T> {
    /// What a column is set to: a value, or an expression.
    pub fn set<V: ColumnValue>(mut self, column: Column<T, V>, value: impl Comparable<V::Base>) -> Update<T> {
        self.values.push((column.key(), value.operand()));
        self
    }

    /// A condition of WHERE; several are joined by AND.
    pub fn where_(mut self, condition: impl Expression<Value: ColumnValue<Base = bool>>) -> Update<T> {
        self.where_.push(condition.sql().deferred());
        self
    }
}

impl<T: Mapped> Executable for Update<T> {
    type Output = u64;

    fn execute_in(self, session: &mut Session<'_>) -> OrmResult<u64> {
        let scope = session.database.scope();
        let mapper = scope.mapper::<T>()?;
        let mut update = sql::Update::of(scope.orm.mapper(mapper).table);
        for (key, operand) in &self.values {
            let attribute = scope.place(mapper, key)?;
            let column = scope.orm.mapper(mapper).attributes[attribute].columns().next();
            let column = column.map(|id| scope.orm.schema.column(id).key.clone());
            let column = column.unwrap_or_else(|| key.to_string());
            update.values.push(Assignment::of(&column, (operand.0)(&scope)?));
        }
        update.valued = !update.values.is_empty();
        update.where_ = self.where_.iter().map(|make| make(&scope)).collect::<OrmResult<_>>()?;
        change(session, mapper, update.into())
    }
}

/// A DELETE of a class's rows: [`delete`] makes one.
#[must_use = "a statement does nothing until a session executes it"]
pub struct Delete<T> {
    where_: Vec<Deferred<Expr>>,
    class: PhantomData<fn() -> T>,
}

/// `delete(Class)`. Objects in the session follow.
pub fn delete<T: Mapped>() -> Delete<T> {
    Delete { where_: Vec::new(), class: PhantomData }
}

impl<T: Mapped> Delete<T> {
    /// A condition of WHERE; several are joined by AND.
    pub fn where_(mut self, condition: impl Expression<Value: ColumnValue<Base = bool>>) -> Delete<T> {
        self.where_.push(condition.sql().deferred());
        self
    }
}

impl<T: Mapped> Executable for Delete<T> {
    type Output = u64;

    fn execute_in(self, session: &mut Session<'_>) -> OrmResult<u64> {
        let scope = session.database.scope();
        let mapper = scope.mapper::<T>()?;
        let mut delete = sql::Delete::from(scope.orm.mapper(mapper).table);
        delete.where_ = self.where_.iter().map(|make| make(&scope)).collect::<OrmResult<_>>()?;
        change(session, mapper, delete.into())
    }
}

fn change(session: &mut Session<'_>, mapper: crate::types::MapperId, statement: Statement) -> OrmResult<u64> {
    session.run(|orm, hooks, id| {
        let how = Synchronize::Auto;
        let done = orm.execute_bulk(hooks, id, mapper, &statement, &Parameters::None, how)?;
        Ok(u64::try_from(done.rowcount).unwrap_or(0))
    })
}

/// An INSERT of rows that no object is made for: [`insert`] makes one.
#[must_use = "a statement does nothing until a session executes it"]
pub struct Insert<T> {
    rows: Vec<New<T>>,
}

/// `insert(Class)` with rows: one statement for all, and no objects.
pub fn insert<T: Mapped>(rows: impl IntoIterator<Item = New<T>>) -> Insert<T> {
    Insert { rows: rows.into_iter().collect() }
}

impl<T: Mapped> Executable for Insert<T> {
    type Output = u64;

    fn execute_in(self, session: &mut Session<'_>) -> OrmResult<u64> {
        let mapper = session.database.scope().mapper::<T>()?;
        let table = session.orm().mapper(mapper).table;
        let rows = self.rows.into_iter().map(row).collect::<OrmResult<Vec<BulkRow>>>()?;
        if rows.is_empty() {
            return Ok(0);
        }
        let count = rows.len() as u64;
        session.run(|orm, hooks, id| {
            orm.autoflush(hooks, id, "execute")?;
            orm.insert_rows(hooks, id, mapper, &sql::Insert::into(table), rows, false)?;
            Ok(count)
        })
    }
}

/// A row of a new object's columns.
fn row<T: Mapped>(new: New<T>) -> OrmResult<BulkRow> {
    let values = new.object.values.into_iter().map(|(key, setting)| match setting {
        Setting::Value(value) => Ok((Rc::from(key), value)),
        _ => Err(OrmError::new(
            OrmErrorKind::InvalidRequest,
            format!(
                "insert() takes columns only, and '{key}' is a relationship; add the objects to the session"
            ),
        )),
    });
    values.collect()
}
