//! `slice`, and what a slice means for a length.
//!
//! CPython counterpart: `Objects/sliceobject.c`.

use super::integers::int_to_index;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// A `slice`.
#[derive(Clone)]
pub struct Slice {
    /// `start`
    pub start: Object,
    /// `stop`
    pub stop: Object,
    /// `step`
    pub step: Object,
}

/// A slice of a sequence of known length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The first index.
    pub start: i64,
    /// Where it ends, exclusively.
    pub stop: i64,
    /// The distance of two indices; never 0.
    pub step: i64,
    /// How many indices there are.
    pub len: usize,
}

impl Slice {
    /// The indices it means for a sequence of length `len`.
    pub fn bounds(&self, vm: &mut Vm, len: usize) -> PyResult<Bounds> {
        let step = match &self.step {
            Object::None => 1,
            step => slice_index(vm, step)?,
        };
        if step == 0 {
            return Err(vm.value_error("slice step cannot be zero"));
        }
        let len = i64::try_from(len).unwrap_or(i64::MAX);
        let (lowest, highest) = if step < 0 { (-1, len - 1) } else { (0, len) };
        let mut limit = |bound: &Object, missing: i64| -> PyResult<i64> {
            Ok(match bound {
                Object::None => missing,
                bound => {
                    let index = slice_index(vm, bound)?;
                    let index = if index < 0 { index.saturating_add(len) } else { index };
                    index.clamp(lowest, highest)
                }
            })
        };
        let (first, last) = if step < 0 { (highest, lowest) } else { (lowest, highest) };
        let start = limit(&self.start, first)?;
        let stop = limit(&self.stop, last)?;
        let count = match step {
            1.. if start < stop => (stop - start - 1) / step + 1,
            ..=-1 if start > stop => (start - stop - 1) / step.saturating_neg() + 1,
            _ => 0,
        };
        Ok(Bounds { start, stop, step, len: count as usize })
    }
}

impl Bounds {
    /// The indices in order.
    pub fn indices(self) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator {
        (0..self.len).map(move |at| (self.start + at as i64 * self.step) as usize)
    }

    /// The items of a slice of this kind.
    pub fn pick<T: Clone>(self, items: &[T]) -> Vec<T> {
        self.indices().filter_map(|index| items.get(index).cloned()).collect()
    }
}

fn slice_index(vm: &mut Vm, bound: &Object) -> PyResult<i64> {
    match int_to_index(vm, bound)? {
        Some(index) => Ok(index),
        None => Err(vm.type_error("slice indices must be integers or None or have an __index__ method")),
    }
}
