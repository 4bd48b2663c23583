//! What a `Mapper` tells of itself: its class, its tables, its place in a
//! hierarchy, its columns and its options.
//!
//! SQLAlchemy counterpart: the attributes of `Mapper`.

use ormscope::orm::{AttributeKind, Mapper, PolymorphicLoad, VersionGenerator};
use ormscope::sql::From;
use ormscope::types::{MapperId, Value};

use super::mapper_api::{attrs, descriptors, of_python};
use super::mapping::{self, MapperObject, entity_object, mapper_object, properties};
use super::values::to_object;
use super::{columns, expressions, froms, inspection, orm_events, peek, receiver, schema};
use crate::builtins::Dict;
use crate::object::{Args, ClassBuilder, NativeFn, NativeFunction, Object, PyResult};
use crate::vm::Vm;

const GETTERS: &[(&str, NativeFn)] = &[
    ("mapper", |_, args| Ok(args.positional[0].clone())),
    ("is_mapper", |_, _| Ok(Object::Bool(true))),
    ("is_aliased_class", |_, _| Ok(Object::Bool(false))),
    ("is_property", |_, _| Ok(Object::Bool(false))),
    ("is_instance", |_, _| Ok(Object::Bool(false))),
    ("is_bundle", |_, _| Ok(Object::Bool(false))),
    ("is_clause_element", |_, _| Ok(Object::Bool(false))),
    ("is_attribute", |_, _| Ok(Object::Bool(false))),
    ("is_selectable", |_, _| Ok(Object::Bool(false))),
    ("class_", class),
    ("entity", class),
    ("class_manager", |vm, args| {
        let class = class(vm, args)?;
        inspection::make_support(vm, "ClassManager", vec![class])
    }),
    // Tables.
    ("local_table", |vm, args| from_of(vm, &args, |mapper| mapper.local.clone())),
    ("persist_selectable", |vm, args| from_of(vm, &args, |mapper| mapper.selectable.clone())),
    ("mapped_table", |vm, args| from_of(vm, &args, |mapper| mapper.selectable.clone())),
    ("selectable", polymorphic_from),
    ("with_polymorphic_selectable", polymorphic_from),
    ("tables", |vm, args| {
        let tables = own(vm, &args, |mapper| mapper.tables.clone())?;
        let mut found = Vec::new();
        for id in tables {
            found.push(froms::from_object(vm, From::Table(id))?);
        }
        Ok(Object::list(found))
    }),
    ("primary_key", |vm, args| {
        let columns = own(vm, &args, |mapper| mapper.primary_key.clone())?;
        Ok(Object::tuple(columns.into_iter().map(|id| schema::column_object(vm, id)).collect()))
    }),
    // The hierarchy.
    ("inherits", |vm, args| {
        let parent = own(vm, &args, |mapper| mapper.inherits)?;
        Ok(parent.map_or(Object::None, |id| mapper_object(vm, id)))
    }),
    ("inherit_condition", |vm, args| {
        let condition = own(vm, &args, |mapper| mapper.inherit_condition.clone())?;
        Ok(condition.map_or(Object::None, |condition| expressions::expr_object(vm, condition)))
    }),
    ("base_mapper", |vm, args| {
        let base = own(vm, &args, |mapper| mapper.base)?;
        Ok(mapper_object(vm, base))
    }),
    ("self_and_descendants", |vm, args| {
        let id = receiver::<MapperObject>(vm, &args.positional[0])?.id;
        let all = peek(vm, |orm| orm.descendants(id))?;
        Ok(mappers(vm, all))
    }),
    ("with_polymorphic_mappers", |vm, args| {
        let id = receiver::<MapperObject>(vm, &args.positional[0])?.id;
        mapping::configure(vm)?;
        let all = peek(vm, |orm| orm.with_of(id))?;
        Ok(mappers(vm, all.iter().copied()))
    }),
    ("single", |vm, args| Ok(Object::Bool(own(vm, &args, |mapper| mapper.single)?))),
    ("concrete", |vm, args| Ok(Object::Bool(own(vm, &args, |mapper| mapper.concrete)?))),
    ("polymorphic_identity", |vm, args| {
        let identity = own(vm, &args, |mapper| mapper.polymorphic.identity.clone())?;
        identity.map_or(Ok(Object::None), |value| to_object(vm, &value))
    }),
    ("polymorphic_on", |vm, args| {
        let on = own(vm, &args, |mapper| mapper.polymorphic.on.clone())?;
        on.map_or(Ok(Object::None), |expr| columns::of_expr(vm, &expr))
    }),
    ("polymorphic_map", |vm, args| {
        let base = own(vm, &args, |mapper| mapper.base)?;
        let mut map: Vec<(Value, MapperId)> = peek(vm, |orm| {
            orm.mapper(base).polymorphic.map.iter().map(|(key, id)| (key.0.clone(), *id)).collect()
        })?;
        map.sort_by_key(|(_, id)| *id);
        let mut items = Vec::new();
        for (value, id) in map {
            items.push((to_object(vm, &value)?, mapper_object(vm, id)));
        }
        Dict::from_items(vm, items)
    }),
    // Properties.
    ("attrs", |vm, args| attrs(vm, &args.positional[0])),
    ("iterate_properties", |vm, args| {
        let all = attrs(vm, &args.positional[0])?;
        vm.iter(&all)
    }),
    ("columns", columns_by_key),
    ("c", columns_by_key),
    ("column_attrs", |vm, args| properties(vm, &args.positional[0], AttributeKind::is_value)),
    ("relationships", |vm, args| properties(vm, &args.positional[0], |kind| !kind.is_value())),
    ("synonyms", |vm, args| of_python(vm, &args.positional[0], "Synonym")),
    ("composites", |vm, args| of_python(vm, &args.positional[0], "Composite")),
    ("all_orm_descriptors", descriptors),
    ("validators", |vm, args| {
        let id = receiver::<MapperObject>(vm, &args.positional[0])?.id;
        let found = orm_events::attributes::validators(vm, id)?;
        inspection::make_support(vm, "immutabledict", vec![found])
    }),
    // Options.
    ("configured", |vm, args| Ok(Object::Bool(own(vm, &args, |mapper| mapper.configured)?))),
    ("version_id_col", |vm, args| {
        let column = own(vm, &args, |mapper| mapper.options.version_id)?;
        Ok(column.map_or(Object::None, |id| schema::column_object(vm, id)))
    }),
    ("version_id_generator", |vm, args| {
        Ok(match own(vm, &args, |mapper| mapper.options.version_generator.clone())? {
            VersionGenerator::Server => Object::Bool(false),
            VersionGenerator::Code(code) => code.downcast_ref::<Object>().cloned().unwrap_or(Object::None),
            VersionGenerator::Counter => NativeFunction::new("<lambda>", |vm, args| {
                let version = args.positional.first().cloned().unwrap_or(Object::None);
                match vm.truthy(&version)? {
                    true => vm.call_method(&version, "__add__", vec![Object::Int(1)]),
                    false => Ok(Object::Int(1)),
                }
            }),
        })
    }),
    ("with_polymorphic", |vm, args| {
        let Some(with) = own(vm, &args, |mapper| mapper.polymorphic.with.clone())? else {
            return Ok(Object::None);
        };
        let chosen = match with.mappers {
            Some(chosen) => mappers(vm, chosen),
            None => Object::str("*"),
        };
        let from = match with.selectable {
            Some(from) => froms::from_object(vm, from)?,
            None => Object::None,
        };
        Ok(Object::tuple(vec![chosen, from]))
    }),
    ("polymorphic_load", |vm, args| {
        Ok(match own(vm, &args, |mapper| mapper.polymorphic.load)? {
            Some(PolymorphicLoad::Inline) => Object::str("inline"),
            Some(PolymorphicLoad::SelectIn) => Object::str("selectin"),
            None => Object::None,
        })
    }),
    ("polymorphic_abstract", |vm, args| {
        Ok(Object::Bool(own(vm, &args, |mapper| mapper.polymorphic.is_abstract)?))
    }),
    ("primary_base_mapper", |vm, args| {
        let base = own(vm, &args, |mapper| mapper.base)?;
        Ok(mapper_object(vm, base))
    }),
    ("legacy_is_orphan", |vm, args| {
        Ok(Object::Bool(own(vm, &args, |mapper| mapper.options.legacy_is_orphan)?))
    }),
    ("always_refresh", |_, _| Ok(Object::Bool(false))),
    ("eager_defaults", |vm, args| {
        let eager = own(vm, &args, |mapper| mapper.options.eager_defaults)?;
        Ok(eager.map_or_else(|| Object::str("auto"), Object::Bool))
    }),
    ("batch", |vm, args| Ok(Object::Bool(own(vm, &args, |mapper| mapper.options.batch)?))),
    ("passive_updates", |vm, args| {
        Ok(Object::Bool(own(vm, &args, |mapper| mapper.options.passive_updates)?))
    }),
    ("passive_deletes", |vm, args| {
        Ok(Object::Bool(own(vm, &args, |mapper| mapper.options.passive_deletes)?))
    }),
    ("confirm_deleted_rows", |vm, args| {
        Ok(Object::Bool(own(vm, &args, |mapper| mapper.options.confirm_deleted_rows)?))
    }),
    ("allow_partial_pks", |vm, args| {
        Ok(Object::Bool(own(vm, &args, |mapper| mapper.options.allow_partial_pks)?))
    }),
];

