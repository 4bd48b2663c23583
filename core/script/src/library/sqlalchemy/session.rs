//! `Session`, `sessionmaker`, `scoped_session`, `IdentitySet`.

use std::rc::Rc;

use ormscope::engine::Execution;
use ormscope::orm::{Lifecycle, OrmResult, SessionOptions, Synchronize, TransactionState};
use ormscope::sql::Statement;
use ormscope::types::{EngineId, SessionId};

use super::arguments::Arguments;
use super::mapping::{instance_of, require_object};
use super::result::{Rows, result_object};
use super::select::SelectData;
use super::session_transactions::{innermost, transaction_of};
use super::{
    bulk, classes, connection, dml, errors, inspection, mapping, metadata, orm_events, peek, query, receiver,
    session_more, with_orm,
};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of a `Session`.
pub(super) struct SessionObject {
    pub(super) id: SessionId,
}

/// The native data of an `IdentitySet`.
struct IdentitySetData {
    items: Vec<Object>,
}

const METHODS: &[(&str, NativeFn)] = &[
    ("add", |vm, args| {
        let (session, object) = session_and_object(vm, &args)?;
        with_orm(vm, |orm, hooks| orm.add(hooks, session, &object))?;
        Ok(Object::None)
    }),
    ("add_all", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        for item in vm.collect(&args.positional[1])? {
            let object = require_object(vm, &item)?;
            with_orm(vm, |orm, hooks| orm.add(hooks, session, &object))?;
        }
        Ok(Object::None)
    }),
    ("delete", |vm, args| {
        let (session, object) = session_and_object(vm, &args)?;
        with_orm(vm, |orm, hooks| orm.delete(hooks, session, &object))?;
        Ok(Object::None)
    }),
    ("flush", |vm, args| {
        let mut args = super::arguments::Arguments::new("flush", args);
        let session = session_id(vm, &args.receiver())?;
        let mut chosen = Vec::new();
        if let Some(objects) = args.take("objects").filter(|objects| !objects.is_none()) {
            for object in vm.collect(&objects)? {
                chosen.push(require_object(vm, &object)?);
            }
        }
        args.finish(vm)?;
        with_orm(vm, |orm, hooks| orm.flush_some(hooks, session, &chosen))?;
        Ok(Object::None)
    }),
    ("commit", |vm, args| verb(vm, args, |orm, hooks, session| orm.commit(hooks, session))),
    ("rollback", |vm, args| verb(vm, args, |orm, hooks, session| orm.rollback(hooks, session))),
    ("close", |vm, args| verb(vm, args, |orm, hooks, session| orm.close_session(hooks, session))),
    ("expunge_all", |vm, args| {
        verb(vm, args, |orm, _, session| {
            orm.expunge_all(session);
            Ok(())
        })
    }),
    ("expire_all", |vm, args| {
        verb(vm, args, |orm, _, session| {
            orm.expire_all(session);
            Ok(())
        })
    }),
    ("expunge", |vm, args| {
        let (session, object) = session_and_object(vm, &args)?;
        with_orm(vm, |orm, _| orm.expunge(session, &object))?;
        Ok(Object::None)
    }),
    ("expire", |vm, args| {
        let (session, object) = session_and_object(vm, &args)?;
        let keys = attribute_names(vm, &args)?;
        with_orm(vm, |orm, _| orm.expire(session, object.state, keys.as_deref()))?;
        Ok(Object::None)
    }),
    ("refresh", |vm, args| {
        let (session, object) = session_and_object(vm, &args)?;
        let keys = attribute_names(vm, &args)?;
        with_orm(vm, |orm, hooks| orm.refresh(hooks, session, object.state, keys.as_deref()))?;
        Ok(Object::None)
    }),
    ("query", query::new_query),
    ("get", get),
    ("get_one", |vm, args| {
        let found = get(vm, args)?;
        if found.is_none() {
            return Err(errors::error(vm, "NoResultFound", "No row was found when one was required"));
        }
        Ok(found)
    }),
    ("execute", execute),
    ("scalars", |vm, args| {
        let result = execute(vm, args)?;
        vm.call_method(&result, "scalars", Vec::new())
    }),
    ("scalar", |vm, args| {
        let result = execute(vm, args)?;
        vm.call_method(&result, "scalar", Vec::new())
    }),
    ("_identity_entries", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        identity_entries(vm, session)
    }),
    ("enable_relationship_loading", |vm, args| {
        let (session, object) = session_and_object(vm, &args)?;
        with_orm(vm, |orm, _| {
            orm.enable_relationship_loading(session, object.state);
            Ok(())
        })?;
        Ok(Object::None)
    }),
    ("begin", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        with_orm(vm, |orm, _| orm.begin(session))?;
        let begun = innermost(vm, session)?;
        super::session_transactions::note_begun(&begun);
        Ok(begun)
    }),
    ("begin_nested", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        with_orm(vm, |orm, hooks| orm.begin_nested(hooks, session))?;
        innermost(vm, session)
    }),
    ("get_transaction", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        let first = peek(vm, |orm| orm.transactions(session).first().copied())?;
        Ok(first.map_or(Object::None, |info| transaction_of(vm, session, info)))
    }),
    ("get_nested_transaction", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        let last = peek(vm, |orm| orm.transactions(session).last().copied().filter(|info| info.nested))?;
        Ok(last.map_or(Object::None, |info| transaction_of(vm, session, info)))
    }),
    ("in_transaction", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        peek(vm, |orm| Object::Bool(orm.transaction_state(session) != TransactionState::None))
    }),
    ("in_nested_transaction", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        peek(vm, |orm| Object::Bool(orm.transactions(session).iter().any(|level| level.nested)))
    }),
    ("__contains__", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        let object = require_object(vm, &args.positional[1])?;
        peek(vm, |orm| {
            let state = &orm.states[object.state];
            let held = matches!(state.lifecycle, Lifecycle::Pending | Lifecycle::Persistent);
            Object::Bool(held && state.session == Some(session))
        })
    }),
    ("__iter__", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        let all = peek(vm, |orm| {
            let held = orm.session(session);
            let ids = held.new.keys().copied().chain(held.persistent());
            ids.filter_map(|id| orm.states.object(id)).collect::<Vec<_>>()
        })?;
        let all = all.iter().map(instance_of).collect();
        vm.iter(&Object::list(all))
    }),
    ("__enter__", |_, args| Ok(args.positional[0].clone())),
    ("__exit__", |vm, args| verb(vm, args, |orm, hooks, session| orm.close_session(hooks, session))),
    ("connection", |vm, args| {
        let session = session_id(vm, &args.positional[0])?;
        let engine = peek(vm, |orm| orm.session(session).options.bind)?;
        let engine = engine.and_then(|id| vm.library.sqlalchemy.engines.get(id.index()).cloned());
        let id = with_orm(vm, |orm, hooks| orm.session_connection(hooks, session))?;
        Ok(connection::borrowed(vm, id, engine.unwrap_or(Object::None)))
    }),
];

