//! What each kind of relationship does in a flush: which objects it draws in,
//! what must come first, which keys it copies.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.dependency`.

use super::attributes::Passive;
use super::error::{OrmError, OrmErrorKind};
use super::hooks::Hooks;
use super::relationship::{Direction, Relationship};
use super::state::Object;
use super::unitofwork::{Action, UnitOfWork};
use super::{Orm, OrmResult};
use crate::engine::{Execution, ParameterSet, Parameters};
use crate::sql::{Bind, BindValue, Delete, Expr, From, Insert, Operator, Statement};
use crate::types::{ColumnId, StateId, TableId};

impl Orm {
    /// Loads the members that a deleted parent has, unless it is told not to;
    /// a preview notes that it would.
    pub(super) fn know_members(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        state: StateId,
    ) -> OrmResult<()> {
        if relationship.options.passive_deletes {
            return Ok(());
        }
        let attribute = relationship.attribute as usize;
        let needs = match relationship.direction {
            Direction::ManyToOne => relationship.cascade.delete || relationship.cascade.delete_orphan,
            _ => true,
        };
        if !needs {
            return Ok(());
        }
        let passive = if work.may_load { Passive::Off } else { Passive::NoInitialize };
        if !self.ensure_related(hooks, state, attribute, passive)? {
            work.unknown.push((state, (relationship.parent, relationship.attribute)));
        }
        Ok(())
    }

    /// Draws in what the deletion of parents concerns.
    pub(super) fn presort_deletes(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let attribute = relationship.attribute as usize;
        let dependency = (relationship.parent, relationship.attribute);
        for &state in states {
            self.know_members(hooks, work, relationship, state)?;
            let history = self.object_history(state, attribute);
            match relationship.direction {
                Direction::OneToMany => {
                    for child in history.deleted.into_iter().flatten() {
                        if !self.has_parent(child.state, dependency) {
                            let delete = relationship.cascade.delete || relationship.cascade.delete_orphan;
                            self.register(work, child.state, delete, false);
                            if delete {
                                self.register_cascaded_deletes(work, &child);
                            }
                        }
                    }
                    if !relationship.options.passive_deletes {
                        let added = work.children_added.get(&dependency).cloned().unwrap_or_default();
                        for child in history.unchanged.into_iter().flatten() {
                            if relationship.cascade.delete {
                                continue;
                            }
                            if !added.contains(&child.state) {
                                self.register(work, child.state, false, false);
                            }
                        }
                    }
                }
                Direction::ManyToOne => {
                    if relationship.cascade.delete || relationship.cascade.delete_orphan {
                        let kept = history.added.into_iter().chain(history.unchanged);
                        let gone = history.deleted.into_iter().filter(|_| relationship.cascade.delete_orphan);
                        for child in kept.chain(gone).flatten() {
                            self.register(work, child.state, true, false);
                            self.register_cascaded_deletes(work, &child);
                        }
                    }
                }
                Direction::ManyToMany => {}
            }
        }
        Ok(())
    }

