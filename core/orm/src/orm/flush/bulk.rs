//! UPDATE and DELETE of many rows, and what they mean for objects in memory.
//!
//! The criteria are evaluated on the objects where that is possible; else the
//! database tells which rows matched. SQLAlchemy counterpart:
//! `sqlalchemy.orm.bulk_persistence`.

use std::rc::Rc;

use super::evaluator::Evaluated;
use crate::engine::{Execution, Parameters, ResultSet};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::state::identity::IdentityKey;
use crate::orm::state::{Object, Slot};
use crate::orm::{Orm, OrmResult};
use crate::sql::{Assignment, Delete, Entity, Expr, Kind, Operator, SelectItem, Statement, Update};
use crate::types::{ColumnId, MapperId, SessionId, Value};

/// `synchronize_session=`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronize {
    /// Evaluate where it is possible, else fetch.
    #[default]
    Auto,
    /// Evaluate the criteria on the objects.
    Evaluate,
    /// Ask the database which rows matched.
    Fetch,
    /// Objects stay as they are.
    Off,
}

impl Orm {
    /// What a class's UPDATE or DELETE is restricted to, beside its own criteria:
    /// the rows of the class, where others share its table.
    pub fn own_rows_only(&self, mapper: MapperId, statement: &mut Statement) {
        let where_ = match statement {
            Statement::Update(update) => &mut update.where_,
            Statement::Delete(delete) => &mut delete.where_,
            _ => return,
        };
        where_.extend(self.single_condition(&Entity::of(mapper)));
    }

    /// Executes an UPDATE or DELETE of a mapped class in a session: of the rows of
    /// that class only ([`Orm::own_rows_only`]).
    ///
    /// # Errors
    /// The database's, what autoflush raises, and criteria that cannot be
    /// evaluated where that is asked for.
    pub fn execute_bulk(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        statement: &Statement,
        parameters: &Parameters,
        synchronize: Synchronize,
    ) -> OrmResult<ResultSet> {
        self.autoflush(hooks, session, "query")?;
        let where_ = match statement {
            Statement::Update(update) => &update.where_[..],
            Statement::Delete(delete) => &delete.where_[..],
            _ => &[],
        };
        let condition = Expr::all_of(Operator::And, where_.iter().cloned());
        let synchronize = self.strategy(mapper, &condition, synchronize)?;
        let mut statement = statement.clone();
        self.own_rows_only(mapper, &mut statement);
        let mut key_places = Vec::new();
        let wanted = if let Statement::Update(Update { dml, returning, .. })
        | Statement::Delete(Delete { dml, returning, .. }) = &mut statement
        {
            dml.synchronized = synchronize as u8;
            let wanted = returning.len();
            if synchronize == Synchronize::Fetch {
                key_places = self.return_key(mapper, returning);
            }
            wanted
        } else {
            0
        };
        let fetches = synchronize == Synchronize::Fetch;
        let connection = self.session_connection(hooks, session)?;
        let mut result = self.execute_on(hooks, connection, &statement, parameters, Execution::Plain)?;
        let matched = match synchronize {
            Synchronize::Evaluate => self.matching(session, mapper, &condition),
            _ if fetches => {
                let keys = take_keys(&mut result, wanted, &key_places);
                self.known_among(session, mapper, keys)
            }
            _ => Vec::new(),
        };
        match &statement {
            Statement::Update(update) => {
                self.apply_set_values(hooks, session, mapper, &update.values, &result, &matched)?;
            }
            _ => {
                for (object, is_unknown) in &matched {
                    match is_unknown {
                        true => self.expire(session, object.state, None)?,
                        false => self.remove_newly_deleted(object.state),
                    }
                }
                self.deliver(hooks)?;
            }
        }
        Ok(result)
    }

    /// Has the key returned too: the places of its columns.
    fn return_key(&self, mapper: MapperId, returning: &mut Vec<SelectItem>) -> Vec<usize> {
        let key = self.key_in(self.mapper(mapper).table, mapper);
        let at = |returning: &[SelectItem], id: ColumnId| {
            let is_it = |item: &SelectItem| match item {
                SelectItem::Expr(expr) => {
                    matches!(expr.kind(), Kind::Column(column) if column.base == Some(id))
                }
                _ => false,
            };
            returning.iter().position(is_it)
        };
        let missing: Vec<SelectItem> = key
            .iter()
            .filter(|id| at(returning, **id).is_none())
            .map(|id| SelectItem::Expr(Expr::column(&self.schema, *id)))
            .collect();
        returning.splice(0..0, missing);
        key.iter().filter_map(|id| at(returning, *id)).collect()
    }

