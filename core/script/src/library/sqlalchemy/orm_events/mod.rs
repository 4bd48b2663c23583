//! `sqlalchemy.event` for sessions, mappers, objects, attributes and queries:
//! who listens to what, and the calls.
//!
//! The ORM tells through its hooks what happened ([`tell`], [`attributes`]);
//! what only the script knows of, such as `__init__`, is told from where it
//! happens. SQLAlchemy counterpart: `sqlalchemy.orm.events`.

pub(super) mod attributes;
pub(super) mod classes;
pub(super) mod execute;
mod names;
pub(super) mod tell;

use std::cell::Cell;
use std::rc::Rc;

use ormscope::orm::{AttributeKind, Listened, OrmEventKind};
use ormscope::types::SessionId;

use super::arguments::Arguments;
use super::{mapping, peek, scoped, session, with_orm};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;
use names::{EVENTS, Family};

/// What a program listens on.
#[derive(Clone)]
pub(super) enum Target {
    /// Every session of a class.
    Sessions(Rc<Class>),
    /// One session.
    Session(SessionId),
    /// Every mapped class.
    AnyClass,
    /// One class, mapped or to be mapped, or a base of mapped classes.
    Class(Rc<Class>),
    /// An attribute of a class.
    Attribute(Rc<Class>, String),
    /// Every query.
    Queries,
}

impl Target {
    fn is(&self, other: &Target) -> bool {
        match (self, other) {
            (Target::Sessions(a), Target::Sessions(b)) | (Target::Class(a), Target::Class(b)) => {
                Rc::ptr_eq(a, b)
            }
            (Target::Session(a), Target::Session(b)) => a == b,
            (Target::Attribute(a, key), Target::Attribute(b, other)) => Rc::ptr_eq(a, b) && key == other,
            (Target::AnyClass, Target::AnyClass) | (Target::Queries, Target::Queries) => true,
            _ => false,
        }
    }
}

/// What `listen` is told beside the function.
#[derive(Clone, Copy, Default)]
pub(super) struct Options {
    once: bool,
    pub(super) retval: bool,
    named: bool,
    insert: bool,
    propagate: bool,
    pub(super) raw: bool,
    active_history: bool,
    include_key: bool,
    bake_ok: bool,
}

/// A function that listens.
pub(super) struct Entry {
    target: Target,
    function: Object,
    pub(super) options: Options,
    called: Cell<bool>,
    /// Whether it listens to a relationship that was not worked out then.
    pub(super) early: bool,
}

/// Who listens, by kind of event.
#[derive(Default)]
pub(super) struct Listeners {
    heard: Listened,
    entries: Vec<(OrmEventKind, Rc<Entry>)>,
    /// The Python objects of sessions' transactions, by number.
    pub(super) transactions: rustc_hash::FxHashMap<u32, std::rc::Weak<crate::object::Instance>>,
    /// The functions that validate attributes.
    pub(super) validators: Vec<attributes::Validator>,
    /// Mappers that were not told to be configured yet.
    pub(super) unconfigured: Vec<ormscope::types::MapperId>,
}

/// Whether somebody listens to a kind of event.
pub(super) fn is_heard(vm: &Vm, kind: OrmEventKind) -> bool {
    vm.library.sqlalchemy.listeners.heard.has(kind)
}

/// Notes that somebody listens to a kind of event.
fn hear(vm: &mut Vm, kind: OrmEventKind) -> PyResult<()> {
    vm.library.sqlalchemy.listeners.heard.add(kind);
    with_orm(vm, |orm, _| {
        orm.listened.add(kind);
        Ok(())
    })
}

/// The target and kind that a program names, where they are the ORM's.
fn identified(vm: &mut Vm, target: &Object, name: &str) -> PyResult<Option<(Target, OrmEventKind)>> {
    let Some((known, families)) = target_of(vm, target)? else { return Ok(None) };
    let of = |families: &[Family]| {
        EVENTS.iter().find(|(event, _, family, _)| *event == name && families.contains(family))
    };
    if let Some((_, kind, ..)) = of(families) {
        return Ok(Some((known, *kind)));
    }
    // Any class may become a mapped one.
    Ok(match (target.as_class(), of(OF_CLASS)) {
        (Some(class), Some((_, kind, ..))) => Some((Target::Class(Rc::clone(class)), *kind)),
        _ => None,
    })
}

const OF_CLASS: &[Family] = &[Family::Mapper, Family::Instance, Family::Instrumentation];

