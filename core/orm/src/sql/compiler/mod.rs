//! Statement → [`Compiled`]: text, parameters in order, result columns.
//!
//! One compiler serves every dialect: what differs stands in the files of
//! [`dialect`], as overrides of a common trait. It needs the schema for names
//! and knows no database. SQLAlchemy counterpart: `sqlalchemy.sql.compiler`.

mod binds;
mod context;
mod crud;
mod cte;
mod ddl;
mod delete;
pub mod dialect;
mod digest;
mod effects;
mod expr;
mod fragment;
mod froms;
mod functions;
mod insert;
mod joins;
mod lint;
mod literals;
mod operators;
mod order;
mod paramstyle;
mod quoting;
mod reserved;
mod schemas;
mod select;
mod text;
mod types;
mod update;
mod value_rows;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::{Bind, Expr, From, FromIdentity, Identity, Name, Select, Statement};
use crate::schema::Schema;
use crate::types::{ColumnId, SqlType, Value};

use context::Context;
use cte::Ctes;
use fragment::Fragment;

pub use binds::escaped;
pub use dialect::Dialect;
pub use effects::Effects;
pub use joins::{JoinError, join_condition, join_condition_over};
pub use paramstyle::ParamStyle;
pub use quoting::{quote, quote_always};
pub use schemas::{Replacement, with_schemas};

/// A compiled statement: good for every statement of the same structure.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The text, with a placeholder for every parameter.
    pub sql: String,
    /// The parameters in the order of their placeholders.
    pub parameters: Vec<Parameter>,
    /// The result's columns; empty for a statement without result or for text.
    pub columns: Vec<ResultColumn>,
    /// Whether the result's columns are found by their names, in whatever order
    /// they come: those of `text().columns(name=…)`.
    pub by_name: bool,
    /// What kind of statement it is.
    pub kind: Kind,
    /// Where the row of VALUES stands in the text of an INSERT.
    pub values_at: Option<std::ops::Range<usize>>,
    /// What a change tells of itself.
    pub effects: Effects,
    /// Parameters of parts that the dialect has no place for.
    pub unwritten: Vec<Parameter>,
    /// The parameters by which rows that come back are told apart: their values
    /// are the last columns, which the program did not ask for.
    pub sentinels: Vec<Rc<str>>,
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
    /// Where its placeholder stands in the text, when it is written when the
    /// statement is executed: a list, or a value that no driver takes there.
    pub expanding_at: Option<usize>,
    /// The text of an empty list.
    pub empty_list: Option<Rc<str>>,
    /// Whether the values of a list are written into the text too.
    pub literal_execute: bool,
    /// What stands around each value of a list.
    pub frame: Option<Frame>,
    /// How many parameters were met before it when the statement was compiled,
    /// which is not the order of the text: a CTE is met where it is used.
    pub met: u32,
}

/// What a type of the program's puts around each value of a list.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Before a value.
    pub before: Rc<str>,
    /// After it.
    pub after: Rc<str>,
}

impl Frame {
    /// The text of values, separated by commas, each with what stands around it.
    /// SQLAlchemy puts it around what stands for no values, too.
    pub fn around(&self, texts: &str) -> String {
        let framed = texts.split(", ").map(|text| format!("{}{text}{}", self.before, self.after));
        framed.collect::<Vec<_>>().join(", ")
    }
}

impl Parameter {
    /// What stands in the text until a list, or a value that no driver takes,
    /// is written there.
    pub fn token(&self) -> String {
        match &self.frame {
            Some(Frame { before, after }) => {
                format!("__[POSTCOMPILE_{}~~{before}~~REPL~~{after}~~]", self.name)
            }
            None => format!("__[POSTCOMPILE_{}]", self.name),
        }
    }
}

