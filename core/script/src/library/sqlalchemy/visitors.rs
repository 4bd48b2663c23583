//! Looking through statements and rebuilding them: `get_children()`,
//! `__visit_name__`, `replacement_traverse()`, `cloned_traverse()`.
//!
//! The walk itself is written in Python, in `python/visitors.py`.
//! SQLAlchemy counterpart: `sqlalchemy.sql.visitors`.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::sql::compiler::final_froms;
use ormscope::sql::{
    AliasKind, AliasOf, AssignmentTarget, Bind, BindValue, CacheKey, Distinct, Expr, FrameBound, From,
    InsertValues, Kind, Operator, Rewrite, Select, SelectItem, Statement,
};

use super::expressions::expr_object;
use super::froms::{column_object, from_object, plain_from};
use super::operands::to_expr;
use super::values::to_value;
use super::{classes, dml, froms, receiver, select, with_orm};
use crate::object::{Args, Class, Instance, Object, PyResult, Unwind};
use crate::vm::Vm;

/// The attribute that holds a value that was set on a bind.
pub(super) const SET_VALUE: &str = "_value";

/// What stands just inside of an element.
enum Child {
    Expr(Expr),
    From(From),
    Select(Box<Select>),
}

/// `element.get_children()`
pub(super) fn children(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = &args.positional[0];
    let mut found = Vec::new();
    if let Some(data) = this.native::<super::textual::TextualData>() {
        found.push(Child::Expr(Expr::new(Kind::Text(Rc::clone(&data.select.text)))));
        found.extend(data.select.columns.iter().cloned().map(|column| Child::Expr(column.into())));
    } else if let Some(from) = plain_from(vm, this)? {
        from_children(&from, &mut found);
    } else if let Some(select) = select::as_select(vm, this)? {
        select_children(vm, &select, &mut found)?;
    } else if let Some(statement) = dml::to_statement(vm, this)? {
        statement_children(&statement, &mut found);
    } else if let Some(expr) = to_expr(vm, this)? {
        expr_children(&expr, &mut found);
    }
    let objects = found.into_iter().map(|child| match child {
        Child::Expr(expr) => object_of(vm, &expr),
        Child::From(from) => from_object(vm, from),
        Child::Select(select) => Ok(select::plain_object(vm, *select)),
    });
    Ok(Object::list(objects.collect::<PyResult<Vec<_>>>()?))
}

/// An expression as the object that a program knows it by.
fn object_of(vm: &mut Vm, expr: &Expr) -> PyResult<Object> {
    match expr.kind() {
        Kind::Column(column) => column_object(vm, column.clone()),
        _ => Ok(expr_object(vm, expr.clone())),
    }
}

fn expr_children(expr: &Expr, out: &mut Vec<Child>) {
    let mut add = |expr: &Expr| out.push(Child::Expr(expr.clone()));
    let list = |items: &[Expr]| Expr::comma_list(items.to_vec(), true);
    match expr.kind() {
        Kind::Text(text) => {
            for bind in &text.binds {
                add(&Expr::from(Rc::clone(bind)));
            }
        }
        Kind::Binary { left, right, .. } => {
            add(left);
            add(right);
        }
        Kind::Unary { operand: inner, .. }
        | Kind::Grouping(inner)
        | Kind::AsBoolean { element: inner, .. }
        | Kind::Label { element: inner, .. }
        | Kind::TypeCoerce { element: inner, .. }
        | Kind::Extract { element: inner, .. }
        | Kind::FieldOf { function: inner, .. }
        | Kind::Cast { element: inner, .. } => add(inner),
        Kind::List { items, .. } | Kind::Tuple(items) | Kind::Array { items, .. } => {
            items.iter().for_each(add);
        }
        Kind::Function(call) => add(&Expr::new(Kind::Grouping(list(&call.arguments)))),
        Kind::Over { element, window } => {
            add(element);
            for part in [&window.partition_by, &window.order_by] {
                if !part.is_empty() {
                    add(&list(part));
                }
            }
            if let Some(frame) = &window.frame {
                for bound in [&frame.lower, &frame.upper] {
                    if let FrameBound::Preceding(expr) | FrameBound::Following(expr) = bound {
                        add(expr);
                    }
                }
            }
        }
        Kind::Filter { element, criterion } => {
            add(element);
            add(criterion);
        }
        Kind::WithinGroup { element, order_by, .. } => {
            add(element);
            add(&list(order_by));
        }
        Kind::Case { value, whens, otherwise, .. } => {
            value.iter().for_each(&mut add);
            for (when, then) in whens {
                add(when);
                add(then);
            }
            otherwise.iter().for_each(add);
        }
        Kind::Slice { start, stop } => {
            add(start);
            add(stop);
            add(&Expr::null());
        }
        Kind::Subquery(select) => out.push(Child::Select(Box::new((**select).clone()))),
        Kind::Row { from, .. } => out.push(Child::From(from.clone())),
        _ => {}
    }
}

