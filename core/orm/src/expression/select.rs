//! `SELECT` as plain data.
//!
//! SQLAlchemy counterpart: `Select` and `CompoundSelect` of `sqlalchemy.sql.selectable`.

use std::rc::Rc;

use super::element::{Expr, Kind, MAX_DEPTH};
use super::from::{Affix, Alias, AliasKind, AliasOf, From, JoinKind};
use super::statement::Statement;
use crate::types::{MapperId, SqlType};

/// How columns are named in the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LabelStyle {
    /// Only names that occur twice get a label: `id`, `id_1`.
    #[default]
    Disambiguate,
    /// `table_column`, as `Query` does it.
    TablePlusColumn,
    /// None.
    None,
}

/// A mapped class or an alias of one, as the ORM floor knows it.
#[derive(Clone, Debug, Hash)]
pub struct Entity {
    /// The mapper.
    pub mapper: MapperId,
    /// What stands for its tables, for `aliased(Class)`.
    pub from: Option<From>,
    /// The name that it was given.
    pub name: Option<Rc<str>>,
    /// The classes that inherit from it whose columns are there as well:
    /// `with_polymorphic()`.
    pub with: Rc<[MapperId]>,
}

impl Entity {
    /// A mapped class itself.
    pub fn of(mapper: MapperId) -> Entity {
        Entity { mapper, from: None, name: None, with: Rc::from([]) }
    }

    /// An alias of a mapped class.
    pub fn alias(mapper: MapperId, alias: Rc<Alias>) -> Entity {
        let name = alias.name.clone();
        Entity { mapper, from: Some(From::Alias(alias)), name, with: Rc::from([]) }
    }

    /// Whether it is an alias.
    pub fn is_alias(&self) -> bool {
        self.from.is_some()
    }

    /// Whether the two are one.
    pub fn is(&self, other: &Entity) -> bool {
        self.mapper == other.mapper
            && match (&self.from, &other.from) {
                (None, None) => true,
                (Some(a), Some(b)) => a.is(b),
                _ => false,
            }
    }
}

/// The relationship that a join follows, and what is said of it.
#[derive(Clone, Debug, Hash)]
pub struct Along {
    /// The class that has the relationship.
    pub left: Entity,
    /// The relationship's place in its mapper.
    pub attribute: u32,
    /// What is added to its condition: `and_(…)`.
    pub criteria: Vec<Expr>,
}

/// One thing to select.
#[derive(Clone, Debug, Hash)]
pub enum SelectItem {
    /// An expression.
    Expr(Expr),
    /// Every column of a table, alias or join.
    From(From),
    /// A mapped class; the ORM floor replaces it.
    Entity(Entity),
}

/// A join that waits for the FROM list.
#[derive(Clone, Debug, Hash)]
pub struct JoinTarget {
    /// The left side, where it was given.
    pub left: Option<From>,
    /// The right side.
    pub right: From,
    /// The condition; none for one made from foreign keys.
    pub on: Option<Expr>,
    /// Which rows without a partner are kept.
    pub kind: JoinKind,
    /// The mapped class on the right side, where it is one.
    pub entity: Option<Entity>,
    /// The relationship that the ORM floor makes the condition from.
    pub along: Option<Along>,
}

impl JoinTarget {
    /// A join with an element of FROM.
    pub fn new(right: From, on: Option<Expr>, kind: JoinKind) -> JoinTarget {
        JoinTarget { left: None, right, on, kind, entity: None, along: None }
    }
}

/// A set operation between selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetOp {
    /// `UNION`
    Union,
    /// `UNION ALL`
    UnionAll,
    /// `INTERSECT`
    Intersect,
    /// `INTERSECT ALL`
    IntersectAll,
    /// `EXCEPT`
    Except,
    /// `EXCEPT ALL`
    ExceptAll,
}

/// Selects joined by a set operation.
#[derive(Clone, Debug, Hash)]
pub struct SetOperation {
    /// Which.
    pub op: SetOp,
    /// The selects.
    pub selects: Vec<Select>,
}

/// `DISTINCT`
#[derive(Clone, Debug, Default, Hash)]
pub enum Distinct {
    /// None.
    #[default]
    No,
    /// `SELECT DISTINCT`
    Yes,
    /// `SELECT DISTINCT ON (…)`
    On(Vec<Expr>),
    /// The same as an extension of the statement, which other databases refuse.
    Extended(Vec<Expr>),
}

