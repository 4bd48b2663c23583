//! Relationships that are loaded with further statements for all objects of a
//! query: select-in, subquery, immediate.
//!
//! SQLAlchemy counterpart: `SelectInLoader`, `SubqueryLoader` and
//! `ImmediateLoader` of `sqlalchemy.orm.strategies`.

use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::adapt::own_alias;
use super::context::{Lowered, Origin, numbers};
use super::options::{Directive, LoadOption, Step, Target};
use super::rows::RowValue;
use super::shape::Later;
use crate::engine::{Cause, Execution, Parameters};
use crate::orm::hooks::Hooks;
use crate::orm::mapping::relationship::{Direction, Lazy, Relationship};
use crate::orm::state::{Object, Slot};
use crate::orm::{Orm, OrmResult};
use crate::sql::{
    Along, Bind, BindValue, Entity, Expr, From, JoinKind, JoinTarget, Kind, LabelStyle, Operator, Purpose,
    Select, SelectItem, Statement,
};
use crate::types::{ColumnId, KeyValue, MapperId, SessionId, Value};

/// How many parents one more statement asks for.
const CHUNK: usize = 500;

/// The objects of each parent, by the key that they are asked for with.
type Groups = IndexMap<Vec<KeyValue>, (Vec<Object>, Vec<Object>), FxBuildHasher>;

/// How a further statement finds the objects of its parents.
struct Finding {
    /// The columns whose values tell a row's parent.
    columns: Vec<Expr>,
    /// The columns of a parent that hold the same values.
    own: Vec<ColumnId>,
    select: Select,
}

