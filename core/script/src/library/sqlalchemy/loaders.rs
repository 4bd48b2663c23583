//! `joinedload()`, `selectinload()` and what follows them.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.strategy_options`.

use std::rc::Rc;

use ormscope::orm::{Lazy, LoadOption};

use super::{attributes, classes, errors, receiver};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of a loader option.
struct LoadData {
    /// The relationships on the way, with their strategies.
    option: LoadOption,
    /// Options for what it leads to.
    further: Vec<LoadOption>,
}

/// The functions by name; an option has them as methods too.
pub(super) const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("joinedload", |vm, args| start(vm, &args.positional, Lazy::Joined)),
    ("selectinload", |vm, args| start(vm, &args.positional, Lazy::SelectIn)),
    ("lazyload", |vm, args| start(vm, &args.positional, Lazy::Select)),
];

const METHODS: &[(&str, NativeFn)] = &[
    ("joinedload", |vm, args| follow(vm, &args, Lazy::Joined)),
    ("selectinload", |vm, args| follow(vm, &args, Lazy::SelectIn)),
    ("lazyload", |vm, args| follow(vm, &args, Lazy::Select)),
    ("options", |vm, args| {
        let own = receiver::<LoadData>(vm, &args.positional[0])?;
        let mut further = own.further.clone();
        for option in options(vm, &args.positional[1..])? {
            let mut path = own.option.0.clone();
            path.extend(option.0);
            further.push(LoadOption(path));
        }
        Ok(object(vm, LoadData { option: own.option.clone(), further }))
    }),
];

/// The class of loader options.
pub(super) fn class() -> Rc<Class> {
    let mut builder = Class::builder("_AbstractLoad").module("sqlalchemy.orm.strategy_options");
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder.build()
}

fn object(vm: &mut Vm, data: LoadData) -> Object {
    let class = classes(vm).load.clone();
    Instance::native(&class, data)
}

fn extend(vm: &mut Vm, mut path: LoadOption, attributes: &[Object], strategy: Lazy) -> PyResult<LoadOption> {
    for attribute in attributes {
        let Some((entity, place, _)) = attributes::relationship_of(vm, attribute)? else {
            let repr = vm.str(attribute)?;
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "expected ORM mapped attribute for loader strategy argument, got {}",
                    ormscope::types::python_str(repr.as_str())
                ),
            ));
        };
        path.0.push((entity.mapper, place as u32, strategy));
    }
    Ok(path)
}

fn start(vm: &mut Vm, attributes: &[Object], strategy: Lazy) -> PyResult<Object> {
    let option = extend(vm, LoadOption::default(), attributes, strategy)?;
    Ok(object(vm, LoadData { option, further: Vec::new() }))
}

fn follow(vm: &mut Vm, args: &Args, strategy: Lazy) -> PyResult<Object> {
    let own = receiver::<LoadData>(vm, &args.positional[0])?;
    let option = extend(vm, own.option.clone(), &args.positional[1..], strategy)?;
    Ok(object(vm, LoadData { option, further: own.further.clone() }))
}

/// What the arguments of `options()` say of loading.
pub(super) fn options(vm: &mut Vm, objects: &[Object]) -> PyResult<Vec<LoadOption>> {
    let mut found = Vec::new();
    for object in objects {
        let Some(data) = object.native::<LoadData>() else {
            let repr = vm.repr(object)?;
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!("ExecutableOption Core or ORM object expected, got {}.", repr.as_str()),
            ));
        };
        found.push(data.option.clone());
        found.extend(data.further.iter().cloned());
    }
    Ok(found)
}
