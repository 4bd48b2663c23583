//! `ForeignKey`: a column's reference to another.

use std::cell::Cell;
use std::rc::Rc;

use ormscope::schema::{ConstraintKind, ForeignKey, Unresolved};
use ormscope::types::ColumnId;

use super::arguments::Arguments;
use super::constraints::{checking, name_option, rules};
use super::schema::options::read_options;
use super::schema::{ColumnObject, column_id, column_object, info, keep, text_object};
use super::{classes, errors, peek, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult, Unwind};
use crate::vm::Vm;

/// The native data of a `ForeignKey`.
pub(super) struct ForeignKeyObject {
    pub(super) key: ForeignKey,
    /// The column that has it, once a table has that.
    pub(super) parent: Cell<Option<ColumnId>>,
}

pub(super) fn foreign_key_class() -> Rc<Class> {
    Class::builder("ForeignKey")
        .module("sqlalchemy.sql.schema")
        .method("__new__", new_foreign_key)
        .method("__init__", |_, _| Ok(Object::None))
        .method("__repr__", |vm, args| {
            Ok(Object::str(receiver::<ForeignKeyObject>(vm, &args.positional[0])?.key.repr()))
        })
        .getter("target_fullname", |vm, args| {
            Ok(Object::str(&receiver::<ForeignKeyObject>(vm, &args.positional[0])?.key.target))
        })
        .getter("name", |vm, args| {
            Ok(text_object(&receiver::<ForeignKeyObject>(vm, &args.positional[0])?.key.name))
        })
        .getter("ondelete", |vm, args| {
            Ok(text_object(&receiver::<ForeignKeyObject>(vm, &args.positional[0])?.key.rules.on_delete))
        })
        .getter("onupdate", |vm, args| {
            Ok(text_object(&receiver::<ForeignKeyObject>(vm, &args.positional[0])?.key.rules.on_update))
        })
        .getter("use_alter", |vm, args| {
            Ok(receiver::<ForeignKeyObject>(vm, &args.positional[0])?.key.rules.use_alter.into())
        })
        .getter("parent", |vm, args| {
            let parent = receiver::<ForeignKeyObject>(vm, &args.positional[0])?.parent.get();
            Ok(parent.map_or(Object::None, |id| column_object(vm, id)))
        })
        .getter("constraint", |vm, args| {
            let own = receiver::<ForeignKeyObject>(vm, &args.positional[0])?;
            let Some(parent) = own.parent.get() else { return Ok(Object::None) };
            let key = peek(vm, |orm| orm.schema.column(parent).key.clone())?;
            let at = peek(vm, |orm| {
                orm.schema.table(parent.table).constraints.iter().position(|constraint| {
                    matches!(&constraint.kind, ConstraintKind::ForeignKey { columns, targets, .. }
                    if columns.iter().zip(targets).any(|(column, target)| {
                        *column == key && target.target == own.key.target
                    }))
                })
            })?;
            match at {
                Some(at) => super::constraints::object_at(vm, parent.table, at),
                None => Ok(Object::None),
            }
        })
        .getter("deferrable", |vm, args| {
            let own = receiver::<ForeignKeyObject>(vm, &args.positional[0])?;
            Ok(own.key.checking.deferrable.map_or(Object::None, Object::Bool))
        })
        .getter("initially", |vm, args| {
            Ok(text_object(&receiver::<ForeignKeyObject>(vm, &args.positional[0])?.key.checking.initially))
        })
        .getter("match", |vm, args| {
            Ok(text_object(&receiver::<ForeignKeyObject>(vm, &args.positional[0])?.key.rules.match_))
        })
        .getter("info", |vm, args| info(vm, &args.positional[0]))
        .getter("column", |vm, args| {
            let own = receiver::<ForeignKeyObject>(vm, &args.positional[0])?;
            let Some(parent) = own.parent.get() else {
                return Err(errors::error(
                    vm,
                    "InvalidRequestError",
                    "this ForeignKey object does not yet have a parent Column associated with it.",
                ));
            };
            let target = peek(vm, |orm| orm.schema.resolve(parent.table, &own.key))?;
            match target {
                Ok(id) => Ok(column_object(vm, id)),
                Err(unresolved) => {
                    let (table, name) = peek(vm, |orm| {
                        (orm.schema.table(parent.table).key(), orm.schema.column(parent).name.clone())
                    })?;
                    Err(unresolved_error(vm, &unresolved, &own.key.target, &table, &name))
                }
            }
        })
        .method("references", |vm, args| {
            let own = receiver::<ForeignKeyObject>(vm, &args.positional[0])?;
            let table = super::schema::table_id(vm, &args.positional[1])?;
            let Some(parent) = own.parent.get() else { return Ok(Object::Bool(false)) };
            let target = peek(vm, |orm| orm.schema.resolve(parent.table, &own.key).ok())?;
            Ok(Object::Bool(target.is_some_and(|id| Some(id.table) == table)))
        })
        .build()
}

