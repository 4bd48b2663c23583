//! Column expressions: the nodes.
//!
//! How they are built and put in parentheses is in `build.rs`, how they are
//! looked through in `walk.rs`.
//! SQLAlchemy counterpart: `sqlalchemy.sql.elements`.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

use super::cache_key::AnonId;
use super::ddl::Sequence;
use super::from::From;
use super::identity::{Address, FromIdentity, Identity, Name};
use super::operators::Operator;
use super::program::{Made, ProgramElement};
use super::select::{Entity, Select};
use super::statement::TextStatement;
use crate::types::{ColumnId, SqlType, Value};

/// How deeply expressions, aliases and selects may be nested in each other.
/// SQLAlchemy ends with Python's recursion limit at about this depth.
pub const MAX_DEPTH: u32 = 250;

/// A column expression. Cheap to clone; a clone is the same element.
#[derive(Clone)]
pub struct Expr(Rc<Node>);

struct Node {
    kind: Kind,
    depth: u32,
}

/// What an expression is.
///
/// ```
/// # use ormscope::{schema::Schema, sql::{Kind, *}, sql::compiler::*, types::*};
/// # let text = |kind: Kind| compile_to_text(&Schema::default(), &Expr::new(kind), Dialect::Default);
/// let born = Expr::named("born", SqlType::Date);
/// let year = Kind::Extract { field: "year".into(), element: born.clone() };
/// assert_eq!(text(year), "EXTRACT(year FROM born)");
/// assert_eq!(text(Kind::Tuple(vec![born.clone(), Expr::null()])), "(born, NULL)");
/// ```
#[derive(Debug, Hash)]
pub enum Kind {
    /// A column, of something that can be selected from or by itself.
    Column(ColumnRef),
    /// A bound value.
    Bind(Rc<Bind>),
    /// `NULL`
    Null,
    /// `true`, which some databases write as 1.
    True,
    /// `false`, which some databases write as 0.
    False,
    /// SQL text in the place of a column: `literal_column()`.
    Literal {
        /// The text.
        text: Rc<str>,
        /// Its type.
        sql_type: SqlType,
    },
    /// SQL text with binds: `text()`.
    Text(Rc<TextStatement>),
    /// A name that is looked for among the columns: `order_by("name")`.
    NameReference(Rc<str>),
    /// An operator between two operands.
    Binary {
        /// The left operand.
        left: Expr,
        /// The operator.
        op: Operator,
        /// The right operand.
        right: Expr,
        /// The operator that says the opposite, where the expression has one.
        negation: Option<Operator>,
        /// What is added to the operator.
        modifiers: Modifiers,
        /// The result's type.
        sql_type: SqlType,
    },
    /// An operator before one operand, or after it where it sorts.
    Unary {
        /// The operator.
        op: Operator,
        /// The operand.
        operand: Expr,
        /// The result's type.
        sql_type: SqlType,
    },
    /// A boolean in the place of a condition, or its opposite.
    AsBoolean {
        /// The boolean.
        element: Expr,
        /// Whether it is to be false.
        negated: bool,
    },
    /// Several operands under one operator, or separated by commas.
    List {
        /// The operator.
        op: Operator,
        /// The operands.
        items: Vec<Expr>,
        /// The result's type.
        sql_type: SqlType,
        /// Whether it is ever put in parentheses.
        groups: bool,
    },
    /// `(x)`
    Grouping(Expr),
    /// A function call.
    Function(FunctionCall),
    /// `x OVER (…)`
    Over {
        /// The function.
        element: Expr,
        /// The window.
        window: Window,
    },
    /// `x FILTER (WHERE …)`
    Filter {
        /// The function.
        element: Expr,
        /// The condition.
        criterion: Expr,
    },
    /// `x WITHIN GROUP (ORDER BY …)`, or the same inside the call.
    WithinGroup {
        /// The function.
        element: Expr,
        /// The order.
        order_by: Vec<Expr>,
        /// Whether ORDER BY stands inside the call where the database wants it there.
        inline: bool,
        /// The result's type.
        sql_type: SqlType,
    },
    /// `x AS name`
    Label {
        /// The name.
        name: Name,
        /// What is named.
        element: Expr,
        /// Its type.
        sql_type: SqlType,
    },
    /// `CAST(x AS type)`
    Cast {
        /// The value.
        element: Expr,
        /// The target.
        sql_type: SqlType,
        /// `TRY_CAST`
        attempt: bool,
    },
    /// A value that is taken to have another type, in the program only.
    TypeCoerce {
        /// The value.
        element: Expr,
        /// The type.
        sql_type: SqlType,
    },
    /// `EXTRACT(field FROM x)`
    Extract {
        /// `year`, `month`, …
        field: Rc<str>,
        /// The date or time.
        element: Expr,
    },
    /// `CASE WHEN … END`
    Case {
        /// What the conditions are compared with.
        value: Option<Expr>,
        /// `(condition, result)` pairs.
        whens: Vec<(Expr, Expr)>,
        /// The result otherwise.
        otherwise: Option<Expr>,
        /// Its type.
        sql_type: SqlType,
    },
    /// `(a, b)`
    Tuple(Vec<Expr>),
    /// `ARRAY[a, b]`
    Array {
        /// The items.
        items: Vec<Expr>,
        /// Its type.
        sql_type: SqlType,
    },
    /// `a:b` inside brackets.
    Slice {
        /// The first.
        start: Expr,
        /// The last.
        stop: Expr,
    },
    /// The name after COLLATE.
    Collation(Rc<str>),
    /// A select in parentheses that gives one value, or the rows of an IN.
    Subquery(Rc<Select>),
    /// A whole row, by the name of what it is of: `table_valued()`.
    Row {
        /// What it is of.
        from: From,
        /// Its type.
        sql_type: SqlType,
    },
    /// `(f(x)).name`
    FieldOf {
        /// The function.
        function: Expr,
        /// The field.
        name: Rc<str>,
        /// Its type.
        sql_type: SqlType,
    },
    /// The rows of a VALUES in the place of an IN's values.
    ValueRows(From),
    /// The next value of a sequence.
    NextValue(Rc<Sequence>),
    /// The column that an INSERT's value is for: `from_dml_column()`.
    DmlColumn(ColumnRef),
    /// The default of a table's column, as an INSERT's select has it.
    ColumnDefault(ColumnId),
    /// An element of a class of the program's.
    Program(Rc<ProgramElement>),
    /// The same as the program made it for one dialect.
    Made(Rc<Made>),
    /// An expression that was nested too deeply to be kept.
    TooDeep,
}

