//! A small WebDriver client: the dozen commands that the journeys need, over blocking HTTP.
//!
//! Nothing here sleeps. A condition is waited for inside the page: it is looked at after every frame until
//! it holds, or until the script's own timeout ends it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use serde_json::{Value, json};
use ureq::Agent;

/// JavaScript functions that every script and condition can use.
const HELPERS: &str = include_str!("helpers.js");
/// How long a condition may take, on a machine that also does other things.
const PATIENCE: Duration = Duration::from_secs(30);
/// The key that WebDriver calls Control.
const CONTROL: char = '\u{e009}';
/// The key under which WebDriver passes elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What went wrong, for people.
pub type Outcome<T = ()> = Result<T, String>;

/// The WebDriver server: a process of our own on a port of its own, ended when this is dropped.
pub struct Driver {
    process: Child,
    /// Kept open, so that the server can go on writing.
    _output: BufReader<ChildStdout>,
    url: String,
    agent: Agent,
}

impl Driver {
    /// Starts `$CHROMEDRIVER`, or `chromedriver`.
    ///
    /// # Errors
    /// When it cannot be started, or does not say on which port it listens.
    pub fn start() -> Outcome<Self> {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| {
                format!(
                    "{} cannot be started: {error}. `cargo xtask test journeys` installs it.",
                    program.display()
                )
            })?;
        let mut output = BufReader::new(process.stdout.take().ok_or("chromedriver has no output")?);
        let port = port_of(&mut output).inspect_err(|_| drop(process.kill()))?;
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE * 3))
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .new_agent();
        Ok(Driver { process, _output: output, url: format!("http://127.0.0.1:{port}"), agent })
    }

    /// Opens a browser with an empty profile.
    ///
    /// # Errors
    /// When the browser does not start.
    pub fn browser(&self) -> Outcome<Browser> {
        let mut options = json!({ "args": xtask::test::browser_arguments() });
        if let Some(binary) = env::var_os("CHROMIUM") {
            options["binary"] = json!(binary.to_string_lossy());
        }
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": PATIENCE.as_millis() as u64 },
        } } });
        let answer = send(&self.agent, &format!("{}/session", self.url), &capabilities)?;
        let session = answer["sessionId"].as_str().ok_or("chromedriver names no session")?;
        let browser = Browser {
            agent: self.agent.clone(),
            url: format!("{}/session/{session}", self.url),
            closed: false,
        };
        browser.post("window/rect", &json!({ "width": 1440, "height": 900 }))?;
        Ok(browser)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Nothing to do about a server that is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn port_of(output: &mut impl BufRead) -> Outcome<u16> {
    for line in output.lines() {
        let line = line.map_err(|error| format!("chromedriver cannot be read: {error}"))?;
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            return port.trim_end_matches('.').parse().map_err(|_| format!("not a port: {port}"));
        }
    }
    Err("chromedriver ended before it listened".to_owned())
}

fn send(agent: &Agent, url: &str, body: &Value) -> Outcome<Value> {
    let answer =
        agent.post(url).send_json(body).map_err(|error| format!("chromedriver does not answer: {error}"))?;
    value_of(answer)
}

fn value_of(mut answer: ureq::http::Response<ureq::Body>) -> Outcome<Value> {
    let body = answer.body_mut().with_config().limit(64 << 20).read_json::<Value>();
    let value = body.map_err(|error| format!("chromedriver's answer is no JSON: {error}"))?["value"].take();
    match value["error"].as_str() {
        Some(error) => Err(format!("{error}: {}", value["message"].as_str().unwrap_or_default())),
        None => Ok(value),
    }
}

/// One browser window.
pub struct Browser {
    agent: Agent,
    url: String,
    closed: bool,
}

impl Browser {
    fn post(&self, command: &str, body: &Value) -> Outcome<Value> {
        send(&self.agent, &format!("{}/{command}", self.url), body)
    }

    fn get(&self, command: &str) -> Outcome<Value> {
        let url = format!("{}/{command}", self.url);
        value_of(
            self.agent.get(&url).call().map_err(|error| format!("chromedriver does not answer: {error}"))?,
        )
    }

