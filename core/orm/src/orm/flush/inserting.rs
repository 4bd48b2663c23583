//! INSERTs of objects: which values each row is given, which rows go out
//! together, and what the database tells of them.
//!
//! SQLAlchemy counterpart: `_collect_insert_commands` and
//! `_emit_insert_statements` of `sqlalchemy.orm.persistence`.

use super::persistence::{Record, Row, by_same_keys};
use super::preview::Outlet;
use crate::engine::{Execution, ParameterSet, ResultSet};
use crate::orm::hooks::Hooks;
use crate::orm::mapping::mapper::VersionGenerator;
use crate::orm::state::Slot;
use crate::orm::state::sql_value::SqlValue;
use crate::orm::{Orm, OrmResult};
use crate::sql::{Assignment, Expr, From, Insert, InsertValues, SelectItem, Statement};
use crate::types::{ColumnId, MapperId, StateId, TableId, Value};

/// What an INSERT gives back, beside of its key.
struct Fetching {
    /// The columns whose values it returns, in the table's order.
    returned: Vec<ColumnId>,
    /// Those that the database makes and that are loaded when they are asked for.
    left: Vec<ColumnId>,
    /// Whether the rows go out in one statement.
    together: bool,
    /// Whether they would, had something to come back.
    batched: bool,
}

impl Orm {
    /// The values that an INSERT into a table gives: what is set, and None for
    /// what has no default.
    pub(crate) fn insert_record(
        &mut self,
        hooks: &mut dyn Hooks,
        table: TableId,
        state: StateId,
        before: Option<&Record>,
    ) -> OrmResult<Record> {
        let version = self.first_version(hooks, table, self.states[state].mapper)?;
        let mapper = self.mapper_of(state);
        let mut record = Record::of(state);
        for (at, id) in mapper.columns_in(table) {
            let column = self.schema.column(id);
            let set = |at: usize| match &self.states[state].slots[at] {
                Slot::Value(value) if !value.is_null() || column.sql_type.stores_none() => {
                    Some(value.clone())
                }
                _ => None,
            };
            let value = match &version {
                Some((own, value)) if *own == id => Some(value.clone()),
                _ => set(at).or_else(|| self.inherited_key(mapper, id).and_then(&set)),
            };
            let fills_null = !column.primary_key
                && !mapper.is_key(id)
                && column.default.is_none()
                && column.server_default.is_none()
                && column.computed.is_none()
                && !column.sql_type.stores_none();
            let value = match value.as_ref().and_then(SqlValue::expression) {
                Some(expr) => {
                    record.expressions.push((id, expr.clone()));
                    continue;
                }
                None => value.or(if fills_null { Some(Value::Null) } else { None }),
            };
            if let Some(value) = value {
                record.set(&column.key, value, before);
            }
        }
        Ok(record)
    }

    /// The version that a new row of a table gets.
    pub(super) fn first_version(
        &mut self,
        hooks: &mut dyn Hooks,
        table: TableId,
        mapper: MapperId,
    ) -> OrmResult<Option<(ColumnId, Value)>> {
        let options = &self.mapper(mapper).options;
        let Some(id) = options.version_id.filter(|id| id.table == table) else { return Ok(None) };
        let generator = options.version_generator.clone();
        Ok(self.next_version(hooks, &generator, &Value::Null)?.map(|value| (id, value)))
    }

    /// The version after another; none where the database makes it.
    pub(crate) fn next_version(
        &mut self,
        hooks: &mut dyn Hooks,
        generator: &VersionGenerator,
        last: &Value,
    ) -> OrmResult<Option<Value>> {
        Ok(match (generator, last) {
            (VersionGenerator::Counter, Value::Int(last)) => Some(Value::Int(last.saturating_add(1))),
            (VersionGenerator::Counter, _) => Some(Value::Int(1)),
            (VersionGenerator::Code(_), _) if self.is_previewing() => Some(self.preview_version()),
            (VersionGenerator::Code(code), last) => Some(hooks.call_version(self, code, last)?),
            (VersionGenerator::Server, _) => None,
        })
    }

