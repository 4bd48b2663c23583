//! Collections that the program reads with statements of its own:
//! `lazy="dynamic"`, whose collections are queries, and `lazy="write_only"`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.dynamic`, `sqlalchemy.orm.writeonly`.

use std::rc::Rc;

use ormscope::orm::{Direction, Lazy, Lifecycle, Relationship};
use ormscope::sql::{Entity, Expr, From, LabelStyle, SelectItem};
use ormscope::types::{StateId, Value};

use super::arguments::Arguments;
use super::mapping::{self, instance_of, require_object};
use super::query::{self, QueryData};
use super::select::{self, SelectData};
use super::{attributes, classes, dml, errors, expressions, peek, receiver, with_orm};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of such a collection.
struct Queued {
    /// The object that has it, which it keeps alive.
    owner: Object,
    state: StateId,
    place: usize,
    relationship: Rc<Relationship>,
}

/// The collection of an object.
pub(super) fn collection(vm: &mut Vm, owner: &Object, state: StateId, place: usize) -> PyResult<Object> {
    let Some(relationship) = peek(vm, |orm| orm.queued_relationship(state, place).cloned())? else {
        return Ok(Object::None);
    };
    let own = classes(vm);
    let class = match relationship.lazy {
        Lazy::WriteOnly => &own.write_only,
        _ => &own.appender_query,
    };
    let data = Queued { owner: owner.clone(), state, place, relationship };
    Ok(Instance::native(class, data))
}

/// What both kinds have.
const WRITING: &[(&str, NativeFn)] = &[
    ("add", |vm, args| write_one(vm, &args, true)),
    ("remove", |vm, args| write_one(vm, &args, false)),
    ("add_all", add_all),
];

fn write_one(vm: &mut Vm, args: &Args, adds: bool) -> PyResult<Object> {
    let own = receiver::<Queued>(vm, &args.positional[0])?;
    let item = args.positional.get(1).cloned().unwrap_or(Object::None);
    write(vm, own.state, own.place, &item, adds)?;
    Ok(Object::None)
}

fn write(vm: &mut Vm, state: StateId, place: usize, item: &Object, adds: bool) -> PyResult<()> {
    let member = attributes::require_related(vm, item)?;
    with_orm(vm, |orm, hooks| match adds {
        true => orm.queue_member(hooks, state, place, &member),
        false => orm.unqueue_member(hooks, state, place, &member),
    })
}

fn add_all(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<Queued>(vm, &args.positional[0])?;
    let items = args.positional.get(1).cloned().unwrap_or(Object::None);
    for item in vm.collect(&items)? {
        write(vm, own.state, own.place, &item, true)?;
    }
    Ok(Object::None)
}

