//! `CollectionAdapter`: what a collection's object carries to find its owner,
//! and through which its methods tell the ORM of members that come and go.
//!
//! It must not know what kind of collection it is; the collection's own methods
//! change it. SQLAlchemy counterpart: `CollectionAdapter`.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use ormscope::orm::Orm;
use ormscope::types::StateId;

use super::custom_collections::Members;
use super::mapping::{instance_of, object_of};
use super::{attributes, classes, collections, errors, inspection, orm_events, peek, receiver, with_orm};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The name under which a collection's object carries it.
pub(super) const NAME: &str = "_sa_adapter";

/// The native data of a `CollectionAdapter`.
pub(super) struct Adapter {
    owner: StateId,
    /// The owner's object, so that a later one in the same place is not taken for it.
    holder: Weak<Instance>,
    attribute: usize,
    data: Weak<Instance>,
    /// The members, where the ORM cannot read them off the object.
    members: Option<Rc<Members>>,
    tie: Cell<Tie>,
}

/// How a collection belongs to its owner.
#[derive(Clone, Copy, PartialEq)]
enum Tie {
    Owned,
    /// The owner was expired, and will have another collection.
    Invalidated,
    /// Another collection was put in its place.
    Replaced,
}

/// The Python object of a state.
pub(super) fn holder_of(orm: &Orm, owner: StateId) -> Weak<Instance> {
    let object = orm.states.object(owner);
    object.and_then(|it| instance_of(&it).as_instance().map(Rc::downgrade)).unwrap_or_default()
}

/// Gives a collection's object its adapter.
pub(super) fn attach(
    vm: &mut Vm,
    holder: Weak<Instance>,
    owner: StateId,
    attribute: usize,
    object: &Rc<Instance>,
    members: Option<Rc<Members>>,
) {
    let data = Rc::downgrade(object);
    let tie = Cell::new(Tie::Owned);
    let class = classes(vm).collection_adapter.clone();
    let made = Instance::native(&class, Adapter { owner, holder, attribute, data, members, tie });
    let name = vm.intern(NAME);
    object.dict.borrow_mut().insert(name, made);
}

/// The adapter of a collection's object.
pub(super) fn of(object: &Object) -> Option<Rc<Adapter>> {
    object.as_instance()?.get(NAME)?.native::<Adapter>()
}

/// Takes the adapter away from a collection that was replaced.
pub(super) fn detach(collection: &Object) {
    if let Object::Instance(object) = collection {
        object.dict.borrow_mut().shift_remove(NAME);
    }
}

/// How it belongs to its owner by now.
fn tie(vm: &mut Vm, adapter: &Adapter) -> PyResult<Tie> {
    if adapter.tie.get() != Tie::Owned {
        return Ok(adapter.tie.get());
    }
    let (holder, data) = (adapter.holder.upgrade(), adapter.data.upgrade());
    let tie = peek(vm, |orm| {
        let Some(owner) = orm.states.object(adapter.owner) else { return Tie::Replaced };
        let owner = instance_of(&owner);
        if holder.is_none_or(|holder| !owner.is(&Object::Instance(holder))) {
            return Tie::Replaced;
        }
        let own = orm.states.get(adapter.owner).and_then(|state| state.collection(adapter.attribute));
        match (own, data) {
            (Some(own), Some(data)) => {
                match collections::collection_object(&**own).is(&Object::Instance(data)) {
                    true => Tie::Owned,
                    false => Tie::Replaced,
                }
            }
            _ => Tie::Invalidated,
        }
    })?;
    adapter.tie.set(tie);
    Ok(tie)
}

/// Whether the ORM is to hear of a change of the collection.
fn is_heard(vm: &mut Vm, adapter: &Adapter) -> PyResult<bool> {
    match tie(vm, adapter)? {
        Tie::Owned => Ok(true),
        Tie::Replaced => Ok(false),
        Tie::Invalidated => {
            errors::warn(vm, "This collection has been invalidated.")?;
            Ok(true)
        }
    }
}

/// Tells the ORM of a new member, and gives the one that is to be kept.
pub(super) fn adds(vm: &mut Vm, adapter: &Adapter, item: &Object) -> PyResult<Object> {
    if is_settling(adapter, item) || !is_heard(vm, adapter)? {
        return Ok(item.clone());
    }
    let (owner, attribute) = (adapter.owner, adapter.attribute);
    let item = orm_events::attributes::before_append(vm, owner, attribute, item, false)?;
    let member = attributes::require_related(vm, &item)?;
    let kept = with_orm(vm, |orm, hooks| orm.collection_adds(hooks, owner, attribute, &member))?;
    if let Some(members) = &adapter.members {
        members.put(&kept);
    }
    Ok(instance_of(&kept))
}

