//! From one state and one action to the next state, and what must happen outside.

use ormscope_host::protocol::{Era, ErrorReport, Event, Request, Status, Tick, TickKind, Verb};

use super::{
    Action, Asking, Checking, Edge, Effect, Engine, Log, Moment, Notice, Offer, Pane, Phase, Repaired,
    Reveal, Run, State, Travel, Widths,
};
use crate::ui::words::count;

/// The last tick, in the protocol's words: past the end means the last one.
const PRESENT: u32 = u32::MAX;

/// While a script runs the stage is looked at once in so many batches.
const LOOK_EVERY: u32 = 4;

/// Carries out one action.
pub fn reduce(state: &mut State, action: Action) -> Vec<Effect> {
    let mut effects = Vec::new();
    let fx = &mut effects;
    match action {
        Action::Edit(source) => state.source = source.into(),
        Action::Paste(source) => {
            state.source = source.into();
            check(state, false, fx);
        }
        Action::Open(source) => {
            let own = std::mem::replace(&mut state.source, source.into());
            let is_own = own != state.opened && !own.trim().is_empty();
            state.opened = state.source.clone();
            state.era = Era::Modern;
            state.repairs = None;
            state.legacy_proposed = false;
            reveal(state, 1, false);
            wake(state, fx);
            start(state, false, fx);
            if is_own {
                let text = "The example took the place of your code.".to_owned();
                state.notice = Some(Notice { text, offer: Offer::PutBack(own) });
            }
        }
        Action::Run => ask_for_run(state, false, fx),
        Action::Step => step(state, fx),
        Action::Stop => stop(state, fx),
        Action::Reset => reset(state, fx),
        Action::Press(verb) => press(state, verb, fx),
        Action::Travel(travel) => go(state, travel, fx),
        Action::ChooseSession(id) => state.session = Some(id),
        Action::ChooseTab(tab) => state.tab = tab,
        Action::ChoosePane(pane) => state.pane = pane,
        Action::Resize(edge, width) => {
            let widths = &mut state.widths;
            match edge {
                Edge::Code => widths.code = width.clamp(Widths::LEAST, Widths::most(widths.results)),
                Edge::Results => widths.results = width.clamp(Widths::LEAST, Widths::most(widths.code)),
            }
        }
        Action::ChooseEra(era) => {
            state.era = era;
            state.legacy_proposed = false;
            say(state, era_words(era));
        }
        Action::ChooseTheme(theme) => {
            state.theme = theme;
            fx.push(Effect::Paint(theme));
        }
        Action::Reveal(line) => {
            reveal(state, line, true);
            state.pane = Pane::Code;
        }
        Action::UndoRepairs => undo_repairs(state),
        Action::DismissRepairs => state.repairs = None,
        Action::DismissLegacy => state.legacy_proposed = false,
        Action::PutBack => {
            if let Some(Notice { offer: Offer::PutBack(own), .. }) = state.notice.take() {
                state.source = own;
                say(state, "Your code is back.");
            }
        }
        Action::DismissNotice => state.notice = None,
        Action::Heard(events) => {
            for event in events {
                hear(state, event, fx);
            }
            if state.engine == Engine::Starting {
                state.engine = Engine::Ready { sqlite: String::new() };
            }
        }
        Action::Crashed(reason) => {
            // The browser's own word before ours.
            let reason = reason.trim().trim_start_matches("Uncaught ").trim_start_matches("Error: ");
            let why = if reason.is_empty() { String::new() } else { format!(": {}", one_line(reason)) };
            if state.engine == Engine::Starting {
                // Another one would fare no better; the reader decides when to try.
                let text = format!("The engine could not start{why}. Your code is kept.");
                lose(state, text, Engine::Failed);
            } else {
                let text = format!("The engine stopped{why}. A new one is ready and your code is kept.");
                lose(state, text, Engine::Starting);
                fx.push(Effect::Restart);
            }
        }
        Action::StopUnanswered(number) => {
            if state.run.number == number && state.is_running() {
                let text = "A statement would not let go, so the engine was restarted. Your code is kept.";
                lose(state, text.to_owned(), Engine::Starting);
                fx.push(Effect::Restart);
            }
        }
    }
    effects
}

/// Runs the code, by way of a repair when it still wears a console's prompts.
fn ask_for_run(state: &mut State, stop_at_first: bool, fx: &mut Vec<Effect>) {
    wake(state, fx);
    let wants_check = has_prompts(&state.source) && state.as_is.as_ref() != Some(&state.source);
    if wants_check {
        state.run.stop_at_first = stop_at_first;
        check(state, true, fx);
    } else {
        start(state, stop_at_first, fx);
    }
}

/// Tries again to start an engine that failed to.
fn wake(state: &mut State, fx: &mut Vec<Effect>) {
    if state.engine == Engine::Failed {
        state.engine = Engine::Starting;
        fx.push(Effect::Restart);
    }
}

