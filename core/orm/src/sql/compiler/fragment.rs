//! Text under construction, which knows where its parameters stand.

use super::Parameter;

/// A piece of SQL text with its parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Fragment {
    /// The text.
    pub(super) text: String,
    /// The parameters, by where their placeholders begin, in order.
    pub(super) parameters: Vec<(usize, Parameter)>,
    /// Where the row of VALUES stands.
    pub(super) values: Option<std::ops::Range<usize>>,
}

impl Fragment {
    /// Adds text.
    pub(super) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds another piece.
    pub(super) fn append(&mut self, other: Fragment) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.parameters.extend(other.parameters.into_iter().map(|(at, one)| (at + shift, one)));
        if let Some(values) = other.values {
            self.values = Some(values.start + shift..values.end + shift);
        }
    }

    /// Puts another piece in at a place.
    pub(super) fn insert(&mut self, at: usize, other: Fragment) {
        let shift = other.text.len();
        self.text.insert_str(at, &other.text);
        let first_after = self.parameters.partition_point(|(place, _)| *place < at);
        let after = self.parameters.split_off(first_after);
        self.parameters.extend(other.parameters.into_iter().map(|(place, one)| (place + at, one)));
        self.parameters.extend(after.into_iter().map(|(place, one)| (place + shift, one)));
        if let Some(values) = &mut self.values
            && values.start >= at
        {
            *values = values.start + shift..values.end + shift;
        }
    }
}
