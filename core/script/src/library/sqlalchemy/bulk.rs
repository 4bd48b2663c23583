//! `query.update()`, `query.delete()`, and `synchronize_session=`.

use ormscope::orm::{OrmEventKind, Synchronize};
use ormscope::sql::Distinct;

use super::arguments::Arguments;
use super::expressions::expr_object;
use super::query::QueryData;
use super::{dml, errors, receiver};
use crate::builtins::Dict;
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// `query.update({…})`
pub(super) fn update(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("update", args);
    let query = args.receiver();
    let own = receiver::<QueryData>(vm, &query)?;
    let values = args.require(vm, "values")?;
    let option = args.take("synchronize_session");
    let mut ordered = false;
    if let Some(Object::Dict(more)) = args.take("update_args") {
        ordered = match more.get_str("preserve_parameter_order") {
            Some(flag) => vm.truthy(&flag)?,
            None => false,
        };
    }
    let given = values.clone();
    check(vm, &own)?;
    let target = target(vm, &own, "update")?;
    let statement = dml::new_update(vm, Args::positional(target))?;
    let statement = match ordered {
        true => {
            let pairs = match &values {
                Object::Dict(dict) => {
                    dict.items().into_iter().map(|(key, value)| Object::tuple(vec![key, value])).collect()
                }
                other => vm.collect(other)?,
            };
            vm.call_method(&statement, "ordered_values", pairs)?
        }
        false => vm.call_method(&statement, "values", vec![values])?,
    };
    let result = run(vm, &own, statement, option)?;
    told(vm, OrmEventKind::AfterBulkUpdate, &own, query, given, result)
}

/// `query.delete()`
pub(super) fn delete(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("delete", args);
    let query = args.receiver();
    let own = receiver::<QueryData>(vm, &query)?;
    let option = args.take("synchronize_session");
    check(vm, &own)?;
    let target = target(vm, &own, "delete")?;
    let statement = dml::new_delete(vm, Args::positional(target))?;
    let result = run(vm, &own, statement, option)?;
    told(vm, OrmEventKind::AfterBulkDelete, &own, query, Object::None, result)
}

fn told(
    vm: &mut Vm,
    kind: OrmEventKind,
    own: &QueryData,
    query: Object,
    values: Object,
    result: Object,
) -> PyResult<Object> {
    if let Some(session) = own.session {
        super::orm_events::execute::after_bulk(vm, kind, session, query, values, result.clone())?;
    }
    Ok(result)
}

/// What a query changes, which is one thing.
fn target(vm: &mut Vm, own: &QueryData, name: &str) -> PyResult<Vec<Object>> {
    match own.given.len() {
        1 => Ok(own.given.clone()),
        count => Err(vm.type_error(format!("{name}() takes 1 positional argument but {count} were given"))),
    }
}

/// Refuses queries that say more than which rows.
fn check(vm: &mut Vm, own: &QueryData) -> PyResult<()> {
    let select = &own.data.select;
    let joins = "join(), outerjoin(), select_from(), or from_self()";
    let said = [
        (select.limit.is_some(), "limit()"),
        (select.offset.is_some(), "offset()"),
        (!select.order_by.is_empty(), "order_by()"),
        (!select.group_by.is_empty(), "group_by()"),
        (!matches!(select.distinct, Distinct::No), "distinct()"),
        (!select.from.is_empty() || select.base.is_some(), joins),
        (!select.joins.is_empty(), joins),
    ];
    match said.iter().find(|(is, _)| *is) {
        None => Ok(()),
        Some((_, name)) => {
            let message = format!("Can't call Query.update() or Query.delete() when {name} has been called");
            Err(errors::error(vm, "InvalidRequestError", message))
        }
    }
}

fn run(vm: &mut Vm, own: &QueryData, statement: Object, option: Option<Object>) -> PyResult<Object> {
    let mut statement = statement;
    for condition in &own.data.select.where_ {
        let condition = expr_object(vm, condition.clone());
        statement = vm.call_method(&statement, "where", vec![condition])?;
    }
    let mut options = own.data.execution_options.clone();
    let option = option.unwrap_or_else(|| Object::str("auto"));
    options.push((vm.intern("synchronize_session"), option));
    let options = Dict::from_names(options);
    let result = super::query_running::execute(vm, own, statement, options)?;
    vm.get_attr(&result, "rowcount")
}

/// `synchronize_session` among execution options: those that were given, then the statement's own.
pub(super) fn synchronize(vm: &mut Vm, options: [Option<&Object>; 2]) -> PyResult<Synchronize> {
    let option = options.into_iter().flatten().find_map(|options| match crate::builtins::base(options) {
        Object::Dict(options) => options.get_str("synchronize_session"),
        _ => None,
    });
    synchronize_option(vm, option)
}

fn synchronize_option(vm: &mut Vm, option: Option<Object>) -> PyResult<Synchronize> {
    Ok(match option {
        None => Synchronize::Auto,
        Some(Object::None | Object::Bool(false)) => Synchronize::Off,
        Some(option) => match vm.str(&option)?.as_str() {
            "fetch" => Synchronize::Fetch,
            "auto" => Synchronize::Auto,
            "evaluate" => Synchronize::Evaluate,
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
