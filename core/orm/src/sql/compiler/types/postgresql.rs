//! PostgreSQL's type names.

use super::{Spelling, with_precision};
use crate::sql::compiler::Dialect;

pub(super) const SPELLING: Spelling = Spelling {
    generic: &[
        ("json_int_index", "INT"),
        ("json_str_index", "TEXT"),
        ("json_path", "JSONPATH"),
        ("datetime", "TIMESTAMP"),
        ("large_binary", "BYTEA"),
        ("double", "DOUBLE_PRECISION"),
    ],
    words: &[
        "INT",
        "JSON",
        "JSONB",
        "JSONPATH",
        "TSVECTOR",
        "TSQUERY",
        "INET",
        "CIDR",
        "CITEXT",
        "MACADDR",
        "MACADDR8",
        "MONEY",
        "OID",
        "REGCONFIG",
        "REGCLASS",
        "HSTORE",
        "BYTEA",
        "INT4RANGE",
        "INT8RANGE",
        "NUMRANGE",
        "DATERANGE",
        "TSRANGE",
        "TSTZRANGE",
        "INT4MULTIRANGE",
        "INT8MULTIRANGE",
        "NUMMULTIRANGE",
        "DATEMULTIRANGE",
        "TSMULTIRANGE",
        "TSTZMULTIRANGE",
    ],
    write: |specific, word| {
        Some(Ok(match word {
            "FLOAT" => match specific.number("precision") {
                Some(precision) if precision > 0 => format!("FLOAT({precision})"),
                _ => "FLOAT".into(),
            },
            "TIMESTAMP" | "TIME" => format!(
                "{} {} TIME ZONE",
                with_precision(specific, word, "precision"),
                if specific.flag("timezone") { "WITH" } else { "WITHOUT" }
            ),
            "INTERVAL" => {
                let fields = specific.text("fields").map(|fields| format!(" {fields}")).unwrap_or_default();
                let digits = specific.number("precision").map(|digits| format!(" ({digits})"));
                format!("INTERVAL{fields}{}", digits.unwrap_or_default())
            }
            "BIT" => {
                let word = if specific.flag("varying") { "BIT VARYING" } else { "BIT" };
                with_precision(specific, word, "length")
            }
            "ARRAY" => {
                let inner = match Dialect::Postgresql.type_text(specific.item("item_type")?) {
                    Ok(inner) => inner,
                    Err(reason) => return Some(Err(reason)),
                };
                let brackets = "[]".repeat(specific.number("dimensions").unwrap_or(1) as usize);
                // The brackets belong to the type and stand before its collation.
                match inner.split_once(" COLLATE") {
                    Some((name, collation)) => format!("{name}{brackets} COLLATE{collation}"),
                    None => inner + &brackets,
                }
            }
            "DOMAIN" => {
                let quoted = |name| crate::sql::compiler::quote(name, Dialect::Postgresql);
                let name = quoted(specific.text("name")?);
                specific.text("schema").map_or(name.clone(), |schema| format!("{}.{name}", quoted(schema)))
            }
            _ => return None,
        }))
    },
};
