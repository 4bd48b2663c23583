//! The constraints and indexes that columns bring: UNIQUE, FOREIGN KEY, the
//! CHECK of a type, an index.

use super::constraint::{Constraint, ConstraintKind, ForeignKey, Index, TypeCheck};
use super::naming::NamingConvention;
use super::{SchemaError, Table};
use crate::expression::{ColumnRef, Expr, From, Name, Operator};
use crate::types::{ColumnId, SqlType, TableId, TypeArgument, Value};

/// Adds what columns (by their places) bring, and names everything.
pub(super) fn complete(
    table: &mut Table,
    id: TableId,
    naming: &NamingConvention,
    columns: &[usize],
) -> Result<(), SchemaError> {
    let given = table.constraints.len();
    let mut constraints = Vec::new();
    let mut indexes = Vec::new();
    for &at in columns {
        let column = &table.columns[at];
        let key = vec![column.key.clone()];
        if column.index {
            indexes.push(Index { unique: column.unique, ..Index::new(None, key.clone()) });
        } else if column.unique {
            constraints.push(Constraint::new(ConstraintKind::Unique { columns: key.clone() }));
        }
        let own = ColumnRef {
            from: Some(From::Table(id)),
            name: Name::Fixed(column.name.as_str().into()),
            key: column.key.as_str().into(),
            sql_type: SqlType::Null,
            base: Some(ColumnId { table: id, index: at as u32 }),
            again: 0,
            notes: None,
            quote: None,
        };
        constraints.extend(type_check(&column.sql_type, own));
        for foreign_key in &column.foreign_keys {
            constraints.push(Constraint {
                name: foreign_key.name.clone(),
                checking: foreign_key.checking.clone(),
                ..Constraint::new(ConstraintKind::ForeignKey {
                    columns: key.clone(),
                    targets: vec![ForeignKey { ..foreign_key.clone() }],
                    rules: foreign_key.rules.clone(),
                })
            });
        }
    }
    verify(table)?;
    let mut all = std::mem::take(&mut table.constraints);
    for constraint in all.iter_mut().take(given).chain(&mut constraints) {
        naming.name_constraint(table, constraint)?;
    }
    all.append(&mut constraints);
    table.constraints = all;
    // A column's own CHECK is named with the table's name too.
    for &at in columns {
        let mut checks = std::mem::take(&mut table.columns[at].checks);
        for check in &mut checks {
            let mut constraint =
                Constraint::new(ConstraintKind::Check { condition: check.condition.clone() })
                    .named(check.name.clone());
            naming.name_constraint(table, &mut constraint)?;
            check.name = constraint.name;
        }
        table.columns[at].checks = checks;
    }
    let mut all = std::mem::take(&mut table.indexes);
    all.append(&mut indexes);
    for index in &mut all {
        naming.name_index(table, index)?;
    }
    table.indexes = all;
    Ok(())
}

/// Takes away what a column brought, before another takes its place.
pub(super) fn forget(table: &mut Table, at: usize) {
    let key = vec![table.columns[at].key.clone()];
    let (unique, refers) = (table.columns[at].unique, !table.columns[at].foreign_keys.is_empty());
    table.constraints.retain(|constraint| match &constraint.kind {
        ConstraintKind::Unique { columns } => !(unique && *columns == key),
        ConstraintKind::ForeignKey { columns, .. } => !(refers && *columns == key),
        _ => true,
    });
    table.indexes.retain(|index| !(index.conventional && index.columns() == [key[0].as_str()]));
}

/// Every column that a constraint or an index names must be there.
fn verify(table: &Table) -> Result<(), SchemaError> {
    for constraint in &table.constraints {
        let named = constraint.columns().iter();
        let excluded = match &constraint.kind {
            ConstraintKind::Exclude { elements, .. } => &elements[..],
            _ => &[],
        };
        let excluded = excluded.iter().filter_map(|(element, _)| match element {
            super::IndexElement::Column(column) => Some(column),
            super::IndexElement::Expr(_) => None,
        });
        for column in named.chain(excluded) {
            if table.named_column(column).is_none() {
                return Err(SchemaError::NoColumn {
                    class: constraint.class_name(),
                    table: table.name.clone(),
                    column: column.clone(),
                });
            }
        }
    }
    for index in &table.indexes {
        for element in &index.elements {
            if let super::IndexElement::Column(column) = element
                && table.named_column(column).is_none()
            {
                return Err(SchemaError::NoColumn {
                    class: "Index",
                    table: table.name.clone(),
                    column: column.clone(),
                });
            }
        }
    }
    Ok(())
}

/// The CHECK constraint of an `Enum` or a `Boolean` that asks for one.
fn type_check(sql_type: &SqlType, column: ColumnRef) -> Option<Constraint> {
    let (name, values, of_type) = match sql_type {
        SqlType::Variant(variant) => return type_check(&variant.base, column),
        SqlType::Decorated(decorated) => return type_check(&decorated.implementation, column),
        SqlType::Enum(made) if made.create_constraint => {
            let values = made.names.iter().map(|name| Value::text(name)).collect();
            let kind = if made.native { TypeCheck::NativeEnum } else { TypeCheck::Enum };
            (made.name.clone(), values, kind)
        }
        SqlType::Specific(specific) if specific.flag("create_constraint") => {
            let name = match specific.get("name") {
                Some(TypeArgument::Text(name)) => Some(name.to_string()),
                _ => None,
            };
            (name, vec![Value::Int(0), Value::Int(1)], TypeCheck::Boolean)
        }
        _ => return None,
    };
    let values = Expr::expanding(column.name.base(), values, SqlType::Null);
    let condition = Expr::from(column).binary(Operator::In, values);
    Some(Constraint {
        of_type: Some(of_type),
        ..Constraint::new(ConstraintKind::Check { condition }).named(name)
    })
}
