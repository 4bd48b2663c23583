//! `select()`, its methods, and set operations.
//!
//! SQLAlchemy counterpart: `Select` and `CompoundSelect` of `sqlalchemy.sql.selectable`.

use std::rc::Rc;

use ormscope::sql::{
    AliasKind, Distinct, Expr, ForUpdate, From, Kind, LabelStyle, Select, SelectItem, SetOp, Statement,
};
use ormscope::types::SqlType;

pub(super) use super::compiled::compile_statement;
pub(super) use super::printing::print_statement;
pub(super) use super::statements::{as_select, require_select, to_statement};

use super::arguments::{Arguments, items};
use super::ctes::cte_of;
use super::expressions::{expr_object, require_condition};
use super::froms::{self, from_object, to_from};
use super::operands::{expected, to_expr};
use super::select_edits::{EDITS, apply, change, edit};
use super::{classes, errors, mapping, peek, receiver, with_orm};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of a `Select`.
#[derive(Clone)]
pub(super) struct SelectData {
    /// The statement; mapped classes stand in it as entities.
    pub(super) select: Select,
    /// The mapped class that `filter_by` speaks of.
    pub(super) target: Option<Object>,
    /// What was joined or given to `select_from`, for `filter_by`.
    pub(super) joined: Vec<Object>,
    /// The selects of a set operation, as the program has them.
    pub(super) parts: Vec<Object>,
    /// What its columns are of, for `filter_by`.
    pub(super) selected: Vec<Object>,
    /// `execution_options(populate_existing=True)`
    pub(super) populate_existing: bool,
    /// `options(…)`
    pub(super) options: Vec<ormscope::orm::LoadOption>,
    /// Those of them that are the program's own.
    pub(super) user_options: Vec<Object>,
    /// `execution_options(…)`
    pub(super) execution_options: super::engine::Options,
    /// The bundles among its items.
    pub(super) bundles: Vec<super::bundles::Selected>,
    /// `from_statement(…)`: what the rows come from in its place.
    pub(super) statement: Option<Object>,
}

/// What is left of a select whose rows come from another statement.
pub(super) fn from_statement_class(clause: &Rc<Class>) -> Rc<Class> {
    let mut builder = Class::builder("FromStatement").module("sqlalchemy.orm.context").base(clause);
    builder = super::program_elements::statement_flags(builder, "is_select");
    for name in ["options", "execution_options"] {
        builder = builder.closure(name, move |vm, args| {
            let mut args = Arguments::new("from_statement", args);
            let data = receiver::<SelectData>(vm, &args.receiver())?;
            let mut copy = (*data).clone();
            edit(vm, &mut copy, name, &mut args)?;
            Ok(select_object(vm, copy))
        });
    }
    builder
        .method("compile", compile_statement)
        .method("__str__", |vm, args| {
            let data = receiver::<SelectData>(vm, &args.positional[0])?;
            let statement = data.statement.clone().unwrap_or(Object::None);
            Ok(Object::Str(vm.str(&statement)?))
        })
        .getter("element", |vm, args| {
            let data = receiver::<SelectData>(vm, &args.positional[0])?;
            Ok(data.statement.clone().unwrap_or(Object::None))
        })
        .getter("column_descriptions", |vm, args| {
            let data = receiver::<SelectData>(vm, &args.positional[0])?;
            super::reading::descriptions_of(vm, &data)
        })
        .build()
}

/// The statement that rows of entities can come from.
pub(super) fn require_source(vm: &mut Vm, object: &Object) -> PyResult<Object> {
    match object {
        Object::Str(text) => Err(super::operands::textual(vm, text.as_str())),
        _ if to_statement(vm, object)?.is_none() => {
            let what = "SELECT construct or equivalent text() construct";
            Err(expected(vm, what, object))
        }
        _ => Ok(object.clone()),
    }
}

