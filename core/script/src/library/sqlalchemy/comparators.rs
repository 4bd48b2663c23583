//! `comparator_factory`: what the operators of a type's expressions do.
//!
//! An expression runs its operators itself, unless its type has a comparator
//! of the program's own. SQLAlchemy counterpart: `TypeEngine.Comparator`.

use std::rc::Rc;

use ormscope::sql::{Bind, BindValue, Expr, Operand, Operator};
use ormscope::types::SqlType;

use super::classes;
use super::expressions::{ExprData, require_expr};
use super::operands::{operand, to_expr};
use super::operator_objects::{is_reflected, named, operator_name, operator_object};
use super::types::{overrides_method, require_sql_type, type_object};
use super::values::to_value;
use crate::object::{Args, Class, Instance, Object, PyResult, PyStr};
use crate::vm::Vm;

/// `TypeEngine.Comparator`
pub(super) fn class(base: &Rc<Class>) -> Rc<Class> {
    Class::builder("Comparator")
        .module("sqlalchemy.sql.type_api")
        .base(base)
        .method("__new__", |vm, args| {
            let [Object::Class(class), of, ..] = &args.positional[..] else {
                return Err(
                    vm.type_error("Comparator.__init__() missing 1 required positional argument: 'expr'")
                );
            };
            make(vm, class, of)
        })
        .method("__init__", |_, _| Ok(Object::None))
        .method("__clause_element__", |vm, args| vm.get_attr(&args.positional[0], "expr"))
        .build()
}

fn make(vm: &mut Vm, class: &Rc<Class>, of: &Object) -> PyResult<Object> {
    let expr = require_expr(vm, of)?;
    let sql_type = type_object(vm, expr.sql_type());
    let made = Instance::native(class, ExprData { expr });
    if let Object::Instance(made) = &made {
        let mut dict = made.dict.borrow_mut();
        dict.insert(PyStr::new("expr"), of.clone());
        dict.insert(PyStr::new("type"), sql_type);
    }
    Ok(made)
}

/// `expression.comparator`
pub(super) fn comparator(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = &args.positional[0];
    match own_comparator(vm, this)? {
        Some(made) => Ok(made),
        None => plain(vm, this),
    }
}

/// A comparator that does what expressions do by themselves.
pub(super) fn plain(vm: &mut Vm, of: &Object) -> PyResult<Object> {
    let class = Rc::clone(&classes(vm).comparator);
    make(vm, &class, of)
}

/// The comparator that the type of an expression has of the program's.
fn own_comparator(vm: &mut Vm, this: &Object) -> PyResult<Option<Object>> {
    if !vm.library.sqlalchemy.comparators {
        return Ok(None);
    }
    let Some(expr) = to_expr(vm, this)? else { return Ok(None) };
    let sql_type = expr.sql_type();
    if !matches!(sql_type, SqlType::Decorated(_) | SqlType::Defined(_)) {
        return Ok(None);
    }
    let sql_type = type_object(vm, sql_type);
    let factory = vm.get_attr(&sql_type, "comparator_factory")?;
    match &factory {
        Object::Class(class) if !class.native => {
            vm.call(&factory, Args::positional(vec![this.clone()])).map(Some)
        }
        _ => Ok(None),
    }
}

/// What a program does in the place of an operator's method: that of its
/// comparator, or its own `operate()`.
pub(super) fn replaced(vm: &mut Vm, method: &str, args: &Args) -> PyResult<Option<(Object, Args)>> {
    let Some(this) = args.positional.first() else { return Ok(None) };
    let own = classes(vm);
    let class = vm.class_of(this);
    let mut rest = Args { positional: args.positional[1..].to_vec(), keyword: args.keyword.clone() };
    if class.is_subclass_of(&own.column_element) && class.native {
        let Some(comparator) = own_comparator(vm, this)? else { return Ok(None) };
        return Ok(Some((vm.get_attr(&comparator, method)?, rest)));
    }
    let name = if is_reflected(method) { "reverse_operate" } else { "operate" };
    if class.native || !matches!(class.lookup(name), Some(Object::Function(_))) {
        return Ok(None);
    }
    let op = named(vm, &operator_name(method))?;
    rest.positional.insert(0, op);
    Ok(Some((vm.get_attr(this, name)?, rest)))
}

/// `ColumnElement.__getattr__`: what the type's comparator has.
pub(super) fn attribute(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let name = vm.str(&args.positional[1])?;
    if name.as_str().starts_with("__") {
        return Err(vm.attribute_error(&this, name.as_str()));
    }
    if let Some(found) = super::postgresql_methods::find(vm, &this, name.as_str())? {
        return Ok(found);
    }
    let mut comparator_name = "Comparator".to_string();
    if let Some(comparator) = own_comparator(vm, &this)? {
        if let Some(found) = vm.get_attr_opt(&comparator, name.as_str())? {
            return Ok(found);
        }
        comparator_name = vm.class_name(&comparator).as_str().to_string();
    }
    let message = format!(
        "Neither '{}' object nor '{comparator_name}' object has an attribute '{}'",
        vm.class_name(&this).as_str(),
        name.as_str()
    );
    Err(vm.error(&vm.exceptions.attribute_error.clone(), message))
}

/// What stands beside an expression under an operator; a bare value's type is
/// asked of a type of the program's that says so.
pub(super) fn operand_beside(vm: &mut Vm, expr: &Expr, op: &Operator, other: &Object) -> PyResult<Operand> {
    let sql_type = expr.sql_type();
    if !matches!(sql_type, SqlType::Decorated(_) | SqlType::Defined(_)) || to_expr(vm, other)?.is_some() {
        return operand(vm, other);
    }
    let object = type_object(vm, sql_type);
    let class = vm.class_of(&object);
    if other.is_none() || !overrides_method(vm, &class, "coerce_compared_value") {
        return operand(vm, other);
    }
    let op = operator_object(vm, op)?;
    let given = vm.call_method(&object, "coerce_compared_value", vec![op, other.clone()])?;
    let sql_type = require_sql_type(vm, &given)?;
    let value = to_value(vm, other)?;
    let bind = Bind { sql_type, ..Bind::unique(&expr.bind_key(), BindValue::One(value)) };
    Ok(Operand::Expr(Expr::from(bind)))
}
