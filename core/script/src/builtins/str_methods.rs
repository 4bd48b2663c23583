//! The `str` class: construction, case, padding, joining, translating. What searches
//! and splits is in `str_search`, what tests characters in `str_tests`.
//!
//! CPython counterpart: `Objects/unicodeobject.c`.

use std::rc::Rc;

use super::arguments::{Binder, at_most, exactly, method, method_named, method_optional, receiver};
use super::constructors::{class_argument, instance_of};
use super::integers::{code_point, int_to_i64};
use super::{Dict, base, dunders, str_search, str_tests};
use crate::object::{Args, Class, ClassBuilder, Name, Object, PyResult};
use crate::vm::Vm;

/// The receiver of a `str` method.
pub(super) fn this(value: &Object) -> Option<Name> {
    match value {
        Object::Str(text) => Some(Rc::clone(text)),
        _ => None,
    }
}

/// An argument that must be a `str`.
pub(super) fn text_argument(vm: &mut Vm, value: &Object, function: &str) -> PyResult<Name> {
    match base(value) {
        Object::Str(text) => Ok(Rc::clone(text)),
        _ => {
            let name = vm.class_of(value).name();
            Err(vm.type_error(format!("{function}() argument must be str, not {}", name.as_str())))
        }
    }
}

fn new(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let class = class_argument(vm, &mut args, "str.__new__")?;
    let names = &["object", "encoding", "errors"];
    let values = Binder { function: "str", names, required: 0, positional: 3 }.bind(vm, args)?;
    for (value, parameter) in values.iter().zip(names).skip(1) {
        if let Some(value) = value
            && value.as_str().is_none()
        {
            let given = vm.class_of(value).name();
            let message = format!("str() argument '{parameter}' must be str, not {}", given.as_str());
            return Err(vm.type_error(message));
        }
    }
    let text = match values.as_slice() {
        [None, ..] => Object::str(""),
        [Some(value), None, None] => Object::Str(vm.str(value)?),
        [Some(value), encoding, errors] => match base(value) {
            Object::Bytes(bytes) => {
                super::bytes::decode_arguments(vm, bytes, encoding.as_ref(), errors.as_ref())?
            }
            Object::Str(_) => return Err(vm.type_error("decoding str is not supported")),
            _ => {
                let name = vm.class_of(value).name();
                let message = format!("decoding to str: need a bytes-like object, {} found", name.as_str());
                return Err(vm.type_error(message));
            }
        },
        _ => Object::str(""),
    };
    // `str()` of a subclass's instance may give that instance's class; a plain text is wanted.
    Ok(instance_of(&class, &vm.types.str, text))
}

pub(super) fn class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("str").base(object).method("__new__", new).method("__str__", |vm, args| {
        let (text, []) = method(vm, args, "str.__str__", this)?;
        Ok(Object::Str(text))
    });
    let builder = joining(padding(cases(builder)));
    let builder = str_tests::methods(str_search::methods(builder));
    let builder = dunders::text_modulo(dunders::concatenation(builder));
    let builder = dunders::subscription(dunders::collection(builder));
    let builder = dunders::order(dunders::equality(builder));
    dunders::formatting(dunders::representation(dunders::hashing(builder))).build()
}

fn mapped(vm: &mut Vm, args: Args, function: &str, map: fn(&str) -> String) -> PyResult<Object> {
    let (text, []) = method(vm, args, function, this)?;
    Ok(Object::from(map(&text)))
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + &chars.as_str().to_lowercase(),
        None => String::new(),
    }
}

fn title(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            titled.extend(c.to_lowercase());
        } else {
            titled.extend(c.to_uppercase());
        }
        inside = str_tests::is_cased(c);
    }
    titled
}

fn swapcase(text: &str) -> String {
    let mut swapped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_uppercase() {
            swapped.extend(c.to_lowercase());
        } else {
            swapped.extend(c.to_uppercase());
        }
    }
    swapped
}

fn casefold(text: &str) -> String {
    // Full folding expands these; for the rest it is lower case.
    text.to_lowercase().replace('ß', "ss").replace('ς', "σ").replace('ﬁ', "fi").replace('ﬂ', "fl")
}

