//! The editor: a plain text area over its own coloured copy.
//!
//! The text area holds the truth, the caret and the selection; the rows beneath it
//! hold colours, numbers, marks and badges, and only those in sight are drawn. Tab
//! moves on as everywhere else.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement};
use yew::prelude::*;

use crate::highlight::{Span, python};
use crate::ui::store::{Action, LineFacts, Log, Reveal};
use crate::ui::words::count;

/// The height of a row in pixels; `--row` in the style sheet says the same.
const ROW: i32 = 20;

/// Rows are drawn in steps of so many, so that a small scroll draws nothing.
const STEP: usize = 20;

/// Rows drawn: more than any pane is high, and a step on either side.
const DRAWN: usize = 120;

/// What the editor shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct EditorProps {
    /// The code.
    pub(crate) source: Rc<str>,
    /// The line just executed.
    pub(crate) line: Option<u32>,
    /// The line to keep in sight.
    pub(crate) follow: Option<u32>,
    /// A line the reader asked for.
    pub(crate) reveal: Option<Reveal>,
    /// What the lines did.
    pub(crate) log: Log,
    /// Where actions go.
    pub(crate) dispatch: Callback<Action>,
}

/// The editor.
#[component]
pub(crate) fn Editor(props: &EditorProps) -> Html {
    let EditorProps { source, line, follow, reveal, log, dispatch } = props;
    let scroller = use_node_ref();
    let text = use_node_ref();
    let first = use_state_eq(|| 0_usize);
    let rows = use_memo(source.clone(), |source| python(source));
    let columns = use_memo(source.clone(), |source| source.lines().map(width).max().unwrap_or(0));

    use_effect_with((*follow, scroller.clone()), |(line, scroller)| {
        if let (Some(line), Some(scroller)) = (line, scroller.cast::<Element>()) {
            bring(&scroller, *line);
        }
    });
    use_effect_with((*reveal, scroller.clone(), text.clone()), |(reveal, scroller, text)| {
        let (Some(reveal), Some(scroller)) = (reveal, scroller.cast::<Element>()) else { return };
        bring(&scroller, reveal.line);
        if let Some(text) = text.cast::<HtmlTextAreaElement>().filter(|_| reveal.caret) {
            put_caret(&text, reveal.line);
        }
    });

    let onscroll = {
        let first = first.clone();
        Callback::from(move |event: Event| {
            let scroller = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let top = scroller.map_or(0, |scroller| scroller.scroll_top() / ROW);
            let top = usize::try_from(top).unwrap_or_default();
            first.set((top / STEP).saturating_sub(1) * STEP);
        })
    };
    let oninput = dispatch.reform(|event: InputEvent| {
        let area = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
        let source = area.map(|area| area.value()).unwrap_or_default();
        let kind = event.input_type();
        if kind == "insertFromPaste" || kind == "insertFromDrop" {
            Action::Paste(source)
        } else {
            Action::Edit(source)
        }
    });

    let digits = rows.len().max(10).to_string().len();
    let sheet = format!("--lines: {}; --columns: {}; --digits: {digits}", rows.len(), *columns);
    let drawn = rows.iter().enumerate().skip(*first).take(DRAWN);
    html! {
        <div class="editor" ref={scroller} {onscroll}>
            <div class="editor-sheet" style={sheet}>
                <div class="editor-rows" aria-hidden="true">
                    { for drawn.map(|(at, spans)| {
                        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
                        row(number, spans, *line == Some(number), log.lines().get(&number))
                    }) }
                </div>
                <textarea class="editor-text" ref={text} aria-label="Code" value={source.to_string()} {oninput}
                    placeholder="Paste Python written for SQLAlchemy, or choose an example."
                    spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" />
            </div>
        </div>
    }
}

fn row(number: u32, spans: &[Span], now: bool, facts: Option<&LineFacts>) -> Html {
    let error = facts.and_then(|facts| facts.error.as_deref());
    let class = classes!("row", now.then_some("row-now"), error.map(|_| "row-failed"));
    html! {
        <div {class} key={number} data-line={number.to_string()} style={format!("--at: {}", number - 1)}>
            <span class="row-number">{ number }</span>
            <code class="row-code">{ for spans.iter().map(span) }</code>
            if let Some(words) = facts.and_then(badge) {
                <span class={classes!("row-badge", error.map(|_| "row-badge-failed"))}>{ words }</span>
            }
        </div>
    }
}

fn span(span: &Span) -> Html {
    match span.kind.class() {
        Some(class) => html! { <span {class}>{ &span.text }</span> },
        None => html! { { &span.text } },
    }
}

/// `3 SQL · lazy load`
fn badge(facts: &LineFacts) -> Option<String> {
    let sent = (facts.statements > 0).then(|| count(facts.statements as usize, "SQL").replace("SQLs", "SQL"));
    let words: Vec<String> =
        sent.into_iter().chain(facts.causes.iter().cloned()).chain(facts.error.clone()).collect();
    (!words.is_empty()).then(|| words.join(" · "))
}

/// The width of a line in columns; wide characters take two.
fn width(line: &str) -> usize {
    line.chars()
        .map(|c| {
            if c == '\t' {
                8
            } else if u32::from(c) >= 0x1100 {
                2
            } else {
                1
            }
        })
        .sum()
}

/// Scrolls a line into sight, to the middle, unless it is in sight already.
fn bring(scroller: &Element, line: u32) {
    let top = i32::try_from(line.saturating_sub(1)).unwrap_or(i32::MAX / ROW).saturating_mul(ROW);
    let (from, height) = (scroller.scroll_top(), scroller.client_height());
    if top < from + ROW || top + 2 * ROW > from + height {
        scroller.set_scroll_top((top - height / 2).max(0));
    }
}

/// Puts the caret at a line's start, where a reader goes on.
fn put_caret(text: &HtmlTextAreaElement, line: u32) {
    let value = text.value();
    let before = value.split_inclusive('\n').take(line.saturating_sub(1) as usize);
    // The browser counts in UTF-16.
    let at = before.map(|line| line.encode_utf16().count()).sum::<usize>();
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    let _ = text.focus();
    let _ = text.set_selection_range(at, at);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_badge_counts_and_names_the_surprise() {
        let facts = LineFacts { statements: 1, causes: vec!["refresh".into()], error: None };
        assert_eq!(badge(&facts).as_deref(), Some("1 SQL · refresh"));
        let facts = LineFacts { statements: 3, ..LineFacts::default() };
        assert_eq!(badge(&facts).as_deref(), Some("3 SQL"));
        assert_eq!(badge(&LineFacts::default()), None);
    }
}
