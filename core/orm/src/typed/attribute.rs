//! Attributes of mapped structs as values: `User::name`, `User::addresses`.
//!
//! They know the class and the type that they are of, and no database.
//! SQLAlchemy counterpart: `InstrumentedAttribute`, `RelationshipProperty.Comparator`.

use std::fmt;
use std::marker::PhantomData;

use super::alias::Alias;
use super::expression::{Conditions, Expression, Sql};
use super::instance::Instance;
use super::mapped::Mapped;
use super::new::{Addable, Member, Setting};
use super::related::{self, Narrowed};
use super::values::ColumnValue;
use crate::orm::{AttributeValue, History, Object, Orm, OrmError, OrmErrorKind, OrmResult, Slot};
use crate::types::{StateId, Value};

/// A column of a mapped struct: `User::name`.
///
/// It is an [`Expression`] in statements, and names the attribute to
/// [`Instance::get`] and [`Instance::set`].
pub struct Column<C, V> {
    key: &'static str,
    types: PhantomData<fn() -> (C, V)>,
}

impl<C, V> Column<C, V> {
    /// The column of the attribute of that name; `#[derive(Mapped)]` writes it.
    pub const fn new(key: &'static str) -> Column<C, V> {
        Column { key, types: PhantomData }
    }

    /// The attribute's name.
    pub const fn key(self) -> &'static str {
        self.key
    }
}

impl<C, V: ColumnValue> Column<C, V> {
    /// The same where it may be `None`: of an object without a row yet, or
    /// behind an outer join.
    pub const fn optional(self) -> Column<C, Option<V::Base>> {
        Column::new(self.key)
    }
}

impl<C, V> Clone for Column<C, V> {
    fn clone(&self) -> Column<C, V> {
        *self
    }
}

impl<C, V> Copy for Column<C, V> {}

impl<C: Mapped, V: ColumnValue> Expression for Column<C, V> {
    type Value = V;

    fn sql(&self) -> Sql<V> {
        let key = self.key;
        Sql::new(move |scope| scope.attribute(&scope.entity::<C>()?, key))
    }
}

/// A relationship of a mapped struct: `User::addresses`.
pub struct Relationship<C, K> {
    key: &'static str,
    types: PhantomData<fn() -> (C, K)>,
}

impl<C, K> Relationship<C, K> {
    /// The relationship of that name; `#[derive(Mapped)]` writes it.
    pub const fn new(key: &'static str) -> Relationship<C, K> {
        Relationship { key, types: PhantomData }
    }

    /// The attribute's name.
    pub const fn key(self) -> &'static str {
        self.key
    }
}

impl<C, K> Clone for Relationship<C, K> {
    fn clone(&self) -> Relationship<C, K> {
        *self
    }
}

impl<C, K> Copy for Relationship<C, K> {}

impl<C: Mapped, K: Related> Relationship<C, K> {
    /// The relationship to an alias of the class at the other end.
    pub fn of_type(self, alias: &Alias<K::Target>) -> Narrowed<C, K> {
        Narrowed::new(self).of_type(alias)
    }

    /// The relationship with something added to its condition.
    pub fn and_(self, condition: impl Expression<Value: ColumnValue<Base = bool>>) -> Narrowed<C, K> {
        Narrowed::new(self).and_(condition)
    }
}

impl<C: Mapped, T: Mapped> Relationship<C, Many<T>> {
    /// Whether there is a related object that meets the conditions; any at all
    /// with `()`.
    ///
    /// ```
    /// use ormscope::typed::prelude::*;
    ///
    /// #[derive(Mapped)]
    /// #[mapped(table = "users")]
    /// struct User {
    ///     #[mapped(primary_key)]
    ///     id: i64,
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
    /// let of_aol = select::<User>().where_(User::addresses.any(Address::email.ends_with("@aol.com")));
    /// assert_eq!(
    ///     db.to_sql(&of_aol)?,
    ///     "SELECT users.id \n\
    ///      FROM users \n\
    ///      WHERE EXISTS (SELECT 1 \n\
    ///      FROM addresses \n\
    ///      WHERE users.id = addresses.user_id AND (addresses.email LIKE '%' || ?))",
    /// );
    /// # Ok::<(), OrmError>(())
    /// ```
    pub fn any(self, conditions: impl Conditions) -> Sql<bool> {
        related::exists(self, conditions)
    }

    /// Whether an object is among the related ones.
    pub fn contains(self, object: &Instance<T>) -> Sql<bool> {
        related::equals(self, object)
    }
}

impl<C: Mapped, T: Mapped> Relationship<C, One<T>> {
    /// Whether there is a related object that meets the conditions; any at all
    /// with `()`.
    pub fn has(self, conditions: impl Conditions) -> Sql<bool> {
        related::exists(self, conditions)
    }

