//! Which scope each name belongs to.
//!
//! CPython counterpart: `Python/symtable.c`.

use indexmap::IndexMap;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, ExprContext, Pattern, Stmt};
use rustc_hash::FxHashMap;

/// What kind of block a scope is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    Function,
    /// A function too, but `:=` inside binds outside of it.
    Comprehension,
}

/// Where a name's value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// In a slot.
    Local,
    /// In a cell that this scope owns.
    Cell,
    /// In a cell of an enclosing scope.
    Free,
    /// In the module, or the built-ins.
    Global,
    /// In a namespace, as class bodies and modules have them.
    Namespace,
}

#[derive(Default, Clone, Debug)]
pub(crate) struct Symbol {
    assigned: bool,
    parameter: bool,
    global: bool,
    nonlocal: Option<ruff_text_size::TextSize>,
    pub place: Option<Place>,
}

/// One scope.
#[derive(Debug)]
pub(crate) struct Scope {
    pub kind: ScopeKind,
    pub parent: Option<usize>,
    pub symbols: IndexMap<String, Symbol>,
    pub has_yield: bool,
    /// Cells that a class body only hands down to functions inside.
    pub passed: Vec<String>,
    /// The class whose private names are mangled.
    pub class_name: Option<String>,
}

impl Scope {
    fn is_function(&self) -> bool {
        matches!(self.kind, ScopeKind::Function | ScopeKind::Comprehension)
    }

    /// Where the name is; names nobody mentioned are globals.
    pub(crate) fn place(&self, name: &str) -> Place {
        self.symbols.get(name).and_then(|symbol| symbol.place).unwrap_or(match self.kind {
            ScopeKind::Class => Place::Namespace,
            _ => Place::Global,
        })
    }
}

/// All scopes of a module; the first is the module itself.
#[derive(Debug)]
pub(crate) struct Scopes {
    pub all: Vec<Scope>,
    by_node: FxHashMap<usize, usize>,
}

impl Scopes {
    /// The scope that a node opens.
    pub(crate) fn of<T>(&self, node: &T) -> Option<usize> {
        self.by_node.get(&address(node)).copied()
    }
}

fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node) as usize
}

/// A private name inside a class is prefixed with the class's name.
pub(crate) fn mangle(class: Option<&str>, name: &str) -> String {
    match class.map(|class| class.trim_start_matches('_')) {
        Some(class) if !class.is_empty() && is_private(name) => format!("_{class}{name}"),
        _ => name.to_owned(),
    }
}

fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__") && !name.contains('.')
}

/// An error found while sorting names: message and offset of the node.
pub(crate) type ScopeError = (String, ruff_text_size::TextSize);

/// Finds the scopes of a module.
pub(crate) fn analyse(body: &[Stmt]) -> Result<Scopes, ScopeError> {
    let module = Scope {
        kind: ScopeKind::Module,
        parent: None,
        symbols: IndexMap::new(),
        has_yield: false,
        passed: Vec::new(),
        class_name: None,
    };
    let mut finder = Finder {
        scopes: Scopes { all: vec![module], by_node: FxHashMap::default() },
        current: 0,
        error: None,
    };
    finder.visit_body(body);
    let mut scopes = finder.scopes;
    resolve(&mut scopes.all);
    match finder.error.or_else(|| unbound_nonlocal(&scopes.all)) {
        Some(error) => Err(error),
        None => Ok(scopes),
    }
}

struct Finder {
    scopes: Scopes,
    current: usize,
    error: Option<ScopeError>,
}

impl Finder {
    fn scope(&mut self) -> &mut Scope {
        &mut self.scopes.all[self.current]
    }

    fn symbol_in(&mut self, scope: usize, name: &str) -> &mut Symbol {
        let scope = &mut self.scopes.all[scope];
        let name = mangle(scope.class_name.as_deref(), name);
        scope.symbols.entry(name).or_default()
    }

    fn symbol(&mut self, name: &str) -> &mut Symbol {
        self.symbol_in(self.current, name)
    }

    fn assign(&mut self, name: &str) {
        self.symbol(name).assigned = true;
    }

    fn enter<T>(&mut self, node: &T, kind: ScopeKind, class_name: Option<String>) -> usize {
        let outer = self.current;
        let class_name = class_name.or_else(|| self.scopes.all[outer].class_name.clone());
        self.scopes.all.push(Scope {
            kind,
            parent: Some(outer),
            symbols: IndexMap::new(),
            has_yield: false,
            passed: Vec::new(),
            class_name,
        });
        self.current = self.scopes.all.len() - 1;
        self.scopes.by_node.insert(address(node), self.current);
        outer
    }

