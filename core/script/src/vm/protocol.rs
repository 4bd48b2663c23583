//! The abstract protocols: operators, comparison, hash, repr, iteration, items.
//!
//! Values of built-in types go straight to `builtins`; instances are asked
//! through their special methods. CPython counterpart: `Objects/abstract.c`.

use std::rc::Rc;

use super::Vm;
use crate::builtins::{self, Iter, Iteration};
use crate::object::{Args, BinaryOp, CompareOp, Name, Object, PyResult, UnaryOp, Unwind};

/// How deep reprs, comparisons and hashes of containers inside containers may go.
const DEPTH_LIMIT: usize = 150;

/// Whether special methods of a class decide about a value.
fn is_custom(value: &Object) -> bool {
    match value {
        Object::Instance(_) => true,
        Object::Class(class) => class.metaclass.is_some(),
        _ => false,
    }
}

impl Vm {
    /// Guards a step into a container.
    fn deeper<T>(&mut self, what: &str, step: impl FnOnce(&mut Vm) -> PyResult<T>) -> PyResult<T> {
        if self.repr_depth >= DEPTH_LIMIT {
            let message = format!("maximum recursion depth exceeded{what}");
            return Err(self.error(&self.exceptions.recursion_error, message));
        }
        self.repr_depth += 1;
        let result = step(self);
        self.repr_depth -= 1;
        result
    }

    /// `a op b`
    pub fn binary(&mut self, op: BinaryOp, a: &Object, b: &Object) -> PyResult<Object> {
        match self.try_binary(op, a, b)? {
            Some(value) => Ok(value),
            None => Err(builtins::binary_error(self, op, a, b, false)),
        }
    }

    /// `a op= b`
    pub fn in_place(&mut self, op: BinaryOp, a: &Object, b: &Object) -> PyResult<Object> {
        if is_custom(a) {
            let name = self.intern(op.in_place());
            match self.call_special(a, &name, vec![b.clone()])? {
                None | Some(Object::NotImplemented) => {}
                Some(value) => return Ok(value),
            }
        } else if let Some(value) = builtins::in_place(self, op, a, b)? {
            return Ok(value);
        }
        match self.try_binary(op, a, b)? {
            Some(value) => Ok(value),
            None => Err(builtins::binary_error(self, op, a, b, true)),
        }
    }

    fn try_binary(&mut self, op: BinaryOp, a: &Object, b: &Object) -> PyResult<Option<Object>> {
        let (custom_a, custom_b) = (is_custom(a), is_custom(b));
        if !custom_a && !custom_b {
            return builtins::binary(self, op, a, b);
        }
        let reflected = self.intern(op.reflected());
        let mut reflected_asked = false;
        if custom_b && custom_a {
            let (left, right) = (self.class_of(a), self.class_of(b));
            // A subclass on the right knows better.
            if !Rc::ptr_eq(&left, &right) && right.is_subclass_of(&left) {
                let (own, inherited) = (self.lookup(&right, &reflected), self.lookup(&left, &reflected));
                let overrides = match (&own, &inherited) {
                    (Some(own), Some(inherited)) => !own.is(inherited),
                    (own, _) => own.is_some(),
                };
                if overrides {
                    reflected_asked = true;
                    match self.call_special(b, &reflected, vec![a.clone()])? {
                        None | Some(Object::NotImplemented) => {}
                        value => return Ok(value),
                    }
                }
            }
        }
        let name = self.intern(op.method());
        let answer = if custom_a {
            self.call_special(a, &name, vec![b.clone()])?
        } else {
            builtins::binary(self, op, a, b)?
        };
        match answer {
            None | Some(Object::NotImplemented) => {}
            value => return Ok(value),
        }
        if custom_b && !reflected_asked {
            match self.call_special(b, &reflected, vec![a.clone()])? {
                None | Some(Object::NotImplemented) => {}
                value => return Ok(value),
            }
        }
        // Classes with a metaclass are still types: `Base | None`.
        if matches!(op, BinaryOp::Or)
            && !(matches!(a, Object::Instance(_)) && matches!(b, Object::Instance(_)))
        {
            return builtins::binary(self, op, a, b);
        }
        Ok(None)
    }

    /// `-value`, `+value`, `~value`
    pub fn unary(&mut self, op: UnaryOp, value: &Object) -> PyResult<Object> {
        if is_custom(value) {
            let name = self.intern(op.method());
            if let Some(result) = self.call_special(value, &name, Vec::new())? {
                return Ok(result);
            }
        }
        builtins::unary(self, op, value)
    }