impl Orm {
    /// Loads what further statements load for the objects of a plan.
    pub(crate) fn load_later(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        lowered: &Lowered,
        plan: usize,
        parents: Vec<Object>,
    ) -> OrmResult<()> {
        let mut loaders: Vec<(Later, Vec<Object>)> = Vec::new();
        let mut subclasses: IndexMap<MapperId, Vec<Object>, FxBuildHasher> = IndexMap::default();
        for parent in parents {
            let shape = self.shape(&lowered.plans[plan], self.states[parent.state].mapper);
            if let Some(mapper) = shape.subclass {
                subclasses.entry(mapper).or_default().push(parent.clone());
            }
            for later in &shape.later {
                match loaders
                    .iter_mut()
                    .find(|(known, _)| Rc::ptr_eq(&known.relationship, &later.relationship))
                {
                    Some((_, objects)) => objects.push(parent.clone()),
                    None => loaders.push((later.clone(), vec![parent.clone()])),
                }
            }
        }
        for (mapper, objects) in subclasses {
            for chunk in objects.chunks(CHUNK) {
                self.load_subclass(hooks, session, mapper, &lowered.plans[plan].options, chunk)?;
            }
        }
        for (later, mut parents) in loaders {
            let place = later.attribute as usize;
            if !later.asks_in_any_case() {
                parents.retain(|parent| matches!(self.states[parent.state].slots[place], Slot::Empty));
            }
            match later.strategy {
                Lazy::Immediate => {
                    for parent in parents {
                        self.lazy_load_with(hooks, parent.state, place, &later.options, &[])?;
                    }
                }
                Lazy::Subquery => self.load_by_subquery(hooks, session, lowered, plan, &later, parents)?,
                _ => {
                    let path = lowered.plans[plan].path.clone();
                    for chunk in parents.chunks(CHUNK) {
                        self.load_select_in(hooks, session, &later, &path, chunk)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Loads the columns that a class adds to those of its parent.
    fn load_subclass(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        options: &[LoadOption],
        objects: &[Object],
    ) -> OrmResult<()> {
        let own = self.mapper(mapper);
        let entity = Entity::of(mapper);
        let step =
            |target| Step { entity: Some(entity.clone()), target, of_type: None, criteria: Vec::new() };
        let mut all =
            vec![LoadOption { path: vec![step(Target::Columns)], what: Directive::Defer { raise: false } }];
        for (at, attribute) in own.iter() {
            let kept = attribute.parent == mapper && !attribute.deferred;
            let target = Target::Attribute(at as u32);
            if kept && attribute.kind.is_value() {
                all.push(LoadOption { path: vec![step(target)], what: Directive::Undefer });
            } else if attribute.parent != mapper && !attribute.kind.is_value() {
                let what = Directive::Load { strategy: Lazy::Select, innerjoin: None };
                all.push(LoadOption { path: vec![step(target)], what });
            }
        }
        all.extend(options.iter().filter(|option| !matches!(option.what, Directive::Subclasses(_))).cloned());
        let keys: Vec<Vec<KeyValue>> = objects
            .iter()
            .filter_map(|object| self.states[object.state].key.as_ref().map(|key| key.values.to_vec()))
            .collect();
        let columns: Vec<Expr> = own.primary_key.iter().map(|id| Expr::column(&self.schema, *id)).collect();
        let select = Select {
            items: vec![SelectItem::Entity(entity.clone())],
            where_: vec![among(&columns, keys.iter())],
            label_style: LabelStyle::TablePlusColumn,
            ..Select::default()
        };
        let lowered = self.lower_with(&select, &all)?;
        let cause = Cause::SubclassLoad { class: mapper };
        self.load(hooks, session, &lowered, &Parameters::None, cause, false)?;
        Ok(())
    }

    /// Loads a relationship of several parents with one statement.
    fn load_select_in(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        later: &Later,
        path: &[MapperId],
        parents: &[Object],
    ) -> OrmResult<()> {
        let relationship = &later.relationship;
        let target = later.target.clone().unwrap_or_else(|| Entity::of(relationship.target));
        let mut groups = Groups::default();
        let mut finding = self.finding(relationship, &target);
        let to_one = relationship.use_get && finding.select.joins.is_empty();
        let place = later.attribute as usize;
        if to_one
            && parents
                .iter()
                .any(|parent| finding.own.iter().any(|id| self.known_value(parent, *id).is_none()))
        {
            finding = self.finding_by_join(relationship, &target);
        }
        for parent in parents {
            let values: Vec<Value> =
                finding.own.iter().map(|id| self.column_value(parent.state, *id)).collect();
            if to_one && values.iter().any(Value::is_null) {
                if matches!(self.states[parent.state].slots[place], Slot::Empty) {
                    self.store_loaded(hooks, parent.state, place, relationship, Vec::new())?;
                }
                continue;
            }
            let key = values.into_iter().map(KeyValue).collect();
            groups.entry(key).or_default().0.push(parent.clone());
        }
        if groups.is_empty() {
            return Ok(());
        }
        let width = finding.columns.len();
        let mut select = finding.select;
        select.items = finding.columns.iter().cloned().map(SelectItem::Expr).collect();
        select.items.push(SelectItem::Entity(target));
        select.where_.push(among(&finding.columns, groups.keys()));
        let mut lowered = self.lower_below(&select, &later.options, path)?;
        let mut purpose = vec![relationship.parent.0, relationship.attribute];
        purpose.extend(numbers(&later.options, path));
        lowered.select.purpose = Purpose::Options(purpose);
        lowered.select.label_style = LabelStyle::None;
        let attribute = (relationship.parent, relationship.attribute);
        let cause = Cause::EagerLoad { path: path.to_vec(), attribute };
        let statement = Statement::Select(lowered.select.clone());
        let result = self.run(hooks, session, &statement, &Parameters::None, Execution::Plain, cause)?;
        let rows = self.rows_of(hooks, session, &lowered, &result, false)?;
        for row in &rows.rows {
            let key: Vec<KeyValue> = row[..width]
                .iter()
                .map(|value| match value {
                    RowValue::Value(value) => KeyValue(value.clone()),
                    RowValue::Object(_) => KeyValue(Value::Null),
                })
                .collect();
            if let (Some((_, members)), Some(RowValue::Object(Some(object)))) =
                (groups.get_mut(&key), row.get(width))
            {
                let known = rows.needs_unique && members.iter().any(|known| known.state == object.state);
                if !known {
                    members.push(object.clone());
                }
            }
        }
        for (parents, members) in groups.into_values() {
            for parent in parents {
                if matches!(self.states[parent.state].slots[place], Slot::Empty) {
                    self.store_loaded(hooks, parent.state, place, relationship, members.clone())?;
                }
            }
        }
        Ok(())
    }

    /// The statement that finds the objects of parents: over the target alone
    /// where its columns tell the parent, else over a join with the parents.
    fn finding(&self, relationship: &Relationship, target: &Entity) -> Finding {
        let schema = &self.schema;
        let column = |id: ColumnId| self.entity_column(target, id);
        let by_target = |columns: Vec<Expr>, own: Vec<ColumnId>| Finding {
            columns,
            own,
            select: Select { order_by: self.adapted_order(relationship, target), ..Select::default() },
        };
        if relationship.use_get && relationship.options.omit_join != Some(false) {
            let key = self.mapper(relationship.target).primary_key.clone();
            let own: Vec<ColumnId> = key.iter().filter_map(|id| self.local_of(relationship, *id)).collect();
            if own.len() == key.len() && !relationship.uselist {
                return by_target(key.into_iter().map(column).collect(), own);
            }
        }
        if !self.omits_join(relationship) {
            return self.finding_by_join(relationship, target);
        }
        let key = self.mapper(relationship.parent).primary_key.clone();
        match relationship.secondary {
            None => {
                let remote = key.iter().filter_map(|id| self.remote_of(relationship, *id));
                by_target(remote.map(column).collect(), key.clone())
            }
            Some(secondary) => {
                let remote: Vec<ColumnId> = key
                    .iter()
                    .filter_map(|id| {
                        relationship.pairs.iter().find(|(own, _)| own == id).map(|(_, between)| *between)
                    })
                    .collect();
                let (_, second) = self.relationship_conditions(
                    relationship,
                    &Entity::of(relationship.parent),
                    target,
                    None,
                );
                let mut found =
                    by_target(remote.into_iter().map(|id| Expr::column(schema, id)).collect(), key.clone());
                found.select.from = vec![From::Table(secondary)];
                let on = second.unwrap_or_else(|| Expr::constant(true));
                found.select.joins.push(JoinTarget {
                    left: Some(From::Table(secondary)),
                    entity: Some(target.clone()),
                    ..JoinTarget::new(self.entity_from(target), Some(on), JoinKind::Inner)
                });
                found
            }
        }
    }

    fn finding_by_join(&self, relationship: &Relationship, target: &Entity) -> Finding {
        let parent = own_alias(self, relationship.parent);
        let own = self.mapper(relationship.parent).primary_key.clone();
        let columns = own.iter().map(|id| self.entity_column(&parent, *id)).collect();
        let mut select = Select { order_by: self.adapted_order(relationship, target), ..Select::default() };
        select.from = vec![self.entity_from(&parent)];
        select.joins.push(JoinTarget {
            entity: Some(target.clone()),
            along: Some(Along { left: parent, attribute: relationship.attribute, criteria: Vec::new() }),
            ..JoinTarget::new(self.entity_from(target), None, JoinKind::Inner)
        });
        Finding { columns, own, select }
    }

    fn adapted_order(&self, relationship: &Relationship, target: &Entity) -> Vec<Expr> {
        let adapter = self.adapter(target);
        let order = relationship.order_by.iter();
        order
            .map(|expr| adapter.as_ref().map_or_else(|| expr.clone(), |adapter| adapter.expr(expr)))
            .collect()
    }

    /// Whether the columns of the other side tell the parent's whole key.
    fn omits_join(&self, relationship: &Relationship) -> bool {
        if let Some(omit) = relationship.options.omit_join {
            return omit;
        }
        let parent = self.mapper(relationship.parent);
        let place = |id: &ColumnId| parent.attribute_of(*id);
        let key: Vec<Option<usize>> = parent.primary_key.iter().map(place).collect();
        let locals: Vec<Option<usize>> = match relationship.direction {
            Direction::ManyToOne => return false,
            Direction::ManyToMany if relationship.self_referential => return false,
            Direction::ManyToMany => relationship.pairs.iter().map(|(own, _)| place(own)).collect(),
            Direction::OneToMany => relationship.local_remote.iter().map(|(own, _)| place(own)).collect(),
        };
        relationship.simple && locals.len() == key.len() && key.iter().all(|key| locals.contains(key))
    }

    /// This side's column that is compared with one of the other side.
    pub(crate) fn local_of(&self, relationship: &Relationship, remote: ColumnId) -> Option<ColumnId> {
        let target = self.mapper(relationship.target);
        let place = target.attribute_of(remote);
        let pairs = &relationship.local_remote;
        pairs.iter().find(|(_, other)| target.attribute_of(*other) == place).map(|(own, _)| *own)
    }

    /// The other side's column that is compared with one of this side.
    fn remote_of(&self, relationship: &Relationship, local: ColumnId) -> Option<ColumnId> {
        let parent = self.mapper(relationship.parent);
        let place = parent.attribute_of(local);
        let pairs = &relationship.local_remote;
        pairs.iter().find(|(own, _)| parent.attribute_of(*own) == place).map(|(_, other)| *other)
    }

    fn known_value(&self, object: &Object, column: ColumnId) -> Option<Value> {
        let at = self.mapper_of(object.state).attribute_of(column)?;
        match &self.states[object.state].slots[at] {
            Slot::Value(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// Loads a relationship with a statement around the query's own.
    fn load_by_subquery(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        lowered: &Lowered,
        plan: usize,
        later: &Later,
        parents: Vec<Object>,
    ) -> OrmResult<()> {
        let relationship = &later.relationship;
        let Some(origin) = self.origin_of(lowered, plan, relationship) else {
            let path = lowered.plans[plan].path.clone();
            return self.load_select_in(hooks, session, later, &path, &parents);
        };
        let (select, own) = self.subquery_select(&origin, later);
        let mut inner = self.lower_below(&select, &later.options, &lowered.plans[plan].path)?;
        inner.origin = Some(origin);
        let attribute = (relationship.parent, relationship.attribute);
        let cause = Cause::EagerLoad { path: lowered.plans[plan].path.clone(), attribute };
        let statement = Statement::Select(inner.select.clone());
        let result = self.run(hooks, session, &statement, &Parameters::None, Execution::Plain, cause)?;
        let rows = self.rows_of(hooks, session, &inner, &result, false)?;
        let mut groups: IndexMap<Vec<KeyValue>, Vec<Object>, FxBuildHasher> = IndexMap::default();
        for row in &rows.rows {
            let Some(RowValue::Object(Some(object))) = row.first() else { continue };
            let key = row[1..]
                .iter()
                .map(|value| match value {
                    RowValue::Value(value) => KeyValue(value.clone()),
                    RowValue::Object(_) => KeyValue(Value::Null),
                })
                .collect();
            let members = groups.entry(key).or_default();
            if !(rows.needs_unique && members.iter().any(|known| known.state == object.state)) {
                members.push(object.clone());
            }
        }
        let place = later.attribute as usize;
        for parent in parents {
            if !matches!(self.states[parent.state].slots[place], Slot::Empty) {
                continue;
            }
            let key: Vec<KeyValue> =
                own.iter().map(|id| KeyValue(self.column_value(parent.state, *id))).collect();
            let members = groups.get(&key).cloned().unwrap_or_default();
            self.store_loaded(hooks, parent.state, place, relationship, members)?;
        }
        Ok(())
    }

    /// The query that a subquery is made from, and the way from there.
    fn origin_of(&self, lowered: &Lowered, plan: usize, relationship: &Relationship) -> Option<Origin> {
        let mut steps = Vec::new();
        let mut at = plan;
        while let Some(joined) = lowered.joined.iter().find(|joined| joined.plan == at) {
            steps.insert(0, (joined.relationship.parent, joined.relationship.attribute));
            at = joined.parent;
        }
        let mut origin = match &lowered.origin {
            Some(origin) => origin.clone(),
            None => Origin {
                select: Rc::clone(lowered.source.as_ref()?),
                root: lowered.plans[at].entity.clone(),
                steps: Vec::new(),
            },
        };
        origin.steps.extend(steps);
        origin.steps.push((relationship.parent, relationship.attribute));
        Some(origin)
    }

    /// The statement, and the parents' columns that its rows end with.
    fn subquery_select(&self, origin: &Origin, later: &Later) -> (Select, Vec<ColumnId>) {
        let target = later.target.clone().unwrap_or_else(|| Entity::of(later.relationship.target));
        let locals = |relationship: &Relationship| -> Vec<ColumnId> {
            let mut columns: Vec<ColumnId> = Vec::new();
            for (own, _) in &relationship.local_remote {
                let parent = self.mapper(relationship.parent);
                if parent.attribute_of(*own).is_some() && !columns.contains(own) {
                    columns.push(*own);
                }
            }
            columns
        };
        let leftmost = self.relationship(origin.steps[0].0, origin.steps[0].1 as usize).cloned();
        let first = leftmost.as_deref().unwrap_or(&later.relationship);
        let mut inner = Select { ..(*origin.select).clone() };
        if inner.from.is_empty() && inner.joins.is_empty() {
            inner.from = vec![self.entity_from(&origin.root)];
            inner.entities = vec![origin.root.clone()];
        }
        let wanted = locals(first);
        inner.items =
            wanted.iter().map(|id| SelectItem::Expr(self.entity_column(&origin.root, *id))).collect();
        if !inner.limits_rows() {
            inner.order_by.clear();
        }
        let key = &self.mapper(first.parent).primary_key;
        if !key.iter().all(|id| wanted.contains(id)) {
            inner.distinct = crate::sql::Distinct::Yes;
        }
        inner.label_style = LabelStyle::TablePlusColumn;
        let plain = self.lower(&inner).map_or(inner, |lowered| lowered.select);
        let alias = From::Alias(plain.subquery(None));
        let mut left = Entity { from: Some(alias.clone()), ..Entity::of(origin.root.mapper) };
        let mut select = Select { label_style: LabelStyle::TablePlusColumn, ..Select::default() };
        select.from = vec![alias];
        let last = origin.steps.len() - 1;
        for (at, (mapper, attribute)) in origin.steps.iter().enumerate() {
            let along = Along { left: left.clone(), attribute: *attribute, criteria: Vec::new() };
            let next = match self.relationship(*mapper, *attribute as usize) {
                _ if at == last => target.clone(),
                Some(relationship) => own_alias(self, relationship.target),
                None => continue,
            };
            if at == last {
                let own = locals(&later.relationship);
                select.items = std::iter::once(SelectItem::Entity(target.clone()))
                    .chain(own.iter().map(|id| SelectItem::Expr(self.entity_column(&left, *id))))
                    .collect();
            }
            select.joins.push(JoinTarget {
                entity: Some(next.clone()),
                along: Some(along),
                ..JoinTarget::new(self.entity_from(&next), None, JoinKind::Inner)
            });
            left = next;
        }
        select.order_by = self.adapted_order(&later.relationship, &target);
        (select, locals(&later.relationship))
    }
}

/// `column IN (…)`, or the same with several columns.
fn among<'a>(columns: &[Expr], keys: impl Iterator<Item = &'a Vec<KeyValue>>) -> Expr {
    let mut rows: Vec<Vec<Value>> =
        keys.map(|key| key.iter().map(|value| value.0.clone()).collect()).collect();
    if let [column] = columns {
        let values = rows.iter_mut().filter_map(|row| row.pop()).collect();
        return column.binary(Operator::In, Expr::expanding("primary_keys", values, column.sql_type()));
    }
    let types: Vec<_> = columns.iter().map(Expr::sql_type).collect();
    let bind = Bind {
        expand_op: Some(Operator::In),
        ..Bind::unique("primary_keys", BindValue::ExpandingRows(rows, types))
    };
    Expr::new(Kind::Tuple(columns.to_vec())).binary(Operator::In, Expr::from(bind))
}
