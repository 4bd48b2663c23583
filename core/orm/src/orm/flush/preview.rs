//! Finding out what a flush would do, by flushing with nothing sent.
//!
//! A preview is the flush itself: the same objects are registered, the same
//! actions sorted and carried out. Only the last step is another: where a flush
//! sends rows ([`Outlet`]), a preview notes them. What the database would make
//! is stood in for by a value that says where it comes from ([`StandIn`]), and
//! goes the ways that the real one would. Afterwards every state is put back.
//!
//! It must not send a statement, and not run the program's code.

use std::any::Any;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::persistence::Row;
use super::plan::{FlushPlan, PlanAction, PlanVerb, PlannedValue, ValueSource};
use super::unitofwork::{Action, Dependency, UnitOfWork};
use crate::engine::{ConnectionId, Execution, Parameters, Prepared, ResultSet};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::events::OrmEventKind;
use crate::orm::hooks::{Hooks, PlainHooks};
use crate::orm::state::Slot;
use crate::orm::{Orm, OrmResult};
use crate::schema::ColumnDefault;
use crate::sql::{From, Statement};
use crate::types::{ColumnId, EngineId, Foreign, SessionId, StateId, TableId, TypeError, Value};

/// Where the rows of a flush go.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outlet {
    /// To the database.
    Connection(ConnectionId),
    /// Into the plan.
    Preview(EngineId),
}

/// A preview in the making.
#[derive(Default)]
pub(crate) struct Preview {
    plan: FlushPlan,
    /// The piece of the flush that is at work.
    action: Option<Action>,
    /// Keys that were copied into objects, or taken away from them.
    copied: FxHashMap<(StateId, ColumnId), Copied>,
    statements: usize,
}

/// How a key came into an object.
#[derive(Clone, Copy)]
struct Copied {
    /// From where; none where it was set to NULL.
    from: Option<(StateId, ColumnId)>,
    /// The relationship that had it copied.
    along: Option<Dependency>,
}

impl Preview {
    fn has_inserted(&self, object: StateId) -> bool {
        let inserts = |action: &PlanAction| action.verb == PlanVerb::Insert && action.object == Some(object);
        self.plan.actions.iter().any(inserts)
    }
}

/// A value that is not known before the flush.
struct StandIn(ValueSource);

impl StandIn {
    fn value(source: ValueSource) -> Value {
        Value::Opaque(Rc::new(StandIn(source)))
    }

    fn source(value: &Value) -> Option<&ValueSource> {
        let Value::Opaque(foreign) = value else { return None };
        let foreign: &dyn Any = &**foreign;
        foreign.downcast_ref::<StandIn>().map(|own| &own.0)
    }
}

impl Foreign for StandIn {
    fn type_name(&self) -> String {
        "StandIn".into()
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).cast::<()>() as usize
    }

    fn json(&self) -> Result<String, TypeError> {
        Err(TypeError::new("TypeError", "a value that is not known yet has no JSON"))
    }

    fn items(&self) -> Option<Vec<Value>> {
        None
    }
}

/// What a statement for several objects gave.
pub(crate) struct Written {
    pub(crate) result: ResultSet,
    /// The id of the row, where there is one.
    pub(crate) row_id: Value,
    /// Values of defaults: (object, column, value).
    pub(crate) defaults: Vec<(StateId, Rc<str>, Value)>,
}

const LISTENERS: &[(OrmEventKind, &str)] = &[
    (OrmEventKind::BeforeFlush, "before_flush"),
    (OrmEventKind::BeforeInsert, "before_insert"),
    (OrmEventKind::BeforeUpdate, "before_update"),
    (OrmEventKind::BeforeDelete, "before_delete"),
    (OrmEventKind::AfterInsert, "after_insert"),
    (OrmEventKind::AfterUpdate, "after_update"),
    (OrmEventKind::AfterDelete, "after_delete"),
];

