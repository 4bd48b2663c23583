//! The `tuple` class.
//!
//! CPython counterpart: `Objects/tupleobject.c`.

use std::rc::Rc;

use super::arguments::{at_most, method, method_optional};
use super::constructors::{class_argument, instance_of};
use super::{dunders, sequences};
use crate::object::{Class, Object};

fn this(value: &Object) -> Option<Rc<Vec<Object>>> {
    match value {
        Object::Tuple(items) => Some(Rc::clone(items)),
        _ => None,
    }
}

pub(super) fn class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("tuple")
        .base(object)
        .method("__new__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "tuple.__new__")?;
            let [items] = at_most(vm, args, "tuple", 0)?;
            let tuple = match items {
                Some(tuple @ Object::Tuple(_)) => tuple,
                Some(items) => Object::tuple(vm.collect(&items)?),
                None => Object::tuple(Vec::new()),
            };
            Ok(instance_of(&class, &vm.types.tuple, tuple))
        })
        .method("index", |vm, args| {
            let (items, [item, start, stop]) = method_optional(vm, args, "tuple.index", 1, this)?;
            let item = item.unwrap_or(Object::None);
            match sequences::position(vm, &items, &item, start, stop)? {
                Some(index) => Ok(Object::Int(index as i64)),
                None => Err(vm.value_error("tuple.index(x): x not in tuple")),
            }
        })
        .method("count", |vm, args| {
            let (items, [item]) = method(vm, args, "tuple.count", this)?;
            sequences::count(vm, &items, &item)
        });
    let builder = dunders::subscription(dunders::collection(builder));
    let builder = dunders::order(dunders::equality(dunders::concatenation(builder)));
    dunders::generic(dunders::representation(dunders::hashing(builder))).build()
}
