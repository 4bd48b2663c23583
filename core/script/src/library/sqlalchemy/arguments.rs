//! Taking the arguments of a call apart, one by one.

use std::collections::VecDeque;

use crate::object::{Args, Name, Object, PyResult};
use crate::vm::Vm;

/// The arguments of a call that are not taken yet.
pub(super) struct Arguments {
    function: &'static str,
    /// The class that the function is a method of, where errors name it.
    owner: Option<&'static str>,
    positional: VecDeque<Object>,
    keyword: Vec<(Name, Object)>,
}

impl Arguments {
    /// The arguments of a call to `function`, which is named in errors.
    pub(super) fn new(function: &'static str, args: Args) -> Arguments {
        Arguments { function, owner: None, positional: args.positional.into(), keyword: args.keyword }
    }

    /// The next positional argument, which is there for methods: `self`.
    pub(super) fn receiver(&mut self) -> Object {
        self.positional.pop_front().unwrap_or(Object::None)
    }

    /// The argument of that name, or else the next positional one.
    pub(super) fn take(&mut self, name: &str) -> Option<Object> {
        self.keyword(name).or_else(|| self.positional.pop_front())
    }

    /// The same, which must be there.
    pub(super) fn require(&mut self, vm: &mut Vm, name: &str) -> PyResult<Object> {
        match self.take(name) {
            Some(value) => Ok(value),
            None => {
                let function = self.name();
                Err(vm.type_error(format!("{function}() missing 1 required positional argument: '{name}'")))
            }
        }
    }

    /// Names the function in errors as a method of a class.
    pub(super) fn name_as(&mut self, owner: &'static str, function: &'static str) {
        (self.owner, self.function) = (Some(owner), function);
    }

    fn name(&self) -> String {
        let is_class =
            self.function.starts_with(|c: char| c.is_ascii_uppercase()) && !self.function.contains('.');
        match self.owner {
            Some(owner) => format!("{owner}.{}", self.function),
            // That of a class is its `__init__`.
            None if is_class => format!("{}.__init__", self.function),
            None => self.function.to_string(),
        }
    }

    /// How many positional arguments are not taken yet.
    pub(super) fn count(&self) -> usize {
        self.positional.len()
    }

    /// The keyword argument of that name.
    pub(super) fn keyword(&mut self, name: &str) -> Option<Object> {
        let at = self.keyword.iter().position(|(key, _)| key.as_str() == name)?;
        Some(self.keyword.remove(at).1)
    }

    /// The keyword argument of that name, which stays where it is.
    pub(super) fn given(&self, name: &str) -> Option<&Object> {
        self.keyword.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value)
    }

    /// Adds a keyword argument.
    pub(super) fn give(&mut self, vm: &mut Vm, name: &str, value: Object) {
        self.keyword.push((vm.intern(name), value));
    }

    /// The first argument that suits, which stays where it is.
    pub(super) fn first_matching(&self, suits: impl Fn(&Object) -> bool) -> Option<Object> {
        let named = self.keyword.iter().map(|(_, value)| value);
        self.positional.iter().chain(named).find(|value| suits(value)).cloned()
    }

    /// A keyword argument as a truth value.
    pub(super) fn flag(&mut self, vm: &mut Vm, name: &str, default: bool) -> PyResult<bool> {
        match self.keyword(name) {
            Some(value) => vm.truthy(&value),
            None => Ok(default),
        }
    }

    /// The next positional argument.
    pub(super) fn next(&mut self) -> Option<Object> {
        self.positional.pop_front()
    }

    /// The positional arguments that are left.
    pub(super) fn rest(&mut self) -> Vec<Object> {
        std::mem::take(&mut self.positional).into()
    }

    /// The keyword arguments that are left.
    pub(super) fn keywords(&mut self) -> Vec<(Name, Object)> {
        std::mem::take(&mut self.keyword)
    }

    /// Refuses what is left.
    pub(super) fn finish(self, vm: &mut Vm) -> PyResult<()> {
        if let Some((name, _)) = self.keyword.first() {
            return Err(vm.type_error(format!(
                "{}() got an unexpected keyword argument '{}'",
                self.name(),
                name.as_str()
            )));
        }
        if self.positional.is_empty() {
            return Ok(());
        }
        Err(vm.type_error(format!("{}() takes fewer positional arguments than were given", self.function)))
    }
}

/// The items of a list, tuple or other iterable; a single object is one item.
pub(super) fn items(vm: &mut Vm, value: &Object) -> PyResult<Vec<Object>> {
    match value {
        Object::List(_) | Object::Tuple(_) | Object::Set(_) | Object::Generator(_) => vm.collect(value),
        single => Ok(vec![single.clone()]),
    }
}
