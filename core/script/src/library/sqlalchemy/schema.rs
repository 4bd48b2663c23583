//! `Column`, `ForeignKey`, constraints, and `Table`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ormscope::schema::{self, ColumnDefault, Constraint, Index, ServerDefault};
use ormscope::sql::Kind;
use ormscope::sql::compiler::Dialect;
use ormscope::types::{ColumnId, SqlType, TableId};

use super::arguments::Arguments;
use super::constraints::{ForeignKeyObject, TableItem, foreign_key_objects, item_class, text_option};
use super::expressions::ExprData;
use super::metadata::metadata_of;
use super::types::to_sql_type;
use super::values::{Kept, to_value};
use super::{classes, errors, peek, receiver, with_orm};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a `Column`.
pub(super) struct ColumnObject {
    /// Its definition, until a table takes it.
    pub(super) definition: RefCell<schema::Column>,
    /// Its place, once a table has it.
    pub(super) id: Cell<Option<ColumnId>>,
}

/// The native data of a `Table`.
pub(super) struct TableObject {
    /// Its id.
    pub(super) id: TableId,
}

/// The native data of `table.c`.
struct ColumnCollection {
    table: TableId,
}

pub(super) fn column_class(base: &Rc<Class>) -> Rc<Class> {
    Class::builder("Column")
        .module("sqlalchemy.sql.schema")
        .base(base)
        .method("__new__", new_column)
        .method("__init__", |_, _| Ok(Object::None))
        .method("__repr__", |vm, args| {
            let column = receiver::<ColumnObject>(vm, &args.positional[0])?;
            let text = match column.id.get() {
                Some(id) => {
                    peek(vm, |orm| orm.schema.column(id).repr(Some(&orm.schema.table(id.table).name)))?
                }
                None => column.definition.borrow().repr(None),
            };
            Ok(Object::str(text))
        })
        .method("__str__", |vm, args| {
            let column = receiver::<ColumnObject>(vm, &args.positional[0])?;
            match column.id.get() {
                Some(id) => peek(vm, |orm| {
                    Object::str(format!(
                        "{}.{}",
                        orm.schema.table(id.table).key(),
                        orm.schema.column(id).name
                    ))
                }),
                None => Ok(Object::str(&column.definition.borrow().name)),
            }
        })
        .getter("name", |vm, args| with_column(vm, &args.positional[0], |column| Object::str(&column.name)))
        .getter("key", |vm, args| with_column(vm, &args.positional[0], |column| Object::str(&column.key)))
        .getter("nullable", |vm, args| with_column(vm, &args.positional[0], |column| column.nullable.into()))
        .getter("primary_key", |vm, args| {
            with_column(vm, &args.positional[0], |column| column.primary_key.into())
        })
        .getter("unique", |vm, args| {
            with_column(
                vm,
                &args.positional[0],
                |column| if column.unique { true.into() } else { Object::None },
            )
        })
        .getter("foreign_keys", |vm, args| {
            let column = receiver::<ColumnObject>(vm, &args.positional[0])?;
            let keys = match column.id.get() {
                Some(id) => foreign_key_objects(vm, id)?,
                None => Vec::new(),
            };
            Ok(Object::Set(Rc::new(crate::builtins::Set::from_items(vm, false, keys)?)))
        })
        .getter("default", |vm, args| {
            with_column(vm, &args.positional[0], |column| match &column.default {
                Some(default) => Object::str(format!("{default:?}")),
                None => Object::None,
            })
        })
        .method("references", |vm, args| {
            let (own, other) = (column_id(vm, &args.positional[0])?, column_id(vm, &args.positional[1])?);
            let (Some(own), Some(other)) = (own, other) else { return Ok(Object::Bool(false)) };
            peek(vm, |orm| Object::Bool(orm.schema.foreign_keys(own.table).contains(&(own, other))))
        })
        .getter("type", |vm, args| {
            let sql_type = column_type(vm, &args.positional[0])?;
            Ok(super::types::type_object(vm, sql_type))
        })
        .getter("table", |vm, args| {
            let column = receiver::<ColumnObject>(vm, &args.positional[0])?;
            Ok(column
                .id
                .get()
                .and_then(|id| vm.library.sqlalchemy.tables.get(&id.table).cloned())
                .unwrap_or(Object::None))
        })
        .build()
}

