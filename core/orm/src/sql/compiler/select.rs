//! `SELECT` as text.

use super::context::Context;
use super::froms::from_objects;
use super::order::Resolve;
use super::{CompileError, Compiler, Level, ResultColumn, has};
use crate::sql::names::{ColumnName, anonymous, column_names};
use crate::sql::{
    Bind, Expr, Fetch, From, Hint, Kind, LabelStyle, Name, Operator, Select, SelectItem, SetOp,
};
use crate::types::ColumnId;
use std::rc::Rc;

/// Where a select stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the statement, whose columns are the result's.
    Outermost,
    /// In FROM, or in WITH.
    InFrom {
        /// What stands before it can be referred to.
        lateral: bool,
    },
    /// In a set operation: its number, and whether the result's columns are its own.
    InCompound {
        /// Its number among the others.
        number: usize,
        /// Whether the set operation is in FROM.
        in_from: bool,
        /// Whether the columns of the result are this select's.
        fills_result: bool,
    },
    /// After an INSERT.
    InInsert,
    /// Anywhere else.
    Inside,
}

impl Place {
    fn in_from(self) -> bool {
        matches!(self, Place::InFrom { .. } | Place::InCompound { in_from: true, .. })
    }

    fn fills_result(self) -> bool {
        matches!(self, Place::Outermost | Place::InCompound { fills_result: true, .. })
    }
}

