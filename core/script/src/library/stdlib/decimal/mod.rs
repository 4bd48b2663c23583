//! `decimal`
//!
//! The values are [`Decimal`]s inside native instances, so that the rest of
//! Rust can make ([`new_decimal`]) and read ([`Object::native`]) them.
//! CPython counterpart: `Modules/_decimal`.

mod methods;
mod number;

use std::rc::Rc;

use num_traits::ToPrimitive;
pub use number::{Decimal, Rounding};

use super::module;
use crate::builtins;
use crate::object::{Args, Class, Instance, Module, NativeFunction, Object, PyResult};
use crate::vm::Vm;

struct Classes {
    decimal: Rc<Class>,
    invalid: Rc<Class>,
    by_zero: Rc<Class>,
    base: Rc<Class>,
}

/// The classes of the module, made when they are first needed.
#[derive(Default)]
pub struct State(Option<Rc<Classes>>);

fn classes(vm: &mut Vm) -> Rc<Classes> {
    if let Some(classes) = &vm.library.decimal.0 {
        return Rc::clone(classes);
    }
    let base = error("DecimalException", &[&vm.exceptions.arithmetic_error]);
    let made = Rc::new(Classes {
        decimal: decimal_class(),
        invalid: error("InvalidOperation", &[&base]),
        by_zero: error("DivisionByZero", &[&base, &vm.exceptions.zero_division_error]),
        base,
    });
    vm.library.decimal.0 = Some(Rc::clone(&made));
    made
}

fn error(name: &str, bases: &[&Rc<Class>]) -> Rc<Class> {
    bases.iter().fold(Class::builder(name).module("decimal"), |class, base| class.base(base)).build()
}

/// A `decimal.Decimal`
pub fn new_decimal(vm: &mut Vm, value: Decimal) -> Object {
    Instance::native(&classes(vm).decimal, value)
}

pub(super) fn build(vm: &mut Vm) -> Rc<Module> {
    let all = classes(vm);
    let context = Class::builder("Context").module("decimal").attribute("prec", Object::Int(28)).build();
    let mut attributes = vec![
        ("Decimal", Object::Class(Rc::clone(&all.decimal))),
        ("InvalidOperation", Object::Class(Rc::clone(&all.invalid))),
        ("DivisionByZero", Object::Class(Rc::clone(&all.by_zero))),
        ("Overflow", Object::Class(error("Overflow", &[&all.base]))),
        ("Inexact", Object::Class(error("Inexact", &[&all.base]))),
        ("Rounded", Object::Class(error("Rounded", &[&all.base]))),
        ("DecimalException", Object::Class(Rc::clone(&all.base))),
        ("Context", Object::Class(Rc::clone(&context))),
        ("getcontext", NativeFunction::closure("getcontext", move |_, _| Ok(Instance::plain(&context)))),
    ];
    for name in ROUNDINGS {
        attributes.push((name.0, Object::str(name.0)));
    }
    module(vm, "decimal", attributes)
}

const ROUNDINGS: [(&str, Rounding); 7] = [
    ("ROUND_HALF_EVEN", Rounding::HalfEven),
    ("ROUND_HALF_UP", Rounding::HalfUp),
    ("ROUND_HALF_DOWN", Rounding::HalfDown),
    ("ROUND_DOWN", Rounding::Down),
    ("ROUND_UP", Rounding::Up),
    ("ROUND_FLOOR", Rounding::Floor),
    ("ROUND_CEILING", Rounding::Ceiling),
];

fn integer(value: num_bigint::BigInt) -> Object {
    match value.to_i64() {
        Some(small) => Object::Int(small),
        None => Object::BigInt(Rc::new(value)),
    }
}

