//! `insert()`, `update()`, `delete()`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.dml`.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::sql::{
    Alias, Assignment, AssignmentTarget, Bind, BindValue, ConflictDialect, Delete, Dml, Expr, From, Insert,
    InsertValues, Kind, Select, SelectItem, Statement, Update,
};
use ormscope::types::SqlType;

use super::arguments::{Arguments, items};
use super::expressions::{conditions, require_expr, to_expr};
use super::froms::{affixes, cte_of, require_from, to_from};
use super::select::{compile_statement, print_statement};
use super::values::to_value;
use super::{attributes, classes, errors, peek, receiver};
use crate::object::{Args, Class, ClassBuilder, Instance, Object, PyResult, Unwind};
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
        dialect: None,
        proposed: RefCell::default(),
    }
}

pub(super) fn insert_class(clause: &Rc<Class>) -> Rc<Class> {
    base("Insert", clause)
        .method("values", insert_values)
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
        .method("from_select", from_select)
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
        dialect: own.dialect,
        proposed: RefCell::new(own.proposed.borrow().clone()),
    };
    Ok(object(vm, copy))
}

fn insert_values(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("values", args);
    let this = args.receiver();
    let own = receiver::<DmlData>(vm, &this)?;
    let Statement::Insert(insert) = &own.statement else { return Ok(Object::None) };
    let given = args.rest();
    let named = args.keywords();
    if matches!(insert.values, InsertValues::Select(..)) {
        return Err(errors::error(vm, "InvalidRequestError", "This construct already inserts from a SELECT"));
    }
    check_values(vm, &given, &named)?;
    let added = match given.first() {
        Some(rows) if has_several_rows(vm, rows)? => {
            let rows = items(vm, rows)?;
            let rows = rows.iter().map(|row| assignments(vm, &own.target, row, Vec::new()));
            InsertValues::Rows(rows.collect::<PyResult<Vec<_>>>()?)
        }
        row => InsertValues::Row(assignments(vm, &own.target, row.unwrap_or(&Object::None), named)?),
    };
    if matches!(
        (&insert.values, &added),
        (InsertValues::Row(_), InsertValues::Rows(_)) | (InsertValues::Rows(_), InsertValues::Row(_))
    ) {
        let message = "Can't mix single and multiple VALUES formats in one INSERT statement; one style appends to a list while the other replaces values, so the intent is ambiguous.";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    edit(vm, &this, |statement| {
        let Statement::Insert(insert) = statement else { return };
        insert.values = match (std::mem::take(&mut insert.values), added) {
            (InsertValues::Row(mut row), InsertValues::Row(added)) => {
                row.extend(added);
                InsertValues::Row(row)
            }
            (InsertValues::Rows(mut rows), InsertValues::Rows(added)) => {
                rows.extend(added);
                InsertValues::Rows(rows)
            }
            (_, added) => added,
        };
    })
}

/// Refuses what `values()` cannot make out.
fn check_values(vm: &mut Vm, given: &[Object], named: &[(crate::object::Name, Object)]) -> PyResult<()> {
    let message = match given {
        [_, ..] if !named.is_empty() => "Can't pass positional and kwargs to values() simultaneously",
        [_, _, ..] => {
            "Only a single dictionary/tuple or list of dictionaries/tuples is accepted positionally."
        }
        _ => return Ok(()),
    };
    Err(errors::error(vm, "ArgumentError", message))
}

fn ordered_already(vm: &mut Vm) -> Unwind {
    errors::error(vm, "InvalidRequestError", "This statement already has ordered values present")
}

/// `(key, value)` pairs, as `dict()` takes them.
pub(super) fn pairs_of(vm: &mut Vm, given: &[Object]) -> PyResult<Vec<(Object, Object)>> {
    let mut pairs = Vec::with_capacity(given.len());
    for (at, pair) in given.iter().enumerate() {
        let parts = vm.collect(pair)?;
        let [key, value] = &parts[..] else {
            return Err(vm.value_error(format!(
                "dictionary update sequence element #{at} has length {}; 2 is required",
                parts.len()
            )));
        };
        pairs.push((key.clone(), value.clone()));
    }
    Ok(pairs)
}

/// Whether it is a list of rows and not a row.
fn has_several_rows(vm: &mut Vm, given: &Object) -> PyResult<bool> {
    if !matches!(given, Object::List(_) | Object::Tuple(_)) {
        return Ok(false);
    }
    let first = items(vm, given)?.into_iter().next();
    Ok(matches!(first, Some(Object::Dict(_) | Object::List(_) | Object::Tuple(_))))
}

fn from_select(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("from_select", args);
    let this = args.receiver();
    let own = receiver::<DmlData>(vm, &this)?;
    let names = args.require(vm, "names")?;
    let select = args.require(vm, "select")?;
    let with_defaults = match args.take("include_defaults") {
        Some(flag) => vm.truthy(&flag)?,
        None => true,
    };
    let mut keys: Vec<Rc<str>> = Vec::new();
    for name in vm.collect(&names)? {
        keys.push(match target_of_key(vm, &own.target, &name)? {
            AssignmentTarget::Key(key) => key,
            AssignmentTarget::Expr(_) => return Err(vm.type_error("a column or its name is expected")),
        });
    }
    let table = require_target(vm, &own.target)?;
    let columns = peek(vm, |orm| table.columns(&orm.schema))?;
    if let Some(unknown) = keys.iter().find(|key| !columns.iter().any(|column| column.key == **key)) {
        return Err(vm.key_error(Object::str(unknown)));
    }
    let select = match super::select::as_select(vm, &select)? {
        Some(select) => select,
        None => match to_from(vm, &select)? {
            Some(from) => Select::from([from]),
            None => {
                return Err(super::operands::expected(
                    vm,
                    "SELECT construct or equivalent text() construct",
                    &select,
                ));
            }
        },
    };
    edit(vm, &this, |statement| {
        if let Statement::Insert(insert) = statement {
            insert.values = InsertValues::Select(keys, Box::new(select), with_defaults);
        }
    })
}

pub(super) fn update_class(clause: &Rc<Class>) -> Rc<Class> {
    base("Update", clause)
        .method("values", |vm, args| {
            let mut args = Arguments::new("values", args);
            let this = args.receiver();
            let own = receiver::<DmlData>(vm, &this)?;
            if matches!(&own.statement, Statement::Update(update) if update.ordered) {
                return Err(ordered_already(vm));
            }
            let given = args.rest();
            let named = args.keywords();
            check_values(vm, &given, &named)?;
            let row = given.first().cloned().unwrap_or(Object::None);
            if has_several_rows(vm, &row)? {
                let message = "UPDATE construct does not support multiple parameter sets.";
                return Err(errors::error(vm, "InvalidRequestError", message));
            }
            let added = assignments(vm, &own.target, &row, named)?;
            edit(vm, &this, |statement| {
                if let Statement::Update(update) = statement {
                    update.values.extend(added);
                }
            })
        })
        .method("ordered_values", |vm, args| {
            let this = args.positional[0].clone();
            let own = receiver::<DmlData>(vm, &this)?;
            let mut added = Vec::new();
            if matches!(&own.statement, Statement::Update(update) if update.ordered) {
                return Err(ordered_already(vm));
            }
            if matches!(&own.statement, Statement::Update(update) if !update.values.is_empty()) {
                let message = "This statement already has values present";
                return Err(errors::error(vm, "InvalidRequestError", message));
            }
            for (key, value) in pairs_of(vm, &args.positional[1..])? {
                added.push(assignment(vm, &own.target, &key, &value)?);
            }
            edit(vm, &this, |statement| {
                if let Statement::Update(update) = statement {
                    update.values = added;
                    update.ordered = true;
                }
            })
        })
        .build()
}

pub(super) fn delete_class(clause: &Rc<Class>) -> Rc<Class> {
    base("Delete", clause).build()
}

fn dml_of(statement: &mut Statement) -> Option<&mut Dml> {
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
    super::program_elements::statement_flags(builder, flag)
        .module("sqlalchemy.sql.dml")
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
        .method("returning", |vm, args| {
            let mut args = Arguments::new("returning", args);
            let this = args.receiver();
            let sorted = args.flag(vm, "sort_by_parameter_order", false)?;
            let given = args.rest();
            let mut columns = Vec::new();
            for item in &given {
                columns.push(returned(vm, item)?);
            }
            let copy = edit(vm, &this, |statement| match statement {
                Statement::Insert(insert) => {
                    insert.returning.extend(columns);
                    insert.sorted = sorted;
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
        .method("with_dialect_options", |vm, args| {
            let mut args = Arguments::new("with_dialect_options", args);
            let this = args.receiver();
            let limit = match args.keyword("mysql_limit") {
                Some(Object::Int(value)) => Some(Expr::literal_column(&value.to_string(), SqlType::Integer)),
                _ => None,
            };
            args.keywords();
            edit(vm, &this, |statement| {
                if let Some(dml) = dml_of(statement) {
                    dml.limit = limit;
                }
            })
        })
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
        .method("return_defaults", |vm, _| {
            let message = "return_defaults() is not there yet; returning(…) asks for the same columns";
            Err(vm.error(&vm.exceptions.not_implemented_error.clone(), message))
        })
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
        .getter("whereclause", |vm, args| {
            let own = receiver::<DmlData>(vm, &args.positional[0])?;
            match (&own.statement, conditions_of(&own.statement)) {
                (Statement::Insert(_), _) => Err(vm.attribute_error(&args.positional[0], "whereclause")),
                (_, []) => Ok(Object::None),
                (_, conditions) => {
                    let all = Expr::all_of(ormscope::sql::Operator::And, conditions.iter().cloned());
                    Ok(super::expressions::expr_object(vm, all))
                }
            }
        })
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
fn returned(vm: &mut Vm, item: &Object) -> PyResult<SelectItem> {
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
    let given = args.take("values");
    let named = args.keywords();
    let values = match given {
        Some(row) => InsertValues::Row(assignments(vm, &target, &row, named)?),
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
        Some(row) => assignments(vm, &target, &row, Vec::new())?,
        None => Vec::new(),
    };
    let statement = Statement::Update(Update { where_, values, ..Update::of(table) });
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
fn require_target(vm: &mut Vm, object: &Object) -> PyResult<From> {
    match to_from(vm, object)? {
        Some(from) => Ok(from),
        None => Err(super::operands::expected(vm, "subject table for an INSERT, UPDATE or DELETE", object)),
    }
}

/// `{'name': 'ed'}`, `(1, 'ed')` and `name='ed'` as assignments.
pub(super) fn assignments(
    vm: &mut Vm,
    target: &Object,
    row: &Object,
    named: Vec<(crate::object::Name, Object)>,
) -> PyResult<Vec<Assignment>> {
    let mut pairs: Vec<(Object, Object)> = match row {
        Object::Dict(dict) => dict.items(),
        Object::Tuple(_) | Object::List(_) | Object::Str(_) => {
            let values = vm.collect(row)?;
            let from = require_target(vm, target)?;
            let keys = peek(vm, |orm| from.columns(&orm.schema))?;
            keys.into_iter().map(|column| Object::str(&column.key)).zip(values).collect()
        }
        _ => Vec::new(),
    };
    pairs.extend(named.into_iter().map(|(name, value)| (Object::Str(name), value)));
    let mut list: Vec<Assignment> = Vec::new();
    for (key, value) in pairs {
        for (key, value) in super::named_expressions::assignments(vm, target, key, value)? {
            list.push(assignment(vm, target, &key, &value)?);
        }
    }
    Ok(list)
}

fn assignment(vm: &mut Vm, target: &Object, key: &Object, value: &Object) -> PyResult<Assignment> {
    let target = target_of_key(vm, target, key)?;
    let value = match to_expr(vm, value)? {
        Some(expr) => expr,
        None => {
            let value = to_value(vm, value)?;
            // The column's type is the value's: the statement is the same one whatever is given.
            Expr::from(Bind { for_column: true, ..Bind::unique("param", BindValue::One(value)) })
        }
    };
    Ok(Assignment { target, value })
}

/// What a key of `values()` names.
fn target_of_key(vm: &mut Vm, target: &Object, key: &Object) -> PyResult<AssignmentTarget> {
    if let Object::Str(name) = key {
        if let Some(id) = attributes::column_named(vm, target, name.as_str())? {
            let key = peek(vm, |orm| orm.schema.column(id).key.clone())?;
            return Ok(AssignmentTarget::Key(key.as_str().into()));
        }
        return Ok(AssignmentTarget::Key(name.as_str().into()));
    }
    let expr = require_expr(vm, key)?;
    let from = require_target(vm, target)?;
    if let Kind::Column(column) = expr.kind() {
        let own = match &column.from {
            Some(other) => other.is(&from),
            None => true,
        };
        if own {
            return Ok(AssignmentTarget::Key(Rc::clone(&column.key)));
        }
    }
    Ok(AssignmentTarget::Expr(expr))
}

/// The statement of a DML object.
pub(super) fn to_statement(_vm: &mut Vm, object: &Object) -> PyResult<Option<Statement>> {
    Ok(object.native::<DmlData>().map(|data| data.statement.clone()))
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