/// Where a parameter's value comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// The bind with this place among [`Statement::binds`].
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
    /// `sqlalchemy.exc.UnsupportedCompilationError`
    #[error("Compiler {compiler} can't render element of type {element}")]
    Unsupported {
        /// The compiler's `repr`.
        compiler: String,
        /// The element's class or the operator's name.
        element: String,
    },
    /// `sqlalchemy.exc.NoForeignKeysError`, `AmbiguousForeignKeysError`
    #[error("{0}")]
    Join(#[from] JoinError),
    /// `sqlalchemy.exc.InvalidRequestError`
    #[error("{0}")]
    InvalidRequest(String),
    /// `sqlalchemy.exc.ArgumentError`
    #[error("{0}")]
    Argument(String),
    /// `sqlalchemy.exc.NoReferencedTableError`
    #[error("{0}")]
    NoReferencedTable(String),
    /// `sqlalchemy.exc.InvalidRequestError`, for a bind that has no value.
    #[error("A value is required for bind parameter '{0}'")]
    Required(String),
    /// `NotImplementedError`
    #[error("{0}")]
    NotImplemented(String),
    /// `AttributeError`
    #[error("{0}")]
    Attribute(String),
    /// `RecursionError`
    #[error("maximum recursion depth exceeded")]
    TooDeep,
    /// `sqlalchemy.exc.NoReferencedColumnError`
    #[error("{0}")]
    NoReferencedColumn(String),
    /// `sqlalchemy.exc.IdentifierError`
    #[error("{0}")]
    Identifier(String),
}

/// What stands for a schema that is written when the statement is executed,
/// before its name and `]`.
pub(crate) const SCHEMA_LATER: &str = "__[SCHEMA_";
/// The name there of a table without a schema.
pub(crate) const NO_SCHEMA: &str = "_none";

/// What an execution brings beside the statement.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The names of the parameters given, in order; none where the statement is only printed.
    pub keys: Option<Vec<Rc<str>>>,
    /// Whether several sets of parameters are given.
    pub many: bool,
    /// Whether values are written into the text.
    pub literal_binds: bool,
    /// Whether lists are written out as they will be when the statement is executed.
    pub render_postcompile: bool,
    /// Where schemas are written when the statement is executed, whether tables
    /// without a schema get one too.
    pub schemas_later: Option<bool>,
    /// Whether the program is warned of tables that nothing joins.
    pub linted: bool,
    /// How long names that are made up may be, where the program says so.
    pub label_length: Option<usize>,
    /// How placeholders are written, where the program says so.
    pub paramstyle: Option<ParamStyle>,
    /// Whether the statement is only printed, so that its warnings are nobody's business.
    pub printed: bool,
    /// The texts that the program makes of values, where it is asked for them.
    pub program_literals: Option<Rc<ProgramLiterals>>,
}

/// What the program is asked for.
#[derive(Clone)]
pub enum Asked {
    /// The text of a value of a type of its own.
    Text(Value, SqlType),
    /// The text of what its code gives.
    Of(Rc<dyn Any>, SqlType),
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Asked::Text(value, _) => f.debug_tuple("Text").field(value).finish(),
            Asked::Of(..) => f.write_str("Of"),
        }
    }
}

/// The texts of values whose types the program writes itself.
///
/// A statement is compiled once to learn which values these are, and again with
/// the texts that the program made of them, in the order in which they are met.
#[derive(Debug, Default)]
pub struct ProgramLiterals {
    known: RefCell<Vec<String>>,
    wanted: RefCell<Vec<Asked>>,
    met: Cell<usize>,
}

impl ProgramLiterals {
    /// The values that were met and have no text yet; the next compilation begins anew.
    pub fn take_wanted(&self) -> Vec<Asked> {
        self.met.set(0);
        self.wanted.take()
    }

    /// Gives the next value its text.
    pub fn tell(&self, text: String) {
        self.known.borrow_mut().push(text);
    }

    /// The text of a value, where it is known already.
    fn text(&self, wanted: Asked) -> String {
        let at = self.met.get();
        self.met.set(at + 1);
        let known = self.known.borrow().get(at).cloned();
        known.unwrap_or_else(|| {
            self.wanted.borrow_mut().push(wanted);
            String::new()
        })
    }
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
    let mut compiler = Compiler::new(schema, dialect, statement.binds());
    compiler.given = given.clone();
    let plain = Context { literal_binds: given.literal_binds, ..Context::PLAIN };
    let kind = compiler.statement(statement, plain)?;
    Ok(compiler.finish(kind))
}

/// An expression's text by itself, as `str(expression)` gives it; the reason in
/// its place where it has none.
pub fn compile_to_text(schema: &Schema, expr: &Expr, dialect: Dialect) -> String {
    compile_expr(schema, expr, dialect, &Given::default())
        .map_or_else(|error| error.to_string(), |compiled| compiled.sql)
}

