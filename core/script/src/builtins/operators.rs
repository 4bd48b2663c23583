//! The operators for values of built-in types. Nothing as an answer is what
//! `NotImplemented` is in Python: the Vm asks the other operand's class, and in
//! the end raises [`binary_error`] or [`compare_error`].
//!
//! CPython counterpart: `Objects/abstract.c` and the number and sequence slots.

use std::cmp::Ordering;
use std::rc::Rc;

use super::integers::index_object;
use super::{Set, ViewKind, numbers, sequences};
use crate::object::{BinaryOp, CompareOp, Object, PyResult, UnaryOp, Unwind};
use crate::vm::Vm;

/// `a op b`
#[inline]
pub fn binary(vm: &mut Vm, op: BinaryOp, a: &Object, b: &Object) -> PyResult<Option<Object>> {
    match (a, b) {
        (
            Object::Int(_) | Object::Float(_) | Object::Bool(_) | Object::BigInt(_),
            Object::Int(_) | Object::Float(_) | Object::Bool(_) | Object::BigInt(_),
        ) => numbers::binary(vm, op, a, b),
        _ => other_binary(vm, op, a, b),
    }
}

fn other_binary(vm: &mut Vm, op: BinaryOp, a: &Object, b: &Object) -> PyResult<Option<Object>> {
    // Sequences have no `__radd__` through which a subclass on the right would be asked.
    let b = if op == BinaryOp::Add { super::base(b) } else { b };
    match (op, a, b) {
        (BinaryOp::Add, Object::Str(x), Object::Str(y)) => {
            Ok(Some(Object::from([x.as_str(), y.as_str()].concat())))
        }
        (BinaryOp::Add, Object::List(x), Object::List(y)) => {
            let mut items = x.items.borrow().clone();
            items.extend(y.items.borrow().iter().cloned());
            Ok(Some(Object::list(items)))
        }
        (BinaryOp::Add, Object::Tuple(x), Object::Tuple(y)) => {
            Ok(Some(Object::tuple(x.iter().chain(y.iter()).cloned().collect())))
        }
        (BinaryOp::Add, Object::Bytes(x), Object::Bytes(y)) => {
            Ok(Some(Object::Bytes(Rc::new([x.as_slice(), y.as_slice()].concat()))))
        }
        (BinaryOp::Mul, sequence, count) if sequences::repeats(sequence) => {
            sequences::repeat_by(vm, sequence, count)
        }
        (BinaryOp::Mul, count, sequence) if sequences::repeats(sequence) => {
            sequences::repeat_by(vm, sequence, count)
        }
        (BinaryOp::Mod, Object::Str(format), values) => {
            // A subclass of `str` on the right may want its own `__rmod__`; nothing in use does.
            super::percent_format(vm, format, values).map(Some)
        }
        (BinaryOp::Or, Object::Dict(x), Object::Dict(y)) => {
            let merged = x.copy();
            merged.update(vm, y)?;
            Ok(Some(Object::Dict(Rc::new(merged))))
        }
        (BinaryOp::Or, Object::Class(_) | Object::None, Object::Class(_) | Object::None)
            if a.as_class().is_some() || b.as_class().is_some() =>
        {
            Ok(Some(super::generic_alias::union_of(vm, a, b)))
        }
        (BinaryOp::Or, Object::Class(_), other) | (BinaryOp::Or, other, Object::Class(_))
            if super::generic_alias::is_type_expression(other) =>
        {
            Ok(Some(super::generic_alias::union_of(vm, a, b)))
        }
        (
            BinaryOp::And | BinaryOp::Or | BinaryOp::Sub | BinaryOp::Xor,
            Object::Set(_) | Object::View(_),
            _,
        )
        | (BinaryOp::And | BinaryOp::Or | BinaryOp::Sub | BinaryOp::Xor, _, Object::View(_)) => {
            set_operation(vm, op, a, b)
        }
        _ => Ok(None),
    }
}

