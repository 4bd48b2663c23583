//! Mappers: which table and which attributes a class has.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.mapper`.

use rustc_hash::FxHashMap;

use super::error::{OrmError, OrmErrorKind};
use super::relationship::{Relationship, RelationshipSettings};
use super::{Orm, OrmResult};
use crate::types::{ColumnId, MapperId, TableId};

/// A class's mapping to a table.
#[derive(Clone, Debug)]
pub struct Mapper {
    /// The class's name.
    pub class_name: String,
    /// `module.Class`, by which SQLAlchemy orders mappers.
    pub sort_key: String,
    /// Its table.
    pub table: TableId,
    /// The primary key's columns.
    pub primary_key: Vec<ColumnId>,
    /// Its attributes, columns first in the order of the table.
    pub attributes: Vec<Attribute>,
    /// Whether its relationships are worked out.
    pub configured: bool,
    /// Whether `clear_mappers()` ended it.
    pub disposed: bool,
    by_key: FxHashMap<String, u32>,
    by_column: FxHashMap<ColumnId, u32>,
}

/// A mapped attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name.
    pub key: String,
    /// What it is.
    pub kind: AttributeKind,
}

/// What a mapped attribute is.
#[derive(Clone, Debug)]
pub enum AttributeKind {
    /// A column's value.
    Column(ColumnId),
    /// A relationship that is not worked out yet.
    Unconfigured(Box<RelationshipSettings>),
    /// A relationship.
    Relationship(Box<Relationship>),
}

impl Mapper {
    /// The place of the attribute of that name.
    pub fn attribute(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).map(|at| *at as usize)
    }

    /// The place of the attribute of that column.
    pub fn attribute_of(&self, column: ColumnId) -> Option<usize> {
        self.by_column.get(&column).map(|at| *at as usize)
    }

    /// The relationship at that place, where it is one.
    pub fn relationship(&self, attribute: usize) -> Option<&Relationship> {
        match &self.attributes.get(attribute)?.kind {
            AttributeKind::Relationship(relationship) => Some(relationship),
            _ => None,
        }
    }

    /// Its relationships.
    pub fn relationships(&self) -> impl Iterator<Item = &Relationship> {
        self.attributes.iter().filter_map(|attribute| match &attribute.kind {
            AttributeKind::Relationship(relationship) => Some(&**relationship),
            _ => None,
        })
    }

    /// The columns that are attributes: (place, column).
    pub fn columns(&self) -> impl Iterator<Item = (usize, ColumnId)> + '_ {
        self.attributes.iter().enumerate().filter_map(|(at, attribute)| match attribute.kind {
            AttributeKind::Column(column) => Some((at, column)),
            _ => None,
        })
    }
}

impl Orm {
    /// Maps a class to a table: every column becomes an attribute, under the
    /// name given for it or its own key.
    ///
    /// # Errors
    /// When the table has no primary key.
    pub fn add_mapper(
        &mut self,
        class_name: &str,
        module: &str,
        table: TableId,
        names: &[(String, ColumnId)],
    ) -> OrmResult<MapperId> {
        let definition = self.schema.table(table);
        let primary_key: Vec<ColumnId> =
            definition.primary_key().into_iter().map(|index| ColumnId { table, index }).collect();
        if primary_key.is_empty() {
            return Err(OrmError::new(
                OrmErrorKind::Argument,
                format!(
                    "Mapper Mapper[{class_name}({0})] could not assemble any primary key columns for mapped table '{0}'",
                    definition.name
                ),
            ));
        }
        let mut mapper = Mapper {
            class_name: class_name.to_string(),
            sort_key: format!("{module}.{class_name}"),
            table,
            primary_key,
            attributes: Vec::new(),
            configured: false,
            disposed: false,
            by_key: FxHashMap::default(),
            by_column: FxHashMap::default(),
        };
        for (index, column) in definition.columns.iter().enumerate() {
            let id = ColumnId { table, index: index as u32 };
            let named = names.iter().find(|(_, column)| *column == id).map(|(name, _)| name.clone());
            let place = mapper.attributes.len() as u32;
            let key = named.unwrap_or_else(|| column.key.clone());
            mapper.by_key.insert(key.clone(), place);
            mapper.by_column.insert(id, place);
            mapper.attributes.push(Attribute { key, kind: AttributeKind::Column(id) });
        }
        self.mappers.push(mapper);
        Ok(MapperId((self.mappers.len() - 1) as u32))
    }

