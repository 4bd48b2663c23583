//! The left pane: the code, what was repaired in it, and how its run ended.

use ormscope_host::protocol::{Era, Status};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::editor::Editor;
use super::repairs::repairs_panel;
use super::tabs::{TabItem, Tabs, tab_id};
use crate::ui::store::{Action, Engine, Log, Moment, Phase, State};

/// The left pane.
pub(crate) fn code_pane(state: &State, dispatch: &Callback<Action>) -> Html {
    let as_run = state.is_as_run();
    let line = state.current_line().filter(|_| as_run);
    let failed = state.run.phase == Phase::Done(Status::Error);
    let follow = line.filter(|_| failed || state.moment != Moment::Present);
    // What a line did is told beside it only while it is the line that ran.
    let log = if as_run { state.log.clone() } else { Log::default() };
    let items = vec![TabItem { name: "Code", panel: "panel-code" }];
    html! {
        <section class="pane pane-code" id="pane-code" aria-label="Code pane">
            <div class="pane-head">
                <Tabs label="Code" {items} chosen={0} choose={Callback::noop()} />
                <EraChoice era={state.era} {dispatch} />
            </div>
            <div class="pane-body" role="tabpanel" id="panel-code" aria-labelledby={tab_id("panel-code")}>
                { repairs_panel(state.repairs.as_ref(), state.legacy_proposed, dispatch) }
                <Editor source={state.source.clone()} {line} {follow} reveal={state.reveal} {log} {dispatch} />
                { outcome(state, dispatch) }
            </div>
        </section>
    }
}

/// Whose semantics the next run gets.
#[derive(Clone, PartialEq, Properties)]
struct EraChoiceProps {
    era: Era,
    dispatch: Callback<Action>,
}

#[component]
fn EraChoice(EraChoiceProps { era, dispatch }: &EraChoiceProps) -> Html {
    let onchange = dispatch.reform(|event: Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        let legacy = select.is_some_and(|select| select.value() == era_value(Era::Legacy));
        Action::ChooseEra(if legacy { Era::Legacy } else { Era::Modern })
    });
    // An option's attribute counts only until the reader chooses; the property always does.
    let select = use_node_ref();
    use_effect_with((*era, select.clone()), |(era, select)| {
        if let Some(select) = select.cast::<HtmlSelectElement>() {
            select.set_value(era_value(*era));
        }
    });
    html! {
        <label class="era" title="Whose semantics the next run gets">
            <span class="visually-hidden">{ "Era" }</span>
            <select {onchange} ref={select}>
                <option value={era_value(Era::Modern)}>{ "SQLAlchemy 2.1" }</option>
                <option value={era_value(Era::Legacy)}>{ "Legacy (1.4)" }</option>
            </select>
        </label>
    }
}

fn era_value(era: Era) -> &'static str {
    match era {
        Era::Modern => "modern",
        Era::Legacy => "legacy",
    }
}

/// The line under the code: how far the run is, or how it ended.
fn outcome(state: &State, dispatch: &Callback<Action>) -> Html {
    let (tone, text) = match (&state.engine, state.run.phase) {
        (Engine::Failed, _) => ("warn", "The engine could not start. Run to try again.".to_owned()),
        (_, Phase::Lost) => ("warn", "The engine was restarted. Run again to go on.".to_owned()),
        (Engine::Starting, _) => ("busy", "The engine is loading…".to_owned()),
        (_, Phase::Asked | Phase::Running) => ("busy", "Running…".to_owned()),
        (_, Phase::Idle) => ("idle", "Press Run, or Step to go line by line.".to_owned()),
        (_, Phase::Done(_)) if !state.is_as_run() => ("idle", "Edited since the last run.".to_owned()),
        (_, Phase::Done(status)) => (if status == Status::Error { "error" } else { "done" }, state.outcome()),
    };
    let line = state.failure().filter(|_| tone == "error").and_then(|error| error.line.or(error.top));
    html! {
        <div class={classes!("outcome", format!("outcome-{tone}"))}>
            <span class="outcome-dot" aria-hidden="true"></span>
            <span class="outcome-text">{ text }</span>
            if let Some(line) = line {
                <button class="link" onclick={dispatch.reform(move |_: MouseEvent| Action::Reveal(line))}>
                    { "show the line" }
                </button>
            }
        </div>
    }
}
