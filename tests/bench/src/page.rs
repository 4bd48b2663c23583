//! The same for a page: its script calls [`bench`].

use wasm_bindgen::prelude::wasm_bindgen;

/// The part of everything that is gone through before it counts: a browser compiles twice, the second time
/// for speed and what runs often.
const WARM_UP: usize = 20;

/// Measures one thing once; the lines that the command would print.
///
/// # Errors
/// What went wrong, as the exception's text.
#[wasm_bindgen]
pub fn bench(what: &str, size: usize) -> Result<String, String> {
    crate::measure(what, size / WARM_UP)?;
    let laps = crate::measure(what, size)?;
    Ok(laps.iter().map(|lap| format!("{lap}\n")).collect())
}
