//! `Connection`, its transactions, and executing statements on it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ormscope::engine::{ConnectionId, Execution, ParameterSet, Parameters};
use ormscope::sql::{Statement, TextStatement};
use ormscope::types::EngineId;

use super::arguments::Arguments;
use super::result::{self, result_object};
use super::values::to_value;
use super::{classes, dml, errors, metadata, peek, receiver, select, with_orm};
use crate::object::{Args, Class, Instance, Object, PyResult, Unwind};
use crate::vm::Vm;

/// The native data of a `Connection`.
pub(super) struct ConnectionObject {
    pub(super) id: ConnectionId,
    engine: Object,
    /// Whether the end of the `with` block commits.
    commits: Cell<bool>,
}

/// The native data of a transaction or savepoint.
struct TransactionObject {
    connection: Object,
    id: ConnectionId,
    savepoint: RefCell<Option<String>>,
    open: Cell<bool>,
}

/// `engine.connect()`, and `engine.begin()` with `commits`.
pub(super) fn open(vm: &mut Vm, engine: EngineId, engine_object: Object, commits: bool) -> PyResult<Object> {
    let id = with_orm(vm, |orm, _| {
        let id = orm.engines.connect(engine)?;
        if commits {
            orm.engines.begin(id)?;
        }
        Ok(id)
    })?;
    let class = classes(vm).connection.clone();
    Ok(Instance::native(&class, ConnectionObject { id, engine: engine_object, commits: Cell::new(commits) }))
}

/// The connection that a session's transaction runs on.
pub(super) fn borrowed(vm: &mut Vm, id: ConnectionId, engine: Object) -> Object {
    let class = classes(vm).connection.clone();
    Instance::native(&class, ConnectionObject { id, engine, commits: Cell::new(false) })
}

pub(super) fn connection_class() -> Rc<Class> {
    Class::builder("Connection")
        .module("sqlalchemy.engine.base")
        .method("__enter__", |_, args| Ok(args.positional[0].clone()))
        .method("__exit__", |vm, args| {
            let own = receiver::<ConnectionObject>(vm, &args.positional[0])?;
            let failed = args.positional.get(1).is_some_and(|class| !class.is_none());
            with_orm(vm, |orm, _| {
                if own.commits.get() && !failed {
                    orm.engines.commit(own.id)?;
                }
                Ok(orm.engines.close(own.id)?)
            })?;
            Ok(Object::None)
        })
        .method("execute", |vm, args| {
            let mut args = Arguments::new("execute", args);
            let own = receiver::<ConnectionObject>(vm, &args.receiver())?;
            let statement = args.require(vm, "statement")?;
            let mut given = args.rest();
            let parameters =
                args.keyword("parameters").or(if given.is_empty() { None } else { Some(given.remove(0)) });
            execute(vm, own.id, &statement, parameters.as_ref())
        })
        .method("exec_driver_sql", |vm, args| {
            let own = receiver::<ConnectionObject>(vm, &args.positional[0])?;
            let Some(Object::Str(sql)) = args.positional.get(1) else {
                return Err(vm.type_error("exec_driver_sql() takes SQL as a string"));
            };
            let mut values = Vec::new();
            if let Some(parameters) = args.positional.get(2) {
                for value in vm.collect(parameters)? {
                    let value = to_value(vm, &value)?;
                    let bound = ormscope::types::SqlType::Null.bind(&value);
                    values.push(bound.map_err(|error| vm.type_error(error.message))?);
                }
            }
            let set = with_orm(vm, |orm, _| Ok(orm.engines.execute_raw(own.id, sql.as_str(), &values)?))?;
            Ok(result_object(vm, result::Rows::from_set(set)))
        })
        .method("scalar", |vm, args| {
            let result =
                vm.call_method(&args.positional[0].clone(), "execute", args.positional[1..].to_vec())?;
            vm.call_method(&result, "scalar", Vec::new())
        })
        .method("scalars", |vm, args| {
            let result =
                vm.call_method(&args.positional[0].clone(), "execute", args.positional[1..].to_vec())?;
            vm.call_method(&result, "scalars", Vec::new())
        })
        .method("commit", |vm, args| {
            let own = receiver::<ConnectionObject>(vm, &args.positional[0])?;
            with_orm(vm, |orm, _| Ok(orm.engines.commit(own.id)?))?;
            Ok(Object::None)
        })
        .method("rollback", |vm, args| {
            let own = receiver::<ConnectionObject>(vm, &args.positional[0])?;
            with_orm(vm, |orm, _| Ok(orm.engines.rollback(own.id)?))?;
            Ok(Object::None)
        })
        .method("close", |vm, args| {
            let own = receiver::<ConnectionObject>(vm, &args.positional[0])?;
            with_orm(vm, |orm, _| Ok(orm.engines.close(own.id)?))?;
            Ok(Object::None)
        })
        .method("begin", |vm, args| transaction(vm, &args.positional[0], false))
        .method("begin_nested", |vm, args| transaction(vm, &args.positional[0], true))
        .method("get_transaction", |vm, args| {
            let own = receiver::<ConnectionObject>(vm, &args.positional[0])?;
            let begun = peek(vm, |orm| {
                orm.engines.connection(own.id).is_ok_and(|connection| connection.in_transaction)
            })?;
            if !begun {
                return Ok(Object::None);
            }
            let class = classes(vm).transaction.clone();
            let data = TransactionObject {
                connection: args.positional[0].clone(),
                id: own.id,
                savepoint: RefCell::new(None),
                open: Cell::new(true),
            };
            Ok(Instance::native(&class, data))
        })
        .method("in_transaction", |vm, args| {
            let own = receiver::<ConnectionObject>(vm, &args.positional[0])?;
            peek(vm, |orm| {
                Object::Bool(orm.engines.connection(own.id).is_ok_and(|connection| connection.in_transaction))
            })
        })
        .method("execution_options", |_, args| Ok(args.positional[0].clone()))
        .getter("closed", |vm, args| {
            let own = receiver::<ConnectionObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::Bool(orm.engines.is_closed(own.id)))
        })
        .getter("engine", |vm, args| {
            Ok(receiver::<ConnectionObject>(vm, &args.positional[0])?.engine.clone())
        })
        .getter("dialect", |vm, args| {
            let engine = receiver::<ConnectionObject>(vm, &args.positional[0])?.engine.clone();
            vm.get_attr(&engine, "dialect")
        })
        .build()
}

