//! Collections of related objects of any class: sets, dictionaries, the
//! program's own.
//!
//! The ORM keeps the members' list; the program's object follows. What the ORM
//! adds or takes away by itself is passed on to the object's own methods once
//! the operation is over. How a class is instrumented is written in Python, in
//! `python/collections.py`. SQLAlchemy counterpart: `CollectionAdapter`.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use ormscope::orm::{self, Collection, Orm};
use ormscope::types::{MapperId, StateId};
use rustc_hash::FxHashMap;

use super::mapping::{instance_of, object_of};
use super::{collection_adapter, peek};
use crate::object::{Args, Instance, Name, Object, PyResult};
use crate::vm::Vm;

const MODULE: &str = "sqlalchemy._collections";

/// A class of collections, by relationship.
pub(super) struct CollectionClass {
    mapper: MapperId,
    key: String,
    factory: Object,
}

/// What is to be passed on to collections' objects.
pub(super) type Unsettled = Rc<RefCell<Vec<Rc<Members>>>>;

/// The members of a collection, and the program's object for it.
pub(super) struct Members {
    object: Weak<Instance>,
    /// The objects themselves are held by the program's collection.
    known: RefCell<Vec<(StateId, Weak<dyn Any>)>>,
    /// What the object does not know yet: whether it is added, and what.
    news: RefCell<Vec<(bool, orm::Object)>>,
    /// The member of whose change the object is just told.
    pub(super) settling: Cell<Option<StateId>>,
    owner: StateId,
    attribute: usize,
}

/// The ORM's side of it.
struct Custom {
    object: Rc<Instance>,
    members: Rc<Members>,
    unsettled: Unsettled,
}

impl Collection for Custom {
    fn items(&self) -> Vec<orm::Object> {
        let known = self.members.known.borrow();
        let living = known
            .iter()
            .filter_map(|(state, owner)| owner.upgrade().map(|owner| orm::Object { state: *state, owner }));
        let mut living: Vec<orm::Object> = living.collect();
        let places = self.places();
        living.sort_by_key(|member| places.get(&member.state).copied().unwrap_or(usize::MAX));
        living
    }

    fn add(&self, member: orm::Object) {
        self.members.known.borrow_mut().push((member.state, Rc::downgrade(&member.owner)));
        self.news(true, member);
    }

    fn remove(&self, member: StateId) {
        let found = self.members.take(member);
        if let Some(owner) = found.and_then(|owner| owner.upgrade()) {
            self.news(false, orm::Object { state: member, owner });
        }
    }

    fn is_held_elsewhere(&self) -> bool {
        Rc::strong_count(&self.object) > 1
    }

    fn program_object(&self) -> Option<Rc<dyn Any>> {
        Some(Rc::clone(&self.object) as Rc<dyn Any>)
    }
}

impl Custom {
    /// Where the members stand in a list or dictionary.
    fn places(&self) -> FxHashMap<StateId, usize> {
        let items = match crate::builtins::base(&Object::Instance(Rc::clone(&self.object))) {
            Object::List(list) => list.items.borrow().clone(),
            Object::Dict(dict) => dict.items().into_iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        let states = items.iter().enumerate().filter_map(|(at, item)| Some((object_of(item)?.state, at)));
        states.collect()
    }

    fn news(&self, is_added: bool, member: orm::Object) {
        self.members.news.borrow_mut().push((is_added, member));
        self.unsettled.borrow_mut().push(Rc::clone(&self.members));
    }
}

impl Members {
    /// Notes a member, once.
    pub(super) fn put(&self, member: &orm::Object) {
        let mut known = self.known.borrow_mut();
        if !known.iter().any(|(state, _)| *state == member.state) {
            known.push((member.state, Rc::downgrade(&member.owner)));
        }
    }

