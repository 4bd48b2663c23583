//! Who is told of a change of a relationship, and when: early listeners and
//! validators before what follows from it, the others behind that.
//!
//! SQLAlchemy counterpart: the order in which `attributes._register_attribute`
//! collects its listeners.

use super::Object;
use super::attributes::Initiator;
use crate::orm::events::{AttributeEvent, OrmEventKind};
use crate::orm::hooks::Hooks;
use crate::orm::{Orm, OrmResult};
use crate::types::StateId;

/// A change of a relationship.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    pub(crate) kind: OrmEventKind,
    pub(crate) owner: StateId,
    pub(crate) attribute: usize,
    pub(crate) initiator: Initiator,
}

impl Orm {
    /// Lets those see a change who come before what follows from it. Validators
    /// of a change that the program makes itself have seen it already.
    pub(crate) fn validated(
        &mut self,
        hooks: &mut dyn Hooks,
        change: Change,
        value: Option<Object>,
        old: Option<Option<Object>>,
    ) -> OrmResult<Option<Object>> {
        let value = self.told(hooks, change, change.kind, true, value, old.clone())?;
        let own = (self.states[change.owner].mapper, change.attribute as u32);
        if change.initiator == own {
            return Ok(value);
        }
        self.told(hooks, change, OrmEventKind::Validate, false, value, old)
    }

    /// Tells a change of a relationship, and gives the value that it takes.
    pub(crate) fn changed(
        &mut self,
        hooks: &mut dyn Hooks,
        change: Change,
        value: Option<Object>,
        old: Option<Option<Object>>,
    ) -> OrmResult<Option<Object>> {
        self.told(hooks, change, change.kind, false, value, old)
    }

    fn told(
        &mut self,
        hooks: &mut dyn Hooks,
        change: Change,
        kind: OrmEventKind,
        early: bool,
        value: Option<Object>,
        old: Option<Option<Object>>,
    ) -> OrmResult<Option<Object>> {
        if !self.is_heard(kind) {
            return Ok(value);
        }
        self.deliver(hooks)?;
        let Change { kind: change, owner, attribute, initiator } = change;
        let Some(owner) = self.states.object(owner) else { return Ok(value) };
        hooks.attribute_event(
            self,
            AttributeEvent { kind, change, owner, attribute, value, old, early, initiator },
        )
    }
}
