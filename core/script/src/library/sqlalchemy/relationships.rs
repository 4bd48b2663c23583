//! `relationship()` and `backref()`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ormscope::orm::{Cascade, Lazy, RelationshipOptions, RelationshipSettings};
use ormscope::sql::{Expr, Kind, Notes};
use ormscope::types::{ColumnId, MapperId};

use super::arguments::{Arguments, items};
use super::mapping::{self, ClassNames};
use super::{attributes, classes, errors, expressions, peek, schema, with_orm};
use crate::object::{Args, Class, Instance, Name, Object, PyResult};
use crate::vm::Vm;

/// The native data of `relationship(…)`: its arguments, until it is configured.
pub(super) struct RelationshipObject {
    /// What it leads to; a `Mapped[…]` annotation may tell.
    pub(super) target: RefCell<Option<Object>>,
    /// Whether it is a collection, where an annotation tells.
    pub(super) uselist: RefCell<Option<bool>>,
    /// What holds the objects, where an annotation tells.
    pub(super) collection: RefCell<Option<Object>>,
    /// How it is loaded, where an annotation tells.
    pub(super) lazy: Cell<Option<&'static str>>,
    pub(super) options: Vec<(Name, Object)>,
}

impl RelationshipObject {
    /// An argument that was given, and is not `None`.
    pub(super) fn option(&self, name: &str) -> Option<Object> {
        let given = self.options.iter().find(|(known, _)| known.as_str() == name);
        given.map(|(_, value)| value.clone()).filter(|value| !value.is_none())
    }
}

/// The native data of `backref(…)`.
struct BackrefObject {
    name: String,
    options: Vec<(Name, Object)>,
}

pub(super) fn relationship_class() -> Rc<Class> {
    Class::builder("_RelationshipDeclared")
        .module("sqlalchemy.orm.relationships")
        .getter("_given_secondary", |vm, args| {
            let own = super::receiver::<RelationshipObject>(vm, &args.positional[0])?;
            Ok(own.option("secondary").unwrap_or(Object::None))
        })
        .build()
}

pub(super) fn backref_class() -> Rc<Class> {
    Class::builder("_ORMBackrefArgument").module("sqlalchemy.orm.relationships").build()
}

/// `relationship(…)`
pub(super) fn relationship(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("relationship", args);
    let target = args.take("argument");
    let secondary = args.next();
    let mut options = args.keywords();
    if let Some(secondary) = secondary {
        options.push((vm.intern("secondary"), secondary));
    }
    let known = [
        "secondary",
        "primaryjoin",
        "secondaryjoin",
        "back_populates",
        "order_by",
        "backref",
        "overlaps",
        "post_update",
        "cascade",
        "viewonly",
        "init",
        "repr",
        "default",
        "default_factory",
        "compare",
        "kw_only",
        "hash",
        "dataclass_metadata",
        "lazy",
        "passive_deletes",
        "passive_updates",
        "active_history",
        "enable_typechecks",
        "foreign_keys",
        "remote_side",
        "join_depth",
        "comparator_factory",
        "single_parent",
        "innerjoin",
        "distinct_target_key",
        "load_on_pending",
        "query_class",
        "info",
        "omit_join",
        "sync_backref",
        "uselist",
        "collection_class",
        "doc",
        "cascade_backrefs",
        "bake_queries",
    ];
    if let Some((name, _)) = options.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(vm.type_error(format!(
            "RelationshipProperty.__init__() got an unexpected keyword argument '{}'",
            name.as_str()
        )));
    }
    args.finish(vm)?;
    let class = classes(vm).relationship.clone();
    let data = RelationshipObject {
        target: RefCell::new(target),
        uselist: RefCell::new(None),
        collection: RefCell::new(None),
        lazy: Cell::new(None),
        options,
    };
    Ok(Instance::native(&class, data))
}

/// `backref(name, …)`
pub(super) fn backref(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("backref", args);
    let name = args.require(vm, "name")?;
    let name = vm.str(&name)?.as_str().to_string();
    let options = args.keywords();
    let class = classes(vm).backref.clone();
    Ok(Instance::native(&class, BackrefObject { name, options }))
}

/// `foreign(…)`: the columns refer to the other side.
pub(super) fn foreign(vm: &mut Vm, args: Args) -> PyResult<Object> {
    noted(vm, args, "foreign", |notes| notes.foreign = true)
}

/// `remote(…)`: the columns are the other side's.
pub(super) fn remote(vm: &mut Vm, args: Args) -> PyResult<Object> {
    noted(vm, args, "remote", |notes| notes.remote = true)
}