impl Orm {
    /// What `session.flush()` would do now. Nothing is sent and no code of the
    /// program's runs; where the flush must look or ask first, a step is open.
    ///
    /// # Errors
    /// Those that the flush itself would meet before the database does: objects
    /// that cannot be brought into an order, a key that would become NULL.
    pub fn flush_plan(&mut self, session: SessionId) -> OrmResult<FlushPlan> {
        if self.session(session).flushing {
            return Err(OrmError::new(OrmErrorKind::InvalidRequest, "Session is already flushing"));
        }
        if self.session(session).is_clean() {
            return Ok(FlushPlan::default());
        }
        let mut preview = Preview::default();
        for (_, name) in LISTENERS.iter().filter(|(kind, _)| self.is_heard(*kind)) {
            let reason = format!("a {name} listener may change what is written");
            preview.plan.actions.push(step(PlanVerb::Listen, None, None, reason, true));
        }
        let modified = self.session(session).modified.clone();
        let untold = std::mem::take(&mut self.untold);
        let warned = self.warnings.len();
        self.preview = Some(Box::new(preview));
        self.states.keep_journal();
        // As in a flush, what is loaded flushes nothing before.
        self.session_mut(session).flushing = true;
        let mut work = UnitOfWork::new(session, false);
        let done = self.carry_out_preview(&mut work);
        self.states.undo_journal();
        self.warnings.truncate(warned);
        self.untold = untold;
        self.session_mut(session).flushing = false;
        self.session_mut(session).modified = modified;
        let mut plan = self.preview.take().map(|preview| preview.plan).unwrap_or_default();
        done?;
        self.find_dependencies(&work, &mut plan);
        Ok(plan)
    }

    /// Whether what happens is only tried.
    pub(crate) fn is_previewing(&self) -> bool {
        self.preview.is_some()
    }

    fn carry_out_preview(&mut self, work: &mut UnitOfWork) -> OrmResult<()> {
        let mut hooks = PlainHooks;
        self.collect(&mut hooks, work)?;
        self.note_unknown(work);
        for actions in self.sorted_actions(&mut hooks, work)? {
            if let Some(preview) = &mut self.preview {
                preview.action = actions.first().copied();
            }
            self.execute_actions(&mut hooks, work, &actions)?;
            self.note_unknown(work);
        }
        Ok(())
    }

    /// Notes the relationships that the flush would load to know its members.
    fn note_unknown(&mut self, work: &mut UnitOfWork) {
        let mut unknown = std::mem::take(&mut work.unknown);
        unknown.dedup();
        for (state, (mapper, attribute)) in unknown {
            if let Some(relationship) = self.relationship(mapper, attribute as usize) {
                let table = self.mapper(relationship.target).table;
                let reason = format!("{} must be known", self.attribute_name(mapper, attribute));
                self.note(step(PlanVerb::Look, Some(table), Some(state), reason, true));
            }
        }
    }

    fn note(&mut self, action: PlanAction) {
        if let Some(preview) = &mut self.preview {
            preview.plan.actions.push(action);
        }
    }

    /// Where the rows of a flush go.
    pub(crate) fn outlet(&mut self, hooks: &mut dyn Hooks, session: SessionId) -> OrmResult<Outlet> {
        if self.preview.is_none() {
            return self.session_connection(hooks, session).map(Outlet::Connection);
        }
        self.session_engine(session).map(Outlet::Preview)
    }

    /// Notes that a key is copied along a relationship, or taken away.
    pub(crate) fn note_copied(
        &mut self,
        destination: StateId,
        column: ColumnId,
        from: Option<(StateId, ColumnId)>,
    ) {
        if let Some(preview) = &mut self.preview {
            let along = match preview.action {
                Some(
                    Action::ProcessAll(along, _)
                    | Action::ProcessState(along, ..)
                    | Action::KeySwitches(along),
                ) => Some(along),
                _ => None,
            };
            preview.copied.insert((destination, column), Copied { from, along });
        }
    }