/// Adds all of it to the class of mappers.
pub(super) fn mapper_getters(builder: ClassBuilder) -> ClassBuilder {
    GETTERS.iter().fold(builder, |builder, (name, get)| builder.getter(name, *get))
}

/// One thing of the mapper that a getter is called with.
fn own<T>(vm: &mut Vm, args: &Args, read: fn(&Mapper) -> T) -> PyResult<T> {
    let id = receiver::<MapperObject>(vm, &args.positional[0])?.id;
    peek(vm, |orm| read(orm.mapper(id)))
}

fn class(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let id = receiver::<MapperObject>(vm, &args.positional[0])?.id;
    Ok(entity_object(vm, id))
}

fn from_of(vm: &mut Vm, args: &Args, read: fn(&Mapper) -> From) -> PyResult<Object> {
    let from = own(vm, args, read)?;
    froms::from_object(vm, from)
}

/// What queries of the class select from.
fn polymorphic_from(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let id = receiver::<MapperObject>(vm, &args.positional[0])?.id;
    let from = peek(vm, |orm| orm.entity_from(&ormscope::sql::Entity::of(id)))?;
    froms::from_object(vm, from)
}

fn mappers(vm: &mut Vm, ids: impl IntoIterator<Item = MapperId>) -> Object {
    Object::list(ids.into_iter().map(|id| mapper_object(vm, id)).collect())
}

/// Every column and expression that an attribute stands for.
fn columns_by_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let attributes: Vec<(String, AttributeKind)> = own(vm, &args, |mapper| {
        let values = mapper.iter().filter(|(_, attribute)| attribute.kind.is_value());
        values.map(|(_, attribute)| (attribute.key.clone(), attribute.kind.clone())).collect()
    })?;
    let mut items = Vec::new();
    for (key, kind) in attributes {
        let column = match kind {
            AttributeKind::Column(id) => schema::column_object(vm, id),
            AttributeKind::Expression(expr) => columns::of_expr(vm, &expr)?,
            _ => continue,
        };
        items.push(Object::tuple(vec![Object::str(key), column]));
    }
    inspection::make_support(vm, "ReadOnlyProperties", vec![Object::list(items)])
}
