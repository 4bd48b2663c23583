//! Statements that change the flow of control.

use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::Ranged;

use super::{Block, CodeKind, Compiler, Label, Op, Result};
use crate::object::Object;

impl<'a> Compiler<'a, '_> {
    pub(super) fn if_statement(&mut self, stmt: &'a ast::StmtIf) -> Result<()> {
        let end = self.label();
        let mut next = self.label();
        self.jump_if(&stmt.test, false, next)?;
        self.body(&stmt.body)?;
        for clause in &stmt.elif_else_clauses {
            self.emit(Op::Jump(end));
            self.place(next);
            next = self.label();
            if let Some(test) = &clause.test {
                self.at(clause);
                self.emit(Op::Statement);
                self.jump_if(test, false, next)?;
            }
            self.body(&clause.body)?;
        }
        self.place(next);
        self.place(end);
        Ok(())
    }

    pub(super) fn while_statement(&mut self, stmt: &'a ast::StmtWhile) -> Result<()> {
        let (next, otherwise, end) = (self.label(), self.label(), self.label());
        let line = self.unit().line;
        self.place(next);
        self.unit().line = line;
        self.jump_if(&stmt.test, false, otherwise)?;
        self.unit().blocks.push(Block::Loop { has_iterator: false, next, end });
        self.body(&stmt.body)?;
        self.unit().blocks.pop();
        self.emit(Op::Jump(next));
        self.place(otherwise);
        self.body(&stmt.orelse)?;
        self.place(end);
        Ok(())
    }

    pub(super) fn for_statement(&mut self, stmt: &'a ast::StmtFor) -> Result<()> {
        if stmt.is_async {
            return self.unsupported_async(stmt);
        }
        let (next, otherwise, end) = (self.label(), self.label(), self.label());
        self.expression(&stmt.iter)?;
        self.emit(Op::GetIter);
        self.place(next);
        self.at(stmt);
        self.emit(Op::ForIter(otherwise));
        self.store(&stmt.target)?;
        self.unit().blocks.push(Block::Loop { has_iterator: true, next, end });
        self.body(&stmt.body)?;
        self.unit().blocks.pop();
        self.emit(Op::Jump(next));
        self.place(otherwise);
        self.body(&stmt.orelse)?;
        self.place(end);
        Ok(())
    }

    /// Leaves the blocks inside of the `keep` outermost ones.
    fn leave(&mut self, keep: usize) -> Result<()> {
        let line = self.unit().line;
        let blocks = self.unit().blocks.clone();
        for index in (keep..blocks.len()).rev() {
            self.unit().blocks.truncate(index);
            match &blocks[index] {
                Block::Loop { has_iterator: true, .. } => self.emit(Op::Pop),
                Block::Loop { .. } => {}
                Block::Try => self.emit(Op::PopBlock),
                Block::Finally(body) => {
                    self.emit(Op::PopBlock);
                    self.body(body)?;
                    self.unit().line = line;
                }
                Block::With => {
                    self.emit(Op::PopBlock);
                    self.exit_normally();
                }
                Block::Handler(name) => {
                    if let Some(name) = name {
                        self.emit(Op::PopBlock);
                        self.emit(Op::PopHandled);
                        self.forget(name);
                    } else {
                        self.emit(Op::PopHandled);
                    }
                }
                Block::FinallyHandler => self.emit(Op::PopHandled),
            }
        }
        self.unit().blocks = blocks;
        Ok(())
    }

    pub(super) fn return_statement(&mut self, stmt: &'a ast::StmtReturn) -> Result<()> {
        if self.unit().kind != CodeKind::Function {
            return self.error(stmt.range.start(), "'return' outside function");
        }
        match &stmt.value {
            Some(value) => self.expression(value)?,
            None => self.constant(Object::None),
        }
        if !self.unit().blocks.is_empty() {
            let slot = self.return_slot();
            self.emit(Op::StoreLocal(slot));
            self.leave(0)?;
            self.emit(Op::TakeLocal(slot));
        }
        self.emit(Op::Return);
        Ok(())
    }

    fn innermost_loop(&mut self) -> Option<(usize, bool, Label, Label)> {
        self.unit().blocks.iter().enumerate().rev().find_map(|(index, block)| match block {
            Block::Loop { has_iterator, next, end } => Some((index, *has_iterator, *next, *end)),
            _ => None,
        })
    }

    pub(super) fn break_statement(&mut self, stmt: &ast::StmtBreak) -> Result<()> {
        let Some((index, has_iterator, _, end)) = self.innermost_loop() else {
            return self.error(stmt.range.start(), "'break' outside loop");
        };
        self.leave(index + 1)?;
        if has_iterator {
            self.emit(Op::Pop);
        }
        self.emit(Op::Jump(end));
        Ok(())
    }

    pub(super) fn continue_statement(&mut self, stmt: &ast::StmtContinue) -> Result<()> {
        let Some((index, _, next, _)) = self.innermost_loop() else {
            return self.error(stmt.range.start(), "'continue' not properly in loop");
        };
        self.leave(index + 1)?;
        self.emit(Op::Jump(next));
        Ok(())
    }

    /// Calls the `__exit__` on the stack for a block that ended well.
    fn exit_normally(&mut self) {
        for _ in 0..3 {
            self.constant(Object::None);
        }
        self.emit(Op::Call(3));
        self.emit(Op::Pop);
    }

    pub(super) fn with_statement(&mut self, stmt: &'a ast::StmtWith) -> Result<()> {
        if stmt.is_async {
            return self.unsupported_async(stmt);
        }
        self.with_items(&stmt.items, &stmt.body)
    }

    fn with_items(&mut self, items: &'a [ast::WithItem], body: &'a [Stmt]) -> Result<()> {
        let Some((item, rest)) = items.split_first() else {
            return self.body(body);
        };
        let (handler, end) = (self.label(), self.label());
        self.at(item);
        let line = self.unit().line;
        self.expression(&item.context_expr)?;
        self.unit().line = line;
        self.emit(Op::BeforeWith);
        self.emit(Op::Call(0));
        self.emit(Op::SetupWith(handler));
        self.unit().blocks.push(Block::With);
        match &item.optional_vars {
            Some(target) => self.store(target)?,
            None => self.emit(Op::Pop),
        }
        self.with_items(rest, body)?;
        self.unit().blocks.pop();
        self.unit().line = line;
        self.emit(Op::PopBlock);
        self.exit_normally();
        self.emit(Op::Jump(end));
        self.place(handler);
        self.emit(Op::ExitWithException);
        self.emit(Op::Call(3));
        self.emit(Op::SuppressOrReraise);
        self.place(end);
        Ok(())
    }

    pub(super) fn try_statement(&mut self, stmt: &'a ast::StmtTry) -> Result<()> {
        if stmt.is_star {
            return self.unsupported(stmt, "except* is not supported: catch the exceptions one by one");
        }
        if stmt.finalbody.is_empty() {
            return self.try_except(stmt);
        }
        let (handler, end) = (self.label(), self.label());
        self.emit(Op::SetupTry(handler));
        self.unit().blocks.push(Block::Finally(&stmt.finalbody));
        if stmt.handlers.is_empty() {
            self.body(&stmt.body)?;
        } else {
            self.try_except(stmt)?;
        }
        self.unit().blocks.pop();
        self.emit(Op::PopBlock);
        self.body(&stmt.finalbody)?;
        self.emit(Op::Jump(end));
        self.place(handler);
        self.emit(Op::PushHandled);
        self.unit().blocks.push(Block::FinallyHandler);
        self.body(&stmt.finalbody)?;
        self.unit().blocks.pop();
        self.emit(Op::Reraise);
        self.place(end);
        Ok(())
    }

    fn try_except(&mut self, stmt: &'a ast::StmtTry) -> Result<()> {
        let (handler, end) = (self.label(), self.label());
        self.emit(Op::SetupTry(handler));
        self.unit().blocks.push(Block::Try);
        self.body(&stmt.body)?;
        self.unit().blocks.pop();
        self.emit(Op::PopBlock);
        self.body(&stmt.orelse)?;
        self.emit(Op::Jump(end));
        self.place(handler);
        self.emit(Op::PushHandled);
        for (index, ast::ExceptHandler::ExceptHandler(clause)) in stmt.handlers.iter().enumerate() {
            let next = self.label();
            self.at(clause);
            match &clause.type_ {
                Some(class) => {
                    self.expression(class)?;
                    self.emit(Op::MatchException);
                }
                None if index + 1 < stmt.handlers.len() => {
                    return self.error(clause.range.start(), "default 'except:' must be last");
                }
                None => self.emit(Op::MatchAnything),
            }
            self.emit(Op::JumpIfFalse(next));
            self.except_clause(clause)?;
            self.emit(Op::Jump(end));
            self.place(next);
        }
        self.emit(Op::Reraise);
        self.place(end);
        Ok(())
    }

    fn except_clause(&mut self, clause: &'a ast::ExceptHandlerExceptHandler) -> Result<()> {
        let name = clause.name.as_ref().map(|name| name.as_str());
        let Some(name) = name else {
            self.unit().blocks.push(Block::Handler(None));
            self.body(&clause.body)?;
            self.unit().blocks.pop();
            self.emit(Op::PopHandled);
            return Ok(());
        };
        // The name is deleted however the clause ends.
        let (cleanup, end) = (self.label(), self.label());
        self.emit(Op::LoadHandled);
        self.store_name(name);
        self.emit(Op::SetupTry(cleanup));
        self.unit().blocks.push(Block::Handler(Some(name)));
        self.body(&clause.body)?;
        self.unit().blocks.pop();
        self.emit(Op::PopBlock);
        self.emit(Op::PopHandled);
        self.forget(name);
        self.emit(Op::Jump(end));
        self.place(cleanup);
        self.forget(name);
        self.emit(Op::ReraiseTop);
        self.place(end);
        Ok(())
    }

    fn forget(&mut self, name: &str) {
        self.constant(Object::None);
        self.store_name(name);
        self.delete_name(name);
    }

    pub(super) fn unsupported_async(&mut self, node: &impl Ranged) -> Result<()> {
        self.unsupported(node, "async code cannot run here yet: use the synchronous form")
    }

    /// Code that fails when it is reached, so that the rest of the script can run.
    pub(super) fn unsupported(&mut self, node: &impl Ranged, message: &str) -> Result<()> {
        self.at(node);
        let index = self.constant_index(Object::str(message));
        self.emit(Op::Unsupported(index));
        Ok(())
    }
}
