//! Syntax tree → [`Code`].
//!
//! One file per subject: `scope` sorts names, `statements`, `control`,
//! `functions`, `expressions` and `patterns` emit instructions through the
//! [`Compiler`] of this file. CPython counterpart: `Python/compile.c`.

mod code;
mod control;
mod expressions;
mod functions;
mod patterns;
mod scope;
mod statements;

use std::rc::Rc;

use indexmap::IndexSet;
use ruff_python_ast::{ModModule, Stmt};
use ruff_text_size::{Ranged, TextSize};

pub use code::{Code, CodeKind, Conversion, MakeFlags, Op, Parameters};
use scope::{Place, Scopes};

use crate::object::{Name, Object};
use crate::parse::{self, Lines, SyntaxError};
use crate::vm::Names;

/// How to compile.
#[derive(Clone, Copy, Default)]
pub struct Options {
    /// Whether the values of expression statements are printed, as a REPL does.
    pub interactive: bool,
    /// Whether this is the reader's script, rather than a library written in Python.
    pub is_script: bool,
    /// Whether the last statement is an expression whose value the code returns, as for `eval`.
    pub is_expression: bool,
}

/// Parses and compiles a module.
pub fn compile(source: &str, options: Options, names: &mut Names) -> Result<Rc<Code>, SyntaxError> {
    let module = parse::parse(source)?;
    compile_module(source, &module, options, names)
}

/// Compiles a parsed module.
pub fn compile_module(
    source: &str,
    module: &ModModule,
    options: Options,
    names: &mut Names,
) -> Result<Rc<Code>, SyntaxError> {
    let scopes =
        scope::analyse(&module.body).map_err(|(message, offset)| parse::at(source, offset, message))?;
    let mut compiler = Compiler {
        source,
        lines: Lines::new(source),
        scopes,
        names,
        units: Vec::new(),
        options,
        future_annotations: has_future_annotations(&module.body),
    };
    compiler.begin(0, CodeKind::Module, "<module>", 1);
    compiler.doc(&module.body);
    if let Some(doc) = compiler.unit().doc.clone() {
        compiler.constant(Object::Str(doc));
        compiler.store_name("__doc__");
    }
    match (module.body.split_last(), options.is_expression) {
        (Some((Stmt::Expr(last), before)), true) => {
            compiler.body(before)?;
            compiler.expression(&last.value)?;
            compiler.emit(Op::Return);
        }
        _ => compiler.body(&module.body)?,
    }
    compiler.constant(Object::None);
    compiler.emit(Op::Return);
    Ok(compiler.finish())
}

fn has_future_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::ImportFrom(import) => {
            import.module.as_ref().is_some_and(|module| module.as_str() == "__future__")
                && import.names.iter().any(|alias| alias.name.as_str() == "annotations")
        }
        _ => false,
    })
}

type Result<T, E = SyntaxError> = std::result::Result<T, E>;

/// A jump target, known by number until the code is finished.
type Label = u32;

/// What a jump out of the current place has to leave behind.
#[derive(Clone)]
enum Block<'a> {
    /// A loop; `for` has its iterator on the stack.
    Loop { has_iterator: bool, next: Label, end: Label },
    /// The body of a `try` with handlers.
    Try,
    /// The body of a `try` with `finally`.
    Finally(&'a [Stmt]),
    /// The body of a `with`.
    With,
    /// An `except` clause and the name it binds.
    Handler(Option<&'a str>),
    /// The copy of a `finally` body that runs for exceptions.
    FinallyHandler,
}

/// Code being made.
struct Unit<'a> {
    scope: usize,
    kind: CodeKind,
    name: Name,
    qualname: String,
    ops: Vec<Op>,
    op_lines: Vec<u32>,
    constants: Vec<Object>,
    names: IndexSet<Name>,
    locals: IndexSet<String>,
    cells: IndexSet<String>,
    own_cells: usize,
    cell_parameters: Vec<(u32, u32)>,
    parameters: Parameters,
    labels: Vec<u32>,
    blocks: Vec<Block<'a>>,
    line: u32,
    first_line: u32,
    doc: Option<Name>,
    is_generator: bool,
}

