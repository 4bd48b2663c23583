//! What can stand in FROM.
//!
//! SQLAlchemy counterpart: the FROM clauses of `sqlalchemy.sql.selectable`.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::cache_key::AnonId;
use super::element::{ColumnRef, Expr, MAX_DEPTH};
use super::identity::{Address, FromIdentity, Name};
use super::select::Select;
use super::statement::{Statement, TextStatement};
use crate::types::{SqlType, TableId};

/// Something that can stand in FROM.
#[derive(Clone, Debug)]
pub enum From {
    /// A table.
    Table(TableId),
    /// A table that is only named: `table()`.
    Plain(Rc<PlainTable>),
    /// A table or statement under a name.
    Alias(Rc<Alias>),
    /// Two of these joined.
    Join(Rc<Join>),
    /// `VALUES (…), (…)`
    Values(Rc<Values>),
    /// A function that gives rows, without a name.
    Function(Expr),
    /// SQL text.
    Text(Rc<TextStatement>),
}

/// A table that is only named, with the columns that were named with it.
#[derive(Clone, Debug, Hash)]
pub struct PlainTable {
    /// Tells it from others.
    pub id: AnonId,
    /// Its name.
    pub name: Rc<str>,
    /// Its schema.
    pub schema: Option<Rc<str>>,
    /// Its columns: name, key, type.
    pub columns: Vec<(Rc<str>, Rc<str>, SqlType)>,
}

/// `element AS name`
#[derive(Clone, Debug, Hash)]
pub struct Alias {
    /// Tells it from others.
    pub id: AnonId,
    /// What it names.
    pub of: AliasOf,
    /// The name; none for one that the compiler makes up.
    pub name: Option<Rc<str>>,
    /// How it is written.
    pub kind: AliasKind,
    /// How deeply it is nested.
    depth: u32,
}

/// What an alias names.
#[derive(Clone, Debug, Hash)]
pub enum AliasOf {
    /// A table, an alias, a function.
    From(From),
    /// A SELECT, or a statement that returns rows.
    Statement(Rc<Statement>),
}

/// How an alias is written.
#[derive(Clone, Debug, Hash)]
pub enum AliasKind {
    /// `element AS name`
    Inline,
    /// In WITH.
    Cte(Cte),
    /// `LATERAL (…) AS name`
    Lateral,
    /// `name TABLESAMPLE method(…)`
    TableSample {
        /// `system(5)`
        method: Expr,
        /// `REPEATABLE (…)`
        seed: Option<Expr>,
    },
    /// A function with columns.
    TableValued(TableValued),
}

/// A function's columns.
#[derive(Clone, Debug, Hash)]
pub struct TableValued {
    /// The columns: name and type.
    pub columns: Vec<(Rc<str>, SqlType)>,
    /// Whether the alias's name is followed by the columns' names, and whether by their types.
    pub derived: Option<bool>,
    /// `LATERAL`
    pub lateral: bool,
    /// The type of the function's value, where it has a single column.
    pub sql_type: SqlType,
}

/// How a common table expression is written.
#[derive(Clone, Debug, Default, Hash)]
pub struct Cte {
    /// `WITH RECURSIVE`
    pub recursive: bool,
    /// Whether it stands where it is used and not in front.
    pub nesting: bool,
    /// What stands between AS and the parenthesis, each for a dialect or for all.
    pub prefixes: Vec<Affix>,
    /// What follows the parenthesis.
    pub suffixes: Vec<Affix>,
    /// The CTE that this one is another name of.
    pub alias_of: Option<Rc<Alias>>,
    /// The CTE that this one continues with a UNION.
    pub restates: Option<AnonId>,
}

/// SQL that is put before or after a part of a statement.
///
/// ```
/// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
/// # let mut schema = Schema::default();
/// # let metadata = schema.add_metadata(Default::default());
/// # let column = |name: &str| Column::new(name, SqlType::Integer);
/// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
/// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
/// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
/// let mut select = Select::of([id]);
/// select.prefixes.push(Affix { sql: Expr::text("ALL"), dialect: None });
/// select.prefixes.push(Affix { sql: Expr::text("/*+ FAST */"), dialect: Some("oracle".into()) });
/// assert_eq!(to_sql(&schema, &select, Dialect::Default)?, "SELECT ALL pet.id \nFROM pet");
/// assert_eq!(to_sql(&schema, &select, Dialect::Oracle)?, "SELECT ALL /*+ FAST */ pet.id \nFROM pet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Hash)]
pub struct Affix {
    /// What is put there.
    pub sql: Expr,
    /// The dialect that it is for; none for all.
    pub dialect: Option<Rc<str>>,
}

