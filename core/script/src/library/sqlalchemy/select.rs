//! `select()`, its methods, aliases and subqueries; printing statements.

use std::rc::Rc;

use ormscope::sql::compiler::Dialect;
use ormscope::sql::{
    Alias, AliasKind, AnonId, Expr, From, JoinTarget, Select, SelectItem, SetOp, SetOperation, Statement,
};

pub(super) use super::printing::{compile_statement, print_statement};

use super::arguments::{Arguments, items};
use super::constructors::count_bind;
use super::expressions::{TextData, conditions, expr_object, ordering, to_expr};
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
}

/// The native data of an alias: a subquery, a CTE, or a table under another name.
pub(super) struct AliasData {
    pub(super) alias: Rc<Alias>,
}

/// The base of what can stand in FROM.
pub(super) fn from_clause_class() -> Rc<Class> {
    Class::builder("FromClause")
        .module("sqlalchemy.sql.selectable")
        .method("select", |vm, args| select(vm, Args::positional(vec![args.positional[0].clone()])))
        .method("insert", dml::new_insert)
        .method("update", dml::new_update)
        .method("delete", dml::new_delete)
        .method("join", |vm, args| join_from(vm, args, false))
        .method("outerjoin", |vm, args| join_from(vm, args, true))
        .method("alias", |vm, args| {
            let Some(table) = args.positional[0].native::<schema::TableObject>() else {
                return Err(vm.type_error("alias() is for tables here"));
            };
            let name = args.positional.get(1).and_then(Object::as_str).map(str::to_string);
            let class = classes(vm).alias.clone();
            Ok(Instance::native(&class, AliasData { alias: From::alias(table.id, name.as_deref()) }))
        })
        .build()
}

