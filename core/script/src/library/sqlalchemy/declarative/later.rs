//! `DeferredReflection`: classes whose tables are read from the database before
//! they are mapped.
//!
//! SQLAlchemy counterpart: `sqlalchemy.ext.declarative.extensions`.

use std::rc::Rc;

use super::collect::Collected;
use super::scan::Declaration;
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::errors;
use crate::object::{Args, Class, Object, PyResult, Unwind};
use crate::vm::Vm;

/// A declaration that waits for its table.
pub(in crate::library::sqlalchemy) struct Later {
    declaration: Declaration,
    collected: Collected,
}

impl Later {
    pub(super) fn new(declaration: Declaration, collected: Collected) -> Later {
        Later { declaration, collected }
    }

    /// Whether it is the declaration of that class.
    pub(super) fn is_of(&self, class: &Rc<Class>) -> bool {
        Rc::ptr_eq(&self.declaration.class, class)
    }
}

/// `DeferredReflection`
pub(in crate::library::sqlalchemy) fn deferred_reflection_class() -> Rc<Class> {
    Class::builder("DeferredReflection")
        .module("sqlalchemy.ext.declarative.extensions")
        .attribute("_sa_decl_prepare", Object::Bool(true))
        .class_method("prepare", prepare)
        .build()
}

/// Refuses a class that waits for its table.
pub(in crate::library::sqlalchemy) fn refuse_waiting(vm: &mut Vm, object: &Object) -> PyResult<()> {
    let Object::Class(class) = object else { return Ok(()) };
    if !vm.library.sqlalchemy.later.iter().any(|later| later.is_of(class)) {
        return Ok(());
    }
    let message = format!(
        "Class {}.{} is a subclass of DeferredReflection.  Mappings are not produced until the .prepare() method is called on the class hierarchy.",
        class.module.borrow().as_str(),
        class.name().as_str()
    );
    Err(errors::error(vm, "UnmappedClassError", message))
}

/// `DeferredReflection.prepare(engine)`
fn prepare(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("prepare", args);
    let class = args.receiver();
    let bind = args.require(vm, "bind")?;
    let mut options = args.keywords();
    let Some(class) = class.as_class().cloned() else { return Ok(Object::None) };
    options.push((vm.intern("autoload_with"), bind));
    options.push((vm.intern("extend_existing"), Object::Bool(true)));
    let all = std::mem::take(&mut vm.library.sqlalchemy.later);
    let (chosen, rest): (Vec<Later>, Vec<Later>) =
        all.into_iter().partition(|later| later.declaration.class.is_subclass_of(&class));
    vm.library.sqlalchemy.later = rest;
    for Later { declaration, collected } in chosen {
        let declared = match &declaration.tablename {
            Some(name) => {
                let table = declaration.new_table(vm, name.clone(), &collected, options.clone())?;
                let parent = super::mapped_parent(vm, &declaration.class)?;
                super::table::Declared { table, parent }
            }
            None => declaration.make_table(vm, &collected)?,
        };
        declaration.map(vm, collected, declared)?;
    }
    Ok(Object::None)
}

/// What is understood but not there yet: nothing is done silently in its place.
pub(super) fn not_yet(vm: &mut Vm, what: &str, instead: &str) -> Unwind {
    let class = vm.exceptions.not_implemented_error.clone();
    vm.error(&class, format!("{what} is not there yet; use {instead}"))
}
