//! `_re`: compiling regular expressions and finding matches; `re` does the rest in Python.
//!
//! Patterns are matched over code points by a backtracking machine, whose
//! answers are CPython's. CPython counterpart: `Modules/_sre` and `Lib/re`.

mod parse;
mod program;
mod syntax;

use std::rc::Rc;

use program::{Failure, Mode, Program, Spans};

use super::module;
use crate::builtins::{Dict, base, exactly, int_to_i64};
use crate::object::{Args, Class, Instance, Module, NativeFunction, Object, PyResult, Unwind};
use crate::vm::Vm;

pub(super) fn build(vm: &mut Vm) -> Rc<Module> {
    let class = Class::builder("Program").module("_re").build();
    let compile = NativeFunction::closure("compile", move |vm, args| compile(vm, args, &class));
    let functions = vec![
        ("compile", compile),
        ("find", NativeFunction::new("find", find)),
        ("find_all", NativeFunction::new("find_all", find_all)),
    ];
    module(vm, "_re", functions)
}

fn text_of(vm: &mut Vm, value: &Object) -> PyResult<Vec<char>> {
    match base(value) {
        Object::Str(text) => Ok(text.chars().collect()),
        _ => {
            let given = vm.class_name(value);
            Err(vm.type_error(format!("expected string or bytes-like object, got '{}'", given.as_str())))
        }
    }
}

fn number(place: usize) -> Object {
    Object::Int(place as i64)
}

/// The program, the number of groups, their names and the flags; or what is wrong, and where.
fn compile(vm: &mut Vm, args: Args, class: &Rc<Class>) -> PyResult<Object> {
    let [pattern, flags] = exactly(vm, args, "compile")?;
    let flags = int_to_i64(vm, &flags)?;
    let Object::Str(pattern) = base(&pattern) else {
        return Err(vm.type_error("first argument must be string or compiled pattern"));
    };
    let parsed = match parse::parse(pattern, flags) {
        Ok(parsed) => parsed,
        Err(refusal) => {
            let at = i64::try_from(refusal.at).map_or(Object::None, Object::Int);
            return Ok(Object::tuple(vec![Object::from(refusal.message), at]));
        }
    };
    let Some(program) = Program::new(&parsed.node, parsed.groups) else {
        return Ok(Object::tuple(vec![Object::str("the regular expression is too long"), Object::None]));
    };
    let names = parsed.names.iter().map(|(name, group)| (Object::str(name), number(*group)));
    let names = Dict::from_items(vm, names.collect::<Vec<_>>())?;
    let program = Instance::native(class, program);
    Ok(Object::tuple(vec![program, number(parsed.groups), names, Object::Int(parsed.flags)]))
}

fn too_long(vm: &mut Vm, Failure::TooLong: Failure) -> Unwind {
    let message = "the regular expression takes too long on this text: it backtracks";
    vm.error(&vm.exceptions.runtime_error, message)
}

fn spans(spans: Spans) -> Object {
    let span = |span: Option<(usize, usize)>| match span {
        Some((start, end)) => Object::tuple(vec![number(start), number(end)]),
        None => Object::tuple(vec![Object::Int(-1), Object::Int(-1)]),
    };
    Object::tuple(spans.into_iter().map(span).collect())
}

/// A program, the text it is run over, and between which places.
type Subject = (Rc<Program>, Vec<char>, (usize, usize));

fn subject(vm: &mut Vm, [program, text, from, to]: [&Object; 4]) -> PyResult<Subject> {
    let Some(program) = program.native::<Program>() else {
        return Err(vm.type_error("a pattern is required"));
    };
    let text = text_of(vm, text)?;
    let place = |vm: &mut Vm, value: &Object| -> PyResult<usize> {
        Ok(usize::try_from(int_to_i64(vm, value)?).unwrap_or(0).min(text.len()))
    };
    let (from, to) = (place(vm, from)?, place(vm, to)?);
    Ok((program, text, (from, to)))
}

/// One match: `mode` is `match`, `fullmatch` or `search`.
fn find(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [program, text, from, to, mode] = exactly(vm, args, "find")?;
    let mode = match mode.as_str() {
        Some("match") => Mode::Start,
        Some("fullmatch") => Mode::Whole,
        _ => Mode::Anywhere,
    };
    let (program, text, (from, to)) = subject(vm, [&program, &text, &from, &to])?;
    if from > to {
        return Ok(Object::None);
    }
    let found = program.find(&text, (from, to), mode, false).map_err(|failure| too_long(vm, failure))?;
    Ok(found.map_or(Object::None, spans))
}

/// The matches that do not overlap, from the left, as many as are wanted (0: all).
fn find_all(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [program, text, from, to, most] = exactly(vm, args, "find_all")?;
    let most = usize::try_from(int_to_i64(vm, &most)?).unwrap_or(0);
    let (program, text, (mut from, to)) = subject(vm, [&program, &text, &from, &to])?;
    let mut found = Vec::new();
    let mut moving = false;
    while from <= to && (most == 0 || found.len() < most) {
        let next = program.find(&text, (from, to), Mode::Anywhere, moving);
        let Some(next) = next.map_err(|failure| too_long(vm, failure))? else { break };
        let (start, end) = next.first().copied().flatten().unwrap_or((to, to));
        moving = start == end;
        from = end;
        found.push(spans(next));
    }
    Ok(Object::list(found))
}
