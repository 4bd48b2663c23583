//! When and how identifiers are quoted.

use super::Dialect;

/// An identifier, quoted where SQLAlchemy quotes it: when it is a reserved
/// word, has an upper-case letter or another character than letters, digits,
/// `_` and `$`, or begins with a digit or `$`.
///
/// ```
/// use ormscope::sql::compiler::{Dialect, quote};
///
/// assert_eq!(quote("users", Dialect::Sqlite), "users");
/// assert_eq!(quote("order", Dialect::Sqlite), "\"order\"");
/// assert_eq!(quote("a\"b", Dialect::Sqlite), "\"a\"\"b\"");
/// ```
pub fn quote(name: &str, dialect: Dialect) -> String {
    if !needs_quotes(name, dialect) {
        return name.to_string();
    }
    let mark = dialect.quote_char();
    let mut out = String::with_capacity(name.len() + 2);
    out.push(mark);
    for c in name.chars() {
        if c == mark || (c == '%' && dialect.doubles_percent()) {
            out.push(c);
        }
        out.push(c);
    }
    out.push(mark);
    out
}

fn needs_quotes(name: &str, dialect: Dialect) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let reserved = match dialect {
        Dialect::Sqlite => SQLITE_WORDS,
        _ => COMMON_WORDS,
    };
    name.is_empty()
        || name.starts_with(|c: char| c.is_ascii_digit() || c == '$')
        || !name.chars().all(legal)
        || name.chars().any(|c| c.is_ascii_uppercase())
        || reserved.binary_search(&name).is_ok()
}

/// The words that SQLAlchemy's common compiler reserves, sorted.
const COMMON_WORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "binary", "both", "case", "cast", "check", "collate", "column", "constraint", "create", "cross", "current_date",
    "current_role", "current_time", "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct",
    "do", "else", "end", "except", "false", "for", "foreign", "freeze", "from", "full", "grant", "group", "having",
    "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull", "join", "leading", "left", "like",
    "limit", "localtime", "localtimestamp", "natural", "new", "not", "notnull", "null", "off", "offset", "old", "on",
    "only", "or", "order", "outer", "overlaps", "placing", "primary", "references", "right", "select",
    "session_user", "set", "similar", "some", "symmetric", "table", "then", "to", "trailing", "true", "union",
    "unique", "user", "using", "verbose", "when", "where",
];

/// The words that SQLite's dialect reserves, sorted.
const SQLITE_WORDS: &[&str] = &[
    "add", "after", "all", "alter", "analyze", "and", "as", "asc", "attach", "autoincrement", "before", "begin",
    "between", "by", "cascade", "case", "cast", "check", "collate", "column", "commit", "conflict", "constraint",
    "create", "cross", "current_date", "current_time", "current_timestamp", "database", "default", "deferrable",
    "deferred", "delete", "desc", "detach", "distinct", "drop", "each", "else", "end", "escape", "except",
    "exclusive", "exists", "explain", "fail", "false", "for", "foreign", "from", "full", "glob", "group", "having",
    "if", "ignore", "immediate", "in", "index", "indexed", "initially", "inner", "insert", "instead", "intersect",
    "into", "is", "isnull", "join", "key", "left", "like", "limit", "match", "natural", "not", "notnull", "null",
    "of", "offset", "on", "or", "order", "outer", "plan", "pragma", "primary", "query", "raise", "references",
    "reindex", "rename", "replace", "restrict", "right", "rollback", "row", "select", "set", "table", "temp",
    "temporary", "then", "to", "transaction", "trigger", "true", "union", "unique", "update", "using", "vacuum",
    "values", "view", "virtual", "when", "where",
];