/// The methods that give something else.
const METHODS: &[(&str, NativeFn)] = &[
    ("from_statement", |vm, args| {
        let mut args = Arguments::new("Select.from_statement", args);
        let data = receiver::<SelectData>(vm, &args.receiver())?;
        let statement = args.require(vm, "statement")?;
        args.finish(vm)?;
        let statement = Some(require_source(vm, &statement)?);
        Ok(select_object(vm, SelectData { statement, ..(*data).clone() }))
    }),
    ("subquery", |vm, args| named_alias(vm, args, AliasKind::Inline)),
    ("alias", |vm, args| named_alias(vm, args, AliasKind::Inline)),
    ("into", super::views::into),
    ("lateral", |vm, args| named_alias(vm, args, AliasKind::Lateral)),
    ("cte", |vm, args| {
        let mut args = Arguments::new("cte", args);
        let own = args.receiver();
        let mut select = require_select(vm, &own)?;
        if select.label_style == LabelStyle::None {
            select.label_style = LabelStyle::Disambiguate;
        }
        cte_of(vm, Statement::Select(select), &mut args)
    }),
    ("scalar_subquery", scalar),
    ("as_scalar", scalar),
    ("label", |vm, args| {
        let select = require_select(vm, &args.positional[0])?;
        let name = args.positional.get(1).and_then(Object::as_str).map(str::to_string);
        Ok(expr_object(vm, select.scalar().label(name.as_deref())))
    }),
    ("exists", |vm, args| {
        let select = require_select(vm, &args.positional[0])?;
        Ok(expr_object(vm, Expr::exists(&select)))
    }),
    ("union", |vm, args| compound(vm, args, SetOp::Union)),
    ("union_all", |vm, args| compound(vm, args, SetOp::UnionAll)),
    ("intersect", |vm, args| compound(vm, args, SetOp::Intersect)),
    ("intersect_all", |vm, args| compound(vm, args, SetOp::IntersectAll)),
    ("except_", |vm, args| compound(vm, args, SetOp::Except)),
    ("except_all", |vm, args| compound(vm, args, SetOp::ExceptAll)),
    ("compile", compile_statement),
    ("self_group", super::statement_parts::in_parentheses),
    ("replace_selectable", super::statement_parts::with_replaced),
    ("__invert__", super::statement_parts::no_opposite),
    ("get_label_style", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        let style = match &data.select.compound {
            Some(compound) => compound.selects.first().map(|first| first.label_style).unwrap_or_default(),
            None => data.select.label_style,
        };
        style_object(vm, style)
    }),
    ("get_final_froms", |vm, args| {
        let select = require_select(vm, &args.positional[0])?;
        let froms = with_orm(vm, |orm, _| Ok(ormscope::sql::compiler::final_froms(&orm.schema, &select)?))?;
        let objects: PyResult<Vec<Object>> = froms.into_iter().map(|from| from_object(vm, from)).collect();
        Ok(Object::list(objects?))
    }),
    ("compare", |vm, args| {
        let same = super::reading::alike(vm, &args.positional[0], &args.positional[1])?;
        Ok(Object::Bool(same))
    }),
    ("__str__", print_statement),
    ("__bool__", |vm, _| Err(vm.type_error("Boolean value of this clause is not defined"))),
];

/// What a set operation does not have.
const ONLY_OF_PLAIN: &[&str] = &[
    "where",
    "filter",
    "filter_by",
    "having",
    "distinct",
    "select_from",
    "join",
    "outerjoin",
    "join_from",
    "outerjoin_from",
    "add_columns",
    "column",
    "with_only_columns",
    "reduce_columns",
    "prefix_with",
    "suffix_with",
    "with_hint",
    "with_statement_hint",
    "correlate",
    "correlate_except",
    "union",
    "union_all",
    "intersect",
    "intersect_all",
    "except_",
    "except_all",
    "from_statement",
    "get_final_froms",
    "froms",
    "columns_clause_froms",
    "column_descriptions",
    "whereclause",
    "inner_columns",
];

/// The class of selects, or of set operations between them.
pub(super) fn select_class(clause: &Rc<Class>, compound: bool) -> Rc<Class> {
    let name = if compound { "CompoundSelect" } else { "Select" };
    let mut builder = Class::builder(name).module("sqlalchemy.sql.selectable").base(clause);
    builder = super::program_elements::statement_flags(builder, "is_select");
    builder = builder.attribute("is_selectable", Object::Bool(true));
    let has = |name: &str| !compound || !ONLY_OF_PLAIN.contains(&name);
    for (name, call) in METHODS.iter().filter(|(name, _)| has(name)) {
        builder = builder.method(name, *call);
    }
    builder = builder.getter("_user_defined_options", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        Ok(Object::tuple(data.user_options.clone()))
    });
    let parts = super::statement_parts::GETTERS;
    let more = if compound { &[] } else { super::statement_parts::OF_SELECTS };
    for (name, get) in super::reading::GETTERS.iter().chain(parts).chain(more).filter(|(name, _)| has(name)) {
        builder = builder.getter(name, *get);
    }
    for (name, call) in super::reading::METHODS {
        builder = builder.method(name, *call);
    }
    for (name, edit) in EDITS.iter().filter(|(name, _)| has(name)) {
        let edit = *edit;
        builder = builder.closure(name, move |vm, args| change(vm, args, name, edit));
    }
    builder.build()
}

/// The table that a select is from, which knows the engine it is bound to.
pub(super) fn table_of(vm: &mut Vm, object: &Object) -> PyResult<Option<ormscope::types::TableId>> {
    let Some(data) = object.native::<SelectData>() else { return Ok(None) };
    peek(vm, |orm| {
        let exprs = data.select.expressions(&orm.schema);
        exprs.iter().find_map(|expr| match expr.kind() {
            Kind::Column(column) => column.base.map(|id| id.table),
            _ => None,
        })
    })
}