/// Tells the ORM that a member is about to leave that is known only afterwards.
pub(super) fn will_lose(vm: &mut Vm, adapter: &Adapter) -> PyResult<()> {
    if is_heard(vm, adapter)? {
        let (owner, attribute) = (adapter.owner, adapter.attribute);
        with_orm(vm, |orm, _| {
            orm.collection_will_lose(owner, attribute);
            Ok(())
        })?;
    }
    Ok(())
}

/// Tells the ORM that a member leaves.
pub(super) fn removes(vm: &mut Vm, adapter: &Adapter, item: &Object) -> PyResult<()> {
    let Some(member) = object_of(item) else { return Ok(()) };
    if is_settling(adapter, item) || !is_heard(vm, adapter)? {
        return Ok(());
    }
    let (owner, attribute) = (adapter.owner, adapter.attribute);
    orm_events::attributes::before_append(vm, owner, attribute, item, true)?;
    with_orm(vm, |orm, hooks| orm.collection_removes(hooks, owner, attribute, &member))?;
    if let Some(members) = &adapter.members {
        members.take(member.state);
    }
    Ok(())
}

/// Whether the object is just told of a change that the ORM made.
fn is_settling(adapter: &Adapter, item: &Object) -> bool {
    let told = adapter.members.as_ref().and_then(|members| members.settling.get());
    told.is_some() && told == object_of(item).map(|item| item.state)
}

/// `_sa_initiator=False`: nobody is to hear of the change.
pub(super) fn is_silent(args: &Args) -> bool {
    let given = args.keyword.iter().find(|(name, _)| name.as_str() == "_sa_initiator");
    matches!(given, Some((_, Object::Bool(false))))
}

/// The same where the initiator is an argument in its place.
fn initiator_is_false(args: &Args, place: usize) -> bool {
    let given = args.positional.get(place).or_else(|| {
        args.keyword.iter().find(|(name, _)| name.as_str() == "initiator").map(|(_, value)| value)
    });
    matches!(given, Some(Object::Bool(false)))
}

/// The collection's object, for a method of the adapter.
fn data(vm: &mut Vm, args: &Args) -> PyResult<Object> {
    let own = receiver::<Adapter>(vm, &args.positional[0])?;
    Ok(own.data.upgrade().map_or(Object::None, Object::Instance))
}

/// Calls the object's appender or remover.
fn through(vm: &mut Vm, args: &Args, role: &str, item: Object, is_told: bool) -> PyResult<Object> {
    let data = data(vm, args)?;
    let method = vm.get_attr(&data, role)?;
    let initiator = if is_told { Object::None } else { Object::Bool(false) };
    let keyword = vec![(vm.intern("_sa_initiator"), initiator)];
    vm.call(&method, Args { positional: vec![item], keyword })
}

fn append(vm: &mut Vm, args: &Args, item: Object, is_told: bool) -> PyResult<Object> {
    if let (false, Some(members), Some(member)) =
        (is_told, &receiver::<Adapter>(vm, &args.positional[0])?.members, object_of(&item))
    {
        members.put(&member);
    }
    through(vm, args, "_sa_appender", item, is_told)
}

fn remove(vm: &mut Vm, args: &Args, item: Object, is_told: bool) -> PyResult<Object> {
    if let (false, Some(members), Some(member)) =
        (is_told, &receiver::<Adapter>(vm, &args.positional[0])?.members, object_of(&item))
    {
        members.take(member.state);
    }
    through(vm, args, "_sa_remover", item, is_told)
}

/// The members, as the object's iterator gives them.
fn items(vm: &mut Vm, args: &Args) -> PyResult<Vec<Object>> {
    let data = data(vm, args)?;
    let all = vm.call_method(&data, "_sa_iterator", Vec::new())?;
    vm.collect(&all)
}

/// The argument of a method.
fn item(vm: &mut Vm, args: &Args) -> PyResult<Object> {
    match args.positional.get(1) {
        Some(item) => Ok(item.clone()),
        None => Err(vm.type_error("missing 1 required positional argument: 'item'")),
    }
}

