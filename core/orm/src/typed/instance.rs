//! Handles of mapped objects.
//!
//! A handle keeps its object alive and holds none of its values: they belong to
//! the session's floor, which is asked by the handle's id.
//! SQLAlchemy counterpart: an instance of a mapped class, `InstanceState`.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::rc::Rc;

use super::attribute::{Attribute, Column, Many, Related, Relationship};
use super::mapped::{IsA, Mapped};
use super::new::{Addable, Assign};
use super::session::Session;
use super::values::ColumnValue;
use crate::orm::{History, Lifecycle, Object, OrmResult};

/// A handle of an object of class `T`. While there is one, the object stays in
/// its session's identity map; a clone is a handle of the same object.
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
/// let rex = session.add(new!(Pet { name: "Rex" }))?;
/// session.commit()?;
/// // rex.name = rex.name + "!"
/// let name = rex.get(&mut session, Pet::name)?;
/// rex.set(&mut session, Pet::name, name + "!")?;
/// assert_eq!(rex.history(&session, Pet::name)?.added, ["Rex!"]);
/// assert_eq!(session.get::<Pet>(1)?, Some(rex));
/// # Ok::<(), OrmError>(())
/// ```
///
/// An attribute of another class is none of its own:
///
/// ```compile_fail,E0277
/// # use ormscope::typed::prelude::*;
/// # #[derive(Mapped)]
/// # #[mapped(table = "pets")]
/// # struct Pet {
/// #     #[mapped(primary_key)]
/// #     id: i64,
/// # }
/// # #[derive(Mapped)]
/// # #[mapped(table = "owners")]
/// # struct Owner {
/// #     #[mapped(primary_key)]
/// #     id: i64,
/// # }
/// fn id(session: &mut Session<'_>, pet: &Instance<Pet>) -> OrmResult<i64> {
///     pet.get(session, Owner::id)
/// }
/// ```
pub struct Instance<T> {
    object: Object,
    class: PhantomData<fn() -> T>,
}

impl<T: Mapped> Instance<T> {
    pub(super) fn from_object(object: Object) -> Instance<T> {
        Instance { object, class: PhantomData }
    }

    /// The object of the floor below.
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// The value of an attribute; it is loaded where it has to be.
    ///
    /// # Errors
    /// When it cannot be loaded, or is `None` where the field's type has no
    /// room for that.
    pub fn get<A: Attribute>(&self, session: &mut Session<'_>, attribute: A) -> OrmResult<A::Value>
    where
        T: IsA<A::Class>,
    {
        attribute.value(session.read(&self.object, attribute.name())?)
    }

    /// Sets an attribute.
    ///
    /// # Errors
    /// When something that has to be known for it cannot be loaded.
    pub fn set<A: Attribute>(
        &self,
        session: &mut Session<'_>,
        attribute: A,
        value: impl Assign<A::Field>,
    ) -> OrmResult<()>
    where
        T: IsA<A::Class>,
    {
        session.assign(&self.object, attribute.name(), value.setting())
    }

    /// Adds an object to a collection: `user.addresses.append(address)`.
    ///
    /// # Errors
    /// When something that has to be known for it cannot be loaded.
    pub fn append<C, M, U>(
        &self,
        session: &mut Session<'_>,
        collection: Relationship<C, Many<U>>,
        member: M,
    ) -> OrmResult<Instance<M::Class>>
    where
        T: IsA<C>,
        C: Mapped,
        U: Mapped,
        M: Addable<Class: IsA<U>>,
    {
        session.append(&self.object, collection.key(), member.into_member()).map(Instance::from_object)
    }

    /// Takes an object out of a collection: `user.addresses.remove(address)`.
    ///
    /// # Errors
    /// When it is not in there, or something that has to be known cannot be loaded.
    pub fn remove<C, U>(
        &self,
        session: &mut Session<'_>,
        collection: Relationship<C, Many<U>>,
        member: &Instance<U>,
    ) -> OrmResult<()>
    where
        T: IsA<C>,
        C: Mapped,
        U: Mapped,
    {
        session.remove(&self.object, collection.key(), &member.object)
    }

    /// The changes of an attribute since the last flush.
    ///
    /// # Errors
    /// When the object is another database's.
    pub fn history<A: Attribute>(&self, session: &Session<'_>, attribute: A) -> OrmResult<History<A::Item>>
    where
        T: IsA<A::Class>,
    {
        let place = session.place(&self.object, attribute.name())?;
        attribute.history(session.orm(), self.object.state, place)
    }

    /// Where the object stands: transient, pending, persistent, deleted, detached.
    ///
    /// # Errors
    /// When the object is another database's.
    pub fn lifecycle(&self, session: &Session<'_>) -> OrmResult<Lifecycle> {
        session.own(&self.object)?;
        Ok(session.orm().states[self.object.state].lifecycle)
    }

    /// Whether something changed since the last flush.
    ///
    /// # Errors
    /// When the object is another database's.
    pub fn is_modified(&self, session: &Session<'_>) -> OrmResult<bool> {
        session.own(&self.object)?;
        Ok(session.orm().states[self.object.state].modified)
    }

    /// The values of all columns, and what is loaded of relationships, as the
    /// struct. Changing it changes no object; [`Session::merge`] takes it back.
    ///
    /// # Errors
    /// As [`Instance::get`].
    pub fn read(&self, session: &mut Session<'_>) -> OrmResult<T> {
        T::from_fields(&mut Fields { session, object: &self.object })
    }

    /// The same object as one of a class that it inherits from.
    pub fn upcast<P: Mapped>(&self) -> Instance<P>
    where
        T: IsA<P>,
    {
        Instance::from_object(self.object.clone())
    }

    /// The same object as one of a class that inherits from this one, where it is one.
    ///
    /// # Errors
    /// When the object is another database's, or the class is not mapped.
    pub fn downcast<D: Mapped + IsA<T>>(&self, session: &Session<'_>) -> OrmResult<Option<Instance<D>>> {
        session.downcast(&self.object)
    }
}

impl<T> Clone for Instance<T> {
    fn clone(&self) -> Instance<T> {
        Instance { object: self.object.clone(), class: PhantomData }
    }
}

impl<T> fmt::Debug for Instance<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = std::any::type_name::<T>();
        write!(f, "{}#{}", path.rsplit("::").next().unwrap_or(path), self.object.state.0)
    }
}

/// Whether both are handles of one object.
impl<T> PartialEq for Instance<T> {
    fn eq(&self, other: &Instance<T>) -> bool {
        Rc::ptr_eq(&self.object.owner, &other.object.owner)
    }
}

impl<T> Eq for Instance<T> {}

impl<T> Hash for Instance<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Rc::as_ptr(&self.object.owner).cast::<()>().hash(state);
    }
}

/// The attributes of an object, as a struct is made of them.
pub struct Fields<'a, 'db> {
    session: &'a mut Session<'db>,
    object: &'a Object,
}

impl Fields<'_, '_> {
    /// A column's value.
    ///
    /// # Errors
    /// As [`Instance::get`].
    pub fn column<C: Mapped, V: ColumnValue>(&mut self, column: Column<C, V>) -> OrmResult<V> {
        column.value(self.session.read(self.object, column.key())?)
    }

    /// What is loaded of a relationship.
    ///
    /// # Errors
    /// When the class has no such attribute.
    pub fn related<C: Mapped, K: Related>(&mut self, relationship: Relationship<C, K>) -> OrmResult<K> {
        let place = self.session.place(self.object, relationship.key())?;
        Ok(K::from_slot(&self.session.orm().states[self.object.state].slots[place]))
    }
}
