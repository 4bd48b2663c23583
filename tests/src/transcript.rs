//! When two transcripts count as equal.
//!
//! Neighbouring `stdout` events are one; `log`, `end` and an engine's number do not count; of a script
//! recorded with SQLAlchemy 1.4 only `stdout` and `error` count, since there is one engine, 2.1's.

use serde_json::{Map, Value};

/// What counts of one transcript, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript(Vec<Map<String, Value>>);

impl Transcript {
    /// Reads JSON lines, keeping what counts.
    ///
    /// # Errors
    /// A sentence about the first line that is no event.
    pub fn parse(lines: &str, legacy: bool) -> Result<Self, String> {
        let mut events: Vec<Map<String, Value>> = Vec::new();
        for (index, line) in lines.lines().enumerate() {
            let event: Map<String, Value> = serde_json::from_str(line)
                .map_err(|error| format!("line {} is no event: {error}", index + 1))?;
            match kind(&event) {
                "log" | "end" => {}
                "sql" if legacy => {}
                "stdout" if text(&event, "text").is_empty() => {}
                "stdout" => match events.last_mut() {
                    Some(last) if kind(last) == "stdout" => {
                        let joined = format!("{}{}", text(last, "text"), text(&event, "text"));
                        last.insert("text".to_owned(), Value::String(joined));
                    }
                    _ => events.push(event),
                },
                "sql" => {
                    let mut event = event;
                    event.remove("engine");
                    events.push(event);
                }
                "error" => events.push(event),
                other => return Err(format!("line {} has the unknown kind `{other}`", index + 1)),
            }
        }
        Ok(Transcript(events))
    }

    /// What was printed, without the rest.
    pub fn stdout(&self) -> String {
        self.0.iter().filter(|event| kind(event) == "stdout").map(|event| text(event, "text")).collect()
    }

    /// The statements in order, as they were compiled.
    pub fn statements(&self) -> Vec<&str> {
        self.0.iter().filter(|event| kind(event) == "sql").map(|event| text(event, "statement")).collect()
    }

    /// The run as a terminal would show it, with `[…]` where the log tells of caching and time.
    pub fn as_terminal(&self) -> String {
        let piece = |event: &Map<String, Value>| match (kind(event), event.get("parameters")) {
            ("stdout", _) => text(event, "text").to_owned(),
            ("sql", Some(Value::String(parameters))) => {
                format!("{}\n[…] {parameters}\n", text(event, "statement"))
            }
            ("sql", _) => format!("{}\n", text(event, "statement")),
            _ => format!("{}: {}\n", text(event, "type"), text(event, "message")),
        };
        self.0.iter().map(piece).collect()
    }

    /// The first place where `self`, which was recorded, and `ours` part, for people; none when they are equal.
    pub fn difference(&self, ours: &Transcript) -> Option<String> {
        for index in 0..self.0.len().max(ours.0.len()) {
            let (theirs, mine) = (self.0.get(index), ours.0.get(index));
            if theirs == mine {
                continue;
            }
            let mut report = format!("event {} differs", index + 1);
            if let Some(before) = index.checked_sub(1).and_then(|index| self.0.get(index)) {
                report.push_str(&format!("\n  after      {}", shortened(&shown(before))));
            }
            match (theirs, mine) {
                (Some(theirs), Some(mine)) if kind(theirs) == kind(mine) => {
                    for (field, value) in theirs {
                        let value_of_ours = mine.get(field).unwrap_or(&Value::Null);
                        if value != value_of_ours {
                            let (theirs, ours) = from_the_difference(value, value_of_ours);
                            report.push_str(&format!(
                                "\n  {field}\n    recorded {theirs}\n    ours     {ours}"
                            ));
                        }
                    }
                }
                (theirs, mine) => {
                    let side =
                        |event: Option<&Map<String, Value>>| event.map_or("(nothing)".to_owned(), shown);
                    report.push_str(&format!("\n    recorded {}\n    ours     {}", side(theirs), side(mine)));
                }
            }
            // What comes later is often the cause: an exception cuts the run short.
            if let Some(end) =
                ours.0.get(index + 1..).and_then(<[_]>::last).filter(|end| kind(end) == "error")
            {
                report.push_str(&format!("\n  our run ended with\n    {}", shown(end)));
            }
            return Some(report);
        }
        None
    }
}

