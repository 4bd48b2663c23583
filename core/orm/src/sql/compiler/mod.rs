//! Statement → [`Compiled`]: text, parameters in order, result columns.
//!
//! One compiler serves every dialect; what differs stands in [`Dialect`] and in
//! `dialect.rs`. It needs the schema for names and knows no database.
//! SQLAlchemy counterpart: `sqlalchemy.sql.compiler`.

mod ddl;
mod dialect;
mod digest;
mod dml;
mod expr;
mod froms;
mod names;
mod quoting;
mod reserved;
mod select;
mod types;

use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::{Alias, AnonId, Bind, BindValue, Expr, From, Select, Statement};
use crate::schema::Schema;
use crate::types::{ColumnId, SqlType, TableId, Value};

pub use dialect::Dialect;
pub use froms::{JoinError, join_condition};
pub(crate) use names::result_names;
pub use quoting::{quote, quote_always};

/// A compiled statement: good for every statement of the same structure.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The text, with a placeholder for every parameter.
    pub sql: String,
    /// The parameters in the order of their placeholders.
    pub parameters: Vec<Parameter>,
    /// The result's columns; empty for a statement without result or for text.
    pub columns: Vec<ResultColumn>,
    /// What kind of statement it is.
    pub kind: Kind,
    /// Where the row of VALUES stands in the text of an INSERT.
    pub values_at: Option<std::ops::Range<usize>>,
}

/// A parameter of a compiled statement.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Rc<str>,
    /// Its type.
    pub sql_type: SqlType,
    /// Where its value comes from.
    pub source: Source,
    /// Where its placeholder stands in the text, when it is a list to expand.
    pub expanding_at: Option<usize>,
}

/// Where a parameter's value comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// The bind with this place among [`statement_binds`].
    Bind(usize),
    /// The execution's parameters, by name.
    Given,
    /// A column's default, which the engine computes for each row.
    Default(ColumnId),
    /// A column's `onupdate`.
    OnUpdate(ColumnId),
    /// A value of an expression that is not the statement's own, such as a default.
    Value(Value),
    /// A number that the compiler itself puts in.
    Constant(i64),
}

/// A column of a result.
#[derive(Clone, Debug)]
pub struct ResultColumn {
    /// The name by which rows are asked for it.
    pub key: Rc<str>,
    /// Its type.
    pub sql_type: SqlType,
    /// The table column it is, where it is one.
    pub base: Option<ColumnId>,
}

/// The kind of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `SELECT`
    Select,
    /// `INSERT`
    Insert,
    /// `UPDATE`
    Update,
    /// `DELETE`
    Delete,
    /// DDL
    Ddl,
    /// Text
    Text,
}

/// Why a statement cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// `sqlalchemy.exc.CompileError`
    #[error("{0}")]
    Compile(String),
    /// `sqlalchemy.exc.NoForeignKeysError`, `AmbiguousForeignKeysError`
    #[error("{0}")]
    Join(#[from] JoinError),
    /// `sqlalchemy.exc.InvalidRequestError`
    #[error("{0}")]
    InvalidRequest(String),
    /// `sqlalchemy.exc.NoReferencedTableError`
    #[error("{0}")]
    NoReferencedTable(String),
    /// `sqlalchemy.exc.NoReferencedColumnError`
    #[error("{0}")]
    NoReferencedColumn(String),
    /// `sqlalchemy.exc.IdentifierError`
    #[error("{0}")]
    Identifier(String),
}

/// What an execution brings beside the statement.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The names of the parameters given, in order.
    pub keys: Vec<Rc<str>>,
    /// Whether several sets of parameters are given.
    pub many: bool,
    /// Whether values are written into the text.
    pub literal_binds: bool,
}

/// Compiles a statement for a dialect.
///
/// # Errors
/// When it cannot be written in that dialect, or its joins have no condition.
pub fn compile(
    schema: &Schema,
    statement: &Statement,
    dialect: Dialect,
    given: &Given,
) -> Result<Compiled, CompileError> {
    let mut compiler = Compiler::new(schema, dialect, statement_binds(statement));
    compiler.given = given.clone();
    let kind = match statement {
        Statement::Select(select) => {
            compiler.select(select, select::Place::Outermost)?;
            Kind::Select
        }
        Statement::Insert(insert) => {
            compiler.insert(insert)?;
            Kind::Insert
        }
        Statement::Update(update) => {
            compiler.update(update)?;
            Kind::Update
        }
        Statement::Delete(delete) => {
            compiler.delete(delete)?;
            Kind::Delete
        }
        Statement::Ddl(ddl) => {
            compiler.ddl(ddl)?;
            Kind::Ddl
        }
        Statement::Text(text) => {
            compiler.text_statement(text);
            Kind::Text
        }
        Statement::Expr(expr) => {
            let select = Select::of([expr.clone()]);
            compiler.select(&select, select::Place::Outermost)?;
            Kind::Select
        }
    };
    Ok(compiler.finish(kind))
}