/// A number that decimals compute with: another one, or an integer.
fn operand(value: Option<&Object>) -> Option<Decimal> {
    let value = value?;
    if let Some(decimal) = value.native::<Decimal>() {
        return Some(Decimal::clone(&decimal));
    }
    match builtins::base(value) {
        Object::Int(value) => Some(Decimal::from_int(*value)),
        Object::Bool(value) => Some(Decimal::from_int(i64::from(*value))),
        Object::BigInt(value) => Some(Decimal::from_int(num_bigint::BigInt::clone(value))),
        _ => None,
    }
}

fn this(args: &Args) -> Decimal {
    operand(args.positional.first()).unwrap_or(Decimal::NaN)
}

fn new(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let value = args.positional.get(1).or(args.keyword.first().map(|(_, value)| value)).cloned();
    let decimal = match (operand(value.as_ref()), value.as_ref().map(builtins::base)) {
        (_, None) => Decimal::from_int(0),
        (Some(decimal), _) => decimal,
        (None, Some(Object::Float(value))) => Decimal::from_float(*value),
        (None, Some(Object::Str(text))) => match Decimal::parse(text) {
            Some(decimal) => decimal,
            None => return Err(invalid(vm, "[<class 'decimal.ConversionSyntax'>]")),
        },
        (None, Some(Object::Tuple(parts))) => from_parts(vm, parts)?,
        (None, Some(other)) => {
            let given = vm.type_name(other);
            return Err(
                vm.type_error(format!("conversion from {} to Decimal is not supported", given.as_str()))
            );
        }
    };
    Ok(match args.positional.first() {
        Some(Object::Class(class)) => Instance::native(class, decimal),
        _ => new_decimal(vm, decimal),
    })
}

/// `Decimal((0, (1, 2, 3), -2))`
fn from_parts(vm: &mut Vm, parts: &[Object]) -> PyResult<Decimal> {
    let wrong = "argument must be a sequence of length 3";
    let [sign, digits, Object::Int(exponent)] = parts else { return Err(vm.value_error(wrong)) };
    let mut coefficient = num_bigint::BigInt::from(0);
    for digit in vm.collect(digits)? {
        match builtins::int_to_i64(vm, &digit)? {
            digit @ 0..=9 => coefficient = coefficient * 10 + digit,
            _ => return Err(vm.value_error("coefficient must be a tuple of digits")),
        }
    }
    let coefficient = if vm.truthy(sign)? { -coefficient } else { coefficient };
    if exponent.abs() > 10_000 {
        return Err(invalid(vm, "[<class 'decimal.InvalidOperation'>]"));
    }
    Ok(Decimal::Finite { coefficient, exponent: *exponent })
}

fn invalid(vm: &mut Vm, message: &str) -> crate::object::Unwind {
    let class = Rc::clone(&classes(vm).invalid);
    vm.error(&class, message)
}

fn by_zero(vm: &mut Vm) -> crate::object::Unwind {
    let class = Rc::clone(&classes(vm).by_zero);
    vm.error(&class, "[<class 'decimal.DivisionByZero'>]")
}

/// A binary method, with its operands in the order they are written.
fn binary(
    vm: &mut Vm,
    args: Args,
    reflected: bool,
    compute: fn(&mut Vm, &Decimal, &Decimal) -> PyResult<Decimal>,
) -> PyResult<Object> {
    let (Some(a), Some(b)) = (operand(args.positional.first()), operand(args.positional.get(1))) else {
        return Ok(Object::NotImplemented);
    };
    let value = if reflected { compute(vm, &b, &a)? } else { compute(vm, &a, &b)? };
    Ok(new_decimal(vm, value))
}

fn divide(vm: &mut Vm, a: &Decimal, b: &Decimal) -> PyResult<Decimal> {
    if a.is_zero() && b.is_zero() {
        return Err(invalid(vm, "[<class 'decimal.DivisionUndefined'>]"));
    }
    a.div(b).ok_or_else(|| by_zero(vm))
}

fn floor_divide(vm: &mut Vm, a: &Decimal, b: &Decimal) -> PyResult<Decimal> {
    a.div_rem(b).map(|(quotient, _)| quotient).ok_or_else(|| by_zero(vm))
}