impl Compiler<'_> {
    /// Writes a select; the outermost one fills the result's columns, and the
    /// columns of one in FROM are all named.
    pub(super) fn select(
        &mut self,
        select: &Select,
        place: Place,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if select.compound.is_some() {
            return self.compound(select, place, cx);
        }
        if let Some(translated) = self.rules().translated(self, select)? {
            return self.select(&translated, place, cx);
        }
        let outermost = self.levels.is_empty();
        let start = self.out.text.len();
        let lateral = matches!(place, Place::InFrom { lateral: true });
        let enclosing = self.enclosing(place.in_from(), lateral);
        let own_froms = self.froms_of(select)?;
        let froms = self.display_froms(select, &enclosing)?;
        self.lint("SELECT", &froms, &select.where_);
        let exprs = select.expressions(self.schema);
        self.push_level(&exprs, &froms, own_froms);
        let cx = cx.inside();
        self.push("SELECT ");
        self.select_hints(select)?;
        self.independent_ctes(&select.ctes)?;
        self.prefixes(&select.prefixes, cx)?;
        self.rules().precolumns(self, select, cx)?;
        let names = column_names(self.schema, &exprs, select.label_style, true);
        for (at, (expr, name)) in exprs.iter().zip(&names).enumerate() {
            if at > 0 {
                self.push(", ");
            }
            self.select_column(expr, name, place, cx)?;
        }
        if exprs.is_empty() {
            // Without columns, the space belongs to what follows.
            self.out.text.truncate(self.out.text.trim_end().len());
        }
        if froms.is_empty() {
            let from = self.rules().default_from(!select.where_.is_empty());
            self.push(from);
        } else {
            self.push(" \nFROM ");
            let hints = select.hints.clone();
            self.with_hints(hints, |this| this.list(&froms, ", ", |this, from| this.from(from, cx)))?;
        }
        if !select.where_.is_empty() {
            self.push(" \nWHERE ");
            self.conjunction(&select.where_, cx)?;
        }
        if !select.group_by.is_empty() {
            self.push(" GROUP BY ");
            self.order_list(&select.group_by, false, cx)?;
        }
        if !select.having.is_empty() {
            self.push(" \nHAVING ");
            self.conjunction(&select.having, cx)?;
        }
        self.tail(select, cx)?;
        self.statement_hints(select);
        let embedded = matches!(place, Place::InCompound { .. } | Place::InInsert);
        if !embedded || outermost {
            self.render_ctes(start, outermost, false);
        }
        if !select.suffixes.is_empty() {
            self.push(" ");
            self.prefixes(&select.suffixes, cx)?;
        }
        self.levels.pop();
        Ok(())
    }

    fn push_level(&mut self, exprs: &[Expr], froms: &[From], own: Vec<From>) {
        let mut here: Vec<From> = Vec::new();
        for object in froms.iter().flat_map(from_objects) {
            if !has(&here, &object) {
                here.push(object);
            }
        }
        let mut correlate = self.levels.last().map(|level| level.correlate.clone()).unwrap_or_default();
        for object in &here {
            if !has(&correlate, object) {
                correlate.push(object.clone());
            }
        }
        let with_schema = self.names_with_schema(&own.iter().flat_map(from_objects).collect::<Vec<_>>());
        self.levels.push(Level {
            correlate,
            froms: here,
            with_schema,
            order: Resolve { columns: exprs.to_vec(), froms: own, compound: false, known: true },
            values: None,
            updates: false,
        });
    }

    fn compound(&mut self, select: &Select, place: Place, cx: Context<'_>) -> Result<(), CompileError> {
        let Some(compound) = &select.compound else { return Ok(()) };
        let outermost = self.levels.is_empty();
        let start = self.out.text.len();
        let around = self.levels.last();
        let (correlate, froms) =
            around.map(|level| (level.correlate.clone(), level.froms.clone())).unwrap_or_default();
        let exprs = select.expressions(self.schema);
        self.levels.push(Level {
            correlate,
            froms,
            with_schema: Vec::new(),
            order: Resolve { columns: exprs.clone(), froms: Vec::new(), compound: true, known: true },
            values: None,
            updates: false,
        });
        let cx = cx.inside();
        self.independent_ctes(&select.ctes)?;
        let keyword = match compound.op {
            SetOp::Union => " UNION ",
            SetOp::UnionAll => " UNION ALL ",
            SetOp::Intersect => " INTERSECT ",
            SetOp::IntersectAll => " INTERSECT ALL ",
            SetOp::Except => self.rules().except(),
            SetOp::ExceptAll => " EXCEPT ALL ",
        };
        for (number, part) in compound.selects.iter().enumerate() {
            let width = part.expressions(self.schema).len();
            if width != exprs.len() {
                return Err(CompileError::Compile(format!(
                    "All selectables passed to CompoundSelect must have identical numbers of columns; select #1 has {} columns, select #{} has {width}",
                    exprs.len(),
                    number + 1
                )));
            }
            self.push(if number > 0 { keyword } else { "" });
            let grouped = part.needs_parentheses();
            self.push(if grouped { "(" } else { "" });
            let fills_result = number == 0 && place.fills_result();
            self.select(part, Place::InCompound { number, in_from: place.in_from(), fills_result }, cx)?;
            self.push(if grouped { ")" } else { "" });
        }
        let cx = Context { with_table: false, ..cx };
        if !select.group_by.is_empty() {
            self.push(" GROUP BY ");
            self.order_list(&select.group_by, false, cx)?;
        }
        self.tail_of_compound(select, cx)?;
        self.render_ctes(start, outermost, true);
        self.levels.pop();
        Ok(())
    }

    /// ORDER BY, LIMIT, OFFSET, FOR UPDATE.
    fn tail(&mut self, select: &Select, cx: Context<'_>) -> Result<(), CompileError> {
        self.tail_of_compound(select, cx)?;
        if let Some(lock) = &select.for_update {
            self.rules().for_update(self, lock, cx)?;
        }
        Ok(())
    }

    fn tail_of_compound(&mut self, select: &Select, cx: Context<'_>) -> Result<(), CompileError> {
        if !select.order_by.is_empty() && self.rules().keeps_order(self, select) {
            self.push(" ORDER BY ");
            self.order_list(&select.order_by, true, cx)?;
        }
        if select.limits_rows() {
            self.rules().row_limit(self, select, cx)?;
        }
        Ok(())
    }

    /// LIMIT and OFFSET as most dialects have them.
    pub(super) fn common_limit(
        &mut self,
        select: &Select,
        (limit, no_limit): (&str, &str),
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        match &select.limit {
            Some(count) => {
                self.push(limit);
                self.expr(count, cx)?;
            }
            None if select.offset.is_some() => self.push(no_limit),
            None => {}
        }
        if let Some(offset) = &select.offset {
            self.push(" OFFSET ");
            self.expr(offset, cx)?;
        }
        Ok(())
    }

    /// `OFFSET … ROWS FETCH FIRST … ROWS ONLY`
    pub(super) fn common_fetch(
        &mut self,
        select: &Select,
        form: FetchForm,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let (open, close) = if form.parentheses { ("(", ")") } else { ("", "") };
        let literal = |expr: &Expr| if form.literal { literal_count(expr) } else { expr.clone() };
        match &select.offset {
            Some(offset) => {
                self.push(&format!("\n OFFSET {open}"));
                self.expr(&literal(offset), cx)?;
                self.push(&format!("{close} ROWS"));
            }
            None if form.requires_offset => self.push("\n OFFSET 0 ROWS"),
            None => {}
        }
        let plain = |count: &Expr| Fetch { count: count.clone(), percent: false, with_ties: false };
        let fetch = select.fetch.clone().or_else(|| match form.limit_too {
            true => select.limit.as_ref().map(plain),
            false => None,
        });
        if let Some(fetch) = fetch {
            self.push(&format!("\n FETCH FIRST {open}"));
            self.expr(&literal(&fetch.count), cx)?;
            self.push(close);
            self.push(if fetch.percent { " PERCENT" } else { "" });
            self.push(if fetch.with_ties { " ROWS WITH TIES" } else { " ROWS ONLY" });
        }
        Ok(())
    }

    /// Writes one column of a select or of RETURNING, with the label that it needs.
    pub(super) fn select_column(
        &mut self,
        expr: &Expr,
        name: &ColumnName,
        place: Place,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let label = match expr.kind() {
            Kind::Label { .. } => None,
            _ if name.required.is_some() => name.required.clone(),
            _ if self.is_labelled(expr, place.in_from()) => {
                Some(name.fallback.clone().unwrap_or_else(|| anonymous(expr)))
            }
            _ => None,
        };
        if matches!(expr.kind(), Kind::Tuple(_)) && place.fills_result() {
            return Err(CompileError::Compile(
                "Most backends don't support SELECTing from a tuple() object.  If this is an ORM query, consider using the Bundle object.".into(),
            ));
        }
        let wrapped = if place.in_from() { None } else { self.column_expression(expr) };
        let label = match (&wrapped, expr.kind()) {
            (Some(_), Kind::Label { .. }) | (None, _) => label,
            (Some(_), Kind::Column(column)) => label.or_else(|| Some(column.name.clone())),
            (Some(_), _) => label.or_else(|| Some(anonymous(expr))),
        };
        let (named, expr) = (expr, wrapped.as_ref().unwrap_or(expr));
        let start = self.out.text.len();
        let among = Context { among_columns: true, in_label: false, ..cx };
        let key = match &label {
            Some(label) => {
                let label = self.name(label);
                self.expr(expr, Context { in_label: true, ..among })?;
                self.push(" AS ");
                self.ident(&label);
                label
            }
            None => {
                self.expr(expr, among)?;
                self.plain_key(expr, name, start)
            }
        };
        if place.fills_result() {
            self.columns.push(ResultColumn { key, sql_type: named.sql_type(), base: base_of(named) });
        }
        Ok(())
    }

    /// A column with what its type puts around it in a result.
    fn column_expression(&self, expr: &Expr) -> Option<Expr> {
        let around = self.type_expressions(&expr.sql_type())?;
        let template = around.column.as_ref()?;
        Some(match expr.kind() {
            Kind::Label { name, element, sql_type } => Expr::new(Kind::Label {
                name: name.clone(),
                element: around.around(template, element),
                sql_type: sql_type.clone(),
            }),
            _ => around.around(template, expr),
        })
    }

    /// The name by which rows are asked for a column that is written without a label.
    fn plain_key(&mut self, expr: &Expr, name: &ColumnName, start: usize) -> Rc<str> {
        match expr.kind() {
            Kind::Column(column) => self.name(&column.name),
            Kind::Label { name, .. } => self.name(name),
            Kind::Literal { text, .. } => Rc::clone(text),
            _ => match &name.key {
                Some(key) => Rc::clone(key),
                None => self.out.text[start..].into(),
            },
        }
    }

    /// Whether a column gets a label although its name does not ask for one.
    fn is_labelled(&self, expr: &Expr, in_from: bool) -> bool {
        match expr.kind() {
            Kind::Column(column) => in_from && column.from.is_some(),
            Kind::Literal { .. } | Kind::Text(_) | Kind::Row { .. } | Kind::FieldOf { .. } => false,
            Kind::Made(made) => made.element.is_function || made.element.name.is_none(),
            Kind::Unary { operand, .. } => in_from || wraps_unnamed(operand),
            Kind::AsBoolean { element, .. } => {
                in_from || !self.rules().has_booleans() || wraps_unnamed(element)
            }
            _ => true,
        }
    }

    /// Hints after SELECT.
    fn select_hints(&mut self, select: &Select) -> Result<(), CompileError> {
        let name = self.dialect.name();
        let texts: Vec<(From, String)> = select
            .hints
            .iter()
            .filter(|hint| *hint.dialect == *"*" || &*hint.dialect == name)
            .filter_map(|hint| Some((hint.from.clone()?, hint.text.to_string())))
            .map(|(from, text)| {
                let table = self.reference_to(&from, Context::PLAIN);
                (from, text.replace("%(name)s", &table))
            })
            .collect();
        if let Some(text) = self.rules().select_hint(&texts) {
            self.push(&text);
            self.push(" ");
        }
        Ok(())
    }

    fn statement_hints(&mut self, select: &Select) {
        let name = self.dialect.name();
        let texts: Vec<&str> = select
            .hints
            .iter()
            .filter(|hint| hint.from.is_none() && (*hint.dialect == *"*" || &*hint.dialect == name))
            .map(|hint| &*hint.text)
            .collect();
        if !texts.is_empty() {
            self.push(" ");
            self.push(&texts.join(" "));
        }
    }

    fn with_hints(
        &mut self,
        hints: Vec<Hint>,
        write: impl FnOnce(&mut Self) -> Result<(), CompileError>,
    ) -> Result<(), CompileError> {
        let around = std::mem::replace(&mut self.hints, hints);
        let written = write(self);
        self.hints = around;
        written
    }

    /// Writes the hint for an element of FROM behind it.
    pub(super) fn hint_beside(&mut self, from: &From) -> Result<(String, String), CompileError> {
        let name = self.dialect.name();
        let found = self.hints.iter().find(|hint| {
            hint.from.as_ref().is_some_and(|own| own.is(from))
                && (*hint.dialect == *"*" || &*hint.dialect == name)
        });
        let Some(hint) = found else { return Ok(Default::default()) };
        let text = hint.text.to_string();
        let table = self.reference_to(from, Context::PLAIN);
        self.rules().hint_beside(&text.replace("%(name)s", &table))
    }

    /// `RETURNING …`: its columns are the result's where the statement is the outermost.
    pub(super) fn returning(&mut self, items: &[SelectItem], cx: Context<'_>) -> Result<(), CompileError> {
        self.returning_as("RETURNING ", items, cx)
    }

    /// The same without labels for names that occur twice.
    pub(super) fn returning_unnumbered(
        &mut self,
        items: &[SelectItem],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let exprs = self.expressions_of(items);
        let place = if self.levels.len() == 1 { Place::Outermost } else { Place::Inside };
        self.push("RETURNING ");
        for (at, expr) in exprs.iter().enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            let key = crate::sql::names::proxy_key(expr);
            let name = ColumnName { required: None, key, fallback: None, repeated: false };
            self.select_column(expr, &name, place, cx.inside())?;
        }
        Ok(())
    }

    /// The same after another word.
    pub(super) fn returning_as(
        &mut self,
        keyword: &str,
        items: &[SelectItem],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let exprs = crate::sql::columns::items_expressions(self.schema, items);
        let place = if self.levels.len() == 1 { Place::Outermost } else { Place::Inside };
        let names = column_names(self.schema, &exprs, LabelStyle::Disambiguate, true);
        self.push(keyword);
        for (at, (expr, name)) in exprs.iter().zip(&names).enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            self.select_column(expr, name, place, cx.inside())?;
        }
        Ok(())
    }
}