/// An expression by itself.
///
/// # Errors
/// When it cannot be written in that dialect.
pub fn compile_expr(
    schema: &Schema,
    expr: &Expr,
    dialect: Dialect,
    given: &Given,
) -> Result<Compiled, CompileError> {
    let mut compiler = Compiler::new(schema, dialect, expr.binds());
    compiler.given = given.clone();
    compiler.expr(expr, Context { literal_binds: given.literal_binds, ..Context::PLAIN })?;
    Ok(compiler.finish(Kind::Text))
}

/// The clause of a CHECK constraint by itself; nothing for others, which need their table.
///
/// # Errors
/// When it cannot be written in that dialect.
pub fn constraint_text(
    schema: &Schema,
    constraint: &crate::schema::Constraint,
    dialect: Dialect,
) -> Result<String, CompileError> {
    let crate::schema::ConstraintKind::Check { condition } = &constraint.kind else {
        return Ok(String::new());
    };
    let compiler = Compiler::new(schema, dialect, Vec::new());
    compiler.check_clause(constraint.name.as_deref(), condition, &constraint.checking, None)
}

/// What stands after DEFAULT in a column's line of CREATE TABLE.
///
/// # Errors
/// When it cannot be written in that dialect.
pub fn default_text(
    schema: &Schema,
    column: crate::types::ColumnId,
    dialect: Dialect,
) -> Result<Option<String>, CompileError> {
    Compiler::new(schema, dialect, Vec::new()).default_text(schema.column(column), column.table)
}

/// A value as SQL text.
///
/// # Errors
/// When values of that type have none.
pub fn literal_text(
    schema: &Schema,
    value: &crate::types::Value,
    sql_type: &SqlType,
    dialect: Dialect,
) -> Result<String, CompileError> {
    Compiler::new(schema, dialect, Vec::new()).literal(value, sql_type)
}

/// What stands in FROM by itself, as `str(table.join(other))` gives it; the
/// reason in its place where it has none.
pub fn from_to_text(schema: &Schema, from: &From, dialect: Dialect) -> String {
    let mut compiler = Compiler::new(schema, dialect, super::binds_of(super::Part::From(from)));
    match compiler.alone(from) {
        Ok(()) => compiler.finish(Kind::Text).sql,
        Err(error) => error.to_string(),
    }
}

/// What a select has in FROM, joins applied: `Select.get_final_froms()`.
///
/// # Errors
/// When its joins have no condition.
pub fn final_froms(schema: &Schema, select: &Select) -> Result<Vec<From>, CompileError> {
    Compiler::new(schema, Dialect::Default, Vec::new()).froms_of(select)
}

/// The state of one compilation.
pub(super) struct Compiler<'a> {
    schema: &'a Schema,
    dialect: Dialect,
    out: Fragment,
    columns: Vec<ResultColumn>,
    by_name: bool,
    effects: Effects,
    unwritten: Vec<Parameter>,
    sentinels: Vec<Rc<str>>,
    given: Given,
    /// Every bind of the statement, to find its place by its id.
    binds: Vec<Rc<Bind>>,
    /// The names that stand for binds so far.
    bind_names: IndexMap<Rc<str>, Rc<Bind>, FxBuildHasher>,
    /// The names that binds for columns took: those of VALUES and SET.
    column_binds: IndexMap<Rc<str>, bool, FxBuildHasher>,
    /// Names given to anonymous elements.
    anonymous: IndexMap<(Identity, Rc<str>), Rc<str>, FxBuildHasher>,
    /// How many names were made from each base.
    counters: IndexMap<Rc<str>, u32, FxBuildHasher>,
    /// Names that were shortened.
    shortened: IndexMap<Rc<str>, (bool, Rc<str>), FxBuildHasher>,
    /// The statements around the place that is being written, outermost first.
    levels: Vec<Level>,
    /// The hints of the FROM that is being written.
    hints: Vec<super::Hint>,
    ctes: Ctes,
    /// How many parameters there are so far.
    met: u32,
    /// The parameter that stands in the place of a type's placeholder.
    slot: Option<Parameter>,
    /// Whether what a column is set to is written a second time.
    copies: bool,
}

