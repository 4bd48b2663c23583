//! The runners in a headless browser: our wasm, and SQLAlchemy on Pyodide.
//!
//! Pyodide comes from npm and the wheels from PyPI, by name and version, into the cache folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::laps::Results;
use crate::{Outcome, place, process, setup};

const PYODIDE: &str = "314.0.7";
/// SQLAlchemy and what it needs, as packages that are Python only.
const WHEELS: &[&str] = &["sqlalchemy==2.1.9", "typing_extensions==4.15.0"];
/// What the page is asked for.
const MEASURED: &[&str] = &["raw", "api", "script", "recorder", "interpreter", "parse", "pyodide"];

/// A folder with a page that can measure, and the command that opens it.
pub(super) struct Runners {
    site: PathBuf,
    command: PathBuf,
}

impl Runners {
    /// Builds and installs what is missing. The native command is there already.
    pub(super) fn ready() -> Outcome<Self> {
        setup::ensure(setup::BUILD)?;
        setup::ensure(setup::BROWSER)?;
        let site = place::target().join("bench");
        fs::create_dir_all(&site).map_err(|error| format!("{} cannot be made: {error}.", site.display()))?;
        build_wasm(&site)?;
        copy(&place::root().join("tests/bench/page"), &site)?;
        copy(&place::root().join("tests/bench/scripts"), &site)?;
        copy(&pyodide()?, &site.join("pyodide"))?;
        copy(&wheels()?, &site.join("wheels"))?;
        let names: Vec<String> =
            files(&site.join("wheels"))?.iter().filter_map(|path| name_of(path)).collect();
        let list = site.join("wheels.txt");
        fs::write(&list, names.join("\n"))
            .map_err(|error| format!("{} cannot be written: {error}.", list.display()))?;
        let name = format!("ormscope-bench{}", std::env::consts::EXE_SUFFIX);
        Ok(Runners { site, command: place::target().join("release").join(name) })
    }

    /// Everything once.
    pub(super) fn round(&self, results: &mut Results) -> Outcome {
        for what in MEASURED {
            let command = self.command.to_str().unwrap_or_default();
            let mut command = process::command(command, &["browser"]);
            command.arg(&self.site).arg(what);
            if let Some(browser) = setup::browser() {
                command.env("CHROMIUM", browser);
            }
            if let Some(driver) = setup::driver() {
                command.env("CHROMEDRIVER", driver);
            }
            results.read(&format!("wasm-{what}"), &process::output(&mut command)?)?;
        }
        Ok(())
    }
}

/// As the page's worker is built: release, wasm-bindgen, wasm-opt for speed.
fn build_wasm(site: &Path) -> Outcome {
    let target = "wasm32-unknown-unknown";
    let package = ["build", "--release", "--lib", "--package", "ormscope-bench", "--target", target];
    process::run(&mut process::command("cargo", &package))?;
    let built = place::target().join(target).join("release/ormscope_bench.wasm");
    process::run(
        process::command("wasm-bindgen", &["--target", "web", "--out-name", "bench", "--out-dir"])
            .arg(site)
            .arg(&built),
    )?;
    let wasm = site.join("bench_bg.wasm");
    process::run(process::command("wasm-opt", &["-O3", "-o"]).arg(&wasm).arg(&wasm))
}

/// The folder of Pyodide's own files.
fn pyodide() -> Outcome<PathBuf> {
    let top = place::cache().join(format!("pyodide-{PYODIDE}"));
    let folder = top.join("node_modules/pyodide");
    if !folder.join("pyodide.mjs").is_file() {
        println!(" + Pyodide {PYODIDE}: missing, installing it; needed to compare with it");
        let package = format!("pyodide@{PYODIDE}");
        let words = ["install", "--no-audit", "--no-fund", "--no-save", "--no-package-lock", "--prefix"];
        process::run(process::command("npm", &words).arg(&top).arg(package))?;
    }
    Ok(folder)
}

/// The folder of the wheels.
fn wheels() -> Outcome<PathBuf> {
    let folder = place::cache().join(format!("wheels-{}", WHEELS.join("-")));
    if fs::read_dir(&folder).map_or(0, Iterator::count) < WHEELS.len() {
        println!(" + wheels for Pyodide: missing, loading them: {}", WHEELS.join(", "));
        let pure = ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--platform", "any"];
        let version = ["--python-version", "3.14", "--implementation", "py", "--abi", "none"];
        let mut pip = process::command("python3", &["-m", "pip"]);
        process::run(pip.args(pure).args(version).args(WHEELS).arg("--dest").arg(&folder))?;
    }
    Ok(folder)
}

fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).map_err(|error| format!("{} cannot be read: {error}.", folder.display()))?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

fn name_of(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().into_owned())
}

/// Copies the files of a folder, not those below it.
fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to).map_err(|error| format!("{} cannot be made: {error}.", to.display()))?;
    for file in files(from)? {
        let target = to.join(file.file_name().unwrap_or_default());
        fs::copy(&file, &target).map_err(|error| format!("{} cannot be copied: {error}.", file.display()))?;
    }
    Ok(())
}
