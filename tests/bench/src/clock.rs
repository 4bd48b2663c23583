//! The machine's clock, natively and in a browser.

/// Measures from its start.
pub struct Stopwatch(Instant);

#[cfg(not(target_arch = "wasm32"))]
use std::time::Instant;

#[cfg(target_arch = "wasm32")]
struct Instant(f64);

#[cfg(target_arch = "wasm32")]
impl Instant {
    fn now() -> Instant {
        Instant(page_clock::now())
    }
}

#[cfg(target_arch = "wasm32")]
mod page_clock {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        /// Milliseconds, with fractions.
        #[wasm_bindgen(js_namespace = performance)]
        pub(super) fn now() -> f64;
    }
}

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// Microseconds since the start.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn micros(&self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1e6
    }

    /// Microseconds since the start.
    #[cfg(target_arch = "wasm32")]
    pub fn micros(&self) -> f64 {
        (Instant::now().0 - self.0.0) * 1e3
    }
}
