//! What a flush would do, as plain data.
//!
//! It is collected and sorted by the same code as a flush, without a statement
//! and without user code; where the flush must look first, a step says so.

use super::unitofwork::{Action, UnitOfWork};
use crate::orm::hooks::PlainHooks;
use crate::orm::mapping::relationship::Direction;
use crate::orm::state::{Lifecycle, Slot};
use crate::orm::{Orm, OrmResult};
use crate::schema::ColumnDefault;
use crate::types::{SessionId, StateId, TableId};

/// What a flush would do, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlushPlan {
    /// Its actions.
    pub actions: Vec<PlanAction>,
}

/// One action of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanAction {
    /// What is done.
    pub verb: PlanVerb,
    /// The table.
    pub table: TableId,
    /// The object, where it is about one.
    pub object: Option<StateId>,
    /// The columns that are written.
    pub columns: Vec<String>,
    /// Why.
    pub reason: String,
    /// Whether the flush must look first, so that more may follow.
    pub open: bool,
}

/// What an action of a plan does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanVerb {
    /// `INSERT`
    Insert,
    /// `UPDATE`
    Update,
    /// `DELETE`
    Delete,
    /// A `SELECT` that decides what follows.
    Look,
}

impl Orm {
    /// What `session.flush()` would do now. Nothing is sent and no user code runs.
    ///
    /// # Errors
    /// When the objects cannot be brought into an order.
    pub fn flush_plan(&mut self, session: SessionId) -> OrmResult<FlushPlan> {
        let mut hooks = PlainHooks;
        let mut work = UnitOfWork::new(session, false);
        self.collect(&mut hooks, &mut work)?;
        let actions = self.sorted_actions(&mut hooks, &mut work)?.concat();
        let mut plan = FlushPlan::default();
        let mut unknown = std::mem::take(&mut work.unknown);
        unknown.dedup();
        for (state, (mapper, attribute)) in unknown {
            if let Some(relationship) = self.relationship(mapper, attribute as usize) {
                let table = self.mapper(relationship.target).table;
                plan.actions.push(PlanAction {
                    verb: PlanVerb::Look,
                    table,
                    object: Some(state),
                    columns: Vec::new(),
                    reason: format!(
                        "{} must be known before the delete",
                        self.attribute_name(mapper, attribute)
                    ),
                    open: true,
                });
            }
        }
        for action in actions {
            match action {
                Action::SaveAll(mapper) => {
                    self.plan_saves(&work, &self.states_of(&work, mapper, false), &mut plan)
                }
                Action::SaveState(state) => self.plan_saves(&work, &[state], &mut plan),
                Action::DeleteAll(mapper) => {
                    self.plan_deletes(&self.states_of(&work, mapper, true), &mut plan)
                }
                Action::DeleteState(state) => self.plan_deletes(&[state], &mut plan),
                Action::ProcessAll((mapper, attribute), is_delete) => {
                    let states = self.states_of(&work, mapper, is_delete);
                    self.plan_association(mapper, attribute, is_delete, &states, &mut plan);
                }
                Action::ProcessState((mapper, attribute), is_delete, state) => {
                    self.plan_association(mapper, attribute, is_delete, &[state], &mut plan);
                }
                Action::KeySwitches(_) | Action::PostUpdateAll(..) => {}
            }
        }
        Ok(plan)
    }

    fn plan_saves(&self, work: &UnitOfWork, states: &[StateId], plan: &mut FlushPlan) {
        let (mut updates, mut inserts) = (Vec::new(), Vec::new());
        for state in self.sort_states(states).unwrap_or_else(|_| states.to_vec()) {
            let mapper = self.mapper_of(state);
            let copied = self.copied_keys(work, state);
            let table = mapper.table;
            if self.states[state].lifecycle == Lifecycle::Pending {
                let mut reasons = vec![format!("new {}", mapper.class_name)];
                reasons
                    .extend(copied.iter().map(|(column, source)| format!("{column} copied from {source}")));
                let mut open = false;
                let mut columns = Vec::new();
                for (at, id) in mapper.columns() {
                    let column = self.schema.column(id);
                    let set = matches!(&self.states[state].slots[at], Slot::Value(value) if !value.is_null());
                    if set || copied.iter().any(|(name, _)| *name == column.name) || !column.primary_key {
                        columns.push(column.name.clone());
                    }
                    if let (false, Some(ColumnDefault::Callable { name, .. })) = (set, &column.default) {
                        open = true;
                        reasons.push(format!("{} from {name}()", column.name));
                    }
                }
                let reason = reasons.join("; ");
                inserts.push(PlanAction {
                    verb: PlanVerb::Insert,
                    table,
                    object: Some(state),
                    columns,
                    reason,
                    open,
                });
                continue;
            }
            let mut columns: Vec<String> = mapper
                .columns()
                .filter(|(at, _)| self.states[state].committed(*at).is_some() && self.is_changed(state, *at))
                .map(|(_, id)| self.schema.column(id).name.clone())
                .collect();
            let mut reasons: Vec<String> = columns.iter().map(|name| format!("{name} changed")).collect();
            for (column, source) in copied {
                if !columns.contains(&column) {
                    columns.push(column.clone());
                }
                reasons.push(format!("{column} {source}"));
            }
            if !columns.is_empty() {
                let reason = reasons.join("; ");
                updates.push(PlanAction {
                    verb: PlanVerb::Update,
                    table,
                    object: Some(state),
                    columns,
                    reason,
                    open: false,
                });
            }
        }
        plan.actions.append(&mut updates);
        plan.actions.append(&mut inserts);
    }

