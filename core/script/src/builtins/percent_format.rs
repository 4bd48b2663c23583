//! `format % values`
//!
//! CPython counterpart: `PyUnicode_Format`.

use super::format_spec::float_digits;
use super::integers::{code_point, digits, index_object};
use super::repr::escape_non_ascii;
use super::{base, floats};
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// Where the values come from.
struct Values<'a> {
    all: &'a Object,
    /// The items of a tuple, or the one value.
    items: Vec<Object>,
    next: usize,
    /// Whether a value has been looked up by name, so that leftovers are no error.
    named: bool,
}

impl Values<'_> {
    fn next(&mut self, vm: &mut Vm) -> PyResult<Object> {
        match self.items.get(self.next) {
            Some(value) => {
                self.next += 1;
                Ok(value.clone())
            }
            None => Err(vm.type_error("not enough arguments for format string")),
        }
    }
}

/// The flags, width and precision of a conversion.
#[derive(Default)]
struct Field {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// What is left of the format.
struct Pattern {
    chars: Vec<char>,
    at: usize,
}

impl Pattern {
    fn next(&mut self) -> Option<char> {
        self.next_if(|_| true)
    }

    fn next_if(&mut self, wanted: impl FnOnce(char) -> bool) -> Option<char> {
        let c = self.chars.get(self.at).copied().filter(|c| wanted(*c))?;
        self.at += 1;
        Some(c)
    }

    fn take(&mut self, wanted: char) -> bool {
        self.next_if(|c| c == wanted).is_some()
    }

    /// The key up to the parenthesis that closes it.
    fn key(&mut self) -> Option<String> {
        let mut key = String::new();
        let mut depth = 1;
        loop {
            let c = self.next()?;
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(key);
            }
            key.push(c);
        }
    }

    /// A width or precision: digits, or `*` for the next value.
    fn number(&mut self, vm: &mut Vm, values: &mut Values<'_>) -> PyResult<i64> {
        if self.take('*') {
            return match base(&values.next(vm)?) {
                Object::Int(number) => Ok(*number),
                _ => Err(vm.type_error("* wants int")),
            };
        }
        let mut number = 0i64;
        while let Some(digit) = self.next_if(|c| c.is_ascii_digit()).and_then(|c| c.to_digit(10)) {
            number = number.saturating_mul(10).saturating_add(i64::from(digit));
        }
        Ok(number)
    }
}

const CONVERSIONS: &str = "sracdiuoxXeEfFgG";

const WIDEST: usize = 1 << 24;

/// `format % values`
pub fn percent_format(vm: &mut Vm, format: &str, values: &Object) -> PyResult<Object> {
    let items = match base(values) {
        Object::Tuple(items) => items.to_vec(),
        _ => vec![values.clone()],
    };
    let mut values = Values { all: values, items, next: 0, named: false };
    let mut text = String::with_capacity(format.len());
    let mut rest = Pattern { chars: format.chars().collect(), at: 0 };
    while let Some(c) = rest.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let mut field = Field::default();
        let mut value = None;
        if rest.take('(') {
            let Some(name) = rest.key() else { return Err(vm.value_error("incomplete format key")) };
            if matches!(
                base(values.all),
                Object::Tuple(_) | Object::Str(_) | Object::Int(_) | Object::Float(_)
            ) {
                return Err(vm.type_error("format requires a mapping"));
            }
            values.named = true;
            value = Some(vm.get_item(values.all, &Object::from(name))?);
        }
        while let Some(flag) = rest.next_if(|c| matches!(c, '-' | '+' | ' ' | '#' | '0')) {
            match flag {
                '-' => field.left = true,
                '+' => field.plus = true,
                ' ' => field.space = true,
                '#' => field.alternate = true,
                _ => field.zero = true,
            }
        }
        let width = rest.number(vm, &mut values)?;
        field.left |= width < 0;
        field.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
        if rest.take('.') {
            let precision = rest.number(vm, &mut values)?;
            field.precision = Some(usize::try_from(precision).unwrap_or(0));
        }
        if field.width > WIDEST || field.precision.is_some_and(|precision| precision > WIDEST) {
            return Err(vm.value_error("width too big"));
        }
        while rest.next_if(|c| matches!(c, 'h' | 'l' | 'L')).is_some() {}
        let at = rest.at;
        let Some(conversion) = rest.next() else { return Err(vm.value_error("incomplete format")) };
        if conversion == '%' {
            text.push('%');
            continue;
        }
        if !CONVERSIONS.contains(conversion) {
            return Err(vm.value_error(format!(
                "unsupported format character '{conversion}' (0x{:x}) at index {at}",
                u32::from(conversion)
            )));
        }
        let value = match value {
            Some(value) => value,
            None => values.next(vm)?,
        };
        text.push_str(&convert(vm, conversion, &field, &value)?);
    }
    let leftover = values.next < values.items.len();
    let mapping = values.named
        || !matches!(
            base(values.all),
            Object::Tuple(_)
                | Object::Str(_)
                | Object::Int(_)
                | Object::BigInt(_)
                | Object::Float(_)
                | Object::Bool(_)
                | Object::None
        ) && vm.get_attr_opt(values.all, "__getitem__")?.is_some();
    if leftover && !mapping {
        return Err(vm.type_error("not all arguments converted during string formatting"));
    }
    Ok(Object::from(text))
}

