//! Column expressions as text.

use std::rc::Rc;

use super::context::Context;
use super::{CompileError, Compiler};
use crate::sql::{ColumnRef, Expr, From, Kind, Made, Name, Operator, Piece, Select};
use crate::types::SqlType;

impl Compiler<'_> {
    /// Writes an expression.
    pub(super) fn expr(&mut self, expr: &Expr, cx: Context<'_>) -> Result<(), CompileError> {
        match expr.kind() {
            Kind::Column(column) => self.column(column, cx),
            Kind::Bind(bind) => return self.bind(bind, cx),
            Kind::Null => self.push("NULL"),
            Kind::True => self.push(self.rules().boolean(true)),
            Kind::False => self.push(self.rules().boolean(false)),
            Kind::Literal { text, .. } => self.raw(text),
            Kind::Text(text) => self.text(text, cx)?,
            Kind::NameReference(name) => return self.name_reference(name, cx),
            Kind::Binary { .. } => return self.binary(expr, cx),
            Kind::Unary { op, operand, .. } => return self.unary(op, operand, cx),
            Kind::AsBoolean { element, negated } => return self.as_boolean(element, *negated, cx),
            Kind::List { op, items, .. } => return self.expr_list(op, items, cx),
            Kind::Grouping(inner) => {
                self.push("(");
                self.expr(inner, cx)?;
                self.push(")");
            }
            Kind::Function(call) => return self.function(call, cx),
            Kind::Over { element, window } => return self.over(element, window, cx),
            Kind::Filter { element, criterion } => {
                self.expr(element, cx)?;
                self.push(" FILTER (WHERE ");
                self.expr(criterion, cx)?;
                self.push(")");
            }
            Kind::WithinGroup { element, order_by, inline, .. } => {
                return self.within_group(element, order_by, *inline, cx);
            }
            Kind::Label { name, element, .. } => return self.label(expr, name, element, cx),
            Kind::TypeCoerce { element, sql_type } => match element.kind() {
                Kind::Bind(bind) => {
                    let bind = crate::sql::Bind { sql_type: sql_type.clone(), ..(**bind).clone() };
                    return self.bind(&Rc::new(bind), cx);
                }
                _ => return self.expr(element, cx),
            },
            Kind::Extract { field, element } => return self.rules().extract(self, field, element, cx),
            Kind::Cast { element, sql_type, attempt } => {
                return self.rules().cast(self, element, sql_type, *attempt, cx);
            }
            Kind::Case { value, whens, otherwise, .. } => {
                self.push("CASE ");
                if let Some(value) = value {
                    self.expr(value, cx)?;
                    self.push(" ");
                }
                for (condition, result) in whens {
                    self.push("WHEN ");
                    self.expr(condition, cx)?;
                    self.push(" THEN ");
                    self.expr(result, cx)?;
                    self.push(" ");
                }
                if let Some(otherwise) = otherwise {
                    self.push("ELSE ");
                    self.expr(otherwise, cx)?;
                    self.push(" ");
                }
                self.push("END");
            }
            Kind::Tuple(items) => {
                self.push("(");
                self.exprs(items, ", ", cx)?;
                self.push(")");
            }
            Kind::Array { items, sql_type } => return self.rules().array(self, items, sql_type, cx),
            Kind::Slice { .. } if !self.rules().has_slices() => {
                return Err(self.unsupported("<class 'sqlalchemy.sql.elements.Slice'>"));
            }
            Kind::Slice { start, stop } => {
                self.expr(start, cx)?;
                self.push(":");
                self.expr(stop, cx)?;
            }
            Kind::Collation(name) => {
                let text = self.rules().collation(name);
                self.push(&text);
            }
            Kind::Subquery(select) => return self.subquery(select, cx),
            Kind::Row { from, .. } => {
                let text = self.reference_to(from, cx);
                self.push(&text);
                self.push(self.rules().row_suffix());
            }
            Kind::FieldOf { function, name, .. } => {
                self.push("(");
                self.expr(function, cx)?;
                self.push(").");
                self.ident(name);
            }
            Kind::ValueRows(from) => {
                self.push("(");
                if let From::Values(values) = from {
                    self.value_rows(values, cx)?;
                }
                self.push(")");
            }
            Kind::NextValue(sequence) => {
                let name = self.sequence_name(sequence);
                return self.rules().next_value(self, &name);
            }
            Kind::Program(element) => match self.schema.made(element.id, self.dialect_name()) {
                Some(made) => return self.made(&made, cx),
                None => return Err(self.unsupported(&element.class)),
            },
            Kind::Made(made) => return self.made(made, cx),
            Kind::DmlColumn(column) => return self.dml_column(column, cx),
            Kind::ColumnDefault(id) => {
                let name = self.schema.column(*id).key.as_str().into();
                self.column_parameter(*id, name, super::Source::Default(*id))?;
            }
            Kind::TooDeep => return Err(CompileError::TooDeep),
        }
        Ok(())
    }

    /// Writes what the program made.
    fn made(&mut self, made: &Made, cx: Context<'_>) -> Result<(), CompileError> {
        let cx = cx.inside();
        for piece in &made.pieces {
            match piece {
                Piece::Text(text) => self.push(text),
                Piece::Expr(expr, literal) => {
                    self.expr(expr, Context { literal_binds: cx.literal_binds || *literal, ..cx })?;
                }
                Piece::From(from) => self.from(from, cx)?,
                Piece::Statement(statement, literal) => {
                    let columns = std::mem::take(&mut self.columns);
                    let literal_binds = cx.literal_binds || *literal;
                    self.statement(statement, Context { literal_binds, ..cx })?;
                    self.columns = columns;
                }
            }
        }
        Ok(())
    }

    /// Writes a column.
    fn column(&mut self, column: &ColumnRef, cx: Context<'_>) {
        let name = self.name(&column.name);
        if cx.with_table
            && let Some(from) = &column.from
        {
            let table = self.reference_to(from, cx);
            if !table.is_empty() {
                self.push(&table);
                self.push(".");
            }
        }
        let quoted = self.quoted_column(column, &name);
        self.push(&quoted);
    }

    /// The name of a column, quoted where it has to be.
    pub(super) fn quoted_column(&self, column: &ColumnRef, name: &str) -> String {
        self.quoted(
            name,
            column.quote.or_else(|| column.base.and_then(|base| self.schema.column(base).quote)),
        )
    }

    /// A select in parentheses. The ORM's own, and those in an IN, are written alike.
    fn subquery(&mut self, select: &Rc<Select>, cx: Context<'_>) -> Result<(), CompileError> {
        self.push("(");
        self.select(select, super::select::Place::Inside, cx.inside())?;
        self.push(")");
        Ok(())
    }

    /// Writes a label: with its name among columns, by its name alone where
    /// ORDER BY refers to it, and without it anywhere else.
    fn label(
        &mut self,
        label: &Expr,
        name: &Name,
        element: &Expr,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let by_name = cx.label_only.is_some_and(|only| *only == label.identity());
        if cx.among_columns && !cx.in_label {
            // The label takes its number before what it names.
            let name = self.name(name);
            self.expr(&element.grouped(Some(&Operator::As)), Context { in_label: true, ..cx })?;
            self.push(" AS ");
            self.ident(&name);
            return Ok(());
        }
        if by_name {
            let name = self.name(name);
            self.ident(&name);
            return Ok(());
        }
        let cx = Context { among_columns: false, ..cx };
        self.expr(&element.grouped(Some(&Operator::As)), cx)
    }

    fn as_boolean(&mut self, element: &Expr, negated: bool, cx: Context<'_>) -> Result<(), CompileError> {
        let native = element.is_implicitly_boolean() || self.rules().has_booleans();
        if native && negated {
            self.push("NOT ");
        }
        self.expr(element, cx)?;
        if !native {
            self.push(if negated { " = 0" } else { " = 1" });
        }
        Ok(())
    }

    /// `CAST(x AS type)`
    pub(super) fn plain_cast(
        &mut self,
        keyword: &str,
        element: &Expr,
        sql_type: &SqlType,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let text = self.type_text(sql_type)?;
        // A collation follows the cast.
        let (text, collation) = match text.find(" COLLATE ") {
            Some(at) => text.split_at(at),
            None => (text.as_str(), ""),
        };
        self.push(keyword);
        self.push("(");
        self.expr(element, cx)?;
        self.push(" AS ");
        self.push(text);
        self.push(")");
        self.push(collation);
        Ok(())
    }

    /// A type as CAST writes it.
    pub(super) fn type_text(&self, sql_type: &SqlType) -> Result<String, CompileError> {
        match self.schema.type_text(self.dialect_name(), sql_type) {
            Some(text) => Ok(text.to_string()),
            None => self.dialect.type_text(sql_type).map_err(|reason| {
                let parts = reason.strip_prefix("Compiler ");
                match parts.and_then(|parts| parts.split_once(" can't render element of type ")) {
                    Some((compiler, element)) => {
                        CompileError::Unsupported { compiler: compiler.into(), element: element.into() }
                    }
                    None => CompileError::Compile(reason),
                }
            }),
        }
    }

    /// Conditions joined by AND.
    pub(super) fn conjunction(&mut self, conditions: &[Expr], cx: Context<'_>) -> Result<(), CompileError> {
        let clauses = Expr::boolean_clauses(&Operator::And, conditions.iter().cloned());
        self.exprs(&clauses, " AND ", cx)
    }
}
