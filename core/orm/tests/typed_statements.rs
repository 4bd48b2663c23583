//! Statements of mapped structs: what they are written as, and what their rows
//! become. Natively, and as wasm in a browser.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::typed::prelude::*;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[derive(Mapped)]
#[mapped(table = "users")]
struct User {
    #[mapped(primary_key)]
    id: i64,
    name: String,
    age: Option<i64>,
    #[mapped(default = true)]
    active: bool,
    #[mapped(back_populates = "user")]
    addresses: Many<Address>,
}

#[derive(Mapped)]
#[mapped(table = "addresses")]
struct Address {
    #[mapped(primary_key)]
    id: i64,
    email: String,
    #[mapped(foreign_key = "users.id")]
    user_id: Option<i64>,
    #[mapped(back_populates = "addresses")]
    user: One<User>,
}

type Log = Rc<RefCell<Vec<String>>>;

fn world() -> OrmResult<(Database, Log)> {
    let mut db = Database::open("sqlite://")?;
    db.create_all::<(User, Address)>()?;
    let mut session = db.session();
    session.add_all([
        new!(User {
            name: "ed",
            age: 30,
            addresses: [new!(Address { email: "ed@aol.com" }), new!(Address { email: "ed@jones.net" })],
        }),
        new!(User { name: "wendy", age: 41, addresses: [new!(Address { email: "wendy@aol.com" })] }),
        new!(User { name: "jack", active: false }),
    ])?;
    session.commit()?;
    drop(session);
    let log = Log::default();
    let own = Rc::clone(&log);
    db.echo(move |event| own.borrow_mut().push(event.sql.clone()));
    Ok((db, log))
}

/// The names of the users that meet a condition, and the condition.
fn found(condition: Sql<bool>) -> OrmResult<(String, Vec<String>)> {
    let (mut db, _) = world()?;
    let users = Select::of(User::name).where_(condition).order_by(User::id);
    let sql = db.to_sql(&users)?;
    let (_, condition) = sql.split_once("WHERE ").unwrap_or_default();
    let (condition, _) = condition.rsplit_once(" ORDER BY").unwrap_or_default();
    let names = db.session().scalars(users)?.all()?;
    Ok((condition.to_string(), names))
}

fn check(condition: Sql<bool>, sql: &str, names: &[&str]) -> OrmResult<()> {
    let (written, found) = found(condition)?;
    assert_eq!((written.as_str(), found), (sql, names.iter().map(|name| name.to_string()).collect()));
    Ok(())
}

#[test]
fn values_are_compared_with_columns_of_their_type() -> OrmResult<()> {
    check(User::name.eq("ed"), "users.name = ?", &["ed"])?;
    check(User::name.ne("ed".to_string()), "users.name != ?", &["wendy", "jack"])?;
    check(User::age.ge(30) & User::age.lt(41), "users.age >= ? AND users.age < ?", &["ed"])?;
    check(User::age.le(30) | User::age.gt(40), "users.age <= ? OR users.age > ?", &["ed", "wendy"])?;
    check(User::age.eq(None), "users.age IS NULL", &["jack"])?;
    check(User::age.is_not_null(), "users.age IS NOT NULL", &["ed", "wendy"])?;
    check(User::age.between(40, 50), "users.age BETWEEN ? AND ?", &["wendy"])?;
    check(User::name.in_(["ed", "jack"]), "users.name IN (__[POSTCOMPILE_name_1])", &["ed", "jack"])?;
    check(User::age.gt(User::id + 29), "users.age > users.id + ?", &["wendy"])?;
    check(User::active.sql(), "users.active = 1", &["ed", "wendy"])?;
    check(!User::active, "users.active = 0", &["jack"])?;
    Ok(())
}

#[test]
fn text_is_matched() -> OrmResult<()> {
    check(User::name.like("%e%"), "users.name LIKE ?", &["ed", "wendy"])?;
    check(!User::name.like("%e%"), "users.name NOT LIKE ?", &["jack"])?;
    check(User::name.ilike("E%"), "lower(users.name) LIKE lower(?)", &["ed"])?;
    check(User::name.contains("end"), "(users.name LIKE '%' || ? || '%')", &["wendy"])?;
    check(User::name.starts_with("j"), "(users.name LIKE ? || '%')", &["jack"])?;
    check(User::name.ends_with("y"), "(users.name LIKE '%' || ?)", &["wendy"])?;
    check(func::lower(User::name).eq("ed"), "lower(users.name) = ?", &["ed"])?;
    check(func::coalesce(User::age, 0).lt(31), "coalesce(users.age, ?) < ?", &["ed", "jack"])?;
    Ok(())
}

