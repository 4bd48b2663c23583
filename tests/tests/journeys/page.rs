//! The page as its readers know it: editor, buttons, stage, echo, rows.

use ormscope_tests::corpus::{self, Recorded};
use ormscope_tests::transcript::Transcript;
use ormscope_tests::webdriver::{Browser, Driver, Outcome};
use serde_json::Value;

/// The open page.
pub(crate) struct Page {
    pub(crate) browser: Browser,
}

/// An object's card on the stage.
#[derive(Debug, PartialEq)]
pub(crate) struct Card {
    /// The lane it lies in.
    pub(crate) lane: String,
    /// Its marks: `dirty`, `expired`, `will be deleted`.
    pub(crate) marks: Vec<String>,
}

impl Page {
    /// Opens the page and waits until the greeting example has run.
    pub(crate) fn open(driver: &Driver, address: &str) -> Outcome<Self> {
        let page = Page { browser: driver.browser()? };
        page.browser.open(address)?;
        page.until_ended()?;
        Ok(page)
    }

    /// Replaces the code by pasting.
    pub(crate) fn paste(&self, source: &str) -> Outcome {
        self.browser.paste("Code", source)
    }

    /// What stands in the editor.
    pub(crate) fn code(&self) -> Outcome<String> {
        let code =
            self.browser.until("the editor is there", "return [named('textbox', 'Code').value];", &[])?;
        Ok(code[0].as_str().unwrap_or_default().to_owned())
    }

    /// Presses *Run* and waits for the end.
    pub(crate) fn run(&self) -> Outcome<String> {
        self.browser.click("button", "Run")?;
        self.until_ended()
    }

    /// Waits until the line under the code says how the run ended, and returns it.
    fn until_ended(&self) -> Outcome<String> {
        let ended = self.browser.until(
            "the run has ended",
            "const place = document.querySelector('.outcome-done, .outcome-error');
             return place && ready('button', 'Run') && [place.innerText];",
            &[],
        )?;
        Ok(ended[0].as_str().unwrap_or_default().to_owned())
    }

    /// Presses *Step* and waits until stage and code show the next moment. Returns its line, or none at the
    /// present.
    pub(crate) fn step(&self) -> Outcome<Option<u32>> {
        let before = self.timeline()?;
        self.browser.click("button", "Step")?;
        let line = self.browser.until(
            "the next moment is on show",
            "const words = document.querySelector('.timeline-words').innerText;
             if (words === arguments[0]) return false;
             const line = words.match(/line (\\d+)$/)?.[1];
             const marked = document.querySelector('.row-now')?.dataset.line;
             const present = named('button', 'Last event').disabled;
             return present ? ['0'] : line === marked && [line];",
            &[&before],
        )?;
        let line: u32 = line[0].as_str().and_then(|line| line.parse().ok()).ok_or("no line is marked")?;
        Ok((line > 0).then_some(line))
    }

    fn timeline(&self) -> Outcome<String> {
        let words =
            self.browser.script("return document.querySelector('.timeline-words').innerText;", &[])?;
        Ok(words.as_str().unwrap_or_default().to_owned())
    }

