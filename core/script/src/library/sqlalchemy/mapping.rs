//! Mapped classes: which mapper a class has, its instances, `aliased`,
//! classical mapping, and configuration.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::orm::{self, Orm};
use ormscope::sql::{Alias, Entity, From};
use ormscope::types::{ColumnId, MapperId, StateId, TableId};

use super::arguments::Arguments;
use super::relationships::{self, RelationshipObject};
use super::{attributes, classes, errors, peek, schema, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, NativeFunction, Object, Payload, PyResult};
use crate::vm::Vm;

/// A class and its mapper.
pub(super) struct MappedClass {
    pub(super) class: Rc<Class>,
    /// The names under which relationships find classes.
    pub(super) names: Rc<ClassNames>,
    /// Relationships that wait for configuration, by attribute.
    pub(super) waiting: Vec<(String, Object)>,
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
    id: MapperId,
}

/// The mapper of a class.
pub(super) fn mapper_of(vm: &mut Vm, object: &Object) -> PyResult<Option<MapperId>> {
    Ok(object.as_class().and_then(|class| mapper_of_class(vm, class)))
}

/// The mapper of a class, or of the nearest ancestor that has one.
pub(super) fn mapper_of_class(vm: &Vm, class: &Rc<Class>) -> Option<MapperId> {
    class.mro().find_map(|class| {
        let found = vm.library.sqlalchemy.mapped.iter().rposition(|mapped| Rc::ptr_eq(&mapped.class, class))?;
        let id = MapperId(found as u32);
        let disposed = vm.library.sqlalchemy.orm().is_some_and(|orm| orm.mapper(id).disposed);
        (!disposed).then_some(id)
    })
}

/// The mapped class, or alias of one, that an object is.
pub(super) fn entity_of(vm: &mut Vm, object: &Object) -> PyResult<Option<Entity>> {
    if let Some(data) = object.native::<AliasedData>() {
        return Ok(Some(Entity { mapper: data.mapper, alias: Some(Rc::clone(&data.alias)) }));
    }
    let Some(mapper) = mapper_of(vm, object)? else { return Ok(None) };
    configure(vm)?;
    Ok(Some(Entity { mapper, alias: None }))
}

/// The class of a mapper as a Python object.
pub(super) fn entity_object(vm: &Vm, mapper: MapperId) -> Object {
    Object::Class(Rc::clone(&vm.library.sqlalchemy.mapped[mapper.index()].class))
}

/// How messages name a mapped class: `Mapper[User(users)]`.
pub(super) fn describe_entity(vm: &mut Vm, object: &Object) -> PyResult<String> {
    match entity_of(vm, object)? {
        Some(entity) => describe_mapper(vm, entity.mapper),
        None => Ok(vm.str(object)?.as_str().to_string()),
    }
}