pub(super) fn session_class() -> Rc<Class> {
    let mut builder = Class::builder("Session").module("sqlalchemy.orm.session");
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    session_more::add_to(builder)
        .method("__new__", |vm, args| {
            let id = with_orm(vm, |orm, _| Ok(orm.add_session(SessionOptions::default())))?;
            let class = args.positional[0].as_class().map_or_else(|| classes(vm).session.clone(), Rc::clone);
            let object = Instance::native(&class, SessionObject { id });
            if let Object::Instance(instance) = &object {
                vm.library.sqlalchemy.sessions.push(Rc::downgrade(instance));
            }
            Ok(object)
        })
        .method("__init__", session_more::init)
        .getter("new", |vm, args| {
            let session = session_id(vm, &args.positional[0])?;
            let objects = peek(vm, |orm| orm.session(session).new.values().cloned().collect::<Vec<_>>())?;
            Ok(identity_set(vm, &objects))
        })
        .getter("dirty", |vm, args| {
            let session = session_id(vm, &args.positional[0])?;
            let objects = peek(vm, |orm| {
                orm.session(session)
                    .dirty()
                    .into_iter()
                    .filter_map(|id| orm.states.object(id))
                    .collect::<Vec<_>>()
            })?;
            Ok(identity_set(vm, &objects))
        })
        .getter("deleted", |vm, args| {
            let session = session_id(vm, &args.positional[0])?;
            let objects = peek(vm, |orm| orm.session(session).deleted.values().cloned().collect::<Vec<_>>())?;
            Ok(identity_set(vm, &objects))
        })
        .getter("identity_map", |vm, args| {
            inspection::orm_name(vm, "_WeakInstanceDict", Some(vec![args.positional[0].clone()]))
        })
        .getter("no_autoflush", |vm, args| {
            let session = session_id(vm, &args.positional[0])?;
            let class = classes(vm).no_autoflush.clone();
            Ok(Instance::native(&class, SessionObject { id: session }))
        })
        .getter("is_active", |vm, args| {
            let session = session_id(vm, &args.positional[0])?;
            peek(vm, |orm| Object::Bool(orm.transaction_state(session) != TransactionState::NeedsRollback))
        })
        .build()
}

