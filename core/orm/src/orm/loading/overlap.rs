//! Joins to a class of several tables of which some are selected from already:
//! the class is taken from aliases of them.
//!
//! SQLAlchemy counterpart: what `_join_check_and_adapt_right_side` of
//! `sqlalchemy.orm.context` does of its own accord, with a warning.

use crate::orm::Orm;
use crate::sql::{Entity, Expr, From, JoinTarget, Kind, Select, SelectItem};
use crate::types::{MapperId, TableId};

impl Orm {
    /// A select whose joined classes overlap with what stands before them, with
    /// aliases for those, and what is to be said of it; nothing for others.
    pub(crate) fn aliased_where_overlapping(&self, select: &Select) -> Option<(Select, Vec<String>)> {
        let mut changed: Option<Select> = None;
        let mut warnings = Vec::new();
        for at in 0..select.joins.len() {
            let current = changed.as_ref().unwrap_or(select);
            let Some(entity) = current.joins[at].entity.clone().filter(|entity| !entity.is_alias()) else {
                continue;
            };
            let own = self.entity_from(&entity);
            if !matches!(own, From::Join(_)) || !self.overlaps(current, at, &own) {
                continue;
            }
            let alias = Entity { from: Some(self.alias_of_tables(&own, None, true)), ..entity.clone() };
            warnings.push(format!(
                "An alias is being generated automatically against joined entity {} due to overlapping tables.  This is a legacy pattern which may be deprecated in a later release.  Use the aliased(<entity>, flat=True) construct explicitly, see the linked example. (Background on this warning at: https://sqlalche.me/e/21/xaj2)",
                self.mapper_name(entity.mapper)
            ));
            changed = Some(self.with_alias(current, at, entity.mapper, &alias));
        }
        changed.map(|select| (select, warnings))
    }

    /// Whether what a join's left side is selected from shares tables with its right side.
    fn overlaps(&self, select: &Select, at: usize, right: &From) -> bool {
        let mut before: Vec<TableId> = select.from.iter().flat_map(surface_tables).collect();
        for join in &select.joins[..at] {
            before.extend(surface_tables(&self.right_side(join)));
        }
        let left = select.joins[at].along.as_ref().map(|along| along.left.clone());
        let roots = self.roots_of(select).into_iter();
        let joined = select.joins[at].entity.as_ref();
        for root in left.into_iter().chain(roots.take(1)) {
            if joined.is_none_or(|joined| !joined.is(&root)) {
                before.extend(surface_tables(&self.entity_from(&root)));
            }
        }
        surface_tables(right).iter().any(|table| before.contains(table))
    }

    fn roots_of(&self, select: &Select) -> Vec<Entity> {
        let items = select.items.iter().filter_map(|item| match item {
            SelectItem::Entity(entity) => Some(entity.clone()),
            SelectItem::Expr(expr) => self.entity_of_expr(expr),
            SelectItem::From(_) => None,
        });
        items.collect()
    }

    fn right_side(&self, join: &JoinTarget) -> From {
        join.entity.as_ref().map_or_else(|| join.right.clone(), |entity| self.entity_from(entity))
    }

    /// The select with an alias for the class on the right side of a join.
    fn with_alias(&self, select: &Select, at: usize, mapper: MapperId, alias: &Entity) -> Select {
        let adapter = self.adapter(alias);
        let lineage: Vec<MapperId> = self.ancestors(mapper).collect();
        let adapt = |expr: &Expr| {
            let Some(adapter) = &adapter else { return expr.clone() };
            expr.map(&mut |node| {
                let Kind::Column(column) = node.kind() else { return None };
                let entity = column.notes.as_ref().and_then(|notes| notes.entity.as_ref())?;
                if entity.is_alias() || !lineage.contains(&entity.mapper) {
                    return None;
                }
                adapter.column(column).map(Expr::from)
            })
        };
        let left = self.roots_of(select).into_iter().find(|root| root.mapper != mapper);
        let mut select = select.clone();
        for item in &mut select.items {
            match item {
                SelectItem::Expr(expr) => *expr = adapt(expr),
                SelectItem::Entity(entity) if !entity.is_alias() && entity.mapper == mapper => {
                    entity.from.clone_from(&alias.from);
                }
                _ => {}
            }
        }
        let places = [&mut select.where_, &mut select.group_by, &mut select.having, &mut select.order_by];
        places.into_iter().flatten().for_each(|expr| *expr = adapt(expr));
        for (index, join) in select.joins.iter_mut().enumerate().skip(at) {
            join.on = join.on.as_ref().map(&adapt);
            if index == at {
                // What stands on the left stays as it is, whatever becomes of the columns.
                if join.along.is_none() && join.left.is_none() {
                    join.left = left.as_ref().map(|left| self.entity_from(left));
                }
                join.entity = Some(alias.clone());
                if let Some(from) = &alias.from {
                    join.right = from.clone();
                }
            } else if let Some(along) = join.along.as_mut().filter(|along| along.left.mapper == mapper) {
                along.left.from.clone_from(&alias.from);
            }
        }
        select
    }
}

/// The tables that something is selected from under their own names.
fn surface_tables(from: &From) -> Vec<TableId> {
    let mut tables = Vec::new();
    from.leaves(&mut |leaf| {
        if let From::Table(table) = leaf {
            tables.push(*table);
        }
    });
    tables
}
