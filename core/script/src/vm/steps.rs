//! Instructions that take more than a few lines.

use std::cell::RefCell;
use std::rc::Rc;

use super::control::Exit;
use super::frame::{ClassHeader, Function};
use super::{Frame, OnReturn, Vm};
use crate::builtins::{self, exception_data};
use crate::compile::{Conversion, MakeFlags};
use crate::object::{Args, Attributes, Instance, Name, Object, PyResult, Raised, Unwind};

impl Vm {
    /// Counts a call.
    #[inline]
    pub(super) fn step(&mut self, outermost: bool) -> PyResult<()> {
        if self.fuel > 0 {
            self.fuel -= 1;
            return Ok(());
        }
        // The outermost loop pauses at the next statement.
        if outermost && !self.interrupt { Ok(()) } else { self.burn() }
    }

    /// The value `depth` below the top.
    pub(super) fn below(&self, depth: u32) -> Option<Object> {
        let values = &self.frames.last()?.values;
        values.get(values.len().checked_sub(depth as usize + 1)?)?.clone()
    }

    pub(super) fn unbound_local(&self, slot: u32) -> Unwind {
        let code = &self.frames[self.frames.len() - 1].code;
        let name = code.locals.get(slot as usize).map_or("?", |name| name.as_str());
        let message =
            format!("cannot access local variable '{name}' where it is not associated with a value");
        self.error(&self.exceptions.unbound_local_error, message)
    }

    pub(super) fn unbound_cell(&self, cell: u32) -> Unwind {
        let code = &self.frames[self.frames.len() - 1].code;
        let name = code.cells.get(cell as usize).map_or("?", |name| name.as_str());
        if (cell as usize) < code.own_cells {
            let message =
                format!("cannot access local variable '{name}' where it is not associated with a value");
            return self.error(&self.exceptions.unbound_local_error, message);
        }
        let message = format!(
            "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
        );
        self.error(&self.exceptions.name_error, message)
    }