/// How a dialect writes FETCH.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FetchForm {
    /// Whether the numbers stand in parentheses.
    pub(super) parentheses: bool,
    /// Whether the numbers are written into the text when the statement is executed.
    pub(super) literal: bool,
    /// Whether OFFSET always stands there.
    pub(super) requires_offset: bool,
    /// Whether LIMIT is written as FETCH as well.
    pub(super) limit_too: bool,
}

/// A number of rows that is written into the text when the statement is executed.
pub(super) fn literal_count(expr: &Expr) -> Expr {
    match expr.kind() {
        Kind::Bind(bind) if bind.unique => Expr::from(Bind { literal_execute: true, ..(**bind).clone() }),
        _ => expr.clone(),
    }
}

/// Whether what an operator stands before has no name.
fn wraps_unnamed(operand: &Expr) -> bool {
    match operand.kind() {
        Kind::Grouping(inner) => wraps_unnamed(inner),
        Kind::Column(column) => matches!(column.name, Name::Anonymous(..) | Name::Numbered(..)),
        Kind::Label { name, .. } => matches!(name, Name::Anonymous(..) | Name::Numbered(..)),
        Kind::Literal { .. } | Kind::Row { .. } | Kind::FieldOf { .. } => false,
        _ => true,
    }
}

/// The table column that a column of a result is.
fn base_of(expr: &Expr) -> Option<ColumnId> {
    match expr.kind() {
        Kind::Column(column) => column.base,
        Kind::Label { element, .. } => base_of(element),
        Kind::Unary { op: Operator::Distinct, operand, .. } => base_of(operand),
        _ => None,
    }
}
