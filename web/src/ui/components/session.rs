//! The stage: one session, its buttons, and every object in the lane where it stands.

use std::rc::Rc;

use ormscope_host::protocol::{Card, Lane, Listed, SessionView, TransactionView, Verb, View};
use yew::prelude::*;

use super::card::{card_view, find};
use super::icon::{Shape, icon};
use super::motion::use_moving_cards;
use crate::ui::shared::Shared;
use crate::ui::store::{Action, Moment, State, Travel};
use crate::ui::words::{grouped, label, lane_class, lane_name};

/// What the stage shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SessionRegionProps {
    /// Everything.
    pub(crate) state: Shared<State>,
    /// Where actions go.
    pub(crate) dispatch: Callback<Action>,
}

const LANES: [(Lane, Shape, &str); 5] = [
    (Lane::Transient, Shape::Transient, "no session, no row"),
    (Lane::Pending, Shape::Pending, "an INSERT waits"),
    (Lane::Persistent, Shape::Persistent, "in the identity map"),
    (Lane::Deleted, Shape::Deleted, "the DELETE was sent"),
    (Lane::Detached, Shape::Detached, "has a row, no session"),
];

/// Objects named in a list before the rest is counted.
const LISTED: usize = 6;

/// Cards drawn in a lane before the reader asks for more.
const DRAWN: usize = 60;

/// The region *Session*.
#[component]
pub(crate) fn SessionRegion(SessionRegionProps { state, dispatch }: &SessionRegionProps) -> Html {
    let stage = use_node_ref();
    use_moving_cards(&stage, state.view.as_ref().map(|view| (state.log.clone(), view.tick)));

    let session = state.shown_session();
    let why_not = state.why_not_press();
    let send = |action: Action| dispatch.reform(move |_: MouseEvent| action.clone());
    let stuck = session.is_some_and(|session| session.transaction == TransactionView::NeedsRollback);
    let verb = |verb: Verb, name: &'static str, title: &'static str| {
        html! {
            // After a failed flush there is one way on.
            <button class={classes!("button", "button-small", (stuck && verb == Verb::Rollback).then_some("button-primary"))}
                disabled={why_not.is_some()} title={why_not.unwrap_or(title)}
                onclick={send(Action::Press(verb))}>{ name }</button>
        }
    };
    let looking_back = state.moment != Moment::Present;
    html! {
        <section class="session" aria-labelledby="session-heading">
            <div class="pane-head session-head">
                <h2 id="session-heading">{ "Session" }</h2>
                { names(state, session, dispatch) }
                <div class="session-verbs" role="group" aria-label="Session buttons">
                    { verb(Verb::Flush, "Flush", "Send what waits; keep the transaction open") }
                    { verb(Verb::Commit, "Commit", "Flush, then make it lasting") }
                    { verb(Verb::Rollback, "Roll back", "Undo everything since the transaction began") }
                </div>
            </div>
            if looking_back {
                <p class="session-past">
                    { "You are looking back — " }
                    <button class="link" onclick={send(Action::Travel(Travel::Last))}>{ "go to the present" }</button>
                </p>
            }
            if let Some(session) = session {
                { lists(session, state.view.as_deref()) }
            }
            // It scrolls, so the keyboard must reach it.
            <div class="stage" ref={stage} tabindex="0" role="group" aria-label="Objects by state">
                { match &state.view {
                    Some(view) => html! { <div class="lanes">{ lanes(view, session) }</div> },
                    None => empty(state.is_running()),
                } }
            </div>
        </section>
    }
}

/// The session's name; a choice where there are several.
fn names(state: &State, shown: Option<&SessionView>, dispatch: &Callback<Action>) -> Html {
    let sessions = state.view.as_ref().map(|view| view.sessions.as_slice()).unwrap_or_default();
    match sessions {
        [] => html! {},
        [only] => html! { <span class="session-name">{ &only.name }</span> },
        several => html! {
            <div class="session-names" role="group" aria-label="Sessions">
                { for several.iter().map(|session| {
                    let on = shown.is_some_and(|shown| shown.id == session.id);
                    let id = session.id;
                    html! {
                        <button class="session-choice" aria-pressed={if on { "true" } else { "false" }}
                            onclick={dispatch.reform(move |_: MouseEvent| Action::ChooseSession(id))}>
                            { &session.name }
                        </button>
                    }
                }) }
            </div>
        },
    }
}

