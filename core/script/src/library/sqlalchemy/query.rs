//! `Query`: the 1.x way to select.

use std::rc::Rc;

use ormscope::engine::{Cause, Execution, Parameters};
use ormscope::orm::{OrmRows, RowValue};
use ormscope::sql::{Distinct, Expr, From, Kind, LabelStyle, Select, SelectItem, Statement};
use ormscope::types::{MapperId, SessionId, SqlType, Value};

use rustc_hash::FxHashSet;

use super::arguments::Arguments;
use super::constructors::count_bind;
use super::expressions::{conditions, ordering};
use super::froms::{from_object, to_from};
use super::joins::read_join;
use super::namespace::equalities;
use super::operands::grouping;
use super::result::{row_object, value_object};
use super::select::{self, SelectData, select_item};
use super::values::{to_object, to_value};
use super::{classes, errors, mapping, peek, receiver, session, with_orm};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of a `Query`.
#[derive(Clone)]
pub(super) struct QueryData {
    pub(super) session: Option<SessionId>,
    /// Keeps the session alive.
    session_object: Object,
    pub(super) select: Select,
    /// The mapped class that `filter_by` speaks of.
    pub(super) target: Option<Object>,
    populate_existing: bool,
    /// `options(…)`
    options: Vec<ormscope::orm::LoadOption>,
    /// `from_statement(…)`
    statement: Option<Object>,
}

