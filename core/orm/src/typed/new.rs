//! Objects that are to be made: what a class's constructor is called with.
//!
//! It is plain data, of which a session makes objects.
//! SQLAlchemy counterpart: the constructor of `sqlalchemy.orm.decl_base`.

use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::attribute::{Attribute, Column, Many, One, Related, Relationship};
use super::instance::Instance;
use super::mapped::{ClassRef, IsA, Mapped};
use super::values::{ColumnType, ColumnValue};
use crate::orm::Object;
use crate::types::Value;

/// An object that is to be made, with the attributes that it is given; [`new!`](crate::new)
/// writes it. Attributes that it is not given are left to their defaults, or to the database.
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
/// // Pet(name="Rex")
/// let rex = session.add(New::<Pet>::default().with(Pet::name, "Rex"))?;
/// let tom = session.add(new!(Pet { name: "Tom" }))?;
/// session.flush()?;
/// assert_eq!((rex.get(&mut session, Pet::id)?, tom.get(&mut session, Pet::id)?), (1, 2));
/// # Ok::<(), OrmError>(())
/// ```
///
/// Only what fits an attribute can be given to it:
///
/// ```compile_fail,E0277
/// # use ormscope::typed::prelude::*;
/// # #[derive(Mapped)]
/// # #[mapped(table = "pets")]
/// # struct Pet {
/// #     #[mapped(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// let rex = new!(Pet { name: 5 });
/// ```
#[must_use = "an object is made when it is added to a session"]
pub struct New<T> {
    pub(super) object: NewObject,
    class: PhantomData<fn() -> T>,
}

impl<T> Clone for New<T> {
    fn clone(&self) -> New<T> {
        New { object: self.object.clone(), class: PhantomData }
    }
}

/// The same where the class is not known to Rust.
#[derive(Clone)]
pub(super) struct NewObject {
    pub(super) class: ClassRef,
    pub(super) values: Vec<(&'static str, Setting)>,
}

/// What an attribute is set to.
#[derive(Clone)]
pub enum Setting {
    /// A column's value.
    Value(Value),
    /// The object at the other end of a relationship, or none.
    One(Option<Member>),
    /// The objects at the other end of a relationship.
    Many(Vec<Member>),
}

/// An object that is given: one that there is, or one that is to be made.
#[derive(Clone)]
pub enum Member {
    /// One that there is.
    Held(Object),
    /// One that is to be made.
    New(MemberToMake),
}

/// An object that is to be made, as part of another.
#[derive(Clone)]
pub struct MemberToMake(pub(super) NewObject);

impl Member {
    /// The object that there is.
    pub(super) fn object(&self) -> Option<Object> {
        match self {
            Member::Held(object) => Some(object.clone()),
            Member::New(_) => None,
        }
    }
}

/// Whether both are the same object; one that is to be made is like no other.
impl PartialEq for Member {
    fn eq(&self, other: &Member) -> bool {
        match (self, other) {
            (Member::Held(own), Member::Held(other)) => Rc::ptr_eq(&own.owner, &other.owner),
            _ => false,
        }
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Member::Held(object) => object.fmt(f),
            Member::New(new) => write!(f, "new {}", new.0.class.name),
        }
    }
}

impl<T: Mapped> Default for New<T> {
    fn default() -> New<T> {
        New { object: NewObject { class: ClassRef::of::<T>(), values: Vec::new() }, class: PhantomData }
    }
}

impl<T: Mapped> New<T> {
    /// The same with an attribute that is given.
    pub fn with<A: Attribute>(mut self, attribute: A, value: impl Assign<A::Field>) -> New<T>
    where
        T: IsA<A::Class>,
    {
        self.object.values.push((attribute.name(), value.setting()));
        self
    }

    /// The same with a column's field of the struct.
    pub fn field<V: ColumnValue>(mut self, column: Column<T, V>, value: V) -> New<T> {
        self.object.values.push((column.key(), Setting::Value(value.into_value())));
        self
    }

    /// The same with a relationship's field of the struct, where that says anything.
    pub fn related<K: Related>(mut self, relationship: Relationship<T, K>, value: K) -> New<T> {
        self.object.values.extend(value.into_setting().map(|setting| (relationship.key(), setting)));
        self
    }
}

