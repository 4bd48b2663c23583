//! Conditions on relationships: `User.addresses.any()`, `Address.user == user`.
//!
//! SQLAlchemy counterpart: `RelationshipProperty.Comparator`.

use std::rc::Rc;

use crate::orm::Orm;
use crate::orm::mapping::relationship::{Direction, Relationship};
use crate::sql::{ColumnRef, Correlation, Entity, Expr, From, Kind, Operator, Select, SelectItem};
use crate::types::{ColumnId, SqlType, Value};

impl Orm {
    /// EXISTS over the related rows that meet some criteria.
    pub fn related_exists(
        &self,
        left: &Entity,
        relationship: &Relationship,
        of_type: Option<&Entity>,
        criteria: Vec<Expr>,
    ) -> Expr {
        let mut right = of_type.cloned().unwrap_or_else(|| Entity::of(relationship.target));
        let own_name = relationship.self_referential && !right.is_alias();
        let left_from = self.entity_from(left);
        let overlaps = own_name && !left.is_alias() || self.entity_from(&right).is(&left_from);
        if overlaps {
            let from = self.alias_of_tables(&self.entity_from(&right), None, false);
            right = Entity { from: Some(from), ..right };
        }
        let adapter = self.adapter(&right);
        let mut select = Select {
            items: vec![SelectItem::Expr(Expr::literal_column("1", SqlType::Null))],
            ..Select::default()
        };
        let mut froms = vec![self.entity_from(&right)];
        let between =
            relationship.secondary.map(|table| match overlaps || right.is_alias() || left.is_alias() {
                true => From::Alias(From::alias(table, None)),
                false => From::Table(table),
            });
        let (first, second) = self.relationship_conditions(relationship, left, &right, between.as_ref());
        let mut conditions = vec![first];
        conditions.extend(second);
        conditions.extend(self.single_condition(&right));
        froms.extend(between);
        conditions.extend(criteria.iter().map(|criterion| match &adapter {
            Some(adapter) if overlaps => adapter.expr(criterion),
            _ => criterion.clone(),
        }));
        // Once more as what is selected from.
        if !criteria.is_empty() {
            conditions.extend(self.single_condition(&right));
        }
        select.where_ = vec![Expr::all_of(Operator::And, conditions)];
        select.from.clone_from(&froms);
        select.correlation = Correlation::Except(froms);
        Expr::exists(&select)
    }

    /// The columns of the object that a relationship is compared with: of the
    /// other side, or of this one where the object is the parent.
    pub fn compared_columns(&self, relationship: &Relationship, is_parent: bool) -> Vec<ColumnId> {
        let mut columns = Vec::new();
        let mut add = |id: ColumnId| {
            if !columns.contains(&id) {
                columns.push(id);
            }
        };
        match (is_parent, relationship.secondary) {
            (false, Some(_)) => relationship.secondary_pairs.iter().for_each(|(own, _)| add(*own)),
            (true, _) => sides(&relationship.primaryjoin, true).into_iter().for_each(add),
            (false, None) => sides(&relationship.primaryjoin, false).into_iter().for_each(add),
        }
        columns
    }

    /// The condition of being related to an object with these values.
    pub fn related_to(
        &self,
        left: &Entity,
        relationship: &Rc<Relationship>,
        values: &[(ColumnId, Value)],
        is_parent: bool,
    ) -> Expr {
        let adapter = self.adapter(left);
        let between =
            relationship.secondary.filter(|_| !is_parent).map(|table| From::Alias(From::alias(table, None)));
        let binds: Vec<(ColumnId, Expr)> = values
            .iter()
            .map(|(id, value)| {
                let sql_type = self.schema.column(*id).sql_type.clone();
                (*id, Expr::bind("param", value.clone(), sql_type))
            })
            .collect();
        let place = |join: &Expr, bound: &dyn Fn(&ColumnRef) -> bool| {
            join.map(&mut |node| {
                let Kind::Column(column) = node.kind() else { return None };
                if bound(column)
                    && let Some((_, bind)) = binds.iter().find(|(id, _)| column.base == Some(*id))
                {
                    return Some(bind.clone());
                }
                if let (Some(between), Some(base)) = (&between, column.base)
                    && Some(base.table) == relationship.secondary
                {
                    return Some(Expr::from(ColumnRef { from: Some(between.clone()), ..column.clone() }));
                }
                adapter.as_ref()?.column(column).map(Expr::from)
            })
        };
        let remote = |column: &ColumnRef| column.notes.as_ref().is_some_and(|notes| notes.remote);
        let local =
            |column: &ColumnRef| column.notes.as_ref().is_some_and(|notes| notes.local && !notes.remote);
        let mut conditions = Vec::new();
        match (&relationship.secondaryjoin, is_parent) {
            (Some(second), false) => {
                conditions.push(place(&relationship.primaryjoin, &|_| false));
                conditions.push(place(second, &|column| !remote(column)));
            }
            (second, true) => {
                conditions.push(place(&relationship.primaryjoin, &local));
                conditions.extend(second.clone());
            }
            (None, false) => conditions.push(place(&relationship.primaryjoin, &remote)),
        }
        Expr::all_of(Operator::And, conditions)
    }

    /// The condition of a scalar relationship being empty.
    pub fn related_to_nothing(&self, left: &Entity, relationship: &Relationship) -> Expr {
        let conditions = relationship
            .local_remote
            .iter()
            .map(|(own, _)| self.entity_column(left, *own).binary(Operator::Is, Expr::null()));
        Expr::all_of(Operator::And, conditions.collect::<Vec<_>>())
    }

    /// The condition of not being related to an object with these values, over
    /// the keys of this side.
    pub fn not_related_to(
        &self,
        left: &Entity,
        relationship: &Relationship,
        values: &[(ColumnId, Value)],
    ) -> Option<Expr> {
        if relationship.direction != Direction::ManyToOne || !relationship.use_get {
            return None;
        }
        let conditions: Vec<Expr> = relationship
            .local_remote
            .iter()
            .filter_map(|(own, other)| {
                let column = self.entity_column(left, *own);
                let (_, value) = values.iter().find(|(id, _)| id == other)?;
                let bind = Expr::bind(&column.bind_key(), value.clone(), column.sql_type());
                let differs = column.binary(Operator::Ne, bind);
                Some(Expr::all_of(Operator::Or, [differs, column.binary(Operator::Is, Expr::null())]))
            })
            .collect();
        Some(Expr::all_of(Operator::And, conditions))
    }
}

/// The columns of one side of a condition.
fn sides(join: &Expr, local: bool) -> Vec<ColumnId> {
    let mut columns = Vec::new();
    join.walk(&mut |node| {
        if let Kind::Column(column) = node.kind()
            && let (Some(notes), Some(base)) = (&column.notes, column.base)
            && (if local { notes.local && !notes.remote } else { notes.remote })
        {
            columns.push(base);
        }
    });
    columns
}
