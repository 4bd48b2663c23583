//! `INSERT`, `UPDATE`, `DELETE` as text.

use std::rc::Rc;

use super::{CompileError, Compiler, Dialect, Parameter, ResultColumn, Source};
use crate::schema::{Column, ColumnDefault};
use crate::sql::Expr;
use crate::sql::{Assignment, Delete, Insert, InsertValues, OnConflict, Update};
use crate::types::{ColumnId, TableId};

impl Compiler<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> Result<(), CompileError> {
        self.bare = Some(insert.table);
        self.out.push_str("INSERT INTO ");
        self.table_name(insert.table);
        let returning = self.implicit_returning(insert);
        match &insert.values {
            InsertValues::Parameters => self.insert_row(insert.table, &[])?,
            InsertValues::Row(row) => self.insert_row(insert.table, row)?,
            InsertValues::Rows(rows) => self.insert_rows(insert.table, rows)?,
            InsertValues::Select(columns, select) => {
                let names: Vec<String> =
                    columns.iter().map(|at| self.column_name(insert.table, *at)).collect();
                self.out.push_str(&format!(" ({}) ", names.join(", ")));
                self.bare = None;
                self.select(select, super::select::Place::Inside)?;
            }
        }
        if let Some(conflict) = &insert.on_conflict {
            self.on_conflict(insert.table, conflict)?;
        }
        self.returning(&returning)
    }

    /// What is returned: PostgreSQL tells a key that it makes up without being asked.
    fn implicit_returning(&self, insert: &Insert) -> Vec<Expr> {
        let key = self.schema.table(insert.table).autoincrement_column();
        let (Some(index), Dialect::Postgresql, true, false) =
            (key, self.dialect, insert.returning.is_empty(), self.given.many)
        else {
            return insert.returning.clone();
        };
        let id = ColumnId { table: insert.table, index };
        let given = self.given.keys.iter().any(|key| **key == *self.schema.column(id).key);
        let assigned = match &insert.values {
            InsertValues::Parameters => false,
            InsertValues::Row(row) => row.iter().any(|one| one.column == index),
            _ => true,
        };
        if given || assigned { Vec::new() } else { vec![Expr::column(self.schema, id)] }
    }

    fn on_conflict(&mut self, table: TableId, conflict: &OnConflict) -> Result<(), CompileError> {
        self.out.push_str(" ON CONFLICT");
        if !conflict.target.is_empty() {
            let names: Vec<String> =
                conflict.target.iter().map(|name| super::quote(name, self.dialect)).collect();
            self.out.push_str(&format!(" ({})", names.join(", ")));
        }
        if conflict.set.is_empty() {
            self.out.push_str(" DO NOTHING");
            return Ok(());
        }
        self.out.push_str(" DO UPDATE SET ");
        self.list(&conflict.set, ", ", |this, one| {
            let id = ColumnId { table, index: one.column };
            this.ident(&this.schema.column(id).name.clone());
            this.out.push_str(" = ");
            this.bare = None;
            let value = match &one.value {
                value @ Expr::Binary { .. } => Expr::Grouping(Rc::new(value.clone())),
                value => value.clone(),
            };
            this.expr(&value)?;
            this.bare = Some(table);
            Ok(())
        })?;
        if !conflict.where_.is_empty() {
            self.out.push_str(" WHERE ");
            self.bare = None;
            self.conjunction(&conflict.where_)?;
            self.bare = Some(table);
        }
        Ok(())
    }

    /// `(a, b) VALUES (?, ?)`: the columns given, and those that have a default.
    fn insert_row(&mut self, table: TableId, row: &[Assignment]) -> Result<(), CompileError> {
        let given = std::mem::take(&mut self.given);
        let columns = &self.schema.table(table).columns;
        let mut chosen: Vec<(u32, Option<Expr>, bool)> = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let at = at as u32;
            let assigned = row.iter().rev().find(|one| one.column == at).map(|one| one.value.clone());
            let parameter = given.keys.iter().any(|key| **key == *column.key);
            if assigned.is_some() || parameter {
                chosen.push((at, assigned.filter(|_| !parameter), true));
            } else if self.has_default(column) {
                chosen.push((at, None, false));
            }
        }
        if chosen.is_empty() {
            self.out.push_str(match self.dialect {
                Dialect::Mysql => " () VALUES ()",
                _ => " DEFAULT VALUES",
            });
            return Ok(());
        }
        let names: Vec<String> = chosen.iter().map(|(at, ..)| self.column_name(table, *at)).collect();
        self.out.push_str(&format!(" ({}) VALUES ", names.join(", ")));
        let start = self.out.len();
        self.out.push('(');
        self.list(&chosen, ", ", |this, (at, value, is_given)| {
            let id = ColumnId { table, index: *at };
            match value {
                Some(Expr::Bind(bind)) if !bind.named => this.value_bind(id, bind),
                Some(value) => this.expr(value)?,
                None => {
                    let source = if *is_given { Source::Given } else { Source::Default(id) };
                    this.column_value(id, source)?;
                }
            }
            Ok(())
        })?;
        self.out.push(')');
        self.values_at = Some(start..self.out.len());
        Ok(())
    }

    /// `(a) VALUES (?), (?)`
    fn insert_rows(&mut self, table: TableId, rows: &[Vec<Assignment>]) -> Result<(), CompileError> {
        let Some(first) = rows.first() else { return self.insert_row(table, &[]) };
        let columns = &self.schema.table(table).columns;
        let chosen: Vec<u32> = (0..columns.len() as u32)
            .filter(|at| {
                first.iter().any(|one| one.column == *at) || self.has_default(&columns[*at as usize])
            })
            .collect();
        let names: Vec<String> = chosen.iter().map(|at| self.column_name(table, *at)).collect();
        self.out.push_str(&format!(" ({}) VALUES ", names.join(", ")));
        let rows: Vec<(usize, &Vec<Assignment>)> = rows.iter().enumerate().collect();
        self.list(&rows, ", ", |this, (number, row)| {
            this.out.push('(');
            this.list(&chosen, ", ", |this, at| {
                let id = ColumnId { table, index: *at };
                let key = &this.schema.column(id).key;
                match row.iter().find(|one| one.column == *at).map(|one| &one.value) {
                    Some(Expr::Bind(bind)) if !bind.named => {
                        let name = format!("{key}_m{number}");
                        let place = this.binds.iter().position(|other| other.id == bind.id);
                        this.parameter(Parameter {
                            name: name.into(),
                            sql_type: bind.sql_type.clone(),
                            source: place.map_or(Source::Given, Source::Bind),
                            expanding_at: None,
                        });
                    }
                    Some(value) => this.expr(value)?,
                    None if this.schema.column(id).default.is_some() => {
                        this.column_value(id, Source::Default(id))?;
                    }
                    None => {
                        return Err(CompileError::Compile(format!(
                            "INSERT value for column {}.{} is explicitly rendered as a boundparameter in the VALUES clause; a Python-side value or SQL expression is required",
                            this.schema.table(table).name,
                            this.schema.column(id).name
                        )));
                    }
                }
                Ok(())
            })?;
            this.out.push(')');
            Ok(())
        })
    }

    pub(super) fn update(&mut self, update: &Update) -> Result<(), CompileError> {
        self.bare = Some(update.table);
        self.out.push_str("UPDATE ");
        self.table_name(update.table);
        self.out.push_str(" SET ");
        let given = std::mem::take(&mut self.given);
        let columns = &self.schema.table(update.table).columns;
        let mut chosen: Vec<(u32, Option<Expr>, Source)> = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let id = ColumnId { table: update.table, index: at as u32 };
            let assigned = update.values.iter().rev().find(|one| one.column == id.index);
            if given.keys.iter().any(|key| **key == *column.key) {
                chosen.push((id.index, None, Source::Given));
            } else if let Some(assigned) = assigned {
                chosen.push((id.index, Some(assigned.value.clone()), Source::Given));
            } else if column.onupdate.is_some() {
                chosen.push((id.index, None, Source::OnUpdate(id)));
            }
        }
        self.list(&chosen, ", ", |this, (at, value, source)| {
            let id = ColumnId { table: update.table, index: *at };
            this.ident(&this.schema.column(id).name.clone());
            this.out.push('=');
            match value {
                Some(Expr::Bind(bind)) if !bind.named => this.value_bind(id, bind),
                Some(value) => {
                    this.bare = None;
                    let value = if let Expr::Binary { .. } = value {
                        Expr::Grouping(Rc::new(value.clone()))
                    } else {
                        value.clone()
                    };
                    this.expr(&value)?;
                    this.bare = Some(update.table);
                }
                None => this.column_value(id, source.clone())?,
            }
            Ok(())
        })?;
        self.where_clause(&update.where_, update.table)?;
        self.bare = Some(update.table);
        self.returning(&update.returning)
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<(), CompileError> {
        self.out.push_str("DELETE FROM ");
        self.table_name(delete.table);
        self.where_clause(&delete.where_, delete.table)?;
        self.bare = Some(delete.table);
        self.returning(&delete.returning)
    }

    fn where_clause(&mut self, conditions: &[Expr], table: TableId) -> Result<(), CompileError> {
        self.bare = None;
        if !conditions.is_empty() {
            self.out.push_str(" WHERE ");
            self.enclosing.push(vec![crate::sql::From::Table(table)]);
            self.conjunction(conditions)?;
            self.enclosing.pop();
        }
        Ok(())
    }

    fn returning(&mut self, columns: &[Expr]) -> Result<(), CompileError> {
        if columns.is_empty() {
            return Ok(());
        }
        self.out.push_str(" RETURNING ");
        if self.dialect != Dialect::Sqlite {
            self.bare = None;
        }
        let names = super::result_names(self.schema, columns, crate::sql::LabelStyle::Disambiguate);
        for (at, (expr, name)) in columns.iter().zip(names).enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            self.expr(expr)?;
            let base = if let Expr::Column(column) = expr { column.base } else { None };
            self.columns.push(ResultColumn { key: name.key, sql_type: expr.sql_type(), base });
        }
        Ok(())
    }

    /// A bound value of VALUES or SET has its column's name and type.
    fn value_bind(&mut self, id: ColumnId, bind: &Rc<crate::sql::Bind>) {
        let column = self.schema.column(id);
        let place = self.binds.iter().position(|other| other.id == bind.id);
        self.parameter(Parameter {
            name: column.key.as_str().into(),
            sql_type: column.sql_type.clone(),
            source: place.map_or(Source::Given, Source::Bind),
            expanding_at: None,
        });
    }

    /// Whether an INSERT names a column that it has no value for.
    fn has_default(&self, column: &Column) -> bool {
        match &column.default {
            Some(ColumnDefault::Sequence(_)) => !matches!(self.dialect, Dialect::Sqlite | Dialect::Mysql),
            default => default.is_some(),
        }
    }

    /// A column's parameter, or the expression that is its default.
    fn column_value(&mut self, id: ColumnId, source: Source) -> Result<(), CompileError> {
        let column = self.schema.column(id);
        let default = match source {
            Source::Default(_) => &column.default,
            Source::OnUpdate(_) => &column.onupdate,
            _ => &None,
        };
        match default {
            Some(ColumnDefault::Expr(expr)) => self.expr(expr),
            Some(ColumnDefault::Sequence(sequence)) => {
                let name = self.sequence_name(sequence);
                self.out.push_str(&match self.dialect {
                    Dialect::Postgresql => format!("nextval('{name}')"),
                    Dialect::Oracle => format!("{name}.nextval"),
                    Dialect::Mssql => format!("NEXT VALUE FOR {name}"),
                    _ => format!("<next sequence value: {name}>"),
                });
                Ok(())
            }
            _ => {
                self.column_parameter(id, source);
                Ok(())
            }
        }
    }

    fn column_parameter(&mut self, id: ColumnId, source: Source) {
        let Column { key, sql_type, .. } = self.schema.column(id);
        let parameter =
            Parameter { name: key.as_str().into(), sql_type: sql_type.clone(), source, expanding_at: None };
        self.parameter(parameter);
    }

    pub(super) fn table_name(&mut self, table: TableId) {
        if let Some(name) = self.name_of_from(&crate::sql::From::Table(table)) {
            self.out.push_str(&name);
        }
    }

    fn column_name(&self, table: TableId, index: u32) -> String {
        super::quote(&self.schema.column(ColumnId { table, index }).name, self.dialect)
    }
}
