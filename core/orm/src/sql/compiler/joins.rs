//! The conditions of joins, made from foreign keys.
//!
//! SQLAlchemy counterpart: `Join._join_condition`.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::schema::Schema;
use crate::sql::{AliasOf, ColumnRef, Expr, From, Operator};
use crate::types::{ColumnId, TableId};

/// Why a join has no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// No foreign key leads from one side to the other.
    #[error("Can't find any foreign key relationships between '{0}' and '{1}'.{2}")]
    NoForeignKeys(String, String, String),
    /// More than one does.
    #[error(
        "Can't determine join between '{0}' and '{1}'; tables have more than one foreign key constraint relationship between them. Please specify the 'onclause' of this join explicitly."
    )]
    AmbiguousForeignKeys(String, String),
}

/// A constraint: its table, and the number of its first column's key or its own.
type ConstraintKey = (TableId, u32);

/// The pairs of columns that foreign keys relate, by constraint.
type Pairs = IndexMap<ConstraintKey, Vec<(ColumnRef, ColumnRef)>, FxBuildHasher>;

/// The condition that foreign keys give for a join. Where the left side is a
/// join itself, its last table comes first.
///
/// ```
/// # use ormscope::{schema::*, sql::*, sql::compiler::*, types::*};
/// # let mut schema = Schema::default();
/// # let metadata = schema.add_metadata(Default::default());
/// # let integer = |name: &str| Column::new(name, SqlType::Integer);
/// let owner = schema.add_table(metadata, Table::new("owner").column(integer("id").primary_key()))?;
/// let pet = schema.add_table(metadata, Table::new("pet").column(integer("owner_id").references("owner.id")))?;
/// let on = join_condition(&schema, &pet.into(), &owner.into())?;
/// assert_eq!(compile_to_text(&schema, &on, Dialect::Default), "owner.id = pet.owner_id");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When there is no such key, or there are several.
pub fn join_condition(schema: &Schema, left: &From, right: &From) -> Result<Expr, JoinError> {
    match left {
        From::Join(join) => join_condition_over(schema, &[&join.right, left], right, &[]),
        _ => join_condition_over(schema, &[left], right, &[]),
    }
}

/// The same between the first of some elements that foreign keys relate, and
/// another; where columns are given, only over keys that they hold.
///
/// # Errors
/// As [`join_condition`]; messages name the last of the elements.
pub fn join_condition_over(
    schema: &Schema,
    lefts: &[&From],
    right: &From,
    considered: &[ColumnId],
) -> Result<Expr, JoinError> {
    let mut pairs = Pairs::default();
    for left in lefts {
        pairs = related(schema, left, right);
        let chosen = |column: &ColumnRef| column.base.is_some_and(|base| considered.contains(&base));
        if !considered.is_empty() {
            pairs.values_mut().for_each(|pairs| pairs.retain(|(_, holder)| chosen(holder)));
            pairs.retain(|_, pairs| !pairs.is_empty());
        }
        if !pairs.is_empty() {
            break;
        }
    }
    let name = |from: Option<&&From>| from.map(|from| describe(schema, from)).unwrap_or_default();
    if pairs.len() > 1 {
        // Two constraints over the same columns are one condition.
        let identity = |pairs: &Vec<(ColumnRef, ColumnRef)>| {
            pairs.iter().map(|(a, b)| (a.identity(), b.identity())).collect::<Vec<_>>()
        };
        let first = pairs.first().map(|(_, pairs)| identity(pairs));
        if pairs.values().any(|other| Some(identity(other)) != first) {
            return Err(JoinError::AmbiguousForeignKeys(name(lefts.last()), describe(schema, right)));
        }
    }
    match pairs.into_iter().next() {
        None => {
            let hint = match right {
                From::Join(_) => " Perhaps you meant to convert the right side to a subquery using alias()?",
                _ => "",
            };
            Err(JoinError::NoForeignKeys(name(lefts.last()), describe(schema, right), hint.into()))
        }
        Some((_, pairs)) => {
            let conditions =
                pairs.into_iter().map(|(a, b)| Expr::from(a).binary(Operator::Eq, Expr::from(b)));
            Ok(Expr::all_of(Operator::And, conditions))
        }
    }
}

/// Whether foreign keys relate the two.
pub(super) fn can_join(schema: &Schema, left: &From, right: &From) -> bool {
    !related(schema, left, right).is_empty()
}

fn related(schema: &Schema, left: &From, right: &From) -> Pairs {
    let mut pairs = Pairs::default();
    add_related(schema, right, left, &mut pairs);
    if !left.is(right) {
        add_related(schema, left, right, &mut pairs);
    }
    pairs
}

/// The keys of `holder` that lead to `target`.
fn add_related(schema: &Schema, holder: &From, target: &From, pairs: &mut Pairs) {
    let theirs = target.columns(schema);
    for column in holder.columns(schema) {
        let Some(base) = column.base else { continue };
        for (constraint, referred) in column_keys(schema, base) {
            if let Some(referent) = theirs.iter().find(|other| other.base == Some(referred)) {
                pairs.entry(constraint).or_default().push((referent.clone(), column.clone()));
            }
        }
    }
}

/// The foreign keys of a column: the constraint, and the column that it refers to.
fn column_keys(schema: &Schema, id: ColumnId) -> Vec<(ConstraintKey, ColumnId)> {
    schema
        .column_foreign_keys(id)
        .into_iter()
        .map(|(constraint, target)| ((id.table, constraint), target))
        .collect()
}

/// A FROM element as errors name it.
pub(super) fn describe(schema: &Schema, from: &From) -> String {
    match from {
        From::Table(id) => schema.table(*id).key(),
        From::Plain(table) => table.name.to_string(),
        From::Alias(alias) => match (&alias.name, &alias.of) {
            (Some(name), _) => name.to_string(),
            (None, AliasOf::From(_) | AliasOf::Statement(_)) => "anon_1".into(),
        },
        From::Join(join) => {
            // SQLAlchemy names the sides by their addresses, too.
            let address = |from: &From| std::ptr::from_ref(from) as usize;
            format!(
                "Join object on {}({}) and {}({})",
                describe(schema, &join.left),
                address(&join.left),
                describe(schema, &join.right),
                address(&join.right)
            )
        }
        From::Values(values) => {
            values.name.as_ref().map_or_else(|| "anon_1".into(), |name| name.base().to_string())
        }
        From::Function(_) => "Function object".into(),
        From::Text(_) => "TextClause object".into(),
    }
}
