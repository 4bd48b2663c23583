//! The `str` methods that search, split, strip and replace.

use super::arguments::{method, method_named, method_optional};
use super::base;
use super::integers::int_to_i64;
use super::slice::Slice;
use super::str_methods::{text_argument, this};
use super::text::{char_index, is_line_end, is_space, substring};
use crate::object::{Args, ClassBuilder, Name, Object, PyResult};
use crate::vm::Vm;

/// The part of a text that `find()` and kin look at, and where it begins, in code points.
/// There is none where the start is behind the end.
fn region(
    vm: &mut Vm,
    text: &Name,
    start: Option<Object>,
    stop: Option<Object>,
) -> PyResult<Option<(String, usize)>> {
    let past_end = match &start {
        Some(start) if !start.is_none() => {
            super::int_to_index(vm, start)?.is_some_and(|start| start > text.chars_len() as i64)
        }
        _ => false,
    };
    let slice = Slice {
        start: start.unwrap_or(Object::None),
        stop: stop.unwrap_or(Object::None),
        step: Object::None,
    };
    let bounds = slice.bounds(vm, text.chars_len())?;
    if past_end || bounds.start > bounds.stop {
        return Ok(None);
    }
    let start = bounds.start.max(0) as usize;
    Ok(Some((substring(text, start, start + bounds.len).to_owned(), start)))
}

fn must_be_str(vm: &mut Vm, value: &Object) -> PyResult<Name> {
    match base(value) {
        Object::Str(text) => Ok(Name::clone(text)),
        _ => {
            let name = vm.class_of(value).name();
            Err(vm.type_error(format!("must be str, not {}", name.as_str())))
        }
    }
}

/// Where a part is, in code points.
fn locate(
    vm: &mut Vm,
    args: Args,
    function: &str,
    search: fn(&str, &str) -> Option<usize>,
) -> PyResult<Option<usize>> {
    let (text, [part, start, stop]) = method_optional(vm, args, function, 1, this)?;
    let part = must_be_str(vm, &part.unwrap_or(Object::None))?;
    let Some((region, offset)) = region(vm, &text, start, stop)? else { return Ok(None) };
    Ok(search(&region, &part).map(|at| {
        let region = crate::object::PyStr::new(&region);
        offset + char_index(&region, at)
    }))
}

fn first(text: &str, part: &str) -> Option<usize> {
    text.find(part)
}

fn last(text: &str, part: &str) -> Option<usize> {
    text.rfind(part)
}

fn found_or_minus_one(found: Option<usize>) -> Object {
    Object::Int(found.map_or(-1, |at| at as i64))
}

fn found_or_error(vm: &mut Vm, found: Option<usize>) -> PyResult<Object> {
    match found {
        Some(at) => Ok(Object::Int(at as i64)),
        None => Err(vm.value_error("substring not found")),
    }
}

/// `startswith()` and `endswith()`, with one affix or a tuple of them.
fn affix(vm: &mut Vm, args: Args, function: &str, holds: fn(&str, &str) -> bool) -> PyResult<Object> {
    let (text, [affix, start, stop]) = method_optional(vm, args, function, 1, this)?;
    let affix = affix.unwrap_or(Object::None);
    let short = function.trim_start_matches("str.");
    let affixes = match base(&affix) {
        Object::Str(affix) => vec![Name::clone(affix)],
        Object::Tuple(affixes) => {
            let mut texts = Vec::with_capacity(affixes.len());
            for affix in affixes.iter() {
                match base(affix) {
                    Object::Str(affix) => texts.push(Name::clone(affix)),
                    _ => {
                        let name = vm.class_of(affix).name();
                        let message =
                            format!("tuple for {short} must only contain str, not {}", name.as_str());
                        return Err(vm.type_error(message));
                    }
                }
            }
            texts
        }
        _ => {
            let name = vm.class_of(&affix).name();
            let message = format!("{short} first arg must be str or a tuple of str, not {}", name.as_str());
            return Err(vm.type_error(message));
        }
    };
    let Some((region, _)) = region(vm, &text, start, stop)? else { return Ok(Object::Bool(false)) };
    Ok(Object::Bool(affixes.iter().any(|affix| holds(&region, affix))))
}

