//! The parameters of an execution, in every form that they may be given.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine._util_cy`, and the multiparams of 1.4.

use ormscope::engine::{ParameterSet, Parameters};
use ormscope::types::{DbValue, SqlType};

use super::errors;
use super::values::to_value;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// The dict that a mapping is: a dict, one of its subclasses, or a row's mapping.
fn dict_of(vm: &mut Vm, object: &Object) -> PyResult<Option<Vec<(Object, Object)>>> {
    match crate::builtins::base(object) {
        Object::Dict(dict) => Ok(Some(dict.items())),
        Object::Instance(_) if vm.get_attr_opt(object, "keys")?.is_some() => {
            let keys = vm.call_method(object, "keys", Vec::new())?;
            let mut items = Vec::new();
            for key in vm.collect(&keys)? {
                let value = vm.get_item(object, &key)?;
                items.push((key, value));
            }
            Ok(Some(items))
        }
        _ => Ok(None),
    }
}

/// A dict, or a list of dicts: what `execute` takes.
pub(super) fn read_parameters(vm: &mut Vm, parameters: Option<&Object>) -> PyResult<Parameters> {
    let Some(given) = parameters.filter(|given| !given.is_none()) else { return Ok(Parameters::None) };
    let sets = match given {
        Object::List(list) => list.items.borrow().clone(),
        Object::Tuple(items) => items.to_vec(),
        one => {
            return match read_set(vm, one)? {
                Some(set) => Ok(Parameters::One(set)),
                None => Err(errors::error(vm, "ArgumentError", "mapping or list expected for parameters")),
            };
        }
    };
    let mut read = Vec::with_capacity(sets.len());
    for set in &sets {
        match read_set(vm, set)? {
            Some(set) => read.push(set),
            None => {
                let message = "List argument must consist only of dictionaries";
                return Err(errors::error(vm, "ArgumentError", message));
            }
        }
    }
    Ok(if read.is_empty() { Parameters::None } else { Parameters::Many(read) })
}

fn read_set(vm: &mut Vm, set: &Object) -> PyResult<Option<ParameterSet>> {
    let Some(items) = dict_of(vm, set)? else { return Ok(None) };
    let mut values = ParameterSet::with_capacity(items.len());
    for (key, value) in items {
        // A column stands for its key.
        let key = match &key {
            Object::Instance(_) if crate::builtins::base(&key).is(&key) => {
                let name = vm.get_attr(&key, "key")?;
                vm.str(&name)?
            }
            _ => vm.str(&key)?,
        };
        values.push((key.as_str().into(), to_value(vm, &value)?));
    }
    Ok(Some(values))
}

/// What goes to the driver as it is: the sets of `exec_driver_sql`, with their
/// names where they are dicts.
pub(super) struct RawParameters {
    pub(super) sets: Vec<RawSet>,
    pub(super) many: bool,
}

/// One set, by place or by name.
pub(super) enum RawSet {
    /// By place.
    Places(Vec<DbValue>),
    /// By name.
    Names(Vec<(String, DbValue)>),
}

/// Reads the parameters of `exec_driver_sql`.
pub(super) fn read_raw(vm: &mut Vm, parameters: Option<&Object>) -> PyResult<RawParameters> {
    let given = match parameters {
        None | Some(Object::None) => return Ok(RawParameters { sets: Vec::new(), many: false }),
        Some(Object::List(list)) => {
            let items = list.items.borrow().clone();
            if let Some(item) = items.first()
                && !matches!(crate::builtins::base(item), Object::Tuple(_) | Object::Dict(_))
                && item.native::<super::result::RowData>().is_none()
            {
                let message = "List argument must consist only of tuples or dictionaries";
                return Err(errors::error(vm, "ArgumentError", message));
            }
            items
        }
        Some(one) => vec![one.clone()],
    };
    let many = given.len() > 1;
    let mut sets = Vec::with_capacity(given.len());
    for set in &given {
        sets.push(raw_set(vm, set)?);
    }
    Ok(RawParameters { sets, many })
}

/// One set of parameters as the driver takes it.
pub(super) fn raw_set(vm: &mut Vm, set: &Object) -> PyResult<RawSet> {
    match crate::builtins::base(set) {
        Object::Dict(dict) => {
            let mut named = Vec::new();
            for (key, value) in dict.items() {
                named.push((vm.str(&key)?.as_str().to_string(), bound(vm, &value)?));
            }
            Ok(RawSet::Names(named))
        }
        Object::Tuple(_) | Object::List(_) | Object::Instance(_) => {
            let values = vm.collect(set)?;
            Ok(RawSet::Places(values.iter().map(|value| bound(vm, value)).collect::<PyResult<_>>()?))
        }
        _ => Err(errors::error(vm, "ArgumentError", "mapping or sequence expected for parameters")),
    }
}

/// A value as the driver takes it, with no type in between.
pub(super) fn bound(vm: &mut Vm, value: &Object) -> PyResult<DbValue> {
    let value = to_value(vm, value)?;
    SqlType::Null.bind(&value).map_err(|error| vm.type_error(error.message))
}
