//! Which era a script was written for.
//!
//! Only what runs under 1.4's semantics and not under 2.1's counts as legacy; `sqlalchemy.ext.declarative` runs
//! under both.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use crate::parse;

/// What `sqlalchemy.orm` no longer has.
const GONE: &[&str] = &["mapper", "relation"];
/// Arguments that `create_engine` no longer takes.
const ENGINE_ARGUMENTS: &[&str] =
    &["encoding", "convert_unicode", "case_sensitive", "strategy", "label_length"];
/// Functions and methods whose result is a statement.
const STATEMENTS: &[&str] = &["insert", "update", "delete", "select", "join", "outerjoin"];

/// Whether the script uses a construct of SQLAlchemy 1.4 or older that 2.x removed.
pub(super) fn is_legacy(source: &str) -> bool {
    if source.lines().next().is_some_and(|line| line.starts_with('#') && line.contains("sa=1.4")) {
        return true;
    }
    let Ok(module) = parse::parse(source) else { return false };
    let mut reader = Reader::default();
    reader.visit_body(&module.body);
    reader.found
}

#[derive(Default)]
struct Reader {
    found: bool,
    /// Names of engines and of statements, as far as assignments tell.
    engines: BTreeSet<String>,
    statements: BTreeSet<String>,
    /// Names of bound `MetaData`.
    defined: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Reader {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::ImportFrom(import) => {
                let orm = import.module.as_ref().is_some_and(|name| name.as_str() == "sqlalchemy.orm");
                self.found |= orm && import.names.iter().any(|alias| GONE.contains(&alias.name.as_str()));
            }
            Stmt::Assign(assign) => {
                if let (Some(Expr::Name(target)), Expr::Call(call)) = (assign.targets.first(), &*assign.value)
                {
                    let known = match called(call) {
                        "create_engine" => Some(&mut self.engines),
                        name if STATEMENTS.contains(&name) => Some(&mut self.statements),
                        _ => None,
                    };
                    if let Some(known) = known {
                        known.insert(target.id.to_string());
                    }
                }
            }
            Stmt::FunctionDef(def) => {
                self.defined.insert(def.name.to_string());
            }
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.found |= self.is_old(call);
        }
        visitor::walk_expr(self, expr);
    }
}

impl Reader {
    fn is_old(&self, call: &ExprCall) -> bool {
        let arguments = &call.arguments;
        let keyword = |name: &str| arguments.find_keyword(name).is_some();
        match called(call) {
            "mapper" => match &*call.func {
                Expr::Name(_) => !self.defined.contains("mapper"),
                // `Session.mapper` of 0.5.
                Expr::Attribute(attribute) => {
                    matches!(&*attribute.value, Expr::Name(name) if name.id == "Session")
                }
                _ => false,
            },
            "relation" => call.func.is_name_expr() && !self.defined.contains("relation"),
            "MetaData" => {
                keyword("bind")
                    || match arguments.args.first() {
                        Some(Expr::StringLiteral(text)) => text.value.to_str().contains(':'),
                        Some(Expr::Name(name)) => self.engines.contains(name.id.as_str()),
                        Some(Expr::Call(_)) => true,
                        _ => false,
                    }
            }
            "select" => {
                keyword("whereclause")
                    || (call.func.is_name_expr() && arguments.args.first().is_some_and(Expr::is_list_expr))
            }
            "create_engine" => ENGINE_ARGUMENTS.iter().any(|name| keyword(name)),
            "sessionmaker" | "create_session" => keyword("autocommit"),
            "declarative_base" => keyword("bind"),
            "create_all" | "drop_all" => arguments.is_empty(),
            "execute" | "scalar" => match &*call.func {
                Expr::Attribute(attribute) => self.executes_itself(&attribute.value),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the receiver of `execute()` is an engine or a statement.
    fn executes_itself(&self, receiver: &Expr) -> bool {
        match receiver {
            Expr::Name(name) => {
                self.engines.contains(name.id.as_str()) || self.statements.contains(name.id.as_str())
            }
            Expr::Call(call) => ["insert", "update", "delete", "select"].contains(&called(call)),
            _ => false,
        }
    }
}

/// The last part of the name that is called.
fn called(call: &ExprCall) -> &str {
    match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    }
}
