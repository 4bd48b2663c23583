//! Declarative mapping: from a class to its table and its mapper.
//!
//! [`scan`] reads the class and its mixins, [`dataclass`] makes a dataclass of
//! it where that is asked for, [`collect`] sorts out columns and properties,
//! [`table`] makes the table; what the mapper gets is for
//! [`super::mapping`]. SQLAlchemy counterpart: `sqlalchemy.orm.decl_base`,
//! `sqlalchemy.orm.decl_api`.

pub(super) mod added;
mod annotations;
mod base;
mod collect;
mod dataclass;
mod declared_attr;
mod forms;
mod later;
mod mapped_column;
mod options;
mod registry;
mod relations;
mod scan;
mod table;
mod type_map;

use std::rc::Rc;

use super::errors;
use super::inheriting;
use super::mapping;
use super::relationships::RelationshipObject;
use super::schema::{ColumnObject, column_id};
use crate::object::{Class, Object, PyResult};
use crate::vm::Vm;
use collect::Collected;
use registry::RegistryObject;
use scan::Declaration;
use table::Declared;

pub(super) use annotations::container_classes;
pub(super) use base::{Bases, install_init};
pub(super) use dataclass::{DontSet, dataclass_classes, mapped_as_dataclass, unmapped_dataclass};
pub(super) use declared_attr::{Making, class as declared_attr_class, declarative_mixin};
pub(super) use later::{FUNCTIONS as LATER_FUNCTIONS, Later, refuse_waiting};
pub(super) use mapped_column::{
    ColumnSettings, MappedColumn, mapped_column, mapped_column_classes, unmapped_column,
};
pub(super) use registry::{as_declarative, class as registry_class, declarative_base};

/// Whether it becomes a column of the table.
fn is_column(object: &Object) -> bool {
    object.native::<ColumnObject>().is_some() || object.native::<MappedColumn>().is_some()
}

/// Whether it is a property of a mapper: `relationship()`, `column_property()`, `synonym()`, …
fn is_property(vm: &mut Vm, object: &Object) -> bool {
    if object.native::<RelationshipObject>().is_some() {
        return true;
    }
    let Object::Instance(instance) = object else { return false };
    let (class, property) = (instance.class(), super::classes(vm).mapper_property.clone());
    class.is_subclass_of(&property)
        || class.lookup("__sa_attach__").is_some()
        || matches!(
            class.module.borrow().as_str(),
            "sqlalchemy.orm.properties" | "sqlalchemy.orm.descriptor_props" | "sqlalchemy.orm.relationships"
        )
}

