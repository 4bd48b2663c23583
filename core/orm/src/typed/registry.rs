//! From what structs say of themselves to tables and mappers: types become ids
//! here and nowhere else.
//!
//! Classes may name each other in any order: tables and mappers come first,
//! relationships when all classes are there.
//! SQLAlchemy counterpart: `sqlalchemy.orm.decl_base`, `registry.configure()`.

use std::any::TypeId;
use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::mapped::{ClassRef, ColumnDefinition, Definition, RelationshipDefinition};
use super::scope::Scope;
use crate::engine::{EngineError, ErrorKind};
use crate::orm::{
    MapperSettings, Orm, OrmError, OrmErrorKind, OrmResult, PolymorphicOn, Property, PropertyKind,
    RelationshipSettings,
};
use crate::schema::{SchemaError, Table};
use crate::types::{ColumnId, MapperId, MetaDataId, TableId};

/// The mapped structs of a database.
pub(super) struct Registry {
    pub(super) metadata: MetaDataId,
    mappers: FxHashMap<TypeId, MapperId>,
    /// Relationships that are not worked out yet.
    waiting: VecDeque<(MapperId, RelationshipDefinition)>,
    /// Mappers that are not configured yet.
    unconfigured: Vec<MapperId>,
    /// Why the classes cannot be used.
    failed: Option<String>,
}

impl Registry {
    pub(super) fn new(orm: &mut Orm) -> Registry {
        Registry {
            metadata: orm.schema.add_metadata(Default::default()),
            mappers: FxHashMap::default(),
            waiting: VecDeque::new(),
            unconfigured: Vec::new(),
            failed: None,
        }
    }

    /// The mapper of a class.
    pub(super) fn mapper(&self, class: ClassRef) -> OrmResult<MapperId> {
        if let Some(reason) = &self.failed {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!(
                    "One or more mappers failed to initialize - can't proceed with initialization of other mappers. Original exception was: {reason}"
                ),
            ));
        }
        self.mappers.get(&class.id).copied().ok_or_else(|| {
            OrmError::new(
                OrmErrorKind::UnmappedClass,
                format!("Class '{}' is not mapped; tell the database of it with Database::map", class.name),
            )
        })
    }

    /// Maps classes, and those that they lead to. What could not be worked out
    /// before is tried again.
    pub(super) fn map(&mut self, orm: &mut Orm, classes: Vec<ClassRef>) -> OrmResult<()> {
        self.failed = None;
        let done = self.map_all(orm, classes);
        self.failed = done.as_ref().err().map(OrmError::to_string);
        done
    }

    fn map_all(&mut self, orm: &mut Orm, classes: Vec<ClassRef>) -> OrmResult<()> {
        let mut todo: VecDeque<ClassRef> = classes.into();
        while let Some(class) = todo.pop_front() {
            todo.extend(self.map_class(orm, class)?);
        }
        while let Some((mapper, relationship)) = self.waiting.front() {
            let settings = self.settings(orm, relationship)?;
            orm.add_relationship(*mapper, relationship.key, settings);
            self.waiting.pop_front();
        }
        while let Some(mapper) = self.unconfigured.first() {
            orm.configure(*mapper)?;
            self.unconfigured.remove(0);
        }
        Ok(())
    }

    /// Maps one class, and tells which it leads to.
    fn map_class(&mut self, orm: &mut Orm, class: ClassRef) -> OrmResult<Vec<ClassRef>> {
        if self.mappers.contains_key(&class.id) {
            return Ok(Vec::new());
        }
        let definition = (class.definition)();
        let mut found = Vec::new();
        // Parents are few, and each is another type of the program's.
        if let Some(parent) = definition.inherits {
            found.extend(self.map_class(orm, parent)?);
        }
        found.extend(definition.relationships.iter().map(|relationship| relationship.target));
        let mapper = self.add_mapper(orm, class, definition)?;
        self.unconfigured.push(mapper);
        Ok(found)
    }

    fn add_mapper(&mut self, orm: &mut Orm, class: ClassRef, definition: Definition) -> OrmResult<MapperId> {
        let inherits = definition.inherits.and_then(|parent| self.mappers.get(&parent.id).copied());
        let table = match definition.table {
            Some(table) => Some(add_table(orm, self.metadata, table, &definition.columns)?),
            None => None,
        };
        let column = |own: &ColumnDefinition| {
            let table = table?;
            let index = orm.schema.table(table).column_index(&own.column.key)?;
            Some(ColumnId { table, index })
        };
        let mut settings = MapperSettings {
            class_name: class.name.into(),
            module: definition.module.into(),
            table: table.map(crate::sql::From::Table),
            inherits,
            polymorphic_on: definition.polymorphic_on.map(|key| PolymorphicOn::Attribute(key.into())),
            polymorphic_identity: definition.polymorphic_identity,
            ..MapperSettings::default()
        };
        for own in &definition.columns {
            let Some(id) = column(own) else { continue };
            if own.version_id {
                settings.options.version_id = Some(id);
            }
            if own.deferred || own.key != own.column.key {
                let kind = PropertyKind::Columns(vec![id]);
                let property = Property { deferred: own.deferred, ..Property::new(kind) };
                settings.properties.push((own.key.into(), property));
            }
        }
        let mapper = orm.add_mapper(settings)?;
        self.mappers.insert(class.id, mapper);
        self.waiting.extend(definition.relationships.into_iter().map(|relationship| (mapper, relationship)));
        Ok(mapper)
    }

    /// What the ORM is told of a relationship.
    fn settings(&self, orm: &Orm, own: &RelationshipDefinition) -> OrmResult<RelationshipSettings> {
        let scope = Scope::new(orm, self);
        let secondary = match own.secondary {
            None => None,
            Some(name) => Some(orm.schema.find_table(self.metadata, name).ok_or_else(|| {
                OrmError::new(
                    OrmErrorKind::InvalidRequest,
                    format!("The secondary table '{name}' of relationship '{}' is not defined; tell the database of it with Database::add_table", own.key),
                )
            })?),
        };
        Ok(RelationshipSettings {
            target: self.mappers.get(&own.target.id).copied(),
            secondary,
            primaryjoin: own.primaryjoin.as_ref().map(|make| make(&scope)).transpose()?,
            secondaryjoin: own.secondaryjoin.as_ref().map(|make| make(&scope)).transpose()?,
            foreign_keys: RelationshipDefinition::columns(&own.foreign_keys, &scope)?,
            remote_side: RelationshipDefinition::columns(&own.remote_side, &scope)?,
            uselist: Some(own.uselist),
            back_populates: own.back_populates.map(str::to_string),
            cascade: own.parsed_cascade()?,
            order_by: own.order_by.iter().map(|make| make(&scope)).collect::<OrmResult<_>>()?,
            lazy: own.lazy,
            mirror_of: None,
            options: own.options,
        })
    }
}

fn add_table(
    orm: &mut Orm,
    metadata: MetaDataId,
    table: Table,
    columns: &[ColumnDefinition],
) -> OrmResult<TableId> {
    let table = columns.iter().fold(table, |table, own| table.column(own.column.clone()));
    orm.schema.add_table(metadata, table).map_err(schema_error)
}

/// An error of the schema, with the class that SQLAlchemy gives it.
pub(super) fn schema_error(error: SchemaError) -> OrmError {
    let kind = match &error {
        SchemaError::AlreadyDefined(_) => ErrorKind::InvalidRequest,
        _ => ErrorKind::Argument,
    };
    EngineError::new(kind, error.to_string()).into()
}
