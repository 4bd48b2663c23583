//! What a flush would do, as plain data.
//!
//! It must not know how that is found out: see `preview`.

use crate::types::{ColumnId, StateId, TableId, Value};

/// What a flush would do, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlushPlan {
    /// Its actions.
    pub actions: Vec<PlanAction>,
}

impl FlushPlan {
    /// Whether nothing is left open: the flush sends what the plan says, and no more.
    pub fn is_closed(&self) -> bool {
        self.actions.iter().all(|action| !action.open)
    }
}

/// One action of a plan: what happens to one row.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanAction {
    /// What is done.
    pub verb: PlanVerb,
    /// The table.
    pub table: Option<TableId>,
    /// The object, where it is about one; of a row between two, the one that has
    /// the collection.
    pub object: Option<StateId>,
    /// The object at the other end of a row between two.
    pub related: Option<StateId>,
    /// What is written, in the order of the statement's parameters.
    pub values: Vec<PlannedValue>,
    /// What the row is found by.
    pub found_by: Vec<PlannedValue>,
    /// The statement.
    pub sql: String,
    /// The number of its statement, from 0: rows with the same one go out together.
    pub statement: usize,
    /// The actions that must come first, by their places in the plan: those that
    /// make a value it takes, or let go of a row that it deletes.
    pub after: Vec<usize>,
    /// Why.
    pub reason: String,
    /// Whether the flush must look or run the program's code first, so that it
    /// may turn out otherwise.
    pub open: bool,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedValue {
    /// The column.
    pub column: ColumnId,
    /// Where its value comes from.
    pub source: ValueSource,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueSource {
    /// The object has it.
    Given(Value),
    /// It is copied from the row of an object: known already, or once that is written.
    Copied {
        /// The object.
        from: StateId,
        /// The column that it is copied from.
        column: ColumnId,
        /// The value, where it is known.
        known: Option<Value>,
    },
    /// Code of the program's own makes it: a default, a version.
    Computed(String),
    /// The row must be looked at first.
    Loaded,
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
    /// A `SELECT`, whose rows may decide what follows.
    Look,
    /// A listener of the program's own, which may change what follows.
    Listen,
}
