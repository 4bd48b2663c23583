//! The instructions that call.

use std::rc::Rc;

use super::frame::Function;
use super::{OnReturn, RECURSION_LIMIT, Vm};
use crate::object::{Args, Instance, Name, Object, PyResult};

impl Vm {
    pub(super) fn load_method(&mut self, name: &Name) -> PyResult<()> {
        let object = self.pop();
        // A method of a class, found without making a bound method of it.
        let direct = match &object {
            Object::Instance(instance) => {
                let class = instance.class();
                let getattribute = Rc::clone(&self.symbols.getattribute);
                let usual = self.lookup_special(&class, &getattribute).is_none();
                if usual && instance.dict.borrow().get_name(name).is_none() {
                    self.lookup(&class, name)
                } else {
                    None
                }
            }
            Object::Class(_) | Object::Module(_) | Object::Super(_) | Object::Function(_) => None,
            object => {
                let class = self.class_of(object);
                self.lookup(&class, name)
            }
        };
        let (function, receiver) = match direct {
            Some(method @ (Object::Function(_) | Object::Native(_))) if !name.starts_with("__new") => {
                (Some(method), object)
            }
            _ => (None, self.attribute(&object, name)?),
        };
        let values = &mut self.frame_mut().values;
        values.push(function);
        values.push(Some(receiver));
        Ok(())
    }

    /// Calls what lies below `count` arguments.
    #[inline]
    pub(super) fn call_on_stack(&mut self, count: usize) -> PyResult<()> {
        let values = &mut self.frame_mut().values;
        let Some(at) = values.len().checked_sub(count + 2) else { return Ok(()) };
        // Either a function and its `self`, or nothing and the callable.
        let (callable, first) = match values[at].take() {
            Some(function) => (function, at + 1),
            None => match values[at + 1].take() {
                Some(callable) => (callable, at + 2),
                None => return Ok(()),
            },
        };
        match &callable {
            Object::Function(function) if self.enter(function, at, first, None)? => {
                return Ok(());
            }
            Object::Method(method) if first == at + 2 => {
                if let Object::Function(function) = &method.function {
                    self.frame_mut().values[at + 1] = Some(method.receiver.clone());
                    if self.enter(function, at, at + 1, None)? {
                        return Ok(());
                    }
                    self.frame_mut().values[at + 1] = None;
                }
            }
            Object::Class(class) if first == at + 2 && class.metaclass.is_none() => {
                let (new, init) = (Rc::clone(&self.symbols.new), Rc::clone(&self.symbols.init));
                if self.lookup_special(class, &new).is_none()
                    && let Some(Object::Function(init)) = self.lookup_special(class, &init)
                {
                    let instance = Instance::plain(class);
                    self.frame_mut().values[at + 1] = Some(instance.clone());
                    if self.enter(&init, at, at + 1, Some(instance))? {
                        return Ok(());
                    }
                    self.frame_mut().values[at + 1] = None;
                }
            }
            _ => {}
        }
        let values = &mut self.frame_mut().values;
        let positional: Vec<Object> = values.drain(first..).flatten().collect();
        values.truncate(at);
        let value = self.call(&callable, Args::positional(positional))?;
        self.push(value);
        Ok(())
    }

    /// Begins a Python function in the same loop, when its arguments need no binding by name.
    /// The values from `at` are taken off the stack, the arguments begin at `first`.
    #[inline]
    fn enter(
        &mut self,
        function: &Rc<Function>,
        at: usize,
        first: usize,
        instance: Option<Object>,
    ) -> PyResult<bool> {
        let code = &function.code;
        let parameters = code.parameters;
        let caller = self.frames.len() - 1;
        let values = &mut self.frames[caller].values;
        let given = values.len() - first;
        if !parameters.is_simple() || given > parameters.positional {
            return self.enter_bound(function, at, first, instance);
        }
        let missing = parameters.positional - given;
        if missing > 0 && missing > function.defaults.borrow().len() {
            return self.enter_bound(function, at, first, instance);
        }
        let mut slots = self.spare.pop().unwrap_or_default();
        slots.reserve(code.locals.len() + 8);
        slots.extend(values.drain(first..));
        values.truncate(at);
        if missing > 0 {
            let defaults = function.defaults.borrow();
            slots.extend(defaults[defaults.len() - missing..].iter().cloned().map(Some));
        }
        slots.resize(code.locals.len(), None);
        self.begin(function, slots, instance)?;
        Ok(true)
    }

