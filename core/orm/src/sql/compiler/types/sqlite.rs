//! SQLite's type names.

use super::Spelling;
use crate::types::Family;

pub(super) const SPELLING: Spelling = Spelling {
    generic: &[],
    words: &["JSON", "JSONB"],
    write: |specific, word| {
        // A format that reads as a number would get numeric affinity.
        let format = specific.text("storage_format")?;
        let temporal = matches!(specific.class.family, Family::Date | Family::Time | Family::DateTime);
        let sample: String = template_text(format);
        let text_affinity = sample.chars().any(|c| !c.is_ascii_digit());
        (temporal && !text_affinity).then(|| Ok(format!("{word}_CHAR")))
    },
};

/// A template with every field filled in with a digit.
fn template_text(template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find("%(") {
        out.push_str(&rest[..at]);
        out.push('0');
        rest = rest[at..].split_once(['d', 's']).map_or("", |_| {
            let inside = &rest[at..];
            inside
                .find(')')
                .and_then(|close| inside[close..].find(['d', 's']).map(|end| &inside[close + end + 1..]))
                .unwrap_or("")
        });
    }
    out.push_str(rest);
    out
}
