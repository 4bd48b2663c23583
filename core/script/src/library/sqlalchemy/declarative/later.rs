//! Declarations that wait: for their tables to be read from the database, or for
//! the classes below to be there.
//!
//! When each is mapped is decided in Python, in `python/inheritance.py` and
//! `python/automap.py`. SQLAlchemy counterpart: `_DeferredDeclarativeConfig`.

use std::rc::Rc;

use ormscope::types::TableId;

use super::Given;
use super::collect::Collected;
use super::scan::Declaration;
use super::table::Declared;
use crate::builtins::Dict;
use crate::library::sqlalchemy::{froms, mapping, metadata, with_orm};
use crate::object::{Args, Class, NativeFn, Object, PyResult, Unwind};
use crate::vm::Vm;

/// A declaration that waits.
pub(in crate::library::sqlalchemy) struct Later {
    declaration: Declaration,
    collected: Collected,
    /// Its table; none for a class that is mapped to those of the classes below.
    declared: Option<Declared>,
}

impl Later {
    pub(super) fn new(declaration: Declaration, collected: Collected, declared: Option<Declared>) -> Later {
        Later { declaration, collected, declared }
    }

    /// Its class, where it waits for the classes below.
    pub(super) fn waits_for_classes_below(&self) -> Option<Rc<Class>> {
        waits_for_classes_below(&self.declaration.class).then(|| Rc::clone(&self.declaration.class))
    }

    /// Whether it is the declaration of that class.
    pub(super) fn is_of(&self, class: &Rc<Class>) -> bool {
        Rc::ptr_eq(&self.declaration.class, class)
    }
}

/// Whether a class waits and is a parent to classes that are declared meanwhile.
pub(super) fn is_waiting_parent(vm: &Vm, class: &Rc<Class>) -> bool {
    vm.library.sqlalchemy.later.iter().any(|later| later.is_of(class) && later.declared.is_some())
}

/// The table of a class that waits.
pub(super) fn waiting_table(vm: &Vm, class: &Rc<Class>) -> Option<TableId> {
    let found = vm.library.sqlalchemy.later.iter().find(|later| later.is_of(class))?;
    Some(found.declared.as_ref()?.table)
}

/// Whether a declaration waits for the classes below, which only its direct
/// descent from the mixin says.
pub(super) fn waits_for_classes_below(class: &Rc<Class>) -> bool {
    let name = "_sa_decl_prepare_nocascade";
    class.bases.iter().chain([class]).any(|one| one.dict.borrow().contains_key(name))
}

/// Refuses a class that waits.
pub(in crate::library::sqlalchemy) fn refuse_waiting(vm: &mut Vm, object: &Object) -> PyResult<()> {
    let Object::Class(class) = object else { return Ok(()) };
    if !vm.library.sqlalchemy.later.iter().any(|later| later.is_of(class)) {
        return Ok(());
    }
    // The mixin says what it waits for.
    vm.call_method(object, "_sa_raise_deferred_config", Vec::new())?;
    Ok(())
}

