//! The `list` class.
//!
//! CPython counterpart: `Objects/listobject.c`.

use std::cmp::Ordering;
use std::rc::Rc;

use super::arguments::{Binder, at_most, method, method_optional, receiver};
use super::constructors::{class_argument, instance_of};
use super::integers::{int_to_i64, int_to_index, not_an_integer};
use super::{Iter, Iteration, dunders, indexing, sequences};
use crate::object::{Args, Class, CompareOp, List, Object, PyResult};
use crate::vm::Vm;

fn this(value: &Object) -> Option<Rc<List>> {
    match value {
        Object::List(list) => Some(Rc::clone(list)),
        _ => None,
    }
}

pub(super) fn class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("list")
        .base(object)
        .method("__new__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "list.__new__")?;
            Ok(instance_of(&class, &vm.types.list, Object::list(Vec::new())))
        })
        .method("__init__", |vm, mut args| {
            let list = receiver(vm, &mut args, "list.__init__", this)?;
            let [items] = at_most(vm, args, "list", 0)?;
            let items = match items {
                Some(items) => vm.collect(&items)?,
                None => Vec::new(),
            };
            drop(list.items.replace(items));
            Ok(Object::None)
        })
        .method("append", |vm, args| {
            let (list, [item]) = method(vm, args, "list.append", this)?;
            list.items.borrow_mut().push(item);
            Ok(Object::None)
        })
        .method("extend", |vm, args| {
            let (list, [items]) = method(vm, args, "list.extend", this)?;
            let items = vm.collect(&items)?;
            list.items.borrow_mut().extend(items);
            Ok(Object::None)
        })
        .method("insert", |vm, args| {
            let (list, [index, item]) = method(vm, args, "list.insert", this)?;
            let Some(index) = int_to_index(vm, &index)? else { return Err(not_an_integer(vm, &index)) };
            let mut items = list.items.borrow_mut();
            let len = items.len() as i64;
            let at = if index < 0 { index.saturating_add(len).max(0) } else { index.min(len) };
            items.insert(at as usize, item);
            Ok(Object::None)
        })
        .method("pop", |vm, args| {
            let (list, [index]) = method_optional(vm, args, "list.pop", 0, this)?;
            let index = match index {
                Some(index) => int_to_i64(vm, &index)?,
                None => -1,
            };
            let len = list.items.borrow().len();
            if len == 0 {
                return Err(vm.error(&vm.exceptions.index_error, "pop from empty list"));
            }
            match indexing::place(index, len) {
                Some(at) => Ok(list.items.borrow_mut().remove(at)),
                None => Err(vm.error(&vm.exceptions.index_error, "pop index out of range")),
            }
        })
        .method("remove", |vm, args| {
            let (list, [item]) = method(vm, args, "list.remove", this)?;
            let mut at = 0;
            loop {
                let other = list.items.borrow().get(at).cloned();
                let Some(other) = other else {
                    return Err(vm.value_error("list.remove(x): x not in list"));
                };
                if other.is(&item) || vm.equals(&other, &item)? {
                    let removed = {
                        let mut items = list.items.borrow_mut();
                        (at < items.len()).then(|| items.remove(at))
                    };
                    drop(removed);
                    return Ok(Object::None);
                }
                at += 1;
            }
        })
        .method("clear", |vm, args| {
            let (list, []) = method(vm, args, "list.clear", this)?;
            drop(list.items.take());
            Ok(Object::None)
        })
        .method("copy", |vm, args| {
            let (list, []) = method(vm, args, "list.copy", this)?;
            let items = list.items.borrow().clone();
            Ok(Object::list(items))
        })
        .method("reverse", |vm, args| {
            let (list, []) = method(vm, args, "list.reverse", this)?;
            list.items.borrow_mut().reverse();
            Ok(Object::None)
        })
        .method("index", |vm, args| {
            let (list, [item, start, stop]) = method_optional(vm, args, "list.index", 1, this)?;
            let item = item.unwrap_or(Object::None);
            let items = list.items.borrow().clone();
            match sequences::position(vm, &items, &item, start, stop)? {
                Some(index) => Ok(Object::Int(index as i64)),
                None => {
                    let shown = vm.repr(&item)?;
                    Err(vm.value_error(format!("{} is not in list", shown.as_str())))
                }
            }
        })
        .method("count", |vm, args| {
            let (list, [item]) = method(vm, args, "list.count", this)?;
            let items = list.items.borrow().clone();
            sequences::count(vm, &items, &item)
        })
        .method("sort", |vm, mut args| {
            let list = receiver(vm, &mut args, "list.sort", this)?;
            if !args.positional.is_empty() {
                return Err(vm.type_error("sort() takes no positional arguments"));
            }
            let items = list.items.take();
            // While it is sorted the list is empty; whatever happens, the items come back.
            let (sorted, outcome) = sort_with(vm, items, args, "sort");
            drop(list.items.replace(sorted));
            outcome.map(|()| Object::None)
        })
        .method("__reversed__", |vm, args| {
            let (list, []) = method(vm, args, "list.__reversed__", this)?;
            let left = list.items.borrow().len();
            Ok(Iter::object(Iteration::ListReversed { list, left }))
        });
    let builder = dunders::mutation(dunders::subscription(dunders::collection(builder)));
    let builder = dunders::list_in_place(dunders::concatenation(builder));
    let builder = dunders::order(dunders::equality(builder));
    dunders::generic(dunders::unhashable(dunders::representation(builder))).build()
}

