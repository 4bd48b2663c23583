//! The format specification mini-language of `format()`.
//!
//! CPython counterpart: `Python/formatter_unicode.c`.

use super::float_text::{parse_float, positional, repr_float, rounded, scientific, shortest, special};
use super::integers::{code_point, digits};

use crate::object::{Name, Object, PyResult, PyStr, Unwind};
use crate::vm::Vm;

/// A parsed specification: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spec {
    pub(super) fill: Option<char>,
    pub(super) align: Option<char>,
    pub(super) sign: Option<char>,
    /// `z`: a number that rounds to zero loses its sign.
    pub(super) plain_zero: bool,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) width: usize,
    pub(super) grouping: Option<char>,
    pub(super) precision: Option<usize>,
    pub(super) kind: Option<char>,
}

/// The widest field that is worth making.
const WIDEST: usize = 1 << 24;

impl Spec {
    /// Parses a specification; `type_name` is for messages.
    pub(super) fn parse(vm: &mut Vm, spec: &str, type_name: &str) -> PyResult<Spec> {
        let chars: Vec<char> = spec.chars().collect();
        let is_align = |c: Option<&char>| c.is_some_and(|c| matches!(c, '<' | '>' | '=' | '^'));
        let mut parsed = Spec::default();
        let mut at = 0;
        if is_align(chars.get(1)) {
            (parsed.fill, parsed.align) = (chars.first().copied(), chars.get(1).copied());
            at = 2;
        } else if is_align(chars.first()) {
            parsed.align = chars.first().copied();
            at = 1;
        }
        if let Some(sign @ ('+' | '-' | ' ')) = chars.get(at) {
            parsed.sign = Some(*sign);
            at += 1;
        }
        if chars.get(at) == Some(&'z') {
            parsed.plain_zero = true;
            at += 1;
        }
        if chars.get(at) == Some(&'#') {
            parsed.alternate = true;
            at += 1;
        }
        if chars.get(at) == Some(&'0') && parsed.fill.is_none() {
            parsed.zero = true;
            at += 1;
        }
        let read_number = |at: &mut usize| -> PyResult<Option<usize>> {
            let start = *at;
            let mut value = 0usize;
            while let Some(digit) = chars.get(*at).and_then(|c| c.to_digit(10)) {
                value = value.saturating_mul(10).saturating_add(digit as usize);
                *at += 1;
            }
            if value > WIDEST {
                return Err(vm.value_error("Too many decimal digits in format string"));
            }
            Ok((*at > start).then_some(value))
        };
        parsed.width = read_number(&mut at)?.unwrap_or(0);
        if let Some(grouping @ (',' | '_')) = chars.get(at) {
            parsed.grouping = Some(*grouping);
            at += 1;
            if let Some(other @ (',' | '_')) = chars.get(at) {
                let message = if other == grouping && *other == ',' {
                    "Cannot specify ',' with ','.".to_owned()
                } else if other == grouping {
                    "Cannot specify '_' with '_'.".to_owned()
                } else {
                    "Cannot specify both ',' and '_'.".to_owned()
                };
                return Err(vm.value_error(message));
            }
        }
        if chars.get(at) == Some(&'.') {
            at += 1;
            parsed.precision = read_number(&mut at)?;
            if parsed.precision.is_none() {
                return Err(vm.value_error("Format specifier missing precision"));
            }
        }
        match chars.len() - at.min(chars.len()) {
            0 => {}
            1 => parsed.kind = chars.get(at).copied(),
            _ => {
                return Err(vm.value_error(format!(
                    "Invalid format specifier '{spec}' for object of type '{type_name}'"
                )));
            }
        }
        Ok(parsed)
    }

    /// Pads `body` to the width, where `align` is what the type prefers.
    pub(super) fn pad(&self, body: &str, preferred: char) -> String {
        let len = body.chars().count();
        let missing = self.width.saturating_sub(len);
        if missing == 0 {
            return body.to_owned();
        }
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let align = self.align.unwrap_or(preferred);
        let left = match align {
            '<' => 0,
            '^' => missing / 2,
            _ => missing,
        };
        let run = |count: usize| std::iter::repeat_n(fill, count);
        run(left).chain(body.chars()).chain(run(missing - left)).collect()
    }

    /// Lays a number out: sign, prefix, digits with separators, padding.
    fn number(&self, negative: bool, prefix: &str, digits: &str, group: usize) -> String {
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        };
        let align = self.align.unwrap_or(if self.zero { '=' } else { '>' });
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let head = sign.len() + prefix.len();
        let zeros_to = if align == '=' && fill == '0' { self.width.saturating_sub(head) } else { 0 };
        let digits = match self.grouping {
            Some(separator) => grouped(digits, separator, group, zeros_to),
            None => digits.to_owned(),
        };
        if align == '=' {
            let missing = self.width.saturating_sub(head + digits.chars().count());
            let padding: String = std::iter::repeat_n(fill, missing).collect();
            return format!("{sign}{prefix}{padding}{digits}");
        }
        self.pad(&format!("{sign}{prefix}{digits}"), '>')
    }
}

