//! `column_property()`, `deferred()`, `query_expression()`, and what
//! `__mapper_args__` says.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.properties`, the arguments of `Mapper`.

use std::rc::Rc;

use ormscope::orm::{
    MapperSettings, PolymorphicLoad, PolymorphicOn, Property, PropertyKind, VersionGenerator, WithPolymorphic,
};
use ormscope::sql::{Expr, Kind};
use ormscope::types::MapperId;

use super::arguments::Arguments;
use super::declarative::MappedColumn;
use super::values::to_value;
use super::{classes, errors, expressions, mapping, schema};
use crate::object::{Args, Class, Instance, Name, Object, PyResult};
use crate::vm::Vm;

/// The native data of `column_property(…)`.
pub(super) struct ColumnPropertyObject {
    /// What it is made from: columns, or an expression.
    pub(super) columns: Vec<Object>,
    pub(super) deferred: bool,
    group: Option<Rc<str>>,
    raiseload: bool,
    active_history: bool,
}

/// The class of `column_property(…)` before it is mapped.
pub(super) fn class() -> Rc<Class> {
    Class::builder("MappedSQLExpression")
        .module("sqlalchemy.orm.properties")
        .getter("columns", |vm, args| {
            let own = super::receiver::<ColumnPropertyObject>(vm, &args.positional[0])?;
            Ok(Object::list(own.columns.clone()))
        })
        .build()
}

/// `column_property(…)`
pub(super) fn column_property(vm: &mut Vm, args: Args) -> PyResult<Object> {
    make(vm, Arguments::new("column_property", args), false)
}

/// `deferred(…)`
pub(super) fn deferred(vm: &mut Vm, args: Args) -> PyResult<Object> {
    make(vm, Arguments::new("deferred", args), true)
}

/// `query_expression(…)`
pub(super) fn query_expression(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("query_expression", args);
    let default = args.take("default_expr").filter(|default| !default.is_none());
    args.keywords();
    let columns = vec![match default {
        Some(default) => default,
        None => expressions::expr_object(vm, Expr::null()),
    }];
    let own = classes(vm).mapped_expression.clone();
    let data = ColumnPropertyObject {
        columns,
        deferred: false,
        group: None,
        raiseload: false,
        active_history: false,
    };
    Ok(Instance::native(&own, data))
}

fn make(vm: &mut Vm, mut args: Arguments, deferred: bool) -> PyResult<Object> {
    let deferred = args.flag(vm, "deferred", deferred)?;
    let raiseload = args.flag(vm, "raiseload", false)?;
    let active_history = args.flag(vm, "active_history", false)?;
    let group = args.keyword("group").and_then(|group| group.as_str().map(Rc::from));
    let columns = args.rest().into_iter().map(|column| match column.native::<MappedColumn>() {
        Some(mapped) => mapped.column(),
        None => column,
    });
    let columns = columns.collect();
    args.keywords();
    let own = classes(vm).mapped_expression.clone();
    Ok(Instance::native(&own, ColumnPropertyObject { columns, deferred, group, raiseload, active_history }))
}

/// What an object says as a property of a mapped class, where it is one.
pub(super) fn read(vm: &mut Vm, object: &Object) -> PyResult<Option<Property>> {
    if let Some(data) = object.native::<ColumnPropertyObject>() {
        let kind = match kind_of(vm, &data.columns)? {
            Some(kind) => kind,
            None => return Ok(None),
        };
        return Ok(Some(Property {
            kind,
            deferred: data.deferred,
            group: data.group.clone(),
            raiseload: data.raiseload,
            active_history: data.active_history,
        }));
    }
    if let Some(data) = object.native::<MappedColumn>() {
        let column = data.column();
        return Ok(kind_of(vm, std::slice::from_ref(&column))?.map(Property::new));
    }
    if let Object::List(_) | Object::Tuple(_) = object {
        let columns = vm.collect(object)?;
        return Ok(kind_of(vm, &columns)?.map(Property::new));
    }
    Ok(kind_of(vm, std::slice::from_ref(object))?.map(Property::new))
}

fn kind_of(vm: &mut Vm, columns: &[Object]) -> PyResult<Option<PropertyKind>> {
    let mut ids = Vec::new();
    for column in columns {
        ids.extend(schema::column_id(vm, column)?);
    }
    if ids.len() == columns.len() && !ids.is_empty() {
        return Ok(Some(PropertyKind::Columns(ids)));
    }
    let Some(first) = columns.first() else { return Ok(None) };
    Ok(match expressions::to_expr(vm, first)? {
        Some(expr) => Some(match expr.kind() {
            Kind::Column(column) if column.base.is_some() => {
                PropertyKind::Columns(column.base.into_iter().collect())
            }
            _ => PropertyKind::Expression(schema::unnamed::resolved(vm, &expr)?),
        }),
        None => None,
    })
}