fn noted(vm: &mut Vm, args: Args, name: &'static str, note: fn(&mut Notes)) -> PyResult<Object> {
    let mut args = Arguments::new(name, args);
    let given = args.require(vm, "expr")?;
    args.finish(vm)?;
    let expr = expressions::require_expr(vm, &given)?;
    let marked = expr.map(&mut |node| match node.kind() {
        Kind::Column(column) => Some(Expr::from(column.noted(note))),
        _ => None,
    });
    Ok(expressions::expr_object(vm, marked))
}

/// Works out what a relationship leads to and how, and adds its mirror.
pub(super) fn resolve(vm: &mut Vm, mapper: MapperId, key: &str, object: &Object) -> PyResult<()> {
    let Some(data) = object.native::<RelationshipObject>() else { return Ok(()) };
    let names = Rc::clone(&vm.library.sqlalchemy.mapped[mapper.index()].names);
    let target = data.target.borrow().clone();
    let target = find_target(vm, mapper, key, &names, target)?;
    super::custom_collections::remember(vm, mapper, key, &data.options)?;
    if let Some(factory) = data.collection.borrow().clone() {
        let name = vm.intern("collection_class");
        let is_given = data.options.iter().any(|(known, _)| *known == name);
        if !is_given {
            super::custom_collections::remember(vm, mapper, key, &[(name, factory)])?;
        }
    }
    let mut settings = RelationshipSettings { target: Some(target), ..RelationshipSettings::default() };
    settings.uselist = *data.uselist.borrow();
    let mut options = data.options.clone();
    if let Some(collection) = data.collection.borrow().clone() {
        options.push((vm.intern("collection_class"), collection));
    }
    if let Some(lazy) = data.lazy.get() {
        options.push((vm.intern("lazy"), Object::str(lazy)));
    }
    if let Some(mirror) = object.as_instance().and_then(|instance| instance.get("back_populates")) {
        options.retain(|(name, _)| name.as_str() != "back_populates");
        options.push((vm.intern("back_populates"), mirror));
    }
    read_options(vm, mapper, &names, &options, &mut settings)?;
    let mirror =
        data.options.iter().find(|(name, _)| name.as_str() == "backref").map(|(_, value)| value.clone());
    if let Some(mirror) = mirror.filter(|mirror| !mirror.is_none()) {
        add_mirror(vm, mapper, key, target, &names, &mut settings, &mirror)?;
    }
    with_orm(vm, |orm, _| {
        orm.add_relationship(mapper, key, settings);
        Ok(())
    })
}

fn find_target(
    vm: &mut Vm,
    mapper: MapperId,
    key: &str,
    names: &Rc<ClassNames>,
    target: Option<Object>,
) -> PyResult<MapperId> {
    let found = match target {
        Some(Object::Str(name)) => {
            // `"module.Class"` names the class too.
            let plain = name.as_str().rsplit('.').next().unwrap_or_default();
            let mut known: Vec<_> = names.classes.borrow().clone();
            known.retain(|(known, class)| known == plain && mapping::is_mapped(vm, class));
            if known.len() > 1 && plain == name.as_str() {
                let message = format!(
                    "Multiple classes found for path \"{plain}\" in the registry of this declarative base. Please use a fully module-qualified path."
                );
                return Err(errors::error(vm, "InvalidRequestError", message));
            }
            let class = known.pop().map(|(_, class)| class);
            match class {
                Some(class) => Object::Class(class),
                None => evaluate(vm, mapper, names, name.as_str())?,
            }
        }
        Some(function @ Object::Function(_)) => vm.call(&function, Args::default())?,
        Some(other) => other,
        None => Object::None,
    };
    match mapping::mapper_of(vm, &found)? {
        Some(mapper) => Ok(mapper),
        None => {
            let name = peek(vm, |orm| format!("{}.{key}", orm.mapper(mapper).class_name))?;
            let repr = vm.repr(&found)?;
            let class = vm.class_of(&found);
            Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "relationship '{key}' expects a class or a mapper argument (received: {}) on {name}",
                    if found.as_class().is_some() {
                        repr.as_str().to_string()
                    } else {
                        format!("<class '{}'>", class.name().as_str())
                    }
                ),
            ))
        }
    }
}