const METHODS: &[(&str, NativeFn)] = &[
    ("where", filter),
    ("filter", filter),
    ("filter_by", filter_by),
    ("order_by", |vm, args| {
        change(vm, args, |vm, data, args| {
            let given = args.rest();
            if matches!(given[..], [Object::None]) {
                data.select.order_by.clear();
            }
            data.select.order_by.extend(ordering(vm, &given)?);
            Ok(())
        })
    }),
    ("group_by", |vm, args| {
        change(vm, args, |vm, data, args| {
            let given = args.rest();
            data.select.group_by.extend(ordering(vm, &given)?);
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
            data.select.distinct = true;
            Ok(())
        })
    }),
    ("select_from", |vm, args| {
        change(vm, args, |vm, data, args| {
            for from in args.rest() {
                let from = require_from(vm, &from)?;
                data.select.from.push(from);
            }
            Ok(())
        })
    }),
    ("join", |vm, args| change(vm, args, |vm, data, args| add_join(vm, data, args, false))),
    ("outerjoin", |vm, args| change(vm, args, |vm, data, args| add_join(vm, data, args, true))),
    ("join_from", |vm, args| {
        change(vm, args, |vm, data, args| {
            let left = args.require(vm, "from_")?;
            let left = require_from(vm, &left)?;
            let outer = args.flag(vm, "isouter", false)?;
            let (mut joins, target) = read_join(vm, args, outer)?;
            if let Some(first) = joins.first_mut() {
                first.left.get_or_insert(left);
            }
            data.select.joins.extend(joins);
            if target.is_some() {
                data.target = target;
            }
            Ok(())
        })
    }),
    ("add_columns", |vm, args| {
        change(vm, args, |vm, data, args| {
            for item in args.rest() {
                let item = select_item(vm, &item)?;
                data.select.items.push(item);
            }
            Ok(())
        })
    }),
    ("with_only_columns", |vm, args| {
        change(vm, args, |vm, data, args| {
            data.select.items.clear();
            for item in args.rest() {
                let item = select_item(vm, &item)?;
                data.select.items.push(item);
            }
            Ok(())
        })
    }),
    ("execution_options", |vm, args| {
        change(vm, args, |vm, data, args| {
            data.populate_existing = args.flag(vm, "populate_existing", data.populate_existing)?;
            args.keywords();
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
    ("correlate", |vm, args| {
        change(vm, args, |_, _, args| {
            args.rest();
            Ok(())
        })
    }),
    ("subquery", |vm, args| named_alias(vm, args, AliasKind::Inline)),
    ("alias", |vm, args| named_alias(vm, args, AliasKind::Inline)),
    ("cte", |vm, args| named_alias(vm, args, AliasKind::Cte { recursive: false })),
    ("scalar_subquery", scalar),
    ("as_scalar", scalar),
    ("label", |vm, args| {
        let select = lowered(vm, &args.positional[0])?;
        let name = args.positional.get(1).and_then(Object::as_str).map(str::to_string);
        Ok(expr_object(vm, Expr::Subquery(Rc::new(select)).label(name.as_deref())))
    }),
    ("exists", |vm, args| {
        let select = lowered(vm, &args.positional[0])?;
        let operand = Rc::new(Expr::Subquery(Rc::new(select)));
        Ok(expr_object(vm, Expr::Unary { op: ormscope::sql::UnaryOp::Exists, operand }))
    }),
    ("union", |vm, args| compound(vm, args, SetOp::Union)),
    ("union_all", |vm, args| compound(vm, args, SetOp::UnionAll)),
    ("intersect", |vm, args| compound(vm, args, SetOp::Intersect)),
    ("except_", |vm, args| compound(vm, args, SetOp::Except)),
    ("compile", compile_statement),
    ("execute", super::connection::execute_implicitly),
    ("__str__", print_statement),
];

/// The table that a select is from, which knows the engine it is bound to.
pub(super) fn table_of(vm: &mut Vm, object: &Object) -> PyResult<Option<ormscope::types::TableId>> {
    let Some(data) = object.native::<SelectData>() else { return Ok(None) };
    peek(vm, |orm| {
        let exprs = data.select.expressions(&orm.schema);
        exprs.iter().find_map(|expr| match expr {
            Expr::Column(column) => column.base.map(|id| id.table),
            _ => None,
        })
    })
}

pub(super) fn select_class() -> Rc<Class> {
    let mut builder = Class::builder("Select").module("sqlalchemy.sql.selectable");
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder.build()
}

/// `select(…)`, and `select([…])` of the legacy era.
pub(super) fn select(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("select", args);
    let mut given = args.rest();
    if let [Object::List(list)] = &given[..] {
        let legacy = peek(vm, |orm| orm.legacy)?;
        if !legacy {
            return Err(errors::error(
                vm,
                "ArgumentError",
                "Column expression, FROM clause, or other columns clause element expected, got a list. Did you mean to say select(a, b) rather than select([a, b])?",
            ));
        }
        let items = list.items.borrow().clone();
        given = items;
    }
    let mut data =
        SelectData { select: Select::default(), target: None, populate_existing: false, options: Vec::new() };
    for item in given {
        if data.target.is_none() && mapping::entity_of(vm, &item)?.is_some() {
            data.target = Some(item.clone());
        }
        let item = select_item(vm, &item)?;
        data.select.items.push(item);
    }
    Ok(select_object(vm, data))
}

pub(super) fn select_object(vm: &mut Vm, data: SelectData) -> Object {
    let class = classes(vm).select.clone();
    Instance::native(&class, data)
}

/// One thing to select.
pub(super) fn select_item(vm: &mut Vm, object: &Object) -> PyResult<SelectItem> {
    if let Some(entity) = mapping::entity_of(vm, object)? {
        return Ok(SelectItem::Entity(entity));
    }
    if let Some(from) = to_from(vm, object)? {
        return Ok(SelectItem::From(from));
    }
    match to_expr(vm, object)? {
        Some(expr) => Ok(SelectItem::Expr(expr)),
        None => {
            let repr = vm.repr(object)?;
            Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "Column expression, FROM clause, or other columns clause element expected, got {}.",
                    repr.as_str()
                ),
            ))
        }
    }
}

/// What an object is in FROM, where it can stand there.
pub(super) fn to_from(vm: &mut Vm, object: &Object) -> PyResult<Option<From>> {
    if let Some(table) = object.native::<schema::TableObject>() {
        return Ok(Some(From::Table(table.id)));
    }
    if let Some(alias) = object.native::<AliasData>() {
        return Ok(Some(From::Alias(Rc::clone(&alias.alias))));
    }
    if let Some(join) = object.native::<JoinData>() {
        return Ok(Some(join.from.clone()));
    }
    match mapping::entity_of(vm, object)? {
        Some(entity) => Ok(Some(peek(vm, |orm| orm.entity_from(&entity))?)),
        None => Ok(None),
    }
}

fn require_from(vm: &mut Vm, object: &Object) -> PyResult<From> {
    match to_from(vm, object)? {
        Some(from) => Ok(from),
        None => {
            let repr = vm.repr(object)?;
            Err(errors::error(
                vm,
                "ArgumentError",
                format!("FROM expression, such as a Table or alias(), expected, got {}.", repr.as_str()),
            ))
        }
    }
}

/// Makes a changed copy of a select.
fn change(
    vm: &mut Vm,
    args: Args,
    edit: impl FnOnce(&mut Vm, &mut SelectData, &mut Arguments) -> PyResult<()>,
) -> PyResult<Object> {
    let mut args = Arguments::new("select", args);
    let data = receiver::<SelectData>(vm, &args.receiver())?;
    let mut copy = SelectData {
        select: data.select.clone(),
        target: data.target.clone(),
        populate_existing: data.populate_existing,
        options: data.options.clone(),
    };
    edit(vm, &mut copy, &mut args)?;
    Ok(select_object(vm, copy))
}

fn filter(vm: &mut Vm, args: Args) -> PyResult<Object> {
    change(vm, args, |vm, data, args| {
        let given = args.rest();
        data.select.where_.extend(conditions(vm, &given)?);
        Ok(())
    })
}

fn filter_by(vm: &mut Vm, args: Args) -> PyResult<Object> {
    change(vm, args, |vm, data, args| {
        let target = data.target.clone();
        let found = equalities(vm, target.as_ref(), args)?;
        data.select.where_.extend(found);
        Ok(())
    })
}

/// `name='ed'` as conditions on a mapped class.
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
        let attribute = match target.native::<schema::TableObject>() {
            Some(_) => {
                let columns = vm.get_attr(target, "c")?;
                vm.get_attr_opt(&columns, name.as_str())?
            }
            None => vm.get_attr_opt(target, name.as_str())?,
        };
        let Some(attribute) = attribute else {
            let described = mapping::describe_entity(vm, target)?;
            return Err(errors::error(
                vm,
                "InvalidRequestError",
                format!("Entity namespace for \"{described}\" has no property \"{}\"", name.as_str()),
            ));
        };
        let condition = vm.compare(crate::object::CompareOp::Eq, &attribute, &value)?;
        found.push(super::expressions::require_condition(vm, &condition)?);
    }
    Ok(found)
}

