//! `lambda_stmt()`: statements that are made by functions.
//!
//! SQLAlchemy runs such a function once for each place in the program and
//! remembers the statement; here it is run each time, which gives the same
//! statement with the values of the moment.
//! SQLAlchemy counterpart: `sqlalchemy.sql.lambdas`.

use std::rc::Rc;

use ormscope::sql::{Purpose, Statement};

use super::arguments::Arguments;
use super::{classes, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a statement made by functions.
pub(super) struct LambdaData {
    /// The statement that the functions made.
    pub(super) made: Object,
    /// What tells the functions from others.
    places: Vec<usize>,
}

/// `lambda_stmt(function)`
pub(super) fn lambda_stmt(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("lambda_stmt", args);
    let function = args.require(vm, "lmb")?;
    let made = made_by(vm, &function, Vec::new())?;
    Ok(object(vm, LambdaData { made, places: vec![place(&function)] }))
}

/// What a function makes.
fn made_by(vm: &mut Vm, function: &Object, given: Vec<Object>) -> PyResult<Object> {
    if !is_function(function) {
        return Err(vm.attribute_error(function, "__code__"));
    }
    vm.call(function, Args::positional(given))
}

/// Whether an object is a function of the program's.
pub(super) fn is_function(object: &Object) -> bool {
    matches!(object, Object::Function(_) | Object::Method(_) | Object::Native(_))
}

fn object(vm: &mut Vm, data: LambdaData) -> Object {
    let class = Rc::clone(&classes(vm).lambda_element);
    Instance::native(&class, data)
}

/// Where a function stands in the program.
fn place(function: &Object) -> usize {
    match function {
        Object::Function(function) => Rc::as_ptr(&function.code).cast::<()>() as usize,
        other => other.address().unwrap_or_default(),
    }
}

/// The statement that the functions made; statements of other functions are
/// cached apart, even where their text is the same.
pub(super) fn statement(vm: &mut Vm, data: &LambdaData) -> PyResult<Option<Statement>> {
    let mut statement = super::select::to_statement(vm, &data.made)?;
    if let Some(Statement::Select(select)) = &mut statement {
        select.purpose = Purpose::Functions(data.places.clone());
    }
    Ok(statement)
}

fn add(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<LambdaData>(vm, &args.positional[0])?;
    let Some(function) = args.positional.get(1) else {
        return Err(vm.type_error("add_criteria() missing 1 required positional argument: 'other'"));
    };
    let made = made_by(vm, function, vec![own.made.clone()])?;
    let places = own.places.iter().copied().chain([place(function)]).collect();
    Ok(object(vm, LambdaData { made, places }))
}

/// The class of what `lambda_stmt()` gives.
pub(super) fn class(clause: &Rc<Class>) -> Rc<Class> {
    Class::builder("StatementLambdaElement")
        .module("sqlalchemy.sql.lambdas")
        .base(clause)
        .method("__add__", add)
        .method("add_criteria", add)
        .method("spoil", |_, args| Ok(args.positional[0].clone()))
        .getter("is_select", |vm, args| of_statement(vm, &args, "is_select"))
        .getter("is_update", |vm, args| of_statement(vm, &args, "is_update"))
        .getter("is_insert", |vm, args| of_statement(vm, &args, "is_insert"))
        .getter("is_delete", |vm, args| of_statement(vm, &args, "is_delete"))
        .getter("is_text", |vm, args| of_statement(vm, &args, "is_text"))
        .method("__getattr__", |vm, args| {
            let name = vm.str(&args.positional[1])?;
            of_statement(vm, &args, name.as_str())
        })
        .build()
}

fn of_statement(vm: &mut Vm, args: &Args, name: &str) -> PyResult<Object> {
    let own = receiver::<LambdaData>(vm, &args.positional[0])?;
    vm.get_attr(&own.made.clone(), name)
}
