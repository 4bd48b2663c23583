//! The example scripts, embedded when the page is built.

/// A script to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// Its name in the menu.
    pub name: &'static str,
    /// The code.
    pub source: &'static str,
}

/// Every example; the first one greets.
pub const EXAMPLES: [Example; 4] = [
    Example { name: "Quick start", source: include_str!("../../static/examples/quick_start.py") },
    Example { name: "One to many", source: include_str!("../../static/examples/one_to_many.py") },
    Example { name: "Many to many", source: include_str!("../../static/examples/many_to_many.py") },
    Example { name: "IntegrityError", source: include_str!("../../static/examples/integrity_error.py") },
];

impl Example {
    /// What it shows: the rest of its first line, a comment `# name: what it shows`.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        let first = self.source.lines().next().unwrap_or_default();
        first.split_once(": ").map_or("", |(_, summary)| summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_says_what_it_shows() {
        for example in EXAMPLES {
            assert!(!example.summary().is_empty(), "{}", example.name);
            assert!(example.source.starts_with(&format!("# {}: ", example.name)), "{}", example.name);
        }
    }
}
