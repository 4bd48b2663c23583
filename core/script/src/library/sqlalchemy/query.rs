//! `Query`: the 1.x way to select.
//!
//! Most of its methods are those of `Select`; here is what tells it from one.
//! How it is run is in `query_running.rs`. SQLAlchemy counterpart: `Query` of
//! `sqlalchemy.orm.query`.

use std::rc::Rc;

use ormscope::sql::{AliasKind, Correlation, Distinct, From, LabelStyle, Select, SelectItem};
use ormscope::types::SessionId;

use super::arguments::Arguments;
use super::froms::{from_object, require_from};
use super::namespace::equalities;
use super::orm_rows::How;
use super::select::{self, SelectData};
use super::{
    classes, errors, expressions, mapping, peek, query_legacy, query_running, receiver, session, with_orm,
};
use crate::object::{Args, Class, Instance, Name, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of a `Query`.
#[derive(Clone)]
pub(super) struct QueryData {
    pub(super) session: Option<SessionId>,
    /// Keeps the session alive.
    pub(super) session_object: Object,
    /// What it selects.
    pub(super) data: SelectData,
    pub(super) how: How,
    /// `params(…)`
    pub(super) params: Vec<(Name, Object)>,
    /// Whether methods in the wrong order are errors.
    assertions: bool,
    /// Whether single objects come in rows too.
    pub(super) only_tuples: bool,
    /// What it was given to select.
    pub(super) given: Vec<Object>,
}

/// What must not have been said before a method is called.
#[derive(Clone, Copy)]
enum Before {
    Anything,
    /// No full statement.
    NoStatement,
    /// Neither that nor LIMIT or OFFSET.
    NoLimit,
    /// Nothing at all.
    Nothing,
}

/// The methods that are those of `Select`.
const EDITS: &[(&str, &str, Before)] = &[
    ("filter", "where", Before::NoLimit),
    ("where", "where", Before::NoLimit),
    ("having", "having", Before::NoLimit),
    ("limit", "limit", Before::NoStatement),
    ("offset", "offset", Before::NoStatement),
    ("distinct", "distinct", Before::NoStatement),
    ("correlate", "correlate", Before::Anything),
    ("prefix_with", "prefix_with", Before::Anything),
    ("suffix_with", "suffix_with", Before::Anything),
    ("with_hint", "with_hint", Before::Anything),
    ("with_statement_hint", "with_statement_hint", Before::Anything),
    ("with_for_update", "with_for_update", Before::Anything),
    ("set_label_style", "set_label_style", Before::Anything),
    ("add_columns", "add_columns", Before::Anything),
    ("add_column", "add_columns", Before::Anything),
    ("execution_options", "execution_options", Before::Anything),
];

/// Changes a copy of a query.
type Edit = fn(&mut Vm, &mut QueryData, &mut Arguments) -> PyResult<()>;

/// The methods that give a changed query otherwise.
const OWN_EDITS: &[(&str, Edit, Before)] = &[
    ("filter_by", filter_by, Before::NoLimit),
    ("order_by", |vm, own, args| listed(vm, own, args, "order_by"), Before::NoLimit),
    ("group_by", |vm, own, args| listed(vm, own, args, "group_by"), Before::NoLimit),
    ("join", |vm, own, args| query_legacy::join(vm, own, args, false), Before::NoLimit),
    ("outerjoin", |vm, own, args| query_legacy::join(vm, own, args, true), Before::NoLimit),
    (
        "reset_joinpoint",
        |_, own, _| {
            own.data.target = own.data.selected.first().cloned();
            Ok(())
        },
        Before::NoStatement,
    ),
    ("select_from", select_from, Before::Nothing),
    (
        "from_statement",
        |vm, own, args| {
            let statement = args.require(vm, "statement")?;
            own.data.statement = Some(select::require_source(vm, &statement)?);
            Ok(())
        },
        Before::Nothing,
    ),
    (
        "add_entity",
        |vm, own, args| {
            let entity = args.require(vm, "entity")?;
            let entity = match args.take("alias").filter(|alias| !alias.is_none()) {
                Some(alias) => mapping::aliased(vm, Args::positional(vec![entity, alias]))?,
                None => entity,
            };
            select::add_item(vm, &mut own.data, &entity)
        },
        Before::Anything,
    ),
    (
        "with_entities",
        |vm, own, args| {
            let given = args.rest();
            own.data.select.entities = entities_of(&own.data.select);
            set_items(vm, own, given)
        },
        Before::Anything,
    ),
    (
        "options",
        |vm, own, args| {
            let mut given = Vec::new();
            for option in args.rest() {
                given.extend(super::arguments::items(vm, &option)?);
            }
            let entity = own.data.selected.first().cloned();
            if let Some(text @ Object::Str(_)) = given.first() {
                return Err(vm.attribute_error(text, "_is_core"));
            }
            own.data.user_options.extend(super::loaders::take_user_options(vm, &mut given)?);
            let read = super::loaders::options_for(vm, &given, entity.as_ref())?;
            own.data.options.extend(read);
            Ok(())
        },
        Before::Anything,
    ),
    (
        "params",
        |_, own, args| {
            let mut given = args.keywords();
            if let Some(Object::Dict(dict)) = args.next() {
                given.extend(dict.items().into_iter().filter_map(|(key, value)| match key {
                    Object::Str(name) => Some((name, value)),
                    _ => None,
                }));
            }
            super::engine::merge_options(&mut own.params, given);
            Ok(())
        },
        Before::Anything,
    ),
    (
        "populate_existing",
        |_, own, _| {
            own.how.populate_existing = true;
            Ok(())
        },
        Before::Anything,
    ),
    (
        "yield_per",
        |_, own, args| {
            own.how.yield_per = match args.next() {
                Some(Object::Int(size)) => usize::try_from(size).ok(),
                _ => None,
            };
            Ok(())
        },
        Before::Anything,
    ),
    (
        "autoflush",
        |vm, own, args| {
            let setting = args.require(vm, "setting")?;
            own.how.without_autoflush = !vm.truthy(&setting)?;
            Ok(())
        },
        Before::Anything,
    ),
    (
        "enable_eagerloads",
        |vm, own, args| {
            let value = args.require(vm, "value")?;
            own.how.plain = !vm.truthy(&value)?;
            Ok(())
        },
        Before::Anything,
    ),
    (
        "enable_assertions",
        |vm, own, args| {
            let value = args.require(vm, "value")?;
            own.assertions = vm.truthy(&value)?;
            Ok(())
        },
        Before::Anything,
    ),
    (
        "only_return_tuples",
        |vm, own, args| {
            let value = args.require(vm, "value")?;
            own.only_tuples = vm.truthy(&value)?;
            Ok(())
        },
        Before::Anything,
    ),
    (
        "tuples",
        |_, own, _| {
            own.only_tuples = true;
            Ok(())
        },
        Before::Anything,
    ),
    ("with_labels", with_labels, Before::Anything),
    ("apply_labels", with_labels, Before::Anything),
    (
        "with_session",
        |vm, own, args| {
            let session = args.require(vm, "session")?;
            own.session = Some(session::session_id(vm, &session)?);
            own.session_object = session;
            Ok(())
        },
        Before::Anything,
    ),
    (
        "slice",
        |vm, own, args| {
            let (start, stop) = (args.require(vm, "start")?, args.require(vm, "stop")?);
            let number = |object: &Object| if let Object::Int(value) = object { Some(*value) } else { None };
            query_running::limit_to(own, number(&start), number(&stop));
            Ok(())
        },
        Before::NoStatement,
    ),
];

/// What a query gives that is not a query.
const METHODS: &[(&str, NativeFn)] = &[
    ("update", super::bulk::update),
    ("delete", super::bulk::delete),
    ("subquery", |vm, args| {
        let mut args = Arguments::new("subquery", args);
        let own = receiver::<QueryData>(vm, &args.receiver())?;
        let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
        let labelled = args.flag(vm, "with_labels", false)?;
        let mut data = statement_data(vm, &own)?;
        if labelled {
            data.select.label_style = LabelStyle::TablePlusColumn;
        }
        let lowered = with_orm(vm, |orm, _| orm.lower(&data.select))?.select;
        from_object(vm, From::Alias(lowered.named(name.as_deref(), AliasKind::Inline)))
    }),
    ("cte", |vm, args| {
        let mut args = Arguments::new("cte", args);
        let own = receiver::<QueryData>(vm, &args.receiver())?;
        let data = statement_data(vm, &own)?;
        let lowered = with_orm(vm, |orm, _| orm.lower(&data.select))?.select;
        super::ctes::cte_of(vm, ormscope::sql::Statement::Select(lowered), &mut args)
    }),
    ("scalar_subquery", scalar_subquery),
    ("as_scalar", scalar_subquery),
    ("label", |vm, args| {
        let scalar = scalar_subquery(vm, Args::positional(args.positional[..1].to_vec()))?;
        vm.call_method(&scalar, "label", args.positional[1..].to_vec())
    }),
    ("get_execution_options", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        super::engine::options_object(vm, &own.data.execution_options)
    }),
    ("get_children", |_, _| Ok(Object::list(Vec::new()))),
    ("with_transformation", |vm, args| {
        let function = args.positional.get(1).cloned().unwrap_or(Object::None);
        vm.call_with(&function, vec![args.positional[0].clone()])
    }),
    ("with_parent", |vm, args| {
        let mut args = Arguments::new("with_parent", args);
        let this = args.receiver();
        let instance = args.require(vm, "instance")?;
        let property = args.take("property").filter(|property| !property.is_none());
        let own = receiver::<QueryData>(vm, &this)?;
        let property = match property {
            Some(Object::Str(name)) => {
                let class = Object::Class(vm.class_of(&instance));
                vm.get_attr(&class, name.as_str())?
            }
            Some(property) => property,
            None => query_legacy::property_between(vm, &own, &instance)?,
        };
        let condition = super::related::with_parent(vm, Args::positional(vec![instance, property]))?;
        vm.call_method(&this, "filter", vec![condition])
    }),
    ("__clause_element__", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        let mut data = statement_data(vm, &own)?;
        data.select.label_style = LabelStyle::TablePlusColumn;
        Ok(select::select_object(vm, data))
    }),
    ("__str__", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        if let Some(statement) = &own.data.statement {
            return Ok(Object::Str(vm.str(statement)?));
        }
        query_running::require_columns(vm, &own)?;
        with_orm(vm, |orm, _| {
            let lowered = orm.lower_with(&own.data.select, &own.data.options)?;
            let bind = own.session.and_then(|session| orm.session(session).options.bind);
            let dialect = bind.map(|engine| orm.engines.engine(engine).dialect).unwrap_or_default();
            let statement = ormscope::sql::Statement::Select(lowered.select);
            let given = Default::default();
            Ok(Object::str(ormscope::sql::compiler::compile(&orm.schema, &statement, dialect, &given)?.sql))
        })
    }),
];

