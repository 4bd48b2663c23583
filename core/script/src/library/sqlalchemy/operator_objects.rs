//! Operators as Python objects: `operators.eq`, `custom_op`, an expression's
//! `operator`, and `operate()`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.operators`, whose functions are
//! written in Python in `python/operators.py`.

use std::rc::Rc;

use ormscope::sql::{CustomOperator, Expr, Kind, Modifiers, Operator, Pattern};

use super::comparators;
use super::expressions::{METHODS, OPERATORS, expr_object, require_expr};
use super::types::{to_sql_type, type_object};
use crate::builtins::Dict;
use crate::object::{Args, Class, NativeFn, Object, PyResult};
use crate::vm::Vm;

const MODULE: &str = "sqlalchemy.sql.operators";

/// A name of the module of operators.
pub(super) fn named(vm: &mut Vm, name: &str) -> PyResult<Object> {
    let module = vm.import(MODULE)?;
    vm.get_attr(&Object::Module(module), name)
}

/// The object that an operator is in a program.
pub(super) fn operator_object(vm: &mut Vm, op: &Operator) -> PyResult<Object> {
    let name = match op {
        Operator::Custom(custom) => return custom_object(vm, custom),
        Operator::Pattern(pattern) => pattern_name(*pattern),
        op => op.name().to_string(),
    };
    named(vm, &name)
}

fn pattern_name(pattern: Pattern) -> String {
    let word = match (pattern.before, pattern.after) {
        (true, true) => "contains",
        (false, _) => "startswith",
        _ => "endswith",
    };
    let not = if pattern.negated { "not_" } else { "" };
    let insensitive = if pattern.insensitive { "i" } else { "" };
    format!("{not}{insensitive}{word}_op")
}

fn custom_object(vm: &mut Vm, custom: &CustomOperator) -> PyResult<Object> {
    let class = named(vm, "custom_op")?;
    let return_type = custom.return_type.clone().map(|sql_type| type_object(vm, sql_type));
    let keyword = vec![
        (vm.intern("precedence"), Object::Int(custom.precedence.into())),
        (vm.intern("is_comparison"), Object::Bool(custom.is_comparison)),
        (vm.intern("natural_self_precedent"), Object::Bool(custom.natural_self_precedent)),
        (vm.intern("eager_grouping"), Object::Bool(custom.eager_grouping)),
        (vm.intern("return_type"), return_type.unwrap_or(Object::None)),
    ];
    vm.call(&class, Args { positional: vec![Object::str(&custom.text)], keyword })
}

/// The operator that a `custom_op` object is.
fn custom_of(vm: &mut Vm, object: &Object) -> PyResult<Option<Operator>> {
    let Object::Class(class) = named(vm, "custom_op")? else { return Ok(None) };
    if !vm.is_instance(object, &class) {
        return Ok(None);
    }
    let text = vm.get_attr(object, "opstring")?;
    let mut flag = |name: &str| -> PyResult<bool> {
        let value = vm.get_attr(object, name)?;
        vm.truthy(&value)
    };
    let (is_comparison, natural_self_precedent, eager_grouping) =
        (flag("is_comparison")?, flag("natural_self_precedent")?, flag("eager_grouping")?);
    let precedence = match vm.get_attr(object, "precedence")? {
        Object::Int(value) => i32::try_from(value).unwrap_or(i32::MAX),
        _ => 0,
    };
    let return_type = match vm.get_attr(object, "return_type")? {
        Object::None => None,
        given => to_sql_type(vm, &given)?,
    };
    Ok(Some(Operator::Custom(Rc::new(CustomOperator {
        text: vm.str(&text)?.as_str().into(),
        precedence,
        is_comparison,
        natural_self_precedent,
        eager_grouping,
        return_type,
    }))))
}

/// The operator that an object of the module of operators is.
pub(super) fn operator_of(vm: &mut Vm, object: &Object) -> PyResult<Option<Operator>> {
    if let Some(custom) = custom_of(vm, object)? {
        return Ok(Some(custom));
    }
    for op in PLAIN {
        if named(vm, op.name())?.is(object) {
            return Ok(Some(op.clone()));
        }
    }
    for bits in 0..16 {
        let flag = |bit: u8| bits & bit != 0;
        let pattern = Pattern { before: flag(1), after: flag(2), insensitive: flag(4), negated: flag(8) };
        if (pattern.before || pattern.after) && named(vm, &pattern_name(pattern))?.is(object) {
            return Ok(Some(Operator::Pattern(pattern)));
        }
    }
    Ok(None)
}

