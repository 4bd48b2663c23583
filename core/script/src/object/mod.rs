//! Python values.
//!
//! An [`Object`] is two words and cheap to clone. What the language itself
//! knows (numbers, strings, containers, functions) has a variant of its own;
//! everything else, SQLAlchemy's classes included, is an [`Instance`] of a
//! [`Class`], with native data in its payload where it has some.
//!
//! CPython counterpart: `Objects/`.

mod attributes;
mod class;
mod function;
mod instance;
mod operator;
mod raise;
mod text;

use std::cell::RefCell;
use std::rc::Rc;

use num_bigint::BigInt;

pub use attributes::Attributes;
pub use class::{Class, ClassBuilder, class_changes, merge_mros};
pub use function::{
    Args, BoundMethod, Module, NativeBody, NativeClosure, NativeFn, NativeFunction, Property,
};
pub use instance::{Instance, Payload};
pub use operator::{BinaryOp, CompareOp, UnaryOp};
pub use raise::{PyResult, Raised, TracebackEntry, Unwind};
pub use text::{Name, PyStr};

/// A Python value.
// The tag takes a whole word, so that values move as two words rather than as bytes.
#[derive(Clone)]
#[repr(u64)]
pub enum Object {
    /// `None`
    None,
    /// `NotImplemented`
    NotImplemented,
    /// `...`
    Ellipsis,
    /// `True`, `False`
    Bool(bool),
    /// An `int` that fits 64 bits.
    Int(i64),
    /// Any other `int`; never holds a number that fits [`Object::Int`].
    BigInt(Rc<BigInt>),
    /// `float`
    Float(f64),
    /// `str`
    Str(Name),
    /// `bytes`
    Bytes(Rc<Vec<u8>>),
    /// `tuple`
    Tuple(Rc<Vec<Object>>),
    /// `list`
    List(Rc<List>),
    /// `dict`
    Dict(Rc<super::builtins::Dict>),
    /// `set` or `frozenset`
    Set(Rc<super::builtins::Set>),
    /// `range`
    Range(Rc<super::builtins::Range>),
    /// `slice`
    Slice(Rc<super::builtins::Slice>),
    /// A function written in Python.
    Function(Rc<super::vm::Function>),
    /// A function or method written in Rust.
    Native(Rc<NativeFunction>),
    /// A function with its `self`.
    Method(Rc<BoundMethod>),
    /// `property`
    Property(Rc<Property>),
    /// `staticmethod`
    StaticMethod(Rc<Object>),
    /// `classmethod`
    ClassMethod(Rc<Object>),
    /// A class, written in Python or in Rust.
    Class(Rc<Class>),
    /// An instance of a class that has no variant of its own here.
    Instance(Rc<Instance>),
    /// `super()`
    Super(Rc<super::vm::Super>),
    /// A module.
    Module(Rc<Module>),
    /// A generator.
    Generator(Rc<super::vm::Generator>),
    /// An iterator of the built-in kinds (`list_iterator`, `zip`, `map`, …).
    Iterator(Rc<super::builtins::Iter>),
    /// A view of a dict: `keys()`, `values()`, `items()`.
    View(Rc<super::builtins::DictView>),
    /// A variable shared between a function and its closures.
    Cell(Rc<RefCell<Option<Object>>>),
    /// Compiled code, as a constant of other code.
    Code(Rc<super::compile::Code>),
}

/// A Python `list`.
#[derive(Default)]
pub struct List {
    /// The items. Never keep this borrowed while Python code may run.
    pub items: RefCell<Vec<Object>>,
}

impl Object {
    /// A `str`.
    pub fn str(text: impl AsRef<str>) -> Object {
        Object::Str(PyStr::new(text.as_ref()))
    }

    /// A new `list`.
    pub fn list(items: Vec<Object>) -> Object {
        Object::List(Rc::new(List { items: RefCell::new(items) }))
    }

    /// A `tuple`.
    pub fn tuple(items: Vec<Object>) -> Object {
        Object::Tuple(Rc::new(items))
    }

    /// `is None`
    pub fn is_none(&self) -> bool {
        matches!(self, Object::None)
    }