fn kind(event: &Map<String, Value>) -> &str {
    text(event, "kind")
}

fn text<'a>(event: &'a Map<String, Value>, field: &str) -> &'a str {
    event.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn shown(event: &Map<String, Value>) -> String {
    match kind(event) {
        "stdout" => format!("stdout {:?}", text(event, "text")),
        "sql" => format!("sql {:?} {}", text(event, "statement"), text(event, "parameters")),
        "error" => format!(
            "error {}: {} (line {})",
            text(event, "type"),
            text(event, "message"),
            event.get("line").unwrap_or(&Value::Null)
        ),
        other => other.to_owned(),
    }
}

/// The end of a long text: what comes just before a difference says most.
fn shortened(text: &str) -> String {
    const KEPT: usize = 160;
    match text.char_indices().rev().nth(KEPT) {
        Some((start, _)) => format!("… {}", &text[start..]),
        None => text.to_owned(),
    }
}

/// Both values as JSON, long texts from the line in which they part.
fn from_the_difference(theirs: &Value, ours: &Value) -> (String, String) {
    let (Value::String(a), Value::String(b)) = (theirs, ours) else {
        return (theirs.to_string(), ours.to_string());
    };
    let line = a.lines().zip(b.lines()).take_while(|(a, b)| a == b).count();
    if line == 0 {
        return (format!("{a:?}"), format!("{b:?}"));
    }
    let rest = |text: &str| text.split_inclusive('\n').skip(line).take(3).collect::<String>();
    (format!("(line {}) {:?}", line + 1, rest(a)), format!("(line {}) {:?}", line + 1, rest(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Transcript {
        Transcript::parse(lines, false).unwrap()
    }

    #[test]
    fn only_the_concatenation_of_neighbouring_stdout_counts() {
        let one = read("{\"kind\": \"stdout\", \"text\": \"a b\\n\"}\n");
        let two = read(
            "{\"kind\": \"stdout\", \"text\": \"a \"}\n{\"kind\": \"log\", \"text\": \"\"}\n\
             {\"kind\": \"stdout\", \"text\": \"b\\n\"}\n{\"kind\": \"end\", \"status\": \"ok\"}\n",
        );
        assert_eq!(one.difference(&two), None);
    }

    #[test]
    fn an_engine_number_does_not_count_but_a_statement_does() {
        let recorded = read("{\"kind\": \"sql\", \"statement\": \"SELECT 1\", \"engine\": 1}\n");
        let same = read("{\"kind\": \"sql\", \"statement\": \"SELECT 1\", \"engine\": 2}\n");
        let other = read("{\"kind\": \"sql\", \"statement\": \"SELECT 2\", \"engine\": 1}\n");
        assert_eq!(recorded.difference(&same), None);
        assert!(recorded.difference(&other).unwrap().contains("SELECT 2"));
    }

    #[test]
    fn of_a_legacy_script_the_sql_does_not_count() {
        let lines = "{\"kind\": \"stdout\", \"text\": \"a\"}\n{\"kind\": \"sql\", \"statement\": \"SELECT 1\"}\n\
                     {\"kind\": \"stdout\", \"text\": \"b\"}\n";
        assert_eq!(Transcript::parse(lines, true).unwrap().stdout(), "ab");
        assert!(Transcript::parse(lines, true).unwrap().statements().is_empty());
    }

    #[test]
    fn what_is_no_event_is_refused() {
        assert!(Transcript::parse("not json\n", false).is_err());
        assert!(Transcript::parse("{\"kind\": \"surprise\"}\n", false).is_err());
    }
}
