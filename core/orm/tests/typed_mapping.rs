//! What a struct can say of its mapping: types, keys, tables between, a class
//! that refers to itself, inheritance. Natively, and as wasm in a browser.

use ormscope::schema::{Column as TableColumn, Table};
use ormscope::sql::Expr;
use ormscope::typed::prelude::*;
use ormscope::types::{Date, DateTime, SqlType, Time};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[derive(Mapped, Clone, Debug, PartialEq)]
#[mapped(table = "everything")]
struct Everything {
    #[mapped(primary_key)]
    id: Option<i64>,
    truth: bool,
    small: i32,
    counter: u32,
    ratio: f64,
    name: String,
    bytes: Vec<u8>,
    day: Date,
    hour: Time,
    moment: DateTime,
    price: Decimal,
    token: Uuid,
    span: Interval,
    absent: Option<Vec<u8>>,
    r#type: Option<String>,
}

#[test]
fn every_type_comes_back_as_it_went() -> Result<(), Box<dyn std::error::Error>> {
    let day = Date { year: 2024, month: 5, day: 17 };
    let hour = Time { hour: 10, minute: 20, second: 30, microsecond: 5 };
    let given = Everything {
        id: None,
        truth: true,
        small: -3,
        counter: u32::MAX,
        ratio: 0.5,
        name: "ä\0'".into(),
        bytes: vec![0, 255],
        day,
        hour,
        moment: DateTime { date: day, time: hour },
        price: "12.5000000000".parse()?,
        token: "12345678-1234-5678-1234-567812345678".parse()?,
        span: Interval { microseconds: -90_000_001 },
        absent: None,
        r#type: Some("text".into()),
    };
    let mut db = Database::open("sqlite://")?;
    db.create_all::<Everything>()?;
    let mut session = db.session();
    let object = session.add(given.clone())?;
    session.commit()?;
    session.expunge_all();
    let found = session.get::<Everything>(1)?;
    assert_ne!(found.as_ref(), Some(&object));
    let found = found.map(|found| found.read(&mut session)).transpose()?;
    assert_eq!(found, Some(Everything { id: Some(1), ..given }));
    let typed = Select::of(Everything::id).where_(Everything::r#type.eq("text") & Everything::day.ge(day));
    assert_eq!(session.scalars(typed)?.all()?, [Some(1)]);
    Ok(())
}

fn noon() -> Time {
    Time { hour: 12, ..Time::default() }
}

#[derive(Mapped)]
#[mapped(table = "settings", unique(scope, rank), index(name = "ix_rank", rank, scope))]
struct Setting {
    #[mapped(primary_key)]
    scope: String,
    #[mapped(primary_key)]
    rank: i64,
    #[mapped(default = "none")]
    value: String,
    #[mapped(default_with = noon)]
    hour: Time,
    #[mapped(server_default = "7")]
    weight: i64,
    #[mapped(server_default = Expr::text("1 + 1"))]
    two: i64,
    #[mapped(sql_type = SqlType::Text, deferred)]
    notes: Option<String>,
    #[mapped(version_id)]
    version: i64,
}

#[test]
fn defaults_versions_and_keys_of_several_columns() -> OrmResult<()> {
    let mut db = Database::open("sqlite://")?;
    db.create_all::<Setting>()?;
    let mut session = db.session();
    let setting = session.add(new!(Setting { scope: "a", rank: 1, notes: "long" }))?;
    session.commit()?;
    let read = setting.read(&mut session)?;
    assert_eq!((read.value.as_str(), read.hour, read.weight, read.two), ("none", noon(), 7, 2));
    assert_eq!((read.notes.as_deref(), read.version), (Some("long"), 1));
    setting.set(&mut session, Setting::value, "other")?;
    session.commit()?;
    assert_eq!(setting.get(&mut session, Setting::version)?, 2);
    let key = ("a".to_string(), 1);
    assert_eq!(session.get::<Setting>(key)?, Some(setting));
    assert_eq!(session.get::<Setting>(("a".to_string(), 2))?, None);
    let twice = session.execute(insert([new!(Setting { scope: "a", rank: 1 })])).unwrap_err();
    assert!(twice.to_string().contains("UNIQUE constraint failed: settings.scope, settings.rank"), "{twice}");
    Ok(())
}

#[derive(Mapped)]
#[mapped(table = "posts")]
struct Post {
    #[mapped(primary_key)]
    id: i64,
    #[mapped(secondary = "post_words", back_populates = "posts", order_by = Word::text)]
    words: Many<Word>,
}

#[derive(Mapped)]
#[mapped(table = "words")]
struct Word {
    #[mapped(primary_key)]
    id: i64,
    text: String,
    #[mapped(secondary = "post_words", back_populates = "words")]
    posts: Many<Post>,
}

#[test]
fn a_table_between_two_classes_is_written_by_the_relationship() -> OrmResult<()> {
    let mut db = Database::open("sqlite://")?;
    let error = db.map::<Post>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "The secondary table 'post_words' of relationship 'words' is not defined; tell the database of it with Database::add_table"
    );
    let refused = db.session().add(new!(Word { text: "rust" })).unwrap_err().to_string();
    assert!(refused.starts_with("One or more mappers failed to initialize"), "{refused}");
    let reference =
        |name: &str, target: &str| TableColumn::new(name, SqlType::Integer).references(target).primary_key();
    let between = Table::new("post_words")
        .column(reference("post_id", "posts.id"))
        .column(reference("word_id", "words.id"));
    db.add_table(between)?;
    // What could not be worked out before is now.
    db.create_all::<(Post, Word)>()?;
    let mut session = db.session();
    let words = [new!(Word { text: "rust" }), new!(Word { text: "orm" })];
    let post = session.add(new!(Post { words: words }))?;
    session.commit()?;
    let words = post.get(&mut session, Post::words)?;
    assert_eq!(words[0].get(&mut session, Word::text)?, "orm");
    assert_eq!(words[0].get(&mut session, Word::posts)?.first(), Some(&post));
    let about_rust = select::<Post>().where_(Post::words.any(Word::text.eq("rust")));
    assert_eq!(session.scalars(about_rust)?.one()?, post);
    let of_word = select::<Post>().join(Post::words).where_(Word::text.eq("orm"));
    assert_eq!(session.scalars(of_word)?.one()?, post);
    assert_eq!(session.scalars(select::<Post>().where_(Post::words.contains(&words[1])))?.one()?, post);
    post.remove(&mut session, Post::words, &words[0])?;
    session.commit()?;
    assert_eq!(words[0].get(&mut session, Word::posts)?, []);
    Ok(())
}

