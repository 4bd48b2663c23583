//! Mapped classes: which mapper a class has, its instances, `aliased`,
//! classical mapping, and configuration.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::orm::{self, Orm};
use ormscope::sql::{Alias, Entity, From};
use ormscope::types::{ColumnId, MapperId, StateId, TableId};

use super::arguments::Arguments;
pub(super) use super::configuring::{configure, default_value, settle_columns};
use super::declarative::ColumnSettings;
use super::relationships::RelationshipObject;
use super::{attributes, classes, errors, peek, schema, with_orm};
use crate::object::{Args, Class, Instance, NativeFunction, Object, Payload, PyResult};
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
    pub(super) mapper: MapperId,
    pub(super) alias: Rc<Alias>,
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

/// The mapped class, or alias of one, that an object is.
pub(super) fn entity_of(vm: &mut Vm, object: &Object) -> PyResult<Option<Entity>> {
    if let Some(data) = object.native::<AliasedData>() {
        return Ok(Some(Entity { mapper: data.mapper, alias: Some(Rc::clone(&data.alias)) }));
    }
    let Some(mapper) = mapper_of(vm, object)? else {
        super::declarative::refuse_waiting(vm, object)?;
        return Ok(None);
    };
    configure(vm)?;
    Ok(Some(Entity { mapper, alias: None }))
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
    peek(vm, |orm| {
        let mapper = orm.mapper(mapper);
        format!("Mapper[{}({})]", mapper.class_name, orm.schema.table(mapper.table).name)
    })
}

/// The ORM's handle of a mapped Python object.
pub(super) fn object_of(object: &Object) -> Option<orm::Object> {
    let instance = object.as_instance()?;
    let state = instance.data::<MappedInstance>()?.state;
    let owner: Rc<dyn std::any::Any> = Rc::clone(instance) as Rc<dyn std::any::Any>;
    Some(orm::Object { state, owner })
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

/// Maps a class to a table; `properties` are relationships and columns under
/// other names.
pub(super) fn map_class(
    vm: &mut Vm,
    class: &Rc<Class>,
    table: TableId,
    names: Rc<ClassNames>,
    properties: Vec<(String, Object)>,
) -> PyResult<MapperId> {
    let mut renamed: Vec<(String, ColumnId)> = Vec::new();
    let mut waiting = Vec::new();
    for (name, property) in properties {
        if let Some(column) = schema::column_id(vm, &property)? {
            renamed.push((name, column));
        } else if property.native::<RelationshipObject>().is_some() {
            waiting.push((name, property));
        }
    }
    let class_name = class.name();
    let module = class.module.borrow().clone();
    let mapper =
        with_orm(vm, |orm, _| orm.add_mapper(class_name.as_str(), module.as_str(), table, &renamed))?;
    let attributes: Vec<String> = peek(vm, |orm| {
        orm.mapper(mapper).attributes.iter().map(|attribute| attribute.key.clone()).collect()
    })?;
    for key in attributes {
        let attribute = attributes::attribute_object(vm, mapper, &key);
        let name = vm.intern(&key);
        class.set(name, attribute);
    }
    for (key, _) in &waiting {
        // A place is kept, so that the attribute is there before it is configured.
        with_orm(vm, |orm, _| Ok(orm.add_relationship(mapper, key, Default::default())))?;
        let attribute = attributes::attribute_object(vm, mapper, key);
        let name = vm.intern(key);
        class.set(name, attribute);
    }
    let new = NativeFunction::new("__new__", new_instance);
    let name = vm.intern("__new__");
    class.set(name, Object::StaticMethod(Rc::new(new)));
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
        let count = orm.mapper(mapper).attributes.len();
        let state = orm.states.create(mapper, count);
        let payload = Payload::Native(Rc::new(MappedInstance::new(orm, state)));
        let object = Instance::with_payload(&class, payload);
        if let Object::Instance(instance) = &object {
            let owner: Rc<dyn std::any::Any> = Rc::clone(instance) as Rc<dyn std::any::Any>;
            orm.states.set_owner(state, &owner);
        }
        Ok(object)
    })
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
    let table = args.take("local_table");
    let table_id = match &table {
        Some(table) => schema::table_id(vm, table)?,
        None => None,
    };
    let Some(table) = table_id else {
        return Err(errors::error(
            vm,
            "ArgumentError",
            format!("Mapper Mapper[{}(None)] has no table to map to", class.name().as_str()),
        ));
    };
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
    let mut properties = Vec::new();
    if let Some(given) = args.keyword("properties")
        && let Object::Dict(dict) = &given
    {
        for (key, value) in dict.items() {
            let key = vm.str(&key)?;
            properties.push((key.as_str().to_string(), value));
        }
    }
    args.keywords();
    super::declarative::install_init(vm, &class, constructor);
    let table_object = super::metadata::table_object(vm, table);
    let name = vm.intern("__table__");
    class.set(name, table_object);
    let id = map_class(vm, &class, table, names, properties)?;
    let class = classes(vm).mapper.clone();
    Ok(Instance::native(&class, MapperObject { id }))
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
        let keys: Vec<String> = peek(vm, |orm| {
            orm.mappers[at].attributes.iter().map(|attribute| attribute.key.clone()).collect()
        })?;
        for key in keys.iter().map(String::as_str).chain(["__new__", "__mapper__"]) {
            class.remove(key);
        }
    }
    Ok(())
}

