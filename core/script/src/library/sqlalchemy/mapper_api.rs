//! What `inspect(Class)` can be asked for: properties by name and column,
//! identity keys, every descriptor; and what a relationship's property tells.
//!
//! SQLAlchemy counterpart: the public side of `Mapper` and
//! `RelationshipProperty`.

use std::rc::Rc;

use ormscope::orm::{AttributeKind, Cascade, Direction, Lazy, Relationship};
use ormscope::types::{ColumnId, MapperId};

use super::mapping::{self, MapperObject, PropertyObject, entity_object, properties, property_object};
use super::{errors, expressions, inspection, metadata, peek, receiver, schema};
use crate::builtins::Set;
use crate::object::{Args, ClassBuilder, NativeFn, Object, PyResult};
use crate::vm::Vm;

const METHODS: &[(&str, NativeFn)] = &[
    ("has_property", |vm, args| {
        let key = vm.str(&args.positional[1])?;
        Ok(Object::Bool(property(vm, &args.positional[0], key.as_str())?.is_some()))
    }),
    ("get_property", |vm, args| {
        let key = vm.str(&args.positional[1])?;
        if let Some(found) = property(vm, &args.positional[0], key.as_str())? {
            return Ok(found);
        }
        let own = receiver::<MapperObject>(vm, &args.positional[0])?;
        let mapper = mapping::describe_mapper(vm, own.id)?;
        let message = format!(
            "Mapper '{mapper}' has no property '{}'.  If this property was indicated from other mappers or configure events, ensure registry.configure() has been called.",
            key.as_str()
        );
        Err(errors::error(vm, "InvalidRequestError", message))
    }),
    ("add_property", |vm, args| {
        let [own, key, value] = &args.positional[..] else {
            return Err(vm.type_error("Mapper.add_property() takes a key and a property"));
        };
        add_property(vm, own, key, value)
    }),
    ("add_properties", |vm, args| {
        let [own, properties] = &args.positional[..] else {
            return Err(vm.type_error("Mapper.add_properties() takes a dictionary of properties"));
        };
        let items = vm.call_method(properties, "items", Vec::new())?;
        for item in vm.collect(&items)? {
            if let [key, value] = &vm.collect(&item)?[..] {
                add_property(vm, own, key, value)?;
            }
        }
        Ok(Object::None)
    }),
    ("get_property_by_column", |vm, args| {
        let own = receiver::<MapperObject>(vm, &args.positional[0])?;
        let column = schema::column_id(vm, &args.positional[1])?;
        let key = peek(vm, |orm| {
            let mapper = orm.mapper(own.id);
            Some(mapper.attributes[mapper.attribute_of(column?)?].key.clone())
        })?;
        match key {
            Some(key) => Ok(property_object(vm, own.id, &key, true)),
            None => Err(vm.key_error(args.positional[1].clone())),
        }
    }),
    ("identity_key_from_instance", |vm, args| {
        let own = receiver::<MapperObject>(vm, &args.positional[0])?;
        let values = key_of(vm, own.id, &args.positional[1])?;
        Ok(identity_tuple(vm, own.id, values))
    }),
    ("primary_key_from_instance", |vm, args| {
        let own = receiver::<MapperObject>(vm, &args.positional[0])?;
        Ok(Object::tuple(key_of(vm, own.id, &args.positional[1])?))
    }),
    ("identity_key_from_primary_key", |vm, args| {
        let own = receiver::<MapperObject>(vm, &args.positional[0])?;
        let values = vm.collect(&args.positional[1])?;
        Ok(identity_tuple(vm, own.id, values))
    }),
    ("isa", |vm, args| {
        let own = receiver::<MapperObject>(vm, &args.positional[0])?;
        let other = receiver::<MapperObject>(vm, &args.positional[1])?;
        let all = &vm.library.sqlalchemy.mapped;
        Ok(Object::Bool(all[own.id.index()].class.is_subclass_of(&all[other.id.index()].class)))
    }),
    ("is_sibling", |vm, args| {
        let base = vm.get_attr(&args.positional[0], "base_mapper")?;
        let other = vm.get_attr(&args.positional[1], "base_mapper")?;
        let (own, other_own) = (
            receiver::<MapperObject>(vm, &args.positional[0])?,
            receiver::<MapperObject>(vm, &args.positional[1])?,
        );
        let related = peek(vm, |orm| orm.is_a(own.id, other_own.id) || orm.is_a(other_own.id, own.id))?;
        Ok(Object::Bool(base.is(&other) && !related))
    }),
    ("polymorphic_iterator", |vm, args| {
        let all = vm.get_attr(&args.positional[0], "self_and_descendants")?;
        vm.iter(&all)
    }),
    ("common_parent", |vm, args| {
        let base = vm.get_attr(&args.positional[0], "base_mapper")?;
        let other = vm.get_attr(&args.positional[1], "base_mapper")?;
        Ok(Object::Bool(base.is(&other)))
    }),
];

