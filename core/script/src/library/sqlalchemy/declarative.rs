//! Declarative mapping: `declarative_base()`, `DeclarativeBase`, `registry`,
//! `Mapped[…]`, `mapped_column()`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ormscope::schema::Column;
use ormscope::types::{SqlType, TableId};

use super::annotations::{annotate_column, annotate_relationship, mapped_inner};
use super::arguments::Arguments;
use super::mapping::{self, ClassNames};
use super::properties::ColumnPropertyObject;
use super::relationships::RelationshipObject;
use super::schema::{ColumnObject, read_column};
use super::{classes, errors, inheriting, metadata, peek, receiver, schema};
use crate::object::{Args, Attributes, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of `registry()`.
struct RegistryObject {
    metadata: Object,
    names: Rc<ClassNames>,
}

/// The native data of `mapped_column(…)`.
pub(super) struct MappedColumn {
    pub(super) column: Object,
    pub(super) deferred: bool,
    pub(super) group: Option<Rc<str>>,
    pub(super) raiseload: bool,
    pub(super) active_history: bool,
    /// Whether `nullable=` and a type were given, so that the annotation is not asked.
    has_nullable: bool,
    has_type: bool,
}

pub(super) fn registry_class() -> Rc<Class> {
    Class::builder("registry")
        .module("sqlalchemy.orm.decl_api")
        .method("__new__", |vm, args| {
            let mut args = Arguments::new("registry", args);
            let class = args.receiver();
            let given = args.keyword("metadata").filter(|given| !given.is_none());
            args.keywords();
            let metadata = match given {
                Some(metadata) => metadata,
                None => metadata::make_metadata(vm)?,
            };
            new_registry(vm, &class, metadata)
        })
        .method("__init__", |_, _| Ok(Object::None))
        .getter("metadata", |vm, args| {
            Ok(receiver::<RegistryObject>(vm, &args.positional[0])?.metadata.clone())
        })
        .method("generate_base", |vm, args| {
            let own = receiver::<RegistryObject>(vm, &args.positional[0])?;
            make_base(vm, "Base", own.metadata.clone(), args.positional[0].clone(), Vec::new())
        })
        .method("map_imperatively", |vm, args| {
            let mut args = Arguments::new("map_imperatively", args);
            let own = receiver::<RegistryObject>(vm, &args.receiver())?;
            mapping::map_imperatively(vm, &mut args, Rc::clone(&own.names))
        })
        .method("mapped", |vm, args| {
            let own = receiver::<RegistryObject>(vm, &args.positional[0])?;
            let Some(class) = args.positional.get(1).and_then(Object::as_class).cloned() else {
                return Err(vm.type_error("mapped() decorates a class"));
            };
            map_declarative(vm, &class, &own.metadata, &own.names)?;
            Ok(Object::Class(class))
        })
        .method("dispose", |vm, args| {
            let own = receiver::<RegistryObject>(vm, &args.positional[0])?;
            let names = Rc::clone(&own.names);
            mapping::dispose(vm, |mapped| Rc::ptr_eq(&mapped.names, &names))?;
            names.classes.borrow_mut().clear();
            Ok(Object::None)
        })
        .method("configure", |vm, _| {
            mapping::configure(vm)?;
            Ok(Object::None)
        })
        .build()
}

fn new_registry(vm: &mut Vm, class: &Object, metadata: Object) -> PyResult<Object> {
    let names = Rc::new(ClassNames::default());
    *names.metadata.borrow_mut() = Some(metadata.clone());
    let class = class.as_class().map_or_else(|| classes(vm).registry.clone(), Rc::clone);
    Ok(Instance::native(&class, RegistryObject { metadata, names }))
}

/// `declarative_base(…)`
pub(super) fn declarative_base(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("declarative_base", args);
    let given = args.keyword("metadata").filter(|given| !given.is_none());
    let name = match args.keyword("name") {
        Some(Object::Str(name)) => name.as_str().to_string(),
        _ => "Base".into(),
    };
    let bases = match args.keyword("cls") {
        None | Some(Object::None) => Vec::new(),
        Some(Object::Tuple(bases)) => bases.to_vec(),
        Some(base) => vec![base],
    };
    let bind = args.keyword("bind").filter(|bind| !bind.is_none());
    let metadata = match given {
        Some(metadata) => metadata,
        None => metadata::make_metadata(vm)?,
    };
    if let Some(bind) = bind {
        let name = vm.intern("bind");
        vm.set_attr(&metadata, &name, bind)?;
    }
    let registry_class = Object::Class(classes(vm).registry.clone());
    let registry = new_registry(vm, &registry_class, metadata.clone())?;
    make_base(vm, &name, metadata, registry, bases)
}

fn make_base(
    vm: &mut Vm,
    name: &str,
    metadata: Object,
    registry: Object,
    mut bases: Vec<Object>,
) -> PyResult<Object> {
    let meta = classes(vm).declarative_meta.clone();
    let mut namespace = Attributes::default();
    namespace.insert(vm.intern("__module__"), Object::str("sqlalchemy.orm.decl_api"));
    namespace.insert(vm.intern("metadata"), metadata);
    namespace.insert(vm.intern("registry"), registry);
    namespace.insert(vm.intern("__abstract__"), Object::Bool(true));
    namespace
        .insert(vm.intern("__init__"), crate::object::NativeFunction::new("__init__", default_constructor));
    if bases.is_empty() {
        bases.push(Object::Class(vm.types.object.clone()));
    }
    let arguments = vec![Object::str(name), Object::tuple(bases), namespace_dict(&namespace)];
    vm.call(&Object::Class(meta), Args::positional(arguments))
}

fn namespace_dict(namespace: &Attributes) -> Object {
    crate::builtins::Dict::from_names(namespace.iter().map(|(name, value)| (Rc::clone(name), value.clone())))
}

/// `__init__` of declarative classes: keyword arguments become attributes.
fn default_constructor(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("__init__", args);
    let this = args.receiver();
    let extra = args.rest().len();
    if extra > 0 {
        let given = extra + 1;
        return Err(vm.type_error(format!("__init__() takes 1 positional argument but {given} were given")));
    }
    let class = vm.class_of(&this);
    for (name, value) in args.keywords() {
        if vm.get_attr_opt(&Object::Class(Rc::clone(&class)), name.as_str())?.is_none() {
            return Err(vm.type_error(format!(
                "'{}' is an invalid keyword argument for {}",
                name.as_str(),
                class.name().as_str()
            )));
        }
        vm.set_attr(&this, &name, value)?;
    }
    Ok(Object::None)
}

pub(super) fn metaclass(vm: &Vm) -> Rc<Class> {
    Class::builder("DeclarativeMeta")
        .module("sqlalchemy.orm.decl_api")
        .base(&vm.types.type_)
        .method("__init__", |vm, args| {
            if let Some(class) = args.positional.first().and_then(Object::as_class).cloned() {
                map_subclass(vm, &class)?;
            }
            Ok(Object::None)
        })
        .method("__setattr__", |vm, args| {
            let [class, name, value] = &args.positional[..] else { return Ok(Object::None) };
            let name = vm.str(name)?;
            let added = match class.as_class().cloned() {
                Some(class) => add_property(vm, &class, name.as_str(), value)?,
                None => false,
            };
            if !added && let Some(class) = class.as_class() {
                class.set(name, value.clone());
            }
            Ok(Object::None)
        })
        .build()
}

/// `Class.attribute = relationship(…)` after the class was made.
fn add_property(vm: &mut Vm, class: &Rc<Class>, name: &str, value: &Object) -> PyResult<bool> {
    if value.native::<RelationshipObject>().is_none() {
        return Ok(false);
    }
    let Some(mapper) = mapping::mapper_of_class(vm, class) else { return Ok(false) };
    super::with_orm(vm, |orm, _| Ok(orm.add_relationship(mapper, name, Default::default())))?;
    vm.library.sqlalchemy.mapped[mapper.index()].waiting.push((name.to_string(), value.clone()));
    let attribute = super::attributes::attribute_object(vm, mapper, name);
    let name = vm.intern(name);
    class.set(name, attribute);
    Ok(true)
}

pub(super) fn base_class() -> Rc<Class> {
    Class::builder("DeclarativeBase")
        .module("sqlalchemy.orm.decl_api")
        .method("__init__", default_constructor)
        .class_method("__init_subclass__", |vm, args| {
            let Some(class) = args.positional.first().and_then(Object::as_class).cloned() else {
                return Ok(Object::None);
            };
            let own = classes(vm).declarative_base.clone();
            let is_base = class.bases.iter().any(|base| Rc::ptr_eq(base, &own));
            if !is_base {
                map_subclass(vm, &class)?;
                return Ok(Object::None);
            }
            let given = class.dict.borrow().get("metadata").cloned();
            let metadata = match given {
                Some(metadata) => metadata,
                None => metadata::make_metadata(vm)?,
            };
            let registry_class = Object::Class(classes(vm).registry.clone());
            let registry = new_registry(vm, &registry_class, metadata.clone())?;
            let name = vm.intern("metadata");
            class.set(name, metadata);
            let name = vm.intern("registry");
            class.set(name, registry);
            Ok(Object::None)
        })
        .build()
}

/// Maps a class below a declarative base.
fn map_subclass(vm: &mut Vm, class: &Rc<Class>) -> PyResult<()> {
    let is_abstract = class.dict.borrow().get("__abstract__").cloned();
    if let Some(flag) = is_abstract
        && vm.truthy(&flag)?
    {
        return Ok(());
    }
    let Some(registry) = class.lookup("registry").and_then(|registry| registry.native::<RegistryObject>())
    else {
        return Ok(());
    };
    let metadata = class.lookup("metadata").unwrap_or_else(|| registry.metadata.clone());
    map_declarative(vm, class, &metadata, &registry.names)
}

fn map_declarative(
    vm: &mut Vm,
    class: &Rc<Class>,
    metadata: &Object,
    names: &Rc<ClassNames>,
) -> PyResult<()> {
    let mut items: Vec<(String, Object)> = Vec::new();
    let mut properties: Vec<(String, Object)> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let object = vm.types.object.clone();
    let ancestors: Vec<Rc<Class>> = class.mro().cloned().collect();
    for (depth, source) in ancestors.iter().enumerate() {
        if Rc::ptr_eq(source, &object) || (depth > 0 && mapping::mapper_of_class(vm, source).is_some()) {
            continue;
        }
        let annotations = annotations_of(vm, source)?;
        let body: Vec<(String, Object)> = source
            .dict
            .borrow()
            .iter()
            .map(|(name, value)| (name.as_str().to_string(), value.clone()))
            .collect();
        let order = body_order(&body, &annotations);
        for name in order {
            if seen.contains(&name) {
                continue;
            }
            let value = body.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
            let annotation =
                annotations.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
            read_attribute(vm, &name, value, annotation, depth > 0, &mut items, &mut properties)?;
            seen.push(name);
        }
    }
    let parent = inheriting::parent(vm, class);
    let given = class.dict.borrow().get("__table__").cloned();
    let table = match given {
        Some(table) => schema::table_id(vm, &table)?,
        None => None,
    };
    let tablename = inheriting::own_attribute(vm, class, "__tablename__");
    let table = match (table, parent, tablename) {
        (Some(table), ..) => Some(table),
        (None, Some(parent), None) => {
            inheriting::add_columns(vm, class, parent, &items)?;
            None
        }
        _ => Some(declare_table(vm, class, metadata, &items)?),
    };
    for (name, column) in &items {
        if let Some(id) = schema::column_id(vm, column)? {
            let key = peek(vm, |orm| orm.schema.column(id).key.clone())?;
            if key != *name {
                properties.push((name.clone(), column.clone()));
            }
        }
    }
    if let Some(table) = table {
        let table_object = metadata::table_object(vm, table);
        let name = vm.intern("__table__");
        class.set(name, table_object);
    }
    let own: Vec<String> = items.iter().map(|(name, _)| name.clone()).collect();
    let settings = inheriting::settings(vm, class, table, parent, &own)?;
    mapping::map_class(vm, class, settings, Rc::clone(names), properties)?;
    Ok(())
}

/// The order of the attributes: annotated names in the order of their
/// annotations, the others behind them in the order of the class body.
fn body_order(body: &[(String, Object)], annotations: &[(String, Object)]) -> Vec<String> {
    let annotated = annotations.iter().map(|(name, _)| name.clone());
    let rest = body.iter().map(|(name, _)| name.clone());
    let rest = rest.filter(|name| !annotations.iter().any(|(known, _)| known == name));
    annotated.chain(rest).collect()
}

fn annotations_of(vm: &mut Vm, class: &Rc<Class>) -> PyResult<Vec<(String, Object)>> {
    let annotations = class.dict.borrow().get("__annotations__").cloned();
    match annotations {
        Some(Object::Dict(dict)) => {
            let mut found = Vec::new();
            for (name, value) in dict.items() {
                found.push((vm.str(&name)?.as_str().to_string(), value));
            }
            Ok(found)
        }
        _ => Ok(Vec::new()),
    }
}

#[allow(clippy::too_many_arguments)] // one attribute of a class, and where it goes
fn read_attribute(
    vm: &mut Vm,
    name: &str,
    value: Option<Object>,
    annotation: Option<Object>,
    from_mixin: bool,
    items: &mut Vec<(String, Object)>,
    properties: &mut Vec<(String, Object)>,
) -> PyResult<()> {
    let inner = match annotation {
        Some(annotation) => mapped_inner(vm, &annotation)?,
        None => None,
    };
    match &value {
        Some(value) if value.native::<RelationshipObject>().is_some() => {
            if let (Some(data), Some(inner)) = (value.native::<RelationshipObject>(), &inner) {
                annotate_relationship(vm, &data, inner)?;
            }
            properties.push((name.to_string(), value.clone()));
        }
        Some(value) if value.native::<ColumnPropertyObject>().is_some() => {
            if let Some(data) = value.native::<ColumnPropertyObject>() {
                for column in &data.columns {
                    let plain = column.native::<ColumnObject>().is_some_and(|column| column.id.get().is_none());
                    if plain {
                        name_column(column, name);
                        items.push((name.to_string(), column.clone()));
                    }
                }
            }
            properties.push((name.to_string(), value.clone()));
        }
        Some(value) if value.native::<ColumnObject>().is_some() => {
            let column = if from_mixin { copy_column(vm, value)? } else { value.clone() };
            name_column(&column, name);
            items.push((name.to_string(), column));
        }
        Some(value) if value.native::<MappedColumn>().is_some() => {
            let Some(data) = value.native::<MappedColumn>() else { return Ok(()) };
            let column = if from_mixin { copy_column(vm, &data.column)? } else { data.column.clone() };
            name_column(&column, name);
            if data.deferred || data.active_history {
                properties.push((name.to_string(), value.clone()));
            }
            if let Some(inner) = inner {
                annotate_column(vm, &column, &inner, data.has_type, data.has_nullable)?;
            }
            items.push((name.to_string(), column));
        }
        None => {
            if let Some(inner) = inner {
                let class = classes(vm).column.clone();
                let definition = Column::new(name, SqlType::Null);
                let column = Instance::native(
                    &class,
                    ColumnObject { definition: RefCell::new(definition), id: Cell::new(None) },
                );
                annotate_column(vm, &column, &inner, false, false)?;
                items.push((name.to_string(), column));
            }
        }
        Some(_) => {}
    }
    Ok(())
}

fn name_column(column: &Object, name: &str) {
    if let Some(data) = column.native::<ColumnObject>() {
        let mut definition = data.definition.borrow_mut();
        if definition.name.is_empty() {
            definition.name = name.to_string();
            definition.key = name.to_string();
        }
    }
}

fn copy_column(vm: &mut Vm, column: &Object) -> PyResult<Object> {
    let data = receiver::<ColumnObject>(vm, column)?;
    let definition = data.definition.borrow().clone();
    let class = classes(vm).column.clone();
    Ok(Instance::native(&class, ColumnObject { definition: RefCell::new(definition), id: Cell::new(None) }))
}

/// The table of a declarative class.
fn declare_table(
    vm: &mut Vm,
    class: &Rc<Class>,
    metadata: &Object,
    items: &[(String, Object)],
) -> PyResult<TableId> {
    let described = vm.repr(&Object::Class(Rc::clone(class)))?;
    let described = described.as_str();
    let Some(Object::Str(name)) = inheriting::own_attribute(vm, class, "__tablename__") else {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            format!(
                "Class {described} does not have a __table__ or __tablename__ specified and does not inherit from an existing table-mapped class."
            ),
        ));
    };
    let mut parts = vec![Object::Str(name), metadata.clone()];
    parts.extend(items.iter().map(|(_, column)| column.clone()));
    let mut options = Vec::new();
    match inheriting::own_attribute(vm, class, "__table_args__") {
        Some(Object::Tuple(extra)) => {
            for item in extra.iter() {
                match item {
                    Object::Dict(_) => options.push(item.clone()),
                    item => parts.push(item.clone()),
                }
            }
        }
        Some(Object::Dict(given)) => options.push(Object::Dict(given)),
        _ => {}
    }
    let mut keyword = Vec::new();
    for given in options {
        let items = vm.call_method(&given, "items", Vec::new())?;
        for item in vm.collect(&items)? {
            if let [name, value] = &vm.collect(&item)?[..] {
                let name = vm.str(name)?;
                keyword.push((vm.intern(name.as_str()), value.clone()));
            }
        }
    }
    let table = Object::Class(classes(vm).table.clone());
    let table = vm.call(&table, Args { positional: parts, keyword })?;
    match schema::table_id(vm, &table)? {
        Some(table) => Ok(table),
        None => Err(vm.type_error("a table could not be made")),
    }
}

