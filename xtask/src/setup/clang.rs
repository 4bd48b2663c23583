//! clang, which compiles SQLite's C for wasm (gcc has no such target).

use super::{Step, debian};
use crate::process;

pub(super) const CLANG: Step = Step {
    name: "clang",
    purpose: "compile SQLite for wasm",
    found: version,
    install: || debian::install(&["clang", "llvm"]),
    obstacle: "System packages need apt and the network.",
    by_hand: || debian::by_hand(&["clang", "llvm"]),
};

fn version() -> Option<String> {
    // Apple's clang answers too, but has no wasm back end.
    process::answer("clang", &["--print-targets"])?.contains("wasm32").then_some(())?;
    process::answer("clang", &["--version"])?.lines().next().map(str::to_owned)
}
