//! `cargo xtask record`: writes down what real SQLAlchemy does for every script of the corpus.
//!
//! Each script runs several times, with other hash seeds and other addresses of objects. What differs
//! between those runs has no order of its own in SQLAlchemy and cannot be a test, so it is refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use crate::{Outcome, dist, place, process};

/// Folders with scripts, below the top of the repository.
const FOLDERS: &[&str] = &["tests/conformance", "tests/seeds"];
const RECORDER: &str = "tests/record/recorder.py";
/// The versions of SQLAlchemy; `tests/record/requirements-….txt` pins each.
const VERSIONS: &[&str] = &["2.1", "1.4"];
/// Hash seed and jitter of each run; all must agree.
const RUNS: &[(&str, &str)] = &[("0", "0"), ("1", "1"), ("2", "2"), ("3", "3")];

/// Records and writes a `.jsonl` beside every script whose path contains one of the names (all without).
pub fn write(names: &[&str]) -> Outcome {
    each(names, |script, transcript| {
        let file = script.with_extension("jsonl");
        if fs::read_to_string(&file).is_ok_and(|before| before == transcript) {
            return Ok(());
        }
        println!("   recorded {}", short(script));
        fs::write(&file, transcript)
            .map_err(|error| format!("{} cannot be written: {error}.", file.display()))
    })
}

/// Records and compares with what stands in the repository; fails when anything differs.
pub fn check(names: &[&str]) -> Outcome {
    each(names, |script, transcript| match fs::read_to_string(script.with_extension("jsonl")) {
        Ok(before) if before == transcript => Ok(()),
        Ok(before) => Err(format!("{}: {}", short(script), first_difference(&before, transcript))),
        Err(_) => Err(format!("{}: was never recorded", short(script))),
    })
}

fn each(names: &[&str], keep: impl Fn(&Path, &str) -> Outcome + Sync) -> Outcome {
    let pythons = Pythons::ready()?;
    let scripts: Vec<PathBuf> = scripts()?
        .into_iter()
        .filter(|script| names.is_empty() || names.iter().any(|name| short(script).contains(name)))
        .collect();
    if scripts.is_empty() {
        return Err("No script has such a name.".to_owned());
    }
    let queue = Mutex::new(scripts.iter());
    let problems = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(script) = queue.lock().ok().and_then(|mut queue| queue.next()) {
                    let outcome = pythons.record(script).and_then(|transcript| keep(script, &transcript));
                    if let (Err(problem), Ok(mut problems)) = (outcome, problems.lock()) {
                        problems.push(problem);
                    }
                }
            });
        }
    });
    let mut problems = problems.into_inner().unwrap_or_default();
    problems.sort();
    println!("{} scripts, {} problems", scripts.len(), problems.len());
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// The Python environments, one for each version of SQLAlchemy, and the frozen clock.
pub(crate) struct Pythons {
    folder: PathBuf,
    clock: PathBuf,
}

impl Pythons {
    /// Installs what is missing.
    pub(crate) fn ready() -> Outcome<Self> {
        let pythons = Pythons { folder: place::cache().join("python"), clock: frozen_clock()? };
        for version in VERSIONS {
            pythons.make(version)?;
        }
        Ok(pythons)
    }

    /// The interpreter that has this version of SQLAlchemy.
    pub(crate) fn program(&self, version: &str) -> PathBuf {
        self.folder.join(version).join("bin/python")
    }

