//! `select()`, its methods, and set operations.
//!
//! SQLAlchemy counterpart: `Select` and `CompoundSelect` of `sqlalchemy.sql.selectable`.

use std::rc::Rc;

use ormscope::sql::{
    AliasKind, Correlation, Distinct, Expr, Fetch, ForUpdate, From, Hint, Kind, LabelStyle, Select,
    SelectItem, SetOp, Statement,
};
use ormscope::types::SqlType;

pub(super) use super::compiled::compile_statement;
pub(super) use super::printing::print_statement;

use super::arguments::{Arguments, items};
use super::constructors::count_bind;
use super::expressions::{TextData, conditions, expr_object, ordering, require_condition};
use super::froms::{self, affixes, from_object, require_from, to_from};
use super::joins::{add_join, add_join_from};
use super::namespace::{equalities, search};
use super::operands::{by_or_of, expected, grouping, to_expr};
use super::{classes, dml, errors, mapping, peek, receiver, with_orm};
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
    /// `execution_options(…)`
    pub(super) execution_options: super::engine::Options,
    /// The bundles among its items.
    pub(super) bundles: Vec<super::bundles::Selected>,
    /// `from_statement(…)`: what the rows come from in its place.
    pub(super) statement: Option<Object>,
}

/// Edits a copy of a select.
type Edit = fn(&mut Vm, &mut SelectData, &mut Arguments) -> PyResult<()>;

