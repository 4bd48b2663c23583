//! `MappedAsDataclass`: mapped classes that are dataclasses.
//!
//! Python's own `dataclasses` does the work, on fields that are made from
//! `mapped_column()` and the like. Defaults are not set on objects: the
//! attribute gives them where there is no value. SQLAlchemy counterpart:
//! `_setup_dataclasses_transforms`, `_AttributeOptions`.

use std::rc::Rc;

use super::annotations::Container;
use super::base::next_init_subclass;
use super::mapped_column::MappedColumn;
use super::options::{FieldOptions, NAMES};
use super::registry::RegistryObject;
use super::scan::Declaration;
use super::{is_property, map_declarative, relations};
use crate::builtins::Dict;
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::relationships::RelationshipObject;
use crate::library::sqlalchemy::schema::kept;
use crate::library::sqlalchemy::{attributes, classes, errors, mapping, receiver};
use crate::object::{Args, Class, Instance, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// What `dataclass()` takes from here.
const ARGUMENTS: [&str; 8] =
    ["init", "repr", "eq", "order", "unsafe_hash", "match_args", "kw_only", "dataclass_callable"];

/// The value that sets nothing.
pub(in crate::library::sqlalchemy) struct DontSet;

/// `MappedAsDataclass`, and the class of [`DontSet`].
pub(in crate::library::sqlalchemy) fn dataclass_classes(metaclass: &Rc<Class>) -> [Rc<Class>; 2] {
    let mapped = Class::builder("MappedAsDataclass")
        .module("sqlalchemy.orm.decl_api")
        .metaclass(metaclass)
        .class_method("__init_subclass__", |vm, mut args| {
            let Some(class) = args.positional.first().and_then(Object::as_class).cloned() else {
                return Ok(Object::None);
            };
            let mut given = Vec::new();
            for name in ARGUMENTS {
                given.extend(args.take_keyword(name).map(|value| (name, value)));
            }
            keep_arguments(vm, &class, given)?;
            let own = classes(vm).mapped_as_dataclass.clone();
            next_init_subclass(vm, &class, &own, args.keyword)?;
            if !mapping::is_mapped(vm, &class) && !is_waiting(vm, &class) {
                transform_unmapped(vm, &class)?;
            }
            Ok(Object::None)
        })
        .build();
    let dont_set = Class::builder("LoaderCallableStatus")
        .module("sqlalchemy.orm.base")
        .method("__repr__", |_, _| Ok(Object::str("<LoaderCallableStatus.DONT_SET: 5>")))
        .method("__str__", |_, _| Ok(Object::str("LoaderCallableStatus.DONT_SET")))
        .build();
    [mapped, dont_set]
}

/// Whether its table is to be reflected.
fn is_waiting(vm: &Vm, class: &Rc<Class>) -> bool {
    vm.library.sqlalchemy.later.iter().any(|later| later.is_of(class))
}

/// Keeps the arguments for the dataclass, with those of the ancestors.
fn keep_arguments(vm: &mut Vm, class: &Rc<Class>, given: Vec<(&str, Object)>) -> PyResult<()> {
    let inherited = class.lookup("_sa_apply_dc_transforms");
    let all = match &inherited {
        Some(Object::Dict(inherited)) => inherited.copy(),
        _ => Dict::new(),
    };
    for (name, value) in given {
        all.insert_name(vm.intern(name), value);
    }
    let name = vm.intern("_sa_apply_dc_transforms");
    class.set(name, Object::Dict(Rc::new(all)));
    Ok(())
}

/// `registry.mapped_as_dataclass(…)`
pub(super) fn mapped(
    vm: &mut Vm,
    registry: Object,
    class: Option<Object>,
    args: Arguments,
) -> PyResult<Object> {
    let own = receiver::<RegistryObject>(vm, &registry)?;
    decorator(vm, args, class, move |vm, class| map_declarative(vm, class, Rc::clone(&own)))
}

/// `mapped_as_dataclass(registry, …)`
pub(in crate::library::sqlalchemy) fn mapped_as_dataclass(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("mapped_as_dataclass", args);
    let registry = args.require(vm, "registry")?;
    mapped(vm, registry, None, args)
}

/// `unmapped_dataclass(…)`
pub(in crate::library::sqlalchemy) fn unmapped_dataclass(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("unmapped_dataclass", args);
    let class = args.next().filter(|class| !class.is_none());
    decorator(vm, args, class, transform_unmapped)
}

/// A decorator of a class, or what it makes of the class that is at hand.
fn decorator(
    vm: &mut Vm,
    mut args: Arguments,
    class: Option<Object>,
    finish: impl Fn(&mut Vm, &Rc<Class>) -> PyResult<()> + 'static,
) -> PyResult<Object> {
    let mut given = Vec::new();
    for name in ARGUMENTS {
        given.extend(args.keyword(name).map(|value| (name, value)));
    }
    args.finish(vm)?;
    let decorate = move |vm: &mut Vm, class: &Object| {
        let Object::Class(own) = class else { return Err(vm.type_error("a class is expected")) };
        keep_arguments(vm, own, given.clone())?;
        finish(vm, own)?;
        Ok(class.clone())
    };
    match class {
        Some(class) => decorate(vm, &class),
        None => Ok(NativeFunction::closure("decorate", move |vm, args| {
            let class = args.positional.first().cloned().unwrap_or(Object::None);
            decorate(vm, &class)
        })),
    }
}

/// Makes a dataclass of a mixin or a base, whose columns stay as they are.
fn transform_unmapped(vm: &mut Vm, class: &Rc<Class>) -> PyResult<()> {
    let registry = registry_of(vm, class)?;
    let mut declaration = Declaration::new(vm, class, registry)?;
    declaration.scan_itself(vm)?;
    declaration.become_dataclass(vm, false)
}

fn registry_of(vm: &mut Vm, class: &Rc<Class>) -> PyResult<Rc<RegistryObject>> {
    let registry = match class.lookup("_sa_registry") {
        Some(registry) => registry,
        None => super::registry::make(vm, None, None)?,
    };
    receiver::<RegistryObject>(vm, &registry)
}

/// Whether it is a `dataclasses.field()`.
pub(super) fn is_field(object: &Object) -> bool {
    let Object::Instance(instance) = object else { return false };
    let class = instance.class();
    class.name().as_str() == "Field" && class.module.borrow().as_str() == "dataclasses"
}

/// The arguments for a dataclass that an object has.
pub(super) fn fields_of(vm: &mut Vm, object: &Object) -> PyResult<Option<FieldOptions>> {
    if let Some(data) = object.native::<MappedColumn>() {
        return Ok(Some(data.fields.clone()));
    }
    if let Some(data) = object.native::<RelationshipObject>() {
        return Ok(Some(relations::fields(&data)));
    }
    // Other properties keep them beside themselves.
    match kept(object, "_dataclass_options") {
        Some(Object::Dict(given)) => {
            let mut fields = FieldOptions::default();
            for name in NAMES {
                if let Some(value) = given.get_str(name) {
                    fields.add(name, &value);
                }
            }
            Ok(Some(fields))
        }
        _ => Ok(is_property(vm, object).then(FieldOptions::default)),
    }
}

impl Declaration {
    /// Makes the class a dataclass, where it is to be one. Defaults are left to
    /// the attributes where the class is mapped.
    pub(super) fn become_dataclass(&mut self, vm: &mut Vm, is_mapped: bool) -> PyResult<()> {
        let Some(Object::Dict(arguments)) = self.dataclass.clone() else { return Ok(()) };
        let class = Object::Class(Rc::clone(&self.class));
        if self.class.dict.borrow().contains_key("__dataclass_fields__") {
            let shown = vm.str(&class)?;
            let message = format!(
                "Class {} is already a dataclass; ensure that base classes / decorator styles of establishing dataclasses are not being mixed. This can happen if a class that inherits from 'MappedAsDataclass', even indirectly, is been mapped with '@registry.mapped_as_dataclass'",
                shown.as_str()
            );
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        if self.class.dict.borrow().contains_key("__table__") {
            let shown = vm.str(&class)?;
            let message = format!(
                "Class {} already defines a '__table__'. ORM Annotated Dataclasses do not support a pre-existing '__table__' element",
                shown.as_str()
            );
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        let names = self.field_names(vm)?;
        let before: Vec<(Rc<_>, Object)> =
            self.class.dict.borrow().iter().map(|(name, value)| (Rc::clone(name), value.clone())).collect();
        let mut annotations = Vec::new();
        for name in &names {
            let annotation = self.annotations[name].raw.clone();
            annotations.push((name.clone(), annotation));
            if let Some(value) = self.attributes.get(name).cloned() {
                let field = self.field(vm, name, &value, is_mapped)?;
                let key = vm.intern(name);
                self.class.set(key, field);
            }
        }
        let original = self.class.dict.borrow().get("__annotations__").cloned();
        self.set_annotations(vm, original.as_ref(), annotations)?;
        let result = call_dataclass(vm, &class, &arguments);
        if !is_mapped {
            // The columns stay for the classes that will have them.
            for (name, value) in before.iter().filter(|(name, _)| !name.starts_with("__")) {
                self.class.remove(name.as_str());
                self.class.set(Rc::clone(name), value.clone());
            }
        }
        let name = vm.intern("__annotations__");
        match original {
            Some(original) => self.class.set(name, original),
            None => drop(self.class.remove("__annotations__")),
        }
        result
    }

    /// The names of the fields; all must come from dataclasses.
    fn field_names(&self, vm: &mut Vm) -> PyResult<Vec<String>> {
        let mut names = Vec::new();
        let mut foreign: Vec<(Rc<Class>, Vec<String>)> = Vec::new();
        for (name, annotation) in &self.annotations {
            if annotation.extracted.container == Some(Container::Unmapped) {
                continue;
            }
            if !Rc::ptr_eq(&annotation.source, &self.class)
                && !annotation.source.dict.borrow().contains_key("__dataclass_fields__")
            {
                match foreign.iter_mut().find(|(class, _)| Rc::ptr_eq(class, &annotation.source)) {
                    Some((_, names)) => names.push(name.clone()),
                    None => foreign.push((Rc::clone(&annotation.source), vec![name.clone()])),
                }
            }
            let is_mapped_above =
                self.attributes.get(name).is_some_and(|value| attributes::owner_of(vm, value).is_some());
            if !is_mapped_above {
                names.push(name.clone());
            }
        }
        let Some((source, foreign)) = foreign.into_iter().next() else { return Ok(names) };
        let own = vm.str(&Object::Class(Rc::clone(&self.class)))?;
        let source = vm.str(&Object::Class(source))?;
        let foreign: Vec<String> = foreign.iter().map(|name| format!("'{name}'")).collect();
        let message = format!(
            "When transforming {} to a dataclass, attribute(s) {} originates from superclass {}, which is not a dataclass.  When declaring SQLAlchemy Declarative Dataclasses, ensure that all mixin classes and other superclasses which include attributes are also a subclass of MappedAsDataclass or make use of the @unmapped_dataclass decorator.",
            own.as_str(),
            foreign.join(", "),
            source.as_str()
        );
        Err(errors::coded(vm, "InvalidRequestError", message, "dcmx"))
    }

    /// The `dataclasses.field()` of an attribute, or its plain value.
    fn field(&self, vm: &mut Vm, name: &str, value: &Object, is_mapped: bool) -> PyResult<Object> {
        let Some(mut fields) = fields_of(vm, value)? else { return Ok(value.clone()) };
        let is_relationship = value.native::<RelationshipObject>().is_some();
        let column = value.native::<MappedColumn>();
        let plain_defaults = !is_mapped || self.class.lookup("_sa_disable_descriptor_defaults").is_some();
        if (is_relationship || column.is_some()) && !plain_defaults {
            let dont_set = classes(vm).dont_set.clone();
            let dont_set = Instance::native(&dont_set, DontSet);
            match fields.get("default") {
                Some(default) if is_generator(vm, &default)? => {
                    if let Some(data) = &column {
                        data.settings.borrow_mut().default_value = Some(Object::None);
                    }
                    fields.set("default", dont_set);
                }
                Some(default) if !is_callable(&default) => {
                    if let Some(data) = &column {
                        data.settings.borrow_mut().default_value = Some(default);
                    }
                    fields.set("default", dont_set);
                }
                Some(_) => {}
                None if is_relationship && fields.get("default_factory").is_some() => {
                    fields.remove("default_factory");
                    fields.set("default", dont_set);
                }
                None => {}
            }
        }
        let mut keyword = Vec::new();
        let fixed = fields.get("init").is_some_and(|init| matches!(init, Object::Bool(false)));
        for (name, value) in fields.iter() {
            let (name, value) = match name {
                "dataclass_metadata" => ("metadata", value.clone()),
                // What is not a parameter is set all the same.
                "default" if fixed && !is_callable(value) && fields.get("default_factory").is_none() => {
                    let value = value.clone();
                    ("default_factory", NativeFunction::closure("<lambda>", move |_, _| Ok(value.clone())))
                }
                name => (name, value.clone()),
            };
            keyword.push((vm.intern(name), value));
        }
        if let Some(default) = fields.get("default")
            && is_callable(&default)
        {
            let message = format!(
                "Callable object passed to the ``default`` parameter for attribute '{name}' in a ORM-mapped Dataclasses context is ambiguous, and this use will raise an error in a future release.  If this callable is intended to produce Core level INSERT default values for an underlying ``Column``, use the ``mapped_column.insert_default`` parameter instead.  To establish this callable as providing a default value for instances of the dataclass itself, use the ``default_factory`` dataclasses parameter."
            );
            errors::warn_deprecated(vm, &message, "2.0")?;
        }
        let module = vm.import("dataclasses")?;
        let field = vm.get_attr(&Object::Module(module), "field")?;
        vm.call(&field, Args { positional: Vec::new(), keyword })
    }

    /// The annotations of the fields in their order, among the others.
    fn set_annotations(
        &self,
        vm: &mut Vm,
        original: Option<&Object>,
        fields: Vec<(String, Object)>,
    ) -> PyResult<()> {
        let mut own: Vec<(String, Object)> = Vec::new();
        if let Some(Object::Dict(original)) = original {
            for (name, value) in original.items() {
                let name = vm.str(&name)?.as_str().to_string();
                let unmapped = self
                    .annotations
                    .get(&name)
                    .is_some_and(|known| known.extracted.container == Some(Container::Unmapped));
                if !unmapped {
                    own.push((name, value));
                }
            }
        }
        let is_field = |name: &str| fields.iter().any(|(known, _)| known == name);
        let made = Dict::new();
        for (name, value) in own.iter().take_while(|(name, _)| !is_field(name)) {
            made.insert_name(vm.intern(name), value.clone());
        }
        for (name, value) in fields.iter().chain(&own) {
            made.insert_name(vm.intern(name), value.clone());
        }
        let name = vm.intern("__annotations__");
        self.class.set(name, Object::Dict(Rc::new(made)));
        Ok(())
    }
}

/// `dataclass(class, …)`, or what the program has in its place.
fn call_dataclass(vm: &mut Vm, class: &Object, arguments: &Dict) -> PyResult<()> {
    let callable = match arguments.get_str("dataclass_callable") {
        Some(callable) => callable,
        None => {
            let module = vm.import("dataclasses")?;
            vm.get_attr(&Object::Module(module), "dataclass")?
        }
    };
    let mut keyword = Vec::new();
    for (name, value) in arguments.items() {
        let name = vm.str(&name)?;
        if name.as_str() != "dataclass_callable" {
            keyword.push((name, value));
        }
    }
    let Err(unwind) = vm.call(&callable, Args { positional: vec![class.clone()], keyword }) else {
        return Ok(());
    };
    let wrong = [vm.exceptions.type_error.clone(), vm.exceptions.value_error.clone()];
    if !wrong.iter().any(|class| vm.is_raised(&unwind, class)) {
        return Err(unwind);
    }
    let Some(exception) = vm.exception_of(&unwind) else { return Err(unwind) };
    let shown = vm.repr(&exception)?;
    let name = class.as_class().map(|class| class.name());
    let message = format!(
        "Python dataclasses error encountered when creating dataclass for '{}': {}. Please refer to Python dataclasses documentation for additional information.",
        name.as_ref().map_or("", |name| name.as_str()),
        shown.as_str()
    );
    let error = errors::coded(vm, "InvalidRequestError", message, "dcte");
    Err(vm.caused_by(error, &exception))
}

fn is_callable(object: &Object) -> bool {
    match object {
        Object::Function(_) | Object::Native(_) | Object::Method(_) | Object::Class(_) => true,
        Object::Instance(instance) => instance.class().lookup("__call__").is_some(),
        _ => false,
    }
}

/// Whether it makes values for columns: `Sequence`, `ColumnDefault`.
fn is_generator(vm: &mut Vm, object: &Object) -> PyResult<bool> {
    let own = classes(vm);
    let known = [own.defaults.sequence.clone(), own.defaults.column_default.clone()];
    Ok(known.iter().any(|class| vm.is_instance(object, class)))
}
