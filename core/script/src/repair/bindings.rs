//! Which names a script binds, and which it uses without ever binding them.
//!
//! Coarser than the compiler's scopes, and in the order of execution: at the level of the module a name must be
//! bound before its use, in a function by the time the module has run.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Comprehension, Expr, ExprContext, ModModule, Pattern, Stmt};

use super::imports;

/// What is known of a module's names.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Names bound at the level of the module.
    pub bound: BTreeSet<String>,
    /// Names used but not bound by then, and the attributes asked of them.
    pub missing: BTreeMap<String, BTreeSet<String>>,
}

/// Reads a module.
pub(super) fn names(module: &ModModule) -> Names {
    let mut reader = Reader { scopes: vec![Scope::default()], missing: BTreeMap::new(), stars: Vec::new() };
    reader.visit_body(&module.body);
    let top = reader.scopes.pop().unwrap_or_default();
    let mut missing = reader.missing;
    // Functions run later: what the module binds anywhere is there by then.
    for (name, attributes) in top.later {
        if !top.bound.contains(&name) && !reader.stars.iter().any(|module| imports::star_binds(module, &name))
        {
            missing.entry(name).or_default().extend(attributes);
        }
    }
    Names { bound: top.bound, missing }
}

#[derive(Debug, Default)]
struct Scope {
    bound: BTreeSet<String>,
    /// The names in the order they were bound.
    order: Vec<String>,
    /// What is looked up when the functions inside run.
    later: BTreeMap<String, BTreeSet<String>>,
}

struct Reader {
    scopes: Vec<Scope>,
    missing: BTreeMap<String, BTreeSet<String>>,
    stars: Vec<String>,
}

impl Reader {
    fn bind(&mut self, name: &str) {
        if let Some(scope) = self.scopes.last_mut()
            && scope.bound.insert(name.to_owned())
        {
            scope.order.push(name.to_owned());
        }
    }

    fn load(&mut self, name: &str, attribute: Option<&str>) {
        let runs_now = self.scopes.len() == 1;
        let Some(scope) = self.scopes.last_mut().filter(|scope| !scope.bound.contains(name)) else { return };
        let attributes = if !runs_now {
            scope.later.entry(name.to_owned()).or_default()
        } else if self.stars.iter().any(|module| imports::star_binds(module, name)) {
            return;
        } else {
            self.missing.entry(name.to_owned()).or_default()
        };
        attributes.extend(attribute.map(str::to_owned));
    }

    /// Reads what binds names for itself only, but runs at once: a class body, a comprehension.
    fn inside(&mut self, read: impl FnOnce(&mut Self)) {
        let mark = self.scopes.last().map_or(0, |scope| scope.order.len());
        read(self);
        if let Some(scope) = self.scopes.last_mut() {
            for name in scope.order.drain(mark..) {
                scope.bound.remove(&name);
            }
        }
    }

    /// Reads a function's own scope; what it does not bind is looked up outside, when it runs.
    fn function(&mut self, read: impl FnOnce(&mut Self)) {
        self.scopes.push(Scope::default());
        read(self);
        let Some(inner) = self.scopes.pop() else { return };
        let Some(outer) = self.scopes.last_mut() else { return };
        for (name, attributes) in inner.later {
            if !inner.bound.contains(&name) {
                outer.later.entry(name).or_default().extend(attributes);
            }
        }
    }

    fn comprehension<'a>(&mut self, generators: &'a [Comprehension], values: &[&'a Expr]) {
        self.inside(|reader| {
            for generator in generators {
                reader.visit_comprehension(generator);
            }
            for value in values {
                reader.visit_expr(value);
            }
        });
    }

    fn parameters(&mut self, parameters: &ast::Parameters) {
        for parameter in parameters {
            self.bind(parameter.name());
        }
    }
}

impl<'a> Visitor<'a> for Reader {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                for decorator in &def.decorator_list {
                    self.visit_decorator(decorator);
                }
                self.visit_parameters(&def.parameters);
                if let Some(returns) = &def.returns {
                    self.visit_annotation(returns);
                }
                self.bind(&def.name);
                self.function(|reader| {
                    reader.parameters(&def.parameters);
                    reader.visit_body(&def.body);
                });
            }
            Stmt::ClassDef(class) => {
                self.inside(|reader| visitor::walk_stmt(reader, stmt));
                self.bind(&class.name);
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.bind(name.split('.').next().unwrap_or(name));
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    if alias.name.as_str() == "*" {
                        self.stars.push(import.module.as_ref().map(ToString::to_string).unwrap_or_default());
                    }
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name));
                }
            }
            Stmt::Global(global) => global.names.iter().for_each(|name| {
                if let Some(top) = self.scopes.first_mut() {
                    top.bound.insert(name.to_string());
                }
            }),
            Stmt::AugAssign(assign) => {
                // The target is read first.
                if let Expr::Name(name) = &*assign.target {
                    self.load(&name.id, None);
                }
                visitor::walk_stmt(self, stmt);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(own) = handler;
        if let Some(name) = &own.name {
            self.bind(name);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::MatchAs(own) => own.name.iter().for_each(|name| self.bind(name)),
            Pattern::MatchStar(own) => own.name.iter().for_each(|name| self.bind(name)),
            Pattern::MatchMapping(own) => own.rest.iter().for_each(|name| self.bind(name)),
            _ => {}
        }
        visitor::walk_pattern(self, pattern);
    }

    fn visit_type_param(&mut self, param: &'a ast::TypeParam) {
        self.bind(param.name());
        visitor::walk_type_param(self, param);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => match name.ctx {
                ExprContext::Load => self.load(&name.id, None),
                ExprContext::Store => self.bind(&name.id),
                _ => {}
            },
            Expr::Attribute(attribute) => match &*attribute.value {
                Expr::Name(name) => self.load(&name.id, Some(&attribute.attr)),
                value => self.visit_expr(value),
            },
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.visit_parameters(parameters);
                }
                self.function(|reader| {
                    if let Some(parameters) = &lambda.parameters {
                        reader.parameters(parameters);
                    }
                    reader.visit_expr(&lambda.body);
                });
            }
            Expr::ListComp(own) => self.comprehension(&own.generators, &[&own.elt]),
            Expr::SetComp(own) => self.comprehension(&own.generators, &[&own.elt]),
            Expr::Generator(own) => self.comprehension(&own.generators, &[&own.elt]),
            Expr::DictComp(own) => match &own.key {
                Some(key) => self.comprehension(&own.generators, &[key, &own.value]),
                None => self.comprehension(&own.generators, &[&own.value]),
            },
            _ => visitor::walk_expr(self, expr),
        }
    }
}
