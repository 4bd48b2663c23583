//! Microsoft SQL Server's type names.

use super::{Spelling, with_precision};
use crate::types::SpecificType;

pub(super) const SPELLING: Spelling = Spelling {
    generic: &[
        ("double", "DOUBLE_PRECISION"),
        ("unicode", "NVARCHAR"),
        ("unicode_text", "NTEXT"),
        ("boolean", "BIT"),
        ("large_binary", "IMAGE"),
        // An older server has no type for days and for times alone, and the
        // server is not known before it is asked.
        ("date", "DATETIME"),
        ("time", "DATETIME"),
    ],
    words: &[
        "TINYINT",
        "ROWVERSION",
        "SMALLDATETIME",
        "IMAGE",
        "XML",
        "BIT",
        "MONEY",
        "SMALLMONEY",
        "UNIQUEIDENTIFIER",
        "SQL_VARIANT",
    ],
    write: |specific, word| {
        Some(Ok(match word {
            "DATETIME" if specific.class.visit == "datetime" && specific.flag("timezone") => {
                with_precision(specific, "DATETIMEOFFSET", "precision")
            }
            "FLOAT" | "TIME" | "DATETIMEOFFSET" | "DATETIME2" => with_precision(specific, word, "precision"),
            "NTEXT" | "TEXT" | "CHAR" | "NCHAR" => collated(specific, word, None),
            "VARCHAR" | "NVARCHAR" => collated(specific, word, Some("max")),
            "VARBINARY" => {
                let text = collated(specific, word, Some("max"));
                if specific.flag("filestream") { text + " FILESTREAM" } else { text }
            }
            "JSON" => "NVARCHAR(max)".into(),
            _ => return None,
        }))
    },
};

fn collated(specific: &SpecificType, word: &str, otherwise: Option<&str>) -> String {
    let length = specific.number("length").filter(|length| *length > 0).map(|length| length.to_string());
    let length = length.or(otherwise.map(str::to_string)).map(|length| format!("({length})"));
    let collation = specific.text("collation").map(|name| format!(" COLLATE {name}"));
    format!("{word}{}{}", length.unwrap_or_default(), collation.unwrap_or_default())
}
