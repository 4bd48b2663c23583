//! The pools' classes and objects: `engine.pool`, `sqlalchemy.pool`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.pool`.

use std::rc::Rc;

use ormscope::engine::{EngineOptions, PoolKind, PoolStatus};
use ormscope::types::EngineId;

use super::arguments::Arguments;
use super::{classes, dbapi, errors, peek, receiver, with_orm};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of an engine's pool.
struct PoolObject {
    engine: EngineId,
}

/// The pools' classes.
pub(super) struct PoolClasses {
    base: Rc<Class>,
    kinds: Vec<(&'static str, Rc<Class>)>,
}

impl PoolClasses {
    pub(super) fn new() -> PoolClasses {
        let base = base_class();
        let names = [
            "QueuePool",
            "SingletonThreadPool",
            "StaticPool",
            "NullPool",
            "AssertionPool",
            "AsyncAdaptedQueuePool",
        ];
        let class = |name| Class::builder(name).module("sqlalchemy.pool.impl").base(&base).build();
        let kinds = names.map(|name| (name, class(name))).into();
        PoolClasses { base, kinds }
    }

    /// The names of `sqlalchemy.pool` and what they stand for.
    pub(super) fn names(&self) -> Vec<(&'static str, Object)> {
        let kinds = self.kinds.iter().map(|(name, class)| (*name, Object::Class(Rc::clone(class))));
        kinds.chain([("Pool", Object::Class(Rc::clone(&self.base)))]).collect()
    }

    /// `Pool`
    pub(super) fn base(&self) -> &Rc<Class> {
        &self.base
    }

    fn of(&self, kind: PoolKind) -> &Rc<Class> {
        let found = self.kinds.iter().find(|(name, _)| *name == kind.class_name());
        found.map_or(&self.base, |(_, class)| class)
    }

