//! What the page and the worker say to each other: plain data.
//!
//! A message is one version byte and then `postcard` bytes. Requests go down,
//! events come up in batches; unknown versions and malformed bytes are errors.

use serde::{Deserialize, Serialize};

/// The first byte of every message.
pub const VERSION: u8 = 1;

/// What the page asks of the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Look at pasted text: what era is it, and what must be repaired before it
    /// can run? Answered by [`Event::Repaired`].
    Repair {
        /// The text as it was pasted.
        source: String,
    },
    /// Run a script in a fresh host. Answered by [`Event::Started`], ticks,
    /// [`Event::Finished`].
    Run {
        /// The script.
        source: String,
        /// Whose semantics it gets.
        era: Era,
    },
    /// End the script that runs.
    Stop,
    /// Press a session's button, at the present moment.
    Act {
        /// The session's number, from 1.
        session: u32,
        /// The button.
        verb: Verb,
    },
    /// Show a moment. Answered by [`Event::View`].
    View {
        /// The tick's index; past the end means the last one.
        tick: u32,
    },
    /// Forget everything: an empty workspace.
    Reset,
}

/// Whose semantics a run gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Era {
    /// SQLAlchemy 2.1
    #[default]
    Modern,
    /// The same engine with 1.4's semantics where they show.
    Legacy,
}

/// A session's buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verb {
    /// `session.flush()`
    Flush,
    /// `session.commit()`
    Commit,
    /// `session.rollback()`
    Rollback,
}

/// What the worker tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The engine is loaded.
    Ready {
        /// SQLite's version.
        sqlite: String,
    },
    /// What was done to pasted text.
    Repaired {
        /// The text as it can run.
        source: String,
        /// Every change, in order of lines; empty when nothing was wrong.
        repairs: Vec<Repair>,
        /// The era its constructs belong to.
        era: Era,
    },
    /// A run has begun; its ticks follow from index 0.
    Started {
        /// The run's number.
        run: u32,
    },
    /// Ticks that happened since the last batch.
    Ticks(Vec<Tick>),
    /// The run has ended (its sessions live on).
    Finished {
        /// How.
        status: Status,
    },
    /// The moment that was asked for.
    View(Box<View>),
    /// A request could not be carried out, with the reason for the reader.
    Refused {
        /// Why, in a sentence.
        reason: String,
    },
}

/// One repair of pasted text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// The line of the pasted text it starts at, from 1.
    pub line: u32,
    /// The line or lines before; empty for an insertion.
    pub before: String,
    /// The line or lines after; empty for a removal.
    pub after: String,
    /// Why, in a few words.
    pub why: String,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// The last line was reached.
    Ok,
    /// An exception left the script.
    Error,
    /// `sys.exit()`
    Exit,
    /// The reader stopped it.
    Stopped,
}

/// One moment of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tick {
    /// Its place in the run, from 0.
    pub index: u32,
    /// The line that was executing, from 1; 0 for a button.
    pub line: u32,
    /// What happened.
    pub kind: TickKind,
}

/// What happened at a tick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TickKind {
    /// A line of the script was executed.
    Line,
    /// The script printed.
    Output {
        /// The text, line breaks included.
        text: String,
    },
    /// A statement went to the database, or the transaction changed.
    Statement(Statement),
    /// A button was pressed.
    Action {
        /// The session's name.
        session: String,
        /// Which button.
        verb: Verb,
    },
    /// An exception left the script, or a button failed.
    Error(ErrorReport),
    /// Something the reader should know: a legacy construct, an ignored argument.
    Note {
        /// A sentence.
        text: String,
    },
}

/// A statement as SQLAlchemy would log it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The SQL, or `BEGIN (implicit)`, `COMMIT`, `ROLLBACK`.
    pub sql: String,
    /// Python's repr of the parameters; none for transaction lines.
    pub parameters: Option<String>,
    /// `generated in`, `cached since`, `raw sql`, `no key`, … as the log's bracket says it, without times.
    pub stats: Option<String>,
    /// Whether the engine echoes.
    pub echo: bool,
    /// The engine's number, from 1.
    pub engine: u32,
    /// Why it ran: `flush`, `commit`, `query`, `lazy load of User.addresses`, …
    pub cause: String,
    /// How long it took, in microseconds; an annotation outside equality of runs.
    pub micros: Option<u32>,
    /// How many rows it returned or changed.
    pub rows: Option<u32>,
}

/// An exception, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReport {
    /// The class's name: `IntegrityError`.
    pub class: String,
    /// The class's module: `sqlalchemy.exc`.
    pub module: String,
    /// `str(exc)`
    pub message: String,
    /// The line of the innermost frame, from 1.
    pub line: Option<u32>,
    /// The column, from 1, where it is known (syntax errors).
    pub column: Option<u32>,
    /// The line at module level, from 1.
    pub top: Option<u32>,
    /// What led there and the way out, in plain words, where we know it.
    pub hint: Option<String>,
    /// The traceback as CPython prints it.
    pub traceback: String,
}

/// Everything that is to be seen at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The moment.
    pub tick: u32,
    /// The line just executed; 0 before the first.
    pub line: u32,
    /// The sessions that exist, in order of creation.
    pub sessions: Vec<SessionView>,
    /// Every mapped object that is alive, in order of creation.
    pub cards: Vec<Card>,
    /// Every engine's database.
    pub databases: Vec<DatabaseView>,
}

