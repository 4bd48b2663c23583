//! What a mapper has from its parents: the join to their tables, the column that
//! tells the classes apart, and the primary key.
//!
//! SQLAlchemy counterpart: `Mapper._configure_inheritance`,
//! `_configure_polymorphic_setter` and `_configure_pks`.

use super::building::argument;
use super::mapper::{Attribute, AttributeKind, DISCRIMINATOR, Mapper, PolymorphicLoad, WithPolymorphic};
use super::settings::{MapperSettings, PolymorphicOn};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::{Orm, OrmResult};
use crate::sql::compiler::{JoinError, join_condition};
use crate::sql::{Expr, From, JoinKind, Kind, Operator};
use crate::types::{ColumnId, KeyValue, MapperId};

impl Orm {
    pub(super) fn join_to_parent(&self, mapper: &mut Mapper, parent: &Mapper) -> OrmResult<()> {
        let on = match mapper.inherit_condition.clone() {
            Some(on) => on,
            None => join_condition(&self.schema, &parent.local, &mapper.local).map_err(|error| {
                let (own, other) = (self.name_of_from(&mapper.local), self.name_of_from(&parent.local));
                let (kind, why, how) = match error {
                    JoinError::NoForeignKeys(..) => (
                        OrmErrorKind::NoForeignKeys,
                        "no foreign key relationships established",
                        "Please ensure the inheriting table has a foreign key relationship to the inherited table, or provide an 'on clause'",
                    ),
                    JoinError::AmbiguousForeignKeys(..) => (
                        OrmErrorKind::AmbiguousForeignKeys,
                        "more than one foreign key relationship established",
                        "Please specify the 'on clause'",
                    ),
                };
                OrmError::new(
                    kind,
                    format!(
                        "Can't determine the inherit condition between inherited table '{other}' and inheriting table '{own}'; tables have {why}.  {how} using the 'inherit_condition' mapper argument."
                    ),
                )
            })?,
        };
        mapper.inherited_pairs = equal_columns(&on)
            .into_iter()
            .map(|(a, b)| if a.table == mapper.table { (b, a) } else { (a, b) })
            .collect();
        mapper.selectable =
            From::joined(parent.selectable.clone(), mapper.local.clone(), on.clone(), JoinKind::Inner);
        mapper.inherit_condition = Some(on);
        Ok(())
    }

