//! The host: carries requests out and tells what happened.

use std::collections::BTreeMap;
use std::rc::Rc;

use ormscope::engine::{Cache, Stats, driver::SqliteDriver};
use ormscope::types::{SessionId, StateId};
use ormscope_script::object::Unwind;
use ormscope_script::repair;

use crate::protocol::{Era, Event, Repair, Request, Statement, Status, TickKind, Verb};
use crate::report::{is_clean_exit, report};
use crate::run::{Run, Step};
use crate::sink::{Clock, Happening};
use crate::timeline::{Change, Timeline};
use crate::view;

/// Instructions in a slice: some milliseconds.
const FUEL: u64 = 20_000;
/// Lines in a slice.
const LINES: u32 = 200;

/// Owns a workspace: the script that runs or has run, its sessions, its log.
///
/// ```
/// use ormscope_host::Host;
/// use ormscope_host::protocol::{Era, Event, Request, Status};
///
/// let mut host = Host::new(0, (0, 0));
/// host.handle(Request::Run { source: "print('hello')".into(), era: Era::Modern });
/// while host.work() {}
/// assert!(host.take_events().contains(&Event::Finished { status: Status::Ok }));
/// ```
pub struct Host {
    seed: u64,
    clock: Clock,
    run: Option<Run>,
    running: bool,
    stopping: bool,
    /// The line that is being executed.
    line: u32,
    runs: u32,
    timeline: Timeline,
    /// The card of each state that has one.
    serials: BTreeMap<StateId, u32>,
    names: view::Names,
    /// What the databases and sessions looked like at the last tick, in short.
    readings: view::Readings,
    outline: view::Outline,
    events: Vec<Event>,
    pending: Vec<TickKind>,
}

impl Host {
    /// An empty workspace. The seed and the clock (seconds and microseconds
    /// since 1970, UTC) are the script's.
    pub fn new(seed: u64, (seconds, micros): (i64, u32)) -> Host {
        Host {
            seed,
            clock: Clock { seconds, micros },
            run: None,
            running: false,
            stopping: false,
            line: 0,
            runs: 0,
            timeline: Timeline::default(),
            serials: BTreeMap::new(),
            names: view::Names::new(),
            readings: view::Readings::default(),
            outline: view::Outline::new(),
            events: vec![Event::Ready { sqlite: SqliteDriver::version().to_string() }],
            pending: Vec::new(),
        }
    }

    /// Carries a request out; what takes long is begun and goes on in [`Host::work`].
    pub fn handle(&mut self, request: Request) {
        match request {
            Request::Repair { source } => {
                let repaired = repair::repair(&source);
                let repairs = repaired.repairs.into_iter().map(|repair| Repair {
                    line: repair.line,
                    before: repair.before,
                    after: repair.after,
                    why: repair.why,
                });
                self.events.push(Event::Repaired {
                    source: repaired.source,
                    repairs: repairs.collect(),
                    era: if repaired.legacy { Era::Legacy } else { Era::Modern },
                });
            }
            Request::Run { source, era } => self.start(&source, era),
            Request::Stop => {
                if self.running {
                    self.stopping = true;
                }
            }
            Request::Act { session, verb } => self.act(session, verb),
            Request::View { tick } => match self.timeline.view(tick) {
                Some(view) => self.events.push(Event::View(Box::new(view))),
                None => self.refuse("This moment is too long ago: the log keeps only the latest ones."),
            },
            Request::Reset => {
                self.forget();
                self.events.push(Event::View(Box::default()));
            }
        }
    }

    /// Runs one slice of what is under way. True while there is more.
    pub fn work(&mut self) -> bool {
        self.work_for(LINES)
    }

    /// Runs a slice of at most so many lines. True while there is more.
    pub fn work_for(&mut self, lines: u32) -> bool {
        if !self.running {
            return false;
        }
        if self.stopping
            && let Some(run) = &mut self.run
        {
            run.vm.interrupt();
        }
        for _ in 0..lines {
            let Some(run) = &mut self.run else { return false };
            match run.step(FUEL) {
                Step::Line(next) => {
                    self.end_line();
                    self.line = next;
                }
                Step::Paused => return true,
                Step::Finished => {
                    self.end_line();
                    self.finish(Status::Ok);
                    return false;
                }
                Step::Raised(unwind) => {
                    self.end_with(&unwind);
                    return false;
                }
            }
        }
        true
    }

