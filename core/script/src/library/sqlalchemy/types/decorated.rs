//! Types that a program defines: `TypeDecorator` and `UserDefinedType`.

use std::any::Any;
use std::rc::Rc;

use ormscope::sql::compiler::Dialect;
use ormscope::sql::{Bind, BindValue, Expr, Statement, TypeExpressions};
use ormscope::types::{Caching, Conversions, DecoratedType, DefinedType, SqlType, Value};

use super::construct::{instance, overrides};
use super::{DIALECTS, Known, TypeData, require_sql_type};
use crate::library::sqlalchemy::engine::dialect_object;
use crate::library::sqlalchemy::expressions::expr_object;
use crate::library::sqlalchemy::operands::to_expr;
use crate::library::sqlalchemy::schema::{keep, kept};
use crate::library::sqlalchemy::values::{Kept, to_object, to_value};
use crate::library::sqlalchemy::{classes, errors, with_orm};
use crate::object::{Args, Class, Object, PyResult, PyStr, Unwind};
use crate::vm::Vm;

pub(super) fn decorator_class(engine: &Rc<Class>) -> Rc<Class> {
    Class::builder("TypeDecorator")
        .module("sqlalchemy.sql.type_api")
        .base(engine)
        .method("__init__", init_decorator)
        .method("load_dialect_impl", |vm, args| vm.get_attr(&args.positional[0], "impl"))
        .method("coerce_compared_value", |_, args| Ok(args.positional[0].clone()))
        .getter("impl_instance", |vm, args| vm.get_attr(&args.positional[0], "impl"))
        .attribute("cache_ok", Object::None)
        .build()
}

pub(super) fn defined_class(engine: &Rc<Class>) -> Rc<Class> {
    Class::builder("UserDefinedType")
        .module("sqlalchemy.sql.type_api")
        .base(engine)
        .attribute("cache_ok", Object::None)
        .build()
}

/// `TypeDecorator.__init__`: makes the type that is decorated, with the arguments given.
fn init_decorator(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let this = args.positional.remove(0);
    let class = vm.class_of(&this);
    let Some(of) = class.lookup("impl") else {
        return Err(vm.error(
            &vm.exceptions.assertion_error.clone(),
            "TypeDecorator implementations require a class-level variable 'impl' which refers to the class of type being decorated",
        ));
    };
    let made = instance(vm, &of, args)?;
    if let Object::Instance(this) = &this {
        this.dict.borrow_mut().insert(PyStr::new("impl"), made);
    }
    Ok(Object::None)
}

/// The type that an object means, where its class is the program's.
pub(super) fn program_type(vm: &mut Vm, object: &Object, data: &TypeData) -> PyResult<Option<SqlType>> {
    match &*data.known.borrow() {
        Known::Decorated(known) => {
            if let Some(known) = known.upgrade() {
                return Ok(Some(SqlType::Decorated(known)));
            }
        }
        Known::Defined(known) => {
            if let Some(known) = known.upgrade() {
                return Ok(Some(SqlType::Defined(known)));
            }
        }
        Known::Nothing => {}
    }
    let class = vm.class_of(object);
    let own = classes(vm);
    let wraps = !class.native
        && (overrides(vm, &class, "bind_expression") || overrides(vm, &class, "column_expression"));
    if !class.native && overrides(vm, &class, "comparator_factory") {
        vm.library.sqlalchemy.comparators = true;
    }
    if class.is_subclass_of(&own.types.decorator) {
        let made = Rc::new(decorated(vm, object, &class)?);
        *data.known.borrow_mut() = Known::Decorated(Rc::downgrade(&made));
        if wraps {
            vm.library.sqlalchemy.wrapping.push((SqlType::Decorated(Rc::clone(&made)), object.clone()));
        }
        return Ok(Some(SqlType::Decorated(made)));
    }
    if class.is_subclass_of(&own.types.defined) {
        let made = Rc::new(defined(vm, object, &class)?);
        *data.known.borrow_mut() = Known::Defined(Rc::downgrade(&made));
        if wraps {
            vm.library.sqlalchemy.wrapping.push((SqlType::Defined(Rc::clone(&made)), object.clone()));
        }
        return Ok(Some(SqlType::Defined(made)));
    }
    let sql_type = data.sql_type.borrow().clone();
    let written = class.lookup(crate::library::sqlalchemy::program_compiler::HANDLERS).is_some();
    if !class.native && (written || PROGRAMMED.iter().any(|method| overrides(vm, &class, method))) {
        let made = Rc::new(DecoratedType {
            code: Rc::new(Kept::new(vm, object)),
            name: class.name().as_str().to_string(),
            implementation: sql_type,
            for_dialects: Vec::new(),
            conversions: processors(vm, &class),
            caching: Caching::Allowed,
        });
        *data.known.borrow_mut() = Known::Decorated(Rc::downgrade(&made));
        if wraps {
            vm.library.sqlalchemy.wrapping.push((SqlType::Decorated(Rc::clone(&made)), object.clone()));
        }
        return Ok(Some(SqlType::Decorated(made)));
    }
    Ok(Some(sql_type))
}

