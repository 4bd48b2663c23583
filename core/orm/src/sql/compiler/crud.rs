//! Which columns an INSERT or UPDATE sets, and to what.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.crud`.

use std::rc::Rc;

use super::context::Context;
use super::{CompileError, Compiler, Source};
use crate::schema::{Column, ColumnDefault};
use crate::sql::{Assignment, AssignmentTarget, BindValue, ColumnRef, Expr, From, Kind};
use crate::types::{ColumnId, SqlType, TableId};

/// A column that is set.
pub(super) struct Set {
    /// The column's name, quoted.
    pub(super) column: String,
    /// The name of its parameter.
    pub(super) name: Rc<str>,
    /// Its type.
    pub(super) sql_type: SqlType,
    /// What it is set to.
    pub(super) value: SetTo,
}

/// What a column is set to.
pub(super) enum SetTo {
    /// An expression.
    Expr(Expr),
    /// What is given on execution, or computed then.
    Parameter(Source),
    /// `DEFAULT`
    Default,
}

/// A column of the table that is changed.
pub(super) struct Changeable {
    pub(super) key: Rc<str>,
    pub(super) name: Rc<str>,
    pub(super) sql_type: SqlType,
    pub(super) id: Option<ColumnId>,
}

impl Compiler<'_> {
    /// The columns of the table that is changed.
    pub(super) fn changeable(&self, table: &From) -> Vec<Changeable> {
        // Those of an alias have no defaults.
        let is_table = matches!(table, From::Table(_));
        let columns = table.columns(self.schema).into_iter().map(|column| Changeable {
            key: Rc::clone(&column.key),
            name: Rc::clone(column.name.base()),
            sql_type: column.sql_type,
            id: column.base.filter(|_| is_table),
        });
        columns.collect()
    }

    /// A column's definition.
    pub(super) fn definition(&self, column: &Changeable) -> Option<&Column> {
        column.id.map(|id| self.schema.column(id))
    }

    /// Whether the key of a column was given with the execution.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.given.keys.as_ref().is_some_and(|keys| keys.iter().any(|given| &**given == key))
    }

    /// The key of the column that an assignment is for, where it is one of the
    /// table that is changed.
    pub(super) fn key_of(&self, assignment: &Assignment, table: &From) -> Option<Rc<str>> {
        match &assignment.target {
            AssignmentTarget::Key(key) => Some(Rc::clone(key)),
            AssignmentTarget::Expr(expr) => match expr.kind() {
                Kind::Column(ColumnRef { from: Some(from), key, .. }) if from.is(table) => {
                    Some(Rc::clone(key))
                }
                Kind::Column(ColumnRef { from: None, key, .. }) => Some(Rc::clone(key)),
                _ => None,
            },
        }
    }

    /// Writes what a column is set to. A value takes the column's name.
    pub(super) fn set_value(&mut self, set: &Set, cx: Context<'_>) -> Result<(), CompileError> {
        match &set.value {
            SetTo::Default => self.push("DEFAULT"),
            // What is computed on execution is not known in a text with values.
            SetTo::Parameter(Source::Default(_) | Source::OnUpdate(_)) if cx.literal_binds => {
                self.push("NULL")
            }
            SetTo::Parameter(source) => {
                self.named_parameter(Rc::clone(&set.name), set.sql_type.clone(), source.clone())?;
            }
            SetTo::Expr(expr) => return self.set_expr(expr, &set.name, &set.sql_type, cx),
        }
        Ok(())
    }

    /// Writes an expression that a column is set to.
    pub(super) fn set_expr(
        &mut self,
        expr: &Expr,
        name: &Rc<str>,
        sql_type: &SqlType,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let Kind::Bind(bind) = expr.kind() else {
            return self.expr(&expr.grouped(None), cx);
        };
        let typed = if bind.sql_type == SqlType::Null || bind.is_column_value() {
            Rc::new(crate::sql::Bind { sql_type: sql_type.clone(), ..(**bind).clone() })
        } else {
            Rc::clone(bind)
        };
        if !bind.unique || cx.in_cte || cx.literal_binds || bind.value.is_expanding() {
            return self.bind(&typed, cx);
        }
        let place = self.binds.iter().position(|other| other.id == bind.id);
        let source = match (place, &bind.value) {
            (Some(place), _) => Source::Bind(place),
            // The value of a default, which is not the statement's own.
            (None, BindValue::One(value)) => Source::Value(value.clone()),
            (None, _) => Source::Given,
        };
        self.named_parameter(Rc::clone(name), typed.sql_type.clone(), source)?;
        Ok(())
    }

    /// What a column without a value gets in an INSERT, where it gets something.
    pub(super) fn insert_default(&self, column: &Changeable) -> Option<SetTo> {
        let default = self.definition(column)?.default.as_ref()?;
        let id = column.id?;
        match default {
            ColumnDefault::Expr(expr) => Some(SetTo::Expr(expr.clone())),
            ColumnDefault::Sequence(sequence) => {
                let optional = sequence.optional && self.rules().sequences_are_optional();
                let next = || Expr::new(Kind::NextValue(Rc::clone(sequence)));
                (self.rules().has_sequences() && !optional).then(|| SetTo::Expr(next()))
            }
            _ => Some(SetTo::Parameter(Source::Default(id))),
        }
    }

    /// What a column without a value gets in an UPDATE, where it gets something.
    pub(super) fn update_default(&self, column: &Changeable) -> Option<SetTo> {
        let default = self.definition(column)?.onupdate.as_ref()?;
        match default {
            ColumnDefault::Expr(expr) => Some(SetTo::Expr(expr.clone())),
            _ => Some(SetTo::Parameter(Source::OnUpdate(column.id?))),
        }
    }

    /// Writes what a column is set to in the same statement.
    pub(super) fn dml_column(&mut self, column: &ColumnRef, cx: Context<'_>) -> Result<(), CompileError> {
        let Some(level) = self.levels.last().filter(|level| level.values.is_some()) else {
            return Err(CompileError::Compile(
                "DML target objects may only be used with compiled INSERT or UPDATE statements".into(),
            ));
        };
        if self.copies {
            // What is copied is not looked through again, as in SQLAlchemy.
            self.push(&format!("__BINDMARKER_~~{}~~", column.key));
            return Ok(());
        }
        let found = level.values.iter().flatten().find(|noted| noted.key == column.key);
        match found.map(|noted| (Rc::clone(&noted.name), noted.value.clone())) {
            Some((name, value)) => {
                self.copies = true;
                let written = self.set_expr(&value, &name, &column.sql_type, cx);
                self.copies = false;
                written
            }
            None if level.updates => self.expr(&Expr::from(column.clone()), cx),
            None => Err(CompileError::Compile(format!(
                "Can't resolve referenced column name in INSERT statement: {}",
                crate::types::python_str(&column.key)
            ))),
        }
    }

    /// The names of columns that were set and are not the table's.
    pub(super) fn unconsumed(
        &self,
        values: &[Assignment],
        table: &From,
        columns: &[Changeable],
    ) -> Result<(), CompileError> {
        let mut unknown: Vec<Rc<str>> = Vec::new();
        for value in values {
            if let Some(key) = self.key_of(value, table)
                && !columns.iter().any(|column| column.key == key)
                && !unknown.contains(&key)
            {
                unknown.push(key);
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        Err(CompileError::Compile(format!("Unconsumed column names: {}", unknown.join(", "))))
    }

    /// The table that is changed, where it is a schema's table.
    pub(super) fn changed_table(&self, table: &From) -> Option<TableId> {
        match table {
            From::Table(id) => Some(*id),
            _ => None,
        }
    }
}
