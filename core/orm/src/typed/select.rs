//! `select()` of mapped classes.
//!
//! A statement is a list of steps that a database's classes are needed for; it
//! becomes a [`sql::Select`] when it is executed or printed.
//! SQLAlchemy counterpart: `Select` as the ORM uses it.

use std::marker::PhantomData;
use std::rc::Rc;

use super::alias::{Alias, Class};
use super::attribute::{Related, Relationship};
use super::expression::{Deferred, Expression, Expressions, Sql};
use super::instance::Instance;
use super::mapped::Mapped;
use super::options::Load;
use super::related::Narrowed;
use super::result::FromRow;
use super::scope::Scope;
use super::values::ColumnValue;
use crate::orm::{LoadOption, OrmResult};
use crate::sql::{self, Entity, Expr, JoinKind, JoinTarget, SelectItem};

/// A statement as it is written out.
#[derive(Default)]
pub(super) struct Query {
    pub(super) select: sql::Select,
    pub(super) options: Vec<LoadOption>,
    pub(super) populate_existing: bool,
}

type Step = Rc<dyn Fn(&Scope<'_>, &mut Query) -> OrmResult<()>>;

/// A SELECT whose rows become an `R` each.
#[must_use = "a statement does nothing until a session executes it"]
pub struct Select<R> {
    steps: Vec<Step>,
    row: PhantomData<fn() -> R>,
}

/// `select(Class)`
///
/// ```
/// use ormscope::typed::prelude::*;
///
/// #[derive(Mapped)]
/// #[mapped(table = "users")]
/// struct User {
///     #[mapped(primary_key)]
///     id: i64,
///     name: String,
///     addresses: Many<Address>,
/// }
///
/// #[derive(Mapped)]
/// #[mapped(table = "addresses")]
/// struct Address {
///     #[mapped(primary_key)]
///     id: i64,
///     email: String,
///     #[mapped(foreign_key = "users.id")]
///     user_id: i64,
/// }
///
/// let mut db = Database::open("sqlite://")?;
/// db.map::<User>()?;
/// // select(User).join(User.addresses).where(Address.email.like("%@aol.com")).order_by(User.id)
/// let of_aol = select::<User>()
///     .join(User::addresses)
///     .where_(Address::email.like("%@aol.com"))
///     .order_by(User::id);
/// assert_eq!(
///     db.to_sql(&of_aol)?,
///     "SELECT users.id, users.name \n\
///      FROM users JOIN addresses ON users.id = addresses.user_id \n\
///      WHERE addresses.email LIKE ? ORDER BY users.id",
/// );
/// # Ok::<(), OrmError>(())
/// ```
pub fn select<T: Mapped>() -> Select<Instance<T>> {
    Select::of(super::alias::class::<T>())
}

impl<R: 'static> Select<R> {
    /// A SELECT of classes, aliases, columns and other expressions: of one, or
    /// of a tuple of them.
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
    /// }
    ///
    /// let mut db = Database::open("sqlite://")?;
    /// db.create_all::<Pet>()?;
    /// let mut session = db.session();
    /// session.add(new!(Pet { name: "Rex" }))?;
    /// // for id, name in session.execute(select(Pet.id, Pet.name)):
    /// for (id, name) in session.execute(Select::of((Pet::id, Pet::name)))?.all()? {
    ///     assert_eq!((id, name.as_str()), (1, "Rex"));
    /// }
    /// # Ok::<(), OrmError>(())
    /// ```
    pub fn of<S: Selection<Row = R>>(selected: S) -> Select<R> {
        let items = selected.items();
        Select { steps: Vec::new(), row: PhantomData }.step(move |scope, query| {
            for item in &items {
                query.select.items.push(item(scope)?);
            }
            Ok(())
        })
    }

    fn step(mut self, step: impl Fn(&Scope<'_>, &mut Query) -> OrmResult<()> + 'static) -> Select<R> {
        self.steps.push(Rc::new(step));
        self
    }

    /// The same with something changed that has no word of its own here.
    pub fn with(self, change: impl Fn(sql::Select) -> sql::Select + 'static) -> Select<R> {
        self.step(move |_, query| {
            query.select = change(std::mem::take(&mut query.select));
            Ok(())
        })
    }

    /// A condition of WHERE; several are joined by AND.
    pub fn where_(self, condition: impl Expression<Value: ColumnValue<Base = bool>>) -> Select<R> {
        let condition = condition.sql();
        self.step(move |scope, query| {
            query.select.where_.push(condition.expr(scope)?);
            Ok(())
        })
    }

    /// `ORDER BY` one expression, or a tuple of them.
    pub fn order_by(self, by: impl Expressions) -> Select<R> {
        self.list(by, |select| &mut select.order_by)
    }

    /// `GROUP BY` one expression, or a tuple of them.
    pub fn group_by(self, by: impl Expressions) -> Select<R> {
        self.list(by, |select| &mut select.group_by)
    }

    fn list(self, exprs: impl Expressions, place: fn(&mut sql::Select) -> &mut Vec<Expr>) -> Select<R> {
        let exprs = exprs.each();
        self.step(move |scope, query| {
            for expr in &exprs {
                place(&mut query.select).push(expr.expr(scope)?);
            }
            Ok(())
        })
    }

    /// A condition of HAVING; several are joined by AND.
    pub fn having(self, condition: impl Expression<Value: ColumnValue<Base = bool>>) -> Select<R> {
        let condition = condition.sql();
        self.step(move |scope, query| {
            query.select.having.push(condition.expr(scope)?);
            Ok(())
        })
    }

    /// `LIMIT`
    pub fn limit(self, count: i64) -> Select<R> {
        self.with(move |select| select.limit(count))
    }

    /// `OFFSET`
    pub fn offset(self, count: i64) -> Select<R> {
        self.with(move |select| select.offset(count))
    }

    /// `SELECT DISTINCT`
    pub fn distinct(self) -> Select<R> {
        self.with(sql::Select::distinct)
    }

    /// `JOIN`: along a relationship, or with a class, whose condition then
    /// follows from the foreign keys.
    pub fn join(self, path: impl JoinPath) -> Select<R> {
        self.joined(path, JoinKind::Inner)
    }

    /// `LEFT OUTER JOIN`, as [`Select::join`].
    pub fn outer_join(self, path: impl JoinPath) -> Select<R> {
        self.joined(path, JoinKind::Outer)
    }

    fn joined(self, path: impl JoinPath, kind: JoinKind) -> Select<R> {
        let join = path.join(kind);
        self.step(move |scope, query| {
            query.select.joins.push(join(scope)?);
            Ok(())
        })
    }

    /// `JOIN … ON` a condition.
    pub fn join_on<S: Source>(
        self,
        source: S,
        on: impl Expression<Value: ColumnValue<Base = bool>>,
    ) -> Select<R> {
        self.joined_on(source, on, JoinKind::Inner)
    }

    /// `LEFT OUTER JOIN … ON` a condition.
    pub fn outer_join_on<S: Source>(
        self,
        source: S,
        on: impl Expression<Value: ColumnValue<Base = bool>>,
    ) -> Select<R> {
        self.joined_on(source, on, JoinKind::Outer)
    }

    fn joined_on<S: Source>(
        self,
        source: S,
        on: impl Expression<Value: ColumnValue<Base = bool>>,
        kind: JoinKind,
    ) -> Select<R> {
        let (entity, on) = (source.entity(), on.sql());
        self.step(move |scope, query| {
            let entity = entity(scope)?;
            let from = scope.orm.entity_from(&entity);
            let join = JoinTarget::new(from, Some(on.expr(scope)?), kind);
            query.select.joins.push(JoinTarget { entity: Some(entity), ..join });
            Ok(())
        })
    }

    /// What stands in FROM even where nothing of it is selected.
    pub fn select_from<S: Source>(self, source: S) -> Select<R> {
        let entity = source.entity();
        self.step(move |scope, query| {
            let entity = entity(scope)?;
            query.select.from.push(scope.orm.entity_from(&entity));
            query.select.entities.push(entity);
            Ok(())
        })
    }

    /// How what belongs to the selected objects is loaded: `options(selectinload(…))`.
    pub fn options<T: 'static>(self, load: Load<T>) -> Select<R> {
        self.step(move |scope, query| {
            query.options.extend(load.options(scope)?);
            Ok(())
        })
    }

    /// Has objects that are in the session already filled anew.
    pub fn populate_existing(self) -> Select<R> {
        self.step(|_, query| {
            query.populate_existing = true;
            Ok(())
        })
    }

    /// `EXISTS (SELECT …)`
    pub fn exists(&self) -> Sql<bool> {
        let select = self.clone();
        Sql::new(move |scope| Ok(Expr::exists(&select.lowered(scope)?)))
    }
}

