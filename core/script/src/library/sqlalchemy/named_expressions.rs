//! Expressions that a class has under names of their own: hybrids, composites,
//! association proxies, synonyms. They are written in Python; here is what
//! statements ask of them.

use std::rc::Rc;

use ormscope::sql::{ColumnRef, Expr, Kind, SelectItem};

use super::expressions::to_expr;
use super::mapping;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

fn has(object: &Object, method: &str) -> bool {
    match object {
        Object::Instance(instance) => {
            let class = instance.class();
            !class.native && class.lookup(method).is_some()
        }
        _ => false,
    }
}

/// The column of a SELECT that such an expression is.
pub(super) fn select_item(vm: &mut Vm, object: &Object) -> PyResult<Option<SelectItem>> {
    if !has(object, "__sa_select_item__") {
        return Ok(None);
    }
    let made = vm.call_method(object, "__sa_select_item__", Vec::new())?;
    if made.is(object) {
        return Ok(None);
    }
    let key = vm.get_attr(object, "key")?;
    let key = vm.str(&key)?;
    let Some(expr) = to_expr(vm, &made)? else { return super::select::select_item(vm, &made).map(Some) };
    Ok(Some(SelectItem::Expr(match expr.kind() {
        // A column keeps its name in SQL; the row has it under the expression's.
        Kind::Column(column) => {
            let key: std::rc::Rc<str> = key.as_str().into();
            let named = column.noted(|notes| notes.key = Some(std::rc::Rc::clone(&key)));
            Expr::from(ColumnRef { key, ..named })
        }
        // A function is named after itself.
        Kind::Label { .. } | Kind::Function { .. } => expr,
        _ => expr.label(Some(key.as_str())),
    })))
}

/// What an assignment of UPDATE stands for: of columns, where its key is an
/// expression that says so.
pub(super) fn assignments(
    vm: &mut Vm,
    target: &Object,
    key: Object,
    value: Object,
) -> PyResult<Vec<(Object, Object)>> {
    let mut named = key.clone();
    if let (Object::Str(name), Some(class)) = (&key, target.as_class()) {
        let class = Rc::clone(class);
        let is_descriptor = class.lookup(name.as_str()).is_some_and(|found| has(&found, "__get__"));
        if is_descriptor && mapping::mapper_of_class(vm, &class).is_some() {
            named = vm.get_attr(target, name.as_str())?;
        }
    }
    if !has(&named, "_bulk_update_tuples") {
        return Ok(vec![(named, value)]);
    }
    let found = vm.call_method(&named, "_bulk_update_tuples", vec![value])?;
    let mut pairs = Vec::new();
    for pair in vm.collect(&found)? {
        if let [key, value] = &vm.collect(&pair)?[..] {
            pairs.push((key.clone(), value.clone()));
        }
    }
    Ok(pairs)
}
