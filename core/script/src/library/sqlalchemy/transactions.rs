//! `RootTransaction` and `NestedTransaction`: objects for the engine's transactions.
//!
//! SQLAlchemy counterpart: `Transaction` in `sqlalchemy.engine.base`.

use std::cell::Cell;
use std::rc::Rc;

use ormscope::engine::TransactionId;

use super::{classes, peek, receiver, with_orm};
use crate::object::{Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a transaction or savepoint.
pub(super) struct TransactionObject {
    connection: Object,
    pub(super) id: TransactionId,
}

/// The object of a transaction; the same one while the program has it.
pub(super) fn object(vm: &mut Vm, connection: &Object, id: TransactionId) -> PyResult<Object> {
    let known = vm.library.sqlalchemy.engine.transactions.get(&id).and_then(std::rc::Weak::upgrade);
    if let Some(known) = known {
        return Ok(Object::Instance(known));
    }
    let nested = peek(vm, |orm| orm.engines.transaction(id).savepoint.is_some())?;
    let own = classes(vm);
    let class = if nested { &own.nested_transaction } else { &own.root_transaction };
    let object = Instance::native(class, TransactionObject { connection: connection.clone(), id });
    if let Object::Instance(instance) = &object {
        vm.library.sqlalchemy.engine.transactions.insert(id, Rc::downgrade(instance));
    }
    Ok(object)
}

pub(super) fn class() -> Rc<Class> {
    Class::builder("Transaction")
        .module("sqlalchemy.engine.base")
        .method("__enter__", |vm, args| {
            let own = receiver::<TransactionObject>(vm, &args.positional[0])?;
            with_orm(vm, |orm, _| {
                orm.engines.enter_transaction(own.id);
                Ok(())
            })?;
            Ok(args.positional[0].clone())
        })
        .method("__exit__", |vm, args| {
            let own = receiver::<TransactionObject>(vm, &args.positional[0])?;
            let failed = args.positional.get(1).is_some_and(|class| !class.is_none());
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.exit_transaction(own.id, failed)))?;
            Ok(Object::None)
        })
        .method("commit", |vm, args| {
            let own = receiver::<TransactionObject>(vm, &args.positional[0])?;
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.commit_transaction(own.id)))?;
            Ok(Object::None)
        })
        .method("rollback", |vm, args| end(vm, &args.positional[0]))
        .method("close", |vm, args| end(vm, &args.positional[0]))
        .getter("is_active", |vm, args| {
            let own = receiver::<TransactionObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::Bool(orm.engines.transaction(own.id).is_active))
        })
        .getter("is_valid", |vm, args| {
            let own = receiver::<TransactionObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::Bool(orm.engines.is_valid_transaction(own.id)))
        })
        .getter("connection", |vm, args| {
            Ok(receiver::<TransactionObject>(vm, &args.positional[0])?.connection.clone())
        })
        .build()
}

/// `RootTransaction`, `NestedTransaction`
pub(super) fn kind(name: &str, base: &Rc<Class>) -> Rc<Class> {
    Class::builder(name).module("sqlalchemy.engine.base").base(base).build()
}

fn end(vm: &mut Vm, object: &Object) -> PyResult<Object> {
    let own = receiver::<TransactionObject>(vm, object)?;
    with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.rollback_transaction(own.id)))?;
    Ok(Object::None)
}

/// The native data of a transaction in a transaction, which only 1.4 has.
struct InnerObject {
    outer: TransactionId,
    open: Cell<bool>,
}

/// `connection.begin()` where a transaction has begun: its commit does nothing,
/// its rollback undoes the outer one, which then has to be rolled back too.
pub(super) fn inner(vm: &mut Vm, outer: TransactionId) -> Object {
    let class = classes(vm).inner_transaction.clone();
    Instance::native(&class, InnerObject { outer, open: Cell::new(true) })
}

/// `MarkerTransaction`
pub(super) fn inner_class(base: &Rc<Class>) -> Rc<Class> {
    fn end(vm: &mut Vm, object: &Object, commit: bool) -> PyResult<Object> {
        let own = receiver::<InnerObject>(vm, object)?;
        if own.open.replace(false) && !commit {
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.undo_transaction(own.outer)))?;
        }
        Ok(Object::None)
    }
    Class::builder("MarkerTransaction")
        .module("sqlalchemy.engine.base")
        .base(base)
        .method("__enter__", |_, args| Ok(args.positional[0].clone()))
        .method("__exit__", |vm, args| {
            let failed = args.positional.get(1).is_some_and(|class| !class.is_none());
            end(vm, &args.positional[0], !failed)
        })
        .method("commit", |vm, args| end(vm, &args.positional[0], true))
        .method("rollback", |vm, args| end(vm, &args.positional[0], false))
        .method("close", |vm, args| end(vm, &args.positional[0], false))
        .getter("is_active", |vm, args| {
            let own = receiver::<InnerObject>(vm, &args.positional[0])?;
            let outer = peek(vm, |orm| orm.engines.transaction(own.outer).is_active)?;
            Ok(Object::Bool(own.open.get() && outer))
        })
        .build()
}