const METHODS: &[(&str, NativeFn)] = &[
    ("filter", filter),
    ("where", filter),
    ("filter_by", |vm, args| {
        change(vm, args, |vm, data, args| {
            let target = data.target.clone();
            data.select.where_.extend(equalities(vm, target.as_ref(), args)?);
            Ok(())
        })
    }),
    ("order_by", |vm, args| {
        change(vm, args, |vm, data, args| {
            let given = args.rest();
            if matches!(given[..], [Object::None] | [Object::Bool(false)]) {
                data.select.order_by.clear();
            }
            data.select.order_by.extend(ordering(vm, &given)?);
            Ok(())
        })
    }),
    ("group_by", |vm, args| {
        change(vm, args, |vm, data, args| {
            let given = args.rest();
            data.select.group_by.extend(grouping(vm, &given)?);
            Ok(())
        })
    }),
    ("having", |vm, args| {
        change(vm, args, |vm, data, args| {
            let given = args.rest();
            data.select.having.extend(conditions(vm, &given)?);
            Ok(())
        })
    }),
    ("limit", |vm, args| {
        change(vm, args, |vm, data, args| {
            let count = args.require(vm, "limit")?;
            data.select.limit = count_bind(vm, &count)?;
            Ok(())
        })
    }),
    ("offset", |vm, args| {
        change(vm, args, |vm, data, args| {
            let count = args.require(vm, "offset")?;
            data.select.offset = count_bind(vm, &count)?;
            Ok(())
        })
    }),
    ("distinct", |vm, args| {
        change(vm, args, |_, data, _| {
            data.select.distinct = Distinct::Yes;
            Ok(())
        })
    }),
    ("join", |vm, args| change(vm, args, |vm, data, args| join(vm, data, args, false))),
    ("outerjoin", |vm, args| change(vm, args, |vm, data, args| join(vm, data, args, true))),
    ("select_from", |vm, args| {
        change(vm, args, |vm, data, args| {
            for from in args.rest() {
                if data.target.is_none() {
                    data.target = Some(from.clone());
                }
                if let Some(from) = to_from(vm, &from)? {
                    data.select.from.push(from);
                }
            }
            Ok(())
        })
    }),
    ("add_columns", add_items),
    ("add_entity", add_items),
    ("add_column", add_items),
    ("with_entities", |vm, args| {
        change(vm, args, |vm, data, args| {
            data.select.items.clear();
            for item in args.rest() {
                let item = select_item(vm, &item)?;
                data.select.items.push(item);
            }
            Ok(())
        })
    }),
    ("populate_existing", |vm, args| {
        change(vm, args, |_, data, _| {
            data.populate_existing = true;
            Ok(())
        })
    }),
    ("from_statement", |vm, args| {
        change(vm, args, |vm, data, args| {
            data.statement = Some(args.require(vm, "statement")?);
            Ok(())
        })
    }),
    ("options", |vm, args| {
        change(vm, args, |vm, data, args| {
            let given = args.rest();
            data.options.extend(super::loaders::options(vm, &given)?);
            Ok(())
        })
    }),
    ("yield_per", |vm, args| {
        change(vm, args, |_, _, args| {
            args.rest();
            Ok(())
        })
    }),
    ("autoflush", |vm, args| {
        change(vm, args, |_, _, args| {
            args.rest();
            Ok(())
        })
    }),
    ("all", |vm, args| {
        let data = receiver::<QueryData>(vm, &args.positional[0])?;
        Ok(Object::list(fetch(vm, &data)?))
    }),
    ("__iter__", |vm, args| {
        let data = receiver::<QueryData>(vm, &args.positional[0])?;
        let rows = Object::list(fetch(vm, &data)?);
        vm.iter(&rows)
    }),
    ("first", |vm, args| {
        let data = receiver::<QueryData>(vm, &args.positional[0])?;
        if data.statement.is_some() {
            return Ok(fetch(vm, &data)?.into_iter().next().unwrap_or(Object::None));
        }
        let limited = slice(vm, &data, Some(0), Some(1))?;
        Ok(fetch(vm, &limited)?.into_iter().next().unwrap_or(Object::None))
    }),
    ("one", |vm, args| only(vm, &args.positional[0], true)),
    ("one_or_none", |vm, args| only(vm, &args.positional[0], false)),
    ("scalar", |vm, args| {
        let value = only(vm, &args.positional[0], false)?;
        let first = vm.call_method(&value, "__getitem__", vec![Object::Int(0)]);
        Ok(match value.native::<super::result::RowData>() {
            Some(_) => first?,
            None => value,
        })
    }),
    ("get", |vm, args| {
        let data = receiver::<QueryData>(vm, &args.positional[0])?;
        let (Some(session), [SelectItem::Entity(entity), ..]) = (data.session, &data.select.items[..]) else {
            return Err(errors::error(
                vm,
                "InvalidRequestError",
                "get() can only be used against a single mapped class.",
            ));
        };
        let ident = args.positional.get(1).cloned().unwrap_or(Object::None);
        get_by_ident(vm, session, entity.mapper, &ident)
    }),
    ("count", count),
    ("exists", |vm, args| {
        let data = receiver::<QueryData>(vm, &args.positional[0])?;
        let lowered = with_orm(vm, |orm, _| orm.lower(&data.select))?;
        let mut select = lowered.select;
        select.label_style = LabelStyle::Disambiguate;
        let mut froms: Vec<ormscope::sql::From> = Vec::new();
        for item in &select.items {
            if let SelectItem::Expr(expr) = item
                && let Kind::Column(column) = expr.kind()
                && let Some(from) = &column.from
                && !froms.iter().any(|known| known.is(from))
            {
                froms.push(from.clone());
            }
        }
        select.items = vec![SelectItem::Expr(Expr::literal_column("1", SqlType::Integer))];
        if select.from.is_empty() && select.joins.is_empty() {
            select.from = froms;
        }
        Ok(super::expressions::expr_object(vm, Expr::exists(&select)))
    }),
    ("__getitem__", |vm, args| {
        let data = receiver::<QueryData>(vm, &args.positional[0])?;
        match &args.positional[1] {
            Object::Int(index) => {
                let index = *index;
                let limited = slice(vm, &data, Some(index), Some(index + 1))?;
                match fetch(vm, &limited)?.into_iter().next() {
                    Some(row) => Ok(row),
                    None => Err(vm.error(&vm.exceptions.index_error.clone(), "list index out of range")),
                }
            }
            Object::Slice(bounds) => {
                let number = |object: &Object| match object {
                    Object::Int(value) => Some(*value),
                    _ => None,
                };
                let limited = slice(vm, &data, number(&bounds.start), number(&bounds.stop))?;
                Ok(Object::list(fetch(vm, &limited)?))
            }
            _ => Err(vm.type_error("a query is indexed by integers and slices")),
        }
    }),
    ("slice", |vm, args| {
        let data = receiver::<QueryData>(vm, &args.positional[0])?;
        let number = |at: usize| match args.positional.get(at) {
            Some(Object::Int(value)) => Some(*value),
            _ => None,
        };
        let (start, stop) = (number(1), number(2));
        let limited = slice(vm, &data, start, stop)?;
        Ok(object(vm, limited))
    }),
    ("update", super::bulk::update),
    ("delete", super::bulk::delete),
    ("subquery", |vm, args| {
        let mut args = Arguments::new("subquery", args);
        let data = receiver::<QueryData>(vm, &args.receiver())?;
        let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
        let mut lowered = with_orm(vm, |orm, _| orm.lower(&data.select))?;
        lowered.select.label_style = LabelStyle::Disambiguate;
        from_object(vm, From::Alias(lowered.select.subquery(name.as_deref())))
    }),
    ("scalar_subquery", scalar_subquery),
    ("as_scalar", scalar_subquery),
    ("label", |vm, args| {
        let scalar = scalar_subquery(vm, Args::positional(args.positional[..1].to_vec()))?;
        vm.call_method(&scalar, "label", args.positional[1..].to_vec())
    }),
    ("__str__", |vm, args| {
        let data = receiver::<QueryData>(vm, &args.positional[0])?;
        with_orm(vm, |orm, _| {
            let lowered = orm.lower(&data.select)?;
            let bind = data.session.and_then(|session| orm.session(session).options.bind);
            let dialect = bind.map(|engine| orm.engines.engine(engine).dialect).unwrap_or_default();
            let statement = Statement::Select(lowered.select);
            let given = Default::default();
            Ok(Object::str(ormscope::sql::compiler::compile(&orm.schema, &statement, dialect, &given)?.sql))
        })
    }),
];