/// Sorts with the keyword arguments `key` and `reverse`.
pub(super) fn sort_with(
    vm: &mut Vm,
    items: Vec<Object>,
    args: Args,
    function: &str,
) -> (Vec<Object>, PyResult<()>) {
    let binder = Binder { function, names: &["key", "reverse"], required: 0, positional: 0 };
    let options = match binder.bind(vm, args) {
        Ok(options) => options,
        Err(unwind) => return (items, Err(unwind)),
    };
    let key = options.first().cloned().flatten().filter(|key| !key.is_none());
    let reverse = match options.get(1).cloned().flatten().map(|reverse| vm.truthy(&reverse)).transpose() {
        Ok(reverse) => reverse.unwrap_or(false),
        Err(unwind) => return (items, Err(unwind)),
    };
    let mut keys = Vec::with_capacity(items.len());
    if let Some(key) = &key {
        for item in &items {
            match vm.call(key, Args::positional(vec![item.clone()])) {
                Ok(key) => keys.push(key),
                Err(unwind) => return (items, Err(unwind)),
            }
        }
    } else {
        keys.clone_from(&items);
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    if reverse {
        order.reverse();
    }
    let outcome = merge_sort(vm, &mut order, &keys);
    if reverse {
        order.reverse();
    }
    if outcome.is_err() {
        return (items, outcome);
    }
    let sorted = order.into_iter().filter_map(|at| items.get(at).cloned()).collect();
    (sorted, Ok(()))
}

fn less(vm: &mut Vm, a: &Object, b: &Object) -> PyResult<bool> {
    match (a, b) {
        (Object::Int(a), Object::Int(b)) => Ok(a < b),
        (Object::Str(a), Object::Str(b)) => Ok(a.as_str() < b.as_str()),
        _ => {
            let less = vm.compare(CompareOp::Lt, a, b)?;
            vm.truthy(&less)
        }
    }
}

/// A stable sort that only asks whether one key is less than another, and stops at an
/// exception. Runs that are in order already cost one comparison per item.
fn merge_sort(vm: &mut Vm, order: &mut Vec<usize>, keys: &[Object]) -> PyResult<()> {
    if keys.iter().all(|key| matches!(key, Object::Int(_)))
        || keys.iter().all(|key| matches!(key, Object::Str(_)))
    {
        order.sort_by(|&a, &b| match (&keys[a], &keys[b]) {
            (Object::Int(a), Object::Int(b)) => a.cmp(b),
            (Object::Str(a), Object::Str(b)) => a.as_str().cmp(b.as_str()),
            _ => Ordering::Equal,
        });
        return Ok(());
    }
    let mut width = 1;
    let mut from = std::mem::take(order);
    while width < from.len() {
        let mut to = Vec::with_capacity(from.len());
        for pair in from.chunks(2 * width) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            merge(vm, left, right, keys, &mut to)?;
        }
        from = to;
        width *= 2;
    }
    *order = from;
    Ok(())
}

fn merge(vm: &mut Vm, left: &[usize], right: &[usize], keys: &[Object], to: &mut Vec<usize>) -> PyResult<()> {
    if let (Some(&last), Some(&first)) = (left.last(), right.first())
        && !less(vm, &keys[first], &keys[last])?
    {
        to.extend_from_slice(left);
        to.extend_from_slice(right);
        return Ok(());
    }
    let (mut a, mut b) = (0, 0);
    while a < left.len() && b < right.len() {
        if less(vm, &keys[right[b]], &keys[left[a]])? {
            to.push(right[b]);
            b += 1;
        } else {
            to.push(left[a]);
            a += 1;
        }
    }
    to.extend_from_slice(&left[a..]);
    to.extend_from_slice(&right[b..]);
    Ok(())
}
