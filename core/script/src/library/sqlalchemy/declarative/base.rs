//! Bases of declared classes: `DeclarativeBase`, the metaclasses, and the
//! constructor that takes attributes by name.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.decl_api`.

use std::cell::RefCell;
use std::rc::Rc;

use super::registry::{self, RegistryObject};
use super::{added, map_declarative};
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::attributes::is_attribute;
use crate::library::sqlalchemy::{classes, errors};
use crate::object::{Args, Class, Name, Object, PyResult};
use crate::vm::{Function, Vm};

/// The classes of this file.
pub(in crate::library::sqlalchemy) struct Bases {
    pub(in crate::library::sqlalchemy) intercept: Rc<Class>,
    pub(in crate::library::sqlalchemy) transform: Rc<Class>,
    pub(in crate::library::sqlalchemy) meta: Rc<Class>,
    pub(in crate::library::sqlalchemy) base: Rc<Class>,
    pub(in crate::library::sqlalchemy) base_without_meta: Rc<Class>,
}

impl Bases {
    pub(in crate::library::sqlalchemy) fn new(vm: &Vm) -> Bases {
        let module = "sqlalchemy.orm.decl_api";
        let intercept = Class::builder("DeclarativeAttributeIntercept")
            .module(module)
            .base(&vm.types.type_)
            .method("__setattr__", |vm, args| {
                let [Object::Class(class), name, value] = &args.positional[..] else {
                    return Ok(Object::None);
                };
                let name = vm.str(name)?;
                added::set(vm, class, name.as_str(), value)?;
                Ok(Object::None)
            })
            .method("__delattr__", |vm, args| {
                let [Object::Class(class), name] = &args.positional[..] else { return Ok(Object::None) };
                let name = vm.str(name)?;
                added::delete(vm, class, name.as_str())?;
                Ok(Object::None)
            })
            .build();
        let transform = Class::builder("DCTransformDeclarative").module(module).base(&intercept).build();
        let meta = Class::builder("DeclarativeMeta")
            .module(module)
            .base(&intercept)
            .method("__init__", |vm, args| {
                if let Some(class) = args.positional.first().and_then(Object::as_class).cloned() {
                    meta_init(vm, &class)?;
                }
                Ok(Object::None)
            })
            .build();
        let base = Class::builder("DeclarativeBase")
            .module(module)
            .metaclass(&intercept)
            .class_method("__init_subclass__", |vm, args| {
                let own = classes(vm).bases.base.clone();
                init_subclass(vm, args, &own)
            })
            .build();
        let base_without_meta = Class::builder("DeclarativeBaseNoMeta")
            .module(module)
            .class_method("__init_subclass__", |vm, args| {
                let own = classes(vm).bases.base_without_meta.clone();
                init_subclass(vm, args, &own)
            })
            .build();
        Bases { intercept, transform, meta, base, base_without_meta }
    }
}

/// A class with `DeclarativeMeta` for its metaclass.
fn meta_init(vm: &mut Vm, class: &Rc<Class>) -> PyResult<()> {
    let known = class.lookup("_sa_registry");
    let registry = match known {
        Some(registry) => registry,
        None => {
            let own = class.dict.borrow().get("registry").cloned();
            let Some(registry) = own.filter(|own| own.native::<RegistryObject>().is_some()) else {
                let message = "Declarative base class has no 'registry' attribute, or registry is not a sqlalchemy.orm.registry() object";
                return Err(errors::error(vm, "InvalidRequestError", message));
            };
            let name = vm.intern("_sa_registry");
            class.set(name, registry.clone());
            registry
        }
    };
    map_unless_abstract(vm, class, &registry)
}

fn map_unless_abstract(vm: &mut Vm, class: &Rc<Class>, registry: &Object) -> PyResult<()> {
    match registry.native::<RegistryObject>() {
        Some(registry) => map_declarative(vm, class, registry),
        None => Ok(()),
    }
}

/// `__init_subclass__` of the bases: a direct subclass is a base, others are mapped.
fn init_subclass(vm: &mut Vm, args: Args, own: &Rc<Class>) -> PyResult<Object> {
    let Some(class) = args.positional.first().and_then(Object::as_class).cloned() else {
        return Ok(Object::None);
    };
    if class.bases.iter().any(|base| Rc::ptr_eq(base, own)) {
        refuse_declaration(vm, &class, own)?;
        set_up(vm, &class)?;
    } else if let Some(registry) = class.lookup("_sa_registry") {
        map_unless_abstract(vm, &class, &registry)?;
    }
    next_init_subclass(vm, &class, own, args.keyword)?;
    Ok(Object::None)
}

/// `super().__init_subclass__(**keyword)`, from within a class of the library.
pub(super) fn next_init_subclass(
    vm: &mut Vm,
    class: &Rc<Class>,
    after: &Rc<Class>,
    keyword: Vec<(Name, Object)>,
) -> PyResult<()> {
    let rest: Vec<Rc<Class>> = class
        .mro()
        .skip_while(|one| !Rc::ptr_eq(one, after))
        .skip(1)
        .filter(|one| !one.root)
        .cloned()
        .collect();
    for one in rest {
        let found = one.dict.borrow().get("__init_subclass__").cloned();
        if let Some(found) = found {
            let method = vm.bind_class_attribute(found, class)?;
            vm.call(&method, Args { positional: Vec::new(), keyword })?;
            return Ok(());
        }
    }
    match keyword.is_empty() {
        true => Ok(()),
        false => {
            let name = class.qualname.borrow().clone();
            Err(vm.type_error(format!("{}.__init_subclass__() takes no keyword arguments", name.as_str())))
        }
    }
}