impl<R> Select<R> {
    pub(super) fn query(&self, scope: &Scope<'_>) -> OrmResult<Query> {
        let mut query = Query::default();
        self.steps.iter().try_for_each(|step| step(scope, &mut query))?;
        Ok(query)
    }

    /// The plain select that it is inside of another statement.
    pub(super) fn lowered(&self, scope: &Scope<'_>) -> OrmResult<sql::Select> {
        let query = self.query(scope)?;
        Ok(scope.orm.lower(&query.select)?.select)
    }
}

impl<V: ColumnValue> Select<V> {
    /// This as a value, which is nothing where it has no row.
    pub fn scalar_subquery(&self) -> Sql<Option<V::Base>> {
        let select = self.clone();
        Sql::new(move |scope| Ok(select.lowered(scope)?.scalar()))
    }
}

impl<R> Clone for Select<R> {
    fn clone(&self) -> Select<R> {
        Select { steps: self.steps.clone(), row: PhantomData }
    }
}

/// What can be selected: a class, an alias, an expression, or a tuple of such.
pub trait Selection {
    /// What each row becomes.
    type Row: FromRow;

    /// What makes the items of the SELECT.
    #[doc(hidden)]
    fn items(&self) -> Vec<Deferred<SelectItem>>;
}

impl<E: Expression> Selection for E {
    type Row = E::Value;

