//! `Enum`: of strings, or of the members of a class.

use std::rc::Rc;

use ormscope::types::{EnumType, SqlType, Value};

use super::TypeData;
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::schema::keep;
use crate::library::sqlalchemy::values::{Kept, to_object, to_value};
use crate::library::sqlalchemy::{classes, receiver};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

/// `Enum(Class)`, `Enum('a', 'b')`
pub(super) fn init_enum(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("Enum", args);
    let this = args.receiver();
    let data = receiver::<TypeData>(vm, &this)?;
    let class = vm.class_of(&this);
    let known = classes(vm).types.nearest(&class);
    let given = match args.keyword("enums") {
        Some(enums) => vm.collect(&enums)?,
        None => args.rest(),
    };
    let from_class = match given.first() {
        Some(Object::Class(members)) => enum_type(vm, &Rc::clone(members))?,
        _ => None,
    };
    let mut made = match from_class {
        Some(made) => made,
        None => {
            let mut names = Vec::new();
            for name in &given {
                match name.as_str() {
                    Some(name) => names.push(name.to_string()),
                    None => {
                        let class = vm.class_of(name).name();
                        return Err(
                            vm.type_error(format!("object of type '{}' has no len()", class.as_str()))
                        );
                    }
                }
            }
            EnumType::new(names)
        }
    };
    if let Some(known) = known {
        made.type_class = known;
    }
    if known.is_some_and(|known| known.package == "mysql") {
        made.name = None;
    }
    let text = |args: &mut Arguments, name: &str| match args.keyword(name) {
        Some(Object::Str(text)) => Some(text.as_str().to_string()),
        _ => None,
    };
    if let Some(name) = text(&mut args, "name") {
        keep(&this, "_name", Object::str(&name));
        made.name = Some(name);
    }
    if let Some(callable) = args.keyword("values_callable").filter(|callable| !callable.is_none()) {
        keep(&this, "_values_callable", callable.clone());
        let first = given.first().cloned().unwrap_or(Object::None);
        let names = vm.call(&callable, Args::positional(vec![first]))?;
        made.names = vm.collect(&names)?.iter().filter_map(Object::as_str).map(str::to_string).collect();
    }
    made.schema = text(&mut args, "schema");
    made.charset = text(&mut args, "charset");
    made.collation = text(&mut args, "collation");
    made.native = args.flag(vm, "native_enum", true)?;
    made.create_constraint = args.flag(vm, "create_constraint", false)?;
    made.validate_strings = args.flag(vm, "validate_strings", false)?;
    made.create_type = args.flag(vm, "create_type", true)?;
    if let Some(Object::Int(length)) = args.keyword("length") {
        made.length = u32::try_from(length).ok();
        if made.width() < made.longest() {
            return Err(vm.value_error(format!(
                "When provided, length must be larger or equal than the length of the longest enum value. {} < {}",
                made.width(),
                made.longest()
            )));
        }
    }
    made.of_metadata = args.keyword("metadata").is_some_and(|metadata| !metadata.is_none());
    // What has no part in what is created or stored.
    made.inherit_schema = args.flag(vm, "inherit_schema", false)?;
    for other in ["quote", "sort_key_function", "omit_aliases"] {
        args.keyword(other);
    }
    // Others are taken and mean nothing.
    args.keywords();
    *data.sql_type.borrow_mut() = SqlType::Enum(Rc::new(made));
    Ok(Object::None)
}

/// The type whose values are the members of an enum class; none for another class.
pub(in crate::library::sqlalchemy) fn enum_type(
    vm: &mut Vm,
    class: &Rc<Class>,
) -> PyResult<Option<EnumType>> {
    let object = Object::Class(Rc::clone(class));
    let is_enum =
        class.mro().any(|class| class.name().as_str() == "Enum" && class.module.borrow().as_str() == "enum");
    if !is_enum {
        return Ok(None);
    }
    let mut made = EnumType::new(Vec::new());
    made.name = Some(class.name().as_str().to_lowercase());
    made.class = Some(class.name().as_str().to_string());
    for member in vm.collect(&object)? {
        let name = vm.get_attr(&member, "name")?;
        made.names.push(vm.str(&name)?.as_str().to_string());
        made.members.push(Value::Opaque(Rc::new(Kept::new(vm, &member))));
        made.plain.push(to_value(vm, &member)?);
    }
    Ok(Some(made))
}

/// An attribute of an `Enum`.
pub(super) fn attribute(vm: &mut Vm, sql_type: &SqlType, name: &str) -> PyResult<Option<Object>> {
    let SqlType::Enum(made) = sql_type else { return Ok(None) };
    let text = |text: &Option<String>| text.as_ref().map_or(Object::None, Object::str);
    Ok(Some(match name {
        "enums" => Object::list(made.names.iter().map(Object::str).collect()),
        "name" => text(&made.name),
        "schema" => text(&made.schema),
        "charset" => text(&made.charset),
        "collation" => text(&made.collation),
        "length" => Object::Int(made.width().into()),
        "native_enum" => Object::Bool(made.native),
        "create_constraint" => Object::Bool(made.create_constraint),
        "validate_strings" => Object::Bool(made.validate_strings),
        "create_type" => Object::Bool(made.create_type),
        "enum_class" => match made.members.first() {
            Some(member) => {
                let member = to_object(vm, member)?;
                Object::Class(vm.class_of(&member))
            }
            None => Object::None,
        },
        _ => return Ok(None),
    }))
}
