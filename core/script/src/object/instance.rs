//! Instances of classes.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use super::{Attributes, Class, Object};

/// An object of a class, with its attributes.
pub struct Instance {
    /// Its class; `__class__` may be assigned.
    pub class: RefCell<Rc<Class>>,
    /// `__dict__`
    pub dict: RefCell<Attributes>,
    /// What the class keeps beside the attributes.
    pub payload: Payload,
}

/// The part of an instance that its class's Rust code understands.
pub enum Payload {
    /// Nothing: a plain Python object.
    None,
    /// The built-in value that a subclass of `list`, `dict`, `str`, `int`, … wraps.
    Base(Object),
    /// `args`, `__cause__`, `__context__` and kin of an exception.
    Exception(RefCell<super::super::builtins::ExceptionData>),
    /// Data of a class written in Rust; it brings its own interior mutability.
    Native(Rc<dyn Any>),
}

impl Instance {
    /// A plain instance without attributes.
    pub fn plain(class: &Rc<Class>) -> Object {
        Instance::with_payload(class, Payload::None)
    }

    /// An instance that carries native data.
    pub fn native<T: 'static>(class: &Rc<Class>, data: T) -> Object {
        Instance::with_payload(class, Payload::Native(Rc::new(data)))
    }

    /// An instance with any payload.
    pub fn with_payload(class: &Rc<Class>, payload: Payload) -> Object {
        Object::Instance(Rc::new(Instance {
            class: RefCell::new(Rc::clone(class)),
            dict: RefCell::default(),
            payload,
        }))
    }
}

impl Instance {
    /// The native data, when it is of type `T`.
    pub fn data<T: 'static>(&self) -> Option<Rc<T>> {
        match &self.payload {
            Payload::Native(data) => Rc::clone(data).downcast::<T>().ok(),
            _ => None,
        }
    }

    /// The native data to look at, when it is of type `T`.
    pub fn data_ref<T: 'static>(&self) -> Option<&T> {
        match &self.payload {
            Payload::Native(data) => data.downcast_ref::<T>(),
            _ => None,
        }
    }

    /// Its class.
    pub fn class(&self) -> Rc<Class> {
        Rc::clone(&self.class.borrow())
    }

    /// An attribute of the instance itself.
    pub fn get(&self, name: &str) -> Option<Object> {
        self.dict.borrow().get(name).cloned()
    }
}