/// The nearest class above that is mapped, along classes that are abstract.
fn mapped_parent(vm: &mut Vm, class: &Rc<Class>) -> PyResult<Option<Rc<Class>>> {
    let mut found: Vec<Rc<Class>> = Vec::new();
    for base in &class.bases {
        let is_parent = |one: &&Rc<Class>| mapping::is_mapped(vm, one) || later::is_waiting_parent(vm, one);
        let nearest = base.mro().find(is_parent).cloned();
        if let Some(nearest) = nearest
            && !found.iter().any(|known| Rc::ptr_eq(known, &nearest))
        {
            found.push(nearest);
        }
    }
    if found.len() > 1 {
        let shown = vm.str(&Object::Class(Rc::clone(class)))?;
        let all = Object::list(found.into_iter().map(Object::Class).collect());
        let all = vm.repr(&all)?;
        let message = format!("Class {} has multiple mapped bases: {}", shown.as_str(), all.as_str());
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    Ok(found.pop())
}

/// Maps a class as its body says, unless it is abstract.
fn map_declarative(vm: &mut Vm, class: &Rc<Class>, registry: Rc<RegistryObject>) -> PyResult<()> {
    if mapping::is_mapped(vm, class) {
        let shown = vm.repr(&Object::Class(Rc::clone(class)))?;
        let message = format!("Class {} already has been instrumented declaratively", shown.as_str());
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    let flag = class.dict.borrow().get("__abstract__").cloned();
    if let Some(flag) = flag
        && vm.truthy(&flag)?
    {
        return Ok(());
    }
    vm.library.sqlalchemy.making.push(Making { class: Rc::clone(class), made: Vec::new() });
    let result = declare(vm, class, registry);
    vm.library.sqlalchemy.making.retain(|making| !Rc::ptr_eq(&making.class, class));
    result
}

fn declare(vm: &mut Vm, class: &Rc<Class>, registry: Rc<RegistryObject>) -> PyResult<()> {
    let mut declaration = Declaration::new(vm, class, registry)?;
    declaration.scan(vm)?;
    declaration.become_dataclass(vm, true)?;
    let collected = declaration.collect(vm)?;
    let waits = later::waits_for_classes_below(class);
    if waits && declaration.tablename.is_none() && !declaration.body.contains_key("__table__") {
        // It is mapped to the tables of the classes below.
        vm.library.sqlalchemy.later.push(Later::new(declaration, collected, None));
        vm.library.sqlalchemy.new_mappers = true;
        return Ok(());
    }
    let declared = declaration.make_table(vm, &collected)?;
    if waits || class.lookup("_sa_decl_prepare").is_some() {
        // The rest of its table is reflected later.
        declaration.show_table(vm, &declared);
        vm.library.sqlalchemy.later.push(Later::new(declaration, collected, Some(declared)));
        return Ok(());
    }
    declaration.map(vm, collected, Some(declared), Given::default())
}

/// What a class that had to wait is mapped with in the end.
#[derive(Default)]
struct Given {
    /// What it selects from, in the place of a table.
    selectable: Option<ormscope::sql::From>,
    /// The arguments of its mapper, in the place of `__mapper_args__`.
    arguments: Option<Vec<(String, Object)>>,
}

impl Declaration {
    /// Gives the class its table as `__table__`.
    fn show_table(&self, vm: &mut Vm, declared: &Declared) {
        let table = super::metadata::table_object(vm, declared.table);
        let name = vm.intern("__table__");
        if !declared.shared && !self.body.contains_key("__table__") || self.has_table_function {
            self.class.set(name, table);
        }
    }

    /// Hands the class to the mapper.
    fn map(
        self,
        vm: &mut Vm,
        collected: Collected,
        declared: Option<Declared>,
        given: Given,
    ) -> PyResult<()> {
        if let Some(declared) = &declared {
            self.show_table(vm, declared);
        }
        let mapper_args = match given.arguments {
            Some(arguments) => arguments,
            None => self.mapper_args(vm)?,
        };
        if !collected.unmapped.is_empty() {
            return Err(later::not_yet(vm, "unmapped_column()", "mapped_column()"));
        }
        let mut properties: Vec<(String, Object)> = collected.properties.into_iter().collect();
        if let Some(more) = mapper_args.iter().find(|(name, _)| name == "properties")
            && let Object::Dict(more) = &more.1
        {
            for (name, value) in more.items() {
                let name = vm.str(&name)?.as_str().to_string();
                properties.retain(|(known, _)| *known != name);
                properties.push((name, value));
            }
        }
        install_init(vm, &self.class, Some(self.registry.constructor.clone()));
        let names = Rc::clone(&self.registry.names);
        warn_of_namesake(vm, &names, &self.class)?;
        let parent = declared.as_ref().and_then(|declared| declared.parent.as_ref());
        let parent = parent.and_then(|parent| mapping::mapper_of_class(vm, parent));
        let mut own = Vec::new();
        for column in &collected.columns {
            let key = vm.get_attr(column, "key")?;
            own.push(vm.str(&key)?.as_str().to_string());
        }
        let table = declared.filter(|declared| !declared.shared).map(|declared| declared.table);
        let mut settings = inheriting::settings(vm, table, parent, mapper_args, &own)?;
        if let Some(selectable) = given.selectable {
            settings.table = Some(selectable);
        }
        let mapper = mapping::map_class(vm, &self.class, settings, names, properties)?;
        for (key, column) in &collected.settings {
            if column.is_deferred() || column.active_history {
                super::with_orm(vm, |orm, _| {
                    orm.change_attribute(mapper, key, |attribute| {
                        attribute.deferred = column.is_deferred();
                        attribute.group = column.group.as_deref().map(Rc::from);
                        attribute.raiseload = column.raiseload == Some(true);
                        attribute.active_history = column.active_history;
                    });
                    Ok(())
                })?;
            }
        }
        mapping::settle_columns(vm, mapper, collected.settings);
        Ok(())
    }

    /// `__mapper_args__`, with this class's columns in the place of its mixins'.
    fn mapper_args(&self, vm: &mut Vm) -> PyResult<Vec<(String, Object)>> {
        if !self.has_mapper_args {
            return Ok(Vec::new());
        }
        let given = vm.get_attr(&Object::Class(Rc::clone(&self.class)), "__mapper_args__")?;
        let items = vm.call_method(&given, "items", Vec::new())?;
        let mut found = Vec::new();
        for item in vm.collect(&items)? {
            let [name, value] = &vm.collect(&item)?[..] else { continue };
            let name = vm.str(name)?.as_str().to_string();
            let value = match name.as_str() {
                "version_id_col" | "polymorphic_on" => self.copy_of(value),
                "primary_key" => {
                    let mut columns = Vec::new();
                    for column in super::arguments::items(vm, value)? {
                        columns.push(self.copy_of(&column));
                    }
                    Object::list(columns)
                }
                _ => value.clone(),
            };
            found.push((name, value));
        }
        Ok(found)
    }
}

/// Calls `__declare_first__()` or `__declare_last__()` of the mapped classes that have it.
pub(super) fn tell_classes(vm: &mut Vm, method: &str) -> PyResult<()> {
    let library = &vm.library.sqlalchemy;
    // Classes that wait for those below are mapped by what they are told here.
    let waiting: Vec<Rc<Class>> = library.later.iter().filter_map(Later::waits_for_classes_below).collect();
    let all: Vec<Rc<Class>> = library.mapped.iter().map(|mapped| Rc::clone(&mapped.class)).collect();
    for class in waiting {
        if class.lookup(method).is_some() {
            vm.call_method(&Object::Class(class), method, Vec::new())?;
        }
    }
    for class in all {
        // A mapped parent's is its own; that of its mixins is everybody's.
        let mut own = class.mro().filter(|one| Rc::ptr_eq(one, &class) || !mapping::is_mapped(vm, one));
        let has = own.any(|one| one.dict.borrow().contains_key(method));
        if has && mapping::is_mapped(vm, &class) {
            vm.call_method(&Object::Class(Rc::clone(&class)), method, Vec::new())?;
        }
    }
    Ok(())
}

/// Warns of another class of that name and module.
fn warn_of_namesake(vm: &mut Vm, names: &Rc<mapping::ClassNames>, class: &Rc<Class>) -> PyResult<()> {
    let (name, module) = (class.name(), class.module.borrow().clone());
    let known = names.classes.borrow().iter().any(|(known, other)| {
        known == name.as_str() && *other.module.borrow() == module && mapping::is_mapped(vm, other)
    });
    if !known {
        return Ok(());
    }
    let message = format!(
        "This declarative base already contains a class with the same class name and module name as {}.{}, and will be replaced in the string-lookup table.",
        module.as_str(),
        name.as_str()
    );
    errors::warn(vm, &message)
}

/// The column that a `mapped_column()` is about, once a table has it.
pub(super) fn mapped_column_id(vm: &mut Vm, object: &Object) -> PyResult<Option<ormscope::types::ColumnId>> {
    match object.native::<MappedColumn>() {
        Some(data) => column_id(vm, &data.column()),
        None => Ok(None),
    }
}

/// `has_inherited_table(class)`
pub(super) fn has_inherited_table(vm: &mut Vm, args: crate::object::Args) -> PyResult<Object> {
    let Some(Object::Class(class)) = args.positional.first().cloned() else {
        return Err(vm.type_error("has_inherited_table() missing 1 required positional argument: 'cls'"));
    };
    for base in class.mro().skip(1).cloned().collect::<Vec<_>>() {
        if let Some(table) = vm.get_attr_opt(&Object::Class(base), "__table__")?
            && !table.is_none()
        {
            return Ok(Object::Bool(true));
        }
    }
    Ok(Object::Bool(false))
}

pub(super) use added::add_mapped_attribute;