/// The session's id of a `Session` or of the session behind a proxy.
pub(super) fn session_id(vm: &mut Vm, object: &Object) -> PyResult<SessionId> {
    let session = receiver::<SessionObject>(vm, object)?.id;
    let unbound = peek(vm, |orm| orm.legacy && orm.session(session).options.bind.is_none())?;
    if unbound {
        // The engine that the mapped tables' metadata is bound to.
        let tables = peek(vm, |orm| orm.mappers.iter().map(|mapper| mapper.table).collect::<Vec<_>>())?;
        for table in tables {
            let bind = metadata::bind_of_table(vm, table)?;
            if let Some(engine) = bind.as_ref().and_then(metadata::engine_id) {
                with_orm(vm, |orm, _| {
                    orm.bind_session(session, Some(engine));
                    Ok(())
                })?;
                break;
            }
        }
    }
    Ok(session)
}

fn session_and_object(vm: &mut Vm, args: &Args) -> PyResult<(SessionId, ormscope::orm::Object)> {
    let session = session_id(vm, &args.positional[0])?;
    let Some(object) = args.positional.get(1) else {
        return Err(vm.type_error("missing 1 required positional argument: 'instance'"));
    };
    Ok((session, require_object(vm, object)?))
}

fn attribute_names(vm: &mut Vm, args: &Args) -> PyResult<Option<Vec<String>>> {
    let named = args
        .keyword
        .iter()
        .find(|(name, _)| name.as_str() == "attribute_names")
        .map(|(_, value)| value.clone());
    match named.or_else(|| args.positional.get(2).cloned()) {
        Some(names) if !names.is_none() => {
            let names = vm.collect(&names)?;
            let names = names.iter().filter_map(|name| name.as_str().map(str::to_string));
            Ok(Some(names.collect()))
        }
        _ => Ok(None),
    }
}

fn verb(
    vm: &mut Vm,
    args: Args,
    act: fn(&mut ormscope::orm::Orm, &mut dyn ormscope::orm::Hooks, SessionId) -> OrmResult<()>,
) -> PyResult<Object> {
    let session = session_id(vm, &args.positional[0])?;
    with_orm(vm, |orm, hooks| act(orm, hooks, session))?;
    Ok(Object::None)
}

pub(super) fn bind_id(vm: &mut Vm, bind: &Object) -> PyResult<Option<EngineId>> {
    if bind.is_none() || bind.native::<super::connection::ConnectionObject>().is_some() {
        return Ok(None);
    }
    match metadata::engine_id(bind) {
        Some(engine) => Ok(Some(engine)),
        None => Err(errors::error(vm, "ArgumentError", "a session is bound to an Engine or a Connection")),
    }
}

pub(super) fn no_autoflush_class() -> Rc<Class> {
    fn suspend(vm: &mut Vm, args: &Args, suspended: bool) -> PyResult<SessionId> {
        let session = session_id(vm, &args.positional[0])?;
        with_orm(vm, |orm, _| {
            orm.suspend_autoflush(session, suspended);
            Ok(())
        })?;
        Ok(session)
    }
    Class::builder("no_autoflush")
        .module("sqlalchemy.orm.session")
        .method("__enter__", |vm, args| {
            let session = suspend(vm, &args, true)?;
            Ok(vm.library.sqlalchemy.session_object(session).unwrap_or(Object::None))
        })
        .method("__exit__", |vm, args| {
            suspend(vm, &args, false)?;
            Ok(Object::None)
        })
        .build()
}

fn get(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("get", args);
    let session = session_id(vm, &args.receiver())?;
    let target = args.require(vm, "entity")?;
    let ident = args.require(vm, "ident")?;
    args.keywords();
    let Some(entity) = mapping::entity_of(vm, &target)? else {
        let repr = vm.repr(&target)?;
        return Err(errors::error(
            vm,
            "ArgumentError",
            format!("Expected mapped class or mapper, got: {}", repr.as_str()),
        ));
    };
    super::query_running::get_by_ident(vm, session, entity.mapper, &ident)
}

