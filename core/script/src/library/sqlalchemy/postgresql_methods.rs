//! What only expressions of PostgreSQL's types have: ranges, HSTORE, JSONB.
//!
//! Only operators and functions are chosen here; how they are written is the compilers'.
//! SQLAlchemy counterpart: the comparators of `sqlalchemy.dialects.postgresql`.

use std::rc::Rc;

use ormscope::sql::{CustomOperator, Expr, FunctionCall, Kind, Modifiers, Operator};
use ormscope::types::{Family, SpecificType, SqlType, TypeArgument, TypeClass};

use super::expressions::{expr_object, operate, require_expr};
use super::operands::{operand, refused, to_expr};
use super::program_elements::ProgramData;
use super::values::to_value;
use crate::object::{Args, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// An operator of these types.
pub(super) struct Named {
    text: &'static str,
    precedence: i32,
    /// Whether it groups as a bracket does.
    eager: bool,
    comparison: bool,
}

const fn compares(text: &'static str, eager: bool) -> Named {
    Named { text, precedence: 5, eager, comparison: true }
}

/// The operators of all of them, by text.
const OPERATORS: [Named; 17] = [
    compares("@>", true),
    compares("<@", true),
    compares("?", true),
    compares("?&", true),
    compares("?|", true),
    compares("@?", true),
    compares("@@", true),
    compares("&&", false),
    compares("<<", false),
    compares(">>", false),
    compares("&<", false),
    compares("&>", false),
    compares("-|-", false),
    Named { text: "#-", precedence: 15, eager: true, comparison: false },
    Named { text: "->>", precedence: 15, eager: true, comparison: false },
    Named { text: "#>>", precedence: 15, eager: true, comparison: false },
    Named { text: "->", precedence: 15, eager: true, comparison: false },
];

/// An operator by its text; with a result that is true or false, where it compares.
pub(super) fn operator(text: &str, sql_type: Option<SqlType>) -> Operator {
    let known = OPERATORS.iter().find(|known| known.text == text);
    Operator::Custom(Rc::new(CustomOperator {
        text: text.into(),
        precedence: known.map_or(0, |known| known.precedence),
        is_comparison: known.is_some_and(|known| known.comparison),
        natural_self_precedent: known.is_some_and(|known| known.eager),
        eager_grouping: known.is_some_and(|known| known.eager),
        return_type: sql_type,
    }))
}

/// What a method of such an expression makes.
enum Makes {
    /// An operator with the other side.
    Operator(&'static str),
    /// The same with a result of the expression's own type.
    Own(&'static str),
    /// An operator that every expression has.
    Plain(Operator),
    /// A function of it, whose result is of its own type.
    Function(&'static str),
    /// A function whose result is true or false.
    Test(&'static str),
    /// A function whose result is an array of texts.
    Texts(&'static str),
}

/// Whether a type is one of the ranges.
pub(super) fn is_range(sql_type: &SqlType) -> bool {
    let class = sql_type.described().class;
    class.package == "postgresql" && class.name.ends_with("RANGE")
}

fn method(sql_type: &SqlType, name: &str) -> Option<Makes> {
    use Makes::{Function, Own, Plain, Test, Texts};
    if is_range(sql_type) {
        return Some(match name {
            "strictly_left_of" => Makes::Operator("<<"),
            "strictly_right_of" => Makes::Operator(">>"),
            "not_extend_right_of" => Makes::Operator("&<"),
            "not_extend_left_of" => Makes::Operator("&>"),
            "adjacent_to" => Makes::Operator("-|-"),
            "union" => Plain(Operator::Add),
            "difference" => Plain(Operator::Sub),
            "intersection" => Plain(Operator::Mul),
            _ => return None,
        });
    }
    Some(match (sql_type.described().class.name, name) {
        ("JSONB", "path_exists") => Makes::Operator("@?"),
        ("JSONB", "path_match") => Makes::Operator("@@"),
        ("JSONB", "delete_path") => Own("#-"),
        ("HSTORE", "defined") => Test("defined"),
        ("HSTORE", "delete") => Function("delete"),
        ("HSTORE", "slice") => Function("slice"),
        ("HSTORE", "keys") => Texts("akeys"),
        ("HSTORE", "vals") => Texts("avals"),
        ("HSTORE", "array") => Texts("hstore_to_array"),
        ("HSTORE", "matrix") => Texts("hstore_to_matrix"),
        _ => return None,
    })
}

/// A method that the type of an expression brings.
pub(super) fn find(vm: &mut Vm, this: &Object, name: &str) -> PyResult<Option<Object>> {
    // An element of the program's is asked for its type, which may lead back here.
    if this.native::<ProgramData>().is_some() {
        return Ok(None);
    }
    let Some(expr) = to_expr(vm, this)? else { return Ok(None) };
    if name == "astext" && expr.sql_type().described().class.family == Family::Json {
        return as_text(vm, &expr).map(Some);
    }
    if method(&expr.sql_type(), name).is_none() {
        return Ok(None);
    }
    let (this, own_name) = (this.clone(), name.to_string());
    Ok(Some(NativeFunction::closure(name, move |vm, args| {
        let mut positional = vec![this.clone()];
        positional.extend(args.positional);
        call(vm, &own_name, Args { positional, keyword: args.keyword })
    })))
}

fn call(vm: &mut Vm, name: &str, args: Args) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    let sql_type = expr.sql_type();
    let Some(makes) = method(&sql_type, name) else {
        return Err(vm.attribute_error(&args.positional[0], name));
    };
    match makes {
        Makes::Plain(op) => operate(vm, args, op),
        Makes::Operator(text @ ("@?" | "@@")) => {
            let mut args = args;
            if let Some(path) = args.positional.get(1).cloned()
                && to_expr(vm, &path)?.is_none()
            {
                let value = to_value(vm, &path)?;
                let path = Expr::bind(&expr.bind_key(), value, super::items::index_type("JSONPathType"));
                args.positional[1] = expr_object(vm, path);
            }
            apply(vm, args, text, Some(SqlType::Boolean))
        }
        Makes::Operator(text) => apply(vm, args, text, Some(SqlType::Boolean)),
        Makes::Own(text) => {
            let mut args = args;
            // A list of keys is written as an array.
            if let Some(keys) = args.positional.get(1).cloned() {
                let array = vm.import("sqlalchemy.dialects.postgresql")?;
                let array = vm.get_attr(&Object::Module(array), "array")?;
                let is_array = vm.class_of(&keys).name().as_str() == "array";
                let made = match is_array {
                    true => keys,
                    false => vm.call(&array, Args::positional(vec![keys]))?,
                };
                let made = require_expr(vm, &made)?.cast(text_array());
                args.positional[1] = expr_object(vm, made);
            }
            apply(vm, args, text, Some(sql_type))
        }
        Makes::Function(function) => function_of(vm, args, function, sql_type),
        Makes::Test(function) => function_of(vm, args, function, SqlType::Boolean),
        Makes::Texts(function) => function_of(vm, args, function, text_array()),
    }
}

/// `json["key"].astext`
fn as_text(vm: &mut Vm, expr: &Expr) -> PyResult<Object> {
    let Kind::Binary { left, op, right, .. } = expr.kind() else {
        return Err(vm.type_error("The .astext accessor can only be used on a JSON index expression"));
    };
    let sql_type = expr.sql_type().described().item("astext_type").cloned().unwrap_or(SqlType::Text);
    let text = if *op == Operator::JsonPathGetItem { "#>>" } else { "->>" };
    let op = operator(text, Some(sql_type.clone()));
    let made = Expr::binary_of(left.clone(), op, right.clone(), None, Modifiers::default(), sql_type);
    Ok(expr_object(vm, made))
}

/// `ARRAY(Text)`
fn text_array() -> SqlType {
    TypeClass::find("postgresql", "ARRAY").map_or(SqlType::Null, |class| {
        SqlType::of_class(SpecificType::new(class).with("item_type", TypeArgument::Type(SqlType::Text)))
    })
}

/// An operator between an expression and what is given.
pub(super) fn apply(vm: &mut Vm, args: Args, text: &str, sql_type: Option<SqlType>) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    let Some(other) = args.positional.get(1) else {
        return Err(vm.type_error("missing 1 required positional argument: 'other'"));
    };
    let other = operand(vm, other)?;
    match expr.operate(operator(text, sql_type), other, Modifiers::default()) {
        Ok(expr) => Ok(expr_object(vm, expr)),
        Err(error) => Err(refused(vm, error)),
    }
}

fn function_of(vm: &mut Vm, args: Args, name: &str, sql_type: SqlType) -> PyResult<Object> {
    let mut arguments = Vec::new();
    for argument in &args.positional {
        arguments.push(super::operands::named_expr(vm, argument, name)?);
    }
    let call = FunctionCall::new(&[name], arguments, Some(sql_type));
    Ok(expr_object(vm, Expr::new(ormscope::sql::Kind::Function(call))))
}