/// An object of a mapped class with the attributes that are given, as the
/// class's constructor makes it in Python: `new!(User { name: "ed" })` is
/// `User(name="ed")`. The attributes that are not given are left to their
/// defaults, or to the database. It is an [`New`](crate::typed::New).
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
/// db.create_all::<User>()?;
/// let mut session = db.session();
/// // User(name="ed", addresses=[Address(email="ed@example.org")])
/// let ed = new!(User { name: "ed", addresses: [new!(Address { email: "ed@example.org" })] });
/// let ed = session.add(ed)?;
/// session.commit()?;
/// assert_eq!(ed.get(&mut session, User::addresses)?.len(), 1);
/// # Ok::<(), OrmError>(())
/// ```
#[macro_export]
macro_rules! new {
    ($class:ty { $($attribute:ident : $value:expr),* $(,)? }) => {
        <$crate::typed::New<$class> as ::core::default::Default>::default()
            $(.with(<$class>::$attribute, $value))*
    };
}

/// What can be given where an object of a class is wanted: a handle, the
/// attributes of a new one, or a struct with all of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no object of a mapped class",
    label = "expected `new!(…)`, a mapped struct or an `Instance`"
)]
pub trait Addable {
    /// The class.
    type Class: Mapped;

    /// It, as a member of a collection.
    #[doc(hidden)]
    fn into_member(self) -> Member;
}

impl<T: Mapped> Addable for T {
    type Class = T;

    fn into_member(self) -> Member {
        self.into_new().into_member()
    }
}

impl<T: Mapped> Addable for New<T> {
    type Class = T;

    fn into_member(self) -> Member {
        Member::New(MemberToMake(self.object))
    }
}

impl<T: Mapped> Addable for Instance<T> {
    type Class = T;

    fn into_member(self) -> Member {
        Member::Held(self.object().clone())
    }
}

impl<T: Mapped> Addable for &Instance<T> {
    type Class = T;

    fn into_member(self) -> Member {
        Member::Held(self.object().clone())
    }
}

/// What can be given to an attribute whose field is of type `F`.
#[diagnostic::on_unimplemented(
    message = "an attribute of type `{F}` cannot be set to `{Self}`",
    label = "does not fit the attribute"
)]
pub trait Assign<F> {
    /// It, as the attribute is set to it.
    fn setting(self) -> Setting;
}

impl<V: ColumnType> Assign<V> for V {
    fn setting(self) -> Setting {
        Setting::Value(ColumnType::into_value(self))
    }
}

impl<V: ColumnType> Assign<Option<V>> for V {
    fn setting(self) -> Setting {
        Setting::Value(ColumnType::into_value(self))
    }
}

impl<V: ColumnType> Assign<Option<V>> for Option<V> {
    fn setting(self) -> Setting {
        Setting::Value(ColumnValue::into_value(self))
    }
}

impl Assign<String> for &str {
    fn setting(self) -> Setting {
        Setting::Value(Value::text(self))
    }
}

impl Assign<Option<String>> for &str {
    fn setting(self) -> Setting {
        Setting::Value(Value::text(self))
    }
}

impl<T: Mapped, M: Addable<Class: IsA<T>>> Assign<One<T>> for M {
    fn setting(self) -> Setting {
        Setting::One(Some(self.into_member()))
    }
}

impl<T: Mapped> Assign<One<T>> for Option<Instance<T>> {
    fn setting(self) -> Setting {
        Setting::One(self.map(Addable::into_member))
    }
}

impl<T: Mapped, M: Addable<Class: IsA<T>>> Assign<Many<T>> for Vec<M> {
    fn setting(self) -> Setting {
        Setting::Many(self.into_iter().map(Addable::into_member).collect())
    }
}

impl<T: Mapped, M: Addable<Class: IsA<T>>, const N: usize> Assign<Many<T>> for [M; N] {
    fn setting(self) -> Setting {
        Setting::Many(self.into_iter().map(Addable::into_member).collect())
    }
}
