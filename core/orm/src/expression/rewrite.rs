//! Rebuilding statements with parts replaced.
//!
//! SQLAlchemy counterpart: `replacement_traverse()` of `sqlalchemy.sql.visitors`.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::cache_key::AnonId;
use super::dml::{Assignment, AssignmentTarget, InsertValues};
use super::element::{Expr, Kind};
use super::from::{AliasOf, From};
use super::program::ProgramElement;
use super::select::{Correlation, Distinct, Select, SelectItem};
use super::statement::Statement;

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
        if let Distinct::On(exprs) | Distinct::Extended(exprs) = &mut rebuilt.distinct {
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
                delete.using = delete.using.iter().map(|from| self.from(from)).collect();
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
