//! Running generators.

use std::rc::Rc;

use super::control::Exit;
use super::frame::GeneratorState;
use super::{Frame, Generator, Vm};
use crate::builtins::exception_data;
use crate::compile::Op;
use crate::object::{Object, PyResult, Raised, Unwind};

impl Vm {
    /// `next(generator)`, with nothing at the end.
    pub fn generator_next(&mut self, generator: &Rc<Generator>) -> PyResult<Option<Object>> {
        match self.generator_step(generator, Object::None, None)? {
            Ok(yielded) => Ok(Some(yielded)),
            Err(returned) => {
                self.returned = returned;
                Ok(None)
            }
        }
    }

    /// The value of the generator that has just ended, for the `StopIteration` of `next()`.
    pub fn take_returned(&mut self) -> Object {
        std::mem::replace(&mut self.returned, Object::None)
    }

    /// `generator.send(value)`
    pub fn generator_send(&mut self, generator: &Rc<Generator>, value: Object) -> PyResult<Object> {
        let unstarted =
            matches!(&*generator.state.borrow(), GeneratorState::Suspended { started: false, .. });
        if unstarted && !value.is_none() {
            return Err(self.type_error("can't send non-None value to a just-started generator"));
        }
        match self.generator_step(generator, value, None)? {
            Ok(yielded) => Ok(yielded),
            Err(returned) => Err(self.stop_iteration(returned)),
        }
    }

    /// `generator.throw(exception)`
    pub fn generator_throw(&mut self, generator: &Rc<Generator>, exception: &Object) -> PyResult<Object> {
        let unwind = self.raise(exception);
        match self.generator_step(generator, Object::None, Some(unwind))? {
            Ok(yielded) => Ok(yielded),
            Err(returned) => Err(self.stop_iteration(returned)),
        }
    }

    /// `generator.close()`
    pub fn generator_close(&mut self, generator: &Rc<Generator>) -> PyResult<()> {
        let unstarted =
            matches!(&*generator.state.borrow(), GeneratorState::Suspended { started: false, .. });
        if unstarted {
            drop(generator.state.replace(GeneratorState::Gone));
        }
        if !generator.is_suspended() {
            return Ok(());
        }
        let exit = crate::builtins::new_exception(&self.exceptions.generator_exit, Vec::new());
        let unwind = Raised { exception: exit, traceback: Vec::new() }.into();
        match self.generator_step(generator, Object::None, Some(unwind)) {
            Ok(Ok(_)) => Err(self.error(&self.exceptions.runtime_error, "generator ignored GeneratorExit")),
            Ok(Err(_)) => Ok(()),
            Err(unwind) if self.is_raised(&unwind, &self.exceptions.generator_exit) => Ok(()),
            Err(unwind) => Err(unwind),
        }
    }

    /// Goes on with a generator: `Ok` is what it yields, `Err` what it returns.
    pub(super) fn generator_step(
        &mut self,
        generator: &Rc<Generator>,
        sent: Object,
        thrown: Option<Unwind>,
    ) -> PyResult<Result<Object, Object>> {
        if generator.running.get() {
            return Err(self.value_error("generator already executing"));
        }
        let state = generator.state.replace(GeneratorState::Gone);
        let GeneratorState::Suspended { mut frame, started } = state else {
            return match thrown {
                Some(unwind) => Err(unwind),
                None => Ok(Err(Object::None)),
            };
        };
        generator.running.set(true);
        let result = match thrown {
            Some(unwind) => self.throw_into(&mut frame, unwind),
            None => {
                if started {
                    frame.values.push(Some(sent));
                }
                Ok(Thrown::Go(None))
            }
        };
        let result = match result {
            Ok(Thrown::Yielded(value)) => {
                generator.running.set(false);
                drop(generator.state.replace(GeneratorState::Suspended { frame, started: true }));
                return Ok(Ok(value));
            }
            Ok(Thrown::Go(unwind)) => self.nest(*frame, unwind),
            Err(unwind) => Err(unwind),
        };
        generator.running.set(false);
        match result {
            Ok(Exit::Yielded(value)) => {
                if let Some(frame) = self.frames.pop() {
                    let state = GeneratorState::Suspended { frame: Box::new(frame), started: true };
                    drop(generator.state.replace(state));
                }
                Ok(Ok(value))
            }
            Ok(Exit::Returned(value)) => Ok(Err(value)),
            Ok(Exit::Line(_) | Exit::Paused) => Ok(Err(Object::None)),
            Err(unwind) if self.is_raised(&unwind, &self.exceptions.stop_iteration) => {
                let error = self.error(&self.exceptions.runtime_error, "generator raised StopIteration");
                let Unwind::Raised(stop) = unwind else { return Err(error) };
                Err(self.caused_by(error, &Object::Instance(stop.exception)))
            }
            Err(unwind) => Err(unwind),
        }
    }

    /// Throws into a frame that waits; one that waits in `yield from` hands the exception on.
    fn throw_into(&mut self, frame: &mut Frame, unwind: Unwind) -> PyResult<Thrown> {
        let delegates = matches!(frame.code.ops.get(frame.pc), Some(Op::YieldFrom));
        let inner = match frame.values.last() {
            Some(Some(Object::Generator(inner))) if delegates => Rc::clone(inner),
            _ => return Ok(Thrown::Go(Some(unwind))),
        };
        let result = if self.is_raised(&unwind, &self.exceptions.generator_exit) {
            match self.generator_close(&inner) {
                Ok(()) => Err(unwind),
                Err(unwind) => Err(unwind),
            }
        } else {
            self.generator_step(&inner, Object::None, Some(unwind))
        };
        Ok(match result {
            Ok(Ok(value)) => Thrown::Yielded(value),
            Ok(Err(returned)) => {
                drop(frame.values.pop());
                frame.values.push(Some(returned));
                frame.pc += 1;
                Thrown::Go(None)
            }
            Err(unwind) => {
                drop(frame.values.pop());
                frame.pc += 1;
                Thrown::Go(Some(unwind))
            }
        })
    }

    /// The exception object of something raised.
    pub fn exception_of(&self, unwind: &Unwind) -> Option<Object> {
        match unwind {
            Unwind::Raised(raised) => {
                let exception = Object::Instance(Rc::clone(&raised.exception));
                if let Some(data) = exception_data(&exception) {
                    data.borrow_mut().traceback.clone_from(&raised.traceback);
                }
                Some(exception)
            }
            Unwind::Interrupted => None,
        }
    }
}

/// What throwing has come to before the frame itself goes on.
enum Thrown {
    Yielded(Object),
    Go(Option<Unwind>),
}