fn modulo(vm: &mut Vm, a: &Decimal, b: &Decimal) -> PyResult<Decimal> {
    a.div_rem(b).map(|(_, rest)| rest).ok_or_else(|| by_zero(vm))
}

fn power(vm: &mut Vm, a: &Decimal, b: &Decimal) -> PyResult<Decimal> {
    match b.as_whole() {
        Some(power) => a.pow(power).ok_or_else(|| by_zero(vm)),
        None => Ok(Decimal::from_float(a.to_float().powf(b.to_float()))),
    }
}

fn comparison(args: &Args) -> Option<Option<std::cmp::Ordering>> {
    let other = match args.positional.get(1) {
        Some(Object::Float(value)) => Decimal::from_float(*value),
        other => operand(other)?,
    };
    Some(this(args).order(&other))
}

fn rounding_argument(vm: &mut Vm, value: Option<Object>) -> PyResult<Rounding> {
    match value {
        None | Some(Object::None) => Ok(Rounding::HalfEven),
        Some(value) => {
            let name = vm.str(&value)?;
            let found = ROUNDINGS.iter().find(|(known, _)| *known == name.as_str());
            found.map(|(_, rounding)| *rounding).ok_or_else(|| {
                vm.type_error("valid values for rounding are: [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]")
            })
        }
    }
}

fn quantize(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let rounding = args.take_keyword("rounding").or_else(|| args.positional.get(2).cloned());
    let rounding = rounding_argument(vm, rounding)?;
    let Some(Decimal::Finite { exponent, .. }) = operand(args.positional.get(1)) else {
        return Err(invalid(vm, "[<class 'decimal.InvalidOperation'>]"));
    };
    let value = this(&args).quantize(exponent, rounding);
    Ok(new_decimal(vm, value))
}

fn round(vm: &mut Vm, args: Args) -> PyResult<Object> {
    match args.positional.get(1) {
        Some(Object::Int(places)) => {
            let value = this(&args).quantize(-places, Rounding::HalfEven);
            Ok(new_decimal(vm, value))
        }
        _ => whole(vm, &this(&args).quantize(0, Rounding::HalfEven)),
    }
}

fn whole(vm: &mut Vm, value: &Decimal) -> PyResult<Object> {
    match value.to_int() {
        Some(value) => Ok(integer(value)),
        None => Err(vm.value_error(format!("cannot convert {} to integer", value.text()))),
    }
}

/// Formats like a float where the spec says how many places, else as text.
fn format(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let spec = match args.positional.get(1) {
        Some(spec) => vm.str(spec)?.as_str().to_owned(),
        None => String::new(),
    };
    let value = this(&args);
    let (spec, percent) = match spec.strip_suffix('%') {
        Some(rest) => (format!("{rest}f"), true),
        None => (spec, false),
    };
    let value = if percent { value.mul(&Decimal::from_int(100)) } else { value };
    let spec = spec.strip_suffix('f').unwrap_or(&spec);
    let (head, places) = match spec.split_once('.') {
        Some((head, places)) => (head, places.parse::<i64>().ok()),
        None => (spec, None),
    };
    let (head, grouped) = match head.strip_suffix(',') {
        Some(head) => (head, true),
        None => (head, false),
    };
    let mut text = match places {
        Some(places) => value.quantize(-places, Rounding::HalfEven).fixed(),
        None => value.text(),
    };
    if grouped {
        text = group(&text);
    }
    if percent {
        text.push('%');
    }
    let head = match head.strip_prefix('+') {
        Some(rest) => {
            if !text.starts_with('-') {
                text.insert(0, '+');
            }
            rest
        }
        None => head,
    };
    // Numbers stand at the right.
    let aligned = head.contains(['<', '>', '^', '=']) || head.is_empty();
    let spec = if aligned { head.to_owned() } else { format!(">{head}") };
    builtins::format_value(vm, &Object::from(text), &spec).map(Object::Str)
}