/// `left JOIN right ON …`
#[derive(Clone, Debug, Hash)]
pub struct Join {
    /// The left side.
    pub left: From,
    /// The right side.
    pub right: From,
    /// The condition.
    pub on: Expr,
    /// Which rows without a partner are kept.
    pub kind: JoinKind,
    /// How deeply it is nested.
    depth: u32,
}

/// Which rows without a partner a join keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// `JOIN`
    #[default]
    Inner,
    /// `LEFT OUTER JOIN`
    Outer,
    /// `FULL OUTER JOIN`
    Full,
}

impl JoinKind {
    /// An outer or an inner join.
    pub fn outer(outer: bool) -> JoinKind {
        if outer { JoinKind::Outer } else { JoinKind::Inner }
    }
}

/// `(VALUES (…), (…)) AS name (a, b)`
///
/// ```
/// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
/// # let mut schema = Schema::default();
/// # let metadata = schema.add_metadata(Default::default());
/// # let column = |name: &str| Column::new(name, SqlType::Integer);
/// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
/// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
/// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
/// let columns = [Expr::named("a", SqlType::Integer), Expr::named("b", SqlType::Text)];
/// let columns = columns.iter().filter_map(|expr| match expr.kind() {
///     sql::Kind::Column(column) => Some(column.clone()),
///     _ => None,
/// });
/// let values = sql::From::Values(std::rc::Rc::new(Values {
///     id: AnonId::fresh(),
///     columns: columns.collect(),
///     rows: vec![vec![Expr::literal(1.into()), Expr::literal("x".into())]],
///     name: Some("v".into()),
///     literal_binds: false,
///     lateral: false,
/// }));
/// let select = Select::of([schema.c(&values, "b")?]);
/// assert_eq!(text(select.into())?, "SELECT v.b \nFROM (VALUES (:param_1, :param_2)) AS v (a, b)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Hash)]
pub struct Values {
    /// Tells it from others.
    pub id: AnonId,
    /// Its columns.
    pub columns: Vec<ColumnRef>,
    /// Its rows.
    pub rows: Vec<Vec<Expr>>,
    /// Its name; none where it has none.
    pub name: Option<Name>,
    /// Whether its values are written into the text.
    pub literal_binds: bool,
    /// `LATERAL`
    pub lateral: bool,
}

impl From {
    /// What tells it from others.
    pub fn identity(&self) -> FromIdentity {
        match self {
            From::Table(id) => FromIdentity::Table(*id),
            From::Plain(table) => FromIdentity::Alias(table.id),
            From::Alias(alias) => FromIdentity::Alias(alias.id),
            From::Values(values) => FromIdentity::Alias(values.id),
            From::Join(join) => FromIdentity::Element(Address(Rc::as_ptr(join).cast::<()>() as usize)),
            From::Function(function) => match function.identity() {
                super::identity::Identity::Element(address) => FromIdentity::Element(Address(address)),
                _ => FromIdentity::None,
            },
            From::Text(text) => FromIdentity::Element(Address(Rc::as_ptr(text).cast::<()>() as usize)),
        }
    }

    /// Whether the two are the same element.
    pub fn is(&self, other: &From) -> bool {
        self.identity() == other.identity()
    }

    /// Whether `other` is this or one side of this join.
    pub fn contains(&self, other: &From) -> bool {
        self.is(other)
            || matches!(self, From::Join(join) if join.left.contains(other) || join.right.contains(other))
    }

    /// Whether its rows are made from `other`: it is it, a join with it, or an alias of it.
    pub fn is_derived_from(&self, other: &From) -> bool {
        self.is(other)
            || match self {
                From::Join(join) => join.left.is_derived_from(other) || join.right.is_derived_from(other),
                From::Alias(alias) => match &alias.of {
                    AliasOf::From(from) => from.is_derived_from(other),
                    AliasOf::Statement(_) => false,
                },
                _ => false,
            }
    }

