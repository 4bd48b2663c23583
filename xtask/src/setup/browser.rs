//! Chromium and its WebDriver server, for the tests that run in a browser.

use std::path::PathBuf;

use super::{Step, debian};
use crate::{place, process};

const PACKAGES: &[&str] = &["chromium", "chromium-driver"];
const OBSTACLE: &str = "System packages need apt and the network. Elsewhere, install Chrome and the \
                        chromedriver of the same version, or name them in CHROMIUM and CHROMEDRIVER.";

pub(super) const CHROMIUM: Step = Step {
    name: "chromium",
    purpose: "test the page in a real browser",
    found: || version(&browser()?),
    install: || debian::install(PACKAGES),
    obstacle: OBSTACLE,
    by_hand: || debian::by_hand(PACKAGES),
};

pub(super) const DRIVER: Step = Step {
    name: "chromedriver",
    purpose: "drive the browser; its version must be the browser's",
    found: matching_driver,
    install: || debian::install(PACKAGES),
    obstacle: OBSTACLE,
    by_hand: || debian::by_hand(PACKAGES),
};

/// The browser: `$CHROMIUM`, else what is found.
pub fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    // Debian's /usr/bin/chromium is a script with fixed paths, so of an unpacked package take the program.
    let unpacked = Some(place::packages().join("usr/lib/chromium/chromium")).filter(|file| file.is_file());
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    named.or(unpacked).or_else(|| place::find(&names))
}

/// Its WebDriver server: `$CHROMEDRIVER`, else what is found.
pub fn driver() -> Option<PathBuf> {
    std::env::var_os("CHROMEDRIVER").map(PathBuf::from).or_else(|| place::find(&["chromedriver"]))
}

fn matching_driver() -> Option<String> {
    let driver = version(&driver()?)?;
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    (major(&driver) == major(&version(&browser()?)?)).then_some(driver)
}

/// The first word of `--version` that is a number with dots.
fn version(program: &std::path::Path) -> Option<String> {
    let answer = process::answer(program.to_str()?, &["--version"])?;
    let word = answer
        .split_whitespace()
        .find(|word| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit()));
    word.map(str::to_owned)
}
