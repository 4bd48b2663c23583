//! `cargo xtask fuzz-session`: random programs of session operations under real SQLAlchemy and under ours,
//! compared after every operation: SQL, states, new, dirty and deleted, the identity map, histories, errors.
//! A program that differs is cut down to the operations that it takes, and written as a script.
//!
//! Where SQLAlchemy's answer depends on the order of a set of objects, it differs between runs with other
//! hash seeds and addresses. So a difference counts only when no run of SQLAlchemy's agrees with ours, and
//! all of them agree with each other.

mod compare;
mod families;
mod program;

use std::sync::Mutex;
use std::thread;

use super::both::Both;
use crate::Outcome;
use compare::{Difference, Event, Steps};
use program::Program;

/// How a program is watched, and the mapped classes: the head of every script.
const HEAD: &[&str] = &[include_str!("watch.py"), "\n\n", include_str!("models.py")];
/// How many programs stand in one script.
const BATCH: usize = 25;
/// How many programs that differ are made small without being told.
pub const SHRUNK: u64 = 4;
/// How many lines are shown of a program that is not made small.
const SHOWN: usize = 8;
/// The seeds of further runs of SQLAlchemy's that have to agree on a difference.
const WITNESSES: &[&str] = &["1", "2", "3", "4", "5"];

