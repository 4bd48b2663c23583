//! `range`
//!
//! CPython counterpart: `Objects/rangeobject.c`, within 64 bits.

/// A `range`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first number.
    pub start: i64,
    /// Where it ends, exclusively.
    pub stop: i64,
    /// The distance of two numbers; never 0.
    pub step: i64,
}

impl Range {
    /// `len()`; saturates for ranges that no memory holds.
    pub fn len(&self) -> i64 {
        let (start, stop, step) = (i128::from(self.start), i128::from(self.stop), i128::from(self.step));
        let len = match step {
            1.. if start < stop => (stop - start - 1) / step + 1,
            ..=-1 if start > stop => (start - stop - 1) / -step + 1,
            _ => 0,
        };
        i64::try_from(len).unwrap_or(i64::MAX)
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at an index that is within the length.
    pub fn at(&self, index: i64) -> i64 {
        self.start.wrapping_add(index.wrapping_mul(self.step))
    }

    /// The index of a number, when the range has it.
    pub fn index_of(&self, number: i64) -> Option<i64> {
        let offset = i128::from(number) - i128::from(self.start);
        let step = i128::from(self.step);
        let index = i64::try_from(offset / step).ok()?;
        (offset % step == 0 && (0..self.len()).contains(&index)).then_some(index)
    }

    /// The same numbers in reverse.
    pub fn reversed(&self) -> Range {
        match self.len() {
            0 => Range { start: 0, stop: 0, step: 1 },
            len => Range {
                start: self.at(len - 1),
                stop: self.start.wrapping_sub(self.step),
                step: self.step.wrapping_neg(),
            },
        }
    }

    /// Whether both have the same numbers, which is what `==` means.
    pub fn same_numbers(&self, other: &Range) -> bool {
        let len = self.len();
        len == other.len()
            && (len == 0 || (self.start == other.start && (len == 1 || self.step == other.step)))
    }
}
