//! The right pane: echo, database, transcript.

use yew::prelude::*;

use super::database::Database;
use super::echo::Echo;
use super::tabs::{TabItem, Tabs, tab_id};
use super::transcript::Transcript;
use crate::ui::shared::Shared;
use crate::ui::store::{Action, Engine, State, Tab};

const TABS: [(Tab, &str, &str); 3] = [
    (Tab::Echo, "Echo", "panel-echo"),
    (Tab::Database, "Database", "panel-database"),
    (Tab::Transcript, "Transcript", "panel-transcript"),
];

/// The right pane. Every panel exists, so that a tab always controls something; only
/// the chosen one is filled.
pub(crate) fn results_pane(state: &State, dispatch: &Callback<Action>) -> Html {
    let items = TABS.iter().map(|(_, name, panel)| TabItem { name, panel }).collect::<Vec<_>>();
    let chosen = TABS.iter().position(|(tab, ..)| *tab == state.tab).unwrap_or_default();
    let choose =
        dispatch.reform(|at: usize| Action::ChooseTab(TABS.get(at).map_or(Tab::Echo, |(tab, ..)| *tab)));
    html! {
        <section class="pane pane-results" id="pane-results" aria-label="Results">
            <div class="pane-head"><Tabs label="Results" {items} {chosen} {choose} /></div>
            { for TABS.iter().map(|(tab, _, panel)| html! {
                <div class="pane-body" role="tabpanel" id={*panel} aria-labelledby={tab_id(panel)}
                    hidden={*tab != state.tab}>
                    if *tab == state.tab {
                        { content(*tab, state, dispatch) }
                    }
                </div>
            }) }
        </section>
    }
}

fn content(tab: Tab, state: &State, dispatch: &Callback<Action>) -> Html {
    let at = state.tick();
    match tab {
        Tab::Echo => html! { <Echo log={state.log.clone()} {at} {dispatch} /> },
        Tab::Database => {
            let sqlite = match &state.engine {
                Engine::Ready { sqlite } => sqlite.clone(),
                Engine::Starting | Engine::Failed => String::new(),
            };
            html! { <Database view={state.view.clone().map(Shared::from)} {sqlite} /> }
        }
        Tab::Transcript => html! { <Transcript log={state.log.clone()} {at} /> },
    }
}
