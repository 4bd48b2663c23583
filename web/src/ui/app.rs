//! The application: owns the state and the bridge, and carries out effects.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::bridge::{Bridge, Word};
use super::screen::Screen;
use super::shared::Shared;
use super::store::{Action, Effect, State, reduce};
use super::theme;
use crate::examples::EXAMPLES;

/// How long a *Stop* may stay unanswered, in milliseconds.
const STOP_PATIENCE: u32 = 1_000;

/// The whole page.
pub struct App {
    state: Rc<State>,
    bridge: Bridge,
    dispatch: Callback<Action>,
    _keys: Option<EventListener>,
}

impl Component for App {
    type Message = Action;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let dispatch = ctx.link().callback(|action: Action| action);
        let bridge = Bridge::new({
            let dispatch = dispatch.clone();
            Rc::new(move |word| {
                dispatch.emit(match word {
                    Word::Events(events) => Action::Heard(events),
                    Word::Crashed(reason) => Action::Crashed(reason),
                });
            })
        });
        let theme = theme::kept();
        theme::paint(theme);
        let greeting = EXAMPLES.first().map_or("", |example| example.source);
        ctx.link().send_message(Action::Run);
        Self {
            state: Rc::new(State::greeting(greeting, theme)),
            bridge,
            _keys: listen_to_keys(dispatch.clone()),
            dispatch,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        for effect in reduce(Rc::make_mut(&mut self.state), action) {
            match effect {
                Effect::Send(request) => self.bridge.send(request),
                Effect::Restart => self.bridge.restart(),
                Effect::Paint(theme) => theme::paint(theme),
                Effect::AwaitStop(run) => {
                    let link = ctx.link().clone();
                    Timeout::new(STOP_PATIENCE, move || link.send_message(Action::StopUnanswered(run)))
                        .forget();
                }
            }
        }
        true
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        html! { <Screen state={Shared::from(self.state.clone())} dispatch={self.dispatch.clone()} /> }
    }
}

/// The keys that work everywhere: Ctrl or ⌘ with Enter runs, F10 steps.
fn listen_to_keys(dispatch: Callback<Action>) -> Option<EventListener> {
    let document = web_sys::window()?.document()?;
    let options = EventListenerOptions::enable_prevent_default();
    Some(EventListener::new_with_options(&document, "keydown", options, move |event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let action = match key.key().as_str() {
            "Enter" if key.ctrl_key() || key.meta_key() => Action::Run,
            "F10" => Action::Step,
            _ => return,
        };
        event.prevent_default();
        dispatch.emit(action);
    }))
}

/// The element the page is drawn into.
#[must_use]
pub fn place_to_mount() -> Option<Element> {
    web_sys::window()?.document()?.get_element_by_id("app")
}
