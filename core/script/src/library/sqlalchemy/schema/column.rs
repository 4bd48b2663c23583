//! `Column`

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ormscope::schema::{self, Check, ConstraintKind, ServerDefault};
use ormscope::types::SqlType;

use super::defaults::{
    ComputedData, IdentityData, SequenceData, ServerDefaultData, computed_object, default_object,
    identity_object, read_default, read_server_default, server_default_object,
};
use super::options::read_options;
use super::{ColumnObject, column_id, count_creation, info, keep, kept, text_object};
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::constraints::{self, Item, ItemObject, schema_item_expected};
use crate::library::sqlalchemy::expressions::ExprData;
use crate::library::sqlalchemy::foreign_keys::{ForeignKeyObject, foreign_key_objects};
use crate::library::sqlalchemy::types::{to_sql_type, type_object};
use crate::library::sqlalchemy::{classes, elements, errors, peek, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

pub(in crate::library::sqlalchemy) fn column_class(base: &Rc<Class>) -> Rc<Class> {
    Class::builder("Column")
        .module("sqlalchemy.sql.schema")
        .base(base)
        .method("__new__", new_column)
        .method("__init__", |_, _| Ok(Object::None))
        .method("__repr__", |vm, args| {
            if is_proxy(&args.positional[0]) {
                return elements::repr(vm, args);
            }
            let column = receiver::<ColumnObject>(vm, &args.positional[0])?;
            let text = match column.id.get() {
                Some(id) => peek(vm, |orm| orm.schema.table(id.table).column_repr(id.index))?,
                None => column.definition.borrow().repr(None),
            };
            Ok(Object::str(text))
        })
        .method("__str__", |vm, args| {
            if is_proxy(&args.positional[0]) {
                return elements::print(vm, args);
            }
            let column = receiver::<ColumnObject>(vm, &args.positional[0])?;
            match column.id.get() {
                Some(id) => peek(vm, |orm| {
                    let table = &orm.schema.table(id.table).name;
                    Object::str(format!("{table}.{}", orm.schema.column(id).name))
                }),
                None => match column.definition.borrow().name.as_str() {
                    "" => Ok(Object::str("(no name)")),
                    name => Ok(Object::str(name)),
                },
            }
        })
        .property(
            "name",
            |vm, args| {
                with_column(vm, &args.positional[0], |column| match column.name.as_str() {
                    "" => Object::None,
                    name => Object::str(name),
                })
            },
            |vm, args| {
                let column = receiver::<ColumnObject>(vm, &args.positional[0])?;
                let name = vm.str(&args.positional[1])?.as_str().to_string();
                column.definition.borrow_mut().name = name;
                Ok(Object::None)
            },
        )
        .getter("key", |vm, args| {
            with_column(vm, &args.positional[0], |column| match column.key.as_str() {
                "" => Object::None,
                key => Object::str(key),
            })
        })
        .getter("nullable", |vm, args| with_column(vm, &args.positional[0], |column| column.nullable.into()))
        .getter("primary_key", |vm, args| {
            with_column(vm, &args.positional[0], |column| column.primary_key.into())
        })
        .getter("unique", |vm, args| flag_or_none(vm, &args, |column| column.unique))
        .getter("index", |vm, args| flag_or_none(vm, &args, |column| column.index))
        .getter("system", |vm, args| with_column(vm, &args.positional[0], |column| column.system.into()))
        .getter("comment", |vm, args| {
            with_column(vm, &args.positional[0], |column| text_object(&column.comment))
        })
        .getter("doc", |_, args| Ok(kept(&args.positional[0], "_doc").unwrap_or(Object::None)))
        .getter("constraints", |vm, args| {
            let checks = definition(vm, &args.positional[0])?.checks;
            let objects: Vec<_> =
                checks.into_iter().map(|check| constraints::check_object(vm, check)).collect();
            Ok(Object::Set(Rc::new(crate::builtins::Set::from_items(vm, false, objects)?)))
        })
        .getter("info", |vm, args| info(vm, &args.positional[0]))
        .getter("autoincrement", |vm, args| {
            with_column(vm, &args.positional[0], |column| {
                column.autoincrement.map_or(Object::str("auto"), Object::Bool)
            })
        })
        .getter("foreign_keys", |vm, args| {
            if is_proxy(&args.positional[0]) {
                return elements::foreign_keys(vm, args);
            }
            let keys = foreign_key_objects(vm, &args.positional[0])?;
            Ok(Object::Set(Rc::new(crate::builtins::Set::from_items(vm, false, keys)?)))
        })
        .getter("default", |vm, args| {
            let definition = definition(vm, &args.positional[0])?;
            Ok(default_object(vm, &definition.default))
        })
        .getter("onupdate", |vm, args| {
            let definition = definition(vm, &args.positional[0])?;
            Ok(default_object(vm, &definition.onupdate))
        })
        .getter("server_default", |vm, args| {
            let definition = definition(vm, &args.positional[0])?;
            Ok(server_default_object(vm, &definition))
        })
        .getter("computed", |vm, args| {
            let definition = definition(vm, &args.positional[0])?;
            Ok(computed_object(vm, &definition.computed))
        })
        .getter("identity", |vm, args| {
            let definition = definition(vm, &args.positional[0])?;
            Ok(identity_object(vm, &definition.identity))
        })
        .method("references", |vm, args| {
            let (own, other) = (column_id(vm, &args.positional[0])?, column_id(vm, &args.positional[1])?);
            let (Some(own), Some(other)) = (own, other) else {
                let refers = !definition(vm, &args.positional[0])?.foreign_keys.is_empty();
                if own.is_none() && refers {
                    let message = "this ForeignKey's parent column is not yet associated with a Table.";
                    return Err(errors::error(vm, "InvalidRequestError", message));
                }
                return Ok(Object::Bool(false));
            };
            peek(vm, |orm| Object::Bool(orm.schema.foreign_keys(own.table).contains(&(own, other))))
        })
        .method("copy", |vm, args| copy(vm, &args.positional[0]))
        .method("_copy", |vm, args| copy(vm, &args.positional[0]))
        .getter("_sa_mutable", |vm, args| {
            let column = super::super::receiver::<ColumnObject>(vm, &args.positional[0])?;
            let tracked = match column.id.get() {
                Some(id) => super::super::peek(vm, |orm| orm.schema.column(id).tracked)?,
                None => column.definition.borrow().tracked,
            };
            Ok(tracked.map_or(Object::None, |number| Object::Int(number.into())))
        })
        .property("type", column_type, |vm, args| {
            let sql_type = crate::library::sqlalchemy::types::require_sql_type(vm, &args.positional[1])?;
            let column = receiver::<ColumnObject>(vm, &args.positional[0])?;
            column.definition.borrow_mut().sql_type = sql_type;
            keep(&args.positional[0], "_type", args.positional[1].clone());
            Ok(Object::None)
        })
        .getter("table", |vm, args| {
            if is_proxy(&args.positional[0]) {
                return elements::table(vm, args);
            }
            let column = receiver::<ColumnObject>(vm, &args.positional[0])?;
            Ok(column
                .id
                .get()
                .and_then(|id| vm.library.sqlalchemy.tables.get(&id.table).cloned())
                .unwrap_or(Object::None))
        })
        .build()
}

/// Whether it is a table's column as an alias or a subquery has it.
fn is_proxy(object: &Object) -> bool {
    object.native::<ExprData>().is_some()
}

fn copy(vm: &mut Vm, column: &Object) -> PyResult<Object> {
    let definition = definition(vm, column)?;
    let class = vm.class_of(column);
    let made =
        Instance::native(&class, ColumnObject { definition: RefCell::new(definition), id: Cell::new(None) });
    if let (Object::Instance(made), Object::Instance(own)) = (&made, column) {
        *made.dict.borrow_mut() = own.dict.borrow().clone();
    }
    Ok(made)
}

fn column_type(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = &args.positional[0];
    let own = definition(vm, this)?.sql_type;
    if is_proxy(this) {
        return Ok(type_object(vm, own));
    }
    // The object that the program gave, unless a foreign key gave the type since.
    match kept(this, "_type") {
        Some(given) if to_sql_type(vm, &given)?.is_some_and(|given| given == own) => Ok(given),
        _ => {
            let made = type_object(vm, own);
            keep(this, "_type", made.clone());
            Ok(made)
        }
    }
}

fn flag_or_none(vm: &mut Vm, args: &Args, look: impl FnOnce(&schema::Column) -> bool) -> PyResult<Object> {
    with_column(vm, &args.positional[0], |column| if look(column) { true.into() } else { Object::None })
}

fn definition(vm: &mut Vm, object: &Object) -> PyResult<schema::Column> {
    if let Some(definition) = elements::proxy_definition(vm, object)? {
        return Ok(definition);
    }
    let column = receiver::<ColumnObject>(vm, object)?;
    match column.id.get() {
        Some(id) => peek(vm, |orm| orm.schema.column(id).clone()),
        None => Ok(column.definition.borrow().clone()),
    }
}

fn with_column(
    vm: &mut Vm,
    object: &Object,
    look: impl FnOnce(&schema::Column) -> Object,
) -> PyResult<Object> {
    if let Some(definition) = elements::proxy_definition(vm, object)? {
        return Ok(look(&definition));
    }
    let column = receiver::<ColumnObject>(vm, object)?;
    match column.id.get() {
        Some(id) => peek(vm, |orm| look(orm.schema.column(id))),
        None => Ok(look(&column.definition.borrow())),
    }
}

fn new_column(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("Column", args);
    let receiver = args.receiver();
    let (doc, own_info) = (args.keyword("doc"), args.keyword("info"));
    let given_type =
        args.first_matching(|value| value.native::<crate::library::sqlalchemy::types::TypeData>().is_some());
    let column = read_column(vm, &mut args)?;
    args.finish(vm)?;
    let class = receiver.as_class().map_or_else(|| classes(vm).column.clone(), Rc::clone);
    let made =
        Instance::native(&class, ColumnObject { definition: RefCell::new(column), id: Cell::new(None) });
    for (name, value) in [("_doc", doc), ("_info", own_info), ("_type", given_type)] {
        if let Some(value) = value {
            keep(&made, name, value);
        }
    }
    count_creation(vm, &made);
    Ok(made)
}

/// Reads the arguments that `Column` and `mapped_column` share.
pub(in crate::library::sqlalchemy) fn read_column(
    vm: &mut Vm,
    args: &mut Arguments,
) -> PyResult<schema::Column> {
    let mut column = schema::Column::new("", SqlType::Null);
    let named = args.keyword("name");
    let (has_name, mut named_type) = (named.is_some(), args.keyword("type_"));
    let mut first = args.rest();
    let is_name =
        |vm: &mut Vm, item: &Object| -> PyResult<bool> { Ok(name_of(vm, item, &mut None)?.is_some()) };
    if let Some(item) = first.first().cloned()
        && is_name(vm, &item)?
        && has_name
    {
        let message = "May not pass name positionally and as a keyword.";
        return Err(errors::error(vm, "ArgumentError", message));
    }
    let place = match first.first().cloned() {
        Some(item) if is_name(vm, &item)? => 1,
        _ => 0,
    };
    if named_type.is_some()
        && let Some(item) = first.get(place).cloned()
        && to_sql_type(vm, &item)?.is_some()
    {
        let message = "May not pass type_ positionally and as a keyword.";
        return Err(errors::error(vm, "ArgumentError", message));
    }
    if let Some(given) = named_type.take() {
        first.insert(place, given);
    }
    column.name = match named {
        Some(Object::Str(name)) => name.as_str().to_string(),
        Some(object) => name_of(vm, &object, &mut column.quote)?.unwrap_or_default(),
        _ => String::new(),
    };
    let mut has_type = false;
    for (at, item) in first.into_iter().enumerate() {
        if at == 0
            && column.name.is_empty()
            && let Some(name) = name_of(vm, &item, &mut column.quote)?
        {
            column.name = name;
            continue;
        }
        if !has_type && let Some(sql_type) = to_sql_type(vm, &item)? {
            column.sql_type = sql_type;
            if let Some(Object::Int(number)) = item.as_instance().and_then(|it| it.get("_sa_mutable")) {
                column.tracked = u32::try_from(number).ok();
            }
            has_type = true;
            continue;
        }
        read_item(vm, &mut column, &item)?;
    }
    column.key = match args.keyword("key") {
        Some(Object::Str(key)) => key.as_str().to_string(),
        _ => column.name.clone(),
    };
    column.primary_key = args.flag(vm, "primary_key", false)?;
    column.nullable = match args.keyword("nullable") {
        Some(value) => {
            column.nullable_given = true;
            vm.truthy(&value)?
        }
        None => !column.primary_key && column.identity.is_none(),
    };
    column.unique = args.flag(vm, "unique", false)?;
    column.index = args.flag(vm, "index", false)?;
    column.system = args.flag(vm, "system", false)?;
    column.autoincrement = match args.keyword("autoincrement") {
        Some(Object::Bool(value)) => Some(value),
        Some(Object::Str(text)) if text.as_str() == "ignore_fk" => Some(true),
        _ => None,
    };
    let default = args.keyword("default").filter(|value| !value.is_none());
    let default = match (default, args.keyword("insert_default")) {
        (Some(_), Some(_)) => {
            let message = "The 'default' and 'insert_default' parameters of Column are mutually exclusive";
            return Err(errors::error(vm, "ArgumentError", message));
        }
        (default, insert_default) => default.or(insert_default),
    };
    if let Some(value) = default {
        column.default = read_default(vm, &value)?;
    }
    if let Some(value) = args.keyword("onupdate") {
        column.onupdate = read_default(vm, &value)?;
    }
    if let Some(value) = args.keyword("server_default") {
        let given = read_server_default(vm, &value)?;
        if given.is_some() && (column.computed.is_some() || column.identity.is_some()) {
            let message = match column.identity {
                Some(_) => {
                    "A column with an Identity object cannot specify a server_default or a server_onupdate argument"
                }
                None => "A generated column cannot specify a server_default or a server_onupdate argument",
            };
            return Err(errors::error(vm, "ArgumentError", message));
        }
        column.server_default = given.or(column.server_default);
    }
    if let Some(value) = args.keyword("server_onupdate") {
        column.server_onupdate = !value.is_none();
    }
    if let Some(Object::Str(comment)) = args.keyword("comment") {
        column.comment = Some(comment.as_str().to_string());
    }
    if let Some(Object::Bool(quote)) = args.keyword("quote") {
        if column.name.is_empty() {
            let message = "Explicit 'name' is required when sending 'quote' argument";
            return Err(errors::error(vm, "ArgumentError", message));
        }
        column.quote = Some(quote);
    }
    for ignored in ["doc", "info", "insert_sentinel"] {
        args.keyword(ignored);
    }
    if column.identity.is_some() && column.autoincrement == Some(false) {
        let message = "A column with an Identity object cannot specify autoincrement=False";
        return Err(errors::error(vm, "ArgumentError", message));
    }
    column.options = read_options(vm, args, "Column")?;
    Ok(column)
}

/// A constraint, a foreign key or a default among a column's arguments.
fn read_item(vm: &mut Vm, column: &mut schema::Column, item: &Object) -> PyResult<()> {
    if let Some(key) = item.native::<ForeignKeyObject>() {
        column.foreign_keys.push(key.key.clone());
    } else if let Some(own) = item.native::<ItemObject>()
        && let Item::Constraint(constraint) = &*own.item.borrow()
        && let ConstraintKind::Check { condition } = &constraint.kind
    {
        column.checks.push(Check {
            name: constraint.name.clone(),
            condition: condition.clone(),
            checking: constraint.checking.clone(),
            options: constraint.options.clone(),
        });
    } else if let Some(identity) = item.native::<IdentityData>() {
        column.identity = Some(identity.0.clone());
    } else if let Some(computed) = item.native::<ComputedData>() {
        column.computed = Some(computed.0.clone());
        column.server_default = Some(ServerDefault::Fetched);
    } else if let Some(sequence) = item.native::<SequenceData>() {
        column.default = Some(schema::ColumnDefault::Sequence(sequence.0.clone()));
    } else if let Some(fetched) = item.native::<ServerDefaultData>() {
        column.server_default = Some(fetched.default.clone());
    } else if !item.is_none() {
        return Err(schema_item_expected(vm, item)?);
    }
    Ok(())
}

/// A name, which may say itself whether it is quoted.
pub(in crate::library::sqlalchemy) fn name_of(
    vm: &mut Vm,
    object: &Object,
    quote: &mut Option<bool>,
) -> PyResult<Option<String>> {
    if let Object::Str(name) = object {
        return Ok(Some(name.as_str().to_string()));
    }
    let base = crate::builtins::base(object);
    let Object::Str(name) = base else { return Ok(None) };
    let name = name.as_str().to_string();
    if let Some(Object::Bool(forced)) = vm.get_attr_opt(object, "quote")? {
        *quote = Some(forced);
    }
    Ok(Some(name))
}