/// `FETCH FIRST n ROWS ONLY`
///
/// ```
/// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
/// # let mut schema = Schema::default();
/// # let metadata = schema.add_metadata(Default::default());
/// # let column = |name: &str| Column::new(name, SqlType::Integer);
/// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
/// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
/// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
/// let mut select = Select::of([id.clone()]).order_by([id]);
/// select.fetch = Some(Fetch { count: Expr::literal(3.into()), percent: false, with_ties: true });
/// assert_eq!(text(select.into())?, "SELECT pet.id \nFROM pet ORDER BY pet.id\n FETCH FIRST :param_1 ROWS WITH TIES");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Hash)]
pub struct Fetch {
    /// How many.
    pub count: Expr,
    /// `PERCENT`
    pub percent: bool,
    /// `WITH TIES`
    pub with_ties: bool,
}

/// `FOR UPDATE`
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
/// select.for_update = Some(ForUpdate { skip_locked: true, ..ForUpdate::default() });
/// assert_eq!(
///     to_sql(&schema, &select, Dialect::Postgresql)?,
///     "SELECT pet.id \nFROM pet FOR UPDATE SKIP LOCKED",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Hash)]
pub struct ForUpdate {
    /// `FOR SHARE`
    pub read: bool,
    /// `NOWAIT`
    pub nowait: bool,
    /// `SKIP LOCKED`
    pub skip_locked: bool,
    /// `FOR NO KEY UPDATE`
    pub key_share: bool,
    /// `OF`: columns, or tables as rows.
    pub of: Vec<SelectItem>,
}

/// Which elements of FROM are those of the statement around.
#[derive(Clone, Debug, Default, Hash)]
pub enum Correlation {
    /// Those that are in FROM there as well, as long as one is left here.
    #[default]
    Auto,
    /// These; `correlate(None)` names none.
    To(Vec<From>),
    /// All but these.
    Except(Vec<From>),
}

/// A hint for a table, or for the statement.
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
/// select.hints.push(Hint { from: None, text: "/* fast */".into(), dialect: "*".into() });
/// assert_eq!(text(select.into())?, "SELECT pet.id \nFROM pet /* fast */");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Hash)]
pub struct Hint {
    /// The table; none for the statement.
    pub from: Option<From>,
    /// The text.
    pub text: Rc<str>,
    /// The dialect, or `*`.
    pub dialect: Rc<str>,
}

/// A `SELECT` statement.
#[derive(Clone, Debug, Default, Hash)]
pub struct Select {
    /// What is selected.
    pub items: Vec<SelectItem>,
    /// A set operation in the place of items and FROM.
    pub compound: Option<Box<SetOperation>>,
    /// `select_from(…)`
    pub from: Vec<From>,
    /// The mapped classes among them, for the ORM floor.
    pub entities: Vec<Entity>,
    /// What stands for the tables of mapped classes throughout, for the ORM
    /// floor: a query's `union()` and `from_self()`.
    pub base: Option<From>,
    /// `join(…)`, in order.
    pub joins: Vec<JoinTarget>,
    /// The conditions of WHERE, joined by AND.
    pub where_: Vec<Expr>,
    /// `GROUP BY`
    pub group_by: Vec<Expr>,
    /// The conditions of HAVING, joined by AND.
    pub having: Vec<Expr>,
    /// `ORDER BY`
    pub order_by: Vec<Expr>,
    /// `LIMIT`
    pub limit: Option<Expr>,
    /// `OFFSET`
    pub offset: Option<Expr>,
    /// `FETCH`
    pub fetch: Option<Fetch>,
    /// `SELECT DISTINCT`
    pub distinct: Distinct,
    /// `FOR UPDATE`
    pub for_update: Option<ForUpdate>,
    /// What follows SELECT.
    pub prefixes: Vec<Affix>,
    /// What follows the statement.
    pub suffixes: Vec<Affix>,
    /// Hints, in order.
    pub hints: Vec<Hint>,
    /// What of the statement around it is in FROM here.
    pub correlation: Correlation,
    /// CTEs that are written whether or not they are used, and whether just here.
    pub ctes: Vec<(Rc<Alias>, bool)>,
    /// How columns are named.
    pub label_style: LabelStyle,
    /// What the ORM floor made it for; statements with other purposes are
    /// cached apart even where their text is the same, as in SQLAlchemy.
    pub purpose: Purpose,
}

