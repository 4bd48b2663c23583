//! What every type object has: `repr`, `compile`, `python_type`, its arguments.

use std::rc::Rc;

use ormscope::sql::compiler::Dialect;
use ormscope::types::{EnumType, Family, SpecificType, SqlType, TypeArgument, TypeClass};

use super::construct::{argument_object, new_type};
use super::{TypeData, require_sql_type, type_object, with_variant};
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::engine::dialect_of;
use crate::library::sqlalchemy::{classes, errors};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

pub(super) fn engine_class(vm: &Vm, comparator: &Rc<Class>) -> Rc<Class> {
    Class::builder("TypeEngine")
        .module("sqlalchemy.sql.type_api")
        .base(&vm.types.object)
        .method("__new__", new_type)
        .method("__init__", |_, _| Ok(Object::None))
        .method("__repr__", |vm, args| {
            let name = vm.class_of(&args.positional[0]).name();
            let sql_type = require_sql_type(vm, &args.positional[0])?;
            let repr = sql_type.repr();
            // A class of the program's own has its own name and the library's arguments.
            let arguments = repr.split_once('(').map_or(")", |(_, arguments)| arguments);
            Ok(Object::str(format!("{}({arguments}", name.as_str())))
        })
        .method("__str__", |vm, args| {
            let sql_type = require_sql_type(vm, &args.positional[0])?;
            Ok(Object::str(Dialect::Default.type_text(&sql_type).unwrap_or_else(|_| sql_type.repr())))
        })
        .method("compile", |vm, args| {
            let mut args = Arguments::new("compile", args);
            let this = args.receiver();
            let sql_type = require_sql_type(vm, &this)?;
            let dialect = match args.take("dialect").filter(|given| !given.is_none()) {
                Some(dialect) => dialect_of(vm, &dialect)?,
                None => Dialect::Default,
            };
            if let Some(text) =
                crate::library::sqlalchemy::program_compiler::own_type_text(vm, &this, dialect)?
            {
                return Ok(Object::str(text));
            }
            dialect.type_text(&sql_type).map(Object::str).map_err(|reason| {
                let class = if reason.starts_with("Compiler <") {
                    "UnsupportedCompilationError"
                } else {
                    "CompileError"
                };
                errors::error(vm, class, reason)
            })
        })
        .method("with_variant", with_variant)
        .method("copy", |_, args| Ok(args.positional[0].clone()))
        .method("adapt", |_, args| Ok(args.positional[0].clone()))
        .method("dialect_impl", |vm, args| {
            let sql_type = require_sql_type(vm, &args.positional[0])?;
            let dialect = dialect_of(vm, args.positional.get(1).unwrap_or(&Object::None))?;
            let own = sql_type.for_dialect(dialect.name()).clone();
            Ok(type_object(vm, own))
        })
        .method("as_generic", as_generic)
        .method("coerce_compared_value", |_, args| Ok(args.positional[0].clone()))
        .getter("python_type", python_type)
        .method("__getattr__", attribute)
        .attribute("Comparator", Object::Class(Rc::clone(comparator)))
        .attribute("comparator_factory", Object::Class(Rc::clone(comparator)))
        .build()
}

/// `type.as_generic()`
fn as_generic(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let sql_type = require_sql_type(vm, &args.positional[0])?;
    let generic = match &sql_type {
        SqlType::Enum(made) => {
            // The names and the width stay; what is one database's does not.
            let plain = EnumType {
                members: made.members.clone(),
                plain: made.plain.clone(),
                class: made.class.clone(),
                length: made.length,
                ..EnumType::new(made.names.clone())
            };
            SqlType::Enum(Rc::new(plain))
        }
        SqlType::Specific(specific) if specific.class.family == Family::Binary => {
            let length = specific.get("length").cloned().unwrap_or(TypeArgument::None);
            SqlType::of_class(SqlType::LargeBinary.described().into_owned().with("length", length))
        }
        SqlType::Specific(specific) if specific.class.family == Family::Interval => SqlType::Interval,
        SqlType::Specific(specific) => match generic_class(specific.class) {
            Some(class) => {
                let mut generic = SpecificType::new(class);
                for (parameter, argument) in specific.class.parameters.iter().zip(&specific.arguments) {
                    generic = generic.with(parameter.name, argument.clone());
                }
                SqlType::of_class(generic)
            }
            None => return no_generic(vm, &args.positional[0]),
        },
        SqlType::Null => return no_generic(vm, &args.positional[0]),
        other => other.clone(),
    };
    Ok(type_object(vm, generic))
}