fn from_children(from: &From, out: &mut Vec<Child>) {
    match from {
        From::Table(_) | From::Plain(_) | From::Text(_) => {}
        From::Function(function) => expr_children(function, out),
        From::Values(values) => {
            out.extend(values.columns.iter().cloned().map(|column| Child::Expr(column.into())));
        }
        From::Join(join) => {
            out.extend([Child::From(join.left.clone()), Child::From(join.right.clone())]);
            out.push(Child::Expr(join.on.clone()));
        }
        From::Alias(alias) => {
            match &alias.of {
                AliasOf::From(From::Function(function)) => out.push(Child::Expr(function.clone())),
                AliasOf::From(from) => out.push(Child::From(from.clone())),
                AliasOf::Statement(statement) => {
                    if let Statement::Select(select) = &**statement {
                        out.push(Child::Select(Box::new(select.clone())));
                    }
                }
            }
            if let AliasKind::TableSample { method, .. } = &alias.kind {
                out.push(Child::Expr(method.clone()));
            }
        }
    }
}

fn item_child(item: &SelectItem, out: &mut Vec<Child>) {
    match item {
        SelectItem::Expr(expr) => out.push(Child::Expr(expr.clone())),
        SelectItem::From(from) => out.push(Child::From(from.clone())),
        SelectItem::Entity(_) => {}
    }
}

fn select_children(vm: &mut Vm, select: &Select, out: &mut Vec<Child>) -> PyResult<()> {
    let exprs = |list: &[Expr], out: &mut Vec<Child>| out.extend(list.iter().cloned().map(Child::Expr));
    if let Some(compound) = &select.compound {
        out.extend(compound.selects.iter().map(|select| Child::Select(Box::new(select.clone()))));
    }
    select.items.iter().for_each(|item| item_child(item, out));
    exprs(&select.where_, out);
    exprs(&select.having, out);
    exprs(&select.order_by, out);
    exprs(&select.group_by, out);
    for join in &select.joins {
        out.extend(join.left.clone().map(Child::From));
        out.push(Child::From(join.right.clone()));
        out.extend(join.on.clone().map(Child::Expr));
    }
    out.extend(select.limit.iter().chain(&select.offset).cloned().map(Child::Expr));
    if let Distinct::On(list) | Distinct::Extended(list) = &select.distinct {
        exprs(list, out);
    }
    if select.compound.is_none() {
        let mut alone = select.clone();
        alone.joins.clear();
        let froms = with_orm(vm, |orm, _| Ok(final_froms(&orm.schema, &alone)?))?;
        out.extend(froms.into_iter().map(Child::From));
    }
    Ok(())
}

fn statement_children(statement: &Statement, out: &mut Vec<Child>) {
    let exprs = |list: &[Expr], out: &mut Vec<Child>| out.extend(list.iter().cloned().map(Child::Expr));
    match statement {
        Statement::Insert(insert) => {
            out.push(Child::From(insert.table.clone()));
            match &insert.values {
                InsertValues::Row(row) => out.extend(row.iter().map(|one| Child::Expr(one.value.clone()))),
                InsertValues::Select(_, select, _) => out.push(Child::Select(select.clone())),
                InsertValues::Rows(_) | InsertValues::Parameters => {}
            }
            insert.returning.iter().for_each(|item| item_child(item, out));
        }
        Statement::Update(update) => {
            out.push(Child::From(update.table.clone()));
            exprs(&update.where_, out);
            for one in &update.values {
                if let AssignmentTarget::Expr(target) = &one.target {
                    out.push(Child::Expr(target.clone()));
                }
                out.push(Child::Expr(one.value.clone()));
            }
            update.returning.iter().for_each(|item| item_child(item, out));
        }
        Statement::Delete(delete) => {
            out.push(Child::From(delete.table.clone()));
            exprs(&delete.where_, out);
            delete.returning.iter().for_each(|item| item_child(item, out));
        }
        _ => {}
    }
}

