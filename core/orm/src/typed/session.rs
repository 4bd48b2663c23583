//! The Session: its verbs, with classes and attributes that Rust knows.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.session.Session`.

use std::fmt;
use std::rc::Rc;

use super::database::Database;
use super::execute::Executable;
use super::hooks::Program;
use super::instance::Instance;
use super::mapped::{ClassRef, Mapped};
use super::new::{Addable, Member, NewObject, Setting};
use super::result::{Rows, Single};
use super::scope::place_of;
use super::values::Key;
use crate::orm::{
    AttributeValue, FlushPlan, Hooks, Object, Orm, OrmError, OrmErrorKind, OrmResult, TransactionState,
};
use crate::types::SessionId;

/// A session: the objects that belong together to a transaction.
///
/// It is closed when it goes out of scope, unless it was
/// [entered](Database::enter); what was not committed is rolled back then.
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
/// assert_eq!(rex.lifecycle(&session)?, Lifecycle::Pending);
/// session.commit()?;
/// assert_eq!(rex.lifecycle(&session)?, Lifecycle::Persistent);
/// session.delete(&rex)?;
/// session.commit()?;
/// assert_eq!(rex.lifecycle(&session)?, Lifecycle::Detached);
/// assert_eq!(session.scalars(select::<Pet>())?.first()?, None);
/// # Ok::<(), OrmError>(())
/// ```
pub struct Session<'db> {
    pub(super) database: &'db mut Database,
    id: SessionId,
    closes: bool,
}

impl<'db> Session<'db> {
    pub(super) fn new(database: &'db mut Database, id: SessionId, closes: bool) -> Session<'db> {
        Session { database, id, closes }
    }

    /// Its id, which the floor below knows it by.
    pub fn id(&self) -> SessionId {
        self.id
    }

    /// The floor below, to look at.
    pub fn orm(&self) -> &Orm {
        &self.database.orm
    }

    /// The database that it is a session of.
    pub fn database(&mut self) -> &mut Database {
        self.database
    }

    /// Runs an operation of the floor below, after what the program let go was
    /// buried.
    pub(super) fn run<T>(
        &mut self,
        operation: impl FnOnce(&mut Orm, &mut dyn Hooks, SessionId) -> OrmResult<T>,
    ) -> OrmResult<T> {
        let orm = &mut self.database.orm;
        orm.bury();
        operation(orm, &mut Program, self.id)
    }

    /// `session.add(object)`: a new one, or one that is in no session; and what
    /// it cascades to.
    ///
    /// # Errors
    /// When it is in another session, or an object of its identity is here.
    pub fn add<A: Addable>(&mut self, object: A) -> OrmResult<Instance<A::Class>> {
        let object = self.make(object.into_member())?;
        self.run(|orm, hooks, id| orm.add(hooks, id, &object))?;
        Ok(Instance::from_object(object))
    }

    /// `session.add_all(objects)`
    ///
    /// # Errors
    /// As [`Session::add`].
    pub fn add_all<A: Addable>(
        &mut self,
        objects: impl IntoIterator<Item = A>,
    ) -> OrmResult<Vec<Instance<A::Class>>> {
        objects.into_iter().map(|object| self.add(object)).collect()
    }

    /// Makes an object that is in no session yet, as a constructor does.
    ///
    /// # Errors
    /// When its class is not mapped.
    pub fn create<A: Addable>(&mut self, object: A) -> OrmResult<Instance<A::Class>> {
        self.make(object.into_member()).map(Instance::from_object)
    }

    /// `session.get(Class, key)`
    ///
    /// # Errors
    /// The database's, and what autoflush raises.
    pub fn get<T: Mapped>(&mut self, key: impl Into<T::Key>) -> OrmResult<Option<Instance<T>>> {
        let mapper = self.database.scope().mapper::<T>()?;
        let values = key.into().into_values();
        let found = self.run(|orm, hooks, id| orm.get_by_key(hooks, id, mapper, values, &[], false))?;
        Ok(found.map(Instance::from_object))
    }

    /// `session.delete(object)`: marks it, and what the delete cascades to.
    ///
    /// # Errors
    /// When the object has no row, or is in another session.
    pub fn delete<T: Mapped>(&mut self, object: &Instance<T>) -> OrmResult<()> {
        self.own(object.object())?;
        self.run(|orm, hooks, id| orm.delete(hooks, id, object.object()))
    }

    /// `session.merge(object)`: the session's own object of the same key, with
    /// what the given one says.
    ///
    /// # Errors
    /// The database's, and what autoflush raises.
    pub fn merge<A: Addable>(&mut self, object: A) -> OrmResult<Instance<A::Class>> {
        let object = self.make(object.into_member())?;
        self.run(|orm, hooks, id| orm.merge(hooks, id, &object)).map(Instance::from_object)
    }

    /// Executes a statement: rows for a SELECT, how many rows were changed for
    /// any other.
    ///
    /// # Errors
    /// The database's, and what autoflush raises.
    pub fn execute<S: Executable>(&mut self, statement: S) -> OrmResult<S::Output> {
        statement.execute_in(self)
    }

    /// Executes a SELECT of one class or expression.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn scalars<R: Single>(&mut self, select: impl Executable<Output = Rows<R>>) -> OrmResult<Rows<R>> {
        self.execute(select)
    }