/// The error of a type that only one database has.
fn no_generic(vm: &mut Vm, sql_type: &Object) -> PyResult<Object> {
    let class = vm.class_of(sql_type);
    let (module, name) = (class.module.borrow().clone(), class.name());
    let message = format!(
        "Default TypeEngine.as_generic() heuristic method was unsuccessful for {}.{}. A custom as_generic() method must be implemented for this type class.",
        module.as_str(),
        name.as_str()
    );
    Err(vm.error(&vm.exceptions.not_implemented_error.clone(), message))
}

/// The class that says the same of every database.
fn generic_class(class: &'static TypeClass) -> Option<&'static TypeClass> {
    let mut one = Some(class);
    while let Some(class) = one {
        let is_generic =
            class.name.contains(|c: char| c.is_ascii_lowercase()) && !class.name.starts_with('_');
        if class.package.is_empty() && (is_generic || matches!(class.name, "JSON" | "ARRAY")) {
            return Some(class);
        }
        one = class.base_class();
    }
    None
}

/// `type.python_type`
fn python_type(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let sql_type = require_sql_type(vm, &args.positional[0])?;
    if let SqlType::Enum(made) = &sql_type {
        return Ok(match made.members.first() {
            Some(member) => {
                let member = crate::library::sqlalchemy::values::to_object(vm, member)?;
                Object::Class(vm.class_of(&member))
            }
            None => vm.types.str.clone().into(),
        });
    }
    let family = match &sql_type {
        SqlType::Variant(variant) => variant.base.described().class.family,
        other => other.described().class.family,
    };
    let described_name = sql_type.described().class.name;
    let generic = sql_type.generic().into_owned();
    let of = |vm: &mut Vm, module: &str, class: &str| {
        let module = vm.import(module)?;
        vm.get_attr(&Object::Module(module), class)
    };
    Ok(match family {
        Family::Integer => vm.types.int.clone().into(),
        Family::Float | Family::Numeric if matches!(generic, SqlType::Numeric { .. }) => {
            return of(vm, "decimal", "Decimal");
        }
        Family::Float | Family::Numeric => vm.types.float.clone().into(),
        _ if described_name == "SET" => vm.types.str.clone().into(),
        Family::String | Family::Enum => vm.types.str.clone().into(),
        Family::Boolean => vm.types.bool.clone().into(),
        Family::Date => return of(vm, "datetime", "date"),
        Family::Time => return of(vm, "datetime", "time"),
        Family::DateTime => return of(vm, "datetime", "datetime"),
        Family::Interval => return of(vm, "datetime", "timedelta"),
        Family::Binary => vm.types.bytes.clone().into(),
        Family::Uuid if generic == (SqlType::Uuid { as_uuid: true }) => return of(vm, "uuid", "UUID"),
        Family::Uuid => vm.types.str.clone().into(),
        Family::Array => vm.types.list.clone().into(),
        Family::Json | Family::JsonIndex | Family::Pickle | Family::Any => vm.types.object.clone().into(),
    })
}

/// An attribute that is an argument of the type: `length`, `precision`, `enums`, …
fn attribute(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let name = vm.str(&args.positional[1])?;
    let name = name.as_str();
    let missing = |vm: &mut Vm| Err(vm.attribute_error(&this, name));
    if name.starts_with("__") {
        return missing(vm);
    }
    // A TypeDecorator has what the type has that it decorates.
    if let Some(of) = this.as_instance().and_then(|instance| instance.get("impl"))
        && let Some(found) = vm.get_attr_opt(&of, name)?
    {
        return Ok(found);
    }
    let Some(data) = this.native::<TypeData>() else { return missing(vm) };
    let sql_type = data.sql_type.borrow().clone();
    if let (SqlType::Enum(made), Some(found)) =
        (&sql_type, super::enumeration::attribute(vm, &sql_type, name)?)
    {
        let _ = made;
        return Ok(found);
    }
    if name == "_variant_mapping"
        && let SqlType::Variant(variant) = &sql_type
    {
        let mut items = Vec::new();
        for (dialect, own) in &variant.variants {
            items.push((Object::str(dialect), type_object(vm, own.clone())));
        }
        return crate::builtins::Dict::from_items(vm, items);
    }
    if name == "_type_affinity" {
        let affinity = sql_type.affinity();
        let class = affinity.described().class;
        return Ok(classes(vm).types.of(class).map_or(Object::None, Object::Class));
    }
    let described = sql_type.described().into_owned();
    if name == "values"
        && let Some(names) = described.names()
    {
        return Ok(Object::tuple(names.iter().map(Object::str).collect()));
    }
    match described.get(name) {
        Some(argument) => Ok(argument_object(vm, &argument.clone())),
        None => missing(vm),
    }
}
