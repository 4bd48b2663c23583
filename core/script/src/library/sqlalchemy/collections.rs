//! `InstrumentedList`: a list whose changes the ORM hears of.

use std::any::Any;
use std::rc::{Rc, Weak};

use ormscope::orm::{self, Collection};
use ormscope::types::{MapperId, StateId};

use super::mapping::{instance_of, object_of};
use super::{classes, collection_adapter, peek};
use crate::object::{Args, Class, Instance, List, NativeFn, Object, Payload, PyResult};
use crate::vm::Vm;

/// A Python list as the ORM's collection.
struct ListOfObjects {
    /// The `InstrumentedList`.
    object: Rc<Instance>,
    /// The list inside it.
    list: Rc<List>,
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
    let holder = peek(vm, |orm| collection_adapter::holder_of(orm, owner))?;
    plain_list(vm, holder, owner, attribute)
}

/// An empty list for an attribute of an object, which the ORM may be at work for.
pub(super) fn plain_list(
    vm: &mut Vm,
    holder: Weak<Instance>,
    owner: StateId,
    attribute: usize,
) -> PyResult<Rc<dyn Collection>> {
    let own = classes(vm);
    let list = Rc::new(List::default());
    let payload = Payload::Base(Object::List(Rc::clone(&list)));
    let Object::Instance(object) = Instance::with_payload(&own.instrumented_list, payload) else {
        return Err(vm.type_error("a collection could not be made"));
    };
    collection_adapter::attach(vm, holder, owner, attribute, &object, None);
    Ok(Rc::new(ListOfObjects { object, list }))
}

const METHODS: &[(&str, NativeFn)] = &[
    ("append", append),
    ("_sa_appender", append),
    ("remove", remove),
    ("_sa_remover", remove),
    ("_sa_iterator", |vm, args| {
        let [this] = &args.positional[..] else {
            return Err(vm.type_error("_sa_iterator() takes no argument"));
        };
        vm.iter(this)
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
        extend(vm, &this, &others)?;
        Ok(Object::None)
    }),
    ("__iadd__", |vm, args| {
        let [this, others] = two(vm, args)?;
        extend(vm, &this, &others)?;
        Ok(this)
    }),
    ("pop", |vm, args| {
        let this = args.positional.first().cloned().unwrap_or(Object::None);
        if let Some(adapter) = collection_adapter::of(&this) {
            collection_adapter::will_lose(vm, &adapter)?;
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
    ("__setitem__", |vm, mut args| {
        if let [this, at, value] = &mut args.positional[..] {
            let all = Object::list(members(vm, this)?);
            let old = vm.get_item(&all, at)?;
            if let Object::Slice(_) = at {
                for item in vm.collect(&old)? {
                    removes(vm, this, &item)?;
                }
                let mut kept = Vec::new();
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

fn append(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let is_silent = collection_adapter::is_silent(&args);
    let [this, item] = two(vm, args)?;
    let item = if is_silent { item } else { adds(vm, &this, &item)? };
    through(vm, "append", vec![this, item])
}

fn remove(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let is_silent = collection_adapter::is_silent(&args);
    let [this, item] = two(vm, args)?;
    if !is_silent {
        // As in SQLAlchemy, the list itself says afterwards whether it had the item.
        removes(vm, &this, &item)?;
    }
    through(vm, "remove", vec![this, item])
}

fn extend(vm: &mut Vm, this: &Object, others: &Object) -> PyResult<()> {
    for item in vm.collect(others)? {
        let item = adds(vm, this, &item)?;
        through(vm, "append", vec![this.clone(), item])?;
    }
    Ok(())
}

pub(super) fn instrumented_list_class(vm: &Vm) -> Rc<Class> {
    let mut builder =
        Class::builder("InstrumentedList").module("sqlalchemy.orm.collections").base(&vm.types.list);
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder.attribute(collection_adapter::NAME, Object::None).build()
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

/// Tells the ORM of a new member, and gives the one that is to be kept.
fn adds(vm: &mut Vm, list: &Object, item: &Object) -> PyResult<Object> {
    match collection_adapter::of(list) {
        Some(adapter) => collection_adapter::adds(vm, &adapter, item),
        None => Ok(item.clone()),
    }
}

fn removes(vm: &mut Vm, list: &Object, item: &Object) -> PyResult<()> {
    match collection_adapter::of(list) {
        Some(adapter) => collection_adapter::removes(vm, &adapter, item),
        None => Ok(()),
    }
}