/// Evaluates a string that names classes, tables and columns.
fn evaluate(vm: &mut Vm, mapper: MapperId, names: &Rc<ClassNames>, source: &str) -> PyResult<Object> {
    let module = vm.new_module("relationship");
    let sqlalchemy = vm.import("sqlalchemy")?;
    for (name, value) in sqlalchemy.dict.borrow().iter() {
        module.dict.borrow_mut().insert(Rc::clone(name), value.clone());
    }
    let orm = vm.import("sqlalchemy.orm")?;
    for name in ["foreign", "remote"] {
        let value = orm.dict.borrow().get(name).cloned();
        if let Some(value) = value {
            let name = vm.intern(name);
            module.dict.borrow_mut().insert(name, value);
        }
    }
    for (name, value) in mapping::name_dict(vm, names)? {
        let name = vm.intern(&name);
        module.dict.borrow_mut().insert(name, value);
    }
    let result = vm.run_source(source, &module, true);
    let name_error = vm.exceptions.name_error.clone();
    match result {
        Err(unwind) if vm.is_raised(&unwind, &name_error) => {
            let missing = missing_name(vm, &unwind).unwrap_or_else(|| source.to_string());
            let described = peek(vm, |orm| orm.mapper_name(mapper))?;
            let class = vm.repr(&mapping::entity_object(vm, mapper))?;
            let class = class.as_str();
            Err(errors::error(
                vm,
                "InvalidRequestError",
                format!(
                    "When initializing mapper {described}, expression {} failed to locate a name ({}). If this is a class name, consider adding this relationship() to the {class} class after both dependent classes have been defined.",
                    ormscope::types::python_str(source),
                    ormscope::types::python_str(&missing)
                ),
            ))
        }
        other => other,
    }
}

fn missing_name(vm: &mut Vm, unwind: &crate::object::Unwind) -> Option<String> {
    let exception = vm.exception_of(unwind)?;
    let text = vm.str(&exception).ok()?;
    text.as_str().split('\'').nth(1).map(str::to_string)
}

/// An option that may be a string or a function is evaluated.
fn option(vm: &mut Vm, mapper: MapperId, names: &Rc<ClassNames>, value: &Object) -> PyResult<Object> {
    match value {
        Object::Str(source) => evaluate(vm, mapper, names, source.as_str()),
        Object::Function(_) => vm.call(value, Args::default()),
        other => Ok(other.clone()),
    }
}

fn read_options(
    vm: &mut Vm,
    mapper: MapperId,
    names: &Rc<ClassNames>,
    options: &[(Name, Object)],
    settings: &mut RelationshipSettings,
) -> PyResult<()> {
    for (name, value) in options {
        if value.is_none() {
            continue;
        }
        match name.as_str() {
            "secondary" => {
                let table = match value {
                    Object::Str(name) => {
                        let known = mapping::name_dict(vm, names)?;
                        known.into_iter().find(|(key, _)| key == name.as_str()).map(|(_, table)| table)
                    }
                    other => Some(option(vm, mapper, names, other)?),
                };
                settings.secondary = match table {
                    Some(table) => schema::table_id(vm, &table)?,
                    None => None,
                };
                if settings.secondary.is_none() {
                    let text = vm.str(value)?;
                    return Err(errors::error(
                        vm,
                        "InvalidRequestError",
                        format!("secondary '{}' is not a table", text.as_str()),
                    ));
                }
            }
            "primaryjoin" => {
                let join = option(vm, mapper, names, value)?;
                let join = expressions::require_condition(vm, &join)?;
                settings.primaryjoin = Some(schema::unnamed::resolved(vm, &join)?);
            }
            "secondaryjoin" => {
                let join = option(vm, mapper, names, value)?;
                let join = expressions::require_condition(vm, &join)?;
                settings.secondaryjoin = Some(schema::unnamed::resolved(vm, &join)?);
            }
            "back_populates" => settings.back_populates = Some(vm.str(value)?.as_str().to_string()),
            "order_by" => {
                let order = option(vm, mapper, names, value)?;
                let given = items(vm, &order)?;
                for expr in expressions::ordering(vm, &given)? {
                    settings.order_by.push(schema::unnamed::resolved(vm, &expr)?);
                }
            }
            "cascade" => {
                let text = vm.str(value)?;
                settings.cascade = Some(with_orm(vm, |_, _| Cascade::parse(text.as_str()))?);
            }
            "foreign_keys" => {
                let given = option(vm, mapper, names, value)?;
                settings.foreign_keys = columns(vm, &given)?;
            }
            "remote_side" => {
                let given = option(vm, mapper, names, value)?;
                settings.remote_side = columns(vm, &given)?;
            }
            "uselist" => settings.uselist = Some(vm.truthy(value)?),
            "viewonly" => settings.options.viewonly = vm.truthy(value)?,
            "post_update" => settings.options.post_update = vm.truthy(value)?,
            "single_parent" => settings.options.single_parent = vm.truthy(value)?,
            "passive_deletes" => {
                settings.options.passive_deletes = vm.truthy(value)?;
                settings.options.passive_deletes_all = value.as_str().is_some_and(|text| text == "all");
            }
            "passive_updates" => settings.options.passive_updates = vm.truthy(value)?,
            "innerjoin" => settings.options.innerjoin = vm.truthy(value)?,
            "join_depth" => {
                settings.options.join_depth = match value {
                    Object::Int(depth) => u32::try_from(*depth).ok(),
                    _ => None,
                }
            }
            "omit_join" => settings.options.omit_join = Some(vm.truthy(value)?),
            "active_history" => settings.options.active_history = vm.truthy(value)?,
            "load_on_pending" => settings.options.load_on_pending = vm.truthy(value)?,
            "sync_backref" => settings.options.sync_backref = Some(vm.truthy(value)?),
            "lazy" => {
                let name = vm.str(value)?;
                settings.lazy = match name.as_str() {
                    "joined" | "False" => Lazy::Joined,
                    "selectin" => Lazy::SelectIn,
                    "subquery" => Lazy::Subquery,
                    "immediate" => Lazy::Immediate,
                    "raise" => Lazy::Raise,
                    "raise_on_sql" => Lazy::RaiseOnSql,
                    "noload" | "None" => Lazy::NoLoad,
                    "select" | "True" => Lazy::Select,
                    "dynamic" => Lazy::Dynamic,
                    "write_only" => Lazy::WriteOnly,
                    other => return Err(not_yet(vm, &format!("lazy='{other}'"), "lazy='selectin'")),
                };
            }
            _ => {}
        }
    }
    Ok(())
}

