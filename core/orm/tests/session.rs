//! The Session against a real SQLite: natively, and as wasm in a browser
//! (`wasm-pack test --headless --chrome core/orm`).

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::driver::SqliteDriver;
use ormscope::engine::{Cause, EngineOptions, Observer, Outcome, Probe, StatementEvent, Url};
use ormscope::orm::{
    AttributeValue, Cascade, Hooks, Lifecycle, MapperSettings, Object, Orm, PlainHooks, RelationshipSettings,
    SessionOptions,
};
use ormscope::schema::{Column, Table};
use ormscope::types::{MapperId, SessionId, SqlType, Value};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Users with addresses, and what their statements were.
struct World {
    orm: Orm,
    hooks: PlainHooks,
    user: MapperId,
    address: MapperId,
    session: SessionId,
    log: Rc<RefCell<Vec<(String, Cause)>>>,
}

struct Log(Rc<RefCell<Vec<(String, Cause)>>>);

impl Observer for Log {
    fn before(&mut self, event: &StatementEvent) {
        let parameters = event.parameters.as_ref().map(|text| format!(" {text}")).unwrap_or_default();
        self.0.borrow_mut().push((format!("{}{parameters}", event.sql), event.cause.clone()));
    }

    fn after(&mut self, _: &Outcome, _: Probe<'_>) {}
}

impl World {
    fn new(cascade: &str) -> World {
        let mut orm = Orm::new(Rc::new(SqliteDriver));
        let url = Url::parse("sqlite://").expect("a URL of SQLAlchemy's");
        let engine = orm.engines.create(url, EngineOptions::default()).expect("SQLite is known");
        let metadata = orm.schema.add_metadata(Default::default());
        let users = Table::new("users")
            .column(Column::new("id", SqlType::Integer).primary_key())
            .column(Column::new("name", SqlType::String { length: None }).not_null());
        let users = orm.schema.add_table(metadata, users).expect("a new name");
        let addresses = Table::new("addresses")
            .column(Column::new("id", SqlType::Integer).primary_key())
            .column(Column::new("email", SqlType::String { length: None }))
            .column(Column::new("user_id", SqlType::Integer).references("users.id"));
        let addresses = orm.schema.add_table(metadata, addresses).expect("a new name");
        let connection = orm.engines.connect(engine).expect("in memory");
        orm.engines.begin(connection).expect("nothing has begun");
        orm.engines.create_tables(&orm.schema, connection, &[users, addresses], true).expect("valid DDL");
        orm.engines.commit(connection).expect("nothing refuses");
        orm.engines.close(connection).expect("nothing is open");
        let user = orm.add_mapper(MapperSettings::new("User", "app", users)).expect("it has a key");
        let address = orm.add_mapper(MapperSettings::new("Address", "app", addresses)).expect("it has a key");
        orm.add_relationship(
            user,
            "addresses",
            RelationshipSettings {
                target: Some(address),
                back_populates: Some("user".into()),
                cascade: Some(Cascade::parse(cascade).expect("words of SQLAlchemy's")),
                ..RelationshipSettings::default()
            },
        );
        orm.add_relationship(
            address,
            "user",
            RelationshipSettings {
                target: Some(user),
                back_populates: Some("addresses".into()),
                ..RelationshipSettings::default()
            },
        );
        orm.configure(user).expect("one foreign key");
        orm.configure(address).expect("one foreign key");
        let session = orm.add_session(SessionOptions { bind: Some(engine), ..SessionOptions::default() });
        let log = Rc::new(RefCell::new(Vec::new()));
        orm.engines.observe(Some(Box::new(Log(Rc::clone(&log)))));
        World { orm, hooks: PlainHooks, user, address, session, log }
    }

    fn make(&mut self, mapper: MapperId, key: &str, value: &str) -> Object {
        let state = self.orm.states.create(mapper, self.orm.mapper(mapper).attributes.len());
        let owner = self.hooks.instantiate(&mut self.orm, mapper, state).expect("no user code");
        self.orm.states.set_owner(state, &owner);
        self.set(&Object { state, owner: Rc::clone(&owner) }, key, value);
        Object { state, owner }
    }

    fn set(&mut self, object: &Object, key: &str, value: &str) {
        let at = self.orm.mapper_of(object.state).attribute(key).expect("a mapped attribute");
        self.orm.set_value(object.state, at, Value::text(value));
    }

    fn get(&mut self, object: &Object, key: &str) -> AttributeValue {
        let at = self.orm.mapper_of(object.state).attribute(key).expect("a mapped attribute");
        self.orm.get(&mut self.hooks, object.state, at).expect("it can be loaded")
    }

    fn text(&mut self, object: &Object, key: &str) -> String {
        match self.get(object, key) {
            AttributeValue::Value(value) => value.repr(),
            _ => "a relationship".into(),
        }
    }

    fn relate(&mut self, address: &Object, user: Option<&Object>) {
        let at = self.orm.mapper(self.address).attribute("user").expect("a mapped attribute");
        self.orm.set_object(&mut self.hooks, address.state, at, user.cloned()).expect("nothing to load");
    }

    fn add(&mut self, object: &Object) {
        self.orm.add(&mut self.hooks, self.session, object).expect("it is in no other session");
    }

    fn flush(&mut self) {
        self.orm.flush(&mut self.hooks, self.session).expect("nothing refuses");
    }

    fn commit(&mut self) {
        self.orm.commit(&mut self.hooks, self.session).expect("nothing refuses");
    }

    fn taken(&mut self) -> Vec<String> {
        std::mem::take(&mut *self.log.borrow_mut()).into_iter().map(|(line, _)| line).collect()
    }