fn cases(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("upper", |vm, args| mapped(vm, args, "str.upper", str::to_uppercase))
        .method("lower", |vm, args| mapped(vm, args, "str.lower", str::to_lowercase))
        .method("capitalize", |vm, args| mapped(vm, args, "str.capitalize", capitalize))
        .method("title", |vm, args| mapped(vm, args, "str.title", title))
        .method("swapcase", |vm, args| mapped(vm, args, "str.swapcase", swapcase))
        .method("casefold", |vm, args| mapped(vm, args, "str.casefold", casefold))
}

/// Pads to a width; `left` says how much of what is missing goes to the left.
fn pad(vm: &mut Vm, args: Args, function: &str, left: fn(usize, usize) -> usize) -> PyResult<Object> {
    let (text, [width, fill]) = method_optional(vm, args, function, 1, this)?;
    let width = int_to_i64(vm, &width.unwrap_or(Object::None))?;
    let fill = match &fill {
        None => ' ',
        Some(fill) => match base(fill) {
            Object::Str(fill) if fill.chars_len() == 1 => fill.as_str().chars().next().unwrap_or(' '),
            Object::Str(_) => {
                return Err(vm.type_error("The fill character must be exactly one character long"));
            }
            _ => {
                let name = vm.class_of(fill).name();
                let message =
                    format!("The fill character must be a unicode character, not {}", name.as_str());
                return Err(vm.type_error(message));
            }
        },
    };
    let missing = usize::try_from(width).unwrap_or(0).saturating_sub(text.chars_len());
    if missing == 0 {
        return Ok(Object::Str(text));
    }
    if missing > 1 << 28 {
        return Err(vm.error(&vm.exceptions.memory_error, "a text that long does not fit into memory"));
    }
    let before = left(missing, text.chars_len() + missing);
    let run = |count| std::iter::repeat_n(fill, count);
    Ok(Object::from(
        run(before).chain(text.as_str().chars()).chain(run(missing - before)).collect::<String>(),
    ))
}

fn padding(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("ljust", |vm, args| pad(vm, args, "str.ljust", |_, _| 0))
        .method("rjust", |vm, args| pad(vm, args, "str.rjust", |missing, _| missing))
        .method("center", |vm, args| {
            pad(vm, args, "str.center", |missing, width| missing / 2 + (missing & width & 1))
        })
        .method("zfill", |vm, args| {
            let (text, [width]) = method(vm, args, "str.zfill", this)?;
            let width = usize::try_from(int_to_i64(vm, &width)?).unwrap_or(0).min(1 << 28);
            let zeros = "0".repeat(width.saturating_sub(text.chars_len()));
            let (sign, digits) = match text.as_str().chars().next() {
                Some('+' | '-') => text.as_str().split_at(1),
                _ => ("", text.as_str()),
            };
            Ok(Object::from(format!("{sign}{zeros}{digits}")))
        })
        .method("expandtabs", |vm, args| {
            let (text, values) = method_named(vm, args, "str.expandtabs", &["tabsize"], this)?;
            let size = match values.first() {
                Some(Some(size)) => usize::try_from(int_to_i64(vm, size)?).unwrap_or(0).min(1 << 16),
                _ => 8,
            };
            let mut expanded = String::with_capacity(text.len());
            let mut column = 0;
            for c in text.as_str().chars() {
                match c {
                    '\t' if size > 0 => {
                        let spaces = size - column % size;
                        expanded.extend(std::iter::repeat_n(' ', spaces));
                        column += spaces;
                    }
                    '\t' => {}
                    c => {
                        expanded.push(c);
                        column = if matches!(c, '\n' | '\r') { 0 } else { column + 1 };
                    }
                }
            }
            Ok(Object::from(expanded))
        })
}

