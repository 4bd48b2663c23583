//! The methods of `Decimal` that look at a number's parts or compute beyond the operators.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Pow, Signed, Zero};

use super::number::{Decimal, Rounding};
use super::{
    divide, floor_divide, integer, invalid, modulo, new_decimal, operand, rounding_argument, this, whole,
};
use crate::object::{Args, ClassBuilder, Object, PyResult};
use crate::vm::Vm;

/// The other number of a method.
fn other(vm: &mut Vm, args: &Args) -> PyResult<Decimal> {
    match operand(args.positional.get(1)) {
        Some(other) => Ok(other),
        None => {
            let given = args
                .positional
                .get(1)
                .map_or("NoneType".into(), |given| vm.type_name(given).as_str().to_owned());
            Err(vm.type_error(format!("conversion from {given} to Decimal is not supported")))
        }
    }
}

fn as_integer_ratio(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Decimal::Finite { coefficient, exponent } = this(&args) else {
        let kind = if this(&args) == Decimal::NaN { "NaN" } else { "Infinity" };
        let message = format!("cannot convert {kind} to integer ratio");
        return Err(if kind == "NaN" {
            vm.value_error(message)
        } else {
            vm.error(&vm.exceptions.overflow_error, message)
        });
    };
    let unit: BigInt = BigInt::from(10).pow(exponent.unsigned_abs() as u32);
    let (top, bottom) =
        if exponent >= 0 { (coefficient * unit, BigInt::from(1)) } else { (coefficient, unit) };
    let shared = top.gcd(&bottom);
    Ok(Object::tuple(vec![integer(top / &shared), integer(bottom / shared)]))
}

/// To 28 digits, exactly where the root has fewer.
fn sqrt(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let value = this(&args);
    let Decimal::Finite { coefficient, exponent } = &value else {
        return if value.is_negative() {
            Err(invalid(vm, "[<class 'decimal.InvalidOperation'>]"))
        } else {
            Ok(new_decimal(vm, value))
        };
    };
    if coefficient.is_negative() {
        return Err(invalid(vm, "[<class 'decimal.InvalidOperation'>]"));
    }
    let ideal = exponent.div_euclid(2);
    if coefficient.is_zero() {
        return Ok(new_decimal(vm, Decimal::Finite { coefficient: BigInt::zero(), exponent: ideal }));
    }
    // Twice the digits and a few more, so that rounding sees what is beyond.
    let odd = exponent.rem_euclid(2);
    let scale = 64;
    let scaled = coefficient * BigInt::from(10).pow((2 * scale + odd) as u32);
    let root = scaled.sqrt();
    let exact = &root * &root == scaled;
    let mut root = Decimal::Finite { coefficient: root, exponent: ideal - scale };
    if exact {
        let Decimal::Finite { exponent, .. } = root.normalize() else { return Ok(new_decimal(vm, root)) };
        root = root.quantize(exponent.min(ideal), Rounding::HalfEven);
    }
    let root = root.add(&Decimal::Finite { coefficient: BigInt::zero(), exponent: ideal.min(0) + scale });
    Ok(new_decimal(vm, root))
}

fn compare(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let order = this(&args).order(&other(vm, &args)?);
    Ok(new_decimal(vm, order.map_or(Decimal::NaN, |order| Decimal::from_int(order as i64))))
}

/// The greater or the smaller of two; a number wins over NaN.
fn extreme(vm: &mut Vm, args: Args, greater: bool) -> PyResult<Object> {
    let (a, b) = (this(&args), other(vm, &args)?);
    let take_b = match a.order(&b) {
        Some(order) => {
            if greater {
                order.is_lt()
            } else {
                order.is_gt()
            }
        }
        None => a == Decimal::NaN,
    };
    Ok(new_decimal(vm, if take_b { b } else { a }))
}

fn to_integral(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let rounding = args.take_keyword("rounding").or_else(|| args.positional.get(1).cloned());
    let rounding = rounding_argument(vm, rounding)?;
    let value = this(&args);
    let value = match &value {
        Decimal::Finite { exponent, .. } if *exponent < 0 => value.quantize(0, rounding),
        _ => value,
    };
    Ok(new_decimal(vm, value))
}

