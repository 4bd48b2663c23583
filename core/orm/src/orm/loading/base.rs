//! Queries whose classes are selected from something that stands for their
//! tables: `union()`, `from_self()`.
//!
//! It must not know what that is made from. SQLAlchemy counterpart:
//! `_from_obj_alias` of `sqlalchemy.orm.context`.

use crate::orm::Orm;
use crate::sql::{Entity, Expr, From, Select, SelectItem};

impl Orm {
    /// A select with the columns of its base in the place of the tables' own.
    pub(crate) fn on_base(&self, select: &Select, base: &From) -> Select {
        let adapter = self.adapter_over(std::iter::once(base));
        let mut select = select.clone();
        let place = |exprs: &mut Vec<Expr>| exprs.iter_mut().for_each(|expr| *expr = adapter.expr(expr));
        for item in &mut select.items {
            if let SelectItem::Expr(expr) = item {
                *expr = adapter.expr(expr);
            }
        }
        place(&mut select.where_);
        place(&mut select.group_by);
        place(&mut select.having);
        place(&mut select.order_by);
        for join in &mut select.joins {
            join.on = join.on.as_ref().map(|on| adapter.expr(on));
            if let Some(along) = &mut join.along {
                along.left = self.entity_on_base(&along.left, Some(base));
            }
        }
        if select.from.is_empty() {
            select.from.push(base.clone());
        }
        select
    }

    /// A mapped class as the base has it; itself where the base has not.
    pub(crate) fn entity_on_base(&self, entity: &Entity, base: Option<&From>) -> Entity {
        let Some(base) = base.filter(|_| !entity.is_alias()) else { return entity.clone() };
        let columns = base.columns(&self.schema);
        let has = |id| columns.iter().any(|column| column.base == Some(id));
        if !self.mapper(entity.mapper).primary_key.iter().all(|id| has(*id)) {
            return entity.clone();
        }
        Entity { from: Some(base.clone()), with: self.with_of(entity.mapper), ..entity.clone() }
    }
}
