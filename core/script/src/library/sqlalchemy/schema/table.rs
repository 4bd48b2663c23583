//! `Table`

use std::rc::Rc;

use ormscope::schema::{self, Constraint, ConstraintKind, Index, IndexElement, SchemaError};
use ormscope::sql::{Expr, Kind};
use ormscope::types::{ColumnId, MetaDataId, TableId};

use super::column::name_of;
use super::copies::to_metadata;
use super::options::read_options;
use super::{ColumnObject, TableObject, column_object, info, keep, kept, text_object, unnamed};
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::constraints::{self, Item, ItemObject, schema_item_expected, text_option};
use crate::library::sqlalchemy::metadata::{self, metadata_of};
use crate::library::sqlalchemy::{
    classes, columns, conventions, ddl_events, dialect_options, errors, foreign_keys, inspector, peek,
    receiver, with_orm,
};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

pub(in crate::library::sqlalchemy) fn table_class(from_clause: &Rc<Class>) -> Rc<Class> {
    Class::builder("Table")
        .module("sqlalchemy.sql.schema")
        .base(from_clause)
        .method("__new__", new_table)
        .method("__init__", |_, _| Ok(Object::None))
        .method("__repr__", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(orm.schema.table_repr(table.id)))
        })
        .method("__str__", |vm, args| look(vm, &args, |table| Object::str(table.key())))
        .getter("name", |vm, args| look(vm, &args, |table| Object::str(&table.name)))
        .getter("key", |vm, args| look(vm, &args, |table| Object::str(table.key())))
        .getter("fullname", |vm, args| look(vm, &args, |table| Object::str(table.key())))
        .getter("description", |vm, args| look(vm, &args, |table| Object::str(&table.name)))
        .getter("schema", |vm, args| look(vm, &args, |table| text_object(&table.schema)))
        .property(
            "comment",
            |vm, args| look(vm, &args, |table| text_object(&table.comment)),
            |vm, args| {
                let table = receiver::<TableObject>(vm, &args.positional[0])?;
                let text = args.positional[1].as_str().map(str::to_string);
                with_orm(vm, |orm, _| {
                    orm.schema.table_mut(table.id).comment = text;
                    Ok(Object::None)
                })
            },
        )
        .getter("dialect_options", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            let options = peek(vm, |orm| orm.schema.table(table.id).options.clone())?;
            dialect_options::by_dialect(vm, "Table", &options)
        })
        .getter("dialect_kwargs", table_kwargs)
        .getter("kwargs", table_kwargs)
        .getter("info", |vm, args| info(vm, &args.positional[0]))
        .getter("c", table_columns)
        .getter("columns", table_columns)
        .getter("exported_columns", table_columns)
        .getter("entity_namespace", table_columns)
        .getter("implicit_returning", |_, _| Ok(Object::Bool(true)))
        .getter("primary_key", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            constraints::primary_key_object(vm, table.id)
        })
        .getter("constraints", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            let items = constraints::constraint_objects(vm, table.id)?;
            Ok(Object::Set(Rc::new(crate::builtins::Set::from_items(vm, false, items)?)))
        })
        .getter("indexes", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            let items = constraints::index_objects(vm, table.id)?;
            Ok(Object::Set(Rc::new(crate::builtins::Set::from_items(vm, false, items)?)))
        })
        .getter("foreign_keys", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            let keys = all_foreign_keys(vm, table.id)?;
            Ok(Object::Set(Rc::new(crate::builtins::Set::from_items(vm, false, keys)?)))
        })
        .getter("foreign_key_constraints", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            let mut items = constraints::constraint_objects(vm, table.id)?;
            items.retain(constraints::is_foreign_key);
            Ok(Object::Set(Rc::new(crate::builtins::Set::from_items(vm, false, items)?)))
        })
        .getter("autoincrement_column", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            let index = peek(vm, |orm| orm.schema.table(table.id).autoincrement_column())?;
            Ok(index.map_or(Object::None, |index| column_object(vm, ColumnId { table: table.id, index })))
        })
        .getter("bind", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            if !peek(vm, |orm| orm.legacy)? {
                return Err(vm.attribute_error(&args.positional[0], "bind"));
            }
            Ok(metadata::bind_of_table(vm, table.id)?.unwrap_or(Object::None))
        })
        .getter("metadata", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            metadata::metadata_object_of(vm, table.id)
        })
        .method("append_column", |vm, args| append(vm, args, true))
        .method("append_constraint", |vm, args| append(vm, args, false))
        .method("to_metadata", to_metadata)
        .method("tometadata", to_metadata)
        .method("create", |vm, args| metadata::create_or_drop_table(vm, args, true))
        .method("drop", |vm, args| metadata::create_or_drop_table(vm, args, false))
        .build()
}

