//! `str(statement)`, and the statement that an object is compiled as.
//!
//! SQLAlchemy counterpart: `Compiled`.

use std::rc::Rc;

use ormscope::sql::compiler::{Asked, Compiled, Dialect, Given, ProgramLiterals, compile, compile_expr};
use ormscope::sql::{AliasKind, AliasOf, Bind, ConflictDialect, Expr, From, Statement};

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

/// An element of FROM as it is compiled alone: an alias is what it names, and a
/// table in FROM is only named there.
fn by_itself(from: From) -> Statement {
    let mut inner = &from;
    while let From::Alias(alias) = inner
        && let (AliasKind::Inline, AliasOf::From(next)) = (&alias.kind, &alias.of)
    {
        inner = next;
    }
    if let From::Values(values) = &from {
        // Alone it has no name.
        let mut alone = (**values).clone();
        alone.name = None;
        return Statement::Values(From::Values(Rc::new(alone)));
    }
    match (&from, inner) {
        (From::Alias(_), From::Table(_) | From::Plain(_)) => {
            Statement::Text(Rc::new(ormscope::sql::TextStatement::new("")))
        }
        (_, inner) => Statement::Values(inner.clone()),
    }
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
            AliasOf::Statement(statement) => Some((**statement).clone()),
            AliasOf::From(_) => Some(by_itself(From::Alias(alias))),
        },
        Some(from) => Some(by_itself(from)),
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
        for wanted in wanted {
            let (value, sql_type) = match wanted {
                Asked::Text(value, sql_type) => (value, sql_type),
                Asked::Of(code, sql_type) => {
                    let value = super::values::call_kept(vm, &code)?;
                    (super::values::to_value(vm, &value)?, sql_type)
                }
            };
            literals.tell(super::types::literal(vm, &value, &sql_type, dialect)?);
        }
    }
}
