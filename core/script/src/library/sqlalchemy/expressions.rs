//! `ColumnElement`: Python's operators as SQL's.

use std::rc::Rc;

use ormscope::sql::compiler::{Dialect, compile_to_text};
use ormscope::sql::{BinaryOp, BoolOp, Expr, UnaryOp};
use ormscope::types::{SqlType, Value};

use super::arguments::items;
use super::values::to_value;
use super::{attributes, classes, errors, peek, schema};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of an expression object.
pub(super) struct ExprData {
    /// The expression.
    pub(super) expr: Expr,
}

/// The native data of `text()`.
pub(super) struct TextData {
    /// The text with its binds.
    pub(super) statement: ormscope::sql::TextStatement,
}

/// The base of everything that is a column expression.
pub(super) fn column_element_class() -> Rc<Class> {
    let mut builder = Class::builder("ColumnElement").module("sqlalchemy.sql.elements");
    for (name, call) in OPERATORS {
        builder = builder.method(name, *call);
    }
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder
        .method("__hash__", |_, args| {
            let address = args.positional[0].address().unwrap_or_default();
            Ok(Object::Int((address >> 4) as i64))
        })
        .method("__bool__", boolean_value)
        .method("__str__", |vm, args| {
            let expr = require_expr(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(compile_to_text(&orm.schema, &expr, Dialect::Default)))
        })
        .method("__invert__", |vm, args| {
            let expr = require_expr(vm, &args.positional[0])?;
            Ok(expr_object(vm, expr.negate()))
        })
        .method("__neg__", |vm, args| {
            let expr = require_expr(vm, &args.positional[0])?;
            Ok(expr_object(vm, expr.unary(UnaryOp::Neg)))
        })
        .method("compile", super::select::compile_statement)
        .getter("type", |vm, args| {
            let expr = require_expr(vm, &args.positional[0])?;
            Ok(super::types::type_object(vm, expr.sql_type()))
        })
        .build()
}

/// The class of `exists()`, whose criteria can be added to.
pub(super) fn exists_class(base: &Rc<Class>) -> Rc<Class> {
    fn change(vm: &mut Vm, args: Args, edit: fn(&mut ormscope::sql::Select, Vec<Expr>)) -> PyResult<Object> {
        let expr = require_expr(vm, &args.positional[0])?;
        let Expr::Unary { op: UnaryOp::Exists, operand } = expr else { return Ok(Object::None) };
        let Expr::Subquery(select) = &*operand else { return Ok(Object::None) };
        let added = conditions(vm, &args.positional[1..])?;
        let mut select = (**select).clone();
        edit(&mut select, added);
        let operand = Rc::new(Expr::Subquery(Rc::new(select)));
        Ok(expr_object(vm, Expr::Unary { op: UnaryOp::Exists, operand }))
    }
    Class::builder("Exists")
        .module("sqlalchemy.sql.selectable")
        .base(base)
        .method("where", |vm, args| change(vm, args, |select, added| select.where_.extend(added)))
        .method("correlate", |_, args| Ok(args.positional[0].clone()))
        .method("select", |vm, args| super::select::select(vm, Args::positional(args.positional)))
        .build()
}

/// A kind of expression, for `isinstance` and `repr`.
pub(super) fn subclass(name: &str, base: &Rc<Class>) -> Rc<Class> {
    Class::builder(name).module("sqlalchemy.sql.elements").base(base).build()
}

macro_rules! operator {
    ($op:expr) => {
        |vm, args| operate(vm, args, $op, false)
    };
    (reflected $op:expr) => {
        |vm, args| operate(vm, args, $op, true)
    };
}

macro_rules! bitwise {
    ($text:expr) => {
        |vm, args| {
            operate(
                vm,
                args,
                BinaryOp::Custom { text: $text.into(), precedence: 7, comparison: false },
                false,
            )
        }
    };
}

