//! `str(statement)`, and the statement that an object is compiled as.
//!
//! SQLAlchemy counterpart: `Compiled`.

use std::rc::Rc;

use ormscope::sql::compiler::{Compiled, Dialect, Given, ProgramLiterals, compile, compile_expr};
use ormscope::sql::{Bind, ConflictDialect, Expr, From, Statement};

use super::select::to_statement;
use super::{froms, with_orm};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// The dialect that a statement is printed in where none is named: that of a
/// dialect's own `insert()`.
pub(super) fn own_dialect(statement: &Object) -> Dialect {
    match statement.native::<super::dml::DmlData>().and_then(|data| data.dialect) {
        Some(ConflictDialect::Sqlite) => Dialect::Sqlite,
        Some(ConflictDialect::Postgresql) => Dialect::Postgresql,
        Some(ConflictDialect::Mysql) => Dialect::Mysql,
        None => Dialect::Default,
    }
}

/// `str(statement)`
pub(super) fn print_statement(vm: &mut Vm, args: Args) -> PyResult<Object> {
    // A statement of bound metadata is printed as its engine has it.
    let dialect = match super::connection::bound_engine_of(vm, &args.positional[0])? {
        Some(engine) => super::engine::dialect_of(vm, &engine)?,
        None => own_dialect(&args.positional[0]),
    };
    let (compiled, _) = compiled(vm, &args.positional[0], dialect, &Given::default())?;
    Ok(Object::str(compiled.sql))
}

/// An expression's text by itself.
pub(super) fn expression_text(vm: &mut Vm, expr: &Expr, dialect: Dialect) -> PyResult<String> {
    let expr = &super::program_compiler::expand_expr(vm, expr, dialect)?;
    let given = Given { printed: true, ..Given::default() };
    with_orm(vm, |orm, _| Ok(compile_expr(&orm.schema, expr, dialect, &given)?.sql))
}

/// A compiled statement and its binds.
pub(super) fn compiled(
    vm: &mut Vm,
    object: &Object,
    dialect: Dialect,
    given: &Given,
) -> PyResult<(Compiled, Vec<Rc<Bind>>)> {
    let given = Given { printed: true, ..given.clone() };
    let statement = match froms::plain_from(vm, object)? {
        Some(From::Alias(alias)) => match &alias.of {
            ormscope::sql::AliasOf::Statement(statement) => Some((**statement).clone()),
            ormscope::sql::AliasOf::From(_) => None,
        },
        Some(values @ From::Values(_)) => Some(Statement::Values(values)),
        _ => to_statement(vm, object)?,
    };
    let Some(statement) = statement else {
        return Err(vm.type_error("this is not a statement"));
    };
    let statement = super::program_compiler::expand(vm, statement, object, dialect)?;
    let binds = statement.binds();
    let literals = Rc::new(ProgramLiterals::default());
    let given = Given { program_literals: Some(Rc::clone(&literals)), ..given };
    loop {
        let compiled = match &statement {
            Statement::Expr(expr) => {
                with_orm(vm, |orm, _| Ok(compile_expr(&orm.schema, expr, dialect, &given)?))?
            }
            statement => with_orm(vm, |orm, _| Ok(compile(&orm.schema, statement, dialect, &given)?))?,
        };
        let wanted = literals.take_wanted();
        if wanted.is_empty() {
            for message in &compiled.effects.warnings {
                super::errors::warn(vm, message)?;
            }
            return Ok((compiled, binds));
        }
        for (value, sql_type) in wanted {
            literals.tell(super::types::literal(vm, &value, &sql_type, dialect)?);
        }
    }
}
