//! `str.format()`: replacement fields with attributes, items, conversions and nested
//! specifications.
//!
//! CPython counterpart: `Objects/stringlib/unicode_format.h`.

use super::repr::escape_non_ascii;
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// Where the values of fields come from, and how fields without a name are counted.
struct Source {
    positional: Vec<Object>,
    named: Named,
    numbering: Numbering,
}

enum Named {
    Keywords(Vec<(crate::object::Name, Object)>),
    Mapping(Object),
}

#[derive(Clone, Copy)]
enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

/// `format.format(*args, **keywords)`
pub fn str_format(vm: &mut Vm, format: &str, args: Args) -> PyResult<String> {
    let mut source = Source {
        positional: args.positional,
        named: Named::Keywords(args.keyword),
        numbering: Numbering::Unknown,
    };
    render(vm, format, &mut source, 2)
}

/// `format.format_map(mapping)`
pub(super) fn format_map(vm: &mut Vm, format: &str, mapping: Object) -> PyResult<String> {
    let mut source =
        Source { positional: Vec::new(), named: Named::Mapping(mapping), numbering: Numbering::Unknown };
    render(vm, format, &mut source, 2)
}

fn render(vm: &mut Vm, format: &str, source: &mut Source, depth: usize) -> PyResult<String> {
    if depth == 0 {
        return Err(vm.value_error("Max string recursion exceeded"));
    }
    let mut text = String::with_capacity(format.len());
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if rest.starts_with(brace) {
            text.push_str(brace);
            rest = &rest[1..];
            continue;
        }
        if brace == "}" {
            return Err(vm.value_error("Single '}' encountered in format string"));
        }
        if rest.is_empty() {
            return Err(vm.value_error("Single '{' encountered in format string"));
        }
        let Some(end) = closing_brace(rest) else {
            return Err(vm.value_error("expected '}' before end of string"));
        };
        text.push_str(&field(vm, &rest[..end], source, depth)?);
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    Ok(text)
}

/// Where the field that has been opened ends; braces inside nest, except within `[…]`.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 1;
    let mut bracket = false;
    for (at, c) in text.char_indices() {
        match c {
            '[' if depth == 1 => bracket = true,
            ']' => bracket = false,
            '{' if !bracket => depth += 1,
            '}' if !bracket => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

fn field(vm: &mut Vm, field: &str, source: &mut Source, depth: usize) -> PyResult<String> {
    let mut bracket = false;
    let end = field
        .char_indices()
        .find(|(_, c)| {
            match c {
                '[' => bracket = true,
                ']' => bracket = false,
                '!' | ':' => return !bracket,
                _ => {}
            }
            false
        })
        .map_or(field.len(), |(at, _)| at);
    let (name, rest) = field.split_at(end);
    let (conversion, spec) = match rest.strip_prefix('!') {
        Some(rest) => {
            let mut chars = rest.chars();
            let Some(conversion) = chars.next() else {
                return Err(vm.value_error("unmatched '{' in format spec"));
            };
            match chars.as_str() {
                "" => (Some(conversion), ""),
                after => match after.strip_prefix(':') {
                    Some(spec) => (Some(conversion), spec),
                    None => return Err(vm.value_error("expected ':' after conversion specifier")),
                },
            }
        }
        None => (None, rest.strip_prefix(':').unwrap_or("")),
    };
    let mut value = lookup(vm, name, source)?;
    value = match conversion {
        None => value,
        Some('s') => Object::Str(vm.str(&value)?),
        Some('r') => Object::Str(vm.repr(&value)?),
        Some('a') => Object::from(escape_non_ascii(&vm.repr(&value)?)),
        Some(other) => {
            return Err(vm.value_error(format!("Unknown conversion specifier {other}")));
        }
    };
    let spec = if spec.contains(['{', '}']) { render(vm, spec, source, depth - 1)? } else { spec.to_owned() };
    let formatted = vm.format(&value, &spec)?;
    Ok(formatted.as_str().to_owned())
}

/// The value of a field name such as `0.name[key]`.
fn lookup(vm: &mut Vm, name: &str, source: &mut Source) -> PyResult<Object> {
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (first, mut rest) = name.split_at(end);
    let mut value = if first.is_empty() || first.bytes().all(|byte| byte.is_ascii_digit()) {
        let index = match (first.parse::<usize>().ok(), source.numbering) {
            (None, Numbering::Manual) if first.is_empty() => {
                return Err(vm.value_error(
                    "cannot switch from manual field specification to automatic field numbering",
                ));
            }
            (Some(_), Numbering::Automatic(_)) => {
                return Err(vm.value_error(
                    "cannot switch from automatic field numbering to manual field specification",
                ));
            }
            (None, Numbering::Automatic(next)) => {
                source.numbering = Numbering::Automatic(next + 1);
                next
            }
            (None, _) => {
                source.numbering = Numbering::Automatic(1);
                0
            }
            (Some(index), _) => {
                source.numbering = Numbering::Manual;
                index
            }
        };
        if let Named::Mapping(_) = source.named {
            return Err(vm.value_error("Format string contains positional fields"));
        }
        match source.positional.get(index) {
            Some(value) => value.clone(),
            None => {
                let message = format!("Replacement index {index} out of range for positional args tuple");
                return Err(vm.error(&vm.exceptions.index_error, message));
            }
        }
    } else {
        match &source.named {
            Named::Mapping(mapping) => {
                let mapping = mapping.clone();
                vm.get_item(&mapping, &Object::str(first))?
            }
            Named::Keywords(keywords) => match keywords.iter().find(|(key, _)| key.as_str() == first) {
                Some((_, value)) => value.clone(),
                None => return Err(vm.key_error(Object::str(first))),
            },
        }
    };
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (attribute, after) = after.split_at(end);
            if attribute.is_empty() {
                return Err(vm.value_error("Empty attribute in format string"));
            }
            value = vm.get_attr(&value, attribute)?;
            rest = after;
        } else if let Some(after) = rest.strip_prefix('[') {
            let Some((key, after)) = after.split_once(']') else {
                return Err(vm.value_error("Missing ']' in format string"));
            };
            if key.is_empty() {
                return Err(vm.value_error("Empty attribute in format string"));
            }
            let key = match key.parse::<i64>() {
                Ok(index) if key.bytes().all(|byte| byte.is_ascii_digit()) => Object::Int(index),
                _ => Object::str(key),
            };
            value = vm.get_item(&value, &key)?;
            rest = after;
        } else {
            return Err(vm.value_error("Only '.' or '[' may follow ']' in format field specifier"));
        }
    }
    Ok(value)
}
