//! From statements with mapped classes to plain ones.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.context`.

use std::rc::Rc;

use super::relationship::Direction;
use super::{Orm, OrmResult};
use crate::sql::{Alias, ColumnRef, Entity, Expr, From, JoinKind, JoinTarget, Kind, Select, SelectItem};
use crate::types::MapperId;

/// A select in which mapped classes are replaced by their columns, and what
/// its rows are to be made into.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The plain select.
    pub select: Select,
    /// What each value of a row is.
    pub parts: Vec<Part>,
    /// The values' names, where they are known beforehand.
    pub names: Vec<Option<Rc<str>>>,
    /// The relationships that are loaded with the objects.
    pub(super) eager: Vec<super::eager::Eager>,
    /// Whether an object may come in several rows, so that `unique()` is asked for.
    pub needs_unique: bool,
}

/// What one value of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The column at that place.
    Column(usize),
    /// An object whose columns begin at that place.
    Entity {
        /// Its class.
        mapper: MapperId,
        /// The first column.
        first: usize,
    },
}

impl Orm {
    /// Replaces mapped classes by their columns, subqueries included.
    ///
    /// # Errors
    /// When a relationship it needs cannot be worked out.
    pub fn lower(&self, select: &Select) -> OrmResult<Lowered> {
        let mut lowered = Lowered {
            select: select.clone(),
            parts: Vec::new(),
            names: Vec::new(),
            eager: Vec::new(),
            needs_unique: false,
        };
        lowered.select.items.clear();
        if let Some(compound) = &mut lowered.select.compound {
            for part in &mut compound.selects {
                *part = self.lower(part)?.select;
            }
        }
        let mut at = 0;
        for item in &select.items {
            match item {
                SelectItem::Expr(expr) => {
                    lowered.parts.push(Part::Column(at));
                    lowered.names.push(match expr.kind() {
                        Kind::Column(column) => Some(Rc::clone(&column.key)),
                        _ => None,
                    });
                    lowered.select.items.push(SelectItem::Expr(expr.clone()));
                    at += 1;
                }
                SelectItem::From(from) => {
                    for _ in from.columns(&self.schema) {
                        lowered.parts.push(Part::Column(at));
                        lowered.names.push(None);
                        at += 1;
                    }
                    lowered.select.items.push(SelectItem::From(from.clone()));
                }
                SelectItem::Entity(entity) => {
                    lowered.parts.push(Part::Entity { mapper: entity.mapper, first: at });
                    lowered.names.push(entity.alias.as_ref().and_then(|alias| alias.name.clone()));
                    for (_, column) in self.mapper(entity.mapper).columns() {
                        let expr = self.entity_column(entity, column);
                        lowered.select.items.push(SelectItem::Expr(expr));
                        at += 1;
                    }
                }
            }
        }
        Ok(lowered)
    }

    /// A column of a mapped class, or of an alias of it.
    pub fn entity_column(&self, entity: &Entity, column: crate::types::ColumnId) -> Expr {
        let expr = Expr::column(&self.schema, column);
        match (&entity.alias, expr.kind()) {
            (Some(alias), Kind::Column(reference)) => {
                let from = Some(From::Alias(Rc::clone(alias)));
                Expr::from(ColumnRef { from, ..reference.clone() })
            }
            _ => expr,
        }
    }

    /// What a mapped class selects from.
    pub fn entity_from(&self, entity: &Entity) -> From {
        match &entity.alias {
            Some(alias) => From::Alias(Rc::clone(alias)),
            None => From::Table(self.mapper(entity.mapper).table),
        }
    }

    /// The joins along a relationship, from one entity to another.
    pub fn joins_along(
        &self,
        left: &Entity,
        attribute: usize,
        right: &Entity,
        outer: bool,
    ) -> Vec<JoinTarget> {
        let kind = JoinKind::outer(outer);
        let Some(relationship) = self.relationship(left.mapper, attribute) else { return Vec::new() };
        let (own, other) = (self.entity_from(left), self.entity_from(right));
        let own_table = self.mapper(left.mapper).table;
        let foreign_here = relationship.direction == Direction::ManyToOne;
        let place = |expr: &Expr, between: Option<&Rc<Alias>>| {
            expr.map(&mut |node| {
                let Kind::Column(column) = node.kind() else { return None };
                let base = column.base?;
                let mut column = column.clone();
                let in_pairs = |foreign: bool| {
                    relationship
                        .pairs
                        .iter()
                        .any(|(referenced, key)| if foreign { *key == base } else { *referenced == base })
                };
                if let Some(alias) = between.filter(|_| relationship.secondary == Some(base.table)) {
                    column.from = Some(From::Alias(Rc::clone(alias)));
                } else if relationship.self_referential && between.is_none() {
                    // The foreign column is this side's for many-to-one, else the other's.
                    let own_side = if in_pairs(true) { foreign_here } else { !foreign_here };
                    column.from = Some(if own_side { own.clone() } else { other.clone() });
                } else {
                    column.from = Some(if base.table == own_table { own.clone() } else { other.clone() });
                }
                Some(Expr::from(column))
            })
        };
        let Some(secondary) = relationship.secondary else {
            let on = place(&relationship.primaryjoin, None);
            return vec![JoinTarget { left: Some(own.clone()), right: other.clone(), on: Some(on), kind }];
        };
        let between = From::alias(secondary, None);
        let first = place(&relationship.primaryjoin, Some(&between));
        let second = relationship.secondaryjoin.as_ref().map(|join| {
            join.map(&mut |node| {
                let Kind::Column(column) = node.kind() else { return None };
                let mut column = column.clone();
                let inside = column.base.is_some_and(|base| base.table == secondary);
                column.from = Some(if inside { From::Alias(Rc::clone(&between)) } else { other.clone() });
                Some(Expr::from(column))
            })
        });
        let middle = From::Alias(between);
        vec![
            JoinTarget { left: Some(own.clone()), right: middle.clone(), on: Some(first), kind },
            JoinTarget { left: Some(middle), right: other.clone(), on: second, kind },
        ]
    }
}