/// `element.__visit_name__`
pub(super) fn visit_name(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = &args.positional[0];
    let name = if this.native::<super::textual::TextualData>().is_some() {
        "textual_select"
    } else if let Some(from) = plain_from(vm, this)? {
        from_name(&from)
    } else if let Some(select) = select::as_select(vm, this)? {
        if select.compound.is_some() { "compound_select" } else { "select" }
    } else if let Some(statement) = dml::to_statement(vm, this)? {
        match statement {
            Statement::Insert(_) => "insert",
            Statement::Update(_) => "update",
            _ => "delete",
        }
    } else {
        match to_expr(vm, this)? {
            Some(expr) => expr_name(expr.kind()),
            None => return Err(vm.attribute_error(this, "__visit_name__")),
        }
    };
    Ok(Object::str(name))
}

fn from_name(from: &From) -> &'static str {
    match from {
        From::Table(_) | From::Plain(_) => "table",
        From::Join(_) => "join",
        From::Values(_) => "values",
        From::Function(_) => "function",
        From::Text(_) => "textclause",
        From::Alias(alias) => match (&alias.kind, &alias.of) {
            (AliasKind::Cte(_), _) => "cte",
            (AliasKind::Lateral, _) => "lateral",
            (AliasKind::TableSample { .. }, _) => "tablesample",
            (AliasKind::TableValued(_), _) => "table_valued_alias",
            (AliasKind::Inline, AliasOf::Statement(_)) => "subquery",
            (AliasKind::Inline, AliasOf::From(_)) => "alias",
        },
    }
}

fn expr_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Column(_) | Kind::Literal { .. } | Kind::DmlColumn(_) | Kind::ColumnDefault(_) => "column",
        Kind::Bind(_) => "bindparam",
        Kind::Null => "null",
        Kind::True => "true",
        Kind::False => "false",
        Kind::Text(_) => "textclause",
        Kind::NameReference(_) => "textual_label_reference",
        Kind::Binary { .. } => "binary",
        Kind::Unary { .. } | Kind::AsBoolean { .. } => "unary",
        Kind::List { op: Operator::Comma, .. } => "clauselist",
        Kind::List { .. } => "expression_clauselist",
        Kind::Grouping(_) | Kind::Subquery(_) => "grouping",
        Kind::Function(_) | Kind::NextValue(_) => "function",
        Kind::Over { .. } => "over",
        Kind::Filter { .. } => "funcfilter",
        Kind::WithinGroup { inline: true, .. } => "aggregate_order_by",
        Kind::WithinGroup { .. } => "withingroup",
        Kind::Label { .. } => "label",
        Kind::Cast { attempt: true, .. } => "try_cast",
        Kind::Cast { .. } => "cast",
        Kind::TypeCoerce { .. } => "type_coerce",
        Kind::Extract { .. } => "extract",
        Kind::Case { .. } => "case",
        Kind::Tuple(_) => "tuple",
        Kind::Array { .. } => "array",
        Kind::Slice { .. } => "slice",
        Kind::Collation(_) => "collation",
        Kind::Row { .. } => "table_valued_column",
        Kind::FieldOf { .. } => "scalar_function_column",
        Kind::ValueRows(_) => "scalar_values",
        Kind::Program(_) | Kind::Made(_) | Kind::TooDeep => "clause",
    }
}

/// `replacement_traverse(element, options, replace)`
pub(super) fn replacement_traverse(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [element, _, replace, ..] = &args.positional[..] else {
        return Err(vm.type_error("replacement_traverse() takes an element, options and a function"));
    };
    let (element, replace) = (element.clone(), replace.clone());
    rebuilt(vm, &element, &mut |vm, object| {
        let answer = vm.call(&replace, Args::positional(vec![object.clone()]))?;
        Ok(if answer.is_none() { None } else { Some(answer) })
    })
}

