//! `ON CONFLICT` and `ON DUPLICATE KEY`: what an INSERT does with rows that are there.
//!
//! SQLAlchemy counterpart: the `dml` modules of the dialects.

use std::rc::Rc;

use ormscope::schema::OptionValue;
use ormscope::sql::{ConflictDialect, ConflictTarget, Expr, From, OnConflict, Operator, Statement};

use super::arguments::Arguments;
use super::columns::of_from;
use super::constraints::Item;
use super::dml::{DmlData, edit};
use super::dml_values::{assignments, pairs_of};
use super::expressions::{conditions, require_expr};
use super::froms::require_from;
use super::{classes, errors, receiver};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// `excluded`, `inserted`: the row that was to be inserted.
pub(super) fn proposed(vm: &mut Vm, args: &Args, name: &str) -> PyResult<Object> {
    let own = receiver::<DmlData>(vm, &args.positional[0])?;
    if own.dialect.is_none_or(|dialect| (dialect == ConflictDialect::Mysql) != (name == "inserted")) {
        return Err(vm.attribute_error(&args.positional[0], name));
    }
    let table = require_from(vm, &own.target)?;
    let alias = Rc::clone(own.proposed.borrow_mut().get_or_insert_with(|| table.aliased(Some(name))));
    Ok(of_from(vm, From::Alias(alias)))
}

/// `on_conflict_do_update(…)` and its kin.
pub(super) fn on_conflict(vm: &mut Vm, args: Args, updates: bool) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let own = receiver::<DmlData>(vm, &this)?;
    let dialect = match own.dialect {
        Some(dialect @ (ConflictDialect::Sqlite | ConflictDialect::Postgresql)) => dialect,
        _ => {
            let name = if updates { "on_conflict_do_update" } else { "on_conflict_do_nothing" };
            return Err(vm.attribute_error(&this, name));
        }
    };
    let mut names = vec!["index_elements", "index_where"];
    if dialect == ConflictDialect::Postgresql {
        names.insert(0, "constraint");
    }
    let function = if updates { "Insert.on_conflict_do_update" } else { "Insert.on_conflict_do_nothing" };
    if updates {
        names.extend(["set_", "where"]);
    }
    let mut args = by_name(vm, function, &names, args)?;
    let mut take = |name: &str| args.keyword(name).filter(|given| !given.is_none());
    let (constraint, elements, index_where) =
        (take("constraint"), take("index_elements"), take("index_where"));
    if dialect == ConflictDialect::Postgresql {
        refuse_second(vm, &own, "This Insert construct already has an ON CONFLICT clause established")?;
    }
    let target = match (constraint, elements) {
        (Some(_), Some(_)) => {
            return Err(vm.value_error("'constraint' and 'index_elements' are mutually exclusive"));
        }
        (Some(constraint), None) => target_of(vm, &constraint)?,
        (None, Some(elements)) => index(vm, &elements, index_where)?,
        (None, None) => ConflictTarget::Any,
    };
    if dialect == ConflictDialect::Postgresql && updates && matches!(target, ConflictTarget::Any) {
        return Err(vm.value_error(
            "Either constraint or index_elements, but not both, must be specified unless DO NOTHING",
        ));
    }
    let set = match updates {
        true => {
            let given = args.keyword("set_").unwrap_or(Object::None);
            Some(read_set(vm, &own, &given, "set")?)
        }
        false => None,
    };
    let where_ = match args.keyword("where").filter(|given| !given.is_none()) {
        Some(condition) => {
            let mut given = conditions(vm, &[condition])?;
            if given.len() == 1 { given.pop() } else { Some(Expr::all_of(Operator::And, given)) }
        }
        None => None,
    };
    let Statement::Insert(insert) = &own.statement else { return Ok(Object::None) };
    if dialect == ConflictDialect::Sqlite
        && insert.on_conflict.last().is_some_and(|last| matches!(last.target, ConflictTarget::Any))
    {
        let message = "This Insert construct already has an ON CONFLICT clause that omits a conflict target; such a clause must be the last ON CONFLICT clause in the statement";
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    let conflict = OnConflict { dialect, target, set, where_, ordered: false, proposed: None };
    add(vm, &this, conflict)
}

/// The arguments of a method by their names, as Python binds them.
fn by_name(vm: &mut Vm, function: &'static str, names: &[&str], args: Args) -> PyResult<Arguments> {
    let given = args.positional.len();
    if given > names.len() + 1 {
        return Err(vm.type_error(format!(
            "{function}() takes from 1 to {} positional arguments but {given} were given",
            names.len() + 1
        )));
    }
    let mut named: Vec<(crate::object::Name, Object)> = Vec::new();
    for (name, value) in names.iter().zip(args.positional.into_iter().skip(1)) {
        named.push((vm.intern(name), value));
    }
    for (name, value) in args.keyword {
        if !names.contains(&name.as_str()) {
            let message = format!("{function}() got an unexpected keyword argument '{}'", name.as_str());
            return Err(vm.type_error(message));
        }
        if named.iter().any(|(known, _)| known.as_str() == name.as_str()) {
            let message = format!("{function}() got multiple values for argument '{}'", name.as_str());
            return Err(vm.type_error(message));
        }
        named.push((name, value));
    }
    Ok(Arguments::new(function, Args { positional: Vec::new(), keyword: named }))
}

