//! `SessionTransaction`: what `session.begin()` and `begin_nested()` give, and
//! what events show.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.session.SessionTransaction`.

use std::cell::Cell;
use std::rc::Rc;

use ormscope::orm::{TransactionInfo, TransactionState};
use ormscope::types::SessionId;

use super::{classes, errors, peek, receiver, with_orm};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of `session.begin()` and `session.begin_nested()`.
struct TransactionObject {
    session: SessionId,
    info: TransactionInfo,
    open: Cell<bool>,
    /// Whether the program began it, and not the session by itself.
    begun: Cell<bool>,
}

/// Notes that it was the program that began a transaction.
pub(super) fn note_begun(object: &Object) {
    if let Some(own) = object.native::<TransactionObject>() {
        own.begun.set(true);
    }
}

/// The object of the innermost level of a session's transaction.
pub(super) fn innermost(vm: &mut Vm, session: SessionId) -> PyResult<Object> {
    let last = peek(vm, |orm| orm.transactions(session).last().copied())?;
    Ok(last.map_or(Object::None, |info| transaction_of(vm, session, info)))
}

/// The object of one level of a session's transaction; the same one while the
/// program has it.
pub(super) fn transaction_of(vm: &mut Vm, session: SessionId, info: TransactionInfo) -> Object {
    let known = vm.library.sqlalchemy.listeners.transactions.get(&info.number);
    if let Some(known) = known.and_then(std::rc::Weak::upgrade) {
        return Object::Instance(known);
    }
    let class = classes(vm).session_transaction.clone();
    let object = Instance::native(
        &class,
        TransactionObject { session, info, open: Cell::new(true), begun: Cell::new(false) },
    );
    if let Object::Instance(instance) = &object {
        let known = &mut vm.library.sqlalchemy.listeners.transactions;
        known.retain(|_, object| object.strong_count() > 0);
        known.insert(info.number, Rc::downgrade(instance));
    }
    object
}

pub(super) fn session_transaction_class() -> Rc<Class> {
    Class::builder("SessionTransaction")
        .module("sqlalchemy.orm.session")
        .method("__enter__", |_, args| {
            // `with Session.begin() as session` gives the session it made.
            let own = args.positional[0].as_instance().and_then(|instance| instance.get("_made_session"));
            Ok(own.unwrap_or_else(|| args.positional[0].clone()))
        })
        .method("__exit__", |vm, args| {
            let failed = args.positional.get(1).is_some_and(|class| !class.is_none());
            leave(vm, &args.positional[0], !failed)?;
            let made = args.positional[0].as_instance().and_then(|instance| instance.get("_made_session"));
            if let Some(session) = made {
                vm.call_method(&session, "close", Vec::new())?;
            }
            Ok(Object::None)
        })
        .method("commit", |vm, args| {
            refuse_closed(vm, &args.positional[0])?;
            end_transaction(vm, &args.positional[0], true)
        })
        .method("rollback", |vm, args| {
            refuse_closed(vm, &args.positional[0])?;
            end_transaction(vm, &args.positional[0], false)
        })
        .method("prepare", |vm, args| {
            refuse_closed(vm, &args.positional[0])?;
            Err(errors::error(
                vm,
                "InvalidRequestError",
                "'twophase' mode not enabled, or not root transaction; can't prepare.",
            ))
        })
        .getter("is_active", |vm, args| {
            let own = receiver::<TransactionObject>(vm, &args.positional[0])?;
            let last = peek(vm, |orm| {
                let failed = orm.transaction_state(own.session) == TransactionState::NeedsRollback;
                orm.transactions(own.session).contains(&own.info) && !failed
            })?;
            Ok(Object::Bool(last && own.open.get()))
        })
        .getter("nested", |vm, args| {
            Ok(Object::Bool(receiver::<TransactionObject>(vm, &args.positional[0])?.info.nested))
        })
        .getter("origin", |vm, args| {
            let own = receiver::<TransactionObject>(vm, &args.positional[0])?;
            let name = match (own.info.nested, own.begun.get()) {
                (true, _) => "BEGIN_NESTED",
                (false, true) => "BEGIN",
                (false, false) => "AUTOBEGIN",
            };
            let origins = super::inspection::orm_name(vm, "SessionTransactionOrigin", None)?;
            vm.get_attr(&origins, name)
        })
        .getter("parent", parent_transaction)
        .getter("_parent", parent_transaction)
        .getter("session", |vm, args| {
            let own = receiver::<TransactionObject>(vm, &args.positional[0])?;
            Ok(vm.library.sqlalchemy.session_object(own.session).unwrap_or(Object::None))
        })
        .build()
}

/// Refuses a transaction that has ended.
fn refuse_closed(vm: &mut Vm, object: &Object) -> PyResult<()> {
    let own = receiver::<TransactionObject>(vm, object)?;
    let is_there = peek(vm, |orm| orm.transactions(own.session).contains(&own.info))?;
    match own.open.get() && is_there {
        true => Ok(()),
        false => Err(errors::error(vm, "ResourceClosedError", "This transaction is closed")),
    }
}

fn parent_transaction(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<TransactionObject>(vm, &args.positional[0])?;
    let parent = peek(vm, |orm| {
        orm.transactions(own.session).into_iter().find(|info| Some(info.number) == own.info.parent)
    })?;
    Ok(parent.map_or(Object::None, |info| transaction_of(vm, own.session, info)))
}

/// The end of a `with` block; a commit that fails there rolls back.
fn leave(vm: &mut Vm, object: &Object, commit: bool) -> PyResult<()> {
    let done = end_transaction(vm, object, commit);
    if done.is_err() && commit {
        end_transaction(vm, object, false)?;
    }
    done.map(drop)
}

fn end_transaction(vm: &mut Vm, object: &Object, commit: bool) -> PyResult<Object> {
    let own = receiver::<TransactionObject>(vm, object)?;
    if !own.open.get() {
        return Ok(Object::None);
    }
    if peek(vm, |orm| orm.transaction_state(own.session) == TransactionState::None)? {
        return Ok(Object::None);
    }
    with_orm(vm, |orm, hooks| {
        // Those that began inside of it end first.
        while orm.transactions(own.session).last().is_some_and(|last| last.number != own.info.number) {
            match commit {
                true => orm.commit_level(hooks, own.session)?,
                false => orm.rollback_level(hooks, own.session)?,
            }
        }
        match commit {
            true => orm.commit_level(hooks, own.session),
            false => orm.rollback_level(hooks, own.session),
        }
    })?;
    own.open.set(false);
    Ok(Object::None)
}
