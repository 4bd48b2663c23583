//! The `str` methods that test characters: `isdigit()` and kin.

use super::arguments::{exactly, receiver};
use super::str_methods::this;
use super::text::{decimal_value, is_digit, is_printable, is_space};
use crate::object::{Args, ClassBuilder, Object, PyResult};
use crate::vm::Vm;

/// Whether a character has a case.
pub(super) fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || is_titlecase(c)
}

/// The few letters that are capital and small at once, such as `ǅ`.
fn is_titlecase(c: char) -> bool {
    matches!(c, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ' | '\u{1f88}'..='\u{1f8f}' | '\u{1f98}'..='\u{1f9f}' | '\u{1fa8}'..='\u{1faf}')
}

fn is_numeric(c: char) -> bool {
    c.is_numeric()
}

fn test(vm: &mut Vm, mut args: Args, function: &str, holds: fn(&str) -> bool) -> PyResult<Object> {
    let text = receiver(vm, &mut args, function, this)?;
    let [] = exactly(vm, args, function)?;
    Ok(Object::Bool(holds(&text)))
}

fn all(text: &str, holds: fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(holds)
}

fn is_title(text: &str) -> bool {
    let (mut inside, mut any) = (false, false);
    for c in text.chars() {
        if c.is_uppercase() || is_titlecase(c) {
            if inside {
                return false;
            }
            (inside, any) = (true, true);
        } else if c.is_lowercase() {
            if !inside {
                return false;
            }
        } else {
            inside = false;
        }
    }
    any
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

pub(super) fn methods(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("isalpha", |vm, args| test(vm, args, "str.isalpha", |text| all(text, char::is_alphabetic)))
        .method("isalnum", |vm, args| test(vm, args, "str.isalnum", |text| all(text, char::is_alphanumeric)))
        .method("isascii", |vm, args| test(vm, args, "str.isascii", str::is_ascii))
        .method("isdecimal", |vm, args| {
            test(vm, args, "str.isdecimal", |text| all(text, |c| decimal_value(c).is_some()))
        })
        .method("isdigit", |vm, args| test(vm, args, "str.isdigit", |text| all(text, is_digit)))
        .method("isnumeric", |vm, args| test(vm, args, "str.isnumeric", |text| all(text, is_numeric)))
        .method("isspace", |vm, args| test(vm, args, "str.isspace", |text| all(text, is_space)))
        .method("isprintable", |vm, args| {
            test(vm, args, "str.isprintable", |text| text.chars().all(is_printable))
        })
        .method("isidentifier", |vm, args| test(vm, args, "str.isidentifier", is_identifier))
        .method("istitle", |vm, args| test(vm, args, "str.istitle", is_title))
        .method("isupper", |vm, args| {
            test(vm, args, "str.isupper", |text| {
                text.chars().any(is_cased) && !text.chars().any(|c| c.is_lowercase() || is_titlecase(c))
            })
        })
        .method("islower", |vm, args| {
            test(vm, args, "str.islower", |text| {
                text.chars().any(is_cased) && !text.chars().any(|c| c.is_uppercase() || is_titlecase(c))
            })
        })
}