fn table_kwargs(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let table = receiver::<TableObject>(vm, &args.positional[0])?;
    let options = peek(vm, |orm| orm.schema.table(table.id).options.clone())?;
    dialect_options::given(vm, &options)
}

fn look(vm: &mut Vm, args: &Args, look: impl FnOnce(&schema::Table) -> Object) -> PyResult<Object> {
    let table = receiver::<TableObject>(vm, &args.positional[0])?;
    peek(vm, |orm| look(orm.schema.table(table.id)))
}

fn all_foreign_keys(vm: &mut Vm, table: TableId) -> PyResult<Vec<Object>> {
    let count = peek(vm, |orm| orm.schema.table(table).columns.len())?;
    let mut keys = Vec::new();
    for index in 0..count as u32 {
        let column = column_object(vm, ColumnId { table, index });
        keys.extend(foreign_keys::foreign_key_objects(vm, &column)?);
    }
    Ok(keys)
}

fn table_columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    // The same collection each time.
    if let Some(known) = kept(&args.positional[0], "_columns") {
        return Ok(known);
    }
    let table = receiver::<TableObject>(vm, &args.positional[0])?;
    let made = columns::of_table(vm, table.id, None);
    keep(&args.positional[0], "_columns", made.clone());
    Ok(made)
}

/// `append_column(column)`, `append_constraint(constraint)`
fn append(vm: &mut Vm, args: Args, is_column: bool) -> PyResult<Object> {
    let mut args = Arguments::new("append_column", args);
    let table = receiver::<TableObject>(vm, &args.receiver())?;
    let item = args.require(vm, "column")?;
    let replace = args.flag(vm, "replace_existing", false)?;
    if is_column
        && !replace
        && let Some(column) = item.native::<ColumnObject>()
    {
        let key = column.definition.borrow().key.clone();
        let known = peek(vm, |orm| orm.schema.table(table.id).column_index(&key).is_some())?;
        if known {
            let name = peek(vm, |orm| orm.schema.table(table.id).name.clone())?;
            let error = SchemaError::DuplicateColumn { table: name, column: key };
            return Err(errors::error(
                vm,
                "DuplicateColumnError",
                format!(
                    "{error} Specify replace_existing=True to Table.append_column() or Table.insert_column() to replace an existing column."
                ),
            ));
        }
    }
    if item.native::<ColumnObject>().is_none() && item.native::<ItemObject>().is_none() {
        return Err(vm.attribute_error(&item, "_set_parent_with_dispatch"));
    }
    // What the table has already is not added again.
    if item.native::<ItemObject>().is_some()
        && let (_, Some((holder, _))) = constraints::current(vm, &item)?
        && holder == table.id
    {
        return Ok(Object::None);
    }
    append_items(vm, table.id, vec![item])?;
    Ok(Object::None)
}

/// Whether an object is that constant for schemas: `BLANK_SCHEMA`, `RETAIN_SCHEMA`.
pub(super) fn is_constant(vm: &mut Vm, object: &Object, name: &str) -> PyResult<bool> {
    if !matches!(object, Object::Instance(_)) {
        return Ok(false);
    }
    match vm.get_attr_opt(object, "name")? {
        Some(Object::Str(own)) => Ok(own.as_str() == name),
        _ => Ok(false),
    }
}