/// What a SELECT of the ORM is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The program asked for it.
    #[default]
    Query,
    /// `session.get()`
    Get,
    /// An object is loaded again: these attributes of it, or all on demand.
    Refresh(Option<Vec<u32>>),
    /// A relationship is loaded, of this class and in this place.
    Related(MapperId, u32),
    /// Functions of the program made it; these tell which.
    Functions(Vec<usize>),
    /// The program asked for it with options, or it follows from one.
    Options(Vec<u32>),
}

impl Select {
    /// A select of expressions.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// assert_eq!(text(Select::of([id, age]).into())?, "SELECT pet.id, pet.age \nFROM pet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(exprs: impl IntoIterator<Item = Expr>) -> Select {
        Select { items: exprs.into_iter().map(SelectItem::Expr).collect(), ..Select::default() }
    }

    /// A select of whole tables, aliases or joins.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// assert_eq!(text(Select::from([pet.into()]).into())?, "SELECT pet.id, pet.age \nFROM pet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from(froms: impl IntoIterator<Item = From>) -> Select {
        Select { items: froms.into_iter().map(SelectItem::From).collect(), ..Select::default() }
    }

    /// Selects joined by a set operation; nested too deeply, one that does not compile.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let both = Select::combined(SetOp::UnionAll, vec![Select::of([id]), Select::of([age])]);
    /// assert_eq!(text(both.into())?, "SELECT pet.id \nFROM pet UNION ALL SELECT pet.age \nFROM pet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn combined(op: SetOp, selects: Vec<Select>) -> Select {
        if selects.iter().any(|select| select.depth() >= MAX_DEPTH) {
            return Select::of([Expr::too_deep()]);
        }
        Select { compound: Some(Box::new(SetOperation { op, selects })), ..Select::default() }
    }

    /// Whether it has LIMIT, OFFSET or FETCH.
    pub fn limits_rows(&self) -> bool {
        self.limit.is_some() || self.offset.is_some() || self.fetch.is_some()
    }

    /// Whether it is put in parentheses in a set operation.
    pub(crate) fn needs_parentheses(&self) -> bool {
        self.compound.is_some() || self.limits_rows() || !self.order_by.is_empty()
    }

    /// The type of its first column, which it has as a scalar.
    pub fn scalar_type(&self) -> SqlType {
        if let Some(compound) = &self.compound {
            return compound.selects.first().map(Select::scalar_type).unwrap_or_default();
        }
        match self.items.first() {
            Some(SelectItem::Expr(expr)) => expr.sql_type(),
            _ => SqlType::Null,
        }
    }

    /// This as an alias in FROM.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let inner = Select::of([id]).subquery(Some("inner_"));
    /// let select = Select::of([schema.c(&inner, "id")?]);
    /// assert_eq!(text(select.into())?, "SELECT inner_.id \nFROM (SELECT pet.id AS id \nFROM pet) AS inner_");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn subquery(&self, name: Option<&str>) -> Rc<Alias> {
        self.named(name, AliasKind::Inline)
    }

    /// This under a name, written in the given way.
    pub fn named(&self, name: Option<&str>, kind: AliasKind) -> Rc<Alias> {
        let mut select = self.clone();
        if select.label_style == LabelStyle::None && select.compound.is_none() {
            select.label_style = LabelStyle::Disambiguate;
        }
        Alias::new(AliasOf::Statement(Rc::new(Statement::Select(select))), name, kind)
    }

    /// This as a value.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let oldest = Select::of([Expr::func("max", [age])]).scalar();
    /// assert_eq!(text(Select::of([oldest + 1]).into())?, "SELECT (SELECT max(pet.age) AS max_1 \nFROM pet) + :param_1 AS anon_1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scalar(&self) -> Expr {
        let mut select = self.clone();
        select.label_style = LabelStyle::None;
        Expr::new(Kind::Subquery(Rc::new(select)))
    }

    pub(crate) fn depth(&self) -> u32 {
        let mut deepest = 0;
        super::walk::select_parts(self, &mut |part| deepest = deepest.max(part.depth()));
        deepest + 1
    }
}
