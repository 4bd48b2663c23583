//! `select()`, its methods, and set operations.
//!
//! SQLAlchemy counterpart: `Select` and `CompoundSelect` of `sqlalchemy.sql.selectable`.

use std::rc::Rc;

use ormscope::sql::{
    AliasKind, Correlation, Distinct, Expr, Fetch, ForUpdate, From, Hint, JoinKind, JoinTarget, Kind,
    LabelStyle, Select, SelectItem, SetOp, Statement,
};
use ormscope::types::SqlType;

pub(super) use super::printing::{compile_statement, print_statement};

use super::arguments::{Arguments, items};
use super::constructors::count_bind;
use super::expressions::{TextData, conditions, expr_object, ordering, require_condition};
use super::froms::{self, affixes, from_object, require_from, to_from};
use super::operands::{expected, to_expr};
use super::{attributes, classes, dml, errors, mapping, peek, receiver, schema, with_orm};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of a `Select`.
pub(super) struct SelectData {
    /// The statement; mapped classes stand in it as entities.
    pub(super) select: Select,
    /// The mapped class that `filter_by` speaks of.
    pub(super) target: Option<Object>,
    /// `execution_options(populate_existing=True)`
    pub(super) populate_existing: bool,
    /// `options(…)`
    pub(super) options: Vec<ormscope::orm::LoadOption>,
    /// `execution_options(…)`
    pub(super) execution_options: super::engine::Options,
}

/// Edits a copy of a select.
type Edit = fn(&mut Vm, &mut SelectData, &mut Arguments) -> PyResult<()>;