    /// The card of the object that a variable holds; none while there is none.
    pub(crate) fn card(&self, variable: &str) -> Outcome<Option<Card>> {
        let card = self.browser.script(
            "const card = Array.from(document.querySelectorAll('[data-card]')).find((card) =>
               card.querySelector('.card-names')?.textContent.split(' is ').includes(arguments[0]));
             if (!card) return null;
             return {
               lane: card.closest('.lane').querySelector('.lane-name').textContent,
               marks: Array.from(card.querySelectorAll('.badge'), (badge) => badge.textContent),
             };",
            &[variable],
        )?;
        let Some(lane) = card["lane"].as_str() else { return Ok(None) };
        Ok(Some(Card { lane: lane.to_owned(), marks: texts(&card["marks"]) }))
    }

    /// What one of the session's lists holds: `session.new`.
    pub(crate) fn list(&self, name: &str) -> Outcome<String> {
        let text = self.browser.script(
            "const row = Array.from(document.querySelectorAll('.list')).find((row) =>
               row.querySelector('dt').textContent === arguments[0]);
             return row ? row.querySelector('dd').textContent : null;",
            &[name],
        )?;
        text.as_str().map(str::to_owned).ok_or_else(|| format!("the page shows no {name}"))
    }

    /// Waits until a table shows these numbers of rows: committed, and inside the transaction.
    pub(crate) fn until_rows(&self, table: &str, committed: usize, inside: usize) -> Outcome {
        self.browser.click("tab", "Database")?;
        let wanted = format!("{committed} {inside}");
        let count = "const sides = document.querySelectorAll(`[data-table=\"${arguments[0]}\"] table`);
                     const rows = Array.from(sides, (side) => side.tBodies[0].rows.length).join(' ');";
        let what = format!("{table} has {committed} rows committed and {inside} inside the transaction");
        let waited =
            self.browser.until(&what, &format!("{count} return rows === arguments[1];"), &[table, &wanted]);
        waited.map(drop).map_err(|error| {
            match self.browser.script(&format!("{count} return rows;"), &[table]) {
                Ok(rows) => format!("{error}; there are {rows}"),
                Err(_) => error,
            }
        })
    }

    /// The rows of a table inside the transaction, cell by cell.
    pub(crate) fn rows_inside(&self, table: &str) -> Outcome<Vec<Vec<String>>> {
        let rows = self.browser.script(
            "const sides = document.querySelectorAll(`[data-table=\"${arguments[0]}\"] table`);
             return Array.from(sides[1]?.tBodies[0].rows ?? [], (row) =>
               Array.from(row.querySelectorAll('td:not(.mark)'), (cell) => cell.textContent));",
            &[table],
        )?;
        Ok(rows.as_array().into_iter().flatten().map(texts).collect())
    }

    /// The tab *Transcript*: everything that was printed and sent, as text.
    pub(crate) fn transcript(&self) -> Outcome<String> {
        self.browser.click("tab", "Transcript")?;
        let what = "the transcript is there";
        let text = self.browser.until(what, "return [named('group', 'Transcript').textContent];", &[])?;
        Ok(text[0].as_str().unwrap_or_default().to_owned())
    }

    /// The tab *Echo*, as far as it is in sight.
    pub(crate) fn echo(&self) -> Outcome<String> {
        self.browser.click("tab", "Echo")?;
        self.browser.text("log", "Echo")
    }

    /// Fails when the transcript on the page is not the recorded one.
    pub(crate) fn must_show(&self, recorded: &Recorded) -> Outcome {
        let expected = Transcript::parse(&recorded.transcript, false)?.as_terminal();
        let shown = without_brackets(&self.transcript()?);
        match expected.lines().zip(shown.lines()).position(|(expected, shown)| expected != shown) {
            None if expected.lines().count() == shown.lines().count() => Ok(()),
            at => {
                let at = at.unwrap_or(expected.lines().count().min(shown.lines().count()));
                let line = |text: &str| text.lines().nth(at).unwrap_or("(nothing)").to_owned();
                let (expected, shown) = (line(&expected), line(&shown));
                Err(format!("transcript line {}\n  recorded {expected:?}\n  page     {shown:?}", at + 1))
            }
        }
    }

    /// Fails when the page wrote errors to the browser's console.
    pub(crate) fn wrote_no_errors(&self) -> Outcome {
        match self.browser.console_errors()?.as_slice() {
            [] => Ok(()),
            errors => Err(format!("the console has errors:\n{}", errors.join("\n"))),
        }
    }
}

/// A recorded script by the name of its file.
pub(crate) fn recorded(name: &str) -> Outcome<Recorded> {
    let found = corpus::recorded().into_iter().find(|script| script.name == name);
    found.ok_or_else(|| format!("there is no recording of {name}"))
}

/// The number of the first line of the code that contains a text.
pub(crate) fn line_of(code: &str, text: &str) -> Outcome<u32> {
    let at =
        code.lines().position(|line| line.contains(text)).ok_or_else(|| format!("no line has {text:?}"))?;
    u32::try_from(at + 1).map_err(|error| error.to_string())
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The text with `[…]` for what the log tells of caching and time.
fn without_brackets(text: &str) -> String {
    const WORDS: [&str; 6] =
        ["[generated in", "[cached since", "[raw sql", "[no key", "[insertmanyvalues", "[caching disabled"];
    let lines = text.split_inclusive('\n').map(|line| match line.split_once("] ") {
        Some((bracket, parameters)) if WORDS.iter().any(|word| bracket.starts_with(word)) => {
            format!("[…] {parameters}")
        }
        _ => line.to_owned(),
    });
    lines.collect()
}