pub(super) fn mapper_class() -> Rc<Class> {
    Class::builder("Mapper")
        .module("sqlalchemy.orm.mapper")
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
        .getter("class_", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            Ok(entity_object(vm, data.id))
        })
        .getter("persist_selectable", mapper_table)
        .getter("mapped_table", mapper_table)
        .getter("primary_key", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            let columns = peek(vm, |orm| orm.mapper(data.id).primary_key.clone())?;
            Ok(Object::tuple(columns.into_iter().map(|id| schema::column_object(vm, id)).collect()))
        })
        .getter("columns", mapper_columns)
        .getter("c", mapper_columns)
        .getter("column_attrs", |vm, args| {
            properties(vm, &args.positional[0], |kind| matches!(kind, orm::AttributeKind::Column(_)), false)
        })
        .getter("relationships", |vm, args| {
            properties(vm, &args.positional[0], |kind| !matches!(kind, orm::AttributeKind::Column(_)), false)
        })
        .getter("attrs", |vm, args| properties(vm, &args.positional[0], |_| true, true))
        .getter("all_orm_descriptors", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            let class = entity_object(vm, data.id);
            let keys: Vec<String> = peek(vm, |orm| {
                orm.mapper(data.id).attributes.iter().map(|attribute| attribute.key.clone()).collect()
            })?;
            let mut items = Vec::new();
            for key in keys {
                let attribute = vm.get_attr(&class, &key)?;
                items.push(Object::tuple(vec![Object::str(&key), attribute]));
            }
            super::inspection::make_support(vm, "ReadOnlyProperties", vec![Object::list(items)])
        })
        .method("get_property", |vm, args| {
            let all = properties(vm, &args.positional[0], |_| true, true)?;
            vm.get_item(&all, &args.positional[1])
        })
        .getter("local_table", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            let table = peek(vm, |orm| orm.mapper(data.id).table)?;
            Ok(super::metadata::table_object(vm, table))
        })
        .build()
}

fn mapper_table(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
    let table = peek(vm, |orm| orm.mapper(data.id).table)?;
    Ok(super::metadata::table_object(vm, table))
}

fn mapper_columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
    let columns: Vec<(String, ColumnId)> = peek(vm, |orm| {
        let mapper = orm.mapper(data.id);
        mapper.columns().map(|(at, id)| (mapper.attributes[at].key.clone(), id)).collect()
    })?;
    let items = columns
        .into_iter()
        .map(|(key, id)| Object::tuple(vec![Object::str(key), schema::column_object(vm, id)]))
        .collect();
    super::inspection::make_support(vm, "ReadOnlyProperties", vec![Object::list(items)])
}

