//! Icons: one path each, drawn in the colour of the text around them.

use yew::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The product's mark: a pulse in a lens.
    Logo,
    /// A triangle.
    Run,
    /// Over one line, down to the next.
    Step,
    /// A square.
    Stop,
    /// An arrow that turns round.
    Reset,
    /// Down.
    Chevron,
    /// A half-filled disc.
    Theme,
    /// To the first.
    First,
    /// One back.
    Back,
    /// One on.
    Forward,
    /// To the last.
    Last,
    /// A cross.
    Close,
    /// Two sheets.
    Copy,
    /// A circle of dashes: nobody knows it.
    Transient,
    /// A plus: about to be inserted.
    Pending,
    /// A full disc.
    Persistent,
    /// A cross: gone with the flush.
    Deleted,
    /// A broken link.
    Detached,
}

/// Draws an icon. It is never the only name of anything.
pub(crate) fn icon(shape: Shape) -> Html {
    let (filled, path) = match shape {
        Shape::Logo => {
            (false, "M2 8h2.6l1.6-3.6 2.4 7L10.6 7l1 1H14 M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z")
        }
        Shape::Run => (true, "M4.5 2.8v10.4L13 8z"),
        Shape::Step => (false, "M2.5 7.5a4.6 4.6 0 0 1 8.9-1.2M11.8 2.8v3.6H8.2 M6 12.5h4"),
        Shape::Stop => (true, "M4 4h8v8H4z"),
        Shape::Reset => (false, "M3 8a5 5 0 1 0 1.7-3.7M4.6 1.8v2.8h2.8"),
        Shape::Chevron => (false, "M4.5 6.5 8 10l3.5-3.5"),
        Shape::Theme => {
            (true, "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zm0 1.6v9.2a4.6 4.6 0 0 1 0-9.2z")
        }
        Shape::First => (true, "M3.5 3h1.6v10H3.5zM13 3v10L6 8z"),
        Shape::Back => (true, "M11 3v10L4 8z"),
        Shape::Forward => (true, "M5 3v10l7-5z"),
        Shape::Last => (true, "M10.9 3h1.6v10h-1.6zM3 3v10l7-5z"),
        Shape::Close => (false, "M4 4l8 8M12 4l-8 8"),
        Shape::Copy => (false, "M5.5 5.5h7v8h-7zM3.5 10.5v-8h7"),
        Shape::Transient => (
            false,
            "M8 2.5a5.5 5.5 0 0 1 3.4 1.2M13.3 6.6a5.5 5.5 0 0 1 0 2.8M11.4 12.3A5.5 5.5 0 0 1 8 13.5M4.6 12.3a5.5 5.5 0 0 1-1.9-2.9M2.7 6.6a5.5 5.5 0 0 1 1.9-2.9",
        ),
        Shape::Pending => (false, "M8 3v10M3 8h10"),
        Shape::Persistent => (true, "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z"),
        Shape::Deleted => (false, "M4 4l8 8M12 4l-8 8"),
        Shape::Detached => (
            false,
            "M6.5 4.5 8 3a3.2 3.2 0 0 1 4.6 4.6L11 9.2M9.5 11.5 8 13a3.2 3.2 0 0 1-4.6-4.6L5 6.8M3 3l10 10",
        ),
    };
    let class = if filled { "icon icon-filled" } else { "icon" };
    html! {
        <svg {class} viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d={path} /></svg>
    }
}
