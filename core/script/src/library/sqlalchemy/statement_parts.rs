//! What programs read from statements beside their columns: LIMIT, conditions,
//! grouping; and copies of statements.
//!
//! It must not know how they are built or written.
//! SQLAlchemy counterpart: the attributes of `Select` and `GenerativeSelect` in
//! `sqlalchemy.sql.selectable`.

use ormscope::sql::{Distinct, Expr, Select, SelectItem};

use super::expressions::{ExprData, TextData, expr_object};
use super::select::{SelectData, as_select, select_object};
use super::{columns, element_parts, froms, receiver};
use crate::object::{Args, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The attributes that selects and set operations have.
pub(super) const GETTERS: &[(&str, NativeFn)] = &[
    ("_limit_clause", |vm, args| one(vm, &args, |select| select.limit.as_ref())),
    ("_offset_clause", |vm, args| one(vm, &args, |select| select.offset.as_ref())),
    ("_fetch_clause", |vm, args| one(vm, &args, |select| select.fetch.as_ref().map(|fetch| &fetch.count))),
    ("_order_by_clauses", |vm, args| all(vm, &args, |select| &select.order_by)),
    ("_group_by_clauses", |vm, args| all(vm, &args, |select| &select.group_by)),
    ("_order_by_clause", |vm, args| list(vm, &args, |select| &select.order_by)),
    ("_group_by_clause", |vm, args| list(vm, &args, |select| &select.group_by)),
    ("entity_namespace", |vm, _| Err(element_parts::no_namespace(vm))),
    // Only the legacy era executes statements by themselves.
    ("execute", |vm, args| by_itself(vm, &args, "execute")),
    ("scalar", |vm, args| by_itself(vm, &args, "scalar")),
];

/// The attributes that only plain selects have.
pub(super) const OF_SELECTS: &[(&str, NativeFn)] = &[
    ("_where_criteria", |vm, args| all(vm, &args, |select| &select.where_)),
    ("_having_criteria", |vm, args| all(vm, &args, |select| &select.having)),
    ("_distinct", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        Ok(Object::Bool(!matches!(data.select.distinct, Distinct::No)))
    }),
    ("_raw_columns", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        let mut objects = Vec::new();
        for item in &data.select.items {
            objects.push(match item {
                SelectItem::Expr(expr) => columns::of_expr(vm, expr)?,
                SelectItem::From(from) => froms::from_object(vm, from.clone())?,
                SelectItem::Entity(entity) => super::mapping::entity_object(vm, entity.mapper),
            });
        }
        Ok(Object::list(objects))
    }),
];

/// `select.execute(…)` and `select.scalar(…)` of the legacy era.
pub(super) fn by_itself(vm: &mut Vm, args: &Args, name: &'static str) -> PyResult<Object> {
    let this = args.positional[0].clone();
    if !super::peek(vm, |orm| orm.legacy)? {
        return Err(vm.attribute_error(&this, name));
    }
    Ok(crate::object::NativeFunction::closure(name, move |vm, mut args| {
        args.positional.insert(0, this.clone());
        let result = super::connection::execute_implicitly(vm, args)?;
        match name {
            "scalar" => vm.call_method(&result, "scalar", Vec::new()),
            _ => Ok(result),
        }
    }))
}

fn one(vm: &mut Vm, args: &Args, pick: fn(&Select) -> Option<&Expr>) -> PyResult<Object> {
    let data = receiver::<SelectData>(vm, &args.positional[0])?;
    match pick(&data.select) {
        Some(expr) => columns::of_expr(vm, expr),
        None => Ok(Object::None),
    }
}

fn all(vm: &mut Vm, args: &Args, pick: fn(&Select) -> &Vec<Expr>) -> PyResult<Object> {
    let data = receiver::<SelectData>(vm, &args.positional[0])?;
    let objects = pick(&data.select).iter().map(|expr| columns::of_expr(vm, expr));
    Ok(Object::tuple(objects.collect::<PyResult<Vec<_>>>()?))
}

fn list(vm: &mut Vm, args: &Args, pick: fn(&Select) -> &Vec<Expr>) -> PyResult<Object> {
    let data = receiver::<SelectData>(vm, &args.positional[0])?;
    Ok(expr_object(vm, Expr::comma_list(pick(&data.select).clone(), true)))
}

/// `copy.copy(element)`
pub(super) fn copied(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = &args.positional[0];
    let class = vm.class_of(this);
    if let Some(data) = this.native::<SelectData>() {
        return Ok(select_object(vm, (*data).clone()));
    }
    if this.native::<super::dml::DmlData>().is_some() {
        return super::dml::edit(vm, this, |_| {});
    }
    if let Some(data) = this.native::<TextData>() {
        return Ok(Instance::native(&class, TextData { statement: data.statement.clone() }));
    }
    if let Some(data) = this.native::<ExprData>() {
        return Ok(Instance::native(&class, ExprData { expr: data.expr.clone() }));
    }
    Ok(this.clone())
}

/// `select.self_group()`: the select in parentheses.
pub(super) fn in_parentheses(vm: &mut Vm, args: Args) -> PyResult<Object> {
    match as_select(vm, &args.positional[0])? {
        Some(select) => Ok(expr_object(vm, select.scalar())),
        None => Ok(args.positional[0].clone()),
    }
}

/// `~statement`, which SQLAlchemy has no answer to but an assertion.
pub(super) fn no_opposite(vm: &mut Vm, _: Args) -> PyResult<Object> {
    Err(vm.error(&vm.exceptions.assertion_error.clone(), ""))
}

/// `select.replace_selectable(old, alias)`
pub(super) fn with_replaced(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = super::arguments::Arguments::new("replace_selectable", args);
    let this = args.receiver();
    args.require(vm, "old")?;
    let alias = args.require(vm, "alias")?;
    let module = vm.import("sqlalchemy.sql.util")?;
    let adapter = vm.get_attr(&Object::Module(module), "ClauseAdapter")?;
    let adapter = vm.call(&adapter, Args::positional(vec![alias]))?;
    vm.call_method(&adapter, "traverse", vec![this])
}