fn add_join(vm: &mut Vm, data: &mut SelectData, args: &mut Arguments, outer: bool) -> PyResult<()> {
    let outer = outer || args.flag(vm, "isouter", false)?;
    let (joins, target) = read_join(vm, args, outer)?;
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
    // join(User.addresses), join(Address, User.addresses)
    if let Some((left, attribute, natural)) = attributes::relationship_of(vm, &target)? {
        let right = mapping::entity_object(vm, natural);
        let joins = peek(vm, |orm| {
            let right = ormscope::sql::Entity { mapper: natural, alias: None };
            orm.joins_along(&left, attribute, &right, outer)
        })?;
        return Ok((joins, Some(right)));
    }
    if let Some(on) = &on
        && let Some((left, attribute, _)) = attributes::relationship_of(vm, on)?
        && let Some(right) = mapping::entity_of(vm, &target)?
    {
        let joins = peek(vm, |orm| orm.joins_along(&left, attribute, &right, outer))?;
        return Ok((joins, Some(target)));
    }
    let right = require_from(vm, &target)?;
    let on = match on {
        Some(on) => Some(super::expressions::require_condition(vm, &on)?),
        None => None,
    };
    let is_entity = mapping::entity_of(vm, &target)?.is_some();
    Ok((vec![JoinTarget { left: None, right, on, outer }], Some(target).filter(|_| is_entity)))
}

fn scalar(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let select = lowered(vm, &args.positional[0])?;
    Ok(expr_object(vm, Expr::Subquery(Rc::new(select))))
}

fn named_alias(vm: &mut Vm, args: Args, kind: AliasKind) -> PyResult<Object> {
    let mut args = Arguments::new("subquery", args);
    let select = lowered(vm, &args.receiver())?;
    let name = args.take("name").and_then(|name| name.as_str().map(Rc::from));
    let kind = match kind {
        AliasKind::Cte { .. } => AliasKind::Cte { recursive: args.flag(vm, "recursive", false)? },
        inline => inline,
    };
    let alias = Rc::new(Alias {
        id: AnonId::fresh(),
        of: ormscope::sql::AliasOf::Select(Box::new(select)),
        name,
        kind,
    });
    let class = classes(vm).alias.clone();
    Ok(Instance::native(&class, AliasData { alias }))
}

fn compound(vm: &mut Vm, args: Args, op: SetOp) -> PyResult<Object> {
    let mut selects = Vec::new();
    for part in &args.positional {
        for part in items(vm, part)? {
            selects.push(lowered(vm, &part)?);
        }
    }
    let select = Select { compound: Some(Box::new(SetOperation { op, selects })), ..Select::default() };
    Ok(select_object(vm, SelectData { select, target: None, populate_existing: false, options: Vec::new() }))
}

