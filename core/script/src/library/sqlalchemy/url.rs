//! `URL` and `make_url`: a [`Url`] that looks like the named tuple it is in Python.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine.url`.

use std::rc::Rc;

use ormscope::engine::{Query, QueryValue, Url, UrlError, parse_query};

use super::arguments::Arguments;
use super::{classes, dialect, errors, receiver};
use crate::builtins::Dict;
use crate::object::{Args, Class, CompareOp, Instance, Object, PyResult, Unwind};
use crate::vm::Vm;

/// The native data of a `URL`.
pub(super) struct UrlObject {
    pub(super) url: Url,
}

const FIELDS: [&str; 7] = ["drivername", "username", "password", "host", "port", "database", "query"];

pub(super) fn class(vm: &Vm) -> Rc<Class> {
    Class::builder("URL")
        .module("sqlalchemy.engine.url")
        .base(&vm.types.tuple)
        .attribute("_fields", Object::tuple(FIELDS.map(Object::str).into()))
        // A named tuple is a sequence to `match`.
        .attribute("__abc_tpflags__", Object::Int(1 << 5))
        .method("__new__", |vm, mut args| {
            args.positional.remove(0);
            let given: Vec<&str> = args.keyword.iter().map(|(name, _)| name.as_str()).collect();
            let missing: Vec<_> =
                FIELDS.iter().skip(args.positional.len()).filter(|name| !given.contains(name)).collect();
            if !missing.is_empty() {
                return Err(vm.type_error(missing_arguments(&missing)));
            }
            create(vm, args)
        })
        .method("__init__", |_, _| Ok(Object::None))
        .method("__str__", |vm, args| look(vm, &args, |url| Object::str(url.render(true))))
        .method("__repr__", |vm, args| look(vm, &args, |url| Object::str(url.render(true))))
        .method("__copy__", |_, args| Ok(args.positional[0].clone()))
        .method("__deepcopy__", |_, args| Ok(args.positional[0].clone()))
        .method("__to_string__", |vm, args| render(vm, args, "URL.__to_string__"))
        .method("render_as_string", |vm, args| render(vm, args, "URL.render_as_string"))
        .method("__hash__", |vm, args| {
            let text = look(vm, &args, |url| Object::str(url.render(true)))?;
            Ok(Object::Int(vm.hash(&text)?))
        })
        .method("__eq__", |vm, args| {
            let other = args.positional[1].native::<UrlObject>();
            look(vm, &args, |url| Object::Bool(other.is_some_and(|other| other.url == *url)))
        })
        .method("__ne__", |vm, args| {
            let other = args.positional[1].native::<UrlObject>();
            look(vm, &args, |url| Object::Bool(other.is_none_or(|other| other.url != *url)))
        })
        .method("__lt__", |vm, args| compare(vm, &args, CompareOp::Lt))
        .method("__gt__", |vm, args| compare(vm, &args, CompareOp::Gt))
        .method("__iter__", |vm, args| {
            let tuple = tuple(vm, &args.positional[0])?;
            vm.iter(&tuple)
        })
        .method("__len__", |_, _| Ok(Object::Int(FIELDS.len() as i64)))
        .method("__getitem__", |vm, args| {
            let tuple = tuple(vm, &args.positional[0])?;
            vm.get_item(&tuple, &args.positional[1])
        })
        .method("__contains__", |vm, args| {
            let tuple = tuple(vm, &args.positional[0])?;
            Ok(Object::Bool(vm.contains(&tuple, &args.positional[1])?))
        })
        .method("__setattr__", |vm, args| {
            let name = vm.str(&args.positional[1])?;
            let attribute_error = vm.exceptions.attribute_error.clone();
            Err(match FIELDS.contains(&name.as_str()) {
                true => vm.error(&attribute_error, "can't set attribute"),
                false => vm.attribute_error(&args.positional[0], name.as_str()),
            })
        })
        .getter("drivername", |vm, args| look(vm, &args, |url| Object::str(&url.drivername)))
        .getter("username", |vm, args| look(vm, &args, |url| text(&url.username)))
        .getter("password", |vm, args| look(vm, &args, |url| text(&url.password)))
        .getter("host", |vm, args| look(vm, &args, |url| text(&url.host)))
        .getter("port", |vm, args| look(vm, &args, |url| url.port.map_or(Object::None, Object::Int)))
        .getter("database", |vm, args| look(vm, &args, |url| text(&url.database)))
        .getter("query", |vm, args| {
            let own = receiver::<UrlObject>(vm, &args.positional[0])?;
            query_object(vm, &own.url.query)
        })
        .getter("normalized_query", |vm, args| {
            let own = receiver::<UrlObject>(vm, &args.positional[0])?;
            let mut query = own.url.query.clone();
            query.values_mut().for_each(|value| *value = QueryValue::Many(value.values().to_vec()));
            query_object(vm, &query)
        })
        .method("index", |vm, args| of_tuple(vm, args, "index"))
        .method("count", |vm, args| of_tuple(vm, args, "count"))
        .method("_asdict", |vm, args| {
            let values = parts(vm, &args.positional[0])?;
            let names = FIELDS.map(|name| vm.intern(name));
            Ok(Dict::from_names(names.into_iter().zip(values)))
        })
        .method("_replace", |vm, args| changed(vm, "_replace", args, false))
        .method("set", |vm, args| changed(vm, "URL.set", args, true))
        .method("update_query_dict", |vm, args| {
            let mut args = Arguments::new("URL.update_query_dict", args);
            let own = receiver::<UrlObject>(vm, &args.receiver())?;
            let given = args.require(vm, "query_parameters")?;
            let append = append(vm, &mut args)?;
            let pairs = vm.call_method(&given, "items", Vec::new())?;
            updated(vm, &own.url, &pairs, append)
        })
        .method("update_query_pairs", |vm, args| {
            let mut args = Arguments::new("URL.update_query_pairs", args);
            let own = receiver::<UrlObject>(vm, &args.receiver())?;
            let pairs = args.require(vm, "key_value_pairs")?;
            let append = append(vm, &mut args)?;
            updated(vm, &own.url, &pairs, append)
        })
        .method("update_query_string", |vm, args| {
            let mut args = Arguments::new("URL.update_query_string", args);
            let own = receiver::<UrlObject>(vm, &args.receiver())?;
            let given = args.require(vm, "query_string")?;
            let keep_blank_values = args.flag(vm, "keep_blank_values", false)?;
            let append = append(vm, &mut args)?;
            let given = vm.str(&given)?;
            let mut url = own.url.clone();
            url.update_query(parse_query(given.as_str(), keep_blank_values), append);
            Ok(object(vm, url))
        })
        .method("difference_update_query", |vm, args| {
            let own = receiver::<UrlObject>(vm, &args.positional[0])?;
            let mut url = own.url.clone();
            let names = args.positional.get(1).or(args.keyword.first().map(|(_, value)| value));
            for name in vm.collect(names.unwrap_or(&Object::None))? {
                let name = vm.str(&name)?;
                url.query.shift_remove(name.as_str());
            }
            if url == own.url { Ok(args.positional[0].clone()) } else { Ok(object(vm, url)) }
        })
        .method("translate_connect_args", translate_connect_args)
        .method("get_dialect", |vm, args| {
            let own = receiver::<UrlObject>(vm, &args.positional[0])?;
            let driver = own.url.driver().map_err(|error| raise(vm, &error))?;
            Ok(Object::Class(dialect::class_of(vm, driver)))
        })
        .method("get_backend_name", |vm, args| look(vm, &args, |url| Object::str(url.dialect_name())))
        .method("get_driver_name", |vm, args| {
            let own = receiver::<UrlObject>(vm, &args.positional[0])?;
            match own.url.drivername.split('+').nth(1) {
                Some(driver) => Ok(Object::str(driver)),
                None => Ok(Object::str(own.url.driver().map_err(|error| raise(vm, &error))?.driver)),
            }
        })
        .class_method("create", |vm, mut args| {
            args.positional.remove(0);
            create(vm, args)
        })
        .build()
}

