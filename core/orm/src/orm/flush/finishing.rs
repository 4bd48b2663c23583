//! After a flush: what was written is persistent, what was deleted is gone.
//!
//! SQLAlchemy counterpart: `UOWTransaction.finalize_flush_changes` and
//! `Session._register_persistent`.

use super::unitofwork::UnitOfWork;
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::events::OrmEventKind;
use crate::orm::hooks::Hooks;
use crate::orm::state::Lifecycle;
use crate::orm::state::identity::IdentityKey;
use crate::orm::{Orm, OrmResult};
use crate::types::{SessionId, StateId, Value};

impl Orm {
    /// Takes what was written for what is in the database.
    pub(super) fn finish_flush(&mut self, hooks: &mut dyn Hooks, work: &UnitOfWork) -> OrmResult<()> {
        for (&id, role) in &work.states {
            if role.is_delete {
                self.remove_newly_deleted(id);
            }
        }
        for (&id, role) in &work.states {
            if !role.is_delete {
                self.register_persistent(hooks, work.session, id)?;
            }
        }
        Ok(())
    }

    fn register_persistent(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        id: StateId,
    ) -> OrmResult<()> {
        let mapper = self.states[id].mapper;
        let columns = self.mapper(mapper).primary_key.clone();
        let mut values = Vec::with_capacity(columns.len());
        for column in columns {
            values.push(self.loaded_value(hooks, id, column)?);
        }
        if values.iter().all(Value::is_null) {
            return Err(OrmError::new(
                OrmErrorKind::Flush,
                format!(
                    "Instance {} has a NULL identity key.  If this is an auto-generated value, check that the database table allows generation of new primary key values, and that the mapped Column object is configured to expect these generated values.  Ensure also that this flush() is not occurring at an inappropriate time, such as within a load() event.",
                    self.describe(id)
                ),
            ));
        }
        let key = IdentityKey::new(self.mapper(mapper).identity, values);
        let was_pending = self.states[id].key.is_none();
        if let Some(old) = self.states[id].key.clone().filter(|old| *old != key) {
            self.session_mut(session).identity_map.remove(&old);
            if let Some(level) = self.session_mut(session).transactions.last_mut() {
                level.key_switches.push((id, old));
            }
        }
        self.session_mut(session).identity_map.insert(key.clone(), id);
        let state = &mut self.states[id];
        state.key = Some(key);
        state.lifecycle = Lifecycle::Persistent;
        state.filled = true;
        state.orphaned = false;
        if was_pending {
            self.lifecycle_later(OrmEventKind::PendingToPersistent, session, id);
        }
        self.note_written(session, id, was_pending);
        let held = self.session_mut(session).new.remove(&id);
        self.commit_all(id);
        drop(held);
        Ok(())
    }
}
