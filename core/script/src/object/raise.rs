//! Exceptions in flight.

use std::rc::Rc;

use super::{Instance, Name};

/// What native code and the interpreter return.
pub type PyResult<T> = Result<T, Unwind>;

/// Why execution is unwinding.
#[derive(Clone)]
pub enum Unwind {
    /// A Python exception; `except` can catch it.
    Raised(Box<Raised>),
    /// Stop, or a budget that has run out: nothing catches it, but `finally`
    /// blocks and context managers run.
    Interrupted,
}

/// A Python exception on its way.
#[derive(Clone)]
pub struct Raised {
    /// The exception object: an instance whose payload is an exception's.
    pub exception: Rc<Instance>,
    /// The frames it has passed through, innermost first.
    pub traceback: Vec<TracebackEntry>,
}

/// One frame of a traceback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracebackEntry {
    /// The name of the function, `<module>` at the top.
    pub function: Name,
    /// The line, from 1.
    pub line: u32,
}

impl From<Raised> for Unwind {
    fn from(raised: Raised) -> Unwind {
        Unwind::Raised(Box::new(raised))
    }
}
