//! The `set` and `frozenset` classes.
//!
//! CPython counterpart: `Objects/setobject.c`.

use std::rc::Rc;

use super::arguments::{at_most, exactly, method, receiver};
use super::constructors::{class_argument, instance_of};
use super::repr::{guarded, joined};
use super::{Set, base, dunders};
use crate::object::{Args, Class, ClassBuilder, Object, PyResult};
use crate::vm::Vm;

fn this(value: &Object) -> Option<Rc<Set>> {
    match value {
        Object::Set(set) => Some(Rc::clone(set)),
        _ => None,
    }
}

/// A set that is looked for in a set stands for the frozenset with its items.
pub(super) fn as_key(item: &Object) -> Object {
    match item {
        Object::Set(set) if !set.frozen() => Object::Set(Rc::new(set.copy(true))),
        _ => item.clone(),
    }
}

/// The set that an argument is or has the items of.
fn as_set(vm: &mut Vm, value: &Object) -> PyResult<Rc<Set>> {
    if let Object::Set(set) = base(value) {
        return Ok(Rc::clone(set));
    }
    let set = Set::new(false);
    set.extend(vm, value)?;
    Ok(Rc::new(set))
}

fn receiver_and_others(vm: &mut Vm, mut args: Args, function: &str) -> PyResult<(Rc<Set>, Vec<Object>)> {
    let set = receiver(vm, &mut args, function, this)?;
    super::no_keywords(vm, &args, function)?;
    Ok((set, args.positional))
}

fn relation(
    vm: &mut Vm,
    args: Args,
    function: &str,
    holds: fn(&mut Vm, &Set, &Set) -> PyResult<bool>,
) -> PyResult<Object> {
    let (set, [other]) = method(vm, args, function, this)?;
    let other = as_set(vm, &other)?;
    holds(vm, &set, &other).map(Object::Bool)
}

/// What sets and frozensets share.
fn shared(builder: ClassBuilder) -> ClassBuilder {
    let builder = builder
        .method("copy", |vm, args| {
            let (set, []) = method(vm, args, "set.copy", this)?;
            Ok(if set.frozen() { Object::Set(set) } else { set.copy(false).object() })
        })
        .method("union", |vm, args| {
            let (set, others) = receiver_and_others(vm, args, "set.union")?;
            let result = set.copy(set.frozen());
            for other in others {
                result.extend(vm, &other)?;
            }
            Ok(result.object())
        })
        .method("intersection", |vm, args| {
            let (set, others) = receiver_and_others(vm, args, "set.intersection")?;
            let mut result = set.copy(set.frozen());
            for other in others {
                result = intersection(vm, &result, &other)?;
            }
            Ok(result.object())
        })
        .method("difference", |vm, args| {
            let (set, others) = receiver_and_others(vm, args, "set.difference")?;
            let mut result = set.copy(set.frozen());
            for (at, other) in others.iter().enumerate() {
                let other = as_set(vm, other)?;
                if at == 0 {
                    result = set.difference(vm, &other, set.frozen())?;
                } else {
                    result.subtract(vm, &other)?;
                }
            }
            Ok(result.object())
        })
        .method("symmetric_difference", |vm, args| {
            let (set, [other]) = method(vm, args, "set.symmetric_difference", this)?;
            let other = as_set(vm, &other)?;
            Ok(set.symmetric_difference(vm, &other, set.frozen())?.object())
        })
        .method("issubset", |vm, args| {
            relation(vm, args, "set.issubset", |vm, set, other| set.is_subset(vm, other))
        })
        .method("issuperset", |vm, args| {
            relation(vm, args, "set.issuperset", |vm, set, other| other.is_subset(vm, set))
        })
        .method("isdisjoint", |vm, args| {
            relation(vm, args, "set.isdisjoint", |vm, set, other| {
                Ok(set.intersection(vm, other, false)?.is_empty())
            })
        });
    let builder = dunders::set_algebra(dunders::collection(builder));
    let builder = builder.method("__repr__", |vm, args| {
        let [this] = exactly(vm, args, "set.__repr__")?;
        represent(vm, &this).map(Object::from)
    });
    dunders::generic(dunders::order(dunders::equality(builder)))
}

