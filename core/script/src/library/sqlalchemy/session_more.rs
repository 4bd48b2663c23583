//! What else a `Session` has: its settings, binds, bulk operations.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.session.Session`.

use ormscope::orm::{AttributeKind, BulkOptions, BulkRow, Lifecycle, SessionOptions};
use ormscope::types::{MapperId, SessionId};

use super::arguments::{Arguments, items};
use super::mapping::{instance_of, require_object};
use super::session::{bind_id, session_id};
use super::values::{to_object, to_value};
use super::{errors, mapping, peek, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, ClassBuilder, NativeFn, Object, PyResult, PyStr};
use crate::vm::Vm;

const METHODS: &[(&str, NativeFn)] = &[
    ("merge", |vm, args| {
        let mut args = Arguments::new("merge", args);
        let session = session_id(vm, &args.receiver())?;
        let object = args.require(vm, "instance")?;
        let object = require_object(vm, &object)?;
        let load = args.flag(vm, "load", true)?;
        let options = load_options(vm, args.keyword("options"))?;
        let merged = with_orm(vm, |orm, hooks| orm.merge_with(hooks, session, &[object], load, &options))?;
        Ok(merged.first().map_or(Object::None, instance_of))
    }),
    ("merge_all", |vm, args| {
        let mut args = Arguments::new("merge_all", args);
        let session = session_id(vm, &args.receiver())?;
        let instances = args.require(vm, "instances")?;
        let mut objects = Vec::new();
        for instance in vm.collect(&instances)? {
            objects.push(require_object(vm, &instance)?);
        }
        let load = args.flag(vm, "load", true)?;
        let options = load_options(vm, args.keyword("options"))?;
        let merged = with_orm(vm, |orm, hooks| orm.merge_with(hooks, session, &objects, load, &options))?;
        Ok(Object::list(merged.iter().map(instance_of).collect()))
    }),
    ("delete_all", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        for instance in vm.collect(args.positional.get(1).unwrap_or(&Object::None))? {
            let object = require_object(vm, &instance)?;
            with_orm(vm, |orm, hooks| orm.delete(hooks, session, &object))?;
        }
        Ok(Object::None)
    }),
    ("reset", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        with_orm(vm, |orm, hooks| orm.reset_session(hooks, session))?;
        Ok(Object::None)
    }),
    ("invalidate", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        with_orm(vm, |orm, hooks| orm.close_session(hooks, session))?;
        Ok(Object::None)
    }),
    ("prepare", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        with_orm(vm, |orm, _| orm.begin_on_demand(session))?;
        Err(errors::error(
            vm,
            "InvalidRequestError",
            "'twophase' mode not enabled, or not root transaction; can't prepare.",
        ))
    }),
    ("is_modified", |vm, args| {
        let mut args = Arguments::new("is_modified", args);
        session_id(vm, &args.receiver())?;
        let object = args.require(vm, "instance")?;
        let object = require_object(vm, &object)?;
        let collections = args.flag(vm, "include_collections", true)?;
        peek(vm, |orm| {
            if !orm.states[object.state].modified {
                return Object::Bool(false);
            }
            let changed = orm.mapper_of(object.state).iter().any(|(at, attribute)| match &attribute.kind {
                AttributeKind::Relationship(relationship) => {
                    (collections || !relationship.uselist)
                        && orm.object_history(object.state, at).has_changes()
                }
                _ => orm.value_history(object.state, at).has_changes(),
            });
            Object::Bool(changed)
        })
    }),
    ("get_bind", |vm, args| {
        let mut args = Arguments::new("get_bind", args);
        let this = args.receiver();
        session_id(vm, &this)?;
        let mapper = args.take("mapper").filter(|mapper| !mapper.is_none());
        let clause = args.keyword("clause").filter(|clause| !clause.is_none());
        if let Some(bind) = args.keyword("bind").filter(|bind| !bind.is_none()) {
            return Ok(bind);
        }
        let bind = vm.get_attr(&this, "bind")?;
        if !bind.is_none() {
            return Ok(bind);
        }
        let mut context = Vec::new();
        if let Some(mapper) = &mapper {
            match mapping::mapper_of(vm, mapper)? {
                Some(id) => context.push(format!("mapper {}", mapping::describe_mapper(vm, id)?)),
                None => return Err(unmapped_class(vm, mapper)?),
            }
        }
        if clause.is_some() {
            context.push("SQL expression".to_string());
        }
        let text = match context.is_empty() {
            true => "This session is not bound to a single Engine or Connection, and no context was provided to locate a binding.".to_string(),
            false => format!("Could not locate a bind configured on {} or this Session.", context.join(", ")),
        };
        Err(errors::error(vm, "UnboundExecutionError", text))
    }),
    ("bulk_save_objects", bulk_save_objects),
    ("bulk_insert_mappings", |vm, args| {
        let mut args = Arguments::new("bulk_insert_mappings", args);
        let session = session_id(vm, &args.receiver())?;
        let mapper = mapper_argument(vm, &mut args)?;
        let mappings = args.require(vm, "mappings")?;
        let return_defaults = args.flag(vm, "return_defaults", false)?;
        let render_nulls = args.flag(vm, "render_nulls", false)?;
        let options = BulkOptions { return_defaults, render_nulls };
        let dicts = vm.collect(&mappings)?;
        let mut rows = Vec::new();
        for dict in &dicts {
            rows.push(row_of(vm, dict)?);
        }
        let given: Vec<usize> = rows.iter().map(Vec::len).collect();
        let rows = with_orm(vm, |orm, hooks| orm.bulk_insert(hooks, session, mapper, rows, options))?;
        for ((dict, row), given) in dicts.iter().zip(rows).zip(given) {
            for (key, value) in row.into_iter().skip(given) {
                let value = to_object(vm, &value)?;
                vm.set_item(dict, &Object::str(&key), value)?;
            }
        }
        Ok(Object::None)
    }),
    ("bulk_update_mappings", |vm, args| {
        let mut args = Arguments::new("bulk_update_mappings", args);
        let session = session_id(vm, &args.receiver())?;
        let mapper = mapper_argument(vm, &mut args)?;
        let mappings = args.require(vm, "mappings")?;
        let mut rows = Vec::new();
        for dict in vm.collect(&mappings)? {
            rows.push(row_of(vm, &dict)?);
        }
        with_orm(vm, |orm, hooks| orm.bulk_update(hooks, session, mapper, &rows))?;
        Ok(Object::None)
    }),
];

