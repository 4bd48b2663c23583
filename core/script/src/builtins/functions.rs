//! The functions of the `builtins` module.
//!
//! CPython counterpart: `Python/bltinmodule.c`.

use std::rc::Rc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};

use super::arguments::{Binder, at_most, exactly};
use super::integers::{code_point, digits, index_object, int_to_index, not_an_integer};
use super::numbers::{self, Number, int_object, number};
use super::repr::escape_non_ascii;
use super::{Dict, Iter, Iteration, base, introspection, iterators, list_methods};
use crate::object::{
    Args, Attributes, BinaryOp, CompareOp, NativeFn, NativeFunction, Object, PyResult, PyStr,
};
use crate::vm::Vm;

/// The names of the `builtins` module.
pub fn namespace(vm: &mut Vm) -> Attributes {
    let functions: [(&str, NativeFn); 46] = [
        ("__import__", import),
        ("abs", abs),
        ("all", all),
        ("any", any),
        ("ascii", ascii),
        ("bin", |vm, args| in_base(vm, args, "bin", 2, "0b")),
        ("callable", introspection::callable),
        ("chr", chr),
        ("delattr", introspection::delattr),
        ("dir", introspection::dir),
        ("divmod", divmod),
        ("eval", eval),
        ("exec", exec),
        ("format", format),
        ("getattr", introspection::getattr),
        ("globals", globals),
        ("hasattr", introspection::hasattr),
        ("hash", hash),
        ("hex", |vm, args| in_base(vm, args, "hex", 16, "0x")),
        ("id", introspection::id),
        ("isinstance", introspection::isinstance),
        ("issubclass", introspection::issubclass),
        ("iter", iter),
        ("len", len),
        ("locals", locals),
        ("max", |vm, args| extreme(vm, args, "max", CompareOp::Gt)),
        ("min", |vm, args| extreme(vm, args, "min", CompareOp::Lt)),
        ("next", next),
        ("oct", |vm, args| in_base(vm, args, "oct", 8, "0o")),
        ("ord", ord),
        ("pow", pow),
        ("print", print),
        ("repr", repr),
        ("round", round),
        ("setattr", introspection::setattr),
        ("sorted", sorted),
        ("sum", sum),
        ("vars", introspection::vars),
        ("input", |vm, _args| {
            Err(unavailable(
                vm,
                "input() is not available here: a script has no keyboard. Write the value into the script.",
            ))
        }),
        ("open", |vm, _args| {
            Err(unavailable(
                vm,
                "open() is not available here: a script has no files. Keep the data in the script.",
            ))
        }),
        ("compile", |vm, _args| {
            Err(unavailable(vm, "compile() is not available here: code cannot be kept as an object."))
        }),
        ("breakpoint", |vm, _args| {
            Err(unavailable(vm, "breakpoint() is not available here: step through the recorded run instead."))
        }),
        ("memoryview", |vm, _args| Err(unavailable(vm, "memoryview is not available here: use bytes."))),
        ("bytearray", |vm, _args| Err(unavailable(vm, "bytearray is not available here: use bytes."))),
        ("complex", |vm, _args| Err(unavailable(vm, "complex numbers are not available here."))),
        ("aiter", |vm, _args| {
            Err(unavailable(vm, "asynchronous iteration is not available here: use iter()."))
        }),
    ];
    let mut names = Attributes::default();
    for class in vm.types.named().chain(vm.exceptions.all()) {
        names.insert(class.name(), Object::Class(Rc::clone(class)));
    }
    for (name, call) in functions {
        names.insert(PyStr::new(name), NativeFunction::new(name, call));
    }
    names.insert(PyStr::new("EnvironmentError"), Object::Class(Rc::clone(&vm.exceptions.os_error)));
    names.insert(PyStr::new("IOError"), Object::Class(Rc::clone(&vm.exceptions.os_error)));
    names.insert(PyStr::new("NotImplemented"), Object::NotImplemented);
    names.insert(PyStr::new("Ellipsis"), Object::Ellipsis);
    names.insert(PyStr::new("__debug__"), Object::Bool(true));
    names
}

fn unavailable(vm: &mut Vm, message: &str) -> crate::object::Unwind {
    vm.error(&vm.exceptions.not_implemented_error, message)
}

