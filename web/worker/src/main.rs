//! The worker: one host on a thread of its own.
//!
//! It turns messages into requests, runs the host in slices, and posts events back
//! in batches. Between two slices it yields through a message channel, so that a
//! *Stop* is heard while a script runs. It knows nothing of what it carries.

mod turn;

#[cfg(target_arch = "wasm32")]
mod thread;

fn main() {
    #[cfg(target_arch = "wasm32")]
    thread::start();
}
