//! Decimal arithmetic on arbitrary integers: plain numbers, no Python.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Pow, Signed, ToPrimitive, Zero};

/// Significant digits of results.
const PRECISION: usize = 28;
/// Exponents that are accepted: beyond them a number would fill the memory.
const MAX_EXPONENT: i64 = 100_000;

/// A decimal number: `coefficient × 10^exponent`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decimal {
    /// A number.
    Finite {
        /// All digits, with the sign.
        coefficient: BigInt,
        /// The power of ten.
        exponent: i64,
    },
    /// Infinity; negative when true.
    Infinite(bool),
    /// Not a number.
    NaN,
}

/// How a number loses digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    /// To the nearest, ties to even.
    HalfEven,
    /// To the nearest, ties away from zero.
    HalfUp,
    /// To the nearest, ties towards zero.
    HalfDown,
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
    /// Towards minus infinity.
    Floor,
    /// Towards infinity.
    Ceiling,
}

/// `10^exponent`
fn ten(exponent: i64) -> BigInt {
    BigInt::from(10).pow(exponent.clamp(0, 2 * MAX_EXPONENT) as u32)
}

fn digits(value: &BigInt) -> usize {
    if value.is_zero() { 1 } else { value.abs().to_string().len() }
}

/// `value / 10^places`, rounded.
fn shortened(value: &BigInt, places: i64, rounding: Rounding) -> BigInt {
    let divisor = ten(places);
    let (quotient, rest) = value.div_rem(&divisor);
    if rest.is_zero() {
        return quotient;
    }
    let twice: BigInt = rest.abs() * 2;
    let away = match rounding {
        Rounding::HalfEven => match twice.cmp(&divisor) {
            Ordering::Equal => quotient.is_odd(),
            other => other == Ordering::Greater,
        },
        Rounding::HalfUp => twice >= divisor,
        Rounding::HalfDown => twice > divisor,
        Rounding::Down => false,
        Rounding::Up => true,
        Rounding::Floor => value.is_negative(),
        Rounding::Ceiling => value.is_positive(),
    };
    if !away {
        quotient
    } else if value.is_negative() {
        quotient - 1
    } else {
        quotient + 1
    }
}

impl Decimal {
    /// A whole number.
    pub fn from_int(value: impl Into<BigInt>) -> Decimal {
        Decimal::Finite { coefficient: value.into(), exponent: 0 }
    }