/// Each piece is written before the next object is asked for its text, as CPython does:
/// `str(object)` may do things that show.
fn print(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let mut option = |name: &str, usual: &str| -> PyResult<String> {
        match args.take_keyword(name) {
            None | Some(Object::None) => Ok(usual.to_owned()),
            Some(value) => match base(&value) {
                Object::Str(text) => Ok(text.as_str().to_owned()),
                _ => {
                    let given = vm.class_of(&value).name();
                    Err(vm.type_error(format!("{name} must be None or a string, not {}", given.as_str())))
                }
            },
        }
    };
    let (separator, end) = (option("sep", " ")?, option("end", "\n")?);
    let file = args.take_keyword("file").filter(|file| !file.is_none());
    args.take_keyword("flush");
    if let Some((name, _)) = args.keyword.first() {
        let message = format!("'{}' is an invalid keyword argument for print()", name.as_str());
        return Err(vm.type_error(message));
    }
    let file = file.or_else(|| redirected(vm));
    let write = |vm: &mut Vm, text: &str| match &file {
        None => vm.write(text),
        Some(file) => vm.call_method(file, "write", vec![Object::str(text)]).map(|_| ()),
    };
    for (at, object) in args.positional.iter().enumerate() {
        if at > 0 {
            write(vm, &separator)?;
        }
        let text = vm.str(object)?;
        write(vm, &text)?;
    }
    write(vm, &end)?;
    Ok(Object::None)
}

/// What a program has put in the place of `sys.stdout`.
fn redirected(vm: &Vm) -> Option<Object> {
    let sys = vm.modules.get(&PyStr::new("sys"))?.dict.borrow();
    let (stream, usual) = (sys.get("stdout")?, sys.get("__stdout__")?);
    (!stream.is(usual)).then(|| stream.clone())
}

fn len(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "len")?;
    vm.len(&value).map(|len| Object::Int(len as i64))
}

fn repr(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "repr")?;
    vm.repr(&value).map(Object::Str)
}

fn ascii(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "ascii")?;
    let shown = vm.repr(&value)?;
    Ok(Object::from(escape_non_ascii(&shown)))
}

fn hash(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "hash")?;
    vm.hash(&value).map(Object::Int)
}

fn format(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value, spec] = at_most(vm, args, "format", 1)?;
    let spec = match &spec {
        None => String::new(),
        Some(spec) => match base(spec) {
            Object::Str(spec) => spec.as_str().to_owned(),
            _ => {
                let given = vm.class_of(spec).name();
                return Err(vm.type_error(format!("format() argument 2 must be str, not {}", given.as_str())));
            }
        },
    };
    vm.format(&value.unwrap_or(Object::None), &spec).map(Object::Str)
}

fn iter(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value, sentinel] = at_most(vm, args, "iter", 1)?;
    let value = value.unwrap_or(Object::None);
    match sentinel {
        None => vm.iter(&value),
        Some(sentinel) => Ok(Iter::object(Iteration::Callable { callable: value, sentinel })),
    }
}

fn next(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [iterator, missing] = at_most(vm, args, "next", 1)?;
    let iterator = iterator.unwrap_or(Object::None);
    match (&iterator, missing) {
        (_, Some(missing)) => Ok(vm.next(&iterator)?.unwrap_or(missing)),
        // These know what `StopIteration` is to carry.
        (Object::Generator(_) | Object::Instance(_), None) => {
            let name = vm.intern("__next__");
            match vm.call_special(&iterator, &name, Vec::new())? {
                Some(item) => Ok(item),
                None => iterators::next_or_stop(vm, &iterator),
            }
        }
        _ => iterators::next_or_stop(vm, &iterator),
    }
}

fn all(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [items] = exactly(vm, args, "all")?;
    let iterator = vm.iter(&items)?;
    while let Some(item) = vm.next(&iterator)? {
        if !vm.truthy(&item)? {
            return Ok(Object::Bool(false));
        }
    }
    Ok(Object::Bool(true))
}

fn any(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [items] = exactly(vm, args, "any")?;
    let iterator = vm.iter(&items)?;
    while let Some(item) = vm.next(&iterator)? {
        if vm.truthy(&item)? {
            return Ok(Object::Bool(true));
        }
    }
    Ok(Object::Bool(false))
}

fn sum(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let values = Binder { function: "sum", names: &["iterable", "start"], required: 1, positional: 2 }
        .bind(vm, args)?;
    let [Some(items), start] = values.as_slice() else { return Ok(Object::None) };
    let mut total = start.clone().unwrap_or(Object::Int(0));
    match base(&total) {
        Object::Str(_) => return Err(vm.type_error("sum() can't sum strings [use ''.join(seq) instead]")),
        Object::Bytes(_) => return Err(vm.type_error("sum() can't sum bytes [use b''.join(seq) instead]")),
        _ => {}
    }
    let iterator = vm.iter(items)?;
    while let Some(item) = vm.next(&iterator)? {
        total = vm.binary(BinaryOp::Add, &total, &item)?;
    }
    Ok(total)
}

