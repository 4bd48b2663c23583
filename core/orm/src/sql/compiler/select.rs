//! `SELECT` as text.

use std::rc::Rc;

use super::names::Label;
use super::{CompileError, Compiler, Dialect, ResultColumn, result_names};
use crate::sql::BoolOp;
use crate::sql::Expr;
use crate::sql::{Alias, AliasKind, AliasOf, Select, SetOp};

/// Where a select stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the statement, whose columns are the result's.
    Outermost,
    /// In FROM, or in WITH.
    InFrom,
    /// Anywhere else.
    Inside,
}

impl Compiler<'_> {
    /// Writes a select; the outermost one fills the result's columns, and the
    /// columns of one in FROM are all named.
    pub(super) fn select(&mut self, select: &Select, place: Place) -> Result<(), CompileError> {
        if let Some(compound) = &select.compound {
            let keyword = match compound.op {
                SetOp::Union => " UNION ",
                SetOp::UnionAll => " UNION ALL ",
                SetOp::Intersect => " INTERSECT ",
                SetOp::Except => " EXCEPT ",
            };
            let mut first = place;
            for (at, part) in compound.selects.iter().enumerate() {
                if at > 0 {
                    self.out.push_str(keyword);
                }
                let grouped = part.compound.is_some() && self.dialect != Dialect::Sqlite;
                self.out.push_str(if grouped { "(" } else { "" });
                self.select(part, first)?;
                self.out.push_str(if grouped { ")" } else { "" });
                if first == Place::Outermost {
                    first = Place::Inside;
                }
            }
            return self.tail(select);
        }
        let exprs = select.expressions(self.schema);
        let froms = self.display_froms(select)?;
        self.out.push_str("SELECT ");
        if select.distinct {
            self.out.push_str("DISTINCT ");
        }
        let names = result_names(self.schema, &exprs, select.label_style);
        self.enclosing.push(froms.clone());
        for (at, (expr, name)) in exprs.iter().zip(names).enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            self.select_column(expr, &name, place)?;
        }
        if !froms.is_empty() {
            self.out.push_str(" \nFROM ");
            self.list(&froms, ", ", |this, from| this.write_from(from))?;
        }
        if !select.where_.is_empty() {
            self.out.push_str(" \nWHERE ");
            self.conjunction(&select.where_)?;
        }
        if !select.group_by.is_empty() {
            self.out.push_str(" GROUP BY ");
            self.list(&select.group_by, ", ", |this, expr| this.expr(expr))?;
        }
        if !select.having.is_empty() {
            self.out.push_str(" \nHAVING ");
            self.conjunction(&select.having)?;
        }
        self.tail(select)?;
        self.enclosing.pop();
        Ok(())
    }

    /// Conditions joined by AND.
    pub(super) fn conjunction(&mut self, conditions: &[Expr]) -> Result<(), CompileError> {
        match Expr::all_of(BoolOp::And, conditions.iter().cloned()) {
            Expr::Bool { op, conditions } if op == BoolOp::And => self.bool_list(op, &conditions),
            single => self.condition(&single.grouped_against(-10)),
        }
    }

    /// ORDER BY, LIMIT, OFFSET.
    fn tail(&mut self, select: &Select) -> Result<(), CompileError> {
        if !select.order_by.is_empty() {
            self.out.push_str(" ORDER BY ");
            self.list(&select.order_by, ", ", |this, expr| this.order_element(expr))?;
        }
        match (&select.limit, &select.offset) {
            (None, None) => {}
            // SQLite's form always has both.
            (limit, offset) if self.dialect == Dialect::Sqlite => {
                self.out.push_str("\n LIMIT ");
                match limit {
                    Some(limit) => self.expr(limit)?,
                    None => self.constant(-1),
                }
                self.out.push_str(" OFFSET ");
                match offset {
                    Some(offset) => self.expr(offset)?,
                    None => self.constant(0),
                }
            }
            (limit, Some(offset)) if self.dialect == Dialect::Mysql => {
                self.out.push_str(" \n LIMIT ");
                self.expr(offset)?;
                self.out.push_str(", ");
                match limit {
                    Some(limit) => self.expr(limit)?,
                    None => self.out.push_str("18446744073709551615"),
                }
            }
            (limit, offset) => {
                let postgresql = self.dialect == Dialect::Postgresql;
                let spaced = matches!(self.dialect, Dialect::Postgresql | Dialect::Mysql);
                match limit {
                    Some(limit) => {
                        self.out.push_str(if spaced { " \n LIMIT " } else { "\n LIMIT " });
                        self.expr(limit)?;
                    }
                    None => self.out.push_str(if postgresql { "\n LIMIT ALL" } else { "\n LIMIT -1" }),
                }
                if let Some(offset) = offset {
                    self.out.push_str(" OFFSET ");
                    self.expr(offset)?;
                }
            }
        }
        Ok(())
    }

    /// A number that is bound like a value of the program's.
    fn constant(&mut self, value: i64) {
        let name = self.anonymous_name(crate::sql::AnonId::fresh(), "param");
        self.parameter(super::Parameter {
            name,
            sql_type: crate::types::SqlType::Integer,
            source: super::Source::Constant(value),
            expanding_at: None,
        });
    }

    /// A label in ORDER BY is written by its name.
    fn order_element(&mut self, expr: &Expr) -> Result<(), CompileError> {
        match expr {
            Expr::Label { name: Some(name), .. } => {
                self.ident(&Rc::clone(name));
                Ok(())
            }
            Expr::Unary { op, operand } if matches!(&**operand, Expr::Label { name: Some(_), .. }) => {
                let Expr::Label { name: Some(name), .. } = &**operand else { return Ok(()) };
                let named = Expr::Literal {
                    text: super::quote(name, self.dialect).into(),
                    sql_type: operand.sql_type(),
                };
                self.expr(&Expr::Unary { op: *op, operand: Rc::new(named) })
            }
            other => self.expr(other),
        }
    }

    fn select_column(
        &mut self,
        expr: &Expr,
        name: &super::names::ResultName,
        place: Place,
    ) -> Result<(), CompileError> {
        let start = self.out.len();
        // The label takes its number before what it names.
        let label = match &name.label {
            Label::None if place == Place::InFrom && matches!(expr, Expr::Column(_)) => {
                Some(Rc::clone(&name.key))
            }
            Label::None => None,
            Label::Fixed(label) => Some(Rc::clone(label)),
            Label::Anonymous(base) => {
                // A function that stands in two places is the same element.
                let id = match expr {
                    Expr::Function(call) => *self
                        .elements
                        .entry(Rc::as_ptr(call) as usize)
                        .or_insert_with(crate::sql::AnonId::fresh),
                    _ => crate::sql::AnonId::fresh(),
                };
                Some(self.anonymous_name(id, base))
            }
        };
        self.expr(expr)?;
        if let Some(label) = &label {
            self.out.push_str(" AS ");
            self.ident(label);
        }
        if place == Place::Outermost {
            let base = match expr {
                Expr::Column(column) => column.base,
                Expr::Label { element, .. } => match &**element {
                    Expr::Column(column) => column.base,
                    _ => None,
                },
                _ => None,
            };
            let key = match &label {
                Some(label) => Rc::clone(label),
                None if name.key.is_empty() => self.out[start..].into(),
                None => Rc::clone(&name.key),
            };
            self.columns.push(ResultColumn { key, sql_type: expr.sql_type(), base });
        }
        Ok(())
    }

    /// Meets a CTE: its text is put before the statement, once.
    pub(super) fn cte(&mut self, alias: &Rc<Alias>) -> Result<(), CompileError> {
        if self.ctes.iter().any(|(known, _)| known.id == alias.id) {
            return Ok(());
        }
        let AliasOf::Select(select) = &alias.of else { return Ok(()) };
        let at = self.ctes.len();
        self.ctes.push((Rc::clone(alias), String::new()));
        let outer = std::mem::take(&mut self.out);
        let outer_parameters = std::mem::take(&mut self.parameters);
        let enclosing = std::mem::take(&mut self.enclosing);
        self.select(select, Place::InFrom)?;
        self.enclosing = enclosing;
        let own_parameters = std::mem::replace(&mut self.parameters, outer_parameters);
        self.cte_parameters.extend(own_parameters);
        self.ctes[at].1 = std::mem::replace(&mut self.out, outer);
        Ok(())
    }

    pub(super) fn prepend_ctes(&mut self) {
        let ctes = std::mem::take(&mut self.ctes);
        let recursive = ctes.iter().any(|(alias, _)| alias.kind == AliasKind::Cte { recursive: true });
        let mut text = String::from(if recursive { "WITH RECURSIVE " } else { "WITH " });
        for (at, (alias, select)) in ctes.iter().enumerate() {
            if at > 0 {
                text.push_str(", \n");
            }
            if let Some(name) = self.name_of_from(&crate::sql::From::Alias(Rc::clone(alias))) {
                text.push_str(&name);
            }
            if let (AliasKind::Cte { recursive: true }, AliasOf::Select(select)) = (alias.kind, &alias.of) {
                let columns = select.result_columns(self.schema);
                let names: Vec<String> =
                    columns.iter().map(|(name, _)| super::quote(name, self.dialect)).collect();
                text.push_str(&format!("({})", names.join(", ")));
            }
            text.push_str(" AS \n(");
            text.push_str(select);
            text.push(')');
        }
        text.push_str("\n ");
        let shift = text.len();
        for parameter in &mut self.parameters {
            if let Some(at) = &mut parameter.expanding_at {
                *at += shift;
            }
        }
        self.out.insert_str(0, &text);
        let mut parameters = std::mem::take(&mut self.cte_parameters);
        parameters.append(&mut self.parameters);
        self.parameters = parameters;
        // Lists inside a CTE are found again by their marker.
        for parameter in &mut self.parameters {
            if parameter.expanding_at.is_some() {
                let marker = format!("__[POSTCOMPILE_{}]", parameter.name);
                parameter.expanding_at = self.out.find(&marker);
            }
        }
    }
}