/// Asks the types that were met for what they put around values and columns.
pub(in crate::library::sqlalchemy) fn ask_wrapping(vm: &mut Vm) -> PyResult<()> {
    while let Some((sql_type, object)) = vm.library.sqlalchemy.wrapping.pop() {
        let class = vm.class_of(&object);
        let placeholder = Bind::unique("param", BindValue::Required);
        let placeholder = Bind { sql_type: sql_type.clone(), ..placeholder };
        let id = placeholder.id;
        let given = expr_object(vm, Expr::from(placeholder));
        let mut ask = |name: &str| -> PyResult<Option<Expr>> {
            if !overrides(vm, &class, name) {
                return Ok(None);
            }
            let made = vm.call_method(&object, name, vec![given.clone()])?;
            if made.is_none() { Ok(None) } else { to_expr(vm, &made) }
        };
        let (bind, column) = (ask("bind_expression")?, ask("column_expression")?);
        let expressions = TypeExpressions { placeholder: id, bind, column };
        with_orm(vm, |orm, _| {
            orm.schema.keep_type_expressions(sql_type, expressions);
            Ok(())
        })?;
    }
    Ok(())
}

/// What makes a class derived from one of the library's types more than another name for it.
const PROGRAMMED: [&str; 7] = [
    "comparator_factory",
    "coerce_compared_value",
    "bind_processor",
    "result_processor",
    "literal_processor",
    "bind_expression",
    "column_expression",
];

fn processors(vm: &mut Vm, class: &Rc<Class>) -> Conversions {
    Conversions {
        bind: overrides(vm, class, "bind_processor"),
        result: overrides(vm, class, "result_processor"),
        literal: overrides(vm, class, "literal_processor"),
    }
}

fn decorated(vm: &mut Vm, object: &Object, class: &Rc<Class>) -> PyResult<DecoratedType> {
    let of = vm.get_attr(object, "impl")?;
    let implementation = require_sql_type(vm, &of)?;
    let mut for_dialects = Vec::new();
    if overrides(vm, class, "load_dialect_impl") {
        for dialect in DIALECTS {
            let dialect_object = dialect_object(vm, dialect)?;
            let given = vm.call_method(object, "load_dialect_impl", vec![dialect_object])?;
            for_dialects.push((dialect.name(), require_sql_type(vm, &given)?));
        }
    }
    let conversions = Conversions {
        bind: overrides(vm, class, "process_bind_param") || overrides(vm, class, "bind_processor"),
        result: overrides(vm, class, "process_result_value") || overrides(vm, class, "result_processor"),
        literal: overrides(vm, class, "process_literal_param") || overrides(vm, class, "literal_processor"),
    };
    Ok(DecoratedType {
        code: Rc::new(Kept::new(vm, object)),
        name: class.name().as_str().to_string(),
        implementation,
        for_dialects,
        conversions,
        caching: caching(vm, class)?,
    })
}

fn defined(vm: &mut Vm, object: &Object, class: &Rc<Class>) -> PyResult<DefinedType> {
    let spec = if overrides(vm, class, "get_col_spec") {
        let spec = vm.call_method(object, "get_col_spec", Vec::new())?;
        Some(vm.str(&spec)?.as_str().to_string())
    } else {
        None
    };
    let conversions = processors(vm, class);
    Ok(DefinedType {
        code: Rc::new(Kept::new(vm, object)),
        name: class.name().as_str().to_string(),
        spec,
        conversions,
        caching: caching(vm, class)?,
    })
}

/// What a class itself says of caching.
fn caching(vm: &mut Vm, class: &Rc<Class>) -> PyResult<Caching> {
    let said = class.dict.borrow().get("cache_ok").cloned();
    Ok(match said {
        None | Some(Object::None) => Caching::Unsaid,
        Some(said) if vm.truthy(&said)? => Caching::Allowed,
        Some(_) => Caching::Refused,
    })
}

/// Warns of a type that says nothing of caching, once for a statement.
pub(in crate::library::sqlalchemy) fn warn_of_caching(
    vm: &mut Vm,
    statement: &Statement,
    object: &Object,
) -> PyResult<()> {
    if kept(object, "_warned_of_caching").is_some() {
        return Ok(());
    }
    for sql_type in statement.uncached_types() {
        let (caching, kind) = match &sql_type {
            SqlType::Decorated(own) => (own.caching, "TypeDecorator"),
            SqlType::Defined(own) => (own.caching, "UserDefinedType"),
            _ => continue,
        };
        if caching != Caching::Unsaid {
            continue;
        }
        keep(object, "_warned_of_caching", Object::Bool(true));
        let repr = sql_type.repr();
        errors::warn(
            vm,
            format!(
                "{kind} {repr} will not produce a cache key because the ``cache_ok`` attribute is not set to True.  This can have significant performance implications including some performance degradations in comparison to prior SQLAlchemy versions.  Set this attribute to True if this type object's state is safe to use in a cache key, or False to disable this warning. (Background on this warning at: https://sqlalche.me/e/21/cprf)"
            ),
        )?;
    }
    Ok(())
}

