//! wasm-opt, from npm's `binaryen` (the version that distributions ship is too old).

use super::Step;
use crate::{place, process};

pub(super) const WASM_OPT: Step = Step {
    name: "wasm-opt",
    purpose: "make the release build's wasm smaller",
    found: version,
    install: || process::run(&mut process::command("npm", &["ci", "--no-audit", "--no-fund"])),
    obstacle: "It comes through Node's npm, which must be installed and must reach its registry.",
    by_hand: || "npm ci".to_owned(),
};

/// The version, if it is the one that package.json asks for.
fn version() -> Option<String> {
    let wanted = version_in(&std::fs::read_to_string(place::root().join("package.json")).ok()?)?;
    let program = place::root().join("node_modules/.bin/wasm-opt");
    let answer = process::answer(program.to_str()?, &["--version"])?;
    let major = wanted.split('.').next()?;
    answer.split_whitespace().any(|word| word == major).then_some(wanted)
}

fn version_in(package: &str) -> Option<String> {
    let line = package.lines().find(|line| line.trim_start().starts_with("\"binaryen\""))?;
    line.rsplit('"').nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wanted_version_is_read_from_package_json() {
        let package = "{\n  \"devDependencies\": {\n    \"binaryen\": \"132.0.0\"\n  }\n}\n";
        assert_eq!(version_in(package).as_deref(), Some("132.0.0"));
    }
}