/// Adds all of it to the class of mappers.
pub(super) fn mapper_methods(mut builder: ClassBuilder) -> ClassBuilder {
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder
}

fn add_property(vm: &mut Vm, mapper: &Object, key: &Object, value: &Object) -> PyResult<Object> {
    let own = receiver::<MapperObject>(vm, mapper)?;
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[own.id.index()].class);
    let name = vm.str(key)?;
    if super::declarative::added::add(vm, &class, name.as_str(), value)? {
        return Ok(Object::None);
    }
    Err(super::operands::expected(vm, "mapper property", value))
}

/// The values of an object's primary key.
fn key_of(vm: &mut Vm, mapper: MapperId, object: &Object) -> PyResult<Vec<Object>> {
    mapping::require_object(vm, object)?;
    let keys: Vec<String> = peek(vm, |orm| {
        let mapper = orm.mapper(mapper);
        let places = mapper.primary_key.iter().filter_map(|column| mapper.attribute_of(*column));
        places.map(|at| mapper.attributes[at].key.clone()).collect()
    })?;
    keys.iter().map(|key| vm.get_attr(object, key)).collect()
}

fn identity_tuple(vm: &Vm, mapper: MapperId, values: Vec<Object>) -> Object {
    Object::tuple(vec![entity_object(vm, mapper), Object::tuple(values), Object::None])
}

/// `identity_key(Class, ident)`, `identity_key(instance=object)`
pub(super) fn identity_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = super::arguments::Arguments::new("identity_key", args);
    if let Some(instance) = args.keyword("instance") {
        let object = mapping::require_object(vm, &instance)?;
        let mapper = peek(vm, |orm| orm.states[object.state].mapper)?;
        let values = key_of(vm, mapper, &instance)?;
        return Ok(identity_tuple(vm, mapper, values));
    }
    let (class, ident) = (args.require(vm, "class_")?, args.require(vm, "ident")?);
    let Some(mapper) = mapping::mapper_of(vm, &class)? else {
        return Err(super::operands::expected(vm, "mapped class", &class));
    };
    let values = match &ident {
        Object::Tuple(_) | Object::List(_) => vm.collect(&ident)?,
        single => vec![single.clone()],
    };
    Ok(identity_tuple(vm, mapper, values))
}

/// The property of that name, of whatever kind.
fn property(vm: &mut Vm, mapper: &Object, key: &str) -> PyResult<Option<Object>> {
    let own = receiver::<MapperObject>(vm, mapper)?;
    let kind = peek(vm, |orm| {
        let mapper = orm.mapper(own.id);
        Some(matches!(
            mapper.attributes[mapper.attribute(key)?].kind,
            AttributeKind::Column(_) | AttributeKind::Expression(_)
        ))
    })?;
    if let Some(is_column) = kind {
        return Ok(Some(property_object(vm, own.id, key, is_column)));
    }
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[own.id.index()].class);
    Ok(class.lookup(key).filter(|found| is_python_property(vm, found)))
}

