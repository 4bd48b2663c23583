//! `statement.execution_options(…)` of statements that keep them as an object.
//!
//! SQLAlchemy counterpart: `Executable.execution_options` of `sqlalchemy.sql.base`.

use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// Execution options with more of them.
pub(super) fn merged_options(
    vm: &mut Vm,
    known: Option<&Object>,
    added: Vec<(crate::object::Name, Object)>,
) -> PyResult<Object> {
    let options = crate::builtins::Dict::from_names([]);
    let Object::Dict(dict) = &options else { return Ok(options) };
    if let Some(known) = known {
        let items = vm.call_method(known, "items", Vec::new())?;
        for pair in vm.collect(&items)? {
            if let [key, value] = &vm.collect(&pair)?[..] {
                dict.insert(vm, key.clone(), value.clone())?;
            }
        }
    }
    for (name, value) in added {
        dict.insert_name(name, value);
    }
    super::inspection::make_support(vm, "immutabledict", vec![options])
}

/// Execution options, or none.
pub(super) fn shown_options(vm: &mut Vm, known: Option<&Object>) -> PyResult<Object> {
    merged_options(vm, known, Vec::new())
}
