//! `float` to text and back.
//!
//! CPython counterpart: `Python/pystrtod.c`.

/// `repr(float)`: the fewest digits that read back as the same number.
pub(super) fn repr_float(value: f64) -> String {
    if !value.is_finite() {
        return special(value).to_owned();
    }
    let (digits, exponent) = shortest(value.abs());
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let text = if (-4..16).contains(&exponent) {
        let mut text = positional(&digits, exponent);
        if !text.contains('.') {
            text.push_str(".0");
        }
        text
    } else {
        scientific(&digits, exponent)
    };
    format!("{sign}{text}")
}

/// `nan`, `inf` or `-inf`.
pub(super) fn special(value: f64) -> &'static str {
    if value.is_nan() {
        "nan"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    }
}

/// The shortest digits of a number that is not negative, and the exponent of the first one.
pub(super) fn shortest(value: f64) -> (String, i32) {
    let (digits, exponent) = split_scientific(&format!("{value:e}"));
    // Where two candidates are equally near, CPython takes the even one and Rust the higher one.
    let nearest = format!("{value:.*e}", digits.len().saturating_sub(1));
    if nearest.parse() == Ok(value) { split_scientific(&nearest) } else { (digits, exponent) }
}

/// The digits rounded to `count` significant ones, and the exponent of the first one.
pub(super) fn rounded(value: f64, count: usize) -> (String, i32) {
    split_scientific(&format!("{value:.*e}", count.saturating_sub(1)))
}

fn split_scientific(text: &str) -> (String, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

/// Digits with the point where the exponent puts it.
pub(super) fn positional(digits: &str, exponent: i32) -> String {
    if exponent < 0 {
        return format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{}.{}", &digits[..whole], &digits[whole..])
}

/// Digits in exponent notation, with two digits of exponent or more.
pub(super) fn scientific(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(digits.len().min(1));
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.unsigned_abs())
}

/// Reads a `float` as `float()` does.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim_matches(super::text::is_space);
    let bytes = text.as_bytes();
    let underscores_fit = bytes.iter().enumerate().all(|(at, byte)| {
        *byte != b'_'
            || (at > 0 && bytes[at - 1].is_ascii_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_digit))
    });
    if !underscores_fit {
        return None;
    }
    let plain: String = text
        .chars()
        .filter(|c| *c != '_')
        .map(|c| super::text::decimal_value(c).and_then(|value| char::from_digit(value, 10)).unwrap_or(c))
        .collect();
    let lower = plain.to_ascii_lowercase();
    match lower.trim_start_matches(['+', '-']) {
        "inf" | "infinity" | "nan" if lower.len() - lower.trim_start_matches(['+', '-']).len() <= 1 => {
            lower.parse().ok()
        }
        rest if rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'+' | b'-')) => {
            lower.parse().ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repr_is_the_shortest_and_switches_to_exponents_as_cpython() {
        for (value, text) in [
            (0.1, "0.1"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (1e16, "1e+16"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e22, "1e+22"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (0.1 + 0.2, "0.30000000000000004"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::from_bits(0x4307_BEE4_D7B9_E26A), "835476818181197.2"),
        ] {
            assert_eq!(repr_float(value), text);
        }
    }

    #[test]
    fn parsing_takes_what_float_takes() {
        assert_eq!(parse_float(" 1_000.5 "), Some(1000.5));
        assert_eq!(parse_float("-inf"), Some(f64::NEG_INFINITY));
        assert_eq!(parse_float("1__0"), None);
        assert_eq!(parse_float("0x10"), None);
        assert_eq!(parse_float("."), None);
        assert_eq!(parse_float("1e5"), Some(1e5));
    }
}
