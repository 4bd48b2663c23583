//! `func`: function calls, windows, filters, and functions that give rows.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.functions`.

use std::rc::Rc;

use ormscope::sql::{
    Alias, AliasKind, AliasOf, CustomOperator, Expr, Frame, FrameBound, FrameUnit, From, FunctionCall, Kind,
    Modifiers, Operator, TableValued, Window,
};
use ormscope::types::{SpecificType, SqlType, TypeArgument, TypeClass, Value};

use super::arguments::Arguments;
use super::arguments::items;
use super::expressions::{conditions, expr_object, require_expr};
use super::operands::by_or_of;
use super::operands::named_expr;
use super::types::{require_sql_type, to_sql_type};
use super::{classes, errors, froms, receiver};
use crate::object::{Args, Class, ClassBuilder, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of `func`, and of `func.package`.
struct FunctionGenerator {
    path: Vec<String>,
}

/// `func`
pub(super) fn function_generator(vm: &mut Vm) -> Object {
    let class = classes(vm).function_generator.clone();
    Instance::native(&class, FunctionGenerator { path: Vec::new() })
}

pub(super) fn function_generator_class() -> Rc<Class> {
    Class::builder("_FunctionGenerator")
        .module("sqlalchemy.sql.functions")
        .method("__getattr__", |vm, args| {
            let own = receiver::<FunctionGenerator>(vm, &args.positional[0])?;
            let name = vm.str(&args.positional[1])?;
            if name.as_str().starts_with("__") {
                return Err(vm.error(&vm.exceptions.attribute_error.clone(), name.as_str()));
            }
            // A trailing underscore keeps a name apart from Python's own words.
            let name = name.as_str().strip_suffix('_').unwrap_or(name.as_str());
            let mut path = own.path.clone();
            path.push(name.to_string());
            let class = classes(vm).function_generator.clone();
            Ok(Instance::native(&class, FunctionGenerator { path }))
        })
        .method("__call__", |vm, args| {
            let own = receiver::<FunctionGenerator>(vm, &args.positional[0])?;
            let path: Vec<&str> = own.path.iter().map(String::as_str).collect();
            let args = Args { positional: args.positional[1..].to_vec(), keyword: args.keyword };
            call(vm, &path, args)
        })
        .build()
}

/// A call of the function of that path.
pub(super) fn call(vm: &mut Vm, path: &[&str], mut args: Args) -> PyResult<Object> {
    if let Some(class) = super::program_elements::registered(vm, path) {
        return vm.call(&Object::Class(class), args);
    }
    let given_type = match args.take_keyword("type_") {
        Some(sql_type) => to_sql_type(vm, &sql_type)?,
        None => None,
    };
    args.take_keyword("monotonic");
    if let Some((key, _)) = args.keyword.first() {
        let message = format!("Function.__init__() got an unexpected keyword argument '{}'", key.as_str());
        return Err(vm.type_error(message));
    }
    let name = path.last().copied().unwrap_or("param");
    if let [name] = path {
        check_arguments(vm, &name.to_ascii_lowercase(), args.positional.len())?;
    }
    if let [name] = path
        && let Some((arguments, own)) = super::text_search::arguments(vm, name, &args.positional)?
    {
        let call = FunctionCall::new(path, arguments, Some(given_type.unwrap_or(own)));
        return Ok(expr_object(vm, Expr::new(Kind::Function(call))));
    }
    let mut arguments = Vec::new();
    for argument in &args.positional {
        arguments.push(named_expr(vm, argument, name)?);
    }
    let lower = name.to_ascii_lowercase();
    if let ([_], "next_value", [sequence]) = (path, lower.as_str(), &args.positional[..]) {
        if sequence.native::<super::schema::defaults::SequenceData>().is_none() {
            let message = "next_value() accepts a Sequence object as input.";
            return Err(vm.error(&vm.exceptions.assertion_error.clone(), message));
        }
        return vm.call_method(sequence, "next_value", Vec::new());
    }
    // Those are constructs of their own, whose functions only make them.
    if let ([_], "cast" | "extract") = (path, lower.as_str()) {
        let name = if lower == "cast" { "cast" } else { "extract" };
        let found = super::constructors::FUNCTIONS.iter().find(|(known, _)| *known == name);
        if let Some((_, make)) = found {
            return make(vm, args);
        }
    }
    let sql_type = match (given_type, path) {
        (None, [_]) if lower == "array_agg" => Some(array_of(&arguments)),
        (given, _) => given,
    };
    Ok(expr_object(vm, Expr::new(Kind::Function(FunctionCall::new(path, arguments, sql_type)))))
}

/// Refuses a number of arguments that a known function does not take.
fn check_arguments(vm: &mut Vm, name: &str, given: usize) -> PyResult<()> {
    let missing = match (name, given) {
        ("count", 2..) => {
            let given = given + 1;
            return Err(vm.type_error(format!(
                "count.__init__() takes from 1 to 2 positional arguments but {given} were given"
            )));
        }
        ("char_length", 0) => "arg",
        ("aggregate_strings", 1) => "separator",
        ("aggregate_strings", 0) => {
            return Err(vm.type_error(
                "aggregate_strings.__init__() missing 2 required positional arguments: 'clause' and 'separator'",
            ));
        }
        _ => return Ok(()),
    };
    Err(vm.type_error(format!("{name}.__init__() missing 1 required positional argument: '{missing}'")))
}

/// `array_agg(x)` gives an array of what it is given.
fn array_of(arguments: &[Expr]) -> SqlType {
    let item = arguments.iter().map(Expr::sql_type).find(|known| *known != SqlType::Null).unwrap_or_default();
    if item.described().class.name == "ARRAY" {
        return item;
    }
    TypeClass::find("", "ARRAY").map_or(SqlType::Null, |class| {
        let array = SpecificType::new(class).with("item_type", TypeArgument::Type(item));
        SqlType::of_class(array.with("dimensions", TypeArgument::Int(1)))
    })
}

/// The functions that are known by themselves, as classes of their own.
pub(super) const KNOWN: &[&str] = &[
    "coalesce",
    "max",
    "min",
    "sum",
    "pow",
    "now",
    "concat",
    "char_length",
    "random",
    "count",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "sysdate",
    "user",
    "array_agg",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "cube",
    "rollup",
    "grouping_sets",
    "aggregate_strings",
    "next_value",
];

/// The class of a function that is known by itself.
pub(super) fn known_class(base: &Rc<Class>, name: &'static str) -> Rc<Class> {
    let make = move |vm: &mut Vm, args: Args| {
        let args = Args { positional: args.positional[1..].to_vec(), keyword: args.keyword };
        call(vm, &[name], args)
    };
    let builder = Class::builder(name).module("sqlalchemy.sql.functions").base(base);
    builder.closure("__new__", make).method("__init__", |_, _| Ok(Object::None)).build()
}

/// The class of calls of functions that the program did not define.
pub(super) fn function_class(base: &Rc<Class>, element: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("Function").module("sqlalchemy.sql.functions").base(base).base(element);
    super::program_elements::statement_flags(builder, "")
        .attribute("is_selectable", Object::Bool(true))
        .attribute("named_with_column", Object::Bool(false))
        .attribute("schema", Object::None)
        .attribute("key", Object::None)
        .getter("selectable", |_, args| Ok(args.positional[0].clone()))
        .build()
}

/// What every function can be made.
pub(super) fn function_methods(builder: ClassBuilder) -> ClassBuilder {
    windowed(builder)
        .method("filter", filter)
        .method("within_group", |vm, args| ordered(vm, args, false))
        .method("aggregate_order_by", |vm, args| ordered(vm, args, true))
        .method("table_valued", table_valued)
        .method("column_valued", |vm, args| {
            let mut args = Arguments::new("column_valued", args);
            let expr = require_expr(vm, &args.receiver())?;
            let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
            let alias = aliased(&expr, name.as_deref(), expr.sql_type());
            let sql_type = expr.sql_type();
            Ok(expr_object(vm, Expr::new(Kind::Row { from: From::Alias(alias), sql_type })))
        })
        .method("scalar_table_valued", |vm, args| {
            let mut args = Arguments::new("scalar_table_valued", args);
            let function = require_expr(vm, &args.receiver())?;
            let name = args.require(vm, "name")?;
            let name = vm.str(&name)?;
            let sql_type = match args.take("type_") {
                Some(sql_type) if !sql_type.is_none() => require_sql_type(vm, &sql_type)?,
                _ => SqlType::Null,
            };
            let name = name.as_str().into();
            Ok(expr_object(vm, Expr::new(Kind::FieldOf { function, name, sql_type })))
        })
        .method("alias", |vm, args| {
            let mut args = Arguments::new("alias", args);
            let expr = require_expr(vm, &args.receiver())?;
            let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
            let alias = aliased(&expr, name.as_deref(), expr.sql_type());
            froms::from_object(vm, From::Alias(alias))
        })
        .method("select", |vm, args| super::select::select(vm, Args::positional(args.positional)))
        .method("as_comparison", |vm, args| {
            let expr = require_expr(vm, &args.positional[0])?;
            Ok(expr_object(vm, expr))
        })
        .getter("c", columns)
        .getter("columns", columns)
        .getter("exported_columns", columns)
}

/// `count(…).filter(…)`, which can still be a window.
pub(super) fn function_filter_class(base: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("FunctionFilter").module("sqlalchemy.sql.elements").base(base);
    windowed(super::element_constructors::made_by(builder, filter_function))
        .method("filter", filter)
        .method("within_group", |vm, args| ordered(vm, args, false))
        .build()
}

/// `percentile_cont(…).within_group(…)`, which can still be a window or filtered.
pub(super) fn within_group_class(base: &Rc<Class>, name: &str) -> Rc<Class> {
    let builder = Class::builder(name).module("sqlalchemy.sql.elements").base(base);
    windowed(super::element_constructors::made_by(builder, |vm, args| ordered(vm, args, false)))
        .method("filter", filter)
        .build()
}

fn windowed(builder: ClassBuilder) -> ClassBuilder {
    builder.method("over", |vm, args| {
        let mut args = Arguments::new("over", args);
        let element = require_expr(vm, &args.receiver())?;
        over(vm, element, &mut args)
    })
}

/// `over(func.rank(), …)`
pub(super) fn over_function(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("over", args);
    let element = args.require(vm, "element")?;
    let element = require_expr(vm, &element)?;
    over(vm, element, &mut args)
}

fn over(vm: &mut Vm, element: Expr, args: &mut Arguments) -> PyResult<Object> {
    let mut window = Window::default();
    if let Some(partition) = args.keyword("partition_by").filter(|given| !given.is_none()) {
        window.partition_by = in_list({
            let given = items(vm, &partition)?;
            by_or_of(vm, &given)?
        });
    }
    if let Some(order) = args.keyword("order_by").filter(|given| !given.is_none()) {
        window.order_by = in_list({
            let given = items(vm, &order)?;
            by_or_of(vm, &given)?
        });
    }
    let mut frames = Vec::new();
    for (name, unit) in
        [("range_", FrameUnit::Range), ("rows", FrameUnit::Rows), ("groups", FrameUnit::Groups)]
    {
        if let Some(bounds) = args.keyword(name).filter(|given| !given.is_none()) {
            frames.push((unit, bounds));
        }
    }
    let exclude = args.keyword("exclude").and_then(|text| text.as_str().map(Rc::from));
    if frames.len() > 1 {
        return Err(errors::error(
            vm,
            "ArgumentError",
            "only one of 'rows', 'range_', or 'groups' may be provided",
        ));
    }
    match frames.into_iter().next() {
        Some((unit, bounds)) => window.frame = Some(frame(vm, unit, &bounds, exclude)?),
        None if exclude.is_some() => {
            return Err(errors::error(
                vm,
                "ArgumentError",
                "'exclude' requires that one of 'rows', 'range_', or 'groups' is also specified",
            ));
        }
        None => {}
    }
    Ok(expr_object(vm, Expr::new(Kind::Over { element, window })))
}

fn in_list(exprs: Vec<Expr>) -> Vec<Expr> {
    exprs.into_iter().map(|expr| expr.in_list()).collect()
}

fn frame(vm: &mut Vm, unit: FrameUnit, bounds: &Object, exclude: Option<Rc<str>>) -> PyResult<Frame> {
    if let Some(frame) = bounds.native::<FrameData>() {
        return Ok(Frame { unit, exclude, ..frame.0.clone() });
    }
    let pair = match bounds {
        Object::Tuple(_) | Object::List(_) => vm.collect(bounds)?,
        _ => Vec::new(),
    };
    let [lower, upper] = &pair[..] else {
        return Err(errors::error(vm, "ArgumentError", "2-tuple expected for range/rows/groups"));
    };
    let coerces = unit != FrameUnit::Range;
    Ok(Frame { unit, lower: bound(vm, lower, coerces)?, upper: bound(vm, upper, coerces)?, exclude })
}

fn bound(vm: &mut Vm, object: &Object, coerces: bool) -> PyResult<FrameBound> {
    let number = match object {
        Object::None => return Ok(FrameBound::Unbounded),
        Object::Int(number) => *number,
        Object::Str(text) if coerces && text.as_str().trim().parse::<i64>().is_ok() => {
            text.as_str().trim().parse().unwrap_or_default()
        }
        _ if coerces => {
            return Err(errors::error(
                vm,
                "ArgumentError",
                "Integer or None expected for values in rows/groups frame",
            ));
        }
        _ => {
            return Err(errors::error(
                vm,
                "ArgumentError",
                "When using a tuple to specify a range only integer or none values are allowed in the range frame. To specify a different type use the FrameClause directly.",
            ));
        }
    };
    let bind = |number: i64| Expr::bind("param", Value::Int(number), SqlType::Integer);
    Ok(match number {
        0 => FrameBound::Current,
        number if number < 0 => FrameBound::Preceding(bind(-number)),
        number => FrameBound::Following(bind(number)),
    })
}

/// The native data of `FrameClause`.
struct FrameData(Frame);

/// `FrameClause(start, end, start_frame_type, end_frame_type)`
pub(super) fn frame_clause(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("FrameClause", args);
    let (start, end) = (args.require(vm, "start")?, args.require(vm, "end")?);
    let (start_type, end_type) = (args.require(vm, "start_frame_type")?, args.require(vm, "end_frame_type")?);
    let kinds = super::inspection::support(vm, "FrameClauseType")?;
    let side = |vm: &mut Vm, value: &Object, kind: &Object, side: &str| -> PyResult<FrameBound> {
        let kind = vm.call(&kinds, Args::positional(vec![kind.clone()]))?;
        let kind = vm.get_attr(&kind, "name")?;
        let kind = vm.str(&kind)?;
        if matches!(kind.as_str(), "CURRENT" | "UNBOUNDED") && !value.is_none() {
            let message = format!("Cannot specify a value for {side} with frame type {}", kind.as_str());
            return Err(errors::error(vm, "ArgumentError", message));
        }
        Ok(match kind.as_str() {
            "CURRENT" => FrameBound::Current,
            "PRECEDING" => FrameBound::Preceding(require_expr(vm, value)?),
            "FOLLOWING" => FrameBound::Following(require_expr(vm, value)?),
            _ => FrameBound::Unbounded,
        })
    };
    let lower = side(vm, &start, &start_type, "start")?;
    let upper = side(vm, &end, &end_type, "end")?;
    Ok(frame_object(vm, Frame { unit: FrameUnit::Range, lower, upper, exclude: None }))
}

/// A frame as an object.
pub(super) fn frame_object(vm: &mut Vm, frame: Frame) -> Object {
    let class = classes(vm).frame_clause.clone();
    Instance::native(&class, FrameData(frame))
}

fn filter(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut element = require_expr(vm, &args.positional[0])?;
    let mut given = conditions(vm, &args.positional[1..])?;
    if given.is_empty() {
        return Ok(args.positional[0].clone());
    }
    if let Kind::Filter { element: inner, criterion } = element.clone().kind() {
        given.insert(0, criterion.clone());
        element = inner.clone();
    }
    let criterion = if given.len() == 1 { given.remove(0) } else { Expr::all_of(Operator::And, given) };
    Ok(expr_object(vm, Expr::new(Kind::Filter { element, criterion })))
}

/// `funcfilter(func.count(…), …)`
pub(super) fn filter_function(vm: &mut Vm, args: Args) -> PyResult<Object> {
    filter(vm, args)
}

/// `within_group(func.rank(), …)`, `aggregate_order_by(func, …)`
pub(super) fn ordered(vm: &mut Vm, args: Args, inline: bool) -> PyResult<Object> {
    if args.positional.len() < 2 {
        return Err(vm.type_error("at least one ORDER BY element is required"));
    }
    let element = require_expr(vm, &args.positional[0])?;
    let order_by = by_or_of(vm, &args.positional[1..])?;
    Ok(expr_object(vm, element.within_group(order_by, inline)))
}

/// `postgresql.aggregate_order_by(x, …)`: ORDER BY behind an argument.
pub(super) fn argument_order_by(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let element = require_expr(vm, &args.positional[0])?;
    let order_by = by_or_of(vm, &args.positional[1..])?;
    let operator = CustomOperator {
        text: "ORDER BY".into(),
        precedence: 100,
        is_comparison: false,
        natural_self_precedent: false,
        eager_grouping: false,
        return_type: Some(element.sql_type()),
    };
    // Neither it nor what is in it is ever put in parentheses.
    let sql_type = element.sql_type();
    Ok(expr_object(
        vm,
        Expr::new(Kind::Binary {
            left: element,
            op: Operator::Custom(Rc::new(operator)),
            right: Expr::comma_list(order_by, false),
            negation: None,
            modifiers: Modifiers::default(),
            sql_type,
        }),
    ))
}

/// An alias of a function, whose single column is its value.
fn aliased(function: &Expr, name: Option<&str>, sql_type: SqlType) -> Rc<Alias> {
    let valued = TableValued { columns: Vec::new(), derived: None, lateral: false, sql_type };
    let kind = AliasKind::TableValued(valued);
    Alias::new(AliasOf::From(From::Function(function.clone())), name, kind)
}

/// `func.json_each(…).table_valued("key", "value")`
fn table_valued(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("table_valued", args);
    let expr = require_expr(vm, &args.receiver())?;
    let name = args.keyword("name").and_then(|name| name.as_str().map(str::to_string));
    let ordinality = args.keyword("with_ordinality").filter(|given| !given.is_none());
    args.keyword("joins_implicitly");
    let mut columns = Vec::new();
    for item in args.rest().iter().chain(&ordinality) {
        columns.push(match item {
            Object::Str(name) => (Rc::from(name.as_str()), SqlType::Null),
            other => match require_expr(vm, other)?.kind() {
                Kind::Column(column) => (Rc::clone(column.name.base()), column.sql_type.clone()),
                _ => return Err(super::operands::expected(vm, "Column expression", other)),
            },
        });
    }
    let function = match expr.kind() {
        Kind::Function(call) if ordinality.is_some() => {
            Expr::new(Kind::Function(FunctionCall { with_ordinality: true, ..call.clone() }))
        }
        _ => expr,
    };
    let valued = TableValued { columns, derived: None, lateral: false, sql_type: SqlType::Null };
    let alias =
        Alias::new(AliasOf::From(From::Function(function)), name.as_deref(), AliasKind::TableValued(valued));
    froms::from_object(vm, From::Alias(alias))
}

/// `function.c`: its value under its own name.
fn columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let expr = require_expr(vm, &args.positional[0])?;
    let alias = aliased(&expr, None, expr.sql_type());
    let object = froms::from_object(vm, From::Alias(alias))?;
    vm.get_attr(&object, "c")
}
