//! `ForeignKey`, table-level constraints, and `Index`.

use std::cell::Cell;
use std::rc::Rc;

use ormscope::schema::{Constraint, ForeignKey, Index};
use ormscope::types::ColumnId;

use super::arguments::Arguments;
use super::schema::{column_id, column_object};
use super::{classes, errors, peek, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a `ForeignKey`.
pub(super) struct ForeignKeyObject {
    pub(super) key: ForeignKey,
    /// The column that has it, once a table has that.
    parent: Cell<Option<ColumnId>>,
}

/// The native data of a table-level constraint or index.
pub(super) enum TableItem {
    /// A constraint.
    Constraint(Constraint),
    /// An index.
    Index(Index),
}

pub(super) fn foreign_key_class() -> Rc<Class> {
    Class::builder("ForeignKey")
        .module("sqlalchemy.sql.schema")
        .method("__new__", new_foreign_key)
        .method("__init__", |_, _| Ok(Object::None))
        .method("__repr__", |vm, args| {
            let key = receiver::<ForeignKeyObject>(vm, &args.positional[0])?;
            Ok(Object::str(format!("ForeignKey({})", ormscope::types::python_str(&key.key.target))))
        })
        .getter("target_fullname", |vm, args| {
            Ok(Object::str(&receiver::<ForeignKeyObject>(vm, &args.positional[0])?.key.target))
        })
        .getter("parent", |vm, args| {
            let parent = receiver::<ForeignKeyObject>(vm, &args.positional[0])?.parent.get();
            Ok(parent.map_or(Object::None, |id| column_object(vm, id)))
        })
        .getter("column", |vm, args| {
            let own = receiver::<ForeignKeyObject>(vm, &args.positional[0])?;
            let Some(parent) = own.parent.get() else { return Ok(Object::None) };
            let target = peek(vm, |orm| orm.schema.resolve(parent.table, &own.key).ok())?;
            Ok(target.map_or(Object::None, |id| column_object(vm, id)))
        })
        .build()
}

fn new_foreign_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("ForeignKey", args);
    let receiver = args.receiver();
    let target = args.require(vm, "column")?;
    let mut key = ForeignKey::default();
    match &target {
        Object::Str(text) => key.target = text.as_str().to_string(),
        other => match column_id(vm, other)? {
            Some(id) => {
                key.column = Some(id);
                key.target = peek(vm, |orm| {
                    format!("{}.{}", orm.schema.table(id.table).key(), orm.schema.column(id).name)
                })?;
            }
            None => {
                return Err(errors::error(
                    vm,
                    "ArgumentError",
                    "ForeignKey() takes 'table.column' or a Column that is part of a Table",
                ));
            }
        },
    }
    key.on_delete = text_option(&mut args, "ondelete");
    key.on_update = text_option(&mut args, "onupdate");
    key.name = text_option(&mut args, "name");
    let Some(class) = receiver.as_class() else { return Ok(Object::None) };
    Ok(Instance::native(class, ForeignKeyObject { key, parent: Cell::new(None) }))
}

pub(super) fn text_option(args: &mut Arguments, name: &str) -> Option<String> {
    match args.keyword(name) {
        Some(Object::Str(text)) => Some(text.as_str().to_string()),
        _ => None,
    }
}

/// The classes of table-level constraints and indexes.
pub(super) fn item_class(name: &'static str) -> Rc<Class> {
    let new: crate::object::NativeFn = match name {
        "UniqueConstraint" => |vm, args| new_item(vm, args, "UniqueConstraint"),
        "PrimaryKeyConstraint" => |vm, args| new_item(vm, args, "PrimaryKeyConstraint"),
        "CheckConstraint" => |vm, args| new_item(vm, args, "CheckConstraint"),
        "ForeignKeyConstraint" => |vm, args| new_item(vm, args, "ForeignKeyConstraint"),
        _ => |vm, args| new_item(vm, args, "Index"),
    };
    Class::builder(name)
        .module("sqlalchemy.sql.schema")
        .method("__new__", new)
        .method("__init__", |_, _| Ok(Object::None))
        .getter("name", |vm, args| {
            Ok(match &*receiver::<TableItem>(vm, &args.positional[0])? {
                TableItem::Index(index) => Object::str(&index.name),
                TableItem::Constraint(
                    Constraint::PrimaryKey { name, .. }
                    | Constraint::Unique { name, .. }
                    | Constraint::Check { name, .. }
                    | Constraint::ForeignKey { options: ForeignKey { name, .. }, .. },
                ) => name.as_ref().map_or(Object::None, Object::str),
            })
        })
        .build()
}

fn new_item(vm: &mut Vm, args: Args, kind: &'static str) -> PyResult<Object> {
    let mut args = Arguments::new(kind, args);
    let receiver = args.receiver();
    let name = text_option(&mut args, "name");
    let item = match kind {
        "CheckConstraint" => {
            let text = args.require(vm, "sqltext")?;
            let text = super::expressions::to_text(vm, &text)?;
            TableItem::Constraint(Constraint::Check { name, text })
        }
        "ForeignKeyConstraint" => {
            let columns = args.require(vm, "columns")?;
            let targets = args.require(vm, "refcolumns")?;
            let options = ForeignKey {
                on_delete: text_option(&mut args, "ondelete"),
                on_update: text_option(&mut args, "onupdate"),
                name,
                ..ForeignKey::default()
            };
            let targets =
                vm.collect(&targets)?.iter().filter_map(Object::as_str).map(str::to_string).collect();
            let columns = vm.collect(&columns)?;
            TableItem::Constraint(Constraint::ForeignKey {
                columns: column_keys(vm, columns)?,
                targets,
                options,
            })
        }
        "Index" => {
            let name = match args.next() {
                Some(Object::Str(name)) => name.as_str().to_string(),
                _ => String::new(),
            };
            let unique = args.flag(vm, "unique", false)?;
            let columns = args.rest();
            TableItem::Index(Index { name, columns: column_keys(vm, columns)?, unique })
        }
        _ => {
            let columns = args.rest();
            let columns = column_keys(vm, columns)?;
            TableItem::Constraint(match kind {
                "UniqueConstraint" => Constraint::Unique { name, columns },
                _ => Constraint::PrimaryKey { name, columns },
            })
        }
    };
    let Some(class) = receiver.as_class() else { return Ok(Object::None) };
    Ok(Instance::native(class, item))
}

fn column_keys(vm: &mut Vm, columns: Vec<Object>) -> PyResult<Vec<String>> {
    let mut keys = Vec::new();
    for column in columns {
        keys.push(match &column {
            Object::Str(name) => name.as_str().to_string(),
            other => {
                let key = vm.get_attr(other, "key")?;
                vm.str(&key)?.as_str().to_string()
            }
        });
    }
    Ok(keys)
}

pub(super) fn foreign_key_objects(vm: &mut Vm, id: ColumnId) -> PyResult<Vec<Object>> {
    let keys = peek(vm, |orm| orm.schema.column(id).foreign_keys.clone())?;
    let class = classes(vm).foreign_key.clone();
    Ok(keys
        .into_iter()
        .map(|key| Instance::native(&class, ForeignKeyObject { key, parent: Cell::new(Some(id)) }))
        .collect())
}
