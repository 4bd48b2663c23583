//! The modules that scripts import.
//!
//! Each file builds its modules when they are first imported. CPython
//! counterpart: `Lib/`.

pub mod sqlalchemy;
pub mod stdlib;

use std::rc::Rc;

use crate::object::{Module, PyResult};
use crate::vm::Vm;

/// State of the built-in modules that outlives single calls.
#[derive(Default)]
pub struct Library {
    /// SQLAlchemy: the ORM and the Python objects that stand for it.
    pub sqlalchemy: sqlalchemy::SqlAlchemy,
    /// The classes of `datetime`.
    pub datetime: stdlib::datetime::State,
    /// The classes of `decimal`.
    pub decimal: stdlib::decimal::State,
}

/// Builds the module of that dotted name, if there is one.
pub fn find(vm: &mut Vm, name: &str) -> PyResult<Option<Rc<Module>>> {
    match sqlalchemy::find(vm, name)? {
        Some(module) => Ok(Some(module)),
        None => stdlib::find(vm, name),
    }
}
