//! Mapped classes: which mapper a class has, its instances, `aliased`,
//! classical mapping, and configuration.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::orm::{self, MapperSettings, Orm, PropertyKind};
use ormscope::sql::Entity;
use ormscope::types::{MapperId, StateId, TableId};

use super::arguments::Arguments;
pub(super) use super::configuring::{configure, default_value, settle_columns};
use super::declarative::ColumnSettings;
use super::relationships::RelationshipObject;
use super::{attributes, classes, errors, peek, properties, schema, with_orm};
use crate::object::{Args, Class, Instance, Name, NativeFunction, Object, Payload, PyResult};
use crate::vm::Vm;

/// A class and its mapper.
pub(super) struct MappedClass {
    pub(super) class: Rc<Class>,
    /// The names under which relationships find classes.
    pub(super) names: Rc<ClassNames>,
    /// Relationships that wait for configuration, by attribute.
    pub(super) waiting: Vec<(String, Object)>,
    /// Why it could not be configured.
    pub(super) failure: Option<String>,
    /// What is to be done with its columns, where that is anything special.
    pub(super) columns: Vec<(String, ColumnSettings)>,
}

/// Classes by name, shared by those of one declarative base.
#[derive(Default)]
pub(super) struct ClassNames {
    pub(super) classes: RefCell<Vec<(String, Rc<Class>)>>,
    pub(super) metadata: RefCell<Option<Object>>,
}

/// The native data of a mapped object: its state, which ends with it.
pub(super) struct MappedInstance {
    state: StateId,
    graveyard: Rc<RefCell<Vec<StateId>>>,
}

impl MappedInstance {
    pub(super) fn new(orm: &Orm, state: StateId) -> MappedInstance {
        MappedInstance { state, graveyard: orm.states.graveyard() }
    }
}

impl Drop for MappedInstance {
    fn drop(&mut self) {
        self.graveyard.borrow_mut().push(self.state);
    }
}

/// The native data of `aliased(Class)`.
pub(super) struct AliasedData {
    pub(super) entity: Entity,
    class: Rc<Class>,
}

/// The native data of a `Mapper`.
pub(super) struct MapperObject {
    pub(super) id: MapperId,
}

/// The mapper of a class.
pub(super) fn mapper_of(vm: &mut Vm, object: &Object) -> PyResult<Option<MapperId>> {
    Ok(object.as_class().and_then(|class| mapper_of_class(vm, class)))
}

/// The mapper of a class, or of the nearest ancestor that has one.
pub(super) fn mapper_of_class(vm: &Vm, class: &Rc<Class>) -> Option<MapperId> {
    class.mro().find_map(|class| {
        let found =
            vm.library.sqlalchemy.mapped.iter().rposition(|mapped| Rc::ptr_eq(&mapped.class, class))?;
        let id = MapperId(found as u32);
        let disposed = vm.library.sqlalchemy.orm().is_some_and(|orm| orm.mapper(id).disposed);
        (!disposed).then_some(id)
    })
}

/// Whether this very class has a mapper.
pub(super) fn is_mapped(vm: &Vm, class: &Rc<Class>) -> bool {
    let all = &vm.library.sqlalchemy.mapped;
    let Some(at) = all.iter().rposition(|mapped| Rc::ptr_eq(&mapped.class, class)) else { return false };
    vm.library.sqlalchemy.orm().is_none_or(|orm| !orm.mapper(MapperId(at as u32)).disposed)
}

/// The mappers whose classes share these names.
pub(super) fn of_registry(vm: &Vm, names: &Rc<ClassNames>) -> Vec<MapperId> {
    let all = vm.library.sqlalchemy.mapped.iter().enumerate();
    all.filter(|(_, mapped)| Rc::ptr_eq(&mapped.names, names) && is_mapped(vm, &mapped.class))
        .map(|(at, _)| MapperId(at as u32))
        .collect()
}