/// `min()` and `max()`: the first item that no other beats.
fn extreme(vm: &mut Vm, mut args: Args, function: &str, better: CompareOp) -> PyResult<Object> {
    let key = args.take_keyword("key").filter(|key| !key.is_none());
    let default = args.take_keyword("default");
    if let Some((name, _)) = args.keyword.first() {
        let message = format!("'{}' is an invalid keyword argument for {function}()", name.as_str());
        return Err(vm.type_error(message));
    }
    let items = match args.positional.len() {
        0 => return Err(vm.type_error(format!("{function} expected at least 1 argument, got 0"))),
        1 => args.positional.swap_remove(0),
        _ if default.is_some() => {
            return Err(vm.type_error(format!(
                "Cannot specify a default for {function}() with multiple positional arguments"
            )));
        }
        _ => Object::tuple(args.positional),
    };
    let iterator = vm.iter(&items)?;
    let mut best: Option<(Object, Object)> = None;
    while let Some(item) = vm.next(&iterator)? {
        let rank = match &key {
            Some(key) => vm.call(key, Args::positional(vec![item.clone()]))?,
            None => item.clone(),
        };
        let beats = match &best {
            None => true,
            Some((other, _)) => {
                let answer = vm.compare(better, &rank, other)?;
                vm.truthy(&answer)?
            }
        };
        if beats {
            best = Some((rank, item));
        }
    }
    match (best, default) {
        (Some((_, item)), _) => Ok(item),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(vm.value_error(format!("{function}() arg is an empty sequence"))),
    }
}

fn sorted(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    if args.positional.len() != 1 {
        let given = args.positional.len();
        return Err(vm.type_error(format!("sorted expected 1 argument, got {given}")));
    }
    let items = args.positional.remove(0);
    let items = vm.collect(&items)?;
    let (sorted, outcome) = list_methods::sort_with(vm, items, args, "sort");
    outcome.map(|()| Object::list(sorted))
}

fn abs(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "abs")?;
    if let Some(absolute) = numbers::absolute(&value) {
        return Ok(absolute);
    }
    let name = vm.intern("__abs__");
    match vm.call_special(&value, &name, Vec::new())? {
        Some(absolute) => Ok(absolute),
        None => {
            let given = vm.class_of(&value).name();
            Err(vm.type_error(format!("bad operand type for abs(): '{}'", given.as_str())))
        }
    }
}

fn round(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let values = Binder { function: "round", names: &["number", "ndigits"], required: 1, positional: 2 }
        .bind(vm, args)?;
    let [Some(value), places] = values.as_slice() else { return Ok(Object::None) };
    match number(value) {
        Some(Number::Float(float)) => super::floats::round_float(vm, float, places.clone()),
        Some(Number::Int(int)) => super::int_methods::round_int(vm, &BigInt::from(int), places.clone()),
        Some(Number::Big(int)) => super::int_methods::round_int(vm, int, places.clone()),
        None => {
            let name = vm.intern("__round__");
            let args = places.iter().cloned().collect();
            match vm.call_special(value, &name, args)? {
                Some(rounded) => Ok(rounded),
                None => {
                    let given = vm.class_of(value).name();
                    Err(vm.type_error(format!("type {} doesn't define __round__ method", given.as_str())))
                }
            }
        }
    }
}

/// `divmod()` of numbers.
pub(super) fn divide(vm: &mut Vm, a: &Object, b: &Object) -> PyResult<Object> {
    let (Some(left), Some(right)) = (number(a), number(b)) else { return Ok(Object::NotImplemented) };
    if let (Number::Float(_), _) | (_, Number::Float(_)) = (&left, &right) {
        let (x, y) = (super::floats::to_float(vm, a)?, super::floats::to_float(vm, b)?);
        if y == 0.0 {
            return Err(vm.error(&vm.exceptions.zero_division_error, "float divmod()"));
        }
        let (quotient, rest) = numbers::float_divmod(x, y);
        return Ok(Object::tuple(vec![Object::Float(quotient), Object::Float(rest)]));
    }
    let quotient = vm.binary(BinaryOp::FloorDiv, a, b)?;
    let rest = vm.binary(BinaryOp::Mod, a, b)?;
    Ok(Object::tuple(vec![quotient, rest]))
}

fn divmod(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [a, b] = exactly(vm, args, "divmod")?;
    for (value, other, method) in [(&a, &b, "__divmod__"), (&b, &a, "__rdivmod__")] {
        let name = vm.intern(method);
        match vm.call_special(value, &name, vec![other.clone()])? {
            None | Some(Object::NotImplemented) => {}
            Some(answer) => return Ok(answer),
        }
    }
    let (left, right) = (vm.class_of(&a).name(), vm.class_of(&b).name());
    let message =
        format!("unsupported operand type(s) for divmod(): '{}' and '{}'", left.as_str(), right.as_str());
    Err(vm.type_error(message))
}