    fn parameters(&mut self, parameters: &ast::Parameters) {
        for parameter in in_slot_order(parameters) {
            let symbol = self.symbol(parameter.name.as_str());
            if symbol.parameter && self.error.is_none() {
                let message =
                    format!("duplicate argument '{}' in function definition", parameter.name.as_str());
                self.error = Some((message, parameter.range.start()));
            }
            let symbol = self.symbol(parameter.name.as_str());
            symbol.assigned = true;
            symbol.parameter = true;
        }
    }

    fn defaults(&mut self, parameters: &ast::Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.visit_expr(default);
            }
        }
        for parameter in in_slot_order(parameters) {
            if let Some(annotation) = &parameter.annotation {
                self.visit_expr(annotation);
            }
        }
    }

    fn comprehension<T>(&mut self, node: &T, elements: &[&Expr], generators: &[ast::Comprehension]) {
        let Some((first, rest)) = generators.split_first() else { return };
        self.visit_expr(&first.iter);
        let outer = self.enter(node, ScopeKind::Comprehension, None);
        let symbol = self.symbol(".0");
        symbol.assigned = true;
        symbol.parameter = true;
        self.visit_expr(&first.target);
        first.ifs.iter().for_each(|test| self.visit_expr(test));
        for generator in rest {
            self.visit_expr(&generator.iter);
            self.visit_expr(&generator.target);
            generator.ifs.iter().for_each(|test| self.visit_expr(test));
        }
        elements.iter().for_each(|element| self.visit_expr(element));
        self.current = outer;
    }

    /// `:=` binds in the nearest scope that is not a comprehension.
    fn assign_named(&mut self, name: &str) {
        let mut scope = self.current;
        let mut passed = Vec::new();
        while self.scopes.all[scope].kind == ScopeKind::Comprehension {
            passed.push(scope);
            let Some(parent) = self.scopes.all[scope].parent else { break };
            scope = parent;
        }
        self.symbol_in(scope, name).assigned = true;
        let outer_is_function = self.scopes.all[scope].is_function();
        let outer_is_global = self.symbol_in(scope, name).global;
        for inner in passed {
            let symbol = self.symbol_in(inner, name);
            symbol.global = !outer_is_function || outer_is_global;
        }
    }
}

/// All parameters in the order of their slots.
pub(crate) fn in_slot_order(parameters: &ast::Parameters) -> impl Iterator<Item = &ast::Parameter> {
    parameters
        .iter_non_variadic_params()
        .map(|parameter| &parameter.parameter)
        .chain(parameters.vararg.as_deref())
        .chain(parameters.kwarg.as_deref())
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.assign(def.name.as_str());
                for decorator in &def.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                self.defaults(&def.parameters);
                if let Some(returns) = &def.returns {
                    self.visit_expr(returns);
                }
                let outer = self.enter(def, ScopeKind::Function, None);
                self.parameters(&def.parameters);
                self.visit_body(&def.body);
                self.current = outer;
            }
            Stmt::ClassDef(def) => {
                self.assign(def.name.as_str());
                for decorator in &def.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                if let Some(arguments) = &def.arguments {
                    self.visit_arguments(arguments);
                }
                let outer = self.enter(def, ScopeKind::Class, Some(def.name.as_str().to_owned()));
                self.visit_body(&def.body);
                self.current = outer;
            }
            Stmt::Global(names) => {
                for name in &names.names {
                    self.declare(name, true);
                }
            }
            Stmt::Nonlocal(names) => {
                for name in &names.names {
                    self.declare(name, false);
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let bound = match &alias.asname {
                        Some(name) => name.as_str(),
                        None => alias.name.as_str().split('.').next().unwrap_or_default(),
                    };
                    self.assign(bound);
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    if bound.as_str() != "*" {
                        self.assign(bound.as_str());
                    }
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Expr::Name(name) = &*assign.target {
                    self.assign(name.id.as_str());
                }
                visitor::walk_stmt(self, stmt);
            }
            Stmt::AugAssign(assign) => {
                if let Expr::Name(name) = &*assign.target {
                    self.assign(name.id.as_str());
                }
                visitor::walk_stmt(self, stmt);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => {
                let in_function = self.scope().is_function();
                match name.ctx {
                    ExprContext::Store | ExprContext::Del => self.assign(name.id.as_str()),
                    _ => {
                        self.symbol(name.id.as_str());
                        if in_function && name.id.as_str() == "super" {
                            self.symbol("__class__");
                        }
                    }
                }
            }
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                if let Expr::Name(name) = &*named.target {
                    self.assign_named(name.id.as_str());
                }
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters);
                }
                let outer = self.enter(lambda, ScopeKind::Function, None);
                if let Some(parameters) = &lambda.parameters {
                    self.parameters(parameters);
                }
                self.visit_expr(&lambda.body);
                self.current = outer;
            }
            Expr::ListComp(comp) => self.comprehension(comp, &[&comp.elt], &comp.generators),
            Expr::SetComp(comp) => self.comprehension(comp, &[&comp.elt], &comp.generators),
            Expr::Generator(comp) => self.comprehension(comp, &[&comp.elt], &comp.generators),
            Expr::DictComp(comp) => {
                let mut elements: Vec<&Expr> = comp.key.as_deref().into_iter().collect();
                elements.push(&comp.value);
                self.comprehension(comp, &elements, &comp.generators);
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.scope().has_yield = true;
                visitor::walk_expr(self, expr);
            }
            _ => visitor::walk_expr(self, expr),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.assign(name.as_str());
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(inner) => inner.name.as_ref(),
            Pattern::MatchStar(inner) => inner.name.as_ref(),
            Pattern::MatchMapping(inner) => inner.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.assign(name.as_str());
        }
        visitor::walk_pattern(self, pattern);
    }
}

