//! `cargo xtask check`: formatting and clippy, for the host and for wasm32.

use crate::{Outcome, process, setup};

/// Crates that are compiled for the page.
pub const WASM_CRATES: &[&str] =
    &["ormscope", "ormscope-script", "ormscope-host", "ormscope-web", "ormscope-worker", "ormscope-bench"];

/// Runs the three checks; stops at the first that fails.
pub fn run() -> Outcome {
    setup::ensure(setup::FORMAT)?;
    setup::ensure(setup::CLIPPY_WASM)?;
    format()?;
    clippy_host()?;
    clippy_wasm()
}

/// `cargo fmt --check`.
pub fn format() -> Outcome {
    process::run(&mut process::command("cargo", &["fmt", "--all", "--check"]))
}

/// clippy over everything that runs natively, tests included; a warning fails.
pub fn clippy_host() -> Outcome {
    process::run(&mut process::command(
        "cargo",
        &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    ))
}

/// clippy over everything that runs in the page; a warning fails.
pub fn clippy_wasm() -> Outcome {
    let mut cargo = process::command("cargo", &["clippy", "--target", "wasm32-unknown-unknown"]);
    cargo.args(WASM_CRATES.iter().flat_map(|name| ["--package", name]));
    process::run(cargo.args(["--", "-D", "warnings"]))
}
