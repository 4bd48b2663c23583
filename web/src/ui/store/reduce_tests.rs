//! What the page does, told as actions and events.

use ormscope_host::protocol::{Era, Event, Repair, Request, Status, Verb};

use super::*;
use crate::fixture;

fn finished() -> State {
    let mut state = State::greeting("a = 1\nb = 2\n", super::super::Theme::System);
    reduce(&mut state, Action::Run);
    reduce(&mut state, Action::Heard(fixture::events()));
    // The picture asked for while it ran, and the one asked for at its end.
    reduce(&mut state, Action::Heard(vec![Event::View(Box::new(fixture::view(8)))]));
    assert_eq!(state.asking, Asking::Nothing);
    state
}

fn sent(effects: &[Effect]) -> Vec<&Request> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Send(request) = effect { Some(request) } else { None })
        .collect()
}

#[test]
fn run_sends_the_code_and_then_looks_at_the_present() {
    let mut state = State::greeting("a = 1\n", super::super::Theme::System);
    let effects = reduce(&mut state, Action::Run);
    assert_eq!(sent(&effects), [&Request::Run { source: "a = 1\n".into(), era: Era::Modern }]);
    assert!(state.is_running());
    reduce(&mut state, Action::Heard(vec![Event::Started { run: 1 }]));
    let effects = reduce(&mut state, Action::Heard(vec![Event::Finished { status: Status::Ok }]));
    assert_eq!(sent(&effects), [&Request::View { tick: PRESENT }]);
    assert!(!state.is_running());
}

#[test]
fn ticks_of_an_earlier_run_are_left_out() {
    let mut state = finished();
    reduce(&mut state, Action::Run);
    reduce(&mut state, Action::Heard(vec![Event::Ticks(vec![fixture::line(99, 7)])]));
    assert!(state.log.is_empty());
}

#[test]
fn looking_back_asks_for_that_tick_and_disables_the_buttons() {
    let mut state = finished();
    assert_eq!(state.why_not_press(), None);
    let effects = reduce(&mut state, Action::Travel(Travel::First));
    assert_eq!(sent(&effects), [&Request::View { tick: 0 }]);
    assert_eq!(state.why_not_press(), Some("You are looking back."));
    assert!(reduce(&mut state, Action::Press(Verb::Flush)).is_empty());
    reduce(&mut state, Action::Travel(Travel::Last));
    assert_eq!(state.moment, Moment::Present);
}

#[test]
fn only_one_question_is_under_way() {
    let mut state = finished();
    assert_eq!(sent(&reduce(&mut state, Action::Travel(Travel::To(1)))).len(), 1);
    assert!(reduce(&mut state, Action::Travel(Travel::To(2))).is_empty());
    assert!(reduce(&mut state, Action::Travel(Travel::To(3))).is_empty());
    let effects = reduce(&mut state, Action::Heard(vec![Event::View(Box::default())]));
    assert_eq!(sent(&effects), [&Request::View { tick: 3 }]);
    assert!(reduce(&mut state, Action::Heard(vec![Event::View(Box::default())])).is_empty());
}

#[test]
fn step_goes_from_line_to_line_and_round() {
    let mut state = finished();
    let moments: Vec<u32> =
        std::iter::successors(state.log.first_moment(), |at| state.log.moment_after(*at)).collect();
    assert!(moments.len() > 2);
    for moment in &moments {
        reduce(&mut state, Action::Step);
        assert_eq!(state.tick(), Some(*moment));
    }
    reduce(&mut state, Action::Step);
    assert_eq!(state.moment, Moment::Present);
    reduce(&mut state, Action::Step);
    assert_eq!(state.tick(), moments.first().copied());
}

#[test]
fn step_after_an_edit_runs_again_and_stands_at_the_first_line() {
    let mut state = finished();
    reduce(&mut state, Action::Edit("c = 3\n".into()));
    let effects = reduce(&mut state, Action::Step);
    assert!(matches!(sent(&effects)[..], [Request::Run { .. }]));
    let ticks = vec![fixture::line(0, 1), fixture::line(1, 2)];
    reduce(&mut state, Action::Heard(vec![Event::Started { run: 2 }, Event::Ticks(ticks)]));
    assert_eq!(state.moment, Moment::Past(0));
}

#[test]
fn pasted_text_is_repaired_visibly_and_can_be_undone() {
    let mut state = State::default();
    let effects = reduce(&mut state, Action::Paste(">>> a = 1\n".into()));
    assert_eq!(sent(&effects), [&Request::Repair { source: ">>> a = 1\n".into() }]);
    let repair =
        Repair { line: 1, before: ">>> a = 1".into(), after: "a = 1".into(), why: "a prompt".into() };
    let event = Event::Repaired { source: "a = 1\n".into(), repairs: vec![repair], era: Era::Legacy };
    reduce(&mut state, Action::Heard(vec![event]));
    assert_eq!(&*state.source, "a = 1\n");
    assert!(state.repairs.is_some() && state.legacy_proposed);
    reduce(&mut state, Action::UndoRepairs);
    assert_eq!(&*state.source, ">>> a = 1\n");
    let effects = reduce(&mut state, Action::Run);
    assert!(matches!(sent(&effects)[..], [Request::Run { .. }]), "text that was put back runs as it is");
}

