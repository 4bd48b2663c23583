//! Counting what test runners report, over all of them.

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
}

impl Tally {
    /// One check that passed or failed.
    pub fn check(passed: bool) -> Self {
        Tally { passed: usize::from(passed), failed: usize::from(!passed) }
    }

    /// Adds another count.
    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// What a runner's summary line counts, if `line` is one: cargo's, wasm-bindgen's and libtest-mimic's
    /// are all `test result: ok. 3 passed; 0 failed; …`, perhaps coloured.
    pub fn of_line(line: &str) -> Option<Self> {
        let plain = without_colours(line);
        let counts = plain.trim().strip_prefix("test result: ")?.split_once(". ")?.1;
        let count = |what: &str| {
            let part = counts.split(';').map(str::trim).find(|part| part.ends_with(what))?;
            part.split_whitespace().next()?.parse().ok()
        };
        Some(Tally { passed: count("passed")?, failed: count("failed")? })
    }
}

fn without_colours(line: &str) -> String {
    let mut pieces = line.split('\u{1b}');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str(piece.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_lines_are_counted() {
        let cargo =
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(Tally::of_line(cargo), Some(Tally { passed: 12, failed: 0 }));
        let browser = "    test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 filtered out";
        assert_eq!(Tally::of_line(browser), Some(Tally { passed: 3, failed: 2 }));
        let coloured = "test result: \u{1b}[32mok\u{1b}[0m. 4 passed; 0 failed; 0 ignored";
        assert_eq!(Tally::of_line(coloured), Some(Tally { passed: 4, failed: 0 }));
    }

    #[test]
    fn other_lines_are_not() {
        assert_eq!(Tally::of_line("test compares_rows ... ok"), None);
        assert_eq!(Tally::of_line("error: test failed, to rerun pass `--lib`"), None);
    }
}
