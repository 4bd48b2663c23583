//! What draws: each file one part of the page, its style in `static/css` under the same name.
//!
//! A part is a plain function of the state; it is a Yew component only where it keeps
//! something between drawings, or where drawing again would cost.

pub(crate) mod card;
pub(crate) mod code;
pub(crate) mod database;
pub(crate) mod echo;
pub(crate) mod editor;
pub(crate) mod header;
pub(crate) mod icon;
pub(crate) mod menu;
pub(crate) mod motion;
pub(crate) mod notice;
pub(crate) mod panes;
pub(crate) mod plan;
pub(crate) mod repairs;
pub(crate) mod results;
pub(crate) mod session;
pub(crate) mod splitter;
pub(crate) mod tabs;
pub(crate) mod timeline;
pub(crate) mod transcript;
pub(crate) mod window;