    /// Maps a column that the table got after the class was mapped.
    ///
    /// Objects that live already get an empty place for it.
    pub fn add_column(&mut self, id: MapperId, key: &str, column: ColumnId) {
        let mapper = &mut self.mappers[id.index()];
        if mapper.by_column.contains_key(&column) {
            return;
        }
        let place = mapper.attributes.len() as u32;
        mapper.by_key.insert(key.to_string(), place);
        mapper.by_column.insert(column, place);
        mapper.attributes.push(Attribute { key: key.to_string(), kind: AttributeKind::Column(column) });
        for state in self.states.living() {
            if self.states[state].mapper == id {
                self.states[state].slots.push(super::Slot::Empty);
            }
        }
    }

    /// Adds a relationship, to be worked out by [`Orm::configure`].
    ///
    /// Objects that live already get an empty place for it.
    pub fn add_relationship(&mut self, id: MapperId, key: &str, settings: RelationshipSettings) -> u32 {
        let mapper = &mut self.mappers[id.index()];
        let kind = AttributeKind::Unconfigured(Box::new(settings));
        mapper.configured = false;
        if let Some(&place) = mapper.by_key.get(key) {
            mapper.attributes[place as usize].kind = kind;
            return place;
        }
        let place = mapper.attributes.len() as u32;
        mapper.by_key.insert(key.to_string(), place);
        mapper.attributes.push(Attribute { key: key.to_string(), kind });
        for state in self.states.living() {
            if self.states[state].mapper == id {
                self.states[state].slots.push(super::Slot::Empty);
            }
        }
        place
    }

    /// Works out the relationships of a class and pairs them with their reverse.
    ///
    /// # Errors
    /// SQLAlchemy's configuration errors.
    pub fn configure(&mut self, id: MapperId) -> OrmResult<()> {
        if self.mapper(id).configured {
            return Ok(());
        }
        for at in 0..self.mapper(id).attributes.len() {
            let AttributeKind::Unconfigured(settings) = self.mapper(id).attributes[at].kind.clone() else {
                continue;
            };
            let mut relationship = self.build_relationship(id, at as u32, &settings)?;
            if let Some(key) = &settings.back_populates {
                relationship.reverse = Some(self.reverse_of(&relationship, key)?);
            }
            self.mappers[id.index()].attributes[at].kind =
                AttributeKind::Relationship(Box::new(relationship));
        }
        self.mappers[id.index()].configured = true;
        Ok(())
    }

    fn reverse_of(&self, relationship: &Relationship, key: &str) -> OrmResult<u32> {
        let target = self.mapper(relationship.target);
        let place = target.attribute(key).ok_or_else(|| {
            OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!(
                    "Mapper 'Mapper[{}({})]' has no property '{key}'.  If this property was indicated from other mappers or configure events, ensure registry.configure() has been called.",
                    target.class_name,
                    self.schema.table(target.table).name
                ),
            )
        })?;
        if let Some(other) = target.relationship(place)
            && other.direction == relationship.direction
            && relationship.direction != super::Direction::ManyToMany
        {
            let name = self.attribute_name(relationship.parent, relationship.attribute);
            let other_name = self.attribute_name(relationship.target, place as u32);
            let direction = match (relationship.direction, self.legacy) {
                (super::Direction::OneToMany, true) => "symbol('ONETOMANY')",
                (super::Direction::OneToMany, false) => "<RelationshipDirection.ONETOMANY: 1>",
                (_, true) => "symbol('MANYTOONE')",
                (_, false) => "<RelationshipDirection.MANYTOONE: 2>",
            };
            return Err(OrmError::new(
                OrmErrorKind::Argument,
                format!(
                    "{other_name} and back-reference {name} are both of the same direction {direction}.  Did you mean to set remote_side on the many-to-one side ?"
                ),
            ));
        }
        Ok(place as u32)
    }

    /// A relationship by the id of its class and its place.
    pub fn relationship(&self, mapper: MapperId, attribute: usize) -> Option<&Relationship> {
        self.mapper(mapper).relationship(attribute)
    }
}
