//! JSON text of Python objects, as `json.dumps` and `json.loads` have it.
//!
//! Writing needs no interpreter, so that the engine can do it while it binds
//! parameters. CPython counterpart: `Lib/json`.

use ormscope::types::{TypeError, json_string, python_float};

use crate::builtins::Dict;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// How deep values may be nested.
const DEPTH: usize = 100;

/// `json.dumps(object)`
pub(super) fn write(object: &Object) -> Result<String, TypeError> {
    let mut out = String::new();
    write_into(object, &mut out, DEPTH)?;
    Ok(out)
}

fn write_into(object: &Object, out: &mut String, depth: usize) -> Result<(), TypeError> {
    let Some(deeper) = depth.checked_sub(1) else {
        return Err(TypeError::new("ValueError", "Circular reference detected"));
    };
    match crate::builtins::base(object) {
        Object::None => out.push_str("null"),
        Object::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Object::Int(value) => out.push_str(&value.to_string()),
        Object::BigInt(value) => out.push_str(&value.to_string()),
        Object::Float(value) if value.is_nan() => out.push_str("NaN"),
        Object::Float(value) if value.is_infinite() => {
            out.push_str(if *value > 0.0 { "Infinity" } else { "-Infinity" })
        }
        Object::Float(value) => out.push_str(&python_float(*value)),
        Object::Str(text) => out.push_str(&json_string(text.as_str())),
        Object::List(list) => write_items(&list.items.borrow(), out, deeper)?,
        Object::Tuple(items) => write_items(items, out, deeper)?,
        Object::Dict(dict) => {
            out.push('{');
            for (at, (key, value)) in dict.items().iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                match key {
                    Object::Str(text) => out.push_str(&json_string(text.as_str())),
                    Object::Bool(_) | Object::None | Object::Int(_) | Object::Float(_) => {
                        let mut text = String::new();
                        write_into(key, &mut text, deeper)?;
                        out.push_str(&json_string(&text));
                    }
                    _ => {
                        return Err(TypeError::new(
                            "TypeError",
                            "keys must be str, int, float, bool or None",
                        ));
                    }
                }
                out.push_str(": ");
                write_into(value, out, deeper)?;
            }
            out.push('}');
        }
        other => match crate::builtins::base(other) {
            base if !base.is(other) => write_into(base, out, deeper)?,
            _ => {
                let class = other.as_instance().map(|instance| instance.class().name());
                let class = class.as_ref().map_or("object", |name| name.as_str());
                return Err(TypeError::new(
                    "TypeError",
                    format!("Object of type {class} is not JSON serializable"),
                ));
            }
        },
    }
    Ok(())
}

fn write_items(items: &[Object], out: &mut String, depth: usize) -> Result<(), TypeError> {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write_into(item, out, depth)?;
    }
    out.push(']');
    Ok(())
}

/// `json.loads(text)`
pub(super) fn read(vm: &mut Vm, text: &str) -> PyResult<Object> {
    let mut reader = Reader { rest: text };
    let value = reader.value(vm, DEPTH)?;
    reader.skip_space();
    if reader.rest.is_empty() { Ok(value) } else { Err(reader.refuse(vm)) }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn refuse(&self, vm: &mut Vm) -> crate::object::Unwind {
        let near: String = self.rest.chars().take(20).collect();
        vm.value_error(format!("the column does not hold JSON, near {}", ormscope::types::python_str(&near)))
    }

    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, vm: &mut Vm, depth: usize) -> PyResult<Object> {
        self.skip_space();
        let Some(deeper) = depth.checked_sub(1) else { return Err(self.refuse(vm)) };
        let words = [("null", Object::None), ("true", Object::Bool(true)), ("false", Object::Bool(false))];
        for (word, value) in words {
            if self.take(word) {
                return Ok(value);
            }
        }
        if self.take("\"") {
            return Ok(Object::str(self.string(vm)?));
        }
        if self.take("[") {
            let mut items = Vec::new();
            self.skip_space();
            if self.take("]") {
                return Ok(Object::list(items));
            }
            loop {
                items.push(self.value(vm, deeper)?);
                self.skip_space();
                if self.take("]") {
                    return Ok(Object::list(items));
                }
                if !self.take(",") {
                    return Err(self.refuse(vm));
                }
            }
        }
        if self.take("{") {
            let mut items = Vec::new();
            self.skip_space();
            if self.take("}") {
                return Dict::from_items(vm, items);
            }
            loop {
                self.skip_space();
                if !self.take("\"") {
                    return Err(self.refuse(vm));
                }
                let key = Object::str(self.string(vm)?);
                self.skip_space();
                if !self.take(":") {
                    return Err(self.refuse(vm));
                }
                items.push((key, self.value(vm, deeper)?));
                self.skip_space();
                if self.take("}") {
                    return Dict::from_items(vm, items);
                }
                if !self.take(",") {
                    return Err(self.refuse(vm));
                }
            }
        }
        self.number(vm)
    }

    fn number(&mut self, vm: &mut Vm) -> PyResult<Object> {
        let length = self
            .rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E')))
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(length);
        let whole = !digits.contains(['.', 'e', 'E']);
        let value = match (whole, digits.parse::<i64>(), digits.parse::<f64>()) {
            (true, Ok(value), _) => Object::Int(value),
            (_, _, Ok(value)) => Object::Float(value),
            _ => return Err(self.refuse(vm)),
        };
        self.rest = rest;
        Ok(value)
    }

    /// The rest of a string whose first quote was read.
    fn string(&mut self, vm: &mut Vm) -> PyResult<String> {
        let mut out = String::new();
        loop {
            let Some(c) = self.rest.chars().next() else { return Err(self.refuse(vm)) };
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                '"' => return Ok(out),
                '\\' => {
                    let Some(c) = self.rest.chars().next() else { return Err(self.refuse(vm)) };
                    self.rest = &self.rest[c.len_utf8()..];
                    match c {
                        'n' => out.push('\n'),
                        'r' => out.push('\r'),
                        't' => out.push('\t'),
                        'b' => out.push('\u{8}'),
                        'f' => out.push('\u{c}'),
                        'u' => out.push(self.unicode(vm)?),
                        other => out.push(other),
                    }
                }
                other => out.push(other),
            }
        }
    }

    /// The digits of `\uXXXX`, with the second half of a pair.
    fn unicode(&mut self, vm: &mut Vm) -> PyResult<char> {
        let first = self.unit(vm)?;
        if (0xd800..0xdc00).contains(&first) && self.take("\\u") {
            let second = self.unit(vm)?;
            let mut both = char::decode_utf16([first, second]);
            return Ok(both.next().and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Ok(char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn unit(&mut self, vm: &mut Vm) -> PyResult<u16> {
        let digits = self.rest.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
        match digits {
            Some(unit) => {
                self.rest = &self.rest[4..];
                Ok(unit)
            }
            None => Err(self.refuse(vm)),
        }
    }
}
