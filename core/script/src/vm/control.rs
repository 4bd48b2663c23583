//! Runs: slices and budgets, nesting, and unwinding to handlers.

use std::rc::Rc;

use super::{Frame, NATIVE_LIMIT, Vm};
use crate::builtins::exception_data;
use crate::object::{Object, PyResult, TracebackEntry, Unwind};

/// Steps that native code may use at once when the slice has run out.
const NESTED_SLICE: u64 = 1_000_000;
/// How many such slices one call of [`Vm::resume`] grants.
const NESTED_SLICES: u32 = 200;
/// Steps that `finally` blocks have after an interrupt.
const GRACE: u64 = 200_000;

/// What [`Vm::resume`] has come to.
pub enum Progress {
    /// A new line is about to run: one of the module, or of a function called in the
    /// outermost loop. What came before it has finished.
    Line(u32),
    /// The fuel has run out.
    Paused,
    /// The script has ended.
    Finished,
    /// The script has failed, or was interrupted.
    Raised(Unwind),
}

/// Why the loop has stopped.
pub(super) enum Exit {
    Returned(Object),
    Yielded(Object),
    Line(u32),
    Paused,
}

impl Vm {
    /// Runs until the next line, the end, or until the fuel (in jumps, calls and statements) is used.
    pub fn resume(&mut self, fuel: u64) -> Progress {
        if self.frames.is_empty() {
            return Progress::Finished;
        }
        self.fuel = if self.interrupt { 0 } else { fuel };
        self.nested_slices = 0;
        self.overdrawn = false;
        self.native_depth = 0;
        self.repr_depth = 0;
        match self.run(0) {
            Ok(Exit::Line(line)) => Progress::Line(line),
            Ok(Exit::Paused) => Progress::Paused,
            Ok(Exit::Returned(_) | Exit::Yielded(_)) => Progress::Finished,
            Err(unwind) => {
                self.interrupt = false;
                Progress::Raised(unwind)
            }
        }
    }

    /// Runs a frame to its end, on behalf of native code.
    pub(super) fn run_nested(&mut self, frame: Frame) -> PyResult<Object> {
        match self.nest(frame, None)? {
            Exit::Returned(value) | Exit::Yielded(value) => Ok(value),
            Exit::Line(_) | Exit::Paused => Ok(Object::None),
        }
    }

    /// Runs a frame above the present ones; `unwind` is raised where it stands.
    pub(super) fn nest(&mut self, frame: Frame, unwind: Option<Unwind>) -> PyResult<Exit> {
        if self.native_depth >= NATIVE_LIMIT {
            return Err(self.recursion_error());
        }
        // Outside of a run, as when the host asks for a repr, there is a budget too.
        if self.frames.is_empty() {
            self.nested_slices = 0;
            self.fuel = NESTED_SLICE;
        }
        let base = self.frames.len();
        self.push_frame(frame)?;
        self.native_depth += 1;
        let exit = match unwind {
            Some(unwind) => self.unwind(unwind, base).and_then(|()| self.run(base)),
            None => self.run(base),
        };
        self.native_depth -= 1;
        exit
    }

    pub(super) fn run(&mut self, base: usize) -> PyResult<Exit> {
        loop {
            match self.execute(base) {
                Ok(exit) => return Ok(exit),
                Err(unwind) => self.unwind(unwind, base)?,
            }
        }
    }

    /// Counts a step, for native loops over endless iterators.
    pub(super) fn burn(&mut self) -> PyResult<()> {
        if self.fuel > 0 {
            self.fuel -= 1;
            return Ok(());
        }
        self.refuel()
    }

    /// The slice has run out where nothing can pause.
    pub(super) fn refuel(&mut self) -> PyResult<()> {
        if self.interrupt || self.nested_slices >= NESTED_SLICES {
            self.interrupt = false;
            self.fuel = GRACE;
            // A second exhaustion during `finally` blocks interrupts again, at once.
            self.nested_slices = NESTED_SLICES;
            self.overdrawn = true;
            return Err(Unwind::Interrupted);
        }
        self.nested_slices += 1;
        self.overdrawn = true;
        self.fuel = NESTED_SLICE;
        Ok(())
    }

    /// Finds the handler of what is unwinding, in the frames above `base`.
    fn unwind(&mut self, mut unwind: Unwind, base: usize) -> PyResult<()> {
        let mut records = !std::mem::take(&mut self.reraising);
        if let Unwind::Raised(raised) = &unwind
            && records
            && raised.traceback.is_empty()
        {
            self.set_context(&raised.exception);
        }
        while self.frames.len() > base {
            let Some(frame) = self.frames.last_mut() else { break };
            if let (true, Unwind::Raised(raised)) = (records, &mut unwind) {
                // Libraries written in Python show as little as those written in Rust.
                if frame.code.is_script {
                    let entry = TracebackEntry { function: Rc::clone(&frame.code.name), line: frame.line() };
                    raised.traceback.push(entry);
                }
            }
            records = true;
            if let Some(block) = frame.blocks.pop() {
                frame.pc = block.target as usize;
                frame.handled.truncate(block.handled as usize);
                let exception = match unwind {
                    Unwind::Raised(raised) => {
                        let raised = *raised;
                        let exception = Object::Instance(raised.exception);
                        if let Some(data) = exception_data(&exception) {
                            data.borrow_mut().traceback = raised.traceback;
                        }
                        exception
                    }
                    Unwind::Interrupted => Object::Instance(Rc::clone(&self.interrupted)),
                };
                let dropped: Vec<_> = frame.values.drain(block.depth as usize..).collect();
                frame.values.push(Some(exception));
                drop(dropped);
                return Ok(());
            }
            if let Some(frame) = self.frames.pop() {
                self.recycle(frame);
            }
        }
        if let Unwind::Raised(raised) = &unwind {
            let exception = Object::Instance(Rc::clone(&raised.exception));
            if let Some(data) = exception_data(&exception) {
                data.borrow_mut().traceback = raised.traceback.clone();
            }
        }
        Err(unwind)
    }

    /// Lets a frame's values go and keeps its buffer.
    #[inline]
    pub(super) fn recycle(&mut self, frame: Frame) {
        let mut values = frame.values;
        values.clear();
        if self.spare.len() < 64 {
            self.spare.push(values);
        }
    }
}
