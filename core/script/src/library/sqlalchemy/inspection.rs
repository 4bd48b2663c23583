//! `inspect()`: the state of an object, a mapper, a database.
//!
//! SQLAlchemy counterpart: `sqlalchemy.inspection`, and the public side of
//! `InstanceState` and `AttributeState`.

use std::rc::{Rc, Weak};

use ormscope::orm::{AttributeKind, Lifecycle, Slot, State, Was};
use ormscope::types::StateId;

use super::mapping::{self, instance_of, object_of};
use super::values::to_object;
use super::{attributes, classes, errors, peek, receiver, with_orm};
use crate::builtins::Set;
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of an `InstanceState`; it does not keep its object alive.
struct StateObject {
    state: StateId,
    owner: Weak<Instance>,
}

/// The native data of an `AttributeState`.
struct AttributeState {
    state: StateId,
    owner: Weak<Instance>,
    key: String,
}

/// A class of the little Python module beside this file.
pub(super) fn support(vm: &mut Vm, name: &str) -> PyResult<Object> {
    let module = vm.import("sqlalchemy._support")?;
    vm.get_attr(&Object::Module(module), name)
}

/// Calls a class of that module.
pub(super) fn make_support(vm: &mut Vm, name: &str, arguments: Vec<Object>) -> PyResult<Object> {
    let class = support(vm, name)?;
    vm.call(&class, Args::positional(arguments))
}

/// Something of the names of the ORM that are written in Python; called, where
/// there are arguments.
pub(super) fn orm_name(vm: &mut Vm, name: &str, arguments: Option<Vec<Object>>) -> PyResult<Object> {
    let module = vm.import("sqlalchemy._orm_names")?;
    let found = vm.get_attr(&Object::Module(module), name)?;
    match arguments {
        Some(arguments) => vm.call(&found, Args::positional(arguments)),
        None => Ok(found),
    }
}

/// `inspect(subject)`
pub(super) fn inspect(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(subject) = args.positional.first().cloned() else {
        return Err(vm.type_error("inspect() missing 1 required positional argument: 'subject'"));
    };
    if let Some(object) = object_of(&subject) {
        return Ok(state_object(vm, &subject, object.state));
    }
    if let Some(inspector) = super::inspector::inspector_of(vm, &subject)? {
        return Ok(inspector);
    }
    super::declarative::refuse_waiting(vm, &subject)?;
    if mapping::mapper_of(vm, &subject)?.is_some() {
        return vm.get_attr(&subject, "__mapper__");
    }
    if let Some(inspected) = super::mapper_api::alias_inspected(vm, &subject)? {
        return Ok(inspected);
    }
    if subject.native::<mapping::MapperObject>().is_some()
        || super::expressions::to_expr(vm, &subject)?.is_some()
        || super::froms::to_from(vm, &subject)?.is_some()
    {
        return Ok(subject);
    }
    let raises = args.keyword.iter().find(|(name, _)| name.as_str() == "raiseerr").map(|(_, value)| value);
    let raises = match raises.or(args.positional.get(1)) {
        Some(value) => vm.truthy(value)?,
        None => true,
    };
    if raises {
        let class = vm.class_of(&subject);
        let name = match class.module.borrow().as_str() {
            "builtins" => class.name().as_str().to_string(),
            module => format!("{module}.{}", class.name().as_str()),
        };
        return Err(errors::error(
            vm,
            "NoInspectionAvailable",
            format!("No inspection system is available for object of type <class '{name}'>"),
        ));
    }
    Ok(Object::None)
}

/// The `InstanceState` of a mapped object.
pub(super) fn state_object(vm: &mut Vm, subject: &Object, state: StateId) -> Object {
    let instance = subject.as_instance();
    // It is made once; a copy of the object brings the other's along.
    let known = instance.and_then(|instance| instance.get(STATE));
    if let Some(known) =
        known.filter(|known| known.native::<StateObject>().is_some_and(|it| it.state == state))
    {
        return known;
    }
    let owner = instance.map(Rc::downgrade).unwrap_or_default();
    let class = classes(vm).instance_state.clone();
    let made = Instance::native(&class, StateObject { state, owner });
    if let Some(instance) = instance {
        let name = vm.intern(STATE);
        instance.dict.borrow_mut().insert(name, made.clone());
    }
    made
}

