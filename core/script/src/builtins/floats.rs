//! `float`: its class and conversions to it.
//!
//! CPython counterpart: `Objects/floatobject.c`.

use std::rc::Rc;

use num_bigint::BigInt;

use super::arguments::{at_most, exactly, method, method_optional, receiver};
use super::constructors::{class_argument, instance_of};
use super::float_text::parse_float;
use super::format_spec::round_decimal;
use super::integers::int_to_i64;
use super::numbers::{Number, big_to_f64, decompose, int_object, number};
use super::{base, dunders};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

fn this(value: &Object) -> Option<f64> {
    match value {
        Object::Float(value) => Some(*value),
        _ => None,
    }
}

/// A number as a `float`, as `math` functions take it.
pub(super) fn to_float(vm: &mut Vm, value: &Object) -> PyResult<f64> {
    match number(base(value)) {
        Some(Number::Float(value)) => return Ok(value),
        Some(Number::Int(value)) => return Ok(value as f64),
        Some(Number::Big(value)) => {
            let float = big_to_f64(value);
            if float.is_infinite() {
                return Err(vm.error(&vm.exceptions.overflow_error, "int too large to convert to float"));
            }
            return Ok(float);
        }
        None => {}
    }
    if let Object::Instance(_) = value {
        for name in ["__float__", "__index__"] {
            if let Some(method) = vm.get_attr_opt(value, name)? {
                let converted = vm.call(&method, Args::default())?;
                return match number(base(&converted)) {
                    Some(Number::Float(value)) => Ok(value),
                    Some(Number::Int(value)) if name == "__index__" => Ok(value as f64),
                    _ => {
                        let (owner, name) = (vm.class_of(value).name(), vm.class_of(&converted).name());
                        Err(vm.type_error(format!(
                            "{}.__float__ returned non-float (type {})",
                            owner.as_str(),
                            name.as_str()
                        )))
                    }
                };
            }
        }
    }
    let name = vm.class_of(value).name();
    Err(vm.type_error(format!("must be real number, not {}", name.as_str())))
}

fn converts(vm: &mut Vm, value: &Object) -> PyResult<bool> {
    if number(value).is_some() {
        return Ok(true);
    }
    if let Object::Instance(_) = value {
        for name in ["__float__", "__index__"] {
            if vm.get_attr_opt(value, name)?.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn float_from(vm: &mut Vm, value: &Object) -> PyResult<f64> {
    let text = match base(value) {
        Object::Str(text) => text.as_str().to_owned(),
        Object::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        value if !converts(vm, value)? => {
            let name = vm.class_of(value).name();
            return Err(vm.type_error(format!(
                "float() argument must be a string or a real number, not '{}'",
                name.as_str()
            )));
        }
        _ => return to_float(vm, value),
    };
    match parse_float(&text) {
        Some(value) => Ok(value),
        None => {
            let shown = vm.repr(value)?;
            Err(vm.value_error(format!("could not convert string to float: {}", shown.as_str())))
        }
    }
}

pub(super) fn class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("float")
        .base(object)
        .method("__new__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "float.__new__")?;
            let [value] = at_most(vm, args, "float", 0)?;
            let value = match value {
                Some(value) => float_from(vm, &value)?,
                None => 0.0,
            };
            Ok(instance_of(&class, &vm.types.float, Object::Float(value)))
        })
        .method("is_integer", |vm, args| {
            let (value, []) = method(vm, args, "float.is_integer", this)?;
            Ok(Object::Bool(value.is_finite() && value.fract() == 0.0))
        })
        .method("conjugate", |vm, args| {
            let (value, []) = method(vm, args, "float.conjugate", this)?;
            Ok(Object::Float(value))
        })
        .method("as_integer_ratio", |vm, args| {
            let (value, []) = method(vm, args, "float.as_integer_ratio", this)?;
            integer_ratio(vm, value)
        })
        .method("__trunc__", |vm, args| {
            let (value, []) = method(vm, args, "float.__trunc__", this)?;
            super::integers::int_from_float(vm, value)
        })
        .method("__floor__", |vm, args| {
            let (value, []) = method(vm, args, "float.__floor__", this)?;
            super::integers::int_from_float(vm, value.floor())
        })
        .method("__ceil__", |vm, args| {
            let (value, []) = method(vm, args, "float.__ceil__", this)?;
            super::integers::int_from_float(vm, value.ceil())
        })
        .method("__round__", |vm, args| {
            let (value, [places]) = method_optional(vm, args, "float.__round__", 0, this)?;
            round_float(vm, value, places)
        })
        .class_method("fromhex", |vm, mut args| {
            class_argument(vm, &mut args, "float.fromhex")?;
            let [_] = exactly(vm, args, "float.fromhex")?;
            Err(vm.error(
                &vm.exceptions.not_implemented_error,
                "float.fromhex() is not supported here; write the number in decimals",
            ))
        })
        .getter("real", |vm, mut args| receiver(vm, &mut args, "float.real", this).map(Object::Float))
        .getter("imag", |_vm, _args| Ok(Object::Float(0.0)));
    let builder = dunders::number(dunders::arithmetic(builder));
    let builder = dunders::order(dunders::equality(builder));
    dunders::formatting(dunders::representation(dunders::hashing(builder))).build()
}

/// `round(float, places)`
pub(super) fn round_float(vm: &mut Vm, value: f64, places: Option<Object>) -> PyResult<Object> {
    match places {
        None | Some(Object::None) => super::integers::int_from_float(vm, value.round_ties_even()),
        Some(places) => {
            let places = int_to_i64(vm, &places)?;
            let rounded = round_decimal(value, places);
            if rounded.is_infinite() && value.is_finite() {
                return Err(vm.error(&vm.exceptions.overflow_error, "rounded value too large to represent"));
            }
            Ok(Object::Float(rounded))
        }
    }
}

fn integer_ratio(vm: &mut Vm, value: f64) -> PyResult<Object> {
    if value.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(vm.error(&vm.exceptions.overflow_error, "cannot convert Infinity to integer ratio"));
    }
    let (mut mantissa, mut exponent) = decompose(value);
    while mantissa != 0 && mantissa & 1 == 0 && exponent < 0 {
        mantissa >>= 1;
        exponent += 1;
    }
    if mantissa == 0 {
        exponent = 0;
    }
    let mut numerator = BigInt::from(mantissa) << exponent.max(0) as usize;
    if value < 0.0 {
        numerator = -numerator;
    }
    let denominator = BigInt::from(1) << (-exponent).max(0) as usize;
    Ok(Object::tuple(vec![int_object(numerator), int_object(denominator)]))
}
