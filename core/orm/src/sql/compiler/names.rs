//! How the columns of a SELECT are named.

use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::Compiler;
use crate::schema::Schema;
use crate::sql::expr::{ColumnRef, Expr};
use crate::sql::select::{AliasOf, From, LabelStyle};

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
pub(crate) fn result_names(schema: &Schema, exprs: &[Expr], style: LabelStyle) -> Vec<ResultName> {
    let mut seen: IndexSet<Rc<str>, FxBuildHasher> = IndexSet::default();
    let mut numbers: IndexMap<Rc<str>, u32, FxBuildHasher> = IndexMap::default();
    let mut anonymous = |base: Rc<str>| {
        let number = numbers.entry(Rc::clone(&base)).or_insert(0);
        *number += 1;
        ResultName { key: format!("{base}_{number}").into(), label: Label::Anonymous(base) }
    };
    let mut names = Vec::with_capacity(exprs.len());
    for expr in exprs {
        let name = match expr {
            Expr::Label { name: Some(name), .. } => {
                seen.insert(Rc::clone(name));
                ResultName { key: Rc::clone(name), label: Label::Fixed(Rc::clone(name)) }
            }
            Expr::Label { name: None, element } => anonymous(anonymous_base(element)),
            Expr::Column(column) => match style {
                LabelStyle::None => ResultName { key: Rc::clone(&column.name), label: Label::None },
                LabelStyle::Disambiguate if seen.insert(Rc::clone(&column.name)) => {
                    ResultName { key: Rc::clone(&column.name), label: Label::None }
                }
                LabelStyle::Disambiguate => anonymous(Rc::clone(&column.name)),
                LabelStyle::TablePlusColumn => {
                    let full: Rc<str> = qualified(schema, column);
                    if seen.insert(Rc::clone(&full)) {
                        ResultName { key: Rc::clone(&full), label: Label::Fixed(full) }
                    } else {
                        anonymous(full)
                    }
                }
            },
            Expr::Cast { element, .. } if matches!(&**element, Expr::Column(_)) => {
                let own = element.bind_key();
                if seen.insert(Rc::clone(&own)) {
                    ResultName { key: Rc::clone(&own), label: Label::Fixed(own) }
                } else {
                    anonymous(own)
                }
            }
            Expr::Literal { text, .. } => ResultName { key: Rc::clone(text), label: Label::None },
            Expr::Star => ResultName { key: "*".into(), label: Label::None },
            other => anonymous(anonymous_base(other)),
        };
        names.push(name);
    }
    names
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
        Expr::Function(call) => call.name.rsplit('.').next().unwrap_or("anon").into(),
        _ => "anon".into(),
    }
}

impl Compiler<'_> {
    /// The name of a FROM element as columns are written with it.
    pub(super) fn from_label(&mut self, from: &From) -> Option<String> {
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
