//! The options of tables, indexes and constraints that each dialect takes, and
//! what they are where they are not given.
//!
//! SQLAlchemy counterpart: the dialects' `construct_arguments`.

use ormscope::schema::{OptionValue, Options};

use super::expressions::expr_object;
use crate::builtins::Dict;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// Options with what they are where they are not given.
type Defaults = &'static [(&'static str, &'static str)];

/// What a dialect takes, by the class that takes it; a default is written as in Python.
const ARGUMENTS: &[(&str, &str, Defaults)] = &[
    (
        "postgresql",
        "Index",
        &[
            ("using", "False"),
            ("include", "None"),
            ("where", "None"),
            ("ops", "{}"),
            ("concurrently", "False"),
            ("with", "{}"),
            ("tablespace", "None"),
            ("nulls_not_distinct", "None"),
        ],
    ),
    (
        "postgresql",
        "Table",
        &[
            ("ignore_search_path", "False"),
            ("tablespace", "None"),
            ("partition_by", "None"),
            ("with_oids", "None"),
            ("with", "None"),
            ("on_commit", "None"),
            ("inherits", "None"),
            ("using", "None"),
        ],
    ),
    ("postgresql", "CheckConstraint", &[("not_valid", "False")]),
    ("postgresql", "ForeignKeyConstraint", &[("not_valid", "False")]),
    ("postgresql", "ForeignKey", &[("not_valid", "False")]),
    ("postgresql", "PrimaryKeyConstraint", &[("include", "None")]),
    ("postgresql", "UniqueConstraint", &[("include", "None"), ("nulls_not_distinct", "None")]),
    ("mysql", "PrimaryKeyConstraint", &[("using", "None")]),
    ("mysql", "Index", &[("using", "None"), ("length", "None"), ("prefix", "None"), ("with_parser", "None")]),
    ("sqlite", "Table", &[("autoincrement", "False"), ("with_rowid", "True"), ("strict", "False")]),
    ("sqlite", "Index", &[("where", "None")]),
    (
        "sqlite",
        "Column",
        &[
            ("on_conflict_primary_key", "None"),
            ("on_conflict_not_null", "None"),
            ("on_conflict_unique", "None"),
        ],
    ),
    ("sqlite", "CheckConstraint", &[("on_conflict", "None")]),
    ("sqlite", "UniqueConstraint", &[("on_conflict", "None")]),
    ("sqlite", "PrimaryKeyConstraint", &[("on_conflict", "None")]),
    ("sqlite", "ForeignKeyConstraint", &[("on_conflict", "None")]),
    (
        "oracle",
        "Table",
        &[
            ("resolve_synonyms", "False"),
            ("on_commit", "None"),
            ("compress", "False"),
            ("tablespace", "None"),
        ],
    ),
    ("oracle", "Index", &[("bitmap", "False"), ("compress", "False"), ("vector", "False")]),
    ("oracle", "Sequence", &[("order", "None")]),
    ("oracle", "Identity", &[("order", "None"), ("on_null", "None")]),
    ("mssql", "PrimaryKeyConstraint", &[("clustered", "None")]),
    ("mssql", "UniqueConstraint", &[("clustered", "None")]),
    (
        "mssql",
        "Index",
        &[("clustered", "None"), ("include", "None"), ("where", "None"), ("columnstore", "None")],
    ),
    ("mssql", "Column", &[("identity_start", "None"), ("identity_increment", "None")]),
];

/// Whether a class takes an option; a dialect that says nothing of the class takes none.
pub(super) fn is_known(dialect: &str, class: &str, argument: &str) -> bool {
    // MySQL's tables take every option, and MariaDB's are MySQL's.
    if matches!(dialect, "mysql" | "mariadb") && class == "Table" {
        return true;
    }
    let known = matches!(dialect, "postgresql" | "mysql" | "mariadb" | "sqlite" | "oracle" | "mssql");
    !known || defaults(dialect, class).iter().any(|(name, _)| *name == argument)
}

/// The options that a dialect knows of a class, with their defaults.
pub(super) fn defaults(dialect: &str, class: &str) -> Defaults {
    let dialect = if dialect == "mariadb" { "mysql" } else { dialect };
    let found = ARGUMENTS.iter().find(|(name, of, _)| *name == dialect && *of == class);
    found.map_or(&[], |(_, _, arguments)| arguments)
}

/// `item.dialect_options`: by dialect, what is given and what is meant otherwise.
pub(super) fn by_dialect(vm: &mut Vm, class: &str, options: &Options) -> PyResult<Object> {
    let mut known = Vec::new();
    for dialect in ["sqlite", "postgresql", "mysql", "mariadb", "oracle", "mssql"] {
        let mut pairs = Vec::new();
        for (name, default) in defaults(dialect, class) {
            let default = match *default {
                "True" => Object::Bool(true),
                "False" => Object::Bool(false),
                "{}" => Dict::from_items(vm, Vec::new())?,
                _ => Object::None,
            };
            pairs.push((Object::str(name), default));
        }
        for (name, value) in &options.0 {
            if let Some(name) = name.strip_prefix(dialect).and_then(|rest| rest.strip_prefix('_')) {
                pairs.retain(|(known, _)| known.as_str() != Some(name));
                let value = option_object(vm, value)?;
                pairs.push((Object::str(name), value));
            }
        }
        known.push((Object::str(dialect), Dict::from_items(vm, pairs)?));
    }
    let known = Dict::from_items(vm, known)?;
    super::inspection::make_support(vm, "DialectOptions", vec![known])
}

/// `item.dialect_kwargs`: what is given, by its full name.
pub(super) fn given(vm: &mut Vm, options: &Options) -> PyResult<Object> {
    let mut pairs = Vec::new();
    for (name, value) in &options.0 {
        pairs.push((Object::str(name), option_object(vm, value)?));
    }
    let pairs = Dict::from_items(vm, pairs)?;
    super::inspection::make_support(vm, "_DialectArgView", vec![pairs])
}

fn option_object(vm: &mut Vm, value: &OptionValue) -> PyResult<Object> {
    Ok(match value {
        OptionValue::None => Object::None,
        OptionValue::Bool(value) => Object::Bool(*value),
        OptionValue::Int(number) => Object::Int(*number),
        OptionValue::Text(text) => Object::str(text),
        OptionValue::Expr(expr) => expr_object(vm, expr.clone()),
        OptionValue::List(list) => {
            let items = list.iter().map(|item| option_object(vm, item)).collect::<PyResult<Vec<_>>>()?;
            Object::list(items)
        }
        OptionValue::Map(map) => {
            let mut pairs = Vec::new();
            for (name, value) in map {
                pairs.push((Object::str(name), option_object(vm, value)?));
            }
            Dict::from_items(vm, pairs)?
        }
    })
}
