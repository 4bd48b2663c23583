//! Making mappers: columns become attributes, a class inherits those of
//! another, and relationships are worked out when all classes are there.
//!
//! SQLAlchemy counterpart: `Mapper.__init__` and what it calls, and
//! `configure_mappers()`.

use rustc_hash::FxHashMap;

use super::mapper::{Attribute, AttributeKind, Mapper, Polymorphic};
use super::relationship::RelationshipSettings;
use super::settings::{MapperSettings, Property, PropertyKind};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::{Orm, OrmResult};
use crate::sql::{Expr, From};
use crate::types::{ColumnId, MapperId, TableId};

impl Orm {
    /// Maps a class.
    ///
    /// # Errors
    /// When there is no primary key, or no join to the parent's table.
    pub fn add_mapper(&mut self, settings: MapperSettings) -> OrmResult<MapperId> {
        let id = MapperId(self.mappers.len() as u32);
        let mapper = self.new_mapper(id, &settings)?;
        self.mappers.push(mapper);
        if let Some(parent) = settings.inherits {
            self.mappers[parent.index()].children.push(id);
        }
        let done = self.add_attributes(id, &settings).and_then(|()| {
            self.set_polymorphic(id, &settings)?;
            self.set_primary_key(id, &settings)
        });
        if let Err(error) = done {
            self.mappers.pop();
            if let Some(parent) = settings.inherits {
                self.mappers[parent.index()].children.retain(|child| *child != id);
            }
            return Err(error);
        }
        Ok(id)
    }

    /// The mapper without attributes: its place in the hierarchy.
    fn new_mapper(&self, id: MapperId, settings: &MapperSettings) -> OrmResult<Mapper> {
        let parent = settings.inherits.map(|parent| self.mapper(parent));
        let Some(local) = settings.table.clone().or_else(|| parent.map(|parent| parent.local.clone())) else {
            return Err(argument(format!(
                "Mapper[{}(None)] has None for a primary table argument and does not specify 'inherits'",
                settings.class_name
            )));
        };
        let mut mapper = Mapper {
            class_name: settings.class_name.clone(),
            sort_key: format!("{}.{}", settings.module, settings.class_name),
            inherits: settings.inherits,
            base: id,
            identity: id,
            children: Vec::new(),
            table: self.first_table(&local),
            selectable: local.clone(),
            local,
            tables: Vec::new(),
            single: parent.is_some() && settings.table.is_none(),
            concrete: settings.concrete,
            inherit_condition: settings.inherit_condition.clone(),
            inherited_pairs: Vec::new(),
            primary_key: Vec::new(),
            polymorphic: Polymorphic {
                identity: settings.polymorphic_identity.clone(),
                is_abstract: settings.polymorphic_abstract,
                load: settings.polymorphic_load,
                with: settings.with_polymorphic.clone(),
                ..Polymorphic::default()
            },
            attributes: Vec::new(),
            order: Vec::new(),
            options: settings.options.clone(),
            configured: false,
            disposed: false,
            places: FxHashMap::default(),
            by_key: FxHashMap::default(),
            by_column: FxHashMap::default(),
        };
        if let Some(parent) = parent {
            mapper.base = parent.base;
            if settings.polymorphic_identity.is_some() && !settings.concrete {
                mapper.identity = parent.identity;
            }
            if mapper.single {
                mapper.selectable = parent.selectable.clone();
            } else if !settings.concrete && !mapper.local.is(&parent.local) {
                self.join_to_parent(&mut mapper, parent)?;
            }
            if mapper.options.version_id.is_none() {
                mapper.options.version_id = parent.options.version_id;
                mapper.options.version_generator = parent.options.version_generator.clone();
            }
            mapper.options.batch = parent.options.batch;
            mapper.options.passive_updates = parent.options.passive_updates;
            mapper.options.passive_deletes |= parent.options.passive_deletes;
            mapper.options.confirm_deleted_rows &= settings.concrete;
        }
        mapper.tables = tables_of(&mapper.selectable);
        Ok(mapper)
    }

