//! What was repaired in pasted text: every change with its reason, and the way back.

use ormscope_host::protocol::{Era, Repair};
use yew::prelude::*;

use crate::ui::store::{Action, Repaired};
use crate::ui::words::count;

/// More changes than this are counted, not listed.
const LISTED: usize = 200;

/// The panel above the code.
pub(crate) fn repairs_panel(repairs: Option<&Repaired>, legacy: bool, dispatch: &Callback<Action>) -> Html {
    let send = |action: Action| dispatch.reform(move |_: MouseEvent| action.clone());
    html! {
        <>
            if legacy {
                <section class="proposal" aria-label="Proposed era">
                    <p>{ "This looks written for SQLAlchemy 1.x." }</p>
                    <button class="button button-small" onclick={send(Action::ChooseEra(Era::Legacy))}>
                        { "Use legacy" }
                    </button>
                    <button class="button button-small button-quiet" onclick={send(Action::DismissLegacy)}>
                        { "Keep 2.1" }
                    </button>
                </section>
            }
            if let Some(repaired) = repairs {
                <section class="repairs" aria-labelledby="repairs-heading">
                    <div class="repairs-head">
                        <h2 id="repairs-heading">{ count(repaired.repairs.len(), "repair") }</h2>
                        <p>{ "so that the pasted text can run" }</p>
                        <button class="button button-small" onclick={send(Action::UndoRepairs)}>{ "Undo" }</button>
                        <button class="button button-small button-quiet" onclick={send(Action::DismissRepairs)}>
                            { "Dismiss" }
                        </button>
                    </div>
                    // It scrolls, so the keyboard must reach it.
                    <ol class="repairs-list" tabindex="0" aria-labelledby="repairs-heading">
                        { for repaired.repairs.iter().take(LISTED).map(change) }
                        if repaired.repairs.len() > LISTED {
                            <li class="repairs-more">{ format!("and {} more", repaired.repairs.len() - LISTED) }</li>
                        }
                    </ol>
                </section>
            }
        </>
    }
}

fn change(repair: &Repair) -> Html {
    html! {
        <li class="repair">
            <p class="repair-why"><span class="repair-line">{ format!("line {}", repair.line) }</span>{ &repair.why }</p>
            if !repair.before.is_empty() {
                <pre class="repair-before"><del>{ repair.before.trim_end_matches('\n') }</del></pre>
            }
            if !repair.after.is_empty() {
                <pre class="repair-after"><ins>{ repair.after.trim_end_matches('\n') }</ins></pre>
            }
        </li>
    }
}