    fn items(&self) -> Vec<Deferred<SelectItem>> {
        let sql = self.sql();
        vec![Rc::new(move |scope| Ok(SelectItem::Expr(sql.expr(scope)?)))]
    }
}

impl<T: Mapped> Selection for Class<T> {
    type Row = Instance<T>;

    fn items(&self) -> Vec<Deferred<SelectItem>> {
        entity_item(self.entity())
    }
}

impl<T: Mapped> Selection for &Alias<T> {
    type Row = Instance<T>;

    fn items(&self) -> Vec<Deferred<SelectItem>> {
        entity_item(self.entity())
    }
}

/// A class whose object may be missing in a row, behind an outer join.
pub struct Maybe<S>(pub(super) S);

impl<S: Source> Selection for Maybe<S> {
    type Row = Option<Instance<S::Class>>;

    fn items(&self) -> Vec<Deferred<SelectItem>> {
        entity_item(self.0.entity())
    }
}

fn entity_item(entity: Deferred<Entity>) -> Vec<Deferred<SelectItem>> {
    vec![Rc::new(move |scope| Ok(SelectItem::Entity(entity(scope)?)))]
}

macro_rules! selections {
    ($(($($part:ident $at:tt),*);)*) => {
        $(impl<$($part: Selection),*> Selection for ($($part,)*)
        where
            ($($part::Row,)*): FromRow,
        {
            type Row = ($($part::Row,)*);

            fn items(&self) -> Vec<Deferred<SelectItem>> {
                let mut items = Vec::new();
                $(items.extend(self.$at.items());)*
                items
            }
        })*
    };
}

selections! {
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
}

/// What can stand in FROM: a class, or an alias of one.
pub trait Source {
    /// The class.
    type Class: Mapped;

    /// What makes it.
    #[doc(hidden)]
    fn entity(&self) -> Deferred<Entity>;
}

impl<T: Mapped> Source for Class<T> {
    type Class = T;

    fn entity(&self) -> Deferred<Entity> {
        Rc::new(|scope| scope.entity::<T>())
    }
}

impl<T: Mapped> Source for &Alias<T> {
    type Class = T;

    fn entity(&self) -> Deferred<Entity> {
        let alias: Alias<T> = (*self).clone();
        Rc::new(move |scope| scope.alias(&alias))
    }
}

/// What can be joined without a condition: a relationship, a class, an alias.
pub trait JoinPath {
    /// What makes the join.
    #[doc(hidden)]
    fn join(self, kind: JoinKind) -> Deferred<JoinTarget>;
}

impl<C: Mapped, K: Related> JoinPath for Relationship<C, K> {
    fn join(self, kind: JoinKind) -> Deferred<JoinTarget> {
        JoinPath::join(Narrowed::new(self), kind)
    }
}

impl<C: Mapped, K: Related> JoinPath for Narrowed<C, K> {
    fn join(self, kind: JoinKind) -> Deferred<JoinTarget> {
        Rc::new(move |scope| self.target(scope, kind))
    }
}

impl<T: Mapped> JoinPath for Class<T> {
    fn join(self, kind: JoinKind) -> Deferred<JoinTarget> {
        by_foreign_key(self.entity(), kind)
    }
}

impl<T: Mapped> JoinPath for &Alias<T> {
    fn join(self, kind: JoinKind) -> Deferred<JoinTarget> {
        by_foreign_key(self.entity(), kind)
    }
}

fn by_foreign_key(entity: Deferred<Entity>, kind: JoinKind) -> Deferred<JoinTarget> {
    Rc::new(move |scope| {
        let entity = entity(scope)?;
        let from = scope.orm.entity_from(&entity);
        Ok(JoinTarget { entity: Some(entity), ..JoinTarget::new(from, None, kind) })
    })
}