const OPERATORS: &[(&str, NativeFn)] = &[
    ("__eq__", operator!(BinaryOp::Eq)),
    ("__ne__", operator!(BinaryOp::Ne)),
    ("__lt__", operator!(BinaryOp::Lt)),
    ("__le__", operator!(BinaryOp::Le)),
    ("__gt__", operator!(BinaryOp::Gt)),
    ("__ge__", operator!(BinaryOp::Ge)),
    ("__add__", operator!(BinaryOp::Add)),
    ("__radd__", operator!(reflected BinaryOp::Add)),
    ("__sub__", operator!(BinaryOp::Sub)),
    ("__rsub__", operator!(reflected BinaryOp::Sub)),
    ("__mul__", operator!(BinaryOp::Mul)),
    ("__rmul__", operator!(reflected BinaryOp::Mul)),
    ("__truediv__", operator!(BinaryOp::Div)),
    ("__rtruediv__", operator!(reflected BinaryOp::Div)),
    ("__floordiv__", operator!(BinaryOp::FloorDiv)),
    ("__rfloordiv__", operator!(reflected BinaryOp::FloorDiv)),
    ("__mod__", operator!(BinaryOp::Mod)),
    ("__rmod__", operator!(reflected BinaryOp::Mod)),
    ("__and__", |vm, args| combine(vm, args, BoolOp::And)),
    ("__rand__", |vm, args| combine(vm, args, BoolOp::And)),
    ("__or__", |vm, args| combine(vm, args, BoolOp::Or)),
    ("__ror__", |vm, args| combine(vm, args, BoolOp::Or)),
];

const METHODS: &[(&str, NativeFn)] = &[
    ("is_", operator!(BinaryOp::Is)),
    ("is_not", operator!(BinaryOp::IsNot)),
    ("isnot", operator!(BinaryOp::IsNot)),
    ("is_distinct_from", operator!(BinaryOp::IsDistinct)),
    ("is_not_distinct_from", operator!(BinaryOp::IsNotDistinct)),
    ("regexp_match", operator!(BinaryOp::Regexp)),
    ("collate", |vm, args| {
        let expr = require_expr(vm, &args.positional[0])?;
        let Some(name) = args.positional.get(1).and_then(Object::as_str) else {
            return Err(vm.type_error("collate() takes the name of a collation"));
        };
        let text = ormscope::sql::compiler::quote(name, Dialect::Default).into();
        let collation = Expr::Literal { text, sql_type: SqlType::Null };
        Ok(expr_object(vm, expr.binary(BinaryOp::Collate, collation)))
    }),
    ("bitwise_and", bitwise!("&")),
    ("bitwise_or", bitwise!("|")),
    ("bitwise_xor", bitwise!("^")),
    ("concat", operator!(BinaryOp::Concat)),
    ("in_", |vm, args| member(vm, args, BinaryOp::In)),
    ("not_in", |vm, args| member(vm, args, BinaryOp::NotIn)),
    ("notin_", |vm, args| member(vm, args, BinaryOp::NotIn)),
    ("like", |vm, args| like(vm, args, |escape| BinaryOp::Like { escape })),
    ("not_like", |vm, args| like(vm, args, |escape| BinaryOp::NotLike { escape })),
    ("notlike", |vm, args| like(vm, args, |escape| BinaryOp::NotLike { escape })),
    ("ilike", |vm, args| like(vm, args, |_| BinaryOp::ILike)),
    ("not_ilike", |vm, args| like(vm, args, |_| BinaryOp::NotILike)),
    ("startswith", |vm, args| surrounded(vm, args, "", "%")),
    ("endswith", |vm, args| surrounded(vm, args, "%", "")),
    ("contains", |vm, args| surrounded(vm, args, "%", "%")),
    ("between", between),
    ("desc", |vm, args| unary(vm, args, UnaryOp::Desc)),
    ("asc", |vm, args| unary(vm, args, UnaryOp::Asc)),
    ("nulls_first", |vm, args| unary(vm, args, UnaryOp::NullsFirst)),
    ("nulls_last", |vm, args| unary(vm, args, UnaryOp::NullsLast)),
    ("nullsfirst", |vm, args| unary(vm, args, UnaryOp::NullsFirst)),
    ("nullslast", |vm, args| unary(vm, args, UnaryOp::NullsLast)),
    ("distinct", |vm, args| unary(vm, args, UnaryOp::Distinct)),
    ("label", |vm, args| {
        let expr = require_expr(vm, &args.positional[0])?;
        let name = args.positional.get(1).and_then(Object::as_str).map(str::to_string);
        Ok(expr_object(vm, expr.label(name.as_deref())))
    }),
    ("cast", |vm, args| {
        let expr = require_expr(vm, &args.positional[0])?;
        let sql_type = super::types::require_sql_type(vm, &args.positional[1])?;
        Ok(expr_object(vm, Expr::Cast { element: Rc::new(expr), sql_type }))
    }),
    ("op", custom_operator),
];

