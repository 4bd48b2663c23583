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
        again: 0,
        notes: None,
        quote: None,
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
                    again: 0,
                    notes: None,
                    quote: None,
                });
                columns.collect()
            }
            From::Alias(alias) => match (&alias.of, &alias.kind) {
                (AliasOf::From(From::Function(function)), AliasKind::TableValued(valued))
                    if valued.columns.is_empty() =>
                {
                    // Its single column is the function's value.
                    let name = super::names::anonymous(function);
                    let key = name.pattern(0);
                    let sql_type = valued.sql_type.clone();
                    vec![ColumnRef {
                        from: Some(self.clone()),
                        name,
                        key,
                        sql_type,
                        base: None,
                        again: 0,
                        quote: None,
                        notes: None,
                    }]
                }
                (_, AliasKind::TableValued(valued)) => {
                    let columns = valued.columns.iter().map(|(name, sql_type)| ColumnRef {
                        from: Some(self.clone()),
                        name: Name::Fixed(Rc::clone(name)),
                        key: Rc::clone(name),
                        sql_type: sql_type.clone(),
                        base: None,
                        again: 0,
                        notes: None,
                        quote: None,
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
            From::Join(_) => {
                let mut named = column.clone();
                if **column.name.base() != *column.key {
                    named.name = Name::Fixed(own());
                }
                super::names::qualified(schema, &named).map_or_else(own, |name| name.pattern(0))
            }
            _ => own(),
        }
    }

    /// Its column of that key; a join's are known by `table_column`.
    pub fn column(&self, schema: &Schema, key: &str) -> Option<ColumnRef> {
        let columns = self.columns(schema);
        match self {
            From::Join(_) => columns.into_iter().find(|column| *self.column_key(schema, column) == *key),
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
        Statement::Ddl(_) | Statement::Text(_) | Statement::Expr(_) | Statement::Program(_) => {
            return Vec::new();
        }
    };
    let names = column_names(schema, &exprs, style, false);
    let named = names.into_iter().zip(exprs).enumerate();
    let mut columns: Vec<ColumnRef> = Vec::with_capacity(named.len());
    for (at, (name, expr)) in named {
        let Some(mut column) = proxy(at, name, &expr, from) else { continue };
        column.again = columns.iter().filter(|other| other.key == column.key).count() as u32;
        columns.push(column);
    }
    columns
}

/// The label of a select that would lose its name among the columns of a
/// subquery of it, because another column has the name already.
pub fn renamed_label(schema: &Schema, select: &Select) -> Option<Rc<str>> {
    let exprs = select.expressions(schema);
    let names = column_names(schema, &exprs, select.names_style(), false);
    names.into_iter().zip(&exprs).find_map(|(named, expr)| match (named.required, expr.kind()) {
        (Some(Name::Anonymous(..) | Name::Numbered(..)), Kind::Label { name: Name::Fixed(name), .. }) => {
            Some(Rc::clone(name))
        }
        _ => None,
    })
}

/// The column that an expression of a select is for those who select from it.
fn proxy(at: usize, named: ColumnName, expr: &Expr, from: &From) -> Option<ColumnRef> {
    let key = named.key?;
    let key = match (expr.kind(), &named.required) {
        (Kind::Column(column), _) if column.base.is_some() => key,
        (Kind::Label { name, .. }, _) => name.pattern(at),
        (_, Some(required)) => required.pattern(at),
        (Kind::Column(column), None) => Rc::clone(&column.key),
        (Kind::Literal { text, .. }, None) => Rc::clone(text),
        _ => key,
    };
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
    let quote = match expr.kind() {
        Kind::Column(column) => column.quote,
        _ => None,
    };
    Some(ColumnRef {
        from: Some(from.clone()),
        name,
        key,
        sql_type: expr.sql_type(),
        base,
        again: 0,
        quote,
        notes: None,
    })
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

/// An expression and those that it stands for: a column of an alias or a
/// subquery is also each column that it comes from. Counterpart: `proxy_set`.
pub fn lineage(schema: &Schema, expr: &Expr) -> Vec<Expr> {
    let mut found = vec![expr.clone()];
    match expr.kind() {
        Kind::Label { element, .. } => found.extend(lineage(schema, element)),
        Kind::Column(column) => {
            for origin in origins(schema, column) {
                found.extend(lineage(schema, &origin));
            }
        }
        _ => {}
    }
    found
}

/// What a column of an alias or a subquery is there.
fn origins(schema: &Schema, column: &ColumnRef) -> Vec<Expr> {
    let Some(From::Alias(alias)) = &column.from else { return Vec::new() };
    let place = || {
        let own = From::Alias(Rc::clone(alias));
        own.columns(schema).iter().position(|other| (&other.key, other.again) == (&column.key, column.again))
    };
    match &alias.of {
        AliasOf::From(inner) => place()
            .and_then(|at| inner.columns(schema).into_iter().nth(at))
            .map(Expr::from)
            .into_iter()
            .collect(),
        AliasOf::Statement(statement) => {
            let parts: Vec<Vec<Expr>> = match &**statement {
                Statement::Select(select) => match &select.compound {
                    Some(compound) => compound.selects.iter().map(|part| part.expressions(schema)).collect(),
                    None => vec![select.expressions(schema)],
                },
                Statement::Insert(insert) => vec![items_expressions(schema, &insert.returning)],
                Statement::Update(update) => vec![items_expressions(schema, &update.returning)],
                Statement::Delete(delete) => vec![items_expressions(schema, &delete.returning)],
                Statement::TextualSelect(select) => {
                    vec![select.columns.iter().cloned().map(Expr::from).collect()]
                }
                Statement::Values(values) => {
                    vec![values.columns(schema).into_iter().map(Expr::from).collect()]
                }
                Statement::Ddl(_) | Statement::Text(_) | Statement::Expr(_) | Statement::Program(_) => {
                    return Vec::new();
                }
            };
            let Some(at) = place() else { return Vec::new() };
            // Text among the columns has no column of its own.
            let named = |part: Vec<Expr>| {
                part.into_iter().filter(|expr| !matches!(expr.kind(), Kind::Text(_))).nth(at)
            };
            parts.into_iter().filter_map(named).collect()
        }
    }
}

/// Which of some columns corresponds to an expression: it, or the one that has
/// most ancestors in common with it. Counterpart: `corresponding_column`.
pub fn corresponding(schema: &Schema, columns: &[Expr], wanted: &Expr) -> Option<usize> {
    if let Some(at) = columns.iter().position(|column| column.is(wanted)) {
        return Some(at);
    }
    let target = lineage(schema, wanted);
    let mut best: Option<(usize, usize, usize)> = None;
    for (at, column) in columns.iter().enumerate() {
        let own = lineage(schema, column);
        let common = own.iter().filter(|one| target.iter().any(|other| other.is(one))).count();
        let nearest = own.iter().position(|one| target.iter().any(|other| other.is(one)));
        let Some(nearest) = nearest else { continue };
        if best.is_none_or(|(_, most, least)| common > most || (common == most && nearest < least)) {
            best = Some((at, common, nearest));
        }
    }
    best.map(|(at, ..)| at)
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
