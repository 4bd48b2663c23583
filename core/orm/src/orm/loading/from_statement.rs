//! Reading entities from the rows of a statement that the program wrote:
//! `select(Class).from_statement(text(…))`.
//!
//! It must not know how the statement was executed. SQLAlchemy counterpart:
//! `FromStatement` of `sqlalchemy.orm.context`.

use super::context::{Lowered, Part};
use crate::engine::ResultSet;
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::{Orm, OrmResult};
use crate::sql::{Expr, Kind};

impl Orm {
    /// Finds the columns of a select in a result: by what they are, else by
    /// `table_column`, else by name. Attributes without one are left to be
    /// loaded later.
    ///
    /// # Errors
    /// When a primary key, or a column that was asked for by itself, is not there.
    pub fn found_in(&self, lowered: &Lowered, result: &ResultSet) -> OrmResult<Lowered> {
        let exprs = lowered.select.expressions(&self.schema);
        let places: Vec<Option<usize>> = exprs.iter().map(|expr| self.place_of(expr, result)).collect();
        let place = |at: usize| places.get(at).copied().flatten();
        let require = |at: usize| place(at).ok_or_else(|| self.not_located(exprs.get(at)));
        let mut found = lowered.clone();
        for part in &mut found.parts {
            if let Part::Column(at) = part {
                *at = require(*at)?;
            }
        }
        for plan in &mut found.plans {
            for at in &mut plan.key {
                *at = require(*at)?;
            }
            plan.discriminator = plan.discriminator.and_then(place);
            plan.columns = plan.columns.iter().filter_map(|(id, at)| Some((*id, place(*at)?))).collect();
            plan.expressions =
                plan.expressions.iter().filter_map(|(key, at)| Some((*key, place(*at)?))).collect();
        }
        Ok(found)
    }

    fn place_of(&self, expr: &Expr, result: &ResultSet) -> Option<usize> {
        let named = |name: &str| result.columns.iter().position(|column| *column.key == *name);
        match expr.kind() {
            Kind::Column(column) => {
                let is = |base| result.columns.iter().position(|known| known.base == Some(base));
                let known = column.base.and_then(is);
                let table = column.from.as_ref().map(|from| self.name_of_from(from));
                known
                    .or_else(|| named(&format!("{}_{}", table?, column.name.base())))
                    .or_else(|| named(column.name.base()))
            }
            Kind::Label { name, .. } => named(name.base()),
            _ => named(&expr.bind_key()),
        }
    }

    fn not_located(&self, expr: Option<&Expr>) -> OrmError {
        let name = expr.map_or_else(String::new, |expr| {
            crate::sql::compiler::compile_to_text(&self.schema, expr, crate::sql::compiler::Dialect::Default)
        });
        let message = format!("Could not locate column in row for column '{name}'");
        OrmError::new(OrmErrorKind::NoSuchColumn, message)
    }
}