const GETTERS: &[(&str, NativeFn)] = &[
    ("session", |vm, args| Ok(receiver::<QueryData>(vm, &args.positional[0])?.session_object.clone())),
    ("statement", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        if own.data.statement.is_some() {
            return Ok(select::select_object(vm, own.data.clone()));
        }
        let data = statement_data(vm, &own)?;
        Ok(select::select_object(vm, data))
    }),
    ("selectable", |vm, args| vm.call_method(&args.positional[0].clone(), "__clause_element__", Vec::new())),
    ("whereclause", |vm, args| of_select(vm, &args, "whereclause")),
    ("column_descriptions", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        super::reading::descriptions_of(vm, &own.data)
    }),
    ("get_label_style", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        select::style_object(vm, own.data.select.label_style)
    }),
    ("is_single_entity", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        let single = matches!(own.data.select.items[..], [SelectItem::Entity(_)]);
        Ok(Object::Bool(single && !own.only_tuples))
    }),
    ("lazy_loaded_from", |_, _| Ok(Object::None)),
];

/// The class.
pub(super) fn query_class() -> Rc<Class> {
    let mut builder = Class::builder("Query").module("sqlalchemy.orm.query").method("__new__", |vm, args| {
        let mut args = Arguments::new("Query", args);
        let class = args.receiver();
        let entities = args.require(vm, "entities")?;
        let session = args.take("session").unwrap_or(Object::None);
        let entities = super::arguments::items(vm, &entities)?;
        make(vm, class.as_class(), session, entities)
    });
    builder = builder.method("__init__", |_, _| Ok(Object::None));
    for (name, call) in METHODS.iter().chain(query_running::METHODS).chain(query_legacy::METHODS) {
        builder = builder.method(name, *call);
    }
    for (name, edit, before) in EDITS {
        builder = builder.closure(name, move |vm, args| {
            change(vm, args, name, *before, |vm, own, args| {
                super::select_edits::edit(vm, &mut own.data, edit, args)
            })
        });
    }
    for (name, edit, before) in OWN_EDITS {
        builder = builder.closure(name, move |vm, args| change(vm, args, name, *before, *edit));
    }
    for (name, get) in GETTERS {
        builder = builder.getter(name, *get);
    }
    builder.build()
}

