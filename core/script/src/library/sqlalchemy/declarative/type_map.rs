//! Which SQL type a Python type stands for: `type_annotation_map` and the
//! types that are known by themselves.
//!
//! SQLAlchemy counterpart: `registry._resolve_type`, `_type_map`.

use std::rc::Rc;

use ormscope::types::SqlType;

use super::forms::{self, Form, form};
use crate::builtins::Dict;
use crate::library::sqlalchemy::schema::kept;
use crate::library::sqlalchemy::types::{TypeData, enum_type, type_object};
use crate::library::sqlalchemy::{classes, errors};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

/// What a column's annotation was found to be.
pub(super) struct Candidates {
    /// `TypeAliasType`, where it is one.
    pub(super) alias: Option<Object>,
    /// The annotation without `None`, or what the alias stands for.
    pub(super) plain: Object,
    /// What is inside of `Annotated`.
    pub(super) annotated: Option<Object>,
}

/// The type object for a column's annotation.
pub(super) fn resolve(vm: &mut Vm, map: &Dict, candidates: &Candidates) -> PyResult<Option<Object>> {
    if let Some(alias) = &candidates.alias
        && let Some(found) = resolve_one(vm, map, alias)?
    {
        return Ok(Some(found));
    }
    if let Some(found) = resolve_one(vm, map, &candidates.plain)? {
        return Ok(Some(found));
    }
    match &candidates.annotated {
        Some(inner) => resolve_one(vm, map, inner),
        None => Ok(None),
    }
}

