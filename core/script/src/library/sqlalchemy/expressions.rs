//! `ColumnElement`: Python's operators as SQL's, and the classes of expressions.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use ormscope::sql::compiler::Dialect;
use ormscope::sql::{CustomOperator, Expr, From, Kind, Modifiers, Operand, Operator, Pattern, Statement};
use ormscope::types::{Family, SpecificType, SqlType, TypeClass, Value};

pub(super) use super::operands::{conditions, ordering, require_condition, require_expr, to_expr};

use super::operands::{operand, refused};
use super::types::require_sql_type;
use super::values::to_value;
use super::{attributes, classes, comparators, compiled, elements, errors, operator_objects, printing};
use crate::object::{Args, Class, Instance, NativeFn, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// The native data of an expression object.
pub(super) struct ExprData {
    /// The expression.
    pub(super) expr: Expr,
}

/// The native data of `text()`.
pub(super) struct TextData {
    /// The text with its binds.
    pub(super) statement: Rc<ormscope::sql::TextStatement>,
}

/// The base of everything that is a column expression. It has no attributes but
/// methods, as the program's own classes of expressions have what they want.
pub(super) fn column_element_class(operators: &Rc<Class>, clause: &Rc<Class>) -> Rc<Class> {
    Class::builder("ColumnElement")
        .module("sqlalchemy.sql.elements")
        .base(operators)
        .base(clause)
        .method("__bool__", boolean_value)
        .method("__str__", |vm, args| {
            let expr = require_expr(vm, &args.positional[0])?;
            let text = printing::expression_text(vm, &expr, Dialect::Default)?;
            Ok(Object::str(text))
        })
        .method("compile", compiled::compile_statement)
        .method("__getattr__", super::comparators::attribute)
        .build()
}

/// The base of the library's own classes of expressions.
pub(super) fn known_element_class(base: &Rc<Class>) -> Rc<Class> {
    let mut builder = Class::builder("ColumnElement").module("sqlalchemy.sql.elements").base(base);
    for (name, get) in elements::GETTERS {
        builder = builder.getter(name, *get);
    }
    for (name, call) in elements::METHODS {
        builder = builder.method(name, *call);
    }
    builder
        .method("__hash__", |_, args| {
            // Two objects of one column or bind are one key.
            if let Some(data) = args.positional[0].native::<ExprData>() {
                let mut hasher = rustc_hash::FxHasher::default();
                data.expr.identity().hash(&mut hasher);
                return Ok(Object::Int((hasher.finish() >> 4) as i64));
            }
            let address = args.positional[0].address().unwrap_or_default();
            Ok(Object::Int((address >> 4) as i64))
        })
        .method("__iter__", |vm, args| {
            let expr = require_expr(vm, &args.positional[0])?;
            match expr.kind() {
                Kind::List { items, .. } | Kind::Tuple(items) | Kind::Array { items, .. } => {
                    let items = items.iter().map(|item| expr_object(vm, item.clone())).collect();
                    vm.iter(&Object::list(items))
                }
                _ => unsupported(vm, &args, "getitem"),
            }
        })
        .method("__len__", |vm, args| {
            let expr = require_expr(vm, &args.positional[0])?;
            match expr.kind() {
                Kind::List { items, .. } | Kind::Tuple(items) => Ok(Object::Int(items.len() as i64)),
                _ => {
                    let class = vm.class_name(&args.positional[0]);
                    Err(vm.type_error(format!("object of type '{}' has no len()", class.as_str())))
                }
            }
        })
        .getter("comparator", super::comparators::comparator)
        .getter("operator", operator_objects::operator)
        .getter("modifier", operator_objects::modifier)
        .getter("negate", operator_objects::negate)
        .getter("modifiers", operator_objects::modifiers)
        .property("value", elements::value, |vm, args| {
            let name = vm.intern(super::visitors::SET_VALUE);
            vm.set_attr(&args.positional[0], &name, args.positional[1].clone())?;
            Ok(Object::None)
        })
        .build()
}

/// The class of `exists()`, whose criteria can be added to.
pub(super) fn exists_class(base: &Rc<Class>) -> Rc<Class> {
    fn regroup(vm: &mut Vm, args: Args, name: &str) -> PyResult<Object> {
        let expr = require_expr(vm, &args.positional[0])?;
        let Kind::Unary { operand, .. } = expr.kind() else { return Ok(Object::None) };
        let Kind::Subquery(select) = operand.kind() else { return Ok(Object::None) };
        let inner = super::select::plain_object(vm, (**select).clone());
        let positional = args.positional[1..].to_vec();
        let method = vm.get_attr(&inner, name)?;
        let changed = vm.call(&method, Args { positional, keyword: args.keyword })?;
        match super::select::as_select(vm, &changed)? {
            Some(select) => Ok(expr_object(vm, Expr::exists(&select))),
            None => Ok(changed),
        }
    }
    Class::builder("Exists")
        .module("sqlalchemy.sql.selectable")
        .base(base)
        .method("where", |vm, args| regroup(vm, args, "where"))
        .method("select_from", |vm, args| regroup(vm, args, "select_from"))
        .method("correlate", |vm, args| regroup(vm, args, "correlate"))
        .method("correlate_except", |vm, args| regroup(vm, args, "correlate_except"))
        .method("select", |vm, args| super::select::select(vm, Args::positional(args.positional)))
        .build()
}

/// The class of a select as a value, whose criteria can be added to.
pub(super) fn scalar_select_class(base: &Rc<Class>) -> Rc<Class> {
    fn change(vm: &mut Vm, args: Args, name: &str) -> PyResult<Object> {
        let expr = require_expr(vm, &args.positional[0])?;
        let Kind::Subquery(select) = expr.kind() else { return Ok(Object::None) };
        let inner = super::select::plain_object(vm, (**select).clone());
        let changed = vm.call_method(&inner, name, args.positional[1..].to_vec())?;
        match super::select::as_select(vm, &changed)? {
            Some(select) => Ok(expr_object(vm, select.scalar())),
            None => Ok(changed),
        }
    }
    fn no_columns(vm: &mut Vm, _: Args) -> PyResult<Object> {
        let message = "Scalar Select expression has no columns; use this object directly within a column-level expression.";
        Err(errors::error(vm, "InvalidRequestError", message))
    }
    Class::builder("ScalarSelect")
        .module("sqlalchemy.sql.selectable")
        .base(base)
        .getter("c", no_columns)
        .getter("columns", no_columns)
        .method("where", |vm, args| change(vm, args, "where"))
        .method("correlate", |vm, args| change(vm, args, "correlate"))
        .method("correlate_except", |vm, args| change(vm, args, "correlate_except"))
        .build()
}

/// A kind of expression, for `isinstance` and `repr`.
pub(super) fn subclass(name: &str, base: &Rc<Class>) -> Rc<Class> {
    Class::builder(name).module("sqlalchemy.sql.elements").base(base).build()
}

macro_rules! operator {
    ($op:expr) => {
        |vm, args| operate(vm, args, $op)
    };
    (reflected $op:expr) => {
        |vm, args| operate_reversed(vm, args, $op)
    };
}

macro_rules! pattern {
    ($before:expr, $after:expr, $insensitive:expr) => {
        |vm, args| {
            let (before, after, insensitive) = ($before, $after, $insensitive);
            surrounded(vm, args, Pattern { before, after, insensitive, negated: false })
        }
    };
}

macro_rules! one_sided {
    ($op:expr) => {
        |vm, args| {
            let expr = require_expr(vm, &args.positional[0])?;
            Ok(expr_object(vm, expr.unary($op)))
        }
    };
}

pub(super) const OPERATORS: &[(&str, NativeFn)] = &[
    ("__eq__", operator!(Operator::Eq)),
    ("__ne__", operator!(Operator::Ne)),
    ("__lt__", operator!(Operator::Lt)),
    ("__le__", operator!(Operator::Le)),
    ("__gt__", operator!(Operator::Gt)),
    ("__ge__", operator!(Operator::Ge)),
    ("__add__", operator!(Operator::Add)),
    ("__radd__", operator!(reflected Operator::Add)),
    ("__sub__", operator!(Operator::Sub)),
    ("__rsub__", operator!(reflected Operator::Sub)),
    ("__mul__", operator!(Operator::Mul)),
    ("__rmul__", operator!(reflected Operator::Mul)),
    ("__truediv__", operator!(Operator::TrueDiv)),
    ("__rtruediv__", operator!(reflected Operator::TrueDiv)),
    ("__floordiv__", operator!(Operator::FloorDiv)),
    ("__rfloordiv__", operator!(reflected Operator::FloorDiv)),
    ("__mod__", operator!(Operator::Mod)),
    ("__rmod__", operator!(reflected Operator::Mod)),
    ("__pow__", |vm, args| power(vm, args, false)),
    ("__rpow__", |vm, args| power(vm, args, true)),
    ("__lshift__", |vm, args| unsupported(vm, &args, "lshift")),
    ("__rshift__", |vm, args| unsupported(vm, &args, "rshift")),
    ("__matmul__", |vm, args| unsupported(vm, &args, "matmul")),
    ("__contains__", |vm, args| unsupported(vm, &args, "contains")),
    ("__and__", |vm, args| combine(vm, args, Operator::And)),
    ("__rand__", |vm, args| combine_reversed(vm, args, Operator::And)),
    ("__or__", |vm, args| combine(vm, args, Operator::Or)),
    ("__ror__", |vm, args| combine_reversed(vm, args, Operator::Or)),
    ("__invert__", |vm, args| {
        let expr = require_expr(vm, &args.positional[0])?;
        Ok(expr_object(vm, expr.negate()))
    }),
    ("__neg__", one_sided!(Operator::Neg)),
    ("__getitem__", item),
];

pub(super) const METHODS: &[(&str, NativeFn)] = &[
    ("is_", operator!(Operator::Is)),
    ("is_not", operator!(Operator::IsNot)),
    ("isnot", operator!(Operator::IsNot)),
    ("is_distinct_from", operator!(Operator::IsDistinct)),
    ("is_not_distinct_from", operator!(Operator::IsNotDistinct)),
    ("isnot_distinct_from", operator!(Operator::IsNotDistinct)),
    ("regexp_match", |vm, args| regexp(vm, args)),
    ("regexp_replace", regexp_replace),
    ("match", match_),
    ("matches", match_),
    ("collate", collate),
    ("bitwise_and", operator!(Operator::BitwiseAnd)),
    ("bitwise_or", operator!(Operator::BitwiseOr)),
    ("bitwise_xor", operator!(Operator::BitwiseXor)),
    ("bitwise_lshift", operator!(Operator::LeftShift)),
    ("bitwise_rshift", operator!(Operator::RightShift)),
    ("bitwise_not", one_sided!(Operator::BitwiseNot)),
    ("concat", operator!(Operator::Concat)),
    ("in_", |vm, args| member(vm, args, Operator::In)),
    ("not_in", |vm, args| member(vm, args, Operator::NotIn)),
    ("notin_", |vm, args| member(vm, args, Operator::NotIn)),
    ("like", operator!(Operator::Like)),
    ("not_like", operator!(Operator::NotLike)),
    ("notlike", operator!(Operator::NotLike)),
    ("ilike", operator!(Operator::ILike)),
    ("not_ilike", operator!(Operator::NotILike)),
    ("notilike", operator!(Operator::NotILike)),
    ("startswith", pattern!(false, true, false)),
    ("endswith", pattern!(true, false, false)),
    ("contains", pattern!(true, true, false)),
    ("istartswith", pattern!(false, true, true)),
    ("iendswith", pattern!(true, false, true)),
    ("icontains", pattern!(true, true, true)),
    ("between", between),
    ("desc", one_sided!(Operator::Desc)),
    ("asc", one_sided!(Operator::Asc)),
    ("nulls_first", one_sided!(Operator::NullsFirst)),
    ("nulls_last", one_sided!(Operator::NullsLast)),
    ("nullsfirst", one_sided!(Operator::NullsFirst)),
    ("nullslast", one_sided!(Operator::NullsLast)),
    ("distinct", one_sided!(Operator::Distinct)),
    ("any", |vm, args| array_collection(vm, args, Operator::Any)),
    ("all", |vm, args| array_collection(vm, args, Operator::All)),
    ("any_", one_sided!(Operator::Any)),
    ("all_", one_sided!(Operator::All)),
    ("label", |vm, args| {
        let expr = require_expr(vm, &args.positional[0])?;
        let name = args.positional.get(1).map(crate::builtins::base);
        let name = name.and_then(Object::as_str).map(str::to_string);
        Ok(expr_object(vm, expr.label(name.as_deref())))
    }),
    ("cast", |vm, args| {
        let expr = require_expr(vm, &args.positional[0])?;
        let sql_type = require_sql_type(vm, &args.positional[1])?;
        Ok(expr_object(vm, expr.cast(sql_type)))
    }),
    ("op", |vm, args| custom_operator(vm, args, false)),
    ("bool_op", |vm, args| custom_operator(vm, args, true)),
    ("self_group", |vm, mut args| {
        let against = args.take_keyword("against").or_else(|| args.positional.get(1).cloned());
        let against = match against {
            Some(given) if !given.is_none() => operator_objects::operator_of(vm, &given)?,
            _ => None,
        };
        let expr = require_expr(vm, &args.positional[0])?;
        let grouped = expr.grouped(against.as_ref());
        if grouped.is(&expr) {
            return Ok(args.positional[0].clone());
        }
        Ok(expr_object(vm, grouped))
    }),
    ("compare", |vm, args| {
        let (own, other) = (require_expr(vm, &args.positional[0])?, to_expr(vm, &args.positional[1])?);
        let same = other.is_some_and(|other| alike(&own, &other));
        Ok(Object::Bool(same))
    }),
    ("as_string", |vm, args| json_as(vm, args, "as_string", SqlType::Unicode { length: None })),
    ("as_integer", |vm, args| json_as(vm, args, "as_integer", SqlType::Integer)),
    ("as_float", |vm, args| json_as(vm, args, "as_float", SqlType::Float { precision: None })),
    ("as_boolean", |vm, args| json_as(vm, args, "as_boolean", SqlType::Boolean)),
    ("as_json", |vm, args| json_as(vm, args, "as_json", SqlType::Json)),
    ("as_numeric", |vm, args| {
        let number = |at: usize| match args.positional.get(at) {
            Some(Object::Int(value)) => u32::try_from(*value).ok(),
            _ => None,
        };
        let sql_type = SqlType::Numeric { precision: number(1), scale: number(2) };
        json_as(vm, args, "as_numeric", sql_type)
    }),
    ("astext", |vm, args| json_as(vm, args, "astext", SqlType::Text)),
    ("has_key", |vm, args| array_operator(vm, args, "?")),
    ("has_all", |vm, args| array_operator(vm, args, "?&")),
    ("has_any", |vm, args| array_operator(vm, args, "?|")),
    ("contained_by", |vm, args| array_operator(vm, args, "<@")),
    ("overlap", |vm, args| array_operator(vm, args, "&&")),
    ("overlaps", |vm, args| array_operator(vm, args, "&&")),
];

/// What is added to an operator by keyword arguments.
fn modifiers(vm: &mut Vm, args: &mut Args) -> PyResult<Modifiers> {
    let text = |object: Option<Object>| object.and_then(|text| text.as_str().map(Rc::from));
    let mut modifiers = Modifiers {
        escape: text(args.take_keyword("escape")),
        flags: text(args.take_keyword("flags")),
        symmetric: match args.take_keyword("symmetric") {
            Some(flag) => vm.truthy(&flag)?,
            None => false,
        },
        options: Vec::new(),
    };
    for (name, value) in std::mem::take(&mut args.keyword) {
        let value = vm.str(&value)?;
        modifiers.options.push((name.as_str().into(), value.as_str().into()));
    }
    Ok(modifiers)
}

pub(super) fn operate(vm: &mut Vm, mut args: Args, op: Operator) -> PyResult<Object> {
    let modifiers = modifiers(vm, &mut args)?;
    let mut positional = args.positional;
    let other = match positional.len() {
        0 | 1 => {
            return Err(
                vm.type_error(format!("{}() missing 1 required positional argument: 'other'", op.name()))
            );
        }
        _ => positional.remove(1),
    };
    let this = positional.remove(0);
    let escape = positional.into_iter().next().and_then(|text| text.as_str().map(Rc::from));
    if let Some(result) = attributes::compare_relationship(vm, &this, &other, &op)? {
        return Ok(result);
    }
    let Some(left) = to_expr(vm, &this)? else { return Ok(Object::NotImplemented) };
    let other = comparators::operand_beside(vm, &left, &op, &other)?;
    let modifiers = Modifiers { escape: modifiers.escape.or(escape), ..modifiers };
    match left.operate(op, other, modifiers) {
        Ok(expr) => Ok(expr_object(vm, expr)),
        Err(error) => Err(refused(vm, error)),
    }
}

pub(super) fn operate_reversed(vm: &mut Vm, args: Args, op: Operator) -> PyResult<Object> {
    let [this, other] = &args.positional[..] else { return Ok(Object::NotImplemented) };
    let Some(right) = to_expr(vm, this)? else { return Ok(Object::NotImplemented) };
    let other = comparators::operand_beside(vm, &right, &op, other)?;
    match right.operate_reversed(op, other) {
        Ok(expr) => Ok(expr_object(vm, expr)),
        Err(error) => Err(refused(vm, error)),
    }
}

/// `array.any(…)`, of arrays only.
fn array_collection(vm: &mut Vm, args: Args, op: Operator) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    if expr.sql_type().described().class.family != Family::Array {
        return Err(vm.attribute_error(&args.positional[0], op.name().trim_end_matches("_op")));
    }
    operator_objects::collection(vm, args, op)
}