    /// What happened since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    fn forget(&mut self) {
        self.run = None;
        self.running = false;
        self.stopping = false;
        self.line = 0;
        self.timeline = Timeline::default();
        self.serials.clear();
        self.names.clear();
        self.readings = view::Readings::default();
        self.outline.clear();
    }

    fn start(&mut self, source: &str, era: Era) {
        self.forget();
        self.runs += 1;
        self.events.push(Event::Started { run: self.runs });
        let (run, started) = Run::start(source, era, self.clock, self.seed);
        self.run = Some(run);
        self.running = true;
        if let Err(unwind) = started {
            self.end_with(&unwind);
        }
    }

    /// A line has been executed: everything it did becomes ticks, the line
    /// itself last, with what is to be seen now.
    fn end_line(&mut self) {
        self.gather();
        if self.line != 0 {
            self.pending.push(TickKind::Line);
        }
        self.tell();
    }

    /// Turns what happened into ticks that wait.
    fn gather(&mut self) {
        let Some(run) = &mut self.run else { return };
        let notes = run.vm.library.sqlalchemy.take_notes();
        self.pending.extend(notes.into_iter().map(|text| TickKind::Note { text }));
        let happenings = std::mem::take(&mut run.sink.borrow_mut().happenings);
        for happening in happenings {
            self.pending.push(match happening {
                // The page shows rows where they belong.
                Happening::Debug { .. } => continue,
                Happening::Output(text) => TickKind::Output { text },
                Happening::Statement { event, rows } => TickKind::Statement(Statement {
                    echo: event.echo != ormscope::engine::Echo::Off,
                    sql: event.sql,
                    parameters: event.parameters,
                    stats: event.stats.as_ref().map(bracket),
                    engine: event.engine.0 + 1,
                    cause: run
                        .vm
                        .library
                        .sqlalchemy
                        .orm()
                        .map(|orm| orm.cause_text(&event.cause))
                        .unwrap_or_default(),
                    micros: None,
                    rows: rows.and_then(|rows| u32::try_from(rows).ok()),
                }),
            });
        }
    }

    /// Records the ticks that wait; what is to be seen belongs to the last one.
    fn tell(&mut self) {
        let change = self.change();
        let mut kinds = std::mem::take(&mut self.pending);
        if kinds.is_empty() && change == Change::default() {
            return;
        }
        let last = kinds.pop().unwrap_or(TickKind::Line);
        let mut ticks: Vec<_> = kinds.into_iter().map(|kind| self.timeline.record(self.line, kind)).collect();
        ticks.push(self.timeline.record_change(self.line, last, change));
        match self.events.last_mut() {
            Some(Event::Ticks(batch)) => batch.extend(ticks),
            _ => self.events.push(Event::Ticks(ticks)),
        }
    }

    /// What looks different than at the last tick: the work follows what changed,
    /// however much is there.
    fn change(&mut self) -> Change {
        let Some(run) = &mut self.run else { return Change::default() };
        let (names, session_names) = view::names(run);
        let databases = view::databases(run, &mut self.readings);
        let Some(orm) = run.vm.library.sqlalchemy.orm_mut() else { return Change::default() };
        orm.bury();
        let mut changed = orm.states.take_changed();
        let outline = view::outline(orm, &session_names);
        let sessions = if changed.is_empty() && outline == self.outline {
            None
        } else {
            self.outline = outline;
            Some(view::sessions(orm, &session_names))
        };
        changed.extend(orm.states.take_changed());
        // A name that moved changes two cards.
        changed
            .extend(names.keys().chain(self.names.keys()).filter(|id| names.get(id) != self.names.get(id)));
        changed.sort_unstable();
        changed.dedup();
        let mut cards = Vec::new();
        for id in changed {
            let card = view::card(orm, id, &names);
            let known = self.serials.get(&id).copied();
            let serial = card.as_ref().map(|card| card.id);
            if let Some(known) = known.filter(|known| serial != Some(*known)) {
                // Its place may belong to another object already.
                cards.push((known, None));
                self.serials.remove(&id);
            }
            if let (Some(serial), Some(card)) = (serial, card) {
                self.serials.insert(id, serial);
                if self.timeline.card(serial) != Some(&card) {
                    cards.push((serial, Some(Rc::new(card))));
                }
            }
        }
        self.names = names;
        let last = self.timeline.last();
        Change {
            cards,
            sessions: sessions.filter(|sessions| last.sessions != *sessions),
            databases: databases.filter(|databases| last.databases != *databases),
        }
    }

    fn end_with(&mut self, unwind: &Unwind) {
        self.gather();
        let Some(run) = &mut self.run else { return };
        let status = match unwind {
            Unwind::Interrupted if self.stopping => Status::Stopped,
            unwind if is_clean_exit(run, unwind) => Status::Exit,
            unwind => {
                let error = report(run, unwind);
                self.line = error.line.unwrap_or(self.line);
                self.pending.push(TickKind::Error(error));
                Status::Error
            }
        };
        self.tell();
        self.finish(status);
    }

    fn finish(&mut self, status: Status) {
        self.running = false;
        self.stopping = false;
        self.events.push(Event::Finished { status });
    }

    /// A session's button: what its method does in a script.
    fn act(&mut self, session: u32, verb: Verb) {
        if self.running {
            return self.refuse("The script is still running. Stop it first, or wait until it is done.");
        }
        let Some(run) = &mut self.run else {
            return self.refuse("There is no session yet: run a script first.");
        };
        let id = SessionId(session.saturating_sub(1));
        let Some(object) = view::session_object(run, id) else {
            return self.refuse("The script has let this session go: nothing holds it any more.");
        };
        let (_, names) = view::names(run);
        let name = names.get(&id).cloned().unwrap_or_else(|| format!("session {session}"));
        let method = match verb {
            Verb::Flush => "flush",
            Verb::Commit => "commit",
            Verb::Rollback => "rollback",
        };
        self.line = 0;
        let done = run.vm.call_method(&object, method, Vec::new());
        self.pending.push(TickKind::Action { session: name, verb });
        self.gather();
        if let (Err(unwind), Some(run)) = (done, &mut self.run) {
            let error = report(run, &unwind);
            self.pending.push(TickKind::Error(error));
        }
        self.tell();
    }

    fn refuse(&mut self, reason: &str) {
        self.events.push(Event::Refused { reason: reason.to_string() });
    }
}