    /// Instead of a SELECT of attributes: the values it would bring are stood in for.
    pub(crate) fn preview_load(&mut self, id: StateId, wanted: &[usize], why: &str, open: bool) {
        let table = self.mapper_of(id).table;
        self.note(step(PlanVerb::Look, Some(table), Some(id), why.into(), open));
        for &at in wanted {
            let Some(column) = self.mapper_of(id).attributes[at].columns().next() else { continue };
            let known = self.column_value(id, column);
            let value = if known.is_null() { StandIn::value(ValueSource::Loaded) } else { known };
            self.states[id].slots[at] = Slot::Value(value);
            self.states[id].expired_attributes.remove(at as u32);
        }
        self.states[id].expired = false;
    }

    /// The version that code of the program's own would make.
    pub(crate) fn preview_version(&self) -> Value {
        StandIn::value(ValueSource::Computed("version_id_generator".into()))
    }

    /// Instead of sending rows: notes them, and stands in for what would come back.
    pub(crate) fn preview_rows(
        &mut self,
        engine: EngineId,
        statement: &Statement,
        parameters: &Parameters,
        execution: Execution,
        rows: &[Row],
    ) -> OrmResult<Written> {
        let mut prepared = self.engines.explain(&self.schema, engine, statement, parameters, execution)?;
        for (set, place, _) in std::mem::take(&mut prepared.pending) {
            let wanted = prepared.default_wanted(set, place);
            let default = wanted.column.and_then(|id| self.schema.column(id).default.as_ref());
            let name = match default {
                Some(ColumnDefault::Callable { name, .. }) => name.to_string(),
                _ => "a callable".into(),
            };
            prepared.fill(set, place, StandIn::value(ValueSource::Computed(name)));
        }
        let (verb, from) = match statement {
            Statement::Insert(insert) => (PlanVerb::Insert, Some(&insert.table)),
            Statement::Update(update) => (PlanVerb::Update, Some(&update.table)),
            Statement::Delete(delete) => (PlanVerb::Delete, Some(&delete.table)),
            _ => (PlanVerb::Look, None),
        };
        let table = match from {
            Some(From::Table(table)) => Some(*table),
            _ => None,
        };
        let made = |column: Option<ColumnId>, row: &Row| {
            column.map_or(Value::Null, |column| {
                StandIn::value(ValueSource::Copied { from: row.object, column, known: None })
            })
        };
        let columns = prepared.result_columns().to_vec();
        let returned =
            rows.iter().map(|row| columns.iter().map(|column| made(column.base, row)).collect()).collect();
        let numbered = table.and_then(|table| {
            let index = self.schema.table(table).autoincrement_column()?;
            Some(ColumnId { table, index })
        });
        let row_id = rows.first().map_or(Value::Null, |row| made(numbered, row));
        let result = ResultSet {
            columns: Rc::new(columns),
            rows: returned,
            rowcount: rows.len() as i64,
            ..ResultSet::default()
        };
        let defaults = prepared.defaults_of(rows.iter().map(|row| row.object));
        if let Some(table) = table {
            self.note_rows(verb, table, &prepared, rows);
        }
        Ok(Written { result, row_id, defaults })
    }

    fn note_rows(&mut self, verb: PlanVerb, table: TableId, prepared: &Prepared, rows: &[Row]) {
        let one_by_one = prepared.goes_one_by_one();
        for (set, row) in rows.iter().enumerate() {
            let (mut values, mut found_by) = (Vec::new(), Vec::new());
            for (name, value) in prepared.parameters(set) {
                let key = self.key_label_column(table, name).filter(|_| verb != PlanVerb::Insert);
                let (list, index) = match (self.schema.table(table).column_index(name), key) {
                    (Some(index), _) if verb != PlanVerb::Delete => (&mut values, index),
                    (_, Some(index)) | (Some(index), None) => (&mut found_by, index),
                    (None, None) => continue,
                };
                let column = ColumnId { table, index };
                list.push(PlannedValue { column, source: self.source_of(row, column, value) });
            }
            let reason = self.reason(verb, row, &values);
            let unknown =
                |value: &PlannedValue| matches!(value.source, ValueSource::Computed(_) | ValueSource::Loaded);
            let open = values.iter().chain(&found_by).any(unknown);
            let Some(preview) = &mut self.preview else { return };
            preview.plan.actions.push(PlanAction {
                related: row.related,
                values,
                found_by,
                sql: prepared.sql(),
                statement: preview.statements,
                ..step(verb, Some(table), Some(row.object), reason, open)
            });
            preview.statements += usize::from(one_by_one);
        }
        if let Some(preview) = self.preview.as_mut().filter(|_| !one_by_one) {
            preview.statements += 1;
        }
    }