    /// A table under another name.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let other = sql::From::alias(pet, Some("other"));
    /// assert_eq!(text(Select::of([schema.c(&other, "id")?]).into())?, "SELECT other.id \nFROM pet AS other");
    /// let unnamed = sql::From::from(pet).aliased(None);
    /// assert_eq!(text(Select::of([schema.c(&unnamed, "id")?]).into())?, "SELECT pet_1.id \nFROM pet AS pet_1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn alias(table: TableId, name: Option<&str>) -> Rc<Alias> {
        From::Table(table).aliased(name)
    }

    /// This under another name.
    pub fn aliased(&self, name: Option<&str>) -> Rc<Alias> {
        Alias::new(AliasOf::From(self.clone()), name, AliasKind::Inline)
    }

    /// Two of these joined; nested too deeply, something that does not compile.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let other = sql::From::alias(pet, Some("other"));
    /// let on = age.eq(schema.c(&other, "id")?);
    /// let join = sql::From::joined(pet.into(), other.into(), on, JoinKind::Full);
    /// let select = Select::of([id]).select_from(join);
    /// assert_eq!(text(select.into())?, "SELECT pet.id \nFROM pet FULL OUTER JOIN pet AS other ON pet.age = other.id");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn joined(left: From, right: From, on: Expr, kind: JoinKind) -> From {
        let depth = 1 + left.depth().max(right.depth()).max(on.depth());
        if depth > MAX_DEPTH {
            return From::too_deep();
        }
        From::Join(Rc::new(Join { left, right, on, kind, depth }))
    }

    /// What stands for an element that was nested too deeply to be kept.
    fn too_deep() -> From {
        let of = AliasOf::too_deep();
        From::Alias(Rc::new(Alias {
            id: AnonId::fresh(),
            of,
            name: None,
            kind: AliasKind::Inline,
            depth: MAX_DEPTH,
        }))
    }

    /// The elements whose columns it has: itself, or the sides of a join.
    pub fn leaves<'a>(&'a self, visit: &mut dyn FnMut(&'a From)) {
        match self {
            From::Join(join) => {
                join.left.leaves(visit);
                join.right.leaves(visit);
            }
            other => visit(other),
        }
    }

    pub(crate) fn depth(&self) -> u32 {
        match self {
            From::Table(_) | From::Plain(_) | From::Text(_) => 1,
            From::Alias(alias) => alias.depth,
            From::Join(join) => join.depth,
            From::Values(_) => 2,
            From::Function(function) => 1 + function.depth(),
        }
    }
}

impl Hash for From {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            From::Table(id) => id.hash(state),
            From::Plain(table) => table.hash(state),
            From::Alias(alias) => alias.hash(state),
            From::Join(join) => join.hash(state),
            From::Values(values) => values.hash(state),
            From::Function(function) => function.hash(state),
            From::Text(text) => text.hash(state),
        }
    }
}

impl Alias {
    /// A new one; of something nested too deeply, one that does not compile.
    pub fn new(of: AliasOf, name: Option<&str>, kind: AliasKind) -> Rc<Alias> {
        let (of, depth) = of.bounded();
        Rc::new(Alias { id: AnonId::fresh(), of, name: name.map(Into::into), kind, depth })
    }

    /// The same with what it names replaced; it stays the same element.
    pub(crate) fn with(&self, of: AliasOf) -> Rc<Alias> {
        let (of, depth) = of.bounded();
        Rc::new(Alias { of, depth, ..self.clone() })
    }

    /// How deeply it is nested.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// The select that it names, where it is one.
    pub fn select(&self) -> Option<&super::select::Select> {
        match &self.of {
            AliasOf::Statement(statement) => match &**statement {
                Statement::Select(select) => Some(select),
                _ => None,
            },
            AliasOf::From(_) => None,
        }
    }

    /// The table that it names, where it is one.
    pub fn table(&self) -> Option<TableId> {
        match &self.of {
            AliasOf::From(From::Table(id)) => Some(*id),
            _ => None,
        }
    }

    /// The CTE that it is, where it is one.
    pub fn cte(&self) -> Option<&Cte> {
        match &self.kind {
            AliasKind::Cte(cte) => Some(cte),
            _ => None,
        }
    }

    /// SQLAlchemy's class of it.
    pub fn class_name(&self) -> &'static str {
        match (&self.kind, &self.of) {
            (AliasKind::Cte(_), _) => "CTE",
            (AliasKind::Lateral, _) => "Lateral",
            (AliasKind::TableSample { .. }, _) => "TableSample",
            (AliasKind::TableValued(_), _) => "TableValuedAlias",
            (AliasKind::Inline, AliasOf::Statement(_)) => "Subquery",
            (AliasKind::Inline, AliasOf::From(_)) => "Alias",
        }
    }

    /// Whether it is an INSERT, UPDATE or DELETE.
    pub fn is_change(&self) -> bool {
        match &self.of {
            AliasOf::Statement(statement) => {
                matches!(**statement, Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_))
            }
            AliasOf::From(_) => false,
        }
    }

    /// Whether it is a select in parentheses.
    pub fn is_subquery(&self) -> bool {
        matches!(self.of, AliasOf::Statement(_))
    }
}

impl AliasOf {
    fn too_deep() -> AliasOf {
        AliasOf::Statement(Rc::new(Statement::Select(Select::of([Expr::too_deep()]))))
    }

    /// This and the depth of an alias of it, as long as that is allowed.
    fn bounded(self) -> (AliasOf, u32) {
        match 1 + self.depth() {
            depth if depth > MAX_DEPTH => (AliasOf::too_deep(), MAX_DEPTH),
            depth => (self, depth),
        }
    }

    fn depth(&self) -> u32 {
        match self {
            AliasOf::From(from) => from.depth(),
            AliasOf::Statement(statement) => statement.depth(),
        }
    }
}