    /// Loads a page.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub fn open(&self, url: &str) -> Outcome {
        self.post("url", &json!({ "url": url })).map(drop)
    }

    /// Runs a function body in the page; `arguments` holds what is passed, `helpers.js` what it may call.
    ///
    /// # Errors
    /// When it throws.
    pub fn script(&self, body: &str, arguments: &[&str]) -> Outcome<Value> {
        self.post("execute/sync", &json!({ "script": format!("{HELPERS}\n{body}"), "args": arguments }))
    }

    /// Waits until a function body returns something truthy, and returns that. `what` completes "waited in
    /// vain until …".
    ///
    /// # Errors
    /// When it throws, or does not come true in time.
    pub fn until(&self, what: &str, body: &str, arguments: &[&str]) -> Outcome<Value> {
        let script = format!(
            "{HELPERS}
            const given = Array.from(arguments);
            const [done, failed] = [given.pop(), (error) => done({{ failed: String(error) }})];
            const holds = function () {{ {body} }};
            const look = () => {{
              try {{
                const value = holds.apply(null, given);
                if (value) done({{ value }}); else requestAnimationFrame(look);
              }} catch (error) {{ failed(error); }}
            }};
            look();"
        );
        let answer = self
            .post("execute/async", &json!({ "script": script, "args": arguments }))
            .map_err(|error| format!("waited in vain until {what} ({})", first_line(&error)))?;
        match answer["failed"].as_str() {
            Some(error) => Err(format!("while waiting until {what}: {error}")),
            None => Ok(answer["value"].clone()),
        }
    }

    /// Waits for an element by role and accessible name, and clicks it with the mouse.
    ///
    /// # Errors
    /// When it does not appear, stays disabled or is covered by another.
    pub fn click(&self, role: &str, name: &str) -> Outcome {
        let element = self.until(
            &format!("the {role} `{name}` can be clicked"),
            "return ready(...arguments);",
            &[role, name],
        )?;
        self.post(&format!("element/{}/click", id_of(&element)?), &json!({}))
            .map(drop)
            .map_err(|error| format!("the {role} `{name}` could not be clicked: {}", first_line(&error)))
    }

    /// The text that a reader sees of an element found by role and name.
    ///
    /// # Errors
    /// When it does not appear.
    pub fn text(&self, role: &str, name: &str) -> Outcome<String> {
        let text = self.until(
            &format!("the {role} `{name}` is there"),
            "const found = named(...arguments); return found && [found.innerText];",
            &[role, name],
        )?;
        Ok(text[0].as_str().unwrap_or_default().to_owned())
    }

    /// Waits until an element found by role and name contains a text.
    ///
    /// # Errors
    /// When it never does; says what it contains instead.
    pub fn until_text(&self, role: &str, name: &str, text: &str) -> Outcome {
        self.until(
            &format!("the {role} `{name}` says {text:?}"),
            "const found = named(arguments[0], arguments[1]); return found && found.innerText.includes(arguments[2]);",
            &[role, name, text],
        )
        .map(drop)
        .map_err(|error| format!("{error}; it says {:?}", self.text(role, name).unwrap_or_default()))
    }

    /// Replaces the text of an editor by pasting, as a reader does: through the clipboard and Ctrl+V.
    ///
    /// # Errors
    /// When the editor does not appear.
    pub fn paste(&self, editor: &str, text: &str) -> Outcome {
        let clipboard = json!({ "cmd": "Browser.grantPermissions", "params": {
            "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"],
        } });
        self.post("goog/cdp/execute", &clipboard)?;
        let element = self.until(
            &format!("the textbox `{editor}` is there"),
            "const found = named('textbox', arguments[0]); found?.focus(); return found;",
            &[editor],
        )?;
        let copied = self.post(
            "execute/async",
            &json!({
                "script": "const done = arguments[1];
                           navigator.clipboard.writeText(arguments[0]).then(() => done(''), (e) => done(String(e)));",
                "args": [text],
            }),
        )?;
        if let Some(error) = copied.as_str().filter(|error| !error.is_empty()) {
            return Err(format!("nothing could be copied: {error}"));
        }
        let keys = format!("{CONTROL}a{CONTROL}{CONTROL}v{CONTROL}");
        self.post(&format!("element/{}/value", id_of(&element)?), &json!({ "text": keys })).map(drop)
    }

    /// What the page wrote to the browser's console as errors.
    ///
    /// # Errors
    /// When the console cannot be read.
    pub fn console_errors(&self) -> Outcome<Vec<String>> {
        let log = self.post("se/log", &json!({ "type": "browser" }))?;
        let severe = log.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE");
        Ok(severe.filter_map(|entry| entry["message"].as_str().map(str::to_owned)).collect())
    }

    /// Writes what the window shows into a PNG file.
    ///
    /// # Errors
    /// When there is no picture or no file.
    pub fn screenshot(&self, file: &Path) -> Outcome {
        let picture = self.get("screenshot")?;
        let bytes = from_base64(picture.as_str().unwrap_or_default())?;
        let folder = file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(file, bytes))
            .map_err(|error| format!("{} cannot be written: {error}", file.display()))
    }

    /// Closes the window and ends the browser.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn close(mut self) -> Outcome {
        self.end()
    }

    fn end(&mut self) -> Outcome {
        self.closed = true;
        let answer = self.agent.delete(&self.url).call().map_err(|error| format!("chromedriver: {error}"))?;
        value_of(answer).map(drop)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.closed {
            // A journey failed and says so itself; the driver's end takes the browser along.
            let _ = self.end();
        }
    }
}

fn id_of(element: &Value) -> Outcome<&str> {
    element[ELEMENT].as_str().ok_or_else(|| format!("not an element: {element}"))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn from_base64(text: &str) -> Outcome<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for character in text.bytes().filter(|byte| *byte != b'=') {
        let value = ALPHABET.iter().position(|byte| *byte == character).ok_or("a picture is not base64")?;
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_decoded() {
        assert_eq!(from_base64("aGVsbG8=").unwrap(), b"hello");
        assert_eq!(from_base64("").unwrap(), b"");
        assert!(from_base64("a-b").is_err());
    }
}