/// The mapped class, or alias of one, that an object is, with its relationships worked out.
pub(super) fn entity_of(vm: &mut Vm, object: &Object) -> PyResult<Option<Entity>> {
    let entity = known_entity(vm, object)?;
    if entity.is_some() && object.native::<AliasedData>().is_none() {
        configure(vm)?;
    }
    Ok(entity)
}

/// The same, while classes that it names may still be to come: as in the body of a class.
pub(super) fn known_entity(vm: &mut Vm, object: &Object) -> PyResult<Option<Entity>> {
    if let Some(data) = object.native::<AliasedData>() {
        return Ok(Some(data.entity.clone()));
    }
    let mapper = match object.native::<MapperObject>() {
        Some(data) => Some(data.id),
        None => mapper_of(vm, object)?,
    };
    let Some(mapper) = mapper else {
        super::declarative::refuse_waiting(vm, object)?;
        return Ok(None);
    };
    Ok(Some(Entity::of(mapper)))
}

/// The class of a mapper as a Python object.
pub(super) fn entity_object(vm: &Vm, mapper: MapperId) -> Object {
    Object::Class(Rc::clone(&vm.library.sqlalchemy.mapped[mapper.index()].class))
}

/// How messages name what has attributes: by its table.
pub(super) fn describe_entity(vm: &mut Vm, object: &Object) -> PyResult<String> {
    match entity_of(vm, object)? {
        Some(entity) => peek(vm, |orm| orm.schema.table(orm.mapper(entity.mapper).table).name.clone()),
        None => Ok(vm.str(object)?.as_str().to_string()),
    }
}

pub(super) fn describe_mapper(vm: &mut Vm, mapper: MapperId) -> PyResult<String> {
    peek(vm, |orm| orm.mapper_name(mapper))
}

/// The ORM's handle of a mapped Python object.
pub(super) fn object_of(object: &Object) -> Option<orm::Object> {
    let instance = object.as_instance()?;
    let state = instance.data_ref::<MappedInstance>()?.state;
    let owner: Rc<dyn std::any::Any> = Rc::clone(instance) as Rc<dyn std::any::Any>;
    Some(orm::Object { state, owner })
}

/// The state of a mapped Python object.
pub(super) fn state_of(object: &Object) -> Option<StateId> {
    Some(object.as_instance()?.data_ref::<MappedInstance>()?.state)
}

/// The Python object of an ORM handle.
pub(super) fn instance_of(object: &orm::Object) -> Object {
    match Rc::clone(&object.owner).downcast::<Instance>() {
        Ok(instance) => Object::Instance(instance),
        Err(_) => Object::None,
    }
}

/// The ORM's handle of an object, or SQLAlchemy's error.
pub(super) fn require_object(vm: &mut Vm, object: &Object) -> PyResult<orm::Object> {
    match object_of(object) {
        Some(handle) => Ok(handle),
        None => {
            let class = vm.class_of(object);
            let full =
                |class: &Rc<Class>| format!("{}.{}", class.module.borrow().as_str(), class.name().as_str());
            let hint = match object {
                Object::Class(given) => {
                    format!("; was a class ({}) supplied where an instance was required?", full(given))
                }
                _ => String::new(),
            };
            let message = format!("Class '{}' is not mapped{hint}", full(&class));
            Err(errors::error(vm, "UnmappedInstanceError", message))
        }
    }
}