/// The operators that have one object each.
const PLAIN: &[Operator] = &[
    Operator::Add,
    Operator::Sub,
    Operator::Mul,
    Operator::TrueDiv,
    Operator::FloorDiv,
    Operator::Mod,
    Operator::Concat,
    Operator::Neg,
    Operator::BitwiseAnd,
    Operator::BitwiseOr,
    Operator::BitwiseXor,
    Operator::BitwiseNot,
    Operator::LeftShift,
    Operator::RightShift,
    Operator::Eq,
    Operator::Ne,
    Operator::Lt,
    Operator::Le,
    Operator::Gt,
    Operator::Ge,
    Operator::Is,
    Operator::IsNot,
    Operator::IsDistinct,
    Operator::IsNotDistinct,
    Operator::Like,
    Operator::NotLike,
    Operator::ILike,
    Operator::NotILike,
    Operator::In,
    Operator::NotIn,
    Operator::Between,
    Operator::NotBetween,
    Operator::Match,
    Operator::NotMatch,
    Operator::Regexp,
    Operator::NotRegexp,
    Operator::RegexpReplace,
    Operator::Collate,
    Operator::GetItem,
    Operator::JsonGetItem,
    Operator::JsonPathGetItem,
    Operator::And,
    Operator::Or,
    Operator::Not,
    Operator::Exists,
    Operator::Distinct,
    Operator::Any,
    Operator::All,
    Operator::Asc,
    Operator::Desc,
    Operator::NullsFirst,
    Operator::NullsLast,
    Operator::Comma,
    Operator::As,
    Operator::AsBoolean,
    Operator::Filter,
];

/// `Operators`: `operate()` and what it is made of.
pub(super) fn operators_class() -> Rc<Class> {
    Class::builder("Operators")
        .module(MODULE)
        .method("operate", |vm, args| operate(vm, args, false))
        .method("reverse_operate", |vm, args| operate(vm, args, true))
        .build()
}

