//! Collections that are never loaded as a whole: `lazy="dynamic"` and
//! `lazy="write_only"`. What the program adds and removes waits for the flush.
//!
//! It must not know what the program reads them with. SQLAlchemy counterpart:
//! `sqlalchemy.orm.writeonly`, `sqlalchemy.orm.dynamic`.

use std::rc::Rc;

use super::Object;
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::mapping::relationship::{Lazy, Relationship};
use crate::orm::{Orm, OrmResult};
use crate::types::StateId;

impl Relationship {
    /// Whether its collections are never loaded as a whole.
    pub fn is_queued(&self) -> bool {
        matches!(self.lazy, Lazy::Dynamic | Lazy::WriteOnly)
    }
}

impl Orm {
    /// The relationship of an attribute, where its collections are never loaded.
    pub fn queued_relationship(&self, state: StateId, attribute: usize) -> Option<&Rc<Relationship>> {
        self.mapper_of(state).relationship(attribute).filter(|relationship| relationship.is_queued())
    }

    /// Adds a member; it waits for the flush.
    ///
    /// # Errors
    /// As [`Orm::collection_adds`].
    pub fn queue_member(
        &mut self,
        hooks: &mut dyn Hooks,
        owner: StateId,
        attribute: usize,
        member: &Object,
    ) -> OrmResult<()> {
        self.collection_adds(hooks, owner, attribute, member)?;
        let changes = self.states[owner].pending_changes.or_default(attribute as u32);
        if !changes.added.iter().any(|known| known.state == member.state) {
            changes.added.push(member.clone());
        }
        Ok(())
    }

    /// Takes a member away, with the flush.
    ///
    /// # Errors
    /// As [`Orm::collection_removes`].
    pub fn unqueue_member(
        &mut self,
        hooks: &mut dyn Hooks,
        owner: StateId,
        attribute: usize,
        member: &Object,
    ) -> OrmResult<()> {
        self.collection_removes(hooks, owner, attribute, member)?;
        let changes = self.states[owner].pending_changes.or_default(attribute as u32);
        let before = changes.added.len();
        changes.added.retain(|known| known.state != member.state);
        if changes.added.len() == before {
            changes.removed.push(member.clone());
        }
        Ok(())
    }

    /// The members that wait to be added.
    pub fn queued_members(&self, owner: StateId, attribute: usize) -> Vec<Object> {
        let changes = self.states[owner].pending_changes.get(&(attribute as u32));
        changes.map(|changes| changes.added.clone()).unwrap_or_default()
    }

    /// The error of loading what may only be written.
    pub(crate) fn refuse_iteration(&self, relationship: &Relationship) -> OrmError {
        let name = self.attribute_name(relationship.parent, relationship.attribute);
        OrmError::new(
            OrmErrorKind::InvalidRequest,
            format!(
                "Attribute {name} can't load the existing state from the database for this operation; full iteration is not permitted.  If this is a delete operation, configure passive_deletes=True on the {name} relationship in order to resolve this error."
            ),
        )
    }
}
