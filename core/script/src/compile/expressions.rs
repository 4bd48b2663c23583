//! Expressions.

use num_bigint::BigInt;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextSize};

use super::{CodeKind, Compiler, Conversion, Label, Op, Result};
use crate::object::{BinaryOp, CompareOp, Object, UnaryOp};

/// Whether CPython would make the expression a constant.
fn is_constant(expression: &Expr) -> bool {
    match expression {
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_constant),
        Expr::UnaryOp(operation) => {
            operation.op != ast::UnaryOp::Not && operation.operand.is_number_literal_expr()
        }
        other => other.is_literal_expr(),
    }
}

/// The instruction's operator for a syntax tree's.
pub(super) fn binary_op(op: ast::Operator) -> BinaryOp {
    match op {
        ast::Operator::Add => BinaryOp::Add,
        ast::Operator::Sub => BinaryOp::Sub,
        ast::Operator::Mult => BinaryOp::Mul,
        ast::Operator::MatMult => BinaryOp::MatMul,
        ast::Operator::Div => BinaryOp::TrueDiv,
        ast::Operator::Mod => BinaryOp::Mod,
        ast::Operator::Pow => BinaryOp::Pow,
        ast::Operator::LShift => BinaryOp::LShift,
        ast::Operator::RShift => BinaryOp::RShift,
        ast::Operator::BitOr => BinaryOp::Or,
        ast::Operator::BitXor => BinaryOp::Xor,
        ast::Operator::BitAnd => BinaryOp::And,
        ast::Operator::FloorDiv => BinaryOp::FloorDiv,
    }
}