    fn plan_deletes(&self, states: &[StateId], plan: &mut FlushPlan) {
        for state in self.sort_states(states).unwrap_or_else(|_| states.to_vec()) {
            let mapper = self.mapper_of(state);
            let session = self.states[state].session;
            let marked = session.is_some_and(|session| self.session(session).deleted.contains_key(&state));
            let reason = if marked { "marked for deletion" } else { "has no parent any more" };
            plan.actions.push(PlanAction {
                verb: PlanVerb::Delete,
                table: mapper.table,
                object: Some(state),
                columns: Vec::new(),
                reason: reason.into(),
                open: false,
            });
        }
    }

    fn plan_association(
        &self,
        mapper: crate::types::MapperId,
        attribute: u32,
        is_delete: bool,
        states: &[StateId],
        plan: &mut FlushPlan,
    ) {
        let Some(relationship) = self.relationship(mapper, attribute as usize) else { return };
        let Some(secondary) = relationship.secondary else { return };
        // Of two mirrors, the one that is processed first writes the row.
        let mirrored = plan.actions.iter().any(|action| action.table == secondary);
        if mirrored && relationship.reverse.is_some() {
            return;
        }
        let name = self.attribute_name(mapper, attribute);
        for &state in states {
            let history = self.object_history(state, attribute as usize);
            let mut push = |verb: PlanVerb, reason: String| {
                plan.actions.push(PlanAction {
                    verb,
                    table: secondary,
                    object: Some(state),
                    columns: Vec::new(),
                    reason,
                    open: false,
                });
            };
            if is_delete {
                for _ in history.unchanged.iter().chain(&history.deleted).flatten() {
                    push(PlanVerb::Delete, format!("its owner in {name} is deleted"));
                }
                continue;
            }
            for _ in history.added.iter().flatten() {
                push(PlanVerb::Insert, format!("added to {name}"));
            }
            for _ in history.deleted.iter().flatten() {
                push(PlanVerb::Delete, format!("removed from {name}"));
            }
        }
    }

    /// The keys that the flush will copy into an object: (column, from where).
    fn copied_keys(&self, work: &UnitOfWork, state: StateId) -> Vec<(String, String)> {
        let mut copied = Vec::new();
        let source_name = |id: &crate::types::ColumnId| {
            format!("{}.{}", self.schema.table(id.table).name, self.schema.column(*id).name)
        };
        for relationship in self.mapper_of(state).relationships() {
            let history = self.object_history(state, relationship.attribute as usize);
            if relationship.direction != Direction::ManyToOne || !history.has_changes() {
                continue;
            }
            for (from, to) in &relationship.pairs {
                let source = if history.added.iter().flatten().next().is_some() {
                    source_name(from)
                } else {
                    "set to NULL".into()
                };
                copied.push((self.schema.column(*to).name.clone(), source));
            }
        }
        for &parent in work.states.keys() {
            for relationship in self.mapper_of(parent).relationships() {
                if relationship.direction != Direction::OneToMany
                    || !self.is_a(self.states[state].mapper, relationship.target)
                {
                    continue;
                }
                let history = self.object_history(parent, relationship.attribute as usize);
                let among = |list: &[Option<crate::orm::state::Object>]| {
                    list.iter().flatten().any(|child| child.state == state)
                };
                for (from, to) in &relationship.pairs {
                    let name = self.schema.column(*to).name.clone();
                    if copied.iter().any(|(known, _)| *known == name) {
                        continue;
                    }
                    let deleted = work.is_deleted(parent);
                    if among(&history.added) && !deleted {
                        copied.push((name, source_name(from)));
                    } else if among(&history.deleted) || (deleted && among(&history.unchanged)) {
                        copied.push((name, "set to NULL".into()));
                    }
                }
            }
        }
        copied
    }
}
