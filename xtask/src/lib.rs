//! The workspace's own commands, `cargo xtask …`.
//!
//! Everything here may do I/O and nothing of the product depends on it. The library exists for one
//! reason: the browser journeys serve the built page with the same [`site`] as `cargo xtask serve`.

pub mod bench;
pub mod check;
pub mod dist;
pub mod fuzz;
pub mod place;
pub mod process;
pub mod record;
pub mod serve;
pub mod setup;
pub mod site;
pub mod size;
pub mod soak;
pub mod tally;
pub mod test;

/// What a command ends with: nothing, or the sentence that tells the reader what to do about it.
pub type Outcome<T = ()> = Result<T, String>;
