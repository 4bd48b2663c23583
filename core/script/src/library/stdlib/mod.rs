//! The part of Python's standard library that tutorials use.
//!
//! What touches the machine (clock, interpreter state, dates, decimals) is
//! written in Rust, one file each; the rest is written in Python, for this
//! interpreter. CPython counterpart: `Lib/` and `Modules/`.

pub mod datetime;
pub mod decimal;
mod hashing;
mod json;
mod math;
mod random;
mod system;

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::object::{Module, Object, PyResult};
use crate::vm::Vm;

/// Modules written in Python.
const SOURCES: &[(&str, &str)] = &[
    ("abc", include_str!("python/abc.py")),
    ("bisect", include_str!("python/bisect.py")),
    ("collections", include_str!("python/collections.py")),
    ("contextlib", include_str!("python/contextlib.py")),
    ("copy", include_str!("python/copy.py")),
    ("dataclasses", include_str!("python/dataclasses.py")),
    ("enum", include_str!("python/enum.py")),
    ("functools", include_str!("python/functools.py")),
    ("hashlib", include_str!("python/hashlib.py")),
    ("itertools", include_str!("python/itertools.py")),
    ("json", include_str!("python/json.py")),
    ("logging", include_str!("python/logging.py")),
    ("math", include_str!("python/math.py")),
    ("operator", include_str!("python/operator.py")),
    ("random", include_str!("python/random.py")),
    ("typing", include_str!("python/typing.py")),
    ("typing_extensions", include_str!("python/typing.py")),
    ("uuid", include_str!("python/uuid.py")),
    ("warnings", include_str!("python/warnings.py")),
];

/// Builds the module of that name, if it is one of these.
pub(super) fn find(vm: &mut Vm, name: &str) -> PyResult<Option<Rc<Module>>> {
    if let Some((_, source)) = SOURCES.iter().find(|(known, _)| *known == name) {
        let module = vm.new_module(name);
        // Known before it has run, as modules may import each other.
        let key = vm.intern(name);
        vm.modules.insert(Rc::clone(&key), Rc::clone(&module));
        if let Err(unwind) = vm.run_source(source, &module, false) {
            vm.modules.shift_remove(&key);
            return Err(unwind);
        }
        return Ok(Some(module));
    }
    match name {
        "_hashlib" => Ok(Some(hashing::build(vm))),
        "_json" => Ok(Some(json::build(vm))),
        "_math" => Ok(Some(math::build(vm))),
        "_random" => Ok(Some(random::build(vm))),
        "datetime" => Ok(Some(datetime::build(vm))),
        "decimal" => Ok(Some(decimal::build(vm))),
        _ => system::find(vm, name),
    }
}

/// A module of attributes made in Rust.
fn module(vm: &mut Vm, name: &str, attributes: Vec<(&str, Object)>) -> Rc<Module> {
    let module = vm.new_module(name);
    for (name, value) in attributes {
        let name = vm.intern(name);
        module.dict.borrow_mut().insert(name, value);
    }
    module
}

/// An `int` of any size.
fn whole_number(value: BigInt) -> Object {
    match value.to_i64() {
        Some(small) => Object::Int(small),
        None => Object::BigInt(Rc::new(value)),
    }
}
