//! `@declared_attr`: an attribute that each mapped class makes for itself.
//!
//! SQLAlchemy counterpart: `_declared_attr_common` in `sqlalchemy.orm.decl_api`.

use std::rc::Rc;

use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::{classes, errors, mapping, peek, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a `declared_attr`.
pub(super) struct DeclaredAttr {
    pub(super) function: Object,
    /// Whether every subclass makes it again.
    pub(super) cascading: bool,
    /// Whether a mapped class may have it without a warning.
    pub(super) quiet: bool,
    /// `declared_attr.directive`: what it makes is no attribute of the mapping.
    pub(super) directive: bool,
}

/// The native data of `declared_attr.cascading`, waiting for its function.
struct Waiting {
    cascading: bool,
    quiet: bool,
}

/// What was made while a class is declared: once for each.
pub(in crate::library::sqlalchemy) struct Making {
    pub(super) class: Rc<Class>,
    pub(super) made: Vec<(Object, Object)>,
}

/// `declared_attr`, with `directive` and `cascading`.
pub(in crate::library::sqlalchemy) fn class() -> Rc<Class> {
    let common = Class::builder("_declared_attr_common")
        .module("sqlalchemy.orm.decl_api")
        .method("__get__", get)
        .method("__init__", |_, _| Ok(Object::None))
        .getter("fget", |vm, args| Ok(receiver::<DeclaredAttr>(vm, &args.positional[0])?.function.clone()))
        .build();
    let directive = Class::builder("_declared_directive")
        .module("sqlalchemy.orm.decl_api")
        .base(&common)
        .method("__new__", |vm, args| new(vm, args, true))
        .build();
    let waiting = Class::builder("_stateful_declared_attr")
        .module("sqlalchemy.orm.decl_api")
        .method("__call__", |vm, args| {
            let own = receiver::<Waiting>(vm, &args.positional[0])?;
            let function = args.positional.get(1).cloned().unwrap_or(Object::None);
            let class = classes(vm).declared_attr.clone();
            Ok(make(&class, function, own.cascading, own.quiet, false))
        })
        .build();
    let cascading = Instance::native(&waiting, Waiting { cascading: true, quiet: false });
    Class::builder("declared_attr")
        .module("sqlalchemy.orm.decl_api")
        .base(&common)
        .method("__new__", |vm, args| new(vm, args, false))
        .attribute("directive", Object::Class(directive))
        .attribute("cascading", cascading)
        .build()
}

fn new(vm: &mut Vm, args: Args, directive: bool) -> PyResult<Object> {
    let mut args = Arguments::new("declared_attr", args);
    let class = args.receiver();
    let function = args.require(vm, "fn")?;
    let cascading = args.flag(vm, "cascading", false)?;
    let quiet = args.flag(vm, "quiet", false)?;
    args.finish(vm)?;
    match class.as_class() {
        Some(class) => Ok(make(class, function, cascading, quiet, directive)),
        None => Err(vm.type_error("declared_attr() decorates a function")),
    }
}

fn make(class: &Rc<Class>, function: Object, cascading: bool, quiet: bool, directive: bool) -> Object {
    let function = match function {
        Object::ClassMethod(function) => Object::clone(&function),
        other => other,
    };
    Instance::native(class, DeclaredAttr { function, cascading, quiet, directive })
}

/// A `declared_attr` of a function.
pub(super) fn of_function(vm: &mut Vm, function: Object) -> Object {
    let class = classes(vm).declared_attr.clone();
    make(&class, function, false, false, false)
}

/// The attribute of a class: what the function makes of the class.
fn get(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this, _, owner] = &args.positional[..] else { return Ok(Object::None) };
    let (this, owner) = (this.clone(), owner.clone());
    let own = receiver::<DeclaredAttr>(vm, &this)?;
    let Some(class) = owner.as_class().cloned() else { return Ok(this) };
    let call = |vm: &mut Vm| vm.call(&own.function, Args::positional(vec![owner.clone()]));
    let making =
        |vm: &Vm| vm.library.sqlalchemy.making.iter().rposition(|making| Rc::ptr_eq(&making.class, &class));
    let Some(at) = making(vm) else {
        if !mapping::is_mapped(vm, &class) {
            let name = vm.get_attr(&own.function, "__name__")?;
            let name = vm.str(&name)?;
            if !(name.as_str().starts_with("__") && name.as_str().ends_with("__")) {
                let message = format!(
                    "Unmanaged access of declarative attribute {} from non-mapped class {}",
                    name.as_str(),
                    class.name().as_str()
                );
                errors::warn(vm, &message)?;
            }
        }
        return call(vm);
    };
    let known = vm.library.sqlalchemy.making[at].made.iter().find(|(attr, _)| attr.is(&this));
    if let Some((_, made)) = known {
        return Ok(made.clone());
    }
    let made = call(vm)?;
    // The function may have declared other classes meanwhile.
    if let Some(at) = making(vm) {
        vm.library.sqlalchemy.making[at].made.push((this, made.clone()));
    }
    Ok(made)
}

/// `@declarative_mixin`, which does nothing.
pub(in crate::library::sqlalchemy) fn declarative_mixin(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(class) = args.positional.first().cloned() else {
        return Err(vm.type_error("declarative_mixin() missing 1 required positional argument: 'cls'"));
    };
    if !peek(vm, |orm| orm.legacy)? {
        let message = "The declarative_mixin decorator was used only by the now removed mypy plugin so it has no longer any use and can be safely removed.";
        errors::warn_deprecated(vm, message, "2.1")?;
    }
    Ok(class)
}