    /// `a op b`, with whatever the operands return.
    pub fn compare(&mut self, op: CompareOp, a: &Object, b: &Object) -> PyResult<Object> {
        if !is_custom(a) && !is_custom(b) {
            let answer = self.deeper(" in comparison", |vm| builtins::compare(vm, op, a, b))?;
            if let Some(answer) = answer {
                return Ok(answer);
            }
        } else if let Some(answer) = self.custom_compare(op, a, b)? {
            return Ok(answer);
        }
        match op {
            CompareOp::Eq => Ok(Object::Bool(a.is(b))),
            CompareOp::Ne => Ok(Object::Bool(!a.is(b))),
            _ => Err(builtins::compare_error(self, op, a, b)),
        }
    }

    fn custom_compare(&mut self, op: CompareOp, a: &Object, b: &Object) -> PyResult<Option<Object>> {
        let (left, right) = (self.class_of(a), self.class_of(b));
        let right_first = !Rc::ptr_eq(&left, &right) && right.is_subclass_of(&left);
        for from_right in [right_first, !right_first] {
            let (value, other, op) = if from_right { (b, a, op.reflected()) } else { (a, b, op) };
            match self.compare_by_method(op, value, other)? {
                None | Some(Object::NotImplemented) => {}
                answer => return Ok(answer),
            }
        }
        Ok(None)
    }

    fn compare_by_method(
        &mut self,
        op: CompareOp,
        value: &Object,
        other: &Object,
    ) -> PyResult<Option<Object>> {
        if !is_custom(value) {
            return builtins::compare(self, op, value, other);
        }
        let class = self.class_of(value);
        let name = self.intern(op.method());
        if self.lookup_special(&class, &name).is_some() {
            return self.call_special(value, &name, vec![other.clone()]);
        }
        // `!=` is the opposite of `==` where a class defines only that.
        let eq = Rc::clone(&self.symbols.eq);
        if op == CompareOp::Ne && self.lookup_special(&class, &eq).is_some() {
            return match self.call_special(value, &eq, vec![other.clone()])? {
                None | Some(Object::NotImplemented) => Ok(None),
                Some(answer) => Ok(Some(Object::Bool(!self.truthy(&answer)?))),
            };
        }
        Ok(None)
    }

    /// `bool(a == b)`
    pub fn equals(&mut self, a: &Object, b: &Object) -> PyResult<bool> {
        if !is_custom(a) && !is_custom(b) {
            let answer = self.deeper(" in comparison", |vm| builtins::equals(vm, a, b))?;
            return Ok(answer.unwrap_or_else(|| a.is(b)));
        }
        let answer = self.compare(CompareOp::Eq, a, b)?;
        self.truthy(&answer)
    }

    /// `bool(value)`
    pub fn truthy(&mut self, value: &Object) -> PyResult<bool> {
        let Object::Instance(instance) = value else { return Ok(builtins::truthy(value)) };
        let class = instance.class();
        let (bool_, len) = (Rc::clone(&self.symbols.bool_), Rc::clone(&self.symbols.len));
        if self.lookup_special(&class, &bool_).is_some() {
            return match self.call_special(value, &bool_, Vec::new())? {
                Some(Object::Bool(answer)) => Ok(answer),
                Some(other) => {
                    let given = self.class_name(&other);
                    Err(self.type_error(format!("__bool__ should return bool, returned {}", given.as_str())))
                }
                None => Ok(true),
            };
        }
        if self.lookup_special(&class, &len).is_some() {
            return Ok(self.len(value)? > 0);
        }
        Ok(builtins::truthy(builtins::base(value)))
    }

    /// `hash(value)`
    pub fn hash(&mut self, value: &Object) -> PyResult<i64> {
        let Object::Instance(instance) = value else {
            return match value {
                Object::Int(value) => Ok(builtins::hash_int(*value)),
                _ => self.deeper("", |vm| builtins::hash(vm, value)),
            };
        };
        let class = instance.class();
        let name = Rc::clone(&self.symbols.hash);
        match self.lookup_special(&class, &name) {
            None => builtins::hash(self, builtins::base(value)),
            Some(Object::None) => {
                Err(self.type_error(format!("unhashable type: '{}'", class.name().as_str())))
            }
            Some(_) => match self.call_special(value, &name, Vec::new())? {
                Some(Object::Int(hash)) => Ok(if hash == -1 { -2 } else { hash }),
                Some(ref big @ (Object::BigInt(_) | Object::Bool(_))) => builtins::hash(self, big),
                _ => Err(self.type_error("__hash__ method should return an integer")),
            },
        }
    }

