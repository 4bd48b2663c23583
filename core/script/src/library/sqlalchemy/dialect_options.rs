//! The options of tables, indexes and constraints that each dialect takes, and
//! what they are where they are not given.
//!
//! SQLAlchemy counterpart: the dialects' `construct_arguments`.

/// What a dialect takes, by the class that takes it; a default is written as in Python.
const ARGUMENTS: &[(&str, &str, &[(&str, &str)])] = &[
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
pub(super) fn defaults(dialect: &str, class: &str) -> &'static [(&'static str, &'static str)] {
    let dialect = if dialect == "mariadb" { "mysql" } else { dialect };
    let found = ARGUMENTS.iter().find(|(name, of, _)| *name == dialect && *of == class);
    found.map_or(&[], |(_, _, arguments)| arguments)
}