/// Where an object keeps its state.
const STATE: &str = "_sa_instance_state";

/// Looks at the state of a state object, while its object lives.
fn look<T>(
    vm: &mut Vm,
    object: &Object,
    look: impl FnOnce(&ormscope::orm::Orm, StateId, &State) -> T,
) -> PyResult<T> {
    let own = receiver::<StateObject>(vm, object)?;
    let _alive = alive(vm, &own.owner)?;
    peek(vm, |orm| look(orm, own.state, &orm.states[own.state]))
}

fn alive(vm: &mut Vm, owner: &Weak<Instance>) -> PyResult<Rc<Instance>> {
    match owner.upgrade() {
        Some(owner) => Ok(owner),
        None => Err(errors::error(
            vm,
            "ObjectDereferencedError",
            "Can't load attributes of an object that is no longer there: it has been garbage collected",
        )),
    }
}

fn names(vm: &mut Vm, names: Vec<String>) -> PyResult<Object> {
    let items: Vec<Object> = names.iter().map(Object::str).collect();
    Ok(Object::Set(Rc::new(Set::from_items(vm, false, items)?)))
}

macro_rules! lifecycle {
    ($state:expr) => {
        |vm, args| look(vm, &args.positional[0], |_, _, state| Object::Bool(state.lifecycle == $state))
    };
}