/// `user.posts = […]`
pub(super) fn replace(
    vm: &mut Vm,
    owner: &Object,
    state: StateId,
    place: usize,
    value: &Object,
) -> PyResult<()> {
    let new = vm.collect(value)?;
    let has_row = peek(vm, |orm| orm.states[state].key.is_some())?;
    let this = collection(vm, owner, state, place)?;
    let own = receiver::<Queued>(vm, &this)?;
    let mut old = Vec::new();
    if has_row {
        if own.relationship.lazy == Lazy::WriteOnly {
            let name = name(vm, &own)?;
            let message = format!(
                "Collection \"{name}\" does not support implicit iteration; collection replacement operations can't be used"
            );
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        old = vm.collect(&this)?;
    }
    let waiting = peek(vm, |orm| orm.queued_members(state, place))?;
    for object in waiting.iter().map(instance_of) {
        if !old.iter().any(|known| known.is(&object)) {
            old.push(object);
        }
    }
    for item in &new {
        if !old.iter().any(|known| known.is(item)) {
            write(vm, state, place, item, true)?;
        }
    }
    for item in &old {
        if !new.iter().any(|known| known.is(item)) {
            write(vm, state, place, item, false)?;
        }
    }
    Ok(())
}

fn name(vm: &mut Vm, own: &Queued) -> PyResult<String> {
    let (mapper, attribute) = (own.relationship.parent, own.relationship.attribute);
    peek(vm, |orm| orm.attribute_name(mapper, attribute))
}

/// The condition that singles out the members, where they are selected from,
/// and their order.
fn members(vm: &mut Vm, own: &Queued) -> PyResult<(Expr, Vec<From>, Vec<Expr>)> {
    let columns = peek(vm, |orm| orm.compared_columns(&own.relationship, true))?;
    let handle = require_object(vm, &own.owner)?;
    let mut values = Vec::new();
    for column in columns {
        let place = peek(vm, |orm| orm.mapper_of(handle.state).attribute_of(column))?;
        let value = match place {
            Some(place) => match with_orm(vm, |orm, hooks| orm.get(hooks, handle.state, place))? {
                ormscope::orm::AttributeValue::Value(value) => value,
                _ => Value::Null,
            },
            None => Value::Null,
        };
        values.push((column, value));
    }
    peek(vm, |orm| {
        let left = Entity::of(own.relationship.parent);
        let condition = orm.related_to(&left, &own.relationship, &values, true);
        let target = Entity::of(own.relationship.target);
        let from = own.relationship.secondary.map(|table| vec![orm.entity_from(&target), From::Table(table)]);
        (condition, from.unwrap_or_default(), own.relationship.order_by.clone())
    })
}

/// The query of the members; none where the object has no row yet.
fn generated(vm: &mut Vm, own: &Queued, pending: bool) -> PyResult<Option<Object>> {
    let session = with_orm(vm, |orm, hooks| {
        let Some(session) = orm.states[own.state].session else { return Ok(None) };
        let held = matches!(orm.states[own.state].lifecycle, Lifecycle::Pending | Lifecycle::Persistent);
        if pending && held {
            orm.autoflush(hooks, session, "query")?;
        }
        Ok(Some(session))
    })?;
    let has_row = peek(vm, |orm| orm.states[own.state].key.is_some())?;
    let session = session.and_then(|session| vm.library.sqlalchemy.session_object(session));
    let session = match session {
        Some(session) if has_row || !pending => session,
        _ if pending => return Ok(None),
        _ => {
            let (described, key) = peek(vm, |orm| {
                let key = orm.mapper_of(own.state).attributes[own.place].key.clone();
                (orm.describe(own.state), key)
            })?;
            let message = format!(
                "Parent instance {described} is not bound to a Session, and no contextual session is established; lazy load operation of attribute '{key}' cannot proceed"
            );
            return Err(errors::coded(vm, "DetachedInstanceError", message, "bhk3"));
        }
    };
    let target = mapping::entity_object(vm, own.relationship.target);
    let made = query::new_query(vm, Args::positional(vec![session, target]))?;
    let mut data = (*receiver::<QueryData>(vm, &made)?).clone();
    let (condition, from, order_by) = members(vm, own)?;
    data.data.select.where_.push(condition);
    data.data.select.from = from;
    data.data.select.order_by = order_by;
    Ok(Some(query::changed(vm, &made, data)))
}

/// What is there without a statement.
fn waiting(vm: &mut Vm, own: &Queued) -> PyResult<Object> {
    let members = peek(vm, |orm| orm.queued_members(own.state, own.place))?;
    Ok(Object::list(members.iter().map(instance_of).collect()))
}

/// `AppenderQuery`: a query that its members can be added to.
pub(super) fn appender_class(query: &Rc<Class>) -> Rc<Class> {
    let mut builder = Class::builder("AppenderQuery").module("sqlalchemy.orm.dynamic").base(query);
    for name in query::method_names() {
        builder = builder.closure(name, move |vm, args| {
            let own = receiver::<Queued>(vm, &args.positional[0])?;
            let pending = matches!(name, "all" | "__iter__" | "count" | "__getitem__");
            let Some(query) = generated(vm, &own, pending)? else {
                let members = waiting(vm, &own)?;
                return match name {
                    "all" => Ok(members),
                    "count" => Ok(Object::Int(vm.collect(&members)?.len() as i64)),
                    "__getitem__" => vm.get_item(&members, &args.positional[1]),
                    _ => vm.iter(&members),
                };
            };
            let method = vm.get_attr(&query, name)?;
            vm.call(&method, Args { positional: args.positional[1..].to_vec(), keyword: args.keyword })
        });
    }
    for name in query::getter_names() {
        let getter: NativeFn = match name {
            "session" => |vm, args| {
                let own = receiver::<Queued>(vm, &args.positional[0])?;
                let session = peek(vm, |orm| orm.states[own.state].session)?;
                let session = session.and_then(|session| vm.library.sqlalchemy.session_object(session));
                Ok(session.unwrap_or(Object::None))
            },
            "statement" => |vm, args| of_query(vm, &args, "statement"),
            "whereclause" => |vm, args| of_query(vm, &args, "whereclause"),
            "column_descriptions" => |vm, args| of_query(vm, &args, "column_descriptions"),
            "selectable" => |vm, args| of_query(vm, &args, "selectable"),
            "is_single_entity" => |_, _| Ok(Object::Bool(true)),
            _ => |_, _| Ok(Object::None),
        };
        builder = builder.getter(name, getter);
    }
    for (name, call) in WRITING {
        builder = builder.method(name, *call);
    }
    builder
        .method("append", |vm, args| write_one(vm, &args, true))
        .method("extend", add_all)
        .getter("instance", |vm, args| Ok(receiver::<Queued>(vm, &args.positional[0])?.owner.clone()))
        .build()
}

fn of_query(vm: &mut Vm, args: &Args, name: &str) -> PyResult<Object> {
    let own = receiver::<Queued>(vm, &args.positional[0])?;
    match generated(vm, &own, false)? {
        Some(query) => vm.get_attr(&query, name),
        None => Ok(Object::None),
    }
}

/// `WriteOnlyCollection`: statements about the members.
pub(super) fn write_only_class() -> Rc<Class> {
    let mut builder = Class::builder("WriteOnlyCollection").module("sqlalchemy.orm.writeonly");
    for (name, call) in WRITING {
        builder = builder.method(name, *call);
    }
    builder
        .method("__iter__", |vm, _| {
            Err(vm.type_error(
                "WriteOnly collections don't support iteration in-place; to query for collection items, use the select() method to produce a SQL statement and execute it with session.scalars().",
            ))
        })
        .method("select", |vm, args| {
            let own = receiver::<Queued>(vm, &args.positional[0])?;
            let (condition, from, order_by) = members(vm, &own)?;
            let target = mapping::entity_object(vm, own.relationship.target);
            let mut data = SelectData { target: Some(target.clone()), ..select::empty() };
            data.selected.push(target);
            data.select.items.push(SelectItem::Entity(Entity::of(own.relationship.target)));
            data.select.label_style = LabelStyle::Disambiguate;
            data.select.where_.push(condition);
            data.select.from = from;
            data.select.order_by = order_by;
            Ok(select::select_object(vm, data))
        })
        .method("insert", insert)
        .method("update", |vm, args| changes(vm, &args, dml::new_update))
        .method("delete", |vm, args| changes(vm, &args, dml::new_delete))
        .getter("instance", |vm, args| Ok(receiver::<Queued>(vm, &args.positional[0])?.owner.clone()))
        .build()
}

fn changes(vm: &mut Vm, args: &Args, make: NativeFn) -> PyResult<Object> {
    let own = receiver::<Queued>(vm, &args.positional[0])?;
    let target = mapping::entity_object(vm, own.relationship.target);
    let statement = make(vm, Args::positional(vec![target]))?;
    let (condition, _, _) = members(vm, &own)?;
    let condition = expressions::expr_object(vm, condition);
    vm.call_method(&statement, "where", vec![condition])
}

fn insert(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let args = Arguments::new("insert", args).receiver();
    let own = receiver::<Queued>(vm, &args)?;
    if own.relationship.direction != Direction::OneToMany {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            "Write only bulk INSERT only supported for one-to-many collections; for many-to-many, use a separate bulk INSERT along with add_all().",
        ));
    }
    let target = mapping::entity_object(vm, own.relationship.target);
    let statement = dml::new_insert(vm, Args::positional(vec![target]))?;
    let mut keyword = Vec::new();
    for (local, remote) in own.relationship.pairs.clone() {
        let (place, key) = peek(vm, |orm| {
            (orm.mapper_of(own.state).attribute_of(local), orm.schema.column(remote).key.clone())
        })?;
        let Some(place) = place else { continue };
        let value = match with_orm(vm, |orm, hooks| orm.get(hooks, own.state, place))? {
            ormscope::orm::AttributeValue::Value(value) => super::values::to_object(vm, &value)?,
            _ => Object::None,
        };
        keyword.push((vm.intern(&key), value));
    }
    let values = vm.get_attr(&statement, "values")?;
    vm.call(&values, Args { positional: Vec::new(), keyword })
}
