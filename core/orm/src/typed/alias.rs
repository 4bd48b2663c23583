//! Classes as they stand in statements: themselves, and under other names.
//!
//! SQLAlchemy counterpart: `aliased()` of `sqlalchemy.orm`.

use std::marker::PhantomData;
use std::rc::Rc;

use super::attribute::Column;
use super::expression::Sql;
use super::mapped::{IsA, Mapped};
use super::select::Maybe;
use super::values::ColumnValue;
use crate::sql::AnonId;

/// A class as something to select or to join: [`class`] makes one.
pub struct Class<T> {
    class: PhantomData<fn() -> T>,
}

/// A class as something to select or to join, where `User` by itself would be
/// its type.
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
/// db.map::<Pet>()?;
/// // select(Pet, func.lower(Pet.name))
/// let pets = Select::of((class::<Pet>(), func::lower(Pet::name)));
/// assert_eq!(
///     db.to_sql(&pets)?,
///     "SELECT pets.id, pets.name, lower(pets.name) AS lower_1 \nFROM pets",
/// );
/// # Ok::<(), OrmError>(())
/// ```
pub fn class<T: Mapped>() -> Class<T> {
    Class { class: PhantomData }
}

impl<T: Mapped> Class<T> {
    /// The same where a row may have no object of it, behind an outer join.
    pub fn optional(self) -> Maybe<Class<T>> {
        Maybe(self)
    }
}

/// A class under another name: [`aliased`] makes one.
pub struct Alias<T> {
    id: AnonId,
    name: Option<Rc<str>>,
    class: PhantomData<fn() -> T>,
}

/// `aliased(Class)`: the class once more, under a name that is made up.
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
/// db.map::<Pet>()?;
/// let other = aliased::<Pet>();
/// let namesakes = Select::of((Pet::id, other.c(Pet::id)))
///     .join_on(&other, other.c(Pet::name).eq(Pet::name) & other.c(Pet::id).gt(Pet::id));
/// assert_eq!(
///     db.to_sql(&namesakes)?,
///     "SELECT pets.id, pets_1.id AS id_1 \n\
///      FROM pets JOIN pets AS pets_1 ON pets_1.name = pets.name AND pets_1.id > pets.id",
/// );
/// # Ok::<(), OrmError>(())
/// ```
pub fn aliased<T: Mapped>() -> Alias<T> {
    Alias { id: AnonId::fresh(), name: None, class: PhantomData }
}

impl<T: Mapped> Alias<T> {
    /// The same under a name that is given.
    pub fn named(self, name: &str) -> Alias<T> {
        Alias { name: Some(name.into()), ..self }
    }

    /// The same where a row may have no object of it, behind an outer join.
    pub fn optional(&self) -> Maybe<&Alias<T>> {
        Maybe(self)
    }

    /// A column of it.
    pub fn c<C: Mapped, V: ColumnValue>(&self, column: Column<C, V>) -> Sql<V>
    where
        T: IsA<C>,
    {
        let alias = self.clone();
        Sql::new(move |scope| scope.attribute(&scope.alias(&alias)?, column.key()))
    }

    pub(super) fn number(&self) -> u64 {
        self.id.number()
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl<T> Clone for Alias<T> {
    fn clone(&self) -> Alias<T> {
        Alias { id: self.id, name: self.name.clone(), class: PhantomData }
    }
}