    /// Whether an object is the related one: `Address.user == user`.
    pub fn eq(self, object: &Instance<T>) -> Sql<bool> {
        related::equals(self, object)
    }

    /// Whether there is no related object: `Address.user == None`.
    pub fn is_none(self) -> Sql<bool> {
        related::is_nothing(self)
    }
}

/// The objects at the other end of a relationship: the type of a field.
///
/// As a value it is what a struct says of its collection: that it holds these
/// members, or, by default, nothing at all.
pub struct Many<T> {
    pub(super) members: Option<Vec<Member>>,
    class: PhantomData<fn() -> T>,
}

/// The object at the other end of a relationship: the type of a field.
///
/// As a value it is what a struct says of it: that it is this one or none, or,
/// by default, nothing at all.
pub struct One<T> {
    pub(super) member: Option<Option<Member>>,
    class: PhantomData<fn() -> T>,
}

impl<T> Default for Many<T> {
    fn default() -> Many<T> {
        Many { members: None, class: PhantomData }
    }
}

impl<T> Default for One<T> {
    fn default() -> One<T> {
        One { member: None, class: PhantomData }
    }
}

impl<T> Clone for Many<T> {
    fn clone(&self) -> Many<T> {
        Many { members: self.members.clone(), class: PhantomData }
    }
}

impl<T> Clone for One<T> {
    fn clone(&self) -> One<T> {
        One { member: self.member.clone(), class: PhantomData }
    }
}

impl<T> PartialEq for Many<T> {
    fn eq(&self, other: &Many<T>) -> bool {
        self.members == other.members
    }
}

impl<T> PartialEq for One<T> {
    fn eq(&self, other: &One<T>) -> bool {
        self.member == other.member
    }
}

impl<T> fmt::Debug for Many<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.members {
            Some(members) => members.fmt(f),
            None => f.write_str("not loaded"),
        }
    }
}

impl<T> fmt::Debug for One<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.member {
            Some(member) => member.fmt(f),
            None => f.write_str("not loaded"),
        }
    }
}

impl<T: Mapped> Many<T> {
    /// Just these members.
    pub fn of(members: impl IntoIterator<Item: Addable<Class = T>>) -> Many<T> {
        let members = members.into_iter().map(Addable::into_member).collect();
        Many { members: Some(members), class: PhantomData }
    }

    /// The members that have a handle; none where they were not loaded.
    pub fn loaded(&self) -> Option<Vec<Instance<T>>> {
        let members = self.members.as_ref()?;
        Some(members.iter().filter_map(Member::object).map(Instance::from_object).collect())
    }
}

impl<T: Mapped> One<T> {
    /// Just this object.
    pub fn of(member: impl Addable<Class = T>) -> One<T> {
        One { member: Some(Some(member.into_member())), class: PhantomData }
    }

    /// No object.
    pub fn none() -> One<T> {
        One { member: Some(None), class: PhantomData }
    }

    /// The object, where it was loaded and there is one.
    pub fn loaded(&self) -> Option<Instance<T>> {
        self.member.as_ref()?.as_ref()?.object().map(Instance::from_object)
    }
}

/// What a relationship leads to: [`Many`] objects, or [`One`].
pub trait Related: 'static {
    /// The class at the other end.
    type Target: Mapped;

    /// What is read of it.
    type Value;

    /// What its history is made of.
    type Item;

    /// Whether it is a collection.
    const USELIST: bool;

    /// What is read, from what the floor below has.
    #[doc(hidden)]
    fn value(value: AttributeValue) -> Option<Self::Value>;

    /// A part of its history.
    #[doc(hidden)]
    fn item(object: Option<Object>) -> Option<Self::Item>;

    /// The field of a struct, as far as it is loaded.
    #[doc(hidden)]
    fn from_slot(slot: &Slot) -> Self;

    /// What the field of a struct says.
    #[doc(hidden)]
    fn into_setting(self) -> Option<Setting>;
}

impl<T: Mapped> Related for Many<T> {
    type Target = T;
    type Value = Vec<Instance<T>>;
    type Item = Instance<T>;
    const USELIST: bool = true;

    fn value(value: AttributeValue) -> Option<Vec<Instance<T>>> {
        match value {
            AttributeValue::Collection(collection) => {
                Some(collection.items().into_iter().map(Instance::from_object).collect())
            }
            _ => None,
        }
    }

    fn item(object: Option<Object>) -> Option<Instance<T>> {
        object.map(Instance::from_object)
    }

    fn from_slot(slot: &Slot) -> Many<T> {
        match slot {
            Slot::Collection(collection) => Many {
                members: Some(collection.items().into_iter().map(Member::Held).collect()),
                class: PhantomData,
            },
            _ => Many::default(),
        }
    }

