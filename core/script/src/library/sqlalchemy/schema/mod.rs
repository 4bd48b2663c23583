//! `Column`, `Table` and what tells Python objects from ids.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.schema`.

mod column;
mod copies;
pub(super) mod defaults;
pub(super) mod names;
pub(super) mod options;
mod table;
pub(super) mod unnamed;

use std::cell::{Cell, RefCell};

use ormscope::schema;
use ormscope::sql::Kind;
use ormscope::types::{ColumnId, TableId};

use super::expressions::ExprData;
use super::peek;
use crate::builtins::Dict;
use crate::object::{Object, PyResult, PyStr};
use crate::vm::Vm;

pub(super) use column::{column_class, read_column};
pub(super) use table::{append_items, table_class};

/// The native data of a `Column`.
pub(super) struct ColumnObject {
    /// Its definition, until a table takes it.
    pub(super) definition: RefCell<schema::Column>,
    /// Its place, once a table has it.
    pub(super) id: Cell<Option<ColumnId>>,
}

/// The native data of a `Table`.
pub(super) struct TableObject {
    /// Its id.
    pub(super) id: TableId,
}

/// The Python object of a column.
pub(super) fn column_object(vm: &mut Vm, id: ColumnId) -> Object {
    vm.library.sqlalchemy.columns.get(&id).cloned().unwrap_or(Object::None)
}

/// The table column that an object is.
pub(super) fn column_id(vm: &mut Vm, object: &Object) -> PyResult<Option<ColumnId>> {
    if let Some(column) = object.native::<ColumnObject>() {
        return Ok(column.id.get());
    }
    if let Some(data) = object.native::<ExprData>()
        && let Kind::Column(column) = data.expr.kind()
    {
        return Ok(column.base);
    }
    if let Some(id) = super::declarative::mapped_column_id(vm, object)? {
        return Ok(Some(id));
    }
    super::attributes::column_of(vm, object)
}

/// The table that an object is: a `Table`, or a mapped class's.
pub(super) fn table_id(vm: &mut Vm, object: &Object) -> PyResult<Option<TableId>> {
    if let Some(table) = object.native::<TableObject>() {
        return Ok(Some(table.id));
    }
    match super::mapping::mapper_of(vm, object)? {
        Some(mapper) => Ok(Some(peek(vm, |orm| orm.mapper(mapper).table)?)),
        None => Ok(None),
    }
}

/// `item.info`: a dictionary of the program's own.
pub(super) fn info(vm: &mut Vm, object: &Object) -> PyResult<Object> {
    let Object::Instance(instance) = object else { return Ok(Object::None) };
    if let Some(found) = instance.get("_info") {
        return Ok(found);
    }
    let made = Dict::from_items(vm, Vec::new())?;
    instance.dict.borrow_mut().insert(PyStr::new("_info"), made.clone());
    Ok(made)
}

/// Where the order of a column's creation is kept.
pub(super) const CREATED: &str = "_creation_order";

/// Counts the columns that the program makes.
pub(super) fn count_creation(vm: &mut Vm, column: &Object) {
    vm.library.sqlalchemy.created += 1;
    keep(column, CREATED, Object::Int(vm.library.sqlalchemy.created));
}

/// Keeps something beside an object, where the library finds it again.
pub(super) fn keep(object: &Object, name: &str, value: Object) {
    if let Object::Instance(instance) = object {
        instance.dict.borrow_mut().insert(PyStr::new(name), value);
    }
}

/// What [`keep`] has kept.
pub(super) fn kept(object: &Object, name: &str) -> Option<Object> {
    object.as_instance().and_then(|instance| instance.get(name))
}

/// An optional text as Python has it.
pub(super) fn text_object(text: &Option<String>) -> Object {
    text.as_ref().map_or(Object::None, Object::str)
}
