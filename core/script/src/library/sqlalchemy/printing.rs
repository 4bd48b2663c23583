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
    let text = statement_text(vm, &args.positional[0], dialect)?;
    Ok(Object::str(text))
}

fn statement_text(vm: &mut Vm, object: &Object, dialect: Dialect) -> PyResult<String> {
    let Some(statement) = to_statement(vm, object)? else {
        return Err(vm.type_error("this is not a statement"));
    };
    if let Statement::Expr(expr) = &statement {
        return peek(vm, |orm| ormscope::sql::compiler::compile_to_text(&orm.schema, expr, dialect));
    }
    let given = dml::printed_keys(vm, &statement)?;
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
    let text = statement_text(vm, &this, dialect)?;
    let mut params = Vec::new();
    if let Some(statement) = to_statement(vm, &this)? {
        let given = Given::default();
        let compiled = with_orm(vm, |orm, _| Ok(compile(&orm.schema, &statement, dialect, &given)))?;
        let binds = ormscope::sql::compiler::statement_binds(&statement);
        if let Ok(compiled) = compiled {
            for parameter in &compiled.parameters {
                if let ormscope::sql::compiler::Source::Bind(at) = parameter.source
                    && let Some(ormscope::sql::BindValue::One(value)) = binds.get(at).map(|bind| &bind.value)
                {
                    let value = super::values::to_object(vm, value)?;
                    params.push((vm.intern(&parameter.name), value));
                }
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