/// `select(…)`, and `select([…])` of the legacy era.
pub(super) fn select(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("select", args);
    let mut given = args.rest();
    let legacy = peek(vm, |orm| orm.legacy)?;
    if let ([Object::List(list), rest @ ..], true) = (&given[..], legacy) {
        let columns = list.items.borrow().clone();
        let whereclause = rest.first().cloned().or_else(|| args.keyword("whereclause"));
        let mut data = data_of(vm, columns)?;
        if let Some(condition) = whereclause.filter(|condition| !condition.is_none()) {
            data.select.where_.push(require_condition(vm, &condition)?);
        }
        for (name, edit) in [("from_obj", "select_from"), ("order_by", "order_by"), ("group_by", "group_by")]
        {
            if let Some(value) = args.keyword(name) {
                let value = items(vm, &value)?;
                apply(vm, &mut data, edit, value)?;
            }
        }
        for name in ["having", "limit", "offset", "correlate"] {
            if let Some(value) = args.keyword(name).filter(|value| !value.is_none()) {
                apply(vm, &mut data, name, vec![value])?;
            }
        }
        if let Some(prefixes) = args.keyword("prefixes").filter(|value| !value.is_none()) {
            let prefixes = items(vm, &prefixes)?;
            apply(vm, &mut data, "prefix_with", prefixes)?;
        }
        if args.flag(vm, "for_update", false)? {
            data.select.for_update = Some(ForUpdate::default());
        }
        if args.flag(vm, "use_labels", false)? {
            data.select.label_style = LabelStyle::TablePlusColumn;
        }
        if args.flag(vm, "distinct", false)? {
            data.select.distinct = Distinct::Yes;
        }
        return Ok(select_object(vm, data));
    }
    if let [Object::Generator(_)] = &given[..] {
        given = vm.collect(&given[0].clone())?;
    }
    let data = data_of(vm, given)?;
    Ok(select_object(vm, data))
}

fn data_of(vm: &mut Vm, given: Vec<Object>) -> PyResult<SelectData> {
    let mut data = empty();
    for item in given {
        if data.target.is_none()
            && (mapping::entity_of(vm, &item)?.is_some() || froms::plain_from(vm, &item)?.is_some())
        {
            data.target = Some(item.clone());
        }
        add_item(vm, &mut data, &item)?;
    }
    Ok(data)
}

/// A select of nothing.
pub(super) fn empty() -> SelectData {
    SelectData {
        select: Select::default(),
        target: None,
        joined: Vec::new(),
        parts: Vec::new(),
        selected: Vec::new(),
        populate_existing: false,
        options: Vec::new(),
        user_options: Vec::new(),
        execution_options: Vec::new(),
        bundles: Vec::new(),
        statement: None,
    }
}

/// The select of some objects, mapped classes replaced by their columns.
pub(super) fn select_of(vm: &mut Vm, objects: &[Object]) -> PyResult<Select> {
    let data = data_of(vm, objects.to_vec())?;
    with_orm(vm, |orm, _| Ok(orm.lower(&data.select)?.select))
}

pub(super) fn select_object(vm: &mut Vm, data: SelectData) -> Object {
    let own = classes(vm);
    let class = match (data.select.compound.is_some(), data.statement.is_some()) {
        (_, true) => &own.from_statement,
        (true, _) => &own.compound_select,
        (false, _) => &own.select,
    };
    Instance::native(class, data)
}

/// A select without anything of the ORM as an object.
pub(super) fn plain_object(vm: &mut Vm, select: Select) -> Object {
    select_object(vm, SelectData { select, ..empty() })
}