/// `cloned_traverse(element, options, visitors)`: the visitors may set the
/// values of the binds of the copy.
pub(super) fn cloned_traverse(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [element, _, visitors, ..] = &args.positional[..] else {
        return Err(vm.type_error("cloned_traverse() takes an element, options and visitors"));
    };
    let (element, visitors) = (element.clone(), visitors.clone());
    rebuilt(vm, &element, &mut |vm, object| {
        let Object::Dict(visitors) = &visitors else { return Ok(None) };
        let name = vm.get_attr(object, "__visit_name__")?;
        let visitor = name.as_str().and_then(|name| visitors.get_str(name));
        let Some(visitor) = visitor else { return Ok(None) };
        vm.call(&visitor, Args::positional(vec![object.clone()]))?;
        let value = object.as_instance().and_then(|instance| instance.get(SET_VALUE));
        let (Some(value), Some(expr)) = (value, to_expr(vm, object)?) else { return Ok(None) };
        let Kind::Bind(bind) = expr.kind() else { return Ok(None) };
        let value = BindValue::One(to_value(vm, &value)?);
        Ok(Some(expr_object(vm, Expr::from(Bind { value, ..(**bind).clone() }))))
    })
}

/// What a program puts in the place of an element.
type Change<'a> = &'a mut dyn FnMut(&mut Vm, &Object) -> PyResult<Option<Object>>;

/// The program's code while something is rebuilt, and how it failed.
struct Asking<'a> {
    vm: &'a mut Vm,
    change: Change<'a>,
    failed: Option<Unwind>,
}

impl Asking<'_> {
    /// What the program puts in the place of an element, and the expression that it is.
    fn ask(&mut self, object: PyResult<Object>) -> Option<(Object, Option<Expr>)> {
        if self.failed.is_some() {
            return None;
        }
        match self.try_ask(object) {
            Ok(answer) => answer,
            Err(unwind) => {
                self.failed = Some(unwind);
                None
            }
        }
    }

    fn try_ask(&mut self, object: PyResult<Object>) -> PyResult<Option<(Object, Option<Expr>)>> {
        let object = object?;
        let Some(answer) = (self.change)(self.vm, &object)? else { return Ok(None) };
        let expr = match plain_from(self.vm, &answer)? {
            Some(_) => None,
            None => to_expr(self.vm, &answer)?,
        };
        Ok(Some((answer, expr)))
    }
}

/// What is rebuilt.
enum Whole {
    Select(Select),
    Statement(Statement),
    From(From),
    Expr(Expr),
}

fn whole(vm: &mut Vm, element: &Object) -> PyResult<Option<Whole>> {
    if let Some(select) = select::as_select(vm, element)? {
        return Ok(Some(Whole::Select(select)));
    }
    if let Some(statement) = dml::to_statement(vm, element)? {
        return Ok(Some(Whole::Statement(statement)));
    }
    if let Some(from) = plain_from(vm, element)? {
        return Ok(Some(Whole::From(from)));
    }
    Ok(to_expr(vm, element)?.map(Whole::Expr))
}

