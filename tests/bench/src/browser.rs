//! The page that measures, opened in a headless browser.

use std::path::Path;
use std::thread;

use ormscope_tests::webdriver::Driver;

use crate::Outcome;

/// Serves the folder, opens its page in a new browser, and has it measure one thing once. Gives the lines
/// that the page prints.
///
/// # Errors
/// When the browser does not start, and what the page throws.
pub fn measure(folder: &Path, what: &str) -> Outcome<String> {
    let (listener, address) = xtask::site::bind(0).map_err(|error| format!("no port is free: {error}"))?;
    let served = folder.to_owned();
    thread::spawn(move || xtask::site::serve(&listener, &served));
    let driver = Driver::start()?;
    let browser = driver.browser()?;
    browser.open(&format!("http://{address}/index.html?{what}"))?;
    let printed = browser.until(
        "the page has measured",
        "if (window.failure) throw new Error(window.failure); return window.printed;",
        &[],
    )?;
    browser.close()?;
    printed.as_str().map(str::to_owned).ok_or_else(|| format!("the page printed {printed}"))
}