/// What Python decides with, by name.
pub(in crate::library::sqlalchemy) const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("waiting", |vm, args| {
        let class = class_argument(vm, &args)?;
        let found: Vec<(Object, Option<TableId>)> = (vm.library.sqlalchemy.later.iter())
            .filter(|later| later.declaration.class.is_subclass_of(&class))
            .map(|later| {
                let own = later.declared.as_ref().filter(|declared| !declared.shared);
                let table = own.map(|declared| declared.table);
                (Object::Class(Rc::clone(&later.declaration.class)), table)
            })
            .collect();
        let pairs = found.into_iter().map(|(class, table)| {
            let table = table.map_or(Object::None, |table| metadata::table_object(vm, table));
            Object::tuple(vec![class, table])
        });
        Ok(Object::list(pairs.collect()))
    }),
    ("properties", |vm, args| {
        let at = place(vm, &args)?;
        let all = &vm.library.sqlalchemy.later[at].collected.properties;
        let items = all.iter().map(|(name, value)| (Object::str(name), value.clone()));
        let items: Vec<(Object, Object)> = items.collect();
        Dict::from_items(vm, items)
    }),
    ("own_columns", |vm, args| {
        let at = place(vm, &args)?;
        Ok(Object::list(vm.library.sqlalchemy.later[at].collected.columns.clone()))
    }),
    ("mapper_arguments", |vm, args| {
        let class = Object::Class(class_argument(vm, &args)?);
        match vm.get_attr_opt(&class, "__mapper_args__")? {
            Some(given) => Ok(given),
            None => Dict::from_items(vm, Vec::<(Object, Object)>::new()),
        }
    }),
    ("finish", finish),
    ("set_with_polymorphic", |vm, args| {
        let (class, from) = (class_argument(vm, &args)?, args.positional.get(1).cloned());
        let from = froms::require_from(vm, &from.unwrap_or(Object::None))?;
        let mapper = mapper(vm, &class)?;
        with_orm(vm, |orm, _| {
            orm.select_polymorphic_from(mapper, from);
            Ok(())
        })?;
        Ok(Object::None)
    }),
    ("set_polymorphic_on", |vm, args| {
        let (class, column) = (class_argument(vm, &args)?, args.positional.get(1).cloned());
        let column = super::super::expressions::require_expr(vm, &column.unwrap_or(Object::None))?;
        let mapper = mapper(vm, &class)?;
        with_orm(vm, |orm, _| {
            orm.tell_classes_by(mapper, column);
            Ok(())
        })?;
        Ok(Object::None)
    }),
    ("set_concrete_base", |vm, args| {
        let class = class_argument(vm, &args)?;
        let base = args.positional.get(1).and_then(Object::as_class).cloned();
        let (own, base) = (mapper(vm, &class)?, mapper(vm, &base.unwrap_or(class))?);
        with_orm(vm, |orm, _| {
            orm.set_concrete_base(own, base);
            Ok(())
        })?;
        Ok(Object::None)
    }),
];

fn class_argument(vm: &mut Vm, args: &Args) -> PyResult<Rc<Class>> {
    match args.positional.first().and_then(Object::as_class) {
        Some(class) => Ok(Rc::clone(class)),
        None => Err(vm.type_error("a class is expected")),
    }
}

fn mapper(vm: &mut Vm, class: &Rc<Class>) -> PyResult<ormscope::types::MapperId> {
    match mapping::mapper_of_class(vm, class) {
        Some(mapper) => Ok(mapper),
        None => Err(vm.type_error(format!("class {} is not mapped", class.name().as_str()))),
    }
}

/// Where the declaration of a class waits.
fn place(vm: &mut Vm, args: &Args) -> PyResult<usize> {
    let class = class_argument(vm, args)?;
    match vm.library.sqlalchemy.later.iter().position(|later| later.is_of(&class)) {
        Some(at) => Ok(at),
        None => Err(vm.type_error(format!("class {} does not wait to be mapped", class.name().as_str()))),
    }
}

/// `finish(cls, properties, selectable, mapper_arguments)`: maps a class.
fn finish(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let at = place(vm, &args)?;
    let [_, properties, selectable, arguments] = &args.positional[..] else {
        return Err(vm.type_error("finish() takes a class, properties, a selectable and arguments"));
    };
    let mut given = Given::default();
    if !selectable.is_none() {
        given.selectable = Some(froms::require_from(vm, selectable)?);
    }
    if let Object::Dict(arguments) = arguments {
        let mut read = Vec::new();
        for (name, value) in arguments.items() {
            read.push((vm.str(&name)?.as_str().to_string(), value));
        }
        given.arguments = Some(read);
    }
    let Later { declaration, mut collected, declared } = vm.library.sqlalchemy.later.remove(at);
    if let Object::Dict(properties) = properties {
        collected.properties.clear();
        for (name, value) in properties.items() {
            let name = vm.str(&name)?.as_str().to_string();
            collected.properties.insert(name, value);
        }
    }
    declaration.map(vm, collected, declared, given)?;
    Ok(Object::None)
}

/// What is understood but not there yet: nothing is done silently in its place.
pub(super) fn not_yet(vm: &mut Vm, what: &str, instead: &str) -> Unwind {
    let class = vm.exceptions.not_implemented_error.clone();
    vm.error(&class, format!("{what} is not there yet; use {instead}"))
}
