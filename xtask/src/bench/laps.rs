//! What the runners print, gathered over the rounds.

use std::collections::BTreeMap;

use crate::Outcome;

/// Microseconds and sums of all rounds, by runner and phase.
#[derive(Default)]
pub(super) struct Results {
    micros: BTreeMap<(String, String), Vec<f64>>,
    sums: BTreeMap<(String, String), Vec<i64>>,
}

impl Results {
    /// Takes in the lines `phase NAME MICROSECONDS SUM` that a runner printed.
    pub(super) fn read(&mut self, runner: &str, output: &str) -> Outcome {
        let before = self.micros.len();
        for line in output.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let ["phase", name, micros, sum] = words[..] else { continue };
            let wrong = |_| format!("{runner} printed no number in `{line}`.");
            let key = (runner.to_owned(), name.to_owned());
            self.micros.entry(key.clone()).or_default().push(micros.parse().map_err(wrong)?);
            self.sums.entry(key).or_default().push(sum.parse().map_err(|_| format!("{runner}: `{line}`"))?);
        }
        let known = self.micros.keys().any(|(known, _)| known == runner);
        if self.micros.len() == before && !known {
            return Err(format!("{runner} printed no phase:\n{output}"));
        }
        Ok(())
    }

    /// The median of a runner's phase, in microseconds.
    pub(super) fn median(&self, runner: &str, phase: &str) -> Option<f64> {
        let mut micros = self.micros.get(&(runner.to_owned(), phase.to_owned()))?.clone();
        micros.sort_by(f64::total_cmp);
        let middle = micros.len() / 2;
        Some(if micros.len() % 2 == 1 { micros[middle] } else { (micros[middle - 1] + micros[middle]) / 2.0 })
    }

    /// The sum that a runner's phase has seen.
    pub(super) fn sum(&self, runner: &str, phase: &str) -> Option<i64> {
        self.sums.get(&(runner.to_owned(), phase.to_owned()))?.last().copied()
    }

    /// Fails where one runner has seen another sum in a phase than the others: then they did not do the
    /// same. Runners of other sizes have a `@` in their names, and are left out.
    pub(super) fn same_sums(&self) -> Outcome {
        let mut seen: BTreeMap<&str, (&str, i64)> = BTreeMap::new();
        for ((runner, phase), sums) in &self.sums {
            for sum in sums.iter().filter(|_| !runner.contains('@')) {
                let (first, known) = *seen.entry(phase).or_insert((runner, *sum));
                if known != *sum {
                    return Err(format!("The phase {phase} gave {known} in {first}, but {sum} in {runner}."));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_the_rounds_counts() {
        let mut results = Results::default();
        for micros in ["90", "10", "30.5"] {
            results.read("raw", &format!("start load\nphase load {micros} 7\n")).unwrap();
        }
        assert_eq!(results.median("raw", "load"), Some(30.5));
        assert_eq!(results.sum("raw", "load"), Some(7));
        assert!(results.read("script", "Traceback").is_err());
    }

    #[test]
    fn runners_that_did_something_else_are_told_apart() {
        let mut results = Results::default();
        results.read("raw", "phase load 1 7").unwrap();
        results.read("api", "phase load 1 7").unwrap();
        results.read("api@100000", "phase load 1 9").unwrap();
        assert!(results.same_sums().is_ok());
        results.read("script", "phase load 1 8").unwrap();
        assert_eq!(results.same_sums(), Err("The phase load gave 7 in api, but 8 in script.".to_owned()));
    }
}