/// The methods that give a changed copy.
const EDITS: &[(&str, Edit)] = &[
    ("where", filter),
    ("filter", filter),
    ("filter_by", |vm, data, args| {
        let target = data.target.clone();
        let found = equalities(vm, target.as_ref(), args)?;
        data.select.where_.extend(found);
        Ok(())
    }),
    ("order_by", |vm, data, args| {
        let given = args.rest();
        extend(vm, &mut data.select.order_by, &given)
    }),
    ("group_by", |vm, data, args| {
        let given = args.rest();
        let mut exprs = Vec::new();
        for item in &given {
            match to_from(vm, item)? {
                Some(from) => {
                    let columns = peek(vm, |orm| from.columns(&orm.schema))?;
                    exprs.extend(columns.into_iter().map(Expr::from));
                }
                None => extend(vm, &mut exprs, std::slice::from_ref(item))?,
            }
        }
        if matches!(given[..], [Object::None]) {
            data.select.group_by.clear();
        }
        data.select.group_by.extend(exprs);
        Ok(())
    }),
    ("having", |vm, data, args| {
        let given = args.rest();
        data.select.having.extend(conditions(vm, &given)?);
        Ok(())
    }),
    ("limit", |vm, data, args| {
        let count = args.require(vm, "limit")?;
        data.select.limit = count_bind(vm, &count)?;
        data.select.fetch = None;
        Ok(())
    }),
    ("offset", |vm, data, args| {
        let count = args.require(vm, "offset")?;
        data.select.offset = count_bind(vm, &count)?;
        Ok(())
    }),
    ("fetch", |vm, data, args| {
        let count = args.require(vm, "count")?;
        let with_ties = args.flag(vm, "with_ties", false)?;
        let percent = args.flag(vm, "percent", false)?;
        data.select.limit = None;
        data.select.fetch = count_bind(vm, &count)?.map(|count| Fetch { count, percent, with_ties });
        Ok(())
    }),
    ("slice", |vm, data, args| {
        let (start, stop) = (args.require(vm, "start")?, args.require(vm, "stop")?);
        let bind = |value: i64| Expr::bind("param", ormscope::types::Value::Int(value), SqlType::Integer);
        match (&start, &stop) {
            (Object::Int(start), Object::Int(stop)) => {
                data.select.limit = Some(bind(stop - start));
                data.select.offset = if *start == 0 { None } else { Some(bind(*start)) };
            }
            (Object::Int(start), Object::None) => data.select.offset = Some(bind(*start)),
            (Object::None, Object::Int(stop)) => data.select.limit = Some(bind(*stop)),
            _ => return Err(vm.type_error("slice() takes whole numbers")),
        }
        Ok(())
    }),
    ("distinct", |vm, data, args| {
        let given = args.rest();
        let exprs = ordering(vm, &given)?;
        data.select.distinct = match (exprs.is_empty(), std::mem::take(&mut data.select.distinct)) {
            (true, Distinct::On(known)) => Distinct::On(known),
            (true, _) => Distinct::Yes,
            (false, Distinct::On(mut known)) => {
                known.extend(exprs);
                Distinct::On(known)
            }
            (false, _) => Distinct::On(exprs),
        };
        Ok(())
    }),
    ("select_from", |vm, data, args| {
        for object in args.rest() {
            if data.target.is_none() {
                data.target = Some(object.clone());
            }
            let from = require_from(vm, &object)?;
            data.select.from.push(from);
        }
        Ok(())
    }),
    ("join", |vm, data, args| add_join(vm, data, args, false)),
    ("outerjoin", |vm, data, args| add_join(vm, data, args, true)),
    ("join_from", |vm, data, args| add_join_from(vm, data, args, false)),
    ("outerjoin_from", |vm, data, args| add_join_from(vm, data, args, true)),
    ("add_columns", add_items),
    ("column", add_items),
    ("with_only_columns", |vm, data, args| {
        let keeps = args.flag(vm, "maintain_column_froms", false)?;
        if keeps {
            let froms = column_froms(vm, data)?;
            data.select.from.extend(froms);
        }
        data.select.items.clear();
        add_items(vm, data, args)
    }),
    ("reduce_columns", |vm, data, args| {
        args.flag(vm, "only_synonyms", true)?;
        reduce_columns(vm, data)
    }),
    ("with_for_update", |vm, data, args| {
        let mut lock = ForUpdate {
            nowait: args.flag(vm, "nowait", false)?,
            read: args.flag(vm, "read", false)?,
            skip_locked: args.flag(vm, "skip_locked", false)?,
            key_share: args.flag(vm, "key_share", false)?,
            of: Vec::new(),
        };
        if let Some(of) = args.keyword("of").filter(|of| !of.is_none()) {
            for item in items(vm, &of)? {
                lock.of.push(match to_from(vm, &item)? {
                    Some(from) => SelectItem::From(from),
                    None => select_item(vm, &item)?,
                });
            }
        }
        data.select.for_update = Some(lock);
        Ok(())
    }),
    ("prefix_with", |vm, data, args| {
        let added = affixes(vm, args)?;
        data.select.prefixes.extend(added);
        Ok(())
    }),
    ("suffix_with", |vm, data, args| {
        let added = affixes(vm, args)?;
        data.select.suffixes.extend(added);
        Ok(())
    }),
    ("with_hint", |vm, data, args| {
        let from = args.require(vm, "selectable")?;
        let from = Some(require_from(vm, &from)?);
        let hint = hint(vm, args, from)?;
        data.select.hints.push(hint);
        Ok(())
    }),
    ("with_statement_hint", |vm, data, args| {
        let hint = hint(vm, args, None)?;
        data.select.hints.push(hint);
        Ok(())
    }),
    ("correlate", |vm, data, args| {
        let given = args.rest();
        let mut to = match std::mem::take(&mut data.select.correlation) {
            Correlation::To(to) => to,
            _ => Vec::new(),
        };
        if !matches!(given.first(), None | Some(Object::None | Object::Bool(false))) {
            to.extend(froms::froms(vm, &given)?);
        } else {
            to.clear();
        }
        data.select.correlation = Correlation::To(to);
        Ok(())
    }),
    ("correlate_except", |vm, data, args| {
        let given = args.rest();
        let none = matches!(given.first(), None | Some(Object::None | Object::Bool(false)));
        let except = if none { Vec::new() } else { froms::froms(vm, &given)? };
        data.select.correlation = Correlation::Except(except);
        Ok(())
    }),
    ("add_cte", |vm, data, args| {
        let here = args.flag(vm, "nest_here", false)?;
        for object in args.rest() {
            if let From::Alias(alias) = require_from(vm, &object)? {
                data.select.ctes.push((alias, here));
            }
        }
        Ok(())
    }),
    ("set_label_style", |vm, data, args| {
        let style = args.require(vm, "style")?;
        data.select.label_style = label_style(vm, &style)?;
        Ok(())
    }),
    ("execution_options", |vm, data, args| {
        data.populate_existing = args.flag(vm, "populate_existing", data.populate_existing)?;
        super::engine::merge_options(&mut data.execution_options, args.keywords());
        Ok(())
    }),
    ("options", |vm, data, args| {
        let given = args.rest();
        data.options.extend(super::loaders::options(vm, &given)?);
        Ok(())
    }),
    ("params", |vm, data, args| {
        let mut given = args.keywords();
        if let Some(Object::Dict(dict)) = args.next() {
            for (key, value) in dict.items() {
                let key = vm.str(&key)?;
                given.push((vm.intern(key.as_str()), value));
            }
        }
        let mut values = Vec::new();
        for (name, value) in given {
            values.push((name.as_str().to_string(), super::values::to_value(vm, &value)?));
        }
        data.select = with_params(&data.select, &values);
        Ok(())
    }),
];