#[derive(Mapped)]
#[mapped(table = "nodes")]
struct Node {
    #[mapped(primary_key)]
    id: i64,
    name: String,
    #[mapped(foreign_key = "nodes.id")]
    parent_id: Option<i64>,
    #[mapped(back_populates = "parent", lazy = "selectin")]
    children: Many<Node>,
    #[mapped(back_populates = "children", remote_side = Node::id)]
    parent: One<Node>,
}

#[test]
fn a_class_refers_to_itself() -> OrmResult<()> {
    let mut db = Database::open("sqlite://")?;
    db.create_all::<Node>()?;
    let mut session = db.session();
    let leaf = new!(Node { name: "leaf" });
    let root = session
        .add(new!(Node { name: "root", children: [new!(Node { name: "branch", children: [leaf] })] }))?;
    session.commit()?;
    let branch = root.get(&mut session, Node::children)?.remove(0);
    assert_eq!(branch.get(&mut session, Node::parent)?, Some(root.clone()));
    let parent = aliased::<Node>();
    let named =
        Select::of((Node::name, parent.c(Node::name))).join(Node::parent.of_type(&parent)).order_by(Node::id);
    let named = session.execute(named)?.all()?;
    let named: Vec<(&str, &str)> =
        named.iter().map(|(own, parent)| (own.as_str(), parent.as_str())).collect();
    assert_eq!(named, [("branch", "root"), ("leaf", "branch")]);
    let error = session.scalars(select::<Node>().join(Node::parent)).map(drop).unwrap_err();
    assert!(error.to_string().ends_with("they are the same entity"), "{error}");
    branch.set(&mut session, Node::parent, None)?;
    assert_eq!(root.get(&mut session, Node::children)?, []);
    Ok(())
}

