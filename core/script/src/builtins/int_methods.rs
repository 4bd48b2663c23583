//! The `int` class.
//!
//! CPython counterpart: `Objects/longobject.c`.

use std::rc::Rc;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Pow, Signed};

use super::arguments::{Binder, at_most, method, method_optional, receiver};
use super::constructors::{class_argument, instance_of};
use super::integers::{int_from, int_from_text, int_to_i64};
use super::numbers::int_object;
use super::{base, dunders};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

fn this(value: &Object) -> Option<BigInt> {
    match value {
        Object::Bool(value) => Some(BigInt::from(i64::from(*value))),
        Object::Int(value) => Some(BigInt::from(*value)),
        Object::BigInt(value) => Some(BigInt::clone(value)),
        _ => None,
    }
}

fn new(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let class = class_argument(vm, &mut args, "int.__new__")?;
    let binder = Binder { function: "int", names: &["", "base"], required: 0, positional: 2 };
    let values = binder.bind(vm, args)?;
    let value = match values.as_slice() {
        [None, None] => Object::Int(0),
        [Some(value), None] => int_from(vm, value)?,
        [Some(value), Some(radix)] => {
            let text = match base(value) {
                Object::Str(text) => text.as_str().to_owned(),
                Object::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                _ => return Err(vm.type_error("int() can't convert non-string with explicit base")),
            };
            let radix = int_to_i64(vm, radix)?;
            match u32::try_from(radix) {
                Ok(radix @ (0 | 2..=36)) => int_from_text(vm, value, &text, radix)?,
                _ => return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0")),
            }
        }
        _ => return Err(vm.type_error("int() missing string argument")),
    };
    Ok(instance_of(&class, &vm.types.int, value))
}

fn byte_order(vm: &mut Vm, order: Option<Object>) -> PyResult<bool> {
    match order.as_ref().map(|order| order.as_str()) {
        None | Some(Some("big")) => Ok(true),
        Some(Some("little")) => Ok(false),
        _ => Err(vm.value_error("byteorder must be either 'little' or 'big'")),
    }
}

fn to_bytes(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let number = receiver(vm, &mut args, "int.to_bytes", this)?;
    let names = &["length", "byteorder", "signed"];
    let values = Binder { function: "to_bytes", names, required: 0, positional: 2 }.bind(vm, args)?;
    let [length, order, signed] = values.as_slice() else { return Ok(Object::None) };
    let length = match length {
        Some(length) => int_to_i64(vm, length)?,
        None => 1,
    };
    let big = byte_order(vm, order.clone())?;
    let signed = match signed {
        Some(signed) => vm.truthy(signed)?,
        None => false,
    };
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.value_error("length argument must be non-negative"));
    };
    if number.is_negative() && !signed {
        return Err(vm.error(&vm.exceptions.overflow_error, "can't convert negative int to unsigned"));
    }
    let mut bytes = if signed { number.to_signed_bytes_le() } else { number.to_bytes_le().1 };
    if number.sign() == Sign::NoSign {
        bytes.clear();
    }
    if bytes.len() > length {
        return Err(vm.error(&vm.exceptions.overflow_error, "int too big to convert"));
    }
    bytes.resize(length, if number.is_negative() { 0xff } else { 0 });
    if big {
        bytes.reverse();
    }
    Ok(Object::Bytes(Rc::new(bytes)))
}

fn from_bytes(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let class = class_argument(vm, &mut args, "int.from_bytes")?;
    let names = &["bytes", "byteorder", "signed"];
    let values = Binder { function: "from_bytes", names, required: 1, positional: 2 }.bind(vm, args)?;
    let [Some(bytes), order, signed] = values.as_slice() else { return Ok(Object::None) };
    let mut bytes = match base(bytes) {
        Object::Bytes(bytes) => bytes.to_vec(),
        _ => super::bytes::bytes_of(vm, bytes)?,
    };
    let big = byte_order(vm, order.clone())?;
    let signed = match signed {
        Some(signed) => vm.truthy(signed)?,
        None => false,
    };
    if !big {
        bytes.reverse();
    }
    let number =
        if signed { BigInt::from_signed_bytes_be(&bytes) } else { BigInt::from_bytes_be(Sign::Plus, &bytes) };
    Ok(instance_of(&class, &vm.types.int, int_object(number)))
}

/// `round(int, places)`: only negative places change anything; ties go to the even neighbour.
pub(super) fn round_int(vm: &mut Vm, number: &BigInt, places: Option<Object>) -> PyResult<Object> {
    let places = match places {
        None | Some(Object::None) => 0,
        Some(places) => int_to_i64(vm, &places)?,
    };
    if places >= 0 {
        return Ok(int_object(number.clone()));
    }
    let Ok(digits) = u32::try_from(places.unsigned_abs()) else { return Ok(Object::Int(0)) };
    if u64::from(digits) > number.bits() {
        return Ok(Object::Int(0));
    }
    let unit: BigInt = BigInt::from(10).pow(digits);
    let (quotient, rest) = number.div_mod_floor(&unit);
    let twice = rest * 2;
    let up = twice > unit || (twice == unit && quotient.is_odd());
    Ok(int_object((quotient + i32::from(up)) * unit))
}

pub(super) fn class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("int")
        .base(object)
        .method("__new__", new)
        .method("bit_length", |vm, args| {
            let (number, []) = method(vm, args, "int.bit_length", this)?;
            Ok(Object::Int(number.bits() as i64))
        })
        .method("bit_count", |vm, args| {
            let (number, []) = method(vm, args, "int.bit_count", this)?;
            Ok(Object::Int(number.magnitude().count_ones() as i64))
        })
        .method("to_bytes", to_bytes)
        .class_method("from_bytes", from_bytes)
        .method("as_integer_ratio", |vm, args| {
            let (number, []) = method(vm, args, "int.as_integer_ratio", this)?;
            Ok(Object::tuple(vec![int_object(number), Object::Int(1)]))
        })
        .method("conjugate", itself)
        .method("__trunc__", itself)
        .method("__floor__", itself)
        .method("__ceil__", itself)
        .method("__round__", |vm, args| {
            let (number, [places]) = method_optional(vm, args, "int.__round__", 0, this)?;
            round_int(vm, &number, places)
        })
        .getter("real", itself)
        .getter("numerator", itself)
        .getter("imag", |_vm, _args| Ok(Object::Int(0)))
        .getter("denominator", |_vm, _args| Ok(Object::Int(1)));
    let builder = dunders::integral(dunders::number(dunders::bits(dunders::arithmetic(builder))));
    let builder = dunders::order(dunders::equality(builder));
    dunders::formatting(dunders::representation(dunders::hashing(builder))).build()
}

fn itself(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let number = receiver(vm, &mut args, "int.conjugate", this)?;
    let [_unused] = at_most(vm, args, "int.conjugate", 0)?;
    Ok(int_object(number))
}
