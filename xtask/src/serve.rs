//! `cargo xtask serve`: the playground on this machine.

use crate::{Outcome, dist, place, process, setup, site};

const PORT: u16 = 8080;

/// Builds what `dist` builds and serves exactly those files.
pub fn release() -> Outcome {
    // Before the build, so that a taken port is known at once and not after minutes.
    let (listener, address) = site::bind(PORT).map_err(|error| {
        format!(
            "Port {PORT} on 127.0.0.1 cannot be used: {error}.\n  \
             Perhaps another server has it: end that one and try again."
        )
    })?;
    dist::run()?;
    println!("\nThe playground is on http://{address} (end with Ctrl+C)");
    site::serve(&listener, &place::dist());
    Ok(())
}

/// Trunk's own server: a debug build that is built again, and loaded again, after every change.
pub fn dev() -> Outcome {
    setup::ensure(setup::BUILD)?;
    process::run(&mut process::command(
        "trunk",
        &["serve", "--address", "127.0.0.1", "--port", &PORT.to_string()],
    ))
}