fn negated(value: &Decimal) -> Decimal {
    match value {
        Decimal::Finite { coefficient, exponent } => {
            Decimal::Finite { coefficient: -coefficient, exponent: *exponent }
        }
        Decimal::Infinite(negative) => Decimal::Infinite(!negative),
        Decimal::NaN => Decimal::NaN,
    }
}

fn copy_sign(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let (value, sign) = (this(&args), other(vm, &args)?);
    let value = if value.is_negative() == sign.is_negative() { value } else { negated(&value) };
    Ok(new_decimal(vm, value))
}

fn scaleb(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let (value, power) = (this(&args), other(vm, &args)?);
    match (value, power.as_whole()) {
        (Decimal::Finite { coefficient, exponent }, Some(power)) if power.abs() < 10_000 => {
            Ok(new_decimal(vm, Decimal::Finite { coefficient, exponent: exponent + power }))
        }
        _ => Err(invalid(vm, "[<class 'decimal.InvalidOperation'>]")),
    }
}

fn same_quantum(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let exponent = |value: &Decimal| match value {
        Decimal::Finite { exponent, .. } => Some(*exponent),
        _ => None,
    };
    Ok(Object::Bool(exponent(&this(&args)) == exponent(&other(vm, &args)?)))
}

fn from_float(vm: &mut Vm, args: Args) -> PyResult<Object> {
    match args.positional.get(1).map(crate::builtins::base) {
        Some(Object::Float(value)) => Ok(new_decimal(vm, Decimal::from_float(*value))),
        Some(Object::Int(value)) => Ok(new_decimal(vm, Decimal::from_int(*value))),
        _ => Err(vm.type_error("argument must be int or float")),
    }
}

fn divmod(vm: &mut Vm, args: &Args, reflected: bool) -> PyResult<Object> {
    let (Some(a), Some(b)) = (operand(args.positional.first()), operand(args.positional.get(1))) else {
        return Ok(Object::NotImplemented);
    };
    let (a, b) = if reflected { (b, a) } else { (a, b) };
    if b.is_zero() {
        divide(vm, &a, &b)?;
    }
    let (quotient, rest) = (floor_divide(vm, &a, &b)?, modulo(vm, &a, &b)?);
    Ok(Object::tuple(vec![new_decimal(vm, quotient), new_decimal(vm, rest)]))
}

fn itself(_vm: &mut Vm, args: Args) -> PyResult<Object> {
    Ok(args.positional.into_iter().next().unwrap_or(Object::None))
}

pub(super) fn add(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("as_integer_ratio", as_integer_ratio)
        .method("sqrt", sqrt)
        .method("compare", compare)
        .method("max", |vm, args| extreme(vm, args, true))
        .method("min", |vm, args| extreme(vm, args, false))
        .method("to_integral_value", to_integral)
        .method("to_integral_exact", to_integral)
        .method("to_integral", to_integral)
        .method("copy_sign", copy_sign)
        .method("copy_negate", |vm, args| Ok(new_decimal(vm, negated(&this(&args)))))
        .method("scaleb", scaleb)
        .method("same_quantum", same_quantum)
        .class_method("from_float", from_float)
        .method("__divmod__", |vm, args| divmod(vm, &args, false))
        .method("__rdivmod__", |vm, args| divmod(vm, &args, true))
        .method("__trunc__", |vm, args| whole(vm, &this(&args)))
        .method("__floor__", |vm, args| whole(vm, &this(&args).quantize(0, Rounding::Floor)))
        .method("__ceil__", |vm, args| whole(vm, &this(&args).quantize(0, Rounding::Ceiling)))
        .method("__copy__", itself)
        .method("__deepcopy__", itself)
        .method("conjugate", itself)
        .getter("real", itself)
        .getter("imag", |vm, _| Ok(new_decimal(vm, Decimal::from_int(0))))
        .method("is_signed", |_, args| Ok(Object::Bool(this(&args).is_negative())))
        .method("is_infinite", |_, args| Ok(Object::Bool(matches!(this(&args), Decimal::Infinite(_)))))
        .method("adjusted", |_, args| {
            Ok(Object::Int(match this(&args) {
                Decimal::Finite { coefficient, exponent } => {
                    exponent + coefficient.magnitude().to_string().len() as i64 - 1
                }
                _ => 0,
            }))
        })
}