fn join(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let (separator, [items]) = method(vm, args, "str.join", this)?;
    let items = match base(&items) {
        Object::List(_) | Object::Tuple(_) => vm.collect(&items)?,
        _ => match vm.iter(&items) {
            Ok(iterator) => vm.collect(&iterator)?,
            Err(unwind) if super::is_raised(&unwind, &vm.exceptions.type_error) => {
                return Err(vm.type_error("can only join an iterable"));
            }
            Err(unwind) => return Err(unwind),
        },
    };
    let mut joined = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            joined.push_str(&separator);
        }
        match base(item) {
            Object::Str(text) => joined.push_str(text),
            _ => {
                let name = vm.class_of(item).name();
                let message = format!("sequence item {at}: expected str instance, {} found", name.as_str());
                return Err(vm.type_error(message));
            }
        }
    }
    Ok(Object::from(joined))
}

/// `str.maketrans(mapping)` or `str.maketrans(from, to[, deleted])`
fn maketrans(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [first, second, third] = at_most(vm, args, "maketrans", 1)?;
    let table = Dict::new();
    let first = first.unwrap_or(Object::None);
    let Some(second) = second else {
        let Object::Dict(mapping) = base(&first) else {
            return Err(vm.type_error("if you give only one argument to maketrans it must be a dict"));
        };
        for (key, value) in mapping.items() {
            let key = match base(&key) {
                Object::Str(text) if text.chars_len() == 1 => {
                    Object::Int(text.as_str().chars().next().map_or(0, |c| i64::from(u32::from(c))))
                }
                Object::Str(_) => {
                    return Err(vm.value_error("string keys in translate table must be of length 1"));
                }
                _ => key,
            };
            table.insert(vm, key, value)?;
        }
        return Ok(Object::Dict(Rc::new(table)));
    };
    let from = text_argument(vm, &first, "maketrans")?;
    let to = text_argument(vm, &second, "maketrans")?;
    if from.chars_len() != to.chars_len() {
        return Err(vm.value_error("the first two maketrans arguments must have equal length"));
    }
    let code = |c: char| Object::Int(i64::from(u32::from(c)));
    for (from, to) in from.as_str().chars().zip(to.as_str().chars()) {
        table.insert(vm, code(from), code(to))?;
    }
    if let Some(deleted) = third {
        for c in text_argument(vm, &deleted, "maketrans")?.as_str().chars() {
            table.insert(vm, code(c), Object::None)?;
        }
    }
    Ok(Object::Dict(Rc::new(table)))
}

fn translate(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let (text, [table]) = method(vm, args, "str.translate", this)?;
    let mut translated = String::with_capacity(text.len());
    for c in text.as_str().chars() {
        let key = Object::Int(i64::from(u32::from(c)));
        let found = match vm.get_item(&table, &key) {
            Ok(found) => found,
            Err(unwind) if super::is_raised(&unwind, &vm.exceptions.lookup_error) => {
                translated.push(c);
                continue;
            }
            Err(unwind) => return Err(unwind),
        };
        match (&found, code_point(&found)) {
            (Object::None, _) => {}
            (Object::Str(text), _) => translated.push_str(text),
            (_, Some(c)) => translated.push(c),
            (Object::Int(_), None) => {
                return Err(vm.value_error("character mapping must be in range(0x110000)"));
            }
            _ => return Err(vm.type_error("character mapping must return integer, None or str")),
        }
    }
    Ok(Object::from(translated))
}

fn joining(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("join", join)
        .static_method("maketrans", maketrans)
        .method("translate", translate)
        .method("format", |vm, mut args| {
            let text = receiver(vm, &mut args, "str.format", this)?;
            super::str_format(vm, &text, args).map(Object::from)
        })
        .method("format_map", |vm, args| {
            let (text, [mapping]) = method(vm, args, "str.format_map", this)?;
            super::str_format::format_map(vm, &text, mapping).map(Object::from)
        })
        .method("encode", |vm, args| {
            let (text, values) = method_named(vm, args, "str.encode", &["encoding", "errors"], this)?;
            let encoding = match values.first() {
                Some(Some(encoding)) => text_argument(vm, encoding, "encode")?.as_str().to_owned(),
                _ => "utf-8".to_owned(),
            };
            Ok(Object::Bytes(Rc::new(super::bytes::encode(vm, &text, &encoding)?)))
        })
        .method("__getnewargs__", |vm, args| {
            let [text] = exactly(vm, args, "str.__getnewargs__")?;
            Ok(Object::tuple(vec![base(&text).clone()]))
        })
}
