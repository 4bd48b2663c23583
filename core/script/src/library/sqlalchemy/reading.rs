//! What programs read from SELECTs: their columns, elements and conditions.
//!
//! It must not know how they are built or written.
//! SQLAlchemy counterpart: the accessors of `Select`, `CompoundSelect` and
//! `TextualSelect` in `sqlalchemy.sql.selectable`.

use ormscope::sql::{Entity, Expr, Kind, Operator, SelectItem};

use super::expressions::expr_object;
use super::froms::from_object;
use super::select::{SelectData, as_select, column_froms, plain_object, require_select};
use super::{columns, mapping, peek, receiver, types};
use crate::builtins::Dict;
use crate::object::{Args, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The attributes of SELECTs.
pub(super) const GETTERS: &[(&str, NativeFn)] = &[
    ("selected_columns", selected_columns),
    ("exported_columns", selected_columns),
    ("c", |vm, args| legacy_columns(vm, args, "c")),
    ("columns", |vm, args| legacy_columns(vm, args, "columns")),
    ("inner_columns", |vm, args| {
        let select = require_select(vm, &args.positional[0])?;
        let exprs = peek(vm, |orm| select.expressions(&orm.schema))?;
        let objects = exprs.iter().map(|expr| columns::of_expr(vm, expr));
        let objects = Object::list(objects.collect::<PyResult<Vec<_>>>()?);
        vm.iter(&objects)
    }),
    ("column_descriptions", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        descriptions_of(vm, &data)
    }),
    ("whereclause", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        if data.select.where_.is_empty() {
            return Ok(Object::None);
        }
        let all = Expr::all_of(Operator::And, data.select.where_.iter().cloned());
        Ok(expr_object(vm, all))
    }),
    ("froms", |vm, args| vm.call_method(&args.positional[0].clone(), "get_final_froms", Vec::new())),
    ("columns_clause_froms", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        let froms = column_froms(vm, &data)?;
        let objects = froms.into_iter().map(|from| from_object(vm, from));
        Ok(Object::list(objects.collect::<PyResult<Vec<_>>>()?))
    }),
    ("selects", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        match &data.select.compound {
            Some(_) if !data.parts.is_empty() => Ok(Object::list(data.parts.clone())),
            Some(compound) => {
                let parts = compound.selects.iter().map(|part| plain_object(vm, part.clone()));
                Ok(Object::list(parts.collect()))
            }
            None => Err(vm.attribute_error(&args.positional[0], "selects")),
        }
    }),
    ("selectable", |_, args| Ok(args.positional[0].clone())),
    ("is_select", |_, _| Ok(Object::Bool(true))),
    ("is_selectable", |_, _| Ok(Object::Bool(true))),
    ("is_clause_element", |_, _| Ok(Object::Bool(true))),
    ("supports_execution", |_, _| Ok(Object::Bool(true))),
    ("is_dml", |_, _| Ok(Object::Bool(false))),
    ("is_text", |_, _| Ok(Object::Bool(false))),
    ("is_insert", |_, _| Ok(Object::Bool(false))),
    ("is_update", |_, _| Ok(Object::Bool(false))),
    ("is_delete", |_, _| Ok(Object::Bool(false))),
];

/// The methods that look at SELECTs.
pub(super) const METHODS: &[(&str, NativeFn)] = &[
    ("corresponding_column", |vm, args| {
        let mut positional = args.positional;
        positional[0] = vm.get_attr(&positional[0], "selected_columns")?;
        columns::corresponding_column(vm, Args::positional(positional))
    }),
    ("get_execution_options", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        super::engine::options_object(vm, &data.execution_options)
    }),
    ("is_derived_from", |vm, args| {
        let select = require_select(vm, &args.positional[0])?;
        let other = super::froms::require_from(vm, &args.positional[1])?;
        let froms =
            super::with_orm(vm, |orm, _| Ok(ormscope::sql::compiler::final_froms(&orm.schema, &select)?))?;
        Ok(Object::Bool(froms.iter().any(|from| from.is_derived_from(&other))))
    }),
    ("_generate", |vm, args| {
        let data = receiver::<SelectData>(vm, &args.positional[0])?;
        Ok(super::select::select_object(vm, (*data).clone()))
    }),
];

fn selected_columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let select = require_select(vm, &args.positional[0])?;
    columns::of_select(vm, &select)
}

/// `select.c`, which only the legacy era has.
fn legacy_columns(vm: &mut Vm, args: Args, name: &str) -> PyResult<Object> {
    if !peek(vm, |orm| orm.legacy)? {
        return Err(vm.attribute_error(&args.positional[0], name));
    }
    // Those of a subquery that is made for them.
    let subquery = vm.call_method(&args.positional[0], "subquery", Vec::new())?;
    vm.get_attr(&subquery, "c")
}

