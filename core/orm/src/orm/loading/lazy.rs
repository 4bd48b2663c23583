//! Loading a relationship when it is asked for.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.strategies.LazyLoader`.

use super::options::{Directive, LoadOption, Step, Target};
use super::rows::RowValue;
use crate::engine::{Cause, Parameters};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::mapping::relationship::{Direction, Lazy, Relationship};
use crate::orm::state::attributes::AttributeValue;
use crate::orm::state::attributes::Passive;
use crate::orm::state::identity::IdentityKey;
use crate::orm::state::{Committed, Object, Slot};
use crate::orm::{Orm, OrmResult};
use crate::sql::{Entity, Expr, From, Kind, Operator, Purpose, Select, SelectItem};
use crate::types::{ColumnId, MapperId, StateId, Value};

impl Orm {
    /// Loads a relationship of an object that has a row.
    pub(crate) fn lazy_load(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        attribute: usize,
    ) -> OrmResult<()> {
        let (options, path) = match (&self.states[id].shape, self.mapper_of(id).relationship(attribute)) {
            (Some(shape), Some(relationship)) => {
                let entity = Entity::of(self.states[id].mapper);
                let options = self.options_beyond(&shape.options, &entity, relationship.attribute);
                (options, shape.path.clone())
            }
            _ => (Vec::new(), Vec::new()),
        };
        self.lazy_load_with(hooks, id, attribute, &options, &path)
    }

