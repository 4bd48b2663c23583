//! `ColumnElement`: Python's operators as SQL's, and the classes of expressions.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use ormscope::sql::compiler::Dialect;
use ormscope::sql::{CustomOperator, Expr, From, Kind, Modifiers, Operand, Operator, Pattern};
use ormscope::types::{Family, SqlType, Value};

pub(super) use super::operands::{conditions, ordering, require_condition, require_expr, to_expr};

use super::items::{array_operator, item, json_as};
use super::operands::{operand, refused};
use super::types::require_sql_type;
use super::{classes, comparators, comparing, compiled, elements, operator_objects, printing};
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
        .attribute("key", Object::None)
        .build()
}

/// The base of the library's own classes of expressions.
pub(super) fn known_element_class(base: &Rc<Class>) -> Rc<Class> {
    let mut builder = Class::builder("ColumnElement").module("sqlalchemy.sql.elements").base(base);
    builder = builder.attribute("timetuple", Object::None).attribute("uses_inspection", Object::Bool(true));
    for (name, get) in elements::GETTERS.iter().chain(super::element_parts::GETTERS) {
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
                _ => unsupported(vm, "getitem"),
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
    ("__lshift__", |vm, args| shift(vm, args, "lshift", "<<")),
    ("__rshift__", |vm, args| shift(vm, args, "rshift", ">>")),
    ("__matmul__", |vm, _| unsupported(vm, "matmul")),
    ("__contains__", |vm, _| unsupported(vm, "contains")),
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
        if args.positional.len() < 2 && args.keyword.is_empty() {
            let message = "ColumnElement.label() missing 1 required positional argument: 'name'";
            return Err(vm.type_error(message));
        }
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
        let same = other.is_some_and(|other| comparing::alike(&own, &other));
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
            let name = op.name().trim_end_matches("_op");
            return Err(vm.type_error(format!(
                "ColumnOperators.{name}() missing 1 required positional argument: 'other'"
            )));
        }
        _ => positional.remove(1),
    };
    let this = positional.remove(0);
    let escape = positional.into_iter().next().and_then(|text| text.as_str().map(Rc::from));
    if let Some(result) = super::related::compare(vm, &this, &other, &op)? {
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

pub(super) fn unsupported(vm: &mut Vm, name: &'static str) -> PyResult<Object> {
    Err(refused(vm, ormscope::sql::ExpressionError::Unsupported(name)))
}

/// `a << b`, which only ranges have.
fn shift(vm: &mut Vm, args: Args, name: &'static str, text: &str) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    if super::postgresql_methods::is_range(&expr.sql_type()) {
        return super::postgresql_methods::apply(vm, args, text, Some(SqlType::Boolean));
    }
    unsupported(vm, name)
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
        && let Some(result) = super::related::contains(vm, &args)?
    {
        return Ok(result);
    }
    let left = require_expr(vm, &args.positional[0])?;
    let described = left.sql_type().described().into_owned();
    let whole = pattern.before && pattern.after && !pattern.insensitive;
    if whole
        && (described.class.family == Family::Array
            || described.class.name == "JSONB"
            || described.class.name == "HSTORE"
            || super::postgresql_methods::is_range(&left.sql_type()))
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
        let message = match args.positional.len() {
            2 => "1 required positional argument: 'cright'",
            _ => "2 required positional arguments: 'cleft' and 'cright'",
        };
        return Err(vm.type_error(format!("ColumnOperators.between() missing {message}")));
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
    "DMLTargetCopy",
    "Over",
    "ColumnElement",
];
