//! The traits through which the ORM reaches the program's objects and code.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use super::events::{AttributeEvent, OrmEvent};
use super::{Orm, OrmResult};
use crate::engine::{ConnectionId, DefaultWanted, Moment};
use crate::orm::state::Object;
use crate::types::{EngineId, MapperId, StateId, Value};

/// What the floor above does for the ORM. Every method is handed the [`Orm`],
/// with nothing borrowed, so that user code may use it.
pub trait Hooks {
    /// Makes the program's object for a row that was loaded. The object keeps
    /// the state's id and reports its own end to [`super::States::graveyard`].
    ///
    /// # Errors
    /// What user code raises.
    fn instantiate(&mut self, orm: &mut Orm, mapper: MapperId, state: StateId) -> OrmResult<Rc<dyn Any>>;

    /// Makes an empty collection for a relationship of an object.
    ///
    /// # Errors
    /// What user code raises.
    fn new_collection(
        &mut self,
        orm: &mut Orm,
        owner: StateId,
        attribute: usize,
    ) -> OrmResult<Rc<dyn Collection>>;

    /// Runs the code of a column's default, which may look at what it is for. An
    /// exception is told by its class and message, since it becomes part of the
    /// statement's error.
    ///
    /// # Errors
    /// What user code raises otherwise.
    fn call_default(
        &mut self,
        orm: &mut Orm,
        code: &Rc<dyn Any>,
        connection: ConnectionId,
        wanted: &DefaultWanted,
    ) -> OrmResult<Result<Value, (String, String)>>;

    /// Runs the code that makes the version after another.
    ///
    /// # Errors
    /// What user code raises.
    fn call_version(&mut self, _orm: &mut Orm, code: &Rc<dyn Any>, last: &Value) -> OrmResult<Value> {
        Ok(code.downcast_ref::<fn(&Value) -> Value>().map_or(Value::Null, |next| next(last)))
    }

    /// Tells the program of something on an engine that it listens to.
    ///
    /// # Errors
    /// What user code raises.
    fn engine_event(&mut self, _orm: &mut Orm, _moment: Moment<'_>) -> OrmResult<()> {
        Ok(())
    }

    /// The message of an exception of user code.
    fn message_of(&mut self, _orm: &mut Orm, _exception: &Rc<dyn Any>) -> String {
        String::new()
    }

    /// Tells the program of something that it listens to.
    ///
    /// # Errors
    /// What user code raises.
    fn orm_event(&mut self, _orm: &mut Orm, _event: OrmEvent) -> OrmResult<()> {
        Ok(())
    }

    /// Tells the program of a change of a relationship that it listens to, and
    /// gives the value that the attribute takes.
    ///
    /// # Errors
    /// What user code raises.
    fn attribute_event(&mut self, _orm: &mut Orm, event: AttributeEvent) -> OrmResult<Option<Object>> {
        Ok(event.value)
    }

    /// Warns the program of something that it should do otherwise.
    ///
    /// # Errors
    /// The warning, where the program wants it to be an error.
    fn warn(&mut self, _orm: &mut Orm, _message: &str) -> OrmResult<()> {
        Ok(())
    }

    /// Converts a value as a type of the program's own does: on its way to the
    /// database (`outward`), or from there. On its way out, an exception is told
    /// by its class and message, since it becomes part of the statement's error.
    ///
    /// # Errors
    /// What user code raises otherwise.
    fn convert(
        &mut self,
        orm: &mut Orm,
        code: &Rc<dyn Any>,
        outward: bool,
        value: &Value,
    ) -> OrmResult<Result<Value, (String, String)>>;

    /// Whether the program writes (`outward`) or reads JSON of an engine itself.
    fn converts_json(&self, _engine: EngineId, _outward: bool) -> bool {
        false
    }

    /// Writes a value as JSON, or reads one of it, as the program does for an engine.
    ///
    /// # Errors
    /// What user code raises.
    fn convert_json(
        &mut self,
        _orm: &mut Orm,
        _engine: EngineId,
        _outward: bool,
        value: &Value,
    ) -> OrmResult<Value> {
        Ok(value.clone())
    }
}

/// A collection of related objects, as the program sees it.
pub trait Collection {
    /// Its members in order.
    fn items(&self) -> Vec<Object>;

    /// Adds a member, without events.
    fn add(&self, member: Object);

    /// Takes a member out, without events.
    fn remove(&self, member: StateId);

    /// The program's own object for it.
    fn program_object(&self) -> Option<Rc<dyn Any>>;

    /// Whether the program holds it beside the attribute that it belongs to.
    fn is_held_elsewhere(&self) -> bool;
}

/// A plain list of members.
#[derive(Default)]
pub struct ListCollection {
    members: RefCell<Vec<Object>>,
}

impl Collection for ListCollection {
    fn items(&self) -> Vec<Object> {
        self.members.borrow().clone()
    }

    fn add(&self, member: Object) {
        self.members.borrow_mut().push(member);
    }

    fn remove(&self, member: StateId) {
        let mut members = self.members.borrow_mut();
        if let Some(at) = members.iter().position(|object| object.state == member) {
            members.remove(at);
        }
    }

    fn program_object(&self) -> Option<Rc<dyn Any>> {
        None
    }

    fn is_held_elsewhere(&self) -> bool {
        false
    }
}

/// Hooks for programs without objects of their own: the Rust API.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainHooks;

/// The program's object behind the Rust API's handles.
struct Token {
    state: StateId,
    graveyard: Rc<RefCell<Vec<StateId>>>,
}

impl Drop for Token {
    fn drop(&mut self) {
        self.graveyard.borrow_mut().push(self.state);
    }
}

impl Hooks for PlainHooks {
    fn instantiate(&mut self, orm: &mut Orm, _mapper: MapperId, state: StateId) -> OrmResult<Rc<dyn Any>> {
        Ok(Rc::new(Token { state, graveyard: orm.states.graveyard() }))
    }

    fn new_collection(&mut self, _: &mut Orm, _: StateId, _: usize) -> OrmResult<Rc<dyn Collection>> {
        Ok(Rc::new(ListCollection::default()))
    }

    fn call_default(
        &mut self,
        _: &mut Orm,
        code: &Rc<dyn Any>,
        _: ConnectionId,
        _: &DefaultWanted,
    ) -> OrmResult<Result<Value, (String, String)>> {
        Ok(Ok(code.downcast_ref::<fn() -> Value>().map_or(Value::Null, |make| make())))
    }

    fn convert(
        &mut self,
        _: &mut Orm,
        code: &Rc<dyn Any>,
        outward: bool,
        value: &Value,
    ) -> OrmResult<Result<Value, (String, String)>> {
        let Some(own) = code.downcast_ref::<Converter>() else { return Ok(Ok(value.clone())) };
        Ok(Ok(if outward { (own.bind)(value) } else { (own.result)(value) }))
    }
}

/// The conversions of a type that a program of the Rust API defines: the code
/// of its [`crate::types::DecoratedType`].
#[derive(Clone, Copy, Debug)]
pub struct Converter {
    /// On the way to the database.
    pub bind: fn(&Value) -> Value,
    /// On the way from it.
    pub result: fn(&Value) -> Value,
}
