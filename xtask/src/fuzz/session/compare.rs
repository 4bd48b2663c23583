//! Splits transcripts into programs and steps, and finds the first step that differs.
//!
//! Some orders are SQLAlchemy's own to choose, since it walks sets of objects: in which order the collections
//! of several objects are loaded before a flush, and in which order rows go into a table between two others.
//! Neighbouring SELECTs count as a set, and so do rows of one statement for such a table.

/// Tables between two others.
const LINKS: &[&str] = &["post_tag"];

/// The error of objects that depend on each other.
const CYCLE: &str = "CircularDependencyError";

/// What happened in each step of a program, by the step's mark.
pub(super) type Steps = Vec<(String, Vec<Event>)>;

/// A printed line or a statement, and whether neighbours may change places with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    pub(super) text: String,
    loads: bool,
}

/// Where two runs of a program part.
#[derive(Debug)]
pub(super) struct Difference {
    /// The mark of the step: its number, or `end`.
    pub(super) step: String,
    pub(super) expected: Vec<Event>,
    pub(super) ours: Vec<Event>,
}

impl Difference {
    /// Whether two runs of SQLAlchemy's part no later than it does from ours: what
    /// comes after that step does not matter.
    pub(super) fn is_undefined(&self, first: &Steps, second: &Steps) -> bool {
        let end = first.iter().position(|(mark, _)| *mark == self.step).map_or(first.len(), |at| at + 1);
        let upto = |steps: &Steps| steps[..end.min(steps.len())].to_vec();
        difference(&upto(first), &upto(second)).is_some()
    }
}

/// The programs of a transcript in order; none when it was cut off.
pub(super) fn programs(transcript: &str) -> Option<Vec<Steps>> {
    let mut found: Vec<Steps> = Vec::new();
    let mut ended = false;
    for line in transcript.lines() {
        let kind = field(line, "kind").unwrap_or_default();
        ended |= kind == "end";
        let text = field(line, "text").unwrap_or_default();
        if text.starts_with("@program ") {
            found.push(Steps::new());
            continue;
        }
        let Some(steps) = found.last_mut() else { continue };
        if let Some(mark) = text.strip_prefix("@step ") {
            steps.push((mark.trim_end_matches("\\n").to_owned(), Vec::new()));
            continue;
        }
        if steps.is_empty() {
            steps.push(("begin".to_owned(), Vec::new()));
        }
        if let Some((_, events)) = steps.last_mut()
            && let Some(event) = event(kind, text, line)
        {
            events.push(event);
        }
    }
    ended.then_some(found)
}

/// The first step in which two runs part.
pub(super) fn difference(expected: &Steps, ours: &Steps) -> Option<Difference> {
    for place in 0..expected.len().max(ours.len()) {
        let side = |steps: &Steps| steps.get(place).cloned().unwrap_or_default();
        let ((mark, theirs), (our_mark, mine)) = (side(expected), side(ours));
        if mark != our_mark || ordered(&theirs) != ordered(&mine) {
            let step = if mark.is_empty() { our_mark } else { mark };
            return Some(Difference { step, expected: theirs, ours: mine });
        }
    }
    None
}

/// The events with each run of loading statements sorted.
fn ordered(events: &[Event]) -> Vec<Event> {
    let mut events = events.to_vec();
    for run in events.chunk_by_mut(|a, b| a.loads && b.loads) {
        run.sort();
    }
    events
}

fn event(kind: &str, text: &str, line: &str) -> Option<Event> {
    match kind {
        // The message of this one shows a set.
        "stdout" if text.starts_with(CYCLE) => Some(Event { text: CYCLE.to_owned(), loads: false }),
        "stdout" => Some(Event { text: text.trim_end_matches("\\n").to_owned(), loads: false }),
        "sql" => {
            let value = |name| field(line, name).unwrap_or("null");
            let (statement, parameters) = (value("statement"), value("parameters"));
            let loads = statement.starts_with("SELECT");
            let parameters = if LINKS.iter().any(|table| statement.contains(&format!(" {table}"))) {
                rows_sorted(parameters)
            } else {
                parameters.to_owned()
            };
            // Which of several loads comes first decides which of them compiles.
            let cache = if loads { "" } else { value("cache") };
            let text = format!("{statement} {parameters} {} {cache} {}", value("tag"), value("batch"));
            Some(Event { text, loads })
        }
        "error" => {
            let value = |name| field(line, name).unwrap_or("null");
            Some(Event { text: format!("{}: {}", value("type"), value("message")), loads: false })
        }
        _ => None,
    }
}