/// The log's bracket, without times.
fn bracket(stats: &Stats) -> String {
    let cache = match stats.cache {
        Cache::Generated => "generated in",
        Cache::Cached => "cached since",
        Cache::Batch => "insertmanyvalues",
        Cache::NoKey => "no key",
        Cache::RawSql => "raw sql",
        Cache::Disabled => "caching disabled",
    };
    match &stats.batch {
        Some(batch) => format!("{cache} {batch}"),
        None => cache.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::Host;
    use crate::protocol::{Era, Event, Request, Status, TickKind};

    fn run(source: &str, era: Era) -> Vec<Event> {
        let mut host = Host::new(0, (0, 0));
        host.handle(Request::Run { source: source.into(), era });
        while host.work() {}
        host.take_events()
    }

    #[test]
    fn a_legacy_construct_carries_a_note() {
        let events =
            run("from sqlalchemy import *\nMetaData('sqlite://')\nMetaData('sqlite://')", Era::Legacy);
        let ticks = events
            .iter()
            .filter_map(|event| if let Event::Ticks(ticks) = event { Some(ticks) } else { None });
        let notes = ticks.flatten().filter(|tick| matches!(tick.kind, TickKind::Note { .. })).count();
        assert_eq!(notes, 1);
    }

    #[test]
    fn a_statement_that_never_ends_is_stopped_and_the_session_goes_on() {
        let endless =
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
        let source = format!(
            "from sqlalchemy import create_engine, text\nfrom sqlalchemy.exc import OperationalError\n\
             c = create_engine('sqlite://').connect()\ntry:\n    c.execute(text('{endless}'))\n\
             except OperationalError as error:\n    print('stopped' in str(error))\nprint(c.scalar(text('select 1')))\n"
        );
        let events = run(&source, Era::Modern);
        let printed: String = events
            .iter()
            .filter_map(|event| if let Event::Ticks(ticks) = event { Some(ticks) } else { None })
            .flatten()
            .filter_map(
                |tick| if let TickKind::Output { text } = &tick.kind { Some(text.as_str()) } else { None },
            )
            .collect();
        assert_eq!(printed, "True\n1\n");
        assert_eq!(events.last(), Some(&Event::Finished { status: Status::Ok }));
    }

    #[test]
    fn a_card_has_only_the_fields_of_its_class() {
        let source = "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\
            class Base(DeclarativeBase):\n    pass\n\
            class Animal(Base):\n    __tablename__ = 'animal'\n    id: Mapped[int] = mapped_column(primary_key=True)\n\
            class Bird(Animal):\n    wings: Mapped[int | None]\n\
            a = Animal(id=1)\n";
        let mut host = Host::new(0, (0, 0));
        host.handle(Request::Run { source: source.into(), era: Era::Modern });
        while host.work() {}
        host.handle(Request::View { tick: u32::MAX });
        let events = host.take_events();
        let views = events.iter().filter_map(|event| match event {
            Event::View(view) => Some(&view.cards),
            _ => None,
        });
        let fields = views.flatten().flat_map(|card| &card.fields);
        assert_eq!(fields.map(|field| field.name.as_str()).collect::<Vec<_>>(), ["id"]);
    }
}
