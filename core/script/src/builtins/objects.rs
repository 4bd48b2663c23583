//! `object`, `type` and `NoneType`.
//!
//! CPython counterpart: `Objects/typeobject.c`, `Objects/object.c`.

use std::rc::Rc;

use super::arguments::{exactly, no_keywords, receiver};
use super::constructors::class_argument;
use super::repr::default_repr;
use super::{base, dunders, introspection};
use crate::object::{Args, Class, CompareOp, Instance, Name, Object, PyResult};
use crate::vm::Vm;

fn class_this(value: &Object) -> Option<Rc<Class>> {
    value.as_class().cloned()
}

fn name_argument(vm: &mut Vm, name: &Object) -> PyResult<Name> {
    match base(name) {
        Object::Str(name) => Ok(vm.intern(name)),
        _ => {
            let given = vm.class_of(name).name();
            Err(vm.type_error(format!("attribute name must be string, not '{}'", given.as_str())))
        }
    }
}

fn is_overridden(vm: &mut Vm, class: &Rc<Class>, name: &str) -> bool {
    let inherited = vm.types.object.lookup(name);
    match (class.lookup(name), inherited) {
        (Some(own), Some(inherited)) => !own.is(&inherited),
        (own, _) => own.is_some(),
    }
}

fn new(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let class = class_argument(vm, &mut args, "object.__new__")?;
    if !(args.positional.is_empty() && args.keyword.is_empty()) {
        if is_overridden(vm, &class, "__new__") {
            return Err(
                vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)")
            );
        }
        if !is_overridden(vm, &class, "__init__") {
            return Err(vm.type_error(format!("{}() takes no arguments", class.name().as_str())));
        }
    }
    Ok(Instance::plain(&class))
}

fn init(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let this = receiver(vm, &mut args, "object.__init__", |value| Some(value.clone()))?;
    if !(args.positional.is_empty() && args.keyword.is_empty()) {
        let class = vm.class_of(&this);
        if is_overridden(vm, &class, "__init__") {
            return Err(
                vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)")
            );
        }
        if !is_overridden(vm, &class, "__new__") {
            return Err(vm.type_error(format!("{}() takes no arguments", class.name().as_str())));
        }
    }
    Ok(Object::None)
}

pub(super) fn object_class() -> Rc<Class> {
    Class::builder("object")
        .method("__new__", new)
        .method("__init__", init)
        .method("__repr__", |vm, args| {
            let [this] = exactly(vm, args, "object.__repr__")?;
            Ok(Object::from(default_repr(vm, &this)))
        })
        .method("__str__", |vm, args| {
            let [this] = exactly(vm, args, "object.__str__")?;
            vm.repr(&this).map(Object::Str)
        })
        .method("__format__", |vm, args| {
            let [this, spec] = exactly(vm, args, "object.__format__")?;
            let spec = super::str_methods::text_argument(vm, &spec, "__format__")?;
            super::format_value(vm, &this, &spec).map(Object::Str)
        })
        .method("__hash__", |vm, args| {
            let [this] = exactly(vm, args, "object.__hash__")?;
            match &this {
                Object::Instance(_) => Ok(Object::Int(super::hash::hash_address(&this))),
                _ => super::hash(vm, &this).map(Object::Int),
            }
        })
        .method("__eq__", |vm, args| {
            let [this, other] = exactly(vm, args, "object.__eq__")?;
            Ok(if this.is(&other) { Object::Bool(true) } else { Object::NotImplemented })
        })
        .method("__ne__", |vm, args| {
            let [this, other] = exactly(vm, args, "object.__ne__")?;
            let equal = vm.call_method(&this, CompareOp::Eq.method(), vec![other])?;
            match equal {
                Object::NotImplemented => Ok(equal),
                equal => Ok(Object::Bool(!vm.truthy(&equal)?)),
            }
        })
        .method("__lt__", unordered)
        .method("__le__", unordered)
        .method("__gt__", unordered)
        .method("__ge__", unordered)
        .method("__getattribute__", |vm, args| {
            let [this, name] = exactly(vm, args, "object.__getattribute__")?;
            let name = name_argument(vm, &name)?;
            vm.generic_get_attr(&this, &name)
        })
        .method("__setattr__", |vm, args| {
            let [this, name, value] = exactly(vm, args, "object.__setattr__")?;
            let name = name_argument(vm, &name)?;
            vm.generic_set_attr(&this, &name, value)?;
            Ok(Object::None)
        })
        .method("__delattr__", |vm, args| {
            let [this, name] = exactly(vm, args, "object.__delattr__")?;
            let name = name_argument(vm, &name)?;
            vm.generic_del_attr(&this, &name)?;
            Ok(Object::None)
        })
        .method("__dir__", |vm, args| {
            let [this] = exactly(vm, args, "object.__dir__")?;
            introspection::attribute_names(vm, &this)
        })
        .class_method("__init_subclass__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "object.__init_subclass__")?;
            let name = format!("{}.__init_subclass__", class.name().as_str());
            no_keywords(vm, &args, &name)?;
            let [] = exactly(vm, args, &name)?;
            Ok(Object::None)
        })
        .class_method("__subclasshook__", |_vm, _args| Ok(Object::NotImplemented))
        .build()
}