/// `union(a, b)` and its kin as functions.
pub(super) const SET_FUNCTIONS: &[(&str, NativeFn)] = &[
    ("union", |vm, args| compound(vm, args, SetOp::Union)),
    ("union_all", |vm, args| compound(vm, args, SetOp::UnionAll)),
    ("intersect", |vm, args| compound(vm, args, SetOp::Intersect)),
    ("except_", |vm, args| compound(vm, args, SetOp::Except)),
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

fn lowered(vm: &mut Vm, object: &Object) -> PyResult<Select> {
    match as_select(vm, object)? {
        Some(select) => Ok(select),
        None => Err(vm.type_error("this is not a select")),
    }
}

/// The native data of `table.join(other)`.
pub(super) struct JoinData {
    from: From,
}

/// The class of `table.join(other)`.
pub(super) fn join_class(base: &Rc<Class>) -> Rc<Class> {
    Class::builder("Join")
        .module("sqlalchemy.sql.selectable")
        .base(base)
        .method("__str__", |vm, args| {
            let data = receiver::<JoinData>(vm, &args.positional[0])?;
            peek(vm, |orm| {
                Object::str(ormscope::sql::compiler::from_to_text(&orm.schema, &data.from, Dialect::Default))
            })
        })
        .build()
}

fn join_from(vm: &mut Vm, args: Args, outer: bool) -> PyResult<Object> {
    let mut args = Arguments::new("join", args);
    let left = args.receiver();
    let left = require_from(vm, &left)?;
    let right = args.require(vm, "right")?;
    let right = require_from(vm, &right)?;
    let outer = outer || args.flag(vm, "isouter", false)?;
    let on = match args.take("onclause").filter(|on| !on.is_none()) {
        Some(on) => super::expressions::require_condition(vm, &on)?,
        None => {
            with_orm(vm, |orm, _| Ok(ormscope::sql::compiler::join_condition(&orm.schema, &left, &right)?))?
        }
    };
    let from = From::Join(Rc::new(ormscope::sql::Join { left, right, on, outer }));
    let class = classes(vm).join.clone();
    Ok(Instance::native(&class, JoinData { from }))
}

pub(super) fn alias_class(base: &Rc<Class>) -> Rc<Class> {
    Class::builder("Alias")
        .module("sqlalchemy.sql.selectable")
        .base(base)
        .getter("c", alias_columns)
        .getter("columns", alias_columns)
        .build()
}

fn alias_columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<AliasData>(vm, &args.positional[0])?;
    let class = classes(vm).alias_columns.clone();
    Ok(Instance::native(&class, AliasData { alias: Rc::clone(&data.alias) }))
}

pub(super) fn alias_columns_class() -> Rc<Class> {
    Class::builder("ReadOnlyColumnCollection")
        .module("sqlalchemy.sql.base")
        .method("__getattr__", alias_column)
        .method("__getitem__", alias_column)
        .method("__iter__", |vm, args| {
            let data = receiver::<AliasData>(vm, &args.positional[0])?;
            let columns = peek(vm, |orm| From::Alias(Rc::clone(&data.alias)).columns(&orm.schema))?;
            let mut objects = Vec::new();
            for (at, column) in columns.into_iter().enumerate() {
                objects.push(alias_column_object(vm, &data.alias, at, column)?);
            }
            vm.iter(&Object::list(objects))
        })
        .build()
}

/// A column of an alias: a `Column` where it is one in the end, so that it comes
/// first in comparisons with others.
fn alias_column_object(
    vm: &mut Vm,
    alias: &Alias,
    at: usize,
    column: ormscope::sql::ColumnRef,
) -> PyResult<Object> {
    let is_column = match &alias.of {
        ormscope::sql::AliasOf::Table(_) => true,
        ormscope::sql::AliasOf::Select(select) => {
            peek(vm, |orm| matches!(select.expressions(&orm.schema).get(at), Some(Expr::Column(_))))?
        }
    };
    let own = classes(vm);
    let class = if is_column { &own.column_proxy } else { &own.literal };
    Ok(Instance::native(class, super::expressions::ExprData { expr: Expr::Column(column) }))
}

fn alias_column(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<AliasData>(vm, &args.positional[0])?;
    let name = vm.str(&args.positional[1])?;
    let columns = peek(vm, |orm| From::Alias(Rc::clone(&data.alias)).columns(&orm.schema))?;
    match columns.into_iter().enumerate().find(|(_, column)| &*column.name == name.as_str()) {
        Some((at, column)) => alias_column_object(vm, &data.alias, at, column),
        None => Err(vm.error(&vm.exceptions.attribute_error.clone(), name.as_str())),
    }
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
        return Ok(Some(Statement::Text(text.statement.clone())));
    }
    if let Some(ddl) = object.native::<super::ddl::DdlObject>() {
        return Ok(Some(Statement::Ddl(ddl.ddl.clone())));
    }
    Ok(to_expr(vm, object)?.map(Statement::Expr))
}