fn is_python_property(vm: &Vm, object: &Object) -> bool {
    matches!(object, Object::Instance(_))
        && ["Synonym", "Composite"].contains(&vm.class_of(object).name().as_str())
}

/// The properties of a class that are written in Python, with their place among
/// its attributes.
pub(super) fn python_properties(vm: &mut Vm, mapper: MapperId) -> Vec<(String, Object)> {
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[mapper.index()].class);
    let mut found: Vec<(String, Object)> = Vec::new();
    for source in class.mro() {
        for (name, value) in source.dict.borrow().iter() {
            let known = found.iter().any(|(known, _)| known == name.as_str());
            if !known && is_python_property(vm, value) {
                found.push((name.as_str().to_string(), value.clone()));
            }
        }
    }
    found
}

pub(super) fn of_python(vm: &mut Vm, mapper: &Object, class: &str) -> PyResult<Object> {
    let own = receiver::<MapperObject>(vm, mapper)?;
    let mut items = Vec::new();
    for (name, value) in python_properties(vm, own.id) {
        if vm.class_of(&value).name().as_str() == class {
            items.push(Object::tuple(vec![Object::str(&name), value]));
        }
    }
    inspection::make_support(vm, "ReadOnlyProperties", vec![Object::list(items)])
}

/// `mapper.all_orm_descriptors`: what the class has of mapped attributes,
/// hybrids, association proxies and their kin.
pub(super) fn descriptors(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<MapperObject>(vm, &args.positional[0])?;
    mapping::configure(vm)?;
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[own.id.index()].class);
    let instrumented = super::classes(vm).instrumented_attribute.clone();
    let mut found: Vec<(String, Object)> = Vec::new();
    for source in class.mro() {
        let body: Vec<(String, Object)> = source
            .dict
            .borrow()
            .iter()
            .filter(|(_, value)| matches!(value, Object::Instance(_)))
            .map(|(name, value)| (name.as_str().to_string(), value.clone()))
            .collect();
        for (name, value) in body {
            if found.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let kind = vm.class_of(&value);
            if kind.is_subclass_of(&instrumented) {
                found.push((name, value));
            } else if is_python_property(vm, &value) {
                // As in SQLAlchemy it is the attribute that stands for the property.
                let attribute = vm.get_attr(&Object::Class(Rc::clone(&class)), &name)?;
                found.push((name, attribute));
            } else if kind.lookup("is_attribute").is_some() && value.native::<MapperObject>().is_none() {
                found.push((name, value));
            }
        }
    }
    let items = found.into_iter().map(|(name, value)| Object::tuple(vec![Object::str(&name), value]));
    inspection::make_support(vm, "ReadOnlyProperties", vec![Object::list(items.collect())])
}

fn relationship(vm: &mut Vm, args: &Args) -> PyResult<Option<Rc<Relationship>>> {
    let own = receiver::<PropertyObject>(vm, &args.positional[0])?;
    mapping::configure(vm)?;
    peek(vm, |orm| {
        let at = orm.mapper(own.mapper).attribute(&own.key)?;
        orm.relationship(own.mapper, at).cloned()
    })
}

/// Each column with the one that it is compared to, this side's first.
fn local_remote(relationship: &Relationship) -> Vec<(ColumnId, ColumnId)> {
    match relationship.direction {
        Direction::ManyToOne => relationship.pairs.iter().map(|(far, own)| (*own, *far)).collect(),
        _ => relationship.pairs.iter().chain(&relationship.secondary_pairs).copied().collect(),
    }
}

fn pairs(vm: &mut Vm, pairs: &[(ColumnId, ColumnId)]) -> Object {
    let tuples = pairs.iter().map(|(a, b)| {
        let (a, b) = (schema::column_object(vm, *a), schema::column_object(vm, *b));
        Object::tuple(vec![a, b])
    });
    Object::list(tuples.collect())
}

