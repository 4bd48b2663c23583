//! `del object.attribute`: the attribute has no value any more, and what it had
//! is gone with the next flush.
//!
//! SQLAlchemy counterpart: `delete` of the attribute implementations in
//! `sqlalchemy.orm.attributes`.

use super::attributes::Passive;
use super::{Committed, Slot};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::mapping::relationship::Direction;
use crate::orm::{Orm, OrmResult};
use crate::types::StateId;

impl Orm {
    /// Takes the value of an attribute away.
    ///
    /// # Errors
    /// When it has none, and when something that must be loaded for it cannot be.
    pub fn delete_attribute(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
    ) -> OrmResult<()> {
        match self.mapper_of(state).relationship(attribute).map(|rel| (rel.uselist, rel.direction)) {
            None => self.delete_value(hooks, state, attribute),
            Some((true, _)) => self.delete_collection(hooks, state, attribute),
            Some((false, direction)) => self.delete_object(hooks, state, attribute, direction),
        }
    }

    fn delete_value(&mut self, hooks: &mut dyn Hooks, state: StateId, attribute: usize) -> OrmResult<()> {
        self.know_old_value(hooks, state, attribute)?;
        let old = match &self.states[state].slots[attribute] {
            Slot::Value(old) => Committed::Value(old.clone()),
            _ => Committed::NoValue,
        };
        let had_none = matches!(old, Committed::NoValue);
        self.mark_modified(state, attribute, old);
        let target = &mut self.states[state];
        target.slots[attribute] = Slot::Empty;
        if had_none && !target.expired && !target.expired_attributes.contains(attribute as u32) {
            return Err(self.without_value(state, attribute));
        }
        Ok(())
    }

    fn delete_object(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
        direction: Direction,
    ) -> OrmResult<()> {
        let passive = if direction == Direction::OneToMany { Passive::Off } else { Passive::NoFetch };
        let old = self.read_object(hooks, state, attribute, passive)?;
        let committed = match &old {
            Some(old) => Committed::Object(old.clone()),
            None if self.states[state].key.is_none() || self.refers_to_nothing(state, attribute) => {
                Committed::NoValue
            }
            // Whatever the row refers to.
            None => Committed::Object(None),
        };
        self.mark_modified(state, attribute, committed);
        if let Some(Some(old)) = &old {
            self.collection_removes(hooks, state, attribute, old)?;
        }
        let had_one = !matches!(self.states[state].slots[attribute], Slot::Empty);
        let dropped = std::mem::take(&mut self.states[state].slots[attribute]);
        drop(dropped);
        if !had_one && self.states[state].key.is_none() {
            return Err(self.without_value(state, attribute));
        }
        Ok(())
    }

    fn delete_collection(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        attribute: usize,
    ) -> OrmResult<()> {
        let Slot::Collection(collection) = &self.states[state].slots[attribute] else { return Ok(()) };
        let members = collection.items();
        self.mark_modified(state, attribute, Committed::Items(members.clone()));
        for member in &members {
            self.collection_removes(hooks, state, attribute, member)?;
        }
        let dropped = std::mem::take(&mut self.states[state].slots[attribute]);
        drop(dropped);
        Ok(())
    }

    /// Whether an object never had the key that a relationship goes by.
    fn refers_to_nothing(&self, state: StateId, attribute: usize) -> bool {
        let mapper = self.mapper_of(state);
        let never_set =
            |at: usize| matches!(self.states[state].slots[at], Slot::Empty) && !self.is_unloaded(state, at);
        mapper.relationship(attribute).is_some_and(|relationship| {
            let local = relationship.pairs.iter().filter_map(|(_, foreign)| mapper.attribute_of(*foreign));
            relationship.direction == Direction::ManyToOne && local.into_iter().any(never_set)
        })
    }

    fn without_value(&self, state: StateId, attribute: usize) -> OrmError {
        let mapper = self.mapper_of(state);
        let (class, key) = (&mapper.class_name, &mapper.attributes[attribute].key);
        OrmError::new(OrmErrorKind::Attribute, format!("{class}.{key} object does not have a value"))
    }
}