fn new_table(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("Table", args);
    args.receiver();
    let (name, collection) = (args.take("name"), args.take("metadata"));
    let missing = match name {
        None => "Table.__init__() missing 2 required positional arguments: 'name' and 'metadata'",
        Some(_) => "Table() takes at least two positional-only arguments 'name', and 'metadata'",
    };
    let (Some(name), Some(collection)) = (name, collection) else {
        return Err(vm.type_error(missing));
    };
    let mut table = schema::Table::new("");
    table.name = match name_of(vm, &name, &mut table.quote)? {
        Some(name) => name,
        None => vm.str(&name)?.as_str().to_string(),
    };
    let Some(metadata) = metadata_of(vm, &collection)? else {
        let class = vm.class_of(&collection).name();
        let message = format!("'{}' object has no attribute 'schema'", class.as_str());
        return Err(vm.error(&vm.exceptions.attribute_error.clone(), message));
    };
    table.schema = match args.keyword("schema") {
        Some(schema) => {
            table.blank_schema = is_constant(vm, &schema, "BLANK_SCHEMA")?;
            name_of(vm, &schema, &mut table.quote_schema)?
        }
        None => None,
    };
    let must_exist = args.flag(vm, "must_exist", false)?;
    let extend = args.flag(vm, "extend_existing", false)?;
    let keep_existing = args.flag(vm, "keep_existing", false)?;
    if extend && keep_existing {
        let message = "keep_existing and extend_existing are mutually exclusive.";
        return Err(errors::error(vm, "ArgumentError", message));
    }
    let autoload = args.keyword("autoload_with").filter(|bind| !bind.is_none());
    let own_info = args.keyword("info").filter(|given| !given.is_none());
    let include = args.keyword("include_columns").filter(|given| !given.is_none());
    let resolve = args.flag(vm, "resolve_fks", true)?;
    let mut items = args.rest();
    table.comment = text_option(&mut args, "comment");
    if let Some(Object::Bool(quote)) = args.keyword("quote") {
        table.quote = Some(quote);
    }
    if let Some(Object::Bool(quote)) = args.keyword("quote_schema") {
        table.quote_schema = Some(quote);
    }
    if let Some(prefixes) = args.keyword("prefixes") {
        for prefix in vm.collect(&prefixes)? {
            table.prefixes.push(vm.str(&prefix)?.as_str().to_string());
        }
    }
    table.implicit_returning = args.flag(vm, "implicit_returning", true)?;
    let replace = args.flag(vm, "autoload_replace", true)?;
    // Of the legacy era, which looks where the collection is bound.
    let autoload = match (autoload, args.flag(vm, "autoload", false)?) {
        (None, true) if peek(vm, |orm| orm.legacy)? => Some(metadata::bound_engine(vm, &collection)?),
        (given, _) => given,
    };
    let listeners = match args.keyword("listeners").filter(|given| !given.is_none()) {
        Some(given) => read_listeners(vm, &given)?,
        None => Vec::new(),
    };
    let own = listeners.iter().filter(|(name, _)| name == "column_reflect");
    let own = own.map(|(_, function)| function.clone()).collect();
    let wanted = inspector::Wanted { include, resolve, listeners: own };
    table.options = read_options(vm, &mut args, "Table")?;
    if table.schema.is_none() && !table.blank_schema {
        table.schema = peek(vm, |orm| orm.schema.metadata(metadata).schema.clone())?;
    }
    let key = table.key();
    let existing = peek(vm, |orm| orm.schema.find_table(metadata, &key))?;
    if let Some(existing) = existing {
        if !keep_existing && !extend && (!items.is_empty() || autoload.is_some()) {
            let error = SchemaError::AlreadyDefined(key);
            return Err(schema_error(vm, &error));
        }
        if extend {
            if let Some(bind) = autoload {
                let found = inspector::reflect_table(vm, &bind, &collection, &table, &wanted)?;
                items = overridden(found, items);
                let known = peek(vm, |orm| {
                    let columns = &orm.schema.table(existing).columns;
                    columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()
                })?;
                match replace {
                    true => items.retain(|item| item.native::<ColumnObject>().is_some()),
                    false => items.retain(|item| is_news(item, &known)),
                }
            }
            append_items(vm, existing, items)?;
            with_orm(vm, |orm, _| {
                let own = orm.schema.table_mut(existing);
                own.comment = table.comment.or(own.comment.take());
                own.options.0.extend(table.options.0);
                Ok(())
            })?;
        }
        return Ok(metadata::table_object(vm, existing));
    }
    if must_exist {
        return Err(errors::error(vm, "InvalidRequestError", format!("Table '{key}' not defined")));
    }
    if let Some(bind) = autoload {
        let found = inspector::reflect_table(vm, &bind, &collection, &table, &wanted)?;
        items = overridden(found, items);
    }
    if extend {
        items = last_of_each(items);
    }
    let made = make_table(vm, table, metadata, items)?;
    for (name, function) in listeners {
        let listener = ddl_events::Listener::new(&made, &name, &function);
        vm.library.sqlalchemy.ddl_listeners.extend(listener);
    }
    if let Some(own_info) = own_info {
        keep(&made, "_info", own_info);
    }
    Ok(made)
}

/// `listeners=[("event", function), …]`
fn read_listeners(vm: &mut Vm, given: &Object) -> PyResult<Vec<(String, Object)>> {
    let mut listeners = Vec::new();
    for pair in vm.collect(given)? {
        if let [name, function] = &vm.collect(&pair)?[..] {
            listeners.push((vm.str(name)?.as_str().to_string(), function.clone()));
        }
    }
    Ok(listeners)
}

