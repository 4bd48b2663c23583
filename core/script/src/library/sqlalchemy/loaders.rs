//! `joinedload()`, `selectinload()` and their kin, and what follows them.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.strategy_options`.

use std::rc::Rc;

use ormscope::orm::{Directive, Inner, Lazy, LoadOption, Step, Target};
use ormscope::sql::Entity;

use super::arguments::Arguments;
use super::{attributes, classes, errors, expressions, froms, mapping, peek, receiver};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of a loader option.
#[derive(Clone, Default)]
struct LoadData {
    /// The relationships on the way; for `Load(Class)` none yet.
    path: Vec<Step>,
    /// The class that `Load(Class)` speaks of.
    entity: Option<Entity>,
    options: Vec<LoadOption>,
}

/// What a method of a loader option is called with: the option so far.
type Follow = fn(&mut Vm, LoadData, &mut Arguments) -> PyResult<LoadData>;

macro_rules! loaders {
    ($($name:literal => $follow:expr),* $(,)?) => {
        /// The functions by name; an option has them as methods too.
        pub(super) const FUNCTIONS: &[(&str, NativeFn)] = &[
            $(($name, |vm, args| {
                if super::loaders_by_name::names_attributes(&args) && peek(vm, |orm| orm.legacy)? {
                    return Ok(super::loaders_by_name::waiting(vm, $name, args));
                }
                let mut args = Arguments::new($name, args);
                let follow: Follow = $follow;
                let data = follow(vm, LoadData::default(), &mut args)?;
                args.finish(vm)?;
                Ok(object(vm, data))
            })),*
        ];

        const METHODS: &[(&str, NativeFn)] = &[
            $(($name, |vm, args| {
                let mut args = Arguments::new($name, args);
                let own = receiver::<LoadData>(vm, &args.receiver())?;
                let follow: Follow = $follow;
                let data = follow(vm, (*own).clone(), &mut args)?;
                args.finish(vm)?;
                Ok(object(vm, data))
            })),*
        ];
    };
}

loaders! {
    "joinedload" => |vm, data, args| {
        let innerjoin = match args.keyword("innerjoin") {
            None | Some(Object::None) => None,
            Some(Object::Str(text)) if text.as_str() == "unnested" => Some(Inner::Unnested),
            Some(given) => Some(if vm.truthy(&given)? { Inner::Nested } else { Inner::No }),
        };
        along(vm, data, args, Directive::Load { strategy: Lazy::Joined, innerjoin })
    },
    "selectinload" => |vm, data, args| {
        args.keyword("recursion_depth");
        args.keyword("chunksize");
        load(vm, data, args, Lazy::SelectIn)
    },
    "subqueryload" => |vm, data, args| load(vm, data, args, Lazy::Subquery),
    "lazyload" => |vm, data, args| load(vm, data, args, Lazy::Select),
    "immediateload" => |vm, data, args| {
        args.keyword("recursion_depth");
        load(vm, data, args, Lazy::Immediate)
    },
    "noload" => |vm, data, args| load(vm, data, args, Lazy::NoLoad),
    "raiseload" => |vm, data, args| {
        let sql_only = args.flag(vm, "sql_only", false)?;
        load(vm, data, args, if sql_only { Lazy::RaiseOnSql } else { Lazy::Raise })
    },
    "defaultload" => |vm, data, args| along(vm, data, args, Directive::Default),
    "contains_eager" => |vm, data, args| {
        let alias = match args.keyword("alias").filter(|alias| !alias.is_none()) {
            Some(alias) => Some(froms::require_from(vm, &alias)?),
            None => None,
        };
        along(vm, data, args, Directive::Contains { alias })
    },
    "defer" => |vm, data, args| {
        let raise = args.flag(vm, "raiseload", false)?;
        columns(vm, data, args, &Directive::Defer { raise })
    },
    "undefer" => |vm, data, args| columns(vm, data, args, &Directive::Undefer),
    "undefer_group" => |vm, mut data, args| {
        let name = args.require(vm, "name")?;
        let name: Rc<str> = name.as_str().unwrap_or_default().into();
        let mut path = data.path.clone();
        path.push(step(data.entity.clone(), Target::Columns));
        data.options.push(LoadOption { path, what: Directive::UndeferGroup(name) });
        Ok(data)
    },
    "load_only" => |vm, mut data, args| {
        let raise = args.flag(vm, "raiseload", false)?;
        let given = args.rest();
        let mut entity = data.entity.clone();
        let mut chosen = Vec::new();
        for attribute in &given {
            let (owner, place) = column(vm, attribute)?;
            entity.get_or_insert_with(|| owner.clone());
            chosen.push(step(Some(owner), Target::Attribute(place)));
        }
        let rest = step(entity, Target::Columns);
        data.options.push(option(&data.path, rest, Directive::Defer { raise }));
        for one in chosen {
            data.options.push(option(&data.path, one, Directive::Undefer));
        }
        Ok(data)
    },
    "with_expression" => |vm, mut data, args| {
        let attribute = args.require(vm, "key")?;
        let expression = args.require(vm, "expression")?;
        let (owner, place) = column(vm, &attribute)?;
        let expr = expressions::require_expr(vm, &expression)?;
        let one = step(Some(owner), Target::Attribute(place));
        data.options.push(option(&data.path, one, Directive::Expression(expr)));
        Ok(data)
    },
    "selectin_polymorphic" => |vm, mut data, args| {
        let mut entity = data.entity.clone();
        if data.path.is_empty() && entity.is_none() {
            let base = args.require(vm, "base_cls")?;
            entity = mapping::entity_of(vm, &base)?;
        }
        let classes = args.require(vm, "classes")?;
        let mut mappers = Vec::new();
        for class in super::arguments::items(vm, &classes)? {
            mappers.extend(mapping::entity_of(vm, &class)?.map(|entity| entity.mapper));
        }
        data.options.push(option(&data.path, step(entity, Target::Entity), Directive::Subclasses(mappers)));
        Ok(data)
    },
}

