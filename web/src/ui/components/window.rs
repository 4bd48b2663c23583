//! Long lists draw the rows in sight only.
//!
//! Heights are estimated; where an estimate is off, the browser's scroll anchoring
//! keeps what is read in its place.

use std::ops::Range;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// Rows drawn beyond what is in sight, in pixels.
const MARGIN: f64 = 600.0;

/// A list.
#[derive(Properties)]
pub(crate) struct WindowListProps {
    /// What the list is for.
    pub(crate) label: &'static str,
    /// How many rows there are.
    pub(crate) rows: usize,
    /// Where every row ends, in pixels from the top, estimated; at least as many as rows.
    pub(crate) ends: Rc<Vec<f64>>,
    /// Draws a row.
    pub(crate) draw: Callback<usize, Html>,
    /// The run, its length and the moment: whenever they change the list draws again.
    pub(crate) version: (u32, u32, u32),
    /// Drawn after the last row.
    #[prop_or_default]
    pub(crate) after: Html,
}

/// `draw` is made anew with each drawing and says nothing; `version` does.
impl PartialEq for WindowListProps {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && self.rows == other.rows
    }
}

/// What is in sight, in pixels.
#[derive(Clone, Copy, PartialEq)]
struct Sight {
    top: f64,
    height: f64,
}

/// A list that follows its end, as a terminal does.
#[component]
pub(crate) fn WindowList(props: &WindowListProps) -> Html {
    let root = use_node_ref();
    let sight = use_state_eq(|| Sight { top: f64::MAX, height: 1_200.0 });

    let ends = props.ends.get(..props.rows).unwrap_or_default();
    let drawn = in_sight(ends, sight.top, sight.height);
    let (above, below) = around(ends, &drawn);

    let before = use_mut_ref(|| None);
    let at_end = use_mut_ref(|| true);
    use_effect_with((props.version, drawn.clone(), root.clone()), {
        let at_end = at_end.clone();
        move |(version, _, root)| {
            if before.borrow_mut().replace(*version).is_none_or(|before| is_another_place(before, *version)) {
                *at_end.borrow_mut() = true;
            }
            if let Some(root) = root.cast::<HtmlElement>().filter(|_| *at_end.borrow()) {
                root.set_scroll_top(root.scroll_height());
            }
        }
    });
    let onscroll = {
        let sight = sight.clone();
        Callback::from(move |event: Event| {
            if let Some(root) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                // In steps, so that a small scroll draws nothing.
                let top = f64::from(root.scroll_top() / 200 * 200);
                *at_end.borrow_mut() = root.scroll_height() - root.scroll_top() - root.client_height() < 40;
                sight.set(Sight { top, height: f64::from(root.client_height()) });
            }
        })
    };

    html! {
        // It scrolls, so the keyboard must reach it.
        <div class="window" ref={root} {onscroll} tabindex="0" role="log" aria-live="off" aria-label={props.label}>
            <div style={format!("padding-top: {above:.0}px; padding-bottom: {below:.0}px")}>
                { for drawn.map(|at| props.draw.emit(at)) }
            </div>
            { props.after.clone() }
        </div>
    }
}

/// Whether the list goes to its end: rows that are added there leave a reader alone who
/// has scrolled up, another run or moment does not.
fn is_another_place(before: (u32, u32, u32), now: (u32, u32, u32)) -> bool {
    before != now && (before.0 != now.0 || before.1 == now.1)
}

/// The rows to draw.
fn in_sight(ends: &[f64], top: f64, height: f64) -> Range<usize> {
    let total = ends.last().copied().unwrap_or_default();
    let top = top.min((total - height).max(0.0));
    let first = ends.partition_point(|end| *end < top - MARGIN);
    let last = ends.partition_point(|end| *end < top + height + MARGIN);
    first..(last + 1).min(ends.len())
}

/// The space that the rows before and after take.
fn around(ends: &[f64], drawn: &Range<usize>) -> (f64, f64) {
    let until = |row: usize| row.checked_sub(1).and_then(|row| ends.get(row)).copied().unwrap_or_default();
    (until(drawn.start), until(ends.len()) - until(drawn.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: u32) -> Vec<f64> {
        (1..=n).map(|row| f64::from(row) * 20.0).collect()
    }

    #[test]
    fn a_short_list_is_drawn_whole() {
        assert_eq!(in_sight(&rows(5), f64::MAX, 400.0), 0..5);
        assert_eq!(in_sight(&[], 0.0, 400.0), 0..0);
        assert_eq!(around(&[], &(0..0)), (0.0, 0.0));
    }

    #[test]
    fn of_a_long_list_only_what_is_in_sight_is_drawn() {
        let ends = rows(50_000);
        let drawn = in_sight(&ends, 500_000.0, 400.0);
        assert!(drawn.start < 25_000 && drawn.end > 25_020 && drawn.len() < 200);
        let (above, below) = around(&ends, &drawn);
        assert_eq!(above + drawn.len() as f64 * 20.0 + below, 1_000_000.0);
        assert_eq!(in_sight(&ends, f64::MAX, 400.0).end, 50_000);
    }
}
