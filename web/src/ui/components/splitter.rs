//! The edge between two panes: dragged, or moved with the arrow keys.

use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};
use yew::prelude::*;

use crate::ui::store::{Action, Edge, Widths};

/// How far an arrow key moves it, in parts of a hundred.
const STEP: u32 = 2;

pub(crate) fn splitter(edge: Edge, widths: Widths, dispatch: &Callback<Action>) -> Html {
    let (name, class, pane, now, other) = match edge {
        Edge::Code => {
            ("Width of the code", "splitter splitter-code", "pane-code", widths.code, widths.results)
        }
        Edge::Results => {
            ("Width of the results", "splitter splitter-results", "pane-results", widths.results, widths.code)
        }
    };
    let onpointerdown = Callback::from(|event: PointerEvent| {
        event.prevent_default();
        if let Some(handle) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
            // Without capture a quick hand would lose the edge; it still moves while above it.
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
    });
    let onpointermove = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(handle) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
                return;
            };
            if handle.has_pointer_capture(event.pointer_id())
                && let Some(width) = width_at(&handle, event.client_x(), edge)
            {
                dispatch.emit(Action::Resize(edge, width));
            }
        })
    };
    let onkeydown = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            let wider = match edge {
                Edge::Code => "ArrowRight",
                Edge::Results => "ArrowLeft",
            };
            let width = match event.key().as_str() {
                "ArrowLeft" | "ArrowRight" if event.key() == wider => now + STEP,
                "ArrowLeft" | "ArrowRight" => now.saturating_sub(STEP),
                "Home" => Widths::LEAST,
                "End" => Widths::most(other),
                _ => return,
            };
            event.prevent_default();
            dispatch.emit(Action::Resize(edge, width));
        })
    };
    html! {
        <div {class} role="separator" tabindex="0" aria-orientation="vertical" aria-label={name} aria-controls={pane}
            aria-valuemin={Widths::LEAST.to_string()} aria-valuemax={Widths::most(other).to_string()}
            aria-valuenow={now.to_string()} {onpointerdown} {onpointermove} {onkeydown}></div>
    }
}

/// The width that puts the edge under the pointer, in parts of a hundred.
fn width_at(handle: &Element, x: i32, edge: Edge) -> Option<u32> {
    let panes = handle.parent_element()?.get_bounding_client_rect();
    let share = (f64::from(x) - panes.left()) * 100.0 / panes.width().max(1.0);
    let share = match edge {
        Edge::Code => share,
        Edge::Results => 100.0 - share,
    };
    Some(share.round().clamp(0.0, 100.0) as u32)
}
