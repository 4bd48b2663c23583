//! Compiled code: instructions and what they refer to.
//!
//! CPython counterpart: `PyCodeObject`.

use crate::object::{BinaryOp, CompareOp, Name, Object, UnaryOp};

/// The compiled body of a module, class, function or comprehension.
pub struct Code {
    /// `co_name`
    pub name: Name,
    /// `co_qualname`
    pub qualname: Name,
    /// What it is the body of.
    pub kind: CodeKind,
    /// Whether calling it makes a generator.
    pub is_generator: bool,
    /// The instructions.
    pub ops: Vec<Op>,
    /// The line of each instruction.
    pub lines: Vec<u32>,
    /// Constants.
    pub constants: Vec<Object>,
    /// Names of globals and attributes.
    pub names: Vec<Name>,
    /// The names of the local slots: the parameters first.
    pub locals: Vec<Name>,
    /// The names of the cells: first its own, then those of enclosing functions.
    pub cells: Vec<Name>,
    /// How many of the cells are its own.
    pub own_cells: usize,
    /// Parameters that closures share: slot and cell.
    pub cell_parameters: Vec<(u32, u32)>,
    /// Its parameters.
    pub parameters: Parameters,
    /// The line it begins on.
    pub first_line: u32,
    /// The docstring.
    pub doc: Option<Name>,
    /// Whether it belongs to the script, rather than to a library written in Python.
    pub is_script: bool,
}

/// What code is the body of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeKind {
    /// A module.
    Module,
    /// A class.
    Class,
    /// A function, lambda or comprehension.
    Function,
}

/// How many parameters of each kind there are. In the slots they follow in this order:
/// positional, keyword-only, `*args`, `**kwargs`.
#[derive(Clone, Copy, Default, Debug)]
pub struct Parameters {
    /// Parameters before `/`.
    pub positional_only: usize,
    /// All parameters that may be given by position.
    pub positional: usize,
    /// Parameters after `*`.
    pub keyword_only: usize,
    /// Whether there is `*args`.
    pub rest: bool,
    /// Whether there is `**kwargs`.
    pub keywords: bool,
}

impl Parameters {
    /// The number of slots.
    pub fn slots(&self) -> usize {
        self.positional + self.keyword_only + usize::from(self.rest) + usize::from(self.keywords)
    }

    /// Whether a call with exactly `positional` values needs no further thought.
    pub fn is_simple(&self) -> bool {
        self.keyword_only == 0 && !self.rest && !self.keywords
    }
}

/// How an f-string converts a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conversion {
    /// As it is.
    None,
    /// `!s`
    Str,
    /// `!r`
    Repr,
    /// `!a`
    Ascii,
}