/// The methods that give something else.
const METHODS: &[(&str, NativeFn)] = &[
    ("subquery", |vm, args| named_alias(vm, args, AliasKind::Inline)),
    ("alias", |vm, args| named_alias(vm, args, AliasKind::Inline)),
    ("lateral", |vm, args| named_alias(vm, args, AliasKind::Lateral)),
    ("cte", |vm, args| {
        let mut args = Arguments::new("cte", args);
        let own = args.receiver();
        let mut select = require_select(vm, &own)?;
        if select.label_style == LabelStyle::None {
            select.label_style = LabelStyle::Disambiguate;
        }
        froms::cte_of(vm, Statement::Select(select), &mut args)
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
    ("execute", super::connection::execute_implicitly),
    ("self_group", |_, args| Ok(args.positional[0].clone())),
    ("get_label_style", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        Ok(Object::str(match data.select.label_style {
            LabelStyle::None => "LABEL_STYLE_NONE",
            LabelStyle::TablePlusColumn => "LABEL_STYLE_TABLENAME_PLUS_COL",
            LabelStyle::Disambiguate => "LABEL_STYLE_DISAMBIGUATE_ONLY",
        }))
    }),
    ("get_final_froms", |vm, args| {
        let select = require_select(vm, &args.positional[0])?;
        let froms = with_orm(vm, |orm, _| Ok(ormscope::sql::compiler::final_froms(&orm.schema, &select)?))?;
        let objects: PyResult<Vec<Object>> = froms.into_iter().map(|from| from_object(vm, from)).collect();
        Ok(Object::list(objects?))
    }),
    ("compare", |vm, args| {
        let own = as_select(vm, &args.positional[0])?;
        let other = as_select(vm, &args.positional[1])?;
        let same = match (own, other) {
            (Some(own), Some(other)) => super::expressions::alike(&own.scalar(), &other.scalar()),
            _ => false,
        };
        Ok(Object::Bool(same))
    }),
    ("__str__", print_statement),
    ("__bool__", |vm, _| Err(vm.type_error("Boolean value of this clause is not defined"))),
];

pub(super) fn select_class() -> Rc<Class> {
    let mut builder = Class::builder("Select").module("sqlalchemy.sql.selectable");
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    for (name, edit) in EDITS {
        let edit = *edit;
        builder = builder.closure(name, move |vm, args| change(vm, args, edit));
    }
    builder
        .getter("selected_columns", selected_columns)
        .getter("exported_columns", selected_columns)
        .getter("c", selected_columns)
        .getter("columns", selected_columns)
        .getter("inner_columns", |vm, args| {
            let select = require_select(vm, &args.positional[0])?;
            let exprs = peek(vm, |orm| select.expressions(&orm.schema))?;
            Ok(Object::list(exprs.into_iter().map(|expr| expr_object(vm, expr)).collect()))
        })
        .getter("whereclause", |vm, args| {
            let data = receiver::<SelectData>(vm, &args.positional[0])?;
            match data.select.where_.len() {
                0 => Ok(Object::None),
                _ => {
                    let all = Expr::all_of(ormscope::sql::Operator::And, data.select.where_.iter().cloned());
                    Ok(expr_object(vm, all))
                }
            }
        })
        .getter("froms", |vm, args| {
            vm.call_method(&args.positional[0].clone(), "get_final_froms", Vec::new())
        })
        .getter("columns_clause_froms", |vm, args| {
            let data = receiver::<SelectData>(vm, &args.positional[0])?;
            let froms = column_froms(vm, &data)?;
            let objects: PyResult<Vec<Object>> =
                froms.into_iter().map(|from| from_object(vm, from)).collect();
            Ok(Object::list(objects?))
        })
        .getter("selects", |vm, args| {
            let data = receiver::<SelectData>(vm, &args.positional[0])?;
            match &data.select.compound {
                Some(compound) => {
                    let parts = compound.selects.iter().map(|part| plain_object(vm, part.clone()));
                    Ok(Object::list(parts.collect()))
                }
                None => Err(vm.attribute_error(&args.positional[0], "selects")),
            }
        })
        .build()
}

fn selected_columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let select = require_select(vm, &args.positional[0])?;
    super::selected::collection(vm, select)
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
        let items = list.items.borrow().clone();
        let whereclause = rest.first().cloned().or_else(|| args.keyword("whereclause"));
        let mut data = data_of(vm, items)?;
        if let Some(condition) = whereclause.filter(|condition| !condition.is_none()) {
            data.select.where_.push(require_condition(vm, &condition)?);
        }
        for (name, edit) in [("from_obj", "select_from"), ("order_by", "order_by"), ("group_by", "group_by")]
        {
            if let Some(value) = args.keyword(name) {
                let value = items_or_one(vm, &value)?;
                apply(vm, &mut data, edit, value)?;
            }
        }
        for name in ["limit", "offset"] {
            if let Some(value) = args.keyword(name) {
                apply(vm, &mut data, name, vec![value])?;
            }
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

fn items_or_one(vm: &mut Vm, value: &Object) -> PyResult<Vec<Object>> {
    items(vm, value)
}

fn apply(vm: &mut Vm, data: &mut SelectData, name: &str, positional: Vec<Object>) -> PyResult<()> {
    let Some((_, edit)) = EDITS.iter().find(|(known, _)| *known == name) else { return Ok(()) };
    edit(vm, data, &mut Arguments::new("select", Args::positional(positional)))
}

fn data_of(vm: &mut Vm, given: Vec<Object>) -> PyResult<SelectData> {
    let mut data = empty();
    for item in given {
        if data.target.is_none()
            && (mapping::entity_of(vm, &item)?.is_some() || froms::plain_from(vm, &item)?.is_some())
        {
            data.target = Some(item.clone());
        }
        let item = select_item(vm, &item)?;
        data.select.items.push(item);
    }
    Ok(data)
}

/// A select of nothing.
pub(super) fn empty() -> SelectData {
    SelectData {
        select: Select::default(),
        target: None,
        populate_existing: false,
        options: Vec::new(),
        execution_options: Vec::new(),
    }
}

/// The select of some objects, mapped classes replaced by their columns.
pub(super) fn select_of(vm: &mut Vm, objects: &[Object]) -> PyResult<Select> {
    let data = data_of(vm, objects.to_vec())?;
    with_orm(vm, |orm, _| Ok(orm.lower(&data.select)?.select))
}

pub(super) fn select_object(vm: &mut Vm, data: SelectData) -> Object {
    let own = classes(vm);
    let class = if data.select.compound.is_some() { &own.compound_select } else { &own.select };
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

/// Makes a changed copy of a select.
fn change(vm: &mut Vm, args: Args, edit: Edit) -> PyResult<Object> {
    let mut args = Arguments::new("select", args);
    let data = receiver::<SelectData>(vm, &args.receiver())?;
    let mut copy = SelectData {
        select: data.select.clone(),
        target: data.target.clone(),
        populate_existing: data.populate_existing,
        options: data.options.clone(),
        execution_options: data.execution_options.clone(),
    };
    edit(vm, &mut copy, &mut args)?;
    Ok(select_object(vm, copy))
}

fn filter(vm: &mut Vm, data: &mut SelectData, args: &mut Arguments) -> PyResult<()> {
    let given = args.rest();
    data.select.where_.extend(conditions(vm, &given)?);
    Ok(())
}

/// Adds to a list that `None` empties.
fn extend(vm: &mut Vm, list: &mut Vec<Expr>, given: &[Object]) -> PyResult<()> {
    match given {
        [Object::None | Object::Bool(false)] => list.clear(),
        given => list.extend(ordering(vm, given)?),
    }
    Ok(())
}

fn add_items(vm: &mut Vm, data: &mut SelectData, args: &mut Arguments) -> PyResult<()> {
    for item in args.rest() {
        let item = select_item(vm, &item)?;
        data.select.items.push(item);
    }
    Ok(())
}

fn hint(vm: &mut Vm, args: &mut Arguments, from: Option<From>) -> PyResult<Hint> {
    let text = args.require(vm, "text")?;
    let text = vm.str(&text)?;
    let dialect = args.take("dialect_name").and_then(|name| name.as_str().map(Rc::from));
    Ok(Hint { from, text: text.as_str().into(), dialect: dialect.unwrap_or_else(|| "*".into()) })
}

fn label_style(vm: &mut Vm, style: &Object) -> PyResult<LabelStyle> {
    let text = match style {
        Object::Str(text) => text.as_str().to_string(),
        other => {
            let name = vm.get_attr(other, "name")?;
            vm.str(&name)?.as_str().to_string()
        }
    };
    Ok(match text.as_str() {
        "LABEL_STYLE_NONE" => LabelStyle::None,
        "LABEL_STYLE_TABLENAME_PLUS_COL" => LabelStyle::TablePlusColumn,
        _ => LabelStyle::Disambiguate,
    })
}

/// What the columns of a select are from.
fn column_froms(vm: &mut Vm, data: &SelectData) -> PyResult<Vec<From>> {
    let lowered = with_orm(vm, |orm, _| Ok(orm.lower(&data.select)?.select))?;
    let only = Select { items: lowered.items, ..Select::default() };
    with_orm(vm, |orm, _| Ok(ormscope::sql::compiler::final_froms(&orm.schema, &only)?))
}

/// Leaves out columns that are equal to one that is there: foreign keys.
fn reduce_columns(vm: &mut Vm, data: &mut SelectData) -> PyResult<()> {
    let exprs = peek(vm, |orm| data.select.expressions(&orm.schema))?;
    let mut kept: Vec<Expr> = Vec::new();
    for expr in exprs {
        let base = |expr: &Expr| match expr.kind() {
            Kind::Column(column) => column.base,
            _ => None,
        };
        let equal = match base(&expr) {
            Some(own) => {
                let keys = peek(vm, |orm| orm.schema.foreign_keys(own.table))?;
                keys.iter()
                    .any(|(key, target)| *key == own && kept.iter().any(|other| base(other) == Some(*target)))
            }
            None => false,
        };
        if !equal {
            kept.push(expr);
        }
    }
    data.select.items = kept.into_iter().map(SelectItem::Expr).collect();
    Ok(())
}

/// A select with values for its named binds.
fn with_params(select: &Select, values: &[(String, ormscope::types::Value)]) -> Select {
    use ormscope::sql::{Bind, BindValue, Rewrite};
    let mut replace = |expr: &Expr| match expr.kind() {
        Kind::Bind(bind) => {
            let (_, value) = values.iter().find(|(name, _)| **name == *bind.key)?;
            Some(Expr::from(Bind { value: BindValue::One(value.clone()), ..(**bind).clone() }))
        }
        _ => None,
    };
    Rewrite::new(&mut replace, &mut |_| None).select(select)
}

/// `name='ed'` as conditions on a mapped class or a table.
pub(super) fn equalities(vm: &mut Vm, target: Option<&Object>, args: &mut Arguments) -> PyResult<Vec<Expr>> {
    let mut found = Vec::new();
    for (name, value) in args.keywords() {
        let Some(target) = target else {
            return Err(errors::error(
                vm,
                "InvalidRequestError",
                "filter_by() needs a mapped class to speak of",
            ));
        };
        let attribute = if froms::plain_from(vm, target)?.is_some() {
            let columns = vm.get_attr(target, "c")?;
            vm.get_attr_opt(&columns, name.as_str())?
        } else {
            vm.get_attr_opt(target, name.as_str())?
        };
        let Some(attribute) = attribute else {
            let described = match target.native::<schema::TableObject>() {
                Some(table) => peek(vm, |orm| orm.schema.table(table.id).name.clone())?,
                None => mapping::describe_entity(vm, target)?,
            };
            return Err(errors::error(
                vm,
                "InvalidRequestError",
                format!("Entity namespace for \"{described}\" has no property \"{}\"", name.as_str()),
            ));
        };
        let condition = vm.compare(crate::object::CompareOp::Eq, &attribute, &value)?;
        found.push(require_condition(vm, &condition)?);
    }
    Ok(found)
}

fn add_join(vm: &mut Vm, data: &mut SelectData, args: &mut Arguments, outer: bool) -> PyResult<()> {
    let (joins, target) = read_join(vm, args, outer)?;
    data.select.joins.extend(joins);
    if target.is_some() {
        data.target = target;
    }
    Ok(())
}

fn add_join_from(vm: &mut Vm, data: &mut SelectData, args: &mut Arguments, outer: bool) -> PyResult<()> {
    let left = args.require(vm, "from_")?;
    let left = require_from(vm, &left)?;
    let (mut joins, target) = read_join(vm, args, outer)?;
    if let Some(first) = joins.first_mut() {
        first.left.get_or_insert(left);
    }
    data.select.joins.extend(joins);
    if target.is_some() {
        data.target = target;
    }
    Ok(())
}

/// The joins that the arguments of `join()` ask for, and the class they lead to.
pub(super) fn read_join(
    vm: &mut Vm,
    args: &mut Arguments,
    outer: bool,
) -> PyResult<(Vec<JoinTarget>, Option<Object>)> {
    let target = args.require(vm, "target")?;
    let on = args.take("onclause").filter(|on| !on.is_none());
    let outer = outer || args.flag(vm, "isouter", false)?;
    let full = args.flag(vm, "full", false)?;
    let kind = if full { JoinKind::Full } else { JoinKind::outer(outer) };
    let keep = |joins: Vec<JoinTarget>| joins.into_iter().map(|join| JoinTarget { kind, ..join }).collect();
    // join(User.addresses), join(Address, User.addresses)
    if let Some((left, attribute, natural)) = attributes::relationship_of(vm, &target)? {
        let right = mapping::entity_object(vm, natural);
        let joins = peek(vm, |orm| {
            let right = ormscope::sql::Entity { mapper: natural, alias: None };
            orm.joins_along(&left, attribute, &right, outer)
        })?;
        return Ok((keep(joins), Some(right)));
    }
    if let Some(on) = &on
        && let Some((left, attribute, _)) = attributes::relationship_of(vm, on)?
        && let Some(right) = mapping::entity_of(vm, &target)?
    {
        let joins = peek(vm, |orm| orm.joins_along(&left, attribute, &right, outer))?;
        return Ok((keep(joins), Some(target)));
    }
    let right = require_from(vm, &target)?;
    let on = match on {
        Some(on) => Some(require_condition(vm, &on)?),
        None => None,
    };
    Ok((vec![JoinTarget { left: None, right, on, kind }], Some(target)))
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
    from_object(vm, From::Alias(select.named(name.as_deref(), kind)))
}

fn compound(vm: &mut Vm, args: Args, op: SetOp) -> PyResult<Object> {
    let mut selects = Vec::new();
    for part in &args.positional {
        for part in items(vm, part)? {
            selects.push(require_select(vm, &part)?);
        }
    }
    Ok(plain_object(vm, Select::combined(op, selects)))
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

/// The select that an object is, mapped classes replaced by their columns.
pub(super) fn as_select(vm: &mut Vm, object: &Object) -> PyResult<Option<Select>> {
    let select = match (object.native::<SelectData>(), super::query::query_select(vm, object)?) {
        (Some(data), _) => data.select.clone(),
        (None, Some(select)) => select,
        (None, None) => return Ok(None),
    };
    with_orm(vm, |orm, _| Ok(Some(orm.lower(&select)?.select)))
}

/// The select that an object must be.
pub(super) fn require_select(vm: &mut Vm, object: &Object) -> PyResult<Select> {
    if let Some(select) = as_select(vm, object)? {
        return Ok(select);
    }
    // A subquery or CTE in a set operation stands for a select of it.
    let what = "SELECT construct for inclusion in a UNION or other set construct";
    let repr = vm.repr(object)?;
    let advice = match froms::plain_from(vm, object)? {
        Some(From::Alias(alias)) if alias.is_subquery() => {
            " Use the plain select() object without calling .subquery() or .alias()."
        }
        Some(_) => " To SELECT from any FROM clause, use the .select() method.",
        None => "",
    };
    Err(errors::error(vm, "ArgumentError", format!("{what} expected, got {}.{advice}", repr.as_str())))
}

/// The statement that an object is.
pub(super) fn to_statement(vm: &mut Vm, object: &Object) -> PyResult<Option<Statement>> {
    if let Some(select) = as_select(vm, object)? {
        return Ok(Some(Statement::Select(select)));
    }
    if let Some(statement) = dml::to_statement(vm, object)? {
        return Ok(Some(statement));
    }
    if let Some(text) = object.native::<TextData>() {
        return Ok(Some(Statement::Text(Rc::clone(&text.statement))));
    }
    if let Some(text) = object.native::<froms::TextualData>() {
        return Ok(Some(Statement::TextualSelect(text.select.clone())));
    }
    if let Some(ddl) = object.native::<super::ddl::DdlObject>() {
        return Ok(Some(Statement::Ddl(ddl.ddl.clone())));
    }
    Ok(to_expr(vm, object)?.map(Statement::Expr))
}
