//! The bytecode machine.
//!
//! Frames live on the heap: calls between Python functions do not use the
//! native stack, and a run can pause between any two statements of its
//! outermost loop. Native code that calls back nests the loop, to a bounded
//! depth. Objects die when their last reference goes: frames clear their
//! values as they end, and caches keep positions rather than values.
//!
//! CPython counterpart: `Python/ceval.c` and the abstract object layer.

mod arguments;
mod attributes;
mod call_steps;
mod calls;
mod classes;
mod control;
mod errors;
mod frame;
mod generators;
mod host;
mod imports;
mod instance_dict;
mod lookup;
mod matching;
mod names;
mod protocol;
mod run;
mod special;
mod steps;
mod traceback;

use std::cell::RefCell;
use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

pub use crate::object::{BinaryOp, CompareOp, UnaryOp};
pub use control::Progress;
pub(crate) use frame::{Frame, OnReturn};
pub use frame::{Function, Generator, Super};
pub use host::Host;
pub use names::Names;

use crate::builtins::{self, Exceptions, Types};
use crate::compile::{self, Options};
use crate::library::Library;
use crate::object::{Attributes, Instance, Module, Name, Object, PyResult, PyStr, Unwind};
use crate::parse::SyntaxError;
use lookup::LookupCache;
use names::Symbols;

/// How many Python frames there may be.
pub const RECURSION_LIMIT: usize = 1000;
/// How deep native code may call back into Python: bounded by a wasm stack of 1 MB.
pub const NATIVE_LIMIT: usize = 90;
/// Characters of output that one run may write.
pub const OUTPUT_LIMIT: usize = 8 << 20;

/// The interpreter.
pub struct Vm {
    /// The built-in types.
    pub types: Types,
    /// The built-in exceptions.
    pub exceptions: Exceptions,
    /// State of the built-in modules.
    pub library: Library,
    /// `sys.modules`
    pub modules: IndexMap<Name, Rc<Module>, FxBuildHasher>,
    /// `builtins`
    pub builtins: Rc<Module>,
    /// The world outside.
    pub host: Box<dyn Host>,
    /// Whether [`Vm::resume`] stops at each statement.
    pub stops_at_lines: bool,
    main: Rc<Module>,
    names: Names,
    symbols: Symbols,
    frames: Vec<Frame>,
    spare: Vec<Vec<Option<Object>>>,
    cache: LookupCache,
    native_depth: usize,
    repr_depth: usize,
    /// The class of `__dict__`s of instances.
    instance_dict: Rc<crate::object::Class>,
    fuel: u64,
    nested_slices: u32,
    overdrawn: bool,
    interrupt: bool,
    reraising: bool,
    output: usize,
    returned: Object,
    interactive: bool,
    /// The script's text, whose lines tracebacks quote.
    source: Rc<str>,
    /// Stands for [`Unwind::Interrupted`] where handlers need an exception object.
    interrupted: Rc<Instance>,
}

impl Vm {
    /// An interpreter with an empty `__main__`.
    pub fn new(host: Box<dyn Host>) -> Vm {
        let types = Types::new();
        let exceptions = Exceptions::new(&types.object);
        let mut names = Names::default();
        let symbols = Symbols::new(&mut names);
        let interrupted = builtins::new_exception(&exceptions.keyboard_interrupt, Vec::new());
        let mut vm = Vm {
            builtins: empty_module(&mut names, "builtins"),
            main: empty_module(&mut names, "__main__"),
            instance_dict: instance_dict::class(&types.object),
            types,
            exceptions,
            library: Library::default(),
            modules: IndexMap::default(),
            host,
            stops_at_lines: true,
            names,
            symbols,
            frames: Vec::new(),
            spare: Vec::new(),
            cache: LookupCache::default(),
            native_depth: 0,
            repr_depth: 0,
            fuel: u64::MAX,
            nested_slices: 0,
            overdrawn: false,
            interrupt: false,
            reraising: false,
            output: 0,
            returned: Object::None,
            interactive: false,
            source: Rc::from(""),
            interrupted,
        };
        let names = builtins::namespace(&mut vm);
        let names: Vec<(Name, Object)> =
            names.into_iter().map(|(name, value)| (vm.intern(&name), value)).collect();
        vm.builtins.dict.borrow_mut().extend(names);
        for module in [Rc::clone(&vm.builtins), Rc::clone(&vm.main)] {
            vm.modules.insert(Rc::clone(&module.name), module);
        }
        vm
    }

