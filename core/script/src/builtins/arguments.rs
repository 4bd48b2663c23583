//! Taking the arguments of calls to native functions apart, with CPython's messages.
//!
//! CPython counterpart: `Python/getargs.c`.

use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// Arguments that may be given by place or by name.
pub struct Binder<'a> {
    /// The function, for messages.
    pub function: &'a str,
    /// The parameters in order; one without a name is positional only.
    pub names: &'a [&'a str],
    /// How many of them must be given.
    pub required: usize,
    /// How many of them may be given by place.
    pub positional: usize,
}

impl Binder<'_> {
    /// The values of the parameters in their order.
    pub fn bind(&self, vm: &mut Vm, args: Args) -> PyResult<Vec<Option<Object>>> {
        let given = args.positional.len() + args.keyword.len();
        if args.positional.len() > self.positional || given > self.names.len() {
            let most = if args.keyword.is_empty() { self.positional } else { self.names.len() };
            let kind = if args.keyword.is_empty() && self.positional < self.names.len() {
                "positional "
            } else {
                ""
            };
            return Err(vm.type_error(format!(
                "{}() takes at most {most} {kind}argument{} ({given} given)",
                self.function,
                plural(most)
            )));
        }
        let mut values: Vec<Option<Object>> = args.positional.into_iter().map(Some).collect();
        values.resize(self.names.len(), None);
        for (name, value) in args.keyword {
            let place = self.names.iter().position(|known| !known.is_empty() && *known == name.as_str());
            let Some(place) = place else {
                return Err(vm.type_error(format!(
                    "'{}' is an invalid keyword argument for {}()",
                    name.as_str(),
                    self.function
                )));
            };
            if values[place].is_some() {
                return Err(vm.type_error(format!(
                    "argument for {}() given by name ('{}') and position ({})",
                    self.function,
                    name.as_str(),
                    place + 1
                )));
            }
            values[place] = Some(value);
        }
        if let Some(missing) = values.iter().take(self.required).position(Option::is_none) {
            return Err(vm.type_error(format!(
                "{}() missing required argument '{}' (pos {})",
                self.function,
                self.names[missing],
                missing + 1
            )));
        }
        Ok(values)
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Refuses keyword arguments.
pub fn no_keywords(vm: &mut Vm, args: &Args, function: &str) -> PyResult<()> {
    if args.keyword.is_empty() {
        return Ok(());
    }
    Err(vm.type_error(format!("{function}() takes no keyword arguments")))
}

/// Takes exactly `N` arguments, all by place.
pub fn exactly<const N: usize>(vm: &mut Vm, args: Args, function: &str) -> PyResult<[Object; N]> {
    no_keywords(vm, &args, function)?;
    args.positional.try_into().map_err(|given: Vec<Object>| {
        let given = given.len();
        let short = short_name(function);
        vm.type_error(match N {
            0 => format!("{function}() takes no arguments ({given} given)"),
            1 => format!("{function}() takes exactly one argument ({given} given)"),
            _ => format!("{short} expected {N} arguments, got {given}"),
        })
    })
}

/// Takes from `required` to `N` arguments, all by place.
pub fn at_most<const N: usize>(
    vm: &mut Vm,
    args: Args,
    function: &str,
    required: usize,
) -> PyResult<[Option<Object>; N]> {
    no_keywords(vm, &args, function)?;
    let given = args.positional.len();
    let (limit, bound) = if given < required { ("least", required) } else { ("most", N) };
    if given < required || given > N {
        let short = short_name(function);
        return Err(vm.type_error(format!(
            "{short} expected at {limit} {bound} argument{}, got {given}",
            plural(bound)
        )));
    }
    let mut values = args.positional.into_iter();
    Ok(std::array::from_fn(|_| values.next()))
}

fn short_name(function: &str) -> &str {
    function.rsplit('.').next().unwrap_or(function)
}

/// Takes the receiver of a method off its arguments. `function` is qualified: `str.upper`.
pub(super) fn receiver<T>(
    vm: &mut Vm,
    args: &mut Args,
    function: &str,
    unwrap: fn(&Object) -> Option<T>,
) -> PyResult<T> {
    if args.positional.is_empty() {
        return Err(vm.type_error(format!("unbound method {function}() needs an argument")));
    }
    let this = args.positional.remove(0);
    match unwrap(super::base(&this)) {
        Some(this) => Ok(this),
        None => {
            let (owner, method) = function.rsplit_once('.').unwrap_or(("object", function));
            let name = vm.class_of(&this).name();
            Err(vm.type_error(format!(
                "descriptor '{method}' for '{owner}' objects doesn't apply to a '{}' object",
                name.as_str()
            )))
        }
    }
}

/// The receiver of a method and exactly `N` arguments.
pub(super) fn method<T, const N: usize>(
    vm: &mut Vm,
    mut args: Args,
    function: &str,
    unwrap: fn(&Object) -> Option<T>,
) -> PyResult<(T, [Object; N])> {
    let this = receiver(vm, &mut args, function, unwrap)?;
    Ok((this, exactly(vm, args, function)?))
}

/// The receiver of a method and from `required` to `N` arguments.
pub(super) fn method_optional<T, const N: usize>(
    vm: &mut Vm,
    mut args: Args,
    function: &str,
    required: usize,
    unwrap: fn(&Object) -> Option<T>,
) -> PyResult<(T, [Option<Object>; N])> {
    let this = receiver(vm, &mut args, function, unwrap)?;
    Ok((this, at_most(vm, args, function, required)?))
}

/// The receiver of a method and arguments that may be given by name, none of which must be.
pub(super) fn method_named<T>(
    vm: &mut Vm,
    mut args: Args,
    function: &str,
    names: &[&str],
    unwrap: fn(&Object) -> Option<T>,
) -> PyResult<(T, Vec<Option<Object>>)> {
    let this = receiver(vm, &mut args, function, unwrap)?;
    let binder = Binder { function: short_name(function), names, required: 0, positional: names.len() };
    Ok((this, binder.bind(vm, args)?))
}

/// An argument that is `None` when it is not given.
pub(super) fn or_none(value: Option<Object>) -> Object {
    value.unwrap_or(Object::None)
}