pub(super) fn mapped_column_class(base: &Rc<Class>) -> Rc<Class> {
    Class::builder("MappedColumn").module("sqlalchemy.orm.properties").base(base).build()
}

/// `mapped_column(…)`
pub(super) fn mapped_column(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("mapped_column", args);
    for ignored in ["init", "repr", "default_factory", "compare", "kw_only", "sort_order"] {
        args.keyword(ignored);
    }
    let has_nullable = args.keyword("nullable");
    let group = args.keyword("deferred_group").and_then(|group| group.as_str().map(Rc::from));
    let raiseload = args.flag(vm, "deferred_raiseload", false)?;
    let deferred = args.flag(vm, "deferred", group.is_some() || raiseload)?;
    let active_history = args.flag(vm, "active_history", false)?;
    let column = read_column(vm, &mut args)?;
    args.finish(vm)?;
    let mut column = column;
    if let Some(nullable) = &has_nullable {
        column.nullable = vm.truthy(nullable)?;
    }
    let has_type = column.sql_type != SqlType::Null;
    let own = classes(vm);
    let column =
        Instance::native(&own.column, ColumnObject { definition: RefCell::new(column), id: Cell::new(None) });
    let has_nullable = has_nullable.is_some();
    let data = MappedColumn { column, deferred, group, raiseload, active_history, has_nullable, has_type };
    Ok(Instance::native(&own.mapped_column, data))
}
