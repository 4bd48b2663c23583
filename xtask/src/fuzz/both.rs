//! Runs a script under real SQLAlchemy and under ours.

use std::fs;
use std::path::{Path, PathBuf};

use crate::record::Pythons;
use crate::{Outcome, place, process};

/// The Python environments, and our command.
pub(super) struct Both {
    pythons: Pythons,
    ours: PathBuf,
    folder: PathBuf,
}

impl Both {
    /// Builds and installs what is missing; scripts go into the build folder.
    pub(super) fn ready() -> Outcome<Both> {
        process::run(&mut process::command("cargo", &["build", "--quiet", "--package", "ormscope-cli"]))?;
        let folder = place::target().join("fuzz");
        fs::create_dir_all(&folder)
            .map_err(|error| format!("{} cannot be made: {error}.", folder.display()))?;
        let ours = place::target().join("debug/ormscope");
        Ok(Both { pythons: Pythons::ready()?, ours, folder })
    }

    /// Writes a script, and says where it stands.
    pub(super) fn script(&self, name: &str, source: &str) -> Outcome<PathBuf> {
        let script = self.folder.join(name);
        fs::write(&script, source)
            .map_err(|error| format!("{} cannot be written: {error}.", script.display()))?;
        Ok(script)
    }

    /// Real SQLAlchemy's transcript. The seed orders what SQLAlchemy leaves without an order.
    pub(super) fn expected(&self, script: &Path, seed: &str) -> Outcome<String> {
        self.pythons.once(script, seed, seed)
    }

    /// Our transcript, as far as it came.
    pub(super) fn ours(&self, script: &Path) -> Outcome<String> {
        let program = self.ours.to_str().unwrap_or_default();
        let output = process::command(program, &["transcript"])
            .arg(script)
            .output()
            .map_err(|error| format!("{program} could not be started: {error}"))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Numbers that look random and follow from a seed.
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn new(seed: u64) -> Numbers {
        // Neighbouring seeds must not begin alike; and a state of zero would stay zero.
        let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Numbers((mixed ^ (mixed >> 31)) | 1)
    }

    pub(super) fn next(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u8
    }

    /// One of the numbers below a limit.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let wide = usize::from(self.next()) << 8 | usize::from(self.next());
        wide % limit.max(1)
    }
}
