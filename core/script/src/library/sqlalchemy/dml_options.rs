//! `with_dialect_options(…)` of INSERT, UPDATE and DELETE.
//!
//! SQLAlchemy counterpart: `DialectKWArgs` of `sqlalchemy.sql.base`.

use ormscope::sql::{Expr, Statement};
use ormscope::types::SqlType;

use super::dml::{DmlData, dml_of, edit};
use super::{errors, receiver};
use crate::builtins::Dict;
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// The dialects that say which arguments they take.
const DIALECTS: &[&str] = &["sqlite", "postgresql", "mysql", "mariadb", "oracle", "mssql"];

/// What a dialect takes of a statement.
fn known(statement: &Statement, dialect: &str) -> &'static [&'static str] {
    match (statement, dialect) {
        (Statement::Update(_) | Statement::Delete(_), "mysql" | "mariadb") => &["limit"],
        _ => &[],
    }
}

pub(super) fn with_dialect_options(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let own = receiver::<DmlData>(vm, &this)?;
    let mut limit = None;
    for (name, value) in &args.keyword {
        let parts =
            name.as_str().split_once('_').filter(|(dialect, rest)| !dialect.is_empty() && !rest.is_empty());
        let Some((dialect, argument)) = parts else {
            let name = name.as_str();
            return Err(vm.type_error(format!(
                "Additional arguments should be named <dialectname>_<argument>, got '{name}'"
            )));
        };
        if !DIALECTS.contains(&dialect) {
            let text = format!(
                "Can't validate argument '{}'; can't locate any SQLAlchemy dialect named '{dialect}'",
                name.as_str()
            );
            errors::warn(vm, text)?;
            continue;
        }
        if !known(&own.statement, dialect).contains(&argument) {
            let class = vm.class_of(&this).name();
            let message = format!(
                "Argument '{}' is not accepted by dialect '{dialect}' on behalf of <class 'sqlalchemy.sql.dml.{}'>",
                name.as_str(),
                class.as_str()
            );
            return Err(errors::error(vm, "ArgumentError", message));
        }
        if dialect == "mysql" && !value.is_none() {
            let int = Object::Class(vm.types.int.clone());
            let number = vm.call_with(&int, vec![value.clone()])?;
            let number = vm.str(&number)?;
            limit = Some(Expr::literal_column(number.as_str(), SqlType::Integer));
        }
    }
    let copy = edit(vm, &this, |statement| {
        if let (Some(dml), Some(limit)) = (dml_of(statement), limit) {
            dml.limit = Some(limit);
        }
    })?;
    let data = receiver::<DmlData>(vm, &copy)?;
    let mut options = data.dialect_options.borrow_mut();
    for (name, value) in args.keyword {
        options.retain(|(known, _)| known.as_str() != name.as_str());
        options.push((name, value));
    }
    drop(options);
    Ok(copy)
}

/// Options by dialect and name, those that were not given too.
pub(super) fn dialect_options(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<DmlData>(vm, &args.positional[0])?;
    let given = own.dialect_options.borrow().clone();
    let mut dialects = Vec::new();
    for dialect in DIALECTS {
        let mut options = Vec::new();
        for name in known(&own.statement, dialect) {
            let full = format!("{dialect}_{name}");
            let value =
                given.iter().find(|(known, _)| known.as_str() == full).map(|(_, value)| value.clone());
            options.push((vm.intern(name), value.unwrap_or(Object::None)));
        }
        dialects.push((vm.intern(dialect), Dict::from_names(options)));
    }
    Ok(Dict::from_names(dialects))
}

/// The options that were given, by their whole names.
pub(super) fn dialect_kwargs(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<DmlData>(vm, &args.positional[0])?;
    let given = own.dialect_options.borrow().clone();
    Ok(Dict::from_names(given))
}
