//! Running SELECTs of mapped classes, and making their rows into objects as
//! they are fetched.
//!
//! It must not know whether a `Session` or a `Query` asks. SQLAlchemy
//! counterpart: `ORMCompileState.orm_execute_statement` of
//! `sqlalchemy.orm.context`, and `loading.instances`.

use std::collections::VecDeque;
use std::rc::Rc;

use ormscope::engine::{Cause, Execution, Parameters, ResultSet};
use ormscope::orm::{Lowered, OrmRow};
use ormscope::sql::SelectItem;
use ormscope::types::{SessionId, Value};

use super::result::Rows;
use super::row::Keys;
use super::select::SelectData;
use super::{bundles, errors, peek, with_orm};
use crate::object::{Name, Object, PyResult};
use crate::vm::Vm;

/// How a select is run.
#[derive(Clone, Copy, Default)]
pub(super) struct How {
    /// Whether changes are flushed before; else as the session says.
    pub(super) without_autoflush: bool,
    pub(super) populate_existing: bool,
    pub(super) yield_per: Option<usize>,
    /// Whether nothing is loaded with the objects.
    pub(super) plain: bool,
}

impl How {
    /// What execution options say.
    pub(super) fn read(vm: &mut Vm, options: &[(Name, Object)]) -> PyResult<How> {
        let mut how = How::default();
        for (name, value) in options {
            match name.as_str() {
                "populate_existing" => how.populate_existing = vm.truthy(value)?,
                "autoflush" => how.without_autoflush = !vm.truthy(value)?,
                "yield_per" => {
                    how.yield_per = match value {
                        Object::Int(size) => usize::try_from(*size).ok(),
                        _ => None,
                    }
                }
                _ => {}
            }
        }
        Ok(how)
    }
}

/// Rows of the database that wait to be made into objects.
#[derive(Clone)]
pub(super) struct More {
    session: SessionId,
    lowered: Rc<Lowered>,
    set: ResultSet,
    waiting: VecDeque<Vec<Value>>,
    populate_existing: bool,
    /// How many at once; none for all.
    pub(super) size: Option<usize>,
}

impl More {
    /// Makes the next rows into objects.
    pub(super) fn next_rows(&mut self, vm: &mut Vm) -> PyResult<Vec<OrmRow>> {
        let count = self.size.unwrap_or(usize::MAX).clamp(1, self.waiting.len().max(1));
        self.set.rows = self.waiting.drain(..count.min(self.waiting.len())).collect();
        let made = with_orm(vm, |orm, hooks| {
            orm.rows_of(hooks, self.session, &self.lowered, &self.set, self.populate_existing)
        })?;
        self.set.rows.clear();
        Ok(made.rows)
    }

    /// What still waits.
    pub(super) fn rest(self) -> Option<More> {
        (!self.waiting.is_empty()).then_some(self)
    }
}

/// Runs a select on a session.
pub(super) fn run(
    vm: &mut Vm,
    session: SessionId,
    data: &SelectData,
    parameters: &Parameters,
    how: How,
) -> PyResult<Rows> {
    let statement = match &data.statement {
        Some(statement) => Some(super::connection::executable(vm, statement)?),
        None => None,
    };
    let select = super::program_compiler::expand_select(vm, &data.select)?;
    let buffered = |vm: &mut Vm| {
        errors::error(
            vm,
            "InvalidRequestError",
            "Can't use yield_per with eager loaders that require uniquing or row buffering, e.g. joinedload() against collections or subqueryload().  Consider the selectinload() strategy for better flexibility in loading objects.",
        )
    };
    let mut lowered = with_orm(vm, |orm, _| match (&statement, how.plain) {
        (Some(_), _) => orm.lower_for_rows(&select, &data.options),
        (None, true) => orm.lower(&select),
        (None, false) => orm.lower_with(&select, &data.options),
    })?;
    let set = with_orm(vm, |orm, hooks| {
        if !how.without_autoflush {
            orm.autoflush(hooks, session, "query")?;
        }
        match &statement {
            None => orm.fetch(hooks, session, &lowered, parameters, Cause::Query),
            Some(statement) => {
                let connection = orm.session_connection(hooks, session)?;
                orm.execute_on(hooks, connection, statement, parameters, Execution::Plain)
            }
        }
    })?;
    if data.select.compound.is_some() && statement.is_none() {
        return Ok(Rows::from_set(set));
    }
    if how.yield_per.is_some() && (lowered.needs_unique || peek(vm, |orm| orm.needs_all_rows(&lowered))?) {
        return Err(buffered(vm));
    }
    if statement.is_some() {
        lowered = with_orm(vm, |orm, _| orm.found_in(&lowered, &set))?;
    }
    rows_over(vm, session, data, lowered, set, how)
}

/// The rows of a result that entities are read from.
fn rows_over(
    vm: &mut Vm,
    session: SessionId,
    data: &SelectData,
    lowered: Lowered,
    mut set: ResultSet,
    how: How,
) -> PyResult<Rows> {
    let names = Rc::new(peek(vm, |orm| orm.row_keys(&lowered, &set))?);
    let mut selected = Vec::new();
    for item in &data.select.items {
        match item {
            SelectItem::From(from) => {
                let columns = peek(vm, |orm| from.columns(&orm.schema))?;
                selected.extend(columns.into_iter().map(|column| Some(SelectItem::Expr(column.into()))));
            }
            item => selected.push(Some(item.clone())),
        }
    }
    let mut keys = Keys { selected: Rc::new(selected), ..Keys::plain(&names) };
    let mut single_entity = matches!(data.select.items[..], [SelectItem::Entity(_)]);
    let mut layout = None;
    if !data.bundles.is_empty() {
        let places = bundles::layout(vm, data, &names)?;
        keys = bundles::keys(&places, &keys);
        single_entity = bundles::is_single(&places);
        layout = Some(Rc::new(places));
    }
    let waiting: VecDeque<Vec<Value>> = std::mem::take(&mut set.rows).into();
    let needs_unique = lowered.needs_unique;
    let more = More {
        session,
        lowered: Rc::new(lowered),
        set,
        waiting,
        populate_existing: how.populate_existing || data.populate_existing,
        size: how.yield_per,
    };
    Ok(Rows {
        keys: Rc::new(keys),
        returns_rows: true,
        needs_unique,
        single_entity,
        rowcount: -1,
        yield_per: how.yield_per,
        more: more.rest(),
        layout,
        ..Rows::default()
    })
}