/// What is added to an operator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Modifiers {
    /// The character after ESCAPE.
    pub escape: Option<Rc<str>>,
    /// The flags of a regular expression.
    pub flags: Option<Rc<str>>,
    /// `BETWEEN SYMMETRIC`
    pub symmetric: bool,
    /// Options of one database, such as `postgresql_regconfig`.
    pub options: Vec<(Rc<str>, Rc<str>)>,
}

/// A column as it stands in a statement.
#[derive(Clone, Debug, Hash)]
pub struct ColumnRef {
    /// Where it comes from; none for a column by itself.
    pub from: Option<From>,
    /// Its name there.
    pub name: Name,
    /// Its name in the program.
    pub key: Rc<str>,
    /// Its type.
    pub sql_type: SqlType,
    /// The table column that it is in the end, where it is one.
    pub base: Option<ColumnId>,
    /// How many columns of that name in the program stand before it.
    pub again: u32,
    /// Whether its name is quoted, where the program says so.
    pub quote: Option<bool>,
    /// What the ORM floor knows of it where it stands.
    pub notes: Option<Rc<Notes>>,
}

/// What the ORM floor knows of a column where it stands; it changes nothing in
/// what is written. SQLAlchemy counterpart: the annotations of
/// `sqlalchemy.sql.annotation`.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// The mapped class, or alias of one, that it was taken from.
    pub entity: Option<Entity>,
    /// The attribute of it that it was taken by.
    pub key: Option<Rc<str>>,
    /// Whether it refers to the other side of a relationship: `foreign()`.
    pub foreign: bool,
    /// Whether it is the other side's: `remote()`.
    pub remote: bool,
    /// Whether it is this side's.
    pub local: bool,
}

