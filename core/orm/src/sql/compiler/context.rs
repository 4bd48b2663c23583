//! What an expression has to know of the place where it is written.

use crate::sql::Identity;

/// The place where an expression is written. SQLAlchemy's keyword arguments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    /// Among the columns of a SELECT or RETURNING: labels are written there.
    pub(super) among_columns: bool,
    /// Inside a label, whose own labels are not written.
    pub(super) in_label: bool,
    /// Whether columns are written with their tables.
    pub(super) with_table: bool,
    /// Whether tables are written with their schema.
    pub(super) with_schema: bool,
    /// Whether values are written into the text.
    pub(super) literal_binds: bool,
    /// Whether values are written into the text when the statement is executed.
    pub(super) literal_execute: bool,
    /// Inside an operator.
    pub(super) in_operator: bool,
    /// Inside an operator whose operands are always in parentheses.
    pub(super) eager_grouping: bool,
    /// A value for its column, in VALUES or SET: the name of a CTE's is made up.
    pub(super) in_cte: bool,
    /// Just inside an alias.
    pub(super) in_alias: bool,
    /// A function in FROM.
    pub(super) in_from: bool,
    /// A cast was already put around a JSON access.
    pub(super) json_cast: bool,
    /// Inside what a type puts around a value: the value itself.
    pub(super) bare_value: bool,
    /// The label of which only the name is written.
    pub(super) label_only: Option<&'a Identity>,
}

impl Context<'_> {
    /// An expression by itself.
    pub(super) const PLAIN: Context<'static> = Context {
        among_columns: false,
        in_label: false,
        with_table: true,
        with_schema: true,
        literal_binds: false,
        literal_execute: false,
        in_operator: false,
        eager_grouping: false,
        in_cte: false,
        in_alias: false,
        in_from: false,
        json_cast: false,
        bare_value: false,
        label_only: None,
    };

    /// The same, but not just inside an operator, label or list of columns.
    pub(super) fn inside(self) -> Self {
        Context { among_columns: false, in_label: false, label_only: None, ..self }
    }
}