    /// `repr(value)`
    pub fn repr(&mut self, value: &Object) -> PyResult<Name> {
        if is_custom(value) {
            let name = Rc::clone(&self.symbols.repr);
            let class = self.class_of(value);
            let overridden = match self.lookup_special(&class, &name) {
                Some(found) => match self.types.type_.dict.borrow().get_name(&name) {
                    Some(own) => !own.is(&found),
                    None => true,
                },
                None => false,
            };
            if overridden {
                return self.deeper(" while getting the repr of an object", |vm| {
                    match vm.call_special(value, &name, Vec::new())? {
                        Some(Object::Str(text)) => Ok(text),
                        Some(other) => {
                            if let Object::Str(text) = builtins::base(&other) {
                                return Ok(Rc::clone(text));
                            }
                            let given = vm.class_name(&other);
                            Err(vm.type_error(format!(
                                "__repr__ returned non-string (type {})",
                                given.as_str()
                            )))
                        }
                        None => builtins::repr(vm, value),
                    }
                });
            }
        }
        self.deeper(" while getting the repr of an object", |vm| builtins::repr(vm, value))
    }

    /// `str(value)`
    pub fn str(&mut self, value: &Object) -> PyResult<Name> {
        match value {
            Object::Str(text) => return Ok(Rc::clone(text)),
            value if is_custom(value) => {}
            _ => return builtins::str(self, value),
        }
        let name = Rc::clone(&self.symbols.str);
        let class = self.class_of(value);
        if self.lookup_special(&class, &name).is_none() {
            return self.repr(value);
        }
        self.deeper(" while getting the str of an object", |vm| {
            match vm.call_special(value, &name, Vec::new())? {
                Some(Object::Str(text)) => Ok(text),
                Some(other) => {
                    if let Object::Str(text) = builtins::base(&other) {
                        return Ok(Rc::clone(text));
                    }
                    let given = vm.class_name(&other);
                    Err(vm.type_error(format!("__str__ returned non-string (type {})", given.as_str())))
                }
                None => vm.repr(value),
            }
        })
    }

    /// `format(value, spec)`
    pub fn format(&mut self, value: &Object, spec: &str) -> PyResult<Name> {
        if let Object::Instance(instance) = value {
            let class = instance.class();
            let name = Rc::clone(&self.symbols.format);
            if self.lookup_special(&class, &name).is_some() {
                return match self.call_special(value, &name, vec![Object::str(spec)])? {
                    Some(Object::Str(text)) => Ok(text),
                    other => {
                        let given = other.map(|other| self.class_name(&other));
                        let given = given.as_ref().map_or("NoneType", |given| given.as_str());
                        Err(self.type_error(format!("__format__ must return a str, not {given}")))
                    }
                };
            }
        }
        match (value, spec) {
            (Object::Str(text), "") => Ok(Rc::clone(text)),
            (_, "") => self.str(value),
            _ => builtins::format_value(self, value, spec),
        }
    }

    /// `len(value)`
    pub fn len(&mut self, value: &Object) -> PyResult<usize> {
        if !is_custom(value) {
            return builtins::len(self, value);
        }
        let name = Rc::clone(&self.symbols.len);
        match self.call_special(value, &name, Vec::new())? {
            Some(Object::Int(len)) => {
                usize::try_from(len).map_err(|_| self.value_error("__len__() should return >= 0"))
            }
            Some(Object::Bool(len)) => Ok(usize::from(len)),
            Some(other) => {
                let given = self.class_name(&other);
                Err(self
                    .type_error(format!("'{}' object cannot be interpreted as an integer", given.as_str())))
            }
            None => {
                let given = self.class_name(value);
                Err(self.type_error(format!("object of type '{}' has no len()", given.as_str())))
            }
        }
    }

