//! When and how identifiers are quoted.
//!
//! SQLAlchemy counterpart: `IdentifierPreparer`.

use super::Dialect;
use super::reserved::is_reserved;

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
/// assert_eq!(quote("a]b", Dialect::Mssql), "[a]]b]");
/// ```
pub fn quote(name: &str, dialect: Dialect) -> String {
    if needs_quotes(name, dialect) { quote_always(name, dialect) } else { name.to_string() }
}

/// An identifier in quotes, whether it needs them or not.
///
/// ```
/// use ormscope::sql::compiler::{Dialect, quote_always};
///
/// assert_eq!(quote_always("users", Dialect::Mysql), "`users`");
/// ```
pub fn quote_always(name: &str, dialect: Dialect) -> String {
    let (open, close) = dialect.quote_chars();
    let mut out = String::with_capacity(name.len() + 2);
    out.push(open);
    for c in name.chars() {
        if c == close || (c == '%' && dialect.doubles_percent()) {
            out.push(c);
        }
        out.push(c);
    }
    out.push(close);
    out
}

fn needs_quotes(name: &str, dialect: Dialect) -> bool {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$';
    let bad_start = |c: char| c.is_ascii_digit() || c == '$' || (c == '_' && dialect == Dialect::Oracle);
    name.starts_with(bad_start) || !name.chars().all(legal) || name.is_empty() || is_reserved(name, dialect)
}