/// An instruction. `u32` operands are indexes, counts or jump targets.
///
/// Callables lie on the stack as two values: a function and its `self`, or
/// nothing and the callable.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    /// A statement begins: the place where runs pause.
    Statement,
    /// Pushes a constant.
    Const(u32),
    /// Drops the top.
    Pop,
    /// Pushes the top again.
    Dup,
    /// Pushes the two topmost again.
    DupTwo,
    /// Exchanges the two topmost.
    Swap,
    /// Moves the top below the next two.
    RotThree,
    /// Pushes nothing, in front of a plain callable.
    PushNull,

    /// Local variables.
    LoadLocal(u32),
    /// Stores the top.
    StoreLocal(u32),
    /// `del`
    DeleteLocal(u32),
    /// Pushes the value and clears the slot.
    TakeLocal(u32),
    /// Variables shared with closures.
    LoadCell(u32),
    /// Stores the top.
    StoreCell(u32),
    /// `del`
    DeleteCell(u32),
    /// Pushes the cell itself, for a closure.
    PushCell(u32),
    /// In a class body: its namespace first, then the cell.
    LoadClassCell(u32, u32),
    /// Globals and built-ins.
    LoadGlobal(u32),
    /// Stores the top.
    StoreGlobal(u32),
    /// `del`
    DeleteGlobal(u32),
    /// Names in a class body: namespace, globals, built-ins.
    LoadName(u32),
    /// Stores the top.
    StoreName(u32),
    /// `del`
    DeleteName(u32),

    /// Replaces the top by its attribute.
    LoadAttr(u32),
    /// Pops an object and sets its attribute to the value below.
    StoreAttr(u32),
    /// Pops an object and deletes its attribute.
    DeleteAttr(u32),
    /// Replaces the top by a method and its `self`.
    LoadMethod(u32),
    /// Pops a key and replaces the top by the item.
    GetItem,
    /// Pops key and container and sets the item to the value below.
    SetItem,
    /// Pops key and container and deletes the item.
    DeleteItem,
    /// Makes a slice of two or three values.
    BuildSlice(u32),

    /// Operators.
    Binary(BinaryOp),
    /// Augmented assignment's operators.
    InPlace(BinaryOp),
    /// Unary operators.
    Unary(UnaryOp),
    /// `not`
    Not,
    /// Comparisons.
    Compare(CompareOp),
    /// `is`, or `is not` when true.
    Is(bool),
    /// `in`, or `not in` when true.
    In(bool),

    /// Goes on elsewhere.
    Jump(u32),
    /// Pops a value and jumps if it is false.
    JumpIfFalse(u32),
    /// Pops a value and jumps if it is true.
    JumpIfTrue(u32),
    /// Jumps if the top is false, else pops it.
    JumpIfFalseOrPop(u32),
    /// Jumps if the top is true, else pops it.
    JumpIfTrueOrPop(u32),

    /// Replaces the top by its iterator.
    GetIter,
    /// Pushes the next item, or pops the iterator and jumps.
    ForIter(u32),
    /// Containers of the topmost values.
    BuildTuple(u32),
    /// A list.
    BuildList(u32),
    /// A set.
    BuildSet(u32),
    /// A dict of so many pairs.
    BuildDict(u32),
    /// Appends the top to the list so far below.
    ListAppend(u32),
    /// Adds the top to the set so far below.
    SetAdd(u32),
    /// Puts key and value into the dict so far below.
    DictInsert(u32),
    /// Extends the list below the top.
    ListExtend,
    /// Updates the set below the top.
    SetUpdate,
    /// Updates the dict below the top.
    DictUpdate,
    /// Updates the dict of keyword arguments below the top; no key may come twice.
    DictMerge,
    /// Turns the list on top into a tuple.
    ListToTuple,
    /// Replaces the top by its items, the first on top.
    UnpackSequence(u32),
    /// The same with a starred target: items before and after it.
    UnpackStarred(u32, u32),

    /// Calls with so many positional arguments.
    Call(u32),
    /// Calls with so many arguments; the last ones have the names in the constant.
    CallKeywords(u32, u32),
    /// Calls with a list of arguments and, when true, a dict of keyword ones.
    CallUnpacked(bool),
    /// Makes a function of the code in the constant; flags say what lies on the stack.
    MakeFunction(u32, MakeFlags),
    /// Makes a class: name, number of values on the stack (body, bases), names of keywords.
    BuildClass(u32, u32),
    /// The same with a list of bases and a dict of keywords on the stack.
    BuildClassUnpacked,

    /// Returns the top.
    Return,
    /// Yields the top; what is sent comes back.
    Yield,
    /// Delegates to the iterator below the top.
    YieldFrom,

    /// Begins a protected block with its handler.
    SetupTry(u32),
    /// The same, where the result of `__enter__` is on the stack too.
    SetupWith(u32),
    /// Ends a protected block.
    PopBlock,
    /// In a handler: the exception on the stack is being handled from now on.
    PushHandled,
    /// It is handled.
    PopHandled,
    /// Raises the exception being handled again.
    Reraise,
    /// Raises the exception on the stack again.
    ReraiseTop,
    /// Pushes the exception being handled.
    LoadHandled,
    /// Pops a class and pushes whether the exception being handled matches.
    MatchException,
    /// Pushes whether a bare `except` may handle the exception.
    MatchAnything,
    /// `raise`, with none, one (exception) or two (cause) values.
    Raise(u32),
    /// `assert` failed; with a message on the stack when true.
    AssertFailed(bool),
    /// Replaces a context manager by its `__exit__`, and a call of its `__enter__` to be made.
    BeforeWith,
    /// In a `with` handler: prepares the call of `__exit__`.
    ExitWithException,
    /// Pops what `__exit__` returned: swallows the exception or raises it again.
    SuppressOrReraise,

    /// Pops `fromlist`; imports.
    ImportName(u32, u32),
    /// Pushes an attribute of the module on top.
    ImportFrom(u32),
    /// Pops a module and takes its public names over.
    ImportStar,

    /// Formats the top; with a spec on top of it when true.
    Format(Conversion, bool),
    /// Joins so many strings.
    BuildString(u32),
    /// Makes `__annotations__`.
    SetupAnnotations,
    /// In a REPL: prints the repr of the top unless it is `None`.
    PrintExpression,
    /// Fails: a construct that cannot run. The constant says why.
    Unsupported(u32),

    /// Pushes whether the top is a sequence that patterns match.
    MatchSequence,
    /// Pushes whether the top is a mapping.
    MatchMapping,
    /// Pushes the length of the top.
    Length,
    /// Pops a tuple of keys; pushes a tuple of the values of the mapping on top, or `None`.
    MatchKeys,
    /// Pops names (tuple), class; replaces the subject by a tuple of attributes or `None`.
    MatchClass(u32),
    /// Pops a tuple of keys; pushes a dict of the rest of the mapping on top.
    MatchRest,
    /// Pushes the item of the sequence on top; negative from the end.
    SequenceItem(i32),
    /// Pushes the items of the sequence on top between so many at both ends as a list.
    SequenceMiddle(u32, u32),
}

/// What lies on the stack for [`Op::MakeFunction`], in this order from the bottom.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct MakeFlags {
    /// A tuple of defaults of positional parameters.
    pub defaults: bool,
    /// A dict of defaults of keyword-only parameters.
    pub keyword_defaults: bool,
    /// A dict of annotations.
    pub annotations: bool,
    /// A tuple of cells.
    pub closure: bool,
}
