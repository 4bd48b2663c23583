//! Making mappers: columns become attributes, a class inherits those of
//! another, and relationships are worked out when all classes are there.
//!
//! SQLAlchemy counterpart: `Mapper.__init__` and what it calls, and
//! `configure_mappers()`.

use rustc_hash::FxHashMap;

use super::error::{OrmError, OrmErrorKind};
use super::mapper::{
    Attribute, AttributeKind, Mapper, MapperOptions, Polymorphic, PolymorphicLoad, WithPolymorphic,
};
use super::relationship::RelationshipSettings;
use super::{Orm, OrmResult, Slot};
use crate::sql::compiler::{JoinError, join_condition};
use crate::sql::{Expr, From, JoinKind, Kind, Operator};
use crate::types::{ColumnId, KeyValue, MapperId, TableId, Value};

/// What a class's mapping is told.
#[derive(Clone, Debug, Default)]
pub struct MapperSettings {
    /// The class's name.
    pub class_name: String,
    /// The module that it is in.
    pub module: String,
    /// What it is mapped to; none for a class of single-table inheritance.
    pub table: Option<From>,
    /// The mapper of the class that it inherits from.
    pub inherits: Option<MapperId>,
    /// Whether its table stands for itself, without its parent's.
    pub concrete: bool,
    /// What joins its table to its parent's, where foreign keys do not tell.
    pub inherit_condition: Option<Expr>,
    /// Attributes that are told of, in order. Columns that are not are
    /// attributes under their own keys.
    pub properties: Vec<(String, Property)>,
    /// The primary key, where it is not the table's.
    pub primary_key: Vec<ColumnId>,
    /// What tells which class a row is of.
    pub polymorphic_on: Option<PolymorphicOn>,
    /// Its value for this class.
    pub polymorphic_identity: Option<Value>,
    /// Whether no object is of just this class.
    pub polymorphic_abstract: bool,
    /// How its own columns are loaded when its parent is queried.
    pub polymorphic_load: Option<PolymorphicLoad>,
    /// Which further classes a query for it loads at once.
    pub with_polymorphic: Option<WithPolymorphic>,
    /// The only columns that become attributes, where some are named.
    pub include: Option<Vec<String>>,
    /// Columns that become no attributes.
    pub exclude: Vec<String>,
    /// What is put before the columns' keys.
    pub column_prefix: String,
    /// What else it is told.
    pub options: MapperOptions,
}

/// What tells which class a row is of.
#[derive(Clone, Debug)]
pub enum PolymorphicOn {
    /// A column.
    Column(ColumnId),
    /// The column of an attribute.
    Attribute(String),
    /// An expression.
    Expr(Expr),
}

/// An attribute that a mapping is told of.
#[derive(Clone, Debug)]
pub struct Property {
    /// What it is.
    pub kind: PropertyKind,
    /// Whether it is loaded only when it is asked for.
    pub deferred: bool,
    /// The deferred attributes that are loaded with it.
    pub group: Option<std::rc::Rc<str>>,
    /// Whether asking for it while it is not loaded is an error.
    pub raiseload: bool,
    /// Whether its old value is loaded before it changes.
    pub active_history: bool,
}

impl Property {
    /// One without further settings.
    pub fn new(kind: PropertyKind) -> Property {
        Property { kind, deferred: false, group: None, raiseload: false, active_history: false }
    }

    /// The attribute that it makes; none where it has no column.
    fn attribute(&self, key: &str, parent: MapperId) -> Option<Attribute> {
        let (kind, more_columns) = match &self.kind {
            PropertyKind::Columns(columns) => {
                let (first, more) = columns.split_first()?;
                (AttributeKind::Column(*first), more.to_vec())
            }
            PropertyKind::Expression(expr) => (AttributeKind::Expression(expr.clone()), Vec::new()),
            PropertyKind::Relationship(settings) => {
                (AttributeKind::Unconfigured(settings.clone()), Vec::new())
            }
        };
        Some(Attribute {
            deferred: self.deferred,
            group: self.group.clone(),
            raiseload: self.raiseload,
            active_history: self.active_history,
            more_columns,
            ..Attribute::new(key, kind, parent)
        })
    }
}

/// What an attribute is that a mapping is told of.
#[derive(Clone, Debug)]
pub enum PropertyKind {
    /// Columns of the same value.
    Columns(Vec<ColumnId>),
    /// An expression.
    Expression(Expr),
    /// A relationship.
    Relationship(Box<RelationshipSettings>),
}

impl MapperSettings {
    /// A class that is mapped to a table.
    pub fn new(class_name: &str, module: &str, table: TableId) -> MapperSettings {
        MapperSettings {
            class_name: class_name.into(),
            module: module.into(),
            table: Some(From::Table(table)),
            ..MapperSettings::default()
        }
    }

    fn excludes(&self, name: &str) -> bool {
        self.include.as_ref().is_some_and(|names| !names.iter().any(|known| known == name))
            || self.exclude.iter().any(|known| known == name)
    }
}

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

    fn join_to_parent(&self, mapper: &mut Mapper, parent: &Mapper) -> OrmResult<()> {
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
    pub(super) fn set_attribute(&mut self, id: MapperId, key: &str, attribute: Attribute) {
        let base = self.mapper(id).base;
        let count = self.mapper(base).places.len() as u32;
        let place = *self.mappers[base.index()].places.entry(key.to_string()).or_insert(count);
        if place == count {
            // Objects that live already get an empty place for it.
            for state in self.states.living() {
                if self.mapper_of(state).base == base {
                    self.states[state].slots.push(Slot::Empty);
                }
            }
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

    fn set_polymorphic(&mut self, id: MapperId, settings: &MapperSettings) -> OrmResult<()> {
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
                    _ => expr.label(Some("_sa_polymorphic_on")),
                };
                let known = self.mapper(id).iter().any(|(_, attribute)| {
                    matches!(&attribute.kind, AttributeKind::Expression(other) if other.is(&expr))
                });
                if !known {
                    let key = "_sa_polymorphic_on";
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
    fn inherited_discriminator(&self, id: MapperId) -> (Option<Expr>, Option<u32>) {
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

    fn set_primary_key(&mut self, id: MapperId, settings: &MapperSettings) -> OrmResult<()> {
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

    fn reverse_of(&self, relationship: &super::Relationship, key: &str) -> OrmResult<u32> {
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
            && relationship.direction != super::Direction::ManyToMany
        {
            let direction = match (relationship.direction, self.legacy) {
                (super::Direction::OneToMany, true) => "symbol('ONETOMANY')",
                (super::Direction::OneToMany, false) => "<RelationshipDirection.ONETOMANY: 1>",
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
    ) -> Option<&std::rc::Rc<super::Relationship>> {
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

fn argument(message: impl Into<String>) -> OrmError {
    OrmError::new(OrmErrorKind::Argument, message)
}

/// The tables that an element of FROM is made of, in order.
pub(super) fn tables_of(from: &From) -> Vec<TableId> {
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

/// The pairs of columns that a condition holds equal.
pub(super) fn equal_columns(condition: &Expr) -> Vec<(ColumnId, ColumnId)> {
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
