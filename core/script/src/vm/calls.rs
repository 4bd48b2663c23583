//! Calls.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Frame, Function, Generator, OnReturn, RECURSION_LIMIT, Vm};
use crate::object::{Args, Class, Instance, Name, Object, PyResult};

impl Vm {
    /// Calls an object.
    pub fn call(&mut self, callable: &Object, mut args: Args) -> PyResult<Object> {
        match callable {
            Object::Function(function) => {
                let slots = self.bind(function, args)?;
                self.call_bound(function, slots)
            }
            Object::Native(native) => native.invoke(self, args),
            Object::Method(method) => {
                args.positional.insert(0, method.receiver.clone());
                let function = method.function.clone();
                self.call(&function, args)
            }
            Object::Class(class) => self.call_class(&Rc::clone(class), args),
            Object::StaticMethod(function) => {
                let function = Object::clone(function);
                self.call(&function, args)
            }
            Object::Instance(instance) => {
                let class = instance.class();
                let name = Rc::clone(&self.symbols.call);
                match self.lookup_special(&class, &name) {
                    Some(method) => {
                        let method = self.bind_attribute(method, Some(callable), &class)?;
                        self.call(&method, args)
                    }
                    None => Err(self.not_callable(callable)),
                }
            }
            _ => Err(self.not_callable(callable)),
        }
    }

    /// Calls a method by name.
    pub fn call_method(&mut self, object: &Object, name: &str, args: Vec<Object>) -> PyResult<Object> {
        let method = self.get_attr(object, name)?;
        self.call(&method, Args::positional(args))
    }

    fn not_callable(&self, object: &Object) -> crate::object::Unwind {
        self.type_error(format!("'{}' object is not callable", self.class_name(object).as_str()))
    }

    /// Calls a special method, which is looked for on the class; nothing where there is none.
    pub(crate) fn call_special(
        &mut self,
        object: &Object,
        name: &Name,
        mut args: Vec<Object>,
    ) -> PyResult<Option<Object>> {
        let class = self.class_of(object);
        let Some(method) = self.lookup(&class, name) else { return Ok(None) };
        match &method {
            Object::Function(_) | Object::Native(_) => {
                args.insert(0, object.clone());
                self.call(&method, Args::positional(args)).map(Some)
            }
            Object::None => Ok(None),
            _ => {
                let method = self.bind_attribute(method, Some(object), &class)?;
                self.call(&method, Args::positional(args)).map(Some)
            }
        }
    }

    /// Runs a function whose slots are bound; for a generator function makes the generator.
    fn call_bound(&mut self, function: &Rc<Function>, slots: Vec<Option<Object>>) -> PyResult<Object> {
        let frame = self.frame(function, slots, OnReturn::Push);
        if function.code.is_generator {
            return Ok(self.generator(function, frame));
        }
        self.run_nested(frame)
    }

    pub(crate) fn generator(&mut self, function: &Function, frame: Frame) -> Object {
        Generator::new(frame, Rc::clone(&function.name.borrow()), Rc::clone(&function.qualname.borrow()))
    }

    /// A frame for a call whose slots are bound.
    #[inline]
    pub(crate) fn frame(
        &mut self,
        function: &Rc<Function>,
        mut slots: Vec<Option<Object>>,
        on_return: OnReturn,
    ) -> Frame {
        let code = &function.code;
        let mut cells = Vec::new();
        if !code.cells.is_empty() {
            cells.reserve_exact(code.cells.len());
            cells.extend((0..code.own_cells).map(|_| Rc::new(RefCell::new(None))));
            cells.extend(function.closure.iter().cloned());
            for (slot, cell) in &code.cell_parameters {
                *cells[*cell as usize].borrow_mut() = slots[*slot as usize].take();
            }
        }
        Frame {
            code: Rc::clone(code),
            pc: 0,
            values: std::mem::take(&mut slots),
            cells,
            blocks: Vec::new(),
            handled: Vec::new(),
            globals: Rc::clone(&function.globals),
            namespace: None,
            on_return,
        }
    }

    pub(crate) fn push_frame(&mut self, frame: Frame) -> PyResult<()> {
        if self.frames.len() >= RECURSION_LIMIT {
            return Err(self.recursion_error());
        }
        self.frames.push(frame);
        Ok(())
    }

    pub(crate) fn recursion_error(&self) -> crate::object::Unwind {
        self.error(&self.exceptions.recursion_error, "maximum recursion depth exceeded")
    }

    /// Calls a class: makes an instance, through the metaclass where that says how.
    pub fn call_class(&mut self, class: &Rc<Class>, mut args: Args) -> PyResult<Object> {
        if let Some(metaclass) = class.metaclass.clone() {
            let name = Rc::clone(&self.symbols.call);
            let own = self.lookup(&metaclass, &name);
            let usual = self.types.type_.dict.borrow().get_name(&name).cloned();
            match (own, usual) {
                (Some(own), Some(usual)) if own.is(&usual) => {}
                (Some(own), _) => {
                    if matches!(own, Object::Function(_) | Object::Native(_)) {
                        args.positional.insert(0, Object::Class(Rc::clone(class)));
                        return self.call(&own, args);
                    }
                    let bound =
                        self.bind_attribute(own, Some(&Object::Class(Rc::clone(class))), &metaclass)?;
                    return self.call(&bound, args);
                }
                (None, _) => {}
            }
        }
        self.make_instance(class, args)
    }

    /// `type.__call__`: `__new__`, then `__init__`.
    pub fn make_instance(&mut self, class: &Rc<Class>, args: Args) -> PyResult<Object> {
        if Rc::ptr_eq(class, &self.types.type_)
            && let [object] = &args.positional[..]
            && args.keyword.is_empty()
        {
            // `type(object)` makes nothing: a metaclass must not initialise the class again.
            return Ok(Object::Class(self.class_of(object)));
        }
        let (new, init) = (Rc::clone(&self.symbols.new), Rc::clone(&self.symbols.init));
        let custom_init = self.lookup_special(class, &init);
        let object = match self.lookup_special(class, &new) {
            Some(new) => {
                let new = match new {
                    Object::StaticMethod(function) => Object::clone(&function),
                    other => other,
                };
                let mut new_args = args.clone();
                new_args.positional.insert(0, Object::Class(Rc::clone(class)));
                let object = self.call(&new, new_args)?;
                if !self.is_instance(&object, class) {
                    return Ok(object);
                }
                object
            }
            None => {
                if custom_init.is_none() && !(args.positional.is_empty() && args.keyword.is_empty()) {
                    return Err(self.type_error(format!("{}() takes no arguments", class.name().as_str())));
                }
                Instance::plain(class)
            }
        };
        let object_class = self.class_of(&object);
        let custom_init = if Rc::ptr_eq(&object_class, class) {
            custom_init
        } else {
            self.lookup_special(&object_class, &init)
        };
        if let Some(init) = custom_init {
            let result = match &init {
                Object::Function(_) | Object::Native(_) => {
                    let mut args = args;
                    args.positional.insert(0, object.clone());
                    self.call(&init, args)?
                }
                _ => {
                    let bound = self.bind_attribute(init, Some(&object), &object_class)?;
                    self.call(&bound, args)?
                }
            };
            self.check_init(&result)?;
        }
        Ok(object)
    }

    pub(crate) fn check_init(&self, result: &Object) -> PyResult<()> {
        if result.is_none() {
            return Ok(());
        }
        let name = self.class_name(result);
        Err(self.type_error(format!("__init__() should return None, not '{}'", name.as_str())))
    }
}