fn unordered(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [_this, _other] = exactly(vm, args, "object.__lt__")?;
    Ok(Object::NotImplemented)
}

fn type_new(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let metaclass = class_argument(vm, &mut args, "type.__new__")?;
    let plain = Rc::ptr_eq(&metaclass, &vm.types.type_);
    if plain
        && args.keyword.is_empty()
        && let [value] = args.positional.as_slice()
    {
        return Ok(Object::Class(vm.class_of(value)));
    }
    let keywords = std::mem::take(&mut args.keyword);
    let Ok([name, bases, namespace]) = <[Object; 3]>::try_from(args.positional) else {
        return Err(vm.type_error("type() takes 1 or 3 arguments"));
    };
    let Object::Str(name) = base(&name) else {
        let given = vm.class_of(&name).name();
        return Err(vm.type_error(format!("type.__new__() argument 1 must be str, not {}", given.as_str())));
    };
    let Object::Tuple(bases) = base(&bases) else {
        let given = vm.class_of(&bases).name();
        return Err(vm.type_error(format!("type.__new__() argument 2 must be tuple, not {}", given.as_str())));
    };
    let namespace = vm.to_attributes(&namespace)?;
    if plain && keywords.is_empty() {
        return vm.make_class(name, bases.to_vec(), namespace);
    }
    vm.type_new(&metaclass, Name::clone(name), bases, namespace, keywords)
}

pub(super) fn type_class(object: &Rc<Class>) -> Rc<Class> {
    Class::builder("type")
        .base(object)
        .method("__new__", type_new)
        .method("__init__", |_vm, _args| Ok(Object::None))
        .method("__call__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "type.__call__")?;
            vm.make_instance(&class, args)
        })
        .method("__repr__", |vm, args| {
            let [this] = exactly(vm, args, "type.__repr__")?;
            super::repr(vm, &this).map(Object::Str)
        })
        .method("mro", |vm, mut args| {
            let class = receiver(vm, &mut args, "type.mro", class_this)?;
            Ok(Object::list(vm.mro(&class).into_iter().map(Object::Class).collect()))
        })
        .method("__subclasses__", |vm, mut args| {
            let class = receiver(vm, &mut args, "type.__subclasses__", class_this)?;
            let subclasses =
                class.subclasses.borrow().iter().filter_map(std::rc::Weak::upgrade).collect::<Vec<_>>();
            Ok(Object::list(subclasses.into_iter().map(Object::Class).collect()))
        })
        .method("__instancecheck__", |vm, mut args| {
            let class = receiver(vm, &mut args, "type.__instancecheck__", class_this)?;
            let [value] = exactly(vm, args, "type.__instancecheck__")?;
            Ok(Object::Bool(vm.is_instance(&value, &class)))
        })
        .method("__subclasscheck__", |vm, mut args| {
            let class = receiver(vm, &mut args, "type.__subclasscheck__", class_this)?;
            let [other] = exactly(vm, args, "type.__subclasscheck__")?;
            Ok(Object::Bool(other.as_class().is_some_and(|other| other.is_subclass_of(&class))))
        })
        .class_method("__prepare__", |_vm, _args| Ok(Object::Dict(Rc::default())))
        .build()
}

pub(super) fn none_class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("NoneType")
        .base(object)
        .method("__new__", |vm, mut args| {
            class_argument(vm, &mut args, "NoneType.__new__")?;
            let [] = exactly(vm, args, "NoneType")?;
            Ok(Object::None)
        })
        .method("__bool__", |_vm, _args| Ok(Object::Bool(false)));
    dunders::representation(dunders::hashing(builder)).build()
}
