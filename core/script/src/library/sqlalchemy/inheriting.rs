//! Declarative classes that inherit from mapped classes: which table they get,
//! which columns they add to their parent's, and what `__mapper_args__` says.
//!
//! SQLAlchemy counterpart: the parts of `sqlalchemy.orm.decl_base` on inheritance.

use std::rc::Rc;

use ormscope::orm::MapperSettings;
use ormscope::sql::From;
use ormscope::types::{MapperId, TableId};

use super::{errors, mapping, metadata, peek, properties, schema};
use crate::object::{Class, Name, Object, PyResult};
use crate::vm::Vm;

/// The mapper of the class that a class inherits from.
pub(super) fn parent(vm: &mut Vm, class: &Rc<Class>) -> Option<MapperId> {
    class.bases.iter().find_map(|base| mapping::mapper_of_class(vm, base))
}

/// An attribute of a class or of its unmapped ancestors: those of mapped ones
/// are theirs alone.
pub(super) fn own_attribute(vm: &Vm, class: &Rc<Class>, name: &str) -> Option<Object> {
    let sources = class.mro().filter(|source| {
        Rc::ptr_eq(source, class) || !is_mapped_itself(vm, source)
    });
    let mut found = sources.filter_map(|source| source.dict.borrow().get(name).cloned());
    found.next()
}

fn is_mapped_itself(vm: &Vm, class: &Rc<Class>) -> bool {
    mapping::mapper_of_class(vm, class)
        .is_some_and(|id| Rc::ptr_eq(&vm.library.sqlalchemy.mapped[id.index()].class, class))
}

/// Adds the columns of a class without a table of its own to its parent's.
pub(super) fn add_columns(
    vm: &mut Vm,
    class: &Rc<Class>,
    parent: MapperId,
    columns: &[(String, Object)],
) -> PyResult<()> {
    let table = peek(vm, |orm| orm.mapper(parent).table)?;
    if columns.is_empty() {
        return Ok(());
    }
    let table_object = metadata::table_object(vm, table);
    for (name, column) in columns {
        let (key, is_key) = match column.native::<schema::ColumnObject>() {
            Some(data) => {
                let definition = data.definition.borrow();
                let key = if definition.name.is_empty() { name.clone() } else { definition.name.clone() };
                (key, definition.primary_key)
            }
            None => (name.clone(), false),
        };
        if is_key {
            let message = "Can't place primary key columns on an inherited class with no table.";
            return Err(errors::error(vm, "ArgumentError", message));
        }
        let taken = peek(vm, |orm| orm.schema.table(table).named_column(&key).is_some())?;
        if taken {
            let (own, table) = (class.name(), peek(vm, |orm| orm.schema.table(table).name.clone())?);
            let message = format!(
                "Column '{key}' on class {} conflicts with existing column '{table}.{key}'.  If using Declarative, consider using the use_existing_column parameter of mapped_column() to resolve conflicts.",
                own.as_str()
            );
            return Err(errors::error(vm, "ArgumentError", message));
        }
        vm.call_method(&table_object, "append_column", vec![column.clone()])?;
    }
    Ok(())
}

/// What a declarative class's mapper is told: its table, its parent, and its
/// `__mapper_args__`.
pub(super) fn settings(
    vm: &mut Vm,
    class: &Rc<Class>,
    table: Option<TableId>,
    parent: Option<MapperId>,
    own_columns: &[String],
) -> PyResult<MapperSettings> {
    let mut settings = MapperSettings { table: table.map(From::Table), inherits: parent, ..Default::default() };
    if let Some(given) = own_attribute(vm, class, "__mapper_args__") {
        let given = match &given {
            Object::Dict(_) => given,
            // A mixin may compute them: `@declared_attr`.
            _ => vm.get_attr(&Object::Class(Rc::clone(class)), "__mapper_args__")?,
        };
        let mut arguments: Vec<(Name, Object)> = Vec::new();
        let items = vm.call_method(&given, "items", Vec::new())?;
        for item in vm.collect(&items)? {
            if let [name, value] = &vm.collect(&item)?[..] {
                let name = vm.str(name)?;
                arguments.push((vm.intern(name.as_str()), value.clone()));
            }
        }
        properties::mapper_arguments(vm, &mut settings, arguments)?;
    }
    if let Some(parent) = settings.inherits.filter(|_| !settings.concrete) {
        // Columns of the parent's table that belong to other classes.
        let others = peek(vm, |orm| {
            let mapper = orm.mapper(parent);
            let columns = mapper.local.columns(&orm.schema).into_iter();
            let foreign = columns.filter(|column| column.base.is_some_and(|id| mapper.attribute_of(id).is_none()));
            foreign.map(|column| column.key.to_string()).collect::<Vec<_>>()
        })?;
        settings.exclude.extend(others.into_iter().filter(|name| !own_columns.contains(name)));
    }
    Ok(settings)
}
