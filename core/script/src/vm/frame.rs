//! Frames, and the Python objects that the machine itself knows: functions,
//! generators and `super()`.
//!
//! CPython counterpart: `Objects/frameobject.c`, `funcobject.c`, `genobject.c`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::compile::Code;
use crate::object::{Attributes, Class, Instance, Module, Name, Object};

/// A variable shared between a function and its closures.
pub(crate) type Variable = Rc<RefCell<Option<Object>>>;

/// The namespace of a class body.
pub(crate) type Namespace = Rc<RefCell<Attributes>>;

/// Code that is running, or a generator's that waits.
pub(crate) struct Frame {
    pub code: Rc<Code>,
    /// The next instruction.
    pub pc: usize,
    /// The local slots, then the operands. Nothing stands for an unbound variable, and
    /// for the missing `self` of a plain callable.
    pub values: Vec<Option<Object>>,
    pub cells: Vec<Variable>,
    pub blocks: Vec<BlockEntry>,
    /// The exceptions being handled.
    pub handled: Vec<Rc<Instance>>,
    pub globals: Rc<Module>,
    pub namespace: Option<Namespace>,
    pub on_return: OnReturn,
}

impl Frame {
    /// The line it is on.
    pub(crate) fn line(&self) -> u32 {
        self.code.lines.get(self.pc.saturating_sub(1)).copied().unwrap_or(self.code.first_line)
    }
}

/// A protected block.
#[derive(Clone, Copy)]
pub(crate) struct BlockEntry {
    pub target: u32,
    pub depth: u32,
    pub handled: u32,
}

/// What happens to the value that a frame returns.
pub(crate) enum OnReturn {
    /// It is pushed in the frame below, or is the result of the call from native code.
    Push,
    /// It was `__init__`: the instance is pushed instead.
    Instance(Object),
    /// It was a class body: the class is made.
    Class(Box<ClassHeader>),
    /// It was a module: nothing.
    Discard,
}

/// What a class statement says before its body.
pub(crate) struct ClassHeader {
    pub name: Name,
    pub bases: Vec<Object>,
    pub original_bases: Option<Object>,
    pub keywords: Vec<(Name, Object)>,
    pub metaclass: Option<Object>,
}

/// A function written in Python.
pub struct Function {
    /// `__code__`
    pub code: Rc<Code>,
    /// `__globals__`
    pub globals: Rc<Module>,
    /// `__defaults__`
    pub defaults: RefCell<Vec<Object>>,
    /// `__kwdefaults__`
    pub keyword_defaults: RefCell<Vec<(Name, Object)>>,
    /// `__closure__`
    pub closure: Vec<Rc<RefCell<Option<Object>>>>,
    /// `__name__`
    pub name: RefCell<Name>,
    /// `__qualname__`
    pub qualname: RefCell<Name>,
    /// `__doc__`
    pub doc: RefCell<Object>,
    /// `__module__`
    pub module: RefCell<Object>,
    /// `__annotations__`: a dict, made when it is first asked for.
    pub annotations: RefCell<Option<Object>>,
    /// `__dict__`
    pub dict: RefCell<Attributes>,
}

/// A generator.
pub struct Generator {
    /// `__name__`
    pub name: Name,
    /// `__qualname__`
    pub qualname: Name,
    pub(crate) state: RefCell<GeneratorState>,
    pub(crate) running: Cell<bool>,
}

/// Where a generator is.
pub(crate) enum GeneratorState {
    /// Not started, or waiting at a `yield`.
    Suspended { frame: Box<Frame>, started: bool },
    /// Running now, or finished.
    Gone,
}

impl Generator {
    #[allow(clippy::new_ret_no_self)] // Python code only ever holds it as an object
    pub(crate) fn new(frame: Frame, name: Name, qualname: Name) -> Object {
        Object::Generator(Rc::new(Generator {
            name,
            qualname,
            state: RefCell::new(GeneratorState::Suspended { frame: Box::new(frame), started: false }),
            running: Cell::new(false),
        }))
    }

    /// Whether it has neither ended nor is running.
    pub fn is_suspended(&self) -> bool {
        matches!(&*self.state.borrow(), GeneratorState::Suspended { .. })
    }
}

/// `super()`
pub struct Super {
    /// The class after which the search starts.
    pub start: Rc<Class>,
    /// The instance, or the class for class methods.
    pub object: Object,
    /// The class whose MRO is searched.
    pub object_class: Rc<Class>,
}
