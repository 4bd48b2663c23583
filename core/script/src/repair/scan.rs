//! Brackets, strings and comments of text that need not be Python (yet).

/// Where a reader is after some lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    depth: usize,
    triple: Option<char>,
    backslash: bool,
}

/// What a character belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Code,
    Text,
    Comment,
}

impl State {
    /// Whether the statement goes on in the next line.
    pub(super) fn is_open(self) -> bool {
        self.depth > 0 || self.triple.is_some() || self.backslash
    }

    /// Reads one line, telling `seen` of each character: its byte offset, what it belongs to, and how deep in
    /// brackets it stands.
    pub(super) fn read(&mut self, line: &str, mut seen: impl FnMut(usize, char, Part, usize)) {
        self.backslash = false;
        let mut quote: Option<char> = None;
        let mut comment = false;
        let mut escaped = false;
        // Quotes still to pass over, of an opening or closing triple.
        let mut skip = 0;
        for (at, c) in line.char_indices() {
            let inside = quote.is_some() || self.triple.is_some() || skip > 0;
            let part = if comment {
                Part::Comment
            } else if inside || c == '"' || c == '\'' {
                Part::Text
            } else if c == '#' {
                Part::Comment
            } else {
                Part::Code
            };
            seen(at, c, part, self.depth);
            let rest = line.get(at..).unwrap_or("");
            if comment {
                continue;
            }
            if skip > 0 {
                skip -= 1;
            } else if escaped {
                escaped = false;
            } else if inside && c == '\\' {
                escaped = true;
            } else if let Some(mark) = self.triple {
                if c == mark && is_triple(rest, mark) {
                    self.triple = None;
                    skip = 2;
                }
            } else if let Some(mark) = quote {
                if c == mark {
                    quote = None;
                }
            } else {
                match c {
                    '"' | '\'' if is_triple(rest, c) => {
                        self.triple = Some(c);
                        skip = 2;
                    }
                    '"' | '\'' => quote = Some(c),
                    '#' => comment = true,
                    '(' | '[' | '{' => self.depth += 1,
                    ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
        self.backslash = !comment && line.ends_with('\\');
    }

    /// Reads one line for what it opens and closes only.
    pub(super) fn pass(&mut self, line: &str) {
        self.read(line, |_, _, _, _| {});
    }
}

fn is_triple(rest: &str, mark: char) -> bool {
    let mut chars = rest.chars();
    (0..3).all(|_| chars.next() == Some(mark))
}

/// The line without its comment and the space around it.
pub(super) fn code(line: &str) -> &str {
    let mut end = line.len();
    State::default().read(line, |at, _, part, _| {
        if part == Part::Comment && at < end {
            end = at;
        }
    });
    line.get(..end).unwrap_or(line).trim()
}

/// The white space that a line begins with.
pub(super) fn indent(line: &str) -> &str {
    line.get(..line.len() - line.trim_start().len()).unwrap_or("")
}