    /// Forgets a member.
    pub(super) fn take(&self, member: StateId) -> Option<Weak<dyn Any>> {
        let mut known = self.known.borrow_mut();
        let at = known.iter().position(|(state, _)| *state == member)?;
        Some(known.remove(at).1)
    }
}

/// Remembers the class of a relationship's collection.
pub(super) fn remember(vm: &mut Vm, mapper: MapperId, key: &str, options: &[(Name, Object)]) -> PyResult<()> {
    let given = options.iter().find(|(name, _)| name.as_str() == "collection_class");
    let Some((_, factory)) = given.filter(|(_, factory)| !factory.is_none()) else { return Ok(()) };
    let all = &mut vm.library.sqlalchemy.collection_classes;
    all.retain(|known| !(known.mapper == mapper && known.key == key));
    all.push(CollectionClass { mapper, key: key.to_string(), factory: factory.clone() });
    // A class that cannot be one is refused now.
    python(vm, "prepare", vec![factory.clone()])?;
    Ok(())
}

/// Whether a relationship's collections are plain lists, as most are.
pub(super) fn is_plain(vm: &Vm, orm: &Orm, mapper: MapperId, attribute: usize) -> bool {
    let all = &vm.library.sqlalchemy.collection_classes;
    let key = &orm.mapper(mapper).attributes[attribute].key;
    let known = all.iter().find(|known| known.mapper == mapper && known.key == *key);
    known.is_none_or(
        |known| matches!(&known.factory, Object::Class(class) if Rc::ptr_eq(class, &vm.types.list)),
    )
}

fn class_of(vm: &mut Vm, mapper: MapperId, attribute: usize) -> PyResult<Option<Object>> {
    if vm.library.sqlalchemy.collection_classes.is_empty() {
        return Ok(None);
    }
    let key = peek(vm, |orm| orm.mapper(mapper).attributes[attribute].key.clone())?;
    let all = &vm.library.sqlalchemy.collection_classes;
    Ok(all.iter().find(|known| known.mapper == mapper && known.key == key).map(|known| known.factory.clone()))
}

fn python(vm: &mut Vm, function: &str, arguments: Vec<Object>) -> PyResult<Object> {
    let module = vm.import(MODULE)?;
    let function = vm.get_attr(&Object::Module(module), function)?;
    vm.call(&function, Args::positional(arguments))
}

/// An empty collection, where the relationship has a class of its own for them.
pub(super) fn new_collection(
    vm: &mut Vm,
    mapper: MapperId,
    owner: StateId,
    attribute: usize,
) -> PyResult<Option<Rc<dyn Collection>>> {
    let Some(factory) = class_of(vm, mapper, attribute)? else { return Ok(None) };
    if factory.is(&Object::Class(vm.types.list.clone())) {
        return Ok(None);
    }
    let made = python(vm, "prepare", vec![factory])?;
    let Object::Instance(object) = &made else {
        return Err(vm.type_error("collection_class has to make an object of a class"));
    };
    let members = Rc::new(Members {
        object: Rc::downgrade(object),
        known: RefCell::default(),
        news: RefCell::default(),
        settling: Cell::new(None),
        owner,
        attribute,
    });
    let holder = peek(vm, |orm| collection_adapter::holder_of(orm, owner))?;
    collection_adapter::attach(vm, holder, owner, attribute, object, Some(Rc::clone(&members)));
    let unsettled = Rc::clone(&vm.library.sqlalchemy.unsettled);
    Ok(Some(Rc::new(Custom { object: Rc::clone(object), members, unsettled })))
}

/// The members that a value brings which replaces a collection, where that is
/// of a class of its own.
pub(super) fn incoming(
    vm: &mut Vm,
    state: StateId,
    attribute: usize,
    value: &Object,
) -> PyResult<Option<Vec<Object>>> {
    let mapper = peek(vm, |orm| orm.states[state].mapper)?;
    let Some(factory) = class_of(vm, mapper, attribute)? else { return Ok(None) };
    if factory.is(&Object::Class(vm.types.list.clone())) {
        return Ok(None);
    }
    let empty = python(vm, "prepare", vec![factory])?;
    let found = python(vm, "incoming", vec![empty, value.clone()])?;
    vm.collect(&found).map(Some)
}

/// Whether an object may replace a list.
pub(super) fn is_list_like(vm: &mut Vm, value: &Object) -> PyResult<bool> {
    if let Object::List(_) = crate::builtins::base(value) {
        return Ok(true);
    }
    Ok(vm.get_attr_opt(value, "append")?.is_some())
}

/// Passes on to collections' objects what the ORM changed by itself.
pub(super) fn settle(vm: &mut Vm) -> PyResult<()> {
    loop {
        let Some(members) = vm.library.sqlalchemy.unsettled.borrow_mut().pop() else { return Ok(()) };
        let news = std::mem::take(&mut *members.news.borrow_mut());
        let Some(object) = members.object.upgrade().map(Object::Instance) else { continue };
        for (is_added, member) in news {
            let function = if is_added { "append_to" } else { "remove_from" };
            let initiator = initiator(vm, &members)?;
            members.settling.set(Some(member.state));
            let done = python(vm, function, vec![object.clone(), instance_of(&member), initiator]);
            members.settling.set(None);
            done?;
        }
    }
}

/// What a collection's methods are told of who changes it: a change of the
/// mirror, or `False` where the members come from the database.
fn initiator(vm: &mut Vm, members: &Members) -> PyResult<Object> {
    let key = peek(vm, |orm| {
        let state = orm.states.get(members.owner).filter(|state| state.has_changed(members.attribute))?;
        let own = orm.mapper(state.mapper).attributes.get(members.attribute)?;
        let relationship = orm.relationship(state.mapper, members.attribute);
        let mirror = relationship.and_then(|it| Some((it.target, it.reverse?)));
        let mirror = mirror.and_then(|(target, at)| orm.mapper(target).attributes.get(at as usize));
        Some(mirror.unwrap_or(own).key.clone())
    })?;
    match key {
        Some(key) => super::inspection::make_support(
            vm,
            "AttributeEventToken",
            vec![Object::str(key), Object::str("APPEND")],
        ),
        None => Ok(Object::Bool(false)),
    }
}