    /// An environment with exactly what the requirements file pins.
    fn make(&self, version: &str) -> Outcome {
        let requirements = format!("tests/record/requirements-{version}.txt");
        let pinned = fs::read_to_string(place::root().join(&requirements))
            .map_err(|error| format!("{requirements} cannot be read: {error}."))?;
        let wanted = pinned.lines().find_map(|line| line.strip_prefix("sqlalchemy=="));
        let program = self.program(version);
        let program = program.to_str().ok_or("The cache folder's path is not UTF-8.")?;
        let found = process::answer(program, &["-c", "import sqlalchemy; print(sqlalchemy.__version__)"]);
        if found.is_some() && found.as_deref() == wanted {
            return Ok(());
        }
        println!(" + SQLAlchemy {version}: missing, installing it; needed to record its transcripts");
        let python = python()?;
        let folder = self.folder.join(version);
        process::run(process::command(&python, &["-m", "venv", "--clear"]).arg(&folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--requirement", &requirements];
        process::run(&mut process::command(program, &pip)).map_err(|reason| {
            format!("{reason}\n  Usually the network is in the way.\n  By hand: {program} {}", pip.join(" "))
        })
    }

    /// What every run of a script agrees on.
    fn record(&self, script: &Path) -> Outcome<String> {
        let mut first: Option<String> = None;
        for (hash_seed, jitter) in RUNS {
            let transcript = self.once(script, hash_seed, jitter)?;
            match &first {
                None => first = Some(transcript),
                Some(before) if *before != transcript => {
                    return Err(format!(
                        "{}: unstable: {}",
                        short(script),
                        first_difference(before, &transcript)
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(first.unwrap_or_default())
    }

    /// The transcript of one run.
    pub(crate) fn once(&self, script: &Path, hash_seed: &str, jitter: &str) -> Outcome<String> {
        let source = fs::read_to_string(script).map_err(|error| format!("{}: {error}", short(script)))?;
        let version = if source.starts_with("# oracle: sa=1.4") { "1.4" } else { "2.1" };
        let program = self.program(version);
        let output =
            process::command(program.to_str().unwrap_or_default(), &[RECORDER, "--hashseed", hash_seed])
                .args(["--jitter", jitter])
                .arg(script)
                .env("ORMSCOPE_FROZEN_CLOCK", &self.clock)
                .output()
                .map_err(|error| format!("{}: the recorder could not be started: {error}", short(script)))?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{}: not recorded: {}", short(script), reason.trim()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// A Python 3.11: `$ORMSCOPE_PYTHON`, else one on the path.
fn python() -> Outcome<String> {
    let named = std::env::var("ORMSCOPE_PYTHON").ok();
    let candidates = named.as_deref().into_iter().chain(["python3.11", "python3", "python"]);
    candidates
        .filter(|name| process::answer(name, &["--version"]).is_some_and(|text| text.starts_with("Python 3.11.")))
        .map(str::to_owned)
        .next()
        .ok_or_else(|| {
            "Recording needs CPython 3.11 with its venv module, since transcripts hold that version's messages.\n  \
             By hand: install it, or name it in ORMSCOPE_PYTHON."
                .to_owned()
        })
}

/// The library that freezes the clock, compiled anew when its source changes.
fn frozen_clock() -> Outcome<PathBuf> {
    let source = place::root().join("tests/record/frozenclock.c");
    let text = fs::read_to_string(&source)
        .map_err(|error| format!("{} cannot be read: {error}.", source.display()))?;
    let folder = place::cache().join("python");
    fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}.", folder.display()))?;
    let library = folder.join(format!("frozenclock-{:016x}.so", dist::hash(&text)));
    if !library.is_file() {
        process::run(process::command("cc", &["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source))?;
    }
    Ok(library)
}

fn scripts() -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|folder| place::root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .map_err(|error| format!("{} cannot be read: {error}.", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "py") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn short(script: &Path) -> String {
    script.strip_prefix(place::root()).unwrap_or(script).display().to_string()
}

fn first_difference(before: &str, after: &str) -> String {
    let (mut old, mut new) = (before.lines(), after.lines());
    for number in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (left, right) if left != right => {
                let side = |line: Option<&str>| line.unwrap_or("(nothing)").to_owned();
                return format!("line {number}\n    - {}\n    + {}", side(left), side(right));
            }
            _ => {}
        }
    }
    "only line ends differ".to_owned()
}
