//! The page drawn in a real browser, from states that the store makes of events.
#![cfg(target_arch = "wasm32")]

mod fixture;

use std::cell::RefCell;
use std::rc::Rc;

use ormscope_host::protocol::{Era, Event, Repair, Status, TickKind, Verb};
use ormscope_web::ui::store::{Action, State, Tab, Theme, Travel, reduce};
use ormscope_web::ui::{Screen, ScreenProps, Shared};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};
use yew::Callback;

wasm_bindgen_test_configure!(run_in_browser);

/// A drawn page, and what its controls asked for.
struct Page {
    root: Element,
    asked: Rc<RefCell<Vec<Action>>>,
}

impl Page {
    async fn draw(state: State) -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let root = document.create_element("div").unwrap();
        document.body().unwrap().append_child(&root).unwrap();
        let asked = Rc::new(RefCell::new(Vec::new()));
        let dispatch = {
            let asked = asked.clone();
            Callback::from(move |action| asked.borrow_mut().push(action))
        };
        let props = ScreenProps { state: Shared::from(Rc::new(state)), dispatch };
        yew::Renderer::<Screen>::with_root_and_props(root.clone(), props).render();
        // One turn of the event loop, in which Yew renders: no time is waited for.
        yew::platform::time::sleep(std::time::Duration::ZERO).await;
        Self { root, asked }
    }

    fn text(&self, selector: &str) -> String {
        self.root.query_selector(selector).unwrap().map_or_else(String::new, |it| it.text_content().unwrap())
    }

    fn count(&self, selector: &str) -> u32 {
        self.root.query_selector_all(selector).unwrap().length()
    }

    /// The button with exactly this name.
    fn button(&self, name: &str) -> HtmlElement {
        let buttons = self.root.query_selector_all("button").unwrap();
        let mut buttons =
            (0..buttons.length()).map(|at| buttons.get(at).unwrap().unchecked_into::<HtmlElement>());
        buttons.find(|button| button.text_content().unwrap().trim() == name).unwrap()
    }

    fn is_disabled(&self, name: &str) -> bool {
        self.button(name).has_attribute("disabled")
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.root.remove();
    }
}

fn finished() -> State {
    let mut state = State::greeting("a = 1\nb = 2\nc = 3\nd = 4\n", Theme::Light);
    reduce(&mut state, Action::Run);
    reduce(&mut state, Action::Heard(fixture::events()));
    reduce(&mut state, Action::Heard(vec![Event::View(Box::new(fixture::view(8)))]));
    state
}

#[wasm_bindgen_test]
async fn every_object_stands_in_its_lane() {
    let page = Page::draw(finished()).await;
    for (lane, cards) in
        [("transient", 1), ("pending", 1), ("persistent", 2), ("deleted", 0), ("detached", 1)]
    {
        assert_eq!(page.count(&format!("[data-lane={lane}] [data-card]")), cards, "{lane}");
    }
    let ed = page.text("[data-card='1']");
    assert!(ed.contains("dirty") && ed.contains("'edspassword' → 'f8s7ccs'"), "{ed}");
    assert!(page.text("[data-card='2']").contains("will be deleted"));
    let lists = page.text(".lists");
    assert!(lists.contains("session.newPost") && lists.contains("session.dirtyUser ed"), "{lists}");
}

#[wasm_bindgen_test]
async fn the_marked_line_and_the_badges_stand_beside_the_code() {
    let page = Page::draw(finished()).await;
    assert_eq!(
        page.root.query_selector(".row-now").unwrap().unwrap().get_attribute("data-line").as_deref(),
        Some("2")
    );
    assert_eq!(page.text("[data-line='2'] .row-badge"), "1 SQL");
    assert_eq!(page.text("[data-line='3'] .row-badge"), "1 SQL · lazy load");
}

#[wasm_bindgen_test]
async fn echo_shows_sql_output_and_cause_in_order() {
    let page = Page::draw(finished()).await;
    let echo = page.text("#panel-echo");
    let places = [
        "hello",
        "BEGIN (implicit)",
        "INSERT INTO users",
        "flush by commit",
        "COMMIT",
        "lazy load of ed.posts",
        "the end",
    ]
    .map(|piece| echo.find(piece).unwrap_or_else(|| panic!("{piece} is missing in {echo}")));
    assert!(places.is_sorted(), "{echo}");
}

