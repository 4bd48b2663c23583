//! Elements of classes that the program derives: `ColumnElement`,
//! `FunctionElement`, `GenericFunction`, `Executable`, `DDLElement`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.functions`' classes, and what
//! `sqlalchemy.ext.compiler` is used on.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::sql::{AnonId, Expr, FunctionCall, Kind, ProgramElement};
use ormscope::types::SqlType;

use super::expressions::expr_object;
use super::operands::named_expr;
use super::types::{require_sql_type, to_sql_type};
use super::values::Kept;
use super::{classes, functions, receiver};
use crate::object::{Args, Class, ClassBuilder, Instance, Object, PyResult, PyStr};
use crate::vm::Vm;

/// The native data of such an element.
pub(super) struct ProgramData {
    id: AnonId,
    /// A function's arguments.
    arguments: RefCell<Vec<Expr>>,
    /// The call that a function is, where the library itself writes it.
    call: RefCell<Option<Expr>>,
}

/// `__new__` of the bases that programs derive from.
pub(super) fn new_element(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(Object::Class(class)) = args.positional.first() else {
        return Err(vm.type_error("an element is made from its class"));
    };
    let bases = [
        "ColumnElement",
        "ClauseElement",
        "FunctionElement",
        "GenericFunction",
        "ReturnTypeFromArgs",
        "AnsiFunction",
        "FromClause",
    ];
    if class.native && !bases.contains(&class.name().as_str()) {
        return Err(vm.type_error(format!("cannot create '{}' instances", class.name().as_str())));
    }
    let data = ProgramData { id: AnonId::fresh(), arguments: RefCell::default(), call: RefCell::default() };
    Ok(Instance::native(class, data))
}

/// `ClauseElement`
pub(super) fn clause_element_class() -> Rc<Class> {
    let mut builder = Class::builder("ClauseElement");
    for (name, call) in super::bound_values::METHODS {
        builder = builder.method(name, *call);
    }
    builder
        .module("sqlalchemy.sql.elements")
        .method("__new__", new_element)
        .method("__init__", |_, _| Ok(Object::None))
        .method("__str__", super::printing::print_statement)
        .method("compile", super::compiled::compile_statement)
        .method("self_group", |_, args| Ok(args.positional[0].clone()))
        .method("get_children", super::visitors::children)
        .method("compare", super::visitors::compare)
        .method("_generate_cache_key", super::visitors::cache_key)
        .getter("__visit_name__", super::visitors::visit_name)
        .attribute("is_clause_element", Object::Bool(true))
        .attribute("is_selectable", Object::Bool(false))
        .attribute("is_dml", Object::Bool(false))
        .attribute("stringify_dialect", Object::str("default"))
        .attribute("inherit_cache", Object::None)
        .attribute("description", Object::None)
        .method("__copy__", super::statement_parts::copied)
        .build()
}

/// The attributes that tell what kind of statement it is.
pub(super) fn statement_flags(builder: ClassBuilder, own: &str) -> ClassBuilder {
    let flags = ["is_select", "is_insert", "is_update", "is_delete", "is_text", "is_from_statement"];
    flags.iter().fold(builder, |builder, name| builder.attribute(name, Object::Bool(*name == own)))
}

/// `FunctionElement`, whose arguments are its `clauses`.
pub(super) fn function_element_class(base: &Rc<Class>) -> Rc<Class> {
    functions::function_methods(
        Class::builder("FunctionElement").module("sqlalchemy.sql.functions").base(base),
    )
    .method("__init__", init_function)
    .getter("clauses", |vm, args| {
        let items = arguments_of(vm, &args.positional[0])?;
        Ok(expr_object(vm, Expr::comma_list(items, true)))
    })
    .getter("clause_expr", |vm, args| {
        let items = arguments_of(vm, &args.positional[0])?;
        Ok(expr_object(vm, Expr::new(Kind::Grouping(Expr::comma_list(items, true)))))
    })
    .build()
}

/// `GenericFunction` and the classes derived from it that say what type they have.
pub(super) fn generic_function_class(base: &Rc<Class>, name: &str) -> Rc<Class> {
    Class::builder(name)
        .module("sqlalchemy.sql.functions")
        .base(base)
        .method("__init__", init_generic)
        .class_method("__init_subclass__", register)
        .build()
}

/// The arguments of a function, whoever defined it.
fn arguments_of(vm: &mut Vm, object: &Object) -> PyResult<Vec<Expr>> {
    if let Some(data) = object.native::<ProgramData>() {
        return Ok(data.arguments.borrow().clone());
    }
    match super::operands::to_expr(vm, object)?.as_ref().map(Expr::kind) {
        Some(Kind::Function(call)) => Ok(call.arguments.clone()),
        _ => Ok(Vec::new()),
    }
}

fn init_function(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let data = receiver::<ProgramData>(vm, &this)?;
    let name = name_of(vm, &this)?.unwrap_or_else(|| "param".into());
    let mut arguments = Vec::new();
    for argument in &args.positional[1..] {
        arguments.push(named_expr(vm, argument, &name)?);
    }
    *data.arguments.borrow_mut() = arguments;
    data.call.borrow_mut().take();
    Ok(Object::None)
}

fn init_generic(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let given = args.take_keyword("type_").filter(|given| !given.is_none());
    init_function(vm, args)?;
    let own = classes(vm);
    let sql_type = match given {
        Some(given) => given,
        None if vm.is_instance(&this, &own.return_type_from_args) => {
            let data = receiver::<ProgramData>(vm, &this)?;
            let known = data.arguments.borrow().iter().map(Expr::sql_type).find(|one| *one != SqlType::Null);
            super::types::type_object(vm, known.unwrap_or_default())
        }
        None => match vm.class_of(&this).lookup("type") {
            Some(Object::Class(class)) => vm.call(&Object::Class(class), Args::default())?,
            _ => return Ok(Object::None),
        },
    };
    let name = PyStr::new("type");
    vm.set_attr(&this, &name, sql_type)?;
    Ok(Object::None)
}