/// What was found in the database, with what the program says of a column in its
/// place; what the column refers to is then the program's as well.
fn overridden(found: Vec<Object>, given: Vec<Object>) -> Vec<Object> {
    let name = |object: &Object| {
        object.native::<ColumnObject>().map(|column| column.definition.borrow().name.clone())
    };
    let names: Vec<String> = given.iter().filter_map(name).collect();
    let mut items = found;
    items.retain(|item| {
        let own = item.native::<ItemObject>();
        own.is_none_or(|own| match &*own.item.borrow() {
            Item::Constraint(Constraint { kind: ConstraintKind::ForeignKey { columns, .. }, .. }) => {
                !columns.iter().any(|column| names.contains(column))
            }
            _ => true,
        })
    });
    for item in given {
        let place =
            name(&item).and_then(|own| items.iter().position(|other| name(other).as_ref() == Some(&own)));
        match place {
            Some(at) => items[at] = item,
            None => items.push(item),
        }
    }
    items
}

/// Columns take the places of others of their names that stand before them.
fn last_of_each(items: Vec<Object>) -> Vec<Object> {
    let key =
        |item: &Object| item.native::<ColumnObject>().map(|column| column.definition.borrow().key.clone());
    let mut kept: Vec<Object> = Vec::new();
    for item in items {
        let place =
            key(&item).and_then(|own| kept.iter().position(|other| key(other).as_ref() == Some(&own)));
        match place {
            Some(at) => kept[at] = item,
            None => kept.push(item),
        }
    }
    kept
}

/// Makes a table of columns, constraints and indexes.
fn make_table(
    vm: &mut Vm,
    mut table: schema::Table,
    metadata: MetaDataId,
    items: Vec<Object>,
) -> PyResult<Object> {
    let parts = take_items(vm, &mut table, items)?;
    for constraint in &table.constraints {
        if let ConstraintKind::PrimaryKey { columns } = &constraint.kind {
            for column in &mut table.columns {
                if columns.contains(&column.key) {
                    column.primary_key = true;
                    column.nullable &= column.nullable_given;
                }
            }
        }
    }
    unnamed::replace(&mut table, &parts.columns);
    name_columns(&mut table);
    let added = with_orm(vm, |orm, _| Ok(orm.schema.add_table(metadata, table)))?;
    let id = added.map_err(|error| schema_error(vm, &error))?;
    let all = parts.all();
    settle(vm, id, parts, 0, 0, 0)?;
    let made = table_object(vm, id);
    conventions::complete(vm, id)?;
    ddl_events::attached(vm, id, &all, true)?;
    Ok(made)
}

/// Adds columns, constraints and indexes to a table.
pub(in crate::library::sqlalchemy) fn append_items(
    vm: &mut Vm,
    id: TableId,
    items: Vec<Object>,
) -> PyResult<()> {
    let mut more = schema::Table::new("");
    let parts = take_items(vm, &mut more, items)?;
    let count = peek(vm, |orm| orm.schema.table(id).columns.len())?;
    let mut columns = parts.columns.clone();
    columns.extend((0..count as u32).map(|index| column_object(vm, ColumnId { table: id, index })));
    unnamed::replace(&mut more, &columns);
    let (constraints, indexes) = peek(vm, |orm| {
        let table = orm.schema.table(id);
        (table.constraints.len(), table.indexes.len())
    })?;
    let added = with_orm(vm, |orm, _| Ok(orm.schema.extend_table(id, more)))?;
    added.map_err(|error| schema_error(vm, &error))?;
    let all = parts.all();
    settle(vm, id, parts, 1, constraints, indexes)?;
    conventions::complete(vm, id)?;
    ddl_events::attached(vm, id, &all, false)
}

/// The Python objects of what a table is made of.
#[derive(Default)]
struct Parts {
    columns: Vec<Object>,
    constraints: Vec<Object>,
    indexes: Vec<Object>,
}

impl Parts {
    fn all(&self) -> Vec<Object> {
        [&self.columns[..], &self.constraints, &self.indexes].concat()
    }
}