/// One thing to select.
pub(super) fn select_item(vm: &mut Vm, object: &Object) -> PyResult<SelectItem> {
    if let Some(entity) = mapping::entity_of(vm, object)? {
        return Ok(SelectItem::Entity(entity));
    }
    if let Some(from) = to_from(vm, object)? {
        return Ok(SelectItem::From(from));
    }
    if let Some(named) = super::named_expressions::select_item(vm, object)? {
        return Ok(named);
    }
    if object.native::<SelectData>().is_some() && !peek(vm, |orm| orm.legacy)? {
        let what = "Column expression, FROM clause, or other columns clause element";
        return Err(froms::statement_refused(vm, what, object)?);
    }
    if let Some(expr) = to_expr(vm, object)? {
        return Ok(SelectItem::Expr(expr));
    }
    Ok(SelectItem::Expr(match object {
        Object::Str(text) if text.as_str() == "*" => Expr::star(),
        Object::Str(text) => {
            let plain = text.as_str().chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_')
                && !text.as_str().contains(char::is_whitespace);
            let repr = ormscope::types::python_str(text.as_str());
            let advice = if plain { "column" } else { "literal_column" };
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "Textual column expression {repr} should be explicitly declared with text({repr}), or use {advice}({repr}) for more specificity"
                ),
            ));
        }
        Object::None => Expr::null(),
        Object::Bool(value) => Expr::constant(*value),
        Object::Int(_) | Object::Float(_) | Object::BigInt(_) => {
            let text = vm.str(object)?;
            Expr::literal_column(text.as_str(), SqlType::Null)
        }
        Object::List(list) => {
            let items = list.items.borrow().clone();
            let mut reprs = Vec::new();
            for item in &items {
                reprs.push(vm.repr(item)?.as_str().to_string());
            }
            let repr = vm.repr(object)?;
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "Column expression, FROM clause, or other columns clause element expected, got {}. Did you mean to say select({})?",
                    repr.as_str(),
                    reprs.join(", ")
                ),
            ));
        }
        other => {
            return Err(expected(
                vm,
                "Column expression, FROM clause, or other columns clause element",
                other,
            ));
        }
    }))
}

/// Adds what is to be selected.
pub(super) fn add_item(vm: &mut Vm, data: &mut SelectData, object: &Object) -> PyResult<()> {
    if super::bundles::is_bundle(vm, object) {
        let bundle = super::bundles::select(vm, data, object, add_item)?;
        data.bundles.push(bundle);
        return Ok(());
    }
    if let Some(exprs) = super::columns::exprs_of(vm, object)? {
        for expr in exprs {
            data.selected.extend(super::namespace::entities_in(vm, &expr)?);
            data.select.items.push(SelectItem::Expr(expr));
        }
        return Ok(());
    }
    let item = select_item(vm, object)?;
    data.select.items.push(item);
    data.selected.extend(super::namespace::entities_of(vm, object)?);
    Ok(())
}

/// A member of `SelectLabelStyle`.
pub(super) fn style_object(vm: &mut Vm, style: LabelStyle) -> PyResult<Object> {
    let styles = super::inspection::support(vm, "SelectLabelStyle")?;
    vm.get_attr(
        &styles,
        match style {
            LabelStyle::None => "LABEL_STYLE_NONE",
            LabelStyle::TablePlusColumn => "LABEL_STYLE_TABLENAME_PLUS_COL",
            LabelStyle::Disambiguate => "LABEL_STYLE_DISAMBIGUATE_ONLY",
        },
    )
}

/// What the columns of a select are from.
pub(super) fn column_froms(vm: &mut Vm, data: &SelectData) -> PyResult<Vec<From>> {
    let lowered = with_orm(vm, |orm, _| Ok(orm.lower(&data.select)?.select))?;
    // A join among the columns is in FROM as itself.
    let given = |from: &From| data.select.from.iter().any(|known| known.is(from));
    let from = lowered.from.into_iter().filter(|from| !given(from)).collect();
    let only = Select { items: lowered.items, from, ..Select::default() };
    with_orm(vm, |orm, _| Ok(ormscope::sql::compiler::final_froms(&orm.schema, &only)?))
}

fn scalar(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let select = require_select(vm, &args.positional[0])?;
    Ok(expr_object(vm, select.scalar()))
}

fn named_alias(vm: &mut Vm, args: Args, kind: AliasKind) -> PyResult<Object> {
    let mut args = Arguments::new("subquery", args);
    let own = args.receiver();
    let select = require_select(vm, &own)?;
    let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
    let made = from_object(vm, From::Alias(select.named(name.as_deref(), kind)))?;
    if let Some(data) = made.native::<froms::FromData>() {
        *data.element.borrow_mut() = Some(own);
    }
    Ok(made)
}

fn compound(vm: &mut Vm, args: Args, op: SetOp) -> PyResult<Object> {
    let (mut selects, mut parts) = (Vec::new(), Vec::new());
    for part in &args.positional {
        for part in items(vm, part)? {
            selects.push(require_select(vm, &part)?);
            parts.push(part);
        }
    }
    Ok(select_object(vm, SelectData { select: Select::combined(op, selects), parts, ..empty() }))
}

/// `union(a, b)` and its kin as functions.
pub(super) const SET_FUNCTIONS: &[(&str, NativeFn)] = &[
    ("union", |vm, args| compound(vm, args, SetOp::Union)),
    ("union_all", |vm, args| compound(vm, args, SetOp::UnionAll)),
    ("intersect", |vm, args| compound(vm, args, SetOp::Intersect)),
    ("intersect_all", |vm, args| compound(vm, args, SetOp::IntersectAll)),
    ("except_", |vm, args| compound(vm, args, SetOp::Except)),
    ("except_all", |vm, args| compound(vm, args, SetOp::ExceptAll)),
];
