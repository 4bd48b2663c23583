//! The echo: every statement with its cause, and what the script printed, in order.

use std::rc::Rc;

use ormscope_host::protocol::{ErrorReport, Statement, TickKind, Verb};
use yew::prelude::*;

use super::window::WindowList;
use crate::highlight::sql;
use crate::ui::store::{Action, Entry, Log, is_transaction};
use crate::ui::words::{bracket, count, duration, tone};

/// A row's line height in pixels, and the column width its text is estimated with.
const LINE: f64 = 18.0;
const COLUMNS: usize = 52;

/// What the echo shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct EchoProps {
    /// What happened.
    pub(crate) log: Log,
    /// The moment on show.
    pub(crate) at: Option<u32>,
    /// Where actions go.
    pub(crate) dispatch: Callback<Action>,
}

/// The echo.
#[component]
pub(crate) fn Echo(EchoProps { log, at, dispatch }: &EchoProps) -> Html {
    let ends = use_mut_ref(Ends::default);
    let Some(at) = *at else {
        return html! { <p class="empty">{ "The SQL of the next run appears here, each statement with its cause." }</p> };
    };
    let shown = log.entries_until(at);
    let later = log.entries().len() - shown;
    let ends = ends.borrow_mut().of(log);
    let draw = {
        let (log, dispatch) = (log.clone(), dispatch.clone());
        Callback::from(move |place: usize| {
            log.entries().get(place).map_or_else(Html::default, |entry| row(&log, entry, at, &dispatch))
        })
    };
    let after = if later > 0 {
        html! { <p class="echo-later">{ format!("{} later", count(later, "entry").replace("entrys", "entries")) }</p> }
    } else {
        html! {}
    };
    html! { <WindowList label="Echo" rows={shown} {ends} {draw} version={(log.run(), log.len(), at)} {after} /> }
}

fn row(log: &Log, entry: &Entry, at: u32, dispatch: &Callback<Action>) -> Html {
    let Some(first) = log.get(entry.first) else { return html! {} };
    let jump = jump(first.line, dispatch);
    let key = entry.first;
    match &first.kind {
        TickKind::Line => html! {},
        TickKind::Statement(statement) => html! {
            <article {key} class={classes!("entry", format!("tone-{}", tone(statement)))}>
                { statement_row(statement, jump) }
            </article>
        },
        TickKind::Output { .. } => html! {
            <article {key} class="entry entry-output">
                <pre class="output">{ printed(log, entry, at).trim_end_matches('\n') }</pre>
                <p class="entry-facts"><span>{ "printed" }</span>{ jump }</p>
            </article>
        },
        TickKind::Action { session, verb } => html! {
            <article {key} class="entry entry-action"><p>{ pressed(session, *verb) }</p></article>
        },
        TickKind::Note { text } => html! {
            <article {key} class="entry entry-note"><p>{ text }{ " " }{ jump }</p></article>
        },
        TickKind::Error(error) => html! {
            <article {key} class="entry entry-error">{ error_row(error, dispatch) }</article>
        },
    }
}

fn statement_row(statement: &Statement, jump: Html) -> Html {
    let quiet = is_transaction(statement);
    html! {
        <>
            <code class="sql">
                { for sql(statement.sql.trim_matches('\n')).iter().map(|span| html! {
                    <span class={span.kind.class()}>{ &span.text }</span>
                }) }
            </code>
            if let Some(parameters) = &statement.parameters {
                <code class="parameters">
                    if let Some(stats) = &statement.stats {
                        <span class="bracket">{ bracket(stats) }</span>{ " " }
                    }
                    { parameters }
                </code>
            }
            <p class="entry-facts">
                if !quiet && !statement.cause.is_empty() {
                    <span class="chip">{ &statement.cause }</span>
                }
                { jump }
                if let Some(micros) = statement.micros.filter(|_| !quiet) {
                    <span>{ duration(micros) }</span>
                }
                if let Some(rows) = statement.rows.filter(|_| !quiet && statement.cause != "schema") {
                    <span>{ count(rows as usize, "row") }</span>
                }
                if !statement.echo {
                    <span title="This engine was made without echo=True">{ "echo off" }</span>
                }
            </p>
        </>
    }
}

fn error_row(error: &ErrorReport, dispatch: &Callback<Action>) -> Html {
    let line = error.line.or(error.top);
    html! {
        <>
            <p class="error-class">
                <strong>{ &error.class }</strong>
                if !error.module.is_empty() && error.module != "builtins" {
                    <span class="error-module">{ &error.module }</span>
                }
                if let Some(line) = line {
                    { jump(line, dispatch) }
                }
                if let Some(column) = error.column {
                    <span>{ format!("column {column}") }</span>
                }
            </p>
            <pre class="error-message">{ &error.message }</pre>
            if let Some(hint) = &error.hint {
                <p class="error-hint">{ hint }</p>
            }
            if !error.traceback.is_empty() {
                <details class="error-trace">
                    <summary>{ "Traceback" }</summary>
                    <pre>{ &error.traceback }</pre>
                </details>
            }
        </>
    }
}

fn jump(line: u32, dispatch: &Callback<Action>) -> Html {
    if line == 0 {
        return html! {};
    }
    html! {
        <button class="link link-quiet" title="Show the line in the code"
            onclick={dispatch.reform(move |_: MouseEvent| Action::Reveal(line))}>
            { format!("line {line}") }
        </button>
    }
}

fn pressed(session: &str, verb: Verb) -> String {
    let call = match verb {
        Verb::Flush => "flush",
        Verb::Commit => "commit",
        Verb::Rollback => "rollback",
    };
    format!("You pressed {session}.{call}()")
}

/// What one `print` wrote, as far as the moment on show.
fn printed(log: &Log, entry: &Entry, at: u32) -> String {
    let pieces = (entry.first..=entry.last.min(at)).filter_map(|tick| match &log.get(tick)?.kind {
        TickKind::Output { text } => Some(text.as_str()),
        _ => None,
    });
    pieces.collect()
}

/// Where every row ends: kept from drawing to drawing, since a run mostly grows.
#[derive(Default)]
struct Ends {
    run: u32,
    start: u32,
    ends: Rc<Vec<f64>>,
}

impl Ends {
    fn of(&mut self, log: &Log) -> Rc<Vec<f64>> {
        let entries = log.entries();
        if (self.run, self.start) != (log.run(), log.start()) {
            *self = Self { run: log.run(), start: log.start(), ends: Rc::default() };
        }
        let ends = Rc::make_mut(&mut self.ends);
        // The last row may have grown since.
        ends.pop();
        for entry in entries.iter().skip(ends.len()) {
            let top = ends.last().copied().unwrap_or_default();
            ends.push(top + height(log, entry));
        }
        self.ends.clone()
    }
}

/// A row's height, estimated.
fn height(log: &Log, entry: &Entry) -> f64 {
    let lines = |text: &str| text.lines().map(|line| 1 + line.len() / COLUMNS).sum::<usize>();
    let rows = match log.get(entry.first).map(|tick| &tick.kind) {
        Some(TickKind::Statement(statement)) => {
            lines(&statement.sql) + statement.parameters.as_deref().map_or(0, lines) + 1
        }
        Some(TickKind::Output { text }) => lines(text) + 1,
        Some(TickKind::Error(error)) => lines(&error.message) + 3,
        _ => 1,
    };
    rows as f64 * LINE + 12.0
}