/// A statement that is being written.
#[derive(Default)]
pub(super) struct Level {
    /// What can be correlated to, here and around.
    correlate: Vec<From>,
    /// What is in FROM just here.
    froms: Vec<From>,
    /// The names of tables in FROM that have a schema.
    with_schema: Vec<Rc<str>>,
    /// The columns that labels in ORDER BY are looked for among.
    order: order::Resolve,
    /// What an INSERT or UPDATE sets.
    values: Option<Vec<Noted>>,
    /// Whether it is an UPDATE.
    updates: bool,
}

/// What an INSERT or UPDATE sets a column to.
struct Noted {
    /// The column's key.
    key: Rc<str>,
    /// The name of its parameter.
    name: Rc<str>,
    value: Expr,
}

impl<'a> Compiler<'a> {
    fn new(schema: &'a Schema, dialect: Dialect, binds: Vec<Rc<Bind>>) -> Self {
        Compiler {
            schema,
            dialect,
            out: Fragment::default(),
            columns: Vec::new(),
            by_name: false,
            effects: Effects::default(),
            unwritten: Vec::new(),
            sentinels: Vec::new(),
            given: Given::default(),
            binds,
            bind_names: IndexMap::default(),
            column_binds: IndexMap::default(),
            anonymous: IndexMap::default(),
            counters: IndexMap::default(),
            shortened: IndexMap::default(),
            levels: Vec::new(),
            hints: Vec::new(),
            ctes: Ctes::default(),
            met: 0,
            slot: None,
            copies: false,
        }
    }