    /// The only value of the first row: `session.scalar(statement)`.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn scalar<R: Single>(&mut self, select: impl Executable<Output = Rows<R>>) -> OrmResult<Option<R>> {
        self.execute(select)?.first()
    }

    /// `session.flush()`
    ///
    /// # Errors
    /// The database's, and SQLAlchemy's where the objects cannot be ordered.
    pub fn flush(&mut self) -> OrmResult<()> {
        self.run(|orm, hooks, id| orm.flush(hooks, id))
    }

    /// What [`Session::flush`] would do now, without doing it.
    ///
    /// # Errors
    /// When the objects cannot be ordered.
    pub fn flush_plan(&mut self) -> OrmResult<FlushPlan> {
        self.run(|orm, _, id| orm.flush_plan(id))
    }

    /// `session.commit()`
    ///
    /// # Errors
    /// What the flush raises, and the database's.
    pub fn commit(&mut self) -> OrmResult<()> {
        self.run(|orm, hooks, id| orm.commit(hooks, id))
    }

    /// `session.rollback()`
    ///
    /// # Errors
    /// The database's.
    pub fn rollback(&mut self) -> OrmResult<()> {
        self.run(|orm, hooks, id| orm.rollback(hooks, id))
    }

    /// `with session.begin_nested():` a savepoint, which is released in the
    /// end, or rolled back to after an error.
    ///
    /// # Errors
    /// Those of `work`, and the database's.
    pub fn begin_nested<T, E: From<OrmError>>(
        &mut self,
        work: impl FnOnce(&mut Session<'db>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(|orm, hooks, id| orm.begin_nested(hooks, id))?;
        let done = work(self);
        self.run(|orm, hooks, id| match &done {
            Ok(_) => orm.commit_level(hooks, id),
            Err(_) => orm.rollback_level(hooks, id),
        })?;
        done
    }

    /// `with session.begin():` a transaction, which is committed in the end, or
    /// rolled back after an error.
    ///
    /// # Errors
    /// Those of `work`, and the database's; and when a transaction has begun.
    pub fn begin<T, E: From<OrmError>>(
        &mut self,
        work: impl FnOnce(&mut Session<'db>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(|orm, _, id| orm.begin(id))?;
        let done = work(self);
        match &done {
            Ok(_) => self.commit()?,
            Err(_) => self.rollback()?,
        }
        done
    }

    /// Whether a transaction has begun: `session.in_transaction()`.
    pub fn in_transaction(&self) -> bool {
        !matches!(self.orm().transaction_state(self.id), TransactionState::None)
    }

    /// `with session.no_autoflush:`
    pub fn no_autoflush<T>(&mut self, work: impl FnOnce(&mut Session<'db>) -> T) -> T {
        self.database.orm.suspend_autoflush(self.id, true);
        let done = work(self);
        self.database.orm.suspend_autoflush(self.id, false);
        done
    }

    /// `session.expire(object)`: it is loaded again when it is looked at.
    ///
    /// # Errors
    /// When it is not in the session.
    pub fn expire<T: Mapped>(&mut self, object: &Instance<T>) -> OrmResult<()> {
        self.own(object.object())?;
        self.run(|orm, _, id| orm.expire(id, object.object().state, None))
    }

    /// `session.expire_all()`
    pub fn expire_all(&mut self) {
        self.database.orm.bury();
        self.database.orm.expire_all(self.id);
    }

    /// `session.refresh(object)`: it is loaded again at once.
    ///
    /// # Errors
    /// When it is not in the session, or its row is gone.
    pub fn refresh<T: Mapped>(&mut self, object: &Instance<T>) -> OrmResult<()> {
        self.own(object.object())?;
        self.run(|orm, hooks, id| orm.refresh(hooks, id, object.object().state, None))
    }

    /// `session.expunge(object)`: it leaves the session, and what the expunge
    /// cascades to.
    ///
    /// # Errors
    /// When it is not in the session.
    pub fn expunge<T: Mapped>(&mut self, object: &Instance<T>) -> OrmResult<()> {
        self.own(object.object())?;
        self.run(|orm, _, id| orm.expunge(id, object.object()))
    }

    /// `session.expunge_all()`
    pub fn expunge_all(&mut self) {
        self.database.orm.bury();
        self.database.orm.expunge_all(self.id);
    }

    /// `object in session`
    pub fn contains<T: Mapped>(&self, object: &Instance<T>) -> bool {
        self.own(object.object()).is_ok() && self.orm().states[object.object().state].session == Some(self.id)
    }

    /// The objects that are to be inserted: `session.new`.
    pub fn pending(&self) -> Vec<AnyInstance> {
        self.orm().session(self.id).new.values().cloned().map(AnyInstance).collect()
    }

    /// The objects that changed: `session.dirty`.
    pub fn dirty(&self) -> Vec<AnyInstance> {
        let dirty = self.orm().session(self.id).dirty();
        dirty.into_iter().filter_map(|id| self.orm().states.object(id)).map(AnyInstance).collect()
    }

    /// The objects that are to be deleted: `session.deleted`.
    pub fn deleted(&self) -> Vec<AnyInstance> {
        self.orm().session(self.id).deleted.values().cloned().map(AnyInstance).collect()
    }

    /// The objects of the identity map, in order of their arrival.
    pub fn persistent(&self) -> Vec<AnyInstance> {
        let all = self.orm().session(self.id).persistent();
        all.into_iter().filter_map(|id| self.orm().states.object(id)).map(AnyInstance).collect()
    }

    /// `session.close()`: its objects leave, and what was not committed is
    /// rolled back.
    ///
    /// # Errors
    /// The database's.
    pub fn close(&mut self) -> OrmResult<()> {
        self.run(|orm, hooks, id| orm.close_session(hooks, id))
    }

    /// Refuses an object of another database.
    pub(super) fn own(&self, object: &Object) -> OrmResult<()> {
        let own = self.orm().states.object(object.state);
        match own.is_some_and(|own| Rc::ptr_eq(&own.owner, &object.owner)) {
            true => Ok(()),
            false => Err(foreign_object()),
        }
    }

    /// The place of an attribute of an object.
    pub(super) fn place(&self, object: &Object, key: &str) -> OrmResult<usize> {
        self.own(object)?;
        place_of(self.orm(), self.orm().states[object.state].mapper, key)
    }

    pub(super) fn read(&mut self, object: &Object, key: &str) -> OrmResult<AttributeValue> {
        let place = self.place(object, key)?;
        self.run(|orm, hooks, _| orm.get(hooks, object.state, place))
    }

    /// The object that is given: the one that there is, or a new one.
    fn make(&mut self, member: Member) -> OrmResult<Object> {
        match member {
            Member::Held(object) => self.own(&object).map(|()| object),
            Member::New(new) => self.make_new(new.0),
        }
    }

    fn make_new(&mut self, new: NewObject) -> OrmResult<Object> {
        let mapper = self.database.registry.mapper(new.class)?;
        let object = self.run(|orm, hooks, _| {
            let state = orm.states.create(mapper, orm.slot_count(mapper));
            let owner = hooks.instantiate(orm, mapper, state)?;
            orm.states.set_owner(state, &owner);
            orm.set_discriminator(state)?;
            Ok(Object { state, owner })
        })?;
        for (key, setting) in new.values {
            self.assign(&object, key, setting)?;
        }
        Ok(object)
    }

    pub(super) fn assign(&mut self, object: &Object, key: &str, setting: Setting) -> OrmResult<()> {
        let place = self.place(object, key)?;
        match setting {
            Setting::Value(value) => self.run(|orm, _, _| {
                orm.set_value(object.state, place, value);
                Ok(())
            }),
            Setting::One(member) => {
                let member = member.map(|member| self.make(member)).transpose()?;
                self.run(|orm, hooks, _| orm.set_object(hooks, object.state, place, member))
            }
            Setting::Many(members) => {
                let members: OrmResult<Vec<Object>> =
                    members.into_iter().map(|member| self.make(member)).collect();
                let members = members?;
                self.run(|orm, hooks, _| orm.set_collection(hooks, object.state, place, members).map(drop))
            }
        }
    }

    pub(super) fn append(&mut self, owner: &Object, key: &str, member: Member) -> OrmResult<Object> {
        let place = self.place(owner, key)?;
        let member = self.make(member)?;
        self.run(|orm, hooks, _| {
            if orm.queued_relationship(owner.state, place).is_some() {
                orm.queue_member(hooks, owner.state, place, &member)?;
                return Ok(member);
            }
            if let AttributeValue::Collection(collection) = orm.get(hooks, owner.state, place)? {
                let member = orm.collection_adds(hooks, owner.state, place, &member)?;
                collection.add(member.clone());
                return Ok(member);
            }
            Ok(member)
        })
    }

    pub(super) fn remove(&mut self, owner: &Object, key: &str, member: &Object) -> OrmResult<()> {
        let place = self.place(owner, key)?;
        self.own(member)?;
        self.run(|orm, hooks, _| {
            if orm.queued_relationship(owner.state, place).is_some() {
                return orm.unqueue_member(hooks, owner.state, place, member);
            }
            if let AttributeValue::Collection(collection) = orm.get(hooks, owner.state, place)? {
                if !collection.items().iter().any(|known| known.state == member.state) {
                    return Err(OrmError::new(OrmErrorKind::Value, "list.remove(x): x not in list"));
                }
                orm.collection_removes(hooks, owner.state, place, member)?;
                collection.remove(member.state);
            }
            Ok(())
        })
    }

    /// The handle of an object whose class was not known, where it is of class `T`.
    ///
    /// # Errors
    /// When the object is another database's, or the class is not mapped.
    pub(super) fn downcast<T: Mapped>(&self, object: &Object) -> OrmResult<Option<Instance<T>>> {
        self.own(object)?;
        let wanted = self.database.registry.mapper(ClassRef::of::<T>())?;
        let is_one = self.orm().is_a(self.orm().states[object.state].mapper, wanted);
        Ok(is_one.then(|| Instance::from_object(object.clone())))
    }
}

/// What a session says to an object that it does not know.
pub(super) fn foreign_object() -> OrmError {
    OrmError::new(OrmErrorKind::InvalidRequest, "This object belongs to another database")
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        if self.closes
            && let Err(error) = self.close()
        {
            // Nobody is left to give the error to: it is told as a warning.
            self.database.orm.warnings.push(format!("A session was not closed properly: {error}"));
        }
    }
}

/// A handle of an object whose class Rust does not know.
#[derive(Clone)]
pub struct AnyInstance(Object);

impl AnyInstance {
    /// The handle of an object of class `T`, where it is one.
    ///
    /// # Errors
    /// When the object is another database's, or the class is not mapped.
    pub fn downcast<T: Mapped>(&self, session: &Session<'_>) -> OrmResult<Option<Instance<T>>> {
        session.downcast(&self.0)
    }

    /// The object of the floor below.
    pub fn object(&self) -> &Object {
        &self.0
    }
}

/// Whether both are handles of one object.
impl PartialEq for AnyInstance {
    fn eq(&self, other: &AnyInstance) -> bool {
        Rc::ptr_eq(&self.0.owner, &other.0.owner)
    }
}

impl<T: Mapped> PartialEq<Instance<T>> for AnyInstance {
    fn eq(&self, other: &Instance<T>) -> bool {
        Rc::ptr_eq(&self.0.owner, &other.object().owner)
    }
}

impl fmt::Debug for AnyInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object#{}", self.0.state.0)
    }
}