fn operate(vm: &mut Vm, args: Args, op: BinaryOp, reflected: bool) -> PyResult<Object> {
    let [this, other] = &args.positional[..] else { return Ok(Object::NotImplemented) };
    if let Some(result) = attributes::compare_relationship(vm, this, other, &op)? {
        return Ok(result);
    }
    let Some(left) = to_expr(vm, this)? else { return Ok(Object::NotImplemented) };
    if reflected {
        let value = to_value(vm, other)?;
        let right = left;
        let left = right.bind_beside(value);
        return Ok(expr_object(vm, left.binary(op, right)));
    }
    let expr = match to_expr(vm, other)? {
        Some(Expr::Null) if op == BinaryOp::Eq => left.binary(BinaryOp::Is, Expr::Null),
        Some(Expr::Null) if op == BinaryOp::Ne => left.binary(BinaryOp::IsNot, Expr::Null),
        Some(right) => left.binary(op, right),
        None => match other {
            // `is_(True)` and comparisons with booleans name the constant.
            Object::Bool(value)
                if matches!(op, BinaryOp::Is | BinaryOp::IsNot | BinaryOp::Eq | BinaryOp::Ne) =>
            {
                let constant = if *value { Expr::True } else { Expr::False };
                left.binary(op, constant)
            }
            other => {
                let value = to_value(vm, other)?;
                left.compare(op, value)
            }
        },
    };
    Ok(expr_object(vm, expr))
}

fn combine(vm: &mut Vm, args: Args, op: BoolOp) -> PyResult<Object> {
    let mut conditions = Vec::new();
    for operand in &args.positional {
        conditions.push(require_condition(vm, operand)?);
    }
    Ok(expr_object(vm, Expr::all_of(op, conditions)))
}

fn member(vm: &mut Vm, args: Args, op: BinaryOp) -> PyResult<Object> {
    let left = require_expr(vm, &args.positional[0])?;
    let Some(other) = args.positional.get(1) else {
        return Err(vm.type_error("in_() takes a list or a select"));
    };
    if let Some(select) = super::select::as_select(vm, other)? {
        return Ok(expr_object(vm, left.binary(op, Expr::Subquery(Rc::new(select)))));
    }
    let iterable = matches!(
        other,
        Object::List(_)
            | Object::Tuple(_)
            | Object::Set(_)
            | Object::Range(_)
            | Object::Generator(_)
            | Object::View(_)
    );
    if !iterable {
        let repr = vm.repr(other)?;
        return Err(errors::error(
            vm,
            "ArgumentError",
            format!(
                "IN expression list, SELECT construct, or bound parameter object expected, got {}.",
                repr.as_str()
            ),
        ));
    }
    let mut values = Vec::new();
    let mut exprs = Vec::new();
    for item in vm.collect(other)? {
        match to_expr(vm, &item)? {
            Some(expr) => exprs.push(expr),
            None => {
                let value = to_value(vm, &item)?;
                exprs.push(Expr::bind(&left.bind_key(), value.clone(), left.sql_type()));
                values.push(value);
            }
        }
    }
    let right = if values.len() == exprs.len() {
        Expr::expanding(&left.bind_key(), values, left.sql_type())
    } else {
        Expr::Tuple(Rc::new(exprs))
    };
    Ok(expr_object(vm, left.binary(op, right)))
}