/// Maps a class; `properties` are relationships, expressions, and columns
/// under other names.
pub(super) fn map_class(
    vm: &mut Vm,
    class: &Rc<Class>,
    mut settings: MapperSettings,
    names: Rc<ClassNames>,
    properties: Vec<(String, Object)>,
) -> PyResult<MapperId> {
    let class_name = class.name();
    settings.class_name = class_name.as_str().to_string();
    settings.module = class.module.borrow().as_str().to_string();
    let mut waiting = Vec::new();
    for (name, property) in properties {
        if property.native::<RelationshipObject>().is_some() {
            // A place is kept, so that the attribute is there before it is configured.
            let kind = PropertyKind::Relationship(Default::default());
            settings.properties.push((name.clone(), orm::Property::new(kind)));
            waiting.push((name, property));
        } else if let Some(read) = properties::read(vm, &property)? {
            settings.properties.push((name, read));
        } else if vm.class_of(&property).lookup("__sa_attach__").is_some() {
            let name = vm.intern(&name);
            class.set(name, property);
        }
    }
    let mapper = with_orm(vm, |orm, _| orm.add_mapper(settings))?;
    let attributes: Vec<String> = peek(vm, |orm| {
        let mapper = orm.mapper(mapper);
        mapper.iter().map(|(_, attribute)| attribute.key.clone()).collect()
    })?;
    for key in attributes {
        let attribute = attributes::attribute_object(vm, mapper, &key);
        let name = vm.intern(&key);
        class.set(name, attribute);
    }
    let new = NativeFunction::new("__new__", new_instance);
    let name = vm.intern("__new__");
    class.set(name, Object::StaticMethod(Rc::new(new)));
    let own = NativeFunction::new("__managed__", managed);
    let name = vm.intern("__managed__");
    class.set(name, own);
    names.classes.borrow_mut().push((class_name.as_str().to_string(), Rc::clone(class)));
    vm.library.sqlalchemy.mapped.push(MappedClass {
        class: Rc::clone(class),
        names,
        waiting,
        failure: None,
        columns: Vec::new(),
    });
    vm.library.sqlalchemy.new_mappers = true;
    let mapper_class = classes(vm).mapper.clone();
    let name = vm.intern("__mapper__");
    class.set(name, Instance::native(&mapper_class, MapperObject { id: mapper }));
    super::orm_events::classes::mapped(vm, mapper, class)?;
    Ok(mapper)
}

/// `__new__` of mapped classes: the object gets a state.
fn new_instance(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(class) = args.positional.first().and_then(Object::as_class) else {
        return Err(vm.type_error("object.__new__(): not enough arguments"));
    };
    let class = Rc::clone(class);
    configure(vm)?;
    let Some(mapper) = mapper_of_class(vm, &class) else { return Ok(Instance::plain(&class)) };
    with_orm(vm, |orm, _| {
        let state = orm.states.create(mapper, orm.slot_count(mapper));
        orm.set_discriminator(state)?;
        let payload = Payload::Native(Rc::new(MappedInstance::new(orm, state)));
        let object = Instance::with_payload(&class, payload);
        if let Object::Instance(instance) = &object {
            let owner: Rc<dyn std::any::Any> = Rc::clone(instance) as Rc<dyn std::any::Any>;
            orm.states.set_owner(state, &owner);
        }
        Ok(object)
    })
}

/// What `object.__dict__` has of mapped attributes: those that are loaded.
fn managed(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = args.positional.first().cloned().unwrap_or(Object::None);
    let mut items: Vec<(Name, Object)> = Vec::new();
    if let Some(object) = object_of(&this) {
        let state = super::inspection::state_object(vm, &this, object.state);
        items.push((vm.intern("_sa_instance_state"), state));
        let loaded: Vec<String> = peek(vm, |orm| {
            let slots = &orm.states[object.state].slots;
            let attributes = orm.mapper_of(object.state).iter();
            let loaded =
                attributes.filter(|(at, _)| !matches!(slots.get(*at), None | Some(orm::Slot::Empty)));
            loaded.map(|(_, attribute)| attribute.key.clone()).collect()
        })?;
        for key in loaded {
            let value = vm.get_attr(&this, &key)?;
            items.push((vm.intern(&key), value));
        }
    }
    Ok(crate::builtins::Dict::from_names(items))
}

