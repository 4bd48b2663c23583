//! The classes of expressions, called: `BinaryExpression(a, b, operators.eq)`,
//! `ClauseList(a, b)`, `Grouping(a)`.
//!
//! SQLAlchemy counterpart: the constructors in `sqlalchemy.sql.elements`.

use std::rc::Rc;

use ormscope::sql::{Expr, Kind, Modifiers, Operator};
use ormscope::types::SqlType;

use super::arguments::Arguments;
use super::constructors::FUNCTIONS;
use super::expressions::{expr_object, require_expr};
use super::operator_objects::operator_of;
use super::types::to_sql_type;
use crate::object::{Args, Class, ClassBuilder, NativeFn, Object, PyResult, PyStr};
use crate::vm::Vm;

/// The functions that do what a class does when it is called.
const AS_FUNCTIONS: &[(&str, &str)] = &[
    ("BindParameter", "bindparam"),
    ("Null", "null"),
    ("True_", "true"),
    ("False_", "false"),
    ("Label", "label"),
    ("TryCast", "try_cast"),
    ("Cast", "cast"),
    ("TypeCoerce", "type_coerce"),
    ("Extract", "extract"),
    ("Case", "case"),
    ("Tuple", "tuple_"),
];

const OWN: &[(&str, NativeFn)] = &[
    ("Grouping", |vm, args| {
        let mut args = Arguments::new("Grouping.__init__", args);
        args.receiver();
        let element = args.require(vm, "element")?;
        let element = require_expr(vm, &element)?;
        Ok(expr_object(vm, Expr::new(Kind::Grouping(element))))
    }),
    ("BooleanClauseList", |vm, _| {
        let message = "BooleanClauseList has a private constructor";
        Err(vm.error(&vm.exceptions.not_implemented_error.clone(), message))
    }),
    ("CollationClause", |vm, args| {
        let mut args = Arguments::new("CollationClause.__init__", args);
        args.receiver();
        let name = args.require(vm, "collation")?;
        let name = vm.str(&name)?;
        Ok(expr_object(vm, Expr::new(Kind::Collation(name.as_str().into()))))
    }),
    ("Slice", |vm, args| {
        let mut args = Arguments::new("Slice.__init__", args);
        args.receiver();
        let (start, stop) = (args.require(vm, "start")?, args.require(vm, "stop")?);
        let (start, stop) = (require_expr(vm, &start)?, require_expr(vm, &stop)?);
        Ok(expr_object(vm, Expr::new(Kind::Slice { start, stop })))
    }),
    ("ClauseList", clause_list),
    ("BinaryExpression", binary),
    ("UnaryExpression", unary),
    ("Over", |vm, args| {
        let args = Args { positional: args.positional[1..].to_vec(), keyword: args.keyword };
        super::functions::over_function(vm, args)
    }),
];

/// A class that makes what a function makes, when it is called.
pub(super) fn made_by(builder: ClassBuilder, function: NativeFn) -> ClassBuilder {
    let new = move |vm: &mut Vm, args: Args| {
        function(vm, Args { positional: args.positional[1..].to_vec(), keyword: args.keyword })
    };
    builder.closure("__new__", new).method("__init__", |_, _| Ok(Object::None))
}

/// `ColumnClause`, which programs derive their own columns from.
pub(super) fn column_clause_class(base: &Rc<Class>) -> Rc<Class> {
    Class::builder("ColumnClause")
        .module("sqlalchemy.sql.elements")
        .base(base)
        .method("__new__", |vm, args| match args.positional.first() {
            Some(Object::Class(class)) if class.native => super::constructors::column(
                vm,
                Args { positional: args.positional[1..].to_vec(), keyword: args.keyword },
            ),
            _ => super::program_elements::new_element(vm, args),
        })
        .method("__init__", |vm, args| {
            let mut args = Arguments::new("ColumnClause.__init__", args);
            let this = args.receiver();
            if this.native::<super::expressions::ExprData>().is_some() {
                return Ok(Object::None);
            }
            let name = args.require(vm, "text")?;
            let sql_type = args.take("type_");
            if let Object::Instance(own) = &this {
                let mut dict = own.dict.borrow_mut();
                dict.insert(PyStr::new("name"), name.clone());
                dict.insert(PyStr::new("key"), name);
                if let Some(sql_type) = sql_type {
                    dict.insert(PyStr::new("type"), sql_type);
                }
            }
            Ok(Object::None)
        })
        .build()
}

