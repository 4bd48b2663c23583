//! The program of the README, against what real SQLAlchemy sent and printed
//! for the Python beside it. Natively, and as wasm in a browser.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::StatementEvent;
use ormscope::typed::prelude::*;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const README: &str = include_str!("../README.md");
const PYTHON: &str =
    include_str!("../../../tests/conformance/orm/the_program_in_the_readme_of_the_rust_api.py");
const RECORDING: &str =
    include_str!("../../../tests/conformance/orm/the_program_in_the_readme_of_the_rust_api.jsonl");

#[derive(Mapped)]
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

#[derive(Mapped)]
#[mapped(table = "addresses")]
struct Address {
    #[mapped(primary_key)]
    id: i64,
    email: String,
    #[mapped(foreign_key = "users.id")]
    user_id: i64,
    #[mapped(back_populates = "addresses")]
    user: One<User>,
}

/// The program; `print` is Python's.
fn program(
    echo: impl FnMut(&StatementEvent) + 'static,
    mut print: impl FnMut(String),
) -> Result<(), OrmError> {
    let mut db = Database::open("sqlite://")?;
    db.echo(echo);
    db.create_all::<(User, Address)>()?;
    let mut session = db.session();

    let ed = new!(User {
        name: "ed",
        fullname: "Ed Jones",
        addresses: [new!(Address { email: "ed@aol.com" }), new!(Address { email: "ed@jones.net" })],
    });
    let ed = session.add(ed)?;
    session.add_all([new!(User { name: "wendy" }), new!(User { name: "jack" })])?;
    session.commit()?;

    let of_aol = select::<User>()
        .join(User::addresses)
        .where_(Address::email.like("%@aol.com") & User::fullname.is_not_null())
        .order_by(User::id);
    for user in session.scalars(of_aol)?.all()? {
        let (name, fullname) = (user.get(&mut session, User::name)?, user.get(&mut session, User::fullname)?);
        print(format!("{name} {}", fullname.unwrap_or_default()));
    }

    let counted = Select::of((User::name, func::count_of(Address::id)))
        .outer_join(User::addresses)
        .group_by(User::name)
        .order_by(User::name);
    for (name, count) in session.execute(counted)?.all()? {
        print(format!("{name} {count}"));
    }

    let missing = session.scalars(select::<User>().where_(!User::addresses.any(())).limit(1))?.first()?;
    if let Some(missing) = missing {
        print(missing.get(&mut session, User::name)?);
    }

    ed.set(&mut session, User::fullname, "Edward Jones")?;
    print(title(session.dirty() == [ed.clone()]));
    ed.append(&mut session, User::addresses, new!(Address { email: "ed@example.org" }))?;
    let first = ed.get(&mut session, User::addresses)?.remove(0);
    ed.remove(&mut session, User::addresses, &first)?;
    session.commit()?;

    let with_addresses = select::<User>().options(selectinload(User::addresses)).order_by(User::id.desc());
    for user in session.scalars(with_addresses)?.all()? {
        for address in user.get(&mut session, User::addresses)? {
            let owner = address.get(&mut session, Address::user)?;
            let owner = owner.map(|owner| owner.get(&mut session, User::name)).transpose()?;
            print(format!("{} {}", owner.unwrap_or_default(), address.get(&mut session, Address::email)?));
        }
    }

    session.execute(update::<User>().where_(User::fullname.is_null()).set(User::fullname, "?"))?;
    if let Some(jack) = session.get::<User>(3)? {
        print(jack.get(&mut session, User::fullname)?.unwrap_or_default());
        session.delete(&jack)?;
        session.rollback()?;
        print(jack.get(&mut session, User::name)?);
    }
    session.close()?;
    Ok(())
}

/// A boolean as Python prints it.
fn title(value: bool) -> String {
    if value { "True".into() } else { "False".into() }
}

/// A line of a recording, as far as it is compared.
fn sql(statement: &str, parameters: Option<&str>) -> String {
    let parameters = parameters.map_or("null".into(), json);
    format!("{{\"kind\": \"sql\", \"statement\": {}, \"parameters\": {parameters}, ", json(statement))
}

fn json(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{escaped}\"")
}

#[test]
fn the_rust_sends_and_prints_what_the_python_does() -> OrmResult<()> {
    let lines: Rc<RefCell<Vec<String>>> = Rc::default();
    let (sent, printed) = (Rc::clone(&lines), Rc::clone(&lines));
    program(
        move |event| sent.borrow_mut().push(sql(&event.sql, event.parameters.as_deref())),
        move |text| {
            let text = json(&format!("{text}\n"));
            printed.borrow_mut().push(format!("{{\"kind\": \"stdout\", \"text\": {text}}}"));
        },
    )?;
    let recorded: Vec<&str> = RECORDING.lines().filter(|line| !line.contains("\"kind\": \"end\"")).collect();
    for (own, recorded) in lines.borrow().iter().zip(&recorded) {
        assert!(recorded.starts_with(own.as_str()), "{own}\n is not\n{recorded}");
    }
    assert_eq!(lines.borrow().len(), recorded.len());
    Ok(())
}

#[test]
fn the_readme_shows_these_programs_and_no_others() {
    let own = include_str!("readme.rs");
    let mut shown = 0;
    for (language, source) in [("rust", own), ("python", PYTHON)] {
        let mut rest = source;
        for block in README.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix(language)) {
            for line in block.lines().filter(|line| !line.trim().is_empty()) {
                let at = rest.find(line);
                assert!(at.is_some(), "{line:?} of the README is not where it should be in the {language}");
                rest = at.and_then(|at| rest.get(at + line.len()..)).unwrap_or_default();
                shown += 1;
            }
        }
    }
    assert!(shown > 100, "only {shown} lines are shown");
}
