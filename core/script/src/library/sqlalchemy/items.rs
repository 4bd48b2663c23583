//! What stands in brackets, and what only values with items have: JSON, arrays, HSTORE.
//!
//! SQLAlchemy counterpart: the comparators of `JSON`, `ARRAY` and `HSTORE`.

use ormscope::sql::{Expr, Kind, Modifiers, Operator};
use ormscope::types::{Family, SpecificType, SqlType, TypeClass, Value};

use super::errors;
use super::expressions::{expr_object, require_expr, to_expr, unsupported};
use super::operands::{operand, refused};
use super::values::to_value;
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// `x[y]`, where the type has items.
pub(super) fn item(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this, index] = &args.positional[..] else { return Ok(Object::None) };
    let expr = require_expr(vm, this)?;
    let sql_type = expr.sql_type();
    let described = sql_type.described().into_owned();
    match described.class.family {
        Family::Json => json_item(vm, &expr, index),
        Family::Array => array_item(vm, &expr, &described, index),
        _ if described.class.name == "HSTORE" => {
            let index = operand(vm, index)?;
            let right = expr.beside(index);
            let text = described.item("text_type").cloned().unwrap_or(SqlType::Text);
            let negation = None;
            let op = super::postgresql_methods::operator("->", Some(text.clone()));
            Ok(expr_object(vm, Expr::binary_of(expr, op, right, negation, Modifiers::default(), text)))
        }
        _ => unsupported(vm, "getitem"),
    }
}

/// The type of what stands in the brackets of a JSON value.
pub(super) fn index_type(name: &str) -> SqlType {
    TypeClass::find("", name).map_or(SqlType::Null, |class| SqlType::of_class(SpecificType::new(class)))
}

fn json_item(vm: &mut Vm, expr: &Expr, index: &Object) -> PyResult<Object> {
    let (op, right) = match index {
        Object::Tuple(_) | Object::List(_) => {
            let value = to_value(vm, index)?;
            (Operator::JsonPathGetItem, Expr::bind(&expr.bind_key(), value, index_type("JSONPathType")))
        }
        Object::Int(number) => {
            let bound = Expr::bind(&expr.bind_key(), Value::Int(*number), index_type("JSONIntIndexType"));
            (Operator::JsonGetItem, bound)
        }
        other => match to_expr(vm, other)? {
            Some(right) => (Operator::JsonGetItem, right),
            None => {
                let value = to_value(vm, other)?;
                (Operator::JsonGetItem, Expr::bind(&expr.bind_key(), value, index_type("JSONStrIndexType")))
            }
        },
    };
    let sql_type = expr.sql_type();
    Ok(expr_object(vm, Expr::binary_of(expr.clone(), op, right, None, Modifiers::default(), sql_type)))
}

fn array_item(vm: &mut Vm, expr: &Expr, described: &SpecificType, index: &Object) -> PyResult<Object> {
    let zero = described.flag("zero_indexes");
    // The ends of a slice are named after a key, which a function does not have.
    let key = match (index, expr.kind()) {
        (Object::Slice(_), Kind::Function(_)) => "param".into(),
        _ => expr.bind_key(),
    };
    let bound = |vm: &mut Vm, object: &Object, shift: bool| -> PyResult<Expr> {
        Ok(match object {
            Object::Int(number) => {
                let number = number + i64::from(shift && zero);
                Expr::bind(&key, Value::Int(number), SqlType::Integer)
            }
            other => require_expr(vm, other)?,
        })
    };
    if let Object::Slice(bounds) = index {
        let start = bound(vm, &bounds.start, true)?;
        let stop = bound(vm, &bounds.stop, true)?;
        let right = Expr::new(Kind::Slice { start, stop });
        let sql_type = expr.sql_type();
        let op = Operator::GetItem;
        return Ok(expr_object(
            vm,
            Expr::binary_of(expr.clone(), op, right, None, Modifiers::default(), sql_type),
        ));
    }
    let right = bound(vm, index, true)?;
    let dimensions = described.number("dimensions");
    let sql_type = match dimensions {
        None | Some(0 | 1) => described.item("item_type").cloned().unwrap_or_default(),
        Some(more) => SqlType::of_class(
            described.clone().with("dimensions", ormscope::types::TypeArgument::Int(i64::from(more) - 1)),
        ),
    };
    let op = Operator::GetItem;
    Ok(expr_object(vm, Expr::binary_of(expr.clone(), op, right, None, Modifiers::default(), sql_type)))
}

/// `col['key'].as_string()`
pub(super) fn json_as(vm: &mut Vm, args: Args, name: &str, sql_type: SqlType) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    match expr.kind() {
        Kind::Binary {
            left,
            op: op @ (Operator::JsonGetItem | Operator::JsonPathGetItem),
            right,
            modifiers,
            ..
        } => {
            if name == "as_json" {
                return Ok(expr_object(vm, expr.clone()));
            }
            let modifiers = modifiers.clone();
            let made = Expr::binary_of(left.clone(), op.clone(), right.clone(), None, modifiers, sql_type);
            Ok(expr_object(vm, made))
        }
        _ if expr.sql_type().described().class.family == Family::Json => Err(errors::error(
            vm,
            "InvalidRequestError",
            format!(
                "The JSON cast operator JSON.{name}() only works with a JSON index expression e.g. col['q'].{name}()"
            ),
        )),
        _ => Err(vm.attribute_error(&args.positional[0], name)),
    }
}

/// An operator of PostgreSQL's arrays, JSONB and HSTORE.
pub(super) fn array_operator(vm: &mut Vm, args: Args, text: &str) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    let described = expr.sql_type().described().into_owned();
    let known = matches!(described.class.family, Family::Array | Family::Json)
        || described.class.package == "postgresql";
    let Some(other) = args.positional.get(1).filter(|_| known) else {
        return Err(vm.attribute_error(&args.positional[0], text));
    };
    let operator = super::postgresql_methods::operator(text, Some(SqlType::Boolean));
    let other = operand(vm, other)?;
    match expr.operate(operator, other, Modifiers::default()) {
        Ok(expr) => Ok(expr_object(vm, expr)),
        Err(error) => Err(refused(vm, error)),
    }
}