fn transaction(vm: &mut Vm, connection: &Object, nested: bool) -> PyResult<Object> {
    let own = receiver::<ConnectionObject>(vm, connection)?;
    let savepoint = with_orm(vm, |orm, _| {
        if nested {
            return Ok(Some(orm.engines.savepoint(own.id)?));
        }
        orm.engines.begin(own.id)?;
        Ok(None)
    })?;
    let class = classes(vm).transaction.clone();
    Ok(Instance::native(
        &class,
        TransactionObject {
            connection: connection.clone(),
            id: own.id,
            savepoint: RefCell::new(savepoint),
            open: Cell::new(true),
        },
    ))
}

pub(super) fn transaction_class() -> Rc<Class> {
    Class::builder("Transaction")
        .module("sqlalchemy.engine.base")
        .method("__enter__", |_, args| Ok(args.positional[0].clone()))
        .method("__exit__", |vm, args| {
            let failed = args.positional.get(1).is_some_and(|class| !class.is_none());
            end_transaction(vm, &args.positional[0], !failed)
        })
        .method("commit", |vm, args| end_transaction(vm, &args.positional[0], true))
        .method("rollback", |vm, args| end_transaction(vm, &args.positional[0], false))
        .method("close", |vm, args| end_transaction(vm, &args.positional[0], false))
        .getter("is_active", |vm, args| {
            Ok(Object::Bool(receiver::<TransactionObject>(vm, &args.positional[0])?.open.get()))
        })
        .getter("connection", |vm, args| {
            Ok(receiver::<TransactionObject>(vm, &args.positional[0])?.connection.clone())
        })
        .build()
}

fn end_transaction(vm: &mut Vm, object: &Object, commit: bool) -> PyResult<Object> {
    let own = receiver::<TransactionObject>(vm, object)?;
    if !own.open.replace(false) {
        return Ok(Object::None);
    }
    let savepoint = own.savepoint.borrow().clone();
    with_orm(vm, |orm, _| {
        match (&savepoint, commit) {
            (Some(name), true) => orm.engines.release(own.id, name)?,
            (Some(name), false) => orm.engines.rollback_to(own.id, name)?,
            (None, true) => orm.engines.commit(own.id)?,
            (None, false) => orm.engines.rollback(own.id)?,
        }
        Ok(())
    })?;
    Ok(Object::None)
}

/// Executes a statement on a connection.
pub(super) fn execute(
    vm: &mut Vm,
    connection: ConnectionId,
    object: &Object,
    parameters: Option<&Object>,
) -> PyResult<Object> {
    let statement = executable(vm, object)?;
    let parameters = read_parameters(vm, parameters)?;
    let set = with_orm(vm, |orm, hooks| {
        orm.execute_on(hooks, connection, &statement, &parameters, Execution::Plain)
    })?;
    let mut rows = result::Rows::from_set(set);
    rows.inserted_table = match &statement {
        Statement::Insert(insert) => match insert.table {
            ormscope::sql::From::Table(table) => Some(table),
            _ => None,
        },
        _ => None,
    };
    Ok(result_object(vm, rows))
}