fn step(entity: Option<Entity>, target: Target) -> Step {
    Step { entity, target, of_type: None, criteria: Vec::new() }
}

fn option(path: &[Step], last: Step, what: Directive) -> LoadOption {
    LoadOption { path: path.iter().cloned().chain([last]).collect(), what }
}

/// The class of loader options.
pub(super) fn class() -> Rc<Class> {
    let mut builder = Class::builder("_AbstractLoad").module("sqlalchemy.orm.strategy_options");
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    builder
        .method("options", |vm, args| {
            let own = receiver::<LoadData>(vm, &args.positional[0])?;
            let mut data = (*own).clone();
            for option in options(vm, &args.positional[1..])? {
                let path = own.path.iter().cloned().chain(option.path).collect();
                data.options.push(LoadOption { path, what: option.what });
            }
            Ok(object(vm, data))
        })
        .build()
}

/// `Load(Class)`
pub(super) fn load_of(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("Load", args);
    let given = args.require(vm, "entity")?;
    let Some(entity) = mapping::entity_of(vm, &given)? else {
        return Err(expected(vm, &given));
    };
    Ok(object(vm, LoadData { entity: Some(entity), ..LoadData::default() }))
}

/// `with_loader_criteria(Class, condition)`
pub(super) fn with_loader_criteria(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("with_loader_criteria", args);
    let given = args.require(vm, "entity_or_base")?;
    let criteria = args.require(vm, "where_criteria")?;
    args.flag(vm, "loader_only", false)?;
    let include_aliases = args.flag(vm, "include_aliases", false)?;
    let propagate = args.flag(vm, "propagate_to_loaders", true)?;
    args.flag(vm, "track_closure_variables", true)?;
    args.finish(vm)?;
    mapping::configure(vm)?;
    let mut data = LoadData::default();
    let entities: Vec<Entity> = match mapping::entity_of(vm, &given)? {
        Some(entity) => vec![entity],
        None => {
            let Some(base) = given.as_class() else { return Err(expected(vm, &given)) };
            let mapped = vm.library.sqlalchemy.mapped.iter().enumerate();
            let below = mapped.filter(|(_, mapped)| mapped.class.mro().any(|class| Rc::ptr_eq(class, base)));
            below.map(|(at, _)| Entity::of(ormscope::types::MapperId(at as u32))).collect()
        }
    };
    for entity in entities {
        let condition = match &criteria {
            Object::Function(_) => {
                let class = mapping::object_of_entity(vm, &entity);
                vm.call(&criteria, Args::positional(vec![class]))?
            }
            other => other.clone(),
        };
        let condition = expressions::require_condition(vm, &condition)?;
        data.options.push(LoadOption {
            path: Vec::new(),
            what: Directive::Criteria { entity, condition, include_aliases, propagate },
        });
    }
    Ok(object(vm, data))
}

fn object(vm: &mut Vm, data: LoadData) -> Object {
    let class = classes(vm).load.clone();
    Instance::native(&class, data)
}

fn expected(vm: &mut Vm, given: &Object) -> crate::object::Unwind {
    let message = match vm.str(given) {
        Ok(text) => format!(
            "expected ORM mapped attribute for loader strategy argument, got {}",
            ormscope::types::python_str(text.as_str())
        ),
        Err(unwind) => return unwind,
    };
    errors::error(vm, "ArgumentError", message)
}

fn load(vm: &mut Vm, data: LoadData, args: &mut Arguments, strategy: Lazy) -> PyResult<LoadData> {
    along(vm, data, args, Directive::Load { strategy, innerjoin: None })
}

