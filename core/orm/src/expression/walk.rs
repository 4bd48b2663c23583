//! Looking through statements, and rebuilding them with parts replaced.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.visitors`.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::cache_key::AnonId;
use super::dml::{Assignment, AssignmentTarget, ConflictTarget, Dml, InsertValues, OnConflict};
use super::element::{Bind, Expr, FrameBound, Kind};
use super::from::{Affix, Alias, AliasKind, AliasOf, From};
use super::program::{Piece, ProgramElement};
use super::select::{Correlation, Distinct, Select, SelectItem};
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
    if let Distinct::On(exprs) = &select.distinct {
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

/// Rebuilds statements with parts replaced. What has nothing replaced in it
/// stays the element that it was, and an element that stands in two places
/// becomes one element again.
pub struct Rewrite<'a> {
    expr: &'a mut dyn FnMut(&Expr) -> Option<Expr>,
    from: &'a mut dyn FnMut(&From) -> Option<From>,
    done: FxHashMap<usize, (Expr, Expr)>,
    aliases: FxHashMap<AnonId, From>,
    /// How often something was replaced, which tells whether a part has changed.
    replaced: usize,
}

impl<'a> Rewrite<'a> {
    /// Replaces the expressions and elements of FROM for which something is returned.
    pub fn new(
        expr: &'a mut dyn FnMut(&Expr) -> Option<Expr>,
        from: &'a mut dyn FnMut(&From) -> Option<From>,
    ) -> Rewrite<'a> {
        Rewrite { expr, from, done: FxHashMap::default(), aliases: FxHashMap::default(), replaced: 0 }
    }

    /// An expression, rebuilt.
    pub fn expr(&mut self, expr: &Expr) -> Expr {
        let address = std::ptr::from_ref(expr.kind()) as usize;
        if let Some((_, done)) = self.done.get(&address) {
            self.replaced += usize::from(!same(expr, done));
            return done.clone();
        }
        let rebuilt = match (self.expr)(expr) {
            Some(replaced) => {
                self.replaced += 1;
                replaced
            }
            None => self.inside(expr).map_or_else(|| expr.clone(), Expr::new),
        };
        // The old one is kept, so that its address stays its own.
        self.done.insert(address, (expr.clone(), rebuilt.clone()));
        rebuilt
    }

    fn list(&mut self, exprs: &[Expr]) -> (Vec<Expr>, bool) {
        let rebuilt: Vec<Expr> = exprs.iter().map(|expr| self.expr(expr)).collect();
        let changed = exprs.iter().zip(&rebuilt).any(|(old, new)| !same(old, new));
        (rebuilt, changed)
    }

    /// What is in an expression rebuilt; none where nothing is replaced.
    fn inside(&mut self, expr: &Expr) -> Option<Kind> {
        macro_rules! one {
            ($element:expr, |$new:ident| $kind:expr) => {{
                let original: &Expr = $element;
                let $new = self.expr(original);
                if same(original, &$new) { None } else { Some($kind) }
            }};
        }
        match expr.kind() {
            Kind::Column(column) => {
                let from = column.from.as_ref()?;
                let before = self.replaced;
                let rebuilt = self.from(from);
                if self.replaced == before {
                    return None;
                }
                let mut column = column.clone();
                column.from = Some(rebuilt);
                Some(Kind::Column(column))
            }
            Kind::Binary { left, op, right, negation, modifiers, sql_type } => {
                let (new_left, new_right) = (self.expr(left), self.expr(right));
                if same(left, &new_left) && same(right, &new_right) {
                    return None;
                }
                Some(Kind::Binary {
                    left: new_left,
                    right: new_right,
                    op: op.clone(),
                    negation: negation.clone(),
                    modifiers: modifiers.clone(),
                    sql_type: sql_type.clone(),
                })
            }
            Kind::Unary { op, operand, sql_type } => {
                one!(operand, |operand| Kind::Unary { op: op.clone(), operand, sql_type: sql_type.clone() })
            }
            Kind::AsBoolean { element, negated } => {
                one!(element, |element| Kind::AsBoolean { element, negated: *negated })
            }
            Kind::Grouping(inner) => one!(inner, |inner| Kind::Grouping(inner)),
            Kind::Label { name, element, sql_type } => one!(element, |element| Kind::Label {
                name: name.clone(),
                element,
                sql_type: sql_type.clone()
            }),
            Kind::Cast { element, sql_type, attempt } => {
                one!(element, |element| Kind::Cast { element, sql_type: sql_type.clone(), attempt: *attempt })
            }
            Kind::TypeCoerce { element, sql_type } => {
                one!(element, |element| Kind::TypeCoerce { element, sql_type: sql_type.clone() })
            }
            Kind::Extract { field, element } => {
                one!(element, |element| Kind::Extract { field: Rc::clone(field), element })
            }
            Kind::FieldOf { function, name, sql_type } => one!(function, |function| Kind::FieldOf {
                function,
                name: Rc::clone(name),
                sql_type: sql_type.clone()
            }),
            Kind::List { op, items, sql_type, groups } => {
                let (items, changed) = self.list(items);
                changed.then(|| Kind::List {
                    op: op.clone(),
                    items,
                    sql_type: sql_type.clone(),
                    groups: *groups,
                })
            }
            Kind::Tuple(items) => {
                let (items, changed) = self.list(items);
                changed.then_some(Kind::Tuple(items))
            }
            Kind::Array { items, sql_type } => {
                let (items, changed) = self.list(items);
                changed.then(|| Kind::Array { items, sql_type: sql_type.clone() })
            }
            Kind::Function(call) => {
                let (arguments, changed) = self.list(&call.arguments);
                changed.then(|| {
                    let mut call = call.clone();
                    call.arguments = arguments;
                    Kind::Function(call)
                })
            }
            Kind::Over { element, window } => {
                let new_element = self.expr(element);
                let (partition_by, partition_changed) = self.list(&window.partition_by);
                let (order_by, order_changed) = self.list(&window.order_by);
                if same(element, &new_element) && !partition_changed && !order_changed {
                    return None;
                }
                let mut window = window.clone();
                window.partition_by = partition_by;
                window.order_by = order_by;
                Some(Kind::Over { element: new_element, window })
            }
            Kind::Filter { element, criterion } => {
                let (new_element, new_criterion) = (self.expr(element), self.expr(criterion));
                let unchanged = same(element, &new_element) && same(criterion, &new_criterion);
                (!unchanged).then_some(Kind::Filter { element: new_element, criterion: new_criterion })
            }
            Kind::WithinGroup { element, order_by, inline, sql_type } => {
                let new_element = self.expr(element);
                let (order_by, changed) = self.list(order_by);
                if same(element, &new_element) && !changed {
                    return None;
                }
                let sql_type = sql_type.clone();
                Some(Kind::WithinGroup { element: new_element, order_by, inline: *inline, sql_type })
            }
            Kind::Case { value, whens, otherwise, sql_type } => {
                let new_value = value.as_ref().map(|expr| self.expr(expr));
                let new_whens: Vec<(Expr, Expr)> =
                    whens.iter().map(|(when, then)| (self.expr(when), self.expr(then))).collect();
                let new_otherwise = otherwise.as_ref().map(|expr| self.expr(expr));
                let olds = value.iter().chain(whens.iter().flat_map(|(a, b)| [a, b])).chain(otherwise);
                let news =
                    new_value.iter().chain(new_whens.iter().flat_map(|(a, b)| [a, b])).chain(&new_otherwise);
                if olds.zip(news).all(|(old, new)| same(old, new)) {
                    return None;
                }
                let sql_type = sql_type.clone();
                Some(Kind::Case { value: new_value, whens: new_whens, otherwise: new_otherwise, sql_type })
            }
            Kind::Slice { start, stop } => {
                let (new_start, new_stop) = (self.expr(start), self.expr(stop));
                let unchanged = same(start, &new_start) && same(stop, &new_stop);
                (!unchanged).then_some(Kind::Slice { start: new_start, stop: new_stop })
            }
            Kind::Subquery(select) => {
                let before = self.replaced;
                let rebuilt = self.select(select);
                (self.replaced > before).then(|| Kind::Subquery(Rc::new(rebuilt)))
            }
            Kind::Row { from, sql_type } => {
                let before = self.replaced;
                let from = self.from(from);
                (self.replaced > before).then(|| Kind::Row { from, sql_type: sql_type.clone() })
            }
            Kind::Program(element) => {
                let (arguments, changed) = self.list(&element.arguments);
                changed.then(|| Kind::Program(Rc::new(ProgramElement { arguments, ..(**element).clone() })))
            }
            Kind::Made(_) => None,
            Kind::Bind(_) | Kind::Text(_) | Kind::Null | Kind::True | Kind::False => None,
            Kind::Literal { .. } | Kind::NameReference(_) | Kind::Collation(_) | Kind::NextValue(_) => None,
            Kind::ValueRows(_) | Kind::DmlColumn(_) | Kind::ColumnDefault(_) | Kind::TooDeep => None,
        }
    }

    /// Something in FROM, rebuilt.
    pub fn from(&mut self, from: &From) -> From {
        if let Some(replaced) = (self.from)(from) {
            self.replaced += 1;
            return replaced;
        }
        let before = self.replaced;
        match from {
            From::Join(join) => {
                let (left, right) = (self.from(&join.left), self.from(&join.right));
                let on = self.expr(&join.on);
                if self.replaced == before {
                    return from.clone();
                }
                From::joined(left, right, on, join.kind)
            }
            From::Alias(alias) => {
                if let Some(done) = self.aliases.get(&alias.id) {
                    let changed = !matches!(done, From::Alias(done) if Rc::ptr_eq(done, alias));
                    self.replaced += usize::from(changed);
                    return done.clone();
                }
                let of = match &alias.of {
                    AliasOf::From(inner) => AliasOf::From(self.from(inner)),
                    AliasOf::Statement(statement) => AliasOf::Statement(Rc::new(self.statement(statement))),
                };
                let changed = self.replaced > before;
                let rebuilt = if changed { From::Alias(alias.with(of)) } else { from.clone() };
                self.aliases.insert(alias.id, rebuilt.clone());
                rebuilt
            }
            From::Function(function) => From::Function(self.expr(function)),
            other => other.clone(),
        }
    }

    /// A select, rebuilt.
    pub fn select(&mut self, select: &Select) -> Select {
        let mut rebuilt = select.clone();
        if let Some(compound) = &mut rebuilt.compound {
            compound.selects = compound.selects.iter().map(|select| self.select(select)).collect();
        }
        self.items(&mut rebuilt.items);
        rebuilt.from.iter_mut().for_each(|from| *from = self.from(from));
        for join in &mut rebuilt.joins {
            if let Some(left) = &mut join.left {
                *left = self.from(left);
            }
            join.right = self.from(&join.right);
            if let Some(on) = &mut join.on {
                *on = self.expr(on);
            }
        }
        if let Distinct::On(exprs) = &mut rebuilt.distinct {
            *exprs = self.list(exprs).0;
        }
        rebuilt.where_ = self.list(&rebuilt.where_).0;
        rebuilt.group_by = self.list(&rebuilt.group_by).0;
        rebuilt.having = self.list(&rebuilt.having).0;
        rebuilt.order_by = self.list(&rebuilt.order_by).0;
        rebuilt.limit = rebuilt.limit.as_ref().map(|expr| self.expr(expr));
        rebuilt.offset = rebuilt.offset.as_ref().map(|expr| self.expr(expr));
        if let Correlation::To(froms) | Correlation::Except(froms) = &mut rebuilt.correlation {
            froms.iter_mut().for_each(|from| *from = self.from(from));
        }
        rebuilt
    }
}