fn like(vm: &mut Vm, mut args: Args, make: fn(Option<Rc<str>>) -> BinaryOp) -> PyResult<Object> {
    let escape = args.take_keyword("escape").and_then(|text| text.as_str().map(Rc::from));
    operate(vm, args, make(escape), false)
}

/// `startswith` and its kin: the pattern is built in SQL, as SQLAlchemy does.
fn surrounded(vm: &mut Vm, mut args: Args, before: &str, after: &str) -> PyResult<Object> {
    let autoescape = match args.take_keyword("autoescape") {
        Some(value) => vm.truthy(&value)?,
        None => false,
    };
    let escape = args.take_keyword("escape").and_then(|text| text.as_str().map(Rc::from));
    if let Some(result) = attributes::contains_related(vm, &args)? {
        return Ok(result);
    }
    let left = require_expr(vm, &args.positional[0])?;
    let Some(other) = args.positional.get(1) else { return Err(vm.type_error("a pattern is missing")) };
    let pattern = match to_expr(vm, other)? {
        Some(expr) => expr,
        None => match to_value(vm, other)? {
            Value::Text(pattern) if autoescape => {
                let escaped = pattern.replace('/', "//").replace('%', "/%").replace('_', "/_");
                Expr::bind(&left.bind_key(), Value::text(&escaped), left.sql_type())
            }
            value => Expr::bind(&left.bind_key(), value, left.sql_type()),
        },
    };
    let escape = if autoescape { Some("/".into()) } else { escape };
    let op =
        BinaryOp::Pattern { before: !before.is_empty(), after: !after.is_empty(), negated: false, escape };
    Ok(expr_object(vm, left.binary(op, pattern)))
}

fn between(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let value = require_expr(vm, &args.positional[0])?;
    let mut ends = Vec::new();
    for end in args.positional.iter().skip(1).take(2) {
        ends.push(match to_expr(vm, end)? {
            Some(expr) => expr,
            None => {
                let end = to_value(vm, end)?;
                Expr::bind(&value.bind_key(), end, value.sql_type())
            }
        });
    }
    let [low, high] = &ends[..] else { return Err(vm.type_error("between() takes two values")) };
    Ok(expr_object(
        vm,
        Expr::Between {
            value: Rc::new(value),
            low: Rc::new(low.clone()),
            high: Rc::new(high.clone()),
            negated: false,
        },
    ))
}

fn unary(vm: &mut Vm, args: Args, op: UnaryOp) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    Ok(expr_object(vm, expr.unary(op)))
}

fn custom_operator(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let precedence = match args.take_keyword("precedence") {
        Some(Object::Int(value)) => value as i8,
        _ => 0,
    };
    let comparison = match args.take_keyword("is_comparison") {
        Some(value) => vm.truthy(&value)?,
        None => false,
    };
    let this = args.positional[0].clone();
    let Some(text) = args.positional.get(1).and_then(Object::as_str).map(Rc::from) else {
        return Err(vm.type_error("op() takes the operator's text"));
    };
    let op = BinaryOp::Custom { text, precedence, comparison };
    Ok(crate::object::NativeFunction::closure("op", move |vm, args| {
        let mut positional = vec![this.clone()];
        positional.extend(args.positional);
        operate(vm, Args::positional(positional), op.clone(), false)
    }))
}

/// `bool(a == b)`: whether the two sides are the same thing; other expressions
/// have no truth.
fn boolean_value(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    if let Expr::Binary { left, op: op @ (BinaryOp::Eq | BinaryOp::Ne), right, .. } = &expr {
        let same = match (&**left, &**right) {
            (Expr::Column(a), Expr::Column(b)) => a.from.is(&b.from) && a.name == b.name,
            (a, b) => std::ptr::eq(a, b),
        };
        return Ok(Object::Bool(same == (*op == BinaryOp::Eq)));
    }
    Err(vm.type_error("Boolean value of this clause is not defined"))
}