#[test]
fn run_repairs_prompts_first() {
    let mut state = State::default();
    reduce(&mut state, Action::Edit("In [1]: a = 1\n".into()));
    let effects = reduce(&mut state, Action::Run);
    assert!(matches!(sent(&effects)[..], [Request::Repair { .. }]));
    let repair =
        Repair { line: 1, before: "In [1]: a = 1".into(), after: "a = 1".into(), why: "a prompt".into() };
    let event = Event::Repaired { source: "a = 1\n".into(), repairs: vec![repair], era: Era::Modern };
    let effects = reduce(&mut state, Action::Heard(vec![event]));
    assert_eq!(sent(&effects), [&Request::Run { source: "a = 1\n".into(), era: Era::Modern }]);
}

#[test]
fn a_repair_of_text_that_was_edited_meanwhile_is_dropped() {
    let mut state = State::default();
    reduce(&mut state, Action::Paste(">>> a".into()));
    reduce(&mut state, Action::Edit(">>> ab".into()));
    let event = Event::Repaired { source: "a".into(), repairs: Vec::new(), era: Era::Modern };
    reduce(&mut state, Action::Heard(vec![event]));
    assert_eq!(&*state.source, ">>> ab");
}

#[test]
fn a_crash_keeps_code_and_picture_and_offers_to_run_again() {
    let mut state = finished();
    let view = state.view.clone();
    let effects = reduce(&mut state, Action::Crashed("unreachable".into()));
    assert_eq!(effects, [Effect::Restart]);
    assert_eq!(&*state.source, "a = 1\nb = 2\n");
    assert_eq!(state.view, view);
    assert!(state.notice.as_ref().is_some_and(|notice| notice.offer == Offer::RunAgain));
    assert!(reduce(&mut state, Action::Travel(Travel::First)).is_empty(), "nobody is there to ask");
}

#[test]
fn an_unanswered_stop_restarts_only_its_own_run() {
    let mut state = finished();
    reduce(&mut state, Action::Run);
    let number = state.run.number;
    assert!(reduce(&mut state, Action::StopUnanswered(number - 1)).is_empty());
    assert_eq!(reduce(&mut state, Action::StopUnanswered(number)), [Effect::Restart]);
}

#[test]
fn a_button_acts_on_the_shown_session() {
    let mut state = finished();
    let effects = reduce(&mut state, Action::Press(Verb::Commit));
    assert_eq!(sent(&effects), [&Request::Act { session: 1, verb: Verb::Commit }]);
    let ticks = vec![fixture::pressed(state.log.len(), Verb::Commit)];
    let effects = reduce(&mut state, Action::Heard(vec![Event::Ticks(ticks)]));
    assert_eq!(sent(&effects), [&Request::View { tick: PRESENT }]);
    assert_eq!(state.announcement, "session: committed.");
}

#[test]
fn reset_empties_everything_but_the_code() {
    let mut state = finished();
    assert_eq!(reduce(&mut state, Action::Reset), [Effect::Send(Request::Reset)]);
    assert!(state.view.is_none() && state.log.is_empty());
    assert_eq!(&*state.source, "a = 1\nb = 2\n");
}

#[test]
fn no_pane_is_squeezed_away() {
    let mut state = State::default();
    reduce(&mut state, Action::Resize(Edge::Code, 95));
    assert_eq!(state.widths.code, 100 - Widths::LEAST - state.widths.results);
    reduce(&mut state, Action::Resize(Edge::Results, 0));
    assert_eq!(state.widths.results, Widths::LEAST);
}

#[test]
fn an_example_gives_the_readers_own_code_back() {
    let mut state = State::greeting("a = 1\n", super::super::Theme::System);
    reduce(&mut state, Action::Open("b = 2\n".into()));
    assert_eq!(state.notice, None, "an example may replace an example");
    reduce(&mut state, Action::Edit("mine = 3\n".into()));
    reduce(&mut state, Action::Open("b = 2\n".into()));
    assert_eq!(&*state.source, "b = 2\n");
    reduce(&mut state, Action::PutBack);
    assert_eq!(&*state.source, "mine = 3\n");
    assert_eq!(state.notice, None);
}

#[test]
fn an_engine_that_cannot_start_is_not_started_for_ever() {
    let mut state = State::greeting("a = 1\n", super::super::Theme::System);
    reduce(&mut state, Action::Run);
    assert!(reduce(&mut state, Action::Crashed("not found".into())).is_empty());
    assert!(state.notice.as_ref().is_some_and(|notice| notice.text.contains("could not start: not found")));
    let effects = reduce(&mut state, Action::Run);
    assert_eq!(effects[0], Effect::Restart);
    assert!(matches!(sent(&effects)[..], [Request::Run { .. }]));
}
