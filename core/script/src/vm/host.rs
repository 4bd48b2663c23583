//! What the interpreter asks of the world outside.

/// The world outside: output, clocks and randomness. The interpreter itself is deterministic.
pub trait Host {
    /// Writes to standard output.
    fn write_stdout(&mut self, text: &str);
    /// The time: seconds since 1970 in UTC, and microseconds.
    fn wall_clock(&mut self) -> (i64, u32);
    /// Seconds on a clock that never goes back.
    fn monotonic(&mut self) -> f64;
    /// A number to start random generators with.
    fn seed(&mut self) -> u64;
}