fn with_column(
    vm: &mut Vm,
    object: &Object,
    look: impl FnOnce(&schema::Column) -> Object,
) -> PyResult<Object> {
    let column = receiver::<ColumnObject>(vm, object)?;
    match column.id.get() {
        Some(id) => peek(vm, |orm| look(orm.schema.column(id))),
        None => Ok(look(&column.definition.borrow())),
    }
}

fn column_type(vm: &mut Vm, object: &Object) -> PyResult<SqlType> {
    let column = receiver::<ColumnObject>(vm, object)?;
    match column.id.get() {
        Some(id) => peek(vm, |orm| orm.schema.column(id).sql_type.clone()),
        None => Ok(column.definition.borrow().sql_type.clone()),
    }
}

fn new_column(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("Column", args);
    let receiver = args.receiver();
    let column = read_column(vm, &mut args)?;
    args.finish(vm)?;
    let class = receiver.as_class().map_or_else(|| classes(vm).column.clone(), Rc::clone);
    Ok(Instance::native(&class, ColumnObject { definition: RefCell::new(column), id: Cell::new(None) }))
}

/// Reads the arguments that `Column` and `mapped_column` share.
pub(super) fn read_column(vm: &mut Vm, args: &mut Arguments) -> PyResult<schema::Column> {
    let mut column = schema::Column::new("", SqlType::Null);
    column.name = match args.keyword("name") {
        Some(Object::Str(name)) => name.as_str().to_string(),
        _ => String::new(),
    };
    let mut has_type = false;
    let named_type = args.keyword("type_").into_iter();
    for (at, item) in named_type.chain(args.rest()).enumerate() {
        if let (Object::Str(name), true) = (&item, at == 0 && column.name.is_empty()) {
            column.name = name.as_str().to_string();
        } else if let Some(sql_type) = to_sql_type(vm, &item)? {
            column.sql_type = sql_type;
            has_type = true;
        } else if let Some(key) = item.native::<ForeignKeyObject>() {
            column.foreign_keys.push(key.key.clone());
        } else if let Some(constraint) = item.native::<TableItem>()
            && let TableItem::Constraint(Constraint::Check { name, text }) = &*constraint
        {
            column.checks.push((name.clone(), text.clone()));
        } else if !item.is_none() {
            let repr = vm.repr(&item)?;
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {}",
                    repr.as_str()
                ),
            ));
        }
    }
    column.type_from_foreign_key = !has_type && !column.foreign_keys.is_empty();
    column.key = match args.keyword("key") {
        Some(Object::Str(key)) => key.as_str().to_string(),
        _ => column.name.clone(),
    };
    column.primary_key = args.flag(vm, "primary_key", false)?;
    column.nullable = match args.keyword("nullable") {
        Some(value) => vm.truthy(&value)?,
        None => !column.primary_key,
    };
    column.unique = args.flag(vm, "unique", false)?;
    column.index = args.flag(vm, "index", false)?;
    column.autoincrement = match args.keyword("autoincrement") {
        Some(Object::Bool(value)) => Some(value),
        _ => None,
    };
    column.default = match args.keyword("default") {
        Some(value) => read_default(vm, &value)?,
        None => None,
    };
    column.onupdate = match args.keyword("onupdate") {
        Some(value) => read_default(vm, &value)?,
        None => None,
    };
    column.server_default = match args.keyword("server_default") {
        Some(Object::Str(text)) => Some(ServerDefault::Literal(text.as_str().to_string())),
        Some(Object::None) | None => None,
        Some(other) => {
            let expr = super::expressions::require_expr(vm, &other)?;
            // SQLite takes an expression in parentheses only; text is taken as it stands.
            let is_text = matches!(
                expr.kind(),
                Kind::Literal { .. } | Kind::Text(_) | Kind::Null | Kind::True | Kind::False
            );
            let bare = matches!(expr.kind(), Kind::Function(call) if call.arguments.is_empty());
            peek(vm, |orm| {
                let text = |dialect| ormscope::sql::compiler::compile_to_text(&orm.schema, &expr, dialect);
                let sqlite = text(Dialect::Sqlite);
                Some(ServerDefault::Text {
                    default: text(Dialect::Default),
                    sqlite: if is_text || bare { sqlite } else { format!("({sqlite})") },
                    postgresql: text(Dialect::Postgresql),
                    mysql: if is_text { text(Dialect::Mysql) } else { format!("({})", text(Dialect::Mysql)) },
                })
            })?
        }
    };
    for ignored in ["doc", "comment", "info", "quote", "system", "insert_sentinel"] {
        args.keyword(ignored);
    }
    Ok(column)
}

