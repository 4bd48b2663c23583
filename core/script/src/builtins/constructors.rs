//! Making values of built-in types, for a class or a subclass of it; and the small
//! classes that are little more than that: `bool`, `range`, `slice`.

use std::rc::Rc;

use super::arguments::{at_most, method, receiver};
use super::integers::int_to_i64;
use super::repr::class_path;
use super::slice::Slice;
use super::{Range, base, dunders, sequences};
use crate::object::{Args, Class, ClassBuilder, Instance, Object, Payload, PyResult};
use crate::vm::Vm;

/// Takes the class off the arguments of a `__new__`.
pub(super) fn class_argument(vm: &mut Vm, args: &mut Args, function: &str) -> PyResult<Rc<Class>> {
    if args.positional.is_empty() {
        return Err(vm.type_error(format!("{function}(): not enough arguments")));
    }
    match args.positional.remove(0) {
        Object::Class(class) => Ok(class),
        other => {
            let name = vm.class_of(&other).name();
            Err(vm.type_error(format!("{function}(X): X is not a type object ({})", name.as_str())))
        }
    }
}

/// The value itself for the built-in class, an instance around it for a subclass.
pub(super) fn instance_of(class: &Rc<Class>, exact: &Rc<Class>, value: Object) -> Object {
    if Rc::ptr_eq(class, exact) { value } else { Instance::with_payload(class, Payload::Base(value)) }
}

/// A class whose instances only the interpreter makes.
pub(super) fn not_callable(builder: ClassBuilder) -> ClassBuilder {
    builder.method("__new__", |vm, mut args| {
        let class = class_argument(vm, &mut args, "object.__new__")?;
        Err(vm.type_error(format!("cannot create '{}' instances", class_path(&class))))
    })
}

pub(super) fn bool_class(int: &Rc<Class>) -> Rc<Class> {
    Class::builder("bool")
        .base(int)
        .method("__new__", |vm, mut args| {
            let class = class_argument(vm, &mut args, "bool.__new__")?;
            if !Rc::ptr_eq(&class, &vm.types.bool) {
                let name = class.name();
                let name = name.as_str();
                return Err(vm.type_error(format!("bool.__new__({name}): {name} is not a subtype of bool")));
            }
            let [value] = at_most(vm, args, "bool", 0)?;
            match value {
                Some(value) => vm.truthy(&value).map(Object::Bool),
                None => Ok(Object::Bool(false)),
            }
        })
        .build()
}

pub(super) fn range_class(object: &Rc<Class>) -> Rc<Class> {
    fn this(value: &Object) -> Option<Rc<Range>> {
        match value {
            Object::Range(range) => Some(Rc::clone(range)),
            _ => None,
        }
    }
    let builder = Class::builder("range")
        .base(object)
        .method("__new__", |vm, mut args| {
            class_argument(vm, &mut args, "range.__new__")?;
            let [first, second, third] = at_most(vm, args, "range", 1)?;
            let mut number = |value: Option<Object>, missing: i64| match value {
                Some(value) => int_to_i64(vm, &value),
                None => Ok(missing),
            };
            let one_argument = second.is_none();
            let (first, second, step) = (number(first, 0)?, number(second, 0)?, number(third, 1)?);
            if step == 0 {
                return Err(vm.value_error("range() arg 3 must not be zero"));
            }
            let (start, stop) = if one_argument { (0, first) } else { (first, second) };
            Ok(Object::Range(Rc::new(Range { start, stop, step })))
        })
        .method("index", |vm, args| {
            let (range, [item]) = method(vm, args, "range.index", this)?;
            let found = match base(&item) {
                Object::Int(number) => range.index_of(*number),
                _ => None,
            };
            match found {
                Some(index) => Ok(Object::Int(index)),
                None => {
                    let shown = vm.repr(&item)?;
                    Err(vm.value_error(format!("{} is not in range", shown.as_str())))
                }
            }
        })
        .method("count", |vm, args| {
            let (range, [item]) = method(vm, args, "range.count", this)?;
            let items = vm.collect(&Object::Range(range))?;
            sequences::count(vm, &items, &item)
        })
        .method("__reversed__", |vm, args| {
            let (range, []) = method(vm, args, "range.__reversed__", this)?;
            super::iter(vm, &Object::Range(Rc::new(range.reversed())))
        })
        .getter("start", |vm, mut args| Ok(Object::Int(receiver(vm, &mut args, "range.start", this)?.start)))
        .getter("stop", |vm, mut args| Ok(Object::Int(receiver(vm, &mut args, "range.stop", this)?.stop)))
        .getter("step", |vm, mut args| Ok(Object::Int(receiver(vm, &mut args, "range.step", this)?.step)));
    let builder = dunders::subscription(dunders::collection(builder));
    dunders::representation(dunders::hashing(dunders::equality(builder))).build()
}

pub(super) fn slice_class(object: &Rc<Class>) -> Rc<Class> {
    fn this(value: &Object) -> Option<Rc<Slice>> {
        match value {
            Object::Slice(slice) => Some(Rc::clone(slice)),
            _ => None,
        }
    }
    let builder = Class::builder("slice")
        .base(object)
        .method("__new__", |vm, mut args| {
            class_argument(vm, &mut args, "slice.__new__")?;
            let [first, second, third] = at_most(vm, args, "slice", 1)?;
            let first = first.unwrap_or(Object::None);
            let step = third.unwrap_or(Object::None);
            let (start, stop) = match second {
                Some(second) => (first, second),
                None => (Object::None, first),
            };
            Ok(Object::Slice(Rc::new(Slice { start, stop, step })))
        })
        .method("indices", |vm, args| {
            let (slice, [len]) = method(vm, args, "slice.indices", this)?;
            let len = int_to_i64(vm, &len)?;
            let Ok(len) = usize::try_from(len) else {
                return Err(vm.value_error("length should not be negative"));
            };
            let bounds = slice.bounds(vm, len)?;
            Ok(Object::tuple([bounds.start, bounds.stop, bounds.step].map(Object::Int).to_vec()))
        })
        .getter("start", |vm, mut args| Ok(receiver(vm, &mut args, "slice.start", this)?.start.clone()))
        .getter("stop", |vm, mut args| Ok(receiver(vm, &mut args, "slice.stop", this)?.stop.clone()))
        .getter("step", |vm, mut args| Ok(receiver(vm, &mut args, "slice.step", this)?.step.clone()));
    dunders::unhashable(dunders::representation(dunders::equality(builder))).build()
}