/// The `InstanceState` class.
pub(super) fn instance_state_class() -> Rc<Class> {
    Class::builder("InstanceState")
        .module("sqlalchemy.orm.state")
        .getter("transient", lifecycle!(Lifecycle::Transient))
        .getter("pending", lifecycle!(Lifecycle::Pending))
        .getter("persistent", lifecycle!(Lifecycle::Persistent))
        .getter("deleted", lifecycle!(Lifecycle::Deleted))
        .getter("detached", lifecycle!(Lifecycle::Detached))
        .getter("was_deleted", |vm, args| {
            look(vm, &args.positional[0], |_, _, state| {
                Object::Bool(state.lifecycle == Lifecycle::Deleted || state.was_deleted)
            })
        })
        .getter("has_identity", |vm, args| {
            look(vm, &args.positional[0], |_, _, state| state.key.is_some().into())
        })
        .getter("modified", |vm, args| look(vm, &args.positional[0], |_, _, state| state.modified.into()))
        .getter("expired", |vm, args| look(vm, &args.positional[0], |_, _, state| state.expired.into()))
        .getter("identity", |vm, args| {
            let key = look(vm, &args.positional[0], |_, _, state| state.key.clone())?;
            identity(vm, key)
        })
        .getter("key", identity_key)
        .getter("identity_key", identity_key)
        .getter("session", |vm, args| {
            let session = look(vm, &args.positional[0], |_, _, state| state.session)?;
            Ok(session.and_then(|id| vm.library.sqlalchemy.session_object(id)).unwrap_or(Object::None))
        })
        .getter("object", |vm, args| {
            let own = receiver::<StateObject>(vm, &args.positional[0])?;
            Ok(own.owner.upgrade().map_or(Object::None, Object::Instance))
        })
        .method("obj", |vm, args| {
            let own = receiver::<StateObject>(vm, &args.positional[0])?;
            Ok(own.owner.upgrade().map_or(Object::None, Object::Instance))
        })
        .getter("class_", |vm, args| {
            let mapper = look(vm, &args.positional[0], |_, _, state| state.mapper)?;
            Ok(mapping::entity_object(vm, mapper))
        })
        .getter("mapper", |vm, args| {
            let mapper = look(vm, &args.positional[0], |_, _, state| state.mapper)?;
            let class = mapping::entity_object(vm, mapper);
            vm.get_attr(&class, "__mapper__")
        })
        .getter("unloaded", |vm, args| {
            let unloaded = look(vm, &args.positional[0], |orm, id, state| {
                let keys = orm.mapper_of(id).iter();
                keys.filter(|(at, _)| matches!(state.slots[*at], Slot::Empty) && !state.has_changed(*at))
                    .map(|(_, attribute)| attribute.key.clone())
                    .collect()
            })?;
            let own = receiver::<StateObject>(vm, &args.positional[0])?;
            let unloaded = with_synonyms(vm, own.state, unloaded)?;
            names(vm, unloaded)
        })
        .getter("unloaded_expirable", |vm, args| vm.get_attr(&args.positional[0], "unloaded"))
        .getter("is_instance", |_, _| Ok(Object::Bool(true)))
        .getter("callables", |vm, _| make_support(vm, "immutabledict", Vec::new()))
        .getter("manager", |vm, args| {
            let class = vm.get_attr(&args.positional[0], "class_")?;
            make_support(vm, "ClassManager", vec![class])
        })
        .getter("unmodified", |vm, args| {
            let unmodified = look(vm, &args.positional[0], |orm, id, state| {
                let keys = orm.mapper_of(id).iter();
                keys.filter(|(at, _)| !state.has_changed(*at))
                    .map(|(_, attribute)| attribute.key.clone())
                    .collect()
            })?;
            let own = receiver::<StateObject>(vm, &args.positional[0])?;
            let unmodified = with_synonyms(vm, own.state, unmodified)?;
            names(vm, unmodified)
        })
        .getter("expired_attributes", |vm, args| {
            let expired = look(vm, &args.positional[0], |orm, id, state| {
                let keys = orm.mapper_of(id).iter();
                keys.filter(|(at, _)| state.expired_attributes.contains(*at as u32))
                    .map(|(_, attribute)| attribute.key.clone())
                    .collect()
            })?;
            names(vm, expired)
        })
        .getter("dict", |vm, args| {
            let loaded = look(vm, &args.positional[0], |orm, id, state| {
                let keys = orm.mapper_of(id).iter();
                keys.filter(|(at, _)| !matches!(state.slots[*at], Slot::Empty))
                    .map(|(_, attribute)| attribute.key.clone())
                    .collect::<Vec<_>>()
            })?;
            let own = receiver::<StateObject>(vm, &args.positional[0])?;
            let object = Object::Instance(alive(vm, &own.owner)?);
            let mut items = Vec::new();
            for key in loaded {
                items.push((vm.intern(&key), vm.get_attr(&object, &key)?));
            }
            items.insert(0, (vm.intern("_sa_instance_state"), args.positional[0].clone()));
            Ok(crate::builtins::Dict::from_names(items))
        })
        .getter("committed_state", committed_state)
        .method("get_history", |vm, args| {
            let own = receiver::<StateObject>(vm, &args.positional[0])?;
            let object = Object::Instance(alive(vm, &own.owner)?);
            let mut arguments = args.positional;
            arguments[0] = object;
            let module = vm.import("sqlalchemy.orm.attributes")?;
            let function = vm.get_attr(&Object::Module(module), "get_history")?;
            vm.call(&function, Args { positional: arguments, keyword: args.keyword })
        })
        .getter("attrs", |vm, args| {
            let own = receiver::<StateObject>(vm, &args.positional[0])?;
            let mapper = look(vm, &args.positional[0], |_, _, state| state.mapper)?;
            let keys = super::mapper_api::keys(vm, mapper)?;
            let class = classes(vm).attribute_state.clone();
            let mut items = Vec::new();
            for key in keys {
                let data =
                    AttributeState { state: own.state, owner: Weak::clone(&own.owner), key: key.clone() };
                items.push(Object::tuple(vec![Object::str(&key), Instance::native(&class, data)]));
            }
            make_support(vm, "ReadOnlyProperties", vec![Object::list(items)])
        })
        .method("__repr__", |_, args| {
            let address = args.positional[0].address().unwrap_or_default();
            Ok(Object::str(format!("<sqlalchemy.orm.state.InstanceState object at {address:#x}>")))
        })
        .method("__eq__", |vm, args| {
            let own = receiver::<StateObject>(vm, &args.positional[0])?;
            let other = args.positional[1].native::<StateObject>();
            Ok(Object::Bool(other.is_some_and(|other| Weak::ptr_eq(&own.owner, &other.owner))))
        })
        .build()
}

