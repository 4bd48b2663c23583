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

use super::mapping::{instance_of, object_of};
use super::{attributes, collections, orm_events, peek, with_orm};
use crate::object::{Args, Instance, Name, Object, PyResult};
use crate::vm::Vm;

const MODULE: &str = "sqlalchemy.orm.collections";

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
    /// Whether changes are only passed on, so that nobody is told.
    quiet: Cell<bool>,
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
        living.collect()
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
    fn news(&self, is_added: bool, member: orm::Object) {
        self.members.news.borrow_mut().push((is_added, member));
        self.unsettled.borrow_mut().push(Rc::clone(&self.members));
    }
}

impl Members {
    fn take(&self, member: StateId) -> Option<Weak<dyn Any>> {
        let mut known = self.known.borrow_mut();
        let at = known.iter().position(|(state, _)| *state == member)?;
        Some(known.remove(at).1)
    }
}

/// Remembers the class of a relationship's collection.
pub(super) fn remember(vm: &mut Vm, mapper: MapperId, key: &str, options: &[(Name, Object)]) {
    let given = options.iter().find(|(name, _)| name.as_str() == "collection_class");
    let Some((_, factory)) = given.filter(|(_, factory)| !factory.is_none()) else { return };
    let all = &mut vm.library.sqlalchemy.collection_classes;
    all.retain(|known| !(known.mapper == mapper && known.key == key));
    all.push(CollectionClass { mapper, key: key.to_string(), factory: factory.clone() });
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
        quiet: Cell::new(false),
        owner,
        attribute,
    });
    let class = super::classes(vm).backref.clone();
    let adapter = Instance::native(&class, Adapter { members: Rc::clone(&members) });
    let name = vm.intern("_sa_adapter");
    object.dict.borrow_mut().insert(name, adapter);
    let unsettled = Rc::clone(&vm.library.sqlalchemy.unsettled);
    Ok(Some(Rc::new(Custom { object: Rc::clone(object), members, unsettled })))
}

/// What a collection's object carries to find its members.
struct Adapter {
    members: Rc<Members>,
}

/// The members of a collection that belongs to an attribute.
fn members_of(vm: &mut Vm, object: &Object) -> PyResult<Option<Rc<Members>>> {
    let adapter = object.as_instance().and_then(|instance| instance.get("_sa_adapter"));
    let Some(members) = adapter.and_then(|it| it.native::<Adapter>()).map(|it| Rc::clone(&it.members)) else {
        return Ok(None);
    };
    let (owner, attribute) = (members.owner, members.attribute);
    let owned = peek(vm, |orm| {
        let current = orm.states.get(owner).and_then(|state| state.collection(attribute));
        current.is_some_and(|collection| collections::collection_object(&**collection).is(object))
    })?;
    Ok(owned.then_some(members))
}

/// `adds(collection, item)`: the ORM is told of a new member; gives the one that
/// is to be kept.
pub(super) fn adds(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [collection, item, ..] = &args.positional[..] else {
        return Err(vm.type_error("adds() takes a collection and a member"));
    };
    let Some(members) = members_of(vm, collection)? else { return Ok(item.clone()) };
    if members.quiet.get() {
        return Ok(item.clone());
    }
    let item = orm_events::attributes::before_append(vm, members.owner, members.attribute, item, false)?;
    let member = attributes::require_related(vm, &item)?;
    let kept =
        with_orm(vm, |orm, hooks| orm.collection_adds(hooks, members.owner, members.attribute, &member))?;
    members.known.borrow_mut().push((kept.state, Rc::downgrade(&kept.owner)));
    Ok(instance_of(&kept))
}

/// `removes(collection, item)`: the ORM is told that a member leaves.
pub(super) fn removes(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [collection, item, ..] = &args.positional[..] else {
        return Err(vm.type_error("removes() takes a collection and a member"));
    };
    let (Some(members), Some(member)) = (members_of(vm, collection)?, object_of(item)) else {
        return Ok(Object::None);
    };
    if members.quiet.get() {
        return Ok(Object::None);
    }
    orm_events::attributes::before_append(vm, members.owner, members.attribute, item, true)?;
    with_orm(vm, |orm, hooks| orm.collection_removes(hooks, members.owner, members.attribute, &member))?;
    members.take(member.state);
    Ok(Object::None)
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
            members.quiet.set(true);
            let done = python(vm, function, vec![object.clone(), instance_of(&member)]);
            members.quiet.set(false);
            done?;
        }
    }
}
