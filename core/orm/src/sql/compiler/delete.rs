//! `DELETE` as text.

use super::context::Context;
use super::dialect::Change;
use super::{CompileError, Compiler, Level};
use crate::sql::Delete;

impl Compiler<'_> {
    /// Writes a DELETE.
    pub(super) fn delete(&mut self, delete: &Delete, cx: Context<'_>) -> Result<(), CompileError> {
        let outermost = self.levels.is_empty();
        let start = self.out.text.len();
        self.check_returning(&delete.dml, &delete.returning)?;
        let implicit = self.deleted(&delete.table, &delete.dml);
        self.note_implicit(&delete.dml, &implicit, outermost);
        let returning = if delete.returning.is_empty() { &implicit } else { &delete.returning };
        let mut extra = delete.using.clone();
        for from in self.extra_froms(&delete.table, &delete.where_, &[]) {
            if !extra.iter().any(|known| known.contains(&from)) {
                extra.push(from);
            }
        }
        let mut froms = vec![delete.table.clone()];
        froms.extend(extra.iter().cloned());
        self.lint("DELETE", &froms, &delete.where_);
        self.levels.push(Level { correlate: froms.clone(), froms, ..Level::default() });
        self.push("DELETE ");
        self.prefixes(&delete.dml.prefixes, cx)?;
        self.push("FROM ");
        self.independent_ctes(&delete.dml.ctes)?;
        let around = std::mem::replace(&mut self.hints, delete.dml.hints.clone());
        if extra.is_empty() || !self.rules().deletes_by_name() {
            self.from(&delete.table, cx)?;
        } else {
            let name = self.reference_to(&delete.table, cx);
            self.push(&name);
        }
        let first = self.rules().returning_is_first();
        if first && !returning.is_empty() {
            self.push(" ");
            self.rules().returning(self, Change::Delete, &delete.table, returning, cx)?;
        }
        if !extra.is_empty() {
            self.rules().delete_from(self, &delete.table, &extra, cx)?;
        }
        self.hints = around;
        if !delete.where_.is_empty() {
            self.push(" WHERE ");
            self.conjunction(&delete.where_, cx)?;
        }
        self.rules().dml_limit(self, &delete.dml, cx)?;
        if !first && !returning.is_empty() {
            self.push(" ");
            self.rules().returning(self, Change::Delete, &delete.table, returning, cx)?;
        }
        self.render_ctes(start, outermost, false);
        self.levels.pop();
        Ok(())
    }
}