    fn into_setting(self) -> Option<Setting> {
        self.members.map(Setting::Many)
    }
}

impl<T: Mapped> Related for One<T> {
    type Target = T;
    type Value = Option<Instance<T>>;
    type Item = Option<Instance<T>>;
    const USELIST: bool = false;

    fn value(value: AttributeValue) -> Option<Option<Instance<T>>> {
        match value {
            AttributeValue::Object(object) => Some(object.map(Instance::from_object)),
            _ => None,
        }
    }

    fn item(object: Option<Object>) -> Option<Option<Instance<T>>> {
        Some(object.map(Instance::from_object))
    }

    fn from_slot(slot: &Slot) -> One<T> {
        match slot {
            Slot::Object(object) => {
                One { member: Some(object.clone().map(|object| Member::Held(*object))), class: PhantomData }
            }
            _ => One::default(),
        }
    }

    fn into_setting(self) -> Option<Setting> {
        self.member.map(Setting::One)
    }
}

/// An attribute of a mapped struct: a [`Column`] or a [`Relationship`].
pub trait Attribute: Copy {
    /// The class that has it.
    type Class: Mapped;

    /// The type of its field.
    type Field;

    /// What is read of it.
    type Value;

    /// What its history is made of.
    type Item;

    /// Its name.
    fn name(self) -> &'static str;

    /// What is read, from what the floor below has.
    ///
    /// # Errors
    /// When that is of another type.
    #[doc(hidden)]
    fn value(self, value: AttributeValue) -> OrmResult<Self::Value>;

    /// Its changes since the last flush.
    ///
    /// # Errors
    /// When a value is of another type.
    #[doc(hidden)]
    fn history(self, orm: &Orm, state: StateId, place: usize) -> OrmResult<History<Self::Item>>;
}

impl<C: Mapped, V: ColumnValue> Attribute for Column<C, V> {
    type Class = C;
    type Field = V;
    type Value = V;
    type Item = V;

    fn name(self) -> &'static str {
        self.key
    }

    fn value(self, value: AttributeValue) -> OrmResult<V> {
        match value {
            AttributeValue::Value(value) => fitting(&value, || self.label()),
            _ => Err(misfit(&self.label(), "a relationship", "a column's value")),
        }
    }

    fn history(self, orm: &Orm, state: StateId, place: usize) -> OrmResult<History<V>> {
        let history = orm.value_history(state, place);
        let typed = |values: Vec<Value>| {
            values.iter().map(|value| fitting(value, || self.label())).collect::<OrmResult<_>>()
        };
        Ok(History {
            added: typed(history.added)?,
            unchanged: typed(history.unchanged)?,
            deleted: typed(history.deleted)?,
        })
    }
}

impl<C: Mapped, V> Column<C, V> {
    fn label(self) -> String {
        format!("{}.{}", C::NAME, self.key)
    }
}

impl<C: Mapped, K: Related> Attribute for Relationship<C, K> {
    type Class = C;
    type Field = K;
    type Value = K::Value;
    type Item = K::Item;

    fn name(self) -> &'static str {
        self.key
    }

    fn value(self, value: AttributeValue) -> OrmResult<K::Value> {
        let is_queued = matches!(value, AttributeValue::Queued);
        K::value(value).ok_or_else(|| {
            let name = format!("{}.{}", C::NAME, self.key);
            match is_queued {
                true => OrmError::new(
                    OrmErrorKind::InvalidRequest,
                    format!("{name} is never loaded as a whole; select its objects"),
                ),
                false => misfit(&name, "another kind of attribute", "what its field says"),
            }
        })
    }

    fn history(self, orm: &Orm, state: StateId, place: usize) -> OrmResult<History<K::Item>> {
        let history = orm.object_history(state, place);
        let typed = |objects: Vec<Option<Object>>| objects.into_iter().filter_map(K::item).collect();
        Ok(History {
            added: typed(history.added),
            unchanged: typed(history.unchanged),
            deleted: typed(history.deleted),
        })
    }
}

/// A value as the type that is wanted.
pub(super) fn fitting<V: ColumnValue>(value: &Value, name: impl FnOnce() -> String) -> OrmResult<V> {
    V::from_value(value).ok_or_else(|| {
        let wanted = std::any::type_name::<V>();
        misfit(&name(), &value.repr(), wanted)
    })
}

fn misfit(name: &str, found: &str, wanted: &str) -> OrmError {
    let hint = if found == "None" { "; optional() reads it as an Option" } else { "" };
    OrmError::new(OrmErrorKind::Type, format!("{name} is {found}, which is no {wanted}{hint}"))
}
