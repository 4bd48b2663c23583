//! `_math`: what `math` takes from the machine; `math` does the rest in Python.
//!
//! CPython counterpart: `Modules/mathmodule.c`.

use std::rc::Rc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

use super::{module, whole_number};
use crate::builtins::{base, exactly};
use crate::object::{Args, Module, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// A function by its name.
type Named = (&'static str, fn(f64) -> f64);

/// Functions of one float that are not a number only outside their domain.
const PLAIN: &[Named] = &[
    ("acos", f64::acos),
    ("asin", f64::asin),
    ("atan", f64::atan),
    ("atanh", f64::atanh),
    ("cbrt", f64::cbrt),
    ("cos", f64::cos),
    ("degrees", f64::to_degrees),
    ("fabs", f64::abs),
    ("radians", f64::to_radians),
    ("sin", f64::sin),
    ("sqrt", f64::sqrt),
    ("tan", f64::tan),
    ("tanh", f64::tanh),
    ("acosh", f64::acosh),
    ("asinh", f64::asinh),
];

/// Functions of one float that may leave the range of floats.
const GROWING: &[Named] = &[
    ("cosh", f64::cosh),
    ("exp", f64::exp),
    ("exp2", f64::exp2),
    ("expm1", f64::exp_m1),
    ("sinh", f64::sinh),
];

const LOGARITHMS: &[Named] = &[("log", f64::ln), ("log10", f64::log10), ("log2", f64::log2)];

pub(super) fn build(vm: &mut Vm) -> Rc<Module> {
    let mut functions = vec![
        ("atan2", NativeFunction::new("atan2", |vm, args| two(vm, args, "atan2", f64::atan2))),
        ("copysign", NativeFunction::new("copysign", |vm, args| two(vm, args, "copysign", f64::copysign))),
        ("fmod", NativeFunction::new("fmod", |vm, args| two(vm, args, "fmod", |a, b| a % b))),
        ("pow", NativeFunction::new("pow", pow)),
        ("gcd", NativeFunction::new("gcd", |vm, args| fold(vm, args, 0, |a, b| a.gcd(b)))),
        ("lcm", NativeFunction::new("lcm", |vm, args| fold(vm, args, 1, |a, b| a.lcm(b)))),
        ("isqrt", NativeFunction::new("isqrt", isqrt)),
        ("frexp", NativeFunction::new("frexp", frexp)),
        ("isfinite", NativeFunction::new("isfinite", |vm, args| test(vm, args, f64::is_finite))),
        ("isinf", NativeFunction::new("isinf", |vm, args| test(vm, args, f64::is_infinite))),
        ("isnan", NativeFunction::new("isnan", |vm, args| test(vm, args, f64::is_nan))),
    ];
    for &(name, compute) in PLAIN {
        functions
            .push((name, NativeFunction::closure(name, move |vm, args| one(vm, args, name, compute, false))));
    }
    for &(name, compute) in GROWING {
        functions
            .push((name, NativeFunction::closure(name, move |vm, args| one(vm, args, name, compute, true))));
    }
    for &(name, compute) in LOGARITHMS {
        functions
            .push((name, NativeFunction::closure(name, move |vm, args| logarithm(vm, args, name, compute))));
    }
    module(vm, "_math", functions)
}

fn float(vm: &mut Vm, value: &Object) -> PyResult<f64> {
    match base(value) {
        Object::Float(value) => Ok(*value),
        Object::Int(value) => Ok(*value as f64),
        Object::Bool(value) => Ok(f64::from(u8::from(*value))),
        Object::BigInt(value) => match value.to_f64().filter(|value| value.is_finite()) {
            Some(value) => Ok(value),
            None => Err(vm.error(&vm.exceptions.overflow_error, "int too large to convert to float")),
        },
        _ => match vm.get_attr_opt(value, "__float__")? {
            Some(method) => match vm.call(&method, Args::default())? {
                Object::Float(value) => Ok(value),
                _ => Err(vm.type_error("__float__ returned non-float")),
            },
            None => {
                let given = vm.type_name(value);
                Err(vm.type_error(format!("must be real number, not {}", given.as_str())))
            }
        },
    }
}

fn integer(vm: &mut Vm, value: &Object) -> PyResult<BigInt> {
    match base(value) {
        Object::Int(value) => Ok(BigInt::from(*value)),
        Object::Bool(value) => Ok(BigInt::from(u8::from(*value))),
        Object::BigInt(value) => Ok(BigInt::clone(value)),
        _ => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("'{}' object cannot be interpreted as an integer", given.as_str())))
        }
    }
}

