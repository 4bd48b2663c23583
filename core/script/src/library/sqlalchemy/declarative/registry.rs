//! `registry()`: what the classes of one declarative base share.
//!
//! SQLAlchemy counterpart: `registry`, `declarative_base` and `as_declarative`
//! in `sqlalchemy.orm.decl_api`.

use std::rc::Rc;

use super::{base, dataclass, forms, map_declarative};
use crate::builtins::{Dict, Set};
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::mapping::{self, ClassNames};
use crate::library::sqlalchemy::{classes, metadata, peek, receiver};
use crate::object::{Args, Attributes, Class, Instance, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// The native data of `registry()`.
pub(in crate::library::sqlalchemy) struct RegistryObject {
    /// `registry.metadata`
    pub(super) metadata: Object,
    /// The classes by name.
    pub(super) names: Rc<ClassNames>,
    /// `registry.type_annotation_map`: a dict.
    pub(super) types: Object,
    /// `registry.constructor`
    pub(super) constructor: Object,
}

pub(in crate::library::sqlalchemy) fn class() -> Rc<Class> {
    Class::builder("registry")
        .module("sqlalchemy.orm.decl_api")
        .method("__new__", |vm, args| {
            let mut args = Arguments::new("registry.__init__", args);
            let class = args.receiver();
            let made = read(vm, &class, &mut args)?;
            args.finish(vm)?;
            Ok(made)
        })
        .method("__init__", |_, _| Ok(Object::None))
        .getter("metadata", |vm, args| Ok(own(vm, &args)?.metadata.clone()))
        .getter("constructor", |vm, args| Ok(own(vm, &args)?.constructor.clone()))
        .getter("type_annotation_map", |vm, args| Ok(own(vm, &args)?.types.clone()))
        .method("update_type_annotation_map", |vm, args| {
            let own = own(vm, &args)?;
            match args.positional.get(1) {
                Some(given) => update_types(vm, &own.types, given)?,
                None => return Err(vm.type_error("update_type_annotation_map() missing 1 required positional argument: 'type_annotation_map'")),
            }
            Ok(Object::None)
        })
        .getter("mappers", |vm, args| {
            let own = own(vm, &args)?;
            let mut mappers = Vec::new();
            for at in mapping::of_registry(vm, &own.names) {
                let class = mapping::entity_object(vm, at);
                mappers.push(vm.get_attr(&class, "__mapper__")?);
            }
            Ok(Object::Set(Rc::new(Set::from_items(vm, true, mappers)?)))
        })
        .method("generate_base", |vm, args| {
            let mut args = Arguments::new("generate_base", args);
            let registry = args.receiver();
            generate_base(vm, &registry, &mut args, None)
        })
        .method("as_declarative_base", |_, args| {
            let mut args = Arguments::new("as_declarative_base", args);
            let registry = args.receiver();
            Ok(base_decorator(registry, args))
        })
        .method("map_imperatively", |vm, args| {
            let mut args = Arguments::new("map_imperatively", args);
            let own = receiver::<RegistryObject>(vm, &args.receiver())?;
            mapping::map_imperatively(vm, &mut args, Rc::clone(&own.names), Some(own.constructor.clone()))
        })
        .method("mapped", |vm, args| {
            let own = own(vm, &args)?;
            let class = decorated(vm, &args)?;
            map_declarative(vm, &class, own)?;
            Ok(Object::Class(class))
        })
        .method("map_declaratively", |vm, args| {
            let own = own(vm, &args)?;
            let class = decorated(vm, &args)?;
            map_declarative(vm, &class, own)?;
            vm.get_attr(&Object::Class(class), "__mapper__")
        })
        .method("mapped_as_dataclass", |vm, args| {
            let mut args = Arguments::new("mapped_as_dataclass", args);
            let registry = args.receiver();
            let class = args.next().filter(|class| !class.is_none());
            dataclass::mapped(vm, registry, class, args)
        })
        .method("dispose", |vm, args| {
            let own = own(vm, &args)?;
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

fn own(vm: &mut Vm, args: &Args) -> PyResult<Rc<RegistryObject>> {
    receiver::<RegistryObject>(vm, &args.positional[0])
}

/// The class that a decorator is used on.
fn decorated(vm: &mut Vm, args: &Args) -> PyResult<Rc<Class>> {
    match args.positional.get(1) {
        Some(Object::Class(class)) => Ok(Rc::clone(class)),
        Some(other) => Err(vm.attribute_error(other, "__dict__")),
        None => Err(vm.type_error("missing 1 required positional argument: 'cls'")),
    }
}

/// Reads the arguments of `registry()`.
fn read(vm: &mut Vm, class: &Object, args: &mut Arguments) -> PyResult<Object> {
    let given = args.keyword("metadata").filter(|given| !given.is_none());
    let metadata = match given {
        Some(metadata) => metadata,
        None => metadata::make_metadata(vm)?,
    };
    let types = Dict::from_items(vm, Vec::new())?;
    if let Some(given) = args.keyword("type_annotation_map").filter(|given| !given.is_none()) {
        update_types(vm, &types, &given)?;
    }
    let constructor = match args.keyword("constructor") {
        Some(constructor) => constructor,
        None => NativeFunction::new("__init__", base::constructor),
    };
    let names = Rc::new(ClassNames::default());
    *names.metadata.borrow_mut() = Some(metadata.clone());
    args.keyword("class_registry");
    let class = class.as_class().map_or_else(|| classes(vm).registry.clone(), Rc::clone);
    Ok(Instance::native(&class, RegistryObject { metadata, names, types, constructor }))
}

/// A registry for a base that brings its metadata and its types.
pub(super) fn make(vm: &mut Vm, metadata: Option<Object>, types: Option<Object>) -> PyResult<Object> {
    let mut args = Arguments::new("registry", Args::default());
    for (name, value) in [("metadata", metadata), ("type_annotation_map", types)] {
        if let Some(value) = value {
            args.give(vm, name, value);
        }
    }
    let class = Object::Class(classes(vm).registry.clone());
    read(vm, &class, &mut args)
}

fn update_types(vm: &mut Vm, types: &Object, given: &Object) -> PyResult<()> {
    let Object::Dict(types) = types else { return Ok(()) };
    let items = vm.call_method(given, "items", Vec::new())?;
    for item in vm.collect(&items)? {
        if let [python, sql] = &vm.collect(&item)?[..] {
            let python = forms::without_none(vm, python)?;
            types.insert(vm, python, sql.clone())?;
        }
    }
    Ok(())
}

/// `declarative_base(…)`
pub(in crate::library::sqlalchemy) fn declarative_base(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("declarative_base", args);
    let legacy = peek(vm, |orm| orm.legacy)?;
    let order = ["bind", "metadata", "mapper", "cls", "name", "constructor", "class_registry", "metaclass"];
    let given = args.rest();
    if !legacy && !given.is_empty() {
        let count = given.len();
        let were = if count == 1 { "was" } else { "were" };
        return Err(vm.type_error(format!(
            "declarative_base() takes 0 positional arguments but {count} {were} given"
        )));
    }
    for (name, value) in order.into_iter().zip(given) {
        args.give(vm, name, value);
    }
    let bind = args.keyword("bind").filter(|bind| !bind.is_none());
    let class = Object::Class(classes(vm).registry.clone());
    let registry = read(vm, &class, &mut args)?;
    if let Some(bind) = bind {
        let name = vm.intern("bind");
        let own = receiver::<RegistryObject>(vm, &registry)?;
        vm.set_attr(&own.metadata, &name, bind)?;
    }
    generate_base(vm, &registry, &mut args, None)
}

/// `as_declarative(…)`
pub(in crate::library::sqlalchemy) fn as_declarative(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("as_declarative", args);
    let class = Object::Class(classes(vm).registry.clone());
    let registry = read(vm, &class, &mut args)?;
    Ok(base_decorator(registry, args))
}

/// A decorator that makes a base of a class.
fn base_decorator(registry: Object, mut args: Arguments) -> Object {
    let keyword = args.keywords();
    NativeFunction::closure("decorate", move |vm, args| {
        let Some(Object::Class(class)) = args.positional.first().cloned() else {
            return Err(vm.type_error("decorate() missing 1 required positional argument: 'cls'"));
        };
        let mut given =
            Arguments::new("generate_base", Args { positional: Vec::new(), keyword: keyword.clone() });
        generate_base(vm, &registry, &mut given, Some(class))
    })
}

fn generate_base(
    vm: &mut Vm,
    registry: &Object,
    args: &mut Arguments,
    decorated: Option<Rc<Class>>,
) -> PyResult<Object> {
    let own = receiver::<RegistryObject>(vm, registry)?;
    let mapper = args.take("mapper").filter(|mapper| !mapper.is_none());
    let given = args.take("cls").filter(|given| !given.is_none());
    let name = match (args.take("name"), &decorated) {
        (Some(name), _) => vm.str(&name)?.as_str().to_string(),
        (None, Some(class)) => class.name().as_str().to_string(),
        (None, None) => "Base".to_string(),
    };
    let metaclass = match args.take("metaclass") {
        Some(metaclass) => metaclass,
        None => Object::Class(classes(vm).bases.meta.clone()),
    };
    let mut namespace = Attributes::default();
    let mut set = |vm: &mut Vm, name: &str, value: Object| namespace.insert(vm.intern(name), value);
    let bases = match (decorated, given) {
        (Some(class), _) | (None, Some(Object::Class(class))) => {
            let doc = class.dict.borrow().get("__doc__").cloned();
            if let Some(doc) = doc {
                set(vm, "__doc__", doc);
            }
            vec![Object::Class(class)]
        }
        (None, Some(Object::Tuple(bases))) => bases.to_vec(),
        (None, Some(base)) => vec![base],
        (None, None) => vec![Object::Class(Rc::clone(&vm.types.object))],
    };
    set(vm, "__module__", Object::str("sqlalchemy.orm.decl_api"));
    set(vm, "registry", registry.clone());
    set(vm, "metadata", own.metadata.clone());
    if !own.constructor.is_none() {
        set(vm, "__init__", own.constructor.clone());
    }
    set(vm, "__abstract__", Object::Bool(true));
    if let Some(mapper) = mapper {
        set(vm, "__mapper_cls__", mapper);
    }
    let namespace = Dict::from_names(namespace);
    vm.call(&metaclass, Args::positional(vec![Object::str(name), Object::tuple(bases), namespace]))
}