fn transaction(transaction: TransactionView) -> Html {
    let (class, words) = match transaction {
        TransactionView::None => ("chip chip-quiet", "no transaction".to_owned()),
        TransactionView::Open { savepoints: 0 } => ("chip chip-open", "in transaction".to_owned()),
        TransactionView::Open { savepoints: 1 } => {
            ("chip chip-open", "in transaction · 1 savepoint".to_owned())
        }
        TransactionView::Open { savepoints } => {
            ("chip chip-open", format!("in transaction · {savepoints} savepoints"))
        }
        TransactionView::NeedsRollback => ("chip chip-failed", "needs a rollback".to_owned()),
    };
    html! { <span {class}>{ words }</span> }
}

/// `session.new`, `session.dirty`, `session.deleted`, as Python would list them.
fn lists(session: &SessionView, view: Option<&View>) -> Html {
    // `session 1` is a name for people; an attribute belongs to a word.
    let owner = if session.name.contains(' ') { "session" } else { session.name.as_str() };
    let list = |name: &str, tone: &str, listed: &Listed| {
        let cards = listed.first.iter().take(LISTED).filter_map(|id| find(view?, *id));
        let mut words = cards.map(label).collect::<Vec<_>>();
        let total = listed.total as usize;
        if total > LISTED {
            words.push(format!("and {} more", grouped(total - LISTED)));
        }
        let tone = if total == 0 { "none" } else { tone };
        html! {
            <div class={classes!("list", format!("list-{tone}"))}>
                <dt>{ format!("{owner}.{name}") }</dt>
                <dd>{ if words.is_empty() { "empty".to_owned() } else { words.join(", ") } }</dd>
            </div>
        }
    };
    html! {
        <div class="lists">
            { transaction(session.transaction) }
            <dl>
            { list("new", "pending", &session.new) }
            { list("dirty", "dirty", &session.dirty) }
            { list("deleted", "deleted", &session.deleted) }
            </dl>
        </div>
    }
}

fn lanes(view: &Rc<View>, session: Option<&SessionView>) -> Html {
    let here = |card: &Card| match (card.session, session) {
        (Some(of), Some(shown)) => of == shown.id,
        (Some(_), None) => false,
        (None, _) => true,
    };
    LANES
        .iter()
        .map(|(lane, shape, meaning)| {
            let cards = view.cards.iter().enumerate();
            let places: Vec<usize> =
                cards.filter(|(_, card)| card.lane == *lane && here(card)).map(|(at, _)| at).collect();
            html! {
                <LaneView lane={*lane} shape={*shape} {meaning} view={Shared::from(view.clone())} {places} />
            }
        })
        .collect()
}

/// One lane.
#[derive(Clone, PartialEq, Properties)]
struct LaneProps {
    lane: Lane,
    shape: Shape,
    meaning: &'static str,
    view: Shared<View>,
    /// The places of its cards in the view.
    places: Vec<usize>,
}

#[component]
fn LaneView(LaneProps { lane, shape, meaning, view, places }: &LaneProps) -> Html {
    let limit = use_state_eq(|| DRAWN);
    let more = {
        let limit = limit.clone();
        Callback::from(move |_: MouseEvent| limit.set(*limit + DRAWN))
    };
    let class = lane_class(*lane);
    let id = format!("lane-{class}");
    // Short lanes share a row: the way from transient to pending is a step to the side.
    let wide = *lane == Lane::Persistent || places.len() > 2;
    let dirty = places.iter().filter(|at| view.cards.get(**at).is_some_and(|card| card.dirty)).count();
    html! {
        <section class={classes!("lane", format!("lane-{class}"), wide.then_some("lane-wide"))} aria-labelledby={id.clone()} data-lane={class}>
            <h3 {id}>
                { icon(*shape) }<span class="lane-name">{ lane_name(*lane) }</span>
                <span class="lane-count">{ grouped(places.len()) }</span>
                <span class="lane-meaning">{ *meaning }</span>
                if dirty > 0 {
                    <span class="lane-dirty">{ format!("{} dirty", grouped(dirty)) }</span>
                }
            </h3>
            if !places.is_empty() {
                <ul class="cards">
                    { for places.iter().take(*limit).filter_map(|at| view.cards.get(*at)).map(|card| {
                        card_view(card, view)
                    }) }
                </ul>
                if places.len() > *limit {
                    <button class="button button-small" onclick={more}>
                        { format!("Show more ({} hidden)", grouped(places.len() - *limit)) }
                    </button>
                }
            }
        </section>
    }
}

/// Before there is anything to see: what will be seen.
fn empty(running: bool) -> Html {
    let words = if running {
        "The objects appear here as soon as the code makes them."
    } else {
        "Nothing has run yet. Press Run, and every mapped object gets a card here."
    };
    html! {
        <>
            <p class="stage-words">{ words }</p>
            <div class="lanes">{ lanes(&Rc::default(), None) }</div>
        </>
    }
}