/// Runs the programs `seed`, `seed + 1`, …; prints what differs, and makes the first `shrunk` of them small.
pub fn run(seed: u64, count: u64, shrunk: u64) -> Outcome {
    let both = Both::ready()?;
    let seeds: Vec<u64> = (seed..seed + count).collect();
    let batches = Mutex::new(seeds.chunks(BATCH));
    let tally = Mutex::new(Tally::default());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
            .map(|worker| {
                let (both, batches, tally) = (&both, &batches, &tally);
                scope.spawn(move || -> Outcome {
                    let runner = Runner { both, name: format!("session-{worker}.py") };
                    while let Some(batch) = batches.lock().ok().and_then(|mut batches| batches.next()) {
                        let programs: Vec<Program> = batch.iter().map(|&seed| Program::new(seed)).collect();
                        let found = runner.judged(&programs)?;
                        if let Ok(mut tally) = tally.lock() {
                            tally.add(programs, found);
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| "A worker came to a bad end.".to_owned())?)
    })?;
    let mut tally = tally.into_inner().unwrap_or_default();
    tally.differing.sort_by_key(|(program, _)| program.seed);
    for (program, difference) in &tally.differing {
        let step = difference.step.parse::<usize>().unwrap_or_default();
        let operation = step.checked_sub(1).and_then(|place| program.operations.get(place));
        println!("\nprogram {}, step {}: {}", program.seed, difference.step, operation.map_or("", |it| it));
        for (sign, event) in only_on_one_side(difference).into_iter().take(SHOWN) {
            println!("  {sign} {}", event.text);
        }
    }
    let runner = Runner { both: &both, name: "session-smaller.py".to_owned() };
    for (program, _) in tally.differing.iter().take(usize::try_from(shrunk).unwrap_or(usize::MAX)) {
        runner.report(program.clone())?;
    }
    match tally.differing.len() {
        0 => Ok(()),
        number => {
            let seeds: Vec<String> =
                tally.differing.iter().map(|(program, _)| program.seed.to_string()).collect();
            Err(format!("{number} of {count} programs differ: {}.", seeds.join(", ")))
        }
    }
}

/// What has been found so far.
#[derive(Default)]
struct Tally {
    done: usize,
    undefined: usize,
    differing: Vec<(Program, Difference)>,
}

impl Tally {
    fn add(&mut self, programs: Vec<Program>, verdicts: Vec<Verdict>) {
        self.done += programs.len();
        for (program, verdict) in programs.into_iter().zip(verdicts) {
            match verdict {
                Verdict::Same => {}
                Verdict::Undefined => self.undefined += 1,
                Verdict::Different(difference) => self.differing.push((program, *difference)),
            }
        }
        println!(
            "{} programs, {} with differences, {} on which SQLAlchemy differs from itself",
            self.done,
            self.differing.len(),
            self.undefined
        );
    }
}

/// What became of a program.
enum Verdict {
    Same,
    /// SQLAlchemy's runs differ from each other, or one of them agrees with ours.
    Undefined,
    Different(Box<Difference>),
}

/// Runs programs together, in a script of its own.
struct Runner<'a> {
    both: &'a Both,
    name: String,
}

impl Runner<'_> {
    /// The verdict on each program.
    fn judged(&self, programs: &[Program]) -> Outcome<Vec<Verdict>> {
        let ours = self.ours(programs)?;
        let expected = self.expected(programs, "0")?;
        let mut verdicts: Vec<Verdict> = (0..programs.len())
            .map(|number| match compare::difference(&expected[number], &ours[number]) {
                None => Verdict::Same,
                Some(difference) => Verdict::Different(Box::new(difference)),
            })
            .collect();
        for seed in WITNESSES {
            let suspects: Vec<usize> = (0..programs.len())
                .filter(|&number| matches!(verdicts[number], Verdict::Different(_)))
                .collect();
            if suspects.is_empty() {
                break;
            }
            let again: Vec<Program> = suspects.iter().map(|&number| programs[number].clone()).collect();
            let witness = self.expected(&again, seed)?;
            for (second, &number) in witness.iter().zip(&suspects) {
                let Verdict::Different(found) = &verdicts[number] else { continue };
                if found.is_undefined(&expected[number], second) {
                    verdicts[number] = Verdict::Undefined;
                }
            }
        }
        Ok(verdicts)
    }

    /// SQLAlchemy's runs.
    fn expected(&self, programs: &[Program], seed: &str) -> Outcome<Vec<Steps>> {
        let script = self.both.script(&self.name, &source(programs))?;
        let runs = compare::programs(&self.both.expected(&script, seed)?);
        runs.filter(|runs| runs.len() == programs.len())
            .ok_or_else(|| format!("SQLAlchemy did not come to the end of {}.", script.display()))
    }

    /// Our runs. Where they do not come to their end, each runs alone, and one that
    /// does not either is empty.
    fn ours(&self, programs: &[Program]) -> Outcome<Vec<Steps>> {
        let script = self.both.script(&self.name, &source(programs))?;
        let runs = compare::programs(&self.both.ours(&script)?);
        if let Some(runs) = runs.filter(|runs| runs.len() == programs.len()) {
            return Ok(runs);
        }
        let alone = programs.iter().map(|program| {
            let script = self.both.script(&self.name, &source(std::slice::from_ref(program)))?;
            let run = compare::programs(&self.both.ours(&script)?);
            Ok(run.and_then(|mut runs| runs.pop()).unwrap_or_default())
        });
        alone.collect()
    }

    /// Cuts a program down, writes it as a script, and prints what differs.
    fn report(&self, program: Program) -> Outcome {
        let seed = program.seed;
        let Some((program, difference)) = self.smallest(program)? else {
            println!("\nprogram {seed} differs only after others in the same script");
            return Ok(());
        };
        let script =
            self.both.script(&format!("session-seed-{seed}.py"), &source(std::slice::from_ref(&program)))?;
        println!("\nprogram {seed}, as {}", script.display());
        print!("{}", program.source(0).trim_start());
        println!("step {}", difference.step);
        for (sign, event) in only_on_one_side(&difference) {
            println!("  {sign} {}", event.text);
        }
        Ok(())
    }

    /// The program with as few operations as show a difference, and that difference.
    fn smallest(&self, program: Program) -> Outcome<Option<(Program, Difference)>> {
        let Some(mut best) = self.first_that_differs(vec![program])? else { return Ok(None) };
        let mut size = best.0.operations.len();
        while size > 0 {
            best = match best.1.step.parse::<usize>() {
                // Nothing after the difference matters.
                Ok(step) if step < best.0.operations.len() => {
                    let cut = best.0.with(best.0.operations[..step].to_vec());
                    self.first_that_differs(vec![cut])?.unwrap_or(best)
                }
                _ => best,
            };
            size = size.min(best.0.operations.len()).div_ceil(2);
            loop {
                let operations = &best.0.operations;
                let without = |start: usize| {
                    let end = (start + size).min(operations.len());
                    best.0.with([&operations[..start], &operations[end..]].concat())
                };
                let candidates: Vec<Program> =
                    (0..operations.len()).step_by(size).rev().map(without).collect();
                match self.first_that_differs(candidates)? {
                    Some(smaller) => best = smaller,
                    None => break,
                }
            }
            if size == 1 {
                break;
            }
        }
        Ok(Some(best))
    }

    /// The first that differs, with as few runs as that takes.
    fn first_that_differs(&self, candidates: Vec<Program>) -> Outcome<Option<(Program, Difference)>> {
        for batch in candidates.chunks(BATCH) {
            let (ours, expected) = (self.ours(batch)?, self.expected(batch, "0")?);
            let runs = batch.iter().zip(ours.iter().zip(&expected));
            for (program, _) in
                runs.filter(|(_, (ours, expected))| compare::difference(expected, ours).is_some())
            {
                let verdict = self.judged(std::slice::from_ref(program))?.pop();
                if let Some(Verdict::Different(difference)) = verdict {
                    return Ok(Some((program.clone(), *difference)));
                }
            }
        }
        Ok(None)
    }
}

fn source(programs: &[Program]) -> String {
    let programs = programs.iter().enumerate().map(|(number, program)| program.source(number));
    HEAD.iter().map(|&part| part.to_owned()).chain(programs).collect()
}

/// The events of a step that only one side has, in order.
fn only_on_one_side(difference: &Difference) -> Vec<(char, &Event)> {
    let (expected, ours) = (&difference.expected, &difference.ours);
    let missing = expected.iter().filter(|event| !ours.contains(event)).map(|event| ('-', event));
    let extra = ours.iter().filter(|event| !expected.contains(event)).map(|event| ('+', event));
    let lines: Vec<(char, &Event)> = missing.chain(extra).collect();
    if lines.is_empty() {
        // The same events in another order.
        return expected
            .iter()
            .map(|event| ('-', event))
            .chain(ours.iter().map(|event| ('+', event)))
            .collect();
    }
    lines
}