    /// Parses and compiles a script; [`Vm::resume`] runs it as `__main__`.
    ///
    /// With `interactive`, the values of expression statements are printed as in a REPL.
    pub fn start(&mut self, source: &str, interactive: bool) -> PyResult<()> {
        self.interactive = interactive;
        let options = Options { interactive, is_script: true, is_expression: false };
        let code = match compile::compile(source, options, &mut self.names) {
            Ok(code) => code,
            Err(error) => return Err(self.syntax_error(error)),
        };
        self.frames.clear();
        self.output = 0;
        self.source = Rc::from(source);
        let main = Rc::clone(&self.main);
        let frame = self.module_frame(code, main, OnReturn::Discard);
        self.frames.push(frame);
        Ok(())
    }

    /// Runs source inside a module, and gives the value of its last expression when
    /// `is_expression`: `exec` and `eval`.
    pub fn run_source(&mut self, source: &str, module: &Rc<Module>, is_expression: bool) -> PyResult<Object> {
        let options = Options { is_expression, ..Options::default() };
        let code = match compile::compile(source, options, &mut self.names) {
            Ok(code) => code,
            Err(error) => return Err(self.syntax_error(error)),
        };
        let frame = self.module_frame(code, Rc::clone(module), OnReturn::Push);
        self.run_nested(frame)
    }

    fn module_frame(&mut self, code: Rc<compile::Code>, globals: Rc<Module>, on_return: OnReturn) -> Frame {
        let values = vec![None; code.locals.len()];
        let cells = (0..code.cells.len()).map(|_| Rc::new(RefCell::new(None))).collect();
        Frame {
            code,
            pc: 0,
            values,
            cells,
            blocks: Vec::new(),
            handled: Vec::new(),
            globals,
            namespace: None,
            on_return,
        }
    }

    /// Makes the next instruction unwind with [`Unwind::Interrupted`].
    pub fn interrupt(&mut self) {
        self.interrupt = true;
        self.fuel = 0;
    }

    /// The text of the script.
    pub fn source(&self) -> Rc<str> {
        Rc::clone(&self.source)
    }

    /// `__main__`
    pub fn globals(&self) -> Rc<Module> {
        Rc::clone(&self.main)
    }

    /// The line of the script that is being executed, also during native calls; 0 when none is.
    pub fn current_line(&self) -> u32 {
        self.frames.iter().rev().find(|frame| frame.code.is_script).map_or(0, Frame::line)
    }

    /// The line of the script's innermost frame but so many: what `stacklevel` counts.
    pub fn caller_line(&self, skipped: usize) -> u32 {
        let frames = self.frames.iter().rev().filter(|frame| frame.code.is_script);
        frames.take(skipped.saturating_add(1)).last().map_or(0, Frame::line)
    }

    /// The name of the script's innermost function, as [`Vm::current_line`] finds it.
    pub fn current_function(&self) -> Option<Name> {
        let frame = self.frames.iter().rev().find(|frame| frame.code.is_script)?;
        (frame.code.kind != compile::CodeKind::Module).then(|| Rc::clone(&frame.code.name))
    }

    /// The one name with this text.
    pub fn intern(&mut self, text: &str) -> Name {
        self.names.intern(text)
    }

    /// A new empty module, not yet in `sys.modules`.
    pub fn new_module(&mut self, name: &str) -> Rc<Module> {
        empty_module(&mut self.names, name)
    }

