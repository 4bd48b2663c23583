//! Relationships that are loaded with the objects that have them: in the same
//! statement (joined), or in one more for all of them (select-in).
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.strategies`' `JoinedLoader` and
//! `SelectInLoader`.

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::hooks::Hooks;
use super::loading::RowValue;
use super::query::{Lowered, Part};
use super::relationship::{Direction, Lazy, Relationship};
use super::state::{Object, Slot};
use super::{Orm, OrmResult};
use crate::engine::{Cause, Execution, Parameters};
use crate::sql::{
    Entity, Expr, From, JoinKind, JoinTarget, Kind, LabelStyle, Operator, Purpose, Select, SelectItem,
    Statement,
};
use crate::types::{KeyValue, MapperId, SessionId, StateId, Value};

/// How far default strategies reach from one class to the next.
const DEPTH: usize = 8;
/// How many parents one more statement asks for.
const CHUNK: usize = 500;

/// `joinedload(A.bs).selectinload(B.cs)`: a strategy for each relationship on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LoadOption(pub Vec<(MapperId, u32, Lazy)>);

/// A relationship that is loaded with its parents.
#[derive(Clone, Debug)]
pub(super) struct Eager {
    over: Over,
    attribute: usize,
    relationship: Relationship,
    /// Its first column, where it is in the same statement.
    first: Option<usize>,
    /// What is said of the objects that it loads.
    options: Vec<LoadOption>,
    /// How many relationships lead to it from the query's own objects.
    depth: u32,
}

/// Whose relationship it is.
#[derive(Clone, Copy, Debug)]
enum Over {
    Part(usize),
    Eager(usize),
}

/// Members by parent and attribute, as the rows bring them; none where the
/// attribute is loaded already.
type Members = IndexMap<(StateId, usize), Option<(Object, Vec<Object>)>, FxBuildHasher>;

impl Orm {
    /// Replaces mapped classes by their columns, and adds what is to be loaded
    /// with them.
    ///
    /// # Errors
    /// As [`Orm::lower`].
    pub fn lower_with(&self, select: &Select, options: &[LoadOption]) -> OrmResult<Lowered> {
        let mut lowered = self.lower(select)?;
        if !options.is_empty() {
            lowered.select.purpose = Purpose::Options(numbers(options));
        }
        let entities = select.items.iter().filter_map(|item| match item {
            SelectItem::Entity(entity) => Some(entity.clone()),
            _ => None,
        });
        let places: Vec<usize> =
            (0..lowered.parts.len()).filter(|at| matches!(lowered.parts[*at], Part::Entity { .. })).collect();
        for (place, entity) in places.into_iter().zip(entities) {
            self.add_eager(&mut lowered, Over::Part(place), &entity, options, &mut vec![entity.mapper]);
        }
        Ok(lowered)
    }

    fn add_eager(
        &self,
        lowered: &mut Lowered,
        over: Over,
        entity: &Entity,
        options: &[LoadOption],
        path: &mut Vec<MapperId>,
    ) {
        let relationships: Vec<Relationship> = self.mapper(entity.mapper).relationships().cloned().collect();
        for relationship in relationships {
            let here = |option: &&LoadOption| {
                option.0.first().is_some_and(|(mapper, at, _)| {
                    *mapper == relationship.parent && *at == relationship.attribute
                })
            };
            let chosen = options.iter().filter(here).map(|option| option.0[0].2).next_back();
            let strategy = match chosen {
                Some(strategy) => strategy,
                // A default does not lead back to where it came from.
                None if path.contains(&relationship.target) || path.len() > DEPTH => Lazy::Select,
                None => relationship.lazy,
            };
            let further: Vec<LoadOption> = options
                .iter()
                .filter(here)
                .filter(|option| option.0.len() > 1)
                .map(|option| LoadOption(option.0[1..].to_vec()))
                .collect();
            let attribute = relationship.attribute as usize;
            match strategy {
                Lazy::Joined => {
                    let alias = From::alias(self.mapper(relationship.target).table, None);
                    let target = Entity { mapper: relationship.target, alias: Some(alias) };
                    self.join_eagerly(lowered, entity, &relationship, &target);
                    lowered.needs_unique |= relationship.uselist;
                    let place = lowered.eager.len();
                    lowered.eager.push(Eager {
                        over,
                        attribute,
                        relationship: relationship.clone(),
                        first: Some(0),
                        options: Vec::new(),
                        depth: path.len() as u32,
                    });
                    path.push(target.mapper);
                    self.add_eager(lowered, Over::Eager(place), &target, &further, path);
                    path.pop();
                    // What it leads to has its columns first.
                    lowered.eager[place].first = Some(lowered.select.items.len());
                    for (_, column) in self.mapper(target.mapper).columns() {
                        let expr = self.entity_column(&target, column);
                        lowered.select.items.push(SelectItem::Expr(expr));
                    }
                }
                Lazy::SelectIn => {
                    let depth = path.len() as u32;
                    lowered.eager.push(Eager {
                        over,
                        attribute,
                        relationship,
                        first: None,
                        options: further,
                        depth,
                    });
                }
                _ => {}
            }
        }
    }

    /// The outer join of a relationship that is loaded in the same statement.
    fn join_eagerly(
        &self,
        lowered: &mut Lowered,
        left: &Entity,
        relationship: &Relationship,
        target: &Entity,
    ) {
        let mut joins = self.joins_along(left, relationship.attribute as usize, target, true);
        if joins.len() == 2
            && let (Some(second), Some(first)) = (joins.pop(), joins.pop())
        {
            // The table between is joined to the target first.
            let on = second.on.unwrap_or_else(|| Expr::constant(true));
            let right = From::joined(first.right, second.right, on, JoinKind::Inner);
            joins.push(JoinTarget { left: first.left, right, on: first.on, kind: JoinKind::Outer });
        }
        lowered.select.joins.extend(joins);
        let table = self.mapper(relationship.target).table;
        let from = self.entity_from(target);
        for order in &relationship.order_by {
            lowered.select.order_by.push(order.map(&mut |node| match node.kind() {
                Kind::Column(column) if column.base.is_some_and(|base| base.table == table) => {
                    let mut column = column.clone();
                    column.from = Some(from.clone());
                    Some(Expr::from(column))
                }
                _ => None,
            }));
        }
    }

    /// Reads what one row brings along.
    pub(super) fn eager_row(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        lowered: &Lowered,
        row: &[Value],
        values: &[RowValue],
        found: &mut EagerRows,
    ) -> OrmResult<()> {
        let mut objects: Vec<Option<Object>> = Vec::with_capacity(lowered.eager.len());
        for (at, eager) in lowered.eager.iter().enumerate() {
            let parent = match eager.over {
                Over::Part(part) => match values.get(part) {
                    Some(RowValue::Object(object)) => object.clone(),
                    _ => None,
                },
                Over::Eager(other) => objects.get(other).cloned().flatten(),
            };
            let mut child = None;
            if let Some(parent) = &parent {
                match eager.first {
                    Some(first) => {
                        child = self.load_entity(
                            hooks,
                            session,
                            eager.relationship.target,
                            &row[first..],
                            false,
                        )?;
                        let key = (parent.state, eager.attribute);
                        if !found.members.contains_key(&key) {
                            let empty =
                                matches!(self.states[parent.state].slots[eager.attribute], Slot::Empty);
                            found.members.insert(key, empty.then(|| (parent.clone(), Vec::new())));
                            found.relationships.insert(key, at);
                        }
                        if let (Some(child), Some(Some((_, list)))) = (&child, found.members.get_mut(&key))
                            && !list.iter().any(|known| known.state == child.state)
                        {
                            list.push(child.clone());
                        }
                    }
                    None => {
                        let empty = matches!(self.states[parent.state].slots[eager.attribute], Slot::Empty);
                        let waiting = found.waiting.entry(at).or_default();
                        if empty && !waiting.iter().any(|known| known.state == parent.state) {
                            waiting.push(parent.clone());
                        }
                    }
                }
            }
            objects.push(child);
        }
        Ok(())
    }

    /// Stores what the rows brought along, and loads what is left for one more statement.
    pub(super) fn finish_eager(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        lowered: &Lowered,
        found: EagerRows,
    ) -> OrmResult<()> {
        for (key, entry) in found.members {
            let Some((parent, members)) = entry else { continue };
            let Some(eager) = found.relationships.get(&key).and_then(|at| lowered.eager.get(*at)) else {
                continue;
            };
            self.store_loaded(hooks, parent.state, key.1, &eager.relationship, members)?;
        }
        for (at, parents) in found.waiting {
            let Some(eager) = lowered.eager.get(at) else { continue };
            for chunk in parents.chunks(CHUNK) {
                self.load_select_in(hooks, session, eager, chunk)?;
            }
        }
        Ok(())
    }

    /// Loads a relationship of several parents with one statement.
    fn load_select_in(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        eager: &Eager,
        parents: &[Object],
    ) -> OrmResult<()> {
        let relationship = &eager.relationship;
        let one_pair = relationship.pairs.len() == 1 && relationship.secondary_pairs.len() <= 1;
        let direct = relationship.direction != Direction::ManyToOne || relationship.use_get;
        let (Some(&(referenced, foreign)), true) = (relationship.pairs.first(), one_pair && direct) else {
            // Keys of several columns are asked for one parent at a time.
            for parent in parents {
                self.lazy_load(hooks, parent.state, eager.attribute)?;
            }
            return Ok(());
        };
        let own = if relationship.direction == Direction::ManyToOne { foreign } else { referenced };
        let mut groups: IndexMap<KeyValue, (Vec<Object>, Vec<Object>), FxBuildHasher> = IndexMap::default();
        for parent in parents {
            let value = self.column_value(parent.state, own);
            if value.is_null() {
                self.store_loaded(hooks, parent.state, eager.attribute, relationship, Vec::new())?;
                continue;
            }
            groups.entry(KeyValue(value)).or_default().0.push(parent.clone());
        }
        if groups.is_empty() {
            return Ok(());
        }
        if relationship.direction == Direction::ManyToOne {
            groups.sort_by(|a, _, b, _| compare(&a.0, &b.0));
        }
        let target = Entity { mapper: relationship.target, alias: None };
        let mut select = Select {
            items: vec![SelectItem::Entity(target.clone())],
            order_by: relationship.order_by.clone(),
            ..Select::default()
        };
        let key = match relationship.direction {
            Direction::ManyToOne => Expr::column(&self.schema, referenced),
            Direction::OneToMany => Expr::column(&self.schema, foreign),
            Direction::ManyToMany => {
                select.joins.push(JoinTarget {
                    left: Some(From::Table(foreign.table)),
                    right: self.entity_from(&target),
                    on: relationship.secondaryjoin.clone(),
                    kind: JoinKind::Inner,
                });
                Expr::column(&self.schema, foreign)
            }
        };
        let mut lowered = self.lower_with(&select, &eager.options)?;
        for inner in &mut lowered.eager {
            inner.depth += eager.depth;
        }
        // The key comes first, and only once.
        let place = lowered.select.items.iter().position(|item| match (item, &key) {
            (SelectItem::Expr(expr), key) => expr.is(key),
            _ => false,
        });
        let mut statement = lowered.select.clone();
        if let Some(place) = place {
            statement.items.remove(place);
        }
        statement.items.insert(0, SelectItem::Expr(key.clone()));
        let values = groups.keys().map(|key| key.0.clone()).collect();
        statement
            .where_
            .push(key.binary(Operator::In, Expr::expanding("primary_keys", values, key.sql_type())));
        statement.label_style = LabelStyle::None;
        let mut purpose = vec![eager.depth, relationship.parent.0, relationship.attribute];
        purpose.extend(numbers(&eager.options));
        statement.purpose = Purpose::Options(purpose);
        lowered.names.truncate(1);
        let cause =
            Cause::LazyLoad { attribute: self.attribute_name(relationship.parent, relationship.attribute) };
        let statement = Statement::Select(statement);
        let mut result = self.run(hooks, session, &statement, &Parameters::None, Execution::Plain, cause)?;
        let mut keys = Vec::with_capacity(result.rows.len());
        for row in &mut result.rows {
            let key = row.remove(0);
            if let Some(place) = place {
                row.insert(place, key.clone());
            }
            keys.push(key);
        }
        let rows = self.rows_of(hooks, session, &lowered, &result, false)?;
        for (key, row) in keys.into_iter().zip(&rows.rows) {
            if let (Some((_, members)), Some(RowValue::Object(Some(object)))) =
                (groups.get_mut(&KeyValue(key)), row.first())
                && !members.iter().any(|known| known.state == object.state)
            {
                members.push(object.clone());
            }
        }
        for (parents, members) in groups.into_values() {
            for parent in parents {
                self.store_loaded(hooks, parent.state, eager.attribute, relationship, members.clone())?;
            }
        }
        Ok(())
    }
}

/// Options as part of a statement's identity.
fn numbers(options: &[LoadOption]) -> Vec<u32> {
    let mut flat = Vec::new();
    for option in options {
        flat.push(option.0.len() as u32);
        flat.extend(option.0.iter().flat_map(|(mapper, at, strategy)| [mapper.0, *at, *strategy as u32]));
    }
    flat
}

/// What the rows of a query bring along.
#[derive(Default)]
pub(super) struct EagerRows {
    members: Members,
    relationships: FxHashMap<(StateId, usize), usize>,
    waiting: IndexMap<usize, Vec<Object>, FxBuildHasher>,
}

fn compare(a: &Value, b: &Value) -> std::cmp::Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    }
}
