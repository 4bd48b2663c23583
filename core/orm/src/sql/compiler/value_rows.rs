//! The rows of VALUES.

use super::context::Context;
use super::{CompileError, Compiler};
use crate::sql::{BindValue, Expr, Kind, Values};

impl Compiler<'_> {
    /// `VALUES (…), (…)`
    pub(super) fn value_rows(&mut self, values: &Values, cx: Context<'_>) -> Result<(), CompileError> {
        let cx = Context { literal_binds: cx.literal_binds || values.literal_binds, ..cx.inside() };
        self.push("VALUES ");
        self.list(&values.rows, ", ", |this, row| {
            if row.len() != values.columns.len() {
                return Err(wrong_length(row, values.columns.len()));
            }
            this.push("(");
            this.exprs(row, ", ", cx)?;
            this.push(")");
            Ok(())
        })
    }
}

/// The error of a row that has more or fewer values than there are columns.
fn wrong_length(row: &[Expr], columns: usize) -> CompileError {
    let values: Vec<String> = row
        .iter()
        .map(|expr| match expr.kind() {
            Kind::Bind(bind) => match &bind.value {
                BindValue::One(value) => value.repr(),
                _ => bind.key.to_string(),
            },
            _ => "None".to_string(),
        })
        .collect();
    let comma = if values.len() == 1 { "," } else { "" };
    CompileError::Argument(format!(
        "Wrong number of elements for {columns}-tuple: ({}{comma}) ",
        values.join(", ")
    ))
}
