//! Functions that make expressions: `and_`, `case`, `text`, `bindparam`, …

use std::rc::Rc;

use ormscope::sql::{
    Bind, BindValue, ColumnRef, Expr, Kind, Operator, Statement, TextStatement, TextualSelect,
};
use ormscope::types::{SpecificType, SqlType, TypeArgument, TypeClass, Value};

use super::arguments::{Arguments, items};
use super::expressions::{ExprData, TextData, conditions, expr_object, require_expr};
use super::operands::by_or_of;
use super::operands::to_expr;
use super::types::require_sql_type;
use super::values::{Kept, to_value};
use super::{classes, errors, froms, receiver};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The functions of this file by the names under which `sqlalchemy` has them.
pub(super) const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("and_", |vm, args| list(vm, args, Operator::And)),
    ("or_", |vm, args| list(vm, args, Operator::Or)),
    ("not_", |vm, args| {
        if args.positional[0].native::<TextData>().is_some() {
            return super::statement_parts::no_opposite(vm, args);
        }
        let expr = require_expr(vm, &args.positional[0])?;
        Ok(expr_object(vm, expr.negate()))
    }),
    ("desc", |vm, args| order(vm, args, Operator::Desc)),
    ("asc", |vm, args| order(vm, args, Operator::Asc)),
    ("nulls_first", |vm, args| order(vm, args, Operator::NullsFirst)),
    ("nulls_last", |vm, args| order(vm, args, Operator::NullsLast)),
    ("nullsfirst", |vm, args| order(vm, args, Operator::NullsFirst)),
    ("nullslast", |vm, args| order(vm, args, Operator::NullsLast)),
    ("distinct", |vm, args| one_sided(vm, args, Operator::Distinct)),
    ("bitwise_not", |vm, args| one_sided(vm, args, Operator::BitwiseNot)),
    ("any_", |vm, args| one_sided(vm, args, Operator::Any)),
    ("all_", |vm, args| one_sided(vm, args, Operator::All)),
    ("null", |vm, _| Ok(expr_object(vm, Expr::null()))),
    ("true", |vm, _| Ok(expr_object(vm, Expr::constant(true)))),
    ("false", |vm, _| Ok(expr_object(vm, Expr::constant(false)))),
    ("literal", literal),
    ("literal_column", |vm, args| {
        let mut args = Arguments::new("literal_column", args);
        let text = args.require(vm, "text")?;
        let text = vm.str(&text)?;
        let sql_type = optional_type(vm, &mut args)?;
        Ok(expr_object(vm, Expr::literal_column(text.as_str(), sql_type)))
    }),
    ("column", column),
    ("bindparam", bindparam),
    ("outparam", bindparam),
    ("text", text),
    ("case", case),
    ("cast", |vm, args| cast(vm, args, false)),
    ("try_cast", |vm, args| cast(vm, args, true)),
    ("type_coerce", |vm, args| {
        let mut args = Arguments::new("type_coerce", args);
        let value = args.require(vm, "expression")?;
        let sql_type = args.require(vm, "type_")?;
        let sql_type = require_sql_type(vm, &sql_type)?;
        let element = typed_expr(vm, &value, &sql_type)?;
        Ok(expr_object(vm, Expr::new(Kind::TypeCoerce { element, sql_type })))
    }),
    ("extract", |vm, args| {
        let mut args = Arguments::new("extract", args);
        let field = args.require(vm, "field")?;
        let field = vm.str(&field)?;
        let value = args.require(vm, "expr")?;
        let element = require_expr(vm, &value)?;
        Ok(expr_object(vm, Expr::new(Kind::Extract { field: field.as_str().into(), element })))
    }),
    ("tuple_", tuple),
    ("between", |vm, args| {
        let expr = require_expr(vm, &args.positional[0])?;
        let object = expr_object(vm, expr);
        let method = vm.get_attr(&object, "between")?;
        vm.call(&method, Args { positional: args.positional[1..].to_vec(), keyword: args.keyword })
    }),
    ("collate", super::expressions::collate),
    ("exists", exists),
    ("array", array),
    ("from_dml_column", |vm, args| {
        let expr = require_expr(vm, &args.positional[0])?;
        match expr.kind() {
            Kind::Column(column) => Ok(expr_object(vm, Expr::new(Kind::DmlColumn(column.clone())))),
            _ => Err(errors::error(vm, "ArgumentError", "from_dml_column() takes a column")),
        }
    }),
    ("label", |vm, args| {
        let mut args = Arguments::new("label", args);
        let name = args.require(vm, "name")?;
        let element = args.require(vm, "element")?;
        let element = require_expr(vm, &element)?;
        Ok(expr_object(vm, element.label(name.as_str())))
    }),
];