fn missing_arguments(names: &[&&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let list = match quoted.as_slice() {
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [start @ .., last] => format!("{}, and {last}", start.join(", ")),
        [] => String::new(),
    };
    let plural = if quoted.len() == 1 { "" } else { "s" };
    format!("URL.__new__() missing {} required positional argument{plural}: {list}", quoted.len())
}

/// The text of a URL, by default without its password.
fn render(vm: &mut Vm, args: Args, name: &'static str) -> PyResult<Object> {
    let mut args = Arguments::new(name, args);
    let own = receiver::<UrlObject>(vm, &args.receiver())?;
    let hide = match args.take("hide_password") {
        Some(value) => vm.truthy(&value)?,
        None => true,
    };
    Ok(Object::str(own.url.render(hide)))
}

fn look(vm: &mut Vm, args: &Args, look: impl FnOnce(&Url) -> Object) -> PyResult<Object> {
    Ok(look(&receiver::<UrlObject>(vm, &args.positional[0])?.url))
}

fn text(value: &Option<String>) -> Object {
    value.as_ref().map_or(Object::None, Object::str)
}

/// The seven parts in order.
fn parts(vm: &mut Vm, object: &Object) -> PyResult<Vec<Object>> {
    FIELDS.iter().map(|name| vm.get_attr(object, name)).collect()
}

fn tuple(vm: &mut Vm, object: &Object) -> PyResult<Object> {
    Ok(Object::tuple(parts(vm, object)?))
}

fn of_tuple(vm: &mut Vm, args: Args, method: &str) -> PyResult<Object> {
    let tuple = tuple(vm, &args.positional[0])?;
    vm.call_method(&tuple, method, args.positional[1..].to_vec())
}

fn compare(vm: &mut Vm, args: &Args, op: CompareOp) -> PyResult<Object> {
    let left = tuple(vm, &args.positional[0])?;
    let right = match args.positional[1].native::<UrlObject>() {
        Some(_) => tuple(vm, &args.positional[1])?,
        None => args.positional[1].clone(),
    };
    vm.compare(op, &left, &right)
}

fn append(vm: &mut Vm, args: &mut Arguments) -> PyResult<bool> {
    match args.take("append") {
        Some(value) => vm.truthy(&value),
        None => Ok(false),
    }
}

/// A query as the immutable dict it is in Python.
fn query_object(vm: &mut Vm, query: &Query) -> PyResult<Object> {
    let mut items = Vec::new();
    for (key, value) in query {
        let value = match value {
            QueryValue::One(value) => Object::str(value),
            QueryValue::Many(values) => Object::tuple(values.iter().map(Object::str).collect()),
        };
        items.push((vm.intern(key), value));
    }
    let items = Dict::from_names(items);
    super::inspection::make_support(vm, "immutabledict", vec![items])
}

/// A `URL`.
pub(super) fn object(vm: &mut Vm, url: Url) -> Object {
    let class = classes(vm).url.clone();
    Instance::native(&class, UrlObject { url })
}

/// `URL.create(drivername, username, …)`
fn create(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("URL.create", args);
    let mut url = Url::default();
    let drivername = args.require(vm, "drivername")?;
    set_part(vm, &mut url, "drivername", &drivername)?;
    for name in &FIELDS[1..] {
        if let Some(value) = args.take(name) {
            set_part(vm, &mut url, name, &value)?;
        }
    }
    args.finish(vm)?;
    Ok(object(vm, url))
}

/// `url.set(…)`, where what is None stays as it is, and `url._replace(…)`.
fn changed(vm: &mut Vm, function: &'static str, args: Args, keeps_none: bool) -> PyResult<Object> {
    let mut args = Arguments::new(function, args);
    let mut url = receiver::<UrlObject>(vm, &args.receiver())?.url.clone();
    for name in FIELDS {
        let given = if keeps_none { args.take(name) } else { args.keyword(name) };
        match given {
            Some(value) if !(keeps_none && value.is_none()) => set_part(vm, &mut url, name, &value)?,
            _ => {}
        }
    }
    args.finish(vm)?;
    Ok(object(vm, url))
}

/// Sets one of the parts, with SQLAlchemy's checks.
fn set_part(vm: &mut Vm, url: &mut Url, name: &str, value: &Object) -> PyResult<()> {
    match name {
        "port" => {
            url.port = match value {
                Object::None => None,
                given => Some(port_number(vm, given)?),
            };
            return Ok(());
        }
        "query" => {
            url.query = if value.is_none() { Query::default() } else { read_query(vm, value)? };
            return Ok(());
        }
        _ => {}
    }
    let given = match value {
        Object::None if name != "drivername" => None,
        Object::Str(text) => Some(text.as_str().to_string()),
        // A password may be any object that has a text.
        other if name == "password" => Some(vm.str(other)?.as_str().to_string()),
        _ => return Err(vm.type_error(format!("{name} must be a string"))),
    };
    match name {
        "drivername" => url.drivername = given.unwrap_or_default(),
        "username" => url.username = given,
        "password" => url.password = given,
        "host" => url.host = given,
        _ => url.database = given,
    }
    Ok(())
}

fn port_number(vm: &mut Vm, given: &Object) -> PyResult<i64> {
    let int = Object::Class(vm.types.int.clone());
    let number = vm.call(&int, Args::positional(vec![given.clone()])).map_err(|unwind| {
        let is_type_error = vm.is_raised(&unwind, &vm.exceptions.type_error.clone());
        if is_type_error { vm.type_error("Port argument must be an integer or None") } else { unwind }
    })?;
    match number {
        Object::Int(number) => Ok(number),
        Object::Bool(value) => Ok(value.into()),
        _ => Err(vm.value_error("the port is too large")),
    }
}

/// A dict, or pairs, as a query.
fn read_query(vm: &mut Vm, given: &Object) -> PyResult<Query> {
    let pairs = match given {
        Object::List(_) | Object::Tuple(_) => given.clone(),
        mapping => vm.call_method(mapping, "items", Vec::new())?,
    };
    let mut query = Query::default();
    for (key, value) in read_pairs(vm, &pairs)? {
        query.insert(key, value);
    }
    Ok(query)
}

fn read_pairs(vm: &mut Vm, pairs: &Object) -> PyResult<Vec<(String, QueryValue)>> {
    let mut read = Vec::new();
    for pair in vm.collect(pairs)? {
        if matches!(pair, Object::Int(_) | Object::Float(_) | Object::None | Object::Bool(_)) {
            let class = vm.class_name(&pair);
            return Err(vm.type_error(format!("cannot unpack non-iterable {} object", class.as_str())));
        }
        let pair = vm.collect(&pair)?;
        let [key, value] = pair.as_slice() else {
            return Err(match pair.len() {
                short @ 0..=1 => {
                    vm.value_error(format!("not enough values to unpack (expected 2, got {short})"))
                }
                _ => vm.value_error("too many values to unpack (expected 2)"),
            });
        };
        let Object::Str(key) = key else {
            return Err(vm.type_error("Query dictionary keys must be strings"));
        };
        read.push((key.as_str().to_string(), query_value(vm, value)?));
    }
    Ok(read)
}

fn query_value(vm: &mut Vm, value: &Object) -> PyResult<QueryValue> {
    let refused = "Query dictionary values must be strings or sequences of strings";
    match value {
        Object::Str(text) => Ok(QueryValue::One(text.as_str().to_string())),
        Object::List(_) | Object::Tuple(_) => {
            let mut values = Vec::new();
            for item in vm.collect(value)? {
                let Object::Str(text) = item else { return Err(vm.type_error(refused)) };
                values.push(text.as_str().to_string());
            }
            Ok(QueryValue::Many(values))
        }
        _ => Err(vm.type_error(refused)),
    }
}

fn updated(vm: &mut Vm, url: &Url, pairs: &Object, append: bool) -> PyResult<Object> {
    let mut url = url.clone();
    url.update_query(read_pairs(vm, pairs)?, append);
    Ok(object(vm, url))
}

/// The parts that a driver is connected with, under the names it has for them.
fn translate_connect_args(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<UrlObject>(vm, &args.positional[0])?;
    let mut items = Vec::new();
    for name in ["host", "database", "username", "password", "port"] {
        let given = args.keyword.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value.clone());
        let given = given.unwrap_or_else(|| Object::str(name));
        let value = match name {
            "host" => text(&own.url.host),
            "database" => text(&own.url.database),
            "username" => text(&own.url.username),
            "password" => text(&own.url.password),
            _ => own.url.port.map_or(Object::None, Object::Int),
        };
        if !given.is_none() && vm.truthy(&value)? {
            items.push((given, value));
        }
    }
    Dict::from_items(vm, items)
}

