//! Arithmetic and comparison of `int`, `bool` and `float`.
//!
//! CPython counterpart: `Objects/longobject.c`, `Objects/floatobject.c`.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::rc::Rc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Pow, Signed, ToPrimitive, Zero};

use crate::object::{BinaryOp, Object, PyResult, UnaryOp};
use crate::vm::Vm;

/// A number, whatever its Python type.
pub(super) enum Number<'a> {
    Int(i64),
    Big(&'a BigInt),
    Float(f64),
}

/// The largest shift or power, in bits, that is worth computing.
const MOST_BITS: u64 = 1 << 24;

/// The number that a value of a built-in type is.
pub(super) fn number(value: &Object) -> Option<Number<'_>> {
    match value {
        Object::Bool(value) => Some(Number::Int(i64::from(*value))),
        Object::Int(value) => Some(Number::Int(*value)),
        Object::BigInt(value) => Some(Number::Big(value)),
        Object::Float(value) => Some(Number::Float(*value)),
        _ => None,
    }
}

impl Number<'_> {
    fn big(&self) -> Option<Cow<'_, BigInt>> {
        match self {
            Number::Int(value) => Some(Cow::Owned(BigInt::from(*value))),
            Number::Big(value) => Some(Cow::Borrowed(value)),
            Number::Float(_) => None,
        }
    }

    /// As a `float`; too large an `int` is an infinity, which the caller tells apart.
    fn float(&self) -> f64 {
        match self {
            Number::Int(value) => *value as f64,
            Number::Big(value) => big_to_f64(value),
            Number::Float(value) => *value,
        }
    }

    fn is_float(&self) -> bool {
        matches!(self, Number::Float(_))
    }
}

/// An `int` object, in the variant that fits it.
pub(super) fn int_object(value: BigInt) -> Object {
    match value.to_i64() {
        Some(small) => Object::Int(small),
        None => Object::BigInt(Rc::new(value)),
    }
}

/// The nearest `float`, ties to even; an infinity when there is none.
pub(super) fn big_to_f64(value: &BigInt) -> f64 {
    let bits = value.bits();
    if bits <= 64 {
        return match value.to_i128() {
            Some(value) => value as f64,
            None => 0.0,
        };
    }
    if bits > 1024 {
        return if value.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    // The lowest bit stands for everything that is shifted out, so that rounding stays right.
    let shift = bits - 64;
    let magnitude = value.abs();
    let mut top = (&magnitude >> shift).to_u64().unwrap_or(u64::MAX);
    if !(&magnitude - ((&magnitude >> shift) << shift)).is_zero() {
        top |= 1;
    }
    let float = top as f64 * 2f64.powi(shift as i32);
    if value.is_negative() { -float } else { float }
}

/// The mantissa and the exponent of a finite number's magnitude: `mantissa · 2^exponent`.
pub(super) fn decompose(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}

/// The `int` that a finite float truncates to.
pub(super) fn float_to_int(value: f64) -> Object {
    if value.abs() < 9.0e18 {
        return Object::Int(value as i64);
    }
    let (mantissa, exponent) = decompose(value);
    let big = BigInt::from(mantissa) << exponent.max(0) as usize;
    int_object(if value < 0.0 { -big } else { big })
}

/// How two numbers compare; exact also between `int` and `float`.
pub(super) fn compare(a: &Number<'_>, b: &Number<'_>) -> Option<Ordering> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(b),
        (Number::Float(float), int) => compare_float(*float, int),
        (int, Number::Float(float)) => compare_float(*float, int).map(Ordering::reverse),
        (a, b) => Some(a.big()?.cmp(&b.big()?)),
    }
}

fn compare_float(float: f64, int: &Number<'_>) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    let whole = float_to_int(float.trunc());
    let order = number(&whole)?.big()?.cmp(&int.big()?);
    Some(order.then_with(|| float.partial_cmp(&float.trunc()).unwrap_or(Ordering::Equal)))
}

/// A binary operation of two numbers; nothing where the operator knows none.
#[inline]
pub(super) fn binary(vm: &mut Vm, op: BinaryOp, a: &Object, b: &Object) -> PyResult<Option<Object>> {
    if let (Object::Int(x), Object::Int(y)) = (a, b) {
        let quick = match op {
            BinaryOp::Add => x.checked_add(*y),
            BinaryOp::Sub => x.checked_sub(*y),
            BinaryOp::Mul => x.checked_mul(*y),
            BinaryOp::FloorDiv if *y > 0 => Some(x.div_euclid(*y)),
            BinaryOp::Mod if *y > 0 => Some(x.rem_euclid(*y)),
            BinaryOp::And => Some(x & y),
            BinaryOp::Or => Some(x | y),
            BinaryOp::Xor => Some(x ^ y),
            _ => None,
        };
        if let Some(result) = quick {
            return Ok(Some(Object::Int(result)));
        }
    }
    let (Some(left), Some(right)) = (number(a), number(b)) else { return Ok(None) };
    if left.is_float() || right.is_float() {
        return floats(vm, op, &left, &right);
    }
    if let (Object::Bool(x), Object::Bool(y)) = (a, b) {
        match op {
            BinaryOp::And => return Ok(Some(Object::Bool(x & y))),
            BinaryOp::Or => return Ok(Some(Object::Bool(x | y))),
            BinaryOp::Xor => return Ok(Some(Object::Bool(x ^ y))),
            _ => {}
        }
    }
    let (Some(x), Some(y)) = (left.big(), right.big()) else { return Ok(None) };
    ints(vm, op, &x, &y)
}

