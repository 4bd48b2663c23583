//! The quickstart of seed 003: pasted with its prompts, repaired, stepped through, acted on.

use ormscope_tests::webdriver::Outcome;

use crate::page::{Card, Page, line_of, recorded};

/// The seed's session as it is copied from its document, prompts, pasted output and all; it never imports
/// `Column`. What the seed tells in words about changes and commit stands at prompts, as in the tutorial.
const PASTED: &str = include_str!("../../conformance/pasted/quickstart.txt");
/// What it becomes, recorded from SQLAlchemy.
const REPAIRED: &str = "conformance/pasted/quickstart.py";
/// The same script as repaired by hand.
const SCRIPT: &str = "seeds/003/quickstart.py";

pub(crate) fn pasted_session_runs(page: &Page) -> Outcome {
    page.paste(PASTED)?;
    page.browser.until("the repairs are listed", "return document.querySelector('.repairs li');", &[])?;
    let repairs = page.browser.script("return document.querySelector('.repairs').innerText;", &[])?;
    let repairs = repairs.as_str().unwrap_or_default();
    expect(repairs.contains("Column, Integer, String"), || format!("no repair imports Column: {repairs:?}"))?;
    let recorded = recorded(REPAIRED)?;
    let code = page.code()?;
    let same = code.lines().map(str::trim_end).eq(recorded.source.lines());
    expect(same, || format!("repaired to something else than {REPAIRED}:\n{code}"))?;
    page.run()?;
    page.must_show(&recorded)
}

pub(crate) fn stepping_shows_the_states(page: &Page) -> Outcome {
    let code = recorded(SCRIPT)?.source;
    page.paste(&code)?;
    page.run()?;
    let (transient, pending) = (card("Transient", &[]), card("Pending", &[]));
    let (clean, dirty) = (card("Persistent", &[]), card("Persistent", &["dirty"]));
    let stations = [
        (line_of(&code, "ed_user = User(")?, transient),
        (line_of(&code, "session.add(ed_user)")?, pending),
        (line_of(&code, "session.flush()")?, clean),
        (line_of(&code, "ed_user.password = ")?, dirty),
    ];
    let (changed, commit) = (stations[3].0, line_of(&code, "session.commit()")?);
    let mut stations = stations.into_iter();
    let mut next = stations.next();
    while let Some(line) = page.step()? {
        if let Some((_, card)) = next.as_ref().filter(|(station, _)| *station == line) {
            let found = page.card("ed_user")?;
            expect(found.as_ref() == Some(card), || {
                format!("at line {line} ed_user is {found:?}, not {card:?}")
            })?;
            next = stations.next();
        }
        if line == changed {
            let (new, changed) = (page.list("session.new")?, page.list("session.dirty")?);
            expect(new.matches("User").count() == 3, || format!("session.new holds {new}"))?;
            expect(changed == "User ed_user", || format!("session.dirty holds {changed}"))?;
        }
        if line == commit {
            let found = page.card("ed_user")?.ok_or("ed_user has no card after the commit")?;
            expect(found.lane == "Persistent" && !found.marks.contains(&"dirty".to_owned()), || {
                format!("after the commit ed_user is {found:?}")
            })?;
            let (new, changed) = (page.list("session.new")?, page.list("session.dirty")?);
            expect(new == "empty" && changed == "empty", || {
                format!("after the commit: new {new}, dirty {changed}")
            })?;
        }
    }
    expect(next.is_none(), || format!("stepping never came to {next:?}"))?;
    let found = page.card("ed_user")?;
    expect(found == Some(card("Persistent", &[])), || format!("at the end ed_user is {found:?}"))
}

pub(crate) fn flush_and_commit(page: &Page) -> Outcome {
    run_until_pending(page)?;
    page.browser.click("button", "Flush")?;
    page.until_rows("users", 0, 4)?;
    expect(page.echo()?.contains("UPDATE users SET password=?"), || "Flush sent no UPDATE".to_owned())?;
    page.browser.click("button", "Commit")?;
    page.until_rows("users", 4, 4)?;
    let rows = page.rows_inside("users")?;
    let first = ["1", "'ed'", "'Ed Jones'", "'f8s7ccs'"];
    expect(rows.first().is_some_and(|row| row == &first), || format!("the first user is {:?}", rows.first()))
}

pub(crate) fn roll_back(page: &Page) -> Outcome {
    run_until_pending(page)?;
    page.browser.click("button", "Flush")?;
    page.until_rows("users", 0, 4)?;
    page.browser.click("button", "Roll back")?;
    page.until_rows("users", 0, 0)?;
    page.browser.until_text("region", "Session", "no transaction")?;
    let found = page.card("ed_user")?;
    expect(found.as_ref().is_some_and(|card| card.lane == "Transient"), || format!("ed_user is {found:?}"))
}

/// The same script, ended before its commit: one row flushed, one change and three objects waiting.
fn run_until_pending(page: &Page) -> Outcome {
    let source = recorded(SCRIPT)?.source;
    let end = source.find("session.commit()").ok_or("the script has no commit")?;
    page.paste(&source[..end])?;
    page.run()?;
    page.browser.until_text("region", "Session", "in transaction")?;
    page.until_rows("users", 0, 1)
}

fn card(lane: &str, marks: &[&str]) -> Card {
    Card { lane: lane.to_owned(), marks: marks.iter().map(|mark| (*mark).to_owned()).collect() }
}

pub(crate) fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(otherwise()) }
}
