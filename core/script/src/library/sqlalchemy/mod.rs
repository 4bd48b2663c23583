//! SQLAlchemy's names for Python: every object here is a thin face of an id or
//! a plain statement of the `ormscope` crate.
//!
//! The [`ormscope::orm::Orm`] lives in [`SqlAlchemy`]. An operation takes it
//! out for its duration ([`with_orm`]); where it runs Python code, the
//! [`ormscope::orm::Hooks`] put it back first. SQLAlchemy counterpart: the
//! packages `sqlalchemy`, `sqlalchemy.orm`, `sqlalchemy.ext`.

mod arguments;
mod attribute_functions;
mod attributes;
mod bound_values;
mod bulk;
mod bundles;
mod classes;
mod collection_adapter;
mod collections;
mod columns;
mod comparators;
mod comparing;
mod compiled;
mod conditions;
mod configuring;
mod conflicts;
mod connection;
mod constraint_repr;
mod constraints;
mod constructors;
mod conventions;
mod ctes;
mod cursor;
mod custom_collections;
mod dbapi;
mod dbapi_functions;
mod ddl;
mod ddl_events;
mod declarative;
mod dialect;
mod dialect_names;
mod dialect_options;
mod dml;
mod dml_options;
mod dml_values;
mod dynamic;
mod element_constructors;
mod element_parts;
mod elements;
mod engine;
mod errors;
mod events;
mod expressions;
mod extensions;
mod foreign_keys;
mod froms;
mod functions;
mod hooks;
mod inheriting;
mod inspection;
mod inspector;
mod items;
mod joins;
mod json;
mod lambdas;
mod loaders;
mod loaders_by_name;
mod mapper_api;
mod mapper_getters;
mod mapping;
mod membership;
mod metadata;
mod mock;
mod modules;
mod modules_in_python;
mod mysql_match;
mod named_expressions;
mod namespace;
mod operands;
mod operator_objects;
mod orm_events;
mod orm_rows;
mod parameters;
mod pool;
mod postgresql_methods;
mod preparer;
mod printing;
mod program_compiler;
mod program_elements;
mod properties;
mod query;
mod query_legacy;
mod query_running;
mod reading;
mod reflection;
mod related;
mod relationships;
mod result;
mod return_defaults;
mod row;
mod schema;
mod scoped;
mod select;
mod select_edits;
mod selectables;
mod selects_as_values;
mod session;
mod session_more;
mod session_transactions;
mod statement_options;
mod statement_parts;
mod statements;
mod text_search;
mod textual;
mod transactions;
mod types;
mod url;
mod valued;
mod values;
mod views;
mod visitors;

use std::rc::Rc;

use ormscope::engine::{Driver, driver::SqliteDriver};
use ormscope::orm::{Hooks, Orm, OrmResult};
use rustc_hash::FxHashMap;

use crate::object::{Instance, Object, PyResult};
use crate::vm::Vm;

pub(crate) use modules::find;

use classes::Classes;
use hooks::VmHooks;

/// What the library keeps between calls.
pub struct SqlAlchemy {
    orm: Option<Box<Orm>>,
    classes: Option<Rc<Classes>>,
    /// The Python objects of tables and columns, so that each has one identity.
    tables: FxHashMap<ormscope::types::TableId, Object>,
    columns: FxHashMap<ormscope::types::ColumnId, Object>,
    /// Those of other elements of FROM, weakly.
    froms: FxHashMap<ormscope::sql::FromIdentity, std::rc::Weak<Instance>>,
    /// Those of constraints and indexes: table, whether an index, place.
    items: FxHashMap<(ormscope::types::TableId, bool, usize), Object>,
    /// Who listens to the creation of tables.
    ddl_listeners: Vec<ddl_events::Listener>,
    /// Who listens to the ORM.
    listeners: orm_events::Listeners,
    /// The classes of relationships' collections.
    collection_classes: Vec<custom_collections::CollectionClass>,
    /// What their objects do not know yet.
    unsettled: custom_collections::Unsettled,
    /// The code that decides which constraints and indexes are created.
    ddl_asked: Vec<conditions::Asked>,
    /// Those of `MetaData` collections.
    metadata: FxHashMap<ormscope::types::MetaDataId, Object>,
    /// What the reader should know of the script: legacy constructs, ignored arguments.
    notes: Vec<String>,
    /// How many of them were told.
    told: usize,
    /// The engines that `MetaData` objects are bound to (legacy).
    binds: FxHashMap<ormscope::types::MetaDataId, Object>,
    /// The class of each mapper, in the order of the mappers.
    mapped: Vec<mapping::MappedClass>,
    /// The properties of mappers, by attribute.
    properties: FxHashMap<(ormscope::types::MapperId, String), Object>,
    /// Columns of class bodies that expressions are about already, by what stands for their names.
    stand_ins: FxHashMap<String, std::rc::Weak<Instance>>,
    /// How many columns were made.
    created: i64,
    /// Whether the mappers are being configured.
    configuring: bool,
    /// Whether classes were mapped since they were.
    new_mappers: bool,
    /// The classes that are being declared.
    making: Vec<declarative::Making>,
    /// The declarations that wait for their tables.
    later: Vec<declarative::Later>,
    /// The engines' Python objects.
    engines: Vec<Object>,
    /// The Python objects of columns of aliases and the like, while the program has them.
    alias_columns: FxHashMap<ormscope::sql::Identity, std::rc::Weak<Instance>>,
    /// Whether the program has types with comparators of its own.
    comparators: bool,
    /// Whether the program has SQL of its own for some class.
    compiles: bool,
    /// Types that are to be asked for what they put around values and columns.
    wrapping: Vec<(ormscope::types::SqlType, Object)>,
    /// The program's classes for functions, by package and name.
    functions: FxHashMap<(Option<String>, String), Rc<crate::object::Class>>,
    /// What belongs to engines otherwise.
    engine: engine::EngineLibrary,
    /// The sessions' Python objects, weakly: they end when the program lets them go.
    sessions: Vec<std::rc::Weak<Instance>>,
}