/// `[(2, 1), (1, 1)]` with its tuples in order.
fn rows_sorted(parameters: &str) -> String {
    let inner = parameters.strip_prefix("[(").and_then(|rest| rest.strip_suffix(")]"));
    let Some(inner) = inner else { return parameters.to_owned() };
    let mut rows: Vec<&str> = inner.split("), (").collect();
    rows.sort_unstable();
    format!("[({})]", rows.join("), ("))
}

/// The text of a field of a JSON object that has no objects in it, with its escapes as they are.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let start = line.find(&format!("\"{name}\":"))? + name.len() + 3;
    let rest = line[start..].trim_start().strip_prefix('"')?;
    let mut escaped = false;
    let end = rest.find(|letter: char| {
        let closes = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        closes
    })?;
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(lines: &[&str]) -> Steps {
        let printed = |text: &str| format!("{{\"kind\": \"stdout\", \"text\": \"{text}\\n\"}}\n");
        let mut text = printed("@program 1");
        for line in lines {
            if line.starts_with("SELECT") || line.starts_with("INSERT") {
                let (statement, parameters) = line.split_once('|').unwrap();
                text += &format!(
                    "{{\"kind\":\"sql\",\"statement\":\"{statement}\",\"parameters\":\"{parameters}\",\"cache\":null}}\n"
                );
            } else {
                text += &printed(line);
            }
        }
        text += "{\"kind\": \"end\"}\n";
        programs(&text).unwrap().remove(0)
    }

    #[test]
    fn the_first_step_that_differs_is_found() {
        let difference =
            difference(&run(&["@step 1", "a", "@step 2", "b"]), &run(&["@step 1", "a", "@step 2", "c"]));
        let difference = difference.unwrap();
        assert_eq!(difference.step, "2");
        assert_eq!((difference.expected[0].text.as_str(), difference.ours[0].text.as_str()), ("b", "c"));
    }

    #[test]
    fn neighbouring_loads_are_a_set() {
        let one = run(&["@step 1", "SELECT a|(1,)", "SELECT a|(2,)", "done"]);
        let other = run(&["@step 1", "SELECT a|(2,)", "SELECT a|(1,)", "done"]);
        let apart = run(&["@step 1", "SELECT a|(2,)", "done", "SELECT a|(1,)"]);
        assert!(difference(&one, &other).is_none());
        assert!(difference(&one, &apart).is_some());
    }

    #[test]
    fn rows_between_two_tables_are_a_set_and_others_are_not() {
        let insert = |table: &str, rows: &str| run(&["@step 1", &format!("INSERT INTO {table} …|{rows}")]);
        let (one, other) = ("[(1, 2), (2, 1)]", "[(2, 1), (1, 2)]");
        assert!(difference(&insert("post_tag", one), &insert("post_tag", other)).is_none());
        assert!(difference(&insert("node", one), &insert("node", other)).is_some());
    }

    #[test]
    fn a_transcript_without_its_end_is_none() {
        assert!(programs("{\"kind\": \"stdout\", \"text\": \"@program 1\\n\"}\n").is_none());
    }

    #[test]
    fn fields_keep_their_escapes() {
        assert_eq!(field(r#"{"a": "x \" \\", "b":"y"}"#, "a"), Some(r#"x \" \\"#));
        assert_eq!(field(r#"{"a": "x \" \\", "b":"y"}"#, "b"), Some("y"));
        assert_eq!(field(r#"{"a": null}"#, "a"), None);
    }
}