/// Puts separators into the whole part of `text`, filling up with zeros to a width.
fn grouped(text: &str, separator: char, group: usize, width: usize) -> String {
    let end = text.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(text.len());
    // The exponent of a float begins with a letter that is also a hexadecimal digit.
    let end = if group == 3 { text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()) } else { end };
    let (whole, rest) = text.split_at(end);
    if whole.is_empty() {
        return text.to_owned();
    }
    let width = width.saturating_sub(rest.chars().count());
    let mut reversed = String::new();
    let mut len = 0;
    let mut digits = whole.chars().rev();
    loop {
        let digit = match digits.next() {
            Some(digit) => digit,
            None if reversed.len() < width => '0',
            None => break,
        };
        if len > 0 && len % group == 0 {
            reversed.push(separator);
        }
        reversed.push(digit);
        len += 1;
    }
    reversed.chars().rev().chain(rest.chars()).collect()
}

/// `format(value, spec)` of a value whose class does not say how.
pub fn format_value(vm: &mut Vm, value: &Object, spec: &str) -> PyResult<Name> {
    if spec.is_empty() {
        return vm.str(value);
    }
    let text = match value {
        Object::Str(text) => format_text(vm, text, spec)?,
        Object::Bool(_) | Object::Int(_) | Object::BigInt(_) | Object::Float(_) => {
            format_number(vm, value, spec)?
        }
        _ => {
            let name = vm.class_of(value).name();
            return Err(
                vm.type_error(format!("unsupported format string passed to {}.__format__", name.as_str()))
            );
        }
    };
    Ok(PyStr::new(&text))
}

fn format_text(vm: &mut Vm, text: &str, spec: &str) -> PyResult<String> {
    let parsed = Spec::parse(vm, spec, "str")?;
    if parsed.sign.is_some() {
        return Err(vm.value_error(if parsed.sign == Some(' ') {
            "Space not allowed in string format specifier"
        } else {
            "Sign not allowed in string format specifier"
        }));
    }
    if parsed.plain_zero {
        return Err(vm.value_error("Negative zero coercion (z) not allowed in string format specifier"));
    }
    if parsed.alternate {
        return Err(vm.value_error("Alternate form (#) not allowed in string format specifier"));
    }
    if parsed.align == Some('=') {
        return Err(vm.value_error("'=' alignment not allowed in string format specifier"));
    }
    match parsed.kind {
        None | Some('s') => {}
        Some(kind) => return Err(unknown_code(vm, kind, "str")),
    }
    if let Some(grouping) = parsed.grouping {
        return Err(vm.value_error(format!("Cannot specify '{grouping}' with 's'.")));
    }
    let cut: String = match parsed.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text.to_owned(),
    };
    Ok(parsed.pad(&cut, '<'))
}

fn unknown_code(vm: &mut Vm, kind: char, type_name: &str) -> Unwind {
    vm.value_error(format!("Unknown format code '{kind}' for object of type '{type_name}'"))
}

fn format_number(vm: &mut Vm, value: &Object, spec: &str) -> PyResult<String> {
    let type_name = vm.class_of(value).name();
    let parsed = Spec::parse(vm, spec, &type_name)?;
    if let Object::Float(float) = value {
        return format_float(vm, *float, &parsed);
    }
    let radix = match parsed.kind {
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            let float = super::floats::to_float(vm, value)?;
            return format_float(vm, float, &parsed);
        }
        _ if parsed.plain_zero => {
            return Err(vm.value_error("Negative zero coercion (z) not allowed in integer format specifier"));
        }
        // CPython shows a bool as its name unless told to show a number.
        None if matches!(value, Object::Bool(_))
            && parsed == Spec { width: parsed.width, ..Spec::default() } =>
        {
            10
        }
        None | Some('d' | 'n') => 10,
        Some('b') => 2,
        Some('o') => 8,
        Some('x' | 'X') => 16,
        Some('c') => return format_char(vm, value, &parsed),
        Some(kind) => return Err(unknown_code(vm, kind, &type_name)),
    };
    if parsed.precision.is_some() {
        return Err(vm.value_error("Precision not allowed in integer format specifier"));
    }
    if parsed.grouping == Some(',') && radix != 10 {
        let kind = parsed.kind.unwrap_or('d');
        return Err(vm.value_error(format!("Cannot specify ',' with '{kind}'.")));
    }
    let (negative, mut text) = digits(value, radix);
    let mut prefix = match radix {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => "",
    };
    if parsed.kind == Some('X') {
        text = text.to_uppercase();
        prefix = "0X";
    }
    if !parsed.alternate {
        prefix = "";
    }
    Ok(parsed.number(negative, prefix, &text, if radix == 10 { 3 } else { 4 }))
}