fn read_default(vm: &mut Vm, value: &Object) -> PyResult<Option<ColumnDefault>> {
    if value.is_none() {
        return Ok(None);
    }
    if let Some(expr) = super::operands::to_expr(vm, value)? {
        return Ok(Some(ColumnDefault::Sql(expr)));
    }
    let callable = match value {
        Object::Function(_) | Object::Native(_) | Object::Method(_) | Object::Class(_) => true,
        other => vm.get_attr_opt(other, "__call__")?.is_some(),
    };
    if callable {
        let name = match vm.get_attr_opt(value, "__qualname__")? {
            Some(name) => vm.str(&name)?.as_str().to_string(),
            None => "callable".into(),
        };
        return Ok(Some(ColumnDefault::Callable { code: Rc::new(Kept::new(vm, value)), name }));
    }
    Ok(Some(ColumnDefault::Scalar(to_value(vm, value)?)))
}

pub(super) fn table_class(from_clause: &Rc<Class>) -> Rc<Class> {
    Class::builder("Table")
        .module("sqlalchemy.sql.schema")
        .base(from_clause)
        .method("__new__", new_table)
        .method("__init__", |_, _| Ok(Object::None))
        .method("__repr__", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(orm.schema.table_repr(table.id)))
        })
        .method("__str__", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(orm.schema.table(table.id).key()))
        })
        .getter("name", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(&orm.schema.table(table.id).name))
        })
        .getter("key", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            peek(vm, |orm| Object::str(orm.schema.table(table.id).key()))
        })
        .getter("c", table_columns)
        .getter("columns", table_columns)
        .getter("primary_key", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            let keys = peek(vm, |orm| orm.schema.table(table.id).primary_key())?;
            let columns =
                keys.into_iter().map(|index| column_object(vm, ColumnId { table: table.id, index }));
            Ok(Object::tuple(columns.collect()))
        })
        .getter("indexes", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            let indexes = peek(vm, |orm| orm.schema.table(table.id).indexes.clone())?;
            let class = item_class("Index");
            let items: Vec<Object> =
                indexes.into_iter().map(|index| Instance::native(&class, TableItem::Index(index))).collect();
            Ok(Object::Set(Rc::new(crate::builtins::Set::from_items(vm, false, items)?)))
        })
        .getter("foreign_keys", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            let count = peek(vm, |orm| orm.schema.table(table.id).columns.len())?;
            let mut keys = Vec::new();
            for index in 0..count as u32 {
                keys.extend(foreign_key_objects(vm, ColumnId { table: table.id, index })?);
            }
            Ok(Object::Set(Rc::new(crate::builtins::Set::from_items(vm, false, keys)?)))
        })
        .getter("metadata", |vm, args| {
            let table = receiver::<TableObject>(vm, &args.positional[0])?;
            super::metadata::metadata_object_of(vm, table.id)
        })
        .method("create", |vm, args| super::metadata::create_or_drop_table(vm, args, true))
        .method("drop", |vm, args| super::metadata::create_or_drop_table(vm, args, false))
        .build()
}