    /// The verb of each statement, and why it ran.
    fn causes(&mut self) -> Vec<String> {
        let taken = std::mem::take(&mut *self.log.borrow_mut());
        let verb = |line: &str| line.split(' ').next().unwrap_or_default().to_string();
        taken.iter().map(|(line, cause)| format!("{}: {}", verb(line), self.orm.cause_text(cause))).collect()
    }
}

#[test]
fn an_object_goes_from_transient_to_persistent_and_back_by_rollback() {
    let mut world = World::new("save-update, merge");
    let ed = world.make(world.user, "name", "ed");
    assert_eq!(world.orm.states[ed.state].lifecycle, Lifecycle::Transient);
    world.add(&ed);
    assert_eq!(world.orm.states[ed.state].lifecycle, Lifecycle::Pending);
    world.flush();
    assert_eq!(world.orm.states[ed.state].lifecycle, Lifecycle::Persistent);
    assert_eq!(world.text(&ed, "id"), "1");
    world.orm.rollback(&mut world.hooks, world.session).expect("nothing refuses");
    assert_eq!(world.orm.states[ed.state].lifecycle, Lifecycle::Transient);
    assert_eq!(
        world.taken(),
        ["BEGIN (implicit)", "INSERT INTO users (name) VALUES (?) ('ed',)", "ROLLBACK"]
    );
}

#[test]
fn a_flush_writes_parents_first_and_copies_their_key() {
    let mut world = World::new("save-update, merge");
    let ed = world.make(world.user, "name", "ed");
    let home = world.make(world.address, "email", "ed@home");
    world.relate(&home, Some(&ed));
    world.add(&home);
    world.commit();
    assert_eq!(
        world.taken(),
        [
            "BEGIN (implicit)",
            "INSERT INTO users (name) VALUES (?) ('ed',)",
            "INSERT INTO addresses (email, user_id) VALUES (?, ?) ('ed@home', 1)",
            "COMMIT",
        ]
    );
}

#[test]
fn a_commit_expires_and_the_next_look_loads_again() {
    let mut world = World::new("save-update, merge");
    let ed = world.make(world.user, "name", "ed");
    world.add(&ed);
    world.commit();
    world.taken();
    assert_eq!(world.text(&ed, "name"), "'ed'");
    assert_eq!(
        world.taken(),
        ["BEGIN (implicit)", "SELECT users.id, users.name \nFROM users \nWHERE users.id = ? (1,)",]
    );
}

#[test]
fn a_collection_is_loaded_when_it_is_asked_for() {
    let mut world = World::new("save-update, merge");
    let ed = world.make(world.user, "name", "ed");
    for email in ["a", "b"] {
        let address = world.make(world.address, "email", email);
        world.relate(&address, Some(&ed));
        world.add(&address);
    }
    world.commit();
    let AttributeValue::Collection(found) = world.get(&ed, "addresses") else { panic!("a collection") };
    assert_eq!(found.items().len(), 2);
    let loads = world.taken().into_iter().filter(|line| line.contains("FROM addresses")).count();
    assert_eq!(loads, 1);
}

#[test]
fn every_statement_says_why_it_ran() {
    let mut world = World::new("save-update, merge");
    let ed = world.make(world.user, "name", "ed");
    let home = world.make(world.address, "email", "ed@home");
    world.relate(&home, Some(&ed));
    world.add(&ed);
    world.commit();
    world.get(&ed, "name");
    world.get(&ed, "addresses");
    let (user, hooks) = (world.user, &mut world.hooks);
    world.orm.get_by_key(hooks, world.session, user, vec![Value::Int(7)], &[], false).expect("it selects");
    world.set(&ed, "name", "Ed");
    world.orm.refresh(&mut world.hooks, world.session, home.state, None).expect("it has a row");
    world.orm.delete(&mut world.hooks, world.session, &home).expect("it is persistent");
    world.flush();
    assert_eq!(
        world.causes(),
        [
            "BEGIN: flush by commit",
            "INSERT: flush by commit",
            "INSERT: flush by commit",
            "COMMIT: transaction",
            "BEGIN: transaction",
            "SELECT: refresh of expired User 1",
            "SELECT: lazy load of User.addresses for User 1",
            "SELECT: get User",
            "UPDATE: autoflush before refresh",
            "SELECT: refresh Address 1",
            "DELETE: flush",
        ]
    );
}

#[test]
fn what_the_program_lets_go_leaves_the_identity_map() {
    let mut world = World::new("save-update, merge");
    let ed = world.make(world.user, "name", "ed");
    world.add(&ed);
    world.commit();
    assert_eq!(world.orm.session(world.session).identity_map.len(), 1);
    drop(ed);
    world.orm.bury();
    assert_eq!(world.orm.session(world.session).identity_map.len(), 0);
}

#[test]
fn a_parent_and_child_that_only_hold_each_other_are_collected() {
    let mut world = World::new("save-update, merge");
    let ed = world.make(world.user, "name", "ed");
    let home = world.make(world.address, "email", "ed@home");
    world.relate(&home, Some(&ed));
    world.add(&ed);
    world.commit();
    // Both ends are loaded again, so that each holds the other.
    world.get(&ed, "addresses");
    world.get(&home, "user");
    assert_eq!(world.orm.collect_cycles(), 0);
    drop(home);
    assert_eq!(world.orm.collect_cycles(), 0);
    drop(ed);
    world.orm.bury();
    assert_eq!(world.orm.session(world.session).identity_map.len(), 2);
    assert_eq!(world.orm.collect_cycles(), 2);
    assert_eq!(world.orm.session(world.session).identity_map.len(), 0);
}
