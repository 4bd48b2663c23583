//! The flush plan: what a flush would do now, in order, and why.

use ormscope_host::protocol::{PlanStep, View};
use yew::prelude::*;

use super::card::find;
use crate::highlight::sql;
use crate::ui::store::State;
use crate::ui::words::{count, label};

/// Steps listed before the rest is counted.
const LISTED: usize = 100;

/// The region *Flush plan*.
pub(crate) fn flush_plan(state: &State) -> Html {
    let plan = state.shown_session().map(|session| session.plan.as_slice());
    let summary = match plan {
        None => "No session yet.".to_owned(),
        Some([]) => "Nothing waits: a flush would send nothing.".to_owned(),
        Some(steps) => {
            let open = if steps.iter().any(|step| step.open) { ", or more" } else { "" };
            format!("If you flush now: {}{open}", count(steps.len(), "step"))
        }
    };
    let steps = plan.unwrap_or_default();
    html! {
        <section class="plan" aria-labelledby="plan-heading">
            <div class="plan-head">
                <h2 id="plan-heading">{ "Flush plan" }</h2>
                <p>{ summary }</p>
            </div>
            if !steps.is_empty() {
                // It scrolls, so the keyboard must reach it.
                <ol class="plan-steps" tabindex="0" aria-labelledby="plan-heading">
                    { for steps.iter().take(LISTED).map(|each| step(each, state.view.as_deref())) }
                    if steps.len() > LISTED {
                        <li class="plan-more">{ format!("and {} more", steps.len() - LISTED) }</li>
                    }
                </ol>
            }
        </section>
    }
}

fn step(step: &PlanStep, view: Option<&View>) -> Html {
    let about = step.card.and_then(|id| find(view?, id)).map(label);
    html! {
        <li class={classes!("step", step.open.then_some("step-open"))}>
            <code class="step-action">
                { for sql(&step.action).iter().map(|span| html! {
                    <span class={span.kind.class()}>{ &span.text }</span>
                }) }
            </code>
            <p class="step-why">
                if let Some(about) = about { <strong>{ about }</strong>{ ": " } }
                { &step.reason }
                if step.open { <span class="step-look">{ "looks at the database first" }</span> }
            </p>
        </li>
    }
}
