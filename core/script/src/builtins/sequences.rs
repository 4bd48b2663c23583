//! What `str`, `bytes`, `tuple` and `list` have in common: repetition, finding an item.

use std::rc::Rc;

use super::operators::repetitions;
use super::slice::Slice;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// More items than a page can hold.
const MOST: usize = 1 << 28;

/// Whether `sequence * int` repeats the value.
pub(super) fn repeats(value: &Object) -> bool {
    matches!(value, Object::Str(_) | Object::Bytes(_) | Object::Tuple(_) | Object::List(_))
}

/// `sequence * count`; nothing where `count` is no `int`.
pub(super) fn repeat_by(vm: &mut Vm, sequence: &Object, count: &Object) -> PyResult<Option<Object>> {
    let Some(count) = repetitions(vm, count)? else { return Ok(None) };
    let count = usize::try_from(count).unwrap_or(0);
    let len = match sequence {
        Object::Str(text) => text.len(),
        _ => super::len(vm, sequence)?,
    };
    if len.saturating_mul(count) > MOST {
        return Err(vm.error(&vm.exceptions.memory_error, "a sequence that long does not fit into memory"));
    }
    Ok(Some(match sequence {
        Object::Str(text) => Object::from(text.as_str().repeat(count)),
        Object::Bytes(bytes) => Object::Bytes(Rc::new(bytes.repeat(count))),
        Object::Tuple(items) => Object::tuple(repeated(items, count)),
        Object::List(list) => {
            let items = repeated(&list.items.borrow(), count);
            Object::list(items)
        }
        _ => return Ok(None),
    }))
}

fn repeated(items: &[Object], count: usize) -> Vec<Object> {
    std::iter::repeat_n(items, count).flatten().cloned().collect()
}

/// Where an item is in `items` within the bounds that `index()` takes.
pub(super) fn position(
    vm: &mut Vm,
    items: &[Object],
    wanted: &Object,
    start: Option<Object>,
    stop: Option<Object>,
) -> PyResult<Option<usize>> {
    let slice = Slice {
        start: start.unwrap_or(Object::None),
        stop: stop.unwrap_or(Object::None),
        step: Object::None,
    };
    let bounds = slice.bounds(vm, items.len())?;
    for index in bounds.indices() {
        if let Some(item) = items.get(index)
            && (item.is(wanted) || vm.equals(item, wanted)?)
        {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// How many items equal `wanted`.
pub(super) fn count(vm: &mut Vm, items: &[Object], wanted: &Object) -> PyResult<Object> {
    let mut count = 0;
    for item in items {
        if item.is(wanted) || vm.equals(item, wanted)? {
            count += 1;
        }
    }
    Ok(Object::Int(count))
}
