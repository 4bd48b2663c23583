//! Loading a relationship when it is asked for.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.strategies.LazyLoader`.

use super::attributes::Passive;
use super::error::{OrmError, OrmErrorKind};
use super::hooks::Hooks;
use super::identity::IdentityKey;
use super::loading::RowValue;
use super::relationship::{Direction, Lazy, Relationship};
use super::state::{Object, Slot};
use super::{AttributeValue, Orm, OrmResult};
use crate::engine::{Cause, Parameters};
use crate::sql::{Entity, Expr, From, Kind, Operator, Purpose, Select, SelectItem};
use crate::types::{ColumnId, StateId, Value};

impl Orm {
    /// Loads a relationship of an object that has a row.
    pub(super) fn lazy_load(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        attribute: usize,
    ) -> OrmResult<()> {
        let Some(relationship) = self.mapper_of(id).relationship(attribute).cloned() else { return Ok(()) };
        let name = self.attribute_name(relationship.parent, relationship.attribute);
        match relationship.lazy {
            Lazy::Raise => {
                return Err(OrmError::new(
                    OrmErrorKind::InvalidRequest,
                    format!("'{name}' is not available due to lazy='raise'"),
                ));
            }
            Lazy::NoLoad => return self.store_loaded(hooks, id, attribute, &relationship, Vec::new()),
            _ => {}
        }
        let Some(session) = self.states[id].session else {
            let key = &self.mapper_of(id).attributes[attribute].key;
            return Err(OrmError::coded(
                OrmErrorKind::DetachedInstance,
                "bhk3",
                format!(
                    "Parent instance {} is not bound to a Session; lazy load operation of attribute '{key}' cannot proceed",
                    self.describe(id)
                ),
            ));
        };
        let cause = Cause::LazyLoad { attribute: name };
        if relationship.direction == Direction::ManyToOne && relationship.use_get {
            let Some(key) = self.referred_key(hooks, id, &relationship)? else {
                return self.store_loaded(hooks, id, attribute, &relationship, Vec::new());
            };
            let found = match self.identity_map_lookup(hooks, session, &key)? {
                Some(found) => found,
                None => {
                    let purpose = Purpose::Related(relationship.parent, relationship.attribute);
                    self.load_by_key(hooks, session, relationship.target, &key, cause, purpose)?
                }
            };
            return self.store_loaded(hooks, id, attribute, &relationship, found.into_iter().collect());
        }
        let Some(select) = self.lazy_select(hooks, id, &relationship)? else {
            return self.store_loaded(hooks, id, attribute, &relationship, Vec::new());
        };
        self.autoflush(hooks, session, "lazy load")?;
        let lowered = self.lower_with(&select, &[])?;
        let rows = self.load(hooks, session, &lowered, &Parameters::None, cause, false)?;
        let mut objects: Vec<Object> = Vec::with_capacity(rows.rows.len());
        for row in &rows.rows {
            if let Some(RowValue::Object(Some(object))) = row.first() {
                objects.push(object.clone());
            }
        }
        self.store_loaded(hooks, id, attribute, &relationship, objects)
    }

    /// Puts what was loaded into the attribute; changes that waited for it are
    /// applied to it.
    pub(super) fn store_loaded(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        attribute: usize,
        relationship: &Relationship,
        objects: Vec<Object>,
    ) -> OrmResult<()> {
        if !relationship.uselist {
            self.states[id].slots[attribute] = Slot::Object(objects.into_iter().next());
            return Ok(());
        }
        let collection = hooks.new_collection(self, id, attribute)?;
        for object in &objects {
            collection.add(object.clone());
        }
        let state = &mut self.states[id];
        if let Some(changes) = state.pending_changes.remove(&(attribute as u32)) {
            state.committed.retain(|(at, _)| *at as usize != attribute);
            state.committed.push((attribute as u32, super::state::Committed::Items(objects.clone())));
            for added in changes.added {
                if !objects.iter().any(|object| object.state == added.state) {
                    collection.add(added);
                }
            }
            for removed in changes.removed {
                collection.remove(removed.state);
            }
        }
        self.states[id].slots[attribute] = Slot::Collection(collection);
        Ok(())
    }