/// Reads the arguments of a mapper.
pub(super) fn mapper_arguments(
    vm: &mut Vm,
    settings: &mut MapperSettings,
    arguments: Vec<(Name, Object)>,
) -> PyResult<()> {
    for (name, value) in arguments {
        match name.as_str() {
            "polymorphic_identity" => {
                settings.polymorphic_identity =
                    if value.is_none() { None } else { Some(to_value(vm, &value)?) };
            }
            "polymorphic_abstract" => settings.polymorphic_abstract = vm.truthy(&value)?,
            "concrete" => settings.concrete = vm.truthy(&value)?,
            "batch" => settings.options.batch = vm.truthy(&value)?,
            "passive_deletes" => settings.options.passive_deletes = vm.truthy(&value)?,
            "passive_updates" => settings.options.passive_updates = vm.truthy(&value)?,
            "confirm_deleted_rows" => settings.options.confirm_deleted_rows = vm.truthy(&value)?,
            "legacy_is_orphan" => settings.options.legacy_is_orphan = vm.truthy(&value)?,
            "allow_partial_pks" => settings.options.allow_partial_pks = vm.truthy(&value)?,
            "eager_defaults" => {
                settings.options.eager_defaults = match &value {
                    Object::Str(text) if text.as_str() == "auto" => None,
                    other => Some(vm.truthy(other)?),
                };
            }
            "column_prefix" => settings.column_prefix = value.as_str().unwrap_or_default().to_string(),
            "include_properties" if !value.is_none() => settings.include = Some(names(vm, &value)?),
            "exclude_properties" if !value.is_none() => settings.exclude.extend(names(vm, &value)?),
            _ if value.is_none() => {}
            "polymorphic_on" => settings.polymorphic_on = Some(polymorphic_on(vm, &value)?),
            "polymorphic_load" => {
                settings.polymorphic_load = Some(match value.as_str() {
                    Some("inline") => PolymorphicLoad::Inline,
                    Some("selectin") => PolymorphicLoad::SelectIn,
                    _ => {
                        let repr = vm.repr(&value)?;
                        let message = format!("unknown argument for polymorphic_load: {}", repr.as_str());
                        return Err(errors::error(vm, "ArgumentError", message));
                    }
                });
            }
            "with_polymorphic" => settings.with_polymorphic = Some(with_polymorphic(vm, &value)?),
            "inherits" => settings.inherits = mapper_id(vm, &value)?,
            "inherit_condition" => {
                settings.inherit_condition = Some(expressions::require_condition(vm, &value)?);
            }
            "primary_key" => {
                for column in super::arguments::items(vm, &value)? {
                    settings.primary_key.extend(schema::column_id(vm, &column)?);
                }
            }
            "version_id_col" => settings.options.version_id = schema::column_id(vm, &value)?,
            "version_id_generator" => {
                settings.options.version_generator = match value {
                    Object::Bool(false) => VersionGenerator::Server,
                    code => VersionGenerator::Code(Rc::new(code)),
                };
            }
            "properties" | "inherit_foreign_keys" | "always_refresh" | "non_primary" => {}
            other => {
                return Err(
                    vm.type_error(format!("Mapper.__init__() got an unexpected keyword argument '{other}'"))
                );
            }
        }
    }
    Ok(())
}

fn names(vm: &mut Vm, value: &Object) -> PyResult<Vec<String>> {
    let mut found = Vec::new();
    for item in super::arguments::items(vm, value)? {
        let name = match schema::column_id(vm, &item)? {
            Some(id) => super::peek(vm, |orm| orm.schema.column(id).key.clone())?,
            None => vm.str(&item)?.as_str().to_string(),
        };
        found.push(name);
    }
    Ok(found)
}

/// The mapper that a class, or a mapper, is.
fn mapper_id(vm: &mut Vm, value: &Object) -> PyResult<Option<MapperId>> {
    match value.native::<mapping::MapperObject>() {
        Some(data) => Ok(Some(data.id)),
        None => mapping::mapper_of(vm, value),
    }
}

fn polymorphic_on(vm: &mut Vm, value: &Object) -> PyResult<PolymorphicOn> {
    if let Some(key) = value.as_str() {
        return Ok(PolymorphicOn::Attribute(key.to_string()));
    }
    let column = match value.native::<MappedColumn>() {
        Some(data) => data.column(),
        None => value.clone(),
    };
    if let Some(id) = schema::column_id(vm, &column)? {
        return Ok(PolymorphicOn::Column(id));
    }
    let property = value.native::<ColumnPropertyObject>();
    let source = property.and_then(|data| data.columns.first().cloned()).unwrap_or_else(|| value.clone());
    let expr = expressions::require_expr(vm, &source)?;
    Ok(match expr.kind() {
        Kind::Column(column) => match column.base {
            Some(id) => PolymorphicOn::Column(id),
            None => PolymorphicOn::Expr(schema::unnamed::resolved(vm, &expr)?),
        },
        _ => PolymorphicOn::Expr(schema::unnamed::resolved(vm, &expr)?),
    })
}

fn with_polymorphic(vm: &mut Vm, value: &Object) -> PyResult<WithPolymorphic> {
    let all = |object: &Object| object.as_str().is_some_and(|text| text == "*");
    if all(value) {
        return Ok(WithPolymorphic { mappers: None, selectable: None });
    }
    let given = super::arguments::items(vm, value)?;
    let (chosen, selectable) = match &given[..] {
        [first, second] if all(first) || matches!(first, Object::List(_) | Object::Tuple(_)) => {
            (first.clone(), Some(second.clone()))
        }
        _ => (value.clone(), None),
    };
    let mappers = if all(&chosen) {
        None
    } else {
        let mut mappers = Vec::new();
        for class in super::arguments::items(vm, &chosen)? {
            mappers.extend(mapper_id(vm, &class)?);
        }
        Some(mappers)
    };
    let selectable = match selectable.filter(|selectable| !selectable.is_none()) {
        Some(selectable) => Some(super::froms::require_from(vm, &selectable)?),
        None => None,
    };
    Ok(WithPolymorphic { mappers, selectable })
}
