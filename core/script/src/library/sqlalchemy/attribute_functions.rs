//! The functions of `sqlalchemy.orm.attributes` that go around an attribute's
//! own ways of reading and writing.

use ormscope::orm::{AttributeKind, Slot};

use super::arguments::Arguments;
use super::mapping::{self, object_of};
use super::values::to_value;
use super::{attributes, inspection, peek, with_orm};
use crate::object::{Args, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The functions by name.
pub(super) const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("set_committed_value", set_committed_value),
    ("get_attribute", |vm, args| {
        let (object, name) = object_and_name(vm, "get_attribute", args)?;
        vm.get_attr(&object, name.as_str())
    }),
    ("del_attribute", |vm, args| {
        let (object, name) = object_and_name(vm, "del_attribute", args)?;
        vm.del_attr(&object, name.as_str())?;
        Ok(Object::None)
    }),
    ("init_collection", |vm, args| {
        let (object, name) = object_and_name(vm, "init_collection", args)?;
        let empty = Object::list(Vec::new());
        let key = Object::str(name.as_str());
        set_committed_value(vm, Args::positional(vec![object.clone(), key, empty]))?;
        vm.get_attr(&object, name.as_str())
    }),
    ("flag_dirty", |vm, args| {
        let object = mapping::require_object(vm, args.positional.first().unwrap_or(&Object::None))?;
        with_orm(vm, |orm, _| {
            orm.flag_dirty(object.state);
            Ok(())
        })?;
        Ok(Object::None)
    }),
    ("get_history", |vm, args| {
        let mut args = Arguments::new("get_history", args);
        let (object, key) = (args.require(vm, "obj")?, args.require(vm, "key")?);
        let key = vm.str(&key)?;
        let passive = args.take("passive");
        let handle = mapping::require_object(vm, &object)?;
        let loads = match passive {
            Some(passive) => {
                let flags = vm.get_attr(&passive, "value")?;
                matches!(flags, Object::Int(flags) if flags & LOADS == LOADS)
            }
            None => true,
        };
        let is_set = peek(vm, |orm| {
            let at = orm.mapper_of(handle.state).attribute(key.as_str())?;
            let state = &orm.states[handle.state];
            Some(!matches!(state.slots[at], Slot::Empty) || (state.key.is_none() && !state.has_changed(at)))
        })?;
        let transient = peek(vm, |orm| orm.states[handle.state].key.is_none())?;
        if loads && is_set.is_some() && !transient {
            vm.get_attr(&object, key.as_str())?;
        }
        inspection::history(vm, handle.state, key.as_str())
    }),
];

/// `PassiveFlag.CALLABLES_OK` and `SQL_OK`: whether anything may be loaded.
const LOADS: i64 = 3;

fn object_and_name(
    vm: &mut Vm,
    function: &'static str,
    args: Args,
) -> PyResult<(Object, crate::object::Name)> {
    let mut args = Arguments::new(function, args);
    let (object, name) = (args.require(vm, "instance")?, args.require(vm, "key")?);
    mapping::require_object(vm, &object)?;
    Ok((object, vm.str(&name)?))
}

/// `set_committed_value(instance, key, value)`: as if it had been loaded.
fn set_committed_value(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("set_committed_value", args);
    let (object, key) = (args.require(vm, "instance")?, args.require(vm, "key")?);
    let value = args.require(vm, "value")?;
    let handle = mapping::require_object(vm, &object)?;
    let key = vm.str(&key)?;
    let state = handle.state;
    let found = peek(vm, |orm| {
        let mapper = orm.mapper_of(state);
        let at = mapper.attribute(key.as_str())?;
        let uselist = match &mapper.attributes[at].kind {
            AttributeKind::Column(_) | AttributeKind::Expression(_) => None,
            _ => Some(mapper.relationship(at).is_some_and(|relationship| relationship.uselist)),
        };
        Some((at, uselist))
    })?;
    let Some((at, uselist)) = found else {
        return Err(vm.key_error(Object::str(key.as_str())));
    };
    match uselist {
        None => {
            let value = to_value(vm, &value)?;
            with_orm(vm, |orm, _| {
                orm.set_committed_value(state, at, value);
                Ok(())
            })?;
        }
        Some(uselist) => {
            let members = match (uselist, &value) {
                (_, Object::None) => Vec::new(),
                (false, one) => vec![attributes::require_related(vm, one)?],
                (true, many) => match super::custom_collections::incoming(vm, state, at, many)? {
                    Some(members) => members.iter().filter_map(object_of).collect(),
                    None => {
                        let members = vm.collect(many)?;
                        members.iter().filter_map(object_of).collect()
                    }
                },
            };
            with_orm(vm, |orm, hooks| orm.set_committed_related(hooks, state, at, members))?;
        }
    }
    Ok(Object::None)
}