fn zero_division(vm: &mut Vm, message: &str) -> PyResult<Option<Object>> {
    Err(vm.error(&vm.exceptions.zero_division_error, message))
}

fn ints(vm: &mut Vm, op: BinaryOp, x: &BigInt, y: &BigInt) -> PyResult<Option<Object>> {
    let result = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::And => x & y,
        BinaryOp::Or => x | y,
        BinaryOp::Xor => x ^ y,
        BinaryOp::Mod if y.is_zero() => return zero_division(vm, "integer modulo by zero"),
        BinaryOp::FloorDiv if y.is_zero() => {
            return zero_division(vm, "integer division or modulo by zero");
        }
        BinaryOp::FloorDiv => x.div_floor(y),
        BinaryOp::Mod => x.mod_floor(y),
        BinaryOp::TrueDiv => return true_division(vm, x, y),
        BinaryOp::Pow if y.is_negative() => {
            if x.is_zero() {
                return zero_division(vm, "0.0 cannot be raised to a negative power");
            }
            let power = big_to_f64(x).powf(big_to_f64(y));
            return Ok(Some(Object::Float(power)));
        }
        BinaryOp::Pow => match y.to_u32() {
            Some(exponent) if x.bits() <= 1 || x.bits() * u64::from(exponent) <= MOST_BITS => {
                x.clone().pow(exponent)
            }
            None if x.bits() <= 1 => {
                if x.is_negative() && y.is_even() {
                    -x
                } else {
                    x.clone()
                }
            }
            _ => return Err(too_large(vm)),
        },
        BinaryOp::LShift | BinaryOp::RShift if y.is_negative() => {
            return Err(vm.value_error("negative shift count"));
        }
        BinaryOp::LShift => match y.to_u64() {
            _ if x.is_zero() => BigInt::zero(),
            Some(shift) if shift <= MOST_BITS => x << shift,
            _ => return Err(too_large(vm)),
        },
        BinaryOp::RShift => match y.to_u64() {
            Some(shift) => x >> shift,
            None if x.is_negative() => BigInt::from(-1),
            None => BigInt::zero(),
        },
        BinaryOp::MatMul => return Ok(None),
    };
    Ok(Some(int_object(result)))
}

/// CPython would go on until memory ends; a page cannot.
fn too_large(vm: &mut Vm) -> crate::object::Unwind {
    vm.error(
        &vm.exceptions.overflow_error,
        "the result of this int operation has too many digits to compute here",
    )
}

fn true_division(vm: &mut Vm, x: &BigInt, y: &BigInt) -> PyResult<Option<Object>> {
    if y.is_zero() {
        return zero_division(vm, "division by zero");
    }
    const EXACT: u64 = 53;
    if x.bits() <= EXACT && y.bits() <= EXACT {
        return Ok(Some(Object::Float(big_to_f64(x) / big_to_f64(y))));
    }
    // Scale so that the quotient has 66 bits or more; the remainder only sets the lowest one.
    let shift = 66 + y.bits() as i64 - x.bits() as i64;
    let (dividend, divisor) = if shift >= 0 {
        (x.abs() << shift as u64, y.abs())
    } else {
        (x.abs(), y.abs() << shift.unsigned_abs())
    };
    let (mut quotient, rest) = dividend.div_rem(&divisor);
    if !rest.is_zero() {
        quotient |= BigInt::from(1);
    }
    let exponent = -shift;
    let float = scale(big_to_f64(&quotient), exponent);
    if float.is_infinite() {
        return Err(vm.error(&vm.exceptions.overflow_error, "integer division result too large for a float"));
    }
    let negative = x.is_negative() != y.is_negative();
    Ok(Some(Object::Float(if negative { -float } else { float })))
}

fn scale(value: f64, exponent: i64) -> f64 {
    let exponent = exponent.clamp(-3000, 3000) as i32;
    let half = exponent / 2;
    value * 2f64.powi(half) * 2f64.powi(exponent - half)
}

