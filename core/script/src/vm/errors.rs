//! Making exceptions.

use std::rc::Rc;

use super::Vm;
use crate::builtins::{exception_data, new_exception};
use crate::object::{Args, Class, Instance, Name, Object, PyResult, PyStr, Raised, Unwind};

impl Vm {
    /// An exception of a built-in class with a message.
    pub fn error(&self, class: &Rc<Class>, message: impl Into<String>) -> Unwind {
        let exception = new_exception(class, vec![Object::str(message.into())]);
        Raised { exception, traceback: Vec::new() }.into()
    }

    /// `TypeError`
    pub fn type_error(&self, message: impl Into<String>) -> Unwind {
        self.error(&self.exceptions.type_error, message)
    }

    /// `ValueError`
    pub fn value_error(&self, message: impl Into<String>) -> Unwind {
        self.error(&self.exceptions.value_error, message)
    }

    /// `KeyError`
    pub fn key_error(&self, key: Object) -> Unwind {
        let exception = new_exception(&self.exceptions.key_error, vec![key]);
        Raised { exception, traceback: Vec::new() }.into()
    }

    /// `AttributeError`, in the words for this kind of object.
    pub fn attribute_error(&self, object: &Object, name: &str) -> Unwind {
        let message = match object {
            Object::Class(class) => {
                format!("type object '{}' has no attribute '{name}'", class.name().as_str())
            }
            Object::Module(module) => format!("module '{}' has no attribute '{name}'", module.name.as_str()),
            Object::Super(_) => format!("'super' object has no attribute '{name}'"),
            other => format!("'{}' object has no attribute '{name}'", self.type_name(other).as_str()),
        };
        let unwind = self.error(&self.exceptions.attribute_error, message);
        if let Unwind::Raised(raised) = &unwind {
            let mut dict = raised.exception.dict.borrow_mut();
            dict.insert(PyStr::new("name"), Object::str(name));
            // Not `obj`: an exception must not keep the object alive.
        }
        unwind
    }

    /// `NameError`
    pub(crate) fn name_error(&self, name: &str) -> Unwind {
        let unwind = self.error(&self.exceptions.name_error, format!("name '{name}' is not defined"));
        if let Unwind::Raised(raised) = &unwind {
            raised.exception.dict.borrow_mut().insert(PyStr::new("name"), Object::str(name));
        }
        unwind
    }

    /// `StopIteration`, with the value a generator has returned.
    pub fn stop_iteration(&self, value: Object) -> Unwind {
        let args = if value.is_none() { Vec::new() } else { vec![value] };
        let exception = new_exception(&self.exceptions.stop_iteration, args);
        Raised { exception, traceback: Vec::new() }.into()
    }

    /// The same error with another cause: `raise … from cause`.
    pub fn caused_by(&self, unwind: Unwind, cause: &Object) -> Unwind {
        if let Unwind::Raised(raised) = &unwind {
            let exception = Object::Instance(Rc::clone(&raised.exception));
            if let Some(data) = exception_data(&exception) {
                let mut data = data.borrow_mut();
                data.cause = Some(cause.clone());
                data.context = Some(cause.clone());
                data.suppress_context = true;
            }
        }
        unwind
    }

    /// Whether this unwinds with an exception of the class.
    pub fn is_raised(&self, unwind: &Unwind, class: &Rc<Class>) -> bool {
        match unwind {
            Unwind::Raised(raised) => raised.exception.class().is_subclass_of(class),
            Unwind::Interrupted => false,
        }
    }

    /// What `raise value` raises: an instance, or a class that is called without arguments.
    pub fn to_raised(&mut self, value: &Object) -> PyResult<Raised> {
        let made;
        let value = match value {
            Object::Class(class) if class.is_subclass_of(&self.exceptions.base_exception) => {
                made = self.call(value, Args::default())?;
                &made
            }
            value => value,
        };
        match (value, exception_data(value)) {
            (Object::Instance(exception), Some(data)) => {
                let traceback = data.borrow().traceback.clone();
                Ok(Raised { exception: Rc::clone(exception), traceback })
            }
            _ => Err(self.type_error("exceptions must derive from BaseException")),
        }
    }

    /// Raises an exception object from native code.
    pub fn raise(&mut self, value: &Object) -> Unwind {
        match self.to_raised(value) {
            Ok(raised) => raised.into(),
            Err(unwind) => unwind,
        }
    }

    /// Notes the exception that was being handled as the context of a new one.
    pub(crate) fn set_context(&self, exception: &Rc<Instance>) {
        let Some(handled) = self.handled_exception() else { return };
        if Rc::ptr_eq(&handled, exception) || Rc::ptr_eq(&handled, &self.interrupted) {
            return;
        }
        let this = Object::Instance(Rc::clone(exception));
        let Some(data) = exception_data(&this) else { return };
        if data.borrow().context.is_some() {
            return;
        }
        // A chain must not come back to its beginning.
        let mut link = Object::Instance(Rc::clone(&handled));
        while let Some(next) = exception_data(&link).and_then(|data| data.borrow().context.clone()) {
            if next.is(&this) {
                if let Some(data) = exception_data(&link) {
                    data.borrow_mut().context = None;
                }
                break;
            }
            link = next;
        }
        data.borrow_mut().context = Some(Object::Instance(handled));
    }

    /// The name of an object's class as CPython's messages have it: with the module, where C code
    /// of a module defines the class.
    pub fn type_name(&self, object: &Object) -> Name {
        let class = self.class_of(object);
        let module = Rc::clone(&class.module.borrow());
        if class.native && matches!(module.as_str(), "datetime" | "decimal") {
            return PyStr::new(&format!("{}.{}", module.as_str(), class.name().as_str()));
        }
        class.name()
    }

    /// The name of an object's class.
    pub fn class_name(&self, object: &Object) -> Name {
        self.class_of(object).name()
    }
}