/// `mapper(Class, table, properties=…)`, and `registry.map_imperatively`.
pub(super) fn map_imperatively(
    vm: &mut Vm,
    args: &mut Arguments,
    names: Rc<ClassNames>,
    constructor: Option<Object>,
) -> PyResult<Object> {
    let class = args.require(vm, "class_")?;
    let Some(class) = class.as_class().cloned() else {
        return Err(errors::error(vm, "ArgumentError", "mapper() takes a class"));
    };
    let table = args.take("local_table").filter(|table| !table.is_none());
    let mut settings = MapperSettings::default();
    if let Some(table) = &table {
        settings.table = Some(super::froms::require_from(vm, table)?);
    }
    if let Some(existing) = mapper_of_class(vm, &class)
        && Rc::ptr_eq(&vm.library.sqlalchemy.mapped[existing.index()].class, &class)
    {
        return Err(errors::error(
            vm,
            "ArgumentError",
            format!(
                "Class '<class '{}.{}'>' already has a primary mapper defined. ",
                class.module.borrow().as_str(),
                class.name().as_str()
            ),
        ));
    }
    let mut given = Vec::new();
    if let Some(Object::Dict(dict)) = args.keyword("properties") {
        for (key, value) in dict.items() {
            let key = vm.str(&key)?;
            given.push((key.as_str().to_string(), value));
        }
    }
    properties::mapper_arguments(vm, &mut settings, args.keywords())?;
    super::declarative::install_init(vm, &class, constructor);
    if let Some(table) = table {
        let name = vm.intern("__table__");
        class.set(name, table);
    }
    let id = map_class(vm, &class, settings, names, given)?;
    Ok(mapper_object(vm, id))
}

/// `mapper(…)` of the legacy era.
pub(super) fn mapper(vm: &mut Vm, args: Args) -> PyResult<Object> {
    if !peek(vm, |orm| orm.legacy)? {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "The 'sqlalchemy.orm.mapper()' function is removed as of SQLAlchemy 2.0.  Use the 'sqlalchemy.orm.registry.map_imperatively()` method of the ``sqlalchemy.orm.registry`` class to perform classical mapping.",
        ));
    }
    super::note(vm, "mapper() is now registry().map_imperatively(), or a declarative class.");
    let names = Rc::new(ClassNames::default());
    // Without a registry there is no constructor that takes attributes.
    let plain = NativeFunction::new("__init__", |vm, args| {
        let mut args = Arguments::new("__init__", args);
        args.receiver();
        args.finish(vm)?;
        Ok(Object::None)
    });
    map_imperatively(vm, &mut Arguments::new("mapper", args), names, Some(plain))
}

/// `clear_mappers()`
pub(super) fn clear_mappers(vm: &mut Vm, _args: Args) -> PyResult<Object> {
    dispose(vm, |_| true)?;
    Ok(Object::None)
}

/// Ends the mappers of some classes.
pub(super) fn dispose(vm: &mut Vm, chosen: impl Fn(&MappedClass) -> bool) -> PyResult<()> {
    for at in 0..vm.library.sqlalchemy.mapped.len() {
        if !chosen(&vm.library.sqlalchemy.mapped[at]) {
            continue;
        }
        vm.library.sqlalchemy.mapped[at].waiting.clear();
        vm.library.sqlalchemy.mapped[at].failure = None;
        let class = Rc::clone(&vm.library.sqlalchemy.mapped[at].class);
        let disposed = with_orm(vm, |orm, _| Ok(std::mem::replace(&mut orm.mappers[at].disposed, true)))?;
        if disposed {
            continue;
        }
        let keys: Vec<String> =
            peek(vm, |orm| orm.mappers[at].iter().map(|(_, attribute)| attribute.key.clone()).collect())?;
        for key in keys.iter().map(String::as_str).chain(["__new__", "__mapper__", "__managed__"]) {
            class.remove(key);
        }
    }
    Ok(())
}

pub(super) fn mapper_class() -> Rc<Class> {
    let builder = Class::builder("Mapper").module("sqlalchemy.orm.mapper");
    super::mapper_api::mapper_methods(super::mapper_getters::mapper_getters(builder))
        .method("__repr__", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            let described = describe_mapper(vm, data.id)?;
            Ok(Object::str(format!(
                "<Mapper at 0x{:x}; {}>",
                args.positional[0].address().unwrap_or_default(),
                &described[7..described.len() - 1]
            )))
        })
        .method("__str__", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            Ok(Object::str(describe_mapper(vm, data.id)?))
        })
        .method("iterate_to_root", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            let all = peek(vm, |orm| orm.ancestors(data.id).collect::<Vec<_>>())?;
            let list = Object::list(all.into_iter().map(|id| mapper_object(vm, id)).collect());
            vm.iter(&list)
        })
        .method("isa", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            let other = super::receiver::<MapperObject>(vm, args.positional.get(1).unwrap_or(&Object::None))?;
            peek(vm, |orm| Object::Bool(orm.is_a(data.id, other.id)))
        })
        .build()
}