pub(super) fn list(vm: &mut Vm, args: Args, op: Operator) -> PyResult<Object> {
    let mut given = args.positional;
    if let [Object::Generator(_)] = &given[..] {
        given = vm.collect(&given[0].clone())?;
    }
    let conditions = conditions(vm, &given)?;
    Ok(expr_object(vm, Expr::all_of(op, conditions)))
}

fn order(vm: &mut Vm, args: Args, op: Operator) -> PyResult<Object> {
    let exprs = by_or_of(vm, &args.positional[..1.min(args.positional.len())])?;
    match exprs.into_iter().next() {
        Some(expr) => Ok(expr_object(vm, expr.unary(op))),
        None => Err(vm.type_error("an expression is missing")),
    }
}

fn one_sided(vm: &mut Vm, args: Args, op: Operator) -> PyResult<Object> {
    let Some(first) = args.positional.first() else { return Err(vm.type_error("an expression is missing")) };
    let expr = require_expr(vm, first)?;
    Ok(expr_object(vm, expr.unary(op)))
}

fn optional_type(vm: &mut Vm, args: &mut Arguments) -> PyResult<SqlType> {
    match args.take("type_") {
        Some(sql_type) if !sql_type.is_none() => require_sql_type(vm, &sql_type),
        _ => Ok(SqlType::Null),
    }
}

fn literal(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("literal", args);
    let given = args.require(vm, "value")?;
    let sql_type = optional_type(vm, &mut args)?;
    let literal_execute = args.flag(vm, "literal_execute", false)?;
    if to_expr(vm, &given)?.is_some() {
        return Err(super::operands::expected(vm, "Literal Python value", &given));
    }
    let value = to_value(vm, &given)?;
    let sql_type = if sql_type == SqlType::Null { SqlType::of(&value) } else { sql_type };
    let bind = Bind { sql_type, literal_execute, ..Bind::unique("param", BindValue::One(value)) };
    Ok(expr_object(vm, Expr::from(bind)))
}

pub(super) fn column(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("column", args);
    let given = args.require(vm, "text")?;
    let text = vm.str(&given)?;
    let sql_type = optional_type(vm, &mut args)?;
    let is_literal = args.flag(vm, "is_literal", false)?;
    args.keyword("_selectable");
    args.finish(vm)?;
    if is_literal {
        return Ok(expr_object(vm, Expr::literal_column(text.as_str(), sql_type)));
    }
    let named = Expr::named(text.as_str(), sql_type);
    let quote = match &given {
        Object::Instance(_) => vm.get_attr_opt(&given, "quote")?,
        _ => None,
    };
    match (named.kind(), quote) {
        (Kind::Column(column), Some(Object::Bool(quote))) => {
            Ok(expr_object(vm, Expr::from(ColumnRef { quote: Some(quote), ..column.clone() })))
        }
        _ => Ok(expr_object(vm, named)),
    }
}

/// A value as an expression of a type that is asked for.
fn typed_expr(vm: &mut Vm, value: &Object, sql_type: &SqlType) -> PyResult<Expr> {
    Ok(match to_expr(vm, value)? {
        Some(expr) => expr,
        None => match to_value(vm, value)? {
            Value::Null => Expr::null(),
            value => Expr::bind("param", value, sql_type.clone()),
        },
    })
}

fn cast(vm: &mut Vm, args: Args, attempt: bool) -> PyResult<Object> {
    let mut args = Arguments::new("cast", args);
    let value = args.require(vm, "expression")?;
    let sql_type = args.require(vm, "type_")?;
    let sql_type = require_sql_type(vm, &sql_type)?;
    let element = typed_expr(vm, &value, &sql_type)?;
    Ok(expr_object(vm, Expr::new(Kind::Cast { element, sql_type, attempt })))
}

fn tuple(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("tuple_", args);
    let types = match args.keyword("types") {
        Some(types) => {
            let types = vm.collect(&types)?;
            types.iter().map(|one| require_sql_type(vm, one)).collect::<PyResult<Vec<_>>>()?
        }
        None => Vec::new(),
    };
    let mut exprs = Vec::new();
    for (at, item) in args.rest().iter().enumerate() {
        exprs.push(match types.get(at) {
            Some(sql_type) => typed_expr(vm, item, sql_type)?,
            None => require_expr(vm, item)?,
        });
    }
    let exprs = exprs.into_iter().map(|expr| expr.in_list()).collect();
    Ok(expr_object(vm, Expr::new(Kind::Tuple(exprs))))
}

