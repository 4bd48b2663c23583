//! Making a type object: its constructor's arguments.

use ormscope::types::{SpecificType, SqlType, TypeArgument, TypeClass};

use super::{TypeData, to_sql_type};
use crate::library::sqlalchemy::schema::keep;
use crate::library::sqlalchemy::{classes, errors, receiver};
use crate::object::{Args, Class, Instance, Name, Object, PyResult};
use crate::vm::Vm;
use std::rc::Rc;

/// `__new__`: the type without arguments; `__init__` gives it those it has.
pub(super) fn new_type(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(class) = args.positional.first().and_then(Object::as_class).map(Rc::clone) else {
        return Ok(Object::None);
    };
    let sql_type = match classes(vm).types.nearest(&class) {
        Some(known) => SqlType::of_class(SpecificType::new(known)),
        None => SqlType::Null,
    };
    Ok(Instance::native(&class, TypeData::new(sql_type)))
}

/// `__init__` of most types.
pub(super) fn init_type(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(this) = args.positional.first().cloned() else { return Ok(Object::None) };
    let data = receiver::<TypeData>(vm, &this)?;
    let class = vm.class_of(&this);
    let Some(known) = classes(vm).types.nearest(&class) else { return Ok(Object::None) };
    let mut made = SpecificType::new(known);
    if known.name == "SET" {
        let mut values = Vec::new();
        for value in &args.positional[1..] {
            values.push(vm.str(value)?.as_str().to_string());
        }
        made.arguments.push(TypeArgument::Names(values.into()));
    } else {
        for (at, value) in args.positional[1..].iter().enumerate() {
            let Some(place) = known.positional(at) else {
                return Err(too_many(vm, known, &class, args.positional.len()));
            };
            made.arguments[place] = argument(vm, value)?;
        }
        if known.parameters.is_empty() && !args.keyword.is_empty() {
            return Err(too_many(vm, known, &class, 1));
        }
    }
    for (name, value) in &args.keyword {
        if !take_keyword(vm, &mut made, name, value)? {
            return Err(vm.type_error(format!(
                "{}.__init__() got an unexpected keyword argument '{}'",
                known.name,
                name.as_str()
            )));
        }
    }
    let given = |name: &str| args.keyword.iter().any(|(key, _)| key.as_str() == name);
    if known.package == "postgresql"
        && known.name == "BIT"
        && made.flag("varying")
        && !given("length")
        && args.positional.len() < 2
    {
        made = made.with("length", TypeArgument::None);
    }
    if known.name == "ARRAY" && made.arguments.first() == Some(&TypeArgument::None) {
        return Err(vm.type_error("ARRAY.__init__() missing 1 required positional argument: 'item_type'"));
    }
    if known.name == "ARRAY"
        && made.item("item_type").is_some_and(|item| item.described().class.name == "ARRAY")
    {
        return Err(vm.value_error(
            "Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype",
        ));
    }
    if known.name == "DOMAIN" {
        check_domain(vm, &this, &mut made, &args)?;
    }
    *data.sql_type.borrow_mut() = SqlType::of_class(made);
    Ok(Object::None)
}

fn too_many(vm: &mut Vm, known: &TypeClass, class: &Rc<Class>, given: usize) -> crate::object::Unwind {
    let name = class.name();
    vm.type_error(match known.parameters.len() {
        0 => format!("{}() takes no arguments", name.as_str()),
        count => format!(
            "{}.__init__() takes from 1 to {} positional arguments but {given} were given",
            known.name,
            count + 1
        ),
    })
}