/// The names of all methods.
pub(super) fn method_names() -> impl Iterator<Item = &'static str> {
    let own = METHODS.iter().chain(query_running::METHODS).chain(query_legacy::METHODS);
    let edits = EDITS.iter().map(|(name, ..)| *name).chain(OWN_EDITS.iter().map(|(name, ..)| *name));
    own.map(|(name, _)| *name).chain(edits).filter(|name| *name != "__getattr__")
}

/// The names of all attributes.
pub(super) fn getter_names() -> impl Iterator<Item = &'static str> {
    GETTERS.iter().map(|(name, _)| *name)
}

/// `session.query(…)`
pub(super) fn new_query(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("query", args);
    let session = args.receiver();
    let entities = args.rest();
    make(vm, None, session, entities)
}

/// A query of some entities.
fn make(vm: &mut Vm, class: Option<&Rc<Class>>, session: Object, entities: Vec<Object>) -> PyResult<Object> {
    let id = if session.is_none() { None } else { Some(session::session_id(vm, &session)?) };
    let mut own = QueryData {
        session: id,
        session_object: session,
        data: SelectData {
            select: Select { label_style: LabelStyle::TablePlusColumn, ..Select::default() },
            ..select::empty()
        },
        how: How::default(),
        params: Vec::new(),
        assertions: true,
        only_tuples: false,
        given: Vec::new(),
    };
    set_items(vm, &mut own, entities)?;
    let class = class.cloned().unwrap_or_else(|| classes(vm).query.clone());
    Ok(Instance::native(&class, own))
}

