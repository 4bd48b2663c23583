//! `query.update()`, `query.delete()`, and `synchronize_session=`.

use ormscope::engine::Parameters;
use ormscope::orm::{OrmEventKind, Synchronize};
use ormscope::sql::{Assignment, Delete, Expr, Statement, Update};
use ormscope::types::SqlType;

use super::arguments::Arguments;
use super::expressions::to_expr;
use super::query::QueryData;
use super::values::to_value;
use super::{errors, mapping, peek, receiver, schema, with_orm};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// `query.update({…})`
pub(super) fn update(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("update", args);
    let query = args.receiver();
    let data = receiver::<QueryData>(vm, &query)?;
    let values = args.require(vm, "values")?;
    let given = values.clone();
    let target = data.target.clone().unwrap_or(Object::None);
    let Some(table) = schema::table_id(vm, &target)?.map(ormscope::sql::From::Table) else {
        return Err(errors::error(vm, "InvalidRequestError", "update() needs a query of a mapped class"));
    };
    let Object::Dict(values) = values else { return Err(vm.type_error("update() takes a dict")) };
    let mut assignments = Vec::new();
    let mut pairs = Vec::new();
    for (key, value) in values.items() {
        pairs.extend(super::named_expressions::assignments(vm, &target, key, value)?);
    }
    for (key, value) in pairs {
        let column = match &key {
            Object::Str(name) => super::attributes::column_named(vm, &target, name.as_str())?,
            other => schema::column_id(vm, other)?,
        };
        let Some(column) = column else { return Err(vm.type_error("update() names an unknown column")) };
        let value = match to_expr(vm, &value)? {
            Some(expr) => expr,
            None => {
                let value = to_value(vm, &value)?;
                let name = peek(vm, |orm| orm.schema.column(column).key.clone())?;
                Expr::bind(&name, value, SqlType::Null)
            }
        };
        let key = peek(vm, |orm| orm.schema.column(column).key.clone())?;
        assignments.push(Assignment::to(&key, value));
    }
    let where_ = data.select.where_.clone();
    let statement = Statement::Update(Update { values: assignments, where_, ..Update::of(table) });
    let option = args.take("synchronize_session");
    let result = bulk(vm, &data, &statement, &target, option)?;
    told(vm, OrmEventKind::AfterBulkUpdate, &data, query, given, result)
}

/// `query.delete()`
pub(super) fn delete(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("delete", args);
    let query = args.receiver();
    let data = receiver::<QueryData>(vm, &query)?;
    let option = args.take("synchronize_session");
    let target = data.target.clone().unwrap_or(Object::None);
    let Some(table) = schema::table_id(vm, &target)?.map(ormscope::sql::From::Table) else {
        return Err(errors::error(vm, "InvalidRequestError", "delete() needs a query of a mapped class"));
    };
    let where_ = data.select.where_.clone();
    let statement = Statement::Delete(Delete { where_, ..Delete::from(table) });
    let result = bulk(vm, &data, &statement, &target, option)?;
    told(vm, OrmEventKind::AfterBulkDelete, &data, query, Object::None, result)
}

fn told(
    vm: &mut Vm,
    kind: OrmEventKind,
    data: &QueryData,
    query: Object,
    values: Object,
    result: Object,
) -> PyResult<Object> {
    if let Some(session) = data.session {
        super::orm_events::execute::after_bulk(vm, kind, session, query, values, result.clone())?;
    }
    Ok(result)
}

/// `synchronize_session` among execution options.
pub(super) fn synchronize(vm: &mut Vm, options: Option<&Object>) -> PyResult<Synchronize> {
    let option = match options {
        Some(Object::Dict(options)) => options.get_str("synchronize_session"),
        _ => None,
    };
    synchronize_option(vm, option)
}

fn synchronize_option(vm: &mut Vm, option: Option<Object>) -> PyResult<Synchronize> {
    Ok(match option {
        None => Synchronize::Auto,
        Some(Object::None | Object::Bool(false)) => Synchronize::Off,
        Some(option) => match vm.str(&option)?.as_str() {
            "fetch" => Synchronize::Fetch,
            "auto" | "evaluate" => Synchronize::Auto,
            _ => {
                return Err(errors::error(
                    vm,
                    "ArgumentError",
                    "Valid strategies for session synchronization are 'auto', 'evaluate', 'fetch', False",
                ));
            }
        },
    })
}

fn bulk(
    vm: &mut Vm,
    data: &QueryData,
    statement: &Statement,
    target: &Object,
    option: Option<Object>,
) -> PyResult<Object> {
    let (Some(session), Some(mapper)) = (data.session, mapping::mapper_of(vm, target)?) else {
        return Ok(Object::None);
    };
    let synchronize = synchronize_option(vm, option)?;
    let set = with_orm(vm, |orm, hooks| {
        orm.execute_bulk(hooks, session, mapper, statement, &Parameters::None, synchronize)
    })?;
    Ok(Object::Int(set.rowcount))
}
