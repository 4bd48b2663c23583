//! Mapped structs against a real SQLite: natively, and as wasm in a browser
//! (`wasm-pack test --headless --chrome core/orm`).

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::orm::PlanVerb;
use ormscope::typed::prelude::*;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[derive(Mapped, Debug)]
#[mapped(table = "users")]
struct User {
    #[mapped(primary_key)]
    id: i64,
    #[mapped(length = 30)]
    name: String,
    fullname: Option<String>,
    #[mapped(back_populates = "user", cascade = "all, delete-orphan", order_by = Address::id)]
    addresses: Many<Address>,
}

#[derive(Mapped, Debug)]
#[mapped(table = "addresses")]
struct Address {
    #[mapped(primary_key)]
    id: i64,
    #[mapped(name = "email_address", unique)]
    email: String,
    #[mapped(foreign_key = "users.id", on_delete = "CASCADE", index)]
    user_id: i64,
    #[mapped(back_populates = "addresses")]
    user: One<User>,
}

type Log = Rc<RefCell<Vec<String>>>;

/// A database with users and addresses, and what is sent to it from now on.
fn world() -> (Database, Log) {
    let mut db = Database::open("sqlite://").expect("a URL of SQLAlchemy's");
    db.create_all::<(User, Address)>().expect("valid DDL");
    let log = Log::default();
    let own = Rc::clone(&log);
    db.echo(move |event| {
        let parameters = event.parameters.as_ref().map(|text| format!(" {text}")).unwrap_or_default();
        own.borrow_mut().push(format!("{}{parameters}", event.sql));
    });
    (db, log)
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut log.borrow_mut())
}

/// Ed with two addresses, and Wendy with none.
fn filled(session: &mut Session<'_>) -> OrmResult<(Instance<User>, Instance<User>)> {
    let ed = session.add(new!(User {
        name: "ed",
        fullname: "Ed Jones",
        addresses: [new!(Address { email: "ed@aol.com" }), new!(Address { email: "ed@jones.net" })],
    }))?;
    let wendy = session.add(new!(User { name: "wendy" }))?;
    session.commit()?;
    Ok((ed, wendy))
}

#[test]
fn a_struct_says_how_its_table_is_created() -> OrmResult<()> {
    let mut db = Database::open("sqlite://")?;
    let log = Log::default();
    let own = Rc::clone(&log);
    db.echo(move |event| own.borrow_mut().push(event.sql.clone()));
    // Addresses come along: users refer to them.
    db.create_all::<User>()?;
    let ddl: Vec<String> = taken(&log).into_iter().filter(|sql| sql.contains("CREATE")).collect();
    assert_eq!(
        ddl,
        [
            "\nCREATE TABLE users (\n\tid INTEGER NOT NULL, \n\tname VARCHAR(30) NOT NULL, \n\tfullname VARCHAR, \n\tPRIMARY KEY (id)\n)\n\n",
            "\nCREATE TABLE addresses (\n\tid INTEGER NOT NULL, \n\temail_address VARCHAR NOT NULL, \n\tuser_id INTEGER NOT NULL, \n\tPRIMARY KEY (id), \n\tUNIQUE (email_address), \n\tFOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE\n)\n\n",
            "CREATE INDEX ix_addresses_user_id ON addresses (user_id)",
        ]
    );
    Ok(())
}

#[test]
fn a_constructor_takes_related_objects_and_a_flush_copies_their_key() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    let (ed, _) = filled(&mut session)?;
    assert_eq!(
        taken(&log),
        [
            "BEGIN (implicit)",
            "INSERT INTO users (name, fullname) VALUES (?, ?) RETURNING id ('ed', 'Ed Jones')",
            "INSERT INTO users (name, fullname) VALUES (?, ?) RETURNING id ('wendy', None)",
            "INSERT INTO addresses (email_address, user_id) VALUES (?, ?) RETURNING id ('ed@aol.com', 1)",
            "INSERT INTO addresses (email_address, user_id) VALUES (?, ?) RETURNING id ('ed@jones.net', 1)",
            "COMMIT",
        ]
    );
    assert_eq!(ed.get(&mut session, User::id)?, 1);
    assert_eq!(ed.get(&mut session, User::addresses)?.len(), 2);
    Ok(())
}

#[test]
fn a_struct_with_all_its_values_is_added_as_it_is() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    let jack = User { id: 7, name: "jack".into(), fullname: None, addresses: Many::default() };
    let jack = session.add(jack)?;
    session.flush()?;
    assert_eq!(taken(&log)[1], "INSERT INTO users (id, name, fullname) VALUES (?, ?, ?) (7, 'jack', None)");
    assert_eq!(session.get::<User>(7)?, Some(jack));
    Ok(())
}