pub(super) fn exists(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let select = match args.positional.first() {
        None | Some(Object::None) => ormscope::sql::Select::of([Expr::star()]),
        Some(Object::List(_)) => {
            let made = super::select::select(vm, args)?;
            super::select::require_select(vm, &made)?
        }
        Some(first) => match super::select::as_select(vm, first)? {
            Some(select) => select,
            None => match to_expr(vm, first)? {
                Some(expr) => match expr.kind() {
                    Kind::Subquery(select) => (**select).clone(),
                    _ => super::select::select_of(vm, &args.positional)?,
                },
                None => super::select::select_of(vm, &args.positional)?,
            },
        },
    };
    Ok(expr_object(vm, Expr::exists(&select)))
}

/// `postgresql.array([…])`
fn array(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("array", args);
    let clauses = args.require(vm, "clauses")?;
    let mut sql_type = optional_type(vm, &mut args)?;
    let mut exprs = Vec::new();
    for item in items(vm, &clauses)? {
        exprs.push(require_expr(vm, &item)?);
    }
    if sql_type == SqlType::Null {
        sql_type = exprs.first().map(Expr::sql_type).unwrap_or_default();
    }
    let array = TypeClass::find("postgresql", "ARRAY").map_or(SqlType::Null, |class| {
        // An array of arrays is one of more dimensions.
        let inner = sql_type.described().into_owned();
        let (item, dimensions) = match inner.item("item_type") {
            Some(item) => {
                (item.clone(), TypeArgument::Int(i64::from(inner.number("dimensions").unwrap_or(1)) + 1))
            }
            None => (sql_type, TypeArgument::None),
        };
        let array = SpecificType::new(class).with("item_type", TypeArgument::Type(item));
        SqlType::of_class(array.with("dimensions", dimensions))
    });
    Ok(expr_object(vm, Expr::new(Kind::Array { items: exprs, sql_type: array })))
}

fn bindparam(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("bindparam", args);
    let key = args.require(vm, "key")?;
    let value = args.take("value");
    let mut sql_type = optional_type(vm, &mut args)?;
    let expanding = args.flag(vm, "expanding", false)?;
    let unique = args.flag(vm, "unique", false)?;
    let literal_execute = args.flag(vm, "literal_execute", false)?;
    let callable = args.keyword("callable_").filter(|callable| !callable.is_none());
    args.keyword("required");
    args.keyword("quote");
    args.keyword("isoutparam");
    args.finish(vm)?;
    let value = match (value, callable) {
        (_, Some(callable)) => BindValue::Callable(Rc::new(Kept::new(vm, &callable))),
        (Some(list), None) if expanding && !list.is_none() => {
            let mut values = Vec::new();
            for item in items(vm, &list)? {
                values.push(to_value(vm, &item)?);
            }
            BindValue::Expanding(values)
        }
        (Some(value), None) => BindValue::One(to_value(vm, &value)?),
        (None, None) if expanding => BindValue::ExpandingRequired,
        (None, None) => BindValue::Required,
    };
    if sql_type == SqlType::Null {
        sql_type = match &value {
            BindValue::One(value) => SqlType::of(value),
            BindValue::Expanding(values) => values.first().map(SqlType::of).unwrap_or_default(),
            _ => SqlType::Null,
        };
    }
    let (key, unique) = match &key {
        Object::None => ("param".to_string(), true),
        key => {
            let key = name_text(vm, key)?;
            (vm.str(&key)?.as_str().to_string(), unique)
        }
    };
    let bind = Bind { unique, sql_type, literal_execute, ..Bind::named(&key, value) };
    Ok(expr_object(vm, Expr::from(bind)))
}

fn text(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("text", args);
    let text = args.require(vm, "text")?;
    let text = name_text(vm, &text)?;
    let text = vm.str(&text)?;
    let made = text_object(vm, TextStatement::new(text.as_str()));
    if super::peek(vm, |orm| orm.legacy)?
        && let Some(bind) = args.keyword("bind").filter(|bind| !bind.is_none())
    {
        super::schema::keep(&made, "_bind", bind);
    }
    Ok(made)
}

/// Something that must be text, as a regular expression takes it.
fn name_text(vm: &mut Vm, given: &Object) -> PyResult<Object> {
    match given {
        Object::Str(_) | Object::Instance(_) => Ok(given.clone()),
        other => {
            let class = vm.class_name(other);
            Err(vm.type_error(format!("expected string or bytes-like object, got '{}'", class.as_str())))
        }
    }
}

fn text_object(vm: &mut Vm, statement: TextStatement) -> Object {
    let class = classes(vm).text.clone();
    Instance::native(&class, TextData { statement: Rc::new(statement) })
}