    /// The column that the parameter of a key is for: `users_id`, `old_id`.
    fn key_label_column(&self, table: TableId, name: &str) -> Option<u32> {
        let own = self.schema.table(table);
        let bare = name.strip_prefix(&format!("{}_", own.name)).or_else(|| name.strip_prefix("old_"));
        bare.and_then(|bare| own.column_index(bare))
    }

    fn source_of(&self, row: &Row, column: ColumnId, value: &Value) -> ValueSource {
        let unknown = StandIn::source(value);
        if let Some(source @ (ValueSource::Computed(_) | ValueSource::Loaded)) = unknown {
            return source.clone();
        }
        let from =
            match (row.related, self.preview.as_ref().and_then(|preview| self.relation_at_work(preview))) {
                (Some(related), Some(relationship)) => {
                    let own = relationship.pairs.iter().map(|pair| (row.object, pair));
                    let other = relationship.secondary_pairs.iter().map(|pair| (related, pair));
                    own.chain(other)
                        .find(|(_, (_, to))| *to == column)
                        .map(|(state, (from, _))| (state, *from))
                }
                _ => self
                    .preview
                    .as_ref()
                    .and_then(|preview| preview.copied.get(&(row.object, column)))
                    .and_then(|copied| copied.from),
            };
        match (from, unknown) {
            (Some((from, column)), None) => ValueSource::Copied { from, column, known: Some(value.clone()) },
            (Some((from, column)), Some(_)) => ValueSource::Copied { from, column, known: None },
            (None, Some(source)) => source.clone(),
            (None, None) => ValueSource::Given(value.clone()),
        }
    }

    fn relation_at_work(
        &self,
        preview: &Preview,
    ) -> Option<&crate::orm::mapping::relationship::Relationship> {
        match preview.action {
            Some(Action::ProcessAll((mapper, at), _) | Action::ProcessState((mapper, at), ..)) => {
                self.relationship(mapper, at as usize).map(|relationship| &**relationship)
            }
            _ => None,
        }
    }

    fn reason(&self, verb: PlanVerb, row: &Row, values: &[PlannedValue]) -> String {
        let Some(preview) = &self.preview else { return String::new() };
        let state = &self.states[row.object];
        if row.related.is_some() {
            let name = self
                .relation_at_work(preview)
                .map(|relationship| self.attribute_name(relationship.parent, relationship.attribute))
                .unwrap_or_default();
            let parent_goes = matches!(
                preview.action,
                Some(Action::ProcessAll(_, true) | Action::ProcessState(_, true, _))
            );
            return match verb {
                PlanVerb::Insert => format!("added to {name}"),
                PlanVerb::Delete if parent_goes => format!("its owner in {name} is deleted"),
                PlanVerb::Delete => format!("removed from {name}"),
                _ => format!("a key in {name} changed"),
            };
        }
        let class = &self.mapper_of(row.object).class_name;
        let mut reasons = match verb {
            PlanVerb::Insert => vec![format!("new {class}")],
            PlanVerb::Delete => vec![self.why_deleted(row.object)],
            PlanVerb::Update if state.key.is_none() && !preview.has_inserted(row.object) => {
                vec![format!("the new {class} takes over the row of one that is deleted")]
            }
            _ => Vec::new(),
        };
        for value in values {
            let column = self.schema.column(value.column);
            let name = &column.name;
            let copy = preview.copied.get(&(row.object, value.column));
            let along = copy
                .and_then(|copied| copied.along)
                .map(|(mapper, attribute)| format!(" along {}", self.attribute_name(mapper, attribute)))
                .unwrap_or_default();
            match (&value.source, copy) {
                (ValueSource::Copied { column, .. }, _) => reasons.push(format!(
                    "{name} copied from {}.{}{along}",
                    self.schema.table(column.table).name,
                    self.schema.column(*column).name
                )),
                (_, Some(Copied { from: None, .. })) => reasons.push(format!("{name} set to NULL{along}")),
                (ValueSource::Computed(code), _) => reasons.push(format!("{name} from {code}()")),
                (_, _) if verb != PlanVerb::Update => {}
                (_, _) if self.mapper_of(row.object).options.version_id == Some(value.column) => {
                    reasons.push(format!("{name} is the next version"));
                }
                (_, _) => reasons.push(format!("{name} changed")),
            }
        }
        if let Some(Action::PostUpdateAll(..)) = preview.action {
            reasons.push("in a second statement (post_update)".into());
        }
        reasons.join("; ")
    }

