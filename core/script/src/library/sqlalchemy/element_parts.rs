//! What programs read from windows, filters and lists: the parts that only some
//! kinds of expressions have.
//!
//! It must not know how they are built or written.
//! SQLAlchemy counterpart: the attributes of `Over`, `FunctionFilter`, `WithinGroup`,
//! `Cast` and `Function` in `sqlalchemy.sql.elements` and `functions`.

use ormscope::sql::{Expr, FrameUnit, Kind};

use super::elements::{missing, own};
use super::expressions::expr_object;
use super::{columns, functions};
use crate::object::{Args, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The attributes; each refuses where its kind has none of that name.
pub(super) const GETTERS: &[(&str, NativeFn)] = &[
    ("partition_by", |vm, args| match own(vm, &args)?.kind() {
        Kind::Over { window, .. } => Ok(list_or_none(vm, &window.partition_by)),
        _ => Err(missing(vm, &args, "partition_by")),
    }),
    ("order_by", |vm, args| match own(vm, &args)?.kind() {
        Kind::Over { window, .. } => Ok(list_or_none(vm, &window.order_by)),
        Kind::WithinGroup { order_by, .. } => Ok(list_or_none(vm, order_by)),
        _ => Err(missing(vm, &args, "order_by")),
    }),
    ("range_", |vm, args| frame(vm, &args, "range_", FrameUnit::Range)),
    ("rows", |vm, args| frame(vm, &args, "rows", FrameUnit::Rows)),
    ("groups", |vm, args| frame(vm, &args, "groups", FrameUnit::Groups)),
    ("exclude", |vm, args| match own(vm, &args)?.kind() {
        Kind::Over { window, .. } => {
            let exclude = window.frame.as_ref().and_then(|frame| frame.exclude.as_ref());
            Ok(exclude.map_or(Object::None, Object::str))
        }
        _ => Err(missing(vm, &args, "exclude")),
    }),
    ("criterion", |vm, args| match own(vm, &args)?.kind() {
        Kind::Filter { criterion, .. } => columns::of_expr(vm, criterion),
        _ => Err(missing(vm, &args, "criterion")),
    }),
    ("func", |vm, args| match own(vm, &args)?.kind() {
        Kind::Filter { element, .. } => columns::of_expr(vm, element),
        _ => Err(missing(vm, &args, "func")),
    }),
    ("expr", |vm, args| match own(vm, &args)?.kind() {
        Kind::Extract { element, .. } => columns::of_expr(vm, element),
        // What the comparator of an expression is of.
        _ => Ok(args.positional[0].clone()),
    }),
    ("group", |vm, args| match own(vm, &args)?.kind() {
        Kind::List { groups, .. } => Ok(Object::Bool(*groups)),
        Kind::Binary { .. } | Kind::Tuple(_) => Ok(Object::Bool(true)),
        _ => Err(missing(vm, &args, "group")),
    }),
    ("entity_namespace", |vm, args| match own(vm, &args)?.kind() {
        Kind::Column(column) if column.from.is_some() => {
            let table = vm.get_attr(&args.positional[0], "table")?;
            vm.get_attr(&table, "entity_namespace")
        }
        Kind::Function(call) => match call.arguments.first() {
            Some(first) => {
                let first = columns::of_expr(vm, first)?;
                vm.get_attr(&first, "entity_namespace")
            }
            None => Err(no_namespace(vm)),
        },
        _ => Err(no_namespace(vm)),
    }),
];

/// The error of an element that `filter_by()` finds no names in.
pub(super) fn no_namespace(vm: &mut Vm) -> crate::object::Unwind {
    let message = "This SQL expression has no entity namespace with which to filter from.";
    vm.error(&vm.exceptions.attribute_error.clone(), message)
}

fn list_or_none(vm: &mut Vm, items: &[Expr]) -> Object {
    if items.is_empty() {
        return Object::None;
    }
    expr_object(vm, Expr::comma_list(items.to_vec(), true))
}

fn frame(vm: &mut Vm, args: &Args, name: &str, unit: FrameUnit) -> PyResult<Object> {
    match own(vm, args)?.kind() {
        Kind::Over { window, .. } => match &window.frame {
            Some(frame) if frame.unit == unit => Ok(functions::frame_object(vm, frame.clone())),
            _ => Ok(Object::None),
        },
        _ => Err(missing(vm, args, name)),
    }
}
