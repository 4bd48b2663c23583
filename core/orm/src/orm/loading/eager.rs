//! Relationships that are loaded in the same statement as the objects that
//! have them.
//!
//! SQLAlchemy counterpart: `JoinedLoader` of `sqlalchemy.orm.strategies`, and
//! `_compound_eager_statement` of `sqlalchemy.orm.context`.

use std::rc::Rc;

use super::adapt::own_alias;
use super::context::{Context, Joined, Way};
use super::options::{Directive, Inner, LoadOption};
use crate::orm::Orm;
use crate::orm::mapping::relationship::{Lazy, Relationship};
use crate::sql::{Distinct, Entity, Expr, From, JoinKind, JoinTarget, Kind, Operator, Select, SelectItem};

/// A join that brings a relationship's objects into the statement.
pub(crate) struct EagerJoin {
    left: Entity,
    relationship: Rc<Relationship>,
    target: Entity,
    kind: JoinKind,
    /// Whether it is put inside the join that leads to its left side.
    nested: bool,
    criteria: Vec<Expr>,
}

impl Context<'_> {
    /// Decides how a relationship of an entity is loaded, and adds it where
    /// that is by the same statement.
    pub(crate) fn relationship(
        &mut self,
        plan: usize,
        entity: &Entity,
        relationship: &Rc<Relationship>,
        options: &Rc<[LoadOption]>,
        way: &Way,
    ) {
        let orm = self.orm;
        let said = orm.directive(options, &way.called, relationship.attribute, true);
        let beyond = || -> Rc<[LoadOption]> {
            Rc::from(orm.options_beyond(options, &way.called, relationship.attribute))
        };
        let mut path = way.path.clone();
        path.push(relationship.target);
        let (innerjoin, step) = match said {
            Some((Directive::Contains { alias }, step)) => {
                let target = match (alias, &step.of_type) {
                    (Some(alias), _) => {
                        Entity { from: Some(alias.clone()), ..Entity::of(relationship.target) }
                    }
                    (None, Some(entity)) => entity.clone(),
                    (None, None) => Entity::of(relationship.target),
                };
                self.multi_row |= relationship.uselist;
                let called = match &step.of_type {
                    Some(entity) => entity.clone(),
                    None => Entity::of(relationship.target),
                };
                let way = Way { path, secondary: way.secondary, chained: way.chained, eagerly: true, called };
                self.push_joined(plan, relationship);
                self.entity(&target, &beyond(), &way);
                return;
            }
            _ if !self.joining => return,
            Some((Directive::Load { strategy: Lazy::Joined, innerjoin }, step)) => (*innerjoin, Some(step)),
            Some((Directive::Load { .. }, _)) => return,
            _ if relationship.lazy == Lazy::Joined && !orm.leads_back(relationship, &way.path) => {
                (None, None)
            }
            _ => return,
        };
        let innerjoin =
            innerjoin.unwrap_or(if relationship.options.innerjoin { Inner::Nested } else { Inner::No });
        let chained = way.chained || innerjoin == Inner::No;
        let target = match step.and_then(|step| step.of_type.as_ref()) {
            Some(of_type) => orm.eager_entity(of_type),
            None => own_alias(orm, relationship.target),
        };
        self.multi_row |= relationship.uselist;
        let outside = !chained || innerjoin != Inner::Nested;
        let outer = innerjoin == Inner::No || (chained && innerjoin == Inner::Unnested);
        self.joins.push(EagerJoin {
            left: entity.clone(),
            relationship: Rc::clone(relationship),
            target: target.clone(),
            kind: JoinKind::outer(outer),
            nested: !outside,
            criteria: step.map(|step| step.criteria.clone()).unwrap_or_default(),
        });
        let called = match step.and_then(|step| step.of_type.as_ref()) {
            Some(entity) => entity.clone(),
            None => Entity::of(relationship.target),
        };
        let way = Way { path, secondary: true, chained, eagerly: true, called };
        self.push_joined(plan, relationship);
        self.entity(&target, &beyond(), &way);
    }

    /// Notes that the next plan is a relationship's: before what it leads to.
    fn push_joined(&mut self, parent: usize, relationship: &Rc<Relationship>) {
        let plan = self.plans.len();
        self.joined.push(Joined {
            parent,
            attribute: relationship.attribute as usize,
            relationship: Rc::clone(relationship),
            plan,
        });
    }
}