    fn why_deleted(&self, id: StateId) -> String {
        let session = self.states[id].session;
        if session.is_some_and(|session| self.session(session).deleted.contains_key(&id)) {
            "marked for deletion".into()
        } else if self.is_orphan(id) {
            "has no parent any more (delete-orphan)".into()
        } else {
            "deleted with what it belongs to".into()
        }
    }

    /// Which actions must come before which.
    fn find_dependencies(&self, work: &UnitOfWork, plan: &mut FlushPlan) {
        let mut linked: FxHashMap<StateId, Vec<StateId>> = FxHashMap::default();
        for &id in work.states.keys() {
            for relationship in self.mapper_of(id).relationships() {
                let history = self.object_history(id, relationship.attribute as usize);
                let members = history.added.iter().chain(&history.unchanged).chain(&history.deleted);
                for member in members.flatten().filter(|member| work.states.contains_key(&member.state)) {
                    linked.entry(id).or_default().push(member.state);
                    linked.entry(member.state).or_default().push(id);
                }
            }
        }
        let mut about: FxHashMap<StateId, Vec<usize>> = FxHashMap::default();
        for at in 0..plan.actions.len() {
            let action = &plan.actions[at];
            let mut after: Vec<usize> = Vec::new();
            let earlier = |id: &StateId| about.get(id).into_iter().flatten().copied();
            after.extend(action.object.iter().filter(|_| action.related.is_none()).flat_map(earlier));
            for value in action.values.iter().chain(&action.found_by) {
                if let ValueSource::Copied { from, column, known: None } = &value.source {
                    let makes = |at: &usize| {
                        plan.actions[*at].verb == PlanVerb::Insert
                            && plan.actions[*at].table == Some(column.table)
                    };
                    after.extend(earlier(from).filter(makes));
                }
            }
            if let (PlanVerb::Delete, Some(object), None) = (action.verb, action.object, action.related) {
                let lets_go =
                    |at: &usize| matches!(plan.actions[*at].verb, PlanVerb::Delete | PlanVerb::Update);
                let others = linked.get(&object).into_iter().flatten();
                after.extend(others.flat_map(earlier).filter(lets_go));
            }
            after.sort_unstable();
            after.dedup();
            let objects = [action.object, action.related];
            plan.actions[at].after = after;
            for id in objects.into_iter().flatten() {
                about.entry(id).or_default().push(at);
            }
        }
    }
}

fn step(
    verb: PlanVerb,
    table: Option<TableId>,
    object: Option<StateId>,
    reason: String,
    open: bool,
) -> PlanAction {
    PlanAction {
        verb,
        table,
        object,
        related: None,
        values: Vec::new(),
        found_by: Vec::new(),
        sql: String::new(),
        statement: 0,
        after: Vec::new(),
        reason,
        open,
    }
}