fn take_items(vm: &mut Vm, table: &mut schema::Table, items: Vec<Object>) -> PyResult<Parts> {
    let mut parts = Parts::default();
    for item in items {
        if let Some(column) = item.native::<ColumnObject>() {
            if let Some(taken) = column.id.get() {
                let other = peek(vm, |orm| orm.schema.table(taken.table).name.clone())?;
                let key = column.definition.borrow().key.clone();
                return Err(errors::error(
                    vm,
                    "ArgumentError",
                    format!("Column object '{key}' already assigned to Table '{other}'"),
                ));
            }
            let definition = column.definition.borrow().clone();
            if definition.identity.is_some()
                && matches!(definition.default, Some(schema::ColumnDefault::Sequence(_)))
            {
                let message = "An column cannot specify both Identity and Sequence.";
                return Err(errors::error(vm, "ArgumentError", message));
            }
            table.columns.push(definition);
            parts.columns.push(item.clone());
        } else if let Some(own) = item.native::<ItemObject>() {
            match &*own.item.borrow() {
                Item::Constraint(constraint) => {
                    table.constraints.push(constraint.clone());
                    parts.constraints.push(item.clone());
                }
                Item::Index(index) => {
                    table.indexes.push(index.clone());
                    parts.indexes.push(item.clone());
                }
            }
        } else if item.native::<super::defaults::SequenceData>().is_none() {
            return Err(schema_item_expected(vm, &item)?);
        }
    }
    Ok(parts)
}

/// What was written about columns before they had a table is about its columns.
fn name_columns(table: &mut schema::Table) {
    let quoted = |name: &str| ormscope::sql::compiler::quote(name, Default::default()) != name;
    let names: Vec<String> =
        table.columns.iter().map(|column| column.name.clone()).filter(|name| quoted(name)).collect();
    if names.is_empty() {
        return;
    }
    let fix = |expr: &Expr| {
        expr.map(&mut |node| match node.kind() {
            Kind::Literal { text, sql_type } if names.iter().any(|name| **name == **text) => {
                let text = ormscope::sql::compiler::quote(text, Default::default());
                Some(Expr::literal_column(&text, sql_type.clone()))
            }
            _ => None,
        })
    };
    for Constraint { kind, .. } in &mut table.constraints {
        if let ConstraintKind::Check { condition } = kind {
            *condition = fix(condition);
        }
    }
    for Index { elements, .. } in &mut table.indexes {
        for element in elements {
            if let IndexElement::Expr(expr) = element {
                *expr = fix(expr);
            }
        }
    }
}

/// Tells the Python objects which part of the table they are.
fn settle(
    vm: &mut Vm,
    id: TableId,
    parts: Parts,
    by_key: usize,
    constraints: usize,
    indexes: usize,
) -> PyResult<()> {
    for (at, object) in parts.columns.into_iter().enumerate() {
        let Some(data) = object.native::<ColumnObject>() else { continue };
        let index = match by_key {
            0 => at as u32,
            _ => {
                let key = data.definition.borrow().key.clone();
                peek(vm, |orm| orm.schema.table(id).column_index(&key))?.unwrap_or_default()
            }
        };
        let column = ColumnId { table: id, index };
        data.id.set(Some(column));
        vm.library.sqlalchemy.columns.insert(column, object);
    }
    for (at, object) in parts.constraints.into_iter().enumerate() {
        constraints::place(vm, &object, id, constraints + at);
    }
    for (at, object) in parts.indexes.into_iter().enumerate() {
        constraints::place(vm, &object, id, indexes + at);
    }
    Ok(())
}

pub(super) fn table_object(vm: &mut Vm, id: TableId) -> Object {
    let class = classes(vm).table.clone();
    let object = Instance::native(&class, TableObject { id });
    vm.library.sqlalchemy.tables.insert(id, object.clone());
    object
}

/// An error of the schema as a Python exception.
pub(in crate::library::sqlalchemy) fn schema_error(
    vm: &mut Vm,
    error: &SchemaError,
) -> crate::object::Unwind {
    let class = match error {
        SchemaError::AlreadyDefined(_) | SchemaError::NamelessConstraint => "InvalidRequestError",
        SchemaError::DuplicateColumn { .. } => "DuplicateColumnError",
        SchemaError::NamelessColumn | SchemaError::Argument(_) => "ArgumentError",
        SchemaError::NoColumn { .. } => "ConstraintColumnNotFoundError",
        SchemaError::UnknownToken(token) => return vm.key_error(Object::str(token)),
    };
    errors::error(vm, class, error.to_string())
}

/// Whether a table that has some columns already gets what the database says.
fn is_news(item: &Object, known: &[String]) -> bool {
    if let Some(column) = item.native::<ColumnObject>() {
        return !known.contains(&column.definition.borrow().name);
    }
    let Some(item) = item.native::<ItemObject>() else { return true };
    match &*item.item.borrow() {
        Item::Constraint(constraint) => match &constraint.kind {
            // The columns say by themselves that they are the key.
            ConstraintKind::PrimaryKey { .. } => false,
            ConstraintKind::ForeignKey { columns, .. } => !columns.iter().any(|name| known.contains(name)),
            _ => true,
        },
        Item::Index(_) => true,
    }
}
