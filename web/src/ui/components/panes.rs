//! The switch between panes, for screens with room for one only.

use yew::prelude::*;

use super::tabs::{TabItem, Tabs};
use crate::ui::store::{Action, Pane};

const PANES: [(Pane, &str, &str); 3] = [
    (Pane::Code, "Code", "pane-code"),
    (Pane::Session, "Session", "pane-session"),
    (Pane::Results, "Results", "pane-results"),
];

/// The switch; wide screens hide it.
pub(crate) fn pane_switch(pane: Pane, dispatch: &Callback<Action>) -> Html {
    let items = PANES.iter().map(|(_, name, panel)| TabItem { name, panel }).collect::<Vec<_>>();
    let chosen = PANES.iter().position(|(each, ..)| *each == pane).unwrap_or_default();
    let choose =
        dispatch.reform(|at: usize| Action::ChoosePane(PANES.get(at).map_or(Pane::Code, |(pane, ..)| *pane)));
    html! {
        <nav class="pane-switch" aria-label="Panes"><Tabs label="Panes" {items} {chosen} {choose} /></nav>
    }
}