/// Adds the methods and properties to the class.
pub(super) fn add_to(mut builder: ClassBuilder) -> ClassBuilder {
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder
        .property(
            "expire_on_commit",
            |vm, args| option(vm, &args, |options| options.expire_on_commit),
            |vm, args| set_option(vm, &args, |options, value| options.expire_on_commit = value),
        )
        .property(
            "autoflush",
            |vm, args| option(vm, &args, |options| options.autoflush),
            |vm, args| set_option(vm, &args, |options, value| options.autoflush = value),
        )
        .property(
            "autobegin",
            |vm, args| option(vm, &args, |options| options.autobegin),
            |vm, args| set_option(vm, &args, |options, value| options.autobegin = value),
        )
        .property(
            "bind",
            |vm, args| {
                let own = args.positional[0].as_instance().and_then(|instance| instance.get("_bind"));
                if let Some(bind) = own {
                    return Ok(bind);
                }
                let session = session_id(vm, &args.positional[0])?;
                let engine = peek(vm, |orm| orm.session(session).options.bind)?;
                let engine = engine.and_then(|id| vm.library.sqlalchemy.engines.get(id.index()).cloned());
                Ok(engine.unwrap_or(Object::None))
            },
            |vm, args| {
                let bind = args.positional.get(1).cloned().unwrap_or(Object::None);
                take_bind(vm, &args.positional[0], bind)
            },
        )
        .attribute("identity_key", Object::StaticMethod(std::rc::Rc::new(identity_key_function())))
}

fn identity_key_function() -> Object {
    crate::object::NativeFunction::closure("identity_key", super::mapper_api::identity_key)
}

fn option(vm: &mut Vm, args: &Args, read: fn(&SessionOptions) -> bool) -> PyResult<Object> {
    let session = session_id(vm, &args.positional[0])?;
    peek(vm, |orm| Object::Bool(read(&orm.session(session).options)))
}

fn set_option(vm: &mut Vm, args: &Args, write: fn(&mut SessionOptions, bool)) -> PyResult<Object> {
    let session = session_id(vm, &args.positional[0])?;
    let value = vm.truthy(args.positional.get(1).unwrap_or(&Object::None))?;
    with_orm(vm, |orm, _| {
        write(orm.session_options(session), value);
        Ok(())
    })?;
    Ok(Object::None)
}

/// Binds a session to an engine or to a connection.
fn take_bind(vm: &mut Vm, this: &Object, bind: Object) -> PyResult<Object> {
    let session = session_id(vm, this)?;
    let mut engine = bind_id(vm, &bind)?;
    let connection = bind.native::<super::connection::ConnectionObject>().map(|own| own.id);
    if let Some(connection) = connection {
        engine = peek(vm, |orm| orm.engines.engine_of(connection))?;
    }
    with_orm(vm, |orm, _| {
        let options = orm.session_options(session);
        options.bind = engine;
        options.connection = connection;
        Ok(())
    })?;
    let name = vm.intern("_bind");
    vm.set_attr(this, &name, bind)?;
    Ok(Object::None)
}

