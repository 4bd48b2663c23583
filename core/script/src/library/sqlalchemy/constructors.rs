//! Functions that make expressions: `and_`, `func`, `case`, `text`, …

use std::rc::Rc;

use ormscope::sql::{AnonId, Bind, BindValue, BoolOp, Expr, FunctionCall, TextStatement, UnaryOp};
use ormscope::types::{SqlType, Value};

use super::arguments::{Arguments, items};
use super::expressions::{ExprData, TextData, conditions, expr_object, ordering, require_expr};
use super::types::{require_sql_type, to_sql_type};
use super::values::to_value;
use super::{classes, receiver};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of `func`, and of `func.package`.
struct FunctionGenerator {
    path: String,
}

/// The functions of this file by the names under which `sqlalchemy` has them.
pub(super) const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("and_", |vm, args| list(vm, args, BoolOp::And)),
    ("or_", |vm, args| list(vm, args, BoolOp::Or)),
    ("not_", |vm, args| {
        let expr = require_expr(vm, &args.positional[0])?;
        Ok(expr_object(vm, expr.negate()))
    }),
    ("desc", |vm, args| order(vm, args, UnaryOp::Desc)),
    ("asc", |vm, args| order(vm, args, UnaryOp::Asc)),
    ("nulls_first", |vm, args| order(vm, args, UnaryOp::NullsFirst)),
    ("nulls_last", |vm, args| order(vm, args, UnaryOp::NullsLast)),
    ("distinct", |vm, args| order(vm, args, UnaryOp::Distinct)),
    ("null", |vm, _| Ok(expr_object(vm, Expr::Null))),
    ("true", |vm, _| Ok(expr_object(vm, Expr::True))),
    ("false", |vm, _| Ok(expr_object(vm, Expr::False))),
    ("literal", |vm, args| {
        let mut args = Arguments::new("literal", args);
        let value = args.require(vm, "value")?;
        let value = to_value(vm, &value)?;
        let sql_type = match args.take("type_") {
            Some(sql_type) => require_sql_type(vm, &sql_type)?,
            None => SqlType::Null,
        };
        Ok(expr_object(vm, Expr::bind("param", value, sql_type)))
    }),
    ("literal_column", |vm, args| {
        let mut args = Arguments::new("literal_column", args);
        let text = args.require(vm, "text")?;
        let text = vm.str(&text)?;
        let sql_type = match args.take("type_") {
            Some(sql_type) => require_sql_type(vm, &sql_type)?,
            None => SqlType::Null,
        };
        Ok(expr_object(vm, Expr::Literal { text: text.as_str().into(), sql_type }))
    }),
    ("bindparam", bindparam),
    ("text", text),
    ("case", case),
    ("cast", |vm, args| {
        let mut args = Arguments::new("cast", args);
        let value = args.require(vm, "expression")?;
        let sql_type = args.require(vm, "type_")?;
        let sql_type = require_sql_type(vm, &sql_type)?;
        let element = match super::expressions::to_expr(vm, &value)? {
            Some(expr) => expr,
            None => {
                let value = to_value(vm, &value)?;
                Expr::bind("param", value, sql_type.clone())
            }
        };
        Ok(expr_object(vm, Expr::Cast { element: Rc::new(element), sql_type }))
    }),
    ("type_coerce", |vm, args| {
        let mut args = Arguments::new("type_coerce", args);
        let value = args.require(vm, "expression")?;
        let sql_type = args.require(vm, "type_")?;
        let sql_type = require_sql_type(vm, &sql_type)?;
        Ok(match super::expressions::to_expr(vm, &value)? {
            Some(expr) => expr_object(vm, Expr::TypeCoerce { element: Rc::new(expr), sql_type }),
            None => {
                let value = to_value(vm, &value)?;
                expr_object(vm, Expr::bind("param", value, sql_type))
            }
        })
    }),
    ("extract", |vm, args| {
        let mut args = Arguments::new("extract", args);
        let field = args.require(vm, "field")?;
        let field = vm.str(&field)?;
        let value = args.require(vm, "expr")?;
        let element = Rc::new(require_expr(vm, &value)?);
        Ok(expr_object(vm, Expr::Extract { field: field.as_str().into(), element }))
    }),
    ("tuple_", |vm, args| {
        let exprs =
            args.positional.iter().map(|item| require_expr(vm, item)).collect::<PyResult<Vec<_>>>()?;
        Ok(expr_object(vm, Expr::Tuple(Rc::new(exprs))))
    }),
    ("between", |vm, args| {
        let expr = require_expr(vm, &args.positional[0])?;
        let object = expr_object(vm, expr);
        vm.call_method(&object, "between", args.positional[1..].to_vec())
    }),
    ("exists", |vm, args| {
        let inner = match args.positional.first() {
            None => Expr::Subquery(Rc::new(ormscope::sql::Select::of([Expr::Star]))),
            Some(first) => match require_expr(vm, first)? {
                select @ Expr::Subquery(_) => select,
                column => Expr::Subquery(Rc::new(ormscope::sql::Select::of([column]))),
            },
        };
        Ok(expr_object(vm, Expr::Unary { op: UnaryOp::Exists, operand: Rc::new(inner) }))
    }),
];