fn execute(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("execute", args);
    let session = session_id(vm, &args.receiver())?;
    let statement = args.require(vm, "statement")?;
    let parameters = args.take("params");
    let statement = match statement.native::<super::lambdas::LambdaData>() {
        Some(lambda) => lambda.made.clone(),
        None => statement,
    };
    let given = args.keyword("execution_options");
    if !orm_events::execute::is_told(vm) {
        return execute_now(vm, session, &statement, parameters.as_ref(), given);
    }
    let candidates: Vec<Object> = match statement.native::<SelectData>() {
        Some(data) => data.target.iter().chain(&data.selected).chain(&data.joined).cloned().collect(),
        None => dml::target_of(&statement).into_iter().collect(),
    };
    let mut class = None;
    for candidate in candidates {
        if class.is_none() && mapping::mapper_of(vm, &candidate)?.is_some() {
            class = Some(candidate);
        }
    }
    let about = orm_events::execute::About {
        statement,
        parameters: parameters.unwrap_or(Object::None),
        options: given.unwrap_or(Object::None),
        class,
    };
    orm_events::execute::execute(vm, session, about, move |vm, given| {
        let [statement, parameters, options] = &given[..] else { return Ok(Object::None) };
        let parameters = Some(parameters).filter(|parameters| !parameters.is_none());
        execute_now(vm, session, statement, parameters, Some(options.clone()))
    })
}

/// Executes a statement that listeners have seen.
fn execute_now(
    vm: &mut Vm,
    session: SessionId,
    statement: &Object,
    parameters: Option<&Object>,
    given: Option<Object>,
) -> PyResult<Object> {
    let parameters = connection::read_parameters(vm, parameters)?;
    if let Some(data) = statement.native::<SelectData>() {
        mapping::configure(vm)?;
        let mut options = data.execution_options.clone();
        let given = super::engine::read_options(vm, given)?;
        super::engine::merge_options(&mut options, given);
        let how = super::orm_rows::How::read(vm, &options)?;
        let rows = super::orm_rows::run(vm, session, &data, &parameters, how)?;
        return Ok(result_object(vm, rows));
    }
    let mut executable = connection::executable(vm, statement)?;
    // What restricts it to the rows of its class is added again where it is executed.
    dml::keep_own_conditions(statement, &mut executable);
    let is_write = matches!(executable, Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_));
    let entity = match (&executable, dml::target_of(statement)) {
        (Statement::Update(_) | Statement::Delete(_), Some(target)) => mapping::mapper_of(vm, &target)?,
        _ => None,
    };
    let own_options = dml::options_of(statement);
    let synchronize = match &entity {
        Some(_) => bulk::synchronize(vm, [given.as_ref(), own_options.as_ref()])?,
        None => Synchronize::Off,
    };
    let given_options = own_options.or(given);
    let returning = dml::select_of_returning(vm, statement)?;
    if let Some(rows) = session_more::rows_of_parameters(&parameters)
        && let Some(set) = execute_rows(vm, session, statement, &executable, rows, given_options.as_ref())?
    {
        return match returning {
            None => Ok(result_object(vm, Rows::from_set(set))),
            Some(select) => {
                let rows = with_orm(vm, |orm, hooks| {
                    let lowered = orm.lower(&select)?;
                    orm.rows_of(hooks, session, &lowered, &set, true)
                })?;
                Ok(result_object(vm, Rows::from_orm(rows)))
            }
        };
    }
    let (set, table) = with_orm(vm, |orm, hooks| {
        if is_write {
            orm.autoflush(hooks, session, "execute")?;
        }
        let set = match entity {
            Some(mapper) => {
                orm.execute_bulk(hooks, session, mapper, &executable, &parameters, synchronize)?
            }
            None => {
                let connection = orm.session_connection(hooks, session)?;
                orm.execute_on(hooks, connection, &executable, &parameters, Execution::Plain)?
            }
        };
        let table = match &executable {
            Statement::Insert(insert) => match insert.table {
                ormscope::sql::From::Table(table) => Some(table),
                _ => None,
            },
            _ => None,
        };
        Ok((set, table))
    })?;
    if let Some(select) = returning {
        let rows = with_orm(vm, |orm, hooks| {
            let lowered = orm.lower(&select)?;
            orm.rows_of(hooks, session, &lowered, &set, true)
        })?;
        return Ok(result_object(vm, Rows::from_orm(rows)));
    }
    let mut rows = Rows::from_set(set);
    rows.inserted_table = table;
    Ok(result_object(vm, rows))
}