/// The `Mapper` of a class.
pub(super) fn mapper_object(vm: &mut Vm, mapper: MapperId) -> Object {
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[mapper.index()].class);
    class.lookup("__mapper__").unwrap_or(Object::None)
}

/// The native data of a mapper's property.
pub(super) struct PropertyObject {
    pub(super) mapper: MapperId,
    pub(super) key: String,
}

/// A mapper's properties by name.
pub(super) fn properties(
    vm: &mut Vm,
    mapper: &Object,
    wanted: fn(&orm::AttributeKind) -> bool,
) -> PyResult<Object> {
    let data = super::receiver::<MapperObject>(vm, mapper)?;
    configure(vm)?;
    let keys: Vec<(bool, String)> = peek(vm, |orm| {
        let mapper = orm.mapper(data.id);
        let attributes = mapper.iter().filter(|(_, attribute)| wanted(&attribute.kind));
        attributes.map(|(_, it)| (it.kind.is_value(), it.key.clone())).collect()
    })?;
    let mut items = Vec::new();
    for (is_column, key) in keys {
        let property = property_object(vm, data.id, &key, is_column);
        items.push(Object::tuple(vec![Object::str(&key), property]));
    }
    super::inspection::make_support(vm, "ReadOnlyProperties", vec![Object::list(items)])
}

/// The property of an attribute: a column's, or a relationship's.
pub(super) fn property_object(vm: &mut Vm, mapper: MapperId, key: &str, is_column: bool) -> Object {
    let place = (mapper, key.to_string());
    if let Some(known) = vm.library.sqlalchemy.properties.get(&place) {
        return known.clone();
    }
    let own = classes(vm);
    let class = if is_column { &own.column_property } else { &own.relationship_property };
    let made = Instance::native(class, PropertyObject { mapper, key: key.to_string() });
    vm.library.sqlalchemy.properties.insert(place, made.clone());
    made
}

/// The class of a column's or a relationship's property.
pub(super) fn property_class(name: &'static str) -> Rc<Class> {
    fn relationship(vm: &mut Vm, object: &Object) -> PyResult<Option<Rc<orm::Relationship>>> {
        let own = super::receiver::<PropertyObject>(vm, object)?;
        peek(vm, |orm| {
            let at = orm.mapper(own.mapper).attribute(&own.key)?;
            orm.relationship(own.mapper, at).cloned()
        })
    }
    let builder = Class::builder(name)
        .module(if name == "ColumnProperty" {
            "sqlalchemy.orm.properties"
        } else {
            "sqlalchemy.orm.relationships"
        })
        .method("__str__", |vm, args| {
            let own = super::receiver::<PropertyObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(format!("{}.{}", orm.mapper(own.mapper).class_name, own.key)))
        })
        .getter("key", |vm, args| {
            Ok(Object::str(&super::receiver::<PropertyObject>(vm, &args.positional[0])?.key))
        })
        .getter("parent", |vm, args| {
            let own = super::receiver::<PropertyObject>(vm, &args.positional[0])?;
            let class = entity_object(vm, own.mapper);
            vm.get_attr(&class, "__mapper__")
        })
        .getter("mapper", |vm, args| match relationship(vm, &args.positional[0])? {
            Some(relationship) => {
                let class = entity_object(vm, relationship.target);
                vm.get_attr(&class, "__mapper__")
            }
            None => Ok(Object::None),
        })
        .getter("uselist", |vm, args| {
            Ok(relationship(vm, &args.positional[0])?.is_some_and(|relationship| relationship.uselist).into())
        })
        .getter("direction", |vm, args| {
            let name = match relationship(vm, &args.positional[0])?.map(|relationship| relationship.direction)
            {
                Some(orm::Direction::OneToMany) => "ONETOMANY",
                Some(orm::Direction::ManyToOne) => "MANYTOONE",
                Some(orm::Direction::ManyToMany) => "MANYTOMANY",
                None => return Ok(Object::None),
            };
            let directions = super::inspection::support(vm, "RelationshipDirection")?;
            vm.get_attr(&directions, name)
        })
        .getter("columns", |vm, args| {
            let own = super::receiver::<PropertyObject>(vm, &args.positional[0])?;
            let column = peek(vm, |orm| {
                let mapper = orm.mapper(own.mapper);
                match mapper.attributes[mapper.attribute(&own.key)?].kind {
                    orm::AttributeKind::Column(id) => Some(id),
                    _ => None,
                }
            })?;
            Ok(Object::list(column.map(|id| schema::column_object(vm, id)).into_iter().collect()))
        });
    let builder = super::mapper_api::property_getters(builder);
    match name {
        "ColumnProperty" => builder.build(),
        _ => super::mapper_api::relationship_getters(builder).build(),
    }
}

