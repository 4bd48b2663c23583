//! Objects without a row whose relationships are loaded all the same.
//!
//! SQLAlchemy counterpart: `Session.enable_relationship_loading`,
//! `relationship(load_on_pending=True)`.

use super::Lifecycle;
use crate::orm::Orm;
use crate::types::{SessionId, StateId};

impl Orm {
    /// Whether a relationship of an object without a row is loaded all the same.
    pub(crate) fn loads_pending(&self, state: StateId, attribute: usize) -> bool {
        let own = &self.states[state];
        let relationship = self.mapper_of(state).relationship(attribute);
        own.key.is_none()
            && own.session.is_some()
            && (own.load_pending || relationship.is_some_and(|it| it.options.load_on_pending))
    }

    /// Ties an object to a session without adding it, so that its relationships
    /// are loaded by the foreign keys that it has.
    pub fn enable_relationship_loading(&mut self, session: SessionId, state: StateId) {
        self.autobegin(session);
        let own = &mut self.states[state];
        own.load_pending = true;
        if own.session.is_none() {
            own.session = Some(session);
            if own.key.is_none() {
                own.lifecycle = Lifecycle::Pending;
            }
        }
    }
}
