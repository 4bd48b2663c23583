//! The timeline: every tick of the run, and the way back and forth.

use ormscope_host::protocol::{Tick, TickKind, Verb};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icon::{Shape, icon};
use crate::ui::store::{Action, Log, Moment, Phase, State, Travel};
use crate::ui::words::{grouped, tone};

/// Marks drawn at most; of more ticks the most telling of each stretch is drawn.
const MARKS: u32 = 480;

/// How much of the track a letter of a label takes, in parts of a hundred: on a wide
/// screen, and on a narrow one.
const LETTER: f64 = 0.85;
const LETTER_NARROW: f64 = 2.4;

/// The region *Timeline*.
pub(crate) fn timeline(state: &State, dispatch: &Callback<Action>) -> Html {
    let len = state.log.len();
    let last = len.saturating_sub(1);
    let first = state.log.start();
    let here = state.tick().unwrap_or_default().clamp(first, last.max(first));
    let idle = len == 0 || state.run.phase == Phase::Lost;
    let button = |travel: Travel, shape: Shape, name: &'static str, off: bool| {
        html! {
            <button class="button button-square" aria-label={name} title={name} disabled={idle || off}
                onclick={dispatch.reform(move |_: MouseEvent| Action::Travel(travel))}>{ icon(shape) }</button>
        }
    };
    let slide = dispatch.reform(|event: InputEvent| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let tick = input.map_or(f64::MAX, |input| input.value_as_number());
        Action::Travel(Travel::To(tick as u32))
    });
    let words = position(&state.log, here, state.moment);
    let share = share(here, first, len);
    html! {
        <section class="timeline" aria-labelledby="timeline-heading">
            <h2 id="timeline-heading">{ "Timeline" }</h2>
            <div class="travel" role="group" aria-label="Step through the run">
                { button(Travel::First, Shape::First, "First event", here == first) }
                { button(Travel::Back, Shape::Back, "Back", here == first) }
                { button(Travel::Forward, Shape::Forward, "Forward", here >= last) }
                { button(Travel::Last, Shape::Last, "Last event", state.moment == Moment::Present) }
            </div>
            <div class="track" style={format!("--share: {share:.3}%")}>
                <Marks log={state.log.clone()} upto={if state.is_running() { coarse(len) } else { len }} />
                <span class="track-hand" aria-hidden="true" hidden={idle}></span>
                <input class="track-slider" type="range" min={first.to_string()} max={last.to_string()} step="1"
                    value={here.to_string()} disabled={idle} aria-label="Moment" aria-valuetext={words.clone()}
                    oninput={slide} />
            </div>
            <p class="timeline-words">{ words }</p>
        </section>
    }
}

/// `event 41 of 57 · line 30`
fn position(log: &Log, here: u32, moment: Moment) -> String {
    if log.is_empty() {
        return "nothing has happened yet".to_owned();
    }
    let place = format!("event {} of {}", grouped(here as usize + 1), grouped(log.len() as usize));
    match (log.get(here).map(|tick| tick.line).filter(|line| *line > 0), moment) {
        (Some(line), _) => format!("{place} · line {line}"),
        (None, Moment::Present) => format!("{place} · now"),
        (None, Moment::Past(_)) => place,
    }
}

/// Where a tick stands on the track, in parts of a hundred.
fn share(at: u32, start: u32, len: u32) -> f64 {
    let last = len.saturating_sub(1);
    if last <= start { 100.0 } else { f64::from(at.saturating_sub(start)) * 100.0 / f64::from(last - start) }
}

/// While a run grows its marks are drawn anew now and then, not with every batch.
fn coarse(len: u32) -> u32 {
    let bits = u32::BITS - len.leading_zeros();
    len >> bits.saturating_sub(4) << bits.saturating_sub(4)
}

/// The marks of a run.
#[derive(Clone, Properties)]
struct MarksProps {
    log: Log,
    /// How many ticks are drawn.
    upto: u32,
}

impl PartialEq for MarksProps {
    fn eq(&self, other: &Self) -> bool {
        self.log.run() == other.log.run() && self.upto == other.upto
    }
}