    pub(crate) fn emit_inserts(
        &mut self,
        hooks: &mut dyn Hooks,
        outlet: Outlet,
        table: TableId,
        mut records: Vec<Record>,
    ) -> OrmResult<()> {
        // The root's row has given its key by now.
        for record in &mut records {
            self.fill_inherited_key(table, record);
        }
        let key = self.key_of_table(table, &records);
        let made = self.made_by_insert(table, &records);
        for group in
            by_same_keys(records, |record| (self.gives_all(record, &key), self.gives_all(record, &made)))
        {
            let fetching = self.fetching(table, &key, &group);
            let returning: Vec<SelectItem> = fetching
                .returned
                .iter()
                .map(|id| SelectItem::Expr(Expr::column(&self.schema, *id)))
                .collect();
            let pieces: Vec<Vec<Record>> = match fetching.together {
                true => vec![group],
                false => group.into_iter().map(|record| vec![record]).collect(),
            };
            for records in pieces {
                self.emit_insert(hooks, outlet, table, records, &returning, &fetching)?;
            }
        }
        Ok(())
    }

    /// The columns of a table for which only the database has a value.
    fn made_by_insert(&self, table: TableId, records: &[Record]) -> Vec<ColumnId> {
        let Some(first) = records.first() else { return Vec::new() };
        let columns = self.mapper_of(first.state).columns_in(table);
        columns.map(|(_, id)| id).filter(|id| self.schema.column(*id).is_made_by_insert()).collect()
    }

    /// The columns that tell the rows of a table apart.
    fn key_of_table(&self, table: TableId, records: &[Record]) -> Vec<ColumnId> {
        let Some(first) = records.first() else { return Vec::new() };
        let own = self.schema.table(table).primary_key();
        match own.is_empty() {
            true => self.key_in(table, self.states[first.state].mapper),
            false => own.into_iter().map(|index| ColumnId { table, index }).collect(),
        }
    }

    fn gives(&self, record: &Record, id: ColumnId) -> bool {
        let name = &self.schema.column(id).key;
        record.parameters.iter().any(|(key, _)| **key == **name)
    }

    fn gives_all(&self, record: &Record, columns: &[ColumnId]) -> bool {
        columns.iter().all(|id| self.gives(record, *id))
    }

    /// What is to come back from the INSERT of rows that are alike.
    fn fetching(&self, table: TableId, key: &[ColumnId], group: &[Record]) -> Fetching {
        let first = &group[0];
        let mapper = self.mapper_of(first.state);
        let made = self.made_by_insert(table, group);
        let missing = |id: &&ColumnId| !self.gives(first, **id);
        let prefers = mapper.options.eager_defaults != Some(false);
        let has_values = !first.expressions.is_empty();
        let wants_defaults = prefers && made.iter().any(|id| !self.gives(first, *id));
        let has_key = self.gives_all(first, key);
        if has_key && !wants_defaults && !has_values {
            let left = if prefers { Vec::new() } else { made.iter().filter(missing).copied().collect() };
            return Fetching { returned: Vec::new(), left, together: true, batched: false };
        }
        let together = group.len() > 1 && !has_values;
        let version = mapper.options.version_id;
        let mut wanted: Vec<ColumnId> = Vec::new();
        if wants_defaults {
            wanted.extend(&made);
        }
        if version.is_some() || together || wants_defaults {
            wanted.extend(key);
            wanted.extend(version.filter(|id| id.table == table));
        }
        let column_count = self.schema.table(table).columns.len() as u32;
        let of_table = (0..column_count).map(|index| ColumnId { table, index });
        // What user code computes is known without asking.
        let known = |id: &ColumnId| {
            let column = self.schema.column(*id);
            self.gives(first, *id) || column.default.is_some() && !column.is_made_by_insert()
        };
        let returned: Vec<ColumnId> = of_table.filter(|id| wanted.contains(id) && !known(id)).collect();
        let expressions = first.expressions.iter().map(|(id, _)| id);
        let left = made.iter().filter(missing).chain(expressions).filter(|id| !returned.contains(id));
        Fetching { left: left.copied().collect(), returned, together, batched: together }
    }

