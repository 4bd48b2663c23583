//! `insert()`, `update()`, `delete()`.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::sql::compiler::Given;
use ormscope::sql::{Assignment, Delete, Expr, Insert, InsertValues, OnConflict, Select, Statement, Update};
use ormscope::types::{ColumnId, TableId};

use super::arguments::Arguments;
use super::expressions::{conditions, to_expr};
use super::select::{compile_statement, equalities, print_statement};
use super::values::to_value;
use super::{attributes, classes, errors, peek, receiver, schema};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a DML statement.
pub(super) struct DmlData {
    /// The statement.
    pub(super) statement: Statement,
    /// What it was made for: a table or a mapped class.
    target: Object,
    /// `RETURNING` of mapped classes and columns, for the result.
    pub(super) returning: RefCell<Vec<Object>>,
    /// `execution_options(…)`
    options: RefCell<Option<Object>>,
}

fn data(statement: Statement, target: Object) -> DmlData {
    DmlData { statement, target, returning: RefCell::default(), options: RefCell::default() }
}

pub(super) fn insert_class() -> Rc<Class> {
    base("Insert")
        .method("values", |vm, args| {
            let mut args = Arguments::new("values", args);
            let own = receiver::<DmlData>(vm, &args.receiver())?;
            let Statement::Insert(mut insert) = own.statement.clone() else { return Ok(Object::None) };
            let given = args.rest();
            let named = args.keywords();
            insert.values = match given.first() {
                Some(Object::List(rows)) => {
                    let rows = rows.items.borrow().clone();
                    let rows = rows.iter().map(|row| assignments(vm, &own.target, row, Vec::new()));
                    InsertValues::Rows(rows.collect::<PyResult<Vec<_>>>()?)
                }
                Some(row) => InsertValues::Row(assignments(vm, &own.target, row, named)?),
                None => InsertValues::Row(assignments(vm, &own.target, &Object::None, named)?),
            };
            Ok(object(vm, data(Statement::Insert(insert), own.target.clone())))
        })
        .method("on_conflict_do_nothing", |vm, args| on_conflict(vm, args, false))
        .method("on_conflict_do_update", |vm, args| on_conflict(vm, args, true))
        .getter("excluded", |vm, args| {
            let own = receiver::<DmlData>(vm, &args.positional[0])?;
            let table = require_table(vm, &own.target)?;
            let class = classes(vm).alias_columns.clone();
            let alias = ormscope::sql::From::alias(table, Some("excluded"));
            Ok(Instance::native(&class, super::select::AliasData { alias }))
        })
        .method("from_select", |vm, args| {
            let own = receiver::<DmlData>(vm, &args.positional[0])?;
            let Statement::Insert(mut insert) = own.statement.clone() else { return Ok(Object::None) };
            let mut columns = Vec::new();
            for name in vm.collect(&args.positional[1])? {
                columns.push(column_of(vm, &own.target, &name)?);
            }
            let Some(select) = super::select::as_select(vm, &args.positional[2])? else {
                return Err(vm.type_error("from_select() takes a select"));
            };
            insert.values = InsertValues::Select(columns, Box::new(select));
            Ok(object(vm, data(Statement::Insert(insert), own.target.clone())))
        })
        .build()
}

/// `on_conflict_do_update(…)` and its kin.
fn on_conflict(vm: &mut Vm, args: Args, updates: bool) -> PyResult<Object> {
    let mut args = Arguments::new("on_conflict", args);
    let own = receiver::<DmlData>(vm, &args.receiver())?;
    let Statement::Insert(mut insert) = own.statement.clone() else { return Ok(Object::None) };
    let mut target = Vec::new();
    if let Some(elements) = args.keyword("index_elements").filter(|given| !given.is_none()) {
        for element in vm.collect(&elements)? {
            target.push(match &element {
                Object::Str(name) => name.as_str().to_string(),
                column => {
                    let name = vm.get_attr(column, "name")?;
                    vm.str(&name)?.as_str().to_string()
                }
            });
        }
    }
    let set = match args.keyword("set_") {
        Some(set) if updates => assignments(vm, &own.target, &set, Vec::new())?,
        _ => Vec::new(),
    };
    let where_ = match args.keyword("where").filter(|given| !given.is_none()) {
        Some(condition) => conditions(vm, &[condition])?,
        None => Vec::new(),
    };
    insert.on_conflict = Some(Box::new(OnConflict { target, set, where_ }));
    Ok(object(vm, data(Statement::Insert(insert), own.target.clone())))
}

