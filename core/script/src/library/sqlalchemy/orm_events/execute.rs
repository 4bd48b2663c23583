//! `do_orm_execute`, and `before_compile` of queries.
//!
//! SQLAlchemy counterpart: `ORMExecuteState`, which is written in Python in
//! `python/orm_execute.py`; `QueryEvents`.

use std::rc::Rc;

use ormscope::orm::OrmEventKind;
use ormscope::types::SessionId;

use super::super::inspection;
use super::{Entry, Target, call, chosen, is_heard, of_session};
use crate::object::{Args, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// What a statement is, for who listens.
pub(in super::super) struct About {
    /// The statement, its parameters and its options as they came.
    pub(in super::super) statement: Object,
    pub(in super::super) parameters: Object,
    pub(in super::super) options: Object,
    /// The mapped class that it is about.
    pub(in super::super) class: Option<Object>,
}

/// Whether somebody listens to what a session executes.
pub(in super::super) fn is_told(vm: &Vm) -> bool {
    is_heard(vm, OrmEventKind::DoOrmExecute)
}

fn functions(entries: Vec<Rc<Entry>>, kind: OrmEventKind) -> Object {
    let wrapped = entries.into_iter().map(|entry| {
        NativeFunction::closure("listener", move |vm, args: Args| {
            Ok(call(vm, kind, &entry, args.positional)?.unwrap_or(Object::None))
        })
    });
    Object::list(wrapped.collect())
}

/// Has listeners see a statement before `run` executes it, or in its place.
pub(in super::super) fn execute(
    vm: &mut Vm,
    session: SessionId,
    about: About,
    run: impl Fn(&mut Vm, Vec<Object>) -> PyResult<Object> + 'static,
) -> PyResult<Object> {
    let kind = OrmEventKind::DoOrmExecute;
    let listeners = functions(of_session(vm, kind, session), kind);
    let own = vm.library.sqlalchemy.session_object(session).unwrap_or(Object::None);
    let run = NativeFunction::closure("run", move |vm, args: Args| run(vm, args.positional));
    let module = vm.import("sqlalchemy._orm_execute")?;
    let execute = vm.get_attr(&Object::Module(module), "execute")?;
    let arguments = vec![
        own,
        about.statement,
        about.parameters,
        about.options,
        about.class.unwrap_or(Object::None),
        listeners,
        run,
    ];
    vm.call_with(&execute, arguments)
}

/// What a query becomes by who listens to its compilation.
pub(in super::super) fn before_compile(vm: &mut Vm, query: Object) -> PyResult<Object> {
    let mut query = query;
    let kind = OrmEventKind::BeforeCompile;
    for entry in chosen(vm, kind, |entry| matches!(entry.target, Target::Queries)) {
        let result = call(vm, kind, &entry, vec![query.clone()])?;
        if let (true, Some(result)) = (entry.options.retval, result.filter(|result| !result.is_none())) {
            query = result;
        }
    }
    Ok(query)
}

/// Tells that `query.update()` or `query.delete()` has run.
pub(in super::super) fn after_bulk(
    vm: &mut Vm,
    kind: OrmEventKind,
    session: SessionId,
    query: Object,
    values: Object,
    result: Object,
) -> PyResult<()> {
    if !is_heard(vm, kind) {
        return Ok(());
    }
    let own = vm.library.sqlalchemy.session_object(session).unwrap_or(Object::None);
    let context = inspection::make_support(vm, "BulkContext", vec![own, query, values, result])?;
    super::tell::to_session(vm, kind, session, |_, _| Ok(vec![context.clone()]))
}
