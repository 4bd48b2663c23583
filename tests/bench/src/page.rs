//! The same for a page: its script calls [`bench`].

use wasm_bindgen::prelude::wasm_bindgen;

/// Measures one thing once; the lines that the command would print.
///
/// # Errors
/// What went wrong, as the exception's text.
#[wasm_bindgen]
pub fn bench(what: &str, size: usize) -> Result<String, String> {
    let laps = crate::measure(what, size)?;
    Ok(laps.iter().map(|lap| format!("{lap}\n")).collect())
}
