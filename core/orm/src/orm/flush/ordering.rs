//! The order of a flush: actions sorted by what depends on what, cycles between
//! classes broken up into actions on single objects.
//!
//! SQLAlchemy counterpart: `UOWTransaction._generate_actions`, `sort_tables` and
//! `_sort_states`.

use super::unitofwork::{Action, Dependency, Map, Set, UnitOfWork};
use crate::orm::error::{Cycle, CyclicStep, OrmError, OrmErrorKind};
use crate::orm::hooks::Hooks;
use crate::orm::mapping::relationship::{Direction, Relationship};
use crate::orm::state::attributes::Passive;
use crate::orm::state::identity::IdentityKey;
use crate::orm::{Orm, OrmResult};
use crate::types::{KeyValue, MapperId, StateId, Value, topological};

impl Orm {
    /// The actions in an order that respects their dependencies; those on single
    /// objects that can be carried out as one stand together.
    pub(crate) fn sorted_actions(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
    ) -> OrmResult<Vec<Vec<Action>>> {
        let (groups, sorted) = self.actions_up_to_a_cycle(hooks, work)?;
        sorted.map(|()| groups)
    }

    /// The same as far as there is such an order: SQLAlchemy finds a cycle when it
    /// comes to it.
    pub(crate) fn actions_up_to_a_cycle(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
    ) -> OrmResult<(Vec<Vec<Action>>, OrmResult<()>)> {
        let nodes: Vec<Action> = work.actions.iter().copied().collect();
        let cyclic = topological::cycles(&work.edges, &nodes);
        if !cyclic.is_empty() {
            self.break_up(hooks, work, &cyclic)?;
        }
        let mut nodes: Vec<Action> = work
            .actions
            .iter()
            .filter(|action| !work.disabled.contains(*action) && !cyclic.contains(*action))
            .copied()
            .collect();
        nodes.sort_by_cached_key(|action| self.sort_key(*action));
        let (rounds, left) = topological::rounds_up_to_a_cycle(&work.edges, &nodes);
        let sorted = match left.is_empty() {
            true => Ok(()),
            false => Err(self.circular(&work.edges, &nodes)),
        };
        let mut groups: Vec<Vec<Action>> = Vec::new();
        for round in rounds {
            let first = groups.len();
            for action in round {
                let group = groups[first..].iter_mut().find(|group| self.is_one_action(group[0], action));
                match group {
                    Some(group) => group.push(action),
                    None => groups.push(vec![action]),
                }
            }
        }
        Ok((groups, sorted))
    }

    /// The error of actions that wait for each other.
    fn circular(&self, edges: &[(Action, Action)], nodes: &[Action]) -> OrmError {
        let cyclic: Vec<Action> = topological::cycles(edges, nodes).into_iter().collect();
        let steps = cyclic.iter().filter_map(|action| self.cyclic_step(*action));
        let place = |action: &Action| cyclic.iter().position(|known| known == action);
        let edges = edges.iter().filter_map(|(first, then)| Some((place(first)?, place(then)?)));
        OrmError::Circular(Box::new(Cycle { steps: steps.collect(), edges: edges.collect() }))
    }

    fn cyclic_step(&self, action: Action) -> Option<CyclicStep> {
        let state = action.state()?;
        let object = self.describe(state);
        let (class, name) = match action {
            Action::SaveState(_) => ("_SaveUpdateState", format!("_SaveUpdateState({object})")),
            Action::DeleteState(_) => ("_DeleteState", format!("_DeleteState({object})")),
            Action::ProcessState((mapper, attribute), deletes, _) => {
                let relationship = self.mapper(mapper).relationship(attribute as usize)?;
                let kind = match relationship.direction {
                    Direction::OneToMany => "_OneToManyDP",
                    Direction::ManyToOne => "_ManyToOneDP",
                    Direction::ManyToMany => "_ManyToManyDP",
                };
                let along = self.attribute_name(mapper, attribute);
                let deletes = if deletes { "True" } else { "False" };
                let name = format!("_ProcessState({kind}({along}), {object}, delete={deletes})");
                ("_ProcessState", name)
            }
            _ => return None,
        };
        Some(CyclicStep { class, name, state })
    }