/// Says something of the last of some relationships, which follow each other.
fn along(vm: &mut Vm, mut data: LoadData, args: &mut Arguments, what: Directive) -> PyResult<LoadData> {
    let attributes = args.rest();
    let last = attributes.len().saturating_sub(1);
    for (at, attribute) in attributes.iter().enumerate() {
        if attribute.as_str().is_some_and(|text| text == "*") {
            let all = step(data.entity.clone(), Target::Relationships);
            data.options.push(option(&data.path, all, what.clone()));
            return Ok(data);
        }
        let Some((entity, place, _)) = attributes::relationship_of(vm, attribute)? else {
            return Err(expected(vm, attribute));
        };
        let from_here = match data.path.last() {
            None => data.entity.clone(),
            Some(step) => step.of_type.clone(),
        };
        linked(vm, &data, &entity, attribute)?;
        let narrowed = attributes::narrowed(attribute);
        // After `of_type(alias)` attributes of the class are the alias's.
        let entity = from_here.filter(|known| known.mapper == entity.mapper).unwrap_or(entity);
        data.path.push(Step {
            entity: Some(entity),
            target: Target::Attribute(place as u32),
            of_type: narrowed.of_type.map(|(entity, _)| entity),
            criteria: narrowed.criteria,
        });
        let what = if at == last { what.clone() } else { Directive::Default };
        data.options.push(LoadOption { path: data.path.clone(), what });
    }
    Ok(data)
}

/// Whether an attribute is of the class that the path has led to.
fn linked(vm: &mut Vm, data: &LoadData, entity: &Entity, attribute: &Object) -> PyResult<()> {
    let reached = match data.path.last() {
        None => match &data.entity {
            Some(entity) => entity.mapper,
            None => return Ok(()),
        },
        Some(Step { of_type: Some(entity), .. }) => entity.mapper,
        Some(Step { entity: Some(entity), target: Target::Attribute(at), .. }) => {
            let (mapper, at) = (entity.mapper, *at as usize);
            match peek(vm, |orm| orm.relationship(mapper, at).map(|relationship| relationship.target))? {
                Some(target) => target,
                None => return Ok(()),
            }
        }
        Some(_) => return Ok(()),
    };
    let fits = peek(vm, |orm| orm.is_a(reached, entity.mapper) || orm.is_a(entity.mapper, reached))?;
    if fits {
        return Ok(());
    }
    let (name, from) = (vm.str(attribute)?, peek(vm, |orm| orm.mapper_name(reached))?);
    let from = match data.path.last() {
        Some(Step { entity: Some(entity), target: Target::Attribute(at), .. }) => {
            let (mapper, at) = (entity.mapper, *at);
            peek(vm, |orm| orm.attribute_name(mapper, at))?
        }
        _ => from,
    };
    let message = format!(
        "ORM mapped entity or attribute \"{}\" does not link from relationship \"{from}\".",
        name.as_str()
    );
    Err(errors::error(vm, "ArgumentError", message))
}

/// Says something of columns.
fn columns(vm: &mut Vm, mut data: LoadData, args: &mut Arguments, what: &Directive) -> PyResult<LoadData> {
    for attribute in args.rest() {
        let last = match attribute.as_str() {
            Some("*") => step(data.entity.clone(), Target::Columns),
            _ => {
                let (owner, place) = column(vm, &attribute)?;
                step(Some(owner), Target::Attribute(place))
            }
        };
        data.options.push(option(&data.path, last, what.clone()));
    }
    Ok(data)
}

/// The column that an attribute is: its entity and place.
fn column(vm: &mut Vm, attribute: &Object) -> PyResult<(Entity, u32)> {
    match attributes::place_of(vm, attribute)? {
        Some((entity, place)) => Ok((entity, place as u32)),
        None => Err(expected(vm, attribute)),
    }
}

/// The same for a query of an entity, of which options of the legacy era name
/// attributes.
pub(super) fn options_for(
    vm: &mut Vm,
    objects: &[Object],
    entity: Option<&Object>,
) -> PyResult<Vec<LoadOption>> {
    let mut named = Vec::with_capacity(objects.len());
    for object in objects {
        named.push(super::loaders_by_name::resolved(vm, object, entity)?);
    }
    options(vm, &named)
}

/// Takes out of the arguments of `options()` what is the program's own.
pub(super) fn take_user_options(vm: &mut Vm, given: &mut Vec<Object>) -> PyResult<Vec<Object>> {
    let is_loading = |object: &Object| object.native::<LoadData>().is_some();
    if given.iter().all(is_loading) {
        return Ok(Vec::new());
    }
    let class = super::inspection::orm_name(vm, "UserDefinedOption", None)?;
    let Some(class) = class.as_class().cloned() else { return Ok(Vec::new()) };
    let (own, rest) = std::mem::take(given).into_iter().partition(|object| vm.is_instance(object, &class));
    *given = rest;
    Ok(own)
}

/// What the arguments of `options()` say of loading.
pub(super) fn options(vm: &mut Vm, objects: &[Object]) -> PyResult<Vec<LoadOption>> {
    let mut found = Vec::new();
    for object in objects {
        let Some(data) = object.native::<LoadData>() else {
            let repr = vm.repr(object)?;
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!("ExecutionOption Core or ORM object expected, got {}.", repr.as_str()),
            ));
        };
        found.extend(data.options.iter().cloned());
    }
    Ok(found)
}
