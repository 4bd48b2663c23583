//! `InstrumentedList`: a list whose changes the ORM hears of.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use ormscope::orm::{self, Collection};
use ormscope::types::{MapperId, StateId};

use super::mapping::{instance_of, object_of};
use super::{attributes, classes, orm_events, receiver, with_orm};
use crate::object::{Args, Class, Instance, List, NativeFn, Object, Payload, PyResult};
use crate::vm::Vm;

/// A Python list as the ORM's collection.
struct ListOfObjects {
    /// The `InstrumentedList`.
    object: Rc<Instance>,
    /// The list inside it.
    list: Rc<List>,
}

/// Tells a collection whose it is: `_sa_adapter`.
struct Adapter {
    owner: StateId,
    /// Ends with the collection's owner, so that a later object in the same
    /// place is not taken for it.
    attribute: usize,
    attached: RefCell<bool>,
}

impl Collection for ListOfObjects {
    fn items(&self) -> Vec<orm::Object> {
        self.list.items.borrow().iter().filter_map(object_of).collect()
    }

    fn add(&self, member: orm::Object) {
        self.list.items.borrow_mut().push(instance_of(&member));
    }

    fn remove(&self, member: StateId) {
        let at = self
            .list
            .items
            .borrow()
            .iter()
            .position(|item| object_of(item).is_some_and(|o| o.state == member));
        if let Some(at) = at {
            let removed = self.list.items.borrow_mut().remove(at);
            drop(removed);
        }
    }

    fn is_held_elsewhere(&self) -> bool {
        Rc::strong_count(&self.object) > 1
    }

    fn program_object(&self) -> Option<Rc<dyn Any>> {
        Some(Rc::clone(&self.object) as Rc<dyn Any>)
    }
}

/// The Python object of a collection.
pub(super) fn collection_object(collection: &dyn Collection) -> Object {
    let instance = collection.program_object().and_then(|object| object.downcast::<Instance>().ok());
    instance.map_or(Object::None, Object::Instance)
}

/// An empty collection for an attribute of an object.
pub(super) fn new_collection(
    vm: &mut Vm,
    mapper: MapperId,
    owner: StateId,
    attribute: usize,
) -> PyResult<Rc<dyn Collection>> {
    if let Some(custom) = super::custom_collections::new_collection(vm, mapper, owner, attribute)? {
        return Ok(custom);
    }
    plain_list(vm, owner, attribute)
}

/// An empty list for an attribute of an object.
pub(super) fn plain_list(vm: &mut Vm, owner: StateId, attribute: usize) -> PyResult<Rc<dyn Collection>> {
    let own = classes(vm);
    let list = Rc::new(List::default());
    let payload = Payload::Base(Object::List(Rc::clone(&list)));
    let Object::Instance(object) = Instance::with_payload(&own.instrumented_list, payload) else {
        return Err(vm.type_error("a collection could not be made"));
    };
    let adapter = Instance::native(&own.backref, Adapter { owner, attribute, attached: RefCell::new(true) });
    let name = vm.intern("_sa_adapter");
    object.dict.borrow_mut().insert(name, adapter);
    Ok(Rc::new(ListOfObjects { object, list }))
}

const METHODS: &[(&str, NativeFn)] = &[
    ("append", |vm, args| {
        let [this, item] = two(vm, args)?;
        let item = adds(vm, &this, &item)?;
        through(vm, "append", vec![this, item])
    }),
    ("remove", |vm, args| {
        let [this, item] = two(vm, args)?;
        // As in SQLAlchemy, the list itself says afterwards whether it had the item.
        removes(vm, &this, &item)?;
        through(vm, "remove", vec![this, item])
    }),
    ("insert", |vm, args| {
        let mut args = args;
        if let [this, _, item] = &mut args.positional[..] {
            *item = adds(vm, this, item)?;
        }
        through(vm, "insert", args.positional)
    }),
    ("extend", |vm, args| {
        let [this, others] = two(vm, args)?;
        for item in vm.collect(&others)? {
            let item = adds(vm, &this, &item)?;
            through(vm, "append", vec![this.clone(), item])?;
        }
        Ok(Object::None)
    }),
    ("__iadd__", |vm, args| {
        let [this, others] = two(vm, args)?;
        for item in vm.collect(&others)? {
            let item = adds(vm, &this, &item)?;
            through(vm, "append", vec![this.clone(), item])?;
        }
        Ok(this)
    }),
    ("pop", |vm, args| {
        let this = args.positional.first().cloned().unwrap_or(Object::None);
        if let Some(adapter) = adapter(vm, &this)?
            && still_owned(vm, &adapter, &this)?
        {
            with_orm(vm, |orm, _| {
                orm.collection_will_lose(adapter.owner, adapter.attribute);
                Ok(())
            })?;
        }
        let item = through(vm, "pop", args.positional)?;
        removes(vm, &this, &item)?;
        Ok(item)
    }),
    ("clear", |vm, args| {
        let this = args.positional.first().cloned().unwrap_or(Object::None);
        for item in members(vm, &this)? {
            removes(vm, &this, &item)?;
        }
        through(vm, "clear", vec![this])
    }),
    ("__setitem__", |vm, args| {
        let mut args = args;
        if let [this, at, value] = &mut args.positional[..] {
            let all = Object::list(members(vm, this)?);
            let old = vm.get_item(&all, at)?;
            if let Object::Slice(_) = at {
                let mut kept = Vec::new();
                for item in vm.collect(&old)? {
                    removes(vm, this, &item)?;
                }
                for item in vm.collect(value)? {
                    kept.push(adds(vm, this, &item)?);
                }
                *value = Object::list(kept);
            } else {
                removes(vm, this, &old)?;
                *value = adds(vm, this, value)?;
            }
        }
        through(vm, "__setitem__", args.positional)
    }),
    ("__delitem__", |vm, args| {
        if let [this, at] = &args.positional[..] {
            let all = Object::list(members(vm, this)?);
            let gone = vm.get_item(&all, at)?;
            let gone = if let Object::Slice(_) = at { vm.collect(&gone)? } else { vec![gone] };
            for item in gone {
                removes(vm, this, &item)?;
            }
        }
        through(vm, "__delitem__", args.positional)
    }),
];

