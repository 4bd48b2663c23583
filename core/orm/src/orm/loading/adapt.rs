//! Putting the columns of an alias in the place of those of the tables that it
//! stands for, and the conditions of joins along relationships.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.util.ClauseAdapter` as the ORM uses
//! it, `AliasedInsp`, and `_JoinCondition.join_targets`.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::orm::mapping::building::all_tables;
use crate::orm::mapping::mapper::AttributeKind;
use crate::orm::mapping::relationship::Relationship;
use crate::orm::{Orm, OrmResult};
use crate::sql::{
    AliasOf, Along, ColumnRef, Entity, Expr, From, JoinKind, JoinTarget, Kind, LabelStyle, Operator, Select,
    Statement,
};
use crate::types::{ColumnId, MapperId, Value};

/// What replaces the columns of tables by those of an element that stands for them.
pub(crate) struct Adapter {
    columns: FxHashMap<ColumnId, ColumnRef>,
}

impl Adapter {
    /// A column of the element, where it has one for the table's.
    pub(crate) fn column(&self, column: &ColumnRef) -> Option<ColumnRef> {
        let base = column.base?;
        let own = matches!(&column.from, Some(From::Table(table)) if *table == base.table);
        let found = if own { self.columns.get(&base) } else { None }?;
        Some(ColumnRef { notes: column.notes.clone(), ..found.clone() })
    }

    /// An expression with the element's columns.
    pub(crate) fn expr(&self, expr: &Expr) -> Expr {
        expr.map(&mut |node| match node.kind() {
            Kind::Column(column) => self.column(column).map(Expr::from),
            _ => None,
        })
    }
}

impl Orm {
    /// What a mapped class, or an alias of one, selects from.
    pub fn entity_from(&self, entity: &Entity) -> From {
        match &entity.from {
            Some(from) => from.clone(),
            None => self.polymorphic_from(entity.mapper),
        }
    }

    /// What a mapped class selects from: its tables, and those of the classes
    /// that are loaded with it.
    pub(crate) fn polymorphic_from(&self, mapper: MapperId) -> From {
        let own = self.mapper(mapper);
        match &own.polymorphic.with {
            None => own.selectable.clone(),
            Some(with) => match &with.selectable {
                Some(selectable) => selectable.clone(),
                None => self.outer_joined(mapper, &self.mappers_from(mapper, with.mappers.as_deref()), false),
            },
        }
    }

    /// The classes that a class's queries load at once, itself among them where
    /// there are any.
    pub(crate) fn loaded_with(&self, mapper: MapperId) -> Vec<MapperId> {
        match &self.mapper(mapper).polymorphic.with {
            None => Vec::new(),
            Some(with) => {
                let mut mappers = self.mappers_from(mapper, with.mappers.as_deref());
                if let Some(selectable) = &with.selectable {
                    let tables = all_tables(selectable);
                    mappers.retain(|id| tables.contains(&self.mapper(*id).table));
                }
                mappers
            }
        }
    }

    /// The same for an entity.
    pub fn with_of(&self, mapper: MapperId) -> Rc<[MapperId]> {
        Rc::from(self.loaded_with(mapper))
    }

    /// The classes of a hierarchy that are asked for, in its order; none for all.
    pub fn mappers_from(&self, mapper: MapperId, wanted: Option<&[MapperId]>) -> Vec<MapperId> {
        let mut all = self.descendants(mapper);
        if let Some(wanted) = wanted {
            all.retain(|id| wanted.iter().any(|chosen| self.is_a(*chosen, *id)));
        }
        all
    }

    /// A class's tables, joined with those of classes that inherit from it.
    pub fn outer_joined(&self, mapper: MapperId, with: &[MapperId], inner: bool) -> From {
        let mut from = self.mapper(mapper).selectable.clone();
        for id in with {
            let other = self.mapper(*id);
            if *id == mapper || other.single || other.concrete {
                continue;
            }
            if let Some(on) = &other.inherit_condition {
                from = From::joined(from, other.local.clone(), on.clone(), JoinKind::outer(!inner));
            }
        }
        from
    }

    /// `aliased(Class)`: its tables under another name. A join becomes a
    /// subquery, or with `flat` a join of aliases.
    pub fn alias_of_tables(&self, from: &From, name: Option<&str>, flat: bool) -> From {
        match from {
            From::Join(_) if flat => self.flat_alias(from, name),
            From::Join(_) => {
                let mut select = Select::from([from.clone()]);
                select.label_style = LabelStyle::TablePlusColumn;
                From::Alias(select.subquery(name))
            }
            other => From::Alias(other.aliased(name)),
        }
    }