/// `strip()` and kin: at which ends, of which characters.
fn strip(vm: &mut Vm, args: Args, function: &str, left: bool, right: bool) -> PyResult<Object> {
    let (text, [chars]) = method_optional(vm, args, function, 0, this)?;
    let chars = match &chars {
        None | Some(Object::None) => None,
        Some(chars) => match base(chars) {
            Object::Str(chars) => Some(Name::clone(chars)),
            _ => {
                let short = function.trim_start_matches("str.");
                return Err(vm.type_error(format!("{short} arg must be None or str")));
            }
        },
    };
    let stripped = |c: char| match &chars {
        Some(chars) => chars.contains(c),
        None => is_space(c),
    };
    let mut rest = text.as_str();
    if left {
        rest = rest.trim_start_matches(stripped);
    }
    if right {
        rest = rest.trim_end_matches(stripped);
    }
    Ok(if rest.len() == text.len() { Object::Str(text) } else { Object::str(rest) })
}

/// `split()` and `rsplit()`
fn split(vm: &mut Vm, args: Args, function: &str, from_right: bool) -> PyResult<Object> {
    let (text, values) = method_named(vm, args, function, &["sep", "maxsplit"], this)?;
    let limit = match values.get(1) {
        Some(Some(limit)) => usize::try_from(int_to_i64(vm, limit)?).unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let separator = match values.first() {
        None | Some(None | Some(Object::None)) => None,
        Some(Some(separator)) => match base(separator) {
            Object::Str(separator) => Some(Name::clone(separator)),
            _ => {
                let name = vm.class_of(separator).name();
                return Err(vm.type_error(format!("must be str or None, not {}", name.as_str())));
            }
        },
    };
    let parts: Vec<Object> = match separator {
        None if from_right => words_from_right(&text, limit).into_iter().map(Object::from).collect(),
        None => words(&text, limit).into_iter().map(Object::from).collect(),
        Some(separator) if separator.is_empty() => return Err(vm.value_error("empty separator")),
        Some(separator) if from_right => {
            let mut parts: Vec<Object> = text
                .as_str()
                .rsplitn(limit.saturating_add(1), separator.as_str())
                .map(Object::from)
                .collect();
            parts.reverse();
            parts
        }
        Some(separator) => {
            text.as_str().splitn(limit.saturating_add(1), separator.as_str()).map(Object::from).collect()
        }
    };
    Ok(Object::list(parts))
}

fn words(text: &str, limit: usize) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        if words.len() == limit {
            words.push(rest);
            return words;
        }
        let end = rest.find(is_space).unwrap_or(rest.len());
        words.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(is_space);
    }
    words
}

fn words_from_right(text: &str, limit: usize) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_end_matches(is_space);
    while !rest.is_empty() {
        if words.len() == limit {
            words.push(rest);
            break;
        }
        let start =
            rest.char_indices().rev().find(|(_, c)| is_space(*c)).map_or(0, |(at, c)| at + c.len_utf8());
        words.push(&rest[start..]);
        rest = rest[..start].trim_end_matches(is_space);
    }
    words.reverse();
    words
}

fn splitlines(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let (text, values) = method_named(vm, args, "str.splitlines", &["keepends"], this)?;
    let keep = match values.first() {
        Some(Some(keep)) => vm.truthy(keep)?,
        _ => false,
    };
    let mut lines = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let Some((at, end)) = rest.char_indices().find(|(_, c)| is_line_end(*c)) else {
            lines.push(Object::from(rest));
            break;
        };
        let ending = if rest[at..].starts_with("\r\n") { 2 } else { end.len_utf8() };
        lines.push(Object::from(&rest[..if keep { at + ending } else { at }]));
        rest = &rest[at + ending..];
    }
    Ok(Object::list(lines))
}