/// A class derived from `GenericFunction` is found under its name by `func`.
fn register(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(class) = args.positional.first().and_then(Object::as_class).map(Rc::clone) else {
        return Ok(Object::None);
    };
    let own = |name: &str| class.dict.borrow().get(name).cloned();
    if matches!(own("_register"), Some(Object::Bool(false))) {
        return Ok(Object::None);
    }
    let text = |vm: &mut Vm, object: Option<Object>| -> PyResult<Option<String>> {
        match object {
            Some(object) if !object.is_none() => Ok(Some(vm.str(&object)?.as_str().to_string())),
            _ => Ok(None),
        }
    };
    let name = text(vm, own("name"))?.unwrap_or_else(|| class.name().as_str().to_string());
    let identifier = text(vm, own("identifier"))?.unwrap_or_else(|| name.clone());
    let package = text(vm, own("package"))?;
    if own("name").is_none() {
        class.set(PyStr::new("name"), Object::str(&name));
    }
    let key = (package, identifier.to_lowercase());
    vm.library.sqlalchemy.functions.insert(key, class);
    Ok(Object::None)
}

/// The program's class for the function of that path.
pub(super) fn registered(vm: &mut Vm, path: &[&str]) -> Option<Rc<Class>> {
    let key = match path {
        [name] => (None, name.to_lowercase()),
        [package, name] => (Some((*package).to_string()), name.to_lowercase()),
        _ => return None,
    };
    vm.library.sqlalchemy.functions.get(&key).cloned()
}

/// An attribute that the program gave an element; what the library's own classes
/// tell of their elements is made from these.
fn given(vm: &mut Vm, object: &Object, name: &str) -> PyResult<Option<Object>> {
    if let Some(value) = object.as_instance().and_then(|own| own.get(name)) {
        return Ok(Some(value));
    }
    match vm.class_of(object).lookup(name) {
        Some(Object::Property(property)) if matches!(property.get, Object::Native(_)) => Ok(None),
        Some(_) => vm.get_attr_opt(object, name),
        None => Ok(None),
    }
}

fn name_of(vm: &mut Vm, object: &Object) -> PyResult<Option<Rc<str>>> {
    Ok(match given(vm, object, "name")? {
        Some(Object::None) | None => None,
        Some(name) => Some(vm.str(&name)?.as_str().into()),
    })
}

/// The expression that such an element is.
pub(super) fn to_expr(vm: &mut Vm, object: &Object, data: &ProgramData) -> PyResult<Expr> {
    let class = vm.class_of(object);
    if class.lookup(super::program_compiler::HANDLERS).is_none()
        && class.is_subclass_of(&classes(vm).generic_function)
    {
        return call_of(vm, object);
    }
    let column = super::classes(vm).literal.clone();
    if class.lookup(super::program_compiler::HANDLERS).is_none() && class.is_subclass_of(&column) {
        // A column of a class of the program's that is written as others are.
        let name = name_of(vm, object)?.unwrap_or_default();
        return Ok(Expr::named(&name, type_of(vm, object)?));
    }
    element(vm, object, data).map(|element| Expr::new(Kind::Program(Rc::new(element))))
}

/// The call that a function of the program's is, as the library writes it.
pub(super) fn call_of(vm: &mut Vm, object: &Object) -> PyResult<Expr> {
    let data = receiver::<ProgramData>(vm, object)?;
    if let Some(known) = &*data.call.borrow() {
        return Ok(known.clone());
    }
    let name = name_of(vm, object)?.unwrap_or_else(|| "None".into());
    let sql_type = type_of(vm, object)?;
    let arguments = data.arguments.borrow().clone();
    let mut call = FunctionCall::new(&[&name], arguments, Some(sql_type));
    call.name = name;
    let class = vm.class_of(object);
    // A standard function without arguments has no parentheses.
    call.generic = class.is_subclass_of(&classes(vm).ansi_function) && call.arguments.is_empty();
    let expr = Expr::new(Kind::Function(call));
    *data.call.borrow_mut() = Some(expr.clone());
    Ok(expr)
}

fn type_of(vm: &mut Vm, object: &Object) -> PyResult<SqlType> {
    match given(vm, object, "type")? {
        Some(sql_type) if !sql_type.is_none() => match to_sql_type(vm, &sql_type)? {
            Some(known) => Ok(known),
            None => require_sql_type(vm, &sql_type),
        },
        _ => Ok(SqlType::Null),
    }
}

/// The element as the floors below know it.
fn element(vm: &mut Vm, object: &Object, data: &ProgramData) -> PyResult<ProgramElement> {
    let class = vm.class_of(object);
    let name = match class.is_subclass_of(&classes(vm).column_element) {
        true => name_of(vm, object)?,
        false => None,
    };
    let sql_type = type_of(vm, object)?;
    Ok(ProgramElement {
        id: data.id,
        class: class_text(&class).into(),
        name,
        sql_type,
        arguments: data.arguments.borrow().clone(),
        is_function: class.is_subclass_of(&classes(vm).function_element),
        cacheable: matches!(class.dict.borrow().get("inherit_cache"), Some(Object::Bool(true))),
        code: Rc::new(Kept::new(vm, object)),
    })
}

/// A class as errors show it.
pub(super) fn class_text(class: &Rc<Class>) -> String {
    format!("<class '{}.{}'>", class.module.borrow().as_str(), class.qualname.borrow().as_str())
}