pub(super) fn query_class() -> Rc<Class> {
    let mut builder = Class::builder("Query").module("sqlalchemy.orm.query");
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder
        .getter("session", |vm, args| {
            Ok(receiver::<QueryData>(vm, &args.positional[0])?.session_object.clone())
        })
        .getter("statement", |vm, args| {
            let data = receiver::<QueryData>(vm, &args.positional[0])?;
            let select = Select { label_style: LabelStyle::Disambiguate, ..data.select.clone() };
            let target = data.target.clone();
            Ok(select::select_object(
                vm,
                SelectData { select, target, options: data.options.clone(), ..select::empty() },
            ))
        })
        .build()
}

/// `session.query(…)`
pub(super) fn new_query(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("query", args);
    let session_object = args.receiver();
    let session = session::session_id(vm, &session_object)?;
    let mut data = QueryData {
        session: Some(session),
        session_object,
        select: Select { label_style: LabelStyle::TablePlusColumn, ..Select::default() },
        target: None,
        populate_existing: false,
        options: Vec::new(),
        statement: None,
    };
    for item in args.rest() {
        if data.target.is_none() {
            data.target = query_target(vm, &item)?;
        }
        let item = select_item(vm, &item)?;
        data.select.items.push(item);
    }
    Ok(object(vm, data))
}

/// The mapped class that an item of a query belongs to.
fn query_target(vm: &mut Vm, item: &Object) -> PyResult<Option<Object>> {
    if mapping::entity_of(vm, item)?.is_some() {
        return Ok(Some(item.clone()));
    }
    if !matches!(item, Object::Instance(_)) {
        return Ok(None);
    }
    vm.get_attr_opt(item, "class_")
}

fn object(vm: &mut Vm, data: QueryData) -> Object {
    let class = classes(vm).query.clone();
    Instance::native(&class, data)
}

/// The select of a query, where an object is one.
pub(super) fn query_select(_vm: &mut Vm, object: &Object) -> PyResult<Option<Select>> {
    Ok(object
        .native::<QueryData>()
        .map(|data| Select { label_style: LabelStyle::Disambiguate, ..data.select.clone() }))
}

fn change(
    vm: &mut Vm,
    args: Args,
    edit: impl FnOnce(&mut Vm, &mut QueryData, &mut Arguments) -> PyResult<()>,
) -> PyResult<Object> {
    let mut args = Arguments::new("query", args);
    let data = receiver::<QueryData>(vm, &args.receiver())?;
    let mut copy = (*data).clone();
    edit(vm, &mut copy, &mut args)?;
    Ok(object(vm, copy))
}