impl Orm {
    /// Whether a default strategy would lead back to where it came from.
    pub(crate) fn leads_back(&self, relationship: &Relationship, path: &[crate::types::MapperId]) -> bool {
        match relationship.options.join_depth {
            Some(depth) => path.len() as u32 > depth,
            None => path
                .iter()
                .any(|id| self.is_a(*id, relationship.target) || self.is_a(relationship.target, *id)),
        }
    }

    /// The entity that `of_type()` names, as an eager join needs it.
    pub(crate) fn eager_entity(&self, of_type: &Entity) -> Entity {
        if of_type.is_alias() {
            return of_type.clone();
        }
        let base = self.mapper(of_type.mapper).base;
        let with = self.mappers_from(base, Some(&[of_type.mapper]));
        let from = self.alias_of_tables(&self.outer_joined(base, &with, false), None, false);
        Entity { from: Some(from), with: Rc::from(with), ..Entity::of(base) }
    }

    /// Adds the joins of what is loaded with a query's objects, around the
    /// query where its rows are counted or grouped. Returns how many columns
    /// were added to the query for its order.
    pub(crate) fn add_eager_joins(
        &self,
        select: &mut Select,
        secondary: Vec<Expr>,
        joins: Vec<EagerJoin>,
        multi_row: bool,
        options: &[LoadOption],
    ) -> usize {
        if joins.is_empty() {
            select.items.extend(secondary.into_iter().map(SelectItem::Expr));
            return 0;
        }
        let limited = select.limit.is_some() || select.offset.is_some();
        let wrapped =
            (limited && multi_row) || !matches!(select.distinct, Distinct::No) || !select.group_by.is_empty();
        if wrapped {
            return self.wrap(select, secondary, joins, options);
        }
        select.items.extend(secondary.into_iter().map(SelectItem::Expr));
        let mut order = Vec::new();
        for join in &joins {
            let target = self.eager_join(join, options, &mut order);
            place(&mut select.joins, join, self, target);
        }
        select.order_by.extend(order);
        0
    }

    fn eager_join(&self, join: &EagerJoin, options: &[LoadOption], order: &mut Vec<Expr>) -> JoinTarget {
        let relationship = &join.relationship;
        let (own, other) = (self.entity_from(&join.left), self.entity_from(&join.target));
        let adapter = self.adapter(&join.target);
        let adapted = |expr: &Expr| match &adapter {
            Some(adapter) => adapter.expr(expr),
            None => expr.clone(),
        };
        let mut criteria: Vec<Expr> = self.single_condition(&join.target).into_iter().collect();
        criteria.extend(join.criteria.iter().map(&adapted));
        criteria.extend(self.criteria_for(options, &join.target, true));
        let and = |on: Expr| Expr::all_of(Operator::And, std::iter::once(on).chain(criteria));
        let target = match relationship.secondary {
            None => {
                let (on, _) = self.relationship_conditions(relationship, &join.left, &join.target, None);
                JoinTarget { left: Some(own), ..JoinTarget::new(other, Some(and(on)), join.kind) }
            }
            Some(secondary) => {
                // The table between is joined to the target first.
                let between = From::Alias(From::alias(secondary, None));
                let (first, second) =
                    self.relationship_conditions(relationship, &join.left, &join.target, Some(&between));
                let second = and(second.unwrap_or_else(|| Expr::constant(true)));
                order.extend(relationship.order_by.iter().map(|expr| {
                    let moved = self.moved(expr, secondary, &between);
                    adapted(&moved)
                }));
                let right = From::joined(between, other, second, JoinKind::Inner);
                return JoinTarget { left: Some(own), ..JoinTarget::new(right, Some(first), join.kind) };
            }
        };
        order.extend(relationship.order_by.iter().map(adapted));
        target
    }