    /// Writes to standard output, within the budget.
    pub fn write(&mut self, text: &str) -> PyResult<()> {
        self.output = self.output.saturating_add(text.len());
        if self.output > OUTPUT_LIMIT {
            let limit = OUTPUT_LIMIT >> 20;
            let message = format!("the script has printed more than {limit} MB: print less of it");
            return Err(self.error(&self.exceptions.os_error, message));
        }
        self.host.write_stdout(text);
        Ok(())
    }

    /// The globals of the code that is running: those of `__main__` when none is.
    pub fn current_globals(&self) -> Rc<Module> {
        self.frames.last().map_or_else(|| Rc::clone(&self.main), |frame| Rc::clone(&frame.globals))
    }

    /// `locals()`: the variables of the innermost Python function.
    pub fn current_locals(&self) -> Vec<(Name, Object)> {
        let Some(frame) = self.frames.last() else { return Vec::new() };
        if let Some(namespace) = &frame.namespace {
            return namespace.borrow().iter().map(pair).collect();
        }
        if frame.code.kind == compile::CodeKind::Module {
            return frame.globals.dict.borrow().iter().map(pair).collect();
        }
        let slots = frame.code.locals.iter().zip(&frame.values);
        let locals = slots.filter_map(|(name, value)| Some((Rc::clone(name), value.clone()?)));
        let cells = frame.code.cells.iter().zip(&frame.cells);
        let cells = cells.filter_map(|(name, cell)| Some((Rc::clone(name), cell.borrow().clone()?)));
        locals.chain(cells).filter(|(name, _)| !name.starts_with('.')).collect()
    }

    /// The class and the first argument of the running method, for `super()`.
    pub fn super_context(&self) -> Option<(Rc<crate::object::Class>, Object)> {
        let frame = self.frames.last()?;
        let cell = frame.code.cells.iter().position(|name| name.as_str() == "__class__")?;
        let class = match &*frame.cells.get(cell)?.borrow() {
            Some(Object::Class(class)) => Rc::clone(class),
            _ => return None,
        };
        let parameters = &frame.code.parameters;
        if parameters.positional == 0 {
            // `def method(*args)`
            let Some(Some(Object::Tuple(rest))) = frame.values.first() else { return None };
            return Some((class, rest.first()?.clone()));
        }
        let shared = frame.code.cell_parameters.iter().find(|(slot, _)| *slot == 0);
        let first = match shared {
            Some((_, cell)) => frame.cells.get(*cell as usize)?.borrow().clone()?,
            None => frame.values.first()?.clone()?,
        };
        Some((class, first))
    }

    /// The innermost exception being handled: `sys.exc_info()[1]`.
    pub fn handled_exception(&self) -> Option<Rc<Instance>> {
        self.frames.iter().rev().find_map(|frame| frame.handled.last().cloned())
    }

    fn syntax_error(&mut self, error: SyntaxError) -> Unwind {
        let class = if error.indentation {
            Rc::clone(&self.exceptions.indentation_error)
        } else {
            Rc::clone(&self.exceptions.syntax_error)
        };
        let exception = builtins::new_exception(&class, vec![Object::str(&error.message)]);
        let mut dict = Attributes::default();
        let fields = [
            ("msg", Object::str(&error.message)),
            ("lineno", Object::Int(i64::from(error.line))),
            ("offset", Object::Int(i64::from(error.column))),
            ("filename", Object::str("<string>")),
        ];
        for (name, value) in fields {
            dict.insert(PyStr::new(name), value);
        }
        drop(exception.dict.replace(dict));
        crate::object::Raised { exception, traceback: Vec::new() }.into()
    }
}

fn pair((name, value): (&Name, &Object)) -> (Name, Object) {
    (Rc::clone(name), value.clone())
}

fn empty_module(names: &mut Names, name: &str) -> Rc<Module> {
    let name = names.intern(name);
    let mut dict = Attributes::default();
    dict.insert(names.intern("__name__"), Object::Str(Rc::clone(&name)));
    dict.insert(names.intern("__doc__"), Object::None);
    Rc::new(Module { name, dict: RefCell::new(dict), class: None })
}
