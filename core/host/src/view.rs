//! What is to be seen at a moment: objects as cards, sessions, databases.

use std::collections::BTreeMap;
use std::rc::Rc;

use ormscope::orm::{self, AttributeKind, Lifecycle, Orm, PlanVerb, Slot, TransactionState};
use ormscope::types::{SessionId, StateId, Value};
use ormscope_script::library::sqlalchemy;
use ormscope_script::object::Object;

use crate::protocol::{Card, DatabaseView, Field, FieldValue, Lane, PlanStep, SessionView, TransactionView};
use crate::run::Run;

/// Above this many waiting objects the plan is only counted.
const PLANNED: usize = 200;

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
        Slot::Empty if state.expired || state.expired_attributes.contains(at as u32) => {
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
            let serials = |orm: &Orm, states: Vec<StateId>| -> Vec<u32> {
                states
                    .into_iter()
                    .filter_map(|state| orm.states.get(state))
                    .map(|state| state.serial)
                    .collect()
            };
            let plan = plan(orm, id);
            let held = orm.session(id);
            let (new, dirty, deleted) =
                (held.new.keys().copied().collect(), held.dirty(), held.deleted.keys().copied().collect());
            SessionView {
                id: id.0 + 1,
                name: names.get(&id).cloned().unwrap_or_else(|| format!("session {}", id.0 + 1)),
                transaction: match orm.transaction_state(id) {
                    TransactionState::None => TransactionView::None,
                    TransactionState::Open(savepoints) => TransactionView::Open { savepoints },
                    TransactionState::NeedsRollback => TransactionView::NeedsRollback,
                },
                new: serials(orm, new),
                dirty: serials(orm, dirty),
                deleted: serials(orm, deleted),
                plan,
            }
        })
        .collect()
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

/// The databases of the engines, both sides.
pub(crate) fn databases(run: &mut Run) -> Vec<DatabaseView> {
    let engines = run.engines();
    let sink = Rc::clone(&run.sink);
    let Some(orm) = run.vm.library.sqlalchemy.orm() else { return Vec::new() };
    engines
        .into_iter()
        .map(|(id, url, _)| {
            orm.engines.probe(id, |probe| sink.borrow_mut().mirrors.refresh(id, probe));
            let sink = sink.borrow();
            let mirror = sink.mirrors.get(id);
            DatabaseView {
                engine: id.0 + 1,
                url: url.render(true),
                in_transaction: mirror.is_some_and(|mirror| mirror.in_transaction),
                tables: mirror.map(|mirror| mirror.views()).unwrap_or_default(),
            }
        })
        .collect()
}

/// The Python object of a session, where the program still has it.
pub(crate) fn session_object(run: &Run, session: SessionId) -> Option<Object> {
    run.vm.library.sqlalchemy.session_object(session)
}