    /// Draws in what the saving of parents concerns.
    pub(super) fn presort_saves(
        &mut self,
        _hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let attribute = relationship.attribute as usize;
        let dependency = (relationship.parent, relationship.attribute);
        for &state in states {
            let history = self.object_history(state, attribute);
            match relationship.direction {
                Direction::OneToMany => {
                    for child in history.added.iter().flatten() {
                        self.register(work, child.state, false, true);
                        work.children_added.entry(dependency).or_default().insert(child.state);
                    }
                    for child in history.deleted.into_iter().flatten() {
                        if !relationship.cascade.delete_orphan {
                            self.register(work, child.state, false, false);
                        } else if !self.has_parent(child.state, dependency) {
                            self.register(work, child.state, true, false);
                            self.register_cascaded_deletes(work, &child);
                        }
                    }
                }
                Direction::ManyToOne => {
                    // The object itself must be written when what it refers to changes.
                    self.register(work, state, false, false);
                    if relationship.cascade.delete_orphan {
                        for child in history.deleted.into_iter().flatten() {
                            if !self.has_parent(child.state, dependency) {
                                self.register(work, child.state, true, false);
                                self.register_cascaded_deletes(work, &child);
                            }
                        }
                    }
                }
                Direction::ManyToMany => {
                    if relationship.cascade.delete_orphan {
                        for child in history.deleted.into_iter().flatten() {
                            if !self.has_parent(child.state, dependency) {
                                self.register(work, child.state, true, false);
                                self.register_cascaded_deletes(work, &child);
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn register_cascaded_deletes(&mut self, work: &mut UnitOfWork, object: &Object) {
        for related in self.cascade(object.state, |cascade| cascade.delete) {
            self.register(work, related.state, true, false);
        }
    }

    /// What must come before what, by class.
    pub(super) fn class_dependencies(&self, work: &mut UnitOfWork, relationship: &Relationship) {
        let dependency = (relationship.parent, relationship.attribute);
        let after_save = Action::ProcessAll(dependency, false);
        let before_delete = Action::ProcessAll(dependency, true);
        let parent_base = self.mapper(relationship.parent).base;
        let child_base = self.mapper(relationship.target).base;
        let parent_saves = Action::SaveAll(parent_base);
        let parent_deletes = Action::DeleteAll(parent_base);
        let child_saves = Action::SaveAll(child_base);
        let child_deletes = Action::DeleteAll(child_base);
        let edges: Vec<(Action, Action)> = match (relationship.direction, relationship.options.post_update) {
            (Direction::OneToMany, false) => vec![
                (parent_saves, after_save),
                (after_save, child_saves),
                (after_save, child_deletes),
                (child_saves, parent_deletes),
                (child_deletes, parent_deletes),
                (before_delete, child_saves),
                (before_delete, child_deletes),
            ],
            (Direction::OneToMany, true) => {
                let post = Action::PostUpdateAll(child_base, false);
                let pre = Action::PostUpdateAll(child_base, true);
                vec![
                    (child_saves, after_save),
                    (parent_saves, after_save),
                    (after_save, post),
                    (child_saves, before_delete),
                    (before_delete, post),
                    (post, parent_deletes),
                    (before_delete, pre),
                    (pre, parent_deletes),
                    (pre, child_deletes),
                ]
            }
            (Direction::ManyToOne, false) => vec![
                (child_saves, after_save),
                (after_save, parent_saves),
                (parent_saves, child_deletes),
                (parent_deletes, child_deletes),
            ],
            (Direction::ManyToOne, true) => {
                let post = Action::PostUpdateAll(parent_base, false);
                let pre = Action::PostUpdateAll(parent_base, true);
                vec![
                    (child_saves, after_save),
                    (parent_saves, after_save),
                    (after_save, post),
                    (after_save, pre),
                    (before_delete, pre),
                    (pre, child_deletes),
                    (pre, parent_deletes),
                ]
            }
            (Direction::ManyToMany, _) => vec![
                (parent_saves, after_save),
                (child_saves, after_save),
                (after_save, child_deletes),
                (before_delete, parent_saves),
                (before_delete, parent_deletes),
                (before_delete, child_deletes),
                (before_delete, child_saves),
            ],
        };
        for (first, then) in edges {
            work.order(first, then);
        }
    }

    /// What must come before what, for one parent and one child.
    #[allow(clippy::too_many_arguments)] // the actions that may depend on each other
    pub(super) fn object_dependencies(
        &self,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        parent: Action,
        child: Option<Action>,
        process: Action,
        is_delete: bool,
        child_is_delete: bool,
    ) {
        let mut order = |first: Option<Action>, then: Option<Action>| {
            if let (Some(first), Some(then)) = (first, then) {
                work.order(first, then);
            }
        };
        let (parent, process) = (Some(parent), Some(process));
        if relationship.options.post_update && relationship.direction != Direction::ManyToMany {
            let holder = match relationship.direction {
                Direction::ManyToOne => self.mapper(relationship.parent).base,
                _ => self.mapper(relationship.target).base,
            };
            let update = Some(Action::PostUpdateAll(holder, is_delete));
            if is_delete {
                order(process, update);
                order(update, parent);
                order(update, child);
            } else {
                order(parent, process);
                if child_is_delete {
                    order(update, child);
                } else {
                    order(child, process);
                }
                order(process, update);
            }
            return;
        }
        match (relationship.direction, is_delete) {
            (Direction::OneToMany, false) => {
                order(parent, process);
                order(process, child);
            }
            (Direction::OneToMany, true) => {
                order(process, child);
                order(child, parent);
            }
            (Direction::ManyToOne, false) => {
                if !child_is_delete {
                    order(child, process);
                }
                order(process, parent);
            }
            (Direction::ManyToOne, true) => {
                if child_is_delete {
                    order(parent, child);
                }
            }
            (Direction::ManyToMany, false) => {
                order(parent, process);
                if child_is_delete { order(process, child) } else { order(child, process) }
            }
            (Direction::ManyToMany, true) => {
                order(process, child);
                order(process, parent);
            }
        }
    }

    /// Copies keys along a relationship for saved parents.
    pub(super) fn process_saves(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let attribute = relationship.attribute as usize;
        let dependency = (relationship.parent, relationship.attribute);
        match relationship.direction {
            Direction::OneToMany => {
                for &state in states {
                    let history = self.object_history(state, attribute);
                    for child in history.added.into_iter().flatten() {
                        if relationship.options.post_update || !work.is_deleted(child.state) {
                            self.populate_keys(state, child.state, &relationship.pairs);
                            self.note_post_update(work, relationship, relationship.target, child.state);
                        }
                    }
                    for child in history.deleted.into_iter().flatten() {
                        let nulls =
                            !relationship.cascade.delete_orphan && !self.has_parent(child.state, dependency);
                        if nulls && !work.is_deleted(child.state) {
                            self.clear_keys(child.state, &relationship.pairs)?;
                        }
                    }
                }
                Ok(())
            }
            Direction::ManyToOne => {
                for &state in states {
                    let history = self.object_history(state, attribute);
                    if !history.has_changes() {
                        continue;
                    }
                    match history.added.into_iter().next() {
                        Some(Some(child)) => {
                            if self.states[child.state].session == Some(work.session) {
                                self.populate_keys(child.state, state, &relationship.pairs);
                            }
                        }
                        Some(None) => self.clear_keys(state, &relationship.pairs)?,
                        None => self.clear_keys(state, &relationship.pairs)?,
                    }
                    self.note_post_update(work, relationship, relationship.parent, state);
                }
                Ok(())
            }
            Direction::ManyToMany => {
                let mut inserted = Vec::new();
                let mut deleted = Vec::new();
                for &state in states {
                    let history = self.object_history(state, attribute);
                    for child in history.added.into_iter().flatten() {
                        if let Some(row) = self.association_row(work, relationship, state, &child) {
                            inserted.push(row);
                        }
                    }
                    for child in history.deleted.into_iter().flatten() {
                        if let Some(row) = self.association_row(work, relationship, state, &child) {
                            deleted.push(row);
                        }
                    }
                }
                self.write_association(hooks, work, relationship, inserted, deleted)
            }
        }
    }

    /// Clears keys along a relationship for deleted parents.
    pub(super) fn process_deletes(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        states: &[StateId],
    ) -> OrmResult<()> {
        let attribute = relationship.attribute as usize;
        let dependency = (relationship.parent, relationship.attribute);
        match relationship.direction {
            Direction::OneToMany => {
                for &state in states {
                    let history = self.object_history(state, attribute);
                    for child in history.deleted.into_iter().flatten() {
                        if !self.has_parent(child.state, dependency) && !work.is_deleted(child.state) {
                            self.clear_keys(child.state, &relationship.pairs)?;
                        }
                    }
                    if relationship.options.post_update || !relationship.cascade.delete {
                        let added = work.children_added.get(&dependency).cloned().unwrap_or_default();
                        for child in history.unchanged.into_iter().flatten() {
                            let own = !added.contains(&child.state);
                            if own && (relationship.options.post_update || !work.is_deleted(child.state)) {
                                self.clear_keys(child.state, &relationship.pairs)?;
                                self.note_post_update(work, relationship, relationship.target, child.state);
                            }
                        }
                    }
                }
                Ok(())
            }
            Direction::ManyToOne => {
                if relationship.options.post_update {
                    for &state in states {
                        self.clear_keys(state, &relationship.pairs)?;
                        self.note_post_update(work, relationship, relationship.parent, state);
                    }
                }
                Ok(())
            }
            Direction::ManyToMany => {
                let mut deleted = Vec::new();
                for &state in states {
                    let history = self.object_history(state, attribute);
                    for child in history.unchanged.into_iter().chain(history.deleted).flatten() {
                        if let Some(row) = self.association_row(work, relationship, state, &child) {
                            deleted.push(row);
                        }
                    }
                }
                self.write_association(hooks, work, relationship, Vec::new(), deleted)
            }
        }
    }

    fn note_post_update(
        &self,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        mapper: crate::types::MapperId,
        state: StateId,
    ) {
        if relationship.options.post_update {
            let (states, columns) = work.post_updates.entry(self.mapper(mapper).base).or_default();
            states.insert(state);
            columns.extend(relationship.pairs.iter().map(|(_, foreign)| *foreign));
        }
    }

    /// The row between two objects; none where the mirror has written it.
    fn association_row(
        &self,
        work: &mut UnitOfWork,
        relationship: &Relationship,
        state: StateId,
        child: &Object,
    ) -> Option<ParameterSet> {
        if self.states[child.state].session != Some(work.session) {
            return None;
        }
        if let Some(reverse) = relationship.reverse {
            let own = (relationship.parent, relationship.attribute);
            let mirror = (relationship.target, reverse);
            let key = if own <= mirror { (own, mirror) } else { (mirror, own) };
            let done = work.pairs_done.entry(key).or_default();
            if !done.insert((state.min(child.state), state.max(child.state))) {
                return None;
            }
        }
        let mut row = ParameterSet::new();
        let mut add = |source: StateId, pairs: &[(ColumnId, ColumnId)]| {
            for (from, to) in pairs {
                row.push((self.schema.column(*to).key.as_str().into(), self.column_value(source, *from)));
            }
        };
        add(state, &relationship.pairs);
        add(child.state, &relationship.secondary_pairs);
        Some(row)
    }

    fn write_association(
        &mut self,
        hooks: &mut dyn Hooks,
        work: &UnitOfWork,
        relationship: &Relationship,
        inserted: Vec<ParameterSet>,
        deleted: Vec<ParameterSet>,
    ) -> OrmResult<()> {
        let Some(secondary) = relationship.secondary else { return Ok(()) };
        if !deleted.is_empty() {
            let expected = deleted.len() as i64;
            let statement = self.delete_association(secondary, &deleted[0]);
            let parameters = Parameters::Many(deleted);
            let connection = self.session_connection(hooks, work.session)?;
            let result = self.execute_on(hooks, connection, &statement, &parameters, Execution::Plain)?;
            if result.rowcount != expected {
                return Err(OrmError::new(
                    OrmErrorKind::StaleData,
                    format!(
                        "DELETE statement on table '{}' expected to delete {expected} row(s); Only {} were matched.",
                        self.schema.table(secondary).name,
                        result.rowcount
                    ),
                ));
            }
        }
        if !inserted.is_empty() {
            let statement = Statement::Insert(Insert::into(From::Table(secondary)));
            let connection = self.session_connection(hooks, work.session)?;
            self.execute_on(hooks, connection, &statement, &Parameters::Many(inserted), Execution::Plain)?;
        }
        Ok(())
    }

    fn delete_association(&self, secondary: TableId, row: &ParameterSet) -> Statement {
        let mut where_ = Vec::new();
        for (index, column) in self.schema.table(secondary).columns.iter().enumerate() {
            if row.iter().any(|(key, _)| **key == *column.key) {
                let expr = Expr::column(&self.schema, ColumnId { table: secondary, index: index as u32 });
                let sql_type = column.sql_type.clone();
                let bind = Bind { sql_type, ..Bind::named(&column.key, BindValue::Required) };
                where_.push(expr.binary(Operator::Eq, Expr::from(bind)));
            }
        }
        Statement::Delete(Delete { where_, ..Delete::from(From::Table(secondary)) })
    }
}
