//! Hierarchies whose classes each have a table of their own, put together once
//! all of them are mapped: the union that the base selects from, what tells
//! the classes apart there, and a base that is mapped after its classes.
//!
//! SQLAlchemy counterpart: `Mapper._set_with_polymorphic`,
//! `_set_polymorphic_on`, `_set_concrete_base`.

use super::mapper::{Attribute, AttributeKind, DISCRIMINATOR, WithPolymorphic};
use crate::orm::Orm;
use crate::sql::{Expr, From, Kind};
use crate::types::MapperId;

impl Orm {
    /// Has queries of a class select from something that has the rows of all
    /// classes below.
    pub fn select_polymorphic_from(&mut self, id: MapperId, from: From) {
        self.mappers[id.index()].polymorphic.with =
            Some(WithPolymorphic { mappers: None, selectable: Some(from) });
    }

    /// Says what tells the classes of a hierarchy apart.
    pub fn tell_classes_by(&mut self, id: MapperId, on: Expr) {
        let key = DISCRIMINATOR;
        let on = match on.kind() {
            Kind::Label { .. } | Kind::Column(_) => on,
            _ => on.label(Some(key)),
        };
        if self.mapper(id).attribute(key).is_none() {
            let kind = AttributeKind::Expression(on.clone());
            self.set_attribute(id, key, Attribute::new(key, kind, id));
        }
        let polymorphic = &mut self.mappers[id.index()].polymorphic;
        polymorphic.on = Some(on);
        polymorphic.attribute = None;
    }

    /// Gives a concrete class that inherits nothing its base: the classes share
    /// places of attributes and know each other's identities from now on.
    pub fn set_concrete_base(&mut self, id: MapperId, base: MapperId) {
        let root = self.mapper(base).base;
        let own = self.descendants(id);
        let identities = std::mem::take(&mut self.mappers[id.index()].polymorphic.map);
        self.mappers[root.index()].polymorphic.map.extend(identities);
        self.mappers[id.index()].inherits = Some(base);
        self.mappers[base.index()].children.push(id);
        for one in own {
            self.move_places(one, root);
        }
    }

    /// Gives the attributes of a class the places that another hierarchy has for them.
    fn move_places(&mut self, id: MapperId, root: MapperId) {
        let mapper = &mut self.mappers[id.index()];
        mapper.base = root;
        mapper.configured = false;
        mapper.by_key.clear();
        mapper.by_column.clear();
        let order = std::mem::take(&mut mapper.order);
        let attributes = std::mem::take(&mut mapper.attributes);
        let discriminator = mapper.polymorphic.attribute;
        let mut moves: Vec<(u32, u32)> = Vec::new();
        for place in order {
            let Some(attribute) = attributes.get(place as usize).cloned() else { continue };
            let key = attribute.key.clone();
            self.set_attribute(id, &key, attribute);
            let moved = self.mapper(id).by_key.get(&key).copied().unwrap_or_default();
            moves.push((place, moved));
        }
        let moved = |old: u32| moves.iter().find(|(from, _)| *from == old).map(|(_, to)| *to);
        self.mappers[id.index()].polymorphic.attribute = discriminator.and_then(moved);
        self.move_slots(id, &moves);
    }
}