fn table_columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let table = receiver::<TableObject>(vm, &args.positional[0])?;
    let class = classes(vm).column_collection.clone();
    Ok(Instance::native(&class, ColumnCollection { table: table.id }))
}

fn new_table(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("Table", args);
    args.receiver();
    let name = args.require(vm, "name")?;
    let name = vm.str(&name)?.as_str().to_string();
    let metadata = args.require(vm, "metadata")?;
    let Some(metadata) = metadata_of(vm, &metadata)? else {
        return Err(errors::error(
            vm,
            "ArgumentError",
            "expected a MetaData object as the second argument of Table()",
        ));
    };
    let schema = text_option(&mut args, "schema");
    let _must_exist = args.flag(vm, "must_exist", false)?;
    let extend = args.flag(vm, "extend_existing", false)?;
    let keep = args.flag(vm, "keep_existing", false)?;
    let items = args.rest();
    for ignored in ["comment", "info", "prefixes", "quote", "implicit_returning", "sqlite_autoincrement"] {
        args.keyword(ignored);
    }
    args.finish(vm)?;
    let key = schema.as_ref().map_or_else(|| name.clone(), |schema| format!("{schema}.{name}"));
    let existing = peek(vm, |orm| orm.schema.find_table(metadata, &key))?;
    if let Some(existing) = existing
        && (items.is_empty() || keep)
        && !extend
    {
        return Ok(vm.library.sqlalchemy.tables.get(&existing).cloned().unwrap_or(Object::None));
    }
    make_table(vm, &name, schema, metadata, items)
}

/// Makes a table of columns, constraints and indexes.
pub(super) fn make_table(
    vm: &mut Vm,
    name: &str,
    schema: Option<String>,
    metadata: ormscope::types::MetaDataId,
    items: Vec<Object>,
) -> PyResult<Object> {
    let mut table = schema::Table::new(name);
    table.schema = schema;
    let mut columns: Vec<Object> = Vec::new();
    for item in items {
        if let Some(column) = item.native::<ColumnObject>() {
            if let Some(taken) = column.id.get() {
                let other = peek(vm, |orm| orm.schema.table(taken.table).name.clone())?;
                let name = column.definition.borrow().name.clone();
                return Err(errors::error(
                    vm,
                    "ArgumentError",
                    format!("Column object '{name}' already assigned to Table '{other}'"),
                ));
            }
            let definition = column.definition.borrow().clone();
            if definition.index {
                table.indexes.push(Index {
                    name: format!("ix_{name}_{}", definition.name),
                    columns: vec![definition.key.clone()],
                    unique: definition.unique,
                });
            }
            table
                .columns
                .push(schema::Column { unique: definition.unique && !definition.index, ..definition });
            columns.push(item.clone());
        } else if let Some(item) = item.native::<TableItem>() {
            match &*item {
                TableItem::Constraint(constraint) => {
                    if let Constraint::PrimaryKey { columns, .. } = constraint {
                        for column in &mut table.columns {
                            if columns.contains(&column.key) {
                                column.primary_key = true;
                                column.nullable = false;
                            }
                        }
                    }
                    table.constraints.push(constraint.clone());
                }
                TableItem::Index(index) => table.indexes.push(index.clone()),
            }
        } else {
            let repr = vm.repr(&item)?;
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {}",
                    repr.as_str()
                ),
            ));
        }
    }
    let added = with_orm(vm, |orm, _| Ok(orm.schema.add_table(metadata, table)))?;
    let id = match added {
        Ok(id) => id,
        Err(error) => {
            let class = match error {
                schema::SchemaError::AlreadyDefined(_) => "InvalidRequestError",
                schema::SchemaError::DuplicateColumn { .. } => "DuplicateColumnError",
            };
            return Err(errors::error(vm, class, error.to_string()));
        }
    };
    for (index, object) in columns.into_iter().enumerate() {
        let column = ColumnId { table: id, index: index as u32 };
        if let Some(data) = object.native::<ColumnObject>() {
            data.id.set(Some(column));
        }
        vm.library.sqlalchemy.columns.insert(column, object);
    }
    let class = classes(vm).table.clone();
    let object = Instance::native(&class, TableObject { id });
    vm.library.sqlalchemy.tables.insert(id, object.clone());
    Ok(object)
}

