//! The header: the name, the run's buttons, the examples, the colours.

use yew::prelude::*;

use super::icon::{Shape, icon};
use super::menu::ExamplesMenu;
use crate::ui::store::{Action, Phase, State, Theme};
use crate::ui::theme;

/// The header.
pub(crate) fn header(state: &State, dispatch: &Callback<Action>) -> Html {
    let (running, used) = (state.is_running(), state.run.phase != Phase::Idle);
    let send = |action: Action| dispatch.reform(move |_: MouseEvent| action.clone());
    let (other, name) = if theme::is_dark(state.theme) {
        (Theme::Light, "Switch to light colours")
    } else {
        (Theme::Dark, "Switch to dark colours")
    };
    let run_keys = if is_mac() { "⌘⏎" } else { "Ctrl ⏎" };
    html! {
        <header class="header">
            <h1 class="brand">{ icon(Shape::Logo) }<span>{ "Ormscope" }</span></h1>
            <div class="controls">
                <button class="button button-primary" disabled={running} onclick={send(Action::Run)}
                    title="Run the code (Ctrl+Enter or ⌘+Enter)" aria-keyshortcuts="Control+Enter Meta+Enter">
                    { icon(Shape::Run) }{ "Run" }{ keys(run_keys) }
                </button>
                <button class="button" disabled={running} onclick={send(Action::Step)}
                    title="Show the next line's moment (F10)" aria-keyshortcuts="F10">
                    { icon(Shape::Step) }{ "Step" }{ keys("F10") }
                </button>
                <button class="button button-quiet" disabled={!running} onclick={send(Action::Stop)}
                    title="Stop the script">
                    { icon(Shape::Stop) }{ "Stop" }
                </button>
                <button class="button button-quiet" disabled={!used} onclick={send(Action::Reset)}
                    title="Forget the run and its database; the code stays">
                    { icon(Shape::Reset) }{ "Reset" }
                </button>
            </div>
            <div class="controls controls-end">
                <ExamplesMenu {dispatch} />
                <button class="button button-quiet button-square" aria-label={name} title={name}
                    onclick={send(Action::ChooseTheme(other))}>
                    { icon(Shape::Theme) }
                </button>
            </div>
        </header>
    }
}

/// A shortcut beside a name. The style sheet writes it, so that it is no part of the name.
fn keys(keys: &'static str) -> Html {
    html! { <kbd aria-hidden="true" data-keys={keys}></kbd> }
}

fn is_mac() -> bool {
    let platform = web_sys::window().and_then(|window| window.navigator().platform().ok());
    platform.is_some_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}