fn format_char(vm: &mut Vm, value: &Object, spec: &Spec) -> PyResult<String> {
    if spec.sign.is_some() {
        return Err(vm.value_error("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(vm.value_error("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    match code_point(value) {
        Some(c) => Ok(spec.pad(&c.to_string(), '>')),
        None => Err(vm.error(&vm.exceptions.overflow_error, "%c arg not in range(0x110000)")),
    }
}

fn format_float(vm: &mut Vm, value: f64, spec: &Spec) -> PyResult<String> {
    let kind = match spec.kind {
        None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => spec.kind,
        Some(kind) => return Err(unknown_code(vm, kind, "float")),
    };
    let digits = float_digits(value, kind, spec.precision, spec.alternate);
    let is_zero = !digits.contains(|c: char| c.is_ascii_digit() && c != '0');
    let negative = value.is_sign_negative() && !value.is_nan() && !(spec.plain_zero && is_zero);
    Ok(spec.number(negative, "", &digits, 3))
}

/// A float's magnitude in one of the presentation types.
pub(super) fn float_digits(
    value: f64,
    kind: Option<char>,
    precision: Option<usize>,
    alternate: bool,
) -> String {
    let magnitude = value.abs();
    let upper = matches!(kind, Some('E' | 'F' | 'G'));
    let percent = if kind == Some('%') { "%" } else { "" };
    if !value.is_finite() {
        let text = format!("{}{percent}", special(magnitude));
        return if upper { text.to_uppercase() } else { text };
    }
    let text = match kind {
        Some('f' | 'F') => fixed(magnitude, precision.unwrap_or(6), alternate),
        Some('%') => fixed(magnitude * 100.0, precision.unwrap_or(6), alternate) + "%",
        Some('e' | 'E') => {
            let precision = precision.unwrap_or(6);
            let (digits, exponent) = rounded(magnitude, precision + 1);
            let text = scientific(&digits, exponent);
            if alternate && precision == 0 { text.replacen('e', ".e", 1) } else { text }
        }
        Some(_) => general(magnitude, precision.unwrap_or(6).max(1), alternate, None),
        None => match precision {
            None => repr_float(magnitude),
            Some(precision) => general(magnitude, precision.max(1), alternate, Some(())),
        },
    };
    if upper { text.to_uppercase() } else { text }
}

fn fixed(value: f64, precision: usize, alternate: bool) -> String {
    let text = format!("{value:.precision$}");
    if alternate && precision == 0 { text + "." } else { text }
}

/// The `g` type; with `at_least_one` the variant of a missing type, which keeps one digit after the point.
fn general(value: f64, precision: usize, alternate: bool, at_least_one: Option<()>) -> String {
    let (mut digits, exponent) =
        if value == 0.0 { ("0".repeat(precision), 0) } else { rounded(value, precision) };
    if !alternate {
        let kept = digits.trim_end_matches('0').len().max(1);
        digits.truncate(kept);
    }
    let limit = precision as i32 - i32::from(at_least_one.is_some());
    if exponent < -4 || exponent >= limit.max(if at_least_one.is_some() { 0 } else { 1 }) {
        return scientific(&digits, exponent);
    }
    let mut text = positional(&digits, exponent);
    if !text.contains('.') {
        if at_least_one.is_some() {
            text.push_str(".0");
        } else if alternate {
            text.push('.');
        }
    }
    text
}

/// Used by `round()`: the number rounded to `places` decimal places.
pub(super) fn round_decimal(value: f64, places: i64) -> f64 {
    if places > 323 || !value.is_finite() {
        return value;
    }
    if places < -308 {
        return 0f64.copysign(value);
    }
    if places >= 0 {
        return parse_float(&format!("{value:.*}", places as usize)).unwrap_or(value);
    }
    let (_, exponent) = shortest(value.abs());
    let kept = i64::from(exponent) + 1 + places;
    if kept < 0 {
        return 0f64.copysign(value);
    }
    if kept == 0 {
        // One digit before the rounding place: half of a unit there decides, ties go to zero.
        let unit = 10f64.powi((-places) as i32);
        return if value.abs() > unit / 2.0 { unit.copysign(value) } else { 0f64.copysign(value) };
    }
    parse_float(&format!("{value:.*e}", kept as usize - 1)).unwrap_or(value)
}
