//! The page of Ormscope: a function of the events that the worker sends.
//!
//! [`ui::store`] holds what is shown, `ui/bridge.rs` is the only caller of the worker,
//! and [`ui::components`] draw. It contains neither interpreter nor SQLite: those are
//! the worker's binary, `ormscope-worker`.

pub mod examples;
pub mod highlight;
pub mod ui;

#[cfg(test)]
#[path = "../tests/fixture/mod.rs"]
mod fixture;