/// Which way a value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::library::sqlalchemy) enum Direction {
    /// To the database.
    Bind,
    /// From the database.
    Result,
}

/// Runs a program's conversion of a value.
pub(in crate::library::sqlalchemy) fn convert(
    vm: &mut Vm,
    code: &Rc<dyn Any>,
    direction: Direction,
    value: &Value,
) -> PyResult<Value> {
    let Some(kept) = code.downcast_ref::<Kept>() else { return Ok(value.clone()) };
    let object = kept.object.clone();
    let class = vm.class_of(&object);
    let value = to_object(vm, value)?;
    let dialect = dialect_object(vm, Dialect::Sqlite)?;
    let method = match direction {
        Direction::Bind => "process_bind_param",
        Direction::Result => "process_result_value",
    };
    let result = if class.is_subclass_of(&classes(vm).types.decorator) && overrides(vm, &class, method) {
        vm.call_method(&object, method, vec![value, dialect])?
    } else {
        let processor = match direction {
            Direction::Bind => vm.call_method(&object, "bind_processor", vec![dialect])?,
            Direction::Result => vm.call_method(&object, "result_processor", vec![dialect, Object::None])?,
        };
        if processor.is_none() { value } else { vm.call(&processor, Args::positional(vec![value]))? }
    };
    to_value(vm, &result)
}

/// The text that a type of the program's makes of a value.
pub(in crate::library::sqlalchemy) fn literal(
    vm: &mut Vm,
    value: &Value,
    sql_type: &SqlType,
    dialect: Dialect,
) -> PyResult<String> {
    let (code, implementation) = match sql_type {
        SqlType::Decorated(own) => (&own.code, sql_type.for_dialect(dialect.name()).clone()),
        SqlType::Defined(own) => (&own.code, SqlType::Null),
        other => return plain_literal(vm, value, other, dialect),
    };
    let Some(kept) = code.downcast_ref::<Kept>() else {
        return plain_literal(vm, value, &implementation, dialect);
    };
    let object = kept.object.clone();
    match own_literal(vm, &object, value, &implementation, dialect) {
        Ok(text) => Ok(text),
        Err(unwind) => {
            described_exception(vm, unwind)?;
            let given = to_object(vm, value)?;
            let (given, class) = (vm.repr(&given)?, vm.str(&object)?);
            let message = format!(
                "Could not render literal value \"{}\" with datatype {}; see parent stack trace for more detail.",
                given.as_str(),
                class.as_str()
            );
            Err(errors::error(vm, "CompileError", message))
        }
    }
}

fn own_literal(
    vm: &mut Vm,
    object: &Object,
    value: &Value,
    implementation: &SqlType,
    dialect: Dialect,
) -> PyResult<String> {
    let class = vm.class_of(object);
    let given = to_object(vm, value)?;
    let dialect_object = dialect_object(vm, dialect)?;
    if overrides(vm, &class, "literal_processor") {
        let processor = vm.call_method(object, "literal_processor", vec![dialect_object])?;
        if processor.is_none() {
            return plain_literal(vm, value, implementation, dialect);
        }
        let text = vm.call(&processor, Args::positional(vec![given]))?;
        return Ok(vm.str(&text)?.as_str().to_string());
    }
    for method in ["process_literal_param", "process_bind_param"] {
        if overrides(vm, &class, method) {
            let made = vm.call_method(object, method, vec![given, dialect_object])?;
            let made = to_value(vm, &made)?;
            return plain_literal(vm, &made, implementation, dialect);
        }
    }
    plain_literal(vm, value, implementation, dialect)
}

fn plain_literal(vm: &mut Vm, value: &Value, sql_type: &SqlType, dialect: Dialect) -> PyResult<String> {
    with_orm(vm, |orm, _| Ok(ormscope::sql::compiler::literal_text(&orm.schema, value, sql_type, dialect)?))
}

/// An exception's class, with its module, and its message; what is no
/// `Exception` passes through.
pub(in crate::library::sqlalchemy) fn described_exception(
    vm: &mut Vm,
    unwind: Unwind,
) -> PyResult<(String, String)> {
    let Unwind::Raised(raised) = &unwind else { return Err(unwind) };
    let exception = Object::Instance(Rc::clone(&raised.exception));
    let class = vm.class_of(&exception);
    if !class.is_subclass_of(&vm.exceptions.exception) {
        return Err(unwind);
    }
    let name = format!("{}.{}", class.module.borrow().as_str(), class.name().as_str());
    Ok((name, vm.str(&exception)?.as_str().to_string()))
}
