//! How the columns of a SELECT are named.

use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::Compiler;
use crate::schema::Schema;
use crate::sql::UnaryOp;
use crate::sql::{AliasOf, From, LabelStyle};
use crate::sql::{ColumnRef, Expr};

/// The name of one column.
#[derive(Clone, Debug)]
pub(crate) struct ResultName {
    /// The name by which rows are asked for it; a made-up number is from 1.
    pub(crate) key: Rc<str>,
    /// What stands after AS.
    pub(super) label: Label,
}

/// What stands after AS.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Label {
    /// Nothing: the column has its own name.
    None,
    /// A name as it is.
    Fixed(Rc<str>),
    /// A name that the compiler makes from this one.
    Anonymous(Rc<str>),
}

/// Names for the columns of a select.
///
/// A column that has the name of another gets a made-up one; a column that is
/// there twice gets one of its own kind (`name__1`), so that the first keeps
/// its name.
pub(crate) fn result_names(schema: &Schema, exprs: &[Expr], style: LabelStyle) -> Vec<ResultName> {
    let mut taken: Names = IndexMap::default();
    let mut numbers: IndexMap<Rc<str>, u32, FxBuildHasher> = IndexMap::default();
    let mut anonymous = |base: Rc<str>| {
        let number = numbers.entry(Rc::clone(&base)).or_insert(0);
        *number += 1;
        ResultName { key: format!("{base}_{number}").into(), label: Label::Anonymous(base) }
    };
    let mut names = Vec::with_capacity(exprs.len());
    for expr in exprs {
        let (own, label) = match expr {
            Expr::Label { name: Some(name), .. } => (Rc::clone(name), true),
            Expr::Label { name: None, element } => {
                names.push(anonymous(anonymous_base(element)));
                continue;
            }
            Expr::Column(column) if style == LabelStyle::TablePlusColumn => (qualified(schema, column), true),
            Expr::Column(column) => (Rc::clone(&column.name), false),
            Expr::Cast { element, .. } | Expr::TypeCoerce { element, .. } => match &**element {
                Expr::Column(column) => (Rc::clone(&column.name), true),
                other => {
                    names.push(anonymous(anonymous_base(other)));
                    continue;
                }
            },
            Expr::Literal { text, .. } => {
                names.push(ResultName { key: Rc::clone(text), label: Label::None });
                continue;
            }
            Expr::Star => {
                names.push(ResultName { key: "*".into(), label: Label::None });
                continue;
            }
            Expr::Unary { op, operand } if *op != UnaryOp::Exists => {
                names.push(match &**operand {
                    Expr::Column(column) => ResultName { key: Rc::clone(&column.name), label: Label::None },
                    other => anonymous(anonymous_base(other)),
                });
                continue;
            }
            other => {
                names.push(anonymous(anonymous_base(other)));
                continue;
            }
        };
        let twice =
            style != LabelStyle::None && taken.get(&own).is_some_and(|other| same_column(other, expr));
        let clashes = style != LabelStyle::None && !twice && taken.contains_key(&own);
        names.push(if twice {
            anonymous(format!("{own}_").into())
        } else if clashes {
            let second = format!("{own}_1").into();
            if taken.get(&second).is_some_and(|other| same_column(other, expr)) {
                anonymous(format!("{own}_").into())
            } else {
                taken.insert(second, expr);
                anonymous(own)
            }
        } else {
            taken.insert(Rc::clone(&own), expr);
            ResultName { key: Rc::clone(&own), label: if label { Label::Fixed(own) } else { Label::None } }
        });
    }
    names
}

/// The columns by the names they have taken.
type Names<'a> = IndexMap<Rc<str>, &'a Expr, FxBuildHasher>;

/// Whether two expressions are one column.
fn same_column(a: &Expr, b: &Expr) -> bool {
    fn column(expr: &Expr) -> Option<&ColumnRef> {
        match expr {
            Expr::Column(column) => Some(column),
            Expr::Cast { element, .. } | Expr::TypeCoerce { element, .. } => column(element),
            _ => None,
        }
    }
    match (column(a), column(b)) {
        (Some(a), Some(b)) => a.name == b.name && a.from.is(&b.from),
        _ => false,
    }
}

/// `table_column`
fn qualified(schema: &Schema, column: &ColumnRef) -> Rc<str> {
    match from_name(schema, &column.from) {
        Some(name) => format!("{name}_{}", column.name).into(),
        None => Rc::clone(&column.name),
    }
}

/// The name of a FROM element, where it has one of its own.
fn from_name(schema: &Schema, from: &From) -> Option<String> {
    match from {
        From::Table(id) => {
            let table = schema.table(*id);
            Some(match &table.schema {
                Some(owner) => format!("{owner}_{}", table.name),
                None => table.name.clone(),
            })
        }
        From::Alias(alias) => match (&alias.name, &alias.of) {
            (Some(name), _) => Some(name.to_string()),
            (None, AliasOf::Table(id)) => Some(format!("{}_1", schema.table(*id).name)),
            (None, AliasOf::Select(_)) => Some("anon_1".into()),
        },
        From::Join(_) => None,
    }
}

/// From what the name of an unnamed expression is made.
fn anonymous_base(expr: &Expr) -> Rc<str> {
    match expr {
        Expr::Function(call) if call.over.is_some() || call.filter.is_some() => "anon".into(),
        Expr::Function(call) => call.name.rsplit('.').next().unwrap_or("anon").into(),
        _ => "anon".into(),
    }
}

impl Compiler<'_> {
    /// The name of a FROM element as columns are written with it.
    pub(super) fn name_of_from(&mut self, from: &From) -> Option<String> {
        match from {
            From::Table(id) => {
                let table = self.schema.table(*id);
                let name = super::quote(&table.name, self.dialect);
                Some(match &table.schema {
                    Some(owner) => format!("{}.{name}", super::quote(owner, self.dialect)),
                    None => name,
                })
            }
            From::Alias(alias) => {
                let name = match &alias.name {
                    Some(name) => Rc::clone(name),
                    None => {
                        let base = match &alias.of {
                            AliasOf::Table(id) => self.schema.table(*id).name.clone(),
                            AliasOf::Select(_) => "anon".into(),
                        };
                        self.anonymous_name(alias.id, &base)
                    }
                };
                Some(super::quote(&name, self.dialect))
            }
            From::Join(_) => None,
        }
    }
}