fn column_set(vm: &mut Vm, mut columns: Vec<ColumnId>) -> PyResult<Object> {
    columns.dedup();
    let objects: Vec<Object> = columns.into_iter().map(|id| schema::column_object(vm, id)).collect();
    Ok(Object::Set(Rc::new(Set::from_items(vm, false, objects)?)))
}

fn words(cascade: &Cascade) -> Vec<&'static str> {
    let all = [
        (cascade.delete, "delete"),
        (cascade.delete_orphan, "delete-orphan"),
        (cascade.expunge, "expunge"),
        (cascade.merge, "merge"),
        (cascade.refresh_expire, "refresh-expire"),
        (cascade.save_update, "save-update"),
    ];
    all.into_iter().filter(|(has, _)| *has).map(|(_, word)| word).collect()
}

/// Reads something of a relationship.
type Read = fn(&mut Vm, Relationship) -> PyResult<Object>;

const OF_RELATIONSHIPS: &[(&str, Read)] = &[
    ("entity", |vm, own| {
        let class = entity_object(vm, own.target);
        vm.get_attr(&class, "__mapper__")
    }),
    ("argument", |vm, own| Ok(entity_object(vm, own.target))),
    ("target", |vm, own| {
        let table = peek(vm, |orm| orm.mapper(own.target).table)?;
        Ok(metadata::table_object(vm, table))
    }),
    ("local_remote_pairs", |vm, own| Ok(pairs(vm, &local_remote(&own)))),
    ("synchronize_pairs", |vm, own| Ok(pairs(vm, &own.pairs))),
    ("secondary_synchronize_pairs", |vm, own| Ok(pairs(vm, &own.secondary_pairs))),
    ("local_columns", |vm, own| {
        let all = match own.direction {
            Direction::ManyToMany => own.pairs.clone(),
            _ => local_remote(&own),
        };
        column_set(vm, all.iter().map(|(local, _)| *local).collect())
    }),
    ("remote_side", |vm, own| {
        let all = local_remote(&own);
        column_set(vm, all.iter().map(|(_, remote)| *remote).collect())
    }),
    ("secondary", |vm, own| {
        Ok(own.secondary.map_or(Object::None, |table| metadata::table_object(vm, table)))
    }),
    ("primaryjoin", |vm, own| Ok(expressions::expr_object(vm, own.primaryjoin))),
    ("secondaryjoin", |vm, own| {
        Ok(own.secondaryjoin.map_or(Object::None, |join| expressions::expr_object(vm, join)))
    }),
    ("back_populates", |vm, own| {
        let key = peek(vm, |orm| {
            let reverse = own.reverse?;
            Some(orm.mapper(own.target).attributes.get(reverse as usize)?.key.clone())
        })?;
        Ok(key.map_or(Object::None, Object::str))
    }),
    ("cascade", |vm, own| {
        let words = words(&own.cascade).into_iter().map(Object::str).collect();
        inspection::make_support(vm, "CascadeOptions", vec![Object::list(words)])
    }),
    ("lazy", |_, own| {
        Ok(Object::str(match own.lazy {
            Lazy::Joined => "joined",
            Lazy::SelectIn => "selectin",
            Lazy::Subquery => "subquery",
            Lazy::Immediate => "immediate",
            Lazy::RaiseOnSql => "raise_on_sql",
            Lazy::Dynamic => "dynamic",
            Lazy::WriteOnly => "write_only",
            Lazy::Raise => "raise",
            Lazy::NoLoad => "noload",
            _ => "select",
        }))
    }),
    ("backref", |_, _| Ok(Object::None)),
    ("viewonly", |_, own| Ok(Object::Bool(own.options.viewonly))),
    ("post_update", |_, own| Ok(Object::Bool(own.options.post_update))),
    ("passive_deletes", |_, own| Ok(Object::Bool(own.options.passive_deletes))),
    ("innerjoin", |_, own| Ok(Object::Bool(own.options.innerjoin))),
    ("join_depth", |_, own| {
        Ok(own.options.join_depth.map_or(Object::None, |depth| Object::Int(depth.into())))
    }),
    ("load_on_pending", |_, own| Ok(Object::Bool(own.options.load_on_pending))),
    ("single_parent", |_, own| Ok(Object::Bool(own.options.single_parent))),
    ("passive_updates", |_, own| Ok(Object::Bool(own.options.passive_updates))),
    ("sync_backref", |_, own| Ok(own.options.sync_backref.map_or(Object::None, Object::Bool))),
    ("order_by", |vm, own| {
        if own.order_by.is_empty() {
            return Ok(Object::Bool(false));
        }
        let all = own.order_by.into_iter().map(|expr| expressions::expr_object(vm, expr)).collect();
        Ok(Object::list(all))
    }),
];