    /// `iter(value)`
    pub fn iter(&mut self, value: &Object) -> PyResult<Object> {
        if !is_custom(value) {
            return builtins::iter(self, value);
        }
        let class = self.class_of(value);
        let (iter, getitem) = (Rc::clone(&self.symbols.iter), Rc::clone(&self.symbols.getitem));
        match self.lookup(&class, &iter) {
            Some(Object::None) => {}
            Some(_) => {
                let iterator = self.call_special(value, &iter, Vec::new())?.unwrap_or(Object::None);
                let next = Rc::clone(&self.symbols.next);
                let valid = match &iterator {
                    Object::Iterator(_) | Object::Generator(_) => true,
                    Object::Instance(instance) => {
                        let class = instance.class();
                        self.lookup(&class, &next).is_some()
                    }
                    _ => false,
                };
                if !valid {
                    let given = self.class_name(&iterator);
                    let message = format!("iter() returned non-iterator of type '{}'", given.as_str());
                    return Err(self.type_error(message));
                }
                return Ok(iterator);
            }
            None if self.lookup(&class, &getitem).is_some() && matches!(value, Object::Instance(_)) => {
                return Ok(Iter::object(Iteration::Sequence { object: value.clone(), index: 0 }));
            }
            None => {}
        }
        let given = self.class_name(value);
        Err(self.type_error(format!("'{}' object is not iterable", given.as_str())))
    }

    /// `next(iterator)`, with nothing at the end.
    pub fn next(&mut self, iterator: &Object) -> PyResult<Option<Object>> {
        match iterator {
            Object::Iterator(iterator) => {
                self.burn()?;
                iterator.next(self)
            }
            Object::Generator(generator) => {
                let generator = Rc::clone(generator);
                self.generator_next(&generator)
            }
            _ => {
                let name = Rc::clone(&self.symbols.next);
                match self.call_special(iterator, &name, Vec::new()) {
                    Ok(Some(value)) => Ok(Some(value)),
                    Ok(None) => {
                        let given = self.class_name(iterator);
                        Err(self.type_error(format!("'{}' object is not an iterator", given.as_str())))
                    }
                    Err(unwind) if self.is_raised(&unwind, &self.exceptions.stop_iteration) => Ok(None),
                    Err(unwind) => Err(unwind),
                }
            }
        }
    }

    /// All items of an iterable.
    pub fn collect(&mut self, iterable: &Object) -> PyResult<Vec<Object>> {
        match iterable {
            Object::List(list) => return Ok(list.items.borrow().clone()),
            Object::Tuple(items) => return Ok(items.to_vec()),
            _ => {}
        }
        let iterator = self.iter(iterable)?;
        let mut items = Vec::new();
        while let Some(item) = self.next(&iterator)? {
            items.push(item);
        }
        Ok(items)
    }

    /// `container[key]`
    pub fn get_item(&mut self, container: &Object, key: &Object) -> PyResult<Object> {
        if !is_custom(container) {
            return builtins::get_item(self, container, key);
        }
        let name = Rc::clone(&self.symbols.getitem);
        match self.call_special(container, &name, vec![key.clone()])? {
            Some(value) => Ok(value),
            None => builtins::get_item(self, container, key),
        }
    }

    /// `container[key] = value`
    pub fn set_item(&mut self, container: &Object, key: &Object, value: Object) -> PyResult<()> {
        if !is_custom(container) {
            return builtins::set_item(self, container, key, value);
        }
        let name = Rc::clone(&self.symbols.setitem);
        match self.call_special(container, &name, vec![key.clone(), value.clone()])? {
            Some(_) => Ok(()),
            None => builtins::set_item(self, container, key, value),
        }
    }

    /// `del container[key]`
    pub fn del_item(&mut self, container: &Object, key: &Object) -> PyResult<()> {
        if !is_custom(container) {
            return builtins::del_item(self, container, key);
        }
        let name = Rc::clone(&self.symbols.del_item);
        match self.call_special(container, &name, vec![key.clone()])? {
            Some(_) => Ok(()),
            None => builtins::del_item(self, container, key),
        }
    }

    /// `item in container`
    pub fn contains(&mut self, container: &Object, item: &Object) -> PyResult<bool> {
        if !is_custom(container) {
            return builtins::contains(self, container, item);
        }
        let name = Rc::clone(&self.symbols.contains);
        if let Some(answer) = self.call_special(container, &name, vec![item.clone()])? {
            return self.truthy(&answer);
        }
        let iterator = match self.iter(container) {
            Ok(iterator) => iterator,
            Err(unwind @ Unwind::Interrupted) => return Err(unwind),
            Err(unwind) if !self.is_raised(&unwind, &self.exceptions.type_error) => return Err(unwind),
            Err(_) => {
                let given = self.class_name(container);
                return Err(self.type_error(format!("argument of type '{}' is not iterable", given.as_str())));
            }
        };
        while let Some(other) = self.next(&iterator)? {
            if other.is(item) || self.equals(&other, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Calls with positional arguments only.
    pub fn call_with(&mut self, callable: &Object, args: Vec<Object>) -> PyResult<Object> {
        self.call(callable, Args::positional(args))
    }
}
