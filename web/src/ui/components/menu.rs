//! The menu of examples: a button and a list that the arrow keys walk.

use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlElement, KeyboardEvent, Node};
use yew::prelude::*;

use super::icon::{Shape, icon};
use crate::examples::EXAMPLES;
use crate::ui::store::Action;

/// Where a choice goes.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ExamplesMenuProps {
    /// Where actions go.
    pub(crate) dispatch: Callback<Action>,
}

/// The menu of examples.
#[component]
pub(crate) fn ExamplesMenu(ExamplesMenuProps { dispatch }: &ExamplesMenuProps) -> Html {
    let open = use_state_eq(|| false);
    let root = use_node_ref();
    let button = use_node_ref();

    use_effect_with((*open, root.clone()), |(open, root)| {
        if *open {
            focus_item(root, Go::First);
        }
    });

    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let leave = {
        let (open, root) = (open.clone(), root.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
            let inside =
                root.cast::<Node>().is_some_and(|root| to.is_some_and(|to| root.contains(Some(&to))));
            if !inside {
                open.set(false);
            }
        })
    };
    let walk = {
        let (open, root, button) = (open.clone(), root.clone(), button.clone());
        Callback::from(move |event: KeyboardEvent| {
            let go = match event.key().as_str() {
                "Escape" if *open => {
                    open.set(false);
                    if let Some(button) = button.cast::<HtmlElement>() {
                        let _ = button.focus();
                    }
                    return;
                }
                "ArrowDown" if !*open => {
                    event.prevent_default();
                    open.set(true);
                    return;
                }
                "ArrowDown" => Go::By(1),
                "ArrowUp" => Go::By(-1),
                "Home" => Go::First,
                "End" => Go::Last,
                _ => return,
            };
            event.prevent_default();
            focus_item(&root, go);
        })
    };

    html! {
        <div class="menu" ref={root} onfocusout={leave} onkeydown={walk}>
            <button class="button button-quiet" ref={button} aria-haspopup="menu"
                aria-expanded={if *open { "true" } else { "false" }} onclick={toggle}>
                { "Examples" }{ icon(Shape::Chevron) }
            </button>
            if *open {
                <ul class="menu-list" role="menu" aria-label="Examples">
                    { for EXAMPLES.iter().map(|example| {
                        let choose = {
                            let (open, dispatch) = (open.clone(), dispatch.clone());
                            Callback::from(move |_: MouseEvent| {
                                open.set(false);
                                dispatch.emit(Action::Open(example.source.to_owned()));
                            })
                        };
                        html! {
                            <li role="none">
                                <button class="menu-item" role="menuitem" tabindex="-1" onclick={choose}>
                                    <strong>{ example.name }</strong>
                                    <span>{ example.summary() }</span>
                                </button>
                            </li>
                        }
                    }) }
                </ul>
            }
        </div>
    }
}

/// Where the focus goes.
enum Go {
    First,
    Last,
    By(i32),
}

fn focus_item(root: &NodeRef, go: Go) {
    let Some(root) = root.cast::<HtmlElement>() else { return };
    let Ok(items) = root.query_selector_all("[role=menuitem]") else { return };
    let items: Vec<HtmlElement> =
        (0..items.length()).filter_map(|at| items.get(at)?.dyn_into::<HtmlElement>().ok()).collect();
    let focused = web_sys::window().and_then(|window| window.document()?.active_element());
    let here = items.iter().position(|item| Some(item.as_ref()) == focused.as_ref());
    let n = i32::try_from(items.len()).unwrap_or(i32::MAX).max(1);
    let to = match (go, here.and_then(|at| i32::try_from(at).ok())) {
        (Go::First, _) => 0,
        (Go::Last, _) => n - 1,
        (Go::By(by), Some(here)) => (here + by).rem_euclid(n),
        (Go::By(_), None) => 0,
    };
    if let Some(item) = usize::try_from(to).ok().and_then(|to| items.get(to)) {
        let _ = item.focus();
    }
}
