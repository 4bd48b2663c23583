//! Setting a machine up: every tool that is needed is one [`Step`], looked for first and installed only
//! when it is missing.

mod browser;
mod clang;
mod debian;
mod rust_tools;
mod wasm_opt;

pub use browser::{browser, driver};

use crate::Outcome;

/// One thing that a command needs.
pub struct Step {
    /// What it is called.
    pub name: &'static str,
    /// What it is needed for, to follow "needed to".
    pub purpose: &'static str,
    /// Looks for it: its version, if it is there and is the right one.
    found: fn() -> Option<String>,
    /// Installs it.
    install: fn() -> Outcome,
    /// What usually stands in the way.
    obstacle: &'static str,
    /// The command to run by hand.
    by_hand: fn() -> String,
}

impl Step {
    /// Installs what is missing; says what it does, and, where it cannot, why and what helps.
    pub fn ensure(&self) -> Outcome {
        if let Some(version) = (self.found)() {
            println!("   {}: {version}", self.name);
            return Ok(());
        }
        println!(" + {}: missing, installing it; needed to {}", self.name, self.purpose);
        let failure = match (self.install)() {
            Err(reason) => reason,
            Ok(()) => match (self.found)() {
                Some(version) => {
                    println!("   {}: {version}", self.name);
                    return Ok(());
                }
                None => "It was installed, but is still not found.".to_owned(),
            },
        };
        Err(format!(
            "{} is missing and could not be installed. It is needed to {}.\n  {failure}\n  {}\n  By hand: {}",
            self.name,
            self.purpose,
            self.obstacle,
            (self.by_hand)()
        ))
    }
}

/// What checking the formatting needs.
pub const FORMAT: &[&Step] = &[&rust_tools::RUSTFMT];

/// What clippy needs for the host.
pub const CLIPPY: &[&Step] = &[&rust_tools::CLIPPY];

/// What clippy needs for wasm32: build scripts compile SQLite for it too.
pub const CLIPPY_WASM: &[&Step] = &[&rust_tools::CLIPPY, &rust_tools::TARGET, &clang::CLANG];

/// What building the page needs.
pub const BUILD: &[&Step] =
    &[&rust_tools::TARGET, &clang::CLANG, &rust_tools::WASM_BINDGEN, &rust_tools::TRUNK, &wasm_opt::WASM_OPT];

/// What a browser test needs.
pub const BROWSER: &[&Step] = &[&browser::CHROMIUM, &browser::DRIVER];

/// What the core's and the page's own tests need to run in a browser.
pub const WASM_TESTS: &[&Step] = &[
    &rust_tools::TARGET,
    &clang::CLANG,
    &rust_tools::WASM_BINDGEN,
    &rust_tools::WASM_PACK,
    &browser::CHROMIUM,
    &browser::DRIVER,
];

/// Goes through the steps; stops at the first that cannot be done.
pub fn ensure(steps: &[&Step]) -> Outcome {
    steps.iter().try_for_each(|step| step.ensure())
}

/// All that building and testing need.
pub fn everything() -> Outcome {
    [FORMAT, CLIPPY, BUILD, WASM_TESTS].iter().try_for_each(|steps| ensure(steps))
}
