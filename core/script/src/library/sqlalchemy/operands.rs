//! Python objects as operands and clauses: what SQLAlchemy's coercions accept.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.coercions`.

use std::rc::Rc;

use ormscope::sql::{ColumnRef, Expr, ExpressionError, From, Kind, Operand, Select};
use ormscope::types::SqlType;

use super::arguments::items;
use super::expressions::{ExprData, TextData};
use super::program_elements::{self, ProgramData};
use super::values::to_value;
use super::{attributes, errors, froms, peek, schema, select};
use crate::object::{Args, Object, PyResult, Unwind};
use crate::vm::Vm;

/// The expression that an object is, or nothing for a plain value.
pub(super) fn to_expr(vm: &mut Vm, object: &Object) -> PyResult<Option<Expr>> {
    if let Some(data) = object.native::<ExprData>() {
        return schema::unnamed::resolved(vm, &data.expr).map(Some);
    }
    if !matches!(object, Object::Instance(_) | Object::Class(_)) {
        return Ok(None);
    }
    if let Some(data) = object.native::<ProgramData>() {
        let column = super::classes(vm).column_element.clone();
        return match vm.is_instance(object, &column) {
            true => program_elements::to_expr(vm, object, &data).map(Some),
            false => Ok(None),
        };
    }
    if let Some(column) = object.native::<schema::ColumnObject>() {
        return match column.id.get() {
            Some(id) => peek(vm, |orm| Some(Expr::column(&orm.schema, id))),
            None => {
                let stand_in = schema::unnamed::stand_in(vm, object);
                let definition = column.definition.borrow();
                let name: Rc<str> = stand_in.as_ref().unwrap_or(&definition.name).as_str().into();
                Ok(Some(Expr::from(ColumnRef {
                    from: None,
                    name: ormscope::sql::Name::Fixed(name),
                    key: definition.key.as_str().into(),
                    sql_type: definition.sql_type.clone(),
                    base: None,
                    again: 0,
                    notes: None,
                    quote: None,
                })))
            }
        };
    }
    if let Some(text) = object.native::<TextData>() {
        return Ok(Some(Expr::new(Kind::Text(Rc::clone(&text.statement)))));
    }
    if let Some(expr) = attributes::attribute_expr(vm, object)? {
        return Ok(Some(expr));
    }
    if let Some(select) = select::as_select(vm, object)? {
        return Ok(Some(select.scalar()));
    }
    match vm.get_attr_opt(object, "__clause_element__")? {
        Some(method) if object.as_instance().is_some() => {
            let element = vm.call(&method, Args::default())?;
            to_expr(vm, &element)
        }
        _ => Ok(None),
    }
}

/// The expression that an object is; a plain value is bound.
pub(super) fn require_expr(vm: &mut Vm, object: &Object) -> PyResult<Expr> {
    named_expr(vm, object, "param")
}

/// The same, with the name from which a bound value's is made.
pub(super) fn named_expr(vm: &mut Vm, object: &Object, key: &str) -> PyResult<Expr> {
    if let Some(expr) = to_expr(vm, object)? {
        return Ok(expr);
    }
    if let Some(select) = implied_scalar(object) {
        return Ok(select);
    }
    if let Some(from) = froms::to_from(vm, object)? {
        return Err(not_a_value(vm, "SQL expression element", object, &from));
    }
    let value = to_value(vm, object)?;
    Ok(if value.is_null() { Expr::null() } else { Expr::bind(key, value, SqlType::Null) })
}

/// What stands beside an expression under an operator.
pub(super) fn operand(vm: &mut Vm, object: &Object) -> PyResult<Operand> {
    if let Some(select) = implied_scalar(object) {
        return Ok(Operand::Expr(select));
    }
    Ok(match to_expr(vm, object)? {
        Some(expr) => Operand::Expr(expr),
        None => {
            if let Some(from) = froms::to_from(vm, object)? {
                return Err(not_a_value(vm, "SQL expression element or literal value", object, &from));
            }
            Operand::Value(to_value(vm, object)?)
        }
    })
}

/// A subquery in the place of a value is taken for the select that it is of.
fn implied_scalar(object: &Object) -> Option<Expr> {
    let data = object.native::<froms::FromData>()?;
    match &data.from {
        From::Alias(alias) if alias.is_subquery() => alias.select().map(Select::scalar),
        _ => None,
    }
}