fn describe_mapper(vm: &mut Vm, mapper: MapperId) -> PyResult<String> {
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
            let name = match class.module.borrow().as_str() {
                "builtins" => format!("builtins.{}", class.name().as_str()),
                module => format!("{module}.{}", class.name().as_str()),
            };
            let hint = match object {
                Object::Class(_) => "; was a class (builtins.type) supplied where an instance was required?",
                _ => "",
            };
            let mapped = if hint.is_empty() { format!("Class '{name}' is not mapped") } else {
                format!("Class '{name}' is not mapped{hint}")
            };
            Err(errors::error(vm, "UnmappedInstanceError", mapped))
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
    let mapper = with_orm(vm, |orm, _| orm.add_mapper(class_name.as_str(), module.as_str(), table, &renamed))?;
    let attributes: Vec<String> =
        peek(vm, |orm| orm.mapper(mapper).attributes.iter().map(|attribute| attribute.key.clone()).collect())?;
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
    vm.library.sqlalchemy.mapped.push(MappedClass { class: Rc::clone(class), names, waiting });
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

/// Works out every relationship that waits.
pub(super) fn configure(vm: &mut Vm) -> PyResult<()> {
    if vm.library.sqlalchemy.mapped.iter().all(|mapped| mapped.waiting.is_empty()) {
        return Ok(());
    }
    let mut configured: Vec<MapperId> = Vec::new();
    for at in 0..vm.library.sqlalchemy.mapped.len() {
        let mapper = MapperId(at as u32);
        if peek(vm, |orm| orm.mapper(mapper).disposed)? {
            vm.library.sqlalchemy.mapped[at].waiting.clear();
            continue;
        }
        // They stay waiting until all is well, so that the error comes again.
        let waiting = vm.library.sqlalchemy.mapped[at].waiting.clone();
        for (key, object) in &waiting {
            relationships::resolve(vm, mapper, key, object)?;
        }
        if !waiting.is_empty() {
            configured.push(mapper);
        }
    }
    for at in 0..vm.library.sqlalchemy.mapped.len() {
        let mapper = MapperId(at as u32);
        if !peek(vm, |orm| orm.mapper(mapper).disposed)? {
            with_orm(vm, |orm, _| orm.configure(mapper))?;
        }
    }
    for mapper in configured {
        vm.library.sqlalchemy.mapped[mapper.index()].waiting.clear();
    }
    Ok(())
}

/// `mapper(Class, table, properties=…)`, and `registry.map_imperatively`.
pub(super) fn map_imperatively(vm: &mut Vm, args: &mut Arguments, names: Rc<ClassNames>) -> PyResult<Object> {
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
    let names = Rc::new(ClassNames::default());
    map_imperatively(vm, &mut Arguments::new("mapper", args), names)
}

/// `clear_mappers()`
pub(super) fn clear_mappers(vm: &mut Vm, _args: Args) -> PyResult<Object> {
    for at in 0..vm.library.sqlalchemy.mapped.len() {
        let class = Rc::clone(&vm.library.sqlalchemy.mapped[at].class);
        let disposed = with_orm(vm, |orm, _| {
            Ok(std::mem::replace(&mut orm.mappers[at].disposed, true))
        })?;
        if disposed {
            continue;
        }
        let keys: Vec<String> =
            peek(vm, |orm| orm.mappers[at].attributes.iter().map(|attribute| attribute.key.clone()).collect())?;
        for key in keys.iter().map(String::as_str).chain(["__new__", "__mapper__"]) {
            class.remove(key);
        }
    }
    Ok(Object::None)
}

pub(super) fn mapper_class() -> Rc<Class> {
    Class::builder("Mapper")
        .module("sqlalchemy.orm.mapper")
        .method("__repr__", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            let described = describe_mapper(vm, data.id)?;
            Ok(Object::str(format!("<Mapper at 0x{:x}; {}>", args.positional[0].address().unwrap_or_default(), &described[7..described.len() - 1])))
        })
        .method("__str__", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            Ok(Object::str(describe_mapper(vm, data.id)?))
        })
        .getter("class_", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            Ok(entity_object(vm, data.id))
        })
        .getter("local_table", |vm, args| {
            let data = super::receiver::<MapperObject>(vm, &args.positional[0])?;
            let table = peek(vm, |orm| orm.mapper(data.id).table)?;
            Ok(super::metadata::table_object(vm, table))
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
    let alias = match alias.as_ref().and_then(|alias| alias.native::<super::select::AliasData>()) {
        Some(data) => Rc::clone(&data.alias),
        None => From::alias(table, name.as_deref()),
    };
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[entity.mapper.index()].class);
    let own = classes(vm).aliased.clone();
    Ok(Instance::native(&own, AliasedData { mapper: entity.mapper, alias, class }))
}

/// A dict of the classes and tables that strings in relationships may name.
pub(super) fn name_dict(vm: &mut Vm, names: &ClassNames) -> PyResult<Vec<(String, Object)>> {
    let mut found: Vec<(String, Object)> = Vec::new();
    let metadata = names.metadata.borrow().clone();
    if let Some(metadata) = metadata
        && let Object::Dict(tables) = vm.get_attr(&metadata, "tables")?
    {
        let tables: Rc<Dict> = tables;
        for (key, table) in tables.items() {
            found.push((vm.str(&key)?.as_str().to_string(), table));
        }
    }
    for (name, class) in names.classes.borrow().iter() {
        found.push((name.clone(), Object::Class(Rc::clone(class))));
    }
    Ok(found)
}