/// Rows given by attribute names with an INSERT or UPDATE of a mapped class;
/// nothing where the statement is another one.
fn execute_rows(
    vm: &mut Vm,
    session: SessionId,
    statement: &Object,
    executable: &Statement,
    rows: Vec<ormscope::orm::BulkRow>,
    options: Option<&Object>,
) -> PyResult<Option<ormscope::engine::ResultSet>> {
    let Some(target) = dml::target_of(statement) else { return Ok(None) };
    let Some(mapper) = mapping::mapper_of(vm, &target)? else { return Ok(None) };
    let option = |name: &str| match options.map(crate::builtins::base) {
        Some(Object::Dict(options)) => options.get_str(name),
        _ => None,
    };
    let is_raw = option("dml_strategy").is_some_and(|strategy| strategy.as_str() == Some("raw"));
    if is_raw {
        return Ok(None);
    }
    match executable {
        Statement::Insert(insert) => {
            let render_nulls = match option("render_nulls") {
                Some(value) => vm.truthy(&value)?,
                None => false,
            };
            let set = with_orm(vm, |orm, hooks| {
                orm.autoflush(hooks, session, "execute")?;
                orm.insert_rows(hooks, session, mapper, insert, rows, render_nulls)
            })?;
            Ok(Some(set))
        }
        Statement::Update(update) => {
            let synchronizes = bulk::synchronize(vm, [options, None])? != Synchronize::Off;
            if !update.where_.is_empty() {
                if synchronizes {
                    return Err(errors::error(
                        vm,
                        "InvalidRequestError",
                        "bulk synchronize of persistent objects not supported when using bulk update with additional WHERE criteria right now.  add synchronize_session=None execution option to bypass synchronize of persistent objects.",
                    ));
                }
                return Ok(None);
            }
            let set = with_orm(vm, |orm, hooks| {
                orm.autoflush(hooks, session, "execute")?;
                let set = orm.update_by_key(hooks, session, mapper, &rows, &update.values)?;
                if synchronizes {
                    orm.follow_updates(session, mapper, &rows);
                }
                Ok(set)
            })?;
            Ok(Some(set))
        }
        _ => Ok(None),
    }
}

fn identity_set(vm: &mut Vm, objects: &[ormscope::orm::Object]) -> Object {
    let class = classes(vm).identity_set.clone();
    let items = objects.iter().map(instance_of).collect();
    Instance::native(&class, IdentitySetData { items })
}

pub(super) fn identity_set_class() -> Rc<Class> {
    fn items(vm: &mut Vm, args: &Args) -> PyResult<Vec<Object>> {
        Ok(receiver::<IdentitySetData>(vm, &args.positional[0])?.items.clone())
    }
    Class::builder("IdentitySet")
        .module("sqlalchemy.util._collections")
        .method("__repr__", |vm, args| {
            let list = Object::list(items(vm, &args)?);
            let repr = vm.repr(&list)?;
            Ok(Object::str(format!("IdentitySet({})", repr.as_str())))
        })
        .method("__iter__", |vm, args| {
            let list = Object::list(items(vm, &args)?);
            vm.iter(&list)
        })
        .method("__len__", |vm, args| Ok(Object::Int(items(vm, &args)?.len() as i64)))
        .method("__contains__", |vm, args| {
            let items = items(vm, &args)?;
            Ok(Object::Bool(items.iter().any(|item| item.is(&args.positional[1]))))
        })
        .build()
}

/// What is in a session, by identity key.
fn identity_entries(vm: &mut Vm, session: SessionId) -> PyResult<Object> {
    let entries = peek(vm, |orm| {
        let held = orm.session(session);
        let entries =
            held.identity_map.iter().filter_map(|(key, id)| Some((key.clone(), orm.states.object(*id)?)));
        entries.collect::<Vec<_>>()
    })?;
    let mut items = Vec::new();
    for (key, object) in entries {
        let mut values = Vec::new();
        for value in key.values.iter() {
            values.push(super::values::to_object(vm, &value.0)?);
        }
        let class = mapping::entity_object(vm, key.mapper);
        items.push((Object::tuple(vec![class, Object::tuple(values), Object::None]), instance_of(&object)));
    }
    Dict::from_items(vm, items)
}

/// `object_session(object)`
pub(super) fn object_session(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let object = require_object(vm, args.positional.first().unwrap_or(&Object::None))?;
    let session = peek(vm, |orm| orm.states[object.state].session)?;
    Ok(session.and_then(|session| vm.library.sqlalchemy.session_object(session)).unwrap_or(Object::None))
}
