//! Functions and collations that a program gives to SQLite.
//!
//! Python cannot run in the middle of a statement: the driver collects the
//! calls, they are answered here, and the statement is executed again.
//! Counterpart: `create_function` and its kin of CPython's `sqlite3`.

use ormscope::engine::driver::{ProgramCall, ProgramFunction, REGEXP};
use ormscope::engine::{DriverError, Link};
use ormscope::types::DbValue;

use super::arguments::Arguments;
use super::dbapi::{link_of, raised};
use super::values::to_object;
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// Code of the program's that SQLite calls.
#[derive(Clone)]
pub(super) enum SqlFunction {
    /// A function, or the comparison of a collation.
    Plain(Object),
    /// A class with `step` and `finalize`.
    Aggregate(Object),
}

pub(super) fn create_function(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("create_function", args);
    let connection = args.receiver();
    let name = args.require(vm, "name")?;
    let arity = args.require(vm, "narg")?;
    let code = args.require(vm, "func")?;
    let arity = arity_of(&arity);
    // What is said of it matters only for indexes: calls are counted as in CPython.
    args.keyword("deterministic");
    create(vm, connection, &name, ProgramFunction::Scalar(arity), SqlFunction::Plain(code))
}

pub(super) fn create_aggregate(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("create_aggregate", args);
    let connection = args.receiver();
    let name = args.require(vm, "name")?;
    let arity = args.require(vm, "n_arg")?;
    let class = args.require(vm, "aggregate_class")?;
    let arity = arity_of(&arity);
    create(vm, connection, &name, ProgramFunction::Aggregate(arity), SqlFunction::Aggregate(class))
}

pub(super) fn create_collation(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("create_collation", args);
    let connection = args.receiver();
    let name = args.require(vm, "name")?;
    let code = args.require(vm, "callback")?;
    create(vm, connection, &name, ProgramFunction::Collation, SqlFunction::Plain(code))
}

fn arity_of(given: &Object) -> i32 {
    match given {
        Object::Int(number) => i32::try_from(*number).unwrap_or(-1),
        _ => -1,
    }
}

fn create(
    vm: &mut Vm,
    connection: Object,
    name: &Object,
    kind: ProgramFunction,
    code: SqlFunction,
) -> PyResult<Object> {
    let link = link_of(vm, &Args::positional(vec![connection]))?;
    let name = vm.str(name)?;
    let functions = &mut vm.library.sqlalchemy.engine.dbapi.functions;
    functions.push(code);
    // The first number is REGEXP's.
    let id = functions.len() as u32;
    let created = link.create_function(name.as_str(), kind, id);
    raised(vm, created)?;
    Ok(Object::None)
}

/// Executes, with the program's functions called where the statement asks for them.
pub(super) fn with_answers<T>(
    vm: &mut Vm,
    link: &Link,
    execute: impl Fn(&Link) -> Result<T, DriverError>,
) -> Result<T, DriverError> {
    loop {
        let outcome = execute(link);
        let calls = link.asked();
        if calls.is_empty() {
            return outcome;
        }
        let answers = answers(vm, calls);
        link.answer(answers);
    }
}

/// The values of calls; none where the code raised an exception, of which SQLite
/// tells no more.
pub(super) fn answers(vm: &mut Vm, calls: Vec<ProgramCall>) -> Vec<Option<DbValue>> {
    calls.into_iter().map(|call| answer(vm, call).ok()).collect()
}

fn answer(vm: &mut Vm, call: ProgramCall) -> PyResult<DbValue> {
    let mut rows = Vec::with_capacity(call.rows.len());
    for row in call.rows {
        let mut values = Vec::with_capacity(row.len());
        for value in row {
            values.push(to_object(vm, &value.plain())?);
        }
        rows.push(values);
    }
    let value = if call.function == REGEXP {
        regexp(vm, rows.pop().unwrap_or_default())?
    } else {
        let functions = &vm.library.sqlalchemy.engine.dbapi.functions;
        match functions.get(call.function as usize - 1).cloned() {
            Some(SqlFunction::Plain(code)) => vm.call_with(&code, rows.pop().unwrap_or_default())?,
            Some(SqlFunction::Aggregate(class)) => {
                let object = vm.call_with(&class, Vec::new())?;
                for row in rows {
                    vm.call_method(&object, "step", row)?;
                }
                vm.call_method(&object, "finalize", Vec::new())?
            }
            None => Object::None,
        }
    };
    super::parameters::bound(vm, &value)
}

/// `text REGEXP pattern`: whether Python finds the pattern.
fn regexp(vm: &mut Vm, arguments: Vec<Object>) -> PyResult<Object> {
    if arguments.get(1).is_none_or(Object::is_none) {
        return Ok(Object::None);
    }
    let re = Object::Module(vm.import("re")?);
    let found = vm.call_method(&re, "search", arguments)?;
    Ok(Object::Bool(!found.is_none()))
}