#[derive(Mapped)]
#[mapped(table = "employees", polymorphic_on = kind, polymorphic_identity = "employee")]
struct Employee {
    #[mapped(primary_key)]
    id: i64,
    name: String,
    kind: String,
    #[mapped(foreign_key = "employees.id")]
    mentor_id: Option<i64>,
    #[mapped(remote_side = Employee::id)]
    mentor: One<Employee>,
}

#[derive(Mapped)]
#[mapped(table = "engineers", inherits = Employee, polymorphic_identity = "engineer")]
struct Engineer {
    #[mapped(primary_key, foreign_key = "employees.id")]
    id: i64,
    language: Option<String>,
}

#[derive(Mapped)]
#[mapped(inherits = Employee, polymorphic_identity = "manager")]
struct Manager {}

#[test]
fn classes_inherit_with_and_without_tables_of_their_own() -> OrmResult<()> {
    let mut db = Database::open("sqlite://")?;
    db.create_all::<(Engineer, Manager)>()?;
    let mut session = db.session();
    let ada = session.add(new!(Engineer { language: "Rust" }).with(Employee::name, "ada"))?;
    session.add(new!(Manager {}).with(Employee::name, "max"))?;
    session.add(new!(Employee { name: "eve", mentor: &ada }))?;
    session.commit()?;
    assert_eq!(ada.get(&mut session, Employee::name)?, "ada");
    assert_eq!(ada.get(&mut session, Engineer::language)?.as_deref(), Some("Rust"));
    let all = session.scalars(select::<Employee>().order_by(Employee::id))?.all()?;
    assert_eq!(all[0], ada.upcast());
    assert_eq!(all[0].downcast::<Engineer>(&session)?, Some(ada.clone()));
    assert_eq!(all[1].downcast::<Engineer>(&session)?, None);
    assert!(all[1].downcast::<Manager>(&session)?.is_some());
    assert_eq!(all[2].get(&mut session, Employee::mentor)?, Some(ada.upcast()));
    let managers = session.scalars(select::<Manager>())?.one()?;
    assert_eq!(managers.get(&mut session, Employee::kind)?, "manager");
    let rustaceans = select::<Engineer>().where_(Engineer::language.eq("Rust"));
    assert_eq!(session.scalars(rustaceans)?.one()?, ada);
    assert_eq!(session.get::<Manager>(2)?, Some(managers));
    Ok(())
}

#[derive(Mapped)]
#[mapped(table = "logs")]
struct Journal {
    #[mapped(primary_key)]
    id: i64,
    #[mapped(lazy = "write_only", cascade = "all")]
    lines: Many<Line>,
}

#[derive(Mapped)]
#[mapped(table = "lines")]
struct Line {
    #[mapped(primary_key)]
    id: i64,
    text: String,
    #[mapped(foreign_key = "logs.id")]
    journal_id: i64,
}

#[test]
fn a_collection_that_is_only_written_is_selected_from() -> OrmResult<()> {
    let mut db = Database::open("sqlite://")?;
    db.create_all::<Journal>()?;
    let mut session = db.session();
    let journal = session.add(new!(Journal {}))?;
    journal.append(&mut session, Journal::lines, new!(Line { text: "one" }))?;
    session.commit()?;
    let error = journal.get(&mut session, Journal::lines).unwrap_err();
    assert_eq!(error.to_string(), "Journal.lines is never loaded as a whole; select its objects");
    let lines = Select::of(Line::text).where_(with_parent(&journal, Journal::lines));
    assert_eq!(session.scalars(lines)?.all()?, ["one"]);
    Ok(())
}