impl Finder {
    fn declare(&mut self, name: &ast::Identifier, global: bool) {
        let word = if global { "global" } else { "nonlocal" };
        let at_module = self.scope().kind == ScopeKind::Module;
        let symbol = self.symbol(name.as_str());
        let problem = if symbol.parameter {
            Some(format!("name '{}' is parameter and {word}", name.as_str()))
        } else if symbol.assigned && !at_module {
            Some(format!("name '{}' is assigned to before {word} declaration", name.as_str()))
        } else if at_module && !global {
            Some("nonlocal declaration not allowed at module level".to_owned())
        } else {
            None
        };
        if global {
            symbol.global = true;
        } else {
            symbol.nonlocal = Some(name.range.start());
        }
        if let (Some(message), None) = (problem, &self.error) {
            self.error = Some((message, name.range.start()));
        }
    }
}

fn unbound_nonlocal(scopes: &[Scope]) -> Option<ScopeError> {
    scopes.iter().flat_map(|scope| &scope.symbols).find_map(|(name, symbol)| {
        let start = symbol.nonlocal?;
        let unbound = matches!(symbol.place, None | Some(Place::Global | Place::Namespace));
        unbound.then(|| (format!("no binding for nonlocal '{name}' found"), start))
    })
}

/// Decides where each name is.
fn resolve(scopes: &mut [Scope]) {
    for scope in scopes.iter_mut() {
        let (kind, function) = (scope.kind, scope.is_function());
        for symbol in scope.symbols.values_mut() {
            if symbol.global || kind == ScopeKind::Module {
                symbol.place = Some(Place::Global);
            } else if symbol.assigned && symbol.nonlocal.is_none() {
                symbol.place = Some(if function { Place::Local } else { Place::Namespace });
            }
        }
    }
    for index in 0..scopes.len() {
        let open: Vec<String> = scopes[index]
            .symbols
            .iter()
            .filter(|(_, symbol)| symbol.place.is_none())
            .map(|(name, _)| name.clone())
            .collect();
        for name in open {
            look_outside(scopes, index, &name);
        }
    }
}

/// Finds the enclosing function that owns a name; everything between hands its cell down.
fn look_outside(scopes: &mut [Scope], index: usize, name: &str) {
    let mut between = vec![index];
    let mut next = scopes[index].parent;
    while let Some(outer) = next {
        let scope = &scopes[outer];
        let owns = if scope.is_function() {
            match scope.symbols.get(name).and_then(|symbol| symbol.place) {
                Some(Place::Local | Place::Cell) => true,
                Some(Place::Free) => {
                    mark(scopes, &between, name, Place::Free);
                    return;
                }
                Some(Place::Global) => break,
                _ => false,
            }
        } else {
            scope.kind == ScopeKind::Class && name == "__class__"
        };
        if owns {
            mark(scopes, &[outer], name, Place::Cell);
            mark(scopes, &between, name, Place::Free);
            return;
        }
        between.push(outer);
        next = scopes[outer].parent;
    }
    // In a class body a name that nobody binds may still be in the namespace.
    let place = if scopes[index].kind == ScopeKind::Class { Place::Namespace } else { Place::Global };
    mark(scopes, &[index], name, place);
}

fn mark(scopes: &mut [Scope], indexes: &[usize], name: &str, place: Place) {
    for index in indexes {
        let scope = &mut scopes[*index];
        let symbol = scope.symbols.entry(name.to_owned()).or_default();
        if symbol.place == Some(Place::Namespace) && place == Place::Free {
            // A class that binds the name itself keeps its own, and hands the outer one down.
            if !scope.passed.iter().any(|passed| passed == name) {
                scope.passed.push(name.to_owned());
            }
        } else {
            symbol.place = Some(place);
        }
    }
}
