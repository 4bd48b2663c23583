//! The page's floor: the store, the bridge to the worker, and what draws.

mod app;
mod bridge;
pub mod components;
mod screen;
mod shared;
pub mod store;
mod theme;
mod words;

pub use app::{App, place_to_mount};
pub use screen::{Screen, ScreenProps};
pub use shared::Shared;
