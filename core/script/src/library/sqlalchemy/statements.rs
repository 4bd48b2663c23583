//! What an object is as a select or as a statement.
//!
//! SQLAlchemy counterpart: the roles of statements in `sqlalchemy.sql.coercions`.

use std::rc::Rc;

use ormscope::sql::{From, Select, Statement};

use super::expressions::TextData;
use super::operands::to_expr;
use super::select::SelectData;
use super::textual::TextualData;
use super::{classes, dml, errors, froms, mapping, with_orm};
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// The select that an object is, mapped classes replaced by their columns.
pub(super) fn as_select(vm: &mut Vm, object: &Object) -> PyResult<Option<Select>> {
    let select = match (object.native::<SelectData>(), super::query::query_select(vm, object)?) {
        (Some(data), _) => data.select.clone(),
        (None, Some(select)) => select,
        (None, None) => return Ok(None),
    };
    with_orm(vm, |orm, _| Ok(Some(orm.lower(&select)?.select)))
}

/// The select that an object must be.
pub(super) fn require_select(vm: &mut Vm, object: &Object) -> PyResult<Select> {
    if let Some(select) = as_select(vm, object)? {
        return Ok(select);
    }
    // A subquery or CTE in a set operation stands for a select of it.
    let what = "SELECT construct for inclusion in a UNION or other set construct";
    let repr = vm.repr(object)?;
    let advice = match froms::plain_from(vm, object)? {
        Some(From::Alias(alias)) if alias.is_subquery() => {
            " Use the plain select() object without calling .subquery() or .alias()."
        }
        Some(_) => " To SELECT from any FROM clause, use the .select() method.",
        None if object.native::<TextData>().is_some() => {
            " To SELECT from any FROM clause, use the .select() method."
        }
        None => "",
    };
    Err(errors::error(vm, "ArgumentError", format!("{what} expected, got {}.{advice}", repr.as_str())))
}

/// The statement that an object is.
pub(super) fn to_statement(vm: &mut Vm, object: &Object) -> PyResult<Option<Statement>> {
    if let Some(lambda) = object.native::<super::lambdas::LambdaData>() {
        return super::lambdas::statement(vm, &lambda);
    }
    if let Some(data) = object.native::<SelectData>() {
        if let Some(statement) = &data.statement {
            return to_statement(vm, statement);
        }
        mapping::configure(vm)?;
        // What is loaded with the objects belongs to it where it stands by itself.
        let lowered = with_orm(vm, |orm, _| orm.lower_with(&data.select, &data.options))?;
        return Ok(Some(Statement::Select(lowered.select)));
    }
    if let Some(select) = as_select(vm, object)? {
        return Ok(Some(Statement::Select(select)));
    }
    if let Some(statement) = dml::to_statement(vm, object)? {
        return Ok(Some(statement));
    }
    if let Some(text) = object.native::<TextData>() {
        return Ok(Some(Statement::Text(Rc::clone(&text.statement))));
    }
    if let Some(text) = object.native::<TextualData>() {
        return Ok(Some(Statement::TextualSelect(text.select.clone())));
    }
    if let Some(ddl) = object.native::<super::ddl::DdlObject>() {
        return Ok(Some(Statement::Ddl(ddl.ddl.clone())));
    }
    if let Some(data) = object.native::<super::program_elements::ProgramData>() {
        let expr = super::program_elements::to_expr(vm, object, &data)?;
        let column = classes(vm).column_element.clone();
        let by_itself = vm.is_instance(object, &column);
        return Ok(Some(if by_itself { Statement::Expr(expr) } else { Statement::Program(expr) }));
    }
    Ok(to_expr(vm, object)?.map(Statement::Expr))
}
