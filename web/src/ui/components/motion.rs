//! Cards that move from lane to lane are seen to move.
//!
//! After each drawing every card's place is compared with its place before, and the
//! way between is played. Nothing moves where the reader prefers reduced motion.

use std::collections::HashMap;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;
use yew::prelude::*;

use crate::ui::theme;

/// How long a move takes, in milliseconds.
const DURATION: f64 = 260.0;

/// With more cards than this nobody follows a single one.
const CROWD: u32 = 120;

type Places = HashMap<String, (f64, f64)>;

/// Plays the moves of the cards inside an element whenever `moment` changes.
#[hook]
pub(crate) fn use_moving_cards<M: PartialEq + 'static>(stage: &NodeRef, moment: M) {
    let before = use_mut_ref(Places::new);
    use_effect_with((moment, stage.clone()), move |(_, stage)| {
        let Some(stage) = stage.cast::<Element>() else { return };
        let now = places(&stage);
        let first = before.borrow().is_empty();
        if !first && !theme::wants_calm() {
            for (id, element, (x, y)) in &now {
                match before.borrow().get(id) {
                    Some((from_x, from_y)) => slide(element, from_x - x, from_y - y),
                    None => appear(element),
                }
            }
        }
        *before.borrow_mut() = now.into_iter().map(|(id, _, place)| (id, place)).collect();
    });
}

/// Every card and its place on the stage, scrolled or not.
fn places(stage: &Element) -> Vec<(String, Element, (f64, f64))> {
    let Ok(cards) = stage.query_selector_all("[data-card]") else { return Vec::new() };
    if cards.length() > CROWD {
        return Vec::new();
    }
    let origin = stage.get_bounding_client_rect();
    let (left, top) = (origin.left(), origin.top() - f64::from(stage.scroll_top()));
    (0..cards.length())
        .filter_map(|at| {
            let card = cards.get(at)?.dyn_into::<Element>().ok()?;
            let rect = card.get_bounding_client_rect();
            Some((card.get_attribute("data-card")?, card, (rect.left() - left, rect.top() - top)))
        })
        .collect()
}

fn slide(card: &Element, x: f64, y: f64) {
    if x.abs() > 1.0 || y.abs() > 1.0 {
        play(card, "transform", &format!("translate({x}px, {y}px)"), "none");
    }
}

fn appear(card: &Element) {
    play(card, "opacity", "0", "1");
}

fn play(card: &Element, property: &str, from: &str, to: &str) {
    let frame = |value: &str| {
        let frame = Object::new();
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&frame, &property.into(), &value.into());
        let _ = Reflect::set(&frame, &"easing".into(), &"cubic-bezier(0.2, 0, 0, 1)".into());
        JsValue::from(frame)
    };
    let frames = Array::of2(&frame(from), &frame(to));
    // `web-sys` counts `Element.animate` as unstable; a browser without it shows no motion.
    let animate = Reflect::get(card, &"animate".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
    if let Some(animate) = animate {
        let _ = animate.call2(card, &frames, &DURATION.into());
    }
}