    /// The text, when this is a `str`.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Object::Str(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The class, when this is one.
    pub fn as_class(&self) -> Option<&Rc<Class>> {
        match self {
            Object::Class(class) => Some(class),
            _ => None,
        }
    }

    /// The instance, when this is one.
    pub fn as_instance(&self) -> Option<&Rc<Instance>> {
        match self {
            Object::Instance(instance) => Some(instance),
            _ => None,
        }
    }

    /// The native data of type `T` inside this instance, when it has such.
    ///
    /// ```
    /// use ormscope_script::object::{Class, Instance, Object};
    ///
    /// struct Url(String);
    /// let class = Class::builder("URL").build();
    /// let object = Instance::native(&class, Url("sqlite://".into()));
    /// assert_eq!(object.native::<Url>().unwrap().0, "sqlite://");
    /// assert!(Object::None.native::<Url>().is_none());
    /// ```
    pub fn native<T: 'static>(&self) -> Option<Rc<T>> {
        self.as_instance()?.data::<T>()
    }

    /// Python's `is`.
    pub fn is(&self, other: &Object) -> bool {
        match (self, other) {
            (Object::None, Object::None)
            | (Object::NotImplemented, Object::NotImplemented)
            | (Object::Ellipsis, Object::Ellipsis) => true,
            (Object::Bool(a), Object::Bool(b)) => a == b,
            // CPython caches small ints only, but code that can tell is broken.
            (Object::Int(a), Object::Int(b)) => a == b,
            (Object::Str(a), Object::Str(b)) => Rc::ptr_eq(a, b) || a.as_str() == b.as_str(),
            (Object::Tuple(a), Object::Tuple(b)) => Rc::ptr_eq(a, b) || (a.is_empty() && b.is_empty()),
            (Object::StaticMethod(a), Object::StaticMethod(b)) => Rc::ptr_eq(a, b),
            (Object::ClassMethod(a), Object::ClassMethod(b)) => Rc::ptr_eq(a, b),
            _ => match (self.address(), other.address()) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        }
    }

    /// The address of what this refers to, which is what `id()` is made from.
    pub fn address(&self) -> Option<usize> {
        fn at<T: ?Sized>(rc: &Rc<T>) -> Option<usize> {
            Some(Rc::as_ptr(rc).cast::<()>() as usize)
        }
        match self {
            Object::None | Object::NotImplemented | Object::Ellipsis => None,
            Object::Bool(_) | Object::Int(_) | Object::Float(_) => None,
            Object::BigInt(rc) => at(rc),
            Object::Str(rc) => at(rc),
            Object::Bytes(rc) => at(rc),
            Object::Tuple(rc) => at(rc),
            Object::List(rc) => at(rc),
            Object::Dict(rc) => at(rc),
            Object::Set(rc) => at(rc),
            Object::Range(rc) => at(rc),
            Object::Slice(rc) => at(rc),
            Object::Function(rc) => at(rc),
            Object::Native(rc) => at(rc),
            Object::Method(rc) => at(rc),
            Object::Property(rc) => at(rc),
            Object::StaticMethod(rc) | Object::ClassMethod(rc) => at(rc),
            Object::Class(rc) => at(rc),
            Object::Instance(rc) => at(rc),
            Object::Super(rc) => at(rc),
            Object::Module(rc) => at(rc),
            Object::Generator(rc) => at(rc),
            Object::Iterator(rc) => at(rc),
            Object::View(rc) => at(rc),
            Object::Cell(rc) => at(rc),
            Object::Code(rc) => at(rc),
        }
    }
}

impl From<bool> for Object {
    fn from(value: bool) -> Object {
        Object::Bool(value)
    }
}

impl From<i64> for Object {
    fn from(value: i64) -> Object {
        Object::Int(value)
    }
}

impl From<f64> for Object {
    fn from(value: f64) -> Object {
        Object::Float(value)
    }
}

impl From<&str> for Object {
    fn from(value: &str) -> Object {
        Object::str(value)
    }
}

impl From<String> for Object {
    fn from(value: String) -> Object {
        Object::str(value)
    }
}

impl From<Rc<Class>> for Object {
    fn from(value: Rc<Class>) -> Object {
        Object::Class(value)
    }
}