pub(super) fn update_class() -> Rc<Class> {
    base("Update")
        .method("values", |vm, args| {
            let mut args = Arguments::new("values", args);
            let own = receiver::<DmlData>(vm, &args.receiver())?;
            let Statement::Update(mut update) = own.statement.clone() else { return Ok(Object::None) };
            let row = args.next().unwrap_or(Object::None);
            let named = args.keywords();
            update.values.extend(assignments(vm, &own.target, &row, named)?);
            Ok(object(vm, data(Statement::Update(update), own.target.clone())))
        })
        .build()
}

pub(super) fn delete_class() -> Rc<Class> {
    base("Delete").build()
}

fn base(name: &str) -> crate::object::ClassBuilder {
    Class::builder(name)
        .module("sqlalchemy.sql.dml")
        .method("where", |vm, args| {
            let own = receiver::<DmlData>(vm, &args.positional[0])?;
            let added = conditions(vm, &args.positional[1..])?;
            Ok(object(vm, with_conditions(&own, added)))
        })
        .method("filter_by", |vm, args| {
            let mut args = Arguments::new("filter_by", args);
            let own = receiver::<DmlData>(vm, &args.receiver())?;
            let added = equalities(vm, Some(&own.target), &mut args)?;
            Ok(object(vm, with_conditions(&own, added)))
        })
        .method("returning", |vm, args| {
            let own = receiver::<DmlData>(vm, &args.positional[0])?;
            let mut columns = Vec::new();
            for item in &args.positional[1..] {
                columns.extend(returned(vm, item)?);
            }
            let mut statement = own.statement.clone();
            match &mut statement {
                Statement::Insert(insert) => insert.returning.extend(columns),
                Statement::Update(update) => update.returning.extend(columns),
                Statement::Delete(delete) => delete.returning.extend(columns),
                _ => {}
            }
            let copy = data(statement, own.target.clone());
            copy.returning.borrow_mut().extend(args.positional[1..].iter().cloned());
            Ok(object(vm, copy))
        })
        .method("execution_options", |vm, args| {
            let own = receiver::<DmlData>(vm, &args.positional[0])?;
            let copy = with_conditions(&own, Vec::new());
            *copy.options.borrow_mut() = Some(crate::builtins::Dict::from_names(args.keyword));
            Ok(object(vm, copy))
        })
        .method("execute", super::connection::execute_implicitly)
        .method("compile", compile_statement)
        .method("__str__", print_statement)
}

fn object(vm: &mut Vm, data: DmlData) -> Object {
    let own = classes(vm);
    let class = match &data.statement {
        Statement::Insert(_) => &own.insert,
        Statement::Update(_) => &own.update,
        _ => &own.delete,
    };
    Instance::native(class, data)
}

fn with_conditions(own: &DmlData, added: Vec<Expr>) -> DmlData {
    let mut statement = own.statement.clone();
    match &mut statement {
        Statement::Update(update) => update.where_.extend(added),
        Statement::Delete(delete) => delete.where_.extend(added),
        _ => {}
    }
    DmlData {
        statement,
        target: own.target.clone(),
        returning: RefCell::new(own.returning.borrow().clone()),
        options: RefCell::new(own.options.borrow().clone()),
    }
}

/// What RETURNING gives of a column or a mapped class.
fn returned(vm: &mut Vm, item: &Object) -> PyResult<Vec<Expr>> {
    match super::select::to_from(vm, item)? {
        Some(from) => {
            let columns = peek(vm, |orm| from.columns(&orm.schema))?;
            Ok(columns.into_iter().map(Expr::Column).collect())
        }
        None => Ok(vec![super::expressions::require_expr(vm, item)?]),
    }
}

/// `insert(table)`
pub(super) fn new_insert(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("insert", args);
    let target = args.require(vm, "table")?;
    let table = require_table(vm, &target)?;
    let given = args.take("values");
    let named = args.keywords();
    let values = match given {
        Some(row) => InsertValues::Row(assignments(vm, &target, &row, named)?),
        None => InsertValues::Parameters,
    };
    let statement = Statement::Insert(Insert { table, values, on_conflict: None, returning: Vec::new() });
    Ok(object(vm, data(statement, target)))
}

/// `update(table)`
pub(super) fn new_update(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let target = first(vm, &args)?;
    let table = require_table(vm, &target)?;
    let mut where_ = Vec::new();
    if args.positional.len() > 1 {
        where_ = conditions(vm, &args.positional[1..2])?;
    }
    let statement = Statement::Update(Update { table, values: Vec::new(), where_, returning: Vec::new() });
    Ok(object(vm, data(statement, target)))
}

