//! `repr()` and `str()` of values of built-in types.
//!
//! CPython counterpart: the `tp_repr` and `tp_str` slots.

use std::cell::RefCell;

use super::float_text::repr_float;
use super::text::is_printable;
use super::{Dict, Range, ViewKind};
use crate::object::{Class, Name, NativeFunction, Object, PyResult, PyStr};
use crate::vm::Vm;

thread_local! {
    /// The containers whose repr is being made, so that one inside itself shows as `[...]`.
    static ACTIVE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// `repr()` of a value, with nothing of its class's overriding.
pub fn repr(vm: &mut Vm, value: &Object) -> PyResult<Name> {
    Ok(PyStr::new(&repr_text(vm, value)?))
}

/// `str()` of a value, with nothing of its class's overriding.
pub fn str(vm: &mut Vm, value: &Object) -> PyResult<Name> {
    match value {
        Object::Str(text) => Ok(Name::clone(text)),
        _ => vm.repr(value),
    }
}

/// The address in the default repr, as `%p` prints it.
pub fn address_text(value: &Object) -> String {
    format!("0x7f{:010x}", value.address().unwrap_or(0) as u64 & 0xff_ffff_ffff)
}

fn repr_text(vm: &mut Vm, value: &Object) -> PyResult<String> {
    Ok(match value {
        Object::None => "None".into(),
        Object::NotImplemented => "NotImplemented".into(),
        Object::Ellipsis => "Ellipsis".into(),
        Object::Bool(true) => "True".into(),
        Object::Bool(false) => "False".into(),
        Object::Int(value) => value.to_string(),
        Object::BigInt(value) => value.to_string(),
        Object::Float(value) => repr_float(*value),
        Object::Str(text) => repr_str(text),
        Object::Bytes(bytes) => repr_bytes(bytes),
        Object::Tuple(items) if items.len() == 1 => {
            guarded(vm, value, "(...)", |vm| Ok(format!("({},)", vm.repr(&items[0])?.as_str())))?
        }
        Object::Tuple(items) => guarded(vm, value, "(...)", |vm| joined(vm, "(", items, ")"))?,
        Object::List(list) => guarded(vm, value, "[...]", |vm| {
            // Reprs may change the list, so it is asked anew for each item.
            let mut text = String::from("[");
            let mut at = 0;
            loop {
                let item = list.items.borrow().get(at).cloned();
                let Some(item) = item else { break };
                if at > 0 {
                    text.push_str(", ");
                }
                text.push_str(&vm.repr(&item)?);
                at += 1;
            }
            text.push(']');
            Ok(text)
        })?,
        Object::Dict(dict) => guarded(vm, value, "{...}", |vm| repr_dict(vm, dict))?,
        Object::Set(set) => {
            let items = set.items();
            match (set.frozen(), items.is_empty()) {
                (true, true) => "frozenset()".into(),
                (false, true) => "set()".into(),
                (true, false) => {
                    guarded(vm, value, "frozenset(...)", |vm| joined(vm, "frozenset({", &items, "})"))?
                }
                (false, false) => guarded(vm, value, "set(...)", |vm| joined(vm, "{", &items, "}"))?,
            }
        }
        Object::Range(range) => repr_range(range),
        Object::Slice(slice) => {
            let parts = [slice.start.clone(), slice.stop.clone(), slice.step.clone()];
            joined(vm, "slice(", &parts, ")")?
        }
        Object::View(view) => {
            let items = view.collect();
            let name = match view.kind {
                ViewKind::Keys => "dict_keys([",
                ViewKind::Values => "dict_values([",
                ViewKind::Items => "dict_items([",
            };
            guarded(vm, value, "...", |vm| joined(vm, name, &items, "])"))?
        }
        Object::Function(_) => {
            let name = qualified_name(vm, value)?;
            format!("<function {name} at {}>", address_text(value))
        }
        Object::Native(function) => repr_native(function),
        Object::Method(method) => match &method.function {
            Object::Native(function) if is_built_in(vm, function, &method.receiver) => {
                let class = vm.class_of(&method.receiver).name();
                let receiver = address_text(&method.receiver);
                format!(
                    "<built-in method {} of {} object at {receiver}>",
                    function.name.as_str(),
                    class.as_str()
                )
            }
            function => {
                let name = qualified_name(vm, function)?;
                let receiver = vm.repr(&method.receiver)?;
                format!("<bound method {name} of {}>", receiver.as_str())
            }
        },
        Object::StaticMethod(function) | Object::ClassMethod(function) => {
            let kind = if matches!(value, Object::StaticMethod(_)) { "staticmethod" } else { "classmethod" };
            let function = vm.repr(function)?;
            format!("<{kind}({})>", function.as_str())
        }
        Object::Class(class) => repr_class(class),
        Object::Module(module) => format!("<module '{}'>", module.name.as_str()),
        Object::Generator(_) => {
            let name = qualified_name(vm, value)?;
            format!("<generator object {name} at {}>", address_text(value))
        }
        Object::Super(_) => {
            let name = vm.class_of(value).name();
            format!("<{}: {}>", name.as_str(), address_text(value))
        }
        Object::Property(_)
        | Object::Iterator(_)
        | Object::Cell(_)
        | Object::Code(_)
        | Object::Instance(_) => default_repr(vm, value),
    })
}

/// Whether a method is one of a built-in type. What libraries here have in Rust is Python in CPython.
fn is_built_in(vm: &Vm, function: &NativeFunction, receiver: &Object) -> bool {
    let Some(owner) = &function.owner else { return true };
    let class = vm.class_of(receiver);
    let defining = vm.mro(&class).into_iter().find(|class| class.name().as_str() == owner.as_str());
    defining.is_none_or(|class| class.module.borrow().as_str() == "builtins")
}

/// `object.__repr__`
pub(super) fn default_repr(vm: &mut Vm, value: &Object) -> String {
    let class = vm.class_of(value);
    format!("<{} object at {}>", class_path(&class), address_text(value))
}

/// The class's qualified name, with its module unless that is `builtins`.
pub(super) fn class_path(class: &Class) -> String {
    let (module, name) = (class.module.borrow(), class.qualname.borrow());
    if module.as_str() == "builtins" {
        name.as_str().to_owned()
    } else {
        format!("{}.{}", module.as_str(), name.as_str())
    }
}

fn repr_class(class: &Class) -> String {
    format!("<class '{}'>", class_path(class))
}

fn repr_native(function: &NativeFunction) -> String {
    match &function.owner {
        Some(owner) if function.name.starts_with("__") => {
            format!("<slot wrapper '{}' of '{}' objects>", function.name.as_str(), owner.as_str())
        }
        Some(owner) => format!("<method '{}' of '{}' objects>", function.name.as_str(), owner.as_str()),
        None => format!("<built-in function {}>", function.name.as_str()),
    }
}

fn qualified_name(vm: &mut Vm, function: &Object) -> PyResult<String> {
    let name = match vm.get_attr_opt(function, "__qualname__")? {
        Some(name) => Some(name),
        None => vm.get_attr_opt(function, "__name__")?,
    };
    match name {
        Some(name) => Ok(vm.str(&name)?.as_str().to_owned()),
        None => Ok("?".into()),
    }
}

fn repr_range(range: &Range) -> String {
    match range.step {
        1 => format!("range({}, {})", range.start, range.stop),
        step => format!("range({}, {}, {step})", range.start, range.stop),
    }
}

/// Makes a container's repr unless it is being made already.
pub(super) fn guarded(
    vm: &mut Vm,
    value: &Object,
    again: &str,
    make: impl FnOnce(&mut Vm) -> PyResult<String>,
) -> PyResult<String> {
    let Some(address) = value.address() else { return make(vm) };
    if ACTIVE.with_borrow(|active| active.contains(&address)) {
        return Ok(again.to_owned());
    }
    ACTIVE.with_borrow_mut(|active| active.push(address));
    let made = make(vm);
    ACTIVE.with_borrow_mut(|active| active.retain(|other| *other != address));
    made
}

pub(super) fn joined(vm: &mut Vm, open: &str, items: &[Object], close: &str) -> PyResult<String> {
    let mut text = String::from(open);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(&vm.repr(item)?);
    }
    text.push_str(close);
    Ok(text)
}

