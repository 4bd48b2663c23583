//! The methods of a select that give a changed copy of it.
//!
//! SQLAlchemy counterpart: the generative methods of `Select` and
//! `GenerativeSelect` in `sqlalchemy.sql.selectable`.

use std::rc::Rc;

use ormscope::sql::{
    Correlation, Distinct, Expr, Fetch, ForUpdate, From, Hint, LabelStyle, Operator, SelectItem,
};
use ormscope::types::{SqlType, Value};

use super::arguments::{Arguments, items};
use super::constructors::count_bind;
use super::ctes::affixes;
use super::expressions::{conditions, ordering};
use super::froms::{self, require_from, to_from};
use super::joins::{add_join, add_join_from};
use super::namespace::{equalities, search};
use super::operands::{by_or_of, grouping};
use super::select::{SelectData, add_item, column_froms, select_item, select_object};
use super::{errors, peek, receiver};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// Edits a copy of a select.
pub(super) type Edit = fn(&mut Vm, &mut SelectData, &mut Arguments) -> PyResult<()>;

/// The methods that give a changed copy.
pub(super) const EDITS: &[(&str, Edit)] = &[
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
        let (start, stop) = match (&start, &stop) {
            (Object::Int(start), Object::Int(stop)) => (Some(*start), Some(*stop)),
            (Object::Int(start), Object::None) => (Some(*start), None),
            (Object::None, Object::Int(stop)) => (None, Some(*stop)),
            (Object::None, Object::None) => (None, None),
            _ => return Err(vm.type_error("slice() takes whole numbers")),
        };
        if let Some(stop) = stop {
            data.select.limit = Some(Expr::literal(Value::Int(stop - start.unwrap_or(0))));
        }
        if let Some(start) = start {
            // On top of the rows that it leaves out already.
            data.select.offset = match super::query_running::bound_integer(data.select.offset.as_ref()) {
                Some(known) if known + start == 0 => None,
                Some(known) => Some(Expr::literal(Value::Int(known + start))),
                None => match data.select.offset.take() {
                    Some(known) if start != 0 => Some(known.binary(
                        Operator::Add,
                        Expr::bind(&known.bind_key(), Value::Int(start), SqlType::Null),
                    )),
                    Some(known) => Some(known),
                    None => (start != 0).then(|| Expr::literal(Value::Int(start))),
                },
            };
        }
        Ok(())
    }),
    ("distinct", |vm, data, args| {
        let given = args.rest();
        let exprs = by_or_of(vm, &given)?;
        data.select.distinct = match (exprs.is_empty(), std::mem::take(&mut data.select.distinct)) {
            (true, known @ (Distinct::On(_) | Distinct::Extended(_))) => known,
            (true, _) => Distinct::Yes,
            (false, Distinct::On(mut known)) => {
                known.extend(exprs);
                Distinct::On(known)
            }
            (false, _) => Distinct::On(exprs),
        };
        Ok(())
    }),
    ("ext", super::extensions::extend_select),
    ("select_from", |vm, data, args| {
        for object in args.rest() {
            if data.target.is_none() {
                data.target = Some(object.clone());
            }
            let from = require_from(vm, &object)?;
            data.select.entities.extend(super::mapping::entity_of(vm, &object)?);
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
        let mut given = args.rest();
        data.user_options.extend(super::loaders::take_user_options(vm, &mut given)?);
        data.options.extend(super::loaders::options(vm, &given)?);
        Ok(())
    }),
];

pub(super) fn apply(vm: &mut Vm, data: &mut SelectData, name: &str, positional: Vec<Object>) -> PyResult<()> {
    edit(vm, data, name, &mut Arguments::new("select", Args::positional(positional)))
}

/// Changes a select as its method of that name does.
pub(super) fn edit(vm: &mut Vm, data: &mut SelectData, name: &str, args: &mut Arguments) -> PyResult<()> {
    match EDITS.iter().find(|(known, _)| *known == name) {
        Some((_, edit)) => edit(vm, data, args),
        None => Ok(()),
    }
}

/// Makes a changed copy of a select.
pub(super) fn change(vm: &mut Vm, args: Args, name: &'static str, edit: Edit) -> PyResult<Object> {
    let mut args = Arguments::new(name, args);
    let data = receiver::<SelectData>(vm, &args.receiver())?;
    let mut copy = (*data).clone();
    args.name_as(owner_of(name), name);
    let given = args.count();
    edit(vm, &mut copy, &mut args)?;
    if args.count() > 0 {
        let (owner, taken) = (owner_of(name), given - args.count() + 1);
        return Err(vm.type_error(format!(
            "{owner}.{name}() takes {taken} positional arguments but {} were given",
            given + 1
        )));
    }
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

fn hint(vm: &mut Vm, args: &mut Arguments, from: Option<From>) -> PyResult<Hint> {
    let text = args.require(vm, "text")?;
    let text = vm.str(&text)?;
    let dialect = args.take("dialect_name").and_then(|name| name.as_str().map(Rc::from));
    Ok(Hint { from, text: text.as_str().into(), dialect: dialect.unwrap_or_else(|| "*".into()) })
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

/// The conditions of a join and of those inside it.
fn join_conditions(from: &From, found: &mut Vec<Expr>) {
    if let From::Join(join) = from {
        found.push(join.on.clone());
        join_conditions(&join.left, found);
        join_conditions(&join.right, found);
    }
}
