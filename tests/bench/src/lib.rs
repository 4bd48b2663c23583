//! What `cargo xtask bench` measures, natively and as wasm.
//!
//! The seven phases of `scripts/phases.py` are run three ways: as the script, through the Rust API
//! ([`api`]), and as a bare loop that sends the same statements ([`raw`]). Each prints what the script
//! prints, so that the sums can be compared. Nothing here knows of rounds, medians or tables.

pub mod api;
#[cfg(not(target_arch = "wasm32"))]
pub mod browser;
pub mod clock;
pub mod growth;
pub mod raw;
pub mod script;
#[cfg(not(target_arch = "wasm32"))]
mod small;

#[cfg(target_arch = "wasm32")]
pub mod page;

use clock::Stopwatch;

/// The seven phases, and what beside them has no database.
pub const PHASES: &str = include_str!("../scripts/phases.py");
/// The interpreter's own figures.
pub const INTERPRETER: &str = include_str!("../scripts/interpreter.py");

/// Whatever went wrong, in words.
pub type Outcome<T = ()> = Result<T, String>;

/// One measured phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Lap {
    /// Its name.
    pub name: String,
    /// How long it took, in microseconds.
    pub micros: f64,
    /// The sum of what it has seen: equal everywhere.
    pub sum: i64,
}

impl Lap {
    /// Measures one phase.
    ///
    /// # Errors
    /// The work's own.
    pub fn of(name: &str, work: impl FnOnce() -> Outcome<i64>) -> Outcome<Lap> {
        let watch = Stopwatch::start();
        let sum = work()?;
        Ok(Lap { name: name.to_owned(), micros: watch.micros(), sum })
    }

    /// Reads the line that a script prints: `phase NAME MICROSECONDS SUM`.
    ///
    /// ```
    /// use ormscope_bench::Lap;
    ///
    /// assert_eq!(Lap::read("phase load 1500 42").map(|lap| lap.sum), Some(42));
    /// assert_eq!(Lap::read("start load"), None);
    /// ```
    pub fn read(line: &str) -> Option<Lap> {
        let mut words = line.strip_prefix("phase ")?.split(' ');
        let (name, micros, sum) = (words.next()?, words.next()?, words.next()?);
        Some(Lap { name: name.to_owned(), micros: micros.parse().ok()?, sum: sum.parse().ok()? })
    }
}

impl std::fmt::Display for Lap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "phase {} {:.1} {}", self.name, self.micros, self.sum)
    }
}

/// Everything that can be measured, by the name that the command and the page take.
///
/// # Errors
/// What the measured program raises, and that a name is unknown.
pub fn measure(what: &str, size: usize) -> Outcome<Vec<Lap>> {
    match what {
        "raw" => raw::phases(size),
        "api" => api::phases(size),
        "script" => script::bare(&script::sized(size)),
        "recorder" => script::recorded(&script::sized(size)),
        "interpreter" => script::bare(INTERPRETER),
        "parse" => script::parse(),
        #[cfg(not(target_arch = "wasm32"))]
        "bytes" => growth::bytes(size),
        "one-of-many" => growth::one_of_many(size),
        _ => Err(format!("there is nothing called {what}")),
    }
}
