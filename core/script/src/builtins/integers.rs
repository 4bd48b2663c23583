//! Making `int`s: from text in any base, from other numbers, and as indices.
//!
//! CPython counterpart: `Objects/longobject.c`, `Objects/abstract.c`.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::numbers::{float_to_int, int_object};
use super::repr::repr_str;
use super::text::digit_value;
use crate::object::{Object, PyResult, Unwind};
use crate::vm::Vm;

/// The `int` that a value stands for as an index, if it does (`__index__`).
pub(super) fn index_object(vm: &mut Vm, value: &Object) -> PyResult<Option<Object>> {
    match super::base(value) {
        Object::Bool(value) => Ok(Some(Object::Int(i64::from(*value)))),
        value @ (Object::Int(_) | Object::BigInt(_)) => Ok(Some(value.clone())),
        Object::Instance(_) => match vm.get_attr_opt(value, "__index__")? {
            None => Ok(None),
            Some(method) => {
                let index = vm.call(&method, crate::object::Args::default())?;
                match super::base(&index) {
                    Object::Bool(_) | Object::Int(_) | Object::BigInt(_) => {
                        Ok(Some(super::base(&index).clone()))
                    }
                    _ => {
                        let name = vm.class_of(&index).name();
                        Err(vm.type_error(format!("__index__ returned non-int (type {})", name.as_str())))
                    }
                }
            }
        },
        _ => Ok(None),
    }
}

/// An index within 64 bits, to which larger ones are cut; nothing for what is no `int`.
pub fn int_to_index(vm: &mut Vm, value: &Object) -> PyResult<Option<i64>> {
    Ok(match index_object(vm, value)? {
        Some(Object::Int(index)) => Some(index),
        Some(Object::Bool(index)) => Some(i64::from(index)),
        Some(Object::BigInt(big)) => {
            Some(if big.sign() == num_bigint::Sign::Minus { i64::MIN } else { i64::MAX })
        }
        _ => None,
    })
}

/// An `int` argument within 64 bits, or CPython's errors.
pub fn int_to_i64(vm: &mut Vm, value: &Object) -> PyResult<i64> {
    match index_object(vm, value)? {
        Some(Object::Int(number)) => Ok(number),
        Some(Object::Bool(number)) => Ok(i64::from(number)),
        Some(_) => {
            Err(vm.error(&vm.exceptions.overflow_error, "Python int too large to convert to C ssize_t"))
        }
        None => Err(not_an_integer(vm, value)),
    }
}

/// "'str' object cannot be interpreted as an integer"
pub(super) fn not_an_integer(vm: &mut Vm, value: &Object) -> Unwind {
    let name = vm.class_of(value).name();
    vm.type_error(format!("'{}' object cannot be interpreted as an integer", name.as_str()))
}

/// `int(value)` for one argument.
pub(super) fn int_from(vm: &mut Vm, value: &Object) -> PyResult<Object> {
    match super::base(value) {
        Object::Bool(number) => return Ok(Object::Int(i64::from(*number))),
        number @ (Object::Int(_) | Object::BigInt(_))
            if matches!(value, Object::Int(_) | Object::BigInt(_)) =>
        {
            return Ok(number.clone());
        }
        Object::Float(number) => return int_from_float(vm, *number),
        Object::Str(text) => return int_from_text(vm, value, text, 10),
        Object::Bytes(bytes) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            return int_from_text(vm, value, &text, 10);
        }
        _ => {}
    }
    for method in ["__int__", "__index__", "__trunc__"] {
        if let Some(method) = vm.get_attr_opt(value, method)? {
            let number = vm.call(&method, crate::object::Args::default())?;
            return match super::base(&number) {
                Object::Bool(number) => Ok(Object::Int(i64::from(*number))),
                number @ (Object::Int(_) | Object::BigInt(_)) => Ok(number.clone()),
                _ => {
                    let name = vm.class_of(&number).name();
                    Err(vm.type_error(format!("__int__ returned non-int (type {})", name.as_str())))
                }
            };
        }
    }
    let name = vm.class_of(value).name();
    Err(vm.type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        name.as_str()
    )))
}

/// `int(float)`
pub(super) fn int_from_float(vm: &mut Vm, number: f64) -> PyResult<Object> {
    if number.is_nan() {
        return Err(vm.value_error("cannot convert float NaN to integer"));
    }
    if number.is_infinite() {
        return Err(vm.error(&vm.exceptions.overflow_error, "cannot convert float infinity to integer"));
    }
    Ok(float_to_int(number.trunc()))
}

/// `int(text, base)`
pub(super) fn int_from_text(vm: &mut Vm, original: &Object, text: &str, base: u32) -> PyResult<Object> {
    match parse_int(text, base) {
        Some(number) => Ok(number),
        None => {
            let shown = match original {
                Object::Str(text) => repr_str(text),
                other => vm.repr(other)?.as_str().to_owned(),
            };
            Err(vm.value_error(format!("invalid literal for int() with base {base}: {shown}")))
        }
    }
}

/// Reads an `int` as `int()` does; base 0 looks at the prefix.
pub(super) fn parse_int(text: &str, base: u32) -> Option<Object> {
    let text = text.trim_matches(super::text::is_space);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find_map(|(prefix, radix)| lower.strip_prefix(prefix).map(|rest| (rest, radix)));
    let (digits, radix) = match (prefixed, base) {
        (Some((rest, radix)), 0) => (rest.strip_prefix('_').unwrap_or(rest), radix),
        (Some((rest, radix)), base) if base == radix => (rest.strip_prefix('_').unwrap_or(rest), radix),
        (None, 0) if lower.starts_with('0') && lower.chars().any(|c| !matches!(c, '0' | '_')) => return None,
        (_, 0) => (lower.as_str(), 10),
        (_, base) => (lower.as_str(), base),
    };
    if digits.is_empty() || digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let mut plain = String::with_capacity(digits.len());
    for c in digits.chars().filter(|c| *c != '_') {
        let value = digit_value(c).filter(|value| *value < radix)?;
        plain.push(char::from_digit(value, 36)?);
    }
    let number = match i64::from_str_radix(&plain, radix) {
        Ok(number) => Object::Int(if negative { -number } else { number }),
        Err(_) => {
            let number = BigInt::parse_bytes(plain.as_bytes(), radix)?;
            int_object(if negative { -number } else { number })
        }
    };
    Some(number)
}

/// An `int`'s digits in a base, without a prefix, and whether it is negative.
pub(super) fn digits(value: &Object, radix: u32) -> (bool, String) {
    match value {
        Object::Bool(value) => (false, u8::from(*value).to_string()),
        Object::Int(value) => {
            let magnitude = value.unsigned_abs();
            let text = match radix {
                2 => format!("{magnitude:b}"),
                8 => format!("{magnitude:o}"),
                16 => format!("{magnitude:x}"),
                _ => magnitude.to_string(),
            };
            (*value < 0, text)
        }
        Object::BigInt(value) => {
            (value.sign() == num_bigint::Sign::Minus, value.magnitude().to_str_radix(radix))
        }
        _ => (false, String::new()),
    }
}

/// The code point that an `int` argument names.
pub(super) fn code_point(value: &Object) -> Option<char> {
    match value {
        Object::Int(code) => char::from_u32(u32::try_from(*code).ok()?),
        Object::Bool(code) => char::from_u32(u32::from(*code)),
        Object::BigInt(code) => char::from_u32(code.to_u32()?),
        _ => None,
    }
}
