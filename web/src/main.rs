//! Mounts the page.

use ormscope_web::ui::{App, place_to_mount};

fn main() {
    match place_to_mount() {
        Some(place) => {
            yew::Renderer::<App>::with_root(place).render();
        }
        None => wasm_bindgen::throw_str("The page has no element with the id `app`."),
    }
}