/// `Session(…)`: reads what it is told.
pub(super) fn init(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("Session", args);
    let this = args.receiver();
    let session = session_id(vm, &this)?;
    if let Some(bind) = args.take("bind") {
        take_bind(vm, &this, bind)?;
    }
    let autoflush = args.flag(vm, "autoflush", true)?;
    let expire_on_commit = args.flag(vm, "expire_on_commit", true)?;
    let autobegin = args.flag(vm, "autobegin", true)?;
    let close_resets_only = args.flag(vm, "close_resets_only", true)?;
    with_orm(vm, |orm, _| {
        let options = orm.session_options(session);
        options.autoflush = autoflush;
        options.expire_on_commit = expire_on_commit;
        options.autobegin = autobegin;
        options.close_resets_only = close_resets_only;
        Ok(())
    })?;
    let legacy = peek(vm, |orm| orm.legacy)?;
    let autocommit = args.flag(vm, "autocommit", false)?;
    if autocommit && !legacy {
        return Err(errors::error(vm, "ArgumentError", "autocommit=True is no longer supported"));
    }
    let future = args.flag(vm, "future", true)?;
    if !future && !legacy {
        return Err(errors::error(
            vm,
            "ArgumentError",
            "The 'future' parameter passed to Session() may only be set to True.",
        ));
    }
    let mode = args.keyword("join_transaction_mode").unwrap_or_else(|| Object::str("conditional_savepoint"));
    let known = ["conditional_savepoint", "rollback_only", "control_fully", "create_savepoint"];
    if !mode.as_str().is_some_and(|mode| known.contains(&mode)) {
        let mode = vm.str(&mode)?;
        return Err(errors::error(
            vm,
            "ArgumentError",
            format!("invalid selection for join_transaction_mode: \"{}\"", mode.as_str()),
        ));
    }
    let twophase = args.keyword("twophase").unwrap_or(Object::Bool(false));
    let info = Dict::from_items(vm, Vec::new())?;
    if let Some(given) = args.keyword("info").filter(|given| !given.is_none()) {
        vm.call_method(&info, "update", vec![given])?;
    }
    for name in ["binds", "query_cls", "enable_baked_queries", "class_", "hashed_key"] {
        args.keyword(name);
    }
    for (name, value) in [("info", info), ("twophase", twophase), ("join_transaction_mode", mode)] {
        let name = vm.intern(name);
        vm.set_attr(&this, &name, value)?;
    }
    match args.keywords().first() {
        Some((name, _)) => Err(vm.type_error(format!(
            "Session.__init__() got an unexpected keyword argument '{}'",
            name.as_str()
        ))),
        None => Ok(Object::None),
    }
}

fn load_options(vm: &mut Vm, given: Option<Object>) -> PyResult<Vec<ormscope::orm::LoadOption>> {
    let Some(given) = given.filter(|given| !given.is_none()) else { return Ok(Vec::new()) };
    let given = items(vm, &given)?;
    super::loaders::options(vm, &given)
}

fn unmapped_class(vm: &mut Vm, class: &Object) -> PyResult<crate::object::Unwind> {
    let repr = vm.repr(class)?;
    Ok(errors::error(vm, "UnmappedClassError", format!("Class '{}' is not mapped", repr.as_str())))
}

fn mapper_argument(vm: &mut Vm, args: &mut Arguments) -> PyResult<MapperId> {
    let class = match args.next() {
        Some(class) => class,
        None => args.require(vm, "mapper")?,
    };
    match mapping::mapper_of(vm, &class)? {
        Some(mapper) => Ok(mapper),
        None => Err(unmapped_class(vm, &class)?),
    }
}

/// A dict as a row.
fn row_of(vm: &mut Vm, dict: &Object) -> PyResult<BulkRow> {
    let Object::Dict(dict) = dict else { return Err(vm.type_error("a dictionary is expected")) };
    let mut row = BulkRow::new();
    for (key, value) in dict.items() {
        let key = vm.str(&key)?;
        row.push((key.as_str().into(), to_value(vm, &value)?));
    }
    Ok(row)
}