    /// The key that a many-to-one refers to; none where it refers to nothing.
    fn referred_key(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        relationship: &Relationship,
    ) -> OrmResult<Option<IdentityKey>> {
        let mut values = Vec::new();
        for key in self.mapper(relationship.target).primary_key.clone() {
            let foreign =
                relationship.pairs.iter().find(|(referenced, _)| *referenced == key).map(|(_, own)| *own);
            values.push(match foreign {
                Some(own) => self.load_column(hooks, id, own)?,
                None => Value::Null,
            });
        }
        let missing = values.iter().any(Value::is_null);
        Ok(if missing { None } else { Some(IdentityKey::new(relationship.target, values)) })
    }

    /// What the identity map tells of a scalar relationship that is not loaded.
    pub(super) fn related_in_identity_map(&self, id: StateId, attribute: usize) -> Option<Option<Object>> {
        let relationship = self.mapper_of(id).relationship(attribute)?;
        let session = self.states[id].session?;
        if !relationship.use_get {
            return None;
        }
        let mut values = Vec::new();
        for key in &self.mapper(relationship.target).primary_key {
            let (_, own) = relationship.pairs.iter().find(|(referenced, _)| referenced == key)?;
            let at = self.mapper_of(id).attribute_of(*own)?;
            match &self.states[id].slots[at] {
                Slot::Value(Value::Null) => return Some(None),
                Slot::Value(value) => values.push(value.clone()),
                _ => return None,
            }
        }
        let key = IdentityKey::new(relationship.target, values);
        let known = self.session(session).identity_map.get(&key)?;
        self.states.object(*known).map(Some)
    }

    /// A column's value of an object that has a row; loads it where it has to.
    fn load_column(&mut self, hooks: &mut dyn Hooks, id: StateId, column: ColumnId) -> OrmResult<Value> {
        let Some(at) = self.mapper_of(id).attribute_of(column) else { return Ok(Value::Null) };
        match self.get(hooks, id, at)? {
            AttributeValue::Value(value) => Ok(value),
            _ => Ok(Value::Null),
        }
    }

    /// The statement of a lazy relationship; none where a key of this side is
    /// missing, so that there can be no row.
    fn lazy_select(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        relationship: &Relationship,
    ) -> OrmResult<Option<Select>> {
        let own_columns: Vec<ColumnId> = match relationship.direction {
            Direction::ManyToOne => relationship.pairs.iter().map(|(_, own)| *own).collect(),
            _ => relationship.pairs.iter().map(|(own, _)| *own).collect(),
        };
        let mut values = Vec::new();
        for column in own_columns {
            let value = self.load_column(hooks, id, column)?;
            if value.is_null() {
                return Ok(None);
            }
            values.push((column, value));
        }
        let mut select = Select {
            items: vec![SelectItem::Entity(Entity { mapper: relationship.target, alias: None })],
            purpose: Purpose::Related(relationship.parent, relationship.attribute),
            order_by: relationship.order_by.clone(),
            ..Select::default()
        };
        let bound = relationship.primaryjoin.map(&mut |node| match node.kind() {
            Kind::Column(column) => {
                let (_, value) = values.iter().find(|(own, _)| column.base == Some(*own))?;
                Some(Expr::bind("param", value.clone(), column.sql_type.clone()))
            }
            _ => None,
        });
        let mut conditions = vec![bound];
        if let Some(secondary) = relationship.secondary {
            select.from = vec![From::Table(self.mapper(relationship.target).table), From::Table(secondary)];
            conditions.extend(relationship.secondaryjoin.clone());
        }
        select.where_ = vec![Expr::all_of(Operator::And, conditions)];
        Ok(Some(select))
    }

    /// The members that a relationship had in the database, loaded where they
    /// are not in memory and `passive` allows it; whether they are known.
    pub(super) fn ensure_related(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        attribute: usize,
        passive: Passive,
    ) -> OrmResult<bool> {
        if !matches!(self.states[id].slots[attribute], Slot::Empty) {
            return Ok(true);
        }
        if passive != Passive::Off || self.states[id].key.is_none() || self.states[id].session.is_none() {
            return Ok(self.states[id].key.is_none());
        }
        self.lazy_load(hooks, id, attribute)?;
        Ok(true)
    }
}