    fn flat_alias(&self, from: &From, name: Option<&str>) -> From {
        let mut aliases: Vec<(From, From)> = Vec::new();
        from.leaves(&mut |leaf| {
            let named = name.map(|name| format!("{name}_{}", self.name_of_from(leaf)));
            aliases.push((leaf.clone(), From::Alias(leaf.aliased(named.as_deref()))));
        });
        let adapter = self.adapter_over(aliases.iter().map(|(_, alias)| alias));
        rebuilt(from, &aliases, &adapter)
    }

    pub(crate) fn adapter_over<'a>(&self, elements: impl Iterator<Item = &'a From>) -> Adapter {
        let mut columns = FxHashMap::default();
        for element in elements {
            let own = element.columns(&self.schema);
            // A column of a union stands for those of all its parts.
            for part in parts_of(element) {
                for (column, other) in own.iter().zip(part.columns(&self.schema)) {
                    if let Some(base) = other.base {
                        columns.entry(base).or_insert_with(|| column.clone());
                    }
                }
            }
            for column in own {
                if let Some(base) = column.base {
                    columns.entry(base).or_insert(column);
                }
            }
        }
        Adapter { columns }
    }

    /// What puts an entity's columns in the place of its tables'; none where
    /// it stands for itself.
    pub(crate) fn adapter(&self, entity: &Entity) -> Option<Adapter> {
        let from = match &entity.from {
            Some(from) => from.clone(),
            None => {
                let selectable = self.mapper(entity.mapper).polymorphic.with.as_ref()?.selectable.clone();
                selectable.filter(|from| matches!(from, From::Alias(_)))?
            }
        };
        let mut adapter = self.adapter_over(std::iter::once(&from));
        // Columns of one attribute stand for each other.
        for id in self.descendants(self.mapper(entity.mapper).base) {
            for (_, attribute) in self.mapper(id).iter() {
                let columns: Vec<ColumnId> = attribute.columns().collect();
                let known = columns.iter().find_map(|id| adapter.columns.get(id)).cloned();
                if let (Some(known), true) = (known, columns.len() > 1) {
                    for id in columns {
                        adapter.columns.entry(id).or_insert_with(|| known.clone());
                    }
                }
            }
        }
        Some(adapter)
    }

    /// A column of a mapped class, or of an alias of it.
    pub fn entity_column(&self, entity: &Entity, column: ColumnId) -> Expr {
        let expr = Expr::column(&self.schema, column);
        match (self.adapter(entity), expr.kind()) {
            (Some(adapter), Kind::Column(reference)) => {
                adapter.column(reference).map_or_else(|| expr.clone(), Expr::from)
            }
            _ => expr,
        }
    }

    /// The expression that an attribute is, of a class or of an alias of it; it
    /// notes where it was taken from.
    pub fn attribute_expr(&self, entity: &Entity, attribute: usize) -> Option<Expr> {
        let own = self.mapper(entity.mapper).attributes.get(attribute)?;
        let key = own.key.as_str().into();
        let expr = match &own.kind {
            AttributeKind::Column(column) => self.entity_column(entity, *column),
            AttributeKind::Expression(expr) => match self.adapter(entity) {
                Some(adapter) => adapter.expr(expr),
                None => expr.clone(),
            },
            _ => return None,
        };
        Some(match expr.kind() {
            Kind::Column(column) => Expr::from(column.noted(|notes| {
                notes.entity = Some(entity.clone());
                notes.key = Some(key);
            })),
            _ => expr,
        })
    }

    /// `column IN (…)`, where a class's rows are singled out among its parent's.
    pub(crate) fn single_condition(&self, entity: &Entity) -> Option<Expr> {
        let (on, values) = self.single_criterion(entity.mapper)?;
        let on = match self.adapter(entity) {
            Some(adapter) => adapter.expr(&on),
            None => on,
        };
        Some(one_of(&on, values))
    }

    /// The conditions of a relationship between two entities: this side's, and
    /// that of the table between.
    pub(crate) fn relationship_conditions(
        &self,
        relationship: &Relationship,
        left: &Entity,
        right: &Entity,
        between: Option<&From>,
    ) -> (Expr, Option<Expr>) {
        let (left, right) = (self.adapter(left), self.adapter(right));
        let between = between.map(|from| self.adapter_over(std::iter::once(from)));
        let secondary = relationship.secondary;
        let place = |expr: &Expr| {
            expr.map(&mut |node| {
                let Kind::Column(column) = node.kind() else { return None };
                let inside = column.base.is_some_and(|base| Some(base.table) == secondary);
                let remote = column.notes.as_ref().is_some_and(|notes| notes.remote);
                let local = column.notes.as_ref().is_some_and(|notes| notes.local);
                let adapter = match (inside, remote, local) {
                    (true, ..) => &between,
                    (_, true, _) => &right,
                    (_, _, true) => &left,
                    // The other side's columns beyond a table between bear no note.
                    _ if secondary.is_some() => &right,
                    _ => &left,
                };
                adapter.as_ref()?.column(column).map(Expr::from)
            })
        };
        (place(&relationship.primaryjoin), relationship.secondaryjoin.as_ref().map(place))
    }

    /// An element of FROM joined along a relationship.
    ///
    /// # Errors
    /// When the relationship leads nowhere.
    pub fn joined_along(
        &self,
        left: &From,
        along: &Along,
        right: &Entity,
        kind: JoinKind,
    ) -> OrmResult<From> {
        let joins = self.joins_along(along, right, kind, Vec::new())?;
        Ok(joins.into_iter().fold(left.clone(), |from, join| {
            let on = join.on.unwrap_or_else(|| Expr::constant(true));
            From::joined(from, join.right, on, join.kind)
        }))
    }

    /// The joins along a relationship, from one entity to another.
    pub(crate) fn joins_along(
        &self,
        along: &Along,
        right: &Entity,
        kind: JoinKind,
        more: Vec<Expr>,
    ) -> OrmResult<Vec<JoinTarget>> {
        let Some(relationship) = self.relationship(along.left.mapper, along.attribute as usize) else {
            return Ok(Vec::new());
        };
        let (own, other) = (self.entity_from(&along.left), self.entity_from(right));
        let mut criteria: Vec<Expr> = self.single_condition(right).into_iter().collect();
        criteria.extend(more);
        let adapter = self.adapter(right);
        criteria.extend(along.criteria.iter().map(|criterion| match &adapter {
            Some(adapter) => adapter.expr(criterion),
            None => criterion.clone(),
        }));
        let and = |on: Expr| Expr::all_of(Operator::And, std::iter::once(on).chain(criteria));
        let entity = Some(right.clone());
        let Some(secondary) = relationship.secondary else {
            let (on, _) = self.relationship_conditions(relationship, &along.left, right, None);
            return Ok(vec![JoinTarget {
                left: Some(own),
                entity,
                ..JoinTarget::new(other, Some(and(on)), kind)
            }]);
        };
        let between = From::Alias(From::alias(secondary, None));
        let (first, second) = self.relationship_conditions(relationship, &along.left, right, Some(&between));
        let second = and(second.unwrap_or_else(|| Expr::constant(true)));
        if kind != JoinKind::Inner {
            // The table between is joined to the target first.
            let joined = From::joined(between, other, second, JoinKind::Inner);
            return Ok(vec![JoinTarget {
                left: Some(own),
                entity,
                ..JoinTarget::new(joined, Some(first), kind)
            }]);
        }
        Ok(vec![
            JoinTarget { left: Some(own), ..JoinTarget::new(between.clone(), Some(first), kind) },
            JoinTarget { left: Some(between), entity, ..JoinTarget::new(other, Some(second), kind) },
        ])
    }
}

