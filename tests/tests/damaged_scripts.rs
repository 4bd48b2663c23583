//! Scripts of the corpus with damage done to them: whatever the text, a run ends by itself or when it is
//! stopped, without a panic and without a hang.
//!
//! Every seed is one damaged script, the same on every machine. `ORMSCOPE_SOAK=FROM..TO` tries other seeds
//! than the few of each test run; `cargo xtask soak` does so.

use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, ops, process, thread};

use ormscope_host::Host;
use ormscope_host::protocol::{Era, Event, Request};
use ormscope_tests::corpus::{self, Recorded};

/// The seeds of a test run.
const FEW: ops::Range<u64> = 0..200;
/// Slices that a run may take before it is stopped: damage makes endless loops too.
const SLICES: usize = 300;
/// Slices in which a stopped run has to end.
const GRACE: usize = 20;
/// How long one script may take; thousands of times longer than most do.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_damaged_script_ends_by_itself_or_when_it_is_stopped() {
    let corpus = corpus::recorded();
    let folder = xtask::place::target().join("damaged").join(process::id().to_string());
    fs::create_dir_all(&folder).expect("a folder for the scripts can be made");
    // Databases that a script makes in files stay in there.
    env::set_current_dir(&folder).expect("the folder can be entered");
    for seed in seeds() {
        let (name, text) = damaged(&corpus, seed);
        // Written first, so that it is there even when the whole process dies.
        let file = folder.join(format!("seed-{seed}.py"));
        fs::write(&file, &text).expect("the script can be written");
        if let Err(reason) = run(text) {
            panic!("seed {seed} ({name}): {reason}\n  the script: {}", file.display());
        }
        fs::remove_file(&file).expect("the script can be deleted");
    }
    fs::remove_dir_all(&folder).expect("the folder can be deleted");
}

fn seeds() -> ops::Range<u64> {
    let Ok(text) = env::var("ORMSCOPE_SOAK") else { return FEW };
    let range = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    range.unwrap_or_else(|| panic!("ORMSCOPE_SOAK is FROM..TO, not {text}"))
}

/// Runs in a thread of its own, so that a hang is seen.
fn run(source: String) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel();
    let runner = thread::spawn(move || sender.send(ends(source)));
    match receiver.recv_timeout(PATIENCE) {
        Ok(true) => Ok(()),
        Ok(false) => Err("did not end when it was stopped".to_owned()),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(format!("still running after {} s", PATIENCE.as_secs())),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let message = runner.join().err().and_then(|panic| {
                let text = panic.downcast_ref::<String>().cloned();
                text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            });
            Err(format!("panicked: {}", message.unwrap_or_default()))
        }
    }
}

/// Whether a run ends, as the page would run it.
fn ends(source: String) -> bool {
    let mut host = Host::new(0, (1_715_941_230, 123_456));
    host.handle(Request::Repair { source: source.clone() });
    host.handle(Request::Run { source, era: Era::Modern });
    let mut ended = (0..SLICES).any(|_| !host.work());
    if !ended {
        host.handle(Request::Stop);
        ended = (0..GRACE).any(|_| !host.work());
    }
    host.handle(Request::View { tick: u32::MAX });
    ended && host.take_events().iter().any(|event| matches!(event, Event::Finished { .. }))
}

/// The script that a seed means: which it was, and its text after the damage.
fn damaged(corpus: &[Recorded], seed: u64) -> (String, String) {
    let mut dice = Dice::new(seed);
    let script = dice.choose(corpus);
    let mut lines: Vec<String> = script.source.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(3) {
        damage(&mut lines, &mut dice);
    }
    (script.name.clone(), lines.join("\n") + "\n")
}

fn damage(lines: &mut Vec<String>, dice: &mut Dice) {
    const SNIPPETS: &[&str] = &[
        "(", ")", "[", "'", "\"\"\"", ":", ",", "=", "*", "lambda", "None", "\\", "    ", "\t", "é", "\u{0}",
        "9e999",
    ];
    if lines.is_empty() {
        return;
    }
    let (at, other) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(6) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(other, lines[at].clone()),
        2 => lines.swap(at, other),
        3 => lines.truncate(at + 1),
        4 => {
            let position = dice.boundary(&lines[at]);
            lines[at].truncate(position);
        }
        _ => {
            let position = dice.boundary(&lines[at]);
            lines[at].insert_str(position, dice.choose::<&str>(SNIPPETS));
        }
    }
}

/// Xorshift: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Dice((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 16) % limit as u64) as usize
    }

    fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A place between two characters of a line.
    fn boundary(&mut self, line: &str) -> usize {
        let count = self.below(line.chars().count() + 1);
        line.char_indices().nth(count).map_or(line.len(), |(at, _)| at)
    }
}
