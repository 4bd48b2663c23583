//! `value[key]` for values of built-in types.
//!
//! CPython counterpart: `Objects/abstract.c` and the mapping slots.

use std::rc::Rc;

use super::integers::int_to_index;
use super::slice::Slice;
use super::{Range, text};
use crate::object::{Args, Object, PyResult, Unwind};
use crate::vm::Vm;

/// `value[key]`
pub fn get_item(vm: &mut Vm, value: &Object, key: &Object) -> PyResult<Object> {
    match (value, key) {
        (Object::List(list), Object::Int(index)) => {
            let found = {
                let items = list.items.borrow();
                place(*index, items.len()).and_then(|at| items.get(at).cloned())
            };
            found.ok_or_else(|| index_error(vm, "list index out of range"))
        }
        (Object::Tuple(items), Object::Int(index)) => place(*index, items.len())
            .and_then(|at| items.get(at).cloned())
            .ok_or_else(|| index_error(vm, "tuple index out of range")),
        (Object::Dict(dict), key) => match dict.get(vm, key)? {
            Some(found) => Ok(found),
            None => Err(vm.key_error(key.clone())),
        },
        (_, Object::Slice(slice)) => get_slice(vm, value, slice),
        (Object::List(_) | Object::Tuple(_) | Object::Str(_) | Object::Bytes(_) | Object::Range(_), _) => {
            let Some(index) = int_to_index(vm, key)? else { return Err(bad_index(vm, value, key)) };
            let len = super::len(vm, value)?;
            let message = match value {
                Object::List(_) => "list index out of range",
                Object::Tuple(_) => "tuple index out of range",
                Object::Str(_) => "string index out of range",
                Object::Range(_) => "range object index out of range",
                _ => "index out of range",
            };
            let Some(at) = place(index, len) else { return Err(index_error(vm, message)) };
            let found = match value {
                Object::List(list) => list.items.borrow().get(at).cloned(),
                Object::Tuple(items) => items.get(at).cloned(),
                Object::Str(text) => Some(Object::str(text::substring(text, at, at + 1))),
                Object::Bytes(bytes) => bytes.get(at).map(|byte| Object::Int(i64::from(*byte))),
                Object::Range(range) => Some(Object::Int(range.at(at as i64))),
                _ => None,
            };
            found.ok_or_else(|| index_error(vm, message))
        }
        // What classes have through `type` their instances do not, so this is no method of it.
        (Object::Class(class), key) if Rc::ptr_eq(class, &vm.types.type_) => {
            let args = Args::positional(vec![value.clone(), key.clone()]);
            super::generic_alias::class_getitem(vm, args)
        }
        (Object::Class(class), key) => match vm.get_attr_opt(value, "__class_getitem__")? {
            Some(method) => vm.call(&method, Args::positional(vec![key.clone()])),
            None => {
                let name = class.name();
                Err(vm.type_error(format!("type '{}' is not subscriptable", name.as_str())))
            }
        },
        _ => {
            let name = vm.class_of(value).name();
            Err(vm.type_error(format!("'{}' object is not subscriptable", name.as_str())))
        }
    }
}

fn get_slice(vm: &mut Vm, value: &Object, slice: &Slice) -> PyResult<Object> {
    if !matches!(
        value,
        Object::List(_) | Object::Tuple(_) | Object::Str(_) | Object::Bytes(_) | Object::Range(_)
    ) {
        let name = vm.class_of(value).name();
        return Err(vm.type_error(format!("'{}' object is not subscriptable", name.as_str())));
    }
    let len = super::len(vm, value)?;
    let bounds = slice.bounds(vm, len)?;
    Ok(match value {
        Object::List(list) => {
            let items = bounds.pick(&list.items.borrow());
            Object::list(items)
        }
        Object::Tuple(items) if bounds.len == items.len() && bounds.step == 1 => value.clone(),
        Object::Tuple(items) => Object::tuple(bounds.pick(items)),
        Object::Str(text) => Object::from(text::pick(text, bounds)),
        Object::Bytes(bytes) => Object::Bytes(Rc::new(bounds.pick(bytes))),
        Object::Range(range) => Object::Range(Rc::new(Range {
            start: range.at(bounds.start),
            stop: range.at(bounds.stop),
            step: range.step.saturating_mul(bounds.step),
        })),
        _ => Object::None,
    })
}

