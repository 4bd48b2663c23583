//! A run as JSON lines, to be compared with real SQLAlchemy's.

use ormscope::engine::{Cache, Echo};
use serde_json::{Value, json};

use crate::protocol::Era;
use crate::report::{is_clean_exit, report};
use crate::run::Run;
use crate::sink::{Clock, Happening};

/// The clock of every transcript: 2024-05-17 10:20:30.123456 UTC.
const FROZEN: Clock = Clock { seconds: 1_715_941_230, micros: 123_456 };

/// Runs a script and prints what happened, one JSON object a line. A first line
/// `# oracle: sa=1.4` asks for the legacy era.
///
/// ```
/// let printed = ormscope_host::transcript("print(1 + 1)");
/// assert!(printed.starts_with(r#"{"kind":"stdout","text":"2\n"}"#));
/// ```
pub fn transcript(source: &str) -> String {
    let first = source.lines().next().unwrap_or_default();
    let legacy = first.starts_with('#') && first.contains("oracle:") && first.contains("sa=1.4");
    let era = if legacy { Era::Legacy } else { Era::Modern };
    let (mut run, started) = Run::start(source, era, FROZEN, 0);
    let outcome = started.and_then(|()| run.run_out());
    let happenings = std::mem::take(&mut run.sink.borrow_mut().happenings);
    let mut events: Vec<Value> = happenings.iter().flat_map(lines).collect();
    let status = match &outcome {
        Ok(()) => "ok",
        Err(unwind) if is_clean_exit(&mut run, unwind) => "exit",
        Err(unwind) => {
            let error = report(&mut run, unwind);
            events.push(json!({
                "kind": "error", "type": error.class, "module": error.module,
                "message": normal(&error.message), "line": error.line, "top": error.top,
            }));
            "error"
        }
    };
    let engines: Vec<Value> = run
        .engines()
        .into_iter()
        .map(|(id, url, echo)| json!({"id": id.0 + 1, "url": url.render(true), "echo": echo_value(echo)}))
        .collect();
    let version = if legacy { "1.4.54" } else { "2.1.9" };
    events.push(json!({"kind": "end", "status": status, "sqlalchemy": version, "engines": engines}));
    events.iter().map(|event| format!("{event}\n")).collect()
}

fn echo_value(echo: Echo) -> Value {
    match echo {
        Echo::Off => json!(false),
        Echo::On => json!(true),
        Echo::Debug => json!("debug"),
    }
}

fn lines(happening: &Happening) -> Vec<Value> {
    match happening {
        Happening::Debug { text, .. } => {
            vec![json!({"kind": "log", "level": "DEBUG", "text": normal(text)})]
        }
        Happening::Output(text) => {
            text.split_inclusive('\n').map(|line| json!({"kind": "stdout", "text": normal(line)})).collect()
        }
        Happening::Statement { event, .. } => {
            let stats = event.stats.as_ref();
            let (cache, tag) = match stats.map(|stats| stats.cache) {
                Some(Cache::Generated) => (json!("generated"), Value::Null),
                Some(Cache::Cached) => (json!("cached"), Value::Null),
                Some(Cache::Batch) => (json!("batch"), Value::Null),
                Some(Cache::NoKey) => (Value::Null, json!("no key")),
                Some(Cache::RawSql) => (Value::Null, json!("raw sql")),
                Some(Cache::Disabled) => (Value::Null, json!("caching disabled")),
                None => (Value::Null, Value::Null),
            };
            vec![json!({
                "kind": "sql", "statement": normal(&event.sql),
                "parameters": event.parameters.as_ref().map(|text| normal(text)),
                "tag": tag, "cache": cache, "batch": stats.and_then(|stats| stats.batch.clone()),
                "echo": echo_value(event.echo), "engine": event.engine.0 + 1,
            })]
        }
    }
}

/// Text without what differs from run to run: addresses, keys made from ids.
pub(crate) fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['0', '%']) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let hex = |text: &str| text.bytes().take_while(u8::is_ascii_hexdigit).count();
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(address) = found.strip_prefix("0x") {
            let length = hex(address);
            let ends = !address[length..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
            if (6..=16).contains(&length) && ends {
                out.push_str("0x…");
                rest = &address[length..];
                continue;
            }
        } else if let Some(key) = found.strip_prefix("%(") {
            let length = digits(key.strip_prefix('-').unwrap_or(key));
            let sign = usize::from(key.starts_with('-'));
            if length >= 7 && key[sign + length..].starts_with(' ') {
                out.push_str("%(… ");
                rest = &key[sign + length + 1..];
                continue;
            }
        }
        let mut chars = found.chars();
        out.extend(chars.next());
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn addresses_and_anonymous_keys_are_left_out() {
        assert_eq!(normal("<A at 0x7f0011223344>"), "<A at 0x…>");
        assert_eq!(normal("0x12 is 18"), "0x12 is 18");
        assert_eq!(normal("%(140001112223 name)s"), "%(… name)s");
    }
}
