//! The imports that pasted code needs and lacks.

use ruff_python_ast::{ModModule, Stmt};
use ruff_text_size::Ranged;

use super::bindings;
use super::line::{self, Line};
use crate::parse::{self, Lines};

/// What `from sqlalchemy import *` binds, and what else tutorials take from there.
const CORE: &str = "ARRAY BIGINT BINARY BLOB BOOLEAN BigInteger Boolean CHAR CLOB CheckConstraint Column Computed \
    Constraint DATE DATETIME DDL DECIMAL DOUBLE Date DateTime DefaultClause Double Enum FLOAT FetchedValue Float \
    ForeignKey ForeignKeyConstraint INT INTEGER Identity Index Integer Interval JSON LargeBinary MetaData NCHAR \
    NUMERIC NVARCHAR Numeric PickleType PrimaryKeyConstraint REAL SMALLINT Select Sequence SmallInteger String TEXT \
    TIME TIMESTAMP Table Text Time TypeDecorator UUID Unicode UnicodeText UniqueConstraint Uuid VARBINARY VARCHAR \
    alias all_ and_ any_ asc between bindparam case cast collate column create_engine delete desc distinct event \
    except_ except_all exists extract false func insert inspect intersect intersect_all join lateral literal \
    literal_column make_url not_ null nulls_first nulls_last nullsfirst nullslast or_ outerjoin over select table \
    tablesample text true try_cast tuple_ type_coerce union union_all update values within_group";

/// What `sqlalchemy.orm` has beside it.
const ORM: &str = "Bundle DeclarativeBase DynamicMapped Load Mapped MappedAsDataclass Mapper Query Session \
    WriteOnlyMapped aliased attribute_keyed_dict attribute_mapped_collection backref class_mapper clear_mappers \
    close_all_sessions column_property composite configure_mappers contains_eager declarative_base \
    declarative_mixin declared_attr defaultload defer deferred dynamic_loader foreign immediateload joinedload \
    lazyload load_only make_transient make_transient_to_detached mapped_column mapper noload object_mapper \
    object_session query_expression raiseload reconstructor registry relation relationship remote scoped_session \
    selectin_polymorphic selectinload sessionmaker subqueryload synonym undefer undefer_group validates \
    with_expression with_loader_criteria with_parent with_polymorphic";

/// Python's own, by module.
const STANDARD: &[(&str, &str)] = &[
    ("datetime", "datetime date timedelta timezone"),
    ("decimal", "Decimal"),
    ("typing", "Any List Optional Set Dict"),
    ("contextlib", "contextmanager"),
    ("dataclasses", "dataclass field"),
];

/// Modules that are used by their name.
const MODULES: &[(&str, &str)] = &[
    ("sqlalchemy", "import sqlalchemy"),
    ("sa", "import sqlalchemy as sa"),
    ("orm", "from sqlalchemy import orm"),
    ("decimal", "import decimal"),
    ("typing", "import typing"),
];

fn has(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|known| known == name)
}

/// Whether `from module import *` binds that name. Of modules that are not known, anything may come.
pub(super) fn star_binds(module: &str, name: &str) -> bool {
    match module {
        "sqlalchemy" | "sqlalchemy.sql" | "sqlalchemy.schema" | "sqlalchemy.types" => has(CORE, name),
        "sqlalchemy.orm" => has(ORM, name),
        _ => true,
    }
}

/// Adds one line per module that the script uses without having imported it.
pub(super) fn add(lines: &mut Vec<Line>) {
    let text = line::text(lines);
    let Ok(module) = parse::parse(&text) else { return };
    let wanted = wanted(&module);
    if wanted.is_empty() {
        return;
    }
    let at = place(&module, &text, lines);
    // An inserted line stands before the pasted line that follows it.
    let number = lines.get(at).or(lines.last()).map_or(1, |line| line.number);
    for (text, why) in wanted.into_iter().rev() {
        let mut line = Line::new(number, &text);
        line.inserted = true;
        line.explain(&why);
        lines.insert(at, line);
    }
}

/// The import lines that are missing, each with its reason.
fn wanted(module: &ModModule) -> Vec<(String, String)> {
    let missing = bindings::names(module).missing;
    let mut wanted = Vec::new();
    let reason = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        format!("{} {} never imported", names.join(", "), if names.len() == 1 { "was" } else { "were" })
    };
    for (name, line) in MODULES {
        // Only what is asked for an attribute can be meant as a module.
        if missing.get(*name).is_some_and(|attributes| !attributes.is_empty()) {
            wanted.push(((*line).to_owned(), reason(&[name])));
        }
    }
    let whole = missing.get("datetime").is_some_and(|attributes| {
        ["datetime", "date", "timedelta", "timezone"].iter().any(|name| attributes.contains(*name))
            && !attributes.contains("now")
            && !attributes.contains("utcnow")
    });
    if whole {
        wanted.push(("import datetime".to_owned(), reason(&["datetime"])));
    }
    let sources = STANDARD.iter().copied().chain([("sqlalchemy", CORE), ("sqlalchemy.orm", ORM)]);
    for (source, list) in sources {
        let names: Vec<&str> = list
            .split_whitespace()
            .filter(|name| missing.contains_key(*name) && !(whole && *name == "datetime"))
            .collect();
        if !names.is_empty() {
            wanted.push((format!("from {source} import {}", names.join(", ")), reason(&names)));
        }
    }
    wanted
}

/// Where imports go: before the first statement that is not a docstring or an import from `__future__`.
fn place(module: &ModModule, text: &str, lines: &[Line]) -> usize {
    let first = module.body.iter().find(|stmt| match stmt {
        Stmt::Expr(expr) => !expr.value.is_string_literal_expr(),
        Stmt::ImportFrom(import) => import.module.as_ref().is_none_or(|name| name.as_str() != "__future__"),
        _ => true,
    });
    let start = match first {
        Some(Stmt::ClassDef(class)) => class.decorator_list.first().map_or(class.start(), Ranged::start),
        Some(Stmt::FunctionDef(def)) => def.decorator_list.first().map_or(def.start(), Ranged::start),
        Some(stmt) => stmt.start(),
        None => return lines.len(),
    };
    let ordinal = Lines::new(text).line(start) as usize;
    let kept = lines.iter().enumerate().filter(|(_, line)| !line.gone);
    kept.map(|(at, _)| at).nth(ordinal.saturating_sub(1)).unwrap_or(lines.len())
}
