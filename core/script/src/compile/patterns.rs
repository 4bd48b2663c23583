//! `match` statements.
//!
//! Each subject, the whole and every part of it, lies in a slot without a name,
//! so that a failing pattern leaves nothing on the stack.

use ruff_python_ast::{self as ast, Pattern};

use super::{Compiler, Label, Op, Result};
use crate::object::{CompareOp, Object};

impl<'a> Compiler<'a, '_> {
    pub(super) fn match_statement(&mut self, stmt: &'a ast::StmtMatch) -> Result<()> {
        let end = self.label();
        let subject = self.temporary();
        self.expression(&stmt.subject)?;
        self.emit(Op::StoreLocal(subject));
        for case in &stmt.cases {
            let next = self.label();
            self.at(case);
            self.pattern(&case.pattern, subject, next)?;
            if let Some(guard) = &case.guard {
                self.jump_if(guard, false, next)?;
            }
            self.body(&case.body)?;
            self.emit(Op::Jump(end));
            self.place(next);
        }
        self.place(end);
        self.constant(Object::None);
        self.emit(Op::StoreLocal(subject));
        Ok(())
    }

    fn pattern(&mut self, pattern: &'a Pattern, subject: u32, fail: Label) -> Result<()> {
        match pattern {
            Pattern::MatchValue(value) => {
                self.emit(Op::LoadLocal(subject));
                self.expression(&value.value)?;
                self.emit(Op::Compare(CompareOp::Eq));
                self.emit(Op::JumpIfFalse(fail));
            }
            Pattern::MatchSingleton(singleton) => {
                self.emit(Op::LoadLocal(subject));
                self.constant(match singleton.value {
                    ast::Singleton::None => Object::None,
                    ast::Singleton::True => Object::Bool(true),
                    ast::Singleton::False => Object::Bool(false),
                });
                self.emit(Op::Is(false));
                self.emit(Op::JumpIfFalse(fail));
            }
            Pattern::MatchSequence(sequence) => self.sequence_pattern(&sequence.patterns, subject, fail)?,
            Pattern::MatchMapping(mapping) => self.mapping_pattern(mapping, subject, fail)?,
            Pattern::MatchClass(class) => self.class_pattern(class, subject, fail)?,
            Pattern::MatchStar(star) => {
                return self.error(star.range.start(), "star pattern outside of a sequence");
            }
            Pattern::MatchAs(capture) => {
                if let Some(pattern) = &capture.pattern {
                    self.pattern(pattern, subject, fail)?;
                }
                if let Some(name) = &capture.name {
                    self.emit(Op::LoadLocal(subject));
                    self.store_name(name.as_str());
                }
            }
            Pattern::MatchOr(alternatives) => {
                let matched = self.label();
                for alternative in &alternatives.patterns {
                    let next = self.label();
                    self.pattern(alternative, subject, next)?;
                    self.emit(Op::Jump(matched));
                    self.place(next);
                }
                self.emit(Op::Jump(fail));
                self.place(matched);
            }
        }
        Ok(())
    }

    fn part(&mut self, pattern: &'a Pattern, subject: u32, item: Op, fail: Label) -> Result<()> {
        let part = self.temporary();
        self.emit(Op::LoadLocal(subject));
        self.emit(item);
        self.emit(Op::StoreLocal(part));
        self.pattern(pattern, part, fail)
    }

    fn sequence_pattern(&mut self, patterns: &'a [Pattern], subject: u32, fail: Label) -> Result<()> {
        self.emit(Op::LoadLocal(subject));
        self.emit(Op::MatchSequence);
        self.emit(Op::JumpIfFalse(fail));
        let star = patterns.iter().position(Pattern::is_match_star);
        let fixed = patterns.len() - usize::from(star.is_some());
        self.emit(Op::LoadLocal(subject));
        self.emit(Op::Length);
        self.constant(Object::Int(fixed as i64));
        self.emit(Op::Compare(if star.is_some() { CompareOp::Ge } else { CompareOp::Eq }));
        self.emit(Op::JumpIfFalse(fail));
        for (index, pattern) in patterns.iter().enumerate() {
            match pattern {
                Pattern::MatchStar(inner) => {
                    let after = (patterns.len() - index - 1) as u32;
                    if let Some(name) = &inner.name {
                        self.emit(Op::LoadLocal(subject));
                        self.emit(Op::SequenceMiddle(index as u32, after));
                        self.store_name(name.as_str());
                    }
                }
                pattern => {
                    let after_star = star.is_some_and(|star| index > star);
                    let at = if after_star { index as i32 - patterns.len() as i32 } else { index as i32 };
                    self.part(pattern, subject, Op::SequenceItem(at), fail)?;
                }
            }
        }
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        mapping: &'a ast::PatternMatchMapping,
        subject: u32,
        fail: Label,
    ) -> Result<()> {
        self.emit(Op::LoadLocal(subject));
        self.emit(Op::MatchMapping);
        self.emit(Op::JumpIfFalse(fail));
        let (keys, values) = (self.temporary(), self.temporary());
        mapping.keys.iter().try_for_each(|key| self.expression(key))?;
        self.emit(Op::BuildTuple(mapping.keys.len() as u32));
        self.emit(Op::StoreLocal(keys));
        self.emit(Op::LoadLocal(subject));
        self.emit(Op::LoadLocal(keys));
        self.emit(Op::MatchKeys);
        self.parts(values, &mapping.patterns, fail)?;
        if let Some(rest) = &mapping.rest {
            self.emit(Op::LoadLocal(subject));
            self.emit(Op::LoadLocal(keys));
            self.emit(Op::MatchRest);
            self.store_name(rest.as_str());
        }
        Ok(())
    }

    /// Matches the tuple on the stack (or `None`: no match) part by part.
    fn parts(&mut self, slot: u32, patterns: &'a [Pattern], fail: Label) -> Result<()> {
        self.store_parts(slot, fail);
        for (index, pattern) in patterns.iter().enumerate() {
            self.part(pattern, slot, Op::SequenceItem(index as i32), fail)?;
        }
        Ok(())
    }

    fn store_parts(&mut self, slot: u32, fail: Label) {
        self.emit(Op::StoreLocal(slot));
        self.emit(Op::LoadLocal(slot));
        self.constant(Object::None);
        self.emit(Op::Is(false));
        self.emit(Op::JumpIfTrue(fail));
    }

    fn class_pattern(&mut self, class: &'a ast::PatternMatchClass, subject: u32, fail: Label) -> Result<()> {
        let arguments = &class.arguments;
        let values = self.temporary();
        self.emit(Op::LoadLocal(subject));
        self.expression(&class.cls)?;
        let names = arguments.keywords.iter().map(|keyword| self.string(keyword.attr.as_str())).collect();
        self.constant(Object::tuple(names));
        self.emit(Op::MatchClass(arguments.patterns.len() as u32));
        self.parts(values, &arguments.patterns, fail)?;
        for (index, keyword) in arguments.keywords.iter().enumerate() {
            let at = (arguments.patterns.len() + index) as i32;
            self.part(&keyword.pattern, values, Op::SequenceItem(at), fail)?;
        }
        Ok(())
    }
}