pub(super) fn text_class(clause: &Rc<Class>) -> Rc<Class> {
    super::element_constructors::made_by(Class::builder("TextClause").base(clause), text)
        .attribute("is_text", Object::Bool(true))
        .module("sqlalchemy.sql.elements")
        .method("__str__", super::printing::print_statement)
        .method("compile", super::compiled::compile_statement)
        .method("bindparams", bind_text)
        .getter("execute", |vm, args| super::statement_parts::by_itself(vm, &args, "execute"))
        .getter("scalar", |vm, args| super::statement_parts::by_itself(vm, &args, "scalar"))
        .method("columns", text_columns)
        .method("self_group", |_, args| Ok(args.positional[0].clone()))
        .method("label", |vm, args| {
            if !super::peek(vm, |orm| orm.legacy)? {
                return Err(vm.error(&vm.exceptions.not_implemented_error.clone(), ""));
            }
            let expr = require_expr(vm, &args.positional[0])?;
            let name = args.positional.get(1).and_then(Object::as_str).map(str::to_string);
            Ok(expr_object(vm, expr.label(name.as_deref())))
        })
        .method("execution_options", |vm, args| {
            let data = receiver::<TextData>(vm, &args.positional[0])?;
            let known = super::schema::kept(&args.positional[0], "_execution_options");
            let options = super::statement_options::merged_options(vm, known.as_ref(), args.keyword)?;
            let copy = text_object(vm, (*data.statement).clone());
            super::schema::keep(&copy, "_execution_options", options);
            Ok(copy)
        })
        .method("__and__", |vm, args| list(vm, args, Operator::And))
        .method("__or__", |vm, args| list(vm, args, Operator::Or))
        .method("__invert__", super::statement_parts::no_opposite)
        .method("compare", |vm, args| {
            let data = receiver::<TextData>(vm, &args.positional[0])?;
            let same = match args.positional.get(1).and_then(Object::native::<TextData>) {
                Some(other) => super::comparing::statements_alike(
                    &Statement::Text(Rc::clone(&data.statement)),
                    &Statement::Text(Rc::clone(&other.statement)),
                ),
                None => false,
            };
            Ok(Object::Bool(same))
        })
        .method("get_execution_options", |vm, args| {
            let known = super::schema::kept(&args.positional[0], "_execution_options");
            super::statement_options::shown_options(vm, known.as_ref())
        })
        .method("__bool__", |vm, _| Err(vm.type_error("Boolean value of this clause is not defined")))
        .getter("type", |vm, _| Ok(super::types::type_object(vm, SqlType::Null)))
        .getter("is_text", |_, _| Ok(Object::Bool(false)))
        .getter("is_select", |_, _| Ok(Object::Bool(false)))
        .getter("is_dml", |_, _| Ok(Object::Bool(false)))
        .getter("is_selectable", |_, _| Ok(Object::Bool(false)))
        .getter("is_clause_element", |_, _| Ok(Object::Bool(true)))
        .getter("supports_execution", |_, _| Ok(Object::Bool(true)))
        .getter("text", |vm, args| {
            let data = receiver::<TextData>(vm, &args.positional[0])?;
            Ok(Object::str(&data.statement.text))
        })
        .build()
}

/// `text(…).bindparams(…)`
fn bind_text(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<TextData>(vm, &args.positional[0])?;
    let mut statement = (*data.statement).clone();
    let mut added = Vec::new();
    for bind in args.positional.iter().skip(1) {
        if let Some(data) = bind.native::<ExprData>()
            && let Kind::Bind(bind) = data.expr.kind()
        {
            added.push(Rc::clone(bind));
        }
    }
    for (name, value) in args.keyword {
        let value = to_value(vm, &value)?;
        let known = statement.binds.iter().find(|bind| *bind.key == *name.as_str());
        let sql_type = known.map_or_else(|| SqlType::of(&value), |bind| bind.sql_type.clone());
        added.push(Rc::new(Bind { sql_type, ..Bind::named(name.as_str(), BindValue::One(value)) }));
    }
    for bind in added {
        if !statement.bind_names().contains(&&*bind.key) {
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "This text() construct doesn't define a bound parameter named {}",
                    ormscope::types::python_str(&bind.key)
                ),
            ));
        }
        statement.binds.retain(|known| known.key != bind.key);
        statement.binds.push(bind);
    }
    Ok(text_object(vm, statement))
}

