//! The classes of iterators: `enumerate`, `zip`, `map`, `filter`, `reversed` and the
//! nameless ones.
//!
//! CPython counterpart: `Python/bltinmodule.c`, `Objects/enumobject.c`.

use std::rc::Rc;

use super::arguments::{Binder, at_most, exactly, no_keywords};
use super::constructors::{class_argument, not_callable};
use super::integers::int_to_i64;
use super::{Iter, Iteration, base};
use crate::object::{Args, Class, ClassBuilder, Object, PyResult};
use crate::vm::Vm;

/// `next(iterator)` with the end as `StopIteration`.
pub(super) fn next_or_stop(vm: &mut Vm, iterator: &Object) -> PyResult<Object> {
    match vm.next(iterator)? {
        Some(item) => Ok(item),
        None => {
            let returned =
                if let Object::Generator(_) = iterator { vm.take_returned() } else { Object::None };
            Err(vm.stop_iteration(returned))
        }
    }
}

fn protocol(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__iter__", |vm, args| {
            let [this] = exactly(vm, args, "__iter__")?;
            Ok(this)
        })
        .method("__next__", |vm, args| {
            let [this] = exactly(vm, args, "__next__")?;
            next_or_stop(vm, base(&this))
        })
        .method("__length_hint__", |vm, args| {
            let [this] = exactly(vm, args, "__length_hint__")?;
            let left = match base(&this) {
                Object::Iterator(iterator) => iterator.left(),
                _ => None,
            };
            Ok(left.map_or(Object::NotImplemented, |left| Object::Int(left as i64)))
        })
}

/// The class of iterators that only `iter()` makes.
pub(super) fn class(name: &str, object: &Rc<Class>) -> Rc<Class> {
    not_callable(protocol(Class::builder(name).base(object))).build()
}

pub(super) fn enumerate_class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("enumerate").base(object).method("__new__", |vm, mut args| {
        class_argument(vm, &mut args, "enumerate.__new__")?;
        if args.positional.is_empty() && !args.keyword.iter().any(|(name, _)| name.as_str() == "iterable") {
            return Err(vm.type_error("enumerate() missing required argument 'iterable'"));
        }
        let binder =
            Binder { function: "enumerate", names: &["iterable", "start"], required: 1, positional: 2 };
        let values = binder.bind(vm, args)?;
        let [Some(iterable), start] = values.as_slice() else { return Ok(Object::None) };
        let count = match start {
            Some(start) => int_to_i64(vm, start)?,
            None => 0,
        };
        let iterator = vm.iter(iterable)?;
        Ok(Iter::object(Iteration::Enumerate { iterator, count }))
    });
    protocol(builder).build()
}

fn iterators(vm: &mut Vm, iterables: &[Object]) -> PyResult<Rc<Vec<Object>>> {
    let mut iterators = Vec::with_capacity(iterables.len());
    for iterable in iterables {
        iterators.push(vm.iter(iterable)?);
    }
    Ok(Rc::new(iterators))
}

pub(super) fn zip_class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("zip").base(object).method("__new__", |vm, mut args: Args| {
        class_argument(vm, &mut args, "zip.__new__")?;
        let strict = match args.take_keyword("strict") {
            Some(strict) => vm.truthy(&strict)?,
            None => false,
        };
        if let Some((name, _)) = args.keyword.first() {
            let message = format!("'{}' is an invalid keyword argument for zip()", name.as_str());
            return Err(vm.type_error(message));
        }
        let iterators = iterators(vm, &args.positional)?;
        Ok(Iter::object(Iteration::Zip { iterators, strict }))
    });
    protocol(builder).build()
}

pub(super) fn map_class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("map").base(object).method("__new__", |vm, mut args| {
        class_argument(vm, &mut args, "map.__new__")?;
        no_keywords(vm, &args, "map")?;
        match args.positional.as_slice() {
            [function, iterables @ ..] if !iterables.is_empty() => {
                let iterators = iterators(vm, iterables)?;
                Ok(Iter::object(Iteration::Map { function: function.clone(), iterators }))
            }
            _ => Err(vm.type_error("map() must have at least two arguments.")),
        }
    });
    protocol(builder).build()
}

pub(super) fn filter_class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("filter").base(object).method("__new__", |vm, mut args| {
        class_argument(vm, &mut args, "filter.__new__")?;
        let [function, iterable] = exactly(vm, args, "filter")?;
        let iterator = vm.iter(&iterable)?;
        Ok(Iter::object(Iteration::Filter { function, iterator }))
    });
    protocol(builder).build()
}

pub(super) fn reversed_class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("reversed").base(object).method("__new__", |vm, mut args| {
        class_argument(vm, &mut args, "reversed.__new__")?;
        let [sequence] = exactly(vm, args, "reversed")?;
        let class = vm.class_of(&sequence);
        match class.lookup("__reversed__") {
            Some(Object::None) => {}
            Some(_) => return vm.call_method(&sequence, "__reversed__", Vec::new()),
            None if class.lookup("__getitem__").is_some() && !matches!(base(&sequence), Object::Dict(_)) => {
                let index = vm.len(&sequence)? as i64 - 1;
                return Ok(Iter::object(Iteration::SequenceReversed { object: sequence, index }));
            }
            None => {}
        }
        let name = class.name();
        Err(vm.type_error(format!("'{}' object is not reversible", name.as_str())))
    });
    protocol(builder).build()
}

pub(super) fn generator_class(object: &Rc<Class>) -> Rc<Class> {
    not_callable(protocol(Class::builder("generator").base(object)))
        .method("send", |vm, args| {
            let [this, value] = exactly(vm, args, "generator.send")?;
            let Object::Generator(generator) = &this else { return Err(not_a_generator(vm, &this)) };
            vm.generator_send(generator, value)
        })
        .method("throw", |vm, args| {
            let [this, error, value, _traceback] = at_most::<4>(vm, args, "generator.throw", 2)?;
            let this = this.unwrap_or(Object::None);
            let Object::Generator(generator) = &this else { return Err(not_a_generator(vm, &this)) };
            let error = match (error, value) {
                (Some(class), Some(value)) if !value.is_none() => {
                    vm.call(&class, Args::positional(vec![value]))?
                }
                (error, _) => error.unwrap_or(Object::None),
            };
            vm.generator_throw(generator, &error)
        })
        .method("close", |vm, args| {
            let [this] = exactly(vm, args, "generator.close")?;
            let Object::Generator(generator) = &this else { return Err(not_a_generator(vm, &this)) };
            vm.generator_close(generator)?;
            Ok(Object::None)
        })
        .build()
}

fn not_a_generator(vm: &mut Vm, value: &Object) -> crate::object::Unwind {
    let name = vm.class_of(value).name();
    vm.type_error(format!("descriptor requires a 'generator' object but received a '{}'", name.as_str()))
}