/// The native data of a mapper's property.
struct PropertyObject {
    mapper: MapperId,
    key: String,
}

/// A mapper's properties by name; relationships come first in `attrs`.
fn properties(
    vm: &mut Vm,
    mapper: &Object,
    wanted: fn(&orm::AttributeKind) -> bool,
    relationships_first: bool,
) -> PyResult<Object> {
    let data = super::receiver::<MapperObject>(vm, mapper)?;
    configure(vm)?;
    let mut keys: Vec<(bool, String)> = peek(vm, |orm| {
        let attributes = orm.mapper(data.id).attributes.iter().filter(|attribute| wanted(&attribute.kind));
        attributes.map(|it| (matches!(it.kind, orm::AttributeKind::Column(_)), it.key.clone())).collect()
    })?;
    if relationships_first {
        keys.sort_by_key(|(is_column, _)| *is_column);
    }
    let mut items = Vec::new();
    for (is_column, key) in keys {
        let property = property_object(vm, data.id, &key, is_column);
        items.push(Object::tuple(vec![Object::str(&key), property]));
    }
    super::inspection::make_support(vm, "ReadOnlyProperties", vec![Object::list(items)])
}

/// The property of an attribute: a column's, or a relationship's.
pub(super) fn property_object(vm: &mut Vm, mapper: MapperId, key: &str, is_column: bool) -> Object {
    let own = classes(vm);
    let class = if is_column { &own.column_property } else { &own.relationship_property };
    Instance::native(class, PropertyObject { mapper, key: key.to_string() })
}

/// The class of a column's or a relationship's property.
pub(super) fn property_class(name: &'static str) -> Rc<Class> {
    fn relationship(vm: &mut Vm, object: &Object) -> PyResult<Option<orm::Relationship>> {
        let own = super::receiver::<PropertyObject>(vm, object)?;
        peek(vm, |orm| {
            let at = orm.mapper(own.mapper).attribute(&own.key)?;
            orm.relationship(own.mapper, at).cloned()
        })
    }
    Class::builder(name)
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
        })
        .build()
}

pub(super) fn aliased_class() -> Rc<Class> {
    Class::builder("AliasedClass")
        .module("sqlalchemy.orm.util")
        .method("__getattr__", |vm, args| {
            let data = super::receiver::<AliasedData>(vm, &args.positional[0])?;
            let name = vm.str(&args.positional[1])?;
            match attributes::aliased_attribute(vm, &data, name.as_str())? {
                Some(attribute) => Ok(attribute),
                None => vm.get_attr(&Object::Class(Rc::clone(&data.class)), name.as_str()),
            }
        })
        .build()
}

/// `aliased(Class)`
pub(super) fn aliased(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("aliased", args);
    let target = args.require(vm, "element")?;
    let alias = args.take("alias").filter(|alias| !alias.is_none());
    let name = args.keyword("name").and_then(|name| name.as_str().map(str::to_string));
    let Some(entity) = entity_of(vm, &target)? else {
        return Err(errors::error(vm, "ArgumentError", "aliased() takes a mapped class"));
    };
    let table = peek(vm, |orm| orm.mapper(entity.mapper).table)?;
    let given = match alias.as_ref().and_then(|alias| alias.native::<super::froms::FromData>()) {
        Some(data) => match &data.from {
            From::Alias(alias) => Some(Rc::clone(alias)),
            _ => None,
        },
        None => None,
    };
    let alias = given.unwrap_or_else(|| From::alias(table, name.as_deref()));
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[entity.mapper.index()].class);
    let own = classes(vm).aliased.clone();
    Ok(Instance::native(&own, AliasedData { mapper: entity.mapper, alias, class }))
}

/// The object of an alias of a mapped class.
pub(super) fn aliased_object(vm: &mut Vm, mapper: MapperId, alias: Rc<Alias>) -> Object {
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[mapper.index()].class);
    let own = classes(vm).aliased.clone();
    Instance::native(&own, AliasedData { mapper, alias, class })
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