struct Compiler<'a, 'n> {
    source: &'a str,
    lines: Lines,
    scopes: Scopes,
    names: &'n mut Names,
    units: Vec<Unit<'a>>,
    options: Options,
    future_annotations: bool,
}

impl<'a> Compiler<'a, '_> {
    /// Starts the code of a scope.
    fn begin(&mut self, scope: usize, kind: CodeKind, name: &str, line: u32) {
        let qualname = self.qualname(name);
        let name = self.names.intern(name);
        let mut unit = Unit {
            scope,
            kind,
            name,
            qualname,
            ops: Vec::new(),
            op_lines: Vec::new(),
            constants: Vec::new(),
            names: IndexSet::new(),
            locals: IndexSet::new(),
            cells: IndexSet::new(),
            own_cells: 0,
            cell_parameters: Vec::new(),
            parameters: Parameters::default(),
            labels: Vec::new(),
            blocks: Vec::new(),
            line,
            first_line: line,
            doc: None,
            is_generator: false,
        };
        let symbols = &self.scopes.all[scope];
        let in_place = |place| symbols.symbols.iter().filter(move |(_, symbol)| symbol.place == Some(place));
        unit.cells.extend(in_place(Place::Cell).map(|(name, _)| name.clone()));
        unit.own_cells = unit.cells.len();
        unit.cells.extend(in_place(Place::Free).map(|(name, _)| name.clone()));
        unit.cells.extend(symbols.passed.iter().cloned());
        self.units.push(unit);
    }

    fn qualname(&self, name: &str) -> String {
        match self.units.last() {
            None => name.to_owned(),
            Some(outer) if outer.kind == CodeKind::Module => name.to_owned(),
            Some(outer) => {
                let is_global = self.scopes.all[outer.scope].place(name) == Place::Global
                    && self.scopes.all[outer.scope].symbols.contains_key(name);
                match outer.kind {
                    _ if is_global => name.to_owned(),
                    CodeKind::Class => format!("{}.{name}", outer.qualname),
                    _ => format!("{}.<locals>.{name}", outer.qualname),
                }
            }
        }
    }

    /// Finishes the innermost code.
    fn finish(&mut self) -> Rc<Code> {
        let Some(mut unit) = self.units.pop() else {
            unreachable!("every begin has one finish");
        };
        for op in &mut unit.ops {
            if let Some(target) = jump_target(op) {
                *target = unit.labels.get(*target as usize).copied().unwrap_or(0);
            }
        }
        let qualname = self.names.intern(&unit.qualname);
        let mut intern = |names: IndexSet<String>| names.iter().map(|name| self.names.intern(name)).collect();
        Rc::new(Code {
            name: unit.name,
            qualname,
            kind: unit.kind,
            is_generator: unit.is_generator,
            ops: unit.ops,
            lines: unit.op_lines,
            constants: unit.constants,
            names: unit.names.into_iter().collect(),
            locals: intern(unit.locals),
            cells: intern(unit.cells),
            own_cells: unit.own_cells,
            cell_parameters: unit.cell_parameters,
            parameters: unit.parameters,
            first_line: unit.first_line,
            doc: unit.doc,
            is_script: self.options.is_script,
        })
    }

    fn unit(&mut self) -> &mut Unit<'a> {
        let last = self.units.len() - 1;
        &mut self.units[last]
    }

    fn emit(&mut self, op: Op) {
        let unit = self.unit();
        unit.ops.push(op);
        unit.op_lines.push(unit.line);
    }

    fn at(&mut self, node: &impl Ranged) {
        let line = self.lines.line(node.start());
        self.unit().line = line;
    }

    fn label(&mut self) -> Label {
        let unit = self.unit();
        unit.labels.push(0);
        unit.labels.len() as u32 - 1
    }

    fn place(&mut self, label: Label) {
        let unit = self.unit();
        unit.labels[label as usize] = unit.ops.len() as u32;
    }

    fn constant(&mut self, value: Object) {
        let index = self.constant_index(value);
        self.emit(Op::Const(index));
    }

    fn constant_index(&mut self, value: Object) -> u32 {
        let unit = self.unit();
        // `None` is the commonest by far.
        let known = value.is_none().then(|| unit.constants.iter().position(Object::is_none)).flatten();
        known.unwrap_or_else(|| {
            unit.constants.push(value);
            unit.constants.len() - 1
        }) as u32
    }

    fn name_index(&mut self, name: &str) -> u32 {
        let name = self.names.intern(name);
        self.unit().names.insert_full(name).0 as u32
    }

    fn string(&mut self, text: &str) -> Object {
        // Short constants are often names: as one object they compare fast.
        if text.len() <= 40 { Object::Str(self.names.intern(text)) } else { Object::str(text) }
    }

    fn error<T>(&self, offset: TextSize, message: impl Into<String>) -> Result<T> {
        Err(parse::at(self.source, offset, message.into()))
    }

    fn text(&self, node: &impl Ranged) -> &'a str {
        self.source.get(node.range().to_std_range()).unwrap_or_default()
    }

    /// A slot that no name has.
    fn temporary(&mut self) -> u32 {
        let unit = self.unit();
        let name = format!(".{}", unit.locals.len());
        unit.locals.insert_full(name).0 as u32
    }

    fn return_slot(&mut self) -> u32 {
        self.unit().locals.insert_full(".return".to_owned()).0 as u32
    }

    fn mangled(&self, name: &str) -> String {
        let scope = self.units.last().map_or(0, |unit| unit.scope);
        scope::mangle(self.scopes.all[scope].class_name.as_deref(), name)
    }

    fn load_name(&mut self, name: &str) {
        let name = self.mangled(name);
        let op = match self.lookup(&name) {
            (Place::Local, at) => Op::LoadLocal(at),
            (Place::Cell | Place::Free, at) if self.unit().kind == CodeKind::Class => {
                let index = self.name_index(&name);
                Op::LoadClassCell(index, at)
            }
            (Place::Cell | Place::Free, at) => Op::LoadCell(at),
            (Place::Global, at) => Op::LoadGlobal(at),
            (Place::Namespace, at) => Op::LoadName(at),
        };
        self.emit(op);
    }

    fn store_name(&mut self, name: &str) {
        let name = self.mangled(name);
        let op = match self.lookup(&name) {
            (Place::Local, at) => Op::StoreLocal(at),
            (Place::Cell | Place::Free, at) => Op::StoreCell(at),
            (Place::Global, at) => Op::StoreGlobal(at),
            (Place::Namespace, at) => Op::StoreName(at),
        };
        self.emit(op);
    }

    fn delete_name(&mut self, name: &str) {
        let name = self.mangled(name);
        let op = match self.lookup(&name) {
            (Place::Local, at) => Op::DeleteLocal(at),
            (Place::Cell | Place::Free, at) => Op::DeleteCell(at),
            (Place::Global, at) => Op::DeleteGlobal(at),
            (Place::Namespace, at) => Op::DeleteName(at),
        };
        self.emit(op);
    }

    /// Where a (mangled) name is, and its number there.
    fn lookup(&mut self, name: &str) -> (Place, u32) {
        let scope = self.unit().scope;
        let place = self.scopes.all[scope].place(name);
        let at = match place {
            Place::Local => self.unit().locals.insert_full(name.to_owned()).0 as u32,
            Place::Cell | Place::Free => self.unit().cells.insert_full(name.to_owned()).0 as u32,
            Place::Global | Place::Namespace => self.name_index(name),
        };
        (place, at)
    }

    /// Remembers the docstring of a body.
    fn doc(&mut self, body: &[Stmt]) {
        let Some(Stmt::Expr(first)) = body.first() else { return };
        let Some(literal) = first.value.as_string_literal_expr() else { return };
        let doc = crate::object::PyStr::new(literal.value.to_str());
        self.unit().doc = Some(doc);
    }
}

fn jump_target(op: &mut Op) -> Option<&mut u32> {
    match op {
        Op::Jump(target)
        | Op::JumpIfFalse(target)
        | Op::JumpIfTrue(target)
        | Op::JumpIfFalseOrPop(target)
        | Op::JumpIfTrueOrPop(target)
        | Op::ForIter(target)
        | Op::SetupTry(target)
        | Op::SetupWith(target) => Some(target),
        _ => None,
    }
}
