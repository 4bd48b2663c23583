//! `dialect.identifier_preparer`: names as a dialect writes them.
//!
//! SQLAlchemy counterpart: `IdentifierPreparer` of `sqlalchemy.sql.compiler`.

use std::rc::Rc;

use ormscope::sql::compiler::{Dialect, quote, quote_always};

use super::arguments::Arguments;
use super::{classes, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a preparer.
struct Preparer {
    dialect: Dialect,
}

/// The preparer of a dialect.
pub(super) fn of(vm: &mut Vm, dialect: Dialect) -> Object {
    let own = classes(vm);
    let name = match dialect {
        Dialect::Default => "IdentifierPreparer",
        Dialect::Sqlite => "SQLiteIdentifierPreparer",
        Dialect::Postgresql => "PGIdentifierPreparer_psycopg",
        Dialect::Mysql => "MySQLIdentifierPreparer",
        Dialect::Oracle => "OracleIdentifierPreparer",
        Dialect::Mssql => "MSIdentifierPreparer",
    };
    let class = own.preparers.iter().find(|class| class.name().as_str() == name).unwrap_or(&own.preparers[0]);
    Instance::native(class, Preparer { dialect })
}

/// The classes of preparers, the one of no database first.
pub(super) fn preparer_classes() -> Vec<Rc<Class>> {
    let base = class();
    let own = [
        ("SQLiteIdentifierPreparer", "sqlalchemy.dialects.sqlite.base"),
        ("PGIdentifierPreparer_psycopg", "sqlalchemy.dialects.postgresql._psycopg_common"),
        ("MySQLIdentifierPreparer", "sqlalchemy.dialects.mysql.base"),
        ("OracleIdentifierPreparer", "sqlalchemy.dialects.oracle.base"),
        ("MSIdentifierPreparer", "sqlalchemy.dialects.mssql.base"),
    ];
    let derived = own.map(|(name, module)| Class::builder(name).module(module).base(&base).build());
    std::iter::once(Rc::clone(&base)).chain(derived).collect()
}

/// A name as it is written; one that says itself whether it is quoted is asked.
fn quoted(vm: &mut Vm, dialect: Dialect, name: &Object) -> PyResult<String> {
    let text = vm.str(name)?;
    let forced = match name {
        Object::Str(_) => None,
        other => vm.get_attr_opt(other, "quote")?,
    };
    Ok(match forced {
        Some(Object::Bool(true)) => quote_always(text.as_str(), dialect),
        Some(Object::Bool(false)) => text.as_str().to_string(),
        _ => quote(text.as_str(), dialect),
    })
}

/// The name of something that has one, with its schema where it has one.
fn qualified(vm: &mut Vm, dialect: Dialect, object: &Object, with_schema: bool) -> PyResult<String> {
    let name = vm.get_attr(object, "name")?;
    let name = quoted(vm, dialect, &name)?;
    if !with_schema {
        return Ok(name);
    }
    Ok(match vm.get_attr_opt(object, "schema")? {
        Some(owner) if !owner.is_none() => format!("{}.{name}", quoted(vm, dialect, &owner)?),
        _ => name,
    })
}

fn class() -> Rc<Class> {
    fn simple(vm: &mut Vm, args: Args) -> PyResult<Object> {
        let own = receiver::<Preparer>(vm, &args.positional[0])?;
        let Some(name) = args.positional.get(1) else { return Err(vm.type_error("a name is expected")) };
        Ok(Object::str(quoted(vm, own.dialect, name)?))
    }
    fn named(vm: &mut Vm, args: Args, attribute: &str) -> PyResult<Object> {
        let own = receiver::<Preparer>(vm, &args.positional[0])?;
        let Some(object) = args.positional.get(1) else {
            return Err(vm.type_error("an element is expected"));
        };
        let name = match args.positional.get(2).filter(|name| !name.is_none()) {
            Some(name) => name.clone(),
            None => vm.get_attr(object, attribute)?,
        };
        Ok(Object::str(quoted(vm, own.dialect, &name)?))
    }
    Class::builder("IdentifierPreparer")
        .module("sqlalchemy.sql.compiler")
        .method("quote", simple)
        .method("quote_schema", simple)
        .method("format_schema", simple)
        .method("format_collation", simple)
        .method("format_label_name", simple)
        .method("quote_identifier", |vm, args| {
            let own = receiver::<Preparer>(vm, &args.positional[0])?;
            let name = vm.str(&args.positional[1])?;
            Ok(Object::str(quote_always(name.as_str(), own.dialect)))
        })
        .method("format_label", |vm, args| named(vm, args, "name"))
        .method("format_alias", |vm, args| named(vm, args, "name"))
        .method("format_savepoint", |vm, args| named(vm, args, "ident"))
        .method("format_index", |vm, args| named(vm, args, "name"))
        .method("format_constraint", |vm, args| {
            let name = vm.get_attr(&args.positional[1], "name")?;
            if name.is_none() {
                return Ok(Object::None);
            }
            named(vm, args, "name")
        })
        .method("format_sequence", |vm, args| {
            let mut args = Arguments::new("format_sequence", args);
            let own = receiver::<Preparer>(vm, &args.receiver())?;
            let sequence = args.require(vm, "sequence")?;
            let with_schema = take_flag(vm, &mut args, "use_schema", true)?;
            Ok(Object::str(qualified(vm, own.dialect, &sequence, with_schema)?))
        })
        .method("format_table", |vm, args| {
            let mut args = Arguments::new("format_table", args);
            let own = receiver::<Preparer>(vm, &args.receiver())?;
            let table = args.require(vm, "table")?;
            let with_schema = take_flag(vm, &mut args, "use_schema", true)?;
            if let Some(name) = args.take("name").filter(|name| !name.is_none()) {
                return Ok(Object::str(quoted(vm, own.dialect, &name)?));
            }
            Ok(Object::str(qualified(vm, own.dialect, &table, with_schema)?))
        })
        .method("format_table_seq", |vm, args| {
            let mut args = Arguments::new("format_table_seq", args);
            let own = receiver::<Preparer>(vm, &args.receiver())?;
            let table = args.require(vm, "table")?;
            let with_schema = take_flag(vm, &mut args, "use_schema", true)?;
            let mut parts = Vec::new();
            if let Some(owner) =
                vm.get_attr_opt(&table, "schema")?.filter(|owner| with_schema && !owner.is_none())
            {
                parts.push(Object::str(quoted(vm, own.dialect, &owner)?));
            }
            parts.push(Object::str(qualified(vm, own.dialect, &table, false)?));
            Ok(Object::tuple(parts))
        })
        .method("format_column", |vm, args| {
            let mut args = Arguments::new("format_column", args);
            let own = receiver::<Preparer>(vm, &args.receiver())?;
            let column = args.require(vm, "column")?;
            let with_table = take_flag(vm, &mut args, "use_table", false)?;
            let name = match args.take("name").filter(|name| !name.is_none()) {
                Some(name) => name,
                None => vm.get_attr(&column, "name")?,
            };
            let table_name = args.take("table_name").filter(|name| !name.is_none());
            let with_schema = take_flag(vm, &mut args, "use_schema", false)?;
            let literal = match vm.get_attr_opt(&column, "is_literal")? {
                Some(literal) => vm.truthy(&literal)?,
                None => false,
            };
            let text =
                if literal { vm.str(&name)?.as_str().to_string() } else { quoted(vm, own.dialect, &name)? };
            if !with_table {
                return Ok(Object::str(text));
            }
            let owner = match table_name {
                Some(name) => quoted(vm, own.dialect, &name)?,
                None => {
                    let table = vm.get_attr(&column, "table")?;
                    qualified(vm, own.dialect, &table, with_schema)?
                }
            };
            Ok(Object::str(format!("{owner}.{text}")))
        })
        .method("unformat_identifiers", |vm, args| {
            let own = receiver::<Preparer>(vm, &args.positional[0])?;
            let text = vm.str(&args.positional[1])?;
            let parts = unformatted(text.as_str(), own.dialect);
            Ok(Object::list(parts.iter().map(Object::str).collect()))
        })
        .getter("dialect", |vm, args| {
            let own = receiver::<Preparer>(vm, &args.positional[0])?;
            super::dialect::dialect_object(vm, own.dialect)
        })
        .getter("initial_quote", |vm, args| mark(vm, &args, |open, _| open))
        .getter("final_quote", |vm, args| mark(vm, &args, |_, close| close))
        .getter("escape_quote", |vm, args| {
            let own = receiver::<Preparer>(vm, &args.positional[0])?;
            Ok(Object::str(if own.dialect == Dialect::Mysql { "`" } else { "\"" }))
        })
        .getter("omit_schema", |_, _| Ok(Object::Bool(false)))
        .build()
}

fn take_flag(vm: &mut Vm, args: &mut Arguments, name: &str, default: bool) -> PyResult<bool> {
    match args.take(name) {
        Some(flag) => vm.truthy(&flag),
        None => Ok(default),
    }
}

/// The characters around quoted names.
fn marks(dialect: Dialect) -> (char, char) {
    let quoted = quote_always("", dialect);
    let mut chars = quoted.chars();
    let open = chars.next().unwrap_or('"');
    (open, chars.next().unwrap_or(open))
}

fn mark(vm: &mut Vm, args: &Args, pick: fn(char, char) -> char) -> PyResult<Object> {
    let own = receiver::<Preparer>(vm, &args.positional[0])?;
    let (open, close) = marks(own.dialect);
    Ok(Object::str(pick(open, close).to_string()))
}

/// The names in `"a b".c`.
fn unformatted(text: &str, dialect: Dialect) -> Vec<String> {
    let (open, close) = marks(dialect);
    let mut parts = Vec::new();
    let mut chars = text.chars().peekable();
    while chars.peek().is_some() {
        let mut part = String::new();
        if chars.next_if_eq(&open).is_some() {
            while let Some(c) = chars.next() {
                if c == close && chars.next_if_eq(&close).is_none() {
                    break;
                }
                part.push(c);
            }
        } else {
            while let Some(c) = chars.next_if(|c| *c != '.') {
                part.push(c);
            }
        }
        parts.push(part);
        // Up to the next dot.
        while chars.next_if(|c| *c != '.').is_some() {}
        chars.next();
    }
    parts
}