/// The methods that give a changed copy.
const EDITS: &[(&str, Edit)] = &[
    ("where", filter),
    ("filter", filter),
    ("filter_by", |vm, data, args| {
        let found = if peek(vm, |orm| orm.legacy)? {
            let target = data.target.clone();
            equalities(vm, target.as_ref(), args)?
        } else {
            let entities: Vec<Object> = data.joined.iter().chain(&data.selected).cloned().collect();
            search(vm, &entities, args)?
        };
        data.select.where_.extend(found);
        Ok(())
    }),
    ("order_by", |vm, data, args| {
        let given = args.rest();
        extend(vm, &mut data.select.order_by, &given)
    }),
    ("group_by", |vm, data, args| {
        let given = args.rest();
        if matches!(given[..], [Object::None]) {
            data.select.group_by.clear();
            return Ok(());
        }
        let mut exprs = Vec::new();
        for item in &given {
            match to_from(vm, item)? {
                Some(from) => {
                    let columns = peek(vm, |orm| from.columns(&orm.schema))?;
                    exprs.extend(columns.into_iter().map(Expr::from));
                }
                None => exprs.extend(grouping(vm, std::slice::from_ref(item))?),
            }
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
            (Object::None, Object::None) => {}
            _ => return Err(vm.type_error("slice() takes whole numbers")),
        }
        Ok(())
    }),
    ("distinct", |vm, data, args| {
        let given = args.rest();
        let exprs = by_or_of(vm, &given)?;
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
            data.joined.push(object);
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
        if let Some(Object::List(_)) = args.first_matching(|_| true)
            && !peek(vm, |orm| orm.legacy)?
        {
            return Err(errors::error(
                vm,
                "ArgumentError",
                "The \"entities\" argument to Select.with_only_columns(), when referring to a sequence of items, is now passed as a series of positional elements, rather than as a list. ",
            ));
        }
        data.select.items.clear();
        data.selected.clear();
        data.bundles.clear();
        add_items(vm, data, args)
    }),
    ("reduce_columns", |vm, data, args| {
        let only_synonyms = match args.take("only_synonyms") {
            Some(flag) => vm.truthy(&flag)?,
            None => true,
        };
        let exprs = peek(vm, |orm| data.select.expressions(&orm.schema))?;
        let mut conditions = data.select.where_.clone();
        for from in &data.select.from {
            join_conditions(from, &mut conditions);
        }
        let kept = super::columns::reduced(vm, exprs, &conditions, only_synonyms)?;
        data.select.items = kept.into_iter().map(SelectItem::Expr).collect();
        Ok(())
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
    ("apply_labels", |_, data, _| {
        data.select.label_style = LabelStyle::TablePlusColumn;
        Ok(())
    }),
    ("set_label_style", |vm, data, args| {
        let style = args.require(vm, "style")?;
        data.select.label_style = label_style(vm, &style)?;
        Ok(())
    }),
    ("execution_options", |vm, data, args| {
        let given = args.keywords();
        if let Some((_, value)) = given.iter().find(|(name, _)| name.as_str() == "populate_existing") {
            data.populate_existing = vm.truthy(value)?;
        }
        super::engine::merge_options(&mut data.execution_options, given);
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
    for (name, get) in super::reading::GETTERS.iter().filter(|(name, _)| has(name)) {
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

fn apply(vm: &mut Vm, data: &mut SelectData, name: &str, positional: Vec<Object>) -> PyResult<()> {
    edit(vm, data, name, &mut Arguments::new("select", Args::positional(positional)))
}

/// Changes a select as its method of that name does.
pub(super) fn edit(vm: &mut Vm, data: &mut SelectData, name: &str, args: &mut Arguments) -> PyResult<()> {
    match EDITS.iter().find(|(known, _)| *known == name) {
        Some((_, edit)) => edit(vm, data, args),
        None => Ok(()),
    }
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

/// Makes a changed copy of a select.
fn change(vm: &mut Vm, args: Args, name: &'static str, edit: Edit) -> PyResult<Object> {
    let mut args = Arguments::new(name, args);
    let data = receiver::<SelectData>(vm, &args.receiver())?;
    let mut copy = (*data).clone();
    edit(vm, &mut copy, &mut args)?;
    if let Some((unknown, _)) = args.keywords().first() {
        let (owner, unknown) = (owner_of(name), unknown.as_str());
        return Err(vm.type_error(format!("{owner}.{name}() got an unexpected keyword argument '{unknown}'")));
    }
    Ok(select_object(vm, copy))
}

/// The class in which SQLAlchemy defines a method of selects.
fn owner_of(method: &str) -> &'static str {
    match method {
        "with_for_update" | "limit" | "offset" | "fetch" | "slice" | "order_by" | "group_by"
        | "set_label_style" => "GenerativeSelect",
        "prefix_with" => "HasPrefixes",
        "suffix_with" => "HasSuffixes",
        "with_hint" | "with_statement_hint" => "HasHints",
        _ => "Select",
    }
}

fn filter(vm: &mut Vm, data: &mut SelectData, args: &mut Arguments) -> PyResult<()> {
    let given = args.rest();
    data.select.where_.extend(conditions(vm, &given)?);
    Ok(())
}

/// Adds to a list that `None` empties.
fn extend(vm: &mut Vm, list: &mut Vec<Expr>, given: &[Object]) -> PyResult<()> {
    match given {
        [Object::None] => list.clear(),
        given => list.extend(ordering(vm, given)?),
    }
    Ok(())
}

fn add_items(vm: &mut Vm, data: &mut SelectData, args: &mut Arguments) -> PyResult<()> {
    let mut given = args.rest();
    if let ([Object::List(list)], true) = (&given[..], peek(vm, |orm| orm.legacy)?) {
        let listed = list.items.borrow().clone();
        given = listed;
    }
    for item in given {
        add_item(vm, data, &item)?;
    }
    Ok(())
}

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

fn hint(vm: &mut Vm, args: &mut Arguments, from: Option<From>) -> PyResult<Hint> {
    let text = args.require(vm, "text")?;
    let text = vm.str(&text)?;
    let dialect = args.take("dialect_name").and_then(|name| name.as_str().map(Rc::from));
    Ok(Hint { from, text: text.as_str().into(), dialect: dialect.unwrap_or_else(|| "*".into()) })
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

fn label_style(vm: &mut Vm, style: &Object) -> PyResult<LabelStyle> {
    let name = vm.get_attr(style, "name")?;
    let name = vm.str(&name)?;
    Ok(match name.as_str() {
        "LABEL_STYLE_NONE" => LabelStyle::None,
        "LABEL_STYLE_TABLENAME_PLUS_COL" => LabelStyle::TablePlusColumn,
        _ => LabelStyle::Disambiguate,
    })
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

/// The conditions of a join and of those inside it.
fn join_conditions(from: &From, found: &mut Vec<Expr>) {
    if let From::Join(join) = from {
        found.push(join.on.clone());
        join_conditions(&join.left, found);
        join_conditions(&join.right, found);
    }
}

/// A select with values for its named binds.
pub(super) fn with_params(select: &Select, values: &[(String, ormscope::types::Value)]) -> Select {
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
        None if object.native::<TextData>().is_some() => {
            " To SELECT from any FROM clause, use the .select() method."
        }
        None => "",
    };
    Err(errors::error(vm, "ArgumentError", format!("{what} expected, got {}.{advice}", repr.as_str())))
}

/// The statement that an object is.
pub(super) fn to_statement(vm: &mut Vm, object: &Object) -> PyResult<Option<Statement>> {
    if let Some(lambda) = object.native::<super::lambdas::LambdaData>() {
        return super::lambdas::statement(vm, &lambda);
    }
    if let Some(data) = object.native::<SelectData>() {
        if let Some(statement) = &data.statement {
            return to_statement(vm, statement);
        }
        // What is loaded with the objects belongs to it where it stands by itself.
        let lowered = with_orm(vm, |orm, _| orm.lower_with(&data.select, &data.options))?;
        return Ok(Some(Statement::Select(lowered.select)));
    }
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
    if let Some(data) = object.native::<super::program_elements::ProgramData>() {
        let expr = super::program_elements::to_expr(vm, object, &data)?;
        let column = classes(vm).column_element.clone();
        let by_itself = vm.is_instance(object, &column);
        return Ok(Some(if by_itself { Statement::Expr(expr) } else { Statement::Program(expr) }));
    }
    Ok(to_expr(vm, object)?.map(Statement::Expr))
}