    /// The attributes: what is told of, what is inherited, and the columns that are left.
    fn add_attributes(&mut self, id: MapperId, settings: &MapperSettings) -> OrmResult<()> {
        let local: Vec<ColumnId> = self
            .mapper(id)
            .local
            .columns(&self.schema)
            .into_iter()
            .filter_map(|column| column.base)
            .collect();
        // Columns of the own table that are told of take the column's place in the order.
        let mut told: Vec<(String, Attribute)> = Vec::new();
        for (key, property) in &settings.properties {
            let Some(attribute) = property.attribute(key, id) else { continue };
            if let PropertyKind::Columns(columns) = &property.kind
                && columns.iter().any(|column| local.contains(column))
            {
                told.push((key.clone(), attribute));
                continue;
            }
            self.set_attribute(id, key, attribute);
        }
        if let Some(parent) = settings.inherits.filter(|_| !settings.concrete) {
            let inherited: Vec<Attribute> =
                self.mapper(parent).iter().map(|(_, attribute)| attribute.clone()).collect();
            for attribute in inherited {
                let key = attribute.key.clone();
                if settings.excludes(&key) {
                    continue;
                }
                match told.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, own)) if matches!(attribute.kind, AttributeKind::Column(_)) => {
                        let columns: Vec<ColumnId> = attribute
                            .columns()
                            .filter(|column| own.columns().all(|known| known != *column))
                            .collect();
                        self.check_combined(id, &key, own, &attribute, true)?;
                        own.more_columns.extend(columns);
                    }
                    Some(_) => {}
                    None if self.mapper(id).by_key.contains_key(&key) => {}
                    None => self.set_attribute(id, &key, attribute),
                }
            }
        }
        for column in self.mapper(id).selectable.columns(&self.schema) {
            let Some(base) = column.base else {
                // A select may have columns of its own making.
                let key = column.key.to_string();
                if !settings.excludes(&key) && !self.mapper(id).by_key.contains_key(&key) {
                    let kind = AttributeKind::Expression(Expr::from(column));
                    self.set_attribute(id, &key, Attribute::new(&key, kind, id));
                }
                continue;
            };
            if let Some(at) = told.iter().position(|(_, own)| own.columns().any(|known| known == base)) {
                let (key, attribute) = told.remove(at);
                self.set_attribute(id, &key, attribute);
                continue;
            }
            if self.mapper(id).by_column.contains_key(&base) {
                continue;
            }
            let own_key = self.schema.column(base).key.clone();
            if settings.excludes(&own_key) {
                continue;
            }
            let key = format!("{}{own_key}", settings.column_prefix);
            let mut attribute = Attribute::new(&key, AttributeKind::Column(base), id);
            if let Some(at) = self.mapper(id).attribute(&key) {
                let known = self.mapper(id).attributes[at].clone();
                if matches!(known.kind, AttributeKind::Column(_)) {
                    self.check_combined(id, &key, &attribute, &known, false)?;
                    attribute.more_columns = known.columns().collect();
                    attribute.deferred = known.deferred;
                    attribute.group = known.group;
                    attribute.active_history = known.active_history;
                } else {
                    continue;
                }
            }
            self.set_attribute(id, &key, attribute);
        }
        Ok(())
    }

    /// Two columns of one name are one attribute only where they are held equal.
    fn check_combined(
        &mut self,
        id: MapperId,
        key: &str,
        own: &Attribute,
        inherited: &Attribute,
        told: bool,
    ) -> OrmResult<()> {
        let (Some(incoming), Some(existing)) = (own.columns().next(), inherited.columns().next()) else {
            return Ok(());
        };
        let mapper = self.mapper(id);
        let version = mapper.options.version_id;
        let fine = incoming == existing
            || mapper.inherited_pairs.contains(&(existing, incoming))
            || version == Some(incoming)
            || version == Some(existing)
            || own.columns().any(|column| column == existing);
        if fine {
            return Ok(());
        }
        let last = inherited.columns().last().unwrap_or(existing);
        let name =
            |id: ColumnId| format!("{}.{}", self.schema.table(id.table).name, self.schema.column(id).name);
        let message = format!(
            "Implicitly combining column {} with column {} under attribute '{key}'.  Please configure one or more attributes for these same-named columns explicitly.",
            name(last),
            name(incoming)
        );
        if told || inherited.parent == id {
            return Err(OrmError::new(OrmErrorKind::InvalidRequest, message));
        }
        self.warnings.push(message);
        Ok(())
    }

    /// Gives a class an attribute, and those that inherit from it.
    pub(crate) fn set_attribute(&mut self, id: MapperId, key: &str, attribute: Attribute) {
        let base = self.mapper(id).base;
        let count = self.mapper(base).places.len() as u32;
        let place = *self.mappers[base.index()].places.entry(key.to_string()).or_insert(count);
        if place == count {
            // Objects that live already get an empty place for it.
            self.add_place_to_states(base);
        }
        let mapper = &mut self.mappers[id.index()];
        while mapper.attributes.len() <= place as usize {
            mapper.attributes.push(Attribute::new("", AttributeKind::Absent, id));
        }
        for column in attribute.columns() {
            mapper.by_column.insert(column, place);
        }
        if mapper.by_key.insert(key.to_string(), place).is_none() {
            mapper.order.push(place);
        }
        mapper.attributes[place as usize] = attribute.clone();
        for child in mapper.children.clone() {
            let overrides = self
                .mapper(child)
                .attribute(key)
                .is_some_and(|at| self.mapper(child).attributes[at].parent == child);
            if !self.mapper(child).concrete && !overrides {
                self.set_attribute(child, key, attribute.clone());
            }
        }
    }

    /// How many places the objects of a class have.
    pub fn slot_count(&self, mapper: MapperId) -> usize {
        self.mapper(self.mapper(mapper).base).places.len()
    }

    /// Adds a relationship, to be worked out by [`Orm::configure`].
    pub fn add_relationship(&mut self, id: MapperId, key: &str, settings: RelationshipSettings) -> u32 {
        let kind = AttributeKind::Unconfigured(Box::new(settings));
        self.set_attribute(id, key, Attribute::new(key, kind, id));
        for mapper in self.descendants(id) {
            self.mappers[mapper.index()].configured = false;
        }
        self.mapper(id).attribute(key).unwrap_or_default() as u32
    }

    /// Adds what a class is told of after it was mapped.
    pub fn add_property(&mut self, id: MapperId, key: &str, property: &Property) {
        if let Some(attribute) = property.attribute(key, id) {
            self.set_attribute(id, key, attribute);
        }
    }

    /// Maps a column that the table got after the class was mapped.
    pub fn add_column(&mut self, id: MapperId, key: &str, column: ColumnId) {
        if !self.mapper(id).by_column.contains_key(&column) {
            self.set_attribute(id, key, Attribute::new(key, AttributeKind::Column(column), id));
        }
    }

    /// Changes how an attribute is loaded.
    pub fn change_attribute(&mut self, id: MapperId, key: &str, change: impl FnOnce(&mut Attribute)) {
        if let Some(at) = self.mapper(id).attribute(key) {
            let mut attribute = self.mapper(id).attributes[at].clone();
            change(&mut attribute);
            self.set_attribute(id, key, attribute);
        }
    }

    /// Works out the relationships that a class declares and pairs them with
    /// their reverse.
    ///
    /// # Errors
    /// SQLAlchemy's configuration errors.
    pub fn configure(&mut self, id: MapperId) -> OrmResult<()> {
        if self.mapper(id).configured {
            return Ok(());
        }
        for at in 0..self.mapper(id).attributes.len() {
            let attribute = self.mapper(id).attributes[at].clone();
            let AttributeKind::Unconfigured(settings) = &attribute.kind else { continue };
            if attribute.parent != id {
                continue;
            }
            let mut relationship = self.build_relationship(id, at as u32, settings)?;
            if let Some(key) = &settings.back_populates {
                relationship.reverse = Some(self.reverse_of(&relationship, key)?);
            }
            let kind = AttributeKind::Relationship(std::rc::Rc::new(relationship));
            self.set_attribute(id, &attribute.key.clone(), Attribute { kind, ..attribute });
        }
        self.mappers[id.index()].configured = true;
        Ok(())
    }

    fn reverse_of(&self, relationship: &super::relationship::Relationship, key: &str) -> OrmResult<u32> {
        let target = self.mapper(relationship.target);
        let place = target.attribute(key).ok_or_else(|| {
            OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!(
                    "Mapper '{}' has no property '{key}'.  If this property was indicated from other mappers or configure events, ensure registry.configure() has been called.",
                    self.mapper_name(relationship.target)
                ),
            )
        })?;
        let name = self.attribute_name(relationship.parent, relationship.attribute);
        let other_name = self.attribute_name(target.attributes[place].parent, place as u32);
        let other = target.relationship(place);
        if let Some(other) = other
            && !self.is_a(other.target, relationship.parent)
            && !self.is_a(relationship.parent, other.target)
        {
            return Err(argument(format!(
                "reverse_property '{key}' on relationship {name} references relationship {other_name}, which does not reference mapper {}",
                self.mapper_name(relationship.parent)
            )));
        }
        if let Some(other) = other
            && other.direction == relationship.direction
            && relationship.direction != super::relationship::Direction::ManyToMany
        {
            let direction = match (relationship.direction, self.legacy) {
                (super::relationship::Direction::OneToMany, true) => "symbol('ONETOMANY')",
                (super::relationship::Direction::OneToMany, false) => "<RelationshipDirection.ONETOMANY: 1>",
                (_, true) => "symbol('MANYTOONE')",
                (_, false) => "<RelationshipDirection.MANYTOONE: 2>",
            };
            return Err(argument(format!(
                "{other_name} and back-reference {name} are both of the same direction {direction}.  Did you mean to set remote_side on the many-to-one side ?"
            )));
        }
        Ok(place as u32)
    }

    /// A relationship by the id of its class and its place.
    pub fn relationship(
        &self,
        mapper: MapperId,
        attribute: usize,
    ) -> Option<&std::rc::Rc<super::relationship::Relationship>> {
        self.mapper(mapper).relationship(attribute)
    }

    /// `Class.attribute`
    pub fn attribute_name(&self, mapper: MapperId, attribute: u32) -> String {
        let attribute = &self.mapper(mapper).attributes[attribute as usize];
        format!("{}.{}", self.mapper(attribute.parent).class_name, attribute.key)
    }

    /// The table that stands first in an element of FROM.
    fn first_table(&self, from: &From) -> TableId {
        let base = from.columns(&self.schema).into_iter().find_map(|column| column.base);
        tables_of(from).first().copied().or(base.map(|base| base.table)).unwrap_or(TableId(0))
    }
}

pub(super) fn argument(message: impl Into<String>) -> OrmError {
    OrmError::new(OrmErrorKind::Argument, message)
}

/// The tables that an element of FROM is made of, in order.
pub(crate) fn tables_of(from: &From) -> Vec<TableId> {
    let mut tables = Vec::new();
    from.leaves(&mut |leaf| {
        if let From::Table(id) = leaf
            && !tables.contains(id)
        {
            tables.push(*id);
        }
    });
    tables
}

/// The tables that an element is made of, those inside subqueries too.
pub(crate) fn all_tables(from: &From) -> Vec<TableId> {
    let mut tables = Vec::new();
    crate::sql::Part::From(from).walk(&mut |part| {
        if let crate::sql::Part::From(From::Table(id)) = part {
            tables.push(*id);
        }
        true
    });
    tables
}