    /// Reads a number as Python writes it.
    pub fn parse(text: &str) -> Option<Decimal> {
        let text = text.trim().replace('_', "");
        let (negative, body) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, &text[..]),
        };
        match body.to_ascii_lowercase().as_str() {
            "nan" | "snan" => return Some(Decimal::NaN),
            "inf" | "infinity" => return Some(Decimal::Infinite(negative)),
            _ => {}
        }
        let (number, power) = match body.find(['e', 'E']) {
            Some(at) => (&body[..at], body[at + 1..].parse::<i64>().ok()?),
            None => (body, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let exponent = power.checked_sub(fraction.len() as i64)?;
        if exponent.abs() > MAX_EXPONENT {
            return None;
        }
        let coefficient = BigInt::parse_bytes(all.as_bytes(), 10)?;
        Some(Decimal::Finite { coefficient: if negative { -coefficient } else { coefficient }, exponent })
    }

    /// The exact value of a float.
    pub fn from_float(value: f64) -> Decimal {
        if value.is_nan() {
            return Decimal::NaN;
        }
        if value.is_infinite() {
            return Decimal::Infinite(value < 0.0);
        }
        let bits = value.to_bits();
        let power = ((bits >> 52) & 0x7ff) as i64;
        let fraction = (bits & ((1 << 52) - 1)) as i64;
        let (mantissa, power) =
            if power == 0 { (fraction, -1074) } else { (fraction | (1 << 52), power - 1075) };
        let mut coefficient = BigInt::from(mantissa);
        let mut exponent = 0;
        if power >= 0 {
            coefficient <<= power as usize;
        } else {
            // x / 2^n = x · 5^n / 10^n, without the factors that cancel.
            let common = (mantissa.trailing_zeros() as i64).min(-power);
            let power = if mantissa == 0 { 0 } else { -power - common };
            coefficient = (coefficient >> common.max(0) as usize) * BigInt::from(5).pow(power as u32);
            exponent = -power;
        }
        Decimal::Finite { coefficient: if value < 0.0 { -coefficient } else { coefficient }, exponent }
    }

    /// The nearest float.
    pub fn to_float(&self) -> f64 {
        match self {
            Decimal::Finite { coefficient, exponent } => {
                format!("{coefficient}e{exponent}").parse().unwrap_or(f64::NAN)
            }
            Decimal::Infinite(negative) => {
                if *negative {
                    f64::NEG_INFINITY
                } else {
                    f64::INFINITY
                }
            }
            Decimal::NaN => f64::NAN,
        }
    }

    /// The whole part.
    pub fn to_int(&self) -> Option<BigInt> {
        match self {
            Decimal::Finite { coefficient, exponent } if *exponent >= 0 => Some(coefficient * ten(*exponent)),
            Decimal::Finite { coefficient, exponent } => {
                Some(shortened(coefficient, -exponent, Rounding::Down))
            }
            _ => None,
        }
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        matches!(self, Decimal::Finite { coefficient, .. } if coefficient.is_zero())
    }

    /// The value to so many significant digits.
    fn rounded(self, precision: usize) -> Decimal {
        let Decimal::Finite { coefficient, exponent } = self else { return self };
        let excess = digits(&coefficient).saturating_sub(precision) as i64;
        if excess == 0 {
            return Decimal::Finite { coefficient, exponent };
        }
        let coefficient = shortened(&coefficient, excess, Rounding::HalfEven);
        // Rounding up may have made one digit more.
        Decimal::Finite { coefficient, exponent: exponent + excess }.rounded(precision)
    }

    /// Both coefficients at the smaller exponent.
    fn aligned(&self, other: &Decimal) -> Option<(BigInt, BigInt, i64)> {
        match (self, other) {
            (
                Decimal::Finite { coefficient: a, exponent: x },
                Decimal::Finite { coefficient: b, exponent: y },
            ) => {
                let least = *x.min(y);
                Some((a * ten(x - least), b * ten(y - least), least))
            }
            _ => None,
        }
    }

    /// `self + other`
    pub fn add(&self, other: &Decimal) -> Decimal {
        match (self.aligned(other), self, other) {
            (Some((a, b, exponent)), _, _) => {
                Decimal::Finite { coefficient: a + b, exponent }.rounded(PRECISION)
            }
            (None, Decimal::NaN, _) | (None, _, Decimal::NaN) => Decimal::NaN,
            (None, Decimal::Infinite(a), Decimal::Infinite(b)) if a != b => Decimal::NaN,
            (None, Decimal::Infinite(sign), _) | (None, _, Decimal::Infinite(sign)) => {
                Decimal::Infinite(*sign)
            }
            _ => Decimal::NaN,
        }
    }

    /// `-self`
    pub fn neg(&self) -> Decimal {
        match self {
            Decimal::Finite { coefficient, exponent } => {
                Decimal::Finite { coefficient: -coefficient, exponent: *exponent }.rounded(PRECISION)
            }
            Decimal::Infinite(negative) => Decimal::Infinite(!negative),
            Decimal::NaN => Decimal::NaN,
        }
    }

    /// `abs(self)`
    pub fn abs(&self) -> Decimal {
        if self.is_negative() { self.neg() } else { self.clone() }
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        match self {
            Decimal::Finite { coefficient, .. } => coefficient.sign() == Sign::Minus,
            Decimal::Infinite(negative) => *negative,
            Decimal::NaN => false,
        }
    }

    /// `self * other`
    pub fn mul(&self, other: &Decimal) -> Decimal {
        match (self, other) {
            (
                Decimal::Finite { coefficient: a, exponent: x },
                Decimal::Finite { coefficient: b, exponent: y },
            ) => Decimal::Finite { coefficient: a * b, exponent: x + y }.rounded(PRECISION),
            (Decimal::NaN, _) | (_, Decimal::NaN) => Decimal::NaN,
            _ if self.is_zero() || other.is_zero() => Decimal::NaN,
            _ => Decimal::Infinite(self.is_negative() != other.is_negative()),
        }
    }

    /// `self / other`; nothing for a division by zero.
    pub fn div(&self, other: &Decimal) -> Option<Decimal> {
        let (
            Decimal::Finite { coefficient: a, exponent: x },
            Decimal::Finite { coefficient: b, exponent: y },
        ) = (self, other)
        else {
            return Some(match (self, other) {
                (Decimal::Infinite(sign), Decimal::Finite { .. }) => {
                    Decimal::Infinite(*sign != other.is_negative())
                }
                (Decimal::Finite { .. }, Decimal::Infinite(_)) => Decimal::from_int(0),
                _ => Decimal::NaN,
            });
        };
        if b.is_zero() {
            return None;
        }
        let ideal = x - y;
        let shift = (PRECISION as i64 + 1 + digits(b) as i64 - digits(a) as i64).max(0);
        let (mut quotient, rest) = (a * ten(shift)).div_rem(b);
        let mut exponent = ideal - shift;
        if !rest.is_zero() {
            // A digit that tells the rounding that there is more.
            let sticky = if a.is_negative() == b.is_negative() { 1 } else { -1 };
            quotient = quotient * 10 + sticky;
            return Some(
                Decimal::Finite { coefficient: quotient, exponent: exponent - 1 }.rounded(PRECISION),
            );
        }
        let base = BigInt::from(10);
        while exponent < ideal && !quotient.is_zero() && (&quotient % &base).is_zero() {
            quotient /= &base;
            exponent += 1;
        }
        if quotient.is_zero() {
            exponent = ideal;
        }
        Some(Decimal::Finite { coefficient: quotient, exponent }.rounded(PRECISION))
    }

    /// The whole part of the quotient, and the rest.
    pub fn div_rem(&self, other: &Decimal) -> Option<(Decimal, Decimal)> {
        let (a, b, exponent) = self.aligned(other)?;
        if b.is_zero() {
            return None;
        }
        let (quotient, rest) = a.div_rem(&b);
        Some((
            Decimal::from_int(quotient),
            Decimal::Finite { coefficient: rest, exponent }.rounded(PRECISION),
        ))
    }

    /// `self ** power` for whole powers.
    pub fn pow(&self, power: i64) -> Option<Decimal> {
        let mut result = Decimal::from_int(1);
        for _ in 0..power.unsigned_abs().min(10_000) {
            result = result.mul(self);
        }
        if power < 0 { Decimal::from_int(1).div(&result) } else { Some(result) }
    }

    /// The order of two numbers; none with NaN.
    pub fn order(&self, other: &Decimal) -> Option<Ordering> {
        if let Some((a, b, _)) = self.aligned(other) {
            return Some(a.cmp(&b));
        }
        let rank = |value: &Decimal| match value {
            Decimal::Infinite(true) => Some(-1),
            Decimal::Infinite(false) => Some(1),
            Decimal::Finite { .. } => Some(0),
            Decimal::NaN => None,
        };
        Some(rank(self)?.cmp(&rank(other)?))
    }

    /// The value with that exponent.
    pub fn quantize(&self, exponent: i64, rounding: Rounding) -> Decimal {
        match self {
            Decimal::Finite { coefficient, exponent: old } => {
                let coefficient = if *old >= exponent {
                    coefficient * ten(old - exponent)
                } else {
                    shortened(coefficient, exponent - old, rounding)
                };
                Decimal::Finite { coefficient, exponent }
            }
            other => other.clone(),
        }
    }

    /// Without trailing zeros.
    pub fn normalize(&self) -> Decimal {
        let Decimal::Finite { coefficient, exponent } = self else { return self.clone() };
        if coefficient.is_zero() {
            return Decimal::from_int(0);
        }
        let (mut coefficient, mut exponent) = (coefficient.clone(), *exponent);
        let base = BigInt::from(10);
        while (&coefficient % &base).is_zero() {
            coefficient /= &base;
            exponent += 1;
        }
        Decimal::Finite { coefficient, exponent }.rounded(PRECISION)
    }

    /// Digits without an exponent: `1000`, `0.001`.
    pub fn fixed(&self) -> String {
        let Decimal::Finite { coefficient, exponent } = self else { return self.text() };
        let sign = if coefficient.is_negative() { "-" } else { "" };
        let digits = coefficient.abs().to_string();
        if *exponent >= 0 {
            return format!("{sign}{digits}{}", "0".repeat(*exponent as usize));
        }
        let places = exponent.unsigned_abs() as usize;
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        format!("{sign}{whole}.{fraction}")
    }

    /// `str()`
    pub fn text(&self) -> String {
        let (coefficient, exponent) = match self {
            Decimal::Finite { coefficient, exponent } => (coefficient, *exponent),
            Decimal::Infinite(true) => return "-Infinity".into(),
            Decimal::Infinite(false) => return "Infinity".into(),
            Decimal::NaN => return "NaN".into(),
        };
        let sign = if coefficient.is_negative() { "-" } else { "" };
        let all = coefficient.abs().to_string();
        let adjusted = exponent + all.len() as i64 - 1;
        if exponent <= 0 && adjusted >= -6 {
            return self.fixed();
        }
        let (first, rest) = all.split_at(1);
        let rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
        format!("{sign}{first}{rest}E{adjusted:+}")
    }

    /// The number as an `i64`, where it is one.
    pub fn as_whole(&self) -> Option<i64> {
        let whole = self.to_int()?;
        (self.order(&Decimal::from_int(whole.clone()))? == Ordering::Equal).then(|| whole.to_i64())?
    }
}