impl Hash for Notes {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A bound value.
#[derive(Clone, Debug)]
pub struct Bind {
    /// Tells it from others of the same name.
    pub id: AnonId,
    /// Its name, from which an anonymous one is made (`name_1`).
    pub key: Rc<str>,
    /// Whether a name is made from it.
    pub unique: bool,
    /// Its value.
    pub value: BindValue,
    /// Its type.
    pub sql_type: SqlType,
    /// The operator whose list of values it is, so that an empty list is
    /// written as it must.
    pub expand_op: Option<Operator>,
    /// Whether its value is written into the text when it is executed.
    pub literal_execute: bool,
    /// Whether it is a bare value that was given for a column, whose name and
    /// type it takes.
    pub for_column: bool,
}

/// What a bind holds.
#[derive(Clone)]
pub enum BindValue {
    /// Nothing yet: it must be given on execution.
    Required,
    /// One value.
    One(Value),
    /// The values of an IN, rendered when the statement is executed.
    Expanding(Vec<Value>),
    /// The rows of an IN over several columns, and the types of their values.
    ExpandingRows(Vec<Vec<Value>>, Vec<SqlType>),
    /// The values of an IN that are given on execution.
    ExpandingRequired,
    /// Program code that is run when the statement is executed; the floor above
    /// knows what it is, and replaces it before.
    Callable(Rc<dyn Any>),
}

impl fmt::Debug for BindValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BindValue::Required => f.write_str("Required"),
            BindValue::One(value) => f.debug_tuple("One").field(value).finish(),
            BindValue::Expanding(values) => f.debug_tuple("Expanding").field(values).finish(),
            BindValue::ExpandingRows(rows, _) => f.debug_tuple("ExpandingRows").field(rows).finish(),
            BindValue::ExpandingRequired => f.write_str("ExpandingRequired"),
            BindValue::Callable(_) => f.write_str("Callable"),
        }
    }
}

impl BindValue {
    /// Whether it is a list.
    pub fn is_expanding(&self) -> bool {
        matches!(self, BindValue::Expanding(_) | BindValue::ExpandingRows(..) | BindValue::ExpandingRequired)
    }
}

impl Hash for Bind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
        self.key.hash(state);
        self.unique.hash(state);
        self.sql_type.hash(state);
        self.value.is_expanding().hash(state);
        self.expand_op.hash(state);
        self.literal_execute.hash(state);
        self.for_column.hash(state);
    }
}

/// A function call.
#[derive(Clone, Debug, Hash)]
pub struct FunctionCall {
    /// Its name.
    pub name: Rc<str>,
    /// The packages it is in.
    pub packages: Vec<Rc<str>>,
    /// Its arguments.
    pub arguments: Vec<Expr>,
    /// Its type.
    pub sql_type: SqlType,
    /// `WITH ORDINALITY`
    pub with_ordinality: bool,
    /// Whether it is one that SQLAlchemy knows by itself, and writes its own way.
    pub generic: bool,
}

/// `OVER (PARTITION BY … ORDER BY … ROWS …)`
#[derive(Clone, Debug, Default, Hash)]
pub struct Window {
    /// `PARTITION BY`
    pub partition_by: Vec<Expr>,
    /// `ORDER BY`
    pub order_by: Vec<Expr>,
    /// `ROWS`, `RANGE` or `GROUPS`
    pub frame: Option<Frame>,
}

/// `ROWS BETWEEN … AND …`
#[derive(Clone, Debug, Hash)]
pub struct Frame {
    /// `ROWS`, `RANGE`, `GROUPS`
    pub unit: FrameUnit,
    /// Where it begins.
    pub lower: FrameBound,
    /// Where it ends.
    pub upper: FrameBound,
    /// What follows EXCLUDE.
    pub exclude: Option<Rc<str>>,
}

/// What a frame counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameUnit {
    /// `ROWS`
    Rows,
    /// `RANGE`
    Range,
    /// `GROUPS`
    Groups,
}

/// An end of a frame.
#[derive(Clone, Debug, Hash)]
pub enum FrameBound {
    /// `UNBOUNDED PRECEDING`, `UNBOUNDED FOLLOWING`
    Unbounded,
    /// `CURRENT ROW`
    Current,
    /// `n PRECEDING`
    Preceding(Expr),
    /// `n FOLLOWING`
    Following(Expr),
}

impl Kind {
    /// SQLAlchemy's class of an expression.
    pub fn class_name(&self) -> &'static str {
        match self {
            Kind::Bind(_) => "BindParameter",
            Kind::Null => "Null",
            Kind::True => "True_",
            Kind::False => "False_",
            Kind::Text(_) => "TextClause",
            Kind::NameReference(_) => "_textual_label_reference",
            Kind::Binary { .. } => "BinaryExpression",
            Kind::Unary { op: Operator::Any | Operator::All, .. } => "CollectionAggregate",
            Kind::Unary { .. } => "UnaryExpression",
            Kind::AsBoolean { .. } => "AsBoolean",
            Kind::List { op: Operator::And | Operator::Or, .. } => "BooleanClauseList",
            Kind::List { op: Operator::Comma, .. } => "ClauseList",
            Kind::List { .. } => "ExpressionClauseList",
            Kind::Grouping(_) => "Grouping",
            Kind::Label { .. } => "Label",
            Kind::Cast { attempt: true, .. } => "TryCast",
            Kind::Cast { .. } => "Cast",
            Kind::TypeCoerce { .. } => "TypeCoerce",
            Kind::Extract { .. } => "Extract",
            Kind::Case { .. } => "Case",
            Kind::Tuple(_) => "Tuple",
            Kind::Array { .. } => "array",
            Kind::Slice { .. } => "Slice",
            Kind::Collation(_) => "CollationClause",
            Kind::Row { .. } => "TableValuedColumn",
            Kind::FieldOf { .. } => "ScalarFunctionColumn",
            Kind::ValueRows(_) => "ScalarValues",
            Kind::NextValue(_) => "next_value",
            Kind::DmlColumn(_) => "DMLTargetCopy",
            _ => "ColumnElement",
        }
    }
}

