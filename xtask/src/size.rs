//! `cargo xtask size`: what the files of `dist/` weigh.

use std::process::Stdio;

use crate::{Outcome, place, process};

/// Node has both compressors built in, so nothing needs to be installed or compiled for this table.
const MEASURE: &str = r#"
const { readdirSync, readFileSync, statSync } = require("fs");
const { join } = require("path");
const { brotliCompressSync, gzipSync } = require("zlib");
const folder = process.argv[1];
const row = (name, ...sizes) => console.log(name.padEnd(56) + sizes.map((s) => String(s).padStart(12)).join(""));
row("file", "raw", "gzip", "brotli");
const total = [0, 0, 0];
for (const name of readdirSync(folder, { recursive: true }).sort()) {
  if (!statSync(join(folder, name)).isFile()) continue;
  const bytes = readFileSync(join(folder, name));
  const sizes = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
  sizes.forEach((size, i) => (total[i] += size));
  row(name, ...sizes);
}
row("all", ...total);
"#;

/// Prints the table.
pub fn run() -> Outcome {
    let folder = place::dist();
    if !folder.is_dir() {
        return Err("There is no dist/ yet.\n  First: cargo xtask dist".to_owned());
    }
    let output = process::command("node", &["-e", MEASURE])
        .arg(&folder)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("node could not be started: {error}."))?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    if output.status.success() { Ok(()) } else { Err("The sizes could not be measured.".to_owned()) }
}