/// A class of expressions that can be called.
pub(super) fn class(name: &'static str, base: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder(name).module("sqlalchemy.sql.elements").base(base);
    with_constructor(builder, name).build()
}

fn with_constructor(builder: ClassBuilder, name: &str) -> ClassBuilder {
    let builder = match name {
        "BooleanClauseList" => builder
            .static_method("and_", |vm, args| super::constructors::list(vm, args, Operator::And))
            .static_method("or_", |vm, args| super::constructors::list(vm, args, Operator::Or)),
        _ => builder,
    };
    let nothing: NativeFn = |_, _| Ok(Object::None);
    if let Some((_, new)) = OWN.iter().find(|(known, _)| *known == name) {
        return builder.method("__new__", *new).method("__init__", nothing);
    }
    let function = AS_FUNCTIONS.iter().find(|(known, _)| *known == name);
    let call = function.and_then(|(_, function)| FUNCTIONS.iter().find(|(known, _)| known == function));
    match call {
        Some((_, call)) => {
            let call = *call;
            let new = move |vm: &mut Vm, args: Args| {
                call(vm, Args { positional: args.positional[1..].to_vec(), keyword: args.keyword })
            };
            builder.closure("__new__", new).method("__init__", nothing)
        }
        None => builder,
    }
}

/// The operator that an argument is.
fn operator(vm: &mut Vm, given: Option<Object>, otherwise: Operator) -> PyResult<Operator> {
    match given {
        Some(given) if !given.is_none() => match operator_of(vm, &given)? {
            Some(op) => Ok(op),
            None => Err(vm.type_error("an operator of sqlalchemy.sql.operators is expected")),
        },
        _ => Ok(otherwise),
    }
}

fn given_type(vm: &mut Vm, args: &mut Arguments) -> PyResult<Option<SqlType>> {
    match args.take("type_") {
        Some(given) if !given.is_none() => to_sql_type(vm, &given),
        _ => Ok(None),
    }
}

fn clause_list(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("ClauseList.__init__", args);
    args.receiver();
    let op = args.keyword("operator");
    let op = operator(vm, op, Operator::Comma)?;
    let groups = args.flag(vm, "group", true)?;
    let grouped = args.flag(vm, "group_contents", true)?;
    let mut items = Vec::new();
    for clause in args.rest() {
        let clause = require_expr(vm, &clause)?;
        items.push(if grouped { clause.grouped(Some(&op)) } else { clause });
    }
    Ok(expr_object(vm, Expr::new(Kind::List { op, items, sql_type: SqlType::Null, groups })))
}

fn binary(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("BinaryExpression.__init__", args);
    args.receiver();
    let (left, right) = (args.require(vm, "left")?, args.require(vm, "right")?);
    let op = args.require(vm, "operator")?;
    let op = match &op {
        Object::Str(_) => {
            let class = super::operator_objects::named(vm, "custom_op")?;
            let custom = vm.call(&class, Args::positional(vec![op.clone()]))?;
            operator(vm, Some(custom), Operator::Eq)?
        }
        _ => operator(vm, Some(op), Operator::Eq)?,
    };
    let sql_type = given_type(vm, &mut args)?.unwrap_or_default();
    let negation = match args.take("negate") {
        Some(given) if !given.is_none() => operator_of(vm, &given)?,
        _ => None,
    };
    let (left, right) = (require_expr(vm, &left)?, require_expr(vm, &right)?);
    Ok(expr_object(vm, Expr::binary_of(left, op, right, negation, Modifiers::default(), sql_type)))
}

fn unary(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("UnaryExpression.__init__", args);
    args.receiver();
    let element = args.require(vm, "element")?;
    let element = require_expr(vm, &element)?;
    let op = args.keyword("operator").or_else(|| args.keyword("modifier"));
    let op = operator(vm, op, Operator::Neg)?;
    let sql_type = given_type(vm, &mut args)?.unwrap_or_default();
    let operand = element.grouped(Some(&op));
    Ok(expr_object(vm, Expr::new(Kind::Unary { op, operand, sql_type })))
}
