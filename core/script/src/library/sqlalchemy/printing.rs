//! `str(statement)` and `statement.compile(…)`.

use ormscope::sql::Statement;
use ormscope::sql::compiler::{Dialect, Given, compile};

use super::arguments::Arguments;
use super::select::to_statement;
use super::{dml, peek, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// `str(statement)`
pub(super) fn print_statement(vm: &mut Vm, args: Args) -> PyResult<Object> {
    // A statement of bound metadata is printed as its engine has it.
    let dialect = match super::connection::bound_engine_of(vm, &args.positional[0])? {
        Some(engine) => super::engine::dialect_of(vm, &engine)?,
        None => Dialect::Default,
    };
    let text = statement_text(vm, &args.positional[0], dialect, false)?;
    Ok(Object::str(text))
}

fn statement_text(vm: &mut Vm, object: &Object, dialect: Dialect, literal_binds: bool) -> PyResult<String> {
    let Some(statement) = to_statement(vm, object)? else {
        return Err(vm.type_error("this is not a statement"));
    };
    if let Statement::Expr(expr) = &statement {
        return peek(vm, |orm| ormscope::sql::compiler::compile_to_text(&orm.schema, expr, dialect));
    }
    let given = Given { literal_binds, ..dml::printed_keys(vm, &statement)? };
    with_orm(vm, |orm, _| Ok(compile(&orm.schema, &statement, dialect, &given)?.sql))
}

/// `statement.compile(dialect=…)`: an object whose `str` is the SQL.
pub(super) fn compile_statement(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("compile", args);
    let this = args.receiver();
    let dialect = match args.take("bind").or_else(|| args.keyword("dialect")) {
        Some(object) => super::engine::dialect_of(vm, &object)?,
        None => Dialect::Default,
    };
    let literal_binds = match args.keyword("compile_kwargs") {
        Some(Object::Dict(options)) => match options.get_str("literal_binds") {
            Some(flag) => vm.truthy(&flag)?,
            None => false,
        },
        _ => false,
    };
    let text = statement_text(vm, &this, dialect, literal_binds)?;
    let mut params = Vec::new();
    if let Some(statement) = to_statement(vm, &this)? {
        let given = Given::default();
        let compiled = with_orm(vm, |orm, _| Ok(compile(&orm.schema, &statement, dialect, &given)))?;
        let binds = ormscope::sql::compiler::statement_binds(&statement);
        if let Ok(compiled) = compiled {
            for parameter in &compiled.parameters {
                let ormscope::sql::compiler::Source::Bind(at) = parameter.source else { continue };
                let value = match binds.get(at).map(|bind| &bind.value) {
                    Some(ormscope::sql::BindValue::One(value)) => super::values::to_object(vm, value)?,
                    Some(ormscope::sql::BindValue::Expanding(values)) => {
                        let values = values.iter().map(|value| super::values::to_object(vm, value));
                        Object::list(values.collect::<PyResult<Vec<_>>>()?)
                    }
                    _ => continue,
                };
                params.push((vm.intern(&parameter.name), value));
            }
        }
    }
    let class = Class::builder("Compiled")
        .module("sqlalchemy.engine.interfaces")
        .method("__str__", |vm, args| vm.get_attr(&args.positional[0], "string"))
        .build();
    let object = Instance::plain(&class);
    let string = vm.intern("string");
    vm.set_attr(&object, &string, Object::str(text))?;
    let name = vm.intern("params");
    vm.set_attr(&object, &name, Dict::from_names(params))?;
    Ok(object)
}
