//! The columns that tables, aliases and selects have.
//!
//! SQLAlchemy counterpart: `FromClause.c`, `Select.selected_columns`.

use std::rc::Rc;

use super::names::{ColumnName, column_names};
use super::{
    AliasKind, AliasOf, Assignment, AssignmentTarget, ColumnRef, Expr, From, Kind, LabelStyle, Name, Select,
    SelectItem, Statement,
};
use crate::schema::Schema;
use crate::types::{ColumnId, TableId};

impl Expr {
    /// A table's column.
    ///
    /// ```
    /// use ormscope::schema::{Column, Schema, Table};
    /// use ormscope::sql::compiler::{Dialect, compile_to_text};
    /// use ormscope::sql::{Expr, Operator};
    /// use ormscope::types::{ColumnId, SqlType, Value};
    ///
    /// let mut schema = Schema::default();
    /// let metadata = schema.add_metadata(Default::default());
    /// let users = schema.add_table(metadata, Table::new("users").column(Column::new("name", SqlType::Text)))?;
    /// let name = Expr::column(&schema, ColumnId { table: users, index: 0 });
    /// let is_ed = name.compare(Operator::Eq, Value::text("ed"));
    /// assert_eq!(compile_to_text(&schema, &is_ed, Dialect::Default), "users.name = :name_1");
    /// # Ok::<(), ormscope::schema::SchemaError>(())
    /// ```
    pub fn column(schema: &Schema, id: ColumnId) -> Expr {
        Expr::from(table_column(schema, id, From::Table(id.table)))
    }
}

fn table_column(schema: &Schema, id: ColumnId, from: From) -> ColumnRef {
    let column = schema.column(id);
    ColumnRef {
        from: Some(from),
        name: Name::Fixed(column.name.as_str().into()),
        key: column.key.as_str().into(),
        sql_type: column.sql_type.clone(),
        base: Some(id),
    }
}

impl From {
    /// Its columns, by the names they have there.
    pub fn columns(&self, schema: &Schema) -> Vec<ColumnRef> {
        match self {
            From::Table(id) => table_columns(schema, *id, self),
            From::Plain(table) => {
                let columns = table.columns.iter().map(|(name, key, sql_type)| ColumnRef {
                    from: Some(self.clone()),
                    name: Name::Fixed(Rc::clone(name)),
                    key: Rc::clone(key),
                    sql_type: sql_type.clone(),
                    base: None,
                });
                columns.collect()
            }
            From::Alias(alias) => match (&alias.of, &alias.kind) {
                (_, AliasKind::TableValued(valued)) => {
                    let columns = valued.columns.iter().map(|(name, sql_type)| ColumnRef {
                        from: Some(self.clone()),
                        name: Name::Fixed(Rc::clone(name)),
                        key: Rc::clone(name),
                        sql_type: sql_type.clone(),
                        base: None,
                    });
                    columns.collect()
                }
                (AliasOf::From(inner), _) => proxies(inner.columns(schema), self),
                (AliasOf::Statement(statement), _) => statement_columns(schema, statement, self),
            },
            From::Join(join) => {
                let mut columns = join.left.columns(schema);
                columns.extend(join.right.columns(schema));
                columns
            }
            From::Values(values) => {
                let columns = values
                    .columns
                    .iter()
                    .map(|column| ColumnRef { from: Some(self.clone()), ..column.clone() });
                columns.collect()
            }
            From::Function(_) | From::Text(_) => Vec::new(),
        }
    }

    /// The key of one of its columns; a join's are known by `table_column`.
    pub fn column_key(&self, schema: &Schema, column: &ColumnRef) -> Rc<str> {
        let own = || Rc::clone(&column.key);
        match self {
            From::Join(_) => super::names::qualified(schema, column)
                .and_then(|name| name.fixed().cloned())
                .unwrap_or_else(own),
            _ => own(),
        }
    }

    /// Its column of that key; a join's are known by `table_column`.
    pub fn column(&self, schema: &Schema, key: &str) -> Option<ColumnRef> {
        let columns = self.columns(schema);
        match self {
            From::Join(_) => columns.into_iter().find(|column| {
                super::names::qualified(schema, column)
                    .is_some_and(|name| name.fixed().is_some_and(|name| **name == *key))
            }),
            _ => columns.into_iter().find(|column| &*column.key == key),
        }
    }
}