/// The float of an operand; an `int` must not be too large for one.
fn operand(vm: &mut Vm, number: &Number<'_>) -> PyResult<f64> {
    let float = number.float();
    if float.is_infinite() && !number.is_float() {
        return Err(vm.error(&vm.exceptions.overflow_error, "int too large to convert to float"));
    }
    Ok(float)
}

fn floats(vm: &mut Vm, op: BinaryOp, a: &Number<'_>, b: &Number<'_>) -> PyResult<Option<Object>> {
    use BinaryOp::*;
    if !matches!(op, Add | Sub | Mul | TrueDiv | FloorDiv | Mod | Pow) {
        return Ok(None);
    }
    let (x, y) = (operand(vm, a)?, operand(vm, b)?);
    let result = match op {
        Add => x + y,
        Sub => x - y,
        Mul => x * y,
        TrueDiv if y == 0.0 => {
            return zero_division(vm, "float division by zero");
        }
        TrueDiv => x / y,
        FloorDiv if y == 0.0 => return zero_division(vm, "float floor division by zero"),
        FloorDiv => float_divmod(x, y).0,
        Mod if y == 0.0 => return zero_division(vm, "float modulo"),
        Mod => float_divmod(x, y).1,
        Pow => return float_power(vm, x, y).map(Some),
        _ => return Ok(None),
    };
    Ok(Some(Object::Float(result)))
}

/// `divmod()` of floats, for a divisor that is not 0.
pub(super) fn float_divmod(x: f64, y: f64) -> (f64, f64) {
    let mut rest = x % y;
    let mut quotient = (x - rest) / y;
    if rest == 0.0 {
        rest = 0f64.copysign(y);
    } else if (y < 0.0) != (rest < 0.0) {
        rest += y;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0f64.copysign(x / y), rest);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

fn float_power(vm: &mut Vm, x: f64, y: f64) -> PyResult<Object> {
    if x == 0.0 && y < 0.0 {
        return Err(vm.error(&vm.exceptions.zero_division_error, "0.0 cannot be raised to a negative power"));
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y.fract() != 0.0 {
        return Err(vm.value_error(
            "a negative number to a fractional power is a complex number, which is not supported here",
        ));
    }
    let power = x.powf(y);
    if power.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(vm.error(&vm.exceptions.overflow_error, "(34, 'Numerical result out of range')"));
    }
    Ok(Object::Float(power))
}

/// A unary operation of a number; nothing where the operator knows none.
pub(super) fn unary(op: UnaryOp, value: &Object) -> Option<Object> {
    match (op, number(value)?) {
        (UnaryOp::Neg, Number::Int(value)) => Some(match value.checked_neg() {
            Some(negated) => Object::Int(negated),
            None => int_object(-BigInt::from(value)),
        }),
        (UnaryOp::Neg, Number::Big(value)) => Some(int_object(-value)),
        (UnaryOp::Neg, Number::Float(value)) => Some(Object::Float(-value)),
        (UnaryOp::Pos, Number::Int(value)) => Some(Object::Int(value)),
        (UnaryOp::Pos, _) => Some(value.clone()),
        (UnaryOp::Invert, Number::Int(value)) => Some(Object::Int(!value)),
        (UnaryOp::Invert, Number::Big(value)) => Some(int_object(-value - 1)),
        (UnaryOp::Invert, Number::Float(_)) => None,
        (UnaryOp::Not, _) => Some(Object::Bool(!super::truthy(value))),
    }
}

/// `abs()`
pub(super) fn absolute(value: &Object) -> Option<Object> {
    match number(value)? {
        Number::Int(value) => Some(match value.checked_abs() {
            Some(value) => Object::Int(value),
            None => int_object(BigInt::from(value).abs()),
        }),
        Number::Big(value) => Some(int_object(value.abs())),
        Number::Float(value) => Some(Object::Float(value.abs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn float_floor_division_and_modulo_follow_the_divisor() {
        assert_eq!(float_divmod(-7.5, 2.0), (-4.0, 0.5));
        assert_eq!(float_divmod(7.5, -2.0), (-4.0, -0.5));
        assert_eq!(float_divmod(1.0, 0.1), (9.0, 0.099_999_999_999_999_95));
    }

    #[test]
    fn ints_and_floats_compare_exactly() {
        let big = BigInt::from(1u64 << 53) + 1;
        let order = compare(&Number::Big(&big), &Number::Float(9_007_199_254_740_992.0));
        assert_eq!(order, Some(Ordering::Greater));
        assert_eq!(compare(&Number::Int(1), &Number::Float(f64::NAN)), None);
        assert_eq!(compare(&Number::Int(-1), &Number::Float(-0.5)), Some(Ordering::Less));
    }

    #[test]
    fn large_ints_round_to_the_nearest_float() {
        assert_eq!(big_to_f64(&(BigInt::from(1) << 100)), 2f64.powi(100));
        assert_eq!(big_to_f64(&((BigInt::from(1) << 100) + 1)), 2f64.powi(100));
    }
}
