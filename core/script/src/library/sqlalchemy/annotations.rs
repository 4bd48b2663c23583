//! `Mapped[…]`, and what annotations say of columns and relationships.

use std::rc::Rc;

use ormscope::types::SqlType;

use super::relationships::RelationshipObject;
use super::schema::ColumnObject;
use super::types::to_sql_type;
use super::{classes, errors, receiver};
use crate::object::{Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of `Mapped[X]`.
struct MappedAnnotation {
    inner: Object,
}

pub(super) fn mapped_class() -> Rc<Class> {
    Class::builder("Mapped")
        .module("sqlalchemy.orm.base")
        .class_method("__class_getitem__", |vm, args| {
            let inner = args.positional.get(1).cloned().unwrap_or(Object::None);
            let class = classes(vm).mapped.clone();
            Ok(Instance::native(&class, MappedAnnotation { inner }))
        })
        .build()
}

/// What stands inside `Mapped[…]`.
pub(super) fn mapped_inner(vm: &mut Vm, annotation: &Object) -> PyResult<Option<Object>> {
    if let Some(data) = annotation.native::<MappedAnnotation>() {
        return Ok(Some(data.inner.clone()));
    }
    let Object::Str(source) = annotation else { return Ok(None) };
    if !source.as_str().starts_with("Mapped") && !source.as_str().contains(".Mapped") {
        return Ok(None);
    }
    // An annotation that was kept as text names what the script has defined;
    // classes that come later stay names.
    let inside = source.as_str().split_once('[').map_or("", |(_, rest)| rest.trim_end_matches(']'));
    let module = vm.globals();
    match vm.run_source(source.as_str(), &module, true) {
        Ok(value) => match value.native::<MappedAnnotation>() {
            Some(data) => Ok(Some(data.inner.clone())),
            None => Ok(None),
        },
        Err(_) => Ok(Some(Object::str(inside))),
    }
}

/// The type and the nullability that an annotation gives a column.
pub(super) fn annotate_column(
    vm: &mut Vm,
    column: &Object,
    inner: &Object,
    has_type: bool,
    has_nullable: bool,
) -> PyResult<()> {
    let (plain, optional) = strip_optional(vm, inner)?;
    let data = receiver::<ColumnObject>(vm, column)?;
    let from_key = data.definition.borrow().type_from_foreign_key;
    if !has_type && !from_key {
        if let Some(sql_type) = python_type(vm, &plain)? {
            data.definition.borrow_mut().sql_type = sql_type;
        } else {
            let repr = vm.repr(&plain)?;
            let name = data.definition.borrow().name.clone();
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "Could not locate SQLAlchemy Core type for Python type {} inside the '{name}' attribute Mapped annotation",
                    repr.as_str()
                ),
            ));
        }
    } else if from_key && let Some(sql_type) = python_type(vm, &plain)? {
        // The annotation says it before the referred column can.
        let mut definition = data.definition.borrow_mut();
        definition.sql_type = sql_type;
    }
    if !has_nullable {
        let mut definition = data.definition.borrow_mut();
        if !definition.primary_key {
            definition.nullable = optional;
        }
    }
    Ok(())
}

/// `Optional[X]` and `X | None` without the None.
fn strip_optional(vm: &mut Vm, inner: &Object) -> PyResult<(Object, bool)> {
    if let Object::Str(text) = inner {
        let text = text.as_str().trim();
        let stripped = text.strip_prefix("Optional[").and_then(|rest| rest.strip_suffix(']'));
        let optional = stripped.is_some() || text.ends_with("| None");
        let plain = stripped.unwrap_or(text).trim_end_matches("| None").trim();
        return Ok((Object::str(plain), optional));
    }
    let Some(arguments) = vm.get_attr_opt(inner, "__args__")? else { return Ok((inner.clone(), false)) };
    let arguments = vm.collect(&arguments)?;
    let is_none = |item: &Object| {
        item.is_none() || matches!(item, Object::Class(class) if class.name().as_str() == "NoneType")
    };
    if !arguments.iter().any(is_none) {
        return Ok((inner.clone(), false));
    }
    let plain = arguments.into_iter().find(|item| !is_none(item)).unwrap_or(Object::None);
    Ok((plain, true))
}

/// The SQL type of a Python class.
fn python_type(vm: &mut Vm, object: &Object) -> PyResult<Option<SqlType>> {
    if let Some(sql_type) = to_sql_type(vm, object)? {
        return Ok(Some(sql_type));
    }
    let name = match object {
        Object::Class(class) => class.name().as_str().to_string(),
        Object::Str(name) => name.as_str().to_string(),
        _ => return Ok(None),
    };
    Ok(match name.as_str() {
        "int" => Some(SqlType::Integer),
        "str" => Some(SqlType::String { length: None }),
        "float" => Some(SqlType::Double),
        "bool" => Some(SqlType::Boolean),
        "bytes" => Some(SqlType::LargeBinary),
        "datetime" => Some(SqlType::DateTime),
        "date" => Some(SqlType::Date),
        "time" => Some(SqlType::Time),
        "Decimal" => Some(SqlType::Numeric { precision: None, scale: None }),
        "timedelta" => Some(SqlType::Interval),
        "UUID" => Some(SqlType::Uuid { as_uuid: true }),
        _ => match object {
            Object::Class(class) => {
                super::types::enum_type(vm, class)?.map(|made| SqlType::Enum(Rc::new(made)))
            }
            _ => None,
        },
    })
}

/// What `Mapped[List["Address"]]` says of a relationship.
pub(super) fn annotate_relationship(vm: &mut Vm, data: &RelationshipObject, inner: &Object) -> PyResult<()> {
    let (plain, _) = strip_optional(vm, inner)?;
    *data.collection.borrow_mut() = super::custom_collections::annotated(vm, &plain)?;
    let (target, uselist) = match &plain {
        Object::Str(text) => {
            let text = text.as_str().trim();
            let listed =
                ["List[", "list[", "Set[", "set["].iter().find_map(|prefix| text.strip_prefix(prefix));
            let name = listed.map_or(text, |rest| rest.trim_end_matches(']')).trim_matches(['"', '\'']);
            (Some(Object::str(name)), listed.is_some())
        }
        other if vm.get_attr_opt(other, "__forward_arg__")?.is_some() => {
            (vm.get_attr_opt(other, "__forward_arg__")?, false)
        }
        other => match vm.get_attr_opt(other, "__args__")? {
            Some(arguments) => {
                // A dictionary's first argument is its keys'.
                let first = vm.collect(&arguments)?.into_iter().next_back();
                let first = match first {
                    // `List["Address"]` keeps a name to be found later.
                    Some(item) => match vm.get_attr_opt(&item, "__forward_arg__")? {
                        Some(name) => Some(name),
                        None => Some(item),
                    },
                    None => None,
                };
                (first, true)
            }
            None => (Some(other.clone()), false),
        },
    };
    if data.target.borrow().is_none() {
        *data.target.borrow_mut() = target;
    }
    *data.uselist.borrow_mut() = Some(uselist);
    Ok(())
}