/// Adds to the class of a relationship's property what it tells.
pub(super) fn relationship_getters(mut builder: ClassBuilder) -> ClassBuilder {
    for (name, read) in OF_RELATIONSHIPS {
        builder = builder.closure_getter(name, |vm, args| match relationship(vm, &args)? {
            Some(own) => read(vm, (*own).clone()),
            None => Ok(Object::None),
        });
    }
    builder
}

/// Adds to the classes of properties what all have.
pub(super) fn property_getters(builder: ClassBuilder) -> ClassBuilder {
    builder
        .getter("class_attribute", |vm, args| {
            let own = receiver::<PropertyObject>(vm, &args.positional[0])?;
            let class = entity_object(vm, own.mapper);
            vm.get_attr(&class, &own.key)
        })
        .getter("expression", |vm, args| {
            let columns = vm.get_attr(&args.positional[0], "columns")?;
            vm.get_item(&columns, &Object::Int(0))
        })
        .getter("deferred", |vm, args| {
            let own = receiver::<PropertyObject>(vm, &args.positional[0])?;
            peek(vm, |orm| {
                let mapper = orm.mapper(own.mapper);
                let place = mapper.attribute(&own.key);
                Object::Bool(place.is_some_and(|place| mapper.attributes[place].deferred))
            })
        })
        .getter("is_property", |_, _| Ok(Object::Bool(true)))
        .getter("is_attribute", |_, _| Ok(Object::Bool(false)))
        .getter("is_mapper", |_, _| Ok(Object::Bool(false)))
        .getter("doc", |_, _| Ok(Object::None))
        .getter("active_history", |vm, args| {
            let own = receiver::<PropertyObject>(vm, &args.positional[0])?;
            peek(vm, |orm| {
                let mapper = orm.mapper(own.mapper);
                let place = mapper.attribute(&own.key);
                Object::Bool(place.is_some_and(|place| mapper.attributes[place].active_history))
            })
        })
        .getter("info", |vm, args| {
            // That of the column, where it is one.
            let columns = vm.get_attr(&args.positional[0], "columns")?;
            match vm.collect(&columns)?.first() {
                Some(column) => vm.get_attr(column, "info"),
                None => Ok(Object::Dict(Rc::new(crate::builtins::Dict::new()))),
            }
        })
        .method("__eq__", |_, args| {
            let [a, b] = &args.positional[..] else { return Ok(Object::Bool(false)) };
            let same = match (a.native::<PropertyObject>(), b.native::<PropertyObject>()) {
                (Some(a), Some(b)) => a.mapper == b.mapper && a.key == b.key,
                _ => false,
            };
            Ok(Object::Bool(same))
        })
        .method("__hash__", |vm, args| {
            let own = receiver::<PropertyObject>(vm, &args.positional[0])?;
            let key = Object::str(&own.key);
            Ok(Object::Int(vm.hash(&key)? ^ own.mapper.index() as i64))
        })
}