    pub(super) fn set_polymorphic(&mut self, id: MapperId, settings: &MapperSettings) -> OrmResult<()> {
        let (on, attribute) = match &settings.polymorphic_on {
            None => self.inherited_discriminator(id),
            Some(PolymorphicOn::Attribute(key)) => {
                let Some(place) = self.mapper(id).attribute(key) else {
                    return Err(argument(format!(
                        "Can't determine polymorphic_on value '{key}' - no attribute is mapped to this name."
                    )));
                };
                match self.mapper(id).attributes[place].kind.clone() {
                    AttributeKind::Column(column) => {
                        (Some(Expr::column(&self.schema, column)), Some(place as u32))
                    }
                    AttributeKind::Expression(expr) => (Some(expr), None),
                    _ => {
                        return Err(argument(
                            "Only direct column-mapped property or SQL expression can be passed for polymorphic_on",
                        ));
                    }
                }
            }
            Some(PolymorphicOn::Column(column)) => {
                let place = self.mapper(id).attribute_of(*column);
                (Some(Expr::column(&self.schema, *column)), place.map(|place| place as u32))
            }
            Some(PolymorphicOn::Expr(expr)) => {
                let expr = match expr.kind() {
                    Kind::Label { .. } | Kind::Column(_) => expr.clone(),
                    _ => expr.label(Some(DISCRIMINATOR)),
                };
                let known = self.mapper(id).iter().any(|(_, attribute)| {
                    matches!(&attribute.kind, AttributeKind::Expression(other) if other.is(&expr))
                });
                if !known {
                    let key = DISCRIMINATOR;
                    let kind = AttributeKind::Expression(expr.clone());
                    self.set_attribute(id, key, Attribute::new(key, kind, id));
                }
                (Some(expr), None)
            }
        };
        let base = self.mapper(id).base;
        let mapper = &mut self.mappers[id.index()];
        mapper.polymorphic.on = on;
        mapper.polymorphic.attribute = attribute;
        if mapper.polymorphic.is_abstract && mapper.polymorphic.on.is_none() {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                "The Mapper.polymorphic_abstract parameter may only be used on a mapper hierarchy which includes the Mapper.polymorphic_on parameter at the base of the hierarchy.",
            ));
        }
        let (identity, load) = (mapper.polymorphic.identity.clone(), mapper.polymorphic.load);
        let (own, parent, concrete) = (mapper.class_name.clone(), mapper.inherits, mapper.concrete);
        let name = self.mapper_name(id);
        if let Some(identity) = identity {
            let repr = identity.repr();
            let known = self.mappers[base.index()].polymorphic.map.insert(KeyValue(identity), id);
            if let Some(known) = known.filter(|known| !self.mapper(*known).disposed) {
                let (other, other_name) = (self.mapper(known).class_name.clone(), self.mapper_name(known));
                self.warnings.push(format!(
                    "Reassigning polymorphic association for identity {repr} from <Mapper at 0x; {other}> to <Mapper at 0x; {own}>: Check for duplicate use of {repr} as value for polymorphic_identity.",
                ));
                drop(other_name);
            }
        } else if parent.is_some()
            && !self.mapper(id).polymorphic.is_abstract
            && let Some(on) = self.mapper(base).polymorphic.on.clone()
        {
            let on = crate::sql::compiler::compile_to_text(
                &self.schema,
                &on,
                crate::sql::compiler::Dialect::Default,
            );
            self.warnings.push(format!(
                "{name} does not indicate a 'polymorphic_identity', yet is part of an inheritance hierarchy that has a 'polymorphic_on' column of '{on}'. If this is an intermediary class that should not be instantiated, the class may either be left unmapped, or may include the 'polymorphic_abstract=True' parameter in its Mapper arguments. To leave the class unmapped when using Declarative, set the '__abstract__ = True' attribute on the class."
            ));
        }
        if concrete && load.is_some() {
            return Err(argument(
                "polymorphic_load is not currently supported with concrete table inheritance",
            ));
        }
        if let (Some(PolymorphicLoad::Inline), Some(parent)) = (load, parent) {
            let with = &mut self.mappers[parent.index()].polymorphic.with;
            match with {
                None => *with = Some(WithPolymorphic { mappers: Some(vec![id]), selectable: None }),
                Some(WithPolymorphic { mappers: Some(mappers), .. }) => mappers.push(id),
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// The discriminator of the nearest ancestor that has one in its tables.
    pub(super) fn inherited_discriminator(&self, id: MapperId) -> (Option<Expr>, Option<u32>) {
        for ancestor in self.ancestors(id).skip(1) {
            let polymorphic = &self.mapper(ancestor).polymorphic;
            let Some(on) = &polymorphic.on else { continue };
            let here = match on.kind() {
                Kind::Column(column) => {
                    column.base.is_none_or(|base| self.mapper(id).tables.contains(&base.table))
                }
                _ => !self.mapper(id).concrete,
            };
            return if here { (Some(on.clone()), polymorphic.attribute) } else { (None, None) };
        }
        (None, None)
    }

    pub(super) fn set_primary_key(&mut self, id: MapperId, settings: &MapperSettings) -> OrmResult<()> {
        let mapper = self.mapper(id);
        let mut key = settings.primary_key.clone();
        if key.is_empty()
            && let Some(parent) = settings.inherits.filter(|_| !settings.concrete)
        {
            key = self.mapper(parent).primary_key.clone();
        }
        if key.is_empty() {
            let present: Vec<ColumnId> = mapper
                .selectable
                .columns(&self.schema)
                .into_iter()
                .filter_map(|column| column.base)
                .collect();
            for table in &mapper.tables {
                let own = self.schema.table(*table).primary_key();
                let own = own.into_iter().map(|index| ColumnId { table: *table, index });
                key.extend(own.filter(|id| present.contains(id) && mapper.by_column.contains_key(id)));
            }
            if key.is_empty() {
                // A union has the keys of its parts.
                key.extend(present.iter().copied().filter(|id| {
                    let own = self.schema.table(id.table).primary_key();
                    own.contains(&id.index) && mapper.by_column.contains_key(id)
                }));
            }
            key = reduced(key, &mapper.selectable);
        }
        if key.is_empty() {
            return Err(argument(format!(
                "Mapper {} could not assemble any primary key columns for mapped table '{}'",
                self.mapper_name(id),
                self.name_of_from(&mapper.selectable)
            )));
        }
        self.mappers[id.index()].primary_key = key;
        Ok(())
    }
}

/// The pairs of columns that a condition holds equal.
pub(crate) fn equal_columns(condition: &Expr) -> Vec<(ColumnId, ColumnId)> {
    let mut pairs = Vec::new();
    condition.walk(&mut |node| {
        if let Kind::Binary { left, op: Operator::Eq, right, .. } = node.kind()
            && let (Kind::Column(left), Kind::Column(right)) = (left.kind(), right.kind())
            && let (Some(left), Some(right)) = (left.base, right.base)
        {
            pairs.push((left, right));
        }
    });
    pairs
}

/// A key without the columns that a join holds equal to others of it.
fn reduced(key: Vec<ColumnId>, from: &From) -> Vec<ColumnId> {
    let mut equal = Vec::new();
    fn conditions(from: &From, equal: &mut Vec<(ColumnId, ColumnId)>) {
        if let From::Join(join) = from {
            conditions(&join.left, equal);
            conditions(&join.right, equal);
            equal.extend(equal_columns(&join.on));
        }
    }
    conditions(from, &mut equal);
    let mut kept: Vec<ColumnId> = Vec::new();
    for id in key {
        let known = |other: &ColumnId| equal.contains(&(*other, id)) || equal.contains(&(id, *other));
        if !kept.iter().any(known) {
            kept.push(id);
        }
    }
    kept
}