fn check(state: &mut State, then_run: bool, fx: &mut Vec<Effect>) {
    state.checking = Some(Checking { source: state.source.clone(), then_run });
    fx.push(Effect::Send(Request::Repair { source: state.source.to_string() }));
}

fn start(state: &mut State, stop_at_first: bool, fx: &mut Vec<Effect>) {
    let number = state.run.number + 1;
    state.run = Run { number, phase: Phase::Asked, source: state.source.clone(), stop_at_first, batches: 0 };
    state.log = Log::new(number);
    state.moment = Moment::Present;
    // What is set aside stays on offer.
    state.notice.take_if(|notice| !matches!(notice.offer, Offer::PutBack(_)));
    state.checking = None;
    state.session = None;
    say(state, "Running.");
    fx.push(Effect::Send(Request::Run { source: state.source.to_string(), era: state.era }));
}

/// Nothing has run, or the code changed: run, and stand at the first line. Else on to
/// the next line; after the last one, to the present, and then from the first again.
fn step(state: &mut State, fx: &mut Vec<Effect>) {
    if state.is_running() {
        return;
    }
    if !state.is_as_run() || state.run.phase == Phase::Lost {
        ask_for_run(state, true, fx);
        return;
    }
    let next = match state.moment {
        Moment::Present => state.log.first_moment(),
        Moment::Past(tick) => state.log.moment_after(tick),
    };
    go(state, next.map_or(Travel::Last, Travel::To), fx);
    let place = match state.current_tick() {
        Some(tick) if tick.line > 0 => format!("Line {}.", tick.line),
        _ => "The end.".to_owned(),
    };
    say(state, place);
}

fn stop(state: &mut State, fx: &mut Vec<Effect>) {
    if state.is_running() {
        fx.push(Effect::Send(Request::Stop));
        fx.push(Effect::AwaitStop(state.run.number));
    }
}

fn reset(state: &mut State, fx: &mut Vec<Effect>) {
    let number = state.run.number + 1;
    state.run = Run { number, ..Run::default() };
    state.log = Log::new(number);
    state.moment = Moment::Present;
    state.view = None;
    state.asking = Asking::Nothing;
    state.session = None;
    state.notice = None;
    say(state, "Everything is empty again; the code is kept.");
    fx.push(Effect::Send(Request::Reset));
}

fn press(state: &mut State, verb: Verb, fx: &mut Vec<Effect>) {
    if state.why_not_press().is_some() {
        return;
    }
    if let Some(session) = state.shown_session().map(|session| session.id) {
        fx.push(Effect::Send(Request::Act { session, verb }));
    }
}

fn go(state: &mut State, travel: Travel, fx: &mut Vec<Effect>) {
    let (Some(last), Some(here)) = (state.log.last(), state.tick()) else { return };
    let first = state.log.start();
    let to = match travel {
        Travel::First => first,
        Travel::Back => here.saturating_sub(1).max(first),
        Travel::Forward => here.saturating_add(1),
        Travel::Last => last,
        Travel::To(tick) => tick,
    };
    let moment = if to >= last { Moment::Present } else { Moment::Past(to) };
    if moment != state.moment {
        state.moment = moment;
        look(state, fx);
    }
}

/// Asks for the moment on show, unless a question is under way already.
fn look(state: &mut State, fx: &mut Vec<Effect>) {
    if state.run.phase == Phase::Lost || state.run.phase == Phase::Idle {
        return;
    }
    state.asking = match state.asking {
        Asking::Nothing => {
            let tick = match state.moment {
                Moment::Present => PRESENT,
                Moment::Past(tick) => tick,
            };
            fx.push(Effect::Send(Request::View { tick }));
            Asking::Once
        }
        Asking::Once | Asking::Again => Asking::Again,
    };
}

/// The question was answered, one way or the other.
fn answered(state: &mut State, fx: &mut Vec<Effect>) {
    let again = state.asking == Asking::Again;
    state.asking = Asking::Nothing;
    if again {
        look(state, fx);
    }
}

fn hear(state: &mut State, event: Event, fx: &mut Vec<Effect>) {
    match event {
        Event::Ready { sqlite } => state.engine = Engine::Ready { sqlite },
        Event::Repaired { source, repairs, era } => {
            let Some(checking) = state.checking.take() else { return };
            if checking.source != state.source {
                return; // The text was edited meanwhile: what was found is about another text.
            }
            state.legacy_proposed = era == Era::Legacy && state.era != Era::Legacy;
            if !repairs.is_empty() {
                let n = repairs.len();
                state.source = source.into();
                say(state, format!("{} in the pasted text; see above the code.", count(n, "repair")));
                state.repairs =
                    Some(Repaired { before: checking.source, after: state.source.clone(), repairs });
            }
            if checking.then_run {
                start(state, state.run.stop_at_first, fx);
            }
        }
        Event::Started { .. } => {
            if state.run.phase == Phase::Asked {
                state.run.phase = Phase::Running;
                state.asking = Asking::Nothing;
            }
        }
        Event::Ticks(_) | Event::Finished { .. } | Event::View(_) if state.run.phase == Phase::Asked => {}
        Event::Ticks(ticks) => take_ticks(state, ticks, fx),
        Event::Finished { status } => {
            state.run.phase = Phase::Done(status);
            let words = state.outcome();
            say(state, words);
            look(state, fx);
        }
        Event::View(view) => {
            if state.run.phase != Phase::Idle {
                state.view = Some((*view).into());
            }
            answered(state, fx);
        }
        Event::Refused { reason } => {
            state.checking = None;
            state.notice = Some(Notice { text: reason, offer: Offer::Nothing });
            answered(state, fx);
        }
    }
}