/// `text(…).columns(…)`
fn text_columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<TextData>(vm, &args.positional[0])?;
    let mut columns = Vec::new();
    let mut named = args.keyword;
    for object in &args.positional[1..] {
        // A string is taken for a column of that name.
        let expr = match object {
            Object::Str(name) => Expr::named(name.as_str(), SqlType::Null),
            object => require_expr(vm, object)?,
        };
        let Kind::Column(column) = expr.kind() else {
            return Err(super::operands::expected(vm, "Column expression", object));
        };
        let mut column = column.clone();
        if let Some(at) = named.iter().position(|(name, _)| *name.as_str() == *column.key) {
            column.sql_type = require_sql_type(vm, &named.remove(at).1)?;
        }
        columns.push(column);
    }
    let positional = !columns.is_empty() && named.is_empty();
    for (name, sql_type) in named {
        let sql_type = require_sql_type(vm, &sql_type)?;
        if let Kind::Column(column) = Expr::named(name.as_str(), sql_type).kind() {
            columns.push(column.clone());
        }
    }
    let text = Rc::clone(&data.statement);
    Ok(super::textual::textual_object(vm, TextualSelect { text, columns, positional, ctes: Vec::new() }))
}

fn case(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("case", args);
    let otherwise = args.keyword("else_");
    let value = args.keyword("value").filter(|value| !value.is_none());
    let mut pairs: Vec<Object> = Vec::new();
    let legacy = super::peek(vm, |orm| orm.legacy)?;
    let named = args.keyword("whens").filter(|_| legacy);
    for item in args.rest().into_iter().chain(named) {
        match &item {
            Object::List(_) => {
                if !legacy {
                    let message = "The \"whens\" argument to case(), when referring to a sequence of items, is now passed as a series of positional elements, rather than as a list. ";
                    return Err(super::errors::error(vm, "ArgumentError", message));
                }
                pairs.extend(vm.collect(&item)?);
            }
            Object::Dict(dict) => {
                pairs.extend(dict.items().into_iter().map(|(key, value)| Object::tuple(vec![key, value])));
            }
            _ => pairs.push(item),
        }
    }
    let value = match value {
        Some(value) => Some(require_expr(vm, &value)?),
        None => None,
    };
    let mut whens = Vec::new();
    for pair in pairs {
        if matches!(pair, Object::Int(_) | Object::Float(_) | Object::None | Object::Bool(_)) {
            let class = vm.class_name(&pair);
            return Err(vm.type_error(format!("cannot unpack non-iterable {} object", class.as_str())));
        }
        let parts = vm.collect(&pair)?;
        let [when, then] = &parts[..] else {
            let message = match parts.len() {
                0 | 1 => format!("not enough values to unpack (expected 2, got {})", parts.len()),
                _ => "too many values to unpack (expected 2)".to_string(),
            };
            return Err(vm.value_error(message));
        };
        whens.push((require_expr(vm, when)?, require_expr(vm, then)?));
    }
    let otherwise = match otherwise {
        Some(result) if !result.is_none() => Some(require_expr(vm, &result)?),
        _ => None,
    };
    Ok(expr_object(vm, Expr::case(value, whens, otherwise)))
}

/// A plain value as LIMIT and OFFSET take it.
pub(super) fn count_bind(vm: &mut Vm, object: &Object) -> PyResult<Option<Expr>> {
    Ok(match object {
        Object::None => None,
        other if froms::is_textual(other) => {
            return Err(super::operands::expected(vm, "LIMIT / OFFSET expression", other));
        }
        other => match to_expr(vm, other)? {
            Some(expr) => Some(expr),
            None if froms::to_from(vm, other)?.is_some() => {
                return Err(super::operands::expected(vm, "LIMIT / OFFSET expression", other));
            }
            None => match to_value(vm, other)? {
                Value::Int(value) => Some(Expr::bind("param", Value::Int(value), SqlType::Integer)),
                Value::Bool(value) => {
                    Some(Expr::bind("param", Value::Int(i64::from(value)), SqlType::Integer))
                }
                Value::Text(text) if text.trim().parse::<i64>().is_ok() => {
                    let value = Value::Int(text.trim().parse().unwrap_or_default());
                    Some(Expr::bind("param", value, SqlType::Integer))
                }
                Value::Text(text) => {
                    return Err(vm.value_error(format!(
                        "invalid literal for int() with base 10: {}",
                        ormscope::types::python_str(&text)
                    )));
                }
                Value::Float(value) => Some(Expr::bind("param", Value::Int(value as i64), SqlType::Integer)),
                _ => {
                    let class = vm.class_of(other).name();
                    return Err(vm.type_error(format!(
                        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                        class.as_str()
                    )));
                }
            },
        },
    })
}
