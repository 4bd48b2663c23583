//! The `bytes` class, as far as keys, hashes and encodings need it.
//!
//! CPython counterpart: `Objects/bytesobject.c`.

use std::rc::Rc;

use super::arguments::{Binder, method, method_named};
use super::constructors::{class_argument, instance_of};
use super::integers::{int_to_i64, int_to_index};
use super::{base, dunders};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

fn this(value: &Object) -> Option<Rc<Vec<u8>>> {
    match value {
        Object::Bytes(bytes) => Some(Rc::clone(bytes)),
        _ => None,
    }
}

/// The bytes that an iterable of numbers gives.
pub(super) fn bytes_of(vm: &mut Vm, value: &Object) -> PyResult<Vec<u8>> {
    if let Object::Bytes(bytes) = base(value) {
        return Ok(bytes.to_vec());
    }
    let mut bytes = Vec::new();
    for item in vm.collect(value)? {
        match u8::try_from(int_to_i64(vm, &item)?) {
            Ok(byte) => bytes.push(byte),
            Err(_) => return Err(vm.value_error("bytes must be in range(0, 256)")),
        }
    }
    Ok(bytes)
}

/// `str.encode()`
pub(super) fn encode(vm: &mut Vm, text: &str, encoding: &str) -> PyResult<Vec<u8>> {
    let limit = match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" => return Ok(text.as_bytes().to_vec()),
        "ascii" | "us-ascii" => 0x80,
        "latin-1" | "latin1" | "iso-8859-1" => 0x100,
        _ => return Err(unknown_encoding(vm, encoding)),
    };
    let mut bytes = Vec::with_capacity(text.len());
    for (at, c) in text.chars().enumerate() {
        let code = u32::from(c);
        if code >= limit {
            let shown = super::repr_str(&c.to_string());
            let shown =
                if code > 0xff { super::repr::escape_non_ascii(&shown) } else { format!("'\\x{code:02x}'") };
            let name = if limit == 0x80 { "ascii" } else { "latin-1" };
            return Err(vm.error(
                &vm.exceptions.unicode_encode_error,
                format!("'{name}' codec can't encode character {shown} in position {at}: ordinal not in range({limit})"),
            ));
        }
        bytes.push(code as u8);
    }
    Ok(bytes)
}

fn decode(vm: &mut Vm, bytes: &[u8], encoding: &str, errors: &str) -> PyResult<String> {
    match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) if errors == "replace" => Ok(String::from_utf8_lossy(bytes).into_owned()),
            Err(_) if errors == "ignore" => Ok(bytes.utf8_chunks().map(|chunk| chunk.valid()).collect()),
            Err(error) => {
                let at = error.valid_up_to();
                let byte = bytes.get(at).copied().unwrap_or(0);
                let reason =
                    if error.error_len().is_none() { "unexpected end of data" } else { "invalid start byte" };
                Err(vm.error(
                    &vm.exceptions.unicode_decode_error,
                    format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: {reason}"),
                ))
            }
        },
        "ascii" | "us-ascii" => match bytes.iter().position(|byte| !byte.is_ascii()) {
            None => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Some(at) => Err(vm.error(
                &vm.exceptions.unicode_decode_error,
                format!(
                    "'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
                    bytes[at]
                ),
            )),
        },
        "latin-1" | "latin1" | "iso-8859-1" => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        _ => Err(unknown_encoding(vm, encoding)),
    }
}

fn unknown_encoding(vm: &mut Vm, encoding: &str) -> crate::object::Unwind {
    vm.error(&vm.exceptions.lookup_error, format!("unknown encoding: {encoding}"))
}

/// `str(bytes, encoding)`
pub(super) fn decode_arguments(
    vm: &mut Vm,
    bytes: &[u8],
    encoding: Option<&Object>,
    errors: Option<&Object>,
) -> PyResult<Object> {
    let encoding = encoding.and_then(|encoding| encoding.as_str()).unwrap_or("utf-8");
    let errors = errors.and_then(|errors| errors.as_str()).unwrap_or("strict");
    decode(vm, bytes, encoding, errors).map(Object::from)
}