/// A base itself has no table.
fn refuse_declaration(vm: &mut Vm, class: &Rc<Class>, own: &Rc<Class>) -> PyResult<()> {
    let has_name = matches!(class.dict.borrow().get("__tablename__"), Some(Object::Str(_)));
    let table = class.dict.borrow().get("__table__").cloned();
    let has_table = match table {
        Some(table) => crate::library::sqlalchemy::schema::table_id(vm, &table)?.is_some(),
        None => false,
    };
    if !has_name && !has_table {
        return Ok(());
    }
    let message = format!(
        "Cannot use '{}' directly as a declarative base class. Create a Base by creating a subclass of it.",
        own.name().as_str()
    );
    Err(errors::error(vm, "InvalidRequestError", message))
}

/// Gives a base its registry, its metadata and its constructor.
fn set_up(vm: &mut Vm, class: &Rc<Class>) -> PyResult<()> {
    let object = Object::Class(Rc::clone(class));
    let given = |vm: &mut Vm, name: &str| -> PyResult<Option<Object>> {
        Ok(vm.get_attr_opt(&object, name)?.filter(|value| !value.is_none()))
    };
    let metadata = given(vm, "metadata")?;
    let types = given(vm, "type_annotation_map")?;
    let registry = match given(vm, "registry")? {
        Some(registry) if registry.native::<RegistryObject>().is_none() => {
            let message = "Declarative base class has a 'registry' attribute that is not an instance of sqlalchemy.orm.registry()";
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        Some(_) if types.is_some() => {
            let message = "Declarative base class has both a 'registry' attribute and a type_annotation_map entry.  Per-base type_annotation_maps are not supported.  Please apply the type_annotation_map to this registry directly.";
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        Some(registry) => registry,
        None => {
            let registry = registry::make(vm, metadata, types)?;
            let name = vm.intern("registry");
            class.set(name, registry.clone());
            registry
        }
    };
    let name = vm.intern("_sa_registry");
    class.set(name, registry.clone());
    let Some(data) = registry.native::<RegistryObject>() else { return Ok(()) };
    if !class.dict.borrow().contains_key("metadata") {
        let name = vm.intern("metadata");
        class.set(name, data.metadata.clone());
    }
    if init_of(class).is_none() {
        let name = vm.intern("__init__");
        class.set(name, data.constructor.clone());
    }
    Ok(())
}

/// The `__init__` of a class, if it has another than `object`'s.
fn init_of(class: &Rc<Class>) -> Option<Object> {
    class.mro().filter(|one| !one.root).find_map(|one| one.dict.borrow().get("__init__").cloned())
}

/// Gives a mapped class an `__init__` of its own: the one that it has, which
/// complains by its mere name from now on, or else the constructor.
pub(in crate::library::sqlalchemy) fn install_init(
    vm: &mut Vm,
    class: &Rc<Class>,
    constructor: Option<Object>,
) {
    let name = vm.intern("__init__");
    let init = match init_of(class) {
        Some(Object::Function(own)) => Object::Function(Rc::new(Function {
            code: Rc::clone(&own.code),
            globals: Rc::clone(&own.globals),
            defaults: own.defaults.clone(),
            keyword_defaults: own.keyword_defaults.clone(),
            closure: own.closure.clone(),
            name: own.name.clone(),
            qualname: RefCell::new(Rc::clone(&name)),
            doc: own.doc.clone(),
            module: own.module.clone(),
            annotations: own.annotations.clone(),
            dict: own.dict.clone(),
        })),
        Some(_) => return,
        None => match constructor {
            None | Some(Object::None) => return,
            Some(constructor) => constructor,
        },
    };
    class.set(name, init);
}

/// `__init__` of declared classes: keyword arguments become attributes.
pub(super) fn constructor(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("__init__", args);
    let this = args.receiver();
    let extra = args.rest().len();
    if extra > 0 {
        let given = extra + 1;
        return Err(vm.type_error(format!("__init__() takes 1 positional argument but {given} were given")));
    }
    let class = vm.class_of(&this);
    for (name, value) in args.keywords() {
        let is_mapped = vm.lookup(&class, &name).is_some_and(|found| is_attribute(&found));
        if !is_mapped && vm.get_attr_opt(&Object::Class(Rc::clone(&class)), name.as_str())?.is_none() {
            let shown = vm.repr(&Object::Str(Rc::clone(&name)))?;
            return Err(vm.type_error(format!(
                "{} is an invalid keyword argument for {}",
                shown.as_str(),
                class.name().as_str()
            )));
        }
        vm.set_attr(&this, &name, value)?;
    }
    Ok(Object::None)
}
