//! What the ORM asks of a program of this floor: handles, lists, and to be
//! heard with its warnings.

use std::any::Any;
use std::rc::Rc;

use crate::engine::{ConnectionId, DefaultWanted};
use crate::orm::{Collection, Hooks, Orm, OrmResult, PlainHooks};
use crate::types::{MapperId, StateId, Value};

/// The plain hooks, and warnings are kept until the program asks for them.
pub(super) struct Program;

impl Hooks for Program {
    fn instantiate(&mut self, orm: &mut Orm, mapper: MapperId, state: StateId) -> OrmResult<Rc<dyn Any>> {
        PlainHooks.instantiate(orm, mapper, state)
    }

    fn new_collection(
        &mut self,
        orm: &mut Orm,
        owner: StateId,
        attribute: usize,
    ) -> OrmResult<Rc<dyn Collection>> {
        PlainHooks.new_collection(orm, owner, attribute)
    }

    fn call_default(
        &mut self,
        orm: &mut Orm,
        code: &Rc<dyn Any>,
        connection: ConnectionId,
        wanted: &DefaultWanted,
    ) -> OrmResult<Result<Value, (String, String)>> {
        PlainHooks.call_default(orm, code, connection, wanted)
    }

    fn warn(&mut self, orm: &mut Orm, message: &str) -> OrmResult<()> {
        orm.warnings.push(message.to_string());
        Ok(())
    }

    fn convert(
        &mut self,
        orm: &mut Orm,
        code: &Rc<dyn Any>,
        outward: bool,
        value: &Value,
    ) -> OrmResult<Result<Value, (String, String)>> {
        PlainHooks.convert(orm, code, outward, value)
    }
}