/// A set's or key view's operation. Sets want a set on the other side, views any iterable.
fn set_operation(vm: &mut Vm, op: BinaryOp, a: &Object, b: &Object) -> PyResult<Option<Object>> {
    let a_view = matches!(a, Object::View(view) if view.kind != ViewKind::Values);
    let b_view = matches!(b, Object::View(view) if view.kind != ViewKind::Values);
    let operand = |vm: &mut Vm, value: &Object| -> PyResult<Option<Rc<Set>>> {
        match super::base(value) {
            Object::Set(set) => Ok(Some(Rc::clone(set))),
            Object::View(view) if view.kind == ViewKind::Values => Ok(None),
            Object::Instance(_) if !(a_view || b_view) => Ok(None),
            _ if a_view || b_view => {
                let set = Set::new(false);
                set.extend(vm, value)?;
                Ok(Some(Rc::new(set)))
            }
            _ => Ok(None),
        }
    };
    let Some(left) = operand(vm, a)? else { return Ok(None) };
    let Some(right) = operand(vm, b)? else { return Ok(None) };
    let frozen = left.frozen();
    let result = match op {
        BinaryOp::And => left.intersection(vm, &right, frozen)?,
        BinaryOp::Sub => left.difference(vm, &right, frozen)?,
        BinaryOp::Xor => left.symmetric_difference(vm, &right, frozen)?,
        _ => {
            let union = left.copy(frozen);
            union.merge(vm, &right)?;
            union
        }
    };
    Ok(Some(result.object()))
}

/// `a op= b`, where it changes `a` itself; nothing where `a = a op b` is meant.
pub fn in_place(vm: &mut Vm, op: BinaryOp, a: &Object, b: &Object) -> PyResult<Option<Object>> {
    match (op, a) {
        (BinaryOp::Add, Object::List(list)) => {
            let items = vm.collect(b)?;
            list.items.borrow_mut().extend(items);
        }
        (BinaryOp::Mul, Object::List(list)) => {
            let Some(repeated) = sequences::repeat_by(vm, a, b)? else { return Ok(None) };
            if let Object::List(repeated) = repeated {
                let items = repeated.items.take();
                drop(list.items.replace(items));
            }
        }
        (BinaryOp::Or, Object::Dict(dict)) => super::dict_methods::update_from(vm, dict, b)?,
        (BinaryOp::And | BinaryOp::Or | BinaryOp::Sub | BinaryOp::Xor, Object::Set(set)) if !set.frozen() => {
            let Object::Set(other) = super::base(b) else { return Ok(None) };
            match op {
                BinaryOp::And => set.assign(set.intersection(vm, other, false)?),
                BinaryOp::Or => set.merge(vm, other)?,
                BinaryOp::Sub => set.subtract(vm, other)?,
                _ => set.toggle(vm, other)?,
            }
        }
        _ => return Ok(None),
    }
    Ok(Some(a.clone()))
}

/// What is raised where neither operand knows the operator.
pub fn binary_error(vm: &mut Vm, op: BinaryOp, a: &Object, b: &Object, in_place: bool) -> Unwind {
    let (left, right) = (vm.type_name(a), vm.type_name(b));
    let (left, right) = (left.as_str(), right.as_str());
    let message = match (op, super::base(a), super::base(b)) {
        (BinaryOp::Add, Object::Str(_), _) => format!("can only concatenate str (not \"{right}\") to str"),
        (BinaryOp::Add, Object::List(_), _) => format!("can only concatenate list (not \"{right}\") to list"),
        (BinaryOp::Add, Object::Tuple(_), _) => {
            format!("can only concatenate tuple (not \"{right}\") to tuple")
        }
        (BinaryOp::Add, Object::Bytes(_), _) => format!("can't concat {right} to bytes"),
        (BinaryOp::Mul, sequence, _) if sequences::repeats(sequence) => {
            format!("can't multiply sequence by non-int of type '{right}'")
        }
        (BinaryOp::Mul, _, sequence) if sequences::repeats(sequence) => {
            format!("can't multiply sequence by non-int of type '{left}'")
        }
        _ => {
            let symbol = match (in_place, op) {
                (true, _) => format!("{}=", op.symbol()),
                (false, _) => op.described().to_owned(),
            };
            format!("unsupported operand type(s) for {symbol}: '{left}' and '{right}'")
        }
    };
    vm.type_error(message)
}