/// What a program listens on, and the families of its events.
fn target_of(vm: &mut Vm, target: &Object) -> PyResult<Option<(Target, &'static [Family])>> {
    const OF_SESSION: &[Family] = &[Family::Session];
    if let Some(data) = target.native::<session::SessionObject>() {
        return Ok(Some((Target::Session(data.id), OF_SESSION)));
    }
    if let Some(class) = scoped::class_of_sessions(vm, target)? {
        return Ok(Some((Target::Sessions(class), OF_SESSION)));
    }
    if let Some((class, key)) = super::attributes::class_and_key(vm, target) {
        return Ok(Some((Target::Attribute(class, key), &[Family::Attribute])));
    }
    if let Some(mapper) = target.native::<mapping::MapperObject>() {
        let class = Rc::clone(&vm.library.sqlalchemy.mapped[mapper.id.index()].class);
        return Ok(Some((Target::Class(class), OF_CLASS)));
    }
    if let Object::Native(function) = target
        && function.name.as_str() == "mapper"
    {
        return Ok(Some((Target::AnyClass, OF_CLASS)));
    }
    let own = super::classes(vm);
    let Some(class) = target.as_class() else { return Ok(None) };
    if class.is_subclass_of(&own.session) {
        return Ok(Some((Target::Sessions(Rc::clone(class)), OF_SESSION)));
    }
    if Rc::ptr_eq(class, &own.scoped_session) || Rc::ptr_eq(class, &own.session_maker) {
        return Ok(Some((Target::Sessions(own.session.clone()), OF_SESSION)));
    }
    if Rc::ptr_eq(class, &own.mapper) {
        return Ok(Some((Target::AnyClass, OF_CLASS)));
    }
    if class.is_subclass_of(&own.query) {
        return Ok(Some((Target::Queries, &[Family::Query])));
    }
    if [&own.engine, &own.connection, own.pools.base()].iter().any(|known| class.is_subclass_of(known)) {
        return Ok(None);
    }
    Ok(Some((Target::Class(Rc::clone(class)), OF_CLASS)))
}

/// Takes a listener in, where its target and event are the ORM's.
pub(super) fn listen(
    vm: &mut Vm,
    target: &Object,
    name: &str,
    function: Object,
    given: &[(String, Object)],
) -> PyResult<bool> {
    let Some((known, kind)) = identified(vm, target, name)? else { return Ok(false) };
    let refused = given.iter().find(|(name, _)| name == "insert");
    if let (Target::Attribute(..), Some((name, _))) = (&known, refused) {
        let message = format!("AttributeEvents._listen() got an unexpected keyword argument '{name}'");
        return Err(vm.type_error(message));
    }
    let options = read_options(vm, given)?;
    add(vm, known, kind, function, options)?;
    Ok(true)
}

fn read_options(vm: &mut Vm, given: &[(String, Object)]) -> PyResult<Options> {
    let mut options = Options::default();
    for (name, value) in given {
        let place = match name.as_str() {
            "once" => &mut options.once,
            "retval" => &mut options.retval,
            "named" => &mut options.named,
            "insert" => &mut options.insert,
            "propagate" => &mut options.propagate,
            "raw" => &mut options.raw,
            "active_history" => &mut options.active_history,
            "include_key" => &mut options.include_key,
            "bake_ok" => &mut options.bake_ok,
            "restore_load_context" => continue,
            other => {
                return Err(vm.type_error(format!("_listen() got an unexpected keyword argument '{other}'")));
            }
        };
        *place = vm.truthy(value)?;
    }
    Ok(options)
}

fn add(vm: &mut Vm, target: Target, kind: OrmEventKind, function: Object, options: Options) -> PyResult<()> {
    hear(vm, kind)?;
    let entries = &mut vm.library.sqlalchemy.listeners.entries;
    let known = entries
        .iter()
        .any(|(k, entry)| *k == kind && entry.target.is(&target) && entry.function.is(&function));
    if known {
        return Ok(());
    }
    let early = match &target {
        Target::Attribute(class, key) => is_unconfigured(vm, class, key)?,
        _ => false,
    };
    let called = Cell::new(false);
    let entry = Rc::new(Entry { target: target.clone(), function, options, called, early });
    let entries = &mut vm.library.sqlalchemy.listeners.entries;
    let place = if options.insert { 0 } else { entries.len() };
    entries.insert(place, (kind, entry));
    if matches!(kind, OrmEventKind::Init | OrmEventKind::InitFailure | OrmEventKind::FirstInit) {
        classes::instrument_constructors(vm)?;
    }
    Ok(())
}