    /// An expression with the columns of a table between in their alias.
    fn moved(&self, expr: &Expr, table: crate::types::TableId, alias: &From) -> Expr {
        expr.map(&mut |node| match node.kind() {
            Kind::Column(column) if column.base.is_some_and(|base| base.table == table) => {
                let column = crate::sql::ColumnRef { from: Some(alias.clone()), ..column.clone() };
                Some(Expr::from(column))
            }
            _ => None,
        })
    }

    /// Puts the query in a subquery, and the eager joins around it.
    fn wrap(
        &self,
        select: &mut Select,
        secondary: Vec<Expr>,
        joins: Vec<EagerJoin>,
        options: &[LoadOption],
    ) -> usize {
        let mut inner = std::mem::take(select);
        let label_style = inner.label_style;
        let (for_update, purpose) = (inner.for_update.clone(), inner.purpose.clone());
        let mut extra = 0;
        for order in &inner.order_by {
            let sorted = unwrapped(order);
            let known = inner.items.iter().any(
                |item| matches!(item, SelectItem::Expr(expr) if expr.is(&sorted) || labelled(expr, &sorted)),
            );
            if !known && !matches!(sorted.kind(), Kind::NameReference(_)) {
                inner.items.push(SelectItem::Expr(sorted));
                extra += 1;
            }
        }
        let items: Vec<SelectItem> = inner.items.clone();
        let order_by = inner.order_by.clone();
        let alias = From::Alias(inner.subquery(None));
        let columns = alias.columns(&self.schema);
        let mut exprs: Vec<Option<Expr>> = Vec::new();
        for item in &items {
            match item {
                SelectItem::Expr(expr) => exprs.push(Some(expr.clone())),
                SelectItem::From(from) => exprs
                    .extend(from.columns(&self.schema).into_iter().map(|column| Some(Expr::from(column)))),
                SelectItem::Entity(_) => exprs.push(None),
            }
        }
        let moved = |expr: &Expr| {
            expr.map(&mut |node| {
                let at = exprs
                    .iter()
                    .position(|own| own.as_ref().is_some_and(|own| own.is(node) || labelled(own, node)))?;
                columns.get(at).cloned().map(Expr::from)
            })
        };
        select.label_style = label_style;
        select.purpose = purpose;
        select.for_update = for_update.filter(|lock| lock.of.is_empty());
        select.from = vec![alias.clone()];
        select.items = std::iter::once(SelectItem::From(alias.clone()))
            .chain(secondary.into_iter().map(SelectItem::Expr))
            .collect();
        let mut order = Vec::new();
        for join in &joins {
            let mut target = self.eager_join(join, options, &mut order);
            target.on = target.on.as_ref().map(&moved);
            let own = self.entity_from(&join.left);
            if !joins.iter().any(|other| self.entity_from(&other.target).is(&own)) {
                target.left = Some(alias.clone());
            }
            place(&mut select.joins, join, self, target);
        }
        select.order_by = order_by.iter().map(moved).chain(order).collect();
        extra
    }
}

/// Puts an eager join behind the others, or inside the one that leads to it.
fn place(joins: &mut Vec<JoinTarget>, join: &EagerJoin, orm: &Orm, target: JoinTarget) {
    if join.nested {
        let own = orm.entity_from(&join.left);
        if let Some(leading) = joins.iter_mut().find(|known| known.right.contains(&own)) {
            let on = target.on.unwrap_or_else(|| Expr::constant(true));
            leading.right = From::joined(leading.right.clone(), target.right, on, target.kind);
            return;
        }
    }
    joins.push(target);
}

/// What is sorted by, without the direction.
fn unwrapped(order: &Expr) -> Expr {
    match order.kind() {
        Kind::Unary { op, operand, .. } if op.is_order_modifier() => unwrapped(operand),
        Kind::Grouping(inner) => unwrapped(inner),
        _ => order.clone(),
    }
}

/// Whether `label` names `expr`, or is it under a name.
fn labelled(label: &Expr, expr: &Expr) -> bool {
    match (label.kind(), expr.kind()) {
        (Kind::Label { element, .. }, _) => element.is(expr),
        _ => false,
    }
}