/// The Python object of a column.
pub(super) fn column_object(vm: &mut Vm, id: ColumnId) -> Object {
    vm.library.sqlalchemy.columns.get(&id).cloned().unwrap_or(Object::None)
}

/// The table column that an object is.
pub(super) fn column_id(vm: &mut Vm, object: &Object) -> PyResult<Option<ColumnId>> {
    if let Some(column) = object.native::<ColumnObject>() {
        return Ok(column.id.get());
    }
    if let Some(data) = object.native::<ExprData>()
        && let Kind::Column(column) = data.expr.kind()
    {
        return Ok(column.base);
    }
    super::attributes::column_of(vm, object)
}

/// The table that an object is: a `Table`, or a mapped class's.
pub(super) fn table_id(vm: &mut Vm, object: &Object) -> PyResult<Option<TableId>> {
    if let Some(table) = object.native::<TableObject>() {
        return Ok(Some(table.id));
    }
    match super::mapping::mapper_of(vm, object)? {
        Some(mapper) => Ok(Some(peek(vm, |orm| orm.mapper(mapper).table)?)),
        None => Ok(None),
    }
}

pub(super) fn column_collection_class() -> Rc<Class> {
    Class::builder("ReadOnlyColumnCollection")
        .module("sqlalchemy.sql.base")
        .method("__getattr__", |vm, args| {
            let name = vm.str(&args.positional[1])?;
            match find_column(vm, &args.positional[0], name.as_str())? {
                Some(column) => Ok(column),
                None => Err(vm.error(&vm.exceptions.attribute_error.clone(), name.as_str())),
            }
        })
        .method("__getitem__", |vm, args| {
            let found = match &args.positional[1] {
                Object::Int(index) => {
                    let collection = receiver::<ColumnCollection>(vm, &args.positional[0])?;
                    let id = ColumnId { table: collection.table, index: *index as u32 };
                    vm.library.sqlalchemy.columns.get(&id).cloned()
                }
                name => {
                    let name = vm.str(name)?;
                    find_column(vm, &args.positional[0], name.as_str())?
                }
            };
            found.ok_or_else(|| vm.key_error(args.positional[1].clone()))
        })
        .method("__iter__", |vm, args| {
            let columns = all_columns(vm, &args.positional[0])?;
            vm.iter(&Object::list(columns))
        })
        .method("__len__", |vm, args| Ok(Object::Int(all_columns(vm, &args.positional[0])?.len() as i64)))
        .method("__contains__", |vm, args| {
            let name = vm.str(&args.positional[1])?;
            Ok(find_column(vm, &args.positional[0], name.as_str())?.is_some().into())
        })
        .method("keys", |vm, args| {
            let collection = receiver::<ColumnCollection>(vm, &args.positional[0])?;
            peek(vm, |orm| {
                let columns = &orm.schema.table(collection.table).columns;
                Object::list(columns.iter().map(|column| Object::str(&column.key)).collect())
            })
        })
        .method("values", |vm, args| Ok(Object::list(all_columns(vm, &args.positional[0])?)))
        .build()
}

fn find_column(vm: &mut Vm, collection: &Object, key: &str) -> PyResult<Option<Object>> {
    let collection = receiver::<ColumnCollection>(vm, collection)?;
    let index = peek(vm, |orm| orm.schema.table(collection.table).column_index(key))?;
    Ok(index.map(|index| column_object(vm, ColumnId { table: collection.table, index })))
}

fn all_columns(vm: &mut Vm, collection: &Object) -> PyResult<Vec<Object>> {
    let collection = receiver::<ColumnCollection>(vm, collection)?;
    let count = peek(vm, |orm| orm.schema.table(collection.table).columns.len())?;
    Ok((0..count as u32)
        .map(|index| column_object(vm, ColumnId { table: collection.table, index }))
        .collect())
}