/// An expression's text by itself, as `str(expression)` gives it.
pub fn compile_to_text(schema: &Schema, expr: &Expr, dialect: Dialect) -> String {
    let mut binds = Vec::new();
    collect_expr(expr, &mut binds);
    let mut compiler = Compiler::new(schema, dialect, binds);
    match compiler.expr(expr) {
        Ok(()) => compiler.finish(Kind::Text).sql,
        Err(error) => error.to_string(),
    }
}

/// What stands in FROM by itself, as `str(table.join(other))` gives it.
pub fn from_to_text(schema: &Schema, from: &From, dialect: Dialect) -> String {
    let mut binds = Vec::new();
    collect_from(from, &mut binds);
    let mut compiler = Compiler::new(schema, dialect, binds);
    match compiler.write_from(from) {
        Ok(()) => compiler.finish(Kind::Text).sql,
        Err(error) => error.to_string(),
    }
}

/// The binds of a statement, in the order in which statements of the same
/// structure have theirs.
pub fn statement_binds(statement: &Statement) -> Vec<Rc<Bind>> {
    let mut binds = Vec::new();
    match statement {
        Statement::Select(select) => collect_select(select, &mut binds),
        Statement::Insert(insert) => {
            use super::InsertValues;
            match &insert.values {
                InsertValues::Parameters => {}
                InsertValues::Row(row) => row.iter().for_each(|one| collect_expr(&one.value, &mut binds)),
                InsertValues::Rows(rows) => {
                    rows.iter().flatten().for_each(|one| collect_expr(&one.value, &mut binds));
                }
                InsertValues::Select(_, select) => collect_select(select, &mut binds),
            }
            if let Some(conflict) = &insert.on_conflict {
                conflict.set.iter().for_each(|one| collect_expr(&one.value, &mut binds));
                conflict.where_.iter().for_each(|expr| collect_expr(expr, &mut binds));
            }
            insert.returning.iter().for_each(|expr| collect_expr(expr, &mut binds));
        }
        Statement::Update(update) => {
            update.values.iter().for_each(|one| collect_expr(&one.value, &mut binds));
            update.where_.iter().chain(&update.returning).for_each(|expr| collect_expr(expr, &mut binds));
        }
        Statement::Delete(delete) => {
            delete.where_.iter().chain(&delete.returning).for_each(|expr| collect_expr(expr, &mut binds));
        }
        Statement::Text(text) => binds.extend(text.binds.iter().cloned()),
        Statement::Expr(expr) => collect_expr(expr, &mut binds),
        Statement::Ddl(_) => {}
    }
    binds
}

fn collect_expr(expr: &Expr, binds: &mut Vec<Rc<Bind>>) {
    expr.walk(&mut |node| match node {
        Expr::Bind(bind) => binds.push(Rc::clone(bind)),
        Expr::Subquery(select) => collect_select(select, binds),
        Expr::Column(column) => collect_from(&column.from, binds),
        _ => {}
    });
}

fn collect_from(from: &From, binds: &mut Vec<Rc<Bind>>) {
    use super::AliasOf;
    match from {
        From::Table(_) => {}
        From::Alias(alias) => {
            if let AliasOf::Select(select) = &alias.of {
                collect_select(select, binds);
            }
        }
        From::Join(join) => {
            collect_from(&join.left, binds);
            collect_from(&join.right, binds);
            collect_expr(&join.on, binds);
        }
    }
}

fn collect_select(select: &Select, binds: &mut Vec<Rc<Bind>>) {
    use super::SelectItem;
    if let Some(compound) = &select.compound {
        compound.selects.iter().for_each(|select| collect_select(select, binds));
    }
    for item in &select.items {
        match item {
            SelectItem::Expr(expr) => collect_expr(expr, binds),
            SelectItem::From(from) => collect_from(from, binds),
            SelectItem::Entity(_) => {}
        }
    }
    select.from.iter().for_each(|from| collect_from(from, binds));
    for join in &select.joins {
        collect_from(&join.right, binds);
        join.on.iter().for_each(|expr| collect_expr(expr, binds));
    }
    let lists = [&select.where_, &select.group_by, &select.having, &select.order_by];
    lists.into_iter().flatten().for_each(|expr| collect_expr(expr, binds));
    [&select.limit, &select.offset].into_iter().flatten().for_each(|expr| collect_expr(expr, binds));
}