fn big(value: &Object) -> Option<BigInt> {
    match number(value)? {
        Number::Int(value) => Some(BigInt::from(value)),
        Number::Big(value) => Some(value.clone()),
        Number::Float(_) => None,
    }
}

fn pow(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let values = Binder { function: "pow", names: &["base", "exp", "mod"], required: 2, positional: 3 }
        .bind(vm, args)?;
    let [Some(x), Some(exponent), modulus] = values.as_slice() else { return Ok(Object::None) };
    let modulus = match modulus {
        None | Some(Object::None) => return vm.binary(BinaryOp::Pow, x, exponent),
        Some(modulus) => modulus,
    };
    let (Some(x), Some(exponent), Some(modulus)) = (big(base(x)), big(base(exponent)), big(base(modulus)))
    else {
        return Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    };
    if modulus.is_zero() {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    let (x, exponent) = if exponent.is_negative() {
        match x.modinv(&modulus) {
            Some(inverse) => (inverse, -exponent),
            None => return Err(vm.value_error("base is not invertible for the given modulus")),
        }
    } else {
        (x, exponent)
    };
    Ok(int_object(x.modpow(&exponent, &modulus).mod_floor(&modulus)))
}

fn in_base(vm: &mut Vm, args: Args, function: &str, radix: u32, prefix: &str) -> PyResult<Object> {
    let [value] = exactly(vm, args, function)?;
    let Some(value) = index_object(vm, &value)? else { return Err(not_an_integer(vm, &value)) };
    let (negative, digits) = digits(&value, radix);
    Ok(Object::from(format!("{}{prefix}{digits}", if negative { "-" } else { "" })))
}

fn chr(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "chr")?;
    let Some(code) = int_to_index(vm, &value)? else { return Err(not_an_integer(vm, &value)) };
    match code_point(&Object::Int(code)) {
        Some(c) => Ok(Object::from(c.to_string())),
        None if (0xd800..0xe000).contains(&code) => {
            Err(vm
                .value_error("chr() of a surrogate is not supported here: text is made of whole characters"))
        }
        None => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [value] = exactly(vm, args, "ord")?;
    let len = match base(&value) {
        Object::Str(text) if text.chars_len() == 1 => {
            return Ok(Object::Int(text.as_str().chars().next().map_or(0, |c| i64::from(u32::from(c)))));
        }
        Object::Bytes(bytes) if bytes.len() == 1 => return Ok(Object::Int(i64::from(bytes[0]))),
        Object::Str(text) => text.chars_len(),
        Object::Bytes(bytes) => bytes.len(),
        _ => {
            let given = vm.class_of(&value).name();
            let message = format!("ord() expected string of length 1, but {} found", given.as_str());
            return Err(vm.type_error(message));
        }
    };
    Err(vm.type_error(format!("ord() expected a character, but string of length {len} found")))
}

/// `__import__(name)`: the package at the front of a dotted name.
fn import(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(Object::Str(name)) = args.positional.first() else {
        return Err(vm.type_error("__import__() takes a module's name"));
    };
    vm.import(name.as_str())?;
    let first = name.as_str().split('.').next().unwrap_or_default();
    vm.import(first).map(Object::Module)
}

fn globals(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [] = exactly(vm, args, "globals")?;
    let module = vm.current_globals();
    let names: Vec<_> =
        module.dict.borrow().iter().map(|(name, value)| (Rc::clone(name), value.clone())).collect();
    Ok(Dict::from_names(names))
}

fn locals(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [] = exactly(vm, args, "locals")?;
    Ok(Dict::from_names(vm.current_locals()))
}

/// `eval` and `exec` work on the globals of the caller alone.
fn run(vm: &mut Vm, args: Args, function: &str, is_expression: bool) -> PyResult<Object> {
    let [source, globals, _locals] = at_most(vm, args, function, 1)?;
    if globals.is_some_and(|globals| !globals.is_none()) {
        let message = format!("{function}() with globals of its own is not available here: leave them out");
        return Err(unavailable(vm, &message));
    }
    let source = source.unwrap_or(Object::None);
    let Object::Str(source) = base(&source) else {
        return Err(vm.type_error(format!("{function}() arg 1 must be a string, bytes or code object")));
    };
    let module = vm.current_globals();
    vm.run_source(source, &module, is_expression)
}

fn eval(vm: &mut Vm, args: Args) -> PyResult<Object> {
    run(vm, args, "eval", true)
}

fn exec(vm: &mut Vm, args: Args) -> PyResult<Object> {
    run(vm, args, "exec", false)?;
    Ok(Object::None)
}
