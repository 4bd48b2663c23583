//! How a `Query` is run, and what comes of it.
//!
//! It must not know how queries are built. SQLAlchemy counterpart:
//! `Query._iter` and its kin in `sqlalchemy.orm.query`.

use ormscope::engine::{Cause, Parameters};
use ormscope::orm::RowValue;
use ormscope::sql::{Expr, From, Kind, LabelStyle, Select, SelectItem};
use ormscope::types::{MapperId, SessionId, SqlType, Value};

use super::query::{QueryData, changed, has_criterion, statement_data};
use super::result::result_object;
use super::values::{to_object, to_value};
use super::{errors, mapping, peek, receiver, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The methods.
pub(super) const METHODS: &[(&str, NativeFn)] = &[
    ("all", |vm, args| through(vm, &args.positional[0], "all")),
    ("__iter__", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        let result = result(vm, &own)?;
        vm.iter(&result)
    }),
    ("first", |vm, args| {
        let this = &args.positional[0];
        let own = receiver::<QueryData>(vm, this)?;
        if own.data.statement.is_some() {
            return through(vm, this, "first");
        }
        let mut limited = (*own).clone();
        limited.data.select.limit = Some(bound(1));
        let result = result(vm, &limited)?;
        vm.call_method(&result, "first", Vec::new())
    }),
    ("one", |vm, args| through(vm, &args.positional[0], "one")),
    ("one_or_none", |vm, args| through(vm, &args.positional[0], "one_or_none")),
    ("scalar", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        let result = result(vm, &own)?;
        let one = match vm.call_method(&result, "one", Vec::new()) {
            Ok(one) => one,
            Err(unwind) => {
                let none = errors::class(vm, "NoResultFound");
                return if vm.is_raised(&unwind, &none) { Ok(Object::None) } else { Err(unwind) };
            }
        };
        match one.native::<super::result::RowData>() {
            Some(row) => Ok(row.values.first().cloned().unwrap_or(Object::None)),
            None => Ok(one),
        }
    }),
    ("get", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        if has_criterion(&own) {
            let message = "Query.get() being called on a Query with existing criterion. ";
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        let entity = match &own.data.select.items[..] {
            [SelectItem::Entity(entity)] if own.data.bundles.is_empty() => entity.clone(),
            _ => {
                let message = "get() can only be used against a single mapped class.";
                return Err(errors::error(vm, "InvalidRequestError", message));
            }
        };
        let Some(session) = own.session else { return Err(unbound(vm)) };
        let ident = args.positional.get(1).cloned().unwrap_or(Object::None);
        let values = identity(vm, entity.mapper, &ident)?;
        let found = with_orm(vm, |orm, hooks| {
            let populate = own.how.populate_existing;
            orm.get_by_key(hooks, session, entity.mapper, values, &own.data.options, populate)
        })?;
        Ok(found.map_or(Object::None, |object| mapping::instance_of(&object)))
    }),
    ("count", count),
    ("exists", exists),
    ("values", |vm, args| {
        let [this, columns @ ..] = &args.positional[..] else { return Ok(Object::None) };
        if columns.is_empty() {
            return vm.iter(&Object::list(Vec::new()));
        }
        // Nothing is executed before the first row is asked for.
        let (this, columns) = (this.clone(), columns.to_vec());
        let run =
            crate::object::NativeFunction::closure("values", move |vm, _| values(vm, &this, columns.clone()));
        super::inspection::make_support(vm, "later", vec![run])
    }),
    ("value", |vm, args| {
        let [this, columns @ ..] = &args.positional[..] else { return Ok(Object::None) };
        let rows = values(vm, this, columns.to_vec())?;
        let first = vm.call_method(&rows, "first", Vec::new())?;
        match first.native::<super::result::RowData>() {
            Some(row) => Ok(row.values.first().cloned().unwrap_or(Object::None)),
            None => Ok(Object::None),
        }
    }),
    ("merge_result", |vm, args| {
        let own = receiver::<QueryData>(vm, &args.positional[0])?;
        let given = args.positional.get(1).cloned().unwrap_or(Object::None);
        let mut merged = Vec::new();
        for item in vm.collect(&given)? {
            merged.push(vm.call_method(&own.session_object, "merge", vec![item])?);
        }
        vm.iter(&Object::list(merged))
    }),
    ("__getitem__", item),
];

