//! Copying keys from one object to another, along a relationship's pairs.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.sync`.

use super::unitofwork::UnitOfWork;
use crate::engine::ParameterSet;
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::state::{Committed, Slot};
use crate::orm::{Orm, OrmResult};
use crate::types::{ColumnId, StateId, Value};

impl Orm {
    /// Copies the key of `source` into `destination`. With `cascades` the
    /// database has changed the row already.
    pub(crate) fn populate_keys(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        source: StateId,
        destination: StateId,
        pairs: &[(ColumnId, ColumnId)],
        cascades: bool,
    ) -> OrmResult<()> {
        for (from, to) in pairs {
            let value = self.loaded_value(hooks, source, *from)?;
            if let Some(at) = self.mapper_of(destination).attribute_of(*to) {
                self.set_knowing(hooks, destination, at, value)?;
                self.note_copied(destination, *to, Some((source, *from)));
            }
            if cascades {
                self.note_cascaded(work, destination, *from, *to);
            }
        }
        Ok(())
    }

    /// Notes that the database itself changes a part of a key after another.
    pub(crate) fn note_cascaded(&self, work: &mut UnitOfWork, state: StateId, from: ColumnId, to: ColumnId) {
        let is_key = |id: ColumnId| self.schema.table(id.table).primary_key().contains(&id.index);
        if is_key(from) && is_key(to) && self.schema.foreign_keys(to.table).contains(&(to, from)) {
            work.cascaded.insert((state, to));
        }
    }

    /// Sets the key of `destination` to NULL.
    ///
    /// # Errors
    /// When it is (part of) its primary key.
    pub(crate) fn clear_keys(
        &mut self,
        hooks: &mut dyn Hooks,
        destination: StateId,
        pairs: &[(ColumnId, ColumnId)],
    ) -> OrmResult<()> {
        for (source, to) in pairs {
            let is_key = self.schema.table(to.table).primary_key().contains(&to.index);
            let Some(at) = self.mapper_of(destination).attribute_of(*to) else { continue };
            if is_key && !self.loaded_value(hooks, destination, *to)?.is_null() {
                let column = |id: &ColumnId| {
                    format!("{}.{}", self.schema.table(id.table).name, self.schema.column(*id).name)
                };
                return Err(OrmError::new(
                    OrmErrorKind::Assertion,
                    format!(
                        "Dependency rule on column '{}' tried to blank-out primary key column '{}' on instance '{}'",
                        column(source),
                        column(to),
                        self.describe(destination)
                    ),
                ));
            }
            self.set_knowing(hooks, destination, at, Value::Null)?;
            self.note_copied(destination, *to, None);
        }
        Ok(())
    }

    /// Adds the key of an object to a row of a table between two; `old_` ones
    /// as they are in the database.
    pub(crate) fn populate_row(
        &mut self,
        hooks: &mut dyn Hooks,
        source: StateId,
        row: &mut ParameterSet,
        pairs: &[(ColumnId, ColumnId)],
        with_old: bool,
    ) -> OrmResult<()> {
        for (from, to) in pairs {
            let value = self.loaded_value(hooks, source, *from)?;
            let key = self.schema.column(*to).key.clone();
            if with_old {
                let old = self.committed_value(hooks, source, *from)?;
                row.push((format!("old_{key}").into(), old));
            }
            row.push((key.as_str().into(), value));
        }
        Ok(())
    }

    /// Whether the key that a relationship refers to was another one. It is asked
    /// once in a flush: what the flush itself copies is no change.
    pub(crate) fn key_changed(
        &self,
        work: &mut UnitOfWork,
        source: StateId,
        pairs: &[(ColumnId, ColumnId)],
    ) -> bool {
        for (from, _) in pairs {
            let Some(at) = self.mapper_of(source).attribute_of(*from) else { continue };
            let changed = *work
                .keys_changed
                .entry((source, at as u32))
                .or_insert_with(|| !self.value_history(source, at).deleted.is_empty());
            if changed {
                return true;
            }
        }
        false
    }

    /// Sets a column's value; where the old one matters, it is loaded before.
    ///
    /// # Errors
    /// The database's.
    pub fn set_knowing(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        at: usize,
        value: Value,
    ) -> OrmResult<()> {
        self.know_old_value(hooks, state, at)?;
        self.set_value(state, at, value);
        Ok(())
    }

    /// Loads the value that an attribute has before it changes, where that matters.
    pub(crate) fn know_old_value(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        at: usize,
    ) -> OrmResult<()> {
        if self.is_unloaded(state, at) && self.old_matters(state, at) {
            self.get(hooks, state, at)?;
        }
        Ok(())
    }

    /// Whether a change of a column's attribute needs to know the value before.
    fn old_matters(&self, state: StateId, at: usize) -> bool {
        let mapper = self.mapper_of(state);
        mapper.attributes[at].active_history
            || mapper.primary_key.iter().any(|id| mapper.attribute_of(*id) == Some(at))
            || mapper.options.version_id.is_some_and(|id| mapper.attribute_of(id) == Some(at))
    }

    /// The value that an object has for a column, loaded where it has to be.
    pub(crate) fn loaded_value(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        column: ColumnId,
    ) -> OrmResult<Value> {
        if let Some(at) = self.mapper_of(state).attribute_of(column)
            && self.states[state].session.is_some()
            && self.is_unloaded(state, at)
        {
            self.get(hooks, state, at)?;
        }
        Ok(self.column_value(state, column))
    }

    /// The value that an object's row has for a column.
    pub(crate) fn committed_value(
        &mut self,
        hooks: &mut dyn Hooks,
        state: StateId,
        column: ColumnId,
    ) -> OrmResult<Value> {
        let value = self.loaded_value(hooks, state, column)?;
        let at = self.mapper_of(state).attribute_of(column);
        Ok(match at.and_then(|at| self.states[state].committed(at)) {
            Some(Committed::Value(value)) => value.clone(),
            _ => value,
        })
    }

    /// The value that an object has in memory for a column.
    pub(crate) fn column_value(&self, state: StateId, column: ColumnId) -> Value {
        let at = self.mapper_of(state).attribute_of(column);
        match at.map(|at| &self.states[state].slots[at]) {
            Some(Slot::Value(value)) => value.clone(),
            _ => {
                // An expired object still knows its primary key.
                let mapper = self.mapper_of(state);
                let place =
                    mapper.primary_key.iter().position(|id| at.is_some() && mapper.attribute_of(*id) == at);
                let key = self.states[state].key.as_ref();
                place.zip(key).map_or(Value::Null, |(place, key)| key.values[place].0.clone())
            }
        }
    }
}