fn compare_op(op: ast::CmpOp) -> Op {
    match op {
        ast::CmpOp::Eq => Op::Compare(CompareOp::Eq),
        ast::CmpOp::NotEq => Op::Compare(CompareOp::Ne),
        ast::CmpOp::Lt => Op::Compare(CompareOp::Lt),
        ast::CmpOp::LtE => Op::Compare(CompareOp::Le),
        ast::CmpOp::Gt => Op::Compare(CompareOp::Gt),
        ast::CmpOp::GtE => Op::Compare(CompareOp::Ge),
        ast::CmpOp::Is => Op::Is(false),
        ast::CmpOp::IsNot => Op::Is(true),
        ast::CmpOp::In => Op::In(false),
        ast::CmpOp::NotIn => Op::In(true),
    }
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn expression(&mut self, expr: &'a Expr) -> Result<()> {
        match expr {
            Expr::Name(name) => {
                let line = self.unit().line;
                self.unit().line = self.lines.line(name.range.start());
                self.load_name(name.id.as_str());
                self.unit().line = line;
            }
            Expr::NumberLiteral(number) => self.number(number)?,
            Expr::StringLiteral(literal) => {
                let value = self.string(literal.value.to_str());
                self.constant(value);
            }
            Expr::BytesLiteral(literal) => {
                let bytes = literal.value.bytes().collect();
                self.constant(Object::Bytes(std::rc::Rc::new(bytes)));
            }
            Expr::BooleanLiteral(literal) => self.constant(Object::Bool(literal.value)),
            Expr::NoneLiteral(_) => self.constant(Object::None),
            Expr::EllipsisLiteral(_) => self.constant(Object::Ellipsis),
            Expr::FString(string) => self.f_string(string)?,
            Expr::TString(string) => return self.error(string.range.start(), "invalid syntax"),
            Expr::Attribute(attribute) => {
                self.expression(&attribute.value)?;
                let line = self.at_end_of_chain(attribute);
                let name = self.mangled(attribute.attr.as_str());
                let index = self.name_index(&name);
                self.emit(Op::LoadAttr(index));
                self.unit().line = line;
            }
            Expr::Subscript(subscript) => {
                self.expression(&subscript.value)?;
                self.expression(&subscript.slice)?;
                self.emit_at(subscript.range.start(), Op::GetItem);
            }
            Expr::Slice(slice) => self.slice(slice)?,
            Expr::Call(call) => self.call(call)?,
            Expr::BinOp(operation) => {
                self.expression(&operation.left)?;
                self.expression(&operation.right)?;
                self.emit_at(operation.range.start(), Op::Binary(binary_op(operation.op)));
            }
            Expr::UnaryOp(operation) => self.unary(operation)?,
            Expr::BoolOp(operation) => self.bool_op(operation)?,
            Expr::Compare(comparison) => self.comparison(comparison)?,
            Expr::If(conditional) => {
                let (otherwise, end) = (self.label(), self.label());
                self.jump_if(&conditional.test, false, otherwise)?;
                self.expression(&conditional.body)?;
                self.emit(Op::Jump(end));
                self.place(otherwise);
                self.expression(&conditional.orelse)?;
                self.place(end);
            }
            Expr::Named(named) => {
                self.expression(&named.value)?;
                self.emit(Op::Dup);
                self.store(&named.target)?;
            }
            Expr::Tuple(tuple) => self.sequence(&tuple.elts, Op::BuildTuple)?,
            Expr::List(list) => self.sequence(&list.elts, Op::BuildList)?,
            Expr::Set(set) => self.set(&set.elts)?,
            Expr::Dict(dict) => self.dict(dict)?,
            Expr::Lambda(lambda) => self.lambda(lambda)?,
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.comprehension(expr)?;
            }
            Expr::Yield(ast::ExprYield { value, range, .. }) => {
                self.check_yield(range.start())?;
                match value {
                    Some(value) => self.expression(value)?,
                    None => self.constant(Object::None),
                }
                self.emit(Op::Yield);
            }
            Expr::YieldFrom(yielding) => {
                self.check_yield(yielding.range.start())?;
                self.expression(&yielding.value)?;
                self.emit(Op::GetIter);
                self.constant(Object::None);
                self.emit(Op::YieldFrom);
            }
            Expr::Await(awaiting) => {
                self.expression(&awaiting.value)?;
                self.unsupported_async(awaiting)?;
            }
            Expr::Starred(starred) => {
                return self.error(starred.range.start(), "can't use starred expression here");
            }
            Expr::IpyEscapeCommand(command) => return self.error(command.range.start(), "invalid syntax"),
        }
        Ok(())
    }

    /// Emits an instruction that belongs to the line of `start`.
    pub(super) fn emit_at(&mut self, start: TextSize, op: Op) {
        let line = self.unit().line;
        let at = self.lines.line(start);
        self.unit().line = at;
        self.emit(op);
        self.unit().line = line;
    }

    /// Moves to the line of the attribute's name; gives the line before.
    pub(super) fn at_end_of_chain(&mut self, attribute: &ast::ExprAttribute) -> u32 {
        let line = self.unit().line;
        let at = self.lines.line(attribute.attr.range.start());
        self.unit().line = at;
        line
    }

    fn check_yield(&self, start: TextSize) -> Result<()> {
        match self.units.last() {
            Some(unit) if unit.kind == CodeKind::Function => Ok(()),
            _ => self.error(start, "'yield' outside function"),
        }
    }

    fn number(&mut self, literal: &ast::ExprNumberLiteral) -> Result<()> {
        let value = match &literal.value {
            ast::Number::Int(int) => match int.as_i64() {
                Some(small) => Object::Int(small),
                None => big_int(&int.to_string()).unwrap_or(Object::None),
            },
            ast::Number::Float(value) => Object::Float(*value),
            ast::Number::Complex { .. } => {
                return self.unsupported(literal, "complex numbers are not supported");
            }
        };
        self.constant(value);
        Ok(())
    }

    fn unary(&mut self, operation: &'a ast::ExprUnaryOp) -> Result<()> {
        // Negative numbers are constants.
        if let (ast::UnaryOp::USub, Expr::NumberLiteral(number)) = (operation.op, &*operation.operand) {
            match &number.value {
                ast::Number::Int(int) => {
                    if let Some(small) = int.as_i64() {
                        self.constant(Object::Int(-small));
                        return Ok(());
                    }
                }
                ast::Number::Float(value) => {
                    self.constant(Object::Float(-value));
                    return Ok(());
                }
                ast::Number::Complex { .. } => {}
            }
        }
        self.expression(&operation.operand)?;
        let op = match operation.op {
            ast::UnaryOp::Not => Op::Not,
            ast::UnaryOp::USub => Op::Unary(UnaryOp::Neg),
            ast::UnaryOp::UAdd => Op::Unary(UnaryOp::Pos),
            ast::UnaryOp::Invert => Op::Unary(UnaryOp::Invert),
        };
        self.emit_at(operation.range.start(), op);
        Ok(())
    }

    fn bool_op(&mut self, operation: &'a ast::ExprBoolOp) -> Result<()> {
        let end = self.label();
        for (index, value) in operation.values.iter().enumerate() {
            self.expression(value)?;
            if index + 1 < operation.values.len() {
                self.emit(match operation.op {
                    ast::BoolOp::And => Op::JumpIfFalseOrPop(end),
                    ast::BoolOp::Or => Op::JumpIfTrueOrPop(end),
                });
            }
        }
        self.place(end);
        Ok(())
    }

    fn comparison(&mut self, comparison: &'a ast::ExprCompare) -> Result<()> {
        self.expression(&comparison.left)?;
        let (ops, operands) = (&comparison.ops, &comparison.comparators);
        let start = comparison.range.start();
        if let ([op], [operand]) = (&ops[..], &operands[..]) {
            self.expression(operand)?;
            self.emit_at(start, compare_op(*op));
            return Ok(());
        }
        let (cleanup, end) = (self.label(), self.label());
        let last = ops.len().saturating_sub(1);
        for (index, (op, operand)) in ops.iter().zip(operands.iter()).enumerate() {
            self.expression(operand)?;
            if index < last {
                self.emit(Op::Dup);
                self.emit(Op::RotThree);
                self.emit_at(start, compare_op(*op));
                self.emit(Op::JumpIfFalseOrPop(cleanup));
            } else {
                self.emit_at(start, compare_op(*op));
            }
        }
        self.emit(Op::Jump(end));
        self.place(cleanup);
        self.emit(Op::Swap);
        self.emit(Op::Pop);
        self.place(end);
        Ok(())
    }

    /// Jumps when the truth of `test` is `when`, without making a value of it.
    pub(super) fn jump_if(&mut self, test: &'a Expr, when: bool, target: Label) -> Result<()> {
        match test {
            Expr::UnaryOp(not) if not.op == ast::UnaryOp::Not => {
                return self.jump_if(&not.operand, !when, target);
            }
            Expr::BoolOp(operation) => {
                let jumps_early = (operation.op == ast::BoolOp::Or) == when;
                let Some((last, first)) = operation.values.split_last() else { return Ok(()) };
                let skip = self.label();
                for value in first {
                    self.jump_if(
                        value,
                        if jumps_early { when } else { !when },
                        if jumps_early { target } else { skip },
                    )?;
                }
                self.jump_if(last, when, target)?;
                self.place(skip);
                return Ok(());
            }
            _ => {}
        }
        self.expression(test)?;
        self.emit(if when { Op::JumpIfTrue(target) } else { Op::JumpIfFalse(target) });
        Ok(())
    }

    fn slice(&mut self, slice: &'a ast::ExprSlice) -> Result<()> {
        for part in [&slice.lower, &slice.upper] {
            match part {
                Some(part) => self.expression(part)?,
                None => self.constant(Object::None),
            }
        }
        match &slice.step {
            Some(step) => {
                self.expression(step)?;
                self.emit(Op::BuildSlice(3));
            }
            None => self.emit(Op::BuildSlice(2)),
        }
        Ok(())
    }

    /// A tuple or list.
    fn sequence(&mut self, items: &'a [Expr], build: fn(u32) -> Op) -> Result<()> {
        if items.iter().any(Expr::is_starred_expr) {
            self.unpacked_list(items)?;
            if matches!(build(0), Op::BuildTuple(_)) {
                self.emit(Op::ListToTuple);
            }
            return Ok(());
        }
        items.iter().try_for_each(|item| self.expression(item))?;
        self.emit(build(items.len() as u32));
        Ok(())
    }

    /// A list of items, some of which are starred.
    pub(super) fn unpacked_list(&mut self, items: &'a [Expr]) -> Result<()> {
        let plain = items.iter().take_while(|item| !item.is_starred_expr()).count();
        items[..plain].iter().try_for_each(|item| self.expression(item))?;
        self.emit(Op::BuildList(plain as u32));
        for item in &items[plain..] {
            match item {
                Expr::Starred(starred) => {
                    self.expression(&starred.value)?;
                    self.emit(Op::ListExtend);
                }
                item => {
                    self.expression(item)?;
                    self.emit(Op::ListAppend(0));
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, items: &'a [Expr]) -> Result<()> {
        // CPython makes constant items a frozenset first, and the order of the set shows it.
        if items.len() > 2 && items.iter().all(is_constant) {
            self.emit(Op::BuildSet(0));
            items.iter().try_for_each(|item| self.expression(item))?;
            self.emit(Op::BuildSet(items.len() as u32));
            self.emit(Op::SetUpdate);
            return Ok(());
        }
        let plain = items.iter().take_while(|item| !item.is_starred_expr()).count();
        items[..plain].iter().try_for_each(|item| self.expression(item))?;
        self.emit(Op::BuildSet(plain as u32));
        for item in &items[plain..] {
            match item {
                Expr::Starred(starred) => {
                    self.expression(&starred.value)?;
                    self.emit(Op::SetUpdate);
                }
                item => {
                    self.expression(item)?;
                    self.emit(Op::SetAdd(0));
                }
            }
        }
        Ok(())
    }

    fn dict(&mut self, dict: &'a ast::ExprDict) -> Result<()> {
        let plain = dict.items.iter().take_while(|item| item.key.is_some()).count();
        for item in &dict.items[..plain] {
            if let Some(key) = &item.key {
                self.expression(key)?;
            }
            self.expression(&item.value)?;
        }
        self.emit(Op::BuildDict(plain as u32));
        for item in &dict.items[plain..] {
            match &item.key {
                Some(key) => {
                    self.expression(key)?;
                    self.expression(&item.value)?;
                    self.emit(Op::DictInsert(0));
                }
                None => {
                    self.expression(&item.value)?;
                    self.emit(Op::DictUpdate);
                }
            }
        }
        Ok(())
    }

    fn f_string(&mut self, string: &'a ast::ExprFString) -> Result<()> {
        let mut count = 0;
        for part in string.value.as_slice() {
            match part {
                ast::FStringPart::Literal(literal) => {
                    let text = self.string(literal.as_str());
                    self.constant(text);
                    count += 1;
                }
                ast::FStringPart::FString(string) => count += self.f_string_elements(&string.elements)?,
            }
        }
        self.emit(Op::BuildString(count));
        Ok(())
    }

    fn f_string_elements(&mut self, elements: &'a ast::InterpolatedStringElements) -> Result<u32> {
        let mut count = 0;
        for element in elements {
            count += 1;
            let element = match element {
                ast::InterpolatedStringElement::Literal(literal) => {
                    let text = self.string(literal);
                    self.constant(text);
                    continue;
                }
                ast::InterpolatedStringElement::Interpolation(element) => element,
            };
            if let Some(debug) = &element.debug_text {
                count += 1;
                self.constant(Object::str(debug.as_str()));
            }
            self.expression(&element.expression)?;
            let conversion = match element.conversion {
                ast::ConversionFlag::Str => Conversion::Str,
                ast::ConversionFlag::Repr => Conversion::Repr,
                ast::ConversionFlag::Ascii => Conversion::Ascii,
                ast::ConversionFlag::None
                    if element.debug_text.is_some() && element.format_spec.is_none() =>
                {
                    Conversion::Repr
                }
                ast::ConversionFlag::None => Conversion::None,
            };
            if let Some(spec) = &element.format_spec {
                let parts = self.f_string_elements(&spec.elements)?;
                self.emit(Op::BuildString(parts));
            }
            let start = element.expression.start();
            self.emit_at(start, Op::Format(conversion, element.format_spec.is_some()));
        }
        Ok(count)
    }
}

/// An integer literal too big for 64 bits, in any base.
fn big_int(text: &str) -> Option<Object> {
    let text = text.replace('_', "");
    let (radix, digits) = match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (16, &text[2..]),
        Some("0o") => (8, &text[2..]),
        Some("0b") => (2, &text[2..]),
        _ => (10, &text[..]),
    };
    let value = BigInt::parse_bytes(digits.as_bytes(), radix)?;
    Some(Object::BigInt(std::rc::Rc::new(value)))
}