/// The state of one compilation.
pub(super) struct Compiler<'a> {
    schema: &'a Schema,
    dialect: Dialect,
    out: String,
    parameters: Vec<Parameter>,
    columns: Vec<ResultColumn>,
    given: Given,
    /// Every bind of the statement, to find its place by its id.
    binds: Vec<Rc<Bind>>,
    /// Names given to anonymous elements.
    anonymous: IndexMap<AnonId, Rc<str>, FxBuildHasher>,
    /// The ids of functions that got a name, by their address.
    elements: IndexMap<usize, AnonId, FxBuildHasher>,
    /// How many names were made from each base.
    counters: IndexMap<String, u32, FxBuildHasher>,
    /// What the selects around this one select from, outermost first.
    enclosing: Vec<Vec<From>>,
    /// The CTEs met so far, with their text.
    ctes: Vec<(Rc<Alias>, String)>,
    /// Parameters of the CTEs, which come first in the text.
    cte_parameters: Vec<Parameter>,
    /// The tables whose columns are written without their table: DML's own.
    bare: Option<TableId>,
    /// Where the row of VALUES stands.
    values_at: Option<std::ops::Range<usize>>,
}

impl<'a> Compiler<'a> {
    fn new(schema: &'a Schema, dialect: Dialect, binds: Vec<Rc<Bind>>) -> Self {
        Compiler {
            schema,
            dialect,
            out: String::new(),
            parameters: Vec::new(),
            columns: Vec::new(),
            given: Given::default(),
            binds,
            anonymous: IndexMap::default(),
            elements: IndexMap::default(),
            counters: IndexMap::default(),
            enclosing: Vec::new(),
            ctes: Vec::new(),
            cte_parameters: Vec::new(),
            bare: None,
            values_at: None,
        }
    }

    fn finish(mut self, kind: Kind) -> Compiled {
        if !self.ctes.is_empty() {
            self.prepend_ctes();
        }
        Compiled {
            sql: self.out,
            parameters: self.parameters,
            columns: self.columns,
            kind,
            values_at: self.values_at,
        }
    }

    /// The name of an anonymous element: its base and a number.
    fn anonymous_name(&mut self, id: AnonId, base: &str) -> Rc<str> {
        if let Some(name) = self.anonymous.get(&id) {
            return Rc::clone(name);
        }
        let counter = self.counters.entry(base.to_string()).or_insert(0);
        *counter += 1;
        let name: Rc<str> = format!("{base}_{counter}").into();
        self.anonymous.insert(id, Rc::clone(&name));
        name
    }

    /// Writes a parameter's placeholder.
    fn parameter(&mut self, parameter: Parameter) {
        self.dialect.write_placeholder(&mut self.out, &parameter.name);
        self.out.push_str(&self.dialect.bind_cast(&parameter.sql_type));
        self.parameters.push(parameter);
    }

    fn bind(&mut self, bind: &Rc<Bind>) {
        if self.given.literal_binds {
            let one = |value: &Value| self.literal(value);
            let text = match &bind.value {
                BindValue::One(value) => one(value),
                BindValue::Expanding(values) => {
                    let values: Option<Vec<String>> = values.iter().map(one).collect();
                    values.map(|values| format!("({})", values.join(", ")))
                }
                BindValue::Required => None,
            };
            if let Some(text) = text {
                self.out.push_str(&text);
                return;
            }
        }
        let name = if bind.named { Rc::clone(&bind.key) } else { self.anonymous_name(bind.id, &bind.key) };
        let place = self.binds.iter().position(|other| other.id == bind.id);
        let source = match (place, &bind.value) {
            (Some(place), BindValue::One(_) | BindValue::Expanding(_)) => Source::Bind(place),
            (Some(place), BindValue::Required) if !bind.named => Source::Bind(place),
            (None, BindValue::One(value)) => Source::Value(value.clone()),
            _ => Source::Given,
        };
        if matches!(bind.value, BindValue::Expanding(_)) {
            self.out.push('(');
            let at = self.out.len();
            self.out.push_str("__[POSTCOMPILE_");
            self.out.push_str(&name);
            self.out.push_str("])");
            self.parameters.push(Parameter {
                name,
                sql_type: bind.sql_type.clone(),
                source,
                expanding_at: Some(at),
            });
        } else {
            self.parameter(Parameter { name, sql_type: bind.sql_type.clone(), source, expanding_at: None });
        }
    }

    /// A value as SQL text; nothing for one that has none.
    fn literal(&self, value: &Value) -> Option<String> {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        Some(match value {
            Value::Null => "NULL".into(),
            Value::Bool(value) if self.dialect.has_booleans() => value.to_string(),
            Value::Bool(value) => u8::from(*value).to_string(),
            Value::Int(_) | Value::Float(_) => value.repr(),
            Value::Decimal(digits) | Value::Big(digits) => digits.to_string(),
            Value::Text(text) => quoted(text),
            Value::Date(date) => quoted(&date.iso()),
            Value::DateTime(moment) => quoted(&moment.storage()),
            _ => return None,
        })
    }

    fn ident(&mut self, name: &str) {
        let quoted = quote(name, self.dialect);
        self.out.push_str(&quoted);
    }

    fn list<T>(
        &mut self,
        items: &[T],
        separator: &str,
        mut write: impl FnMut(&mut Self, &T) -> Result<(), CompileError>,
    ) -> Result<(), CompileError> {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push_str(separator);
            }
            write(self, item)?;
        }
        Ok(())
    }
}