fn power(vm: &mut Vm, args: Args, reversed: bool) -> PyResult<Object> {
    let [this, other] = &args.positional[..] else { return Ok(Object::NotImplemented) };
    let (own, other) =
        (super::operands::named_expr(vm, this, "pow")?, super::operands::named_expr(vm, other, "pow")?);
    let arguments = if reversed { vec![other, own] } else { vec![own, other] };
    Ok(expr_object(vm, Expr::function(&["pow"], arguments)))
}

fn unsupported(vm: &mut Vm, args: &Args, name: &'static str) -> PyResult<Object> {
    let _ = args;
    Err(refused(vm, ormscope::sql::ExpressionError::Unsupported(name)))
}

fn combine(vm: &mut Vm, args: Args, op: Operator) -> PyResult<Object> {
    let conditions = conditions(vm, &args.positional)?;
    Ok(expr_object(vm, Expr::all_of(op, conditions)))
}

fn combine_reversed(vm: &mut Vm, args: Args, op: Operator) -> PyResult<Object> {
    let mut conditions = conditions(vm, &args.positional)?;
    conditions.reverse();
    Ok(expr_object(vm, Expr::all_of(op, conditions)))
}

/// `x[y]`, where the type has items.
fn item(vm: &mut Vm, args: Args) -> PyResult<Object> {
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
            let text = SqlType::Text;
            let negation = None;
            let op = Operator::JsonGetItem;
            Ok(expr_object(vm, Expr::binary_of(expr, op, right, negation, Modifiers::default(), text)))
        }
        _ => unsupported(vm, &args, "getitem"),
    }
}

