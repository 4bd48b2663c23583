//! The run as plain text: for reading aloud, for copying, for comparing.

use ormscope_host::protocol::{Tick, TickKind, Verb};
use yew::prelude::*;

use super::icon::{Shape, icon};
use crate::ui::store::Log;
use crate::ui::words::bracket;

/// More text than this is shortened on screen, in bytes; copying takes it whole.
const SHOWN: usize = 120_000;

/// What the tab shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TranscriptProps {
    /// What happened.
    pub(crate) log: Log,
    /// The moment on show.
    pub(crate) at: Option<u32>,
}

/// The transcript.
#[component]
pub(crate) fn Transcript(TranscriptProps { log, at }: &TranscriptProps) -> Html {
    let copied = use_state_eq(|| false);
    let Some(at) = *at else {
        return html! { <p class="empty">{ "The next run appears here as text." }</p> };
    };
    let text = text(log, at);
    let copy = {
        let (text, copied) = (text.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(window) = web_sys::window() {
                // The browser asks the reader if it wants to; there is nothing to wait for.
                let _ = window.navigator().clipboard().write_text(&text);
                copied.set(true);
            }
        })
    };
    let mut cut = SHOWN.min(text.len());
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    html! {
        <div class="transcript">
            <div class="transcript-head">
                <button class="button button-small" onclick={copy}>{ icon(Shape::Copy) }{ "Copy" }</button>
                if *copied { <span role="status">{ "Copied." }</span> }
            </div>
            // It scrolls, so the keyboard must reach it.
            <pre class="transcript-text" tabindex="0" role="group" aria-label="Transcript">
                { &text[..cut] }
                if cut < text.len() { { "\n… copy it to have the rest." } }
            </pre>
        </div>
    }
}

/// Everything until a moment, as a terminal would show it.
fn text(log: &Log, at: u32) -> String {
    log.iter().take((at + 1).saturating_sub(log.start()) as usize).map(piece).collect()
}

fn piece(tick: &Tick) -> String {
    match &tick.kind {
        TickKind::Line => String::new(),
        TickKind::Output { text } => text.clone(),
        TickKind::Note { text } => format!("# {text}\n"),
        TickKind::Action { session, verb } => {
            let call = match verb {
                Verb::Flush => "flush",
                Verb::Commit => "commit",
                Verb::Rollback => "rollback",
            };
            format!(">>> {session}.{call}()\n")
        }
        TickKind::Error(error) if error.traceback.is_empty() => {
            format!("{}: {}\n", error.class, error.message)
        }
        TickKind::Error(error) => format!("{}\n", error.traceback.trim_end_matches('\n')),
        TickKind::Statement(statement) => {
            let stats =
                statement.stats.as_deref().map(|stats| format!("{} ", bracket(stats))).unwrap_or_default();
            match &statement.parameters {
                Some(parameters) => format!("{}\n{stats}{parameters}\n", statement.sql),
                None => format!("{}\n", statement.sql),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{output, statement, transaction};

    #[test]
    fn it_reads_like_a_terminal() {
        let mut log = Log::new(1);
        log.append(vec![
            transaction(0, 1, "BEGIN (implicit)"),
            statement(1, 1, "SELECT 1", "query"),
            output(2, 1, "x"),
            output(3, 1, "\n"),
        ]);
        assert_eq!(text(&log, 3), "BEGIN (implicit)\nSELECT 1\n[generated in …] ('ed',)\nx\n");
        assert_eq!(text(&log, 0), "BEGIN (implicit)\n");
    }
}
