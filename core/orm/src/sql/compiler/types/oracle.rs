//! Oracle Database's type names.

use super::{Spelling, digits, sized, with_precision};
use crate::types::SpecificType;

pub(super) const SPELLING: Spelling = Spelling {
    generic: &[
        ("datetime", "DATE"),
        ("double", "DOUBLE_PRECISION"),
        ("string", "VARCHAR2"),
        ("unicode", "VARCHAR2"),
        ("text", "CLOB"),
        ("unicode_text", "CLOB"),
        ("big_integer", "NUMBER(19)"),
        ("boolean", "BOOLEAN"),
    ],
    words: &["LONG", "ROWID", "JSON", "NUMBER(19)"],
    write: |specific, word| {
        Some(Ok(match word {
            "TIMESTAMP" if specific.flag("local_timezone") => "TIMESTAMP WITH LOCAL TIME ZONE".into(),
            "TIMESTAMP" if specific.flag("timezone") => "TIMESTAMP WITH TIME ZONE".into(),
            "DOUBLE_PRECISION" => digits(specific, "DOUBLE PRECISION"),
            "BINARY_DOUBLE" | "BINARY_FLOAT" | "NUMBER" => digits(specific, word),
            "FLOAT" => {
                if let Some(precision) = specific.number("precision") {
                    return Some(Err(binary_precision(specific, precision)));
                }
                with_precision(specific, word, "binary_precision")
            }
            "VARCHAR2" | "VARCHAR" => match specific.number("length") {
                Some(length) if length > 0 => format!("{word}({length} CHAR)"),
                _ => word.into(),
            },
            "NVARCHAR" => sized(specific, "NVARCHAR2"),
            "RAW" => sized(specific, word),
            "INTERVAL" => {
                let digits = |name: &str| with_precision(specific, "", name);
                format!("INTERVAL DAY{} TO SECOND{}", digits("day_precision"), digits("second_precision"))
            }
            _ => return None,
        }))
    },
};

fn binary_precision(specific: &SpecificType, precision: u32) -> String {
    let name = specific.class.name;
    // The factor is SQLAlchemy's, digit for digit, since its result is printed.
    #[expect(clippy::approx_constant)]
    let binary = (f64::from(precision) / 0.30103) as u32;
    format!(
        "Oracle Database FLOAT types use 'binary precision', which does not convert cleanly from decimal 'precision'.  Please specify this type with a separate Oracle Database variant, such as {name}(precision={precision}).with_variant(oracle.FLOAT(binary_precision={binary}), 'oracle'), so that the Oracle Database specific 'binary_precision' may be specified accurately."
    )
}
