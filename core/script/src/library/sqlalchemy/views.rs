//! `CreateView`, `CreateTableAs`, `DropView`: tables that are made of a statement.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.ddl`.

use std::rc::Rc;

use ormscope::schema::MadeOf;
use ormscope::sql::Ddl;

use super::arguments::Arguments;
use super::ddl::DdlObject;
use super::schema::{keep, table_id};
use super::statements::to_statement;
use super::{classes, errors, with_orm};
use crate::object::{Args, Instance, Object, PyResult};
use crate::vm::Vm;

/// `CreateView(selectable, name, …)`, `CreateTableAs(selectable, name, …)`
pub(super) fn new_statement(vm: &mut Vm, args: Args, view: bool) -> PyResult<Object> {
    let mut args = Arguments::new(if view { "CreateView" } else { "CreateTableAs" }, args);
    let receiver = args.receiver();
    let selectable = args.require(vm, "selectable")?;
    let name = args.require(vm, if view { "view_name" } else { "table_name" })?;
    made(vm, receiver, selectable, name, args, view)
}

/// `select.into(name, …)`
pub(super) fn into(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("into", args);
    let selectable = args.receiver();
    let name = args.require(vm, "target")?;
    let class = Object::Class(classes(vm).ddl.get("CreateTableAs"));
    made(vm, class, selectable, name, args, false)
}

fn made(
    vm: &mut Vm,
    class: Object,
    selectable: Object,
    name: Object,
    mut args: Arguments,
    view: bool,
) -> PyResult<Object> {
    let own = classes(vm);
    let metadata = match args.keyword("metadata").filter(|given| !given.is_none()) {
        Some(metadata) => metadata,
        None => vm.call(&Object::Class(own.metadata.clone()), Args::default())?,
    };
    let schema = args.keyword("schema").unwrap_or(Object::None);
    let temporary = args.flag(vm, "temporary", false)?;
    let if_not_exists = args.flag(vm, "if_not_exists", false)? && !view;
    let materialized = view && args.flag(vm, "materialized", false)?;
    let or_replace = view && args.flag(vm, "or_replace", false)?;
    let with = if view { args.keyword("postgresql_with") } else { None };
    args.finish(vm)?;
    let selectable = match table_id(vm, &selectable)? {
        Some(_) => vm.call_method(&selectable, "select", Vec::new())?,
        None => selectable,
    };
    let Some(select) = to_statement(vm, &selectable)? else {
        let repr = vm.repr(&selectable)?;
        let message =
            format!("SELECT statement or equivalent textual object expected, got {}.", repr.as_str());
        return Err(errors::error(vm, "ArgumentError", message));
    };
    let columns = vm.get_attr(&selectable, "exported_columns")?;
    let mut positional = vec![name, metadata.clone()];
    for column in vm.collect(&columns)? {
        let parts = vec![vm.get_attr(&column, "name")?, vm.get_attr(&column, "type")?];
        positional.push(vm.call(&Object::Class(own.column.clone()), Args::positional(parts))?);
    }
    let keyword = vec![(vm.intern("schema"), schema)];
    let table = vm.call(&Object::Class(own.table.clone()), Args { positional, keyword })?;
    let Some(id) = table_id(vm, &table)? else { return Ok(Object::None) };
    let with = match with.filter(|given| !given.is_none()) {
        Some(given) => read_with(vm, &given)?,
        None => Vec::new(),
    };
    let made_of = MadeOf { select, view, materialized, or_replace, temporary, if_not_exists, with };
    with_orm(vm, |orm, _| {
        orm.schema.table_mut(id).made_of = Some(Rc::new(made_of));
        Ok(())
    })?;
    let Some(class) = class.as_class() else { return Ok(Object::None) };
    let object = Instance::native(class, DdlObject { ddl: Ddl::CreateFromSelect(id) });
    for (name, value) in [
        ("element", table.clone()),
        ("table", table),
        ("selectable", selectable),
        ("metadata", metadata),
        ("temporary", Object::Bool(temporary)),
        ("if_not_exists", Object::Bool(if_not_exists)),
    ] {
        keep(&object, name, value);
    }
    if view {
        keep(&object, "materialized", Object::Bool(materialized));
        keep(&object, "or_replace", Object::Bool(or_replace));
    }
    Ok(object)
}

/// `postgresql_with={"name": value}`
fn read_with(vm: &mut Vm, given: &Object) -> PyResult<Vec<(String, String)>> {
    let items = vm.call_method(given, "items", Vec::new())?;
    let mut with = Vec::new();
    for item in vm.collect(&items)? {
        if let [name, value] = &vm.collect(&item)?[..] {
            let value = match value {
                Object::None => String::new(),
                Object::Bool(value) => value.to_string(),
                other => vm.str(other)?.as_str().to_string(),
            };
            with.push((vm.str(name)?.as_str().to_string(), value));
        }
    }
    Ok(with)
}

/// `DropView(table, …)`
pub(super) fn new_drop(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("DropView", args);
    let receiver = args.receiver();
    let element = args.require(vm, "element")?;
    let if_exists = args.flag(vm, "if_exists", false)?;
    let materialized = args.flag(vm, "materialized", false)?;
    args.finish(vm)?;
    let Some(table) = table_id(vm, &element)? else {
        return Err(vm.attribute_error(&element, "columns"));
    };
    let Some(class) = receiver.as_class() else { return Ok(Object::None) };
    let ddl = Ddl::DropView { table, if_exists, materialized };
    let object = Instance::native(class, DdlObject { ddl });
    keep(&object, "element", element);
    keep(&object, "materialized", Object::Bool(materialized));
    Ok(object)
}