fn filter(vm: &mut Vm, args: Args) -> PyResult<Object> {
    change(vm, args, |vm, data, args| {
        let given = args.rest();
        data.select.where_.extend(conditions(vm, &given)?);
        Ok(())
    })
}

fn add_items(vm: &mut Vm, args: Args) -> PyResult<Object> {
    change(vm, args, |vm, data, args| {
        for item in args.rest() {
            let item = select_item(vm, &item)?;
            data.select.items.push(item);
        }
        Ok(())
    })
}

fn join(vm: &mut Vm, data: &mut QueryData, args: &mut Arguments, outer: bool) -> PyResult<()> {
    let (joins, target) = read_join(vm, args, outer)?;
    data.select.joins.extend(joins);
    if target.is_some() {
        data.target = target;
    }
    Ok(())
}

/// The rows from `start` to `stop`, on top of what the query is limited to.
fn slice(vm: &mut Vm, data: &QueryData, start: Option<i64>, stop: Option<i64>) -> PyResult<QueryData> {
    if start.is_some_and(|at| at < 0) || stop.is_some_and(|at| at < 0) {
        return Err(vm.error(
            &vm.exceptions.index_error.clone(),
            "negative indexes are not accepted by SQL index / slice operators",
        ));
    }
    let bind = |value: i64| Expr::bind("param", Value::Int(value), SqlType::Integer);
    let mut copy = data.clone();
    let own_offset = bound_integer(data.select.offset.as_ref()).unwrap_or(0);
    if let Some(stop) = stop {
        copy.select.limit = Some(bind(stop - start.unwrap_or(0)));
    }
    let offset = own_offset + start.unwrap_or(0);
    // `first()` writes OFFSET 0 too, as SQLAlchemy does.
    if start.is_some() || own_offset > 0 {
        copy.select.offset = Some(bind(offset));
    }
    Ok(copy)
}

/// The number that an expression is bound to.
pub(super) fn bound_integer(expr: Option<&Expr>) -> Option<i64> {
    match expr.map(Expr::kind) {
        Some(Kind::Bind(bind)) => match &bind.value {
            ormscope::sql::BindValue::One(Value::Int(value)) => Some(*value),
            _ => None,
        },
        _ => None,
    }
}

/// Runs a query: objects of a single class come by themselves and once, other
/// rows as `Row`s.
fn fetch(vm: &mut Vm, data: &QueryData) -> PyResult<Vec<Object>> {
    let Some(session) = data.session else {
        return Err(errors::error(vm, "InvalidRequestError", "this query is not bound to a session"));
    };
    let select = super::program_compiler::expand_select(vm, &data.select)?;
    let rows = match &data.statement {
        Some(statement) => load_statement(vm, session, data, statement)?,
        None => with_orm(vm, |orm, hooks| {
            let lowered = orm.lower_with(&select, &data.options)?;
            orm.autoflush(hooks, session, "query")?;
            orm.load(hooks, session, &lowered, &Parameters::None, Cause::Query, data.populate_existing)
        })?,
    };
    let mut found: Vec<Object> = Vec::with_capacity(rows.rows.len());
    let mut seen: FxHashSet<ormscope::types::StateId> = FxHashSet::default();
    for row in &rows.rows {
        if rows.single_entity {
            if let Some(RowValue::Object(Some(object))) = row.first()
                && !seen.insert(object.state)
            {
                continue;
            }
            if let Some(value) = row.first() {
                found.push(value_object(vm, value)?);
            }
            continue;
        }
        let values = row.iter().map(|value| value_object(vm, value)).collect::<PyResult<Vec<_>>>()?;
        found.push(row_object(vm, &rows.keys, values));
    }
    Ok(found)
}