/// `expr IN (values)`
pub(crate) fn one_of(expr: &Expr, values: Vec<Value>) -> Expr {
    let bind = Expr::expanding(&expr.bind_key(), values, expr.sql_type());
    expr.binary(Operator::In, bind)
}

fn rebuilt(from: &From, aliases: &[(From, From)], adapter: &Adapter) -> From {
    match from {
        From::Join(join) => From::joined(
            rebuilt(&join.left, aliases, adapter),
            rebuilt(&join.right, aliases, adapter),
            adapter.expr(&join.on),
            join.kind,
        ),
        other => aliases
            .iter()
            .find(|(leaf, _)| leaf.is(other))
            .map_or_else(|| other.clone(), |(_, alias)| alias.clone()),
    }
}

/// The entity of an eager join: the class under a name of its own.
pub(crate) fn own_alias(orm: &Orm, mapper: MapperId) -> Entity {
    let from = orm.alias_of_tables(&orm.polymorphic_from(mapper), None, true);
    Entity { from: Some(from), with: orm.with_of(mapper), ..Entity::of(mapper) }
}

/// The parts of a union under a name.
fn parts_of(element: &From) -> Vec<From> {
    let From::Alias(alias) = element else { return Vec::new() };
    match &alias.of {
        AliasOf::From(from) => parts_of(from),
        AliasOf::Statement(statement) => match &**statement {
            Statement::Select(Select { compound: Some(compound), .. }) => {
                compound.selects.iter().map(|select| From::Alias(select.subquery(None))).collect()
            }
            _ => Vec::new(),
        },
    }
}
