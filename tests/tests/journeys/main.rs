//! Journeys through the built page in a real browser: what a reader does, by the names a reader sees.
//!
//! Each has a browser of its own and leaves a screenshot of its end in `target/journeys/`.

mod errors;
mod many_to_many;
mod page;
mod quickstart;

use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};
use ormscope_tests::webdriver::{Driver, Outcome};
use page::Page;

type Journey = fn(&Page) -> Outcome;

const JOURNEYS: &[(&str, Journey)] = &[
    ("pasted_session_is_repaired_and_prints_what_sqlalchemy_prints", quickstart::pasted_session_runs),
    ("stepping_shows_an_object_in_each_of_its_states", quickstart::stepping_shows_the_states),
    ("flush_and_commit_act_on_the_session_that_ran", quickstart::flush_and_commit),
    ("roll_back_undoes_the_flush", quickstart::roll_back),
    ("many_to_many_with_back_populates_shows_its_association_rows", many_to_many::back_populates),
    ("many_to_many_with_backref_shows_its_association_rows", many_to_many::backref),
    ("a_syntax_error_shows_its_line_and_the_page_goes_on", errors::syntax_error),
    ("an_unsupported_construct_shows_its_line_and_the_page_goes_on", errors::unsupported_construct),
    ("an_integrity_error_shows_its_line_and_the_page_goes_on", errors::integrity_error),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match World::start() {
        Ok(world) => {
            let world = Arc::new(world);
            let trials = JOURNEYS.iter().map(|(name, journey)| {
                let world = Arc::clone(&world);
                Trial::test(*name, move || world.travel(name, *journey))
            });
            libtest_mimic::run(&arguments, trials.collect()).exit_code()
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// The built page on a port of its own, and the WebDriver server.
struct World {
    driver: Driver,
    address: String,
}

impl World {
    fn start() -> Outcome<Self> {
        let folder = xtask::place::dist();
        if !folder.join("index.html").is_file() {
            return Err("There is no dist/ to look at. First: cargo xtask dist".to_owned());
        }
        let (listener, address) =
            xtask::site::bind(0).map_err(|error| format!("no port is free: {error}"))?;
        thread::spawn(move || xtask::site::serve(&listener, &folder));
        Ok(World { driver: Driver::start()?, address: format!("http://{address}/") })
    }

    fn travel(&self, name: &str, journey: Journey) -> Result<(), Failed> {
        let page = Page::open(&self.driver, &self.address)?;
        let outcome = journey(&page).and_then(|()| page.wrote_no_errors());
        let folder = xtask::place::target().join("journeys");
        let picture = page.browser.screenshot(&folder.join(format!("{name}.png")));
        let closed = page.browser.close();
        outcome.and(picture).and(closed).map_err(Failed::from)
    }
}
