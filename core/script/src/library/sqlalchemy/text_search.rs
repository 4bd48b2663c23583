//! PostgreSQL's functions of text search: the first of several arguments is the
//! name of a configuration, and each has a type of its own.
//!
//! They are known as such from the moment that the dialect's module is imported.
//! SQLAlchemy counterpart: `sqlalchemy.dialects.postgresql.ext`.

use ormscope::sql::{Bind, BindValue, Expr};
use ormscope::types::{SpecificType, SqlType, TypeClass, Value};

use super::operands::{named_expr, to_expr};
use super::values::to_value;
use crate::object::{Object, PyResult, PyStr};
use crate::vm::Vm;

/// The functions and the types of what they give.
pub(super) const NAMES: &[(&str, &str)] = &[
    ("to_tsvector", "TSVECTOR"),
    ("to_tsquery", "TSQUERY"),
    ("plainto_tsquery", "TSQUERY"),
    ("phraseto_tsquery", "TSQUERY"),
    ("websearch_to_tsquery", "TSQUERY"),
    ("ts_headline", "TEXT"),
];

/// The arguments and the type of such a function; none for any other.
pub(super) fn arguments(vm: &mut Vm, name: &str, given: &[Object]) -> PyResult<Option<(Vec<Expr>, SqlType)>> {
    let Some((_, sql_type)) = NAMES.iter().find(|(known, _)| *known == name) else { return Ok(None) };
    if !vm.modules.contains_key(&PyStr::new("sqlalchemy.dialects.postgresql")) {
        return Ok(None);
    }
    let configured = match (name, given) {
        ("ts_headline", [_, second, ..]) => match to_expr(vm, second)? {
            Some(second) => second.sql_type().described().class.name != "TSQUERY",
            None => true,
        },
        (_, given) => given.len() > 1,
    };
    let mut exprs = Vec::with_capacity(given.len());
    for (at, argument) in given.iter().enumerate() {
        exprs.push(match to_expr(vm, argument)? {
            None if at == 0 && configured => match to_value(vm, argument)? {
                Value::Null => Expr::null(),
                value => Expr::from(Bind {
                    sql_type: named_type("REGCONFIG"),
                    ..Bind::unique(name, BindValue::One(value))
                }),
            },
            _ => named_expr(vm, argument, name)?,
        });
    }
    Ok(Some((exprs, named_type(sql_type))))
}

fn named_type(name: &str) -> SqlType {
    let class = TypeClass::find("postgresql", name).or_else(|| TypeClass::find("", name));
    class.map_or(SqlType::Null, |class| SqlType::of_class(SpecificType::new(class)))
}