impl Default for SqlAlchemy {
    fn default() -> SqlAlchemy {
        SqlAlchemy::with_driver(Rc::new(SqliteDriver))
    }
}

impl SqlAlchemy {
    /// A library whose engines connect through `driver`.
    pub fn with_driver(driver: Rc<dyn Driver>) -> SqlAlchemy {
        SqlAlchemy {
            orm: Some(Box::new(Orm::new(driver))),
            classes: None,
            tables: FxHashMap::default(),
            columns: FxHashMap::default(),
            froms: FxHashMap::default(),
            items: FxHashMap::default(),
            metadata: FxHashMap::default(),
            ddl_listeners: Vec::new(),
            listeners: orm_events::Listeners::default(),
            collection_classes: Vec::new(),
            unsettled: Default::default(),
            ddl_asked: Vec::new(),
            binds: FxHashMap::default(),
            notes: Vec::new(),
            told: 0,
            mapped: Vec::new(),
            properties: FxHashMap::default(),
            stand_ins: FxHashMap::default(),
            created: 0,
            configuring: false,
            new_mappers: false,
            making: Vec::new(),
            later: Vec::new(),
            engines: Vec::new(),
            comparators: false,
            alias_columns: FxHashMap::default(),
            compiles: false,
            wrapping: Vec::new(),
            functions: FxHashMap::default(),
            engine: engine::EngineLibrary::default(),
            sessions: Vec::new(),
        }
    }

    /// The notes that were made since the last call.
    pub fn take_notes(&mut self) -> Vec<String> {
        let told = std::mem::replace(&mut self.told, self.notes.len());
        self.notes[told..].to_vec()
    }

    /// The ORM, between operations.
    pub fn orm(&self) -> Option<&Orm> {
        self.orm.as_deref()
    }

    /// The ORM, between operations.
    pub fn orm_mut(&mut self) -> Option<&mut Orm> {
        self.orm.as_deref_mut()
    }

    /// The Python object of a session, while it lives.
    pub fn session_object(&self, session: ormscope::types::SessionId) -> Option<Object> {
        self.sessions.get(session.index())?.upgrade().map(Object::Instance)
    }
}

/// Runs an operation of the ORM: objects that the program has let go are
/// buried first, and an error becomes a Python exception.
fn with_orm<T>(vm: &mut Vm, run: impl FnOnce(&mut Orm, &mut dyn Hooks) -> OrmResult<T>) -> PyResult<T> {
    let Some(mut orm) = vm.library.sqlalchemy.orm.take() else {
        return Err(vm.error(
            &vm.exceptions.runtime_error.clone(),
            "the session is busy: this cannot run inside the operation that is under way",
        ));
    };
    orm.bury();
    let abandoned = std::mem::take(&mut *vm.library.sqlalchemy.engine.abandoned.borrow_mut());
    for connection in abandoned {
        orm.engines.abandon(connection);
    }
    let result = run(&mut orm, &mut VmHooks { vm });
    // What an operation without hooks has to tell, unless it failed.
    let result = result.and_then(|done| orm.deliver(&mut VmHooks { vm }).map(|()| done));
    let warnings = std::mem::take(&mut orm.warnings);
    vm.library.sqlalchemy.orm = Some(orm);
    if !warnings.is_empty() {
        session_more::tell_warnings(vm, warnings)?;
    }
    if !vm.library.sqlalchemy.unsettled.borrow().is_empty() {
        custom_collections::settle(vm)?;
    }
    result.map_err(|error| errors::raise(vm, error))
}

/// Looks at the ORM without changing it.
fn peek<T>(vm: &mut Vm, look: impl FnOnce(&Orm) -> T) -> PyResult<T> {
    with_orm(vm, |orm, _| Ok(look(orm)))
}

/// Makes a note for the reader, once.
fn note(vm: &mut Vm, text: impl Into<String>) {
    let text = text.into();
    let notes = &mut vm.library.sqlalchemy.notes;
    if !notes.contains(&text) {
        notes.push(text);
    }
}

/// The library's classes.
fn classes(vm: &mut Vm) -> Rc<Classes> {
    if let Some(classes) = &vm.library.sqlalchemy.classes {
        return Rc::clone(classes);
    }
    let classes = Rc::new(Classes::new(vm));
    vm.library.sqlalchemy.classes = Some(Rc::clone(&classes));
    classes
}

/// The native data of a method's `self`.
fn receiver<T: 'static>(vm: &mut Vm, object: &Object) -> PyResult<Rc<T>> {
    match object.native::<T>() {
        Some(data) => Ok(data),
        None => {
            let class = vm.class_of(object).name();
            Err(vm.type_error(format!("this method cannot be used on a '{}' object", class.as_str())))
        }
    }
}

/// The state of a mapped Python object.
pub fn state_of(object: &Object) -> Option<ormscope::types::StateId> {
    mapping::state_of(object)
}

/// The session that a Python object is.
pub fn session_of(object: &Object) -> Option<ormscope::types::SessionId> {
    object.as_instance()?.data_ref::<session::SessionObject>().map(|session| session.id)
}