fn take_ticks(state: &mut State, ticks: Vec<Tick>, fx: &mut Vec<Effect>) {
    if state.run.phase == Phase::Idle || state.run.phase == Phase::Lost {
        return;
    }
    let pressed = ticks.iter().find_map(|tick| match &tick.kind {
        TickKind::Action { session, verb } => Some(format!("{session}: {}.", verb_words(*verb))),
        _ => None,
    });
    let failed = ticks.iter().rev().find_map(|tick| match &tick.kind {
        TickKind::Error(error) if tick.line == 0 => Some(error_words(error)),
        _ => None,
    });
    state.log.append(ticks);
    if let Some(words) = failed.or(pressed) {
        say(state, words);
    }
    if state.run.stop_at_first
        && let Some(first) = state.log.first_moment()
    {
        state.run.stop_at_first = false;
        state.moment = Moment::Past(first);
        look(state, fx);
    }
    state.run.batches += 1;
    let due = !state.is_running() || state.run.batches % LOOK_EVERY == 1;
    if due && state.moment == Moment::Present {
        look(state, fx);
    }
}

/// The worker is gone: keep what is on screen.
fn lose(state: &mut State, text: String, engine: Engine) {
    let ran = state.run.phase != Phase::Idle;
    if ran {
        state.run.phase = Phase::Lost;
    }
    state.engine = engine;
    state.asking = Asking::Nothing;
    state.checking = None;
    say(state, text.clone());
    state.notice = Some(Notice { text, offer: if ran { Offer::RunAgain } else { Offer::Nothing } });
}

/// Brings a code line into sight.
fn reveal(state: &mut State, line: u32, caret: bool) {
    let wish = state.reveal.map_or(1, |reveal| reveal.wish + 1);
    state.reveal = Some(Reveal { line, caret, wish });
}

fn undo_repairs(state: &mut State) {
    if let Some(repaired) = state.repairs.take() {
        state.source = repaired.before.clone();
        state.as_is = Some(repaired.before);
        say(state, "The pasted text is back as it was.");
    }
}

impl State {
    fn current_tick(&self) -> Option<&Tick> {
        self.log.get(self.tick()?)
    }

    /// The exception that left the script, if one did.
    #[must_use]
    pub fn failure(&self) -> Option<&ErrorReport> {
        self.log.failure().and_then(|at| match &self.log.get(at)?.kind {
            TickKind::Error(error) => Some(error),
            _ => None,
        })
    }

    /// How the run ended, in a sentence.
    #[must_use]
    pub fn outcome(&self) -> String {
        let sent = count(self.log.statements() as usize, "statement");
        match self.run.phase {
            Phase::Done(Status::Error) => {
                self.failure().map_or_else(|| "The run ended with an error.".to_owned(), error_words)
            }
            Phase::Done(Status::Exit) => format!("The script ended itself after {sent}."),
            Phase::Done(Status::Stopped) => format!("Stopped after {sent}."),
            _ => format!("Finished: {sent}."),
        }
    }
}

fn say(state: &mut State, words: impl Into<String>) {
    state.announcement = words.into();
}

/// Whether the text wears a console's prompts or a document's fences.
fn has_prompts(source: &str) -> bool {
    source.lines().map(str::trim_start).any(|line| {
        line.starts_with(">>> ")
            || line.starts_with("```")
            || (line.starts_with("In [") && line.contains("]:"))
    })
}

fn error_words(error: &ErrorReport) -> String {
    match error.line.or(error.top) {
        Some(line) => format!("{} on line {line}.", error.class),
        None => format!("{}.", error.class),
    }
}

fn verb_words(verb: Verb) -> &'static str {
    match verb {
        Verb::Flush => "flushed",
        Verb::Commit => "committed",
        Verb::Rollback => "rolled back",
    }
}

fn era_words(era: Era) -> &'static str {
    match era {
        Era::Modern => "The next run has SQLAlchemy 2.1's semantics.",
        Era::Legacy => "The next run has SQLAlchemy 1.4's semantics.",
    }
}

/// The first line of a longer reason, without its full stop.
fn one_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_end_matches('.')
}

#[cfg(test)]
#[path = "reduce_tests.rs"]
mod tests;
