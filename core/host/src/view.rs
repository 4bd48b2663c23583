//! What is to be seen at a moment: objects as cards, sessions, databases.

use std::collections::BTreeMap;
use std::rc::Rc;

use ormscope::orm::{self, AttributeKind, Lifecycle, Orm, PlanVerb, Slot, TransactionState};
use ormscope::types::{EngineId, SessionId, StateId, Value};
use ormscope_script::library::sqlalchemy;
use ormscope_script::object::Object;

use crate::protocol::{
    Card, DatabaseView, Field, FieldValue, Lane, Listed, PlanStep, SessionView, TransactionView,
};
use crate::run::Run;

/// Above this many waiting objects the plan is only counted.
const PLANNED: usize = 200;

/// How many cards of a list are named.
const LISTED: usize = 20;

/// The variables of the script that hold objects, by the object's state.
pub(crate) type Names = BTreeMap<StateId, Vec<String>>;

/// The variables that hold mapped objects, and those that hold sessions.
pub(crate) fn names(run: &Run) -> (Names, BTreeMap<SessionId, String>) {
    let mut objects = Names::new();
    let mut sessions = BTreeMap::new();
    for (name, value) in run.vm.globals().dict.borrow().iter() {
        if let Some(state) = sqlalchemy::state_of(value) {
            objects.entry(state).or_default().push(name.as_str().to_string());
        } else if let Some(session) = sqlalchemy::session_of(value) {
            sessions.entry(session).or_insert_with(|| name.as_str().to_string());
        }
    }
    (objects, sessions)
}

/// A mapped object as a card.
pub(crate) fn card(orm: &Orm, id: StateId, names: &Names) -> Option<Card> {
    let state = orm.states.get(id)?;
    let mapper = orm.mapper(state.mapper);
    let session = state.session;
    let persistent = state.lifecycle == Lifecycle::Persistent;
    let marked_deleted =
        persistent && session.is_some_and(|session| orm.session(session).deleted.contains_key(&id));
    // Places of the hierarchy that this class has nothing in are no fields of it.
    let fields = mapper.iter().map(|(at, _)| field(orm, id, at)).collect();
    Some(Card {
        id: state.serial,
        names: names.get(&id).cloned().unwrap_or_default(),
        class: mapper.class_name.clone(),
        identity: state
            .key
            .as_ref()
            .map(|key| format!("{} {}", orm.schema.table(mapper.table).name, key.repr())),
        lane: match state.lifecycle {
            Lifecycle::Transient => Lane::Transient,
            Lifecycle::Pending => Lane::Pending,
            Lifecycle::Persistent => Lane::Persistent,
            Lifecycle::Deleted => Lane::Deleted,
            Lifecycle::Detached => Lane::Detached,
        },
        session: session.map(|session| session.0 + 1),
        dirty: persistent && state.modified && !marked_deleted,
        marked_deleted,
        expired: state.expired && state.key.is_some(),
        fields,
    })
}

fn field(orm: &Orm, id: StateId, at: usize) -> Field {
    let state = &orm.states[id];
    let attribute = &orm.mapper(state.mapper).attributes[at];
    let is_column = matches!(attribute.kind, AttributeKind::Column(_));
    let is_value = attribute.kind.is_value();
    let serials =
        |objects: &[orm::Object]| objects.iter().map(|object| orm.states[object.state].serial).collect();
    let value = match &state.slots[at] {
        Slot::Value(value) => FieldValue::Value(repr(value)),
        Slot::Object(Some(object)) => FieldValue::Object(orm.states[object.state].serial),
        Slot::Object(None) => FieldValue::Value("None".into()),
        Slot::Collection(collection) => {
            let history = orm.object_history(id, at);
            FieldValue::Collection {
                items: serials(&collection.items()),
                added: if state.key.is_some() { history.added.len() as u32 } else { 0 },
                removed: history.deleted.len() as u32,
            }
        }
        Slot::Empty if state.key.is_none() => FieldValue::Unset,
        Slot::Empty if state.expired || is_value && state.expired_attributes.contains(at as u32) => {
            FieldValue::Expired
        }
        Slot::Empty if is_column => FieldValue::Unset,
        Slot::Empty => FieldValue::Unloaded,
    };
    let was = if !is_column || state.key.is_none() {
        None
    } else {
        let history = orm.value_history(id, at);
        if history.has_changes() { history.deleted.first().map(repr) } else { None }
    };
    Field { name: attribute.key.clone(), value, was }
}