/// `value[key] = item`
pub fn set_item(vm: &mut Vm, value: &Object, key: &Object, item: Object) -> PyResult<()> {
    match (value, key) {
        (Object::Dict(dict), _) => {
            dict.insert(vm, key.clone(), item)?;
            Ok(())
        }
        (Object::List(list), Object::Slice(slice)) => {
            let mut new = vm.collect(&item).map_err(|unwind| only_iterable(vm, &item, unwind))?;
            let len = list.items.borrow().len();
            let bounds = slice.bounds(vm, len)?;
            let old = if bounds.step == 1 {
                let start = (bounds.start.max(0) as usize).min(len);
                let mut items = list.items.borrow_mut();
                let end = (start + bounds.len).min(items.len());
                items.splice(start.min(end)..end, new).collect()
            } else if bounds.len != new.len() {
                return Err(vm.value_error(format!(
                    "attempt to assign sequence of size {} to extended slice of size {}",
                    new.len(),
                    bounds.len
                )));
            } else {
                let mut items = list.items.borrow_mut();
                for (at, item) in bounds.indices().zip(new.iter_mut()) {
                    if let Some(slot) = items.get_mut(at) {
                        std::mem::swap(slot, item);
                    }
                }
                new
            };
            // What was replaced is dropped after the borrow has ended.
            drop::<Vec<Object>>(old);
            Ok(())
        }
        (Object::List(list), _) => {
            let Some(index) = int_to_index(vm, key)? else { return Err(bad_index(vm, value, key)) };
            let mut item = item;
            let stored = {
                let mut items = list.items.borrow_mut();
                let len = items.len();
                match place(index, len).and_then(|at| items.get_mut(at)) {
                    Some(slot) => {
                        std::mem::swap(slot, &mut item);
                        true
                    }
                    None => false,
                }
            };
            if stored { Ok(()) } else { Err(index_error(vm, "list assignment index out of range")) }
        }
        _ => {
            let name = vm.class_of(value).name();
            Err(vm.type_error(format!("'{}' object does not support item assignment", name.as_str())))
        }
    }
}

fn only_iterable(vm: &mut Vm, item: &Object, unwind: Unwind) -> Unwind {
    match super::base(item) {
        Object::Int(_) | Object::Float(_) | Object::None | Object::Bool(_) => {
            vm.type_error("can only assign an iterable")
        }
        _ => unwind,
    }
}

/// `del value[key]`
pub fn del_item(vm: &mut Vm, value: &Object, key: &Object) -> PyResult<()> {
    match (value, key) {
        (Object::Dict(dict), _) => match dict.remove(vm, key)? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(key.clone())),
        },
        (Object::List(list), Object::Slice(slice)) => {
            let len = list.items.borrow().len();
            let mut places: Vec<usize> = slice.bounds(vm, len)?.indices().collect();
            places.sort_unstable();
            let mut removed = Vec::with_capacity(places.len());
            {
                let mut items = list.items.borrow_mut();
                for at in places.into_iter().rev() {
                    if at < items.len() {
                        removed.push(items.remove(at));
                    }
                }
            }
            drop(removed);
            Ok(())
        }
        (Object::List(list), _) => {
            let Some(index) = int_to_index(vm, key)? else { return Err(bad_index(vm, value, key)) };
            let removed = {
                let mut items = list.items.borrow_mut();
                let len = items.len();
                place(index, len).map(|at| items.remove(at))
            };
            match removed {
                Some(_) => Ok(()),
                None => Err(index_error(vm, "list assignment index out of range")),
            }
        }
        _ => {
            let name = vm.class_of(value).name();
            Err(vm.type_error(format!("'{}' object doesn't support item deletion", name.as_str())))
        }
    }
}

/// An index from either end, when it is within the length.
pub(super) fn place(index: i64, len: usize) -> Option<usize> {
    let at = if index < 0 { index.checked_add(i64::try_from(len).ok()?)? } else { index };
    usize::try_from(at).ok().filter(|at| *at < len)
}

fn index_error(vm: &mut Vm, message: &str) -> Unwind {
    vm.error(&vm.exceptions.index_error, message)
}

fn bad_index(vm: &mut Vm, value: &Object, key: &Object) -> Unwind {
    let (name, key) = (vm.class_of(value).name(), vm.class_of(key).name());
    vm.type_error(match value {
        Object::Str(_) => format!("string indices must be integers, not '{}'", key.as_str()),
        Object::Bytes(_) => format!("byte indices must be integers or slices, not {}", key.as_str()),
        _ => format!("{} indices must be integers or slices, not {}", name.as_str(), key.as_str()),
    })
}
