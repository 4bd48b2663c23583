//! The host: requests go in, events come out.
//!
//! It owns the interpreter, and through it the engines and sessions, and the
//! log of ticks; it is the only floor that serialises. Given the same inputs it
//! gives the same events: the clock and the seed are inputs too. With the
//! feature `engine` off only [`protocol`] is built, which is all that the page
//! needs.

pub mod protocol;

#[cfg(feature = "engine")]
mod console;
#[cfg(feature = "engine")]
mod host;
#[cfg(feature = "engine")]
mod mirror;
#[cfg(feature = "engine")]
mod report;
#[cfg(feature = "engine")]
mod run;
#[cfg(feature = "engine")]
mod sink;
#[cfg(feature = "engine")]
mod timeline;
#[cfg(feature = "engine")]
mod transcript;
#[cfg(feature = "engine")]
mod view;

#[cfg(feature = "engine")]
pub use console::{Console, run_script};
#[cfg(feature = "engine")]
pub use host::Host;
#[cfg(feature = "engine")]
pub use transcript::transcript;