    /// The dialect's ways.
    fn rules(&self) -> &'static dyn dialect::Rules {
        self.dialect.rules()
    }

    /// Whether it is text for people, and no database's.
    fn is_string(&self) -> bool {
        self.dialect == Dialect::Default
    }

    /// Whether `%` in text must be doubled for the driver.
    fn doubles_percent(&self) -> bool {
        self.given.paramstyle.map_or_else(|| self.rules().doubles_percent(), ParamStyle::doubles_percent)
    }

    /// Writes a whole statement.
    fn statement(&mut self, statement: &Statement, cx: Context<'_>) -> Result<Kind, CompileError> {
        match statement {
            Statement::Select(select) => {
                self.select(select, select::Place::Outermost, cx)?;
                Ok(Kind::Select)
            }
            Statement::Insert(insert) => {
                self.insert(insert, cx)?;
                Ok(Kind::Insert)
            }
            Statement::Update(update) => {
                self.update(update, cx)?;
                Ok(Kind::Update)
            }
            Statement::Delete(delete) => {
                self.delete(delete, cx)?;
                Ok(Kind::Delete)
            }
            Statement::Ddl(ddl) => {
                self.ddl(ddl)?;
                Ok(Kind::Ddl)
            }
            Statement::Text(text) => {
                self.text(text, cx)?;
                Ok(Kind::Text)
            }
            Statement::TextualSelect(select) => {
                self.textual_select(select, cx)?;
                Ok(Kind::Text)
            }
            Statement::Expr(expr) => {
                let select = Select::of([expr.clone()]);
                self.select(&select, select::Place::Outermost, cx)?;
                Ok(Kind::Select)
            }
            Statement::Program(expr) => {
                self.expr(expr, cx)?;
                Ok(Kind::Text)
            }
            Statement::Values(from) => {
                match from {
                    From::Values(values) => self.value_rows(values, cx)?,
                    from => self.from(from, cx)?,
                }
                Ok(Kind::Select)
            }
        }
    }

    fn finish(mut self, kind: Kind) -> Compiled {
        let mut parameters = Vec::with_capacity(self.out.parameters.len());
        for (at, mut parameter) in self.out.parameters.drain(..) {
            if let Some(expanding) = &mut parameter.expanding_at {
                *expanding = at;
            }
            parameters.push(parameter);
        }
        Compiled {
            sql: self.out.text,
            parameters,
            columns: self.columns,
            by_name: self.by_name,
            kind,
            values_at: self.out.values,
            effects: self.effects,
            unwritten: self.unwritten,
            sentinels: self.sentinels,
        }
    }

    /// The text of a name: one that is made up gets its number, one that is too
    /// long is shortened.
    fn name(&mut self, name: &Name) -> Rc<str> {
        let text = match name {
            Name::Fixed(text) => return Rc::clone(text),
            name => self.full_name(name),
        };
        self.shorten(text, false)
    }

    fn full_name(&mut self, name: &Name) -> Rc<str> {
        match name {
            Name::Fixed(text) | Name::Truncatable(text) => Rc::clone(text),
            Name::Anonymous(of, base) => self.anonymous_name((**of).clone(), base),
            Name::Joined(first, second) => {
                let (first, second) = (self.full_name(first), self.full_name(second));
                format!("{first}_{second}").into()
            }
            Name::Numbered(name, of) => {
                let (name, number) = (self.full_name(name), self.anonymous_name((**of).clone(), &"".into()));
                let again = if matches!(**of, Identity::Repeated(..)) { "_" } else { "" };
                format!("{name}{again}{number}").into()
            }
        }
    }

    /// The name of an anonymous element: its base and a number.
    fn anonymous_name(&mut self, of: Identity, base: &Rc<str>) -> Rc<str> {
        let key = (of, Rc::clone(base));
        if let Some(name) = self.anonymous.get(&key) {
            return Rc::clone(name);
        }
        let counter = self.counters.entry(Rc::clone(base)).or_insert(0);
        *counter += 1;
        let name: Rc<str> = format!("{base}_{counter}").into();
        self.anonymous.insert(key, Rc::clone(&name));
        name
    }

    /// A name as long as the database allows.
    fn shorten(&mut self, name: Rc<str>, is_bind: bool) -> Rc<str> {
        let longest = self.given.label_length.unwrap_or_else(|| self.rules().label_length());
        let longest = longest.saturating_sub(6);
        if name.chars().count() <= longest {
            return name;
        }
        if let Some((_, short)) = self.shortened.get(&name) {
            return Rc::clone(short);
        }
        let kept: String = name.chars().take(longest).collect();
        // Parameters are counted apart from everything else.
        let others = self.shortened.values().filter(|(other, _)| *other == is_bind).count();
        let short: Rc<str> = format!("{kept}_{:x}", others + 1).into();
        self.shortened.insert(name, (is_bind, Rc::clone(&short)));
        short
    }

    fn dialect_name(&self) -> &'static str {
        self.dialect.name()
    }

    /// Whether the statement that is being written is inside another.
    fn is_inside(&self) -> bool {
        self.levels.len() > 1
    }

    /// The columns of something in FROM.
    fn columns_of(&self, from: &From) -> Vec<super::ColumnRef> {
        from.columns(self.schema)
    }

    /// The expressions of a list of columns.
    fn expressions_of(&self, items: &[super::SelectItem]) -> Vec<Expr> {
        super::columns::items_expressions(self.schema, items)
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes an identifier, quoted where it has to be.
    fn ident(&mut self, name: &str) {
        let quoted = quote(name, self.dialect);
        self.out.push_str(&quoted);
    }

    /// SQL text as it stands.
    fn raw(&mut self, text: &str) {
        if self.doubles_percent() {
            self.out.push_str(&text.replace('%', "%%"));
        } else {
            self.out.push_str(text);
        }
    }

    fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        mut write: impl FnMut(&mut Self, T) -> Result<(), CompileError>,
    ) -> Result<(), CompileError> {
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.out.push_str(separator);
            }
            write(self, item)?;
        }
        Ok(())
    }

    fn exprs(&mut self, exprs: &[Expr], separator: &str, cx: Context<'_>) -> Result<(), CompileError> {
        self.list(exprs, separator, |this, expr| this.expr(expr, cx))
    }

    /// What something writes, apart from the text so far.
    fn apart(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), CompileError>,
    ) -> Result<Fragment, CompileError> {
        let around = std::mem::take(&mut self.out);
        let written = write(self);
        let fragment = std::mem::replace(&mut self.out, around);
        written.map(|()| fragment)
    }

    /// The error of a construct that this dialect does not have.
    fn unsupported(&self, element: &str) -> CompileError {
        CompileError::Unsupported { compiler: self.rules().compiler_repr().into(), element: element.into() }
    }
}

/// Whether a list of FROM elements has one.
fn has(froms: &[From], from: &From) -> bool {
    froms.iter().any(|other| other.is(from))
}

/// What tells the elements of a join, and the join, from others.
fn identities(froms: &[From]) -> Vec<FromIdentity> {
    froms.iter().map(From::identity).collect()
}