/// A statement or expression rebuilt with what the program changes.
fn rebuilt(vm: &mut Vm, element: &Object, change: Change<'_>) -> PyResult<Object> {
    let Some(whole) = whole(vm, element)? else { return Ok(element.clone()) };
    let asking = RefCell::new(Asking { vm, change, failed: None });
    let mut expr = |expr: &Expr| -> Option<Expr> {
        let mut asking = asking.borrow_mut();
        let object = object_of(asking.vm, expr);
        match asking.ask(object) {
            Some((_, made)) => made,
            // A column stays what it is, whatever becomes of its table.
            None => matches!(expr.kind(), Kind::Column(_)).then(|| expr.clone()),
        }
    };
    let mut from = |from: &From| -> Option<From> {
        let mut asking = asking.borrow_mut();
        let object = from_object(asking.vm, from.clone());
        answer_from(&asking.ask(object)?.0)
    };
    let mut rewrite = Rewrite::new(&mut expr, &mut from);
    let whole = match whole {
        Whole::Select(select) => Whole::Select(rewrite.select(&select)),
        Whole::Statement(statement) => Whole::Statement(rewrite.statement(&statement)),
        Whole::From(from) => Whole::From(rewrite.from(&from)),
        Whole::Expr(expr) => Whole::Expr(rewrite.expr(&expr)),
    };
    let Asking { vm, failed, .. } = asking.into_inner();
    if let Some(unwind) = failed {
        return Err(unwind);
    }
    match whole {
        Whole::Select(select) => Ok(select::plain_object(vm, select)),
        Whole::Statement(statement) => dml::with_statement(vm, element, statement),
        Whole::From(from) => from_object(vm, from),
        Whole::Expr(expr) => object_of(vm, &expr),
    }
}

/// What an answer is in FROM.
fn answer_from(answer: &Object) -> Option<From> {
    if let Some(table) = answer.native::<super::schema::TableObject>() {
        return Some(From::Table(table.id));
    }
    answer.native::<froms::FromData>().map(|data| data.from.clone())
}

/// The native data of a cache key.
struct CacheKeyData {
    key: CacheKey,
    binds: Vec<Rc<Bind>>,
}

/// `CacheKey`, of which only equality and the binds mean something.
pub(super) fn cache_key_class() -> Rc<Class> {
    fn same(vm: &mut Vm, args: &Args) -> PyResult<bool> {
        let own = receiver::<CacheKeyData>(vm, &args.positional[0])?;
        let other = args.positional.get(1).and_then(|other| other.native::<CacheKeyData>());
        Ok(other.is_some_and(|other| other.key == own.key))
    }
    Class::builder("CacheKey")
        .module("sqlalchemy.sql.cache_key")
        .method("__eq__", |vm, args| Ok(Object::Bool(same(vm, &args)?)))
        .method("__ne__", |vm, args| Ok(Object::Bool(!same(vm, &args)?)))
        // SQLAlchemy's has none either: its `key` is what is hashed.
        .method("__hash__", |vm, _| Err(vm.type_error("__hash__ method should return an integer")))
        .getter("bindparams", |vm, args| {
            let own = receiver::<CacheKeyData>(vm, &args.positional[0])?;
            let binds = own.binds.iter().map(|bind| expr_object(vm, Expr::from(Rc::clone(bind))));
            Ok(Object::list(binds.collect()))
        })
        .build()
}

/// `element._generate_cache_key()`
pub(super) fn cache_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = &args.positional[0];
    let (key, binds) = match plain_from(vm, this)? {
        Some(from) => (CacheKey::of(&from), ormscope::sql::binds_of(ormscope::sql::Part::From(&from))),
        None => match select::to_statement(vm, this)? {
            Some(Statement::Ddl(_)) | None => return Ok(Object::None),
            Some(Statement::Insert(insert)) if matches!(insert.values, InsertValues::Rows(_)) => {
                return Ok(Object::None);
            }
            Some(statement) => (CacheKey::of(&statement), statement.binds()),
        },
    };
    let class = Rc::clone(&classes(vm).cache_key);
    Ok(Instance::native(&class, CacheKeyData { key, binds }))
}

/// `element.compare(other)`
pub(super) fn compare(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [own, other, ..] = &args.positional[..] else {
        return Err(vm.type_error("compare() missing 1 required positional argument: 'other'"));
    };
    let select_of = |from: Option<From>| from.map(|from| Expr::new(Kind::ValueRows(from)));
    let mut sides = Vec::new();
    for side in [own, other] {
        let from = plain_from(vm, side)?;
        sides.push(match select_of(from) {
            Some(expr) => Some(Statement::Expr(expr)),
            None => select::to_statement(vm, side)?,
        });
    }
    Ok(Object::Bool(match (&sides[0], &sides[1]) {
        (Some(Statement::Expr(own)), Some(Statement::Expr(other))) => super::comparing::alike(own, other),
        (Some(own), Some(other)) => super::comparing::statements_alike(own, other),
        _ => false,
    }))
}
