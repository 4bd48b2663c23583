//! A card: one mapped object, with what it holds, what changed, and what will happen to it.
//!
//! States are told by colour, shape and word alike.

use ormscope_host::protocol::{Card, Field, FieldValue, View};
use yew::prelude::*;

use crate::ui::words::{label, lane_class};

/// Items of a collection named before the rest is counted.
const NAMED: usize = 4;

/// The card with a number; a view holds its cards in order of creation.
pub(crate) fn find(view: &View, id: u32) -> Option<&Card> {
    view.cards.binary_search_by_key(&id, |card| card.id).ok().and_then(|at| view.cards.get(at))
}

/// A card.
pub(crate) fn card_view(card: &Card, view: &View) -> Html {
    let lane = lane_class(card.lane);
    let class = classes!(
        "card",
        format!("card-{lane}"),
        card.dirty.then_some("card-dirty"),
        card.marked_deleted.then_some("card-doomed"),
        card.expired.then_some("card-expired"),
    );
    html! {
        <li {class} key={card.id} data-card={card.id.to_string()} data-lane={lane}>
            <div class="card-head">
                <strong class="card-class">{ &card.class }</strong>
                if !card.names.is_empty() {
                    <span class="card-names" title={same(&card.names)}>{ card.names.join(" is ") }</span>
                }
                <span class="card-identity">{ card.identity.as_deref().unwrap_or("no identity") }</span>
            </div>
            { badges(card) }
            <dl class="fields">
                { for card.fields.iter().map(|field| row(field, view)) }
            </dl>
        </li>
    }
}

/// What `is` means: two names, one card.
fn same(names: &[String]) -> Option<String> {
    (names.len() > 1).then(|| format!("{}: the same object", names.join(" and ")))
}

fn badges(card: &Card) -> Html {
    if !(card.dirty || card.marked_deleted || card.expired) {
        return html! {};
    }
    html! {
        <p class="badges">
            if card.dirty { <span class="badge badge-dirty">{ "dirty" }</span> }
            if card.marked_deleted { <span class="badge badge-doomed">{ "will be deleted" }</span> }
            if card.expired { <span class="badge badge-expired">{ "expired" }</span> }
        </p>
    }
}

fn row(field: &Field, view: &View) -> Html {
    html! {
        <div class="field">
            <dt>{ &field.name }</dt>
            <dd>
                if let Some(was) = &field.was {
                    <del class="value-was">{ was }</del><span class="value-arrow">{ " → " }</span>
                }
                { value(&field.value, field.was.is_some(), view) }
            </dd>
        </div>
    }
}

fn value(value: &FieldValue, changed: bool, view: &View) -> Html {
    let name = |id: u32| find(view, id).map_or_else(|| "an object".to_owned(), label);
    match value {
        FieldValue::Unset => html! { <span class="value-none">{ "not set" }</span> },
        FieldValue::Expired => html! { <span class="value-none">{ "expired" }</span> },
        FieldValue::Unloaded => html! { <span class="value-none">{ "not loaded" }</span> },
        FieldValue::Value(text) if changed => html! { <ins class="value-new">{ text }</ins> },
        FieldValue::Value(text) => html! { <span class="value">{ text }</span> },
        FieldValue::Object(id) => {
            html! { <span class={if changed { "value-new" } else { "value" }}>{ format!("→ {}", name(*id)) }</span> }
        }
        FieldValue::Collection { items, added, removed } => {
            let mut names: Vec<String> = items.iter().take(NAMED).map(|id| name(*id)).collect();
            if items.len() > NAMED {
                names.push(format!("… {} in all", items.len()));
            }
            html! {
                <>
                    <span class="value">{ format!("[{}]", names.join(", ")) }</span>
                    if *added > 0 {
                        <ins class="value-new" title="a flush would add">{ format!(" +{added}") }</ins>
                    }
                    if *removed > 0 {
                        <ins class="value-new" title="a flush would remove">{ format!(" −{removed}") }</ins>
                    }
                </>
            }
        }
    }
}