/// The statement that an object is, or SQLAlchemy's error.
pub(super) fn executable(vm: &mut Vm, object: &Object) -> PyResult<Statement> {
    let legacy = peek(vm, |orm| orm.legacy)?;
    if let (Object::Str(text), true) = (object, legacy) {
        return Ok(Statement::Text(Rc::new(TextStatement::new(text.as_str()))));
    }
    match select::to_statement(vm, object)? {
        Some(statement) => Ok(statement),
        None => Err(not_executable(vm, object)),
    }
}

fn not_executable(vm: &mut Vm, object: &Object) -> Unwind {
    let repr = match vm.repr(object) {
        Ok(repr) => repr,
        Err(unwind) => return unwind,
    };
    errors::error(vm, "ObjectNotExecutableError", format!("Not an executable object: {}", repr.as_str()))
}

/// A dict, or a list of dicts.
pub(super) fn read_parameters(vm: &mut Vm, parameters: Option<&Object>) -> PyResult<Parameters> {
    match parameters {
        None | Some(Object::None) => Ok(Parameters::None),
        Some(Object::List(list)) => {
            let sets = list.items.borrow().clone();
            let sets = sets.iter().map(|set| read_set(vm, set)).collect::<PyResult<Vec<_>>>()?;
            Ok(if sets.is_empty() { Parameters::None } else { Parameters::Many(sets) })
        }
        Some(one) => Ok(Parameters::One(read_set(vm, one)?)),
    }
}

fn read_set(vm: &mut Vm, set: &Object) -> PyResult<ParameterSet> {
    let Object::Dict(dict) = set else {
        return Err(errors::error(vm, "ArgumentError", "List argument must consist only of dictionaries"));
    };
    let mut values = ParameterSet::new();
    for (key, value) in dict.items() {
        let key = vm.str(&key)?;
        values.push((key.as_str().into(), to_value(vm, &value)?));
    }
    Ok(values)
}

/// `engine.execute(statement)` of the legacy era.
pub(super) fn execute_on_engine(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let legacy = peek(vm, |orm| orm.legacy)?;
    if !legacy {
        return Err(vm.attribute_error(&args.positional[0], "execute"));
    }
    super::note(
        vm,
        "engine.execute() is now connection.execute() inside `with engine.begin() as connection:`.",
    );
    let mut args = Arguments::new("execute", args);
    let engine = args.receiver();
    let statement = args.require(vm, "statement")?;
    let parameters = args.next();
    execute_and_commit(vm, &engine, &statement, parameters.as_ref())
}

/// `statement.execute(…)` on bound metadata, of the legacy era.
pub(super) fn execute_implicitly(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("execute", args);
    let statement = args.receiver();
    let legacy = peek(vm, |orm| orm.legacy)?;
    if !legacy {
        return Err(vm.attribute_error(&statement, "execute"));
    }
    super::note(vm, "statement.execute() is now connection.execute(statement).");
    let named = args.keywords();
    let parameters = match args.next() {
        Some(given) => Some(given),
        None if named.is_empty() => None,
        None => Some(crate::builtins::Dict::from_names(named)),
    };
    let Some(engine) = bound_engine_of(vm, &statement)? else {
        return Err(errors::error(
            vm,
            "UnboundExecutionError",
            "This statement is not bound and does not support direct execution. Use the .execute() method of a Connection or Engine to execute this construct.",
        ));
    };
    execute_and_commit(vm, &engine, &statement, parameters.as_ref())
}

/// The engine that the table of a statement is bound to.
pub(super) fn bound_engine_of(vm: &mut Vm, statement: &Object) -> PyResult<Option<Object>> {
    if let Some(table) = select::table_of(vm, statement)? {
        return metadata::bind_of_table(vm, table);
    }
    match dml::target_of(statement) {
        Some(target) => bound_engine(vm, &target),
        None => Ok(None),
    }
}

/// The engine that a table's metadata is bound to.
pub(super) fn bound_engine(vm: &mut Vm, table: &Object) -> PyResult<Option<Object>> {
    let Some(id) = super::schema::table_id(vm, table)? else { return Ok(None) };
    metadata::bind_of_table(vm, id)
}

/// Executes a statement by itself, and commits what it changed: autocommit.
fn execute_and_commit(
    vm: &mut Vm,
    engine: &Object,
    statement: &Object,
    parameters: Option<&Object>,
) -> PyResult<Object> {
    let Some(id) = metadata::engine_id(engine) else { return Err(vm.type_error("this is not an engine")) };
    let connection = with_orm(vm, |orm, _| Ok(orm.engines.connect(id)?))?;
    let result = execute(vm, connection, statement, parameters);
    with_orm(vm, |orm, _| {
        if result.is_ok() {
            orm.engines.commit(connection)?;
        }
        Ok(orm.engines.close(connection)?)
    })?;
    result
}