/// `from_statement(text(…))`: columns are matched by name.
fn load_statement(
    vm: &mut Vm,
    session: SessionId,
    data: &QueryData,
    statement: &Object,
) -> PyResult<OrmRows> {
    let statement = super::connection::executable(vm, statement)?;
    with_orm(vm, |orm, hooks| {
        orm.autoflush(hooks, session, "query")?;
        let connection = orm.session_connection(hooks, session)?;
        let mut set = orm.execute_on(hooks, connection, &statement, &Parameters::None, Execution::Plain)?;
        let lowered = orm.lower(&data.select)?;
        let wanted: Vec<Rc<str>> = lowered
            .select
            .expressions(&orm.schema)
            .iter()
            .map(|expr| match expr.kind() {
                Kind::Column(column) => Rc::clone(column.name.base()),
                _ => expr.bind_key(),
            })
            .collect();
        let places: Vec<Option<usize>> =
            wanted.iter().map(|name| set.columns.iter().position(|column| column.key == *name)).collect();
        for row in &mut set.rows {
            *row =
                places.iter().map(|at| at.and_then(|at| row.get(at)).cloned().unwrap_or_default()).collect();
        }
        orm.rows_of(hooks, session, &lowered, &set, data.populate_existing)
    })
}

fn only(vm: &mut Vm, object: &Object, required: bool) -> PyResult<Object> {
    let data = receiver::<QueryData>(vm, object)?;
    let mut rows = fetch(vm, &data)?;
    match (rows.len(), required) {
        (1, _) => Ok(rows.remove(0)),
        (0, false) => Ok(Object::None),
        (0, true) => Err(errors::error(vm, "NoResultFound", "No row was found when one was required")),
        (_, true) => Err(errors::error(
            vm,
            "MultipleResultsFound",
            "Multiple rows were found when exactly one was required",
        )),
        (_, false) => Err(errors::error(
            vm,
            "MultipleResultsFound",
            "Multiple rows were found when one or none was required",
        )),
    }
}

/// `session.get(Class, 5)`, `query.get(5)`
pub(super) fn get_by_ident(
    vm: &mut Vm,
    session: SessionId,
    mapper: MapperId,
    ident: &Object,
) -> PyResult<Object> {
    let parts = match ident {
        Object::Tuple(parts) => parts.to_vec(),
        Object::List(list) => list.items.borrow().clone(),
        Object::Dict(dict) => dict.values(),
        single => vec![single.clone()],
    };
    let names: Vec<String> = peek(vm, |orm| {
        let own = orm.mapper(mapper);
        own.primary_key
            .iter()
            .map(|id| format!("{}.{}", orm.schema.table(id.table).name, orm.schema.column(*id).name))
            .collect()
    })?;
    if parts.len() != names.len() {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            format!(
                "Incorrect number of values in identifier to formulate primary key for session.get(); primary key columns are {}",
                names.iter().map(|name| ormscope::types::python_str(name)).collect::<Vec<_>>().join(",")
            ),
        ));
    }
    let mut values = Vec::new();
    for part in &parts {
        values.push(to_value(vm, part)?);
    }
    let found = with_orm(vm, |orm, hooks| orm.get_by_key(hooks, session, mapper, values))?;
    Ok(found.map_or(Object::None, |object| mapping::instance_of(&object)))
}

/// `SELECT count(*) FROM (…)`
fn count(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<QueryData>(vm, &args.positional[0])?;
    let Some(session) = data.session else { return Ok(Object::None) };
    let rows = with_orm(vm, |orm, hooks| {
        let inner = orm.lower(&data.select)?.select;
        let mut outer = Select::of([Expr::function(&["count"], vec![Expr::star()])]);
        outer.from = vec![ormscope::sql::From::Alias(inner.subquery(None))];
        orm.autoflush(hooks, session, "query")?;
        let lowered = orm.lower(&outer)?;
        orm.load(hooks, session, &lowered, &Parameters::None, Cause::Query, false)
    })?;
    match rows.rows.first().and_then(|row| row.first()) {
        Some(RowValue::Value(value)) => to_object(vm, value),
        _ => Ok(Object::Int(0)),
    }
}

fn scalar_subquery(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<QueryData>(vm, &args.positional[0])?;
    let select = Select { label_style: LabelStyle::Disambiguate, ..data.select.clone() };
    let lowered = with_orm(vm, |orm, _| orm.lower(&select))?;
    Ok(super::expressions::expr_object(vm, lowered.select.scalar()))
}
