//! The instruction loop.

use std::rc::Rc;

use super::control::Exit;
use super::frame::BlockEntry;
use super::{Frame, Vm};
use crate::builtins::{self, Dict, Set, Slice};
use crate::compile::Op;
use crate::object::{BinaryOp, Name, Object, PyResult, Raised};

impl Vm {
    #[inline]
    pub(super) fn frame_mut(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Object {
        match self.frame_mut().values.pop() {
            Some(Some(value)) => value,
            _ => Object::None,
        }
    }

    pub(super) fn top(&self) -> Object {
        match self.frames.last().and_then(|frame| frame.values.last()) {
            Some(Some(value)) => value.clone(),
            _ => Object::None,
        }
    }

    pub(super) fn pop_many(&mut self, count: u32) -> Vec<Object> {
        let values = &mut self.frame_mut().values;
        let start = values.len().saturating_sub(count as usize);
        values.drain(start..).flatten().collect()
    }

    #[inline]
    pub(super) fn push(&mut self, value: Object) {
        self.frame_mut().values.push(Some(value));
    }

    pub(super) fn name(&self, index: u32) -> Name {
        Rc::clone(&self.frames[self.frames.len() - 1].code.names[index as usize])
    }

    pub(super) fn code_constant(&self, index: u32) -> Object {
        self.frames[self.frames.len() - 1].code.constants[index as usize].clone()
    }

    /// Runs instructions until the frame above `base` returns or yields, or the run pauses.
    pub(super) fn execute(&mut self, base: usize) -> PyResult<Exit> {
        let outermost = base == 0 && self.native_depth == 0;
        loop {
            let depth = self.frames.len() - 1;
            let frame = &mut self.frames[depth];
            let op = frame.code.ops[frame.pc];
            frame.pc += 1;
            match op {
                Op::Statement => {
                    if self.fuel == 0 || self.overdrawn {
                        if !outermost || self.interrupt {
                            if self.fuel == 0 {
                                self.refuel()?;
                            }
                        } else {
                            // The statement is not begun: it is met again.
                            self.frames[depth].pc -= 1;
                            return Ok(Exit::Paused);
                        }
                    }
                    self.fuel = self.fuel.saturating_sub(1);
                    if outermost && self.stops_at_lines {
                        let frame = &self.frames[depth];
                        if frame.code.is_script {
                            return Ok(Exit::Line(frame.line()));
                        }
                    }
                }
                Op::Const(index) => {
                    let value = frame.code.constants[index as usize].clone();
                    frame.values.push(Some(value));
                }
                Op::Pop => drop(frame.values.pop()),
                Op::Dup => {
                    let value = frame.values.last().cloned().flatten();
                    frame.values.push(value);
                }
                Op::DupTwo => {
                    let at = frame.values.len().saturating_sub(2);
                    frame.values.extend_from_within(at..);
                }
                Op::Swap => {
                    let len = frame.values.len();
                    frame.values.swap(len - 1, len - 2);
                }
                Op::RotThree => {
                    let len = frame.values.len();
                    frame.values[len - 3..].rotate_right(1);
                }
                Op::PushNull => frame.values.push(None),

                Op::LoadLocal(slot) => match &frame.values[slot as usize] {
                    Some(value) => {
                        let value = value.clone();
                        frame.values.push(Some(value));
                    }
                    None => return Err(self.unbound_local(slot)),
                },
                Op::StoreLocal(slot) => {
                    let value = frame.values.pop().flatten();
                    let old = std::mem::replace(&mut frame.values[slot as usize], value);
                    drop(old);
                }
                Op::DeleteLocal(slot) => {
                    if frame.values[slot as usize].take().is_none() {
                        return Err(self.unbound_local(slot));
                    }
                }
                Op::TakeLocal(slot) => {
                    let value = frame.values[slot as usize].take();
                    frame.values.push(Some(value.unwrap_or(Object::None)));
                }
                Op::LoadCell(cell) => {
                    let value = frame.cells[cell as usize].borrow().clone();
                    match value {
                        Some(value) => frame.values.push(Some(value)),
                        None => return Err(self.unbound_cell(cell)),
                    }
                }
                Op::StoreCell(cell) => {
                    let value = frame.values.pop().flatten();
                    let old = frame.cells[cell as usize].replace(value);
                    drop(old);
                }
                Op::DeleteCell(cell) => {
                    if frame.cells[cell as usize].take().is_none() {
                        return Err(self.unbound_cell(cell));
                    }
                }
                Op::PushCell(cell) => {
                    let cell = Object::Cell(Rc::clone(&frame.cells[cell as usize]));
                    frame.values.push(Some(cell));
                }
                Op::LoadClassCell(name, cell) => {
                    let name = Rc::clone(&frame.code.names[name as usize]);
                    let own = frame.namespace.as_ref().and_then(|own| own.borrow().get_name(&name).cloned());
                    match own.or_else(|| frame.cells[cell as usize].borrow().clone()) {
                        Some(value) => frame.values.push(Some(value)),
                        None => return Err(self.unbound_cell(cell)),
                    }
                }
                Op::LoadGlobal(index) => {
                    let name = &frame.code.names[index as usize];
                    let found = frame.globals.dict.borrow().get_name(name).cloned();
                    let found = found.or_else(|| self.builtins.dict.borrow().get_name(name).cloned());
                    match found {
                        Some(value) => frame.values.push(Some(value)),
                        None => return Err(self.name_error(&self.name(index))),
                    }
                }
                Op::StoreGlobal(index) => {
                    let value = frame.values.pop().flatten().unwrap_or(Object::None);
                    let name = Rc::clone(&frame.code.names[index as usize]);
                    let old = frame.globals.dict.borrow_mut().insert(name, value);
                    drop(old);
                }
                Op::DeleteGlobal(index) => {
                    let name = Rc::clone(&frame.code.names[index as usize]);
                    let old = frame.globals.dict.borrow_mut().shift_remove(&name);
                    if old.is_none() {
                        return Err(self.name_error(&name));
                    }
                }
                Op::LoadName(index) => {
                    let name = &frame.code.names[index as usize];
                    let own = frame.namespace.as_ref().and_then(|own| own.borrow().get_name(name).cloned());
                    let found = own
                        .or_else(|| frame.globals.dict.borrow().get_name(name).cloned())
                        .or_else(|| self.builtins.dict.borrow().get_name(name).cloned());
                    match found {
                        Some(value) => frame.values.push(Some(value)),
                        None => return Err(self.name_error(&self.name(index))),
                    }
                }
                Op::StoreName(index) => {
                    let value = frame.values.pop().flatten().unwrap_or(Object::None);
                    let name = Rc::clone(&frame.code.names[index as usize]);
                    let old = match &frame.namespace {
                        Some(namespace) => namespace.borrow_mut().insert(name, value),
                        None => frame.globals.dict.borrow_mut().insert(name, value),
                    };
                    drop(old);
                }
                Op::DeleteName(index) => {
                    let name = Rc::clone(&frame.code.names[index as usize]);
                    let old = match &frame.namespace {
                        Some(namespace) => namespace.borrow_mut().shift_remove(&name),
                        None => frame.globals.dict.borrow_mut().shift_remove(&name),
                    };
                    if old.is_none() {
                        return Err(self.name_error(&name));
                    }
                }

                Op::LoadAttr(index) => {
                    let name = self.name(index);
                    let object = self.pop();
                    let value = self.attribute(&object, &name)?;
                    self.push(value);
                }
                Op::StoreAttr(index) => {
                    let name = self.name(index);
                    let (object, value) = (self.pop(), self.pop());
                    self.set_attr(&object, &name, value)?;
                }
                Op::DeleteAttr(index) => {
                    let name = self.name(index);
                    let object = self.pop();
                    self.del_attr(&object, &name)?;
                }
                Op::LoadMethod(index) => {
                    let name = self.name(index);
                    self.load_method(&name)?;
                }
                Op::GetItem => {
                    let (key, container) = (self.pop(), self.pop());
                    let value = self.get_item(&container, &key)?;
                    self.push(value);
                }
                Op::SetItem => {
                    let (key, container, value) = (self.pop(), self.pop(), self.pop());
                    self.set_item(&container, &key, value)?;
                }
                Op::DeleteItem => {
                    let (key, container) = (self.pop(), self.pop());
                    self.del_item(&container, &key)?;
                }
                Op::BuildSlice(count) => {
                    let step = if count == 3 { self.pop() } else { Object::None };
                    let (stop, start) = (self.pop(), self.pop());
                    self.push(Object::Slice(Rc::new(Slice { start, stop, step })));
                }

                Op::Binary(op) => {
                    if let Some(value) = small(op, &frame.values) {
                        replace_two(&mut frame.values, Object::Int(value));
                        continue;
                    }
                    let (b, a) = (self.pop(), self.pop());
                    let value = self.binary(op, &a, &b)?;
                    self.push(value);
                }
                Op::InPlace(op) => {
                    if let Some(value) = small(op, &frame.values) {
                        replace_two(&mut frame.values, Object::Int(value));
                        continue;
                    }
                    let (b, a) = (self.pop(), self.pop());
                    let value = self.in_place(op, &a, &b)?;
                    self.push(value);
                }
                Op::Unary(op) => {
                    let value = self.pop();
                    let value = self.unary(op, &value)?;
                    self.push(value);
                }
                Op::Not => {
                    let value = self.pop();
                    let truth = self.truthy(&value)?;
                    self.push(Object::Bool(!truth));
                }
                Op::Compare(op) => {
                    if let [.., Some(Object::Int(x)), Some(Object::Int(y))] = frame.values.as_slice() {
                        let answer = op.accepts(x.cmp(y));
                        replace_two(&mut frame.values, Object::Bool(answer));
                        continue;
                    }
                    let (b, a) = (self.pop(), self.pop());
                    let value = self.compare(op, &a, &b)?;
                    self.push(value);
                }
                Op::Is(negated) => {
                    let (b, a) = (self.pop(), self.pop());
                    self.push(Object::Bool(a.is(&b) != negated));
                }
                Op::In(negated) => {
                    let (container, item) = (self.pop(), self.pop());
                    let found = self.contains(&container, &item)?;
                    self.push(Object::Bool(found != negated));
                }

                Op::Jump(target) => {
                    frame.pc = target as usize;
                    if self.fuel == 0 {
                        if outermost && !self.interrupt {
                            return Ok(Exit::Paused);
                        }
                        self.refuel()?;
                    } else {
                        self.fuel -= 1;
                    }
                }
                Op::JumpIfFalse(target) => {
                    let truth = match frame.values.pop() {
                        Some(Some(Object::Bool(truth))) => truth,
                        value => {
                            let value = value.flatten().unwrap_or(Object::None);
                            self.truthy(&value)?
                        }
                    };
                    if !truth {
                        self.frame_mut().pc = target as usize;
                    }
                }
                Op::JumpIfTrue(target) => {
                    let truth = match frame.values.pop() {
                        Some(Some(Object::Bool(truth))) => truth,
                        value => {
                            let value = value.flatten().unwrap_or(Object::None);
                            self.truthy(&value)?
                        }
                    };
                    if truth {
                        self.frame_mut().pc = target as usize;
                    }
                }
                Op::JumpIfFalseOrPop(target) => {
                    let value = self.top();
                    if self.truthy(&value)? {
                        self.pop();
                    } else {
                        self.frame_mut().pc = target as usize;
                    }
                }
                Op::JumpIfTrueOrPop(target) => {
                    let value = self.top();
                    if self.truthy(&value)? {
                        self.frame_mut().pc = target as usize;
                    } else {
                        self.pop();
                    }
                }

                Op::GetIter => {
                    let value = self.pop();
                    let iterator = self.iter(&value)?;
                    self.push(iterator);
                }
                Op::ForIter(target) => {
                    let iterator = self.top();
                    match self.next(&iterator)? {
                        Some(value) => self.push(value),
                        None => {
                            drop(iterator);
                            self.pop();
                            self.frame_mut().pc = target as usize;
                        }
                    }
                }
                Op::BuildTuple(count) => {
                    let items = self.pop_many(count);
                    self.push(Object::tuple(items));
                }
                Op::BuildList(count) => {
                    let items = self.pop_many(count);
                    self.push(Object::list(items));
                }
                Op::BuildSet(count) => {
                    let items = self.pop_many(count);
                    let set = Set::from_items(self, false, items)?;
                    self.push(set.object());
                }
                Op::BuildDict(count) => {
                    let mut items = self.pop_many(count * 2).into_iter();
                    let dict = Dict::new();
                    while let (Some(key), Some(value)) = (items.next(), items.next()) {
                        dict.insert(self, key, value)?;
                    }
                    self.push(Object::Dict(Rc::new(dict)));
                }
                Op::ListAppend(depth) => {
                    let value = self.pop();
                    if let Some(Object::List(list)) = self.below(depth) {
                        list.items.borrow_mut().push(value);
                    }
                }
                Op::SetAdd(depth) => {
                    let value = self.pop();
                    if let Some(Object::Set(set)) = self.below(depth) {
                        set.add(self, value)?;
                    }
                }
                Op::DictInsert(depth) => {
                    let (value, key) = (self.pop(), self.pop());
                    if let Some(Object::Dict(dict)) = self.below(depth) {
                        dict.insert(self, key, value)?;
                    }
                }
                Op::ListExtend => {
                    let value = self.pop();
                    let items = match self.collect(&value) {
                        Ok(items) => items,
                        Err(unwind) => return Err(self.not_unpackable(&value, unwind)),
                    };
                    if let Some(Object::List(list)) = self.below(0) {
                        list.items.borrow_mut().extend(items);
                    }
                }
                Op::SetUpdate => {
                    let value = self.pop();
                    if let Some(Object::Set(set)) = self.below(0) {
                        set.extend(self, &value)?;
                    }
                }
                Op::DictUpdate => {
                    let value = self.pop();
                    self.dict_update(&value, false)?;
                }
                Op::DictMerge => {
                    let value = self.pop();
                    self.dict_update(&value, true)?;
                }
                Op::ListToTuple => {
                    if let Object::List(list) = self.pop() {
                        let items = list.items.take();
                        self.push(Object::tuple(items));
                    }
                }
                Op::UnpackSequence(count) => self.unpack(count as usize)?,
                Op::UnpackStarred(before, after) => self.unpack_starred(before as usize, after as usize)?,

                Op::Call(count) => {
                    self.step(outermost)?;
                    self.call_on_stack(count as usize)?;
                }
                Op::CallKeywords(count, names) => {
                    self.step(outermost)?;
                    let names = self.code_constant(names);
                    self.call_with_keywords(count, &names)?;
                }
                Op::CallUnpacked(has_keywords) => {
                    self.step(outermost)?;
                    self.call_unpacked(has_keywords)?;
                }
                Op::MakeFunction(index, flags) => self.make_function(index, flags),
                Op::BuildClass(count, names) => self.build_class(count, names)?,
                Op::BuildClassUnpacked => self.build_class_unpacked()?,

                Op::Return => {
                    let value = self.pop();
                    if let Some(exit) = self.return_value(value, base)? {
                        return Ok(exit);
                    }
                }
                Op::Yield => {
                    let value = self.pop();
                    return Ok(Exit::Yielded(value));
                }
                Op::YieldFrom => {
                    if let Some(exit) = self.yield_from()? {
                        return Ok(exit);
                    }
                }

                Op::SetupTry(target) => {
                    let depth = frame.values.len() as u32;
                    frame.blocks.push(BlockEntry { target, depth, handled: frame.handled.len() as u32 });
                }
                Op::SetupWith(target) => {
                    let depth = frame.values.len().saturating_sub(1) as u32;
                    frame.blocks.push(BlockEntry { target, depth, handled: frame.handled.len() as u32 });
                }
                Op::PopBlock => drop(frame.blocks.pop()),
                Op::PushHandled => {
                    if let Some(Some(Object::Instance(exception))) = frame.values.pop() {
                        frame.handled.push(exception);
                    }
                }
                Op::PopHandled => drop(frame.handled.pop()),
                Op::Reraise => {
                    let exception = frame.handled.pop();
                    return Err(self.raise_again(exception));
                }
                Op::ReraiseTop => {
                    let exception = match frame.values.pop() {
                        Some(Some(Object::Instance(exception))) => Some(exception),
                        _ => None,
                    };
                    return Err(self.raise_again(exception));
                }
                Op::LoadHandled => {
                    let exception = frame.handled.last().cloned();
                    self.push(exception.map_or(Object::None, Object::Instance));
                }
                Op::MatchException => {
                    let class = self.pop();
                    let matches = self.matches_handled(&class)?;
                    self.push(Object::Bool(matches));
                }
                Op::MatchAnything => {
                    let interrupted =
                        frame.handled.last().is_some_and(|handled| Rc::ptr_eq(handled, &self.interrupted));
                    self.push(Object::Bool(!interrupted));
                }
                Op::Raise(count) => return Err(self.raise_statement(count)),
                Op::AssertFailed(has_message) => {
                    let args = if has_message { vec![self.pop()] } else { Vec::new() };
                    let exception = builtins::new_exception(&self.exceptions.assertion_error, args);
                    return Err(Raised { exception, traceback: Vec::new() }.into());
                }
                Op::BeforeWith => self.before_with()?,
                Op::ExitWithException => {
                    if let Some(Some(Object::Instance(exception))) = frame.values.pop() {
                        frame.handled.push(Rc::clone(&exception));
                        let class = Object::Class(exception.class());
                        frame.values.extend([
                            Some(class),
                            Some(Object::Instance(exception)),
                            Some(Object::None),
                        ]);
                    }
                }
                Op::SuppressOrReraise => {
                    let result = self.pop();
                    let exception = self.frame_mut().handled.pop();
                    let interrupted =
                        exception.as_ref().is_some_and(|exception| Rc::ptr_eq(exception, &self.interrupted));
                    if interrupted || !self.truthy(&result)? {
                        return Err(self.raise_again(exception));
                    }
                }

                Op::ImportName(index, level) => {
                    let name = self.name(index);
                    let from = self.pop();
                    let module = self.import_name(&name, &from, level)?;
                    self.push(module);
                }
                Op::ImportFrom(index) => {
                    let name = self.name(index);
                    let module = self.top();
                    let value = self.import_from(&module, &name)?;
                    self.push(value);
                }
                Op::ImportStar => {
                    let module = self.pop();
                    self.import_star(&module)?;
                }

                Op::Format(conversion, has_spec) => {
                    let spec = if has_spec { Some(self.pop()) } else { None };
                    let value = self.pop();
                    let text = self.format_value(value, conversion, spec)?;
                    self.push(text);
                }
                Op::BuildString(count) => {
                    let parts = self.pop_many(count);
                    let text = match parts.as_slice() {
                        [one] => one.clone(),
                        parts => {
                            let text: String = parts.iter().filter_map(Object::as_str).collect();
                            Object::from(text)
                        }
                    };
                    self.push(text);
                }
                Op::SetupAnnotations => {
                    let name = Rc::clone(&self.symbols.annotations);
                    let frame = self.frame_mut();
                    let mut target = match &frame.namespace {
                        Some(namespace) => namespace.borrow_mut(),
                        None => frame.globals.dict.borrow_mut(),
                    };
                    if target.get_name(&name).is_none() {
                        target.insert(name, Dict::from_names([]));
                    }
                }
                Op::PrintExpression => {
                    let value = self.pop();
                    if !value.is_none() {
                        let text = self.repr(&value)?;
                        self.write(&text)?;
                        self.write("\n")?;
                    }
                }
                Op::Unsupported(index) => {
                    let message = self.code_constant(index);
                    let message = message.as_str().unwrap_or_default();
                    return Err(self.error(&self.exceptions.not_implemented_error, message));
                }

                Op::MatchSequence => {
                    let value = self.pop();
                    let matches = matches!(
                        builtins::base(&value),
                        Object::List(_) | Object::Tuple(_) | Object::Range(_)
                    );
                    let matches = matches || self.is_declared_sequence(&value);
                    self.push(Object::Bool(matches));
                }
                Op::MatchMapping => {
                    let value = self.pop();
                    let is_dict = matches!(builtins::base(&value), Object::Dict(_));
                    self.push(Object::Bool(is_dict || self.is_declared_mapping(&value)));
                }
                Op::Length => {
                    let value = self.pop();
                    let len = self.len(&value)?;
                    self.push(Object::Int(len as i64));
                }
                Op::MatchKeys => {
                    let (keys, subject) = (self.pop(), self.pop());
                    let values = self.match_keys(&subject, &keys)?;
                    self.push(values);
                }
                Op::MatchClass(positional) => {
                    let (names, class, subject) = (self.pop(), self.pop(), self.pop());
                    let values = self.match_class(&subject, &class, &names, positional as usize)?;
                    self.push(values);
                }
                Op::MatchRest => {
                    let (keys, subject) = (self.pop(), self.pop());
                    let rest = self.match_rest(&subject, &keys)?;
                    self.push(rest);
                }
                Op::SequenceItem(index) => {
                    let value = self.pop();
                    let item = self.get_item(&value, &Object::Int(i64::from(index)))?;
                    self.push(item);
                }
                Op::SequenceMiddle(before, after) => {
                    let value = self.pop();
                    let items = self.collect(&value)?;
                    let end = items.len().saturating_sub(after as usize);
                    let middle = items.get(before as usize..end).unwrap_or_default().to_vec();
                    self.push(Object::list(middle));
                }
            }
        }
    }
}

/// Arithmetic on the two topmost values where both are small integers, as they mostly are.
#[inline]
fn small(op: BinaryOp, values: &[Option<Object>]) -> Option<i64> {
    let [.., Some(Object::Int(x)), Some(Object::Int(y))] = values else { return None };
    match op {
        BinaryOp::Add => x.checked_add(*y),
        BinaryOp::Sub => x.checked_sub(*y),
        BinaryOp::Mul => x.checked_mul(*y),
        _ => None,
    }
}

/// Puts a value in the place of the two topmost.
#[inline]
fn replace_two(values: &mut Vec<Option<Object>>, value: Object) {
    values.pop();
    if let Some(top) = values.last_mut() {
        *top = Some(value);
    }
}