/// `ColumnOperators`: Python's operators and the methods that are operators.
pub(super) fn column_operators_class(base: &Rc<Class>) -> Rc<Class> {
    let mut builder = Class::builder("ColumnOperators").module(MODULE).base(base);
    for (name, call) in OPERATORS.iter().chain(METHODS) {
        let (name, call): (&'static str, NativeFn) = (name, *call);
        builder = builder.closure(name, move |vm, args| match comparators::replaced(vm, name, &args)? {
            Some((method, args)) => vm.call(&method, args),
            None => call(vm, args),
        });
    }
    builder
        .method("__hash__", |_, args| {
            let address = args.positional[0].address().unwrap_or_default();
            Ok(Object::Int((address >> 4) as i64))
        })
        .build()
}

/// `expression.operate(op, *other, **modifiers)`: the operator is called with the
/// expression, which comes back here as the method that it stands for.
fn operate(vm: &mut Vm, mut args: Args, reversed: bool) -> PyResult<Object> {
    if args.positional.len() < 2 {
        let name = if reversed { "reverse_operate" } else { "operate" };
        return Err(
            vm.type_error(format!("ColumnElement.{name}() missing 1 required positional argument: 'op'"))
        );
    }
    let (this, op) = (args.positional.remove(0), args.positional.remove(0));
    if let Some(custom @ Operator::Custom(_)) = custom_of(vm, &op)? {
        args.positional.insert(0, this);
        return match reversed {
            false => super::expressions::operate(vm, args, custom),
            true => super::expressions::operate_reversed(vm, args, custom),
        };
    }
    // A comparator's own `operate()` may have asked for this one.
    let own = Rc::clone(&super::classes(vm).comparator);
    let this = if vm.is_instance(&this, &own) { comparators::plain(vm, &this)? } else { this };
    args.positional.insert(if reversed { args.positional.len().min(1) } else { 0 }, this);
    vm.call(&op, args)
}

/// The name under which the module of operators has what a method stands for.
pub(super) fn operator_name(method: &str) -> String {
    match method {
        "__and__" | "__rand__" => "and_".into(),
        "__or__" | "__ror__" => "or_".into(),
        "__invert__" => "inv".into(),
        "is_" | "is_not" | "is_distinct_from" | "is_not_distinct_from" | "collate" => method.into(),
        "isnot" => "is_not".into(),
        "isnot_distinct_from" => "is_not_distinct_from".into(),
        "in_" => "in_op".into(),
        "notin_" => "not_in_op".into(),
        "any_" => "any_op".into(),
        "all_" => "all_op".into(),
        "notlike" => "not_like_op".into(),
        "notilike" => "not_ilike_op".into(),
        "nullsfirst" => "nulls_first_op".into(),
        "nullslast" => "nulls_last_op".into(),
        _ => match method.strip_prefix("__").and_then(|name| name.strip_suffix("__")) {
            Some(name) => {
                let plain = name.strip_prefix('r').filter(|_| is_reflected(method));
                plain.unwrap_or(name).to_string()
            }
            None => format!("{method}_op"),
        },
    }
}

/// Whether a method is that of a right operand.
pub(super) fn is_reflected(method: &str) -> bool {
    method.starts_with("__r") && method != "__rshift__"
}

/// `expression.operator`
pub(super) fn operator(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    match expr.kind() {
        Kind::Binary { op, .. } | Kind::List { op, .. } => operator_object(vm, op),
        Kind::Unary { op, .. } if !op.is_order_modifier() => operator_object(vm, op),
        Kind::Unary { .. } => Ok(Object::None),
        Kind::AsBoolean { negated, .. } => named(vm, if *negated { "is_false" } else { "is_true" }),
        Kind::Case { .. } | Kind::Cast { .. } | Kind::Grouping(_) | Kind::Label { .. } => {
            missing(vm, &args, "operator")
        }
        _ => missing(vm, &args, "operator"),
    }
}

/// `expression.modifier`: how an ORDER BY sorts.
pub(super) fn modifier(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    match expr.kind() {
        Kind::Unary { op, .. } if op.is_order_modifier() => operator_object(vm, op),
        Kind::Unary { .. } | Kind::AsBoolean { .. } => Ok(Object::None),
        _ => missing(vm, &args, "modifier"),
    }
}

/// `expression.negate`: the operator that says the opposite.
pub(super) fn negate(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    match expr.kind() {
        Kind::Binary { negation: Some(negation), .. } => operator_object(vm, negation),
        Kind::Binary { .. } | Kind::Unary { .. } => Ok(Object::None),
        Kind::AsBoolean { negated, .. } => named(vm, if *negated { "is_true" } else { "is_false" }),
        _ => missing(vm, &args, "negate"),
    }
}

/// `expression.modifiers`
pub(super) fn modifiers(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    let Kind::Binary { modifiers, op, .. } = expr.kind() else { return missing(vm, &args, "modifiers") };
    let Modifiers { escape, flags, symmetric, options } = modifiers;
    let mut pairs: Vec<(crate::object::Name, Object)> = Vec::new();
    let text = |text: &Option<Rc<str>>| text.as_ref().map_or(Object::None, Object::str);
    if escape.is_some() || matches!(op, Operator::Pattern(_)) {
        pairs.push((vm.intern("escape"), text(escape)));
    }
    match op {
        Operator::Regexp | Operator::NotRegexp | Operator::RegexpReplace => {
            pairs.push((vm.intern("flags"), text(flags)));
        }
        Operator::Between | Operator::NotBetween => {
            pairs.push((vm.intern("symmetric"), Object::Bool(*symmetric)));
        }
        _ => {}
    }
    for (name, value) in options {
        pairs.push((vm.intern(name), Object::str(value)));
    }
    Ok(Dict::from_names(pairs))
}

fn missing(vm: &mut Vm, args: &Args, name: &str) -> PyResult<Object> {
    Err(vm.attribute_error(&args.positional[0], name))
}

/// `array.any(value, operator=…)`: the operator between the value and ANY.
pub(super) fn collection(vm: &mut Vm, mut args: Args, op: Operator) -> PyResult<Object> {
    let operator = args.take_keyword("operator").or_else(|| args.positional.get(2).cloned());
    let operator = match operator {
        Some(given) if !given.is_none() => operator_of(vm, &given)?.unwrap_or(Operator::Eq),
        _ => Operator::Eq,
    };
    let array = require_expr(vm, &args.positional[0])?;
    let Some(other) = args.positional.get(1) else {
        return Err(vm.type_error(format!(
            "{}() missing 1 required positional argument: 'other'",
            op.name().trim_end_matches("_op")
        )));
    };
    // The value has the type of the array's items.
    let right = array.unary(op);
    let other = match super::operands::to_expr(vm, other)? {
        Some(expr) => expr,
        None => {
            let value = super::values::to_value(vm, other)?;
            let item = array.sql_type().described().item("item_type").cloned();
            Expr::bind(&array.bind_key(), value, item.unwrap_or_default())
        }
    };
    let modifiers = Modifiers::default();
    let sql_type = ormscope::types::SqlType::Boolean;
    Ok(expr_object(vm, Expr::binary_of(other, operator, right, None, modifiers, sql_type)))
}