fn group(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) =
        rest.split_once('.').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    fraction.map_or_else(|| format!("{sign}{grouped}"), |fraction| format!("{sign}{grouped}.{fraction}"))
}

fn hash(_vm: &mut Vm, args: Args) -> PyResult<Object> {
    let value = this(&args);
    // Equal numbers of all types have the same hash.
    Ok(Object::Int(match value.as_whole() {
        Some(whole) => builtins::hash_int(whole),
        None => builtins::hash_float(value.to_float()),
    }))
}

fn as_tuple(args: &Args) -> Object {
    match this(args) {
        Decimal::Finite { coefficient, exponent } => {
            let negative = coefficient.sign() == num_bigint::Sign::Minus;
            let digits = coefficient.magnitude().to_string();
            let digits = digits.bytes().map(|digit| Object::Int(i64::from(digit - b'0'))).collect();
            Object::tuple(vec![
                Object::Int(i64::from(negative)),
                Object::tuple(digits),
                Object::Int(exponent),
            ])
        }
        other => Object::from(other.text()),
    }
}

macro_rules! arithmetic {
    ($builder:expr, $($name:literal $reflected:literal $compute:expr),*) => {
        $builder$(
            .method($name, |vm, args| binary(vm, args, false, $compute))
            .method($reflected, |vm, args| binary(vm, args, true, $compute))
        )*
    };
}

macro_rules! comparisons {
    ($builder:expr, $($name:literal $test:ident),*) => {
        $builder$(.method($name, |_, args| Ok(match comparison(&args) {
            Some(order) => Object::Bool(order.is_some_and(|order| order.$test())),
            None => Object::NotImplemented,
        })))*
    };
}

fn decimal_class() -> Rc<Class> {
    let builder = methods::add(Class::builder("Decimal").module("decimal"));
    let builder = arithmetic!(builder,
        "__add__" "__radd__" |_, a, b| Ok(a.add(b)),
        "__sub__" "__rsub__" |_, a, b| Ok(a.add(&b.neg())),
        "__mul__" "__rmul__" |_, a, b| Ok(a.mul(b)),
        "__truediv__" "__rtruediv__" divide,
        "__floordiv__" "__rfloordiv__" floor_divide,
        "__mod__" "__rmod__" modulo,
        "__pow__" "__rpow__" power);
    let builder =
        comparisons!(builder, "__eq__" is_eq, "__lt__" is_lt, "__le__" is_le, "__gt__" is_gt, "__ge__" is_ge);
    builder
        .method("__new__", new)
        .method("__hash__", hash)
        .method("__str__", |_, args| Ok(Object::from(this(&args).text())))
        .method("__repr__", |_, args| Ok(Object::from(format!("Decimal('{}')", this(&args).text()))))
        .method("__format__", format)
        .method("__neg__", |vm, args| Ok(new_decimal(vm, this(&args).neg())))
        .method("__pos__", |vm, args| Ok(new_decimal(vm, this(&args))))
        .method("__abs__", |vm, args| Ok(new_decimal(vm, this(&args).abs())))
        .method("__bool__", |_, args| Ok(Object::Bool(!this(&args).is_zero())))
        .method("__int__", |vm, args| whole(vm, &this(&args)))
        .method("__float__", |_, args| Ok(Object::Float(this(&args).to_float())))
        .method("__round__", round)
        .method("quantize", quantize)
        .method("normalize", |vm, args| Ok(new_decimal(vm, this(&args).normalize())))
        .method("copy_abs", |vm, args| Ok(new_decimal(vm, this(&args).abs())))
        .method("is_nan", |_, args| Ok(Object::Bool(this(&args) == Decimal::NaN)))
        .method("is_zero", |_, args| Ok(Object::Bool(this(&args).is_zero())))
        .method("is_finite", |_, args| Ok(Object::Bool(matches!(this(&args), Decimal::Finite { .. }))))
        .method("as_tuple", |_, args| Ok(as_tuple(&args)))
        .build()
}
