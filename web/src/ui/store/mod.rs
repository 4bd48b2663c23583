//! The store: one [`State`], every [`Action`] that changes it, and one pure function
//! [`reduce`](reduce::reduce) from the one to the next.
//!
//! It knows no browser: what must happen outside is returned as [`Effect`]s. Its
//! counterpart is Elm's `update`.

mod log;
mod reduce;

pub use log::{Entry, LineFacts, Log, is_transaction};
pub use reduce::reduce;

use std::rc::Rc;

use ormscope_host::protocol::{Era, Event, Repair, Request, SessionView, Status, Verb, View};

/// Everything the page shows.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The code in the editor.
    pub source: Rc<str>,
    /// The example it came from, so that the reader's own code is told apart.
    pub opened: Rc<str>,
    /// Whose semantics the next run gets.
    pub era: Era,
    /// The worker.
    pub engine: Engine,
    /// The run.
    pub run: Run,
    /// What happened in it.
    pub log: Log,
    /// The moment on show.
    pub moment: Moment,
    /// That moment, as last received.
    pub view: Option<Rc<View>>,
    /// The question for a view that is under way.
    pub asking: Asking,
    /// The session the reader chose; else the youngest is shown.
    pub session: Option<u32>,
    /// The tab of the results.
    pub tab: Tab,
    /// The pane on show where there is room for one only.
    pub pane: Pane,
    /// How wide the panes are.
    pub widths: Widths,
    /// Pasted text on its way through the worker.
    pub checking: Option<Checking>,
    /// What was repaired in pasted text.
    pub repairs: Option<Repaired>,
    /// The text the reader wants as it is.
    pub as_is: Option<Rc<str>>,
    /// Whether the text looks as if written for SQLAlchemy 1.x.
    pub legacy_proposed: bool,
    /// A message above the panes.
    pub notice: Option<Notice>,
    /// A code line to scroll to.
    pub reveal: Option<Reveal>,
    /// Colours.
    pub theme: Theme,
    /// What a screen reader is told.
    pub announcement: String,
}

/// The worker's life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// It loads.
    #[default]
    Starting,
    /// It listens.
    Ready {
        /// SQLite's version, once it is known.
        sqlite: String,
    },
    /// It died before it listened; the next run tries again.
    Failed,
}

/// A run of the code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Counts the runs that were asked for.
    pub number: u32,
    /// How far it is.
    pub phase: Phase,
    /// What was run.
    pub source: Rc<str>,
    /// Show the first line's moment as soon as there is one.
    pub stop_at_first: bool,
    /// Batches received, so that a long run is looked at now and then.
    batches: u32,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing has run.
    #[default]
    Idle,
    /// Asked for; what still arrives belongs to an earlier run.
    Asked,
    /// It runs.
    Running,
    /// It ended; its sessions live on.
    Done(Status),
    /// The worker that held it is gone.
    Lost,
}

/// The moment on show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moment {
    /// The last tick, and whatever follows.
    #[default]
    Present,
    /// A tick of the past.
    Past(u32),
}

/// At most one question for a view is under way; the newest wish waits for its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asking {
    /// None.
    #[default]
    Nothing,
    /// One.
    Once,
    /// One, and its answer is stale already.
    Again,
}

/// Text that the worker looks at before it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checking {
    /// The text.
    pub source: Rc<str>,
    /// Run it afterwards.
    pub then_run: bool,
}

/// A repair that was made and can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The text before.
    pub before: Rc<str>,
    /// The text after.
    pub after: Rc<str>,
    /// Every change.
    pub repairs: Vec<Repair>,
}

/// A message above the panes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened, and why.
    pub text: String,
    /// The way out.
    pub offer: Offer,
}

/// What a message offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Nothing but to be read: something failed.
    Nothing,
    /// To run again: the engine was lost.
    RunAgain,
    /// To have the reader's own code back, which an example replaced.
    PutBack(Rc<str>),
}

/// A wish to see a code line; the number makes two wishes for one line differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reveal {
    /// The line, from 1.
    pub line: u32,
    /// Whether the caret goes there too.
    pub caret: bool,
    /// Counts the wishes.
    pub wish: u32,
}

/// The tabs of the results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// SQL and output, in order.
    #[default]
    Echo,
    /// Rows on both sides of the transaction.
    Database,
    /// The run as text.
    Transcript,
}

/// The panes, where only one has room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The editor.
    #[default]
    Code,
    /// The stage and the flush plan.
    Session,
    /// Echo, database, transcript.
    Results,
}