/// The same columns as those of an alias.
fn proxies(columns: Vec<ColumnRef>, from: &From) -> Vec<ColumnRef> {
    columns.into_iter().map(|column| ColumnRef { from: Some(from.clone()), ..column }).collect()
}

fn table_columns(schema: &Schema, id: TableId, from: &From) -> Vec<ColumnRef> {
    let indexes = 0..schema.table(id).columns.len() as u32;
    indexes.map(|index| table_column(schema, ColumnId { table: id, index }, from.clone())).collect()
}

/// The columns of a statement that stands in FROM.
fn statement_columns(schema: &Schema, statement: &Statement, from: &From) -> Vec<ColumnRef> {
    let (exprs, style) = match statement {
        Statement::Select(select) => (select.expressions(schema), select.names_style()),
        Statement::Insert(insert) => (items_expressions(schema, &insert.returning), LabelStyle::Disambiguate),
        Statement::Update(update) => (items_expressions(schema, &update.returning), LabelStyle::Disambiguate),
        Statement::Delete(delete) => (items_expressions(schema, &delete.returning), LabelStyle::Disambiguate),
        Statement::TextualSelect(select) => return proxies(select.columns.clone(), from),
        Statement::Values(values) => return proxies(values.columns(schema), from),
        Statement::Ddl(_) | Statement::Text(_) | Statement::Expr(_) => return Vec::new(),
    };
    let names = column_names(schema, &exprs, style, false);
    names.into_iter().zip(exprs).filter_map(|(name, expr)| proxy(name, &expr, from)).collect()
}

/// The column that an expression of a select is for those who select from it.
fn proxy(named: ColumnName, expr: &Expr, from: &From) -> Option<ColumnRef> {
    let key = named.key?;
    let name = match (&named.required, expr.kind()) {
        (Some(name), _) => name.clone(),
        (None, Kind::Column(column)) => column.name.clone(),
        (None, Kind::Label { name, .. }) => name.clone(),
        (None, Kind::Literal { text, .. }) => Name::Fixed(Rc::clone(text)),
        (None, _) => named.fallback.clone()?,
    };
    let base = match expr.kind() {
        Kind::Column(column) => column.base,
        Kind::Label { element, .. } => match element.kind() {
            Kind::Column(column) => column.base,
            _ => None,
        },
        _ => None,
    };
    Some(ColumnRef { from: Some(from.clone()), name, key, sql_type: expr.sql_type(), base })
}

/// The expressions of a list of columns, tables spread into their columns.
pub(crate) fn items_expressions(schema: &Schema, items: &[SelectItem]) -> Vec<Expr> {
    let mut out = Vec::new();
    for item in items {
        match item {
            SelectItem::Expr(expr) => match expr.kind() {
                Kind::List { op: super::Operator::Comma, items, .. } => out.extend(items.iter().cloned()),
                _ => out.push(expr.clone()),
            },
            SelectItem::From(from) => out.extend(from.columns(schema).into_iter().map(Expr::from)),
            SelectItem::Entity(_) => {}
        }
    }
    out
}

impl Select {
    /// Its expressions, tables spread into their columns.
    pub fn expressions(&self, schema: &Schema) -> Vec<Expr> {
        match &self.compound {
            Some(compound) => compound.selects.first().map(|select| select.expressions(schema)),
            None => Some(items_expressions(schema, &self.items)),
        }
        .unwrap_or_default()
    }

    /// How its columns are named: a set operation's are named by its first select.
    pub(crate) fn names_style(&self) -> LabelStyle {
        match &self.compound {
            Some(compound) => compound.selects.first().map(Select::names_style).unwrap_or_default(),
            None => self.label_style,
        }
    }

    /// Its columns under the names they have in the result.
    pub fn result_columns(&self, schema: &Schema) -> Vec<(Rc<str>, Expr)> {
        let exprs = self.expressions(schema);
        let names = column_names(schema, &exprs, self.names_style(), false);
        names.into_iter().zip(exprs).map(|(name, expr)| (name.key.unwrap_or_default(), expr)).collect()
    }
}

impl Assignment {
    /// The column of a table that it is for, where it is one of that table's.
    pub fn column_of(&self, schema: &Schema, table: TableId) -> Option<u32> {
        match &self.target {
            AssignmentTarget::Key(key) => schema.table(table).column_index(key),
            AssignmentTarget::Expr(expr) => match expr.kind() {
                Kind::Column(column) => column.base.filter(|base| base.table == table).map(|base| base.index),
                _ => None,
            },
        }
    }
}
