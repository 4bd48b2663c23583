//! Labels and names in ORDER BY, GROUP BY and DISTINCT ON.
//!
//! A label that is among the columns is written by its name; a name that was
//! given as a string is looked for among the columns and then in FROM.
//! SQLAlchemy counterpart: `_label_reference`, `_label_resolve_dict`.

use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::context::Context;
use super::{CompileError, Compiler};
use crate::sql::names::qualified;
use crate::sql::{AliasOf, ColumnRef, Expr, From, Identity, Kind, Name, Statement};

/// What names in ORDER BY stand for.
#[derive(Default)]
pub(super) struct Resolve {
    /// The columns of the statement.
    pub(super) columns: Vec<Expr>,
    /// What it selects from, whose columns are found by their keys.
    pub(super) froms: Vec<From>,
    /// The statement combines others, whose columns have no table.
    pub(super) compound: bool,
    /// Whether a statement that has columns is around.
    pub(super) known: bool,
}

impl Compiler<'_> {
    /// Writes what is sorted or grouped by; with `labels`, labels by their names.
    pub(super) fn order_list(
        &mut self,
        exprs: &[Expr],
        labels: bool,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        self.list(exprs, ", ", |this, expr| {
            let label = if labels { ordering_label(expr) } else { None };
            let only = match label {
                Some(label) if this.rules().orders_by_label() && this.is_selected(label) => {
                    Some(label.identity())
                }
                _ => None,
            };
            this.expr(expr, Context { label_only: only.as_ref(), ..cx })
        })
    }

    /// Whether a label, or what it names under the same name, is among the columns.
    fn is_selected(&self, label: &Expr) -> bool {
        let Kind::Label { name, .. } = label.kind() else { return false };
        let Some(level) = self.levels.last() else { return false };
        let found = level.order.columns.iter().rev().find(|column| match column.kind() {
            Kind::Label { name: own, .. } => own == name,
            Kind::Column(column) => {
                let own = qualified(self.schema, column).unwrap_or_else(|| column.name.clone());
                own.fixed() == name.fixed() && name.fixed().is_some()
            }
            _ => false,
        });
        found.is_some_and(|column| shares_lineage(label, column))
    }

    /// Writes a name that was given as a string.
    pub(super) fn name_reference(&mut self, name: &Rc<str>, cx: Context<'_>) -> Result<(), CompileError> {
        let Some(level) = self.levels.last().filter(|level| level.order.known) else {
            self.raw(name);
            return Ok(());
        };
        let found = if level.order.compound {
            level
                .order
                .columns
                .iter()
                .rev()
                .find(|column| key_of(column).as_deref() == Some(&**name))
                .cloned()
        } else {
            self.find_column(name)
        };
        let Some(found) = found else {
            return Err(CompileError::Compile(format!(
                "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression {0} should be explicitly declared as text({0})",
                crate::types::python_str(&ellipsis(name))
            )));
        };
        let identity = found.identity();
        self.expr(&found, Context { label_only: Some(&identity), ..cx })
    }

    fn find_column(&self, name: &str) -> Option<Expr> {
        let level = self.levels.last()?;
        let selected = level.order.columns.iter().rev().find(|column| match column.kind() {
            Kind::Column(column) => match qualified(self.schema, column) {
                Some(label) => label.fixed().is_some_and(|label| &**label == name),
                None => &*column.key == name,
            },
            Kind::Label { name: own, .. } => own.fixed().is_some_and(|own| &**own == name),
            _ => false,
        });
        if let Some(selected) = selected {
            return Some(selected.clone());
        }
        let mut columns: IndexMap<Rc<str>, ColumnRef, FxBuildHasher> = IndexMap::default();
        for from in &level.order.froms {
            for column in from.columns(self.schema) {
                columns.insert(Rc::clone(&column.key), column);
            }
        }
        columns.swap_remove(name).map(Expr::from)
    }
}

/// SQLAlchemy shortens long text in errors.
fn ellipsis(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_string();
    }
    let kept: String = text.chars().take(LONGEST - 3).collect();
    format!("{kept}...")
}

fn key_of(expr: &Expr) -> Option<Rc<str>> {
    match expr.kind() {
        Kind::Column(column) => Some(Rc::clone(&column.key)),
        Kind::Label { name, .. } => name.fixed().cloned(),
        _ => None,
    }
}

/// The label that an element of ORDER BY refers to.
fn ordering_label(expr: &Expr) -> Option<&Expr> {
    match expr.kind() {
        Kind::Label { .. } => Some(expr),
        Kind::Unary { op, operand, .. } if op.is_order_modifier() => ordering_label(operand),
        _ => None,
    }
}

/// Whether one comes from the other: they are the same, or columns of the same column.
fn shares_lineage(a: &Expr, b: &Expr) -> bool {
    let (mut own, mut other) = (Vec::new(), Vec::new());
    lineage(a, &mut own);
    lineage(b, &mut other);
    own.iter().any(|identity| other.contains(identity))
}

fn lineage(expr: &Expr, out: &mut Vec<Identity>) {
    out.push(expr.identity());
    match expr.kind() {
        Kind::Label { element, .. } => lineage(element, out),
        Kind::Grouping(inner) => lineage(inner, out),
        Kind::Column(column) => {
            if let Some(From::Alias(alias)) = &column.from {
                match &alias.of {
                    AliasOf::From(inner) => {
                        lineage(&Expr::from(ColumnRef { from: Some(inner.clone()), ..column.clone() }), out);
                    }
                    AliasOf::Statement(statement) => {
                        if let Statement::Select(select) = &**statement {
                            let named = select.items.iter().find_map(|item| match item {
                                crate::sql::SelectItem::Expr(expr)
                                    if named(expr).is_some_and(|name| *name == *column.key) =>
                                {
                                    Some(expr)
                                }
                                _ => None,
                            });
                            if let Some(expr) = named {
                                lineage(expr, out);
                            }
                        }
                    }
                }
            }
        }
        _ => {}
    }
}

fn named(expr: &Expr) -> Option<Rc<str>> {
    match expr.kind() {
        Kind::Column(column) => Some(Rc::clone(&column.key)),
        Kind::Label { name: Name::Fixed(name), .. } => Some(Rc::clone(name)),
        _ => None,
    }
}