/// The type of what stands in the brackets of a JSON value.
fn index_type(name: &str) -> SqlType {
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
    let bound = |vm: &mut Vm, object: &Object, shift: bool| -> PyResult<Expr> {
        Ok(match object {
            Object::Int(number) => {
                let number = number + i64::from(shift && zero);
                Expr::bind(&expr.bind_key(), Value::Int(number), SqlType::Integer)
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
fn json_as(vm: &mut Vm, args: Args, name: &str, sql_type: SqlType) -> PyResult<Object> {
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
fn array_operator(vm: &mut Vm, args: Args, text: &str) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    let described = expr.sql_type().described().into_owned();
    let known = matches!(described.class.family, Family::Array | Family::Json)
        || described.class.package == "postgresql";
    let Some(other) = args.positional.get(1).filter(|_| known) else {
        return Err(vm.attribute_error(&args.positional[0], text));
    };
    let operator = CustomOperator {
        text: text.into(),
        precedence: 5,
        is_comparison: true,
        natural_self_precedent: text == "?",
        eager_grouping: true,
        return_type: Some(SqlType::Boolean),
    };
    let other = operand(vm, other)?;
    match expr.operate(Operator::Custom(Rc::new(operator)), other, Modifiers::default()) {
        Ok(expr) => Ok(expr_object(vm, expr)),
        Err(error) => Err(refused(vm, error)),
    }
}

fn member(vm: &mut Vm, args: Args, op: Operator) -> PyResult<Object> {
    let left = require_expr(vm, &args.positional[0])?;
    let Some(other) = args.positional.get(1) else {
        return Err(vm.type_error(format!("{}() missing 1 required positional argument: 'other'", op.name())));
    };
    let right = super::membership::right_side(vm, &left, other, &op)?;
    Ok(expr_object(vm, left.binary(op, right)))
}

/// `startswith` and its kin: the pattern is built in SQL, as SQLAlchemy does.
fn surrounded(vm: &mut Vm, mut args: Args, pattern: Pattern) -> PyResult<Object> {
    if pattern.before
        && pattern.after
        && !pattern.insensitive
        && let Some(result) = attributes::contains_related(vm, &args)?
    {
        return Ok(result);
    }
    let left = require_expr(vm, &args.positional[0])?;
    let described = left.sql_type().described().into_owned();
    let whole = pattern.before && pattern.after && !pattern.insensitive;
    if whole
        && (described.class.family == Family::Array
            || described.class.name == "JSONB"
            || described.class.name == "HSTORE")
    {
        return array_operator(vm, args, "@>");
    }
    let autoescape = match args.take_keyword("autoescape") {
        Some(value) => vm.truthy(&value)?,
        None => false,
    };
    let mut modifiers = modifiers(vm, &mut args)?;
    let Some(other) = args.positional.get(1) else {
        return Err(vm.type_error("a pattern is missing"));
    };
    let mut other = operand(vm, other)?;
    if autoescape {
        let Operand::Value(Value::Text(text)) = &other else {
            return Err(vm.type_error("String value expected when autoescape=True"));
        };
        let escape = modifiers.escape.get_or_insert_with(|| "/".into()).to_string();
        let mut escaped = text.to_string();
        if escape != "%" && escape != "_" {
            escaped = escaped.replace(&escape, &format!("{escape}{escape}"));
        }
        escaped = escaped.replace('%', &format!("{escape}%")).replace('_', &format!("{escape}_"));
        other = Operand::Value(Value::text(&escaped));
    }
    match left.operate(Operator::Pattern(pattern), other, modifiers) {
        Ok(expr) => Ok(expr_object(vm, expr)),
        Err(error) => Err(refused(vm, error)),
    }
}

fn between(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let modifiers = modifiers(vm, &mut args)?;
    let value = require_expr(vm, &args.positional[0])?;
    let [_, low, high, ..] = &args.positional[..] else {
        return Err(vm.type_error("between() missing required positional arguments: 'cleft' and 'cright'"));
    };
    let (low, high) = (operand(vm, low)?, operand(vm, high)?);
    Ok(expr_object(vm, value.between(low, high, modifiers.symmetric)))
}

fn regexp(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let mut modifiers = modifiers(vm, &mut args)?;
    let expr = require_expr(vm, &args.positional[0])?;
    let Some(pattern) = args.positional.get(1) else { return Err(vm.type_error("a pattern is missing")) };
    if let Some(flags) = args.positional.get(2).and_then(Object::as_str) {
        modifiers.flags = Some(flags.into());
    }
    let pattern = operand(vm, pattern)?;
    let right = expr.beside(pattern);
    let negation = Some(Operator::NotRegexp);
    Ok(expr_object(vm, Expr::binary_of(expr, Operator::Regexp, right, negation, modifiers, SqlType::Null)))
}

fn regexp_replace(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let mut modifiers = modifiers(vm, &mut args)?;
    let expr = require_expr(vm, &args.positional[0])?;
    let [_, pattern, replacement, rest @ ..] = &args.positional[..] else {
        return Err(vm.type_error("regexp_replace() takes a pattern and a replacement"));
    };
    if let Some(flags) = rest.first().and_then(Object::as_str) {
        modifiers.flags = Some(flags.into());
    }
    let pattern = operand(vm, pattern)?;
    let replacement = operand(vm, replacement)?;
    let items = vec![expr.beside(pattern), expr.beside(replacement)];
    let right = Expr::comma_list(items, false);
    let op = Operator::RegexpReplace;
    Ok(expr_object(vm, Expr::binary_of(expr, op, right, None, modifiers, SqlType::Null)))
}

fn match_(vm: &mut Vm, args: Args) -> PyResult<Object> {
    operate(vm, args, Operator::Match)
}

/// `x COLLATE name`
pub(super) fn collate(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    let Some(name) = args.positional.get(1).and_then(Object::as_str) else {
        return Err(vm.type_error("collate() takes the name of a collation"));
    };
    let collation = Expr::new(Kind::Collation(name.into()));
    let sql_type = expr.sql_type().with_collation(name);
    let op = Operator::Collate;
    Ok(expr_object(vm, Expr::binary_of(expr, op, collation, None, Modifiers::default(), sql_type)))
}

fn custom_operator(vm: &mut Vm, mut args: Args, boolean: bool) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let text = match args.take_keyword("opstring").or_else(|| args.positional.get(1).cloned()) {
        Some(text) => vm.str(&text)?,
        None => {
            return Err(vm.type_error("Operators.op() missing 1 required positional argument: 'opstring'"));
        }
    };
    let precedence = match args.take_keyword("precedence").or_else(|| args.positional.get(2).cloned()) {
        Some(Object::Int(value)) => value as i32,
        _ => 0,
    };
    let is_comparison = match args.take_keyword("is_comparison").or_else(|| args.positional.get(3).cloned()) {
        Some(value) => vm.truthy(&value)?,
        None => boolean,
    };
    let return_type = match args.take_keyword("return_type") {
        Some(sql_type) if !sql_type.is_none() => Some(require_sql_type(vm, &sql_type)?),
        _ => None,
    };
    let operator = Rc::new(CustomOperator {
        text: text.as_str().into(),
        precedence,
        is_comparison,
        natural_self_precedent: false,
        eager_grouping: false,
        return_type,
    });
    Ok(NativeFunction::closure("op", move |vm, args| {
        let mut positional = vec![this.clone()];
        positional.extend(args.positional);
        operate(vm, Args::positional(positional), Operator::Custom(Rc::clone(&operator)))
    }))
}

/// `bool(a == b)`: whether the two sides are the same thing; other expressions
/// have no truth.
fn boolean_value(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    if let Kind::Binary { left, op: op @ (Operator::Eq | Operator::Ne), right, .. } = expr.kind() {
        return Ok(Object::Bool(left.is(right) == (*op == Operator::Eq)));
    }
    Err(vm.type_error("Boolean value of this clause is not defined"))
}

/// `a.compare(b)`: whether two expressions are built alike, wherever the order
/// of operands does not matter.
pub(super) fn alike(a: &Expr, b: &Expr) -> bool {
    match (a.kind(), b.kind()) {
        (
            Kind::Binary { left, op, right, .. },
            Kind::Binary { left: other_left, op: other_op, right: other_right, .. },
        ) if op.is_commutative() => {
            op == other_op
                && ((alike(left, other_left) && alike(right, other_right))
                    || (alike(left, other_right) && alike(right, other_left)))
        }
        (Kind::List { op, items, .. }, Kind::List { op: other_op, items: others, .. })
            if op.is_associative() =>
        {
            let mut rest: Vec<&Expr> = others.iter().collect();
            op == other_op
                && items.len() == others.len()
                && items.iter().all(|item| match rest.iter().position(|other| alike(item, other)) {
                    Some(at) => {
                        rest.remove(at);
                        true
                    }
                    None => false,
                })
        }
        (Kind::Grouping(a), Kind::Grouping(b)) => alike(a, b),
        _ => statements_alike(&Statement::Expr(a.clone()), &Statement::Expr(b.clone())),
    }
}

/// The same of statements.
pub(super) fn statements_alike(a: &Statement, b: &Statement) -> bool {
    ormscope::sql::CacheKey::of(a) == ormscope::sql::CacheKey::of(b)
        && bound_values(&a.binds()) == bound_values(&b.binds())
}

fn bound_values(binds: &[Rc<ormscope::sql::Bind>]) -> Vec<Value> {
    let one = |bind: &Rc<ormscope::sql::Bind>| match &bind.value {
        ormscope::sql::BindValue::One(value) => vec![value.clone()],
        ormscope::sql::BindValue::Expanding(values) => values.clone(),
        _ => Vec::new(),
    };
    binds.iter().flat_map(one).collect()
}

/// An expression as a Python object of the class that SQLAlchemy gives it.
pub(super) fn expr_object(vm: &mut Vm, expr: Expr) -> Object {
    let own = classes(vm);
    let class = match expr.kind() {
        Kind::Column(column) if column.base.is_some() && column.from.is_some() => &own.column,
        Kind::Column(_) | Kind::Literal { .. } => &own.literal,
        Kind::Unary { op: Operator::Exists, .. } => &own.exists,
        Kind::Function(call) if call.generic => own.known_function(&call.name),
        Kind::Function(_) => &own.function,
        Kind::Over { .. } => own.element("Over"),
        Kind::Filter { .. } => &own.function_filter,
        Kind::WithinGroup { inline: true, .. } => &own.aggregate_order_by,
        Kind::WithinGroup { .. } => &own.within_group,
        Kind::Subquery(_) => &own.scalar_select,
        kind => own.element(kind.class_name()),
    };
    // A column of an alias is one object for as long as the program has it.
    let identity = match expr.kind() {
        Kind::Column(column)
            if matches!(column.from, Some(From::Plain(_) | From::Alias(_) | From::Values(_))) =>
        {
            column.identity()
        }
        _ => return Instance::native(class, ExprData { expr }),
    };
    if let Some(known) = vm.library.sqlalchemy.alias_columns.get(&identity).and_then(std::rc::Weak::upgrade) {
        let known = Object::Instance(known);
        if known.native::<ExprData>().is_some_and(|data| data.expr.sql_type() == expr.sql_type()) {
            return known;
        }
    }
    let made = Instance::native(class, ExprData { expr });
    if let Object::Instance(made) = &made {
        let columns = &mut vm.library.sqlalchemy.alias_columns;
        if columns.len() % 1024 == 1023 {
            columns.retain(|_, column| column.strong_count() > 0);
        }
        columns.insert(identity, Rc::downgrade(made));
    }
    made
}

/// The classes of expressions that have no methods of their own.
pub(super) const ELEMENTS: &[&str] = &[
    "BindParameter",
    "Null",
    "True_",
    "False_",
    "BinaryExpression",
    "CollectionAggregate",
    "UnaryExpression",
    "AsBoolean",
    "BooleanClauseList",
    "ClauseList",
    "ExpressionClauseList",
    "Grouping",
    "Label",
    "TryCast",
    "Cast",
    "TypeCoerce",
    "Extract",
    "Case",
    "Tuple",
    "array",
    "Slice",
    "CollationClause",
    "TableValuedColumn",
    "ScalarFunctionColumn",
    "ScalarValues",
    "next_value",
    "Over",
    "ColumnElement",
];
