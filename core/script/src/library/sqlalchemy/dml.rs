//! `insert()`, `update()`, `delete()`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.dml`.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::sql::{
    Alias, AliasKind, AliasOf, ConflictDialect, Delete, Dml, Expr, From, Insert, InsertValues, Select,
    SelectItem, Statement, Update,
};

use super::arguments::Arguments;
use super::ctes::{affixes, cte_of};
use super::expressions::{conditions, require_expr};
use super::froms::{require_from, to_from};
use super::select::{compile_statement, print_statement};
use super::{classes, errors, peek, receiver};
use crate::object::{Args, Class, ClassBuilder, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a DML statement.
pub(super) struct DmlData {
    /// The statement.
    pub(super) statement: Statement,
    /// What it was made for: a table or a mapped class.
    pub(super) target: Object,
    /// `RETURNING` of mapped classes and columns, for the result.
    pub(super) returning: RefCell<Vec<Object>>,
    /// `execution_options(…)`
    options: RefCell<Option<Object>>,
    /// `with_dialect_options(…)`
    pub(super) dialect_options: RefCell<Vec<(crate::object::Name, Object)>>,
    /// The dialect whose `insert()` it is, where it is one's.
    pub(super) dialect: Option<ConflictDialect>,
    /// The row that was to be inserted, as conditions and values name it.
    pub(super) proposed: RefCell<Option<Rc<Alias>>>,
}

fn data(statement: Statement, target: Object) -> DmlData {
    DmlData {
        statement,
        target,
        returning: RefCell::default(),
        options: RefCell::default(),
        dialect_options: RefCell::default(),
        dialect: None,
        proposed: RefCell::default(),
    }
}

pub(super) fn insert_class(clause: &Rc<Class>) -> Rc<Class> {
    base("Insert", clause)
        .method("values", super::dml_values::insert_values)
        .method("on_conflict_do_nothing", |vm, args| super::conflicts::on_conflict(vm, args, false))
        .method("on_conflict_do_update", |vm, args| super::conflicts::on_conflict(vm, args, true))
        .method("on_duplicate_key_update", super::conflicts::on_duplicate_key)
        .method("inline", |vm, args| {
            edit(vm, &args.positional[0], |statement| {
                if let Statement::Insert(insert) = statement {
                    insert.inline = true;
                }
            })
        })
        .getter("excluded", |vm, args| super::conflicts::proposed(vm, &args, "excluded"))
        .getter("inserted", |vm, args| super::conflicts::proposed(vm, &args, "inserted"))
        .method("from_select", super::dml_values::from_select)
        .build()
}

/// A changed copy of a statement's object.
pub(super) fn edit(vm: &mut Vm, own: &Object, change: impl FnOnce(&mut Statement)) -> PyResult<Object> {
    let own = receiver::<DmlData>(vm, own)?;
    let mut statement = own.statement.clone();
    change(&mut statement);
    let copy = DmlData {
        statement,
        target: own.target.clone(),
        returning: RefCell::new(own.returning.borrow().clone()),
        options: RefCell::new(own.options.borrow().clone()),
        dialect_options: RefCell::new(own.dialect_options.borrow().clone()),
        dialect: own.dialect,
        proposed: RefCell::new(own.proposed.borrow().clone()),
    };
    Ok(object(vm, copy))
}

pub(super) fn update_class(clause: &Rc<Class>) -> Rc<Class> {
    with_criteria(base("Update", clause))
        .method("values", super::dml_values::update_values)
        .method("ordered_values", super::dml_values::ordered_values)
        .method("ext", super::extensions::extend_change)
        .method("inline", |_, args| Ok(args.positional[0].clone()))
        .build()
}

pub(super) fn delete_class(clause: &Rc<Class>) -> Rc<Class> {
    with_criteria(base("Delete", clause))
        .method("ext", super::extensions::extend_change)
        .method("using", |vm, args| {
            let mut using = Vec::new();
            for object in &args.positional[1..] {
                using.push(require_from(vm, object)?);
            }
            edit(vm, &args.positional[0], |statement| {
                if let Statement::Delete(delete) = statement {
                    delete.using.extend(using);
                }
            })
        })
        .build()
}

pub(super) fn dml_of(statement: &mut Statement) -> Option<&mut Dml> {
    match statement {
        Statement::Insert(insert) => Some(&mut insert.dml),
        Statement::Update(update) => Some(&mut update.dml),
        Statement::Delete(delete) => Some(&mut delete.dml),
        _ => None,
    }
}

fn base(name: &str, clause: &Rc<Class>) -> ClassBuilder {
    let builder = Class::builder(name).base(clause).attribute("is_dml", Object::Bool(true));
    let flag = match name {
        "Insert" => "is_insert",
        "Update" => "is_update",
        _ => "is_delete",
    };
    let builder = match name {
        "Insert" => builder,
        _ => with_criteria(builder),
    };
    super::program_elements::statement_flags(builder, flag)
        .module("sqlalchemy.sql.dml")
        .method("returning", |vm, args| {
            let mut args = Arguments::new("returning", args);
            let this = args.receiver();
            super::return_defaults::refuse_both(vm, &this)?;
            let sorted = args.flag(vm, "sort_by_parameter_order", false)?;
            if sorted && !matches!(receiver::<DmlData>(vm, &this)?.statement, Statement::Insert(_)) {
                let message =
                    "The 'sort_by_parameter_order' argument to returning() only applies to INSERT statements";
                return Err(errors::error(vm, "ArgumentError", message));
            }
            let given = args.rest();
            let mut columns = Vec::new();
            for item in &given {
                columns.push(returned(vm, item)?);
            }
            let copy = edit(vm, &this, |statement| match statement {
                Statement::Insert(insert) => {
                    insert.returning.extend(columns);
                    insert.sorted |= sorted;
                }
                Statement::Update(update) => update.returning.extend(columns),
                Statement::Delete(delete) => delete.returning.extend(columns),
                _ => {}
            })?;
            receiver::<DmlData>(vm, &copy)?.returning.borrow_mut().extend(given);
            Ok(copy)
        })
        .method("prefix_with", |vm, args| {
            let mut args = Arguments::new("prefix_with", args);
            let this = args.receiver();
            let added = affixes(vm, &mut args)?;
            edit(vm, &this, |statement| {
                if let Some(dml) = dml_of(statement) {
                    dml.prefixes.extend(added);
                }
            })
        })
        .method("with_hint", |vm, args| {
            let mut args = Arguments::new("with_hint", args);
            let this = args.receiver();
            let text = args.require(vm, "text")?;
            let text = vm.str(&text)?;
            let own = receiver::<DmlData>(vm, &this)?;
            let from = match args.take("selectable").filter(|from| !from.is_none()) {
                Some(from) => require_from(vm, &from)?,
                None => require_from(vm, &own.target)?,
            };
            let dialect = args.take("dialect_name").and_then(|name| name.as_str().map(Rc::from));
            let hint = ormscope::sql::Hint {
                from: Some(from),
                text: text.as_str().into(),
                dialect: dialect.unwrap_or_else(|| "*".into()),
            };
            edit(vm, &this, |statement| {
                if let Some(dml) = dml_of(statement) {
                    dml.hints.push(hint);
                }
            })
        })
        .method("with_dialect_options", super::dml_options::with_dialect_options)
        .getter("dialect_options", super::dml_options::dialect_options)
        .getter("dialect_kwargs", super::dml_options::dialect_kwargs)
        .getter("kwargs", super::dml_options::dialect_kwargs)
        .method("add_cte", |vm, args| {
            let mut args = Arguments::new("add_cte", args);
            let this = args.receiver();
            let here = args.flag(vm, "nest_here", false)?;
            let mut added = Vec::new();
            for object in args.rest() {
                if let From::Alias(alias) = require_from(vm, &object)? {
                    added.push((alias, here));
                }
            }
            edit(vm, &this, |statement| {
                if let Some(dml) = dml_of(statement) {
                    dml.ctes.extend(added);
                }
            })
        })
        .method("cte", |vm, args| {
            let mut args = Arguments::new("cte", args);
            let own = receiver::<DmlData>(vm, &args.receiver())?;
            cte_of(vm, own.statement.clone(), &mut args)
        })
        .method("execution_options", |vm, args| {
            let copy = edit(vm, &args.positional[0], |_| {})?;
            let data = receiver::<DmlData>(vm, &copy)?;
            let known = data.options.borrow().clone();
            let options = super::statement_options::merged_options(vm, known.as_ref(), args.keyword)?;
            *data.options.borrow_mut() = Some(options);
            Ok(copy)
        })
        .method("return_defaults", super::return_defaults::return_defaults)
        .method("execute", super::connection::execute_implicitly)
        .method("compile", compile_statement)
        .method("__str__", print_statement)
        .method("get_execution_options", |vm, args| {
            let options = options_of(&args.positional[0]);
            super::statement_options::shown_options(vm, options.as_ref())
        })
        .method("compare", |vm, args| {
            let (own, other) = (receiver::<DmlData>(vm, &args.positional[0])?, args.positional.get(1));
            let same = match other.and_then(Object::native::<DmlData>) {
                Some(other) => super::comparing::statements_alike(&own.statement, &other.statement),
                None => false,
            };
            Ok(Object::Bool(same))
        })
        .method("self_group", |_, args| Ok(args.positional[0].clone()))
        .method("__bool__", |vm, _| Err(vm.type_error("Boolean value of this clause is not defined")))
        .getter("table", table)
        .getter("exported_columns", exported_columns)
        .getter("returning_column_descriptions", |vm, args| {
            let own = receiver::<DmlData>(vm, &args.positional[0])?;
            let returning = own.returning.borrow().clone();
            super::reading::descriptions(vm, &returning)
        })
        .getter("entity_description", |vm, args| {
            let table = table(vm, Args::positional(vec![args.positional[0].clone()]))?;
            let name = vm.get_attr(&table, "name")?;
            let pairs = vec![(Object::str("name"), name), (Object::str("table"), table)];
            crate::builtins::Dict::from_items(vm, pairs)
        })
        .getter("is_dml", |_, _| Ok(Object::Bool(true)))
        .getter("is_select", |_, _| Ok(Object::Bool(false)))
        .getter("is_text", |_, _| Ok(Object::Bool(false)))
        .getter("is_selectable", |_, _| Ok(Object::Bool(false)))
        .getter("is_clause_element", |_, _| Ok(Object::Bool(true)))
        .getter("supports_execution", |_, _| Ok(Object::Bool(true)))
        .getter("is_insert", |vm, args| is_kind(vm, &args, |one| matches!(one, Statement::Insert(_))))
        .getter("is_update", |vm, args| is_kind(vm, &args, |one| matches!(one, Statement::Update(_))))
        .getter("is_delete", |vm, args| is_kind(vm, &args, |one| matches!(one, Statement::Delete(_))))
}

/// The conditions that an UPDATE or DELETE may be given.
fn with_criteria(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("where", |vm, args| {
            let added = conditions(vm, &args.positional[1..])?;
            edit(vm, &args.positional[0], |statement| add_conditions(statement, added))
        })
        .method("filter", |vm, args| {
            let added = conditions(vm, &args.positional[1..])?;
            edit(vm, &args.positional[0], |statement| add_conditions(statement, added))
        })
        .method("filter_by", |vm, args| {
            let mut args = Arguments::new("filter_by", args);
            let this = args.receiver();
            let own = receiver::<DmlData>(vm, &this)?;
            let mut entities = vec![own.target.clone()];
            for condition in conditions_of(&own.statement) {
                entities.extend(super::namespace::entities_in(vm, condition)?);
            }
            let added = super::namespace::search(vm, &entities, &mut args)?;
            edit(vm, &this, |statement| add_conditions(statement, added))
        })
        .getter("whereclause", |vm, args| {
            let own = receiver::<DmlData>(vm, &args.positional[0])?;
            match conditions_of(&own.statement) {
                [] => Ok(Object::None),
                conditions => {
                    let all = Expr::all_of(ormscope::sql::Operator::And, conditions.iter().cloned());
                    Ok(super::expressions::expr_object(vm, all))
                }
            }
        })
}

fn is_kind(vm: &mut Vm, args: &Args, is: fn(&Statement) -> bool) -> PyResult<Object> {
    Ok(Object::Bool(is(&receiver::<DmlData>(vm, &args.positional[0])?.statement)))
}

/// The table of a statement, a mapped class's where it is for one.
fn table(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<DmlData>(vm, &args.positional[0])?;
    match to_from(vm, &own.target)? {
        Some(from) => super::froms::from_object(vm, from),
        None => Ok(own.target.clone()),
    }
}

/// The columns of RETURNING.
fn exported_columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<DmlData>(vm, &args.positional[0])?;
    let items = match &own.statement {
        Statement::Insert(insert) => &insert.returning,
        Statement::Update(update) => &update.returning,
        Statement::Delete(delete) => &delete.returning,
        _ => return Ok(Object::None),
    };
    super::columns::of_select(vm, &Select { items: items.clone(), ..Select::default() })
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

/// A statement as an object: one that a CTE holds.
pub(super) fn statement_object(vm: &mut Vm, statement: Statement) -> PyResult<Object> {
    let table = match &statement {
        Statement::Insert(insert) => &insert.table,
        Statement::Update(update) => &update.table,
        Statement::Delete(delete) => &delete.table,
        _ => return Ok(Object::None),
    };
    let target = super::froms::from_object(vm, table.clone())?;
    Ok(object(vm, data(statement, target)))
}

/// The conditions of its WHERE.
fn conditions_of(statement: &Statement) -> &[Expr] {
    match statement {
        Statement::Update(update) => &update.where_,
        Statement::Delete(delete) => &delete.where_,
        _ => &[],
    }
}

fn add_conditions(statement: &mut Statement, added: Vec<Expr>) {
    match statement {
        Statement::Update(update) => update.where_.extend(added),
        Statement::Delete(delete) => delete.where_.extend(added),
        _ => {}
    }
}

/// What RETURNING gives of a column or a mapped class.
pub(super) fn returned(vm: &mut Vm, item: &Object) -> PyResult<SelectItem> {
    match to_from(vm, item)? {
        Some(from) => Ok(SelectItem::From(from)),
        None => match super::select::select_item(vm, item)? {
            SelectItem::Entity(_) => Ok(SelectItem::Expr(require_expr(vm, item)?)),
            item => Ok(item),
        },
    }
}

/// `insert(table)` of a dialect.
pub(super) fn new_insert_for(vm: &mut Vm, args: Args, dialect: ConflictDialect) -> PyResult<Object> {
    let insert = new_insert(vm, args)?;
    let own = receiver::<DmlData>(vm, &insert)?;
    let data = DmlData { dialect: Some(dialect), ..data(own.statement.clone(), own.target.clone()) };
    Ok(object(vm, data))
}

/// `insert(table)`
pub(super) fn new_insert(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("insert", args);
    let target = args.require(vm, "table")?;
    let table = require_target(vm, &target)?;
    let values = match args.take("values").filter(|values| !values.is_none()) {
        Some(row) => InsertValues::Row(super::dml_values::assignments(vm, &target, &row, true)?),
        None => InsertValues::Parameters,
    };
    let statement = Statement::Insert(Insert { values, ..Insert::into(table) });
    Ok(object(vm, data(statement, target)))
}

/// `update(table)`
pub(super) fn new_update(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("update", args);
    let target = args.require(vm, "table")?;
    let table = require_target(vm, &target)?;
    let where_ = match args.take("whereclause").filter(|condition| !condition.is_none()) {
        Some(condition) => conditions(vm, &[condition])?,
        None => Vec::new(),
    };
    let given = args.keyword("values").filter(|values| !values.is_none());
    let values = match given {
        Some(row) => super::dml_values::assignments(vm, &target, &row, false)?,
        None => Vec::new(),
    };
    let statement =
        Statement::Update(Update { where_, valued: !values.is_empty(), values, ..Update::of(table) });
    Ok(object(vm, data(statement, target)))
}

/// `delete(table)`
pub(super) fn new_delete(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("delete", args);
    let target = args.require(vm, "table")?;
    let table = require_target(vm, &target)?;
    let where_ = match args.take("whereclause").filter(|condition| !condition.is_none()) {
        Some(condition) => conditions(vm, &[condition])?,
        None => Vec::new(),
    };
    Ok(object(vm, data(Statement::Delete(Delete { where_, ..Delete::from(table) }), target)))
}

/// The table that rows are changed in.
pub(super) fn require_target(vm: &mut Vm, object: &Object) -> PyResult<From> {
    let what = "subject table for an INSERT, UPDATE or DELETE";
    // Of a class with several tables it is its own.
    if let Object::Class(_) = object
        && let Some(mapper) = super::mapping::mapper_of(vm, object)?
    {
        let (table, has_several) = super::peek(vm, |orm| {
            let mapper = orm.mapper(mapper);
            (mapper.table, mapper.tables.len() > 1)
        })?;
        if has_several {
            return Ok(From::Table(table));
        }
    }
    match to_from(vm, object)? {
        // A subquery has no rows of its own.
        Some(From::Alias(alias))
            if matches!((&alias.kind, &alias.of), (AliasKind::Inline, AliasOf::Statement(_))) =>
        {
            Err(super::operands::expected(vm, what, object))
        }
        Some(from) => Ok(from),
        None if object.native::<super::select::SelectData>().is_some() => {
            Err(super::froms::statement_refused(vm, what, object)?)
        }
        None => Err(super::operands::expected(vm, what, object)),
    }
}

/// The statement of a DML object.
pub(super) fn to_statement(vm: &mut Vm, object: &Object) -> PyResult<Option<Statement>> {
    let Some(data) = object.native::<DmlData>() else { return Ok(None) };
    let mut statement = data.statement.clone();
    let changes = matches!(statement, Statement::Update(_) | Statement::Delete(_));
    if changes && let Some(mapper) = super::mapping::mapper_of(vm, &data.target)? {
        peek(vm, |orm| orm.own_rows_only(mapper, &mut statement))?;
    }
    Ok(Some(statement))
}

/// Leaves an UPDATE or DELETE the conditions that the program itself gave it.
pub(super) fn keep_own_conditions(object: &Object, statement: &mut Statement) {
    let own = object.native::<DmlData>();
    match (own.as_ref().map(|data| &data.statement), statement) {
        (Some(Statement::Update(own)), Statement::Update(update)) => update.where_.truncate(own.where_.len()),
        (Some(Statement::Delete(own)), Statement::Delete(delete)) => delete.where_.truncate(own.where_.len()),
        _ => {}
    }
}

/// A copy of a DML object with another statement.
pub(super) fn with_statement(vm: &mut Vm, object: &Object, changed: Statement) -> PyResult<Object> {
    edit(vm, object, |statement| *statement = changed)
}

/// The execution options of a DML object.
pub(super) fn options_of(object: &Object) -> Option<Object> {
    object.native::<DmlData>().and_then(|data| data.options.borrow().clone())
}

/// The mapped class or table that a DML object is for.
pub(super) fn target_of(object: &Object) -> Option<Object> {
    object.native::<DmlData>().map(|data| data.target.clone())
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