/// Selects these in the place of what was selected.
pub(super) fn set_items(vm: &mut Vm, own: &mut QueryData, entities: Vec<Object>) -> PyResult<()> {
    let joined = !own.data.select.joins.is_empty() || !own.data.select.from.is_empty();
    own.data.select.items.clear();
    own.data.selected.clear();
    own.data.bundles.clear();
    own.given.clone_from(&entities);
    for entity in entities {
        select::add_item(vm, &mut own.data, &entity)?;
    }
    if !joined || own.data.select.base.is_some() {
        own.data.target = own.data.selected.first().cloned();
    }
    Ok(())
}

/// The classes that a select has among its items.
fn entities_of(select: &Select) -> Vec<ormscope::sql::Entity> {
    let mut entities = select.entities.clone();
    for item in &select.items {
        if let SelectItem::Entity(entity) = item {
            entities.push(entity.clone());
        }
    }
    entities
}

/// A changed query, of the same class.
pub(super) fn changed(vm: &mut Vm, this: &Object, own: QueryData) -> Object {
    let class = vm.class_of(this);
    Instance::native(&class, own)
}

/// The select of a query, where an object is one.
pub(super) fn query_select(vm: &mut Vm, object: &Object) -> PyResult<Option<Select>> {
    let Some(own) = object.native::<QueryData>() else { return Ok(None) };
    let data = statement_data(vm, &own)?;
    Ok(Some(Select { label_style: LabelStyle::TablePlusColumn, ..data.select }))
}

/// A query as a `Select`.
pub(super) fn statement_data(vm: &mut Vm, own: &QueryData) -> PyResult<SelectData> {
    if own.data.statement.is_some() {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "Can't call this method on a Query that uses from_statement()",
        ));
    }
    let mut data = own.data.clone();
    data.populate_existing |= own.how.populate_existing;
    data.joined.extend(data.target.clone());
    if data.select.label_style == LabelStyle::TablePlusColumn {
        data.select.label_style = LabelStyle::Disambiguate;
    }
    if !own.params.is_empty() {
        let made = select::select_object(vm, data);
        let params = vm.get_attr(&made, "params")?;
        let made = vm.call(&params, Args { positional: Vec::new(), keyword: own.params.clone() })?;
        return Ok((*receiver::<SelectData>(vm, &made)?).clone());
    }
    Ok(data)
}

fn of_select(vm: &mut Vm, args: &Args, name: &str) -> PyResult<Object> {
    let own = receiver::<QueryData>(vm, &args.positional[0])?;
    let select = select::select_object(vm, own.data.clone());
    vm.get_attr(&select, name)
}