fn new(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let class = class_argument(vm, &mut args, "bytes.__new__")?;
    let names = &["source", "encoding", "errors"];
    let values = Binder { function: "bytes", names, required: 0, positional: 3 }.bind(vm, args)?;
    let bytes = match values.as_slice() {
        [Some(source), encoding, _] => match (base(source), encoding.as_ref().and_then(|e| e.as_str())) {
            (Object::Str(text), Some(encoding)) => encode(vm, text, encoding)?,
            (Object::Str(_), None) => return Err(vm.type_error("string argument without an encoding")),
            (source, _) => match int_to_index(vm, source)? {
                Some(count) => match usize::try_from(count) {
                    Ok(count) if count <= 1 << 28 => vec![0; count],
                    Ok(_) => {
                        return Err(
                            vm.error(&vm.exceptions.memory_error, "so many bytes do not fit into memory")
                        );
                    }
                    Err(_) => return Err(vm.value_error("negative count")),
                },
                None => bytes_of(vm, source)?,
            },
        },
        _ => Vec::new(),
    };
    Ok(instance_of(&class, &vm.types.bytes, Object::Bytes(Rc::new(bytes))))
}

pub(super) fn class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("bytes")
        .base(object)
        .method("__new__", new)
        .method("decode", |vm, args| {
            let (bytes, values) = method_named(vm, args, "bytes.decode", &["encoding", "errors"], this)?;
            decode_arguments(vm, &bytes, values[0].as_ref(), values[1].as_ref())
        })
        .method("hex", |vm, args| {
            let (bytes, []) = method(vm, args, "bytes.hex", this)?;
            Ok(Object::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
        })
        .class_method("fromhex", |vm, mut args| {
            class_argument(vm, &mut args, "bytes.fromhex")?;
            let [text] = super::exactly(vm, args, "bytes.fromhex")?;
            let Object::Str(text) = base(&text) else {
                return Err(vm.type_error("fromhex() argument must be str"));
            };
            let digits: Vec<char> = text.as_str().chars().filter(|c| !c.is_ascii_whitespace()).collect();
            let mut bytes = Vec::with_capacity(digits.len() / 2);
            for (at, pair) in digits.chunks(2).enumerate() {
                let byte = match pair {
                    [high, low] => high.to_digit(16).zip(low.to_digit(16)).map(|(high, low)| high * 16 + low),
                    _ => None,
                };
                match byte {
                    Some(byte) => bytes.push(byte as u8),
                    None => {
                        let place = 2 * at + 1;
                        return Err(vm.value_error(format!(
                            "non-hexadecimal number found in fromhex() arg at position {place}"
                        )));
                    }
                }
            }
            Ok(Object::Bytes(Rc::new(bytes)))
        })
        .method("startswith", |vm, args| {
            let (bytes, [prefix]) = method(vm, args, "bytes.startswith", this)?;
            let prefix = bytes_of(vm, &prefix)?;
            Ok(Object::Bool(bytes.starts_with(&prefix)))
        })
        .method("endswith", |vm, args| {
            let (bytes, [suffix]) = method(vm, args, "bytes.endswith", this)?;
            let suffix = bytes_of(vm, &suffix)?;
            Ok(Object::Bool(bytes.ends_with(&suffix)))
        })
        .method("join", |vm, args| {
            let (separator, [parts]) = method(vm, args, "bytes.join", this)?;
            let mut joined = Vec::new();
            for (at, part) in vm.collect(&parts)?.iter().enumerate() {
                if at > 0 {
                    joined.extend_from_slice(&separator);
                }
                joined.extend(bytes_of(vm, part)?);
            }
            Ok(Object::Bytes(Rc::new(joined)))
        });
    let builder = dunders::subscription(dunders::collection(dunders::concatenation(builder)));
    let builder = dunders::order(dunders::equality(builder));
    dunders::representation(dunders::hashing(builder)).build()
}