fn resolve_one(vm: &mut Vm, map: &Dict, python: &Object) -> PyResult<Option<Object>> {
    match form(vm, python)? {
        Form::Literal(_) => {
            if let Some(found) = map.get(vm, python)? {
                return fitting(vm, &found, python, true, true);
            }
            // `Literal` itself may be a key.
            for module in ["typing", "typing_extensions"] {
                let name = vm.intern(module);
                let Some(module) = vm.modules.get(&name).cloned() else { continue };
                let literal = vm.get_attr(&Object::Module(module), "Literal")?;
                if let Some(found) = map.get(vm, &literal)?
                    && let Some(found) = fitting(vm, &found, python, false, true)?
                {
                    return Ok(Some(found));
                }
            }
            literal_enum(vm, python, None).map(Some)
        }
        Form::Plain => {
            let Object::Class(class) = python else {
                return match map.get(vm, python)? {
                    Some(found) => fitting(vm, &found, python, true, true),
                    None => Ok(None),
                };
            };
            let object = Rc::clone(&vm.types.object);
            let ancestors: Vec<Rc<Class>> = class.mro().cloned().chain([object]).collect();
            for ancestor in ancestors {
                let exact = Rc::ptr_eq(&ancestor, class);
                let found = match map.get(vm, &Object::Class(Rc::clone(&ancestor)))? {
                    Some(found) => Some(found),
                    None => known(vm, &ancestor)?,
                };
                if let Some(found) = found
                    && let Some(found) = fitting(vm, &found, python, exact, exact)?
                {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        }
        _ => match map.get(vm, python)? {
            Some(found) => fitting(vm, &found, python, true, true),
            None => Ok(None),
        },
    }
}

/// The type of a class that SQLAlchemy knows by itself.
fn known(vm: &mut Vm, class: &Rc<Class>) -> PyResult<Option<Object>> {
    if Rc::ptr_eq(class, &vm.types.none) {
        return Ok(Some(type_object(vm, SqlType::Null)));
    }
    let (module, name) = (class.module.borrow().clone(), class.name());
    let sql = match (module.as_str(), name.as_str()) {
        ("builtins", "int") => "Integer",
        ("builtins", "float") => "Double",
        ("builtins", "bool") => "Boolean",
        ("builtins", "bytes") => "LargeBinary",
        ("builtins", "str") => "String",
        ("uuid", "UUID") => "Uuid",
        ("decimal", "Decimal") => "Numeric",
        ("datetime", "date") => "Date",
        ("datetime", "datetime") => "DateTime",
        ("datetime", "time") => "Time",
        ("datetime", "timedelta") => "Interval",
        ("enum", "Enum") => {
            let own = classes(vm).types.get("Enum");
            return match own {
                Some(own) => {
                    let arguments = Args::positional(vec![Object::Class(Rc::clone(class))]);
                    vm.call(&Object::Class(own), arguments).map(Some)
                }
                None => Ok(None),
            };
        }
        _ => return Ok(None),
    };
    match classes(vm).types.get(sql) {
        Some(class) => vm.call(&Object::Class(class), Args::default()).map(Some),
        None => Ok(None),
    }
}

/// The type that was found, where it suits: enumerations become those of the
/// Python type; any other must have been found under the very type.
fn fitting(
    vm: &mut Vm,
    found: &Object,
    python: &Object,
    matched_itself: bool,
    suits: bool,
) -> PyResult<Option<Object>> {
    let found = match found {
        Object::Class(_) => vm.call(found, Args::default())?,
        other => other.clone(),
    };
    let known = found.native::<TypeData>().map(|data| data.sql_type.borrow().clone());
    let Some(SqlType::Enum(template)) = known else {
        return Ok(suits.then_some(found));
    };
    // `Enum(enum.Enum)` takes its values from the type, any other has its own.
    let is_template = template.names.is_empty() && template.class.as_deref() == Some("Enum");
    if !is_template && matched_itself {
        return Ok(Some(found));
    }
    match form(vm, python)? {
        Form::Literal(_) => literal_enum(vm, python, Some(&found)).map(Some),
        Form::Alias(value) => match form(vm, &value)? {
            Form::Literal(_) => literal_enum(vm, &value, Some(&found)).map(Some),
            _ => {
                let name = vm.str(python)?;
                Err(errors::error(
                    vm,
                    "ArgumentError",
                    format!(
                        "Can't associate TypeAliasType '{}' to an Enum since it's not a direct alias of a Literal. Only aliases in this form `type my_alias = Literal['a', 'b']` are supported when generating Enums.",
                        name.as_str()
                    ),
                ))
            }
        },
        _ => match python {
            Object::Class(class) if enum_type(vm, class)?.is_some() => {
                make_enum(vm, vec![python.clone()], Some(&found), None).map(Some)
            }
            _ => Ok(Some(found)),
        },
    }
}

/// The type of the strings of `Literal["a", "b"]`.
fn literal_enum(vm: &mut Vm, literal: &Object, template: Option<&Object>) -> PyResult<Object> {
    let Form::Literal(values) = form(vm, literal)? else { return Ok(Object::None) };
    let mut wrong = Vec::new();
    for value in &values {
        if value.as_str().is_none() {
            wrong.push(vm.repr(value)?.as_str().to_string());
        }
    }
    if !wrong.is_empty() {
        return Err(errors::error(
            vm,
            "ArgumentError",
            format!(
                "Can't create string-based Enum datatype from non-string values: {}.  Please provide an explicit Enum datatype for this Python type",
                wrong.join(", ")
            ),
        ));
    }
    make_enum(vm, values, template, Some(false))
}

/// An `Enum` of these values with the other arguments of a template.
fn make_enum(
    vm: &mut Vm,
    values: Vec<Object>,
    template: Option<&Object>,
    native: Option<bool>,
) -> PyResult<Object> {
    let mut keyword = Vec::new();
    let mut class = classes(vm).types.get("Enum");
    if let Some(object) = template
        && let Some(data) = object.native::<TypeData>()
        && let SqlType::Enum(own) = &*data.sql_type.borrow()
    {
        class = class.or_else(|| Some(vm.class_of(object)));
        let mut give = |name: &str, value: Object| keyword.push((vm.intern(name), value));
        if let Some(schema) = &own.schema {
            give("schema", Object::str(schema));
        }
        if let Some(length) = own.length {
            give("length", Object::Int(length.into()));
        }
        give("create_constraint", Object::Bool(own.create_constraint));
        give("validate_strings", Object::Bool(own.validate_strings));
        give("native_enum", Object::Bool(native.unwrap_or(own.native)));
        for name in ["name", "values_callable"] {
            if let Some(value) = kept(object, &format!("_{name}")) {
                give(name, value);
            }
        }
    } else if let Some(native) = native {
        keyword.push((vm.intern("native_enum"), Object::Bool(native)));
    }
    match class {
        Some(class) => vm.call(&Object::Class(class), Args { positional: values, keyword }),
        None => Ok(Object::None),
    }
}

/// The texts of the types that were looked for and not found.
pub(super) fn unresolved(vm: &mut Vm, key: &str, raw: &Object, candidates: &Candidates) -> PyResult<String> {
    let plain = &candidates.plain;
    let engine = classes(vm).types.engine.clone();
    let is_sql = match plain {
        Object::Class(class) => class.is_subclass_of(&engine),
        other => vm.is_instance(other, &engine),
    };
    if is_sql {
        let shown = vm.str(plain)?;
        return Ok(format!(
            "The type provided inside the '{key}' attribute Mapped annotation is the SQLAlchemy type {}. Expected a Python type instead",
            shown.as_str()
        ));
    }
    let checked: Vec<Object> =
        candidates.alias.iter().chain([plain]).chain(&candidates.annotated).cloned().collect();
    let first = checked.first().unwrap_or(plain).clone();
    if !forms::is_a_type(vm, &first)? {
        let shown = vm.repr(raw)?;
        return Ok(format!(
            "The object provided inside the '{key}' attribute Mapped annotation is not a Python type, it's the object {}. Expected a Python type.",
            shown.as_str()
        ));
    }
    let mut names = Vec::new();
    for checked in &checked {
        names.push(format!("'{}'", vm.str(checked)?.as_str()));
    }
    let detail = match &names[..] {
        [_] => "the type object is not resolvable by the registry".to_string(),
        [a, b] => format!("neither {a} nor {b} are resolvable by the registry"),
        all => format!("none of {} are resolvable by the registry", all.join(", ")),
    };
    Ok(format!(
        "Could not locate SQLAlchemy Core type when resolving for Python type indicated by {} inside the Mapped[] annotation for the '{key}' attribute; {detail}",
        names[0]
    ))
}
