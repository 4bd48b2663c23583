//! Attributes that a declared class gets after it was made.
//!
//! SQLAlchemy counterpart: `_add_attribute` and `_del_attribute`.

use std::rc::Rc;

use super::is_property;
use super::mapped_column::{MappedColumn, name_column};
use crate::library::sqlalchemy::attributes::{attribute_object, owner_of};
use crate::library::sqlalchemy::orm_events::classes::attach;
use crate::library::sqlalchemy::relationships::RelationshipObject;
use crate::library::sqlalchemy::schema::{ColumnObject, append_items, column_id};
use crate::library::sqlalchemy::{mapping, peek, properties, with_orm};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

/// `Class.attribute = value`
pub(super) fn set(vm: &mut Vm, class: &Rc<Class>, name: &str, value: &Object) -> PyResult<()> {
    if mapping::is_mapped(vm, class) && add(vm, class, name, value)? {
        return Ok(());
    }
    let name = vm.intern(name);
    class.set(name, value.clone());
    Ok(())
}

/// `del Class.attribute`
pub(super) fn delete(vm: &mut Vm, class: &Rc<Class>, name: &str) -> PyResult<()> {
    let own = class.dict.borrow().get(name).cloned();
    let Some(own) = own else {
        return Err(vm.attribute_error(&Object::Class(Rc::clone(class)), name));
    };
    if mapping::is_mapped(vm, class) && (super::is_column(&own) || owner_of(vm, &own).is_some()) {
        let message = "Can't un-map individual mapped attributes on a mapped class.";
        return Err(vm.error(&vm.exceptions.not_implemented_error.clone(), message));
    }
    class.remove(name);
    Ok(())
}

/// `add_mapped_attribute(class, name, attribute)`
pub(in crate::library::sqlalchemy) fn add_mapped_attribute(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [Object::Class(class), name, value] = &args.positional[..] else {
        return Err(vm.type_error("add_mapped_attribute() takes a class, a name and an attribute"));
    };
    let name = vm.str(name)?;
    set(vm, class, name.as_str(), value)?;
    Ok(Object::None)
}

/// Adds a column or another property to a mapped class, and says whether it is one.
pub(in crate::library::sqlalchemy) fn add(
    vm: &mut Vm,
    class: &Rc<Class>,
    name: &str,
    value: &Object,
) -> PyResult<bool> {
    let Some(mapper) = mapping::mapper_of_class(vm, class) else { return Ok(false) };
    let column = match value.native::<MappedColumn>() {
        Some(data) => Some(data.column()),
        None => value.native::<ColumnObject>().map(|_| value.clone()),
    };
    if let Some(column) = column {
        name_column(vm, &column, name)?;
        if column_id(vm, &column)?.is_none() {
            let table = peek(vm, |orm| orm.mapper(mapper).table)?;
            append_items(vm, table, vec![column.clone()])?;
        }
        let Some(id) = column_id(vm, &column)? else { return Ok(false) };
        with_orm(vm, |orm, _| {
            orm.add_column(mapper, name, id);
            Ok(())
        })?;
    } else if value.native::<RelationshipObject>().is_some() {
        with_orm(vm, |orm, _| Ok(orm.add_relationship(mapper, name, Default::default())))?;
        let library = &mut vm.library.sqlalchemy;
        library.mapped[mapper.index()].waiting.push((name.to_string(), value.clone()));
        library.new_mappers = true;
    } else if !is_property(vm, value) {
        return Ok(false);
    } else if let Some(property) = properties::read(vm, value)? {
        with_orm(vm, |orm, _| {
            orm.add_property(mapper, name, &property);
            Ok(())
        })?;
    } else {
        let own = vm.intern(name);
        class.set(own, value.clone());
        attach(vm, class, name, value)?;
        return Ok(true);
    }
    let attribute = attribute_object(vm, mapper, name);
    let name = vm.intern(name);
    class.set(name, attribute);
    Ok(true)
}