impl Expr {
    /// An element of a kind.
    pub fn new(kind: Kind) -> Expr {
        let depth = 1 + super::walk::depth_inside(&kind);
        if depth > MAX_DEPTH {
            // What is dropped here is itself no deeper than the limit.
            return Expr::too_deep();
        }
        Expr(Rc::new(Node { kind, depth }))
    }

    /// What stands for an expression that was nested too deeply to be kept.
    pub(super) fn too_deep() -> Expr {
        Expr(Rc::new(Node { kind: Kind::TooDeep, depth: MAX_DEPTH }))
    }

    /// What it is.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// How deeply it is nested.
    pub(crate) fn depth(&self) -> u32 {
        self.0.depth
    }

    /// Whether it was nested too deeply to be kept; every expression around it is, too.
    pub fn is_too_deep(&self) -> bool {
        matches!(self.kind(), Kind::TooDeep)
    }

    /// Whether the two are one element.
    pub fn is(&self, other: &Expr) -> bool {
        self.identity() == other.identity()
    }

    /// What tells it from other elements.
    pub fn identity(&self) -> Identity {
        match self.kind() {
            Kind::Column(column) | Kind::DmlColumn(column) => column.identity(),
            Kind::Bind(bind) => Identity::Anonymous(bind.id),
            Kind::Null => Identity::Constant("null"),
            Kind::True => Identity::Constant("true"),
            Kind::False => Identity::Constant("false"),
            Kind::Program(element) => Identity::Anonymous(element.id),
            Kind::Made(made) => Identity::Anonymous(made.element.id),
            _ => Identity::Element(self.address().0),
        }
    }

    fn address(&self) -> Address {
        Address(Rc::as_ptr(&self.0).cast::<()>() as usize)
    }
}

impl Deref for Expr {
    type Target = Kind;

    fn deref(&self) -> &Kind {
        &self.0.kind
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.kind.fmt(f)
    }
}

impl Hash for Expr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // An element that stands in two places has one anonymous name; two that
        // look alike have two.
        let by_itself =
            matches!(self.kind(), Kind::Column(_) | Kind::Bind(_) | Kind::Program(_) | Kind::Made(_));
        if !by_itself && !matches!(self.kind(), Kind::Null | Kind::True | Kind::False) {
            self.address().hash(state);
        }
        self.0.kind.hash(state);
    }
}

impl std::convert::From<ColumnRef> for Expr {
    fn from(column: ColumnRef) -> Expr {
        Expr::new(Kind::Column(column))
    }
}

impl std::convert::From<Bind> for Expr {
    fn from(bind: Bind) -> Expr {
        Expr::new(Kind::Bind(Rc::new(bind)))
    }
}

impl std::convert::From<Rc<Bind>> for Expr {
    fn from(bind: Rc<Bind>) -> Expr {
        Expr::new(Kind::Bind(bind))
    }
}

impl ColumnRef {
    /// What tells it from other columns.
    pub fn identity(&self) -> Identity {
        let from = self.from.as_ref().map_or(FromIdentity::None, From::identity);
        Identity::Column(from, Rc::clone(&self.key), self.again)
    }

    /// Whether the two are one column.
    pub fn is(&self, other: &ColumnRef) -> bool {
        self.identity() == other.identity()
    }

    /// The mapped class, or alias of one, that it was taken from.
    pub fn entity(&self) -> Option<&Entity> {
        self.notes.as_ref()?.entity.as_ref()
    }

    /// The same with something noted.
    pub fn noted(&self, note: impl FnOnce(&mut Notes)) -> ColumnRef {
        let mut notes = self.notes.as_deref().cloned().unwrap_or_default();
        note(&mut notes);
        ColumnRef { notes: Some(Rc::new(notes)), ..self.clone() }
    }
}
