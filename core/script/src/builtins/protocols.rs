//! What the Vm asks of values of built-in types: length, truth, iteration, membership.
//!
//! CPython counterpart: `Objects/abstract.c`.

use std::rc::Rc;

use super::{DictView, Iter, Iteration, ViewKind};
use crate::object::{Object, Payload, PyResult};
use crate::vm::Vm;

/// The built-in value inside an instance of a subclass of a built-in type; any other value itself.
pub fn base(value: &Object) -> &Object {
    match value {
        Object::Instance(instance) => match &instance.payload {
            Payload::Base(inner) => inner,
            _ => value,
        },
        _ => value,
    }
}

/// `len()`
pub fn len(vm: &mut Vm, value: &Object) -> PyResult<usize> {
    Ok(match value {
        Object::Str(text) => text.chars_len(),
        Object::Bytes(bytes) => bytes.len(),
        Object::Tuple(items) => items.len(),
        Object::List(list) => list.items.borrow().len(),
        Object::Dict(dict) => dict.len(),
        Object::Set(set) => set.len(),
        Object::Range(range) => usize::try_from(range.len()).unwrap_or(usize::MAX),
        Object::View(view) => view.dict.len(),
        _ => {
            let name = vm.class_of(value).name();
            return Err(vm.type_error(format!("object of type '{}' has no len()", name.as_str())));
        }
    })
}

/// Whether a value of a built-in type is true.
#[inline]
pub fn truthy(value: &Object) -> bool {
    match value {
        Object::None => false,
        Object::Bool(value) => *value,
        Object::Int(value) => *value != 0,
        Object::Float(value) => *value != 0.0,
        Object::Str(text) => !text.is_empty(),
        Object::Bytes(bytes) => !bytes.is_empty(),
        Object::Tuple(items) => !items.is_empty(),
        Object::List(list) => !list.items.borrow().is_empty(),
        Object::Dict(dict) => !dict.is_empty(),
        Object::Set(set) => !set.is_empty(),
        Object::Range(range) => !range.is_empty(),
        Object::View(view) => !view.dict.is_empty(),
        _ => true,
    }
}

/// `iter()`
pub fn iter(vm: &mut Vm, value: &Object) -> PyResult<Object> {
    Ok(Iter::object(match value {
        Object::Iterator(_) | Object::Generator(_) => return Ok(value.clone()),
        Object::List(list) => Iteration::List { list: Rc::clone(list), index: 0 },
        Object::Tuple(items) => Iteration::Tuple { items: Rc::clone(items), index: 0 },
        Object::Str(text) => Iteration::Str { text: Rc::clone(text), at: 0 },
        Object::Bytes(bytes) => Iteration::Bytes { bytes: Rc::clone(bytes), index: 0 },
        Object::Dict(dict) => {
            let dict = Rc::clone(dict);
            Iteration::Dict { len: dict.len(), dict, kind: ViewKind::Keys, place: 0, reversed: false }
        }
        Object::View(view) => {
            let dict = Rc::clone(&view.dict);
            Iteration::Dict { len: dict.len(), dict, kind: view.kind, place: 0, reversed: false }
        }
        Object::Set(set) => Iteration::Set { len: set.len(), set: Rc::clone(set), slot: 0 },
        Object::Range(range) => Iteration::Range { next: range.start, step: range.step, left: range.len() },
        _ => {
            let name = vm.class_of(value).name();
            return Err(vm.type_error(format!("'{}' object is not iterable", name.as_str())));
        }
    }))
}

/// `item in container`
pub fn contains(vm: &mut Vm, container: &Object, item: &Object) -> PyResult<bool> {
    match container {
        Object::Str(text) => match super::base(item) {
            Object::Str(part) => Ok(text.contains(part.as_str())),
            _ => {
                let name = vm.class_of(item).name();
                Err(vm.type_error(format!(
                    "'in <string>' requires string as left operand, not {}",
                    name.as_str()
                )))
            }
        },
        Object::Bytes(bytes) => match super::base(item) {
            Object::Bytes(part) => {
                Ok(part.is_empty() || bytes.windows(part.len()).any(|window| window == part.as_slice()))
            }
            Object::Int(byte) => Ok(u8::try_from(*byte).is_ok_and(|byte| bytes.contains(&byte))),
            _ => {
                let name = vm.class_of(item).name();
                Err(vm.type_error(format!("a bytes-like object is required, not '{}'", name.as_str())))
            }
        },
        Object::Dict(dict) => dict.contains(vm, item),
        Object::Set(set) => set.contains(vm, &super::set_methods::as_key(item)),
        Object::Range(range) => match item {
            Object::Int(number) => Ok(range.index_of(*number).is_some()),
            Object::Bool(number) => Ok(range.index_of(i64::from(*number)).is_some()),
            _ => iterated_contains(vm, container, item),
        },
        Object::View(view) => view_contains(vm, view, item),
        Object::List(_) | Object::Tuple(_) | Object::Iterator(_) | Object::Generator(_) => {
            iterated_contains(vm, container, item)
        }
        _ => {
            let name = vm.class_of(container).name();
            Err(vm.type_error(format!("argument of type '{}' is not iterable", name.as_str())))
        }
    }
}

fn iterated_contains(vm: &mut Vm, container: &Object, item: &Object) -> PyResult<bool> {
    let iterator = iter(vm, container)?;
    while let Some(other) = vm.next(&iterator)? {
        if other.is(item) || vm.equals(&other, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn view_contains(vm: &mut Vm, view: &DictView, item: &Object) -> PyResult<bool> {
    match view.kind {
        ViewKind::Keys => view.dict.contains(vm, item),
        ViewKind::Values => {
            for value in view.dict.values() {
                if value.is(item) || vm.equals(&value, item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        ViewKind::Items => match base(item) {
            Object::Tuple(pair) if pair.len() == 2 => match view.dict.get(vm, &pair[0])? {
                Some(value) => Ok(value.is(&pair[1]) || vm.equals(&value, &pair[1])?),
                None => Ok(false),
            },
            _ => Ok(false),
        },
    }
}