/// `delete(table)`
pub(super) fn new_delete(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let target = first(vm, &args)?;
    let table = require_table(vm, &target)?;
    let where_ = conditions(vm, &args.positional[1..])?;
    Ok(object(vm, data(Statement::Delete(Delete { table, where_, returning: Vec::new() }), target)))
}

fn first(vm: &mut Vm, args: &Args) -> PyResult<Object> {
    match args.positional.first() {
        Some(object) => Ok(object.clone()),
        None => Err(vm.type_error("a table is missing")),
    }
}

fn require_table(vm: &mut Vm, object: &Object) -> PyResult<TableId> {
    match schema::table_id(vm, object)? {
        Some(table) => Ok(table),
        None => {
            let repr = vm.repr(object)?;
            Err(errors::error(
                vm,
                "ArgumentError",
                format!("subject table for an INSERT, UPDATE or DELETE expected, got {}.", repr.as_str()),
            ))
        }
    }
}

/// `{'name': 'ed'}`, `(1, 'ed')` and `name='ed'` as assignments.
fn assignments(
    vm: &mut Vm,
    target: &Object,
    row: &Object,
    named: Vec<(crate::object::Name, Object)>,
) -> PyResult<Vec<Assignment>> {
    let mut pairs: Vec<(Object, Object)> = match row {
        Object::Dict(dict) => dict.items(),
        Object::Tuple(values) => {
            let places = (0..values.len() as i64).map(Object::Int);
            places.zip(values.iter().cloned()).collect()
        }
        _ => Vec::new(),
    };
    pairs.extend(named.into_iter().map(|(name, value)| (Object::Str(name), value)));
    let mut list = Vec::new();
    for (key, value) in pairs {
        let column = match key {
            Object::Int(place) => place as u32,
            ref key => column_of(vm, target, key)?,
        };
        let value = match to_expr(vm, &value)? {
            Some(expr) => expr,
            None => {
                let value = to_value(vm, &value)?;
                let table = require_table(vm, target)?;
                let (name, sql_type) = peek(vm, |orm| {
                    let column = orm.schema.column(ColumnId { table, index: column });
                    (column.key.clone(), column.sql_type.clone())
                })?;
                Expr::bind(&name, value, sql_type)
            }
        };
        list.push(Assignment { column, value });
    }
    Ok(list)
}

/// The place of the column that a key names.
fn column_of(vm: &mut Vm, target: &Object, key: &Object) -> PyResult<u32> {
    let table = require_table(vm, target)?;
    if let Object::Str(name) = key {
        if let Some(column) = attributes::column_named(vm, target, name.as_str())? {
            return Ok(column.index);
        }
        if let Some(index) = peek(vm, |orm| orm.schema.table(table).column_index(name.as_str()))? {
            return Ok(index);
        }
        return Err(errors::error(vm, "CompileError", format!("Unconsumed column names: {}", name.as_str())));
    }
    match schema::column_id(vm, key)? {
        Some(id) => Ok(id.index),
        None => Err(vm.type_error("a column or its name is expected as a key of values()")),
    }
}

/// The statement of a DML object.
pub(super) fn to_statement(_vm: &mut Vm, object: &Object) -> PyResult<Option<Statement>> {
    Ok(object.native::<DmlData>().map(|data| data.statement.clone()))
}

/// The execution options of a DML object.
pub(super) fn options_of(object: &Object) -> Option<Object> {
    object.native::<DmlData>().and_then(|data| data.options.borrow().clone())
}

/// The mapped class or table that a DML object is for.
pub(super) fn target_of(object: &Object) -> Option<Object> {
    object.native::<DmlData>().map(|data| data.target.clone())
}

/// `str(insert)` shows every column of the table.
pub(super) fn printed_keys(vm: &mut Vm, statement: &Statement) -> PyResult<Given> {
    let table = match statement {
        Statement::Insert(Insert { table, values: InsertValues::Parameters, .. }) => *table,
        Statement::Update(Update { table, values, .. }) if values.is_empty() => *table,
        _ => return Ok(Given::default()),
    };
    let keys = peek(vm, |orm| {
        orm.schema.table(table).columns.iter().map(|column| column.key.as_str().into()).collect()
    })?;
    Ok(Given { keys, ..Given::default() })
}

/// The names under which a statement's rows come, by mapped class or column.
pub(super) fn select_of_returning(vm: &mut Vm, object: &Object) -> PyResult<Option<Select>> {
    let Some(own) = object.native::<DmlData>() else { return Ok(None) };
    let items = own.returning.borrow().clone();
    if items.is_empty() {
        return Ok(None);
    }
    let mut select = Select::default();
    for item in items {
        let item = super::select::select_item(vm, &item)?;
        select.items.push(item);
    }
    Ok(Some(select))
}