fn list(vm: &mut Vm, args: Args, op: BoolOp) -> PyResult<Object> {
    let conditions = conditions(vm, &args.positional)?;
    Ok(expr_object(vm, Expr::all_of(op, conditions)))
}

fn order(vm: &mut Vm, args: Args, op: UnaryOp) -> PyResult<Object> {
    let exprs = ordering(vm, &args.positional[..1.min(args.positional.len())])?;
    match exprs.into_iter().next() {
        Some(expr) => Ok(expr_object(vm, expr.unary(op))),
        None => Err(vm.type_error("an expression is missing")),
    }
}

fn bindparam(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("bindparam", args);
    let key = args.require(vm, "key")?;
    let value = args.take("value");
    let sql_type = match args.take("type_") {
        Some(sql_type) if !sql_type.is_none() => require_sql_type(vm, &sql_type)?,
        _ => SqlType::Null,
    };
    let expanding = args.flag(vm, "expanding", false)?;
    let value = match value {
        Some(list) if expanding => {
            let mut values = Vec::new();
            for item in items(vm, &list)? {
                values.push(to_value(vm, &item)?);
            }
            BindValue::Expanding(values)
        }
        Some(value) => BindValue::One(to_value(vm, &value)?),
        None => BindValue::Required,
    };
    let sql_type = match (&sql_type, &value) {
        (SqlType::Null, BindValue::One(value)) => SqlType::of(value),
        _ => sql_type,
    };
    let key = vm.str(&key)?;
    let bind = Bind { id: AnonId::fresh(), key: key.as_str().into(), named: true, value, sql_type };
    Ok(expr_object(vm, Expr::Bind(Rc::new(bind))))
}

fn text(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("text", args);
    let text = args.require(vm, "text")?;
    let text = vm.str(&text)?;
    let statement = TextStatement { text: text.as_str().into(), binds: Vec::new() };
    let class = classes(vm).text.clone();
    Ok(Instance::native(&class, TextData { statement }))
}

pub(super) fn text_class() -> Rc<Class> {
    Class::builder("TextClause")
        .module("sqlalchemy.sql.elements")
        .method("__str__", super::select::print_statement)
        .method("compile", super::select::compile_statement)
        .method("bindparams", |vm, args| {
            let data = receiver::<TextData>(vm, &args.positional[0])?;
            let mut statement = data.statement.clone();
            for (name, value) in args.keyword {
                let value = to_value(vm, &value)?;
                let sql_type = SqlType::of(&value);
                statement.binds.push(Rc::new(Bind {
                    id: AnonId::fresh(),
                    key: name.as_str().into(),
                    named: true,
                    value: BindValue::One(value),
                    sql_type,
                }));
            }
            for bind in args.positional.iter().skip(1) {
                if let Some(data) = bind.native::<ExprData>()
                    && let Expr::Bind(bind) = &data.expr
                {
                    statement.binds.push(Rc::clone(bind));
                }
            }
            let class = classes(vm).text.clone();
            Ok(Instance::native(&class, TextData { statement }))
        })
        .build()
}

fn case(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("case", args);
    let otherwise = args.keyword("else_");
    let value = args.keyword("value");
    let mut pairs: Vec<Object> = Vec::new();
    for item in args.rest() {
        match &item {
            Object::List(_) => pairs.extend(vm.collect(&item)?),
            Object::Dict(dict) => {
                pairs.extend(dict.items().into_iter().map(|(key, value)| Object::tuple(vec![key, value])));
            }
            _ => pairs.push(item),
        }
    }
    let base = match value {
        Some(value) => Some(require_expr(vm, &value)?),
        None => None,
    };
    let mut whens = Vec::new();
    for pair in pairs {
        let parts = vm.collect(&pair)?;
        let [when, then] = &parts[..] else {
            return Err(vm.type_error("case() takes (condition, result) pairs"));
        };
        let condition = match &base {
            Some(base) => {
                let value = to_value(vm, when)?;
                base.compare(ormscope::sql::BinaryOp::Eq, value)
            }
            None => super::expressions::require_condition(vm, when)?,
        };
        whens.push((condition, require_expr(vm, then)?));
    }
    let otherwise = match otherwise {
        Some(result) if !result.is_none() => Some(Rc::new(require_expr(vm, &result)?)),
        _ => None,
    };
    Ok(expr_object(vm, Expr::Case { whens: Rc::new(whens), otherwise }))
}