/// A unary operation. `not` is the Vm's.
pub fn unary(vm: &mut Vm, op: UnaryOp, value: &Object) -> PyResult<Object> {
    match numbers::unary(op, value) {
        Some(result) => Ok(result),
        None => {
            let name = vm.class_of(value).name();
            Err(vm.type_error(format!("bad operand type for unary {}: '{}'", op.symbol(), name.as_str())))
        }
    }
}

/// `a == b`; nothing where an instance's class should be asked.
#[inline]
pub fn equals(vm: &mut Vm, a: &Object, b: &Object) -> PyResult<Option<bool>> {
    Ok(Some(match (a, b) {
        (Object::Int(x), Object::Int(y)) => x == y,
        (Object::Str(x), Object::Str(y)) => Rc::ptr_eq(x, y) || x.as_str() == y.as_str(),
        (Object::None, Object::None) => true,
        (Object::Instance(_), _) | (_, Object::Instance(_)) => return Ok(None),
        (Object::Bytes(x), Object::Bytes(y)) => x == y,
        (Object::Tuple(x), Object::Tuple(y)) => Rc::ptr_eq(x, y) || same_items(vm, x, y)?,
        (Object::List(x), Object::List(y)) => {
            if Rc::ptr_eq(x, y) {
                return Ok(Some(true));
            }
            if x.items.borrow().len() != y.items.borrow().len() {
                return Ok(Some(false));
            }
            let (x, y) = (x.items.borrow().clone(), y.items.borrow().clone());
            same_items(vm, &x, &y)?
        }
        (Object::Dict(x), Object::Dict(y)) => {
            if x.len() != y.len() {
                return Ok(Some(false));
            }
            for (key, value) in x.items() {
                match y.get(vm, &key)? {
                    Some(other) if value.is(&other) || vm.equals(&value, &other)? => {}
                    _ => return Ok(Some(false)),
                }
            }
            true
        }
        (Object::Set(x), Object::Set(y)) => x.len() == y.len() && x.is_subset(vm, y)?,
        (Object::View(_), Object::View(_) | Object::Set(_)) | (Object::Set(_), Object::View(_)) => {
            match (as_set(vm, a)?, as_set(vm, b)?) {
                (Some(x), Some(y)) => x.len() == y.len() && x.is_subset(vm, &y)?,
                _ => a.is(b),
            }
        }
        (Object::Range(x), Object::Range(y)) => x.same_numbers(y),
        (Object::Slice(x), Object::Slice(y)) => {
            vm.equals(&x.start, &y.start)? && vm.equals(&x.stop, &y.stop)? && vm.equals(&x.step, &y.step)?
        }
        (Object::Method(x), Object::Method(y)) => x.receiver.is(&y.receiver) && x.function.is(&y.function),
        (Object::Class(x), Object::Class(y)) if Rc::ptr_eq(x, y) => true,
        (Object::Class(class), _) | (_, Object::Class(class)) if class.metaclass.is_some() => {
            return Ok(None);
        }
        _ => match (numbers::number(a), numbers::number(b)) {
            (Some(x), Some(y)) => numbers::compare(&x, &y) == Some(Ordering::Equal),
            _ => a.is(b),
        },
    }))
}

