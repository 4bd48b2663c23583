//! Values that columns have by themselves: `default`, `server_default`,
//! `Identity`, `Computed`, `Sequence`.

use std::rc::Rc;

use ormscope::schema::{
    ColumnDefault, Computed, Identity, ServerDefault, computed_repr, element_repr, identity_repr,
    sequence_repr, server_default_repr,
};
use ormscope::sql::{Counting, Expr, Kind, Sequence};

use super::text_object;
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::expressions::{expr_object, to_expr};
use crate::library::sqlalchemy::types::to_sql_type;
use crate::library::sqlalchemy::values::{Kept, to_object, to_value};
use crate::library::sqlalchemy::{classes, errors, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of `column.default`.
struct DefaultData(ColumnDefault);

/// The native data of `column.server_default`, `DefaultClause` and `FetchedValue`.
pub(in crate::library::sqlalchemy) struct ServerDefaultData {
    pub(super) default: ServerDefault,
    for_update: bool,
}

/// The native data of `Identity`.
pub(in crate::library::sqlalchemy) struct IdentityData(pub(super) Identity);

/// The native data of `Computed`.
pub(in crate::library::sqlalchemy) struct ComputedData(pub(super) Computed);

/// The native data of `Sequence`.
pub(in crate::library::sqlalchemy) struct SequenceData(pub(in crate::library::sqlalchemy) Rc<Sequence>);

/// The classes of defaults, made once.
pub(in crate::library::sqlalchemy) struct DefaultClasses {
    pub(in crate::library::sqlalchemy) column_default: Rc<Class>,
    pub(in crate::library::sqlalchemy) fetched_value: Rc<Class>,
    pub(in crate::library::sqlalchemy) default_clause: Rc<Class>,
    pub(in crate::library::sqlalchemy) identity: Rc<Class>,
    pub(in crate::library::sqlalchemy) computed: Rc<Class>,
    pub(in crate::library::sqlalchemy) sequence: Rc<Class>,
}

fn class(name: &str) -> crate::object::ClassBuilder {
    Class::builder(name).module("sqlalchemy.sql.schema").method("__init__", |_, _| Ok(Object::None))
}

impl DefaultClasses {
    pub(in crate::library::sqlalchemy) fn new() -> DefaultClasses {
        let fetched_value = class("FetchedValue")
            .method("__new__", new_fetched)
            .method("__repr__", |vm, args| {
                let data = receiver::<ServerDefaultData>(vm, &args.positional[0])?;
                let text = server_default_repr(&data.default);
                let flag = if data.for_update { "for_update=True" } else { "for_update=False" };
                Ok(Object::str(text.replace("for_update=False", flag)))
            })
            .getter("arg", |vm, args| {
                let data = receiver::<ServerDefaultData>(vm, &args.positional[0])?;
                Ok(match &data.default {
                    ServerDefault::Literal(text) => Object::str(text),
                    ServerDefault::Expr(expr) => expr_object(vm, expr.clone()),
                    ServerDefault::Fetched => Object::None,
                })
            })
            .getter("for_update", |vm, args| {
                Ok(Object::Bool(receiver::<ServerDefaultData>(vm, &args.positional[0])?.for_update))
            })
            .attribute("is_server_default", Object::Bool(true))
            .build();
        DefaultClasses {
            column_default: column_default_class(),
            default_clause: class("DefaultClause")
                .base(&fetched_value)
                .method("__new__", new_fetched)
                .build(),
            identity: identity_class(&fetched_value),
            computed: computed_class(&fetched_value),
            fetched_value,
            sequence: sequence_class(),
        }
    }
}

fn column_default_class() -> Rc<Class> {
    class("ColumnDefault")
        .method("__new__", |vm, args| {
            let mut args = Arguments::new("ColumnDefault", args);
            let receiver = args.receiver();
            let arg = args.require(vm, "arg")?;
            args.take("for_update");
            let (Some(class), Some(default)) = (receiver.as_class().cloned(), read_default(vm, &arg)?) else {
                return Ok(Object::None);
            };
            Ok(Instance::native(&class, DefaultData(default)))
        })
        .method("__repr__", |vm, args| {
            let data = receiver::<DefaultData>(vm, &args.positional[0])?;
            Ok(Object::str(format!("{:?}", data.0)))
        })
        .getter("arg", |vm, args| {
            let data = receiver::<DefaultData>(vm, &args.positional[0])?;
            match &data.0 {
                ColumnDefault::Scalar(value) => to_object(vm, value),
                ColumnDefault::Callable { code, .. } => {
                    Ok(code.downcast_ref::<Kept>().map_or(Object::None, |kept| kept.object.clone()))
                }
                ColumnDefault::Expr(expr) => Ok(expr_object(vm, expr.clone())),
                ColumnDefault::Sequence(_) => Ok(Object::None),
            }
        })
        .getter("is_scalar", |vm, args| {
            let data = receiver::<DefaultData>(vm, &args.positional[0])?;
            Ok(matches!(data.0, ColumnDefault::Scalar(_)).into())
        })
        .getter("is_callable", |vm, args| {
            let data = receiver::<DefaultData>(vm, &args.positional[0])?;
            Ok(matches!(data.0, ColumnDefault::Callable { .. }).into())
        })
        .getter("is_clause_element", |vm, args| {
            let data = receiver::<DefaultData>(vm, &args.positional[0])?;
            Ok(matches!(data.0, ColumnDefault::Expr(_)).into())
        })
        .attribute("is_sequence", Object::Bool(false))
        .build()
}

/// `FetchedValue()`, `DefaultClause(arg)`
fn new_fetched(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("FetchedValue", args);
    let receiver = args.receiver();
    let Some(class) = receiver.as_class().cloned() else { return Ok(Object::None) };
    let takes_argument = class.name().as_str() != "FetchedValue";
    let default = if takes_argument {
        let arg = args.require(vm, "arg")?;
        read_server_default(vm, &arg)?.unwrap_or(ServerDefault::Fetched)
    } else {
        ServerDefault::Fetched
    };
    let for_update = match args.take("for_update") {
        Some(flag) => vm.truthy(&flag)?,
        None => false,
    };
    Ok(Instance::native(&class, ServerDefaultData { default, for_update }))
}

fn identity_class(base: &Rc<Class>) -> Rc<Class> {
    class("Identity")
        .base(base)
        .method("__new__", |vm, args| {
            let mut args = Arguments::new("Identity", args);
            let receiver = args.receiver();
            let always = args.take("always").map_or(Ok(false), |flag| vm.truthy(&flag))?;
            let on_null = match args.keyword("on_null") {
                Some(Object::Bool(value)) => Some(value),
                _ => None,
            };
            let counting = read_counting(vm, &mut args)?;
            args.finish(vm)?;
            let Some(class) = receiver.as_class() else { return Ok(Object::None) };
            Ok(Instance::native(class, IdentityData(Identity { always, on_null, counting })))
        })
        .method("__repr__", |vm, args| {
            Ok(Object::str(identity_repr(&receiver::<IdentityData>(vm, &args.positional[0])?.0)))
        })
        .getter("always", |vm, args| Ok(receiver::<IdentityData>(vm, &args.positional[0])?.0.always.into()))
        .method("__getattr__", |vm, args| {
            let data = receiver::<IdentityData>(vm, &args.positional[0])?;
            counting_attribute(vm, &args, &data.0.counting)
        })
        .build()
}

fn computed_class(base: &Rc<Class>) -> Rc<Class> {
    class("Computed")
        .base(base)
        .method("__new__", |vm, args| {
            let mut args = Arguments::new("Computed", args);
            let receiver = args.receiver();
            let text = args.require(vm, "sqltext")?;
            let expr = text_or_expr(vm, &text)?;
            let persisted = match args.take("persisted") {
                Some(Object::Bool(value)) => Some(value),
                _ => None,
            };
            args.finish(vm)?;
            let Some(class) = receiver.as_class() else { return Ok(Object::None) };
            Ok(Instance::native(class, ComputedData(Computed { expr, persisted })))
        })
        .method("__repr__", |vm, args| {
            Ok(Object::str(computed_repr(&receiver::<ComputedData>(vm, &args.positional[0])?.0)))
        })
        .getter("persisted", |vm, args| {
            let persisted = receiver::<ComputedData>(vm, &args.positional[0])?.0.persisted;
            Ok(persisted.map_or(Object::None, Object::Bool))
        })
        .getter("sqltext", |vm, args| {
            let expr = receiver::<ComputedData>(vm, &args.positional[0])?.0.expr.clone();
            Ok(expr_object(vm, expr))
        })
        .build()
}

fn sequence_class() -> Rc<Class> {
    class("Sequence")
        .method("__new__", |vm, args| {
            let mut args = Arguments::new("Sequence", args);
            let receiver = args.receiver();
            let name = args.require(vm, "name")?;
            let mut sequence = Sequence { name: vm.str(&name)?.as_str().to_string(), ..Sequence::default() };
            for (place, name) in ["start", "increment"].into_iter().enumerate() {
                let number = match args.take(name) {
                    Some(Object::Int(number)) => Some(number),
                    _ => None,
                };
                let slot =
                    if place == 0 { &mut sequence.counting.start } else { &mut sequence.counting.increment };
                *slot = number;
            }
            let more = read_counting(vm, &mut args)?;
            sequence.counting =
                Counting { start: sequence.counting.start, increment: sequence.counting.increment, ..more };
            let metadata = args.keyword("metadata").filter(|given| !given.is_none());
            sequence.schema = match args.keyword("schema") {
                Some(Object::Str(schema)) => Some(schema.as_str().to_string()),
                _ => None,
            };
            sequence.optional = args.flag(vm, "optional", false)?;
            sequence.data_type = match args.keyword("data_type") {
                Some(sql_type) => to_sql_type(vm, &sql_type)?,
                None => None,
            };
            sequence.of_metadata = metadata.is_some();
            for ignored in ["quote", "quote_schema", "for_update", "info"] {
                args.keyword(ignored);
            }
            args.finish(vm)?;
            if let Some(metadata) = metadata {
                crate::library::sqlalchemy::metadata::add_sequence(vm, &metadata, sequence.clone())?;
            }
            let Some(class) = receiver.as_class() else { return Ok(Object::None) };
            Ok(Instance::native(class, SequenceData(sequence.into())))
        })
        .method("__repr__", |vm, args| {
            Ok(Object::str(sequence_repr(&receiver::<SequenceData>(vm, &args.positional[0])?.0)))
        })
        .getter("name", |vm, args| {
            Ok(Object::str(&receiver::<SequenceData>(vm, &args.positional[0])?.0.name))
        })
        .getter("schema", |vm, args| {
            Ok(text_object(&receiver::<SequenceData>(vm, &args.positional[0])?.0.schema))
        })
        .getter("optional", |vm, args| {
            Ok(receiver::<SequenceData>(vm, &args.positional[0])?.0.optional.into())
        })
        .attribute("is_sequence", Object::Bool(true))
        .method("next_value", |vm, args| {
            let sequence = Rc::clone(&receiver::<SequenceData>(vm, &args.positional[0])?.0);
            Ok(expr_object(vm, Expr::new(Kind::NextValue(sequence))))
        })
        .method("__getattr__", |vm, args| {
            let data = receiver::<SequenceData>(vm, &args.positional[0])?;
            counting_attribute(vm, &args, &data.0.counting)
        })
        .build()
}

fn read_counting(vm: &mut Vm, args: &mut Arguments) -> PyResult<Counting> {
    let number = |args: &mut Arguments, name: &str| match args.keyword(name) {
        Some(Object::Int(number)) => Some(number),
        _ => None,
    };
    let mut counting = Counting {
        start: number(args, "start"),
        increment: number(args, "increment"),
        min_value: number(args, "minvalue"),
        max_value: number(args, "maxvalue"),
        cache: number(args, "cache"),
        ..Counting::default()
    };
    counting.no_min_value = args.flag(vm, "nominvalue", false)?;
    counting.no_max_value = args.flag(vm, "nomaxvalue", false)?;
    counting.order = match args.keyword("order").or_else(|| args.keyword("oracle_order")) {
        Some(Object::Bool(value)) => Some(value),
        _ => None,
    };
    counting.cycle = match args.keyword("cycle") {
        Some(Object::Bool(value)) => Some(value),
        _ => None,
    };
    Ok(counting)
}

fn counting_attribute(vm: &mut Vm, args: &Args, counting: &Counting) -> PyResult<Object> {
    let name = vm.str(&args.positional[1])?;
    let number = |value: Option<i64>| value.map_or(Object::None, Object::Int);
    let flag = |value: bool| if value { Object::Bool(true) } else { Object::None };
    Ok(match name.as_str() {
        "start" => number(counting.start),
        "increment" => number(counting.increment),
        "minvalue" => number(counting.min_value),
        "maxvalue" => number(counting.max_value),
        "cache" => number(counting.cache),
        "nominvalue" => flag(counting.no_min_value),
        "nomaxvalue" => flag(counting.no_max_value),
        "order" => counting.order.map_or(Object::None, Object::Bool),
        "cycle" => counting.cycle.map_or(Object::None, Object::Bool),
        other => return Err(vm.attribute_error(&args.positional[0], other)),
    })
}

/// SQL as a string or an expression: text stands as it is.
pub(in crate::library::sqlalchemy) fn text_or_expr(vm: &mut Vm, object: &Object) -> PyResult<Expr> {
    match object {
        Object::Str(text) => {
            let clause = crate::library::sqlalchemy::reflection::text_clause(vm, text.as_str())?;
            text_or_expr(vm, &clause)
        }
        other => match to_expr(vm, other)? {
            Some(expr) => Ok(expr),
            None => {
                let repr = vm.repr(other)?;
                Err(errors::error(
                    vm,
                    "ArgumentError",
                    format!("SQL expression element for DDL constraint expected, got {}.", repr.as_str()),
                ))
            }
        },
    }
}

/// `default=` and `onupdate=`
pub(super) fn read_default(vm: &mut Vm, value: &Object) -> PyResult<Option<ColumnDefault>> {
    if value.is_none() {
        return Ok(None);
    }
    if let Some(sequence) = value.native::<SequenceData>() {
        return Ok(Some(ColumnDefault::Sequence(sequence.0.clone())));
    }
    if let Some(data) = value.native::<DefaultData>() {
        return Ok(Some(data.0.clone()));
    }
    if matches!(value, Object::Instance(_))
        && let Some(expr) = to_expr(vm, value)?
    {
        return Ok(Some(ColumnDefault::Expr(expr)));
    }
    let callable = match value {
        Object::Function(_) | Object::Native(_) | Object::Method(_) | Object::Class(_) => true,
        other => vm.get_attr_opt(other, "__call__")?.is_some(),
    };
    if callable {
        if let Object::Function(function) = value
            && function.code.parameters.positional > function.defaults.borrow().len() + 1
        {
            let message = "ColumnDefault Python function takes zero or one positional arguments";
            return Err(errors::error(vm, "ArgumentError", message));
        }
        let name = match vm.get_attr_opt(value, "__qualname__")? {
            Some(name) => vm.str(&name)?.as_str().to_string(),
            None => "callable".into(),
        };
        return Ok(Some(ColumnDefault::Callable { code: Rc::new(Kept::new(vm, value)), name }));
    }
    Ok(Some(ColumnDefault::Scalar(to_value(vm, value)?)))
}

/// `server_default=`
pub(super) fn read_server_default(vm: &mut Vm, value: &Object) -> PyResult<Option<ServerDefault>> {
    if let Some(data) = value.native::<ServerDefaultData>() {
        return Ok(Some(data.default.clone()));
    }
    match value {
        Object::None => Ok(None),
        Object::Str(text) => Ok(Some(ServerDefault::Literal(text.as_str().to_string()))),
        other => match to_expr(vm, other)? {
            Some(expr) => Ok(Some(ServerDefault::Expr(expr))),
            None => {
                let class = vm.class_of(other);
                let (module, name) = (class.module.borrow().clone(), class.name());
                let shown = match module.as_str() {
                    "builtins" => name.as_str().to_string(),
                    module => format!("{module}.{}", name.as_str()),
                };
                Err(errors::error(
                    vm,
                    "ArgumentError",
                    format!(
                        "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class 'sqlalchemy.sql.elements.ClauseElement'>' or '<class 'sqlalchemy.sql.elements.TextClause'>', got '<class '{shown}'>'"
                    ),
                ))
            }
        },
    }
}

/// `column.default`, `column.onupdate`
pub(super) fn default_object(vm: &mut Vm, default: &Option<ColumnDefault>) -> Object {
    let own = classes(vm);
    match default {
        None => Object::None,
        Some(ColumnDefault::Sequence(sequence)) => {
            Instance::native(&own.defaults.sequence, SequenceData(sequence.clone()))
        }
        Some(default) => Instance::native(&own.defaults.column_default, DefaultData(default.clone())),
    }
}

/// `column.server_default`
pub(super) fn server_default_object(vm: &mut Vm, column: &ormscope::schema::Column) -> Object {
    let own = classes(vm);
    if let Some(computed) = &column.computed {
        return Instance::native(&own.defaults.computed, ComputedData(computed.clone()));
    }
    if let Some(identity) = &column.identity {
        return Instance::native(&own.defaults.identity, IdentityData(identity.clone()));
    }
    match &column.server_default {
        None => Object::None,
        Some(default) => {
            let class = match default {
                ServerDefault::Fetched => &own.defaults.fetched_value,
                _ => &own.defaults.default_clause,
            };
            Instance::native(class, ServerDefaultData { default: default.clone(), for_update: false })
        }
    }
}

/// `column.computed`
pub(super) fn computed_object(vm: &mut Vm, computed: &Option<Computed>) -> Object {
    let own = classes(vm);
    computed.as_ref().map_or(Object::None, |computed| {
        Instance::native(&own.defaults.computed, ComputedData(computed.clone()))
    })
}

/// `column.identity`
pub(super) fn identity_object(vm: &mut Vm, identity: &Option<Identity>) -> Object {
    let own = classes(vm);
    identity.as_ref().map_or(Object::None, |identity| {
        Instance::native(&own.defaults.identity, IdentityData(identity.clone()))
    })
}

/// How an expression is shown: its class and an address.
pub(in crate::library::sqlalchemy) fn shown(expr: &Expr) -> String {
    element_repr(expr)
}
