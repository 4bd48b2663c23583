//! A row of tabs: one stop for Tab, arrow keys inside, as the ARIA practices have it.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

/// One tab.
#[derive(Clone, PartialEq)]
pub(crate) struct TabItem {
    /// Its name.
    pub(crate) name: &'static str,
    /// The id of the panel it shows.
    pub(crate) panel: &'static str,
}

/// What the row shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TabsProps {
    /// The row's name.
    pub(crate) label: &'static str,
    /// The tabs.
    pub(crate) items: Vec<TabItem>,
    /// The place of the chosen one.
    pub(crate) chosen: usize,
    /// Hears the place of the tab that is chosen.
    pub(crate) choose: Callback<usize>,
}

/// The id of a panel's tab, by which the panel is labelled.
pub(crate) fn tab_id(panel: &str) -> String {
    format!("tab-{panel}")
}

/// A row of tabs.
#[component]
pub(crate) fn Tabs(TabsProps { label, items, chosen, choose }: &TabsProps) -> Html {
    let root = use_node_ref();
    let n = items.len().max(1);
    let walk = {
        let (root, choose, chosen) = (root.clone(), choose.clone(), *chosen);
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowRight" => (chosen + 1) % n,
                "ArrowLeft" => (chosen + n - 1) % n,
                "Home" => 0,
                "End" => n - 1,
                _ => return,
            };
            event.prevent_default();
            choose.emit(to);
            let tab =
                root.cast::<HtmlElement>().and_then(|root| root.children().item(u32::try_from(to).ok()?));
            if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
                let _ = tab.focus();
            }
        })
    };
    html! {
        <div class="tabs" role="tablist" aria-label={*label} ref={root} onkeydown={walk}>
            { for items.iter().enumerate().map(|(at, item)| {
                let on = at == *chosen;
                html! {
                    <button class="tab" role="tab" id={tab_id(item.panel)} aria-controls={item.panel}
                        aria-selected={if on { "true" } else { "false" }} tabindex={if on { "0" } else { "-1" }}
                        onclick={choose.reform(move |_: MouseEvent| at)}>
                        { item.name }
                    </button>
                }
            }) }
        </div>
    }
}