/// What a query becomes by who listens to queries and sessions.
fn listened(vm: &mut Vm, own: &QueryData, session: SessionId) -> PyResult<Option<QueryData>> {
    use super::orm_events::{execute, is_heard};
    let compiles = is_heard(vm, ormscope::orm::OrmEventKind::BeforeCompile);
    if !compiles && !execute::is_told(vm) {
        return Ok(None);
    }
    let class = std::rc::Rc::clone(&super::classes(vm).query);
    let object = |own: QueryData| crate::object::Instance::native(&class, own);
    let mut changed = own.clone();
    if compiles {
        let query = execute::before_compile(vm, object(changed))?;
        changed = (*receiver::<QueryData>(vm, &query)?).clone();
    }
    if execute::is_told(vm) && changed.data.statement.is_none() {
        let query = object(changed.clone());
        let about = execute::About {
            statement: vm.get_attr(&query, "statement")?,
            parameters: Object::None,
            options: Object::None,
            class: changed.data.target.clone(),
        };
        let given = execute::execute(vm, session, about, |_, given| {
            Ok(given.into_iter().next().unwrap_or(Object::None))
        })?;
        if let Some(told) = given.native::<super::select::SelectData>() {
            let label_style = changed.data.select.label_style;
            changed.data.select = Select { label_style, ..told.select.clone() };
            changed.data.options.clone_from(&told.options);
        }
    }
    Ok(Some(changed))
}

/// The result of a query: objects of a single class by themselves, each once.
pub(super) fn result(vm: &mut Vm, own: &QueryData) -> PyResult<Object> {
    let Some(session) = own.session else { return Err(unbound(vm)) };
    require_columns(vm, own)?;
    let told = listened(vm, own, session)?;
    let own = told.as_ref().unwrap_or(own);
    let given = Dict::from_names(own.params.iter().cloned());
    let given = (!own.params.is_empty()).then_some(given);
    let parameters = super::parameters::read_parameters(vm, given.as_ref())?;
    let mut how = super::orm_rows::How::read(vm, &own.data.execution_options)?;
    how.plain |= own.how.plain;
    how.without_autoflush |= own.how.without_autoflush;
    how.populate_existing |= own.how.populate_existing;
    how.yield_per = own.how.yield_per.or(how.yield_per);
    let mut rows = super::orm_rows::run(vm, session, &own.data, &parameters, how)?;
    let filtered = own.data.select.items.iter().any(|item| matches!(item, SelectItem::Entity(_)));
    let single = rows.single_entity && !own.only_tuples;
    rows.needs_unique = false;
    let mut result = result_object(vm, rows);
    if single {
        result = vm.call_method(&result, "scalars", Vec::new())?;
    }
    if filtered && how.yield_per.is_none() {
        result = vm.call_method(&result, "unique", Vec::new())?;
    }
    Ok(result)
}