    /// How objects follow, with `Auto` decided.
    fn strategy(&self, mapper: MapperId, condition: &Expr, asked: Synchronize) -> OrmResult<Synchronize> {
        match (asked, self.check_evaluable(mapper, condition)) {
            (Synchronize::Auto | Synchronize::Evaluate, Ok(())) => Ok(Synchronize::Evaluate),
            (Synchronize::Auto, Err(_)) => Ok(Synchronize::Fetch),
            (Synchronize::Evaluate, Err(reason)) => Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!(
                    "Could not evaluate current criteria in Python: \"{reason}\". Specify 'fetch' or False for the synchronize_session execution option."
                ),
            )),
            (asked, _) => Ok(asked),
        }
    }

    /// The objects that fulfil a condition, and those of which that is not known.
    fn matching(&self, session: SessionId, mapper: MapperId, condition: &Expr) -> Vec<(Object, bool)> {
        let mut matched = Vec::new();
        for id in self.session(session).persistent() {
            let state = &self.states[id];
            if !self.is_a(state.mapper, mapper) || state.expired {
                continue;
            }
            let found = self.evaluate(condition, id);
            if found.holds() || found == Evaluated::Expired {
                matched.extend(self.states.object(id).map(|object| (object, found == Evaluated::Expired)));
            }
        }
        matched
    }

    fn known_among(
        &self,
        session: SessionId,
        mapper: MapperId,
        keys: Vec<Vec<Value>>,
    ) -> Vec<(Object, bool)> {
        let known = keys.into_iter().filter_map(|key| {
            let key = IdentityKey::new(self.mapper(mapper).identity, key);
            let id = self.session(session).identity_map.get(&key)?;
            Some((self.states.object(*id)?, false))
        });
        known.collect()
    }

    /// Gives objects the values that an UPDATE has set, where they are known.
    fn apply_set_values(
        &mut self,
        hooks: &mut dyn Hooks,
        session: SessionId,
        mapper: MapperId,
        assignments: &[Assignment],
        result: &ResultSet,
        matched: &[(Object, bool)],
    ) -> OrmResult<()> {
        let table = self.mapper(mapper).table;
        let place = |orm: &Orm, index: u32| orm.mapper(mapper).attribute_of(ColumnId { table, index });
        let set: Vec<(usize, Expr)> = assignments
            .iter()
            .filter_map(|one| Some((place(self, one.column_of(&self.schema, table)?)?, one.value.clone())))
            .collect();
        let known: Vec<bool> =
            set.iter().map(|(_, value)| self.check_evaluable(mapper, value).is_ok()).collect();
        let is_set = |at: usize| set.iter().zip(&known).any(|((own, _), known)| *own == at && *known);
        // What code of the program's gave on update is known, what the database made is not.
        let (mut given, mut made) = (Vec::new(), Vec::new());
        for (index, column) in self.schema.table(table).columns.iter().enumerate() {
            let Some(at) = place(self, index as u32).filter(|at| !is_set(*at)) else { continue };
            if column.is_made_by_update() {
                made.push(at);
            } else if column.onupdate.is_some()
                && let Some(value) = result.inserted.value(0, &column.key)
            {
                given.push((at, value.clone()));
            }
        }
        for (object, _) in matched {
            let id = object.state;
            for (at, value) in &given {
                self.states[id].slots[*at] = Slot::Value(value.clone());
                self.states[id].expired_attributes.remove(*at as u32);
            }
            self.expire_attributes(id, &made);
            let mut refreshed = Vec::new();
            for ((at, value), known) in set.iter().zip(&known) {
                let is_loaded = !matches!(self.states[id].slots[*at], Slot::Empty);
                if !known || self.states[id].has_changed(*at) {
                    if is_loaded {
                        self.expire_attributes(id, &[*at]);
                    }
                    continue;
                }
                refreshed.push(*at as u32);
                if is_loaded {
                    match self.evaluate(value, id) {
                        Evaluated::Value(value) => self.states[id].slots[*at] = Slot::Value(value),
                        _ => self.expire_attributes(id, &[*at]),
                    }
                }
            }
            self.note_written(session, id, false);
            if !refreshed.is_empty() {
                self.tell_refreshed(hooks, id, Some(refreshed))?;
            }
        }
        Ok(())
    }
}

/// The keys of a result, of which only the last `wanted` columns stay.
fn take_keys(result: &mut ResultSet, wanted: usize, places: &[usize]) -> Vec<Vec<Value>> {
    let key = |row: &Vec<Value>| places.iter().map(|at| row[*at].clone()).collect();
    let keys = result.rows.iter().map(key).collect();
    let added = result.columns.len().saturating_sub(wanted);
    result.columns = Rc::new(result.columns[added..].to_vec());
    result.returns_rows = wanted > 0;
    result.rowcount = result.rows.len() as i64;
    for row in &mut result.rows {
        row.drain(..added);
    }
    if wanted == 0 {
        result.rows.clear();
    }
    keys
}