/// What each column of a select is: its name, its type, the expression.
pub(super) fn descriptions_of(vm: &mut Vm, data: &SelectData) -> PyResult<Object> {
    let mapped = !data.bundles.is_empty()
        || data.select.items.iter().any(|item| match item {
            SelectItem::Entity(_) => true,
            SelectItem::Expr(expr) => entity_in(expr).is_some(),
            SelectItem::From(_) => false,
        });
    if !mapped {
        let columns = peek(vm, |orm| data.select.result_columns(&orm.schema))?;
        let mut list = Vec::new();
        for (key, expr) in columns {
            let name = if matches!(expr.kind(), Kind::Text(_)) { Object::None } else { Object::str(&key) };
            let object = columns::of_expr(vm, &expr)?;
            list.push(describe(vm, name, &expr, &[("expr", object)])?);
        }
        return Ok(Object::list(list));
    }
    let mut list = Vec::new();
    let mut bundles = super::bundles::objects(&data.bundles).peekable();
    let mut inside = 0;
    for (at, item) in data.select.items.iter().enumerate() {
        if let Some((_, count, bundle)) = bundles.next_if(|(start, ..)| *start == at) {
            list.push(describe_bundle(vm, bundle, item)?);
            inside = at + count;
        }
        if at < inside {
            continue;
        }
        match item {
            SelectItem::Entity(entity) => list.push(describe_entity(vm, entity)?),
            SelectItem::Expr(expr) => list.push(describe_expr(vm, expr)?),
            SelectItem::From(from) => {
                for column in peek(vm, |orm| from.columns(&orm.schema))? {
                    let name = Object::str(&column.key);
                    let expr = Expr::from(column);
                    let object = columns::of_expr(vm, &expr)?;
                    let more = [("aliased", Object::Bool(false)), ("expr", object), ("entity", Object::None)];
                    list.push(describe(vm, name, &expr, &more)?);
                }
            }
        }
    }
    Ok(Object::list(list))
}

/// The mapped class, or alias of one, that an expression has a column of.
fn entity_in(expr: &Expr) -> Option<Entity> {
    let mut found = None;
    expr.walk(&mut |node| {
        if let (Kind::Column(column), None) = (node.kind(), &found) {
            found = column.entity().cloned();
        }
    });
    found
}

/// The facts of an expression; an attribute is told as the program knows it.
fn describe_expr(vm: &mut Vm, expr: &Expr) -> PyResult<Object> {
    let only = ormscope::sql::Select::of([expr.clone()]);
    let keys = peek(vm, |orm| only.result_columns(&orm.schema))?;
    let mut name = keys.first().map_or(Object::None, |(key, _)| Object::str(key));
    let entity = entity_in(expr);
    let subject = entity.as_ref().map(|entity| mapping::object_of_entity(vm, entity));
    let attribute = match expr.kind() {
        Kind::Column(column) => column.notes.as_ref().and_then(|notes| notes.key.clone()),
        _ => None,
    };
    let mut shown = columns::of_expr(vm, expr)?;
    if let (Some(key), Some(subject)) = (&attribute, &subject) {
        name = Object::str(key);
        shown = vm.get_attr(subject, key)?;
    }
    let sql_type = types::type_object(vm, expr.sql_type());
    let aliased = entity.as_ref().is_some_and(Entity::is_alias);
    let pairs = vec![
        (Object::str("name"), name),
        (Object::str("type"), sql_type),
        (Object::str("aliased"), Object::Bool(aliased)),
        (Object::str("expr"), shown),
        (Object::str("entity"), subject.unwrap_or(Object::None)),
    ];
    Dict::from_items(vm, pairs)
}

fn describe_bundle(vm: &mut Vm, bundle: &Object, first: &SelectItem) -> PyResult<Object> {
    let entity = match first {
        SelectItem::Entity(entity) => Some(entity.clone()),
        SelectItem::Expr(expr) => entity_in(expr),
        SelectItem::From(_) => None,
    };
    let aliased = entity.as_ref().is_some_and(Entity::is_alias);
    let entity = entity.map_or(Object::None, |entity| mapping::object_of_entity(vm, &entity));
    let pairs = vec![
        (Object::str("name"), vm.get_attr(bundle, "name")?),
        (Object::str("type"), Object::Class(vm.class_of(bundle))),
        (Object::str("aliased"), Object::Bool(aliased)),
        (Object::str("expr"), bundle.clone()),
        (Object::str("entity"), entity),
    ];
    Dict::from_items(vm, pairs)
}

fn describe(vm: &mut Vm, name: Object, expr: &Expr, more: &[(&str, Object)]) -> PyResult<Object> {
    let sql_type = types::type_object(vm, expr.sql_type());
    let mut pairs = vec![(Object::str("name"), name), (Object::str("type"), sql_type)];
    pairs.extend(more.iter().map(|(key, value)| (Object::str(key), value.clone())));
    Dict::from_items(vm, pairs)
}

fn describe_entity(vm: &mut Vm, entity: &Entity) -> PyResult<Object> {
    let class = mapping::entity_object(vm, entity.mapper);
    let subject = mapping::object_of_entity(vm, entity);
    let name = match &entity.name {
        Some(name) => Object::str(name),
        None => vm.get_attr(&class, "__name__")?,
    };
    let pairs = vec![
        (Object::str("name"), name),
        (Object::str("type"), class),
        (Object::str("aliased"), Object::Bool(entity.is_alias())),
        (Object::str("expr"), subject.clone()),
        (Object::str("entity"), subject),
    ];
    Dict::from_items(vm, pairs)
}

/// The same of what RETURNING was given.
pub(super) fn descriptions(vm: &mut Vm, objects: &[Object]) -> PyResult<Object> {
    let made = super::select::select(vm, Args::positional(objects.to_vec()))?;
    let data = receiver::<SelectData>(vm, &made)?;
    descriptions_of(vm, &data)
}

/// Whether two objects are SELECTs that are built alike.
pub(super) fn alike(vm: &mut Vm, own: &Object, other: &Object) -> PyResult<bool> {
    Ok(match (as_select(vm, own)?, as_select(vm, other)?) {
        (Some(own), Some(other)) => super::comparing::alike(&own.scalar(), &other.scalar()),
        _ => false,
    })
}