fn domain(vm: &mut Vm) -> crate::object::Unwind {
    vm.value_error("math domain error")
}

fn range(vm: &mut Vm) -> crate::object::Unwind {
    vm.error(&vm.exceptions.overflow_error, "math range error")
}

fn one(vm: &mut Vm, args: Args, name: &str, compute: fn(f64) -> f64, grows: bool) -> PyResult<Object> {
    let [value] = exactly(vm, args, &format!("math.{name}"))?;
    let value = float(vm, &value)?;
    let result = compute(value);
    if result.is_nan() && !value.is_nan() {
        return Err(domain(vm));
    }
    if result.is_infinite() && value.is_finite() {
        return Err(if grows { range(vm) } else { domain(vm) });
    }
    Ok(Object::Float(result))
}

fn two(vm: &mut Vm, args: Args, name: &str, compute: fn(f64, f64) -> f64) -> PyResult<Object> {
    let [a, b] = exactly(vm, args, name)?;
    let (a, b) = (float(vm, &a)?, float(vm, &b)?);
    let result = compute(a, b);
    if result.is_nan() && !a.is_nan() && !b.is_nan() {
        return Err(domain(vm));
    }
    Ok(Object::Float(result))
}

fn pow(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [a, b] = exactly(vm, args, "pow")?;
    let (a, b) = (float(vm, &a)?, float(vm, &b)?);
    let result = a.powf(b);
    if a.is_finite() && b.is_finite() && !result.is_finite() {
        return Err(if result.is_nan() || a == 0.0 { domain(vm) } else { range(vm) });
    }
    Ok(Object::Float(result))
}

/// Integers of any size have logarithms, also where they are no floats.
fn logarithm(vm: &mut Vm, args: Args, name: &str, compute: fn(f64) -> f64) -> PyResult<Object> {
    let [value] = exactly(vm, args, &format!("math.{name}"))?;
    if let Object::BigInt(big) = base(&value) {
        if !big.is_positive() {
            return Err(domain(vm));
        }
        if let Some(value) = big.to_f64().filter(|value| value.is_finite()) {
            return Ok(Object::Float(compute(value)));
        }
        let power = big.bits();
        let head = (&**big >> (power - 64)).to_f64().unwrap_or(1.0) / 18_446_744_073_709_551_616.0;
        return Ok(Object::Float(compute(head) + power as f64 * compute(2.0)));
    }
    let value = float(vm, &value)?;
    if value <= 0.0 {
        return Err(domain(vm));
    }
    Ok(Object::Float(compute(value)))
}

fn fold(vm: &mut Vm, args: Args, start: i64, combine: fn(&BigInt, &BigInt) -> BigInt) -> PyResult<Object> {
    let mut total = BigInt::from(start);
    for value in &args.positional {
        total = combine(&total, &integer(vm, value)?.abs());
    }
    Ok(whole_number(total))
}

fn isqrt(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "math.isqrt")?;
    let value = integer(vm, &value)?;
    if value.is_negative() {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    Ok(whole_number(value.sqrt()))
}

fn frexp(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "math.frexp")?;
    let value = float(vm, &value)?;
    if value == 0.0 || !value.is_finite() {
        return Ok(Object::tuple(vec![Object::Float(value), Object::Int(0)]));
    }
    // Subnormal numbers are brought into the normal range first.
    let (scaled, offset) =
        if value.is_normal() { (value, 0) } else { (value * 18_014_398_509_481_984.0, -54) };
    let exponent = ((scaled.to_bits() >> 52) & 0x7ff) as i64 - 1022;
    let mantissa = f64::from_bits((scaled.to_bits() & !(0x7ff << 52)) | (1022 << 52));
    Ok(Object::tuple(vec![Object::Float(mantissa), Object::Int(exponent + offset)]))
}

fn test(vm: &mut Vm, args: Args, test: fn(f64) -> bool) -> PyResult<Object> {
    let [value] = exactly(vm, args, "math")?;
    Ok(Object::Bool(test(float(vm, &value)?)))
}