pub(super) fn aliased_class() -> Rc<Class> {
    Class::builder("AliasedClass")
        .module("sqlalchemy.orm.util")
        .method("__getattr__", |vm, args| {
            let data = super::receiver::<AliasedData>(vm, &args.positional[0])?;
            let name = vm.str(&args.positional[1])?;
            match attributes::aliased_attribute(vm, &data, name.as_str())? {
                Some(attribute) => Ok(attribute),
                None => match below(vm, &data.entity, name.as_str())? {
                    Some(entity) => Ok(entity),
                    None => attribute_of_alias(vm, &args.positional[0], &data.class, name.as_str()),
                },
            }
        })
        .build()
}

/// `poly.Engineer`: the same rows as one of the classes below.
fn below(vm: &mut Vm, entity: &Entity, name: &str) -> PyResult<Option<Object>> {
    let found = peek(vm, |orm| entity.with.iter().copied().find(|id| orm.mapper(*id).class_name == name))?;
    Ok(found.map(|mapper| object_of_entity(vm, &Entity { mapper, ..entity.clone() })))
}

/// What an alias has of its class beside mapped attributes: methods and
/// descriptors see the alias in the place of the class.
fn attribute_of_alias(vm: &mut Vm, alias: &Object, class: &Rc<Class>, name: &str) -> PyResult<Object> {
    match class.lookup(name) {
        Some(found @ Object::Instance(_)) if vm.class_of(&found).lookup("__get__").is_some() => {
            vm.call_method(&found, "__get__", vec![Object::None, alias.clone()])
        }
        Some(Object::ClassMethod(function)) => Ok(Object::Method(Rc::new(crate::object::BoundMethod {
            receiver: alias.clone(),
            function: (*function).clone(),
        }))),
        _ => vm.get_attr(&Object::Class(Rc::clone(class)), name),
    }
}

/// `aliased(Class)`
pub(super) fn aliased(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("aliased", args);
    let target = args.require(vm, "element")?;
    let alias = args.take("alias").filter(|alias| !alias.is_none());
    let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
    let flat = args.flag(vm, "flat", false)?;
    args.flag(vm, "adapt_on_names", false)?;
    args.finish(vm)?;
    let Some(entity) = entity_of(vm, &target)? else {
        // A plain element of FROM gets another name.
        if super::froms::to_from(vm, &target)?.is_some() {
            let arguments = name.iter().map(Object::str).collect();
            return vm.call_method(&target, "alias", arguments);
        }
        return Err(errors::error(vm, "ArgumentError", "aliased() takes a mapped class"));
    };
    let from = match alias {
        Some(alias) => super::froms::require_from(vm, &alias)?,
        None => peek(vm, |orm| {
            orm.alias_of_tables(&orm.entity_from(&Entity::of(entity.mapper)), name.as_deref(), flat)
        })?,
    };
    let with = peek(vm, |orm| orm.with_of(entity.mapper))?;
    let name = name.map(|name| name.as_str().into());
    let entity = Entity { from: Some(from), name, with, mapper: entity.mapper };
    Ok(object_of_entity(vm, &entity))
}