/// How wide the outer panes are, in parts of a hundred; the middle one has the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Widths {
    /// The code's.
    pub code: u32,
    /// The results'.
    pub results: u32,
}

impl Default for Widths {
    fn default() -> Self {
        Self { code: 34, results: 29 }
    }
}

impl Widths {
    /// No pane is narrower than this.
    pub const LEAST: u32 = 16;

    /// How wide a pane may be beside another one.
    #[must_use]
    pub fn most(other: u32) -> u32 {
        100 - Self::LEAST - other
    }
}

/// A pane whose inner edge can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The code's right edge.
    Code,
    /// The results' left edge.
    Results,
}

/// Colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light, whatever the system says.
    Light,
    /// Dark, whatever the system says.
    Dark,
}

/// Where the timeline goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travel {
    /// To the first tick.
    First,
    /// One tick back.
    Back,
    /// One tick on.
    Forward,
    /// To the present.
    Last,
    /// To this tick.
    To(u32),
}

/// Everything that can happen to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The code was typed in.
    Edit(String),
    /// Text was pasted; this is the whole code afterwards.
    Paste(String),
    /// An example was chosen: show it and run it.
    Open(String),
    /// The button *Run*.
    Run,
    /// The button *Step*.
    Step,
    /// The button *Stop*.
    Stop,
    /// The button *Reset*.
    Reset,
    /// A session's button.
    Press(Verb),
    /// The timeline.
    Travel(Travel),
    /// A session was chosen by name.
    ChooseSession(u32),
    /// A tab of the results was chosen.
    ChooseTab(Tab),
    /// A pane was chosen on a small screen.
    ChoosePane(Pane),
    /// A pane was made so wide, in parts of a hundred.
    Resize(Edge, u32),
    /// An era was chosen.
    ChooseEra(Era),
    /// Other colours were chosen.
    ChooseTheme(Theme),
    /// A jump to a code line.
    Reveal(u32),
    /// Take the pasted text back.
    UndoRepairs,
    /// Hide the list of repairs.
    DismissRepairs,
    /// Leave the proposed era.
    DismissLegacy,
    /// Put back the code that an example replaced.
    PutBack,
    /// Hide the message.
    DismissNotice,
    /// The worker spoke.
    Heard(Vec<Event>),
    /// The worker died.
    Crashed(String),
    /// The worker did not answer *Stop* of this run.
    StopUnanswered(u32),
}

/// What must happen outside the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send a request to the worker.
    Send(Request),
    /// End the worker and start another.
    Restart,
    /// Come back with [`Action::StopUnanswered`] in a while.
    AwaitStop(u32),
    /// Apply and remember the colours.
    Paint(Theme),
}

impl State {
    /// A page that greets with this code.
    #[must_use]
    pub fn greeting(source: &str, theme: Theme) -> Self {
        Self { source: source.into(), opened: source.into(), theme, ..Self::default() }
    }

    /// Whether a script runs, or is about to.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.run.phase, Phase::Asked | Phase::Running)
    }

    /// The tick on show.
    #[must_use]
    pub fn tick(&self) -> Option<u32> {
        match self.moment {
            Moment::Present => self.log.last(),
            Moment::Past(tick) => Some(tick),
        }
    }

    /// The line just executed at the moment on show.
    #[must_use]
    pub fn current_line(&self) -> Option<u32> {
        self.view.as_ref().map(|view| view.line).filter(|line| *line > 0)
    }

    /// Whether the code on show is the code that ran.
    #[must_use]
    pub fn is_as_run(&self) -> bool {
        self.run.phase != Phase::Idle && self.run.source == self.source
    }

    /// The session on show: the chosen one, else the youngest.
    #[must_use]
    pub fn shown_session(&self) -> Option<&SessionView> {
        let sessions = &self.view.as_ref()?.sessions;
        let chosen = self.session.and_then(|id| sessions.iter().find(|session| session.id == id));
        chosen.or(sessions.last())
    }

    /// Why the session's buttons do nothing now; none when they work.
    #[must_use]
    pub fn why_not_press(&self) -> Option<&'static str> {
        match self.run.phase {
            Phase::Idle => Some("Run the code first."),
            Phase::Asked | Phase::Running => Some("The code is running."),
            Phase::Lost => Some("The engine was restarted. Run again."),
            Phase::Done(_) if self.moment != Moment::Present => Some("You are looking back."),
            Phase::Done(_) if self.shown_session().is_none() => Some("There is no session yet."),
            Phase::Done(_) => None,
        }
    }
}