/// `state.committed_state`: what changed attributes were before.
fn committed_state(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let was = look(vm, &args.positional[0], |orm, id, _| {
        let keys = &orm.mapper_of(id).attributes;
        let was = orm.committed_values(id).into_iter();
        was.filter_map(|(at, was)| Some((keys.get(at)?.key.clone(), was))).collect::<Vec<_>>()
    })?;
    let mut items = Vec::new();
    for (key, was) in was {
        let value = match was {
            Was::Unknown => support(vm, "NO_VALUE")?,
            Was::Value(value) => to_object(vm, &value)?,
            Was::Object(object) => object.as_ref().map_or(Object::None, instance_of),
            Was::Items(objects) => Object::list(objects.iter().map(instance_of).collect()),
        };
        items.push((Object::str(key), value));
    }
    crate::builtins::Dict::from_items(vm, items)
}

/// Synonyms are never loaded or changed themselves.
fn with_synonyms(vm: &mut Vm, state: StateId, mut keys: Vec<String>) -> PyResult<Vec<String>> {
    let mapper = peek(vm, |orm| orm.states[state].mapper)?;
    for (name, property) in super::mapper_api::python_properties(vm, mapper) {
        if vm.class_of(&property).name().as_str() == "Synonym" {
            keys.push(name);
        }
    }
    Ok(keys)
}

fn identity(vm: &mut Vm, key: Option<ormscope::orm::IdentityKey>) -> PyResult<Object> {
    let Some(key) = key else { return Ok(Object::None) };
    let values = key.values.iter().map(|value| to_object(vm, &value.0)).collect::<PyResult<Vec<_>>>()?;
    Ok(Object::tuple(values))
}

fn identity_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let key = look(vm, &args.positional[0], |_, _, state| state.key.clone())?;
    let Some(mapper) = key.as_ref().map(|key| key.mapper) else { return Ok(Object::None) };
    let values = identity(vm, key)?;
    let class = mapping::entity_object(vm, mapper);
    Ok(Object::tuple(vec![class, values, Object::None]))
}

/// The `AttributeState` class.
pub(super) fn attribute_state_class() -> Rc<Class> {
    Class::builder("AttributeState")
        .module("sqlalchemy.orm.state")
        .getter("key", |vm, args| Ok(Object::str(&receiver::<AttributeState>(vm, &args.positional[0])?.key)))
        .getter("value", |vm, args| {
            let own = receiver::<AttributeState>(vm, &args.positional[0])?;
            let object = Object::Instance(alive(vm, &own.owner)?);
            vm.get_attr(&object, &own.key)
        })
        .getter("loaded_value", |vm, args| {
            let own = receiver::<AttributeState>(vm, &args.positional[0])?;
            let object = Object::Instance(alive(vm, &own.owner)?);
            let empty = peek(vm, |orm| {
                let at = orm.mapper_of(own.state).attribute(&own.key);
                at.is_none_or(|at| matches!(orm.states[own.state].slots[at], Slot::Empty))
            })?;
            if empty { support(vm, "NO_VALUE") } else { vm.get_attr(&object, &own.key) }
        })
        .getter("history", |vm, args| {
            let own = receiver::<AttributeState>(vm, &args.positional[0])?;
            let _alive = alive(vm, &own.owner)?;
            history(vm, own.state, &own.key)
        })
        .method("load_history", |vm, args| {
            let own = receiver::<AttributeState>(vm, &args.positional[0])?;
            let object = Object::Instance(alive(vm, &own.owner)?);
            vm.get_attr(&object, &own.key)?;
            history(vm, own.state, &own.key)
        })
        .build()
}