/// An `index_elements=` with its condition.
fn index(vm: &mut Vm, elements: &Object, condition: Option<Object>) -> PyResult<ConflictTarget> {
    let mut exprs = Vec::new();
    for element in vm.collect(elements)? {
        exprs.push(match &element {
            Object::Str(name) => Expr::named(name.as_str(), Default::default()),
            other => require_expr(vm, other)?,
        });
    }
    let condition = match condition.filter(|condition| !condition.is_none()) {
        Some(condition) => Some(require_expr(vm, &condition)?),
        None => None,
    };
    Ok(ConflictTarget::Index(exprs, condition))
}

/// What a `constraint=` names: a constraint with a name by its name, anything
/// else by its columns.
fn target_of(vm: &mut Vm, constraint: &Object) -> PyResult<ConflictTarget> {
    if let Object::Str(name) = constraint {
        return Ok(ConflictTarget::Constraint(name.as_str().into()));
    }
    if let Some(expressions) = vm.get_attr_opt(constraint, "expressions")? {
        // An index may be one over some rows only.
        let condition = match super::constraints::current(vm, constraint)?.0 {
            Item::Index(index) => index.options.get("postgresql_where").and_then(|option| match option {
                OptionValue::Expr(expr) => Some(expr.clone()),
                _ => None,
            }),
            _ => None,
        };
        let condition = condition.map(|expr| super::expressions::expr_object(vm, expr));
        return index(vm, &expressions, condition);
    }
    match vm.get_attr(constraint, "name")? {
        Object::None => {
            let columns = vm.get_attr(constraint, "columns")?;
            index(vm, &columns, None)
        }
        name => Ok(ConflictTarget::Constraint(vm.str(&name)?.as_str().into())),
    }
}

fn refuse_second(vm: &mut Vm, own: &DmlData, message: &str) -> PyResult<()> {
    match &own.statement {
        Statement::Insert(insert) if !insert.on_conflict.is_empty() => {
            Err(errors::error(vm, "InvalidRequestError", message))
        }
        _ => Ok(()),
    }
}

fn add(vm: &mut Vm, this: &Object, conflict: OnConflict) -> PyResult<Object> {
    edit(vm, this, |statement| {
        if let Statement::Insert(insert) = statement {
            insert.on_conflict.push(conflict);
        }
    })
}

/// `on_duplicate_key_update(…)`
pub(super) fn on_duplicate_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("on_duplicate_key_update", args);
    let this = args.receiver();
    let own = receiver::<DmlData>(vm, &this)?;
    if own.dialect != Some(ConflictDialect::Mysql) {
        return Err(vm.attribute_error(&this, "on_duplicate_key_update"));
    }
    refuse_second(vm, &own, "This Insert construct already has an ON DUPLICATE KEY clause present")?;
    let named = args.keywords();
    let given = args.rest();
    let message = match &given[..] {
        [_, ..] if !named.is_empty() => Some("Can't pass kwargs and positional arguments simultaneously"),
        [_, _, ..] => Some("Only a single dictionary or list of tuples is accepted positionally."),
        _ => None,
    };
    if let Some(message) = message {
        return Err(errors::error(vm, "ArgumentError", message));
    }
    let update = match given.into_iter().next() {
        Some(update) => update,
        None => crate::builtins::Dict::from_names(named),
    };
    let mut ordered = false;
    let set = match &update {
        Object::List(list) if matches!(list.items.borrow().first(), Some(Object::Tuple(_))) => {
            ordered = true;
            let items = list.items.borrow().clone();
            let dict = Rc::new(crate::builtins::Dict::default());
            for (key, value) in pairs_of(vm, &items)? {
                dict.insert(vm, key, value)?;
            }
            read_set(vm, &own, &Object::Dict(dict), "update")?
        }
        update => read_set(vm, &own, update, "update")?,
    };
    let conflict = OnConflict {
        dialect: ConflictDialect::Mysql,
        target: ConflictTarget::Any,
        set: Some(set),
        where_: None,
        ordered,
        proposed: own.proposed.borrow().clone(),
    };
    add(vm, &this, conflict)
}

/// What is set, by the keys of the columns.
fn read_set(vm: &mut Vm, own: &DmlData, set: &Object, what: &str) -> PyResult<Vec<(Rc<str>, Expr)>> {
    let assigned = match set {
        Object::Dict(dict) if dict.is_empty() => {
            return Err(vm.value_error(format!("{what} parameter dictionary must not be empty")));
        }
        Object::Dict(_) => assignments(vm, &own.target, set, true)?,
        other => {
            let collection = Rc::clone(&classes(vm).column_collection);
            if !vm.is_instance(other, &collection) {
                return Err(vm.value_error(format!(
                    "{what} parameter must be a non-empty dictionary or a ColumnCollection such as the `.c.` collection of a Table object"
                )));
            }
            let pairs = vm.call_method(other, "items", Vec::new())?;
            let dict = Rc::new(crate::builtins::Dict::default());
            let pairs = vm.collect(&pairs)?;
            for (key, value) in pairs_of(vm, &pairs)? {
                dict.insert(vm, key, value)?;
            }
            assignments(vm, &own.target, &Object::Dict(dict), true)?
        }
    };
    let pairs = assigned.into_iter().filter_map(|one| Some((one.key()?.into(), one.value)));
    Ok(pairs.collect())
}