const METHODS: &[(&str, NativeFn)] = &[
    ("append_with_event", |vm, args| {
        let (item, is_told) = (item(vm, &args)?, !initiator_is_false(&args, 2));
        append(vm, &args, item, is_told)
    }),
    ("append_without_event", |vm, args| {
        let item = item(vm, &args)?;
        append(vm, &args, item, false)
    }),
    ("append_multiple_without_event", |vm, args| {
        let given = item(vm, &args)?;
        for item in vm.collect(&given)? {
            append(vm, &args, item, false)?;
        }
        Ok(Object::None)
    }),
    ("remove_with_event", |vm, args| {
        let (item, is_told) = (item(vm, &args)?, !initiator_is_false(&args, 2));
        remove(vm, &args, item, is_told)
    }),
    ("remove_without_event", |vm, args| {
        let item = item(vm, &args)?;
        remove(vm, &args, item, false)
    }),
    ("clear_with_event", |vm, args| {
        let is_told = !initiator_is_false(&args, 1);
        for item in items(vm, &args)? {
            remove(vm, &args, item, is_told)?;
        }
        Ok(Object::None)
    }),
    ("clear_without_event", |vm, args| {
        for item in items(vm, &args)? {
            remove(vm, &args, item, false)?;
        }
        Ok(Object::None)
    }),
    ("bulk_appender", |vm, args| {
        let data = data(vm, &args)?;
        vm.get_attr(&data, "_sa_appender")
    }),
    ("bulk_remover", |vm, args| {
        let data = data(vm, &args)?;
        vm.get_attr(&data, "_sa_remover")
    }),
    ("fire_append_event", |vm, args| {
        let (own, item) = (receiver::<Adapter>(vm, &args.positional[0])?, item(vm, &args)?);
        match initiator_is_false(&args, 2) {
            true => Ok(item),
            false => adds(vm, &own, &item),
        }
    }),
    ("fire_remove_event", |vm, args| {
        let (own, item) = (receiver::<Adapter>(vm, &args.positional[0])?, item(vm, &args)?);
        if !initiator_is_false(&args, 2) {
            removes(vm, &own, &item)?;
        }
        Ok(Object::None)
    }),
    ("_forget", |vm, args| {
        let (own, item) = (receiver::<Adapter>(vm, &args.positional[0])?, item(vm, &args)?);
        if let (Some(members), Some(member)) = (&own.members, object_of(&item)) {
            members.take(member.state);
        }
        Ok(Object::None)
    }),
    ("fire_append_wo_mutation_event", |vm, args| {
        // The member is there already: there is nothing that the ORM does not know.
        let (own, item) = (receiver::<Adapter>(vm, &args.positional[0])?, item(vm, &args)?);
        if !initiator_is_false(&args, 2) {
            is_heard(vm, &own)?;
        }
        Ok(item)
    }),
    ("fire_pre_remove_event", |vm, args| {
        let own = receiver::<Adapter>(vm, &args.positional[0])?;
        if is_heard(vm, &own)? {
            with_orm(vm, |orm, _| {
                orm.collection_changes(own.owner, own.attribute);
                Ok(())
            })?;
        }
        Ok(Object::None)
    }),
    ("__iter__", |vm, args| {
        let all = Object::list(items(vm, &args)?);
        vm.iter(&all)
    }),
    ("__len__", |vm, args| Ok(Object::Int(items(vm, &args)?.len() as i64))),
    ("__bool__", |_, _| Ok(Object::Bool(true))),
];

const GETTERS: &[(&str, NativeFn)] = &[
    ("data", |vm, args| data(vm, &args)),
    ("owner_state", |vm, args| {
        let own = receiver::<Adapter>(vm, &args.positional[0])?;
        let owner = own.holder.upgrade().map_or(Object::None, Object::Instance);
        Ok(inspection::state_object(vm, &owner, own.owner))
    }),
    ("_key", |vm, args| Ok(Object::str(key(vm, &args)?))),
    ("attr", |vm, args| {
        let own = receiver::<Adapter>(vm, &args.positional[0])?;
        let key = key(vm, &args)?;
        let Some(owner) = own.holder.upgrade() else { return Ok(Object::None) };
        let attribute = vm.get_attr(&Object::Class(owner.class()), &key)?;
        vm.get_attr(&attribute, "impl")
    }),
    ("invalidated", |vm, args| {
        let own = receiver::<Adapter>(vm, &args.positional[0])?;
        Ok(Object::Bool(tie(vm, &own)? == Tie::Invalidated))
    }),
    ("_referenced_by_owner", |vm, args| {
        let own = receiver::<Adapter>(vm, &args.positional[0])?;
        Ok(Object::Bool(tie(vm, &own)? == Tie::Owned))
    }),
    // A collection that nobody has changed is not told from one that is empty.
    ("empty", |_, _| Ok(Object::Bool(false))),
];

/// The name of the attribute.
fn key(vm: &mut Vm, args: &Args) -> PyResult<String> {
    let own = receiver::<Adapter>(vm, &args.positional[0])?;
    let key = peek(vm, |orm| {
        let mapper = orm.states.get(own.owner)?.mapper;
        Some(orm.mapper(mapper).attributes.get(own.attribute)?.key.clone())
    })?;
    Ok(key.unwrap_or_default())
}

pub(super) fn class() -> Rc<Class> {
    let builder = Class::builder("CollectionAdapter").module("sqlalchemy.orm.collections");
    let builder = METHODS.iter().fold(builder, |builder, (name, call)| builder.method(name, *call));
    GETTERS.iter().fold(builder, |builder, (name, get)| builder.getter(name, *get)).build()
}

/// `collection_adapter(collection)`; a collection that was replaced has none.
pub(super) fn collection_adapter(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let collection = args.positional.first().cloned().unwrap_or(Object::None);
    let found = vm.get_attr(&collection, NAME)?;
    match found.native::<Adapter>() {
        Some(adapter) if tie(vm, &adapter)? == Tie::Replaced => Ok(Object::None),
        _ => Ok(found),
    }
}