/// A subclass shows its own name, also where a plain set has none.
fn represent(vm: &mut Vm, this: &Object) -> PyResult<String> {
    let (Object::Instance(_), Object::Set(set)) = (this, base(this)) else {
        return Ok(super::repr(vm, this)?.as_str().to_owned());
    };
    let name = vm.class_of(this).name();
    let items = set.items();
    if items.is_empty() {
        return Ok(format!("{}()", name.as_str()));
    }
    let open = format!("{}({{", name.as_str());
    guarded(vm, base(this), &format!("{}(...)", name.as_str()), |vm| joined(vm, &open, &items, "})"))
}

/// `set.intersection` with any iterable, in whose order the result is made.
fn intersection(vm: &mut Vm, set: &Set, other: &Object) -> PyResult<Set> {
    if let Object::Set(other) = base(other) {
        return set.intersection(vm, other, set.frozen());
    }
    let result = Set::new(set.frozen());
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        if set.contains(vm, &item)? {
            result.add(vm, item)?;
        }
    }
    Ok(result)
}

pub(super) fn frozenset_class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("frozenset").base(object).method("__new__", |vm, mut args| {
        let class = class_argument(vm, &mut args, "frozenset.__new__")?;
        let [items] = at_most(vm, args, "frozenset", 0)?;
        let value = match items {
            Some(Object::Set(set)) if set.frozen() => Object::Set(set),
            Some(items) => {
                let set = Set::new(true);
                set.extend(vm, &items)?;
                set.object()
            }
            None => Set::new(true).object(),
        };
        Ok(instance_of(&class, &vm.types.frozenset, value))
    });
    dunders::hashing(shared(builder)).build()
}

pub(super) fn set_class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("set")
        .base(object)
        .method("__new__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "set.__new__")?;
            Ok(instance_of(&class, &vm.types.set, Set::new(false).object()))
        })
        .method("__init__", |vm, mut args| {
            let set = receiver(vm, &mut args, "set.__init__", this)?;
            let [items] = at_most(vm, args, "set", 0)?;
            set.clear();
            if let Some(items) = items {
                set.extend(vm, &items)?;
            }
            Ok(Object::None)
        })
        .method("add", |vm, args| {
            let (set, [item]) = method(vm, args, "set.add", this)?;
            set.add(vm, item)?;
            Ok(Object::None)
        })
        .method("discard", |vm, args| {
            let (set, [item]) = method(vm, args, "set.discard", this)?;
            set.discard(vm, &as_key(&item))?;
            Ok(Object::None)
        })
        .method("remove", |vm, args| {
            let (set, [item]) = method(vm, args, "set.remove", this)?;
            let key = as_key(&item);
            if set.discard(vm, &key)? { Ok(Object::None) } else { Err(vm.key_error(item)) }
        })
        .method("pop", |vm, args| {
            let (set, []) = method(vm, args, "set.pop", this)?;
            match set.pop() {
                Some(item) => Ok(item),
                None => Err(vm.key_error(Object::str("pop from an empty set"))),
            }
        })
        .method("clear", |vm, args| {
            let (set, []) = method(vm, args, "set.clear", this)?;
            set.clear();
            Ok(Object::None)
        })
        .method("update", |vm, args| {
            let (set, others) = receiver_and_others(vm, args, "set.update")?;
            for other in others {
                set.extend(vm, &other)?;
            }
            Ok(Object::None)
        })
        .method("intersection_update", |vm, args| {
            let (set, others) = receiver_and_others(vm, args, "set.intersection_update")?;
            for other in others {
                let kept = intersection(vm, &set, &other)?;
                set.assign(kept);
            }
            Ok(Object::None)
        })
        .method("difference_update", |vm, args| {
            let (set, others) = receiver_and_others(vm, args, "set.difference_update")?;
            for other in others {
                let other = as_set(vm, &other)?;
                set.subtract(vm, &other)?;
            }
            Ok(Object::None)
        })
        .method("symmetric_difference_update", |vm, args| {
            let (set, [other]) = method(vm, args, "set.symmetric_difference_update", this)?;
            let other = as_set(vm, &other)?;
            set.toggle(vm, &other)?;
            Ok(Object::None)
        });
    dunders::set_in_place(dunders::unhashable(shared(builder))).build()
}
