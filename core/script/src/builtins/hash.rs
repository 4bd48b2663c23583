//! Hash values, equal to CPython's with `PYTHONHASHSEED=0`, since the order of
//! a set shows them.
//!
//! CPython counterpart: `Python/pyhash.c`.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use super::numbers;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// Numbers are hashed modulo this prime, 2⁶¹ − 1.
const MODULUS: u64 = (1 << 61) - 1;
const BITS: u32 = 61;

/// The hash of a value of a built-in type; the items of tuples are hashed through the Vm.
pub fn hash(vm: &mut Vm, value: &Object) -> PyResult<i64> {
    Ok(match value {
        Object::None => 0x0fca_8642,
        Object::NotImplemented => 0x0fca_8643,
        Object::Ellipsis => 0x0fca_8644,
        Object::Bool(value) => i64::from(*value),
        Object::Int(value) => hash_int(*value),
        Object::BigInt(value) => hash_big_int(value),
        Object::Float(value) => hash_float(*value),
        Object::Str(text) => hash_str(text),
        Object::Bytes(bytes) => hash_bytes(bytes),
        Object::Tuple(items) => {
            let mut hashes = Vec::with_capacity(items.len());
            for item in items.iter() {
                hashes.push(vm.hash(item)?);
            }
            hash_tuple(&hashes)
        }
        Object::Set(set) if set.frozen() => set.hash(),
        Object::Range(range) => {
            let parts = match range.len() {
                0 => [Object::Int(0), Object::None, Object::None],
                1 => [Object::Int(1), Object::Int(range.start), Object::None],
                len => [Object::Int(len), Object::Int(range.start), Object::Int(range.step)],
            };
            vm.hash(&Object::tuple(parts.to_vec()))?
        }
        Object::Method(method) => vm.hash(&method.receiver)? ^ vm.hash(&method.function)?,
        Object::List(_) | Object::Dict(_) | Object::Set(_) | Object::Slice(_) | Object::View(_) => {
            let name = vm.class_of(value).name();
            return Err(vm.type_error(format!("unhashable type: '{name}'", name = name.as_str())));
        }
        _ => hash_address(value),
    })
}

/// The hash of an object that is equal to itself alone.
pub(super) fn hash_address(value: &Object) -> i64 {
    // The low bits of an address are always zero.
    value.address().map_or(0, |address| (address as u64).rotate_right(4) as i64)
}

fn reserved(hash: i64) -> i64 {
    // −1 means an error inside CPython.
    if hash == -1 { -2 } else { hash }
}

/// `hash(int)`
pub fn hash_int(value: i64) -> i64 {
    let rest = (value.unsigned_abs() % MODULUS) as i64;
    reserved(if value < 0 { -rest } else { rest })
}

fn hash_big_int(value: &BigInt) -> i64 {
    let rest = (value.abs() % MODULUS).to_i64().unwrap_or(0);
    reserved(if value.is_negative() { -rest } else { rest })
}

/// `hash(float)`; equal to the hash of an equal int.
pub fn hash_float(value: f64) -> i64 {
    if value.is_infinite() {
        return if value > 0.0 { 314_159 } else { -314_159 };
    }
    if value.is_nan() || value == 0.0 {
        return 0;
    }
    // value = ±mantissa · 2^exponent; multiplying by a power of two modulo 2⁶¹ − 1 rotates the bits.
    let (mantissa, exponent) = numbers::decompose(value);
    let rotation = exponent.rem_euclid(BITS as i32) as u32;
    let mantissa = mantissa % MODULUS;
    let hash = if rotation == 0 {
        mantissa
    } else {
        ((mantissa << rotation) & MODULUS) | (mantissa >> (BITS - rotation))
    };
    reserved(if value < 0.0 { -(hash as i64) } else { hash as i64 })
}

/// `hash(tuple)` from the hashes of its items.
pub fn hash_tuple(hashes: &[i64]) -> i64 {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    let mut sum = PRIME_5;
    for &hash in hashes {
        sum = sum.wrapping_add((hash as u64).wrapping_mul(PRIME_2));
        sum = sum.rotate_left(31).wrapping_mul(PRIME_1);
    }
    sum = sum.wrapping_add(hashes.len() as u64 ^ (PRIME_5 ^ 3_527_539));
    if sum == u64::MAX { 1_546_275_796 } else { sum as i64 }
}

