//! Repairs of pasted text.

/// What was made of pasted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// The text as it can run.
    pub source: String,
    /// Every change.
    pub repairs: Vec<Repair>,
    /// Whether it needs 1.4's semantics.
    pub legacy: bool,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// One change of pasted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The line of the pasted text, from 1.
    pub line: u32,
    /// The lines before.
    pub before: String,
    /// The lines after.
    pub after: String,
    /// Why.
    pub why: String,
}

/// Repairs pasted text.
pub fn repair(source: &str) -> Repaired {
    Repaired { source: source.to_string(), ..Repaired::default() }
}