    pub(super) fn make_function(&mut self, index: u32, flags: MakeFlags) {
        let Object::Code(code) = self.code_constant(index) else { return };
        let closure = if flags.closure { self.pop() } else { Object::None };
        let annotations = flags.annotations.then(|| self.pop());
        let keyword_defaults = if flags.keyword_defaults { self.pop() } else { Object::None };
        let defaults = if flags.defaults { self.pop() } else { Object::None };
        let globals = Rc::clone(&self.frame_mut().globals);
        let module = globals.dict.borrow().get_name(&self.symbols.name).cloned().unwrap_or(Object::None);
        let function = Function {
            name: RefCell::new(Rc::clone(&code.name)),
            qualname: RefCell::new(Rc::clone(&code.qualname)),
            doc: RefCell::new(code.doc.clone().map_or(Object::None, Object::Str)),
            module: RefCell::new(module),
            code,
            globals,
            defaults: RefCell::new(match defaults {
                Object::Tuple(items) => items.to_vec(),
                _ => Vec::new(),
            }),
            keyword_defaults: RefCell::new(match keyword_defaults {
                Object::Dict(dict) => dict
                    .items()
                    .into_iter()
                    .filter_map(|(name, value)| match name {
                        Object::Str(name) => Some((name, value)),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            }),
            closure: match closure {
                Object::Tuple(cells) => cells
                    .iter()
                    .filter_map(|cell| match cell {
                        Object::Cell(cell) => Some(Rc::clone(cell)),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            },
            annotations: RefCell::new(annotations),
            dict: RefCell::default(),
        };
        self.push(Object::Function(Rc::new(function)));
    }

    pub(super) fn build_class(&mut self, count: u32, names: u32) -> PyResult<()> {
        let Object::Tuple(names) = self.code_constant(names) else { return Ok(()) };
        let mut bases = self.pop_many(count);
        let values = bases.split_off(bases.len().saturating_sub(names.len()));
        let keywords = names
            .iter()
            .zip(values)
            .filter_map(|(name, value)| match name {
                Object::Str(name) => Some((Rc::clone(name), value)),
                _ => None,
            })
            .collect();
        self.begin_class(bases, keywords)
    }

    pub(super) fn build_class_unpacked(&mut self) -> PyResult<()> {
        let keywords = self.pop();
        let keywords = self.to_attributes(&keywords)?.into_iter().collect();
        let bases = match self.pop() {
            Object::List(list) => list.items.take(),
            _ => Vec::new(),
        };
        self.begin_class(bases, keywords)
    }

    fn begin_class(&mut self, bases: Vec<Object>, mut keywords: Vec<(Name, Object)>) -> PyResult<()> {
        let Object::Function(body) = self.pop() else { return Ok(()) };
        let metaclass = keywords
            .iter()
            .position(|(name, _)| name.as_str() == "metaclass")
            .map(|at| keywords.remove(at).1);
        let (bases, original_bases) = self.resolve_bases(bases)?;
        let header =
            ClassHeader { name: Rc::clone(&body.code.name), bases, original_bases, keywords, metaclass };
        let slots = vec![None; body.code.locals.len()];
        let mut frame = self.frame(&body, slots, OnReturn::Class(Box::new(header)));
        frame.namespace = Some(Rc::new(RefCell::new(Attributes::default())));
        self.push_frame(frame)
    }

    /// Ends the topmost frame; gives an exit when it was the one above `base`.
    pub(super) fn return_value(&mut self, value: Object, base: usize) -> PyResult<Option<Exit>> {
        let Some(mut frame) = self.frames.pop() else { return Ok(Some(Exit::Returned(value))) };
        let on_return = std::mem::replace(&mut frame.on_return, OnReturn::Discard);
        let value = match on_return {
            OnReturn::Push => {
                self.recycle(frame);
                value
            }
            OnReturn::Discard => {
                self.recycle(frame);
                Object::None
            }
            OnReturn::Instance(instance) => {
                self.recycle(frame);
                self.check_init(&value)?;
                instance
            }
            OnReturn::Class(header) => self.end_class(*header, frame)?,
        };
        if self.frames.len() <= base {
            return Ok(Some(Exit::Returned(value)));
        }
        self.push(value);
        Ok(None)
    }

    fn end_class(&mut self, header: ClassHeader, frame: Frame) -> PyResult<Object> {
        let cell = frame.code.cells[..frame.code.own_cells]
            .iter()
            .position(|name| name.as_str() == "__class__")
            .and_then(|at| frame.cells.get(at).cloned());
        let namespace = match &frame.namespace {
            Some(namespace) => namespace.take(),
            None => Attributes::default(),
        };
        let globals = Rc::clone(&frame.globals);
        self.recycle(frame);
        let _ = globals;
        let class = self.finish_class(header, namespace)?;
        if let Some(cell) = cell {
            drop(cell.replace(Some(class.clone())));
        }
        Ok(class)
    }

    pub(super) fn yield_from(&mut self) -> PyResult<Option<Exit>> {
        let sent = self.pop();
        let iterator = self.top();
        let result = match &iterator {
            Object::Generator(generator) => self.generator_step(generator, sent, None)?,
            _ if sent.is_none() => self.next_or_value(&iterator)?,
            _ => match self.call_method(&iterator, "send", vec![sent]) {
                Ok(value) => Ok(value),
                Err(unwind) => Err(self.stop_value(unwind)?),
            },
        };
        match result {
            Ok(yielded) => {
                // Met again with what is sent.
                self.frame_mut().pc -= 1;
                Ok(Some(Exit::Yielded(yielded)))
            }
            Err(returned) => {
                self.pop();
                self.push(returned);
                Ok(None)
            }
        }
    }

    fn next_or_value(&mut self, iterator: &Object) -> PyResult<Result<Object, Object>> {
        if let Object::Instance(_) = iterator {
            let name = Rc::clone(&self.symbols.next);
            return match self.call_special(iterator, &name, Vec::new()) {
                Ok(Some(value)) => Ok(Ok(value)),
                Ok(None) => Ok(Err(Object::None)),
                Err(unwind) => Ok(Err(self.stop_value(unwind)?)),
            };
        }
        Ok(self.next(iterator)?.ok_or(Object::None))
    }

    /// The value of a `StopIteration`; anything else goes on unwinding.
    pub(super) fn stop_value(&mut self, unwind: Unwind) -> PyResult<Object> {
        match unwind {
            Unwind::Raised(raised)
                if raised.exception.class().is_subclass_of(&self.exceptions.stop_iteration) =>
            {
                let exception = Object::Instance(Rc::clone(&raised.exception));
                let value = exception_data(&exception).and_then(|data| data.borrow().args.first().cloned());
                Ok(value.unwrap_or(Object::None))
            }
            unwind => Err(unwind),
        }
    }

    pub(super) fn raise_again(&mut self, exception: Option<Rc<Instance>>) -> Unwind {
        let Some(exception) = exception else {
            return self.error(&self.exceptions.runtime_error, "No active exception to reraise");
        };
        self.reraising = true;
        if Rc::ptr_eq(&exception, &self.interrupted) {
            return Unwind::Interrupted;
        }
        let object = Object::Instance(Rc::clone(&exception));
        let traceback = exception_data(&object).map(|data| data.borrow().traceback.clone());
        Raised { exception, traceback: traceback.unwrap_or_default() }.into()
    }

    pub(super) fn raise_statement(&mut self, count: u32) -> Unwind {
        if count == 0 {
            let handled = self.handled_exception();
            return self.raise_again(handled);
        }
        let cause = (count == 2).then(|| self.pop());
        let value = self.pop();
        let raised = match self.to_raised(&value) {
            Ok(raised) => raised,
            Err(unwind) => return unwind,
        };
        let Some(cause) = cause else {
            self.set_context(&raised.exception);
            return raised.into();
        };
        let cause = match &cause {
            Object::None => None,
            Object::Class(_) => match self.to_raised(&cause) {
                Ok(raised) => Some(Object::Instance(raised.exception)),
                Err(unwind) => return unwind,
            },
            other if exception_data(other).is_some() => Some(cause),
            _ => return self.type_error("exception causes must derive from BaseException"),
        };
        self.set_context(&raised.exception);
        if let Some(data) = exception_data(&Object::Instance(Rc::clone(&raised.exception))) {
            let mut data = data.borrow_mut();
            data.cause = cause;
            data.suppress_context = true;
        }
        raised.into()
    }

    /// Whether the exception being handled is of a class, or of one of a tuple of classes.
    pub(super) fn matches_handled(&mut self, class: &Object) -> PyResult<bool> {
        let Some(exception) = self.frame_mut().handled.last().cloned() else { return Ok(false) };
        let interrupted = Rc::ptr_eq(&exception, &self.interrupted);
        let thrown = exception.class();
        let single;
        let classes = match class {
            Object::Tuple(classes) => classes.as_slice(),
            other => {
                single = [other.clone()];
                &single
            }
        };
        for class in classes {
            match class {
                Object::Class(class) if class.is_subclass_of(&self.exceptions.base_exception) => {
                    if !interrupted && thrown.is_subclass_of(class) {
                        return Ok(true);
                    }
                }
                _ => {
                    return Err(self.type_error(
                        "catching classes that do not inherit from BaseException is not allowed",
                    ));
                }
            }
        }
        Ok(false)
    }

    pub(super) fn before_with(&mut self) -> PyResult<()> {
        let manager = self.pop();
        let class = self.class_of(&manager);
        let (enter, exit) = (Rc::clone(&self.symbols.enter), Rc::clone(&self.symbols.exit));
        let (found_enter, found_exit) = (self.lookup(&class, &enter), self.lookup(&class, &exit));
        let (Some(enter), Some(exit)) = (found_enter, found_exit.clone()) else {
            let missing = if found_exit.is_none() && self.lookup(&class, &enter).is_some() {
                " (missed __exit__ method)"
            } else {
                ""
            };
            let name = class.name();
            return Err(self.type_error(format!(
                "'{}' object does not support the context manager protocol{missing}",
                name.as_str()
            )));
        };
        let exit = self.bind_attribute(exit, Some(&manager), &class)?;
        let enter = self.bind_attribute(enter, Some(&manager), &class)?;
        self.frame_mut().values.extend([None, Some(exit), None, Some(enter)]);
        Ok(())
    }

    pub(super) fn format_value(
        &mut self,
        value: Object,
        conversion: Conversion,
        spec: Option<Object>,
    ) -> PyResult<Object> {
        let value = match conversion {
            Conversion::None => value,
            Conversion::Str => Object::Str(self.str(&value)?),
            Conversion::Repr => Object::Str(self.repr(&value)?),
            Conversion::Ascii => {
                let text = self.repr(&value)?;
                Object::from(ascii(&text))
            }
        };
        let spec = spec.as_ref().and_then(Object::as_str).unwrap_or_default();
        Ok(Object::Str(self.format(&value, spec)?))
    }

    pub(super) fn dict_update(&mut self, value: &Object, keyword_arguments: bool) -> PyResult<()> {
        let Some(Object::Dict(target)) = self.below(0) else { return Ok(()) };
        let items = match builtins::base(value) {
            Object::Dict(dict) => dict.items(),
            _ => {
                let Some(keys) = self.get_attr_opt(value, "keys")? else {
                    let given = self.class_name(value);
                    let function = if keyword_arguments { self.callable_name(2) } else { String::new() };
                    return Err(self.type_error(if keyword_arguments {
                        format!("{function}argument after ** must be a mapping, not {}", given.as_str())
                    } else {
                        format!("'{}' object is not a mapping", given.as_str())
                    }));
                };
                let keys = self.call(&keys, Args::default())?;
                let mut items = Vec::new();
                for key in self.collect(&keys)? {
                    let value = self.get_item(value, &key)?;
                    items.push((key, value));
                }
                items
            }
        };
        for (key, value) in items {
            if keyword_arguments {
                let Object::Str(name) = &key else { return Err(self.type_error("keywords must be strings")) };
                if target.get_str(name).is_some() {
                    let function = self.called_name();
                    return Err(self.type_error(format!(
                        "{function}got multiple values for keyword argument '{}'",
                        name.as_str()
                    )));
                }
            }
            target.insert(self, key, value)?;
        }
        Ok(())
    }

    /// `f() ` for messages about the callable below the arguments.
    fn called_name(&mut self) -> String {
        self.callable_name(2)
    }

    /// `module.f() ` for the callable so far below the top.
    fn callable_name(&mut self, depth: u32) -> String {
        let Some(callable) = self.below(depth) else { return String::new() };
        let Ok(Some(Object::Str(name))) = self.get_attr_opt(&callable, "__qualname__") else {
            return String::new();
        };
        match self.get_attr_opt(&callable, "__module__") {
            Ok(Some(Object::Str(module))) if module.as_str() != "builtins" => {
                format!("{}.{}() ", module.as_str(), name.as_str())
            }
            _ => format!("{}() ", name.as_str()),
        }
    }

    pub(super) fn not_unpackable(&mut self, value: &Object, unwind: Unwind) -> Unwind {
        let iterable = match value {
            Object::Instance(_) | Object::Generator(_) | Object::Iterator(_) => true,
            other => !matches!(other, Object::None | Object::Int(_) | Object::Float(_) | Object::Bool(_)),
        };
        if iterable {
            return unwind;
        }
        let given = self.class_name(value);
        let function = self.callable_name(1);
        if function.is_empty() {
            return self.type_error(format!("Value after * must be an iterable, not {}", given.as_str()));
        }
        self.type_error(format!("{function}argument after * must be an iterable, not {}", given.as_str()))
    }

    fn unpackable(&mut self, value: &Object) -> PyResult<Object> {
        match self.iter(value) {
            Ok(iterator) => Ok(iterator),
            Err(unwind) if self.is_raised(&unwind, &self.exceptions.type_error) => {
                let given = self.class_name(value);
                Err(self.type_error(format!("cannot unpack non-iterable {} object", given.as_str())))
            }
            Err(unwind) => Err(unwind),
        }
    }

    pub(super) fn unpack(&mut self, count: usize) -> PyResult<()> {
        let value = self.pop();
        let mut items = match &value {
            Object::Tuple(items) => items.to_vec(),
            Object::List(list) => list.items.borrow().clone(),
            _ => {
                let iterator = self.unpackable(&value)?;
                let mut items = Vec::with_capacity(count + 1);
                while items.len() <= count {
                    let Some(item) = self.next(&iterator)? else { break };
                    items.push(item);
                }
                items
            }
        };
        if items.len() > count {
            return Err(self.value_error(format!("too many values to unpack (expected {count})")));
        }
        if items.len() < count {
            let got = items.len();
            return Err(
                self.value_error(format!("not enough values to unpack (expected {count}, got {got})"))
            );
        }
        items.reverse();
        self.frame_mut().values.extend(items.into_iter().map(Some));
        Ok(())
    }

    pub(super) fn unpack_starred(&mut self, before: usize, after: usize) -> PyResult<()> {
        let value = self.pop();
        let iterator = self.unpackable(&value)?;
        let mut items = self.collect(&iterator)?;
        if items.len() < before + after {
            let (least, got) = (before + after, items.len());
            return Err(self
                .value_error(format!("not enough values to unpack (expected at least {least}, got {got})")));
        }
        let tail = items.split_off(items.len() - after);
        let middle = items.split_off(before);
        let values = &mut self.frame_mut().values;
        values.extend(tail.into_iter().rev().map(Some));
        values.push(Some(Object::list(middle)));
        values.extend(items.into_iter().rev().map(Some));
        Ok(())
    }
}

/// A repr with everything outside ASCII escaped.
fn ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match u32::from(c) {
            0..128 => shown.push(c),
            code @ 128..256 => shown.push_str(&format!("\\x{code:02x}")),
            code @ 256..0x1_0000 => shown.push_str(&format!("\\u{code:04x}")),
            code => shown.push_str(&format!("\\U{code:08x}")),
        }
    }
    shown
}