fn unresolved_error(vm: &mut Vm, unresolved: &Unresolved, target: &str, table: &str, column: &str) -> Unwind {
    match unresolved {
        Unresolved::Table(missing) => errors::error(
            vm,
            "NoReferencedTableError",
            format!(
                "Foreign key associated with column '{table}.{column}' could not find table '{missing}' with which to generate a foreign key to target column '{}'",
                target.rsplit('.').next().unwrap_or_default()
            ),
        ),
        Unresolved::Column { table: missing, column: wanted } => errors::error(
            vm,
            "NoReferencedColumnError",
            format!(
                "Could not initialize target column for ForeignKey '{target}' on table '{table}': table '{missing}' has no column named '{wanted}'"
            ),
        ),
    }
}

/// What a foreign key refers to: a name, or a column.
pub(super) fn target(vm: &mut Vm, object: &Object) -> PyResult<ForeignKey> {
    let mut key = ForeignKey::default();
    match object {
        Object::Str(text) => key.target = text.as_str().to_string(),
        other => match column_id(vm, other)? {
            Some(id) => {
                key.column = Some(id);
                key.target = peek(vm, |orm| {
                    format!("{}.{}", orm.schema.table(id.table).key(), orm.schema.column(id).key)
                })?;
            }
            None => {
                let repr = vm.repr(other)?;
                return Err(errors::error(
                    vm,
                    "ArgumentError",
                    format!(
                        "String column name or Column object for DDL foreign key constraint expected, got {}.",
                        repr.as_str()
                    ),
                ));
            }
        },
    }
    Ok(key)
}

fn new_foreign_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("ForeignKey", args);
    let receiver = args.receiver();
    let column = args.require(vm, "column")?;
    let mut key = target(vm, &column)?;
    let mut _conventional = false;
    key.name = name_option(vm, &mut args, &mut _conventional)?;
    key.rules = rules(vm, &mut args)?;
    key.checking = checking(&mut args);
    let own_info = args.keyword("info");
    for ignored in ["link_to_name", "comment", "_constraint"] {
        args.keyword(ignored);
    }
    read_options(vm, &mut args, "ForeignKey")?;
    let Some(class) = receiver.as_class() else { return Ok(Object::None) };
    let made = Instance::native(class, ForeignKeyObject { key, parent: Cell::new(None) });
    if let Some(own_info) = own_info {
        keep(&made, "_info", own_info);
    }
    Ok(made)
}

/// `column.foreign_keys`
pub(super) fn foreign_key_objects(vm: &mut Vm, column: &Object) -> PyResult<Vec<Object>> {
    let class = classes(vm).foreign_key.clone();
    let own = receiver::<ColumnObject>(vm, column)?;
    let Some(id) = own.id.get() else {
        let keys = own.definition.borrow().foreign_keys.clone();
        return Ok(keys
            .into_iter()
            .map(|key| Instance::native(&class, ForeignKeyObject { key, parent: Cell::new(None) }))
            .collect());
    };
    let keys = peek(vm, |orm| {
        let table = orm.schema.table(id.table);
        let own_key = &table.columns[id.index as usize].key;
        let mut keys = Vec::new();
        for constraint in &table.constraints {
            if let ConstraintKind::ForeignKey { columns, targets, rules } = &constraint.kind {
                for (column, target) in columns.iter().zip(targets) {
                    if column == own_key {
                        let name = constraint.name.clone();
                        keys.push(ForeignKey { rules: rules.clone(), name, ..target.clone() });
                    }
                }
            }
        }
        keys
    })?;
    Ok(keys
        .into_iter()
        .map(|key| Instance::native(&class, ForeignKeyObject { key, parent: Cell::new(Some(id)) }))
        .collect())
}