/// What an object says of its row: all of it, or what changed, with its key.
fn row_of_object(vm: &mut Vm, object: &ormscope::orm::Object, only_changes: bool) -> PyResult<BulkRow> {
    peek(vm, |orm| {
        let mapper = orm.mapper_of(object.state);
        let mut row = BulkRow::new();
        for (at, attribute) in mapper.iter() {
            let AttributeKind::Column(column) = attribute.kind else { continue };
            let ormscope::orm::Slot::Value(value) = &orm.states[object.state].slots[at] else { continue };
            if !only_changes || mapper.is_key(column) || orm.states[object.state].has_changed(at) {
                row.push((attribute.key.as_str().into(), value.clone()));
            }
        }
        row
    })
}

fn bulk_save_objects(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("bulk_save_objects", args);
    let session = session_id(vm, &args.receiver())?;
    let given = args.require(vm, "objects")?;
    let return_defaults = args.flag(vm, "return_defaults", false)?;
    let update_changed_only = args.flag(vm, "update_changed_only", true)?;
    let preserve_order = args.flag(vm, "preserve_order", true)?;
    let mut objects = Vec::new();
    for object in vm.collect(&given)? {
        let object = require_object(vm, &object)?;
        let (mapper, known) = peek(vm, |orm| {
            let state = &orm.states[object.state];
            (state.mapper, state.key.is_some())
        })?;
        objects.push((mapper, known, object));
    }
    if !preserve_order {
        objects.sort_by_key(|(mapper, known, _)| (*mapper, *known));
    }
    let mut at = 0;
    while at < objects.len() {
        let (mapper, known) = (objects[at].0, objects[at].1);
        let mut group = Vec::new();
        while let Some((_, _, object)) =
            objects.get(at).filter(|(own, is_known, _)| (*own, *is_known) == (mapper, known))
        {
            group.push(object.clone());
            at += 1;
        }
        save_group(vm, session, mapper, known, &group, return_defaults, update_changed_only)?;
    }
    Ok(Object::None)
}

fn save_group(
    vm: &mut Vm,
    session: SessionId,
    mapper: MapperId,
    known: bool,
    group: &[ormscope::orm::Object],
    return_defaults: bool,
    update_changed_only: bool,
) -> PyResult<()> {
    let mut rows = Vec::new();
    for object in group {
        rows.push(row_of_object(vm, object, known && update_changed_only)?);
    }
    if known {
        return with_orm(vm, |orm, hooks| orm.bulk_update(hooks, session, mapper, &rows));
    }
    let options = BulkOptions { return_defaults, render_nulls: false };
    let given: Vec<usize> = rows.iter().map(Vec::len).collect();
    let rows = with_orm(vm, |orm, hooks| orm.bulk_insert(hooks, session, mapper, rows, options))?;
    for ((object, row), given) in group.iter().zip(rows).zip(given) {
        for (key, value) in row.into_iter().skip(given).filter(|_| return_defaults) {
            let state = object.state;
            with_orm(vm, |orm, _| {
                if let Some(at) = orm.mapper_of(state).attribute(&key) {
                    orm.set_value(state, at, value);
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// `close_all_sessions()`
pub(super) fn close_all_sessions(vm: &mut Vm, _: Args) -> PyResult<Object> {
    let sessions: Vec<Object> = vm
        .library
        .sqlalchemy
        .sessions
        .iter()
        .filter_map(std::rc::Weak::upgrade)
        .map(Object::Instance)
        .collect();
    for session in sessions {
        vm.call_method(&session, "close", Vec::new())?;
    }
    Ok(Object::None)
}

/// `was_deleted(object)`
pub(super) fn was_deleted(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let object = require_object(vm, args.positional.first().unwrap_or(&Object::None))?;
    peek(vm, |orm| {
        let state = &orm.states[object.state];
        Object::Bool(state.was_deleted || state.lifecycle == Lifecycle::Deleted)
    })
}

/// SQLAlchemy's warnings, told through the module `warnings`.
pub(super) fn tell_warnings(vm: &mut Vm, warnings: Vec<String>) -> PyResult<()> {
    let module = vm.import("warnings")?;
    let warn = vm.get_attr(&Object::Module(module), "warn")?;
    let category = super::classes(vm).errors.get("SAWarning");
    for text in warnings {
        let arguments = vec![Object::Str(PyStr::new(&text)), Object::Class(category.clone())];
        vm.call_with(&warn, arguments)?;
    }
    Ok(())
}

/// The rows of a statement's parameters.
pub(super) fn rows_of_parameters(parameters: &ormscope::engine::Parameters) -> Option<Vec<BulkRow>> {
    match parameters {
        ormscope::engine::Parameters::Many(rows) => Some(rows.clone()),
        _ => None,
    }
}
