//! The special methods of the built-in types, in groups that types share.
//!
//! They call what the Vm calls directly for plain values, so that a subclass
//! which overrides one of them finds the others through `super()`.

use super::arguments::exactly;
use super::base;
use super::format_spec::format_value;
use crate::object::{Args, BinaryOp, ClassBuilder, CompareOp, Object, PyResult, UnaryOp};
use crate::vm::Vm;

fn or_not_implemented(result: Option<Object>) -> Object {
    result.unwrap_or(Object::NotImplemented)
}

fn binary(vm: &mut Vm, args: Args, op: BinaryOp, reflected: bool) -> PyResult<Object> {
    let [this, other] = exactly(vm, args, if reflected { op.reflected() } else { op.method() })?;
    let (left, right) = if reflected { (&other, &this) } else { (&this, &other) };
    // A subclass's instance on the other side counts as its built-in value here as well.
    let right = if let (BinaryOp::Mod, Object::Str(_)) = (op, base(left)) { right } else { base(right) };
    super::binary(vm, op, base(left), right).map(or_not_implemented)
}

fn in_place(vm: &mut Vm, args: Args, op: BinaryOp) -> PyResult<Object> {
    let [this, other] = exactly(vm, args, op.in_place())?;
    let changed = super::in_place(vm, op, base(&this), &other)?;
    Ok(if changed.is_some() { this } else { Object::NotImplemented })
}

fn compare(vm: &mut Vm, args: Args, op: CompareOp) -> PyResult<Object> {
    let [this, other] = exactly(vm, args, op.method())?;
    if !super::operators::comparable(base(&this), base(&other)) {
        return Ok(Object::NotImplemented);
    }
    super::compare(vm, op, base(&this), base(&other)).map(or_not_implemented)
}

fn unary(vm: &mut Vm, args: Args, op: UnaryOp) -> PyResult<Object> {
    let [this] = exactly(vm, args, op.method())?;
    super::unary(vm, op, base(&this))
}

macro_rules! binary_methods {
    ($name:ident: $($op:ident $method:literal $reflected:literal,)*) => {
        pub(super) fn $name(builder: ClassBuilder) -> ClassBuilder {
            builder
                $(.method($method, |vm, args| binary(vm, args, BinaryOp::$op, false))
                .method($reflected, |vm, args| binary(vm, args, BinaryOp::$op, true)))*
        }
    };
}

binary_methods! { arithmetic:
    Add "__add__" "__radd__",
    Sub "__sub__" "__rsub__",
    Mul "__mul__" "__rmul__",
    TrueDiv "__truediv__" "__rtruediv__",
    FloorDiv "__floordiv__" "__rfloordiv__",
    Mod "__mod__" "__rmod__",
    Pow "__pow__" "__rpow__",
}

binary_methods! { bits:
    LShift "__lshift__" "__rlshift__",
    RShift "__rshift__" "__rrshift__",
    And "__and__" "__rand__",
    Or "__or__" "__ror__",
    Xor "__xor__" "__rxor__",
}

binary_methods! { set_algebra:
    And "__and__" "__rand__",
    Or "__or__" "__ror__",
    Xor "__xor__" "__rxor__",
    Sub "__sub__" "__rsub__",
}

/// `+` and `*` of a sequence.
pub(super) fn concatenation(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__add__", |vm, args| binary(vm, args, BinaryOp::Add, false))
        .method("__mul__", |vm, args| binary(vm, args, BinaryOp::Mul, false))
        .method("__rmul__", |vm, args| binary(vm, args, BinaryOp::Mul, true))
}

/// `%` of a text.
pub(super) fn text_modulo(builder: ClassBuilder) -> ClassBuilder {
    builder.method("__mod__", |vm, args| binary(vm, args, BinaryOp::Mod, false))
}

/// `|` and `|=` of a dict.
pub(super) fn dict_union(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__or__", |vm, args| binary(vm, args, BinaryOp::Or, false))
        .method("__ror__", |vm, args| binary(vm, args, BinaryOp::Or, true))
        .method("__ior__", |vm, args| in_place(vm, args, BinaryOp::Or))
}

/// `+=` and `*=` of a list.
pub(super) fn list_in_place(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__iadd__", |vm, args| in_place(vm, args, BinaryOp::Add))
        .method("__imul__", |vm, args| in_place(vm, args, BinaryOp::Mul))
}

/// `&=`, `|=`, `^=` and `-=` of a set.
pub(super) fn set_in_place(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__iand__", |vm, args| in_place(vm, args, BinaryOp::And))
        .method("__ior__", |vm, args| in_place(vm, args, BinaryOp::Or))
        .method("__ixor__", |vm, args| in_place(vm, args, BinaryOp::Xor))
        .method("__isub__", |vm, args| in_place(vm, args, BinaryOp::Sub))
}