/// A session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionView {
    /// Its number, from 1.
    pub id: u32,
    /// The variable that holds it, else `session 1`.
    pub name: String,
    /// Whether a transaction is open; savepoints nest deeper.
    pub transaction: TransactionView,
    /// `session.new`
    pub new: Listed,
    /// `session.dirty`
    pub dirty: Listed,
    /// `session.deleted`
    pub deleted: Listed,
    /// What a flush would do now.
    pub plan: Vec<PlanStep>,
}

/// Cards of a list that may be long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The ids of the first ones.
    pub first: Vec<u32>,
    /// How many there are.
    pub total: u32,
}

/// A session's transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransactionView {
    /// None is open.
    #[default]
    None,
    /// One is open, with this many savepoints in it.
    Open {
        /// Nested transactions.
        savepoints: u32,
    },
    /// A flush failed; only a rollback helps.
    NeedsRollback,
}

/// One action of a flush plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// `INSERT INTO users`, `UPDATE users SET password`, `DELETE FROM users`.
    pub action: String,
    /// The object's card, where it is about one.
    pub card: Option<u32>,
    /// Why: `new User`, `password changed`, `child_id copied from users.id`.
    pub reason: String,
    /// Whether a look at the database comes first, so that more may follow.
    pub open: bool,
}

/// Where an object stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lane {
    /// In no session, no row.
    Transient,
    /// `session.new`
    Pending,
    /// In the identity map.
    Persistent,
    /// Deleted in this transaction.
    Deleted,
    /// Has an identity, in no session.
    Detached,
}

/// A mapped object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Its number in the run, from 1.
    pub id: u32,
    /// The variables that hold it; two names, one card, is what `is` means.
    pub names: Vec<String>,
    /// Its class.
    pub class: String,
    /// `users (1,)`, once it has an identity.
    pub identity: Option<String>,
    /// Its lane.
    pub lane: Lane,
    /// The session it belongs to.
    pub session: Option<u32>,
    /// In `session.dirty`.
    pub dirty: bool,
    /// In `session.deleted`: will be deleted by the flush.
    pub marked_deleted: bool,
    /// Expired: the next look at it loads it again.
    pub expired: bool,
    /// Its mapped attributes in order.
    pub fields: Vec<Field>,
}

/// A mapped attribute of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: FieldValue,
    /// The repr of the value before, where a change is waiting for the flush.
    pub was: Option<String>,
}

/// The value of a mapped attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FieldValue {
    /// Never set.
    Unset,
    /// Expired.
    Expired,
    /// Not loaded yet (lazy or deferred).
    Unloaded,
    /// A plain value's repr.
    Value(String),
    /// Another object.
    Object(u32),
    /// A collection.
    Collection {
        /// The cards in it.
        items: Vec<u32>,
        /// How many of them a flush would add.
        added: u32,
        /// How many a flush would remove.
        removed: u32,
    },
}

/// One engine's database, from both sides of the transaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatabaseView {
    /// The engine's number, from 1.
    pub engine: u32,
    /// Its URL, password hidden.
    pub url: String,
    /// Whether a transaction has written and not ended.
    pub in_transaction: bool,
    /// Its tables by name.
    pub tables: Vec<TableView>,
}

/// One table's rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableView {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The first rows as the transaction sees them.
    pub inside: Vec<RowView>,
    /// The first rows as committed.
    pub committed: Vec<RowView>,
    /// How many rows there are inside.
    pub inside_total: u32,
    /// How many rows there are committed.
    pub committed_total: u32,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowView {
    /// Each column's value as text: Python's repr, `None` for NULL.
    pub cells: Vec<String>,
    /// How it differs from the other side.
    pub mark: RowMark,
}

/// How a row differs between the two sides of a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowMark {
    /// The same on both sides.
    #[default]
    Same,
    /// Only inside.
    Added,
    /// On both sides, with other values.
    Changed,
    /// Only committed: the transaction deleted it.
    Removed,
}

/// Why a message could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// The first byte names a version that this build does not speak.
    Version(Option<u8>),
    /// The bytes after it are not a message.
    Malformed,
}

impl std::fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ProtocolError::Version(Some(version)) => {
                write!(
                    f,
                    "this message is of version {version}, and only {VERSION} is understood; reload the page"
                )
            }
            ProtocolError::Version(None) => f.write_str("this message is empty"),
            ProtocolError::Malformed => f.write_str("this message cannot be read; reload the page"),
        }
    }
}

impl std::error::Error for ProtocolError {}

/// A request as bytes.
///
/// ```
/// use ormscope_host::protocol::{Request, decode_request, encode_request};
///
/// let request = Request::View { tick: 7 };
/// assert_eq!(decode_request(&encode_request(&request)), Ok(request));
/// ```
pub fn encode_request(request: &Request) -> Vec<u8> {
    encode(request)
}

/// The request in these bytes.
pub fn decode_request(bytes: &[u8]) -> Result<Request, ProtocolError> {
    decode(bytes)
}

/// A batch of events as bytes.
pub fn encode_events(events: &[Event]) -> Vec<u8> {
    encode(events)
}

/// The batch of events in these bytes.
pub fn decode_events(bytes: &[u8]) -> Result<Vec<Event>, ProtocolError> {
    decode(bytes)
}

fn encode<T: Serialize + ?Sized>(message: &T) -> Vec<u8> {
    // These types have no map with foreign keys and no sequence of unknown
    // length, which is all that postcard refuses when it writes to a Vec.
    postcard::to_extend(message, vec![VERSION]).unwrap_or_default()
}

fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, ProtocolError> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => postcard::from_bytes(rest).map_err(|_| ProtocolError::Malformed),
        other => Err(ProtocolError::Version(other.map(|(version, _)| *version))),
    }
}
