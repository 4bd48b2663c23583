//! `SELECT` and what it selects from.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.selectable`.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::cache_key::AnonId;
use super::element::Expr;
use crate::types::{MapperId, SqlType, TableId};

/// Something that can stand in FROM.
#[derive(Clone, Debug, Hash)]
pub enum From {
    /// A table.
    Table(TableId),
    /// A table or select under another name.
    Alias(Rc<Alias>),
    /// Two of these joined.
    Join(Rc<Join>),
}

/// `element AS name`
#[derive(Clone, Debug)]
pub struct Alias {
    /// Tells it from others.
    pub id: AnonId,
    /// What it names.
    pub of: AliasOf,
    /// The name; none for one that the compiler makes up.
    pub name: Option<Rc<str>>,
    /// How it is written.
    pub kind: AliasKind,
}

/// What an alias names.
#[derive(Clone, Debug, Hash)]
pub enum AliasOf {
    /// A table.
    Table(TableId),
    /// A select.
    Select(Box<Select>),
}

/// How an alias is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AliasKind {
    /// In FROM.
    Inline,
    /// In WITH.
    Cte {
        /// `WITH RECURSIVE`
        recursive: bool,
    },
}

impl Hash for Alias {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
        self.of.hash(state);
        self.name.hash(state);
        self.kind.hash(state);
    }
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
    /// `LEFT OUTER JOIN`
    pub outer: bool,
}

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
    /// The alias of its table, for `aliased(Class)`.
    pub alias: Option<Rc<Alias>>,
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
    /// `LEFT OUTER JOIN`
    pub outer: bool,
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
    /// `EXCEPT`
    Except,
}

/// Selects joined by a set operation.
#[derive(Clone, Debug, Hash)]
pub struct SetOperation {
    /// Which.
    pub op: SetOp,
    /// The selects.
    pub selects: Vec<Select>,
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
    /// `SELECT DISTINCT`
    pub distinct: bool,
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
    /// The program asked for it with options, or it follows from one.
    Options(Vec<u32>),
}

impl From {
    /// Whether the two are the same element.
    pub fn is(&self, other: &From) -> bool {
        match (self, other) {
            (From::Table(a), From::Table(b)) => a == b,
            (From::Alias(a), From::Alias(b)) => a.id == b.id,
            (From::Join(a), From::Join(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Whether `other` is this or one side of this join.
    pub fn contains(&self, other: &From) -> bool {
        self.is(other)
            || matches!(self, From::Join(join) if join.left.contains(other) || join.right.contains(other))
    }

    /// This under another name.
    pub fn alias(table: TableId, name: Option<&str>) -> Rc<Alias> {
        Rc::new(Alias {
            id: AnonId::fresh(),
            of: AliasOf::Table(table),
            name: name.map(Into::into),
            kind: AliasKind::Inline,
        })
    }
}

impl Select {
    /// A select of expressions.
    pub fn of(exprs: impl IntoIterator<Item = Expr>) -> Select {
        Select { items: exprs.into_iter().map(SelectItem::Expr).collect(), ..Select::default() }
    }

    /// The type of its first column, which it has as a scalar.
    pub(crate) fn first_type(&self) -> SqlType {
        match self.items.first() {
            Some(SelectItem::Expr(expr)) => expr.sql_type(),
            _ => SqlType::Null,
        }
    }

    /// This as an alias in FROM.
    pub fn subquery(&self, name: Option<&str>) -> Rc<Alias> {
        Rc::new(Alias {
            id: AnonId::fresh(),
            of: AliasOf::Select(Box::new(self.clone())),
            name: name.map(Into::into),
            kind: AliasKind::Inline,
        })
    }
}