/// `-`, `+`, `abs()`, `bool()`, `int()`, `float()` of a number.
pub(super) fn number(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__neg__", |vm, args| unary(vm, args, UnaryOp::Neg))
        .method("__pos__", |vm, args| unary(vm, args, UnaryOp::Pos))
        .method("__abs__", |vm, args| {
            let [this] = exactly(vm, args, "__abs__")?;
            Ok(or_not_implemented(super::numbers::absolute(base(&this))))
        })
        .method("__bool__", |vm, args| {
            let [this] = exactly(vm, args, "__bool__")?;
            Ok(Object::Bool(super::truthy(base(&this))))
        })
        .method("__int__", |vm, args| {
            let [this] = exactly(vm, args, "__int__")?;
            super::integers::int_from(vm, base(&this))
        })
        .method("__float__", |vm, args| {
            let [this] = exactly(vm, args, "__float__")?;
            super::floats::to_float(vm, base(&this)).map(Object::Float)
        })
        .method("__divmod__", |vm, args| {
            let [this, other] = exactly(vm, args, "__divmod__")?;
            super::functions::divide(vm, base(&this), base(&other))
        })
}

/// `~` and `__index__` of an `int`.
pub(super) fn integral(builder: ClassBuilder) -> ClassBuilder {
    builder.method("__invert__", |vm, args| unary(vm, args, UnaryOp::Invert)).method(
        "__index__",
        |vm, args| {
            let [this] = exactly(vm, args, "__index__")?;
            super::integers::int_from(vm, base(&this))
        },
    )
}

/// `==` and `!=`.
pub(super) fn equality(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__eq__", |vm, args| compare(vm, args, CompareOp::Eq))
        .method("__ne__", |vm, args| compare(vm, args, CompareOp::Ne))
}

/// `<`, `<=`, `>` and `>=`.
pub(super) fn order(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__lt__", |vm, args| compare(vm, args, CompareOp::Lt))
        .method("__le__", |vm, args| compare(vm, args, CompareOp::Le))
        .method("__gt__", |vm, args| compare(vm, args, CompareOp::Gt))
        .method("__ge__", |vm, args| compare(vm, args, CompareOp::Ge))
}

/// `hash()`
pub(super) fn hashing(builder: ClassBuilder) -> ClassBuilder {
    builder.method("__hash__", |vm, args| {
        let [this] = exactly(vm, args, "__hash__")?;
        super::hash(vm, base(&this)).map(Object::Int)
    })
}

/// `repr()`
pub(super) fn representation(builder: ClassBuilder) -> ClassBuilder {
    builder.method("__repr__", |vm, args| {
        let [this] = exactly(vm, args, "__repr__")?;
        super::repr(vm, base(&this)).map(Object::Str)
    })
}

/// `format()` with the mini-language.
pub(super) fn formatting(builder: ClassBuilder) -> ClassBuilder {
    builder.method("__format__", |vm, args| {
        let [this, spec] = exactly(vm, args, "__format__")?;
        let Object::Str(spec) = base(&spec) else {
            let name = vm.class_of(&spec).name();
            return Err(vm.type_error(format!("__format__() argument must be str, not {}", name.as_str())));
        };
        // An empty specification asks `str()`, which a subclass may override.
        if spec.is_empty() && matches!(this, Object::Instance(_)) {
            return vm.str(&this).map(Object::Str);
        }
        format_value(vm, base(&this), spec).map(Object::Str)
    })
}

/// `len()`, iteration and `in`.
pub(super) fn collection(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__len__", |vm, args| {
            let [this] = exactly(vm, args, "__len__")?;
            super::len(vm, base(&this)).map(|len| Object::Int(len as i64))
        })
        .method("__iter__", |vm, args| {
            let [this] = exactly(vm, args, "__iter__")?;
            super::iter(vm, base(&this))
        })
        .method("__contains__", |vm, args| {
            let [this, item] = exactly(vm, args, "__contains__")?;
            super::contains(vm, base(&this), &item).map(Object::Bool)
        })
}

/// `value[key]`
pub(super) fn subscription(builder: ClassBuilder) -> ClassBuilder {
    builder.method("__getitem__", |vm, args| {
        let [this, key] = exactly(vm, args, "__getitem__")?;
        super::get_item(vm, base(&this), &key)
    })
}

/// `value[key] = item` and `del value[key]`.
pub(super) fn mutation(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__setitem__", |vm, args| {
            let [this, key, item] = exactly(vm, args, "__setitem__")?;
            super::set_item(vm, base(&this), &key, item)?;
            Ok(Object::None)
        })
        .method("__delitem__", |vm, args| {
            let [this, key] = exactly(vm, args, "__delitem__")?;
            super::del_item(vm, base(&this), &key)?;
            Ok(Object::None)
        })
}

/// `list[int]` and the like.
pub(super) fn generic(builder: ClassBuilder) -> ClassBuilder {
    builder.class_method("__class_getitem__", super::generic_alias::class_getitem)
}

/// A class whose instances cannot be hashed.
pub(super) fn unhashable(builder: ClassBuilder) -> ClassBuilder {
    builder.attribute("__hash__", Object::None)
}
