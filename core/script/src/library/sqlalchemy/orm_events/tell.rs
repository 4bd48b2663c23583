//! Tells the program's listeners what the ORM tells.

use std::rc::Rc;

use ormscope::orm::{self, OrmEvent, OrmEventKind};
use ormscope::types::{SessionId, StateId};

use super::super::{events, inspection, mapping, peek, session_transactions};
use super::{Options, call, of_class, of_session};
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// Calls who listens to an event.
pub(in super::super) fn tell(vm: &mut Vm, event: OrmEvent) -> PyResult<()> {
    match event {
        OrmEvent::Session { kind, session } => {
            let Some(object) = vm.library.sqlalchemy.session_object(session) else { return Ok(()) };
            let mut arguments = vec![object.clone()];
            match kind {
                OrmEventKind::BeforeFlush => arguments.extend([flush_context(vm, &object)?, Object::None]),
                OrmEventKind::AfterFlush | OrmEventKind::AfterFlushPostexec => {
                    arguments.push(flush_context(vm, &object)?);
                }
                _ => {}
            }
            to_session(vm, kind, session, |_, _| Ok(arguments.clone()))
        }
        OrmEvent::Transaction { kind, session, transaction, connection } => {
            let Some(object) = vm.library.sqlalchemy.session_object(session) else { return Ok(()) };
            let mut arguments = vec![object, session_transactions::transaction_of(vm, session, transaction)];
            if let Some(connection) = connection {
                arguments.extend(events::about(vm, connection)?.map(|(_, object)| object));
            }
            to_session(vm, kind, session, |_, _| Ok(arguments.clone()))
        }
        OrmEvent::Lifecycle { kind, session, object } => {
            let Some(own) = vm.library.sqlalchemy.session_object(session) else { return Ok(()) };
            to_session(vm, kind, session, |vm, options| {
                Ok(vec![own.clone(), target_object(vm, &object, options)])
            })
        }
        OrmEvent::Row { kind, mapper, connection, object } => {
            let class = Rc::clone(&vm.library.sqlalchemy.mapped[mapper.index()].class);
            let mapper = vm.get_attr(&Object::Class(Rc::clone(&class)), "__mapper__")?;
            let connection = events::about(vm, connection)?.map_or(Object::None, |(_, object)| object);
            for entry in of_class(vm, kind, &class) {
                let target = target_object(vm, &object, entry.options);
                call(vm, kind, &entry, vec![mapper.clone(), connection.clone(), target])?;
            }
            Ok(())
        }
        OrmEvent::Instance { kind, object, attributes, by_the_way } => {
            instance(vm, kind, &object, attributes, by_the_way)
        }
    }
}

/// Calls who listens to something of an object's attributes.
fn instance(
    vm: &mut Vm,
    kind: OrmEventKind,
    object: &orm::Object,
    attributes: Option<Vec<u32>>,
    by_the_way: bool,
) -> PyResult<()> {
    let (mapper, session) = peek(vm, |orm| {
        let state = &orm.states[object.state];
        (state.mapper, state.session)
    })?;
    let names: Option<Vec<Object>> = peek(vm, |orm| {
        let all = &orm.mapper(mapper).attributes;
        attributes.map(|places| places.iter().map(|at| Object::str(&all[*at as usize].key)).collect())
    })?;
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[mapper.index()].class);
    let own = session.and_then(|session| vm.library.sqlalchemy.session_object(session));
    for entry in of_class(vm, kind, &class) {
        let mut arguments = vec![target_object(vm, object, entry.options)];
        let own = own.clone().unwrap_or(Object::None);
        match kind {
            OrmEventKind::Load | OrmEventKind::Refresh => {
                arguments.push(inspection::make_support(vm, "QueryContext", vec![own])?);
            }
            OrmEventKind::RefreshFlush => arguments.push(flush_context(vm, &own)?),
            _ => {}
        }
        if kind != OrmEventKind::Load {
            let names = match (&names, kind) {
                (None, _) => Object::None,
                (Some(names), OrmEventKind::Refresh) => {
                    let set = crate::builtins::Set::from_items(vm, !by_the_way, names.clone())?;
                    Object::Set(Rc::new(set))
                }
                (Some(names), _) => Object::list(names.clone()),
            };
            arguments.push(names);
        }
        call(vm, kind, &entry, arguments)?;
    }
    Ok(())
}

/// Calls who listens to something of a session.
pub(in super::super) fn to_session(
    vm: &mut Vm,
    kind: OrmEventKind,
    session: SessionId,
    mut arguments: impl FnMut(&mut Vm, Options) -> PyResult<Vec<Object>>,
) -> PyResult<()> {
    for entry in of_session(vm, kind, session) {
        let arguments = arguments(vm, entry.options)?;
        call(vm, kind, &entry, arguments)?;
    }
    Ok(())
}

/// What a listener gets for an object: itself, or its state.
pub(super) fn target_object(vm: &mut Vm, object: &orm::Object, options: Options) -> Object {
    let instance = mapping::instance_of(object);
    if options.raw { state_of(vm, &instance, object.state) } else { instance }
}

fn state_of(vm: &mut Vm, instance: &Object, state: StateId) -> Object {
    inspection::state_object(vm, instance, state)
}

fn flush_context(vm: &mut Vm, session: &Object) -> PyResult<Object> {
    inspection::make_support(vm, "UOWTransaction", vec![session.clone()])
}