    fn emit_insert(
        &mut self,
        hooks: &mut dyn Hooks,
        outlet: Outlet,
        table: TableId,
        records: Vec<Record>,
        returning: &[SelectItem],
        fetching: &Fetching,
    ) -> OrmResult<()> {
        let values = self.assignments(&records[0]);
        let values = if values.is_empty() { InsertValues::Parameters } else { InsertValues::Row(values) };
        let sorted = records.len() > 1 && !returning.is_empty();
        let statement = Statement::Insert(Insert {
            values,
            sorted,
            returning: returning.to_vec(),
            ..Insert::into(From::Table(table))
        });
        let execution = match (fetching.batched, sorted) {
            (true, false) => Execution::Batched,
            (_, true) => Execution::Ordered,
            (false, false) => Execution::Plain,
        };
        let states: Vec<StateId> = records.iter().map(|record| record.state).collect();
        let versions = self.new_versions(table, &records);
        let sets: Vec<ParameterSet> = records.into_iter().map(|record| record.parameters).collect();
        let rows: Vec<Row> = states.iter().map(|state| Row::of(*state)).collect();
        let written = self.write(hooks, outlet, &statement, sets, execution, &rows)?;
        self.store_defaults(table, written.defaults);
        for (state, column, value) in versions {
            self.store(state, column, value);
        }
        self.store_returned(&states, &fetching.returned, &written.result);
        for state in &states {
            self.forget_made(*state, &fetching.left);
        }
        if states.len() == 1 && !returns_key(self, table, &fetching.returned) {
            self.store_row_id(table, states[0], written.row_id);
        }
        Ok(())
    }

    /// Expressions as the parts of a statement.
    pub(crate) fn assignments(&self, record: &Record) -> Vec<Assignment> {
        let pairs = record.expressions.iter();
        pairs.map(|(id, expr)| Assignment::to(&self.schema.column(*id).key, expr.clone())).collect()
    }

    /// Values that came back with a statement, into the objects they belong to.
    pub(crate) fn store_returned(&mut self, states: &[StateId], columns: &[ColumnId], result: &ResultSet) {
        for (state, row) in states.iter().zip(&result.rows) {
            for (id, value) in columns.iter().zip(row) {
                self.store(*state, *id, value.clone());
            }
        }
    }

    /// Attributes that only the database knows now are loaded when they are asked for.
    pub(crate) fn forget_made(&mut self, state: StateId, columns: &[ColumnId]) {
        for id in columns {
            if let Some(at) = self.mapper_of(state).attribute_of(*id) {
                let state = &mut self.states[state];
                state.slots[at] = Slot::Empty;
                state.committed.retain(|(place, _)| *place as usize != at);
                state.expired_attributes.insert(at as u32);
            }
        }
    }

    /// The key of an inherited table's row is the one that its parent's row has.
    pub(crate) fn fill_inherited_key(&self, table: TableId, record: &mut Record) {
        let mapper = self.states[record.state].mapper;
        for id in self.key_in(table, mapper) {
            if self.gives(record, id) || record.expressions.iter().any(|(own, _)| *own == id) {
                continue;
            }
            let key = self.schema.column(id).key.clone();
            let own = self.mapper(mapper);
            let place = own.attribute_of(id).or_else(|| self.inherited_key(own, id));
            let value = match place.map(|at| &self.states[record.state].slots[at]) {
                Some(Slot::Value(value)) if !value.is_null() => value.clone(),
                _ => continue,
            };
            record.parameters.insert(0, (key.as_str().into(), value));
        }
    }

    /// The id that the database gave a row becomes the missing part of its key.
    fn store_row_id(&mut self, table: TableId, state: StateId, row_id: Value) {
        let Some(index) = self.schema.table(table).autoincrement_column() else { return };
        let id = ColumnId { table, index };
        let value = self.column_value(state, id);
        if value.is_null() || SqlValue::expression(&value).is_some() {
            self.store(state, id, row_id);
        }
    }
}

/// Whether the key that the database numbers is among returned columns.
fn returns_key(orm: &Orm, table: TableId, returned: &[ColumnId]) -> bool {
    let numbered = orm.schema.table(table).autoincrement_column();
    numbered.is_some_and(|index| returned.contains(&ColumnId { table, index }))
}