/// `with_polymorphic(Base, [Class, …])`
pub(super) fn with_polymorphic(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("with_polymorphic", args);
    let base = args.require(vm, "base")?;
    let classes_ = args.require(vm, "classes")?;
    let selectable =
        args.take("selectable").filter(|given| !given.is_none() && !matches!(given, Object::Bool(false)));
    let flat = args.flag(vm, "flat", false)?;
    args.take("polymorphic_on");
    let aliased = args.flag(vm, "aliased", false)?;
    let inner = args.flag(vm, "innerjoin", false)?;
    args.flag(vm, "adapt_on_names", false)?;
    let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
    args.finish(vm)?;
    let Some(base) = entity_of(vm, &base)? else {
        return Err(errors::error(vm, "ArgumentError", "with_polymorphic() takes a mapped class"));
    };
    let chosen = match &classes_ {
        Object::Str(all) if all.as_str() == "*" => None,
        given => {
            let mut chosen = Vec::new();
            for class in super::arguments::items(vm, given)? {
                let Some(entity) = entity_of(vm, &class)? else {
                    return Err(errors::error(
                        vm,
                        "ArgumentError",
                        "with_polymorphic() takes mapped classes",
                    ));
                };
                if !peek(vm, |orm| orm.is_a(entity.mapper, base.mapper))? {
                    let (own, other) = (mapper_object(vm, entity.mapper), mapper_object(vm, base.mapper));
                    let (own, other) = (vm.repr(&own)?, vm.repr(&other)?);
                    let message = format!("{} does not inherit from {}", own.as_str(), other.as_str());
                    return Err(errors::error(vm, "InvalidRequestError", message));
                }
                chosen.push(entity.mapper);
            }
            Some(chosen)
        }
    };
    let given = match selectable {
        Some(selectable) => Some(super::froms::require_from(vm, &selectable)?),
        None => None,
    };
    let entity = peek(vm, |orm| {
        let with = orm.mappers_from(base.mapper, chosen.as_deref());
        let from = given.unwrap_or_else(|| orm.outer_joined(base.mapper, &with, inner));
        let from = match aliased || flat {
            true => orm.alias_of_tables(&from, name.as_deref(), flat),
            false => from,
        };
        let name = name.as_deref().map(Rc::from);
        Entity { mapper: base.mapper, from: Some(from), name, with: Rc::from(with) }
    })?;
    Ok(object_of_entity(vm, &entity))
}

/// The object of a mapped class or of an alias of one.
pub(super) fn object_of_entity(vm: &mut Vm, entity: &Entity) -> Object {
    if !entity.is_alias() {
        return entity_object(vm, entity.mapper);
    }
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[entity.mapper.index()].class);
    let own = classes(vm).aliased.clone();
    Instance::native(&own, AliasedData { entity: entity.clone(), class })
}

/// A dict of the classes and tables that strings in relationships may name.
pub(super) fn name_dict(vm: &mut Vm, names: &ClassNames) -> PyResult<Vec<(String, Object)>> {
    let mut found: Vec<(String, Object)> = Vec::new();
    let metadata = names.metadata.borrow().clone();
    if let Some(metadata) = metadata
        && let Some(metadata) = super::metadata::metadata_of(vm, &metadata)?
    {
        let tables: Vec<(String, TableId)> = peek(vm, |orm| {
            orm.schema.metadata(metadata).tables.iter().map(|(key, id)| (key.clone(), *id)).collect()
        })?;
        for (key, id) in tables {
            found.push((key, super::metadata::table_object(vm, id)));
        }
    }
    for (name, class) in names.classes.borrow().iter() {
        found.push((name.clone(), Object::Class(Rc::clone(class))));
    }
    Ok(found)
}
