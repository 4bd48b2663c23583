//! The columns that tables, aliases and selects have.

use std::rc::Rc;

use super::{AliasOf, ColumnRef, Expr, From, Select, SelectItem};
use crate::schema::Schema;
use crate::types::{ColumnId, TableId};

impl Expr {
    /// A table's column.
    ///
    /// ```
    /// use ormscope::schema::{Column, Schema, Table};
    /// use ormscope::sql::compiler::{Dialect, compile_to_text};
    /// use ormscope::sql::{BinaryOp, Expr};
    /// use ormscope::types::{ColumnId, SqlType, Value};
    ///
    /// let mut schema = Schema::default();
    /// let metadata = schema.add_metadata(Default::default());
    /// let users = schema.add_table(metadata, Table::new("users").column(Column::new("name", SqlType::Text)))?;
    /// let name = Expr::column(&schema, ColumnId { table: users, index: 0 });
    /// let is_ed = name.compare(BinaryOp::Eq, Value::text("ed"));
    /// assert_eq!(compile_to_text(&schema, &is_ed, Dialect::Default), "users.name = :name_1");
    /// # Ok::<(), ormscope::schema::SchemaError>(())
    /// ```
    pub fn column(schema: &Schema, id: ColumnId) -> Expr {
        let column = schema.column(id);
        Expr::Column(ColumnRef {
            from: From::Table(id.table),
            name: column.name.as_str().into(),
            sql_type: column.sql_type.clone(),
            base: Some(id),
        })
    }
}

impl From {
    /// Its columns, by the names they have there.
    pub fn columns(&self, schema: &Schema) -> Vec<ColumnRef> {
        match self {
            From::Table(id) => table_columns(schema, *id, self),
            From::Alias(alias) => match &alias.of {
                AliasOf::Table(id) => table_columns(schema, *id, self),
                AliasOf::Select(select) => select
                    .result_columns(schema)
                    .into_iter()
                    .map(|(name, expr)| ColumnRef {
                        from: self.clone(),
                        name,
                        sql_type: expr.sql_type(),
                        base: None,
                    })
                    .collect(),
            },
            From::Join(join) => {
                let mut columns = join.left.columns(schema);
                columns.extend(join.right.columns(schema));
                columns
            }
        }
    }
}

fn table_columns(schema: &Schema, id: TableId, from: &From) -> Vec<ColumnRef> {
    let columns = schema.table(id).columns.iter().enumerate();
    columns
        .map(|(index, column)| ColumnRef {
            from: from.clone(),
            name: column.name.as_str().into(),
            sql_type: column.sql_type.clone(),
            base: Some(ColumnId { table: id, index: index as u32 }),
        })
        .collect()
}

impl Select {
    /// Its expressions, tables spread into their columns.
    pub fn expressions(&self, schema: &Schema) -> Vec<Expr> {
        if let Some(compound) = &self.compound {
            return compound.selects.first().map(|select| select.expressions(schema)).unwrap_or_default();
        }
        let mut out = Vec::new();
        for item in &self.items {
            match item {
                SelectItem::Expr(expr) => out.push(expr.clone()),
                SelectItem::From(from) => out.extend(from.columns(schema).into_iter().map(Expr::Column)),
                SelectItem::Entity(_) => {}
            }
        }
        out
    }

    /// Its columns under the names they have in the result.
    pub fn result_columns(&self, schema: &Schema) -> Vec<(Rc<str>, Expr)> {
        let exprs = self.expressions(schema);
        let names = super::compiler::result_names(schema, &exprs, self.label_style);
        names.into_iter().zip(exprs).map(|(name, expr)| (name.key, expr)).collect()
    }
}