#[wasm_bindgen_test]
async fn rows_stand_inside_and_outside_the_transaction() {
    let mut state = finished();
    reduce(&mut state, Action::ChooseTab(Tab::Database));
    let page = Page::draw(state).await;
    let table = page.text("[data-table=users]");
    assert!(table.contains("committed") && table.contains("in this transaction"), "{table}");
    assert_eq!(page.count("[data-table=users] .row-added"), 1);
    assert_eq!(page.count("[data-table=users] .row-removed"), 1);
    assert_eq!(page.count("[data-table=users] .differs"), 2);
}

#[wasm_bindgen_test]
async fn the_buttons_act_at_the_present_only_and_say_why() {
    let page = Page::draw(finished()).await;
    page.button("Commit").click();
    assert_eq!(*page.asked.borrow(), [Action::Press(Verb::Commit)]);

    let mut state = finished();
    reduce(&mut state, Action::Travel(Travel::First));
    let page = Page::draw(state).await;
    assert!(page.is_disabled("Flush") && page.is_disabled("Commit") && page.is_disabled("Roll back"));
    assert!(page.text("[aria-labelledby=session-heading]").contains("You are looking back"));
    page.button("go to the present").click();
    assert_eq!(*page.asked.borrow(), [Action::Travel(Travel::Last)]);
}

#[wasm_bindgen_test]
async fn an_error_shows_type_message_and_line() {
    let mut state = finished();
    let mut tick = fixture::line(state.log.len(), 4);
    tick.kind = TickKind::Error(ormscope_host::protocol::ErrorReport {
        class: "IntegrityError".into(),
        module: "sqlalchemy.exc".into(),
        message: "UNIQUE constraint failed: users.name".into(),
        line: Some(4),
        column: None,
        top: Some(4),
        hint: Some("The name is taken.".into()),
        traceback: String::new(),
    });
    let events = vec![Event::Ticks(vec![tick]), Event::Finished { status: Status::Error }];
    reduce(&mut state, Action::Heard(events));
    let page = Page::draw(state).await;
    let error = page.text(".entry-error");
    for piece in ["IntegrityError", "UNIQUE constraint failed", "line 4", "The name is taken."] {
        assert!(error.contains(piece), "{error}");
    }
    assert_eq!(page.text("[data-line='4'] .row-badge"), "IntegrityError");
}

#[wasm_bindgen_test]
async fn repairs_are_listed_with_their_reasons() {
    let mut state = State::default();
    reduce(&mut state, Action::Paste(">>> a = 1".into()));
    let repair = Repair {
        line: 1,
        before: ">>> a = 1".into(),
        after: "a = 1".into(),
        why: "a console's prompt".into(),
    };
    let event = Event::Repaired { source: "a = 1".into(), repairs: vec![repair], era: Era::Legacy };
    reduce(&mut state, Action::Heard(vec![event]));
    let page = Page::draw(state).await;
    let panel = page.text(".repairs");
    assert!(
        panel.contains("1 repair") && panel.contains(">>> a = 1") && panel.contains("a console's prompt")
    );
    assert!(page.text(".proposal").contains("SQLAlchemy 1.x"));
    page.button("Undo").click();
    assert_eq!(*page.asked.borrow(), [Action::UndoRepairs]);
}

#[wasm_bindgen_test]
async fn hostile_text_is_shown_as_text() {
    let payload = "<img src=x onerror=alert(1)></textarea><script>alert(1)</script>";
    let mut state = State::greeting(payload, Theme::Light);
    reduce(&mut state, Action::Run);
    let ticks = vec![fixture::output(0, 1, payload), fixture::statement(1, 1, payload, payload)];
    reduce(&mut state, Action::Heard(vec![Event::Started { run: 1 }, Event::Ticks(ticks)]));
    let page = Page::draw(state).await;
    assert_eq!(page.count("img, script"), 0);
    assert!(page.text("#panel-echo").contains(payload));
}