/// `hash(str)`: over the code points in the narrowest width that holds them all.
pub fn hash_str(text: &str) -> i64 {
    if text.is_ascii() {
        return hash_bytes(text.as_bytes());
    }
    let widest = text.chars().max().map_or(0, u32::from);
    let mut bytes = Vec::with_capacity(text.len() * 2);
    for code in text.chars().map(u32::from) {
        match widest {
            0..=0xff => bytes.push(code as u8),
            0x100..=0xffff => bytes.extend_from_slice(&(code as u16).to_le_bytes()),
            _ => bytes.extend_from_slice(&code.to_le_bytes()),
        }
    }
    hash_bytes(&bytes)
}

fn hash_bytes(bytes: &[u8]) -> i64 {
    if bytes.is_empty() { 0 } else { reserved(sip13(bytes) as i64) }
}

/// SipHash-1-3 with a key of zeros.
fn sip13(bytes: &[u8]) -> u64 {
    fn round(v: &mut [u64; 4]) {
        v[0] = v[0].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[2] = v[2].rotate_left(32);
    }
    let mut v: [u64; 4] =
        [0x736f_6d65_7073_6575, 0x646f_7261_6e64_6f6d, 0x6c79_6765_6e65_7261, 0x7465_6462_7974_6573];
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let word = word.iter().rev().fold(0, |sum, &byte| (sum << 8) | u64::from(byte));
        v[3] ^= word;
        round(&mut v);
        v[0] ^= word;
    }
    let rest = words.remainder().iter().rev().fold(0, |sum, &byte| (sum << 8) | u64::from(byte));
    let last = ((bytes.len() as u64) << 56) | rest;
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for _ in 0..3 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

/// Whether two keys are the same, as far as no Python code is needed to tell.
/// Asked for keys whose hashes are equal.
pub(super) fn same_key(a: &Object, b: &Object) -> Option<bool> {
    match (a, b) {
        (Object::Str(a), Object::Str(b)) => Some(a.as_str() == b.as_str()),
        (Object::Int(a), Object::Int(b)) => Some(a == b),
        (Object::Float(a), Object::Float(b)) => Some(a == b || a.to_bits() == b.to_bits()),
        (Object::Bytes(a), Object::Bytes(b)) => Some(a == b),
        (Object::Tuple(a), Object::Tuple(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            a.iter().zip(b.iter()).try_fold(true, |all, (a, b)| Some(all && same_key(a, b)?))
        }
        (Object::Class(a), Object::Class(b)) if a.metaclass.is_none() && b.metaclass.is_none() => {
            Some(std::rc::Rc::ptr_eq(a, b))
        }
        _ if a.is(b) => Some(true),
        _ => match (numbers::number(a), numbers::number(b)) {
            (Some(a), Some(b)) => Some(numbers::compare(&a, &b) == Some(std::cmp::Ordering::Equal)),
            (None, None) => match (a, b) {
                (Object::Instance(_), _) | (_, Object::Instance(_)) => None,
                (Object::None, _) | (_, Object::None) => Some(false),
                _ => None,
            },
            _ => match (a, b) {
                (Object::Instance(_), _) | (_, Object::Instance(_)) => None,
                _ => Some(false),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected values are what `PYTHONHASHSEED=0 python3` prints.
    #[test]
    fn numbers_hash_as_in_cpython() {
        assert_eq!(hash_int(-1), -2);
        assert_eq!(hash_int((1 << 61) - 1), 0);
        assert_eq!(hash_int(i64::MIN), -4);
        assert_eq!(hash_float(1.5), 1_152_921_504_606_846_977);
        assert_eq!(hash_float(-0.1), -230_584_300_921_369_408);
        assert_eq!(hash_float(1e300), 1_224_995_262_755_759_164);
        assert_eq!(hash_float(3.0), 3);
    }

    #[test]
    fn texts_hash_as_in_cpython() {
        assert_eq!(hash_str(""), 0);
        assert_eq!(hash_str("a"), 4_644_417_185_603_328_019);
        assert_eq!(hash_str("spongebob"), -2_364_319_158_969_467_232);
        assert_eq!(hash_str("é"), 6_047_309_291_227_476_195);
        assert_eq!(hash_str("日本"), 6_243_316_497_235_261_705);
        assert_eq!(hash_str("😀x"), -8_926_728_262_118_538_918);
    }

    #[test]
    fn tuples_hash_as_in_cpython() {
        assert_eq!(hash_tuple(&[]), 5_740_354_900_026_072_187);
        assert_eq!(hash_tuple(&[1, 2]), -3_550_055_125_485_641_917);
    }
}