#[test]
fn relationships_are_conditions() -> OrmResult<()> {
    let exists = "EXISTS (SELECT 1 \nFROM addresses \nWHERE users.id = addresses.user_id";
    let of_aol = Address::email.like("%aol%");
    check(User::addresses.any(of_aol), &format!("{exists} AND addresses.email LIKE ?)"), &["ed", "wendy"])?;
    check(!User::addresses.any(()), &format!("NOT ({exists}))"), &["jack"])?;
    let (mut db, _) = world()?;
    let mut session = db.session();
    let ed = session.scalars(select::<User>().where_(User::name.eq("ed")))?.one()?;
    let own = select::<Address>().where_(Address::user.eq(&ed));
    let addresses = session.scalars(&own)?.all()?;
    assert_eq!(addresses, ed.get(&mut session, User::addresses)?);
    let owner = select::<User>().where_(User::addresses.contains(&addresses[1]));
    assert_eq!(session.scalars(owner)?.all()?, [ed]);
    let orphans = select::<Address>().where_(Address::user.is_none());
    assert_eq!(session.scalars(orphans)?.all()?, []);
    let of_ed = select::<Address>().where_(Address::user.has(User::name.eq("ed")));
    assert_eq!(session.scalars(of_ed)?.all()?, addresses);
    Ok(())
}

#[test]
fn joins_follow_relationships_and_foreign_keys() -> OrmResult<()> {
    let (mut db, _) = world()?;
    let joined =
        "SELECT users.name, addresses.email \nFROM users JOIN addresses ON users.id = addresses.user_id";
    let both = || Select::of((User::name, Address::email));
    assert_eq!(db.to_sql(&both().join(User::addresses))?, joined);
    assert_eq!(db.to_sql(&both().join(class::<Address>()))?, joined);
    assert_eq!(db.to_sql(&both().join_on(class::<Address>(), User::id.eq(Address::user_id)))?, joined);
    let aol = both().join(User::addresses.and_(Address::email.ends_with("aol.com"))).order_by(User::id);
    let rows = db.session().execute(aol)?.all()?;
    let rows: Vec<(&str, &str)> = rows.iter().map(|(name, email)| (name.as_str(), email.as_str())).collect();
    assert_eq!(rows, [("ed", "ed@aol.com"), ("wendy", "wendy@aol.com")]);
    Ok(())
}

#[test]
fn an_outer_join_gives_options() -> OrmResult<()> {
    let (mut db, _) = world()?;
    let mut session = db.session();
    let rows = Select::of((class::<User>(), class::<Address>().optional(), Address::email.optional()))
        .outer_join(User::addresses)
        .order_by((User::id, Address::id));
    let rows = session.execute(rows)?.all()?;
    assert_eq!(rows.len(), 4);
    for (user, address, email) in rows {
        assert_eq!(address.is_none(), user.get(&mut session, User::name)? == "jack");
        assert_eq!(address.is_none(), email.is_none());
    }
    let strict = Select::of((User::name, Address::email)).outer_join(User::addresses);
    let error = session.execute(strict)?.all().unwrap_err();
    assert_eq!(
        error.to_string(),
        "a value of the row is None, which is no alloc::string::String; optional() reads it as an Option"
    );
    Ok(())
}

#[test]
fn an_alias_is_the_same_throughout_a_statement() -> OrmResult<()> {
    let (mut db, _) = world()?;
    let (first, second) = (aliased::<Address>().named("first"), aliased::<Address>().named("second"));
    let both = Select::of((&first, second.c(Address::email)))
        .select_from(class::<User>())
        .join(User::addresses.of_type(&first))
        .join(User::addresses.of_type(&second))
        .where_(first.c(Address::email).lt(second.c(Address::email)));
    assert_eq!(
        db.to_sql(&both)?,
        "SELECT first.id, first.email, first.user_id, second.email AS email_1 \n\
         FROM users JOIN addresses AS first ON users.id = first.user_id JOIN addresses AS second ON users.id = second.user_id \n\
         WHERE first.email < second.email",
    );
    let mut session = db.session();
    let (address, other) = session.execute(both)?.one()?;
    assert_eq!(address.get(&mut session, Address::email)?, "ed@aol.com");
    assert_eq!(other, "ed@jones.net");
    Ok(())
}

#[test]
fn groups_and_limits_and_subqueries() -> OrmResult<()> {
    let (mut db, _) = world()?;
    let mut session = db.session();
    let counted = Select::of((User::name, func::count_of(Address::id).label("addresses")))
        .outer_join(User::addresses)
        .group_by(User::name)
        .having(func::count_of(Address::id).ge(1))
        .order_by(func::count_of(Address::id).desc())
        .limit(1);
    assert_eq!(session.execute(counted)?.all()?, [("ed".to_string(), 2)]);
    let with_two = Select::of(Address::user_id).group_by(Address::user_id).having(func::count().gt(1));
    let names = Select::of(User::name).where_(User::id.in_select(&with_two));
    assert_eq!(session.scalars(names)?.all()?, ["ed"]);
    let oldest = Select::of(func::max(User::age)).scalar_subquery();
    let eldest = select::<User>().where_(User::age.eq(oldest));
    let eldest = session.scalars(eldest)?.one()?;
    assert_eq!(eldest.get(&mut session, User::age)?, Some(41));
    let has_any = select::<Address>().where_(Address::user_id.eq(User::id)).exists();
    let without = Select::of(User::name).where_(!has_any);
    assert_eq!(session.scalars(without)?.all()?, ["jack"]);
    assert_eq!(session.scalar(Select::of(func::sum(User::age)))?, Some(Some(71)));
    let page = Select::of(User::id).order_by(User::id).offset(1).limit(1);
    assert_eq!(session.scalars(page)?.all()?, [2]);
    let kinds = Select::of(User::active).distinct().order_by(User::active);
    assert_eq!(session.scalars(kinds)?.all()?, [false, true]);
    assert_eq!(session.scalar(Select::of(literal(2) * 3))?, Some(6));
    Ok(())
}