    /// The same with what is said of what it leads to.
    pub(crate) fn lazy_load_with(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        attribute: usize,
        options: &[LoadOption],
        path: &[MapperId],
    ) -> OrmResult<()> {
        let Some(relationship) = self.mapper_of(id).relationship(attribute).cloned() else { return Ok(()) };
        let name = self.attribute_name(relationship.parent, relationship.attribute);
        let said = self.states[id].shape.as_ref().and_then(|shape| {
            shape.lazies.iter().find(|(at, _)| *at as usize == attribute).map(|(_, lazy)| *lazy)
        });
        let strategy = said.unwrap_or(relationship.lazy);
        let refuse = |how: &str| {
            Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!("'{name}' is not available due to lazy='{how}'"),
            ))
        };
        match strategy {
            Lazy::Raise => return refuse("raise"),
            Lazy::WriteOnly => return Err(self.refuse_iteration(&relationship)),
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
        let cause = Cause::LazyLoad {
            attribute: (relationship.parent, relationship.attribute),
            object: self.subject(id),
        };
        if relationship.use_get {
            let Some(key) = self.referred_key(hooks, id, &relationship)? else {
                return self.store_loaded(hooks, id, attribute, &relationship, Vec::new());
            };
            let found = match self.identity_map_lookup(hooks, session, relationship.target, &key)? {
                Some(found) => {
                    found.filter(|object| self.is_a(self.states[object.state].mapper, relationship.target))
                }
                None if strategy == Lazy::RaiseOnSql => return refuse("raise_on_sql"),
                None => {
                    let purpose = purpose_of(&relationship, path);
                    self.load_by_key(
                        hooks,
                        session,
                        relationship.target,
                        &key,
                        options,
                        cause,
                        purpose,
                        false,
                    )?
                }
            };
            return self.store_loaded(hooks, id, attribute, &relationship, found.into_iter().collect());
        }
        let Some(select) = self.lazy_select(hooks, id, &relationship)? else {
            return self.store_loaded(hooks, id, attribute, &relationship, Vec::new());
        };
        if strategy == Lazy::RaiseOnSql {
            return refuse("raise_on_sql");
        }
        let mut select = select;
        if strategy == Lazy::Dynamic || self.legacy {
            select.label_style = crate::sql::LabelStyle::TablePlusColumn;
        }
        if strategy == Lazy::Dynamic {
            select.purpose = Purpose::Query;
        }
        self.autoflush(hooks, session, "lazy load")?;
        let purpose = select.purpose.clone();
        let mut lowered = self.lower_with(&select, &self.lazy_options(&relationship, options))?;
        lowered.select.purpose = match path {
            [] => purpose,
            path => purpose_of(&relationship, path),
        };
        let rows = self.load(hooks, session, &lowered, &Parameters::None, cause, false)?;
        let mut objects: Vec<Object> = Vec::with_capacity(rows.rows.len());
        for row in &rows.rows {
            if let Some(RowValue::Object(Some(object))) = row.first()
                && !(rows.needs_unique && objects.iter().any(|known| known.state == object.state))
            {
                objects.push(object.clone());
            }
        }
        self.store_loaded(hooks, id, attribute, &relationship, objects)
    }

    /// The mirror of what is loaded leads to this very object, which is there:
    /// nothing more is loaded for it.
    fn lazy_options(&self, relationship: &Relationship, options: &[LoadOption]) -> Vec<LoadOption> {
        let mut all = options.to_vec();
        let mirror = relationship.reverse.and_then(|at| self.relationship(relationship.target, at as usize));
        if let Some(mirror) = mirror.filter(|mirror| {
            mirror.direction == Direction::ManyToOne && mirror.use_get && mirror.lazy != Lazy::Select
        }) {
            let step = Step {
                entity: Some(Entity::of(relationship.target)),
                target: Target::Attribute(mirror.attribute),
                of_type: None,
                criteria: Vec::new(),
            };
            let what = Directive::Load { strategy: Lazy::Select, innerjoin: None };
            all.insert(0, LoadOption { path: vec![step], what });
        }
        all
    }

    /// Puts what was loaded into the attribute; changes that waited for it are
    /// applied to it.
    pub(crate) fn store_loaded(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        attribute: usize,
        relationship: &Relationship,
        objects: Vec<Object>,
    ) -> OrmResult<()> {
        let state = &mut self.states[id];
        state.expired = false;
        state.expired_attributes.remove(attribute as u32);
        if !relationship.uselist {
            state.slots[attribute] = Slot::Object(objects.into_iter().next().map(Box::new));
            return Ok(());
        }
        let collection = hooks.new_collection(self, id, attribute)?;
        for object in &objects {
            collection.add(object.clone());
        }
        let state = &mut self.states[id];
        if let Some(changes) = state.pending_changes.remove(&(attribute as u32)) {
            state.committed.retain(|(at, _)| *at as usize != attribute);
            state.committed.push((attribute as u32, Committed::Items(objects.clone())));
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

    /// The key that a relationship refers to; none where it refers to nothing.
    fn referred_key(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        relationship: &Relationship,
    ) -> OrmResult<Option<IdentityKey>> {
        let mut values = Vec::new();
        for key in self.mapper(relationship.target).primary_key.clone() {
            values.push(match self.local_of(relationship, key) {
                Some(own) => self.load_column(hooks, id, own)?,
                None => Value::Null,
            });
        }
        let missing = values.iter().all(Value::is_null);
        let identity = self.mapper(relationship.target).identity;
        Ok(if missing { None } else { Some(IdentityKey::new(identity, values)) })
    }

    /// What the identity map tells of a scalar relationship that is not loaded.
    pub(crate) fn related_in_identity_map(&self, id: StateId, attribute: usize) -> Option<Option<Object>> {
        let relationship = self.mapper_of(id).relationship(attribute)?;
        let session = self.states[id].session?;
        if !relationship.use_get {
            return None;
        }
        let mut values = Vec::new();
        for key in &self.mapper(relationship.target).primary_key {
            let own = self.local_of(relationship, *key)?;
            let at = self.mapper_of(id).attribute_of(own)?;
            // What the row refers to counts, and not what was changed since.
            let was = match self.states[id].committed(at) {
                Some(Committed::Value(was)) => Some(was),
                _ => None,
            };
            match (was, &self.states[id].slots[at]) {
                (Some(Value::Null), _) | (None, Slot::Value(Value::Null)) => return Some(None),
                (Some(value), _) | (None, Slot::Value(value)) => values.push(value.clone()),
                _ => return None,
            }
        }
        let key = IdentityKey::new(self.mapper(relationship.target).identity, values);
        let known = self.session(session).identity_map.get(&key)?;
        self.states.object(*known).map(Some)
    }

    /// A column's value of an object that has a row; loads it where it has to.
    fn load_column(&mut self, hooks: &mut dyn Hooks, id: StateId, column: ColumnId) -> OrmResult<Value> {
        let Some(at) = self.mapper_of(id).attribute_of(column) else { return Ok(Value::Null) };
        // A flush looks for the rows that the key in the database refers to.
        if self.states[id].session.is_some_and(|session| self.session(session).flushing) {
            return self.committed_value(hooks, id, column);
        }
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
        let mut own_columns: Vec<ColumnId> = Vec::new();
        relationship.primaryjoin.walk(&mut |node| {
            if let Kind::Column(column) = node.kind()
                && column.notes.as_ref().is_some_and(|notes| notes.local && !notes.remote)
                && let Some(base) = column.base
                && !own_columns.contains(&base)
            {
                own_columns.push(base);
            }
        });
        let mut binds = Vec::new();
        for column in own_columns {
            let value = self.load_column(hooks, id, column)?;
            if value.is_null() && self.states[id].key.is_none() {
                return Ok(None);
            }
            let sql_type = self.schema.column(column).sql_type.clone();
            binds.push((column, Expr::bind("param", value, sql_type)));
        }
        let mut select = Select {
            items: vec![SelectItem::Entity(Entity::of(relationship.target))],
            purpose: Purpose::Related(relationship.parent, relationship.attribute),
            order_by: relationship.order_by.clone(),
            ..Select::default()
        };
        let bound = relationship.primaryjoin.map(&mut |node| match node.kind() {
            Kind::Column(column)
                if column.notes.as_ref().is_some_and(|notes| notes.local && !notes.remote) =>
            {
                binds.iter().find(|(own, _)| column.base == Some(*own)).map(|(_, bind)| bind.clone())
            }
            _ => None,
        });
        let mut conditions = vec![bound];
        if let Some(secondary) = relationship.secondary {
            select.from = vec![self.entity_from(&Entity::of(relationship.target)), From::Table(secondary)];
            conditions.extend(relationship.secondaryjoin.clone());
        }
        let target = Entity::of(relationship.target);
        let adapter = self.adapter(&target);
        select.where_ = vec![Expr::all_of(Operator::And, conditions)];
        if let Some(adapter) = adapter {
            select.where_ = select.where_.iter().map(|condition| adapter.expr(condition)).collect();
            select.order_by = select.order_by.iter().map(|order| adapter.expr(order)).collect();
        }
        Ok(Some(select))
    }

    /// The members that a relationship had in the database, loaded where they
    /// are not in memory and `passive` allows it; whether they are known.
    pub(crate) fn ensure_related(
        &mut self,
        hooks: &mut dyn Hooks,
        id: StateId,
        attribute: usize,
        passive: Passive,
    ) -> OrmResult<bool> {
        if self.states[id].is_settled(attribute) {
            return Ok(true);
        }
        if passive != Passive::Off || self.states[id].key.is_none() || self.states[id].session.is_none() {
            return Ok(self.states[id].key.is_none());
        }
        self.lazy_load(hooks, id, attribute)?;
        Ok(true)
    }
}

/// What the statement of a relationship is for: where options led to its
/// object, those of each way are statements of their own.
fn purpose_of(relationship: &Relationship, path: &[MapperId]) -> Purpose {
    if path.is_empty() {
        return Purpose::Related(relationship.parent, relationship.attribute);
    }
    let own = [relationship.parent.0, relationship.attribute];
    Purpose::Options(own.into_iter().chain(path.iter().map(|mapper| mapper.0)).collect())
}