#[test]
fn a_commit_expires_and_the_next_look_loads_again() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    let (ed, _) = filled(&mut session)?;
    taken(&log);
    assert_eq!(ed.get(&mut session, User::name)?, "ed");
    assert_eq!(ed.get(&mut session, User::fullname)?.as_deref(), Some("Ed Jones"));
    assert_eq!(
        taken(&log),
        [
            "BEGIN (implicit)",
            "SELECT users.id, users.name, users.fullname \nFROM users \nWHERE users.id = ? (1,)",
        ]
    );
    Ok(())
}

#[test]
fn a_relationship_is_loaded_when_it_is_asked_for() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    let (ed, wendy) = filled(&mut session)?;
    assert_eq!(ed.get(&mut session, User::id)?, 1);
    taken(&log);
    let addresses = ed.get(&mut session, User::addresses)?;
    assert_eq!(
        taken(&log),
        [
            "SELECT addresses.id, addresses.email_address, addresses.user_id \nFROM addresses \nWHERE ? = addresses.user_id ORDER BY addresses.id (1,)"
        ]
    );
    // The other side is in the identity map.
    assert_eq!(addresses[1].get(&mut session, Address::user)?, Some(ed));
    assert_eq!(addresses[1].get(&mut session, Address::email)?, "ed@jones.net");
    assert_eq!(taken(&log).len(), 0);
    assert_eq!(wendy.get(&mut session, User::addresses)?, []);
    Ok(())
}

#[test]
fn a_change_is_in_the_history_until_it_is_flushed() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    let (ed, _) = filled(&mut session)?;
    ed.get(&mut session, User::name)?;
    ed.set(&mut session, User::name, "Edward")?;
    ed.set(&mut session, User::fullname, None)?;
    let history = ed.history(&session, User::name)?;
    assert_eq!((history.added, history.deleted), (vec!["Edward".to_string()], vec!["ed".to_string()]));
    assert!(ed.is_modified(&session)?);
    assert_eq!(session.dirty().len(), 1);
    assert_eq!(session.dirty()[0].downcast::<User>(&session)?, Some(ed.clone()));
    assert_eq!(session.dirty()[0].downcast::<Address>(&session)?, None);
    taken(&log);
    session.flush()?;
    assert_eq!(taken(&log), ["UPDATE users SET name=?, fullname=? WHERE users.id = ? ('Edward', None, 1)"]);
    assert!(!ed.is_modified(&session)?);
    assert_eq!(ed.history(&session, User::name)?.unchanged, ["Edward"]);
    Ok(())
}

#[test]
fn a_collection_takes_and_gives_up_members() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    let (ed, wendy) = filled(&mut session)?;
    let third = ed.append(&mut session, User::addresses, new!(Address { email: "ed@work" }))?;
    assert_eq!(third.get(&mut session, Address::user)?, Some(ed.clone()));
    assert_eq!(third.lifecycle(&session)?, Lifecycle::Pending);
    let first = ed.get(&mut session, User::addresses)?.remove(0);
    ed.remove(&mut session, User::addresses, &first)?;
    assert_eq!(ed.history(&session, User::addresses)?.deleted.first(), Some(&first));
    let error = ed.remove(&mut session, User::addresses, &first).unwrap_err();
    assert_eq!(error.to_string(), "list.remove(x): x not in list");
    // The mirror: Wendy gets what Ed had.
    let second = ed.get(&mut session, User::addresses)?.remove(0);
    second.set(&mut session, Address::user, &wendy)?;
    assert_eq!(ed.get(&mut session, User::addresses)?, [third]);
    taken(&log);
    session.flush()?;
    assert_eq!(
        taken(&log),
        [
            "SELECT users.id, users.name, users.fullname \nFROM users \nWHERE users.id = ? (2,)",
            "UPDATE addresses SET user_id=? WHERE addresses.id = ? (2, 2)",
            "INSERT INTO addresses (email_address, user_id) VALUES (?, ?) ('ed@work', 1)",
            "DELETE FROM addresses WHERE addresses.id = ? (1,)",
        ]
    );
    assert_eq!(first.lifecycle(&session)?, Lifecycle::Deleted);
    Ok(())
}

#[test]
fn a_delete_cascades_and_a_rollback_brings_back() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    let (ed, _) = filled(&mut session)?;
    session.delete(&ed)?;
    assert_eq!(session.deleted().len(), 3);
    taken(&log);
    session.flush()?;
    assert_eq!(
        taken(&log),
        [
            "DELETE FROM addresses WHERE addresses.id = ? [(1,), (2,)]",
            "DELETE FROM users WHERE users.id = ? (1,)",
        ]
    );
    assert_eq!(session.get::<User>(1)?, None);
    session.rollback()?;
    assert_eq!(ed.lifecycle(&session)?, Lifecycle::Persistent);
    assert_eq!(session.get::<User>(1)?, Some(ed));
    Ok(())
}

