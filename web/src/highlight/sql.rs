//! SQL as the echo shows it.

use super::{Kind, Span, Spans, in_word, while_in};

const KEYWORDS: [&str; 88] = [
    "ADD",
    "ALL",
    "ALTER",
    "AND",
    "AS",
    "ASC",
    "BEGIN",
    "BETWEEN",
    "BY",
    "CASCADE",
    "CASE",
    "CAST",
    "CHECK",
    "COLLATE",
    "COLUMN",
    "COMMIT",
    "CONFLICT",
    "CONSTRAINT",
    "CREATE",
    "CROSS",
    "CURRENT_TIMESTAMP",
    "DEFAULT",
    "DELETE",
    "DESC",
    "DISTINCT",
    "DO",
    "DROP",
    "ELSE",
    "END",
    "ESCAPE",
    "EXCEPT",
    "EXISTS",
    "FOREIGN",
    "FROM",
    "FULL",
    "GLOB",
    "GROUP",
    "HAVING",
    "IF",
    "IN",
    "INDEX",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTO",
    "IS",
    "ISNULL",
    "JOIN",
    "KEY",
    "LEFT",
    "LIKE",
    "LIMIT",
    "NATURAL",
    "NOT",
    "NOTHING",
    "NOTNULL",
    "NULL",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "OVER",
    "PARTITION",
    "PRAGMA",
    "PRIMARY",
    "RECURSIVE",
    "REFERENCES",
    "RELEASE",
    "REPLACE",
    "RETURNING",
    "RIGHT",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "TABLE",
    "TEMPORARY",
    "THEN",
    "TO",
    "UNION",
    "UNIQUE",
    "UPDATE",
    "USING",
    "VALUES",
    "VIEW",
    "WHEN",
    "WHERE",
];

/// The spans of a statement, line breaks included.
#[must_use]
pub fn sql(statement: &str) -> Vec<Span> {
    let mut spans = Spans::default();
    let mut rest = statement;
    while let Some(first) = rest.chars().next() {
        let (kind, len) = match first {
            '\'' => (Kind::Text, quoted(rest, '\'')),
            '"' | '`' => (Kind::Plain, quoted(rest, first)),
            '?' => (Kind::Parameter, 1),
            '-' if rest.starts_with("--") => (Kind::Comment, while_in(rest, |c| c != '\n')),
            ':' if rest[1..].starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                (Kind::Parameter, 1 + while_in(&rest[1..], in_word))
            }
            c if c.is_ascii_digit() => (Kind::Number, while_in(rest, |c| in_word(c) || c == '.')),
            c if in_word(c) => {
                let len = while_in(rest, in_word);
                let word = &rest[..len];
                // The compiler writes its words in capitals; a column may be called `key`.
                let known = KEYWORDS.binary_search(&word).is_ok() || word == "WITH";
                (if known { Kind::Keyword } else { Kind::Plain }, len)
            }
            c => (Kind::Plain, c.len_utf8()),
        };
        spans.push(kind, &rest[..len]);
        rest = &rest[len..];
    }
    spans.0
}

/// From one quote to the next; a doubled quote simply opens another piece.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn placeholders_and_keywords_stand_out() {
        let spans = sql("SELECT users.key FROM users WHERE id = ? AND n = :n LIMIT 1");
        let of =
            |kind| spans.iter().filter(|span| span.kind == kind).map(|span| &*span.text).collect::<Vec<_>>();
        assert_eq!(of(Kind::Keyword), ["SELECT", "FROM", "WHERE", "AND", "LIMIT"]);
        assert_eq!(of(Kind::Parameter), ["?", ":n"]);
        assert_eq!(of(Kind::Number), ["1"]);
    }

    #[test]
    fn the_spans_joined_are_the_text() {
        for text in ["", "'it''s'", "'open", "\"a b\" -- c\nx", "::", ":", "ä?ö", "a\u{0}b"] {
            assert_eq!(sql(text).iter().map(|span| span.text.as_str()).collect::<String>(), text);
        }
    }
}