fn repr_dict(vm: &mut Vm, dict: &Dict) -> PyResult<String> {
    let mut text = String::from("{");
    for (at, (key, value)) in dict.items().into_iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(&vm.repr(&key)?);
        text.push_str(": ");
        text.push_str(&vm.repr(&value)?);
    }
    text.push('}');
    Ok(text)
}

fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

/// `repr(str)`
pub fn repr_str(text: &str) -> String {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push(quote);
    for c in text.chars() {
        match c {
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if c == quote => {
                shown.push('\\');
                shown.push(c);
            }
            c if is_printable(c) => shown.push(c),
            c => push_escape(&mut shown, c),
        }
    }
    shown.push(quote);
    shown
}

fn push_escape(text: &mut String, c: char) {
    let escaped = match u32::from(c) {
        code @ 0..=0xff => format!("\\x{code:02x}"),
        code @ 0x100..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    text.push_str(&escaped);
}

/// `ascii()` of a text that is a repr already.
pub(super) fn escape_non_ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            shown.push(c);
        } else {
            push_escape(&mut shown, c);
        }
    }
    shown
}

fn repr_bytes(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut shown = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\\' => shown.push_str("\\\\"),
            b'\n' => shown.push_str("\\n"),
            b'\r' => shown.push_str("\\r"),
            b'\t' => shown.push_str("\\t"),
            byte if char::from(byte) == quote => {
                shown.push('\\');
                shown.push(quote);
            }
            b' '..=b'~' => shown.push(char::from(byte)),
            byte => shown.push_str(&format!("\\x{byte:02x}")),
        }
    }
    shown.push(quote);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_and_escaped_as_in_cpython() {
        for (text, shown) in [
            ("it's", "\"it's\""),
            ("it's \"so\"", "'it\\'s \"so\"'"),
            ("a\tb\n\\", "'a\\tb\\n\\\\'"),
            ("\x00\x7f", "'\\x00\\x7f'"),
            ("é日😀", "'é日😀'"),
            ("\u{a0}\u{ad}\u{200b}", "'\\xa0\\xad\\u200b'"),
            ("e\u{301}", "'e\u{301}'"),
            ("\u{e000}\u{10ffff}", "'\\ue000\\U0010ffff'"),
        ] {
            assert_eq!(repr_str(text), shown);
        }
        assert_eq!(repr_bytes(b"a'\xff\n"), "b\"a'\\xff\\n\"");
    }
}
