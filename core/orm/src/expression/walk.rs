//! Looking through statements, and rebuilding them with parts replaced.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.visitors`.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::cache_key::AnonId;
use super::dml::{AssignmentTarget, ConflictTarget, Dml, InsertValues, OnConflict};
use super::element::{Bind, Expr, FrameBound, Kind};
use super::from::{Affix, Alias, AliasKind, AliasOf, From};
use super::program::Piece;
use super::select::{Distinct, Select, SelectItem};
use super::statement::Statement;

/// A part of a statement.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    /// An expression.
    Expr(&'a Expr),
    /// Something in FROM.
    From(&'a From),
    /// A select inside.
    Select(&'a Select),
    /// A statement inside.
    Statement(&'a Statement),
    /// A value.
    Bind(&'a Rc<Bind>),
}

impl<'a> Part<'a> {
    pub(crate) fn depth(self) -> u32 {
        match self {
            Part::Expr(expr) => expr.depth(),
            Part::From(from) => from.depth(),
            Part::Select(select) => select.depth(),
            Part::Statement(statement) => statement.depth(),
            Part::Bind(_) => 1,
        }
    }

    /// The parts just inside.
    fn parts(self, visit: &mut dyn FnMut(Part<'a>)) {
        match self {
            Part::Expr(expr) => expr_parts(expr.kind(), visit),
            Part::From(from) => from_parts(from, visit),
            Part::Select(select) => select_parts(select, visit),
            Part::Statement(statement) => statement_parts(statement, visit),
            Part::Bind(_) => {}
        }
    }

    /// Calls `visit` on this and everything in it, as long as it returns true;
    /// an alias is looked into once.
    pub fn walk(self, visit: &mut dyn FnMut(Part<'a>) -> bool) {
        walk_once(self, visit, &mut FxHashSet::default());
    }
}

fn walk_once<'a>(part: Part<'a>, visit: &mut dyn FnMut(Part<'a>) -> bool, seen: &mut FxHashSet<AnonId>) {
    if !visit(part) {
        return;
    }
    if let Part::From(From::Alias(alias)) = part
        && !seen.insert(alias.id)
    {
        return;
    }
    part.parts(&mut |inner| walk_once(inner, visit, seen));
}

pub(crate) fn depth_inside(kind: &Kind) -> u32 {
    let mut deepest = 0;
    expr_parts(kind, &mut |part| deepest = deepest.max(part.depth()));
    deepest
}

fn each<'a>(exprs: impl IntoIterator<Item = &'a Expr>, visit: &mut dyn FnMut(Part<'a>)) {
    exprs.into_iter().for_each(|expr| visit(Part::Expr(expr)));
}

fn expr_parts<'a>(kind: &'a Kind, visit: &mut dyn FnMut(Part<'a>)) {
    match kind {
        Kind::Column(column) | Kind::DmlColumn(column) => {
            if let Some(from) = &column.from {
                visit(Part::From(from));
            }
        }
        Kind::Bind(bind) => visit(Part::Bind(bind)),
        Kind::Text(text) => text.binds.iter().for_each(|bind| visit(Part::Bind(bind))),
        Kind::Binary { left, right, .. } => each([left, right], visit),
        Kind::Unary { operand: inner, .. }
        | Kind::Grouping(inner)
        | Kind::AsBoolean { element: inner, .. }
        | Kind::Label { element: inner, .. }
        | Kind::TypeCoerce { element: inner, .. }
        | Kind::Extract { element: inner, .. }
        | Kind::FieldOf { function: inner, .. }
        | Kind::Cast { element: inner, .. } => visit(Part::Expr(inner)),
        Kind::List { items, .. } | Kind::Tuple(items) | Kind::Array { items, .. } => each(items, visit),
        Kind::Function(call) => each(&call.arguments, visit),
        Kind::Over { element, window } => {
            visit(Part::Expr(element));
            each(window.partition_by.iter().chain(&window.order_by), visit);
            if let Some(frame) = &window.frame {
                for bound in [&frame.lower, &frame.upper] {
                    if let FrameBound::Preceding(expr) | FrameBound::Following(expr) = bound {
                        visit(Part::Expr(expr));
                    }
                }
            }
        }
        Kind::Filter { element, criterion } => each([element, criterion], visit),
        Kind::WithinGroup { element, order_by, .. } => {
            visit(Part::Expr(element));
            each(order_by, visit);
        }
        Kind::Case { value, whens, otherwise, .. } => {
            each(value, visit);
            for (condition, result) in whens {
                each([condition, result], visit);
            }
            each(otherwise, visit);
        }
        Kind::Slice { start, stop } => each([start, stop], visit),
        Kind::Program(element) => each(&element.arguments, visit),
        Kind::Made(made) => {
            for piece in &made.pieces {
                match piece {
                    Piece::Expr(expr, _) => visit(Part::Expr(expr)),
                    Piece::From(from) => visit(Part::From(from)),
                    Piece::Statement(statement, _) => visit(Part::Statement(statement)),
                    Piece::Text(_) => {}
                }
            }
        }
        Kind::Subquery(select) => visit(Part::Select(select)),
        Kind::Row { from, .. } | Kind::ValueRows(from) => visit(Part::From(from)),
        Kind::Null | Kind::True | Kind::False | Kind::Literal { .. } | Kind::NameReference(_) => {}
        Kind::Collation(_) | Kind::NextValue(_) | Kind::ColumnDefault(_) | Kind::TooDeep => {}
    }
}

fn affixes<'a>(list: &'a [Affix], visit: &mut dyn FnMut(Part<'a>)) {
    each(list.iter().map(|affix| &affix.sql), visit);
}

fn from_parts<'a>(from: &'a From, visit: &mut dyn FnMut(Part<'a>)) {
    match from {
        From::Table(_) | From::Plain(_) => {}
        From::Alias(alias) => {
            match &alias.of {
                AliasOf::From(from) => visit(Part::From(from)),
                AliasOf::Statement(statement) => visit(Part::Statement(statement)),
            }
            match &alias.kind {
                AliasKind::TableSample { method, seed } => {
                    visit(Part::Expr(method));
                    each(seed, visit);
                }
                AliasKind::Cte(cte) => {
                    affixes(&cte.prefixes, visit);
                    affixes(&cte.suffixes, visit);
                }
                AliasKind::Inline | AliasKind::Lateral | AliasKind::TableValued(_) => {}
            }
        }
        From::Join(join) => {
            visit(Part::From(&join.left));
            visit(Part::From(&join.right));
            visit(Part::Expr(&join.on));
        }
        From::Values(values) => each(values.rows.iter().flatten(), visit),
        From::Function(function) => visit(Part::Expr(function)),
        From::Text(text) => text.binds.iter().for_each(|bind| visit(Part::Bind(bind))),
    }
}

fn item_part<'a>(item: &'a SelectItem, visit: &mut dyn FnMut(Part<'a>)) {
    match item {
        SelectItem::Expr(expr) => visit(Part::Expr(expr)),
        SelectItem::From(from) => visit(Part::From(from)),
        SelectItem::Entity(_) => {}
    }
}

pub(crate) fn select_parts<'a>(select: &'a Select, visit: &mut dyn FnMut(Part<'a>)) {
    if let Some(compound) = &select.compound {
        compound.selects.iter().for_each(|select| visit(Part::Select(select)));
    }
    affixes(&select.prefixes, visit);
    if let Distinct::On(exprs) | Distinct::Extended(exprs) = &select.distinct {
        each(exprs, visit);
    }
    select.items.iter().for_each(|item| item_part(item, visit));
    select.from.iter().for_each(|from| visit(Part::From(from)));
    for join in &select.joins {
        visit(Part::From(&join.right));
        each(&join.on, visit);
    }
    let lists = [&select.where_, &select.group_by, &select.having, &select.order_by];
    lists.into_iter().for_each(|list| each(list, visit));
    each(select.limit.iter().chain(&select.offset), visit);
    each(select.fetch.iter().map(|fetch| &fetch.count), visit);
    affixes(&select.suffixes, visit);
    ctes(&select.ctes, visit);
}

/// The statements of CTEs that are added and not referred to.
fn ctes<'a>(list: &'a [(Rc<Alias>, bool)], visit: &mut dyn FnMut(Part<'a>)) {
    for (alias, _) in list {
        if let AliasOf::Statement(statement) = &alias.of {
            visit(Part::Statement(statement));
        }
    }
}

fn dml_parts<'a>(dml: &'a Dml, visit: &mut dyn FnMut(Part<'a>)) {
    affixes(&dml.prefixes, visit);
    ctes(&dml.ctes, visit);
    each(&dml.limit, visit);
    if let Some(defaults) = &dml.defaults {
        defaults.columns.iter().chain(&defaults.supplemental).for_each(|item| item_part(item, visit));
    }
}

fn conflict_parts<'a>(conflict: &'a OnConflict, visit: &mut dyn FnMut(Part<'a>)) {
    if let ConflictTarget::Index(exprs, condition) = &conflict.target {
        each(exprs.iter().chain(condition), visit);
    }
    each(conflict.set.iter().flatten().map(|(_, value)| value), visit);
    each(&conflict.where_, visit);
}

pub(crate) fn statement_parts<'a>(statement: &'a Statement, visit: &mut dyn FnMut(Part<'a>)) {
    match statement {
        Statement::Select(select) => select_parts(select, visit),
        Statement::Insert(insert) => {
            match &insert.values {
                InsertValues::Parameters => {}
                InsertValues::Row(row) => each(row.iter().map(|one| &one.value), visit),
                InsertValues::Rows(rows) => each(rows.iter().flatten().map(|one| &one.value), visit),
                InsertValues::Select(_, select, _) => visit(Part::Select(select)),
            }
            for conflict in &insert.on_conflict {
                conflict_parts(conflict, visit);
            }
            insert.returning.iter().for_each(|item| item_part(item, visit));
            dml_parts(&insert.dml, visit);
        }
        Statement::Update(update) => {
            for one in &update.values {
                if let AssignmentTarget::Expr(target) = &one.target {
                    visit(Part::Expr(target));
                }
                visit(Part::Expr(&one.value));
            }
            each(&update.where_, visit);
            update.returning.iter().for_each(|item| item_part(item, visit));
            dml_parts(&update.dml, visit);
        }
        Statement::Delete(delete) => {
            delete.using.iter().for_each(|from| visit(Part::From(from)));
            each(&delete.where_, visit);
            delete.returning.iter().for_each(|item| item_part(item, visit));
            dml_parts(&delete.dml, visit);
        }
        Statement::Text(text) => text.binds.iter().for_each(|bind| visit(Part::Bind(bind))),
        Statement::TextualSelect(select) => {
            select.text.binds.iter().for_each(|bind| visit(Part::Bind(bind)));
            ctes(&select.ctes, visit);
        }
        Statement::Expr(expr) | Statement::Program(expr) => visit(Part::Expr(expr)),
        Statement::Values(from) => visit(Part::From(from)),
        Statement::Ddl(_) => {}
    }
}

impl Statement {
    /// The binds of a statement, in the order in which statements of the same
    /// structure have theirs.
    pub fn binds(&self) -> Vec<Rc<Bind>> {
        binds_of(Part::Statement(self))
    }
}

impl Statement {
    /// Whether another statement of the same structure may be executed as this
    /// one: rows of VALUES, and elements of the program's that do not say so, may not.
    pub fn is_cacheable(&self) -> bool {
        let mut cacheable = true;
        Part::Statement(self).walk(&mut |part| {
            cacheable &= match part {
                Part::From(From::Values(_)) => false,
                Part::Expr(expr) => match expr.kind() {
                    Kind::Program(element) => element.cacheable,
                    Kind::Made(made) => made.element.cacheable,
                    _ => true,
                },
                _ => true,
            };
            cacheable
        });
        cacheable && self.uncached_types().is_empty()
    }
}

impl Expr {
    /// The binds in it.
    pub fn binds(&self) -> Vec<Rc<Bind>> {
        binds_of(Part::Expr(self))
    }

    /// Calls `visit` on this and every expression in it, selects and what is in
    /// FROM left aside.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        Part::Expr(self).walk(&mut |part| match part {
            Part::Expr(expr) => {
                visit(expr);
                true
            }
            _ => false,
        });
    }
}

/// The binds in a part of a statement.
pub fn binds_of(part: Part<'_>) -> Vec<Rc<Bind>> {
    let mut binds = Vec::new();
    part.walk(&mut |part| {
        if let Part::Bind(bind) = part {
            binds.push(Rc::clone(bind));
        }
        true
    });
    binds
}
