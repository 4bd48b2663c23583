//! What can be called, and modules.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Attributes, Class, Name, Object, PyResult, PyStr};
use crate::vm::Vm;

/// A function written in Rust. As a method it finds `self` as `args.positional[0]`.
pub type NativeFn = fn(&mut Vm, Args) -> PyResult<Object>;

/// A native function that carries Rust data.
pub type NativeClosure = dyn Fn(&mut Vm, Args) -> PyResult<Object>;

/// The arguments of a call.
#[derive(Default, Clone)]
pub struct Args {
    /// Arguments without a name, in order.
    pub positional: Vec<Object>,
    /// Arguments with a name, in order.
    pub keyword: Vec<(Name, Object)>,
}

impl Args {
    /// Only positional ones.
    pub fn positional(positional: Vec<Object>) -> Args {
        Args { positional, keyword: Vec::new() }
    }

    /// Takes the keyword argument `name` out.
    pub fn take_keyword(&mut self, name: &str) -> Option<Object> {
        let at = self.keyword.iter().position(|(key, _)| key.as_str() == name)?;
        Some(self.keyword.remove(at).1)
    }
}

/// A function or method written in Rust.
pub struct NativeFunction {
    /// `__name__`
    pub name: Name,
    /// Its code.
    pub call: NativeBody,
    /// The class whose dict holds it, for messages; filled in by `ClassBuilder`.
    pub owner: Option<Name>,
}

/// The code of a native function.
pub enum NativeBody {
    /// A plain function.
    Fn(NativeFn),
    /// A closure over Rust data.
    Closure(Box<NativeClosure>),
}

impl NativeFunction {
    /// A function object over a plain Rust function.
    #[allow(clippy::new_ret_no_self)] // Python code only ever holds it as an object
    pub fn new(name: &str, call: NativeFn) -> Object {
        Object::Native(Rc::new(NativeFunction {
            name: PyStr::new(name),
            call: NativeBody::Fn(call),
            owner: None,
        }))
    }

    /// A function object over a closure.
    pub fn closure(name: &str, call: impl Fn(&mut Vm, Args) -> PyResult<Object> + 'static) -> Object {
        Object::Native(Rc::new(NativeFunction {
            name: PyStr::new(name),
            call: NativeBody::Closure(Box::new(call)),
            owner: None,
        }))
    }

    /// Runs it.
    pub fn invoke(&self, vm: &mut Vm, args: Args) -> PyResult<Object> {
        match &self.call {
            NativeBody::Fn(call) => call(vm, args),
            NativeBody::Closure(call) => call(vm, args),
        }
    }
}

/// A function with its `self`.
pub struct BoundMethod {
    /// `__self__`
    pub receiver: Object,
    /// `__func__`
    pub function: Object,
}

/// `property`
#[derive(Clone)]
pub struct Property {
    /// `fget`
    pub get: Object,
    /// `fset`
    pub set: Object,
    /// `fdel`
    pub delete: Object,
}

/// A module: its name and its globals.
pub struct Module {
    /// `__name__`
    pub name: Name,
    /// `__dict__`
    pub dict: RefCell<Attributes>,
    /// The class that a module of Rust code gives for attributes it makes on demand.
    pub class: Option<Rc<Class>>,
}
