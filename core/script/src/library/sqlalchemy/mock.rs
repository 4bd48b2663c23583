//! `create_mock_engine(url, executor)`: statements go to a function.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine.mock`.

use ormscope::engine::Url;
use ormscope::sql::compiler::Dialect;

use super::arguments::Arguments;
use super::{dialect, receiver, url};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of `create_mock_engine(url, executor)`.
pub(super) struct MockEngine {
    pub(super) dialect: Dialect,
    pub(super) executor: Object,
    url: Url,
}

/// `create_mock_engine(url, executor)`
pub(super) fn create_mock_engine(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("create_mock_engine", args);
    let given = args.require(vm, "url")?;
    let executor = args.require(vm, "executor")?;
    let url = url::parse(vm, &given)?;
    let dialect = url.driver().map_err(|error| url::raise(vm, &error))?.dialect;
    let class = Class::builder("MockConnection")
        .module("sqlalchemy.engine.mock")
        .getter("dialect", |vm, args| {
            let own = receiver::<MockEngine>(vm, &args.positional[0])?;
            dialect::of_url(vm, &own.url, None)
        })
        .getter("name", |vm, args| {
            Ok(Object::str(receiver::<MockEngine>(vm, &args.positional[0])?.dialect.name()))
        })
        .getter("engine", |_, args| Ok(args.positional[0].clone()))
        .method("connect", |_, args| Ok(args.positional[0].clone()))
        .method("execution_options", |_, args| Ok(args.positional[0].clone()))
        .method("execute", |vm, mut args| {
            let own = receiver::<MockEngine>(vm, &args.positional[0])?;
            let executor = own.executor.clone();
            args.positional.remove(0);
            vm.call(&executor, args)
        })
        .build();
    Ok(Instance::native(&class, MockEngine { dialect, executor, url }))
}
