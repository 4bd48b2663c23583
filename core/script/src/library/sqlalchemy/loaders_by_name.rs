//! Loader options of the legacy era that name attributes: `joinedload("a.b")`.
//!
//! They wait for the query, whose class has the attributes. SQLAlchemy
//! counterpart: string paths in `sqlalchemy.orm.strategy_options` of 1.4.

use std::rc::Rc;

use super::{attributes, classes, mapping};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// An option that waits: the functions and methods that make it.
#[derive(Clone, Default)]
struct Named {
    calls: Vec<(&'static str, Args)>,
}

/// Whether a call names attributes.
pub(super) fn names_attributes(args: &Args) -> bool {
    args.positional.iter().any(|arg| arg.as_str().is_some_and(|text| text != "*"))
}

/// An option that is made when its query is known.
pub(super) fn waiting(vm: &mut Vm, name: &'static str, args: Args) -> Object {
    let class = Rc::clone(&classes(vm).named_load);
    Instance::native(&class, Named { calls: vec![(name, args)] })
}

/// The class of options that wait, with the functions' names as methods.
pub(super) fn class(functions: &[(&'static str, NativeFn)]) -> Rc<Class> {
    let mut builder = Class::builder("Load").module("sqlalchemy.orm.strategy_options");
    for (name, _) in functions {
        let name = *name;
        builder = builder.closure(name, move |vm, args| {
            let own = super::receiver::<Named>(vm, &args.positional[0])?;
            let mut calls = own.calls.clone();
            calls.push((name, Args { positional: args.positional[1..].to_vec(), keyword: args.keyword }));
            let class = Rc::clone(&classes(vm).named_load);
            Ok(Instance::native(&class, Named { calls }))
        });
    }
    builder.build()
}

/// An option with the attributes of the query's class in the place of names.
pub(super) fn resolved(vm: &mut Vm, option: &Object, entity: Option<&Object>) -> PyResult<Object> {
    let (Some(named), Some(entity)) = (option.native::<Named>(), entity) else { return Ok(option.clone()) };
    let module = vm.import("sqlalchemy.orm")?;
    let mut at = entity.clone();
    let mut made: Option<Object> = None;
    for (name, args) in &named.calls {
        let mut positional = Vec::new();
        let start = at.clone();
        for arg in &args.positional {
            let path = match arg {
                Object::Str(path) => path.clone(),
                other => {
                    at = beyond(vm, other)?.unwrap_or(at);
                    positional.push(other.clone());
                    continue;
                }
            };
            // `load_only("a", "b")` names siblings, a path what follows from each other.
            let mut here = if name.starts_with("load_only") { start.clone() } else { at.clone() };
            for part in path.as_str().split('.') {
                let attribute = vm.get_attr(&here, part)?;
                here = beyond(vm, &attribute)?.unwrap_or(here);
                positional.push(attribute);
            }
            at = here;
        }
        let args = Args { positional, keyword: args.keyword.clone() };
        let call = match &made {
            Some(option) => vm.get_attr(option, name)?,
            None => vm.get_attr(&Object::Module(Rc::clone(&module)), name)?,
        };
        made = Some(vm.call(&call, args)?);
    }
    Ok(made.unwrap_or_else(|| option.clone()))
}

/// The class that a relationship leads to.
fn beyond(vm: &mut Vm, attribute: &Object) -> PyResult<Option<Object>> {
    let found = attributes::relationship_of(vm, attribute)?;
    Ok(found.map(|(_, _, target)| mapping::entity_object(vm, target)))
}