/// An option that is understood but not there yet: nothing is done silently in
/// its place.
fn not_yet(vm: &mut Vm, option: &str, instead: &str) -> crate::object::Unwind {
    let class = vm.exceptions.not_implemented_error.clone();
    vm.error(&class, format!("relationship() does not know {option} here yet; use {instead}"))
}

/// The columns that an option names.
fn columns(vm: &mut Vm, given: &Object) -> PyResult<Vec<ColumnId>> {
    let mut found = Vec::new();
    for item in items(vm, given)? {
        match schema::column_id(vm, &item)? {
            Some(id) => found.push(id),
            None => {
                let expr = expressions::to_expr(vm, &item)?;
                if let Some(ormscope::sql::Kind::Column(column)) = expr.as_ref().map(|expr| expr.kind()) {
                    found.extend(column.base);
                } else if let Some(column) = item.native::<schema::ColumnObject>() {
                    found.extend(column.id.get());
                }
            }
        }
    }
    Ok(found)
}

/// Adds the other direction to the class at the other end.
fn add_mirror(
    vm: &mut Vm,
    mapper: MapperId,
    key: &str,
    target: MapperId,
    names: &Rc<ClassNames>,
    settings: &mut RelationshipSettings,
    mirror: &Object,
) -> PyResult<()> {
    let (name, options) = match (mirror, mirror.native::<BackrefObject>()) {
        (_, Some(data)) => (data.name.clone(), data.options.clone()),
        (Object::Str(name), None) => (name.as_str().to_string(), Vec::new()),
        _ => return Err(errors::error(vm, "ArgumentError", "backref takes a name or backref(…)")),
    };
    let exists = peek(vm, |orm| orm.mapper(target).attribute(&name).is_some())?;
    if exists && settings.back_populates.is_none() {
        let (own, other) =
            peek(vm, |orm| (format!("{}.{key}", orm.mapper(mapper).class_name), orm.mapper_name(target)))?;
        return Err(errors::error(
            vm,
            "ArgumentError",
            format!(
                "Error creating backref '{name}' on relationship '{own}': property of that name exists on mapper '{other}'"
            ),
        ));
    }
    let mut reverse = RelationshipSettings {
        target: Some(mapper),
        secondary: settings.secondary,
        back_populates: Some(key.to_string()),
        options: RelationshipOptions {
            viewonly: settings.options.viewonly,
            post_update: settings.options.post_update,
            ..RelationshipOptions::default()
        },
        foreign_keys: settings.foreign_keys.clone(),
        ..RelationshipSettings::default()
    };
    reverse.mirror_of = Some((mapper, key.to_string()));
    super::custom_collections::remember(vm, target, &name, &options)?;
    read_options(vm, target, names, &options, &mut reverse)?;
    settings.back_populates = Some(name.clone());
    with_orm(vm, |orm, _| {
        orm.add_relationship(target, &name, reverse);
        Ok(())
    })?;
    let attribute = attributes::attribute_object(vm, target, &name);
    let class = Rc::clone(&vm.library.sqlalchemy.mapped[target.index()].class);
    let name = vm.intern(&name);
    class.set(name, attribute);
    Ok(())
}