    /// Whether two actions on single objects do the same thing.
    fn is_one_action(&self, a: Action, b: Action) -> bool {
        let same_class = |a: StateId, b: StateId| self.mapper_of(a).base == self.mapper_of(b).base;
        match (a, b) {
            (Action::SaveState(a), Action::SaveState(b))
            | (Action::DeleteState(a), Action::DeleteState(b)) => same_class(a, b),
            (Action::ProcessState(a, deletes, _), Action::ProcessState(b, also, _)) => {
                a == b && deletes == also
            }
            _ => false,
        }
    }

    /// Replaces the actions of a cycle by actions on single objects.
    fn break_up(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        cyclic: &Set<Action>,
    ) -> OrmResult<()> {
        let mut converted: Map<Action, Vec<Action>> = Map::default();
        for &action in cyclic {
            let (mapper, is_delete) = match action {
                Action::SaveAll(mapper) => (mapper, false),
                Action::DeleteAll(mapper) => (mapper, true),
                other => {
                    converted.insert(other, Vec::new());
                    continue;
                }
            };
            let states = self.states_of(work, mapper, is_delete);
            let mut pieces = Vec::new();
            for &state in &states {
                let piece = if is_delete { Action::DeleteState(state) } else { Action::SaveState(state) };
                match is_delete {
                    true => work.order(Action::SaveAll(mapper), piece),
                    false => work.order(piece, Action::DeleteAll(mapper)),
                }
                pieces.push(piece);
            }
            let classes = self.descendants(mapper);
            let active: Vec<Dependency> =
                classes.iter().flat_map(|id| work.active.get(id).cloned().unwrap_or_default()).collect();
            for dependency in active {
                let Some(relationship) = self.relationship(dependency.0, dependency.1 as usize).cloned()
                else {
                    continue;
                };
                let own: Vec<StateId> = states
                    .iter()
                    .copied()
                    .filter(|state| self.is_a(self.states[*state].mapper, dependency.0))
                    .collect();
                self.state_dependencies(hooks, work, &relationship, &own, is_delete, cyclic)?;
            }
            converted.insert(action, pieces);
        }
        let mut edges = Vec::new();
        for (first, then) in std::mem::take(&mut work.edges) {
            let off = work.disabled.contains(&first) || work.disabled.contains(&then);
            match (cyclic.contains(&first), cyclic.contains(&then)) {
                _ if off => {}
                (true, true) => {}
                (true, false) => edges.extend(converted[&first].iter().map(|piece| (*piece, then))),
                (false, true) => edges.extend(converted[&then].iter().map(|piece| (first, *piece))),
                (false, false) => edges.push((first, then)),
            }
        }
        work.edges = edges;
        Ok(())
    }

    fn state_dependencies(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
        is_delete: bool,
        cyclic: &Set<Action>,
    ) -> OrmResult<()> {
        let dependency = (relationship.parent, relationship.attribute);
        let aggregate = Action::ProcessAll(dependency, is_delete);
        work.disabled.insert(aggregate);
        let parent_base = self.mapper(relationship.parent).base;
        let child_base = self.mapper(relationship.target).base;
        let child_in_cycle = cyclic.contains(&Action::SaveAll(child_base));
        let parent_in_cycle = cyclic.contains(&if is_delete {
            Action::DeleteAll(parent_base)
        } else {
            Action::SaveAll(parent_base)
        });
        for &state in states {
            if is_delete {
                self.know_members(hooks, work, relationship, state)?;
                if relationship.direction == Direction::ManyToOne && work.may_load {
                    self.ensure_related(hooks, state, relationship.attribute as usize, Passive::Off)?;
                }
            }
            let history = self.object_history(state, relationship.attribute as usize);
            if history.is_empty() {
                continue;
            }
            let process = Action::ProcessState(dependency, is_delete, state);
            work.actions.insert(process);
            let parent = match (is_delete, parent_in_cycle) {
                (true, true) => Action::DeleteState(state),
                (true, false) => Action::DeleteAll(parent_base),
                (false, true) => Action::SaveState(state),
                (false, false) => Action::SaveAll(parent_base),
            };
            let mut children: Vec<(Option<Action>, bool)> = Vec::new();
            if child_in_cycle {
                let all = history.added.iter().chain(&history.unchanged).chain(&history.deleted);
                for child in all {
                    let role = child.as_ref().and_then(|child| {
                        work.states.get(&child.state).map(|role| (child.state, role.is_delete))
                    });
                    children.push(match role {
                        Some((child, true)) => (Some(Action::DeleteState(child)), true),
                        Some((child, false)) => (Some(Action::SaveState(child)), false),
                        None => (None, false),
                    });
                }
            } else {
                children.push((Some(Action::SaveAll(child_base)), false));
                children.push((Some(Action::DeleteAll(child_base)), true));
            }
            for (child, child_is_delete) in children {
                self.object_dependencies(
                    work,
                    relationship,
                    parent,
                    child,
                    process,
                    is_delete,
                    child_is_delete,
                );
            }
        }
        Ok(())
    }

