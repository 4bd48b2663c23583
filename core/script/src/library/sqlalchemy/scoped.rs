//! `sessionmaker` and `scoped_session`.

use std::cell::RefCell;
use std::rc::Rc;

use super::arguments::Arguments;
use super::inspection::orm_name;
use super::{classes, errors, mapping, receiver};
use crate::builtins::Dict;
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
    /// Which session belongs to which scope.
    registry: Object,
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
        .getter("class_", |vm, args| {
            let maker = receiver::<MakerObject>(vm, &args.positional[0])?;
            Ok(Object::Class(class_of_maker(vm, &maker)))
        })
        .getter("kw", |vm, args| {
            let maker = receiver::<MakerObject>(vm, &args.positional[0])?;
            let options = settings(&maker);
            Dict::from_items(vm, options)
        })
        .method("__repr__", |vm, args| {
            let maker = receiver::<MakerObject>(vm, &args.positional[0])?;
            let class = class_of_maker(vm, &maker).name();
            let mut parts = vec![format!("class_={}", ormscope::types::python_str(class.as_str()))];
            for (name, value) in settings(&maker) {
                let (name, value) = (vm.str(&name)?, vm.repr(&value)?);
                parts.push(format!("{}={}", name.as_str(), value.as_str()));
            }
            Ok(Object::str(format!("sessionmaker({})", parts.join(", "))))
        })
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

/// What a maker tells its sessions, in SQLAlchemy's order.
fn settings(maker: &MakerObject) -> Vec<(Object, Object)> {
    let given = maker.options.borrow().clone();
    let own = ["bind", "autoflush", "expire_on_commit", "info", "class_"];
    let further = given.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let mut all: Vec<(Object, Object)> =
        further.map(|(name, value)| (Object::str(name.as_str()), value.clone())).collect();
    let defaults = [
        ("bind", Some(Object::None)),
        ("autoflush", Some(Object::Bool(true))),
        ("expire_on_commit", Some(Object::Bool(true))),
        ("info", None),
    ];
    for (name, default) in defaults {
        let known = given.iter().find(|(own, _)| own.as_str() == name).map(|(_, value)| value.clone());
        all.extend(known.or(default).map(|value| (Object::str(name), value)));
    }
    all
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
            let registry = match args.take("scopefunc").filter(|scope| !scope.is_none()) {
                Some(scope) => orm_name(vm, "ScopedRegistry", Some(vec![factory.clone(), scope]))?,
                None => orm_name(vm, "ThreadLocalRegistry", Some(vec![factory.clone()]))?,
            };
            let class = receiver.as_class().map_or_else(|| classes(vm).scoped_session.clone(), Rc::clone);
            Ok(Instance::native(&class, ScopedObject { factory, registry }))
        })
        .method("__init__", |_, _| Ok(Object::None))
        .method("__call__", |vm, args| {
            if args.keyword.is_empty() {
                return scoped(vm, &args.positional[0]);
            }
            let own = receiver::<ScopedObject>(vm, &args.positional[0])?;
            let has = vm.call_method(&own.registry, "has", Vec::new())?;
            if vm.truthy(&has)? {
                let message = "Scoped session is already present; no new arguments may be specified.";
                return Err(errors::error(vm, "InvalidRequestError", message));
            }
            let session = vm.call(&own.factory, Args { positional: Vec::new(), keyword: args.keyword })?;
            vm.call_method(&own.registry, "set", vec![session.clone()])?;
            Ok(session)
        })
        .getter("registry", |vm, args| {
            Ok(receiver::<ScopedObject>(vm, &args.positional[0])?.registry.clone())
        })
        .getter("session_factory", |vm, args| {
            Ok(receiver::<ScopedObject>(vm, &args.positional[0])?.factory.clone())
        })
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
            let has = vm.call_method(&own.registry, "has", Vec::new())?;
            if vm.truthy(&has)? {
                let session = vm.call(&own.registry, Args::default())?;
                vm.call_method(&session, "close", Vec::new())?;
            }
            vm.call_method(&own.registry, "clear", Vec::new())
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
    vm.call(&own.registry, Args::default())
}
