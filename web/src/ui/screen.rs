//! The layout: header, message, three panes, timeline. A pure function of the state.

use yew::prelude::*;

use super::components::{
    code::code_pane, header::header, notice::notice_bar, panes::pane_switch, plan::flush_plan,
    results::results_pane, session::SessionRegion, splitter::splitter, timeline::timeline,
};
use super::shared::Shared;
use super::store::{Action, Edge, Pane, State};

/// What the screen shows.
#[derive(Clone, PartialEq, Properties)]
pub struct ScreenProps {
    /// Everything.
    pub state: Shared<State>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The whole screen.
#[component]
pub fn Screen(ScreenProps { state, dispatch }: &ScreenProps) -> Html {
    let pane = match state.pane {
        Pane::Code => "code",
        Pane::Session => "session",
        Pane::Results => "results",
    };
    let widths = format!("--code-width: {}%; --results-width: {}%", state.widths.code, state.widths.results);
    html! {
        <div class="page">
            { header(state, dispatch) }
            { notice_bar(state.notice.as_ref(), dispatch) }
            { pane_switch(state.pane, dispatch) }
            <main class="panes" data-pane={pane} style={widths}>
                { code_pane(state, dispatch) }
                <div class="pane pane-session" id="pane-session">
                    <SessionRegion {state} {dispatch} />
                    { flush_plan(state) }
                </div>
                { results_pane(state, dispatch) }
                { splitter(Edge::Code, state.widths, dispatch) }
                { splitter(Edge::Results, state.widths, dispatch) }
            </main>
            { timeline(state, dispatch) }
            <p class="visually-hidden" role="status" aria-live="polite">{ &state.announcement }</p>
        </div>
    }
}
