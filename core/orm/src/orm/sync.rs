//! Copying keys between objects during a flush.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.sync`.

use super::error::{OrmError, OrmErrorKind};
use super::state::Slot;
use super::{Orm, OrmResult};
use crate::types::{ColumnId, StateId, Value};

impl Orm {
    /// Copies the key of `source` into `destination`.
    pub(super) fn populate_keys(
        &mut self,
        source: StateId,
        destination: StateId,
        pairs: &[(ColumnId, ColumnId)],
    ) {
        for (from, to) in pairs {
            let value = self.column_value(source, *from);
            if let Some(at) = self.mapper_of(destination).attribute_of(*to) {
                self.set_value(destination, at, value);
            }
        }
    }

    /// Sets the key of `destination` to NULL.
    ///
    /// # Errors
    /// When it is (part of) its primary key.
    pub(super) fn clear_keys(
        &mut self,
        destination: StateId,
        pairs: &[(ColumnId, ColumnId)],
    ) -> OrmResult<()> {
        for (source, to) in pairs {
            let is_key = self.mapper_of(destination).is_key(*to);
            let Some(at) = self.mapper_of(destination).attribute_of(*to) else { continue };
            let has_value =
                !matches!(self.states[destination].slots[at], Slot::Empty | Slot::Value(Value::Null));
            if is_key && has_value {
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
            self.set_value(destination, at, Value::Null);
        }
        Ok(())
    }

    /// The value that an object has in memory for a column.
    pub(super) fn column_value(&self, state: StateId, column: ColumnId) -> Value {
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
