//! Mapped classes and the Session.
//!
//! [`Orm`] owns everything: schema, engines, mappers, states, sessions. It is
//! told of by ids. Reading an attribute may need user code (a default, a new
//! Python object): it is reached through [`Hooks`], which the floor above
//! implements, and which is handed the `Orm` back so that user code can use it.
//! SQLAlchemy counterpart: `sqlalchemy.orm`.

mod error;
mod events;
mod flush;
mod hooks;
mod loading;
mod mapping;
mod session;
mod state;
mod user_types;

use std::collections::VecDeque;
use std::rc::Rc;

use crate::engine::{Cause, Driver, Engines, Subject};
use crate::schema::Schema;
use crate::types::{MapperId, SessionId, StateId};

pub use error::{Cycle, CyclicStep, OrmError, OrmErrorKind};
pub use events::{AttributeEvent, Listened, OrmEvent, OrmEventKind, TransactionInfo};
pub use flush::bulk::Synchronize;
pub use flush::bulk_rows::{BulkOptions, BulkRow};
pub use flush::plan::{FlushPlan, PlanAction, PlanVerb, PlannedValue, ValueSource};
pub use hooks::{Collection, Converter, Hooks, ListCollection, PlainHooks};
pub use loading::context::{Lowered, Part};
pub use loading::options::{Directive, Inner, LoadOption, Step, Target};
pub use loading::rows::{OrmRow, OrmRows, RowValue};
pub use mapping::mapper::{
    Attribute, AttributeKind, Mapper, MapperOptions, Polymorphic, PolymorphicLoad, VersionGenerator,
    WithPolymorphic,
};
pub use mapping::relationship::{
    Cascade, Direction, Lazy, Relationship, RelationshipOptions, RelationshipSettings,
};
pub use mapping::settings::{MapperSettings, PolymorphicOn, Property, PropertyKind};
pub use session::transaction::TransactionState;
pub use session::{Session, SessionOptions};
pub use state::attributes::AttributeValue;
pub use state::history::History;
pub use state::identity::{IdentityKey, KeyValues};
pub use state::sql_value::SqlValue;
pub use state::was::Was;
pub use state::{Lifecycle, Object, Slot, State, States};

/// What every operation of the Session gives.
pub type OrmResult<T> = Result<T, OrmError>;

/// Everything: tables, engines, mappers, objects' states, sessions.
pub struct Orm {
    /// Tables.
    pub schema: Schema,
    /// Engines and connections.
    pub engines: Engines,
    /// Mappers.
    pub mappers: Vec<Mapper>,
    /// The states of mapped objects.
    pub states: States,
    /// Sessions.
    pub sessions: Vec<Session>,
    /// What SQLAlchemy would warn of, until the program is told.
    pub warnings: Vec<String>,
    /// Whether 1.4's semantics apply where they differ.
    pub legacy: bool,
    /// The events that the program listens to.
    pub listened: Listened,
    untold: VecDeque<OrmEvent>,
    /// What a flush would do, while that is found out.
    preview: Option<Box<flush::preview::Preview>>,
    /// The object whose `refresh()` is under way.
    refreshing: Option<StateId>,
    transactions_made: u32,
}

impl Orm {
    /// An empty world whose engines connect through `driver`.
    pub fn new(driver: Rc<dyn Driver>) -> Orm {
        Orm {
            schema: Schema::default(),
            engines: Engines::new(driver),
            mappers: Vec::new(),
            states: States::default(),
            sessions: Vec::new(),
            warnings: Vec::new(),
            legacy: false,
            listened: Listened::default(),
            untold: VecDeque::new(),
            preview: None,
            refreshing: None,
            transactions_made: 0,
        }
    }

    /// A mapper.
    pub fn mapper(&self, id: MapperId) -> &Mapper {
        &self.mappers[id.index()]
    }

    /// A session.
    pub fn session(&self, id: SessionId) -> &Session {
        &self.sessions[id.index()]
    }

    fn session_mut(&mut self, id: SessionId) -> &mut Session {
        &mut self.sessions[id.index()]
    }

    /// The mapper of an object.
    pub fn mapper_of(&self, state: StateId) -> &Mapper {
        self.mapper(self.states[state].mapper)
    }

    /// `<User at 0x7f…>`, as messages name an object.
    pub fn describe(&self, state: StateId) -> String {
        format!("<{} at {:#x}>", self.mapper_of(state).class_name, self.states[state].address())
    }

    /// An object as the cause of a statement.
    pub(crate) fn subject(&self, state: StateId) -> Subject {
        Subject { state, serial: self.states[state].serial }
    }

    /// Why a statement ran, in a few words: `lazy load of User.addresses for User 3`.
    pub fn cause_text(&self, cause: &Cause) -> String {
        let name = |(mapper, at): &(MapperId, u32)| self.attribute_name(*mapper, *at);
        match cause {
            Cause::Explicit => "asked for".into(),
            Cause::Schema => "schema".into(),
            Cause::Flush { by } if by == "flush" || by.starts_with("autoflush") => by.clone(),
            Cause::Flush { by } => format!("flush by {by}"),
            Cause::LazyLoad { attribute, object } => {
                format!("lazy load of {}{}", name(attribute), self.whose(*object))
            }
            Cause::EagerLoad { path, attribute } => {
                let way = path.iter().filter(|mapper| **mapper != attribute.0);
                let way: String =
                    way.map(|mapper| format!("{} → ", self.mapper(*mapper).class_name)).collect();
                format!("eager load of {way}{}", name(attribute))
            }
            Cause::SubclassLoad { class } => format!("columns of {}", self.mapper(*class).class_name),
            Cause::Refresh { object, asked } => {
                let what = if *asked { "refresh" } else { "refresh of expired" };
                format!("{what}{}", self.whose(*object).replacen(" for", "", 1))
            }
            Cause::Deferred { attribute, object } => {
                format!("load of deferred {}{}", name(attribute), self.whose(*object))
            }
            Cause::Get { class } => format!("get {}", self.mapper(*class).class_name),
            Cause::Query => "query".into(),
            Cause::Transaction => "transaction".into(),
        }
    }

    /// ` for User 3`, while the object lives.
    fn whose(&self, subject: Subject) -> String {
        let state = self.states.get(subject.state).filter(|state| state.serial == subject.serial);
        let Some(state) = state else { return String::new() };
        let key: Vec<String> =
            state.key.iter().flat_map(|key| key.values.iter().map(|value| value.0.repr())).collect();
        format!(" for {} {}", self.mapper(state.mapper).class_name, key.join(", "))
    }
}