    fn enter_bound(
        &mut self,
        function: &Rc<Function>,
        at: usize,
        first: usize,
        instance: Option<Object>,
    ) -> PyResult<bool> {
        let values = &mut self.frame_mut().values;
        let positional = values.drain(first..).flatten().collect();
        values.truncate(at);
        let slots = self.bind(function, Args::positional(positional))?;
        self.begin(function, slots, instance)?;
        Ok(true)
    }

    #[inline]
    fn begin(
        &mut self,
        function: &Rc<Function>,
        slots: Vec<Option<Object>>,
        instance: Option<Object>,
    ) -> PyResult<()> {
        let on_return = instance.map_or(OnReturn::Push, OnReturn::Instance);
        let frame = self.frame(function, slots, on_return);
        if function.code.is_generator {
            let generator = self.generator(function, frame);
            self.push(generator);
            return Ok(());
        }
        if self.frames.len() >= RECURSION_LIMIT {
            return Err(self.recursion_error());
        }
        self.frames.push(frame);
        Ok(())
    }

    pub(super) fn call_with_keywords(&mut self, count: u32, names: &Object) -> PyResult<()> {
        let Object::Tuple(names) = names else { return Ok(()) };
        let mut positional = self.pop_many(count);
        let values = positional.split_off(positional.len().saturating_sub(names.len()));
        let keyword = names
            .iter()
            .zip(values)
            .filter_map(|(name, value)| match name {
                Object::Str(name) => Some((Rc::clone(name), value)),
                _ => None,
            })
            .collect();
        self.call_with_args(Args { positional, keyword })
    }

    pub(super) fn call_unpacked(&mut self, has_keywords: bool) -> PyResult<()> {
        let keyword = if has_keywords {
            let keywords = self.pop();
            self.to_attributes(&keywords)?.into_iter().collect()
        } else {
            Vec::new()
        };
        let positional = match self.pop() {
            Object::List(list) => list.items.take(),
            _ => Vec::new(),
        };
        self.call_with_args(Args { positional, keyword })
    }

    /// Calls the callable on the stack.
    fn call_with_args(&mut self, mut args: Args) -> PyResult<()> {
        let values = &mut self.frame_mut().values;
        let (second, first) = (values.pop().flatten(), values.pop().flatten());
        let callable = match (first, second) {
            (Some(function), Some(receiver)) => {
                args.positional.insert(0, receiver);
                function
            }
            (_, callable) => callable.unwrap_or(Object::None),
        };
        let mut instance = None;
        let mut function = None;
        match &callable {
            Object::Function(plain) => function = Some(Rc::clone(plain)),
            Object::Method(method) => {
                if let Object::Function(plain) = &method.function {
                    args.positional.insert(0, method.receiver.clone());
                    function = Some(Rc::clone(plain));
                }
            }
            Object::Class(class) if class.metaclass.is_none() => {
                let (new, init) = (Rc::clone(&self.symbols.new), Rc::clone(&self.symbols.init));
                if self.lookup_special(class, &new).is_none()
                    && let Some(Object::Function(init)) = self.lookup_special(class, &init)
                {
                    let made = Instance::plain(class);
                    args.positional.insert(0, made.clone());
                    instance = Some(made);
                    function = Some(init);
                }
            }
            _ => {}
        }
        if let Some(function) = function {
            let slots = self.bind(&function, args)?;
            return self.begin(&function, slots, instance);
        }
        let value = self.call(&callable, args)?;
        self.push(value);
        Ok(())
    }
}
