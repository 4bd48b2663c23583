//! Reading paths out of Rust source, well enough for this test: `crate::…` and `super::…`, groups included.

use std::path::Path;

/// A path that a file names, from the crate's root.
#[derive(Debug, PartialEq)]
pub(crate) struct Reference {
    /// The line, from 1.
    pub(crate) line: usize,
    /// Its parts, without `crate`.
    pub(crate) path: Vec<String>,
    /// Written with `super`. Inside a module that is written in the file (its tests), such a path starts one
    /// module too high, so a name that no floor has is the file's own.
    pub(crate) relative: bool,
}

/// The module that a file defines: `sql/compiler/mod.rs` is `["sql", "compiler"]`; the crate's root is empty.
pub(crate) fn module_of(file: &Path, source: &Path) -> Vec<String> {
    let below = file.strip_prefix(source).unwrap_or(file).with_extension("");
    let mut parts: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts
        .last()
        .is_some_and(|last| last == "mod" || (parts.len() == 1 && (last == "lib" || last == "main")))
    {
        parts.pop();
    }
    parts
}

/// The text with comments blanked out, line by line.
pub(crate) fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect()
}

/// Whether a line uses a name or path as a whole.
pub(crate) fn names(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        !line[..start].ends_with(is_name) && !line[start + word.len()..].starts_with(is_name)
    })
}

/// Every path from `crate` or `super` in a file of the given module.
pub(crate) fn references(text: &str, module: &[String]) -> Vec<Reference> {
    let code = code(text);
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = &code[..at];
            if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') || before.ends_with("super::") {
                continue;
            }
            let line = before.matches('\n').count() + 1;
            let mut rest = &code[at..];
            let mut base: Vec<String> = module.to_vec();
            if let Some(after) = rest.strip_prefix("crate::") {
                base.clear();
                rest = after;
            }
            while let Some(after) = rest.strip_prefix("super::") {
                base.pop();
                rest = after;
            }
            let mut paths = Vec::new();
            tree(rest, base, &mut paths);
            let relative = start == "super::";
            found.extend(paths.into_iter().map(|path| Reference { line, path, relative }));
        }
    }
    found
}

/// Collects the paths of a use tree and returns what follows it.
fn tree<'a>(text: &'a str, mut prefix: Vec<String>, paths: &mut Vec<Vec<String>>) -> &'a str {
    let mut rest = text.trim_start();
    loop {
        if let Some(group) = rest.strip_prefix('{') {
            rest = group;
            loop {
                rest = tree(rest, prefix.clone(), paths).trim_start();
                match rest.strip_prefix(',') {
                    Some(after) => rest = after.trim_start(),
                    None => return rest.strip_prefix('}').unwrap_or(rest),
                }
                if let Some(after) = rest.strip_prefix('}') {
                    return after;
                }
            }
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        prefix.push(name.to_owned());
        match after.strip_prefix("::") {
            Some(more) => rest = more,
            None => {
                paths.push(prefix);
                let renamed = after.trim_start().strip_prefix("as ");
                return renamed.map_or(after, |name| {
                    name.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, module: &[&str]) -> Vec<String> {
        let module: Vec<String> = module.iter().map(|part| (*part).to_owned()).collect();
        references(text, &module).into_iter().map(|reference| reference.path.join("::")).collect()
    }

    #[test]
    fn groups_are_opened() {
        let text = "use crate::{types::Value, sql::{Select, compiler::Compiled as C}, schema};\n";
        assert_eq!(
            found(text, &["orm"]),
            ["types::Value", "sql::Select", "sql::compiler::Compiled", "schema"]
        );
    }

    #[test]
    fn super_is_followed() {
        assert_eq!(found("use super::super::orm::Session;", &["sql", "select"]), ["orm::Session"]);
        assert_eq!(found("fn f(x: super::Column) {}", &["sql", "select"]), ["sql::Column"]);
    }

    #[test]
    fn comments_and_longer_names_are_passed_over() {
        assert!(found("// use crate::orm;\nlet my_crate::x = 1;", &["sql"]).is_empty());
        assert!(names("use serde::Serialize;", "serde"));
        assert!(!names("use serde_json::Value;", "serde"));
    }
}