#[test]
fn an_object_goes_from_transient_to_persistent_and_back_by_rollback() -> OrmResult<()> {
    let (mut db, _) = world();
    let mut session = db.session();
    let ed = session.create(new!(User { name: "ed" }))?;
    assert_eq!(ed.lifecycle(&session)?, Lifecycle::Transient);
    assert!(!session.contains(&ed));
    session.add(&ed)?;
    assert_eq!(ed.lifecycle(&session)?, Lifecycle::Pending);
    assert_eq!(session.pending().len(), 1);
    assert_eq!(ed.get(&mut session, User::id.optional())?, None);
    session.flush()?;
    assert_eq!(ed.lifecycle(&session)?, Lifecycle::Persistent);
    assert_eq!(session.persistent().len(), 1);
    session.rollback()?;
    assert_eq!(ed.lifecycle(&session)?, Lifecycle::Transient);
    session.add(&ed)?;
    session.commit()?;
    session.expunge(&ed)?;
    assert_eq!(ed.lifecycle(&session)?, Lifecycle::Detached);
    Ok(())
}

#[test]
fn what_the_program_lets_go_leaves_the_identity_map() -> OrmResult<()> {
    let (mut db, _) = world();
    let mut session = db.session();
    let (ed, wendy) = filled(&mut session)?;
    for address in ed.get(&mut session, User::addresses)? {
        address.get(&mut session, Address::user)?;
    }
    drop(wendy);
    session.flush()?;
    assert_eq!(session.persistent().len(), 1 + 2);
    drop(ed);
    session.flush()?;
    // Ed and his addresses hold each other.
    assert_eq!(session.persistent().len(), 1 + 2);
    assert_eq!(session.database().collect_cycles(), 1 + 2);
    assert_eq!(session.persistent().len(), 0);
    Ok(())
}

#[test]
fn a_savepoint_is_rolled_back_to_after_an_error() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    filled(&mut session)?;
    taken(&log);
    let error = session
        .begin_nested(|session| {
            session.add(new!(Address { email: "ed@aol.com", user_id: 2 }))?;
            session.flush()
        })
        .unwrap_err();
    assert!(error.to_string().contains("UNIQUE constraint failed: addresses.email_address"), "{error}");
    session.begin_nested(|session| session.add(new!(User { name: "jack" })).map(drop))?;
    session.commit()?;
    assert_eq!(
        taken(&log),
        [
            "BEGIN (implicit)",
            "SAVEPOINT sa_savepoint_1 ()",
            "INSERT INTO addresses (email_address, user_id) VALUES (?, ?) ('ed@aol.com', 2)",
            "ROLLBACK TO SAVEPOINT sa_savepoint_1 ()",
            "SAVEPOINT sa_savepoint_2 ()",
            "INSERT INTO users (name, fullname) VALUES (?, ?) ('jack', None)",
            "RELEASE SAVEPOINT sa_savepoint_2 ()",
            "COMMIT",
        ]
    );
    Ok(())
}

#[test]
fn a_transaction_of_a_block_is_committed_or_rolled_back() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    session.begin(|session| session.add(new!(User { name: "ed" })).map(drop))?;
    assert_eq!(taken(&log).last().map(String::as_str), Some("COMMIT"));
    let refused: Result<(), OrmError> = session.begin(|session| {
        session.add(new!(User { fullname: "nobody" }))?;
        session.flush()
    });
    assert!(refused.unwrap_err().to_string().contains("NOT NULL constraint failed: users.name"));
    assert_eq!(taken(&log).last().map(String::as_str), Some("ROLLBACK"));
    assert!(!session.in_transaction());
    assert_eq!(session.scalar(Select::of(func::count()).select_from(class::<User>()))?, Some(1));
    Ok(())
}

#[test]
fn a_session_that_goes_out_of_scope_is_closed() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    let ed = session.add(new!(User { name: "ed" }))?;
    session.flush()?;
    drop(session);
    assert_eq!(taken(&log).last().map(String::as_str), Some("ROLLBACK"));
    let session = db.session();
    assert_eq!(ed.lifecycle(&session)?, Lifecycle::Detached);
    drop(session);
    assert_eq!(db.take_warnings(), Vec::<String>::new());
    Ok(())
}

