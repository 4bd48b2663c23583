//! `sessionmaker` and `scoped_session`.

use std::cell::RefCell;
use std::rc::Rc;

use super::arguments::Arguments;
use super::{classes, errors, mapping, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of `sessionmaker(…)`.
struct MakerObject {
    /// The class of its sessions, its own, so that events can be for them alone.
    class: RefCell<Option<Rc<Class>>>,
    options: RefCell<Vec<(crate::object::Name, Object)>>,
}

/// The native data of `scoped_session(…)`.
struct ScopedObject {
    factory: Object,
    session: RefCell<Option<Object>>,
}

pub(super) fn session_maker_class() -> Rc<Class> {
    Class::builder("sessionmaker")
        .module("sqlalchemy.orm.session")
        .method("__new__", |vm, args| {
            let mut args = Arguments::new("sessionmaker", args);
            let receiver = args.receiver();
            let mut options = Vec::new();
            if let Some(bind) = args.next() {
                options.push((vm.intern("bind"), bind));
            }
            options.extend(args.keywords());
            let class = receiver.as_class().map_or_else(|| classes(vm).session_maker.clone(), Rc::clone);
            let made = MakerObject { class: RefCell::new(None), options: RefCell::new(options) };
            Ok(Instance::native(&class, made))
        })
        .method("__init__", |_, _| Ok(Object::None))
        .method("__call__", make_session)
        .method("begin", |vm, args| {
            let session = make_session(vm, Args::positional(args.positional))?;
            let transaction = vm.call_method(&session, "begin", Vec::new())?;
            let name = vm.intern("_made_session");
            vm.set_attr(&transaction, &name, session)?;
            Ok(transaction)
        })
        .method("configure", |vm, args| {
            let maker = receiver::<MakerObject>(vm, &args.positional[0])?;
            for (name, value) in args.keyword {
                let mut options = maker.options.borrow_mut();
                options.retain(|(known, _)| known.as_str() != name.as_str());
                options.push((name, value));
            }
            Ok(Object::None)
        })
        .method("mapper", |vm, _| {
            Err(errors::error(
                vm,
                "InvalidRequestError",
                "Session.mapper() belongs to contextual sessions of SQLAlchemy 0.5: use scoped_session(…).mapper, or mapper() and session.add()",
            ))
        })
        .build()
}

fn make_session(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let maker = receiver::<MakerObject>(vm, &args.positional[0])?;
    let mut keyword = maker.options.borrow().clone();
    for (name, value) in args.keyword {
        keyword.retain(|(known, _)| known.as_str() != name.as_str());
        keyword.push((name, value));
    }
    keyword.retain(|(name, _)| name.as_str() != "class_");
    let class = class_of_maker(vm, &maker);
    vm.call(&Object::Class(class), Args { positional: Vec::new(), keyword })
}

/// The class of a maker's sessions.
fn class_of_maker(vm: &mut Vm, maker: &MakerObject) -> Rc<Class> {
    if let Some(class) = maker.class.borrow().as_ref() {
        return Rc::clone(class);
    }
    let given =
        maker.options.borrow().iter().find(|(name, _)| name.as_str() == "class_").map(|(_, it)| it.clone());
    let base = match given.as_ref().and_then(Object::as_class) {
        Some(class) => Rc::clone(class),
        None => classes(vm).session.clone(),
    };
    let class = Class::builder(base.name().as_str()).module("sqlalchemy.orm.session").base(&base).build();
    *maker.class.borrow_mut() = Some(Rc::clone(&class));
    class
}

/// The class of the sessions that a `sessionmaker` or `scoped_session` makes.
pub(super) fn class_of_sessions(vm: &mut Vm, object: &Object) -> PyResult<Option<Rc<Class>>> {
    if let Some(scoped) = object.native::<ScopedObject>() {
        let factory = scoped.factory.clone();
        if let Some(class) = factory.as_class() {
            return Ok(Some(Rc::clone(class)));
        }
        return match class_of_sessions(vm, &factory)? {
            Some(class) => Ok(Some(class)),
            None => Err(errors::error(
                vm,
                "ArgumentError",
                "Session event listen on a scoped_session requires that its creation callable is associated with the Session class.",
            )),
        };
    }
    match object.native::<MakerObject>() {
        Some(maker) => Ok(Some(class_of_maker(vm, &maker))),
        None => Ok(None),
    }
}

pub(super) fn scoped_session_class() -> Rc<Class> {
    Class::builder("scoped_session")
        .module("sqlalchemy.orm.scoping")
        .method("__new__", |vm, args| {
            let mut args = Arguments::new("scoped_session", args);
            let receiver = args.receiver();
            let factory = args.require(vm, "session_factory")?;
            let class = receiver.as_class().map_or_else(|| classes(vm).scoped_session.clone(), Rc::clone);
            Ok(Instance::native(&class, ScopedObject { factory, session: RefCell::new(None) }))
        })
        .method("__init__", |_, _| Ok(Object::None))
        .method("__call__", |vm, args| scoped(vm, &args.positional[0]))
        .method("__getattr__", |vm, args| {
            let session = scoped(vm, &args.positional[0])?;
            let name = vm.str(&args.positional[1])?;
            vm.get_attr(&session, name.as_str())
        })
        .method("__contains__", |vm, args| {
            let session = scoped(vm, &args.positional[0])?;
            Ok(Object::Bool(vm.contains(&session, &args.positional[1])?))
        })
        .method("configure", |vm, args| {
            let own = receiver::<ScopedObject>(vm, &args.positional[0])?;
            let configure = vm.get_attr(&own.factory, "configure")?;
            vm.call(&configure, Args { positional: Vec::new(), keyword: args.keyword })
        })
        .method("query_property", |vm, args| {
            let class = classes(vm).query_property.clone();
            Ok(Instance::native(&class, QueryProperty { registry: args.positional[0].clone() }))
        })
        .method("remove", |vm, args| {
            let own = receiver::<ScopedObject>(vm, &args.positional[0])?;
            let session = own.session.borrow_mut().take();
            if let Some(session) = session {
                vm.call_method(&session, "close", Vec::new())?;
            }
            Ok(Object::None)
        })
        .build()
}

/// The native data of `scoped_session.query_property()`.
struct QueryProperty {
    registry: Object,
}

/// The class of `scoped_session.query_property()`: on a mapped class it is a query of it.
pub(super) fn query_property_class() -> Rc<Class> {
    Class::builder("query")
        .module("sqlalchemy.orm.scoping")
        .method("__get__", |vm, args| {
            let own = receiver::<QueryProperty>(vm, &args.positional[0])?;
            let Some(owner) = args.positional.get(2).cloned() else { return Ok(Object::None) };
            if mapping::mapper_of(vm, &owner)?.is_none() {
                return Ok(Object::None);
            }
            let session = scoped(vm, &own.registry)?;
            vm.call_method(&session, "query", vec![owner])
        })
        .build()
}

fn scoped(vm: &mut Vm, object: &Object) -> PyResult<Object> {
    let own = receiver::<ScopedObject>(vm, object)?;
    if let Some(session) = own.session.borrow().clone() {
        return Ok(session);
    }
    let session = vm.call(&own.factory, Args::default())?;
    *own.session.borrow_mut() = Some(session.clone());
    Ok(session)
}
