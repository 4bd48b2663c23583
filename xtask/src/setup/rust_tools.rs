//! What rustup and cargo install: rustfmt, clippy, the wasm32 target, Trunk, wasm-bindgen's command, wasm-pack.

use std::path::PathBuf;

use super::Step;
use crate::{Outcome, place, process};

const TRUNK_VERSION: &str = "0.21.14";
const WASM_PACK_VERSION: &str = "0.15.1";
const TARGET_NAME: &str = "wasm32-unknown-unknown";
const NO_RUSTUP_SERVER: &str = "Usually the network is in the way: rustup must reach its server.";
const NO_NETWORK: &str = "Usually the network is in the way: cargo must reach its registry.";

pub(super) const TARGET: Step = Step {
    name: "the Rust target wasm32-unknown-unknown",
    purpose: "compile the page and its worker",
    found: || target_folder().filter(|folder| folder.is_dir()).map(|_| "installed".to_owned()),
    install: add_target,
    obstacle: NO_RUSTUP_SERVER,
    by_hand: || format!("rustup target add {TARGET_NAME}"),
};

pub(super) const RUSTFMT: Step = Step {
    name: "rustfmt",
    purpose: "check the formatting",
    found: || process::answer("cargo", &["fmt", "--version"]),
    install: || process::run(&mut process::command("rustup", &["component", "add", "rustfmt"])),
    obstacle: NO_RUSTUP_SERVER,
    by_hand: || "rustup component add rustfmt".to_owned(),
};

pub(super) const CLIPPY: Step = Step {
    name: "clippy",
    purpose: "look for mistakes and for what the core may not use",
    found: || process::answer("cargo", &["clippy", "--version"]),
    install: || process::run(&mut process::command("rustup", &["component", "add", "clippy"])),
    obstacle: NO_RUSTUP_SERVER,
    by_hand: || "rustup component add clippy".to_owned(),
};

pub(super) const TRUNK: Step = Step {
    name: "trunk",
    purpose: "put the page together",
    found: || exact("trunk", TRUNK_VERSION),
    install: || install("trunk", TRUNK_VERSION, &["--locked"]),
    obstacle: NO_NETWORK,
    by_hand: || format!("cargo install --locked trunk --version {TRUNK_VERSION}"),
};

pub(super) const WASM_BINDGEN: Step = Step {
    name: "wasm-bindgen",
    purpose: "connect wasm and JavaScript; its version must be the library's",
    found: || exact("wasm-bindgen", &locked_version("wasm-bindgen").ok()?),
    // Without --locked: its published lock file names versions that no longer build together.
    install: || install("wasm-bindgen-cli", &locked_version("wasm-bindgen")?, &[]),
    obstacle: NO_NETWORK,
    by_hand: || {
        let version = locked_version("wasm-bindgen").unwrap_or_else(|_| "VERSION".to_owned());
        format!("cargo install wasm-bindgen-cli --version {version}")
    },
};

pub(super) const WASM_PACK: Step = Step {
    name: "wasm-pack",
    purpose: "run the core's and the page's tests in a browser",
    found: || exact("wasm-pack", WASM_PACK_VERSION),
    install: || install("wasm-pack", WASM_PACK_VERSION, &["--locked"]),
    obstacle: NO_NETWORK,
    by_hand: || format!("cargo install --locked wasm-pack --version {WASM_PACK_VERSION}"),
};

/// The program's version, if it is exactly this one.
fn exact(program: &str, version: &str) -> Option<String> {
    let answer = process::answer(program, &["--version"])?;
    answer.split_whitespace().any(|word| word == version).then(|| version.to_owned())
}

fn install(package: &str, version: &str, options: &[&str]) -> Outcome {
    let folder = place::tools();
    let mut cargo = process::command("cargo", &["install", package, "--version", version]);
    cargo.args(options).arg("--root").arg(&folder);
    // One build folder for all tools: an interrupted installation goes on where it stopped.
    cargo.env("CARGO_TARGET_DIR", folder.join("build"));
    // These tools run for seconds; their own release settings would cost minutes more to compile.
    cargo.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    process::run(&mut cargo)?;
    if [&TRUNK, &WASM_BINDGEN, &WASM_PACK].iter().all(|tool| (tool.found)().is_some()) {
        // The last of them is there. What cannot be deleted only takes up room.
        let _ = std::fs::remove_dir_all(folder.join("build"));
    }
    Ok(())
}

/// The target's libraries. Looked for in the file system, so that it works without rustup too.
fn target_folder() -> Option<PathBuf> {
    let sysroot = process::answer("rustc", &["--print", "sysroot"])?;
    Some(PathBuf::from(sysroot).join("lib/rustlib").join(TARGET_NAME).join("lib"))
}

/// Tries three times: this is often the first download on a new machine.
fn add_target() -> Outcome {
    let mut outcome = Ok(());
    for _ in 0..3 {
        outcome = process::run(&mut process::command("rustup", &["target", "add", TARGET_NAME]));
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// The version of a package in Cargo.lock.
fn locked_version(package: &str) -> Outcome<String> {
    let file = place::root().join("Cargo.lock");
    let text =
        std::fs::read_to_string(&file).map_err(|error| format!("Cargo.lock cannot be read: {error}."))?;
    version_in(&text, package).ok_or_else(|| format!("Cargo.lock does not name {package}."))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    Some(lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_version_is_the_one_of_exactly_that_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "wasm"), None);
    }
}
