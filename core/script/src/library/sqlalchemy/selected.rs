//! `select.selected_columns`: the expressions of a select by their keys.

use std::rc::Rc;

use ormscope::sql::{Expr, Kind, Select};

use super::expressions::expr_object;
use super::froms::column_object;
use super::{classes, peek, receiver};
use crate::object::{Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of the collection.
struct Selected {
    columns: Vec<(Rc<str>, Expr)>,
}

/// The columns of a select.
pub(super) fn collection(vm: &mut Vm, select: Select) -> PyResult<Object> {
    let columns = peek(vm, |orm| select.result_columns(&orm.schema))?;
    let class = classes(vm).selected_columns.clone();
    Ok(Instance::native(&class, Selected { columns }))
}

fn object(vm: &mut Vm, expr: &Expr) -> PyResult<Object> {
    match expr.kind() {
        Kind::Column(column) => column_object(vm, column.clone()),
        _ => Ok(expr_object(vm, expr.clone())),
    }
}

fn find(vm: &mut Vm, own: &Object, name: &str) -> PyResult<Option<Object>> {
    let data = receiver::<Selected>(vm, own)?;
    match data.columns.iter().find(|(key, _)| &**key == name) {
        Some((_, expr)) => object(vm, expr).map(Some),
        None => Ok(None),
    }
}

pub(super) fn class() -> Rc<Class> {
    Class::builder("ReadOnlyColumnCollection")
        .module("sqlalchemy.sql.base")
        .method("__getattr__", |vm, args| {
            let name = vm.str(&args.positional[1])?;
            match find(vm, &args.positional[0], name.as_str())? {
                Some(column) => Ok(column),
                None => Err(vm.error(&vm.exceptions.attribute_error.clone(), name.as_str())),
            }
        })
        .method("__getitem__", |vm, args| {
            if let Object::Int(at) = &args.positional[1] {
                let data = receiver::<Selected>(vm, &args.positional[0])?;
                return match usize::try_from(*at).ok().and_then(|at| data.columns.get(at)) {
                    Some((_, expr)) => object(vm, expr),
                    None => Err(vm.error(&vm.exceptions.index_error.clone(), "tuple index out of range")),
                };
            }
            let name = vm.str(&args.positional[1])?;
            match find(vm, &args.positional[0], name.as_str())? {
                Some(column) => Ok(column),
                None => Err(vm.error(&vm.exceptions.key_error.clone(), name.as_str())),
            }
        })
        .method("__iter__", |vm, args| {
            let data = receiver::<Selected>(vm, &args.positional[0])?;
            let objects: PyResult<Vec<Object>> =
                data.columns.iter().map(|(_, expr)| object(vm, expr)).collect();
            vm.iter(&Object::list(objects?))
        })
        .method("__len__", |vm, args| {
            Ok(Object::Int(receiver::<Selected>(vm, &args.positional[0])?.columns.len() as i64))
        })
        .method("__contains__", |vm, args| {
            let name = vm.str(&args.positional[1])?;
            Ok(Object::Bool(find(vm, &args.positional[0], name.as_str())?.is_some()))
        })
        .method("keys", |vm, args| {
            let data = receiver::<Selected>(vm, &args.positional[0])?;
            Ok(Object::list(data.columns.iter().map(|(key, _)| Object::str(key)).collect()))
        })
        .build()
}
