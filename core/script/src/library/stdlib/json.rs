//! `_json`: reading JSON and writing its strings; `json` does the rest in Python.
//!
//! Texts are read without recursion, as their nesting is a stranger's.
//! CPython counterpart: `Modules/_json.c`.

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::Num;

use super::{module, whole_number};
use crate::builtins::{Dict, base, exactly, int_to_i64};
use crate::object::{Args, Module, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// How deep values may be nested.
const DEPTH: usize = 900;

pub(super) fn build(vm: &mut Vm) -> Rc<Module> {
    let functions = vec![
        ("quote", NativeFunction::new("quote", quote)),
        ("scan", NativeFunction::new("scan", scan)),
        ("skip", NativeFunction::new("skip", skip)),
    ];
    module(vm, "_json", functions)
}

/// A JSON string, quotes included.
fn quote(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [text, ascii] = exactly(vm, args, "quote")?;
    let ascii = vm.truthy(&ascii)?;
    let Object::Str(text) = base(&text) else { return Err(vm.type_error("a str is required")) };
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' || (ascii && c > '~') => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    Ok(Object::from(out))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Where the white space from a place on ends.
fn skip(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [text, start] = exactly(vm, args, "skip")?;
    let Object::Str(text) = base(&text) else { return Err(vm.type_error("a str is required")) };
    let start = usize::try_from(int_to_i64(vm, &start)?).unwrap_or(0);
    let spaces = text.chars().skip(start).take_while(|c| is_space(*c)).count();
    Ok(Object::Int((start + spaces) as i64))
}

/// What stopped the reading: an error in the text, or one raised by a hook.
enum Stop {
    Text(&'static str, usize),
    Raised(crate::object::Unwind),
}

impl From<crate::object::Unwind> for Stop {
    fn from(unwind: crate::object::Unwind) -> Stop {
        Stop::Raised(unwind)
    }
}

/// Functions of the program that make values.
struct Hooks {
    object: Object,
    pairs: Object,
    float: Object,
    int: Object,
    constant: Object,
}

/// The value at a place, where it ends, and what is wrong with the text.
fn scan(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [text, start, strict, object, pairs, float, int, constant] = exactly(vm, args, "scan")?;
    let Object::Str(text) = base(&text) else { return Err(vm.type_error("a str is required")) };
    let at = usize::try_from(int_to_i64(vm, &start)?).unwrap_or(0);
    let strict = vm.truthy(&strict)?;
    let hooks = Hooks { object, pairs, float, int, constant };
    let mut reader = Reader { text: text.chars().collect(), at, strict, hooks };
    match reader.read(vm) {
        Ok(value) => Ok(Object::tuple(vec![value, Object::Int(reader.at as i64), Object::None])),
        Err(Stop::Text(message, at)) => {
            Ok(Object::tuple(vec![Object::None, Object::Int(at as i64), Object::str(message)]))
        }
        Err(Stop::Raised(unwind)) => Err(unwind),
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    strict: bool,
    hooks: Hooks,
}

/// A container that is not closed yet.
enum Open {
    Array(Vec<Object>),
    Object(Vec<(Object, Object)>, Object),
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, token: &str) -> bool {
        let found = token.chars().enumerate().all(|(at, c)| self.text.get(self.at + at) == Some(&c));
        if found {
            self.at += token.len();
        }
        found
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    fn read(&mut self, vm: &mut Vm) -> Result<Object, Stop> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let mut value = if self.take("[") {
                self.skip_space();
                if self.take("]") {
                    Object::list(Vec::new())
                } else {
                    self.check_depth(vm, &open, "array")?;
                    open.push(Open::Array(Vec::new()));
                    continue;
                }
            } else if self.take("{") {
                self.skip_space();
                if self.take("}") {
                    self.object(vm, Vec::new())?
                } else {
                    self.check_depth(vm, &open, "object")?;
                    let key = self.key(vm)?;
                    open.push(Open::Object(Vec::new(), key));
                    continue;
                }
            } else {
                self.plain(vm)?
            };
            // The value may have been the last of its container, and that of its own.
            loop {
                let Some(container) = open.last_mut() else { return Ok(value) };
                self.skip_space();
                let closed = match container {
                    Open::Array(items) => {
                        items.push(value);
                        self.take("]")
                    }
                    Open::Object(items, key) => {
                        items.push((std::mem::replace(key, Object::None), value));
                        self.take("}")
                    }
                };
                if !closed {
                    if !self.take(",") {
                        return Err(Stop::Text("Expecting ',' delimiter", self.at));
                    }
                    self.skip_space();
                    if let Some(Open::Object(_, key)) = open.last_mut() {
                        *key = self.key(vm)?;
                    }
                    break;
                }
                value = match open.pop() {
                    Some(Open::Array(items)) => Object::list(items),
                    Some(Open::Object(items, _)) => self.object(vm, items)?,
                    None => Object::None,
                };
            }
        }
    }

    fn check_depth(&self, vm: &mut Vm, open: &[Open], kind: &str) -> Result<(), Stop> {
        if open.len() < DEPTH {
            return Ok(());
        }
        let message =
            format!("maximum recursion depth exceeded while decoding a JSON {kind} from a unicode string");
        Err(Stop::Raised(vm.error(&vm.exceptions.recursion_error, message)))
    }

    /// A key and its colon, up to the value.
    fn key(&mut self, vm: &mut Vm) -> Result<Object, Stop> {
        if !self.take("\"") {
            return Err(Stop::Text("Expecting property name enclosed in double quotes", self.at));
        }
        let key = self.string()?;
        self.skip_space();
        if !self.take(":") {
            return Err(Stop::Text("Expecting ':' delimiter", self.at));
        }
        self.skip_space();
        Ok(Object::Str(vm.intern(&key)))
    }

    fn object(&self, vm: &mut Vm, items: Vec<(Object, Object)>) -> Result<Object, Stop> {
        if !self.hooks.pairs.is_none() {
            let pairs = items.into_iter().map(|(key, value)| Object::tuple(vec![key, value])).collect();
            return Ok(vm.call_with(&self.hooks.pairs, vec![Object::list(pairs)])?);
        }
        let dict = Dict::from_items(vm, items)?;
        if self.hooks.object.is_none() {
            return Ok(dict);
        }
        Ok(vm.call_with(&self.hooks.object, vec![dict])?)
    }

    /// A value that holds no others.
    fn plain(&mut self, vm: &mut Vm) -> Result<Object, Stop> {
        if self.take("\"") {
            return Ok(Object::from(self.string()?));
        }
        for (word, value) in
            [("null", Object::None), ("true", Object::Bool(true)), ("false", Object::Bool(false))]
        {
            if self.take(word) {
                return Ok(value);
            }
        }
        for word in ["NaN", "Infinity", "-Infinity"] {
            if self.take(word) {
                return Ok(vm.call_with(&self.hooks.constant, vec![Object::str(word)])?);
            }
        }
        self.number(vm)
    }

    /// The end of the digits from a place on.
    fn digits(&self, start: usize) -> usize {
        start + self.text.iter().skip(start).take_while(|c| c.is_ascii_digit()).count()
    }

    fn number(&mut self, vm: &mut Vm) -> Result<Object, Stop> {
        let start = self.at;
        let whole = start + usize::from(self.peek() == Some('-'));
        let mut end = match self.text.get(whole) {
            Some('0') => whole + 1,
            _ => self.digits(whole),
        };
        if end == whole {
            return Err(Stop::Text("Expecting value", start));
        }
        let mut is_float = false;
        if self.text.get(end) == Some(&'.') && self.digits(end + 1) > end + 1 {
            end = self.digits(end + 1);
            is_float = true;
        }
        if matches!(self.text.get(end), Some('e' | 'E')) {
            let power = end + 1 + usize::from(matches!(self.text.get(end + 1), Some('+' | '-')));
            if self.digits(power) > power {
                end = self.digits(power);
                is_float = true;
            }
        }
        let digits: String = self.text[start..end].iter().collect();
        self.at = end;
        let hook = if is_float { &self.hooks.float } else { &self.hooks.int };
        if !hook.is_none() {
            return Ok(vm.call_with(hook, vec![Object::from(digits)])?);
        }
        if is_float {
            return Ok(Object::Float(digits.parse().unwrap_or(f64::NAN)));
        }
        match digits.parse() {
            Ok(small) => Ok(Object::Int(small)),
            Err(_) => Ok(BigInt::from_str_radix(&digits, 10).map_or(Object::None, whole_number)),
        }
    }

    /// The rest of a string whose first quote was read.
    fn string(&mut self) -> Result<String, Stop> {
        let begin = self.at - 1;
        let unterminated = Stop::Text("Unterminated string starting at", begin);
        let mut out = String::new();
        loop {
            let Some(c) = self.peek() else { return Err(unterminated) };
            self.at += 1;
            match c {
                '"' => return Ok(out),
                '\\' => {
                    let Some(escaped) = self.peek() else { return Err(unterminated) };
                    self.at += 1;
                    out.push(match escaped {
                        '"' | '\\' | '/' => escaped,
                        'b' => '\u{8}',
                        'f' => '\u{c}',
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'u' => self.unicode()?,
                        _ => return Err(Stop::Text("Invalid \\escape", self.at - 2)),
                    });
                }
                c if c < ' ' && self.strict => {
                    return Err(Stop::Text("Invalid control character at", self.at - 1));
                }
                c => out.push(c),
            }
        }
    }

    /// The digits of `\uXXXX`, with the second half of a pair; a half alone becomes U+FFFD,
    /// as text here holds no surrogates.
    fn unicode(&mut self) -> Result<char, Stop> {
        let first = self.unit()?;
        if (0xd800..0xdc00).contains(&first) && self.take("\\u") {
            let before = self.at - 2;
            let second = self.unit()?;
            if let Some(Ok(c)) = char::decode_utf16([first, second]).next() {
                return Ok(c);
            }
            self.at = before;
        }
        Ok(char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn unit(&mut self) -> Result<u16, Stop> {
        let wrong = Stop::Text("Invalid \\uXXXX escape", self.at.saturating_sub(1));
        let Some(digits) = self.text.get(self.at..self.at + 4) else { return Err(wrong) };
        let mut unit = 0;
        for c in digits {
            let Some(digit) = c.to_digit(16) else { return Err(wrong) };
            unit = unit * 16 + digit as u16;
        }
        self.at += 4;
        Ok(unit)
    }
}