/// The names of a mapper's properties, in the order of `mapper.attrs`.
pub(super) fn keys(vm: &mut Vm, mapper: MapperId) -> PyResult<Vec<String>> {
    let class = entity_object(vm, mapper);
    let mapper = vm.get_attr(&class, "__mapper__")?;
    let all = attrs(vm, &mapper)?;
    let keys = vm.call_method(&all, "keys", Vec::new())?;
    let keys = vm.collect(&keys)?;
    Ok(keys.iter().filter_map(|key| key.as_str().map(str::to_string)).collect())
}

/// `class_mapper(Class)`
pub(super) fn class_mapper(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let class = args.positional.first().cloned().unwrap_or(Object::None);
    let Some(given) = class.as_class() else {
        let repr = vm.repr(&class)?;
        let message = format!("Class object expected, got '{}'.", repr.as_str());
        return Err(errors::error(vm, "ArgumentError", message));
    };
    if mapping::mapper_of(vm, &class)?.is_none() {
        let message =
            format!("Class '{}.{}' is not mapped", given.module.borrow().as_str(), given.name().as_str());
        return Err(errors::error(vm, "UnmappedClassError", message));
    }
    mapping::configure(vm)?;
    vm.get_attr(&class, "__mapper__")
}

/// `object_mapper(object)`
pub(super) fn object_mapper(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let object = mapping::require_object(vm, args.positional.first().unwrap_or(&Object::None))?;
    let mapper = peek(vm, |orm| orm.states[object.state].mapper)?;
    let class = entity_object(vm, mapper);
    vm.get_attr(&class, "__mapper__")
}

/// `inspect(aliased(Class))`
pub(super) fn alias_inspected(vm: &mut Vm, alias: &Object) -> PyResult<Option<Object>> {
    let Some(data) = alias.native::<mapping::AliasedData>() else { return Ok(None) };
    let class = entity_object(vm, data.entity.mapper);
    let mapper = vm.get_attr(&class, "__mapper__")?;
    let selectable = {
        let entity = data.entity.clone();
        let from = peek(vm, |orm| orm.entity_from(&entity))?;
        super::froms::from_object(vm, from)?
    };
    inspection::make_support(vm, "AliasedInsp", vec![alias.clone(), mapper, class, selectable]).map(Some)
}

/// The properties of a mapper, those of Python among them, in the order of the class.
pub(super) fn attrs(vm: &mut Vm, mapper: &Object) -> PyResult<Object> {
    let own = receiver::<MapperObject>(vm, mapper)?;
    let python = python_properties(vm, own.id);
    if python.is_empty() {
        return properties(vm, mapper, |_| true);
    }
    mapping::configure(vm)?;
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[own.id.index()].class);
    let mut keys: Vec<(bool, String)> = peek(vm, |orm| {
        orm.mapper(own.id).iter().map(|(_, it)| (it.kind.is_value(), it.key.clone())).collect()
    })?;
    let columns: Vec<String> =
        keys.iter().filter(|(is_column, _)| *is_column).map(|it| it.1.clone()).collect();
    keys.retain(|(is_column, _)| !is_column);
    let mut first: Vec<String> = keys.into_iter().map(|(_, key)| key).collect();
    first.extend(python.iter().map(|(name, _)| name.clone()));
    first.sort_by_key(|key| class.dict.borrow().iter().position(|(name, _)| name.as_str() == key));
    let mut items = Vec::new();
    for key in first.into_iter().chain(columns.iter().cloned()) {
        let found = match python.iter().find(|(name, _)| *name == key) {
            Some((_, property)) => property.clone(),
            None => property_object(vm, own.id, &key, columns.contains(&key)),
        };
        items.push(Object::tuple(vec![Object::str(&key), found]));
    }
    inspection::make_support(vm, "ReadOnlyProperties", vec![Object::list(items)])
}