fn change(
    vm: &mut Vm,
    args: Args,
    name: &'static str,
    before: Before,
    edit: impl FnOnce(&mut Vm, &mut QueryData, &mut Arguments) -> PyResult<()>,
) -> PyResult<Object> {
    let mut args = Arguments::new(name, args);
    let this = args.receiver();
    let mut copy = (*receiver::<QueryData>(vm, &this)?).clone();
    // `filter_by()` and `where()` are `filter()`, `outerjoin()` is `join()`.
    let told = match name {
        "filter_by" | "where" => "filter",
        "outerjoin" => "join",
        other => other,
    };
    if copy.assertions {
        check(vm, &copy, told, before)?;
    }
    edit(vm, &mut copy, &mut args)?;
    if let Some((unknown, _)) = args.keywords().first() {
        let unknown = unknown.as_str();
        return Err(vm.type_error(format!("Query.{name}() got an unexpected keyword argument '{unknown}'")));
    }
    Ok(changed(vm, &this, copy))
}

fn check(vm: &mut Vm, own: &QueryData, name: &str, before: Before) -> PyResult<()> {
    let select = &own.data.select;
    let limited = select.limit.is_some() || select.offset.is_some();
    let message = match before {
        Before::Anything => return Ok(()),
        Before::Nothing => {
            let distinct = !matches!(select.distinct, Distinct::No);
            if !(has_criterion(own) || !select.order_by.is_empty() || distinct) {
                return Ok(());
            }
            format!("Query.{name}() being called on a Query with existing criterion. ")
        }
        Before::NoStatement | Before::NoLimit if own.data.statement.is_some() => format!(
            "Query.{name}() being called on a Query with an existing full statement - can't apply criterion."
        ),
        Before::NoLimit if limited => format!(
            "Query.{name}() being called on a Query which already has LIMIT or OFFSET applied.  Call {name}() before limit() or offset() are applied."
        ),
        _ => return Ok(()),
    };
    Err(errors::error(vm, "InvalidRequestError", message))
}

/// Whether something was said that `get()` cannot heed.
pub(super) fn has_criterion(own: &QueryData) -> bool {
    let select = &own.data.select;
    own.assertions
        && (!select.where_.is_empty()
            || own.data.statement.is_some()
            || !select.from.is_empty()
            || select.base.is_some()
            || !select.joins.is_empty()
            || select.limit.is_some()
            || select.offset.is_some()
            || !select.group_by.is_empty())
}

fn filter_by(vm: &mut Vm, own: &mut QueryData, args: &mut Arguments) -> PyResult<()> {
    let target = own.data.target.clone();
    own.data.select.where_.extend(equalities(vm, target.as_ref(), args)?);
    Ok(())
}

/// `order_by(…)`, `group_by(…)`: None or False alone empties the list.
fn listed(vm: &mut Vm, own: &mut QueryData, args: &mut Arguments, name: &str) -> PyResult<()> {
    let mut given = args.rest();
    if let ([Object::List(_) | Object::Tuple(_)], true) = (&given[..], peek(vm, |orm| orm.legacy)?) {
        given = vm.collect(&given[0].clone())?;
    }
    let list = match name {
        "order_by" => &mut own.data.select.order_by,
        _ => &mut own.data.select.group_by,
    };
    if matches!(given[..], [Object::None | Object::Bool(false)]) {
        list.clear();
        return Ok(());
    }
    super::select_edits::edit(vm, &mut own.data, name, &mut Arguments::new("query", Args::positional(given)))
}

fn select_from(vm: &mut Vm, own: &mut QueryData, args: &mut Arguments) -> PyResult<()> {
    let given = args.rest();
    own.data.select.from.clear();
    own.data.select.entities.clear();
    own.data.joined.clear();
    own.data.target = given.first().cloned().or_else(|| own.data.selected.first().cloned());
    for object in given {
        let from = require_from(vm, &object)?;
        own.data.select.from.push(from);
        own.data.select.entities.extend(mapping::entity_of(vm, &object)?);
    }
    Ok(())
}

fn with_labels(_: &mut Vm, own: &mut QueryData, _: &mut Arguments) -> PyResult<()> {
    own.data.select.label_style = LabelStyle::TablePlusColumn;
    Ok(())
}

fn scalar_subquery(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<QueryData>(vm, &args.positional[0])?;
    let data = statement_data(vm, &own)?;
    let lowered = with_orm(vm, |orm, _| orm.lower(&data.select))?;
    Ok(expressions::expr_object(vm, lowered.select.scalar()))
}

/// The query over a subquery that stands for its tables.
pub(super) fn over(own: &QueryData, base: From) -> QueryData {
    let mut made = own.clone();
    let select = Select {
        items: own.data.select.items.clone(),
        label_style: own.data.select.label_style,
        base: Some(base),
        correlation: Correlation::Auto,
        ..Select::default()
    };
    made.data.select = select;
    made.data.joined.clear();
    made.data.target = made.data.selected.first().cloned();
    made
}
