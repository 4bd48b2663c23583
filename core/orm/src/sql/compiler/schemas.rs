//! Schemas that stand for others, in the text of a statement.
//!
//! SQLAlchemy counterpart: `IdentifierPreparer._render_schema_translates`.

use std::rc::Rc;

use super::{CompileError, Dialect, NO_SCHEMA, SCHEMA_LATER, quote};

/// A schema, none for tables without one, and what stands for it.
pub type Replacement = (Option<Rc<str>>, Option<Rc<str>>);

/// The text with the schemas that a map gives in the place of others.
///
/// # Errors
/// When the map names no schema, and the dialect has none by itself.
pub fn with_schemas(sql: &str, map: &[Replacement], dialect: Dialect) -> Result<String, CompileError> {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once(SCHEMA_LATER) {
        let Some((name, after)) = after.split_once(']') else { break };
        let name = Some(name).filter(|name| *name != NO_SCHEMA);
        let found = map.iter().find(|(from, _)| from.as_deref() == name);
        let to = found.map_or(name, |(_, to)| to.as_deref()).filter(|to| !to.is_empty());
        let Some(to) = to else {
            return Err(CompileError::Compile(
                "Dialect has no default schema name; can't use None as dynamic schema target.".into(),
            ));
        };
        out.push_str(before);
        out.push_str(&quote(to, dialect));
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}
