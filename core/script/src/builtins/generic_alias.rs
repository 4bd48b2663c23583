//! `list[int]` and `int | None`.
//!
//! CPython counterpart: `Objects/genericaliasobject.c`, `Objects/unionobject.c`.

use std::rc::Rc;

use super::arguments::{exactly, receiver};
use super::repr::class_path;
use super::set::Set;
use crate::object::{Args, Class, ClassBuilder, Instance, Object, PyResult};
use crate::vm::Vm;

/// What `list[int]` is made of.
pub struct GenericAlias {
    /// `__origin__`
    pub origin: Object,
    /// `__args__`
    pub args: Vec<Object>,
}

/// What `int | None` is made of.
pub struct Union {
    /// `__args__`
    pub args: Vec<Object>,
}

/// `cls[items]`
pub(super) fn class_getitem(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [origin, items] = exactly(vm, args, "__class_getitem__")?;
    let args = match items {
        Object::Tuple(items) => items.to_vec(),
        item => vec![item],
    };
    Ok(Instance::native(&vm.types.generic_alias, GenericAlias { origin, args }))
}

/// Whether a value that is no class may stand in a union.
pub(super) fn is_type_expression(value: &Object) -> bool {
    value.native::<GenericAlias>().is_some() || value.native::<Union>().is_some()
}

/// `a | b` for types.
pub(super) fn union_of(vm: &mut Vm, a: &Object, b: &Object) -> Object {
    let mut args: Vec<Object> = Vec::new();
    for side in [a, b] {
        let members = match side.native::<Union>() {
            Some(union) => union.args.clone(),
            None if side.is_none() => vec![Object::Class(Rc::clone(&vm.types.none))],
            None => vec![side.clone()],
        };
        for member in members {
            if !args.iter().any(|arg| arg.is(&member)) {
                args.push(member);
            }
        }
    }
    match <[Object; 1]>::try_from(args) {
        Ok([only]) => only,
        Err(args) => Instance::native(&vm.types.union, Union { args }),
    }
}

/// How a type shows inside an alias or union.
fn type_text(vm: &mut Vm, value: &Object) -> PyResult<String> {
    match value {
        Object::Class(class) if Rc::ptr_eq(class, &vm.types.none) => Ok("None".into()),
        Object::Class(class) => Ok(class_path(class)),
        Object::Ellipsis => Ok("...".into()),
        _ => Ok(vm.repr(value)?.as_str().to_owned()),
    }
}

fn texts(vm: &mut Vm, values: &[Object], separator: &str) -> PyResult<String> {
    let mut texts = Vec::with_capacity(values.len());
    for value in values {
        texts.push(type_text(vm, value)?);
    }
    Ok(texts.join(separator))
}

fn alias(vm: &mut Vm, args: &mut Args, function: &str) -> PyResult<Rc<GenericAlias>> {
    receiver(vm, args, function, |value| value.native::<GenericAlias>())
}

fn union(vm: &mut Vm, args: &mut Args, function: &str) -> PyResult<Rc<Union>> {
    receiver(vm, args, function, |value| value.native::<Union>())
}

/// `|` with more types on either side.
fn with_union_operator(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__or__", |vm, args| {
            let [this, other] = exactly(vm, args, "__or__")?;
            Ok(union_of(vm, &this, &other))
        })
        .method("__ror__", |vm, args| {
            let [this, other] = exactly(vm, args, "__ror__")?;
            Ok(union_of(vm, &other, &this))
        })
}

pub(super) fn alias_class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("GenericAlias")
        .module("types")
        .base(object)
        .getter("__origin__", |vm, mut args| {
            Ok(alias(vm, &mut args, "GenericAlias.__origin__")?.origin.clone())
        })
        .getter("__args__", |vm, mut args| {
            Ok(Object::tuple(alias(vm, &mut args, "GenericAlias.__args__")?.args.clone()))
        })
        .getter("__parameters__", |_vm, _args| Ok(Object::tuple(Vec::new())))
        .method("__repr__", |vm, mut args| {
            let alias = alias(vm, &mut args, "GenericAlias.__repr__")?;
            let (origin, args) = (type_text(vm, &alias.origin)?, texts(vm, &alias.args, ", ")?);
            Ok(Object::from(format!("{origin}[{args}]")))
        })
        .method("__eq__", |vm, mut args| {
            let this = alias(vm, &mut args, "GenericAlias.__eq__")?;
            let [other] = exactly(vm, args, "GenericAlias.__eq__")?;
            let Some(other) = other.native::<GenericAlias>() else { return Ok(Object::NotImplemented) };
            let same = vm.equals(&this.origin, &other.origin)?
                && vm.equals(&Object::tuple(this.args.clone()), &Object::tuple(other.args.clone()))?;
            Ok(Object::Bool(same))
        })
        .method("__hash__", |vm, mut args| {
            let alias = alias(vm, &mut args, "GenericAlias.__hash__")?;
            let hash = vm.hash(&alias.origin)? ^ vm.hash(&Object::tuple(alias.args.clone()))?;
            Ok(Object::Int(hash))
        })
        .method("__call__", |vm, mut args| {
            let origin = alias(vm, &mut args, "GenericAlias.__call__")?.origin.clone();
            vm.call(&origin, args)
        })
        .method("__mro_entries__", |vm, mut args| {
            Ok(Object::tuple(vec![alias(vm, &mut args, "GenericAlias.__mro_entries__")?.origin.clone()]))
        });
    with_union_operator(builder).build()
}

pub(super) fn union_class(object: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("UnionType")
        .module("types")
        .base(object)
        .getter("__args__", |vm, mut args| {
            Ok(Object::tuple(union(vm, &mut args, "UnionType.__args__")?.args.clone()))
        })
        .method("__repr__", |vm, mut args| {
            let union = union(vm, &mut args, "UnionType.__repr__")?;
            texts(vm, &union.args, " | ").map(Object::from)
        })
        .method("__eq__", |vm, mut args| {
            let this = union(vm, &mut args, "UnionType.__eq__")?;
            let [other] = exactly(vm, args, "UnionType.__eq__")?;
            let Some(other) = other.native::<Union>() else { return Ok(Object::NotImplemented) };
            if this.args.len() != other.args.len() {
                return Ok(Object::Bool(false));
            }
            for arg in &this.args {
                let mut found = false;
                for member in &other.args {
                    found = found || vm.equals(arg, member)?;
                }
                if !found {
                    return Ok(Object::Bool(false));
                }
            }
            Ok(Object::Bool(true))
        })
        .method("__hash__", |vm, mut args| {
            // In any order, as `typing.Union` has it.
            let members = union(vm, &mut args, "UnionType.__hash__")?.args.clone();
            let members = Set::from_items(vm, true, members)?;
            Ok(Object::Int(vm.hash(&Object::Set(Rc::new(members)))?))
        });
    with_union_operator(builder).build()
}
