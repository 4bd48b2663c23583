//! What statements ask for while they are written out: classes, aliases and
//! attributes, as a database knows them.
//!
//! It must not know sessions or objects.
//! SQLAlchemy counterpart: the entities of `sqlalchemy.orm.context`.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::alias::Alias;
use super::mapped::{ClassRef, Mapped};
use super::registry::Registry;
use crate::orm::{Orm, OrmError, OrmErrorKind, OrmResult, Relationship};
use crate::sql::{Entity, Expr};
use crate::types::MapperId;

/// What a statement needs to know to be written out: the mapped classes of a
/// database, and the aliases that the statement has.
pub struct Scope<'a> {
    pub(super) orm: &'a Orm,
    registry: &'a Registry,
    aliases: RefCell<FxHashMap<u64, Entity>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(orm: &'a Orm, registry: &'a Registry) -> Scope<'a> {
        Scope { orm, registry, aliases: RefCell::default() }
    }

    /// The mapper of a class.
    ///
    /// # Errors
    /// When the database was not told of the class.
    pub fn mapper<T: Mapped>(&self) -> OrmResult<MapperId> {
        self.registry.mapper(ClassRef::of::<T>())
    }

    /// A class in a statement.
    ///
    /// # Errors
    /// When the database was not told of the class.
    pub fn entity<T: Mapped>(&self) -> OrmResult<Entity> {
        let mapper = self.mapper::<T>()?;
        Ok(Entity { with: self.orm.with_of(mapper), ..Entity::of(mapper) })
    }

    /// An alias of a class in a statement: the same one each time.
    ///
    /// # Errors
    /// When the database was not told of the class.
    pub fn alias<T: Mapped>(&self, alias: &Alias<T>) -> OrmResult<Entity> {
        if let Some(known) = self.aliases.borrow().get(&alias.number()) {
            return Ok(known.clone());
        }
        let class = self.entity::<T>()?;
        let tables = self.orm.entity_from(&class);
        let from = Some(self.orm.alias_of_tables(&tables, alias.name(), false));
        let entity = Entity { from, name: alias.name().map(Into::into), ..class };
        self.aliases.borrow_mut().insert(alias.number(), entity.clone());
        Ok(entity)
    }

    /// The expression that an attribute of a class, or of an alias of one, is.
    pub(super) fn attribute(&self, entity: &Entity, key: &str) -> OrmResult<Expr> {
        let place = self.place(entity.mapper, key)?;
        let expr = self.orm.attribute_expr(entity, place);
        expr.ok_or_else(|| {
            let name = &self.orm.mapper(entity.mapper).class_name;
            OrmError::new(OrmErrorKind::Argument, format!("{name}.{key} is no column"))
        })
    }

    /// The place of an attribute.
    pub(super) fn place(&self, mapper: MapperId, key: &str) -> OrmResult<usize> {
        place_of(self.orm, mapper, key)
    }

    /// A relationship of a class.
    pub(super) fn relationship(&self, mapper: MapperId, key: &str) -> OrmResult<&std::rc::Rc<Relationship>> {
        let place = self.place(mapper, key)?;
        self.orm.relationship(mapper, place).ok_or_else(|| {
            let name = &self.orm.mapper(mapper).class_name;
            OrmError::new(OrmErrorKind::Argument, format!("{name}.{key} is no relationship"))
        })
    }
}

/// The place of an attribute in its mapper.
pub(super) fn place_of(orm: &Orm, mapper: MapperId, key: &str) -> OrmResult<usize> {
    orm.mapper(mapper).attribute(key).ok_or_else(|| {
        let name = &orm.mapper(mapper).class_name;
        OrmError::new(OrmErrorKind::Key, format!("class '{name}' has no attribute '{key}'"))
    })
}
