//! MySQL's type names.

use super::{Spelling, digits, with_precision};
use crate::types::{EnumType, SpecificType};

pub(super) const SPELLING: Spelling = Spelling {
    generic: &[],
    words: &[
        "JSON",
        "TINYINT",
        "MEDIUMINT",
        "TINYTEXT",
        "MEDIUMTEXT",
        "LONGTEXT",
        "TINYBLOB",
        "MEDIUMBLOB",
        "LONGBLOB",
        "INET4",
        "INET6",
    ],
    write: |specific, word| {
        Some(Ok(match word {
            "NUMERIC" | "DECIMAL" => signed(specific, digits(specific, word)),
            "DOUBLE" | "REAL" => match (specific.number("precision"), specific.number("scale")) {
                (Some(_), Some(_)) => signed(specific, digits(specific, word)),
                _ => signed(specific, word.into()),
            },
            "FLOAT" => signed(specific, digits(specific, word)),
            "INTEGER" | "BIGINT" | "MEDIUMINT" | "TINYINT" | "SMALLINT" => {
                signed(specific, with_precision(specific, word, "display_width"))
            }
            "BIT" => with_precision(specific, word, "length"),
            "DATETIME" | "TIME" | "TIMESTAMP" => match specific.number("fsp") {
                Some(digits) if digits > 0 => format!("{word}({digits})"),
                _ => word.into(),
            },
            "YEAR" => with_precision(specific, word, "display_width"),
            "TEXT" | "CHAR" => with_character_set(specific, with_precision(specific, word, "length"), false),
            "TINYTEXT" | "MEDIUMTEXT" | "LONGTEXT" => with_character_set(specific, word.into(), false),
            "VARCHAR" | "NVARCHAR" if specific.number("length").is_none() => {
                return Some(Err(format!("{word} requires a length on dialect mysql")));
            }
            "VARCHAR" => with_character_set(specific, with_precision(specific, word, "length"), false),
            "NVARCHAR" => with_character_set(specific, with_precision(specific, "VARCHAR", "length"), true),
            "NCHAR" => with_character_set(specific, with_precision(specific, "CHAR", "length"), true),
            "VARBINARY" | "BLOB" => with_precision(specific, word, "length"),
            "BOOLEAN" => "BOOL".into(),
            "SET" => {
                let text = format!("SET({})", quoted(specific.names().unwrap_or_default()));
                with_character_set(specific, text, false)
            }
            _ => return None,
        }))
    },
};

fn signed(specific: &SpecificType, mut text: String) -> String {
    if specific.flag("unsigned") {
        text.push_str(" UNSIGNED");
    }
    if specific.flag("zerofill") {
        text.push_str(" ZEROFILL");
    }
    text
}

/// The clauses after a type of text; `NATIONAL` stands before it and rules out a character set.
fn with_character_set(specific: &SpecificType, text: String, national: bool) -> String {
    let set = match specific.text("charset") {
        Some(set) => format!(" CHARACTER SET {set}"),
        None if specific.flag("ascii") => " ASCII".into(),
        None if specific.flag("unicode") => " UNICODE".into(),
        None => String::new(),
    };
    let collation = match specific.text("collation") {
        Some(collation) => format!(" COLLATE {collation}"),
        None if specific.flag("binary") => " BINARY".into(),
        None => String::new(),
    };
    if national || specific.flag("national") {
        return format!("NATIONAL {text}{collation}");
    }
    format!("{text}{set}{collation}")
}

fn quoted(names: &[String]) -> String {
    let quote =
        |name: &String| format!("'{}'", name.replace('\'', "''").replace('\\', "\\\\").replace('%', "%%"));
    names.iter().map(quote).collect::<Vec<_>>().join(",")
}

/// `ENUM('a','b')`
pub(super) fn enumerated(word: &str, names: &[String], made: &EnumType) -> String {
    let set = made.charset.as_ref().map(|set| format!(" CHARACTER SET {set}")).unwrap_or_default();
    let collation = made.collation.as_ref().map(|name| format!(" COLLATE {name}")).unwrap_or_default();
    format!("{word}({}){set}{collation}", quoted(names))
}