/// `partition()` and `rpartition()`
fn partition(vm: &mut Vm, args: Args, function: &str, from_right: bool) -> PyResult<Object> {
    let (text, [separator]) = method(vm, args, function, this)?;
    let separator = must_be_str(vm, &separator)?;
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let (whole, part) = (text.as_str(), separator.as_str());
    let found = if from_right { whole.rsplit_once(part) } else { whole.split_once(part) };
    let parts = match (found, from_right) {
        (Some((before, after)), _) => [before, part, after],
        (None, false) => [whole, "", ""],
        (None, true) => ["", "", whole],
    };
    Ok(Object::tuple(parts.map(Object::from).to_vec()))
}

fn replace(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let (text, [old, new, count]) = method_optional(vm, args, "str.replace", 2, this)?;
    let argument = |value: Option<Object>, number: u8| {
        let value = value.unwrap_or(Object::None);
        match base(&value) {
            Object::Str(text) => Ok(Name::clone(text)),
            _ => {
                let name = vm.class_of(&value).name();
                Err(vm.type_error(format!("replace() argument {number} must be str, not {}", name.as_str())))
            }
        }
    };
    let (old, new) = (argument(old, 1)?, argument(new, 2)?);
    let count = match count {
        Some(count) => usize::try_from(int_to_i64(vm, &count)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    Ok(Object::from(text.as_str().replacen(old.as_str(), &new, count)))
}

pub(super) fn methods(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("find", |vm, args| locate(vm, args, "str.find", first).map(found_or_minus_one))
        .method("rfind", |vm, args| locate(vm, args, "str.rfind", last).map(found_or_minus_one))
        .method("index", |vm, args| {
            let found = locate(vm, args, "str.index", first)?;
            found_or_error(vm, found)
        })
        .method("rindex", |vm, args| {
            let found = locate(vm, args, "str.rindex", last)?;
            found_or_error(vm, found)
        })
        .method("count", |vm, args| {
            let (text, [part, start, stop]) = method_optional(vm, args, "str.count", 1, this)?;
            let part = must_be_str(vm, &part.unwrap_or(Object::None))?;
            let count = match region(vm, &text, start, stop)? {
                None => 0,
                Some((region, _)) if part.is_empty() => region.chars().count() + 1,
                Some((region, _)) => region.matches(part.as_str()).count(),
            };
            Ok(Object::Int(count as i64))
        })
        .method("startswith", |vm, args| {
            affix(vm, args, "str.startswith", |text, part| text.starts_with(part))
        })
        .method("endswith", |vm, args| affix(vm, args, "str.endswith", |text, part| text.ends_with(part)))
        .method("removeprefix", |vm, args| {
            let (text, [prefix]) = method(vm, args, "str.removeprefix", this)?;
            let prefix = text_argument(vm, &prefix, "removeprefix")?;
            Ok(Object::from(text.as_str().strip_prefix(prefix.as_str()).unwrap_or(&text)))
        })
        .method("removesuffix", |vm, args| {
            let (text, [suffix]) = method(vm, args, "str.removesuffix", this)?;
            let suffix = text_argument(vm, &suffix, "removesuffix")?;
            Ok(Object::from(text.as_str().strip_suffix(suffix.as_str()).unwrap_or(&text)))
        })
        .method("strip", |vm, args| strip(vm, args, "str.strip", true, true))
        .method("lstrip", |vm, args| strip(vm, args, "str.lstrip", true, false))
        .method("rstrip", |vm, args| strip(vm, args, "str.rstrip", false, true))
        .method("split", |vm, args| split(vm, args, "str.split", false))
        .method("rsplit", |vm, args| split(vm, args, "str.rsplit", true))
        .method("splitlines", splitlines)
        .method("partition", |vm, args| partition(vm, args, "str.partition", false))
        .method("rpartition", |vm, args| partition(vm, args, "str.rpartition", true))
        .method("replace", replace)
}