/// The `History` of an attribute, as far as it is in memory.
pub(super) fn history(vm: &mut Vm, state: StateId, key: &str) -> PyResult<Object> {
    let Some(at) = peek(vm, |orm| orm.mapper_of(state).attribute(key))? else {
        return Err(vm.error(&vm.exceptions.attribute_error.clone(), key));
    };
    let is_column =
        peek(vm, |orm| matches!(orm.mapper_of(state).attributes[at].kind, AttributeKind::Column(_)))?;
    let parts: [Vec<Object>; 3] = if is_column {
        let history = peek(vm, |orm| orm.value_history(state, at))?;
        let mut parts = [Vec::new(), Vec::new(), Vec::new()];
        for (part, values) in parts.iter_mut().zip([history.added, history.unchanged, history.deleted]) {
            for value in values {
                part.push(to_object(vm, &value)?);
            }
        }
        parts
    } else {
        let history = peek(vm, |orm| orm.known_history(state, at))?;
        [history.added, history.unchanged, history.deleted].map(|objects| {
            objects.iter().map(|object| object.as_ref().map_or(Object::None, instance_of)).collect()
        })
    };
    // What is not known is an empty tuple; the parts of a known collection are lists.
    let lists = peek(vm, |orm| {
        matches!(orm.states[state].slots[at], Slot::Collection(_)) && orm.states[state].has_changed(at)
    })?;
    let whole = peek(vm, |orm| matches!(orm.states[state].slots[at], Slot::Collection(_)))?;
    let mut place = 0;
    let parts = parts.map(|part| {
        place += 1;
        let is_list = lists || !part.is_empty() || (whole && place == 2);
        if is_list { Object::list(part) } else { Object::tuple(part) }
    });
    make_support(vm, "History", parts.into())
}

/// `flag_modified(object, key)`
pub(super) fn flag_modified(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let (Some(object), Some(key)) = (args.positional.first().and_then(object_of), args.positional.get(1))
    else {
        return Err(vm.type_error("flag_modified() takes a mapped object and the name of an attribute"));
    };
    let key = vm.str(key)?;
    let known = with_orm(vm, |orm, _| {
        let at = orm.mapper_of(object.state).attribute(key.as_str());
        let loaded = at.filter(|at| !matches!(orm.states[object.state].slots[*at], Slot::Empty));
        if let Some(at) = loaded {
            orm.flag_modified(object.state, at);
        }
        Ok(loaded.is_some())
    })?;
    if known {
        super::orm_events::attributes::flagged(vm, &object, key.as_str())?;
        return Ok(Object::None);
    }
    Err(errors::error(
        vm,
        "InvalidRequestError",
        format!("Can't flag attribute '{}' modified; it's not present in the object state", key.as_str()),
    ))
}

/// `make_transient(object)`
pub(super) fn make_transient(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let object = mapping::require_object(vm, args.positional.first().unwrap_or(&Object::None))?;
    with_orm(vm, |orm, _| {
        orm.make_transient(object.state);
        Ok(())
    })?;
    Ok(Object::None)
}

/// `make_transient_to_detached(object)`
pub(super) fn make_transient_to_detached(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let object = mapping::require_object(vm, args.positional.first().unwrap_or(&Object::None))?;
    with_orm(vm, |orm, _| orm.make_transient_to_detached(object.state))?;
    Ok(Object::None)
}

/// `set_attribute(object, key, value)`
pub(super) fn set_attribute(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [object, key, value, ..] = &args.positional[..] else {
        return Err(vm.type_error("set_attribute() takes an object, a name and a value"));
    };
    let name = vm.str(key)?;
    let _ = attributes::attribute_expr(vm, object)?;
    vm.set_attr(object, &name, value.clone())?;
    Ok(Object::None)
}