/// Refuses a query of nothing.
pub(super) fn require_columns(vm: &mut Vm, own: &QueryData) -> PyResult<()> {
    if own.data.select.items.is_empty() {
        let message = "Query contains no columns with which to SELECT from.";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    Ok(())
}

fn unbound(vm: &mut Vm) -> crate::object::Unwind {
    let attribute_error = vm.exceptions.attribute_error.clone();
    vm.error(&attribute_error, "'NoneType' object has no attribute 'execute'")
}

fn through(vm: &mut Vm, this: &Object, method: &str) -> PyResult<Object> {
    let own = receiver::<QueryData>(vm, this)?;
    let result = result(vm, &own)?;
    vm.call_method(&result, method, Vec::new())
}

fn values(vm: &mut Vm, this: &Object, columns: Vec<Object>) -> PyResult<Object> {
    let own = receiver::<QueryData>(vm, this)?;
    let mut chosen = (*own).clone();
    chosen.how.plain = true;
    super::query::set_items(vm, &mut chosen, columns)?;
    result(vm, &chosen)
}

/// A number that is bound.
fn bound(value: i64) -> Expr {
    Expr::bind("param", Value::Int(value), SqlType::Integer)
}

pub(super) fn bound_integer(expr: Option<&Expr>) -> Option<i64> {
    match expr.map(Expr::kind) {
        Some(Kind::Bind(bind)) => match &bind.value {
            ormscope::sql::BindValue::One(Value::Int(value)) => Some(*value),
            _ => None,
        },
        _ => None,
    }
}

/// Limits a query to the rows from `start` to `stop`, counted from its own first.
pub(super) fn limit_to(own: &mut QueryData, start: Option<i64>, stop: Option<i64>) {
    let select = &mut own.data.select;
    if let Some(stop) = stop {
        select.limit = Some(bound(stop - start.unwrap_or(0)));
    }
    if let Some(start) = start {
        let offset = bound_integer(select.offset.as_ref()).unwrap_or(0) + start;
        select.offset = (offset != 0).then(|| bound(offset));
    }
}

/// `query[3]`, `query[2:5]`
fn item(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [this, item, ..] = &args.positional[..] else { return Ok(Object::None) };
    let negative = |vm: &mut Vm| {
        let class = vm.exceptions.index_error.clone();
        vm.error(&class, "negative indexes are not accepted by SQL index / slice operators")
    };
    match item {
        Object::Int(-1) => Err(negative(vm)),
        Object::Int(index) => {
            let bounds = vec![Object::Int(*index), Object::Int(index + 1)];
            let rows = sliced(vm, this, bounds)?;
            vm.get_item(&rows, &Object::Int(0))
        }
        Object::Slice(bounds) => {
            let number = |object: &Object| if let Object::Int(value) = object { Some(*value) } else { None };
            let (start, stop) = (number(&bounds.start), number(&bounds.stop));
            if let (Some(start), Some(stop)) = (start, stop)
                && stop <= start
            {
                return Ok(Object::list(Vec::new()));
            }
            if start.is_some_and(|at| at < 0) || stop.is_some_and(|at| at < 0) {
                return Err(negative(vm));
            }
            let rows = sliced(vm, this, vec![bounds.start.clone(), bounds.stop.clone()])?;
            match bounds.step.is_none() {
                true => Ok(rows),
                false => {
                    let every = crate::builtins::Slice {
                        start: Object::None,
                        stop: Object::None,
                        step: bounds.step.clone(),
                    };
                    vm.get_item(&rows, &Object::Slice(std::rc::Rc::new(every)))
                }
            }
        }
        _ => Err(vm.type_error("a query is indexed by integers and slices")),
    }
}

fn sliced(vm: &mut Vm, this: &Object, bounds: Vec<Object>) -> PyResult<Object> {
    let limited = vm.call_method(this, "slice", bounds)?;
    let all = vm.collect(&limited)?;
    Ok(Object::list(all))
}

/// `SELECT count(*) FROM (…)`
fn count(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<QueryData>(vm, &args.positional[0])?;
    let mut data = statement_data(vm, &own)?;
    data.select.label_style = LabelStyle::TablePlusColumn;
    let Some(session) = own.session else { return Err(unbound(vm)) };
    let select = super::program_compiler::expand_select(vm, &data.select)?;
    let rows = with_orm(vm, |orm, hooks| {
        let inner = orm.lower_criteria(&select, &data.options)?.select;
        let mut outer = Select::of([Expr::function(&["count"], vec![Expr::star()])]);
        outer.from = vec![From::Alias(inner.subquery(None))];
        if !own.how.without_autoflush {
            orm.autoflush(hooks, session, "query")?;
        }
        let lowered = orm.lower(&outer)?;
        orm.load(hooks, session, &lowered, &Parameters::None, Cause::Query, false)
    })?;
    match rows.rows.first().and_then(|row| row.first()) {
        Some(RowValue::Value(value)) => to_object(vm, value),
        _ => Ok(Object::Int(0)),
    }
}

/// `EXISTS (SELECT 1 FROM …)`
fn exists(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<QueryData>(vm, &args.positional[0])?;
    let data = statement_data(vm, &own)?;
    let mut select = with_orm(vm, |orm, _| orm.lower(&data.select))?.select;
    select.label_style = LabelStyle::TablePlusColumn;
    let leading = match data.select.items.first() {
        Some(SelectItem::Entity(entity)) => Some(peek(vm, |orm| orm.entity_from(entity))?),
        Some(SelectItem::Expr(expr)) => {
            let mut found = None;
            expr.walk(&mut |node| {
                if let (Kind::Column(column), None) = (node.kind(), &found) {
                    found = column.from.clone().filter(|_| column.entity().is_some());
                }
            });
            found
        }
        _ => None,
    };
    select.items = vec![SelectItem::Expr(Expr::literal_column("1", SqlType::Integer))];
    if select.from.is_empty() && select.joins.is_empty() {
        select.from.extend(leading);
    }
    Ok(super::expressions::expr_object(vm, Expr::exists(&select)))
}

/// The values of a primary key, as `get()` is given them.
pub(super) fn identity(vm: &mut Vm, mapper: MapperId, ident: &Object) -> PyResult<Vec<Value>> {
    let base = crate::builtins::base(ident).clone();
    let (columns, keys): (Vec<String>, Vec<String>) = peek(vm, |orm| {
        let own = orm.mapper(mapper);
        let column = |id: &ormscope::types::ColumnId| {
            format!("{}.{}", orm.schema.table(id.table).name, orm.schema.column(*id).name)
        };
        let key = |id: &ormscope::types::ColumnId| match own.attribute_of(*id) {
            Some(at) => own.attributes[at].key.clone(),
            None => orm.schema.column(*id).key.clone(),
        };
        (own.primary_key.iter().map(column).collect(), own.primary_key.iter().map(key).collect())
    })?;
    let quoted = |names: &[String]| {
        names.iter().map(|name| ormscope::types::python_str(name)).collect::<Vec<_>>().join(",")
    };
    let parts = match &base {
        Object::Tuple(parts) => parts.to_vec(),
        Object::List(list) => list.items.borrow().clone(),
        Object::Dict(dict) => dict.values(),
        _ => match ident.native::<super::result::RowData>() {
            Some(row) => row.values.to_vec(),
            None => vec![ident.clone()],
        },
    };
    if parts.len() != columns.len() {
        let message = format!(
            "Incorrect number of values in identifier to formulate primary key for session.get(); primary key columns are {}",
            quoted(&columns)
        );
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    let parts = match &base {
        Object::Dict(dict) => {
            let named: Option<Vec<Object>> = keys.iter().map(|key| dict.get_str(key)).collect();
            match named {
                Some(named) => named,
                None => {
                    let message = format!(
                        "Incorrect names of values in identifier to formulate primary key for session.get(); primary key attribute names are {} (synonym names are also accepted)",
                        quoted(&keys)
                    );
                    return Err(errors::error(vm, "InvalidRequestError", message));
                }
            }
        }
        _ => parts,
    };
    parts.iter().map(|part| to_value(vm, part)).collect()
}

/// `session.get(Class, 5)`
pub(super) fn get_by_ident(
    vm: &mut Vm,
    session: SessionId,
    mapper: MapperId,
    ident: &Object,
) -> PyResult<Object> {
    let values = identity(vm, mapper, ident)?;
    let found = with_orm(vm, |orm, hooks| orm.get_by_key(hooks, session, mapper, values, &[], false))?;
    Ok(found.map_or(Object::None, |object| mapping::instance_of(&object)))
}

/// A query whose session runs what is made of it: `query.update()`.
pub(super) fn execute(vm: &mut Vm, own: &QueryData, statement: Object, options: Object) -> PyResult<Object> {
    let execute = vm.get_attr(&own.session_object, "execute")?;
    let given = Dict::from_names(own.params.iter().cloned());
    let mut positional = vec![statement];
    if !own.params.is_empty() {
        positional.push(given);
    }
    let keyword = vec![(vm.intern("execution_options"), options)];
    vm.call(&execute, Args { positional, keyword })
}

/// A union of queries, or what else is made of them.
pub(super) fn combined(vm: &mut Vm, args: Args, op: ormscope::sql::SetOp) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let own = receiver::<QueryData>(vm, &this)?;
    let mut selects = Vec::new();
    for part in &args.positional {
        selects.push(super::select::require_select(vm, part)?);
    }
    let base = From::Alias(Select::combined(op, selects).subquery(None));
    let made = super::query::over(&own, base);
    Ok(changed(vm, &this, made))
}