/// The error of an element of FROM in the place of a value.
fn not_a_value(vm: &mut Vm, what: &str, object: &Object, from: &From) -> Unwind {
    let advice = match from {
        From::Values(_) => {
            "To create a column expression from a VALUES clause, use the .scalar_values() method."
        }
        _ => {
            "To create a column expression from a FROM clause row as a whole, use the .table_valued() method."
        }
    };
    match vm.repr(object) {
        Ok(repr) => {
            let message = format!("{what} expected, got {}. {advice}", repr.as_str());
            errors::error(vm, "ArgumentError", message)
        }
        Err(unwind) => unwind,
    }
}

/// The condition that an object is, as WHERE takes it.
pub(super) fn require_condition(vm: &mut Vm, object: &Object) -> PyResult<Expr> {
    match object {
        Object::Bool(value) => Ok(Expr::constant(*value)),
        Object::None => Ok(Expr::null()),
        Object::Str(text) => Err(textual(vm, text.as_str())),
        other => match to_expr(vm, other)?.or_else(|| implied_scalar(other)) {
            Some(expr) => Ok(expr),
            None if super::lambdas::is_function(other) => {
                let made = vm.call(other, Args::default())?;
                require_condition(vm, &made)
            }
            None => Err(expected(vm, "SQL expression for WHERE/HAVING role", other)),
        },
    }
}

/// The condition that an object is, as a join takes it.
pub(super) fn require_on(vm: &mut Vm, object: &Object) -> PyResult<Expr> {
    match object {
        Object::Str(_) | Object::Int(_) | Object::Float(_) | Object::BigInt(_) => {
            Err(expected(vm, "ON clause, typically a SQL expression or ORM relationship attribute", object))
        }
        other => require_condition(vm, other),
    }
}

/// Conditions from the arguments of `where()`, `filter()`.
pub(super) fn conditions(vm: &mut Vm, objects: &[Object]) -> PyResult<Vec<Expr>> {
    objects.iter().map(|object| require_condition(vm, object)).collect()
}

/// Expressions for ORDER BY: strings name columns and labels.
pub(super) fn ordering(vm: &mut Vm, objects: &[Object]) -> PyResult<Vec<Expr>> {
    by(vm, objects, "ORDER BY expression")
}

/// The same for GROUP BY.
pub(super) fn grouping(vm: &mut Vm, objects: &[Object]) -> PyResult<Vec<Expr>> {
    by(vm, objects, "GROUP BY expression")
}

/// The same for whatever else is said to be BY or OF something.
pub(super) fn by_or_of(vm: &mut Vm, objects: &[Object]) -> PyResult<Vec<Expr>> {
    by(vm, objects, "GROUP BY / OF / etc. expression")
}

fn by(vm: &mut Vm, objects: &[Object], role: &str) -> PyResult<Vec<Expr>> {
    let legacy = peek(vm, |orm| orm.legacy)?;
    let mut exprs = Vec::new();
    for object in objects {
        let several = if legacy { items(vm, object)? } else { vec![object.clone()] };
        for item in several {
            exprs.push(match &item {
                Object::Str(text) => Expr::new(Kind::NameReference(text.as_str().into())),
                Object::None => Expr::null(),
                Object::Bool(value) => Expr::constant(*value),
                other => match to_expr(vm, other)? {
                    Some(expr) => expr,
                    None => {
                        return Err(expected(vm, role, other));
                    }
                },
            });
        }
    }
    Ok(exprs)
}

/// The error of an object that is not what is expected.
pub(super) fn expected(vm: &mut Vm, what: &str, object: &Object) -> Unwind {
    match vm.repr(object) {
        Ok(repr) => errors::error(vm, "ArgumentError", format!("{what} expected, got {}.", repr.as_str())),
        Err(unwind) => unwind,
    }
}

/// The error of a string that is not taken as SQL.
pub(super) fn textual(vm: &mut Vm, text: &str) -> Unwind {
    let shown = if text.chars().count() > 60 {
        format!("{}...", text.chars().take(57).collect::<String>())
    } else {
        text.to_string()
    };
    let repr = ormscope::types::python_str(&shown);
    errors::error(
        vm,
        "ArgumentError",
        format!("Textual SQL expression {repr} should be explicitly declared as text({repr})"),
    )
}

/// An error of building an expression as a Python exception.
pub(super) fn refused(vm: &mut Vm, error: ExpressionError) -> Unwind {
    let text = error.to_string();
    match error {
        ExpressionError::Argument(_) => errors::error(vm, "ArgumentError", text),
        ExpressionError::InvalidRequest(_) => errors::error(vm, "InvalidRequestError", text),
        ExpressionError::Unsupported(_) => vm.error(&vm.exceptions.not_implemented_error.clone(), text),
    }
}