impl Rewrite<'_> {
    /// A statement, rebuilt.
    pub fn statement(&mut self, statement: &Statement) -> Statement {
        match statement {
            Statement::Select(select) => Statement::Select(self.select(select)),
            Statement::Insert(insert) => {
                let mut insert = insert.clone();
                match &mut insert.values {
                    InsertValues::Parameters => {}
                    InsertValues::Row(row) => self.assignments(row),
                    InsertValues::Rows(rows) => rows.iter_mut().for_each(|row| self.assignments(row)),
                    InsertValues::Select(_, select, _) => **select = self.select(select),
                }
                for conflict in &mut insert.on_conflict {
                    for (_, value) in conflict.set.iter_mut().flatten() {
                        *value = self.expr(value);
                    }
                    conflict.where_ = conflict.where_.as_ref().map(|expr| self.expr(expr));
                }
                self.items(&mut insert.returning);
                Statement::Insert(insert)
            }
            Statement::Update(update) => {
                let mut update = update.clone();
                update.table = self.from(&update.table);
                self.assignments(&mut update.values);
                update.where_ = self.list(&update.where_).0;
                self.items(&mut update.returning);
                Statement::Update(update)
            }
            Statement::Delete(delete) => {
                let mut delete = delete.clone();
                delete.table = self.from(&delete.table);
                delete.where_ = self.list(&delete.where_).0;
                self.items(&mut delete.returning);
                Statement::Delete(delete)
            }
            Statement::Expr(expr) => Statement::Expr(self.expr(expr)),
            Statement::Program(expr) => Statement::Program(self.expr(expr)),
            Statement::Values(from) => Statement::Values(self.from(from)),
            Statement::Ddl(_) | Statement::Text(_) | Statement::TextualSelect(_) => statement.clone(),
        }
    }

    fn assignments(&mut self, list: &mut [Assignment]) {
        for one in list {
            if let AssignmentTarget::Expr(target) = &mut one.target {
                *target = self.expr(target);
            }
            one.value = self.expr(&one.value);
        }
    }

    fn items(&mut self, items: &mut [SelectItem]) {
        for item in items {
            match item {
                SelectItem::Expr(expr) => *expr = self.expr(expr),
                SelectItem::From(from) => *from = self.from(from),
                SelectItem::Entity(_) => {}
            }
        }
    }
}

fn same(a: &Expr, b: &Expr) -> bool {
    std::ptr::eq(a.kind(), b.kind())
}

impl Expr {
    /// Rebuilds the expression with some nodes replaced.
    pub fn map(&self, change: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Expr {
        Rewrite::new(change, &mut |_| None).expr(self)
    }
}