    /// SQLAlchemy's order among actions that are free.
    fn sort_key(&self, action: Action) -> (&'static str, String, bool, u32) {
        let name = |mapper: MapperId| self.mapper(mapper).sort_key.clone();
        let named = |(mapper, attribute): Dependency| {
            format!(
                "{}_{}",
                self.mapper(mapper).sort_key,
                self.mapper(mapper).attributes[attribute as usize].key
            )
        };
        match action {
            Action::SaveAll(mapper) => ("SaveUpdateAll", name(mapper), false, 0),
            Action::DeleteAll(mapper) => ("DeleteAll", name(mapper), false, 0),
            Action::ProcessAll(dependency, is_delete) => ("ProcessAll", named(dependency), is_delete, 0),
            Action::KeySwitches(dependency) => ("ProcessAll", named(dependency), false, 0),
            Action::PostUpdateAll(mapper, is_delete) => ("PostUpdateAll", name(mapper), is_delete, 0),
            Action::SaveState(state) => {
                ("ProcessState", name(self.mapper_of(state).base), false, self.states[state].insert_order)
            }
            Action::DeleteState(state) => {
                ("DeleteState", name(self.mapper_of(state).base), false, self.states[state].insert_order)
            }
            Action::ProcessState(dependency, is_delete, state) => {
                ("ProcessState", named(dependency), is_delete, self.states[state].insert_order)
            }
        }
    }

    /// Objects in the order in which their statements go out: pending ones as
    /// they were added, persistent ones by primary key.
    ///
    /// # Errors
    /// When their keys have no order in Python.
    pub(crate) fn sort_states(&self, states: &[StateId]) -> OrmResult<Vec<StateId>> {
        let (mut pending, mut persistent): (Vec<StateId>, Vec<StateId>) =
            states.iter().partition(|id| self.states[**id].key.is_none());
        pending.sort_by_key(|id| self.states[*id].insert_order);
        let mut refused = None;
        persistent.sort_by(|a, b| match (&self.states[*a].key, &self.states[*b].key) {
            (Some(a), Some(b)) => compare_keys(a, b).unwrap_or_else(|classes| {
                refused = Some(classes);
                std::cmp::Ordering::Equal
            }),
            _ => std::cmp::Ordering::Equal,
        });
        if let Some((a, b)) = refused {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!(
                    "Could not sort objects by primary key; primary key values must be sortable in Python (was: '<' not supported between instances of '{a}' and '{b}')"
                ),
            ));
        }
        pending.extend(persistent);
        Ok(pending)
    }
}

/// The order of two keys; the names of the classes where there is none.
fn compare_keys(a: &IdentityKey, b: &IdentityKey) -> Result<std::cmp::Ordering, (String, String)> {
    for (KeyValue(a), KeyValue(b)) in a.values.iter().zip(b.values.iter()) {
        let order = match (a, b) {
            (Value::Int(a), Value::Int(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) | (Value::Uuid(a), Value::Uuid(b)) => a.cmp(b),
            (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
            (Value::Int(a), Value::Float(b)) => (*a as f64).total_cmp(b),
            (Value::Float(a), Value::Int(b)) => a.total_cmp(&(*b as f64)),
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            (Value::Time(a), Value::Time(b)) => a.cmp(b),
            (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
            (Value::Interval(a), Value::Interval(b)) => a.cmp(b),
            (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
            (Value::Decimal(a), Value::Decimal(b)) => {
                let number = |digits: &str| digits.parse::<f64>().unwrap_or_default();
                number(a).total_cmp(&number(b))
            }
            (a, b) if a == b => std::cmp::Ordering::Equal,
            (a, b) => return Err((class_of(a), class_of(b))),
        };
        if order.is_ne() {
            return Ok(order);
        }
    }
    Ok(std::cmp::Ordering::Equal)
}

/// The name of a value's class in Python.
fn class_of(value: &Value) -> String {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Big(_) => "int",
        Value::Float(_) => "float",
        Value::Text(_) => "str",
        Value::Bytes(_) => "bytes",
        Value::Opaque(foreign) => return foreign.type_name(),
        _ => "object",
    }
    .to_string()
}