    /// The kind that a class stands for.
    fn kind_of(&self, class: &Object) -> Option<PoolKind> {
        let class = class.as_class()?;
        let (name, _) = self.kinds.iter().find(|(_, known)| class.is_subclass_of(known))?;
        Some(match *name {
            "SingletonThreadPool" => PoolKind::SingletonThread,
            "StaticPool" => PoolKind::Static,
            "NullPool" => PoolKind::Null,
            "AssertionPool" => PoolKind::Assertion,
            _ => PoolKind::QUEUE,
        })
    }
}

/// Takes what `create_engine` is told of its pool.
pub(super) fn read_arguments(vm: &mut Vm, args: &mut Arguments, options: &mut EngineOptions) -> PyResult<()> {
    args.keyword("pool");
    if let Some(class) = args.keyword("poolclass")
        && !class.is_none()
    {
        match classes(vm).pools.kind_of(&class) {
            Some(kind) => options.pool = kind,
            None => return Err(vm.attribute_error(&class, "__dict__")),
        }
    }
    for name in ["pool_recycle", "pool_pre_ping", "echo_pool", "pool_logging_name", "pool_events"] {
        args.keyword(name);
    }
    if let Some(style) = args.keyword("pool_reset_on_return") {
        let known = match &style {
            Object::None | Object::Bool(_) => true,
            Object::Str(style) => ["rollback", "commit", "none"].contains(&style.as_str()),
            _ => false,
        };
        if !known {
            let repr = vm.repr(&style)?;
            let message = format!("Invalid value for 'reset_on_return': {}", repr.as_str());
            return Err(errors::error(vm, "ArgumentError", message));
        }
    }
    match &mut options.pool {
        PoolKind::Queue { size, max_overflow, lifo, timeout } => {
            if let Some(Object::Int(given)) = args.keyword("pool_size") {
                *size = u32::try_from(given).unwrap_or(0);
            }
            if let Some(Object::Int(given)) = args.keyword("max_overflow") {
                *max_overflow = i32::try_from(given).unwrap_or(-1);
            }
            *lifo = args.flag(vm, "pool_use_lifo", false)?;
            match args.keyword("pool_timeout") {
                Some(Object::Int(given)) => *timeout = given as f64,
                Some(Object::Float(given)) => *timeout = given,
                _ => {}
            }
        }
        PoolKind::SingletonThread => {
            args.keyword("pool_size");
        }
        _ => {}
    }
    Ok(())
}

/// `engine.pool`: the same object each time, until the engine is disposed of.
pub(super) fn object(vm: &mut Vm, engine: EngineId) -> PyResult<Object> {
    if let Some(pool) = vm.library.sqlalchemy.engine.pools.get(&engine) {
        return Ok(pool.clone());
    }
    let kind = peek(vm, |orm| orm.engines.engine(engine).options.pool)?;
    let own = classes(vm);
    let pool = Instance::native(own.pools.of(kind), PoolObject { engine });
    vm.library.sqlalchemy.engine.pools.insert(engine, pool.clone());
    Ok(pool)
}

/// The engine that a pool belongs to.
pub(super) fn engine_of(pool: &Object) -> Option<EngineId> {
    Some(pool.native::<PoolObject>()?.engine)
}

fn status(vm: &mut Vm, args: &Args) -> PyResult<PoolStatus> {
    let own = receiver::<PoolObject>(vm, &args.positional[0])?;
    peek(vm, |orm| orm.engines.pool_status(own.engine))
}

/// How many connections there are beyond the pool's size; negative below it.
fn overflow(status: &PoolStatus) -> i64 {
    match status.kind {
        PoolKind::Queue { size, .. } => {
            i64::from(status.checked_in) + i64::from(status.checked_out) - i64::from(size)
        }
        _ => 0,
    }
}

/// A method that only queues have.
fn of_queue(vm: &mut Vm, args: &Args, name: &str, tell: fn(&PoolStatus) -> i64) -> PyResult<Object> {
    let status = status(vm, args)?;
    match status.kind {
        PoolKind::Queue { .. } => Ok(Object::Int(tell(&status))),
        _ => Err(vm.attribute_error(&args.positional[0], name)),
    }
}

fn base_class() -> Rc<Class> {
    Class::builder("Pool")
        .module("sqlalchemy.pool.base")
        .method("status", |vm, args| {
            let status = status(vm, &args)?;
            let address = args.positional[0].address().unwrap_or_default();
            Ok(Object::str(match status.kind {
                PoolKind::Queue { size, .. } => format!(
                    "Pool size: {size}  Connections in pool: {} Current Overflow: {} Current Checked out connections: {}",
                    status.checked_in,
                    overflow(&status),
                    status.checked_out
                ),
                PoolKind::SingletonThread => {
                    format!("SingletonThreadPool id:{address} size: {}", u8::from(status.is_connected))
                }
                PoolKind::Assertion => "AssertionPool".to_string(),
                kind => kind.class_name().to_string(),
            }))
        })
        .method("size", |vm, args| {
            of_queue(vm, &args, "size", |status| match status.kind {
                PoolKind::Queue { size, .. } => size.into(),
                _ => 0,
            })
        })
        .method("checkedin", |vm, args| of_queue(vm, &args, "checkedin", |status| status.checked_in.into()))
        .method("checkedout", |vm, args| of_queue(vm, &args, "checkedout", |status| status.checked_out.into()))
        .method("overflow", |vm, args| of_queue(vm, &args, "overflow", overflow))
        .method("timeout", |vm, args| match status(vm, &args)?.kind {
            PoolKind::Queue { timeout, .. } => Ok(Object::Float(timeout)),
            _ => Err(vm.attribute_error(&args.positional[0], "timeout")),
        })
        .method("connect", |vm, args| {
            let own = receiver::<PoolObject>(vm, &args.positional[0])?;
            dbapi::raw_connection(vm, own.engine)
        })
        .method("dispose", |vm, args| {
            let own = receiver::<PoolObject>(vm, &args.positional[0])?;
            with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.dispose(own.engine, true)))?;
            Ok(Object::None)
        })
        .build()
}