fn take_keyword(vm: &mut Vm, made: &mut SpecificType, name: &Name, value: &Object) -> PyResult<bool> {
    let name = name.as_str();
    if let Some(at) = made.class.parameter(name) {
        made.arguments[at] = argument(vm, value)?;
        return Ok(true);
    }
    let family = made.class.family;
    if name == "truncate_microseconds" && made.class.package == "sqlite" {
        if vm.truthy(value)? {
            use ormscope::types::Family;
            let date = "%(year)04d-%(month)02d-%(day)02d ";
            let time = "%(hour)02d:%(minute)02d:%(second)02d";
            let format = if family == Family::Time { time.to_string() } else { format!("{date}{time}") };
            let at = made.class.parameter("storage_format").unwrap_or_default();
            made.arguments[at] = TypeArgument::Text(format.into());
        }
        return Ok(true);
    }
    Ok(false)
}

/// What a DOMAIN is told of: texts of SQL, and what belongs together.
fn check_domain(vm: &mut Vm, this: &Object, made: &mut SpecificType, args: &Args) -> PyResult<()> {
    if made.text("collation_schema").is_some() && made.text("collation").is_none() {
        let message = "the 'collation_schema' parameter of DOMAIN requires the 'collation' parameter to also be present";
        return Err(errors::error(vm, "ArgumentError", message));
    }
    for (name, value) in &args.keyword {
        let plain = matches!(value, Object::Str(_));
        let text = match name.as_str() {
            "default" if plain => format!("'{}'", vm.str(value)?.as_str().replace('\'', "''")),
            "default" | "check" if !value.is_none() => vm.str(value)?.as_str().to_string(),
            _ => continue,
        };
        let at = made.class.parameter(name.as_str()).unwrap_or_default();
        made.arguments[at] = TypeArgument::Text(text.into());
        keep(this, name.as_str(), value.clone());
    }
    if let Some(at) = made.class.parameter("not_null")
        && made.arguments[at] == TypeArgument::None
    {
        made.arguments[at] = TypeArgument::Bool(false);
    }
    Ok(())
}

/// A Python object as an argument of a type.
fn argument(vm: &mut Vm, value: &Object) -> PyResult<TypeArgument> {
    Ok(match value {
        Object::None => TypeArgument::None,
        Object::Bool(value) => TypeArgument::Bool(*value),
        Object::Int(value) => TypeArgument::Int(*value),
        Object::Str(text) => TypeArgument::Text(text.as_str().into()),
        other => match to_sql_type(vm, other)? {
            Some(sql_type) => TypeArgument::Type(sql_type),
            None => match vm.get_attr_opt(other, "pattern")? {
                // A compiled regular expression.
                Some(pattern) => TypeArgument::Text(vm.str(&pattern)?.as_str().into()),
                None => TypeArgument::Text(vm.repr(other)?.as_str().into()),
            },
        },
    })
}

/// An argument as a Python object.
pub(super) fn argument_object(vm: &mut Vm, argument: &TypeArgument) -> Object {
    match argument {
        TypeArgument::None => Object::None,
        TypeArgument::Bool(value) => Object::Bool(*value),
        TypeArgument::Int(value) => Object::Int(*value),
        TypeArgument::Text(text) => Object::str(text),
        TypeArgument::Names(names) => Object::list(names.iter().map(Object::str).collect()),
        TypeArgument::Type(sql_type) => super::type_object(vm, sql_type.clone()),
    }
}

/// An instance of a type class, where an object is the class itself.
pub(super) fn instance(vm: &mut Vm, object: &Object, args: Args) -> PyResult<Object> {
    match object.as_class() {
        Some(_) => vm.call(object, args),
        None => Ok(object.clone()),
    }
}

/// Whether a class of the program's, and not one of the library's, has a method.
pub(in crate::library::sqlalchemy) fn overrides(vm: &mut Vm, class: &Rc<Class>, method: &str) -> bool {
    let own = classes(vm);
    let library = |one: &Rc<Class>| {
        Rc::ptr_eq(one, &own.types.engine)
            || Rc::ptr_eq(one, &own.types.decorator)
            || Rc::ptr_eq(one, &own.types.defined)
            || own.types.classes.iter().any(|(_, known)| Rc::ptr_eq(known, one))
    };
    class.mro().any(|one| !library(one) && one.dict.borrow().get(method).is_some())
}