fn convert(vm: &mut Vm, conversion: char, field: &Field, value: &Object) -> PyResult<String> {
    match conversion {
        's' | 'r' | 'a' => {
            let text = match conversion {
                's' => vm.str(value)?.as_str().to_owned(),
                'r' => vm.repr(value)?.as_str().to_owned(),
                _ => escape_non_ascii(&vm.repr(value)?),
            };
            let text = match field.precision {
                Some(precision) => text.chars().take(precision).collect(),
                None => text,
            };
            Ok(field.pad("", &text, false))
        }
        'c' => {
            let text = match base(value) {
                Object::Str(text) if text.chars_len() == 1 => text.as_str().to_owned(),
                Object::Int(_) | Object::Bool(_) | Object::BigInt(_) => match code_point(base(value)) {
                    Some(c) => c.to_string(),
                    None => {
                        return Err(vm.error(&vm.exceptions.overflow_error, "%c arg not in range(0x110000)"));
                    }
                },
                _ => return Err(vm.type_error("%c requires int or char")),
            };
            Ok(field.pad("", &text, false))
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let number = floats::to_float(vm, value)?;
            let digits = float_digits(number, Some(conversion), field.precision, field.alternate);
            let sign = field.sign(number.is_sign_negative() && !number.is_nan());
            Ok(field.pad(sign, &digits, number.is_finite()))
        }
        _ => convert_int(vm, conversion, field, value),
    }
}

fn convert_int(vm: &mut Vm, conversion: char, field: &Field, value: &Object) -> PyResult<String> {
    let whole = matches!(conversion, 'd' | 'i' | 'u');
    let number = match base(value) {
        Object::Float(number) if whole => Some(super::integers::int_from_float(vm, *number)?),
        _ => match index_object(vm, value)? {
            None if whole
                && matches!(value, Object::Instance(_))
                && vm.get_attr_opt(value, "__int__")?.is_some() =>
            {
                Some(super::integers::int_from(vm, value)?)
            }
            number => number,
        },
    };
    let Some(number) = number else {
        let name = vm.class_of(value).name();
        let wanted = if whole { "a real number" } else { "an integer" };
        return Err(
            vm.type_error(format!("%{conversion} format: {wanted} is required, not {}", name.as_str()))
        );
    };
    let (radix, prefix) = match conversion {
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let (negative, mut text) = digits(&number, radix);
    if conversion == 'X' {
        text = text.to_uppercase();
    }
    if let Some(precision) = field.precision {
        text = format!("{text:0>precision$}");
    }
    let head = format!("{}{}", field.sign(negative), if field.alternate { prefix } else { "" });
    Ok(field.pad(&head, &text, true))
}

impl Field {
    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        }
    }

    /// Pads to the width; zeros go between the sign and the digits of a number.
    fn pad(&self, head: &str, body: &str, zeros: bool) -> String {
        let missing = self.width.saturating_sub(head.chars().count() + body.chars().count());
        if self.left {
            format!("{head}{body}{}", " ".repeat(missing))
        } else if self.zero && zeros {
            format!("{head}{}{body}", "0".repeat(missing))
        } else {
            format!("{}{head}{body}", " ".repeat(missing))
        }
    }
}
