//! Expressions and statements as plain data.
//!
//! They know tables, mapped classes and columns by id; what needs a table's
//! definition stands in [`crate::sql`], above the schema, whose defaults and
//! conditions are expressions themselves. Things of the ORM stand in a statement
//! as numbers ([`Entity`]) that only the floor above understands; it replaces
//! them before a statement is compiled.
//!
//! An [`Expr`] is a node that is shared: a clone is the same element, as the
//! same Python object would be, and gets the same anonymous name. Nesting is
//! bounded ([`MAX_DEPTH`]), so that nothing that looks through a statement can
//! run out of stack.
//! SQLAlchemy counterpart: `sqlalchemy.sql.elements`, `selectable`, `dml`, `ddl`.

mod build;
mod cache_key;
mod caching;
mod ddl;
mod dml;
mod element;
mod fluent;
mod from;
mod functions;
mod generative;
mod grouping;
mod identity;
mod operand;
mod operators;
mod program;
mod rewrite;
mod select;
mod statement;
mod typing;
mod walk;

pub use build::ExpressionError;
pub use cache_key::{AnonId, CacheKey};
pub use ddl::{Counting, CreateTable, Ddl, DropTable, Sequence};
pub use dml::{
    Assignment, AssignmentTarget, ConflictDialect, ConflictTarget, Delete, Dml, Insert, InsertValues,
    OnConflict, ReturnDefaults, Update,
};
pub use element::{
    Bind, BindValue, ColumnRef, Expr, Frame, FrameBound, FrameUnit, FunctionCall, Kind, MAX_DEPTH, Modifiers,
    Notes, Window,
};
pub use from::{
    Affix, Alias, AliasKind, AliasOf, Cte, From, Join, JoinKind, PlainTable, TableValued, Values,
};
pub(crate) use identity::bind_key_base;
pub use identity::{FromIdentity, Identity, Name};
pub use operand::Operand;
pub use operators::{CustomOperator, Operator, Pattern};
pub use program::{Made, Piece, ProgramElement, TypeExpressions};
pub use rewrite::Rewrite;
pub use select::{
    Along, Correlation, Distinct, Entity, Fetch, ForUpdate, Hint, JoinTarget, LabelStyle, Purpose, Select,
    SelectItem, SetOp, SetOperation,
};
pub(crate) use statement::TextPiece;
pub use statement::{Statement, TextStatement, TextualSelect};
pub use walk::{Part, binds_of};