/// Whether an attribute is a relationship that is not worked out yet.
fn is_unconfigured(vm: &mut Vm, class: &Rc<Class>, key: &str) -> PyResult<bool> {
    let Some(mapper) = mapping::mapper_of_class(vm, class) else { return Ok(false) };
    peek(vm, |orm| {
        let mapper = orm.mapper(mapper);
        let kind = mapper.attribute(key).map(|at| &mapper.attributes[at].kind);
        matches!(kind, Some(AttributeKind::Unconfigured(_)))
    })
}

/// Whether a function listens; nothing where the event is not the ORM's.
pub(super) fn contains(
    vm: &mut Vm,
    target: &Object,
    name: &str,
    function: &Object,
) -> PyResult<Option<bool>> {
    let Some((target, kind)) = identified(vm, target, name)? else { return Ok(None) };
    let entries = &vm.library.sqlalchemy.listeners.entries;
    Ok(Some(entries.iter().any(|(k, entry)| {
        *k == kind && entry.target.is(&target) && same_function(&entry.function, function)
    })))
}

/// Takes a listener out, and says whether it was there; nothing where the event
/// is not the ORM's.
pub(super) fn remove(vm: &mut Vm, target: &Object, name: &str, function: &Object) -> PyResult<Option<bool>> {
    let Some((target, kind)) = identified(vm, target, name)? else { return Ok(None) };
    let entries = &mut vm.library.sqlalchemy.listeners.entries;
    let before = entries.len();
    entries.retain(|(k, entry)| {
        !(*k == kind && entry.target.is(&target) && same_function(&entry.function, function))
    });
    Ok(Some(entries.len() < before))
}

/// Whether two objects are one function, or one method of one object.
fn same_function(a: &Object, b: &Object) -> bool {
    match (a, b) {
        (Object::Method(a), Object::Method(b)) => a.receiver.is(&b.receiver) && a.function.is(&b.function),
        _ => a.is(b),
    }
}

/// The listeners of a kind that a test chooses: those of whole classes of
/// things first.
fn chosen(vm: &Vm, kind: OrmEventKind, suits: impl Fn(&Entry) -> bool) -> Vec<Rc<Entry>> {
    let entries = vm.library.sqlalchemy.listeners.entries.iter();
    let mut found: Vec<Rc<Entry>> =
        entries.filter(|(k, entry)| *k == kind && suits(entry)).map(|(_, entry)| Rc::clone(entry)).collect();
    found.sort_by_key(|entry| matches!(entry.target, Target::Session(_) | Target::Class(_)));
    found
}

/// The listeners to something of a class.
fn of_class(vm: &Vm, kind: OrmEventKind, class: &Rc<Class>) -> Vec<Rc<Entry>> {
    chosen(vm, kind, |entry| match &entry.target {
        Target::AnyClass => true,
        Target::Class(own) => {
            Rc::ptr_eq(own, class) || (entry.options.propagate && class.is_subclass_of(own))
        }
        _ => false,
    })
}

/// The listeners to something of a session.
fn of_session(vm: &mut Vm, kind: OrmEventKind, session: SessionId) -> Vec<Rc<Entry>> {
    let object = vm.library.sqlalchemy.session_object(session);
    let class = object.map(|object| vm.class_of(&object));
    chosen(vm, kind, |entry| match &entry.target {
        Target::Session(own) => *own == session,
        Target::Sessions(own) => class.as_ref().is_some_and(|class| class.is_subclass_of(own)),
        _ => false,
    })
}

/// Calls a listener.
fn call(vm: &mut Vm, kind: OrmEventKind, entry: &Entry, arguments: Vec<Object>) -> PyResult<Option<Object>> {
    if entry.options.once && entry.called.replace(true) {
        return Ok(None);
    }
    let args = if entry.options.named {
        let names = names::arguments(kind).iter().map(|name| vm.intern(name)).collect::<Vec<_>>();
        Args { positional: Vec::new(), keyword: names.into_iter().zip(arguments).collect() }
    } else {
        Args::positional(arguments)
    };
    vm.call(&entry.function, args).map(Some)
}

/// The options of `listen` as they come.
pub(super) fn given_options(args: &mut Arguments) -> Vec<(String, Object)> {
    args.keywords().into_iter().map(|(name, value)| (name.as_str().to_string(), value)).collect()
}