fn repr(value: &Value) -> String {
    let text = value.repr();
    // A card has room for a line, not for a book.
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The sessions in order of creation.
pub(crate) fn sessions(orm: &mut Orm, names: &BTreeMap<SessionId, String>) -> Vec<SessionView> {
    let ids: Vec<SessionId> = (0..orm.sessions.len() as u32).map(SessionId).collect();
    ids.into_iter()
        .map(|id| {
            let plan = plan(orm, id);
            let held = orm.session(id);
            let is_deleted = |id: &&StateId| !held.deleted.is_empty() && held.deleted.contains_key(*id);
            let dirty = held.modified.iter().filter(|id| !is_deleted(id));
            let deleted_too = held.deleted.keys().filter(|id| held.modified.contains(*id)).count();
            SessionView {
                id: id.0 + 1,
                name: names.get(&id).cloned().unwrap_or_else(|| format!("session {}", id.0 + 1)),
                transaction: transaction(orm, id),
                new: listed(orm, held.new.keys(), held.new.len()),
                dirty: listed(orm, dirty, held.modified.len() - deleted_too),
                deleted: listed(orm, held.deleted.keys(), held.deleted.len()),
                plan,
            }
        })
        .collect()
}

/// The first cards of a list, and how many there are.
fn listed<'a>(orm: &Orm, states: impl Iterator<Item = &'a StateId>, total: usize) -> Listed {
    let first = states.take(LISTED).filter_map(|id| orm.states.get(*id)).map(|state| state.serial);
    Listed { first: first.collect(), total: total as u32 }
}

/// What of the sessions may change although no state does: how many there are,
/// their names and their transactions.
pub(crate) type Outline = Vec<(Option<String>, TransactionView)>;

/// The outline of the sessions.
pub(crate) fn outline(orm: &Orm, names: &BTreeMap<SessionId, String>) -> Outline {
    let ids = (0..orm.sessions.len() as u32).map(SessionId);
    ids.map(|id| (names.get(&id).cloned(), transaction(orm, id))).collect()
}

fn transaction(orm: &Orm, session: SessionId) -> TransactionView {
    match orm.transaction_state(session) {
        TransactionState::None => TransactionView::None,
        TransactionState::Open(savepoints) => TransactionView::Open { savepoints },
        TransactionState::NeedsRollback => TransactionView::NeedsRollback,
    }
}

/// What a flush of a session would do.
fn plan(orm: &mut Orm, session: SessionId) -> Vec<PlanStep> {
    let held = orm.session(session);
    let waiting = held.new.len() + held.modified.len() + held.deleted.len();
    if waiting == 0 {
        return Vec::new();
    }
    if waiting > PLANNED {
        return vec![PlanStep {
            action: format!("{waiting} objects"),
            card: None,
            reason: "too many to plan one by one".into(),
            open: true,
        }];
    }
    match orm.flush_plan(session) {
        Ok(plan) => plan.actions.into_iter().map(|action| step(orm, &action)).collect(),
        Err(error) => vec![PlanStep {
            action: "This flush would fail".into(),
            card: None,
            reason: error.text(if orm.legacy { "14" } else { "21" }),
            open: true,
        }],
    }
}

fn step(orm: &Orm, action: &orm::PlanAction) -> PlanStep {
    let table = action.table.map(|table| orm.schema.table(table).name.as_str()).unwrap_or_default();
    let columns: Vec<&str> =
        action.values.iter().map(|value| orm.schema.column(value.column).name.as_str()).collect();
    let columns = columns.join(", ");
    let text = match action.verb {
        PlanVerb::Insert if columns.is_empty() => format!("INSERT INTO {table}"),
        PlanVerb::Insert => format!("INSERT INTO {table} ({columns})"),
        PlanVerb::Update => format!("UPDATE {table} SET {columns}"),
        PlanVerb::Delete => format!("DELETE FROM {table}"),
        PlanVerb::Look => format!("SELECT FROM {table}"),
        PlanVerb::Listen => "Your code is asked".into(),
    };
    let card = action.object.and_then(|object| orm.states.get(object)).map(|state| state.serial);
    PlanStep { action: text, card, reason: action.reason.clone(), open: action.open }
}

/// How many engines there are, and how often their databases were read.
pub(crate) type Readings = (usize, u64);

/// The databases of the engines, both sides; nothing where they are as they were
/// at `last`.
pub(crate) fn databases(run: &mut Run, last: &mut Readings) -> Option<Vec<DatabaseView>> {
    let sink = Rc::clone(&run.sink);
    let orm = run.vm.library.sqlalchemy.orm()?;
    for id in orm.engines.ids() {
        orm.engines.probe(id, |probe| sink.borrow_mut().mirrors.refresh(id, probe));
    }
    let readings = (orm.engines.ids().count(), sink.borrow().mirrors.readings());
    if std::mem::replace(last, readings) == readings {
        return None;
    }
    let sink = sink.borrow();
    let view = |id: EngineId| {
        let mirror = sink.mirrors.get(id);
        DatabaseView {
            engine: id.0 + 1,
            url: orm.engines.engine(id).url.render(true),
            in_transaction: mirror.is_some_and(|mirror| mirror.in_transaction),
            tables: mirror.map(|mirror| mirror.views.clone()).unwrap_or_default(),
        }
    };
    Some(orm.engines.ids().map(view).collect())
}

/// The Python object of a session, where the program still has it.
pub(crate) fn session_object(run: &Run, session: SessionId) -> Option<Object> {
    run.vm.library.sqlalchemy.session_object(session)
}
