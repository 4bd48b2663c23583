//! Statements, except those that change the flow of control.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::functions::Arguments;
use super::{Compiler, Op, Result};
use crate::compile::CodeKind;
use crate::object::Object;

impl<'a> Compiler<'a, '_> {
    pub(super) fn body(&mut self, body: &'a [Stmt]) -> Result<()> {
        body.iter().try_for_each(|stmt| self.statement(stmt))
    }

    fn statement(&mut self, stmt: &'a Stmt) -> Result<()> {
        self.at(stmt);
        // A decorated definition begins at its first decorator, as in CPython's traces.
        self.emit(Op::Statement);
        match stmt {
            Stmt::Expr(stmt) => self.expression_statement(stmt)?,
            Stmt::Assign(assign) => {
                self.expression(&assign.value)?;
                for (index, target) in assign.targets.iter().enumerate() {
                    if index + 1 < assign.targets.len() {
                        self.emit(Op::Dup);
                    }
                    self.store(target)?;
                }
            }
            Stmt::AugAssign(assign) => self.augmented(assign)?,
            Stmt::AnnAssign(assign) => self.annotated(assign)?,
            Stmt::Delete(delete) => delete.targets.iter().try_for_each(|target| self.delete(target))?,
            Stmt::Pass(_) | Stmt::Global(_) | Stmt::Nonlocal(_) => {}
            Stmt::FunctionDef(def) => self.function_definition(def)?,
            Stmt::ClassDef(def) => self.class_definition(def)?,
            Stmt::Return(stmt) => self.return_statement(stmt)?,
            Stmt::If(stmt) => self.if_statement(stmt)?,
            Stmt::While(stmt) => self.while_statement(stmt)?,
            Stmt::For(stmt) => self.for_statement(stmt)?,
            Stmt::With(stmt) => self.with_statement(stmt)?,
            Stmt::Try(stmt) => self.try_statement(stmt)?,
            Stmt::Match(stmt) => self.match_statement(stmt)?,
            Stmt::Break(stmt) => self.break_statement(stmt)?,
            Stmt::Continue(stmt) => self.continue_statement(stmt)?,
            Stmt::Raise(raise) => {
                let count = u32::from(raise.exc.is_some()) + u32::from(raise.cause.is_some());
                for value in [&raise.exc, &raise.cause].into_iter().flatten() {
                    self.expression(value)?;
                }
                self.emit(Op::Raise(count));
            }
            Stmt::Assert(assert) => {
                let end = self.label();
                self.jump_if(&assert.test, true, end)?;
                if let Some(message) = &assert.msg {
                    self.expression(message)?;
                }
                self.emit(Op::AssertFailed(assert.msg.is_some()));
                self.place(end);
            }
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import)?,
            Stmt::TypeAlias(alias) => return self.error(alias.range.start(), "invalid syntax"),
            Stmt::IpyEscapeCommand(command) => return self.error(command.range.start(), "invalid syntax"),
        }
        Ok(())
    }

    fn expression_statement(&mut self, stmt: &'a ast::StmtExpr) -> Result<()> {
        let interactive = self.options.interactive && self.unit().kind == CodeKind::Module;
        if !interactive && is_constant(&stmt.value) {
            return Ok(());
        }
        self.expression(&stmt.value)?;
        self.emit(if interactive { Op::PrintExpression } else { Op::Pop });
        Ok(())
    }

    /// Stores the top of the stack in a target.
    pub(super) fn store(&mut self, target: &'a Expr) -> Result<()> {
        match target {
            Expr::Name(name) => self.store_name(name.id.as_str()),
            Expr::Attribute(attribute) => {
                self.expression(&attribute.value)?;
                self.at_end_of_chain(attribute);
                let name = self.mangled(attribute.attr.as_str());
                let index = self.name_index(&name);
                self.emit(Op::StoreAttr(index));
            }
            Expr::Subscript(subscript) => {
                self.expression(&subscript.value)?;
                self.expression(&subscript.slice)?;
                self.emit(Op::SetItem);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                self.unpack(elts)?;
            }
            Expr::Starred(starred) => {
                return self
                    .error(starred.range.start(), "starred assignment target must be in a list or tuple");
            }
            other => return self.error(other.start(), "cannot assign to expression"),
        }
        Ok(())
    }

    fn unpack(&mut self, targets: &'a [Expr]) -> Result<()> {
        let mut starred = targets.iter().enumerate().filter(|(_, target)| target.is_starred_expr());
        match (starred.next(), starred.next()) {
            (None, _) => self.emit(Op::UnpackSequence(targets.len() as u32)),
            (Some((at, _)), None) => {
                self.emit(Op::UnpackStarred(at as u32, (targets.len() - at - 1) as u32));
            }
            (_, Some((_, second))) => {
                return self.error(second.start(), "multiple starred expressions in assignment");
            }
        }
        for target in targets {
            match target {
                Expr::Starred(starred) => self.store(&starred.value)?,
                target => self.store(target)?,
            }
        }
        Ok(())
    }

    fn augmented(&mut self, assign: &'a ast::StmtAugAssign) -> Result<()> {
        let op = Op::InPlace(super::expressions::binary_op(assign.op));
        match &*assign.target {
            Expr::Name(name) => {
                self.load_name(name.id.as_str());
                self.expression(&assign.value)?;
                self.emit(op);
                self.store_name(name.id.as_str());
            }
            Expr::Attribute(attribute) => {
                self.expression(&attribute.value)?;
                let name = self.mangled(attribute.attr.as_str());
                let index = self.name_index(&name);
                self.emit(Op::Dup);
                self.emit(Op::LoadAttr(index));
                self.expression(&assign.value)?;
                self.emit(op);
                self.emit(Op::Swap);
                self.emit(Op::StoreAttr(index));
            }
            Expr::Subscript(subscript) => {
                self.expression(&subscript.value)?;
                self.expression(&subscript.slice)?;
                self.emit(Op::DupTwo);
                self.emit(Op::GetItem);
                self.expression(&assign.value)?;
                self.emit(op);
                self.emit(Op::RotThree);
                self.emit(Op::SetItem);
            }
            other => return self.error(other.start(), "illegal expression for augmented assignment"),
        }
        Ok(())
    }

    fn annotated(&mut self, assign: &'a ast::StmtAnnAssign) -> Result<()> {
        if let Some(value) = &assign.value {
            self.expression(value)?;
            self.store(&assign.target)?;
        }
        let in_function = self.unit().kind == CodeKind::Function;
        match &*assign.target {
            Expr::Name(name) if assign.simple && !in_function => {
                self.emit(Op::SetupAnnotations);
                self.annotation(&assign.annotation)?;
                let index = self.name_index("__annotations__");
                self.emit(Op::LoadName(index));
                let key = self.mangled(name.id.as_str());
                let key = self.string(&key);
                self.constant(key);
                self.emit(Op::SetItem);
            }
            _ => {}
        }
        Ok(())
    }

    /// An annotation's value, or its text under `from __future__ import annotations`.
    pub(super) fn annotation(&mut self, annotation: &'a Expr) -> Result<()> {
        if self.future_annotations {
            let mut text = self.text(annotation).split_whitespace().collect::<Vec<_>>().join(" ");
            if !text.contains('\'') {
                // As CPython writes expressions.
                text = text.replace('"', "'");
            }
            let text = self.string(&text);
            self.constant(text);
            return Ok(());
        }
        self.expression(annotation)
    }

    fn delete(&mut self, target: &'a Expr) -> Result<()> {
        match target {
            Expr::Name(name) => self.delete_name(name.id.as_str()),
            Expr::Attribute(attribute) => {
                self.expression(&attribute.value)?;
                let name = self.mangled(attribute.attr.as_str());
                let index = self.name_index(&name);
                self.emit(Op::DeleteAttr(index));
            }
            Expr::Subscript(subscript) => {
                self.expression(&subscript.value)?;
                self.expression(&subscript.slice)?;
                self.emit(Op::DeleteItem);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                elts.iter().try_for_each(|target| self.delete(target))?;
            }
            other => return self.error(other.start(), "cannot delete expression"),
        }
        Ok(())
    }

    fn import(&mut self, import: &ast::StmtImport) {
        for alias in &import.names {
            let name = alias.name.as_str();
            self.constant(Object::None);
            let index = self.name_index(name);
            self.emit(Op::ImportName(index, 0));
            match &alias.asname {
                // `import a.b` binds `a`; `import a.b as c` binds the inner one.
                Some(bound) => {
                    for part in name.split('.').skip(1) {
                        let index = self.name_index(part);
                        self.emit(Op::ImportFrom(index));
                        self.emit(Op::Swap);
                        self.emit(Op::Pop);
                    }
                    self.store_name(bound.as_str());
                }
                None => self.store_name(name.split('.').next().unwrap_or(name)),
            }
        }
    }

    fn import_from(&mut self, import: &ast::StmtImportFrom) -> Result<()> {
        let module = import.module.as_ref().map_or("", |module| module.as_str());
        if module == "__future__" {
            for alias in &import.names {
                if !FUTURE_FEATURES.contains(&alias.name.as_str()) {
                    let message = format!("future feature {} is not defined", alias.name.as_str());
                    return self.error(alias.range.start(), message);
                }
            }
        }
        let names = import.names.iter().map(|alias| self.string(alias.name.as_str())).collect();
        self.constant(Object::tuple(names));
        let index = self.name_index(module);
        self.emit(Op::ImportName(index, import.level));
        if import.names.iter().any(|alias| alias.name.as_str() == "*") {
            if self.unit().kind != CodeKind::Module {
                return self.error(import.range.start(), "import * only allowed at module level");
            }
            self.emit(Op::ImportStar);
            return Ok(());
        }
        for alias in &import.names {
            let index = self.name_index(alias.name.as_str());
            self.emit(Op::ImportFrom(index));
            self.store_name(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
        }
        self.emit(Op::Pop);
        Ok(())
    }

    fn class_definition(&mut self, def: &'a ast::StmtClassDef) -> Result<()> {
        if let Some(params) = &def.type_params {
            return self.error(params.range.start(), "invalid syntax");
        }
        for decorator in &def.decorator_list {
            self.emit(Op::PushNull);
            self.expression(&decorator.expression)?;
        }
        self.at(&def.name);
        self.class_body(def)?;
        self.at(&def.name);
        let arguments = def.arguments.as_deref();
        let (bases, keywords) = match arguments {
            Some(arguments) => (&arguments.args[..], &arguments.keywords[..]),
            None => (&[][..], &[][..]),
        };
        match self.arguments(bases, keywords)? {
            Arguments::Plain(count) => {
                let names = self.constant_index(Object::tuple(Vec::new()));
                self.emit(Op::BuildClass(count, names));
            }
            Arguments::Named(count, names) => self.emit(Op::BuildClass(count, names)),
            Arguments::Unpacked(has_keywords) => {
                if !has_keywords {
                    self.emit(Op::BuildDict(0));
                }
                self.emit(Op::BuildClassUnpacked);
            }
        }
        self.at(def);
        for _ in &def.decorator_list {
            self.emit(Op::Call(1));
        }
        self.store_name(def.name.as_str());
        Ok(())
    }
}

const FUTURE_FEATURES: [&str; 10] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];

fn is_constant(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
    )
}
