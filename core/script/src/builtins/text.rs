//! `str` by code points: indices, slices, and the classes of characters.
//!
//! CPython counterpart: `Objects/unicodeobject.c`, `Objects/unicodectype.c`.

use super::slice::Bounds;
use crate::object::PyStr;

/// Where the code point number `index` starts, in bytes; the length when there is none.
pub(super) fn byte_offset(text: &PyStr, index: usize) -> usize {
    if text.is_ascii() {
        return index.min(text.len());
    }
    text.as_str().char_indices().nth(index).map_or(text.len(), |(at, _)| at)
}

/// How many code points come before the byte `offset`.
pub(super) fn char_index(text: &PyStr, offset: usize) -> usize {
    if text.is_ascii() {
        return offset;
    }
    text.as_str().get(..offset).map_or(0, |before| before.chars().count())
}

/// The code points from `start` to `stop`.
pub(super) fn substring(text: &PyStr, start: usize, stop: usize) -> &str {
    if start >= stop {
        return "";
    }
    let from = byte_offset(text, start);
    let to = byte_offset(text, stop);
    text.as_str().get(from..to).unwrap_or("")
}

/// The code points that a slice picks.
pub(super) fn pick(text: &PyStr, bounds: Bounds) -> String {
    if bounds.step == 1 {
        return substring(text, bounds.start.max(0) as usize, bounds.start.max(0) as usize + bounds.len)
            .to_owned();
    }
    let chars: Vec<char> = text.as_str().chars().collect();
    bounds.pick(&chars).into_iter().collect()
}

/// What `str.strip()`, `str.split()` and `int()` take for white space.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Where `str.splitlines()` ends a line.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether `repr()` shows the character as it is.
pub(super) fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    // Rust escapes what is not printable; after a letter it lets combining marks be, as CPython does.
    let mut text = String::from("a");
    text.push(c);
    text.escape_debug().nth(1) == Some(c)
}

/// The value of a digit or letter as a digit of some base; decimal digits of any script count.
pub(super) fn digit_value(c: char) -> Option<u32> {
    c.to_digit(36).or_else(|| decimal_value(c))
}

/// The value of a decimal digit of any script.
pub(crate) fn decimal_value(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let code = u32::from(c);
    DECIMAL_ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code)).map(|zero| code - zero)
}

/// Where the decimal digits of the scripts in the basic plane begin.
const DECIMAL_ZEROS: [u32; 36] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

/// The superscripts and circled numbers that are digits but not decimal ones.
pub(super) fn is_digit(c: char) -> bool {
    decimal_value(c).is_some()
        || matches!(c, '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{2070}' | '\u{2074}'..='\u{2079}' | '\u{2080}'..='\u{2089}'
            | '\u{2460}'..='\u{2468}' | '\u{2474}'..='\u{247c}' | '\u{2488}'..='\u{2490}' | '\u{2776}'..='\u{277e}')
}