/// `func`
pub(super) fn function_generator(vm: &mut Vm) -> Object {
    let class = classes(vm).function_generator.clone();
    Instance::native(&class, FunctionGenerator { path: String::new() })
}

pub(super) fn function_generator_class() -> Rc<Class> {
    Class::builder("_FunctionGenerator")
        .module("sqlalchemy.sql.functions")
        .method("__getattr__", |vm, args| {
            let own = receiver::<FunctionGenerator>(vm, &args.positional[0])?;
            let name = vm.str(&args.positional[1])?;
            if name.as_str().starts_with("__") {
                return Err(vm.attribute_error(&args.positional[0], name.as_str()));
            }
            // A trailing underscore keeps a name apart from Python's own words.
            let name = name.as_str().strip_suffix('_').unwrap_or(name.as_str());
            let path = if own.path.is_empty() { name.to_string() } else { format!("{}.{name}", own.path) };
            let class = classes(vm).function_generator.clone();
            Ok(Instance::native(&class, FunctionGenerator { path }))
        })
        .method("__call__", |vm, mut args| {
            let own = receiver::<FunctionGenerator>(vm, &args.positional[0])?;
            let given_type = match args.take_keyword("type_") {
                Some(sql_type) => to_sql_type(vm, &sql_type)?,
                None => None,
            };
            let mut arguments = Vec::new();
            for argument in args.positional.iter().skip(1) {
                arguments.push(match super::expressions::to_expr(vm, argument)? {
                    Some(expr) => expr,
                    None => {
                        let value = to_value(vm, argument)?;
                        let key = own.path.rsplit('.').next().unwrap_or("param");
                        if value.is_null() { Expr::Null } else { Expr::bind(key, value, SqlType::Null) }
                    }
                });
            }
            let sql_type = given_type.unwrap_or_else(|| function_type(&own.path, &arguments));
            if own.path.eq_ignore_ascii_case("count") && arguments.is_empty() {
                arguments.push(Expr::Star);
            }
            let call = FunctionCall {
                name: own.path.as_str().into(),
                arguments,
                sql_type,
                over: None,
                filter: None,
            };
            Ok(expr_object(vm, Expr::Function(Rc::new(call))))
        })
        .build()
}

/// The type that SQLAlchemy knows of a function's result.
fn function_type(name: &str, arguments: &[Expr]) -> SqlType {
    match name.to_ascii_lowercase().as_str() {
        "count" | "rank" | "dense_rank" | "row_number" | "char_length" => SqlType::Integer,
        "max" | "min" | "sum" | "coalesce" => arguments.first().map(Expr::sql_type).unwrap_or_default(),
        "concat" => SqlType::String { length: None },
        "now" | "current_timestamp" | "localtimestamp" | "sysdate" => SqlType::DateTime,
        "current_date" => SqlType::Date,
        "current_time" | "localtime" => SqlType::Time,
        _ => SqlType::Null,
    }
}

pub(super) fn function_class(base: &Rc<Class>) -> Rc<Class> {
    Class::builder("Function")
        .module("sqlalchemy.sql.functions")
        .base(base)
        .method("over", |vm, args| {
            let mut args = Arguments::new("over", args);
            let call = call_of(vm, &args.receiver())?;
            let mut window = ormscope::sql::Window::default();
            if let Some(partition) = args.keyword("partition_by") {
                window.partition_by = ordering(vm, &[partition])?;
            }
            if let Some(order) = args.keyword("order_by") {
                window.order_by = ordering(vm, &[order])?;
            }
            Ok(expr_object(vm, Expr::Function(Rc::new(FunctionCall { over: Some(window), ..call }))))
        })
        .method("filter", |vm, args| {
            let call = call_of(vm, &args.positional[0])?;
            let conditions = conditions(vm, &args.positional[1..])?;
            let filter = Some(Expr::all_of(BoolOp::And, conditions));
            Ok(expr_object(vm, Expr::Function(Rc::new(FunctionCall { filter, ..call }))))
        })
        .build()
}

fn call_of(vm: &mut Vm, object: &Object) -> PyResult<FunctionCall> {
    let data = receiver::<ExprData>(vm, object)?;
    match &data.expr {
        Expr::Function(call) => Ok((**call).clone()),
        _ => Err(vm.type_error("this is not a function call")),
    }
}

/// A plain value as LIMIT and OFFSET take it.
pub(super) fn count_bind(vm: &mut Vm, object: &Object) -> PyResult<Option<Expr>> {
    Ok(match object {
        Object::None => None,
        other => match super::expressions::to_expr(vm, other)? {
            Some(expr) => Some(expr),
            None => match to_value(vm, other)? {
                Value::Int(value) => Some(Expr::bind("param", Value::Int(value), SqlType::Integer)),
                value => {
                    return Err(
                        vm.value_error(format!("invalid literal for int() with base 10: {}", value.repr()))
                    );
                }
            },
        },
    })
}
