//! The message above the panes: what happened, why, and the way out.

use yew::prelude::*;

use super::icon::{Shape, icon};
use crate::ui::store::{Action, Notice, Offer};

/// The bar; it is always there, so that a screen reader hears what appears in it.
pub(crate) fn notice_bar(notice: Option<&Notice>, dispatch: &Callback<Action>) -> Html {
    let send = |action: Action| dispatch.reform(move |_: MouseEvent| action.clone());
    let (tone, offer) = match notice.map(|notice| &notice.offer) {
        Some(Offer::RunAgain) => ("notice", button("Run again", Action::Run, dispatch)),
        Some(Offer::PutBack(_)) => ("notice notice-calm", button("Put it back", Action::PutBack, dispatch)),
        Some(Offer::Nothing) | None => ("notice", html! {}),
    };
    html! {
        <div class="notice-place" role="alert">
            if let Some(notice) = notice {
                <div class={tone}>
                    <p>{ &notice.text }</p>
                    { offer }
                    <button class="button button-quiet button-square" aria-label="Close the message"
                        onclick={send(Action::DismissNotice)}>{ icon(Shape::Close) }</button>
                </div>
            }
        </div>
    }
}

fn button(name: &str, action: Action, dispatch: &Callback<Action>) -> Html {
    let onclick = dispatch.reform(move |_: MouseEvent| action.clone());
    html! { <button class="button button-small" {onclick}>{ name }</button> }
}