/// The expression that an object is, or nothing for a plain value.
pub(super) fn to_expr(vm: &mut Vm, object: &Object) -> PyResult<Option<Expr>> {
    if let Some(data) = object.native::<ExprData>() {
        return Ok(Some(data.expr.clone()));
    }
    if !matches!(object, Object::Instance(_) | Object::Class(_)) {
        return Ok(None);
    }
    if let Some(column) = object.native::<schema::ColumnObject>() {
        return match column.id.get() {
            Some(id) => peek(vm, |orm| Some(Expr::column(&orm.schema, id))),
            None => {
                let definition = column.definition.borrow();
                let text = definition.name.as_str().into();
                Ok(Some(Expr::Literal { text, sql_type: definition.sql_type.clone() }))
            }
        };
    }
    if let Some(text) = object.native::<TextData>() {
        return Ok(Some(Expr::Literal { text: Rc::clone(&text.statement.text), sql_type: SqlType::Null }));
    }
    if let Some(expr) = attributes::attribute_expr(vm, object)? {
        return Ok(Some(expr));
    }
    if let Some(select) = super::select::as_select(vm, object)? {
        return Ok(Some(Expr::Subquery(Rc::new(select))));
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
    match to_expr(vm, object)? {
        Some(expr) => Ok(expr),
        None => {
            let value = to_value(vm, object)?;
            Ok(if value.is_null() { Expr::Null } else { Expr::literal(value) })
        }
    }
}

/// The condition that an object is, as WHERE takes it.
pub(super) fn require_condition(vm: &mut Vm, object: &Object) -> PyResult<Expr> {
    match object {
        Object::Bool(true) => Ok(Expr::True),
        Object::Bool(false) => Ok(Expr::False),
        other => match to_expr(vm, other)? {
            Some(expr) => Ok(expr),
            None => {
                let repr = vm.repr(other)?;
                let text = if let Object::Str(_) = other {
                    format!(
                        "Textual SQL expression {0} should be explicitly declared as text({0})",
                        repr.as_str()
                    )
                } else {
                    format!("SQL expression for WHERE/HAVING role expected, got {}.", repr.as_str())
                };
                Err(errors::error(vm, "ArgumentError", text))
            }
        },
    }
}

/// Conditions from the arguments of `where()`, `filter()`.
pub(super) fn conditions(vm: &mut Vm, objects: &[Object]) -> PyResult<Vec<Expr>> {
    objects.iter().map(|object| require_condition(vm, object)).collect()
}

/// Expressions for ORDER BY and GROUP BY: names are taken as they are.
pub(super) fn ordering(vm: &mut Vm, objects: &[Object]) -> PyResult<Vec<Expr>> {
    let mut exprs = Vec::new();
    for object in objects {
        for item in items(vm, object)? {
            match &item {
                Object::None | Object::Bool(false) => {}
                Object::Str(text) => {
                    exprs.push(Expr::Literal { text: text.as_str().into(), sql_type: SqlType::Null });
                }
                other => exprs.push(require_expr(vm, other)?),
            }
        }
    }
    Ok(exprs)
}

/// An expression as a Python object of the class that SQLAlchemy gives it.
pub(super) fn expr_object(vm: &mut Vm, expr: Expr) -> Object {
    let own = classes(vm);
    let class = match &expr {
        Expr::Binary { .. } | Expr::Between { .. } => &own.binary_expression,
        Expr::Bool { .. } => &own.boolean_list,
        Expr::Bind(_) => &own.bind_parameter,
        Expr::Label { .. } => &own.label,
        Expr::Unary { op: UnaryOp::Exists, .. } => &own.exists,
        Expr::Unary { .. } => &own.unary,
        Expr::Function(_) => &own.function,
        Expr::Literal { .. } => &own.literal,
        // A class beside the others: a base class would be asked last in comparisons.
        _ => &own.literal,
    };
    Instance::native(class, ExprData { expr })
}

/// SQL text from a string or `text()`.
pub(super) fn to_text(vm: &mut Vm, object: &Object) -> PyResult<String> {
    if let Object::Str(text) = object {
        return Ok(text.as_str().to_string());
    }
    let expr = require_expr(vm, object)?;
    peek(vm, |orm| compile_to_text(&orm.schema, &expr, Dialect::Sqlite))
}
