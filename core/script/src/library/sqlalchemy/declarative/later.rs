//! `DeferredReflection`: classes whose tables are read from the database before
//! they are mapped.
//!
//! SQLAlchemy counterpart: `sqlalchemy.ext.declarative.extensions`.

use std::rc::Rc;

use ormscope::schema::ConstraintKind;
use ormscope::types::TableId;

use super::collect::Collected;
use super::scan::Declaration;
use super::table::Declared;
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::constraints::{Item, ItemObject};
use crate::library::sqlalchemy::metadata::metadata_object_of;
use crate::library::sqlalchemy::reflection::{Wanted, reflect_table};
use crate::library::sqlalchemy::schema::{ColumnObject, append_items};
use crate::library::sqlalchemy::{errors, peek};
use crate::object::{Args, Class, Object, PyResult, Unwind};
use crate::vm::Vm;

/// A declaration that waits for its table.
pub(in crate::library::sqlalchemy) struct Later {
    declaration: Declaration,
    collected: Collected,
    declared: Declared,
}

impl Later {
    pub(super) fn new(declaration: Declaration, collected: Collected, declared: Declared) -> Later {
        Later { declaration, collected, declared }
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
    args.keywords();
    let Some(class) = class.as_class().cloned() else { return Ok(Object::None) };
    let all = std::mem::take(&mut vm.library.sqlalchemy.later);
    let (chosen, rest): (Vec<Later>, Vec<Later>) =
        all.into_iter().partition(|later| later.declaration.class.is_subclass_of(&class));
    vm.library.sqlalchemy.later = rest;
    for Later { declaration, collected, declared } in chosen {
        if declaration.tablename.is_some() {
            complete(vm, declared.table, &bind)?;
        }
        declaration.map(vm, collected, declared)?;
    }
    Ok(Object::None)
}

/// Adds to a table what the database has beside what was declared.
fn complete(vm: &mut Vm, table: TableId, bind: &Object) -> PyResult<()> {
    let definition = peek(vm, |orm| orm.schema.table(table).clone())?;
    let metadata = metadata_object_of(vm, table)?;
    let is_known = |name: &str| definition.columns.iter().any(|column| column.name == name);
    let wanted = Wanted { resolve: true, ..Wanted::default() };
    let mut items = reflect_table(vm, bind, &metadata, &definition, &wanted)?;
    items.retain(|item| {
        if let Some(column) = item.native::<ColumnObject>() {
            return !is_known(&column.definition.borrow().name);
        }
        let Some(own) = item.native::<ItemObject>() else { return true };
        let own = own.item.borrow();
        match &*own {
            Item::Constraint(constraint) => match &constraint.kind {
                // The columns say by themselves that they are the key.
                ConstraintKind::PrimaryKey { .. } => false,
                ConstraintKind::ForeignKey { columns, .. } => !columns.iter().any(|name| is_known(name)),
                _ => true,
            },
            Item::Index(_) => true,
        }
    });
    append_items(vm, table, items)
}

/// What is understood but not there yet: nothing is done silently in its place.
pub(super) fn not_yet(vm: &mut Vm, what: &str, instead: &str) -> Unwind {
    let class = vm.exceptions.not_implemented_error.clone();
    vm.error(&class, format!("{what} is not there yet; use {instead}"))
}
