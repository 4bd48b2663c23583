//! Declarative classes that inherit from mapped classes: what their mapper is told.
//!
//! SQLAlchemy counterpart: `_prepare_mapper_arguments` of `sqlalchemy.orm.decl_base`.

use ormscope::orm::MapperSettings;
use ormscope::sql::From;
use ormscope::types::{MapperId, TableId};

use super::{peek, properties};
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// What a declarative class's mapper is told: its table, its parent, and its
/// `__mapper_args__`.
pub(super) fn settings(
    vm: &mut Vm,
    table: Option<TableId>,
    parent: Option<MapperId>,
    arguments: Vec<(String, Object)>,
    own_columns: &[String],
) -> PyResult<MapperSettings> {
    let mut settings =
        MapperSettings { table: table.map(From::Table), inherits: parent, ..Default::default() };
    let mut named = Vec::new();
    for (name, value) in arguments {
        named.push((vm.intern(&name), value));
    }
    properties::mapper_arguments(vm, &mut settings, named)?;
    if let Some(parent) = settings.inherits.filter(|_| !settings.concrete) {
        // Columns of the parent's table that belong to other classes.
        let others = peek(vm, |orm| {
            let mapper = orm.mapper(parent);
            let columns = mapper.local.columns(&orm.schema).into_iter();
            let foreign =
                columns.filter(|column| column.base.is_some_and(|id| mapper.attribute_of(id).is_none()));
            foreign.map(|column| column.key.to_string()).collect::<Vec<_>>()
        })?;
        settings.exclude.extend(others.into_iter().filter(|name| !own_columns.contains(name)));
    }
    Ok(settings)
}