pub(super) fn instrumented_list_class(vm: &Vm) -> Rc<Class> {
    let mut builder =
        Class::builder("InstrumentedList").module("sqlalchemy.orm.collections").base(&vm.types.list);
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder.build()
}

fn two(vm: &mut Vm, args: Args) -> PyResult<[Object; 2]> {
    let count = args.positional.len();
    args.positional.try_into().map_err(|_| {
        vm.type_error(format!("this method takes exactly one argument ({} given)", count.saturating_sub(1)))
    })
}

/// Calls the plain list's own method.
fn through(vm: &mut Vm, method: &str, args: Vec<Object>) -> PyResult<Object> {
    let function = vm.get_attr(&Object::Class(Rc::clone(&vm.types.list)), method)?;
    vm.call(&function, Args::positional(args))
}

/// The members of a list, as a list of their own.
fn members(vm: &mut Vm, object: &Object) -> PyResult<Vec<Object>> {
    match crate::builtins::base(object) {
        Object::List(list) => Ok(list.items.borrow().clone()),
        other => vm.collect(&other.clone()),
    }
}

fn adapter(vm: &mut Vm, object: &Object) -> PyResult<Option<Rc<Adapter>>> {
    let adapter = object.as_instance().and_then(|instance| instance.get("_sa_adapter"));
    match adapter {
        Some(adapter) => receiver::<Adapter>(vm, &adapter).map(Some),
        None => Ok(None),
    }
}

/// Tells the ORM of a new member, and gives the one that is to be kept.
fn adds(vm: &mut Vm, list: &Object, item: &Object) -> PyResult<Object> {
    let Some(adapter) = adapter(vm, list)? else { return Ok(item.clone()) };
    let owned = still_owned(vm, &adapter, list)?;
    let item = match owned {
        true => orm_events::attributes::before_append(vm, adapter.owner, adapter.attribute, item, false)?,
        false => item.clone(),
    };
    let member = attributes::require_related(vm, &item)?;
    if !owned {
        return Ok(item);
    }
    let kept =
        with_orm(vm, |orm, hooks| orm.collection_adds(hooks, adapter.owner, adapter.attribute, &member))?;
    Ok(instance_of(&kept))
}

fn removes(vm: &mut Vm, list: &Object, item: &Object) -> PyResult<()> {
    let Some(adapter) = adapter(vm, list)? else { return Ok(()) };
    let Some(member) = object_of(item) else { return Ok(()) };
    if !still_owned(vm, &adapter, list)? {
        return Ok(());
    }
    orm_events::attributes::before_append(vm, adapter.owner, adapter.attribute, item, true)?;
    with_orm(vm, |orm, hooks| orm.collection_removes(hooks, adapter.owner, adapter.attribute, &member))
}

/// Whether the collection is still the one of its owner: it may have been
/// replaced or expired, and then it is a plain list.
fn still_owned(vm: &mut Vm, adapter: &Adapter, list: &Object) -> PyResult<bool> {
    if !*adapter.attached.borrow() {
        return Ok(false);
    }
    let owned = super::peek(vm, |orm| {
        let current = orm.states.get(adapter.owner).and_then(|state| state.collection(adapter.attribute));
        current.is_some_and(|collection| collection_object(&**collection).is(list))
    })?;
    if !owned {
        *adapter.attached.borrow_mut() = false;
    }
    Ok(owned)
}