/// `make_url(text)`
pub(super) fn make_url(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("make_url", args);
    let given = args.require(vm, "name_or_url")?;
    if given.native::<UrlObject>().is_some() {
        return Ok(given);
    }
    let url = parse(vm, &given)?;
    Ok(object(vm, url))
}

/// The URL that a string or a `URL` is.
pub(super) fn parse(vm: &mut Vm, given: &Object) -> PyResult<Url> {
    if let Some(data) = given.native::<UrlObject>() {
        return Ok(data.url.clone());
    }
    let base = crate::builtins::base(given);
    let Object::Str(text) = &base else {
        let repr = vm.repr(given)?;
        let message = format!("Expected string or URL object, got {}", repr.as_str());
        return Err(errors::error(vm, "ArgumentError", message));
    };
    let legacy = vm.library.sqlalchemy.orm().is_some_and(|orm| orm.legacy);
    Url::parse(text.as_str()).map_err(|error| match error {
        // 1.4 repeats the text of a URL that it cannot parse; 2.x does not.
        UrlError::Unparsable if legacy => {
            let text = ormscope::types::python_str(text.as_str());
            errors::error(vm, "ArgumentError", format!("Could not parse SQLAlchemy URL from string {text}"))
        }
        error => raise(vm, &error),
    })
}

/// An error of a URL as a Python exception.
pub(super) fn raise(vm: &mut Vm, error: &UrlError) -> Unwind {
    match error {
        UrlError::Unparsable => errors::error(vm, "ArgumentError", error.to_string()),
        UrlError::Port(_) => vm.value_error(error.to_string()),
        UrlError::NoSuchDialect(_) => errors::error(vm, "NoSuchModuleError", error.to_string()),
    }
}