#[test]
fn a_flush_does_what_its_plan_said() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    session.add(new!(User { name: "ed", addresses: [new!(Address { email: "ed@aol.com" })] }))?;
    let plan = session.flush_plan()?;
    let steps: Vec<(PlanVerb, &str)> =
        plan.actions.iter().map(|action| (action.verb, action.sql.as_str())).collect();
    let users = "INSERT INTO users (name, fullname) VALUES (?, ?)";
    let addresses = "INSERT INTO addresses (email_address, user_id) VALUES (?, ?)";
    assert_eq!(steps, [(PlanVerb::Insert, users), (PlanVerb::Insert, addresses)]);
    assert_eq!(plan.actions[1].reason, "new Address; user_id copied from users.id along User.addresses");
    assert_eq!(taken(&log), Vec::<String>::new());
    session.flush()?;
    let sent: Vec<String> = taken(&log).into_iter().filter(|sql| sql.starts_with("INSERT")).collect();
    assert_eq!(sent, [format!("{users} ('ed', None)"), format!("{addresses} ('ed@aol.com', 1)")]);
    Ok(())
}

#[test]
fn an_object_is_expired_and_refreshed() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    let (ed, _) = filled(&mut session)?;
    ed.get(&mut session, User::name)?;
    session.expire(&ed)?;
    taken(&log);
    ed.get(&mut session, User::name)?;
    assert_eq!(taken(&log).len(), 1);
    session.expire_all();
    session.refresh(&ed)?;
    assert_eq!(taken(&log).len(), 1);
    ed.get(&mut session, User::name)?;
    assert_eq!(taken(&log).len(), 0);
    Ok(())
}

#[test]
fn a_struct_is_read_changed_and_merged() -> OrmResult<()> {
    let (mut db, log) = world();
    let mut session = db.session();
    let (ed, _) = filled(&mut session)?;
    let mut read = ed.read(&mut session)?;
    assert_eq!((read.id, read.name.as_str(), read.addresses.loaded()), (1, "ed", None));
    read.name = "Edward".into();
    taken(&log);
    assert_eq!(session.merge(read)?, ed);
    session.flush()?;
    assert_eq!(taken(&log), ["UPDATE users SET name=? WHERE users.id = ? ('Edward', 1)"]);
    ed.get(&mut session, User::addresses)?;
    assert_eq!(ed.read(&mut session)?.addresses.loaded().map(|addresses| addresses.len()), Some(2));
    Ok(())
}

#[test]
fn without_autoflush_a_query_does_not_see_what_waits() -> OrmResult<()> {
    let (mut db, _) = world();
    let mut session = db.session();
    session.add(new!(User { name: "ed" }))?;
    let count = Select::of(func::count()).select_from(class::<User>());
    let unseen = session.no_autoflush(|session| session.scalar(count.clone()))?;
    assert_eq!((unseen, session.scalar(count)?), (Some(0), Some(1)));
    Ok(())
}

#[test]
fn an_object_of_another_database_is_refused() -> OrmResult<()> {
    let ((mut one, _), (mut other, _)) = (world(), world());
    let mut session = one.session();
    let ed = session.add(new!(User { name: "ed" }))?;
    let mut foreign = other.session();
    let refusals = [
        foreign.add(&ed).map(drop),
        foreign.delete(&ed),
        ed.get(&mut foreign, User::name).map(drop),
        ed.set(&mut foreign, User::name, "x"),
        ed.lifecycle(&foreign).map(drop),
        foreign.scalars(select::<Address>().where_(Address::user.eq(&ed))).map(drop),
    ];
    for refusal in refusals {
        assert_eq!(refusal.unwrap_err().to_string(), "This object belongs to another database");
    }
    Ok(())
}

#[test]
fn errors_are_those_of_sqlalchemy() -> OrmResult<()> {
    let (mut db, _) = world();
    let mut session = db.session();
    let none = session.scalars(select::<User>())?.one().unwrap_err();
    assert_eq!(none.to_string(), "No row was found when one was required");
    filled(&mut session)?;
    let several = session.scalars(select::<User>())?.one_or_none().unwrap_err();
    assert_eq!(several.to_string(), "Multiple rows were found when one or none was required");
    let jack = session.add(new!(User { name: "jack" }))?;
    let early = jack.get(&mut session, User::id).unwrap_err();
    assert_eq!(early.to_string(), "User.id is None, which is no i64; optional() reads it as an Option");
    assert!(matches!(early, OrmError::Orm { kind: OrmErrorKind::Type, .. }));
    let unsaved = session.delete(&jack).unwrap_err();
    assert!(unsaved.to_string().ends_with("is not persisted"), "{unsaved}");
    Ok(())
}

#[test]
fn a_class_that_no_one_told_of_is_not_mapped() -> OrmResult<()> {
    let mut db = Database::open("sqlite://")?;
    let expected = "Class 'User' is not mapped; tell the database of it with Database::map";
    assert_eq!(db.to_sql(&select::<User>()).unwrap_err().to_string(), expected);
    let mut session = db.session();
    assert_eq!(session.add(new!(User { name: "ed" })).unwrap_err().to_string(), expected);
    let error = Database::open("mongodb://").err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("Can't load plugin: sqlalchemy.dialects:mongodb"));
    Ok(())
}