#[test]
fn options_say_how_related_objects_are_loaded() -> OrmResult<()> {
    let (mut db, log) = world()?;
    let mut session = db.session();
    let statements = |log: &Log| std::mem::take(&mut *log.borrow_mut()).len();
    let users = session.scalars(select::<User>().options(selectinload(User::addresses)))?.all()?;
    assert_eq!(statements(&log), 3, "BEGIN, the users, their addresses");
    for user in &users {
        for address in user.get(&mut session, User::addresses)? {
            assert_eq!(address.get(&mut session, Address::user)?.as_ref(), Some(user));
        }
    }
    assert_eq!(statements(&log), 0);
    session.expunge_all();
    let joined = select::<User>().options(joinedload(User::addresses)).order_by(User::id);
    let error = session.scalars(joined.clone())?.all().unwrap_err();
    assert!(error.to_string().starts_with("The unique() method must be invoked on this Result"), "{error}");
    assert_eq!(session.scalars(joined)?.unique().all()?.len(), 3);
    session.expunge_all();
    let deep = select::<Address>().options(joinedload(Address::user).selectinload(User::addresses));
    let address = session.scalars(deep)?.first()?;
    statements(&log);
    let user = address.map(|address| address.get(&mut session, Address::user)).transpose()?.flatten();
    let user = user.map(|user| user.get(&mut session, User::addresses)).transpose()?;
    assert_eq!((user.map(|addresses| addresses.len()), statements(&log)), (Some(2), 0));
    session.expunge_all();
    let strict = select::<User>().options(raiseload(User::addresses));
    let user = session.scalars(strict)?.first()?;
    let refused = user.map(|user| user.get(&mut session, User::addresses)).transpose();
    assert_eq!(refused.unwrap_err().to_string(), "'User.addresses' is not available due to lazy='raise'");
    session.expunge_all();
    let nameless = select::<User>().options(defer(User::name)).order_by(User::id);
    let ed = session.scalars(nameless)?.first()?;
    assert_eq!(log.borrow().last().map(|sql| sql.contains("users.name")), Some(false));
    let name = ed.map(|ed| ed.get(&mut session, User::name)).transpose()?;
    assert_eq!(name.as_deref(), Some("ed"));
    Ok(())
}

#[test]
fn objects_follow_an_update_of_many_rows() -> OrmResult<()> {
    let (mut db, log) = world()?;
    let mut session = db.session();
    let users = session.scalars(select::<User>().order_by(User::id))?.all()?;
    let birthday = update::<User>().where_(User::age.is_not_null()).set(User::age, User::age + 1);
    log.borrow_mut().clear();
    assert_eq!(session.execute(birthday)?, 2);
    assert_eq!(*log.borrow(), ["UPDATE users SET age=(users.age + ?) WHERE users.age IS NOT NULL"]);
    assert_eq!(users[0].get(&mut session, User::age)?, Some(31));
    assert_eq!(session.execute(update::<User>().set(User::name, "nobody").where_(User::id.eq(3)))?, 1);
    assert_eq!(users[2].get(&mut session, User::name)?, "nobody");
    assert_eq!(session.execute(delete::<User>().where_(User::id.eq(3)))?, 1);
    assert_eq!(session.get::<User>(3)?, None);
    Ok(())
}

#[test]
fn rows_are_inserted_without_objects() -> OrmResult<()> {
    let (mut db, log) = world()?;
    let mut session = db.session();
    log.borrow_mut().clear();
    let rows = insert([new!(User { name: "a", age: 1 }), new!(User { name: "b", age: 2 })]);
    assert_eq!(session.execute(rows)?, 2);
    assert_eq!(*log.borrow(), ["BEGIN (implicit)", "INSERT INTO users (name, age, active) VALUES (?, ?, ?)"]);
    assert_eq!(session.persistent().len(), 0);
    let refused = session.execute(insert([new!(User { addresses: [new!(Address {})] })])).unwrap_err();
    assert!(refused.to_string().starts_with("insert() takes columns only"), "{refused}");
    Ok(())
}