/// A word over the marks.
struct Label {
    share: f64,
    word: String,
    /// Whether it has room on a narrow screen too.
    narrow: bool,
}

/// One path for each tone, however many ticks there are.
#[component]
fn Marks(MarksProps { log, upto }: &MarksProps) -> Html {
    let (start, len) = (log.start(), *upto);
    let drawn = len.saturating_sub(start);
    let stretch = drawn.div_ceil(MARKS).max(1);
    let mut strongest: Vec<usize> = vec![0; drawn.div_ceil(stretch) as usize];
    let mut labels: Vec<Label> = Vec::new();
    let (mut free, mut free_narrow) = (0.0, 0.0);
    let at_share = |at: u32| share(at, start, len);
    let mut before = String::new();
    for (at, tick) in (start..len).zip(log.iter()) {
        let strength = strength(tick);
        if let Some(mark) = strongest.get_mut(((at - start) / stretch) as usize) {
            *mark = (*mark).max(strength);
        }
        if let Some(word) = caption(tick)
            && word != before
        {
            let share = at_share(at);
            let letters = word.chars().count() as f64 + 2.0;
            if share >= free && share + letters * LETTER <= 102.0 {
                let narrow = share >= free_narrow && share + letters * LETTER_NARROW <= 102.0;
                free = share + letters * LETTER;
                if narrow {
                    free_narrow = share + letters * LETTER_NARROW;
                }
                labels.push(Label { share, word: word.clone(), narrow });
            }
            before = word;
        }
    }
    let path = |strength: usize| -> String {
        let places = strongest.iter().enumerate().filter(|(_, each)| **each == strength);
        let at = |place: usize| at_share(start + u32::try_from(place).unwrap_or_default() * stretch);
        places.map(|(place, _)| format!("M{:.2} 0v1", at(place))).collect()
    };
    html! {
        <div class="marks" aria-hidden="true">
            <svg viewBox="0 0 100 1" preserveAspectRatio="none">
                { for TONES.iter().enumerate().map(|(strength, tone)| html! {
                    <path class={format!("mark tone-{tone}")} d={path(strength)} />
                }) }
            </svg>
            { for labels.iter().map(|label| html! {
                <span class={classes!("mark-label", (!label.narrow).then_some("mark-label-wide"))}
                    style={format!("left: {:.2}%", label.share)}>{ &label.word }</span>
            }) }
        </div>
    }
}

/// Tones from the quietest to the most telling.
const TONES: [&str; 10] =
    ["line", "quiet", "output", "note", "plain", "load", "refresh", "flush", "delete", "error"];

fn strength(tick: &Tick) -> usize {
    let tone = match &tick.kind {
        TickKind::Line => "line",
        TickKind::Output { .. } => "output",
        TickKind::Statement(statement) => tone(statement),
        TickKind::Action { .. } | TickKind::Note { .. } => "note",
        TickKind::Error(_) => "error",
    };
    TONES.iter().position(|each| *each == tone).unwrap_or_default()
}

/// The word over a mark: what a statement was for, where that says something.
fn caption(tick: &Tick) -> Option<String> {
    match &tick.kind {
        TickKind::Statement(statement) if statement.sql == "COMMIT" => Some("commit".to_owned()),
        TickKind::Statement(statement) if statement.sql == "ROLLBACK" => Some("rollback".to_owned()),
        TickKind::Statement(statement) if statement.sql.starts_with("BEGIN") => None,
        TickKind::Statement(statement) => {
            let cause = statement.cause.as_str();
            Some(cause.split_once(" of ").map_or(cause, |(what, _)| what).to_owned())
        }
        TickKind::Action { verb, .. } => Some(
            match verb {
                Verb::Flush => "Flush",
                Verb::Commit => "Commit",
                Verb::Rollback => "Roll back",
            }
            .to_owned(),
        ),
        TickKind::Error(error) => Some(error.class.clone()),
        TickKind::Line | TickKind::Output { .. } | TickKind::Note { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_growing_run_is_drawn_in_steps() {
        assert_eq!([coarse(0), coarse(1), coarse(15), coarse(17), coarse(1000)], [0, 1, 15, 16, 960]);
    }
}