/// Whether two values of built-in types have an answer to `==` of their own.
pub(super) fn comparable(a: &Object, b: &Object) -> bool {
    match (a, b) {
        (Object::Set(_) | Object::View(_), Object::Set(_) | Object::View(_)) => true,
        _ if numbers::number(a).is_some() => numbers::number(b).is_some(),
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn same_items(vm: &mut Vm, a: &[Object], b: &[Object]) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter().zip(b) {
        if !a.is(b) && !vm.equals(a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The set that a set or key view is for comparisons.
fn as_set(vm: &mut Vm, value: &Object) -> PyResult<Option<Rc<Set>>> {
    match super::base(value) {
        Object::Set(set) => Ok(Some(Rc::clone(set))),
        Object::View(view) if view.kind != ViewKind::Values => {
            Ok(Some(Rc::new(Set::from_items(vm, false, view.collect())?)))
        }
        _ => Ok(None),
    }
}

/// A comparison; nothing where the types cannot be ordered or a class should be asked.
pub fn compare(vm: &mut Vm, op: CompareOp, a: &Object, b: &Object) -> PyResult<Option<Object>> {
    if let CompareOp::Eq | CompareOp::Ne = op {
        let equal = equals(vm, a, b)?;
        return Ok(equal.map(|equal| Object::Bool(equal == (op == CompareOp::Eq))));
    }
    let ordering = match (a, b) {
        (Object::Int(x), Object::Int(y)) => Some(x.cmp(y)),
        // UTF-8 orders as code points do.
        (Object::Str(x), Object::Str(y)) => Some(x.as_str().cmp(y.as_str())),
        (Object::Bytes(x), Object::Bytes(y)) => Some(x.cmp(y)),
        (Object::Tuple(x), Object::Tuple(y)) => return compare_items(vm, op, x, y).map(Some),
        (Object::List(x), Object::List(y)) => {
            let (x, y) = (x.items.borrow().clone(), y.items.borrow().clone());
            return compare_items(vm, op, &x, &y).map(Some);
        }
        (Object::Set(_) | Object::View(_), Object::Set(_) | Object::View(_)) => {
            let (Some(x), Some(y)) = (as_set(vm, a)?, as_set(vm, b)?) else { return Ok(None) };
            let answer = match op {
                CompareOp::Le => x.is_subset(vm, &y)?,
                CompareOp::Lt => x.len() < y.len() && x.is_subset(vm, &y)?,
                CompareOp::Ge => y.is_subset(vm, &x)?,
                _ => y.len() < x.len() && y.is_subset(vm, &x)?,
            };
            return Ok(Some(Object::Bool(answer)));
        }
        _ => match (numbers::number(a), numbers::number(b)) {
            // NaN is in no order with anything.
            (Some(x), Some(y)) => match numbers::compare(&x, &y) {
                Some(ordering) => Some(ordering),
                None => return Ok(Some(Object::Bool(false))),
            },
            _ => None,
        },
    };
    Ok(ordering.map(|ordering| Object::Bool(op.accepts(ordering))))
}

/// Sequences compare by the first items that differ.
fn compare_items(vm: &mut Vm, op: CompareOp, a: &[Object], b: &[Object]) -> PyResult<Object> {
    for (a, b) in a.iter().zip(b) {
        if !a.is(b) && !vm.equals(a, b)? {
            return vm.compare(op, a, b);
        }
    }
    Ok(Object::Bool(op.accepts(a.len().cmp(&b.len()))))
}

/// What is raised where neither operand knows the order.
pub fn compare_error(vm: &mut Vm, op: CompareOp, a: &Object, b: &Object) -> Unwind {
    let (left, right) = (vm.type_name(a), vm.type_name(b));
    vm.type_error(format!(
        "'{}' not supported between instances of '{}' and '{}'",
        op.symbol(),
        left.as_str(),
        right.as_str()
    ))
}

/// The number of repetitions that an operand stands for, if it is an `int`.
pub(super) fn repetitions(vm: &mut Vm, value: &Object) -> PyResult<Option<i64>> {
    Ok(match index_object(vm, value)? {
        Some(Object::Int(count)) => Some(count),
        Some(Object::BigInt(_)) => {
            return Err(
                vm.error(&vm.exceptions.overflow_error, "cannot fit 'int' into an index-sized integer")
            );
        }
        _ => None,
    })
}
